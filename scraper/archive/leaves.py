"""Leaves of the log: what was observed and done, in canonical form, added in the transaction that keeps it.

A record is written once and never made again; columns elsewhere are copies of it, and `fixity` compares the two. What
is empty is left out of a record. Numbers with a fraction are text, as Python writes them, since canonical JSON has none
that all programs read alike.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from ..log import Value, canonical, leaf_hash
from .damage import read_json
from .schema import SCHEMA_VERSION

VERSION = 1  # of the records' form

_ANY = 2**63 - 1  # beyond every number of a row
_INSERT = "insert into leaf (seq, kind, capture_id, hash, record) values (?, ?, ?, ?, ?)"
_PREVIOUS = """
select capture.id, coalesce(body.sha256, '') from capture left join body on body.id = capture.body_id
where capture.url_key = ? and capture.id < ? order by capture.id desc limit 1
"""
# What the record of a capture is made of, in the order of `capture_record`.
CAPTURE_COLUMNS = """
capture.id, capture.crawl_id, capture.page_id, capture.url_key, capture.url, capture.final_url, capture.captured_at,
capture.order_at, capture.method, capture.outcome, capture.status, capture.content_type, capture.coding,
capture.content_sha256, capture.content_bytes, capture.wire_bytes, capture.hops, capture.address, capture.tls,
capture.certificate_sha256, capture.robots, capture.pace, capture.waited_s, capture.attempts, capture.reason,
capture.server_date, capture.monotonic_s, capture.duration_s, request.digest, request.json, response.digest,
response.json, body.sha256, body.bytes
"""
CAPTURE_JOINS = """
left join headers as request on request.id = capture.request_headers_id
left join headers as response on response.id = capture.response_headers_id
left join body on body.id = capture.body_id
"""
# Which turns the stored history of pages took: a page that is gone, and one that is back.
_TURNS = """
select case when version.kind = 'tombstone' then 'tombstone' else 'return' end, version.page_id, page.url,
    version.capture_id, coalesce(version.seen_after, ''), version.first_seen
from version
join page on page.id = version.page_id
left join version as before on before.page_id = version.page_id and before.seq = version.seq - 1
where version.kind = 'tombstone' or before.kind = 'tombstone'
order by version.first_seen, version.id
"""


def size(connection: sqlite3.Connection) -> int:
    """How many leaves the log has."""
    return int(connection.execute("select coalesce(max(seq), -1) + 1 from leaf").fetchone()[0])


def add(
    connection: sqlite3.Connection, kind: str, fields: Mapping[str, Value], *, capture_id: int | None = None
) -> int:
    """Adds a leaf of *kind* with *fields* and gives its number."""
    seq = size(connection)
    capture = {} if capture_id is None else {"capture": capture_id}
    record = canonical({"v": VERSION, "seq": seq, "kind": kind, **capture, **fields})
    connection.execute(_INSERT, (seq, kind, capture_id, leaf_hash(record), record))
    return seq


def previous(connection: sqlite3.Connection, url_key: str, before: int = _ANY) -> tuple[int, str] | None:
    """The newest capture of a URL, of those *before* a number, with its body's digest ("" for none); None for none."""
    row: tuple[int, str] | None = connection.execute(_PREVIOUS, (url_key, before)).fetchone()
    return row


def add_capture(
    connection: sqlite3.Connection, values: Sequence[Any], before: tuple[int, str] | None, *, recorded: str = ""
) -> int:
    """Adds the leaf of a capture, *values* by CAPTURE_COLUMNS and *before* by `previous`, and gives its number.

    *recorded* says so where that is later than the capture.
    """
    seq = size(connection)
    record = canonical(capture_record(seq, values, before, recorded))
    connection.execute(_INSERT, (seq, "capture", values[0], leaf_hash(record), record))
    return seq


