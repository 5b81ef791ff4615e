"""The path of a fixture is its assertion: `fixtures/effective/<rule>/<status>/<case>`; what is in `none` stays 200."""

import gzip
import json
import lzma
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.effective import Effective, effective_status

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PAGES = sorted(path for path in FIXTURES.glob("effective/*/*/*"))
REPORTS = sorted(path for path in FIXTURES.glob("*/*/*") if path.suffix in {".html", ".txt", ".md"})
URL = "https://lowland.example/reports/wells"
TYPES = {
    ".html": "text/html",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml",
    ".md": "text/markdown",
}
PROSE = "<p>Three wells were filled in during the winter, and the water comes by cart on two days of the week.</p>"
NOTICES = (
    "Page not found", "404", "Nothing found", "Just a moment...", "Attention Required! | Cloudflare", "Access denied",
    "Captcha", "429 Too Many Requests", "Log in", "This domain is for sale", "Account suspended", "Maintenance",
    "Error", "503", "Страница не найдена", "الصفحة غير موجودة", "Accès refusé",
)  # fmt: skip

SNIPPETS = (
    PROSE, "<p>", "</p>", "<h1>", "</h1>", "<title>", "</title>", "<script>", "\x00", "<a href=/>", "</a>",
    "<div hidden>", "</div>", "<!--", "-->", "é", "报告", "<div id=app>",
)  # fmt: skip


