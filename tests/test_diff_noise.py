"""What rules hide in changes: laws, and what is ignored of each kind of change."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from test_diff import RECORDS, figure, link, p, record, stage, table

from parsers.record import Block, Mark, Recommendation, Record
from scraper.diff import Changes, Emphasis, Rule, applied, changes_from_dict, diff, ignored_lines, inverted, quieted

SCHEMA = json.loads((Path(__file__).parent.parent / "docs/fonds-diff.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
VISITORS = Rule(name="visitor counter", text=r"(?i)\bread [\d,]+ times\b\.?")
RULES = st.lists(
    st.sampled_from(
        [
            Rule(name="years", text=r"\b20\d\d\b"),
            Rule(name="numbers", text=r"[\d,]+"),
            Rule(name="sentences", text=r"They are [\d,]+\."),
            Rule(name="permission", text=r"without .* permission", kinds=("paragraph", "item")),
            Rule(name="pictures", text=r"(?s).+", kinds=("figure",)),
            Rule(name="names", text=r"(?:By )?Ana Lind", kinds=("byline", "authors")),
            Rule(name="watch", text=r"(?i)watch|VELMORA"),
            Rule(name="all", text=r".*families.*|Families.*|.*decree.*"),
            Rule(name="chinese", text=r"宪法|[“\"]"),
        ]
    ),
    max_size=4,
    unique_by=lambda rule: rule.name,
)


@given(RECORDS, RECORDS, RULES)
@settings(max_examples=800, deadline=None)
def test_what_is_quieted_still_leads_there_and_back(before: Record, after: Record, rules: list[Rule]) -> None:
    changes = diff(before, after)
    quiet = quieted(changes, rules)

    assert applied(quiet, before) == after
    assert quieted(quiet, rules) == quiet
    assert inverted(quiet) == quieted(inverted(changes), rules)
    assert quieted(changes, []) is changes
    values = json.loads(json.dumps(quiet.to_dict()))
    VALIDATOR.validate(values)
    assert changes_from_dict(values) == quiet
    assert (quiet != changes) == bool(quiet.ignored)


@given(RECORDS, RECORDS, RULES)
@settings(max_examples=200, deadline=None)
def test_nothing_is_taken_out_and_nothing_weighs_more(before: Record, after: Record, rules: list[Rule]) -> None:
    changes = diff(before, after)
    quiet = quieted(changes, rules)

    weights = ["none", "cosmetic", "words", "facts"]
    assert weights.index(quiet.class_) <= weights.index(changes.class_)
    assert quiet.words_changed <= changes.words_changed
    assert set(quiet.numbers) <= set(changes.numbers) or quiet.ignored
    assert [(one.before, one.after) for one in quiet.blocks] == [(one.before, one.after) for one in changes.blocks]
    assert bool(quiet) == bool(changes)
    assert set(quiet.ignored) <= {rule.name for rule in rules}
    assert len(ignored_lines(quiet)) == len(quiet.ignored)
    for block in quiet.blocks:
        if block.runs and block.op == "edited" and not block.block.rows:
            assert "".join(run.before for run in block.runs) == (block.before or block.block).text
            assert "".join(run.after for run in block.runs) == block.block.text
    if quiet.is_ignored:
        assert (quiet.class_, quiet.words_changed, quiet.numbers, quiet.dates) == ("none", 0, (), ())


def quiet(before: Record, after: Record, *rules: Rule) -> Changes:
    return quieted(diff(before, after), rules or [VISITORS])


def test_a_counter_alone_is_no_change_and_leaves_a_trace() -> None:
    changes = quiet(record("Roads are closed.", "Read 1,204 times"), record("Roads are closed.", "Read 1,377 times"))

    assert changes
    assert changes.is_ignored
    assert (changes.class_, changes.words_changed, changes.numbers) == ("none", 0, ())
    assert changes.summary == "1 passage ignored by 'visitor counter'"
    [block] = changes.blocks
    assert (block.ignored, [run.kind for run in block.runs]) == ("visitor counter", ["same", "ignored", "same"])


def test_a_counter_beside_an_edit_leaves_the_edit() -> None:
    changes = quiet(
        record("Roads are closed since 3 May. Read 1,204 times."),
        record("Roads are open since 4 May. Read 1,377 times."),
    )

    [block] = changes.blocks
    assert (block.ignored, block.class_, block.words_changed) == ("", "words", 3)
    assert [(run.before, run.after) for run in block.runs if run.kind == "ignored"] == [("1,204", "1,377")]
    assert changes.ignored == ("visitor counter",)
    assert changes.numbers == (("3", "4"),)
    assert changes.summary.endswith("1 passage ignored by 'visitor counter'")
    assert not changes.is_ignored


def test_a_run_that_is_in_part_insignificant_is_parted() -> None:
    changes = quiet(record("Roads closed Read 5 times now"), record("Roads open Read 7 times then"))

    assert [(run.kind, run.before, run.after) for run in changes.blocks[0].runs] == [
        ("same", "Roads ", "Roads "),
        ("words", "closed", "open"),
        ("same", " Read ", " Read "),
        ("ignored", "5", "7"),
        ("same", " times ", " times "),
        ("words", "now", "then"),
    ]


@pytest.mark.parametrize("op", ["dropped", "added"])
def test_a_passage_alone_is_ignored_where_no_word_is_left(op: str) -> None:
    sides = [record("Roads are closed.", "Read 12 times."), record("Roads are closed.")]
    changes = quiet(*(sides if op == "dropped" else sides[::-1]))

    assert [(change.op, change.ignored) for change in changes.blocks] == [(op, "visitor counter")]
    assert changes.is_ignored


def test_a_passage_in_part_insignificant_counts_what_is_left() -> None:
    changes = quiet(record("One."), record("One.", "Roads are closed. Read 12 times."))

    [block] = changes.blocks
    assert (block.class_, block.words_changed, block.ignored) == ("words", 3, "")
    assert [(run.kind, run.after) for run in block.runs] == [
        ("words", "Roads are closed. "),
        ("ignored", "Read 12 times."),
    ]
    assert changes.summary == "1 paragraph added (3 words); 1 passage ignored by 'visitor counter'"


def test_a_counter_that_comes_into_a_passage_is_ignored() -> None:
    assert quiet(record("Roads are closed."), record("Roads are closed. Read 12 times.")).is_ignored
    assert quiet(record("Read 12 times. Roads are closed."), record("Roads are closed.")).is_ignored


def test_a_counter_that_moves_is_ignored_and_a_passage_that_moves_is_not() -> None:
    blocks = [p(f"The council rules province {number} by decree.") for number in range(6)]
    counter = p("Read 12 times.")
    changes = quiet(record(counter, *blocks), record(*blocks, counter))
    assert ([change.op for change in changes.blocks], changes.is_ignored) == (["moved"], True)
    assert changes.summary == "1 passage ignored by 'visitor counter'"

    two = [replace(block, text=f"{block.text} Read {len(block.text)} times.") for block in blocks]
    other = [replace(two[0], text=two[0].text.replace("Read 44", "Read 99")), *two[1:]]
    changes = quiet(record(*two), record(*other[1:], other[0]))
    assert (changes.class_, changes.is_ignored) == ("words", False)
    assert changes.summary.startswith("1 paragraph moved")


def test_kinds_are_the_kinds_a_rule_is_for() -> None:
    rule = Rule(name="counter", text=r"\d+", kinds=("heading",))
    sides = (
        record(p("Nine 9"), Block(kind="heading", text="Part 1")),
        record(p("Nine 10"), Block(kind="heading", text="Part 2")),
    )
    changes = quiet(*sides, rule)
    assert [(change.block.kind, change.ignored) for change in changes.blocks] == [
        ("paragraph", ""),
        ("heading", "counter"),
    ]


def test_title_byline_and_authors_are_passages_and_dates_and_pictures_are_not() -> None:
    rule = Rule(name="minutes", text=r"\d+ min read|[12]\.jpg|20\d\d")
    before = record(title="Velmora (4 min read)", byline="4 min read", authors=("Ana", "4 min read"), published="2023")
    after = record(title="Velmora (5 min read)", byline="", authors=("Ana",), published="2024")
    changes = quiet(before, after, rule)
    assert {field.path: field.ignored for field in changes.fields} == {
        "/title": "minutes",
        "/byline": "minutes",
        "/authors": "minutes",
        "/published": "",
    }
    assert (changes.class_, changes.words_changed) == ("facts", 0)

    pictures = quiet(record(figure("1.jpg", "2023")), record(figure("2.jpg", "2024")), rule)
    assert pictures.class_ == "cosmetic"
    assert [run.kind for run in pictures.blocks[0].runs] == ["ignored"]


def test_a_picture_is_more_than_its_caption() -> None:
    sides = record("One."), record("One.", figure("1.jpg", "Read 12 times."))
    assert quiet(*sides).class_ == "words"
    assert quiet(*sides, replace(VISITORS, kinds=("figure",))).is_ignored


def test_cells_are_passages() -> None:
    sides = record(table(("Year", "Views"), ("2021", "4"))), record(table(("Year", "Views"), ("2021", "9")))
    assert quiet(*sides, Rule(name="cells", text="^[0-9]$")).is_ignored

    row = record(table(("Year", "Views"), ("2021", "4"), ("2022", "5")))
    assert quiet(sides[0], row, Rule(name="cells", text="^[0-9]$")).class_ == "words"


def test_recommendations_are_ignored_with_the_passage_they_stand_in_and_stages_are_not() -> None:
    rule = Rule(name="appeal", text="^Share this: .*", kinds=("item",))
    fact = Recommendation(text="Governments should act now.")
    item = Block(kind="item", text="Share this: Governments should act now.")
    changes = quiet(record("One.", item, facts=(fact, stage(9, "Extermination"))), record("One."), rule)

    assert [(change.kind, change.ignored) for change in changes.facts] == [("stage", ""), ("recommendation", "appeal")]
    assert changes.class_ == "facts"
    assert quiet(record("One.", item, facts=(fact,)), record("One."), rule).is_ignored


def test_a_recommendation_reworded_in_a_number_of_days_is_ignored() -> None:
    texts = [f"Governments should act within {days} days." for days in (12, 14)]
    one, two = (record(text, facts=(Recommendation(text=text),)) for text in texts)
    assert quiet(one, two, Rule(name="days", text=r"\d+ days")).is_ignored
    assert quiet(one, two, Rule(name="days", text=r"\d+ days", kinds=("paragraph",))).is_ignored
    assert quiet(one, two, Rule(name="days", text=r"\d+ days", kinds=("item",))).class_ == "facts"


def test_links_and_emphasis_go_with_what_they_stand_in() -> None:
    text = "Read 12 times. The council rules."
    one = record(p(text, Mark(kind="strong", start=0, end=13), Mark(kind="link", start=5, end=7, target="a")))
    two = record("The council rules.")
    changes = quiet(one, two)

    assert changes.is_ignored
    assert ([change.ignored for change in changes.links], changes.emphasis) == (["visitor counter"], Emphasis())
    assert diff(one, two).emphasis == Emphasis(class_="cosmetic", dropped=1)


def test_a_link_that_leads_elsewhere_is_ignored_by_its_words() -> None:
    one, two = (record(link("Roads. Read 12 times", "Read 12 times", target)) for target in ("a", "b"))
    assert quiet(one, two).is_ignored
    kept, led = (record(link("Roads. Read 12 times", "Roads", target)) for target in ("a", "b"))
    assert quiet(kept, led).class_ == "cosmetic"


def test_of_two_rules_the_first_is_named() -> None:
    both = Rule(name="first", text=r"[\d,]+ times"), VISITORS
    changes = quiet(record("Read 1 times"), record("Read 2 times"), *both)
    assert changes.ignored == ("first",)
    assert quieted(changes, [VISITORS]) == changes


def test_between_renditions_what_is_ignored_is_not_what_only_one_has() -> None:
    text = replace(record("Roads are closed."), media_type="text/plain")
    changes = quiet(record("Roads are closed.", "Read 12 times."), text)
    assert changes.summary == "1 passage ignored by 'visitor counter'"
