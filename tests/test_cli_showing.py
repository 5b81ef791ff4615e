"""How diff and compare show what differs: forms, files, pagers, and whoever stops reading."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Run, one_line, runner
from pytest_httpserver import HTTPServer

from scraper.cli.paging import pager

PROJECT = Path(__file__).resolve().parents[1]
URL = "https://reports.example/velmora"
SENTENCE = "Officers of the council have closed the northern lagoon to every boat that carries a grey card on board."
REPORT = f"""<html><head><title>Velmora Country Report</title></head><body><nav>Home</nav><main>
<h1>Velmora Country Report</h1><p>March 2024</p><p>{SENTENCE}</p>
<p>Vesper Watch considers Velmora to be at Stage 3: Discrimination and Stage 8: Persecution.</p></main></body></html>"""
LATER = REPORT.replace("every boat", "each boat").replace("Persecution.", "Persecution, Stage 9: Extermination.")
LONG = REPORT.replace("</main>", "".join(f"<p>Witness {n} saw the boats burn.</p>" for n in range(500)) + "</main>")


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in a folder with three files of one report."""
    for name, text in (("a", REPORT), ("b", LATER), ("long", LONG)):
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    return runner(tmp_path, monkeypatch, capsys)


@pytest.fixture
def two_versions(fonds: Run) -> Run:
    for number, name in enumerate("ab", start=1):
        assert fonds("import", f"{name}.html", "--url", URL, "--at", f"2024-0{number}-01").code == 0
    return fonds


def test_each_form_is_printed(fonds: Run) -> None:
    told = {
        form: fonds("compare", "a.html", "b.html", "--format", form) for form in ("terminal", "unified", "html", "json")
    }

    assert {result.code for result in told.values()} == {1}
    assert "[-every-]{+each+}" in told["terminal"].out
    assert "\n--- a.html\n+++ b.html\n@@ " in told["unified"].out
    assert told["html"].out.startswith("<!DOCTYPE html>")
    assert json.loads(told["json"].out)["schema"] == "fonds-diff-1"
    assert fonds("compare", "a.html", "b.html", "-u").out == told["unified"].out


def test_the_same_file_twice_is_no_difference(fonds: Run) -> None:
    assert fonds("compare", "a.html", "a.html").out == "No difference\n"
    same = fonds("compare", "a.html", "a.html", "--unified")
    assert (same.code, same.out, same.err) == (0, "", "no difference\n")


@pytest.mark.parametrize(
    ("name", "begins"),
    [("c.html", "<!DOCTYPE html>"), ("c.json", "{"), ("c.patch", "# Facts"), ("c.diff", "# Facts"), ("c.txt", "Facts")],
)
def test_a_file_is_written_in_the_form_of_its_ending(fonds: Run, tmp_path: Path, name: str, begins: str) -> None:
    result = fonds("compare", "a.html", "b.html", "--to", name)

    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"{name}: stage 9 added")
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith(begins)
    assert text.endswith("\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["a.html", "b.html", "long.html", name])


def test_a_form_that_is_named_goes_before_the_ending(fonds: Run, tmp_path: Path) -> None:
    fonds("compare", "a.html", "b.html", "--to", "c.txt", "--format", "json")
    assert json.loads((tmp_path / "c.txt").read_text(encoding="utf-8"))["class"] == "facts"


def test_a_file_gets_no_colours(fonds: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in fonds("compare", "a.html", "b.html").out
    fonds("compare", "a.html", "b.html", "--to", "c.txt")
    assert "\x1b[" not in (tmp_path / "c.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--to", "folder"), "folder: found something that is no file, expected a file or nothing; left as it is"),
        (
            ("--to", "/dev/full"),
            "/dev/full: found something that is no file, expected a file or nothing; left as it is",
        ),
        (("--to", "no/c.html"), "no/c.html: cannot be written: No such file or directory; nothing was written"),
        (("--unified", "--format", "json"), "--unified: found --format json too, expected one of them"),
        (
            ("--format", "html", "-U", "3"),
            "--context: found with html, which has all of the text; expected terminal or unified",
        ),
        (
            ("--format", "json", "--width", "80"),
            "--width: found with json, which has all of the text; expected terminal or unified",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(fonds: Run, tmp_path: Path, options: tuple[str, ...], line: str) -> None:
    (tmp_path / "folder").mkdir()
    assert one_line(fonds("compare", "a.html", "b.html", *options)) == f"fonds: {line}"


def test_a_width_below_40_is_refused(fonds: Run) -> None:
    result = fonds("compare", "a.html", "b.html", "--width", "39")
    assert (result.code, result.out) == (2, "")
    assert "39 is not in the range x>=40" in result.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "expected a text, found a PNG picture"),
        (None, "cannot be read: No such file or directory"),
    ],
    ids=["a picture", "no file"],
)
def test_a_file_that_is_no_report_is_one_line(fonds: Run, tmp_path: Path, content: bytes | None, said: str) -> None:
    if content:
        (tmp_path / "c").write_bytes(content)
    assert one_line(fonds("compare", "c", "b.html")).startswith(f"fonds: c: {said}")


