import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.record import AlertLevel, Block, Country, Figure, Mark, Recommendation, Record, Stage
from parsers.tables import row_text
from scraper.diff import About, Rule, diff, quieted, render_terminal
from scraper.diff.layout import marked

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
    about = About(records=(before, after))
    return render_terminal(diff(before, after), width=width, colour=colour, about=about)


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

Page
  title: Velmora {+Report+}
  date of publication: (absent) → 2024-03
  lead picture: Soldiers in March [Agency] → (absent)

Numbers
  changed: 12 → 13 (§3); 1,200 → 1,900 (§5)

Text  (§7 is the seventh passage; [-dropped-], {+added+})
  §1  paragraph: 1 word
      … since March 2019, and its assembly was [-dissolved-]{+suspended+} in the
      same week.
  §3  table: 4 words, 1 number among them, in 4 cells
      + column: Source | UN | UN
      row “2020”, column “Dead”: [-12-]{+13+}
  §5  paragraph moved from §2 and edited: 1 word, 1 number among them
      The river people speak their own language, and [-1,200-]{+1,900+} of their
      families were moved to camps near the border.
  §6  list item: 1 word, level changed
      The Council of States [-should-]{+must+} refer the situation to the court.
      level: 1 → 2
  §7  paragraph: 4 words
      独立报纸在[-一-]{+半+}年内被关闭，委员会中止了宪法。独立报纸在[-一-]{+半+}
      年内被关闭，委员会中止了宪法。独立报纸在[-一-]{+半+}年内被关闭，委员会中止
      了宪法。独立报纸在[-一-]{+半+}年内被关闭，委员 …

Only looks
  §4  picture “A camp”: image 1.jpg → 2.jpg

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
        "  §4  paragraph moved from §1, not edited",
        "      The river people speak their own language, and 1,200 of their …",
    ]


def test_typography_is_folded_into_one_line() -> None:
    before = record("They said “no”.", "It was – they said – so.", "Nothing else.")
    after = record('They said "no".', "It was - they said - so.", "Nothing else.")

    assert shown(before, after) == (
        "Only looks changed: typography of 2 paragraphs\n\n"
        "Only looks\n"
        "  §1, §2  only quotation marks, dashes or spaces differ"
    )


def test_numbers_are_shown_on_their_own() -> None:
    text = shown(record("In 2022, 300 fled and 12 died."), record("In 2023, 300 fled and none died."))

    assert "Numbers\n  changed: 2022 → 2023 (§1)\n  gone: 12 (§1)\n" in text


def test_a_split_paragraph_is_one_entry() -> None:
    one, two = "The council rules by decree.", "Families fled to the border."

    assert shown(record(f"{one} {two}"), record(one, two)).splitlines()[3:] == [
        "  §1 → §1–2  the same words in 2 paragraphs instead of 1",
        "      The council rules by decree. Families fled to the border.",
    ]


def test_long_passages_are_cut_and_say_so() -> None:
    text = shown(record(), record(" ".join(f"word{index}" for index in range(300))))

    assert " ".join(text.split()).endswith("word59 … (240 words more)")


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
            "  taken from 1 place",
        ),
        (
            table(("Year", "Dead"), ("2020", "12"), ("2021", "18"), ("2022", "25")),
            table(("Year", "Dead"), ("2021", "18"), ("2022", "25"), ("2020", "12")),
            "      row “2020”: moved from row 2 to row 4",
        ),
        (
            table(("Year", "Dead"), ("2020", "12"), ("2021", "18")),
            table(("Year", "Dead"), ("2020", "12"), ("2023", "7")),
            "      - row: 2021 | 18",
        ),
        (
            RULE,
            Block(kind="quotation", text=RULE),
            "  §1  quotation “Velmora has been ruled by a military …”: kind paragraph →",
        ),
        (Block(kind="table", text="x", rows=tuple([("x",)] * 130)), RULE, "      … (122 rows more)"),
        (f"See {'a' * 100}.", f"See {'b' * 100}.", "      [-" + "a" * 72),
    ],
)
def test_each_kind_of_change_has_its_line(before: Block | str, after: Block | str, line: str) -> None:
    assert line in shown(record(before), record(after)).splitlines()


def listed(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(kind="item", text=text) for text in texts)


def test_passages_that_came_together_are_one_entry_under_one_title() -> None:
    heading = Block(kind="heading", text="What they ask for", level=2)
    text = shown(record(RULE), record(RULE, heading, RIVER, *listed("Open the lagoon.", "Free the traders.")))

    assert text.splitlines()[3:] == [
        "  §2–5  4 passages added: 29 words",
        "    + What they ask for (heading)",
        "    + The river people speak their own language, and 1,200 of their families",
        "      were moved to camps near the border.",
        "    + • Open the lagoon.",
        "    + • Free the traders.",
    ]


