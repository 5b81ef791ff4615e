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


def test_a_line_in_emphasis_right_below_a_picture_is_its_caption() -> None:
    figure = Figure(image="https://h.example/a.jpg", caption="The old bridge.", credit="Press")
    (block,) = _blocks("![A bridge](https://h.example/a.jpg)\n*The old bridge. Photo: Press*")
    assert (block.kind, block.text) == ("figure", "The old bridge.")
    assert block.figure == figure
    for line in ("The old bridge.", "*The old* bridge.", "*The* bridge *is old.*"):
        assert {block.kind for block in _blocks(f"![A bridge](https://h.example/a.jpg)\n{line}")} == {"paragraph"}


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


def test_footnotes_have_their_numbers_as_targets_whatever_they_are_called() -> None:
    text = "Orn.[^b] It burnt.[^a] And fell.[^b] See [^c].\n\n[^a]: A letter.\n[^b]: A *list*\nof names.\n\nEnd."
    assert _blocks(text) == (
        Block(
            kind="paragraph",
            text="Orn.[b] It burnt.[a] And fell.[b] See [^c].",
            marks=(
                Mark(kind="note", start=4, end=7, target="#2"),
                Mark(kind="note", start=17, end=20, target="#1"),
                Mark(kind="note", start=30, end=33, target="#2"),
            ),
        ),
        Block(kind="footnote", text="A letter."),
        Block(kind="footnote", text="A list of names.", marks=(Mark(kind="emphasis", start=2, end=6),)),
        Block(kind="paragraph", text="End."),
    )


@pytest.mark.parametrize(
    "text", ["[^]", "[^a b]", "[^[a]]", "[^a", f"[^{'a' * 60}]", "[^a]", "[^a]:", "[^a]: \u200b"], ids=repr
)
def test_what_is_no_footnote_stays_text(text: str) -> None:
    assert [block.kind for block in _blocks(f"Words {text}")] == ["paragraph"]
    assert len(_blocks(text)) == 1


def test_a_footnote_is_read_once_and_goes_on_where_it_is_set_in() -> None:
    text = "Orn.[^1]\n\nAnd:\n[^1]: a\nletter\n[^1]: twice\n\n    and *more*\n\n```\ncode\n```\n\n    code\n"
    assert [(block.kind, block.text) for block in _blocks(text)] == [
        ("paragraph", "Orn.[1]"),
        ("paragraph", "And:"),
        ("footnote", "a letter [1]: twice and more"),
        ("preformatted", "code"),
        ("preformatted", "code"),
    ]


def test_a_reference_to_an_address_is_no_footnote() -> None:
    (block,) = _blocks("See [Orn] and [^1].\n\n[Orn]: https://h.example/orn\n")
    assert [mark.target for mark in block.marks] == ["https://h.example/orn"]
    assert _blocks("[^1]: word\n") == (Block(kind="footnote", text="word"),)


def test_lines_with_a_colon_define_the_lines_above_them() -> None:
    text = "guest\n*visitor*\n: A prisoner\nwithout a file.\n: A [visitor](/v).\n\nweather\n:\n\n: alone\n\n> a\n> : b"
    assert [(block.kind, block.text, block.level) for block in _blocks(text)] == [
        ("term", "guest", 1),
        ("term", "visitor", 1),
        ("definition", "A prisoner without a file.", 1),
        ("definition", "A visitor.", 1),
        ("term", "weather", 1),
        ("definition", "alone", 1),
        ("quotation", "a : b", 0),
    ]
    assert _blocks("a \\: b\n\\: c") == (Block(kind="paragraph", text="a : b"), Block(kind="paragraph", text=": c"))


def test_a_link_over_the_end_of_a_line_is_one() -> None:
    (block,) = _blocks("a [long\nlink](/a) goes on\nand `on\nand` on")
    assert (block.kind, block.text) == ("paragraph", "a long link goes on and on and on")
    assert block.marks == (Mark(kind="link", start=2, end=11, target="/a"),)


def test_a_table_has_heads_and_a_caption() -> None:
    rows = "| Town | Dead |\n|---|---|\n| **in** | **all** |\n| | **5** |\n| Orn | [12](/o) |\n"
    text = f"{rows}\n: Toll *of* May\n: and more\n"
    assert _blocks(text) == (
        Block(
            kind="table",
            text="Toll of May\nTown | Dead\nin | all\n| 5\nOrn | 12",
            rows=(("Town", "Dead"), ("in", "all"), ("", "5"), ("Orn", "12")),
            header_rows=3,
            marks=(Mark(kind="emphasis", start=5, end=7), Mark(kind="link", start=43, end=45, target="/o")),
        ),
        Block(kind="definition", text="and more", level=1),
    )


def test_a_table_without_heads_has_none() -> None:
    (block, after) = _blocks("| | |\n|---|---|\n| **Orn** | **12** |\n\nTown\n: Orn\n")[:2]
    assert (block.rows, block.header_rows, after.kind) == ((("Orn", "12"),), 0, "term")
    assert _blocks("| | |\n|---|---|\n| | |\n") == ()


def test_paragraphs_of_one_item_are_one_and_text_after_an_inner_list_is_not() -> None:
    assert [(block.text, block.level) for block in _blocks("- a\n\n  b\n\n  - c\n\n  d\n\n  e\n- f\n")] == [
        ("a b", 1),
        ("c", 2),
        ("d e", 1),
        ("f", 1),
    ]


def test_quotations_are_nested() -> None:
    assert [(block.text, block.level) for block in _blocks("> a\n>\n> > b\n>\n> c")] == [("a", 0), ("b", 1), ("c", 0)]


def test_the_sign_of_a_footnote_is_no_part_of_a_link() -> None:
    block, _ = _blocks("See [Orn [^1]](/o).\n\n[^1]: A letter.")
    assert (block.text, [mark.kind for mark in block.marks]) == ("See [Orn [1]](/o).", ["note"])
