import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from crawl_site import OPTIONS, Site, page
from raw_server import RawServer, Serve, answer, running

from scraper.crawl import CrawlResult, Options, crawl

BUSY = answer(b"busy", status="503 Service Unavailable")
LATER = answer(b"later", "Retry-After: 3600", status="429 Too Many Requests")


def reset() -> Serve:
    async def serve(writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    return serve


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    one.with_sitemap = ()
    yield one
    one.archive.close()


class Meeting:
    """Answers only once *count* requests wait for an answer at the same time, or all of them did before."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._met = asyncio.Event()
        self.here = self.most = 0

    async def serve(self, writer: asyncio.StreamWriter) -> None:
        self.here += 1
        self.most = max(self.most, self.here)
        if self.here >= self._count:
            self._met.set()
        await self._met.wait()
        self.here -= 1
        writer.write(answer(page("Met"), "Connection: close"))
        await writer.drain()


def many(site: Site, serve: Serve, count: int) -> None:
    links = tuple(f"/report/{number}" for number in range(count))
    site.server.paths |= {"/list": answer(page("List", links=links)), **dict.fromkeys(links, serve)}


def test_as_many_connections_to_a_host_are_used_as_the_source_allows(site: Site) -> None:
    meeting = Meeting(4)
    many(site, meeting.serve, 12)
    assert site.cover(replace(OPTIONS, parse=False), connections=4).outcomes == {"kept": 12}
    assert meeting.most == 4


def test_over_all_no_more_requests_are_under_way_than_the_options_allow(site: Site) -> None:
    meeting = Meeting(2)
    many(site, meeting.serve, 8)
    assert site.cover(replace(OPTIONS, parse=False, connections=2), connections=8).outcomes == {"kept": 8}
    assert meeting.most == 2


def test_a_slow_host_holds_up_no_other(site: Site) -> None:
    others_done = asyncio.Event()

    async def serve_late(writer: asyncio.StreamWriter) -> None:
        await others_done.wait()
        writer.write(answer(page("Slow"), "Connection: close"))
        await writer.drain()

    slow = RawServer({"/list": answer(page("Slow list", links=("/report/s",))), "/report/s": serve_late})

    async def go() -> CrawlResult:
        async with running(site.server), running(slow):
            here, there = site.server.url("/list"), f"http://localhost:{slow.port}/list"
            places = (site.server.place, slow.place)

            def report(event: object) -> None:
                site.events.append(event)  # type: ignore[arg-type]
                if sum(kept.outcome == "kept" for kept in site.events) == 2:
                    others_done.set()

            source = site.source(seeds=(there, here), include=("*/report/*",), allow_addresses=places)
            return await crawl(site.archive, [source], replace(OPTIONS, parse=False), now=site.now, report=report)

    result = asyncio.run(asyncio.wait_for(go(), 20))
    assert result.finished
    assert result.counts == {"kept": 3}
    assert [event.url.rpartition("/")[2] for event in site.events][-1] == "s"


def test_what_fails_in_passing_is_asked_once_more_when_all_else_is_done(site: Site) -> None:
    site.server.paths["/report/a"] = [BUSY, answer(page("Report A"))]
    result = site.crawl()
    assert [path for path in site.server.asked if "report" in path] == ["/report/a", "/report/b", "/report/a"]
    assert result.coverage[0].outcomes == {"new": 2}
    assert (result.finished, result.has_trouble) == (True, False)
    said = [(event.outcome, event.detail) for event in site.events if event.url.endswith("/report/a")]
    assert said == [("failed", "status 503 (Service Unavailable); asked once more at the end"), ("new", "")]


def test_a_page_that_is_busy_then_resets_then_answers_ends_as_captured(site: Site) -> None:
    answers = iter([BUSY, reset(), answer(page("Flaky at last"))])

    async def flaky(writer: asyncio.StreamWriter) -> None:
        what = next(answers)
        if callable(what):
            await what(writer)
        else:
            writer.write(what)
            await writer.drain()

    site.server.paths["/report/a"] = flaky
    bounds = replace(OPTIONS.bounds, attempts=2)
    assert site.cover(replace(OPTIONS, bounds=bounds)).outcomes == {"new": 2}
    assert site.server.asked.count("/report/a") == 3


def test_a_clock_that_is_set_back_a_day_keeps_nothing_from_being_asked_again(site: Site) -> None:
    site.server.paths["/report/a"] = [BUSY, answer(page("Report A"))]

    async def sleep(seconds: float) -> None:
        site.clock -= timedelta(days=1)
        await asyncio.sleep(0)

    site.sleep = sleep  # type: ignore[method-assign]
    result = site.crawl()
    assert (result.finished, result.coverage[0].outcomes) == (True, {"new": 2})


def test_what_was_put_off_before_the_clock_was_set_back_is_asked_by_the_next_crawl(site: Site) -> None:
    site.server.paths["/report/a"] = [BUSY, answer(page("Report A"))]
    stopped = site.crawl(replace(OPTIONS, limit=3))
    assert stopped.coverage[0].remaining == 1
    site.clock -= timedelta(days=1)
    result = site.crawl()
    assert (result.finished, result.coverage[0].outcomes) == (True, {"new": 2})


def test_what_fails_again_has_failed_and_what_will_not_go_better_is_asked_once(site: Site) -> None:
    site.server.paths |= {"/report/a": BUSY, "/report/b": answer(status="500 Error")}
    result = site.crawl()
    assert site.server.asked.count("/report/a") == 2
    assert site.server.asked.count("/report/b") == 1
    assert result.coverage[0].outcomes == {"failed": 2}
    assert result.finished


def test_a_host_that_asks_for_a_long_wait_is_left_alone_until_it_is_over(site: Site) -> None:
    site.server.paths["/report/a"] = [LATER, answer(page("Report A"))]
    first = site.crawl()
    assert site.server.asked == ["/robots.txt", "/list", "/report/a"]
    assert not first.finished
    assert first.coverage[0].remaining == 2
    [finding] = first.coverage[0].findings
    assert finding.startswith("host 127.0.0.1: not asked before 2024-03-01 0")
    assert "Retry-After 3,600 s" in finding
    site.clock -= timedelta(minutes=59)  # a crawl begins an hour later else
    second = site.crawl()
    assert site.server.asked == []
    assert "not asked before" in second.coverage[0].findings[0]
    third = site.crawl()
    assert [path for path in site.server.asked if path != "/robots.txt"] == ["/report/a", "/report/b"]
    assert (third.finished, third.crawl_id, third.coverage[0].findings) == (True, first.crawl_id, ())


def test_the_rest_of_a_long_wait_is_waited_for(site: Site) -> None:
    site.server.paths["/report/a"] = [LATER, answer(page("Report A"))]
    site.crawl()
    site.clock -= timedelta(minutes=2)  # of the hour that the next crawl comes later
    result = site.crawl()
    assert sum(site.slept) > 60
    assert (result.finished, result.coverage[0].outcomes) == (True, {"new": 2})


def test_a_short_wait_is_waited_for(site: Site) -> None:
    site.server.paths["/report/a"] = [
        answer(b"later", "Retry-After: 0", status="429 Too Many Requests"),
        answer(page("Report A")),
    ]
    bounds = replace(OPTIONS.bounds, attempts=2)
    assert site.cover(Options(bounds=bounds)).outcomes == {"new": 2}


def test_an_order_of_depth_then_age_is_kept_at_each_host(site: Site) -> None:
    site.server.paths |= {
        "/list": answer(page("List", links=("/report/a", "/report/b"))),
        "/report/a": answer(page("Report A", links=("/report/deep",))),
        "/report/b": answer(page("Report B", links=("/report/deep", "/report/deeper"))),
    }
    site.crawl(depth=3)
    assert site.server.asked[1:] == ["/list", "/report/a", "/report/b", "/report/deep", "/report/deeper"]


def test_a_page_that_links_to_the_same_pages_over_and_over_writes_them_once(site: Site) -> None:
    links = ("/report/a", "/report/b", "/about", "/list")
    for path in ("/list", "/report/a", "/report/b"):
        site.server.paths[path] = answer(page(path, links=links))
    result = site.crawl(depth=5)
    found = {row.url.rpartition("/")[2]: row.found_by.rpartition("/")[2] for row in rows(site, result)}
    assert found == {"list": "seed", "a": "list", "b": "list", "about": "list"}


def rows(site: Site, result: CrawlResult):  # type: ignore[no-untyped-def]
    return list(site.archive.frontier_rows("site", result.crawl_id))
