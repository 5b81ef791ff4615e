"""Records: fields as JSON, blocks and words of the head once each, facts as rows. What goes in comes out equal."""

import json
import sqlite3
from collections.abc import Sequence
from hashlib import sha256
from itertools import count
from typing import Any, NamedTuple

from parsers.record import AlertLevel, Country, Entry, Fact, Figure, Recommendation, Record, Stage

from .damage import of_rows
from .readings import add_reading
from .text import storable

_READABLE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_ASCII = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


class _Passage(NamedTuple):
    """A block or a line of the head as a row of the table: *whole* is all of it as JSON, by which it is known."""

    digest: str
    kind: str
    text: str
    whole: str


def store_record(connection: sqlite3.Connection, record: Record, *, capture_id: int, page_id: int) -> int:
    """The number of *record* as read from the capture, stored now unless this page has an equal one."""
    fields_json = _json(record.fields_dict())
    blocks = [_passage(block.kind, block.text, block.to_dict()) for block in record.blocks]
    digest = sha256("\n".join([fields_json, *(block.digest for block in blocks)]).encode()).hexdigest()
    row = connection.execute("select id from record where page_id = ? and digest = ?", (page_id, digest)).fetchone()
    record_id = row[0] if row else _insert(connection, record, capture_id, page_id, (digest, fields_json), blocks)
    add_reading(connection, capture_id, record_id, record)
    return int(record_id)


@of_rows
def load_record(connection: sqlite3.Connection, record_id: int) -> Record:
    """The record, with the digests it was stored with."""
    fields, blocks = connection.execute("select fields, blocks from record where id = ?", (record_id,)).fetchone()
    rows = connection.execute(
        "select block.json from json_each(?) as item join block on block.id = item.value order by item.key", (blocks,)
    )
    return Record.from_dict(json.loads(fields) | {"blocks": [json.loads(text) for (text,) in rows]})


def of_capture(connection: sqlite3.Connection, capture_id: int) -> tuple[Record, ...]:
    """The records read from the capture that are not superseded, in the order they were made."""
    rows = connection.execute(
        "select record_id from reading where capture_id = ? and superseded = 0 order by turn", (capture_id,)
    )
    return tuple(load_record(connection, number) for (number,) in rows.fetchall())


def _insert(
    connection: sqlite3.Connection,
    record: Record,
    capture_id: int,
    page_id: int,
    identity: tuple[str, str],
    blocks: list[_Passage],
) -> int:
    digest, fields_json = identity
    heads = _heads(record)
    numbers = _store_passages(connection, page_id, [*heads, *blocks])
    row = {
        "capture_id": capture_id,
        "page_id": page_id,
        "digest": digest,
        **columns(record),
        "heads": json.dumps(numbers[: len(heads)]),
        "blocks": json.dumps(numbers[len(heads) :]),
        "fields": fields_json,
    }
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    cursor = connection.execute(f"insert into record ({names}) values ({marks})", row)  # noqa: S608 -- our own names
    record_id = int(cursor.lastrowid or 0)
    connection.executemany(
        """insert into fact (record_id, position, kind, name, number, code, model, text, addressees, published, target)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [(record_id, position, *_fact_row(fact)) for position, fact in enumerate(record.facts, 1)],
    )
    return record_id


def columns(record: Record) -> dict[str, object]:
    """The columns that repeat, for queries, what the fields and blocks of a record say."""
    digests = record.digests
    return {
        "content_digest": digests.content,
        "characters": len(record.text),
        "doubt": storable("; ".join(flag.detail or flag.name for flag in record.held)),
        "layout": record.layout,
        "revision": record.revision,
        "title": storable(record.title),
        "headline": storable(record.headline),
        "organisation": storable(record.organisation),
        "authors": _json(record.authors),
        "published": record.published,
        "language": storable(record.language),
        "media_type": storable(record.media_type),
        "text_digest": digests.text,
        "cosmetic_digest": digests.cosmetic,
        "facts_digest": digests.facts,
    }


def _heads(record: Record) -> list[_Passage]:
    lead = record.lead or Figure()
    words = (("title", record.title), ("headline", record.headline), ("lead", f"{lead.caption} {lead.credit}".strip()))
    return [_passage(kind, text, {"kind": kind, "text": text}) for kind, text in words if text]


def _passage(kind: str, text: str, values: dict[str, Any]) -> _Passage:
    whole = _json(values)
    return _Passage(digest=sha256(whole.encode()).hexdigest(), kind=kind, text=storable(text), whole=whole)


def _store_passages(connection: sqlite3.Connection, page_id: int, passages: Sequence[_Passage]) -> list[int]:
    """The numbers of *passages*, those not known yet stored and indexed for search."""
    numbers: dict[str, int] = dict(
        connection.execute(
            "select block.digest, block.id from json_each(?) as item join block on block.digest = item.value",
            (json.dumps([passage.digest for passage in passages]),),
        )
    )
    new = {passage.digest: passage for passage in passages if passage.digest not in numbers}
    last = connection.execute("select coalesce(max(id), 0) from block").fetchone()[0]
    numbers |= zip(new, count(last + 1), strict=False)
    connection.executemany(
        "insert into block (id, digest, kind, text, json) values (?, ?, ?, ?, ?)",
        [(numbers[digest], *passage) for digest, passage in new.items()],
    )
    connection.executemany(
        "insert into block_fts (rowid, text) values (?, ?)",
        [(numbers[digest], passage.text) for digest, passage in new.items()],
    )
    connection.executemany(
        "insert into block_page (block_id, page_id) values (?, ?) on conflict do nothing",
        [(block_id, page_id) for block_id in numbers.values()],
    )
    return [numbers[passage.digest] for passage in passages]


def _fact_row(fact: Fact) -> tuple[object, ...]:
    """A fact as the columns from its kind on; what a kind does not have is null, or empty."""
    row: tuple[object, ...]
    match fact:
        case Country():
            row = (fact.name, None, fact.iso, None, fact.name, "[]", None, None)
        case AlertLevel():
            row = (fact.name, fact.level, None, None, fact.name, "[]", None, None)
        case Stage():
            row = (fact.name, fact.number, None, fact.model, f"Stage {fact.number}: {fact.name}", "[]", None, None)
        case Recommendation():
            row = ("", None, None, None, fact.text, _json(fact.addressees), None, None)
        case Entry():
            row = (fact.report, fact.level, fact.iso, None, fact.subject, "[]", fact.published, fact.target)
    return fact.kind, *(storable(value) if isinstance(value, str) else value for value in row)


def _json(value: object) -> str:
    """Canonical JSON; readable signs unless one of them is no character that a column can hold."""
    text = _READABLE.encode(value)
    return text if storable(text) == text else _ASCII.encode(value)
