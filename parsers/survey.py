"""A survey of a page: where its words stand, how much of them is running text, and what is chrome and why."""

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import accumulate

from .figures import find_captioned
from .normal import ENDS, width
from .page import host
from .signs import NO_SIGNS, Signs, signs_of
from .tree import BLOCK, HEADINGS, TEXT, Tree

PROSE = frozenset("p li blockquote pre td dd dt th figcaption summary".split()) | HEADINGS.keys()
_CHROME_TAGS = frozenset("nav footer aside button select textarea dialog".split())
_NEVER_CHROME = frozenset({"html", "body", "main", "article", "h1"})
_CHROME_ROLES = frozenset(
    (
        "navigation banner contentinfo search dialog alertdialog alert complementary menu menubar toolbar tablist "
        "tooltip"
    ).split()
)
_GROUPS = frozenset("ul ol div section header table tbody dl p".split())
_LISTS = frozenset({"ul", "ol"})
_CELLS = frozenset("td th li dt dd pre".split())
_SENTENCE = 80  # signs; a shorter text is a sentence where it ends as one
_SHORTEST = 25
_LONGEST_LINK = 80
_SHORT_LINK = 15
_LINKED = 0.75
_FEW_LINKS = 3
# The share of a page's prose that what looks like chrome may hold at most.
_MOST = 0.8
_PARTS = frozenset({"tag footer", "tag aside"})  # which an article may have too, with text of its own
_MUCH = 0.2
_FEW = 0.1
_MOST_BY_NAME = 0.5
_MOST_IN_FORM = 0.2
_MOST_IN_HEADER = 0.1
_MOST_IN_TOOL = 0.05
_HOLDS_REPORT = 250  # signs of prose below a page's heading or main element
# What no site calls its report.
NEVER_REPORT = re.compile(
    "comment|respond|disqus|modal|dialog|cookie|consent|gdpr|onetrust|newsletter|subscri|relat|advert"
)
_DISCUSSION = re.compile("comment|respond|disqus|livefyre")
_UNSEEN = re.compile("sr-only|hidden|screen-?reader", re.IGNORECASE)


@dataclass(slots=True)
class Unit:
    """The text that the element at *place* shows as one line: its signs outside and inside links, and its last words.

    *prose* is how much it speaks for running text: its length, less than nothing for a line of links.
    """

    place: int
    plain: int = 0
    linked: int = 0
    last: str = ""
    prose: float = 0


class Sums:
    """What stands up to each unit, so that what is within an element is a difference of two numbers."""

    def __init__(self, tree: Tree, units: Sequence[Unit], ranks: list[int]) -> None:
        """Of *units*; *ranks* counts those before each place."""
        self._ends, self._ranks = tree.ends, ranks
        scores = [unit.prose for unit in units]
        linked: list[float] = [unit.linked for unit in units]
        self._amounts: tuple[list[float], ...] = (
            scores,
            [max(0, score) for score in scores],
            [unit.plain + unit.linked for unit in units],
            linked,
        )
        self._add_up()

    def without(self, places: Iterable[int]) -> "Sums":
        """These, with what is inside *places* left out."""
        left = copy(self)
        left._amounts = tuple(amounts.copy() for amounts in self._amounts)
        for place in places:
            start, end = self._ranks[place], self._ranks[self._ends[place]]
            for amounts in left._amounts:
                amounts[start:end] = [0] * (end - start)
        left._add_up()
        return left

    def _add_up(self) -> None:
        self._score, self._prose, self._text, self._linked = ([0, *accumulate(amounts)] for amounts in self._amounts)

    def score(self, place: int) -> float:
        """How much speaks for the element at *place* as the content: its prose less its lines of links."""
        return self._score[self._ranks[self._ends[place]]] - self._score[self._ranks[place]]

    def prose(self, place: int) -> float:
        """The signs of running text within the element at *place*."""
        return self._prose[self._ranks[self._ends[place]]] - self._prose[self._ranks[place]]

    def text(self, place: int) -> float:
        """The signs within the element at *place*."""
        return self._text[self._ranks[self._ends[place]]] - self._text[self._ranks[place]]

    def has(self, place: int, anchors: Iterable[int]) -> bool:
        """Whether one of *anchors* is within the element at *place*."""
        return any(place < anchor < self._ends[place] for anchor in anchors)

    def linked(self, place: int) -> float:
        """The signs in links within the element at *place*."""
        return self._linked[self._ranks[self._ends[place]]] - self._linked[self._ranks[place]]


