"""Layout: one generation of a site's markup, as a value made of rules; Site: a publisher and its layouts."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import zip_longest

from .account import account_of
from .blocks import CONTROLS, chrome_part, read_blocks
from .dates import is_edtf
from .errors import FieldError, RuleError
from .normal import bare
from .page import Page
from .record import Account, Block, Chrome, Record
from .rules import Dated, Rule, nobody, nothing
from .titles import MOST_CHARS

_TITLE_REACH = 6
_NAME = re.compile(r"[A-Za-z0-9_][\w.-]*+")  # it is that of a folder of fixtures, too
_SHORT = 60
# What reads a page, given where the report stands and what in it is known to be chrome.
Extract = Callable[[Page, int, Mapping[int, str]], Record]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to read one generation of markup.

    *recognise* matches on every page of this layout, *once* exactly once, and *unless* on none; together they match no
    page of another.
    *body* may match several times: the first match is read. *chrome* and *pictures* are selectors below it; what the
    latter match is a figure even without a `figure` element. *entries* are links below it, each to one report: the page
    is a list, and its record has an item for each. *extract* is the generic extractor, for a platform whose sites put
    what they like below the body: it judges what of that is chrome, and the rules go before what it finds. Raise
    *revision* when the same bytes now give a different record. RuleError where a field is of the wrong kind.
    """

    version: str
    recognise: str
    body: str
    title: Rule[str]
    once: str = ""
    unless: str = ""
    published: Rule[str | None] = nothing
    modified: Rule[str | None] = nothing
    authors: Rule[tuple[str, ...]] = nobody
    chrome: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    entries: str = ""
    extract: Extract | None = None
    revision: int = 1

    def __post_init__(self) -> None:
        where = f"layout {self.version!r}"
        _require_name(where, "version", self.version)
        for field in ("recognise", "body"):
            _require(where, field, getattr(self, field), str, "a CSS selector", is_empty=False)
        for field in ("once", "unless", "entries"):
            _require(where, field, getattr(self, field), str, "a CSS selector")
        for field in ("chrome", "pictures"):
            _require_texts(where, field, getattr(self, field), "selectors", "p.dateline")
        for field in ("title", "published", "modified", "authors"):
            if not callable(rule := getattr(self, field)):
                raise RuleError(where=where, field=field, found=_told(rule), expected="a rule, such as text('h1')")

    def recognises(self, page: Page, *, family: str = "") -> bool:
        """Whether *page* has the markup of this layout. RuleError where that cannot be asked for."""
        field = "recognise"
        try:
            if page.first(self.recognise) is None:
                return False
            field = "once"
            if self.once and len(page.all(self.once)) != 1:
                return False
            field = "unless"
            return not (self.unless and page.first(self.unless))
        except RuleError as error:
            error.where, error.field = f"{family}/{self.version}", field
            raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A publisher whose pages need more than the platform's layouts.

    *serves* are patterns of URLs ("https://www.example.org/*"). *organisation* is who publishes, where a
    page does not say so itself; *masthead* are lines that stand over its reports; *chrome_lines* are lines of text that
    its pages carry around the report, told apart without case and punctuation. *untested* says why nobody could hold
    the layouts against a page of the publisher: then a page they do not fit is read by the generic extractor.
    RuleError where a field is of the wrong kind.
    """

    name: str
    serves: tuple[str, ...]
    layouts: tuple[Layout, ...]
    organisation: str = ""
    masthead: tuple[str, ...] = ()
    chrome_lines: tuple[str, ...] = ()
    untested: str = ""

    def __post_init__(self) -> None:
        where = f"site {self.name!r}"
        if self.layouts:
            _require_name(where, "name", self.name)
        _require_texts(where, "serves", self.serves, "URLs", "https://www.example.org/*")
        _require_texts(where, "masthead", self.masthead, "lines", "Harbour Watch")
        _require_texts(where, "chrome_lines", self.chrome_lines, "lines", "Print this page")
        _require(where, "layouts", self.layouts, tuple, "a tuple of layouts, such as (BULLETIN,)")

    def owns(self, url: str) -> bool:
        """Whether *url* is one of this site's."""
        return any(_matches(url, pattern) for pattern in self.serves)


