"""A patch of a report: what it says, and that each word which came or went is in it."""

import re
import unicodedata
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.record import Block, Figure, Mark, Record, Stage
from parsers.tables import row_text
from scraper.diff import About, Changes, Rule, Run, diff, edits, quieted, render_terminal, render_unified
from scraper.diff.layout import columns, harmless
from scraper.diff.sentences import sentences

BLANK = Record(url="https://watch.example/velmora", media_type="text/html", layout="test", revision=1)
RULE = "Velmora has been ruled by a council since March 2019, and its assembly was dissolved in the same week."
RIVER = "The river people speak their own language, and 1,200 of their families were moved to camps near the border."
COURT = "The council should refer the situation to the court."
LONG = f"{RULE} {RIVER} Nobody was heard. {COURT} The camps are shut."


def record(*texts: str | Block, **fields: Any) -> Record:
    blocks = (Block(kind="paragraph", text=text) if isinstance(text, str) else text for text in texts)
    return replace(BLANK, blocks=tuple(blocks), **fields)


def heading(text: str) -> Block:
    return Block(kind="heading", text=text, level=2)


def table(*rows: tuple[str, ...]) -> Block:
    return Block(kind="table", text="\n".join(map(row_text, rows)), rows=rows)


def patch(before: Record, after: Record, **options: Any) -> list[str]:
    return render_unified(diff(before, after), about=About(records=(before, after)), **options).splitlines()


def body(before: Record, after: Record, **options: Any) -> list[str]:
    """The patch below the names of its sides."""
    lines = patch(before, after, **options)
    return lines[lines.index("+++ after") + 1 :]


def test_equal_records_have_no_patch() -> None:
    assert patch(record(RULE), record(RULE)) == []


def test_the_top_has_what_is_no_text_then_the_names() -> None:
    before, after = (
        record("On 7 March 12 fled."),
        record("On 7 March 13 fled.", facts=(Stage(number=9, name="x", model=""),)),
    )

    about = About(records=(before, after), head=(("Page", "https://a.example/"),))
    assert render_unified(diff(before, after), about=about, names=("one", "two")).splitlines()[:12] == [
        "# Facts changed: stage 9 added; 1 word in 1 paragraph; 1 number",
        "#   Page: https://a.example/",
        "#",
        "# Facts",
        "#   + stage 9: x",
        "#",
        "# Numbers",
        "#   changed: 12 → 13 (§1)",
        "--- one",
        "+++ two",
        "@@ -1,1 +1,1 @@ §1",
        "-On 7 March 12 fled.",
    ]


def test_an_edit_stays_in_its_sentence_with_those_around_it() -> None:
    assert body(record(heading("The river"), LONG), record(heading("The river"), LONG.replace("heard", "asked"))) == [
        "@@ -4,5 +4,5 @@ §2, under “The river”",
        " dissolved in the same week.",
        " The river people speak their own language, and 1,200 of their families were",
        " moved to camps near the border.",
        "-Nobody was heard. The council should refer the situation to the court.",
        "+Nobody was asked. The council should refer the situation to the court.",
        " The camps are shut.",
    ]


def test_a_passage_at_another_place_says_both() -> None:
    assert body(record(RULE, COURT), record("New.", RULE, COURT + " Now."))[2] == "@@ -4,1 +6,2 @@ §2 → §3"


def test_passages_that_came_together_are_one_hunk() -> None:
    assert body(record(RULE), record(RULE, heading("The court"), COURT)) == [
        "@@ -3,0 +4,3 @@ §2–3 added",
        "+The court",
        "+",
        "+The council should refer the situation to the court.",
    ]


def test_a_moved_passage_is_one_line() -> None:
    rest = ["Alone one stands.", "Two are company here.", "Three make a crowd."]

    assert body(record(RIVER, *rest), record(*rest, RIVER)) == [
        "# §4 moved from §1, not edited: “The river people speak their own …”"
    ]


def test_a_split_passage_is_one_line() -> None:
    one, two = "The council rules by decree.", "Families fled to the border."

    assert body(record(f"{one} {two}"), record(one, two)) == [
        "# the words of §1 stand in §1–2: “The council rules by decree. Families …”"
    ]


