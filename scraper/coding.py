"""Content codings: undone step by step, stopped at the bounds, streams without their own end noticed."""

import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Protocol

import brotli

from .bounds import Bounds

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

ACCEPTED = "gzip, deflate, br, zstd"
_STEP = 262_144
_SLICE = 65_536
# Each stream copies what follows it in its slice; 50 MB in members of the 64 KiB that bgzip makes are 800.
_MAX_STREAMS = 10_000
_WINDOW_LOG_MAX = 23  # 8 MB, all that a server may ask of a client (RFC 9659)
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's own numbers for its three containers
_MAX_CODING_CHARS = 100


class BodyError(Exception):
    """The content of a body cannot be had; the text says why in one line."""


class _Stage(Protocol):
    """One coding being undone. *complete* is true between streams and where nothing has come yet."""

    @property
    def complete(self) -> bool: ...

    def steps(self, chunk: bytes | memoryview) -> Iterator[bytes]: ...


def coding_of(content_encoding: str) -> str:
    """The coding that a Content-Encoding header names: "gzip", "gzip, br"; "" where there is none to undo."""
    return ", ".join(_names(content_encoding))[:_MAX_CODING_CHARS]


def decoded(body: bytes, coding: str, *, size: int) -> bytes:
    """The content of a stored *body*, which is *size* bytes long. Raises BodyError where it is not."""
    decoder = BodyDecoder(coding, Bounds(wire_bytes=len(body), body_bytes=size, ratio_from=size))
    decoder.feed(body)
    content = decoder.finish()
    if len(content) != size:
        raise BodyError(f"the body decodes to {len(content):,} bytes, expected {size:,}")
    return content


class BodyDecoder:
    """The content of a body, undone as it comes: feed it what was received, then take it by `finish`.

    Raises BodyError for codings that were not asked for, over a bound, and where a stream is corrupt or cut short.
    """

    def __init__(self, content_encoding: str, bounds: Bounds) -> None:
        self._bounds = bounds
        self._stages = _stages(content_encoding, bounds)
        self._content = BytesIO()  # grows in place and gives its bytes away without a copy
        self.wire_bytes = 0
        self.content_bytes = 0

    def feed(self, chunk: bytes) -> None:
        """Takes *chunk* as received; holds at most one step (under 2 MiB with any codec) over the bounds."""
        whole = memoryview(chunk)
        for start in range(0, len(chunk), _SLICE):
            self._feed(whole[start : start + _SLICE])

    def _feed(self, part: memoryview) -> None:
        self.wire_bytes += len(part)
        if self.wire_bytes > self._bounds.wire_bytes:
            raise BodyError(f"over {self._bounds.wire_bytes:,} bytes received; the rest was not taken")
        for piece in _through(self._stages, part):
            self.content_bytes += len(piece)
            self._content.write(piece)
            self._check()

    def finish(self) -> bytes:
        """The whole content. Raises BodyError where a coding's own end has not come."""
        if not all(stage.complete for stage in self._stages):
            raise BodyError(f"compressed body cut short after {self.wire_bytes:,} bytes")
        return self._content.getvalue()

    def _check(self) -> None:
        size, bounds = self.content_bytes, self._bounds
        if size > bounds.body_bytes:
            raise BodyError(f"over {bounds.body_bytes:,} bytes decoded; the rest was not taken")
        if size > bounds.ratio_from and size > bounds.ratio * self.wire_bytes:
            raise BodyError(f"a body of {self.wire_bytes:,} bytes decodes to over {bounds.ratio} times its size")


class _Zlib:
    """Gzip, with several members one after the other, or one zlib or raw deflate stream."""

    def __init__(self, container: int) -> None:
        self._container = container
        self._stream = zlib.decompressobj(container)
        self._begun = False
        self._members = 1

    @property
    def complete(self) -> bool:
        return self._stream.eof or not self._begun

    def steps(self, chunk: bytes | memoryview) -> Iterator[bytes]:
        full = False
        while chunk or full:
            if self._stream.eof and not self._next_member(chunk):
                return
            try:
                piece = self._stream.decompress(chunk, _STEP)
            except zlib.error as error:
                raise BodyError(f"corrupt compressed body: {error}") from error
            self._begun = True
            yield piece
            chunk = self._stream.unconsumed_tail or self._stream.unused_data
            full = len(piece) == _STEP and not self._stream.eof

    def _next_member(self, chunk: bytes | memoryview) -> bool:
        # What follows a stream and is no gzip member is padding; browsers and gzip itself pass over it.
        if self._container != _GZIP or chunk[0] != 0x1F:
            return False
        self._members += 1
        _check_streams(self._members)
        self._stream = zlib.decompressobj(self._container)
        return True


