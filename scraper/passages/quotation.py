"""Quotation: whether a text holds one, exactly or but for typography and case; with "…" for words left out, in parts.

What is compared is told apart by three steps: the text as it is; `plain`, where quotation marks, dashes and spaces are
one; and that in one case, without points of Arabic and Hebrew. Words, numbers and punctuation have to agree.
"""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from parsers.normal import COMBINING, plain, shown, uncased

from ..errors import UsageError

Agreement = Literal["exact", "typography", "case"]
AGREEMENTS: tuple[Agreement, ...] = ("exact", "typography", "case")

MOST_SIGNS = 20_000
MOST_PARTS = 32
_MOST_TRIES = 200  # places inside of words that are looked at, in texts made to cost much
# What a writer sets for words left out, and spaces around it.
_GAP = re.compile(r"(?<!\s)\s*+(?:\[\s?(?:\.\s?\.\s?\.|…)\s?\]|\(\s?(?:\.\s?\.\s?\.|…)\s?\)|…|\.\s?\.\s?\.)\s*+")
# Thai, Lao, Myanmar, Khmer, Chinese, Japanese, and Korean, which adds endings to its words.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_MARK = re.compile(rf"[{COMBINING}](?<!\w)")
_QUOTES = (
    ("“", "”"),
    ("„", "“"),
    ("„", "”"),
    ("«", "»"),
    ("»", "«"),
    ('"', '"'),
    ("‘", "’"),
    ("'", "'"),
    ("「", "」"),
    ("『", "』"),
)


class Found(NamedTuple):
    """That a text holds a quotation: how far it agrees, and where each of its parts starts and ends."""

    agreement: Agreement
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """A text to be looked for: *whole* as `shown`, and its *parts*, where it leaves something out several."""

    whole: str
    parts: tuple[str, ...]


def quotation(text: str) -> Quotation:
    """*text* as a quotation, without the marks around it and with single spaces.

    Raises UsageError where it has no words, is too long or has too many parts.
    """
    if len(text) > MOST_SIGNS:
        raise UsageError(
            f"the quotation has {len(text):,} characters, expected at most {MOST_SIGNS:,}; check it in parts"
        )
    whole = _without_marks(shown(text))
    parts = tuple(part for part in _GAP.split(whole) if any(map(str.isalnum, part)))
    if not parts:
        raise UsageError('the quotation has no words, expected some; `fonds check-quote "the words"`')
    if len(parts) > MOST_PARTS:
        raise UsageError(f"the quotation has {len(parts)} parts with “…” between, expected at most {MOST_PARTS}")
    return Quotation(whole=whole, parts=parts)


def find(wanted: Quotation, text: str) -> Found | None:
    """Where *text* holds *wanted*, in one piece or else in its parts, by the closest agreement there is; else None."""
    for parts in dict.fromkeys(((wanted.whole,), wanted.parts)):
        for agreement in AGREEMENTS:
            folded = _folded(text, agreement)
            places = _find_parts([_folded(part, agreement).text for part in parts], folded.text)
            if places:
                return Found(agreement, tuple(folded.place(start, end) for start, end in places))
    return None


class _Folded(NamedTuple):
    """A text folded, and where in the text as it is each sign of it comes from; None where that is the same."""

    text: str
    origins: tuple[int, ...] | None
    original: str

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where in the text as it is a part stands, with the signs behind its last letter that were left out."""
        if self.origins is None:
            return start, end
        stop = self.origins[end - 1] + 1
        while _MARK.match(self.original, stop):
            stop += 1
        return self.origins[start], stop


def _folded(text: str, agreement: Agreement) -> _Folded:
    if agreement == "exact":
        return _Folded(text, None, text)
    fold = plain if agreement == "typography" else uncased
    if fold(text) == text:
        return _Folded(text, None, text)
    signs: list[str] = []
    origins: list[int] = []
    for index, sign in enumerate(text):
        made = (" " if not signs or signs[-1] != " " else "") if sign.isspace() else fold(sign)
        signs += made
        origins += [index] * len(made)
    return _Folded("".join(signs), tuple(origins), text)


def _find_parts(parts: list[str], text: str) -> list[tuple[int, int]]:
    """Where *parts* stand in *text*, in order and as early as can be; empty where one does not."""
    places: list[tuple[int, int]] = []
    start = 0
    for part in parts:
        place = text.find(part, start)
        for _ in range(_MOST_TRIES):
            if place < 0 or _is_whole(text, place, place + len(part)):
                break
            place = text.find(part, place + 1)
        if place < 0 or not _is_whole(text, place, place + len(part)):
            return []
        start = place + len(part)
        places.append((place, start))
    return places


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether what stands at *start* to *end* does not begin or end within a word, of scripts that set spaces."""
    return not (is_inside_word(text, start) or is_inside_word(text, end))


def is_inside_word(text: str, place: int) -> bool:
    """Whether a word, or a letter with its signs, would be cut at *place*; scripts without spaces have no words."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if _MARK.match(after):
        return not before.isspace()
    is_spaced = not UNSPACED.match(before) and not UNSPACED.match(after)
    return is_spaced and after.isalnum() and (before.isalnum() or bool(_MARK.match(before)))


def _without_marks(text: str) -> str:
    """*text* without quotation marks that stand around all of it."""
    for opening, closing in _QUOTES:
        inside = text[len(opening) : -len(closing)]
        if text.startswith(opening) and text.endswith(closing) and opening not in inside and closing not in inside:
            return inside.strip()
    return text
