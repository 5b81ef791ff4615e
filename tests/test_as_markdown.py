from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers import Block, Figure, Mark, Record, parse
from parsers.page import Page
from parsers.tables import row_text, table_caption
from scraper import compare
from scraper.markdown import as_markdown

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
POSTS = sorted(FIXTURES.glob("*/*/*report.html"))
# The words of one of them are not found yet.
STRUCTURES = sorted(path for path in (FIXTURES / "structure").glob("*.html") if path.stem != "text-in-divs")
# Of all that these pages have, Markdown cannot say where emphasis ends between a sign and a word.
_EMPHASIS_LOST = {"chinese"}


def _record(*blocks: Block, **fields: str) -> Record:
    return Record(
        url="https://example.org/", media_type="text/html", layout="test", revision=1, blocks=blocks, **fields
    )


def _read_back(record: Record) -> Record:
    return parse(as_markdown(record).encode(), url=record.url, content_type="text/markdown")


def _sayable(block: Block, *, is_plain: bool = False) -> Block:
    """*block* as Markdown can say it: spans of a table are cells of their own, a glossary has no depth."""
    if block.kind == "table":
        lines = [table_caption(block), *map(row_text, block.rows)]
        return replace(block, text="\n".join(filter(None, lines)), marks=())
    if is_plain:
        return replace(block, marks=tuple(mark for mark in block.marks if mark.kind in {"link", "note"}))
    return replace(block, level=1) if block.kind in {"term", "definition"} else block


