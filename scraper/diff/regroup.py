"""Words that stand in other paragraphs now: one that was split, several that were joined, or parted elsewhere."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from .similar import Text
from .units import meaning

_TRIED = 8  # places a passage may begin at that are looked at


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