def _require(where: str, field: str, found: object, kind: type, expected: str, *, is_empty: bool = True) -> None:
    if not isinstance(found, kind) or not (found or is_empty):
        raise RuleError(where=where, field=field, found=_told(found), expected=expected)


def _require_name(where: str, field: str, found: object) -> None:
    if not isinstance(found, str) or not _NAME.fullmatch(found):
        raise RuleError(where=where, field=field, found=_told(found), expected="letters, figures, dots and hyphens")


def _require_texts(where: str, field: str, found: object, what: str, example: str) -> None:
    """That *found* is a tuple of texts: without the comma behind a single one it is that text."""
    if not isinstance(found, tuple) or not all(isinstance(text, str) and text for text in found):
        raise RuleError(
            where=where, field=field, found=_told(found), expected=f'a tuple of {what}, such as ("{example}",)'
        )


def _told(found: object) -> str:
    """*found* and its kind in a few words, for a message."""
    text = repr(found)
    short = text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"
    return f"{short} ({type(found).__name__})"


def _matches(url: str, pattern: str) -> bool:
    """Scheme, host and path each by its own part, so that no "*" for a host reaches into another site's path."""
    pairs = zip_longest(url.split("/", 3), pattern.split("/", 3), fillvalue="")
    return all(fnmatchcase(part, glob) for part, glob in pairs)


def read_layout(layout: Layout, page: Page, *, family: str) -> Record:
    """What *layout* reads on *page*; facts and the report's own head are read from it later.

    Raises FieldError where the body is missing or a rule finds another number of elements than it demands, RuleError
    where a selector is none or a rule gives what is no value of its field.
    """
    try:
        return _by_rules(layout, page, family)
    except RuleError as error:
        error.where = f"{family}/{layout.version}"
        raise


def _by_rules(layout: Layout, page: Page, family: str) -> Record:
    page.noted("recognise", lambda page: page.all(layout.recognise))
    chrome = page.noted("chrome", lambda page: _controls(page) | _places(layout.chrome, page))
    body = _body(layout, page)
    found = layout.extract(page, body, chrome) if layout.extract else _read(layout, page, body, chrome)
    title = read_title(layout, page) or found.title
    authors = read_authors(layout, page) or found.authors
    published, published_from = read_date("published", layout.published, page)
    modified, modified_from = read_date("modified", layout.modified, page)
    return replace(
        found,
        layout=f"{family}/{layout.version}",
        revision=layout.revision,
        title=title,
        authors=authors,
        published=published or found.published,
        published_from=published_from or found.published_from,
        modified=modified or found.modified,
        modified_from=modified_from or found.modified_from,
        blocks=without_title(found.blocks, title),
        account=found.account or _account(layout, page, body, chrome, told=(title, *authors)),
        matches=page.matches,
    )


def _read(layout: Layout, page: Page, body: int, chrome: Mapping[int, str]) -> Record:
    """What stands below the *body* on *page*, all but *chrome*."""
    return Record(
        url=page.url,
        media_type="text/html",
        layout=layout.version,
        revision=layout.revision,
        language=page.language,
        canonical_url=page.canonical,
        site_name=page.meta("og:site_name"),
        blocks=_items(layout, page) if layout.entries else _blocks(layout, page, body, chrome),
        chrome=_chrome(page, chrome),
    )


def _account(layout: Layout, page: Page, body: int, chrome: Mapping[int, str], told: tuple[str, ...]) -> Account:
    entries = page.tree.places(page.all(layout.entries)) if layout.entries else []
    return account_of(page.tree, entries or [body], chrome, told=told)


