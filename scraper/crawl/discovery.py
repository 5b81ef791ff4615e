"""Discovery: the URLs of a source, from its robots.txt, its sitemaps and the links of its pages."""

from collections import deque
from collections.abc import Callable

from parsers.errors import ParserError
from parsers.links import links

from ..capture import Capture
from ..fetch import Fetcher
from ..sources import Source
from ..urls import host, join, origin, url_key
from .frontier import Frontier
from .sitemap import read_sitemap

MAX_SITEMAPS = 1_000
MAX_INDEX_DEPTH = 2


class SitemapWalk:
    """Reads the sitemaps of *source*, each once, into its frontier and hands their captures to *keep*.

    *findings* says what went wrong on the way.
    """

    def __init__(self, source: Source, frontier: Frontier, keep: Callable[[Capture], None]) -> None:
        self._source = source
        self._frontier = frontier
        self._keep = keep
        self._waiting: deque[tuple[str, int]] = deque()
        self._seen: set[str] = set()
        self.findings: list[str] = []

    async def walk(self, fetcher: Fetcher) -> None:
        """Fetches and reads every sitemap that the source or a robots.txt of its hosts names."""
        for url in self._source.sitemaps:
            self._add(url, 0)
        for place in dict.fromkeys(origin(seed) for seed in self._source.seeds):
            rules = await fetcher.rules(place)
            for named in rules.sitemaps:
                self._add(join(place, named), 0)
        while self._waiting:
            url, depth = self._waiting.popleft()
            await self._read(fetcher, url, depth)

    async def _read(self, fetcher: Fetcher, url: str, depth: int) -> None:
        capture = await fetcher.fetch(url)
        self._keep(capture)
        if capture.outcome != "fetched" or capture.body is None:
            self.findings.append(f"sitemap {url}: {capture.reason}")
            return
        sitemap = read_sitemap(capture.body)
        if sitemap.problem:
            self.findings.append(f"sitemap {url}: {sitemap.problem}")
        pages = (join(capture.final_url, page) for page in sitemap.pages)
        self._frontier.offer((page for page in pages if page), depth=1, found_by=f"sitemap {url}")
        for named in sitemap.sitemaps:
            self._add(join(capture.final_url, named), depth + 1)

    def _add(self, url: str | None, depth: int) -> None:
        # A robots.txt may name sitemaps anywhere; those of other hosts are not this source's to ask for.
        if url is None or url_key(url) in self._seen or not self._is_ours(url):
            return
        if depth > MAX_INDEX_DEPTH or len(self._seen) >= MAX_SITEMAPS:
            bound = f"over {MAX_INDEX_DEPTH} indexes deep or {MAX_SITEMAPS:,} files"
            self.findings.append(f"sitemap {url}: not read, {bound}")
            return
        self._seen.add(url_key(url))
        self._waiting.append((url, depth))

    def _is_ours(self, url: str) -> bool:
        return host(url) in {host(ours) for ours in (*self._source.seeds, *self._source.sitemaps)}


def links_of(capture: Capture) -> tuple[str, ...]:
    """Where the links of a captured page lead, none where it is no HTML that can be read."""
    if capture.outcome != "fetched" or capture.body is None:
        return ()
    try:
        return links(capture.body, url=capture.final_url, content_type=capture.content_type)
    except ParserError:
        # The loader meets the same error with the same bytes and puts it on record.
        return ()
