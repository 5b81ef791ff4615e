"""Records: fields as JSON, blocks and words of the head once each, facts as rows. What goes in comes out equal."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import count
from typing import Any

from parsers.record import AlertLevel, Block, Country, Entry, Fact, Figure, Recommendation, Record, Stage

from .damage import of_rows
from .passages import Passage, canonical, digest_of, head_of, passage_of, values_of
from .readings import add_reading
from .text import storable

# Most of what is read of a page again is in its current version, and need not be weighed anew.
_CURRENT = """
select block.kind, block.text, block.json, block.id, block.digest
from (
    select item.value as id from record, json_each(record.heads) as item where record.id = :record
    union all select item.value from record, json_each(record.blocks) as item where record.id = :record
) as held
join block on block.id = held.id
"""
_BLOCKS = """
select block.kind, block.text, block.json from json_each(?) as item join block on block.id = item.value
order by item.key
"""
_MOST_KNOWN = 20_000


def blocks_of(which: str) -> str:
    """A select of the blocks, heads among them and each once, of the records that the condition *which* names."""
    select = "select item.value as block_id from record, json_each(record.{}) as item where {}"
    return " union ".join(select.format(column, which) for column in ("blocks", "heads"))


class Known:
    """Passages of one page with their numbers and digests, known for as long as a transaction lasts.

    At first those of its newest version: most of what is read of a page is there.
    """

    def __init__(self) -> None:
        self._page_id = 0
        self._passages: dict[Passage, tuple[int, str]] = {}
        self._rows: dict[Block, Passage] = {}

    def forget(self) -> None:
        """Knows nothing any more: another process may write from now on, or what was stored is not."""
        self.__init__()  # type: ignore[misc]

    def of(self, connection: sqlite3.Connection, page_id: int) -> dict[Passage, tuple[int, str]]:
        """What is known of the page, to be added to."""
        if page_id != self._page_id or len(self._passages) > _MOST_KNOWN:
            self._page_id, self._passages, self._rows = page_id, _current(connection, page_id), {}
        return self._passages

    def row(self, block: Block) -> Passage:
        """The row of *block*, made once."""
        row = self._rows.get(block)
        if row is None:
            row = self._rows[block] = passage_of(block)
        return row


def store_record(
    connection: sqlite3.Connection, record: Record, *, capture_id: int, page_id: int, known: Known | None = None
) -> int:
    """The number of *record* as read from the capture, stored now unless this page has an equal one.

    *known* is that of the transaction.
    """
    known = known or Known()
    passages = known.of(connection, page_id)
    blocks = [known.row(block) for block in record.blocks]
    fields = record.fields_dict()
    new = {passage: digest_of(passage) for passage in blocks if passage not in passages}
    digest = digest_of_record(fields, [passages[one][1] if one in passages else new[one] for one in blocks])
    row = connection.execute("select id from record where page_id = ? and digest = ?", (page_id, digest)).fetchone()
    if row:
        record_id = int(row[0])
    else:
        heads = _heads(record)
        new |= {passage: digest_of(passage) for passage in heads if passage not in passages}
        passages |= _store_new(connection, page_id, new)
        lists = {"heads": heads, "blocks": blocks}
        numbers = {name: json.dumps([passages[one][0] for one in ones]) for name, ones in lists.items()}
        identity = {"capture_id": capture_id, "page_id": page_id, "digest": digest}
        record_id = _insert(connection, record, fields, identity | numbers)
    add_reading(connection, capture_id, record_id, record)
    return record_id


def digest_of_record(fields: dict[str, Any], digests: Iterable[str]) -> str:
    """What a record is known by: SHA-256 over its fields, facts among them, and the digests of its blocks."""
    return sha256("\n".join([canonical(fields), *digests]).encode()).hexdigest()


@of_rows
def load_record(connection: sqlite3.Connection, record_id: int) -> Record:
    """The record, with the digests it was stored with."""
    fields, blocks = load_fields(connection, record_id)
    rows = connection.execute(_BLOCKS, (blocks,))
    return Record.from_dict(fields | {"blocks": [values_of(Passage(*row)) for row in rows]})


def load_fields(connection: sqlite3.Connection, record_id: int) -> tuple[dict[str, Any], str]:
    """The fields of a record with its facts, and the JSON list of its blocks' numbers."""
    fields, facts, blocks = connection.execute(
        """select record.fields, fact_set.json, record.blocks
           from record join fact_set on fact_set.id = record.fact_set_id where record.id = ?""",
        (record_id,),
    ).fetchone()
    return json.loads(fields) | {"facts": json.loads(facts)}, blocks


def of_capture(connection: sqlite3.Connection, capture_id: int) -> tuple[Record, ...]:
    """The records read from the capture that are not superseded, in the order they were made."""
    rows = connection.execute(
        "select record_id from reading where capture_id = ? and superseded = 0 order by turn", (capture_id,)
    )
    return tuple(load_record(connection, number) for (number,) in rows.fetchall())


