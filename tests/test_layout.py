from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from parsers.errors import FieldError, RuleError
from parsers.layout import Layout, Site, read_layout, without_title
from parsers.page import Page
from parsers.record import Block, Chrome, Figure, Record
from parsers.rules import date, first_text, names, no_words, nobody, text

BULLETIN = Layout(
    version="2024-03",
    recognise="main.bulletin",
    unless="div.old",
    title=text("main.bulletin h1"),
    published=date(text("time")),
    authors=names(first_text("i.author")),
    body="div.body",
    chrome=("nav", "div.share", ".body p.ad"),
    pictures=("div.photo",),
    revision=3,
)
HTML = """<html lang=en><meta property="og:site_name" content="Acme"><link rel=canonical href="https://h.example/c">
<nav>Home <p class=ad>Ad</p></nav><main class=bulletin><time>3 May 2024</time><i class=author>Ana Brix</i>
<div class=body><h1>Velmora</h1><div class="share ad">Share <nav>by mail</nav></div><p>One.</p><p class=ad>Buy</p>
<div class=photo><img src=a.jpg></div></div><div class=body><p>Another</p></div></main><div class=share></div>"""


def _page(html: str = HTML) -> Page:
    return Page(html.encode(), url="https://h.example/p", content_type="text/html; charset=utf-8")


def test_a_layout_is_recognised_by_what_stands_and_what_does_not() -> None:
    assert BULLETIN.recognises(_page())
    assert not BULLETIN.recognises(_page("<main></main>"))
    assert not BULLETIN.recognises(_page(HTML + "<div class=old></div>"))
    assert replace(BULLETIN, unless="").recognises(_page(HTML + "<div class=old></div>"))


def test_a_layout_reads_its_fields_its_first_body_and_its_chrome() -> None:
    record = read_layout(BULLETIN, _page(), family="acme")
    assert (record.layout, record.revision, record.media_type) == ("acme/2024-03", 3, "text/html")
    assert (record.title, record.published, record.modified) == ("Velmora", "2024-05-03", None)
    assert (record.authors, record.site_name, record.language) == (("Ana Brix",), "Acme", "en")
    assert record.canonical_url == "https://h.example/c"
    assert record.blocks == (
        Block(kind="paragraph", text="One."),
        Block(kind="figure", text="", figure=Figure(image="https://h.example/a.jpg")),
    )


def test_chrome_is_listed_once_in_the_order_of_the_page() -> None:
    assert read_layout(BULLETIN, _page(), family="acme").chrome == (
        Chrome(text="Home Ad", reason="layout nav", words=2),
        Chrome(text="Share by mail", reason="layout div.share", words=3),
        Chrome(text="Buy", reason="layout .body p.ad", words=1),
    )


def test_a_layout_without_chrome_takes_nothing_off() -> None:
    record = read_layout(replace(BULLETIN, chrome=()), _page(), family="acme")
    assert record.chrome == ()
    assert "Buy" in record.text


@pytest.mark.parametrize(
    ("html", "selector"),
    [
        ("<main class=bulletin><h1>a</h1><time>x</time>", "div.body"),
        ("<div class=body>a</div><time>x</time>", "main.bulletin h1"),
    ],
    ids=["body", "title"],
)
def test_a_missing_field_is_an_error_that_names_it(html: str, selector: str) -> None:
    with pytest.raises(FieldError) as caught:
        read_layout(BULLETIN, _page(html), family="acme")
    assert (caught.value.selector, caught.value.found) == (selector, 0)


def _lines(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(kind="paragraph", text=text) for text in texts)


