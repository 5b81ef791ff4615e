import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Run, one_line, runner

from scraper.archive import Archive

WORDS = (
    "The report says that the people of the valley were driven out by the army, "
    "and that nobody has let them return to it since."
)
PROJECT = Path(__file__).resolve().parents[1]
PAGE = "https://www.example.org/velmora"


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("FONDS_KEY", "FONDS_KEY_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    return runner(tmp_path, monkeypatch, capsys)


def _told(out: str) -> dict[str, str]:
    return dict(
        line.split(maxsplit=1) if " key" not in line[:11] else ("public key", line[12:]) for line in out.splitlines()
    )


def _import(fonds: Run, tmp_path: Path, number: int = 1) -> None:
    (tmp_path / "page.txt").write_text(f"{WORDS}\n\nIt says {number}.\n")
    ran = fonds("import", "page.txt", "--url", f"{PAGE}/{number}", "--at", f"2024-01-0{number}")
    assert ran.code == 0, ran.err


def _damage(tmp_path: Path) -> None:
    with Archive(tmp_path / "data" / "archive.db") as archive, archive.transaction():
        [(guard,)] = archive.db.execute("select sql from sqlite_master where name = 'capture_no_update'").fetchall()
        archive.db.execute("drop trigger capture_no_update")
        archive.db.execute("update capture set status = 404 where id = 1")
        archive.db.execute(guard)


def test_init_makes_an_archive_and_a_key_outside_it_and_says_where(fonds: Run, tmp_path: Path) -> None:
    ran = fonds("init", "--name", "example.org/archive")
    told = _told(ran.out)
    key = Path(told["key"])
    assert ran.code == 0
    assert Path(told["archive"]) == Path("data/archive.db")
    assert key.parent == tmp_path / "config" / "fonds"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert told["public key"].startswith(f"example.org/archive+{key.stem}+")
    assert fonds("init").out == ran.out
    assert "and that never changes" in one_line(fonds("init", "--name", "example.org/other"))
    assert key.read_bytes() not in (tmp_path / "data" / "archive.db").read_bytes()


def test_a_first_import_makes_both_and_says_so_once(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(WORDS)
    ran = fonds("import", "page.txt", "--url", PAGE)
    [line] = ran.err.splitlines()
    assert line.startswith("data/archive.db: made, and signed by the key ")
    assert len(list((tmp_path / "config" / "fonds").iterdir())) == 1
    assert fonds("import", "page.txt", "--url", f"{PAGE}/2").err == ""
    verified = fonds("verify")
    assert verified.code == 0
    assert "nothing is wrong" in verified.err
    assert "signed by key" in verified.err


def test_where_no_key_can_be_kept_the_archive_goes_on_without(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("in the way")
    (tmp_path / "page.txt").write_text(WORDS)
    ran = fonds("import", "page.txt", "--url", PAGE)
    assert ran.code == 0
    assert "data/archive.db: checkpoints are not signed: " in ran.err
    verified = fonds("verify")
    assert verified.code == 0
    assert "checkpoints are not signed; fonds init makes a key" in verified.err
    assert "not signed; fonds init makes a key" in fonds("checkpoint").err
    [log] = [row for row in fonds("doctor", "--format", "jsonl").rows if row["name"] == "log"]
    assert log["found"].endswith("not signed; fonds init makes a key")


def test_a_key_may_be_named(fonds: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = _told(fonds("--key", "stick/my.key", "init").out)
    assert told["key"] == "stick/my.key"
    assert "no key there; name it by --key" in one_line(fonds("init"))
    monkeypatch.setenv("FONDS_KEY", "stick/my.key")
    _import(fonds, tmp_path)
    assert fonds("verify").code == 0
    other = _told(fonds("--archive", "other.db", "init").out)
    assert other["key"] == "stick/my.key"  # one key may sign several archives
    assert other["public key"].rpartition("+")[2] == told["public key"].rpartition("+")[2]


def test_a_passphrase_is_asked_of_the_environment(fonds: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONDS_KEY_PASSPHRASE", "open sesame")
    fonds("init")
    monkeypatch.delenv("FONDS_KEY_PASSPHRASE")
    (tmp_path / "page.txt").write_text(WORDS)
    ran = fonds("import", "page.txt", "--url", PAGE)
    assert ran.code == 0
    assert "checkpoints are not signed" in ran.err
    assert "it has a passphrase: FONDS_KEY_PASSPHRASE" in ran.err
    unsigned = fonds("verify")
    assert unsigned.code == 1
    assert [row["check"] for row in unsigned.rows] == ["signature"]
    monkeypatch.setenv("FONDS_KEY_PASSPHRASE", "open sesame")
    assert fonds("checkpoint").code == 0
    assert fonds("verify").code == 0


def test_a_key_that_is_not_the_archives_signs_nothing(fonds: Run, tmp_path: Path) -> None:
    fonds("--archive", "other.db", "--key", "other.key", "init", "--name", "example.org/other")
    fonds("init")
    (tmp_path / "page.txt").write_text(WORDS)
    ran = fonds("--key", "other.key", "import", "page.txt", "--url", PAGE)
    assert "other.key: found key" in ran.err
    assert "the archive's" in ran.err


def test_a_key_is_changed_by_the_old_one(fonds: Run, tmp_path: Path) -> None:
    before = _told(fonds("init").out)
    after = _told(fonds("init", "--rotate").out)
    assert after["key"] != before["key"]
    assert fonds("verify").rows == []
    Path(after["key"]).unlink()
    assert "No such file" in one_line(fonds("init", "--rotate"))
    fonds("init", "--rotate", "--lost")
    ran = fonds("verify")
    assert ran.code == 0
    assert [(row["check"], row["is_damage"]) for row in ran.rows] == [("key", False)]


def test_an_old_key_may_lie_elsewhere(fonds: Run, tmp_path: Path) -> None:
    before = Path(_told(fonds("init").out)["key"])
    moved = before.rename(tmp_path / "old.key")
    assert "No such file" in one_line(fonds("init", "--rotate"))
    after = _told(fonds("init", "--rotate", "--old-key", moved).out)
    assert fonds("verify", "--public-key", after["public key"]).rows == []
    assert f"old.key: found key {before.stem}" in one_line(fonds("init", "--rotate", "--old-key", moved))
    for options in (("--old-key", moved), ("--rotate", "--lost", "--old-key", moved)):
        assert "it goes with --rotate" in one_line(fonds("init", *options))


def test_verify_names_the_captures_and_leaves_with_one(fonds: Run, tmp_path: Path) -> None:
    for number in (1, 2):
        _import(fonds, tmp_path, number)
    _damage(tmp_path)
    ran = fonds("verify")
    assert ran.code == 1
    assert [(row["check"], row["captures"], row["what"]) for row in ran.rows] == [
        ("capture", [1], "recorded otherwise than stored: status"),
        ("version", [1], "page 1: its versions are not those that its captures tell; fonds reparse 1 makes them anew"),
    ]
    assert "1 thing is wrong" in ran.err
    assert fonds("verify", "--capture", "1").code == 1
    assert fonds("verify", "--capture", "2").code == 0
    assert one_line(fonds("verify", "--capture", "9")).endswith("there is no capture 9")
    table = fonds("verify", "--format", "table").out
    assert "capture" in table
    assert "recorded otherwise than stored: status" in table
    [row, _] = json.loads(fonds("verify", "--format", "json").out)
    assert row["captures"] == [1]


def test_a_printed_checkpoint_is_what_later_captures_are_verified_from(fonds: Run, tmp_path: Path) -> None:
    _import(fonds, tmp_path, 1)
    printed = fonds("checkpoint").out
    assert len(printed.splitlines()) == 3
    (tmp_path / "printed.txt").write_text(printed.rstrip("\n"))
    (tmp_path / "note.txt").write_text(fonds("checkpoint", "--note").out)
    _import(fonds, tmp_path, 2)
    for named in ("printed.txt", "note.txt", printed.splitlines()[1]):
        ran = fonds("verify", "--since", named)
        assert ran.code == 0, ran.out
        assert "1 capture, 1 body" in ran.err
    (tmp_path / "page.txt").write_text("Other words.")
    fonds("--archive", "other.db", "import", "page.txt", "--url", PAGE)
    ran = fonds("--archive", "other.db", "verify", "--since", "printed.txt")
    assert ran.code == 1
    assert "that checkpoint is of the log" in ran.rows[0]["what"]


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "no checkpoint"), (b"a\nb\nc\n", "the size 'b'"), (b"\xff", "cannot be read")]
)
def test_what_is_no_checkpoint_is_said(fonds: Run, tmp_path: Path, content: bytes, message: str) -> None:
    fonds("init")
    (tmp_path / "c.txt").write_bytes(content)
    assert message in one_line(fonds("verify", "--since", "c.txt"))
    assert "cannot be read" in one_line(fonds("verify", "--since", "absent.txt"))
    assert "the archive has no checkpoint of 99 leaves" in one_line(fonds("verify", "--since", "99"))


def test_the_key_expected_is_held_against_the_archives(fonds: Run, tmp_path: Path) -> None:
    key = _told(fonds("init").out)["public key"]
    other = _told(fonds("--archive", "other.db", "init").out)["public key"]
    assert fonds("verify", "--public-key", key).code == 0
    ran = fonds("verify", "--public-key", other)
    assert (ran.code, ran.rows[0]["check"]) == (1, "key")
    assert "no public key can be read there" in one_line(fonds("verify", "--public-key", "absent.txt"))


def test_a_sample_is_of_bodies_and_records(fonds: Run, tmp_path: Path) -> None:
    for number in range(1, 5):
        _import(fonds, tmp_path, number)
    assert "4 captures, 2 bodies, 2 records" in fonds("verify", "--sample", "50").err
    assert fonds("verify", "--sample", "0").code == 2


def test_an_empty_log_has_no_checkpoint(fonds: Run, tmp_path: Path) -> None:
    Archive(tmp_path / "data.db", create=True).close()
    assert one_line(fonds("--archive", "data.db", "checkpoint")).endswith("nothing is in the log yet")
    ran = fonds("--archive", "data.db", "verify")
    assert ran.code == 0
    assert "no checkpoint was looked at" in ran.err


def test_an_archive_without_a_key_gets_one_by_init_alone(fonds: Run, tmp_path: Path) -> None:
    Archive(tmp_path / "a.db", create=True).close()
    (tmp_path / "page.txt").write_text(WORDS)
    assert fonds("--archive", "a.db", "import", "page.txt", "--url", PAGE).err == ""
    assert fonds("--archive", "a.db", "init").code == 0
    assert "signed by key" in fonds("--archive", "a.db", "verify").err


def test_progress_is_for_a_terminal_alone(fonds: Run, tmp_path: Path) -> None:
    _import(fonds, tmp_path, 1)
    assert "\r" not in fonds("verify").err


def test_processes_that_make_an_archive_at_once_make_one_key(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(WORDS)
    program = "from scraper.cli import main; main()"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, "import", "page.txt", "--url", f"{PAGE}/{number}"],
            env=os.environ | {"PYTHONPATH": str(PROJECT)}, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )
        for number in range(3)
    ]  # fmt: skip
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert len(list((tmp_path / "config" / "fonds").iterdir())) == 1
    ran = fonds("verify")
    assert (ran.code, ran.out) == (0, "")
