"""The order in which a page is read: down one column, then down the next, what spans them in its place."""

from bisect import bisect_left
from collections.abc import Sequence
from statistics import median

from .grids import Table
from .lines import Line

Part = Line | Table
_FEWEST = 4
_NARROWEST = 0.6  # of a gutter, in parts of the size
_FILLED = 0.7
_MOSTLY = 0.4
_SAME_ROWS = 0.7
_MOST_COLUMNS = 6
_MOST_LINES = 2_000  # on a page; more are a picture made of letters


def in_columns(parts: Sequence[Part], depth: int = _MOST_COLUMNS) -> list[list[Part]]:
    """*parts* of one page column by column, each from its top."""
    down = sorted(parts, key=lambda part: (round(part.y), part.x0))
    gutter = _gutter(down) if depth else None
    if gutter is None:
        return [down] if down else []
    columns: list[list[Part]] = []
    left: list[Part] = []
    right: list[Part] = []
    across: list[Part] = []

    def close() -> None:
        for side in (left, right):
            columns.extend(in_columns(side, depth - 1))
            side.clear()

    for part in down:
        is_left, is_right = part.x1 <= gutter, part.x0 >= gutter
        if not is_left and not is_right:
            close()
            across.append(part)
            continue
        if across:
            columns.append([*across])
            across.clear()
        (left if is_left else right).append(part)
    close()
    return [*columns, *([across] if across else [])]


def _gutter(parts: Sequence[Part]) -> float | None:
    """A place that divides the page in columns of prose; None where there is none.

    Tried is the left edge of every line that several share. Its lines and those left of it must be columns: they stand
    beside each other, fill their widths as prose does, or do not stand in rows as the cells of a table do.
    """
    lines = [part for part in parts if isinstance(part, Line)]
    if not 2 * _FEWEST <= len(lines) <= _MOST_LINES:
        return None
    size = median(line.size for line in lines)
    starts: dict[int, int] = {}
    for line in lines:
        starts[round(line.x0)] = starts.get(round(line.x0), 0) + 1
    best: tuple[int, float] | None = None
    for start in sorted(starts):
        if starts[start] + starts.get(start + 1, 0) < _FEWEST:
            continue
        edge = start - 0.75
        right = [line for line in lines if line.x0 >= edge]
        left = [line for line in lines if line.x1 <= edge - _NARROWEST * size]
        crossing = len(lines) - len(right) - len(left)
        if min(len(left), len(right)) < _FEWEST or not _are_columns(left, right):
            continue
        score = len(left) + len(right) - 2 * crossing
        if score > 0 and (best is None or score > best[0]):
            best = score, edge
    return best[1] if best else None


def _are_columns(left: list[Line], right: list[Line]) -> bool:
    low = max(min(line.y for line in side) for side in (left, right))
    high = min(max(line.y for line in side) for side in (left, right))
    beside = [[line for line in side if low - line.size <= line.y <= high + line.size] for side in (left, right)]
    if min(map(len, beside)) < min(_FEWEST, len(left), len(right)):
        return False
    if all(_is_filled(side) for side in beside):
        return True
    heights = [float("-inf"), *sorted(line.y for line in beside[0]), float("inf")]
    in_rows = sum(_distance(heights, line.y) < 0.3 * line.size for line in beside[1])
    return in_rows < _SAME_ROWS * len(beside[1]) and any(_is_filled(side) for side in beside)


def _distance(heights: list[float], place: float) -> float:
    """How far the nearest of *heights*, which are sorted, is from *place*."""
    at = bisect_left(heights, place)
    return min(heights[at] - place, place - heights[at - 1])


def _is_filled(lines: list[Line]) -> bool:
    """Whether *lines* run from edge to edge of their column, as most lines of prose do."""
    start, end = min(line.x0 for line in lines), max(line.x1 for line in lines)
    full = sum(line.x1 - line.x0 >= _FILLED * (end - start) for line in lines)
    words = sum(len(line.text) for line in lines) / len(lines)
    return full >= _MOSTLY * len(lines) and words >= 10
