import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.normal import shown
from parsers.record import (
    AlertLevel,
    Block,
    Country,
    Fact,
    Figure,
    Flag,
    Mark,
    Recommendation,
    Record,
    Stage,
)
from parsers.tables import row_text
from scraper.diff import applied, changes_from_dict, diff, inverted
from scraper.errors import DoesNotApply

BLANK = Record(url="https://watch.example/velmora", media_type="text/html", layout="test", revision=1)
SENTENCES = [
    "The council rules the river province by decree since 2021.",
    "The council rules the river province by decree since 2022.",
    "“Nobody” may leave the camps without written permission.",
    '"Nobody" may leave the camps without written permission.',
    "Families who flee should be granted asylum. They are 1,200.",
    "Families who flee should be granted asylum.",
    "They are 1,200.",
    "委员会中止了宪法。",
    "Recommendations",
    "",
]


def record(*blocks: Block | str, **fields: Any) -> Record:
    return replace(BLANK, blocks=tuple(p(block) if isinstance(block, str) else block for block in blocks), **fields)


def p(text: str, *marks: Mark) -> Block:
    return Block(kind="paragraph", text=text, marks=marks)


def link(text: str, words: str, target: str) -> Block:
    start = text.index(words)
    return p(text, Mark(kind="link", start=start, end=start + len(words), target=target))


def table(*rows: tuple[str, ...]) -> Block:
    return Block(kind="table", text="\n".join(filter(None, map(row_text, rows))), rows=rows)


def figure(image: str, caption: str = "", credit: str = "") -> Block:
    return Block(kind="figure", text=caption, figure=Figure(image=image, caption=caption, credit=credit))


def stage(number: int, name: str, model: str = "ten stages") -> Stage:
    return Stage(number=number, name=name, model=model)


TEXTS = st.sampled_from(SENTENCES)
MARKS = st.sampled_from(
    [
        (),
        (Mark(kind="strong", start=0, end=3),),
        (Mark(kind="link", start=0, end=3, target="a"),),
        (Mark(kind="link", start=0, end=3, target="b"), Mark(kind="emphasis", start=4, end=6)),
    ]
)
CELLS = st.sampled_from(["Year", "2021", "12", "18", ""])
PROSE = st.builds(
    Block,
    kind=st.sampled_from(["paragraph", "heading", "item"]),
    text=TEXTS,
    level=st.integers(0, 2),
    marks=MARKS,
)
FIGURES = st.builds(figure, st.sampled_from(["", "1.jpg", "2.jpg"]), TEXTS, TEXTS)
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.tuples(*[CELLS] * width), max_size=4).map(lambda rows: table(*rows))
)
FACTS = st.sampled_from(
    [
        Country(name="Velmora"),
        Country(name="Tarin", iso="TR"),
        AlertLevel(name="watch", level=1),
        AlertLevel(name="warning", level=2),
        stage(3, "Discrimination"),
        stage(3, "Discrimination", ""),
        stage(8, "Persecution"),
        stage(9, "Persecution"),
        *(Recommendation(text=text) for text in SENTENCES[4:7]),
        Recommendation(text=SENTENCES[4], addressees=("EU",)),
    ]
)
RECORDS = st.builds(
    Record,
    url=st.just(BLANK.url),
    media_type=st.sampled_from(["text/html", "text/html", "text/plain"]),
    layout=st.just("test"),
    revision=st.just(1),
    title=st.sampled_from(["", "Velmora", "VELMORA", "Velmora in 2021"]),
    headline=st.sampled_from(["", "War"]),
    byline=st.sampled_from(["", "By Ana Lind", "By Ana Lind, Watch"]),
    masthead=st.sampled_from([(), ("Watch",), ("Watch", "Alliance")]),
    authors=st.sampled_from([(), ("Ana Lind",)]),
    organisation=st.sampled_from(["", "Watch"]),
    published=st.sampled_from([None, "2023-12", "2024"]),
    lead=st.none() | FIGURES.map(lambda block: block.figure),
    blocks=st.lists(PROSE | FIGURES | TABLES, max_size=8).map(tuple),
    facts=st.lists(FACTS, max_size=4).map(tuple),
    modified=st.sampled_from([None, "2024-01"]),
    language=st.sampled_from(["", "en"]),
    canonical_url=st.sampled_from(["", "https://watch.example/velmora/"]),
    flags=st.sampled_from([(), (Flag(name="undated", detail="no date"),)]),
)