def _name(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def _page(title: str, body: str, head: str = "", on_body: str = "") -> bytes:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body{on_body}>{body}</body></html>".encode()


def _effective(body: bytes | str, **fields: object) -> Effective | None:
    content = body.encode() if isinstance(body, str) else body
    values = {"url": URL, "content_type": "text/html", "status": 200} | fields
    return effective_status(content, **values)  # type: ignore[arg-type]


def _verdict(found: Effective | None) -> tuple[str, int]:
    return (found.rule, found.status) if found else ("none", 200)


# ---- pages


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_the_folders_name_rule_and_status(path: Path) -> None:
    found = _effective(path.read_bytes(), content_type=TYPES[path.suffix])
    assert _verdict(found) == (path.parent.parent.name, int(path.parent.name))


@pytest.mark.parametrize("path", [path for path in PAGES if path.suffix == ".html"], ids=_name)
def test_no_page_with_the_text_of_a_report_is_anything_else(path: Path) -> None:
    body = path.read_bytes()
    if body.startswith(b"\xff\xfe"):
        body = body.decode("utf-16").encode()
    start, mark, end = body.rpartition(b"</html>")
    found = _effective(start + b"<div>" + PROSE.encode() * 45 + b"</div>" + mark + end)
    assert found is None


@pytest.mark.parametrize("path", REPORTS, ids=_name)
def test_every_fixture_of_a_layout_is_what_it_says(path: Path) -> None:
    assert _effective(path.read_bytes(), content_type=TYPES[path.suffix]) is None


@pytest.mark.parametrize("title", NOTICES)
@pytest.mark.parametrize("repeated", [25, 60, 400])
def test_a_report_with_the_title_of_a_notice_stays_a_report(title: str, repeated: int) -> None:
    assert _effective(_page(title, f"<h1>{title}</h1>{PROSE * repeated}")) is None


def test_the_detail_quotes_what_was_seen_in_one_short_line() -> None:
    found = _effective(_page("Page\n not found \x1b[31m" + "| again " * 100, "<p>Go home.</p>"))
    assert found is not None
    assert found.detail.startswith("the title says 'page not found")
    assert found.detail.isprintable()
    assert len(found.detail) < 160


def test_a_page_that_says_when_it_appeared_is_not_missing_by_a_line_of_its_text() -> None:
    line = "<p>This report has been removed.</p>"
    assert _verdict(_effective(_page("Wells", line))) == ("soft-404", 404)
    dated = '<meta property="article:published_time" content="2031-06-04">'
    assert _effective(_page("Wells", line, dated)) is None


def test_wordpress_marks_its_own_page_for_what_is_missing_whatever_else_it_shows() -> None:
    assert _verdict(_effective(_page("Wells", PROSE * 12, on_body=' class="error404 hfeed"'))) == ("soft-404", 404)
    assert _effective(_page("Wells", PROSE * 60, on_body=' class="error404 hfeed"')) is None
    assert _effective(_page("Wells", PROSE * 12, on_body=' class="hfeed"')) is None


def test_words_of_a_bot_check_in_a_form_for_letters_are_no_wall() -> None:
    check = "<p>Please verify you are human.</p>"
    assert _verdict(_effective(_page("Desk", check))) == ("blocked", 403)
    assert _effective(_page("Desk", f"<form><textarea></textarea>{check}</form>")) is None


def test_a_question_of_consent_is_a_wall_only_where_nothing_else_is() -> None:
    banner = (
        '<div class="consent"><p>We count visits with cookies. Do you agree? Please choose what you like.</p></div>'
    )
    assert _verdict(_effective(_page("Desk", banner))) == ("blocked", 403)
    assert _effective(_page("Desk", f"{banner}<p>The reading room is open on Tuesdays until noon.</p>")) is None
    assert _effective(_page("Desk", banner.replace("cookies", "care"))) is None


@pytest.mark.parametrize("media", ["img", "iframe", "video", "object", "svg"])
def test_a_page_without_words_may_be_a_picture_or_a_frame(media: str) -> None:
    assert _verdict(_effective(_page("Map", "<div></div>"))) == ("empty-shell", 204)
    assert _effective(_page("Map", f"<{media}></{media}>")) is None


def test_a_heading_in_a_long_header_of_an_otherwise_rich_page_is_found() -> None:
    body = "<div class='cookies'>" + PROSE * 6 + "</div><h1>Page <em>not</em> found</h1>"
    assert _verdict(_effective(_page("Desk", body.replace("Three", "Cookies")))) == ("soft-404", 404)
    title = '<meta property="og:title" content="Page not found">'
    assert _verdict(_effective(_page("Desk", "<aside>" + PROSE * 6 + "</aside>", title))) == ("soft-404", 404)
    assert _verdict(
        _effective(_page("Desk", "<aside>" + PROSE * 6 + "</aside>", title.replace('"Page not found"', "''")))
    ) == (
        "none",
        200,
    )


# ---- what is no HTML


@pytest.mark.parametrize(
    ("body", "content_type", "verdict"),
    [
        (b"", "text/html", ("empty-shell", 204)),
        (b" \r\n\t", "application/pdf", ("empty-shell", 204)),
        (b"404 page not found\n", "text/plain", ("soft-404", 404)),
        (b"404 page not found\n", "text/html", ("soft-404", 404)),
        (b"Not Found", "", ("soft-404", 404)),
        (b"<html><title>Not Found</title></html>", "", ("soft-404", 404)),
        (b"\xef\xbb\xbf<html><title>Not Found</title></html>", "", ("soft-404", 404)),
        (b'{"detail":"Not found"}', "application/json", ("soft-404", 404)),
        (b"Too Many Requests", "text/plain", ("blocked", 429)),
        (b"Service Unavailable", "text/plain", ("error", 503)),
        (b"404 page not found\n" + b"Wells. " * 50, "text/plain", ("none", 200)),
        (b"404 page not found\n" + b"\n" * 1_000, "text/plain", ("none", 200)),
        (b"The wells of Middle Anner", "text/plain", ("none", 200)),
        (b"404 page not found\n", "image/png", ("none", 200)),
        (b"%PDF-1.7 404", "text/plain", ("none", 200)),
        (b"%PDF-1.7 404", "text/html", ("none", 200)),
        (b"User-agent: *\nDisallow: /\n", "text/plain", ("none", 200)),
    ],
)
def test_a_body_without_markup_is_a_notice_where_it_says_nothing_else(
    body: bytes, content_type: str, verdict: tuple[str, int]
) -> None:
    assert _verdict(_effective(body, content_type=content_type)) == verdict


# ---- status, headers, redirects


@pytest.mark.parametrize("status", [100, 301, 304, 403, 404, 410, 500, 503])
def test_what_the_server_refused_stands_as_the_server_said_it(status: int) -> None:
    assert _effective(_page("Page not found", ""), status=status, final_url="https://lowland.example/") is None


@pytest.mark.parametrize("status", [None, 200, 202, 203, 206])
def test_only_an_answer_that_claims_success_is_looked_at(status: int | None) -> None:
    assert _verdict(_effective(_page("Page not found", ""), status=status)) == ("soft-404", 404)


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ([("CF-Mitigated", "challenge")], ("blocked", 403)),
        ([("x-amzn-waf-action", " CAPTCHA ")], ("blocked", 403)),
        ([("Apex-Debug-Id", "1;Level=Error")], ("error", 500)),
        ([("server", "cloudflare"), ("cf-ray", "0a1b"), ("x-amzn-waf-action", "count")], ("none", 200)),
    ],
)
def test_headers_of_walls_are_believed(headers: list[tuple[str, str]], verdict: tuple[str, int]) -> None:
    assert _verdict(_effective(_page("Wells", PROSE * 30), headers=headers)) == verdict


