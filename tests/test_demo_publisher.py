"""The demo's publisher, asked over HTTP: its answers, its two editions, and how faithful its pages are to Wix."""

import asyncio
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path

import pytest

from parsers import Recommendation, Record, parse
from scraper.archive import Archive
from scraper.crawl import crawl
from scraper.crawl.feed import Feed, read_feed
from scraper.demo import Edition, Publisher, editions
from scraper.demo.pages import time_ago
from scraper.demo.report import Report
from scraper.demo.site import answers
from scraper.sources import Source

FIRST, SECOND = editions()
BOTH = {report.country: (report, None) for report in FIRST.reports} | {
    report.country: (before, report)
    for report in SECOND.reports
    for before in [next((old for old in FIRST.reports if old.country == report.country), None)]
}

# What facts about Wix pages of 2025 say is on every post, whatever the frame.
POST_HOOKS = (
    'id="SITE_CONTAINER"',
    'id="main_MF"',
    'id="SCROLL_TO_TOP"',
    'aria-label="top of page"',
    'id="site-root"',
    'id="masterPage"',
    'id="SITE_PAGES"',
    'data-testid="page-bg"',
    'id="SCROLL_TO_BOTTOM"',
    'aria-label="bottom of page"',
    'name="generator" content="Wix.com Website Builder"',
    'http-equiv="X-Wix-Published-Version"',
    'http-equiv="X-Wix-Meta-Site-Id"',
    'http-equiv="X-Wix-Application-Instance-Id"',
    'http-equiv="etag" content="bug"',
    'property="og:type" content="article"',
    'property="article:published_time"',
    'type="application/ld+json"',
    "window.thunderboltVersion",
    'id="wix-essential-viewer-model"',
    'id="wix-viewer-model"',
    'id="wix-warmup-data"',
    'id="wix-fedops"',
    'id="used-platform-apis-data"',
    "wixui-horizontal-menu__item-label",
    'data-testid="richTextElement"',
    'data-hook="tpa-components-provider"',
    'data-hook="post-page-root"',
    'id="content-wrapper"',
    'data-hook="blog-desktop-header-container"',
    'data-hook="post-page"',
    'data-hook="post"',
    'data-hook="post-hero-image"',
    'data-hook="user-name"',
    'data-hook="time-ago"',
    'data-hook="time-to-read"',
    'data-hook="more-button"',
    'data-id="content-viewer"',
    'data-hook="rcv-block-first"',
    'data-hook="rcv-block1"',
    'data-hook="rcv-block-last"',
    'data-hook="figure-IMAGE"',
    'data-hook="image-viewer"',
    'data-hook="image-expand-button"',
    'type="empty-line"',
    'data-hook="web-link"',
    "data-image-info=",
    'data-hook="post-footer"',
    'data-hook="tag-cloud-root"',
    'data-hook="post-main-actions-desktop"',
    'data-hook="share-button__facebook"',
    'data-hook="share-button__print"',
    'data-hook="post-stats"',
    'data-hook="recent-posts"',
    'data-hook="recent-post-list-item"',
)
CLASSIC = ('id="SITE_HEADER"', 'id="PAGES_CONTAINER"', 'id="SITE_FOOTER"', 'id="BACKGROUND_GROUP"')
STUDIO = ('<body class="responsive">', "responsive-container-content", '<main id="PAGE_SECTIONS', "-pinned-layer")


class Client:
    """One kept-alive connection."""

    def __init__(self, url: str) -> None:
        self.connection = HTTPConnection(url.removeprefix("http://"), timeout=10)

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers=named)
        response = self.connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()

    def html(self, path: str) -> str:
        status, _, body = self.get(path)
        assert status == 200
        return body.decode()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        yield running


@pytest.fixture
def client(publisher: Publisher) -> Iterator[Client]:
    client = Client(publisher.url)
    yield client
    client.connection.close()


def pages(edition: Edition) -> dict[str, str]:
    found = answers(edition, base="http://127.0.0.1:1")
    return {path: answer.body.decode() for path, answer in found.items() if answer.media_type.startswith("text/html")}