@given(RECORDS)
@settings(max_examples=2_000, deadline=None)
def test_a_record_does_not_differ_from_itself(one: Record) -> None:
    changes = diff(one, one)

    assert not changes
    assert (changes.class_, changes.words_changed, changes.numbers_changed) == ("none", 0, 0)
    assert changes.summary == "no difference"
    assert changes.rest == ()


@given(RECORDS, RECORDS)
@settings(max_examples=2_000, deadline=None)
def test_changes_lead_there_and_back_as_values_and_as_json_whatever_the_order_of_keys(
    before: Record, after: Record
) -> None:
    changes = diff(before, after)

    assert inverted(changes) == diff(after, before)
    assert inverted(inverted(changes)) == changes
    assert applied(changes, before) == after
    assert applied(inverted(changes), after) == before
    read = changes_from_dict(json.loads(json.dumps(changes.to_dict())))
    assert read == changes
    assert applied(read, before) == after
    assert diff(before, Record.from_dict(_turned(json.loads(after.to_json())))) == changes
    assert diff(after, replace(after, facts=after.facts[::-1])).class_ == "none"


def _turned(value: Any) -> Any:
    """*value* with the keys of all objects in another order."""
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    return [_turned(part) for part in value] if isinstance(value, list) else value


@given(RECORDS, RECORDS)
@settings(max_examples=200)
def test_changes_of_another_record_are_refused(before: Record, other: Record) -> None:
    changes = diff(before, replace(before, blocks=()))

    if other.blocks != before.blocks:
        with pytest.raises(DoesNotApply, match="start from another record"):
            applied(changes, other)


@pytest.mark.parametrize("values", [{}, {"schema": "fonds-diff-9"}, {"schema": "fonds-diff-1", "class": "none"}])
def test_changes_of_another_schema_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(DoesNotApply, match=r"expected 'fonds-diff-1'|compare the two versions again"):
        changes_from_dict(values)


@given(RECORDS, RECORDS)
@settings(max_examples=400)
def test_two_versions_never_differ_in_silence(before: Record, after: Record) -> None:
    after = replace(after, media_type=before.media_type)

    if before.digests.content != after.digests.content:
        assert diff(before, after).class_ != "none"
    if before.digests.facts != after.digests.facts:
        assert diff(before, after).class_ == "facts"


@given(RECORDS, RECORDS)
@settings(max_examples=200)
def test_changes_can_be_written_as_json(before: Record, after: Record) -> None:
    values = json.loads(json.dumps(diff(before, after).to_dict()))

    assert values["schema"] == "fonds-diff-1"
    for change in values["blocks"]:
        for side, blocks in (("before", before.blocks), ("after", after.blocks)):
            if change[side]:
                assert blocks[int(change[side]["path"].removeprefix("/blocks/"))].text == change[side]["text"]


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_case_and_punctuation_alone_are_cosmetic(texts: list[str]) -> None:
    before = record(*texts)
    after = record(*(text.upper().replace(".", "!") for text in texts))

    assert diff(before, after).class_ in ("cosmetic", "none")
    assert diff(before, after).words_changed == 0


@given(st.lists(TEXTS, min_size=1, max_size=6), st.data())
def test_one_word_changed_is_words(texts: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(texts) - 1))
    changed = [*texts[:place], f"{texts[place]} Unheard.", *texts[place + 1 :]]

    assert diff(record(*texts), record(*changed)).class_ == "words"


def test_an_edited_sentence_is_one_change_with_its_words_and_numbers() -> None:
    changes = diff(record(SENTENCES[4], SENTENCES[0]), record(SENTENCES[4], SENTENCES[1]))

    [change] = changes.blocks
    assert (change.op, change.before_index, change.after_index) == ("edited", 1, 1)
    assert changes.numbers == (("2021", "2022"),)
    assert changes.summary == "1 word in 1 paragraph; 1 number"


def test_a_moved_paragraph_is_no_deletion() -> None:
    before = [f"Paragraph number {index} speaks of subject {index * 31}." for index in range(12)]
    changes = diff(record(*before), record(*before[:3], *before[4:10], before[3], *before[10:]))

    [change] = changes.blocks
    assert (change.op, change.before_index, change.after_index) == ("moved", 3, 9)
    assert (changes.class_, changes.words_changed, changes.summary) == ("words", 0, "1 paragraph moved")


