import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Run, one_line, runner
from pytest_httpserver import HTTPServer

from scraper.archive import Archive
from scraper.exchange.verifier import read_bundle

WORDS = (
    "The report says that the people of the valley were driven out by the army, "
    "and that nobody has let them return to it since."
)


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name in ("FONDS_KEY", "FONDS_KEY_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return runner(tmp_path, monkeypatch, capsys)


def _import(fonds: Run) -> None:
    Path("page.txt").write_text(WORDS)
    ran = fonds("import", "page.txt", "--url", "https://www.example.org/velmora", "--at", "2024-01-01")
    assert ran.code == 0, ran.err


def _alone(bundle: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(bundle, "verify.py")
    return subprocess.run(
        [sys.executable, "-I", "-S", program, *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", ["ev", "new/folder/ev.zip"])
def test_what_is_exported_holds_without_fonds(fonds: Run, name: str) -> None:
    key = fonds("init").out.splitlines()[-1].partition("  ")[2]
    _import(fonds)
    ran = fonds("export", "--evidence", "1", "--to", name)
    assert (ran.code, ran.out, ran.err) == (0, f"{name}\n", "")
    fonds("export", "--evidence", "1", "--to", "beside")
    assert read_bundle(Path(name)) == read_bundle(Path("beside"))
    checked = _alone("beside", name, "--public-key", key)
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
    assert "signed by" in checked.stdout


def test_a_printed_checkpoint_may_be_asked_for(fonds: Run) -> None:
    fonds("init")
    _import(fonds)
    printed = fonds("checkpoint").out
    Path("printed.txt").write_text(printed)
    Path("page.txt").write_text(f"{WORDS} And more.")
    fonds("import", "page.txt", "--url", "https://www.example.org/velmora/2", "--at", "2024-01-02")
    size = printed.splitlines()[1]
    export = ("export", "--evidence", "1", "--to", "ev", "--checkpoint")
    assert "the archive has no checkpoint of 99 leaves" in one_line(fonds(*export, "99"))
    late = fonds("export", "--evidence", "2", "--to", "ev", "--checkpoint", size)
    assert "capture 2 came after the checkpoint" in one_line(late)
    assert fonds(*export, size).code == 0
    checked = _alone("ev", "--checkpoint", "printed.txt")
    assert f"checkpoint-{size} is the one that you gave" in checked.stdout
    assert checked.returncode == 3  # no key was given to hold signatures to
    fonds("export", "--evidence", "1", "--to", "newest")
    checked = _alone("newest", "--checkpoint", "printed.txt")
    assert f"ask for fonds export --evidence 1 --checkpoint {size}" in checked.stdout
    assert checked.returncode == 3


def test_where_no_checkpoint_covers_it_one_is_made(fonds: Run, tmp_path: Path) -> None:
    fonds("init")
    _import(fonds)
    with Archive("data/archive.db") as archive:
        before = archive.newest_checkpoint()
        body = archive.to_read(1)
        number = archive.store_capture(body)
    assert before
    config = (tmp_path / "config").rename(tmp_path / "away")
    ran = fonds("export", "--evidence", number, "--to", "ev")
    assert "no checkpoint covers it yet, and the key that signs is not at hand" in ran.err
    assert ran.code == 2
    config.rename(tmp_path / "config")
    assert fonds("export", "--evidence", number, "--to", "ev").code == 0
    with Archive("data/archive.db") as archive:
        after = archive.newest_checkpoint()
    assert after
    assert after.size > before.size


def test_an_archive_that_is_not_signed_says_so(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("in the way")
    _import(fonds)
    ran = fonds("export", "--evidence", "1", "--to", "ev")
    assert ran.code == 0
    assert "no checkpoint over this capture is signed" in ran.err
    assert "NOT SIGNED" in Path("ev/README.txt").read_text()


def test_what_cannot_be_exported_is_one_line(fonds: Run) -> None:
    fonds("init")
    _import(fonds)
    assert "say what to export" in one_line(fonds("export", "--to", "ev"))
    assert "there is no capture 9" in one_line(fonds("export", "--evidence", "9", "--to", "ev"))
    Path("ev").mkdir()
    assert "there is something already" in one_line(fonds("export", "--evidence", "1", "--to", "ev"))
    assert fonds("export", "--evidence", "1").code == 2


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("update body set data = zeroblob(40)", "restore it from a backup"),
        ("update capture set url = 'https://www.example.org/other'", ""),
        ("update leaf set record = cast(replace(cast(record as text), 'velmora', 'x') as blob)", "would not verify"),
        ("update log_node set hash = zeroblob(32)", "would not verify"),
    ],
)
def test_what_is_damaged_is_not_exported(fonds: Run, statement: str, message: str) -> None:
    fonds("init")
    _import(fonds)
    with Archive("data/archive.db") as archive, archive.transaction():
        triggers = archive.db.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for name, _ in triggers:
            archive.db.execute(f"drop trigger {name}")
        archive.db.execute(statement)
        for _, sql in triggers:
            archive.db.execute(sql)
    ran = fonds("export", "--evidence", "1", "--to", "ev")
    if message:
        assert message in one_line(ran)
        assert not Path("ev").exists()
    else:  # a column is no evidence: the leaf says what was recorded
        assert ran.code == 0
        assert "https://www.example.org/velmora" in Path("ev/README.txt").read_text()


def test_what_came_over_the_network_is_exported_as_it_came(fonds: Run, httpserver: HTTPServer) -> None:
    key = fonds("init").out.splitlines()[-1].partition("  ")[2]
    page = f"<html><title>Velmora</title><p>{WORDS}</p></html>".encode()
    packed = gzip.compress(page)
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow:\n")
    httpserver.expect_request("/old").respond_with_data(b"", status=302, headers={"Location": "/new"})
    httpserver.expect_request("/new").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    place = f"127.0.0.1:{httpserver.port}"
    ran = fonds("get", f"http://{place}/old", "--allow-address", place)
    assert ran.code in {0, 1}, ran.err
    with Archive("data/archive.db") as archive:
        numbers = [row.id for row in archive.captures()]
    assert len(numbers) == 2  # robots.txt and the page
    for number in numbers:
        assert fonds("export", "--evidence", number, "--to", f"ev-{number}").code == 0
        checked = _alone(f"ev-{number}", "--public-key", key)
        assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
    assert "redirects: 1 of 1 have their digest" in checked.stdout
    warc = Path(f"ev-{numbers[-1]}", "capture.warc").read_bytes()
    assert packed in warc
    assert b"GET /new HTTP/1.1\r\n" in warc
    assert b"Location: /new\r\n" in warc
