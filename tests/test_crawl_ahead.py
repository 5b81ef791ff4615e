"""What lies ahead of a crawl, by host: from the archive, and from whom asked to wait."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from building import DAY_ONE

from scraper.archive import Archive
from scraper.crawl.ahead import Ahead, ahead
from scraper.fetch import Politeness

HOUR = timedelta(hours=1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db", create=True) as made:
        yield made


def begin(archive: Archive, source: str, *urls: str) -> int:
    crawl = archive.begin_crawl([source], DAY_ONE)
    archive.add_urls(source, urls, depth=0, found_by="seed", crawl_id=crawl.id)
    return crawl.id


def test_what_is_due_counts_in_the_newest_crawl_of_each_source_alone(archive: Archive) -> None:
    begin(archive, "one", "https://one.example/a", "https://one.example/b", "https://more.example/")
    ended = begin(archive, "two", "https://two.example/a")
    archive.end_crawl(ended, DAY_ONE, {})
    assert ahead(archive, Politeness(), ["seen.example"], DAY_ONE) == {
        "one.example": Ahead(due=2), "more.example": Ahead(due=1), "seen.example": Ahead(),
    }  # fmt: skip


def test_who_asked_to_wait_is_named_with_what_is_left_of_it(archive: Archive) -> None:
    begin(archive, "one", "https://one.example/a", "https://two.example/a")
    archive.hold_host("one.example", DAY_ONE + HOUR, "Retry-After 7,200 s")
    archive.hold_host("elsewhere.example", DAY_ONE + HOUR, "Retry-After 7,200 s")
    politeness = Politeness(clock=lambda: 100.0)
    politeness.hold("two.example", 40.0, "the server answered 503")
    assert ahead(archive, politeness, (), DAY_ONE + HOUR / 2) == {
        "one.example": Ahead(due=1, waits="waiting 1,800 s: Retry-After 7,200 s"),
        "two.example": Ahead(due=1, waits="waiting 40 s: the server answered 503"),
    }
