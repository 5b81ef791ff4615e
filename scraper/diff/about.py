"""What a reader should know beside the changes: what was compared, and which heading each passage stands under."""

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.record import Record

Headings = tuple[Sequence[str], Sequence[str]]  # of the report before and after


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The two *records* that were compared, and the labels and texts that stand above what differs."""

    records: tuple[Record, Record]
    head: tuple[tuple[str, str], ...] = ()


def headings(records: tuple[Record, Record]) -> Headings:
    """For each passage of both reports the text of the heading above it; a heading's own is itself, "" is none."""
    return _headings(records[0]), _headings(records[1])


def heading_of(found: Headings, before: int | None, after: int | None) -> str:
    """The heading over a passage by its places, as the report has it now where it still stands there."""
    side, place = (found[1], after) if after is not None else (found[0], before)
    return side[place] if place is not None and place < len(side) else ""


def _headings(record: Record) -> list[str]:
    last, found = "", []
    for block in record.blocks:
        last = block.text if block.kind == "heading" else last
        found.append(last)
    return found
