"""Feeds: the pages that an RSS or Atom feed names, read by feedparser from bytes that were fetched already."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.parsers import expat

MAX_FEED_BYTES = 2_000_000
# What is no XML goes through a second, slower parser; an address on each of many nested levels costs quadratic time.
MAX_ILL_FORMED_BYTES = 500_000
_MAX_DEPTH = 50
_XML_BASE = re.compile(rb"\bxml:base\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The pages a feed names, absolute, in its order, each once. *problem* says what was left unread, and why."""

    pages: tuple[str, ...] = ()
    problem: str = ""


def read_feed(body: bytes, *, url: str) -> Feed:
    """The feed in *body*, which came from *url*: RSS or Atom of any version, well-formed or not.

    Relative links are resolved against xml:base, else *url*. At most 2 MB are read, of an ill-formed feed 500 KB.
    Declared entities and elements nested over 50 deep end the reading.
    """
    problem = ""
    if len(body) > MAX_FEED_BYTES:
        body, problem = body[:MAX_FEED_BYTES], f"over {MAX_FEED_BYTES:,} bytes; the rest was not read"
    try:
        is_well_formed = _is_well_formed(body)
    except _FeedError as error:
        return Feed(problem=str(error))
    if not is_well_formed:
        if len(body) > MAX_ILL_FORMED_BYTES:
            problem = f"not well-formed and over {MAX_ILL_FORMED_BYTES:,} bytes; the rest was not read"
        body = _XML_BASE.sub(b"x", body[:MAX_ILL_FORMED_BYTES])
    version, pages = _parsed(body, url)
    if not version and not pages:
        problem = "neither RSS nor Atom"
    return Feed(pages=pages, problem=problem)


def _parsed(body: bytes, url: str) -> tuple[str, tuple[str, ...]]:
    import feedparser  # noqa: PLC0415 -- costs start-up time, and most sources have no feed

    # Given as a file: a text that feedparser takes for an address it would fetch by itself.
    parsed = feedparser.parse(
        BytesIO(body),
        response_headers={"content-location": url, "content-type": "application/xml"},
        sanitize_html=False,
        resolve_relative_uris=True,
    )
    return str(parsed.get("version") or ""), tuple(dict.fromkeys(filter(None, map(_page, parsed.entries))))


def _page(entry: Any) -> str:
    # A feed that is delivered by another service names the publisher's own address apart.
    # Where an entry has no link, feedparser gives its id, which may be no address.
    link = str(entry.get("feedburner_origlink") or entry.get("link") or "")
    return link if link.startswith(("http://", "https://")) else ""


class _FeedError(Exception):
    pass


def _is_well_formed(body: bytes) -> bool:
    """Whether *body* is XML; raises _FeedError for what would cost too much to read."""
    parser = expat.ParserCreate()
    depth = 0

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise _FeedError(f"elements nested over {_MAX_DEPTH} deep")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(*_: object) -> None:
        raise _FeedError("entity declarations, expected none in a feed")

    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = start, end, entity
    try:
        for piece in _cut(body):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        if re.search(rb"<!\s*ENTITY", body.replace(b"\0", b"")):
            raise _FeedError("entity declarations, expected none in a feed") from None
        return False
    return True


def _cut(body: bytes, step: int = 65_536) -> Iterator[bytes]:
    for start in range(0, len(body), step):
        yield body[start : start + step]
