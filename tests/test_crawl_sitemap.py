import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.crawl.sitemap import MAX_SITEMAP_URLS, read_sitemap

URLSET = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://h.example/a?x=1&amp;y=2
</loc><image:image><image:loc>https://h.example/pic.png</image:loc></image:image></url>
<url><loc><![CDATA[https://h.example/b]]></loc><lastmod>2024-01-01</lastmod></url>
<url><loc>https://h.example/a?x=1&amp;y=2</loc></url></urlset>"""
PAGES = ("https://h.example/a?x=1&y=2", "https://h.example/b")


@pytest.mark.parametrize("body", [URLSET, gzip.compress(URLSET), b"\xef\xbb\xbf" + URLSET], ids=["xml", "gzip", "bom"])
def test_pages_are_listed_once_in_order_without_pictures(body: bytes) -> None:
    sitemap = read_sitemap(body)
    assert (sitemap.pages, sitemap.sitemaps, sitemap.problem) == (PAGES, (), "")


def test_an_index_names_further_sitemaps_in_any_prefix() -> None:
    index = (
        b'<s:sitemapindex xmlns:s="x"><s:sitemap><s:loc>https://h.example/1.xml</s:loc></s:sitemap></s:sitemapindex>'
    )
    assert read_sitemap(index).sitemaps == ("https://h.example/1.xml",)


def test_some_indexes_give_the_address_without_its_loc() -> None:
    index = b"<sitemapindex><sitemap>\n https://h.example/1.xml?a=1&amp;b=2 </sitemap></sitemapindex>"
    assert read_sitemap(index).sitemaps == ("https://h.example/1.xml?a=1&b=2",)


def test_the_versions_of_a_page_in_other_languages_are_pages_too() -> None:
    body = b"""<urlset xmlns:xhtml="x"><url><loc>https://h.example/en</loc>
        <xhtml:link rel="alternate" hreflang="de" href="https://h.example/de"/>
        <xhtml:link rel="stylesheet" href="https://h.example/no"/></url></urlset>"""
    assert read_sitemap(body).pages == ("https://h.example/en", "https://h.example/de")


def test_a_bare_ampersand_in_an_address_costs_nothing() -> None:
    body = b"<urlset><url><loc>https://h.example/a?x=1&y=2</loc></url><url><loc>https://h.example/b&nbsp;c</loc></url>"
    sitemap = read_sitemap(body + b"<url><loc>https://h.example/d?x&amp;y&#65;</loc></url></urlset>")
    assert sitemap.pages == ("https://h.example/a?x=1&y=2", "https://h.example/b&nbsp;c", "https://h.example/d?x&yA")
    assert sitemap.problem == ""
    assert read_sitemap(body + b"<url>").pages == ("https://h.example/a?x=1&y=2", "https://h.example/b&nbsp;c")


@pytest.mark.parametrize(
    "body",
    [
        b"\n \t" + URLSET,
        URLSET.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        gzip.compress(URLSET[:200]) + gzip.compress(URLSET[200:]),
    ],
    ids=["space-first", "utf-16", "gzip-in-parts"],
)
def test_oddly_written_sitemaps_are_read(body: bytes) -> None:
    assert read_sitemap(body).pages == PAGES


@pytest.mark.parametrize("root", ["<rss version='2.0'>", "<feed xmlns='x'>", "<rdf:RDF xmlns:rdf='x'>"])
def test_a_feed_is_told_from_a_sitemap(root: str) -> None:
    assert read_sitemap(f"<?xml version='1.0'?>{root}".encode()).is_feed


def test_a_plain_list_is_a_sitemap_too() -> None:
    sitemap = read_sitemap(b"\xef\xbb\xbfhttps://h.example/a\r\n# no\n\nhttps://h.example/b\n")
    assert sitemap.pages == ("https://h.example/a", "https://h.example/b")


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>'
XXE = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>&f;</loc></url></urlset>'


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (LAUGHS, "document type declaration"),
        (XXE, "document type declaration"),
        (b"<a>" * 200_000, "nested over 20 deep"),
        (gzip.compress(bytes(60_000_000)), "over 52,428,800 bytes decoded"),
        (gzip.compress(URLSET)[:100], "gzip data cut short"),
        (b"\x1f\x8bnot gzip at all", "Error -3"),
        (b" " * 60_000_000, "over 52,428,800 bytes decoded"),
        (b"<!doctype html><p>Not found", "an HTML page, expected a sitemap"),
        (b"<html><p>Not found", "an HTML page, expected a sitemap"),
        (URLSET[:300], "unclosed token"),
        (b"<urlset><url></urlset>", "mismatched tag"),
    ],
    ids=[
        "laughs",
        "external",
        "nested",
        "bomb",
        "cut",
        "no-gzip",
        "long",
        "doctype",
        "html",
        "unfinished",
        "mismatched",
    ],
)
def test_a_hostile_or_broken_sitemap_ends_with_its_problem(body: bytes, problem: str) -> None:
    assert problem in read_sitemap(body).problem


def test_what_was_read_before_a_problem_is_kept() -> None:
    assert read_sitemap(URLSET.replace(b"<lastmod>", b"<wrong>")).pages == PAGES


def test_the_number_of_urls_is_bounded() -> None:
    body = b"".join(b"<url><loc>https://h.example/%d</loc></url>" % number for number in range(60_000))
    sitemap = read_sitemap(b"<urlset>" + body + b"</urlset>")
    assert len(sitemap.pages) == MAX_SITEMAP_URLS
    assert "over 50,000 URLs" in sitemap.problem


def test_an_endless_address_is_left_out() -> None:
    assert read_sitemap(b"<urlset><url><loc>https://h.example/" + b"x" * 3000 + b"</loc></url></urlset>").pages == ()


@given(st.binary(max_size=300) | st.text("<urlset>/loc&;!DOCTYPE[ \n", max_size=200).map(str.encode))
def test_any_bytes_give_a_sitemap(body: bytes) -> None:
    assert "\n" not in read_sitemap(body).problem


def test_real_sitemaps_are_read(shared_data: Path) -> None:
    files = sorted((shared_data / "misc").glob("cc-sitemaps_*"))
    assert len(files) > 10
    for file in files:
        sitemap = read_sitemap(file.read_bytes())
        assert sitemap.problem == "", file.name
        # A page that is nothing but a video has no address of its own.
        assert sitemap.pages or sitemap.sitemaps or sitemap.is_feed or "tvshow" in file.name, file.name
        assert not any("thumb" in page or page.endswith((".jpg", ".flv", ".mp4")) for page in sitemap.pages), file.name
