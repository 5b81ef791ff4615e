"""Discovery: the URLs of a source, from the robots.txt of its hosts, its sitemaps and its feeds, each read once."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..capture import Capture
from ..sources import Source
from ..urls import address, host, join, origin, url_key
from .desk import Getter
from .feed import Feed, read_feed
from .frontier import Frontier
from .sitemap import Sitemap, read_sitemap, unpacked
from .traps import TrapBounds

MAX_ANNOUNCED_FEEDS = 20

# What had best be read although it came cut short: its first half names pages as well as a whole one does.
_USABLE = frozenset({"fetched", "truncated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Something to be read for URLs. *depth* is how many sitemap indexes lead to it.

    *is_announced* says that only a page's head names it: many a site announces a feed it no longer has.
    """

    kind: Literal["robots.txt", "sitemap", "feed"]
    url: str
    depth: int = 0
    is_announced: bool = False


class Discovery:
    """Reads what names the pages of *source* into its frontier and hands the captures to *keep*.

    *findings* says what went wrong on the way. Sitemaps and feeds of hosts that are not the source's are left out.
    """

    def __init__(self, source: Source, frontier: Frontier, keep: Callable[[Capture], None], bounds: TrapBounds) -> None:
        self._frontier = frontier
        self._bounds = bounds
        self._keep = keep
        self._waiting: dict[str, deque[_Place]] = {}
        self._met: set[str] = set()
        self._announced = 0
        self._named = 0
        self.findings: list[str] = []
        for place in dict.fromkeys(origin(url) for url in source.entrances):
            self._wait(_Place(kind="robots.txt", url=place))
        for url in source.sitemaps:
            self._add(_Place(kind="sitemap", url=url))
        for url in source.feeds:
            self._add(_Place(kind="feed", url=url))

    def waiting_hosts(self) -> set[str]:
        """The hosts where something is still to be read."""
        return set(self._waiting)

    def announce(self, feeds: tuple[str, ...]) -> None:
        """Adds the feeds that a seed announces, as far as they are on the source's hosts; at most 20."""
        for url in feeds:
            place = _Place(kind="feed", url=url, is_announced=True)
            if self._announced < MAX_ANNOUNCED_FEEDS and self._add(place):
                self._announced += 1

    async def read(self, host_name: str, fetcher: Getter) -> None:
        """Fetches and reads all that waits at one host, one after the other."""
        waiting = self._waiting.get(host_name)
        while waiting:
            place = waiting.popleft()
            if place.kind == "robots.txt":
                await self._read_robots(place, fetcher)
            else:
                await self._read_file(place, fetcher)
        self._waiting.pop(host_name, None)

    async def _read_robots(self, place: _Place, fetcher: Getter) -> None:
        rules = await fetcher.rules(place.url)
        for named in rules.sitemaps:
            url = join(f"{place.url}/", named)
            if url:
                self._add(_Place(kind="sitemap", url=url))

    async def _read_file(self, place: _Place, fetcher: Getter) -> None:
        capture = await fetcher.fetch(place.url)
        self._keep(capture)
        content = capture.content if capture.content is not None else capture.body
        if capture.outcome not in _USABLE or content is None:
            if not (place.is_announced and capture.outcome == "missing"):
                self.findings.append(f"{place.kind} {place.url}: {capture.reason}")
            return
        if capture.outcome == "truncated":
            self.findings.append(f"{place.kind} {place.url}: {capture.reason}; what came was read")
        if place.kind == "feed":
            await self._take_feed(content, place, capture)
            return
        # A large one takes seconds; other hosts go on meanwhile.
        sitemap = await asyncio.to_thread(read_sitemap, content)
        if sitemap.is_feed:
            await self._take_feed(content, place, capture)
        else:
            self._take_sitemap(sitemap, place, capture)

    def _take_sitemap(self, sitemap: Sitemap, place: _Place, capture: Capture) -> None:
        if sitemap.problem and capture.outcome != "truncated":
            self.findings.append(f"sitemap {place.url}: {sitemap.problem}")
        self._offer(sitemap.pages, place, capture)
        for named in sitemap.sitemaps:
            url = join(capture.final_url, named)
            if url:
                self._add(_Place(kind="sitemap", url=url, depth=place.depth + 1))

    async def _take_feed(self, content: bytes, place: _Place, capture: Capture) -> None:
        whole, problem = unpacked(content)
        feed: Feed = await asyncio.to_thread(read_feed, whole, url=capture.final_url)
        if (problem or feed.problem) and capture.outcome != "truncated":
            self.findings.append(f"{place.kind} {place.url}: {problem or feed.problem}")
        self._offer(feed.pages, place, capture)

    def _offer(self, pages: tuple[str, ...], place: _Place, capture: Capture) -> None:
        urls = [url for url in (join(capture.final_url, page) for page in pages) if url]
        room = self._bounds.site_urls - self._named
        if len(urls) > room:
            self.findings.append(
                f"{place.kind} {place.url}: over {self._bounds.site_urls:,} URLs named; the rest was left out"
            )
        self._named += min(len(urls), room)
        self._frontier.offer(urls[:room], depth=1, found_by=f"{place.kind} {place.url}", is_listed=True)

    def _add(self, place: _Place) -> bool:
        key = url_key(place.url)
        # A robots.txt may name sitemaps anywhere; those of other hosts are not this source's to ask for.
        if key in self._met or not self._frontier.scope.is_ours(address(place.url)):
            return False
        bounds = self._bounds
        if place.depth > bounds.index_depth or len(self._met) >= bounds.sitemaps:
            bound = f"over {bounds.index_depth} indexes deep or {bounds.sitemaps:,} files"
            self._say_once(f"{place.kind} {place.url}: not read, {bound}")
            return False
        self._met.add(key)
        self._wait(place)
        return True

    def _say_once(self, finding: str) -> None:
        """One line of its kind is enough: an index without end would fill the report."""
        bound = finding.partition(": not read, ")[2]
        if not any(bound in said for said in self.findings):
            self.findings.append(f"{finding}; nor were others")

    def _wait(self, place: _Place) -> None:
        self._waiting.setdefault(host(place.url), deque()).append(place)