def test_a_paragraph_moved_and_edited_shows_only_its_edit() -> None:
    before = [f"Paragraph {index * 7} of the report tells what happened in district {index}." for index in range(8)]
    edited = before[1].replace("happened", "took place")
    changes = diff(record(*before), record(before[0], *before[2:7], edited, before[7]))

    [change] = changes.blocks
    assert (change.op, change.before_index, change.after_index) == ("moved-edited", 1, 6)
    assert changes.summary == "2 words in 1 paragraph; 1 paragraph moved"


def test_a_split_paragraph_is_cosmetic() -> None:
    changes = diff(record(SENTENCES[4], SENTENCES[0]), record(SENTENCES[5], SENTENCES[6], SENTENCES[0]))

    assert [change.op for change in changes.blocks] == ["regrouped"] * 3
    assert (changes.class_, changes.words_changed) == ("cosmetic", 0)


def test_deletions_stand_where_they_were() -> None:
    changes = diff(
        record("One fish swims.", "Two birds fly over.", "Three goats graze here."),
        record("One fish swims.", "Three goats graze here.", "Four dogs bark loudly."),
    )

    assert [(change.op, change.block.text) for change in changes.blocks] == [
        ("dropped", "Two birds fly over."),
        ("added", "Four dogs bark loudly."),
    ]


@pytest.mark.parametrize(
    ("before", "after", "ops", "summary"),
    [
        ([stage(3, "A")], [stage(3, "A"), stage(9, "B")], ["added"], "stage 9 added"),
        ([stage(3, "A"), stage(8, "C")], [], ["dropped"] * 2, "stages 3 and 8 dropped"),
        ([stage(8, "Persecution")], [stage(9, "Persecution")], ["changed"], "stage 9 changed"),
        ([stage(8, "B", "ten stages")], [stage(8, "B", "eight stages")], ["changed"], "stage 8 changed"),
        (
            [AlertLevel(name="watch", level=1)],
            [AlertLevel(name="warning", level=2)],
            ["changed"],
            "alert watch → warning",
        ),
        ([Country(name="A")], [Country(name="A"), Country(name="B")], ["added"], "country B added"),
        (
            [Recommendation(text="The EU should adopt targeted sanctions.")],
            [Recommendation(text="The EU must adopt targeted sanctions.")],
            ["changed"],
            "1 recommendation reworded",
        ),
        (
            [Recommendation(text="The EU should adopt targeted sanctions.")],
            [Recommendation(text="Banks may close."), Recommendation(text="Guards must go home today.")],
            ["dropped", "added", "added"],
            "2 recommendations added, 1 dropped",
        ),
        ([stage(3, "A"), stage(8, "B")], [stage(8, "B"), stage(3, "A")], [], "no difference"),
    ],
)
def test_facts_are_compared_by_their_key(before: list[Fact], after: list[Fact], ops: list[str], summary: str) -> None:
    changes = diff(record(facts=tuple(before)), record(facts=tuple(after)))

    assert [change.op for change in changes.facts] == ops
    assert changes.summary == summary
    assert changes.class_ == ("facts" if ops else "none")


def test_a_comma_in_a_recommendation_is_no_new_fact() -> None:
    before = record("Act now please.", facts=(Recommendation(text="Act now please."),))
    after = record("Act now, please.", facts=(Recommendation(text="Act now, please."),))

    assert diff(before, after).class_ == "cosmetic"


def asking(*sentences: str) -> Record:
    return record("A head.", *sentences, facts=tuple(Recommendation(text=sentence) for sentence in sentences))


def test_a_recommendation_is_reworded_where_its_passage_is_edited_and_dropped_where_that_is() -> None:
    water = "Donors should pay for clean water in the three camps."
    aid = "Donors should withhold all aid from the three camps."
    opens = "The government of Velmora should open the archives of the police."
    longer = (
        f"{water} They should do so before the rains, as the wells of the old town have run dry since, and ask nobody."
    )

    beside, beyond = diff(asking(water, opens), asking(aid, opens)), diff(asking(water, opens), asking(opens, aid))
    extended = diff(asking(water, opens), asking(longer, opens))

    assert ([change.op for change in beside.facts], [change.op for change in beside.blocks]) == (
        ["changed"],
        ["edited"],
    )
    assert {change.op for change in beyond.facts} == {change.op for change in beyond.blocks} == {"dropped", "added"}
    assert ([c.op for c in extended.facts], [c.op for c in extended.blocks]) == (["changed"], ["edited"])


