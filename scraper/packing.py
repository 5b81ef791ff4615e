"""Packing again what a server packed: recipes that make the same bytes from the same content, found by trying."""

import json
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_GZIP_HEAD_BYTES = 10
_EXTRA, _NAME, _COMMENT, _HEAD_CRC = 4, 8, 16, 2
_FLUSH_MARK = b"\0\0\xff\xff"  # what a packer writes when it is told to give out all it has
_MOST_FLUSHES = 256
_LEAST_TRIES, _MOST_TRIES = 6, 27
_MOST_TRIED_BYTES = 4 * 2**20  # of content, at a fortieth of a second a MB
# Above these a body of 1 MB takes over 50 ms of CPU to pack, again each time it is read as received.
_BROTLI_LEVELS = (5, 6, 4, 1, 3, 2)
_ZSTD_LEVELS = (3, 1, 2, 6, 5, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How content is packed: by which *library* and version it was seen to give the bytes received, and its settings.

    *kind* is gzip, zlib, deflate (without any head), br or zstd. *window* and *memory* are the library's own numbers;
    of zstd, *window* is 1 where the packer knew the length beforehand and *memory* where it wrote a checksum. *head* is
    what stands before a gzip stream, in hex; *flushes* are the offsets in the content where all so far was given out.
    """

    library: str
    kind: str
    level: int
    window: int = 15
    memory: int = 8
    head: str = ""
    flushes: tuple[int, ...] = ()

    def to_bytes(self) -> bytes:
        """The recipe as JSON; what has its default is left out."""
        told = {one.name: value for one in fields(self) if (value := getattr(self, one.name)) != one.default}
        return json.dumps(told, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Recipe":
        """The recipe that `to_bytes` gave. Raises ValueError or TypeError for anything else."""
        try:
            told: Any = json.loads(data)
        except RecursionError as error:
            raise ValueError("not a recipe") from error
        if not isinstance(told, dict):
            raise ValueError("not a recipe")  # noqa: TRY004 -- it is text that says something else
        return cls(**told | {"flushes": tuple(told.get("flushes", ()))})

    def settings(self) -> tuple[str, int, int, int]:
        """What of the recipe is a server's habit, whatever the page."""
        return self.kind, self.level, self.window, self.memory


def library_of(kind: str) -> str:
    """The library here that packs such streams, with its version."""
    if kind == "br":
        return f"brotli {brotli.__version__}"
    if kind == "zstd":
        return f"zstd {zstd.zstd_version}"
    return f"zlib {zlib.ZLIB_RUNTIME_VERSION}"


def packed_again(content: bytes, recipe: Recipe) -> bytes:
    """*content* packed by *recipe* with the libraries here. Raises ValueError for a recipe that is none."""
    try:
        return _PACKERS[recipe.kind](content, recipe)
    except (KeyError, zlib.error, brotli.error, zstd.ZstdError, OverflowError) as error:
        raise ValueError(f"not a way of packing: {error}") from error


def find_recipe(received: bytes, content: bytes, coding: str, known: Recipe | None) -> Recipe | None:
    """A recipe that gives exactly *received* from *content*; None where none was found in a bounded number of tries.

    *known* is one that worked for the same server: its settings are tried first, then those that are usual.
    """
    tried: set[tuple[str, int, int, int]] = set()
    most = max(_LEAST_TRIES, min(_MOST_TRIES, _MOST_TRIED_BYTES // (len(content) or 1)))
    for recipe in _candidates(received, content, coding, known):
        if len(tried) == most:
            return None
        if recipe.settings() in tried:
            continue
        tried.add(recipe.settings())
        if packed_again(content, recipe) == received:
            return recipe
    return None


def _candidates(received: bytes, content: bytes, coding: str, known: Recipe | None) -> Iterator[Recipe]:
    if coding in {"gzip", "x-gzip", "deflate"}:
        yield from _deflated(received, content, coding, known)
    elif coding == "br" and received:
        yield from _brotlied(received, known)
    elif coding == "zstd":
        yield from _zstandard(received, known)


# Deflate ------------------------------------------------------------------------------------------------------------


def _deflated(received: bytes, content: bytes, coding: str, known: Recipe | None) -> Iterator[Recipe]:
    kind = "gzip" if coding != "deflate" else "zlib" if received[:1] == b"\x78" else "deflate"
    head = _gzip_head(received) if kind == "gzip" else b""
    if head is None or not received.endswith(_tail(kind, content)):
        return
    flushes = _flushes(received, len(head) if head else 2 * (kind == "zlib"))
    if flushes is None:
        return
    settings = {"kind": kind, "head": head.hex(), "flushes": flushes, "library": library_of(kind)}
    if known and known.kind == kind:
        yield Recipe(level=known.level, window=known.window, memory=known.memory, **settings)  # type: ignore[arg-type]
    for window, memory in ((15, 8), *_shrunk(len(content)), (15, 9)):
        for level in _likely_levels(received, kind):
            yield Recipe(level=level, window=window, memory=memory, **settings)  # type: ignore[arg-type]


def _likely_levels(received: bytes, kind: str) -> tuple[int, ...]:
    """Levels, the likeliest first: zlib says fastest and best in the head, and servers use few of the others."""
    if kind == "zlib":
        return {0x01: (1,), 0x5E: (5, 4, 3, 2), 0xDA: (9, 7, 8)}.get(received[1], (6,))
    # Not all servers leave the head to zlib: with nothing said it may be any level.
    return {4: (1,), 2: (9,)}.get(received[8] if kind == "gzip" else 0, (6, 5, 4, 1, 2, 3, 9, 7, 8))


def _shrunk(size: int) -> list[tuple[int, int]]:
    """The window and memory that nginx takes for a short page whose length it knows."""
    window, memory = 15, 8
    while size < (1 << (window - 1)) - 262 and window > 8:
        window, memory = window - 1, memory - 1
    return [(max(window, 9), max(memory, 1))] if window < 15 else []


def _gzip_head(received: bytes) -> bytes | None:
    """What stands before the stream of a gzip file, None where that is not what it seems."""
    if len(received) < 18 or received[:3] != b"\x1f\x8b\x08":
        return None
    flags, end = received[3], _GZIP_HEAD_BYTES
    if flags & _EXTRA:
        end += 2 + int.from_bytes(received[end : end + 2], "little")
    for flag in (_NAME, _COMMENT):
        if flags & flag:
            end = received.find(b"\0", end) + 1 or len(received)
    end += 2 * bool(flags & _HEAD_CRC)
    return received[:end] if end < len(received) else None


def _tail(kind: str, content: bytes) -> bytes:
    if kind == "gzip":
        return zlib.crc32(content).to_bytes(4, "little") + (len(content) & 0xFFFFFFFF).to_bytes(4, "little")
    return zlib.adler32(content).to_bytes(4, "big") if kind == "zlib" else b""


def _flushes(received: bytes, begin: int) -> tuple[int, ...] | None:
    """Where in the content the packer gave out all it had; None where that was done too often to be kept."""
    stream, found, at, size = zlib.decompressobj(-15), [], begin, 0
    while (mark := received.find(_FLUSH_MARK, at)) >= 0:
        end = mark + len(_FLUSH_MARK)
        size += len(stream.decompress(received[at:end]))
        at = end
        found.append(size)
        if len(found) > _MOST_FLUSHES:
            return None
    return tuple(found)


def _deflate(content: bytes, recipe: Recipe) -> bytes:
    stream = zlib.compressobj(recipe.level, zlib.DEFLATED, -recipe.window, recipe.memory)
    parts, at = [bytes.fromhex(recipe.head)], 0
    if recipe.kind == "zlib":
        parts.append(_zlib_head(recipe))
    for end in recipe.flushes:
        parts += (stream.compress(content[at:end]), stream.flush(zlib.Z_SYNC_FLUSH))
        at = end
    return b"".join((*parts, stream.compress(content[at:]), stream.flush(), _tail(recipe.kind, content)))


def _zlib_head(recipe: Recipe) -> bytes:
    return zlib.compressobj(recipe.level, zlib.DEFLATED, recipe.window, recipe.memory).flush()[:2]


# Brotli and Zstandard -----------------------------------------------------------------------------------------------


def _brotlied(received: bytes, known: Recipe | None) -> Iterator[Recipe]:
    window, library = _brotli_window(received[0]), library_of("br")
    if known and known.kind == "br":
        yield Recipe(library=library, kind="br", level=known.level, window=window)
    for level in _BROTLI_LEVELS:
        yield Recipe(library=library, kind="br", level=level, window=window)


def _brotli_window(first: int) -> int:
    """The size of the window as the first byte of a stream says it (RFC 7932, section 9.1)."""
    if not first & 1:
        return 16
    if first >> 1 & 7:
        return 17 + (first >> 1 & 7)
    return {0: 17, 1: 17}.get(first >> 4 & 7, 8 + (first >> 4 & 7))


def _brotli(content: bytes, recipe: Recipe) -> bytes:
    return bytes(brotli.compress(content, quality=recipe.level, lgwin=recipe.window))


def _zstandard(received: bytes, known: Recipe | None) -> Iterator[Recipe]:
    if len(received) < 6 or received[:4] != b"\x28\xb5\x2f\xfd":
        return
    described = received[4]
    knew_length, checksum = int(described & 0xE0 != 0), described >> 2 & 1
    settings = {"kind": "zstd", "window": knew_length, "memory": checksum, "library": library_of("zstd")}
    for level in (known.level, *_ZSTD_LEVELS) if known and known.kind == "zstd" else _ZSTD_LEVELS:
        yield Recipe(level=level, **settings)  # type: ignore[arg-type]


def _zstd(content: bytes, recipe: Recipe) -> bytes:
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: recipe.level,
        zstd.CompressionParameter.checksum_flag: recipe.memory,
    }
    stream = zstd.ZstdCompressor(options=options)
    if recipe.window:
        return stream.compress(content, mode=zstd.ZstdCompressor.FLUSH_FRAME)
    return stream.compress(content) + stream.flush()


_PACKERS: dict[str, Callable[[bytes, Recipe], bytes]] = {
    "gzip": _deflate, "zlib": _deflate, "deflate": _deflate, "br": _brotli, "zstd": _zstd,
}  # fmt: skip
