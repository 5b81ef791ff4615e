import pytest

from parsers.phrases import heads_other, is_credit, is_invitation, is_label, is_name, is_signature


@pytest.mark.parametrize(
    "line", ["Read more: The dykes", "» Lesen Sie auch", "READ ALSO", "Also see our map", "Tags: Orn"]
)
def test_an_invitation_is_known_by_how_it_begins(line: str) -> None:
    assert is_invitation(line)


@pytest.mark.parametrize(
    "line", ["Readers of the report", "Registered voters fled", "Moreover, they left", "(Follow-up)"]
)
def test_a_sentence_is_no_invitation(line: str) -> None:
    assert not is_invitation(line)


@pytest.mark.parametrize(
    "heading", ["Related articles", "3 Comments", "Leave a Reply", "More from Orn", "Mehr zum Thema"]
)
def test_a_heading_of_other_things_is_known_by_its_words(heading: str) -> None:
    assert heads_other(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "Related work is scarce",
        "Comments by the army",
        "More from the commission of the seven provinces of Orn",
        "x" * 80,
    ],
)
def test_a_heading_of_the_report_is_none(heading: str) -> None:
    assert not heads_other(heading)


@pytest.mark.parametrize(
    "line",
    [
        "(Reporting by Ana Brix; editing by Mira Lind)",
        "Ana Brix contributed to this report.",
        "© 2024 Lowland Press. All rights reserved.",
        "Write to the desk at desk@h.example",
    ],
)
def test_a_credit_names_who_helped_or_whose_it_is(line: str) -> None:
    assert is_credit(line)
    assert not is_credit("The reporter wrote to nobody.")


def test_a_signature_and_a_label_are_told_by_their_marks() -> None:
    assert is_signature("By Ana Brix")
    assert not is_signature("Bystanders fled")
    assert is_label("Orn | 3 min")
    assert is_label("19:05")
    assert not is_label("The fall of Orn")


@pytest.mark.parametrize(
    ("line", "expected"),
    [("I. Brandt", True), ("Ines Brandt, Dunmere College", True), ("Home", False), ("the army of Orn", False)],
)
def test_a_name_is_a_few_words_that_begin_as_names_do(line: str, expected: bool) -> None:
    assert is_name(line) is expected
