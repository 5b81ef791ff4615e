"""The selector ledger in the archive: how often each selector matched in a capture, and how often it did before.

Most captures match as the one before them on their page, so only what differs is stored: a capture without rows of its
own matched as the newest earlier capture of its page that has some.
"""

import sqlite3
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from parsers.record import Account, Match

from ..ledger import FIELDS, Sighting
from .text import storable

_LOOKED_AT = 100  # rows: what is further back is another time
# A capture in which nothing was asked has this row, or it would count as the one before it.
_NOTHING = {("", ""): 0}

_TELLING = """
select capture.id from capture
where capture.page_id = ? and exists (select 1 from selector_match where selector_match.capture_id = capture.id)
order by capture.id
"""
# A capture with the bytes of an earlier one is not given to a parser: it matched as that one did.
_READ = """
select page_id, coalesce((
    select min(first.id) from capture as first
    where first.page_id = capture.page_id and first.content_sha256 = capture.content_sha256
), id)
from capture where id = ?
"""
_NEXT = """
select min(capture.id) from capture join reading on reading.capture_id = capture.id
where capture.page_id = ? and capture.id > ?
"""
_FIELDS = """max(record.title <> ''), max(record.published is not null), max(record.authors <> '[]'),
    max(exists (select 1 from fact where fact.fact_set_id = record.fact_set_id)), max(report_words), max(chrome_words),
    max(unclaimed_words)"""
_BEFORE = f"""
select capture.id, {_FIELDS}
from capture
join reading on reading.capture_id = capture.id
join record on record.id = reading.record_id
where capture.page_id = ? and capture.order_at < ? and reading.held = 0
    and reading.superseded = 0
group by capture.id
order by capture.order_at desc, capture.id desc limit ?
"""  # noqa: S608 -- our own columns
_BESIDE = f"""
select max(record.capture_id), record.page_id, {_FIELDS}
from (select * from record order by id desc limit {_LOOKED_AT}) as record
join reading on reading.record_id = record.id and reading.capture_id = record.capture_id
join page on page.id = record.page_id
where record.layout = :layout and record.doubt = '' and page.id is not :page
    and substr(page.url, 1, length(:start)) = :start
group by record.page_id
order by max(record.id) desc limit :count
"""  # noqa: S608 -- our own columns


def store_matches(connection: sqlite3.Connection, capture_id: int, matches: Iterable[Match]) -> None:
    """Keeps how often each selector matched in the capture, in place of what was kept of it before."""
    (page_id,) = connection.execute("select page_id from capture where id = ?", (capture_id,)).fetchone()
    now = {(storable(match.field), storable(match.selector)): match.found for match in matches} or _NOTHING
    telling = _telling(connection, page_id)
    before = _rows(connection, _newest(telling, capture_id)) or _NOTHING
    if now == before:
        return
    following = connection.execute(_NEXT, (page_id, capture_id)).fetchone()[0]
    if before != _NOTHING and following and following not in telling:
        _insert(connection, following, before)  # those after it matched as it did, and do so still
    connection.execute("delete from selector_match where capture_id = ?", (capture_id,))
    _insert(connection, capture_id, now)


def forget(connection: sqlite3.Connection, captures: Iterable[int]) -> None:
    """Forgets how often selectors matched in *captures*, whose readings are gone; others matched as they did."""
    for number in sorted(captures, reverse=True):
        (page_id,) = connection.execute("select page_id from capture where id = ?", (number,)).fetchone()
        found = _rows(connection, number)
        following = connection.execute(_NEXT, (page_id, number)).fetchone()[0]
        if found and following and not _rows(connection, following):
            _insert(connection, following, found)
        connection.execute("delete from selector_match where capture_id = ?", (number,))


def load_matches(connection: sqlite3.Connection, capture_id: int) -> tuple[Match, ...]:
    """How often each selector matched in the capture, by field and selector; empty where nothing is known of it."""
    page_id, read = connection.execute(_READ, (capture_id,)).fetchone()
    return _matches(connection, _telling(connection, page_id), read)


def seen_before(connection: sqlite3.Connection, page_id: int, at: str, count: int) -> tuple[Sighting, ...]:
    """Up to *count* captures of the page from before *at*, newest first; none held back, and none that is a 304."""
    telling = _telling(connection, page_id)
    rows = connection.execute(_BEFORE, (page_id, at, count))
    return tuple(_sighting(number, _matches(connection, telling, number), has) for number, *has in rows)


def seen_beside(
    connection: sqlite3.Connection, page_id: int | None, layout: str, start: str, count: int
) -> tuple[Sighting, ...]:
    """One capture of each of up to *count* other pages read by *layout* whose URL has this *start*, newest first."""
    values = {"layout": layout, "page": page_id, "start": start, "count": count}
    return tuple(
        _sighting(number, _matches(connection, _telling(connection, page), number), has)
        for number, page, *has in connection.execute(_BESIDE, values)
    )


def _sighting(capture_id: int, matches: tuple[Match, ...], found: Sequence[int | None]) -> Sighting:
    """What was seen in the capture, where *found* says of each field whether it is there, and what its words became."""
    has, (report, chrome, unclaimed) = found[: len(FIELDS)], found[len(FIELDS) :]
    fields = frozenset(name for name, is_there in zip(FIELDS, has, strict=True) if is_there)
    account = None
    if report is not None and chrome is not None and unclaimed is not None:
        account = Account(report=report, chrome=chrome, unclaimed=unclaimed)
    return Sighting(capture_id=capture_id, matches=matches, fields=fields, account=account)


def _telling(connection: sqlite3.Connection, page_id: int) -> list[int]:
    """The captures of the page that have rows of their own, by number."""
    return [number for (number,) in connection.execute(_TELLING, (page_id,))]


def _newest(telling: list[int], capture_id: int) -> int:
    """That of *telling* which tells of the capture, 0 where none does."""
    place = bisect_right(telling, capture_id)
    return telling[place - 1] if place else 0


def _matches(connection: sqlite3.Connection, telling: list[int], capture_id: int) -> tuple[Match, ...]:
    found = _rows(connection, _newest(telling, capture_id)).items()
    return tuple(Match(field=field, selector=selector, found=count) for (field, selector), count in found if field)


def _rows(connection: sqlite3.Connection, capture_id: int) -> dict[tuple[str, str], int]:
    rows = connection.execute(
        "select field, selector, found from selector_match where capture_id = ? order by field, selector", (capture_id,)
    )
    return {(field, selector): found for field, selector, found in rows}


def _insert(connection: sqlite3.Connection, capture_id: int, found: dict[tuple[str, str], int]) -> None:
    connection.executemany(
        "insert into selector_match (capture_id, field, selector, found) values (?, ?, ?, ?)",
        [(capture_id, field, selector, count) for (field, selector), count in found.items()],
    )
