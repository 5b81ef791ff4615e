"""The history of a page as a pure function of what was observed of it.

Versions are derived: the same observations, in whatever order they were imported, give the same versions. What one
capture shows is either the page, the page unchanged (304), or its absence.

Like is compared with like: a version is by the publisher only where it is held against what the same reader made of the
text before. What a better parser makes of the same bytes is a version by the parser, and so is a text that no reader of
the text before has read: whether the publisher changed anything cannot be told of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Literal

from parsers.record import Flag

from ..doubts import UNLIKE, IsOther, Reading, doubts, is_same_reader, like, may_pass
from .rows import PageState, Verdict, VersionCause
from .times import moment

MISSES_TO_BE_GONE = 3  # a single 404 may be a mistake of the server's; 410 says that it is none
GONE_AFTER = timedelta(hours=40)  # and many in an hour one fault; of a daily crawl the third comes a little early
REPEATS_AFTER = timedelta(hours=20)  # a fault is mended by then; a daily crawl comes a little earlier at times

Shows = Literal["page", "same", "missing", "gone", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one capture shows of a page, with its readings in the order they were made.

    One whose bytes were "removed" shows that something was there, and a 304 after it that this was there still.
    *is_answer* says that a body came under a good status, which a later 304 speaks of, even where it shows that the
    page is missing. *released* says that somebody has looked at what was doubtful in it and accepted it.
    """

    capture_id: int
    at: str
    shows: Shows
    is_answer: bool = False
    readings: tuple[Reading, ...] = ()
    released: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A version as it is to be stored. *record_id* is None for a tombstone.

    *compared_id* is the record that it is held against: of the text before, by the same reader; None for the first.
    """

    cause: VersionCause
    record_id: int | None
    compared_id: int | None
    capture_id: int
    seen_after: str | None
    first_seen: str
    last_seen: str
    last_capture_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a capture did to the history: *seq* is the version it showed or made, *reason* why it made none."""

    verdict: Verdict
    seq: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All versions of a page, oldest first, and what each capture did; *held* says which are held back, and why."""

    drafts: tuple[Draft, ...]
    held: dict[int, str]
    told: dict[int, Told]
    state: PageState


def derive(observations: Iterable[Observation], is_other: IsOther = lambda _before, _after: False) -> History:
    """The history that *observations*, in order of time, tell.

    *is_other* says of two records whether their texts have next to nothing in common; it is asked where the title
    changed. A site that answers with a block page or a notice does so under the report's own address.
    """
    fold = _Fold(is_other)
    told = {observation.capture_id: fold.observe(observation) for observation in observations}
    return History(drafts=tuple(fold.drafts), held=fold.held, told=told, state=fold.state)


def last_text(drafts: Sequence[Draft]) -> int:
    """Index of the first version of the newest text; those after it are other readings of its bytes."""
    return next(index for index, draft in enumerate(drafts) if draft.capture_id == drafts[-1].capture_id)


def extended(drafts: Sequence[Draft], at: str, capture_id: int) -> list[Draft]:
    """*drafts* with the last text, in all its readings, seen again."""
    first = last_text(drafts)
    again = (replace(draft, last_seen=at, last_capture_id=capture_id) for draft in drafts[first:])
    return [*drafts[:first], *again]


@dataclass(slots=True)
class _Fold:
    is_other: IsOther
    drafts: list[Draft] = field(default_factory=list)
    held: dict[int, str] = field(default_factory=dict)
    state: PageState = "unread"
    # The current text: all readings of it, as a better parser gives the same text another digest; and one by each
    # reader, in the order they were made, to hold the next text against.
    contents: set[str] = field(default_factory=set)
    readings: list[Reading] = field(default_factory=list)
    is_gone: bool = False
    misses: list[Observation] = field(default_factory=list)
    last_answer: Observation | None = None
    # What is held back though a parser is sure of it, all of one text, the first capture of it first.
    waiting: list[Observation] = field(default_factory=list)

    def observe(self, observation: Observation) -> Told:
        if observation.shows == "same":
            return self._see_again(observation)
        if observation.shows == "removed":
            self.last_answer = None
            self.misses.clear()
            self.waiting.clear()
            return Told(verdict="not-modified")
        if observation.is_answer or observation.shows == "page":
            self.last_answer = observation
        return self._read(observation) if observation.shows == "page" else self._miss(observation)

    def _see_again(self, observation: Observation) -> Told:
        answer = self.last_answer
        if answer is None:
            return Told(verdict="not-modified")
        again = replace(answer, capture_id=observation.capture_id, at=observation.at)
        told = self._read(again) if again.shows == "page" else self._miss(again)
        return replace(told, verdict="not-modified") if told.verdict == "unchanged" else told

    def _read(self, observation: Observation) -> Told:
        self.misses.clear()
        known = tuple(reading for reading in observation.readings if reading.content in self.contents)
        if known:
            return self._begin(observation, known) if self.is_gone else self._extend(observation, _sure(observation))
        read = _credible(observation)
        if not read:
            self.waiting.clear()
            return self._hold_unsure(observation)
        found = () if observation.released else self._doubts(read)
        return self._wait(observation, read, found) if found else self._begin(observation, read)

    def _doubts(self, read: Sequence[Reading]) -> tuple[Flag, ...]:
        own = (Flag(name=UNLIKE, detail=read[-1].doubt),) if read[-1].doubt else ()
        if not self.readings:
            return own
        return (*own, *doubts(*(like(self.readings, read) or (self.readings[-1], read[-1])), self.is_other))

    def _wait(self, observation: Observation, read: Sequence[Reading], found: tuple[Flag, ...]) -> Told:
        """Holds the capture back, unless the page shows for the second day what may pass when it stays."""
        if self.waiting and _contents(_credible(self.waiting[0])).isdisjoint(_contents(read)):
            self.waiting.clear()
        self.waiting.append(observation)
        first, *others = self.waiting
        passes = may_pass(flag.name for flag in found)
        if not passes or moment(observation.at) - moment(first.at) < REPEATS_AFTER:
            return self._hold(observation, "; ".join(flag.detail for flag in found))
        for waiting in (first, *others[:-1]):
            self.held.pop(waiting.capture_id)
        told = self._begin(first, _credible(first))
        self._extend(observation, read)
        return told

    def _hold_unsure(self, observation: Observation) -> Told:
        if not observation.readings:
            self.state = "held" if self.drafts else "unread"
            return Told(verdict="unparsed")
        return self._hold(observation, observation.readings[-1].doubt)

    def _hold(self, observation: Observation, reason: str) -> Told:
        self.state = "held"
        self.held[observation.capture_id] = reason
        return Told(verdict="held", reason=reason)

    def _begin(self, observation: Observation, sure: Sequence[Reading]) -> Told:
        self.waiting.clear()
        verdict: Verdict = "changed" if self.drafts else "new"
        pair = like(self.readings, sure)
        if pair or not self.readings:
            before, first = pair or (None, sure[0])
            self._add("publisher", first, observation, beside=before)
            self._read_anew(observation, sure[sure.index(first) :])
        else:
            self._add("parser", sure[-1], observation, beside=self.readings[-1])
        self.contents = _contents(sure)
        self.readings = list(sure)
        self.is_gone, self.state = False, "live"
        return Told(verdict=verdict, seq=len(self.drafts))

    def _read_anew(self, observation: Observation, sure: Sequence[Reading]) -> None:
        """Versions of the same bytes by better parsers. They say nothing of when: the bytes were seen as long."""
        seen_after = self.drafts[-1].seen_after
        for before, after in pairwise(sure):
            if before.content != after.content:
                draft = _draft("parser", after, observation, beside=before)
                self.drafts.append(replace(draft, seen_after=seen_after))

    def _add(self, cause: VersionCause, reading: Reading | None, first: Observation, *, beside: Reading | None) -> None:
        draft = _draft(cause, reading, first, beside=beside)
        self.drafts.append(replace(draft, seen_after=self.drafts[-1].last_seen if self.drafts else None))

    def _extend(self, observation: Observation, sure: Sequence[Reading] = ()) -> Told:
        """The current version was seen again, and with it every reading of the same bytes."""
        self.waiting.clear()
        self.drafts = extended(self.drafts, observation.at, observation.capture_id)
        self.contents |= _contents(sure)
        self.readings += [one for one in sure if not any(is_same_reader(known, one) for known in self.readings)]
        self.state = "gone" if self.is_gone else "live"
        return Told(verdict="gone" if self.is_gone else "unchanged", seq=len(self.drafts))

    def _miss(self, observation: Observation) -> Told:
        self.waiting.clear()
        if not self.drafts:
            self.state = "missing"
            return Told(verdict="missing")
        if self.is_gone:
            return self._extend(observation)
        self.misses.append(observation)
        if observation.shows == "missing" and (waits := _still_missing(self.misses)):
            self.state = "missing"
            return Told(verdict="missing", reason=waits)
        self._add("publisher", None, self.misses[0], beside=self.readings[-1])
        self.is_gone = True
        return self._extend(observation)


def _draft(cause: VersionCause, reading: Reading | None, first: Observation, *, beside: Reading | None) -> Draft:
    """A version that begins with what was *first* seen of it, held against *beside*."""
    return Draft(
        cause=cause,
        record_id=reading.record_id if reading else None,
        compared_id=beside.record_id if beside else None,
        capture_id=first.capture_id,
        seen_after=None,
        first_seen=first.at,
        last_seen=first.at,
        last_capture_id=first.capture_id,
    )


def _still_missing(misses: Sequence[Observation]) -> str:
    """Why a page that was missing so often in a row is not gone yet; "" where it is."""
    lasted = moment(misses[-1].at) - moment(misses[0].at)
    if len(misses) >= MISSES_TO_BE_GONE and lasted >= GONE_AFTER:
        return ""
    times = f"{len(misses)}{f' of {MISSES_TO_BE_GONE}' if len(misses) < MISSES_TO_BE_GONE else ''} times"
    return f"missing {times} in a row, over {_hours(lasted)} of {_hours(GONE_AFTER)} hours"


def _hours(span: timedelta) -> int:
    return span // timedelta(hours=1)


def _sure(observation: Observation) -> tuple[Reading, ...]:
    """What was read from a capture without a doubt, or was accepted since."""
    return tuple(reading for reading in observation.readings if observation.released or not reading.doubt)


def _credible(observation: Observation) -> tuple[Reading, ...]:
    """What is sure; where nothing is, what is only unlike the pages around it."""
    return _sure(observation) or tuple(reading for reading in observation.readings if reading.may_pass)


def _contents(readings: Iterable[Reading]) -> set[str]:
    return {reading.content for reading in readings}