@dataclass(slots=True)
class Survey:
    """What is where: units in the order of the page, why what is at a place is *chrome*, the sums with and without it.

    *loose* is what its name calls chrome where it stands at the edge of the content. *signs* are what elements say of
    themselves, *captioned* the pictures with a caption.
    """

    tree: Tree
    units: list[Unit]
    ranks: list[int]
    everything: Sums
    sums: Sums
    captioned: frozenset[int]
    chrome: dict[int, str]
    loose: dict[int, str]
    signs: dict[int, Signs]

    def leave_out(self, chrome: Mapping[int, str]) -> None:
        """Counts *chrome*, which others know of, as such."""
        self.chrome.update(chrome)
        self.sums = self.sums.without(chrome)


def survey(tree: Tree, url: str, *, trusted: frozenset[str] = frozenset(), words: bool = True) -> Survey:
    """What is where on a page of *url*: chrome is told by names only with *words*, and never by *trusted* reasons."""
    units = _units(tree)
    flags = bytearray(len(tree.tags) + 1)
    for unit in units:
        flags[unit.place + 1] = 1
    ranks = list(accumulate(flags))
    everything = Sums(tree, units, ranks)
    found = Survey(tree, units, ranks, everything, everything, find_captioned(tree), {}, {}, {})
    _find_chrome(found, trusted, words=words)
    found.sums = everything.without(found.chrome)
    if links := _link_lists(found, host(url)):
        found.leave_out(links)
    return found


def _units(tree: Tree) -> list[Unit]:
    units: dict[int, Unit] = {}
    tags, parents, ends, texts = tree.tags, tree.parents, tree.ends, tree.texts
    in_link = bytearray(len(tags))
    for link in tree.named("a"):
        in_link[link : ends[link]] = b"\x01" * (ends[link] - link)
    for place in tree.named(TEXT):
        above = parents[place]
        while tags[above] not in BLOCK:
            above = parents[above]
        unit = units.get(above)
        if unit is None:
            unit = units[above] = Unit(above)
        unit.last = text = texts[place]
        length = len(text) if text.isascii() else width(text)
        if in_link[place]:
            unit.linked += length
        else:
            unit.plain += length
    for unit in units.values():
        unit.prose = _prose(unit, tags[unit.place])
    return [units[place] for place in sorted(units)]


def _prose(unit: Unit, tag: str) -> float:
    if tag in HEADINGS:
        return 0
    if unit.linked > unit.plain:
        return -0.3 * min(unit.linked, 200)
    if unit.plain >= _SENTENCE or (unit.plain >= _SHORTEST and unit.last.endswith(ENDS)):
        return unit.plain
    return 0 if tag in _CELLS else -5


def _find_chrome(found: Survey, trusted: frozenset[str], *, words: bool) -> None:
    tree, sums, captioned = found.tree, found.everything, found.captioned
    whole = max(sums.prose(0), 1)
    anchors = [*tree.named("h1"), *tree.named("main")]
    done = 0
    for place, tag in enumerate(tree.tags):
        if place < done or tag == TEXT:
            continue
        if place in captioned:
            done = tree.ends[place]
            continue
        signs = _signs(tree, place, tag) if words else NO_SIGNS
        if signs is not NO_SIGNS:
            found.signs[place] = signs
        if tag in _NEVER_CHROME:
            continue
        reason, most = _reason(tree, place, tag, signs)
        is_chrome = reason and reason not in trusted and sums.prose(place) <= most * whole
        if is_chrome and not _holds_report(sums, place, reason, whole, anchors):
            found.chrome[place] = reason
            done = tree.ends[place]
            continue
        most = _MOST_IN_FORM if signs.weak.startswith("widget") else _MOST_IN_HEADER
        if signs.weak and not signs.body and sums.prose(place) <= most * whole:
            found.loose[place] = f"class {signs.weak}"


