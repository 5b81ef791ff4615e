"""From a content root to blocks: one read-only walk in document order."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from types import MappingProxyType

from .chrome import is_chrome
from .errors import FieldError
from .figures import find_captioned, read_caption, read_figure
from .footnotes import find_notes, note_text
from .inline import Inline
from .line import Line, without_start
from .normal import bare, storable
from .record import Block, BlockKind, Chrome, Figure, Mark
from .tables import REPEATED, is_data, read_table
from .tree import BLOCK, HEADINGS, TEXT, Tree
from .typed_notes import with_typed_notes

CONTROLS = frozenset({"button", "select", "textarea", "dialog"})
_LISTS = frozenset({"ul", "ol", "menu"})
_PARTS = frozenset({"li", "dt", "dd", "blockquote"})
# Blocks that mean nothing but that a line ends.
_PLAIN = BLOCK - HEADINGS.keys() - _LISTS - _PARTS - CONTROLS - {"dl", "pre", "figure", "figcaption", "table"}
_NOTHING = "nothing"  # the name to leave an element under that changes nothing
# Elements that change nothing in how the text in them is set.
_IDLE = frozenset("span font small u time abbr sup sub label s wbr img".split())
_BULLETS = ("• ", "● ", "▪ ", "◦ ", "‣ ", "· ")
_CHROME_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a walk found: the blocks, and each part that was left out, in document order."""

    blocks: tuple[Block, ...]
    chrome: tuple[Chrome, ...]


def read_blocks(
    tree: Tree,
    roots: Iterable[int],
    *,
    base_url: str,
    dropped: Mapping[int, str] = MappingProxyType({}),
    pictures: Set[int] = frozenset(),
    captioned: Set[int] | None = None,
) -> Content:
    """The blocks below *roots* in *tree*, without the places in *dropped*, which says why, and without what is hidden.

    The places in *pictures* become figures even without a `figure` element; *captioned* are those of
    `figures.find_captioned` where they are known. Link targets are absolute; one that leads
    to the same page is kept as "#...". A figure already seen is not repeated. Footnotes that the blocks refer to are
    read wherever they stand.
    """
    known = find_captioned(tree) if captioned is None else captioned
    walk = _Walk(tree, base_url, {**tree.hidden, **dropped}, pictures, known)
    for root in roots:
        walk.run(root)
    walk.read_missed_notes()
    return Content(blocks=with_typed_notes(walk.numbered()), chrome=tuple(walk.chrome))


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


