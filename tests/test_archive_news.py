"""Versions as they are told to others."""

from pathlib import Path

import pytest
from building import URL, capture, day, missing, parse_lines

from scraper.archive import Archive, NewsScope
from scraper.loader import load


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path / "a.db", create=True)
    for number, text in enumerate(["one two", "one three", "one three"], 1):
        load(archive, capture(text, day(number)), source="watch", parse=parse_lines)
    for number in range(4, 9):
        load(archive, missing(day(number)), source="watch", parse=parse_lines)
    load(archive, capture("elsewhere", day(2), url=f"{URL}-b"), source="other", parse=parse_lines)
    return archive


def test_news_are_the_versions_newest_first_with_what_led_to_them(archive: Archive) -> None:
    rows = archive.news(NewsScope())
    assert [(row.class_, row.seq, row.title, row.summary) for row in rows] == [
        ("gone", 3, "Velmora Country Report", "the page is gone"),
        ("words", 2, "Velmora Country Report", "1 word in 1 paragraph"),
        ("new", 1, "Velmora Country Report", ""),
        ("new", 1, "Velmora Country Report", ""),
    ]
    assert rows == archive.news_of(row.version_id for row in rows)
    assert {row.key: row.version_id for row in rows} == archive.news_keys("publisher")
    assert archive.news_keys("parser") == {}


def test_a_scope_is_a_source_a_page_or_a_country(archive: Archive) -> None:
    page = archive.page(URL).id
    scopes = (NewsScope(source="other"), NewsScope(page_id=page), NewsScope(limit=3), NewsScope(country="Velmora"))
    assert [len(archive.news(scope)) for scope in scopes] == [1, 3, 3, 0]


def test_what_was_compared_is_had_again(archive: Archive) -> None:
    gone, words, *_, first = archive.news(NewsScope(page_id=archive.page(URL).id))
    assert [record.text if record else None for record in archive.compared(words)] == ["one two", "one three"]
    assert [record.text if record else None for record in archive.compared(gone)] == ["one three", None]
    assert [record.text if record else None for record in archive.compared(first)] == [None, "one two"]


def test_failures_are_those_of_crawls_that_nothing_good_came_after(archive: Archive) -> None:
    crawl = archive.begin_crawl(["watch"], day(9)).id
    for number, name in enumerate("xyx", 9):
        failed = capture(None, day(number), url=f"{URL}-{name}", outcome="failed", status=500, reason="status 500")
        load(archive, failed, source="watch", parse=parse_lines, crawl_id=crawl)
    load(archive, capture("well", day(12), url=f"{URL}-y"), source="watch", parse=parse_lines, crawl_id=crawl)
    (row,) = archive.failures(0)
    assert (row.url, row.outcome, row.reason) == (f"{URL}-x", "failed", "status 500")
    assert archive.failures(archive.newest_number()) == []
