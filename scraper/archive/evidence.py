"""What vouches for one capture: its record in the log, the bytes it speaks of, and proofs under checkpoints."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..log import VerifierKey, inclusion_proof
from . import bodies, captures, leaves, signing, witnesses
from .signing import CheckpointRow
from .witnesses import WitnessRow

_HEADS = """
select request.head, request.json, response.head, response.json, capture.hops from capture
left join headers as request on request.id = capture.request_headers_id
left join headers as response on response.id = capture.response_headers_id
where capture.id = ?
"""
_NO_FIELDS = "[]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A head of HTTP: its *exact* bytes where they are known, else the *fields* kept in place of them, as JSON."""

    exact: bytes
    fields: str

    @property
    def is_empty(self) -> bool:
        """Whether there was none."""
        return not self.exact and self.fields == _NO_FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A record in the log: its number *seq* and its bytes."""

    seq: int
    record: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A checkpoint over the leaves: a proof for each of them, in their order, and what others say of the checkpoint."""

    checkpoint: CheckpointRow
    proofs: tuple[tuple[bytes, ...], ...]
    said: tuple[WitnessRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that vouches for a capture.

    *body* is as received, None where none came or where it was removed; then *leaves* has, after the capture's own
    record, the one of the removal. *hops* are the redirects before the last answer, as stored: a URL and a head each.
    """

    capture: int
    leaves: tuple[Leaf, ...]
    request: Head
    response: Head
    hops: tuple[tuple[str, bytes], ...]
    body: bytes | None = field(repr=False)
    seals: tuple[Seal, ...]
    keys: tuple[VerifierKey, ...]


def log_leaves(connection: sqlite3.Connection, capture_id: int) -> tuple[Leaf, ...]:
    """The record of a capture, and where its bytes were removed the record of that. LookupError where there is none."""
    seq = leaves.of_capture(connection, capture_id)
    if seq is None:
        raise LookupError(f"capture {capture_id} has no record in the log")
    removal = connection.execute(
        "select seq from leaf where kind = 'redaction' and capture_id = ? order by seq limit 1", (capture_id,)
    ).fetchone()
    numbers = (seq, *(removal or ()))
    return tuple(
        Leaf(seq=number, record=connection.execute("select record from leaf where seq = ?", (number,)).fetchone()[0])
        for number in numbers
    )


def evidence(connection: sqlite3.Connection, capture_id: int, sizes: Sequence[int]) -> Evidence:
    """What vouches for a capture under the checkpoints of these *sizes*, which cover its leaves.

    Raises as `bodies.load_body`, but for a body that was removed.
    """
    found = log_leaves(connection, capture_id)
    request, request_fields, response, response_fields, hops = connection.execute(_HEADS, (capture_id,)).fetchone()
    return Evidence(
        capture=capture_id,
        leaves=found,
        request=Head(exact=request or b"", fields=request_fields or _NO_FIELDS),
        response=Head(exact=response or b"", fields=response_fields or _NO_FIELDS),
        hops=tuple((hop["url"], hop.get("head", "").encode("latin-1")) for hop in json.loads(hops)),
        body=_body(connection, capture_id),
        seals=tuple(_seal(connection, size, found) for size in sizes),
        keys=tuple(signing.keys(connection)),
    )


def sizes_for(connection: sqlite3.Connection, covered: int) -> list[int]:
    """The checkpoints of *covered* leaves or more that say most, the smallest first.

    The newest one that is signed, else the newest; the first that has a time token, as that is the earliest time at
    which the capture was there; and the first that each witness has cosigned.
    """
    chosen = set()
    said: set[bytes] = set()
    for row in witnesses.of_sizes(connection, covered):
        who = b"" if row.kind == "rfc3161" else row.token.partition(b"\n")[0]
        if row.kind != "certificates" and who not in said:
            said.add(who)
            chosen.add(row.size)
    rows = list(signing.newest_first(connection, covered))
    newest = next((row for row in rows if row.is_signed), rows[0] if rows else None)
    return sorted(chosen | ({newest.size} if newest else set()))


def _seal(connection: sqlite3.Connection, size: int, found: Sequence[Leaf]) -> Seal:
    row = signing.of_size(connection, size)
    if row is None:
        raise LookupError(f"there is no checkpoint of {size} leaves")
    proofs = (
        inclusion_proof(leaf.seq, size, lambda level, index: leaves.subtree(connection, level, index))
        for leaf in found
        if leaf.seq < size
    )
    said = tuple(one for one in witnesses.of_sizes(connection, size) if one.size == size)
    return Seal(checkpoint=row, proofs=tuple(map(tuple, proofs)), said=said)


def _body(connection: sqlite3.Connection, capture_id: int) -> bytes | None:
    body_id = captures.body_id(connection, capture_id)
    if body_id is None:
        return None
    try:
        return bodies.load_body(connection, body_id)
    except bodies.RedactedBody:
        return None