def test_typography_is_one_line_below_the_hunks() -> None:
    assert body(record("They said “no”.", RULE), record('They said "no".', f"{RULE} Now.")) == [
        "@@ -3,2 +3,3 @@ §2",
        " Velmora has been ruled by a council since March 2019, and its assembly was",
        " dissolved in the same week.",
        "+Now.",
        "# §1: only quotation marks, dashes or spaces differ",
    ]


def test_cells_rows_and_columns_are_hunks() -> None:
    before = record(table(("Year", "Dead"), ("2019", "7"), ("2020", "12")))
    after = record(table(("Year", "Dead", "By"), ("2019", "7", "UN"), ("2020", "13", "UN"), ("2021", "9", "UN")))

    heads = [line for line in body(before, after) if line.startswith("@@")]
    assert [line.partition("@@ §")[2] for line in heads] == [
        "1, column added",
        "1, row “2020”, column “Dead”",
        "1, row added",
    ]
    assert "+2021 | 9 | UN" in body(before, after)


def test_pictures_settings_fields_and_links_are_hunks() -> None:
    marks = tuple(Mark(kind="link", start=0, end=7, target=target) for target in "ab")
    picture = Block(kind="figure", text="A camp", figure=Figure(image="1.jpg", caption="A camp"))
    before = record(picture, heading("Roads"), Block(kind="paragraph", text=RULE, marks=marks[:1]), title="Velmora")
    after = record(
        replace(picture, figure=Figure(image="2.jpg", caption="A camp")),
        replace(heading("Roads"), level=3),
        Block(kind="paragraph", text=RULE, marks=marks[1:]),
        title="Velmora now",
    )
    lines = body(before, after)

    assert [line.partition("@@ ")[2] for line in lines if line.startswith("@@")][1:] != []
    changed = [line for line in lines if line[0] in "-+"]
    assert changed == ["-Velmora", "+Velmora now", "-1.jpg", "+2.jpg", "-2", "+3", "-“Velmora” a", "+“Velmora” b"]


def test_lines_of_preformatted_text_are_kept() -> None:
    blocks = [Block(kind="preformatted", text=f"first\nsecond {word}\nthird") for word in ("old", "new")]

    assert body(record(blocks[0]), record(blocks[1]))[1:] == [" first", "-second old", "+second new", " third"]


def test_context_is_a_number_of_lines_inside_the_passage() -> None:
    before, after = record(RULE, LONG), record(RULE, LONG.replace("Nobody", "Somebody"))

    assert len(body(before, after, context=0)) == 3
    assert len(body(before, after, context=1)) == 5


def test_what_is_ignored_is_told_at_the_top_and_shown_as_it_is_now() -> None:
    before, after = record("Read 12 times. It is old."), record("Read 99 times. It is new.")
    changes = quieted(diff(before, after), [Rule(name="the counter", text=r"Read \d+ times")])
    lines = render_unified(changes, about=About(records=(before, after))).splitlines()

    assert "#   1 passage ignored by 'the counter': §1" in lines
    assert lines[-2:] == ["-Read 12 times. It is old.", "+Read 99 times. It is new."]


def test_colours_are_those_of_patches() -> None:
    text = "\n".join(patch(record(RULE), record(RULE.replace("council", "board")), colour=True))

    assert "\x1b[31m-\x1b[0m\x1b[31mVelmora has been ruled by a \x1b[0m\x1b[31;7mcouncil\x1b[0m" in text
    assert "\x1b[36m@@ -1,2 +1,2 @@\x1b[0m" in text


WORDS = st.sampled_from(
    "the river council 1,200 dissolved. Families! https://a.example/a/long/path/of/an/address \x1b[2J \u202e \u200b "
    "独立报纸 カタカナ القرية. שלום e\u0301 “so” and-so 7 March 2024 ภาษาไทย \u2028 x".split(" ")
)
TEXTS = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)
BLOCKS = st.one_of(
    TEXTS.map(lambda text: Block(kind="paragraph", text=text)),
    TEXTS.map(heading),
    TEXTS.map(lambda text: Block(kind="item", text=text, level=1)),
    st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4).map(lambda rows: table(*rows)),
    TEXTS.map(lambda text: Block(kind="figure", text=text, figure=Figure(image="1.jpg", caption=text))),
)
PASSAGES = st.lists(BLOCKS, max_size=6)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Record, Record]:
    """Two reports that share some passages, whole or edited."""
    before = draw(PASSAGES)
    kept = [block for block in before if draw(st.booleans())]
    edited = [replace(block, text=f"{block.text} {draw(WORDS)}") if not block.rows else block for block in kept]
    after = draw(st.permutations([*edited, *draw(st.lists(BLOCKS, max_size=3))]))
    return record(*before, title=draw(TEXTS)), record(*after, title=draw(TEXTS))


