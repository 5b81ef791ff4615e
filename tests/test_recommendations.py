import pytest
from building import record

from parsers.facts import with_facts
from parsers.record import Block, Figure, Recommendation, Record


def _read(*blocks: Block | str) -> Record:
    made = tuple(Block(kind="paragraph", text=block) if isinstance(block, str) else block for block in blocks)
    return with_facts(record(title="Velmora Country Report", blocks=made, published="2024-05"))


def _recommendations(*blocks: Block | str) -> list[str]:
    return [fact.text for fact in _read(*blocks).facts if isinstance(fact, Recommendation)]


def _heading(text: str, level: int = 2) -> Block:
    return Block(kind="heading", text=text, level=level)


def _item(text: str) -> Block:
    return Block(kind="item", text=text, level=1)


A, B, C = "The Union must act.", "Russia should leave.", "Release them."


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        (["Acme recommends:", _item(A), _item(C), "End.", _item(B)], [A, C]),
        (["Acme recommends:", A, B, "Words.", A], [A, B]),
        (["Acme urges all states to help:", _item(C)], [C]),
        (["Acme makes the following recommendations", _item(C)], [C]),
        (["Recommendations", _item(C)], [C]),
        (["Recommendations for Velmora", _item(C)], [C]),
        ([_heading("Recommendations"), "Some words first.", _item(A), "End.", _item(B)], [A]),
        ([_heading("Recommendations to the government"), _item(C)], [C]),
        ([_heading("What Acme recommends"), _item(C)], [C]),
        (
            [_heading("Recommendations"), _heading("Velmora", 3), _item(A), "Words.", _heading("Tessaly", 3), _item(B)],
            [A, B],
        ),
        ([_heading("Recommendations"), _heading("Velmora"), _item(A), _heading("Tessaly"), _item(B)], [A, B]),
        ([_heading("Recommendations"), _heading("Velmora", 3), _item(A), _heading("More", 2), _item(C)], [A]),
        ([_heading("Recommendations"), _item(A), _heading("References"), _item(C)], [A]),
        ([_heading("Recommendations"), _heading("Velmora"), _item(A), _heading("Sources"), _item(C)], [A]),
        ([_heading("Recommendations"), "Acme recommends:", _heading("Velmora", 3), _item(A)], [A]),
        (["Acme recommends:", _heading("To Velmora", 3), _item(C)], [C]),
        (["Recommendations:", "Velmora:", _item(A), "Tessaly:", _item(B), "Sources:", _item(C)], [A, B]),
        (
            ["Acme recommends:", Block(kind="figure", text="", figure=Figure(image="a")), _item(A)],
            [A],
        ),
        (["Acme recommends that the Union acts.", _item(C)], []),
        (["Acme ignored the recommendations.", _item(C)], []),
        ([_item(A)], []),
        ([_heading("Background"), _item(A), A], []),
        ([Block(kind="quotation", text="Recommendations:"), _item(C)], []),
    ],
    ids=[
        "items",
        "paragraphs",
        "urges",
        "no colon",
        "a line",
        "a line with a subject",
        "heading and words",
        "heading with a subject",
        "heading that ends so",
        "sub-headings",
        "sub-headings of one level",
        "the next section",
        "references",
        "sources as sub-heading",
        "heading and sentence",
        "sub-heading below a sentence",
        "lines as sub-headings",
        "a picture between",
        "a sentence",
        "a mention",
        "no opening",
        "another heading",
        "a quotation",
    ],
)
def test_recommendations_are_what_follows_their_opening(blocks: list[Block | str], expected: list[str]) -> None:
    assert _recommendations(*blocks) == expected


@pytest.mark.parametrize(
    ("sentence", "addressees"),
    [
        ("The UN Security Council should act.", ("UN Security Council",)),
        ("The US and South Korea should act.", ("US", "South Korea")),
        ("The UNSC, US, and EU should act.", ("UNSC", "US", "EU")),
        ("Russia must leave.", ("Russia",)),
        ("All the states are urged to help.", ("states",)),
        ("Both Velmora and Tessaly should talk.", ("Velmora", "Tessaly")),
        ("Trinidad and Tobago should ratify it.", ("Trinidad and Tobago",)),
        ("To end the war, the Union must act.", ("Union",)),
        ("The Union, which met in May, should act.", ("Union",)),
        ("There should be peace.", ()),
        ("No one should be left behind.", ()),
        ("Release them.", ()),
        ("the Union should act.", ()),
        ("Should the Union act?", ()),
        (", must go.", ()),
        ("A " + "very " * 30 + "long subject must end.", ()),
    ],
)
def test_addressees_are_those_named_before_the_verb(sentence: str, addressees: tuple[str, ...]) -> None:
    found = [fact for fact in _read("Acme recommends:", _item(sentence)).facts if isinstance(fact, Recommendation)]
    assert found == [Recommendation(text=sentence, addressees=addressees)]


def _addressed(*blocks: Block | str) -> list[tuple[str, ...]]:
    return [fact.addressees for fact in _read(*blocks).facts if isinstance(fact, Recommendation)]


@pytest.mark.parametrize(
    "to",
    [_heading("To the Union and Tessaly", 3), "To the Union and Tessaly:", "To the Union and Tessaly"],
    ids=["heading", "line with a colon", "line"],
)
def test_an_item_that_names_nobody_is_addressed_to_those_its_heading_names(to: Block | str) -> None:
    blocks = [_heading("Recommendations"), to, _item(C), _item(B), _heading("Velmora", 3), _item(C)]
    assert _addressed(*blocks) == [("Union", "Tessaly"), ("Russia",), ()]


def test_the_opening_itself_may_name_the_addressees() -> None:
    assert _addressed(_heading("Recommendations to the Government of Velmora"), _item(C)) == [
        ("Government of Velmora",)
    ]
    assert _addressed("Recommendations to the Union:", _item(C)) == [("Union",)]


def test_a_country_in_a_line_of_its_own_heads_a_part_in_a_rendition_without_headings() -> None:
    assert _addressed("Recommendations", "Sudan", _item(A), "Trinidad and Tobago", _item(C)) == [("Union",), ()]
    assert _recommendations("Recommendations", "Background", _item(A)) == []
    assert _recommendations("Recommendations", "To be read.", _item(A)) == []
    assert _recommendations("Recommendations", _item(A), "To " + "the " * 12 + "Union", _item(C)) == [A]
