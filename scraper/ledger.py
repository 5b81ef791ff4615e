"""The selector ledger: how often each selector matched, held against its own past, field by field.

A publisher renames a class, and a rule of ours finds nothing from that day on: no exception, only a date that is
missing or a strip of links that reads like a report. What matched in every earlier capture and matches no more says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from parsers.record import Account, Flag, Match, Record

# The one place for what is steady and what is an alarm.
LEAST_CAPTURES = 3  # of the page, before its past tells anything
LEAST_PAGES = 10  # of the site, before a page without a past of its own is held against it
NEARLY_ALL = 0.9  # of the captures of the page; of other pages of the site it must be all
MANY_TIMES = 5
MANY = 20  # elements; fewer are no flood
FIELDS = ("title", "published", "authors", "facts")  # what a record may lose
SILENT, FLOODED, LOST = "selector-silent", "selector-flooded", "field-lost"
_NAMED = 3  # selectors in one line
_AROUND = frozenset({"chrome", "pictures"})  # what a page may rightly lack, though the pages around it have it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one earlier capture showed: how often each selector matched, which fields were found, and all its words."""

    capture_id: int
    matches: tuple[Match, ...] = ()
    fields: frozenset[str] = frozenset()
    account: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How often *selector* matched for *field* in earlier captures, and in how many of them it did at all."""

    field: str
    selector: str
    counts: tuple[int, ...]
    captures: tuple[int, ...]

    @property
    def matched(self) -> int:
        """In how many captures it matched."""
        return sum(count > 0 for count in self.counts)

    @property
    def told(self) -> str:
        """The past in a few words, for a person."""
        low, high = min(self.counts), max(self.counts)
        often = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        return f"{often} in {numbered(self.captures)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Earlier captures, newest first: of the *page*, and one of each other page of its *site* with the same layout."""

    page: tuple[Sighting, ...] = ()
    site: tuple[Sighting, ...] = ()


def found_fields(record: Record) -> frozenset[str]:
    """Which of `FIELDS` the record has."""
    return frozenset(name for name in FIELDS if getattr(record, name))


def is_settled(record: Record, page: Sequence[Sighting]) -> bool:
    """Whether the page tells enough of itself, or the record lacks nothing that other pages could have."""
    lacks = any(not match.found for match in record.matches if match.field not in _AROUND)
    return len(page) >= LEAST_CAPTURES or not (lacks or len(found_fields(record)) < len(FIELDS))


def past_of(sightings: Sequence[Sighting]) -> dict[tuple[str, str], Past]:
    """The past of each selector that was asked in *sightings*, by field and selector."""
    counts: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for sighting in sightings:
        for match in sighting.matches:
            counts.setdefault((match.field, match.selector), []).append((match.found, sighting.capture_id))
    return {
        (name, selector): Past(
            field=name, selector=selector, counts=tuple(found for found, _ in seen), captures=tuple(n for _, n in seen)
        )
        for (name, selector), seen in counts.items()
    }


def alarms(record: Record, history: History) -> tuple[Flag, ...]:
    """What of *record* breaks with the past: a field that was lost, selectors that fell silent or match far too often.

    A page that was seen fewer than three times is held against the other pages of its site. None of these flags holds
    the record back: that is for `scraper.doubts` to say, which looks at what was read.
    """
    own = len(history.page) >= LEAST_CAPTURES
    seen = history.page if own else history.site if len(history.site) >= LEAST_PAGES else ()
    if not seen:
        return ()
    watch = _Watch(seen, steady=NEARLY_ALL if own else 1.0)
    asked = record.matches if own else tuple(match for match in record.matches if match.field not in _AROUND)
    lost = [name for name in FIELDS if name not in found_fields(record) and watch.always_had(name)]
    silent = [match for match in asked if match.field not in lost and watch.is_silent(match)]
    flooded = [match for match in asked if own and watch.is_flooded(match)]
    return (
        *(_lost(name, asked, watch) for name in lost),
        *_by_field(SILENT, silent, watch),
        *_by_field(FLOODED, flooded, watch),
    )


@dataclass(slots=True)
class _Watch:
    """The past, and what it takes for something to be steady in it."""

    seen: Sequence[Sighting]
    steady: float
    past: dict[tuple[str, str], Past] = field(init=False)

    def __post_init__(self) -> None:
        self.past = past_of(self.seen)

    def always_had(self, name: str) -> bool:
        return sum(name in sighting.fields for sighting in self.seen) >= self.steady * len(self.seen)

    def is_silent(self, match: Match) -> bool:
        past = self._enough(match)
        return past is not None and match.found == 0 and past.matched >= self.steady * len(past.counts)

    def is_flooded(self, match: Match) -> bool:
        past = self._enough(match)
        return past is not None and match.found >= MANY and match.found > MANY_TIMES * max(past.counts)

    def told(self, match: Match) -> str:
        past = self.past.get((match.field, match.selector))
        return f"'{match.selector}' matches {match.found:,}, before {past.told if past else 'not asked'}"

    def _enough(self, match: Match) -> Past | None:
        """The past of the selector where it was asked often enough to tell anything."""
        past = self.past.get((match.field, match.selector))
        return past if past and len(past.counts) >= min(LEAST_CAPTURES, len(self.seen)) else None


def _lost(name: str, asked: Iterable[Match], watch: _Watch) -> Flag:
    had = [sighting.capture_id for sighting in watch.seen if name in sighting.fields]
    why = [watch.told(match) for match in asked if match.field == name][:_NAMED]
    detail = f"{name} is gone, which {numbered(had)} had"
    return Flag(name=LOST, detail="; ".join([detail, *why]), value=name)


def _by_field(name: str, matches: Sequence[Match], watch: _Watch) -> Iterator[Flag]:
    fields = dict.fromkeys(match.field for match in matches)
    for one in fields:
        told = [watch.told(match) for match in matches if match.field == one]
        more = f"; and {len(told) - _NAMED:,} more" if len(told) > _NAMED else ""
        yield Flag(name=name, detail=f"{one}: {'; '.join(told[:_NAMED])}{more}", value=one)


def numbered(captures: Sequence[int]) -> str:
    """*captures* in a few words: "capture 3", "captures 3 and 5", "10 captures from 3 to 41"."""
    numbers = sorted(captures)
    if len(numbers) > _NAMED:
        return f"{len(numbers):,} captures from {numbers[0]} to {numbers[-1]}"
    *others, last = map(str, numbers)
    return f"captures {', '.join(others)} and {last}" if others else f"capture {last}"