class _Deflate:
    """HTTP's "deflate": zlib by the standard, raw deflate from some servers; the first two bytes tell."""

    def __init__(self) -> None:
        self._head = b""
        self._inner: _Zlib | None = None

    @property
    def complete(self) -> bool:
        return self._inner.complete if self._inner else not self._head

    def steps(self, chunk: bytes | memoryview) -> Iterator[bytes]:
        if self._inner is None:
            self._head += chunk
            if len(self._head) < 2:
                return
            is_zlib = self._head[0] & 0x0F == 8 and int.from_bytes(self._head[:2]) % 31 == 0
            self._inner, chunk = _Zlib(_ZLIB if is_zlib else _RAW), self._head
        yield from self._inner.steps(chunk)


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._begun = False

    @property
    def complete(self) -> bool:
        return not self._begun or self._stream.is_finished()

    def steps(self, chunk: bytes | memoryview) -> Iterator[bytes]:
        if self._stream.is_finished():
            return
        self._begun = True
        given: bytes | memoryview = chunk
        while True:
            try:
                piece = self._stream.process(given, output_buffer_limit=_STEP)
            except brotli.error as error:
                raise BodyError(f"corrupt compressed body: {error}") from error
            yield piece
            # "Can accept more data" is said while whole megabytes are still to be taken out.
            if len(piece) < _STEP and self._stream.can_accept_more_data():
                return
            given = b""


class _Zstd:
    """Zstandard, with several frames one after the other."""

    def __init__(self) -> None:
        self._stream = _zstd_stream()
        self._begun = False
        self._frames = 1

    @property
    def complete(self) -> bool:
        return self._stream.eof or not self._begun

    def steps(self, chunk: bytes | memoryview) -> Iterator[bytes]:
        full = False
        while chunk or full:
            if self._stream.eof:
                self._frames += 1
                _check_streams(self._frames)
                self._stream = _zstd_stream()
            try:
                piece = self._stream.decompress(chunk, _STEP)
            except ZstdError as error:
                raise BodyError(f"corrupt compressed body: {error}") from error
            self._begun = True
            yield piece
            chunk = self._stream.unused_data if self._stream.eof else b""
            full = not self._stream.eof and not self._stream.needs_input


def _zstd_stream() -> ZstdDecompressor:
    return ZstdDecompressor(options={DecompressionParameter.window_log_max: _WINDOW_LOG_MAX})


def _check_streams(count: int) -> None:
    if count > _MAX_STREAMS:
        raise BodyError(f"over {_MAX_STREAMS:,} compressed streams in one body")


_CODECS: dict[str, Callable[[], _Stage]] = {
    "gzip": lambda: _Zlib(_GZIP),
    "x-gzip": lambda: _Zlib(_GZIP),
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}


def _names(content_encoding: str) -> list[str]:
    names = (part.strip().lower() for part in content_encoding.split(","))
    return [name for name in names if name not in {"", "identity"}]


def _stages(content_encoding: str, bounds: Bounds) -> list[_Stage]:
    names = _names(content_encoding)
    if len(names) > bounds.encodings:
        raise BodyError(f"{len(names)} content encodings on one body, expected at most {bounds.encodings}")
    for name in names:
        if name not in _CODECS:
            raise BodyError(f"content encoding '{name[:40]}', expected one of those asked for: {ACCEPTED}")
    return [_CODECS[name]() for name in reversed(names)]


def _through(stages: Sequence[_Stage], chunk: bytes | memoryview) -> Iterator[bytes | memoryview]:
    if not stages:
        yield chunk
        return
    for piece in stages[0].steps(chunk):
        yield from _through(stages[1:], piece)
