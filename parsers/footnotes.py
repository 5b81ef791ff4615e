"""Footnotes: which signs in a page lead to which notes, whoever made it.

A sign is a short label ("1", "[b]", "*") that links to a place further down; the note is the block that stands there.
What makes the two a pair is that the note links back, or that the sign is raised, in brackets or called a reference.
Where nothing links, a raised label in a text and a block that begins with the same raised label are a pair.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .line import Words, without_start
from .record import Mark
from .tree import BLOCK, HEADINGS, TEXT, Tree

_LABEL = re.compile(r"[\[(]?\s*+((?:(?:note|nb|n\.?+|fn\.?+)\s++)?(?:\d{1,4}|[a-zA-Z]{1,2}|[*†‡§¶]{1,4}))\s*+[\])]?")
_RAISED = re.compile(r"\d{1,3}|[*†‡§¶]{1,4}")
_CALLED = re.compile(r"note|ref|cite", re.IGNORECASE)
_BACK_CALLED = re.compile(r"back-?(?:link|ref)|footnote-back", re.IGNORECASE)
_UNITS = (" m", " km", " cm", " mm", " ft", " CO", " H")
_BACK = "^↑↩↵⏎⤴\ufe0e\ufe0f "
_SMALL = 12  # nodes in a sign with all that is set around its label
_WHOLE = frozenset("html body main article section table tbody tr ul ol dl".split()) | HEADINGS.keys()


@dataclass(frozen=True, slots=True)
class Notes:
    """Where footnotes are, by place in a tree.

    *signs* give what is shown in the text and the place of the note meant. *labels* are the notes, each with what it
    may begin with. *silent* are the parts of a note that only lead back.
    """

    signs: Mapping[int, tuple[str, int]]
    labels: Mapping[int, str]
    silent: Set[int]


_NONE = Notes(MappingProxyType({}), MappingProxyType({}), frozenset())


def find_notes(tree: Tree) -> Notes:
    """The footnotes of a page."""
    links = [
        (place, href[1:])
        for place in tree.named("a")
        if (href := tree.attribute(place, "href")) and href[0] == "#" and len(href) > 1
    ]
    if not links and not tree.named("sup"):
        return _NONE
    finder = _Finder(tree)
    finder.read_links(links)
    finder.read_raised()
    return finder.notes()


def note_text(text: str, marks: tuple[Mark, ...], label: str, *, is_numbered: bool) -> Words:
    """The words of a footnote without what leads back and without its own label, which a numbered item lacks."""
    kept = text.rstrip(_BACK)
    whole = tuple(replace(mark, end=min(mark.end, len(kept))) for mark in marks if mark.start < len(kept))
    kept, whole = without_start(kept, whole, len(kept) - len(kept.lstrip(_BACK)))
    if kept.strip("[](). ") == label:
        return "", ()
    starts = [f"[{label}]", f"({label})"]
    if not is_numbered:
        starts += [f"{label}.", f"{label})", f"{label}:", f"{label} "]
    return without_start(kept, whole, next((len(start) for start in starts if kept.startswith(start)), 0))


@dataclass(slots=True)
class _Finder:
    tree: Tree
    signs: dict[int, tuple[str, int]] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    silent: set[int] = field(default_factory=set)
    holders: dict[int, bool] = field(default_factory=dict)
    first_texts: dict[int, int] = field(default_factory=dict)

    def notes(self) -> Notes:
        for note in self.labels:
            self.silent.update(_called_back(self.tree, note))
        return Notes(self.signs, self.labels, self.silent)

    def read_links(self, links: list[tuple[int, str]]) -> None:
        """Pairs of a link and the block it leads to."""
        named = self._named() if links else {}
        targets = [(place, named[name]) for place, name in links if name in named]
        back: dict[int, list[int]] = defaultdict(list)
        for place, target in targets:
            if target < place:
                back[target].append(place)
        for place, target in targets:
            if target >= self.tree.ends[place]:
                self._link(place, target, back)

    def read_raised(self) -> None:
        """Pairs of raised labels that nothing links."""
        tree, notes, found = self.tree, dict[str, int](), list[tuple[int, str]]()
        for place in tree.named("sup"):
            if tree.ends[place] != place + 2 or tree.tags[place + 1] != TEXT or place in self.signs:
                continue
            if (label := tree.texts[place + 1]) and _RAISED.fullmatch(label) and not self._is_power(place):
                note = self._begun_by(place)
                if note is None:
                    found.append((place, label))
                else:
                    notes.setdefault(label, note)
        for place, label in found:
            if place < notes.get(label, -1):
                self._pair(place, label, notes[label])

    def _is_power(self, place: int) -> bool:
        """Whether what is raised at *place* stands after a unit, as in m2."""
        return self.tree.texts[place - 1].endswith(_UNITS) if self.tree.tags[place - 1] == TEXT else False

    def _named(self) -> dict[str, int]:
        named: dict[str, int] = {}
        for place, attributes in self.tree.attributes.items():
            for name in ("id", "name"):
                if value := attributes.get(name):
                    named.setdefault(value, place)
        return named

    def _link(self, place: int, target: int, back: Mapping[int, list[int]]) -> None:
        tree = self.tree
        if tree.ends[place] - place > _SMALL or not (label := _LABEL.fullmatch(tree.text(place))):
            return
        note = self._holder(target)
        if note is None or place >= note:
            return
        returns = [link for near in _near(tree, place) for link in back.get(near, ()) if note <= link < tree.ends[note]]
        if returns or _looks_like_sign(tree, place):
            self.silent.update(returns)
            self._pair(place, label[1], note)

    def _pair(self, place: int, label: str, note: int) -> None:
        whole, shown = _whole(self.tree, place, label)
        self.signs[whole] = shown, note
        self.labels.setdefault(note, label)

    def _holder(self, target: int) -> int | None:
        """The block that is the note at *target*; None where it is a larger part of the page."""
        tree, note = self.tree, target
        while tree.tags[note] not in BLOCK:
            note = tree.parents[note]
        if tree.tags[note] == "p" and tree.tags[tree.parents[note]] == "li":
            note = tree.parents[note]
        if note not in self.holders:
            self.holders[note] = tree.tags[note] not in _WHOLE and tree.first(note, *HEADINGS) is None
        return note if self.holders[note] else None

    def _begun_by(self, place: int) -> int | None:
        """The block whose first words are those at *place*; None where words stand before them."""
        tree, block = self.tree, self.tree.parents[place]
        while tree.tags[block] not in BLOCK:
            block = tree.parents[block]
        if block not in self.first_texts:
            self.first_texts[block] = next(node for node in range(block, tree.ends[block]) if tree.texts[node])
        return block if self.first_texts[block] == place + 1 and tree.tags[block] not in _WHOLE else None


def _near(tree: Tree, sign: int) -> Iterator[int]:
    """Where a link back to *sign* may lead: what is set around it, an anchor before it, itself, what is in it."""
    if tree.tags[above := tree.parents[sign]] not in BLOCK:
        yield above
    if sign - 1 != above:
        yield sign - 1
    yield from range(sign, tree.ends[sign])


def _looks_like_sign(tree: Tree, place: int) -> bool:
    around = (place, tree.parents[place])
    if any(tree.tags[node] == "sup" for node in around) or tree.first(place, "sup") is not None:
        return True
    called = any(_CALLED.search(tree.attribute(node, name)) for node in around for name in ("role", "class"))
    return called or tree.text(place)[0] in "[("


def _whole(tree: Tree, place: int, label: str) -> tuple[int, str]:
    """The element that is all of a sign, its brackets included, and the sign as it is shown."""
    shown, above = f"[{label}]", tree.parents[place]
    is_small = tree.tags[above] not in BLOCK and tree.ends[above] - above <= _SMALL
    if is_small and tree.text(above).strip("[]() ") == label:
        return above, shown
    return place, label if tree.raws[place - 1].rstrip().endswith("[") else shown


def _called_back(tree: Tree, note: int) -> Iterator[int]:
    """The parts of *note* that are called a way back."""
    for place in tree.below(note, "a", "span"):
        if _BACK_CALLED.search(f"{tree.attribute(place, 'role')} {tree.attribute(place, 'class')}"):
            yield place
