"""Full-text search over the distinct passages of all versions. What a user types is never a query of FTS5's."""

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, islice
from typing import NamedTuple

from .damage import of_rows
from .rows import Hit
from .text import storable
from .times import end_of, moment

MAX_TERMS = 32
MAX_CHARS = 1000

_OPEN, _CLOSE = "\x02", "\x03"
_TERM = re.compile(r'"([^"]*)"|([^\s"]+)')
# Scripts written without spaces between words: to the index a whole clause is one word there.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_SNIPPET_CHARS = 240

_FEW = 300  # passages: more are looked for version by version, the newest first, until there are enough

# Versions as they stand at a time, or now.
_STANDING = """
select version.page_id, version.seq, version.first_seen, record.heads, record.blocks
from version {by}
join page on page.id = version.page_id
join record on record.id = version.record_id
where (:at is null or version.first_seen <= :at) and not exists (
        select 1 from version as later
        where later.page_id = version.page_id and later.seq = version.seq + 1
            and (:at is null or later.first_seen <= :at))
    and {pages}
    and (:source is null or page.source = :source)
    and (:country is null or exists (
        select 1 from fact where fact.fact_set_id = record.fact_set_id and fact.kind = 'country'
        and (fact.code = upper(:country) or fact.name = :country collate nocase)))
order by version.first_seen desc, version.page_id
"""
_OF_THEM = "version.page_id in (select page_id from block_page join json_each(:matched) on block_id = value)"
# Of all versions those are looked at that may hold a passage; their lists of blocks are opened once.
_EVER = """
with matched as materialized (select value as block_id from json_each(:matched)),
chosen as materialized (
    select version.id as version_id, version.page_id, version.seq, version.first_seen, record.blocks, record.heads
    from version
    join page on page.id = version.page_id
    join record on record.id = version.record_id
    where version.page_id in (select page_id from block_page where block_id in (select block_id from matched))
        and (:source is null or page.source = :source)
        and (:at is null or version.first_seen <= :at)
        and (:country is null or exists (
            select 1 from fact where fact.fact_set_id = record.fact_set_id and fact.kind = 'country'
            and (fact.code = upper(:country) or fact.name = :country collate nocase)))
),
held as (
    select version_id, page_id, seq, first_seen, item.value as block_id, item.key + 1 as position
    from chosen, json_each(chosen.blocks) as item
    union all
    select version_id, page_id, seq, first_seen, item.value, 0 from chosen, json_each(chosen.heads) as item
),
shown as (
    select held.*,
        row_number() over (partition by held.block_id, held.page_id order by held.seq desc, held.position) as recency,
        min(held.first_seen) over (partition by held.block_id, held.page_id) as since
    from held where held.block_id in (select block_id from matched)
)
select shown.page_id, shown.seq, shown.since, shown.block_id, shown.position
from shown
where shown.recency = 1
order by shown.since desc, shown.page_id, shown.position
limit :limit
"""
_HIT = """
select page.url, page.source, record.title, version.last_seen, block.kind
from version
join page on page.id = version.page_id
join record on record.id = version.record_id
join block on block.id = :block_id
where version.page_id = :page_id and version.seq = :seq
"""


