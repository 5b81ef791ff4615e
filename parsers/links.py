"""Where a page leads, for finding further pages; what a report links to is in its record.

Read off the tags much as the tokenizer of the HTML Standard sees them, with no tree built: several times as fast as a
guarded tree, linear in the page's length whatever it nests, and good for pages that are over a bound of `guard`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from html.entities import html5

import ada_url

from .decode import decode
from .errors import UnreadableBody

MAX_LINKS = 10_000
MAX_FEEDS = 20

_HTML = frozenset({"", "text/html", "application/xhtml+xml"})
_FEEDS = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_RAW_TEXT = frozenset(b"script style textarea title xmp iframe noembed noframes".split())
_VALUE = rb"\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"'][^\s>]*+))"
_ATTRIBUTE = re.compile(rb"([^\s/>=][^\s/>=]*+)(?:" + _VALUE + rb")?+")
_ATTRIBUTES = rb"(?:[\s/=]++|[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+))?+)*+"
# Passing over the other tags attribute by attribute would double the time. So a link inside a quoted attribute counts
# too: 3 of 774 real pages have one, each a tooltip that a reader may follow.
_TAG = re.compile(
    rb"<(?:(!--)|(a|area|base|link|meta|script|style|textarea|title|xmp|iframe|noembed|noframes)(?=[\s/>])("
    + _ATTRIBUTES
    + rb"))",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|([a-zA-Z][a-zA-Z0-9]{0,31})(;?)(?!=))")
_REFRESH = re.compile(
    r"\s*[0-9.]*+\s*[;,\s]\s*(?:url\s*=\s*)?(?P<quote>[\"']?)(?P<target>.*)", re.IGNORECASE | re.DOTALL
)
_WIDE = ("utf-16le", "utf-16be")

_Tag = tuple[bytes, dict[bytes, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """Where a page leads: absolute http(s) URLs without fragment, each once, in order.

    *links* are those of its anchors, areas, `link rel=next` and `prev`, and of a `meta` that sends the reader on.
    *canonical* is the address that the page calls its own, "" where it names none or several. *feeds* are the RSS and
    Atom feeds it announces. *robots* are the words of its robots `meta`, in lower case: "nofollow" and "noindex" are
    advice to search engines about ranking and listing, not a rule of access such as robots.txt is, and archival
    crawlers do not act on them. Neither do we; *robots* is there for who asks.
    """

    links: tuple[str, ...] = ()
    canonical: str = ""
    feeds: tuple[str, ...] = ()
    robots: frozenset[str] = frozenset()


def read_links(body: bytes, *, url: str, content_type: str = "") -> PageLinks:
    """Where the HTML page *body* leads, at most 10,000 links and 20 feeds.

    Relative references are resolved by the WHATWG standard against the page's `base` element, else *url*; those that
    are no URL are left out. Raises UnreadableBody for what is no HTML page.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in _HTML:
        raise UnreadableBody(f"expected HTML, found {media_type}", found=media_type)
    found = _Found(url)
    for name, attributes in _tags(*_bytes_and_encoding(body, content_type)):
        found.take(name, attributes)
        if len(found.links) >= MAX_LINKS:
            break
    return found.resolved()


