"""Traces: what was read from captures, and all that quotes it, forgotten together with their bytes.

Records that other captures read as too stay, and so does what else these say: a redaction is of bytes, not of words.
"""

import sqlite3
from collections.abc import Collection, Iterable

from . import frontier, matches, sites, versions
from .records import blocks_of, drop
from .rows import Compare

_OUTLINES = """
select distinct capture.page_id, reading.outline_id
from reading join capture on capture.id = reading.capture_id
where outline_id is not null and capture_id = ?
"""
# As far as anybody can see now, a record that is left was first read from the first capture that reads as it.
_FIRST = """
update record set capture_id = (select min(capture_id) from reading where record_id = record.id)
where capture_id = ? and exists (select 1 from reading where record_id = record.id)
"""


def forget(connection: sqlite3.Connection, captures: Collection[int], compare: Compare) -> None:
    """Forgets what was read from *captures* and derives the history of their pages without them.

    Readings, records that nothing reads as any more with their facts, blocks that no record has with their words in the
    index, differences, outlines and the words of learned lines that came from them alone. Part of the transaction that
    is open, in which the captures were put on record as redacted.
    """
    pages = _asked(connection, "select page_id from capture where id = ? and page_id is not null", captures)
    records = _asked(connection, "select record_id from reading where capture_id = ?", captures)
    seen = {row for number in captures for row in connection.execute(_OUTLINES, (number,))}
    _each(connection, "delete from reading where capture_id = ?", captures)
    matches.forget(connection, captures)
    _each(connection, "delete from unparsed where capture_id = ?", captures)
    _each(connection, "update effective set detail = '' where capture_id = ?", captures)
    gone = records - _asked(connection, "select record_id from reading where record_id = ?", records)
    told = _asked(connection, "select page_id from version where record_id = ?", gone)
    for page_id in sorted(pages | told):
        versions.derive_anew(connection, page_id, compare)
    _each(connection, _FIRST, captures)
    _drop_records(connection, gone)
    sites.forget(connection, seen)
    frontier.forget_details(connection, captures)


def _drop_records(connection: sqlite3.Connection, records: Collection[int]) -> None:
    pages = _asked(connection, "select page_id from record where id = ?", records)
    blocks = _asked(connection, blocks_of("record.id = ?1"), records)
    _each(connection, "delete from difference where before_record_id = ?1 or after_record_id = ?1", records)
    drop(connection, records)
    for page_id in pages:
        unused = blocks - _asked(connection, blocks_of("record.page_id = ?1"), [page_id])
        connection.executemany(
            "delete from block_page where block_id = ? and page_id = ?", [(number, page_id) for number in unused]
        )
    _drop_blocks(connection, blocks - _asked(connection, "select block_id from block_page where block_id = ?", blocks))


def _drop_blocks(connection: sqlite3.Connection, blocks: Collection[int]) -> None:
    """Removes *blocks*, which occur on no page, and their words from the index."""
    out_of_index = "insert into block_fts (block_fts, rowid, text) select 'delete', id, text from block where id = ?"
    _each(connection, out_of_index, blocks)
    _each(connection, "delete from block where id = ?", blocks)
    # What is taken out of the index stays in it, crossed out, until its parts are merged.
    connection.execute("insert into block_fts (block_fts) values ('optimize')")


def _asked(connection: sqlite3.Connection, question: str, numbers: Iterable[int]) -> set[int]:
    """All that *question* gives for each of *numbers*."""
    return {found for number in numbers for (found,) in connection.execute(question, (number,))}


def _each(connection: sqlite3.Connection, statement: str, numbers: Iterable[int]) -> None:
    connection.executemany(statement, [(number,) for number in sorted(numbers)])
