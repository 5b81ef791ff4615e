"""What differs between two records: pure, bounded, readable by people and by programs."""

from .about import About
from .apply import applied
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
    Move,
    Rest,
)
from .compare import diff, inverted
from .render import render_terminal
from .schema import changes_from_dict
from .unified import render_unified
from .words import Run, edits

__all__ = [
    "SCHEMA",
    "About",
    "BlockChange",
    "CellChange",
    "Changes",
    "Class",
    "Emphasis",
    "FactChange",
    "FieldChange",
    "LinkChange",
    "Move",
    "Rest",
    "Run",
    "applied",
    "changes_from_dict",
    "diff",
    "edits",
    "inverted",
    "render_terminal",
    "render_unified",
]
