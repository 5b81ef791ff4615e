"""Tables as rectangles."""

from collections.abc import Sequence

from .errors import FieldError
from .normal import shown
from .page import Element, text_of

_COLUMNS = 1_000
_ROWS = 20_000
_CELLS = 200_000
_INSIDE_LAYOUT = "table, h1, h2, h3, ul, ol, form, section, article"


def is_data(table: Element) -> bool:
    """Whether *table* holds data, not the arrangement of a page: at least two columns and no page parts inside."""
    attributes = table.attributes
    if (attributes.get("role") or "") in {"presentation", "none"}:
        return False
    nested = [found for found in table.css(_INSIDE_LAYOUT) if found.mem_id != table.mem_id]
    rows = table.css("tr")
    if nested or not rows:
        return False
    columns = max(len([cell for cell in row.iter() if cell.tag in {"td", "th"}]) for row in rows)
    return columns > 1 and (len(rows) > 1 or bool(table.css_first("th, caption")))


def grid(table: Element) -> tuple[tuple[str, ...], ...]:
    """The cells of *table* as a rectangle: rows by columns, spans repeated.

    Every row has the same length; a missing cell is "". Nested tables are not entered. Follows the table model of the
    HTML Standard, section 4.9.12. Raises FieldError beyond 1,000 columns, 20,000 rows or 200,000 cells.
    """
    cells: dict[tuple[int, int], str] = {}
    width = height = 0
    for y, row in enumerate(table.css("tr")):
        x = 0
        for cell in row.iter():
            if cell.tag not in {"td", "th"}:
                continue
            while (y, x) in cells:
                x += 1
            columns, rows = _span(cell, "colspan", _COLUMNS), _span(cell, "rowspan", _ROWS)
            _require("columns", x + columns, _COLUMNS)
            _require("cells", len(cells) + columns * rows, _CELLS)
            text = text_of(cell)
            cells.update({(y + down, x + right): text for down in range(rows) for right in range(columns)})
            x += columns
            width = max(width, x)
        height = y + 1
    return tuple(tuple(cells.get((y, x), "") for x in range(width)) for y in range(height))


def lines(table: Element) -> tuple[str, ...]:
    """The rows of *table* as lines of text, each cell once however far it spans; rows without words are left out."""
    rows = ([text_of(cell) for cell in row.iter() if cell.tag in {"td", "th"}] for row in table.css("tr"))
    return tuple(line for row in rows if (line := row_text(row)))


def row_text(cells: Sequence[str]) -> str:
    """One row as a line: an empty cell keeps its place unless at the end, so that no number changes its column."""
    return shown(" | ".join(cells).rstrip(" |"))


def _span(cell: Element, name: str, most: int) -> int:
    value = cell.attributes.get(name) or ""
    return min(max(int(value), 1), most) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _require(what: str, found: int, limit: int) -> None:
    if found > limit:
        raise FieldError(f"table: {what}", found=found, expected=f"at most {limit:,}")
