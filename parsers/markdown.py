"""Markdown (CommonMark 0.31, with tables, footnotes and definition lists) to blocks."""

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from markdown_it.token import Token

from .blocks import Content, without_lines
from .commonmark import parser
from .figures import split_credit
from .line import Line, Words, joined
from .normal import shown, storable
from .record import Block, BlockKind, Figure, MarkKind
from .tables import cells_with_marks, is_all_strong, table_caption, without_strong, written_table
from .text import paragraphs
from .typed_notes import with_typed_notes

_MARKS: dict[str, MarkKind] = {"em": "emphasis", "strong": "strong", "link": "link"}
_BREAKS = frozenset({"softbreak", "hardbreak"})
_NOTE = re.compile(r"\[\^([^\s\[\]]{1,37})\]:[ \t]*+(?=\S)")
_DEFINITION = re.compile(r":(?=\s|$)")
_Lines = list[tuple[str, list[Token]]]  # the lines of a paragraph, each as it is written and as it was parsed


def read_markdown(text: str, *, chrome_lines: tuple[str, ...] = ()) -> Content:
    """The blocks of *text*; raw HTML in it stays text. Lines known as chrome are left out, as in plain text.

    A line in emphasis below a picture is its caption. A paragraph "[^1]: ..." is a footnote; lines that begin with ": "
    define the lines above them, right below a table they are its caption. Rows that are all strong below the head of a
    table are part of the head.
    """
    tokens = parser().parse(text)
    reader = _Reader(_labels(tokens))
    for token in tokens:
        reader.read(token)
    return without_lines(Content(blocks=with_typed_notes(reader.blocks), chrome=()), chrome_lines)


def _labels(tokens: list[Token]) -> dict[str, int]:
    """The footnotes by their labels, each with its number."""
    labels: dict[str, int] = {}
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open" and before.level == 0:
            for line in token.content.split("\n"):
                if match := _NOTE.match(line):
                    labels.setdefault(match[1], len(labels) + 1)
    return labels


