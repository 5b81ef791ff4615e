from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from crawl_site import OPTIONS, Site, page
from raw_server import answer

from scraper.crawl import CrawlResult

KEPT = replace(OPTIONS, parse=False)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    one.with_sitemap = ()
    yield one
    one.archive.close()


def report(title: str, canonical: str = "") -> bytes:
    return answer(page(title, head=f'<link rel="canonical" href="{canonical}">' if canonical else ""))


def lists(site: Site, *links: str) -> None:
    site.server.paths["/list"] = answer(page("List", links=links))


def addresses(site: Site) -> list[list[tuple[str, str]]]:
    """The addresses of each page, and how each came to be one."""
    here = site.server.url("")
    return [
        [(alias.url.removeprefix(here), alias.how) for alias in site.archive.page_urls(row.id)]
        for row in sorted(site.archive.pages(), key=lambda row: row.id)
    ]


def asked(site: Site) -> list[str]:
    return [path for path in site.server.asked if "/report" in path]


def reasons(site: Site, result: CrawlResult) -> dict[str, str]:
    here = site.server.url("")
    return {path: reason.replace(here, "") for path, reason in site.skipped(result).items()}


@pytest.mark.parametrize("variant", ["/report/a?print=1", "/report/a?ref=newsletter", "/report/print/a"])
@pytest.mark.parametrize("options", [OPTIONS, KEPT], ids=["parsed", "kept"])
def test_a_variant_of_a_known_page_is_its_alias_and_no_page_of_its_own(site: Site, variant: str, options) -> None:  # type: ignore[no-untyped-def]
    lists(site, "/report/a", variant)
    site.server.paths |= {"/report/a": report("A", "/report/a"), variant: report("A", "/report/a")}
    result = site.crawl(options)
    assert addresses(site) == [[("/report/a", "asked"), (variant, "canonical")]]
    assert reasons(site, result)[variant] == "same page (canonical): /report/a"
    assert result.coverage[0].skipped["same page (canonical)"] == 1
    shown = next(alias for alias in site.archive.page_urls() if alias.how == "canonical")
    assert shown.capture_id
    assert site.archive.capture(shown.capture_id).url == site.server.url(variant)


def test_an_alias_is_not_asked_for_again_and_its_page_is_though_only_the_alias_is_linked(site: Site) -> None:
    variant = "/report/a?print=1"
    lists(site, "/report/a", variant)
    site.server.paths |= {"/report/a": report("A", "/report/a"), variant: report("A", "/report/a")}
    site.crawl()
    lists(site, variant)
    result = site.crawl()
    assert asked(site) == ["/report/a"]
    assert reasons(site, result)[variant] == "same page (canonical): /report/a"
    assert result.coverage[0].outcomes == {"unchanged": 1}


def test_a_variant_met_first_leads_to_its_page_and_both_are_one(site: Site) -> None:
    lists(site, "/report/a?print=1")
    site.server.paths |= {"/report/a": report("A"), "/report/a?print=1": report("A", "/report/a")}
    result = site.crawl()
    assert asked(site) == ["/report/a?print=1", "/report/a"]
    assert addresses(site) == [[("/report/a?print=1", "asked"), ("/report/a", "canonical")]]
    assert result.coverage[0].outcomes == {"new": 1, "unchanged": 1}
    site.crawl()
    assert asked(site) == ["/report/a?print=1"]


def test_a_canonical_that_shows_something_else_is_not_believed(site: Site) -> None:
    lists(site, "/report/a", "/report/b", "/report/c")
    site.server.paths |= {
        "/report/a": report("A", "/report/a"),
        "/report/b": report("B", "/report/a"),
        "/report/c": report("C", "/report/d"),
        "/report/d": report("D"),
    }
    result = site.crawl()
    assert result.coverage[0].outcomes == {"new": 4}
    assert [len(page_addresses) for page_addresses in addresses(site)] == [1, 1, 1, 1]


@pytest.mark.parametrize("canonical", ["/", "http://other.example/report/a", "/about", "mailto:x", "/report/a#top"])
def test_a_canonical_that_is_the_home_page_or_out_of_scope_says_nothing(site: Site, canonical: str) -> None:
    lists(site, "/report/a", "/report/b")
    site.server.paths |= {"/": answer(page("Home")), "/report/b": report("B", canonical)}
    site.server.paths["/report/a"] = report("A", canonical)
    result = site.crawl()
    assert result.coverage[0].outcomes == {"new": 2}
    assert [len(page_addresses) for page_addresses in addresses(site)] == [1, 1]
    assert "/" not in site.server.asked


def test_a_page_of_its_own_stays_one_whatever_it_names_later(site: Site) -> None:
    lists(site, "/report/a", "/report/b")
    site.server.paths |= {"/report/a": report("A"), "/report/b": report("B")}
    site.crawl()
    site.server.paths["/report/b"] = report("A", "/report/a")
    result = site.crawl()
    assert result.coverage[0].outcomes["unchanged"] == 1
    assert sum(result.coverage[0].outcomes.values()) == 2
    assert [len(page_addresses) for page_addresses in addresses(site)] == [1, 1]


