"""A leaf held against its own hash, and against the rows that it speaks of."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any

from ...errors import NotProved
from ...log import canonical, leaf_hash, reading
from .. import leaves
from .findings import EVERY, Finding, Work, one_line

_LEAF = ("seq", "kind", "capture_id", "hash", "record")
_BESIDE = ("request_head", "response_head", "before_id", "before_body")
_COLUMNS = leaves.CAPTURE_COLUMNS.count(",") + 1
_QUESTION = f"""
select leaf.seq, leaf.kind, leaf.capture_id, leaf.hash, leaf.record, {leaves.CAPTURE_COLUMNS},
    request.head, response.head, before.id, coalesce(before_body.sha256, '')
from leaf left join capture on leaf.kind = 'capture' and capture.id = leaf.capture_id
{leaves.CAPTURE_JOINS}
left join capture as before on before.id = (
    select max(id) from capture as earlier where earlier.url_key = capture.url_key and earlier.id < capture.id
)
left join body as before_body on before_body.id = before.body_id
where leaf.seq between ? and ? order by leaf.seq
"""  # noqa: S608 -- our own names
_ALONE = "select seq, kind, capture_id, hash, record from leaf where seq = ?"
# Places in what a capture's record is made of.
_PAGE, _URL_KEY, _SENT, _RECEIVED = 2, 3, 28, 30

Row = Sequence[Any]


def rows(work: Work, start: int, size: int) -> Iterator[tuple[int, Row | None]]:
    """Each leaf from *start* on, by number, with the rows it speaks of; None for one that cannot be read."""
    for first in range(start, size, EVERY):
        last = min(first + EVERY, size) - 1
        work.progress("leaves", first, size)
        try:
            found = {row[0]: row for row in work.rows.connection.execute(_QUESTION, (first, last))}
        except sqlite3.Error:  # one damaged row must not hide the others
            found = {}
        for seq in range(first, last + 1):
            yield seq, found.get(seq) or alone(work, seq)


def alone(work: Work, seq: int) -> Row | None:
    """One leaf with the rows it speaks of, without these where they cannot be read."""
    with suppress(sqlite3.Error):
        found = work.rows.connection.execute(_QUESTION, (seq, seq)).fetchone()
        return None if found is None else tuple(found)
    found = work.rows.all(_ALONE, seq)
    return (*found[0], *(None,) * (_COLUMNS + len(_BESIDE))) if found else None


def findings(work: Work, row: Row) -> Iterator[Finding]:
    """What is wrong with one leaf and with the rows it speaks of."""
    seq, kind, capture_id, hashed, record = row[: len(_LEAF)]
    captures = (capture_id,) if isinstance(capture_id, int) else ()
    if not isinstance(record, bytes) or leaf_hash(record) != hashed:
        yield Finding(check="leaf", what=f"leaf {seq} has another hash than its record", captures=captures)
    if kind == "capture":
        work.seen.update(captures)
        work.done.captures += 1
        yield from _capture(work, row, captures)
        return
    try:
        said = reading(record)
    except (NotProved, TypeError) as error:
        yield Finding(check="leaf", what=f"leaf {seq}: {one_line(error)}", captures=captures)
        return
    if (said.get("seq"), said.get("kind"), said.get("capture")) != (seq, kind, capture_id):
        yield Finding(check="leaf", what=f"leaf {seq} says another place, kind or capture", captures=captures)
    work.acts.setdefault(str(kind), []).append(said)


def _capture(work: Work, row: Row, captures: tuple[int, ...]) -> Iterator[Finding]:
    seq, record, values = row[0], row[4], row[len(_LEAF) : len(_LEAF) + _COLUMNS]
    request_head, response_head, before_id, before_body = row[len(_LEAF) + _COLUMNS :]
    if values[0] is None:
        what = f"the capture of leaf {seq} is missing or cannot be read"
        yield Finding(check="capture", what=what, captures=captures)
        return
    before = None if before_id is None else (before_id, before_body)
    recorded = "upgrade" if isinstance(record, bytes) and b'"recorded":"upgrade"' in record else ""
    expected: dict[str, Any] | None = None
    is_same = False
    with suppress(NotProved, TypeError, ValueError, LookupError, AttributeError, RecursionError):
        expected = leaves.capture_record(seq, _as_recorded(work, seq, record, values), before, recorded)
        is_same = canonical(expected) == record
    if not is_same:
        yield _difference(seq, captures, record, expected)
    for head, place, which in ((request_head, _SENT, "sent"), (response_head, _RECEIVED, "received")):
        if not _is_head(head, values[place], values[place + 1]):
            yield Finding(check="capture", what=f"the head {which} is not the one recorded", captures=captures)


def _as_recorded(work: Work, seq: int, record: bytes, values: Row) -> Row:
    """The columns of a capture, with the page it was of when it was made where it was given to this one since."""
    moves = work.moves.get(values[_URL_KEY])
    if not moves:
        return values
    page = told = reading(record).get("page")
    for at, from_page, to_page in moves:
        page = to_page if at > seq and page == from_page else page
    return (*values[:_PAGE], told if page == values[_PAGE] else None, *values[_PAGE + 1 :])


def _difference(seq: int, captures: tuple[int, ...], record: object, expected: dict[str, Any] | None) -> Finding:
    try:
        said = reading(record if isinstance(record, bytes) else b"")
    except NotProved as error:
        return Finding(check="leaf", what=f"leaf {seq}: {one_line(error)}", captures=captures)
    if expected is None:
        return Finding(check="capture", what="it holds what no capture can", captures=captures)
    names = sorted(name for name in {*said, *expected} if said.get(name) != expected.get(name))
    if names == ["previous"]:
        what = "the capture before it at its URL is not the one recorded"
        return Finding(check="chain", what=what, captures=captures)
    what = f"recorded otherwise than stored: {', '.join(names) or 'a value of another type'}"
    return Finding(check="capture", what=what, captures=captures)


def _is_head(head: object, digest: object, text: object) -> bool:
    """Whether a head, or the fields kept in place of one, have the digest they are known by."""
    try:
        data = head if isinstance(head, bytes) and head else str(text).encode("ascii")
    except UnicodeEncodeError:
        return False
    return sha256(data).hexdigest() == digest
