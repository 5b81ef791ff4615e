"""Pieces of text to lines: runs of pieces on one baseline, in reading order, with the words in them."""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median

from ..dates import date_line
from .sheets import RTL, Piece, Sheet

# In parts of the size of the letters.
_SAME_BASELINE = 0.2
_SHIFTED = 0.65  # how far a raised or lowered sign is off the baseline at most
_SMALLER = 0.88
_NEXT = 1.0  # the widest space between words on one line, as the file gives them one after the other
_WITHIN = 2.5  # and in one text object, where words are pushed apart to fill the line
_NEAR = 0.6  # and where they stand in the file apart from each other
_SPACE = 0.17  # the narrowest space between words
_BACKWARD = 0.6
_OTHERS = 3  # letters from the left for each from the right, in a line that is still read from the right
_OPENING, _CLOSING = "([{<«‹", ")]}>»›"
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_LTR = re.compile("[A-Za-z0-9\u00c0-\u058f\u0660-\u0669\u06f0-\u06f9\u0900-\u1fff\u2e80-\ud7ff\uf900-\ufaff]")
_EAST_ASIAN = re.compile("[\u2e80-\u312f\u3190-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass(frozen=True, kw_only=True, eq=False)
class Line:
    """Pieces on one baseline, in reading order. *sheet* numbers the page from 0, *is_rtl*: read from the right.

    *is_turned* says that some of it runs the other way, so that spaces cannot be seen by the places of pieces.
    """

    sheet: int
    pieces: tuple[Piece, ...]
    is_rtl: bool = False
    is_turned: bool = False

    @cached_property
    def x0(self) -> float:
        """Its left edge."""
        return min(piece.x0 for piece in self.pieces)

    @cached_property
    def x1(self) -> float:
        """Its right edge."""
        return max(piece.x1 for piece in self.pieces)

    @cached_property
    def main(self) -> Piece:
        """The first piece in the size that most letters of the line have."""
        letters = Counter[float]()
        for piece in self.pieces:
            letters[piece.size] += len(piece.text)
        size = max(letters, key=lambda each: (letters[each], each))
        return next(piece for piece in self.pieces if piece.size == size)

    @property
    def y(self) -> float:
        """Its baseline."""
        return self.main.y

    @property
    def size(self) -> float:
        """The size of most of its letters."""
        return self.main.size

    @property
    def top(self) -> float:
        """About where its highest letters end."""
        return self.y - 0.8 * self.size

    @property
    def bottom(self) -> float:
        """About where its lowest letters end."""
        return self.y + 0.2 * self.size

    @cached_property
    def is_bold(self) -> bool:
        """Whether all of its letters are."""
        named = [piece for piece in self.pieces if any(sign.isalnum() for sign in piece.text)]
        return bool(named) and all(piece.bold for piece in named)

    @cached_property
    def has_signs(self) -> bool:
        """Whether some of its letters are raised or lowered."""
        return any(piece.y != self.y and piece.size < _SMALLER * self.size for piece in self.pieces)

    @cached_property
    def text(self) -> str:
        """Its words."""
        return "".join(f"{' ' if spaced else ''}{piece.text}" for piece, spaced in self.spaced())

    def spaced(self) -> Iterator[tuple[Piece, bool]]:
        """The pieces, each with whether a space stands before it; none before the first."""
        last: Piece | None = None
        for piece in self.pieces:
            is_apart = not self.is_turned and last is not None and _gap(last, piece) > _SPACE * piece.size
            # Where letters are raised, programs that read PDF see a space whether there is one or not.
            is_told = piece.spaced and (self.is_turned or self.is_rtl or not self.is_raised(piece))
            yield piece, last is not None and (is_told or is_apart)
            last = piece

    def is_raised(self, piece: Piece) -> bool:
        """Whether *piece* is a small sign above the baseline, as marks of footnotes are."""
        return piece.size < _SMALLER * self.size and self.y - piece.y > 0.15 * self.size


def is_east_asian(sign: str) -> bool:
    """Whether *sign* is of a script that puts no space between words."""
    return bool(_EAST_ASIAN.match(sign))


def read_lines(sheet: Sheet, number: int) -> list[Line]:
    """The lines of *sheet*; pieces far apart on one baseline are lines of their own, as columns and cells are."""
    words = "".join([piece.text for piece in sheet.pieces])
    if not RTL.search(words):
        return _as_the_file_has_them(sheet.pieces, number)
    is_rtl = len(RTL.findall(words)) > len(_LTR.findall(words))
    most = _OTHERS if is_rtl else 1
    from_left: list[int] = []
    lines: list[Line] = []
    for row in _rows(sheet.pieces):
        if any(RTL.search(sheet.pieces[at].text) for at in row):
            pieces = sorted((sheet.pieces[at] for at in row), key=lambda piece: piece.x0)
            lines += [_logical(part, number, most) for part in _parts(pieces) if not all(map(_is_space, part))]
        else:
            from_left += row
    others = _as_the_file_has_them([sheet.pieces[at] for at in sorted(from_left)], number)
    return [*lines, *(_with_day_first(line) if is_rtl else line for line in others)]


def _with_day_first(line: Line) -> Line:
    """*line* of a page from right to left; "May 2024 14" is how such a page shows "14 May 2024"."""
    words, _, day = line.text.rpartition(" ")
    *rest, last = line.pieces
    if last.text != day or not day.isdecimal() or date_line(line.text) or not date_line(f"{day} {words}"):
        return line
    pieces = (last._replace(spaced=False), rest[0]._replace(spaced=True), *rest[1:])
    return replace(line, pieces=pieces, is_turned=False)


def joined(lines: Iterable[Line]) -> Line:
    """Lines that stand beside each other as one."""
    parts = sorted(lines, key=lambda line: line.x0)
    if any(line.is_rtl for line in parts):
        parts.reverse()
    pieces = [piece._replace(spaced=piece.spaced or not at) for line in parts for at, piece in enumerate(line.pieces)]
    is_turned = any(line.is_turned for line in parts)
    return Line(sheet=parts[0].sheet, pieces=tuple(pieces), is_rtl=parts[0].is_rtl, is_turned=is_turned)


def _as_the_file_has_them(pieces: Iterable[Piece], number: int) -> list[Line]:
    segments: list[list[Piece]] = []
    spaced = False
    for piece in pieces:
        if piece.text.isspace():  # on a page with letters from right to left, spaces are pieces
            spaced = True
            continue
        each = piece._replace(spaced=piece.spaced or spaced)
        spaced = False
        last = segments[-1][-1] if segments else None
        if last and not each.spaced and last.run == each.run and last.target == each.target and last.y == each.y:
            text = last.text + each.text
            segments[-1][-1] = last._replace(text=text, x0=min(last.x0, each.x0), x1=max(last.x1, each.x1))
        elif last and _follows(segments[-1], each):
            segments[-1].append(each)
        else:
            segments.append([each])
    return _merged([Line(sheet=number, pieces=tuple(segment)) for segment in segments])


def _gap(last: Piece, piece: Piece) -> float:
    """The space between two pieces from the left; none where a space would be odd."""
    return 0.0 if is_east_asian(last.text[-1]) or is_east_asian(piece.text[0]) else piece.x0 - last.x1


def _follows(segment: list[Piece], piece: Piece) -> bool:
    last = segment[-1]
    size = max(last.size, piece.size)
    gap = piece.x0 - last.x1
    if not -_BACKWARD * size <= gap <= (_WITHIN if last.run == piece.run else _NEXT) * size:
        return False
    base = max(segment[-4:], key=lambda each: each.size)
    return _on_one_line(base, piece)


def _on_one_line(base: Piece, piece: Piece) -> bool:
    off, size = abs(base.y - piece.y), max(base.size, piece.size)
    is_shifted = min(base.size, piece.size) < _SMALLER * size
    return off <= (_SHIFTED if is_shifted else _SAME_BASELINE) * size


def _merged(lines: list[Line]) -> list[Line]:
    """*lines* with those put together that touch on one baseline though the file has them apart."""
    order = sorted(range(len(lines)), key=lambda at: (round(lines[at].y), lines[at].x0, at))
    merged: dict[int, Line] = {}
    last = -1
    for at in order:
        line = lines[at]
        before = merged.get(last)
        if before and _on_one_line(before.main, line.main) and -_NEAR <= (line.x0 - before.x1) / line.size <= _NEAR:
            merged[last] = joined([before, line])
        else:
            merged[at] = line
            last = at
    return [merged[at] for at in sorted(merged)]


# ---- scripts from right to left: the file may have their letters in any order, so the places decide


def _rows(pieces: Sequence[Piece]) -> list[list[int]]:
    """The places in *pieces* of those on one baseline, raised signs with the letters they are raised from."""
    usual = median(piece.size for piece in pieces)
    rows: list[list[int]] = []
    bases: list[Piece] = []
    small: list[int] = []
    for at in sorted(range(len(pieces)), key=lambda each: (pieces[each].y, each)):
        if pieces[at].size < _SMALLER * usual:
            small.append(at)
        elif bases and _on_one_line(bases[-1], pieces[at]):
            rows[-1].append(at)
        else:
            rows.append([at])
            bases.append(pieces[at])
    heights = [base.y for base in bases]
    for at in small:
        near = bisect_left(heights, pieces[at].y)
        if near < len(bases) and _on_one_line(bases[near], pieces[at]):
            rows[near].append(at)
        elif len(rows) > len(bases) and _on_one_line(pieces[rows[-1][0]], pieces[at]):
            rows[-1].append(at)
        else:
            rows.append([at])
    return rows


def _is_space(piece: Piece) -> bool:
    return piece.text.isspace()


def _parts(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """*pieces*, sorted from left to right, in parts that stand well apart."""
    part: list[Piece] = []
    for piece in pieces:
        if part and piece.x0 - part[-1].x1 > _NEXT * piece.size:
            yield part
            part = []
        part.append(piece)
    yield part


def _logical(pieces: list[Piece], number: int, most: int) -> Line:
    """*pieces*, sorted from left to right, in the order in which they are read.

    That is from the right where there are at most *most* other letters for each one that is.
    """
    text = "".join(piece.text for piece in pieces)
    is_rtl = most * len(RTL.findall(text)) >= len(_LTR.findall(text))
    runs: list[tuple[bool, list[Piece]]] = []
    for piece in _with_spaces(pieces):
        rtl = bool(RTL.search(piece.text)) or (not _LTR.search(piece.text) and (runs[-1][0] if runs else is_rtl))
        if not runs or runs[-1][0] != rtl:
            runs.append((rtl, []))
        runs[-1][1].append(piece)
    _settle_neutrals(runs, is_rtl)
    if is_rtl:
        runs = [(rtl, run if rtl else _day_first(run)) for rtl, run in runs]
    ordered = [piece for rtl, run in (runs[::-1] if is_rtl else runs) for piece in (run[::-1] if rtl else run)]
    return Line(sheet=number, pieces=tuple(_without_spaces(_paired(ordered))), is_rtl=is_rtl, is_turned=True)


def _day_first(run: list[Piece]) -> list[Piece]:
    """*run*, read from the left in a line from the right; "May 2024 14" is how such a line shows "14 May 2024"."""
    ends = [at for at, piece in enumerate(run) if not _is_space(piece)]
    gap = max((at for at, piece in enumerate(run[: ends[-1] + 1] if ends else []) if _is_space(piece)), default=-1)
    if gap < 0:
        return run
    end = ends[-1] + 1
    words, day = ("".join(piece.text for piece in part) for part in (run[ends[0] : gap], run[gap + 1 : end]))
    if not day.isdecimal() or date_line(f"{words} {day}") or not date_line(f"{day} {words}"):
        return run
    return [*run[: ends[0]], *run[gap + 1 : end], run[gap], *run[ends[0] : gap], *run[end:]]


def _settle_neutrals(runs: list[tuple[bool, list[Piece]]], is_rtl: bool) -> None:
    """Gives spaces and points at the right end of a run to the line's own direction."""
    for at, (rtl, run) in enumerate(runs[:-1]):
        loose: list[Piece] = []
        while rtl != is_rtl and run and not RTL.search(run[-1].text) and not _LTR.search(run[-1].text):
            loose.insert(0, run.pop())
        runs[at + 1][1][:0] = loose


def _with_spaces(pieces: list[Piece]) -> Iterator[Piece]:
    """*pieces* from the left, with the spaces among them that only their places show."""
    last: Piece | None = None
    for piece in pieces:
        if last and _gap(last, piece) > _SPACE * piece.size:
            yield piece._replace(text=" ", x0=last.x1, x1=piece.x0)
        yield piece
        last = piece


def _paired(pieces: list[Piece]) -> list[Piece]:
    """*pieces* with brackets that open before they close: some files name them by look, others by meaning."""
    mirrored = [piece._replace(text=piece.text.translate(_MIRRORED)) for piece in pieces]
    return min((pieces, mirrored), key=_closed_first)


def _closed_first(pieces: list[Piece]) -> int:
    """How many brackets close that none has opened."""
    depth = wrong = 0
    for sign in "".join(piece.text for piece in pieces):
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if depth < 0:
            depth, wrong = 0, wrong + 1
    return wrong


def _without_spaces(pieces: list[Piece]) -> Iterator[Piece]:
    spaced = False
    for piece in pieces:
        if piece.text.isspace():
            spaced = True
            continue
        yield piece._replace(text=unicodedata.normalize("NFC", piece.text), spaced=spaced)
        spaced = False
