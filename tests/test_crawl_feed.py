from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.crawl.feed import MAX_FEED_BYTES, read_feed

HERE = "https://h.example/news/feed.xml"
ITEM = b"<item><link>%s</link><description>&lt;a href='/no'&gt;x&lt;/a&gt;</description></item>"


def rss(*items: bytes) -> bytes:
    return b'<?xml version="1.0"?><rss version="2.0"><channel>' + b"".join(items) + b"</channel></rss>"


def test_an_rss_feed_names_the_pages_of_its_items_each_once() -> None:
    guid = b"<item><guid>https://h.example/g</guid></item><item><guid isPermaLink='false'>https://h.example/no</guid></item>"
    feed = read_feed(rss(ITEM % b"/a?x=1&amp;y=2", ITEM % b"b", ITEM % b"b", guid), url=HERE)
    assert feed.pages == ("https://h.example/a?x=1&y=2", "https://h.example/news/b", "https://h.example/g")
    assert feed.problem == ""


def test_an_atom_feed_is_read_by_its_alternate_links_and_xml_base() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://h.example/x/"><link href="/home"/>
        <entry xml:base="deep/"><link rel="self" href="no"/><link rel="alternate" href="one"/></entry>
        <entry><link href="two"/></entry><entry><id>urn:x</id></entry></feed>"""
    assert read_feed(body, url=HERE).pages == ("https://h.example/x/deep/one", "https://h.example/x/two")


def test_a_feed_delivered_by_another_service_names_the_publishers_address() -> None:
    body = rss(
        b"<item><link>https://proxy.example/1</link><feedburner:origLink>https://h.example/1</feedburner:origLink></item>"
    )
    body = body.replace(b"<rss ", b'<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" ')
    assert read_feed(body, url=HERE).pages == ("https://h.example/1",)


def test_an_ill_formed_feed_is_read_as_far_as_it_can_be() -> None:
    body = b"\n  <!-- x --><rss><channel>" + ITEM % b"/a" + b"<item><link>/b?x&y</link><b></item>"
    assert read_feed(body, url=HERE).pages == ("https://h.example/a", "https://h.example/b?x&y")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<!doctype html><p>no feed", "neither RSS nor Atom"),
        (b"https://127.0.0.1:1/feed.xml", "neither RSS nor Atom"),
        (b"", "neither RSS nor Atom"),
        (b"<rss><channel>" + b"<a>" * 100, "elements nested over 50 deep"),
        (b'<!DOCTYPE rss [<!ENTITY a "ha">]><rss>&a;</rss>', "entity declarations"),
        ('<!DOCTYPE rss [<!ENTITY a "ha">]><rss>&a;</rss>'.encode("utf-16"), "entity declarations"),
        (b'<rss><b>&a;<!DOCTYPE rss [<!ENTITY a "ha">]></rss>', "entity declarations"),
    ],
    ids=["html", "address", "empty", "nested", "entities", "entities-utf16", "entities-ill-formed"],
)
def test_what_is_no_feed_or_would_cost_too_much_says_so(body: bytes, problem: str) -> None:
    feed = read_feed(body, url=HERE)
    assert feed.pages == ()
    assert problem in feed.problem


def test_an_old_feed_may_have_a_document_type() -> None:
    kind = b'<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://my.n.example/rss-0.91.dtd">'
    body = kind + rss(ITEM % b"/a").replace(b'<?xml version="1.0"?>', b"")
    assert read_feed(body, url=HERE).pages == ("https://h.example/a",)


def test_of_a_long_feed_the_start_is_read() -> None:
    long = rss(
        *(ITEM % b"/%d" % number for number in range(4)), b"<!--" + b" " * MAX_FEED_BYTES + b"-->", ITEM % b"/no"
    )
    feed = read_feed(long, url=HERE)
    assert len(feed.pages) == 4
    assert "500,000 bytes; the rest was not read" in feed.problem


@given(st.binary(max_size=200) | st.text("<rschanel/>tidkuf:gxm='&;![ \n", max_size=200).map(str.encode))
def test_any_bytes_give_a_feed(body: bytes) -> None:
    assert "\n" not in read_feed(body, url=HERE).problem


def test_real_feeds_are_read(shared_data: Path) -> None:
    names = {"reader-full.rss": 6, "reader-full.atom": 4, "reader-relative.atom": 1, "reader-relative.rss": 1,
             "cc-rss_feed.rss": 1, "cc-rss_xmlRss_pubDate.xml": 3, "cc-sitemaps_atom.xml": 1}  # fmt: skip
    for name, least in names.items():
        feed = read_feed((shared_data / "misc" / name).read_bytes(), url=HERE)
        assert feed.problem == "", name
        assert len(feed.pages) >= min(least, 1), name
        assert all(page.startswith("http") for page in feed.pages), name
