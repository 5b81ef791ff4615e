"""From a capture to a version: read it, keep it, see what it changed. The one place where errors are not passed on.

The capture is kept whatever a parser makes of it. Parsing comes first, so that the one transaction that keeps body,
capture, record, version, change and the state in the frontier is short.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import parsers
from parsers.errors import ParserError
from parsers.record import Flag, Record

from .archive import Archive, ChangeRow, FrontierState, Verdict, VersionRow
from .capture import Capture
from .diff import diff
from .urls import is_front_page

LoadOutcome = Verdict | Literal["failed", "refused"]
Parse = Callable[..., Record]

_STATES: dict[LoadOutcome, FrontierState] = {
    "missing": "gone",
    "gone": "gone",
    "failed": "failed",
    "refused": "skipped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What became of a capture.

    *outcome*: "new" (the page's first version), "changed" (a further one), "unchanged", "not-modified" (304),
    "held" (a record, but no version until someone looks), "unparsed" (no record at all), "missing" (404, not yet for
    certain), "gone" (a tombstone), "failed", "refused". *page_id* is None where nothing ever answered at the URL.
    *version_seq* is the version the capture shows, *change* the one it made, *detail* one line for a person.
    """

    capture_id: int
    page_id: int | None
    outcome: LoadOutcome
    version_seq: int | None = None
    change: ChangeRow | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What was read from a body: a record, an earlier capture with the same bytes, or a problem in one line."""

    record: Record | None = None
    alike: int | None = None
    problem: str = ""


def load(
    archive: Archive, capture: Capture, *, source: str = "", crawl_id: int | None = None, parse: Parse = parsers.parse
) -> Loaded:
    """Keeps *capture* and what it says about its page. What it tells is committed when this returns.

    Raises only what makes keeping impossible: ArchiveError, and UsageError for a URL that is none.
    """
    known = archive.known_page(capture.url)
    reading = _read(archive, capture, known, parse)
    anew = _read_neighbours_anew(archive, capture, known, reading, parse)
    with archive.transaction():
        loaded = _keep(archive, capture, reading, anew, (source, crawl_id))
        if crawl_id is not None:
            state, outcome = _STATES.get(loaded.outcome, "done"), loaded.outcome
            archive.mark(source, capture.url, state, reason=loaded.detail, outcome=outcome, crawl_id=crawl_id)
    return loaded


def _read(archive: Archive, capture: Capture, page_id: int | None, parse: Parse) -> _Reading:
    if capture.outcome != "fetched":
        return _Reading()
    if capture.body is None:
        return _Reading(problem="the answer has no body")
    alike = None if page_id is None else archive.read_alike(page_id, capture)
    if alike is not None:
        return _Reading(alike=alike)
    reading = _parsed(capture.body, capture.final_url or capture.url, capture.content_type, parse)
    if reading.record is None:
        return reading
    return replace(reading, record=reading.record.with_flags(_led_elsewhere(archive, capture, page_id)))


def _led_elsewhere(archive: Archive, capture: Capture, page_id: int | None) -> tuple[Flag, ...]:
    """Why what a redirect led to is not this page: another page of the archive, or the site's home page."""
    if not capture.hops:
        return ()
    other = archive.known_page(capture.final_url)
    if other is not None and other != page_id:
        detail = f"redirected to {capture.final_url}, which is page {other}"
        return (Flag(name="redirected", detail=detail, value=capture.final_url, holds=True),)
    if is_front_page(capture.final_url) and not is_front_page(capture.url):
        detail = f"redirected to the home page {capture.final_url}"
        return (Flag(name="redirected", detail=detail, value=capture.final_url, holds=True),)
    return ()


def _parsed(body: bytes, url: str, content_type: str, parse: Parse) -> _Reading:
    try:
        record = parse(body, url=url, content_type=content_type or None)
        _ = record.digests  # a record without an identity is none
    except ParserError as error:
        return _Reading(problem=_one_line(str(error)))
    except Exception as error:  # a mistake in a parser must not cost the capture it was made on
        return _Reading(problem=_one_line(f"the parser failed: {type(error).__name__}: {error}"))
    return _Reading(record=record)


def _read_neighbours_anew(
    archive: Archive, capture: Capture, page_id: int | None, reading: _Reading, parse: Parse
) -> list[tuple[int, Record]]:
    """Records of the versions beside this capture that today's parsers read differently than those of their day.

    Without them a better parser would look like an edit by the publisher.
    """
    record = reading.record
    if page_id is None or record is None or record.held:
        return []
    content = record.digests.content
    beside = _neighbours(archive, page_id, capture.captured_at)
    if any(version.content_digest == content for version in beside):
        return []
    anew = ((version, _parse_again(archive, version, parse)) for version in beside)
    return [
        (version.capture_id, again)
        for version, again in anew
        if again and not again.held and again.digests.content != version.content_digest
    ]


def _neighbours(archive: Archive, page_id: int, when: datetime) -> list[VersionRow]:
    """The versions with a record just before and just after *when*."""
    read = [version for version in archive.versions(archive.page(str(page_id))) if version.kind == "record"]
    before = [version for version in read if version.first_seen <= when]
    return before[-1:] + read[len(before) : len(before) + 1]


def _parse_again(archive: Archive, version: VersionRow, parse: Parse) -> Record | None:
    capture = archive.capture(version.capture_id)
    return _parsed(archive.body(capture.id), capture.final_url, capture.content_type, parse).record


def _keep(
    archive: Archive,
    capture: Capture,
    reading: _Reading,
    anew: list[tuple[int, Record]],
    place: tuple[str, int | None],
) -> Loaded:
    source, crawl_id = place
    is_answer = capture.outcome == "fetched"
    page_id = archive.page_of(capture, source) if is_answer else archive.known_page(capture.url)
    if capture.outcome == "missing" and page_id is not None and archive.is_former(page_id, capture.url):
        page_id = None  # the page has moved, and what is missing is only its old address
    capture_id = archive.store_capture(capture, crawl_id=crawl_id, page_id=page_id, reason=reading.problem)
    if capture.outcome in ("failed", "refused") or page_id is None:
        return Loaded(capture_id=capture_id, page_id=page_id, outcome=_untracked(capture), detail=capture.reason)
    if reading.alike is not None:
        archive.copy_readings(reading.alike, capture_id)
    for number, record in [*anew, *([(capture_id, reading.record)] if reading.record else [])]:
        archive.store_record(record, capture_id=number, page_id=page_id)
    known = len(archive.versions(str(page_id)))
    history = archive.update_history(page_id, diff)
    told = history.told[capture_id]
    # An older capture may begin a version that was known already, or stand before those that were.
    outcome = told.verdict
    if known and outcome in ("new", "changed"):
        outcome = "unchanged" if len(history.drafts) == known else "changed"
    change = _change(archive, page_id, told.seq) if outcome in ("changed", "gone") else None
    return Loaded(
        capture_id=capture_id,
        page_id=page_id,
        outcome=outcome,
        version_seq=told.seq,
        change=change,
        detail=told.reason or reading.problem or capture.reason or (change.summary if change else ""),
    )


def _untracked(capture: Capture) -> LoadOutcome:
    """The outcome of a capture that says nothing about a page."""
    return "failed" if capture.outcome == "fetched" else capture.outcome


def _change(archive: Archive, page_id: int, seq: int | None) -> ChangeRow | None:
    page = archive.page(str(page_id))
    return next((change for change in archive.changes(page) if change.after_seq == seq), None)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 500 else f"{line[:499]}…"
