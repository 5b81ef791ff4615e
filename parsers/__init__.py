"""From the bytes of a published page to a record of the report in it: pure, and the same for the same bytes."""

from typing import TYPE_CHECKING

from .errors import AmbiguousLayout, FieldError, LayoutError, ParserError, TooComplex, UnknownLayout, UnreadableBody
from .record import (
    AlertLevel,
    Block,
    Country,
    Digests,
    Fact,
    Figure,
    Flag,
    Link,
    Mark,
    Recommendation,
    Record,
    Stage,
    block_from_dict,
)

if TYPE_CHECKING:
    from .registry import parse

__all__ = [
    "AlertLevel",
    "AmbiguousLayout",
    "Block",
    "Country",
    "Digests",
    "Fact",
    "FieldError",
    "Figure",
    "Flag",
    "LayoutError",
    "Link",
    "Mark",
    "ParserError",
    "Recommendation",
    "Record",
    "Stage",
    "TooComplex",
    "UnknownLayout",
    "UnreadableBody",
    "block_from_dict",
    "parse",
]


def __getattr__(name: str) -> object:
    if name == "parse":
        from .registry import parse  # noqa: PLC0415 -- the tree builders cost start-up time

        return parse
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
