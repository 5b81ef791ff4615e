"""The commands changes and log: what is shown first, what was shown before, and what fits a terminal."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from building import capture, day, old_archive, record
from commands import Run, one_line, runner
from crawl_site import page

from parsers.record import Country
from scraper.archive import Archive, QueueScope
from scraper.claims import compare
from scraper.loader import load

SITE = "https://example.org/reports"
FIRST = ("The commission met in the north.", "It heard 41 witnesses over three days.", "Nobody was named by it.")
LATER = {
    "velmora": (FIRST[0], "It heard 63 witnesses over three days.", FIRST[2]),
    "ordania": (FIRST[0].upper(), *FIRST[1:]),
    "tovash": (*FIRST[:2], "Nobody was named by it at all.", "Updated at 12:04."),
}
FONDS = [sys.executable, "-c", "from scraper.cli.main import main; main()", "--archive", "a.db"]


def fill(path: Path) -> None:
    with Archive(path, create=True) as archive:
        for name, later in LATER.items():
            for at, texts in ((1, FIRST), (2, later)):
                source = "watch" if name != "tovash" else "noisy"
                load(archive, capture(page(name, *texts), day(at), url=f"{SITE}/{name}"), source=source)


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    run = runner(tmp_path, monkeypatch, capsys)
    fill(tmp_path / "a.db")
    return lambda *arguments: run("--archive", "a.db", "--now", "2024-02-01", *arguments)


def shown(fonds: Run, *arguments: object) -> list[str]:
    return [row["url"].rpartition("/")[2] for row in fonds("changes", *arguments).rows]


def on_terminal(folder: Path, columns: int, *arguments: str) -> list[str]:
    """The lines that a command prints on a terminal so wide."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": str(columns), "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        [*FONDS, *arguments], cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        told = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            told += part
        process.wait()
    os.close(ours)
    return told.decode().replace("\r\n", "\n").splitlines()


# The queue ------------------------------------------------------------------------------------------------------------


def test_changes_come_by_weight_or_by_time_and_are_counted(fonds: Run) -> None:
    assert shown(fonds) == ["velmora", "tovash", "ordania"]
    assert shown(fonds, "--limit", "1") == ["velmora"]
    assert fonds("changes").err == "3 changes, 2 silent edits\n"
    assert fonds("changes", "--limit", "1").err == "1 of 3 changes, 1 silent edit\n"
    assert fonds("changes", "--class", "gone").err == "no changes\n"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--class", "words", "--class", "cosmetic"), ["velmora", "tovash", "ordania"]),
        (("--class", "cosmetic"), ["ordania"]),
        (("--flag", "silent-edit"), ["velmora", "tovash"]),
        (("--source", "noisy"), ["tovash"]),
        (("--until", "2024-01-01"), []),
        (("--since", "2024-01-02", "--until", "2024-01-02"), ["velmora", "tovash", "ordania"]),
        (("--cause", "parser", "--cause", "chrome"), []),
    ],
)
def test_it_can_be_narrowed(fonds: Run, options: tuple[str, ...], expected: list[str]) -> None:
    assert shown(fonds, *options) == expected


@pytest.mark.parametrize("more", [(), ("--since-last-look", "ana"), ("--noise",)])
def test_a_source_or_country_that_nothing_is_of_is_told(fonds: Run, tmp_path: Path, more: tuple[str, ...]) -> None:
    told = one_line(fonds("changes", "--source", "nosuch", *more))
    assert told.endswith("no page of a source 'nosuch'; there is: noisy, watch")
    assert "no page of a source '../a'" in one_line(fonds("changes", "--source", "../a", *more))
    assert "no report on 'Atlantis'; `fonds list` has" in one_line(fonds("changes", "--country", "Atlantis", *more))
    (tmp_path / "data/sources").mkdir(parents=True)
    (tmp_path / "data/sources/nosuch.toml").write_text('title = "New"\nseeds = ["https://new.example/"]\n')
    found = fonds("changes", "--source", "nosuch", *more)
    assert (found.code, found.err.partition(";")[0].strip()) == (0, "no changes")


