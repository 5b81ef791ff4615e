"""Trace: the passages of a page through its versions, each with the wordings it had and when it was there.

A passage stays itself where it is moved, and where it is edited a little; it is found again where it was dropped and
came back as it was. What only another reading of the same bytes makes of it is no edit: the wording is corrected in
silence, and a passage that only a better parser sees is "read", with nothing said of when it appeared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Literal, NamedTuple

from parsers.normal import plain

from ..diff import edits
from ..diff.match import Stretch, gaps, matching
from ..diff.similar import Text, similar_pairs, text
from .revision import Revision, Sight, first_sight
from .units import Unit, units

if TYPE_CHECKING:
    from ..archive import VersionRow

How = Literal["new", "edited", "returned", "read"]
Fate = Literal["", "edited", "dropped", "unread"]

# How alike two sentences must be to be one: where one stands in the place of the other, and anywhere else.
_IN_PLACE, _ELSEWHERE = 0.5, 0.75

# What is remembered is bounded in length too: a page may be one sentence of a megabyte.
_REMEMBERED = 2_000
_known_plain = lru_cache(maxsize=65_536)(plain)
_known_text = lru_cache(maxsize=4_096)(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One wording of a passage, for as long as it was there without a break.

    *unit* is it in the first version of the stay, *how* it came to be there: "new", "edited" (from *before*, *class_*
    says whether in "words" or only "cosmetic"), "returned", or "read" (by another parser, so that it may be older).
    *last* is the last version with it. *until* is what first showed the page without it, None while it is there;
    *fate* why: "edited", "dropped", or "unread" (by another parser).
    """

    unit: Unit
    how: How
    since: Sight
    before: str
    class_: Literal["", "cosmetic", "words"]
    last: "VersionRow"
    until: Sight | None
    fate: Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One passage through the versions of a page."""

    stays: tuple[Stay, ...]


class Shown(NamedTuple):
    """A passage as a version shows it: where, and in which of its stays."""

    passage: Passage
    stay: Stay
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The passages of a page, in the order in which they appeared; *shown* are those of version *seq*, in its order."""

    passages: tuple[Passage, ...]
    shown: tuple[Shown, ...]
    seq: int

    @property
    def gone(self) -> tuple[Shown, ...]:
        """The passages that earlier versions had and this one has not, each as it was last, in order of appearance."""
        there = {id(one.passage) for one in self.shown}
        gone = [passage for passage in self.passages if id(passage) not in there]
        past = [(passage, [stay for stay in passage.stays if stay.since.seq <= self.seq]) for passage in gone]
        return tuple(Shown(passage, stays[-1], stays[-1].unit) for passage, stays in past if stays)


def trace(revisions: Iterable[Revision], *, at: int | None = None) -> Trace:
    """The passages of all *revisions*, which are oldest first, and how the one numbered *at* shows them, else the last.

    Each revision is looked at once and not kept. ValueError where there are none, or none numbered *at*.
    """
    work = _Work()
    shown: list[tuple[_Line, int, Unit]] | None = None
    for revision in revisions:
        work.step(revision)
        if revision.version.seq == at:
            shown = work.shown()
    if not work.versions or (at is not None and shown is None):
        raise ValueError("no such version")
    made = {id(line): Passage(stays=tuple(line.stays)) for line in work.ended()}
    passages = [(made[id(line)], index, unit) for line, index, unit in (work.shown() if shown is None else shown)]
    return Trace(
        passages=tuple(made.values()),
        shown=tuple(Shown(passage, passage.stays[index], unit) for passage, index, unit in passages),
        seq=work.versions[-1].seq if at is None else at,
    )


@dataclass(slots=True)
class _Line:
    """A passage that is followed: its stays so far, and where it stands in the version before, or stood last."""

    unit: Unit
    stays: list[Stay]


