"""When sources and pages are due again: rows that a schedule leaves for its next run."""

import sqlite3
from datetime import datetime

from .rows import ScheduleRow, VisitRow
from .text import storable
from .times import maybe_moment, moment, stamp


def schedule_row(connection: sqlite3.Connection, source: str) -> ScheduleRow | None:
    """The schedule of *source* and its last run, None where nothing is planned and nothing ran."""
    row = connection.execute(
        "select source, every, next_at, why, started_at, ended_at, result from schedule where source = ?", (source,)
    ).fetchone()
    if row is None:
        return None
    name, every, next_at, why, started_at, ended_at, result = row
    return ScheduleRow(
        source=name,
        every=every,
        next_at=maybe_moment(next_at),
        why=why,
        started_at=maybe_moment(started_at),
        ended_at=maybe_moment(ended_at),
        result=result,
    )


def set_schedule(connection: sqlite3.Connection, row: ScheduleRow) -> None:
    """Keeps *row* in place of the one its source had."""
    connection.execute(
        "insert or replace into schedule (source, every, next_at, why, started_at, ended_at, result) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        (
            row.source,
            storable(row.every),
            _maybe_stamp(row.next_at),
            storable(row.why),
            _maybe_stamp(row.started_at),
            _maybe_stamp(row.ended_at),
            storable(row.result),
        ),
    )


def set_visit(connection: sqlite3.Connection, page_id: int, next_at: datetime, interval_s: float, why: str) -> None:
    """Notes when the page is due again, in place of what was noted before."""
    connection.execute(
        "insert or replace into visit (page_id, next_at, interval_s, why) values (?, ?, ?, ?)",
        (page_id, stamp(next_at), interval_s, storable(why)),
    )


def due_visits(connection: sqlite3.Connection, source: str, now: datetime) -> tuple[str, ...]:
    """The URLs of the pages of *source* that are due, the longest due first."""
    rows = connection.execute(
        """select page.url from visit join page on page.id = visit.page_id
           where page.source = ? and visit.next_at <= ? order by visit.next_at, page.id""",
        (source, stamp(now)),
    )
    return tuple(url for (url,) in rows)


def next_visit(connection: sqlite3.Connection, source: str) -> datetime | None:
    """When the first page of *source* is due, None where none has been planned."""
    row = connection.execute(
        "select min(visit.next_at) from visit join page on page.id = visit.page_id where page.source = ?", (source,)
    ).fetchone()
    return maybe_moment(row[0])


def visits(connection: sqlite3.Connection, source: str) -> list[VisitRow]:
    """All pages of *source* that have been planned, the first due first."""
    rows = connection.execute(
        """select page.id, page.url, visit.next_at, visit.interval_s, visit.why
           from visit join page on page.id = visit.page_id where page.source = ? order by visit.next_at, page.id""",
        (source,),
    )
    return [
        VisitRow(page_id=number, url=url, next_at=moment(next_at), interval_s=interval_s, why=why)
        for number, url, next_at, interval_s, why in rows
    ]


def _maybe_stamp(when: datetime | None) -> str | None:
    return None if when is None else stamp(when)
