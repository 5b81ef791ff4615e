"""The flow of a document through its columns and pages: what only their ends divide is one, footnotes stand apart."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from .grids import Table
from .groups import ENDS, INDENT, SLACK, first_word
from .setting import SMALLER, Group, Setting, same_size

_LINE_WORDS = 7  # a line alone that has more is no title

# ---- footnotes


def without_notes(groups: Sequence[Group | Table], setting: Setting) -> tuple[list[Group | Table], list[Group]]:
    """*groups* without the footnotes, and those; one that runs over the end of a page is one.

    Footnotes are those that a raised label leads to, and small print with numbers at the end of a column.
    """
    start, end = _endnotes(groups, setting)
    if end:
        endnotes = [replace(group, kind="note") for group in groups[start:end] if isinstance(group, Group)]
        return [*groups[:start], *groups[end:]], endnotes
    text: list[Group | Table] = []
    notes: list[Group] = []
    for column, (start, end) in _columns(groups).items():
        foot = end
        while foot > start and _is_small(groups[foot - 1], setting):
            foot -= 1
        for at, group in enumerate(groups[start:end], start):
            if isinstance(group, Table):
                text.append(group)
            elif group.kind == "note" and (at >= foot or group.label in setting.raised):
                notes.append(group)
            elif at < foot:
                text.append(_as_text(group))
            elif notes and notes[-1].column in (column, column - 1) and not ENDS.search(notes[-1].last.text):
                notes[-1].lines += group.lines
                notes[-1].column = column
            else:
                text.append(group)
    return text, notes


def _endnotes(groups: Sequence[Group | Table], setting: Setting) -> tuple[int, int]:
    """From where to where the list stands whose numbers are all that raised labels lead to; (0, 0) for nowhere."""
    start = 0
    for is_list, part in groupby(groups, key=lambda group: isinstance(group, Group) and group.ordered):
        items = list(part)
        labels = {group.label for group in items if isinstance(group, Group)}
        if is_list and len(items) == len(labels) and labels == setting.raised:
            return start, start + len(items)
        start += len(items)
    return 0, 0


def _columns(groups: Sequence[Group | Table]) -> dict[int, tuple[int, int]]:
    """Where the groups of each column begin and end."""
    places: dict[int, tuple[int, int]] = {}
    for at, group in enumerate(groups):
        places[group.column] = (places.get(group.column, (at, at))[0], at + 1)
    return places


def _is_small(group: Group | Table, setting: Setting) -> bool:
    return isinstance(group, Group) and group.first.size <= SMALLER * setting.size


def _as_text(group: Group) -> Group:
    """*group* with its number, where it looks like a footnote and is none."""
    if group.kind != "note" or group.whole is None:
        return group
    return replace(group, kind="text", lines=[group.whole, *group.lines[1:]])


# ---- over the ends of columns and pages


def joined_over_breaks(groups: Sequence[Group | Table], setting: Setting) -> list[Group | Table]:
    """*groups* of all columns, with those that only the end of a column or page divides as one."""
    found: list[Group | Table] = []
    for group in groups:
        last = found[-1] if found else None
        if isinstance(last, Group) and isinstance(group, Group) and _continues(last, group, setting):
            last.lines += group.lines
            last.column = group.column
        elif isinstance(last, Table) and isinstance(group, Table) and _goes_on_as_table(last, group):
            found[-1] = _both(last, group)
        else:
            found.append(group)
    return found


def _continues(last: Group, group: Group, setting: Setting) -> bool:
    if group.column == last.column or group.kind != "text" or not same_size(last.last, group.first):
        return False
    if last.last.is_bold != group.first.is_bold:
        return False
    one, two = last.last, group.first
    if two.text[0].islower():
        return True
    if len(group.lines) > 1 and two.x0 - group.lines[1].x0 > INDENT[0] * two.size:
        return False
    width = max(line.x1 for line in last.lines) - min(line.x0 for line in last.lines)
    is_full = len(last.lines) > 1 and (one.x1 - one.x0) + first_word(two) + SLACK * two.size > width
    return is_full if ENDS.search(one.text) else len(last.lines) > 1 or len(one.text.split()) > _LINE_WORDS


def _goes_on_as_table(last: Table, table: Table) -> bool:
    same_edges = len(last.edges) == len(table.edges) and all(
        abs((one - last.x0) - (two - table.x0)) <= 6 for one, two in zip(last.edges, table.edges, strict=True)
    )
    return same_edges and table.sheet == last.sheet + 1


def _both(last: Table, table: Table) -> Table:
    """One table of two parts; a head that is said again is said once."""
    again = int(bool(table.rows) and table.rows[0] == last.rows[0])
    return Table(
        sheet=table.sheet,
        box=table.box,
        rows=(*last.rows, *table.rows[again:]),
        lines=(*last.lines, *table.lines[again:]),
        edges=table.edges,
        header_rows=last.header_rows,
    )
