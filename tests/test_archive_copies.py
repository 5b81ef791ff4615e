"""A copy is whole and in its place at once, or it is not there; and nothing that is there is lost by it."""

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from building import URL, capture, day, old_archive, parse_lines

from scraper.archive import Archive
from scraper.archive.copies import Copy, restore
from scraper.archive.copying import check_room
from scraper.archive.fixity import Extent, Verification, verify
from scraper.archive.schema import APPLICATION_ID, PAGE_SIZE, SCHEMA_VERSION
from scraper.errors import ArchiveBusy, ArchiveError, NotAnArchive, UsageError
from scraper.loader import load

NOW = datetime(2026, 11, 22, 17, 44, 31, tzinfo=UTC)
HOLDS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("select * from page").fetchall()
print(flush=True)
input()
"""
LEAVES_A_LOG = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from building import capture, day
from scraper.archive import Archive
archive = Archive(sys.argv[1])
archive.store_capture(capture("Late.", day(150)))
os.kill(os.getpid(), signal.SIGKILL)
"""
BACKUP = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from scraper.archive import Archive
with Archive(sys.argv[1]) as archive:
    archive.backup(Path(sys.argv[2]), datetime.now(UTC))
"""
RESTORE = """
import sys
from pathlib import Path
from scraper.archive.copies import restore
restore(Path(sys.argv[2]), Path(sys.argv[1]), may_replace=True)
"""
# Opens, stores and closes, again and again; says what it has stored.
WRITER = """
import itertools, os, sys
sys.path.insert(0, sys.argv[2])
from building import capture, day
from scraper.archive import Archive
from scraper.errors import ArchiveBusy
os.write(1, b"ready\\n")
for number in itertools.count(100):
    try:
        with Archive(sys.argv[1]) as archive:
            archive.store_capture(capture(f"Late {number}.", day(200)))
    except ArchiveBusy:
        continue
    os.write(1, f"{number}\\n".encode())
