"""Listings: what names pages and is none itself. A sitemap or a feed that is asked for by hand is told, not parsed."""

import re
from dataclasses import dataclass

from ..capture import Capture
from .feed import read_feed
from .sitemap import read_sitemap

_ROOT = re.compile(rb"<(?:[A-Za-z]+:)?(urlset|sitemapindex|rss|feed|RDF)[\s>]")
_SNIFFED = 4_096
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a sitemap or a feed holds, in one line; *problem* says why reading ended early, "" where it did not."""

    summary: str
    problem: str = ""


def listing_in(capture: Capture) -> Listing | None:
    """The sitemap or feed that was captured, None where it is something else, as most pages are."""
    content = capture.content
    if capture.outcome != "fetched" or content is None:
        return None
    if not content.startswith(_GZIP_MAGIC) and not _ROOT.search(content[:_SNIFFED]):
        return None
    sitemap = read_sitemap(content)
    if sitemap.is_feed:
        feed = read_feed(content, url=capture.final_url)
        return Listing(summary=f"a feed of {len(feed.pages):,} pages", problem=feed.problem)
    counts = f"a sitemap of {len(sitemap.pages):,} pages and {len(sitemap.sitemaps):,} sitemaps"
    return Listing(summary=counts, problem=sitemap.problem)