class _Place(NamedTuple):
    """A passage in a version: *since* is when it was first seen there, *position* counts from 1, 0 is the head."""

    page_id: int
    seq: int
    since: str
    block_id: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where to look: current versions, those *at* a time or all; of one source or country where given."""

    at: date | datetime | None = None
    all_versions: bool = False
    source: str | None = None
    country: str | None = None
    limit: int = 20


def search(connection: sqlite3.Connection, words: str, scope: Scope) -> list[Hit]:
    """The passages with all of *words*, newest first. Text without any letter or digit finds nothing."""
    terms = _terms(words)
    if not terms:
        return []
    condition, values = _condition(terms)
    matched = [number for (number,) in connection.execute(f"select block.id {condition}", values)]
    asked: dict[str, object] = {
        "source": scope.source,
        "country": None if scope.country is None else storable(scope.country),
        "at": None if scope.at is None else end_of(scope.at),
    }
    if scope.all_versions:
        given = asked | {"matched": json.dumps(matched), "limit": scope.limit}
        places = [_Place(*row) for row in connection.execute(_EVER, given)]
    else:
        places = list(islice(_standing(connection, matched, asked), scope.limit))
    snippets = _snippets(connection, {place.block_id for place in places}, values)
    return [_hit(connection, place, snippets[place.block_id], terms) for place in places]


def _standing(connection: sqlite3.Connection, matched: list[int], asked: dict[str, object]) -> Iterator[_Place]:
    """Where passages stand in versions that stand, the newest version first."""
    if len(matched) > _FEW:
        sql = _STANDING.format(by="indexed by version_first", pages="true")
        rows = connection.execute(sql, asked)
    elif matched:
        rows = connection.execute(_STANDING.format(by="", pages=_OF_THEM), asked | {"matched": json.dumps(matched)})
    else:
        return
    wanted = frozenset(matched)
    for page_id, seq, first_seen, heads, blocks in rows:
        held = _held(heads, blocks, wanted)
        yield from (_Place(page_id, seq, first_seen, number, position) for position, number in held)


@of_rows
def _held(heads: str, blocks: str, wanted: frozenset[int]) -> list[tuple[int, int]]:
    """Where those *wanted* stand first in a record with these passages, and which it is: position and number."""
    head, numbers = json.loads(heads), json.loads(blocks)
    if wanted.isdisjoint(head) and wanted.isdisjoint(numbers):
        return []
    first = dict(reversed([*((number, 0) for number in head), *zip(numbers, count(1), strict=False)]))
    return sorted((position, number) for number, position in first.items() if number in wanted)


def _terms(words: str) -> list[str]:
    """The words and phrases of *words*, as many as are bounded; quotation marks of any shape hold a phrase together."""
    text = storable(words[:MAX_CHARS]).translate(dict.fromkeys(map(ord, "“”„«»"), '"'))
    found = (phrase or word for phrase, word in _TERM.findall(text))
    return [term for term in found if any(unicodedata.category(sign)[0] in "LN" for sign in term)][:MAX_TERMS]


def _condition(terms: list[str]) -> tuple[str, dict[str, object]]:
    """Which blocks hold the terms, and the values for it: by the index for words, by a scan for unspaced scripts."""
    indexed = [term for term in terms if not _UNSPACED.search(term)]
    scanned: dict[str, object] = {f"part{number}": term for number, term in enumerate(terms) if _UNSPACED.search(term)}
    conditions = [f"instr(block.text, :{name})" for name in scanned]
    if not indexed:
        return f"from block where {' and '.join(conditions)}", scanned
    query = " ".join(f'"{term}"' for term in indexed)
    if not scanned:  # the index alone knows the numbers
        return "from (select rowid as id from block_fts where block_fts match :query) as block", {"query": query}
    where = " and ".join(["block_fts match :query", *conditions])
    return f"from block_fts join block on block.id = block_fts.rowid where {where}", {"query": query, **scanned}


def _snippets(connection: sqlite3.Connection, numbers: set[int], values: dict[str, object]) -> dict[int, str]:
    """The text of each passage, or its part with the words that the index finds."""
    given: dict[str, object] = {
        "numbers": json.dumps(sorted(numbers)),
        "first": min(numbers, default=0),
        "last": max(numbers, default=0),
    }
    if "query" not in values:
        sql = "select id, text from block where id in (select value from json_each(:numbers))"
    else:  # one way through the index: to ask it for each number takes as long as a hundred steps of that way
        sql = f"""select rowid, snippet(block_fts, 0, '{_OPEN}', '{_CLOSE}', '…', 40) from block_fts
            where block_fts match :query and rowid between :first and :last
                and +rowid in (select value from json_each(:numbers))"""  # noqa: S608 -- values are bound
    return dict(connection.execute(sql, values | given))


def _hit(connection: sqlite3.Connection, place: _Place, shown: str, terms: list[str]) -> Hit:
    url, source, title, last_seen, kind = connection.execute(
        _HIT, {"page_id": place.page_id, "seq": place.seq, "block_id": place.block_id}
    ).fetchone()
    text, marks = _marked(shown) if _OPEN in shown else _around(shown, terms)
    return Hit(
        page_id=place.page_id,
        url=url,
        source=source,
        title=title,
        seq=place.seq,
        first_seen=moment(place.since),
        last_seen=moment(last_seen),
        kind=kind,
        position=place.position,
        snippet=text,
        marks=marks,
    )


def _marked(snippet: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The snippet without the signs around its matches, and where they were."""
    parts: list[str] = []
    marks: list[tuple[int, int]] = []
    length = 0
    for index, piece in enumerate(snippet.split(_OPEN)):
        match, closed, rest = piece.partition(_CLOSE) if index else ("", "", piece)
        if closed and match:
            marks.append((length, length + len(match)))
        kept = match + rest.replace(_CLOSE, "")
        parts.append(kept)
        length += len(kept)
    return "".join(parts), tuple(marks)


def _around(text: str, terms: list[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The part of *text* around the first term found in it, with every term in that part marked."""
    first = min((text.find(term) for term in terms if term in text), default=0)
    start = max(0, first - _SNIPPET_CHARS // 3)
    cut = text[start : start + _SNIPPET_CHARS]
    before, after = "…" if start else "", "…" if start + _SNIPPET_CHARS < len(text) else ""
    marks = sorted(
        (len(before) + found.start(), len(before) + found.end())
        for term in terms
        for found in re.finditer(re.escape(term), cut)
    )
    return before + cut + after, tuple(marks)
