"""An archive of an older fonds is brought up to date whole, or stays as it was."""

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from building import OLD_ROWS, capture, day, old_archive

from parsers.record import Stage
from scraper.archive import Archive
from scraper.archive.passages import Passage, canonical, digest_of, values_of
from scraper.archive.schema import SCHEMA_VERSION
from scraper.archive.upgrade import check_schema
from scraper.diff import diff
from scraper.errors import ArchiveError, NotAnArchive

VELMORA = "https://example.org/velmora"
# What was there in each version and how it is asked for; the first frontier is made anew by the next crawl.
_FIRST = "crawl page page_url headers body capture record reading release block block_page fact version change"
_SECOND = f"{_FIRST} effective unparsed frontier host schedule visit"
_THIRD = f"{_SECOND} outline site sighting profile profile_line profile_page selector_match"
_FIFTH = f"{_THIRD} leaf log_node checkpoint"
_SIXTH = f"{_FIFTH.replace('change', 'difference')} fact_set field_change reparsed redaction"
TABLES = {
    number: set(tables.split()) for number, tables in enumerate((_FIRST, _SECOND, _THIRD, _THIRD, _FIFTH, _SIXTH), 1)
}
RENAMED = {"change": "difference"}
# What the sixth version keeps in other tables or columns, as it was before.
REMADE = {
    "record": "select record.*, fact_set.json as facts from record join fact_set on fact_set.id = fact_set_id",
    "fact": "select record.id as record_id, fact.* from record join fact using (fact_set_id)",
    "block": "select * from block",
}
EACH_TABLE = [(version, table) for version, tables in TABLES.items() for table in sorted(tables)]
OPENS = "import sys; from scraper import Archive; Archive(sys.argv[1]).close()"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return old_archive(tmp_path / "a.db")


@pytest.fixture
def second(tmp_path: Path) -> Path:
    return old_archive(tmp_path / "b.db", 2)


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def _rows(path: Path, table: str) -> list[dict[str, object]]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"select * from {table} order by 1, 2")]  # noqa: S608


