"""Asked: the flags on what an archive has, for those who list versions and changes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..archive import Compared
from ..errors import ArchiveError
from ..passages.revision import Revision, Sight, revisions
from .flag import SAID, Flag, Name
from .flags import flags, flags_between, placed, reverted, sight, standing, step_flags, weightiest
from .restamps import Read, restamps

if TYPE_CHECKING:
    from parsers.record import Record

    from ..archive import Archive, FlagRow, PageRow, QueueRow, UnflaggedRow, VersionRow
    from ..insignificant import Rule

_AT_ONCE = 100  # differences looked at in one transaction


def compare(before: "Record", after: "Record") -> Compared:
    """What differs between two records, with the flags on it: what an archive is given to store its changes by."""
    from ..diff import diff  # noqa: PLC0415 -- costs start-up time, and who only lists flags compares nothing

    return Compared(difference=diff(before, after), flags=lambda: flags_between(before, after))


def page_flags(archive: "Archive", page: "PageRow", rules: "Sequence[Rule]" = ()) -> dict[int, tuple[Flag, ...]]:
    """The flags on the versions of *page*, by their numbers; those without any are absent.

    Where there are *rules* they are found anew, from records without what these match.
    """
    told = (
        flags(_unmatched(archive, page, rules)) if rules else flags(revisions(archive, page), _steps(archive, page.id))
    )
    found = [*told, *_restamps(archive, page)]
    numbers = dict.fromkeys(flag.seq for flag in found)
    return {seq: tuple(flag for flag in found if flag.seq == seq) for seq in numbers}


def flags_under(before: "Record", after: "Record", rules: "Sequence[Rule]") -> "tuple[FlagRow, ...]":
    """The flags on an edit by the publisher, as `flags_between`, without what *rules* match in either record."""
    from ..diff import unmatched  # noqa: PLC0415 -- costs start-up time, and most sources have no rules

    return flags_between(unmatched(before, rules), unmatched(after, rules))


def change_flags(row: "QueueRow") -> tuple[Flag, ...]:
    """The flags on a change of the queue, those that two versions alone can show."""
    if row.after_seq is None or row.shown_seq is None or row.shown_capture_id is None:
        return ()
    before = Sight(row.shown_seq, row.shown_capture_id, None, row.first_seen)
    return placed(row.flags, before, Sight(row.after_seq, row.capture_id, row.seen_after, row.first_seen))


def told(archive: "Archive", page: "PageRow", first: int, last: int, rules: "Sequence[Rule]" = ()) -> tuple[str, ...]:
    """What the flags on all that led from version *first* of a page to version *last* come to, a line for each kind.

    Of two versions that follow each other only what their records, and the digests of the versions before, can show.
    What *rules* match is left out of it.
    """
    first, last = sorted((first, last))
    if last - first == 1 and rules:
        return _lines(_step_under(archive, page, last, rules))
    if last - first == 1:
        versions = {version.seq: version for version in archive.versions(page)}
        return _lines(_step_flags(archive, page.id, versions, last))
    flagged = page_flags(archive, page, rules)
    return _lines(flag for seq in range(first + 1, last + 1) for flag in weightiest(flagged.get(seq, ())))


def _step_flags(archive: "Archive", page_id: int, versions: "dict[int, VersionRow]", seq: int) -> list[Flag]:
    """The flags on what led to version *seq* of a page."""
    after = versions[seq]
    before = next((one for number in range(seq - 1, 0, -1) if (one := versions[number]).kind == "record"), None)
    rows = _steps(archive, page_id)
    found = placed(rows.get(seq, ()), sight(before), sight(after)) if before else ()
    back = reverted(version for version in versions.values() if version.seq <= seq)
    return weightiest([*found, *(flag for flag in back if flag.seq == seq)])


def _step_under(archive: "Archive", page: "PageRow", seq: int, rules: "Sequence[Rule]") -> list[Flag]:
    """The flags on what led to version *seq* of a page, without what *rules* match."""
    versions: list[VersionRow] = []
    before: Revision | None = None
    found: tuple[Flag, ...] = ()
    for revision in _unmatched(archive, page, rules):
        if revision.version.seq > seq:
            break
        versions.append(revision.version)
        if revision.version.seq == seq and before:
            found = step_flags(before, revision)
        if revision.record is not None:
            before = revision
    return weightiest([*found, *(flag for flag in reverted(versions) if flag.seq == seq)])


def _unmatched(archive: "Archive", page: "PageRow", rules: "Sequence[Rule]") -> Iterator[Revision]:
    """The versions of *page* as they are without what *rules* match, and with digests that know of nothing else."""
    from ..diff import unmatched  # noqa: PLC0415 -- as above

    for version, record in revisions(archive, page):
        left = None if record is None else unmatched(record, rules)
        if left is None or left is record:
            yield Revision(version, record)
        else:
            yield Revision(replace(version, content_digest=standing(left).digests.content), left)


def _steps(archive: "Archive", page_id: int) -> "dict[int, tuple[FlagRow, ...]]":
    """The flags on what led to each version, by its number: those that are stored, and those that are not yet."""
    found = {row.after_seq: _looked_for(archive, row) for row in archive.unflagged_of(page_id)}
    return archive.flags_of(page_id) | found


def _lines(found: Iterable[Flag]) -> tuple[str, ...]:
    by_name: dict[Name, list[Flag]] = {}
    for flag in found:
        by_name.setdefault(flag.name, []).append(flag)
    return tuple(f"{SAID[name]}: {_line(flags)}" for name, flags in by_name.items())


def _line(found: list[Flag]) -> str:
    if len(found) == 1:
        return found[0].detail
    last = found[-1]
    return f"{len(found):,} times, the last by {last.by:%Y-%m-%d} (version {last.seq}): {last.detail}"


def flags_of_version(archive: "Archive", page_id: int, seq: int) -> "tuple[FlagRow, ...]":
    """The flags on what led to version *seq* of a page: those that are stored, or that are not yet."""
    return _steps(archive, page_id).get(seq, ())


def look_for_flags(archive: "Archive", progress: Callable[[int, int], None] = lambda *_: None) -> int:
    """Finds the flags that an older fonds did not store, and says how many changes could not be read for that.

    What was done stays when this is interrupted. *progress* is told of how many of how many were looked at.
    """
    total, done, after, failed = archive.count_unflagged(), 0, 0, 0
    while total:
        with archive.transaction():
            rows = archive.unflagged(after=after, limit=_AT_ONCE)
            for row in rows:
                try:
                    archive.store_flags(row.difference_id, _looked_for(archive, row))
                except ArchiveError:  # a damaged record; `fonds verify` names it
                    failed += 1
        if not rows:
            break
        after, done = rows[-1].difference_id, done + len(rows)
        progress(done, max(total, done))
    return failed


def _looked_for(archive: "Archive", row: "UnflaggedRow") -> "tuple[FlagRow, ...]":
    before, after = archive.compared(row)
    return flags_between(before, after) if before and after else ()


def _restamps(archive: "Archive", page: "PageRow") -> Iterator[Flag]:
    """New dates in captures that made no version, as their text is that of one."""
    readings = _other_readings(archive, page)
    if not readings:
        return
    for version in archive.versions(page):
        inside = [reading for reading in readings if version.first_seen <= reading.at <= version.last_seen]
        if inside and version.record_id is not None:
            yield from restamps(version, archive.record(version), inside)


def _other_readings(archive: "Archive", page: "PageRow") -> list[Read]:
    """What was read of *page* and is the record of no version, each by the first capture it was read from."""
    shown = {version.record_id for version in archive.versions(page)}
    rows = reversed(archive.past_accounts(page.id))
    first = {
        row.record_id: row for row in reversed([row for row in rows if row.record_id not in shown and not row.is_held])
    }
    found = [
        Read(row.capture_id, row.at, record)
        for row in first.values()
        for record in archive.records(row.capture_id)
        if _is_dated(record)
    ]
    return sorted(found, key=lambda one: (one.at, one.capture_id))


def _is_dated(record: "Record") -> bool:
    return bool(record.published or record.modified)