def test_the_title_is_not_repeated_by_the_first_blocks() -> None:
    assert without_title(_lines("May 2024", "VELMORA!", "Words", "Velmora"), "Velmora") == _lines(
        "May 2024", "Words", "Velmora"
    )
    far = _lines("1", "2", "3", "4", "5", "6", "Velmora")
    assert without_title(far, "Velmora") == far
    assert without_title(_lines("—"), "") == _lines("—")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.acme.example/reports/a?b", True),
        ("https://www.acme.example/", False),
        ("https://evil.example/?https://www.acme.example/reports/a", False),
    ],
)
def test_a_site_owns_the_addresses_it_serves(url: str, expected: bool) -> None:
    site = Site(name="acme", serves=("https://acme.example/*", "https://www.acme.example/reports/*"), layouts=())
    assert site.owns(url) is expected


def test_each_selector_is_counted_under_its_field() -> None:
    matches = read_layout(BULLETIN, _page(), family="acme").matches
    assert [(match.field, match.selector, match.found) for match in matches] == [
        ("recognise", "main.bulletin", 1),
        ("chrome", "nav", 2),
        ("chrome", "div.share", 2),
        ("chrome", ".body p.ad", 1),
        ("body", "div.body", 2),
        ("pictures", "div.photo", 1),
        ("title", "main.bulletin h1", 1),
        ("authors", "i.author", 1),
        ("published", "time", 1),
    ]


LIST = Layout(
    version="list",
    recognise="main",
    body="main",
    title=text("h1"),
    entries="main h2 a, main a.more",
    chrome=("p",),
)
ENTRIES = """<main><h1>Reports</h1><h2><a href=/velmora>Velmora</a></h2><p>Teaser <a class=more href=/velmora>More</a>
</p><h2><a href=/orn><img src=a.jpg>Orn <b>fell</b></a></h2><h2><a href=/empty><img src=b.jpg></a></h2></main>"""


def test_a_list_has_an_item_for_each_report_it_leads_to() -> None:
    record = read_layout(LIST, _page(ENTRIES), family="acme")
    assert [(block.kind, block.text, block.level) for block in record.blocks] == [
        ("item", "Velmora", 1),
        ("item", "Orn fell", 1),
    ]
    assert [link.target for link in record.links] == ["https://h.example/velmora", "https://h.example/orn"]
    assert record.title == "Reports"
    assert record.account
    assert record.account.unclaimed == 0


def test_what_is_to_match_once_does() -> None:
    layout = replace(BULLETIN, once="time")
    assert layout.recognises(_page())
    assert not layout.recognises(_page(HTML + "<time></time>"))
    assert not layout.recognises(_page(HTML.replace("time", "b")))


def _found(page: Page, body: int, chrome: Mapping[int, str]) -> Record:
    blocks = (Block(kind="paragraph", text=page.tree.text(body)), Block(kind="paragraph", text="Velmora"))
    return Record(
        url=page.url, media_type="text/html", layout="article", revision=1, title=f"{len(chrome)} parts",
        authors=("Nobody",), published="2020", published_from="address", modified="2021", blocks=blocks,
    )  # fmt: skip


def test_rules_go_before_what_an_extractor_finds_below_the_body() -> None:
    record = read_layout(replace(BULLETIN, extract=_found), _page(), family="acme")
    assert (record.layout, record.revision, record.title) == ("acme/2024-03", 3, "Velmora")
    assert (record.authors, record.published, record.published_from) == (("Ana Brix",), "2024-05-03", "time")
    assert (record.modified, record.modified_from) == ("2021", "")
    assert len(record.blocks) == 1  # the title is not repeated


def test_what_an_extractor_finds_stands_where_rules_are_silent() -> None:
    bare_layout = replace(BULLETIN, title=no_words, authors=nobody, published=lambda _: None, extract=_found)
    record = read_layout(bare_layout, _page(), family="acme")
    assert (record.title, record.authors, record.published) == ("5 parts", ("Nobody",), "2020")
    assert record.published_from == "address"


