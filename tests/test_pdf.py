import os
import subprocess
import sys
import textwrap
from itertools import pairwise
from pathlib import Path

import pytest
from pdf_files import Paper, file, pdf, stream
from printing import printed

from parsers import Record, TooComplex, UnreadableBody, parse
from parsers.pdf import read_pdf
from parsers.pdf.bounds import Bounds, check
from parsers.pdf.sheets import Sheet, opened, read_sheets
from parsers.pdf.words import Words, line_end
from parsers.record import Block, Mark

URL = "https://h.example/reports/velmora.pdf"
WIDTH = 75  # letters of Courier in 10 points from margin to margin
STEP = 12
LEFT = 72
SALT = (
    "The salt road of Velmora was closed in the spring, and the people of the highlands were driven out of their "
    "villages by the army of the north. Nobody let them return. Those who tried it at night were met at the ford."
)
FORD = (
    "At the ford stand two towers of the time before the war, and in each of them a sergeant with a list of names. "
    "The lists were drawn up by the parish in a year in which it wanted to know who could mend a roof and who could "
    "sing."
)
WELL = (
    "Water was fetched from a single well. The well belongs to a widow, who asked that nothing be written about her, "
    "and so nothing is written here but that she let everybody drink who came, whatever a sergeant had said to them."
)


def wrap(text: str, width: int = WIDTH) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False)


def set_down(
    page: Paper, *paragraphs: str, y: float = 720, x: float = LEFT, width: int = WIDTH, gap: float = STEP
) -> float:
    """Sets *paragraphs* from *y* downward; returns where the next one would begin."""
    for text in paragraphs:
        lines = wrap(text, width)
        page.lines(x, y, *lines, step=STEP)
        y -= len(lines) * STEP + gap
    return y


def record(*pages: Paper, **more: str) -> Record:
    return parse(pdf(*pages, **more), url=URL)


def blocks(*pages: Paper) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read_pdf(pdf(*pages)).content.blocks]


def texts(*pages: Paper) -> list[str]:
    return [text for _, text in blocks(*pages)]


def chrome(*pages: Paper) -> list[tuple[str, str]]:
    return [(part.text, part.reason) for part in read_pdf(pdf(*pages)).content.chrome]


# ---- paragraphs


def test_lines_are_joined_to_paragraphs_that_gaps_set_apart() -> None:
    page = Paper()
    set_down(page, SALT, FORD, WELL)
    assert blocks(page) == [("paragraph", SALT), ("paragraph", FORD), ("paragraph", WELL)]


def test_paragraphs_without_gaps_are_told_apart_by_the_room_that_the_last_line_leaves() -> None:
    page = Paper()
    set_down(page, FORD, WELL, SALT, gap=0)
    assert texts(page) == [FORD, WELL, SALT]


def test_paragraphs_are_told_apart_by_their_indents() -> None:
    page = Paper()
    y = 720.0
    for text in (SALT, FORD, WELL):
        lines = wrap(f"    {text}")
        page.lines(LEFT, y, *lines, step=STEP)
        y -= len(lines) * STEP
    assert texts(page) == [SALT, FORD, WELL]


def test_an_outdented_line_after_a_paragraph_is_another() -> None:
    page = Paper()
    y = set_down(page, SALT, x=LEFT + 60, width=60, gap=0)
    set_down(page, FORD, y=y)
    assert texts(page) == [SALT, FORD]


def test_a_paragraph_that_runs_over_the_end_of_a_page_is_one() -> None:
    lines = wrap(SALT)
    one, two = Paper(), Paper()
    y = set_down(one, FORD)
    one.lines(LEFT, y, *lines[:2], step=STEP)
    two.lines(LEFT, 720, *lines[2:], step=STEP)
    set_down(two, WELL, y=720 - STEP * (len(lines) - 1))
    assert texts(one, two) == [FORD, SALT, WELL]


@pytest.mark.parametrize(
    ("last", "first", "joined"),
    [
        ("and nobody of those who were there could say what it", "meant.", True),
        ("and nobody of those who were there could say why.", "Next, the army came back over the hills.", False),
    ],
    ids=["a sentence goes on", "a paragraph ends early"],
)
def test_over_the_end_of_a_page_sentence_and_room_decide(last: str, first: str, joined: bool) -> None:
    one, two = Paper(), Paper()
    one.lines(LEFT, 720, *wrap(SALT), last, step=STEP)
    two.lines(LEFT, 720, first)
    assert len(texts(one, two)) == 2 - joined


def test_a_full_last_line_that_ends_a_sentence_runs_on_unless_the_next_page_begins_with_an_indent() -> None:
    lines = [*wrap(FORD)[:2], "and there the list of the parish ends on the last line of this very page."]
    one = Paper().lines(LEFT, 720, *lines, step=STEP)
    flush = Paper().lines(LEFT, 720, *wrap(WELL), step=STEP)
    assert len(texts(one, flush)) == 1
    indented = Paper().lines(LEFT, 720, *wrap(f"    {WELL}"), step=STEP)
    assert texts(one, indented)[1] == WELL


def test_a_heading_and_what_is_bold_do_not_run_on() -> None:
    one, two = (
        Paper().text(LEFT, 720, "The ford and those who keep it"),
        Paper().text(LEFT, 720, "by night", font="bold"),
    )
    assert len(texts(one, two)) == 2
    short = Paper().text(LEFT, 720, "The ford"), Paper().text(LEFT, 720, "The towers")
    assert len(texts(*short)) == 2


def test_words_broken_at_the_end_of_a_line_are_made_whole() -> None:
    page = Paper()
    set_down(page, "The inhabitants of Velmora are highlanders.")
    page.lines(LEFT, 600, "Nobody knows what the many inhabi-", "tants of the northern valley said.")
    assert texts(page)[1] == "Nobody knows what the many inhabitants of the northern valley said."


def test_a_hyphen_that_belongs_to_a_word_stays_at_the_end_of_a_line() -> None:
    page = Paper().lines(LEFT, 600, "It was the doing of a rather well-", "known sergeant of the northern army.")
    assert texts(page) == ["It was the doing of a rather well-known sergeant of the northern army."]


BROKEN = Words(whole=frozenset(["well", "known", "inter"]), hyphenated=frozenset(["co-operate"]), breaks=True)


