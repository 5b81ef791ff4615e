"""The Scrapy side of the first crawl: follows all links of a site and keeps each answer in SQLite.

`scrapy runspider benchmarks/scrapy_archive.py -a base=http://127.0.0.1:8000` writes scrapy.db where it runs. The
settings make it do what fonds does: robots.txt obeyed, 16 requests at a time, no pause. Scrapy follows redirects and
does not keep them.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from typing import Any, ClassVar

import scrapy
from scrapy.http import Response, TextResponse
from scrapy.linkextractors import LinkExtractor

SETTINGS: dict[str, Any] = {
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": True,
    "RETRY_ENABLED": False,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "ERROR",
}
_ROWS_A_COMMIT = 100


class Keep:
    """One row for each answer, its body packed, 100 rows a transaction."""

    def open_spider(self) -> None:
        """Makes the database."""
        self._database = sqlite3.connect("scrapy.db")
        self._database.execute("pragma journal_mode = wal")
        self._database.execute(
            "create table if not exists page "
            "(url text primary key, status integer, headers text, title text, body blob)"
        )
        self._count = 0

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """Keeps one answer."""
        row = (item["url"], item["status"], item["headers"], item["title"], zlib.compress(item["body"], 6))
        self._database.execute("insert or replace into page values (?, ?, ?, ?, ?)", row)
        self._count += 1
        if self._count % _ROWS_A_COMMIT == 0:
            self._database.commit()
        return item

    def close_spider(self) -> None:
        """Commits what is left."""
        self._database.commit()
        self._database.close()


class Reports(scrapy.Spider):
    """Every page that links lead to from *base*."""

    name = "reports"
    allowed_domains: ClassVar[list[str]] = ["127.0.0.1"]
    handle_httpstatus_list: ClassVar[list[int]] = [404, 500]
    custom_settings: ClassVar[dict[str, Any]] = {**SETTINGS, "ITEM_PIPELINES": {Keep: 1}}

    def __init__(self, base: str) -> None:
        super().__init__()
        self.start_urls = [f"{base}/"]
        self._links = LinkExtractor()

    def parse(self, response: Response) -> Iterator[dict[str, Any] | scrapy.Request]:
        """The answer as it is kept, and the pages it links to."""
        yield answer(response)
        if is_page(response):
            for link in self._links.extract_links(response):
                yield scrapy.Request(link.url)


def is_page(response: Response) -> bool:
    """Whether *response* is text that was served as asked."""
    return response.status == 200 and isinstance(response, TextResponse)


def answer(response: Response) -> dict[str, Any]:
    """What is kept of *response*."""
    return {
        "url": response.url,
        "status": response.status,
        "headers": repr(dict(response.headers)),
        "title": response.css("title::text").get() if is_page(response) else None,
        "body": response.body,
    }
