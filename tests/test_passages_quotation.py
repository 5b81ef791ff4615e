import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import UsageError
from scraper.passages.nearest import nearest
from scraper.passages.quotation import MOST_PARTS, MOST_SIGNS, find, quotation

TEXT = "The council “denies” it – wholly: no one was told, and Police have full Impunity. 調査委員会は確認した。"


def _found(wanted: str, text: str = TEXT) -> tuple[str, list[str]] | None:
    found = find(quotation(wanted), text)
    return found and (found.agreement, [text[start:end] for start, end in found.places])


@pytest.mark.parametrize(
    ("wanted", "agreement", "places"),
    [
        ("The council “denies” it – wholly", "exact", ["The council “denies” it – wholly"]),
        ("“no one was told”", "exact", ["no one was told"]),
        ("no one\n  was told", "exact", ["no one was told"]),
        ('council "denies" it - wholly', "typography", ["council “denies” it – wholly"]),
        ("police have full impunity", "case", ["Police have full Impunity"]),
        ("the COUNCIL 'denies", None, []),
        ("The council … no one was told", "exact", ["The council", "no one was told"]),
        ("The council [...] no one … Impunity", "exact", ["The council", "no one", "Impunity"]),
        ("the council (…) full impunity.", "case", ["The council", "full Impunity."]),
        ("The council . . . told", "exact", ["The council", "told"]),
        ("… no one was told …", "exact", ["no one was told"]),
        ("no one … The council", None, []),
        ("the counci", None, []),
        ("olice have", None, []),
        ("調査委員会", "exact", ["調査委員会"]),
        ("委員会は", "exact", ["委員会は"]),
        ("no one was told and", None, []),
        ("full full", None, []),
    ],
)
def test_a_quotation_is_found_as_far_as_it_agrees(wanted: str, agreement: str | None, places: list[str]) -> None:
    assert _found(wanted) == (agreement and (agreement, places))


def test_dots_that_the_text_itself_has_are_no_gap() -> None:
    assert _found("wait … and see", "They wait … and see.") == ("exact", ["wait … and see"])
    assert _found("wait ... and see", "They wait … and see.") == ("typography", ["wait … and see"])


def test_places_are_those_of_the_text_as_it_is() -> None:
    text = "A…  STRASSE, Straße “x” STRASSE"
    assert _found('straße "x"', text) == ("case", ["Straße “x”"])


@pytest.mark.parametrize(
    ("wanted", "text", "found"),
    [
        ("اعتقل ٤١ معلماً", "قيل: اعتقل ٤١ معلماً هنا.", ("exact", ["اعتقل ٤١ معلماً"])),
        ("اعتقل 41 معلما", "قيل: اعتقل ٤١ معلماً هنا.", ("case", ["اعتقل ٤١ معلماً"])),
        ("שלום", "אמר שָׁלוֹם לה", ("case", ["שָׁלוֹם"])),
        ("सड़क", "सड़क बंद है", ("exact", ["सड़क"])),
        ("सड़क", "सड़कें बंद हैं", None),
        ("की", "गाँव कि", None),
        ("ไม", "ไม้", None),
        ("ครู", "จับกุมครู 41 คน", ("exact", ["ครู"])),
        ("교사 41명", "그날 교사 41명을", ("exact", ["교사 41명"])),
    ],
)
def test_letters_are_found_with_their_signs_and_points_are_looks(
    wanted: str, text: str, found: tuple[str, list[str]] | None
) -> None:
    assert _found(wanted, text) == found


def test_the_nearest_part_is_of_whole_words_where_signs_follow_letters() -> None:
    text = "गाँव में 58 शिक्षकों को गिरफ़्तार की। लोग पहाड़ की ओर भागे।"
    part = nearest("41 शिक्षकों को गिरफ़्तार कीया।", text)
    assert text[part.start : part.end].endswith(" 58 शिक्षकों को गिरफ़्तार की।")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("", "no words"),
        ("… “”", "no words"),
        ("x" * (MOST_SIGNS + 1), "20,001 characters, expected at most 20,000"),
        (" … ".join("abc" for _ in range(MOST_PARTS + 1)), "33 parts"),
    ],
)
def test_what_cannot_be_looked_for_is_said(wanted: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        quotation(wanted)


@given(st.text(alphabet='aA b.“"…-– ß', min_size=1, max_size=30), st.text(alphabet='aA b.“"…-– ß', max_size=30))
def test_every_whole_part_of_a_text_is_found_exactly(part: str, around: str) -> None:
    line = " ".join(f"{around} {part} {around}".split())
    try:
        wanted = quotation(part)
    except UsageError:
        return
    if f" {wanted.whole} " in f" {line} ":
        found = find(wanted, line)
        assert found
        assert found.agreement == "exact"


def test_the_nearest_part_is_of_whole_words() -> None:
    text = "On Monday the council said that it holds any of the 63 traders. Nobody believed it."
    part = nearest("council says that it holds all of the 41 traders.", text)
    assert text[part.start : part.end] == "council said that it holds any of the 63 traders."
    assert 80 < part.likeness < 100


def test_the_nearest_part_of_a_long_text_is_found_word_by_word() -> None:
    words = [f"word{number}" for number in range(5_000)]
    text = " ".join(words)
    wanted = " ".join(words[3_000:3_100]).replace("word3050", "other")
    part = nearest(wanted, text)
    assert text[part.start : part.end] == " ".join(words[3_000:3_100])
    assert part.likeness == 99.0
    long = " ".join(words[1_000:3_000])
    assert nearest(long, text).likeness == 100.0


def test_a_text_shorter_than_the_quotation_is_near_as_a_whole() -> None:
    part = nearest("the council denied that it holds any of them", "Denial")
    assert (part.start, part.end) == (0, 6)
    assert part.likeness < 40
