from collections.abc import Iterable
from typing import Any

import pytest
from building import record

from parsers.record import Country, Match
from scraper.ledger import FIELDS, History, Past, Sighting, alarms, found_fields, is_settled, numbered, past_of

ALL = frozenset(FIELDS)
HAVING: dict[str, Any] = {
    "title": "Velmora",
    "published": "2024-03",
    "authors": ("Nela Oskarin",),
    "facts": (Country(name="Velmora"),),
}


def _matches(**found: int) -> tuple[Match, ...]:
    return tuple(Match(field=field, selector=f".{field}", found=count) for field, count in found.items())


def _seen(count: int, fields: Iterable[str] = ALL, **found: int) -> tuple[Sighting, ...]:
    return tuple(
        Sighting(capture_id=number, matches=_matches(**found), fields=frozenset(fields))
        for number in range(count, 0, -1)
    )


def _alarms(history: History, *, without: str = "", **found: int) -> list[tuple[str, str]]:
    fields = {name: value for name, value in HAVING.items() if name != without}
    flags = alarms(record("The text.", matches=_matches(**found), **{"title": "", **fields}), history)
    assert not any(flag.holds for flag in flags)
    return [(flag.name, flag.detail) for flag in flags]


def test_what_matches_as_ever_raises_no_alarm() -> None:
    assert _alarms(History(page=_seen(5, chrome=2, published=1)), chrome=2, published=1) == []
    assert _alarms(History(page=_seen(5, chrome=2)), chrome=1) == []


def test_a_selector_that_always_matched_and_matches_no_more_is_named_with_its_past() -> None:
    found = _alarms(History(page=_seen(3, chrome=2)), chrome=0)
    assert found == [("selector-silent", "chrome: '.chrome' matches 0, before 2 in captures 1, 2 and 3")]


def test_a_field_that_every_capture_had_is_lost_and_its_selectors_say_why() -> None:
    history = History(page=_seen(4, published=1, chrome=1))
    [(name, detail)] = _alarms(history, without="published", published=0, chrome=1)
    seen = "4 captures from 1 to 4"
    assert name == "field-lost"
    assert detail == f"published is gone, which {seen} had; '.published' matches 0, before 1 in {seen}"


def test_a_field_may_be_lost_while_its_selector_matches() -> None:
    [(name, detail)] = _alarms(History(page=_seen(3, published=1)), without="published", published=1)
    assert (name, detail.startswith("published is gone")) == ("field-lost", True)


def test_a_selector_that_matches_many_times_as_often_is_named() -> None:
    assert _alarms(History(page=_seen(3, chrome=4)), chrome=20) == []
    assert _alarms(History(page=_seen(3, chrome=3)), chrome=19) == []
    [(name, _)] = _alarms(History(page=_seen(3, chrome=3)), chrome=20)
    assert name == "selector-flooded"


def test_a_past_of_two_captures_tells_nothing() -> None:
    assert _alarms(History(page=_seen(2, chrome=2)), without="published", chrome=0) == []
    assert _alarms(History(), without="published", chrome=0) == []


def test_what_matched_now_and_then_may_be_silent() -> None:
    seen = (*_seen(8, chrome=1), *_seen(2, chrome=0))
    assert _alarms(History(page=seen), chrome=0) == []
    assert len(_alarms(History(page=(*_seen(9, chrome=1), *_seen(1, chrome=0))), chrome=0)) == 1


def test_a_selector_that_was_asked_for_the_first_time_has_no_past() -> None:
    assert _alarms(History(page=_seen(5, title=1)), chrome=0) == []
    assert _alarms(History(page=(*_seen(2, chrome=1), *_seen(5))), chrome=0) == []


def test_a_new_page_is_held_against_the_other_pages_of_its_site() -> None:
    site = _seen(10, published=1, chrome=1)
    [(name, detail)] = _alarms(History(page=_seen(1), site=site), without="published", published=0, chrome=0)
    assert (name, detail.startswith("published is gone")) == ("field-lost", True)
    assert _alarms(History(site=site[1:]), without="published", published=0) == []
    assert _alarms(History(site=(*site, *_seen(1, published=0, fields=()))), without="published", published=0) == []


def test_many_selectors_of_a_field_are_one_flag() -> None:
    names = ("nav", "form", "aside", "footer", "header")
    matched = tuple(Match(field="chrome", selector=name, found=1) for name in names)
    silent = tuple(Match(field="chrome", selector=name, found=0) for name in names)
    page = tuple(Sighting(capture_id=number, matches=matched, fields=ALL) for number in (3, 2, 1))
    [flag] = alarms(record("The text.", matches=silent, **HAVING), History(page=page))
    assert flag.value == "chrome"
    assert flag.detail.endswith("; and 2 more")


def test_the_past_of_a_selector_counts_each_capture() -> None:
    seen = (*_seen(1, chrome=0), *_seen(2, chrome=3))
    past = past_of(seen)["chrome", ".chrome"]
    assert past == Past(field="chrome", selector=".chrome", counts=(0, 3, 3), captures=(1, 2, 1))
    assert (past.matched, past.told) == (2, "0 to 3 in captures 1, 1 and 2")


@pytest.mark.parametrize(
    ("captures", "words"),
    [([3], "capture 3"), ([5, 3], "captures 3 and 5"), ([9, 4, 1, 41], "4 captures from 1 to 41")],
)
def test_captures_are_told_in_a_few_words(captures: list[int], words: str) -> None:
    assert numbered(captures) == words


def test_a_page_that_lacks_nothing_needs_no_other_pages() -> None:
    whole = record("The text.", matches=_matches(title=1, chrome=0), **HAVING)
    assert found_fields(whole) == ALL
    assert is_settled(whole, ())
    assert is_settled(record("The text."), _seen(3))
    assert not is_settled(record("The text.", **(HAVING | {"published": None})), _seen(2))
    assert not is_settled(record("The text.", matches=_matches(title=0), **HAVING), ())