def hashed_classes(page: str) -> set[str]:
    names = {name for names in re.findall(r'class="([^"]*)"', page) for name in names.split()}
    shape = re.compile(r"(?!font_)[a-z_][A-Za-z0-9_]{5}")  # font_8 is a slot of the theme, the same in all builds
    return {name for name in names if shape.fullmatch(name) and re.search(r"[A-Z0-9]", name)}


def words(report: Report) -> tuple[object, ...]:
    return (report.headline, report.title, report.dated, report.byline, report.paragraphs, report.assessment)


def test_robots_txt_closes_admin_and_names_the_sitemap(publisher: Publisher, client: Client) -> None:
    status, headers, body = client.get("/robots.txt")
    assert (status, headers["content-type"]) == (200, "text/plain; charset=UTF-8")
    assert body.decode() == f"User-agent: *\nDisallow: /admin/\n\nSitemap: {publisher.url}/sitemap.xml\n"


@pytest.mark.parametrize("edition", editions(), ids=["first", "second"])
def test_the_sitemap_names_every_report_and_nothing_else(
    publisher: Publisher, client: Client, edition: Edition
) -> None:
    publisher.publish(edition)
    _, headers, body = client.get("/sitemap.xml")
    named = {name: re.findall(f"<{name}>(.*?)</{name}>", body.decode()) for name in ("loc", "lastmod")}
    assert headers["content-type"] == "application/xml"
    assert named["loc"] == [publisher.url + report.path for report in edition.reports]
    assert len(named["lastmod"]) == len(edition.reports)
    for location in named["loc"]:
        assert client.get(location.removeprefix(publisher.url))[0] == 200


@pytest.mark.parametrize("edition", editions(), ids=["first", "second"])
def test_the_feed_that_pages_announce_names_every_report_newest_first(
    publisher: Publisher, client: Client, edition: Edition
) -> None:
    publisher.publish(edition)
    [announced] = re.findall(r'<link rel="alternate" href="(.*?)"', client.html("/"))
    status, headers, body = client.get(announced.removeprefix(publisher.url))
    assert (status, headers["content-type"]) == (200, "application/rss+xml; charset=UTF-8")
    newest_first = sorted(edition.reports, key=lambda report: report.posted, reverse=True)
    assert read_feed(body, url=announced) == Feed(pages=tuple(publisher.url + report.path for report in newest_first))


def test_a_crawl_that_reads_the_feed_too_finds_nothing_missing_and_nothing_to_complain_of(
    publisher: Publisher, tmp_path: Path
) -> None:
    source = Source(
        name="vesperwatch",
        title="Vesper Watch",
        seeds=(f"{publisher.url}/",),
        include=(f"{publisher.url}/single-post/*",),
        delay_s=0.0,
        allow_addresses=(publisher.url.removeprefix("http://"),),
    )
    with Archive(tmp_path / "archive.db", create=True) as archive:
        result = asyncio.run(crawl(archive, [source], now=lambda: datetime(2024, 3, 27, tzinfo=UTC)))
        asked = {row.url: row.outcome for row in archive.captures(crawl_id=result.crawl_id)}
    assert asked[f"{publisher.url}/blog-feed.xml"] == "fetched"
    assert set(asked.values()) == {"fetched"}
    assert [coverage.findings for coverage in result.coverage] == [()]


def test_an_unchanged_page_is_not_sent_twice(client: Client) -> None:
    path = FIRST.reports[0].path
    _, headers, body = client.get(path)
    assert len(body) == int(headers["content-length"])
    for condition in (headers["etag"], f'"other", W/{headers["etag"]}', "*"):
        status, again, nothing = client.get(path, If_None_Match=condition)
        assert (status, again["etag"], nothing) == (304, headers["etag"], b"")
    assert client.get(path, If_None_Match='"other"')[0] == 200


def test_a_new_edition_changes_every_etag(publisher: Publisher, client: Client) -> None:
    before = {report.path: client.get(report.path)[1]["etag"] for report in FIRST.reports}
    publisher.publish(SECOND)
    for report in SECOND.reports:
        assert client.get(report.path, If_None_Match=before.get(report.path, '"none"'))[0] == 200


