"""Captures: what was asked, what came back, and its bytes. Rows are only ever added."""

import json
import sqlite3
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from ..capture import Capture, Headers, Hop
from . import leaves, redactions
from .bodies import Origin, Recent, store_body, withheld
from .chosen import chosen
from .damage import of_rows
from .rows import CaptureRow, RedactionRow, Validators
from .text import key_of, storable
from .times import moment, stamp

_COLUMNS = """capture.id, capture.crawl_id, capture.page_id, capture.url, capture.final_url, capture.captured_at,
    capture.order_at, capture.method, capture.outcome, capture.status, effective.status,
    coalesce(effective.detail, ''), capture.content_type, capture.coding, body.sha256, body.bytes,
    capture.content_sha256, capture.content_bytes, capture.wire_bytes, capture.reason, capture.robots, capture.pace,
    capture.waited_s, capture.attempts, capture.address, capture.tls, capture.certificate_sha256, capture.server_date,
    capture.monotonic_s, capture.duration_s"""
_FIELDS = (
    "id", "crawl_id", "page_id", "url", "final_url", "captured_at", "order_at", "method", "outcome", "status",
    "effective_status", "effective_detail", "content_type", "coding", "body_sha256", "body_bytes", "content_sha256",
    "content_bytes", "wire_bytes", "reason", "robots", "pace", "waited_s", "attempts", "address", "tls",
    "certificate_sha256", "server_date", "monotonic_s", "duration_s",
)  # fmt: skip
_FROM = """from capture left join body on body.id = capture.body_id
    left join effective on effective.capture_id = capture.id"""
_STORED = (
    "crawl_id", "page_id", "url_key", "url", "final_url", "captured_at", "order_at", "method", "outcome", "status",
    "content_type", "coding", "request_headers_id", "response_headers_id", "body_id", "content_sha256",
    "content_bytes", "wire_bytes", "hops", "address", "tls", "certificate_sha256", "robots", "pace", "waited_s",
    "attempts", "reason", "server_date", "monotonic_s", "duration_s",
)  # fmt: skip
_INSERT = f"insert into capture ({', '.join(_STORED)}) values ({', '.join('?' for _ in _STORED)})"  # noqa: S608


def store_capture(
    connection: sqlite3.Connection,
    capture: Capture,
    *,
    crawl_id: int | None,
    page_id: int | None,
    reason: str,
    recent: Recent,
) -> int:
    """Adds *capture* with headers and body, *reason* in place of its own where given, and gives its number.

    Its leaf in the log is added with it. Bytes that were removed before are not kept: the capture says so.
    """
    key, captured_at = key_of(capture.url), stamp(capture.captured_at)
    content_sha256, content_bytes = _content(capture)
    before = leaves.previous(connection, key)
    request = _store_head(connection, capture.request_head, capture.request_headers)
    response = _store_head(connection, capture.response_head, capture.response_headers)
    body_id, body, removed = None, (None, None), None
    if capture.body is not None:
        digest = _body_digest(capture, content_sha256)
        removed = redactions.of_bytes(connection, (digest, content_sha256))
        if removed:
            body_id = withheld(connection, digest, len(capture.body))
            reason = "; ".join(filter(None, (reason or capture.reason, f"not kept: {removed.again}")))
        else:
            body_id = _store_body(connection, capture, digest, page_id, recent)
        body = connection.execute("select sha256, bytes from body where id = ?", (body_id,)).fetchone()
    to_it = (
        crawl_id,
        page_id,
        key,
        storable(capture.url),
        storable(capture.final_url or capture.url),
        captured_at,
        _order_at(connection, capture, captured_at, page_id),
        capture.method,
        capture.outcome,
        capture.status,
        storable(capture.content_type),
        storable(capture.coding),
    )
    of_it = (
        content_sha256,
        content_bytes,
        capture.wire_bytes,
        _hops(capture),
        storable(capture.address),
        storable(capture.tls),
        storable(capture.certificate_sha256),
        storable(capture.robots),
        storable(capture.pace),
        capture.waited_s,
        capture.attempts,
        storable(reason or capture.reason),
        storable(capture.server_date),
        capture.monotonic_s,
        capture.duration_s,
    )
    row = (*to_it, request[0], response[0], body_id, *of_it)
    number = int(connection.execute(_INSERT, row).lastrowid or 0)
    leaves.add_capture(connection, (number, *to_it, *of_it, *request[1:], *response[1:], *body), before)
    if removed:
        redactions.came_again(connection, number, removed, captured_at)
    return number


def removed_before(connection: sqlite3.Connection, capture: Capture) -> RedactionRow | None:
    """With which capture the bytes of *capture* were removed, None where they never were."""
    if capture.body is None or not redactions.any_there(connection):
        return None
    content_sha256, _ = _content(capture)
    return redactions.of_bytes(connection, (_body_digest(capture, content_sha256), content_sha256))