def test_a_country_is_found_by_any_of_its_names(tmp_path: Path, fonds: Run) -> None:
    with Archive(tmp_path / "a.db") as archive:
        for at, last in ((1, "Nobody was named."), (2, "Two were named.")):
            found = replace(record("It met.", last, url=f"{SITE}/k"), facts=(Country(name="Kenya", iso="KE"),))
            load(archive, capture(last, day(at), url=f"{SITE}/k"), parse=lambda _, found=found, **__: found)
    for name in ("Kenya", "kenya", "KE", "ke", "Republic of Kenya"):
        assert shown(fonds, "--country", name) == ["k"]


def test_flags_come_with_their_evidence(fonds: Run) -> None:
    row = fonds("changes", "--limit", "1").rows[0]
    assert (row["said"], row["source"], row["country"]) == ("silent edit", "watch", "")
    silent, _ = row["flags"]
    assert [(one["seq"], one["text"]) for one in silent["evidence"]][-2:] == [(1, FIRST[1]), (2, LATER["velmora"][1])]


# Since the last look --------------------------------------------------------------------------------------------------


def test_each_change_is_shown_to_somebody_once(fonds: Run) -> None:
    first = fonds("changes", "--since-last-look", "ana", "--limit", "2")
    assert [row["url"] for row in first.rows] == [f"{SITE}/velmora", f"{SITE}/tovash"]
    assert first.err == "2 of 3 changes, 2 silent edits; the first look of 'ana'\n"
    second = fonds("changes", "--since-last-look", "ana")
    assert [row["url"] for row in second.rows] == [f"{SITE}/ordania"]
    assert second.err == "1 change; 2 shown before to 'ana'\n"
    third = fonds("changes", "--since-last-look", "ana")
    assert (third.code, third.out, third.err) == (0, "", "no changes; 3 shown before to 'ana'\n")
    assert len(fonds("changes", "--since-last-look", "ben").rows) == 3


def test_what_is_peeked_at_is_not_noted(fonds: Run) -> None:
    for _ in range(2):
        told = fonds("changes", "--since-last-look", "ana", "--peek")
        assert told.err == "3 changes, 2 silent edits; the first look of 'ana'; not noted\n"
    assert fonds("changes", "--looks").err == "nobody has looked so far\n"


def test_only_what_was_asked_for_is_noted(fonds: Run) -> None:
    assert shown(fonds, "--since-last-look", "ana", "--class", "cosmetic") == ["ordania"]
    assert shown(fonds, "--since-last-look", "ana") == ["velmora", "tovash"]


def test_looks_are_listed_and_forgotten(fonds: Run) -> None:
    fonds("changes", "--since-last-look", "ana")
    fonds("changes", "--since-last-look", "ben", "--limit", "1")
    rows = fonds("changes", "--looks").rows
    assert [(row["name"], row["changes"], row["last_look"]) for row in rows] == [
        ("ana", 3, "2024-02-01T00:00:00Z"),
        ("ben", 1, "2024-02-01T00:00:00Z"),
    ]
    assert fonds("changes", "--forget", "ana").err == "forgot 3 changes that 'ana' was shown\n"
    assert "found nothing that 'ana' was shown" in one_line(fonds("changes", "--forget", "ana"))
    assert len(shown(fonds, "--since-last-look", "ana")) == 3


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 101, "\x1b[31m"])
def test_a_name_is_a_line(fonds: Run, name: str) -> None:
    assert "expected a name of 1 to 100 signs" in one_line(fonds("changes", "--since-last-look", name))
    assert "--forget" in one_line(fonds("changes", "--forget", name))


def test_to_peek_somebody_must_look(fonds: Run) -> None:
    assert "expected both" in one_line(fonds("changes", "--peek"))


def test_an_import_of_what_is_older_shows_what_it_brings_and_nothing_twice(fonds: Run, tmp_path: Path) -> None:
    shown(fonds, "--since-last-look", "ana")
    with Archive(tmp_path / "a.db") as archive:
        url = f"{SITE}/velmora"
        between = ("The commission did not meet.", *FIRST[1:])
        load(archive, capture(page("velmora", *between), day(1).replace(hour=9), url=url, method="import"))
        assert len(archive.versions(url)) == 3
    told = fonds("changes", "--since-last-look", "ana")
    assert [(row["after_version"], row["before_version"]) for row in told.rows] == [(2, 1)]


