"""Changes as a patch: a text that mail, `less` and viewers of patches show, with all words that came and went."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

from parsers.record import Block, Record
from parsers.tables import row_text

from .about import About, Headings, heading_of, headings
from .changes import BlockChange, Changes, FieldChange, LinkChange, each_once, standing
from .entries import View, cell_entries, cell_name, is_typographic, places_listed, together
from .excerpt import named
from .layout import Paper, Span, Style, columns, filled, harmless
from .render import statements
from .sentences import Sentence, sentences
from .summary import BLOCK_NAMES, block_field_name, field_name, value_text
from .titles import origin, place_of
from .words import Run

CONTEXT = 3  # lines around an edit, inside its passage
WIDTH = 80
_BOOK = 50_000  # signs
_LONGEST_WORD = 2_000  # columns: an address is not cut
_STYLES: dict[str, tuple[Style, Style]] = {"-": ("gone", "gone-word"), "+": ("new", "new-word"), " ": ("plain",) * 2}
_SIDES = (" -", " +")  # the signs of the lines that a side has


class _Line(NamedTuple):
    """A line of a hunk: " ", "-" or "+", and its text."""

    sign: str
    spans: tuple[Span, ...] = ()


class _Part(NamedTuple):
    """Lines that stand one after the other, what they are called, and where they begin before and after."""

    name: str
    lines: Sequence[_Line]
    starts: tuple[int, int]


class _Sheet(NamedTuple):
    """Lines of *room* columns; where each passage begins in them, before and after, and where the reports end.

    *stand* are the places of the passages that are not listed, *headings* those over each passage.
    """

    room: int
    starts: tuple[Sequence[int], Sequence[int]]
    stand: Sequence[tuple[int, int]]
    headings: Headings

    @classmethod
    def of(cls, changes: Changes, records: tuple[Record, Record], room: int) -> "_Sheet":
        """The sheet for two reports as lines of *room* columns."""
        before, after = (_starts(record, room) for record in records)
        return cls(room, (before, after), standing(changes.blocks, changes.sizes), headings(records))

    def place(self, change: BlockChange) -> tuple[int, int]:
        """The lines at which *change* begins; on the side that has it not, those after what stands before it."""
        before, after = change.before_index, change.after_index
        if before is None:
            before = self._beside(1, after or 0)
        if after is None:
            after = self._beside(0, before)
        return self.starts[0][before], self.starts[1][after]

    def under(self, change: BlockChange) -> str:
        """Which heading stands over *change*, as the end of a name."""
        heading = heading_of(self.headings, change.before_index, change.after_index)
        return f", under {named(heading)}" if heading and change.block.kind != "heading" else ""

    def _beside(self, side: int, index: int) -> int:
        number = bisect_left(self.stand, index, key=lambda pair: pair[side])
        return self.stand[number - 1][1 - side] + 1 if number else 0


def render_unified(
    changes: Changes,
    *,
    about: About,
    colour: bool = False,
    width: int = WIDTH,
    names: tuple[str, str] = ("before", "after"),
    context: int = CONTEXT,
) -> str:
    """The changes in the form of `diff -u`, without a line feed at the end; "" where nothing differs.

    Lines that begin with "#" tell what is no text: the summary, what is known *about* the comparison, facts, dates,
    numbers, and passages that moved or differ in typography alone. Each hunk is of one passage, or of some that came or
    went together; its head names the passage and the heading above it, and between "@@" stand the lines of the report
    as it is written here. Paragraphs are broken at sentences, at the same places on both sides, and at *width* columns,
    which only a long word exceeds. *context* are lines around an edit. Each word that came or went is there; nothing in
    the records can steer a terminal.
    """
    if not changes:
        return ""
    paper = Paper(width, colour)
    told = statements(View(Paper(width - 2, colour)), changes, about, names)
    lines = [f"# {line}".rstrip() for line in told]
    lines += [paper.line([Span(f"{sign} {name}", "strong")]) for sign, name in zip(("---", "+++"), names, strict=True)]
    sheet = _Sheet.of(changes, about.records, width - 1)
    for part in _parts(sheet, changes):
        lines += _hunks(paper, part, context) if part.lines else _note(paper, part.name)
    return "\n".join(lines)


def _parts(sheet: _Sheet, changes: Changes) -> Iterator[_Part]:
    """What differs from the top of the report to its end; what is only told of has no lines."""
    for field in changes.fields:
        if field.class_ != "none":
            yield _Part(field_name(field.path), _of_field(field, sheet.room), (1, 1))
    weighing = [change for change in each_once(changes.blocks) if change.class_ != "none"]
    for group in together([change for change in weighing if not _is_folded(change)]):
        if group[0].op in ("dropped", "added"):
            yield _came_or_went(sheet, group)
        elif group[0].op == "moved":
            told = f"{_place(group[0])}, not edited: {named(group[0].block.text)}"
            yield _Part(told, (), sheet.place(group[0]))
        elif group[0].op == "regrouped":
            yield _regrouped(sheet, group[0])
        else:
            yield from _inside(sheet, group[0])
    folded = [place_of(change) for change in weighing if _is_folded(change)]
    ends = sheet.starts[0][-1], sheet.starts[1][-1]
    if folded:
        yield _Part(f"{places_listed(folded)}: only quotation marks, dashes or spaces differ", (), ends)
    links = [line for link in changes.links if link.class_ != "none" for line in _of_link(link, sheet.room)]
    if links:
        yield _Part("links", links, ends)


def _starts(record: Record, room: int) -> list[int]:
    """The line at which each passage begins, with a blank one after each; last, where the report ends."""
    return list(accumulate((_height(block, room) + 1 for block in record.blocks), initial=1))


def _height(block: Block, room: int) -> int:
    """How many lines a passage takes; of one as long as a book about as many, which is enough to find it by."""
    texts = _texts(block)
    if sum(map(len, texts)) > _BOOK:
        return sum(columns(text) // room + 1 for text in texts)
    return sum(1 for text in texts for _ in _lines_of(text, room))


def _texts(block: Block) -> list[str]:
    """What a passage is written as: a table by rows, a picture without words as its address."""
    if block.rows:
        return [row_text(row) for row in block.rows]
    return [block.text or (block.figure.image if block.figure else "")]


def _is_folded(change: BlockChange) -> bool:
    return change.class_ == "cosmetic" and change.op == "edited" and is_typographic(change) and not change.fields


def _note(paper: Paper, told: str) -> list[str]:
    return paper.lines([Span(told, "faint")], first="# ", rest="#   ")


def _regrouped(sheet: _Sheet, change: BlockChange) -> _Part:
    """Words that stand in other passages now: told of where none was edited."""
    before, after = ([place + 1 for place in side] for side in change.group)
    told = f"the words of {_named(before)} stand in {_named(after)}"
    if change.runs:
        return _Part(told, _edited(change.runs, sheet.room), sheet.place(change))
    return _Part(f"{told}: {named(change.block.text)}", (), sheet.place(change))


def _came_or_went(sheet: _Sheet, group: Sequence[BlockChange]) -> _Part:
    op = group[0].op
    sign = "-" if op == "dropped" else "+"
    lines: list[_Line] = []
    for change in group:
        lines += [_Line(sign)] if lines else []
        lines += [line for text in _texts(change.block) for line in _whole(text, sign, sheet.room)]
    places = [(change.before_index if op == "dropped" else change.after_index) or 0 for change in group]
    name = f"{_named([place + 1 for place in places])} {op}{sheet.under(group[0])}"
    return _Part(name, lines, sheet.place(group[0]))


def _inside(sheet: _Sheet, change: BlockChange) -> Iterator[_Part]:
    """What differs in a passage that both sides have: its text, then what is not text, then the cells of a table."""
    name = f"{_place(change)}{sheet.under(change)}"
    kind = BLOCK_NAMES[change.block.kind][0]
    starts = sheet.place(change)
    if change.runs:
        yield _Part(name, _edited(change.runs, sheet.room), starts)
    for field in change.fields:
        yield _Part(f"{name}, {kind}: {block_field_name(field.path)}", _of_field(field, sheet.room), starts)
    for cell, axis, op, texts in cell_entries(change):
        if cell:
            yield _Part(f"{name}, {cell_name(cell, change.block.rows)}", _edited(cell.runs, sheet.room), starts)
        else:
            lines = _whole(" | ".join(texts), "-" if op == "dropped" else "+", sheet.room)
            yield _Part(f"{name}, {axis} {op}", lines, starts)


def _of_field(change: FieldChange, room: int) -> list[_Line]:
    if change.runs:
        return _edited(change.runs, room)
    sides = (("-", change.before), ("+", change.after))
    return [line for sign, value in sides if value is not None for line in _whole(value_text(value), sign, room)]


def _of_link(change: LinkChange, room: int) -> list[_Line]:
    sides = (("-", change.before), ("+", change.after))
    return [line for sign, link in sides if link for line in _whole(f"“{link.text}” {link.target}", sign, room)]


def _whole(text: str, sign: str, room: int) -> list[_Line]:
    """A text that is on one side only, or the same on both."""
    found = _lines_of(text, room)
    return [line for one in found for line in _wrapped([Span(one.side(1), _STYLES[sign][0])], sign, room)]


def _lines_of(text: str, room: int) -> Iterator[Sentence]:
    return sentences([Run(kind="same", before=text, after=text)], room)


def _edited(runs: Sequence[Run], room: int) -> list[_Line]:
    """Both sides of a text; of neighbouring lines that differ, first all that went and then all that came."""
    lines: list[_Line] = []
    for differs, group in groupby(sentences(runs, room), key=lambda one: one.differs):
        found = list(group)
        for side, sign in ((0, "-"), (1, "+")) if differs else ((1, " "),):
            lines += [line for one in found for line in _wrapped(_spans(one, side, sign), sign, room)]
    return lines


def _spans(one: Sentence, side: int, sign: str) -> list[Span]:
    plain, word = _STYLES[sign]
    return [
        Span((run.before, run.after)[side], word if run.kind in ("words", "cosmetic") else plain) for run in one.runs
    ]


def _wrapped(spans: Sequence[Span], sign: str, room: int) -> list[_Line]:
    written = [Span(harmless(text.replace("\n", " ")), style) for text, style in spans]
    return [_Line(sign, tuple(line)) for line in filled(written, room, _LONGEST_WORD) if line]


def _hunks(paper: Paper, part: _Part, context: int) -> Iterator[str]:
    """*part* as hunks, without what stands farther from an edit than *context* lines."""
    edits = [number for number, line in enumerate(part.lines) if line.sign != " "]
    near = {number + step for number in edits for step in range(-context, context + 1)}
    before, after = (list(accumulate((line.sign in signs for line in part.lines), initial=0)) for signs in _SIDES)
    for is_shown, group in groupby(range(len(part.lines)), key=near.__contains__):
        if not is_shown:
            continue
        numbers = list(group)
        first, end = numbers[0], numbers[-1] + 1
        ranges = [
            _range(start, side[first], side[end]) for start, side in zip(part.starts, (before, after), strict=True)
        ]
        head = Span(f"@@ -{ranges[0]} +{ranges[1]} @@", "place")
        yield paper.line([head, Span(f" {part.name}", "strong")])
        yield from (_written(paper, line) for line in part.lines[first:end])


def _range(start: int, earlier: int, up_to: int) -> str:
    """The first line and how many there are; where there are none, the line before, as `diff` has it."""
    count = up_to - earlier
    return f"{start + earlier - (not count)},{count}"


def _written(paper: Paper, line: _Line) -> str:
    return f"{paper.line([Span(line.sign, _STYLES[line.sign][0])])}{paper.line(line.spans)}"


def _place(change: BlockChange) -> str:
    before, after = (change.before_index or 0) + 1, (change.after_index or 0) + 1
    if change.op in ("moved", "moved-edited"):
        return f"§{after} {origin(change)}"
    return f"§{before} → §{after}" if before != after else f"§{after}"


def _named(places: Sequence[int]) -> str:
    return f"§{places[0]}" if len(places) == 1 else f"§{places[0]}–{places[-1]}"
