"""The command redact: what it says before and after, and what other commands say of what is gone."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from building import capture, day
from commands import Run, one_line, runner
from crawl_site import Site, page
from raw_server import answer

from scraper.archive import Archive
from scraper.diff import diff
from scraper.loader import load

URL = "https://example.org/reports/velmora"
WITNESS = "The witness Zyxquorble lives behind the mill."


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    run = runner(tmp_path, monkeypatch, capsys)
    with Archive(tmp_path / "a.db", create=True) as archive:
        for at, extra in ((1, ()), (2, (WITNESS,)), (3, ("Nobody was named.",))):
            load(archive, capture(page("Velmora", "The commission met.", *extra), day(at), url=URL))
        load(archive, capture(page("Velmora", "The commission met.", WITNESS), day(4), url=f"{URL}/again"))
        archive.checkpoint(day(5))
    return lambda *arguments: run("--archive", "a.db", "--now", "2024-03-30", *arguments)


def test_what_would_go_is_listed_and_nothing_is_removed(fonds: Run) -> None:
    ran = fonds("redact", "2", "--reason", "names a witness", "--dry-run")
    assert ran.code == 0
    assert [(row["capture"], row["asked"]) for row in ran.rows] == [(2, "yes"), (4, "no: the same bytes")]
    assert f"{URL}: 2 other captures of it stay" in ran.err
    assert "not reached are backups and other copies of the archive" in ran.err
    assert fonds("verify").err.count("redacted") == 0
    assert fonds("show", f"{URL}@2").out.count("Zyxquorble") == 1


def test_it_is_not_done_unasked_and_a_copy_beside_it_is_named(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "a.db.v4.backup.db").write_bytes(b"")
    ran = fonds("redact", "2", "--reason", "names a witness")
    assert ran.code == 2
    *_, copies, refused = ran.err.splitlines()
    assert copies.endswith("; beside the archive: a.db.v4.backup.db")
    assert refused.startswith("fonds: it cannot be undone: --yes says that you are sure")
    assert fonds("show", f"{URL}@2").code == 0


@pytest.mark.parametrize(("said", "code"), [("y", 0), ("n", 2)])
def test_on_a_terminal_it_asks(fonds: Run, tmp_path: Path, said: str, code: int) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "from scraper.cli import main; main()", "--archive", "a.db", "redact", "2"]
    with subprocess.Popen(
        [*command, "--reason", "names a witness"], cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        os.write(ours, f"{said}\n".encode())
        text = b""
        while b"\x00" not in text:
            try:
                text += os.read(ours, 65_536)
            except OSError:
                break
    os.close(ours)
    assert b"Remove the bytes of 2 captures for good? [y/N]" in text
    assert process.returncode == code
    assert fonds("redact", "2", "--reason", "x", "--dry-run").code == (2 if code == 0 else 0)


def test_what_is_gone_is_one_clear_line_by_every_command(fonds: Run) -> None:
    ran = fonds("redact", "2", "--reason", "names a witness", "--yes")
    assert ran.code == 0
    assert "removed the bytes of 2 captures, and what was read from them" in ran.err
    gone = "its bytes were removed on 2024-03-30: names a witness; kept are their digest, "
    for command in (
        ("explain", "2"),
        ("adopt", "2"),
        ("show", f"{URL}/again"),
        ("diff", f"{URL}/again"),
        ("redact", "2", "--reason", "again", "--yes"),
        ("redact", "2", "--reason", "again", "--dry-run"),
    ):
        line = one_line(fonds(*command))
        assert gone in line, command
    assert gone in one_line(fonds("show", f"{URL}@3"))
    assert fonds("search", "Zyxquorble").out == ""
    assert [(row["seq"], row["class"]) for row in fonds("log", URL).rows] == [(1, ""), (None, "removed"), (2, "words")]
    verified = fonds("verify")
    assert verified.code == 0
    assert "2 captures redacted on record: nothing is wrong" in verified.err
    assert [row["captures"] for row in verified.rows] == [[2, 4]]
    assert "1 capture redacted on record" in fonds("verify", "--capture", "4").err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("9",), "there is no capture 9"),
        (("5",), "capture 5 has no body, so there are no bytes to remove"),
        (("2", "9"), "there is no capture 9"),
    ],
)
def test_what_cannot_be_removed_is_said(fonds: Run, tmp_path: Path, arguments: tuple[str, ...], line: str) -> None:
    with Archive(tmp_path / "a.db") as archive:
        archive.store_capture(capture(None, day(6), outcome="failed", reason="it failed"))
    assert one_line(fonds("redact", *arguments, "--reason", "x", "--yes")) == f"fonds: {line}"
    assert fonds("show", f"{URL}@2").code == 0


@pytest.mark.parametrize("reason", ["", " ", "a\nb", "x" * 501])
def test_a_reason_is_one_line(fonds: Run, reason: str) -> None:
    line = one_line(fonds("redact", "2", "--reason", reason, "--yes"))
    assert line.endswith("expected one line of 1 to 500 characters")


def test_what_was_left_half_done_is_finished_by_the_same_command(fonds: Run, tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db") as archive:
        archive.redact(archive.takedown([2]), "names a witness", day(90), diff)
    verified = fonds("verify")
    assert (verified.code, verified.rows[-1]["captures"]) == (0, [])
    assert "fonds redact on one of them clears it" in verified.rows[-1]["what"]
    ran = fonds("redact", "2", "--reason", "names a witness", "--yes")
    assert (ran.code, ran.out) == (0, "")
    assert "what was removed before is cleared from the file now" in ran.err
    assert len(fonds("verify").rows) == 1


# A crawl afterwards ---------------------------------------------------------------------------------------------------


def test_a_crawl_goes_on_and_does_not_bring_the_bytes_back(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.with_sitemap = ()
    secret = page("Report A", "The commission met.", WITNESS)
    site.server.paths["/report/a"] = answer(secret, 'ETag: "a1"')
    site.server.paths["/report/b"] = answer(page("Report B", "The commission met.", WITNESS))
    site.crawl()
    archive = site.archive
    numbers = [row.id for row in archive.captures() if row.page_id and b"Zyxquorble" in archive.body(row.id)]
    archive.redact(archive.takedown(numbers), "names a witness", site.now(), diff)
    archive.wipe(site.now())
    site.server.paths["/report/a"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    result = site.crawl()
    assert not result.has_trouble
    assert any('If-None-Match: "a1"' in head for head in site.server.heads)
    outcomes = {event.url.rpartition("/")[2]: event.outcome for event in site.events}
    assert (outcomes["a"], outcomes["b"]) == ("not-modified", "redacted")
    coverage = result.coverage[0]
    assert coverage.captured == coverage.expected
    assert coverage.outcomes["redacted"] == 1
    assert b"Zyxquorble" not in archive.path.read_bytes() + Path(f"{archive.path}-wal").read_bytes()
    site.server.paths["/report/a"] = answer(page("Report A", "The commission met.", "Nobody was named."), 'ETag: "a2"')
    site.crawl()
    assert [version.seq for version in archive.versions(site.server.url("/report/a"))] == [1]
    archive.close()


def test_a_list_that_was_removed_is_not_in_the_way_of_a_crawl(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.with_sitemap = ()
    links = ("/report/a", "/report/b")
    site.server.paths["/list"] = answer(page("List", links=links), 'ETag: "1"')
    site.crawl()
    archive = site.archive
    number = next(row.id for row in archive.captures() if row.url.endswith("/list"))
    archive.redact(archive.takedown([number]), "names a witness", site.now(), diff)
    site.server.paths["/list"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    assert site.crawl().coverage[0].captured == 2
    archive.close()
