"""From a content root to blocks: one read-only walk in document order."""

import unicodedata
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import ada_url

from .chrome import is_chrome
from .errors import FieldError
from .figures import read_figure
from .normal import bare, storable
from .record import Block, BlockKind, Chrome, Figure, Mark, MarkKind
from .tables import grid, is_data, lines
from .tree import BLOCK, HEADINGS, SILENT, TEXT, Tree

CONTROLS = frozenset({"button", "select", "textarea", "dialog"})
# Elements that change nothing in how the text in them is set.
_IDLE = frozenset("span font small u time abbr sup sub label s wbr img".split())
_MARKS: dict[str, MarkKind] = {"em": "emphasis", "i": "emphasis", "strong": "strong", "b": "strong"}
_BULLETS = ("• ", "● ", "▪ ", "◦ ", "‣ ", "· ")
_CHROME_LENGTH = 200
_EMAIL_SHIELD = "/cdn-cgi/l/email-protection"  # Cloudflare; its hexadecimal tail changes at each answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a walk found: the blocks, and each part that was left out, in document order."""

    blocks: tuple[Block, ...]
    chrome: tuple[Chrome, ...]


def read_blocks(
    tree: Tree,
    root: int,
    *,
    base_url: str,
    dropped: Mapping[int, str] = MappingProxyType({}),
    pictures: Set[int] = frozenset(),
) -> Content:
    """The blocks below *root* in *tree*, without the places in *dropped*, which says why, and without what is hidden.

    The places in *pictures* become figures even without a `figure` element. Link targets are absolute; one that leads
    to the same page is kept as "#...". A figure already seen is not repeated.
    """
    walk = _Walk(tree=tree, base_url=base_url, dropped={**tree.hidden, **dropped}, pictures=pictures)
    walk.run(root)
    return Content(blocks=tuple(walk.blocks), chrome=tuple(walk.chrome))


def without_lines(content: Content, chrome_lines: tuple[str, ...]) -> Content:
    """*content* without the blocks that are chrome by their words: everywhere, or by *chrome_lines*."""
    known = {bare(line) for line in chrome_lines}
    kept: list[Block] = []
    chrome = [*content.chrome]
    for block in content.blocks:
        if reason := line_reason(block.text, known):
            chrome.append(chrome_of(block.text, reason))
        else:
            kept.append(block)
    return Content(blocks=tuple(kept), chrome=tuple(chrome))


def line_reason(line: str, known: Set[str]) -> str:
    """Why *line* is chrome by its words: everywhere ("line"), or by the site's, which *known* holds; "" where not."""
    if is_chrome(line):
        return "line"
    return "site line" if known and bare(line) in known else ""


def chrome_of(text: str, reason: str) -> Chrome:
    """*text*, `normal.shown`, as a part that was taken off."""
    short = text if len(text) <= _CHROME_LENGTH else text[: _CHROME_LENGTH - 1] + "…"
    return Chrome(text=short, reason=reason, words=len(text.split()))


def chrome_part(tree: Tree, place: int, reason: str) -> Chrome | None:
    """What is at *place* as a part that was taken off; None where it shows no words."""
    words = tree.words(place)
    return chrome_of(words, reason) if words else None


@dataclass(slots=True)
class _OpenMark:
    kind: MarkKind
    target: str
    start: int | None = None


