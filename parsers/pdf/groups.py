"""Lines of one column to groups that are one block each: by gaps, indents, bullets and the room that lines leave."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from ..dates import date_line
from .grids import Table
from .lines import Line, is_east_asian
from .setting import LARGER, SMALLER, Group, Setting, same_size, size_key
from .sheets import Box, Piece
from .words import line_end

_BULLET = re.compile(r"[•●○◦▪■□‣⁃·\uf0b7\uf0a7\uf0d8\uf0fc➢➤✓–*-]")
_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]")  # as in `parsers.text`
_NOTE = re.compile(r"[\[(]?(\d{1,3}|[*†‡§¶]{1,4})[\])]?[.)]?")
ENDS = re.compile("[.!?…:;。！？।۔။។]['\"”’»)\\]]*$")
_ENDS_OF_ITEMS = re.compile(r"(?:[.!?…:;,。！？।۔]['\"”’»)\]]*|;\s(?:and|or|et|ou|y|o|und|oder))$")
_LONG_LINE = 40  # letters
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii".split()
_WIDER = 1.18  # a gap between lines is that many times the usual step, or they stand together
_WIDER_BY_SIGNS = 1.4
INDENT = (0.7, 5.0)
SLACK = 0.6
_SAME_LEFT = 2.0
_SEVERAL = 3
_TO_BULLET = 2.5


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
        if last and marked and marked.ordered and _is_inside(last, marked, edges) and _goes_on(last, part, setting):
            marked = None
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
    if not same_size(last, line) or gap <= 0 or gap > wider * setting.step(line.size):
        return False
    is_mid_sentence = not ENDS.search(last.text) and (line.text[0].islower() or len(last.text) >= _LONG_LINE)
    if last.is_bold != line.is_bold and (len(group.lines) > 1 or last.is_bold) and not is_mid_sentence:
        return False
    if group.kind == "text" and _is_centred(last, line):
        return not date_line(line.text) and not date_line(last.text)
    off = (last.x1 - line.x1 if line.is_rtl else line.x0 - group.left) / line.size
    if group.kind != "text":
        is_flush = group.whole is not None and abs(line.x0 - group.whole.x0) <= INDENT[0] * line.size
        return abs(off) <= INDENT[0] or is_flush
    if len(group.lines) == 1:
        return -INDENT[1] <= off <= INDENT[0] or (off > 0 and bool(_NOTE.match(last.text)) and off <= 2)
    return abs((line.x0 - last.x0) / line.size) <= INDENT[0] or line.is_rtl


def _is_inside(group: Group, item: Group, edges: Mapping[tuple[float, int], float]) -> bool:
    """Whether *item* only begins a line of *group* with a number: "… in two parts, (i) the one and (ii) the other"."""
    line, last = item.whole or item.first, group.last
    if len(last.text) < _LONG_LINE or not item.first.text[:1].islower():
        return False
    goes_on = any(f"({_one_before(item.label)})" in each.text for each in group.lines)
    if _ENDS_OF_ITEMS.search(last.text) and not goes_on:
        return False
    ends = [each.x1 for each in group.lines[:-1]]
    right = max([edges.get((size_key(line.size), round(last.x0)), 0.0), *ends])
    return 0 < right < last.x1 + first_word(line) + SLACK * line.size


def _one_before(label: str) -> str:
    """The number before *label*: "2" before "3", "ii" before "iii", "b" before "c"; "" where there is none."""
    if label.isdecimal():
        return str(int(label) - 1)
    if label in _ROMAN[1:]:
        return _ROMAN[_ROMAN.index(label) - 1]
    return chr(ord(label) - 1) if len(label) == 1 and label > "a" else ""


def _is_centred(one: Line, two: Line) -> bool:
    return abs((one.x0 + one.x1) - (two.x0 + two.x1)) <= 4 and abs(one.x0 - two.x0) > _SAME_LEFT


def _edges(parts: Sequence[Line | Table]) -> dict[tuple[float, int], float]:
    """How far right lines reach in a column, by size and left edge: as far as several of them do."""
    ends: dict[tuple[float, int], list[float]] = {}
    for part in parts:
        if isinstance(part, Line):
            ends.setdefault((size_key(part.size), round(part.x0)), []).append(part.x1)
    return {key: sorted(found)[-_SEVERAL] for key, found in ends.items() if len(found) > _SEVERAL}


def _split(group: Group, edges: dict[tuple[float, int], float], setting: Setting) -> list[Group]:
    """*group* in parts, where a line ends though the first word of the next had room on it."""
    if len(group.lines) == 1:
        return [group]
    left, right = min(line.x0 for line in group.lines), max(line.x1 for line in group.lines)
    if len(group.lines) <= _SEVERAL:
        # Of so few the longest may be short itself; their column has others.
        right = max(right, edges.get((size_key(group.first.size), round(left)), 0.0))
    parts = [replace(group, lines=[group.first])]
    for one, two in pairwise(group.lines):
        room = one.x0 - left if one.is_rtl else right - one.x1
        if group.kind == "text" and _is_centred(one, two):
            room = room * 2
        if room > first_word(two) + SLACK * two.size and line_end(one.text, two.text, setting.words) is None:
            parts.append(Group(lines=[two], left=two.x0))
        else:
            parts[-1].lines.append(two)
    return parts


def first_word(line: Line) -> float:
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
        if is_led_to or line.size <= SMALLER * setting.size:
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
    return line.is_bold or line.size > LARGER * setting.size
