import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from benchmarks.series import series
from parsers import parse
from parsers.record import Block, Figure, Mark, Record, Stage
from scraper.diff import Emphasis, Run, applied, changes_from_dict, diff

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/diff-format.md").read_text(encoding="utf-8")
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs/fonds-diff.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
OPTIONAL = {"ignored"}  # there only where a rule hides something
ADDED = {"dates_changed", "sizes", "rest"}  # since the first archives with this schema


def markdown(text: str | bytes) -> Record:
    body = text.encode() if isinstance(text, str) else text
    return parse(body, url="https://watch.example/velmora", content_type="text/markdown")


def pointed(values: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        values = values[int(part)] if isinstance(values, list) else values[part]
    return values


def test_the_example_is_what_its_two_texts_give() -> None:
    before, after = re.findall(r"```markdown\n(.*?)```", PAGE, re.DOTALL)
    [shown] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)

    changes = diff(markdown(before), markdown(after))

    assert json.loads(shown) == changes.to_dict()


def test_the_page_and_the_schema_tell_of_each_key() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    values = diff(RECORDS[0], RECORDS[1]).to_dict()
    told = set(re.findall(r"`(\w+)`", PAGE))

    assert values.keys() | OPTIONAL == SCHEMA["properties"].keys()
    assert values.keys() <= told
    assert told >= OPTIONAL
    assert set(SCHEMA["required"]) == values.keys() - ADDED
    for name, part in (("block", values["blocks"]), ("link", values["links"]), ("fact", values["facts"])):
        assert part[0].keys() | OPTIONAL == SCHEMA["$defs"][name]["properties"].keys()
        assert part[0].keys() <= told


ROWS = (("Year", "Burnt"), ("2021", "4"), ("2022", "9"))
TURNED = (("Year", "Burnt"), ("2022", "11"), ("2021", "4"))
RECORDS = tuple(
    Record(
        url="https://watch.example/velmora",
        media_type="text/html",
        layout="test",
        revision=revision,
        title="Velmora",
        lead=lead,
        facts=facts,
        blocks=blocks,
    )
    for revision, lead, facts, blocks in (
        (
            1,
            Figure(image="1.jpg", caption="A camp"),
            (Stage(number=8, name="Persecution", model="ten stages"),),
            (
                Block(kind="table", text="Year | Burnt\n2021 | 4\n2022 | 9", rows=ROWS, header_rows=1),
                Block(kind="heading", text="Background", level=2),
                Block(
                    kind="paragraph",
                    text="The council rules. It closed all schools of the valley.",
                    marks=(Mark(kind="link", start=4, end=11, target="https://watch.example/council"),),
                ),
            ),
        ),
        (
            2,
            None,
            (Stage(number=9, name="Extermination", model="ten stages"),),
            (
                Block(kind="table", text="Year | Burnt\n2022 | 11\n2021 | 4", rows=TURNED),
                Block(kind="heading", text="Background", level=3),
                Block(kind="paragraph", text="The council rules."),
                Block(kind="paragraph", text="It closed all schools of the valley."),
            ),
        ),
    )
)


def test_paths_lead_to_what_they_name_in_either_record() -> None:
    records = [json.loads(record.to_json()) for record in RECORDS]
    values = diff(*RECORDS).to_dict()

    sides = dict(zip(("before", "after"), records, strict=True))
    for side, record in sides.items():
        for change in values["blocks"]:
            if change[side]:
                assert pointed(record, change[side]["path"])["text"] == change[side]["text"]
            for cell in change["cells"]:
                assert pointed(record, cell[side]) == "".join(run[side] for run in cell["runs"])
            for path in (change["group"] or {side: []})[side]:
                assert pointed(record, path)["kind"] == "paragraph"
        for change in values["facts"]:
            if change[side]:
                assert pointed(record, change[side]["path"])["number"] == change[side]["number"]
        for change in values["links"]:
            if change[side]:
                assert pointed(record, change[side]["path"])["target"] == change[side]["target"]
        for part in values["rest"]:
            assert pointed(record, part[side]["path"]) == part[side]["value"]
    assert [move["axis"] for move in values["blocks"][0]["moves"]] == ["row"]
    assert values["links"]
    assert values["rest"]


def test_differences_of_all_kinds_are_of_the_schema() -> None:
    text = Record(url="https://watch.example/velmora", media_type="text/plain", layout="test", revision=1)
    for before in (*RECORDS, text):
        for after in (*RECORDS, text):
            VALIDATOR.validate(json.loads(json.dumps(diff(before, after).to_dict())))


def test_what_an_earlier_fonds_wrote_is_of_the_schema() -> None:
    values = diff(*RECORDS).to_dict()
    for key in ADDED:
        del values[key]
    for change in values["blocks"]:
        for key in ("moves", "group", "words_changed"):
            del change[key]

    VALIDATOR.validate(json.loads(json.dumps(values)))


def test_real_differences_are_of_the_schema_and_lead_to_the_record_after(shared_data: Path) -> None:
    revisions = series(shared_data / "series" / "text.db.xz")
    revisions.sort(key=lambda revision: revision.url)  # stable: those of a page stay in their order
    pairs = [(one.body, two.body) for one, two in pairwise(revisions) if one.url == two.url and one.body != two.body]

    for before, after in (tuple(map(markdown, pair)) for pair in pairs[::30]):
        values = json.loads(json.dumps(diff(before, after).to_dict()))
        VALIDATOR.validate(values)
        assert applied(changes_from_dict(values), before) == after


def test_what_is_ignored_is_of_the_schema_and_is_read_back() -> None:
    changes = diff(*RECORDS)
    run = Run(kind="ignored", before="1,204", after="1,377", ignored="visitors")
    hidden = replace(
        changes,
        fields=tuple(replace(change, class_="none", ignored="visitors") for change in changes.fields),
        facts=tuple(replace(change, class_="none", ignored="visitors") for change in changes.facts),
        blocks=tuple(replace(change, class_="none", runs=(run,)) for change in changes.blocks),
        links=tuple(replace(change, class_="none", ignored="links of readers") for change in changes.links),
    )

    values = json.loads(json.dumps(hidden.to_dict()))

    VALIDATOR.validate(values)
    assert values["ignored"] == ["visitors", "links of readers"]
    assert changes_from_dict(values) == hidden
    assert not hidden.is_ignored  # the blocks have other changes
    assert replace(hidden, blocks=(), emphasis=Emphasis()).is_ignored
