"""Bodies read: decoded along their bases, checked by their digest each time."""

import sqlite3
from dataclasses import dataclass, replace
from hashlib import sha256

from ...bounds import Bounds
from ...coding import BodyDecoder, BodyError, decoded
from ...packing import Recipe, library_of, packed_again
from .frames import FrameError, unpacked

MOST_BASE_BYTES = 8 * 2**20  # a longer body stands alone and nothing is stored beside it
_MOST_STEPS = 32  # a file from elsewhere may have bases that go round
_SUM_CHARS = 16


class DamagedBody(Exception):
    """The stored bytes are not those that were kept."""


class RedactedBody(Exception):
    """The bytes were removed on purpose."""


class NotMadeHere(Exception):
    """The content of a body is whole, but the libraries here do not pack it into the bytes that were received."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `body`."""

    id: int
    sha256: str
    codec: str
    size: int
    base_id: int | None
    base_coding: str
    position: int
    data: bytes

    @property
    def name(self) -> str:
        """How the body is called in messages."""
        return f"body {self.sha256[:16]}"


_SELECT = "select id, sha256, codec, bytes, base_id, base_coding, position, data from body"


def row_of(connection: sqlite3.Connection, body_id: int) -> Row:
    """The row of a body. Raises DamagedBody where there is none."""
    found = connection.execute(f"{_SELECT} where id = ?", (body_id,)).fetchone()
    if found is None:
        raise DamagedBody(f"body {body_id} is not there")
    return Row(*found)


def id_of(connection: sqlite3.Connection, digest: str) -> int | None:
    """The number of the body with *digest*, None where there is none."""
    row = connection.execute("select id from body where sha256 = ?", (digest,)).fetchone()
    return int(row[0]) if row else None


def load_body(connection: sqlite3.Connection, body_id: int) -> bytes:
    """The bytes of a body.

    Raises DamagedBody when they are not those that were stored, NotMadeHere when only packing them again fails,
    RedactedBody when they were removed on purpose.
    """
    chain = _chain(connection, body_id)
    try:
        data = _decoded(chain)
    except (FrameError, DamagedBody):
        data = None
    if data is not None and sha256(data).hexdigest() == chain[0].sha256:
        return data
    return _looked_into(connection, chain)


def load_content(connection: sqlite3.Connection, body_id: int, coding: str, size: int, digest: str) -> bytes:
    """What a body means: *size* bytes with *digest*, its *coding* undone. Raises as `load_body` does."""
    if not coding:
        return content(load_body(connection, body_id), "", size, digest)
    kept = id_of(connection, digest)
    if kept is not None:
        return load_body(connection, kept)
    return content(load_body(connection, body_id), coding, size, digest)


def content(received: bytes, coding: str, size: int, digest: str) -> bytes:
    """What *received* means: *size* bytes with *digest*, its *coding* undone. Raises DamagedBody for anything else."""
    try:
        data = decoded(received, coding, size=size) if coding else received
    except BodyError as error:
        raise DamagedBody(f"content {digest[:16]}: {error}") from error
    if sha256(data).hexdigest() != digest:
        raise DamagedBody(f"content {digest[:16]}: the stored bytes decode to another digest")
    return data


def largest_bytes(connection: sqlite3.Connection) -> int:
    """Length of the largest body, 0 where there is none."""
    return int(connection.execute("select coalesce(max(bytes), 0) from body").fetchone()[0])


def unpack(row: Row, base: bytes | None) -> bytes:
    """The bytes of *row*, whose base has the content *base*. Raises FrameError, DamagedBody, NotMadeHere, RedactedBody.

    Their digest is left to be checked, but where they are packed again: there it tells damage from another library.
    """
    if row.codec == "raw":
        return row.data
    if row.codec == "redacted":
        raise RedactedBody(f"{row.name}: the bytes were removed; their digest and length are kept")
    if row.codec == "again":
        return _again(row, base or b"")
    if row.codec == "delta" and base is None:
        raise DamagedBody(f"{row.name}: what it is stored beside cannot be read")
    return unpacked(row.data, row.size, base if row.codec == "delta" else None)


