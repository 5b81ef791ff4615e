"""One real report in two renditions, against what is expected of them line by line."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from commands import runner

from parsers import Country, Recommendation, Record, Stage, parse
from scraper import compare

URL = "https://www.genocidewatch.com/single-post/north-korea-country-report"
TEXT, MARKDOWN = "000_a4fca12a419c7ab1.txt", "001_9293d40b282ca9d3.txt"


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((shared_data / "seeds" / "expected.json").read_text(encoding="utf-8"))
    return values


@pytest.fixture(scope="module")
def records(shared_data: Path) -> dict[str, Record]:
    return {name: parse((shared_data / "seeds" / name).read_bytes(), url=URL) for name in (TEXT, MARKDOWN)}


@pytest.mark.parametrize("name", [TEXT, MARKDOWN])
def test_every_line_that_is_expected_of_a_rendition_holds(
    name: str, expected: dict[str, Any], records: dict[str, Record]
) -> None:
    record = records[name]
    stages = [fact for fact in record.facts if isinstance(fact, Stage)]
    countries = [fact for fact in record.facts if isinstance(fact, Country)]
    found = {
        "rendition": record.media_type,
        "headline": record.headline,
        "title": record.title,
        "published": record.published,
        "authors": list(record.authors),
        "organisation": record.organisation,
        "country": [{"name": country.name, "iso": country.iso} for country in countries],
        "figures": [{"caption": figure.caption, "credit": figure.credit} for figure in record.figures],
        "body_paragraphs": sum(block.kind == "paragraph" for block in record.blocks),
        "first_words": record.text,
        "stages": [[stage.number, stage.name] for stage in stages],
        "stage_model": {stage.model for stage in stages},
        "recommendations": sum(isinstance(fact, Recommendation) for fact in record.facts),
        "chrome_removed": {part.text for part in record.chrome},
        "later_than_published": [flag.value for flag in record.flags if flag.name == "later-than-published"],
        "link_texts": [link.text for link in record.links],
    }
    wanted = dict(expected[name])
    assert found.pop("first_words").startswith(wanted.pop("first_words", ""))
    wanted["country"] = [wanted["country"]]
    wanted["stage_model"] = {wanted.get("stage_model", "ten stages")}
    wanted["chrome_removed"] = set(wanted.get("chrome_removed", ()))
    assert {key: found[key] for key in wanted} == wanted
    assert all(stage.agrees for stage in stages)
    assert not any(line in record.text for line in wanted["chrome_removed"])


def test_the_two_renditions_differ_in_what_is_expected_and_in_nothing_else(
    expected: dict[str, Any], records: dict[str, Record]
) -> None:
    wanted = expected["difference_between_the_two"]
    changes = compare(records[TEXT], records[MARKDOWN])
    assert changes.class_ == wanted["class"]
    edited = [block for block in changes.blocks if block.class_ != "none"]
    words = [[run.before, run.after] for block in edited for run in block.runs if run.kind != "same"]
    assert words == wanted["body_words_changed"]
    assert [block.op for block in changes.blocks] == ["edited"]
    assert not changes.facts
    only_in = {field.path: field.class_ for field in changes.fields}
    assert only_in == dict.fromkeys(("/headline", "/lead", "/byline", "/masthead"), "none")
    assert len(changes.links) == 17
    assert {link.op for link in changes.links} == {"added"}
    assert changes.emphasis.added > 0
    assert changes.emphasis.dropped == 0
    assert (changes.words_changed, changes.numbers, changes.dates) == (0, (), ())


# How each line of the last part of expected.json is seen: where only one rendition has it, and what is no difference.
ONLY_IN: dict[str, tuple[str, str]] = {
    "headline": ("/headline", "headline: {headline}"),
    "figure with caption": ("/lead", "lead picture: {caption}"),
    "organisation named in the byline": ("/byline", "part of the byline: {organisation}"),
    "organisation heading": ("/masthead", "masthead: {organisation}"),
    "tagline 'Alliance Against Genocide'": ("/masthead", "Alliance Against Genocide"),
    "17 links (their targets are '#')": ("", "17 links: {link}"),
    "emphasis and strong": ("", "emphasis: in"),
}
NO_DIFFERENCE = {
    "no-break spaces": re.compile("[\u00a0\u202f]"),
    "curly and straight quotation marks": re.compile("[“”‘’]"),
    "list markers": re.compile(r"^\s*(?:[*•-]|\d+[.)]) ", re.MULTILINE),
}


def test_the_command_names_each_line_that_is_expected_and_no_other(
    shared_data: Path,
    expected: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fonds = runner(tmp_path, monkeypatch, capsys)
    wanted = expected["difference_between_the_two"]
    files = [shared_data / "seeds" / name for name in (TEXT, MARKDOWN)]
    shown = fonds("compare", *files, "--url", URL)
    assert shown.code == 1
    lines = " ".join(shown.out.split())
    for word, other in wanted["body_words_changed"]:
        assert f"[-{word}-]{{+{other}+}}" in lines
    assert lines.count("[-") == lines.count("{+") == len(wanted["body_words_changed"])
    head, *parts = lines.split(f"Only in {files[0]} ")
    first, second = parts[0].split(f"Only in {files[1]} ")
    words = {
        "headline": expected[TEXT]["headline"],
        "caption": expected[TEXT]["figures"][0]["caption"],
        "organisation": expected[TEXT]["organisation"],
        "link": expected[MARKDOWN]["link_texts"][0],
    }
    for side, name in ((first, "only_in_000"), (second, "only_in_001")):
        assert [line for line in wanted[name] if ONLY_IN[line][1].format(**words) not in side] == []
    assert len(re.findall(r"headline|byline|lead picture|masthead|links|emphasis", head)) == 6  # in the summary alone

    found = json.loads(fonds("compare", *files, "--url", URL, "--format", "json").out)
    assert (found["class"], found["words_changed"], found["numbers_changed"]) == (wanted["class"], 0, [])
    (edited,) = found["blocks"]
    assert [[run["before"], run["after"]] for run in edited["runs"] if run["kind"] != "same"] == (
        wanted["body_words_changed"]
    )
    named = {ONLY_IN[line][0] for line in (*wanted["only_in_000"], *wanted["only_in_001"])} - {""}
    assert {(field["path"], field["class"]) for field in found["fields"]} == {(path, "none") for path in named}
    assert [(link["op"], link["class"], link["after"]["target"]) for link in found["links"]] == [
        ("added", "none", "#")
    ] * 17
    assert found["emphasis"]["class"] == "none"
    assert found["facts"] == []


def test_what_is_no_difference_stands_in_the_seeds_and_is_not_told(
    shared_data: Path, expected: dict[str, Any], records: dict[str, Record]
) -> None:
    bodies = [(shared_data / "seeds" / name).read_text(encoding="utf-8") for name in (TEXT, MARKDOWN)]
    for name in expected["difference_between_the_two"]["not_a_difference"]:
        counts = [len(NO_DIFFERENCE[name].findall(body)) for body in bodies]
        assert counts[0] != counts[1], name
    runs = [run for block in compare(records[TEXT], records[MARKDOWN]).blocks for run in block.runs]
    assert {run.kind for run in runs} == {"same", "cosmetic"}


def test_a_picture_later_than_the_report_is_told_on_import_and_in_the_log_and_no_edit_between_forms(
    shared_data: Path,
    expected: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fonds = runner(tmp_path, monkeypatch, capsys)
    folder = shared_data / "seeds"
    (later,) = expected[TEXT]["later_than_published"]
    imported = fonds("import", folder / TEXT, "--url", URL, "--at", "2024-03-10")
    assert f"says '{'March 7 2024'}', the report is dated {expected[TEXT]['published']}" in imported.err
    assert later == "2024-03-07"
    again = fonds("import", folder / MARKDOWN, "--url", URL, "--at", "2024-04-10")
    assert "dated" not in again.err
    assert again.out.count("dropped") == 0
    first, second = fonds("log", URL, "--format", "jsonl").rows
    assert (first["said"], [flag["name"] for flag in first["flags"]]) == ("later evidence", ["later-than-published"])
    evidence = [(one["path"], one["text"]) for one in first["flags"][0]["evidence"]]
    assert evidence == [("/published", expected[TEXT]["published"]), ("/lead/caption", "March 7 2024")]
    # The headline and the picture are in one form only: nobody has dropped them.
    assert (second["class"], second["said"], second["flags"]) == ("cosmetic", "", [])
