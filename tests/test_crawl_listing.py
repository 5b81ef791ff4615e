import gzip
from pathlib import Path

import pytest
from building import capture
from crawl_site import Site
from raw_server import answer

from scraper.crawl.listing import listing_in

MAP = b"<?xml version='1.0'?><urlset><url><loc>https://example.org/a</loc></url></urlset>"
INDEX = b"<sitemapindex><sitemap><loc>https://example.org/map.xml</loc></sitemap></sitemapindex>"
FEED = b"<rss version='2.0'><channel><item><link>https://example.org/a</link></item></channel></rss>"
LAUGHS = b"<!DOCTYPE urlset [<!ENTITY a 'lol'>]><urlset><url><loc>&a;</loc></url></urlset>"


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        (MAP, "a sitemap of 1 pages and 0 sitemaps"),
        (gzip.compress(MAP), "a sitemap of 1 pages and 0 sitemaps"),
        (INDEX, "a sitemap of 0 pages and 1 sitemaps"),
        (FEED, "a feed of 1 pages"),
    ],
    ids=["map", "gzip", "index", "feed"],
)
def test_a_sitemap_or_a_feed_is_told(body: bytes, summary: str) -> None:
    listing = listing_in(capture(body, content_type="application/xml"))
    assert listing
    assert (listing.summary, listing.problem) == (summary, "")


def test_a_page_is_no_listing() -> None:
    assert listing_in(capture(b"<html><body>an &lt;urlset> in words</body></html>")) is None
    assert listing_in(capture(None, outcome="missing")) is None


def test_a_sitemap_asked_for_by_hand_is_kept_and_makes_no_page(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.server.paths |= {"/map.xml": answer(MAP), "/laughs.xml": answer(LAUGHS)}
    first, second = site.get("/map.xml", "/laughs.xml")
    assert (first.outcome, first.detail) == ("listed", "a sitemap of 1 pages and 0 sitemaps")
    assert site.archive.body(first.capture_id) == MAP
    assert second.outcome == "unparsed"
    assert "document type" in second.detail
    assert site.archive.pages() == []
    site.archive.close()
