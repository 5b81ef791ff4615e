import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from building import capture
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.archive import Archive
from scraper.errors import ArchiveError, UsageError


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive(tmp_path_factory.mktemp("bodies") / "a.db", create=True) as archive:
        yield archive


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=5000), st.tuples(st.binary(max_size=20), st.integers(0, 500)).map(lambda p: p[0] * p[1])
    )
)
def test_any_bytes_are_read_back_as_they_were_stored(archive: Archive, data: bytes) -> None:
    assert archive.body(archive.store_capture(capture(data))) == data


def test_equal_bodies_are_stored_once(archive: Archive) -> None:
    before = archive.db["body"].count
    first, second = (archive.store_capture(capture(b"twice")) for _ in range(2))
    assert first != second
    assert archive.db["body"].count == before + 1


def test_a_repetitive_body_is_compressed(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        archive.store_capture(capture(b"<p>of the same</p>" * 1000))
        [row] = archive.db.query("select codec, bytes, length(data) as stored from body")
    assert row["codec"] == "zstd"
    assert row["stored"] < row["bytes"] / 50


def test_a_capture_without_a_body_says_so(archive: Archive) -> None:
    number = archive.store_capture(capture(None, outcome="failed"))
    with pytest.raises(UsageError, match="has no body"):
        archive.body(number)


def test_an_unknown_capture_is_named(archive: Archive) -> None:
    with pytest.raises(UsageError, match="no capture 99999"):
        archive.body(99999)


@pytest.mark.parametrize("table", ["body", "headers", "capture"])
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}"])
def test_evidence_is_never_changed_or_removed(archive: Archive, table: str, statement: str) -> None:
    archive.store_capture(capture(b"evidence"))
    with pytest.raises(sqlite3.IntegrityError, match=f"table {table} is evidence"), archive.transaction():
        archive.db.execute(statement.format(table))


@pytest.mark.parametrize("damage", ["substr(data, 1, 10) || x'00' || substr(data, 12)", "x'00'", "data || data", "x''"])
@pytest.mark.parametrize("data", [b"<p>of the same</p>" * 100, bytes(range(256))], ids=["zstd", "raw"])
def test_a_damaged_body_is_never_given_out(tmp_path: Path, data: bytes, damage: str) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        number = archive.store_capture(capture(data))
        archive.db.execute("drop trigger body_no_update")
        archive.db.execute(f"update body set data = cast({damage} as blob)")  # noqa: S608
        with pytest.raises(ArchiveError, match=f"capture {number}: body [0-9a-f]{{16}}.*restore it from a backup"):
            archive.body(number)


def test_a_body_that_claims_less_than_it_unpacks_to_is_refused(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        number = archive.store_capture(capture(b"0" * 1_000_000))
        archive.db.execute("drop trigger body_no_update")
        archive.db.execute("update body set bytes = 10")
        with pytest.raises(ArchiveError, match="not one whole frame"):
            archive.body(number)
