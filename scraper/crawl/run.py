"""Crawl: discover, fetch politely, load, for all sources at once, each at its publisher's pace."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ..archive import Archive
from ..capture import Capture
from ..errors import ArchiveError, ScraperError, first_of
from ..fetch import Fetcher, Manners, Politeness
from ..learning import Learned, learn, learn_all
from ..loader import Loaded
from ..sources import Scope, Source
from ..urls import clean
from .before import clock_finding, require_room
from .crew import SourceRun, Work
from .desk import Desk
from .frontier import Frontier
from .listing import listing_in
from .options import DEFAULT, Budget, Options
from .reading import Reading, is_to_be_read
from .result import Coverage, CrawlResult, Report

if TYPE_CHECKING:
    from ..fetch.browser import BrowserFetcher

Sleep = Callable[[float], Awaitable[None]]

__all__ = ["Options", "Report", "crawl", "get"]


async def crawl(  # noqa: PLR0913 -- clock, sleep and turns enter as arguments, so that every test is repeatable
    archive: Archive,
    sources: Sequence[Source],
    options: Options = DEFAULT,
    *,
    now: Callable[[], datetime],
    report: Report = lambda _: None,
    sleep: Sleep = asyncio.sleep,
    politeness: Politeness | None = None,
) -> CrawlResult:
    """One crawl of *sources*, or the rest of the one that was interrupted.

    Every capture is committed before its event goes to *report*. What the network does ends up in captures; raised is
    only what stops the crawl itself: ArchiveError, also where the disk has no room, and cancellation, after which the
    same call resumes. Crawls at once share one *politeness*, so that they keep the pace of hosts they have in common.
    """
    begun = now()
    with ExitStack() as locks:
        for source in sources:
            locks.enter_context(archive.crawl_lock(source.name, begun))
        locks.enter_context(
            archive.host_lock(dict.fromkeys(host for source in sources for host in sorted(Scope(source).hosts)))
        )
        require_room(archive)
        turns = politeness or Politeness(sleep=sleep, at_once=options.connections)
        work = Work(options=options, politeness=turns, budget=Budget(options), now=now, sleep=sleep)
        try:
            return await _crawl(archive, sources, work, report)
        finally:
            _seal(archive, now)


async def _crawl(archive: Archive, sources: Sequence[Source], work: Work, report: Report) -> CrawlResult:
    options, now = work.options, work.now
    begun = now()
    clock = clock_finding(archive, begun)
    row = archive.begin_crawl([source.name for source in sources], begun)
    resumed = row.started_at != begun  # which is earlier where the clock was set back meanwhile
    runs = [
        SourceRun(
            Desk(archive, source.name, row.id, report, parses=options.parse),
            source,
            Frontier(archive, source, row.id, options.not_due, options.traps),
            work,
        )
        for source in sources
    ]
    try:
        async with asyncio.TaskGroup() as tasks:
            for run in runs:
                tasks.create_task(_run(run, work, resumed=resumed))
    except BaseExceptionGroup as group:
        # One full disk, or one reader of our lines who has seen enough, stops all sources alike; one line says it.
        ours = group.subgroup((ScraperError, OSError))
        if ours is None:
            raise
        raise first_of(ours) from group
    learned = await _learned(archive) if options.parse else ()
    result = CrawlResult(
        crawl_id=row.id,
        resumed=resumed,
        finished=all(run.is_through for run in runs),
        coverage=tuple(_with(run.coverage(), clock) for run in runs),
        learned=learned,
    )
    if result.finished:
        findings = [f"{part.source}: {finding}" for part in result.coverage for finding in part.findings]
        archive.end_crawl(row.id, now(), result.counts, findings)
    return result


async def get(
    archive: Archive,
    urls: Iterable[str],
    options: Options = DEFAULT,
    *,
    now: Callable[[], datetime],
    report: Report = lambda _: None,
    sleep: Sleep = asyncio.sleep,
) -> tuple[Loaded, ...]:
    """Single pages outside any source, fetched and loaded one after the other, as politely as in a crawl.

    A sitemap or a feed is kept and told, outcome "listed"; what it names is not fetched.
    Raises UsageError for what is no http(s) URL, before anything is fetched.
    """
    wanted = dict.fromkeys(clean(url) for url in urls)
    require_room(archive)
    desk = Desk(archive, "", None, report)
    manners = Manners(allow_addresses=options.allow_addresses, bounds=options.bounds)
    politeness = Politeness(sleep=sleep)
    async with Fetcher(manners, now=now, politeness=politeness, on_robots=desk.keep, sleep=sleep) as fetcher:
        loaded = tuple([await _got(desk, await desk.fetch(fetcher, url)) for url in wanted])
    learn_all(archive)
    archive.checkpoint(now())
    return loaded


def _seal(archive: Archive, now: Callable[[], datetime]) -> None:
    """Puts the state of the log on record. An archive that cannot be written has said so by now, or will."""
    with suppress(ArchiveError):
        archive.checkpoint(now())


async def _learned(archive: Archive) -> tuple[Learned, ...]:
    """What the crawl has taught of its sites, once all is read with it."""
    found = []
    for lesson in learn(archive):
        found += [lesson] if lesson else []
        await asyncio.sleep(0)  # whoever asks us to end is heard in between
    return tuple(found)


async def _got(desk: Desk, capture: Capture) -> Loaded:
    listing = listing_in(capture)
    if listing:
        return desk.list(capture, listing)
    reading = Reading(desk.archive)
    if is_to_be_read(desk.archive, capture):
        await reading.go_ahead(capture)
    return desk.load(capture, reading)


async def _run(run: SourceRun, work: Work, *, resumed: bool) -> None:
    async with _fetcher(run, work) as fetcher:
        await run.run(fetcher, resumed=resumed)


def _fetcher(run: SourceRun, work: Work) -> "Fetcher | BrowserFetcher":
    """What gets the pages of a source: their responses, or what a browser makes of them."""
    manners, desk = run.manners, run.desk
    fetcher = Fetcher(manners, now=work.now, politeness=work.politeness, on_robots=desk.keep, sleep=work.sleep)
    if not run.renders:
        return fetcher
    from ..fetch.browser import BrowserFetcher  # noqa: PLC0415 -- an extra, and long to import

    return BrowserFetcher(fetcher, manners, on_response=desk.await_rendering)


def _with(coverage: Coverage, finding: str) -> Coverage:
    return replace(coverage, findings=(finding, *coverage.findings)) if finding else coverage
