"""Tables as rectangles."""

from collections.abc import Sequence

from .errors import FieldError
from .normal import shown
from .tree import Tree

_COLUMNS = 1_000
_ROWS = 20_000
_CELLS = 200_000
_INSIDE_LAYOUT = ("table", "h1", "h2", "h3", "ul", "ol", "form", "section", "article")


def is_data(tree: Tree, table: int) -> bool:
    """Whether *table* holds data, not the arrangement of a page: at least two columns and no page parts inside."""
    if tree.attribute(table, "role") in {"presentation", "none"}:
        return False
    rows = list(tree.below(table, "tr"))
    if not rows or tree.first(table, *_INSIDE_LAYOUT) is not None:
        return False
    columns = max(len(_cells(tree, row)) for row in rows)
    return columns > 1 and (len(rows) > 1 or tree.first(table, "th", "caption") is not None)


def grid(tree: Tree, table: int) -> tuple[tuple[str, ...], ...]:
    """The cells of *table* as a rectangle: rows by columns, spans repeated.

    Every row has the same length; a missing cell is "". Nested tables are not entered. Follows the table model of the
    HTML Standard, section 4.9.12. Raises FieldError beyond 1,000 columns, 20,000 rows or 200,000 cells.
    """
    cells: dict[tuple[int, int], str] = {}
    width = height = 0
    for y, row in enumerate(tree.below(table, "tr")):
        x = 0
        for cell in _cells(tree, row):
            while (y, x) in cells:
                x += 1
            columns, rows = _span(tree, cell, "colspan", _COLUMNS), _span(tree, cell, "rowspan", _ROWS)
            _require("columns", x + columns, _COLUMNS)
            _require("cells", len(cells) + columns * rows, _CELLS)
            text = tree.text(cell)
            cells.update({(y + down, x + right): text for down in range(rows) for right in range(columns)})
            x += columns
            width = max(width, x)
        height = y + 1
    return tuple(tuple(cells.get((y, x), "") for x in range(width)) for y in range(height))


def lines(tree: Tree, table: int) -> tuple[str, ...]:
    """The rows of *table* as lines of text, each cell once however far it spans; rows without words are left out."""
    rows = ([tree.text(cell) for cell in _cells(tree, row)] for row in tree.below(table, "tr"))
    return tuple(line for row in rows if (line := row_text(row)))


def row_text(cells: Sequence[str]) -> str:
    """One row as a line: an empty cell keeps its place unless at the end, so that no number changes its column."""
    return shown(" | ".join(cells).rstrip(" |"))


def _cells(tree: Tree, row: int) -> list[int]:
    return [cell for cell in tree.children(row) if tree.tags[cell] in {"td", "th"}]


def _span(tree: Tree, cell: int, name: str, most: int) -> int:
    value = tree.attribute(cell, name)
    return min(max(int(value), 1), most) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _require(what: str, found: int, limit: int) -> None:
    if found > limit:
        raise FieldError(f"table: {what}", found=found, expected=f"at most {limit:,}")
