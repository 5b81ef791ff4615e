"""Lines in reading order to blocks: paragraphs, headings, items, footnotes, over the ends of columns and pages."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal

from ..dates import date_line
from ..record import Block
from .grids import Table
from .lines import Line, is_east_asian
from .sheets import Bands, Box, Piece, Sheet
from .words import ANYWHERE, Words, line_end, note_label, run_of

_BULLET = re.compile(r"[•●○◦▪■□‣⁃·\uf0b7\uf0a7\uf0d8\uf0fc➢➤✓–*-]")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]")  # as in `parsers.text`
_NOTE = re.compile(r"[\[(]?(\d{1,3}|[*†‡§¶]{1,4})[\])]?[.)]?")
_BACK_LINK = re.compile("\\s?[↩↵⤴↑^]\ufe0e?$")
_ENDS = re.compile("[.!?…:;。！？]['\"”’»)\\]]*$")
_SIZES = 0.1  # letters differ in size by more than that part, or they are of one size
_WIDER = 1.18  # a gap between lines is that many times the usual step, or they stand together
_WIDER_BY_SIGNS = 1.4
_USUAL_STEP = 1.4
_LARGEST_STEP = 2.0
_INDENT = (0.7, 5.0)
_SLACK = 0.6
_LARGER = 1.12
_SMALLER = 0.93
_HEADING_WORDS = 30
_HEADING_LINES = 4
_SAME_LEFT = 2.0
_SEVERAL = 3
_TO_BULLET = 2.5
_BULLET_REACH = 2.0

Kind = Literal["text", "item", "note"]


@dataclass(slots=True, kw_only=True)
class Group:
    """Lines that are one block. *left* is where its text begins, behind a bullet; *column* numbers where it ends."""

    lines: list[Line]
    kind: Kind = "text"
    left: float = 0.0
    ordered: bool = False
    column: int = 0
    whole: Line | None = None  # the first line with its bullet or number
    label: str = ""  # the number or sign that it begins with

    @property
    def first(self) -> Line:
        """Its first line."""
        return self.lines[0]

    @property
    def last(self) -> Line:
        """Its last line."""
        return self.lines[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a document is set: the *size* of its text, the usual *steps* from line to line by size, its *words*.

    *dots* may be bullets, *raised* are the labels that lead to footnotes, if there are such.
    """

    size: float
    steps: dict[float, float]
    words: Words
    dots: tuple[Bands, ...]
    raised: frozenset[str]

    def step(self, size: float) -> float:
        """From one line of letters of *size* to the next."""
        return self.steps.get(_size_key(size), _USUAL_STEP * size)


def setting_of(columns: Iterable[Sequence[Line]], sheets: Sequence[Sheet], words: Words) -> Setting:
    """How the document with these *columns* is set."""
    sizes: Counter[float] = Counter()
    steps: dict[float, Counter[float]] = {}
    raised: dict[str, None] = {}
    for lines in columns:
        for line in lines:
            sizes[_size_key(line.size)] += len(line.text)
            raised |= dict.fromkeys(label for piece in line.pieces[1:] if (label := note_label(line, piece)))
        for one, two in pairwise(lines):
            step = round((two.y - one.y) * 2) / 2
            if _size_key(one.size) == _size_key(two.size) and 0.9 * one.size <= step <= _LARGEST_STEP * one.size:
                steps.setdefault(_size_key(one.size), Counter())[step] += 1
    usual = {size: max(found, key=lambda each: (found[each], -each)) for size, found in steps.items()}
    size = max(sizes, key=lambda each: (sizes[each], -each), default=1.0)
    dots = tuple(Bands((_taller(box), "") for box in sheet.dots) for sheet in sheets)
    return Setting(size=size, steps=usual, words=words, dots=dots, raised=frozenset(raised))


def _taller(box: Box) -> Box:
    """A bullet stands at about the middle of the letters, wherever its own is."""
    return Box(box.x0, box.y0 - _BULLET_REACH, box.x1, box.y1 + _BULLET_REACH)


