"""Bodies read: decoded along their bases, checked by their digest each time."""

import sqlite3
from dataclasses import dataclass, replace
from hashlib import sha256

from ...bounds import Bounds
from ...coding import BodyDecoder, BodyError, decoded
from ...packing import Recipe, library_of, packed_again
from .frames import FrameError, unpacked
from .recent import Bytes
from .row import DamagedBody, Row, id_of, row_of

MOST_BASE_BYTES = 8 * 2**20  # a longer body stands alone and nothing is stored beside it
MOST_STEPS = 8  # more than any body of ours has before it; in a file from elsewhere bases may go on and on, or round


class RedactedBody(Exception):
    """The bytes were removed on purpose."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a body means as a capture has it on record: its *coding* undone, *size* bytes with the digest *sha256*."""

    coding: str
    size: int
    sha256: str


class NotMadeHere(Exception):
    """The content of a body is whole, but the libraries here do not pack it into the bytes that were received."""


def load_body(connection: sqlite3.Connection, body_id: int, bases: Bytes | None = None) -> bytes:
    """The bytes of a body; *bases* has those of others from earlier readings and is added to.

    Raises DamagedBody when they are not those that were stored, NotMadeHere when only packing them again fails,
    RedactedBody when they were removed on purpose.
    """
    row = row_of(connection, body_id)
    try:
        data = unpack(row, _base(connection, row, bases or Bytes(0), 1))
    except (FrameError, DamagedBody, NotMadeHere):
        data = None
    if data is not None and sha256(data).hexdigest() == row.sha256:
        return data
    return _looked_into(connection, chain_of(connection, body_id))


def load_content(connection: sqlite3.Connection, body_id: int, meant: Content, bases: Bytes | None = None) -> bytes:
    """What a body means. Raises as `load_body` does."""
    coding, size, digest = meant.coding, meant.size, meant.sha256
    kept = id_of(connection, digest) if coding else None
    if kept is not None:
        return load_body(connection, kept, bases)
    received = load_body(connection, body_id, bases)
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


def chain_of(connection: sqlite3.Connection, body_id: int) -> list[Row]:
    """The row of a body and those it is stored beside, down to one that stands alone. Raises DamagedBody."""
    chain = [row_of(connection, body_id)]
    while (base_id := chain[-1].base_id) is not None:
        if len(chain) > MOST_STEPS:
            raise DamagedBody(f"{chain[0].name}: over {MOST_STEPS} bodies, each stored beside the next")
        chain.append(row_of(connection, base_id))
    return chain


def base_content(data: bytes, coding: str) -> bytes:
    """The content of a body that another one is stored beside. Raises DamagedBody where its *coding* is not whole."""
    if not coding:
        return data
    bounds = Bounds(wire_bytes=len(data), body_bytes=MOST_BASE_BYTES, ratio_from=MOST_BASE_BYTES)
    try:
        decoder = BodyDecoder(coding, bounds)
        decoder.feed(data)
        return decoder.finish()
    except BodyError as error:
        raise DamagedBody(f"a body with coding '{coding}' does not decode: {error}") from error


def unpack(row: Row, base: bytes | None) -> bytes:
    """The bytes of *row*, whose base has the content *base*. Raises FrameError, DamagedBody, NotMadeHere, RedactedBody.

    Their digest is left to be checked, but where they are packed again: there it tells damage from another library.
    """
    if row.codec == "raw":
        return row.data
    if row.codec == "zstd":
        return unpacked(row.data, row.size)
    if row.codec == "redacted":
        raise RedactedBody(f"{row.name}: its bytes were removed on purpose; their digest and length are kept")
    if base is None or row.codec not in {"delta", "host", "again"}:
        raise DamagedBody(f"{row.name}: how it is stored is damaged")
    return _again(row, base) if row.codec == "again" else unpacked(row.data, row.size, base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The bytes of a body, None where there are none.

    *problem* is what is wrong with them, "" for nothing: with one, bytes have another digest. *remark* is what is
    wrong with how they are stored although they can be had.
    """

    data: bytes | None
    problem: str = ""
    remark: str = ""


def decode(connection: sqlite3.Connection, row: Row, base: bytes | None) -> Decoded:
    """*row* decoded, whose base is *base*, by its second copy where need be. Raises NotMadeHere and RedactedBody."""
    found = connection.execute("select data from body_copy where body_id = ?", (row.id,)).fetchone()
    second = found[0] if found else row.data
    first = _tried(row, base)
    if not first.problem:
        copied = "" if second == row.data else "its second copy is damaged"
        return replace(first, remark=copied if row.is_sealed else "its row is damaged, but not its bytes")
    by_copy = _tried(replace(row, data=second), base)
    if by_copy.problem:
        return first
    return replace(by_copy, remark=f"{first.problem}; its second copy is whole")


def _base(connection: sqlite3.Connection, row: Row, bases: Bytes, step: int) -> bytes | None:
    """The content of what *row* is stored beside, None where it stands alone."""
    if row.base_id is None:
        return None
    if step > MOST_STEPS:
        raise DamagedBody(f"{row.name}: over {MOST_STEPS} bodies, each stored beside the next")
    base = row_of(connection, row.base_id)
    known = bases.get(base.sha256, row.base_coding)
    if known is None:
        known = base_content(unpack(base, _base(connection, base, bases, step + 1)), row.base_coding)
        bases.put(base.sha256, row.base_coding, known)
    return known


def _looked_into(connection: sqlite3.Connection, chain: list[Row]) -> bytes:
    """The bytes of a body that did not decode at once: by a second copy, else what is damaged is named."""
    data, found, problem = None, "", ""
    for row in reversed(chain):
        try:
            decoded_row = decode(connection, row, data)
        except NotMadeHere:
            if found:  # nothing is known of the library where the content is damaged
                break
            raise
        data, problem = decoded_row.data, decoded_row.problem
        if problem and not found:
            found = problem if row is chain[0] else f"{row.name}, which it is stored beside: {problem}"
    else:
        if data is not None and not problem:
            return data
    raise DamagedBody(f"{chain[0].name}: {found}")


def _tried(row: Row, base: bytes | None) -> Decoded:
    try:
        data = unpack(row, None if base is None else base_content(base, row.base_coding))
    except (FrameError, DamagedBody) as error:
        return Decoded(data=None, problem=str(error).removeprefix(f"{row.name}: "))
    same = len(data) == row.size and sha256(data).hexdigest() == row.sha256
    return Decoded(data=data, problem="" if same else "the stored bytes have another digest")


def _again(row: Row, base: bytes) -> bytes:
    if not row.is_sealed:
        raise DamagedBody(f"{row.name}: how it was packed is damaged; its content is not")
    try:
        recipe = Recipe.from_bytes(row.data)
        data = packed_again(base, recipe)
    except (ValueError, TypeError) as error:
        raise DamagedBody(f"{row.name}: how it was packed is damaged; its content is not") from error
    if sha256(data).hexdigest() == row.sha256:
        return data
    here = library_of(recipe.kind)
    message = f"its content is whole, but the bytes received cannot be packed again here: that took {recipe.library}"
    raise NotMadeHere(f"{row.name}: {message}, and this is {here}; read it where that one is")
