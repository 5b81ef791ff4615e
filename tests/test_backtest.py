"""What a rule would make of the past, as it is typed and on real archives."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from building import capture, day, missing, old_archive, record
from commands import Run, one_line, runner

from parsers.record import Account, Recommendation, Record, Stage
from scraper.archive import Archive
from scraper.loader import load

PATTERN = r"(?i)\bread [\d,]+ times\b\.?"
SOURCE = 'title = "Saltern Watch"\nseeds = ["https://saltern.example/"]\n'
RULE = f"[[insignificant]]\nname = 'visitor counter'\ntext = '''{PATTERN}'''\n"
ROADS = "Roads through the river province are closed since May. Nobody may leave."
VERSIONS = {
    "counter": (f"{ROADS}\nRead 12 times.", f"{ROADS}\nRead 1,377 times.", f"{ROADS}\nRead 2,001 times."),
    "edited": (f"{ROADS}\nRead 5 times.", f"{ROADS.replace('closed', 'open')}\nRead 7 times."),
    "gone": (f"{ROADS}\nRead 9 times.", "", f"{ROADS}\nRead 11 times."),
    "plain": (ROADS, ROADS.replace("May", "June")),
    "once": (ROADS,),
}


def _parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    text = body.decode()
    stages = (Stage(number=9, name="Extermination", model="ten stages"),) if "Stage 9" in text else ()
    asked = tuple(Recommendation(text=line) for line in text.split("\n") if line.startswith("Governments"))
    account = Account(report=len(text.split()), chrome=0, unclaimed=0)
    return record(*text.split("\n"), url=url, facts=(*stages, *asked), account=account, published="2024-01")


def fill(folder: Path, versions: dict[str, tuple[str, ...]], source: str = "saltern") -> None:
    (folder / "data" / "sources").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "sources" / "saltern.toml").write_text(SOURCE)
    with Archive(folder / "data" / "archive.db", create=True) as archive:
        for name, texts in versions.items():
            url = f"https://saltern.example/{name}"
            for number, text in enumerate(texts, 1):
                if text:
                    load(archive, capture(text, day(10 * number), url=url), source=source, parse=_parse)
                else:
                    gone = missing(day(10 * number), 410)
                    load(archive, gone.__class__(url=url, captured_at=gone.captured_at, outcome="missing", status=410))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    fill(tmp_path, VERSIONS)
    return runner(tmp_path, monkeypatch, capsys)


def accept(folder: Path, rule: str = RULE) -> None:
    (folder / "data" / "sources" / "saltern.toml").write_text(SOURCE + rule)


def told(rows: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(row["name"], row["version"], row["outcome"]) for row in rows]


def test_each_past_change_is_told_what_would_become_of_it(run: Run) -> None:
    found = run("backtest", PATTERN, "--source", "saltern")

    assert found.code == 1
    assert told(found.rows) == [("counter", 3, "hidden"), ("counter", 2, "hidden"), ("edited", 2, "lessened")]
    first, _, edited = found.rows
    assert (first["class_now"], first["class_then"], first["words_now"], first["words_then"]) == ("words", "none", 1, 0)
    assert first["now"] == "1 word in 1 paragraph; 1 number"
    assert first["then"] == "1 passage ignored by 'say what it is'"
    assert first["ignored"] == [["1,377", "2,001"]]
    assert (edited["words_now"], edited["words_then"], edited["ignored"]) == (2, 1, [["5", "7"]])
    assert "4 changes of 5 pages: 2 hidden, 1 lessened, 1 untouched" in found.err


def test_what_to_write_is_said_and_is_read_as_it_was_tried(run: Run, tmp_path: Path) -> None:
    found = run("backtest", PATTERN, "--source", "saltern", "--name", "visitor counter", "--kind", "paragraph")

    lines = found.err[found.err.index("[[insignificant]]") :]
    assert "to accept it, write into the file of saltern:" in found.err
    (rule,) = tomllib.loads(lines)["insignificant"]
    assert rule == {"name": "visitor counter", "text": PATTERN, "kinds": ["paragraph"]}
    accept(tmp_path, lines)
    assert run("sources", "check").code == 0
    assert run("backtest", PATTERN, "--source", "saltern", "--name", "visitor counter").code == 0


@pytest.mark.parametrize("pattern", ["it's \\d+", 'a"b', "a\nb\\d", "naïve\x7f", "''' \\w"])
def test_any_pattern_can_be_pasted(run: Run, tmp_path: Path, pattern: str) -> None:
    found = run("--json-log", "backtest", pattern, "--source", "saltern", "--name", "q")
    notes = [json.loads(line)["text"] for line in found.err.splitlines()]
    lines = "\n".join(notes[notes.index("[[insignificant]]") :])
    assert tomllib.loads(lines)["insignificant"][0]["text"] == pattern


def test_a_rule_that_matches_nothing_is_said_to(run: Run) -> None:
    found = run("backtest", "watched [0-9]+ times")
    assert (found.code, found.rows) == (0, [])
    assert "beware: it matches nothing" in found.err
    assert "matches nothing" not in run("backtest", "Nobody may leave").err


def test_a_rule_by_its_name_is_tried_against_doing_without_it(run: Run, tmp_path: Path) -> None:
    accept(tmp_path)
    found = run("backtest", "visitor counter", "--source", "saltern")
    assert told(found.rows) == [("counter", 3, "hidden"), ("counter", 2, "hidden"), ("edited", 2, "lessened")]
    assert "to accept it" not in found.err


def test_without_a_rule_what_it_hid_comes_back(run: Run, tmp_path: Path) -> None:
    accept(tmp_path)
    found = run("backtest", "--without", "visitor counter", "--source", "saltern")
    assert found.code == 1
    assert told(found.rows) == [("counter", 3, "added"), ("counter", 2, "added"), ("edited", 2, "raised")]
    assert found.rows[0]["ignored"] == [["1,377", "2,001"]]
    assert found.rows[0]["warns"] == []


def test_a_changed_pattern_is_compared_with_the_accepted_one(run: Run, tmp_path: Path) -> None:
    accept(tmp_path)
    found = run("backtest", r"Read \d,\d+ times|closed|open", "--source", "saltern", "--name", "visitor counter")
    assert told(found.rows) == [("counter", 2, "added"), ("edited", 2, "lessened")]
    assert found.rows[0]["ignored"] == [["12", "1,377"]]


def test_rules_are_read_from_a_file_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new.toml").write_text(RULE)
    found = run("backtest", "--rule", "new.toml", "--page", "counter")
    assert told(found.rows) == [("counter", 3, "hidden"), ("counter", 2, "hidden")]
    assert "write into the file of the source" in found.err


def test_it_warns_of_facts_numbers_silence_and_of_what_is_too_broad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = "Governments should send observers."
    fill(
        tmp_path,
        {
            "facts": (f"{ROADS}\n{asked}", ROADS),
            "numbers": (f"{ROADS} It burnt 12 houses.", f"{ROADS} It burnt 31 houses."),
        },
    )
    run = runner(tmp_path, monkeypatch, capsys)

    found = run("backtest", r"Governments should .*|\d+ houses|Roads .* May\. ")
    assert {row["name"]: row["warns"] for row in found.rows} == {
        "facts": ["facts", "silent edit"],
        "numbers": ["numbers", "silent edit"],
    }
    assert "beware: facts that changed would be hidden, in 1 change\n" in found.err
    assert "beware: words edited in silence would be hidden, in 2 changes\n" in found.err
    assert "beware: it matches more than half of 2 reports: facts (9 of" in found.err


def test_a_table_shows_some_of_what_is_hidden(run: Run) -> None:
    found = run("backtest", PATTERN, "--format", "table")
    assert "1,377 → 2,001" in found.out
    assert "hidden" in found.out
    assert "words → none" in found.out


def test_long_words_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(
        tmp_path,
        {"long": (ROADS, f"{ROADS}\n{'noise ' * 1000}", "\n".join([ROADS, *(f"noise {'x' * i}" for i in range(200))]))},
    )
    run = runner(tmp_path, monkeypatch, capsys)
    found = run("backtest", "noise.*")
    assert found.rows[0]["more_ignored"] > 100
    assert max(len(text) for row in found.rows for pair in row["ignored"] for text in pair) == 500


def test_what_cannot_be_done_is_one_line(run: Run, tmp_path: Path) -> None:
    assert (
        one_line(run("backtest", "("))
        == "fonds: RULE: found '(', expected a regular expression as RE2 has them: missing ): ("
    )
    assert "matches an empty text" in one_line(run("backtest", r"\d*"))
    assert "--kind: found 'paragraphs'" in one_line(run("backtest", "x", "--kind", "paragraphs"))
    assert "found none of RULE, --rule and --without" in one_line(run("backtest"))
    assert "found 2 of RULE" in one_line(run("backtest", "x", "--without", "y"))
    assert "found no --source" in one_line(run("backtest", "--without", "y"))
    assert "no rule 'y' in the file of saltern; there is: none" in one_line(
        run("backtest", "--without", "y", "--source", "saltern")
    )
    assert "no source 'nobody'" in one_line(run("backtest", "x", "--source", "nobody"))
    (tmp_path / "empty.toml").write_text("x = 5")
    assert "insignificant: missing" in one_line(run("backtest", "--rule", "empty.toml"))


def test_changes_that_an_older_fonds_stored_are_tried_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old_archive(tmp_path / "data" / "archive.db", 5)
    run = runner(tmp_path, monkeypatch, capsys)
    found = run("backtest", "[a-z]+")
    assert found.code == 1
    assert found.rows
    assert "are not known yet; `fonds changes` looks for them" in found.err


def test_sources_with_mistakes_hide_nothing_and_are_named(run: Run, tmp_path: Path) -> None:
    accept(tmp_path, RULE + "depth = 99\n")
    found = run("backtest", PATTERN)
    assert len(found.rows) == 3
    assert (
        "saltern.toml: nothing is ignored by its rules: mistakes (1); `fonds sources check` lists what is wrong"
        in found.err
    )
