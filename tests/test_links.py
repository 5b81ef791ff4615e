import gzip
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from parsers.errors import UnreadableBody
from parsers.links import PageLinks, read_links

HERE = "https://h.example/dir/page"


def links(body: bytes, url: str = HERE, content_type: str = "") -> tuple[str, ...]:
    return read_links(body, url=url, content_type=content_type).links


def test_links_are_absolute_in_order_and_each_once() -> None:
    body = b'<a href="/b#x">b</a><a href=c?d=1>c</a><area href="/b"><a href="http://other.example/">o</a><a>none</a>'
    assert links(body) == ("https://h.example/b", "https://h.example/dir/c?d=1", "http://other.example/")


def test_links_follow_the_base_element_wherever_it_stands() -> None:
    assert links(b'<a href="x"><base href="/deep/"><base href="/no/">') == ("https://h.example/deep/x",)
    assert links(b'<base href="http://["><a href="x">', "https://h.example/a/") == ("https://h.example/a/x",)


def test_what_is_no_web_address_is_left_out() -> None:
    body = b'<a href="mailto:a@h.example"><a href="javascript:x()"><a href="http://a b/"><a href="tel:1"><a href>'
    assert links(body, "https://h.example/p") == ("https://h.example/p",)


def test_the_number_of_links_is_bounded() -> None:
    body = b"".join(b'<a href="/%d">' % number for number in range(10_050))
    assert len(links(body.replace(b">", b"></a>"))) == 10_000


@pytest.mark.parametrize("content_type", ["application/pdf", "text/plain; charset=utf-8"])
def test_only_html_is_read_for_links(content_type: str) -> None:
    with pytest.raises(UnreadableBody, match="expected HTML"):
        links(b"<a href=x>", content_type=content_type)


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- {} -->",
        "<script>'{}'</script>",
        "<STYLE>{}</style>",
        "<textarea>{}</textarea>",
        "<title>{}</title>",
    ],
)
def test_what_only_looks_like_a_link_is_none(hidden: str) -> None:
    body = hidden.format("<a href=/no>").encode() + b"<a href=/yes>"
    assert links(body) == ("https://h.example/yes",)


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("/?a=1&amp;b=2", "https://h.example/?a=1&b=2"),
        ("/?a=1&copy=2&lang=en", "https://h.example/?a=1&copy=2&lang=en"),
        ("/&#x61;&#98;&eacute;", "https://h.example/ab%C3%A9"),
        ("/?a&notit;", "https://h.example/?a&notit;"),
        (" \n/x\t\r\n", "https://h.example/x"),
        ("\\x", "https://h.example/x"),
    ],
)
def test_references_are_read_as_a_browser_reads_them(value: str, target: str) -> None:
    assert links(f'<a class="b" HREF="{value}" href="/second">'.encode()) == (target,)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252", "utf-16"])
def test_addresses_are_read_in_the_encoding_of_the_page(encoding: str) -> None:
    body = "<a href='/ü'>Für und wider, über Maß, größer, schöner, häufiger</a>".encode(encoding)
    assert links(body, content_type=f"text/html; charset={encoding}") == ("https://h.example/%C3%BC",)


def test_a_page_that_sends_its_reader_on_leads_there() -> None:
    body = b"""<meta http-equiv=Refresh content="0; URL='/next'"><meta http-equiv=refresh content="5;/other">
        <meta http-equiv=refresh content=30><link rel=next href="?page=2"><link rel=stylesheet href=/x.css>"""
    assert links(body) == (
        "https://h.example/next",
        "https://h.example/other",
        "https://h.example/dir/page?page=2",
    )


def test_a_page_names_its_own_address_its_feeds_and_what_robots_should_do() -> None:
    body = b"""<link rel="canonical" href="/page"><link rel=alternate type="application/rss+xml" href=feed>
        <link rel="alternate" type="application/atom+xml; charset=utf-8" href="/atom"><link rel=alternate hreflang=de
        href=/de><meta name=ROBOTS content="noindex, NoFollow">"""
    assert read_links(body, url=HERE) == PageLinks(
        canonical="https://h.example/page",
        feeds=("https://h.example/dir/feed", "https://h.example/atom"),
        robots=frozenset({"noindex", "nofollow"}),
    )


def test_of_several_addresses_of_its_own_a_page_has_none() -> None:
    two = b'<link rel=canonical href="/a"><link rel=canonical href="%s">'
    assert read_links(two % b"/a#x", url=HERE).canonical == "https://h.example/a"
    assert read_links(two % b"/b", url=HERE).canonical == ""


def test_a_page_too_deep_for_a_tree_has_its_links_all_the_same() -> None:
    assert links(b"<div>" * 100_000 + b"<a href=/x>") == ("https://h.example/x",)


@given(st.binary(max_size=300) | st.text("<a href='/x\">!-=&;metscripn \n", max_size=200).map(str.encode))
def test_any_bytes_give_links(body: bytes) -> None:
    try:
        assert all(link.startswith("http") for link in links(body))
    except UnreadableBody:
        assert b"\0" in body or b"\x1b$" in body or not body.isascii()


def test_links_are_those_of_the_tree_on_real_pages(shared_data) -> None:  # type: ignore[no-untyped-def]
    files = sorted((shared_data / "extraction").rglob("*.html.gz"))[:150]
    assert files
    for file in files:
        body = re.sub(rb"\r\n?", b"\n", gzip.decompress(file.read_bytes()).decode("utf-8", "replace").encode())
        tree = LexborHTMLParser(re.sub(rb"</?template", b"<div", body))
        expected = {element.attributes.get("href") or "" for element in tree.css("a[href], area[href]")}
        marked = b"".join(
            b'<a href="%s">' % re.sub(b'"', b"&quot;", one.encode().replace(b"&", b"&amp;")) for one in expected
        )
        missing = set(links(marked)) - set(links(re.sub(rb"<base\b", b"<b", body)))
        assert not missing, file.name
