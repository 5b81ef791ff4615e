"""Rows or columns of two tables in one order: those that stand, came, went and moved."""

from collections.abc import Iterable
from typing import NamedTuple

from ..changes import Axis, BlockChange

Pair = tuple[int | None, int | None]


class Merged(NamedTuple):
    """The *pairs* of places of both sides in one order, and of those that *moved* the place before by that after."""

    pairs: tuple[Pair, ...]
    moved: dict[int, int]

    def mark(self, pair: Pair) -> str:
        """What happened to the row or column at *pair*, "" for nothing."""
        before, after = pair
        if before is None or after is None:
            return "added" if before is None else "dropped"
        return f"moved, was {before + 1}" if after in self.moved else ""


def merged(change: BlockChange, axis: Axis) -> Merged:
    """The rows or columns of an edited table; what is gone stands after what it followed.

    A row that one side lacks is known by its cells, each of which has no place there.
    """
    if axis == "row":
        places = {(cell.before_row, cell.after_row) for cell in change.cells}
        sizes = [len(block.rows) if block else 0 for block in (change.before, change.after)]
    else:
        places = {(cell.before_column, cell.after_column) for cell in change.cells}
        sizes = [len(block.rows[0]) if block and block.rows else 0 for block in (change.before, change.after)]
    moved = {move.after: move.before for move in change.moves if move.axis == axis}
    gone = {before for before, after in places if after is None}
    new = {after for before, after in places if before is None}
    ours = [place for place in range(sizes[0]) if place not in gone and place not in moved.values()]
    theirs = [place for place in range(sizes[1]) if place not in new and place not in moved]
    stood = dict(zip(theirs, ours, strict=False))  # a table whose rows have no cells tells nothing of them
    left = sorted(set(range(sizes[0])) - set(stood.values()) - set(moved.values()))
    return Merged(tuple(_in_order(sizes[1], stood | moved, moved, left)), moved)


def _in_order(size: int, before_of: dict[int, int], moved: dict[int, int], gone: list[int]) -> Iterable[Pair]:
    waiting = list(gone)
    for after in range(size):
        before = before_of.get(after)
        if before is not None and after not in moved:
            while waiting and waiting[0] < before:
                yield waiting.pop(0), None
        yield before, after
    for before in waiting:
        yield before, None
