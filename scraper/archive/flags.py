"""Flags of differences: what bears on whether the publisher said so, kept beside what differs.

They are derived from the two records alone, as the difference is, and forgotten with it. Which version and capture
their evidence is in is told by who reads them, as an older capture may come to begin a version.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from .damage import of_rows
from .passages import canonical
from .rows import FlagRow, Quoted, UnflaggedRow
from .text import storable

_INSERT = """
insert into flag (difference_id, position, page_id, version_id, name, detail, evidence)
select id, ?, page_id, after_version_id, ?, ?, ? from difference where id = ?
"""
_OF_PAGE = """
select version.seq, flag.name, flag.detail, flag.evidence
from flag join version on version.id = flag.version_id
where flag.page_id = ? order by version.seq, flag.position
"""
_UNFLAGGED = """
select difference.id, difference.page_id, version.seq, difference.before_record_id, difference.after_record_id
from unflagged
join difference on difference.id = unflagged.difference_id
join version on version.id = difference.after_version_id
"""


def store(connection: sqlite3.Connection, difference_id: int, found: Sequence[FlagRow]) -> None:
    """Keeps the flags of a difference, which was looked at with that."""
    rows = [
        (position, flag.name, storable(flag.detail), _written(flag.evidence), difference_id)
        for position, flag in enumerate(found, 1)
    ]
    connection.executemany(_INSERT, rows)
    connection.execute("delete from unflagged where difference_id = ?", (difference_id,))


def leave_open(connection: sqlite3.Connection, difference_id: int) -> None:
    """Says that nobody has looked for the flags of a difference."""
    connection.execute("insert into unflagged (difference_id) values (?)", (difference_id,))


def of_difference(connection: sqlite3.Connection, difference_id: int) -> tuple[FlagRow, ...]:
    """The flags of a difference, in their order."""
    rows = connection.execute(
        "select name, detail, evidence from flag where difference_id = ? order by position", (difference_id,)
    )
    return tuple(_flag(*row) for row in rows)


def of_page(connection: sqlite3.Connection, page_id: int) -> dict[int, tuple[FlagRow, ...]]:
    """The flags on what led to each version of a page, by its number; those without any are absent."""
    found: dict[int, list[FlagRow]] = {}
    for seq, *row in connection.execute(_OF_PAGE, (page_id,)):
        found.setdefault(seq, []).append(_flag(*row))
    return {seq: tuple(flags) for seq, flags in found.items()}


def unflagged(connection: sqlite3.Connection, after: int, limit: int) -> list[UnflaggedRow]:
    """Differences with numbers over *after* whose flags nobody has looked for, up to *limit*, by number."""
    question = f"{_UNFLAGGED} where unflagged.difference_id > ? order by unflagged.difference_id limit ?"
    return _rows(connection.execute(question, (after, limit)))


def unflagged_of_page(connection: sqlite3.Connection, page_id: int) -> list[UnflaggedRow]:
    """Those of a page."""
    return _rows(connection.execute(f"{_UNFLAGGED} where difference.page_id = ?", (page_id,)))


def count_unflagged(connection: sqlite3.Connection) -> int:
    """How many there are."""
    return int(connection.execute("select count(*) from unflagged").fetchone()[0])


def _rows(found: Iterable[Sequence[int]]) -> list[UnflaggedRow]:
    return [
        UnflaggedRow(
            difference_id=number, page_id=page_id, after_seq=seq, before_record_id=before, after_record_id=after
        )
        for number, page_id, seq, before, after in found
    ]


def _written(evidence: Iterable[Quoted]) -> str:
    return canonical([{"side": one.side, "path": one.path, "text": one.text} for one in evidence])


@of_rows
def _flag(name: str, detail: str, evidence: str) -> FlagRow:
    return FlagRow(name=name, detail=detail, evidence=tuple(Quoted(**one) for one in json.loads(evidence)))
