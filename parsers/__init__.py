"""From the bytes of a published page to a record of the report in it: pure, and the same for the same bytes.

Each name is loaded when it is first used: the tree builders cost start-up time, and many programs only look at errors.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import AmbiguousLayout, FieldError, LayoutError, ParserError, TooComplex, UnknownLayout, UnreadableBody
    from .record import (
        AlertLevel,
        Block,
        Country,
        Digests,
        Entry,
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
    "Entry",
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


_ERRORS = frozenset(
    "AmbiguousLayout FieldError LayoutError ParserError TooComplex UnknownLayout UnreadableBody".split()
)


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = "errors" if name in _ERRORS else "registry" if name == "parse" else "record"
    return getattr(import_module(f".{module}", __name__), name)