@pytest.mark.parametrize(
    ("text", "following", "words", "joined"),
    [
        ("the inter‐", "nal", Words(), "the internal"),
        ("the inter-", "nal", BROKEN, "the internal"),
        ("the inter-", "nal", Words(), "the inter-nal"),
        ("the inter-", "nal", Words(whole=frozenset(map(str, range(2_000)))), "the internal"),
        ("a well-", "known", BROKEN, "a well-known"),
        ("they co-", "operate", BROKEN, "they co-operate"),
        ("Franco-", "Velmoran", BROKEN, "Franco-Velmoran"),
        ("in 2019-", "2020", BROKEN, "in 2019-2020"),
        ("towers—", "and", BROKEN, "towers—and"),
        ("towers —", "and", BROKEN, "towers — and"),
        ("and/", "or", BROKEN, "and/or"),
        ("at https://h.example/a-", "b", BROKEN, "at https://h.example/a-b"),
        ("at https://h.example/a", "b", BROKEN, "at https://h.example/a b"),
        ("at https://h.example/", "Then", BROKEN, "at https://h.example/ Then"),
        ("人々を追", "い出した", BROKEN, "人々を追い出した"),
        ("人々を", "Velmora", BROKEN, "人々を Velmora"),
        ("the army", "came", BROKEN, "the army came"),
    ],
)
def test_how_two_lines_are_joined(text: str, following: str, words: Words, joined: str) -> None:
    kept = line_end(text, following, words)
    assert (f"{text} " if kept is None else text[:kept]) + following == joined


def test_a_document_that_breaks_many_words_breaks_the_unknown_ones_too() -> None:
    page = Paper()
    for at, (start, end) in enumerate(pairwise("anchor basin cobble dapple ember funnel".split())):
        page.lines(
            LEFT, 700 - 60 * at, f"Here the words of the text are broken, as in {start[:3]}-", f"{start[3:]} or {end}."
        )
    assert "anchor or basin." in texts(page)[0]


def test_lines_that_only_their_own_ends_break_stay_apart() -> None:
    page = Paper()
    y = set_down(page, FORD, SALT)
    page.lines(LEFT, y, "Harbour Watch", "Dock Street 4, at the corner of the customs house", "Tollen")
    assert texts(page)[2:] == ["Harbour Watch", "Dock Street 4, at the corner of the customs house", "Tollen"]


def test_centred_lines_are_one_heading() -> None:
    page = Paper()
    for y, line in ((700, "The salt road of Velmora and"), (680, "its keepers")):
        page.text(297 - len(line) * 4.8, y, line, size=16)
    set_down(page, SALT, y=640)
    assert blocks(page)[0] == ("heading", "The salt road of Velmora and its keepers")


def test_centred_lines_with_room_and_a_date_stay_apart() -> None:
    page = Paper()
    for y, line in ((700, "By Ana Brix, Harbour Watch in Tollen"), (688, "3 May 2024"), (676, "Tollen")):
        page.text(297 - len(line) * 3, y, line)
    assert texts(page) == ["By Ana Brix, Harbour Watch in Tollen", "3 May 2024", "Tollen"]


def test_words_that_the_file_has_apart_are_one_line_where_they_touch() -> None:
    page = Paper().text(LEFT + 4 * 6, 700, "army came.").text(LEFT, 640, "It came at night.").text(LEFT, 700, "The ")
    assert texts(page) == ["The army came.", "It came at night."]


def test_a_bold_line_over_a_paragraph_is_no_part_of_it() -> None:
    page = Paper().text(LEFT, 700, "The ford and the well", font="bold").lines(LEFT, 688, *wrap(SALT), step=STEP)
    assert blocks(page) == [("heading", "The ford and the well"), ("paragraph", SALT)]


def test_scripts_without_spaces_are_joined_without() -> None:
    names = {code: chr(code) for code in range(32, 127)} | {65: "軍", 66: "隊", 67: "村"}
    page = Paper().lines(LEFT, 700, "ABCABCABCABCABC", "ABCABCABCABCABC", "ABC.", font="named")
    (block,) = read_pdf(pdf(page, names=names)).content.blocks
    assert block.text == "軍隊村" * 11 + "."


# ---- headings, items, footnotes


def test_headings_have_levels_by_size_and_weight() -> None:
    page = Paper().text(LEFT, 780, "Velmora Report", size=20).text(LEFT, 750, "The salt road", size=14)
    y = set_down(page, SALT)
    page.text(LEFT, y, "The ford", font="bold")
    set_down(page, FORD, y=y - 20)
    found = read_pdf(pdf(page)).content.blocks
    assert [(block.kind, block.level) for block in found] == [
        ("heading", 1), ("heading", 2), ("paragraph", 0), ("heading", 3), ("paragraph", 0),
    ]  # fmt: skip


def test_a_bold_sentence_is_no_heading_and_a_long_one_in_large_letters_neither() -> None:
    page = Paper()
    y = set_down(page, SALT)
    page.text(LEFT, y, "Nobody let them return.", font="bold")
    page.lines(LEFT, y - 40, *wrap(f"{FORD} {FORD}", 60), size=12, step=14)
    assert [kind for kind, _ in blocks(page)] == ["paragraph"] * 3


def test_items_are_known_by_bullets_numbers_and_drawn_dots() -> None:
    page = Paper()
    y = set_down(page, SALT)
    page.text(LEFT + 10, y, "•").lines(LEFT + 30, y, *wrap(FORD, 65), step=STEP)
    y -= 5 * STEP
    page.lines(LEFT + 10, y, "1. the first of the towers,", "2. and the second.", step=STEP)
    y -= 3 * STEP
    page.box(LEFT + 50, y + 1, LEFT + 54, y + 5).text(LEFT + 62, y, "a dot that is drawn")
    found = read_pdf(pdf(page)).content.blocks[1:]
    assert [(block.kind, block.text, block.level, block.ordered) for block in found] == [
        ("item", FORD, 1, False),
        ("item", "the first of the towers,", 1, True),
        ("item", "and the second.", 1, True),
        ("item", "a dot that is drawn", 2, False),
    ]


def test_a_date_and_a_numbered_heading_begin_no_list() -> None:
    page = Paper().text(LEFT, 760, "1. The ford", size=16).text(LEFT, 740, "3. Mai 2024")
    set_down(page, SALT)
    assert [kind for kind, _ in blocks(page)] == ["heading", "paragraph", "paragraph"]


def test_an_item_that_runs_over_the_end_of_a_page_is_one() -> None:
    lines = wrap(FORD, 65)
    one = Paper().text(LEFT + 10, 700, "•").lines(LEFT + 30, 700, *lines[:2], step=STEP)
    two = Paper().lines(LEFT + 30, 720, *lines[2:], step=STEP)
    assert blocks(one, two) == [("item", FORD)]


