"""Markdown (CommonMark 0.31, with tables) to blocks."""

from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .blocks import Content, without_lines
from .figures import split_credit
from .normal import shown, storable
from .record import Block, BlockKind, Figure, Mark, MarkKind
from .tables import row_text
from .text import paragraphs

_NESTING = 20
_MARKS: dict[str, MarkKind] = {"em": "emphasis", "strong": "strong", "link": "link"}


def read_markdown(text: str, *, chrome_lines: tuple[str, ...] = ()) -> Content:
    """The blocks of *text*; raw HTML in it stays text. Lines known as chrome are left out, as in plain text."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTING}).enable("table")
    reader = _Reader()
    for token in parser.parse(text):
        reader.read(token)
    return without_lines(Content(blocks=tuple(reader.blocks), chrome=()), chrome_lines)


@dataclass(slots=True)
class _Reader:
    blocks: list[Block] = field(default_factory=list)
    heading: int = 0
    quotes: int = 0
    lists: list[bool] = field(default_factory=list)
    row: list[str] | None = None
    rows: list[tuple[str, ...]] = field(default_factory=list)

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
        elif kind in {"blockquote_open", "blockquote_close"}:
            self.quotes += 1 if kind.endswith("open") else -1
        elif kind == "tr_open":
            self.row = []
        elif kind == "tr_close":
            self.rows.append(tuple(self.row or ()))
            self.row = None
        elif kind == "table_close":
            self.table()
        elif kind in {"fence", "code_block"}:
            self.blocks.append(Block(kind="preformatted", text=storable(token.content).rstrip("\n")))
        elif kind == "inline":
            self.inline(token)

    def inline(self, token: Token) -> None:
        children = token.children or []
        if self.row is not None:
            self.row.append(_line(children).text)
            return
        images = [child for child in children if child.type == "image"]
        if len(images) == 1 and all(child.type == "image" or not child.content.strip() for child in children):
            words = "".join(child.content for child in images[0].children or ())
            caption, credit = split_credit(shown(words))
            figure = Figure(image=str(images[0].attrGet("src") or ""), caption=caption, credit=credit)
            self.blocks.append(Block(kind="figure", text=caption, figure=figure))
            return
        lines = _split_lines(children)
        apart = not self.heading and not self.lists and len(paragraphs([_line(line).text for line in lines])) > 1
        for line in lines if apart else [children]:
            self.add(_line(line))

    def add(self, line: "_Line") -> None:
        if not line.text:
            return
        if self.heading:
            self.blocks.append(Block(kind="heading", text=line.text, level=self.heading, marks=line.marks))
        elif self.lists:
            level, ordered = len(self.lists), self.lists[-1]
            self.blocks.append(Block(kind="item", text=line.text, level=level, ordered=ordered, marks=line.marks))
        else:
            kind: BlockKind = "quotation" if self.quotes else "paragraph"
            self.blocks.append(Block(kind=kind, text=line.text, marks=line.marks))

    def table(self) -> None:
        text = "\n".join(line for row in self.rows if (line := row_text(row)))
        self.blocks.append(Block(kind="table", text=text, rows=tuple(self.rows)))
        self.rows = []


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    marks: tuple[Mark, ...]


def _split_lines(children: list[Token]) -> list[list[Token]]:
    lines: list[list[Token]] = [[]]
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            lines.append([])
        else:
            lines[-1].append(child)
    return lines


def _line(children: list[Token]) -> _Line:
    text = ""
    marks: list[Mark] = []
    open_marks: list[tuple[MarkKind, int, str]] = []
    for child in children:
        kind, _, step = child.type.rpartition("_")
        if kind in _MARKS and step == "open":
            open_marks.append((_MARKS[kind], len(text), str(child.attrGet("href") or "")))
        elif kind in _MARKS and open_marks:
            name, start, target = open_marks.pop()
            marks.append(Mark(kind=name, start=start, end=len(text), target=target))
        elif child.type in {"softbreak", "hardbreak"}:
            text = text.rstrip() + " "
        else:
            words = shown(child.content)
            lead = " " if child.content[:1].isspace() and text and not text.endswith(" ") else ""
            tail = " " if words and child.content[-1:].isspace() else ""
            text += lead + words + tail
    length = len(text.rstrip())
    kept = [replace(mark, end=min(mark.end, length)) for mark in marks if mark.start < min(mark.end, length)]
    return _Line(text.rstrip(), tuple(sorted(kept, key=lambda mark: (mark.start, mark.end, mark.kind))))
