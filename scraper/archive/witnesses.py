"""What others say of checkpoints, and what the archive itself saw of other logs.

Kept beside a checkpoint of ours: time tokens, the certificates that they were checked by, cosignatures. Rows are only
ever added. A checkpoint of another log that the archive cosigned is a leaf of its own log: what it saw, and when, is
evidence too.
"""

import json
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from ..log import Checkpoint, VerifierKey
from . import leaves
from .times import moment, stamp

# rfc3161: the whole answer of a time authority. certificates: the roots, in PEM, that answers were checked by.
# cosignature: the witness's public key and its line, each ended by a line feed.
WitnessKind = Literal["rfc3161", "certificates", "cosignature"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessRow:
    """What somebody else says of the checkpoint of *size* leaves: a *token* of its *kind*, kept since *added_at*."""

    size: int
    kind: WitnessKind
    token: bytes = field(repr=False)
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    """The newest checkpoint that this archive cosigned of another log, whose signature was by *key*, and when."""

    checkpoint: Checkpoint
    key: VerifierKey
    seen_at: datetime


def add(connection: sqlite3.Connection, row: WitnessRow) -> bool:
    """Keeps *row*; False where the very same is kept already."""
    known = connection.execute(
        "select 1 from witness where size = ? and kind = ? and token = ?", (row.size, row.kind, row.token)
    ).fetchone()
    if known:
        return False
    connection.execute(
        "insert into witness (size, kind, token, added_at) values (?, ?, ?, ?)",
        (row.size, row.kind, row.token, stamp(row.added_at)),
    )
    return True


def of_sizes(connection: sqlite3.Connection, least: int = 0) -> list[WitnessRow]:
    """What is kept of checkpoints of *least* leaves or more, by their size, in the order it came."""
    rows = connection.execute(
        "select size, kind, token, added_at from witness where size >= ? order by size, id", (least,)
    )
    return [WitnessRow(size=size, kind=kind, token=token, added_at=moment(at)) for size, kind, token, at in rows]


def newest_seen(connection: sqlite3.Connection, origin: str) -> SeenRow | None:
    """What was last cosigned of the log called *origin*, None where nothing was."""
    for said in _acts(connection, "witnessed"):
        if said["origin"] == origin:
            root = b64decode(said["root"], validate=True)
            checkpoint = Checkpoint(origin=origin, size=said["size"], root=root)
            return SeenRow(checkpoint=checkpoint, key=VerifierKey.parsed(said["key"]), seen_at=moment(said["at"]))
    return None


def add_seen(connection: sqlite3.Connection, seen: SeenRow, note: str) -> None:
    """Adds the leaf of a checkpoint of another log that is cosigned, with its signed *note*."""
    leaves.add(connection, "witnessed", _fields(seen) | {"note": note})


def add_fork(connection: sqlite3.Connection, seen: SeenRow, note: str, why: str) -> bool:
    """Adds the leaf of a checkpoint that does not go on from the one seen before; False where it has one already."""
    if any(said["note"] == note for said in _acts(connection, "fork")):
        return False
    leaves.add(connection, "fork", _fields(seen) | {"note": note, "why": why})
    return True


def _fields(seen: SeenRow) -> dict[str, str | int]:
    told = seen.checkpoint
    return {
        "origin": told.origin,
        "size": told.size,
        "root": b64encode(told.root).decode(),
        "key": seen.key.text,
        "at": stamp(seen.seen_at),
    }


def _acts(connection: sqlite3.Connection, kind: str) -> Iterator[dict[str, Any]]:
    """The records of leaves of a kind, the newest first."""
    for (record,) in connection.execute("select record from leaf where kind = ? order by seq desc", (kind,)):
        yield json.loads(record)
