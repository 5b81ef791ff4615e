"""Styled text in lines of a terminal's width, in colour or with marks; what a page says cannot steer the terminal."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from ..terminal import printable

Style = Literal[
    "plain", "strong", "faint", "dropped", "added", "cosmetic-dropped", "cosmetic-added", "gone", "new", "ignored",
    "gone-word", "new-word", "place",
]  # fmt: skip

_CODES: dict[Style, str] = {
    "plain": "",
    "strong": "1",
    "faint": "2",
    "dropped": "31;9",  # struck out as well as red: red and green are one colour to one man in twelve
    "added": "32;1",
    "cosmetic-dropped": "33;9",
    "cosmetic-added": "33;1",
    "gone": "31",  # whole passages: their sign says it, and struck out they could not be read
    "new": "32",
    "ignored": "2",
    "gone-word": "31;7",  # what differs in a line that is red or green already
    "new-word": "32;7",
    "place": "36",
}
_MARKS: dict[Style, tuple[str, str]] = {
    "dropped": ("[-", "-]"),
    "added": ("{+", "+}"),
    "cosmetic-dropped": ("[-", "-]"),
    "cosmetic-added": ("{+", "+}"),
    "ignored": ("[~", "~]"),
}
_TAKEN_FOR_MARK = re.compile(r"(?<!\\)(\\*+)(?=\[-|-\]|\{\+|\+\}|\[~|~\])")
_MARKS_IN_COLOUR: dict[Style, tuple[str, str]] = {"ignored": ("~", "~")}
_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0003ffff"
)
_PIECE = re.compile(rf" +|[^ {_WIDE}]+|[{_WIDE}]")
_NARROWEST = 24
# What a terminal that writes from right to left needs to keep each stretch, and what stands around it, in its place.
_FROM_RIGHT, _OWN_WAY, _END = "\u2067", "\u2068", "\u2069"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_ENDS = {**dict.fromkeys(map(ord, "\n\u2028\u2029"), "↵ "), ord("\t"): " "}
_Way = Literal["left", "mixed", "right"]


class Span(NamedTuple):
    """Text in one style."""

    text: str
    style: Style = "plain"


class Paper(NamedTuple):
    """What is written on: *width* in columns, and whether it takes colour."""

    width: int
    colour: bool

    def lines(self, spans: Sequence[Span], *, first: str = "", rest: str = "") -> list[str]:
        """*spans* as lines that fit, the first after the margin *first*, the others after *rest*."""
        room = max(self.width - max(columns(first), columns(rest)), _NARROWEST)
        marked = list(self._marked(spans))
        way = _way(marked)
        made = filled(marked, room)
        return [f"{rest if number else first}{self._painted(line, way)}" for number, line in enumerate(made)]

    def line(self, spans: Sequence[Span]) -> str:
        """*spans* as one line, however long, with no marks beside the colours."""
        made = [Span(harmless(span.text), span.style) for span in spans]
        return self._painted(made, _way(made))

    def _marked(self, spans: Iterable[Span]) -> Iterator[Span]:
        previous: Style = "plain"
        for text, style in spans:
            if self.colour and previous.endswith("dropped") and style.endswith("added") and not text.startswith(" "):
                yield Span(" ")  # without marks, the old word and the new would be read as one
            previous = style
            before, after = (_MARKS_IN_COLOUR if self.colour else _MARKS).get(style, ("", ""))
            words = harmless(text)
            yield Span(f"{before}{words}{after}" if self.colour else marked(words, before, after), style)

    def _painted(self, line: Sequence[Span], way: _Way) -> str:
        groups = (
            (style, "".join(span.text for span in spans)) for style, spans in groupby(line, key=lambda span: span.style)
        )
        code = _CODES if self.colour else {}
        parts = [
            f"\x1b[{code[style]}m{_isolated(text, way)}\x1b[0m" if code.get(style) else _isolated(text, way)
            for style, text in groups
            if text
        ]
        return f"{_FROM_RIGHT}{''.join(parts)}{_END}" if way == "right" and parts else "".join(parts)


def marked(text: str, before: str = "", after: str = "") -> str:
    r"""*text* between two marks, or none, with a backslash before what could be taken for one: a page may say "[-".

    Backslashes before that, and at the end, are doubled.
    """
    next_sign = after[:1]  # which the end of the text may be taken for a mark with
    shown = _TAKEN_FOR_MARK.sub(r"\1\1\\", f"{text}{next_sign}").removesuffix(next_sign)
    if after and shown.startswith(after[-1]):
        shown = f"\\{shown}"
    ends = shown[len(shown.rstrip("\\")) :]
    return f"{before}{shown}{ends}{after}"


def columns(text: str) -> int:
    """How many columns of a terminal *text* takes: two for a wide sign, none for one that is set on another."""
    if text.isascii():
        return len(text)
    return sum(map(_columns_of, text))


def _columns_of(sign: str) -> int:
    if "\u1160" <= sign <= "\u11ff" or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return sign == "\ufe0f"  # which makes a picture, and wide, of a sign before it
    return 1 + _is_wide(sign)


def harmless(text: str) -> str:
    """*text* with nothing in it that a terminal obeys, in one line."""
    return printable(text).translate(_ENDS)


def _way(spans: Iterable[Span]) -> _Way:
    """Which way the text of *spans* runs: as its first letter does; "mixed" where others run from right to left."""
    text = "".join(span.text for span in spans)
    if text.isascii() or not _RIGHT_TO_LEFT.search(text):
        return "left"
    first = next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L")
    return "mixed" if first == "L" else "right"


def _isolated(text: str, way: _Way) -> str:
    """*text* so that it keeps its place among what stands around it."""
    if way == "left" or (way == "mixed" and not _RIGHT_TO_LEFT.search(text)):
        return text
    return f"{_OWN_WAY}{text}{_END}"


def filled(spans: Iterable[Span], room: int, longest: int = 0) -> Iterator[list[Span]]:
    """Lines of at most *room* columns, broken at spaces and between wide signs; what fits no line is cut.

    A word of at most *longest* columns is not cut.
    """
    line: list[Span] = []
    used = 0
    for unit, wide in _units(spans, room, max(room, longest)):
        is_space = unit[0].text.isspace()
        if used + wide <= room and (line or not is_space):
            line, used = line + unit, used + wide
        elif not is_space:
            yield _without_end_space(line)
            line, used = list(unit), wide
    if line:
        yield _without_end_space(line)


def _units(spans: Iterable[Span], room: int, longest: int) -> Iterator[tuple[list[Span], int]]:
    """Spaces, and what stands between two places a line may be broken at, with their columns."""
    unit: list[Span] = []
    used = 0
    for piece in (Span(text, span.style) for span in spans for text in _PIECE.findall(span.text)):
        wide = columns(piece.text)
        if unit and (piece.text.isspace() or _is_wide(piece.text) or used + wide > room):
            yield unit, used
            unit, used = [], 0
        if piece.text.isspace():
            yield [piece], wide
            continue
        parts = [piece.text] if wide <= longest else list(_cut(piece.text, room))
        for part in parts[:-1]:
            yield [Span(part, piece.style)], columns(part)
        unit, used = [*unit, Span(parts[-1], piece.style)], used + columns(parts[-1])
    if unit:
        yield unit, used


def _cut(text: str, room: int) -> Iterator[str]:
    part, used = "", 0
    for sign in text:
        wide = _columns_of(sign)
        if part and used + wide > room:
            yield part
            part, used = "", 0
        part, used = part + sign, used + wide
    yield part


def _without_end_space(line: list[Span]) -> list[Span]:
    while line and line[-1].text.isspace():
        line = line[:-1]
    return line


def _is_wide(text: str) -> bool:
    return unicodedata.east_asian_width(text[0]) in "WF"