def _content(capture: Capture) -> tuple[str | None, int | None]:
    """Digest and length of what the body of *capture* means."""
    content = capture.content
    return (None, None) if content is None else (sha256(content).hexdigest(), len(content))


def _body_digest(capture: Capture, content_sha256: str | None) -> str:
    if content_sha256 and not capture.coding:
        return content_sha256
    return sha256(capture.body or b"").hexdigest()


def _store_body(
    connection: sqlite3.Connection, capture: Capture, digest: str, page_id: int | None, recent: Recent
) -> int:
    origin = Origin(
        url=capture.final_url or capture.url,
        url_key=key_of(capture.url),
        page_id=page_id,
        outcome=capture.outcome,
        content_type=capture.content_type,
        coding=capture.coding,
        content=capture.decoded,
    )
    return store_body(connection, capture.body or b"", digest, origin, recent)


def _order_at(connection: sqlite3.Connection, capture: Capture, captured_at: str, page_id: int | None) -> str:
    """The place of a capture in time: never before one that was made earlier, though the clock may have been set back.

    What is imported has the time it was given.
    """
    if page_id is None or capture.method == "import":
        return captured_at
    row = connection.execute(
        """select order_at from capture where page_id = ? and method in ('http', 'browser')
           order by order_at desc limit 1""",
        (page_id,),
    ).fetchone()
    return captured_at if row is None else max(captured_at, row[0])


def _hops(capture: Capture) -> str:
    if not capture.hops:
        return "[]"
    return json.dumps([asdict(hop) | {"head": hop.head.decode("latin-1")} for hop in capture.hops])


def _store_head(connection: sqlite3.Connection, head: bytes, headers: Headers) -> tuple[int, str, str]:
    """Number, digest and JSON of a head, stored now unless it is known."""
    text = json.dumps(headers)  # escaped to ASCII: a header may hold what no column can
    digest = sha256(head or text.encode("ascii")).hexdigest()
    cursor = connection.execute(
        "insert into headers (digest, json, head) values (?, ?, ?) on conflict do nothing", (digest, text, head or None)
    )
    if cursor.rowcount:
        return int(cursor.lastrowid or 0), digest, text
    # The same bytes were read into fields by the fonds of their day.
    number, text = connection.execute("select id, json from headers where digest = ?", (digest,)).fetchone()
    return int(number), digest, text


def capture(connection: sqlite3.Connection, capture_id: int) -> CaptureRow | None:
    """One capture, None where there is none with this number."""
    row = connection.execute(f"select {_COLUMNS} {_FROM} where capture.id = ?", (capture_id,)).fetchone()
    return _row(row) if row else None


def captures(connection: sqlite3.Connection, *, page_id: int | None, crawl_id: int | None) -> list[CaptureRow]:
    """Captures by number, of one page or one crawl where asked."""
    where, values = chosen({"capture.page_id = ?": page_id, "capture.crawl_id = ?": crawl_id})
    rows = connection.execute(f"select {_COLUMNS} {_FROM} {where} order by capture.id", values)
    return [_row(row) for row in rows]


@of_rows
def to_read(connection: sqlite3.Connection, capture_id: int, body: bytes) -> Capture:
    """A stored capture with its content *body*, as far as it matters to what is read from it."""
    row = connection.execute(
        """select url, final_url, captured_at, outcome, method, status, content_type, hops, headers.json
           from capture join headers on headers.id = capture.response_headers_id where capture.id = ?""",
        (capture_id,),
    ).fetchone()
    url, final_url, captured_at, outcome, method, status, content_type, hops, headers = row
    return Capture(
        url=url,
        final_url=final_url,
        captured_at=moment(captured_at),
        outcome=outcome,
        method=method,
        status=status,
        content_type=content_type,
        hops=tuple(Hop(url=hop["url"], status=hop["status"], location=hop["location"]) for hop in json.loads(hops)),
        response_headers=tuple((name, value) for name, value in json.loads(headers)),
        body=body,
    )


def newest_content(connection: sqlite3.Connection, page_id: int) -> str | None:
    """The digest of what the newest capture of the page brought, None where it brought nothing whole."""
    row = connection.execute(
        "select content_sha256 from capture where page_id = ? order by id desc limit 1", (page_id,)
    ).fetchone()
    return row[0] if row else None


def body_id(connection: sqlite3.Connection, capture_id: int) -> int | None:
    """The body of a capture, None where none came."""
    row = connection.execute("select body_id from capture where id = ?", (capture_id,)).fetchone()
    return None if row is None else row[0]


