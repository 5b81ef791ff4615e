"""The links and the emphasis of two records against each other."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterator
from typing import NamedTuple

from parsers.normal import plain
from parsers.record import Link, Record

from .changes import Class, Emphasis, LinkChange, LinkOp, in_order_of_place


class _Placed(NamedTuple):
    """A link, its number among those of its record, and the pointer to its mark."""

    link: Link
    number: int
    path: str


def link_changes(
    before: Record, after: Record, blocks: tuple[Collection[int], Collection[int]]
) -> tuple[LinkChange, ...]:
    """The links dropped, added, led elsewhere and worded anew; their order is no difference.

    *blocks* are the places, on each side, of those that are not the same on both: no others are looked at. Links weigh
    as looks do; between renditions, those of one side alone weigh nothing.
    """
    ours, theirs = list(_links(before, blocks[0])), list(_links(after, blocks[1]))
    changes: list[LinkChange] = []
    keys: tuple[tuple[LinkOp | None, Callable[[_Placed], Hashable]], ...] = (
        (None, lambda placed: placed.link),
        (None, lambda placed: (plain(placed.link.text), placed.link.target)),
        ("retargeted", lambda placed: plain(placed.link.text)),
        ("reworded", lambda placed: placed.link.target),
    )
    for op, key in keys:
        if not ours or not theirs:
            break
        pairs = _same(ours, theirs, key)
        if op:
            changes += [_change(op, "cosmetic", one, two) for one, two in pairs]
        before_taken, after_taken = {one.number for one, _ in pairs}, {two.number for _, two in pairs}
        ours = [one for one in ours if one.number not in before_taken]
        theirs = [two for two in theirs if two.number not in after_taken]
    alone: Class = "cosmetic" if before.media_type == after.media_type else "none"
    changes += [_change("dropped", alone, one, None) for one in ours]
    changes += [_change("added", alone, None, two) for two in theirs]
    return in_order_of_place(changes)


def emphasis_change(before: Record, after: Record, blocks: tuple[Collection[int], Collection[int]]) -> Emphasis:
    """How much emphasis differs in *blocks*; it weighs as looks do, and between renditions nothing."""
    ours, theirs = _emphasised(before, blocks[0]), _emphasised(after, blocks[1])
    dropped, added = (ours - theirs).total(), (theirs - ours).total()
    weighs = (dropped or added) and before.media_type == after.media_type
    return Emphasis(class_="cosmetic" if weighs else "none", dropped=dropped, added=added)


def _links(record: Record, places: Collection[int]) -> Iterator[_Placed]:
    index = 0
    if not places:
        return
    for place, block in enumerate(record.blocks):
        if not block.marks:
            continue
        if place not in places:
            index += sum([mark.kind == "link" for mark in block.marks])
            continue
        for number, mark in enumerate(block.marks):
            if mark.kind == "link":
                link = Link(text=block.text[mark.start : mark.end], target=mark.target)
                yield _Placed(link, index, f"/blocks/{place}/marks/{number}")
                index += 1


def _same(
    ours: list[_Placed], theirs: list[_Placed], key: Callable[[_Placed], Hashable]
) -> list[tuple[_Placed, _Placed]]:
    waiting: dict[Hashable, deque[_Placed]] = defaultdict(deque)
    for one in ours:
        waiting[key(one)].append(one)
    return [(waiting[name].popleft(), two) for two in theirs if waiting.get(name := key(two))]


def _change(op: LinkOp, class_: Class, one: _Placed | None, two: _Placed | None) -> LinkChange:
    return LinkChange(
        op=op,
        class_=class_,
        before_index=one.number if one else None,
        after_index=two.number if two else None,
        before=one.link if one else None,
        after=two.link if two else None,
        before_path=one.path if one else "",
        after_path=two.path if two else "",
    )


def _emphasised(record: Record, places: Collection[int]) -> Counter[tuple[str, str]]:
    return Counter(
        (mark.kind, plain(record.blocks[place].text[mark.start : mark.end]))
        for place in places
        for mark in record.blocks[place].marks
        if mark.kind in ("emphasis", "strong")
    )
