"""Reading pages again: which are to be, what of their captures can be, and what is put in place of what was read."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from parsers.record import Record

from . import leaves
from .captures import store_effective
from .chosen import chosen
from .readings import follow, supersede
from .records import store_record
from .rows import ReadableRow
from .sites import settle_sightings
from .text import storable
from .times import stamp

_READABLE = """
select capture.id, content_sha256, content_type, final_url, url, coalesce(status, 0), headers.json,
    exists (select 1 from reading where reading.capture_id = capture.id and superseded = 0),
    body.codec = 'redacted' or exists (select 1 from redaction where redaction.capture_id = capture.id)
from capture
join headers on headers.id = capture.response_headers_id
join body on body.id = capture.body_id
where capture.page_id = ? and capture.outcome = 'fetched' and content_sha256 is not null
order by capture.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """What a capture says now.

    *place* is the number of its record, which is that of the capture *first* too; None where it says that there is no
    such page, or cannot be read, as *problem* tells. *effective* is the status it deserves, with the rule that says so
    and what that saw; None where it is the server's.
    """

    capture_id: int
    first: int
    place: int | None = None
    effective: tuple[int, str, str] | None = None
    problem: str = ""


def pages(connection: sqlite3.Connection, source: str | None) -> list[tuple[int, str]]:
    """The number and URL of each page (of one source) that something was kept of, in the order they were met."""
    where, values = chosen({"page.source = ?": source})
    return connection.execute(
        f"""select page.id, page.url from page {where} {"and" if where else "where"} page.merged_into is null
            order by page.id""",  # noqa: S608 -- our own words
        values,
    ).fetchall()


def read_by(connection: sqlite3.Connection, parsers: str) -> set[int]:
    """The pages that these parsers have read last."""
    rows = connection.execute("select page_id from reparsed where parsers_sha256 = ?", (parsers,))
    return {number for (number,) in rows}


def mark(connection: sqlite3.Connection, page_id: int, parsers: str, now: datetime) -> None:
    """Says that these parsers have read all of the page."""
    connection.execute(
        "insert or replace into reparsed (page_id, parsers_sha256, at) values (?, ?, ?)", (page_id, parsers, stamp(now))
    )


def outdate(connection: sqlite3.Connection, page_id: int, parsers: str) -> None:
    """Says that these parsers have read something of the page, which is not all by others any more."""
    connection.execute("delete from reparsed where page_id = ? and parsers_sha256 <> ?", (page_id, parsers))


def readable(connection: sqlite3.Connection, page_id: int) -> list[ReadableRow]:
    """The captures of the page that brought something to read, by number."""
    return [
        ReadableRow(
            capture_id=number, content_sha256=content, content_type=content_type, final_url=final_url, url=url,
            status=status, headers=headers, is_read=bool(is_read), is_redacted=bool(is_redacted),
        )
        for number, content, content_type, final_url, url, status, headers, is_read, is_redacted in connection.execute(
            _READABLE, (page_id,)
        )
    ]  # fmt: skip


def held(connection: sqlite3.Connection, page_id: int) -> int:
    """How many captures of the page are held back."""
    row = connection.execute(
        """select count(distinct capture.id) from capture join reading on reading.capture_id = capture.id
           where capture.page_id = ? and reading.held = 1""",
        (page_id,),
    ).fetchone()
    return int(row[0])


def state(connection: sqlite3.Connection, page_id: int) -> set[tuple[int, int, str]]:
    """What the captures of the page read as: capture, record and profile of each reading that is not superseded.

    Of those that deserve another status than the server's also that, and the rule.
    """
    rows = connection.execute(
        """select capture.id, record_id, profile from capture join reading on reading.capture_id = capture.id
           where capture.page_id = :page and superseded = 0
           union all
           select capture.id, effective.status, effective.rule
           from capture join effective on effective.capture_id = capture.id where capture.page_id = :page""",
        {"page": page_id},
    )
    return set(rows)


def replace(
    connection: sqlite3.Connection, page_id: int, found: Iterable[Reread], load: Callable[[int], Record]
) -> None:
    """Puts *found* in place of what was read of the captures of the page; see `Archive.replace_readings`."""
    removed = {row.capture_id for row in readable(connection, page_id) if row.is_redacted}
    for one in found:
        if one.capture_id in removed:  # while it was read
            continue
        _judge(connection, one)
        if one.place is None:
            continue
        if one.capture_id == one.first:
            store_record(connection, load(one.place), capture_id=one.capture_id, page_id=page_id)
        else:
            follow(connection, one.first, one.capture_id)
        supersede(connection, one.capture_id, but=1)
    settle_sightings(connection, page_id)


def _judge(connection: sqlite3.Connection, one: Reread) -> None:
    """Notes what a capture is, besides what it says: its status, that it is no report, or why it cannot be read."""
    if one.effective:
        store_effective(connection, one.capture_id, *one.effective)
    else:
        connection.execute("delete from effective where capture_id = ?", (one.capture_id,))
    if one.problem:
        # What was read when it came has its reason on record.
        connection.execute(
            """insert or replace into unparsed (capture_id, reason)
               select id, ? from capture where id = ? and reason = ''""",
            (storable(one.problem), one.capture_id),
        )
    else:
        connection.execute("delete from unparsed where capture_id = ?", (one.capture_id,))
        if one.place is None:
            supersede(connection, one.capture_id, but=0)


def add_begin(connection: sqlite3.Connection, parsers: str, now: datetime) -> None:
    """Adds the leaf of a reparse that begins."""
    leaves.add(connection, "reparse", {"begun_at": stamp(now), "parsers_sha256": parsers})


def add_end(connection: sqlite3.Connection, now: datetime, counts: dict[str, int]) -> None:
    """Adds the leaf of a reparse that is complete, with what it counted."""
    leaves.add(connection, "reparse", {"ended_at": stamp(now), **counts})
