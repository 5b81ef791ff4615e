"""One process at a time merges the log into the archive, and the log stays short."""

import fcntl
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from building import capture

from scraper.archive import WAL_FIXED, Archive, is_wal_affected
from scraper.archive.writing import LOG_BYTES

# Bodies that do not compress, so that a known number of bytes goes through the log.
WRITER = """
import random, sys
sys.path.insert(0, sys.argv[2])
from building import capture
from scraper.archive import Archive
chance = random.Random(sys.argv[3])
with Archive(sys.argv[1]) as archive:
    for number in range(int(sys.argv[4])):
        archive.store_capture(capture(chance.randbytes(100_000)))
        print(number, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Archive(tmp_path / "a.db", create=True).close()
    return tmp_path / "a.db"


@contextmanager
def _reader(path: Path) -> Iterator[None]:
    """While this is open nobody is the last to close the archive, who may merge the log in any case."""
    with Archive(path) as archive:
        assert archive.captures() is not None
        yield


def _start(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(Path(__file__).parent), name, str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _end(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0


def _log_bytes(path: Path) -> int:
    return Path(f"{path}-wal").stat().st_size


def _is_whole(path: Path, captures: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("select count(*) from capture").fetchone()[0] == captures


def test_the_log_stays_short_while_two_processes_commit(path: Path) -> None:
    with _reader(path):
        _end(*[_start(path, name, 300) for name in ("one", "two")])
        assert path.stat().st_size > 3 * LOG_BYTES
        assert _log_bytes(path) < 5 * LOG_BYTES
        _is_whole(path, 600)


def test_a_log_that_grew_too_long_is_cut_as_soon_as_no_reader_is_in_the_way(path: Path) -> None:
    with Archive(path) as writer, Archive(path) as reader:
        reader.db.execute("begin")
        reader.captures()
        _store(writer, range(400))
        assert _log_bytes(path) > 40_000_000
        assert writer.db.execute("pragma busy_timeout").fetchone() == (30_000,)
        reader.db.execute("commit")
        _store(writer, [1] * 1000)
        assert _log_bytes(path) < 5 * LOG_BYTES
        _is_whole(path, 1400)


def _store(archive: Archive, numbers: Iterable[int]) -> None:
    for number in numbers:
        archive.store_capture(capture(random.Random(number).randbytes(100_000)))


def test_nobody_merges_the_log_while_another_process_has_the_right_to(path: Path) -> None:
    before = path.stat().st_size
    with _reader(path):
        with Path(f"{path}.checkpoint.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _end(*[_start(path, name, 100) for name in ("one", "two")])
            assert path.stat().st_size == before
            assert _log_bytes(path) > 200 * 100_000
        _end(_start(path, "three", 40))
        assert path.stat().st_size > 200 * 100_000
        _end(_start(path, "four", 60))
        assert _log_bytes(path) < 5 * LOG_BYTES
        _is_whole(path, 300)


def test_a_process_that_was_killed_gives_the_right_back(path: Path) -> None:
    with _reader(path):
        first = _start(path, "one", 200)
        assert first.stdout
        while int(first.stdout.readline()) < 150:
            pass
        first.kill()
        stored = len(first.communicate()[0].split()) + 151
        before = path.stat().st_size
        _end(_start(path, "two", 200))
        assert path.stat().st_size > before + LOG_BYTES
        with Archive(path) as archive:
            assert len(archive.captures()) in (stored + 200, stored + 201)
            assert archive.db.execute("pragma integrity_check").fetchall() == [("ok",)]


def test_one_that_waits_in_a_transaction_is_no_obstacle_to_the_others(path: Path) -> None:
    """The right is had for one transaction only, however long a process stays."""
    with _reader(path):
        idle = _start(path, "one", 200)
        assert idle.stdout
        while int(idle.stdout.readline()) < 199:
            pass
        before = path.stat().st_size
        _end(_start(path, "two", 200))
        assert path.stat().st_size > before + LOG_BYTES
        _end(idle)


def test_little_work_leaves_no_lock_file(path: Path) -> None:
    with Archive(path) as archive:
        archive.store_capture(capture(b"little"))
    assert [file.name for file in path.parent.iterdir()] == ["a.db"]


def test_no_connection_merges_the_log_by_itself(path: Path) -> None:
    with Archive(path) as archive:
        for number in range(40):
            archive.store_capture(capture(random.Random(number).randbytes(500_000)))
            assert archive.db.execute("pragma wal_autocheckpoint").fetchone() == (0,)


def test_opening_an_archive_twice_leaves_it_locked_against_others(path: Path) -> None:
    """A log that another process removes while ours still writes to it would be lost."""
    with Archive(path) as archive:
        archive.store_capture(capture(b"one"))
        Archive(path).close()
        subprocess.run(
            [sys.executable, "-c", "import sys; from scraper import Archive; Archive(sys.argv[1]).close()", str(path)],
            check=True,
        )
        assert _log_bytes(path)
        archive.store_capture(capture(b"two"))
    with Archive(path) as archive:
        assert len(archive.captures()) == 2


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        (WAL_FIXED, False),
        ((3, 54, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_the_versions_with_the_fault_are_known(version: tuple[int, int, int], affected: bool) -> None:
    assert is_wal_affected(version) is affected


def test_an_archive_says_which_sqlite_is_at_work(path: Path) -> None:
    with Archive(path) as archive:
        assert archive.sqlite_version == sqlite3.sqlite_version
        assert archive.free_bytes() > 0
        assert archive.largest_body_bytes() == 0
        archive.store_capture(capture(b"0" * 5000))
        assert archive.largest_body_bytes() == 5000
