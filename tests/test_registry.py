from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import ParserError, Record, TooComplex, UnreadableBody, parse
from parsers.registry import claims

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"

URL = "https://h.example/reports/velmora"
PROSE = "The people of the highlands were driven out of their villages by the army, and nobody let them return. " * 2


@pytest.mark.parametrize(
    ("body", "content_type", "layout", "media_type"),
    [
        (f"<p>{PROSE}", "text/html; charset=utf-8", "article", "text/html"),
        (f"<p>{PROSE}", "Application/XHTML+XML", "article", "text/html"),
        (PROSE, "text/plain", "text", "text/plain"),
        (f"**{PROSE}**", "text/x-markdown", "markdown", "text/markdown"),
        (f"\n<!-- a --><!-- b --><!DOCTYPE html><p>{PROSE}", None, "article", "text/html"),
        (f"\ufeff<html><p>{PROSE}", None, "article", "text/html"),
        (f"<?xml version='1.0'?><html><p>{PROSE}", None, "article", "text/html"),
        (f"<title>Velmora</title><p>{PROSE}", "", "article", "text/html"),
        (f"{PROSE}\n\n[here](https://h.example/)", None, "markdown", "text/markdown"),
        (f"# Velmora\n\n{PROSE}", None, "markdown", "text/markdown"),
        (f"The **army**: {PROSE}", None, "markdown", "text/markdown"),
        (f"<abbr> {PROSE}", None, "text", "text/plain"),
        (PROSE, None, "text", "text/plain"),
    ],
)
def test_the_media_type_chooses_the_reader(body: str, content_type: str | None, layout: str, media_type: str) -> None:
    record = parse(body.encode(), url=URL, content_type=content_type)
    assert (record.layout, record.media_type, record.url) == (layout, media_type, URL)
    assert "driven out of their villages" in record.text
    assert record.held == ()


def test_a_media_type_without_a_parser_is_refused() -> None:
    with pytest.raises(UnreadableBody) as caught:
        parse(b"{}", url=URL, content_type="application/json; charset=utf-8")
    assert caught.value.found == "application/json"


@pytest.mark.parametrize("content_type", ["text/html", "text/plain", "text/markdown", None])
def test_what_is_no_text_is_refused_whatever_it_is_called(content_type: str | None) -> None:
    with pytest.raises(UnreadableBody):
        parse(b"%PDF-1.7", url=URL, content_type=content_type)


def test_more_text_than_any_report_has_is_refused() -> None:
    with pytest.raises(TooComplex) as caught:
        parse(b"a\n" * 2_500_001, url=URL, content_type="text/plain")
    assert caught.value.bound == "bytes of text"


def test_comments_before_a_text_are_looked_over_once() -> None:
    assert parse(b"<!-- a -->" * 6_000 + b"words", url=URL).layout == "text"


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ("Only a few words.", True),
        ("Nineteen " + "word " * 18, True),
        ("Twenty " + "word " * 19, False),
        ("軍隊" * 20, True),
        ("軍隊は高地の村々から人々を追い出した。" * 6, False),
    ],
    ids=["few", "nineteen", "twenty", "few signs", "signs"],
)
def test_a_body_without_a_report_is_held(body: str, held: bool) -> None:
    record = parse(f"Velmora report\n\n{body}".encode(), url=URL, content_type="text/plain")
    assert bool(record.held) is held
    assert all(flag.name == "no-report" for flag in record.held)


WIX = "<div id=SITE_ROOT><div id=masterPage>{}</div></div>"
BODY = f"<div id=PAGES_CONTAINER><p>{PROSE}</p></div>"


def test_a_layout_that_fails_leaves_the_page_to_the_generic_reader_and_holds_it() -> None:
    record = parse(WIX.format(f"<p>{PROSE}</p>").encode(), url=URL, content_type="text/html")
    (flag,) = record.held
    assert flag.name == "layout"
    assert flag.detail == "'#PAGES_CONTAINER' matched 0 elements, expected at least 1"
    assert record.layout == "article"
    assert PROSE.strip() in record.text


def test_two_layouts_that_recognise_a_page_hold_it() -> None:
    both = WIX.format(BODY) + f"<div id=site-root>{BODY}</div>"
    (flag,) = parse(both.encode(), url=URL, content_type="text/html").held
    assert flag.detail == "2 layouts recognise this page, expected 1: wix/santa, wix/thunderbolt"


@pytest.mark.parametrize(
    ("published", "modified", "flags"),
    [
        ("2024-05-03", "2024-05-04T01:00:00Z", [("modified-later", "2024-05-04")]),
        ("2024-05-03", "2024-05-02", [("modified-earlier", "2024-05-02")]),
        ("2024-05-03", "2024-05-03", []),
        ("2024-05-03", "", []),
        ("", "2024-05-04", []),
    ],
)
def test_a_page_that_was_changed_on_another_day_than_it_appeared_is_flagged(
    published: str, modified: str, flags: list[tuple[str, str]]
) -> None:
    html = (
        f"<meta property='article:published_time' content='{published}'>"
        f"<meta property='article:modified_time' content='{modified}'><p>{PROSE}"
    )
    record = parse(html.encode(), url=URL, content_type="text/html")
    assert [(flag.name, flag.value) for flag in record.flags] == flags


def test_lines_known_as_chrome_are_left_out_of_html_too() -> None:
    record = parse(f"<p>{PROSE}</p><p>Back to top</p>".encode(), url=URL, content_type="text/html")
    assert record.text == PROSE.strip()
    assert "Back to top" in [part.text for part in record.chrome]


