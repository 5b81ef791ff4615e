import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from building import capture

import scraper
from scraper.archive import Archive, connection
from scraper.archive.migrations import MIGRATIONS, migrations
from scraper.archive.schema import APPLICATION_ID, PAGE_SIZE, SCHEMA_DIGEST, SCHEMA_VERSION, digest, schema
from scraper.errors import ArchiveBusy, ArchiveError, NewerArchive, NotAnArchive, UsageError


def _archive(path: Path) -> None:
    with Archive(path, create=True) as archive:
        archive.store_capture(capture(b"kept"))


def _change_byte(path: Path, offset: int, value: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(value)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _junk(path: Path) -> None:
    path.write_bytes(b"this is no database at all, only text\n" * 50)


def _foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("create table page (id integer)")
    connection.commit()
    connection.close()


def _newer(path: Path) -> None:
    _archive(path)
    _change_byte(path, 60, (SCHEMA_VERSION + 7).to_bytes(4, "big"))


def _truncated(path: Path) -> None:
    _archive(path)
    with path.open("r+b") as file:
        file.truncate(PAGE_SIZE * 3)


def _only_a_head(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")


def _masked_table(path: Path) -> None:
    _archive(path)
    connection = sqlite3.connect(path)
    connection.execute("drop table difference")
    connection.execute(
        "create view difference as with recursive n(i) as (select 1 union all select i from n) select i from n"
    )
    connection.commit()
    connection.close()


def _lost_trigger(path: Path) -> None:
    _archive(path)
    connection = sqlite3.connect(path)
    connection.execute("drop trigger body_no_delete")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_empty, "found an empty file"),
        (_junk, "found a file that is no SQLite database"),
        (_only_a_head, "found a file that is no SQLite database"),
        (_foreign, "found the database of another application"),
        (_truncated, "the file was cut short"),
        (_masked_table, "'difference' is not as fonds makes it"),
        (_lost_trigger, "'body_no_delete' is missing"),
    ],
)
@pytest.mark.parametrize("create", [True, False], ids=["create", "open"])
def test_a_file_that_is_no_archive_is_named_and_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], message: str, create: bool
) -> None:
    path = tmp_path / "a.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(NotAnArchive, match=message) as caught:
        Archive(path, create=create)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.db"]


def test_an_archive_of_a_later_fonds_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _newer(path)
    before = path.read_bytes()
    with pytest.raises(NewerArchive, match=f"schema is version {SCHEMA_VERSION + 7}, this fonds knows up to"):
        Archive(path)
    assert path.read_bytes() == before


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.mkdir()
    with pytest.raises(NotAnArchive, match="cannot be read"):
        Archive(path)


def test_an_absent_archive_is_not_made_unasked(tmp_path: Path) -> None:
    path = tmp_path / "absent" / "a.db"
    with pytest.raises(UsageError, match="make one with fonds crawl, get or import"):
        Archive(path)
    assert not path.parent.exists()


def test_an_archive_is_made_with_its_folder_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deep" / "a.db"
    Archive(path, create=True).close()
    assert [file.name for file in path.parent.iterdir()] == ["a.db"]


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveError, match="its folder cannot be made"):
        Archive(tmp_path / "file" / "a.db", create=True)


def test_a_name_no_file_can_have_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="unable to open"):
        Archive(tmp_path / f"{'n' * 300}.db", create=True)
    with pytest.raises(UsageError, match="there is no archive here"):
        Archive(tmp_path / f"{'n' * 300}.db")


def test_a_draft_left_by_a_killed_process_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / f".a.db.{os.getpid()}.new").write_bytes(b"half")
    _archive(tmp_path / "a.db")
    assert [file.name for file in tmp_path.iterdir()] == ["a.db"]


