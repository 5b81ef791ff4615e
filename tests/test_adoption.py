from pathlib import Path

import pytest
from commands import Run, one_line, runner

from parsers import Record
from scraper.fixture import Fixture

PROJECT = Path(__file__).resolve().parents[1]
POST = PROJECT / "fixtures" / "wix" / "post" / "build-2025.html"
REPORT = PROJECT / "fixtures" / "genocidewatch" / "post" / "report.html"
WALL = "<title>Just a moment...</title><h1>Just a moment...</h1><p>Enable JavaScript and cookies to continue"
WORDS = "The harbour board met on Tuesday and talked of the price of salt and of the boats that lay idle. " * 3


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(tmp_path, monkeypatch, capsys)


def _captured(run: Run, page: Path, url: str) -> None:
    assert run("--archive", "a.db", "import", page, "--url", url, "--at", "2024-05-01").code in {0, 1}


def test_a_capture_becomes_a_page_to_test_with_and_a_record_to_read(run: Run, tmp_path: Path) -> None:
    _captured(run, REPORT, "https://www.genocidewatch.com/single-post/Brevanna")
    result = run("--archive", "a.db", "adopt", 1)
    made = Fixture(page=Path("fixtures/genocidewatch/post/brevanna.html"))
    assert (result.code, result.out) == (0, f"{made.page}\n{made.unread}\n")
    assert f"mv {made.unread} {made.golden}" in result.err
    assert made.page.read_bytes() == REPORT.read_bytes()
    assert Record.from_dict(made.stated()).title == "Brevanna Country Report"
    assert "content_type" not in made.stated()
    assert not made.golden.exists()
    assert (tmp_path / made.unread).exists()


def test_nothing_is_replaced_but_another_case_may_be_named(run: Run) -> None:
    _captured(run, REPORT, "https://www.genocidewatch.com/single-post/brevanna")
    assert run("--archive", "a.db", "adopt", 1).code == 0
    assert "brevanna.html: is there already" in one_line(run("--archive", "a.db", "adopt", 1))
    assert run("--archive", "a.db", "adopt", 1, "--as", "again", "--to", "other").out.startswith(
        "other/genocidewatch/post/again.html\n"
    )


def test_where_the_tests_do_not_look_is_said(run: Run) -> None:
    arguments = ("adopt", POST, "--url", "https://acme.example/post/lamp-tax/")
    assert "python -m pytest tests/test_fixtures.py" in run(*arguments, "--to", "./fixtures").err
    elsewhere = run(*arguments, "--to", "other").err
    assert "move it from other to the same place below fixtures: the tests look nowhere else" in elsewhere
    assert "pytest" not in elsewhere


def test_a_file_may_be_of_another_type_than_its_name_says_and_a_capture_has_its_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"# Salt\n\n{WORDS}", encoding="utf-8")
    arguments = ("adopt", "a.txt", "--url", "https://acme.example/salt", "--type", "text/markdown")
    assert run(*arguments).out.startswith("fixtures/generic/markdown/salt.md\n")
    refused = run("adopt", 1, "--type", "text/markdown")
    assert refused.code == 2
    assert "--type is for a file with --url" in refused.err


def test_a_wall_is_adopted_and_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "wall.html").write_text(WALL, encoding="utf-8")
    result = run("adopt", "wall.html", "--url", "https://acme.example/wall")
    assert result.code == 1
    assert "wall.html: would be held back: blocked: " in result.err
    stated = Fixture(page=Path("fixtures/generic/article/wall.html")).stated()
    assert "blocked" not in [flag["name"] for flag in stated["flags"]]  # which the page alone does not give