def _version(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return int(connection.execute("pragma user_version").fetchone()[0])


def _files(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


@pytest.mark.parametrize(("version", "table"), EACH_TABLE)
def test_no_row_and_no_value_is_lost(tmp_path: Path, version: int, table: str) -> None:
    path = old_archive(tmp_path / "a.db", version)
    before = _rows(path, table)
    assert before
    Archive(path).close()
    remade = REMADE if version < 6 else {}
    after = _rows(path, f"({remade.get(table, RENAMED.get(table, table))})")
    after = [_as_before(table, row) for row in after] if remade else after
    assert [{name: row[name] for name in old} for old, row in zip(before, after, strict=True)] == before


def _as_before(table: str, row: dict[str, object]) -> dict[str, object]:
    """*row* with its JSON as it was before some of it was kept elsewhere."""
    if table == "record":
        values = json.loads(str(row["fields"])) | {"facts": json.loads(str(row["facts"]))}
        return row | {"fields": canonical(values)}
    if table == "block":
        passage = Passage(str(row["kind"]), str(row["text"]), str(row["json"]))
        assert digest_of(passage) == row["digest"]
        return row | {"json": canonical(values_of(passage))}
    return row


@pytest.mark.parametrize("version", TABLES)
def test_the_rows_of_every_table_are_looked_at(version: int) -> None:
    lines = OLD_ROWS[version].read_text(encoding="utf-8").splitlines()
    inserted = {line.split()[2] for line in lines if line.startswith("insert into")}
    assert inserted == TABLES[version] | {"frontier"}


@pytest.mark.parametrize("version", TABLES)
def test_an_old_archive_is_as_a_new_one_is(tmp_path: Path, version: int) -> None:
    path = old_archive(tmp_path / "a.db", version)
    Archive(path).close()
    Archive(tmp_path / "new.db", create=True).close()
    with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(tmp_path / "new.db")) as new:
        for question in (
            "select name, sql from sqlite_master order by name",
            "select * from description order by 1, 2",
            "pragma user_version",
            "pragma journal_mode",
            "select name from _sqlite_migrations",
        ):
            assert old.execute(question).fetchall() == new.execute(question).fetchall()
        check_schema(old, path, SCHEMA_VERSION)
        assert old.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert old.execute("pragma foreign_key_check").fetchall() == []


def test_everything_in_it_is_read_as_before(path: Path) -> None:
    bodies = {row["sha256"]: row["bytes"] for row in _rows(path, "body")}
    with Archive(path) as archive:
        with_body = [capture for capture in archive.captures() if capture.body_sha256]
        assert len(with_body) == 10
        for capture in with_body:
            assert (capture.coding, capture.content_sha256, capture.content_bytes) == ("", *_body_of(capture, bodies))
            assert archive.body(capture.id) == archive.received(capture.id)
        assert archive.record(archive.version(f"{VELMORA}@1")).text.startswith("Paragraph 0 of the report on Velmora.")
        assert archive.search("Velmora", all_versions=True)
        assert archive.validators(VELMORA) is None
        assert [(row.url, row.how, row.capture_id) for row in archive.page_urls(4)] == [
            ("https://example.org/old", "asked", 15),
            ("https://example.org/moved", "redirect", 15),
        ]
        assert archive.crawls()[0].findings == ()
        assert archive.unread() == []


def test_everything_in_one_of_the_second_version_is_read_as_before(second: Path) -> None:
    assert _version(second) == 2
    with Archive(second) as archive:
        for capture in archive.captures():
            if capture.content_sha256:
                assert sha256(archive.body(capture.id)).hexdigest() == capture.content_sha256
        newest = archive.record(archive.version(VELMORA))
        assert newest.text.startswith("doubt\n\nabout it all")
        assert archive.record(archive.version(f"{VELMORA}@1")).facts[2] == Stage(
            number=9, name="Extermination", model="ten stages"
        )
        assert [row.seq for row in archive.versions(VELMORA)] == [1, 2, 3]
        assert len(archive.unread()) == 1
        assert archive.held_hosts(day(10)) == {"example.org": (day(11), "Retry-After: 86400")}
        assert archive.crawls()[0].findings == ("watch: expected 9 pages, found 4",)
        assert archive.matches(2) == ()
        assert archive.past_accounts(1) == []
    assert _files(second) == ["b.db", "b.db.v2.backup.db"]
    assert _version(second.with_name("b.db.v2.backup.db")) == 2


def test_what_was_read_before_anything_was_learned_is_current_and_without_a_profile(second: Path) -> None:
    with Archive(second) as archive:
        rows = archive.db.execute("select distinct profile, superseded, outline_id from reading").fetchall()
        assert rows == [("", 0, None)]
        versions = archive.versions(VELMORA)
        archive.update_history(1, diff)
        assert archive.versions(VELMORA) == versions


def test_bodies_of_the_third_version_stay_as_they_are_and_later_ones_are_stored_beside_them(tmp_path: Path) -> None:
    path = old_archive(tmp_path / "c.db", 3)
    before = _rows(path, "body")
    packed_at, later = (
        "https://example.org/packed",
        b"<html><body><h1>Velmora Country Report</h1>" + b"<p>More.</p>" * 9,
    )
    with Archive(path) as archive:
        assert [row["codec"] for row in archive.db.query("select codec from body")] == [row["codec"] for row in before]
        assert archive.db.execute("select count(*) from body where base_id is not null").fetchone() == (0,)
        [first] = [row for row in archive.captures() if row.url == packed_at]
        assert archive.body(first.id).startswith(b"<html>")
        assert sha256(archive.received(first.id)).hexdigest() == first.body_sha256
        packed = gzip.compress(later, 6, mtime=0)
        number = archive.store_capture(capture(packed, day(20), url=packed_at, coding="gzip", decoded=later))
        assert (archive.body(number), archive.received(number)) == (later, packed)
    for row, old in zip(_rows(path, "body"), before, strict=False):
        assert row == old | {"base_id": None, "base_coding": "", "seal": row["seal"]}


def _body_of(capture: object, bodies: dict[object, object]) -> tuple[object, object]:
    digest = capture.body_sha256  # type: ignore[attr-defined]
    return digest, bodies[digest]


def test_evidence_stays_protected(path: Path) -> None:
    with Archive(path) as archive:
        for table in ("body", "headers", "capture"):
            with pytest.raises(sqlite3.IntegrityError, match="is evidence"), archive.transaction():
                archive.db.execute(f"delete from {table}")  # noqa: S608


def test_captures_made_while_the_clock_was_behind_stand_after_those_before_them(path: Path) -> None:
    with Archive(path) as archive:
        made = [(row.captured_at, row.order_at, row.method) for row in archive.captures(page_id=1)]
        assert made[-3:] == [
            (day(2), day(5), "http"),
            (day(3).replace(hour=1), day(5), "http"),
            (day(2), day(2), "import"),
        ]
        archive.update_history(1, diff)
        assert archive.versions(VELMORA)[-1].capture_id == 8


def test_a_whole_copy_is_kept_beside_it(path: Path) -> None:
    before = {table: _rows(path, table) for table in TABLES[1] | {"frontier"}}
    Archive(path).close()
    assert _files(path) == ["a.db", "a.db.v1.backup.db"]
    backup = path.with_name("a.db.v1.backup.db")
    assert {table: _rows(backup, table) for table in before} == before
    assert _version(backup) == 1
    Archive(backup).close()  # it is an archive like any other
    assert _version(backup) == SCHEMA_VERSION


def test_an_earlier_copy_is_never_replaced(path: Path) -> None:
    path.with_name("a.db.v1.backup.db").write_bytes(b"an earlier copy")
    Archive(path).close()
    assert path.with_name("a.db.v1.backup.db").read_bytes() == b"an earlier copy"
    assert _version(path.with_name("a.db.v1.backup-2.db")) == 1


def test_an_archive_is_brought_up_to_date_once(path: Path) -> None:
    for _ in range(2):
        Archive(path).close()
    assert _files(path) == ["a.db", "a.db.v1.backup.db"]


def test_several_processes_may_open_an_old_archive_at_once(path: Path) -> None:
    started = [subprocess.Popen([sys.executable, "-c", OPENS, str(path)]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert _files(path) == ["a.db", "a.db.v1.backup.db"]
    assert _version(path) == SCHEMA_VERSION


def test_what_is_in_the_log_only_comes_along(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("insert into headers (digest, json) values ('late', '[]')")
    connection.commit()
    assert Path(f"{path}-wal").stat().st_size
    with Archive(path) as archive:
        assert archive.db.execute("select head from headers where digest = 'late'").fetchall() == [(None,)]
    assert _rows(path.with_name("a.db.v1.backup.db"), "headers")[-1]["digest"] == "late"


READS_AS_ANOTHER = """
import os, sys
from scraper.archive import Archive
from scraper.errors import ArchiveError
os.setgid(65534)
os.setuid(65534)
try:
    Archive(sys.argv[1])
except ArchiveError as error:
    print(error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can read as another user")
def test_one_that_may_not_be_written_is_left_and_the_line_says_what_to_do() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = old_archive(Path(folder) / "a.db")
        before = path.read_bytes()
        said = subprocess.run(
            [sys.executable, "-c", READS_AS_ANOTHER, str(path)], capture_output=True, text=True, check=True
        )
        assert f"schema is version 1, this fonds reads version {SCHEMA_VERSION}; open it once where" in said.stdout
        assert said.stdout.count("\n") == 1
        assert path.read_bytes() == before
        assert _files(path) == ["a.db"]


def test_one_that_was_altered_is_left_as_it_is(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("drop trigger body_no_delete")
    connection.commit()
    connection.execute("pragma wal_checkpoint(truncate)")
    before = path.read_bytes()
    with pytest.raises(NotAnArchive, match="'body_no_delete' is missing"):
        Archive(path)
    assert path.read_bytes() == before


def test_one_that_is_damaged_is_not_changed(path: Path, connection: sqlite3.Connection) -> None:
    """An index that misses a row: the file reads well until somebody compares the two."""
    connection.execute("pragma writable_schema = on")
    connection.execute(
        "update sqlite_master set sql = replace(sql, 'page (source)', 'page (url)') where name = 'page_source'"
    )
    connection.commit()
    connection.execute("pragma writable_schema = reset")
    connection.close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("insert into page (url_key, url, first_seen) values ('k', 'u', 't')")
        other.execute("pragma writable_schema = on")
        other.execute(
            "update sqlite_master set sql = replace(sql, 'page (url)', 'page (source)') where name = 'page_source'"
        )
        other.commit()
    with pytest.raises(ArchiveError, match=r"its copy is not whole: .*restore it"):
        Archive(path)
    assert not [name for name in _files(path) if "backup" in name]
    assert _version(path) == 1


def test_one_whose_rows_refer_to_nothing_is_not_changed(path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("insert into reading (capture_id, record_id) values (999, 1)")
    connection.commit()
    with pytest.raises(ArchiveError, match="1 rows, one of 'reading', refer to what is not there"):
        Archive(path)
    assert _version(path) == 1
    assert "a.db.v1.backup.db" not in _files(path)


def test_a_full_disk_leaves_it_as_it_is(path: Path) -> None:
    before = _rows(path, "capture")
    program = f"""
import resource, signal
from scraper.archive import Archive
from scraper.errors import ArchiveError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    Archive({str(path)!r})
except ArchiveError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "a copy must be made beside it before it is brought up to date, and cannot" in said.stdout
    assert said.stdout.count("\n") == 1
    assert (_version(path), _rows(path, "capture")) == (1, before)
    assert not [name for name in _files(path) if "backup" in name]


# When the process has come so far: it has opened the archive, is copying it, is changing it.
@pytest.mark.parametrize("stage", ["a.db-shm", ".a.db.backup", "a.db.v1.backup.db"])
@pytest.mark.parametrize("later_s", [0, 0.004, 0.016])
def test_a_process_killed_meanwhile_leaves_it_old_or_new_and_whole(tmp_path: Path, stage: str, later_s: float) -> None:
    path = old_archive(tmp_path / "a.db", copies=1000)
    with subprocess.Popen([sys.executable, "-c", OPENS, str(path)]) as process:
        while process.poll() is None and not list(tmp_path.glob(stage)):
            pass
        time.sleep(later_s)
        process.send_signal(signal.SIGKILL)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("select count(*) from capture").fetchone()[0] == 1015
        check_schema(connection, path, connection.execute("pragma user_version").fetchone()[0])
    with Archive(path) as archive:
        assert len(archive.captures()) == 1015
    assert ".a.db.backup" not in _files(path)
