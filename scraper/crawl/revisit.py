"""When to look at a page again, from how often what it says has changed: pure functions over what visits showed."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from ..archive import CaptureRow, VersionRow
from ..wording import counted

LAST_VISITS = 100  # what a page did longer ago says little of what it does now
_UNSHOWN = frozenset({"failed", "refused", "truncated"})
_CHANCE = math.log(2)  # of a page that changes once in a mean time of 1, half have changed after this long
_HALVINGS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one visit showed: the page as it was before, the page with another record, or nothing at all."""

    at: datetime
    shows: Literal["same", "changed", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """When a page is to be visited next, how long after the last time, and in one line why."""

    next_at: datetime
    interval: timedelta
    why: str


def observations(captures: Iterable[CaptureRow], versions: Iterable[VersionRow]) -> tuple[Observation, ...]:
    """What *captures* of one page show, oldest first, the last hundred of them.

    A page has changed where a version by its publisher begins. Bytes that differ without another record, and another
    record of the same bytes by a better parser, are no change.
    """
    begun = {version.capture_id for version in versions if version.cause == "publisher" and version.seq > 1}
    seen = sorted(captures, key=lambda capture: (capture.captured_at, capture.id))[-LAST_VISITS:]
    return tuple(
        Observation(
            at=capture.captured_at,
            shows="changed" if capture.id in begun else "failed" if capture.outcome in _UNSHOWN else "same",
        )
        for capture in seen
    )


def next_visit(
    observations: Sequence[Observation],
    now: datetime,
    least: timedelta,
    most: timedelta,
    *,
    held_until: datetime | None = None,
) -> Visit:
    """The next visit, so long after the last that the page has changed by then with a chance of one half.

    It is *least* to *most* after the last visit and never before *held_until*, when the host asked not to be called.
    After failed visits the wait is as long as the failing has lasted. What was seen at a time still to come was seen
    by a wrong clock, and is left out.

    The rate of change is the maximum likelihood estimate for irregular visits, with half an unchanged visit added
    against its bias, so that regular visits give the estimator r = -log((n - X + 0.5) / (n + 0.5)). See J. Cho and
    H. Garcia-Molina, "Estimating Frequency of Change", ACM Transactions on Internet Technology 3 (3), 2003. They leave
    open what to do where no change was ever seen: here the page waits as long again as it has stood unchanged.
    """
    known = [one for one in observations if one.at <= now]
    shown = [one for one in known if one.shows != "failed"]
    wanted, said = _wanted(shown)
    if known and known[-1].shows == "failed":
        failing = known[-1].at - shown[-1].at if shown else timedelta(0)
        wanted, said = min(wanted, failing), f"the last visit failed; {said}"
    interval = min(max(wanted, least), most)
    bound = ", the least" if wanted < least else ", the most" if wanted > most else ""
    next_at = (known[-1].at if known else now) + interval
    why = f"{said}; next in {span(interval)}{bound}"
    if held_until is not None and held_until > next_at:
        next_at, why = held_until, f"{why}, but not before {held_until:%Y-%m-%d %H:%M} UTC, as its host asked"
    return Visit(next_at=next_at, interval=interval, why=why)


def span(length: timedelta) -> str:
    """*length* as a person says it, in one unit: "40 seconds", "6 hours", "9 days"."""
    seconds = length.total_seconds()
    units = (("second", 1, 120.0), ("minute", 60, 7_200.0), ("hour", 3_600, 172_800.0), ("day", 86_400, math.inf))
    unit, size = next((unit, size) for unit, size, below in units if seconds < below)
    count = round(seconds / size)
    return counted(count, unit)


def rate(gaps: Sequence[tuple[float, bool]]) -> float:
    """Changes in a unit of time, estimated from the times between visits and whether the page had changed in each.

    0.0 where it never had. *gaps* are positive.
    """
    changed = [gap for gap, has_changed in gaps if has_changed]
    if not changed:
        return 0.0
    mean = sum(gap for gap, _ in gaps) / len(gaps)
    unchanged = sum(gap for gap, has_changed in gaps if not has_changed) + mean / 2
    # The likelihood is greatest where the sum of gap / (exp(rate x gap) - 1) over the changed gaps is the sum of the
    # unchanged ones. The left side falls with the rate and is less than the number of changes divided by it.
    low, high = 0.0, len(changed) / unchanged
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if sum(gap / math.expm1(min(middle * gap, 700)) for gap in changed) > unchanged:
            low = middle
        else:
            high = middle
    return high


def _wanted(shown: Sequence[Observation]) -> tuple[timedelta, str]:
    """How long to wait by what visits have *shown*, before any bounds, and why in words."""
    if not shown:
        return timedelta(0), "not seen yet"
    if len(shown) == 1:
        return timedelta(0), "seen once"
    gaps = [((later.at - one.at).total_seconds(), later.shows == "changed") for one, later in pairwise(shown)]
    changes = sum(has_changed for _, has_changed in gaps)
    watched = shown[-1].at - shown[0].at
    seen = f"{changes or 'no'} {'change' if changes < 2 else 'changes'} in {len(shown)} visits over {span(watched)}"
    found = rate([(gap, has_changed) for gap, has_changed in gaps if gap > 0])
    if not found:
        return watched, seen
    return timedelta(seconds=_CHANCE / found), f"{seen}, about one in {span(timedelta(seconds=1 / found))}"
