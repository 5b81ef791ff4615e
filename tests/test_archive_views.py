"""What the views show of a page's history, and what it costs to ask them."""

# ruff: noqa: S608 -- our own words

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from building import capture, day, record
from queried import make

from parsers.record import Country, Recommendation, Record, Stage
from scraper.archive import Archive
from scraper.diff import diff
from scraper.loader import load

_SHOWN: dict[bytes, Record] = {}
_TEXT = "The people of the valley were driven out by the army, and nobody let them return to their houses."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


def _stating(*stages: int, asks: tuple[str, ...] = ()) -> Record:
    facts = [Stage(number=number, name=f"Name {number}", model="ten stages") for number in stages]
    return record(_TEXT, facts=(Country(name="Velmora"), *facts, *(Recommendation(text=text) for text in asks)))


def _see(archive: Archive, number: int, shown: Record, body: str = "", **fields: Any) -> int:
    """Stores that the page showed *shown* on a day; the number of the capture."""
    made = capture(body or f"day {number}", day(number), **fields)
    _SHOWN[made.body or b""] = shown
    return load(archive, made, source="watch", parse=lambda body, **_: _SHOWN[body]).capture_id


def _rows(archive: Archive, sql: str) -> list[dict[str, Any]]:
    return list(archive.db.query(sql))


def _runs(archive: Archive) -> list[tuple[int, int, int, int | None]]:
    """Stage, first and last day, and the day of the end, of each interval."""
    rows = _rows(archive, "select * from stage_history order by number, first_seen")
    return [
        (row["number"], *(row[name] and int(row[name][8:10]) for name in ("first_seen", "last_seen", "until")))
        for row in rows
    ]  # type: ignore[misc]


def test_a_stage_that_stays_is_one_interval_over_all_versions(archive: Archive) -> None:
    for number, stages in enumerate(((3,), (3, 8), (3, 9), (3, 9), (9,)), 1):
        _see(archive, number, _stating(*stages))
    assert _runs(archive) == [(3, 1, 4, 5), (8, 2, 2, 3), (9, 3, 5, None)]
    rows = _rows(archive, "select seen_after from stage_history order by number")
    assert [(row["seen_after"] or "")[8:10] for row in rows] == ["", "01", "02"]


def test_a_stage_that_comes_back_is_another_interval(archive: Archive) -> None:
    for number, stages in enumerate(((3, 8), (3,), (3, 8)), 1):
        _see(archive, number, _stating(*stages))
    assert _runs(archive) == [(3, 1, 3, None), (8, 1, 1, 2), (8, 3, 3, None)]


def test_a_page_that_is_gone_states_nothing(archive: Archive) -> None:
    _see(archive, 1, _stating(3))
    load(archive, capture(None, day(2), outcome="missing", status=410))
    _see(archive, 5, _stating(3))
    assert _runs(archive) == [(3, 1, 1, 2), (3, 5, 5, None)]


def test_reading_the_same_bytes_anew_begins_and_ends_no_interval(archive: Archive) -> None:
    numbers = [_see(archive, number, _stating(3, asks=(f"Ask {number}.",))) for number in (1, 2)]
    for number, capture_id in enumerate(numbers, 1):
        archive.store_record(_stating(3, 8, asks=(f"Ask {number}.",)), capture_id=capture_id, page_id=1)
    archive.update_history(1, diff)
    assert [version.cause for version in archive.versions("1")] == ["publisher", "parser", "publisher", "parser"]
    assert _runs(archive) == [(3, 1, 2, None), (8, 1, 2, None)]
    asked = _rows(archive, "select text, until is null as stands from recommendation order by text")
    assert [(row["text"], row["stands"]) for row in asked] == [("Ask 1.", 0), ("Ask 2.", 1)]


def test_what_is_said_twice_in_one_report_is_one_interval(archive: Archive) -> None:
    _see(archive, 1, _stating(3, 3))
    assert _runs(archive) == [(3, 1, 1, None)]


