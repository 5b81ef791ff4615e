"""Schedule: which sources are to be crawled when, and the runs that do it.

What is due is decided from the time stored with a source and the present, never from what a process remembers: a
machine that was off, a process that was killed and a clock that was set lose no run and repeat none. Missed runs are
made up for by one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NoReturn

from ..archive import Archive, CrawlRow, ScheduleRow, VisitRow
from ..errors import ArchiveBusy, first_of
from ..fetch import Politeness
from ..sources import Source
from ..urls import host, url_key
from .result import CrawlResult
from .revisit import next_visit, observations, span
from .run import Options, Report, crawl

_PAGES_AT_ONCE = 50  # whose next visits are set without a pause
_DRIFT_S = 60.0  # by which two sound clocks may differ
STEP_S = 5.0  # the longest that a change of a clock or of a source file goes unnoticed

Say = Callable[[str], None]
Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a source is to be crawled, and in one line why then."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A source that was due and what came of it; *result* is None where it was not crawled, *said* is one line."""

    source: str
    result: CrawlResult | None
    said: str


def offset(source: Source) -> timedelta:
    """How long after the time its cron expression names *source* begins: always the same, up to *jitter_s*.

    Publishers whose expressions are alike are so not asked in the same second.
    """
    digest = sha256(f"{source.name} {' '.join(sorted(_hosts(source)))}".encode()).digest()
    return timedelta(seconds=int(int.from_bytes(digest[:8]) / 2**64 * source.jitter_s))


def cron_times(source: Source, now: datetime) -> tuple[datetime, ...]:
    """The next two times after *now* at which *source* begins by its cron expression; fewer where there are none."""
    from cronsim import CronSim  # noqa: PLC0415 -- most commands need no schedule

    late = offset(source)
    ticks = CronSim(source.every, (now - late).astimezone(UTC))
    return tuple(tick + late for tick, _ in zip(ticks, range(2), strict=False))


def due(source: Source, row: ScheduleRow | None, now: datetime) -> Due | None:
    """When *source* is to be crawled by what is stored of it; None where it has no schedule, or one without a time.

    What is stored holds while the schedule is the same and the clock sound. By a sound clock the stored time is never
    after the next one from now; where it is, the clock was ahead when it was stored, and the time is set anew. Up to
    half an interval ahead it holds nevertheless: else a clock that is set back a little would repeat a run.
    """
    stored = row.next_at if row and row.every == source.every else None
    if source.every == "adaptive":
        return _adaptive_due(source, row, stored, now)
    return _cron_due(source, row, stored, now) if source.every else None


def after_run(source: Source, now: datetime) -> Due | None:
    """When *source* is to be crawled again, now that it was; None where there is no such time."""
    if source.every == "adaptive":
        least = _hours(source.least_hours)
        return Due(at=now + least, why=f"every {span(least)} for new pages, and for those that are due by then")
    times = cron_times(source, now) if source.every else ()
    return Due(at=times[0], why=_cron_why(source)) if times else None


def held(archive: Archive, source: Source, now: datetime) -> Due | None:
    """Until when all hosts that *source* begins at have asked not to be called, None where one may be."""
    holds, hosts = archive.held_hosts(now), _hosts(source)
    if not hosts <= holds.keys():
        return None
    until, reason = min(holds[one] for one in hosts)
    return Due(at=until, why=reason)


async def run_due(  # noqa: PLR0913 -- clock and turns at hosts enter as arguments, so that every test is repeatable
    archive: Archive,
    sources: Iterable[Source],
    options: Options,
    *,
    now: Callable[[], datetime],
    say: Say = lambda _: None,
    report: Report = lambda _: None,
    politeness: Politeness | None = None,
) -> tuple[Run, ...]:
    """Crawls every source that is due, each in a crawl of its own, and sets when it is due next.

    All go at once and share *politeness*, so that those with a host in common keep its pace. One that another process
    is crawling is skipped and stays due. Raises ArchiveError where nothing can be kept; what was not crawled then is
    still due.
    """
    desk = _Desk(archive, options, now, say, report, politeness)
    try:
        async with asyncio.TaskGroup() as tasks:
            started = [tasks.create_task(desk.run(source)) for source in sources if desk.is_due(source)]
    except BaseExceptionGroup as group:
        raise first_of(group) from group
    return tuple(task.result() for task in started)