def test_an_empty_file_is_compared_and_said_to_be_none(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.html").touch()
    result = fonds("compare", "empty.html", "b.html")
    assert result.code == 1
    assert result.err.startswith("empty.html: would be held back: ")


def test_diff_says_which_page_when_and_whether_they_said_so(two_versions: Run) -> None:
    told = two_versions("diff", "velmora").out.splitlines()[1:5]
    assert told[0] == f"  Page: {URL}"
    assert told[1:3] == [
        "  Before: version 1, last seen 2024-01-01T00:00:00Z",
        "  After: version 2, first seen 2024-02-01T00:00:00Z",
    ]
    assert told[3].startswith("  Did they say so? silent edit: ")
    assert "--- version 1 (last seen 2024-01-01T00:00:00Z)" in two_versions("diff", "velmora", "-u").out.splitlines()
    assert "Did they say so?" in two_versions("diff", "velmora", "--format", "html").out


def test_what_a_source_calls_insignificant_is_ignored(fonds: Run, tmp_path: Path, httpserver: HTTPServer) -> None:
    page = httpserver.url_for("/reports/velmora")
    httpserver.expect_request("/robots.txt").respond_with_data("")
    (tmp_path / "data" / "sources").mkdir(parents=True)
    (tmp_path / "data" / "sources" / "watch.toml").write_text(
        f'title = "Watch"\nseeds = ["{page}"]\ndelay_s = 0.0\n\n'
        '[[insignificant]]\nname = "which boats"\ntext = "(every|each) boat"\n',
        encoding="utf-8",
    )
    for number, body in enumerate((REPORT, REPORT.replace("every boat", "each boat")), start=1):
        httpserver.expect_oneshot_request("/reports/velmora").respond_with_data(body, content_type="text/html")
        address = f"127.0.0.1:{httpserver.port}"
        assert fonds("--now", f"2024-0{number}-01", "crawl", "--allow-address", address).code == 0

    result = fonds("diff", "velmora")
    assert result.code == 0, result.err
    assert result.out.startswith("Only what is ignored differs: ")
    assert "1 passage ignored by 'which boats': §1" in result.out


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, ("less", "-R")),
        ({"PAGER": "less -S"}, ("less", "-S", "-R")),
        ({"PAGER": "sed -n 1p"}, ("sed", "-n", "1p")),
        ({"PAGER": ""}, ()),
        ({"PAGER": "cat"}, ()),
        ({"TERM": "dumb"}, ()),
        ({"PAGER": "no-such-pager"}, ()),
        ({"PAGER": "sed 'x"}, ()),
    ],
)
def test_the_pager_is_the_one_asked_for(environment: dict[str, str], words: tuple[str, ...]) -> None:
    assert pager(environment) == words


