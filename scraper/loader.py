"""From a capture to a version: read it, keep it, see what it changed. The one place where errors are not passed on.

The capture is kept whatever a parser makes of it. Parsing comes first, so that the one transaction that keeps body,
capture, record, version, change and the state in the frontier is short. A crawl may also keep captures now and have
them read later: the same functions read them then, with the same result.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from parsers.record import Record

from .archive import Archive, ChangeRow, FrontierState, Verdict, VersionRow
from .capture import Capture
from .errors import ArchiveError
from .rereading import Parse, Reading, compare, read, read_again, reread
from .worker import parse as parse_apart

LoadOutcome = Verdict | Literal["truncated", "failed", "refused", "kept", "listed", "redacted"]
_STATES: dict[LoadOutcome, FrontierState] = {
    "missing": "gone",
    "gone": "gone",
    "failed": "failed",
    "truncated": "failed",
    "refused": "skipped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What became of a capture.

    *outcome*: "new" (the page's first version), "changed" (a further one), "unchanged", "not-modified" (304),
    "held" (a record, but no version until someone looks), "unparsed" (no record at all), "missing" (404, not yet for
    certain), "gone" (a tombstone), "truncated" (it broke off: evidence, no version), "failed", "refused", "kept" (to be
    read later), "listed" (a sitemap or a feed), "redacted" (bytes that were removed for good came again: on record, and
    not kept). *page_id* is None where nothing ever answered at the URL. *version_seq*
    is the version the capture shows, *change* the one it made, *detail* one line for a person.
    """

    capture_id: int
    page_id: int | None
    outcome: LoadOutcome
    version_seq: int | None = None
    change: ChangeRow | None = None
    detail: str = ""


def load(
    archive: Archive, capture: Capture, *, source: str = "", crawl_id: int | None = None, parse: Parse = parse_apart
) -> Loaded:
    """Keeps *capture* and what it says about its page. What it tells is committed when this returns.

    Raises only what makes keeping impossible: ArchiveError, ParserUnavailable, and UsageError for a URL that is none.
    """
    if _came_again(archive, capture):
        return _put_on_record(archive, capture, source, crawl_id)
    known = archive.known_page(capture.url)
    _freshen(archive, capture, known, parse)
    reading = _read(archive, capture, known, parse)
    anew = _read_neighbours_anew(archive, capture, known, reading, parse)
    with archive.transaction():
        if _came_again(archive, capture):  # removed while it was read
            return _put_on_record(archive, capture, source, crawl_id)
        page_id = _page_of(archive, capture, reading, source)
        capture_id = archive.store_capture(capture, crawl_id=crawl_id, page_id=page_id, reason=reading.problem)
        loaded = _enter(archive, capture, capture_id, page_id, reading, anew)
        _mark(archive, capture, loaded, source, crawl_id)
    return loaded


def keep(archive: Archive, capture: Capture, *, source: str = "", crawl_id: int | None = None) -> Loaded:
    """Keeps *capture* unread, outcome "kept" where there is something to read; `read_unread` reads it later."""
    if capture.outcome != "fetched" or _came_again(archive, capture):
        return load(archive, capture, source=source, crawl_id=crawl_id)
    with archive.transaction():
        page_id = archive.page_of(capture, source)
        capture_id = archive.store_capture(capture, crawl_id=crawl_id, page_id=page_id)
        loaded = Loaded(capture_id=capture_id, page_id=page_id, outcome="kept")
        _mark(archive, capture, loaded, source, crawl_id)
    return loaded


def _came_again(archive: Archive, capture: Capture) -> bool:
    """Whether a page shows bytes that were removed from the archive: there is nothing to be read then."""
    return capture.outcome == "fetched" and archive.removed_before(capture) is not None


def _put_on_record(archive: Archive, capture: Capture, source: str, crawl_id: int | None) -> Loaded:
    with archive.transaction():
        page_id = archive.page_of(capture, source)
        capture_id = archive.store_capture(capture, crawl_id=crawl_id, page_id=page_id)
        archive.update_history(page_id, compare)
        detail = archive.capture(capture_id).reason
        loaded = Loaded(capture_id=capture_id, page_id=page_id, outcome="redacted", detail=detail)
        _mark(archive, capture, loaded, source, crawl_id)
    return loaded


def read_unread(archive: Archive, capture_id: int, *, parse: Parse = parse_apart) -> Loaded:
    """Reads a capture that `keep` kept, as `load` would have done. Raises ArchiveError where its body is damaged."""
    page_id, capture = archive.capture(capture_id).page_id, archive.to_read(capture_id)
    _freshen(archive, capture, page_id, parse)
    reading = _read(archive, capture, page_id, parse)
    anew = _read_neighbours_anew(archive, capture, page_id, reading, parse)
    with archive.transaction():
        if reading.problem:
            archive.store_unparsed(capture_id, reading.problem)
        return _enter(archive, capture, capture_id, page_id, reading, anew)


def _freshen(archive: Archive, capture: Capture, page_id: int | None, parse: Parse) -> None:
    """Sees to it that all of a page was read with the chrome that is known now, so that like is compared with like."""
    site = archive.site(capture.final_url or capture.url) if page_id is not None else None
    if site and not site.is_settled and (rows := archive.stale(site.host, page_id)):
        for _ in reread(archive, site.host, rows, parse=parse):
            pass


