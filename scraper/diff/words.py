"""The words of two texts against each other, as runs that together spell both texts out.

A token is a word, a number ("1,200", "2024-03-07"), a sign of punctuation, or one character where a script puts no
spaces between words. Tokens that differ only in typography, case or punctuation are matched and marked as such.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from parsers.normal import bare, plain

from .match import Stretch, gaps, matching

RunKind = Literal["same", "typography", "cosmetic", "words"]

# Han, kana, Thai, Lao, Myanmar, Khmer: scripts written without spaces between words.
_UNSPACED = (
    "\u0e00-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e80-\u0eb0\u0eb2\u0eb3\u0ec0-\u0ec6\u1000-\u102a\u103f-\u109f\u1780-\u17b3"
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Combining signs, which `\w` leaves out: Latin, Hebrew, Arabic, Indic and unspaced scripts; and the two joiners.
_COMBINING = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3\u200c\u200d"
)
_WORD = rf"[^\W_{_UNSPACED}]++(?:[{_COMBINING}]++[^\W_{_UNSPACED}]*+)*+"
_TOKEN = re.compile(
    rf"\d++(?:[.,:/\-–]\d++)*+(?![^\W_{_UNSPACED}])|{_WORD}(?:['’ʼ]{_WORD})*+|[{_UNSPACED}][{_COMBINING}]*+|\S[{_COMBINING}]*+"
)
_SENTENCE_ENDS = frozenset(".!?。！？؟।")
_MEANING_SIGNS = frozenset("%‰°+=±")  # currency signs mean something too: "$5" is not "€5"
_SLIDE = 200


class Token(NamedTuple):
    """One token of a text, from *start* to *end*; *key* is what it is matched by."""

    key: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it is a word or a number."""
        return _is_word(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of both texts. *kind* says how far its two sides agree; those of a "same" run are equal.

    "typography" differs in quotation marks, dashes or spaces, "cosmetic" in case or punctuation too, "words" in more.
    """

    kind: RunKind
    before: str
    after: str

    def inverted(self) -> "Run":
        """The same run, read backwards."""
        return Run(kind=self.kind, before=self.after, after=self.before)


class Edits(NamedTuple):
    """The runs of two texts. *coarse*: too long to be matched throughout, so more may be marked than differs."""

    runs: tuple[Run, ...]
    coarse: bool


def edits(before: str, after: str) -> Edits:
    """The runs that spell out *before* on one side and *after* on the other; neighbours differ in kind."""
    if before == after:
        return Edits((Run(kind="same", before=before, after=after),) if before else (), coarse=False)
    if before > after:  # one direction only, so that the way back is the mirror of the way there
        runs, coarse = edits(after, before)
        return Edits(tuple(run.inverted() for run in runs), coarse)
    ours, theirs = _Side(before, tokens(before)), _Side(after, tokens(after))
    found = matching([token.key for token in ours.tokens], [token.key for token in theirs.tokens])
    whole = Stretch(0, len(ours.tokens), 0, len(theirs.tokens))
    changed = _merged(_slid(gaps(found.equal, whole), ours, theirs), ours, theirs)
    return Edits(_joined(_runs(changed, ours, theirs)), found.coarse)


def tokens(text: str) -> list[Token]:
    """The tokens of *text*, in order; white space lies between them."""
    return [Token(_key(match.group()), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def word_keys(text: str) -> list[str]:
    """The words and numbers of *text* in one case, without punctuation."""
    return [key for token in _TOKEN.findall(text) if _is_word(key := _key(token))]


def count_words(text: str) -> int:
    """How many words and numbers *text* has; characters, where its script has no spaces."""
    return len(word_keys(text))


def words_changed(runs: Sequence[Run]) -> int:
    """How many words the runs replace, add or drop: the longer side of each."""
    return sum(max(count_words(run.before), count_words(run.after)) for run in runs if run.kind == "words")


def numbers_changed(runs: Sequence[Run]) -> tuple[tuple[str, str], ...]:
    """The numbers that differ inside *runs*, as pairs in order; "" where one side has none."""
    pairs: list[tuple[str, str]] = []
    for run in runs:
        if run.kind == "words":
            dropped, added = _only_first(run.before, run.after), _only_first(run.after, run.before)
            longer = max(len(dropped), len(added))
            pairs += zip(dropped + [""] * (longer - len(dropped)), added + [""] * (longer - len(added)), strict=True)
    return tuple(pairs)


def agreement(before: str, after: str) -> RunKind:
    """How far two texts agree: the kind a run of the two would have."""
    if before == after:
        return "same"
    if plain(before) == plain(after):
        return "typography"
    return "cosmetic" if meaning(before) == meaning(after) else "words"


def meaning(text: str) -> str:
    """The words, numbers and currency signs of *text*: what is left when looks are not counted."""
    keys = map(_key, _TOKEN.findall(text))
    return " ".join(key for key in keys if _is_word(key) or _is_meaning_sign(key[0]))


def _is_word(key: str) -> bool:
    return key[0].isalnum()


def _is_meaning_sign(sign: str) -> bool:
    return sign in _MEANING_SIGNS or unicodedata.category(sign) == "Sc"


@lru_cache(maxsize=65_536)
def _key(token: str) -> str:
    return bare(token) or plain(token) or token


def _numbers(text: str) -> list[str]:
    return [token for token in _TOKEN.findall(text) if any(sign.isdecimal() for sign in token)]


def _only_first(one: str, other: str) -> list[str]:
    """The numbers of *one* that *other* lacks, each as often as it does, in order."""
    spare = Counter(_numbers(other))
    only = []
    for number in _numbers(one):
        if spare[number]:
            spare[number] -= 1
        else:
            only.append(number)
    return only


class _Side(NamedTuple):
    """A text with its tokens. White space before token *index* runs from `end(index)` to `start(index)`."""

    text: str
    tokens: list[Token]

    def end(self, index: int) -> int:
        return self.tokens[index - 1].end if index else 0

    def start(self, index: int) -> int:
        return self.tokens[index].start if index < len(self.tokens) else len(self.text)

    def word(self, index: int) -> str:
        return self.text[self.tokens[index].start : self.tokens[index].end]

    def words_in(self, start: int, end: int) -> int:
        return sum(token.is_word for token in self.tokens[start:end])


def _slid(changed: list[Stretch], ours: _Side, theirs: _Side) -> list[Stretch]:
    """*changed*, with pure insertions and deletions moved, where they can be, to begin and end with a sentence.

    The same edit can often be cut out at several places: "The [dog ran. The] cat" or "[The dog ran.] The cat".
    """
    slid: list[Stretch] = []
    limits = [*(part.i0 for part in changed[1:]), len(ours.tokens)]
    for part, limit in zip(changed, limits, strict=False):
        shift = 0
        if part.i0 == part.i1 or part.j0 == part.j1:
            side, start, end = (theirs, part.j0, part.j1) if part.i0 == part.i1 else (ours, part.i0, part.i1)
            room = (min(_SLIDE, part.i0 - (slid[-1].i1 if slid else 0)), min(_SLIDE, limit - part.i1))
            shift = _best_shift(side, start, end, room)
        slid.append(Stretch(*(place + shift for place in part)))
    return slid


def _best_shift(side: _Side, start: int, end: int, room: tuple[int, int]) -> int:
    left = right = 0
    while left < room[0] and side.word(start - left - 1) == side.word(end - left - 1):
        left += 1
    while right < room[1] and side.word(start + right) == side.word(end + right):
        right += 1
    return max(range(-left, right + 1), key=lambda shift: (_fit(side, start + shift, end + shift), -abs(shift), shift))


def _fit(side: _Side, start: int, end: int) -> int:
    begins = start == 0 or side.tokens[start - 1].key in _SENTENCE_ENDS
    return 2 * begins + (side.tokens[end - 1].key in _SENTENCE_ENDS)


def _merged(changed: list[Stretch], ours: _Side, theirs: _Side) -> list[Stretch]:
    """*changed*, with neighbours made one where what parts them is small against both: prose is not shattered."""
    merged: list[Stretch] = []
    for one in changed:
        last = merged[-1] if merged else None
        if last and 2 * ours.words_in(last.i1, one.i0) <= min(_size(last, ours, theirs), _size(one, ours, theirs)):
            merged[-1] = Stretch(last.i0, one.i1, last.j0, one.j1)
        else:
            merged.append(one)
    return merged


def _size(part: Stretch, ours: _Side, theirs: _Side) -> int:
    return max(ours.words_in(part.i0, part.i1), theirs.words_in(part.j0, part.j1))


def _runs(changed: Sequence[Stretch], ours: _Side, theirs: _Side) -> list[Run]:
    begin, end = (
        Stretch(0, 0, 0, 0),
        Stretch(len(ours.tokens), len(ours.tokens), len(theirs.tokens), len(theirs.tokens)),
    )
    runs: list[Run] = []
    for last, part in pairwise((begin, *changed, end)):
        runs += _kept(Stretch(last.i1, part.i0, last.j1, part.j0), ours, theirs)
        if part is not end:
            runs += _change(
                ours.text[ours.end(part.i0) : ours.start(part.i1)],
                theirs.text[theirs.end(part.j0) : theirs.start(part.j1)],
            )
    return runs


def _kept(part: Stretch, ours: _Side, theirs: _Side) -> list[Run]:
    """Runs for tokens matched one to one, with the white space between them and at the ends of the text."""
    at_start, at_end = part.i0 == part.j0 == 0, (part.i1, part.j1) == (len(ours.tokens), len(theirs.tokens))
    if part.i0 == part.i1:
        return [_run(ours.text, theirs.text)] if at_start and at_end else []
    cuts = [_cuts(ours, part.i0, part.i1), _cuts(theirs, part.j0, part.j1)]
    if at_start:
        cuts = [[0, *places] for places in cuts]
    if at_end:
        cuts = [[*places, len(side.text)] for side, places in zip((ours, theirs), cuts, strict=True)]
    one, two = ours.text[cuts[0][0] : cuts[0][-1]], theirs.text[cuts[1][0] : cuts[1][-1]]
    if one == two:
        return [_run(one, two)]
    pieces = zip(pairwise(cuts[0]), pairwise(cuts[1]), strict=True)
    return [_run(ours.text[start:end], theirs.text[begin:stop]) for (start, end), (begin, stop) in pieces]


def _cuts(side: _Side, start: int, end: int) -> list[int]:
    return [place for token in side.tokens[start:end] for place in (token.start, token.end)]


def _change(before: str, after: str) -> list[Run]:
    """A run for what differs; white space both sides have at its edges is left outside."""
    lead = _shared_space(before, after)
    space, before, after = before[:lead], before[lead:], after[lead:]
    trail = _shared_space(before[::-1], after[::-1])
    core = _run(before[: len(before) - trail], after[: len(after) - trail])
    return [_run(space, space), core, _run(before[len(before) - trail :], after[len(after) - trail :])]


def _shared_space(before: str, after: str) -> int:
    length = 0
    while before[length : length + 1] == after[length : length + 1] and before[length : length + 1].isspace():
        length += 1
    return length


def _run(before: str, after: str) -> Run:
    return Run(kind=agreement(before, after), before=before, after=after)


def _joined(runs: list[Run]) -> tuple[Run, ...]:
    """*runs* without empty ones, neighbours of one kind made one."""
    joined: list[Run] = []
    for run in runs:
        if not run.before and not run.after:
            continue
        last = joined[-1] if joined else None
        if last and last.kind == run.kind:
            joined[-1] = Run(kind=run.kind, before=last.before + run.before, after=last.after + run.after)
        else:
            joined.append(run)
    return tuple(joined)
