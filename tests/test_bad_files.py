"""A file that is no archive, or that somebody made up: each command says so in one clear line and changes nothing."""

import gzip
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from building import capture, day, parse_lines
from commands import Run, one_line, runner

from scraper.archive import Archive
from scraper.archive.schema import APPLICATION_ID, SCHEMA_VERSION
from scraper.loader import load

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("list",),
    ("log", "1"),
    ("show", "1"),
    ("search", "report"),
    ("changes",),
    ("release",),
    ("verify",),
    ("verify", "--repair"),
    ("backup", "copy.db"),
    ("checkpoint",),
    ("init",),
)
REDACT = ("redact", "1", "--reason", "a court order", "--yes")
OTHERS: tuple[tuple[str, ...], ...] = (
    ("as-of", "2024-03-01"),
    ("diff", "1"),
    ("explain", "1"),
    ("adopt", "1"),
    ("merge", "1", "2"),
    ("split", "https://example.org/"),
    ("reparse",),
    ("backup", "copy.db"),
    REDACT,
)
ENDLESS = "with recursive n(i) as (select 1 union all select i from n) select i from n"


def _archive(path: Path) -> None:
    with Archive(path, create=True) as archive:
        load(archive, capture("The report.\nIts words.", day(1)), parse=parse_lines)
        load(archive, capture("The report.\nOther words.", day(2)), parse=parse_lines)
        archive.checkpoint(day(3))


def _sql(*statements: str) -> Callable[[Path], None]:
    """An archive in which *statements* were run."""

    def make(path: Path) -> None:
        _archive(path)
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
            connection.execute("pragma wal_checkpoint(truncate)")

    return make


def _unguarded(*statements: str) -> Callable[[Path], None]:
    """An archive in which *statements* were run past the triggers that guard it."""

    def make(path: Path) -> None:
        _archive(path)
        with closing(sqlite3.connect(path)) as connection:
            triggers = connection.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
            for name, _ in triggers:
                connection.execute(f"drop trigger {name}")
            for statement in statements:
                connection.execute(statement)
            for _, sql in triggers:
                connection.execute(sql)
            connection.commit()
            connection.execute("pragma wal_checkpoint(truncate)")

    return make


def _bytes(place: int, value: bytes) -> Callable[[Path], None]:
    """An archive with other bytes at *place*."""

    def make(path: Path) -> None:
        _archive(path)
        data = bytearray(path.read_bytes())
        data[place : place + len(value)] = value
        path.write_bytes(data)

    return make


