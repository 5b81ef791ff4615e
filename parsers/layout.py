"""Layout: one generation of a site's markup, as a value made of rules; Site: a publisher and its layouts."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import zip_longest

from .blocks import chrome_part, read_blocks
from .errors import FieldError
from .normal import bare
from .page import Element, Page
from .record import Block, Chrome, Record
from .rules import Rule, nobody, nothing

_TITLE_REACH = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to read one generation of markup.

    *recognise* matches on every page of this layout and *unless* on none; together they match no page of another.
    *body* may match several times: the first match is read. *chrome* and *pictures* are selectors below it; what the
    latter match is a figure even without a `figure` element. Raise *revision* when the same bytes now give a different
    record.
    """

    version: str
    recognise: str
    body: str
    title: Rule[str]
    unless: str = ""
    published: Rule[str | None] = nothing
    modified: Rule[str | None] = nothing
    authors: Rule[tuple[str, ...]] = nobody
    chrome: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    revision: int = 1

    def recognises(self, page: Page) -> bool:
        """Whether *page* has the markup of this layout."""
        return page.first(self.recognise) is not None and not (self.unless and page.first(self.unless))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A publisher whose pages need more than the platform's layouts.

    *serves* are patterns of URLs ("https://www.example.org/*"). *organisation* is who publishes, where a
    page does not say so itself; *masthead* are lines that stand over its reports; *chrome_lines* are lines of text that
    its pages carry around the report, told apart without case and punctuation.
    """

    name: str
    serves: tuple[str, ...]
    layouts: tuple[Layout, ...]
    organisation: str = ""
    masthead: tuple[str, ...] = ()
    chrome_lines: tuple[str, ...] = ()

    def owns(self, url: str) -> bool:
        """Whether *url* is one of this site's."""
        return any(_matches(url, pattern) for pattern in self.serves)


def _matches(url: str, pattern: str) -> bool:
    """Scheme, host and path each by its own part, so that no "*" for a host reaches into another site's path."""
    pairs = zip_longest(url.split("/", 3), pattern.split("/", 3), fillvalue="")
    return all(fnmatchcase(part, glob) for part, glob in pairs)


def read_layout(layout: Layout, page: Page, *, family: str) -> Record:
    """What *layout* reads on *page*; facts and the report's own head are read from it later.

    Raises FieldError where the body is missing or a rule finds another number of elements than it demands.
    """
    blocks = _blocks(layout, page)
    title = layout.title(page)
    return Record(
        url=page.url,
        media_type="text/html",
        layout=f"{family}/{layout.version}",
        revision=layout.revision,
        title=title,
        authors=layout.authors(page),
        published=layout.published(page),
        modified=layout.modified(page),
        language=page.language,
        canonical_url=page.canonical,
        site_name=page.meta("og:site_name"),
        blocks=without_title(blocks, title),
        chrome=_chrome(layout, page),
    )


def without_title(blocks: tuple[Block, ...], title: str) -> tuple[Block, ...]:
    """*blocks* without the heading or line near the top that repeats *title*."""
    for place, block in enumerate(blocks[:_TITLE_REACH]):
        if title and bare(block.text) == bare(title):
            return (*blocks[:place], *blocks[place + 1 :])
    return blocks


def _blocks(layout: Layout, page: Page) -> tuple[Block, ...]:
    root = page.first(layout.body)
    if root is None:
        raise FieldError(layout.body, found=0, expected="at least 1")
    return read_blocks(
        root,
        base_url=page.url,
        dropped=_reasons(layout.chrome, page),
        pictures=frozenset(_reasons(layout.pictures, page)),
    ).blocks


def _chrome(layout: Layout, page: Page) -> tuple[Chrome, ...]:
    """What *layout* takes off, inside its body or around it; a part within such a part is not repeated."""
    reasons = _reasons(layout.chrome, page)
    if not reasons:
        return ()
    # One element may match several selectors.
    parts = {
        element.mem_id: element for element in page.all(", ".join(layout.chrome)) if not _is_within(element, reasons)
    }
    found = (chrome_part(element, reasons[number]) for number, element in parts.items())
    return tuple(part for part in found if part)


def _is_within(element: Element, ids: Mapping[int, str]) -> bool:
    parent = element.parent
    while parent is not None:
        if parent.mem_id in ids:
            return True
        parent = parent.parent
    return False


def _reasons(selectors: tuple[str, ...], page: Page) -> dict[int, str]:
    """The elements that *selectors* match, by their `mem_id`, each with the first selector that does."""
    found: dict[int, str] = {}
    for selector in selectors:
        for element in page.all(selector):
            found.setdefault(element.mem_id, f"layout {selector}")
    return found
