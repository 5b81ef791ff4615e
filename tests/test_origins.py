from parsers import parse
from parsers.origins import origins
from parsers.page import Page
from parsers.record import Record

TEXT = "<p>" + "The port of Tovash is closed to all ships since the morning of the third of May. " * 8


def _matches(html: str) -> list[tuple[str, str, int]]:
    record = parse(html.encode(), url="https://h.example/p", content_type="text/html; charset=utf-8")
    assert record.layout == "article"
    return [(match.field, match.selector, match.found) for match in record.matches]


def test_a_title_is_told_by_each_place_that_states_it() -> None:
    head = '<title>The port of Tovash | Acme</title><meta property="og:title" content="Tovash closed">'
    stated = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The port of Tovash"}</script>'
    assert _matches(f"{head}{stated}<h1>The Port of Tovash</h1>{TEXT}") == [
        ("title", "h1", 1),
        ("title", "JSON-LD headline", 1),
        ("title", "meta og:title", 0),
        ("title", "title", 1),
    ]


def test_what_a_field_rests_on_is_told_where_it_was_found() -> None:
    record = Record(
        url="https://h.example/p",
        media_type="text/html",
        layout="article",
        revision=1,
        authors=("Nela Oskarin", "Ana Brix"),
        published="2024-05",
        published_from="byline",
    )
    found = origins(record, Page(b"<p>Tovash", url=record.url))
    assert [(match.field, match.selector, match.found) for match in found] == [
        ("published", "byline", 1),
        ("authors", "names", 2),
    ]
