"""The frontier: the URLs of the newest crawl of each source, with their state.

It lives in the archive, so that a crawl that was killed goes on where its last commit left it.
"""

import sqlite3
from typing import cast

from ..urls import url_key
from .rows import FrontierRow, FrontierState
from .text import storable

_COLUMNS = "source, url, url_key, depth, found_by, state, reason, attempts"

# A URL known from an earlier crawl starts anew in this one; one that this crawl has already stays as it is.
_ADD = """
insert into frontier (source, url_key, url, depth, found_by, state, reason, crawl_id, page_id)
values (:source, :key, :url, :depth, :found_by, :state, :reason, :crawl_id,
        (select page_id from page_url where url_key = :key))
on conflict (source, url_key) do update set
    url = excluded.url, depth = excluded.depth, found_by = excluded.found_by, state = excluded.state,
    reason = excluded.reason, crawl_id = excluded.crawl_id, page_id = excluded.page_id, outcome = '', attempts = 0
where frontier.crawl_id <> excluded.crawl_id
"""


def add_url(connection: sqlite3.Connection, found: FrontierRow, crawl_id: int) -> bool:
    """Adds *found* to the crawl in its state; False when the crawl has this URL already."""
    values = {
        "source": found.source,
        "key": found.url_key,
        "url": found.url,
        "depth": found.depth,
        "found_by": storable(found.found_by),
        "state": found.state,
        "reason": storable(found.reason),
        "crawl_id": crawl_id,
    }
    return connection.execute(_ADD, values).rowcount > 0


def found_url(source: str, url: str, *, depth: int, found_by: str, skipped: str = "") -> FrontierRow:
    """A URL as it enters the frontier: due, or left out where *skipped* says why. Raises UsageError for no URL."""
    return FrontierRow(
        source=source,
        url=url,
        url_key=url_key(url),
        depth=depth,
        found_by=found_by,
        state="skipped" if skipped else "due",
        reason=skipped,
        attempts=0,
    )


def due(connection: sqlite3.Connection, source: str, crawl_id: int) -> FrontierRow | None:
    """The next URL to fetch, None when the crawl is through with this source."""
    row = connection.execute(
        f"""select {_COLUMNS} from frontier where source = ? and crawl_id = ? and state = 'due'
            order by depth, rowid limit 1""",  # noqa: S608 -- our own names
        (source, crawl_id),
    ).fetchone()
    return FrontierRow(**dict(zip(_COLUMNS.split(", "), row, strict=True))) if row else None


def mark(connection: sqlite3.Connection, asked: FrontierRow, outcome: str, crawl_id: int) -> None:
    """Sets the state of a URL of this crawl with what its capture came to, and counts the attempt."""
    connection.execute(
        """update frontier set state = ?, reason = ?, outcome = ?, attempts = attempts + 1,
               page_id = (select page_id from page_url where page_url.url_key = frontier.url_key)
           where source = ? and url_key = ? and crawl_id = ?""",
        (asked.state, storable(asked.reason), outcome, asked.source, asked.url_key, crawl_id),
    )


def counts(connection: sqlite3.Connection, source: str, crawl_id: int) -> dict[FrontierState, int]:
    """How many URLs are in each state."""
    rows = connection.execute(
        "select state, count(*) from frontier where source = ? and crawl_id = ? group by state", (source, crawl_id)
    )
    return {cast("FrontierState", state): count for state, count in rows}


def outcomes(connection: sqlite3.Connection, source: str, crawl_id: int) -> dict[str, int]:
    """How many captures of this crawl came to what, over all its runs."""
    rows = connection.execute(
        """select outcome, count(*) from frontier where source = ? and crawl_id = ? and outcome <> ''
           group by outcome order by outcome""",
        (source, crawl_id),
    )
    return dict(rows.fetchall())


def skipped(connection: sqlite3.Connection, source: str, crawl_id: int) -> dict[str, int]:
    """How many URLs were left out, by reason."""
    rows = connection.execute(
        """select reason, count(*) from frontier where source = ? and crawl_id = ? and state = 'skipped'
           group by reason order by count(*) desc, reason""",
        (source, crawl_id),
    )
    return dict(rows.fetchall())