def read_alike(connection: sqlite3.Connection, page_id: int, capture: Capture) -> int | None:
    """The newest capture of the page that a parser has read and would read as *capture*; None where there is none.

    Content, type and the address they came from are the same: links are read against it. The coding may differ.
    """
    if capture.content is None:
        return None
    came_from = storable(capture.final_url or capture.url)
    row = connection.execute(
        """select id from capture
           where page_id = ? and content_sha256 = ? and content_type = ? and final_url = ?
               and exists (select 1 from reading where reading.capture_id = capture.id)
           order by id desc limit 1""",
        (page_id, sha256(capture.content).hexdigest(), storable(capture.content_type), came_from),
    ).fetchone()
    return int(row[0]) if row else None


def unread(connection: sqlite3.Connection, source: str | None) -> list[int]:
    """Captures of pages (of one source) that were kept and never given to a parser, in the order they were made."""
    rows = connection.execute(
        """select capture.id from capture join page on page.id = capture.page_id
           where capture.outcome = 'fetched' and capture.content_sha256 is not null and capture.reason = ''
               and (:source is null or page.source = :source)
               and not exists (select 1 from reading where reading.capture_id = capture.id)
               and not exists (select 1 from unparsed where unparsed.capture_id = capture.id)
               and not exists (select 1 from effective where effective.capture_id = capture.id)
               and not exists (select 1 from redaction where redaction.capture_id = capture.id)
           order by capture.id""",
        {"source": source},
    )
    return [number for (number,) in rows]


def store_unparsed(connection: sqlite3.Connection, capture_id: int, reason: str) -> None:
    """Notes why a capture that was kept unread could not be read."""
    connection.execute(
        "insert or replace into unparsed (capture_id, reason) values (?, ?)", (capture_id, storable(reason))
    )


def store_effective(connection: sqlite3.Connection, capture_id: int, status: int, rule: str, detail: str) -> None:
    """Notes the status a capture deserves, in place of what was noted before."""
    connection.execute(
        "insert or replace into effective (capture_id, status, rule, detail) values (?, ?, ?, ?)",
        (capture_id, status, rule, storable(detail)),
    )


def validators(connection: sqlite3.Connection, key: str) -> Validators | None:
    """What may be sent in a conditional request for the URL with *key*.

    Only the newest answer with content counts: after a damaged or a missing one, or one that only looks like the page,
    it is asked for whole. One whose bytes were removed counts too: they need not come again.
    """
    row = connection.execute(
        """select capture.outcome = 'fetched' and capture.content_sha256 is not null and effective.capture_id is null,
               headers.json
           from capture join headers on headers.id = capture.response_headers_id
           left join effective on effective.capture_id = capture.id
           where capture.url_key = ? and capture.method = 'http'
               and capture.outcome in ('fetched', 'missing', 'truncated')
           order by capture.id desc limit 1""",
        (key,),
    ).fetchone()
    if not row or not row[0]:
        return None
    values = _by_name(row[1])
    found = Validators(etag=values.get("etag", ""), last_modified=values.get("last-modified", ""))
    return found if found.etag or found.last_modified else None


@of_rows
def _by_name(headers: str) -> dict[str, str]:
    return {name.lower(): value for name, value in json.loads(headers)}


def newest(connection: sqlite3.Connection, key: str) -> CaptureRow | None:
    """The newest capture of the URL with *key*, whatever it came to; None where there is none."""
    row = connection.execute(
        f"select {_COLUMNS} {_FROM} where capture.url_key = ? order by capture.id desc limit 1",
        (key,),
    ).fetchone()
    return _row(row) if row else None


def newest_whole(connection: sqlite3.Connection, key: str) -> CaptureRow | None:
    """The newest capture of the URL with *key* that came whole, None where none did."""
    row = connection.execute(
        f"""select {_COLUMNS} {_FROM} where capture.url_key = ? and capture.outcome = 'fetched'
                and capture.content_sha256 is not null order by capture.id desc limit 1""",
        (key,),
    ).fetchone()
    return _row(row) if row else None


def newest_at(connection: sqlite3.Connection) -> datetime | None:
    """When the newest capture over the network was made, by the clock of that time; None where there is none."""
    row = connection.execute(
        "select captured_at from capture where method in ('http', 'browser') order by id desc limit 1"
    ).fetchone()
    return moment(row[0]) if row else None


def is_former(connection: sqlite3.Connection, page_id: int, key: str) -> bool:
    """Whether the page was last seen at another address than the one with the URL key *key*."""
    last = connection.execute(
        """select url_key from capture where page_id = ? and outcome in ('fetched', 'not-modified')
           order by order_at desc, id desc limit 1""",
        (page_id,),
    ).fetchone()
    return last is not None and last[0] != key


def _row(row: tuple) -> CaptureRow:  # type: ignore[type-arg]
    values = dict(zip(_FIELDS, row, strict=True))
    times = {name: moment(values[name]) for name in ("captured_at", "order_at")}
    return CaptureRow(**values | times)
