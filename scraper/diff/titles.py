"""What a changed passage is called, and what happened to it, in a few words."""

from collections.abc import Iterator, Sequence

from ..wording import counted
from .changes import BlockChange, FieldChange, Move
from .summary import BLOCK_NAMES, block_field_name, listed, runs_of
from .words import numbers_changed, words_changed


def place_of(change: BlockChange) -> str:
    """Where a passage stands, or stood: "§7", "was §4"; passages count from 1."""
    if change.op == "regrouped":
        return f"§{change.group[1][0] + 1}"
    return f"was §{_before(change)}" if change.after_index is None else f"§{change.after_index + 1}"


def places_of(change: BlockChange) -> str:
    """The same, but "§1–2 → §1" for passages that were joined or parted."""
    if change.op != "regrouped":
        return place_of(change)
    before, after = (f"§{_span(places)}" for places in change.group)
    return f"{before} → {after}"


def what_of(change: BlockChange) -> str:
    """What happened to a passage: "paragraph moved from §4 and edited: 2 words"."""
    name = BLOCK_NAMES[change.block.kind][0]
    match change.op:
        case "dropped" | "added":
            words = f": {counted(change.words_changed, 'word')}" if change.words_changed else ""
            return f"{name} {change.op}{words}"
        case "moved":
            return f"{name} {origin(change)}, not edited"
        case "moved-edited":
            return f"{name} {origin(change)} and edited: {_how_much(change)}"
        case "regrouped":
            before, after = map(len, change.group)
            what = _how_much(change) if change.runs else "the same words"
            return f"{what} in {counted(after, 'paragraph')} instead of {before}"
        case _:
            return f"{name}: {_how_much(change)}"


def origin(change: BlockChange) -> str:
    """Where a passage moved from; its number may be the same where others came before it or went."""
    if change.before_index == change.after_index:
        return f"moved past others (§{_before(change)} before, too)"
    return f"moved from §{_before(change)}"


def fields_told(change: BlockChange) -> Iterator[FieldChange]:
    """What differs beside the text, without the order of rows and columns where each that moved is told of."""
    return (field for field in change.fields if not change.moves or field.path not in ("/rows", "/columns"))


def _how_much(change: BlockChange) -> str:
    inside = list(runs_of(change))
    words = sum(map(words_changed, inside))
    numbers = sum(len(numbers_changed(runs)) for runs in inside)
    kinds = {run.kind for runs in inside for run in runs}
    fields = [block_field_name(field.path) for field in fields_told(change)]
    parts = [
        *([counted(words, "word")] if words else []),
        *([f"{counted(numbers, 'number')} among them"] if numbers else []),
        *(["case or punctuation"] if "cosmetic" in kinds and not words else []),
        *(["quotation marks, dashes or spaces"] if "typography" in kinds and kinds <= {"same", "typography"} else []),
        *([f"in {counted(len(change.cells), 'cell')}"] if change.cells else []),
        *_moved(change.moves),
        *([f"{listed(fields)} changed"] if fields else []),
        *(["too long to be compared word by word throughout"] if change.coarse else []),
    ]
    return ", ".join(parts) or "edited"


def _moved(moves: Sequence[Move]) -> list[str]:
    axes = [(axis, sum(move.axis == axis for move in moves)) for axis in ("row", "column")]
    return [f"{counted(count, axis)} moved" for axis, count in axes if count]


def _before(change: BlockChange) -> int:
    return (change.before_index or 0) + 1


def _span(places: Sequence[int]) -> str:
    first, last = places[0] + 1, places[-1] + 1
    return str(first) if first == last else f"{first}–{last}"