def footnoted(number: int, note: str, *more: str) -> Paper:
    page = Paper()
    y = set_down(page, SALT)
    page.text(LEFT, y, "The parish has denied it.").text(LEFT + 150, y + 4, str(number), size=6)
    page.text(LEFT + 154, y, " Nobody else has.")
    page.box(LEFT, 132, LEFT + 140, 132.5)
    page.text(LEFT, 121, str(number), size=5).text(LEFT + 4, 118, f" {note}", size=8)
    page.lines(LEFT, 108, *more, size=8, step=10)
    return page


def test_footnotes_are_set_apart_with_their_marks_in_the_text() -> None:
    page = footnoted(1, "Letter of the parish of 4 May 2021, in the keeping of the author.")
    found = read_pdf(pdf(page)).content.blocks
    assert [block.kind for block in found] == ["paragraph", "paragraph", "footnote"]
    assert found[1].text == "The parish has denied it.[1] Nobody else has."
    assert found[1].marks == (Mark(kind="note", start=25, end=28, target="#1"),)
    assert found[2].text == "Letter of the parish of 4 May 2021, in the keeping of the author."


def test_a_footnote_does_not_interrupt_a_paragraph_and_may_run_over_the_end_of_a_page_itself() -> None:
    lines = wrap(FORD)
    one = footnoted(1, "Letter of the parish of 4 May 2021, which is in", "the keeping of the author and was shown to")
    one.lines(LEFT, 300, *lines[:2], step=STEP)
    two = Paper().lines(LEFT, 720, *lines[2:], step=STEP)
    two.lines(LEFT, 118, "the court in June.", size=8)
    found = blocks(one, two)
    assert found[2] == ("paragraph", FORD)
    assert found[3:] == [
        (
            "footnote",
            (
                "Letter of the parish of 4 May 2021, which is in the keeping of the author and was shown to the court "
                "in June."
            ),
        )
    ]


def raised(page: Paper, y: float, text: str, label: str, after: str = "") -> None:
    """Sets *text* and behind it a raised label."""
    page.text(LEFT, y, text).text(LEFT + 6 * len(text), y + 4, label, size=6)
    page.text(LEFT + 6 * len(text) + 4 * len(label), y, after)


def test_a_list_whose_numbers_raised_labels_lead_to_is_footnotes_wherever_it_stands() -> None:
    page = Paper()
    raised(page, 700, "The parish has denied it.", "1", " Nobody else has.")
    raised(page, 660, "The court has 9 m", "2", " for each.")
    raised(page, 630, "It heard nobody.", "2")
    page.lines(LEFT + 10, 590, "1. Letter of the parish.", "2. Book of the court.", step=20)
    page.text(LEFT, 530, "Set in Tollen.")
    found = read_pdf(pdf(page)).content.blocks
    assert [(block.kind, block.text) for block in found] == [
        ("paragraph", "The parish has denied it.[1] Nobody else has."),
        ("paragraph", "The court has 9 m2 for each."),
        ("paragraph", "It heard nobody.[2]"),
        ("paragraph", "Set in Tollen."),
        ("footnote", "Letter of the parish."),
        ("footnote", "Book of the court."),
    ]


def test_notes_with_raised_labels_are_footnotes_in_letters_of_any_size() -> None:
    page = Paper()
    raised(page, 700, "The parish has denied it.", "1")
    page.text(LEFT, 664, "1", size=6).text(LEFT + 4, 660, " Letter of the parish.")
    page.text(LEFT, 600, "Set in Tollen.")
    assert blocks(page)[1:] == [("paragraph", "Set in Tollen."), ("footnote", "Letter of the parish.")]


def test_a_sign_whose_brackets_the_file_has_apart_gets_no_others() -> None:
    page = Paper().text(LEFT, 700, "The parish has denied it.")
    for at, sign in enumerate("[1]"):
        page.text(LEFT + 150 + at * 4, 704, sign, size=6)
    page.text(LEFT, 664, "1", size=6).text(LEFT + 4, 660, " Letter of the parish.")
    assert texts(page) == ["The parish has denied it.[1]", "Letter of the parish."]


def test_footnotes_that_are_numbered_anew_on_each_page_belong_to_their_page() -> None:
    found = read_pdf(pdf(footnoted(1, "Letter of the parish."), footnoted(1, "Book of the court."))).content.blocks
    assert [mark.target for block in found for mark in block.marks] == ["#1", "#2"]


def test_small_print_is_text_and_keeps_its_number_where_it_is_no_footnote() -> None:
    page = Paper().text(LEFT, 760, "2 towers are meant.", size=8)
    y = set_down(page, SALT)
    page.text(LEFT, y, "Set in Tollen.", size=8)
    assert texts(page) == ["2 towers are meant.", SALT, "Set in Tollen."]


# ---- tables


def ruled(
    page: Paper, x: float, y: float, rows: list[list[str]], *, wide: float = 100, high: float = 16, font: str = "plain"
) -> None:
    """Draws a table with a rule around every cell."""
    for row in range(len(rows) + 1):
        page.box(x, y - row * high, x + wide * len(rows[0]), y - row * high + 0.5)
    for column in range(len(rows[0]) + 1):
        page.box(x + column * wide, y - len(rows) * high, x + column * wide + 0.5, y)
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            page.text(x + column * wide + 3, y - row * high - 11, cell, font="plain" if row else font)


def table(*pages: Paper) -> Block:
    (found,) = (block for block in read_pdf(pdf(*pages)).content.blocks if block.kind == "table")
    return found


ROWS = [["Year", "Killed"], ["2022", "41"], ["2023", "58"]]


def test_a_ruled_table_keeps_its_cells_and_its_head() -> None:
    page = Paper()
    y = set_down(page, SALT)
    ruled(page, LEFT, y, ROWS, font="bold")
    found = table(page)
    assert found.rows == (("Year", "Killed"), ("2022", "41"), ("2023", "58"))
    assert (found.text, found.header_rows) == ("Year | Killed\n2022 | 41\n2023 | 58", 1)


