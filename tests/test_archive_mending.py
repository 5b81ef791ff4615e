"""Damage is put right where the bytes are still to be had, and what cannot be is left and told."""

# ruff: noqa: S608 -- our own words

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from building import capture, day, old_archive, parse_lines

from scraper.archive import Archive
from scraper.archive.bodies import redact
from scraper.archive.fixity import Extent, Finding, Verification
from scraper.archive.mending import Mended
from scraper.errors import UsageError
from scraper.loader import load

PAGES, VERSIONS = 3, 8
URL = "https://example.org/"
_LOT = random.Random(1)
TEMPLATE = "\n".join(" ".join(_LOT.choices("abcdefgh", k=60)) for _ in range(40))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        for number in range(PAGES * VERSIONS):
            text = f"{TEMPLATE}\nOf page {number % PAGES} it was said on day {number}."
            load(archive, capture(text, day(number + 1), url=f"{URL}{number % PAGES}"), parse=parse_lines)
        archive.checkpoint(day(50))
        yield archive


@pytest.fixture
def backup(archive: Archive, tmp_path: Path) -> Path:
    return archive.backup(tmp_path / "b.db", day(60)).path


def _damage(archive: Archive) -> list[Finding]:
    return [one for one in archive.verify(Extent(), Verification()) if one.is_damage]


def _mend(archive: Archive, backup: Path | None = None) -> list[Mended]:
    return list(archive.mend(_damage(archive), backup))


def _past_guards(archive: Archive, table: str, *statements: str) -> None:
    """Does to *table* what the disk does, or somebody with another program."""
    with archive.transaction():
        found = archive.db.execute(
            "select name, sql from sqlite_master where type = 'trigger' and tbl_name = ?", (table,)
        ).fetchall()
        for name, _ in found:
            archive.db.execute(f"drop trigger {name}")
        for statement in statements:
            archive.db.execute(statement)
        for _, sql in found:
            archive.db.execute(sql)