def base_content(data: bytes, coding: str) -> bytes:
    """The content of a body that another one is stored beside. Raises DamagedBody where its *coding* is not whole."""
    if not coding:
        return data
    decoder = BodyDecoder(coding, Bounds(wire_bytes=len(data), body_bytes=MOST_BASE_BYTES, ratio_from=MOST_BASE_BYTES))
    try:
        decoder.feed(data)
        return decoder.finish()
    except BodyError as error:
        raise DamagedBody(f"a body with coding '{coding}' does not decode: {error}") from error


def sealed(recipe: Recipe, digest: str) -> bytes:
    """*recipe* for the bytes with *digest* as it is stored, with a sum by which damage to it is known."""
    told = recipe.to_bytes()
    return told + b" " + _sum(told, digest)


def copy_of(connection: sqlite3.Connection, body_id: int) -> bytes | None:
    """The second copy of the stored bytes of a body, None where there is none."""
    row = connection.execute("select data from body_copy where body_id = ?", (body_id,)).fetchone()
    return row[0] if row else None


def _sum(told: bytes, digest: str) -> bytes:
    return sha256(told + digest.encode()).hexdigest()[:_SUM_CHARS].encode()


def _again(row: Row, base: bytes) -> bytes:
    told, _, seal = row.data.rpartition(b" ")
    if seal != _sum(told, row.sha256):
        raise DamagedBody(f"{row.name}: how it was packed is damaged; its content is not")
    recipe = Recipe.from_bytes(told)
    try:
        data = packed_again(base, recipe)
    except ValueError:
        data = b""
    if sha256(data).hexdigest() == row.sha256:
        return data
    here = library_of(recipe.kind)
    message = f"its content is whole, but the bytes received cannot be packed again here: that took {recipe.library}"
    raise NotMadeHere(f"{row.name}: {message}, and this is {here}; read it where that one is")


def _chain(connection: sqlite3.Connection, body_id: int) -> list[Row]:
    """The row of a body and those it is stored beside, down to one that stands alone."""
    chain = [row_of(connection, body_id)]
    while (base_id := chain[-1].base_id) is not None:
        if len(chain) > _MOST_STEPS:
            raise DamagedBody(f"{chain[0].name}: over {_MOST_STEPS} bodies, each stored beside the next")
        chain.append(row_of(connection, base_id))
    return chain


def _decoded(chain: list[Row]) -> bytes:
    data: bytes | None = None
    for row in reversed(chain):
        data = unpack(row, None if data is None else base_content(data, row.base_coding))
    return data or b""


def _looked_into(connection: sqlite3.Connection, chain: list[Row]) -> bytes:
    """The bytes of a body that did not decode at once: by a second copy, else what is damaged is named."""
    data: bytes | None = None
    for row in reversed(chain):
        data, problem = decode(connection, row, None if data is None else base_content(data, row.base_coding))
        if problem and (data is None or row is chain[0]):
            where = "" if row is chain[0] else f"{row.name}, which it is stored beside: "
            raise DamagedBody(f"{chain[0].name}: {where}{problem}")
    return data or b""


def decode(connection: sqlite3.Connection, row: Row, base: bytes | None) -> tuple[bytes | None, str]:
    """The bytes of *row*, None where there are none, and what is wrong with them, "" for nothing.

    A second copy counts where there is one. Bytes with something wrong have another digest. NotMadeHere and
    RedactedBody are raised as `unpack` does.
    """
    data, problem = _tried(row, base)
    if problem and (second := copy_of(connection, row.id)) is not None:
        copied, still = _tried(replace(row, data=second), base)
        if not still:
            return copied, ""
    return data, problem


def _tried(row: Row, base: bytes | None) -> tuple[bytes | None, str]:
    try:
        data = unpack(row, base)
    except (FrameError, DamagedBody) as error:
        return None, str(error).removeprefix(f"{row.name}: ")
    same = sha256(data).hexdigest() == row.sha256
    return data, "" if same else "the stored bytes have another digest"
