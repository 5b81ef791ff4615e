"""A strict reader of Atom, by what RFC 4287 demands of a feed; it knows nothing of how ours is written."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element
from xml.parsers import expat

import feedparser

_ATOM = "{http://www.w3.org/2005/Atom}"
_TIME = re.compile(r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_TAG = re.compile(  # RFC 4151, section 2.1
    r"tag:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?,\d{4}(?:-\d\d(?:-\d\d)?)?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*"
)
_FEED = {"id", "title", "updated", "author", "generator", "link", "category", "entry", "subtitle", "rights"}
_ENTRY = {"id", "title", "updated", "published", "author", "link", "category", "summary", "content"}
_ALLOWED = set("p ul li strong em ins del br table tbody tr td".split())


def faults(document: bytes) -> list[str]:
    """What is wrong with *document* as an Atom feed, by expat, by feedparser and by the text of the RFC."""
    from xml.etree.ElementTree import fromstring

    expat.ParserCreate().Parse(document, True)
    parsed = feedparser.parse(document)
    root = fromstring(document)  # noqa: S314
    found = [f"feedparser: {parsed.bozo_exception}"] if parsed.bozo else []
    if parsed.version != "atom10":
        found.append(f"feedparser: version {parsed.version}")
    found += _of_feed(root)
    entries = root.findall(f"{_ATOM}entry")
    if len(parsed.entries) != len(entries):
        found.append("feedparser sees another number of entries")
    ids = [entry.findtext(f"{_ATOM}id") for entry in entries]
    if len(set(ids)) != len(ids):
        found.append("two entries have one id")
    return [*found, *(fault for entry in entries for fault in _of_entry(entry))]


def _of_feed(root: Element) -> Iterator[str]:
    if root.tag != f"{_ATOM}feed":
        yield f"root {root.tag}"
    names = [child.tag.removeprefix(_ATOM) for child in root]
    yield from (f"unknown {name} in a feed" for name in set(names) - _FEED)
    for name in ("id", "title", "updated"):
        if names.count(name) != 1:
            yield f"{names.count(name)} of {name}, expected 1"
    if not root.findtext(f"{_ATOM}author/{_ATOM}name"):
        yield "no author"
    yield from _common(root)


def _of_entry(entry: Element) -> Iterator[str]:
    names = [child.tag.removeprefix(_ATOM) for child in entry]
    yield from (f"unknown {name} in an entry" for name in set(names) - _ENTRY)
    for name in ("id", "title", "updated"):
        if names.count(name) != 1:
            yield f"{names.count(name)} of {name} in an entry, expected 1"
    for name in ("content", "published", "summary"):
        if names.count(name) > 1:
            yield f"{names.count(name)} of {name} in an entry, expected at most 1"
    content = entry.find(f"{_ATOM}content")
    if content is None or content.get("type") != "html" or list(content):
        yield "content that is no HTML as text"
    else:
        yield from html_faults(content.text or "")
    yield from _common(entry)


def _common(element: Element) -> Iterator[str]:
    if not _TAG.fullmatch(element.findtext(f"{_ATOM}id") or ""):
        yield f"id {element.findtext(f'{_ATOM}id')}"
    for name in ("updated", "published"):
        text = element.findtext(f"{_ATOM}{name}")
        if text is not None and not _TIME.fullmatch(text):
            yield f"{name} {text}"
    alternates = [link for link in element.findall(f"{_ATOM}link") if link.get("rel") == "alternate"]
    if len({(link.get("type"), link.get("hreflang")) for link in alternates}) != len(alternates):
        yield "two alternates of one type and language"
    for link in element.findall(f"{_ATOM}link"):
        if urlsplit(link.get("href") or "").scheme not in ("http", "https"):
            yield f"link to {link.get('href')}"
    yield from ("a category without a term" for one in element.findall(f"{_ATOM}category") if not one.get("term"))


class _Strict(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _ALLOWED or attrs:
            self.faults.append(f"<{tag} {attrs}>")
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> out of place")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}>")

    def close(self) -> None:
        super().close()
        self.faults += [f"<{tag}> left open" for tag in self._open]


def html_faults(text: str) -> list[str]:
    """What stands in *text* beside a few plain elements without attributes, each closed."""
    parser = _Strict()
    parser.feed(text)
    parser.close()
    return parser.faults
