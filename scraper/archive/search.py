"""Full-text search over the distinct passages of all versions. What a user types is never a query of FTS5's."""

import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

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

# The lists of blocks are opened once for each version that may hold a passage, not once for each passage.
_SEARCH = """
with matched as materialized ({matched}),
chosen as materialized (
    select version.id as version_id, version.page_id, version.seq, version.first_seen, record.blocks, record.heads
    from version
    join page on page.id = version.page_id
    join record on record.id = version.record_id
    where version.page_id in (select page_id from block_page where block_id in (select block_id from matched))
        and (:source is null or page.source = :source)
        and (:at is null or version.first_seen <= :at)
        and (:all_versions or version.seq = (
            select max(seq) from version as other
            where other.page_id = version.page_id and (:at is null or other.first_seen <= :at)))
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
select shown.page_id, page.url, page.source, record.title, shown.seq, shown.since, version.last_seen, block.kind,
    shown.position, matched.snippet
from shown
join matched on matched.block_id = shown.block_id
join version on version.id = shown.version_id
join record on record.id = version.record_id
join page on page.id = shown.page_id
join block on block.id = shown.block_id
where shown.recency = 1
order by shown.since desc, shown.page_id, shown.position
limit :limit
"""


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
    matched, values = _matched(terms)
    values |= {
        "source": scope.source,
        "country": None if scope.country is None else storable(scope.country),
        "all_versions": scope.all_versions,
        "at": None if scope.at is None else end_of(scope.at),
        "limit": scope.limit,
    }
    return [_hit(row, terms) for row in connection.execute(_SEARCH.format(matched=matched), values)]


def _terms(words: str) -> list[str]:
    """The words and phrases of *words*, as many as are bounded; quotation marks of any shape hold a phrase together."""
    text = storable(words[:MAX_CHARS]).translate(dict.fromkeys(map(ord, "“”„«»"), '"'))
    found = (phrase or word for phrase, word in _TERM.findall(text))
    return [term for term in found if any(unicodedata.category(sign)[0] in "LN" for sign in term)][:MAX_TERMS]


def _matched(terms: list[str]) -> tuple[str, dict[str, object]]:
    """The query for block numbers and snippets, and its values: the index for words, a scan for unspaced scripts."""
    indexed = [term for term in terms if not _UNSPACED.search(term)]
    scanned = {f"part{number}": term for number, term in enumerate(terms) if _UNSPACED.search(term)}
    conditions = [f"instr(block.text, :{name})" for name in scanned]
    if not indexed:
        where = " and ".join(conditions)
        return f"select block.id as block_id, block.text as snippet from block where {where}", dict(scanned)  # noqa: S608
    where = " and ".join(["block_fts match :query", *conditions])
    query = " ".join(f'"{term}"' for term in indexed)
    sql = f"""select block.id as block_id, snippet(block_fts, 0, '{_OPEN}', '{_CLOSE}', '…', 40) as snippet
        from block_fts join block on block.id = block_fts.rowid where {where}"""  # noqa: S608 -- values are bound
    return sql, {"query": query, **scanned}


def _hit(row: tuple, terms: list[str]) -> Hit:  # type: ignore[type-arg]
    page_id, url, source, title, seq, first_seen, last_seen, kind, position, snippet = row
    text, marks = _marked(snippet) if _OPEN in snippet else _around(snippet, terms)
    return Hit(
        page_id=page_id,
        url=url,
        source=source,
        title=title,
        seq=seq,
        first_seen=moment(first_seen),
        last_seen=moment(last_seen),
        kind=kind,
        position=position,
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
