"""Groups of lines to blocks: headings with their levels, items with their depth, notes with their marks."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ..record import Block
from .grids import Table
from .setting import LARGER, SMALLER, Group, Setting, size_key
from .words import ANYWHERE, run_of

_BACK_LINK = re.compile("\\s?[↩↵⤴↑^]\ufe0e?$")
_HEADING_WORDS = 30
_HEADING_LINES = 4
_SAME_LEFT = 2.0


def blocks_of(groups: Sequence[Group | Table], setting: Setting) -> tuple[Block, ...]:
    """The blocks that *groups* are."""
    levels = _heading_levels(groups, setting)
    lefts = sorted({round(group.left) for group in groups if isinstance(group, Group) and group.kind == "item"})
    blocks: list[Block] = []
    words = replace(setting.words, notes=_numbered(groups))
    for group in groups:
        if isinstance(group, Table):
            blocks.append(
                Block(kind="table", text="\n".join(group.lines), rows=group.rows, header_rows=group.header_rows)
            )
            continue
        run = run_of(group.lines, words)
        marks = tuple(run.marks)
        if group.kind == "note":
            text = _BACK_LINK.sub("", run.text)
            marks = tuple(mark for mark in marks if mark.end <= len(text))
            blocks.append(Block(kind="footnote", text=text, marks=marks))
        elif group.kind == "item":
            depth = _depth(group.left, lefts)
            blocks.append(Block(kind="item", text=run.text, level=depth, ordered=group.ordered, marks=marks))
        elif level := levels.get(_heading_key(group, setting)):
            blocks.append(Block(kind="heading", text=run.text, level=level, marks=marks))
        else:
            blocks.append(Block(kind="paragraph", text=run.text, marks=marks))
    return tuple(block for block in blocks if block.text)


def _numbered(groups: Sequence[Group | Table]) -> dict[tuple[int, str], int]:
    """The footnotes by page and label, and by label alone, each with its number."""
    notes = [group for group in groups if isinstance(group, Group) and group.kind == "note"]
    found: dict[tuple[int, str], int] = {}
    for number, note in enumerate(notes, 1):
        found.setdefault((note.first.sheet, note.label), number)
        found.setdefault((ANYWHERE, note.label), number)
    return found


def _heading_levels(groups: Sequence[Group | Table], setting: Setting) -> dict[tuple[float, bool], int]:
    """The level of each kind of heading: the larger the higher, and bold before plain."""
    keys = {key for group in groups if isinstance(group, Group) and (key := _heading_key(group, setting))[0]}
    return {key: min(level, 6) for level, key in enumerate(sorted(keys, reverse=True), 1)}


def _heading_key(group: Group, setting: Setting) -> tuple[float, bool]:
    """Size and weight of a heading; size 0 for what is none."""
    is_short = (
        len(group.lines) <= _HEADING_LINES and sum(len(line.text.split()) for line in group.lines) <= _HEADING_WORDS
    )
    is_larger = group.first.size > LARGER * setting.size
    is_bold = all(line.is_bold for line in group.lines)
    is_heading = (
        group.kind == "text" and is_short and (is_larger or (is_bold and not group.last.text.endswith((".", ";", ","))))
    )
    if not is_heading or group.first.size < SMALLER * setting.size:
        return 0.0, False
    return size_key(group.first.size), is_bold


def _depth(left: float, lefts: Sequence[int]) -> int:
    """How deep an item is nested: how many of the places where items begin are clearly left of its own."""
    steps: list[int] = []
    for place in lefts:
        if place > left + _SAME_LEFT:
            break
        if not steps or place - steps[-1] > 8:
            steps.append(place)
    return min(max(len(steps), 1), 6)