def capture_record(
    seq: int, values: Sequence[Any], before: tuple[int, str] | None, recorded: str = ""
) -> dict[str, Value]:
    """The record of a capture, made from what its columns hold."""
    (
        capture_id, crawl_id, page_id, url_key, url, final_url, captured_at, order_at, method, outcome, status,
        content_type, coding, content_sha256, content_bytes, wire_bytes, hops, address, tls, certificate_sha256,
        robots, pace, waited_s, attempts, reason, server_date, monotonic_s, duration_s, request, request_json,
        response, response_json, body_sha256, body_bytes,
    ) = values  # fmt: skip
    record: dict[str, Value] = {
        "v": VERSION,
        "seq": seq,
        "kind": "capture",
        "capture": capture_id,
        "url": url,
        "captured_at": captured_at,
        "method": method,
        "outcome": outcome,
        "complete": content_sha256 is not None,
        "request_sha256": request,
        "response_sha256": response,
        # Request and response as fields, redirects, and the key of the URL, as they are stored.
        "columns_sha256": sha256(f"{request_json}\n{response_json}\n{hops}\n{url_key}".encode()).hexdigest(),
        "wire_bytes": wire_bytes,
        "waited_s": _seconds(waited_s),
        "attempts": attempts,
        "monotonic_s": _seconds(monotonic_s),
        "duration_s": _seconds(duration_s),
    }
    numbers = {"crawl": crawl_id, "page": page_id, "status": status}
    texts = {
        "content_type": content_type,
        "coding": coding,
        "address": address,
        "tls": tls,
        "certificate_sha256": certificate_sha256,
        "robots": robots,
        "pace": pace,
        "reason": reason,
        "server_date": server_date,
        "recorded": recorded,
    }
    record |= {name: number for name, number in numbers.items() if number is not None}
    record |= {name: text for name, text in texts.items() if text != ""}
    if final_url != url:
        record["final_url"] = final_url
    if order_at != captured_at:
        record["order_at"] = order_at
    if body_sha256 is not None:
        record["body"] = {"sha256": body_sha256, "bytes": body_bytes}
    if content_sha256 is not None and (content_sha256, content_bytes) != (body_sha256, body_bytes):
        record["content"] = {"sha256": content_sha256, "bytes": content_bytes}
    if hops != "[]":
        record["hops"] = _hops(hops)
    if before is not None:
        record["previous"] = {"capture": before[0]} | ({"body_sha256": before[1]} if before[1] else {})
    return record


def add_turn(
    connection: sqlite3.Connection, turn: Sequence[Any], *, withdrawn: bool = False, recorded: str = ""
) -> None:
    """Adds the leaf of a page that is gone or back: kind, page, its URL, capture, last sight before, first sight."""
    kind, page_id, url, capture_id, seen_after, first_seen = turn
    fields: dict[str, Value] = {"page": page_id, "url": url, "first_seen": first_seen}
    fields |= {"seen_after": seen_after} if seen_after else {}
    fields |= {"withdrawn": True} if withdrawn else {}
    add(connection, kind, fields | _recorded(recorded), capture_id=capture_id)


def add_merge(
    connection: sqlite3.Connection, row: Sequence[Any], *, origin: int | None = None, recorded: str = ""
) -> None:
    """Adds the leaf of a URL that is a page's from now on: URL, page, how that is known, capture (None for none).

    *origin* is the page whose it was, and whose captures at that URL come with it.
    """
    url, page_id, how, capture_id = row
    fields: dict[str, Value] = {"url": url, "page": page_id, "how": how}
    fields |= {} if origin is None else {"from": origin}
    add(connection, "merge", fields | _recorded(recorded), capture_id=capture_id)


def add_split(connection: sqlite3.Connection, url: str, from_page: int, page_id: int) -> None:
    """Adds the leaf of a URL that is another page's own from now on, with the captures asked at it."""
    add(connection, "split", {"url": url, "page": page_id, "from": from_page})


def add_release(connection: sqlite3.Connection, capture_id: int, at: str, *, recorded: str = "") -> None:
    """Adds the leaf of a capture that somebody accepted."""
    add(connection, "release", {"at": at} | _recorded(recorded), capture_id=capture_id)


def add_crawl(
    connection: sqlite3.Connection, crawl_id: int, at: str, sources: Sequence[str], *, recorded: str = ""
) -> None:
    """Adds the leaf of a crawl that begins."""
    begun: dict[str, Value] = {"crawl": crawl_id, "begun_at": at, "sources": list(sources)}
    add(connection, "crawl", begun | _recorded(recorded))


def add_crawl_end(connection: sqlite3.Connection, crawl_id: int, at: str, counts: Mapping[str, int]) -> None:
    """Adds the leaf of a crawl that is complete, with what it counted."""
    add(connection, "crawl", {"crawl": crawl_id, "ended_at": at, "counts": dict(counts)})


