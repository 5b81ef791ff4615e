from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from building import day
from hypothesis import given
from hypothesis import strategies as st

from scraper.archive.history import Draft, History, Observation, derive
from scraper.archive.times import stamp
from scraper.doubts import Reading


def _reading(content: str, *, characters: int = 100, **fields: Any) -> Reading:
    return Reading(record_id=ord(content), content=content, characters=characters, **fields)


_DAYS = [stamp(day(number)) for number in range(10)]
A, B = _reading("a"), _reading("b")
SHORT, SHORTER = _reading("s", characters=50), _reading("t", characters=40)
UNSURE = _reading("u", doubt="two layouts")
UNLIKE = _reading("l", doubt="unlike its site", may_pass=True)


def _derive(*shown: object, released: Collection[int] = ()) -> History:
    """The history of one capture a day: a reading, several, or what else was seen. *released* are days."""
    return derive(_observation(number, what, number in released) for number, what in enumerate(shown, 1))


def _observation(number: int, what: object, released: bool) -> Observation:
    readings = (what,) if isinstance(what, Reading) else what if isinstance(what, tuple) else ()
    shows = what if isinstance(what, str) else "page"
    return Observation(
        capture_id=number,
        at=stamp(day(number)),
        shows=shows,
        readings=readings,
        released=released,  # type: ignore[arg-type]
    )


def _told(history: History) -> list[str]:
    return [told.verdict for told in history.told.values()]


def _texts(drafts: Sequence[Draft]) -> str:
    return "".join("x" if draft.record_id is None else chr(draft.record_id) for draft in drafts)


def test_a_first_record_is_the_first_version() -> None:
    history = _derive(A)
    assert _told(history) == ["new"]
    assert history.state == "live"
    [draft] = history.drafts
    assert (draft.seen_after, draft.first_seen, draft.last_seen) == (None, _DAYS[1], _DAYS[1])


def test_equal_content_extends_the_version() -> None:
    history = _derive(A, A, "same")
    assert _told(history) == ["new", "unchanged", "not-modified"]
    assert [(draft.first_seen, draft.last_seen, draft.last_capture_id) for draft in history.drafts] == [
        (_DAYS[1], _DAYS[3], 3)
    ]


def test_other_content_is_a_version_that_appeared_between_two_captures() -> None:
    history = _derive(A, A, B)
    assert _told(history) == ["new", "unchanged", "changed"]
    assert (history.drafts[1].seen_after, history.drafts[1].first_seen) == (_DAYS[2], _DAYS[3])


def test_a_text_that_comes_back_is_a_version_again() -> None:
    assert _texts(_derive(A, B, A).drafts) == "aba"


def test_a_doubtful_record_makes_no_version_and_the_old_one_stays() -> None:
    history = _derive(A, UNSURE)
    assert _told(history) == ["new", "held"]
    assert history.held == {2: "two layouts"}
    assert history.state == "held"
    assert _texts(history.drafts) == "a"


def test_a_page_that_could_not_be_read_makes_no_version() -> None:
    history = _derive((), A, ())
    assert _told(history) == ["unparsed", "new", "unparsed"]
    assert history.state == "held"


def test_a_text_of_half_the_length_is_held_back_until_it_is_seen_a_day_later() -> None:
    held = _derive(A, SHORT)
    assert _told(held) == ["new", "held"]
    assert held.held == {2: "the text shrank from 100 to 50 characters"}
    repeated = _derive(A, SHORT, SHORT, "same")
    assert _told(repeated) == ["new", "held", "changed", "not-modified"]
    assert (repeated.held, repeated.state) == ({}, "live")


def test_what_is_let_through_appeared_with_the_first_capture_that_showed_it() -> None:
    [before, short] = _derive(A, SHORT, SHORT).drafts
    assert (short.seen_after, short.first_seen, short.last_seen) == (before.last_seen, _DAYS[2], _DAYS[3])
    assert (short.capture_id, short.last_capture_id) == (2, 3)


def test_not_modified_a_day_later_is_a_repeat_too() -> None:
    assert _told(_derive(A, SHORT, "same")) == ["new", "held", "changed"]


def test_what_comes_again_within_the_hour_is_no_repeat() -> None:
    hours = (0, 24, 25, 43, 44)
    shown = (A, *(SHORT,) * 4)
    history = derive(
        replace(_observation(number, what, False), at=stamp(day(1) + timedelta(hours=hour)))
        for number, (what, hour) in enumerate(zip(shown, hours, strict=True))
    )
    assert _told(history) == ["new", "held", "held", "held", "changed"]
    assert history.held == {}


def test_a_repeat_is_of_the_same_text_with_nothing_else_in_between() -> None:
    assert _told(_derive(A, SHORT, SHORTER, SHORT)) == ["new", "held", "held", "held"]
    assert _told(_derive(A, SHORT, UNSURE, SHORT)) == ["new", "held", "held", "held"]
    assert _told(_derive(A, SHORT, "missing", SHORT)) == ["new", "held", "missing", "held"]


