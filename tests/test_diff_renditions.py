"""What is a matter of form between renditions, and what is not."""

from typing import Any

import pytest

from parsers.record import Block, Figure, Record
from scraper import compare
from scraper.diff import Changes


def rendition(media_type: str, *blocks: Block, **fields: Any) -> Record:
    values = {"url": "https://h.example/a", "layout": "test", "revision": 1, "title": "Velmora Country Report"}
    return Record(media_type=media_type, blocks=blocks, **values | fields)


def between(one: tuple[Block, ...], two: tuple[Block, ...]) -> Changes:
    found = compare(rendition("text/html", *one), rendition("application/pdf", *two))
    assert isinstance(found, Changes)
    return found


def paragraph(text: str) -> Block:
    return Block(kind="paragraph", text=text)


ROWS = (("Year", "Killed at the river"), ("2022", "41"), ("2023", "58"))
TABLE = Block(kind="table", text="Year | Killed at the river\n2022 | 41\n2023 | 58", rows=ROWS)
CAPTIONED = Block(kind="table", text=f"Killed, by year\n{TABLE.text}", rows=ROWS)
FIGURE = Block(
    kind="figure",
    text="A watchtower near Sill",
    figure=Figure(image="a.jpg", caption="A watchtower near Sill", credit="Ana Brix"),
)
SAME = {
    "number of an item": ((paragraph("1. The road is closed."),), (Block(kind="item", text="The road is closed."),)),
    "number of a heading": (
        (Block(kind="heading", text="The road", level=2),), (Block(kind="heading", text="1. The road", level=2),),
    ),
    "table as lines": (
        (TABLE,), (paragraph("Year Killed at the river"), paragraph("2022 41"), paragraph("2023 58")),
    ),
    "table as one line": ((TABLE,), (paragraph("Year Killed at the river 2022 41 2023 58"),)),
    "caption of a table": ((CAPTIONED,), (paragraph("Killed, by year"), TABLE)),
    "caption of a picture": ((FIGURE,), (paragraph("A watchtower near Sill Photo: Ana Brix"),)),
    "picture": ((Block(kind="figure", text="", figure=Figure(image="a.jpg")),), ()),
    "kind": ((Block(kind="quotation", text="So it is."),), (paragraph("So it is."),)),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_what_only_one_form_carries_is_no_difference_in_words(name: str) -> None:
    one, two = SAME[name]
    for found in (between(one, two), between(two, one)):
        assert found.class_ in ("none", "cosmetic")
        assert all(block.class_ in ("none", "cosmetic") for block in found.blocks)


DIFFERENT = {
    "number": ((TABLE,), (paragraph("Year Killed at the river 2022 41 2023 63"),)),
    "cell": ((TABLE,), (Block(kind="table", text=TABLE.text.replace("58", "63"), rows=(*ROWS[:2], ("2023", "63"))),)),
    "figure in a sentence": ((paragraph("41 were killed."),), (paragraph("63 were killed."),)),
    "caption": ((FIGURE,), (paragraph("A watchtower near Tollen Photo: Ana Brix"),)),
    "passage": ((paragraph("The road is closed."), paragraph("So is the ford.")), (paragraph("The road is closed."),)),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_words_and_numbers_differ_whatever_form_they_are_in(name: str) -> None:
    one, two = DIFFERENT[name]
    assert between(one, two).class_ == between(two, one).class_ == "words"


def test_versions_of_one_form_differ_in_form_too() -> None:
    one, two = rendition("text/html", TABLE), rendition("text/html", *SAME["table as lines"][1])
    assert compare(one, two)
    numbered = (
        rendition("text/html", paragraph("1. The road is closed.")),
        rendition("text/html", paragraph("The road is closed.")),
    )
    assert compare(*numbered)


def test_a_number_and_a_credit_that_one_form_has_are_no_words_where_the_rest_was_edited() -> None:
    numbered = (paragraph("1. The road is closed to all."),), (Block(kind="item", text="The road is closed to carts."),)
    credited = (FIGURE,), (paragraph("A burnt watchtower near Sill Photo: Ana Brix"),)
    for (one, two), words in ((numbered, ("all", "carts")), (credited, ("", "burnt"))):
        for found, pair in ((between(one, two), words), (between(two, one), words[::-1])):
            (block,) = found.blocks
            assert [(run.before.strip(), run.after.strip()) for run in block.runs if run.kind == "words"] == [pair]
            assert block.words_changed == 1
            assert "".join(run.before for run in block.runs) == block.before.text if block.before else ""
