from dataclasses import replace

from parsers import parse
from parsers.origins import origins, with_origins
from parsers.page import Page
from parsers.record import Match, Record

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


def _layout_record(**fields: object) -> Record:
    asked = (("published", "time.first", 0), ("published", "time", 1), ("modified", "JSON-LD", 2))
    record = Record(
        url="https://h.example/p",
        media_type="text/html",
        layout="acme/2024",
        revision=1,
        matches=tuple(Match(field=field, selector=selector, found=found) for field, selector, found in asked),
    )
    return with_origins(replace(record, **fields))  # type: ignore[arg-type]


def test_a_date_of_a_layout_rests_on_the_last_selector_that_matched() -> None:
    record = _layout_record(published="2024-05", modified="2024-06")
    assert (record.published_from, record.modified_from) == ("time", "JSON-LD")


def test_what_a_date_rests_on_is_kept_and_a_date_that_is_missing_rests_on_nothing() -> None:
    record = _layout_record(published="2024-05", published_from="report head")
    assert (record.published_from, record.modified_from) == ("report head", "")
