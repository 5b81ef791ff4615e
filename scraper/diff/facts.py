"""The facts of two records against each other, each by its key.

Sentences, which have none, are what the passages are that they stand as: pairs, or dropped and added.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace

from parsers.normal import bare
from parsers.record import AlertLevel, Country, Entry, Fact, Recommendation, Record, Stage

from .align import Alignment
from .changes import Class, FactChange, in_order_of_place
from .similar import similar_pairs, text
from .units import agreement
from .words import edits

_REWORDED = 0.5
KINDS = (Country.kind, AlertLevel.kind, Stage.kind, Recommendation.kind, Entry.kind)


def fact_changes(before: Record, after: Record, passages: Alignment, start: int = 0) -> tuple[FactChange, ...]:
    """The facts dropped, added and changed; their order is no difference, nor typography between renditions.

    *passages* are the places of the blocks of both, from the one numbered *start* on; those before are the same.
    """
    ours, theirs = list(enumerate(before.facts)), list(enumerate(after.facts))
    pairs: list[tuple[int, int]] = []
    for key in (_whole, _key, _loose_key):
        found = _same(ours, theirs, key)
        pairs += found
        ours, theirs = _without(ours, theirs, found)
    reworded = _reworded(ours, theirs, before, after, passages, start)
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


def _reworded(
    ours: _Places, theirs: _Places, before: Record, after: Record, passages: Alignment, start: int
) -> list[tuple[int, int]]:
    """Sentences that stand as passages which are a pair, or were regrouped and are alike; others that are alike."""
    one, two = _sentences(ours), _sentences(theirs)
    if not one or not two:
        return []
    if [sentence for _, sentence in one] > [sentence for _, sentence in two]:
        return [(i, j) for j, i in _reworded(theirs, ours, after, before, passages.inverted(), start)]
    sides = _standing(before, one, start), _standing(after, two, start)
    both = ((sides[0].get(place.before), sides[1].get(place.after)) for place in passages.places)
    pairs = _taken(both, one, two)
    used = {i for i, _ in pairs}, {j for _, j in pairs}
    one, two = (
        [known for known in side if known[0] not in taken] for side, taken in zip((one, two), used, strict=True)
    )
    groups = _groups(passages, sides)
    alike = similar_pairs(
        [text(words, group=groups[0].get(words, "")) for _, words in one],
        [text(words, group=groups[1].get(words, "")) for _, words in two],
        floor=_REWORDED,
    )
    return pairs + [(one[pair.before][0], two[pair.after][0]) for pair in alike]


_Sentences = list[tuple[int, str]]
_Standing = dict[int | None, str]


def _sentences(places: _Places) -> _Sentences:
    return [(place, fact.text) for place, fact in places if isinstance(fact, Recommendation)]


def _standing(record: Record, sentences: _Sentences, start: int) -> _Standing:
    """Which of *sentences* are whole passages, by their places from *start* on."""
    known = {sentence for _, sentence in sentences}
    return {place: block.text for place, block in enumerate(record.blocks[start:]) if block.text in known}


def _taken(pairs: Iterable[tuple[str | None, str | None]], one: _Sentences, two: _Sentences) -> list[tuple[int, int]]:
    """*pairs* of sentences as places of facts, each in one at most."""
    waiting: tuple[dict[str, deque[int]], ...] = (defaultdict(deque), defaultdict(deque))
    for known, side in zip(waiting, (one, two), strict=True):
        for place, sentence in side:
            known[sentence].append(place)
    found = []
    for ours, theirs in pairs:
        if ours and theirs and waiting[0][ours] and waiting[1][theirs]:
            found.append((waiting[0][ours].popleft(), waiting[1][theirs].popleft()))
    return found


def _groups(passages: Alignment, sides: tuple[_Standing, _Standing]) -> tuple[dict[str, str], dict[str, str]]:
    """Of sentences that are passages, what names the group they were regrouped in, else their side: no pair."""
    groups: tuple[dict[str, str], dict[str, str]] = (
        dict.fromkeys(sides[0].values(), "before"),
        dict.fromkeys(sides[1].values(), "after"),
    )
    for place in passages.others:
        if place.group[0]:
            for known, side, index in zip(groups, sides, (place.before, place.after), strict=True):
                if index in side:
                    known[side[index]] = f"group {place.group[0][0]}"
    return groups


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
