"""What differs between two records: pure, bounded, readable by people and by programs."""

from .changes import (
    SCHEMA,
    BlockChange,
    CellChange,
    Changes,
    Class,
    Emphasis,
    FactChange,
    FieldChange,
    LinkChange,
)
from .compare import applied, diff, inverted
from .render import render_terminal
from .words import Run, edits

__all__ = [
    "SCHEMA",
    "BlockChange",
    "CellChange",
    "Changes",
    "Class",
    "Emphasis",
    "FactChange",
    "FieldChange",
    "LinkChange",
    "Run",
    "applied",
    "diff",
    "edits",
    "inverted",
    "render_terminal",
]
