"""The dates that differ between two texts, as they are written: "7 March 2024" and "9 March 2024"."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from parsers.dates import DateMention, find_dates, has_year

from .words import Run

_AROUND = 32  # characters: the rest of a date stands so near a part of it that differs


def dates_changed(runs: Sequence[Run]) -> tuple[tuple[str, str], ...]:
    """The dates that differ between the two texts *runs* spell out, as pairs in order; "" where one side has none.

    A date is one with a month or a season; a year alone is a number.
    """
    if not any(run.kind == "words" for run in runs):
        return ()
    before, after = "".join(run.before for run in runs), "".join(run.after for run in runs)
    pairs = []
    seen: tuple[set[int], set[int]] = (set(), set())
    i = j = 0
    for run in runs:
        ends = i + len(run.before), j + len(run.after)
        if run.kind == "words":
            ours = list(_new(_touched(before, i, ends[0]), seen[0]))
            theirs = list(_new(_touched(after, j, ends[1]), seen[1]))
            pairs += [
                (one, two) for one, two in zip_longest(ours, theirs) if one is None or two is None or one[0] != two[0]
            ]
        i, j = ends
    return tuple((one[1] if one else "", two[1] if two else "") for one, two in pairs)


def _touched(text: str, start: int, end: int) -> Iterator[tuple[int, DateMention, str]]:
    """The dates of *text* of which a part stands between *start* and *end*, with their place and words."""
    first = max(0, start - _AROUND)
    near = text[first : end + _AROUND]
    if not has_year(near):
        return
    for mention in find_dates(near):
        if mention.start + first < end and mention.end + first > start:
            yield first + mention.start, mention, near[mention.start : mention.end]


def _new(found: Iterable[tuple[int, DateMention, str]], seen: set[int]) -> Iterator[tuple[str, str]]:
    """The dates whose place was not *seen*, as EDTF and as written."""
    for place, mention, words in found:
        if place not in seen:
            seen.add(place)
            yield mention.edtf, words
