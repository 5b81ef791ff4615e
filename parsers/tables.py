"""Tables as rectangles."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from .errors import FieldError
from .line import Words, joined
from .record import Block, Mark
from .tree import Tree

_COLUMNS = 1_000
_ROWS = 20_000
_CELLS = 200_000
REPEATED = 500_000  # characters that spans may repeat: a few bytes of markup ask for as many as there are
_PAGE_PARTS = ("h1", "form", "article")
_ARRANGED = ("table", "h2", "h3", "section", *_PAGE_PARTS)
_LONG_CELL = 400  # characters
_SHORT_CELL = 60
_MOST = 0.7
_BETWEEN_CELLS = re.compile(r"[ |\n]*+")
_BAR: Words = ("|", ())


def is_data(tree: Tree, table: int) -> bool:
    """Whether *table* holds data, not the arrangement of a page.

    Data has at least two columns. Where it has heads or a caption it says what it is; else it holds no part of a page,
    no cell that is most of the text, and lists only where its cells are short.
    """
    rows = [_cells(tree, row) for row in table_rows(tree, table)]
    if max(map(len, rows), default=0) < 2 or tree.attribute(table, "role") in {"presentation", "none"}:
        return False
    cells = [cell for row in rows for cell in row]
    if any(tree.tags[cell] == "th" for cell in cells) or _has_head_or_caption(tree, table):
        return tree.first(table, *_PAGE_PARTS) is None
    if len(rows) < 2 or tree.first(table, *_ARRANGED) is not None:
        return False
    lengths = [sum(map(len, tree.texts[cell : tree.ends[cell]])) for cell in cells]
    if max(lengths) > _LONG_CELL and max(lengths) > _MOST * sum(lengths):
        return False
    return tree.first(table, "ul", "ol") is None or sum(lengths) <= _SHORT_CELL * len(lengths)


def table_rows(tree: Tree, table: int) -> list[int]:
    """The rows of *table* itself, in order, not those of a table in one of its cells."""
    return [row for part in tree.children(table) for row in tree.children(part) if tree.tags[row] == "tr"]


def read_table(
    tree: Tree, table: int, caption: Words, read: Callable[[int], Words], *, room: int = REPEATED
) -> tuple[Block, int]:
    """*table* as a block, its cells as *read* gives them, by place; and the characters that its spans repeat.

    Its text is *caption* and the rows as lines, each cell once however far it spans; lines without words are left out.
    Raises FieldError beyond 1,000 columns, 20,000 rows, 200,000 cells or *room* repeated characters.
    """
    places = table_rows(tree, table)
    cells = [_cells(tree, row) for row in places]
    rectangle = _rectangle(tree, cells)
    words = [[read(cell) for cell in row] for row in cells]
    repeated = _spread(words, rectangle)
    _require("repeated characters", repeated, room)
    heads = _header_rows(tree, places, words)
    words = [[_without_strong(cell) for cell in row] for row in words[:heads]] + words[heads:]
    text, marks = joined([caption, *map(_row, words)], "\n")
    rows = tuple(tuple(words[y][x][0] if y >= 0 else "" for y, x in row) for row in rectangle)
    return Block(kind="table", text=text, marks=marks, rows=rows, header_rows=heads), repeated


def written_table(rows: Sequence[Sequence[Words]], *, heads: int, caption: Words = ("", ())) -> Block:
    """A table without spans as a block: rows of equal length, the first *heads* of which are its head."""
    text, marks = joined([caption, *map(_row, rows)], "\n")
    grid = tuple(tuple(words for words, _ in row) for row in rows)
    return Block(kind="table", text=text, marks=marks, rows=grid, header_rows=heads)


def table_caption(block: Block) -> str:
    """The caption in the text of a table, "" where its text begins with a cell."""
    cells = next((found for row in block.rows if (found := [cell for cell in row if cell])), [""])
    line = block.text.partition("\n")[0]
    starts = line.lstrip(" |")
    is_row = starts.startswith(f"{cells[0]} |") or (starts == cells[0] and len(set(cells)) == 1)
    return "" if is_row else line


def cells_with_marks(block: Block) -> list[list[Words]]:
    """The cells of a table, row by row, each with the marks in it: for one that spans, in the first of its places."""
    text, place, marks = block.text, len(table_caption(block)), iter((*block.marks, None))
    mark = next(marks)
    found: list[list[Words]] = []
    for row in block.rows:
        found.append([])
        for cell in row:
            start = _after(_BETWEEN_CELLS, text, place)
            end = start + len(cell)
            inside: list[Mark] = []
            if cell and text.startswith(cell, start) and (text.startswith((" |", "\n"), end) or end == len(text)):
                place = end
                while mark and mark.start < end:
                    if mark.start >= start:
                        inside.append(replace(mark, start=mark.start - start, end=mark.end - start))
                    mark = next(marks)
            found[-1].append((cell, tuple(inside)))
    return found


def row_text(cells: Sequence[str]) -> str:
    """One row as a line: an empty cell keeps its place unless at the end, so that no number changes its column."""
    return _row([(cell, ()) for cell in cells])[0]


def without_strong(words: Words) -> Words | None:
    """A cell whose words are all strong, without that mark; None for any other."""
    text, marks = words
    kept = tuple(mark for mark in marks if not (mark.kind == "strong" and (mark.start, mark.end) == (0, len(text))))
    return (text, kept) if len(kept) < len(marks) else None


def is_all_strong(row: Sequence[Words]) -> bool:
    """Whether all words of *row* are strong."""
    cells = [cell for cell in row if cell[0]]
    return bool(cells) and all(without_strong(cell) for cell in cells)


def _after(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match else place


def _without_strong(words: Words) -> Words:
    return without_strong(words) or words


def _has_head_or_caption(tree: Tree, table: int) -> bool:
    return any(tree.tags[part] in {"thead", "caption"} for part in tree.children(table))


def _header_rows(tree: Tree, places: list[int], words: list[list[Words]]) -> int:
    """How many first rows are heads: those called so, else those of `th` cells alone, else a first row all strong."""
    called = [tree.tags[tree.parents[row]] == "thead" for row in places]
    if not any(called):
        called = [_is_head(tree, row) for row in places]
    heads = called.index(False) if False in called else min(len(called), 1)
    if heads:
        return heads
    strong = [is_all_strong(row) for row in words]
    return int(strong[:1] == [True] and not all(strong))


def _is_head(tree: Tree, row: int) -> bool:
    tags = {tree.tags[cell] for cell in _cells(tree, row) if any(tree.texts[cell : tree.ends[cell]])}
    return tags == {"th"}


def _rectangle(tree: Tree, rows: list[list[int]]) -> list[list[tuple[int, int]]]:
    """By row and column, which cell of which row stands there; (-1, -1) for none. Each row has the same length.

    Follows the table model of the HTML Standard, section 4.9.12.
    """
    taken: dict[tuple[int, int], tuple[int, int]] = {}
    width = 0
    _require("rows", len(rows), _ROWS)
    for y, row in enumerate(rows):
        x = 0
        for index, cell in enumerate(row):
            while (y, x) in taken:
                x += 1
            columns, down = _span(tree, cell, "colspan", _COLUMNS), _span(tree, cell, "rowspan", _ROWS)
            down = min(down, len(rows) - y)
            _require("columns", x + columns, _COLUMNS)
            _require("cells", len(taken) + columns * down, _CELLS)
            taken.update({(y + below, x + right): (y, index) for below in range(down) for right in range(columns)})
            x += columns
            width = max(width, x)
    return [[taken.get((y, x), (-1, -1)) for x in range(width)] for y in range(len(rows))]


def _spread(words: list[list[Words]], rectangle: list[list[tuple[int, int]]]) -> int:
    """How many characters the cells of *rectangle* have beyond what stands in the page, an empty place counting one."""
    own = sum(len(text) + 1 for row in words for text, _ in row)
    return sum(len(words[y][x][0]) + 1 if y >= 0 else 1 for row in rectangle for y, x in row) - own


def _row(cells: Sequence[Words]) -> Words:
    """One row as a line, as `row_text` has it."""
    last = max((number for number, (text, _) in enumerate(cells) if text), default=-1)
    pieces = [piece for cell in cells[: last + 1] for piece in (_BAR, cell)]
    return joined(pieces[1:], " ")


def _cells(tree: Tree, row: int) -> list[int]:
    return [cell for cell in tree.children(row) if tree.tags[cell] in {"td", "th"}]


def _span(tree: Tree, cell: int, name: str, most: int) -> int:
    value = tree.attribute(cell, name)
    return min(max(int(value), 1), most) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _require(what: str, found: int, limit: int) -> None:
    if found > limit:
        raise FieldError(f"table: {what}", found=found, expected=f"at most {limit:,}")
