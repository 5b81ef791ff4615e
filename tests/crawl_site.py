"""A publisher on 127.0.0.1 for tests of crawls: pages, lists and what a test adds, crawled at will."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from raw_server import RawServer, answer, running

from scraper.archive import Archive
from scraper.crawl import Coverage, CrawlResult, Event, Options, crawl, get
from scraper.fetch import Bounds
from scraper.loader import Loaded
from scraper.sources import Source

OPTIONS = Options(bounds=Bounds(attempts=1, total_s=5, read_s=2))


def page(title: str, *sentences: str, links: tuple[str, ...] = (), head: str = "") -> bytes:
    text = sentences or (
        f"The commission met in {title} and heard forty witnesses over three days of public hearings.",
    )
    body = "".join(
        f"<p>{sentence} It says so in its own words, at length and with its sources.</p>" for sentence in text
    )
    anchors = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>{head}</head><body><nav><ul>{anchors}</ul></nav>"
        f"<main><article><h1>{title}</h1>{body}</article></main></body></html>"
    ).encode()


def sitemap(server: RawServer, *paths: str) -> bytes:
    urls = "".join(f"<url><loc>{server.url(path)}</loc></url>" for path in paths)
    return answer(f"<urlset>{urls}</urlset>".encode())


class Site:
    """A publisher with a list page, three reports and what a test adds; each crawl is an hour after the one before."""

    def __init__(self, folder: Path) -> None:
        self.archive = Archive(folder / "archive.db", create=True)
        self.server = RawServer(
            {
                "/list": answer(page("List", links=("/report/a", "/report/b#top", "/about", "http://other.example/"))),
                "/report/a": answer(page("Report A"), 'ETag: "a1"'),
                "/report/b": answer(page("Report B")),
                "/report/c": answer(page("Report C")),
                "/about": answer(page("About us")),
            }
        )
        self.clock = datetime(2024, 3, 1, tzinfo=UTC)
        self.events: list[Event] = []
        self.slept: list[float] = []
        self.with_sitemap: tuple[str, ...] = ("/report/a", "/report/c", "/report/c?utm_source=map")

    def publish(self) -> None:
        """What needs the server's own address, once that is known."""
        if self.with_sitemap:
            text = f"User-agent: *\nDisallow: /report/secret\nSitemap: {self.server.url('/map.xml')}\n"
            self.server.paths["/robots.txt"] = answer(text.encode())
            self.server.paths["/map.xml"] = sitemap(self.server, *self.with_sitemap)

    def now(self) -> datetime:
        self.clock += timedelta(seconds=1)
        return self.clock

    async def sleep(self, seconds: float) -> None:
        """Lets time pass on this clock alone."""
        self.slept.append(seconds)
        self.clock += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    def source(self, **fields: object) -> Source:
        url = self.server.url
        values: dict[str, object] = {
            "name": "site",
            "title": "Site",
            "seeds": (url("/list"),),
            "include": (url("/report/*"),),
            "delay_s": 0.0,
            "pace": 0.0,
            "allow_addresses": (self.server.place,),
        }
        return Source(**(values | fields))  # type: ignore[arg-type]

    def crawl(self, options: Options = OPTIONS, **fields: object) -> CrawlResult:
        async def go() -> CrawlResult:
            async with running(self.server):
                self.publish()
                return await crawl(
                    self.archive,
                    [self.source(**fields)],
                    options,
                    now=self.now,
                    report=self.events.append,
                    sleep=self.sleep,
                )

        self.rest()
        return asyncio.run(go())

    def cover(self, options: Options = OPTIONS, **fields: object) -> Coverage:
        """The coverage of a crawl of this one source."""
        return self.crawl(options, **fields).coverage[0]

    def rest(self) -> None:
        """Lets an hour pass and forgets what was asked before it."""
        self.events.clear()
        self.server.asked.clear()
        self.server.heads.clear()
        self.clock += timedelta(hours=1)

    def skipped(self, result: CrawlResult) -> dict[str, str]:
        """Why each URL was left out, by its path."""
        rows = self.archive.skipped_urls("site", result.crawl_id)
        return {url.removeprefix(self.server.url("")): reason for url, reason, _ in rows}

    def get(self, *paths: str) -> tuple[Loaded, ...]:
        async def go() -> tuple[Loaded, ...]:
            async with running(self.server):
                options = Options(bounds=OPTIONS.bounds, allow_addresses=frozenset({self.server.place}))
                urls = [self.server.url(path) for path in paths]
                return await get(self.archive, urls, options, now=self.now, report=self.events.append, sleep=self.sleep)

        return asyncio.run(go())
