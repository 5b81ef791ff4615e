"""Nearest: the part of a text that is most like a quotation, and how like it is; bounded for texts of any length."""

import re
from collections import Counter
from typing import NamedTuple

from rapidfuzz import fuzz

from parsers.normal import COMBINING

from .quotation import UNSPACED, is_inside_word

# Up to so many signs of a quotation, and of a text, they are compared sign by sign; else word by word, up to so many.
_SIGNS = 300, 5_000
_WORDS = 400, 8_000
_WORD = re.compile(rf"{UNSPACED.pattern}|[^\W_](?:[^\W_]|[{COMBINING}](?<!\w))*+")
_GROWS, _MISSING = 8, 5.0  # words, and points for each that lacks
_REACH = 64  # letters of a word
_ENDS = ".!?…,;:。！？؟،؛۔।॥።။។"


class Part(NamedTuple):
    """The characters *start* to *end* of a text, and their *likeness*, 0 to 100, to what was looked for."""

    start: int
    end: int
    likeness: float


def nearest(wanted: str, text: str) -> Part:
    """The part of *text*, of whole words, that is most like *wanted*."""
    by_sign = len(wanted) <= _SIGNS[0] and len(text) <= _SIGNS[1]
    start, end = _by_sign(wanted, text) if by_sign else _by_word(wanted, text)
    start, end = _of_whole_words(text, start, end)
    if by_sign:
        start, end = _grown(wanted, text, start, end)
    if wanted[-1:] in _ENDS and text[end : end + 1] in _ENDS:
        end = min(end + 1, len(text))
    part = text[start:end]
    likeness = fuzz.ratio(wanted, part) if by_sign else fuzz.ratio(*_coded(words(wanted), words(part)))
    return Part(start, end, likeness)


def words(text: str) -> list[str]:
    """The words and numbers of *text* in one case; signs, where its script has no spaces; bounded."""
    found = []
    for match in _WORD.finditer(text):
        found.append(match[0].casefold())
        if len(found) == _WORDS[1]:
            break
    return found


def shared(wanted: Counter[str], text: str) -> int:
    """How many of the words *wanted* are in *text*."""
    return (wanted & Counter(words(text))).total()


def _by_sign(wanted: str, text: str) -> tuple[int, int]:
    found = fuzz.partial_ratio_alignment(wanted, text) if len(wanted) < len(text) else None
    return (found.dest_start, found.dest_end) if found else (0, len(text))


def _grown(wanted: str, text: str, start: int, end: int) -> tuple[int, int]:
    """*start* and *end*, or ends of words beyond them where the part between is more like *wanted*.

    A part with fewer words would leave the last of those that were replaced out of sight.
    """
    size = len(words(wanted))

    def fit(first: int, last: int) -> float:
        return fuzz.ratio(wanted, text[first:last]) - _MISSING * max(0, size - len(words(text[first:last])))

    places = [match.span() for match in _WORD.finditer(text)]
    ends = [end, *[stop for _, stop in places if stop > end][:_GROWS]]
    end = max(ends, key=lambda place: fit(start, place))
    starts = [start, *[begin for begin, _ in reversed(places) if begin < start][:_GROWS]]
    return max(starts, key=lambda place: fit(place, end)), end


def _by_word(wanted: str, text: str) -> tuple[int, int]:
    """As `_by_sign`, each word taken for a sign, and of a long quotation its start and its end."""
    ours, theirs = words(wanted), words(text)
    if len(ours) >= len(theirs):
        return 0, len(text)
    places = [match.span() for match, _ in zip(_WORD.finditer(text), theirs, strict=False)]
    first, last = (_window(part, theirs) for part in (ours[: _WORDS[0]], ours[-_WORDS[0] :]))
    begin = first[0]
    end = max(last[1], begin + 1) if last[1] - begin <= 2 * len(ours) else min(begin + len(ours), len(theirs))
    return places[begin][0], places[end - 1][1]


def _window(ours: list[str], theirs: list[str]) -> tuple[int, int]:
    found = fuzz.partial_ratio_alignment(*_coded(ours, theirs))
    return (found.dest_start, found.dest_end) if found else (0, len(theirs))


def _coded(ours: list[str], theirs: list[str]) -> tuple[str, str]:
    """Two lists of words as texts, a sign for each word."""
    signs: dict[str, str] = {}
    for word in (*ours, *theirs):
        signs.setdefault(word, chr(0xF0000 + len(signs)))
    return "".join(signs[word] for word in ours), "".join(signs[word] for word in theirs)


def _of_whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """*start* and *end* moved out to the ends of the words they are in, and in over white space."""
    first, last = start, end
    while start > 0 and first - start < _REACH and is_inside_word(text, start):
        start -= 1
    while end < len(text) and end - last < _REACH and is_inside_word(text, end):
        end += 1
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())
