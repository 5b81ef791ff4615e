"""Tables of a page: by their ruled lines, else by columns that are plain."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..tables import row_text
from .lines import Line
from .sheets import Box, Piece, Sheet
from .words import Words, run_of

_TOUCHING = 4.0
_LONG = 12.0  # a rule is at least that long; the rest are ticks and parts of letters
_MOST_CELLS = 20_000
_FEWEST_ROWS = 3
_GUTTER = 0.9  # the narrowest space between columns, in parts of the size
_PROSE = 12  # words in a cell, on average, beyond which columns are columns of prose


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with its place. *rows* are its cells as a rectangle, *lines* its rows as text, *header_rows* its head.

    *edges* are where its columns begin, *column* numbers the column of the document that it ends in.
    """

    sheet: int
    box: Box
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...]
    edges: tuple[float, ...]
    header_rows: int = 0
    column: int = 0

    @property
    def x0(self) -> float:
        """Its left edge."""
        return self.box.x0

    @property
    def x1(self) -> float:
        """Its right edge."""
        return self.box.x1

    @property
    def y(self) -> float:
        """Where it begins."""
        return self.box.y0


# ---- by ruled lines


def ruled_tables(sheet: Sheet, lines: Sequence[Line], words: Words) -> tuple[list[Table], list[Line]]:
    """The tables that rules of *sheet* draw, and the lines that are in none."""
    tables: list[Table] = []
    left = list(lines)
    for rules in _components([rule for rule in sheet.rules if max(_width(rule), _height(rule)) >= _LONG]):
        box = _around(rules)
        inside = [line for line in left if _is_in(line, box)]
        table = _by_rules(rules, box, inside, words) if inside else None
        if table:
            tables.append(table)
            taken = set(inside)
            left = [line for line in left if line not in taken]
    return tables, left


def _by_rules(rules: list[Box], box: Box, lines: list[Line], words: Words) -> Table | None:
    upright = [rule for rule in rules if _height(rule) > _width(rule)]
    level = [rule for rule in rules if _height(rule) <= _width(rule)]
    xs, ys = (
        _places([(rule.x0 + rule.x1) / 2 for rule in upright]),
        _places([(rule.y0 + rule.y1) / 2 for rule in level]),
    )
    if len(xs) < 3 or len(ys) < 3 or (len(xs) - 1) * (len(ys) - 1) > _MOST_CELLS:
        return None
    cells = _Cells(xs, ys, upright, level)
    return cells.table(lines, box, words) if cells.is_divided() else None


class _Cells:
    """The cells that rules make; those with no rule between them are one."""

    def __init__(self, xs: list[float], ys: list[float], upright: list[Box], level: list[Box]) -> None:
        self.xs, self.ys = xs, ys
        self.width, self.height = len(xs) - 1, len(ys) - 1
        walls = _walls(xs, [(rule.x0 + rule.x1, rule.y0, rule.y1) for rule in upright])
        floors = _walls(ys, [(rule.y0 + rule.y1, rule.x0, rule.x1) for rule in level])
        self.owner = {(row, column): (row, column) for row in range(self.height) for column in range(self.width)}
        for row in range(self.height):
            for column in range(self.width):
                middle = (ys[row] + ys[row + 1]) / 2
                if column and not _covers(walls[column], middle):
                    self.owner[row, column] = self.owner[row, column - 1]
                middle = (xs[column] + xs[column + 1]) / 2
                if row and not _covers(floors[row], middle):
                    self.owner[row, column] = self.owner[row - 1, column]

    def is_divided(self) -> bool:
        """Whether there are two columns and two rows: fewer are a frame around text."""
        owners = set(self.owner.values())
        return len({row for row, _ in owners}) > 1 and len({column for _, column in owners}) > 1

    def table(self, lines: list[Line], box: Box, words: Words) -> Table:
        held: dict[tuple[int, int], list[Line]] = defaultdict(list)
        for line in lines:
            row = _slot(self.ys, line.y - 0.3 * line.size)
            parts: dict[tuple[int, int], list[Piece]] = defaultdict(list)
            for piece in line.pieces:
                parts[self.owner[row, _slot(self.xs, (piece.x0 + piece.x1) / 2)]].append(piece)
            for owner, pieces in parts.items():
                held[owner].append(Line(sheet=line.sheet, pieces=tuple(pieces), is_rtl=line.is_rtl))
        text = {owner: _cell_text(lines, words) for owner, lines in held.items()}
        rows = tuple(
            tuple(text.get(self.owner[row, column], "") for column in range(self.width)) for row in range(self.height)
        )
        own = [
            [cell for column in range(self.width) if self.owner[cell := (row, column)] == cell]
            for row in range(self.height)
        ]
        shown = (row_text([text.get(cell, "") for cell in cells]) for cells in own)
        first = [line for owner, lines in held.items() if owner[0] == 0 for line in lines]
        later = [line for owner, lines in held.items() if owner[0] > 0 for line in lines]
        is_headed = bool(first) and all(line.is_bold for line in first) and not all(line.is_bold for line in later)
        return Table(
            sheet=lines[0].sheet,
            box=box,
            rows=rows,
            lines=tuple(line for line in shown if line),
            edges=tuple(self.xs),
            header_rows=int(is_headed),
        )


