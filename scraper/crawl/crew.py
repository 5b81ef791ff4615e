"""Crew: the workers of one source, so many to a host, until nothing is due that may be asked for."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..archive import Archive, FrontierRow
from ..capture import Capture
from ..fetch import Manners, Politeness
from ..sources import Source
from ..urls import host, url_key
from .canonical import Parse
from .coverage import unexpected
from .desk import Desk, Getter, Round
from .discovery import Discovery
from .frontier import Frontier
from .options import Budget, Options
from .result import Coverage
from .settle import Settler

# How many URLs are leased ahead for each connection: enough that a commit now and then suffices, few enough that what
# is found meanwhile with less depth comes soon.
_LEASED_AHEAD = 4
_MAX_FINDINGS = 100


@dataclass(slots=True)
class _Line:
    """One host: what is leased of it, its workers, and why nothing more is asked of it, "" while something is."""

    host: str
    rows: deque[FrontierRow] = field(default_factory=deque)
    workers: int = 0
    is_open: bool = False
    closed: str = ""


@dataclass(frozen=True, slots=True)
class _HeldBack:
    """A capture of a new address that waits for a known page, which may have moved there."""

    row: FrontierRow
    capture: Capture
    parse: Parse | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the runs of a crawl share."""

    options: Options
    politeness: Politeness
    budget: Budget
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]


