"""The links and the emphasis of two records against each other."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable

from parsers.normal import plain
from parsers.record import Link, Record

from .changes import Class, Emphasis, LinkChange, LinkOp, in_order_of_place

_Places = list[tuple[int, Link]]


def link_changes(before: Record, after: Record) -> tuple[LinkChange, ...]:
    """The links dropped, added, led elsewhere and worded anew; their order is no difference.

    Links weigh as looks do; between renditions, those of one side alone weigh nothing.
    """
    ours, theirs = list(enumerate(before.links)), list(enumerate(after.links))
    changes: list[LinkChange] = []
    keys: tuple[tuple[LinkOp | None, Callable[[Link], Hashable]], ...] = (
        (None, lambda link: (plain(link.text), link.target)),
        ("retargeted", lambda link: plain(link.text)),
        ("reworded", lambda link: link.target),
    )
    for op, key in keys:
        pairs = _same(ours, theirs, key)
        if op:
            changes += [_change(op, "cosmetic", one, two) for one, two in pairs]
        before_taken, after_taken = {one[0] for one, _ in pairs}, {two[0] for _, two in pairs}
        ours = [one for one in ours if one[0] not in before_taken]
        theirs = [two for two in theirs if two[0] not in after_taken]
    alone: Class = "cosmetic" if before.media_type == after.media_type else "none"
    changes += [_change("dropped", alone, one, None) for one in ours]
    changes += [_change("added", alone, None, two) for two in theirs]
    return in_order_of_place(changes)


def emphasis_change(before: Record, after: Record) -> Emphasis:
    """How much emphasis differs; it weighs as looks do, and between renditions nothing."""
    ours, theirs = _emphasised(before), _emphasised(after)
    dropped, added = (ours - theirs).total(), (theirs - ours).total()
    weighs = (dropped or added) and before.media_type == after.media_type
    return Emphasis(class_="cosmetic" if weighs else "none", dropped=dropped, added=added)


def _same(
    ours: _Places, theirs: _Places, key: Callable[[Link], Hashable]
) -> list[tuple[tuple[int, Link], tuple[int, Link]]]:
    waiting: dict[Hashable, deque[tuple[int, Link]]] = defaultdict(deque)
    for one in ours:
        waiting[key(one[1])].append(one)
    return [(waiting[key(two[1])].popleft(), two) for two in theirs if waiting.get(key(two[1]))]


def _change(op: LinkOp, class_: Class, one: tuple[int, Link] | None, two: tuple[int, Link] | None) -> LinkChange:
    before_index, before = one or (None, None)
    after_index, after = two or (None, None)
    return LinkChange(
        op=op, class_=class_, before_index=before_index, after_index=after_index, before=before, after=after
    )


def _emphasised(record: Record) -> Counter[tuple[str, str]]:
    return Counter(
        (mark.kind, plain(block.text[mark.start : mark.end]))
        for block in record.blocks
        for mark in block.marks
        if mark.kind in ("emphasis", "strong")
    )