def test_cells_without_a_rule_between_them_are_one_and_said_in_each_of_their_places() -> None:
    page = Paper()
    for y in (700, 684, 668):
        page.box(LEFT, y, LEFT + 300, y + 0.5)
    page.box(LEFT + 100, 652, LEFT + 300, 652.5).box(LEFT, 636, LEFT + 300, 636.5)
    for x in (0, 300):
        page.box(LEFT + x, 636, LEFT + x + 0.5, 700)
    page.box(LEFT + 100, 636, LEFT + 100.5, 684).box(LEFT + 200, 636, LEFT + 200.5, 684)
    page.text(LEFT + 3, 689, "Killed").text(LEFT + 3, 673, "a").text(LEFT + 103, 673, "b").text(LEFT + 203, 673, "c")
    page.text(LEFT + 3, 656, "both").text(LEFT + 103, 656, "1").text(LEFT + 203, 640, "2")
    found = table(page)
    assert found.rows == (("Killed",) * 3, ("a", "b", "c"), ("both", "1", ""), ("both", "", "2"))
    assert found.text == "Killed\na | b | c\nboth | 1\n| | 2".replace("| | 2", "| 2")


def test_a_table_over_two_pages_is_one_and_its_head_is_said_once() -> None:
    one, two = Paper(), Paper()
    set_down(one, SALT)
    ruled(one, LEFT, 200, ROWS, font="bold")
    ruled(two, LEFT, 720, [["Year", "Killed"], ["2024", "77"]], font="bold")
    set_down(two, WELL, y=600)
    assert table(one, two).rows == (("Year", "Killed"), ("2022", "41"), ("2023", "58"), ("2024", "77"))


@pytest.mark.parametrize(("x", "wide"), [(LEFT, 130), (LEFT, 50)], ids=["other columns", "other places"])
def test_two_tables_with_other_columns_stay_two(x: float, wide: float) -> None:
    one, two = Paper(), Paper()
    ruled(one, LEFT, 200, ROWS)
    ruled(
        two,
        x,
        720,
        [["Name", "Age", "Of"], ["Ana", "31", "T"]] if wide == 50 else [["Name", "Age"], ["Ana", "31"]],
        wide=wide,
    )
    assert [kind for kind, _ in blocks(one, two)] == ["table", "table"]


def test_frames_underlines_and_empty_grids_are_no_tables() -> None:
    page = Paper()
    set_down(page, SALT)
    page.box(LEFT, 718, LEFT + 60, 718.5)
    ruled(page, LEFT, 500, [["a frame around text"]], wide=200)
    ruled(page, LEFT, 400, [["", ""], ["", ""]])
    for y in (300, 284, 268):
        page.box(LEFT, y, LEFT + 200, y + 0.5)
    for x in (0, 100, 200):  # rules that do not reach the row they would divide
        page.box(LEFT + x, 310, LEFT + x + 0.5, 330 if x == 100 else 268)
    page.text(LEFT + 3, 288, "no cell")
    assert [kind for kind, _ in blocks(page)] == ["paragraph"] * 3


def test_a_table_whose_cells_have_borders_of_their_own_has_no_columns_between_them() -> None:
    page = Paper()
    for row, cells in enumerate(ROWS):
        for column, cell in enumerate(cells):
            x, y = LEFT + column * 103, 600 - row * 23
            for x0, y0, x1, y1 in ((0, 0, 100, 0.5), (0, 19.5, 100, 20), (0, 0, 0.5, 20), (99.5, 0, 100, 20)):
                page.box(x + x0, y + y0, x + x1, y + y1)
            page.text(x + 4, y + 6, cell)
    assert table(page).rows == (("Year", "Killed"), ("2022", "41"), ("2023", "58"))


def test_rows_far_below_a_table_are_not_of_it() -> None:
    page = Paper()
    for at, y in enumerate((700, 686, 672, 600, 586)):
        page.text(LEFT, y, f"name {at}").text(LEFT + 200, y, f"{at}{at}")
    assert [kind for kind, _ in blocks(page)] == ["table", "paragraph"]


def test_a_row_that_stands_across_the_columns_ends_a_table() -> None:
    page = Paper()
    for at in range(3):
        page.text(LEFT, 700 - at * 14, f"name {at}").text(LEFT + 200, 700 - at * 14, f"{at}{at}")
    page.text(LEFT, 658, "this one is so long that it reaches over").text(LEFT + 280, 658, "twice")
    assert [kind for kind, _ in blocks(page)] == ["table", "paragraph"]


def test_short_cells_in_columns_are_a_table_without_rules() -> None:
    page = Paper()
    y = set_down(page, SALT)
    for at, (name, number) in enumerate(
        [("Accusation", "2021"), ("Assembly", "640"), ("Insult", "389"), ("None", "602")]
    ):
        font = "plain" if at else "bold"
        page.text(LEFT, y - at * 14, name, font=font).text(LEFT + 200, y - at * 14, number, font=font)
    set_down(page, FORD, y=y - 80)
    found = table(page)
    assert found.rows == (("Accusation", "2021"), ("Assembly", "640"), ("Insult", "389"), ("None", "602"))
    assert found.header_rows == 1
    assert [kind for kind, _ in blocks(page)] == ["paragraph", "table", "paragraph"]


def test_a_missing_cell_keeps_its_place() -> None:
    page = Paper()
    for at, row in enumerate([("a", "1", "x"), ("b", "2", "y"), ("c", "", "z"), ("d", "4", "w")]):
        for column, cell in enumerate(row):
            if cell:
                page.text(LEFT + column * 100, 700 - at * 14, cell)
    assert table(page).rows == (("a", "1", "x"), ("b", "2", "y"), ("c", "", "z"), ("d", "4", "w"))


@pytest.mark.parametrize(
    "rows",
    [
        [(0, "Tollen"), (0, "Sill"), (0, "Marn")],
        [(0, "By Ana Brix"), (0, "3 May 2024"), (60, "and a longer line that stands over both")],
        [(0, "one"), (200, "two"), (400, "three")],
    ],
    ids=["two rows", "no column", "far apart"],
)
def test_what_is_not_plainly_a_table_is_lines_in_their_order(rows: list[tuple[float, str]]) -> None:
    page = Paper()
    for at, (down, left) in enumerate(rows[: 2 if rows[0][1] == "Tollen" else 3]):
        page.text(LEFT, 700 - at * 14 - down, left)
        if at < 2 or down > 100:
            page.text(LEFT + 220, 700 - at * 14 - down, f"right {at}")
    found = blocks(page)
    assert "table" not in [kind for kind, _ in found]
    assert found[0][1].startswith(f"{rows[0][1]} right 0")


# ---- columns


