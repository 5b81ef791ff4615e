"""Two tables against each other, cell by cell."""

from itertools import product

from parsers.record import Block

from .align import Alignment, Item, align
from .changes import CellChange, FieldChange, cells_in_order
from .words import edits

_Rows = tuple[tuple[str, ...], ...]
_Pair = tuple[int | None, int | None]


def table_changes(before: Block, after: Block) -> tuple[tuple[CellChange, ...], tuple[FieldChange, ...], bool]:
    """The cells that differ; the rows and columns that stand in another order; whether it was too large for certainty.

    Rows are known by their first cell, columns by their head, else by what is in them.
    """
    rows = align(_rows(before.rows), _rows(after.rows))
    columns = align(_columns(before.rows), _columns(after.rows))
    cells = [
        cell
        for row, column in product(_pairs(rows), _pairs(columns))
        if (cell := _cell(before.rows, after.rows, row, column))
    ]
    order = [
        FieldChange(path=path, class_="words", before=labels(before.rows), after=labels(after.rows))
        for path, found, labels in (("/rows", rows, _row_labels), ("/columns", columns, _column_labels))
        if any(place.step == "moved" for place in found.places)
    ]
    return cells_in_order(cells), tuple(order), rows.coarse or columns.coarse


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


def _cell(before: _Rows, after: _Rows, row: _Pair, column: _Pair) -> CellChange | None:
    one = before[row[0]][column[0]] if row[0] is not None and column[0] is not None else None
    two = after[row[1]][column[1]] if row[1] is not None and column[1] is not None else None
    if one == two:
        return None
    return CellChange(
        before_row=row[0],
        after_row=row[1],
        before_column=column[0],
        after_column=column[1],
        runs=edits(one or "", two or "").runs,
    )