@given(*[st.lists(st.sampled_from(SENTENCES[:7]), max_size=6).map(lambda texts: asking(*texts))] * 2)
@settings(max_examples=300)
def test_facts_that_are_passages_are_told_both_ways_alike(before: Record, after: Record) -> None:
    assert inverted(diff(before, after)) == diff(after, before)


def test_a_list_is_compared_item_by_item() -> None:
    one, two, three = (Block(kind="item", text=text, level=1) for text in (SENTENCES[0], SENTENCES[2], SENTENCES[5]))
    changes = diff(record(one, two, three), record(one, three, replace(two, level=2)))

    assert changes.summary == "1 list item moved"
    assert changes.blocks[0].fields[0].path == "/level"


def test_a_table_is_compared_cell_by_cell() -> None:
    before = table(("Year", "Dead"), ("2020", "12"), ("2021", "18"), ("2022", "25"))
    after = table(("Year", "Dead", "Source"), ("2020", "12", "UN"), ("2021", "19", "UN"), ("2023", "40", "UN"))
    changes = diff(record(before), record(after))

    [change] = changes.blocks
    places = [(c.before_row, c.after_row, c.before_column, c.after_column) for c in change.cells]
    assert (2, 2, 1, 1) in places
    assert {place for place in places if place[0] == 3} == {(3, None, 0, 0), (3, None, 1, 1)}
    assert {place for place in places if place[2] is None and place[0] is not None} == {
        (row, row, None, 2) for row in range(3)
    }
    assert changes.numbers == (("18", "19"),)


def test_rows_in_another_order_are_said_to_be_so() -> None:
    before = table(("Year", "Dead"), ("2020", "12"), ("2021", "18"), ("2022", "25"))
    after = table(("Year", "Dead"), ("2021", "18"), ("2022", "25"), ("2020", "12"))

    changes = diff(record(before), record(after))

    assert changes.blocks[0].cells == ()
    assert changes.summary == "1 table reordered"
    assert changes.class_ == "words"


def test_rows_and_columns_that_moved_are_named_and_their_cells_compared() -> None:
    before = table(("Year", "Dead", "Fled"), ("2020", "12", "300"), ("2021", "18", "410"), ("2022", "25", "520"))
    after = table(("Year", "Fled", "Dead"), ("2021", "410", "18"), ("2022", "530", "25"), ("2020", "300", "12"))

    [change] = diff(record(before), record(after)).blocks

    assert {(move.axis, move.before) for move in change.moves} in (
        {("row", 1), ("column", 1)},
        {("row", 1), ("column", 2)},
    )
    assert [(cell.before_row, cell.after_row, cell.runs[0].after) for cell in change.cells] == [(3, 2, "530")]
    assert [field.path for field in change.fields] == ["/rows", "/columns"]


def test_a_row_dropped_is_not_a_row_changed() -> None:
    before = table(("Year", "Dead"), ("2020", "12"), ("2021", "18"), ("2022", "25"))

    [change] = diff(record(before), record(table(*before.rows[:2], before.rows[3]))).blocks

    assert {(cell.before_row, cell.after_row) for cell in change.cells} == {(2, None)}
    assert (change.words_changed, change.moves) == (2, ())


def heading(text: str, level: int = 2) -> Block:
    return Block(kind="heading", text=text, level=level)


def test_a_heading_with_another_name_is_one_and_its_section_stands() -> None:
    before = record(heading("Background"), *SENTENCES[:2], heading("What must be done"), SENTENCES[5])
    after = record(heading("How it came about"), *SENTENCES[:2], heading("Demands"), SENTENCES[5])

    changes = diff(before, after)

    assert [(change.op, change.before_index, change.after_index) for change in changes.blocks] == [
        ("edited", 0, 0),
        ("edited", 3, 3),
    ]
    assert changes.summary == "8 words in 2 headings"


def test_a_heading_with_another_name_is_one_where_its_section_was_edited() -> None:
    before, after = record(heading("Background"), SENTENCES[0]), record(heading("How it came about"), SENTENCES[1])

    assert [change.op for change in diff(before, after).blocks] == ["edited", "edited"]


def test_a_heading_at_another_level_is_looks() -> None:
    changes = diff(record(heading("Background", 2), SENTENCES[0]), record(heading("Background", 3), SENTENCES[0]))

    assert [(field.path, field.before, field.after) for field in changes.blocks[0].fields] == [("/level", "2", "3")]
    assert (changes.class_, changes.summary) == ("cosmetic", "level of 1 heading changed")


