"""Asked: the flags on what an archive has, for those who list versions and changes."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from ..passages.revision import Revision, revisions
from .flag import Flag
from .flags import flags, step_flags
from .restamps import Read, restamps

if TYPE_CHECKING:
    from parsers.record import Record

    from ..archive import Archive, ChangeRow, PageRow, VersionRow


def page_flags(archive: "Archive", page: "PageRow") -> dict[int, tuple[Flag, ...]]:
    """The flags on the versions of *page*, by their numbers; those without any are absent."""
    found = [*flags(revisions(archive, page)), *_restamps(archive, page)]
    numbers = dict.fromkeys(flag.seq for flag in found)
    return {seq: tuple(flag for flag in found if flag.seq == seq) for seq in numbers}


def change_flags(archive: "Archive", changes: "Iterable[ChangeRow]") -> "Iterator[tuple[ChangeRow, tuple[Flag, ...]]]":
    """Each of *changes* with the flags on it, those that two versions alone can show."""
    versions: dict[int, dict[int, VersionRow]] = {}
    records = lru_cache(maxsize=2)(archive.record)  # what one change led to is what the one listed before it began from
    for change in changes:
        before_seq, after_seq = change.before_seq, change.after_seq
        made_none = change.cause != "publisher" or change.class_ in ("gone", "none")
        if made_none or before_seq is None or after_seq is None:
            yield change, ()
            continue
        if change.page_id not in versions:
            versions = {change.page_id: {row.seq: row for row in archive.versions_of(change.page_id)}}
        rows = versions[change.page_id]
        after = rows[after_seq]
        before = next(rows[seq] for seq in range(before_seq, 0, -1) if rows[seq].record_id is not None)
        new, old = (Revision(row, records(row)) for row in (after, before))
        yield change, step_flags(old, new)


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
