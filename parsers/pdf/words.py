"""Lines to running text: words broken at the ends of lines made whole, links, emphasis and marks of notes in place."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..normal import shown
from ..record import Mark, MarkKind
from .lines import Line, is_east_asian
from .sheets import Piece

_WORD = re.compile(r"[^\W\d_]++(?:[-‐][^\W\d_]++)*+")
_LAST = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[-‐\u00ad]$")
_FIRST = re.compile(r"[^\W\d_]+")
_SOFT = "‐\u00ad"  # typesetters end a line with these, writers do not
_MANY = 0.03
_FEW_BREAKS = 4
_LONG_LINE = 30
_MUCH = 2_000  # words; in so many a part that never stands alone is hardly one
_NOTE = re.compile(r"[\[(]?(\d{1,3}|[*†‡§¶]{1,4})[\])]?")
ANYWHERE = -1
_UNITS = (" m", " km", " cm", " mm", " ft", " CO", " H")  # a figure raised or lowered behind them is theirs
_JOINED_DASH = re.compile(r"\S[—–/]$")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a document knows of its own words, to tell a word broken at the end of a line from one with a hyphen.

    *whole* are the words it has within lines, *hyphenated* those with a hyphen; *breaks*: it breaks many words.
    *notes* are its footnotes by page and label, each with its number.
    """

    whole: frozenset[str] = frozenset()
    hyphenated: frozenset[str] = frozenset()
    breaks: bool = False
    notes: Mapping[tuple[int, str], int] = field(default_factory=dict)

    def note(self, sheet: int, label: str) -> int | None:
        """The number of the footnote that *label* on a page leads to: one of that page, else the first of that name."""
        return self.notes.get((sheet, label)) or self.notes.get((ANYWHERE, label))


def words_of(lines: Sequence[Line]) -> Words:
    """The words of a document."""
    found: dict[str, None] = {}
    broken = long = 0
    for line in lines:
        text = line.text
        long += len(text) >= _LONG_LINE
        broken += len(text) >= _LONG_LINE and bool(_LAST.search(text))
        found |= dict.fromkeys(word.casefold().replace("‐", "-") for word in _WORD.findall(_LAST.sub("", text)))
    return Words(
        whole=frozenset(word for word in found if "-" not in word),
        hyphenated=frozenset(word for word in found if "-" in word),
        breaks=broken >= _FEW_BREAKS and broken > _MANY * long,
    )


@dataclass(slots=True)
class Run:
    """Text with its marks."""

    text: str = ""
    marks: list[Mark] = field(default_factory=list)


def note_label(line: Line, piece: Piece) -> str:
    """What the sign of a footnote shows without brackets; "" where *piece* of *line* is no such sign."""
    match = _NOTE.fullmatch(piece.text) if line.is_raised(piece) else None
    return match[1] if match else ""


def run_of(lines: Iterable[Line], words: Words) -> Run:
    """*lines* as one text, with a space between them but within a word, an address or a script without spaces."""
    writer = _Writer()
    before = ""
    for line in lines:
        if before:
            writer.end_line(line.text, words)
        for piece, spaced in line.spaced():
            label = note_label(line, piece) if writer.text and not writer.text.endswith(_UNITS) else ""
            number = words.note(line.sheet, label) if label else None
            writer.write(piece, spaced=spaced, note=(label, number) if number else None)
        before = writer.text
    return writer.run()


class _Writer:
    def __init__(self) -> None:
        self.text = ""
        self.looks: list[tuple[MarkKind, str, int, int]] = []

    def end_line(self, following: str, words: Words) -> None:
        """Makes ready for the next line, which is *following*."""
        kept = line_end(self.text, following, words)
        if kept is None:
            self.text += " "
        elif kept < len(self.text):
            self.text = self.text[:kept]
            self.looks = [(kind, to, start, min(end, kept)) for kind, to, start, end in self.looks]

    def write(self, piece: Piece, *, spaced: bool, note: tuple[str, int] | None) -> None:
        """Adds *piece*; the sign of a *note*, by label and number, in brackets: it joins no number before it."""
        if spaced and self.text and not self.text.endswith(" "):
            self.text += " "
        start = len(self.text)
        self.text += f"[{note[0]}]" if note and not self.text.endswith("[") else piece.text
        end = len(self.text)
        if note:
            self.looks.append(("note", f"#{note[1]}", start, end))
        elif piece.target:
            self.looks.append(("link", piece.target, start, end))
        if piece.bold:
            self.looks.append(("strong", "", start, end))
        if piece.italic:
            self.looks.append(("emphasis", "", start, end))

    def run(self) -> Run:
        if shown(self.text) != self.text:
            return Run(shown(self.text))  # signs that are not shown: no place would be right
        open_marks: dict[tuple[MarkKind, str], Mark] = {}
        marks: list[Mark] = []
        for kind, target, start, end in self.looks:
            last = open_marks.get((kind, target))
            if last and not self.text[last.end : start].strip():
                marks.remove(last)
                start = last.start  # noqa: PLW2901 -- the mark goes on
            mark = Mark(kind=kind, start=start, end=end, target=target)
            marks.append(mark)
            open_marks[kind, target] = mark
        whole = [mark for mark in marks if mark.kind in ("link", "note") or mark.end - mark.start < len(self.text)]
        return Run(self.text, sorted(whole, key=lambda mark: (mark.start, mark.end, mark.kind)))


def line_end(text: str, following: str, words: Words) -> int | None:
    """How much of *text* stays before *following*, the next line, is put right behind it; None for a space between."""
    if is_east_asian(text[-1]) and is_east_asian(following[0]):
        return len(text)
    last = text.rpartition(" ")[2]
    if "://" in last or "www." in last:
        goes_on = last[-1] in "/-_?&=.%#" and not following[0].isupper()
        return len(text) if goes_on else None
    broken, rest = _LAST.search(text), _FIRST.match(following)
    if broken and rest:
        return len(text) - _is_broken(broken[1], rest[0], text[-1], words)
    return len(text) if _JOINED_DASH.search(text) or (text.endswith("-") and following[0].isdigit()) else None


def _is_broken(first: str, rest: str, sign: str, words: Words) -> bool:
    """Whether a hyphen between *first* and *rest* only says that the line ended there."""
    one, two = first.casefold(), rest.casefold()
    if one + two in words.whole:
        return True
    if f"{one}-{two}" in words.hyphenated or not rest[0].islower():
        return False
    if sign in _SOFT:
        return True
    known = (one in words.whole) + (two in words.whole)
    return known < 2 if words.breaks else known == 0 and len(words.whole) >= _MUCH
