"""Two tables against each other, cell by cell."""

from itertools import product
from typing import NamedTuple

from parsers.record import Block

from .align import Alignment, Item, align
from .changes import Axis, CellChange, FieldChange, Move, cells_in_order, moves_in_order
from .units import agreement
from .words import Run, edits

_MOST_CELLS = 20_000  # compared word by word; of more, only whether they differ is told

_Rows = tuple[tuple[str, ...], ...]
_Pair = tuple[int | None, int | None]


class TableChanges(NamedTuple):
    """The *cells* that differ; the rows and columns that moved, and the *order* of all where some did.

    *coarse*: the table was too large for certainty, or for its cells to be compared word by word.
    """

    cells: tuple[CellChange, ...]
    moves: tuple[Move, ...]
    order: tuple[FieldChange, ...]
    coarse: bool


def table_changes(before: Block, after: Block) -> TableChanges:
    """What differs between two tables: rows are known by their first cell, columns by their head, else by words."""
    rows = align(_rows(before.rows), _rows(after.rows))
    columns = align(_columns(before.rows), _columns(after.rows))
    differing = [
        (row, column, one, two)
        for row, column in product(_pairs(rows), _pairs(columns))
        if (one := _cell(before.rows, row[0], column[0])) != (two := _cell(after.rows, row[1], column[1]))
    ]
    is_large = len(differing) > _MOST_CELLS
    runs_of = _whole_run if is_large else _runs
    cells = (
        CellChange(
            before_row=row[0],
            after_row=row[1],
            before_column=column[0],
            after_column=column[1],
            runs=runs_of(one, two),
        )
        for row, column, one, two in differing
    )
    order = [
        FieldChange(path=path, class_="words", before=labels(before.rows), after=labels(after.rows))
        for path, found, labels in (("/rows", rows, _row_labels), ("/columns", columns, _column_labels))
        if any(place.step == "moved" for place in found.places)
    ]
    moves = moves_in_order([*_moves("row", rows), *_moves("column", columns)])
    return TableChanges(cells_in_order(cells), moves, tuple(order), rows.coarse or columns.coarse or is_large)


def _rows(rows: _Rows) -> list[Item]:
    return [Item("row", "\n".join(row), row[0] if row else "") for row in rows]


def _columns(rows: _Rows) -> list[Item]:
    return [Item("column", "\n".join(column), column[0]) for column in zip(*rows, strict=False)]


def _row_labels(rows: _Rows) -> tuple[str, ...]:
    return tuple(row[0] if row else "" for row in rows)


def _column_labels(rows: _Rows) -> tuple[str, ...]:
    return rows[0] if rows else ()


def _pairs(found: Alignment) -> list[_Pair]:
    """The places of rows or columns, without the step that led there."""
    return [(place.before, place.after) for place in found.places]


def _moves(axis: Axis, found: Alignment) -> list[Move]:
    return [
        Move(axis=axis, before=place.before, after=place.after)
        for place in found.places
        if place.step == "moved" and place.before is not None and place.after is not None
    ]


def _cell(rows: _Rows, row: int | None, column: int | None) -> str | None:
    return rows[row][column] if row is not None and column is not None else None


def _runs(before: str | None, after: str | None) -> tuple[Run, ...]:
    return edits(before or "", after or "").runs


def _whole_run(before: str | None, after: str | None) -> tuple[Run, ...]:
    one, two = before or "", after or ""
    return (Run(kind=agreement(one, two), before=one, after=two),)