def test_a_section_put_before_another_moves_with_its_heading() -> None:
    first = [heading("The river"), *(f"Paragraph {index * 7} of district {index}." for index in range(3))]
    second = [heading("The coast"), *(f"Sentence {index * 31} of harbour {index}." for index in range(5))]

    changes = diff(record(*first, *second), record(*second, *first))

    assert [(change.op, change.before_index) for change in changes.blocks] == [("moved", place) for place in range(4)]


def test_a_date_that_differs_is_told_as_it_is_written_and_once() -> None:
    changes = diff(record("Two hamlets burnt on 7 March 2024."), record("Two hamlets burnt on 9 March 2024."))

    assert changes.dates == (("7 March 2024", "9 March 2024"),)
    assert changes.numbers == (("7", "9"),)
    assert changes.summary == "1 word in 1 paragraph; 1 date"


def test_a_word_in_a_script_without_spaces_is_words() -> None:
    changes = diff(record("रास्ता बंद है और दिन है।"), record("रास्ता बंद है और दीन है।"))

    assert (changes.class_, changes.words_changed) == ("words", 1)


def test_passages_split_apart_from_each_other_are_told_of_one_by_one() -> None:
    before = record(SENTENCES[4], "Between them stands this.", "It rained. All roads were closed.")
    after = record(*SENTENCES[5:7], "Between them stands this.", "It rained.", "All roads were closed.")

    groups = {change.group for change in diff(before, after).blocks}

    assert groups == {((0,), (0, 1)), ((2,), (3, 4))}
    assert {change.op for change in diff(before, after).blocks} == {"regrouped"}


def test_pictures_are_known_by_image_and_caption() -> None:
    before = record(figure("1.jpg", "A camp in the north", "Agency"), "Text between.", figure("2.jpg", "A river"))
    after = record(figure("1.jpg", "Soldiers", "Agency"), "Text between.", figure("3.jpg", "A river", "Agency"))

    changes = diff(before, after)

    assert [change.op for change in changes.blocks] == ["edited", "edited"]
    assert [field.path for field in changes.blocks[1].fields] == ["/figure/image", "/figure/credit"]


def test_links_are_compared_by_words_and_target() -> None:
    before = record(link("The law of 2021 and the court.", "law", "a"), link("A camp here.", "camp", "b"))
    after = record(link("The law of 2021 and the court.", "law", "c"), link("A camp here.", "here", "b"))

    changes = diff(before, after)

    assert [change.op for change in changes.links] == ["retargeted", "reworded"]
    assert (changes.class_, changes.blocks) == ("cosmetic", ())


def test_emphasis_is_counted() -> None:
    changes = diff(record(p("A bold word", Mark(kind="strong", start=2, end=6))), record(p("A bold word")))

    assert (changes.emphasis.dropped, changes.emphasis.added, changes.class_) == (1, 0, "cosmetic")


def test_absent_fields_are_none() -> None:
    changes = diff(record(title="Velmora"), record(title="Velmora", headline="War", published="2024"))

    assert [(field.path, field.before, field.after) for field in changes.fields] == [
        ("/headline", None, "War"),
        ("/published", None, "2024"),
    ]
    assert changes.summary == "published undated → 2024; headline changed"


def test_what_only_one_rendition_carries_weighs_nothing() -> None:
    html = record(link(SENTENCES[2], "camps", "#"), figure("1.jpg", "A camp"), masthead=("Watch",), headline="War")
    text = replace(record(SENTENCES[3]), media_type="text/plain")

    changes = diff(html, text)

    assert changes.class_ == "none"
    assert changes.summary == "only in the first: headline, masthead, 1 picture and 1 link"


def test_a_fact_missing_in_a_rendition_is_a_difference() -> None:
    text = replace(record(), media_type="text/plain")

    assert diff(record(facts=(stage(3, "A"),)), text).class_ == "facts"


def test_thousands_of_blocks_are_compared_one_by_one() -> None:
    before = [f"Paragraph {index} of district{index % 700} tells of day{index}." for index in range(4_000)]
    after = [line.replace("tells", "speaks") if index % 10 == 0 else line for index, line in enumerate(before)]

    changes = diff(record(*before), record(*after))

    assert Counter(change.op for change in changes.blocks) == {"edited": 400}
    assert changes.words_changed == 400


def test_a_block_too_long_for_words_is_said_to_be_so() -> None:
    changes = diff(record("b c " * 5_000 + "d"), record("c b " * 5_000 + "e"))

    assert [change.coarse for change in changes.blocks] == [True]


