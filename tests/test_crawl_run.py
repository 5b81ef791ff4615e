import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from crawl_site import OPTIONS, Site, page
from raw_server import answer, running

from scraper.crawl import CrawlResult, Event, Options, crawl, get
from scraper.errors import ArchiveBusy, ArchiveError, UsageError
from scraper.urls import url_key


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    yield one
    one.archive.close()


def test_pages_are_found_by_sitemap_and_links_within_scope(site: Site) -> None:
    result = site.crawl()
    coverage = result.coverage[0]
    assert site.server.asked == ["/robots.txt", "/map.xml", "/list", "/report/a", "/report/c", "/report/b"]
    assert coverage.outcomes == {"new": 3}
    assert (coverage.expected, coverage.captured, coverage.remaining) == (3, 3, 0)
    assert coverage.skipped == {"not in include": 1, "seed read for its links only": 1}
    assert (result.finished, result.resumed, result.has_trouble) == (True, False, False)
    assert {row.url.rpartition("/")[2] for row in site.archive.pages(source="site")} == {"a", "b", "c"}
    assert site.archive.crawls()[0].counts == {"new": 3}


def test_every_capture_is_committed_before_it_is_told(site: Site) -> None:
    site.crawl()
    assert [(event.url.rpartition("/")[2], event.outcome) for event in site.events] == [
        ("robots.txt", "fetched"),
        ("map.xml", "fetched"),
        ("list", "fetched"),
        ("a", "new"),
        ("c", "new"),
        ("b", "new"),
    ]
    assert all(site.archive.capture(event.capture_id).url == event.url for event in site.events)


