"""What stands near the title of a page: the lines below and above it, where a report is signed and dated."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from .tree import HEADINGS, TEXT, Tree

_INLINE = frozenset("a abbr b bdi cite data em font i label mark small span strong sub sup time u".split())
_PASSED_OVER = frozenset("nav button form select option footer svg label".split())
_OUTSIDE = frozenset("a nav form button".split())
_PIECES_BELOW = 90
_PIECES_ABOVE = 14
_LEVELS_ABOVE = 3
_LEVELS_NAMED = 3
_PROSE_BELOW = 150  # words
_PROSE_LINE = 25  # words
_SMALL = 40  # nodes in an element that only names somebody
_NAMED = ("class", "id", "itemprop", "rel")


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of one element, with the *names* (class, id, itemprop, rel) of what holds it, outermost first.

    *stamp* is the `datetime` of a `time` that holds it, *target* where a link leads that it stands in.
    """

    text: str
    names: str = ""
    stamp: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The pieces of one line as a reader sees it. *place* counts from the title: 1 is below it, -1 above."""

    pieces: tuple[Piece, ...]
    place: int

    @property
    def text(self) -> str:
        """The words of the line; pieces are a space apart."""
        return " ".join([piece.text for piece in self.pieces if piece.text])

    @property
    def names(self) -> str:
        """The names of what holds its pieces."""
        return " ".join([piece.names for piece in self.pieces])


def lines_near(tree: Tree, title: int) -> tuple[Line, ...]:
    """The lines below the element at *title*, nearest first, to the end of the first paragraphs; then those above."""
    below = []
    pieces = prose = 0
    for place, line in enumerate(_lines(tree, tree.ends[title], len(tree.tags), title), start=1):
        below.append(Line(line, place))
        pieces += len(line)
        words = sum(piece.text.count(" ") + 1 for piece in line)
        prose += words if words >= _PROSE_LINE else 0
        if pieces >= _PIECES_BELOW or prose >= _PROSE_BELOW:
            break
    above = list(_lines(tree, _start_above(tree, title), title, title))
    return (*below, *(Line(line, -place) for place, line in enumerate(reversed(above), start=1)))


def places_of(tree: Tree, tag: str) -> Iterator[int]:
    """Where the elements *tag* stand in the tree, in order."""
    place = -1
    with suppress(ValueError):
        while True:
            place = tree.tags.index(tag, place + 1)
            yield place


def times(tree: Tree) -> Iterator[Piece]:
    """The `time` elements of the page outside links and menus, with the names of all that holds them."""
    for place in places_of(tree, "time"):
        tags = {tree.tags[holder] for holder in _holders(tree, place)}
        if not tags & _OUTSIDE and ("footer" not in tags or tags & {"article", "main"}):
            yield Piece(tree.text(place), _names_around(tree, place), tree.attribute(place, "datetime"))


def elements_named(tree: Tree, parts: Sequence[str], longest: int) -> Iterator[Piece]:
    """The elements with one of *parts* in class, rel or itemprop and at most *longest* characters.

    Each with the names of all that holds it.
    """
    known: dict[str, bool] = {}  # a page gives most of its elements one of a few classes
    for place, attributes in tree.attributes.items():
        if tree.ends[place] - place > _SMALL:
            continue
        own = attributes.get("class") or ""
        if "rel" in attributes or "itemprop" in attributes:
            own = f"{own} {attributes.get('rel')} {attributes.get('itemprop')}"
        is_named = known.get(own)
        if is_named is None:
            is_named = known[own] = any(part in own for part in parts)
        if is_named:
            words = tree.text(place)
            if 0 < len(words) <= longest:
                yield Piece(words, _names_around(tree, place))


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
    return " ".join([value for name in _NAMED if (value := attributes.get(name))])


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


def _lines(tree: Tree, place: int, end: int, title: int) -> Iterator[tuple[Piece, ...]]:
    """The texts from *place* to *end* by line; up to the second `article` that begins there."""
    tags, texts, ends = tree.tags, tree.texts, tree.ends
    line: list[Piece] = []
    holder = articles = 0
    while place < end:
        tag = tags[place]
        if tag == TEXT:
            if texts[place]:
                block = _block(tree, place)
                if line and block != holder:
                    yield tuple(line)
                    line = []
                holder = block
                line.append(_piece(tree, place, title))
        elif tag in _PASSED_OVER or place in tree.hidden:
            place = ends[place]
            continue
        elif tag == "article":
            articles += 1
            if articles > 1:
                break
        elif tag in HEADINGS and _is_teaser(tree, place):
            break
        elif tag == "time" and ends[place] == place + 1:
            line.append(_piece(tree, place, title))
        elif tag == "br":
            holder = -1
        place += 1
    if line:
        yield tuple(line)


def _is_teaser(tree: Tree, heading: int) -> bool:
    """Whether the heading leads elsewhere: what follows tells of another page."""
    return tree.tags[tree.parents[heading]] == "a" or "a" in tree.tags[heading : tree.ends[heading]]


def _block(tree: Tree, place: int) -> int:
    """The nearest element around the text at *place* that stands on lines of its own."""
    place = tree.parents[place]
    while tree.tags[place] in _INLINE:
        place = tree.parents[place]
    return place


def _piece(tree: Tree, place: int, title: int) -> Piece:
    """The text at *place* with what is known of the elements around it, as far as they are not around *title* too."""
    names: list[str] = []
    stamp = target = ""
    text = tree.texts[place]
    parent = tree.parents[place] if text else place
    while parent >= 0 and not parent <= title < tree.ends[parent]:
        attributes = tree.attributes.get(parent)
        if attributes:
            if len(names) < _LEVELS_NAMED and (own := _names(attributes)):
                names.append(own)
            if tree.tags[parent] == "time":
                stamp = stamp or attributes.get("datetime") or ""
            elif tree.tags[parent] == "a":
                target = target or attributes.get("href") or ""
        parent = tree.parents[parent]
    return Piece(text, " ".join(reversed(names)), stamp, target)