# What is imported late may not be readable for the other user, so that it is done once as this one.
READS_AS_ANOTHER = """
import contextlib, io, os, sys
from scraper.cli.main import main
nowhere = io.StringIO()
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
    main(["--archive", sys.argv.pop(), "changes"])
os.setgid(65534)
os.setuid(65534)
main()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can read as another user")
@pytest.mark.parametrize("old", [False, True], ids=["new", "unflagged"])
def test_who_may_only_read_gets_one_line_and_may_peek(old: bool) -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / "a.db"
        if old:
            Archive(old_archive(path, 6)).close()
        else:
            fill(path)

        def run(*more: str) -> subprocess.CompletedProcess[str]:
            other = Path(folder) / "other.db"
            if not other.exists():
                fill(other)
            command = [sys.executable, "-c", READS_AS_ANOTHER, "--archive", str(path), "changes", *more, str(other)]
            environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
            return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)

        refused = run("--since-last-look", "ana")
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1), refused.stderr
        assert "what is shown cannot be noted; --peek shows it all the same" in refused.stderr
        peeked = run("--since-last-look", "ana", "--peek")
        assert peeked.returncode == 0
        assert peeked.stdout.count("\n") == (5 if old else 3)
        assert ("changes without flags; this user may not write the file" in peeked.stderr) == old


def test_an_old_archive_is_looked_through_once(fonds: Run, tmp_path: Path) -> None:
    old_archive(tmp_path / "old.db", 6)
    assert "changes without flags; looking for them, once" in fonds("--archive", "old.db", "changes").err
    assert "without flags" not in fonds("--archive", "old.db", "changes").err


LOOKS = """
import os, sys
from scraper.archive import Archive
from scraper.cli.main import main
note_look = Archive.note_look
def noted(archive, name, keys, now):
    os.write(2, b"printed\\n")
    note_look(archive, name, keys, now)
    os.write(2, b"noted\\n")