def test_two_columns_are_read_one_after_the_other_below_what_spans_them() -> None:
    page = Paper().text(LEFT, 780, "The Keepers of the Salt Road of Velmora", size=16)
    set_down(page, SALT, FORD, y=740, width=34)
    set_down(page, WELL, SALT, y=740, x=320, width=34)
    assert texts(page) == ["The Keepers of the Salt Road of Velmora", SALT, FORD, WELL, SALT]


def test_what_spans_the_columns_divides_them() -> None:
    page = Paper()
    y = min(set_down(page, SALT, y=760, width=34), set_down(page, FORD, y=760, x=320, width=34))
    page.text(LEFT, y, "Here the text spans both of the columns of this page", size=12, font="bold")
    set_down(page, WELL, y=y - 30, width=34)
    set_down(page, FORD, y=y - 30, x=320, width=34)
    assert texts(page) == [SALT, FORD, "Here the text spans both of the columns of this page", WELL, FORD]


def test_a_paragraph_runs_on_from_column_to_column() -> None:
    page = Paper()
    lines = wrap(f"{SALT} {FORD} {WELL}", 34)
    page.lines(LEFT, 700, *lines[:9], step=STEP).lines(320, 700, *lines[9:], step=STEP)
    assert texts(page) == [f"{SALT} {FORD} {WELL}"]


def test_names_in_columns_that_do_not_stand_in_rows_are_columns_beside_text() -> None:
    page = Paper()
    set_down(page, SALT, FORD, y=700, width=34)
    for at, name in enumerate(["Ana Brix, Tollen", "Colm Adair", "Ines Harrow, Sill", "Lio", "Mara Oskel"]):
        page.text(320, 694 - at * 17.3, name)
    assert texts(page)[:2] == [SALT, FORD]


def test_text_beside_the_last_lines_of_another_is_no_column_and_lists_below_each_other_neither() -> None:
    page = Paper().lines(LEFT, 760, *["left side"] * 5, step=STEP).lines(320, 600, *["right side"] * 5, step=STEP)
    set_down(page, SALT, y=400)
    assert texts(page)[-1] == SALT
    page = Paper().lines(LEFT, 760, *["a few words there"] * 4, step=STEP)
    page.lines(320, 754, *["and others here"] * 4, step=STEP)
    set_down(page, *[SALT, FORD] * 3, y=600)
    assert texts(page)[-6:] == [SALT, FORD] * 3


def test_a_table_in_a_column_is_read_with_it() -> None:
    page = Paper()
    y = set_down(page, SALT, FORD, width=34)
    ruled(page, LEFT, y, ROWS)
    set_down(page, WELL, SALT, x=320, width=34)
    assert [kind for kind, _ in blocks(page)] == ["paragraph", "paragraph", "table", "paragraph", "paragraph"]


# ---- running heads, page numbers, contents


def numbered(count: int, *, head: str = "", foot: str = "{}", first: int = 1) -> list[Paper]:
    pages = [Paper() for _ in range(count)]
    for at, page in enumerate(pages):
        set_down(page, f"Part {'abcdefgh'[at]}. {SALT}")
        if head:
            page.text(LEFT, 800, head.format(at + first), size=8)
        page.text(290, 40, foot.format(at + first), size=8)
    return pages


def test_running_heads_and_page_numbers_are_chrome_with_their_reasons() -> None:
    pages = numbered(3, head="Harbour Watch, Report {}")
    assert chrome(*pages)[:2] == [("Harbour Watch, Report 1", "running head"), ("1", "page number")]
    assert len(texts(*pages)) == 3


@pytest.mark.parametrize(
    ("count", "foot", "first", "taken"),
    [
        (2, "{}", 1, 2),
        (3, "page {} of 3", 1, 3),
        (3, "– {} –", 17, 3),
        (1, "{}", 1, 1),
        (1, "1 of {}", 1, 1),
        (1, "1 of {}", 7, 0),
        (1, "Harbour Watch | {}", 1, 1),
        (1, "{} | Harbour Watch", 1, 1),
        (1, "Harbour Watch | {}", 5, 0),
        (1, "{}", 5, 0),
        (2, "Harbour Watch", 1, 2),
        (1, "Harbour Watch", 1, 0),
    ],
)
def test_what_counts_as_a_foot(count: int, foot: str, first: int, taken: int) -> None:
    assert len(chrome(*numbered(count, foot=foot, first=first))) == taken


def test_numbers_that_do_not_count_up_are_text() -> None:
    pages = [Paper() for _ in range(3)]
    for page, number in zip(pages, (41, 12, 77), strict=True):
        set_down(page, SALT)
        page.text(290, 40, str(number))
    assert chrome(*pages) == []


def test_roman_numbers_count_up_and_a_label_names_its_page() -> None:
    pages = [Paper() for _ in range(3)]
    for page, number in zip(pages, ("iii", "iv", "v"), strict=True):
        set_down(page, SALT)
        page.text(290, 40, number)
    assert [reason for _, reason in chrome(*pages)] == ["page number"] * 3
    labels = "/PageLabels << /Nums [0 << /S /r /St 9 >>] >>"
    alone = read_pdf(pdf(numbered(1, foot="ix")[0], root=labels)).content.chrome
    assert [part.text for part in alone] == ["ix"]


def test_the_head_of_a_chapter_is_known_by_its_place() -> None:
    pages = numbered(5, head="Harbour Watch")
    pages[3].drawn = [line for line in pages[3].drawn if b"Harbour Watch".hex() not in line]
    pages[3].text(LEFT, 800, "Chapter 2", size=8)
    assert ("Chapter 2", "running head") in chrome(*pages)


def test_a_page_alone_may_say_its_title_again_at_its_edge() -> None:
    page = Paper().text(LEFT, 800, "Harbour Watch: The Salt Road", size=8).text(LEFT, 760, "The Salt Road", size=18)
    set_down(page, SALT)
    assert chrome(page) == [("Harbour Watch: The Salt Road", "running head")]


def test_a_list_of_contents_refers_to_pages_and_is_chrome() -> None:
    page = Paper().text(LEFT, 780, "Contents", size=14)
    for at, name in enumerate(["The salt road", "The ford", "The well"]):
        page.text(LEFT, 740 - at * 14, f"{name} {'. ' * 20}{at + 2}")
    set_down(page, SALT, y=600)
    assert chrome(page) == [
        ("Contents", "contents"),
        ("The salt road … 2", "contents"),
        ("The ford … 3", "contents"),
        ("The well … 4", "contents"),
    ]


