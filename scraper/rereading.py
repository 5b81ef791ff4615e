"""Reading captures again: what a page says now in all its captures, in place of what was read when they came.

Like is compared with like or not at all: a page is read again as a whole or stays wholly as it was. What a capture was
told of by what the archive had when it came stays with it, as that has not changed.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from parsers.errors import ParserError
from parsers.record import Flag, Record

from .archive import Archive, Compared, ReadableRow, Reread, StaleRow
from .capture import Capture
from .doubts import UNLIKE, doubts_of_first
from .errors import ArchiveError, ScraperError
from .ledger import FLOODED, LOST, SILENT, History, alarms, is_settled
from .reading import MISSING, not_the_report
from .shelf import Shelf
from .worker import judge_page

if TYPE_CHECKING:
    from parsers.effective import Effective

Parse = Callable[..., Record]

# What a capture is told of by what the archive had when it came.
_JUDGED = frozenset({SILENT, FLOODED, LOST, UNLIKE, "redirected"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
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


def compare(before: Record, after: Record) -> Compared:
    """What differs between two records, for `Archive.update_history` and `Archive.release`."""
    from . import claims  # noqa: PLC0415 -- costs start-up time, and most captures change nothing

    return claims.compare(before, after)


# One capture -------------------------------------------------------------------------------------------------------


def read(archive: Archive, capture: Capture, page_id: int | None, parse: Parse) -> Reading:
    """What a *capture* says that is new, with what it is told of beside its past."""
    effective, reading = _read_alone(archive, capture, parse)
    if reading.record is None:
        return reading
    flags = (*_not_the_report(effective, capture), *_led_elsewhere(archive, capture, page_id))
    flags = flags or unlike(reading.record, past(archive, reading.record, page_id, capture.captured_at))
    return replace(reading, record=reading.record.with_flags(flags))


def read_again(archive: Archive, number: int, parse: Parse) -> Reading:
    """What a capture says now, with what was said of it beside its past when it came.

    One of which nothing was read so far is judged as if it came now. Raises ArchiveError where its bytes cannot be had.
    """
    capture, page_id = archive.to_read(number), archive.capture(number).page_id
    before = archive.records(number)
    if not before:
        return read(archive, capture, page_id, parse)
    effective, reading = _read_alone(archive, capture, parse)
    if reading.record is None:
        return reading
    judged = (flag for flag in before[-1].flags if flag.name in _JUDGED)
    return replace(reading, record=reading.record.with_flags((*_not_the_report(effective, capture), *judged)))


def _read_alone(archive: Archive, capture: Capture, parse: Parse) -> "tuple[Effective | None, Reading]":
    """What *capture* is, and what it says, without any other capture."""
    content = capture.content or b""
    effective = effective_of(capture, content)
    if effective and effective.status in MISSING:
        return effective, Reading(effective=effective)
    came_from = capture.final_url or capture.url
    return effective, replace(_parsed(archive, content, came_from, capture.content_type, parse), effective=effective)


def effective_of(capture: Capture, content: bytes) -> "Effective | None":
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


def _not_the_report(effective: "Effective | None", capture: Capture) -> tuple[Flag, ...]:
    return not_the_report(effective, capture.final_url or capture.url)


def _led_elsewhere(archive: Archive, capture: Capture, page_id: int | None) -> tuple[Flag, ...]:
    """Why what a redirect led to is not this page: it is another page of the archive."""
    other = archive.known_page(capture.final_url) if capture.hops else None
    if other is None or other == page_id:
        return ()
    detail = f"redirected to {capture.final_url}, which is page {other}"
    return (Flag(name="redirected", detail=detail, value=capture.final_url, holds=True),)


def _parsed(archive: Archive, body: bytes, url: str, content_type: str, parse: Parse) -> Reading:
    profile = archive.profile_of(url)
    learned = {"profile": profile} if profile else {}
    try:
        record = parse(body, url=url, content_type=content_type or None, **learned)
        _ = record.digests  # a record without an identity is none
    except ParserError as error:
        return Reading(problem=f"{one_line(str(error))}; it is kept unread")
    except ScraperError:
        raise  # no fault of the page
    except Exception as error:  # a mistake in a parser must not cost the capture it was made on
        return Reading(problem=one_line(f"the parser failed: {type(error).__name__}: {error}"))
    return Reading(record=record)


def one_line(text: str) -> str:
    """*text* in one line of bounded length."""
    line = " ".join(text.split())
    return line if len(line) <= 500 else f"{line[:499]}…"


# A page ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """What the captures of a page say now, their records on the *shelf*; *rows* are those that were there to be read.

    *lost* says which capture cannot be read any more, and why, and that the page stays as it was; "" where all can.
    """

    page_id: int
    rows: list[ReadableRow]
    found: tuple[Reread, ...]
    shelf: Shelf
    lost: str = ""

    def store(self, archive: Archive) -> bool:
        """Puts it in place of what was read, and says whether anything is different then."""
        return archive.replace_readings(self.page_id, self.found, self.shelf.__getitem__, compare)


def read_page(
    archive: Archive, page_id: int, shelf: Shelf, parse: Parse, *, only: Collection[int] | None = None
) -> PageReading:
    """Reads all captures of a page again, or *only* some, those of the same bytes once.

    What was read is on the *shelf* meanwhile.
    """
    rows = archive.readable(page_id)
    known: dict[tuple[object, ...], Reread] = {}
    found = []
    for row in rows:
        if row.is_redacted or not (only is None or row.capture_id in only):
            continue
        key = _key(row)
        if key not in known:
            known[key] = _reread(archive, row, shelf, parse)
        one = replace(known[key], capture_id=row.capture_id)
        if one.problem and row.is_read:
            lost = f"capture {row.capture_id} could be read and cannot be any more: {one.problem}"
            return PageReading(page_id=page_id, rows=rows, found=(), shelf=shelf, lost=lost)
        found.append(one)
    return PageReading(page_id=page_id, rows=rows, found=tuple(found), shelf=shelf)


def _key(row: ReadableRow) -> tuple[object, ...]:
    """What is the same for captures that read alike."""
    from parsers.effective import telling  # noqa: PLC0415 -- costs start-up time

    headers = telling((name, value) for name, value in json.loads(row.headers))
    return row.content_sha256, row.content_type, row.final_url, row.url, row.status, headers


def _reread(archive: Archive, row: ReadableRow, shelf: Shelf, parse: Parse) -> Reread:
    try:
        reading = read_again(archive, row.capture_id, parse)
    except ArchiveError as error:
        return Reread(capture_id=row.capture_id, first=row.capture_id, problem=one_line(str(error)))
    said = reading.effective
    return Reread(
        capture_id=row.capture_id,
        first=row.capture_id,
        place=shelf.put(reading.record) if reading.record else None,
        effective=(said.status, said.rule, said.detail) if said else None,
        problem=reading.problem,
    )


# A site ------------------------------------------------------------------------------------------------------------


def reread(archive: Archive, site: str, rows: Sequence[StaleRow], *, parse: Parse) -> Iterator[int]:
    """Reads again what was read of *site* with other learned chrome than it has now, where that makes a difference.

    One page at a step, each committed whole, with the number of its captures. What was read before is kept, and makes
    no version any more: to know the chrome sooner or later than the page is no edit of it. A page of which a capture
    cannot be read any more stays as it was.
    """
    row = archive.site(f"https://{site}/")
    now = archive.profile(row.profile if row else "")
    changed = [one for one in rows if archive.profile(one.profile).effect(one.outline) != now.effect(one.outline)]
    archive.keep_readings([one for one in rows if one not in changed], now.id)
    for page_id, numbers in archive.read_with(changed).items():
        with Shelf() as shelf:
            again = read_page(archive, page_id, shelf, parse, only=frozenset(numbers))
            if not all(_is_by_the_same(archive, shelf, one) for one in again.found):
                again = read_page(archive, page_id, shelf, parse)
            if not again.lost:
                again.store(archive)
                yield len(numbers)


def _is_by_the_same(archive: Archive, shelf: Shelf, one: Reread) -> bool:
    """Whether the capture is read by the layout and revision that read it before: then other captures of it are too."""
    if one.place is None:
        return False
    record = shelf[one.place]
    return archive.readers(one.capture_id) == {(record.layout, record.revision)}