def test_a_first_record_unlike_its_site_is_a_version_when_it_is_seen_a_day_later() -> None:
    assert _told(_derive(UNLIKE)) == ["held"]
    history = _derive(UNLIKE, UNLIKE, "same")
    assert _told(history) == ["held", "new", "not-modified"]
    assert (history.held, history.drafts[0].first_seen) == ({}, _DAYS[1])


def test_what_is_unlike_its_site_and_less_than_half_is_held_for_both_reasons() -> None:
    short = _reading("v", characters=50, doubt="unlike", may_pass=True)
    history = _derive(A, short)
    assert history.held == {2: "unlike; the text shrank from 100 to 50 characters"}
    assert _told(_derive(A, short, released={2})) == ["new", "changed"]


def test_another_text_waits_for_somebody_however_often_it_is_seen() -> None:
    notice = _reading("n", title="Just a moment")
    shown = [_observation(number, what, released=False) for number, what in enumerate((A, notice, notice), 1)]
    history = derive(shown, lambda *_: True)
    assert _told(history) == ["new", "held", "held"]
    assert set(history.held.values()) == {"the page shows another text, titled 'Just a moment'"}


def test_a_released_text_is_a_version_from_its_capture_on() -> None:
    history = _derive(A, SHORT, SHORTER, "same", released={3})
    assert _told(history) == ["new", "held", "changed", "not-modified"]
    assert [(draft.first_seen, draft.last_seen) for draft in history.drafts] == [
        (_DAYS[1], _DAYS[1]),
        (_DAYS[3], _DAYS[4]),
    ]
    assert set(history.held) == {2}


def test_a_released_doubt_is_no_doubt_when_the_same_text_comes_again() -> None:
    assert _told(_derive(A, UNSURE, UNSURE, released={2})) == ["new", "changed", "unchanged"]
    assert _told(_derive(UNSURE, UNSURE, released={1})) == ["new", "unchanged"]


def test_two_different_short_texts_are_both_held_back() -> None:
    history = _derive(A, SHORT, SHORTER)
    assert _told(history) == ["new", "held", "held"]
    assert set(history.held) == {2, 3}


def test_the_old_text_in_between_forgets_the_short_one() -> None:
    assert _told(_derive(A, SHORT, A, SHORT)) == ["new", "held", "unchanged", "held"]


def test_two_misses_are_no_end() -> None:
    history = _derive(A, "missing", "missing")
    assert _told(history) == ["new", "missing", "missing"]
    assert history.state == "missing"


def test_the_third_miss_in_a_row_is_a_tombstone_from_the_first() -> None:
    history = _derive(A, "missing", "missing", "missing", "missing")
    assert _told(history)[2:] == ["missing", "gone", "gone"]
    assert _texts(history.drafts) == "ax"
    assert (history.drafts[1].seen_after, history.drafts[1].first_seen) == (_DAYS[1], _DAYS[2])
    assert (history.drafts[1].last_seen, history.drafts[1].capture_id) == (_DAYS[5], 2)
    assert history.state == "gone"


def _missing(*hours: float) -> History:
    """The history of a page that was missing so many hours after it was seen."""
    seen = _observation(1, A, released=False)
    misses = (
        replace(_observation(2, "missing", released=False), capture_id=n, at=_after(h)) for n, h in enumerate(hours, 2)
    )
    return derive([seen, *misses])


def _after(hours: float) -> str:
    return stamp(day(1) + timedelta(hours=hours))


def test_many_misses_within_a_day_are_one_fault_and_no_end() -> None:
    history = _missing(1, 2, 3, 4, 40.9)
    assert _told(history)[1:] == ["missing"] * 5
    assert [told.reason for told in history.told.values()][1:] == [
        "missing 1 of 3 times in a row, over 0 of 40 hours",
        "missing 2 of 3 times in a row, over 1 of 40 hours",
        "missing 3 times in a row, over 2 of 40 hours",
        "missing 4 times in a row, over 3 of 40 hours",
        "missing 5 times in a row, over 39 of 40 hours",
    ]
    assert history.state == "missing"


def test_a_daily_crawl_that_comes_a_little_early_finds_the_end_at_the_third_miss() -> None:
    history = _missing(24, 45, 66)
    assert _told(history)[1:] == ["missing", "missing", "gone"]
    [_, tombstone] = history.drafts
    assert (tombstone.capture_id, tombstone.last_capture_id) == (2, 4)
    assert (tombstone.seen_after, tombstone.first_seen, tombstone.last_seen) == (_DAYS[1], _after(24), _after(66))


def test_two_misses_are_no_end_however_long_they_are_apart() -> None:
    assert _told(_missing(24, 2000))[1:] == ["missing", "missing"]


