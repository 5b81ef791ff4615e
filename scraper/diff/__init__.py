"""What differs between two records: pure, bounded, readable by people and by programs.

What renders changes and what quiets them is loaded when it is first used: a crawl only compares.
"""

from importlib import import_module
from typing import TYPE_CHECKING

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
from .schema import changes_from_dict
from .summary import ignored_lines
from .words import Run, edits

if TYPE_CHECKING:
    from ..insignificant import Rule
    from .html import html_fragment, render_html
    from .noise import is_matched, quieted, words_matched
    from .remainder import unmatched
    from .render import render_terminal
    from .unified import render_unified

_LATER = {
    "Rule": "..insignificant",
    "html_fragment": ".html",
    "is_matched": ".noise",
    "quieted": ".noise",
    "render_html": ".html",
    "render_terminal": ".render",
    "render_unified": ".unified",
    "unmatched": ".remainder",
    "words_matched": ".noise",
}

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
    "unmatched",
    "words_matched",
]


def __getattr__(name: str) -> object:
    if name in _LATER:
        return getattr(import_module(_LATER[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
