from collections.abc import Iterator
from pathlib import Path

import pytest
from building import URL, capture, day, parse_lines

from scraper.archive import Archive, Validators
from scraper.errors import UsageError
from scraper.loader import load

A, B, C = (f"https://example.org/{name}" for name in "abc")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


def _crawl(archive: Archive, number: int = 1) -> int:
    return archive.begin_crawl(["watch"], day(number)).id


def test_urls_come_due_by_depth_then_in_the_order_found(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    for url, depth in ((A, 1), (B, 0), (C, 0)):
        assert archive.add_url("watch", url, depth=depth, found_by="a seed", crawl_id=crawl_id)
    order = []
    while found := archive.due("watch", crawl_id):
        order.append(found.url)
        archive.mark("watch", found.url, "done", crawl_id=crawl_id)
    assert order == [B, C, A]


def test_a_url_enters_a_crawl_once(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    assert archive.add_url("watch", A, depth=0, found_by="a seed", crawl_id=crawl_id)
    assert not archive.add_url("watch", f"{A}#part", depth=3, found_by="a link", crawl_id=crawl_id)
    archive.skip_url("watch", A, reason="excluded", found_by="a link", crawl_id=crawl_id)
    assert archive.frontier_counts("watch", crawl_id) == {"due": 1}


def test_the_next_crawl_asks_anew(archive: Archive) -> None:
    first = _crawl(archive)
    archive.add_url("watch", A, depth=0, found_by="a seed", crawl_id=first)
    archive.mark("watch", A, "done", crawl_id=first)
    archive.end_crawl(first, day(2), {"captured": 1})
    second = _crawl(archive, 3)
    assert second != first
    assert archive.add_url("watch", A, depth=0, found_by="a seed", crawl_id=second)
    found = archive.due("watch", second)
    assert found
    assert (found.state, found.attempts) == ("due", 0)


def test_an_interrupted_crawl_of_the_same_sources_is_resumed(archive: Archive) -> None:
    first = archive.begin_crawl(["b", "a"], day(1))
    again = archive.begin_crawl(["a", "b"], day(2))
    assert (again.id, again.started_at) == (first.id, day(1))
    assert archive.begin_crawl(["a"], day(2)).id != first.id
    archive.end_crawl(first.id, day(3), {"captured": 2})
    assert archive.begin_crawl(["a", "b"], day(4)).id != first.id
    ended = archive.crawls()[0]
    assert (ended.sources, ended.ended_at, ended.counts) == (("a", "b"), day(3), {"captured": 2})


def test_what_is_left_out_is_counted_by_reason(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    for url in (A, B):
        archive.skip_url("watch", url, reason="robots.txt", found_by="a link", crawl_id=crawl_id)
    archive.skip_url("watch", C, reason="excluded", found_by="a link", crawl_id=crawl_id)
    assert archive.skipped("watch", crawl_id) == {"robots.txt": 2, "excluded": 1}
    assert archive.due("watch", crawl_id) is None
    assert archive.frontier_counts("watch", crawl_id) == {"skipped": 3}


def test_loading_a_capture_marks_its_url_in_the_same_transaction(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    for url in (A, B):
        archive.add_url("watch", url, depth=0, found_by="a seed", crawl_id=crawl_id)
    load(archive, capture("Text.", url=A), source="watch", crawl_id=crawl_id, parse=parse_lines)
    load(archive, capture(None, url=B, outcome="failed", reason="no answer"), source="watch", crawl_id=crawl_id)
    assert archive.frontier_counts("watch", crawl_id) == {"done": 1, "failed": 1}
    assert [found.crawl_id for found in archive.captures(crawl_id=crawl_id)] == [crawl_id, crawl_id]
    assert archive.known_urls("watch") == (A,)


def test_what_is_no_url_never_enters(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    with pytest.raises(UsageError, match="no URL"):
        archive.add_url("watch", "not a url", depth=0, found_by="a seed", crawl_id=crawl_id)


HEADERS = (("ETag", '"one"'), ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"))


def test_a_condition_is_made_of_the_newest_whole_answer(archive: Archive) -> None:
    assert archive.validators(URL) is None
    archive.store_capture(capture(b"x", response_headers=HEADERS))
    archive.store_capture(capture(None, outcome="failed"))
    expected = Validators(etag='"one"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT")
    assert archive.validators(f"{URL}#part") == expected


@pytest.mark.parametrize(
    "later",
    [
        {"outcome": "missing", "status": 404, "body": None},
        {"outcome": "fetched", "body": b"without headers"},
    ],
    ids=["missing", "no-headers"],
)
def test_no_condition_is_made_after_another_answer(archive: Archive, later: dict[str, object]) -> None:
    archive.store_capture(capture(b"x", response_headers=HEADERS))
    archive.store_capture(capture(**later))  # type: ignore[arg-type]
    assert archive.validators(URL) is None


def test_an_imported_file_gives_no_condition(archive: Archive) -> None:
    archive.store_capture(capture(b"x", response_headers=HEADERS, method="import"))
    assert archive.validators(URL) is None
