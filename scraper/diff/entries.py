"""The passages that differ, each as an entry for a person at a terminal."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from parsers.record import Block

from ..wording import counted
from .about import Headings, heading_of
from .changes import Axis, BlockChange, BlockOp, CellChange, Changes, FieldChange, FieldValue, each_once
from .excerpt import CONTEXT, LONGEST, around, beginning, named, shortened
from .layout import Paper, Span, Style
from .summary import BLOCK_NAMES, block_field_name, blocks_named, runs_of, value_text
from .titles import fields_told, place_of, places_of, what_of
from .words import Run

MARGIN = "  "
SIGNS = {"added": "+", "dropped": "-", "changed": "~"}
WHOLE: dict[str, Style] = {"dropped": "gone", "added": "new"}
_TEXT_MARGIN = "      "
_MOST_PASSAGES = 8  # of those that follow each other, all dropped or all added
_MOST_CELLS = 12
_MOST_ROWS = 8  # of a table that came or went as a whole
_ROW_WORDS = 30
_MOST_PLACES = 12
_MOST_LOOKS = 8
_LOOKS_CONTEXT = 3
_Rows = tuple[tuple[str, ...], ...]


class View(NamedTuple):
    """How passages are shown: on which paper, with how many words around an edit, under which headings."""

    paper: Paper
    context: int = CONTEXT
    headings: Headings = ((), ())

    @property
    def longest(self) -> int:
        """How many words are shown of a text that came or went: whoever asks for more around an edit has more of it."""
        return max(LONGEST, self.context)

    def text(self, *spans: Span, hanging: str = "") -> list[str]:
        """*spans* as text of a passage; what follows the first line is set in by *hanging*."""
        return self.paper.lines(spans, first=_TEXT_MARGIN, rest=_TEXT_MARGIN + hanging)

    def title(self, place: str, words: str) -> list[str]:
        """The first line of an entry."""
        return self.paper.lines([Span(place, "strong"), Span(f"  {words}")], first=MARGIN, rest=_TEXT_MARGIN)


def passages(view: View, changes: Changes) -> Iterator[list[str]]:
    """The passages in which words differ, or that moved, in the order of the report, under its headings."""
    shown = [change for change in each_once(changes.blocks) if change.class_ in ("words", "facts")]
    under = None
    for group in together(shown):
        first = group[0]
        heading = heading_of(view.headings, first.before_index, first.after_index)
        if heading and heading != under and first.block.kind != "heading":
            lines = view.paper.lines([Span(f"under {named(heading)}", "faint")], first=MARGIN, rest=MARGIN)
            yield lines if under is None else ["", *lines]
        last = group[-1]
        under = heading_of(view.headings, last.before_index, last.after_index) if view.headings[1] else ""
        yield _together(view, group) if len(group) > 1 else _passage(view, first)


def looks(view: View, changes: Changes) -> Iterator[list[str]]:
    """The passages in which only looks differ: each kind of difference in as few lines as show it."""
    found = [change for change in each_once(changes.blocks) if change.class_ == "cosmetic"]
    yield from (_passage(view, change) for change in found if change.op in ("regrouped", "dropped", "added"))
    edited = [change for change in found if change.op == "edited"]
    yield from _lettering(view, edited)
    yield from _settings(view, edited)
    typography = [change for change in edited if is_typographic(change)]
    if typography:
        told = f"only quotation marks, dashes or spaces differ{' in' * (len(typography) == 1)}{_words_of(typography)}"
        yield _folded(view, told, [place_of(change) for change in typography])


def places_listed(places: Sequence[str]) -> str:
    """Places in a row: "§1, §2 and 30 more"."""
    more = len(places) - _MOST_PLACES
    return f"{', '.join(places[:_MOST_PLACES])} and {more:,} more" if more > 1 else ", ".join(places)


def field_spans(change: FieldChange, context: int = CONTEXT) -> list[Span]:
    """Both sides of a field that differs."""
    if change.runs:
        return around(change.runs, context, typography=True)
    return [_value(change.before, "gone"), Span(" → "), _value(change.after, "new")]


def _value(value: FieldValue, style: Style) -> Span:
    return Span("(absent)", "faint") if value is None else Span(shortened(value_text(value)), style)


def together(changes: Sequence[BlockChange]) -> Iterator[list[BlockChange]]:
    """*changes* one by one, but those dropped or added that stand one after the other as one; tables stand alone."""
    group: list[BlockChange] = []
    for change in changes:
        if group and not _follow(group[-1], change):
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _follow(one: BlockChange, other: BlockChange) -> bool:
    if one.op != other.op or one.op not in ("dropped", "added") or one.block.rows or other.block.rows:
        return False
    places = (one.after_index, other.after_index) if one.op == "added" else (one.before_index, other.before_index)
    return places[0] is not None and places[1] == places[0] + 1


def _together(view: View, group: Sequence[BlockChange]) -> list[str]:
    """Passages dropped or added that follow each other: one title, and the text of each."""
    first, last, op = group[0], group[-1], group[0].op
    words = counted(sum(change.words_changed for change in group), "word")
    end = (last.before_index if last.after_index is None else last.after_index) or 0
    lines = view.title(f"{place_of(first)}–{end + 1}", f"{blocks_named(group)} {op}: {words}")
    left = len(group) - _MOST_PASSAGES
    shown = group[:_MOST_PASSAGES] if left > 1 else group
    for change in shown:
        lines += _whole(view, _as_text(change.block, view.longest), op)
    if left > 1:
        words = counted(sum(change.words_changed for change in group[_MOST_PASSAGES:]), "word")
        lines += view.text(Span(f"… ({counted(left, 'passage')} more, {words})", "faint"))
    return lines


def _as_text(block: Block, longest: int) -> str:
    """A passage in one line that shows what it is."""
    text = shortened(block.text, longest)
    match block.kind:
        case "heading":
            return f"{text} (heading)"
        case "item":
            return f"• {text}"
        case "figure":
            return f"{text or (block.figure.image if block.figure else '')} (picture)"
        case _:
            return text


def _whole(view: View, text: str, op: str) -> list[str]:
    return view.paper.lines([Span(text, WHOLE[op])], first=f"    {SIGNS[op]} ", rest=_TEXT_MARGIN)


def _passage(view: View, change: BlockChange) -> list[str]:
    return [*view.title(places_of(change), what_of(change)), *_inside(view, change)]


def _inside(view: View, change: BlockChange) -> list[str]:
    block = change.block
    match change.op:
        case "dropped" | "added":
            return (
                _rows(view, block.rows, change.op)
                if block.rows
                else _whole(view, _bare(block, view.longest), change.op)
            )
        case "moved":
            return view.text(Span(beginning(block.text), "faint"))
        case "regrouped" if not change.runs:
            return view.text(Span(beginning(block.text), "faint"))
    lines = view.text(*around(change.runs, view.context)) if change.runs else []
    for field in fields_told(change):
        lines += view.text(Span(f"{block_field_name(field.path)}: "), *field_spans(field, view.context))
    return [*lines, *_moves(view, change), *_cells(view, change)]


def _bare(block: Block, longest: int) -> str:
    """The words of a passage; of a picture without any, which it is."""
    return shortened(block.text, longest) or (f"image: {block.figure.image}" if block.figure else "(no words)")


def _rows(view: View, rows: _Rows, op: BlockOp) -> list[str]:
    left = len(rows) - _MOST_ROWS
    shown = rows[:_MOST_ROWS] if left > 1 else rows
    lines = [line for row in shown for line in _whole(view, shortened(" | ".join(row), _ROW_WORDS), op)]
    return [*lines, *(view.text(Span(f"… ({counted(left, 'row')} more)", "faint")) if left > 1 else [])]


def _moves(view: View, change: BlockChange) -> list[str]:
    rows = change.block.rows
    lines = []
    for move in change.moves[:_MOST_CELLS]:
        name = rows[move.after][0] if move.axis == "row" else rows[0][move.after]
        told = f"{move.axis} {named(name)}: moved from {move.axis} {move.before + 1} to {move.axis} {move.after + 1}"
        lines += view.text(Span(told), hanging=MARGIN)
    more = len(change.moves) - _MOST_CELLS
    return [*lines, *(view.text(Span(f"… ({more:,} more moved)", "faint")) if more > 0 else [])]


def _cells(view: View, change: BlockChange) -> list[str]:
    entries = []
    for cell, axis, op, texts in cell_entries(change):
        if cell:
            entries.append(_cell(view, cell, change.block.rows))
        else:
            entries.append(
                view.text(
                    Span(f"{SIGNS[op]} {axis}: {shortened(' | '.join(texts), _ROW_WORDS)}", WHOLE[op]), hanging=MARGIN
                )
            )
    more = len(entries) - _MOST_CELLS
    lines = [line for entry in (entries[:_MOST_CELLS] if more > 1 else entries) for line in entry]
    return [*lines, *(view.text(Span(f"… ({more:,} more such lines)", "faint")) if more > 1 else [])]


class CellEntry(NamedTuple):
    """A *cell* that differs, or, where that is None, a row or column (*axis*) that one side has, by its *texts*."""

    cell: CellChange | None
    axis: Axis = "row"
    op: BlockOp = "edited"
    texts: Sequence[str] = ()


def cell_entries(change: BlockChange) -> Iterator[CellEntry]:
    """Columns that are whole on one side only, then, row by row, rows that are so, and cells one by one."""
    before = change.before.rows if change.before else ()
    after = change.after.rows if change.after else ()
    dropped = {cell.before_column for cell in change.cells if cell.after_column is None}
    added = {cell.after_column for cell in change.cells if cell.before_column is None}
    sides: tuple[tuple[BlockOp, _Rows, set[int | None]], ...] = (("dropped", before, dropped), ("added", after, added))
    for op, rows, columns in sides:
        for column in sorted(column for column in columns if column is not None):
            yield CellEntry(None, "column", op, [row[column] for row in rows])
    for (old, new), group in groupby(change.cells, key=lambda cell: (cell.before_row, cell.after_row)):
        if old is None:
            yield CellEntry(None, "row", "added", after[new or 0])
        elif new is None:
            yield CellEntry(None, "row", "dropped", before[old])
        else:
            yield from (CellEntry(cell) for cell in group if cell.stands)


def _cell(view: View, cell: CellChange, after: _Rows) -> list[str]:
    return view.text(Span(f"{cell_name(cell, after)}: "), *around(cell.runs, view.context), hanging=MARGIN)


def cell_name(cell: CellChange, after: _Rows) -> str:
    """A cell by the heads of its row and of its column; a name that is a page of text is cut."""
    row, column = cell.after_row or 0, cell.after_column or 0
    heads = [f"row {named(after[row][0]) if column and after[row][0].strip() else row + 1}"]
    heads.append(f"column {named(after[0][column]) if row and after[0][column].strip() else column + 1}")
    return ", ".join(heads)


def _lettering(view: View, changes: Sequence[BlockChange]) -> Iterator[list[str]]:
    """Edits of case and punctuation, with the few words around them."""
    found = [(change, runs) for change in changes for runs in runs_of(change) if _has_lettering(runs)]
    left = len(found) - _MOST_LOOKS
    shown = found[:_MOST_LOOKS] if left > 1 else found
    for change, runs in shown:
        spans = [Span(place_of(change), "strong"), Span("  "), *around(runs, min(_LOOKS_CONTEXT, view.context))]
        yield view.paper.lines(spans, first=MARGIN, rest=_TEXT_MARGIN)
    if left > 1:
        places = list(dict.fromkeys(place_of(change) for change, _ in found[_MOST_LOOKS:]))
        yield _folded(view, "case or punctuation differs too", places)


def is_typographic(change: BlockChange) -> bool:
    """Whether letters differ in nothing but quotation marks, dashes and spaces."""
    kinds = {run.kind for runs in runs_of(change) for run in runs}
    return "typography" in kinds and "cosmetic" not in kinds


def _has_lettering(runs: Sequence[Run]) -> bool:
    return any(run.kind == "cosmetic" for run in runs)


def _settings(view: View, changes: Sequence[BlockChange]) -> Iterator[list[str]]:
    """What is no text, alike changes together: "§3, §8  heading: level 2 → 3"."""
    found: dict[tuple[str, str, str, str], list[BlockChange]] = {}
    for change in changes:
        for field in fields_told(change):
            if not field.runs:
                kind = BLOCK_NAMES[change.block.kind][0]
                key = (kind, block_field_name(field.path), value_text(field.before), value_text(field.after))
                found.setdefault(key, []).append(change)
    for (kind, name, before, after), group in found.items():
        spans = [Span(f"  {kind}{_words_of(group)}: {name} ")]
        spans += [
            Span(shortened(before) or "(absent)", "gone"),
            Span(" → "),
            Span(shortened(after) or "(absent)", "new"),
        ]
        places = places_listed([place_of(change) for change in group])
        yield view.paper.lines([Span(places, "strong"), *spans], first=MARGIN, rest=_TEXT_MARGIN)


def _words_of(group: Sequence[BlockChange]) -> str:
    """How a passage begins that is alone in what differs in it."""
    return f" {named(group[0].block.text)}" if len(group) == 1 and group[0].block.text else ""


def _folded(view: View, told: str, places: Sequence[str]) -> list[str]:
    spans = [Span(places_listed(places), "faint"), Span("  "), Span(told, "faint")]
    return view.paper.lines(spans, first=MARGIN, rest=_TEXT_MARGIN)