def note_tool(connection: sqlite3.Connection, tool: Mapping[str, Value]) -> None:
    """Adds the leaf of the program that records from here on, unless the last one of its kind says the same."""
    row = connection.execute("select record from leaf where kind = 'tool' order by seq desc limit 1").fetchone()
    before = read_json(row[0]) if row else {}
    if any(before.get(name) != value for name, value in tool.items()):
        add(connection, "tool", tool)


def catch_up(connection: sqlite3.Connection) -> None:
    """Makes leaves for all that an archive of an older fonds holds, marked as recorded at the upgrade."""
    select = f"select {CAPTURE_COLUMNS} from capture {CAPTURE_JOINS} order by capture.id"  # noqa: S608 -- our own names
    crawls = connection.execute("select id, started_at, sources from crawl order by id").fetchall()
    count = connection.execute("select count(*) from capture").fetchone()[0]
    if not count and not crawls:
        return
    add(connection, "upgrade", {"captures": count, "schema": SCHEMA_VERSION})
    for number, started_at, sources in crawls:
        add_crawl(connection, number, started_at, json.loads(sources), recorded="upgrade")
    for values in connection.execute(select):
        add_capture(connection, values, previous(connection, values[3], values[0]), recorded="upgrade")
    for row in connection.execute("select capture_id, released_at from release order by released_at, capture_id"):
        add_release(connection, *row, recorded="upgrade")
    for row in merges(connection):
        add_merge(connection, row, recorded="upgrade")
    for row in turns(connection):
        add_turn(connection, row, recorded="upgrade")


def merges(connection: sqlite3.Connection) -> list[tuple[str, int, str, int | None]]:
    """The URLs that are a page's besides the one it was first asked at: URL, page, how that is known, capture."""
    return connection.execute(
        "select url, page_id, how, capture_id from page_url where how <> 'asked' order by rowid"
    ).fetchall()


def turns(connection: sqlite3.Connection) -> list[tuple[str, int, str, int, str, str]]:
    """The turns in the history of all pages, as `add_turn` takes them."""
    return connection.execute(_TURNS).fetchall()


def of_capture(connection: sqlite3.Connection, capture_id: int) -> int | None:
    """The leaf of a capture, None where there is none.

    The leaves of captures are in the order of their numbers, so it is looked for by halves: an index would have to be
    written with every capture.
    """
    question = "select seq, capture_id from leaf where seq between ? and ? and kind = 'capture' order by seq limit 1"
    low, high = 0, size(connection) - 1
    while low <= high:
        middle = (low + high) // 2
        row = connection.execute(question, (middle, high)).fetchone()
        if row is None or row[1] > capture_id:
            high = middle - 1
        elif row[1] < capture_id:
            low = row[0] + 1
        else:
            return int(row[0])
    return None


def hashes(connection: sqlite3.Connection, start: int) -> Iterator[bytes]:
    """The hashes of the leaves from *start* on."""
    for (found,) in connection.execute("select hash from leaf where seq >= ? order by seq", (start,)):
        yield found


def subtree(connection: sqlite3.Connection, level: int, index: int) -> bytes:
    """The hash of a complete subtree, as it is kept. Raises LookupError where it is not."""
    question = (
        "select hash from log_node where level = ? and idx = ?" if level else "select hash from leaf where seq = ?"
    )
    row = connection.execute(question, (level, index) if level else (index,)).fetchone()
    if row is None:
        raise LookupError(f"node {index} of level {level} of the log is missing")
    return bytes(row[0])


def add_nodes(connection: sqlite3.Connection, nodes: Iterable[tuple[int, int, bytes]]) -> None:
    """Keeps nodes that are complete: level, index and hash of each."""
    connection.executemany("insert into log_node (level, idx, hash) values (?, ?, ?)", nodes)


def _seconds(value: float) -> str:
    return repr(float(value) + 0.0)  # SQLite keeps no sign of zero


def _hops(text: str) -> list[Value]:
    found: list[Value] = []
    for hop in json.loads(text):
        head = hop.pop("head", "")
        kept = {name: value for name, value in hop.items() if value not in ("", False)}
        found.append(kept | ({"head_sha256": sha256(head.encode("latin-1")).hexdigest()} if head else {}))
    return found


def _recorded(recorded: str) -> dict[str, Value]:
    return {"recorded": recorded} if recorded else {}
