import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from crawl_site import OPTIONS, Site, page
from raw_server import answer

from scraper.archive import Archive
from scraper.crawl import coverage_rows, crawl
from scraper.crawl.before import LEAST_FREE_BYTES, require_room
from scraper.errors import ArchiveError


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    yield one
    one.archive.close()


def test_every_url_is_accounted_for_with_state_reason_finder_and_capture(site: Site) -> None:
    site.with_sitemap = ("/report/a", "/report/c", "/report/secret/x")
    site.server.paths["/report/a"] = answer(status="500 Error")
    result = site.crawl()
    here = site.server.url("")
    rows = {row.url.removeprefix(here): row for row in coverage_rows(site.archive, result)}
    assert {path: (row.state, row.outcome, row.reason) for path, row in rows.items()} == {
        "/list": ("skipped", "", "seed read for its links only"),
        "/report/a": ("failed", "failed", "status 500 (Internal Server Error)"),
        "/report/c": ("done", "new", ""),
        "/report/secret/x": ("skipped", "", "robots.txt line 2: Disallow: /report/secret"),
        "/report/b": ("done", "new", ""),
        "/about": ("skipped", "", "not in include"),
    }
    assert rows["/report/c"].found_by == f"sitemap {here}/map.xml"
    assert rows["/report/b"].found_by == f"{here}/list"
    captured = {path for path, row in rows.items() if row.capture_id is not None}
    assert captured == {"/list", "/report/a", "/report/c", "/report/b"}
    capture_id = rows["/report/c"].capture_id
    assert capture_id
    assert site.archive.capture(capture_id).url == rows["/report/c"].url
    coverage = result.coverage[0]
    assert coverage.expected == 3
    assert sum(coverage.skipped.values()) == 3


def test_fields_that_are_expected_and_missing_are_a_finding_with_examples(site: Site) -> None:
    dated = '<meta property="article:published_time" content="2024-02-03">'
    site.server.paths["/report/a"] = answer(page("Report A", head=dated))
    findings = site.crawl(expect_fields=("title", "published", "stage")).coverage[0].findings
    assert [finding.partition(":")[0] for finding in findings] == [
        "2 of 3 reports have no published, expected on each",
        "3 of 3 reports have no stage, expected on each",
    ]
    assert site.server.url("/report/b") in findings[0]
    assert site.server.url("/report/a") not in findings[0]
    assert site.archive.crawls()[0].findings == tuple(f"site: {finding}" for finding in findings)
    assert not site.crawl(expect_fields=("title",)).has_trouble


def test_a_crawl_needs_room_for_two_of_the_largest_bodies(site: Site) -> None:
    class Full(Archive):
        def free_bytes(self) -> int:
            return LEAST_FREE_BYTES - 1

        def largest_body_bytes(self) -> int:
            return 0

    class Large(Full):
        def largest_body_bytes(self) -> int:
            return LEAST_FREE_BYTES

    for kind in (Full, Large):
        with kind(site.archive.path) as archive, pytest.raises(ArchiveError, match="MB free on its disk") as caught:
            asyncio.run(crawl(archive, [site.source()], OPTIONS, now=site.now))
        assert "\n" not in str(caught.value)
    assert site.archive.crawls() == []
    require_room(site.archive)


def test_a_clock_that_went_back_is_a_finding_and_costs_no_order(site: Site) -> None:
    site.crawl()
    site.clock -= timedelta(days=1)
    site.server.paths["/report/a"] = answer(page("Report A", "The commission counts fifty witnesses.", "And more."))
    result = site.crawl()
    assert result.coverage[0].outcomes == {"changed": 1, "unchanged": 2}
    [finding] = result.coverage[0].findings
    assert finding.startswith("the clock is behind: it says 2024-02-29")
    assert [version.seq for version in site.archive.versions("/report/a")] == [1, 2]
    site.clock += timedelta(days=2)
    assert not site.crawl().has_trouble


def test_captures_kept_unread_are_read_by_the_next_crawl_that_parses(site: Site) -> None:
    kept = site.crawl(replace(OPTIONS, parse=False))
    assert kept.coverage[0].outcomes == {"kept": 3}
    assert not kept.has_trouble
    assert site.archive.versions("/report/a") == []
    site.server.paths["/report/a"] = answer(page("Report A", "The commission counts fifty witnesses.", "And more."))
    result = site.crawl()
    assert [event.outcome for event in site.events[:3]] == ["new", "new", "new"]
    assert result.coverage[0].outcomes == {"changed": 1, "unchanged": 2}
    assert len(site.archive.versions("/report/a")) == 2