def _mark(archive: Archive, capture: Capture, loaded: Loaded, source: str, crawl_id: int | None) -> None:
    if crawl_id is not None:
        state, outcome = _STATES.get(loaded.outcome, "done"), loaded.outcome
        archive.mark(source, capture.url, state, reason=loaded.detail, outcome=outcome, crawl_id=crawl_id)


def _read(archive: Archive, capture: Capture, page_id: int | None, parse: Parse) -> Reading:
    if capture.outcome != "fetched":
        return Reading()
    if capture.content is None:
        return Reading(problem="the answer has no body")
    alike = None if page_id is None else archive.read_alike(page_id, capture)
    if page_id is not None and alike is not None and _is_like_beside(archive, alike, page_id, capture.captured_at):
        return Reading(alike=alike)
    return read(archive, capture, page_id, parse)


def _is_like_beside(archive: Archive, alike: int, page_id: int, when: datetime) -> bool:
    """Whether what was read of the capture *alike* can be held against the versions beside *when*: by the same reader.

    A text may come back that was read by the parser of another day.
    """
    readers = archive.readers(alike)
    layouts = {layout for layout, _ in readers}
    beside = archive.beside(page_id, when)
    return all((one.layout, one.revision) in readers or one.layout not in layouts for one in beside)


def _read_neighbours_anew(
    archive: Archive, capture: Capture, page_id: int | None, reading: Reading, parse: Parse
) -> list[tuple[int, Record]]:
    """Records of the versions beside this capture that other parsers have read than today's.

    Without them a better parser would look like an edit by the publisher.
    """
    record = reading.record
    if page_id is None or record is None:
        return []
    beside = archive.beside(page_id, capture.captured_at)
    if any(version.content_digest == record.digests.content for version in beside):
        return []
    captures = [(version, archive.read_from(version)) for version in beside]
    anew = [(version, number, _parse_again(archive, number, parse)) for version, number in captures]
    return [
        (number, again)
        for version, number, again in anew
        if again and not again.held and not _is_read_so(archive, version, number, again)
    ]


def _is_read_so(archive: Archive, version: VersionRow, number: int, again: Record) -> bool:
    """Whether the capture of *version* was read as *again*, by the same layout and revision."""
    reader = (again.layout, again.revision)
    return again.digests.content == version.content_digest and reader in archive.readers(number)


def _parse_again(archive: Archive, number: int, parse: Parse) -> Record | None:
    try:
        return read_again(archive, number, parse).record
    except ArchiveError:
        return None  # a damaged body is told of when somebody asks for it


def _page_of(archive: Archive, capture: Capture, reading: Reading, source: str) -> int | None:
    """The page that the capture speaks of; an answer makes one where its URL is new, a miss or a fault does not."""
    is_missing = capture.outcome == "missing" or reading.is_missing
    if capture.outcome == "fetched" and not is_missing:
        return archive.page_of(capture, source)
    page_id = archive.known_page(capture.url)
    if is_missing and page_id is not None and archive.is_former(page_id, capture.url):
        return None  # the page has moved, and what is missing is only its old address
    return page_id


def _enter(
    archive: Archive,
    capture: Capture,
    capture_id: int,
    page_id: int | None,
    reading: Reading,
    anew: list[tuple[int, Record]],
) -> Loaded:
    """Keeps what was read from a capture that is stored, and sees what it changes in the history of its page."""
    effective = reading.effective
    if effective:
        archive.store_effective(capture_id, effective.status, effective.rule, effective.detail)
    reason = effective.detail if effective else capture.reason
    if page_id is None or capture.outcome in ("truncated", "failed", "refused"):
        outcome = "missing" if reading.is_missing else _untracked(capture)
        return Loaded(capture_id=capture_id, page_id=page_id, outcome=outcome, detail=reason)
    if reading.alike is not None:
        archive.copy_readings(reading.alike, capture_id)
    for number, record in [*anew, *([(capture_id, reading.record)] if reading.record else [])]:
        archive.store_record(record, capture_id=number, page_id=page_id)
    known = archive.count_versions(page_id)
    history = archive.update_history(page_id, compare)
    told = history.told[capture_id]
    # An older capture may begin a version that was known already, or stand before those that were.
    outcome = told.verdict
    if known and outcome in ("new", "changed"):
        outcome = "unchanged" if len(history.drafts) == known else "changed"
    if outcome == "unparsed" and capture.outcome == "not-modified":
        outcome = "not-modified"  # what could not be read, or was not yet, is as it was
    change = archive.change_to(page_id, told.seq) if told.seq and outcome in ("changed", "gone") else None
    return Loaded(
        capture_id=capture_id,
        page_id=page_id,
        outcome=outcome,
        version_seq=told.seq,
        change=change,
        detail=told.reason or reading.problem or reason or (change.summary if change else ""),
    )


def _untracked(capture: Capture) -> LoadOutcome:
    """The outcome of a capture that says nothing about a page."""
    match capture.outcome:
        case "fetched":
            return "failed"
        case other:
            return other