def _flip(archive: Archive, number: int) -> None:
    [data] = archive.db.execute("select data from body where id = ?", (number,)).fetchone()
    spoilt = bytearray(data)
    spoilt[len(data) // 2] ^= 1
    _past_guards(archive, "body", f"update body set data = x'{spoilt.hex()}' where id = {number}")


def _received(archive: Archive) -> list[bytes]:
    return [archive.received(row.id) for row in archive.captures()]


def test_nothing_is_done_where_nothing_is_wrong(archive: Archive, backup: Path) -> None:
    before = archive.db.conn.total_changes
    assert _mend(archive, backup) == []
    assert archive.db.conn.total_changes == before


@pytest.mark.parametrize("seed", range(10))
def test_damaged_bodies_come_back_from_a_backup(archive: Archive, backup: Path, seed: int) -> None:
    before, kept, lot = _received(archive), backup.read_bytes(), random.Random(seed)
    damaged = lot.sample(range(1, PAGES * VERSIONS + 1), lot.randint(1, PAGES * VERSIONS))
    for number in damaged:
        _flip(archive, number)
    found = _damage(archive)
    assert {one.check for one in found} == {"body"}
    mended = _mend(archive, backup)
    assert _damage(archive) == []
    assert _received(archive) == before
    assert {number for one in mended for number in one.captures} >= set(damaged)
    assert backup.read_bytes() == kept
    assert [file.name for file in backup.parent.iterdir() if file.name.startswith("b.db")] == ["b.db"]


def test_without_one_a_second_copy_serves_and_what_is_lost_takes_its_own_captures_only(archive: Archive) -> None:
    [(first,)] = archive.db.execute("select body_id from body_copy").fetchall()
    leaning = archive.db.execute("select id from body where codec = 'delta' order by id").fetchone()[0]
    _flip(archive, first)
    _flip(archive, leaning)
    taken = {number for one in _damage(archive) for number in one.captures}
    [mended] = _mend(archive)
    assert "its second copy is whole" in mended.what
    assert first in mended.captures
    [left] = _damage(archive)
    assert left.check == "body"
    assert set(left.captures) < taken
    assert leaning in left.captures


def test_a_backup_that_is_damaged_itself_gives_no_other_bytes(archive: Archive, backup: Path) -> None:
    with Archive(backup) as other:
        _flip(other, 4)
    _flip(archive, 4)
    assert _mend(archive, backup) == []
    assert [one.check for one in _damage(archive)] == ["body"]


def test_bytes_that_were_removed_on_record_do_not_come_back(archive: Archive, backup: Path) -> None:
    number = archive.db.execute("select body_id from capture where id = 24").fetchone()[0]
    with archive.transaction():
        redact(archive.db.conn, [number])
        archive.db.execute("insert into leaf select max(seq) + 1, 'redaction', 24, x'00', x'00' from leaf")
    _past_guards(archive, "body", f"update body set codec = 'raw' where id = {number}")
    assert _mend(archive, backup) == []
    assert archive.db.execute("select data from body where id = ?", (number,)).fetchone() == (b"",)


def test_the_index_of_words_is_built_anew(archive: Archive) -> None:
    words = archive.search("said")
    archive.db.execute("delete from block_fts_data where id > 10")
    archive.db.conn.commit()
    assert {one.check for one in _damage(archive)} == {"text"}
    [mended] = _mend(archive)
    assert mended.what == "the index of words is built anew from the blocks"
    assert _damage(archive) == []
    assert archive.search("said") == words


def test_an_index_that_misses_rows_is_built_anew(tmp_path: Path, archive: Archive) -> None:
    swap = "update sqlite_master set sql = replace(sql, ?, ?) where name = 'page_source'"
    for names in (("(source)", "(url)"), ("(url)", "(source)")):
        with closing(sqlite3.connect(tmp_path / "a.db")) as other:
            if names[0] == "(url)":
                other.execute("insert into page (url_key, url, first_seen) values ('k', 'u', 't')")
            other.execute("pragma writable_schema = on")
            other.execute(swap, names)
            other.commit()
    assert {one.check for one in _damage(archive)} == {"file"}
    assert [one.what for one in _mend(archive)] == ["index page_source is built anew from its table"]
    assert _damage(archive) == []


def test_nodes_that_are_missing_are_computed_where_the_root_agrees(archive: Archive) -> None:
    nodes = archive.db.execute("select * from log_node order by 1, 2").fetchall()
    _past_guards(archive, "log_node", "delete from log_node where idx in (1, 2)")
    found = _damage(archive)
    assert {one.check for one in found} == {"tree"}
    [mended] = _mend(archive)
    assert mended.what.startswith(f"the log's tree lacked {len(found)} nodes")
    assert _damage(archive) == []
    assert archive.db.execute("select * from log_node order by 1, 2").fetchall() == nodes


@pytest.mark.parametrize(
    "statements",
    [
        ("update log_node set hash = x'00' where level = 1 and idx = 0",),
        ("delete from log_node where level = 1 and idx = 0", "update checkpoint set root = x'00'"),
    ],
    ids=["another node", "another root"],
)
def test_what_is_on_record_otherwise_is_left_for_a_backup(archive: Archive, statements: tuple[str, ...]) -> None:
    for statement in statements:
        _past_guards(archive, "checkpoint" if "checkpoint" in statement else "log_node", statement)
    before = _damage(archive)
    assert before
    assert _mend(archive) == []
    assert _damage(archive) == before


def test_a_file_that_is_damaged_in_its_pages_is_mended_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    with Archive(path, create=True) as archive:
        for number in range(60):
            load(archive, capture(f"It was so on day {number}.\n" * 30, day(number + 1)), parse=parse_lines)
        root = archive.db.execute("select rootpage from sqlite_master where name = 'record'").fetchone()[0]
    data = bytearray(path.read_bytes())
    data[(root - 1) * 8192 : root * 8192] = bytes(8192)
    path.write_bytes(data)
    with Archive(path) as archive:
        assert _damage(archive)
        _mend(archive)
        assert _damage(archive)
        assert len(_received(archive)) == 60


def test_a_backup_from_before_bodies_were_stored_so_is_told_how_to_be_used(archive: Archive, tmp_path: Path) -> None:
    old = old_archive(tmp_path / "old.db", 3)
    with pytest.raises(UsageError, match=r"its schema is version 3, expected 4 or later; fonds --archive NEW restore"):
        _mend(archive, old)