def test_an_unchanged_site_is_crawled_again_by_condition(site: Site) -> None:
    site.crawl()
    site.server.paths["/report/a"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    result = site.crawl()
    assert result.coverage[0].outcomes == {"not-modified": 1, "unchanged": 2}
    assert any('If-None-Match: "a1"' in head for head in site.server.heads)


def test_a_changed_page_becomes_a_version_and_a_missing_one_is_noticed_though_no_link_leads_there(site: Site) -> None:
    site.crawl()
    site.server.paths["/report/a"] = answer(page("Report A", "The commission now counts fifty witnesses.", "And more."))
    site.with_sitemap = ("/report/a",)
    site.server.paths["/report/c"] = answer(status="410 Gone")
    outcomes = site.crawl().coverage[0].outcomes
    assert outcomes == {"changed": 1, "gone": 1, "unchanged": 1}


def test_what_robots_txt_forbids_is_skipped_with_its_line_and_never_asked_for(site: Site) -> None:
    site.with_sitemap = ("/report/a", "/report/secret/x")
    coverage = site.crawl().coverage[0]
    assert coverage.skipped["robots.txt line 2: Disallow: /report/secret"] == 1
    assert "/report/secret/x" not in site.server.asked
    assert not coverage.has_trouble


def test_a_failing_page_is_recorded_and_the_rest_goes_on(site: Site) -> None:
    site.server.paths["/report/a"] = answer(status="500 Error")
    result = site.crawl()
    assert result.coverage[0].outcomes == {"failed": 1, "new": 2}
    assert result.has_trouble
    assert result.finished


def test_a_dead_robots_txt_stops_the_source_but_not_the_program(site: Site) -> None:
    site.with_sitemap = ()
    site.server.paths["/robots.txt"] = answer(status="500 Error")
    result = site.crawl()
    assert site.server.asked == ["/robots.txt"]
    assert result.coverage[0].findings == (
        f"seed {site.server.url('/list')}: robots.txt could not be had: status 500 (Internal Server Error)",
    )


def test_a_crawl_with_a_limit_is_resumed_where_it_stopped(site: Site) -> None:
    first = site.crawl(Options(limit=2, bounds=OPTIONS.bounds))
    assert (first.finished, first.coverage[0].remaining, first.coverage[0].outcomes) == (False, 2, {"new": 1})
    second = site.crawl()
    assert (second.finished, second.resumed, second.crawl_id) == (True, True, first.crawl_id)
    assert "/report/a" not in site.server.asked
    assert "/list" not in site.server.asked
    assert (second.coverage[0].captured, second.coverage[0].expected) == (3, 3)
    assert second.coverage[0].outcomes == {"new": 3}
    assert site.crawl().crawl_id != first.crawl_id


def test_a_crawl_is_resumed_by_a_clock_that_was_set_back(site: Site) -> None:
    first = site.crawl(Options(limit=2, bounds=OPTIONS.bounds))
    site.clock -= timedelta(days=1)
    second = site.crawl()
    assert (second.finished, second.resumed, second.crawl_id) == (True, True, first.crawl_id)
    assert "/report/a" not in site.server.asked


def test_a_second_crawl_of_the_same_source_is_refused_with_its_holder_named(site: Site) -> None:
    with (
        site.archive.crawl_lock("site", site.now()),
        pytest.raises(ArchiveBusy, match=rf"a crawl of 'site' is running: process {os.getpid()}, since 20"),
    ):
        site.crawl()
    assert site.archive.crawls() == []
    assert site.crawl().finished


def test_no_time_left_leaves_all_due(site: Site) -> None:
    result = site.crawl(Options(max_time_s=0, bounds=OPTIONS.bounds))
    assert (result.finished, result.coverage[0].outcomes) == (False, {})


def test_a_crawl_that_is_cancelled_fetches_no_committed_page_again(site: Site) -> None:
    async def go() -> None:
        async with running(site.server):
            site.publish()
            crawling = asyncio.current_task()

            def stop_at_a(event: Event) -> None:
                site.events.append(event)
                if event.url.endswith("/report/a") and crawling:
                    crawling.cancel()

            await crawl(site.archive, [site.source()], OPTIONS, now=site.now, report=stop_at_a)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(go())
    committed = {event.url.removeprefix(site.server.url("")) for event in site.events} - {"/robots.txt", "/map.xml"}
    assert "/report/a" in committed
    result = site.crawl()
    assert result.resumed
    assert not committed & set(site.server.asked)
    assert len(site.archive.pages()) == 3


def test_what_a_killed_crawl_had_leased_is_asked_by_the_next(site: Site) -> None:
    first = site.crawl(replace(OPTIONS, limit=1))
    leased = site.archive.lease("site", first.crawl_id, host="127.0.0.1", count=2, now=site.clock)
    assert [row.url.rpartition("/")[2] for row in leased] == ["a", "c"]
    result = site.crawl()
    assert result.finished
    assert {path for path in site.server.asked if "report" in path} == {"/report/a", "/report/b", "/report/c"}


def test_known_pages_that_are_not_due_are_left_out_and_new_ones_are_not(site: Site) -> None:
    site.crawl()
    site.server.paths |= {"/report/d": answer(page("Report D")), "/list": answer(page("List", links=("/report/d",)))}
    not_due = frozenset(url_key(row.url) for row in site.archive.pages())
    coverage = site.cover(replace(OPTIONS, not_due=not_due), expect_pages=(4, 4))
    assert coverage.outcomes == {"new": 1}
    assert coverage.skipped["not due yet"] == 3
    assert coverage.findings == ()


def test_depth_bounds_how_far_links_are_followed(site: Site) -> None:
    site.with_sitemap = ()
    site.server.paths |= {
        "/report/a": answer(page("Report A", links=("/report/a/2",))),
        "/report/a/2": answer(page("Report A, part 2", links=("/report/a/3",))),
        "/report/a/3": answer(page("Report A, part 3")),
    }
    assert site.crawl().coverage[0].expected == 2
    assert site.crawl(depth=2).coverage[0].expected == 3
    assert site.crawl(depth=0).coverage[0].skipped["seed read for its links only"] == 1


def test_max_pages_bounds_the_frontier_and_says_what_it_left_out(site: Site) -> None:
    coverage = site.crawl(max_pages=2).coverage[0]
    assert coverage.outcomes == {"new": 1}
    assert coverage.skipped["over max_pages (2)"] == 2


def test_a_number_of_pages_out_of_expectation_is_a_finding(site: Site) -> None:
    assert site.crawl(expect_pages=(5, 10)).coverage[0].findings == ("found 3 pages, expected 5 to 10",)
    assert not site.crawl(expect_pages=(1, 3)).has_trouble


def test_trouble_with_sitemaps_is_a_finding_and_each_is_read_once(site: Site) -> None:
    def index(url: str) -> bytes:
        return answer(f"<sitemapindex><sitemap><loc>{url}</loc></sitemap></sitemapindex>".encode())

    names = ("/self.xml", "/foreign.xml", "/bad.xml", "/none.xml")
    site.with_sitemap = ()
    site.server.paths |= {
        "/robots.txt": answer("".join(f"Sitemap: {name}\n" for name in names).encode()),
        "/self.xml": index("/self.xml"),
        "/foreign.xml": index("http://other.example/map.xml"),
        "/bad.xml": answer(b"<!DOCTYPE x []><urlset/>"),
    }
    findings = site.crawl().coverage[0].findings
    assert [line.partition(": ")[0].rpartition("/")[2] for line in findings] == ["bad.xml", "none.xml"]
    assert site.server.asked[1:5] == list(names)
    assert site.server.asked.count("/self.xml") == 1


def test_two_sources_on_one_host_are_crawled_in_one_run(site: Site) -> None:
    async def go() -> CrawlResult:
        async with running(site.server):
            site.publish()
            narrow = site.source(name="narrow", include=(site.server.url("/about"),))
            return await crawl(site.archive, [site.source(), narrow], OPTIONS, now=site.now)

    result = asyncio.run(go())
    assert [coverage.source for coverage in result.coverage] == ["site", "narrow"]
    assert result.counts == {"new": 4}
    assert site.archive.page("/about").source == "narrow"


def test_an_archive_that_cannot_be_written_stops_the_crawl_with_one_error(site: Site) -> None:
    def full(_: Event) -> None:
        raise ArchiveError("the disk is full", path="archive.db")

    async def go() -> None:
        async with running(site.server):
            sources = [site.source(), site.source(name="other")]
            await crawl(site.archive, sources, OPTIONS, now=site.now, report=full)

    with pytest.raises(ArchiveError, match="the disk is full"):
        asyncio.run(go())


def test_a_mistake_in_the_program_is_not_taken_for_an_error_of_ours(site: Site) -> None:
    def broken(_: Event) -> None:
        raise ZeroDivisionError

    async def go() -> None:
        async with running(site.server):
            await crawl(site.archive, [site.source()], OPTIONS, now=site.now, report=broken)

    with pytest.raises(BaseExceptionGroup):
        asyncio.run(go())


def test_single_pages_are_captured_outside_any_source(site: Site) -> None:
    first, missing = site.get("/report/a", "/nowhere")
    assert (first.outcome, missing.outcome) == ("new", "missing")
    assert site.archive.page("report/a").source == ""
    assert site.server.asked == ["/robots.txt", "/report/a", "/nowhere"]


def test_an_address_that_is_none_is_said_before_anything_is_fetched(site: Site) -> None:
    async def go(report: Callable[[Event], None]) -> None:
        await get(site.archive, ["http://127.0.0.1:1/", "report.html"], OPTIONS, now=site.now, report=report)

    with pytest.raises(UsageError, match=r"report\.html"):
        asyncio.run(go(site.events.append))
    assert site.events == []