def harmful(text: str) -> set[str]:
    """Signs that a terminal may obey, apart from line feeds, our colours, and isolates that end in their line."""
    left = re.sub(r"\x1b\[[0-9;]+m", "", text)
    for line in left.splitlines():
        depth = 0
        for sign in line:
            depth += (sign in "\u2067\u2068") - (sign == "\u2069")
            assert depth >= 0
        assert depth == 0, line
    left = re.sub("[\n\u2067\u2068\u2069]", "", left)
    return {sign for sign in left if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp")}


@given(pairs(), st.sampled_from([40, 60, 100]), st.booleans())
def test_lines_keep_to_the_width_and_nothing_steers_a_terminal(
    pair: tuple[Record, Record], width: int, colour: bool
) -> None:
    changes = diff(*pair)
    text = render_terminal(changes, width=width, colour=colour, about=About(records=pair))
    unified = render_unified(changes, width=width, colour=colour, about=About(records=pair))

    plain = re.sub(r"\x1b\[[0-9;]+m", "", text)
    assert [line for line in plain.split("\n") if columns(line) > width] == []
    assert harmful(text) == harmful(unified) == set()


def squeezed(text: str) -> str:
    """*text* without white space and isolates, what is harmful in it as it is shown."""
    return re.sub(r"[\s↵]", "", harmless(re.sub("[\u2067-\u2069]", "", text)))


def changed(changes: Changes) -> list[tuple[str, str]]:
    """All texts that went and came."""
    found: list[tuple[str, str]] = []
    for change in changes.blocks:
        if change.class_ == "none" or change.op in ("moved", "regrouped"):
            continue
        if change.op in ("dropped", "added"):
            texts = [cell for row in change.block.rows for cell in row] or [change.block.text]
            found += [(text, "") if change.op == "dropped" else ("", text) for text in texts]
        runs = [*change.runs, *(run for cell in change.cells for run in cell.runs)]
        found += [(run.before, run.after) for run in runs if run.kind in ("words", "cosmetic")]
    runs = [run for field in changes.fields for run in field.runs]
    return found + [(run.before, run.after) for run in runs if run.kind in ("words", "cosmetic")]


@given(pairs())
def test_every_word_that_came_or_went_is_in_the_patch(pair: tuple[Record, Record]) -> None:
    changes = diff(*pair)
    lines = render_unified(changes, about=About(records=pair), context=1_000).splitlines()
    before, after = (squeezed("".join(line[1:] for line in lines if line[:1] in kinds)) for kinds in (" -", " +"))

    for old, new in changed(changes):
        assert squeezed(old) in before
        assert squeezed(new) in after


@given(TEXTS, TEXTS, st.integers(20, 80))
def test_sentences_spell_both_texts_out(before: str, after: str, width: int) -> None:
    found = list(sentences(edits(before, after).runs, width))
    assert ["".join(one.side(side) for one in found) for side in (0, 1)] == [before, after]
    assert all(not one.differs or any(run.kind != "same" for run in one.runs) for one in found)


@pytest.mark.parametrize("width", [20, 40, 80])
def test_a_text_that_is_the_same_fits_the_width(width: int) -> None:
    found = sentences([Run(kind="same", before=LONG, after=LONG)], width)
    assert all(columns(one.side(1).strip()) <= width for one in found)


@given(pairs(), st.integers(0, 4))
def test_heads_of_hunks_count_their_lines(pair: tuple[Record, Record], context: int) -> None:
    lines = render_unified(diff(*pair), about=About(records=pair), context=context).splitlines()
    heads = [number for number, line in enumerate(lines) if line.startswith("@@ ")]
    for start, end in pairwise([*heads, len(lines)]):
        found = re.match(r"@@ -\d+,(\d+) \+\d+,(\d+) @@", lines[start])
        assert found
        signs = [line[:1] for line in lines[start + 1 : end]]
        assert [sum(sign in kinds for sign in signs if sign) for kinds in ("- ", "+ ")] == [
            int(found[1]),
            int(found[2]),
        ]
