import pytest

from parsers.blocks import Content
from parsers.record import Block, Figure, Mark
from parsers.trim import trimmed

URL = "https://h.example/report"
LONG = "The people of the highlands were driven out of their villages, and nobody has let them return."
LONGER = f"{LONG} The commission of the seven provinces has heard eleven of them, in two rooms."


def _line(text: str, kind: str = "paragraph", link: str = "", level: int = 0) -> Block:
    marks = (Mark(kind="link", start=0, end=len(text), target=link),) if link else ()
    return Block(kind=kind, text=text, marks=marks, level=level)  # type: ignore[arg-type]


def _reasons(*blocks: Block) -> dict[str, str]:
    content = trimmed(Content(blocks=blocks, chrome=()), URL)
    left = {id(block) for block in content.blocks}
    assert [block for block in blocks if id(block) in left] == [*content.blocks]
    assert len(content.blocks) + len(content.chrome) == len(blocks)
    return {part.text: part.reason for part in content.chrome}


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (_line("Read more: The dykes of autumn", link="/a"), "invitation"),
        (_line("Read also:"), "invitation"),
        (_line("The dykes of autumn, and who paid for them", link="https://www.h.example/a"), "link"),
        (_line("THE DYKES OF AUTUMN, AND WHO PAID FOR THEM", link="https://o.example/a"), "link"),
        (_line("Load more"), "line"),
    ],
)
def test_a_line_that_leads_elsewhere_is_no_part_of_the_text(block: Block, reason: str) -> None:
    assert _reasons(_line(LONG), block, _line(LONGER)) == {block.text: reason}


@pytest.mark.parametrize(
    "block",
    [
        _line("The dykes of autumn, and who paid for them", link="https://o.example/a"),
        _line("The dykes of autumn, and who paid for them", kind="item", link="https://h.example/a"),
        _line("Related notices of the registrar, 9 March", kind="item", link="https://o.example/a"),
        _line("As the order says:"),
        _line("Dead | 12", kind="table"),
        _line("Orn", link="#top"),
    ],
)
def test_a_line_of_the_text_stays(block: Block) -> None:
    assert _reasons(_line(LONG), block, _line(LONGER)) == {}


def test_a_text_told_twice_is_kept_once() -> None:
    assert _reasons(_line(LONG), _line("Orn."), _line(LONGER), _line(LONG), _line("Orn.")) == {
        LONG: "copy",
        "Orn.": "copy",
    }
    assert _reasons(_line(LONG), _line(LONG)) == {}
    assert _reasons(_line(LONG), _line("Orn."), _line(LONGER), _line("Orn.")) == {}


def test_headings_that_are_links_one_after_the_other_are_those_of_other_pages() -> None:
    one, two, three = (_line(name, "heading", f"https://h.example/{name}", 3) for name in ("One", "Two", "Three"))
    picture = Block(kind="figure", text="", figure=Figure(image="a.jpg"))
    assert _reasons(_line(LONG), one, picture, two, _line(LONGER)) == {"One": "link", "Two": "link"}
    assert _reasons(_line(LONG), three, _line(LONGER)) == {}


def test_a_paragraph_said_again_by_itself_is_the_author_s() -> None:
    assert (
        _reasons(_line(LONG), _line(LONGER), _line(LONG), _line("Orn fell in the third week, and nobody was asked."))
        == {}
    )


def test_a_quotation_that_repeats_a_sentence_beside_it_is_a_copy() -> None:
    quotation = _line("“The people of the highlands were driven out”", "quotation")
    assert _reasons(_line(LONG), quotation, _line(LONGER)) == {quotation.text: "copy"}
    other = _line("“Nobody asked who gave the order to shoot.”", "quotation")
    assert _reasons(_line(LONG), other, _line(LONGER)) == {}


def test_what_stands_under_a_heading_of_other_things_is_left_out_up_to_the_next_of_its_rank() -> None:
    blocks = (
        *(_line(LONGER + str(number)) for number in range(9)),
        _line("Related articles", "heading", level=3),
        _line("The dykes of autumn."),
        _line("Older", "heading", level=4),
        _line("Read more: Orn", link="/b"),
        _line("Aftermath", "heading", level=2),
        _line(LONG),
    )
    assert _reasons(*blocks) == {
        "Related articles": "section",
        "The dykes of autumn.": "section",
        "Older": "section",
        "Read more: Orn": "invitation",
    }
    assert _reasons(_line(LONG), _line("Related articles", "heading", level=3), _line(LONGER)) == {}


def test_labels_before_the_first_sentence_are_left_out() -> None:
    labels = (_line("Orn | 3 min"), _line("Opinion", link="https://h.example/o"), _line("Sent on 3 May 2024 to all"))
    kept = (_line("By Ana Brix"), _line("3 May 2024"), _line("Read more: Orn", link="/a"), _line("A town falls"))
    found = _reasons(*labels, *kept, _line("Orn", "heading", level=2), _line(LONG))
    assert found == {label.text: "head" for label in labels} | {"Read more: Orn": "invitation"}


def test_what_is_no_sentence_after_the_last_one_is_left_out() -> None:
    picture = Block(kind="figure", text="A bridge", figure=Figure(caption="A bridge"))
    tail = (
        _line("Reporting by Ana Brix"),
        _line("Up to the hills", kind="item", link="https://h.example/a"),
        _line("Discuss", "heading", level=2),
        _line("Print this text or not.", link="https://h.example/b"),
        _line("Orn desk"),
    )
    assert _reasons(_line(LONG), *tail, picture) == {line.text: "tail" for line in tail}
    assert _reasons(_line(LONG), _line("“Yes.”", "quotation"), _line("Orn desk")) == {"Orn desk": "tail"}


def test_who_signs_a_text_is_part_of_it() -> None:
    assert _reasons(_line(LONG), _line("Ines Brandt")) == {}
    assert _reasons(_line(LONG), _line("Ines Brandt"), _line("Mira Lind")) == {
        "Ines Brandt": "tail",
        "Mira Lind": "tail",
    }


def test_a_page_without_a_paragraph_has_neither_head_nor_tail() -> None:
    assert _reasons(_line("Orn | 3 min"), _line("Closed")) == {}
