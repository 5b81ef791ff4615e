"""Reparse: the whole history of pages by today's parsers, a page at a time, each in one transaction.

Captures are the truth and records are derived: what was read before is kept and makes no version any more. How far it
is stands in the archive, so whoever comes next goes on where a process was killed.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from parsers.errors import MissingLibrary
from parsers.record import Record

from .archive import Archive, VersionRow, field_rows
from .diff import diff
from .errors import ParserUnavailable, UsageError
from .ledger import numbered
from .rereading import PageReading, Parse, read_page
from .shelf import Shelf
from .worker import parse as parse_apart

Outcome = Literal["changed", "unchanged", "kept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The pages that are to be read again, number and URL of each; *left_out* is how many today's parsers have read."""

    pages: tuple[tuple[int, str], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is another one when the page is read by today's parsers.

    *path* is a field or fact (`scraper.archive.FieldRow`), blocks or words (how many there are), text (the difference
    in one line), effective (the status that the capture deserves), versions (how many, and captures that begin one on
    this side only), held (how many captures are held back) or state. *version* and *capture_id* are None for what is of
    the page.
    """

    version: int | None
    capture_id: int | None
    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reparsed:
    """What became of a page.

    *outcome*: "changed", "unchanged" (all captures read as before), "kept" (it stays wholly as it was: a capture could
    be read and cannot be any more, as *reason* says). *captures* were read. *changes* are told in a rehearsal only.
    """

    page_id: int
    url: str
    outcome: Outcome
    captures: int
    reason: str = ""
    changes: tuple[Change, ...] = ()


def due(archive: Archive, refs: Sequence[str] = (), *, source: str | None = None, parsers: str = "") -> Due:
    """The pages that *refs* mean; without any those (of *source*) that *parsers*, today's, have not read as a whole.

    Raises UsageError for what means no page.
    """
    if refs and source:
        raise UsageError("--source: name a source or pages, not both")
    if refs:
        rows = {row.id: row.url for row in map(archive.page, refs)}
        return Due(pages=tuple(rows.items()))
    pages = archive.pages_to_read(source=source)
    if source and not pages:
        raise UsageError(f"--source: no page of '{source}' is in the archive")
    done = archive.read_by(parsers or archive.parsers)
    left = tuple((page_id, url) for page_id, url in pages if page_id not in done)
    return Due(pages=left, left_out=len(pages) - len(left))


def reparse(
    archive: Archive,
    pages: Iterable[tuple[int, str]],
    now: datetime,
    *,
    parse: Parse = parse_apart,
    parsers: str = "",
) -> Iterator[Reparsed]:
    """Reads *pages* again, one at a step, which is committed when it is given.

    *parsers* is what today's are known by. Raises ParserUnavailable where they cannot be had, as for want of a library;
    the pages before stay done.
    """
    known = parsers or archive.parsers
    counts = {"pages": 0, "captures": 0, "changed": 0, "kept": 0}
    for page_id, url in pages:
        done = None
        while done is None:
            done = _reparsed(archive, (page_id, url), now, parse=parse, parsers=known, is_first=not counts["pages"])
        counts["pages"] += 1
        counts["captures"] += done.captures
        if done.outcome != "unchanged":
            counts[done.outcome] += 1
        yield done
    if counts["pages"]:
        archive.end_reparse(now, counts)


def rehearse(archive: Archive, pages: Iterable[tuple[int, str]], *, parse: Parse = parse_apart) -> Iterator[Reparsed]:
    """What `reparse` would make of *pages*, one at a step, with each field that would change. Nothing is kept of it."""
    for page_id, url in pages:
        with Shelf() as shelf:
            again = read_page(archive, page_id, shelf, _whole(parse))
            changes = () if again.lost else _changes(archive, again)
        outcome: Outcome = "kept" if again.lost else "changed" if changes else "unchanged"
        yield Reparsed(
            page_id=page_id, url=url, outcome=outcome, captures=len(again.found), reason=again.lost, changes=changes
        )


def _reparsed(
    archive: Archive, page: tuple[int, str], now: datetime, *, parse: Parse, parsers: str, is_first: bool
) -> Reparsed | None:
    """What became of *page*, which is stored; None where it got other captures while it was read."""
    page_id, url = page
    with Shelf() as shelf:
        again = read_page(archive, page_id, shelf, _whole(parse))
        with archive.transaction():
            if archive.readable(page_id) != again.rows:
                return None
            if is_first:
                archive.begin_reparse(parsers, now)
            is_changed = not again.lost and again.store(archive)
            if not again.lost:
                archive.mark_read(page_id, parsers, now)
    outcome: Outcome = "kept" if again.lost else "changed" if is_changed else "unchanged"
    return Reparsed(page_id=page_id, url=url, outcome=outcome, captures=len(again.found), reason=again.lost)


def _whole(parse: Parse) -> Parse:
    """*parse* by a program that lacks nothing: what it cannot read for want of a library may be read elsewhere."""

    def parse_all(body: bytes, **arguments: Any) -> Record:
        try:
            return parse(body, **arguments)
        except MissingLibrary as error:
            raise ParserUnavailable(f"{error}; pages that were read by it stay as they are") from error

    return parse_all


# What would be different --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """A page as it stands: its versions, how many captures are held back, its state."""

    versions: tuple[VersionRow, ...]
    held: int
    state: str

    @classmethod
    def of(cls, archive: Archive, page_id: int) -> "_State":
        page = archive.page(str(page_id))
        held = archive.count_held(page_id)
        return cls(versions=tuple(archive.versions(page)), held=held, state=page.state)


def _changes(archive: Archive, again: PageReading) -> tuple[Change, ...]:
    """What is another thing once *again* is stored, which it is not in the end."""
    found: list[Change] = []
    with archive.trial():
        before = _State.of(archive, again.page_id)
        if again.store(archive):
            found += _of_page(before, _State.of(archive, again.page_id))
            read = {one.capture_id for one in again.found}
            for version in before.versions:
                # What a 304 begins was told of with the answer that it repeats.
                found += _of_version(archive, version) if version.capture_id in read else ()
    return tuple(found)


def _of_page(before: _State, after: _State) -> Iterator[Change]:
    was, now = ({one.capture_id for one in state.versions} for state in (before, after))
    rows = (
        ("versions", _counted(before, was - now), _counted(after, now - was)),
        ("held", str(before.held), str(after.held)),
        ("state", before.state, after.state),
    )
    for path, one, two in rows:
        if one != two:
            yield Change(version=None, capture_id=None, path=path, before=one, after=two)


def _counted(state: _State, own: Collection[int]) -> str:
    """How many versions there are, with the captures that begin one on this side only."""
    return f"{len(state.versions)} ({numbered(sorted(own))})" if own else str(len(state.versions))


def _of_version(archive: Archive, version: VersionRow) -> Iterator[Change]:
    """What the capture that begins *version* says otherwise now than the version did."""
    was, now = archive.record(version), archive.records(version.capture_id)[-1:]
    if now:
        rows = _fields(was, now[0])
    else:
        capture = archive.capture(version.capture_id)
        rows = [("effective", None, f"{capture.effective_status}: {capture.effective_detail}")]
    for path, before, after in rows:
        yield Change(version=version.seq, capture_id=version.capture_id, path=path, before=before, after=after)


def _fields(before: Record, after: Record) -> list[tuple[str, str | None, str | None]]:
    changes = diff(before, after)
    rows: list[tuple[str, str | None, str | None]] = [*field_rows(changes.to_dict())]
    counts = (
        ("blocks", len(before.blocks), len(after.blocks)),
        ("words", len(before.text.split()), len(after.text.split())),
    )
    rows += [(name, f"{one:,}", f"{two:,}") for name, one, two in counts if one != two]
    if (changes and not (changes.fields or changes.facts)) or changes.blocks:
        rows.append(("text", None, changes.summary))
    return rows
