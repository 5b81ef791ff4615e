import pytest

from parsers.countries import country, places
from parsers.record import Country


@pytest.mark.parametrize(
    ("name", "iso", "former"),
    [
        ("Sudan", "SD", False),
        ("DRC", "CD", False),
        ("Congo", "CG", False),
        ("CAR", "CF", False),
        ("Burma", "MM", False),
        ("Kosovo", "XK", False),
        ("Côte d’Ivoire", "CI", False),
        ("Türkiye", "TR", False),
        ("中国", "CN", False),
        ("Zaire", "ZR", True),
        ("USSR", "SU", True),
        ("Yugoslavia", "YU", True),
        ("Czechoslovakia", "CS", True),
        ("East Germany", "DD", True),
    ],
)
def test_a_country_is_known_by_any_of_its_names(name: str, iso: str, former: bool) -> None:
    assert country(name) == Country(name=name, iso=iso, former=former)


@pytest.mark.parametrize(
    "name",
    ["Velmora", "Scotland", "Abkhazia", "Tibet", "European Union", "United Nations", "Fail", "In", "it", "Me", ""],
)
def test_what_is_no_state_is_no_country(name: str) -> None:
    assert country(name) is None


@pytest.mark.parametrize(
    ("name", "iso"),
    [
        ("CÔTE D'IVOIRE", "CI"),
        ("Cote dIvoire", None),
        ("Guinea  Bissau", "GW"),
        ("République centrafricaine", "CF"),
        ("the gambia", "GM"),
        ("Україна", "UA"),
        ("मिस्र", "EG"),
        ("टोगो", "TG"),
        ("टोंगा", "TO"),
        ("សង់\u200bលូសៀ", "LC"),
        ("𐀀", None),
        ("DE", "DE"),
        ("United Kingdom of Great Britain and Northern Ireland", "GB"),
    ],
)
def test_case_accents_and_punctuation_make_no_difference(name: str, iso: str | None) -> None:
    found = country(name)
    assert (found.iso if found else None) == iso


@pytest.mark.parametrize(
    "sentence",
    [
        "The price of salt in Chad",
        "Chad " * 9,
        "Sudan\ufffd",
        "x" * 1_000_000,
        "Nine words are more than any country has, ever",
    ],
    ids=["small letters", "many words", "damaged", "long", "sentence"],
)
def test_a_sentence_is_no_country(sentence: str) -> None:
    assert country(sentence) is None


def test_the_places_in_a_subject_come_likeliest_first() -> None:
    assert list(places("The Jumma People in Bangladesh (Asia)")) == [
        "The Jumma People in Bangladesh (Asia)",
        "",
        "",
        "Asia",
        "Asia",
        "Bangladesh",
        "Bangladesh",
        "The Jumma People",
        "Jumma People",
    ]
