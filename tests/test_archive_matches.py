from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from building import URL, capture, day, parse_lines, record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.record import Match, Record
from scraper import Archive
from scraper.ledger import Sighting
from scraper.loader import load

SITE = "https://example.org/reports/"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive.db", create=True) as opened:
        yield opened


def _counted(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    """A parser for tests: the first line has counts by field, the others are paragraphs."""
    first, _, text = body.decode().partition("\n")
    pairs = (part.split("=") for part in first.split())
    matches = tuple(Match(field=field, selector=f".{field}", found=int(count)) for field, count in pairs)
    return record(*text.split("\n"), url=url, matches=matches)


def _load(archive: Archive, number: int, counts: str, text: str = "", url: str = URL) -> int:
    body = f"{counts}\n{text or f'The text of day {number}.'}"
    return load(archive, capture(body, day(number), url=url, final_url=url), parse=_counted).capture_id


def _found(archive: Archive, capture_id: int) -> dict[str, int]:
    return {match.field: match.found for match in archive.matches(capture_id)}


def _rows(archive: Archive) -> int:
    return archive.db["selector_match"].count


def test_how_often_selectors_matched_is_kept_for_each_capture(archive: Archive) -> None:
    first, second = _load(archive, 1, "title=1 chrome=3"), _load(archive, 2, "title=1 chrome=0")
    assert _found(archive, first) == {"title": 1, "chrome": 3}
    assert _found(archive, second) == {"title": 1, "chrome": 0}


def test_a_capture_that_matched_as_the_one_before_needs_no_rows(archive: Archive) -> None:
    numbers = [_load(archive, day_, "title=1 chrome=3") for day_ in range(1, 6)]
    assert _rows(archive) == 2
    assert [_found(archive, number) for number in numbers] == [{"title": 1, "chrome": 3}] * 5


def test_the_rows_of_one_page_tell_nothing_of_another(archive: Archive) -> None:
    _load(archive, 1, "title=1")
    other = _load(archive, 2, "", url=f"{SITE}tovash")
    assert _found(archive, other) == {}


def test_a_capture_in_which_nothing_was_asked_is_not_as_the_one_before(archive: Archive) -> None:
    _load(archive, 1, "title=1")
    assert _found(archive, _load(archive, 2, "")) == {}
    assert _found(archive, _load(archive, 3, "")) == {}


def test_the_same_bytes_again_matched_as_they_did_the_first_time(archive: Archive) -> None:
    _load(archive, 1, "title=1", "The one text.")
    _load(archive, 2, "title=2", "The other text.")
    assert _found(archive, _load(archive, 3, "title=1", "The one text.")) == {"title": 1}
    assert _found(archive, _load(archive, 4, "title=2", "A third text.")) == {"title": 2}
    assert _rows(archive) == 2


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 2), max_size=2), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.lists(st.integers(0, 2), max_size=2)), max_size=4),
)
def test_what_was_kept_last_of_a_capture_is_what_it_matched(
    tmp_path_factory: pytest.TempPathFactory, first: list[list[int]], again: list[tuple[int, list[int]]]
) -> None:
    with Archive(tmp_path_factory.mktemp("matches") / "archive.db", create=True) as archive:
        kept: dict[int, Sequence[Match]] = {}
        for number, counts in enumerate(first, 1):
            matches = _many(counts)
            load(archive, capture(f"Day {number}.", day(number)), parse=_reading(matches))
            kept[number] = matches
        for number, counts in again:
            if number + 1 in kept:
                matches = _many(counts)
                archive.store_record(record(f"Day {number + 1}.", matches=matches), capture_id=number + 1, page_id=1)
                kept[number + 1] = matches
        assert {number: archive.matches(number) for number in kept} == kept


def _many(counts: Sequence[int]) -> tuple[Match, ...]:
    return tuple(Match(field="chrome", selector=str(place), found=count) for place, count in enumerate(counts))


def _reading(matches: tuple[Match, ...]):  # type: ignore[no-untyped-def]
    return lambda body, *, url, content_type=None: record(body.decode(), url=url, matches=matches)


def test_the_past_of_a_page_is_its_captures_before_also_where_they_say_the_same(archive: Archive) -> None:
    _load(archive, 1, "title=1", "The one text.")
    _load(archive, 2, "title=1", "The one text.")
    _load(archive, 3, "title=2", "The other text.")
    _load(archive, 4, "title=3", "A third text.")
    title = frozenset({"title"})
    assert archive.seen_before(1, day(4)) == (
        Sighting(capture_id=3, matches=(Match(field="title", selector=".title", found=2),), fields=title),
        Sighting(capture_id=2, matches=(Match(field="title", selector=".title", found=1),), fields=title),
        Sighting(capture_id=1, matches=(Match(field="title", selector=".title", found=1),), fields=title),
    )
    assert [seen.capture_id for seen in archive.seen_before(1, day(9), count=2)] == [4, 3]


def test_what_is_held_back_is_no_past(archive: Archive) -> None:
    _load(archive, 1, "title=1", "A text of some length that is cut to a few words on the next day.")
    _load(archive, 2, "title=1", "Cut.")
    assert [seen.capture_id for seen in archive.seen_before(1, day(9))] == [1]


def test_the_past_of_a_site_is_one_capture_of_each_other_page(archive: Archive) -> None:
    for number in range(1, 5):
        _load(archive, number, f"title={number}", url=f"{SITE}{number}")
    newest = _load(archive, 5, "title=9", "Another text.", url=f"{SITE}1")
    _load(archive, 6, "title=1", url="https://other.example/1")
    seen = archive.seen_beside(2, "test", f"{SITE}2")
    assert [(one.capture_id, one.matches[0].found) for one in seen] == [(newest, 9), (4, 4), (3, 3)]
    assert len(archive.seen_beside(None, "test", f"{SITE}new")) == 4
    assert len(archive.seen_beside(None, "test", f"{SITE}new", count=2)) == 2
    assert archive.seen_beside(None, "article", f"{SITE}new") == ()


def test_a_field_that_is_lost_is_told_with_the_capture_and_makes_a_version_all_the_same(archive: Archive) -> None:
    def dated(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        text = body.decode()
        found = Match(field="published", selector="time", found=int("undated" not in text))
        return record(text, url=url, published="2024-03" if found.found else None, matches=(found,))

    for number in (1, 2, 3):
        load(archive, capture(f"The text of day {number}.", day(number)), parse=dated)
    loaded = load(archive, capture("The text of an undated day.", day(4)), parse=dated)
    assert loaded.outcome == "changed"
    [flag] = archive.record(archive.version(URL)).flags
    told = "'time' matches 0, before 1 in captures 1, 2 and 3"
    assert (flag.name, flag.detail) == ("field-lost", f"published is gone, which captures 1, 2 and 3 had; {told}")


def test_the_first_captures_raise_no_alarm(archive: Archive) -> None:
    for number in (1, 2, 3):
        load(archive, capture(f"The text of day {number}.", day(number)), parse=parse_lines)
    assert archive.record(archive.version(URL)).flags == ()
