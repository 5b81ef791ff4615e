"""The passages of two reports in one order: what changed, what stood, and where something stood that moved."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..changes import BlockChange, Changes, places_after, standing
from .labels import is_looks_alone

_MOST_TOGETHER = 40  # passages that are told of as one


class Stood(NamedTuple):
    """A passage that is in both reports; *note* says what of it is told elsewhere."""

    before: int
    after: int
    note: str = ""


class Left(NamedTuple):
    """Where a passage stood that is elsewhere now."""

    change: BlockChange


class Together(NamedTuple):
    """Passages that were dropped, or added, one after the other."""

    changes: tuple[BlockChange, ...]


Entry = BlockChange | Together | Stood | Left


def entries(changes: Changes) -> list[Entry]:
    """All passages of both reports, in the order of the one after; what is gone where it was."""
    after_of = places_after(changes.blocks, changes.sizes)
    placed: list[tuple[tuple[int, int, int], Entry]] = [
        ((j, 0, 0), Stood(i, j)) for i, j in standing(changes.blocks, changes.sizes)
    ]
    told: set[object] = set()
    for change in changes.blocks:
        before, after = change.before_index or 0, change.after_index
        if change.op == "regrouped":
            if change.group not in told:
                told.add(change.group)
                placed.append(((change.group[1][0], -1, 0), change))
        elif not is_shown(change):
            if change.before and after is not None:
                placed.append(((after, 0, 0), Stood(before, after, _note(change))))
        elif after is None:
            placed.append(((after_of[before], 1, before), change))
        else:
            placed.append(((after, 0, 0), change))
            if change.op in ("moved", "moved-edited"):
                placed.append(((after_of[before], 1, before), Left(change)))
    return list(_together([entry for _, entry in sorted(placed, key=lambda one: one[0])]))


def is_shown(change: BlockChange) -> bool:
    """Whether *change* is among the passages in order, and not told of apart from them."""
    return change.class_ != "none" and not is_looks_alone(change)


def changes_of(entry: Entry) -> tuple[BlockChange, ...]:
    """The changes that *entry* tells of."""
    if isinstance(entry, Together):
        return entry.changes
    return (entry,) if isinstance(entry, BlockChange) else ()


def _together(listed: Iterable[Entry]) -> Iterator[Entry]:
    group: list[BlockChange] = []
    for entry in listed:
        is_next = isinstance(entry, BlockChange) and bool(group) and _follow(group[-1], entry)
        if not is_next or len(group) == _MOST_TOGETHER:
            yield from _as_one(group)
            group = []
        if isinstance(entry, BlockChange):
            group.append(entry)
        else:
            yield entry
    yield from _as_one(group)


def _as_one(group: list[BlockChange]) -> list[Entry]:
    return [Together(tuple(group))] if len(group) > 1 else [*group]


def _follow(one: BlockChange, other: BlockChange) -> bool:
    """Whether two passages that stand one after the other are told of as one."""
    is_alike = one.op == other.op and one.op in ("dropped", "added")
    return is_alike and not {one.block.kind, other.block.kind} & {"heading", "table"}


def _note(change: BlockChange) -> str:
    return f"ignored: {change.ignored}" if change.ignored else "" if change.class_ == "none" else "looks differ"
