"""From the bytes of a published page to a record of the report in it: pure, and the same for the same bytes."""

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