@dataclass(slots=True, kw_only=True)
class _Walk:
    tree: Tree
    base_url: str
    dropped: Mapping[int, str]
    pictures: Set[int]
    blocks: list[Block] = field(default_factory=list)
    chrome: list[Chrome] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    length: int = 0
    gap: bool = False
    open_marks: list[_OpenMark] = field(default_factory=list)
    marks: dict[Mark, None] = field(default_factory=dict)  # an ordered set: nested spans repeat a mark
    heading: int = 0
    quotes: int = 0
    verbatim: int = 0
    lists: list[bool] = field(default_factory=list)
    items: int = 0
    images: set[str] = field(default_factory=set)

    def run(self, root: int) -> None:
        """Visits *root* and all below it, in document order; what is open is left where its slice ends."""
        tags, ends = self.tree.tags, self.tree.ends
        place, last = root, ends[root]
        opened: list[tuple[int, str]] = []
        while place < last:
            while opened and opened[-1][0] <= place:
                self.leave(opened.pop()[1])
            tag = tags[place]
            if tag == TEXT:
                self.text(place)
                place += 1
            elif tag in _IDLE and place not in self.dropped and place not in self.pictures:
                place += 1
            elif self.enter(place, tag):
                opened.append((ends[place], tag))
                place += 1
            else:
                place = ends[place]
        while opened:
            self.leave(opened.pop()[1])
        self.flush()

    def enter(self, place: int, tag: str) -> bool:
        """Opens the element at *place*; False where nothing below it is to be visited."""
        if tag in SILENT:
            return False
        if reason := self.dropped.get(place) or (f"tag {tag}" if tag in CONTROLS else ""):
            self.leave_out(place, reason)
            return False
        if tag == "br":
            self.line_break()
            return False
        if place in self.pictures or (tag == "figure" and self.tree.first(place, "table", "blockquote", "pre") is None):
            return not self.figure(read_figure(self.tree, place)) and tag == "figure"
        if tag == "table" and is_data(self.tree, place):
            return not self.table(place)
        self.open(tag, place)
        return True

    def open(self, tag: str, place: int) -> None:
        if tag in HEADINGS:
            self.flush()
            self.heading = HEADINGS[tag]
        elif tag in {"ul", "ol", "menu"}:
            self.flush()
            self.lists.append(tag == "ol")
        elif tag == "li":
            self.flush()
            self.items += 1
        elif tag == "blockquote":
            self.flush()
            self.quotes += 1
        elif tag == "pre":
            self.flush()
            self.verbatim += 1
        elif tag == "a":
            self.open_marks.append(_OpenMark("link", self.target(self.tree.attribute(place, "href"))))
        elif tag in _MARKS:
            self.open_marks.append(_OpenMark(_MARKS[tag], ""))
        elif tag in BLOCK:
            self.boundary()

    def leave(self, tag: str) -> None:
        if tag in HEADINGS:
            self.flush()
            self.heading = 0
        elif tag in {"ul", "ol", "menu"}:
            self.flush()
            self.lists.pop()
        elif tag == "li":
            self.flush()
            self.items -= 1
        elif tag == "blockquote":
            self.flush()
            self.quotes -= 1
        elif tag == "pre":
            self.flush()
            self.verbatim -= 1
        elif tag == "a" or tag in _MARKS:
            self.close_mark(self.open_marks.pop())
        elif tag in BLOCK:
            self.boundary()

    def boundary(self) -> None:
        """A block begins or ends: inside an item or a heading that is a space, else the end of a paragraph."""
        if self.items or self.heading:
            self.gap = True
        else:
            self.flush()

    def line_break(self) -> None:
        if self.verbatim:
            self.append("\n")
        else:
            self.boundary()

    def text(self, place: int) -> None:
        raw, words = self.tree.raws[place], self.tree.texts[place]
        if self.verbatim:
            self.append(storable(raw))
        elif not words:
            self.gap = self.gap or (bool(raw) and raw[0].isspace())
        else:
            self.gap = self.gap or raw[0].isspace()
            self.append(words)
            self.gap = raw[-1].isspace()

    def append(self, words: str) -> None:
        if self.gap and self.length:
            self.parts.append(" ")
            self.length += 1
        self.gap = False
        for mark in self.open_marks:
            if mark.start is None:
                mark.start = self.length
        self.parts.append(words)
        self.length += len(words)

    def close_mark(self, mark: _OpenMark) -> None:
        if mark.start is not None and self.length > mark.start and (mark.kind != "link" or mark.target):
            self.marks[Mark(kind=mark.kind, start=mark.start, end=self.length, target=mark.target)] = None
        mark.start = None

    def flush(self) -> None:
        """Ends the block in hand, if it has words."""
        if not self.parts:
            self.gap = False
            return
        for mark in self.open_marks:
            self.close_mark(mark)
        text = "".join(self.parts)
        marks = tuple(sorted(self.marks, key=lambda mark: (mark.start, mark.end, mark.kind)))
        self.parts, self.marks, self.length, self.gap = [], {}, 0, False
        if self.verbatim:
            self.add("preformatted", "\n".join(line.rstrip() for line in text.strip("\n").splitlines()))
            return
        if not unicodedata.is_normalized("NFC", text):
            text, marks = unicodedata.normalize("NFC", text), ()
        if self.heading:
            self.add("heading", text, level=self.heading, marks=marks)
        elif self.items:
            ordered = self.lists[-1] if self.lists else False
            self.add("item", text, level=max(len(self.lists), 1), ordered=ordered, marks=marks)
        else:
            self.line(text, marks)

    def line(self, text: str, marks: tuple[Mark, ...]) -> None:
        """A paragraph or a quotation; an item where the line starts with a typed bullet."""
        if self.quotes:
            self.add("quotation", text, marks=marks)
        elif text.startswith(_BULLETS):
            start = len(text) - len(text[1:].lstrip())
            moved = (replace(mark, start=max(mark.start - start, 0), end=mark.end - start) for mark in marks)
            self.add("item", text[start:], level=1, marks=tuple(mark for mark in moved if mark.end > 0))
        else:
            self.add("paragraph", text, marks=marks)

    def add(
        self, kind: BlockKind, text: str, *, level: int = 0, ordered: bool = False, marks: tuple[Mark, ...] = ()
    ) -> None:
        if text.strip():
            self.blocks.append(Block(kind=kind, text=text, level=level, ordered=ordered, marks=marks))

    def figure(self, figure: Figure) -> bool:
        """Whether *figure* was one: it has a picture or words. A picture seen before adds nothing."""
        if not figure.image and not figure.caption:
            return False
        if figure.image and figure.image in self.images and not figure.caption:
            return True
        self.flush()
        self.images.add(figure.image)
        self.blocks.append(Block(kind="figure", text=figure.caption, figure=figure))
        return True

    def table(self, place: int) -> bool:
        try:
            rows = grid(self.tree, place)
        except FieldError:
            return False  # too large for a rectangle: its cells are read as paragraphs
        self.flush()
        caption = self.tree.first(place, "caption")
        words = (self.tree.text(caption) if caption is not None else "", *lines(self.tree, place))
        if text := "\n".join(line for line in words if line):
            self.blocks.append(Block(kind="table", text=text, rows=rows))
        return True

    def leave_out(self, place: int, reason: str) -> None:
        if part := chrome_part(self.tree, place, reason):
            self.chrome.append(part)

    def target(self, href: str) -> str:
        """Where a link leads, absolute; "" for one that leads nowhere or whose tail changes at each answer."""
        href = href.strip()
        if not href or href.startswith(("javascript:", "data:", "about:")) or _EMAIL_SHIELD in href:
            return ""
        if href.startswith("#"):
            return href
        try:
            return ada_url.join_url(self.base_url, href)
        except ValueError:
            return href
