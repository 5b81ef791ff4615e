"""Fetcher: one URL in, one capture out, whatever the network does."""

import asyncio
import ssl
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

from ..bounds import Bounds
from ..capture import Capture, Headers, Hop, Outcome
from ..coding import ACCEPTED
from ..errors import AddressRefused, FetchError
from ..urls import clean, host, join, port
from ..version import VERSION
from .exchange import Answer, ask
from .guard import Resolve, resolve
from .politeness import Pace, Politeness, Sleep, Turn
from .reception import NOT_MODIFIED, REDIRECTS
from .retry import Attempt, passing, retry_after_s, with_retries
from .robots import MAX_ROBOTS_BYTES, PRODUCT, Decision, Rules, rules_of
from .transport import Transport

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_PAGES = frozenset({200, 203})
_MISSING = frozenset({404, 410})
_LATER = frozenset({429, 503})
_USUAL_PORTS = frozenset({80, 443})
_MAX_CONDITION_CHARS = 1024
_MAX_REASON_CHARS = 300
_ROBOTS_HOPS = 5
_ROBOTS_KEPT_S = 86_400.0
# One that could not be had is asked for again sooner: a server that stumbles once must not cost a day.
_UNREACHABLE_KEPT_S = 600.0
_FOR_ROBOTS = Pace(why="the request before was for robots.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How we behave towards a publisher.

    Between two requests to a host pass *delay_s*, more where robots.txt asks for it, and at least *pace* times as long
    as the host took to answer; *connections* are open to it at a time. *allow_addresses* are the private
    "address:port" that may be connected to, *allow_downgrade* lets redirects lead from https to http.
    """

    contact: str = ""
    delay_s: float = 2.0
    pace: float = 2.0
    connections: int = 1
    allow_addresses: frozenset[str] = frozenset()
    allow_downgrade: bool = False
    bounds: Bounds = field(default_factory=Bounds)

    @property
    def user_agent(self) -> str:
        """Who asks, and where its owner can be reached."""
        name = f"{PRODUCT}/{VERSION}"
        return f"{name} (+{self.contact})" if self.contact else name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Robots:
    """What one origin's robots.txt says, until when that counts, and the pace that follows from it."""

    host: str
    rules: Rules
    until: float
    pace: Pace


@dataclass(slots=True, kw_only=True)
class _Way:
    """One attempt: the way from a URL over its redirects, as far as it has come."""

    url: str
    here: str
    conditions: Headers
    captured_at: datetime
    monotonic_s: float
    follows: Callable[[str], bool] = lambda _: True
    hops: tuple[Hop, ...] = ()
    answer: Answer | None = None
    robots: str = ""
    pace: str = ""
    waited_s: float = 0.0
    spent_s: float = 0.0
    took_s: float = 0.0

    def ended(self, outcome: Outcome, reason: str, *, transient: bool = False) -> Attempt:
        """The attempt as it ended here."""
        line = " ".join(reason.split())
        answer = self.answer
        received = answer.received if answer else None
        capture = Capture(
            url=self.url,
            final_url=self.here,
            captured_at=self.captured_at,
            monotonic_s=self.monotonic_s,
            outcome=outcome,
            reason=line if len(line) <= _MAX_REASON_CHARS else f"{line[: _MAX_REASON_CHARS - 1]}…",
            hops=self.hops,
            robots=self.robots,
            pace=self.pace,
            waited_s=self.waited_s,
            duration_s=self.took_s,
            status=answer.status if answer else None,
            content_type=answer.header("content-type") if answer else "",
            request_headers=answer.request_headers if answer else (),
            response_headers=answer.headers if answer else (),
            request_head=received.request_head if received else b"",
            response_head=received.head if received else b"",
            body=answer.body if answer else None,
            coding=answer.coding if answer else "",
            decoded=answer.decoded if answer else None,
            wire_bytes=len(received.body) if received else 0,
            address=received.peer.address if received else "",
            tls=received.peer.tls if received else "",
            certificate_sha256=received.peer.certificate_sha256 if received else "",
            server_date=answer.header("date") if answer else "",
        )
        return Attempt(capture=capture, transient=transient)


class Fetcher:
    """Copies pages of one publisher politely; an async context manager.

    robots.txt of each origin is fetched before its first page, and again after a day, and handed to *on_robots*. Every
    hop of a redirect passes robots.txt, the pace of its host and the address guard anew. No cookies, no credentials.
    *tls* is what certificates are checked by, the system's trust store by default.
    """

    def __init__(  # noqa: PLR0913 -- clock, sleep and resolver enter as arguments, so that every test is repeatable
        self,
        manners: Manners,
        *,
        now: Callable[[], datetime],
        politeness: Politeness | None = None,
        on_robots: Callable[[Capture], None] = lambda _: None,
        resolver: Resolve = resolve,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._manners = manners
        self._bounds = manners.bounds
        self._robots_bounds = replace(manners.bounds, wire_bytes=MAX_ROBOTS_BYTES, hops=_ROBOTS_HOPS)
        self._headers: Headers = (
            ("User-Agent", manners.user_agent),
            ("Accept", _ACCEPT),
            ("Accept-Encoding", ACCEPTED),
        )
        self._now = now
        self._clock = clock
        self._sleep = sleep
        self._politeness = politeness or Politeness(clock=clock, sleep=sleep)
        self._on_robots = on_robots
        self._robots: dict[str, _Robots] = {}
        self._robots_locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._transport = Transport(
            bounds=manners.bounds,
            allowed=manners.allow_addresses,
            resolver=resolver,
            tls=tls,
            clock=clock,
            kept=manners.connections,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    async def fetch(
        self, url: str, *, etag: str = "", last_modified: str = "", follows: Callable[[str], bool] = lambda _: True
    ) -> Capture:
        """A capture of *url*, failed or refused ones included: nothing the network does is raised.

        With *etag* or *last_modified* the request is conditional, and 304 gives outcome "not-modified". An address to
        which a redirect leads and which *follows* denies is not asked for: the capture ends there, "refused".
        Raises UsageError for what is no http(s) URL.
        """
        start = clean(url)
        conditions = tuple(
            (name, value.strip())
            for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified))
            if value.strip() and value.isascii() and value.isprintable() and len(value) <= _MAX_CONDITION_CHARS
        )
        spent_s = 0.0

        async def attempt() -> Attempt:
            nonlocal spent_s
            way = self._way(start, conditions)
            way.spent_s, way.follows = spent_s, follows
            try:
                return await self._follow(way, self._bounds, self._politeness, obey=True)
            finally:
                spent_s = way.spent_s

        return await with_retries(attempt, bounds=self._bounds, sleep=self._sleep)

    async def fetch_resource(self, url: str, headers: Headers = ()) -> Capture:
        """A capture of what a page asks for by itself: as `fetch`, without robots.txt, pause or another attempt.

        *headers* go with the first request, instead of ours of the same name, and not with those it is redirected to.
        """
        unpaced = Politeness(clock=self._clock, sleep=self._sleep)
        return (await self._follow(self._way(clean(url), headers), self._bounds, unpaced, obey=False)).capture

    async def rules(self, url: str) -> Rules:
        """The rules of the origin of *url*: its robots.txt, fetched if it was not within the last day."""
        return (await self._robots_of(clean(url))).rules

    async def _robots_of(self, url: str) -> _Robots:
        place = url[: url.index("/", url.index("://") + 3)]
        known = self._robots.get(place)
        if known is not None and self._clock() < known.until:
            return known
        async with self._robots_locks[place]:
            known = self._robots.get(place)
            if known is None or self._clock() >= known.until:
                known = self._robots[place] = await self._fetch_robots(place)
        return known

    async def _fetch_robots(self, place: str) -> _Robots:
        address = f"{place}/robots.txt"
        capture = await with_retries(
            lambda: self._follow(self._way(address, ()), self._robots_bounds, self._politeness, obey=False),
            bounds=self._bounds,
            sleep=self._sleep,
        )
        rules = rules_of(capture)
        self._on_robots(capture)
        kept_s = _UNREACHABLE_KEPT_S if rules.is_unreachable else _ROBOTS_KEPT_S
        return _Robots(host=host(address), rules=rules, until=self._clock() + kept_s, pace=self._pace(rules))

    def _pace(self, rules: Rules) -> Pace:
        manners = self._manners
        pace = Pace(least_s=manners.delay_s, factor=manners.pace, connections=manners.connections)
        if rules.crawl_delay_s > manners.delay_s:
            pace = replace(pace, least_s=rules.crawl_delay_s, why=rules.crawl_delay_why)
        return pace

    def _way(self, url: str, conditions: Headers) -> _Way:
        return _Way(url=url, here=url, conditions=conditions, captured_at=self._now(), monotonic_s=self._clock())

    async def _follow(self, way: _Way, bounds: Bounds, politeness: Politeness, *, obey: bool) -> Attempt:
        """*way* to its end, over redirects, by the turns of *politeness*; *obey* asks robots.txt before each hop."""
        while True:
            name, pace = "", _FOR_ROBOTS
            if obey:
                robots = await self._robots_of(way.here)
                name, pace = robots.host, robots.pace
                decision = robots.rules.decide(way.here)
                way.robots = decision.why
                if not decision.allowed:
                    return way.ended(*_not_asked(decision))
            try:
                async with politeness.turn(name or host(way.here), pace, patience_s=bounds.retry_after_s) as turn:
                    answer = await self._ask(way, turn, bounds)
                if answer.status not in REDIRECTS:
                    return _judged(way, answer)
                hop = self._next_hop(way, answer, bounds)
            except AddressRefused as error:
                return way.ended("refused", error.message)
            except FetchError as error:
                return way.ended("failed", error.message, transient=error.transient)
            # The condition was about the page asked for; another page may well be older than it.
            way.conditions = ()
            way.hops = (*way.hops, hop)
            if not way.follows(hop.location):
                return way.ended("refused", f"redirects to {hop.location}, which is not followed from here")
            way.here, way.answer = hop.location, None

    async def _ask(self, way: _Way, turn: Turn, bounds: Bounds) -> Answer:
        """The answer to the request of this *turn*, which the host is judged by."""
        way.waited_s += turn.waited_s
        way.pace = turn.why
        if not way.hops:
            way.captured_at, way.monotonic_s = self._now(), self._clock()
        begun = self._clock()
        try:
            deadline = asyncio.get_running_loop().time() + bounds.total_s - way.spent_s
            told = {name.lower() for name, _ in way.conditions}
            headers = (*(pair for pair in self._headers if pair[0].lower() not in told), *way.conditions)
            answer = await ask(self._transport, way.here, headers, bounds=bounds, deadline=deadline)
        except FetchError as error:
            way.took_s += self._clock() - begun
            if error.transient:
                turn.failed(error.message)
            raise
        finally:
            way.spent_s += self._clock() - begun
        way.took_s += answer.received.took_s
        way.answer = answer
        _judge_host(way, turn, answer)
        return answer

    def _next_hop(self, way: _Way, answer: Answer, bounds: Bounds) -> Hop:
        """Where a redirect leads. Raises FetchError where it is not followed."""
        here, location = way.here, answer.header("location")
        target = join(here, location) if location else None
        if target is None:
            raise FetchError(f"redirect to '{location}', expected an http(s) URL", url=here, transient=False)
        if target == here or any(target == hop.url for hop in way.hops):
            raise FetchError(f"redirects go round in a circle at {target}", url=here, transient=False)
        if len(way.hops) >= bounds.hops:
            raise FetchError(f"more than {bounds.hops} redirects", url=here, transient=False)
        if not self._is_usual(target, way.url):
            raise FetchError(f"redirect to port {port(target)}, expected 80 or 443", url=here, transient=False)
        is_downgrade = here.startswith("https:") and target.startswith("http:")
        if is_downgrade and not self._manners.allow_downgrade:
            raise FetchError(f"redirect from https to {target}, expected https", url=here, transient=False)
        return Hop(
            url=here,
            status=answer.status,
            location=target,
            address=answer.received.peer.address,
            head=answer.received.head,
            is_downgrade=is_downgrade,
        )

    def _is_usual(self, target: str, asked: str) -> bool:
        place = f"{host(target)}:{port(target)}"
        return port(target) in {*_USUAL_PORTS, port(asked)} or place in self._manners.allow_addresses


def _not_asked(decision: Decision) -> tuple[Outcome, str]:
    return ("failed" if decision.verdict == "unreachable" else "refused"), decision.why


def _judge_host(way: _Way, turn: Turn, answer: Answer) -> None:
    """Tells the host's pace how it went."""
    status, problem = answer.status, answer.problem
    if status in _LATER:
        turn.slowed(f"status {status}", retry_after_s(way.ended("failed", "").capture))
    elif passing(status) or (problem and problem.transient):
        turn.failed(problem.reason if problem else _named(status))
    else:
        turn.answered(answer.received.took_s)


def _judged(way: _Way, answer: Answer) -> Attempt:
    """The end of the way by the status of its last answer."""
    status, problem = answer.status, answer.problem
    if status == NOT_MODIFIED:
        if way.conditions:
            return way.ended("not-modified", "")
        return way.ended("failed", "status 304 (Not Modified) to a request without a condition")
    if status in _MISSING:
        return way.ended("missing", _named(status))
    if status not in _PAGES:
        return way.ended("failed", _named(status), transient=passing(status))
    if problem:
        return way.ended(problem.outcome, problem.reason, transient=problem.transient)
    return way.ended("fetched", "")


def _named(status: int) -> str:
    try:
        return f"status {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return f"status {status}"
