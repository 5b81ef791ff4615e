import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest

from parsers.record import AlertLevel, Block, Country, Figure, Mark, Recommendation, Record, Stage
from parsers.tables import row_text
from scraper.diff import diff, render_terminal

BLANK = Record(url="https://watch.example/velmora", media_type="text/html", layout="test", revision=1)
RULE = "Velmora has been ruled by a military council since March 2019, and its assembly was dissolved in the same week."
RIVER = "The river people speak their own language, and 1,200 of their families were moved to camps near the border."
COURT = "The Council of States should refer the situation to the court."


def record(*texts: str | Block, **fields: Any) -> Record:
    blocks = (Block(kind="paragraph", text=text) if isinstance(text, str) else text for text in texts)
    return replace(BLANK, blocks=tuple(blocks), **fields)


def linked(text: str, words: str, target: str) -> Block:
    start = text.index(words)
    return Block(
        kind="paragraph",
        text=text,
        marks=(Mark(kind="link", start=start, end=start + len(words), target=target),),
    )


def table(*rows: tuple[str, ...]) -> Block:
    return Block(kind="table", text="\n".join(filter(None, map(row_text, rows))), rows=rows)


def shown(before: Record, after: Record, *, width: int = 80, colour: bool = False) -> str:
    return render_terminal(diff(before, after), width=width, colour=colour)


def columns(line: str) -> int:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in plain if not unicodedata.combining(sign))


FULL = (
    record(
        RULE,
        RIVER,
        linked("A law of that year forbids it.", "law", "https://a.example/1"),
        table(("Year", "Dead"), ("2019", "7"), ("2020", "12")),
        Block(kind="figure", text="A camp", figure=Figure(image="1.jpg", caption="A camp")),
        Block(kind="item", text=COURT, level=1),
        "独立报纸在一年内被关闭，委员会中止了宪法。" * 4,
        title="Velmora",
        lead=Figure(image="0.jpg", caption="Soldiers in March", credit="Agency"),
        facts=(Recommendation(text=COURT, addressees=("Council of States",)),),
    ),
    record(
        RULE.replace("dissolved", "suspended"),
        linked("A law of that year forbids it.", "law", "https://a.example/2"),
        table(("Year", "Dead", "Source"), ("2019", "7", "UN"), ("2020", "13", "UN")),
        Block(kind="figure", text="A camp", figure=Figure(image="2.jpg", caption="A camp")),
        RIVER.replace("1,200", "1,900"),
        Block(kind="item", text=COURT.replace("should", "must"), level=2),
        "独立报纸在半年内被关闭，委员会中止了宪法。" * 4,
        title="Velmora Report",
        published="2024-03",
        facts=(
            Stage(number=9, name="Extermination", model="ten stages"),
            Recommendation(text=COURT.replace("should", "must"), addressees=("Council of States",)),
        ),
    ),
)


def test_a_whole_diff_reads_from_the_weightiest_to_the_least() -> None:
    assert (
        shown(*FULL, width=80)
        == """\
Facts changed: stage 9 added; 1 recommendation reworded; published undated →
  2024-03; title and lead picture changed; 8 words in 5 passages; 1 column added
  (3 words); 1 paragraph moved; 2 numbers; image of 1 picture changed; 1 link
  retargeted

Facts
  + stage 9: Extermination (ten stages)
  ~ recommendation reworded: The Council of States [-should-]{+must+} refer the
    situation to the court.

Numbers
  changed: 12 → 13, 1,200 → 1,900

Page
  title: Velmora{+ Report+}
  date of publication: (absent) → 2024-03
  lead picture: Soldiers in March [Agency] → (absent)

Text (§ counts the passages of the report)
  §1  paragraph: 1 word
      … since March 2019, and its assembly was [-dissolved-]{+suspended+} in the
      same week.
  §3  table: 4 cells
      + column: Source | UN | UN
      row “2020”, column “Dead”: [-12-]{+13+}
  §4  picture: image changed
      image: 1.jpg → 2.jpg
  §5  paragraph moved here from §2 and edited: 1 word, 1 number among them
      The river people speak their own language, and [-1,200-]{+1,900+} of their
      families were moved to camps near the border.
  §6  list item: 1 word, level changed
      The Council of States [-should-]{+must+} refer the situation to the court.
      level: 1 → 2
  §7  paragraph: 4 words
      独立报纸在[-一-]{+半+}年内被关闭，委员会中止了宪法。独立报纸在[-一-]{+半+}
      年内被关闭，委员会中止了宪法。独立报纸在[-一-]{+半+}年内被关闭，委员会中止
      了宪法。独立报纸在[-一-]{+半+}年内被关闭，委员 …

Links
  ~ “law”  https://a.example/1 → https://a.example/2"""
    )


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("colour", [False, True], ids=["marks", "colour"])
def test_lines_keep_to_the_width(width: int, colour: bool) -> None:
    lines = shown(*FULL, width=width, colour=colour).splitlines()

    assert max(columns(line) for line in lines) <= width
    assert not any(line.endswith(" ") for line in lines)


