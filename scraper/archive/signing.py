"""Checkpoints of the log and the keys that sign them, as they are kept in the archive."""

import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ..errors import KeyUnusable
from ..log import Checkpoint, SignedNote, Signer, Tree, VerifierKey, signed
from . import leaves
from .times import moment, stamp

EVERY = 1000  # leaves between two checkpoints, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointRow:
    """A checkpoint that is kept: its *note*, signed or not, and when it was made."""

    size: int
    root: bytes
    note: str
    created_at: datetime

    @property
    def text(self) -> str:
        """Its three lines: origin, size, root."""
        return SignedNote.parsed(self.note).text

    @property
    def is_signed(self) -> bool:
        """Whether anybody signed it."""
        return bool(SignedNote.parsed(self.note).signatures)


def newest(connection: sqlite3.Connection) -> CheckpointRow | None:
    """The newest checkpoint, None where there is none."""
    row = connection.execute(
        "select size, root, note, created_at from checkpoint order by size desc limit 1"
    ).fetchone()
    return _row(row) if row else None


def of_size(connection: sqlite3.Connection, size: int) -> CheckpointRow | None:
    """The checkpoint of *size* leaves, None where there is none."""
    row = connection.execute("select size, root, note, created_at from checkpoint where size = ?", (size,)).fetchone()
    return _row(row) if row else None


def newest_first(connection: sqlite3.Connection, least: int = 0) -> Iterator[CheckpointRow]:
    """The checkpoints of *least* leaves or more, the newest first."""
    for row in connection.execute(
        "select size, root, note, created_at from checkpoint where size >= ? order by size desc", (least,)
    ):
        yield _row(row)


def unsealed(connection: sqlite3.Connection) -> int:
    """How many leaves are in no checkpoint yet."""
    [sealed] = connection.execute("select coalesce(max(size), 0) from checkpoint").fetchone()
    return leaves.size(connection) - int(sealed)


def make(connection: sqlite3.Connection, now: datetime, signer: Signer | None) -> CheckpointRow | None:
    """A checkpoint of the log as it is now, signed where there is a *signer*; the newest where nothing is new.

    Its own last leaf says when it was made. One that nobody could sign is followed by one that is signed. None where
    the log has no leaf.
    """
    before = newest(connection)
    if not unsealed(connection) and (before is None or before.is_signed or signer is None):
        return before
    origin = name_of(connection)
    leaves.add(connection, "checkpoint", {"at": stamp(now)})
    done = before.size if before else 0
    tree = Tree(done, lambda level, index: leaves.subtree(connection, level, index))
    nodes = [node for found in leaves.hashes(connection, done) for node in tree.append(found)]
    leaves.add_nodes(connection, sorted(nodes))
    text = Checkpoint(origin=origin, size=tree.size, root=tree.root()).text
    note = signed(text, signer.named(origin)) if signer else text
    connection.execute(
        "insert into checkpoint (size, root, note, created_at) values (?, ?, ?, ?)",
        (tree.size, tree.root(), note, stamp(now)),
    )
    return newest(connection)


def keys(connection: sqlite3.Connection) -> list[VerifierKey]:
    """The public keys of the archive, the one it has now last."""
    rows = connection.execute("select key from public_key order by since")
    return [VerifierKey.parsed(key) for (key,) in rows]


def adopt(connection: sqlite3.Connection, signer: Signer, now: datetime, *, old: Signer | None) -> VerifierKey:
    """Makes the key of *signer* that of the archive from here on, and gives it with the name it has here.

    The leaf that says so is signed by it and, where there was one, by the key before it: *old*; without that one it
    only says which key it was. Raises KeyUnusable where the archive has this key already.
    """
    known = keys(connection)
    named = signer.named(name_of(connection, signer))
    if any(key.public == named.key.public for key in known):
        raise KeyUnusable(f"key {named.key.id} is one that the archive has, or had, already")
    before = known[-1] if known else None
    said = {"key": named.key.text, "at": stamp(now)} | ({"previous": before.text} if before else {})
    words = statement(said)
    signatures = {named.key.id: b64encode(named.sign(words)).decode()}
    if before and old:
        signatures[before.id] = b64encode(old.sign(words)).decode()
    seq = leaves.add(connection, "key", said | {"signatures": signatures})
    connection.execute("insert into public_key (id, key, since) values (?, ?, ?)", (named.key.id, named.key.text, seq))
    return named.key


def statement(said: dict[str, str]) -> bytes:
    """The words that keys sign when one takes the place of another."""
    return "\n".join(["fonds key", said.get("previous", ""), said["key"], said["at"], ""]).encode()


def name_of(connection: sqlite3.Connection, signer: Signer | None = None) -> str:
    """What the log is called: as ever, else as its key is, else as that of *signer*, else by what is in it."""
    before = newest(connection)
    if before:
        return Checkpoint.parsed(before.text).origin
    row = connection.execute("select key from public_key order by since limit 1").fetchone()
    if row:
        return VerifierKey.parsed(row[0]).name
    if signer:
        return signer.key.name
    return f"fonds/{leaves.subtree(connection, 0, leaves.size(connection) - 1)[:8].hex()}"


def _row(row: tuple[int, bytes, str, str]) -> CheckpointRow:
    size, root, note, created_at = row
    return CheckpointRow(size=size, root=root, note=note, created_at=moment(created_at))
