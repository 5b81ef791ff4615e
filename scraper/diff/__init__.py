"""What differs between two records: pure, bounded, readable by people and by programs."""

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
from .html import html_fragment, render_html
from .render import render_terminal
from .schema import changes_from_dict
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
    "Run",
    "applied",
    "changes_from_dict",
    "diff",
    "edits",
    "html_fragment",
    "inverted",
    "render_html",
    "render_terminal",
]