@pytest.mark.parametrize("path", POSTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_markdown_is_read_back_as_the_same_report(path: Path) -> None:
    url = "https://example.org/single-post/report"
    record = parse(path.read_bytes(), url=url)
    again = _read_back(record)
    changes = compare(record, again)
    assert again.digests.facts == record.digests.facts
    assert (changes.class_, changes.blocks, changes.facts) == ("none", (), ())


@pytest.mark.parametrize("path", STRUCTURES, ids=lambda path: path.stem)
def test_markdown_is_read_back_with_the_same_structure(path: Path) -> None:
    body = path.read_bytes()
    record = parse(body, url=Page(body, url="").canonical)
    again = _read_back(record)
    is_plain = path.stem in _EMPHASIS_LOST
    assert [_sayable(block) for block in again.blocks] == [
        _sayable(block, is_plain=is_plain) for block in record.blocks
    ]
    assert (again.title, again.lead) == (record.title, record.lead)
    assert (compare(record, again).class_, compare(record, again).blocks) == ("none", ())


def test_links_in_the_cells_of_a_table_are_read_back() -> None:
    path = FIXTURES / "structure" / "table-second-with-links.html"
    record = parse(path.read_bytes(), url="https://lowland-rights.example/2024/shell-companies/")
    assert _read_back(record).links == record.links
    assert len(record.links) == 4


def test_marks_are_written_in_place_and_special_signs_escaped() -> None:
    link = Mark(kind="link", start=4, end=9, target="https://example.org/a")
    strong = Mark(kind="strong", start=0, end=14)
    block = Block(kind="paragraph", text="the *port* law", marks=(link, strong))
    assert as_markdown(_record(block)) == r"**the [\*port](<https://example.org/a>)\* law**" + "\n"


def test_every_kind_of_block_is_written() -> None:
    sign = Mark(kind="note", start=4, end=7, target="#1")
    record = _record(
        Block(kind="heading", text="Harbours #", level=2),
        Block(kind="item", text="one", level=1, ordered=True),
        Block(kind="item", text="deeper", level=2),
        Block(kind="item", text="deepest", level=4),
        Block(kind="item", text="1. up", level=1),
        Block(kind="quotation", text="We left."),
        Block(kind="quotation", text="No.", level=1),
        Block(kind="preformatted", text="a\n b\n```"),
        Block(
            kind="table",
            text="Boats\nPort | Boats\nSarrel | 4|5",
            rows=(("Port", "Boats"), ("Sarrel", "4|5")),
            header_rows=1,
        ),
        Block(kind="table", text="a | b\nc | d", rows=(("a", "b"), ("c", "d"))),
        Block(kind="table", text="a\nb | c", rows=(("a", "a"), ("b", "c")), header_rows=2),
        Block(kind="figure", text="A quay", figure=Figure(image="quay.jpg", caption="A quay", credit="Lind")),
        Block(kind="term", text="guest", level=1),
        Block(kind="term", text="- visitor", level=1),
        Block(kind="definition", text="A prisoner.", level=1),
        Block(kind="definition", text="A visitor.", level=1),
        Block(kind="term", text="weather", level=1),
        Block(kind="paragraph", text="Orn.[*]", marks=(sign,)),
        Block(kind="footnote", text="A letter."),
    )
    assert as_markdown(record) == (
        "## Harbours \\#\n\n1. one\n   - deeper\n     - - deepest\n- 1\\. up\n\n> We left.\n\n> > No.\n\n"
        "````\na\n b\n```\n````\n\n"
        "| Port | Boats |\n| --- | --- |\n| Sarrel | 4\\|5 |\n\n: Boats\n\n"
        "|  |  |\n| --- | --- |\n| a | b |\n| c | d |\n\n"
        "| a | a |\n| --- | --- |\n| **b** | **c** |\n\n"
        "![A quay \\[Lind\\]](<quay.jpg>)\n\n"
        "guest\n\\- visitor\n: A prisoner.\n: A visitor.\n\nweather\n:\n\nOrn.[^\\*]\n\n[^\\*]: A letter.\n"
    ).replace("[^\\*]", "[^*]")
    titled = replace(record, title="Ports")
    assert [replace(block, text="") for block in _read_back(titled).blocks] == [
        replace(block, text="") for block in record.blocks
    ]


@pytest.mark.parametrize(
    "text",
    [
        "12. May was cold.", "- no list", "+ no list", "# no heading", "=== no rule", "~~~ no code", ": no definition",
        "> no quotation", "1) no list", "a &amp; b", "a ![b](c) d", "[^1] no sign", "[^1]: no note", "<b>no markup</b>",
        "a\\b `c` *d* _e_", "| no | table |", "---", "***", "[1]: /no-reference", "Stop!",
    ],
)  # fmt: skip
def test_words_are_never_taken_for_markup(text: str) -> None:
    (block,) = _read_back(_record(Block(kind="paragraph", text=f"{text} And on.".strip()), title="T")).blocks
    assert block == Block(kind="paragraph", text=f"{text} And on.")


@pytest.mark.parametrize(
    ("marks", "kept"),
    [
        ((Mark(kind="strong", start=0, end=5), Mark(kind="link", start=9, end=12, target="/a")), {"link"}),
        ((Mark(kind="link", start=5, end=8, target="javascript:x"),), set()),
        ((Mark(kind="link", start=5, end=8, target="/a b\\<c>&amp;d"),), {"link"}),
        ((Mark(kind="note", start=5, end=8, target="#9"),), set()),
        ((Mark(kind="emphasis", start=5, end=10), Mark(kind="strong", start=8, end=12)), set()),
    ],
    ids=["touching", "no address", "odd address", "no such note", "crossing"],
)
def test_marks_that_cannot_be_written_cost_no_word(marks: tuple[Mark, ...], kept: set[str]) -> None:
    block = Block(kind="paragraph", text="(Orn)fell! See it.", marks=marks)
    (again,) = _read_back(_record(block, title="T")).blocks
    assert again.text == block.text
    assert {mark.kind for mark in again.marks} == kept
    assert set(again.marks) <= set(marks)


def test_a_picture_is_not_made_of_an_exclamation_and_a_link() -> None:
    block = Block(kind="paragraph", text="Stop!here", marks=(Mark(kind="link", start=5, end=9, target="/a"),))
    assert _read_back(_record(block, title="T")).blocks == (block,)


def test_the_head_is_written_as_reports_carry_it() -> None:
    lead = Figure(image="quay.jpg", caption="A quay")
    fields = {"published": "2024-05-03", "authors": ("Ana Brix", "Tam Reyes"), "organisation": "Harbour Watch"}
    record = replace(_record(title="Velmora", headline="Orn falls"), lead=lead, masthead=("1. May",), **fields)
    assert as_markdown(record) == (
        "1\\. May\n\nOrn falls\n\n![A quay](<quay.jpg>)\n\n# Velmora\n\n2024-05-03\n\n"
        "By Ana Brix and Tam Reyes, Harbour Watch\n"
    )
    known = replace(record, site_name="Harbour Watch", lead=None, masthead=(), headline="")
    assert as_markdown(known).endswith("By Ana Brix and Tam Reyes\n")


WORDS = st.lists(
    st.sampled_from(
        ["Orn", "fell", "1.", "-", "*", "**", "_", "[^1]", "(a)", "!", ":", "|", "#", "&lt;", "`", "\\", "“no”"]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)


@st.composite
def _blocks(draw: st.DrawFn) -> Block:
    text = draw(WORDS)
    kind = draw(st.sampled_from(["paragraph", "heading", "item", "quotation", "preformatted"]))
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    mark = Mark(kind=draw(st.sampled_from(["strong", "emphasis"])), start=start, end=end)
    return Block(
        kind=kind,
        text=text,
        level={"heading": 2, "item": draw(st.integers(1, 3)), "quotation": draw(st.integers(0, 2))}.get(kind, 0),
        ordered=kind == "item" and draw(st.booleans()),
        marks=(mark,) if kind != "preformatted" else (),
    )


@settings(max_examples=300)
@given(st.lists(_blocks(), max_size=5))
def test_no_word_is_lost_on_the_way_there_and_back(blocks: list[Block]) -> None:
    again = _read_back(_record(Block(kind="paragraph", text="It begins here, and this is how."), *blocks, title="T"))
    assert [(block.kind, block.text, block.level, block.ordered) for block in again.blocks[1:]] == [
        (block.kind, block.text, block.level, block.ordered) for block in blocks
    ]
