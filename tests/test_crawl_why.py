from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from crawl_site import Site, page
from raw_server import answer

from scraper.crawl.why import Reason, why_not
from scraper.errors import UsageError


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    one.with_sitemap = ("/report/a", "/report/secret/x", "/report/busy")
    one.server.paths |= {
        "/report/busy": answer(b"later", "Retry-After: 7200", status="429 Too Many Requests"),
        "/list": answer(page("List", links=("/about", "/report/b"))),
    }
    one.crawl(exclude=("*?print=*",), max_pages=4)
    yield one
    one.archive.close()


def why(site: Site, path: str, **fields: object) -> Reason:
    source = site.source(**({"exclude": ("*?print=*",)} | fields))
    [reason] = why_not(site.server.url(path), [source], site.archive, site.clock)
    return reason


@pytest.mark.parametrize(
    ("path", "state", "start", "rule"),
    [
        ("/about", "out of scope", "not in include", "include"),
        ("/report/a?print=1", "out of scope", "exclude *?print=*", "*?print=*"),
        ("/report/secret/x", "skipped", "robots.txt line 2: Disallow: /report/secret", ""),
        ("/report/secret/never-met", "forbidden", "robots.txt line 2: Disallow: /report/secret (http://127", ""),
        ("/report/a", "done", "nothing kept it out: it was captured (new)", ""),
        ("/report/x/x/x/x", "skipped", "trap: its path has 'x' more than 3 times", ""),
        ("/report/unmet", "never found", "in scope, but no sitemap, no feed and no page up to 1 links", "depth"),
    ],
)
def test_the_rule_that_kept_a_url_out_is_named(site: Site, path: str, state: str, start: str, rule: str) -> None:
    reason = why(site, path)
    assert (reason.state, reason.rule) == (state, rule)
    assert reason.why.startswith(start)


def test_what_waits_says_for_whom_and_until_when(site: Site) -> None:
    reason = why(site, "/report/busy")
    assert reason.state == "due"
    assert reason.why.startswith("its host asked to wait: ")
    assert reason.next_at
    assert timedelta(hours=1) < reason.next_at - site.clock <= timedelta(hours=2)
    assert reason.found_by == f"sitemap {site.server.url('/map.xml')}"


def test_a_rule_of_today_decides_though_a_crawl_went_by_another(site: Site) -> None:
    assert why(site, "/report/a", exclude=("*/report/a",)).why == "exclude */report/a"
    assert why(site, "/list?p=1", listings=("*/list?p=*",)).rule == "*/list?p=*"


def test_each_source_that_knows_the_host_answers_and_else_none_does(site: Site) -> None:
    two = [site.source(), site.source(name="other", include=())]
    reasons = why_not(site.server.url("/about"), two, site.archive, site.clock)
    assert [(reason.source, reason.state) for reason in reasons] == [("site", "out of scope"), ("other", "never found")]
    [nobody] = why_not("http://other.example/x", two, site.archive, site.clock)
    assert (nobody.source, nobody.state) == ("", "out of scope")
    assert nobody.why == "other.example is the host of no seed, sitemap or feed"
    with pytest.raises(UsageError):
        why_not("no url", two, site.archive, site.clock)


def test_without_an_archive_the_source_files_answer(site: Site) -> None:
    [reason] = why_not(site.server.url("/about"), [site.source()], None, site.clock)
    assert reason.why == "not in include"


def test_a_page_that_no_crawl_met_is_named_as_known(site: Site) -> None:
    site.server.paths["/report/single"] = answer(page("Single"))
    site.clock += timedelta(days=1)
    site.get("/report/single")
    assert why(site, "/report/single").why.startswith("nothing keeps it out: it is page ")


def test_asking_why_asks_nothing_of_the_network(site: Site) -> None:
    site.server.asked.clear()
    why(site, "/report/secret/never-met")
    assert site.server.asked == []
