"""What differs between two records: pure, bounded, readable by people and by programs."""

from ..insignificant import Rule
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
from .html import html_fragment, render_html
from .noise import is_matched, quieted, words_matched
from .render import render_terminal
from .schema import changes_from_dict
from .summary import ignored_lines
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
    "Rule",
    "Run",
    "applied",
    "changes_from_dict",
    "diff",
    "edits",
    "html_fragment",
    "ignored_lines",
    "inverted",
    "is_matched",
    "quieted",
    "render_html",
    "render_terminal",
    "render_unified",
    "words_matched",
]