class SourceRun:
    """One source's part of a crawl; *is_through* once nothing is left due."""

    def __init__(self, desk: Desk, source: Source, frontier: Frontier, work: Work) -> None:
        self.desk = desk
        self.is_through = False
        self._source = source
        self._work = work
        self._frontier = frontier
        # A parser may take its time, and nobody else can write meanwhile; without one many fit into a short commit.
        self._round: Round[Mapping[str, int]] = Round(desk)
        self._discovery = Discovery(source, frontier, desk.keep, work.options.traps)
        self._settler = Settler(desk, frontier, work.options.bounds, work.now)
        self._lines: dict[str, _Line] = {}
        self._findings: list[str] = []
        self._due_at = _due_since(desk.archive, work.now(), self._settler.pause_s)
        self._held_back: dict[str, list[_HeldBack]] = {}

    @property
    def renders(self) -> bool:
        """Whether the source's pages are captured by browser."""
        return self._source.capture == "browser"

    @property
    def manners(self) -> Manners:
        """How the source's hosts are treated."""
        source, options = self._source, self._work.options
        return Manners(
            contact=source.contact,
            delay_s=source.delay_s,
            pace=source.pace,
            connections=source.connections,
            allow_downgrade=source.allow_downgrade,
            allow_addresses=options.allow_addresses | set(source.allow_addresses),
            bounds=options.bounds,
        )

    async def run(self, fetcher: Getter, *, resumed: bool) -> None:
        """Discovers and fetches until nothing is due that may be asked, or the budget is spent."""
        await self._read_unread()
        self._frontier.seed()
        if resumed:
            self._settler.resume(self._frontier.done())
        self._respect_holds()
        await self._work_off(fetcher)
        # Last, so that pages that are linked no longer are asked for too.
        self._frontier.offer_known()
        await self._work_off(fetcher)
        await self._ask_again(fetcher)
        self._frontier.give_back()
        self.is_through = not self._frontier.counts().get("due", 0) and not self._discovery.waiting_hosts()

    async def _read_unread(self) -> None:
        if not self._work.options.parse:
            return
        async for _ in self.desk.read_unread():
            if self._work.budget.left_s == 0:
                return

    def _respect_holds(self) -> None:
        """Leaves alone the hosts that asked an earlier run to wait; what little is left of a wait is waited for."""
        now = self._work.now()
        for name, (until, reason) in self.desk.archive.held_hosts(now).items():
            if name not in self._frontier.scope.hosts:
                continue
            wait_s = (until - now).total_seconds()
            if wait_s > self._work.options.bounds.retry_after_s:
                self._close(self._line(name), f"not asked before {_said(until)}: {reason}")
            else:
                self._work.politeness.hold(name, wait_s, reason)
                self._due_at = max(self._due_at, until)

    async def _work_off(self, fetcher: Getter) -> None:
        """Reads and fetches at all hosts at once, until nothing is left that may be asked for."""
        while hosts := self._hosts_at_work():
            for name in hosts:
                self._line(name).is_open = False
            async with asyncio.TaskGroup() as tasks:
                for name in hosts:
                    tasks.create_task(self._open(self._line(name), fetcher, tasks))
            self._let_go()

    def _let_go(self) -> None:
        """Settles what waited for a page that was not asked after all; by a later run, where this one may not ask."""
        waiting = [held for several in self._held_back.values() for held in several]
        self._held_back.clear()
        if not self._work.budget.is_spent:
            for held in waiting:
                self._settle(held.row, held.capture, held.parse)

    def _hosts_at_work(self) -> list[str]:
        if self._work.budget.is_spent:
            return []
        hosts = {**dict.fromkeys(sorted(self._discovery.waiting_hosts())), **self._frontier.due_hosts(self._due_at)}
        return [name for name in hosts if not self._line(name).closed]

    async def _open(self, line: _Line, fetcher: Getter, tasks: asyncio.TaskGroup) -> None:
        await self._discovery.read(line.host, fetcher)
        line.is_open = True
        self._staff(line, self._source.connections, fetcher, tasks)

    def _staff(self, line: _Line, wanted: int, fetcher: Getter, tasks: asyncio.TaskGroup) -> None:
        """Sends workers to *line* for *wanted* more URLs, as many as may work there."""
        if not line.is_open or line.closed:
            return
        for _ in range(min(self._source.connections - line.workers, wanted)):
            line.workers += 1
            tasks.create_task(self._attend(line, fetcher, tasks))

    async def _attend(self, line: _Line, fetcher: Getter, tasks: asyncio.TaskGroup) -> None:
        """One worker: asks for one URL of the host after the other while there are any."""
        try:
            while row := self._next(line):
                found = await self._visit(line, row, fetcher)
                for name, count in found.items():
                    self._staff(self._line(name), count, fetcher, tasks)
        finally:
            line.workers -= 1

    def _next(self, line: _Line) -> FrontierRow | None:
        """The next URL to ask for at *line*, None where none is left or none may be asked."""
        while not line.closed:
            if not line.rows:
                count = self._source.connections * _LEASED_AHEAD
                line.rows.extend(self._frontier.lease(line.host, count, self._due_at))
            if not line.rows:
                return None
            row = line.rows.popleft()
            if self._settler.rests(row):
                continue
            if self._work.budget.take():
                return row
            line.rows.appendleft(row)
            return None
        return None

    async def _visit(self, line: _Line, row: FrontierRow, fetcher: Getter) -> Mapping[str, int]:
        capture = await self.desk.fetch(fetcher, row.url, self._settler.follows(row))
        traps = self._frontier.traps
        traps.charge(line.host, received=capture.wire_bytes, seconds=capture.duration_s + capture.waited_s)
        if self._asked_to_wait(line, row, capture):
            return {}
        if spent := traps.spent(line.host):
            self._close(line, f"{spent} in one run; the rest stays due")
        parse = await self._settler.parser(row, capture)
        if elder := self._settler.elder(row, capture, parse):
            self._held_back.setdefault(url_key(elder), []).append(_HeldBack(row, capture, parse))
            return self._frontier.offer([elder], depth=row.depth, found_by=f"same as {row.url}", is_listed=True)
        if self.desk.parses and capture.outcome == "fetched":
            found = Counter(self._settle(row, capture, parse))
        else:
            found = Counter(await self._round.join(lambda: self._settle(row, capture, parse)))
        for held in self._held_back.pop(row.url_key, ()):
            found.update(self._settle(held.row, held.capture, held.parse))
        return found

    def _settle(self, row: FrontierRow, capture: Capture, parse: Parse | None) -> Mapping[str, int]:
        settled = self._settler.settle(row, capture, parse)
        self._discovery.announce(settled.feeds)
        return settled.found

    def _asked_to_wait(self, line: _Line, row: FrontierRow, capture: Capture) -> bool:
        """Whether the host asked us to wait for longer than we do; *row* is due again then, and the wait on record."""
        if capture.outcome != "failed":
            return False
        final = host(capture.final_url)
        hold = self._work.politeness.held(final)
        if hold is None or hold.wait_s <= self._work.options.bounds.retry_after_s:
            return False
        until = self._work.now() + timedelta(seconds=hold.wait_s)
        archive = self.desk.archive
        with archive.transaction():
            number = self.desk.store(capture, page_id=archive.known_page(row.url))
            archive.hold_host(final, until, hold.reason)
            self._frontier.put_off(row, until, capture.reason)
        self.desk.tell(capture, number, capture.reason)
        self._close(self._line(final), f"not asked before {_said(until)}: {hold.reason}")
        return True

    async def _ask_again(self, fetcher: Getter) -> None:
        """Asks once more for what failed in passing, when all else is done."""
        while (again_at := self._settler.again_at) and not self._work.budget.is_spent:
            self._settler.again_at = None
            # By the steady clock: our own may be set back, or stand still, while we wait.
            left_s = self._work.budget.left_s
            await self._work.sleep(self._settler.pause_s if left_s is None else min(self._settler.pause_s, left_s))
            self._due_at = max(self._due_at, again_at)
            await self._work_off(fetcher)

    def _line(self, name: str) -> _Line:
        line = self._lines.get(name)
        if line is None:
            line = self._lines[name] = _Line(name)
        return line

    def _close(self, line: _Line, why: str) -> None:
        if not line.closed:
            line.closed = why
            self._findings.append(f"host {line.host}: {why}")

    def coverage(self) -> Coverage:
        """What came of it."""
        counts = self._frontier.counts()
        findings = [*self._discovery.findings, *self._findings, *self._settler.findings]
        if self.is_through:
            findings += unexpected(self.desk.archive, self._source, self._frontier)
        return Coverage(
            source=self._source.name,
            expected=sum(count for state, count in counts.items() if state != "skipped"),
            remaining=counts.get("due", 0),
            outcomes=self._frontier.outcomes(),
            skipped=self._frontier.skipped(),
            findings=_bounded(findings),
        )


def _due_since(archive: Archive, now: datetime, pause_s: float) -> datetime:
    """The moment up to which what was put off is due: not what this run puts off, that comes last.

    After our clock was set back, what was put off before it is due all the same.
    """
    newest = archive.newest_at()
    return now if newest is None or newest <= now else newest + timedelta(seconds=pause_s)


def _bounded(findings: Iterable[str]) -> tuple[str, ...]:
    lines = list(dict.fromkeys(findings))
    more = len(lines) - _MAX_FINDINGS
    return (*lines[:_MAX_FINDINGS], f"{more} more findings") if more > 0 else tuple(lines)


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
