"""Which captures are of one page: a judgement, that somebody may put right and take back.

A page is known by its addresses, and all captures asked at one of them are its. To merge two pages, or to split one, is
to give an address to another page. What was captured stays as it is, and each such act is in the log; readings,
versions and what was seen of a site follow from it and are made anew.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from parsers.record import Match

from ..errors import UsageError
from . import leaves
from .matches import load_matches, store_matches
from .records import blocks_of, drop
from .rows import Compare
from .sites import note_sighting
from .text import key_of
from .versions import derive_anew

_ADDRESSES = "select url_key, url, how from page_url where page_id = ? order by rowid"
_SIGHTINGS = """
select capture.id, outline.host, outline.id, reading.profile
from capture
join reading on reading.capture_id = capture.id
join outline on outline.id = reading.outline_id
where capture.page_id = ?
order by capture.id, outline.id
"""
_BLOCKS = f"insert into block_page (block_id, page_id) select block_id, :page from ({blocks_of('page_id = :page')})"  # noqa: S608
_RECORD = (
    "digest, content_digest, characters, doubt, layout, revision, title, headline, organisation, authors, published,"
    " language, media_type, text_digest, cosmetic_digest, facts_digest, heads, blocks, fact_set_id, fields"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What an address that was given to another page took with it."""

    url: str
    from_page: int
    to_page: int
    captures: tuple[int, ...]


def merge(connection: sqlite3.Connection, page_id: int, into: int, compare: Compare) -> tuple[Moved, ...]:
    """Makes one page of two: all addresses of *page_id* are those of *into* from now on, with their captures.

    Part of the transaction that is open. Raises UsageError where both are one page already.
    """
    if page_id == into:
        raise UsageError(f"page {page_id}: found one page twice, expected two")
    addresses = connection.execute(_ADDRESSES, (page_id,)).fetchall()
    matched = _matched(connection, (page_id, into))
    moved = []
    for key, url, how in addresses:
        known = "person" if how == "asked" else how
        moved.append(_give(connection, (key, url), page_id, into))
        connection.execute("update page_url set page_id = ?, how = ? where url_key = ?", (into, known, key))
        leaves.add_merge(connection, (url, into, known, None), origin=page_id)
    connection.execute("delete from visit where page_id = ?", (page_id,))
    _make_anew(connection, (page_id, into), matched, compare)
    connection.execute(
        "update page set state = 'merged', merged_into = ?, current_seq = null where id = ?", (into, page_id)
    )
    connection.execute("update page set merged_into = ? where merged_into = ?", (into, page_id))
    return tuple(moved)


def split(connection: sqlite3.Connection, url: str, compare: Compare) -> Moved:
    """Gives an address, with the captures asked at it, to a page of its own: the one that it was, or a new one.

    Part of the transaction that is open. Raises UsageError where it is no page's, or the only one of its page.
    """
    key = key_of(url)
    row = connection.execute("select page_id, url from page_url where url_key = ?", (key,)).fetchone()
    if row is None:
        raise UsageError(f"{url}: no page is known under this address; fonds list --moved shows what may be split")
    page_id, url = row
    [main] = connection.execute("select url_key from page where id = ?", (page_id,)).fetchone()
    if key == main:
        raise UsageError(f"{url}: it is the own address of page {page_id}; split off one of its others")
    matched = _matched(connection, (page_id,))
    to_page = _page_at(connection, key, url, page_id)
    moved = _give(connection, (key, url), page_id, to_page)
    connection.execute(
        "update page_url set page_id = ?, how = 'asked', capture_id = coalesce(?, capture_id) where url_key = ?",
        (to_page, min(moved.captures, default=None), key),
    )
    leaves.add_split(connection, url, page_id, to_page)
    _make_anew(connection, (page_id, to_page), matched, compare)
    return moved


def _page_at(connection: sqlite3.Connection, key: str, url: str, page_id: int) -> int:
    """The page that has this address for its own: one that was merged and is one again, or a new one."""
    row = connection.execute("select id from page where url_key = ?", (key,)).fetchone()
    if row:
        connection.execute("update page set state = 'unread', merged_into = null where id = ?", row)
        return int(row[0])
    cursor = connection.execute(
        "insert into page (url_key, url, source, first_seen) select ?, ?, source, first_seen from page where id = ?",
        (key, url, page_id),
    )
    return int(cursor.lastrowid or 0)