"""


def _grow(path: Path, *numbers: int, words: str = "") -> None:
    with Archive(path, create=True) as archive:
        for number in numbers:
            text = "\n".join(f"Paragraph {part} as of {number // (part + 1)} {words}." for part in range(20))
            load(archive, capture(text, day(number + 1), url=f"{URL}/{number % 3}"), parse=parse_lines)
        archive.checkpoint(day(100))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "a.db"
    path.parent.mkdir()
    _grow(path, *range(8))
    return path


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "b.db"


def _backup(path: Path, dest: Path) -> Copy:
    with Archive(path) as archive:
        return archive.backup(dest, NOW)


def _captures(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("select count(*) from capture").fetchone()[0])


def _damage(path: Path) -> list[str]:
    return [finding.what for finding in verify(path, Extent(), Verification()) if finding.is_damage]


def _files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if not file.name.endswith(".lock"))


def _spoil(path: Path) -> None:
    """Flips a bit in the bytes of a body, as a disk does."""
    with closing(sqlite3.connect(path)) as connection:
        [data] = connection.execute("select data from body where id = 1").fetchone()
        connection.execute("pragma wal_checkpoint(truncate)")
    whole = bytearray(path.read_bytes())
    whole[whole.index(data) + len(data) // 2] ^= 1
    path.write_bytes(whole)


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Another process has the archive open."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        yield
        process.kill()


def _leave_log(path: Path) -> None:
    """What a crawl leaves that was killed: a capture that is in the log only."""
    command = [sys.executable, "-c", LEAVES_A_LOG, str(path), str(Path(__file__).parent)]
    subprocess.run(command, check=False)
    assert Path(f"{path}-wal").stat().st_size


# Backup --------------------------------------------------------------------------------------------------------------


def test_a_copy_is_an_archive_like_the_first(path: Path, dest: Path) -> None:
    before = path.read_bytes()
    made = _backup(path, dest)
    assert path.read_bytes() == before
    assert _files(path.parent) == ["a.db"]
    assert _files(dest.parent) == ["b.db"]
    with closing(sqlite3.connect(dest)) as connection:
        values = {name: connection.execute(f"pragma {name}").fetchone()[0] for name in PRAGMAS}
    assert values == PRAGMAS
    with Archive(path) as archive, Archive(dest) as copy:
        assert copy.captures() == archive.captures()
        assert [copy.received(row.id) for row in copy.captures()] == [
            archive.received(row.id) for row in archive.captures()
        ]
        assert made.checkpoint == archive.newest_checkpoint()
    assert (made.path, made.bytes, made.captures, made.damage) == (dest, dest.stat().st_size, 8, ())


PRAGMAS = {
    "application_id": APPLICATION_ID, "user_version": SCHEMA_VERSION, "journal_mode": "wal", "page_size": PAGE_SIZE,
}  # fmt: skip


def test_in_a_folder_it_is_named_after_the_archive_and_the_minute(path: Path, dest: Path) -> None:
    for _ in range(2):
        assert _backup(path, dest.parent).path == dest.with_name("a-2026-11-22T1744Z.db")
    assert _files(dest.parent) == ["a-2026-11-22T1744Z.db"]


def test_it_may_be_read_by_whoever_may_read_the_archive(path: Path, dest: Path) -> None:
    path.chmod(0o600)
    _backup(path, dest)
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600
    dest.chmod(0o400)
    archive = dest.with_name("restored.db")
    restore(dest, archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def test_an_earlier_backup_is_replaced(path: Path, dest: Path) -> None:
    _backup(path, dest)
    _grow(path, 9, 10)
    assert _backup(path, dest).captures == _captures(dest) == 10
    assert _files(dest.parent) == ["b.db"]


def test_the_log_of_an_earlier_backup_does_not_stay_beside_the_new_one(path: Path, dest: Path) -> None:
    _backup(path, dest)
    with closing(sqlite3.connect(dest)) as connection:
        connection.execute("insert into description values ('a', 'b', 'c')")
        connection.commit()
        data, log = dest.read_bytes(), Path(f"{dest}-wal").read_bytes()
    dest.write_bytes(data)
    Path(f"{dest}-wal").write_bytes(log)
    _grow(path, 9)
    _backup(path, dest)
    assert _files(dest.parent) == ["b.db"]
    assert _captures(dest) == 9
    assert _damage(dest) == []


@pytest.mark.parametrize("kind", ["another", "newer", "parted", "old", "junk", "itself", "no folder", "no file"])
def test_what_is_no_earlier_backup_is_never_replaced(path: Path, dest: Path, kind: str) -> None:
    match kind:
        case "another":
            _grow(dest, 1, words="elsewhere")
        case "newer":
            _backup(path, dest)
            _grow(dest, 20)
        case "parted":
            _backup(path, dest)
            _grow(path, 20)
            _grow(dest, 21)
        case "old":
            old_archive(dest, 3)
        case "junk":
            dest.write_bytes(b"a letter to the publisher")
        case "itself":
            dest.symlink_to(path)
        case "no folder":
            dest = dest.parent / "absent" / "b.db"
        case "no file":
            os.mkfifo(dest)
    before = dest.read_bytes() if dest.is_file() else b""
    with pytest.raises((UsageError, NotAnArchive)) as error:
        _backup(path, dest)
    assert "\n" not in str(error.value)
    assert (dest.read_bytes() if dest.is_file() else b"") == before
    assert not [name for name in _files(path.parents[1] / "backups") if name.startswith(".")]


def test_archives_without_a_record_are_alike(tmp_path: Path) -> None:
    for name in ("a.db", "b.db"):
        Archive(tmp_path / name, create=True).close()
    _backup(tmp_path / "a.db", tmp_path / "b.db")
    _grow(tmp_path / "a.db", 1)
    with pytest.raises(UsageError, match="no earlier copy"):
        _backup(tmp_path / "a.db", tmp_path / "b.db")


def test_one_that_is_open_is_not_replaced(path: Path, dest: Path) -> None:
    _backup(path, dest)
    before = dest.read_bytes()
    with _held(dest), pytest.raises(ArchiveBusy, match="has it open"):
        _backup(path, dest)
    with Archive(dest), pytest.raises(ArchiveBusy, match="has it open"):
        _backup(path, dest)
    assert dest.read_bytes() == before
    assert _backup(path, dest).captures == 8


def test_a_copy_that_is_damaged_replaces_nothing_and_is_kept(path: Path, dest: Path) -> None:
    _backup(path, dest)
    before = dest.read_bytes()
    _spoil(path)
    for number in ("", "-2"):
        made = _backup(path, dest)
        assert made.path == dest.with_name(f"b.db.damaged{number}.db")
        assert [finding.check for finding in made.damage] == ["body"]
        assert made.damage[0].captures
    assert dest.read_bytes() == before
    assert _files(dest.parent) == ["b.db", "b.db.damaged-2.db", "b.db.damaged.db"]
    assert _captures(made.path) == 8


def test_two_at_once_do_not_meet(path: Path, dest: Path) -> None:
    with Archive(path) as archive:
        told: list[str] = []

        def meanwhile(what: str, *_: int) -> None:
            if not told:
                told.append(what)
                with Archive(path) as other, pytest.raises(ArchiveBusy, match="another process is making this copy"):
                    other.backup(dest, NOW)

        archive.backup(dest, NOW, meanwhile)
    assert told == ["pages copied"]
    assert _files(dest.parent) == ["b.db"]


def test_room_is_looked_for_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"found .* free there, a copy needs 1,000,000.0 GB; nothing was written"):
        check_room(tmp_path, 10**15)


@pytest.mark.parametrize("program", [BACKUP, RESTORE], ids=["backup", "restore"])
@pytest.mark.parametrize("bytes_", [40_000, 200_000])
def test_a_disk_that_is_full_costs_one_clear_line(path: Path, dest: Path, program: str, bytes_: int) -> None:
    _backup(path, dest)
    _grow(path, 9)
    before = {file: file.read_bytes() for file in (path, dest)}
    limit = f"""
