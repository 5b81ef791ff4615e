"""The parser of Markdown: CommonMark 0.31 with tables, and the signs of footnotes ("[^1]") as tokens of their own."""

from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, reference
from markdown_it.rules_inline import StateInline

_NESTING = 20
_LABEL_LENGTH = 40


@cache
def parser() -> MarkdownIt:
    """The parser; a token of type "note" has the label of a footnote as its content. Raw HTML is text.

    Addresses of links stay as they are written.
    """
    made = MarkdownIt("commonmark", {"html": False, "maxNesting": _NESTING}).enable("table")
    made.inline.ruler.before("link", "note", _note)
    made.block.ruler.at("reference", _reference)
    made.normalizeLink = _as_written  # type: ignore[method-assign,assignment]
    return made


def _as_written(address: str) -> str:
    return address


def _note(state: StateInline, silent: bool) -> bool:
    """Reads "[^label]" at the place the parser is at."""
    if not state.src.startswith("[^", state.pos):
        return False
    end = state.src.find("]", state.pos, state.pos + _LABEL_LENGTH)
    label = state.src[state.pos + 2 : end]
    if end < 0 or not label or any(sign.isspace() or sign == "[" for sign in label):
        return False
    if not silent:
        state.push("note", "", 0).content = label
    state.pos = end + 1
    return True


def _reference(state: StateBlock, line: int, last_line: int, silent: bool) -> bool:
    """As CommonMark reads "[label]: address", but not "[^label]: words"."""
    start = state.bMarks[line] + state.tShift[line]
    return not state.src.startswith("[^", start) and reference(state, line, last_line, silent)
