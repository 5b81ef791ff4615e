"""What a PDF may cost, all in one place, and a look over its bytes before a library opens it.

A stream of a PDF is compressed: a thousand bytes may stand for a million. The look unpacks each stream that is no
picture just far enough to see that it is within its bound, whatever the file says about itself.
"""

import re
import zlib
from dataclasses import dataclass

from ..errors import TooComplex


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a PDF may be at most; the largest real reports reach a tenth of each. Time is bounded by who runs us."""

    file_bytes: int = 50_000_000
    streams: int = 200_000
    stream_bytes: int = 30_000_000
    unpacked_bytes: int = 300_000_000
    pages: int = 2_000
    characters: int = 3_000_000
    drawings: int = 5_000  # on one page; beyond that they are a map, and no rules of a table
    links: int = 1_000  # on one page


BOUNDS = Bounds()
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n)")
_FLATE = re.compile(rb"/Fl(?:ateDecode)?(?![A-Za-z])")
_DICTIONARY_REACH = 1_000
_CHUNK = 1_000_000


def check(body: bytes, bounds: Bounds = BOUNDS) -> None:
    """Nothing, or TooComplex with the first bound that *body* breaks. Linear in it and in what it unpacks to."""
    _require("bytes", bounds.file_bytes, len(body))
    position = streams = unpacked = 0
    while found := _STREAM.search(body, position):
        streams += 1
        _require("streams", bounds.streams, streams)
        end = body.find(b"endstream", found.end())
        position = end if end >= 0 else len(body)
        dictionary = body[max(0, found.start() - _DICTIONARY_REACH) : found.start()].rpartition(b" obj")[2]
        layers = len(_FLATE.findall(dictionary))
        _require("compression in compression", 1, layers)
        if layers and b"/Image" not in dictionary:
            unpacked += _unpacked(body[found.end() : position], bounds.stream_bytes)
            _require("bytes of all streams", bounds.unpacked_bytes, unpacked)


def _unpacked(packed: bytes, limit: int) -> int:
    """How many bytes *packed* unpacks to; what is no such data unpacks to what came of it."""
    inflate = zlib.decompressobj()
    size = 0
    try:
        while packed and not inflate.eof:
            size += len(inflate.decompress(packed, _CHUNK))
            packed = inflate.unconsumed_tail
            _require("bytes of one stream", limit, size)
    except zlib.error:
        return size  # encrypted or damaged: the library that opens the file meets it too
    return size


def _require(bound: str, limit: int, found: int) -> None:
    if found > limit:
        raise TooComplex(bound=bound, limit=limit, found=found)
