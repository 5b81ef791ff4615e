import pytest

from parsers import metadata
from parsers.page import Page


def _page(html: str) -> Page:
    return Page(html.encode(), url="https://h.example/p", content_type="text/html; charset=utf-8")


def _ld(json: str) -> Page:
    return _page(f'<script type="application/ld+json">{json}</script>')


@pytest.mark.parametrize(
    ("html", "headings", "inside", "title"),
    [
        ("<title>Velmora Report | Acme</title>", ["Acme", "Velmora report"], ["Acme"], "Velmora report"),
        ('<meta property=og:title content="The fall of Orn">', ["", "Reports"], ["", "Orn fell"], "Orn fell"),
        ("<title>The fall of Orn | Acme</title>", ["Reports"], [], "The fall of Orn"),
        ("", ["", "Reports"], [], "Reports"),
        ("", ["—"], [], "—"),
        ("", [], [], ""),
    ],
    ids=["repeated", "in the content", "stated", "any heading", "no words", "none"],
)
def test_the_title_is_the_heading_that_is_repeated_else_the_nearest(
    html: str, headings: list[str], inside: list[str], title: str
) -> None:
    assert metadata.page_title(_page(html), headings, inside) == title


def test_the_headline_of_json_ld_confirms_a_heading() -> None:
    page = _ld('{"@type": "Report", "headline": "The fall of Orn"}')
    assert metadata.page_title(page, ["Acme", "The Fall of Orn"], []) == "The Fall of Orn"


@pytest.mark.parametrize(
    ("title", "site", "expected"),
    [
        ("Velmora Report | Acme", "Acme", "Velmora Report"),
        ("Acme – Velmora Report", "Acme", "Velmora Report"),
        ("Velmora – A Report - Acme", "Acme", "Velmora – A Report"),
        ("Velmora - Orn", "Acme", "Velmora - Orn"),
        ("The fall of Orn | Acme", "", "The fall of Orn"),
        ("Orn | A very long name of a site", "", "Orn | A very long name of a site"),
        ("Velmora Report", "Acme", "Velmora Report"),
        ("Velmora-Report", "Report", "Velmora-Report"),
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_title(title: str, site: str, expected: str) -> None:
    assert metadata.without_site(title, site) == expected


@pytest.mark.parametrize(
    ("html", "day"),
    [
        ('<meta property="article:published_time" content="2024-05-03T10:00:00Z">', "2024-05-03"),
        ('<meta name="DC.date.issued" content="2024-05-03">', "2024-05-03"),
        (
            '<script type="application/ld+json">{"@type": "Report", "datePublished": "2024-05-03"}</script>',
            "2024-05-03",
        ),
        ('<script type="application/ld+json">{"@type": "Event", "datePublished": "2024-05-03"}</script>', None),
        ('<time pubdate datetime="2024-05-03">', "2024-05-03"),
        ("<time itemprop=datePublished datetime>", None),
        ('<meta name=date content="yesterday"><time pubdate datetime="2024-05-03">', "2024-05-03"),
        ('<time datetime="2024-05-03">', None),
        ("", None),
    ],
)
def test_the_day_of_publication_is_what_metadata_says(html: str, day: str | None) -> None:
    assert metadata.published(_page(html)) == day


def test_the_day_of_the_last_change_is_what_metadata_says() -> None:
    assert metadata.modified(_page('<meta property="og:updated_time" content="2024-05-04">')) == "2024-05-04"
    assert metadata.modified(_ld('{"@type": ["Thing", "NewsArticle"], "dateModified": "2024-05-05"}')) == "2024-05-05"
    assert metadata.modified(_ld('{"@type": "Report", "dateModified": 5}')) is None
    assert metadata.modified(_page("")) is None


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('{"name": "Ana Brix"}', ("Ana Brix",)),
        ('[{"name": "Ana Brix"}, "Colm Adair", {"name": "Ana Brix"}, {"url": "x"}, 3]', ("Ana Brix", "Colm Adair")),
        ('"Ana Brix, Colm Adair and Ines Harrow"', ("Ana Brix", "Colm Adair", "Ines Harrow")),
        ('["https://h.example/ana", "ana@h.example", "42", "a b c d e f g h i"]', ()),
        ("null", ()),
    ],
)
def test_authors_are_names_each_once(author: str, names: tuple[str, ...]) -> None:
    assert metadata.authors(_ld(f'{{"@type": "BlogPosting", "author": {author}}}')) == names


def test_authors_may_stand_in_meta() -> None:
    assert metadata.authors(_page('<meta name=author content="Ana Brix; Colm Adair">')) == ("Ana Brix", "Colm Adair")
    assert metadata.authors(_page("")) == ()


def test_the_name_of_the_site_is_the_one_stated() -> None:
    assert metadata.site_name(_page('<meta property="og:site_name" content="Acme">')) == "Acme"
    assert metadata.site_name(_page('<meta name="application-name" content="Acme">')) == "Acme"
    assert metadata.site_name(_page("")) == ""
