"""Styled text in lines of a terminal's width, in colour or with marks; what a page says cannot steer the terminal."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from ..terminal import printable

Style = Literal["plain", "strong", "faint", "dropped", "added", "cosmetic-dropped", "cosmetic-added", "gone", "new"]

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
}
_MARKS: dict[Style, tuple[str, str]] = {
    "dropped": ("[-", "-]"),
    "added": ("{+", "+}"),
    "cosmetic-dropped": ("[-", "-]"),
    "cosmetic-added": ("{+", "+}"),
}
_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0003ffff"
)
_PIECE = re.compile(rf" +|[^ {_WIDE}]+|[{_WIDE}]")
_NARROWEST = 24


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
        room = max(self.width - max(_columns(first), _columns(rest)), _NARROWEST)
        made = _filled(self._marked(spans), room)
        return [f"{rest if number else first}{self._painted(line)}" for number, line in enumerate(made)]

    def _marked(self, spans: Iterable[Span]) -> Iterator[Span]:
        previous: Style = "plain"
        for text, style in spans:
            if self.colour and previous.endswith("dropped") and style.endswith("added") and not text.startswith(" "):
                yield Span(" ")  # without marks, the old word and the new would be read as one
            previous = style
            harmless = printable(text).replace("\n", "↵ ").replace("\t", " ")
            before, after = ("", "") if self.colour else _MARKS.get(style, ("", ""))
            yield Span(f"{before}{harmless}{after}", style)

    def _painted(self, line: Sequence[Span]) -> str:
        if not self.colour:
            return "".join(span.text for span in line)
        return "".join(
            f"\x1b[{_CODES[style]}m{text}\x1b[0m" if _CODES[style] else text
            for style, spans in groupby(line, key=lambda span: span.style)
            if (text := "".join(span.text for span in spans))
        )


def _filled(spans: Iterable[Span], room: int) -> Iterator[list[Span]]:
    """Lines of at most *room* columns, broken at spaces and between wide signs; what fits no line is cut."""
    line: list[Span] = []
    used = 0
    for unit, columns in _units(spans, room):
        is_space = unit[0].text.isspace()
        if used + columns <= room and (line or not is_space):
            line, used = line + unit, used + columns
        elif not is_space:
            yield _without_end_space(line)
            line, used = list(unit), columns
    if line:
        yield _without_end_space(line)


def _units(spans: Iterable[Span], room: int) -> Iterator[tuple[list[Span], int]]:
    """Spaces, and what stands between two places a line may be broken at, with their columns."""
    unit: list[Span] = []
    used = 0
    for piece in (Span(text, span.style) for span in spans for text in _PIECE.findall(span.text)):
        columns = _columns(piece.text)
        if unit and (piece.text.isspace() or _is_wide(piece.text) or used + columns > room):
            yield unit, used
            unit, used = [], 0
        if piece.text.isspace():
            yield [piece], columns
            continue
        parts = [piece.text] if columns <= room else list(_cut(piece.text, room))
        for part in parts[:-1]:
            yield [Span(part, piece.style)], _columns(part)
        unit, used = [*unit, Span(parts[-1], piece.style)], used + _columns(parts[-1])
    if unit:
        yield unit, used


def _cut(text: str, room: int) -> Iterator[str]:
    part, used = "", 0
    for sign in text:
        columns = _columns(sign)
        if part and used + columns > room:
            yield part
            part, used = "", 0
        part, used = part + sign, used + columns
    yield part


def _without_end_space(line: list[Span]) -> list[Span]:
    while line and line[-1].text.isspace():
        line = line[:-1]
    return line


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(sign) else 1 + _is_wide(sign) for sign in text)


def _is_wide(text: str) -> bool:
    return unicodedata.east_asian_width(text[0]) in "WF"
