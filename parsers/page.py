"""Page: one parsed page, and the questions that rules may ask of it."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from selectolax.lexbor import LexborHTMLParser, LexborNode

from . import guard
from .decode import decode
from .errors import FieldError
from .jsonld import read_things
from .normal import shown
from .tree import Tree, hides, read_tree

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

Element = LexborNode
_SAME_META = 49  # the most authors that are read of a page


class Page:
    """One HTML page. *url* is where it was asked for; selectors are CSS and demand a count.

    Raises UnreadableBody for what is no text, TooComplex for markup over a bound of `guard`.
    """

    def __init__(self, body: bytes, *, url: str, content_type: str = "") -> None:
        guard.check(body)
        self.url = url
        self.html = decode(body, content_type, is_html=True).text
        self._tree = LexborHTMLParser(self.html)

    @cached_property
    def soup(self) -> "BeautifulSoup":
        """The page for rules that want BeautifulSoup's API; a hundred times the cost of the tree above."""
        from bs4 import BeautifulSoup  # noqa: PLC0415 -- costs start-up time; hardly any rule wants it

        return BeautifulSoup(self.html, "html.parser")

    @cached_property
    def tree(self) -> Tree:
        """The page's elements and texts as flat lists, which hold no part of the tree that selectors search."""
        return read_tree(cast("Element", self._tree.root))  # a page always has one, whatever the bytes

    def all(self, selector: str) -> list[Element]:
        """The elements that match, in document order."""
        return self._tree.css(selector)

    def maybe(self, selector: str) -> Element | None:
        """The one element that matches, None where none does; FieldError where several do."""
        found = self.all(selector)
        if len(found) > 1:
            raise FieldError(selector, found=len(found), expected="0 or 1")
        return found[0] if found else None

    def one(self, selector: str) -> Element:
        """The one element that matches; FieldError where none or several do."""
        found = self.all(selector)
        if len(found) != 1:
            raise FieldError(selector, found=len(found), expected="1")
        return found[0]

    def first(self, selector: str) -> Element | None:
        """The first element that matches, None where none does: for what may rightly repeat."""
        return self._tree.css_first(selector)

    def meta(self, *names: str) -> str:
        """The content of the first `meta` whose name, property or itemprop is one of *names*, in their order; "".

        Read anywhere in the document: a pixel in a site's own head code moves the rest of the head into the body.
        """
        for name in names:
            if stated := self.metas.get(name):
                return stated[0]
        return ""

    @cached_property
    def metas(self) -> dict[str, tuple[str, ...]]:
        """What the `meta` elements say, by name, property or itemprop in lower case; without those that say nothing."""
        metas: dict[str, tuple[str, ...]] = {}
        for element in self.all("meta[content]"):
            attributes = element.attributes
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
            if words := shown(attributes.get("content") or ""):
                name = name.lower()
                metas[name] = (*metas.get(name, ())[:_SAME_META], words)
        return metas

    @cached_property
    def json_ld(self) -> tuple[dict[str, Any], ...]:
        """The objects of the page's JSON-LD, lists, graphs and main entities opened; what is no JSON is passed over."""
        return read_things(script.text(deep=True) for script in self.all('script[type="application/ld+json" i]'))

    @property
    def title(self) -> str:
        """The text of the first `title` element outside drawings."""
        element = self.first("title")
        return shown(element.text(deep=True)) if element else ""

    @property
    def canonical(self) -> str:
        """The address the page calls its own, "" where it names none."""
        link = self.first('link[rel~="canonical"][href]')
        return (link.attributes.get("href") or "").strip() if link else ""

    @property
    def language(self) -> str:
        """The page's BCP 47 language tag as it states it, "" where it does not."""
        html = self.first("html")
        return (html.attributes.get("lang") or "").strip() if html else ""


def host(url: str) -> str:
    """The host of *url* in lower case, without "www."; "" where it has none."""
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower().removeprefix("www.")


def text_of(element: Element) -> str:
    """The text below *element* as one line, inline elements joined without a space."""
    return shown(element.text(deep=True))


def is_hidden(element: Element) -> bool:
    """Whether *element* says of itself that it is not shown."""
    return hides(element.attributes)
