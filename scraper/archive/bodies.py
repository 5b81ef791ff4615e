"""Bodies: bytes kept once by their digest, compressed, verified when written and again at each read."""

import sqlite3
import sys
from hashlib import sha256

from ..coding import BodyError, decoded

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ZSTD_LEVEL = 9


class DamagedBody(Exception):
    """The stored bytes are not those that were kept."""


def store_body(connection: sqlite3.Connection, data: bytes, *, is_coded: bool) -> int:
    """The number of the body *data*, stored now unless it was before.

    What came compressed (*is_coded*) is kept so: it gets no smaller.
    """
    digest = sha256(data).hexdigest()
    row = connection.execute("select id from body where sha256 = ?", (digest,)).fetchone()
    if row:
        return int(row[0])
    codec, packed = ("raw", data) if is_coded else _pack(data)
    if packed is not data and sha256(_unpack(codec, packed, len(data))).hexdigest() != digest:
        raise DamagedBody(f"body {digest[:16]}: compressed bytes do not give back the original")
    cursor = connection.execute(
        "insert into body (sha256, codec, bytes, data) values (?, ?, ?, ?)", (digest, codec, len(data), packed)
    )
    return int(cursor.lastrowid or 0)


def load_body(connection: sqlite3.Connection, body_id: int) -> bytes:
    """The bytes of a body. Raises DamagedBody when they are not those that were stored."""
    row = connection.execute("select sha256, codec, bytes, data from body where id = ?", (body_id,)).fetchone()
    digest, codec, size, packed = row
    try:
        data = _unpack(codec, packed, size)
    except zstd.ZstdError as error:
        raise DamagedBody(f"body {digest[:16]}: {error}") from error
    if sha256(data).hexdigest() != digest:
        raise DamagedBody(f"body {digest[:16]}: the stored bytes have another digest")
    return data


def largest_bytes(connection: sqlite3.Connection) -> int:
    """Length of the largest body, 0 where there is none."""
    return int(connection.execute("select coalesce(max(bytes), 0) from body").fetchone()[0])


def content(received: bytes, coding: str, size: int, digest: str) -> bytes:
    """What a stored body means: its coding undone, *size* bytes with *digest*. Raises DamagedBody for anything else."""
    try:
        data = decoded(received, coding, size=size) if coding else received
    except BodyError as error:
        raise DamagedBody(f"content {digest[:16]}: {error}") from error
    if sha256(data).hexdigest() != digest:
        raise DamagedBody(f"content {digest[:16]}: the stored bytes decode to another digest")
    return data


def _pack(data: bytes) -> tuple[str, bytes]:
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: ZSTD_LEVEL,
        zstd.CompressionParameter.checksum_flag: 1,
    }
    packed = zstd.compress(data, options=options)
    return ("zstd", packed) if len(packed) < len(data) else ("raw", data)


def _unpack(codec: str, packed: bytes, size: int) -> bytes:
    if codec == "raw":
        return packed
    # Never more than was promised, whatever the frame says: the file may come from elsewhere.
    frame = zstd.ZstdDecompressor()
    data = frame.decompress(packed, max_length=size + 1)
    if not frame.eof or frame.unused_data:
        raise zstd.ZstdError("the stored bytes are not one whole frame of the length recorded")
    return data
