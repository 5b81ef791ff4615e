import pytest

from parsers.record import Block
from parsers.text import paragraphs, read_text


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read_text(text).blocks]


def test_paragraphs_stand_apart_by_blank_lines_and_wrapped_lines_are_joined() -> None:
    text = (
        "The army of Velmora took the town of Orn in the first week of May, it\nis said.\n\n  \n"
        "Nobody has left the town since, and nobody has entered it either\nby any road."
    )
    assert [kind for kind, _ in _kinds(text)] == ["paragraph", "paragraph"]
    assert _kinds(text)[0][1].endswith("May, it is said.")


def test_short_lines_below_each_other_are_lines_of_their_own() -> None:
    assert paragraphs(["Velmora Country Report", "May  2024", "By Ana Brix"]) == [
        "Velmora Country Report",
        "May 2024",
        "By Ana Brix",
    ]
    assert paragraphs(["line"] * 9) == [" ".join(["line"] * 9)]
    assert paragraphs(["word " * 20, "short"]) == ["word " * 20 + "short"]


@pytest.mark.parametrize("bullet", ["•", "●", "-", "–", "*", "+", "◦", "‣", "o "])
def test_a_line_with_a_bullet_is_an_item(bullet: str) -> None:
    assert read_text(f"{bullet} The Union must act.").blocks == (
        Block(kind="item", text="The Union must act.", level=1),
    )


@pytest.mark.parametrize("number", ["1.", "12)", "(a)", "iv."])
def test_a_line_with_a_number_is_an_ordered_item(number: str) -> None:
    assert read_text(f"{number} The Union must act.").blocks == (
        Block(kind="item", text="The Union must act.", level=1, ordered=True),
    )


def test_the_indent_of_an_item_is_its_depth() -> None:
    text = "- one\n    - two\n\t\t- three\n" + " " * 60 + "- deep"
    assert [block.level for block in read_text(text).blocks] == [1, 2, 3, 6]


def test_an_item_goes_on_in_the_lines_below_it() -> None:
    assert _kinds("- one\n  goes on\n- two\n\nEnd.") == [
        ("item", "one goes on"),
        ("item", "two"),
        ("paragraph", "End."),
    ]


def test_chrome_is_taken_off_wherever_it_stands() -> None:
    text = "top of page\nVelmora\n• Grey Facebook Icon\nWords here.\n\nRelated Reports!\n\nbottom of page"
    content = read_text(text, chrome_lines=("Related reports",))
    assert [block.text for block in content.blocks] == ["Velmora", "Words here."]
    assert tuple(part.text for part in content.chrome) == (
        "top of page",
        "Grey Facebook Icon",
        "Related Reports!",
        "bottom of page",
    )


def test_no_text_has_no_blocks() -> None:
    assert read_text(" \n\u200b\n").blocks == ()


def test_typed_footnotes_are_read() -> None:
    blocks = read_text("Orn fell.[1]\n\n[1] A letter.").blocks
    assert [(block.kind, block.text) for block in blocks] == [("paragraph", "Orn fell.[1]"), ("footnote", "A letter.")]


def test_lines_that_were_not_broken_to_fit_a_width_are_paragraphs_of_their_own() -> None:
    items = "One road was closed for the whole of the winter, by order of the prefect.\nTwo others were not.\n"
    heads = "What the witnesses say\nThe army of Velmora came on the first Sunday in May, and it left on the second."
    long = f"{'The army of Velmora took the town of Orn, and held it. ' * 4}\n{'Nobody was let out. ' * 8}"
    for text in (items + "A third one was opened in the spring and closed again before the harvest.", heads, long):
        assert [shown for _, shown in _kinds(text)] == [line.strip() for line in text.splitlines()]


def test_rows_with_tabs_between_their_cells_are_a_table() -> None:
    text = "By prison\nPrison\t2021\t2023\nDunmarrow\t22\t25\nHestle\t9\nSo far the table."
    blocks = read_text(text).blocks
    assert [block.kind for block in blocks] == ["paragraph", "table", "paragraph"]
    assert blocks[1].rows == (("Prison", "2021", "2023"), ("Dunmarrow", "22", "25"), ("Hestle", "9", ""))
    assert blocks[1].text == "Prison | 2021 | 2023\nDunmarrow | 22 | 25\nHestle | 9"
    assert _kinds("Prison:\tDunmarrow") == [("paragraph", "Prison: Dunmarrow")]


TYPED = """
District       2022   2023   To April
-------------  ----   ----   --------
Effra            41    388      1,207
Upper Lisk       12     95          -
Amber Hills       0      7         58
"""


def test_a_table_that_is_typed_with_its_figures_below_each_other_is_a_table() -> None:
    (block,) = read_text(TYPED).blocks
    assert block.rows == (
        ("District", "2022", "2023", "To April"),
        ("Effra", "41", "388", "1,207"),
        ("Upper Lisk", "12", "95", "-"),
        ("Amber Hills", "0", "7", "58"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "The army came.  Nobody left.\nThe ford is shut.  It rained.\nThe mill is gone.  It burnt.",
        "Runa Feld    Lantern Watch\nTeo Asch     Harbour Watch\nIlan Voss    Lantern Watch",
        "Effra   41\nLisk  12\nAmber Hills      7",
        "Effra   41\nLisk    12",
    ],
    ids=["prose", "no figures", "not aligned", "two lines"],
)
def test_other_lines_with_wide_spaces_are_no_table(text: str) -> None:
    assert {block.kind for block in read_text(text).blocks} == {"paragraph"}