def test_lines_known_as_chrome_are_left_out() -> None:
    page = Paper().text(LEFT, 760, "Back to top")
    set_down(page, SALT)
    assert chrome(page) == [("Back to top", "line")]


def test_turned_text_is_chrome_but_a_page_of_turned_text_is_turned() -> None:
    page = Paper()
    set_down(page, SALT)
    page.text(300, 300, "DRAFT", size=60, matrix="0.7 0.7 -0.7 0.7")
    assert chrome(page) == [("DRAFT", "turned text")]
    for matrix, x, y, step in (
        ("0 1 -1 0", 100, 60, (14, 0)),
        ("0 -1 1 0", 400, 800, (-14, 0)),
        ("-1 0 0 -1", 560, 90, (0, 14)),
    ):
        page = Paper()
        for at, line in enumerate(wrap(SALT)):
            page.text(x + at * step[0], y + at * step[1], line, matrix=matrix)
        assert texts(page) == [SALT]


# ---- links and emphasis


def test_links_and_emphasis_are_marks_of_their_words() -> None:
    page = Paper().text(LEFT, 700, "See the ").text(LEFT + 48, 700, "list of names", font="bold")
    page.text(LEFT + 48 + 13 * 6, 700, ", which the ").text(LEFT + 48 + 25 * 6, 700, "parish", font="italic")
    page.text(LEFT + 48 + 31 * 6, 700, " drew up.")
    page.link(LEFT + 48, 697, LEFT + 48 + 13 * 6, 708, "https://h.example/names")
    (block,) = read_pdf(pdf(page)).content.blocks
    assert block.text == "See the list of names, which the parish drew up."
    assert [(mark.kind, block.text[mark.start : mark.end], mark.target) for mark in block.marks] == [
        ("link", "list of names", "https://h.example/names"),
        ("strong", "list of names", ""),
        ("emphasis", "parish", ""),
    ]


def test_a_link_over_the_end_of_a_line_is_one_and_a_mark_ends_with_a_broken_word() -> None:
    page = Paper().lines(LEFT, 700, "It is found in the list of inhabi-", "tants, which all inhabitants know.")
    page.link(LEFT + 19 * 6, 697, LEFT + 34 * 6, 708, "https://h.example/a").link(
        LEFT, 685, LEFT + 30, 696, "https://h.example/a"
    )
    (block,) = read_pdf(pdf(page)).content.blocks
    assert [block.text[mark.start : mark.end] for mark in block.marks] == ["list of inhabitants,"]


def test_a_text_with_signs_that_are_not_shown_has_no_marks() -> None:
    page = Paper().text(LEFT, 700, "the A army", font="named").text(LEFT + 80, 700, "bold", font="bold")
    names = {code: chr(code) for code in range(32, 127)} | {65: "\u200b"}
    (block,) = read_pdf(pdf(page, names=names)).content.blocks
    assert (block.text, block.marks) == ("the army bold", ())


# ---- scripts


HEBREW = {ord(code): letter for code, letter in zip("#$%&*+=", "אבגדהוז", strict=True)}
NAMED = {code: chr(code) for code in range(32, 127)} | HEBREW


def test_letters_from_right_to_left_are_read_as_they_stand_on_the_page() -> None:
    page = Paper()
    page.text(LEFT, 700, "%$# (24) +*&", font="named")  # as drawn, from the left
    page.text(LEFT, 660, "The army came at night.1", font="named").text(LEFT + 144, 664, "1", size=6)
    page.text(LEFT, 660 - 14, "Mr +*& said so.", font="named")
    found = read_pdf(pdf(page, names=NAMED)).content.blocks
    assert found[0].text == "דהו (24) אבג"
    assert found[1].text.startswith("The army came at night.11")
    assert "Mr דהו said so." in " ".join(block.text for block in found)


def test_a_space_that_only_the_places_show_is_one_in_every_direction() -> None:
    page = Paper().text(LEFT, 700, "%$#", font="named").text(LEFT + 24, 700, "+*&", font="named")
    page.text(LEFT + 200, 700, " ", font="named")
    (block,) = read_pdf(pdf(page, names=NAMED)).content.blocks
    assert block.text == "דהו אבג"


def test_columns_and_bullets_stand_on_the_right_where_text_runs_to_the_left() -> None:
    page = Paper()
    page.text(300, 700, "%$# +*&", font="named").box(346, 701, 350, 705).text(LEFT, 700, "=+*", font="named")
    page.text(330, 640, "9", size=6).text(200, 640, "7", size=6)
    found = read_pdf(pdf(page, names=NAMED)).content.blocks
    assert (found[0].kind, found[0].text) == ("item", "דהו אבג הוז")


def test_ligatures_and_signs_beyond_the_first_plane_are_whole() -> None:
    page = Paper().text(LEFT, 700, "oACers B C", font="named")
    names = {code: chr(code) for code in range(97, 123)} | {65: "ﬃ", 66: "\U00010348", 67: "\ud800", 32: " "}
    names.pop(67)
    (block,) = read_pdf(pdf(page, names=names | {67: "隊"})).content.blocks
    assert block.text == "offi隊ers \U00010348 隊"


# ---- what the file says of itself


def test_dates_of_the_file_are_no_date_of_publication() -> None:
    page = Paper().text(LEFT, 780, "The Salt Road", size=18)
    set_down(page, SALT)
    info = "/Title (The Salt Road | Harbour Watch) /CreationDate (D:20240305101010+01'00') /ModDate (D:20240309)"
    found = record(page, info=info, root="/Lang (en-GB)")
    assert (found.title, found.language, found.published) == ("The Salt Road", "en-GB", None)
    assert (found.modified, found.modified_from) == ("2024-03-09", "PDF ModDate")
    assert [(flag.name, flag.value, flag.holds) for flag in found.flags] == [("made-on", "2024-03-05", False)]
    assert (found.layout, found.media_type) == ("pdf", "application/pdf")


@pytest.mark.parametrize(
    ("made", "said"),
    [("D:2024", "2024"), ("D:20241", "2024"), ("D:202413", "2024"), ("20240532", "2024-05"), ("soon", None)],
)
def test_a_date_is_as_precise_as_it_can_be_read(made: str, said: str | None) -> None:
    about = read_pdf(pdf(Paper(), info=f"/CreationDate ({made})")).about
    assert (about.made, about.changed) == (said, None)


