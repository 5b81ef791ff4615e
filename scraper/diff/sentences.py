"""Two texts in lines that break at the same places, at sentences where they can: each edit stays in its line."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from .layout import columns
from .words import Run

_SENTENCE_END = re.compile(r"[.!?;。！？；؟۔।][\"'”’»)\]」』]*\s*$")
_CHUNK = re.compile(r"\n|[^\S\n]*[^\s\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\uffef]+|[^\S\n]*\S|\s+$")
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
    chunks = list(_chunks(runs))
    line = _Line()
    for chunk, signs in zip(chunks, _signs_from(chunks), strict=True):
        if line.runs and line.may_end(signs) and line.should_end(chunk, width):
            yield line.sentence()
            line = _Line()
        line.add(chunk)
    if line.runs:
        yield line.sentence()


def _chunks(runs: Sequence[Run]) -> Iterator[Run]:
    """*runs*, what is the same on both sides word by word."""
    for run in runs:
        if run.kind == "same":
            yield from (Run(kind="same", before=part, after=part) for part in _CHUNK.findall(run.after))
        else:
            yield from _at_line_ends(run)


def _at_line_ends(run: Run) -> Iterator[Run]:
    """*run* in as many parts as the longer of its sides has lines: lines of preformatted text are kept."""
    before, after = run.before.splitlines(keepends=True), run.after.splitlines(keepends=True)
    for one, other in zip_longest(before, after, fillvalue=""):
        yield Run(kind=run.kind, before=one, after=other, ignored=run.ignored)


class _Line:
    """A line as it grows."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._texts = ["", ""]
        self._columns = [0, 0]

    def add(self, run: Run) -> None:
        self.runs.append(run)
        for side, text in enumerate((run.before, run.after)):
            self._texts[side] += text
            self._columns[side] += columns(text)

    def may_end(self, signs: tuple[str, str]) -> bool:
        """Whether both texts have a place to break at, before *signs*."""
        return all(_may_break(text, sign) for text, sign in zip(self._texts, signs, strict=True))

    def should_end(self, following: Run, width: int) -> bool:
        """Whether the line is full with *following*, or a line or a sentence ends here."""
        if any(text.endswith("\n") for text in self._texts):
            return True
        more = (columns(following.before), columns(following.after))
        if max(map(sum, zip(self._columns, more, strict=True))) > width:
            return True
        if max(self._columns) < _FEWEST:
            return False
        return all(not text.strip() or _SENTENCE_END.search(text[-8:]) for text in self._texts)

    def sentence(self) -> Sentence:
        return Sentence(tuple(self.runs), any(run.kind in ("words", "cosmetic") for run in self.runs))


def _signs_from(chunks: Sequence[Run]) -> list[tuple[str, str]]:
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
