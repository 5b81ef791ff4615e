"""What two sequences have in common, in order: the longest common subsequence, bounded.

Small stretches are matched exactly. A stretch too large for that is first cut at what occurs once on each side (an
item, else a run of 4, else of 16), as `patience` diffs do; what cannot be cut stays unmatched, and the answer says so.
The work is at most `_DEPTH` passes over the input, and `_CELLS` cells for each stretch.
"""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Indel

_CELLS = 4_000 * 4_000
_DEPTH = 16
_ANCHORS = (1, 4, 16)


class Stretch(NamedTuple):
    """Items *i0* to *i1* of one sequence against *j0* to *j1* of the other; ends are not included."""

    i0: int
    i1: int
    j0: int
    j1: int


class Matching(NamedTuple):
    """*equal*: the stretches that agree item by item, in order. *coarse*: some stretch was too large to be matched."""

    equal: tuple[Stretch, ...]
    coarse: bool


def matching(before: Sequence[Hashable], after: Sequence[Hashable]) -> Matching:
    """The stretches *before* and *after* have in common, in order and as long as can be."""
    found: list[Stretch] = []
    coarse = False
    waiting = [(Stretch(0, len(before), 0, len(after)), 0)]
    while waiting:
        whole, depth = waiting.pop()
        head, middle, tail = _trimmed(before, after, whole)
        found += [head, tail]
        ours, theirs = _shared(before, after, middle)
        if len(ours) * len(theirs) <= _CELLS:
            found += _exact(before, after, ours, theirs)
            continue
        anchors = _anchors(before, after, middle) if depth < _DEPTH else []
        coarse = coarse or not anchors
        found += [Stretch(i, i + 1, j, j + 1) for i, j in anchors]
        waiting += [(gap, depth + 1) for gap in _between(anchors, middle)] if anchors else []
    return Matching(_joined(found), coarse)


def gaps(equal: Sequence[Stretch], whole: Stretch) -> list[Stretch]:
    """The stretches of *whole* that *equal* leaves over, in order."""
    ends = [Stretch(whole.i0, whole.i0, whole.j0, whole.j0), *equal, Stretch(whole.i1, whole.i1, whole.j1, whole.j1)]
    left = [Stretch(one.i1, two.i0, one.j1, two.j0) for one, two in pairwise(ends)]
    return [gap for gap in left if gap.i0 < gap.i1 or gap.j0 < gap.j1]


def increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of *pairs*, which rise in their first number, that rises in the second too."""
    lowest: list[int] = []
    holder: list[int] = []
    previous = [-1] * len(pairs)
    for index, (_, value) in enumerate(pairs):
        place = bisect_left(lowest, value)
        if place:
            previous[index] = holder[place - 1]
        lowest[place : place + 1] = [value]
        holder[place : place + 1] = [index]
    chosen: list[tuple[int, int]] = []
    index = holder[-1] if holder else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = previous[index]
    return chosen[::-1]


def _trimmed(before: Sequence[Hashable], after: Sequence[Hashable], whole: Stretch) -> tuple[Stretch, Stretch, Stretch]:
    i0, i1, j0, j1 = whole
    while i0 < i1 and j0 < j1 and before[i0] == after[j0]:
        i0, j0 = i0 + 1, j0 + 1
    while i0 < i1 and j0 < j1 and before[i1 - 1] == after[j1 - 1]:
        i1, j1 = i1 - 1, j1 - 1
    return Stretch(whole.i0, i0, whole.j0, j0), Stretch(i0, i1, j0, j1), Stretch(i1, whole.i1, j1, whole.j1)


def _shared(before: Sequence[Hashable], after: Sequence[Hashable], part: Stretch) -> tuple[list[int], list[int]]:
    """The places in *part* of the items that both sides have: no others can be matched."""
    ours, theirs = set(before[part.i0 : part.i1]), set(after[part.j0 : part.j1])
    return (
        [i for i in range(part.i0, part.i1) if before[i] in theirs],
        [j for j in range(part.j0, part.j1) if after[j] in ours],
    )


def _exact(
    before: Sequence[Hashable], after: Sequence[Hashable], ours: Sequence[int], theirs: Sequence[int]
) -> list[Stretch]:
    steps = Indel.opcodes([before[i] for i in ours], [after[j] for j in theirs])
    return [
        Stretch(i, i + 1, j, j + 1)
        for step in steps
        if step.tag == "equal"
        for i, j in zip(ours[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end], strict=True)
    ]


def _anchors(before: Sequence[Hashable], after: Sequence[Hashable], part: Stretch) -> list[tuple[int, int]]:
    for size in _ANCHORS:
        ours = _once(before, part.i0, part.i1, size)
        theirs = _once(after, part.j0, part.j1, size)
        shared = [(index, theirs[gram]) for gram, index in ours.items() if gram in theirs]
        if shared:
            return increasing(sorted(shared))
    return []


def _once(items: Sequence[Hashable], start: int, end: int, size: int) -> dict[tuple[Hashable, ...], int]:
    """Where the runs of *size* items begin that occur once between *start* and *end*."""
    found: dict[tuple[Hashable, ...], int] = {}
    repeated = set()
    for index in range(start, end - size + 1):
        gram = tuple(items[index : index + size])
        if gram in found:
            repeated.add(gram)
        else:
            found[gram] = index
    return {gram: index for gram, index in found.items() if gram not in repeated}


def _between(anchors: Sequence[tuple[int, int]], whole: Stretch) -> list[Stretch]:
    return gaps([Stretch(i, i + 1, j, j + 1) for i, j in anchors], whole)


def _joined(found: list[Stretch]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for one in sorted(one for one in found if one.i0 < one.i1):
        if joined and (joined[-1].i1, joined[-1].j1) == (one.i0, one.j0):
            joined[-1] = Stretch(joined[-1].i0, one.i1, joined[-1].j0, one.j1)
        else:
            joined.append(one)
    return tuple(joined)
