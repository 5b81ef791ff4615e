"""Wordings: the distinct passages of all versions that have given phrases, and the versions that hold each."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .damage import read_json
from .text import storable

# The index knows words; in a script that sets no spaces between them a passage is looked through.
_OF_PAGE = "(:page_id is null or exists (select 1 from block_page where block_id = block.id and page_id = :page_id))"
_INDEXED = f"""
select block.id, block.kind, block.text from block_fts join block on block.id = block_fts.rowid
where block_fts match :query and {_OF_PAGE} {{more}} order by {{order}} limit :limit
"""  # noqa: S608 -- our own words
_SCANNED = f"""
select block.id, block.kind, block.text from block where {_OF_PAGE} {{more}} order by block.id limit :limit
"""  # noqa: S608
_VERSIONS = """
select version.page_id, version.seq, record.blocks, record.heads
from version join record on record.id = version.record_id
where version.page_id in (select page_id from block_page where block_id in (select value from json_each(:ids)))
    and (:page_id is null or version.page_id = :page_id)
order by version.page_id, version.seq
"""


class Wording(NamedTuple):
    """A passage as it is stored once: a block, or "title", "headline" or "lead" (the words of the lead figure)."""

    id: int
    kind: str
    text: str


class Held(NamedTuple):
    """That version *seq* of a page holds a wording; *position* counts its blocks from 1, 0 is its head."""

    wording_id: int
    page_id: int
    seq: int
    position: int


def wordings(
    connection: sqlite3.Connection, phrases: Sequence[str], *, parts: Sequence[str], page_id: int | None, limit: int
) -> list[Wording]:
    """Passages with all of *phrases*, by the index, and all of *parts*, as they stand: the oldest, *limit* at most."""
    scanned = {f"part{number}": storable(part) for number, part in enumerate(parts)}
    more = "".join(f" and instr(block.text, :{name})" for name in scanned)
    values = {**scanned, "page_id": page_id, "limit": limit}
    if not phrases:
        return _found(connection, _SCANNED.format(more=more), values)
    query = " ".join(map(_quoted, phrases))
    return _found(connection, _INDEXED.format(more=more, order="block.id"), values | {"query": query})


def alike(connection: sqlite3.Connection, phrases: Sequence[str], *, page_id: int | None, limit: int) -> list[Wording]:
    """Passages with any of *phrases*, those with the most and the rarest first."""
    query = " OR ".join(map(_quoted, phrases))
    values = {"page_id": page_id, "limit": limit, "query": query}
    return _found(connection, _INDEXED.format(more="", order="block_fts.rank"), values) if phrases else []


def holding(connection: sqlite3.Connection, ids: Sequence[int], page_id: int | None) -> list[Held]:
    """Each version that holds one of the wordings *ids*, by page, version and position."""
    wanted = set(ids)
    found = []
    # A list is read here in a tenth of the time in which SQLite makes a row of each of its items.
    for page, seq, *lists in connection.execute(_VERSIONS, {"ids": json.dumps(list(ids)), "page_id": page_id}):
        blocks, heads = map(read_json, lists)
        found += [Held(number, page, seq, 0) for number in heads if number in wanted]
        if not wanted.isdisjoint(blocks):
            found += [Held(number, page, seq, place) for place, number in enumerate(blocks, 1) if number in wanted]
    return found


def _quoted(phrase: str) -> str:
    """*phrase* for the index, whatever signs are in it."""
    return '"{}"'.format(storable(phrase).replace('"', " "))


def _found(connection: sqlite3.Connection, sql: str, values: Mapping[str, object]) -> list[Wording]:
    return [Wording(*row) for row in connection.execute(sql, values)]