def test_an_archive_has_the_settings_that_keep_it(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        found = {
            name: archive.db.execute(f"pragma {name}").fetchone()[0]
            for name in ("application_id", "user_version", "journal_mode", "synchronous", "page_size", "foreign_keys")
        }
        assert archive.db.execute("pragma trusted_schema").fetchone()[0] == 0
    assert found == {
        "application_id": APPLICATION_ID,
        "user_version": SCHEMA_VERSION,
        "journal_mode": "wal",
        "synchronous": 2,
        "page_size": PAGE_SIZE,
        "foreign_keys": 1,
    }


def test_the_schema_version_counts_the_migrations(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        assert len(migrations.applied(archive.db)) == SCHEMA_VERSION
        assert migrations.pending(archive.db) == []


def test_making_an_archive_twice_keeps_the_first(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _archive(path)
    with Archive(path, create=True) as archive:
        assert len(archive.captures()) == 1


def test_many_processes_may_make_the_same_archive_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    program = "import sys; from scraper import Archive; Archive(sys.argv[1], create=True).close()"
    started = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert [file.name for file in tmp_path.iterdir()] == ["a.db"]


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        with pytest.raises(RuntimeError), archive.transaction():
            archive.store_capture(capture(b"lost"))
            raise RuntimeError
        assert archive.captures() == []
        archive.store_capture(capture(b"kept"))
        assert len(archive.captures()) == 1


def test_a_transaction_inside_another_is_part_of_it(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        with pytest.raises(RuntimeError), archive.transaction():
            with archive.transaction():
                archive.store_capture(capture(b"lost"))
            raise RuntimeError
        assert archive.captures() == []


def test_readers_go_on_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _archive(path)
    with Archive(path) as writer, Archive(path) as reader, writer.transaction():
        writer.store_capture(capture(b"not yet seen"))
        assert len(reader.captures()) == 1
        with Archive(path) as late_reader:
            assert len(late_reader.captures()) == 1


def test_two_writers_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _archive(path)

    def write(name: str) -> None:
        with Archive(path) as archive:
            for number in range(30):
                archive.store_capture(capture(f"{name} {number}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with Archive(path) as archive:
        assert len(archive.captures()) == 61


def test_a_writer_that_waits_too_long_says_who_is_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _archive(path)
    with Archive(path) as first, Archive(path) as second, first.transaction():
        second.db.execute("pragma busy_timeout = 10")
        with pytest.raises(ArchiveBusy, match="another process is writing"):
            second.store_capture(capture(b"later"))


@pytest.mark.parametrize("part", range(8))
def test_a_file_damaged_inside_is_one_clear_error_or_reads_as_before(tmp_path: Path, part: int) -> None:
    path = tmp_path / "a.db"
    _archive(path)
    size = path.stat().st_size
    _change_byte(path, 100 + part * (size // 8), b"\xff" * (size // 10))
    damaged = path.read_bytes()
    try:
        with Archive(path) as archive:
            assert archive.body(archive.captures()[0].id) == b"kept"
            archive.pages()
            archive.search("kept")
    except ArchiveError as error:
        assert "restore it from a backup" in str(error) or "left as it is" in str(error)
        assert "\n" not in str(error)
    assert path.read_bytes() == damaged


def test_a_full_disk_is_one_clear_error_and_keeps_what_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _archive(path)
    with Archive(path) as archive:
        pages = archive.db.execute("pragma page_count").fetchone()[0]
        archive.db.execute(f"pragma max_page_count = {pages + 1}")
        with pytest.raises(ArchiveError, match="full; what was committed before is kept"):
            archive.store_capture(capture(random.Random(1).randbytes(100_000)))
        assert len(archive.captures()) == 1


def test_a_copy_with_its_log_is_read(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.db", tmp_path / "copy.db"
    with Archive(path, create=True) as archive:
        archive.store_capture(capture(b"in the log only"))
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    with Archive(copy) as found:
        assert len(found.captures()) == 1


def test_the_python_door_is_loaded_when_first_used() -> None:
    program = "import sys, scraper; print('scraper.archive' in sys.modules);"
    program += " scraper.Archive; print('scraper.archive' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "False\nTrue\n"


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'archiv'"):
        _ = scraper.archiv


def test_the_schema_is_known_by_its_digest() -> None:
    with connection.in_memory() as made:
        assert digest(schema(made)) == SCHEMA_DIGEST
    assert len(MIGRATIONS) == SCHEMA_VERSION