@dataclass(slots=True)
class _Work:
    lines: list[_Line] = field(default_factory=list)  # as they stand in the version before
    all: list[_Line] = field(default_factory=list)
    gone: dict[str, list[_Line]] = field(default_factory=dict)  # by their words, the last to go last
    versions: "list[VersionRow]" = field(default_factory=list)  # those so far

    def step(self, revision: Revision) -> None:
        """Follows all passages into the next version."""
        version = revision.version
        found = units(revision.record) if revision.record else []
        sight = first_sight(version, is_first=not self.versions)
        pairs = self._pairs(found)
        for index in _free(range(len(self.lines)), pairs.values()):
            self._end(self.lines[index], sight, "dropped" if version.cause == "publisher" else "unread")
            self.gone.setdefault(_plain(self.lines[index].unit.text), []).append(self.lines[index])
        self.lines = [
            self._follow(self.lines[pairs[place]], unit, sight, version)
            if place in pairs
            else self._begin(unit, sight, version)
            for place, unit in enumerate(found)
        ]
        self.versions.append(version)

    def shown(self) -> list[tuple[_Line, int, Unit]]:
        """The passages of the version before, each with the place of its stay."""
        return [(line, len(line.stays) - 1, line.unit) for line in self.lines]

    def ended(self) -> list[_Line]:
        """All passages; those that are there were seen up to the last version."""
        for line in self.lines:
            line.stays[-1] = replace(line.stays[-1], last=self.versions[-1])
        return self.all

    def _pairs(self, found: Sequence[Unit]) -> dict[int, int]:
        """Which of the passages before each of *found* is, by place: the same, then moved, edited, moved and edited."""
        before = [_plain(line.unit.text) for line in self.lines]
        after = [_plain(unit.text) for unit in found]
        equal = matching(before, after).equal
        pairs = {part.j0 + step: part.i0 + step for part in equal for step in range(part.i1 - part.i0)}
        whole = Stretch(0, len(before), 0, len(after))
        waiting: dict[str, list[int]] = {}
        for index in reversed(_free(range(len(before)), pairs.values())):
            waiting.setdefault(before[index], []).append(index)
        for place in _free(range(len(after)), pairs):
            if waiting.get(after[place]):
                pairs[place] = waiting[after[place]].pop()
        back = {place for place in _free(range(len(after)), pairs) if self.gone.get(after[place])}
        for part in gaps(equal, whole):
            pairs |= self._alike(found, part, pairs, back, _IN_PLACE)
        return pairs | self._alike(found, whole, pairs, back, _ELSEWHERE)

    def _alike(
        self, found: Sequence[Unit], part: Stretch, pairs: dict[int, int], back: set[int], floor: float
    ) -> dict[int, int]:
        """Further pairs inside *part* of passages that are alike; not of those that came *back* as they were."""
        ours = _free(range(part.i0, part.i1), pairs.values())
        theirs = _free(range(part.j0, part.j1), chain(pairs, back))
        if not ours or not theirs:
            return {}
        alike = similar_pairs(
            [_ready(self.lines[index].unit) for index in ours], [_ready(found[place]) for place in theirs], floor=floor
        )
        return {theirs[pair.after]: ours[pair.before] for pair in alike}

    def _begin(self, unit: Unit, sight: Sight, version: "VersionRow") -> _Line:
        waiting = self.gone.get(_plain(unit.text))
        if waiting:
            return self._return(waiting.pop(), unit, sight, version)
        is_read = version.cause != "publisher" and bool(self.versions)
        line = _Line(unit, [_stay(unit, "read" if is_read else "new", sight, version)])
        self.all.append(line)
        return line

    def _return(self, line: _Line, unit: Unit, sight: Sight, version: "VersionRow") -> _Line:
        last, is_edit = line.stays[-1], version.cause == "publisher"
        line.unit = unit
        if last.fate == "unread" and not is_edit:  # it was there all the time
            line.stays[-1] = replace(last, until=None, fate="")
        else:
            how: How = "returned" if is_edit and last.fate == "dropped" else "read"
            line.stays.append(_stay(unit, how, sight, version))
        return line

    def _follow(self, line: _Line, unit: Unit, sight: Sight, version: "VersionRow") -> _Line:
        before, line.unit = line.unit.text, unit
        if before == unit.text or _plain(before) == _plain(unit.text):
            return line
        if version.cause == "publisher":
            self._end(line, sight, "edited")
            line.stays.append(
                replace(_stay(unit, "edited", sight, version), before=before, class_=_class(before, unit.text))
            )
        else:
            line.stays[-1] = replace(line.stays[-1], unit=unit)
        return line

    def _end(self, line: _Line, sight: Sight, fate: Fate) -> None:
        line.stays[-1] = replace(line.stays[-1], last=self.versions[-1], until=sight, fate=fate)


def _stay(unit: Unit, how: How, sight: Sight, version: "VersionRow") -> Stay:
    return Stay(unit=unit, how=how, since=sight, before="", class_="", last=version, until=None, fate="")


def _class(before: str, after: str) -> Literal["cosmetic", "words"]:
    return "words" if any(run.kind == "words" for run in edits(before, after).runs) else "cosmetic"


def _free(places: Iterable[int], taken: Iterable[int]) -> list[int]:
    used = set(taken)
    return [place for place in places if place not in used]


def _plain(words: str) -> str:
    return _known_plain(words) if len(words) <= _REMEMBERED else plain(words)


def _ready(unit: Unit) -> Text:
    return _known_text(unit.text) if len(unit.text) <= _REMEMBERED else text(unit.text)