def in_rows(lines: Iterable[Line]) -> list[list[Line]]:
    """*lines* of one column, from its top, those on one baseline together from the left."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda each: (each.y, each.x0)):
        if rows and abs(rows[-1][0].y - line.y) <= 0.25 * min(rows[-1][0].size, line.size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda each: each.x0) for row in rows]


def groups_of(parts: Sequence[Line | Table], setting: Setting, column: int) -> list[Group | Table]:
    """The parts of one column as groups of lines that are one block each."""
    groups: list[Group | Table] = []
    edges = _edges(parts)
    for part in parts:
        if isinstance(part, Table):
            groups.append(part)
            continue
        last = groups[-1] if groups and isinstance(groups[-1], Group) else None
        marked = _marked(part, setting)
        if last and not marked and _goes_on(last, part, setting):
            last.lines.append(part)
        else:
            groups.append(marked or Group(lines=[part], left=part.x0))
    found = [
        each for group in groups for each in ([group] if isinstance(group, Table) else _split(group, edges, setting))
    ]
    return [replace(group, column=column) for group in found]


def _goes_on(group: Group, line: Line, setting: Setting) -> bool:
    """Whether *line* may belong to *group* by size, distance and indent."""
    last = group.last
    gap = line.y - last.y
    # A raised sign may push its line down.
    wider = _WIDER_BY_SIGNS if last.has_signs or line.has_signs else _WIDER
    if not _same_size(last, line) or gap <= 0 or gap > wider * setting.step(line.size):
        return False
    if last.is_bold != line.is_bold and (len(group.lines) > 1 or last.is_bold):
        return False
    if _is_centred(last, line):
        return not date_line(line.text) and not date_line(last.text)
    off = (last.x1 - line.x1 if line.is_rtl else line.x0 - group.left) / line.size
    if group.kind != "text":
        is_flush = group.whole is not None and abs(line.x0 - group.whole.x0) <= _INDENT[0] * line.size
        return abs(off) <= _INDENT[0] or is_flush
    if len(group.lines) == 1:
        return -_INDENT[1] <= off <= _INDENT[0] or (off > 0 and bool(_NOTE.match(last.text)) and off <= 2)
    return abs((line.x0 - last.x0) / line.size) <= _INDENT[0] or line.is_rtl


def _is_centred(one: Line, two: Line) -> bool:
    return abs((one.x0 + one.x1) - (two.x0 + two.x1)) <= 4 and abs(one.x0 - two.x0) > _SAME_LEFT


def _edges(parts: Sequence[Line | Table]) -> dict[tuple[float, int], float]:
    """How far right lines reach in a column, by size and left edge: as far as several of them do."""
    ends: dict[tuple[float, int], list[float]] = {}
    for part in parts:
        if isinstance(part, Line):
            ends.setdefault((_size_key(part.size), round(part.x0)), []).append(part.x1)
    return {key: sorted(found)[-_SEVERAL] for key, found in ends.items() if len(found) > _SEVERAL}


def _split(group: Group, edges: dict[tuple[float, int], float], setting: Setting) -> list[Group]:
    """*group* in parts, where a line ends though the first word of the next had room on it."""
    if len(group.lines) == 1:
        return [group]
    left, right = min(line.x0 for line in group.lines), max(line.x1 for line in group.lines)
    if len(group.lines) <= _SEVERAL:
        # Of so few the longest may be short itself; their column has others.
        right = max(right, edges.get((_size_key(group.first.size), round(left)), 0.0))
    parts = [replace(group, lines=[group.first])]
    for one, two in pairwise(group.lines):
        room = one.x0 - left if one.is_rtl else right - one.x1
        if _is_centred(one, two):
            room = room * 2
        if room > _first_word(two) + _SLACK * two.size and line_end(one.text, two.text, setting.words) is None:
            parts.append(Group(lines=[two], left=two.x0))
        else:
            parts[-1].lines.append(two)
    return parts


def _first_word(line: Line) -> float:
    """How wide the first word of *line* is."""
    pieces = line.pieces[: next((at for at, (_, spaced) in enumerate(line.spaced()) if spaced), None)]
    if is_east_asian(pieces[0].text[0]):
        return line.size
    return max(piece.x1 for piece in pieces) - min(piece.x0 for piece in pieces)


def _marked(line: Line, setting: Setting) -> Group | None:
    """The item or the note that *line* begins, without its bullet or number; None where it begins none."""
    if any(_stands_before(box, line) for box, _ in setting.dots[line.sheet].at(line.y - 0.3 * line.size)):
        return Group(lines=[line], kind="item", left=-line.x1 if line.is_rtl else line.x0)
    sign, rest = _sign_and_rest(line)
    if not rest or line.is_rtl or date_line(line.text):
        return None
    stripped = Line(sheet=line.sheet, pieces=(rest[0]._replace(spaced=False), *rest[1:]))
    if note := _NOTE.fullmatch(sign):
        is_led_to = note[1] in setting.raised and (line.is_raised(line.pieces[0]) or sign[0] in "[(")
        if is_led_to or line.size <= _SMALLER * setting.size:
            return Group(lines=[stripped], kind="note", left=stripped.x0, whole=line, label=note[1])
    is_number = bool(_NUMBER.fullmatch(sign)) and not _is_heading_line(line, setting)
    if is_number or _BULLET.fullmatch(sign):
        label = sign.strip("().")
        return Group(lines=[stripped], kind="item", left=stripped.x0, ordered=is_number, whole=line, label=label)
    return None


def _stands_before(box: Box, line: Line) -> bool:
    """Whether a dot at the height of *line* is its bullet."""
    return 0 < (box.x0 - line.x1 if line.is_rtl else line.x0 - box.x1) <= _TO_BULLET * line.size


def _sign_and_rest(line: Line) -> tuple[str, tuple[Piece, ...]]:
    """The first word of *line* and the pieces behind it; a raised sign is a word of its own."""
    spaced = list(line.spaced())
    end = next((at for at, (_, space) in enumerate(spaced) if space), len(spaced))
    if line.is_raised(line.pieces[0]):
        end = 1
    return "".join(piece.text for piece in line.pieces[:end]), line.pieces[end:]


def _is_heading_line(line: Line, setting: Setting) -> bool:
    return line.is_bold or line.size > _LARGER * setting.size


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
            elif notes and notes[-1].column in (column, column - 1) and not _ENDS.search(notes[-1].last.text):
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
    return isinstance(group, Group) and group.first.size <= _SMALLER * setting.size


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
    if group.column == last.column or group.kind != "text" or not _same_size(last.last, group.first):
        return False
    if last.last.is_bold != group.first.is_bold:
        return False
    one, two = last.last, group.first
    if two.text[0].islower():
        return True
    if len(group.lines) > 1 and two.x0 - group.lines[1].x0 > _INDENT[0] * two.size:
        return False
    width = max(line.x1 for line in last.lines) - min(line.x0 for line in last.lines)
    is_full = len(last.lines) > 1 and (one.x1 - one.x0) + _first_word(two) + _SLACK * two.size > width
    return is_full if _ENDS.search(one.text) else len(last.lines) > 1 or len(one.text.split()) > _HEADING_WORDS // 4


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


# ---- groups to blocks


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
    is_larger = group.first.size > _LARGER * setting.size
    is_bold = all(line.is_bold for line in group.lines)
    is_heading = (
        group.kind == "text" and is_short and (is_larger or (is_bold and not group.last.text.endswith((".", ";", ","))))
    )
    if not is_heading or group.first.size < _SMALLER * setting.size:
        return 0.0, False
    return _size_key(group.first.size), is_bold


def _depth(left: float, lefts: Sequence[int]) -> int:
    """How deep an item is nested: how many of the places where items begin are clearly left of its own."""
    steps: list[int] = []
    for place in lefts:
        if place > left + _SAME_LEFT:
            break
        if not steps or place - steps[-1] > 8:
            steps.append(place)
    return min(max(len(steps), 1), 6)


def _same_size(one: Line, two: Line) -> bool:
    return abs(one.size - two.size) <= _SIZES * max(one.size, two.size)


def _size_key(size: float) -> float:
    return round(size * 2) / 2
