"""The Scrapy side of the crawl that comes again: a list of pages, cached by RFC 2616, and so asked for on condition.

`scrapy runspider benchmarks/scrapy_again.py -a pages=urls.txt` keeps its cache where it runs; the second run finds it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import scrapy
from scrapy.http import Response
from scrapy_archive import SETTINGS  # Scrapy runs a spider from its own folder


class Again(scrapy.Spider):
    """The pages of a file, one URL a line; nothing is kept of them but Scrapy's own cache."""

    name = "again"
    custom_settings: ClassVar[dict[str, Any]] = {
        **SETTINGS,
        "HTTPCACHE_ENABLED": True,
        "HTTPCACHE_DIR": str(Path("cache").resolve()),
        "HTTPCACHE_POLICY": "scrapy.extensions.httpcache.RFC2616Policy",
        "HTTPCACHE_STORAGE": "scrapy.extensions.httpcache.FilesystemCacheStorage",
    }

    def __init__(self, pages: str) -> None:
        super().__init__()
        self.start_urls = Path(pages).read_text(encoding="utf-8").split()

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """What became of one page."""
        yield {"url": response.url, "status": response.status}
