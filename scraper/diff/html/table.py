"""Tables: a whole one, and both sides of one as one table, with what came, went and moved marked cell by cell."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from parsers.record import Block
from parsers.tables import table_caption

from ...wording import counted
from ..changes import BlockChange
from ..words import Run
from .axis import Merged, Pair, merged
from .room import Room
from .text import added, attribute, both_html, dropped, shortened, text_html

_MOST_ROWS = 300  # of one table that are shown
_WHOLE_ROWS = 40  # a table of at most so many is shown with all the rows that stood
_MOST_COLUMNS = 40
_Line = tuple[bool, str]  # whether it is of the head, and its cells


def table_html(block: Block, label: str, room: Room, mark: Callable[[str], str] = shortened) -> str:
    """One table; *mark* makes HTML of a cell's text, *label* is what the table is called."""
    lines = [
        (number < block.header_rows, "".join(_cell(number < block.header_rows, mark(text)) for text in row))
        for number, row in enumerate(row[:_MOST_COLUMNS] for row in block.rows[:_MOST_ROWS])
    ]
    room.left_out["row of a table"] += max(0, len(block.rows) - _MOST_ROWS)
    room.left_out["column of a table"] += max(0, max(map(len, block.rows), default=0) - _MOST_COLUMNS)
    caption = table_caption(block)
    return _table(mark(caption) if caption else "", lines, label)


def table_change_html(change: BlockChange, label: str, room: Room) -> str:
    """Both sides of a table as one."""
    if change.before is None or change.after is None:
        return ""
    both = _Both(
        before=change.before,
        after=change.after,
        rows=merged(change, "row"),
        columns=merged(change, "column"),
        cells={
            (cell.before_row, cell.after_row, cell.before_column, cell.after_column): cell.runs for cell in change.cells
        },
    )
    columns = both.columns_shown()
    room.left_out["column of a table"] += len(both.columns.pairs) - len(columns)
    caption = both_html(change.runs) or text_html(table_caption(change.after))
    return _table(caption, list(_both_lines(both, columns, room)), label)


class _Both(NamedTuple):
    """Two tables with the order of their rows and columns, and the cells that differ by their places."""

    before: Block
    after: Block
    rows: Merged
    columns: Merged
    cells: dict[tuple[int | None, int | None, int | None, int | None], tuple[Run, ...]]

    def columns_shown(self) -> list[Pair]:
        """All columns where they are few, else the first and those that differ."""
        pairs = self.columns.pairs
        if len(pairs) <= _MOST_COLUMNS:
            return list(pairs)
        differ = {place[2:] for place in self.cells if None not in place[:2]}
        return [pair for pair in pairs if pair == pairs[0] or pair in differ or self.columns.mark(pair)][:_MOST_COLUMNS]

    def is_told(self, row: Pair, differing: set[Pair]) -> bool:
        """Whether something differs in *row*."""
        return row in differing or bool(self.rows.mark(row))


def _both_lines(both: _Both, columns: Sequence[Pair], room: Room) -> Iterator[_Line]:
    """The lines of the table; rows that stood only where they are few, or are its head."""
    has_marks = any(map(both.rows.mark, both.rows.pairs))
    marks = [both.columns.mark(pair) for pair in columns]
    if any(marks):
        corner = '<td class="mark"></td>' if has_marks else ""
        told = (f"column {mark}" if mark else "" for mark in marks)
        yield True, corner + "".join(f'<td class="mark">{mark}</td>' for mark in told)
    # A row in which nothing differs but that a column was added or dropped stood.
    differing = {place[:2] for place in both.cells if None not in place}
    is_short = len(both.rows.pairs) <= _WHOLE_ROWS
    shown = 0
    for is_wanted, group in groupby(
        both.rows.pairs, key=lambda row: is_short or _is_head(both, row) or both.is_told(row, differing)
    ):
        rows = list(group)
        if not is_wanted:
            wide = len(columns) + has_marks
            yield False, f'<td class="gap" colspan="{wide}">{counted(len(rows), "row")} unchanged</td>'
            continue
        kept = rows[: max(0, _MOST_ROWS - shown)]
        shown += len(kept)
        room.left_out["row of a table"] += len(rows) - len(kept)
        for row in kept:
            yield _is_head(both, row), "".join(_both_cells(both, row, columns, has_marks=has_marks))


def _is_head(both: _Both, row: Pair) -> bool:
    before, after = row
    if after is not None:
        return after < both.after.header_rows
    return before is not None and before < both.before.header_rows


def _both_cells(both: _Both, row: Pair, columns: Sequence[Pair], *, has_marks: bool) -> Iterator[str]:
    if has_marks:
        yield f'<td class="mark">{both.rows.mark(row)}</td>'
    is_head = _is_head(both, row)
    for column in columns:
        runs = both.cells.get((*row, *column))
        if runs is None:
            yield _cell(is_head, text_html(_text(both, row, column)))
        elif row[0] is None or column[0] is None:
            yield _cell(is_head, added("".join(run.after for run in runs)), "new")
        elif row[1] is None or column[1] is None:
            yield _cell(is_head, dropped("".join(run.before for run in runs)), "gone")
        else:
            yield _cell(is_head, both_html(runs), "edited")


def _text(both: _Both, row: Pair, column: Pair) -> str:
    """What both sides have at *row* and *column*; "" where none has anything."""
    if row[1] is not None and column[1] is not None:
        return both.after.rows[row[1]][column[1]]
    if row[0] is not None and column[0] is not None:
        return both.before.rows[row[0]][column[0]]
    return ""


def _table(caption: str, lines: Sequence[_Line], label: str) -> str:
    head, body = (
        "".join(f"<tr>{cells}</tr>\n" for is_head, cells in lines if is_head is part) for part in (True, False)
    )
    parts = [
        f'<caption dir="auto">{caption}</caption>' if caption else "",
        f"<thead>\n{head}</thead>" if head else "",
        f"<tbody>\n{body}</tbody>" if body else "",
    ]
    table = f"<table>{''.join(parts)}</table>"
    return f'<div class="scroll" role="region" tabindex="0" aria-label={attribute(label)}>{table}</div>'


def _cell(is_head: bool, html: str, class_: str = "") -> str:
    tag = 'th scope="col"' if is_head else "td"
    attributes = f' class="{class_}"' if class_ else ""
    return f'<{tag} dir="auto"{attributes}>{html}</{tag[:2]}>'
