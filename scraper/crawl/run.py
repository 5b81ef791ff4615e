"""Crawl: discover, fetch politely, load, for all sources at once, each at its publisher's pace."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

from ..archive import Archive, FrontierRow
from ..capture import Capture
from ..errors import ScraperError
from ..fetch import Bounds, Fetcher, Manners, Politeness
from ..loader import Loaded, load
from ..sources import Source
from ..urls import clean
from .discovery import SitemapWalk, links_of
from .frontier import NOT_DUE, Frontier
from .result import Coverage, CrawlResult, Event

Report = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How far a run goes. *limit* is pages fetched, *max_time_s* seconds; what is left stays due for the next run.

    *connections* bounds the requests under way over all hosts. Without *parse* captures are kept unread. Known pages
    whose URL key is in *not_due* are left out. *allow_addresses* are "host:port" let through the address guard besides
    those of the sources.
    """

    limit: int | None = None
    max_time_s: float | None = None
    connections: int = 16
    parse: bool = True
    not_due: frozenset[str] = frozenset()
    allow_addresses: frozenset[str] = frozenset()
    bounds: Bounds = field(default_factory=Bounds)


DEFAULT = Options()


async def crawl(
    archive: Archive,
    sources: Sequence[Source],
    options: Options = DEFAULT,
    *,
    now: Callable[[], datetime],
    report: Report = lambda _: None,
) -> CrawlResult:
    """One crawl of *sources*, or the rest of the one that was interrupted.

    Every capture is committed before its event goes to *report*. What the network does ends up in captures; raised is
    only what stops the crawl itself: ArchiveError, and cancellation, after which the same call resumes.
    """
    begun = now()
    with ExitStack() as locks:
        for source in sources:
            locks.enter_context(archive.crawl_lock(source.name, begun))
        return await _crawl(archive, sources, options, now, report)


async def _crawl(
    archive: Archive, sources: Sequence[Source], options: Options, now: Callable[[], datetime], report: Report
) -> CrawlResult:
    begun = now()
    row = archive.begin_crawl([source.name for source in sources], begun)
    budget, politeness = _Budget(options), Politeness()
    runs = [
        _SourceRun(
            _Desk(archive, source.name, row.id, report), Frontier(archive, source, row.id, options.not_due), source
        )
        for source in sources
    ]
    try:
        async with asyncio.TaskGroup() as tasks:
            for run in runs:
                fetcher = Fetcher(run.manners(options), now=now, politeness=politeness, on_robots=run.desk.keep)
                tasks.create_task(run.run(fetcher, budget))
    except BaseExceptionGroup as group:
        ours = group.subgroup(ScraperError)
        if ours is None:
            raise
        # One full disk stops all sources alike; one line says it.
        raise _first(ours) from group
    result = CrawlResult(
        crawl_id=row.id,
        resumed=row.started_at < begun,
        finished=all(run.is_through for run in runs),
        coverage=tuple(run.coverage() for run in runs),
    )
    if result.finished:
        archive.end_crawl(row.id, now(), result.counts)
    return result


async def get(
    archive: Archive,
    urls: Iterable[str],
    options: Options = DEFAULT,
    *,
    now: Callable[[], datetime],
    report: Report = lambda _: None,
) -> tuple[Loaded, ...]:
    """Single pages outside any source, fetched and loaded one after the other, as politely as in a crawl.

    Raises UsageError for what is no http(s) URL, before anything is fetched.
    """
    wanted = dict.fromkeys(clean(url) for url in urls)
    desk = _Desk(archive, "", None, report)
    manners = Manners(allow_addresses=options.allow_addresses, bounds=options.bounds)
    async with Fetcher(manners, now=now, on_robots=desk.keep) as fetcher:
        return tuple([desk.load(await desk.fetch(fetcher, url, conditional=True)) for url in wanted])


