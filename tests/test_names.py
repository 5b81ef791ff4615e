import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.names import Names, has_label, is_label, names_another_part, names_in_byline, split_names


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Ana Brix", ["Ana Brix"]),
        ("Ana Brix, Colm Adair and Ines Harrow", ["Ana Brix", "Colm Adair", "Ines Harrow"]),
        ("Ana Brix und Colm Adair", ["Ana Brix", "Colm Adair"]),
        ("Ana Brix & Colm Adair; Ines Harrow | Odo Pell", ["Ana Brix", "Colm Adair", "Ines Harrow", "Odo Pell"]),
        ("Ana Brix, and Colm Adair", ["Ana Brix", "Colm Adair"]),
        ("By Ana Brix", ["Ana Brix"]),
        ("Byrne Adair", ["Byrne Adair"]),
        ("Ludwig van der Pell", ["Ludwig van der Pell"]),
        ("Ana (Nan) Brix", ["Ana (Nan) Brix"]),
        ("Ana Brix (Orn", ["Ana Brix (Orn"]),
        ("(Ana Brix", ["Ana Brix"]),
        ("Ana Brix, PhD, M.D.", ["Ana Brix"]),
        ("Ana Brix, FAND, XYZ", ["Ana Brix"]),
        ("Acme Admin, Ana Brix", ["Ana Brix"]),
        ("Center for Salt and Stone Studies", ["Center for Salt and Stone Studies"]),
        ("Center for Salt, Ana Brix", ["Center for Salt", "Ana Brix"]),
        ("ana@h.example, www.h.example, 42, admin, Ana Brix", ["Ana Brix"]),
        ("https://h.example/ana", []),
        ("one two three four five six seven eight nine", []),
        ("x" * 121, []),
        ("Ana Brix, " * 60, []),
        ("—, ,", []),
        ("", []),
    ],
)
def test_names_are_told_apart_from_what_else_stands_in_the_field(written: str, names: list[str]) -> None:
    assert list(split_names(written)) == names


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("By Ana Brix", ["Ana Brix"]),
        ("Written by: Ana Brix and Colm Adair", ["Ana Brix", "Colm Adair"]),
        ("Von Ana Brix, Redakteurin", ["Ana Brix"]),
        ("By Ana Brix, Senior Editor", ["Ana Brix"]),
        ("By Ana Brix, Privacy and Security Expert", ["Ana Brix"]),
        ("Staff Writer", []),
        (", Privacy Expert", []),
        ("This post was written by Ana Brix, gastroenterologist", ["Ana Brix"]),
        ("felixen_77", ["felixen_77"]),
        ("By Ana Brix | 3 May 2024", ["Ana Brix"]),
        ("By Ana Brix on 3 May 2024", ["Ana Brix"]),
        ("By Ana Brix Updated: yesterday", ["Ana Brix"]),
        ("By Ana Brix, the one who walked", ["Ana Brix"]),
        ("2 Hours Ago", []),
        ("3 min read", []),
        ("Whoever walks", []),
        ("Ana Brix!", []),
        ("¿Ana", []),
        ("", []),
    ],
)
def test_a_byline_gives_names_up_to_what_is_none(words: str, names: list[str]) -> None:
    assert names_in_byline(words, fewest=1) == names


def test_a_name_has_as_many_words_as_asked_for() -> None:
    assert names_in_byline("By Ana", fewest=2) == []
    assert names_in_byline("ana", fewest=1) == ["ana"]


def test_labels_are_known() -> None:
    assert [has_label(words) for words in ("By Ana", "Text: Ana", "By", "Byrne Adair")] == [True, True, False, False]
    assert [is_label(words) for words in ("By", "Written by:", "Autor", "By Ana")] == [True, True, True, False]
    assert [names_another_part(words) for words in ("Edited by Ana", "Foto: Ana", "Ana Brix")] == [True, True, False]


def test_organisations_and_the_site_stand_apart_from_people() -> None:
    names = Names(frozenset({"acme"}))
    for written in ("Ana Brix, Orn Press Agency", "ACME", "Acme Online", "Brix", "Ana Brix", "Photo: Colm Adair"):
        names.add(written)
    names.add("Colm Adair", is_organisation=True)
    names.add("content: Ana, code: Ines")
    assert names.people == ["Ana Brix"]
    assert names.others == ["Orn Press Agency", "ACME", "Acme Online", "Colm Adair"]


def test_no_more_than_thirty_people_are_named() -> None:
    names = Names()
    for number in range(40):
        names.add(f"Ana {'abcdefghij'[number // 10]}x{'abcdefghij'[number % 10]}")
    assert len(names.people) == 30


@given(st.text())
def test_no_text_raises(written: str) -> None:
    names = Names()
    names.add(written)
    assert all(name in written or name.strip() for name in (*names.people, *names_in_byline(written, fewest=1)))