def test_a_date_by_a_function_rests_on_the_layout() -> None:
    record = read_layout(replace(BULLETIN, published=lambda _: "2024"), _page(), family="acme")
    assert (record.published, record.published_from) == ("2024", "layout")


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (
            {"version": "2024/05"},
            "layout '2024/05': version: found '2024/05' (str), expected letters, figures, dots and hy",
        ),
        (
            {"chrome": "p.ad"},
            "layout '2024-03': chrome: found 'p.ad' (str), expected a tuple of selectors, such as (\"p",
        ),
        ({"pictures": ("",)}, "layout '2024-03': pictures: found ('',) (tuple), expected a tuple of selectors"),
        ({"recognise": ""}, "layout '2024-03': recognise: found '' (str), expected a CSS selector"),
        ({"body": ("main",)}, "layout '2024-03': body: found ('main',) (tuple), expected a CSS selector"),
        ({"unless": None}, "layout '2024-03': unless: found None (NoneType), expected a CSS selector"),
        (
            {"title": "h1" * 50},
            f"layout '2024-03': title: found '{'h1' * 29}… (str), expected a rule, such as text('h1')",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_layout_of_the_wrong_kind_is_not_made(changed: dict[str, Any], line: str) -> None:
    with pytest.raises(RuleError) as caught:
        replace(BULLETIN, **changed)
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"serves": "https://acme.example/*"}, "serves"),
        ({"name": "acme/x"}, "name"),
        ({"layouts": BULLETIN}, "layouts"),
        ({"masthead": "Harbour Watch"}, "masthead"),
        ({"chrome_lines": "Print"}, "chrome_lines"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_site_of_the_wrong_kind_is_not_made(changed: dict[str, Any], field: str) -> None:
    site = Site(name="acme", serves=("https://acme.example/*",), layouts=(BULLETIN,))
    with pytest.raises(RuleError) as caught:
        replace(site, **changed)
    assert caught.value.field == field
    assert caught.value.where.startswith("site 'acme")


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"chrome": ("nav", "main[[")}, "chrome: found 'main[[', expected a CSS selector"),
        ({"body": "main[["}, "body: found 'main[[', expected a CSS selector"),
        ({"title": text("main[[")}, "title: found 'main[[', expected a CSS selector"),
        ({"published": date(text("main[["))}, "published: found 'main[[', expected a CSS selector"),
        ({"title": lambda _: 17}, 'title: found 17 (int), expected a text, "" for none'),
        ({"authors": lambda _: 17}, 'authors: found 17 (int), expected a tuple of names, such as ("Ana Brix",)'),
        ({"authors": lambda _: "Ana"}, "authors: found 'Ana' (str), expected a tuple of names"),
        (
            {"published": lambda _: "14 May"},
            "published: found '14 May' (str), expected a date in EDTF such as '2024-05",
        ),
        ({"modified": lambda _: 0}, "modified: found 0 (int), expected a date in EDTF"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_a_rule_gets_wrong_is_told_with_layout_and_field(changed: dict[str, Any], line: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_layout(replace(BULLETIN, **changed), _page(), family="acme")
    assert str(caught.value).startswith(f"acme/2024-03: {line}")


def test_rules_that_give_nothing_or_a_list_of_names_are_as_good() -> None:
    rules: dict[str, Any] = {"title": lambda _: None, "authors": lambda _: ["Ana Brix"], "published": lambda _: ""}
    record = read_layout(replace(BULLETIN, **rules), _page(), family="acme")
    assert (record.title, record.authors, record.published) == ("", ("Ana Brix",), None)
    assert read_layout(replace(BULLETIN, authors=lambda _: None), _page(), family="acme").authors == ()  # type: ignore[arg-type, return-value]


def test_a_title_longer_than_any_is_none() -> None:
    long = replace(BULLETIN, title=lambda _: "a" * 501)
    assert read_layout(long, _page(), family="acme").title == ""


@pytest.mark.parametrize("field", ["recognise", "once", "unless"])
def test_a_selector_that_is_none_is_told_where_a_page_is_to_be_recognised(field: str) -> None:
    changed: dict[str, Any] = {"once": "main", field: "main[["}
    with pytest.raises(RuleError, match=rf"^acme/2024-03: {field}: found 'main\[\[', expected a CSS selector$"):
        replace(BULLETIN, **changed).recognises(_page(), family="acme")