def test_the_collection_by_sql_is_that_of_the_archive_on_every_day(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db")
    with Archive(path) as archive:
        for number in range(130):
            when = date(2024, 1, 1) + timedelta(days=number)
            at = f"{when}T23:59:59.999999Z"
            rows = _rows(
                archive,
                f"""select version_id from report_version
                    where first_seen <= '{at}' and (until is null or until > '{at}') and kind = 'record'""",
            )
            assert {row["version_id"] for row in rows} == {version.id for version in archive.as_of(when)}


def test_the_collection_is_had_by_source_and_country(tmp_path: Path) -> None:
    with Archive(make(tmp_path / "a.db")) as archive:
        when = date(2024, 4, 30)
        assert {version.title for version in archive.as_of(when, source="bulletin")} == {"Alerts"}
        for country in ("xv", "velmora", "Velmora"):
            assert [version.title for version in archive.as_of(when, country=country)] == ["Velmora Country Report"]
        assert (archive.gone_by(when), archive.gone_by(when, source="watch")) == (1, 0)
        assert archive.gone_by(date(2024, 3, 12), source="watch") == 1


def test_until_is_when_the_next_version_was_first_seen(archive: Archive) -> None:
    for number in (1, 2, 4):
        _see(archive, number, _stating(number))
    rows = _rows(archive, "select first_seen, until from report_version order by seq")
    assert [row["until"] for row in rows] == [rows[1]["first_seen"], rows[2]["first_seen"], None]


def test_what_a_page_was_had_at_is_told_with_its_dates(archive: Archive) -> None:
    url = "https://example.org/new"
    shown = _stating(3)
    _see(archive, 1, shown)
    page_id = archive.versions("1")[0].page_id
    for number in (2, 3):
        _see(archive, number, shown, final_url=url)
    rows = _rows(archive, f"select how, url, seen_from, seen_to, captures from address where page_id = {page_id}")
    assert {
        (row["how"], row["url"], row["seen_from"][8:10], row["seen_to"][8:10], row["captures"]) for row in rows
    } == {
        ("answered", "https://example.org/reports/velmora", "01", "01", 1),
        ("answered", url, "02", "03", 2),
        ("redirect", "https://example.org/reports/velmora", "02", "03", 2),
    }


def _steps(connection: sqlite3.Connection, sql: str) -> int:
    """How many instructions SQLite carries out for *sql*, by tens."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.set_progress_handler(count, 10)
    try:
        connection.execute(sql).fetchall()
    finally:
        connection.set_progress_handler(None, 0)
    return steps


@pytest.mark.parametrize(
    "sql",
    [
        "select * from change where cause = 'publisher'",
        "select count(*) from change where cause = 'publisher' and class = 'facts'",
        "select cause, class, count(*) from change where cause = 'publisher' group by 1, 2",
        "select page.source, title from change join page on page.id = page_id where cause = 'publisher' order by 2",
    ],
    ids=["all", "counted", "grouped", "joined"],
)
def test_edits_by_publishers_are_had_without_computing_other_differences(archive: Archive, sql: str) -> None:
    for number in (1, 2):
        _see(archive, number, _stating(number))
    before = _steps(archive.db.conn, sql)
    chrome = _steps(archive.db.conn, "select * from change")
    for number in range(3, 60):
        _see(archive, number, _stating(2), f"other bytes {number}")
    assert _rows(archive, "select count(*) as number from change where cause = 'chrome'") == [{"number": 57}]
    assert _steps(archive.db.conn, "select * from change") > 5 * chrome
    assert _steps(archive.db.conn, sql) <= before + 1


def test_what_is_asked_of_one_page_costs_what_that_page_has(archive: Archive) -> None:
    views = [row["name"] for row in _rows(archive, "select name from sqlite_master where type = 'view'")]
    for number in (1, 2):
        _see(archive, number, _stating(number, asks=("Ask.",)))
    asked = {view: f"select * from {view} where page_id = 1" for view in views if view != "held"}
    before = {view: _steps(archive.db.conn, sql) for view, sql in asked.items()}
    for other in range(60):
        _see(archive, 3, _stating(2, asks=("Ask.",)), "other", url=f"https://example.org/other/{other}")
    assert {view: _steps(archive.db.conn, sql) for view, sql in asked.items() if view} == pytest.approx(before, abs=6)
