import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from building import URL, capture
from crawl_site import Site, page
from raw_server import answer

from parsers.errors import TooComplex
from scraper.archive import Archive
from scraper.crawl.reading import Reading, is_to_be_read
from scraper.loader import load

DEEP = b"<div>" * 5_000
PAGE = page("Velmora", "The army closed the border in March, and many people fled to the south of the country.")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


@pytest.mark.parametrize("ahead", [True, False], ids=["ahead", "when asked"])
def test_a_page_is_read_once_however_often_it_is_asked_for(archive: Archive, ahead: bool) -> None:
    reading = Reading(archive)
    if ahead:
        asyncio.run(reading.go_ahead(capture(PAGE)))
    first = reading(PAGE, url=URL, content_type="text/html")
    assert first.title == "Velmora"
    assert reading(PAGE, url=URL, content_type="text/html") is first


@pytest.mark.parametrize("ahead", [True, False], ids=["ahead", "when asked"])
def test_a_page_that_cannot_be_read_is_tried_once(archive: Archive, ahead: bool) -> None:
    reading = Reading(archive)
    if ahead:
        asyncio.run(reading.go_ahead(capture(DEEP)))
    errors = []
    for _ in range(2):
        with pytest.raises(TooComplex) as caught:
            reading(DEEP, url=URL, content_type="text/html")
        errors.append(caught.value)
    assert errors[0] is errors[1]


def test_what_has_no_body_is_not_read(archive: Archive) -> None:
    asyncio.run(Reading(archive).go_ahead(capture(None)))
    assert not is_to_be_read(archive, capture(None))
    assert not is_to_be_read(archive, capture(b"it broke", outcome="truncated"))


def test_what_the_archive_has_read_is_not_read_again(archive: Archive) -> None:
    assert is_to_be_read(archive, capture(PAGE))
    load(archive, capture(PAGE))
    assert not is_to_be_read(archive, capture(PAGE))
    assert is_to_be_read(archive, capture(PAGE + b"<p>More."))


def test_a_hostile_page_stops_no_crawl(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.server.paths["/report/a"] = answer(DEEP)
    result = site.crawl()
    assert result.coverage[0].outcomes == {"new": 2, "unparsed": 1}
    (told,) = [event for event in site.events if event.outcome == "unparsed"]
    assert told.detail == "body over the bound: nested elements 3,001, at most 3,000; it is kept unread"
    assert site.archive.body(told.capture_id) == DEEP
    site.archive.close()
