"""Words that stand in other paragraphs now: one that was split, several that were joined, or parted elsewhere."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from rapidfuzz.distance import Indel

from .similar import Text, spelt
from .units import meaning

_TRIED = 8  # places a passage may begin at that are looked at
_PAIRS = 32 * 32  # of more, nobody looks which were remade
_WORDS = 8, 1_000  # of a text that was made of others
_PART = 0.85  # as much of a whole its longest part may be
_OF_WHOLE = 0.6  # so many words of a part are words of the whole
_ALIKE = 0.75  # parts and whole
_BETTER = 0.1  # than any part alone is
_STARTS = 4


class Group(NamedTuple):
    """Texts of each side, from *i0* to *i1* and *j0* to *j1*, ends not included, that together have the same words."""

    i0: int
    i1: int
    j0: int
    j1: int


def groups(before: Sequence[Text], after: Sequence[Text]) -> list[Group]:
    """The groups of *before* and *after*, in order and as small as can be; single texts with equal words are none."""
    ours, theirs = _joined_words(before), _joined_words(after)
    begins: dict[str, list[int]] = defaultdict(list)
    for j, text in enumerate(after):
        begins[text.words[0]].append(j)
    found: list[Group] = []
    i = start = 0
    while i < len(before):
        candidates = islice((j for j in begins.get(before[i].words[0], ()) if j >= start), _TRIED)
        group = next((group for j in candidates if (group := _group(ours, theirs, i, j))), None)
        if group and _mean_the_same(before[group.i0 : group.i1], after[group.j0 : group.j1]):
            if (group.i1 - group.i0, group.j1 - group.j0) != (1, 1):
                found.append(group)
            i, start = group.i1, group.j1
        else:
            i += 1
    return found


def remade(before: Sequence[Text], after: Sequence[Text]) -> list[Group]:
    """Groups of one text and several that were made of it, or it of them, with some words edited; the likest first."""
    if len(before) * len(after) > _PAIRS or len(before) == len(after) == 1:
        return []
    ours, theirs = spelt(before, after)
    found = [
        *(
            (likeness, Group(i, i + 1, j0, j1))
            for i, whole in enumerate(ours)
            for likeness, j0, j1 in _parts(whole, theirs)
        ),
        *(
            (likeness, Group(i0, i1, j, j + 1))
            for j, whole in enumerate(theirs)
            for likeness, i0, i1 in _parts(whole, ours)
        ),
    ]
    chosen: list[Group] = []
    for _, group in sorted(found, key=lambda pair: (-pair[0], pair[1])):
        if all(
            (group.i1 <= other.i0 or other.i1 <= group.i0) and (group.j1 <= other.j0 or other.j1 <= group.j0)
            for other in chosen
        ):
            chosen.append(group)
    return chosen


def _parts(whole: str, others: Sequence[str]) -> Iterator[tuple[float, int, int]]:
    """From where to where *others* together are like *whole*, and how like; each item of a text is a word."""
    size = len(whole)
    if not _WORDS[0] <= size <= _WORDS[1]:
        return
    known = set(whole)
    may_be = [
        0 < len(part) <= _PART * size and sum(map(known.__contains__, part)) >= _OF_WHOLE * len(part) for part in others
    ]
    starts = sorted((at for at in range(len(others)) if may_be[at]), key=lambda at: others[at][0] != whole[0])
    for start in starts[:_STARTS]:
        end, total = start, 0
        while end < len(others) and may_be[end] and total < size and total + len(others[end]) / 2 <= size:
            total += len(others[end])
            end += 1
        if end - start < 2:
            continue
        likeness = Indel.normalized_similarity(whole, "".join(others[start:end]), score_cutoff=_ALIKE)
        longest = max(others[start:end], key=len)
        if likeness and likeness >= Indel.normalized_similarity(whole, longest) + _BETTER:
            yield likeness, start, end


def _joined_words(texts: Sequence[Text]) -> list[str]:
    return [f"{' '.join(text.words)} " for text in texts]


def _group(ours: Sequence[str], theirs: Sequence[str], i: int, j: int) -> Group | None:
    """The texts from *i* and *j* on until both sides have the same words; None where they go apart."""
    one, other, end, stop = ours[i], theirs[j], i + 1, j + 1
    while one != other:
        # What both have in common is left out, so that a long group is not read again with each of its texts.
        if one.startswith(other) and stop < len(theirs):
            one, other, stop = one[len(other) :], theirs[stop], stop + 1
        elif other.startswith(one) and end < len(ours):
            one, other, end = ours[end], other[len(one) :], end + 1
        else:
            return None
    return Group(i, end, j, stop)


def _mean_the_same(before: Sequence[Text], after: Sequence[Text]) -> bool:
    one, other = (" ".join(filter(None, (meaning(text.shown) for text in side))) for side in (before, after))
    return one == other
