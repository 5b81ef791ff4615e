"""Captures: what was asked, what came back, and its bytes. Rows are only ever added."""

import json
import sqlite3
from dataclasses import asdict
from hashlib import sha256

from ..capture import Capture, Headers
from ..urls import url_key
from .bodies import store_body
from .rows import CaptureRow, Validators
from .text import storable
from .times import moment, stamp

_COLUMNS = """capture.id, capture.crawl_id, capture.page_id, capture.url, capture.final_url, capture.captured_at,
    capture.method, capture.outcome, capture.status, capture.content_type, body.sha256, body.bytes, capture.wire_bytes,
    capture.reason, capture.robots, capture.address, capture.duration_s"""
_FROM = "from capture left join body on body.id = capture.body_id"


def store_capture(
    connection: sqlite3.Connection, capture: Capture, *, crawl_id: int | None, page_id: int | None, reason: str
) -> int:
    """Adds *capture* with headers and body, *reason* in place of its own where given, and gives its number."""
    row = {
        "crawl_id": crawl_id,
        "page_id": page_id,
        "url_key": url_key(capture.url),
        "url": storable(capture.url),
        "final_url": storable(capture.final_url or capture.url),
        "captured_at": stamp(capture.captured_at),
        "method": capture.method,
        "outcome": capture.outcome,
        "status": capture.status,
        "content_type": storable(capture.content_type),
        "request_headers_id": _store_headers(connection, capture.request_headers),
        "response_headers_id": _store_headers(connection, capture.response_headers),
        "body_id": None if capture.body is None else store_body(connection, capture.body),
        "wire_bytes": capture.wire_bytes,
        "hops": json.dumps([asdict(hop) | {"head": hop.head.decode("latin-1")} for hop in capture.hops]),
        "address": storable(capture.address),
        "robots": storable(capture.robots),
        "reason": storable(reason or capture.reason),
        "duration_s": capture.duration_s,
    }
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    cursor = connection.execute(f"insert into capture ({names}) values ({marks})", row)  # noqa: S608 -- our own names
    return int(cursor.lastrowid or 0)


def _store_headers(connection: sqlite3.Connection, headers: Headers) -> int:
    text = json.dumps(headers)  # escaped to ASCII: a header may hold what no column can
    digest = sha256(text.encode("ascii")).hexdigest()
    connection.execute("insert into headers (digest, json) values (?, ?) on conflict do nothing", (digest, text))
    return int(connection.execute("select id from headers where digest = ?", (digest,)).fetchone()[0])


def capture(connection: sqlite3.Connection, capture_id: int) -> CaptureRow | None:
    """One capture, None where there is none with this number."""
    row = connection.execute(f"select {_COLUMNS} {_FROM} where capture.id = ?", (capture_id,)).fetchone()
    return _row(row) if row else None


def captures(connection: sqlite3.Connection, *, page_id: int | None, crawl_id: int | None) -> list[CaptureRow]:
    """Captures by number, of one page or one crawl where asked."""
    sql = f"""select {_COLUMNS} {_FROM}
        where (:page_id is null or capture.page_id = :page_id) and (:crawl_id is null or capture.crawl_id = :crawl_id)
        order by capture.id"""
    return [_row(row) for row in connection.execute(sql, {"page_id": page_id, "crawl_id": crawl_id})]


def body_id(connection: sqlite3.Connection, capture_id: int) -> int | None:
    """The body of a capture, None where none came."""
    row = connection.execute("select body_id from capture where id = ?", (capture_id,)).fetchone()
    return None if row is None else row[0]


def read_alike(connection: sqlite3.Connection, page_id: int, capture: Capture) -> int | None:
    """The newest capture of the page that a parser has read and would read as *capture*; None where there is none.

    Bytes, type and the address they came from are the same: links are read against it.
    """
    came_from = storable(capture.final_url or capture.url)
    row = connection.execute(
        """select capture.id from capture join body on body.id = capture.body_id
           where capture.page_id = ? and body.sha256 = ? and capture.content_type = ? and capture.final_url = ?
               and exists (select 1 from reading where reading.capture_id = capture.id)
           order by capture.id desc limit 1""",
        (page_id, sha256(capture.body or b"").hexdigest(), storable(capture.content_type), came_from),
    ).fetchone()
    return int(row[0]) if row else None


def validators(connection: sqlite3.Connection, key: str) -> Validators | None:
    """What may be sent in a conditional request for the URL with *key*.

    Only the newest answer with content counts: after a damaged or a missing one the page is asked for whole.
    """
    row = connection.execute(
        """select capture.outcome, headers.json from capture join headers on headers.id = capture.response_headers_id
           where capture.url_key = ? and capture.method = 'http' and capture.outcome in ('fetched', 'missing')
           order by capture.id desc limit 1""",
        (key,),
    ).fetchone()
    if not row or row[0] != "fetched":
        return None
    values = {name.lower(): value for name, value in json.loads(row[1])}
    found = Validators(etag=values.get("etag", ""), last_modified=values.get("last-modified", ""))
    return found if found.etag or found.last_modified else None


def _row(row: tuple) -> CaptureRow:  # type: ignore[type-arg]
    values = dict(zip(_FIELDS, row, strict=True))
    return CaptureRow(**values | {"captured_at": moment(values["captured_at"])})


_FIELDS = (
    "id", "crawl_id", "page_id", "url", "final_url", "captured_at", "method", "outcome", "status", "content_type",
    "body_sha256", "body_bytes", "wire_bytes", "reason", "robots", "address", "duration_s",
)  # fmt: skip


def is_former(connection: sqlite3.Connection, page_id: int, key: str) -> bool:
    """Whether the page was last seen at another address than the one with the URL key *key*."""
    last = connection.execute(
        """select url_key from capture where page_id = ? and outcome in ('fetched', 'not-modified')
           order by captured_at desc, id desc limit 1""",
        (page_id,),
    ).fetchone()
    return last is not None and last[0] != key