def test_a_canonical_that_cannot_be_had_joins_nothing(site: Site) -> None:
    lists(site, "/report/x")
    site.server.paths["/report/x"] = report("X", "/report/gone")
    result = site.crawl()
    assert result.coverage[0].outcomes == {"missing": 1, "new": 1}
    assert addresses(site) == [[("/report/x", "asked")]]


def moved(target: str, status: str = "301 Moved Permanently") -> bytes:
    return answer(b"", f"Location: {target}", status=status)


def test_an_address_that_moved_to_a_page_asked_anyway_costs_one_request_and_is_its_alias(site: Site) -> None:
    lists(site, "/report/old", "/report/a", "/report/older")
    site.server.paths |= {"/report/old": moved("/report/a"), "/report/older": moved("/report/a")}
    result = site.crawl()
    assert asked(site) == ["/report/old", "/report/a", "/report/older"]
    assert addresses(site) == [
        [("/report/a", "asked"), ("/report/old", "redirect"), ("/report/older", "redirect")]
    ] or sorted(addresses(site)[0]) == sorted(
        [("/report/a", "asked"), ("/report/old", "redirect"), ("/report/older", "redirect")]
    )
    assert reasons(site, result)["/report/old"] == "same page (redirect): /report/a"
    assert result.coverage[0].outcomes == {"new": 1}
    assert not result.has_trouble
    site.crawl()
    assert asked(site).count("/report/a") == 1


def test_an_address_that_moved_to_a_page_of_an_earlier_crawl_is_its_alias(site: Site) -> None:
    lists(site, "/report/a")
    site.crawl()
    lists(site, "/report/old")
    site.server.paths["/report/old"] = moved("/report/a")
    result = site.crawl()
    assert addresses(site) == [[("/report/a", "asked"), ("/report/old", "redirect")]]
    assert reasons(site, result) == {
        "/list": "seed read for its links only",
        "/report/old": "same page (redirect): /report/a",
    }


def test_a_temporary_redirect_to_a_page_joins_nothing(site: Site) -> None:
    lists(site, "/report/a", "/report/today")
    site.server.paths["/report/today"] = moved("/report/a", "302 Found")
    result = site.crawl()
    assert addresses(site) == [[("/report/a", "asked")]]
    assert reasons(site, result)["/report/today"] == "same page (redirect): /report/a"


def test_a_page_that_moves_stays_one_page_and_is_captured_once_in_a_crawl(site: Site) -> None:
    lists(site, "/report/a")
    site.crawl()
    lists(site, "/report/new")
    site.server.paths |= {"/report/a": moved("/report/new"), "/report/new": report("Report A")}
    site.crawl()
    first = addresses(site)
    result = site.crawl()
    assert addresses(site) == first
    assert asked(site) == ["/report/new"]
    assert result.coverage[0].outcomes == {"unchanged": 1}


def test_a_page_that_moved_and_is_linked_at_its_new_place_only_is_still_one(site: Site) -> None:
    lists(site, "/report/a")
    site.crawl()
    lists(site, "/report/new")
    site.server.paths |= {"/report/a": moved("/report/new"), "/report/new": report("Report A")}
    site.crawl()
    assert asked(site) == ["/report/new", "/report/a", "/report/new"]
    assert addresses(site) == [[("/report/a", "asked"), ("/report/new", "redirect")]]


def test_a_new_address_like_a_page_that_is_not_asked_any_more_is_a_page_of_its_own(site: Site) -> None:
    lists(site, "/report/a")
    site.crawl()
    lists(site, "/report/copy")
    site.server.paths |= {
        "/report/copy": report("Report A"),
        "/robots.txt": answer(b"User-agent: *\nDisallow: /report/a\n"),
    }
    result = site.crawl()
    assert asked(site) == ["/report/copy"]
    assert result.coverage[0].outcomes == {"new": 1}


def test_a_new_address_whose_elder_is_left_for_the_next_run_waits_for_it_too(site: Site) -> None:
    lists(site, "/report/a")
    site.crawl()
    lists(site, "/report/new")
    site.server.paths |= {"/report/a": moved("/report/new"), "/report/new": report("Report A")}
    first = site.crawl(replace(OPTIONS, limit=2))
    assert asked(site) == ["/report/new"]
    assert first.coverage[0].remaining == 2
    site.crawl()
    assert addresses(site) == [[("/report/a", "asked"), ("/report/new", "redirect")]]


def test_a_copy_of_a_page_that_has_not_moved_is_a_page_of_its_own(site: Site) -> None:
    lists(site, "/report/a")
    site.crawl()
    lists(site, "/report/copy")
    site.server.paths["/report/copy"] = report("Report A")
    result = site.crawl()
    assert asked(site) == ["/report/copy", "/report/a"]
    assert result.coverage[0].outcomes == {"new": 1, "unchanged": 1}
    assert addresses(site) == [[("/report/a", "asked")], [("/report/copy", "asked")]]