@pytest.mark.parametrize(
    ("url", "final_url", "verdict"),
    [
        (URL, "https://lowland.example/", ("home", 302)),
        (URL, "https://lowland.example", ("home", 302)),
        (URL, "https://www.lowland.example/index.html", ("home", 302)),
        (URL, "https://lowland.example/home", ("home", 302)),
        (URL, "https://lowland.example/en/", ("home", 302)),
        (URL, "https://lowland.example/pt-br/index.php", ("home", 302)),
        ("https://reports.lowland.example/wells", "https://lowland.example/", ("home", 302)),
        ("https://lowland.example/?p=17", "https://lowland.example/", ("home", 302)),
        (URL, "https://wells.lowland.example/", ("none", 200)),
        (URL, "https://other.example/", ("none", 200)),
        (URL, "https://lowland.example/?p=17", ("none", 200)),
        (URL, "https://lowland.example/reports/wells-of-anner", ("none", 200)),
        (URL, "https://lowland.example/reports/", ("none", 200)),
        ("https://lowland.example/index.html", "https://lowland.example/", ("none", 200)),
        ("http://lowland.example", "https://www.lowland.example/", ("none", 200)),
        ("https://lowland.example/", "https://lowland.example/en/", ("none", 200)),
        (URL, URL, ("none", 200)),
        (URL, "", ("none", 200)),
        (URL, "https://[lowland/", ("none", 200)),
        (URL, "https://lowland.example/404.html", ("soft-404", 404)),
        (URL, "https://lowland.example/en/page-not-found/", ("soft-404", 404)),
        (URL, "https://lowland.example/error404?from=wells", ("soft-404", 404)),
        ("https://lowland.example/404", "https://www.lowland.example/404", ("none", 200)),
        (URL, "https://lowland.example/Error.aspx?aspxerrorpath=/reports/wells", ("error", 500)),
        (URL, "https://host.example/cgi-sys/suspendedpage.cgi", ("suspended", 503)),
    ],
)
def test_where_the_redirects_led_decides(url: str, final_url: str, verdict: tuple[str, int]) -> None:
    assert _verdict(_effective(_page("Wells", PROSE * 30), url=url, final_url=final_url)) == verdict


def test_a_wall_at_the_end_of_a_redirect_is_a_wall() -> None:
    assert _verdict(_effective(_page("Just a moment...", ""), final_url="https://lowland.example/")) == ("blocked", 403)
    assert _verdict(_effective(_page("Page not found", ""), final_url="https://lowland.example/")) == ("home", 302)


def test_a_long_address_is_shortened_in_the_detail() -> None:
    found = _effective(_page("Wells", ""), final_url="https://lowland.example/" + "a" * 3_000 + "/404")
    assert found is not None
    assert len(found.detail) < 250


# ---- hostile bodies


@pytest.mark.parametrize(
    "body",
    [
        _page("Page not found", "<div>" * 4_000),
        _page("Page not found", "<p " + "a=1 " * 2_000 + ">"),
        _page("Page not found", "<br>" * 21_000),
        _page("Page not found", "<p>" + "".join(f"<i n={n}>" for n in range(40)) + "</p>" + "<p><br></p>" * 2_000),
        _page("Wells", "<div class=cookies>" * 2_900 + "wells " * 20_000),
        b"<title>Page not found</title>" + bytes(range(32)) * 100,
    ],
    ids=["deep", "attributes", "tags", "copies of formatting", "banners in banners", "no text"],
)
def test_what_the_parsers_refuse_or_no_notice_would_have_deserves_no_other_status(body: bytes) -> None:
    assert _effective(body) is None