def _whole(content: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(content)

    return make


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _cut(path: Path) -> None:
    _archive(path)
    path.write_bytes(path.read_bytes()[:20_000])


def _packed(path: Path) -> None:
    _archive(path)
    path.write_bytes(gzip.compress(path.read_bytes()))


def _foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table capture (id integer primary key)")
        connection.commit()


def _bare(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        connection.execute(f"pragma user_version = {SCHEMA_VERSION}")
        connection.execute("create table empty (id integer)")
        connection.commit()


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "empty": (_empty, "found an empty file"),
    "text": (_whole(b"create table capture (id integer);\n" * 50), "found a file that is no SQLite database"),
    "NUL": (_whole(bytes(50_000)), "found a file that is no SQLite database"),
    "only a head": (_whole(b"SQLite format 3\0"), "found a file that is no SQLite database"),
    "junk": (_whole(random.Random(1).randbytes(50_000)), "found a file that is no SQLite database"),
    "packed": (_packed, "found a file that is no SQLite database"),
    "truncated": (_cut, "the file was cut short"),
    "another application's": (_foreign, "found the database of another application"),
    "wrong application id": (_bytes(68, b"\0\0\0\1"), "found the database of another application"),
    "newer schema": (_bytes(60, b"\0\0\1\0"), "its schema is version 256"),
    "schema of no version": (_bytes(60, b"\0\0\0\0"), "its schema has version 0"),
    "a negative version": (_bytes(60, b"\xff\xff\xff\xff"), "its schema"),
    "without its tables": (_bare, "is missing"),
    "a page size that is none": (_bytes(16, b"\0\3"), "."),
    "a schema of junk": (_bytes(100, bytes(range(256)) * 4), "."),
    "a view in place of a table": (
        _sql("drop table difference", f"create view difference as {ENDLESS}"), "'difference' is not as"
    ),
    "a view in place of a view": (_sql("drop view report", f"create view report as {ENDLESS}"), "'report' is not as"),
    "a table in place of a view": (_sql("drop view stage", "create table stage (title)"), "'stage' is not as"),
    "a column more": (_sql("alter table page add column evil text generated always as ('x')"), "'page' is not as"),
    "a guard taken off": (_sql("drop trigger leaf_no_delete"), "'leaf_no_delete' is missing"),
    "a guard that lets pass": (
        _sql(
            "drop trigger leaf_no_delete",
            "create trigger leaf_no_delete before delete on leaf begin select 1; end",
        ),
        "'leaf_no_delete' is not as",
    ),
    "a trigger more": (
        _sql(f"create trigger evil after insert on leaf begin select count(*) from ({ENDLESS}); end"),  # noqa: S608
        "'evil' is none of ours and would act",
    ),
    "an index that computes": (
        _sql("create index evil on leaf (length(zeroblob(1000000)))"),
        "'evil' is none of ours and would act",
    ),
}  # fmt: skip
# The schema is ours, rows are not as we write them: what can be told is told.
ODD_ROWS: dict[str, Callable[[Path], None]] = {
    "text with NUL": _unguarded("update page set url = 'https://example.org/' || char(0) || 'evil'"),
    "a title with NUL": _unguarded("update record set title = 'Report' || char(0) || 'evil'"),
    "text that is no UTF-8": _unguarded("update page set url = cast(x'ff66' as text)"),
    "a time that is none": _unguarded("update capture set captured_at = 'yesterday', order_at = 'yesterday'"),
    "a time of a version": _unguarded("update version set first_seen = 'x', last_seen = 'x'"),
    "JSON that is none": _unguarded(
        "update record set fields = '{', blocks = '['", "update difference set detail = '{'"
    ),
    "JSON that is endless": _unguarded("update record set fields = printf('%.*c', 100000, '[')"),
    "JSON of another kind": _unguarded("update record set fields = '[]'"),
    "blocks of another kind": _unguarded("update block set json = '7'"),
    "a body of zeros": _unguarded("update body set data = zeroblob(100)"),
    "a note that is none": _unguarded("update checkpoint set note = 'x'"),
    "a root of another length": _unguarded("update checkpoint set root = x'00'"),
    "a key that is none": _unguarded("insert into public_key values ('x', 'x', 0)"),
    "a leaf that is none": _unguarded("update leaf set record = x'7b', hash = x''"),
    "a leaf far away": _unguarded("update leaf set seq = 4000000000 where seq = (select max(seq) from leaf)"),
    "a huge number": _unguarded("update capture set wire_bytes = 9223372036854775807"),
}
# What can be made again from captures is no evidence, and has no leaf.
DERIVED = {"text with NUL", "text that is no UTF-8", "a time of a version"}


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(tmp_path, monkeypatch, capsys)


def test_at_least_twenty_bad_files_are_tried() -> None:
    assert len(REFUSED) >= 20


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_one_clear_line_by_every_command_and_left_as_it_is(fonds: Run, tmp_path: Path, name: str) -> None:
    make, message = REFUSED[name]
    path = tmp_path / "bad.db"
    make(path)
    before = path.read_bytes()
    for command in (*COMMANDS, *OTHERS):
        line = one_line(fonds("--archive", path, *command))
        assert line.startswith(f"fonds: {path}: ")
        assert message in line
        assert len(line) < 500
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["bad.db"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_in_place_of_a_backup_is_one_clear_line_and_left_as_it_is(
    fonds: Run, tmp_path: Path, name: str
) -> None:
    make, message = REFUSED[name]
    path, good = tmp_path / "bad.db", tmp_path / "good.db"
    make(path)
    _archive(good)
    before = {file: file.read_bytes() for file in (path, good)}
    for command in (("restore", path, "--replace"), ("verify", "--repair", "--from", path), ("backup", path)):
        line = one_line(fonds("--archive", good, *command))
        assert line.startswith(f"fonds: {path}: ")
        assert message in line
    assert {file: file.read_bytes() for file in (path, good)} == before
    assert {file.name for file in tmp_path.iterdir() if file.suffix != ".lock"} == {"bad.db", "good.db"}


@pytest.mark.parametrize("name", ODD_ROWS)
def test_odd_rows_in_place_of_a_backup_cost_no_more_than_a_line(fonds: Run, tmp_path: Path, name: str) -> None:
    path, good = tmp_path / "odd.db", tmp_path / "good.db"
    ODD_ROWS[name](path)
    _archive(good)
    for command in (("backup", path), ("verify", "--repair", "--from", path), ("restore", path, "--replace")):
        ran = fonds("--archive", good, *command)
        assert "Traceback" not in ran.err, command
        assert ran.code in {0, 2}
        if ran.code == 2:
            assert len(ran.err.splitlines()) == 1, command


@pytest.mark.parametrize("name", ODD_ROWS)
def test_odd_rows_cost_no_command_more_than_a_line(fonds: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / "odd.db"
    ODD_ROWS[name](path)
    for command in COMMANDS:
        ran = fonds("--archive", path, *command)
        assert "Traceback" not in ran.err, command
        assert ran.code in {0, 1, 2}
        if ran.code == 2:
            assert len(ran.err.splitlines()) == 1, command
            assert ran.err.startswith("fonds: ")
    assert (fonds("--archive", path, "verify").code in {1, 2}) != (name in DERIVED)


@pytest.mark.parametrize("name", ODD_ROWS)
def test_odd_rows_do_not_upset_a_removal_of_bytes(fonds: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / "odd.db"
    ODD_ROWS[name](path)
    ran = fonds("--archive", path, *REDACT)
    assert ran.code in {0, 2}
    told = [line for line in ran.err.splitlines() if line.startswith("fonds: ")]
    assert told == ran.err.splitlines()[-1:] * (ran.code == 2)
    with closing(sqlite3.connect(path)) as connection:
        [codec] = connection.execute("select codec from body where id = 1").fetchone()
        assert (codec == "redacted") == (ran.code == 0)


def test_what_others_add_and_does_nothing_is_let_be(fonds: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    _sql(
        "create table notes (text)",
        "create index mine on capture (server_date)",
        "create view mine_too as select url from capture",
    )(path)
    assert fonds("--archive", path, "list").code == 0