Archive.note_look = noted
main()
"""


@pytest.mark.parametrize("at", [b"printed", b"noted"])
@pytest.mark.parametrize("later_s", [0, 0.001, 0.004])
def test_kill_9_leaves_all_that_was_shown_noted_or_none_of_it(tmp_path: Path, at: bytes, later_s: float) -> None:
    fill(tmp_path / "a.db")
    command = [sys.executable, "-c", LOOKS, "--archive", "a.db", "changes", "--since-last-look", "ana"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr
        while (line := process.stderr.readline().strip()) != at:
            assert line
        time.sleep(later_s)
        process.send_signal(signal.SIGKILL)
    with Archive(tmp_path / "a.db") as archive:
        keys = {place.key for place in archive.queue(QueueScope(), keyed=True)}
        assert archive.looked_at("ana") in ((keys,) if at == b"noted" else (set(), keys))
        assert archive.db.execute("pragma integrity_check").fetchall() == [("ok",)]


def test_what_nobody_could_read_is_not_noted(tmp_path: Path) -> None:
    """The reader of a pipe that is closed already has seen nothing."""
    fill(tmp_path / "a.db")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    ours, theirs = os.pipe()
    os.close(ours)
    command = [*FONDS, "changes", "--since-last-look", "ana"]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    assert b"Traceback" not in ran.stderr
    with Archive(tmp_path / "a.db") as archive:
        assert archive.looked_at("ana") == set()


def test_two_who_look_at_once_under_one_name_lose_nothing(tmp_path: Path) -> None:
    fill(tmp_path / "a.db")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    command = [*FONDS, "changes", "--since-last-look", "ana"]
    started = [
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    told = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    seen = {json.loads(line)["url"] for text in told for line in text.splitlines()}
    assert seen == {f"{SITE}/{name}" for name in LATER}
    with Archive(tmp_path / "a.db") as archive:
        assert len(archive.looked_at("ana")) == 3


# What sources say is insignificant ------------------------------------------------------------------------------------


@pytest.fixture
def declared(fonds: Run, tmp_path: Path) -> Callable[[str], None]:
    def declare(pattern: str) -> None:
        (tmp_path / "data/sources").mkdir(parents=True, exist_ok=True)
        (tmp_path / "data/sources/noisy.toml").write_text(
            f'title = "Noisy"\nseeds = ["{SITE}/tovash"]\n[[insignificant]]\nname = "clock"\ntext = \'{pattern}\'\n',
            encoding="utf-8",
        )

    return declare


def test_a_change_that_is_ignored_altogether_is_hidden_and_counted(fonds: Run, declared: Callable[[str], None]) -> None:
    declared(r"Updated at \d\d:\d\d.*|Nobody was named.*")
    told = fonds("changes")
    assert [row["url"] for row in told.rows] == [f"{SITE}/velmora", f"{SITE}/ordania"]
    assert told.err == "2 changes, 1 silent edit; 1 hidden by what sources say is insignificant, --noise shows them\n"
    assert shown(fonds, "--noise") == ["velmora", "tovash", "ordania"]
    assert shown(fonds, "--limit", "2") == ["velmora", "ordania"]


def test_what_is_hidden_is_not_noted_as_shown(fonds: Run, declared: Callable[[str], None], tmp_path: Path) -> None:
    declared(r"Updated at \d\d:\d\d.*|Nobody was named.*")
    assert shown(fonds, "--since-last-look", "ana") == ["velmora", "ordania"]
    assert shown(fonds, "--since-last-look", "ana") == []
    (tmp_path / "data/sources/noisy.toml").unlink()
    assert shown(fonds, "--since-last-look", "ana") == ["tovash"]


def test_one_that_is_ignored_in_part_weighs_what_is_left(fonds: Run, declared: Callable[[str], None]) -> None:
    before = next(row for row in fonds("changes").rows if row["url"].endswith("tovash"))
    declared(r"Updated at \d\d:\d\d.*")
    after = next(row for row in fonds("changes").rows if row["url"].endswith("tovash"))
    assert after["words_changed"] < before["words_changed"]
    assert "ignored" in after["summary"]


def test_a_source_file_with_mistakes_hides_nothing_and_is_told_of(fonds: Run, declared: Callable[[str], None]) -> None:
    declared("(")
    told = fonds("changes")
    assert len(told.rows) == 3
    assert "nothing is ignored by its rules" in told.err


# The versions of a page -----------------------------------------------------------------------------------------------


def test_log_has_what_was_counted(fonds: Run) -> None:
    rows = fonds("log", "velmora").rows
    assert [(row["words_changed"], row["numbers_changed"]) for row in rows] == [(0, 0), (1, 1)]
    head, _, second = fonds("log", "velmora", "--format", "table").out.splitlines()
    assert head.split() == ["seq", "after", "by", "class", "said", "words", "numbers", "summary"]
    assert "words    silent edit  1        1" in second
    head, *_ = fonds("log", "ordania", "--format", "table").out.splitlines()
    assert head.split() == ["seq", "after", "by", "class", "summary"]


def test_log_tells_of_bytes_that_were_removed(fonds: Run, tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db") as archive:
        archive.redact(archive.takedown([2]), "court order 3/2024", day(5), compare)
        archive.redact(archive.takedown([3, 4]), "court order 4/2024", day(5), compare)
    first, removed = fonds("log", "velmora").rows
    assert (first["seq"], removed["kind"], removed["capture"]) == (1, "redaction", 2)
    assert removed["summary"].startswith("capture 2: its bytes were removed on 2024-01-05: court order 3/2024")
    assert [row["capture"] for row in fonds("log", "ordania").rows] == [3, 4]


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_log_and_changes_fit_a_terminal(fonds: Run, tmp_path: Path, columns: int) -> None:
    for command in (("log", "velmora"), ("changes",), ("list",)):
        lines = on_terminal(tmp_path, columns, *command)
        assert max(map(len, lines)) <= columns
        assert any("velmora" in line for line in lines) or command[0] == "log"


def test_a_long_text_has_lines_of_its_own_where_it_would_be_squeezed(fonds: Run, tmp_path: Path) -> None:
    head, *lines = on_terminal(tmp_path, 80, "log", "velmora")
    assert head.split() == ["seq", "after", "by", "class", "said", "words", "numbers"]
    assert lines[1] == "    first version"
    assert lines[3].startswith("    1 word in 1 ")
