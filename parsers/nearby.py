"""What stands near the title of a page: the lines below and above it, where a report is signed and dated."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .tree import HEADINGS, TEXT, Tree

_INLINE = frozenset("a abbr b bdi cite data em font i label mark small span strong sub sup time u".split())
_PASSED_OVER = frozenset("nav button form select option footer svg label figcaption blockquote".split())
_OUTSIDE = frozenset("a nav form button".split())
_ITEMS = frozenset(HEADINGS) | {"li", "dd", "dt"}
_TELLING = frozenset(HEADINGS) | {"article", "time", "br", "a"}
_PIECES_BELOW = 60
_PIECES_ABOVE = 14
_LEVELS_ABOVE = 3
_LEVELS_NAMED = 3
_PROSE_BELOW = 150  # words
_PROSE_LINE = 25  # words
_SMALL = 40  # nodes in an element that only names somebody


class Named(NamedTuple):
    """An element: its *text*, the *names* (class, id, itemprop, rel) of what holds it, innermost first.

    A `time` has a *stamp*, and the words of the *line* it stands in.
    """

    text: str
    names: str
    stamp: str = ""
    line: str = ""


class Piece(NamedTuple):
    """A text of the element at *holder*, the `datetime` of the `time` and the target of the link that hold it."""

    text: str
    holder: int
    stamp: str = ""
    target: str = ""


class Line(NamedTuple):
    """The pieces of one line as a reader sees it, and its *text*: their words, a space apart.

    *place* counts from the title: 1 is below it, -1 above. *names_of* gives the names (class, id, itemprop, rel) of an
    element and of those that hold it, outermost first: of the last three that have any and are not around the title.
    *is_item*: it is a heading or an item of a list.
    """

    text: str
    pieces: tuple[Piece, ...]
    place: int
    names_of: Callable[[int], str]
    is_item: bool = False

    @property
    def names(self) -> str:
        """The names of what holds its pieces."""
        return " ".join([self.names_of(piece.holder) for piece in self.pieces])


def lines_near(tree: Tree, title: int) -> tuple[Line, ...]:
    """The lines below the element at *title*, nearest first, to the end of the first paragraphs; then those above."""
    walk = _Walk(tree, title)
    near: list[Line] = []
    pieces = prose = 0
    for place, line in enumerate(walk.lines(tree.ends[title], len(tree.tags)), start=1):
        near.append(_line(walk, line, place))
        pieces += len(line)
        words = near[-1].text.count(" ") + 1
        prose += words if words >= _PROSE_LINE else 0
        if pieces >= _PIECES_BELOW or prose >= _PROSE_BELOW:
            break
    walk = _Walk(tree, title)
    above = [*walk.lines(_start_above(tree, title), title)]
    return (*near, *(_line(walk, line, -place) for place, line in enumerate(reversed(above), start=1)))


def places_of(tree: Tree, tag: str) -> Iterator[int]:
    """Where the elements *tag* stand in the tree, in order."""
    yield from tree.named(tag)


def times(tree: Tree) -> Iterator[Named]:
    """The `time` elements of the page outside links and menus, with the names of all that holds them."""
    for place in places_of(tree, "time"):
        tags = {tree.tags[holder] for holder in _holders(tree, place)}
        if not tags & _OUTSIDE and ("footer" not in tags or tags & {"article", "main"}):
            stamp = tree.attribute(place, "datetime")
            yield Named(tree.text(place), _names_around(tree, place), stamp, _line_around(tree, place))


def _line_around(tree: Tree, place: int) -> str:
    """The words beside the element at *place*, itself included, up to what stands on lines of its own."""
    block = _block(tree, place)
    if tree.ends[block] - block > _SMALL:
        return ""
    texts = (node for node in range(block, tree.ends[block]) if tree.tags[node] == TEXT and tree.texts[node])
    return " ".join([tree.texts[node] for node in texts if _block(tree, tree.parents[node]) == block])


def _block(tree: Tree, place: int) -> int:
    """The element at *place*, or the nearest around it, that stands on lines of its own."""
    while tree.tags[place] in _INLINE:
        place = tree.parents[place]
    return place


def elements_named(tree: Tree, is_wanted: Callable[[str], bool], longest: int) -> Iterator[Named]:
    """The elements whose class, or rel and itemprop, are wanted, with at most *longest* characters.

    Each has the names of all that holds it. *is_wanted* is asked of several names at once too.
    """
    # A page gives most of its elements one of a few classes.
    classes = [name for name in {attributes.get("class") for attributes in tree.attributes.values()} if name]
    wanted = {name for name in classes if is_wanted(name)} if is_wanted("\n".join(classes)) else set()
    found = [
        place
        for place, attributes in tree.attributes.items()
        if attributes.get("class") in wanted
        or (
            ("rel" in attributes or "itemprop" in attributes)
            and is_wanted(f"{attributes.get('rel')} {attributes.get('itemprop')}")
        )
    ]
    for place in found:
        words = tree.text(place) if tree.ends[place] - place <= _SMALL else ""
        if 0 < len(words) <= longest:
            yield Named(words, _names_around(tree, place))


def _line(walk: "_Walk", pieces: list[Piece], place: int) -> Line:
    text = " ".join([piece.text for piece in pieces if piece.text])
    tree = walk.tree
    return Line(text, tuple(pieces), place, walk.names_of, tree.tags[_block(tree, pieces[0].holder)] in _ITEMS)


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
    texts = tree.named(TEXT)
    for _ in range(_LEVELS_ABOVE):
        parent = tree.parents[parent]
        if parent < 0 or tree.tags[parent] in {"body", "main", "html"}:
            break
        if bisect_left(texts, title) - bisect_left(texts, parent) > _PIECES_ABOVE:
            break
        start = parent
    return start


@dataclass(slots=True)
class _Walk:
    """Reads the texts near the element at *title* by line, with what is open where it has come to."""

    tree: Tree
    title: int
    articles: int = 0
    stamp: tuple[str, int] = ("", 0)  # of a `time`, and where it ends
    target: tuple[str, int] = ("", 0)  # of a link, and where it ends
    known: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def lines(self, place: int, end: int) -> Iterator[list[Piece]]:
        """The texts from *place* to *end* by line; up to where another page is told of."""
        tree = self.tree
        tags, texts, ends, hidden = tree.tags, tree.texts, tree.ends, tree.hidden
        line: list[Piece] = []
        holder = 0
        while place < end:
            tag = tags[place]
            if tag == TEXT:
                if texts[place]:
                    block = _block(tree, tree.parents[place])
                    if line and block != holder:
                        yield line
                        line = []
                    holder = block
                    line.append(self._piece(place))
            elif place in hidden or tag in _PASSED_OVER:
                place = ends[place]
                continue
            elif tag in _TELLING:
                if self._leaves(place, tag):
                    break
                if tag == "br":
                    holder = -1
                elif tag == "time" and ends[place] == place + 1:
                    line.append(Piece("", place, self.stamp[0]))
            place += 1
        if line:
            yield line

    def names_of(self, place: int) -> str:
        """The names of the element at *place* and of those that hold it; each is looked at once."""
        tree, title, known = self.tree, self.title, self.known
        unknown: list[int] = []
        while place not in known and not place <= title < tree.ends[place]:
            unknown.append(place)
            place = tree.parents[place]
        names = known.get(place, ())
        for element in reversed(unknown):
            attributes = tree.attributes.get(element)
            if attributes and (own := _names(attributes)):
                names = (*names[1 - _LEVELS_NAMED :], own)
            known[element] = names
        return " ".join(names)

    def _leaves(self, place: int, tag: str) -> bool:
        """Whether the element at *place* begins what tells of another page; else what it opens is noted."""
        end = self.tree.ends[place]
        if tag == "time":
            self.stamp = self.tree.attribute(place, "datetime"), end
        elif tag == "a":
            self.target = self.tree.attribute(place, "href"), end
        elif tag == "article":
            self.articles += 1
            return self.articles > 1
        return tag in HEADINGS and self._is_teaser(place)

    def _is_teaser(self, heading: int) -> bool:
        """Whether the heading leads elsewhere: what follows tells of another page."""
        tags = self.tree.tags
        return tags[self.tree.parents[heading]] == "a" or "a" in tags[heading : self.tree.ends[heading]]

    def _piece(self, place: int) -> Piece:
        (stamp, until), (target, end) = self.stamp, self.target
        tree = self.tree
        return Piece(
            tree.texts[place], tree.parents[place], stamp if place < until else "", target if place < end else ""
        )
