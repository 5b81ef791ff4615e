"""Fetcher: one URL in, one capture out, whatever the network does."""

import asyncio
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from importlib.metadata import version
from types import TracebackType
from typing import Self

from ..capture import Capture, Headers, Hop, Outcome
from ..errors import AddressRefused, FetchError
from ..urls import clean, host, join, origin, port
from ..bounds import Bounds
from .exchange import NOT_MODIFIED, REDIRECTS, Answer, ask
from .guard import Resolve, resolve
from .politeness import Politeness, Sleep
from .retry import Attempt, passing, with_retries
from .robots import PRODUCT, Decision, Rules, rules_of
from .transport import client

_PAGES = frozenset({200, 203})
_MISSING = frozenset({404, 410})
_USUAL_PORTS = frozenset({80, 443})
_MAX_CONDITION_CHARS = 1024
_MAX_REASON_CHARS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How we behave towards a publisher. *allow_addresses* are the private "address:port" that may be connected to."""

    contact: str = ""
    delay_s: float = 2.0
    allow_addresses: frozenset[str] = frozenset()
    bounds: Bounds = field(default_factory=Bounds)

    @property
    def user_agent(self) -> str:
        """Who asks, and where its owner can be reached."""
        name = f"{PRODUCT}/{version('fonds')}"
        return f"{name} (+{self.contact})" if self.contact else name


class Fetcher:
    """Copies pages of one publisher politely; an async context manager.

    robots.txt of each origin is fetched once, before its first page, and handed to *on_robots*. Every hop of a
    redirect passes robots.txt, the pace of its host and the address guard anew. No cookies, no credentials.
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
    ) -> None:
        self._manners = manners
        self._bounds = manners.bounds
        self._now = now
        self._clock = clock
        self._sleep = sleep
        self._politeness = politeness or Politeness(clock=clock, sleep=sleep)
        self._on_robots = on_robots
        self._rules: dict[str, Rules] = {}
        self._client = client(
            user_agent=manners.user_agent, bounds=manners.bounds, allowed=manners.allow_addresses, resolver=resolver
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def fetch(self, url: str, *, etag: str = "", last_modified: str = "") -> Capture:
        """A capture of *url*, failed or refused ones included: nothing the network does is raised.

        With *etag* or *last_modified* the request is conditional, and 304 gives outcome "not-modified".
        Raises UsageError for what is no http(s) URL.
        """
        start = clean(url)
        conditions = tuple(
            (name, value)
            for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified))
            if value and value.isascii() and value.isprintable() and len(value) <= _MAX_CONDITION_CHARS
        )
        return await with_retries(lambda: self._attempt(start, conditions), bounds=self._bounds, sleep=self._sleep)

    async def fetch_resource(self, url: str, headers: Headers = ()) -> Capture:
        """A capture of what a page asks for by itself: as `fetch`, without robots.txt, pause or another attempt.

        *headers* go with the first request, not with those to which it is redirected.
        """
        return (await self._follow(clean(url), headers, paced=False)).capture

    async def rules(self, url: str) -> Rules:
        """The rules of the origin of *url*: its robots.txt, fetched the first time they are asked for."""
        place = origin(url)
        if place not in self._rules:
            address = f"{place}/robots.txt"
            capture = await with_retries(lambda: self._follow(address, ()), bounds=self._bounds, sleep=self._sleep)
            self._rules[place] = rules_of(capture)
            self._on_robots(capture)
        return self._rules[place]

    async def _attempt(self, url: str, conditions: Headers) -> Attempt:
        return await self._follow(url, conditions, obey=True)

    async def _follow(self, url: str, conditions: Headers, *, obey: bool = False, paced: bool = True) -> Attempt:
        """The way from *url* over its redirects to an answer; *obey* asks robots.txt before each hop."""
        capture = Capture(url=url, final_url=url, captured_at=self._now(), outcome="failed")
        while True:
            pause_s = 0.0 if paced else None
            if obey:
                rules = await self.rules(capture.final_url)
                decision = rules.decide(capture.final_url)
                capture = replace(capture, robots=decision.why)
                if not decision.allowed:
                    return _not_asked(capture, decision)
                pause_s = max(self._manners.delay_s, rules.crawl_delay_s)
            try:
                answer, took_s = await self._ask(capture, conditions, pause_s)
                capture = _with_answer(capture, answer, took_s)
                if answer.status not in REDIRECTS:
                    return _judged(capture, answer, conditional=bool(conditions))
                hop = self._next_hop(capture, answer)
            except AddressRefused as error:
                return _ended(capture, "refused", error.message)
            except FetchError as error:
                return _ended(capture, "failed", error.message, transient=error.transient)
            # The condition was about the page asked for; another page may well be older than it.
            conditions = ()
            capture = replace(capture, hops=(*capture.hops, hop), final_url=hop.location)

    async def _ask(self, capture: Capture, conditions: Headers, pause_s: float | None) -> tuple[Answer, float]:
        url = capture.final_url
        async with nullcontext() if pause_s is None else self._politeness.turn(host(url), pause_s):
            begun = self._clock()
            within_s = self._bounds.total_s - capture.duration_s
            answer = await ask(self._client, url, conditions, bounds=self._bounds, within_s=within_s)
            return answer, self._clock() - begun

    def _next_hop(self, capture: Capture, answer: Answer) -> Hop:
        """Where a redirect leads. Raises FetchError where it is not followed."""
        here, location = capture.final_url, answer.header("location")
        target = join(here, location) if location else None
        if target is None:
            raise FetchError(f"redirect to '{location}', expected an http(s) URL", url=here, transient=False)
        if target == here or any(target == hop.url for hop in capture.hops):
            raise FetchError(f"redirects go round in a circle at {target}", url=here, transient=False)
        if len(capture.hops) >= self._bounds.hops:
            raise FetchError(f"more than {self._bounds.hops} redirects", url=here, transient=False)
        if not self._is_usual(target, capture.url):
            raise FetchError(f"redirect to port {port(target)}, expected 80 or 443", url=here, transient=False)
        return Hop(url=here, status=answer.status, location=target)

    def _is_usual(self, target: str, asked: str) -> bool:
        place = f"{host(target)}:{port(target)}"
        return port(target) in {*_USUAL_PORTS, port(asked)} or place in self._manners.allow_addresses