def _walls(places: list[float], rules: Iterable[tuple[float, float, float]]) -> list[list[tuple[float, float]]]:
    """For each of *places* from where to where a rule stands there."""
    walls: list[list[tuple[float, float]]] = [[] for _ in places]
    for twice, start, end in rules:
        nearest = min(range(len(places)), key=lambda at: abs(places[at] - twice / 2))
        walls[nearest].append((start, end))
    return walls


def _covers(wall: list[tuple[float, float]], place: float) -> bool:
    return any(start - 1 <= place <= end + 1 for start, end in wall)


def _slot(edges: list[float], place: float) -> int:
    """Which of the slots between *edges* holds *place*; the first or the last where none does."""
    return min(max(sum(edge <= place for edge in edges) - 1, 0), len(edges) - 2)


def _places(values: list[float]) -> list[float]:
    """*values* with those that are nearly the same as one."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] <= _TOUCHING:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _components(rules: Sequence[Box]) -> list[list[Box]]:
    """*rules* that touch each other together, from the top of the page."""
    order = sorted(rules, key=lambda rule: (rule.y0, rule.x0))
    owner = list(range(len(order)))

    def root(at: int) -> int:
        while owner[at] != at:
            owner[at] = owner[owner[at]]
            at = owner[at]
        return at

    active: list[int] = []
    for at, rule in enumerate(order):
        active = [other for other in active if order[other].y1 + _TOUCHING >= rule.y0]
        for other in active:
            if order[other].x0 - _TOUCHING <= rule.x1 and rule.x0 - _TOUCHING <= order[other].x1:
                owner[root(at)] = root(other)
        active.append(at)
    groups: dict[int, list[Box]] = defaultdict(list)
    for at, rule in enumerate(order):
        groups[root(at)].append(rule)
    return list(groups.values())


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.x0 for box in boxes), min(box.y0 for box in boxes),
        max(box.x1 for box in boxes), max(box.y1 for box in boxes),
    )  # fmt: skip


def _is_in(line: Line, box: Box) -> bool:
    middle, height = (line.x0 + line.x1) / 2, line.y - 0.3 * line.size
    return box.x0 <= middle <= box.x1 and box.y0 <= height <= box.y1


def _width(box: Box) -> float:
    return box.x1 - box.x0


def _height(box: Box) -> float:
    return box.y1 - box.y0


def _cell_text(lines: Iterable[Line], words: Words) -> str:
    return run_of(sorted(lines, key=lambda line: (round(line.y), line.x0)), words).text


# ---- by columns


def plain_tables(rows: Sequence[Sequence[Line]], words: Words) -> list[Table | Sequence[Line]]:
    """*rows*, each the lines on one baseline, with those that are plainly a table as one.

    Plain is: at least three rows of several short cells each, whose columns stand clear of each other in all of them.
    """
    parts: list[Table | Sequence[Line]] = []
    start = 0
    while start < len(rows):
        size = _table_size(rows[start:])
        if size:
            parts.append(_by_columns(rows[start : start + size], words))
        else:
            parts.append(rows[start])
        start += size or 1
    return parts


def _table_size(rows: Sequence[Sequence[Line]]) -> int:
    """How many of the first *rows* are a table."""
    size = 0
    columns: list[tuple[float, float]] = []
    for row in rows:
        if len(row) < 2 or any(line.size != rows[0][0].size for line in row):
            break
        if size and row[0].y - rows[size - 1][0].y > 3 * row[0].size:
            break
        widened = _columns([*columns, *((line.x0, line.x1) for line in row)], row[0].size)
        kept = [sum(start <= x0 and x1 <= end for x0, x1 in columns) for start, end in widened]
        if len(widened) < 2 or (columns and set(kept) != {1}):
            break
        columns, size = widened, size + 1
    lengths = [len(line.text.split()) for row in rows[:size] for line in row]
    return size if size >= _FEWEST_ROWS and sum(lengths) / len(lengths) < _PROSE else 0


def _columns(spans: list[tuple[float, float]], size: float) -> list[tuple[float, float]]:
    """*spans* with those that overlap, or nearly so, as one."""
    columns: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if columns and start - columns[-1][1] < _GUTTER * size:
            columns[-1] = (columns[-1][0], max(end, columns[-1][1]))
        else:
            columns.append((start, end))
    return columns


def _by_columns(rows: Sequence[Sequence[Line]], words: Words) -> Table:
    spans = _columns([(line.x0, line.x1) for row in rows for line in row], rows[0][0].size)
    starts = [start for start, _ in spans]
    cells = []
    for row in rows:
        held: dict[int, list[Line]] = defaultdict(list)
        for line in row:
            held[_slot([*starts, float("inf")], (line.x0 + line.x1) / 2)].append(line)
        cells.append(tuple(_cell_text(held[column], words) if column in held else "" for column in range(len(spans))))
    every = [line for row in rows for line in row]
    is_headed = all(line.is_bold for line in rows[0]) and not all(line.is_bold for row in rows[1:] for line in row)
    box = Box(
        min(line.x0 for line in every), min(line.top for line in every),
        max(line.x1 for line in every), max(line.bottom for line in every),
    )  # fmt: skip
    return Table(
        sheet=every[0].sheet,
        box=box,
        rows=tuple(cells),
        lines=tuple(row_text(row) for row in cells),
        edges=tuple(starts),
        header_rows=int(is_headed),
    )