class _Budget:
    """What *limit* and *max_time_s* leave, shared by all sources of a run."""

    def __init__(self, options: Options) -> None:
        self._left = options.limit
        self._ends_at = None if options.max_time_s is None else time.monotonic() + options.max_time_s

    def take(self) -> bool:
        """Whether one more page may be fetched; counts it."""
        if self._ends_at is not None and time.monotonic() >= self._ends_at:
            return False
        if self._left is None:
            return True
        self._left -= 1
        return self._left >= 0


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where captures are kept and reported."""

    archive: Archive
    source: str
    crawl_id: int | None
    report: Report

    async def fetch(self, fetcher: Fetcher, url: str, *, conditional: bool) -> Capture:
        validators = self.archive.validators(url) if conditional else None
        if validators is None:
            return await fetcher.fetch(url)
        return await fetcher.fetch(url, etag=validators.etag, last_modified=validators.last_modified)

    def keep(self, capture: Capture) -> None:
        """Keeps what is no page: a robots.txt, a sitemap, a list read for its links."""
        number = self.archive.store_capture(capture, crawl_id=self.crawl_id)
        self.tell(capture, capture.outcome, number, capture.reason)

    def load(self, capture: Capture) -> Loaded:
        loaded = load(self.archive, capture, source=self.source, crawl_id=self.crawl_id)
        self.tell(capture, loaded.outcome, loaded.capture_id, loaded.detail)
        return loaded

    def tell(self, capture: Capture, outcome: str, number: int, detail: str) -> None:
        self.report(Event(source=self.source, url=capture.url, outcome=outcome, capture_id=number, detail=detail))


class _SourceRun:
    """One source's part of a crawl; *is_through* once nothing is left due."""

    def __init__(self, desk: _Desk, frontier: Frontier, source: Source) -> None:
        self.desk = desk
        self.is_through = False
        self._source = source
        self._frontier = frontier
        self._walk = SitemapWalk(source, frontier, desk.keep)
        self._findings: list[str] = []

    def manners(self, options: Options) -> Manners:
        return Manners(
            contact=self._source.contact,
            delay_s=self._source.delay_s,
            allow_addresses=options.allow_addresses | set(self._source.allow_addresses),
            bounds=options.bounds,
        )

    async def run(self, fetcher: Fetcher, budget: _Budget) -> None:
        """Discovers, then fetches what is due until nothing is left or the budget is spent."""
        async with fetcher:
            self._frontier.seed()
            await self._walk.walk(fetcher)
            while row := self._frontier.due():
                decision = (await fetcher.rules(row.url)).decide(row.url)
                if decision.verdict == "forbidden":
                    self._frontier.leave_out(row, decision.why)
                elif budget.take():
                    await self._visit(fetcher, row)
                else:
                    return
            self.is_through = True

    async def _visit(self, fetcher: Fetcher, row: FrontierRow) -> None:
        # An unchanged page would come without its links; where those are wanted the page is asked for whole.
        wants_links = self._frontier.is_hub(row) or row.depth < self._source.depth
        capture = await self.desk.fetch(fetcher, row.url, conditional=not wants_links)
        if wants_links:
            # Before the page counts as done: a crawl that is killed in between finds them again.
            self._frontier.offer(links_of(capture), depth=row.depth + 1, found_by=row.url)
        if self._frontier.is_hub(row):
            self._put_by(row, capture)
        else:
            self.desk.load(capture)

    def _put_by(self, row: FrontierRow, capture: Capture) -> None:
        with self.desk.archive.transaction():
            number = self.desk.archive.store_capture(capture, crawl_id=self.desk.crawl_id)
            self._frontier.leave_out(row, "seed read for its links only")
        self.desk.tell(capture, capture.outcome, number, capture.reason)
        if capture.outcome != "fetched":
            self._findings.append(f"seed {row.url}: {capture.reason}")

    def coverage(self) -> Coverage:
        """What came of it."""
        counts = self._frontier.counts()
        findings = (
            *self._walk.findings,
            *self._findings,
            *self._unexpected(counts.get("done", 0) + self._frontier.skipped().get(NOT_DUE, 0)),
        )
        return Coverage(
            source=self._source.name,
            expected=sum(count for state, count in counts.items() if state != "skipped"),
            remaining=counts.get("due", 0),
            outcomes=self._frontier.outcomes(),
            skipped=self._frontier.skipped(),
            findings=findings,
        )

    def _unexpected(self, found: int) -> tuple[str, ...]:
        if not self.is_through or self._source.expect_pages is None:
            return ()
        least, most = self._source.expect_pages
        if least <= found <= most:
            return ()
        return (f"found {found:,} pages, expected {least:,} to {most:,}",)


def _first(group: BaseExceptionGroup[ScraperError]) -> ScraperError:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
