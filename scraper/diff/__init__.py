"""What differs between two records: pure, bounded, readable by people and by programs."""

from ..insignificant import Rule
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
from .noise import quieted
from .render import render_terminal
from .schema import changes_from_dict
from .summary import ignored_lines
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
    "Move",
    "Rest",
    "Rule",
    "Run",
    "applied",
    "changes_from_dict",
    "diff",
    "edits",
    "ignored_lines",
    "inverted",
    "quieted",
    "render_terminal",
]
