import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.diff import units
from scraper.diff.units import agreement, count_words, key, meaning, means_something, pieces, tokens, word_keys

SIGNS = "aZé9٣中ーア한ปะเកា្ရမန်בּ־شَـक़ी'’.,-/@:% $€_\u200d\n"
TEXTS = st.text(alphabet=st.sampled_from(SIGNS), max_size=24) | st.text(max_size=16)


@given(TEXTS)
def test_pieces_are_the_text_and_units_hold_all_but_its_spaces(text: str) -> None:
    found = pieces(text)

    assert "".join(found) == text
    assert all(not space.strip() for space in found[::2])
    assert [text[token.start : token.end] for token in tokens(text)] == found[1::2]
    assert all(unit and not unit.isspace() for unit in found[1::2])


@given(TEXTS)
def test_the_quick_ways_find_the_units_that_the_full_one_does(text: str) -> None:
    quick = units._patterns_of(text)

    assert quick.units.findall(text) == units._patterns(*units._IN_ANY).units.findall(text)
    assert quick.words_or_addresses.findall(text) == units._patterns(*units._IN_ANY).words_or_addresses.findall(text)


@given(TEXTS)
def test_a_text_means_something_if_any_of_its_units_does(text: str) -> None:
    assert means_something(text) == bool(meaning(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,200 of 2024-03-07", ["1,200", "of", "2024-03-07"]),
        ("the 3rd people's", ["the", "3rd", "people's"]),
        ("see https://watch.example/a?b=1.", ["see", "https://watch.example/a?b=1", "."]),
        ("(www.watch.example/a) or desk@watch.example!", "( www.watch.example/a ) or desk@watch.example !".split()),
        ("约有1,200个村庄", ["约", "有", "1,200", "个", "村", "庄"]),
        ("スーパーの道", ["スーパー", "の", "道"]),
        ("마을이 불탔다", ["마을이", "불탔다"]),
        ("교사 41명을, 제3조", ["교사", "41", "명을", ",", "제3조"]),
        ("በመጋቢት፡2015፡ሠራዊቱ።", ["በመጋቢት", "፡", "2015", "፡", "ሠራዊቱ", "።"]),
        ("ประเทศ", ["ป", "ระ", "เท", "ศ"]),
        ("ตั้งที่", ["ตั้", "ง", "ที่"]),
        ("ປະເທດ", ["ປະ", "ເທ", "ດ"]),
        ("ក្រុមនេះ", ["ក្រុ", "ម", "នេះ"]),
        ("မြန်မာစာ", ["မြန်", "မာ", "စာ"]),
        ("(বাংলা) ভাষা", ["(", "বাংলা", ")", "ভাষা"]),
        ("בית־ספר", ["בית", "־", "ספר"]),
        ("قال الجيش", ["قال", "الجيش"]),
    ],
)
def test_units_are_what_a_reader_would_call_words_or_signs(text: str, found: list[str]) -> None:
    assert [text[token.start : token.end] for token in tokens(text)] == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The", "the"),
        ("people's", "people’s"),
        ("قال", "قَالَ"),
        ("قال", "قـــال"),
        ("שלום", "שָׁלוֹם"),
        ("٢٠٢١", "2021"),
        ("ＵＮ", "UN"),
        ("می‌خواهم", "میخواهم"),
        ("İstanbul", "istanbul"),
    ],
)
def test_units_that_differ_in_looks_have_one_key(one: str, other: str) -> None:
    assert key(one) == key(other)
    assert agreement(f"x {one} y", f"x {other} y") in ("typography", "cosmetic")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("สี", "สิ"),  # colour, and a particle: the vowel above the consonant is the word
        ("दिन", "दीन"),  # day, and poor
        ("ক", "কা"),
        ("中", "国"),
        ("1,200", "1,300"),
        ("مَلِك", "مالك"),  # king, and owner: a letter more
    ],
)
def test_units_that_are_other_words_have_other_keys(one: str, other: str) -> None:
    assert key(one) != key(other)
    assert agreement(one, other) == "words"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("“a” – b", '"a" - b', "typography"),
        ("full Impunity", "full impunity", "cosmetic"),
        ("中国日本", "中国，日本", "cosmetic"),
        ("co-operate", "co operate", "cosmetic"),
        ("cooperate", "co-operate", "words"),
        ("costs $5", "costs €5", "words"),
        ("about 5", "about 5%", "words"),
        ("5 dead", "6 dead", "words"),
    ],
)
def test_agreement_is_the_weightiest_difference(before: str, after: str, kind: str) -> None:
    assert agreement(before, after) == kind


def test_units_count_as_words_where_there_are_no_spaces() -> None:
    assert count_words("宪法 and law") == 4


def test_addresses_are_one_word_and_no_number() -> None:
    assert count_words("Mail desk2@watch.example or see https://watch.example/2024/12") == 5
    assert units.numbers_only_in("https://watch.example/2024 in 2021", "") == ["2021"]
    assert word_keys("Desk@Watch.Example") == ["desk watch example"]


@pytest.mark.parametrize("text", ["a." * 200_000, "a@" * 200_000, "www." * 100_000, "http://" * 60_000, "ก" * 300_000])
def test_units_of_texts_made_to_take_long_are_found_all_the_same(text: str) -> None:
    assert "".join(pieces(text)) == text
