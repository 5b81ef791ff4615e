"""The facts of two records against each other, each by its key; sentences, which have none, by likeness."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from parsers.normal import bare
from parsers.record import AlertLevel, Country, Entry, Fact, Recommendation, Record, Stage

from .changes import Class, FactChange, in_order_of_place
from .similar import similar_pairs, text
from .units import agreement
from .words import edits

_REWORDED = 0.5
KINDS = (Country.kind, AlertLevel.kind, Stage.kind, Recommendation.kind, Entry.kind)


def fact_changes(before: Record, after: Record) -> tuple[FactChange, ...]:
    """The facts dropped, added and changed; their order is no difference, nor typography between renditions."""
    ours, theirs = list(enumerate(before.facts)), list(enumerate(after.facts))
    pairs: list[tuple[int, int]] = []
    for key in (_whole, _key, _loose_key):
        found = _same(ours, theirs, key)
        pairs += found
        ours, theirs = _without(ours, theirs, found)
    reworded = _reworded(ours, theirs)
    ours, theirs = _without(ours, theirs, reworded)
    renditions = before.media_type != after.media_type
    changed = [
        _changed(i, before.facts[i], j, after.facts[j])
        for i, j in (*pairs, *reworded)
        if not _is_same(before.facts[i], after.facts[j], typography_counts=not renditions)
    ]
    dropped = [_alone(i, fact) for i, fact in ours]
    added = [_alone(j, fact).inverted() for j, fact in theirs]
    return in_order_of_place((*dropped, *added, *changed), rank=lambda change: KINDS.index(change.kind))


_Places = list[tuple[int, Fact]]


def _same(ours: _Places, theirs: _Places, key: Callable[[Fact], Hashable]) -> list[tuple[int, int]]:
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for i, fact in ours:
        waiting[key(fact)].append(i)
    return [(waiting[key(fact)].popleft(), j) for j, fact in theirs if waiting.get(key(fact))]


def _without(ours: _Places, theirs: _Places, pairs: Sequence[tuple[int, int]]) -> tuple[_Places, _Places]:
    before, after = {i for i, _ in pairs}, {j for _, j in pairs}
    return [one for one in ours if one[0] not in before], [one for one in theirs if one[0] not in after]


def _whole(fact: Fact) -> Hashable:
    return fact


def _key(fact: Fact) -> Hashable:
    """What names the fact: a stage its number and model, a sentence its words, an entry its subject."""
    match fact:
        case Stage():
            return fact.kind, fact.model, fact.number
        case Recommendation():
            return fact.kind, bare(fact.text)
        case Country():
            return fact.kind, fact.iso or bare(fact.name)
        case AlertLevel():
            return fact.kind, fact.level
        case Entry():
            return fact.kind, bare(fact.report), bare(fact.subject)


def _loose_key(fact: Fact) -> Hashable:
    """What still names it if it was read differently: a stage its name, a report its one country and alert."""
    match fact:
        case Stage():
            return fact.kind, bare(fact.name) or fact.number
        case Recommendation():
            return fact.kind, bare(fact.text)
        case Country() | AlertLevel():
            return fact.kind
        case Entry():
            return fact.kind, bare(fact.subject)


def _reworded(ours: _Places, theirs: _Places) -> list[tuple[int, int]]:
    one = [(i, fact.text) for i, fact in ours if isinstance(fact, Recommendation)]
    two = [(j, fact.text) for j, fact in theirs if isinstance(fact, Recommendation)]
    if one and two and [sentence for _, sentence in one] > [sentence for _, sentence in two]:
        return [(i, j) for j, i in _reworded(theirs, ours)]
    pairs = similar_pairs([text(words) for _, words in one], [text(words) for _, words in two], floor=_REWORDED)
    return [(one[pair.before][0], two[pair.after][0]) for pair in pairs]


def _is_same(before: Fact, after: Fact, *, typography_counts: bool) -> bool:
    if before == after:
        return True
    if not typography_counts and isinstance(before, Entry) and isinstance(after, Entry):
        return replace(before, target="") == replace(after, target="")  # a text has no links
    return (
        not typography_counts
        and isinstance(before, Recommendation)
        and isinstance(after, Recommendation)
        and (agreement(before.text, after.text) == "typography")
    )


def _changed(i: int, before: Fact, j: int, after: Fact) -> FactChange:
    runs = (
        edits(before.text, after.text).runs
        if isinstance(before, Recommendation) and isinstance(after, Recommendation)
        else ()
    )
    # The same words asked for are the same recommendation: only its looks or its reading differ.
    class_: Class = "cosmetic" if runs and _key(before) == _key(after) else "facts"
    return FactChange(op="changed", class_=class_, before_index=i, after_index=j, before=before, after=after, runs=runs)


def _alone(index: int, fact: Fact) -> FactChange:
    return FactChange(op="dropped", class_="facts", before_index=index, after_index=None, before=fact, after=None)
