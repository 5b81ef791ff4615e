"""Paragraphs that were joined with some words edited, in each form that people read and where a rule hides the edit."""

from dataclasses import replace

from parsers.record import Block, Record
from scraper.diff import (
    About,
    Rule,
    diff,
    html_fragment,
    inverted,
    quieted,
    render_html,
    render_terminal,
    render_unified,
)

DECREE = "The council rules the river province by decree since spring, and nobody was told of it before it came."
CLOSED = "Independent newspapers were closed within a year of the coup. Their editors were held for 41 days."
JOINED = f"{DECREE} {CLOSED.replace('41', '63')}"
BEFORE = Record(
    url="https://watch.example/velmora",
    media_type="text/html",
    layout="test",
    revision=1,
    title="Velmora",
    blocks=(Block(kind="paragraph", text=DECREE), Block(kind="paragraph", text=CLOSED)),
)
AFTER = replace(BEFORE, blocks=(Block(kind="paragraph", text=JOINED),))
CHANGES = diff(BEFORE, AFTER)
ABOUT = About(records=(BEFORE, AFTER))


def test_the_edit_is_told_once() -> None:
    assert (CHANGES.class_, CHANGES.words_changed, CHANGES.numbers) == ("words", 1, (("41", "63"),))
    assert CHANGES.summary == "1 word in 2 paragraphs that are 1 now; 1 number"


def test_a_terminal_shows_the_edit_and_where_the_words_stand_now() -> None:
    lines = render_terminal(CHANGES, width=80, colour=False, about=ABOUT).splitlines()

    assert "  §1–2 → §1  1 word, 1 number among them in 1 paragraph instead of 2" in lines
    assert "  changed: 41 → 63 (§1)" in lines
    assert sum("[-41-]{+63+}" in line for line in lines) == 1


def test_a_patch_has_the_sentence_that_was_edited() -> None:
    lines = render_unified(CHANGES, about=ABOUT).splitlines()

    assert [line for line in lines if line.startswith("-") and not line.startswith("---")] == [
        "-Their editors were held for 41 days."
    ]
    assert any(line.endswith("the words of §1–2 stand in §1") for line in lines)


def test_the_page_and_the_fragment_mark_the_edit_once_a_side() -> None:
    page = render_html(CHANGES, BEFORE, AFTER, names=("one", "two"))

    assert page.count("1 word, 1 number among them in 1 paragraph instead of 2") == 2  # in the list and over the step
    assert ">63<" in page
    assert html_fragment(CHANGES).count("63</ins>") == 1


def test_a_rule_that_hides_the_edit_leaves_the_paragraphs_joined() -> None:
    rules = [Rule(name="days", text="[0-9]+ days")]
    quiet = quieted(CHANGES, rules)

    assert (quiet.class_, quiet.words_changed, quiet.numbers, quiet.ignored) == ("cosmetic", 0, (), ("days",))
    assert inverted(quiet) == quieted(diff(AFTER, BEFORE), rules)
    assert len({change.runs for change in quiet.blocks}) == 1
