"""The tree of a page as flat lists: one read-only walk over the elements, and no element is asked anything again.

Nodes stand in document order, so what is below a node is a slice: from the place after it to its end. Sums over such
slices, chrome and blocks are then matters of plain lists; asking lexbor for each costs several times as much.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from selectolax.lexbor import LexborNode

from .normal import shown

TEXT = "-text"
_COMMENT = "-comment"
# Never shown as text, or not the page's words. What is in them is not visited.
SILENT = frozenset(
    (
        "script style noscript template svg math iframe object embed canvas audio video head title meta link map input "
        "datalist progress meter"
    ).split()
)
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

    *raws* are texts as they stand in the page, *texts* as a reader sees them; both "" for an element. *attributes* has
    the elements that have any; *hidden* are those that say they are not shown. *ids* are the `mem_id` of elements.
    """

    tags: list[str]
    parents: list[int]
    ends: list[int]
    raws: list[str]
    texts: list[str]
    attributes: dict[int, Mapping[str, str | None]]
    hidden: dict[int, str]
    ids: list[int]

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

    def below(self, place: int, *tags: str) -> list[int]:
        """The elements below the one at *place* that have one of *tags*, in order."""
        start, end = place + 1, self.ends[place]
        return [node for node, tag in enumerate(self.tags[start:end], start) if tag in tags]

    def first(self, place: int, *tags: str) -> int | None:
        """The first element below the one at *place* that has one of *tags*, None where there is none."""
        return next(iter(self.below(place, *tags)), None)

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
    """The tree from *root* on, without comments and without what is inside elements that show no text."""
    tags: list[str] = []
    parents: list[int] = []
    ends: list[int] = []
    raws: list[str] = []
    ids: list[int] = []
    attributes: dict[int, Mapping[str, str | None]] = {}
    above: list[tuple[LexborNode, int]] = []
    node: LexborNode | None = root
    parent, place = -1, 0
    while True:
        if node is None:
            if not above:
                break
            ends[parent] = place
            node, parent = above.pop()
        elif (tag := node.tag) and tag != _COMMENT:
            tags.append(tag)
            parents.append(parent)
            if tag == TEXT:
                raws.append(node.text_content or "")
                ids.append(0)
            else:
                raws.append("")
                ids.append(node.mem_id)
                if tag not in SILENT:
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
    tree = Tree(
        tags,
        parents,
        ends,
        raws,
        ["" if not raw or raw.isspace() else shown(raw) for raw in raws],
        attributes,
        {},
        ids,
    )
    suspects = (place for place, about in attributes.items() if "style" in about or "hidden" in about)
    hidden = (place for place in suspects if hides(attributes[place]) and not _opens(tree, place))
    tree.hidden.update(dict.fromkeys(hidden, "hidden"))
    return tree


def _opens(tree: Tree, place: int) -> bool:
    """Whether the hidden element at *place* is one that a reader opens: a panel of an accordion, an answer."""
    for node in (place, tree.parents[place]):
        about = tree.attributes.get(node, _NOTHING)
        if about.get("role") in _PANELS or _OPENS.search(f"{about.get('class') or ''} {about.get('id') or ''}".lower()):
            return True
    return False
