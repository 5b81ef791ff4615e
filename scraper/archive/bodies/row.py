"""A row of `body`: how its bytes are stored, sealed against damage, and the one door to store them in another form."""

import sqlite3
from dataclasses import dataclass
from zlib import crc32

CODECS = ("raw", "zstd", "delta", "host", "again", "redacted")
_SELECT = "select id, sha256, codec, bytes, base_id, base_coding, seal, data from body where id = ?"
_INSERT = """insert into body (sha256, codec, bytes, base_id, base_coding, seal, data) values (?, ?, ?, ?, ?, ?, ?)"""
_UPDATE = "update body set codec = ?, base_id = ?, base_coding = ?, seal = ?, data = ? where id = ?"


class DamagedBody(Exception):
    """The stored bytes are not those that were kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How bytes are stored: by *codec* as *data*, beside the content of a base where they are."""

    codec: str
    data: bytes
    base_id: int | None = None
    base_coding: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `body`."""

    id: int
    sha256: str
    codec: str
    size: int
    base_id: int | None
    base_coding: str
    seal: int
    data: bytes

    @property
    def name(self) -> str:
        """How the body is called in messages."""
        return f"body {self.sha256[:16]}"

    @property
    def is_sealed(self) -> bool:
        """Whether the row is as it was written, to the bit: some damage would change nothing that is read."""
        return self.seal == seal(self.sha256, self.codec, self.size, self.base_id, self.base_coding, self.data)


def seal(sha256: str, codec: str, size: int, base_id: int | None, base_coding: str, data: bytes) -> int:
    """A sum over all of a row of `body`."""
    return crc32(data, crc32(f"{sha256} {codec} {size} {base_id} {base_coding} ".encode()))


def row_of(connection: sqlite3.Connection, body_id: int) -> Row:
    """The row of a body. Raises DamagedBody where there is none that fonds can have written."""
    try:
        found = connection.execute(_SELECT, (body_id,)).fetchone()
    except sqlite3.DatabaseError as error:
        raise DamagedBody(f"body {body_id}: {error}") from error
    if found is None:
        raise DamagedBody(f"body {body_id} is not there")
    row = Row(*found)
    if not (isinstance(row.data, bytes) and isinstance(row.sha256, str) and isinstance(row.size, int)):
        raise DamagedBody(f"body {body_id}: its row is not one that fonds wrote")
    return row


def id_of(connection: sqlite3.Connection, digest: str) -> int | None:
    """The number of the body with *digest*, None where there is none."""
    found = connection.execute("select id from body where sha256 = ?", (digest,)).fetchone()
    return int(found[0]) if found else None


def insert(connection: sqlite3.Connection, digest: str, size: int, form: Form) -> int:
    """The number of a new body."""
    sealed = seal(digest, form.codec, size, form.base_id, form.base_coding, form.data)
    row = (digest, form.codec, size, form.base_id, form.base_coding, sealed, form.data)
    return int(connection.execute(_INSERT, row).lastrowid or 0)


def put_back(connection: sqlite3.Connection, number: int, digest: str, size: int, form: Form) -> None:
    """Adds the row of a body that is not there any more under the number that it had."""
    sealed = seal(digest, form.codec, size, form.base_id, form.base_coding, form.data)
    row = (number, digest, form.codec, size, form.base_id, form.base_coding, sealed, form.data)
    connection.execute(
        """insert into body (id, sha256, codec, bytes, base_id, base_coding, seal, data)
           values (?, ?, ?, ?, ?, ?, ?, ?)""",
        row,
    )


def rewrite(connection: sqlite3.Connection, row: Row, form: Form) -> None:
    """Stores the bytes of a body in another form, inside the transaction that is open.

    The triggers let the row be written while `rewriting` names it, and never its digest and length. What `rewriting`
    names refers to what cannot be, so that a transaction which left the door open could not be committed.
    """
    sealed = seal(row.sha256, form.codec, row.size, form.base_id, form.base_coding, form.data)
    connection.execute("insert into rewriting (body_id) values (?)", (row.id,))
    connection.execute(_UPDATE, (form.codec, form.base_id, form.base_coding, sealed, form.data, row.id))
    connection.execute("delete from rewriting where body_id = ?", (row.id,))
    connection.execute("update body_copy set data = ? where body_id = ?", (form.data, row.id))