def test_many_passages_that_went_are_counted_and_not_all_shown() -> None:
    text = shown(record(RULE, *(f"Witness {number} saw it." for number in range(30))), record(RULE))

    assert "  was §2–31  30 paragraphs dropped: 120 words" in text.splitlines()
    assert text.endswith("    - Witness 7 saw it.\n      … (22 passages more, 88 words)")


def test_a_passage_stands_under_its_heading() -> None:
    parts = [Block(kind="heading", text=name, level=2) for name in ("The river", "The court")]
    before, after = (
        record(parts[0], RIVER, parts[1], RULE),
        record(parts[0], RIVER + " Now.", parts[1], RULE + " So."),
    )

    assert shown(before, after).splitlines()[2:] == [
        "Text  (§7 is the seventh passage; [-dropped-], {+added+})",
        "  under “The river”",
        "  §2  paragraph: 1 word",
        "      … were moved to camps near the border. {+Now.+}",
        "",
        "  under “The court”",
        "  §4  paragraph: 1 word",
        "      … assembly was dissolved in the same week. {+So.+}",
    ]


def test_dates_are_shown_apart_from_numbers_and_told_once() -> None:
    text = shown(record("On 7 March 2024, 12 fled."), record("On 9 March 2024, 13 fled."))

    assert "Dates\n  changed: 7 March 2024 → 9 March 2024 (§1)\n\nNumbers\n  changed: 12 → 13 (§1)\n" in text


def test_a_number_that_went_three_times_from_one_passage_is_one_entry() -> None:
    text = shown(
        record("It is 10 here, as 10 there and 10 elsewhere."), record("It is so here, as so there and so elsewhere.")
    )

    assert "  gone: 10 (§1, 3 times)" in text.splitlines()


def test_the_name_of_a_row_that_is_a_page_of_text_is_cut() -> None:
    terms = "4.1 Price and payment of the service as it stands on the day of the order. " * 40
    text = shown(
        record(table(("Terms", "Short"), (terms, "Pay us."))), record(table(("Terms", "Short"), (terms, "Pay.")))
    )

    assert text.endswith("      row “4.1 Price and payment of the service …”, column “Short”: Pay\n        [-us-].")


def test_a_cell_that_names_its_row_is_named_by_numbers() -> None:
    text = shown(record(table(("A", "B"), ("old", "1"))), record(table(("A", "B"), ("young", "1"))))

    assert "      row 2, column “A”: [-old-]{+young+}" in text.splitlines()


def test_looks_that_differ_alike_are_one_line() -> None:
    before = [Block(kind="heading", text=name, level=3) for name in ("The river", "The court")]

    assert shown(record(*before), record(*(replace(block, level=2) for block in before))).splitlines()[2:] == [
        "Only looks",
        "  §1, §2  heading: level 3 → 2",
    ]


def test_case_and_punctuation_are_shown_with_a_few_words_around() -> None:
    text = shown(record(RULE), record(RULE.replace("military", "Military")))

    assert text.splitlines()[3] == "  §1  … ruled by a [-military-]{+Military+} council since March …"


def test_edits_of_looks_beyond_some_are_named_by_their_places() -> None:
    before = [f"The Court of town {number} is shut." for number in range(30)]
    text = shown(record(*before), record(*(text.replace("Court", "court") for text in before)))

    assert text.endswith("  §9, §10, §11, §12, §13, §14, §15, §16, §17, §18, §19, §20 and 10 more\n"
                         "      case or punctuation differs too")  # fmt: skip


def test_a_picture_without_words_is_named_by_its_image() -> None:
    picture = Block(kind="figure", text="", figure=Figure(image="camp.jpg"))

    assert shown(record(RULE), record(RULE, picture)).splitlines()[3:] == [
        "  §2  picture added",
        "    + image: camp.jpg",
    ]


def test_what_is_ignored_looks_different_and_is_counted_below() -> None:
    counter = Rule(name="the counter", text=r"Read \d+ times")
    before, after = record("Read 12 times by all.", RULE), record("Read 99 times by all.", RULE.replace("its", "the"))
    changes = quieted(diff(before, after), [counter])

    text = render_terminal(changes, width=80, colour=False)
    assert "99" not in text
    assert text.endswith("Ignored\n  1 passage ignored by 'the counter': §1")
    mixed = quieted(diff(record("Read 12 times. It is old."), record("Read 99 times. It is new.")), [counter])
    assert "[~12 → 99~] times. It is [-old-]{+new+}." in render_terminal(mixed, width=80, colour=False)
    assert "\x1b[2m~12 → 99~\x1b[0m" in render_terminal(mixed, width=80, colour=True)