async def keep_running(  # noqa: PLR0913 -- clock, pause and turns enter as arguments, so that every test is repeatable
    archive: Archive,
    load: Callable[[], Sequence[Source]],
    options: Options,
    *,
    now: Callable[[], datetime],
    pause: Pause = asyncio.sleep,
    say: Say = lambda _: None,
    report: Report = lambda _: None,
    politeness: Politeness | None = None,
    after: Callable[[], Awaitable[None]] | None = None,
) -> NoReturn:
    """Crawls sources whenever they are due, until cancelled.

    It sleeps in short steps by the monotonic clock and reads the sources by *load* and their times anew after each, so
    that it takes up what was changed meanwhile. *after* is called when a source was crawled. Raises ArchiveError where
    nothing can be kept.
    """
    desk = _Desk(archive, options, now, _unrepeated(say), report, politeness)
    running: set[str] = set()

    async def run(source: Source) -> None:
        try:
            if (await desk.run(source)).result and after:
                await after()
        finally:
            running.discard(source.name)

    try:
        async with asyncio.TaskGroup() as tasks:
            while True:
                for source in load():
                    if source.name not in running and desk.is_due(source):
                        running.add(source.name)
                        tasks.create_task(run(source), name=f"crawl of {source.name}")
                await pause(STEP_S)
    except BaseExceptionGroup as group:
        raise first_of(group) from group


class _Desk:
    """What the runs of one process share."""

    def __init__(
        self,
        archive: Archive,
        options: Options,
        now: Callable[[], datetime],
        say: Say,
        report: Report,
        politeness: Politeness | None,
    ) -> None:
        self._archive = archive
        self._options = options
        self._now = now
        self._say = say
        self._report = report
        self._politeness = politeness or Politeness(at_once=options.connections)

    def is_due(self, source: Source) -> bool:
        """Whether *source* is to be crawled now; the time when it will be is stored where that is news."""
        now, row = self._now(), self._archive.schedule_row(source.name)
        found = due(source, row, now)
        if found is None:
            return False
        if row is None or (row.every, row.next_at) != (source.every, found.at):
            self._store(source, found, row)
        if found.at > now:
            return False
        hold = held(self._archive, source, now)
        if hold:
            self._say(f"{source.name}: due, but not before {hold.at:%Y-%m-%d %H:%M:%S} UTC: {hold.why}")
        return hold is None

    async def run(self, source: Source) -> Run:
        """Crawls *source*, unless another process does so now or has done so since it was due."""
        begun, row = self._now(), self._archive.schedule_row(source.name)
        earlier = self._crawl_since(row, begun) if row else None
        if earlier:
            return self._ended(source, earlier.started_at, earlier.ended_at, None, "crawled by itself since it was due")
        self._say(f"{source.name}: crawl begins, {row.why if row else 'due'}")
        options = self._options
        if _is_adaptive(source):
            options = replace(options, not_due=await self._not_due(source, begun))
        try:
            result = await crawl(
                self._archive,
                [source],
                options,
                now=self._now,
                report=self._report,
                politeness=self._politeness,
            )
        except ArchiveBusy as busy:
            if not busy.holder:
                raise
            self._say(f"{source.name}: skipped, {busy.holder} is crawling it; it stays due")
            return Run(source=source.name, result=None, said=f"skipped: {busy.holder} is crawling it")
        for lesson in result.learned:
            self._say(lesson.said)
        if _is_adaptive(source):
            captures = self._archive.captures(crawl_id=result.crawl_id)
            await self._set_visits(source, {row.page_id: row.url for row in captures if row.page_id is not None})
        return self._ended(source, begun, self._now(), result, _said(result))

    def _ended(
        self, source: Source, begun: datetime, ended: datetime | None, result: CrawlResult | None, said: str
    ) -> Run:
        following = after_run(source, self._now())
        self._archive.set_schedule(
            ScheduleRow(
                source=source.name,
                every=source.every,
                next_at=following.at if following else None,
                why=following.why if following else "its cron expression names no further time",
                started_at=begun,
                ended_at=ended,
                result=said,
            )
        )
        self._say(f"{source.name}: {said}" + (f"; next at {following.at:%Y-%m-%d %H:%M} UTC" if following else ""))
        return Run(source=source.name, result=result, said=said)

    def _store(self, source: Source, found: Due, row: ScheduleRow | None) -> None:
        before = row or ScheduleRow(
            source=source.name, every="", next_at=None, why="", started_at=None, ended_at=None, result=""
        )
        self._archive.set_schedule(replace(before, every=source.every, next_at=found.at, why=found.why))

    def _crawl_since(self, row: ScheduleRow, now: datetime) -> CrawlRow | None:
        """A whole crawl of the source that was begun and ended since it was due, by hand as a rule; None without one.

        By a clock that was ahead earlier runs may seem to be such. The last one is, where that clock is right again.
        """
        crawls = [crawl for crawl in self._archive.crawls() if row.source in crawl.sources]
        by_us = [place for place, crawl in enumerate(crawls) if _is_between(crawl.started_at, row)]
        if by_us:
            last = by_us[-1]
            crawls = crawls[last if self._keeps_time(crawls[last], now) else last + 1 :]
        due_at = row.next_at
        since = [crawl for crawl in crawls if crawl.ended_at and due_at and due_at <= crawl.started_at <= now]
        return since[0] if since else None

    def _keeps_time(self, crawl: CrawlRow, now: datetime) -> bool:
        """Whether our clock says as much time to have passed since *crawl* began as one that is never set."""
        first = next(iter(self._archive.captures(crawl_id=crawl.id)), None)
        if first is None:
            return False
        steady_s = time.monotonic() - first.monotonic_s
        return abs((now - first.captured_at).total_seconds() - steady_s) < _DRIFT_S

    async def _not_due(self, source: Source, now: datetime) -> frozenset[str]:
        """The keys of the pages that need no visit yet; visits that are missing or no longer hold are set first."""
        archive = self._archive
        rows = {row.page_id: row for row in archive.visits(source.name)}
        pages = archive.pages(source=source.name)
        stale = {page.id: page.url for page in pages if not _holds(rows.get(page.id), page.last_seen, now)}
        await self._set_visits(source, stale)
        return frozenset(url_key(row.url) for row in archive.visits(source.name) if row.next_at > now)

    async def _set_visits(self, source: Source, pages: Mapping[int, str]) -> None:
        """Sets when *pages*, of which the URLs are given, are visited next."""
        now, numbers = self._now(), list(pages)
        for start in range(0, len(numbers), _PAGES_AT_ONCE):
            with self._archive.transaction():
                for page_id in numbers[start : start + _PAGES_AT_ONCE]:
                    self._set_visit(source, page_id, pages[page_id], now)
            await asyncio.sleep(0)  # other crawls have answers waiting

    def _set_visit(self, source: Source, page_id: int, url: str, now: datetime) -> None:
        archive = self._archive
        seen = observations(archive.captures(page_id=page_id), archive.versions(str(page_id)))
        until, _ = archive.held_hosts(now).get(host(url), (None, ""))
        visit = next_visit(seen, now, _hours(source.least_hours), _hours(source.most_hours), held_until=until)
        archive.set_visit(page_id, visit.next_at, visit.interval.total_seconds(), visit.why)


