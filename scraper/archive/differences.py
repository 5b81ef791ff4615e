"""What differs between the versions of a page, and between what was read of the same bytes before and is read now.

Derived, as versions are. What a publisher changed stands between two versions. What better parsers or learned chrome
changed in a page that was read again as a whole belongs to one version, at the capture that begins it, and has no
version before it: nobody who asks what the publisher changed meets it.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from . import flags
from .damage import DamagedRow, of_rows
from .fields import field_rows
from .history import Draft
from .records import load_record
from .rows import Cause, Compare, Compared, Difference, FlagRow
from .text import storable

_INSERT = """
insert into difference (page_id, before_version_id, after_version_id, before_record_id, after_record_id, cause, class,
    summary, words_changed, numbers_changed, detail)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
# How a record was read, and what is repeated from the address: no part of what it says.
_READ_BY = "'$.revision', '$.layout', '$.flags', '$.url', '$.canonical_url', '$.media_type'"
# Of the capture that begins a version what it says and what was read last of those that make no version any more; of
# several versions of the same bytes the first.
_ANEW = f"""
select version.id, was.id, record.id,
    case when (was.layout, was.revision) = (record.layout, record.revision) and before.profile <> reading.profile
        then 'chrome' else 'parser' end
from version
join reading on reading.capture_id = version.capture_id and reading.record_id = version.record_id
join reading as before on before.capture_id = version.capture_id and before.superseded = 1
    and before.turn = (
        select max(turn) from reading as past where past.capture_id = version.capture_id and past.superseded = 1
    )
join record on record.id = reading.record_id
join record as was on was.id = before.record_id
where version.page_id = ?
    and not exists (
        select 1 from version as first
        where first.page_id = version.page_id and first.seq < version.seq and first.capture_id = version.capture_id
    )
    and (was.blocks <> record.blocks or was.fact_set_id <> record.fact_set_id
        or json_remove(was.fields, {_READ_BY}) <> json_remove(record.fields, {_READ_BY}))
"""  # noqa: S608 -- our own words


class _Told(NamedTuple):
    """A difference as it is told: its class, one line, changed words and numbers, and all of it.

    *flags* are those on it; None where nobody has looked for them.
    """

    class_: str
    summary: str
    words_changed: int
    numbers_changed: int
    detail: dict[str, Any]
    flags: Sequence[FlagRow] | None = ()


def drop(connection: sqlite3.Connection, page_id: int, changed_from: int) -> None:
    """Forgets what leads to the versions from index *changed_from* on, and what was read anew of them."""
    connection.execute(
        """delete from difference where page_id = ?
           and after_version_id in (select id from version where page_id = ? and seq > ?)""",
        (page_id, page_id, changed_from),
    )


def store_changes(
    connection: sqlite3.Connection, page_id: int, drafts: Sequence[Draft], changed_from: int, compare: Compare
) -> None:
    """Stores what leads from each version to the next, for those from index *changed_from* on."""
    numbers = dict(connection.execute("select seq, id from version where page_id = ?", (page_id,)))
    for index in range(max(changed_from, 1), len(drafts)):
        before, after = drafts[index - 1], drafts[index]
        told = _leading(connection, before, after, compare)
        versions = (numbers[index], numbers[index + 1])
        number = _insert(connection, page_id, versions, (after.compared_id, after.record_id), after.cause, told)
        if told.flags is None:
            flags.leave_open(connection, number)
        else:
            flags.store(connection, number, told.flags)


def store_readings(connection: sqlite3.Connection, page_id: int, compare: Compare) -> None:
    """Stores what differs between the readings of each version that was read anew, where that is not stored yet."""
    wanted = {(version, was, now, cause) for version, was, now, cause in connection.execute(_ANEW, (page_id,))}
    stored = {
        tuple(key): number
        for number, *key in connection.execute(
            """select id, after_version_id, before_record_id, after_record_id, cause from difference
               where page_id = ? and before_version_id is null""",
            (page_id,),
        )
    }
    _forget(connection, (number for key, number in stored.items() if key not in wanted))
    for version, was, now, cause in sorted(wanted - stored.keys()):
        found = compare(load_record(connection, was), load_record(connection, now))
        if found.difference if isinstance(found, Compared) else found:
            _insert(connection, page_id, (None, version), (was, now), cause, _told(found, cause))


def fill_fields(connection: sqlite3.Connection) -> None:
    """Writes the fields that differences change, for an archive of an older fonds, which had no rows for them."""
    for number, page_id, detail in connection.execute("select id, page_id, detail from difference").fetchall():
        with suppress(DamagedRow):  # it is derived, and must keep nobody from the archive
            _insert_fields(connection, number, page_id, _detail(detail))


@of_rows
def _detail(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    field_rows(found)
    return found


def _forget(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    connection.executemany("delete from difference where id = ?", [(number,) for number in numbers])


def _leading(connection: sqlite3.Connection, before: Draft, after: Draft, compare: Compare) -> _Told:
    """The difference that leads from the version *before* to the one *after*."""
    if after.record_id is None or after.compared_id is None:
        return _Told("gone", "the page is gone", 0, 0, {})
    found = compare(load_record(connection, after.compared_id), load_record(connection, after.record_id))
    told = _told(found, after.cause)
    if before.record_id is None:
        return told._replace(class_="returned", summary=f"the page is back; {told.summary}")
    return told


def _told(found: Difference | Compared, cause: Cause) -> _Told:
    difference, find = (found.difference, found.flags) if isinstance(found, Compared) else (found, None)
    flagged = () if cause != "publisher" else find and find()  # others do not edit
    counts = difference.words_changed, difference.numbers_changed
    return _Told(difference.class_, difference.summary, *counts, difference.to_dict(), flagged)


def _insert(
    connection: sqlite3.Connection,
    page_id: int,
    versions: tuple[int | None, int],
    records: tuple[int | None, int | None],
    cause: Cause,
    told: _Told,
) -> int:
    """Stores a difference with its fields, and gives its number."""
    detail = json.dumps(told.detail, ensure_ascii=True, sort_keys=True)
    told_in_columns = (told.class_, told.summary, told.words_changed, told.numbers_changed)
    row = (page_id, *versions, *records, cause, *told_in_columns, detail)
    number = int(connection.execute(_INSERT, row).lastrowid or 0)
    _insert_fields(connection, number, page_id, told.detail)
    return number


def _insert_fields(connection: sqlite3.Connection, number: int, page_id: int, detail: dict[str, Any]) -> None:
    connection.executemany(
        "insert into field_change (difference_id, position, page_id, path, before, after) values (?, ?, ?, ?, ?, ?)",
        [
            (number, position, page_id, *(None if text is None else storable(text) for text in row))
            for position, row in enumerate(field_rows(detail), 1)
        ],
    )