def test_only_the_first_titles_and_headings_are_read() -> None:
    body = "<title>Wells</title>" * 9 + "<title>Page not found</title>" + PROSE * 6
    assert _effective(body) is None


@pytest.mark.parametrize(
    "unit", [b"<!--", b"<script>", b"<style>", b"<h1", b"<title>", b"<meta og:title ", b"<a ", b">a"]
)
@pytest.mark.parametrize("frame", [b"", b"<title>Page not found</title>", b"<p a='", b"<body class=error404>"])
def test_markup_left_open_is_read_to_its_end(unit: bytes, frame: bytes) -> None:
    found = _effective((frame + unit * 30_000)[:60_000])
    assert found is None or found.rule in {"soft-404", "empty-shell"}


@given(st.lists(st.sampled_from([*NOTICES, *SNIPPETS])))
def test_any_page_gets_one_verdict_and_always_the_same(parts: list[str]) -> None:
    body = "".join(parts)
    found = _effective(body)
    assert found == _effective(body)
    if found:
        assert found.status != 200
        assert found.detail
    if body.count(PROSE) > 50 and "<" not in body.replace(PROSE, ""):
        assert found is None


@given(
    st.binary(max_size=400),
    st.sampled_from(["text/html", "text/plain", "", "application/json", "text/html; charset=utf-16"]),
)
def test_no_bytes_make_it_fail(body: bytes, content_type: str) -> None:
    found = _effective(body, content_type=content_type)
    assert found is None or found.status in {204, 401, 403, 404, 429, 451, 500, 502, 503, 504}


# ---- real pages

# Read by hand: the text of both is filled in by scripts, and they came without it.
REAL_SHELLS = {"4681": 204, "4721": 204}
# Texts that a crawler took for policies: an error page, an illustrated "Not found", an answer of a gateway.
REAL_NOTICES = {143: 500, 938: 404, 1273: 503}


@pytest.mark.parametrize("collection", ["wcxb-dev", "scrapinghub", "fundus"])
def test_of_the_real_articles_only_the_empty_shells_are_called_so(shared_data: Path, collection: str) -> None:
    folder = shared_data / "extraction" / collection
    found = {}
    for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        body = gzip.decompress((folder / "html" / f"{entry['id']}.html.gz").read_bytes())
        url = entry["url"] or URL
        found[entry["id"]] = _effective(body, url=url, final_url=url)
    assert len(found) == {"wcxb-dev": 493, "scrapinghub": 91, "fundus": 119}[collection]
    assert {name: verdict.status for name, verdict in found.items() if verdict} == (
        REAL_SHELLS if collection == "wcxb-dev" else {}
    )


@pytest.mark.parametrize("folder", ["wix", "reports", "revisions"])
def test_no_real_report_or_policy_is_called_anything_else(shared_data: Path, folder: str) -> None:
    pages = sorted((shared_data / folder).glob("*.html.gz"))
    assert pages
    assert [path.name for path in pages if _effective(gzip.decompress(path.read_bytes()))] == []


def _series(path: Path) -> Iterator[tuple[int, bytes]]:
    """Number and body of every revision in a packed series."""
    database = sqlite3.connect(":memory:")
    database.deserialize(lzma.decompress(path.read_bytes()))
    for number, body in database.execute("select id, body from rev order by id"):
        yield number, body if isinstance(body, bytes) else body.encode()
    database.close()


def test_of_the_real_series_only_the_error_pages_are_called_so(shared_data: Path) -> None:
    texts = {
        number: _effective(body, content_type="text/markdown")
        for number, body in _series(shared_data / "series/text.db.xz")
    }
    assert len(texts) == 1_285
    assert {number: verdict.status for number, verdict in texts.items() if verdict} == REAL_NOTICES
    pages = [_effective(body) for _, body in _series(shared_data / "series/html.db.xz")]
    assert len(pages) == 520
    assert not any(pages)