def _holds_report(sums: Sums, place: int, reason: str, whole: float, anchors: Sequence[int]) -> bool:
    """Whether what stands at *place* is too much like the report itself, whatever it is called."""
    held = sums.prose(place)
    if reason in _PARTS:
        return held >= _MUCH * whole and sums.linked(place) <= _FEW * sums.text(place)
    return held > _HOLDS_REPORT and reason.startswith("class") and sums.has(place, anchors)


def _signs(tree: Tree, place: int, tag: str) -> Signs:
    named = tree.attributes.get(place)
    if not named:
        return NO_SIGNS
    names = named.get("class") or ""
    if tag in HEADINGS:
        return signs_of(names) if _UNSEEN.search(names) else NO_SIGNS
    # The id of a paragraph, an item or a section is made of its own words.
    if tag not in PROSE and tag != "section" and (name := named.get("id")):
        names = f"{names} {name}"
    return signs_of(names) if names else NO_SIGNS


def _reason(tree: Tree, place: int, tag: str, signs: Signs) -> tuple[str, float]:
    """Why the element at *place* may be chrome, and what share of the page's prose it may then hold at most."""
    if place in tree.hidden:
        return "hidden", 1
    if tag in _CHROME_TAGS:
        is_text = (
            signs.body or (tag == "button" and _opens(tree, place)) or tree.tags[tree.parents[place]] == "blockquote"
        )
        return ("", 0) if is_text else (f"tag {tag}", _MOST)
    if tag == "form":
        return "tag form", _MOST_IN_FORM
    named = tree.attributes.get(place)
    if named:
        if named.get("aria-modal") == "true":
            return "modal", _MOST
        if named.get("aria-hidden") == "true" and tag in BLOCK:
            return "aria-hidden", 0
        role = named.get("role")
        if role and role in _CHROME_ROLES:
            return f"role {role}", _MOST
    if tag == "header" and not _heads(tree, place):
        return "tag header", _MOST_IN_HEADER
    if signs is NO_SIGNS or signs.body:
        return "", 0
    if signs.caption and tag != "figcaption":
        return f"class {signs.caption}", _MOST_IN_FORM
    if signs.strong:
        return f"class {signs.strong}", _MOST if _DISCUSSION.search(signs.strong) else _MOST_BY_NAME
    return (f"class {signs.tool}", _MOST_IN_TOOL) if signs.tool else ("", 0)


def _heads(tree: Tree, header: int) -> bool:
    """Whether *header* is that of an article or of a part of one, and not a site's."""
    inside = tree.below(header, *HEADINGS)
    return any(tree.tags[heading] == "h1" or tree.first(heading, "a") is None for heading in inside)


def _opens(tree: Tree, button: int) -> bool:
    """Whether *button* is the heading of a panel that it opens."""
    return tree.tags[tree.parents[button]] in HEADINGS or bool(tree.attribute(button, "aria-expanded"))


def _link_lists(found: Survey, own_host: str) -> dict[int, str]:
    """What holds links to the site's own pages and next to nothing else."""
    tree, sums, lists = found.tree, found.sums, dict[int, str]()
    holders: dict[int, float] = {}
    for unit in found.units:
        if unit.prose > 0 and tree.tags[unit.place] == "p":
            above = tree.parents[unit.place]
            holders[above] = holders.get(above, 0) + unit.prose
    done = 0
    for place in sorted(place for tag in _GROUPS for place in tree.named(tag)):
        if place < done or not sums.linked(place) or sums.linked(place) <= _LINKED * sums.text(place):
            continue
        if sums.prose(place) < _SENTENCE and not tree.within(place, found.chrome):
            links = _own_links(tree, place, own_host)
            length = sums.linked(place) / links if links else 0
            # A list of titles between paragraphs is the author's, and so is a table with a head.
            is_between = (
                tree.tags[place] in _LISTS and holders.get(tree.parents[place], 0) >= _SENTENCE and length > _SHORT_LINK
            )
            if links >= _FEW_LINKS and length < _LONGEST_LINK and not is_between and tree.first(place, "th") is None:
                lists[place] = "links"
                done = tree.ends[place]
    return lists


def _own_links(tree: Tree, place: int, own_host: str) -> int:
    """How many links below *place* stay on the site: a list of such is navigation, others may be what is told."""
    targets = (tree.attribute(link, "href") for link in tree.below(place, "a"))
    return sum("://" not in target or host(target) == own_host for target in targets)