def test_a_dropped_report_is_gone_and_an_unknown_page_missing(publisher: Publisher, client: Client) -> None:
    assert client.get(SECOND.gone[0])[0] == 200
    publisher.publish(SECOND)
    assert client.get(SECOND.gone[0])[0] == 410
    assert client.get("/single-post/never-written")[0] == 404


def test_answers_are_dated_by_the_clock_that_was_set(publisher: Publisher, client: Client) -> None:
    said = "Wed, 27 Mar 2024 06:00:00 GMT"
    assert client.get("/about")[1]["date"] != said
    publisher.set_clock(datetime(2024, 3, 27, 6, tzinfo=UTC))
    assert client.get("/about")[1]["date"] == said


def test_head_has_no_body_and_a_query_is_no_other_page(client: Client) -> None:
    path = FIRST.reports[0].path
    _, headers, body = client.get(path)
    status, only, nothing = client.get(path, method="HEAD")
    assert (status, only["content-length"], only["etag"], nothing) == (200, str(len(body)), headers["etag"], b"")
    assert client.get(f"{path}?utm_source=feed")[2] == body


def test_plain_pages_are_served_outside_the_sitemap(client: Client) -> None:
    home = client.html("/")
    assert home.count('data-hook="post-list-item"') == len(FIRST.reports)
    for report in FIRST.reports:
        assert f'{report.path}"' in home
    assert "About us" in client.html("/about")
    assert 'href="http://' in home
    assert "/admin/login" in home


def test_two_publishers_cannot_share_a_port(publisher: Publisher) -> None:
    with pytest.raises(OSError, match="in use"):
        Publisher(int(publisher.url.rpartition(":")[2]))


def test_a_client_that_keeps_its_connection_does_not_keep_the_server() -> None:
    with Publisher() as publisher:
        client = Client(publisher.url)
        client.html("/about")
        host, _, port = publisher.url.removeprefix("http://").partition(":")
    assert client.connection.sock.recv(1) == b""
    client.connection.close()
    with socket.socket() as probe:
        assert probe.connect_ex((host, int(port))) != 0