def test_the_title_is_the_heading_that_the_file_names_else_the_highest() -> None:
    page = Paper().text(LEFT, 790, "HARBOUR WATCH", size=24).text(LEFT, 750, "The Salt Road", size=18)
    set_down(page, SALT)
    assert record(page, info="/Title (The Salt Road - Harbour Watch)").title == "The Salt Road"
    assert record(page, info="/Title (draft3.docx)").title == "HARBOUR WATCH"
    plain = Paper()
    set_down(plain, SALT)
    assert read_pdf(pdf(plain, info="/Title (draft3.docx)")).title == ""


def test_an_author_counts_where_the_report_names_them_too() -> None:
    page = Paper()
    set_down(page, f"Ana Brix was there. {SALT}")
    assert record(page, info="/Author (Ana Brix)").authors == ("Ana Brix",)
    assert record(page, info="/Author (brixa02)").authors == ()


def test_text_that_is_bytes_is_read_as_such_and_what_is_no_link_to_the_web_is_none() -> None:
    page = Paper()
    set_down(page, SALT)
    page.links += [
        "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /Dest [0 /Fit] >>",
        "<< /Subtype /Text /A << /S /GoTo >> >>",
    ]
    found = read_pdf(pdf(page, info="/Title <ff80fe41>"))
    assert found.about.problem == ""
    assert found.content.blocks[0].marks == ()


def test_links_that_cannot_be_read_cost_no_text() -> None:
    page = Paper()
    set_down(page, SALT)
    page.links.append("(no link)")
    found = record(page)
    assert found.blocks[0].text == SALT
    assert [flag.name for flag in found.flags] == ["links-unread"]


def test_days_and_latin_words_in_a_line_from_the_right_keep_their_order(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    prose = "<p>قال السكان إن القوات دخلت المدينة في الليل وإن الناس فروا إلى الحقول المجاورة وبقوا هناك أياما.</p>"
    lines = (
        "14 May 2024",
        "زار فريق Human Rights Watch 2024 المدينة في 14 May 2024 وكتب.",
        "قال Acme 3 و 3.5 مليون و Orun City",
    )
    page.write_text(
        f"<html dir=rtl lang=ar><h1>فيلمورا</h1><p>{lines[0]}</p>{prose * 3}<p>{lines[1]}</p><p>{lines[2]}</p>",
        encoding="utf-8",
    )
    read = parse(printed([page])["page"].pdf, url="https://h.example/a.pdf")
    assert read.published == "2024-05-14"
    assert [block.text for block in read.blocks[-2:]] == list(lines[1:])


# ---- what is no report, or is hostile


def test_pages_of_pictures_are_held_with_one_line() -> None:
    (flag,) = record(Paper().picture(), Paper().picture()).held
    assert (flag.name, flag.detail) == ("no-report", "no text layer: 2 of 2 pages are pictures")
    (flag,) = record(Paper()).held
    assert (flag.name, flag.detail) == ("no-report", "no text")


def test_letters_without_names_are_held() -> None:
    page = Paper()
    for at in range(3):
        page.text(LEFT, 700 - at * 14, "AAAA AAAA AAAA", font="unnamed")
    assert "unnamed-signs" in [flag.name for flag in record(page).held]


def test_a_few_letters_without_names_are_told_with_the_words_around_one() -> None:
    page = Paper()
    for at in range(12):
        page.text(LEFT, 700 - at * 14, "The people of Velmora told us of their fields")
    page.text(LEFT, 500, "Fields of the town").text(LEFT + 19 * 6, 500, "A", font="unnamed")
    page.text(LEFT + 21 * 6, 500, "burnt that year")
    read = record(page)
    (flag,) = [flag for flag in read.flags if flag.name == "unnamed-signs"]
    assert (flag.value, flag.holds, read.held) == ("1", False, ())
    words = "of the town \ufffd burnt that year"
    assert flag.detail == f"the fonts do not say which letters 1 of 473 signs are, first in '{words}'"


def test_letters_without_names_in_turned_text_alone_have_no_words_to_tell() -> None:
    told = ["The people told us of it"] * 9
    page = Paper().text(20, 400, "A", font="unnamed", matrix="0 1 -1 0").lines(LEFT, 700, *told)
    (flag,) = [flag for flag in record(page).flags if flag.name == "unnamed-signs"]
    assert flag.detail.endswith("signs are")


def test_a_page_that_is_damaged_is_said_and_the_others_are_read() -> None:
    page = Paper()
    set_down(page, SALT)
    body = pdf(page, Paper())
    found = parse(
        body.replace(b"/Type /Page ", b"/Type /Pege ", 2).replace(b"/Type /Pege ", b"/Type /Page ", 1), url=URL
    )
    assert found.blocks == () or found.blocks[0].text == SALT


def test_loops_in_the_tree_of_pages_end() -> None:
    body = file([b"<< /Type /Pages /Count 2 /Kids [1 0 R 1 0 R] >>", b"<< /Type /Catalog /Pages 1 0 R >>"], root=2)
    assert [flag.name for flag in parse(body, url=URL).flags] == ["pages-unread", "no-report", "links-unread"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"%PDF-1.7", "a damaged PDF"),
        (pdf(Paper().text(LEFT, 700, SALT))[:700], "a damaged PDF"),
        (pdf(), "a damaged PDF"),
        (b"<html>Not found", "no PDF"),
    ],
    ids=["header alone", "cut off", "no pages", "no PDF"],
)
def test_what_cannot_be_opened_gives_one_line(body: bytes, found: str) -> None:
    with pytest.raises(UnreadableBody) as caught:
        parse(body, url=URL, content_type="application/pdf")
    assert caught.value.found == found


