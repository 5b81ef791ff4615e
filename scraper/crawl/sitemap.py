"""Sitemaps: the URLs that a sitemap, a sitemap index or a plain list names, read as a stream within bounds."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

MAX_SITEMAP_BYTES = 52_428_800  # 50 MiB and 50,000 URLs a file: sitemaps.org, "Sitemap file requirements"
MAX_SITEMAP_URLS = 50_000
_MAX_DEPTH = 20
_MAX_LOC_CHARS = 2_048
_STEP = 65_536
_GZIP_MAGIC = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap names, in its order: pages and further sitemaps. *problem* says why reading ended early."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    problem: str = ""


def read_sitemap(body: bytes) -> Sitemap:
    """The sitemap in *body*: XML, gzipped or not, or a text with one URL a line.

    A document type declaration ends the reading, so that no entity is ever expanded.
    """
    reader = _Reader()
    problem = ""
    try:
        pieces = _pieces(body)
        first = next(pieces, b"")
        if first.removeprefix(_BOM).lstrip().startswith(b"<"):
            reader.read(first)
            for piece in pieces:
                reader.read(piece)
            reader.end()
        else:
            reader.read_lines(b"".join((first, *pieces)))
    except (_SitemapError, expat.ExpatError, zlib.error) as error:
        problem = str(error)
    return Sitemap(pages=tuple(reader.found["url"]), sitemaps=tuple(reader.found["sitemap"]), problem=problem)


class _SitemapError(Exception):
    pass


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, dict[str, None]] = {"url": {}, "sitemap": {}}
        self._open: list[str] = []
        self._loc: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, piece: bytes) -> None:
        self._parser.Parse(piece, False)

    def end(self) -> None:
        self._parser.Parse(b"", True)

    def read_lines(self, body: bytes) -> None:
        for line in body.removeprefix(_BOM).decode("utf-8", errors="replace").splitlines():
            if line.strip().startswith(("http://", "https://")):
                self._add("url", line)

    def _start(self, name: str, _: dict[str, str]) -> None:
        self._open.append(name.rpartition(":")[2])
        if len(self._open) > _MAX_DEPTH:
            raise _SitemapError(f"elements nested over {_MAX_DEPTH} deep")
        self._loc.clear()

    def _text(self, text: str) -> None:
        if self._open[-1] == "loc" and len(self._loc) <= _MAX_LOC_CHARS:
            self._loc.append(text)

    def _end(self, _: str) -> None:
        name = self._open.pop()
        # An image or a video has a loc too, inside an element of its own.
        if name == "loc" and self._open and self._open[-1] in self.found:
            self._add(self._open[-1], "".join(self._loc))
        self._loc.clear()

    def _doctype(self, *_: object) -> None:
        raise _SitemapError("a document type declaration, expected none in a sitemap")

    def _add(self, kind: str, loc: str) -> None:
        url = loc.strip()
        if not url or len(url) > _MAX_LOC_CHARS or url in self.found[kind]:
            return
        if len(self.found[kind]) >= MAX_SITEMAP_URLS:
            raise _SitemapError(f"over {MAX_SITEMAP_URLS:,} URLs; the rest was not read")
        self.found[kind][url] = None


def _pieces(body: bytes) -> Iterator[bytes]:
    if not body.startswith(_GZIP_MAGIC):
        for start in range(0, len(body), _STEP):
            yield body[start : start + _STEP]
        return
    stream = zlib.decompressobj(wbits=31)
    size = 0
    while not stream.eof:
        piece = stream.decompress(body, _STEP)
        size += len(piece)
        if size > MAX_SITEMAP_BYTES:
            raise _SitemapError(f"over {MAX_SITEMAP_BYTES:,} bytes decoded; the rest was not read")
        if not piece and not stream.unconsumed_tail and not stream.eof:
            raise _SitemapError("gzip data cut short")
        body = stream.unconsumed_tail
        yield piece
