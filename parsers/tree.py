"""The tree of a page as flat lists: one read-only walk over the elements, and no element is asked anything again.

Nodes stand in document order, so what is below a node is a slice: from the place after it to its end. Sums over such
slices, chrome and blocks are then matters of plain lists; asking lexbor for each costs several times as much.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from selectolax.lexbor import LexborNode

from .normal import shown

TEXT = "-text"
# Never shown as text, or not the page's words. What is in them is not visited.
SILENT = frozenset(
    (
        "script style noscript template svg math iframe object embed canvas audio video head title meta link map input "
        "datalist progress meter"
    ).split()
)
_PASSED_OVER = SILENT | {"-comment"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCK = frozenset(
    (
        "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer "
        "form header hgroup hr html legend li main menu nav ol optgroup option p pre section summary table tbody td "
        "tfoot th thead tr ul h1 h2 h3 h4 h5 h6"
    ).split()
)
# What opens when its heading is clicked.
_OPENS = re.compile("accord|collaps|panel|tab-?(?:pane|content)|toggle|expand|faq|answer|details|spoiler")
_PANELS = frozenset({"tabpanel", "region"})
_NOTHING: Mapping[str, str | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Tree:
    """Node by node: *tags* ("-text" for a text), *parents* (-1 above the first), *ends* (one past all that is below).

    *raws* are texts as they stand in the page, with the white space before them, which an element may have too; *texts*
    are as a reader sees them, "" for an element. *attributes* has the elements that have any; *hidden* are those that
    say they are not shown. *ids* are the `mem_id` of elements, *by_tag* the places of each tag.
    """

    tags: list[str]
    parents: list[int]
    ends: list[int]
    raws: list[str]
    texts: list[str]
    attributes: dict[int, Mapping[str, str | None]]
    hidden: dict[int, str]
    ids: list[int]
    by_tag: Mapping[str, list[int]]

    def attribute(self, place: int, name: str) -> str:
        """The attribute *name* of the element at *place*, "" where it has none."""
        return self.attributes.get(place, _NOTHING).get(name) or ""

    def places(self, elements: Iterable[LexborNode]) -> list[int]:
        """Where *elements* stand, in their order, without those inside an element whose text is never shown."""
        wanted = [element.mem_id for element in elements]
        if not wanted:
            return []
        known = dict.fromkeys(wanted, -1)
        known.update((number, place) for place, number in enumerate(self.ids) if number in known)
        return [known[number] for number in wanted if known[number] >= 0]

    def children(self, place: int) -> Iterator[int]:
        """The nodes right below the one at *place*, in order."""
        child, end, ends = place + 1, self.ends[place], self.ends
        while child < end:
            yield child
            child = ends[child]

    def named(self, tag: str) -> Sequence[int]:
        """All elements that have *tag*, in order; all texts for "-text"."""
        return self.by_tag.get(tag, ())

    def below(self, place: int, *tags: str) -> list[int]:
        """The elements below the one at *place* that have one of *tags*, in order."""
        found: list[int] = []
        for tag in tags:
            if places := self.by_tag.get(tag):
                found += places[bisect_right(places, place) : bisect_left(places, self.ends[place])]
        return sorted(found) if len(tags) > 1 else found

    def first(self, place: int, *tags: str) -> int | None:
        """The first element below the one at *place* that has one of *tags*, None where there is none."""
        least = end = self.ends[place]
        for tag in tags:
            if (places := self.by_tag.get(tag)) and (rank := bisect_right(places, place)) < len(places):
                least = min(least, places[rank])
        return least if least < end else None

    def within(self, place: int, ancestors: Container[int]) -> bool:
        """Whether the node at *place* is below one of *ancestors*."""
        place = self.parents[place]
        while place >= 0 and place not in ancestors:
            place = self.parents[place]
        return place >= 0

    def text(self, place: int) -> str:
        """The words below *place* as one line: inline elements join without a space, blocks and line breaks do not."""
        start, end = place + 1, self.ends[place]
        parts = self.raws[start:end]
        for node, tag in enumerate(self.tags[start:end], start):
            if tag in BLOCK or tag == "br":
                parts[node - start] = " "
                parts[self.ends[node] - 1 - start] += " "
        return shown("".join(parts))

    def words(self, place: int) -> str:
        """The words below *place* as one line, those of each element apart."""
        return " ".join([text for text in self.texts[place : self.ends[place]] if text])


def hides(attributes: Mapping[str, str | None]) -> bool:
    """Whether an element with *attributes* is not shown."""
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if not style:
        return False
    style = style.replace(" ", "").lower()
    return "display:none" in style or "visibility:hidden" in style


def read_tree(root: LexborNode) -> Tree:
    """The tree from *root* on, without comments and without elements that show no text."""
    tags: list[str] = []
    parents: list[int] = []
    ends: list[int] = []
    raws: list[str] = []
    texts: list[str] = []
    ids: list[int] = []
    attributes: dict[int, Mapping[str, str | None]] = {}
    by_tag: defaultdict[str, list[int]] = defaultdict(list)
    above: list[tuple[LexborNode, int]] = []
    node: LexborNode | None = root
    parent, place, space = -1, 0, ""
    while True:
        if node is None:
            if not above:
                break
            ends[parent] = place
            node, parent = above.pop()
        elif (tag := node.tag) == TEXT:
            raw = node.text_content or " "
            if raw.isspace():
                space += raw  # belongs to what comes next: half of a page's texts are the line breaks of its markup
            else:
                tags.append(TEXT)
                by_tag[TEXT].append(place)
                parents.append(parent)
                raws.append(space + raw)
                texts.append(shown(raw))
                ids.append(0)
                place += 1
                ends.append(place)
                space = ""
        elif tag and tag not in _PASSED_OVER:
            tags.append(tag)
            by_tag[tag].append(place)
            parents.append(parent)
            raws.append(space)
            texts.append("")
            ids.append(node.mem_id)
            space = ""
            if named := node.attributes:
                attributes[place] = named
            if (child := node.first_child) is not None:
                above.append((node, parent))
                ends.append(0)  # known when all that is below has been seen
                node, parent = child, place
                place += 1
                continue
            place += 1
            ends.append(place)
        node = node.next if above else None
    tree = Tree(tags, parents, ends, raws, texts, attributes, {}, ids, by_tag)
    suspects = [place for place, about in attributes.items() if "style" in about or "hidden" in about]
    hidden = [place for place in suspects if hides(attributes[place]) and not _opens(tree, place)]
    tree.hidden.update(dict.fromkeys(hidden, "hidden"))
    return tree


def _opens(tree: Tree, place: int) -> bool:
    """Whether the hidden element at *place* is one that a reader opens: a panel of an accordion, an answer."""
    for node in (place, tree.parents[place]):
        about = tree.attributes.get(node, _NOTHING)
        if about.get("role") in _PANELS or _OPENS.search(f"{about.get('class') or ''} {about.get('id') or ''}".lower()):
            return True
    return False
