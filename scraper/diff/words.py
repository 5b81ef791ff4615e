"""The words of two texts against each other, as runs that together spell both texts out.

Units that differ only in typography, case or punctuation are matched, and marked as such.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from .match import Stretch, gaps, matching
from .units import Agreement, agreement, count_words, key, means_something, numbers_only_in, pieces

RunKind = Agreement
_Cut = Callable[[str], list[int]]

_SENTENCE_ENDS = frozenset(".!?。！？｡؟۔।॥።။។៕")
_SLIDE = 200
_LONG = 10_000  # characters of both texts
_MARGIN = 4  # passages, or words, around an edit in long texts
# A passage ends with one of these and a space: every sixth letter of every alphabet, so that a few words are one.
_ENDS = re.escape("".join(chr(sign) for sign in range(0x30, 0x2E80) if sign % 6 == 1))
_PASSAGE_END = re.compile(f"[.!?;:{_ENDS}] ")
_MOST = 10_000  # places in which a long text may differ and be looked at unit by unit
_APART = 2  # equal words that part two edits; fewer leave them one


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
        back = edits(after, before)
        return Edits(tuple(run.inverted() for run in back.runs), back.coarse)
    runs, coarse = _long_runs(before, after, (_passages, _between_spaces))
    return Edits(_joined(runs), coarse)


def words_changed(runs: Sequence[Run]) -> int:
    """How many words the runs replace, add or drop: the longer side of each."""
    # A sign may mean something too: "5" is now "5%".
    return sum(max(count_words(run.before), count_words(run.after), 1) for run in runs if run.kind == "words")


def numbers_changed(runs: Sequence[Run]) -> tuple[tuple[str, str], ...]:
    """The numbers that differ inside *runs*, as pairs in order; "" where one side has none."""
    pairs: list[tuple[str, str]] = []
    for run in runs:
        if run.kind == "words":
            dropped, added = numbers_only_in(run.before, run.after), numbers_only_in(run.after, run.before)
            longer = max(len(dropped), len(added))
            pairs += zip(dropped + [""] * (longer - len(dropped)), added + [""] * (longer - len(added)), strict=True)
    return tuple(pairs)


class _Side(NamedTuple):
    """A text with its units. White space before unit *index* runs from `end(index)` to `start(index)`.

    *places* are where white space and units end, by turns.
    """

    text: str
    words: list[str]
    keys: list[str]
    places: list[int]

    def end(self, index: int) -> int:
        return self.places[2 * index - 1] if index else 0

    def start(self, index: int) -> int:
        return self.places[2 * index]

    def meaning(self, start: int, end: int) -> str:
        return " ".join(filter(means_something, self.keys[start:end]))


def _side(text: str) -> _Side:
    parts = pieces(text)
    words = parts[1::2]
    return _Side(text, words, list(map(key, words)), list(accumulate(map(len, parts))))


def _long_runs(before: str, after: str, levels: Sequence[_Cut]) -> tuple[list[Run], bool]:
    """The runs of two texts, and whether they were too long for that to be certain.

    Long ones are matched by passages first, then by what stands between spaces, which is quick, and looked at unit by
    unit where they differ and some way around. Where they differ in more than `_MOST` places, those are made fewer, and
    left as they are.
    """
    if not levels or len(before) + len(after) < _LONG:
        return _part_runs(before, after)
    cut, *finer = levels
    ours, theirs = cut(before), cut(after)
    found = matching([before[i:j] for i, j in pairwise(ours)], [after[i:j] for i, j in pairwise(theirs)])
    parts = gaps(found.equal, Stretch(0, len(ours) - 1, 0, len(theirs) - 1))
    is_too_much = len(parts) > _MOST
    if is_too_much and finer:
        return _long_runs(before, after, finer)
    margin = 0 if is_too_much else _MARGIN
    apart = 2 * margin
    parts = _near(parts, apart)
    while len(parts) > _MOST:
        apart = 2 * apart + 1
        parts = _near(parts, apart)
    runs: list[Run] = []
    coarse, start, begin = is_too_much or found.coarse, 0, 0
    for part in (_in_letters(one, ours, theirs, margin) for one in parts):
        one, other = before[part.i0 : part.i1], after[part.j0 : part.j1]
        inside, is_coarse = ([_run(one, other)], True) if is_too_much else _long_runs(one, other, finer)
        runs += [_run(before[start : part.i0], after[begin : part.j0]), *inside]
        coarse, start, begin = coarse or is_coarse, part.i1, part.j1
    return [*runs, _run(before[start:], after[begin:])], coarse


def _passages(text: str) -> list[int]:
    """Where the passages of *text* begin, and its end: cut by what stands in them, so that an edit moves no other."""
    return _with_ends([match.end() for match in _PASSAGE_END.finditer(text)], len(text))


def _between_spaces(text: str) -> list[int]:
    """Where what stands between the spaces of *text* begins, and its end."""
    ends = accumulate(map(len, text.split(" ")))
    return _with_ends([end + count for count, end in enumerate(ends, 1)][:-1], len(text))


def _with_ends(places: list[int], end: int) -> list[int]:
    return [0, *places] if places and places[-1] == end else [0, *places, end]


def _near(parts: Sequence[Stretch], apart: int) -> list[Stretch]:
    """*parts*, those at most *apart* from each other as one."""
    joined: list[Stretch] = []
    for one in parts:
        if joined and one.i0 - joined[-1].i1 <= apart:
            joined[-1] = Stretch(joined[-1].i0, one.i1, joined[-1].j0, one.j1)
        else:
            joined.append(one)
    return joined


def _in_letters(part: Stretch, ours: Sequence[int], theirs: Sequence[int], margin: int) -> Stretch:
    """*part* with *margin* around it, in letters; *ours* and *theirs* are where each of what it counts begins."""
    before = min(margin, part.i0, part.j0)
    after = min(margin, len(ours) - 1 - part.i1, len(theirs) - 1 - part.j1)
    return Stretch(
        ours[part.i0 - before], ours[part.i1 + after], theirs[part.j0 - before], theirs[part.j1 + after]
    )  # fmt: skip


def _part_runs(before: str, after: str) -> tuple[list[Run], bool]:
    ours, theirs = _side(before), _side(after)
    found = matching(ours.keys, theirs.keys)
    whole = Stretch(0, len(ours.words), 0, len(theirs.words))
    changed = _merged(_slid(gaps(found.equal, whole), ours, theirs), ours, theirs)
    return _runs(changed, ours, theirs), found.coarse


def _slid(changed: list[Stretch], ours: _Side, theirs: _Side) -> list[Stretch]:
    """*changed*, with pure insertions and deletions moved, where they can be, to begin and end with a sentence.

    The same edit can often be cut out at several places: "The [dog ran. The] cat" or "[The dog ran.] The cat".
    """
    slid: list[Stretch] = []
    limits = [*(part.i0 for part in changed[1:]), len(ours.words)]
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
    while left < room[0] and side.words[start - left - 1] == side.words[end - left - 1]:
        left += 1
    while right < room[1] and side.words[start + right] == side.words[end + right]:
        right += 1
    return max(range(-left, right + 1), key=lambda shift: (_fit(side, start + shift, end + shift), -abs(shift), shift))


def _fit(side: _Side, start: int, end: int) -> int:
    begins = start == 0 or side.keys[start - 1] in _SENTENCE_ENDS
    return 2 * begins + (side.keys[end - 1] in _SENTENCE_ENDS)


def _merged(changed: list[Stretch], ours: _Side, theirs: _Side) -> list[Stretch]:
    """*changed*, with neighbours made one where little parts them: prose is not shattered.

    Little is fewer than two equal words, or what is small against both.
    """
    if len(changed) < 2:
        return changed
    words_before, words_after = _counts(ours), _counts(theirs)

    def size(part: Stretch) -> int:
        return max(words_before[part.i1] - words_before[part.i0], words_after[part.j1] - words_after[part.j0])

    merged = changed[:1]
    for one in changed[1:]:
        last = merged[-1]
        between = words_before[one.i0] - words_before[last.i1]
        if between < _APART or 2 * between <= min(size(last), size(one)):
            merged[-1] = Stretch(last.i0, one.i1, last.j0, one.j1)
        else:
            merged.append(one)
    return merged


def _counts(side: _Side) -> list[int]:
    """How many words there are before each unit, and in all."""
    return list(accumulate([unit[0].isalnum() for unit in side.words], initial=0))


def _runs(changed: Sequence[Stretch], ours: _Side, theirs: _Side) -> list[Run]:
    begin, end = Stretch(0, 0, 0, 0), Stretch(len(ours.words), len(ours.words), len(theirs.words), len(theirs.words))
    runs: list[Run] = []
    for last, part in pairwise((begin, *changed, end)):
        runs += _kept(Stretch(last.i1, part.i0, last.j1, part.j0), ours, theirs)
        if part is not end:
            runs += _change(part, ours, theirs)
    return runs


def _kept(part: Stretch, ours: _Side, theirs: _Side) -> list[Run]:
    """Runs for units matched one to one, with the white space between them and at the ends of the text."""
    at_start, at_end = part.i0 == part.j0 == 0, (part.i1, part.j1) == (len(ours.words), len(theirs.words))
    if part.i0 == part.i1:
        return [_run(ours.text, theirs.text)] if at_start and at_end else []
    cuts = [_cuts(ours, part.i0, part.i1), _cuts(theirs, part.j0, part.j1)]
    if at_start:
        cuts = [[0, *places] for places in cuts]
    if at_end:
        cuts = [[*places, len(side.text)] for side, places in zip((ours, theirs), cuts, strict=True)]
    one, two = ours.text[cuts[0][0] : cuts[0][-1]], theirs.text[cuts[1][0] : cuts[1][-1]]
    return [_run(one, two)] if one == two else list(_kept_in_pieces(ours.text, theirs.text, cuts))


def _kept_in_pieces(one: str, other: str, cuts: Sequence[list[int]]) -> Iterator[Run]:
    """Runs for pieces that match one to one, those of one kind that follow each other as one.

    A space between words that differ in looks is of their run: a line in capitals is one.
    """
    kind: RunKind = "same"
    first, second = start, begin = cuts[0][0], cuts[1][0]  # the run began there, and goes on to here
    for (i, end), (j, stop) in zip(pairwise(cuts[0]), pairwise(cuts[1]), strict=True):
        ours, theirs = one[i:end], other[j:stop]
        found = "same" if ours == theirs else _unit_agreement(ours, theirs)
        is_space = found == "same" and not ours.strip()
        if is_space and (kind != "same" and start == i):
            continue  # of the run if the next piece is
        if found != kind:
            yield Run(kind=kind, before=one[first:start], after=other[second:begin])
            if found != "same":
                yield Run(kind="same", before=one[start:i], after=other[begin:j])
            kind = found
            first, second = (start, begin) if found == "same" else (i, j)
        start, begin = end, stop
    yield Run(kind=kind, before=one[first:start], after=other[second:begin])
    yield Run(kind="same", before=one[start : cuts[0][-1]], after=other[begin : cuts[1][-1]])


_unit_agreement = lru_cache(maxsize=65_536)(agreement)


def _cuts(side: _Side, start: int, end: int) -> list[int]:
    return side.places[2 * start : 2 * end]


def _change(part: Stretch, ours: _Side, theirs: _Side) -> list[Run]:
    """A run for what differs; white space both sides have at its edges is left outside."""
    before = ours.text[ours.end(part.i0) : ours.start(part.i1)]
    after = theirs.text[theirs.end(part.j0) : theirs.start(part.j1)]
    lead = _shared_space(before, after)
    space, before, after = before[:lead], before[lead:], after[lead:]
    trail = _shared_space(before[::-1], after[::-1])
    one, other, end = before[: len(before) - trail], after[: len(after) - trail], before[len(before) - trail :]
    means_another = ours.meaning(part.i0, part.i1) != theirs.meaning(part.j0, part.j1)
    core = Run(kind="words", before=one, after=other) if means_another else _run(one, other)
    return [Run(kind="same", before=space, after=space), core, Run(kind="same", before=end, after=end)]


def _shared_space(before: str, after: str) -> int:
    length = 0
    while before[length : length + 1] == after[length : length + 1] and before[length : length + 1].isspace():
        length += 1
    return length


def _run(before: str, after: str) -> Run:
    return Run(kind=agreement(before, after), before=before, after=after)


def _joined(runs: Sequence[Run]) -> tuple[Run, ...]:
    """*runs* without empty ones, neighbours of one kind made one."""
    parts: list[tuple[RunKind, list[str], list[str]]] = []
    for run in runs:
        if not run.before and not run.after:
            continue
        if not parts or parts[-1][0] != run.kind:
            parts.append((run.kind, [], []))
        parts[-1][1].append(run.before)
        parts[-1][2].append(run.after)
    return tuple(Run(kind=kind, before="".join(before), after="".join(after)) for kind, before, after in parts)
