from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from crawl_site import OPTIONS, Site, page
from raw_server import answer

from scraper.crawl.traps import TrapBounds, Traps
from scraper.urls import address


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    one.with_sitemap = ()
    yield one
    one.archive.close()


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("/a/b/a/b/a/b", ""),
        ("/2024/01/01/01", ""),
        ("/a/b/a/b/a/b/a", "trap: its path has 'a' more than 3 times"),
        ("/x/////y", "trap: its path has '' more than 3 times"),
        ("/x?a/a/a/a/a/a", ""),
    ],
)
def test_a_path_that_repeats_itself_is_a_trap(path: str, rule: str) -> None:
    assert Traps(TrapBounds()).rule(address(f"http://h.example{path}"), is_listed=True) == rule


def test_queries_of_one_path_are_followed_up_to_a_bound_unless_they_are_listed() -> None:
    traps = Traps(TrapBounds(variants=3))
    found = [address(f"http://h.example/p?id={number}") for number in range(5)]
    assert [bool(traps.rule(place, is_listed=True)) for place in found] == [False] * 5
    assert [bool(traps.rule(place, is_listed=False)) for place in found] == [False, False, False, True, True]
    assert traps.rule(address("http://h.example/q?id=1"), is_listed=False) == ""
    assert traps.rule(address("http://h.example/p?utm_source=x"), is_listed=False) == ""


def test_neighbours_with_one_content_are_left_out_and_others_are_not() -> None:
    traps = Traps(TrapBounds(alike=3))
    said = [traps.saw(address(f"http://h.example/r?sid={number}"), b"same") for number in range(6)]
    assert [bool(line) for line in said] == [False, False, False, True, False, False]
    assert "http://h.example/r?: more than 3 pages in a row had one content" in said[3]
    assert traps.left_out(address("http://h.example/r?sid=99"))
    assert not traps.left_out(address("http://h.example/r"))
    assert not traps.left_out(address("http://h.example/other?sid=1"))


def test_another_content_in_between_makes_the_count_begin_again() -> None:
    traps = Traps(TrapBounds(alike=3))
    bodies = [b"same", b"same", b"same", b"other", b"same", b"same", b"same"]
    assert not any(traps.saw(address(f"http://h.example/r/{n}"), body) for n, body in enumerate(bodies))


def test_a_budget_is_that_of_one_host() -> None:
    traps = Traps(TrapBounds(host_bytes=100, host_s=3_600))
    traps.charge("a", received=60, seconds=3_000)
    assert traps.spent("a") == ""
    traps.charge("a", received=60, seconds=0)
    assert traps.spent("a") == "100 bytes received from a"
    traps.charge("b", received=0, seconds=3_600)
    assert traps.spent("b") == "1 hours spent on b"


@pytest.mark.parametrize("parse", [True, False], ids=["parsed", "kept"])
def test_a_session_in_every_link_ends_after_so_many_pages_of_one_content(site: Site, parse: bool) -> None:
    sessions = [f"/report/s?sid={number}" for number in range(40)]
    for number, path in enumerate(sessions):
        # What is read is the same on each page though its links are not; unread, only the same bytes are known to be.
        links = tuple(sessions[(number + step) % 40] for step in range(10)) if parse else tuple(sessions)
        site.server.paths[path] = answer(page("The same report", links=links))
    site.server.paths["/list"] = answer(page("List", links=(sessions[0], "/report/a")))
    options = replace(OPTIONS, parse=parse, traps=TrapBounds(alike=5))
    result = site.crawl(options, depth=20)
    assert len([path for path in site.server.asked if "sid" in path]) == 6
    finding = result.coverage[0].findings[0]
    assert finding.endswith("/report/s?: more than 5 pages in a row had one content; the rest there was left out")
    reasons = set(site.skipped(result).values())
    assert any(reason.startswith("trap: more than 5 pages in a row with one content at http") for reason in reasons)
    assert "/report/a" in site.server.asked
    assert result.finished


def test_a_path_that_grows_by_a_relative_link_ends_by_rule(site: Site) -> None:
    body = answer(page("Deep", links=("a/b/",)))
    site.server.paths["/list"] = answer(page("List", links=("/report/a/",)))
    path = "/report/a/"
    for _ in range(10):
        site.server.paths[path] = body
        path += "a/b/"
    result = site.crawl(depth=20)
    assert [asked for asked in site.server.asked if "report" in asked] == [
        "/report/a/",
        "/report/a/a/b/",
        "/report/a/a/b/a/b/",
    ]
    assert site.skipped(result)["/report/a/a/b/a/b/a/b/"] == "trap: its path has 'a' more than 3 times"


def test_an_overlong_address_is_left_out_and_its_start_is_on_record(site: Site) -> None:
    long = "/report/" + "x" * 3_000
    foreign = "http://other.example/" + "x" * 3_000
    site.server.paths["/list"] = answer(page("List", links=(long, foreign, "/report/a")))
    result = site.crawl()
    left_out = {path: reason for path, reason in site.skipped(result).items() if "xxx" in path}
    assert list(left_out.values()) == ["over 2,048 characters; this is its start"]
    assert len(site.server.url(next(iter(left_out)))) == 2_048


def test_a_page_of_links_without_number_fills_no_more_than_its_source_allows(site: Site) -> None:
    links = tuple(f"/report/{number}" for number in range(12_000))
    site.server.paths["/list"] = answer(page("List", links=links))
    result = site.crawl(max_pages=4)
    assert result.coverage[0].outcomes == {"missing": 3}
    assert result.coverage[0].skipped["over max_pages (4)"] == 10_000 - 3


def test_a_host_that_used_up_its_budget_stays_due_and_is_named(site: Site) -> None:
    bounds = TrapBounds(host_bytes=100)
    result = site.crawl(replace(OPTIONS, traps=bounds))
    assert not result.finished
    assert result.coverage[0].remaining == 2
    assert result.coverage[0].findings == (
        "host 127.0.0.1: 100 bytes received from 127.0.0.1 in one run; the rest stays due",
    )
    assert site.crawl().finished
