"""The frontier: the URLs of the newest crawl of each source, with their state.

It lives in the archive, so that a crawl that was killed goes on where its last commit left it.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from .rows import FrontierRow, FrontierState
from .text import key_of, storable
from .times import maybe_moment, moment, stamp

_COLUMNS = """source, url, url_key, host, depth, found_by, state, next_at, reason, outcome, attempts, crawl_id"""
_FIELDS = tuple(_COLUMNS.split(", "))

# A URL known from an earlier crawl starts anew in this one; one that this crawl has already stays as it is.
_ADD = """
insert into frontier (url_key, url, host, source, depth, found_by, state, reason, crawl_id)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (url_key, source) do update set
    url = excluded.url, depth = excluded.depth, found_by = excluded.found_by, state = excluded.state,
    reason = excluded.reason, crawl_id = excluded.crawl_id, page_id = null, next_at = null, outcome = '', attempts = 0
where frontier.crawl_id <> excluded.crawl_id
"""
_LEASABLE = f"""
select rowid, {_COLUMNS} from frontier
where crawl_id = ? and source = ? and host = ? and state = 'due' and (next_at is null or next_at <= ?)
order by depth, rowid limit ?
"""  # noqa: S608 -- our own names
_REMEMBERED = 32_768  # URLs, some 5 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How URLs enter the frontier of a crawl: due, or left out where *skipped* says why."""

    source: str
    crawl_id: int
    depth: int
    found_by: str
    skipped: str = ""


class Offered:
    """URLs that crawls are known to have: a site's pages link to the same pages over and over.

    No more than a memory, of which anything may be forgotten, and all must be where a transaction failed.
    """

    def __init__(self) -> None:
        self._urls: dict[tuple[str, int], set[str]] = {}
        self._count = 0

    def new(self, urls: Iterable[str], found: Found) -> list[str]:
        """Those of *urls*, each once, of which it is not known that the crawl has them."""
        known = self._urls.get((found.source, found.crawl_id), ())
        return [url for url in dict.fromkeys(urls) if url not in known]

    def remember(self, urls: Sequence[str], found: Found) -> None:
        """Knows that the crawl has *urls*, all new."""
        if self._count + len(urls) > _REMEMBERED:
            self.forget()
        if len(urls) <= _REMEMBERED:
            self._urls.setdefault((found.source, found.crawl_id), set()).update(urls)
            self._count += len(urls)

    def forget(self) -> None:
        """Knows of none."""
        self._urls.clear()
        self._count = 0


def add_urls(connection: sqlite3.Connection, urls: Sequence[str], found: Found) -> int:
    """Adds *urls* and gives how many the crawl did not have yet. Raises UsageError for what is no URL."""
    state = "skipped" if found.skipped else "due"
    place = (found.source, found.depth, storable(found.found_by), state, storable(found.skipped), found.crawl_id)
    if not urls:
        return 0
    keyed = [(key_of(url), url) for url in urls]
    return connection.executemany(_ADD, [(key, url, _host(key), *place) for key, url in keyed]).rowcount


def lease(
    connection: sqlite3.Connection, crawl_id: int, source: str, host: str, *, count: int, now: datetime
) -> list[FrontierRow]:
    """Up to *count* URLs of the host that are due, least depth first, then oldest; they are leased from now on."""
    rows = connection.execute(_LEASABLE, (crawl_id, source, host, stamp(now), count)).fetchall()
    connection.executemany("update frontier set state = 'leased' where rowid = ?", [row[:1] for row in rows])
    return [replace(_row(row[1:]), state="leased") for row in rows]


def unlease(connection: sqlite3.Connection, crawl_id: int, source: str) -> int:
    """Makes due again what is leased, and gives how many that are."""
    return connection.execute(
        "update frontier set state = 'due' where crawl_id = ? and source = ? and state = 'leased'", (crawl_id, source)
    ).rowcount


def due_hosts(connection: sqlite3.Connection, crawl_id: int, source: str, now: datetime) -> dict[str, int]:
    """How many URLs of each host may be asked now."""
    rows = connection.execute(
        """select host, count(*) from frontier
           where crawl_id = ? and source = ? and state = 'due' and (next_at is null or next_at <= ?) group by host""",
        (crawl_id, source, stamp(now)),
    )
    return dict(rows.fetchall())


def next_due(connection: sqlite3.Connection, crawl_id: int, source: str) -> datetime | None:
    """When the first of the URLs that were put off may be asked, None where none was."""
    row = connection.execute(
        "select min(next_at) from frontier where crawl_id = ? and source = ? and state = 'due'", (crawl_id, source)
    ).fetchone()
    return maybe_moment(row[0])


def postpone(
    connection: sqlite3.Connection, crawl_id: int, source: str, url: str, *, next_at: datetime, reason: str
) -> None:
    """Makes a URL that was asked due again, not before *next_at*, and counts the attempt."""
    connection.execute(
        """update frontier set state = 'due', next_at = ?, reason = ?, attempts = attempts + 1
           where url_key = ? and source = ? and crawl_id = ?""",
        (stamp(next_at), storable(reason), key_of(url), source, crawl_id),
    )


