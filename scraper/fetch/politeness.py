"""Politeness: how soon a host is asked again. The pause follows its own response time and its signs of trouble."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ..errors import FetchError

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]

MAX_PAUSE_S = 60.0
MAX_BACKOFF_S = 300.0
MAX_HOLD_S = 86_400.0
_LEAST_BACKOFF_S = 1.0
_MAX_SLOWNESS = 10
_NEWEST_SHARE = 0.3
_FAILURES_IN_A_ROW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a host may be asked.

    Between two requests pass *least_s*, because of *why*, or *factor* times the host's own response time where that is
    more, up to a minute. As many *connections* may be open at a time, each with a pause of its own after its request;
    no two requests begin within *least_s*.
    """

    least_s: float = 0.0
    why: str = "delay_s of the source"
    factor: float = 0.0
    connections: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A host that is not to be asked for *wait_s* more, because of *reason*."""

    wait_s: float
    reason: str


class HostHeld(FetchError):
    """The host asked to be left alone for longer than we wait; nothing was sent. *hold* says for how long, and why."""

    def __init__(self, host: str, hold: Hold) -> None:
        super().__init__(f"not asked: {hold.reason}; {hold.wait_s:,.0f} s of it are left", url=host, transient=False)
        self.hold = hold


class Politeness:
    """Turns at hosts. Share one between all fetchers of a run, so that two sources on one host keep its pace.

    At most *at_once* requests are under way over all hosts together.
    """

    def __init__(self, *, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep, at_once: int = 1_000) -> None:
        self._clock = clock
        self._sleep = sleep
        self._slots = asyncio.Semaphore(at_once)
        self._hosts: dict[str, _Host] = {}

    def turn(self, host: str, pace: Pace, *, patience_s: float = MAX_HOLD_S) -> "Turn":
        """The right to send one request to *host*; entered once it may be sent.

        Entering raises HostHeld where the host is held for longer than *patience_s*.
        """
        return Turn(host, self._host(host), pace, patience_s, (self._clock, self._sleep, self._slots))

    def held(self, host: str) -> Hold | None:
        """What is left of the wait that *host* asked for; None where it may be asked."""
        state = self._hosts.get(host)
        return state.held(self._clock()) if state else None

    def hold(self, host: str, wait_s: float, reason: str) -> None:
        """Lets nothing be asked of *host* for *wait_s* from now, a day at most. A hold that lasts longer stays."""
        self._host(host).hold(self._clock(), wait_s, reason)

    def _host(self, host: str) -> "_Host":
        state = self._hosts.get(host)
        if state is None:
            state = self._hosts[host] = _Host()
        return state


class Turn:
    """One request to one host; whoever made it says how it went.

    *waited_s* is the time spent on waiting for it, *why* what decided the pause, in one line.
    """

    def __init__(
        self, host: str, state: "_Host", pace: Pace, patience_s: float, shared: tuple[Clock, Sleep, asyncio.Semaphore]
    ) -> None:
        self._host = host
        self._state = state
        self._pace = pace
        self._patience_s = patience_s
        self._clock, self._sleep, self._slots = shared
        self.waited_s = 0.0
        self.why = ""

    async def __aenter__(self) -> Self:
        begun, slept_until = self._clock(), None
        async with self._state.gate:
            while True:
                await self._state.place_for_one(self._pace)
                now = self._clock()
                held = self._state.held(now)
                if held and held.wait_s > self._patience_s:
                    raise HostHeld(self._host, held)
                ready, self.why = self._state.ready(self._pace)
                # The host may be held in the meantime; the same moment is not waited for twice.
                if ready <= now or ready == slept_until:
                    break
                slept_until = ready
                await self._sleep(ready - now)
            # Only now: a host whose pause is long takes no place from the others.
            await self._slots.acquire()
            self._state.begin(self._clock(), self._pace)
        self.waited_s = self._clock() - begun
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._slots.release()
        self._state.end(self._clock(), self._pace)

    def answered(self, took_s: float) -> None:
        """The host answered in *took_s*: the pause follows, and what it was slowed by is halved."""
        self._state.answered(self._pace, took_s)

    def slowed(self, reason: str, wait_s: float | None = None) -> None:
        """The host said "later", perhaps how much later: it is held that long, and its pause doubles."""
        self._state.slow(self._clock(), self._pace, reason, wait_s)

    def failed(self, reason: str) -> None:
        """No answer came. From the second in a row on that slows the host too."""
        self._state.fail(self._clock(), self._pace, reason)


class _Host:
    """What is known of one host; every moment is passed in."""

    def __init__(self) -> None:
        self.gate = asyncio.Lock()
        self._freed = asyncio.Event()
        self._busy = 0
        self._rests: deque[tuple[float, str]] = deque()  # when connections that are free may be used again
        self._next_start = (0.0, "")
        self._response_s: float | None = None
        self._failures = 0
        self._slowness = 0
        self._trouble = ""
        self._held_until = -1.0
        self._held_why = ""

    async def place_for_one(self, pace: Pace) -> None:
        while self._busy >= self._limit(pace):
            self._freed.clear()
            await self._freed.wait()

    def held(self, now: float) -> Hold | None:
        left = self._held_until - now
        return Hold(wait_s=left, reason=self._held_why) if left > 0 else None

    def ready(self, pace: Pace) -> tuple[float, str]:
        """When the next request may begin, and what decides that."""
        while len(self._rests) + self._busy > self._limit(pace):
            self._rests.popleft()
        candidates = [self._next_start, (self._held_until, self._held_why)]
        if len(self._rests) + self._busy == self._limit(pace):
            candidates.insert(0, self._rests[0])
        moment, why = max(candidates, key=lambda candidate: candidate[0])
        return moment, why or "no pause: nothing was asked of this host before"

    def begin(self, now: float, pace: Pace) -> None:
        if len(self._rests) + self._busy == self._limit(pace):
            self._rests.popleft()
        self._busy += 1
        self._next_start = (now + pace.least_s, _said(pace.least_s, pace.why))

    def end(self, now: float, pace: Pace) -> None:
        pause_s, why = self._pause(pace)
        self._rests.append((now + pause_s, _said(pause_s, why)))
        self._busy -= 1
        self._freed.set()

    def answered(self, pace: Pace, took_s: float) -> None:
        if pace.factor:
            before = took_s if self._response_s is None else self._response_s
            self._response_s = before + _NEWEST_SHARE * (took_s - before)
        self._failures = 0
        self._slowness = max(0, self._slowness - 1)

    def slow(self, now: float, pace: Pace, reason: str, wait_s: float | None) -> None:
        self._slowness = min(self._slowness + 1, _MAX_SLOWNESS)
        self._trouble = reason
        pause_s, why = self._pause(pace)
        if wait_s is None:
            self.hold(now, pause_s, why)
        else:
            self.hold(now, wait_s, f"{reason}, Retry-After {wait_s:,.0f} s")

    def fail(self, now: float, pace: Pace, reason: str) -> None:
        self._failures += 1
        if self._failures >= _FAILURES_IN_A_ROW:
            self.slow(now, pace, f"{self._failures} failures in a row, the last: {reason}", None)

    def hold(self, now: float, wait_s: float, reason: str) -> None:
        until = now + min(max(wait_s, 0.0), MAX_HOLD_S)
        if until > self._held_until:
            self._held_until, self._held_why = until, _said(until - now, reason)

    def _limit(self, pace: Pace) -> int:
        return 1 if self._slowness else pace.connections

    def _pause(self, pace: Pace) -> tuple[float, str]:
        """Seconds that a connection rests after a request, and why."""
        pause_s, why = pace.least_s, pace.why
        own_s = pace.factor * (self._response_s or 0.0)
        if min(own_s, MAX_PAUSE_S) > pause_s:
            pause_s, why = own_s, f"{pace.factor:g} times the host's response time of {self._response_s:.3g} s"
            if own_s > MAX_PAUSE_S:
                pause_s, why = MAX_PAUSE_S, f"{why}, held to {MAX_PAUSE_S:g} s"
        if self._slowness:
            backoff_s = min(max(2 * pause_s, _LEAST_BACKOFF_S) * 2 ** (self._slowness - 1), MAX_BACKOFF_S)
            pause_s, why = max(backoff_s, pause_s), f"slowed after {self._trouble}"
        return pause_s, why


def _said(seconds: float, why: str) -> str:
    return f"{seconds:,.0f} s: {why}" if seconds >= 100 else f"{seconds:.3g} s: {why}"