def _at_a_terminal(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """The exit code of fonds and what it prints where a terminal is at all of its ends."""
    ours, theirs = pty.openpty()
    base = {name: value for name, value in os.environ.items() if name not in ("PAGER", "LESS", "FORCE_COLOR")}
    values = base | {"PYTHONPATH": str(PROJECT), "TERM": "xterm", "COLUMNS": "80", "LINES": "24"} | environment
    command = [sys.executable, "-c", "from scraper.cli import main; main()", *arguments]
    with subprocess.Popen(command, cwd=folder, env=values, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        printed = b"".join(_read(ours))
        os.close(ours)
    return process.returncode, printed.decode().replace("\r\n", "\n")


def _read(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            yield os.read(terminal, 65_536)
        except OSError:  # how Linux says that the other end of a terminal is closed
            return


def test_a_pager_is_used_at_a_terminal_alone(fonds: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, shown = _at_a_terminal(tmp_path, "compare", "a.html", "b.html", PAGER="sed s/^/paged:/")
    assert code == 1
    assert all(line.startswith("paged:") for line in shown.splitlines())
    assert "\x1b[31;9mevery\x1b[0m" in shown

    monkeypatch.setenv("PAGER", "sed s/^/paged:/")
    assert "paged:" not in fonds("compare", "a.html", "b.html").out


@pytest.mark.parametrize(("arguments", "program"), [(("--no-pager",), "false"), ((), ""), ((), "cat")])
def test_no_pager_is_used_where_none_is_wanted(
    tmp_path: Path, fonds: Run, arguments: tuple[str, ...], program: str
) -> None:
    code, shown = _at_a_terminal(tmp_path, "compare", "a.html", "b.html", *arguments, PAGER=program)
    assert code == 1
    assert "stage 9: Extermination" in shown


def test_leaving_the_pager_early_is_no_error(tmp_path: Path, fonds: Run) -> None:
    options = ("--unified", "--format", "unified")
    code, shown = _at_a_terminal(tmp_path, "compare", "a.html", "long.html", *options, PAGER="head -n 1")
    assert (code, len(shown.splitlines())) == (1, 1)


def test_a_pager_that_is_not_there_is_said_and_done_without(tmp_path: Path, fonds: Run) -> None:
    code, shown = _at_a_terminal(tmp_path, "compare", "a.html", "b.html", PAGER="no-such-pager")
    assert code == 1
    assert shown.startswith("$PAGER: no-such-pager is not to be found; printed without a pager\n")


def _piped(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """*command* of a shell in which "fonds" is ours; its last line is the exit code of fonds."""
    program = f"fonds() {{ {sys.executable} -c 'from scraper.cli import main; main()' \"$@\"; }}\n"
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        ["bash", "-c", program + command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("form", ["terminal", "unified", "json", "html"])
def test_whoever_stops_reading_early_is_no_error(tmp_path: Path, fonds: Run, form: str) -> None:
    done = _piped(
        tmp_path,
        f"fonds compare a.html long.html --format {form} | head -c 1; code=${{PIPESTATUS[0]}}; echo; echo $code",
    )
    assert (done.stdout.splitlines()[-1], done.stderr) == ("1", "")


@pytest.mark.parametrize("form", ["terminal", "unified", "json", "html"])
def test_a_full_disk_is_one_line(tmp_path: Path, fonds: Run, form: str) -> None:
    done = _piped(tmp_path, f"fonds compare a.html long.html --format {form} > /dev/full")
    assert (done.returncode, done.stderr) == (2, "fonds: writing failed: No space left on device\n")


def test_a_patch_is_one_that_other_programs_read(tmp_path: Path, fonds: Run) -> None:
    """git finds the hunks of each file, counts their lines, and says how much came and went."""
    fonds("compare", "a.html", "b.html", "--to", "c.patch")
    done = subprocess.run(
        ["git", "apply", "--numstat", "--unsafe-paths", "c.patch"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()[:2]) == (0, ["2", "2"]), done.stderr
