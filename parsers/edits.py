"""Edits: which lines of a page stood in each other's place when it was seen at different times.

Of lines their digests are known and not their words, so what took the place of what is told by where it stands: between
the same neighbours, counted from the report outward. Where a passage has as many lines of its own as before, these are
its edited lines, and what it has beside them is not.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from .outline import GAP, Line, Outline, Sort

_COPYRIGHT_WORDS = 8  # a text that is no longer states a copyright, or it would be a label


@dataclass(frozen=True, slots=True)
class Places:
    """What stood on a page *in_place* of a line, by keys, and the lines that *came or went* between two captures."""

    in_place: Mapping[str, Set[str]]
    came_or_went: Set[str]

    def instead(self, key: str) -> Set[str]:
        """The keys of what stood where the line with *key* does."""
        return self.in_place.get(key, frozenset())

    def moved(self, key: str) -> bool:
        """Whether the line with *key* came to the page, or went from it."""
        return key in self.came_or_went


def places(outlines: Sequence[Outline], shared: Set[str]) -> Places:
    """Those of a page with these *outlines*, the oldest first, for the lines that it has *shared* with other pages.

    Links and pictures, which change by themselves, and copyright lines stand in nobody's place. Outlines of two
    layouts, and those without a line in common, are not compared.
    """
    in_place: dict[str, set[str]] = defaultdict(set)
    came_or_went: set[str] = set()
    for before, after in pairwise(outlines):
        if before.layout != after.layout:
            continue
        for gone, come in _hunks(before.lines, after.lines):
            came_or_went.update(line.key for line in (*gone, *come) if line.key in shared)
            for one, other in ((gone, come), (come, gone)):
                for line, instead in _replaced(one, other, shared):
                    in_place[line].add(instead)
    return Places(dict(in_place), frozenset(came_or_went))


def _hunks(before: Sequence[Line], after: Sequence[Line]) -> list[tuple[Sequence[Line], Sequence[Line]]]:
    """The lines that went and came at each place, those nearest to the middle of the page first."""
    codes = SequenceMatcher(None, [line.key for line in before], [line.key for line in after], autojunk=False)
    found = codes.get_opcodes()
    if not any(tag == "equal" for tag, *_ in found):
        return []
    hunks = []
    for tag, i, i_end, j, j_end in found:
        gone, come = before[i:i_end], after[j:j_end]
        if tag == "equal" or any(line.key == GAP for line in (*gone, *come)):
            continue
        inward = -1 if i == j == 0 else 1
        hunks.append((gone[::inward], come[::inward]))
    return hunks


def _replaced(own: Sequence[Line], now: Sequence[Line], shared: Set[str]) -> list[tuple[str, str]]:
    """The keys of shared lines of *now*, each with that of the line in *own* in whose place it stands."""
    are_fewer = sum(line.key not in shared for line in now) < sum(line.key not in shared for line in own)
    return [
        (line.key, instead.key)
        for instead, line in zip(own, now, strict=False)
        if line.key in shared and _is_prose(line) and _is_prose(instead) and (are_fewer or instead.key in shared)
    ]


def _is_prose(line: Line) -> bool:
    is_copyright = line.sort == Sort.TEXT and line.words <= _COPYRIGHT_WORDS
    return not (line.is_link or line.sort == Sort.FIGURE or is_copyright)