@pytest.mark.parametrize(("password", "opens"), [("", True), ("secret", False)])
def test_a_password_is_asked_for_or_not(password: str, opens: bool) -> None:
    from io import BytesIO

    from pypdf import PdfWriter

    page = Paper()
    set_down(page, SALT)
    writer = PdfWriter(clone_from=BytesIO(pdf(page)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    if opens:
        assert texts_of(out.getvalue()) == [SALT]
    else:
        with pytest.raises(UnreadableBody, match="asks for a password"):
            parse(out.getvalue(), url=URL)


def texts_of(body: bytes) -> list[str]:
    return [block.text for block in read_pdf(body).content.blocks]


def test_without_its_libraries_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(UnreadableBody, match=r"pip install 'fonds\[pdf\]'"):
        parse(pdf(Paper()), url=URL)


SMALL = Bounds(
    file_bytes=9_000, streams=5, stream_bytes=2_000, unpacked_bytes=3_000, pages=3, characters=100, drawings=2
)


@pytest.mark.parametrize(
    ("body", "bound"),
    [
        (b" " * 9_001, "bytes"),
        (b"stream\nendstream" * 6, "streams"),
        (b"1 0 obj" + stream(b" " * 2_001), "bytes of one stream"),
        (b"".join(b"1 0 obj" + stream(b" " * 1_900) for _ in range(2)), "bytes of all streams"),
        (b"1 0 obj" + stream(b"", more="/Fl"), "compression in compression"),
    ],
    ids=["file", "streams", "stream", "all streams", "twice"],
)
def test_bounds_are_kept_before_a_library_sees_the_file(body: bytes, bound: str) -> None:
    with pytest.raises(TooComplex) as caught:
        check(body, SMALL)
    assert caught.value.bound == bound


@pytest.mark.parametrize(
    "body",
    [
        b"1 0 obj" + stream(b" " * 5_000, more="/Subtype /Image"),
        b"1 0 obj" + stream(b" " * 5_000, packed=False),
        b"1 0 obj << /Filter /FlateDecode >> stream\nno data of that kind endstream",
        b"1 0 obj" + stream(b" " * 1_000)[:-12],
    ],
    ids=["picture", "not packed", "damaged", "no end"],
)
def test_what_is_within_its_bounds_passes(body: bytes) -> None:
    check(body, SMALL)


def test_a_bomb_is_refused_with_one_line() -> None:
    page = Paper(drawn=["BT /plain 9 Tf (x) Tj ET\n" * 1_500_000])
    with pytest.raises(TooComplex) as caught:
        parse(pdf(page), url=URL)
    assert caught.value.bound == "bytes of one stream"


def test_more_pages_than_any_report_has_are_refused_whether_they_are_there_or_not() -> None:
    declared = file(
        [
            b"<< /Type /Pages /Count 100000 /Kids [2 0 R] >>",
            b"<< /Type /Page /Parent 1 0 R >>",
            b"<< /Type /Catalog /Pages 1 0 R >>",
        ],
        root=3,
    )
    with pytest.raises(TooComplex) as caught:
        parse(declared, url=URL)
    assert caught.value.bound == "pages"


def test_more_letters_than_any_report_has_are_refused() -> None:
    page = Paper()
    set_down(page, SALT)
    with opened(pdf(page)) as document, pytest.raises(TooComplex) as caught:
        read_sheets(document, {}, SMALL)
    assert caught.value.bound == "characters"


def sheet_of(page: Paper, bounds: Bounds) -> Sheet:
    with opened(pdf(page)) as document:
        ((sheet,), _) = read_sheets(document, {}, bounds)
    return sheet


def test_areas_of_colour_are_no_rules() -> None:
    assert sheet_of(Paper().box(LEFT, 300, LEFT + 100, 400), Bounds()).rules == ()


def test_a_page_of_many_drawings_is_a_map_and_has_no_rules() -> None:
    page = Paper().text(LEFT, 700, "A map").picture()
    for at in range(3):
        page.box(LEFT, 300 + at * 20, LEFT + 100, 300.5 + at * 20)
    assert len(sheet_of(page, Bounds()).rules) == 3
    sheet = sheet_of(page, SMALL)
    assert (sheet.rules, sheet.pictures) == ((), 1)


def test_a_page_of_very_many_lines_is_read_without_looking_for_columns() -> None:
    page = Paper(
        drawn=[f"BT /plain 4 Tf {20 + at % 40 * 14} {at // 40 * 12 + 20} Td (a b) Tj ET" for at in range(2_400)]
    )
    assert " ".join(texts(page)).count("a b") == 2_400


def test_text_off_the_page_and_letters_of_no_size_are_no_words_of_it() -> None:
    page = Paper().text(-500, 700, "beside").text(LEFT, 700, "nothing", size=0)
    set_down(page, SALT, y=600)
    assert SALT in texts(page)
    assert "beside" not in " ".join(texts(page))


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_same_bytes_give_the_same_record_in_another_process(seed: str) -> None:
    body = pdf(*numbered(4, head="Harbour Watch"), footnoted(1, "Letter of the parish."))
    code = f"import sys, parsers; print(parsers.parse(sys.stdin.buffer.read(), url={URL!r}).to_json())"
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    result = subprocess.run([sys.executable, "-c", code], input=body, capture_output=True, check=True, env=environment)
    assert result.stdout.decode().rstrip() == parse(body, url=URL).to_json()


def test_the_sign_of_a_footnote_stands_at_its_word_whatever_spaces_the_file_makes_of_it() -> None:
    page = Paper()
    y = set_down(page, SALT)
    line = "The lists were drawn up by the parish."
    page.text(LEFT, y, line)
    page.text(LEFT + len(line) * 6 + 0.1, y + 4, "1", size=7)
    page.lines(LEFT, 100, "1. A parish clerk, in spring.", size=7)
    (found,) = [block for block in read_pdf(pdf(page)).content.blocks if block.text.startswith("The lists")]
    assert found.text == f"{line}[1]"


def test_a_line_in_bold_letters_goes_on_with_a_sentence_that_it_does_not_begin() -> None:
    page = Paper()
    first, *others = wrap(FORD)
    page.text(LEFT, 720, first)
    page.lines(LEFT, 720 - STEP, *others, font="bold")
    assert blocks(page) == [("paragraph", FORD)]


LIST = (
    "Who lives at the ford must now, under the order of the north, give away (i) the boat and all that is in it, and "
    "(ii) the house with its well and the list of all those who ever slept there, and (iii) the key to the tower."
)


def test_a_number_inside_a_sentence_begins_no_item_where_a_line_happens_to_begin_with_it() -> None:
    for width in range(60, 76):
        page = Paper()
        set_down(page, SALT, LIST, FORD, width=width)
        assert [kind for kind, _ in blocks(page)] == ["paragraph"] * 3
        assert blocks(page)[1][1] == LIST


def test_numbers_at_the_start_of_full_lines_that_end_a_thought_begin_items() -> None:
    page = Paper()
    y = set_down(page, FORD)
    items = [
        "(a) the boat that was left behind at the ford in the year of the war;",
        "(b) the well of the widow; and",
        "(c) the key to the northern tower of the ford.",
    ]
    page.lines(LEFT, y, *items)
    assert [kind for kind, _ in blocks(page)] == ["paragraph", "item", "item", "item"]