@dataclass(slots=True)
class _Reader:
    labels: dict[str, int]
    blocks: list[Block] = field(default_factory=list)
    written: set[str] = field(default_factory=set)  # labels of the footnotes read
    heading: int = 0
    quotes: int = 0
    lists: list[bool] = field(default_factory=list)
    is_new_item: bool = False
    row: list[Words] | None = None
    rows: list[list[Words]] = field(default_factory=list)

    def read(self, token: Token) -> None:
        kind = token.type
        if kind == "heading_open":
            self.heading = int(token.tag[1])
        elif kind == "heading_close":
            self.heading = 0
        elif kind in {"bullet_list_open", "ordered_list_open"}:
            self.lists.append(kind.startswith("ordered"))
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            self.lists.pop()
        elif kind == "list_item_open":
            self.is_new_item = True
        elif kind in {"blockquote_open", "blockquote_close"}:
            self.quotes += 1 if kind.endswith("open") else -1
        elif kind == "tr_open":
            self.row = []
        elif kind == "tr_close":
            self.rows.append(self.row or [])
            self.row = None
        elif kind == "table_close":
            self.table()
        elif kind in {"fence", "code_block"}:
            self.verbatim(token)
        elif kind == "inline":
            self.inline(token)

    def inline(self, token: Token) -> None:
        children = token.children or []
        if self.row is not None:
            self.row.append(self.words(children))
        elif figure := _figure(children) or self.captioned(children):
            self.blocks.append(Block(kind="figure", text=figure.caption, figure=figure))
        elif self.heading or self.lists or self.quotes:
            self.add(self.words(children))
        else:
            self.paragraph(_lines(token.content, children))

    def captioned(self, children: list[Token]) -> Figure | None:
        """The picture that *children* begin with, where all of the line below it is emphasised: its caption."""
        at = next((place for place, child in enumerate(children) if child.type in _BREAKS), len(children))
        figure, below = _figure(children[:at]), children[at + 1 :]
        if figure is None or not below or (below[0].type, below[-1].type) != ("em_open", "em_close"):
            return None
        if any(child.type in ("em_open", "image", *_BREAKS) for child in below[1:]):
            return None
        caption, credit = split_credit(self.words(below)[0])
        return replace(figure, caption=caption, credit=credit)

    def paragraph(self, lines: _Lines) -> None:
        """A paragraph, or what its lines make instead: footnotes, definitions, a caption, several short paragraphs."""
        starts = self.footnote_starts(lines)
        above = lines[: starts[0]] if starts else lines
        if any(_DEFINITION.match(raw) for raw, _ in above):
            self.definitions(above)
        elif above:
            texts = [self.words(children) for _, children in above]
            is_one = len(paragraphs([text for text, _ in texts])) == 1
            for words in [joined(texts, " ")] if is_one else texts:
                self.add(words)
        for start, end in pairwise([*starts, len(lines)]):
            (raw, first), *others = lines[start:end]
            text, marks = joined(map(self.words, [_without_colon(first[1:]), *(line for _, line in others)]), " ")
            self.blocks.append(Block(kind="footnote", text=text or shown(raw), marks=marks))

    def footnote_starts(self, lines: _Lines) -> list[int]:
        """Which of *lines* begin a footnote; one that is there already does not begin again."""
        starts = []
        for place, (raw, _) in enumerate(lines):
            if (match := _NOTE.match(raw)) and match[1] not in self.written:
                self.written.add(match[1])
                starts.append(place)
        return starts

    def definitions(self, lines: _Lines) -> None:
        """Reads *lines*, some of which begin with ": ", as terms and definitions, or the first as a table's caption."""
        parts: list[tuple[BlockKind, Words]] = []
        for raw, children in lines:
            if _DEFINITION.match(raw):
                parts.append(("definition", self.words(_without_colon(children))))
            elif parts and parts[-1][0] == "definition":
                parts[-1] = ("definition", joined([parts[-1][1], self.words(children)], " "))
            else:
                parts.append(("term", self.words(children)))
        last = self.blocks[-1] if self.blocks else None
        if last and last.kind == "table" and parts[0][0] == "definition" and not table_caption(last):
            rows = cells_with_marks(last)
            self.blocks[-1] = written_table(rows, heads=last.header_rows, caption=parts.pop(0)[1])
        self.blocks += [Block(kind=kind, text=text, level=1, marks=marks) for kind, (text, marks) in parts if text]

    def verbatim(self, token: Token) -> None:
        """A block of code; what is set in below a footnote goes on with it."""
        last = self.blocks[-1] if self.blocks else None
        if last and last.kind == "footnote" and token.type == "code_block":
            (inline,) = parser().parseInline(token.content.strip())
            text, marks = joined([(last.text, last.marks), self.words(inline.children or [])], " ")
            self.blocks[-1] = replace(last, text=text, marks=marks)
        else:
            self.blocks.append(Block(kind="preformatted", text=storable(token.content).rstrip("\n")))

    def add(self, words: Words) -> None:
        text, marks = words
        last = self.blocks[-1] if self.blocks else None
        if not text:
            return
        if self.heading:
            self.blocks.append(Block(kind="heading", text=text, level=self.heading, marks=marks))
        elif self.lists and last and not self.is_new_item and (last.kind, last.level) == ("item", len(self.lists)):
            text, marks = joined([(last.text, last.marks), words], " ")
            self.blocks[-1] = replace(last, text=text, marks=marks)
        elif self.lists:
            level, ordered = len(self.lists), self.lists[-1]
            self.blocks.append(Block(kind="item", text=text, level=level, ordered=ordered, marks=marks))
        elif self.quotes:
            self.blocks.append(Block(kind="quotation", text=text, level=self.quotes - 1, marks=marks))
        else:
            self.blocks.append(Block(kind="paragraph", text=text, marks=marks))
        self.is_new_item = False

    def table(self) -> None:
        head, *others = self.rows
        heads = int(any(text for text, _ in head))
        rows = [head, *others] if heads else others
        while 0 < heads < len(rows) and is_all_strong(rows[heads]):
            rows[heads] = [without_strong(cell) or cell for cell in rows[heads]]
            heads += 1
        self.rows = []
        block = written_table(rows, heads=heads)
        if block.text:
            self.blocks.append(block)

    def words(self, children: list[Token]) -> Words:
        line, opened = Line(), 0
        for child in children:
            kind, _, step = child.type.rpartition("_")
            if kind in _MARKS and step == "open":
                line.open(_MARKS[kind], str(child.attrGet("href") or ""))
                opened += 1
            elif kind in _MARKS and opened:
                line.close()
                opened -= 1
            elif child.type in _BREAKS:
                line.gap = True
            elif child.type == "note":
                self.sign(line, child.content)
            else:
                line.read(child.content, shown(child.content))
        return line.take()

    def sign(self, line: Line, label: str) -> None:
        """Adds the sign of a footnote to *line*; one without a note is only words."""
        if label not in self.labels:
            line.add(f"[^{label}]")
            return
        line.open("note", f"#{self.labels[label]}")
        line.add(f"[{label}]")
        line.close()


def _figure(children: list[Token]) -> Figure | None:
    """The picture that is all there is in *children*."""
    images = [child for child in children if child.type == "image"]
    if len(images) != 1 or any(child.type != "image" and child.content.strip() for child in children):
        return None
    caption, credit = split_credit(shown("".join(child.content for child in images[0].children or ())))
    return Figure(image=str(images[0].attrGet("src") or ""), caption=caption, credit=credit)


def _lines(raw: str, children: list[Token]) -> _Lines:
    """The lines of a paragraph; one where they cannot be told apart, because a link or code goes over their ends."""
    lines: list[list[Token]] = [[]]
    depth = 0
    is_torn = False
    for child in children:
        depth += child.nesting
        if child.type in _BREAKS:
            is_torn = is_torn or depth > 0
            lines.append([])
        else:
            lines[-1].append(child)
    written = raw.split("\n")
    if is_torn or len(written) != len(lines):
        return [(written[0], children)]
    return list(zip(written, lines, strict=True))


def _without_colon(children: list[Token]) -> list[Token]:
    """*children* without the colon that their first text begins with."""
    first, *others = children
    return [first.copy(content=first.content[1:]), *others]
