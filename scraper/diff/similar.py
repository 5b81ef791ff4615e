"""Texts that are alike though not equal, paired best first; bounded by candidates and by length."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from itertools import chain, count, islice, pairwise
from typing import NamedTuple

from rapidfuzz.distance import Indel

from .match import common_end, common_start
from .units import word_keys

_ALL_PAIRS = 32 * 32  # up to here every text is compared with every other
_COMMON = 64  # a name that more texts share names none of them
_CANDIDATES = 8
_CELLS = 1_000 * 1_000  # beyond, the order of words no longer counts
_LONG = 10_000  # letters
_DRAWN, _DRAWN_LENGTH = 64, 24  # passages, and letters of each
_SHORT = 100  # letters; up to here they are compared as well as words
_WHOLE = 8  # words; a text of so many that stands at an end of another is known to be in it
_NEARLY_WHOLE = 0.9
_EXTENDED = 0.5  # how alike a text and one that has it and more are at least
_SIGNS = 0x10FFFF


class Text(NamedTuple):
    """A text made ready for comparison. Different *group*: never alike; same *identity*: wholly alike."""

    group: str
    shown: str
    identity: str
    words: list[str]


class Pair(NamedTuple):
    """*before* and *after* are places in the sequences given; *likeness* is 0 to 1."""

    likeness: float
    before: int
    after: int


def text(shown: str, *, group: str = "", identity: str = "") -> Text:
    """*shown*, ready for `similar_pairs`."""
    return Text(group, shown, identity, word_keys(shown))


def similar_pairs(before: Sequence[Text], after: Sequence[Text], *, floor: float) -> list[Pair]:
    """Pairs at least *floor* alike, each text in one at most: the most alike first, then the nearest."""
    if not before or not after:
        return []
    ours, theirs = spelt(before, after)
    found = []
    for i, j in _candidates(before, after):
        likeness = _likeness(before[i], after[j], (ours[i], theirs[j]), floor)
        if likeness >= floor:
            found.append(Pair(likeness, i, j))
    used: tuple[set[int], set[int]] = (set(), set())
    chosen = []
    for pair in sorted(found, key=lambda pair: (-pair.likeness, abs(pair.before - pair.after), pair.before)):
        if pair.before not in used[0] and pair.after not in used[1]:
            used[0].add(pair.before)
            used[1].add(pair.after)
            chosen.append(pair)
    return chosen


def are_plainly_alike(one: str, other: str) -> bool:
    """Whether half of two texts is the same at their ends, or what is drawn from long ones: known at little cost."""
    longer = max(len(one), len(other))
    if longer <= _SHORT:
        return False
    start = common_start(one, other)
    if 2 * (start + common_end(one, other, apart=start)) >= longer:
        return True
    return longer >= _LONG and 2 * min(len(one), len(other)) >= longer and _has_most_of(one, other)


def _has_most_of(one: str, other: str) -> bool:
    """Whether of passages drawn from *one* all over, three in four stand in *other*."""
    missed = 0
    for number in range(_DRAWN):
        place = (len(one) - _DRAWN_LENGTH) * number // (_DRAWN - 1)
        missed += one[place : place + _DRAWN_LENGTH] not in other
        if missed > _DRAWN // 4:
            return False
    return True


def spelt(before: Sequence[Text], after: Sequence[Text]) -> tuple[list[str], list[str]]:
    """The texts with a character for each word: they are compared in C, at a tenth of the cost of their words."""
    signs = _signs([*before, *after])
    return _spelt(before, signs), _spelt(after, signs)


def _signs(texts: Sequence[Text]) -> dict[str, str]:
    words = dict.fromkeys(chain.from_iterable(one.words for one in texts))
    return dict(zip(islice(words, _SIGNS), map(chr, count(1)), strict=False))


def _spelt(texts: Sequence[Text], signs: Mapping[str, str]) -> list[str]:
    if len(signs) < _SIGNS:
        return ["".join(map(signs.__getitem__, one.words)) for one in texts]
    return ["".join([signs.get(word, "\0") for word in one.words]) for one in texts]


def _candidates(before: Sequence[Text], after: Sequence[Text]) -> list[tuple[int, int]]:
    if len(before) * len(after) <= _ALL_PAIRS:
        return [(i, j) for i in range(len(before)) for j in range(len(after))]
    holders: dict[Hashable, list[int]] = defaultdict(list)
    for j, other in enumerate(after):
        for name in _names(other):
            holders[name].append(j)
    return [(i, j) for i, one in enumerate(before) for j in _nearest(one, i, holders)]


def _nearest(one: Text, place: int, holders: Mapping[Hashable, list[int]]) -> list[int]:
    """The places of the texts that share most names with *one*; names that many texts have do not count."""
    votes: Counter[int] = Counter()
    for name in _names(one):
        if len(holders.get(name, ())) <= _COMMON:
            votes.update(holders.get(name, ()))
    return sorted(votes, key=lambda j: (-votes[j], abs(place - j), j))[:_CANDIDATES]


def _names(one: Text) -> set[Hashable]:
    """What a text may be found by: its words, pairs of words that follow each other, its identity."""
    names: set[Hashable] = {*one.words, *pairwise(one.words)}
    return names | {("", one.identity, "")} if one.identity else names


def _likeness(one: Text, other: Text, spelt: tuple[str, str], floor: float) -> float:
    if one.group != other.group:
        return 0.0
    if one.identity and one.identity == other.identity:
        return 1.0
    if not one.words and not other.words:
        return float(one.shown == other.shown)
    least = _EXTENDED if floor <= _EXTENDED and _extends(*spelt) else 0.0
    if len(one.words) * len(other.words) > _CELLS:
        return max(least, _by_bag(*spelt))
    likeness = max(least, Indel.normalized_similarity(*spelt, score_cutoff=floor))
    if max(len(one.shown), len(other.shown)) <= _SHORT:
        # Unrelated short texts share about half their letters, so only the upper half of the scale counts.
        likeness = max(likeness, 2 * Indel.normalized_similarity(one.shown, other.shown) - 1)
    return likeness


def _extends(one: str, other: str) -> bool:
    """Whether the shorter of two spelt texts, of some length, stands nearly as a whole at an end of the other."""
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(shorter) < _WHOLE or len(longer) < 2 * len(shorter):  # else they are alike in themselves
        return False
    return any(
        Indel.normalized_similarity(shorter, end, score_cutoff=_NEARLY_WHOLE) > 0
        for end in (longer[: len(shorter)], longer[-len(shorter) :])
    )


def _by_bag(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of words that two texts have in common, in whatever order."""
    total = len(one) + len(other)
    return 2 * (Counter(one) & Counter(other)).total() / total if total else 0.0