def _not_asked(capture: Capture, decision: Decision) -> Attempt:
    return _ended(capture, "failed" if decision.verdict == "unreachable" else "refused", decision.why)


def _with_answer(capture: Capture, answer: Answer, took_s: float) -> Capture:
    return replace(
        capture,
        status=answer.status,
        content_type=answer.header("content-type"),
        request_headers=answer.request_headers,
        response_headers=answer.headers,
        body=answer.body,
        wire_bytes=answer.wire_bytes,
        address=answer.address,
        duration_s=capture.duration_s + took_s,
    )


def _judged(capture: Capture, answer: Answer, *, conditional: bool) -> Attempt:
    """The end of the way by the status of its last answer."""
    status = answer.status
    if status == NOT_MODIFIED:
        if conditional:
            return _ended(capture, "not-modified", "")
        return _ended(capture, "failed", "status 304 (Not Modified) to a request without a condition")
    if status in _MISSING:
        return _ended(capture, "missing", _named(status))
    if status not in _PAGES:
        return _ended(capture, "failed", _named(status), transient=passing(status))
    return _ended(capture, "failed" if answer.problem else "fetched", answer.problem)


def _ended(capture: Capture, outcome: Outcome, reason: str, *, transient: bool = False) -> Attempt:
    line = " ".join(reason.split())
    line = line if len(line) <= _MAX_REASON_CHARS else f"{line[: _MAX_REASON_CHARS - 1]}…"
    return Attempt(capture=replace(capture, outcome=outcome, reason=line), transient=transient)


def _named(status: int) -> str:
    try:
        return f"status {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return f"status {status}"
