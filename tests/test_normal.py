import re
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.normal import bare, folded, plain, shown, storable

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" two\t words\n", "two words"),
        ("no\u00a0break\u202fspace", "no break space"),
        ("soft\u00adhyphen, zero\u200bwidth, mark\u200e\u2066\ufeff", "softhyphen, zerowidth, mark"),
        ("e\u0301", "é"),
        ("nul \0", "nul \ufffd"),
        ("lone \ud800", "lone \ufffd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
    ids=["white space", "no-break spaces", "invisible", "composed", "NUL", "surrogate", "joiner that carries meaning"],
)
def test_shown_is_what_a_reader_sees(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_storable_keeps_lines_and_spaces() -> None:
    assert storable("a  b\n\tc\u200b\0") == "a  b\n\tc\ufffd"


def test_plain_ignores_quotation_marks_dashes_and_ellipsis() -> None:
    assert plain("“Velmora’s” army – it says… «no»") == plain('"Velmora\'s" army - it says... "no"')


def test_bare_ignores_case_and_punctuation_as_well() -> None:
    assert bare("Velmora’s ARMY, 1,200 men!") == "velmora s army 1 200 men"
    assert bare("STRASSE") == bare("straße")
    assert bare("—") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [("कि", "की"), ("ไม", "ไม้"), ("ရွာ", "ရွေ"), ("ភូមិ", "ភូមា"), ("க்", "க"), ("resume", "résumé"), ("على", "علي")],
    ids=["Hindi", "Thai", "Burmese", "Khmer", "Tamil", "accent", "Arabic letter"],
)
def test_bare_keeps_the_signs_that_make_another_word(one: str, other: str) -> None:
    assert bare(one) != bare(other)
    assert len(bare(f"{one} {other}").split()) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كَتَبَ", "كتب"), ("محمـــد", "محمد"), ("שָׁלוֹם", "שלום"), ("می\u200cرود", "میرود"), ("٤١ ۴۱", "41 41"),
        ("ＵＮ４１", "un41"), ("İstanbul", "istanbul"), ("re\u0301sume\u0301", "résumé"),
    ],
    ids=["Arabic points", "lengthened", "Hebrew points", "joiner", "digits", "full width", "Turkish", "composed"],
)  # fmt: skip
def test_bare_leaves_out_the_signs_that_a_text_may_lack(one: str, other: str) -> None:
    assert bare(one) == bare(other)


@given(ANY_TEXT)
def test_each_form_is_its_own_form(text: str) -> None:
    assert shown(shown(text)) == shown(text)
    assert plain(plain(text)) == plain(text)
    assert bare(bare(text)) == bare(text)


@given(ANY_TEXT)
def test_a_form_that_ignores_more_sees_no_more(text: str) -> None:
    assert plain(shown(text)) == plain(text)
    assert bare(plain(text)) == bare(text)


@given(ANY_TEXT)
def test_what_is_shown_can_be_stored(text: str) -> None:
    assert "\0" not in shown(text)
    shown(text).encode("utf-8")


def test_folding_misses_no_sign_that_a_form_takes_for_a_letter() -> None:
    every_sign = "".join(map(chr, range(0x110000)))
    for letter in ascii_lowercase:
        assert {folded(sign) for sign in re.findall(letter, every_sign, re.IGNORECASE)} == {letter}


def test_folding_keeps_each_sign_in_its_place() -> None:
    assert folded("Straße – İst") == "stra?e ? ist"