def test_a_difference_that_is_all_ignored_says_so() -> None:
    counter = Rule(name="the counter", text=r"Read \d+ times")
    changes = quieted(diff(record("Read 12 times."), record("Read 99 times.")), [counter])

    assert render_terminal(changes, width=80, colour=False).startswith("Only what is ignored differs: ")


def test_text_from_right_to_left_is_kept_in_its_place_by_isolates() -> None:
    before, after = record("كتب التقرير في 12 مارس عن القرية."), record("كتب التقرير في 13 مارس عن القرية.")
    line = shown(before, after).splitlines()[-1]

    assert line == (
        "      \u2067\u2068كتب التقرير في \u2069\u2068[-12-]\u2069\u2068{+13+}\u2069\u2068 مارس عن القرية.\u2069\u2069"
    )
    assert "\u2068" not in shown(record(RULE), record(RIVER))


def test_what_is_known_of_a_comparison_stands_below_the_summary() -> None:
    before, after = record(RULE), record(RULE.replace("military", "civilian"))
    head = (("Page", "https://a.example/"), ("Did they say so?", "silent edit"), ("Did they say so?", "reverted"))
    about = About(records=(before, after), head=head)

    assert render_terminal(diff(before, after), width=80, colour=False, about=about).splitlines()[:5] == [
        "Words changed: 1 word in 1 paragraph",
        "  Page: https://a.example/",
        "  Did they say so? silent edit",
        "    reverted",
        "",
    ]


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


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("They {+never+} denied it.", r"They \{+never\+} denied it."),
        ("They [-never-] denied it.", r"They \[-never\-] denied it."),
        ("They [~7~] denied it.", r"They \[~7\~] denied it."),
        (r"They \{+never denied it.", r"They \\\{+never denied it."),
        ("They [sic] {denied} it.", "They [sic] {denied} it."),
    ],
)
def test_what_a_page_says_is_no_mark_of_an_edit(said: str, told: str) -> None:
    edited = shown(record(f"{said} It was March."), record(f"{said} It was May."))

    assert f"{told} It was [-March-]{{+May+}}." in edited
    assert f"+ {told}" in shown(record(RULE), record(RULE, said))
    assert said in shown(record(RULE), record(RULE, said), colour=True)


_SIGNS = st.text("[]{}+-~\\a", max_size=6)


@given(_SIGNS, st.sampled_from([("[-", "-]"), ("{+", "+}"), ("[~", "~]")]), _SIGNS)
def test_marks_can_be_told_from_text(one: str, marks: tuple[str, str], other: str) -> None:
    """Read from the left, with a backslash taking the sign behind it for text, no marks are seen but those set."""
    for written, expected in ((marked(one, *marks) + marked(other), [*marks]), (marked(other), [])):
        found = re.findall(r"\\.|(\[-|-\]|\{\+|\+\}|\[~|~\])|.", written)
        assert list(filter(None, found)) == expected


def test_a_passage_that_moved_and_has_its_number_still_says_so() -> None:
    goats, grain, head = "Seven other goats came by.", "Grain is dear in town now.", "A head stands here over all."
    told = shown(record(head, RULE, grain, RIVER, COURT, goats), record(head, goats, grain))

    assert "  §3  paragraph moved past others (§3 before, too), not edited" in told


def test_more_context_has_more_of_what_came_or_went() -> None:
    words = " ".join(f"word{number}" for number in range(300))
    for before, after in (((RULE,), (RULE, words)), ((RULE,), (f"{RULE} {words}",))):
        changes = diff(record(*before), record(*after))
        whole = render_terminal(changes, width=80, colour=False, context=1_000)
        assert "word299" in whole
        assert "more)" not in whole
        assert "word99 … (200 words more)" in " ".join(
            render_terminal(changes, width=80, colour=False, context=100).split()
        )


def test_another_image_is_in_the_summary_whether_or_not_its_caption_was_edited() -> None:
    before, same, edited = (
        record(Block(kind="figure", text=text, figure=Figure(image=image, caption=text)))
        for image, text in (("1.jpg", "A camp in March"), ("2.jpg", "A camp in March"), ("2.jpg", "A camp in May"))
    )

    assert diff(before, same).summary == "image of 1 picture changed"
    assert "image of 1 picture changed" in diff(before, edited).summary


def test_dates_and_numbers_say_that_those_of_whole_passages_are_not_among_them() -> None:
    before, edited = record(RULE, "A head."), RULE.replace("2019", "2018")
    title = "Dates  (in passages that were edited; not in those dropped or added)"

    assert title in shown(before, record(edited, "A head.", RIVER))
    assert title not in shown(before, record(edited, "A head.", COURT))


def test_a_passage_that_is_alone_in_how_it_looks_is_named() -> None:
    told = shown(record(f"“{RULE}”", RIVER), record(f'"{RULE}"', RIVER))

    assert "  §1  only quotation marks, dashes or spaces differ in “" in told