def test_colour_and_marks_say_the_same() -> None:
    coloured = shown(record(RULE), record(RULE.replace("military", "civilian")), colour=True)

    assert "\x1b[31;9mmilitary\x1b[0m \x1b[32;1mcivilian\x1b[0m" in coloured
    assert "[-" not in coloured
    assert "[-military-]{+civilian+}" in shown(record(RULE), record(RULE.replace("military", "civilian")))


@pytest.mark.parametrize("colour", [False, True], ids=["marks", "colour"])
def test_a_page_cannot_steer_the_terminal(colour: bool) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e"
    before = record(f"Safe {evil} text", linked(f"A link{evil}", evil, f"x{evil}"), title=f"A{evil}")
    after = record(
        f"Safe {evil} words {evil}",
        linked(f"A link{evil}", evil, f"y{evil}"),
        f"New {evil}",
        title=f"B{evil}",
        headline=evil,
        facts=(Stage(number=1, name=evil, model=evil), Recommendation(text=evil, addressees=(evil,))),
    )
    text = shown(before, after, colour=colour)

    without_colours = re.sub(r"\x1b\[(?:[0-9;]+)m", "", text) if colour else text
    assert all(sign == "\n" or unicodedata.category(sign)[0] != "C" for sign in without_colours)


def test_equal_records_have_no_difference() -> None:
    assert shown(record(RULE), record(RULE)) == "No difference"


def test_only_the_words_around_an_edit_are_shown() -> None:
    assert shown(record(RULE), record(RULE.replace("assembly", "parliament"))).splitlines()[3:] == [
        "  §1  paragraph: 1 word",
        "      … military council since March 2019, and its [-assembly-]{+parliament+}",
        "      was dissolved in the same week.",
    ]


def test_a_moved_paragraph_says_where_it_came_from() -> None:
    rest = ["Alone one stands.", "Two are company here.", "Three make a crowd."]

    assert shown(record(RIVER, *rest), record(*rest, RIVER)).splitlines()[3:] == [
        "  §4  paragraph moved here from §1, not edited",
        "      The river people speak their own language, and 1,200 of their …",
    ]


def test_typography_is_folded_into_one_line() -> None:
    before = record("They said “no”.", "It was – they said – so.", "Nothing else.")
    after = record('They said "no".', "It was - they said - so.", "Nothing else.")

    assert shown(before, after) == (
        "Only looks changed: typography of 2 paragraphs\n\n"
        "Text (§ counts the passages of the report)\n"
        "  §1, §2  only quotation marks, dashes or spaces differ"
    )


def test_numbers_are_shown_on_their_own() -> None:
    text = shown(record("In 2022, 300 fled and 12 died."), record("In 2023, 300 fled and none died."))

    assert "Numbers\n  changed: 2022 → 2023\n  gone: 12\n" in text


def test_a_split_paragraph_is_one_entry() -> None:
    one, two = "The council rules by decree.", "Families fled to the border."

    assert shown(record(f"{one} {two}"), record(one, two)).splitlines()[3:] == [
        "  §1 → §1–2  the same words in 2 paragraphs instead of 1",
        "      The council rules by decree. Families fled to the border.",
    ]


