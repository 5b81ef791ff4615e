from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from building import URL, capture, day, parse_lines

from scraper.archive import Archive, Validators
from scraper.errors import UsageError
from scraper.loader import load
from scraper.urls import host

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


OTHER = "https://other.example.org/d"
NOON = day(1) + timedelta(hours=12)


def _add(archive: Archive, crawl_id: int, *urls: str, depth: int = 0) -> int:
    return archive.add_urls("watch", urls, depth=depth, found_by="a page", crawl_id=crawl_id)


def _leased(archive: Archive, crawl_id: int, *, host: str = "example.org", count: int = 9) -> list[str]:
    return [row.url for row in archive.lease("watch", crawl_id, host=host, count=count, now=NOON)]


def test_many_urls_enter_at_once_and_the_new_ones_are_counted(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    assert _add(archive, crawl_id, A, B, f"{A}#again") == 2
    assert _add(archive, crawl_id, B, C) == 1
    assert archive.frontier_counts("watch", crawl_id) == {"due": 3}


def test_none_of_many_urls_enters_with_one_that_is_none(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    with pytest.raises(UsageError, match="no URL"):
        _add(archive, crawl_id, A, "not a url")
    assert archive.frontier_counts("watch", crawl_id) == {}


def test_a_url_added_in_a_transaction_that_failed_is_not_in_the_crawl(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    with pytest.raises(RuntimeError), archive.transaction():
        _add(archive, crawl_id, A)
        raise RuntimeError
    assert _add(archive, crawl_id, A) == 1


def test_urls_offered_together_with_none_that_is_one_can_be_added_again(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    with archive.transaction():
        with pytest.raises(UsageError, match="no URL"):
            _add(archive, crawl_id, A, "not a url")
        assert _add(archive, crawl_id, A) == 1


def test_more_urls_than_are_remembered_are_each_in_the_crawl_once(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    many = [f"{A}/{number}" for number in range(40_000)]
    assert _add(archive, crawl_id, *many[:30_000]) == 30_000
    assert _add(archive, crawl_id, *many[20_000:]) == 10_000
    assert _add(archive, crawl_id, *many) == 0
    assert archive.frontier_counts("watch", crawl_id) == {"due": 40_000}


def test_urls_are_leased_by_host_depth_and_age_and_each_but_once(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    _add(archive, crawl_id, A, OTHER, depth=1)
    _add(archive, crawl_id, B, C)
    assert archive.due_hosts("watch", crawl_id, NOON) == {"example.org": 3, "other.example.org": 1}
    assert _leased(archive, crawl_id, count=2) == [B, C]
    assert _leased(archive, crawl_id) == [A]
    assert _leased(archive, crawl_id) == []
    assert archive.frontier_counts("watch", crawl_id) == {"due": 1, "leased": 3}


def test_what_was_leased_to_a_killed_crawl_is_due_again_and_what_was_done_is_not(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    _add(archive, crawl_id, A, B, C)
    _leased(archive, crawl_id, count=2)
    archive.mark("watch", A, "done", crawl_id=crawl_id)
    assert archive.unlease("watch", crawl_id) == 1
    assert _leased(archive, crawl_id) == [B, C]


def test_a_url_put_off_is_due_when_its_time_has_come(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    _add(archive, crawl_id, A)
    _leased(archive, crawl_id)
    archive.postpone("watch", A, next_at=day(2), reason="the server answered 503", crawl_id=crawl_id)
    assert archive.due_hosts("watch", crawl_id, NOON) == {}
    assert archive.next_due("watch", crawl_id) == day(2)
    assert _leased(archive, crawl_id) == []
    [row] = archive.lease("watch", crawl_id, host="example.org", count=1, now=day(2))
    assert (row.url, row.attempts, row.reason, row.next_at) == (A, 1, "the server answered 503", day(2))
    archive.mark("watch", A, "done", outcome="new", crawl_id=crawl_id)
    assert archive.next_due("watch", crawl_id) is None
    [row] = archive.why(A)
    assert (row.state, row.next_at, row.attempts, row.reason) == ("done", None, 2, "")


def test_the_frontiers_of_two_sources_are_apart(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    _add(archive, crawl_id, A)
    archive.add_urls("survey", [A], depth=0, found_by="a seed", crawl_id=crawl_id)
    assert _leased(archive, crawl_id) == [A]
    assert archive.frontier_counts("survey", crawl_id) == {"due": 1}
    assert [(row.source, row.state) for row in archive.why(A)] == [("survey", "due"), ("watch", "leased")]
    assert archive.why(B) == []


def test_every_url_left_out_is_listed_with_its_reason_and_finder(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    archive.add_urls("watch", [A, B], depth=0, found_by="a page", crawl_id=crawl_id, skipped="excluded")
    _add(archive, crawl_id, A, C)
    assert list(archive.skipped_urls("watch", crawl_id)) == [(A, "excluded", "a page"), (B, "excluded", "a page")]
    assert [(row.url, row.state) for row in archive.frontier_rows("watch", crawl_id)] == [
        (A, "skipped"),
        (B, "skipped"),
        (C, "due"),
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://EXAMPLE.org:8080/x",
        "http://example.org",
        "http://[::1]:8080/",
        "https://[2001:db8::1]/",
        "http://1.2.3/",
    ],
)
def test_the_host_of_a_url_is_the_one_that_is_asked(archive: Archive, url: str) -> None:
    crawl_id = _crawl(archive)
    _add(archive, crawl_id, url)
    assert [row.host for row in archive.frontier_rows("watch", crawl_id)] == [host(url)]


def test_a_host_is_held_until_its_time_and_the_last_word_counts(archive: Archive) -> None:
    archive.hold_host("example.org", day(3), "Retry-After: 100")
    archive.hold_host("other.example.org", day(2), "503")
    archive.hold_host("example.org", day(4), "Retry-After: 200")
    assert archive.held_hosts(day(2)) == {"example.org": (day(4), "Retry-After: 200")}
    assert archive.held_hosts(day(4)) == {}


def test_what_a_crawl_did_not_find_is_kept_with_it(archive: Archive) -> None:
    crawl_id = _crawl(archive)
    archive.end_crawl(crawl_id, day(2), {"new": 1}, ["expected 3 pages, found 1"])
    assert archive.crawls()[0].findings == ("expected 3 pages, found 1",)


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
        {"outcome": "truncated", "body": b"half", "response_headers": HEADERS},
        {"outcome": "fetched", "body": None, "response_headers": HEADERS},
        {"outcome": "fetched", "body": b"?", "coding": "gzip", "response_headers": HEADERS},
    ],
    ids=["missing", "no-headers", "truncated", "no-body", "no-content"],
)
def test_no_condition_is_made_after_another_answer(archive: Archive, later: dict[str, object]) -> None:
    archive.store_capture(capture(b"x", response_headers=HEADERS))
    archive.store_capture(capture(**later))  # type: ignore[arg-type]
    assert archive.validators(URL) is None


def test_an_imported_file_gives_no_condition(archive: Archive) -> None:
    archive.store_capture(capture(b"x", response_headers=HEADERS, method="import"))
    assert archive.validators(URL) is None
