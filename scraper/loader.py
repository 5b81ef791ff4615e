"""From a capture to a version: read it, keep it, see what it changed. The one place where errors are not passed on.

The capture is kept whatever a parser makes of it. Parsing comes first, so that the one transaction that keeps body,
capture, record, version, change and the state in the frontier is short. A crawl may also keep captures now and have
them read later: the same functions read them then, with the same result.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from parsers.errors import ParserError
from parsers.record import Flag, Record

from .archive import Archive, ChangeRow, Difference, FrontierState, StaleRow, Verdict, VersionRow
from .capture import Capture
from .doubts import UNLIKE, doubts_of_first
from .errors import ArchiveError, ScraperError
from .ledger import FLOODED, LOST, SILENT, History, alarms, is_settled
from .reading import MISSING, not_the_report
from .worker import judge_page
from .worker import parse as parse_apart

if TYPE_CHECKING:
    from parsers.effective import Effective

LoadOutcome = Verdict | Literal["truncated", "failed", "refused", "kept", "listed", "redacted"]
Parse = Callable[..., Record]

# What a capture is told of by what the archive had when it came.
_JUDGED = frozenset({SILENT, FLOODED, LOST, UNLIKE, "redirected"})
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What was read from a body: a record, an earlier capture with the same content, or a problem in one line.

    *effective* is the status the capture deserves where that is not the one the server gave.
    """

    record: Record | None = None
    alike: int | None = None
    problem: str = ""
    effective: "Effective | None" = None

    @property
    def is_missing(self) -> bool:
        """Whether the body only says that there is no such page."""
        return self.effective is not None and self.effective.status in MISSING


def compare(before: Record, after: Record) -> Difference:
    """What differs between two records, for `Archive.update_history` and `Archive.release`."""
    from .diff import diff  # noqa: PLC0415 -- costs start-up time, and most captures change nothing

    return diff(before, after)


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


def reread(archive: Archive, site: str, rows: Sequence[StaleRow], *, parse: Parse = parse_apart) -> Iterator[int]:
    """Reads again what was read of *site* with other learned chrome than it has now, where that makes a difference.

    One page at a step, each committed whole, with the number of its captures. What was read before is kept, and makes
    no version any more: to know the chrome sooner or later than the page is no edit of it.
    """
    row = archive.site(f"https://{site}/")
    now = archive.profile(row.profile if row else "")
    changed = [one for one in rows if archive.profile(one.profile).effect(one.outline) != now.effect(one.outline)]
    for page_id, numbers in archive.read_with(changed).items():
        again = _read_again(archive, numbers, parse)
        with archive.transaction():
            for number, record in again:
                archive.store_record(record, capture_id=number, page_id=page_id)
            archive.update_history(page_id, compare)
        yield len(again)
    # And what cannot be read any more stays as it is.
    archive.keep_readings(rows, now.id)


def _read_again(archive: Archive, numbers: Sequence[int], parse: Parse) -> list[tuple[int, Record]]:
    """What captures of a page, by number, say now; those that say nothing are left out."""
    known: dict[tuple[str | None, str, str], Record | None] = {}
    for number in numbers:
        row = archive.capture(number)
        key = (row.content_sha256, row.content_type, row.final_url)
        if key not in known:
            known[key] = _record_again(archive, number, parse)
    rows = ((number, archive.capture(number)) for number in numbers)
    found = ((number, known[row.content_sha256, row.content_type, row.final_url]) for number, row in rows)
    return [(number, record) for number, record in found if record]


def _record_again(archive: Archive, number: int, parse: Parse) -> Record | None:
    """What a capture says now, with what was said of it beside its past when it came: that has not changed."""
    try:
        capture = archive.to_read(number)
    except ArchiveError:
        return None  # a damaged body is told of when somebody asks for it
    body = capture.body or b""
    record = _parsed(archive, body, capture.final_url, capture.content_type, parse).record
    if record is None:
        return None
    judged = (flag for before in archive.records(number)[-1:] for flag in before.flags if flag.name in _JUDGED)
    return record.with_flags((*not_the_report(_effective(capture, body), capture.final_url), *judged))


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


def _read(archive: Archive, capture: Capture, page_id: int | None, parse: Parse) -> _Reading:
    if capture.outcome != "fetched":
        return _Reading()
    if capture.content is None:
        return _Reading(problem="the answer has no body")
    alike = None if page_id is None else archive.read_alike(page_id, capture)
    if alike is not None:
        return _Reading(alike=alike)
    came_from = capture.final_url or capture.url
    effective = _effective(capture, capture.content)
    if effective and effective.status in MISSING:
        return _Reading(effective=effective)
    reading = _parsed(archive, capture.content, came_from, capture.content_type, parse)
    if reading.record is None:
        return replace(reading, effective=effective)
    flags = (*not_the_report(effective, came_from), *_led_elsewhere(archive, capture, page_id))
    flags = flags or unlike(reading.record, past(archive, reading.record, page_id, capture.captured_at))
    return replace(reading, record=reading.record.with_flags(flags), effective=effective)


def _effective(capture: Capture, content: bytes) -> "Effective | None":
    """The status that a capture of *content* deserves, None where that is the server's own."""
    from parsers.effective import effective_status  # noqa: PLC0415 -- costs start-up time; 304s never need it

    return effective_status(
        content,
        url=capture.url,
        final_url=capture.final_url or capture.url,
        content_type=capture.content_type,
        status=capture.status,
        headers=capture.response_headers,
        judge=judge_page,
    )


def unlike(record: Record, history: History) -> tuple[Flag, ...]:
    """What of *record* is unlike what was seen of its page before, or of other pages of its site where it is new."""
    return (*alarms(record, history), *(() if history.page else doubts_of_first(record, history.site)))


def past(archive: Archive, record: Record, page_id: int | None, at: datetime) -> History:
    """What earlier captures show of the page, and other pages of its site where that is little, for `ledger.alarms`."""
    page = () if page_id is None else archive.seen_before(page_id, at)
    site = () if is_settled(record, page) else archive.seen_beside(page_id, record.layout, record.url)
    return History(page=page, site=site)


def _led_elsewhere(archive: Archive, capture: Capture, page_id: int | None) -> tuple[Flag, ...]:
    """Why what a redirect led to is not this page: it is another page of the archive."""
    other = archive.known_page(capture.final_url) if capture.hops else None
    if other is None or other == page_id:
        return ()
    detail = f"redirected to {capture.final_url}, which is page {other}"
    return (Flag(name="redirected", detail=detail, value=capture.final_url, holds=True),)


def _parsed(archive: Archive, body: bytes, url: str, content_type: str, parse: Parse) -> _Reading:
    profile = archive.profile_of(url)
    learned = {"profile": profile} if profile else {}
    try:
        record = parse(body, url=url, content_type=content_type or None, **learned)
        _ = record.digests  # a record without an identity is none
    except ParserError as error:
        return _Reading(problem=f"{_one_line(str(error))}; it is kept unread")
    except ScraperError:
        raise  # no fault of the page
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
    return _parsed(archive, archive.body(capture.id), capture.final_url, capture.content_type, parse).record


def _page_of(archive: Archive, capture: Capture, reading: _Reading, source: str) -> int | None:
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
    reading: _Reading,
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


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 500 else f"{line[:499]}…"
