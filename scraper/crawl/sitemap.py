"""Sitemaps: the URLs that a sitemap, a sitemap index or a plain list names, read as a stream within bounds."""

import re
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
_FEEDS = frozenset({"feed", "rss", "RDF"})
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_HTML = re.compile(rb"(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+)?html\b", re.IGNORECASE)
_FOR_BARE_AMPERSANDS = frozenset(
    expat.errors.codes[error]
    for error in (expat.errors.XML_ERROR_INVALID_TOKEN, expat.errors.XML_ERROR_UNDEFINED_ENTITY)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap names, in its order: pages and further sitemaps. *problem* says why reading ended early.

    *is_feed* says that it is an RSS or Atom feed, which may stand in for a sitemap and is read by `read_feed`.
    """

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    problem: str = ""
    is_feed: bool = False


def read_sitemap(body: bytes) -> Sitemap:
    """The sitemap in *body*: XML, gzipped or not, or a text with one URL a line.

    Pictures, videos and news entries are no pages; the versions of a page in other languages are. A bare "&", which
    many a sitemap has in its URLs, is read as one. A document type declaration ends the reading, so that no entity is
    ever expanded.
    """
    reader = _Reader()
    problem = ""
    try:
        _read_all(reader, _pieces(body))
    except expat.ExpatError as error:
        problem = str(error)
        if error.code in _FOR_BARE_AMPERSANDS:
            return _with_ampersands(body, _sitemap(reader, problem))
    except (_SitemapError, zlib.error) as error:
        problem = str(error)
    except _IsFeed:
        return Sitemap(is_feed=True)
    return _sitemap(reader, problem)


def unpacked(body: bytes) -> tuple[bytes, str]:
    """*body* with gzip undone as far as the bound on sitemaps allows, and what went wrong, "" for nothing."""
    pieces: list[bytes] = []
    try:
        pieces.extend(_pieces(body))
    except (_SitemapError, zlib.error) as error:
        return b"".join(pieces), str(error)
    return b"".join(pieces), ""


def _read_all(reader: "_Reader", pieces: Iterator[bytes]) -> None:
    first = next(pieces, b"").removeprefix(_BOM).lstrip()
    if _HTML.match(first):
        raise _SitemapError("an HTML page, expected a sitemap")
    if not first.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        reader.read_lines(b"".join((first, *pieces)))
        return
    reader.read(first)
    for piece in pieces:
        reader.read(piece)
    reader.end()


def _with_ampersands(body: bytes, before: Sitemap) -> Sitemap:
    """What is read where each bare "&" stands for itself; *before* where that is no more."""
    reader = _Reader()
    problem = ""
    try:
        whole, problem = unpacked(body)
        _read_all(reader, iter([_BARE_AMPERSAND.sub(b"&amp;", whole)]))
    except (_SitemapError, expat.ExpatError) as error:
        problem = str(error)
    after = _sitemap(reader, problem)
    is_more = len(after.pages) + len(after.sitemaps) > len(before.pages) + len(before.sitemaps)
    return after if is_more or not after.problem else before


def _sitemap(reader: "_Reader", problem: str) -> Sitemap:
    return Sitemap(pages=tuple(reader.found["url"]), sitemaps=tuple(reader.found["sitemap"]), problem=problem)


class _SitemapError(Exception):
    pass


class _IsFeed(Exception):
    pass


class _Reader:
    def __init__(self) -> None:
        self.found: dict[str, dict[str, None]] = {"url": {}, "sitemap": {}}
        self._open: list[str] = []
        self._text: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add_text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def read(self, piece: bytes) -> None:
        self._parser.Parse(piece, False)

    def end(self) -> None:
        self._parser.Parse(b"", True)

    def read_lines(self, body: bytes) -> None:
        for line in body.decode("utf-8", errors="replace").splitlines():
            if line.strip().startswith(("http://", "https://")):
                self._add("url", line)

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        name = element.rpartition(":")[2]
        if not self._open and name in _FEEDS:
            raise _IsFeed
        if name == "link" and self._open[-1:] == ["url"] and attributes.get("rel") == "alternate":
            self._add("url", attributes.get("href", ""))
        self._open.append(name)
        if len(self._open) > _MAX_DEPTH:
            raise _SitemapError(f"elements nested over {_MAX_DEPTH} deep")
        self._text.clear()

    def _add_text(self, text: str) -> None:
        if self._open[-1] in ("loc", "sitemap", "url") and len(self._text) <= _MAX_LOC_CHARS:
            self._text.append(text)

    def _end(self, _: str) -> None:
        name = self._open.pop()
        text = "".join(self._text)
        self._text.clear()
        # An image or a video has a loc too, inside an element of its own.
        if name == "loc" and self._open and self._open[-1] in self.found:
            self._add(self._open[-1], text)
        elif name in self.found and text.lstrip().startswith(("http://", "https://")):
            self._add(name, text)  # some give the address without its loc

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
    size = 0
    for piece in _inflated(body) if body.startswith(_GZIP_MAGIC) else _cut(body):
        size += len(piece)
        if size > MAX_SITEMAP_BYTES:
            raise _SitemapError(f"over {MAX_SITEMAP_BYTES:,} bytes decoded; the rest was not read")
        yield piece


def _cut(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _STEP):
        yield body[start : start + _STEP]


def _inflated(body: bytes) -> Iterator[bytes]:
    """*body*, one gzip stream or several, in pieces."""
    while body.startswith(_GZIP_MAGIC):
        stream = zlib.decompressobj(wbits=31)
        while not stream.eof:
            piece = stream.decompress(body, _STEP)
            body = stream.unconsumed_tail
            if not piece and not body and not stream.eof:
                raise _SitemapError("gzip data cut short")
            yield piece
        body = stream.unused_data