def mark(
    connection: sqlite3.Connection, crawl_id: int, source: str, url: str, *, to: tuple[FrontierState, str, str]
) -> None:
    """Sets state, reason and outcome of a URL that was asked, and counts the attempt."""
    state, reason, outcome = to
    connection.execute(
        """update frontier set state = ?, reason = ?, outcome = ?, next_at = null, attempts = attempts + 1,
               page_id = (select page_id from page_url where page_url.url_key = frontier.url_key)
           where url_key = ? and source = ? and crawl_id = ?""",
        (state, storable(reason), outcome, key_of(url), source, crawl_id),
    )


def counts(connection: sqlite3.Connection, crawl_id: int, source: str) -> dict[FrontierState, int]:
    """How many URLs are in each state."""
    rows = connection.execute(
        "select state, count(*) from frontier where source = ? and crawl_id = ? group by state", (source, crawl_id)
    )
    return {cast("FrontierState", state): count for state, count in rows}


def outcomes(connection: sqlite3.Connection, crawl_id: int, source: str) -> dict[str, int]:
    """How many captures of this crawl came to what, over all its runs."""
    rows = connection.execute(
        """select outcome, count(*) from frontier where source = ? and crawl_id = ? and outcome <> ''
           group by outcome order by outcome""",
        (source, crawl_id),
    )
    return dict(rows.fetchall())


def skipped(connection: sqlite3.Connection, crawl_id: int, source: str) -> dict[str, int]:
    """How many URLs were left out, by reason."""
    rows = connection.execute(
        """select reason, count(*) from frontier where source = ? and crawl_id = ? and state = 'skipped'
           group by reason order by count(*) desc, reason""",
        (source, crawl_id),
    )
    return dict(rows.fetchall())


def rows(connection: sqlite3.Connection, crawl_id: int, source: str) -> Iterator[FrontierRow]:
    """All URLs of the crawl, in the order found."""
    return _rows(connection, "where source = ? and crawl_id = ? order by rowid", source, crawl_id)


def skipped_urls(connection: sqlite3.Connection, crawl_id: int, source: str) -> Iterator[tuple[str, str, str]]:
    """URL, reason and finder of each URL that was left out, in the order found."""
    yield from connection.execute(
        """select url, reason, found_by from frontier where source = ? and crawl_id = ? and state = 'skipped'
           order by rowid""",
        (source, crawl_id),
    )


def why(connection: sqlite3.Connection, url: str) -> list[FrontierRow]:
    """What became of *url* in the newest crawl of each source that met it."""
    return list(_rows(connection, "where url_key = ? order by source", key_of(url)))


def forget_details(connection: sqlite3.Connection, captures: Iterable[int]) -> None:
    """Forgets why the pages of *captures* came to what they did, which may quote them."""
    connection.execute(
        """update frontier set reason = '' where reason <> '' and state in ('done', 'gone', 'failed') and url_key in (
               with asked as (select page_id, url_key from capture where id in (select value from json_each(?)))
               select url_key from asked
               union select page_url.url_key from page_url join asked on page_url.page_id = asked.page_id)""",
        (json.dumps(sorted(captures)),),
    )


def first_due(connection: sqlite3.Connection, crawl_id: int, source: str) -> FrontierRow | None:
    """The next URL to fetch, None when the crawl is through with this source."""
    where = "where source = ? and crawl_id = ? and state = 'due' order by depth, rowid limit 1"
    return next(_rows(connection, where, source, crawl_id), None)


def hold_host(connection: sqlite3.Connection, host: str, until: datetime, reason: str) -> None:
    """Notes that nothing is to be asked of *host* before *until*."""
    connection.execute(
        """insert into host (host, hold_until, reason) values (?, ?, ?)
           on conflict (host) do update set hold_until = excluded.hold_until, reason = excluded.reason""",
        (host, stamp(until), storable(reason)),
    )


def held_hosts(connection: sqlite3.Connection, now: datetime) -> dict[str, tuple[datetime, str]]:
    """Until when, and why, nothing is to be asked of which host."""
    rows = connection.execute("select host, hold_until, reason from host where hold_until > ?", (stamp(now),))
    return {host: (moment(until), reason) for host, until, reason in rows}


def _rows(connection: sqlite3.Connection, where: str, *values: object) -> Iterator[FrontierRow]:
    for row in connection.execute(f"select {_COLUMNS} from frontier {where}", values):  # noqa: S608 -- our own text
        yield _row(row)


def _row(row: tuple) -> FrontierRow:  # type: ignore[type-arg]
    fields = dict(zip(_FIELDS, row, strict=True))
    return FrontierRow(**fields | {"next_at": maybe_moment(fields["next_at"])})


def _host(key: str) -> str:
    """The host that a URL key names, as `urls.host` gives it."""
    place = key.split("/", 3)[2]
    host, colon, port = place.rpartition(":")
    return host if colon and port.isdigit() else place
