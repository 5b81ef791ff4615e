import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.metadata import Metadata, read_metadata
from parsers.page import Page
from parsers.record import Figure

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]))  # a page with control bytes is no text


def _page(html: str, url: str = "https://www.h.example/the-fall-of-orn") -> Page:
    return Page(html.encode(errors="replace"), url=url, content_type="text/html; charset=utf-8")


def test_a_page_says_of_its_report_what_a_record_needs() -> None:
    page = _page(
        """<html lang=en-GB><title>The fall of Orn | Acme</title><link rel=canonical href=https://h.example/the-fall-of-orn>
        <meta property=og:site_name content=Acme><meta property=og:title content="The fall of Orn | Acme">
        <script type="application/ld+json">{"@graph": [
          {"@type": "NewsArticle", "@id": "https://h.example/the-fall-of-orn", "headline": "The fall of Orn",
           "author": [{"@id": "#ana"}, {"@type": "Organization", "name": "Acme"}], "image": "/orn.jpg",
           "datePublished": "2024-05-03T10:00:00+02:00", "dateModified": "2024-05-05"},
          {"@id": "#ana", "@type": "Person", "name": "Ana Brix"}]}</script>
        <h1>Acme</h1><h1>The fall of Orn</h1><p>By Ana Brix"""
    )
    assert read_metadata(page) == Metadata(
        title="The fall of Orn",
        authors=("Ana Brix",),
        published="2024-05-03",
        published_from="JSON-LD datePublished",
        modified="2024-05-05",
        modified_from="JSON-LD dateModified",
        language="en-GB",
        canonical_url="https://h.example/the-fall-of-orn",
        site_name="Acme",
        lead=Figure(image="https://www.h.example/orn.jpg"),
    )


def test_a_page_that_says_nothing_gives_nothing() -> None:
    assert read_metadata(_page("<p>word")) == Metadata(title="")


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ("<html lang=de><meta property=og:locale content=en_US>", "de"),
        ("<meta http-equiv=content-language name=content-language content=fr>", "fr"),
        ("<meta property=og:locale content=pt_BR>", "pt-BR"),
        ('<script type="application/ld+json">{"@type": "Article", "inLanguage": "sw"}</script>', "sw"),
    ],
)
def test_the_language_is_the_first_stated(html: str, language: str) -> None:
    assert read_metadata(_page(html)).language == language


def test_the_name_of_the_site_is_the_one_stated() -> None:
    assert read_metadata(_page('<meta name="application-name" content="Acme">')).site_name == "Acme"
    assert (
        read_metadata(_page('<meta property="og:url" content="https://h.example/a">')).canonical_url
        == "https://h.example/a"
    )


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ('<title>The fall of Orn - Acme Herald</title>{"@type": "WebSite", "name": "Acme Herald"}', "The fall of Orn"),
        ('<title>The fall of Orn - Acme</title>{"@type": "Article", "publisher": {"name": "Acme"}}', "The fall of Orn"),
        ("<title>Orn &amp;amp; Velmora</title>{}", "Orn & Velmora"),
    ],
    ids=["site", "publisher", "entities"],
)
def test_the_title_is_cut_by_every_name_of_the_site(html: str, title: str) -> None:
    head, brace, json = html.partition("{")
    page = _page(
        f'<meta property=og:site_name content=Stats>{head}<script type="application/ld+json">{brace}{json}</script>'
    )
    assert read_metadata(page).title == title


def test_headings_in_chrome_are_a_title_only_where_metadata_says_so() -> None:
    page = _page(
        "<title>Orn in ruins</title><h1>Log in</h1><h1>What was seen</h1><h1>Later</h1>", "https://h.example/9"
    )
    first, second, third = [place for place, tag in enumerate(page.tree.tags) if tag == "h1"]
    assert read_metadata(page, outside=[second, third], inside=[third]).title == "Later"
    assert read_metadata(page, outside=[second], inside=[second]).title == "What was seen"
    assert read_metadata(page).title == "Orn in ruins"
    assert first < second


def test_lines_are_read_near_the_title_wherever_it_stands() -> None:
    page = _page("<title>The fall of Orn</title><p>1 May 2024<h2>The fall of Orn</h2><p>By Ana Brix, 3 May 2024")
    assert read_metadata(page).authors == ("Ana Brix",)
    assert read_metadata(page).published == "2024-05-03"
    assert read_metadata(_page("<title>The fall of Orn</title><p>By Ana Brix, 3 May 2024")).published is None


def test_a_page_of_headings_and_times_is_looked_at_as_far_as_a_report_has_any() -> None:
    page = _page("<title>The fall of Orn</title>" + "<h1>Orn</h1><p><time datetime=2024-05-03>then</time>" * 3_000)
    assert read_metadata(page, outside=range(9_000), inside=range(9_000)).title == "Orn"
    assert read_metadata(_page(f"<title>{'Orn ' * 9_000}</title>")).title == ("Orn " * 125).strip()


@given(TEXT, TEXT)
def test_no_page_raises(content: str, words: str) -> None:
    quoted = content.replace('"', "")
    html = (
        f'<title>{words}</title><meta property="og:title" content="{quoted}"><h1>{words}</h1><p class=author>{content}'
    )
    ld = (
        f'<script type="application/ld+json">{{"@type": "Article", "author": "{quoted}", "image": "{quoted}"}}</script>'
    )
    for page in (_page(html), _page(html + ld), _page(html, url=content)):
        assert read_metadata(page) == read_metadata(page)


def test_a_heading_longer_than_any_title_is_none() -> None:
    page = _page(f"<h1>{'a' * 501}</h1><h1>Orn</h1>")
    headings = list(page.tree.named("h1"))
    assert read_metadata(page, outside=headings).title == "Orn"
    assert read_metadata(page, outside=headings[:1]).title == ""