def read_title(layout: Layout, page: Page) -> str:
    """The title by the rule of *layout*, "" where it gives none, or so much that it is none.

    RuleError where it gives no text.
    """
    found: object = page.noted("title", layout.title)
    if found is None or isinstance(found, str):
        return found if found and len(found) <= MOST_CHARS else ""
    raise RuleError(field="title", found=_told(found), expected='a text, "" for none')


def read_authors(layout: Layout, page: Page) -> tuple[str, ...]:
    """The authors by the rule of *layout*. RuleError where it does not give texts."""
    found: object = page.noted("authors", layout.authors)
    if found is None:
        return ()
    if isinstance(found, tuple | list) and all(isinstance(name, str) for name in found):
        return tuple(found)
    raise RuleError(field="authors", found=_told(found), expected='a tuple of names, such as ("Ana Brix",)')


def read_date(field: str, rule: Rule[str | None], page: Page) -> tuple[str | None, str]:
    """The date that *rule* gives for *field*, and what that rests on. RuleError where it gives no date in EDTF."""
    if isinstance(rule, Dated):
        return page.noted(field, rule.stated)
    found: object = page.noted(field, rule)
    if not found and not isinstance(found, int):
        return None, ""
    if isinstance(found, str) and is_edtf(found):
        return found, "layout"
    expected = "a date in EDTF such as '2024-05-14' or '2024-05', None for none; date(...) makes one"
    raise RuleError(field=field, found=_told(found), expected=expected)


def without_title(blocks: tuple[Block, ...], title: str) -> tuple[Block, ...]:
    """*blocks* without the heading or line near the top that repeats *title*."""
    for place, block in enumerate(blocks[:_TITLE_REACH]):
        if title and bare(block.text) == bare(title):
            return (*blocks[:place], *blocks[place + 1 :])
    return blocks


def _body(layout: Layout, page: Page) -> int:
    """Where the body stands in the page's tree."""
    root = page.noted("body", lambda page: page.first(layout.body))
    places = page.tree.places([root] if root else [])
    if not places:
        raise FieldError(layout.body, found=0, expected="at least 1")
    return places[0]


def _blocks(layout: Layout, page: Page, body: int, chrome: Mapping[int, str]) -> tuple[Block, ...]:
    return read_blocks(
        page.tree,
        [body],
        base_url=page.url,
        dropped=chrome,
        pictures=page.noted("pictures", lambda page: _places(layout.pictures, page)).keys(),
    ).blocks


def _items(layout: Layout, page: Page) -> tuple[Block, ...]:
    """An item for each report that a list leads to, in its order: what the link says, and where it leads."""
    items: dict[str, Block] = {}
    for place in page.noted("entries", lambda page: page.tree.places(page.all(layout.entries))):
        blocks = read_blocks(page.tree, [place], base_url=page.url).blocks
        words = next((block for block in blocks if block.kind != "figure"), None)
        if words:
            items.setdefault(page.tree.attribute(place, "href"), replace(words, kind="item", level=1))
    return tuple(items.values())


def _chrome(page: Page, reasons: Mapping[int, str]) -> tuple[Chrome, ...]:
    """What a layout takes off, inside its body or around it; a part within such a part is not repeated."""
    outermost = (place for place in sorted(reasons) if not page.tree.within(place, reasons))
    found = (chrome_part(page.tree, place, reasons[place]) for place in outermost)
    return tuple(part for part in found if part)


def _controls(page: Page) -> dict[int, str]:
    """Where controls stand in the page's tree, whose words are never the report's."""
    return {place: f"tag {tag}" for tag in sorted(CONTROLS) for place in page.tree.named(tag)}


def _places(selectors: tuple[str, ...], page: Page) -> dict[int, str]:
    """Where what *selectors* match stands in the page's tree, each with the first selector that does."""
    found: dict[int, str] = {}
    for selector in selectors:
        for place in page.tree.places(page.all(selector)):
            found.setdefault(place, f"layout {selector}")
    return found