def seed_record(path: Path, expected: dict[str, Any], *, media_type: str) -> Record:
    """The report in *path* as a parser should read it, found here by the position of its lines alone."""
    lines = [shown(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if line]
    title = lines.index(expected["title"])
    last = (
        next(index for index, line in enumerate(lines) if index > title and line.startswith(("Follow ", "bottom")))
        if (media_type == "text/plain")
        else len(lines)
    )
    blocks = tuple(_block(line) for line in lines[title + 3 : last])
    byline = lines[title + 2]
    facts: list[Fact] = [Country(**expected["country"])]
    facts += [stage(int(n), name) for n, name in re.findall(r"Stage (\d+): (\w+)", " ".join(b.text for b in blocks))]
    facts += [Recommendation(text=block.text) for block in blocks if block.kind == "item"]
    fields: dict[str, Any] = {"masthead": tuple(lines[:title])}
    if media_type == "text/plain":
        caption, credit = re.fullmatch(r"(.*) \[(.*)\]", lines[2]).groups()  # type: ignore[union-attr]
        fields = {"headline": lines[1], "lead": Figure(caption=caption, credit=credit)}
    return replace(
        BLANK,
        media_type=media_type,
        title=lines[title],
        published=expected["published"],
        byline=byline,
        authors=(byline.removeprefix("By ").split(",")[0],),
        organisation=expected["organisation"],
        blocks=blocks,
        facts=tuple(facts),
        **fields,
    )


def _block(line: str) -> Block:
    kind = "item" if line.startswith(("• ", "- ")) else "paragraph"
    text, marks = line.removeprefix("• ").removeprefix("- "), list[Mark]()
    while match := re.search(r"(?<!\\)\[((?:[^]\\]|\\.)*)\]\(([^)]*)\)|\*\*([^*]+)\*\*|\*([^*]+)\*", text):
        words = next(group for group in (match[1], match[3], match[4]) if group)
        words = words.replace("\\", "")
        span = {"start": match.start(), "end": match.start() + len(words)}
        marks.append(Mark(kind="link", target=match[2], **span) if match[1] else Mark(kind="emphasis", **span))
        text = text[: match.start()] + words + text[match.end() :]
    return Block(kind=kind, text=text, level=int(kind == "item"), marks=tuple(marks))  # type: ignore[arg-type]


def test_the_two_renditions_differ_in_what_is_expected_and_in_nothing_else(shared_data: Path) -> None:
    seeds = shared_data / "seeds"
    expected = json.loads((seeds / "expected.json").read_text(encoding="utf-8"))
    first, second = sorted(name for name in expected if name.endswith(".txt"))
    wanted = expected["difference_between_the_two"]
    before = seed_record(seeds / first, expected[first], media_type="text/plain")
    after = seed_record(seeds / second, expected[second], media_type="text/markdown")
    assert len(before.blocks) == len(after.blocks)

    changes = diff(before, after)

    words = [[run.before, run.after] for change in changes.blocks for run in change.runs if run.before != run.after]
    assert [pair for pair in words if pair[0].isalpha()] == wanted["body_words_changed"]
    assert [change.op for change in changes.blocks] == ["edited"]
    assert changes.class_ == wanted["class"]
    assert changes.facts == ()
    fields = {field.path: (field.before, field.after) for field in changes.fields}
    assert fields == {
        "/headline": (expected[first]["headline"], None),
        "/byline": (before.byline, after.byline),
        "/masthead": (None, after.masthead),
        "/lead": (before.lead, None),
    }
    assert {field.class_ for field in changes.fields} == {"none"}
    assert [(link.op, link.after.text) for link in changes.links if link.after] == [
        ("added", text) for text in expected[second]["link_texts"]
    ]
    assert changes.emphasis.added and not changes.emphasis.dropped
    assert changes.summary == (
        "case or punctuation of 1 paragraph; only in the first: headline, part of the byline and lead picture; "
        "only in the second: masthead, 17 links and emphasis"
    )


def test_facts_that_changed_places_have_one_order_both_ways() -> None:
    before = record(facts=(stage(3, "Discrimination", ""), stage(9, "Persecution")))
    after = record(facts=(stage(8, "Persecution"), stage(3, "Discrimination")))

    assert [(change.before_index, change.after_index) for change in diff(before, after).facts] == [(0, 1), (1, 0)]
    assert inverted(diff(before, after)) == diff(after, before)
