from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from crawl_site import OPTIONS, Site, page
from raw_server import answer

from scraper.crawl.traps import TrapBounds

RSS = '<?xml version="1.0"?><rss version="2.0"><channel>{}</channel></rss>'


def feed(*links: str) -> bytes:
    items = "".join(f"<item><title>t</title><link>{link}</link></item>" for link in links)
    return answer(RSS.format(items).encode())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    one.with_sitemap = ()
    yield one
    one.archive.close()


def paths(site: Site) -> set[str]:
    return {row.url.removeprefix(site.server.url("")) for row in site.archive.pages(source="site")}


def test_pages_are_found_by_a_feed_that_the_source_names_and_by_none_of_another_host(site: Site) -> None:
    site.server.paths["/feed"] = feed("/report/c", "report/b", "http://other.example/report/x")
    site.cover(name="earlier")  # which gives the server its port
    coverage = site.cover(seeds=(), feeds=(site.server.url("/feed"),))
    assert site.server.asked == ["/robots.txt", "/feed", "/report/c", "/report/b"]
    assert coverage.outcomes == {"unchanged": 1, "new": 1}
    assert coverage.findings == ()


def test_a_feed_that_a_seed_announces_is_read_and_one_on_another_host_is_not(site: Site) -> None:
    head = (
        '<link rel=alternate type="application/rss+xml" href="/feed">'
        '<link rel=alternate type="application/atom+xml" href="http://other.example/feed">'
    )
    site.server.paths |= {"/list": answer(page("List", head=head)), "/feed": feed("/report/c", "/about")}
    result = site.crawl()
    assert result.coverage[0].findings == ()
    assert site.server.asked == ["/robots.txt", "/list", "/feed", "/report/c"]
    assert site.skipped(result)["/about"] == "not in include"
    assert result.finished


def test_a_feed_that_is_announced_and_is_not_there_is_no_finding_and_one_that_is_named_is(site: Site) -> None:
    head = '<link rel=alternate type="application/rss+xml" href="/feed">'
    site.server.paths["/list"] = answer(page("List", head=head, links=("/report/a",)))
    assert site.cover().findings == ()
    [finding] = site.cover(feeds=(site.server.url("/feed"),)).findings
    assert finding == f"feed {site.server.url('/feed')}: status 404 (Not Found)"


def test_a_feed_may_stand_in_for_a_sitemap(site: Site) -> None:
    site.server.paths |= {"/robots.txt": answer(b"Sitemap: /feed"), "/feed": feed("/report/c")}
    assert site.cover().findings == ()
    assert "/report/c" in paths(site)


def test_indexes_without_end_stop_at_the_second_and_say_so_once(site: Site) -> None:
    def index(*numbers: int) -> bytes:
        named = "".join(f"<sitemap><loc>/map{number}.xml</loc></sitemap>" for number in numbers)
        return answer(f"<sitemapindex>{named}</sitemapindex>".encode())

    site.server.paths |= {"/robots.txt": answer(b"Sitemap: /map0.xml")}
    site.server.paths |= {f"/map{number}.xml": index(number * 2 + 1, number * 2 + 2) for number in range(20)}
    findings = site.cover().findings
    assert [path for path in site.server.asked if "map" in path] == [f"/map{number}.xml" for number in range(7)]
    assert len(findings) == 1
    assert "not read, over 2 indexes deep" in findings[0]


def test_the_urls_that_sitemaps_name_are_bounded_over_the_site(site: Site) -> None:
    urls = "".join(f"<url><loc>/report/{number}</loc></url>" for number in range(5))
    site.server.paths |= {
        "/robots.txt": answer(b"Sitemap: /1.xml\nSitemap: /2.xml"),
        "/1.xml": answer(f"<urlset>{urls}</urlset>".encode()),
        "/2.xml": answer(b"<urlset><url><loc>/report/a</loc></url></urlset>"),
    }
    coverage = site.cover(replace(OPTIONS, traps=TrapBounds(site_urls=5)))
    assert "/report/4" in site.server.asked
    assert any("over 5 URLs named" in finding for finding in coverage.findings)


def test_what_came_of_a_sitemap_that_broke_off_is_read(site: Site) -> None:
    body = b"<urlset><url><loc>/report/c</loc></url><url><loc>/repo"
    cut = answer(body + b"x" * 50, "Connection: close")[:-50]
    site.server.paths |= {"/robots.txt": answer(b"Sitemap: /map.xml"), "/map.xml": cut}
    coverage = site.cover()
    assert "/report/c" in paths(site)
    assert len(coverage.findings) == 1
    assert "what came was read" in coverage.findings[0]


def test_lists_lead_to_lists_and_their_items_are_the_pages(site: Site) -> None:
    def listing(number: int) -> bytes:
        links = (f"/report/{number}", f"/list?page={number + 1}", "/about")
        return answer(page(f"List {number}", links=links))

    site.server.paths |= {f"/list?page={number}": listing(number) for number in range(1, 30)}
    site.server.paths |= {f"/report/{number}": answer(page(f"Report {number}")) for number in range(1, 30)}
    site.server.paths["/list"] = answer(page("List", links=("/list?page=1",)))
    options = replace(OPTIONS, traps=TrapBounds(listing_hops=4))
    result = site.crawl(options, listings=("*/list?page=*",))
    assert paths(site) == {f"/report/{number}" for number in range(1, 5)}
    assert site.server.asked.count("/list?page=4") == 1
    assert site.skipped(result)["/list?page=5"] == "trap: more than 4 listings lead to each other"
    assert site.skipped(result)["/list?page=4"] == "listing */list?page=*: read for its links only"
    assert site.crawl(listings=("*/list?page=*",)).coverage[0].expected == 20


def test_a_list_that_has_not_changed_is_read_from_the_archive(site: Site) -> None:
    site.server.paths["/list"] = answer(page("List", links=("/report/a", "/report/b")), 'ETag: "1"')
    site.cover()
    site.server.paths["/list"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    site.server.paths["/report/a"] = answer(status="500 Error")
    result = site.crawl(name="other")
    assert [path for path in site.server.asked if path != "/robots.txt"] == ["/list", "/report/a", "/report/b"]
    assert not result.coverage[0].findings


def test_a_page_that_sends_its_reader_on_leads_there(site: Site) -> None:
    head = '<meta http-equiv=refresh content="0; url=/report/c"><meta name=robots content=nofollow>'
    site.server.paths["/list"] = answer(page("List", head=head))
    site.cover()
    assert paths(site) == {"/report/c"}
