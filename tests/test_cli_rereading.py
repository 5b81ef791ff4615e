"""`fonds reparse`: what it prints, how it ends, and what it leaves."""

import os
import pty
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from commands import Run, runner
from test_site_learning import SITE, page, seen

from parsers.record import Record, Stage
from scraper.archive import Archive
from scraper.loader import load
from scraper.worker import parse

STAGE = Stage(number=9, name="Extermination", model="ten stages")


def _once(body: bytes, **arguments: object) -> Record:
    """The parser of an earlier day."""
    read = parse(body, **arguments)
    return replace(read, revision=read.revision - 1, title=f"{read.title} (once)", facts=(*read.facts, STAGE))


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("FONDS_ARCHIVE", "a.db")
    with Archive(tmp_path / "a.db", create=True) as archive:
        load(archive, seen("a", page("Velmora"), at=1), source="watch", parse=_once)
        load(archive, seen("a", page("Velmora", "It was opened again in May."), at=2), source="watch", parse=_once)
        load(archive, seen("b", page("Tovash"), at=1), parse=parse)
    run = runner(tmp_path, monkeypatch, capsys)
    monkeypatch.setenv("FONDS_ARCHIVE", "a.db")
    return run


def _leaves(folder: Path) -> int:
    with Archive(folder / "a.db") as archive:
        return archive.log_size()


def test_a_dry_run_lists_each_field_and_changes_nothing(fonds: Run, tmp_path: Path) -> None:
    before = _leaves(tmp_path)
    said = fonds("reparse", "--dry-run")
    assert said.code == 1
    rows = [
        (row["page"], row["version"], row["capture"], row["path"], row["before"], row["after"]) for row in said.rows
    ]
    assert rows == [
        (1, version, version, path, was, now)
        for version in (1, 2)
        for path, was, now in (
            ("title", "Report on Velmora (once)", "Report on Velmora"),
            ("stage/9", "Extermination, ten stages", None),
        )
    ]
    assert said.err == "2 pages, 3 captures read: 1 page would change\n"
    assert _leaves(tmp_path) == before
    assert fonds("changes", "--cause", "parser").rows == []
    table = fonds("reparse", "--dry-run", "--format", "table", f"{SITE}/a").out.splitlines()
    assert table[0].split() == ["page", "version", "path", "before", "after"]
    assert fonds("reparse", "--dry-run", f"{SITE}/b").code == 0


def test_a_reparse_says_what_it_did_and_leaves_out_what_is_done(fonds: Run) -> None:
    said = fonds("reparse", "--progress", "lines")
    assert (said.code, said.out.splitlines()) == (
        0, [f"reparsed 1 {SITE}/a changed", f"reparsed 2 {SITE}/b unchanged"],
    )  # fmt: skip
    assert said.err == "2 pages, 3 captures read: 1 page changed\n"
    assert fonds("reparse").err == (
        "0 pages, 0 captures read: 0 pages changed; 2 pages left out, read by today's parsers already\n"
    )
    rows = fonds("changes", "--cause", "parser").rows
    assert [(row["before_version"], row["after_version"], row["capture"], row["cause"]) for row in rows] == [
        (None, 2, 2, "parser"),
        (None, 1, 1, "parser"),
    ]
    assert [row["cause"] for row in fonds("changes").rows] == ["publisher"]
    log = fonds("log", f"{SITE}/a").rows
    assert [(row["seq"], row["kind"], row["cause"]) for row in log] == [
        (1, "record", ""), (1, "reading", "parser"), (2, "record", "publisher"), (2, "reading", "parser"),
    ]  # fmt: skip
    assert log[1]["summary"].startswith("read anew by article ")
    assert fonds("verify").code == 0


def test_a_page_that_stays_as_it_was_is_named(fonds: Run, tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db") as archive, archive.transaction():
        archive.db.execute("drop trigger body_no_update")
        archive.db.execute("update body set data = zeroblob(20) where id = 3")
        archive.db.execute(
            "create trigger body_no_update before update on body\n"
            "when not exists (select 1 from rewriting where body_id = old.id)\n"
            "    or new.id is not old.id or new.sha256 is not old.sha256 or new.bytes is not old.bytes\n"
            "begin select raise(abort, 'table body is evidence: no update'); end"
        )
    said = fonds("reparse")
    assert said.code == 1
    first, last = said.err.splitlines()
    assert first.startswith(f"{SITE}/b: stays as it was: capture 3 could be read and cannot be any more: ")
    assert last == "2 pages, 2 captures read: 1 page changed; 1 page stays as it was"


def test_of_a_page_that_is_gone_the_log_says_since_when_and_what_shows_it(fonds: Run, tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db") as archive:
        for number in (5, 6, 7):
            load(archive, seen("b", None, at=number, outcome="missing", status=404))
        load(archive, seen("b", page("Tovash"), at=9))
    rows = fonds("log", f"{SITE}/b").rows
    assert [(row["kind"], row["class"], row["summary"]) for row in rows[1:]] == [
        ("tombstone", "gone", "the page is gone since 2024-01-05, shown by captures 4, 5 and 6"),
        ("record", "returned", "the page is back; no difference"),
    ]


def test_pages_and_sources_are_chosen_by_name(fonds: Run) -> None:
    assert fonds("reparse", "--source", "watch").err.startswith("1 page, 2 captures read: 1 page changed")
    assert fonds("reparse", "--source", "wotch").err == "fonds: --source: no page of 'wotch' is in the archive\n"
    assert fonds("reparse", f"{SITE}/a", f"{SITE}/a").err.startswith("1 page, 2 captures read: 0 pages changed")
    both = fonds("reparse", "--source", "watch", f"{SITE}/a")
    assert (both.code, both.err) == (2, "fonds: --source: name a source or pages, not both\n")


def test_on_a_terminal_it_says_how_far_it_is(fonds: Run, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from scraper.cli import main; main()"
    root = str(Path(__file__).parents[1])
    arguments = [sys.executable, "-c", code, root, "--archive", str(tmp_path / "a.db"), "reparse"]
    with subprocess.Popen(arguments, stderr=theirs, stdout=theirs, env=os.environ | {"COLUMNS": "100"}) as process:
        os.close(theirs)
        said = b""
        while piece := _read(ours):
            said += piece
    assert process.returncode == 0
    assert said.decode().splitlines()[-1].endswith("1 page changed")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1000)
    except OSError:  # so a terminal ends
        return b""


def test_what_it_learns_anew_is_said(fonds: Run, tmp_path: Path) -> None:
    about = "Harbour Watch is an independent observatory of ports and of the people who work in them."
    with Archive(tmp_path / "a.db") as archive:
        for name in "cdef":
            load(archive, seen(name, page(name, about), at=3), parse=_bare)
    said = fonds("reparse")
    assert "learned chrome of watch.test: 1 line (1 new)" in said.err
    rows = fonds("changes", "--cause", "chrome").rows
    assert {row["url"] for row in rows} >= {f"{SITE}/{name}" for name in "cdef"}


def _bare(body: bytes, **arguments: object) -> Record:
    """An earlier parser, which made no outlines."""
    return replace(parse(body, **arguments), outline=None)
