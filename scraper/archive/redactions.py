"""Redactions: bytes removed for good and on record, which captures lose theirs together, and bytes that come again."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from ..errors import UsageError
from . import bodies, leaves
from .rows import BesideRow, RedactionRow
from .text import storable
from .times import moment, stamp

MOST_REASON = 500  # characters

_SELECT = """
select redaction.capture_id, redacted_at, redaction.reason, wiped_at is not null,
    coalesce(body.sha256, ''), coalesce(body.bytes, 0)
from redaction
join capture on capture.id = redaction.capture_id
left join body on body.id = capture.body_id
"""
# Of what came packed the body that it is packed from gives the bytes away too.
_BODIES = """
select id from body where id in (select value from json_each(:bodies))
    or sha256 in (select value from json_each(:contents))
order by id
"""
_CAPTURES = """
select id, body_id, content_sha256, content_bytes from capture
where body_id in (select value from json_each(:bodies)) or content_sha256 in (select value from json_each(:contents))
order by id
"""
_BESIDE = """
with gone as (select value as id from json_each(:captures)),
place as (
    select distinct coalesce(page.url, capture.url) as url, capture.page_id, capture.url_key
    from gone join capture on capture.id = gone.id left join page on page.id = capture.page_id
),
address as (
    select url, url_key from place
    union select place.url, page_url.url_key from place join page_url on page_url.page_id = place.page_id
),
other as (
    select distinct address.url, capture.id
    from address join capture on capture.url_key = address.url_key
    where capture.body_id is not null and capture.id not in (select id from gone)
        and not exists (select 1 from redaction where redaction.capture_id = capture.id)
)
select url, count(*), sum(exists (
    select 1 from reading as theirs join reading as ours on ours.record_id = theirs.record_id
    where theirs.capture_id = other.id and ours.capture_id in (select id from gone)))
from other group by url order by url
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """What a redaction takes: the captures that were *asked* for, all that share their bytes, and where these are.

    *contents* are the digest and length of each content; the bodies named are all that give one of them away.
    """

    asked: tuple[int, ...]
    captures: tuple[int, ...]
    body_ids: tuple[int, ...]
    contents: tuple[tuple[str, int], ...]


def checked_reason(text: str) -> str:
    """*text* as the reason of a redaction. Raises UsageError unless it is one line of 1 to 500 characters."""
    found = text.strip()
    if not found or len(found) > MOST_REASON or not found.isprintable():
        what = "nothing" if not found else f"{len(found):,} characters" if len(found) > MOST_REASON else "several lines"
        raise UsageError(f"--reason: found {what}, expected one line of 1 to {MOST_REASON} characters")
    return storable(found)


def takedown(connection: sqlite3.Connection, asked: Collection[int]) -> Takedown:
    """What goes with the bytes of the captures *asked* for. Raises UsageError for one without bytes to remove."""
    body_ids = {_removable(connection, number) for number in asked}
    contents: dict[str, int] = {}
    captures: set[int] = set()
    known = -1
    while known < len(captures) + len(body_ids) + len(contents):
        known = len(captures) + len(body_ids) + len(contents)
        values = {"bodies": json.dumps(sorted(body_ids)), "contents": json.dumps(sorted(contents))}
        body_ids.update(number for (number,) in connection.execute(_BODIES, values))
        for number, body_id, content, size in connection.execute(_CAPTURES, values):
            captures.add(number)
            body_ids.update([body_id] if body_id is not None else [])
            contents.update({content: size} if content is not None else {})
    return Takedown(
        asked=tuple(sorted(asked)),
        captures=tuple(sorted(captures)),
        body_ids=tuple(sorted(body_ids)),
        contents=tuple(sorted(contents.items())),
    )


def remove(connection: sqlite3.Connection, gone: Takedown, reason: str, at: datetime) -> None:
    """Removes the bytes and puts that on record for each capture. Part of the transaction that is open.

    What was read from them is not touched: that is for `traces`. Raises DamagedBody as `bodies.redact` does.
    """
    bodies.redact(connection, gone.body_ids)
    for digest, size in gone.contents:
        bodies.withheld(connection, digest, size)
    for number in gone.captures:
        _record(connection, number, reason, stamp(at))


