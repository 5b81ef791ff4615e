import pytest

from parsers.errors import FieldError, RuleError, TooComplex, UnreadableBody
from parsers.page import Page, host, text_of


def _page(html: str) -> Page:
    return Page(html.encode(), url="https://h.example/p", content_type="text/html; charset=utf-8")


def test_a_selector_demands_a_count() -> None:
    page = _page("<p>one<p>two<h1>Velmora</h1>")
    assert text_of(page.one("h1")) == "Velmora"
    assert page.maybe("h1") is not None
    assert page.maybe("h2") is None
    assert [text_of(element) for element in page.all("p")] == ["one", "two"]
    first = page.first("p")
    assert first is not None
    assert text_of(first) == "one"
    assert page.first("h2") is None


@pytest.mark.parametrize(("selector", "found"), [("p", 2), ("h2", 0)])
def test_another_count_is_an_error_with_that_count(selector: str, found: int) -> None:
    with pytest.raises(FieldError) as caught:
        _page("<p>one<p>two").one(selector)
    assert caught.value.found == found


def test_several_where_one_may_be_is_an_error() -> None:
    with pytest.raises(FieldError, match="'p' matched 2 elements, expected 0 or 1"):
        _page("<p>one<p>two").maybe("p")


def test_what_a_page_says_of_itself_is_read_wherever_it_stands() -> None:
    page = _page(
        "<img src=pixel><title>Velmora  report</title><meta property='OG:Title' content=' Velmora '>"
        "<meta property=og:title content=second><meta name=author content=''><meta itemprop=dc content=Ana>"
        "<meta content=nameless><meta name=bare><link rel='alternate canonical' href=' /a '>"
    )
    assert page.title == "Velmora report"
    assert page.meta("og:title") == "Velmora"
    assert page.meta("author", "dc") == "Ana"
    assert page.meta("bare") == ""
    assert page.canonical == "/a"


def test_all_that_the_metas_of_a_name_say_is_kept_in_order() -> None:
    page = _page("<meta name=Author content=Ana><meta property=author content=Colm><meta name=author content=' '>")
    assert page.metas == {"author": ("Ana", "Colm")}
    many = _page("".join(f"<meta name=author content={number}>" for number in range(60)))
    assert len(many.metas["author"]) == 50


def test_what_a_page_does_not_say_is_empty() -> None:
    page = _page("<p>a")
    assert (page.title, page.canonical, page.language, page.meta("og:title"), page.json_ld) == ("", "", "", "", ())


def test_the_language_is_the_one_stated() -> None:
    assert _page("<html lang=' de-AT '>").language == "de-AT"
    assert _page("<html lang>").language == ""


@pytest.mark.parametrize(
    ("script", "kinds"),
    [
        ('{"@type": "Report"}', ["Report"]),
        ('[{"@type": "A"}, [{"@type": "B"}], 3, null]', ["A", "B"]),
        ('{"@type": "A", "@graph": [{"@type": "B"}]}', ["A", "B"]),
        ("{no json", []),
        ("[" * 100_000, []),
        (f'{{"@type": "{"a" * 500_000}"}}', []),
    ],
    ids=["object", "list", "graph", "no JSON", "too deep", "too long"],
)
def test_json_ld_is_opened_and_what_is_none_passed_over(script: str, kinds: list[str]) -> None:
    page = _page(f'<script type="application/ld+json">{script}</script>')
    assert [item["@type"] for item in page.json_ld] == kinds


def test_a_rule_may_ask_by_beautifulsoup() -> None:
    page = _page("<p>one<b>two</b></p>")
    assert page.soup.get_text() == "onetwo"
    assert page.soup is page.soup


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(UnreadableBody):
        Page(b"%PDF-1.7", url="https://h.example/p")
    with pytest.raises(TooComplex):
        Page(b"<div>" * 10_000, url="https://h.example/p")


def test_no_bytes_are_an_empty_page() -> None:
    assert Page(b"", url="https://h.example/p").all("p") == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.H.example/a", "h.example"),
        ("http://user:secret@h.example:8000/", "h.example:8000"),
        ("https://h.example", "h.example"),
        ("/a", ""),
    ],
)
def test_the_host_of_an_address(url: str, expected: str) -> None:
    assert host(url) == expected


def test_what_a_rule_asks_is_noted_under_its_field_with_how_often_it_matched() -> None:
    page = Page(b'<meta name="author" content="Nela"><p>One<p>Two<h1>Three</h1>', url="https://example.org/")
    assert page.all("p")  # not under a field
    assert page.noted("title", lambda page: page.one("h1").text()) == "Three"
    assert page.noted("body", lambda page: page.first("p").text(deep=False)) == "One"  # type: ignore[union-attr]
    assert page.noted("authors", lambda page: page.meta("dc.creator", "author", "byl")) == "Nela"
    assert page.noted("published", lambda page: (page.first("time"), page.json_ld, page.first("time")))
    assert page.first("h2") is None
    assert [(match.field, match.selector, match.found) for match in page.matches] == [
        ("title", "h1", 1),
        ("body", "p", 2),
        ("authors", "meta dc.creator", 0),
        ("authors", "meta author", 1),
        ("published", "time", 0),
        ("published", "JSON-LD", 0),
    ]


def test_a_rule_that_fails_is_noted_too() -> None:
    page = Page(b"<p>One<p>Two", url="https://example.org/")
    with pytest.raises(FieldError):
        page.noted("title", lambda page: page.one("p"))
    assert page.noted("body", lambda page: page.meta("author")) == ""
    assert [(match.field, match.found) for match in page.matches] == [("title", 2), ("body", 0)]


def test_what_is_no_selector_is_told() -> None:
    page = Page(b"<p>One", url="https://h.example/")
    for ask in (page.all, page.first):
        with pytest.raises(RuleError, match=r"^found 'main\[\[', expected a CSS selector$"):
            ask("main[[")
    with pytest.raises(RuleError) as caught:
        page.noted("title", lambda page: page.first("main[["))
    assert caught.value.field == "title"