class _Found:
    """References as they stand in the tags; a `base` element may come after the first of them."""

    def __init__(self, url: str) -> None:
        self._base = url
        self._has_base = False
        self._canonical: dict[str, None] = {}
        self._feeds: dict[str, None] = {}
        self._robots: set[str] = set()
        self.links: dict[str, None] = {}

    def take(self, name: bytes, attributes: dict[bytes, str]) -> None:
        href = attributes.get(b"href")
        if name in (b"a", b"area"):
            if href is not None:
                self.links[href] = None
        elif name == b"meta":
            self._take_meta(attributes)
        elif href is None:
            pass
        elif name == b"link":
            self._take_link(href, attributes)
        elif not self._has_base:
            self._has_base = True
            self._base = _joined(self._base, href) or self._base

    def resolved(self) -> PageLinks:
        canonical = self._joined(self._canonical)
        return PageLinks(
            links=self._joined(self.links),
            canonical=canonical[0] if len(canonical) == 1 else "",
            feeds=self._joined(self._feeds)[:MAX_FEEDS],
            robots=frozenset(self._robots),
        )

    def _take_link(self, href: str, attributes: dict[bytes, str]) -> None:
        relations = attributes.get(b"rel", "").lower().split()
        if "canonical" in relations:
            self._canonical[href] = None
        if "next" in relations or "prev" in relations:
            self.links[href] = None
        if "alternate" in relations and attributes.get(b"type", "").partition(";")[0].strip().lower() in _FEEDS:
            self._feeds[href] = None

    def _take_meta(self, attributes: dict[bytes, str]) -> None:
        content = attributes.get(b"content", "")
        if attributes.get(b"http-equiv", "").lower() == "refresh":
            target = _refresh_target(content)
            if target:
                self.links[target] = None
        elif attributes.get(b"name", "").lower() == "robots":
            self._robots.update(content.lower().replace(",", " ").split())

    def _joined(self, references: dict[str, None]) -> tuple[str, ...]:
        targets = (_joined(self._base, reference) for reference in references)
        return tuple(dict.fromkeys(target for target in targets if target))


def _bytes_and_encoding(body: bytes, content_type: str) -> tuple[bytes, str]:
    """*body* with the signs of markup as single bytes, and how to read the others, "" until that has to be known."""
    if b"\0" in body or b"\x1b$" in body or body[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return decode(body, content_type, is_html=True).text.encode("utf-8", "replace"), "utf-8"
    if body.isascii():
        return body, "ascii"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body, decode(body, content_type, is_html=True).encoding
    return body, "utf-8"


def _tags(body: bytes, encoding: str) -> Iterator[_Tag]:
    """The tags of interest outside comments and raw text, with their attributes; of two of one name the first."""
    position = 0
    while found := _TAG.search(body, position):
        comment, name, attributes = found.groups()
        position = found.end()
        if comment:
            # From the dashes of its own start on: "<!-->" is a whole comment.
            end = body.find(b"-->", position - 2)
            position = len(body) if end < 0 else end + 3
        elif (name := name.lower()) in _RAW_TEXT:
            ending = re.compile(rb"</" + name, re.IGNORECASE).search(body, position)
            position = ending.start() if ending else len(body)
        else:
            yield name, _attributes(attributes, encoding)


def _attributes(tag: bytes, encoding: str) -> dict[bytes, str]:
    values: dict[bytes, str] = {}
    for name, *quoted in _ATTRIBUTE.findall(tag):
        value = (quoted[0] or quoted[1] or quoted[2]).decode(encoding, "replace")
        values.setdefault(name.lower(), _REFERENCE.sub(_character, value) if "&" in value else value)
    return values


def _character(reference: re.Match[str]) -> str:
    """What a reference inside an attribute stands for; "&copy=1" in a query is none (HTML Standard, 13.2.5.73)."""
    name, end = reference[1], reference[2]
    if name is None:
        return unescape(reference[0])
    return html5.get(f"{name}{end}", reference[0])


def _refresh_target(content: str) -> str:
    found = _REFRESH.fullmatch(content)
    if not found:
        return ""
    quote, target = found["quote"], found["target"]
    return (target.partition(quote)[0] if quote else target).strip()


def _joined(base: str, reference: str) -> str | None:
    if reference[:1] == "/" and reference[1:2].isalnum():
        # The same wherever on a site it stands, as most of what every page of it repeats.
        return _at_root(base[: base.index("/", 8)] if "/" in base[8:] else base, reference)
    return _resolved(base, reference)


@lru_cache(maxsize=4_096)
def _at_root(origin: str, reference: str) -> str | None:
    return _resolved(origin, reference)


def _resolved(base: str, reference: str) -> str | None:
    try:
        target = ada_url.join_url(base, reference)
    except ValueError:
        return None
    return target.partition("#")[0] if target.startswith(("http://", "https://")) else None