def test_an_answer_in_between_starts_the_count_again() -> None:
    assert _told(_derive(A, "missing", "missing", A, "missing"))[4] == "missing"


def test_410_is_a_tombstone_at_once() -> None:
    assert _told(_derive(A, "gone")) == ["new", "gone"]


def test_a_page_that_was_never_read_cannot_be_gone() -> None:
    assert _derive("gone", "missing").drafts == ()


def test_a_page_that_answers_again_has_a_new_version_even_of_the_same_text() -> None:
    history = _derive(A, "gone", A)
    assert _told(history) == ["new", "gone", "changed"]
    assert _texts(history.drafts) == "axa"
    assert history.state == "live"


def test_not_modified_after_nothing_is_nothing() -> None:
    history = _derive("same")
    assert _told(history) == ["not-modified"]
    assert history.state == "unread"


def test_a_better_reading_of_the_same_bytes_is_a_technical_change_over_the_same_interval() -> None:
    better = _reading("c")
    history = _derive(A, (B, better), B)
    assert [draft.cause for draft in history.drafts] == ["publisher", "publisher", "parser"]
    assert _texts(history.drafts) == "abc"
    intervals = {(draft.seen_after, draft.first_seen, draft.last_seen) for draft in history.drafts[1:]}
    assert intervals == {(_DAYS[1], _DAYS[2], _DAYS[3])}


def test_what_a_better_parser_reads_alike_is_no_edit() -> None:
    old, new = _reading("a"), _reading("b")
    assert _told(_derive((old, new), new, old)) == ["new", "unchanged", "unchanged"]


def test_what_no_reader_has_read_of_both_is_no_change_by_the_publisher() -> None:
    old, new = _reading("a", layout="test", revision=1), _reading("b", layout="test", revision=2)
    history = _derive(old, new, new)
    assert _told(history) == ["new", "changed", "unchanged"]
    assert [(draft.cause, draft.seen_after, draft.last_seen) for draft in history.drafts] == [
        ("publisher", None, _DAYS[1]),
        ("parser", _DAYS[1], _DAYS[3]),
    ]


def test_a_change_is_held_against_what_the_same_reader_made_of_the_text_before() -> None:
    before = (_reading("a", layout="test", revision=1), _reading("b", layout="test", revision=2))
    after = (_reading("c", layout="test", revision=1), _reading("d", layout="test", revision=2))
    drafts = _derive(before, after).drafts
    assert _texts(drafts) == "abd"
    assert [draft.compared_id for draft in drafts] == [None, ord("a"), ord("b")]
    released = _derive(before, after, _reading("e", layout="test", revision=1)).drafts
    assert [(draft.cause, draft.compared_id) for draft in released][-1] == ("publisher", ord("c"))


def test_another_layout_is_a_redesign_and_other_chrome_of_one_site_another_reading() -> None:
    old, new = _reading("a", layout="acme/1", revision=3), _reading("b", layout="acme/2", revision=1)
    assert [draft.cause for draft in _derive(old, new).drafts] == ["publisher", "publisher"]
    plain = _reading("a", layout="acme/1", site="acme.test")
    learned = _reading("b", layout="acme/1", site="acme.test", profile="p")
    moved = _reading("b", layout="acme/1", site="b.test", profile="p")
    assert [draft.cause for draft in _derive(plain, learned).drafts] == ["publisher", "parser"]
    assert [draft.cause for draft in _derive(plain, moved).drafts] == ["publisher", "publisher"]


_SHOWN = st.lists(
    st.sampled_from([A, B, SHORT, SHORTER, UNSURE, UNLIKE, (), "same", "missing", "gone", (A, B)]), max_size=12
)


@given(_SHOWN)
def test_versions_follow_each_other_without_a_gap_or_an_overlap(shown: list[object]) -> None:
    history = _derive(*shown)
    publisher = [draft for draft in history.drafts if draft.cause == "publisher"]
    for before, after in pairwise(publisher):
        assert before.last_seen == after.seen_after
        assert before.last_seen < after.first_seen
    assert all(draft.first_seen <= draft.last_seen for draft in history.drafts)


@given(_SHOWN)
def test_a_further_capture_never_changes_a_version_before_the_last(shown: list[object]) -> None:
    drafts = _derive(*shown).drafts
    before = _derive(*shown[:-1]).drafts
    settled = [draft for draft in before[: max(0, len(before) - 2)] if draft.cause == "publisher"]
    assert settled == [draft for draft in drafts[: max(0, len(before) - 2)] if draft.cause == "publisher"]


@given(_SHOWN)
def test_each_capture_is_told_of_once(shown: list[object]) -> None:
    history = _derive(*shown)
    assert list(history.told) == list(range(1, len(shown) + 1))
    assert set(history.held) <= set(history.told)
