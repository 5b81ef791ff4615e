"""What two sequences have in common, in order: the longest common subsequence, bounded.

Small stretches are matched exactly. A stretch too large for that is first cut at what occurs once on each side (an
item, else a run of 4, else of 16), as `patience` diffs do. What cannot be cut so is cut into pieces of one proportion,
each matched with the one at its place, and the answer says so: more may differ then than has to.
The work is at most `_DEPTH` passes over the input for each size of run, and `_CELLS` cells for each stretch.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain, count, islice, pairwise
from math import isqrt
from typing import NamedTuple

from rapidfuzz.distance import Indel

_CELLS = 8_000 * 8_000
_FEW_CELLS = 1_000 * 1_000  # up to here it costs less to match all than to look for what can be matched
_DEPTH = 8
_RUNS = (1, 4, 16)
_SIGNS = 0x110000 - 2  # as many as there are code points, but for those of what only one side has


class Stretch(NamedTuple):
    """Items *i0* to *i1* of one sequence against *j0* to *j1* of the other; ends are not included."""

    i0: int
    i1: int
    j0: int
    j1: int


class Matching(NamedTuple):
    """*equal*: the stretches that agree item by item, in order. *coarse*: some stretch was too large for certainty."""

    equal: tuple[Stretch, ...]
    coarse: bool


def matching(before: Sequence[Hashable], after: Sequence[Hashable]) -> Matching:
    """The stretches *before* and *after* have in common, in order and as long as can be."""
    ours, theirs, coarse = _signs(before, after)
    found: list[Stretch] = []
    waiting = [(Stretch(0, len(ours), 0, len(theirs)), 0)]
    while waiting:
        whole, depth = waiting.pop()
        head, middle, tail = _trimmed(ours, theirs, whole)
        found += [head, tail]
        if middle.i0 == middle.i1 or middle.j0 == middle.j1:
            continue
        exact = _exact(ours, theirs, middle)
        if exact is not None:
            found += exact
            continue
        anchors = _anchors(ours, theirs, middle) if depth < _DEPTH else []
        if anchors:
            found += anchors
            waiting += [(gap, depth + 1) for gap in gaps(anchors, middle)]
        else:
            coarse = True
            for piece in _pieces(middle):
                found += _exact(ours, theirs, piece) or []
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


def common_start(one: str, other: str) -> int:
    """How many characters two texts have in common at their start."""
    size = min(len(one), len(other))
    if one[:size] == other[:size]:
        return size
    least = 0
    while size - least > 1:  # they agree up to *least*, and not up to *size*
        middle = (least + size) // 2
        if one[least:middle] == other[least:middle]:
            least = middle
        else:
            size = middle
    return least


def common_end(one: str, other: str, *, apart: int = 0) -> int:
    """How many characters two texts have in common at their end, the first *apart* of both left out."""
    size = min(len(one), len(other)) - apart
    if one[len(one) - size :] == other[len(other) - size :]:
        return size
    least = 0
    while size - least > 1:
        middle = (least + size) // 2
        if one[len(one) - middle : len(one) - least] == other[len(other) - middle : len(other) - least]:
            least = middle
        else:
            size = middle
    return least


def _signs(before: Sequence[Hashable], after: Sequence[Hashable]) -> tuple[str, str, bool]:
    """Each sequence as a text, a character for each item, equal where the items are: texts are compared in C.

    The last is whether there are too many different items for that; those beyond are then matched with none.
    """
    shared = filter(set(after).__contains__, dict.fromkeys(before))
    signs = dict(zip(islice(shared, _SIGNS), map(chr, count(2)), strict=False))
    ours = "".join([signs.get(item, "\0") for item in before])
    return ours, "".join([signs.get(item, "\1") for item in after]), next(shared, None) is not None


def _trimmed(before: str, after: str, whole: Stretch) -> tuple[Stretch, Stretch, Stretch]:
    i0, i1, j0, j1 = whole
    one, other = before[i0:i1], after[j0:j1]
    head = common_start(one, other)
    tail = common_end(one, other, apart=head)
    middle = Stretch(i0 + head, i1 - tail, j0 + head, j1 - tail)
    return Stretch(i0, middle.i0, j0, middle.j0), middle, Stretch(middle.i1, i1, middle.j1, j1)


def _exact(before: str, after: str, part: Stretch) -> list[Stretch] | None:
    """What *part* has in common, item by item; None where it is too large to be asked."""
    one, other = before[part.i0 : part.i1], after[part.j0 : part.j1]
    if len(one) * len(other) <= _FEW_CELLS:
        return [
            Stretch(
                part.i0 + step.src_start, part.i0 + step.src_end, part.j0 + step.dest_start, part.j0 + step.dest_end
            )
            for step in Indel.opcodes(one, other)
            if step.tag == "equal"
        ]
    both = set(one) & set(other)  # no others can be matched
    ours = [place for place, sign in enumerate(one, part.i0) if sign in both]
    theirs = [place for place, sign in enumerate(other, part.j0) if sign in both]
    if len(ours) * len(theirs) > _CELLS:
        return None
    steps = Indel.opcodes("".join([before[i] for i in ours]), "".join([after[j] for j in theirs]))
    pairs = chain.from_iterable(
        zip(ours[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end], strict=True)
        for step in steps
        if step.tag == "equal"
    )
    return list(_stretches(pairs))


def _stretches(pairs: Iterable[tuple[int, int]]) -> Iterator[Stretch]:
    """*pairs* of equal items, those that follow each other as one stretch."""
    i0 = i1 = j0 = j1 = 0
    for i, j in pairs:
        if i == i1 and j == j1:
            i1, j1 = i1 + 1, j1 + 1
            continue
        if i0 < i1:
            yield Stretch(i0, i1, j0, j1)
        i0, i1, j0, j1 = i, i + 1, j, j + 1
    if i0 < i1:
        yield Stretch(i0, i1, j0, j1)


def _anchors(before: str, after: str, part: Stretch) -> list[Stretch]:
    for size in _RUNS:
        ours, theirs = _once(before, part.i0, part.i1, size), _once(after, part.j0, part.j1, size)
        shared = [(index, theirs[run]) for run, index in ours.items() if run in theirs]
        if shared:
            return list(_stretches(increasing(sorted(shared))))
    return []


def _once(items: str, start: int, end: int, size: int) -> dict[str, int]:
    """Where the runs of *size* items begin that occur once between *start* and *end*."""
    part = items[start:end]
    runs = list(part) if size == 1 else [part[index : index + size] for index in range(len(part) - size + 1)]
    counts = Counter(runs)
    return {run: index for index, run in enumerate(runs, start) if counts[run] == 1}


def _pieces(whole: Stretch) -> Iterator[Stretch]:
    """*whole* cut into stretches small enough to be matched, each as far along on one side as on the other."""
    ours, theirs = whole.i1 - whole.i0, whole.j1 - whole.j0
    count = isqrt(ours * theirs // _CELLS) + 2
    cuts = [(whole.i0 + ours * cut // count, whole.j0 + theirs * cut // count) for cut in range(count + 1)]
    for (i0, j0), (i1, j1) in pairwise(cuts):
        yield Stretch(i0, i1, j0, j1)


def _joined(found: list[Stretch]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    i0 = i1 = j0 = j1 = 0
    for one in sorted(found):
        if one.i0 == one.i1:
            continue
        if (i1, j1) == (one.i0, one.j0):
            i1, j1 = one.i1, one.j1
            continue
        joined.append(Stretch(i0, i1, j0, j1))
        i0, i1, j0, j1 = one
    joined.append(Stretch(i0, i1, j0, j1))
    return tuple(one for one in joined if one.i0 < one.i1)
