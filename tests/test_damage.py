"""What is wrong with rows is told as that, and a mistake of ours as what it is."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from building import URL, capture, day, parse_lines

from scraper.archive import Archive
from scraper.archive.damage import DamagedRow, of_rows, read_json
from scraper.archive.times import moment
from scraper.diff import diff
from scraper.errors import ArchiveError
from scraper.loader import load


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        load(archive, capture("A report.\nOf two lines."), parse=parse_lines)
        load(archive, capture("Short.", day(2)), parse=parse_lines)
        yield archive


@pytest.mark.parametrize("text", ["yesterday", "", "2024-03-01T00:00:00"])
def test_a_time_that_was_never_written_so_is_damage(text: str) -> None:
    with pytest.raises(DamagedRow, match="a row holds what fonds never writes"):
        moment(text)


@pytest.mark.parametrize("text", ["{", "[" * 100_000, ""])
def test_json_that_is_none_is_damage(text: str) -> None:
    with pytest.raises(DamagedRow, match="fonds verify says which"):
        read_json(text)


def test_damage_is_told_once() -> None:
    made = of_rows(lambda: read_json("{"))
    with pytest.raises(DamagedRow) as caught:
        made()
    assert str(caught.value).count("a row holds") == 1


def test_a_damaged_row_is_one_line_also_where_something_is_written(archive: Archive) -> None:
    with archive.transaction():
        archive.db.execute("update record set fields = '[]'")
    for ask in (lambda: archive.record(archive.version(URL)), lambda: archive.release(2, day(3), diff)):
        with pytest.raises(
            ArchiveError, match=r"a\.db: a row holds what fonds never writes .*; fonds verify says which"
        ):
            ask()


def test_a_mistake_of_the_caller_is_no_damage(archive: Archive) -> None:
    with pytest.raises(TypeError, match="needs its time zone"):
        archive.as_of(datetime(2024, 3, 1))