def drop(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Forgets records that nothing speaks of any more, and facts that no other record states."""
    for number in numbers:
        [fact_set_id] = connection.execute("select fact_set_id from record where id = ?", (number,)).fetchone()
        connection.execute("delete from record where id = ?", (number,))
        if not connection.execute("select 1 from record where fact_set_id = ? limit 1", (fact_set_id,)).fetchone():
            connection.execute("delete from fact where fact_set_id = ?", (fact_set_id,))
            connection.execute("delete from fact_set where id = ?", (fact_set_id,))


def _current(connection: sqlite3.Connection, page_id: int) -> dict[Passage, tuple[int, str]]:
    """The passages of the page's newest version."""
    row = connection.execute(
        "select record_id from version where page_id = ? order by seq desc limit 1", (page_id,)
    ).fetchone()
    if row is None or row[0] is None:
        return {}
    rows = connection.execute(_CURRENT, {"record": row[0]})
    return {Passage(kind, text, rest): (number, digest) for kind, text, rest, number, digest in rows}


def _insert(connection: sqlite3.Connection, record: Record, fields: dict[str, Any], row: dict[str, Any]) -> int:
    """Adds a record, with *row* what is known of its row, and gives its number."""
    facts = canonical(fields.pop("facts"))
    row |= columns(record)
    row |= {"fact_set_id": _store_facts(connection, record.facts, facts), "fields": canonical(fields)}
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    cursor = connection.execute(f"insert into record ({names}) values ({marks})", row)  # noqa: S608 -- our own names
    return int(cursor.lastrowid or 0)


def _store_facts(connection: sqlite3.Connection, facts: Sequence[Fact], whole: str) -> int:
    """The number of a list of facts, *whole* as JSON, stored now unless it is known."""
    digest = sha256(whole.encode()).hexdigest()
    row = connection.execute("select id from fact_set where digest = ?", (digest,)).fetchone()
    if row:
        return int(row[0])
    about = next((fact for fact in facts if isinstance(fact, Country)), None)
    country = (storable(about.name), about.iso) if about else (None, None)
    cursor = connection.execute(
        "insert into fact_set (digest, country, country_code, json) values (?, ?, ?, ?)", (digest, *country, whole)
    )
    number = int(cursor.lastrowid or 0)
    connection.executemany(
        """insert into fact (fact_set_id, position, kind, name, number, code, model, text, addressees, published,
               target)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [(number, position, *_fact_row(fact)) for position, fact in enumerate(facts, 1)],
    )
    return number


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
        "authors": canonical(record.authors),
        "published": record.published,
        "language": storable(record.language),
        "media_type": storable(record.media_type),
        "text_digest": digests.text,
        "cosmetic_digest": digests.cosmetic,
        "facts_digest": digests.facts,
    }


def _heads(record: Record) -> list[Passage]:
    lead = record.lead or Figure()
    words = (("title", record.title), ("headline", record.headline), ("lead", f"{lead.caption} {lead.credit}".strip()))
    return [head_of(kind, text) for kind, text in words if text]


def _store_new(
    connection: sqlite3.Connection, page_id: int, passages: dict[Passage, str]
) -> dict[Passage, tuple[int, str]]:
    """*passages*, with their digests, with their numbers too; those not known yet stored and indexed for search."""
    if not passages:
        return {}
    numbers: dict[str, int] = dict(
        connection.execute(
            "select block.digest, block.id from json_each(?) as item join block on block.digest = item.value",
            (json.dumps(list(passages.values())),),
        )
    )
    new = {digest: passage for passage, digest in passages.items() if digest not in numbers}
    last = connection.execute("select coalesce(max(id), 0) from block").fetchone()[0]
    numbers |= zip(new, count(last + 1), strict=False)
    connection.executemany(
        "insert into block (id, digest, kind, text, json) values (?, ?, ?, ?, ?)",
        [(numbers[digest], digest, *passage) for digest, passage in new.items()],
    )
    connection.executemany(
        "insert into block_fts (rowid, text) values (?, ?)",
        [(numbers[digest], passage.text) for digest, passage in new.items()],
    )
    connection.executemany(
        "insert into block_page (block_id, page_id) values (?, ?) on conflict do nothing",
        [(numbers[digest], page_id) for digest in passages.values()],
    )
    return {passage: (numbers[digest], digest) for passage, digest in passages.items()}


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
            row = ("", None, None, None, fact.text, canonical(fact.addressees), None, None)
        case Entry():
            row = (fact.report, fact.level, fact.iso, None, fact.subject, "[]", fact.published, fact.target)
    return fact.kind, *(storable(value) if isinstance(value, str) else value for value in row)
