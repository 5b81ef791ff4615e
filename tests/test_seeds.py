"""One real report in two renditions, against what is expected of them line by line."""

import json
from pathlib import Path
from typing import Any

import pytest

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