def _cron_due(source: Source, row: ScheduleRow | None, stored: datetime | None, now: datetime) -> Due | None:
    times = cron_times(source, now)
    if not times:
        return None
    first, *later = times
    if row is None or stored is None:
        return Due(at=first, why=_cron_why(source))
    if stored <= first or (later and stored <= later[0] and first - now <= (later[0] - first) / 2):
        return Due(at=stored, why=row.why)
    return Due(at=first, why=f"{_cron_why(source)}; set anew, as the clock was ahead when it was set before")


def _adaptive_due(source: Source, row: ScheduleRow | None, stored: datetime | None, now: datetime) -> Due:
    least = _hours(source.least_hours)
    if row is None or stored is None:
        return Due(at=now, why="its pages are not scheduled yet")
    if stored - now <= least * 1.5:
        return Due(at=stored, why=row.why)
    return Due(at=now + least, why=f"in {span(least)}; set anew, as the clock was ahead when it was set before")


def _cron_why(source: Source) -> str:
    late = offset(source)
    apart = f", and {span(late)} later so that sources do not start together" if late else ""
    return f"'{source.every}' in UTC{apart}"


def _holds(row: VisitRow | None, last_seen: datetime | None, now: datetime) -> bool:
    """Whether the visit stored for a page still says what it should: no later sight, and no clock that was ahead."""
    if row is None:
        return False
    interval = timedelta(seconds=row.interval_s)
    set_for = row.next_at - interval + timedelta(seconds=1)  # the interval is a rounded number
    return row.next_at - now <= interval * 1.5 and (last_seen is None or last_seen <= set_for)


def _is_between(moment: datetime, run: ScheduleRow) -> bool:
    """Whether *moment* is within the last run, also where the clock was set back in it."""
    start, end = run.started_at, run.ended_at
    if start is None or end is None:
        return False
    return start <= moment <= end if start <= end else moment >= start or moment <= end


def _is_adaptive(source: Source) -> bool:
    return source.every == "adaptive"


def _hosts(source: Source) -> set[str]:
    """The hosts that a crawl of *source* begins at."""
    return {host(url) for url in source.entrances}


def _hours(count: float) -> timedelta:
    return timedelta(hours=count)


def _said(result: CrawlResult) -> str:
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(result.counts.items())) or "nothing to fetch"
    return counts if result.finished else f"{counts}; not finished, the next run goes on with it"


def _unrepeated(say: Say) -> Say:
    """*say*, without a line that was the last one said."""
    last = ""

    def once(line: str) -> None:
        nonlocal last
        if line != last:
            say(line)
        last = line

    return once