import resource, signal
from scraper.errors import ArchiveError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes_}, {bytes_}))
try:
    exec({program!r})
except ArchiveError as error:
    print(error)
"""
    command = [sys.executable, "-c", limit, str(path), str(dest)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "the copy cannot be made there: " in said
    assert said.count("\n") == 1
    assert {file: file.read_bytes() for file in (path, dest)} == before
    assert (_files(path.parent), _files(dest.parent)) == (["a.db"], ["b.db"])


@pytest.mark.parametrize("program", [BACKUP, RESTORE], ids=["backup", "restore"])
@pytest.mark.parametrize("later_s", [0, 0.002, 0.01, 0.03])
def test_a_process_that_is_killed_leaves_the_old_or_the_new_one_and_whole(
    path: Path, dest: Path, program: str, later_s: float
) -> None:
    _backup(path, dest)
    _grow(path, *range(10, 60))
    place, other = (dest, path) if program == BACKUP else (path, dest)
    counts = {_captures(path), _captures(dest)}
    with subprocess.Popen([sys.executable, "-c", program, str(path), str(dest)]) as process:
        while process.poll() is None and not list(place.parent.glob(".*.draft")):
            pass
        time.sleep(later_s)
        process.kill()
    assert _captures(place) in counts
    assert _damage(place) == []
    subprocess.run([sys.executable, "-c", program, str(path), str(dest)], check=True)
    assert _captures(place) == _captures(other)
    assert _damage(place) == []
    assert not [file.name for file in place.parent.iterdir() if file.name.startswith(".")]
    kept = [_captures(file) for file in place.parent.glob("*replaced*.db")]
    assert set(kept) <= counts


# Restore -------------------------------------------------------------------------------------------------------------


def test_an_archive_comes_back_where_none_is(path: Path, dest: Path) -> None:
    _backup(path, dest)
    with Archive(path) as archive:
        captures = archive.captures()
    path.unlink()
    made = restore(dest, path)
    assert (made.path, made.captures, made.kept) == (path, 8, None)
    assert (_files(path.parent), _files(dest.parent)) == (["a.db"], ["b.db"])
    with Archive(path) as archive:
        assert archive.captures() == captures


def test_one_that_is_there_stays_unless_it_may_be_replaced(path: Path, dest: Path) -> None:
    _backup(path, dest)
    with pytest.raises(UsageError, match="all that it has is in the backup; --replace puts"):
        restore(dest, path)
    _grow(path, 9)
    with pytest.raises(UsageError, match="there is an archive already, and 1 capture of it is not in the backup"):
        restore(dest, path)
    _grow(path, 10)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="2 captures of it are not in the backup"):
        restore(dest, path)
    assert path.read_bytes() == before
    made = restore(dest, path, may_replace=True)
    assert made.kept == path.with_name("a.db.replaced.db")
    assert made.left
    assert (made.left.captures, made.left.count) == (2, 2)
    assert made.kept.read_bytes() == before
    assert _captures(path) == 8
    assert restore(dest, path, may_replace=True).kept == path.with_name("a.db.replaced-2.db")


def test_removals_that_the_backup_does_not_know_of_are_told(path: Path, dest: Path) -> None:
    _backup(path, dest)
    with Archive(path) as archive, archive.transaction():
        archive.db.execute("insert into leaf select max(seq) + 1, 'redaction', 1, x'00', x'00' from leaf")
    with pytest.raises(UsageError, match="1 redaction of it is not in the backup"):
        restore(dest, path)


def test_the_log_of_the_one_that_was_there_goes_with_it(path: Path, dest: Path) -> None:
    _backup(path, dest)
    _leave_log(path)
    made = restore(dest, path, may_replace=True)
    assert _files(path.parent) == ["a.db", "a.db.replaced.db"]
    assert made.kept
    assert (_captures(path), _captures(made.kept)) == (8, 9)
    assert _damage(path) == _damage(made.kept) == []


def test_an_archive_that_sqlite_cannot_read_is_kept_as_it_is_with_its_log(path: Path, dest: Path) -> None:
    _backup(path, dest)
    _leave_log(path)
    log = Path(f"{path}-wal").read_bytes()
    header = path.read_bytes()[:100]
    rotten = header[:16] + bytes(2) + header[18:]  # a page size that none has
    path.write_bytes(rotten)
    with pytest.raises(UsageError, match="nobody can tell what it has"):
        restore(dest, path)
    made = restore(dest, path, may_replace=True)
    assert made.kept
    assert made.left is None
    assert made.kept.read_bytes() == rotten
    assert Path(f"{made.kept}-wal").read_bytes() == log
    assert not Path(f"{path}-wal").exists()
    assert _captures(path) == 8
    assert _damage(path) == []


@pytest.mark.parametrize("may_replace", [False, True])
@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("another", r"another log \(fonds/\w+, \d+ leaves\) than the backup .*b\.db \(fonds/\w+, \d+ leaves\)"),
        ("junk", "found a file that is no SQLite database, expected a fonds archive; it was left as it is"),
        ("empty", "found an empty file"),
        ("database", "found the database of another application"),
        ("folder", "found a folder, expected an archive or nothing"),
        ("no file", "found no file, expected an archive or nothing"),
    ],
)
def test_what_is_not_the_archive_of_the_backup_is_never_replaced(
    path: Path, dest: Path, kind: str, message: str, *, may_replace: bool
) -> None:
    _backup(path, dest)
    path.unlink()
    match kind:
        case "another":
            _grow(path, 1, words="elsewhere")
        case "junk" | "empty":
            path.write_bytes(b"a letter to the publisher" if kind == "junk" else b"")
        case "database":
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("create table book (title text)")
        case "folder":
            path.mkdir()
        case "no file":
            os.mkfifo(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(UsageError, match=message) as error:
        restore(dest, path, may_replace=may_replace)
    assert "ove it away first" in str(error.value)
    assert "\n" not in str(error.value)
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert _files(path.parent) == ["a.db"]


def test_an_archive_without_a_record_is_replaced_and_one_that_was_cut_short(path: Path, dest: Path) -> None:
    _backup(path, dest)
    path.write_bytes(path.read_bytes()[:50_000])
    with pytest.raises(UsageError, match="nobody can tell what it has"):
        restore(dest, path)
    assert restore(dest, path, may_replace=True).kept
    path.unlink()
    Archive(path, create=True).close()
    assert restore(dest, path, may_replace=True).captures == 8


def test_a_log_without_its_archive_is_never_taken_for_that_of_the_new_one(path: Path, dest: Path) -> None:
    _backup(path, dest)
    _leave_log(path)
    path.unlink()
    with pytest.raises(ArchiveError, match=r"found a\.db-wal beside it, the log of another file"):
        restore(dest, path)
    assert not path.exists()
    Path(f"{path}-wal").write_bytes(b"")
    restore(dest, path)
    assert _files(path.parent) == ["a.db"]


def test_none_is_replaced_while_somebody_has_it_open(path: Path, dest: Path) -> None:
    _backup(path, dest)
    with Archive(path) as archive, archive.crawl_lock("watch", NOW):
        with pytest.raises(ArchiveBusy, match="a crawl of 'watch' is running: process") as error:
            restore(dest, path, may_replace=True)
        assert f"process {os.getpid()}" in error.value.holder
    with _held(path), pytest.raises(ArchiveBusy, match="has it open"):
        restore(dest, path, may_replace=True)
    assert _files(path.parent)[0] == "a.db"
    assert not [name for name in _files(path.parent) if "replaced" in name]
    assert restore(dest, path, may_replace=True).kept


def test_a_damaged_backup_is_not_restored(path: Path, dest: Path) -> None:
    _backup(path, dest)
    _spoil(dest)
    before = path.read_bytes()
    with pytest.raises(
        ArchiveError, match=r"1 thing is wrong with it, body: .*; nothing was restored; fonds --archive"
    ):
        restore(dest, path, may_replace=True)
    assert path.read_bytes() == before
    assert (_files(path.parent), _files(dest.parent)) == (["a.db"], ["b.db"])


def test_of_a_backup_with_rotten_pages_that_is_named_and_not_the_folder(path: Path, dest: Path) -> None:
    _backup(path, dest)
    with closing(sqlite3.connect(dest)) as connection:
        [root] = connection.execute("select rootpage from sqlite_master where name = 'body'").fetchone()
    data = bytearray(dest.read_bytes())
    data[(root - 1) * PAGE_SIZE : root * PAGE_SIZE] = bytes(PAGE_SIZE)
    dest.write_bytes(data)
    before = path.read_bytes()
    with pytest.raises(ArchiveError, match=f"fonds --archive {dest} verify --repair") as error:
        restore(dest, path, may_replace=True)
    assert str(error.value).startswith(f"{dest}: ")
    assert "\n" not in str(error.value)
    assert path.read_bytes() == before
    assert (_files(path.parent), _files(dest.parent)) == (["a.db"], ["b.db"])


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_backup_of_an_older_fonds_is_brought_up_to_date_and_stays_as_it_is(
    tmp_path: Path, dest: Path, version: int
) -> None:
    old_archive(dest, version)
    before = dest.read_bytes()
    path = tmp_path / "a.db"
    made = restore(dest, path)
    assert dest.read_bytes() == before
    assert _files(dest.parent) == ["b.db"]
    assert made.captures == _captures(path) > 10
    with Archive(path) as archive:
        assert archive.db.execute("pragma user_version").fetchone() == (SCHEMA_VERSION,)
    assert not [name for name in _files(tmp_path) if "backup" in name and name != "backups"]


@pytest.mark.parametrize("kind", ["absent", "junk", "itself"])
def test_what_is_no_backup_is_not_restored(path: Path, dest: Path, kind: str) -> None:
    if kind == "junk":
        dest.write_bytes(b"a letter")
    source = path if kind == "itself" else dest
    before = path.read_bytes()
    with pytest.raises((UsageError, NotAnArchive)):
        restore(source, path, may_replace=True)
    assert path.read_bytes() == before


def test_nothing_acknowledged_is_lost_whoever_writes_while_archives_are_put_back(path: Path, dest: Path) -> None:
    """Who opens an archive just when another one takes its place writes to the one or to the other."""
    _backup(path, dest)
    replaced = 0
    command = [sys.executable, "-c", WRITER, str(path), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        lot, end = random.Random(1), time.monotonic() + 20
        while replaced < 8 and time.monotonic() < end:
            time.sleep(lot.random() / 50)
            try:
                restore(dest, path, may_replace=True)
                replaced += 1
            except ArchiveBusy:
                continue
        process.send_signal(signal.SIGKILL)
        acknowledged = {f"Late {number}." for number in process.stdout.read().split("\n")[:-1]}
    assert replaced
    stored = set()
    for file in [path, *path.parent.glob("*.replaced*.db")]:
        assert _damage(file) == []
        with Archive(file) as archive:
            stored |= {archive.body(row.id).decode() for row in archive.captures() if row.captured_at == day(200)}
    assert acknowledged
    assert acknowledged <= stored
