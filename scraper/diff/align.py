"""Two sequences of blocks against each other: what stayed, moved, was edited, split, joined, dropped or added.

The order of steps: the longest common subsequence of equal blocks stays; equal blocks elsewhere moved; in each gap that
is left, blocks that were only split or joined are set apart, and alike ones are pairs; last, alike ones anywhere are
pairs that moved. The answer for (b, a) is the mirror of that for (a, b).
"""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain
from typing import Literal, NamedTuple

from parsers.normal import plain

from .match import Stretch, gaps, increasing, matching
from .regroup import Group as Grouped
from .regroup import groups, remade
from .similar import Text, are_plainly_alike, similar_pairs, text

_EDITED = 0.5
_MOVED_AND_EDITED = 0.75

Step = Literal["matched", "moved", "regrouped", "remade", "only"]
Group = tuple[tuple[int, ...], tuple[int, ...]]


class Item(NamedTuple):
    """What a block is aligned by. Blocks of different *group* never pair; *identity* is an image, or a table's head."""

    group: str
    shown: str
    identity: str = ""


# Most blocks are text and no more: that stands for its item, and is quicker to make, to look up and to compare.
Key = Item | str


def item_of(key: Key) -> Item:
    """The item that *key* is, or stands for."""
    return key if isinstance(key, Item) else Item("text", key)


class Place(NamedTuple):
    """Where a block stands on each side, None where it is absent; *group* is all that was regrouped, on each side.

    "regrouped" blocks have the same words as the others of their group, "remade" ones nearly the same.
    """

    step: Step
    before: int | None
    after: int | None
    group: Group = ((), ())

    def inverted(self) -> "Place":
        """The same place, read backwards."""
        return Place(self.step, self.after, self.before, self.group[::-1])

    def shifted(self, by: int) -> "Place":
        """The same place where *by* blocks stand before all."""
        before, after = (None if place is None else place + by for place in (self.before, self.after))
        ours, theirs = (tuple(place + by for place in side) for side in self.group)
        return Place(self.step, before, after, (ours, theirs))


class Alignment(NamedTuple):
    """Every block of both sides once. *coarse*: too many blocks changed at once to look at all of them.

    *stood* are the stretches that agree block by block, but for typography; *others* have all else, in no order.
    """

    stood: tuple[Stretch, ...]
    others: tuple[Place, ...]
    coarse: bool

    @property
    def places(self) -> tuple[Place, ...]:
        """Every block by itself."""
        stood = (
            pair for part in self.stood for pair in zip(range(part.i0, part.i1), range(part.j0, part.j1), strict=True)
        )
        return (*(Place("matched", i, j) for i, j in stood), *self.others)

    def inverted(self) -> "Alignment":
        """The same alignment, read backwards."""
        stood = tuple(Stretch(part.j0, part.j1, part.i0, part.i1) for part in self.stood)
        return Alignment(stood, tuple(place.inverted() for place in self.others), self.coarse)


class _Work:
    """The alignment while it is made: the places found so far but for those that stood, and the blocks still free."""

    def __init__(self, before: Sequence[Key], after: Sequence[Key], stood: Sequence[Stretch]) -> None:
        self.places: list[Place] = []
        self.stood = stood
        self._sides = (before, after)
        self._taken = _covered((part.i0, part.i1) for part in stood), _covered((part.j0, part.j1) for part in stood)
        self._texts: tuple[dict[int, Text], dict[int, Text]] = ({}, {})

    def take(self, step: Step, pairs: Iterable[tuple[int, int]]) -> None:
        for i, j in pairs:
            self._place(Place(step, i, j))

    def take_group(self, step: Step, before: Sequence[int], after: Sequence[int]) -> None:
        group = tuple(before), tuple(after)
        for i in before:
            self._place(Place(step, i, None, group))
        for j in after:
            self._place(Place(step, None, j, group))

    def free(self, part: Stretch) -> tuple[list[int], list[int]]:
        """The blocks of *part* that have no place yet, on each side."""
        return (
            [i for i in range(part.i0, part.i1) if i not in self._taken[0]],
            [j for j in range(part.j0, part.j1) if j not in self._taken[1]],
        )

    def texts(self, side: int, places: Iterable[int]) -> list[Text]:
        """The texts of the blocks at *places*, each made ready once."""
        ready, items = self._texts[side], self._sides[side]
        for place in places:
            if place not in ready:
                item = item_of(items[place])
                ready[place] = text(item.shown, group=item.group, identity=item.identity)
        return [ready[place] for place in places]

    def are_plainly_alike(self, before: int, after: int) -> bool:
        """Whether two blocks are a pair, known without looking at their words."""
        one, other = item_of(self._sides[0][before]), item_of(self._sides[1][after])
        return one.group == other.group and are_plainly_alike(one.shown, other.shown)

    def _place(self, place: Place) -> None:
        self.places.append(place)
        for taken, index in zip(self._taken, (place.before, place.after), strict=True):
            if index is not None:
                taken.add(index)


