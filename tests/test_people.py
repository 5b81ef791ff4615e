import pytest

from parsers.jsonld import read_linked
from parsers.nearby import lines_near
from parsers.page import Page
from parsers.people import read_authors

SITES = frozenset({"acme"})


def _authors(html: str) -> tuple[str, ...]:
    page = Page(f"<body>{html}".encode(), url="https://h.example/p", content_type="text/html; charset=utf-8")
    linked = read_linked(page.json_ld, addresses=[], titles=[])
    lines = lines_near(page.tree, page.tree.tags.index("h1")) if "<h1" in html else ()
    return read_authors(page.metas, linked, lines, page.tree, SITES)


def _ld(author: str, kind: str = "BlogPosting") -> str:
    return f'<script type="application/ld+json">{{"@type": "{kind}", "author": {author}}}</script>'


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ('{"name": "Ana Brix"}', ("Ana Brix",)),
        ('[{"name": "Ana Brix"}, "Colm Adair", {"name": "Ana Brix"}, {"url": "x"}, 3]', ("Ana Brix", "Colm Adair")),
        ('{"name": ["Ana Brix", "Colm Adair"]}', ("Ana Brix", "Colm Adair")),
        ('"Ana Brix, Colm Adair and Ines Harrow"', ("Ana Brix", "Colm Adair", "Ines Harrow")),
        (
            '[{"@type": "Organization", "name": "Salt and Stone"}, {"@type": "Person", "name": "Ana Brix"}]',
            ("Ana Brix",),
        ),
        ('{"@type": "Organization", "name": "Salt, Stone"}', ("Salt",)),
        ('["https://h.example/ana", "ana@h.example", "42"]', ()),
        ("null", ()),
    ],
)
def test_authors_are_those_of_the_article(author: str, names: tuple[str, ...]) -> None:
    assert _authors(_ld(author)) == names


def test_a_page_may_name_its_author_where_there_is_no_article() -> None:
    assert _authors(_ld('{"name": "Ana Brix"}', "WebPage")) == ("Ana Brix",)


@pytest.mark.parametrize(
    ("metas", "names"),
    [
        ("<meta name=author content='Ana Brix; Colm Adair'>", ("Ana Brix", "Colm Adair")),
        (
            "<meta name=citation_author content='Brix, Ana'><meta name=citation_author content='Adair, C. D.'>",
            ("Ana Brix", "C. D. Adair"),
        ),
        ("<meta name=dc.creator content='Ana Brix, Colm Adair, Odo'>", ("Ana Brix", "Colm Adair", "Odo")),
        ("<meta name=sailthru.author content='Ana Brix'>", ("Ana Brix",)),
        ("<meta name=author content=Acme><meta name=byl content='By Ana Brix'>", ("Ana Brix",)),
        ("<meta name=author content=Acme>", ("Acme",)),
        ("<meta property=article:author content='https://h.example/ana'>", ()),
    ],
)  # fmt: skip
def test_authors_may_stand_in_meta(metas: str, names: tuple[str, ...]) -> None:
    assert _authors(metas) == names


@pytest.mark.parametrize(
    ("below", "names"),
    [
        ("<p>By Ana Brix and Colm Adair", ("Ana Brix", "Colm Adair")),
        ("<p>By <a href=/x>Ana Brix</a> | 3 May 2024", ("Ana Brix",)),
        (
            "<p class=byline>By <a href=/x>Ana Brix</a>, Colm Adair and Ines Harrow",
            ("Ana Brix", "Colm Adair", "Ines Harrow"),
        ),
        (
            "<p>By <a href=/authors/ana>Ana Brix</a>, Colm Adair and Ines Harrow",
            ("Ana Brix", "Colm Adair", "Ines Harrow"),
        ),
        (
            "<p class=byline><a href=/x>Ana Brix</a>, Colm Adair and <a href=/y>Ines Harrow</a>",
            ("Ana Brix", "Colm Adair", "Ines Harrow"),
        ),
        ("<p>By <a class=author>Ana Brix</a>, Senior Researcher", ("Ana Brix",)),
        ("<p>By Ana Brix in Velmora City", ("Ana Brix",)),
        ("<p>By Ana Brix and Colm Adair in Orun", ("Ana Brix", "Colm Adair")),
        ("<p>By Ana Brix near the walls", ()),
        ("<p>By <a href=/authors/ana>Ana Brix</a>, Orun", ("Ana Brix",)),
        ("<p>Written by<p>Ana Brix<p>3 min read", ("Ana Brix",)),
        ("<p class=byline>Ana Brix</p><p class=byline>Colm Adair</p>", ("Ana Brix", "Colm Adair")),
        ("<p><a href=/authors/ana>Ana Brix</a>", ("Ana Brix",)),
        ("<p class=author>Orn Press Agency</p>", ("Orn Press Agency",)),
        ("<p class=PostAuthor>Ana Brix</p><p class=author-role>Night Owl</p>", ("Ana Brix",)),
        ("<p>By Ana Brix <span>Fact checked by</span> <b class=author>Colm Adair</b>", ("Ana Brix",)),
        ("<p>Reviewed by<p class=author>Colm Adair<p class=author>Ana Brix", ("Ana Brix",)),
        ("<p>Edited by Colm Adair<p>By Ana Brix", ("Ana Brix",)),
        ("<p class=comment-author>Colm Adair", ()),
        ("<p>By and by the walls of Orn fell", ()),
        ("<p>By " + "Ana Brix and " * 30 + "Colm Adair", ()),
        ("<p>a<p>b<p>c<p>d<p>e<p>By Orn", ()),
        ("<p>a<p>b<p>c<p>By Ana", ("Ana",)),
    ],
)
def test_a_report_is_signed_near_its_title(below: str, names: tuple[str, ...]) -> None:
    assert _authors(f"<h1>The fall of Orn</h1>{below}") == names


def test_the_lines_name_more_than_the_metadata_or_are_not_needed() -> None:
    title = "<h1>The fall of Orn</h1>"
    assert _authors(_ld('"Ana Brix"') + title + "<p>By Dr Ana Brix and Colm Adair") == ("Dr Ana Brix", "Colm Adair")
    assert _authors(_ld('"Ana Brix"') + title + "<p>By Ines Harrow and Colm Adair") == ("Ana Brix",)
    assert _authors(_ld('"Ana Brix"') + title + "<p>By Ana Brix") == ("Ana Brix",)


def test_elements_named_for_authors_are_the_last_resort() -> None:
    far = "<p>word</p>" * 100
    assert _authors(f"<h1>Orn</h1>{far}<div class=author-name>Ana Brix</div>") == ("Ana Brix",)
    assert _authors(f"<h1>Orn</h1>{far}<ul class=comments><li class=author>Colm</ul><p rel=author>Orn Desk") == (
        "Orn Desk",
    )
    assert _authors("<p class=author>nobody77</p><p class=author>ana</p><p class=authority>Ana</p>") == ()