def test_long_passages_are_cut_and_say_so() -> None:
    text = shown(record(), record(" ".join(f"word{index}" for index in range(300))))

    assert " ".join(text.split()).endswith("word119 … (180 words more)")


def test_renditions_have_a_section_for_each_side() -> None:
    html = record(linked(RULE, "council", "#"), headline="War", byline="By Ana Lind")
    text = replace(record(RULE, masthead=("Watch",), byline="By Ana Lind, Watch"), media_type="text/plain")
    changes = diff(html, text)

    assert render_terminal(changes, width=80, colour=False, names=("a.html", "b.txt")) == (
        "Only the form differs: only in the first: headline and 1 link; only in the\n"
        "  second: part of the byline and masthead\n\n"
        "Only in a.html\n  headline: War\n  1 link: council\n\n"
        "Only in b.txt\n  part of the byline: Watch\n  masthead: Watch"
    )


def test_what_was_too_large_is_said() -> None:
    changes = diff(record(*["a", "b"] * 6_000, "x"), record(*["b", "a"] * 6_000, "y"))

    assert "Too much changed at once" in render_terminal(changes, width=80, colour=False)
    assert "too long to be compared word by word" in shown(record("b c " * 6_000 + "d"), record("c b " * 6_000 + "e"))


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (linked(RULE, "council", "a"), linked(RULE, "military council", "a"), "  ~ “council” → “military council”  a"),
        (linked(RULE, "council", "a"), RULE, "  - “council”  a"),
        (RULE, linked(RULE, "council", "a"), "  + “council”  a"),
        (
            Block(kind="paragraph", text=RULE, marks=(Mark(kind="strong", start=0, end=7),)),
            RULE,
            "  set in 0 places, taken from 1",
        ),
        (
            table(("Year", "Dead"), ("2020", "12"), ("2021", "18"), ("2022", "25")),
            table(("Year", "Dead"), ("2021", "18"), ("2022", "25"), ("2020", "12")),
            "      order of rows: Year · 2020 · 2021 · 2022 → Year · 2021 · 2022 · 2020",
        ),
        (
            table(("Year", "Dead"), ("2020", "12"), ("2021", "18")),
            table(("Year", "Dead"), ("2020", "12"), ("2023", "7")),
            "      - row: 2021 | 18",
        ),
        (RULE, Block(kind="quotation", text=RULE), "      kind: paragraph → quotation"),
        (Block(kind="table", text="x", rows=tuple([("x",)] * 130)), RULE, "    - … (10 rows more)"),
        (f"See {'a' * 100}.", f"See {'b' * 100}.", "      [-" + "a" * 72),
    ],
)
def test_each_kind_of_change_has_its_line(before: Block | str, after: Block | str, line: str) -> None:
    assert line in shown(record(before), record(after)).splitlines()


def test_facts_are_named() -> None:
    facts = (
        Stage(number=4, name="", model=""),
        Country(name="Velmora"),
        Country(name="Tarin", iso="TR"),
        AlertLevel(name="watch", level=1),
        Recommendation(text="Act now.", addressees=("the EU", "the UN")),
    )

    assert shown(record(), record(facts=facts)).splitlines()[4:] == [
        "  + country: Velmora",
        "  + country: Tarin (TR)",
        "  + alert: watch",
        "  + stage 4",
        "  + recommendation: Act now. (to the EU, the UN)",
    ]


def test_a_recommendation_in_other_case_is_the_same_words() -> None:
    before, after = (record(facts=(Recommendation(text=text),)) for text in ("Act now.", "Act NOW."))

    assert "  ~ recommendation same words: Act [-now-]{+NOW+}." in shown(before, after)


def test_pictures_of_one_rendition_are_named_with_what_they_lack() -> None:
    picture = Block(kind="figure", text="A camp", figure=Figure(image="1.jpg", caption="A camp"))
    without = Block(kind="figure", text="A camp", figure=Figure(caption="A camp"))
    text = replace(record(without), media_type="text/plain")

    assert shown(record(picture), text).splitlines()[-1] == "  picture's image: 1.jpg"