def align(
    before: Sequence[Key],
    after: Sequence[Key],
    *,
    headings: tuple[Collection[int], Collection[int]] = ((), ()),
) -> Alignment:
    """The places of all items of *before* and *after*. *headings* are the places, on each side, of those that are one.

    A heading whose words are wholly others is the same where what it stands above is.
    """
    if _is_later(before, after):  # one direction only, so that the way back is the mirror of the way there
        return align(after, before, headings=headings[::-1]).inverted()
    ids = _ids(before, after)
    found = matching(*ids)
    whole = Stretch(0, len(before), 0, len(after))
    work = _Work(before, after, found.equal)
    work.take("moved", _elsewhere(work, whole, *ids))
    for part in gaps(found.equal, whole):
        _regroup(work, part)
        _pair_in_place(work, part)
    for step in ("matched", "moved"):
        work.take(step, _renamed(work, whole, headings, below=step))
    work.take("moved", _alike(work, whole, floor=_MOVED_AND_EDITED))
    before_left, after_left = work.free(whole)
    dropped = [Place("only", i, None) for i in before_left]
    added = [Place("only", None, j) for j in after_left]
    return Alignment(found.equal, (*work.places, *dropped, *added), found.coarse)


def _is_later(before: Sequence[Key], after: Sequence[Key]) -> bool:
    for one, other in zip(before, after, strict=False):
        if one != other:
            return item_of(one) > item_of(other)
    return len(before) > len(after)


def _covered(parts: Iterable[tuple[int, int]]) -> set[int]:
    return set(chain.from_iterable(range(*part) for part in parts))


def _ids(before: Sequence[Key], after: Sequence[Key]) -> tuple[list[Key], list[Key]]:
    """The items with typography folded, so that quotation marks alone do not make a block another.

    Only those without an exact equal on the other side: folding is slow, and most blocks of two versions are equal.
    """
    shared = set(before) & set(after)
    ours, theirs = ([key if key in shared else _folded(key) for key in side] for side in (before, after))
    return ours, theirs


def _folded(key: Key) -> Key:
    return key._replace(shown=plain(key.shown)) if isinstance(key, Item) else plain(key)


def _elsewhere(work: _Work, whole: Stretch, ours: Sequence[Key], theirs: Sequence[Key]) -> list[tuple[int, int]]:
    """Equal blocks that are not in their order, first with first."""
    before, after = work.free(whole)
    waiting: dict[Key, deque[int]] = defaultdict(deque)
    for i in before:
        waiting[ours[i]].append(i)
    return [(waiting[theirs[j]].popleft(), j) for j in after if waiting.get(theirs[j])]


def _regroup(work: _Work, part: Stretch) -> None:
    """Sets apart blocks whose words are now parted in another way, as they were or with some of them edited."""
    steps: tuple[tuple[Step, Callable[[Sequence[Text], Sequence[Text]], list[Grouped]]], ...] = (
        ("regrouped", groups),
        ("remade", remade),
    )
    for step, find in steps:
        before, after = work.free(part)
        if not before or not after or len(before) == len(after) == 1:
            return
        ours, theirs = _with_words(work, 0, before), _with_words(work, 1, after)
        for group in find([one for _, one in ours], [one for _, one in theirs]):
            work.take_group(
                step,
                [place for place, _ in ours[group.i0 : group.i1]],
                [place for place, _ in theirs[group.j0 : group.j1]],
            )


def _with_words(work: _Work, side: int, places: list[int]) -> list[tuple[int, Text]]:
    texts = zip(places, work.texts(side, places), strict=True)
    return [(place, one) for place, one in texts if one.group == "text" and one.words]


def _pair_in_place(work: _Work, part: Stretch) -> None:
    """Pairs what is alike among the free blocks of a gap; those out of order have moved as well."""
    before, after = work.free(part)
    if len(before) == len(after) == 1 and work.are_plainly_alike(before[0], after[0]):
        work.take("matched", [(before[0], after[0])])
        return
    found = _alike(work, part, floor=_EDITED)
    in_order = set(increasing(found))
    work.take("matched", sorted(in_order))
    work.take("moved", [pair for pair in found if pair not in in_order])


def _renamed(
    work: _Work, whole: Stretch, headings: tuple[Collection[int], Collection[int]], *, below: Step
) -> list[tuple[int, int]]:
    """Free headings that stand right above the two blocks of a pair that was found by the step *below*."""
    if not headings[0] or not headings[1]:
        return []
    before, after = work.free(whole)
    above = [i for i in before if i in headings[0]]
    free = {j for j in after if j in headings[1]}
    if not above or not free:
        return []
    pairs = {place.before: place.after for place in work.places if place.step == below}
    if below == "matched":
        pairs |= {
            i: j for part in work.stood for i, j in zip(range(part.i0, part.i1), range(part.j0, part.j1), strict=True)
        }
    found = [(i, j - 1) for i in above if (j := pairs.get(i + 1))]
    return [(i, j) for i, j in found if j in free]


def _alike(work: _Work, part: Stretch, *, floor: float) -> list[tuple[int, int]]:
    before, after = work.free(part)
    pairs = similar_pairs(work.texts(0, before), work.texts(1, after), floor=floor)
    return sorted((before[pair.before], after[pair.after]) for pair in pairs)
