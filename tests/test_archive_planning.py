from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from building import URL, capture, day

from scraper.archive import Archive, ScheduleRow, VisitRow


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


def test_a_source_without_a_schedule_has_none(archive: Archive) -> None:
    assert archive.schedule_row("watch") is None
    assert archive.next_visit("watch") is None


def test_a_schedule_is_kept_whole_and_replaced_whole(archive: Archive) -> None:
    first = ScheduleRow(source="watch", every="0 6 * * *", next_at=day(2), why="by cron", started_at=day(1))
    second = ScheduleRow(source="watch", every="adaptive", next_at=None, why="nothing is planned", result="3 new")
    archive.set_schedule(first)
    assert archive.schedule_row("watch") == first
    archive.set_schedule(second)
    assert archive.schedule_row("watch") == second


def _plan(archive: Archive, name: str, next_at: datetime, source: str = "watch") -> int:
    page_id = archive.page_of(capture(url=f"{URL}/{name}"), source)
    archive.set_visit(page_id, next_at, 86_400.0, "no change in 3 visits")
    return page_id


def test_pages_are_due_when_their_time_has_come_the_longest_due_first(archive: Archive) -> None:
    for name, number in (("a", 3), ("b", 2), ("c", 4)):
        _plan(archive, name, day(number))
    _plan(archive, "other", day(1), "survey")
    assert archive.due_visits("watch", day(3)) == (f"{URL}/b", f"{URL}/a")
    assert archive.next_visit("watch") == day(2)


def test_a_visit_is_planned_anew(archive: Archive) -> None:
    page_id = _plan(archive, "a", day(2))
    _plan(archive, "a", day(9))
    assert archive.visits("watch") == [
        VisitRow(page_id=page_id, url=f"{URL}/a", next_at=day(9), interval_s=86_400.0, why="no change in 3 visits")
    ]
