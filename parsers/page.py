"""Page: one parsed page, and the questions that rules may ask of it."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from . import guard
from .decode import decode
from .errors import FieldError, RuleError
from .jsonld import read_things
from .normal import shown
from .record import Match
from .tree import Tree, hides, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from bs4 import BeautifulSoup

T = TypeVar("T")
Element = LexborNode
_BOM = b"\xef\xbb\xbf"
_LINKED_DATA = "application/ld+json"
_SAME_META = 49  # the most authors that are read of a page


class Page:
    """One HTML page. *url* is where it was asked for; selectors are CSS and demand a count.

    Raises UnreadableBody for what is no text, TooComplex for markup over a bound of `guard`.
    """

    def __init__(self, body: bytes, *, url: str, content_type: str = "") -> None:
        guard.check(body)
        self.url = url
        self._body, self._content_type = body, content_type
        self._tree = LexborHTMLParser(_utf8(body, content_type))
        self._ledger: dict[str, dict[str, int]] = {}
        self._asked: dict[str, int] | None = None

    def noted(self, field: str, rule: "Callable[[Page], T]") -> T:
        """What *rule* reads for *field*; what it asks the page meanwhile is kept in `matches`.

        A RuleError tells of *field*.
        """
        self._asked = self._ledger.setdefault(field, {})
        try:
            return rule(self)
        except RuleError as error:
            error.field = field
            raise
        finally:
            self._asked = None

    @property
    def matches(self) -> tuple[Match, ...]:
        """What was asked under `noted`, in the order asked, each question of a field once."""
        return tuple(
            Match(field=field, selector=selector, found=found)
            for field, asked in self._ledger.items()
            for selector, found in asked.items()
        )

    @cached_property
    def html(self) -> str:
        """The page as text; decoded anew, as next to no rule wants it and it may take as much room as the tree."""
        return decode(self._body, self._content_type, is_html=True).text

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
        """The elements that match, in document order. RuleError where *selector* is none."""
        try:
            found = self._tree.css(selector)
        except SelectolaxError as error:
            raise _no_selector(selector) from error
        self._note(selector, len(found))
        return found

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
        if self._asked is not None:
            return next(iter(self.all(selector)), None)
        try:
            return self._tree.css_first(selector)  # to count what matches takes longer
        except SelectolaxError as error:
            raise _no_selector(selector) from error

    def meta(self, *names: str) -> str:
        """The content of the first `meta` whose name, property or itemprop is one of *names*, in their order; "".

        Read anywhere in the document: a pixel in a site's own head code moves the rest of the head into the body.
        """
        for name in names:
            stated = self.metas.get(name, ())
            self._note(f"meta {name}", len(stated[:1]))
            if stated:
                return stated[0]
        return ""

    @cached_property
    def metas(self) -> dict[str, tuple[str, ...]]:
        """What the `meta` elements say, by name, property or itemprop in lower case; without those that say nothing."""
        metas: dict[str, tuple[str, ...]] = {}
        for element in self._tree.tags("meta"):  # which takes half the time of a selector
            attributes = element.attributes
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
            if words := shown(attributes.get("content") or ""):
                name = name.lower()
                metas[name] = (*metas.get(name, ())[:_SAME_META], words)
        return metas

    @property
    def json_ld(self) -> tuple[dict[str, Any], ...]:
        """The objects of the page's JSON-LD, lists, graphs and main entities opened; what is no JSON is passed over."""
        self._note("JSON-LD", len(self._json_ld))
        return self._json_ld

    @cached_property
    def _json_ld(self) -> tuple[dict[str, Any], ...]:
        scripts = self._tree.tags("script")
        stated = (script for script in scripts if (script.attributes.get("type") or "").lower() == _LINKED_DATA)
        return read_things(script.text(deep=True) for script in stated)

    @property
    def title(self) -> str:
        """The text of the first `title` element outside drawings."""
        element = self.first("title")
        return shown(element.text(deep=True)) if element else ""

    @property
    def body_classes(self) -> str:
        """The classes of the body, which many systems use to say what a page is."""
        body = self.first("body")
        return (body.attributes.get("class") or "") if body else ""

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

    def _note(self, selector: str, found: int) -> None:
        if self._asked is not None:
            self._asked[selector] = found


def _no_selector(selector: str) -> RuleError:
    return RuleError(found=f"'{selector}'", expected="a CSS selector")


def _utf8(body: bytes, content_type: str) -> bytes | str:
    """What a tree is built of: *body* itself where that is clean UTF-8, as encoding its text again takes time."""
    decoded = decode(body, content_type, is_html=True)
    is_clean = decoded.encoding == "utf-8" and not body.startswith(_BOM) and "\ufffd" not in decoded.text
    return body if is_clean else decoded.text


def host(url: str) -> str:
    """The host of *url* in lower case, without "www."; "" where it has none."""
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].lower().removeprefix("www.")


def text_of(element: Element) -> str:
    """The text below *element* as one line, inline elements joined without a space."""
    return shown(element.text(deep=True))


def is_hidden(element: Element) -> bool:
    """Whether *element* says of itself that it is not shown."""
    return hides(element.attributes)