class _Walk:
    """One walk: what is open at the place it is at, and what it has found so far."""

    def __init__(
        self, tree: Tree, base_url: str, dropped: Mapping[int, str], pictures: Set[int], captioned: Set[int]
    ) -> None:
        self.tree = tree
        self.dropped = dropped
        self.notes = find_notes(tree)
        self.captioned = captioned
        self.pictures = self.captioned | pictures
        self.inline = Inline(tree=tree, base_url=base_url, dropped=dropped, notes=self.notes, leave_out=self.leave_out)
        self.special = {*dropped, *self.pictures, *self.notes.signs, *self.notes.labels, *self.notes.silent}
        self.blocks: list[Block] = []
        self.chrome: list[Chrome] = []
        self.line = Line()
        self.heading = 0
        self.verbatim = 0
        self.parts: list[str] = []  # the open li, dt, dd, blockquote; a footnote is "note", whatever its element
        self.lists: list[bool] = []  # whether each open list is ordered
        self.glossaries = 0
        self.note = -1  # the footnote being read, until it is found to have words
        self.rescued = -1  # a footnote that is read though it was left out
        self.read: dict[int, None] = {}  # footnotes in the order of their blocks
        self.figcaptions: dict[int, str] = {}  # captions of figures that are no pictures, with the tag of what they are
        self.captions: dict[int, int] = {}  # the caption that a figure has for the table in it
        self.images: set[str] = set()
        self.room = REPEATED  # for what the spans of all tables of the page repeat

    def run(self, root: int) -> None:
        """Visits *root* and all below it, in document order; what is open is left where its slice ends."""
        tags, ends, raws, texts = self.tree.tags, self.tree.ends, self.tree.raws, self.tree.texts
        line, words, special = self.line, self.line.parts, self.special
        place, last = root, ends[root]
        opened: list[tuple[int, str]] = []
        while place < last:
            if opened and opened[-1][0] <= place:
                self.leave_all(opened, place)
            tag = tags[place]
            if tag == TEXT:
                if self.verbatim:
                    line.add(storable(raws[place]))
                else:
                    line.read(raws[place], texts[place])
                place += 1
                continue
            if raws[place]:
                line.space(raws[place], verbatim=self.verbatim > 0)
            if tag in _IDLE and place not in special:
                place += 1
            elif tag in _PLAIN and place not in special:
                if words:
                    self.boundary()
                opened.append((ends[place], ""))
                place += 1
            elif name := self.enter(place, tag):
                opened.append((ends[place], name))
                place += 1
            else:
                place = ends[place]
        self.leave_all(opened, last)
        self.flush()

    def leave_all(self, opened: list[tuple[int, str]], place: int) -> None:
        """Leaves what ends before *place*; what has no name was plain."""
        while opened and opened[-1][0] <= place:
            if name := opened.pop()[1]:
                self.leave(name)
            elif self.line.parts:
                self.boundary()

    def read_missed_notes(self) -> None:
        """Reads the footnotes referred to that stand elsewhere on the page, or in what was left out."""
        hidden = self.tree.hidden
        for note in sorted(self.inline.called):
            if note not in self.read and note not in hidden and not self.tree.within(note, hidden):
                self.rescued = note
                self.run(note)

    def numbered(self) -> Iterator[Block]:
        """The blocks, each sign of a footnote with the number of its note as target; one without a note is no sign."""
        numbers = {f"#{note}": f"#{number}" for number, note in enumerate(self.read, 1)}
        for block in self.blocks:
            if self.inline.called and any(mark.kind == "note" for mark in block.marks):
                known = [mark for mark in block.marks if mark.kind != "note" or mark.target in numbers]
                marks = tuple(replace(mark, target=numbers.get(mark.target, mark.target)) for mark in known)
                yield replace(block, marks=marks)
            else:
                yield block

    def enter(self, place: int, tag: str) -> str:
        """Opens the element at *place* and says under which name to leave it; "" where all below it is done with."""
        if place in self.special and (name := self.enter_special(place, tag)) is not None:
            return name
        if tag == "br":
            self.line_break()
            return ""
        if tag in CONTROLS and not (tag == "button" and self.heading):
            return self.leave_out(place, f"tag {tag}")
        if tag == "figcaption" and place in self.figcaptions:
            return self.caption(place)
        if tag == "a" and self.heading and self.is_anchor(place):
            return ""
        if (tag == "table" and is_data(self.tree, place) and self.table(place)) or (
            tag == "figure" and self.figure(place)
        ):
            return ""
        return self.open(tag, place)

    def enter_special(self, place: int, tag: str) -> str | None:
        """As `enter`, for a place that is more than its tag says; None where it turns out not to be."""
        if (reason := self.dropped.get(place)) and place != self.rescued:
            return self.leave_out(place, reason)
        if place in self.notes.signs:
            self.inline.sign(self.line, place)
            return ""
        if place in self.notes.labels:
            self.flush()
            self.parts.append("note")
            self.note = place
            return "note"
        if place in self.pictures:
            return "" if self.picture(place) or tag != "figure" else None
        return "" if place in self.notes.silent else None

    def is_anchor(self, place: int) -> bool:
        """Whether the link at *place*, in a heading, is only there to be copied: "#" or "¶"."""
        leads_here = self.tree.attribute(place, "href").startswith("#")
        return leads_here and not any(sign.isalnum() for sign in self.tree.words(place))

    def open(self, tag: str, place: int) -> str:
        if tag in HEADINGS:
            self.flush()
            self.heading = HEADINGS[tag]
        elif tag in _LISTS:
            self.flush()
            self.lists.append(tag == "ol")
        elif tag in _PARTS:
            self.flush()
            self.parts.append(tag)
        elif tag == "dl":
            self.flush()
            self.glossaries += 1
        elif tag == "pre":
            self.flush()
            self.verbatim += 1
        elif tag in BLOCK:
            self.boundary()
        else:
            return self.inline.open(self.line, tag, place) or _NOTHING
        return tag

    def leave(self, name: str) -> None:
        if name in HEADINGS:
            self.flush()
            self.heading = 0
        elif name in _LISTS:
            self.flush()
            self.lists.pop()
        elif name in _PARTS or name == "note":
            self.flush()
            self.parts.pop()
        elif name == "dl":
            self.flush()
            self.glossaries -= 1
        elif name == "pre":
            self.flush()
            self.verbatim -= 1
        elif name in BLOCK:
            self.boundary()
        elif name != _NOTHING:
            self.inline.close(self.line, name)

    def boundary(self) -> None:
        """A block begins or ends: inside an item, a footnote or a heading that is a space, else the paragraph ends."""
        if self.heading or (self.parts and self.parts[-1] != "blockquote"):
            self.line.gap = True
        else:
            self.flush()

    def line_break(self) -> None:
        if self.verbatim:
            self.line.add("\n")
        else:
            self.boundary()

    def flush(self) -> None:
        """Ends the block in hand, if it has words."""
        if not self.line.parts:
            return
        text, marks = self.line.take()
        part = self.parts[-1] if self.parts else ""
        if self.verbatim:
            self.add("preformatted", "\n".join(line.rstrip() for line in text.strip("\n").splitlines()))
        elif self.heading:
            self.add("heading", text, marks, level=self.heading)
        elif part == "li":
            ordered = self.lists[-1] if self.lists else False
            self.add("item", text, marks, level=max(len(self.lists), 1), ordered=ordered)
        elif part in {"dt", "dd"}:
            self.add("term" if part == "dt" else "definition", text, marks, level=max(self.glossaries, 1))
        elif part == "blockquote":
            self.add("quotation", text, marks, level=self.parts.count("blockquote") - 1)
        elif part == "note" and self.note >= 0:
            self.footnote(text, marks)
        else:
            self.paragraph(text, marks)

    def paragraph(self, text: str, marks: tuple[Mark, ...]) -> None:
        """A paragraph; an item where the line starts with a typed bullet."""
        if text.startswith(_BULLETS):
            self.add("item", *without_start(text, marks, 1), level=1)
        else:
            self.add("paragraph", text, marks)

    def footnote(self, text: str, marks: tuple[Mark, ...]) -> None:
        """The first words of a footnote; any that do not go on with them are a paragraph of their own."""
        is_numbered = self.tree.tags[self.note] == "li"
        text, marks = note_text(text, marks, self.notes.labels[self.note], is_numbered=is_numbered)
        if text:
            self.read[self.note] = None
            self.note = -1
            self.add("footnote", text, marks)

    def add(
        self, kind: BlockKind, text: str, marks: tuple[Mark, ...] = (), *, level: int = 0, ordered: bool = False
    ) -> None:
        if text.strip():
            self.blocks.append(Block(kind=kind, text=text, level=level, ordered=ordered, marks=marks))

    def figure(self, place: int) -> bool:
        """Whether the `figure` element at *place* was a picture; one around other figures or a text is not."""
        inside = self.tree.first(place, "figure", "table", "blockquote", "pre")
        if inside is not None:
            self.expect_caption(place, inside)
        return inside is None and self.picture(place)

    def picture(self, place: int) -> bool:
        """Whether what is at *place* was a picture, or words below one. A picture seen before adds nothing."""
        caption = place if place in self.captioned else self.tree.first(place, "figcaption")
        figure = read_figure(self.tree, place, caption, base_url=self.inline.base_url)
        if figure.image or figure.caption:
            self.add_figure(figure)
        return bool(figure.image or figure.caption)

    def add_figure(self, figure: Figure) -> None:
        if not figure.image or figure.image not in self.images or figure.caption:
            self.flush()
            self.images.add(figure.image)
            self.blocks.append(Block(kind="figure", text=figure.caption, figure=figure))

    def expect_caption(self, figure: int, inside: int) -> None:
        """Notes what the caption of *figure* is one of: a gallery, a quotation, or a table that has none of its own."""
        kind = self.tree.tags[inside]
        for caption in _own(self.tree, figure, "figcaption"):
            if kind in {"figure", "blockquote"}:
                self.figcaptions[caption] = kind
            elif kind == "table" and is_data(self.tree, inside) and not _own(self.tree, inside, "caption"):
                self.figcaptions[caption] = kind
                self.captions[inside] = caption

    def caption(self, place: int) -> str:
        """Reads the caption of a figure that is no picture, unless its table has it."""
        kind = self.figcaptions[place]
        if kind == "blockquote":
            return self.open(kind, place)
        if kind == "figure":
            words, credit = read_caption(self.tree, place)
            self.add_figure(Figure(caption=words, credit=credit))
        return ""

    def table(self, place: int) -> bool:
        """Whether the table at *place* was read; one too large for a rectangle is read as paragraphs."""
        tree = self.tree
        caption = next(iter(_own(tree, place, "caption")), self.captions.get(place))
        words = self.inline.words(caption) if caption is not None else ("", ())
        try:
            block, repeated = read_table(tree, place, words, self.inline.words, room=self.room)
        except FieldError:
            return False
        self.room -= repeated
        self.flush()
        if block.text:
            self.blocks.append(block)
        done = place
        for inner in tree.below(place, "table"):
            if inner >= done and is_data(tree, inner) and self.table(inner):
                done = tree.ends[inner]
        return True

    def leave_out(self, place: int, reason: str) -> str:
        """Notes what is at *place* as chrome; "", as it is then done with."""
        if part := chrome_part(self.tree, place, reason):
            self.chrome.append(part)
        return ""


def _own(tree: Tree, place: int, tag: str) -> list[int]:
    """The elements right below the one at *place* that have *tag*."""
    return [child for child in tree.children(place) if tree.tags[child] == tag]
