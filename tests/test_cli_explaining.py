import json
from pathlib import Path

import pytest
from commands import Run, one_line, runner

SENTENCE = "The port of Tovash is closed to all ships since the morning of the third of May. "
PAGE = f"<!doctype html><nav>Home</nav><main><h1>Velmora</h1><p>{SENTENCE * 9}</main>"
URL = "https://www.example.org/velmora"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    return runner(tmp_path, monkeypatch, capsys)


def test_a_file_is_explained_without_an_archive(run: Run, tmp_path: Path) -> None:
    shown = run("explain", "page.html", "--url", URL)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines()[0] == URL
    assert "title       Velmora  from h1" in shown.out.splitlines()
    assert not (tmp_path / "data").exists()


def test_a_file_without_a_url_is_explained_too(run: Run) -> None:
    assert run("explain", "page.html").out.startswith("https://example.invalid/\n")


def test_a_capture_is_explained_by_its_number(run: Run) -> None:
    run("import", "page.html", "--url", URL, "--at", "2024-03-01")
    shown = run("explain", 1, "--format", "json")
    values = json.loads(shown.out)
    assert (shown.code, values["stored"]["captured_at"]) == (0, "2024-03-01T00:00:00Z")
    assert values["stored"]["version"] == 1
    assert "In the archive: capture 1" in run("explain", 1).out


def test_a_file_named_as_a_capture_is_asked_for_by_its_path(run: Run, tmp_path: Path) -> None:
    run("import", "page.html", "--url", URL)
    (tmp_path / "1").write_text(PAGE, encoding="utf-8")
    both = run("explain", 1)
    assert "In the archive: capture 1" in both.out
    assert "the file of that name is ./1" in both.err
    assert "In the archive" not in run("explain", "./1").out


def test_a_page_that_would_be_held_back_is_a_finding(run: Run) -> None:
    shown = run("explain", "page.html", "--url", "https://www.genocidewatch.com/velmora")
    assert shown.code == 1
    assert "layout (holds the record back): no layout of site 'genocidewatch'" in shown.out


def test_the_width_is_kept(run: Run) -> None:
    assert max(map(len, run("explain", "page.html", "--width", 60).out.splitlines())) <= 60


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.html"], "absent.html: cannot be read"),
        ([7], "there is no archive"),
    ],
    ids=["no file", "no archive"],
)
def test_what_cannot_be_explained_is_named(run: Run, arguments: list[object], said: str) -> None:
    assert said in one_line(run("explain", *arguments))


def test_what_cannot_be_read_names_the_file_or_the_capture(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(b"\x89PNG\0\0")
    assert one_line(run("explain", "page.png")).startswith("fonds: page.png: ")
    run("import", "page.png", "--url", URL)
    assert one_line(run("explain", 1)).startswith("fonds: capture 1: ")
    assert "there is no capture 9" in one_line(run("explain", 9))


def test_a_capture_has_its_own_url_and_type(run: Run) -> None:
    result = run("explain", 1, "--url", URL)
    assert result.code == 2
    assert "--url and --type are for a FILE" in result.err