def test_what_was_learned_of_a_site_stands_in_a_fixture_and_that_is_said(run: Run, tmp_path: Path) -> None:
    for name, words in (("a", WORDS), ("b", WORDS.replace("salt", "tar")), ("c", WORDS.replace("boats", "nets"))):
        page = tmp_path / f"{name}.html"
        page.write_text(
            f"<main><h1>Of {name}</h1><p>{words}</p><p>Write to the harbour desk.</p></main>", encoding="utf-8"
        )
        _captured(run, page, f"https://acme.example/{name}")
    result = run("--archive", "a.db", "adopt", 3)
    assert result.code == 0
    assert (
        "capture 3: in the record stands 1 line, which the archive learned to take off; a fixture is read" in result.err
    )
    again = run("adopt", "c.html", "--url", "https://acme.example/c", "--as", "file")
    assert "learned" not in again.err


def test_a_file_is_adopted_with_its_url_into_the_family_that_claims_it(run: Run) -> None:
    result = run("adopt", POST, "--url", "https://acme.example/post/lamp-tax/")
    assert result.out.startswith("fixtures/wix/post/lamp-tax.html\n")


def test_a_page_that_only_its_content_type_explains_keeps_that(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_bytes(f"<main><h1>Fähren</h1><p>{WORDS}ä</p></main>".encode())
    result = run("adopt", page, "--url", "https://acme.example/")
    made = Fixture(page=Path("fixtures/generic/article/index.html"))
    assert result.out == f"{made.page}\n{made.unread}\n"
    assert "content_type" not in made.stated()
    text = tmp_path / "a.txt"
    text.write_text(f"Salt\n\n{WORDS}", encoding="utf-8")
    _captured(run, text, "https://acme.example/salt")
    assert run("--archive", "a.db", "adopt", 1).out.startswith("fixtures/generic/text/salt.txt\n")
    bold = tmp_path / "b.txt"
    bold.write_text(f"**Salt**\n\n{WORDS}", encoding="utf-8")
    run("--archive", "a.db", "import", bold, "--url", "https://acme.example/b", "--type", "text/plain")
    assert run("--archive", "a.db", "adopt", 2).code == 0
    assert Fixture(page=Path("fixtures/generic/text/b.txt")).stated()["content_type"] == "text/plain"


def test_a_page_its_site_does_not_know_needs_the_layout_that_is_to_come(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "redesigned.html"
    page.write_text(f"<main><h1>Salt</h1><p>{WORDS}</p></main>", encoding="utf-8")
    url = "https://www.genocidewatch.com/reports/salt"
    line = one_line(run("adopt", page, "--url", url))
    assert "no layout of site 'genocidewatch' recognises this page; name the layout" in line
    result = run("adopt", page, "--url", url, "--layout", "2025-02")
    assert (result.code, result.out.splitlines()[0]) == (1, "fixtures/genocidewatch/2025-02/salt.html")
    assert "would be held back: layout: no layout of site" in result.err
    assert "--layout: no site serves https://acme.example/" in one_line(
        run("adopt", page, "--url", "https://acme.example/", "--layout", "2025-02")
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("adopt", 7), "there is no capture 7"),
        (("adopt", "page.html"), "'page.html': found no number of a capture; a file needs --url"),
        (("adopt", "²"), "'²': found no number of a capture"),
        (("adopt", "none.html", "--url", "https://acme.example/"), "none.html: cannot be read"),
        (("adopt", 1, "--as", "../../etc"), "found '../../etc', expected a name"),
        (("adopt", "bad.html", "--url", "https://acme.example/"), "bad.html: "),
    ],
    ids=["no capture", "no url", "no figure", "no file", "another folder", "no page"],
)
def test_what_cannot_be_adopted_is_said_in_one_line(
    run: Run, tmp_path: Path, arguments: tuple[object, ...], line: str
) -> None:
    _captured(run, REPORT, "https://www.genocidewatch.com/single-post/brevanna")
    (tmp_path / "bad.html").write_bytes(b"<div>" * 100_000)
    assert line in one_line(run("--archive", "a.db", *arguments))
    assert not (tmp_path / "fixtures").exists()


def test_a_page_of_which_the_parser_is_unsure_is_adopted_with_a_warning(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_bytes(b"")
    _captured(run, tmp_path / "empty.html", "https://acme.example/empty")
    result = run("--archive", "a.db", "adopt", 1)
    assert result.code == 1
    assert "capture 1: is held back: 0 words" in result.err
