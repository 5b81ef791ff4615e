"""Wordings: the distinct passages of all versions that have given phrases, and the versions that hold each."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

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
_HOLDING = """
with wanted as materialized (select value as id from json_each(:ids)),
chosen as materialized (
    select version.page_id, version.seq, record.blocks, record.heads
    from version join record on record.id = version.record_id
    where version.page_id in (select page_id from block_page where block_id in (select id from wanted))
        and (:page_id is null or version.page_id = :page_id)
)
select item.value, page_id, seq, item.key + 1 from chosen, json_each(chosen.blocks) as item
where item.value in (select id from wanted)
union all
select item.value, page_id, seq, 0 from chosen, json_each(chosen.heads) as item
where item.value in (select id from wanted)
order by 2, 3, 4
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
    return [Held(*row) for row in connection.execute(_HOLDING, {"ids": json.dumps(list(ids)), "page_id": page_id})]


def _quoted(phrase: str) -> str:
    """*phrase* for the index, whatever signs are in it."""
    return '"{}"'.format(storable(phrase).replace('"', " "))


def _found(connection: sqlite3.Connection, sql: str, values: Mapping[str, object]) -> list[Wording]:
    return [Wording(*row) for row in connection.execute(sql, values)]