def _give(connection: sqlite3.Connection, address: tuple[str, str], from_page: int, to_page: int) -> Moved:
    """Gives the captures at an address, and what was read from them, from one page to another."""
    key, url = address
    of_it = "select id from capture where url_key = ? and page_id = ? order by id"
    captures = tuple(number for (number,) in connection.execute(of_it, (key, from_page)))
    for capture_id in captures:
        connection.execute("update capture set page_id = ? where id = ?", (to_page, capture_id))
        for (record_id,) in connection.execute(
            "select record_id from reading where capture_id = ?", (capture_id,)
        ).fetchall():
            own = _record_on(connection, record_id, to_page, capture_id)
            connection.execute(
                "update reading set record_id = ? where capture_id = ? and record_id = ?", (own, capture_id, record_id)
            )
    connection.execute("update frontier set page_id = ? where url_key = ? and page_id is not null", (to_page, key))
    return Moved(url=url, from_page=from_page, to_page=to_page, captures=captures)


def _record_on(connection: sqlite3.Connection, record_id: int, page_id: int, capture_id: int) -> int:
    """The record of a page that is equal to *record_id*, stored now where the page has none."""
    row = connection.execute(
        "select id from record where page_id = ? and digest = (select digest from record where id = ?)",
        (page_id, record_id),
    ).fetchone()
    if row:
        return int(row[0])
    cursor = connection.execute(
        f"insert into record (capture_id, page_id, {_RECORD}) select ?, ?, {_RECORD} from record where id = ?",  # noqa: S608
        (capture_id, page_id, record_id),
    )
    return int(cursor.lastrowid or 0)


def _matched(connection: sqlite3.Connection, pages: Iterable[int]) -> dict[int, tuple[Match, ...]]:
    """What each selector matched in the captures of *pages*: it is stored as what differs from the capture before."""
    return {
        number: load_matches(connection, number)
        for page_id in pages
        for (number,) in connection.execute("select id from capture where page_id = ? order by id", (page_id,))
    }


def _make_anew(
    connection: sqlite3.Connection,
    pages: tuple[int, ...],
    matched: dict[int, tuple[Match, ...]],
    compare: Compare,
) -> None:
    """All of *pages* that follows from which captures they have."""
    connection.executemany("delete from selector_match where capture_id = ?", [(number,) for number in matched])
    for number in sorted(matched):
        if matched[number]:
            store_matches(connection, number, matched[number])
    for page_id in pages:
        derive_anew(connection, page_id, compare)
    for page_id in pages:
        _drop_unread_records(connection, page_id)
        connection.execute("delete from block_page where page_id = ?", (page_id,))
        connection.execute(_BLOCKS, {"page": page_id})
        connection.execute("delete from sighting where page_id = ?", (page_id,))
        for number, host, outline_id, profile in connection.execute(_SIGHTINGS, (page_id,)).fetchall():
            note_sighting(connection, host, number, outline_id, profile=profile)
        connection.execute(
            """update page set first_seen = min(
                   coalesce((select min(captured_at) from capture where page_id = page.id), first_seen),
                   coalesce((select min(first_seen) from page_url where page_id = page.id), first_seen)
               ) where id = ?""",
            (page_id,),
        )


def _drop_unread_records(connection: sqlite3.Connection, page_id: int) -> None:
    """Forgets the records of a page that none of its captures reads as any more: they are another page's now."""
    unread = (
        "select id from record where page_id = ? and not exists (select 1 from reading where record_id = record.id)"
    )
    drop(connection, [number for (number,) in connection.execute(unread, (page_id,))])


def moves(connection: sqlite3.Connection) -> dict[str, list[tuple[int, int, int]]]:
    """By URL key, each time that its captures were given to another page: leaf, from which, to which page."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    rows = connection.execute("select record from leaf where kind in ('merge', 'split') order by seq")
    for act in map(json.loads, (record for (record,) in rows)):
        if "from" in act:
            found.setdefault(key_of(act["url"]), []).append((act["seq"], act["from"], act["page"]))
    return found