def _parsed(body: bytes, content_type: str | None) -> Record | str:
    try:
        return parse(body, url=URL, content_type=content_type)
    except ParserError as error:
        return str(error)


TYPES = st.sampled_from([None, "text/html", "text/plain", "text/markdown", "text/html; charset=utf-16", "image/png"])
PIECES = st.sampled_from(
    [
        *"<p> </p> <h1> <table> <tr> <td> <figure> <li> <a href=x> <b> <div> </div> <!-- --> <script>".split(),
        "<meta property=og:title content='Velmora Country Report'>",
        "<div id=SITE_ROOT><div id=masterPage><div id=PAGES_CONTAINER>",
        '<script type="application/ld+json">{"@graph": [[]], "@type": "Report", "author": [null]}</script>',
        "Velmora Country Report",
        "Genocide Emergency: Sudan, May 2024",
        "By Ana Brix, Acme on 3 May 2024",
        "May 2024",
        "A bridge [Press]",
        "Acme recommends:",
        "The Union, Russia and Velmora must act.",
        "is at Stage 9: Extermination, Stages 3 and X. Denial",
        "top of page",
        "\n\n",
        "- ",
        "3. ",
        "# ",
        "| a | b |\n|---|---|\n",
        "![a](b)",
        "\0",
        "\ud800",
        "軍隊",
        PROSE,
    ]
)


@given(st.binary(), TYPES)
def test_any_bytes_give_a_record_or_a_parser_error_and_always_the_same(body: bytes, content_type: str | None) -> None:
    assert _parsed(body, content_type) == _parsed(body, content_type)


@given(st.lists(PIECES, max_size=30), TYPES)
def test_any_page_gives_a_record_that_can_be_stored_and_read_back(pieces: list[str], content_type: str | None) -> None:
    body = " ".join(pieces).encode("utf-8", "surrogatepass")
    found = _parsed(body, content_type)
    assert found == _parsed(body, content_type)
    if isinstance(found, Record):
        again = Record.from_json(found.to_json())
        assert again == found
        assert again.chrome == found.chrome
        assert again.digests == found.digests
        assert "\0" not in found.to_json()
        found.to_json().encode("utf-8")


def test_a_page_that_is_short_as_a_whole_is_a_short_report() -> None:
    notice = b"<html><body><h1>Notice</h1><p>The Velmora desk is closed until further notice.</p></body></html>"
    around = f"<select>{'<option>Another place</option>' * 40}</select>".encode()
    assert not parse(notice, url=URL, content_type="text/html").held
    longer = notice.replace(b"<body>", b"<body>" + around)
    assert [flag.name for flag in parse(longer, url=URL, content_type="text/html").held] == ["no-report"]
    assert [flag.name for flag in parse(b"<html><body></body></html>", url=URL).held] == ["no-report"]


def test_a_page_that_says_its_title_alone_is_a_short_report_and_an_empty_one_is_none() -> None:
    alone = b"<html><head><title>Velmora</title></head><body><p>Velmora</p></body></html>"
    empty = alone.replace(b"<p>Velmora</p>", b"")
    assert not parse(alone, url=URL, content_type="text/html").held
    assert [flag.name for flag in parse(empty, url=URL, content_type="text/html").held] == ["no-report"]


def test_a_layout_that_fails_leaves_what_it_asked_to_the_ledger() -> None:
    record = parse(b'<div id=site-root><article data-hook="post"></article></div>', url="https://h.example/p")
    assert record.layout == "article"
    asked = {(match.field, match.selector): match.found for match in record.matches}
    assert asked["body", 'article[data-hook="post"] [data-hook="post-description"]'] == 0


def test_the_one_layout_whose_claim_holds_reads_the_page() -> None:
    body = (FIXTURES / "wix/post/german.html").read_bytes()
    found = claims(body, url="https://h.example/p")
    [claim] = [claim for claim in found if claim.holds]
    assert (claim.layout, claim.found) == (parse(body, url="https://h.example/p").layout, 1)
    [other] = [claim for claim in found if claim.layout == "wix/thunderbolt"]
    assert (other.holds, other.found_unless) == (False, 1)


def test_no_layout_claims_what_is_no_html() -> None:
    assert claims(b"The port of Tovash.", url="https://h.example/p") == ()
    assert claims(b"<p id=site-root>The port of Tovash.", url="https://h.example/p") != ()


def test_the_layouts_of_platforms_are_asked_whose_frame_a_page_has() -> None:
    body = b"<body class='page-node postid-3'><div class='entry-content'><p>The port of Tovash."
    asked = [claim.layout for claim in claims(body, url=URL)]
    assert asked == ["wordpress/classic", "drupal/node", "drupal/node-7"]
    assert claims(b"<p>The port of Tovash.", url=URL) == ()


def test_a_first_line_of_100_000_signs_is_no_title() -> None:
    record = parse(b"[a](" * 100_000, url=URL, content_type="text/markdown")
    assert record.title == ""
    assert len(record.blocks) == 1


@pytest.mark.parametrize(
    ("body", "url", "line"),
    [
        (
            "text",
            URL,
            "parse: body: found str, expected bytes as they were received; text.encode() makes them of a text",
        ),
        (bytearray(b"text"), URL, "parse: body: found bytearray, expected bytes as they were received"),
        (None, URL, "parse: body: found NoneType, expected bytes as they were received"),
        (b"text", None, "parse: url: found NoneType, expected the address as a str"),
    ],
    ids=["text", "bytearray", "nothing", "no url"],
)
def test_arguments_of_another_kind_are_refused(body: bytes, url: str, line: str) -> None:
    with pytest.raises(TypeError) as caught:
        parse(body, url=url)
    assert str(caught.value) == line
