"""What stands near the title of a page: the lines below and above it, where a report is signed and dated."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .tree import HEADINGS, TEXT, Tree

_INLINE = frozenset("a abbr b bdi cite data em font i label mark small span strong sub sup time u".split())
_PASSED_OVER = frozenset("nav button form select option footer svg label".split())
_OUTSIDE = frozenset("a nav form button".split())
_PIECES_BELOW = 60
_PIECES_ABOVE = 14
_LEVELS_ABOVE = 3
_LEVELS_NAMED = 3
_PROSE_BELOW = 150  # words
_PROSE_LINE = 25  # words
_SMALL = 40  # nodes in an element that only names somebody


class Piece(NamedTuple):
    """A text of one element, with the *names* (class, id, itemprop, rel) of what holds it, outermost first.

    *stamp* is the `datetime` of a `time` that holds it, *target* where a link leads that it stands in.
    """

    text: str
    names: str = ""
    stamp: str = ""
    target: str = ""


class Line(NamedTuple):
    """The pieces of one line as a reader sees it, and its *text*: their words, a space apart.

    *place* counts from the title: 1 is below it, -1 above.
    """

    text: str
    pieces: tuple[Piece, ...]
    place: int

    @property
    def names(self) -> str:
        """The names of what holds its pieces."""
        return " ".join([piece.names for piece in self.pieces])


def lines_near(tree: Tree, title: int) -> tuple[Line, ...]:
    """The lines below the element at *title*, nearest first, to the end of the first paragraphs; then those above."""
    walk = _Walk(tree, title)
    below = []
    pieces = prose = 0
    for place, line in enumerate(walk.lines(tree.ends[title], len(tree.tags)), start=1):
        below.append(_line(line, place))
        pieces += len(line)
        words = below[-1].text.count(" ") + 1
        prose += words if words >= _PROSE_LINE else 0
        if pieces >= _PIECES_BELOW or prose >= _PROSE_BELOW:
            break
    above = list(walk.lines(_start_above(tree, title), title))
    return (*below, *(_line(line, -place) for place, line in enumerate(reversed(above), start=1)))


def places_of(tree: Tree, tag: str) -> Iterator[int]:
    """Where the elements *tag* stand in the tree, in order."""
    yield from tree.named(tag)


def times(tree: Tree) -> Iterator[Piece]:
    """The `time` elements of the page outside links and menus, with the names of all that holds them."""
    for place in places_of(tree, "time"):
        tags = {tree.tags[holder] for holder in _holders(tree, place)}
        if not tags & _OUTSIDE and ("footer" not in tags or tags & {"article", "main"}):
            yield Piece(tree.text(place), _names_around(tree, place), tree.attribute(place, "datetime"))


def elements_named(tree: Tree, is_wanted: Callable[[str], bool], longest: int) -> Iterator[Piece]:
    """The elements whose class, or rel and itemprop, are wanted, with at most *longest* characters.

    Each has the names of all that holds it.
    """
    known: dict[str, bool] = {}  # a page gives most of its elements one of a few classes
    for place, attributes in tree.attributes.items():
        own = attributes.get("class") or ""
        is_named = known.get(own)
        if is_named is None:
            is_named = known[own] = is_wanted(own)
        if not is_named and ("rel" in attributes or "itemprop" in attributes):
            is_named = is_wanted(f"{attributes.get('rel')} {attributes.get('itemprop')}")
        if is_named and tree.ends[place] - place <= _SMALL:
            words = tree.text(place)
            if 0 < len(words) <= longest:
                yield Piece(words, _names_around(tree, place))


def _line(pieces: list[Piece], place: int) -> Line:
    return Line(" ".join([piece.text for piece in pieces if piece.text]), tuple(pieces), place)


def _names_around(tree: Tree, place: int) -> str:
    """The names of the element at *place* and of all around it, innermost first."""
    around = (tree.attributes.get(node) for node in _holders(tree, place))
    return " ".join([names for attributes in around if attributes and (names := _names(attributes))])


def _holders(tree: Tree, place: int) -> Iterator[int]:
    """The element at *place* and all around it, innermost first."""
    while place >= 0:
        yield place
        place = tree.parents[place]


def _names(attributes: Mapping[str, str | None]) -> str:
    get = attributes.get
    named = (get("class"), get("id"), get("itemprop"), get("rel"))
    return " ".join([name for name in named if name])


def _start_above(tree: Tree, title: int) -> int:
    """Where the small part above the title begins: its highest parent that adds few texts; a menu has many."""
    start = parent = title
    for _ in range(_LEVELS_ABOVE):
        parent = tree.parents[parent]
        if parent < 0 or tree.tags[parent] in {"body", "main", "html"}:
            break
        if sum(1 for text in tree.texts[parent:title] if text) > _PIECES_ABOVE:
            break
        start = parent
    return start


# What is known of an element and of those that hold it, as far as they are not around the title too: the names of the
# last of them, the stamp, the target.
_Around = tuple[tuple[str, ...], str, str]
_NOTHING: _Around = ((), "", "")


@dataclass(slots=True)
class _Walk:
    """Reads the texts near the element at *title* by line."""

    tree: Tree
    title: int
    known: dict[int, _Around] = field(default_factory=dict)

    def lines(self, place: int, end: int) -> Iterator[list[Piece]]:
        """The texts from *place* to *end* by line; up to where another page is told of."""
        tags, texts, ends = self.tree.tags, self.tree.texts, self.tree.ends
        line: list[Piece] = []
        holder = articles = 0
        while place < end:
            tag = tags[place]
            if tag == TEXT:
                if texts[place]:
                    block = self._block(place)
                    if line and block != holder:
                        yield line
                        line = []
                    holder = block
                    line.append(self._piece(texts[place], self.tree.parents[place]))
            elif tag in _PASSED_OVER or place in self.tree.hidden:
                place = ends[place]
                continue
            elif tag == "article":
                articles += 1
                if articles > 1:
                    break
            elif tag in HEADINGS and self._is_teaser(place):
                break
            elif tag == "time" and ends[place] == place + 1:
                line.append(self._piece("", place))
            elif tag == "br":
                holder = -1
            place += 1
        if line:
            yield line

    def _is_teaser(self, heading: int) -> bool:
        """Whether the heading leads elsewhere: what follows tells of another page."""
        tags = self.tree.tags
        return tags[self.tree.parents[heading]] == "a" or "a" in tags[heading : self.tree.ends[heading]]

    def _block(self, place: int) -> int:
        """The nearest element around the text at *place* that stands on lines of its own."""
        place = self.tree.parents[place]
        while self.tree.tags[place] in _INLINE:
            place = self.tree.parents[place]
        return place

    def _piece(self, text: str, holder: int) -> Piece:
        names, stamp, target = self._around(holder)
        return Piece(text, " ".join(names), stamp, target)

    def _around(self, place: int) -> _Around:
        """What is known of the element at *place*; each is looked at once, from the outermost on."""
        unknown: list[int] = []
        while place not in self.known and not place <= self.title < self.tree.ends[place]:
            unknown.append(place)
            place = self.tree.parents[place]
        around = self.known.get(place, _NOTHING)
        for element in reversed(unknown):
            attributes = self.tree.attributes.get(element)
            if attributes:
                names, stamp, target = around
                if own := _names(attributes):
                    names = (*names[1 - _LEVELS_NAMED :], own)
                tag = self.tree.tags[element]
                if tag == "time":
                    stamp = attributes.get("datetime") or stamp
                elif tag == "a":
                    target = attributes.get("href") or target
                around = (names, stamp, target)
            self.known[element] = around
        return around