def test_a_client_that_hangs_up_leaves_no_traceback(publisher: Publisher, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_connection(("127.0.0.1", int(publisher.url.rpartition(":")[2]))) as rude:
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        rude.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n")
    other = Client(publisher.url)
    other.html("/")
    other.connection.close()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("edition", editions(), ids=["first", "second"])
def test_every_report_is_a_whole_wix_post(edition: Edition) -> None:
    served = pages(edition)
    assert len(edition.reports) == 7
    for report in edition.reports:
        page = served[report.path]
        assert [hook for hook in POST_HOOKS if hook not in page] == []
        assert page.count('data-hook="post-title"') == 2
        assert page.count("top of page") == page.count("bottom of page") == 2
        assert page.count('data-hook="recent-post-list-item"') == 3
        assert len(page) > 15_000
        own, other = (STUDIO, CLASSIC) if report.path in edition.reskinned else (CLASSIC, STUDIO)
        assert [hook for hook in own if hook not in page] == []
        assert [hook for hook in other[:3] if hook in page] == []


def test_a_page_is_the_same_bytes_each_time() -> None:
    assert pages(FIRST) == pages(FIRST)
    assert pages(SECOND) == pages(SECOND)


def test_no_two_editions_share_a_hashed_class() -> None:
    first, second = (
        {name for page in pages(edition).values() for name in hashed_classes(page)} for edition in editions()
    )
    assert len(first) > 60
    assert not first & second


def test_re_publishing_changes_version_tokens_and_recent_posts_on_every_page() -> None:
    first, second = pages(FIRST), pages(SECOND)
    for report in FIRST.reports:
        if report.path in SECOND.gone:
            continue
        for pattern in (
            r'X-Wix-Published-Version" content="(\d+)"',
            r'"requestId":"([^"]+)"',
            r'accessTokens = "([^"]+)"',
            r'data-hook="recent-post__title">(.*?)</section></div>',
        ):
            before, after = (re.findall(pattern, edition[report.path])[:1] for edition in (first, second))
            assert before != after, (report.country, pattern)


def test_the_second_edition_edits_what_it_says_and_nothing_else() -> None:
    edited = {country for country, (before, after) in BOTH.items() if before and after and before != after}
    assert edited == {"Velmora", "Karsenia", "Ulmaya"}
    assert [edit.country for edit in SECOND.edits] == ["Velmora", "Karsenia", "Ulmaya", "Pelagir", "Tovash", "Orrelund"]
    assert SECOND.gone == tuple(report.path for report in FIRST.reports if report.country == "Tovash")
    assert BOTH["Orrelund"][0] is None
    assert len({report.path for report in (*FIRST.reports, *SECOND.reports)}) == 8


def test_velmora_is_reworded_in_one_sentence_and_gains_a_stage() -> None:
    before, after = BOTH["Velmora"]
    assert before
    assert after
    (changed,) = [pair for pair in zip(before.paragraphs, after.paragraphs, strict=True) if pair[0] != pair[1]]
    sentences = [set(re.split(r"(?<=\.) ", paragraph)) for paragraph in changed]
    assert len(sentences[0] - sentences[1]) == len(sentences[1] - sentences[0]) == 1
    assert ["".join(report.assessment).count("Stage") for report in (before, after)] == [3, 4]
    assert before.recommendations == after.recommendations
    assert not after.updated


def test_karsenia_moves_one_paragraph_and_admits_it() -> None:
    before, after = BOTH["Karsenia"]
    assert before
    assert after
    assert sorted(before.paragraphs) == sorted(after.paragraphs)
    moved = after.paragraphs[1]
    assert [one for one in before.paragraphs if one != moved] == [one for one in after.paragraphs if one != moved]
    assert (before.assessment, before.recommendations) == (after.assessment, after.recommendations)
    assert "Updated: <span" in pages(SECOND)[after.path]


def test_ulmaya_swaps_one_recommendation_of_three() -> None:
    before, after = BOTH["Ulmaya"]
    assert before
    assert after
    assert words(before) == words(after)
    assert before.recommendations[:2] == after.recommendations[:2]
    assert before.recommendations[2] != after.recommendations[2]
    assert len(after.recommendations) == 3
    assert "Updated:" not in pages(SECOND)[after.path]


def test_every_word_of_a_report_is_on_its_page() -> None:
    for edition in editions():
        served = pages(edition)
        for report in edition.reports:
            seen = re.sub(r"<[^>]+>", "", served[report.path])
            for text in (report.title, report.dated, report.byline, *report.paragraphs, *report.recommendations):
                plain = re.sub(r"\[([^\]]+)\]\([^)]+\)|\*+([^*]+)\*+", r"\1\2", text)
                assert plain in seen, plain


def test_dates_are_relative_only_while_a_post_is_new() -> None:
    pelagir = BOTH["Pelagir"][0]
    assert pelagir
    assert [time_ago(pelagir.posted, edition.published) for edition in editions()] == ["5 days ago", "Mar 21"]
    assert time_ago(FIRST.reports[1].posted, SECOND.published) == "Jun 28, 2023"


def test_editions_are_published_in_order() -> None:
    assert all(before.published < after.published for before, after in pairwise(editions()))


def records(edition: Edition) -> dict[str, Record]:
    base = "http://127.0.0.1:1"
    found = answers(edition, base=base)
    return {
        report.country: parse(found[report.path].body, url=base + report.path, content_type="text/html; charset=UTF-8")
        for report in edition.reports
    }


@pytest.mark.parametrize("edition", editions(), ids=["first", "second"])
def test_the_layout_of_wix_posts_reads_every_report(edition: Edition) -> None:
    read = records(edition)
    for report in edition.reports:
        record = read[report.country]
        assert (record.layout, record.held) == ("wix/post", ())
        assert (record.headline, record.title, record.byline) == (report.headline, report.title, report.byline)
        asked = [fact.text for fact in record.facts if isinstance(fact, Recommendation)]
        assert asked == list(report.recommendations)
        assert record.lead
        assert record.lead.credit == report.photograph.credit


def test_only_edited_reports_give_another_record() -> None:
    first, second = records(FIRST), records(SECOND)
    both = first.keys() & second.keys()
    changed = {country for country in both if first[country].digests.content != second[country].digests.content}
    assert changed == {"Velmora", "Karsenia", "Ulmaya"}