def of_capture(connection: sqlite3.Connection, capture_id: int) -> RedactionRow | None:
    """That the bytes of a capture were removed, None where they were not."""
    return _first(connection, "where redaction.capture_id = ?", capture_id)


def of_page(connection: sqlite3.Connection, page_id: int) -> list[RedactionRow]:
    """The captures of a page whose bytes were removed, by number."""
    rows = connection.execute(f"{_SELECT} where capture.page_id = ? order by redaction.capture_id", (page_id,))
    return [_row(row) for row in rows]


def of_bytes(connection: sqlite3.Connection, digests: Iterable[str | None]) -> RedactionRow | None:
    """The first capture whose bytes or content had one of *digests* and were removed, None for none."""
    wanted = json.dumps([digest for digest in digests if digest])
    removed = "select sha256 from body where codec = 'redacted' and sha256 in (select value from json_each(?))"
    if connection.execute(removed, (wanted,)).fetchone() is None:
        return None
    where = """where exists (select 1 from json_each(?) where value in (body.sha256, capture.content_sha256))
        order by redaction.capture_id limit 1"""
    return _first(connection, where, wanted)


def any_there(connection: sqlite3.Connection) -> bool:
    """Whether bytes were ever removed."""
    return connection.execute("select 1 from redaction limit 1").fetchone() is not None


def came_again(connection: sqlite3.Connection, capture_id: int, first: RedactionRow, at: str) -> None:
    """Puts on record that a capture brought bytes that were removed with *first*, and that they were not kept."""
    connection.execute(
        "insert into redaction (capture_id, redacted_at, reason, wiped_at) values (?, ?, ?, ?)",
        (capture_id, at, first.again, at),
    )
    _add_leaf(connection, capture_id, first.again, at)


def beside(connection: sqlite3.Connection, gone: Takedown) -> list[BesideRow]:
    """By page, how many other captures keep their bytes, and how many of these read word for word as one that goes."""
    rows = connection.execute(_BESIDE, {"captures": json.dumps(gone.captures)})
    return [BesideRow(url=url, captures=count, alike=alike) for url, count, alike in rows]


def unwiped(connection: sqlite3.Connection) -> int:
    """How many captures lost their bytes while the file may still have parts of them, where no table has."""
    return int(connection.execute("select count(*) from redaction where wiped_at is null").fetchone()[0])


def note_wiped(connection: sqlite3.Connection, at: datetime) -> None:
    """Notes that the file was written anew."""
    connection.execute("update redaction set wiped_at = ? where wiped_at is null", (stamp(at),))


def _removable(connection: sqlite3.Connection, number: int) -> int:
    """The body of a capture."""
    row = connection.execute("select body_id from capture where id = ?", (number,)).fetchone()
    if row is None:
        raise UsageError(f"there is no capture {number}")
    if row[0] is None:
        raise UsageError(f"capture {number} has no body, so there are no bytes to remove")
    found = of_capture(connection, number)
    if found is not None:
        raise UsageError(f"capture {number}: {found.told}")
    return int(row[0])


def _record(connection: sqlite3.Connection, number: int, reason: str, at: str) -> None:
    connection.execute("insert into redaction (capture_id, redacted_at, reason) values (?, ?, ?)", (number, at, reason))
    _add_leaf(connection, number, reason, at)


def _add_leaf(connection: sqlite3.Connection, number: int, reason: str, at: str) -> None:
    [digest] = connection.execute(
        "select body.sha256 from capture join body on body.id = capture.body_id where capture.id = ?", (number,)
    ).fetchone()
    leaves.add(connection, "redaction", {"at": at, "reason": reason, "body_sha256": digest}, capture_id=number)


def _first(connection: sqlite3.Connection, where: str, *values: object) -> RedactionRow | None:
    row = connection.execute(f"{_SELECT} {where}", values).fetchone()
    return _row(row) if row else None


def _row(row: tuple[int, str, str, int, str, int]) -> RedactionRow:
    number, at, reason, is_wiped, digest, size = row
    return RedactionRow(
        capture_id=number,
        redacted_at=moment(at),
        reason=reason,
        is_wiped=bool(is_wiped),
        body_sha256=digest,
        body_bytes=size,
    )
