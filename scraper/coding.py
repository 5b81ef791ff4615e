"""Bounded decoding: content encodings undone step by step, stopped at the bounds, unfinished streams noticed."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import brotli

from .bounds import Bounds

ACCEPTED = "gzip, deflate, br"
_STEP = 65_536
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's own numbers for its three containers


class BodyError(Exception):
    """The body cannot be had whole; the text says why in one line. Never leaves `scraper.fetch`."""


class _Stage(Protocol):
    """One encoding being undone. *complete* is true between streams and where nothing has come yet."""

    @property
    def complete(self) -> bool: ...

    def steps(self, chunk: bytes) -> Iterator[bytes]: ...


class BodyDecoder:
    """A body on its way in: feed it what the wire gives, then take it by `finish`. Raises BodyError over a bound."""

    def __init__(self, content_encoding: str, bounds: Bounds) -> None:
        self._bounds = bounds
        self._stages = _stages(content_encoding, bounds)
        self._body = bytearray()
        self.wire_bytes = 0

    def feed(self, chunk: bytes) -> None:
        """Takes *chunk* as received; holds at most one step (64 KiB to 2 MiB by codec) over the bounds."""
        self.wire_bytes += len(chunk)
        if self.wire_bytes > self._bounds.wire_bytes:
            raise BodyError(f"over {self._bounds.wire_bytes:,} bytes received; the rest was not taken")
        for piece in _through(self._stages, chunk):
            self._body += piece
            self._check()

    def finish(self) -> bytes:
        """The whole body. Raises BodyError where an encoding's own end has not come."""
        if not all(stage.complete for stage in self._stages):
            raise BodyError(f"compressed body cut short after {self.wire_bytes:,} bytes")
        return bytes(self._body)

    def _check(self) -> None:
        size, bounds = len(self._body), self._bounds
        if size > bounds.body_bytes:
            raise BodyError(f"over {bounds.body_bytes:,} bytes decoded; the rest was not taken")
        if size > bounds.ratio_from and size > bounds.ratio * self.wire_bytes:
            raise BodyError(f"a body of {self.wire_bytes:,} bytes decodes to over {bounds.ratio} times its size")


def decoded(body: bytes, coding: str, *, size: int) -> bytes:
    """The content of a stored *body* with its *coding* undone. Raises BodyError unless it has *size* bytes."""
    decoder = BodyDecoder(coding, Bounds(wire_bytes=len(body), body_bytes=size, ratio_from=size))
    decoder.feed(body)
    content = decoder.finish()
    if len(content) != size:
        raise BodyError(f"{len(content):,} bytes decoded, expected {size:,}")
    return content


class _Zlib:
    """Gzip, with several members one after the other, or one zlib or raw deflate stream."""

    def __init__(self, container: int) -> None:
        self._container = container
        self._stream = zlib.decompressobj(container)
        self._begun = False

    @property
    def complete(self) -> bool:
        return not self._begun or self._stream.eof

    def steps(self, chunk: bytes) -> Iterator[bytes]:
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

    def _next_member(self, chunk: bytes) -> bool:
        # What follows a stream and is no gzip member is padding; browsers and gzip itself pass over it.
        if self._container != _GZIP or chunk[0] != 0x1F:
            return False
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

    def steps(self, chunk: bytes) -> Iterator[bytes]:
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

    def steps(self, chunk: bytes) -> Iterator[bytes]:
        if self._stream.is_finished():
            return
        self._begun = True
        try:
            yield self._stream.process(chunk, output_buffer_limit=_STEP)
            while not self._stream.can_accept_more_data():
                yield self._stream.process(b"", output_buffer_limit=_STEP)
        except brotli.error as error:
            raise BodyError(f"corrupt compressed body: {error}") from error


_CODECS: dict[str, Callable[[], _Stage]] = {
    "gzip": lambda: _Zlib(_GZIP),
    "x-gzip": lambda: _Zlib(_GZIP),
    "deflate": _Deflate,
    "br": _Brotli,
}


def _stages(content_encoding: str, bounds: Bounds) -> list[_Stage]:
    names = [
        name for name in (part.strip().lower() for part in content_encoding.split(",")) if name not in {"", "identity"}
    ]
    if len(names) > bounds.encodings:
        raise BodyError(f"{len(names)} content encodings on one body, expected at most {bounds.encodings}")
    for name in names:
        if name not in _CODECS:
            raise BodyError(f"content encoding '{name[:40]}', expected one of those asked for: {ACCEPTED}")
    return [_CODECS[name]() for name in reversed(names)]


def _through(stages: Sequence[_Stage], chunk: bytes) -> Iterator[bytes]:
    if not stages:
        yield chunk
        return
    for piece in stages[0].steps(chunk):
        yield from _through(stages[1:], piece)
