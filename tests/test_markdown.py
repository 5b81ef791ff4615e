import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.markdown import read_markdown
from parsers.record import Block, Figure, Mark


def _blocks(text: str) -> tuple[Block, ...]:
    return read_markdown(text).blocks


def test_headings_items_quotations_and_code_are_told_apart() -> None:
    text = "## Orn\n\nWords.\n\n> said\n\n- a\n  - b\n\n1. c\n\n```\nx  y\n\n```\n\n    code\n\n***\n"
    assert _blocks(text) == (
        Block(kind="heading", text="Orn", level=2),
        Block(kind="paragraph", text="Words."),
        Block(kind="quotation", text="said"),
        Block(kind="item", text="a", level=1),
        Block(kind="item", text="b", level=2),
        Block(kind="item", text="c", level=1, ordered=True),
        Block(kind="preformatted", text="x  y"),
        Block(kind="preformatted", text="code"),
    )


def test_links_and_emphasis_are_marks_on_the_words() -> None:
    rest = "and has held it, by its own word, against all who came up from the river Sill."
    (block,) = _blocks(f"The **army** took\n*[the town](https://h.example/)* of Orn {rest}")
    assert block.text == f"The army took the town of Orn {rest}"
    assert block.marks == (
        Mark(kind="strong", start=4, end=8),
        Mark(kind="emphasis", start=14, end=22),
        Mark(kind="link", start=14, end=22, target="https://h.example/"),
    )


def test_a_mark_without_words_is_none() -> None:
    assert _blocks("Orn [](https://h.example/) fell") == (Block(kind="paragraph", text="Orn fell"),)
    assert _blocks("[](https://h.example/)") == ()


def test_spaces_around_marked_words_are_kept_once() -> None:
    (block,) = _blocks("a **b** c`d ` e")
    assert block.text == "a b cd e"


def test_a_picture_alone_is_a_figure_with_its_credit() -> None:
    assert _blocks("![A bridge \\[Press\\]](https://h.example/a.jpg)") == (
        Block(
            kind="figure",
            text="A bridge",
            figure=Figure(image="https://h.example/a.jpg", caption="A bridge", credit="Press"),
        ),
    )


def test_a_table_is_a_rectangle() -> None:
    (block,) = _blocks("| Town | Dead |\n|---|---|\n| Orn | **12** |\n| Sill | |\n")
    assert block.kind == "table"
    assert block.rows == (("Town", "Dead"), ("Orn", "12"), ("Sill", ""))
    assert block.text == "Town | Dead\nOrn | 12\nSill"


def test_short_lines_below_each_other_are_lines_of_their_own_but_not_in_an_item() -> None:
    assert [block.text for block in _blocks("Velmora Country Report\n**May 2024**  \nBy Ana Brix")] == [
        "Velmora Country Report",
        "May 2024",
        "By Ana Brix",
    ]
    assert [block.text for block in _blocks("- one\n  two")] == ["one two"]


def test_raw_html_stays_text() -> None:
    assert _blocks("<b>Orn</b> fell") == (Block(kind="paragraph", text="<b>Orn</b> fell"),)


def test_chrome_is_taken_off() -> None:
    content = read_markdown("top of page\n\nWords.\n\n[Related Reports](#)", chrome_lines=("related reports",))
    assert [block.text for block in content.blocks] == ["Words."]
    assert [(part.text, part.reason) for part in content.chrome] == [
        ("top of page", "line"),
        ("Related Reports", "site line"),
    ]


@pytest.mark.parametrize("nesting", [">" * 200 + " a", "- " * 200 + "a", "[" * 200 + "a" + "](b)" * 200])
def test_deep_nesting_is_read_to_a_depth(nesting: str) -> None:
    assert len(_blocks(nesting)) <= 1


@given(st.lists(st.sampled_from(["*", "**", "[", "](a)", "![", "`", "\n", " ", "a", "_", ">", "- ", "|", "# ", "<b>"])))
def test_marks_lie_within_their_block(parts: list[str]) -> None:
    for block in _blocks("".join(parts)):
        assert all(0 <= mark.start < mark.end <= len(block.text) for mark in block.marks)
