"""What others say of checkpoints is kept as it came, and verify finds what is not."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from authority import Authority
from building import day
from sealed import filled, more, vouched

from scraper.archive import Archive, SeenRow, WitnessRow
from scraper.archive.fixity import Extent, Finding, Verification, verify
from scraper.log import Checkpoint, Signer, new_key, time_query

PROJECT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("clock") / "tsa", chain=True)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return new_key("archive.example/log")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, authority: Authority, signer: Signer) -> Path:
    path = tmp_path_factory.mktemp("archive") / "a.db"
    filled(path, signer)
    vouched(path, authority, new_key("witness.example/w"))
    more(path, 1, signer)
    with Archive(path) as archive:
        archive.db.execute("pragma wal_checkpoint(truncate)")
    return path


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "a.db"))


def _found(path: Path, extent: Extent | None = None) -> tuple[list[Finding], Verification]:
    done = Verification()
    return list(verify(path, extent or Extent(), done)), done


def _edit(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection:
        question = "select name, sql from sqlite_master where tbl_name = 'witness' and type = 'trigger'"
        triggers = connection.execute(question).fetchall()
        for name, _ in triggers:
            connection.execute(f"drop trigger {name}")
        connection.execute(statement, values)
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()


def test_what_others_say_is_told_with_its_time(whole: Path, authority: Authority) -> None:
    findings, done = _found(whole)
    assert findings == []
    assert [(one.kind, one.by, one.size, one.is_trusted) for one in done.said] == [
        ("time", "CN=Clock,O=Town hall of Velmora", 15, False),
        ("cosignature", "witness.example/w", 15, False),
    ]
    findings, done = _found(whole, Extent(roots=authority.root.read_bytes()))
    assert findings == []
    assert done.said[0].is_trusted


def test_one_capture_and_what_came_since_have_their_own(whole: Path) -> None:
    assert len(_found(whole, Extent(capture=1))[1].said) == 2
    assert _found(whole, Extent(capture=13))[1].said == []
    with Archive(whole) as archive:
        rows = [archive.checkpoint_of(size) for size in (15, 17)]
    for row, count in zip(rows, (2, 0), strict=True):
        assert row
        assert len(_found(whole, Extent(since=Checkpoint.parsed(row.text)))[1].said) == count


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("rfc3161", "set size = 17", "the token is of something else than this checkpoint"),
        ("rfc3161", "set size = 16", "there is no such checkpoint"),
        ("rfc3161", "set token = x'3000'", "no whole time token"),
        ("rfc3161", "set kind = 'cosignature'", "cosignature"),
        ("rfc3161", "set kind = 'postcard'", "of a kind that is not known here"),
        ("cosignature", "set size = 17", "does not fit the checkpoint"),
        ("cosignature", "set token = cast(replace(cast(token as text), 'witness', 'Witness') as blob)", "found"),
        ("cosignature", "set token = x'ff'", "cosignature"),
        ("certificates", "set token = x'00'", "no certificates"),
    ],
)  # fmt: skip
def test_what_was_changed_is_found(path: Path, kind: str, change: str, message: str) -> None:
    _edit(path, f"update witness {change} where kind = ?", kind)
    findings, _ = _found(path)
    damage = [one for one in findings if one.is_damage and one.check == "witness"]
    assert len(damage) == 1
    assert message in damage[0].what


def test_another_authority_than_the_one_trusted_is_found(path: Path, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    with Archive(path) as archive:
        row = archive.newest_checkpoint()
        assert row
        token = other.answer(time_query(row.note.encode()).encoded)
        assert archive.add_witness(WitnessRow(size=row.size, kind="rfc3161", token=token, added_at=day(30)))
        assert not archive.add_witness(WitnessRow(size=row.size, kind="rfc3161", token=token, added_at=day(31)))
    assert _found(path)[0] == []
    [finding] = _found(path, Extent(roots=other.root.read_bytes()))[0]
    assert "no trusted root" in finding.what


def test_rows_are_only_ever_added(path: Path) -> None:
    for statement in ("delete from witness", "update witness set size = 17"):
        with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="is evidence"):
            connection.execute(statement)


def test_what_was_seen_of_other_logs_is_a_leaf(path: Path, signer: Signer) -> None:
    other = new_key("other.example/log").key
    with Archive(path, notary=lambda _: signer) as archive:
        assert archive.newest_seen("other.example/log") is None
        for size in (5, 9):
            told = Checkpoint(origin="other.example/log", size=size, root=bytes([size] * 32))
            archive.add_seen(SeenRow(checkpoint=told, key=other, seen_at=day(size)), told.text)
        assert archive.newest_seen("other.example/log") == SeenRow(checkpoint=told, key=other, seen_at=day(9))
        assert archive.newest_seen("third.example/log") is None
        assert archive.add_fork(SeenRow(checkpoint=told, key=other, seen_at=day(10)), "note", "why")
        assert not archive.add_fork(SeenRow(checkpoint=told, key=other, seen_at=day(11)), "note", "why")
        archive.checkpoint(day(40))
    assert [one for one in _found(path)[0] if one.is_damage] == []


_KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from scraper.archive import Archive, WitnessRow

with Archive(sys.argv[1]) as archive:
    for number in range(10_000):
        token = number.to_bytes(4) * 500
        archive.add_witness(WitnessRow(size=15, kind="rfc3161", token=token, added_at=datetime.now(UTC)))
        print(number, flush=True)
"""


def test_what_is_kept_is_kept_however_the_process_ends(path: Path) -> None:
    command = [sys.executable, "-c", _KILLED, str(path)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        told = [process.stdout.readline() for _ in range(20)]
        process.kill()
        told += [line for line in process.stdout if line.endswith("\n")]
    with Archive(path) as archive:
        tokens = {row.token for row in archive.witnesses()}
    assert all(number.to_bytes(4) * 500 in tokens for number in range(len(told)))
