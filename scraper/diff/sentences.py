"""Two texts in lines that break at the same places, at sentences where they can: each edit stays in its line."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from typing import NamedTuple

from .layout import columns
from .words import Run

_SENTENCE_END = re.compile(r"[.!?;。！？；؟۔।][\"'”’»)\]」』]*\s*$")
_CHUNK = re.compile(r"\n|[^\S\n]*+[^\s\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\uffef]++|[^\S\n]*+\S|[^\S\n]++")
_TAIL = 8  # signs: an end of a sentence, and what closes after it
_FEWEST = 20  # columns of a line that ends with its sentence

Pieces = tuple[Run, ...]


class Sentence(NamedTuple):
    """A line of both texts, as runs; *differs* where its two sides are not shown as the same."""

    runs: Pieces
    differs: bool

    def side(self, number: int) -> str:
        """The line of the first text (0) or of the second (1)."""
        return "".join((run.before, run.after)[number] for run in self.runs).rstrip("\n")


def sentences(runs: Sequence[Run], width: int) -> Iterator[Sentence]:
    """What *runs* spell out, in lines of about *width* columns that begin and end where both texts are the same.

    A line is longer where its edit is: it may be wrapped. What differs in typography or is ignored is taken for the
    same.
    """
    chunks = [chunk for run in runs for chunk in _chunks(run)]
    line = _Line()
    for chunk, signs in zip(chunks, _signs_from(chunks), strict=True):
        if line.chunks and line.may_end(signs) and line.should_end(chunk, width):
            yield line.sentence()
            line = _Line()
        line.add(chunk)
    if line.chunks:
        yield line.sentence()


class _Chunk(NamedTuple):
    """What no line is broken inside of: a part of a *run*, both sides of it, and their columns."""

    run: Run
    before: str
    after: str
    columns: tuple[int, int]


def _chunks(run: Run) -> Iterator[_Chunk]:
    """*run* in parts: word by word where it is the same on both sides, else by the lines of preformatted text."""
    if run.kind == "same":
        for part in _CHUNK.findall(run.after):
            wide = columns(part)
            yield _Chunk(run, part, part, (wide, wide))
        return
    before, after = run.before.splitlines(keepends=True), run.after.splitlines(keepends=True)
    for one, other in zip_longest(before, after, fillvalue=""):
        yield _Chunk(run, one, other, (columns(one), columns(other)))


class _Line:
    """A line as it grows: its chunks, and of both sides the columns and the last signs."""

    def __init__(self) -> None:
        self.chunks: list[_Chunk] = []
        self._columns = (0, 0)
        self._tails = ("", "")

    def add(self, chunk: _Chunk) -> None:
        self.chunks.append(chunk)
        self._columns = (self._columns[0] + chunk.columns[0], self._columns[1] + chunk.columns[1])
        self._tails = ((self._tails[0] + chunk.before)[-_TAIL:], (self._tails[1] + chunk.after)[-_TAIL:])

    def may_end(self, signs: tuple[str, str]) -> bool:
        """Whether both texts have a place to break at, before *signs*."""
        return _may_break(self._tails[0], signs[0]) and _may_break(self._tails[1], signs[1])

    def should_end(self, following: _Chunk, width: int) -> bool:
        """Whether the line is full with *following*, or a line or a sentence ends here."""
        one, other = self._columns
        if one + following.columns[0] > width or other + following.columns[1] > width:
            return True
        if any(tail.endswith("\n") for tail in self._tails):
            return True
        return max(one, other) >= _FEWEST and all(
            not tail.strip() or _SENTENCE_END.search(tail) for tail in self._tails
        )  # fmt: skip

    def sentence(self) -> Sentence:
        # Runs are told apart by identity: to compare them reads all of a long text again for each of its words.
        parts = [list(chunks) for _, chunks in groupby(self.chunks, key=lambda chunk: id(chunk.run))]
        runs = tuple(
            Run(
                kind=chunks[0].run.kind,
                before="".join(chunk.before for chunk in chunks),
                after="".join(chunk.after for chunk in chunks),
                ignored=chunks[0].run.ignored,
            )
            for chunks in parts
        )
        return Sentence(runs, any(run.kind in ("words", "cosmetic") for run in runs))


def _signs_from(chunks: Sequence[_Chunk]) -> list[tuple[str, str]]:
    """For each chunk the first sign of both texts from there on; a space for their ends."""
    signs = (" ", " ")
    found = []
    for chunk in reversed(chunks):
        signs = (chunk.before[:1] or signs[0], chunk.after[:1] or signs[1])
        found.append(signs)
    return found[::-1]


def _may_break(text: str, following: str) -> bool:
    """Whether a line may end between *text* and the sign *following*."""
    return not text or text[-1].isspace() or following.isspace() or _is_wide(text[-1]) or _is_wide(following)


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"
