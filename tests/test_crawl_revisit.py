"""How long a page is left alone: laws of the estimate, and the words that say why."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from building import capture, day, missing, parse_lines
from hypothesis import given
from hypothesis import strategies as st

from scraper.archive import Archive
from scraper.crawl.revisit import LAST_VISITS, Observation, next_visit, observations, rate, span
from scraper.loader import load

NOW = datetime(2024, 6, 1, tzinfo=UTC)
LEAST, MOST = timedelta(hours=6), timedelta(days=30)
SHOWS = {"s": "same", "c": "changed", "f": "failed"}


def seen(shows: str, *, every: timedelta = timedelta(days=2), until: datetime = NOW) -> tuple[Observation, ...]:
    """Visits at one interval, the last at *until*; "s" same, "c" changed, "f" failed."""
    first = until - every * (len(shows) - 1)
    return tuple(
        Observation(at=first + every * number, shows=SHOWS[one])  # type: ignore[arg-type]
        for number, one in enumerate(shows)
    )


@given(st.integers(1, 60), st.data(), st.floats(0.01, 1000))
def test_regular_visits_give_the_bias_reduced_estimate_of_the_paper(
    visits: int, data: st.DataObject, gap: float
) -> None:
    changes = data.draw(st.integers(1, visits))
    gaps = [(gap, number < changes) for number in range(visits)]
    expected = -math.log((visits - changes + 0.5) / (visits + 0.5)) / gap
    assert rate(gaps) == pytest.approx(expected, rel=1e-9)


@given(st.lists(st.tuples(st.floats(1e-3, 1e9), st.booleans()), max_size=60), st.floats(1e-3, 1e3))
def test_the_estimate_does_not_depend_on_the_unit_of_time(gaps: list[tuple[float, bool]], factor: float) -> None:
    scaled = [(gap * factor, has_changed) for gap, has_changed in gaps]
    assert rate(scaled) * factor == pytest.approx(rate(gaps), rel=1e-6)


@given(st.lists(st.tuples(st.floats(1e-3, 1e9), st.booleans()), min_size=1, max_size=60), st.floats(1, 1e3))
def test_an_unchanged_visit_of_no_less_than_mean_length_never_raises_the_estimate(
    gaps: list[tuple[float, bool]], factor: float
) -> None:
    mean = sum(gap for gap, _ in gaps) / len(gaps)
    assert rate([*gaps, (mean * factor, False)]) <= rate(gaps) * (1 + 1e-9)


@pytest.mark.parametrize("mean_days", [0.5, 3.0, 20.0])
def test_a_page_that_changes_by_chance_is_revisited_when_half_have_changed(mean_days: float) -> None:
    """Visits at random to a page that changes at random: the estimate is near the true rate."""
    import random

    chance = random.Random(4)
    gaps = []
    for _ in range(4000):
        gap = chance.uniform(0.2, 2.0) * mean_days
        gaps.append((gap, chance.random() > math.exp(-gap / mean_days)))
    assert 1 / rate(gaps) == pytest.approx(mean_days, rel=0.06)


@given(st.text("scf", max_size=40), st.floats(0.001, 2000), st.floats(0.1, 800), st.floats(0.1, 800))
def test_the_interval_is_never_outside_its_bounds(shows: str, hours: float, one: float, other: float) -> None:
    least, most = (timedelta(hours=value) for value in sorted((one, other)))
    visit = next_visit(seen(shows, every=timedelta(hours=hours)), NOW, least, most)
    assert least <= visit.interval <= most
    assert visit.next_at == NOW + visit.interval
    assert "\n" not in visit.why


def test_a_page_that_changes_more_often_is_revisited_sooner() -> None:
    intervals = [next_visit(seen(shows), NOW, LEAST, MOST).interval for shows in ("sssssscs", "sscsscsc", "sccccscc")]
    assert intervals == sorted(intervals, reverse=True)
    assert len(set(intervals)) == 3


def test_why_is_one_line_that_counts() -> None:
    visit = next_visit(seen("sssscssssssscsssscsss"), NOW, LEAST, MOST)
    assert visit.why == "3 changes in 21 visits over 40 days, about one in 13 days; next in 9 days"
    assert visit.next_at == NOW + visit.interval


def test_what_never_changed_waits_as_long_again_as_it_was_watched() -> None:
    assert next_visit((), NOW, LEAST, MOST).why == "not seen yet; next in 6 hours, the least"
    assert next_visit(seen("s"), NOW, LEAST, MOST).why == "seen once; next in 6 hours, the least"
    assert next_visit(seen("ssss"), NOW, LEAST, MOST).why == "no change in 4 visits over 6 days; next in 6 days"
    ever = next_visit(seen("s" * 60), NOW, LEAST, MOST)
    assert ever.why == "no change in 60 visits over 118 days; next in 30 days, the most"


def test_a_failing_page_is_tried_again_soon_and_then_less_and_less() -> None:
    quiet = seen("sssss", until=NOW - timedelta(hours=8))
    intervals = []
    for hours in (8, 6, 0):
        tried = (*quiet, Observation(at=NOW - timedelta(hours=hours), shows="failed"))
        visit = next_visit(tried, NOW, LEAST, MOST)
        assert visit.why.startswith("the last visit failed; no change in 5 visits over 8 days; next in")
        intervals.append(visit.interval)
    assert intervals == [LEAST, LEAST, timedelta(hours=8)]
    assert next_visit(seen("f"), NOW, LEAST, MOST).interval == LEAST


def test_nothing_is_visited_before_its_host_allows() -> None:
    until = NOW + timedelta(days=60)
    visit = next_visit(seen("ssss"), NOW, LEAST, MOST, held_until=until)
    assert visit.next_at == until
    assert visit.why.endswith("next in 6 days, but not before 2024-07-31 00:00 UTC, as its host asked")
    assert next_visit(seen("ssss"), NOW, LEAST, MOST, held_until=NOW).next_at == NOW + timedelta(days=6)


def test_what_a_clock_saw_that_was_ahead_is_left_out() -> None:
    ahead = seen("ccc", until=NOW + timedelta(days=400))
    assert next_visit((*seen("ssss"), *ahead), NOW, LEAST, MOST) == next_visit(seen("ssss"), NOW, LEAST, MOST)


def test_only_another_record_by_the_publisher_is_a_change(tmp_path: Path) -> None:
    bodies = ("first text", "first text\n", "second text", "second text")
    with Archive(tmp_path / "archive.db", create=True) as archive:
        for number, body in enumerate(bodies, 1):
            load(archive, capture(body, day(number)), parse=lambda body, **known: parse_lines(body.strip(), **known))
        load(archive, capture(None, day(5), outcome="failed", reason="no answer"))
        load(archive, missing(day(6), 410))
        page = archive.page("velmora")
        found = observations(archive.captures(page_id=page.id), archive.versions(page))
    assert [one.shows for one in found] == ["same", "same", "changed", "same", "failed", "changed"]
    assert [one.at for one in found] == [day(number) for number in range(1, 7)]


def test_a_long_history_counts_by_its_end(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive.db", create=True) as archive:
        for number in range(1, LAST_VISITS + 3):
            load(archive, capture("text", day(number)), parse=parse_lines)
        page = archive.page("velmora")
        found = observations(archive.captures(page_id=page.id), archive.versions(page))
    assert len(found) == LAST_VISITS
    assert found[-1].at == day(LAST_VISITS + 2)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=1), "1 second"), (timedelta(seconds=40), "40 seconds"), (timedelta(minutes=3), "3 minutes"),
        (timedelta(hours=6), "6 hours"), (timedelta(days=2), "2 days"), (timedelta(days=4000), "4,000 days"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_said_in_one_unit(length: timedelta, said: str) -> None:
    assert span(length) == said
