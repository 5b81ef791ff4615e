"""A crawl learns what repeats over the pages of a publisher, reads again what that changes, and says so in one line."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from crawl_site import OPTIONS, Site
from raw_server import answer, running

from scraper.crawl import Options, schedule

ABOUT = "Harbour Watch is an independent observatory of ports and of the people who work in them."
APPEAL = "Please give to Harbour Watch today, so that we can go on with what we do."
NAMES = ("a", "b", "c", "d")


def listing(*names: str) -> bytes:
    links = "".join(f'<p><a href="/report/{name}">{name}</a></p>' for name in names)
    return answer(f"<main>{links}</main>".encode())


def report(name: str, *after: str, head: str = "") -> bytes:
    """A report that ends in a strip of others and the paragraphs *after* it, as templates have it."""
    own = "".join(f"<p>{name} {number}: witness {number} of {name} was heard in public.</p>" for number in range(6))
    others = "".join(f'<p><a href="/report/{other}">Report {other}</a></p>' for other in NAMES if other != name)
    tail = "".join(f"<p>{text}</p>" for text in after)
    page = (
        f"<!doctype html><html lang=en><head><title>Report {name} | Harbour Watch</title>{head}</head><body><main>"
        f"<article><h1>Report {name}</h1>{own}<h2>Related reports</h2>{others}{tail}</article></main></body></html>"
    )
    return answer(page.encode())


def publish(site: Site, *after: str) -> None:
    for name in NAMES:
        site.server.paths[f"/report/{name}"] = report(name, *after)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    site.with_sitemap = ()
    site.server.paths["/list"] = listing(*NAMES)
    publish(site, APPEAL, ABOUT)
    return site


def texts(site: Site) -> list[str]:
    return [site.archive.record(site.archive.version(f"/report/{name}")).text for name in NAMES]


def own(name: str) -> str:
    return "\n\n".join(f"{name} {number}: witness {number} of {name} was heard in public." for number in range(6))


def test_a_first_crawl_leaves_reports_without_what_repeats(site: Site) -> None:
    result = site.crawl()
    assert texts(site) == [own(name) for name in NAMES]
    [lesson] = result.learned
    assert (lesson.lines, lesson.new, lesson.gone, lesson.suffix) == (3, 3, 0, " | Harbour Watch")
    assert lesson.captures < len(NAMES)
    assert {row.versions for row in site.archive.pages()} == {1}
    assert site.archive.changes() == []


def test_a_crawl_that_teaches_nothing_new_says_nothing(site: Site) -> None:
    site.crawl()
    count = site.archive.db["record"].count
    assert site.crawl().learned == ()
    assert site.archive.db["record"].count == count


def test_an_appeal_that_changes_is_no_edit_of_any_report(site: Site) -> None:
    site.crawl()
    publish(site, "Give now: the winter appeal of Harbour Watch ends on the last day of the year.", ABOUT)
    result = site.crawl()
    assert texts(site) == [own(name) for name in NAMES]
    assert site.archive.changes() == []
    assert [(lesson.new, lesson.gone) for lesson in result.learned] == [(1, 0)]
    assert {row.state for row in site.archive.pages()} == {"live"}


def test_an_interrupted_crawl_is_learned_from_when_it_ends(site: Site, tmp_path: Path) -> None:
    site.crawl(Options(limit=3, bounds=OPTIONS.bounds))
    site.crawl()
    whole = Site(tmp_path / "whole")
    whole.with_sitemap = ()
    whole.server.paths.update(site.server.paths)
    whole.crawl()
    assert texts(site) == texts(whole) == [own(name) for name in NAMES]


def test_what_is_crawled_unread_is_learned_from_when_it_is_read(site: Site) -> None:
    result = site.crawl(Options(parse=False, bounds=OPTIONS.bounds))
    assert (result.learned, site.archive.sites_waiting()) == ((), [])
    assert len(site.crawl().learned) == 1
    assert texts(site) == [own(name) for name in NAMES]


def test_single_pages_teach_too(site: Site) -> None:
    site.get("/report/a", "/report/b")
    assert [site.archive.record(site.archive.version(f"/report/{name}")).text for name in "ab"] == [own("a"), own("b")]


def test_a_page_at_a_second_address_is_known_by_what_is_left_of_it(site: Site) -> None:
    site.crawl()
    head = f'<link rel="canonical" href="{site.server.url("/report/a")}">'
    site.server.paths["/report/moved"] = report("a", ABOUT, head=head)  # another footer, the same report
    site.server.paths["/list"] = listing("moved", *NAMES)
    result = site.crawl()
    assert site.skipped(result)["/report/moved"].startswith("same page (canonical)")
    assert len(site.archive.pages()) == len(NAMES)


def test_what_a_scheduled_crawl_learns_is_said(site: Site) -> None:
    said: list[str] = []

    async def go() -> None:
        async with running(site.server):
            site.publish()
            source = site.source(every="0 6 * * *")
            for _ in range(2):  # the first time its next crawl is set
                await schedule.run_due(site.archive, [source], OPTIONS, now=site.now, say=said.append)
                site.clock += timedelta(days=1)

    asyncio.run(go())
    assert any(line.startswith("learned chrome of 127.0.0.1:") for line in said)
