"""The commands backup, restore and verify --repair, as they are typed."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from commands import Run, one_line, runner

from scraper.archive import Archive

WORDS = (
    "The report says that the people of the valley were driven out by the army, "
    "and that nobody has let them return to it since."
)
PAGE = "https://www.example.org/velmora"
ARCHIVE = Path("data/archive.db")


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("FONDS_KEY", "FONDS_KEY_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    run = runner(tmp_path, monkeypatch, capsys)
    _import(run, 1, 2)
    return run


def _import(fonds: Run, *numbers: int) -> None:
    for number in numbers:
        Path("page.txt").write_text(f"{WORDS}\n\nIt says {number}.\n")
        ran = fonds("import", "page.txt", "--url", f"{PAGE}/{number}", "--at", f"2024-01-0{number}")
        assert ran.code == 0, ran.err


def _spoil(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        [data] = connection.execute("select data from body where id = 1").fetchone()
        connection.execute("pragma wal_checkpoint(truncate)")
    whole = bytearray(path.read_bytes())
    whole[whole.index(data) + len(data) // 2] ^= 1
    path.write_bytes(whole)


def test_a_backup_says_what_it_is(fonds: Run) -> None:
    ran = fonds("backup", "b.db")
    said = r"b\.db: \d+\.\d MB, 2 captures, checkpoint of \d+ leaves made \d{4}-\d\d-\d\d \d\d:\d\d UTC, in \d+\.\d s\n"
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(said, ran.out)
    assert fonds("--archive", "b.db", "verify").code == 0
    assert fonds("--archive", "b.db", "list").rows == fonds("list").rows


def test_a_folder_has_one_for_each_minute(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    for now in ("2026-11-22T17:44:31Z", "2026-11-22T19:45:00+01:00"):
        assert fonds("--now", now, "backup", "backups/").code == 0
    names = [file.name for file in sorted((tmp_path / "backups").iterdir())]
    assert names == ["archive-2026-11-22T1744Z.db", "archive-2026-11-22T1845Z.db"]


def test_what_cannot_be_a_backup_is_one_line(fonds: Run) -> None:
    assert "there is no such folder; is its disk there?" in one_line(fonds("backup", "absent/"))
    assert "there is no folder" in one_line(fonds("backup", "absent/b.db"))
    assert "no SQLite database" in one_line(fonds("backup", "page.txt"))
    assert "found the archive itself" in one_line(fonds("backup", ARCHIVE))
    assert "there is no archive here" in one_line(fonds("--archive", "none.db", "backup", "b.db"))


def test_a_damaged_archive_leaves_the_earlier_backup_as_it_was(fonds: Run, tmp_path: Path) -> None:
    fonds("backup", "b.db")
    before = Path("b.db").read_bytes()
    _spoil(ARCHIVE)
    ran = fonds("backup", "b.db")
    assert ran.code == 1
    assert ran.out.startswith(f"{tmp_path}/b.db.damaged.db: ")
    assert "1 thing is wrong with it, body: " in ran.err
    assert "has replaced nothing" in ran.err
    assert Path("b.db").read_bytes() == before
    assert fonds("--archive", "b.db.damaged.db", "verify").code == 1


def test_what_no_key_has_signed_replaces_nothing_until_one_does(fonds: Run) -> None:
    fonds("backup", "b.db")
    [key] = Path("config/fonds").iterdir()
    key.rename("aside.key")
    _import(fonds, 3)
    ran = fonds("backup", "b.db")
    assert ran.code == 1
    [line] = ran.err.splitlines()
    assert "signature: no signature of the archive's key covers leaves" in line
    assert "fonds checkpoint signs them" in line
    assert fonds("--key", "aside.key", "checkpoint").code == 0
    assert "3 captures" in fonds("backup", "b.db").out


def test_an_archive_is_put_back(fonds: Run, tmp_path: Path) -> None:
    fonds("backup", "b.db")
    rows = fonds("list").rows
    _import(fonds, 3)
    line = one_line(fonds("restore", "b.db"))
    assert "1 capture of it is not in the backup; --replace puts the backup in its place" in line
    ran = fonds("restore", "b.db", "--replace")
    assert ran.code == 0
    assert ran.out.startswith("data/archive.db: ")
    kept = tmp_path / "data" / "archive.db.replaced.db"
    assert ran.err == f"data/archive.db: what was there is kept as {kept}; 1 capture of it is not in the backup\n"
    assert fonds("list").rows == rows
    assert "the backup has it all" in fonds("restore", "b.db", "--replace").err
    kept.write_bytes(b"")
    assert fonds("--archive", "new/archive.db", "restore", "b.db").code == 0
    assert "it cannot be read: No such file" in one_line(fonds("restore", "none.db"))
    ARCHIVE.write_bytes(b"junk")
    assert "found a file that is no SQLite database" in one_line(fonds("restore", "b.db", "--replace"))


def test_verify_repairs_from_a_backup_and_says_what_it_did(fonds: Run) -> None:
    fonds("backup", "b.db")
    _spoil(ARCHIVE)
    ran = fonds("verify", "--repair")
    assert ran.code == 1
    assert [(row["state"], row["check"], row["captures"]) for row in ran.rows] == [("left", "body", [1])]
    assert "left: body: --from BACKUP takes the bytes from a backup\n" in ran.err
    assert "fonds restore" not in ran.err
    ran = fonds("verify", "--repair", "--from", "b.db")
    assert ran.code == 0
    assert [(row["state"], row["check"], row["captures"]) for row in ran.rows] == [("mended", "body", [1])]
    assert "1 thing is mended; what follows is of looking again" in ran.err
    assert "nothing is wrong" in ran.err
    again = fonds("verify", "--repair", "--format", "json")
    assert (again.code, json.loads(again.out)) == (0, [])
    _spoil(ARCHIVE)
    table = fonds("verify", "--repair", "--from", "b.db", "--format", "table").out
    assert table.split()[:4] == ["state", "check", "captures", "what"]
    assert "mended" in table


def test_what_is_left_may_be_in_another_backup(fonds: Run) -> None:
    _spoil(ARCHIVE)
    with Archive("other.db", create=True):
        pass
    ran = fonds("verify", "--repair", "--from", "other.db")
    assert ran.code == 1
    assert "left: body: --from another backup may have the bytes\n" in ran.err


def test_what_is_left_on_record_is_for_restore(fonds: Run) -> None:
    with closing(sqlite3.connect(ARCHIVE)) as connection:
        connection.execute("update record set title = 'Another'")
        connection.commit()
    ran = fonds("verify", "--repair")
    assert ran.code == 1
    assert "left: record: fonds restore puts a whole backup in its place\n" in ran.err
    assert "--from BACKUP" not in ran.err


def test_what_was_removed_on_record_is_noted(fonds: Run) -> None:
    assert fonds("redact", "1", "--reason", "a court order", "--yes").code == 0
    ran = fonds("verify", "--repair")
    assert ran.code == 0
    assert [(row["state"], row["check"], row["captures"]) for row in ran.rows] == [("noted", "body", [1])]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--from", "b.db"), "expected --repair before it"),
        (("--repair", "--capture", "1"), "it looks at everything"),
        (("--repair", "--sample", "5"), "it looks at everything"),
        (("--repair", "--from", "none.db"), "it cannot be read"),
        (("--repair", "--from", "page.txt"), "expected a fonds archive"),
    ],
)
def test_options_that_do_not_go_together_are_said(fonds: Run, words: tuple[str, ...], message: str) -> None:
    assert message in one_line(fonds("verify", *words))
