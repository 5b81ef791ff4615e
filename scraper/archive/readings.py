"""Readings: what was read from which capture, with which learned chrome, and how a layout's selectors fared in it."""

import sqlite3

from parsers.outline import site_of
from parsers.record import Record

from .matches import store_matches
from .rows import AccountRow
from .sites import note_sighting, store_outline
from .times import moment

_OTHERS = "where capture_id = ? and profile <> ? and superseded = 0"
_ANEW = """
insert into reading (profile, outline_id, report_words, chrome_words, unclaimed_words, capture_id, record_id, turn)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, (select coalesce(max(turn), 0) + 1 from reading where capture_id = ?6))
"""
_AGAIN = """
update reading set profile = ?1, superseded = 0, outline_id = ?2, report_words = ?3, chrome_words = ?4,
    unclaimed_words = ?5, turn = max(turn, (
        select coalesce(max(turn), 0) + 1 from reading as other where other.capture_id = ?6 and other.record_id <> ?7
    ))
where capture_id = ?6 and record_id = ?7
"""
_NEWEST_FIRST = "order by capture.order_at desc, capture.id desc"


def add_reading(connection: sqlite3.Connection, capture_id: int, record_id: int, record: Record) -> None:
    """Says that the capture reads as the record; what was read from it with other learned chrome makes way."""
    others = (capture_id, record.profile)
    # Asked first: a statement that may change several rows has SQLite write what waits to be indexed for search.
    if connection.execute(f"select 1 from reading {_OTHERS}", others).fetchone():  # noqa: S608 -- our own words
        connection.execute(f"update reading set superseded = 1, held = 0, held_reason = '' {_OTHERS}", others)  # noqa: S608
    outline_id = store_outline(connection, record.outline, record.url) if record.outline else None
    account = record.account
    words = (account.report, account.chrome, account.unclaimed) if account else (None, None, None)
    _put(connection, (record.profile, outline_id, *words, capture_id, record_id))
    store_matches(connection, capture_id, record.matches)
    if outline_id is not None:
        note_sighting(connection, site_of(record.url), capture_id, outline_id, profile=record.profile)


def _put(connection: sqlite3.Connection, row: tuple[object, ...]) -> None:
    """Adds a reading, or says of it what is so now. Asked first too, as are all references that may be changed."""
    known = connection.execute("select 1 from reading where capture_id = ? and record_id = ?", row[-2:]).fetchone()
    connection.execute(_AGAIN if known else _ANEW, row)


def copy_readings(connection: sqlite3.Connection, from_capture_id: int, to_capture_id: int) -> None:
    """Gives one capture the readings of another with the same bytes."""
    connection.execute(
        """insert into reading (capture_id, record_id, turn, profile, outline_id, report_words, chrome_words,
               unclaimed_words)
           select ?, record_id, turn, profile, outline_id, report_words, chrome_words, unclaimed_words
           from reading where capture_id = ? and superseded = 0 on conflict do nothing""",
        (to_capture_id, from_capture_id),
    )
    _note_sightings(connection, to_capture_id)


def follow(connection: sqlite3.Connection, from_capture_id: int, to_capture_id: int) -> None:
    """Gives a capture the newest reading of another one with the same bytes, after those that it has."""
    connection.execute(
        """insert into reading (capture_id, record_id, turn, profile, outline_id, report_words, chrome_words,
               unclaimed_words)
           select :to, record_id, (
               select coalesce(max(turn), 0) + 1 from reading as own
               where own.capture_id = :to and own.record_id <> reading.record_id
           ), profile, outline_id, report_words, chrome_words, unclaimed_words
           from reading where capture_id = :from and superseded = 0 order by turn desc limit 1
           on conflict do update set turn = max(turn, excluded.turn), profile = excluded.profile, superseded = 0,
               outline_id = excluded.outline_id, report_words = excluded.report_words,
               chrome_words = excluded.chrome_words, unclaimed_words = excluded.unclaimed_words""",
        {"from": from_capture_id, "to": to_capture_id},
    )
    _note_sightings(connection, to_capture_id)


def supersede(connection: sqlite3.Connection, capture_id: int, *, but: int) -> int:
    """Says of the readings of a capture, *but* of the newest so many, that they make no version; how many did."""
    return connection.execute(
        """update reading set superseded = 1, held = 0, held_reason = ''
           where capture_id = :capture and superseded = 0 and turn not in (
               select turn from reading where capture_id = :capture and superseded = 0 order by turn desc limit :but
           )""",
        {"capture": capture_id, "but": but},
    ).rowcount


def _note_sightings(connection: sqlite3.Connection, capture_id: int) -> None:
    for host, outline_id, profile in connection.execute(
        """select distinct outline.host, outline.id, reading.profile
           from reading join outline on outline.id = reading.outline_id
           where reading.capture_id = ? and reading.superseded = 0""",
        (capture_id,),
    ).fetchall():
        note_sighting(connection, host, capture_id, outline_id, profile=profile)


def readers(connection: sqlite3.Connection, capture_id: int) -> set[tuple[str, int]]:
    """Layout and revision of what was read from the capture and is not superseded."""
    rows = connection.execute(
        """select layout, revision from reading join record on record.id = reading.record_id
           where reading.capture_id = ? and superseded = 0""",
        (capture_id,),
    )
    return set(rows)


def past_accounts(connection: sqlite3.Connection, page_id: int) -> list[AccountRow]:
    """What became of the words of a page in each of its captures in which they were counted, the newest first."""
    rows = connection.execute(
        f"""select capture.id, capture.order_at, record_id, held, report_words, chrome_words, unclaimed_words
            from capture join reading on reading.capture_id = capture.id
            where capture.page_id = ? and superseded = 0 and report_words is not null
            {_NEWEST_FIRST}, record_id desc""",  # noqa: S608 -- our own words
        (page_id,),
    )
    return [
        AccountRow(
            capture_id=number, at=moment(at), record_id=record_id, is_held=bool(held), report=report, chrome=chrome,
            unclaimed=unclaimed,
        )
        for number, at, record_id, held, report, chrome, unclaimed in rows
    ]  # fmt: skip
