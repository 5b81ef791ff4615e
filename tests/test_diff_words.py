import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.diff.units import agreement, count_words, tokens
from scraper.diff.words import Run, edits, numbers_changed, words_changed

PIECES = [
    "The",
    "the",
    "army",
    "army,",
    "people's",
    "people’s",
    "1,200",
    "2023-12",
    "–",
    "-",
    "“yes”",
    '"yes"',
    "軍事",
    "，",
]
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    st.lists(st.sampled_from([*PIECES, " ", "\n", ". "]), max_size=12).map("".join),
    st.text(max_size=20),
)


def marked(before: str, after: str) -> str:
    """The runs as one line: what is shown of them without colour, typography marked with tildes."""
    ends = {"words": ("[-", "-]", "{+", "+}"), "cosmetic": ("[-", "-]", "{+", "+}"), "typography": ("~", "", "~", "")}
    line = ""
    for run in edits(before, after).runs:
        if run.kind == "same":
            line += run.before
            continue
        open_, close, new, end = ends[run.kind]
        line += (f"{open_}{run.before}{close}" if run.before else "") + (f"{new}{run.after}{end}" if run.after else "")
    return line


@given(TEXTS, TEXTS)
@settings(max_examples=500)
def test_runs_spell_out_both_texts(before: str, after: str) -> None:
    runs = edits(before, after).runs

    assert "".join(run.before for run in runs) == before
    assert "".join(run.after for run in runs) == after
    assert all(run.before == run.after for run in runs if run.kind == "same")


@given(TEXTS, TEXTS)
@settings(max_examples=500)
def test_the_way_back_is_the_mirror(before: str, after: str) -> None:
    assert [run.inverted() for run in edits(before, after).runs] == list(edits(after, before).runs)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {run.kind for run in edits(text, text).runs} <= {"same"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("full Impunity. Civil", "full impunity. Civil", "full [-Impunity-]{+impunity+}. Civil"),
        ("The army left.", "The army left the city.", "The army left{+ the city+}."),
        ("One ran. Two sat.", "One ran. One hid. Two sat.", "One ran. {+One hid. +}Two sat."),
        ("The cat sat.", "The dog ran. The cat sat.", "{+The dog ran. +}The cat sat."),
        ("in 2022, the", "in 2022 the", "in 2022[-,-] the"),
        ("They say 'no'.", "They say ‘no’.", "They say ~'~‘no~'~’."),
        ("about 1,200 people", "about 1,900 people", "about [-1,200-]{+1,900+} people"),
        ("sixteen-hour days", "twelve-hour days", "[-sixteen-]{+twelve+}-hour days"),
        ("委员会中止了宪法。", "委员会恢复了宪法。", "委员会[-中止-]{+恢复+}了宪法。"),
        ("정부는 언론을 통제한다", "정부는 신문을 통제한다", "정부는 [-언론을-]{+신문을+} 통제한다"),
        ("وقال الجيش إن", "وقال الشعب إن", "وقال [-الجيش-]{+الشعب+} إن"),
        ("हिन्दी भाषा है", "हिन्दी किताब है", "हिन्दी [-भाषा-]{+किताब+} है"),
        ("", "New words", "{+New words+}"),
    ],
)
def test_edits_are_cut_out_where_a_reader_would(before: str, after: str, expected: str) -> None:
    assert marked(before, after) == expected


def test_a_rewritten_sentence_is_not_shattered_by_its_small_words() -> None:
    before = "The council rules by decree and the assembly was dissolved in spring."
    after = "The cabinet governs with consent and its parliament has met since May."

    changed = [run for run in edits(before, after).runs if run.kind == "words"]

    assert len(changed) <= 2


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


def test_words_are_counted_by_the_longer_side_and_punctuation_not() -> None:
    runs = edits(
        "The army, it is said, left the town at once.", "The army it is said left the town last spring, all."
    ).runs

    assert [(run.before, run.after) for run in runs if run.kind == "words"] == [("at once", "last spring, all")]
    assert words_changed(runs) == 3


def test_numbers_are_paired_in_order() -> None:
    runs = edits("In 2022, 300 fled and 12 died.", "In 2023, 300 fled.").runs

    assert numbers_changed(runs) == (("2022", "2023"), ("12", ""))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,200 of 2024-03-07", ["1,200", "of", "2024-03-07"]),
        ("the 3rd people's", ["the", "3rd", "people's"]),
        ("约有1,200个", ["约", "有", "1,200", "个"]),
        ("ประเทศ", ["ป", "ระ", "เท", "ศ"]),
        ("ตั้งที่", ["ตั้", "ง", "ที่"]),
    ],
)
def test_tokens(text: str, found: list[str]) -> None:
    assert [text[token.start : token.end] for token in tokens(text)] == found


def test_characters_count_as_words_where_there_are_no_spaces() -> None:
    assert count_words("宪法 and law") == 4


def test_a_huge_line_with_one_word_changed_is_matched_to_the_word() -> None:
    words = [f"w{index * 7919 % 5003}" for index in range(100_000)]
    changed = [*words[:60_000], "other", *words[60_001:]]

    runs, coarse = edits(" ".join(words), " ".join(changed))

    assert not coarse
    assert [run for run in runs if run.kind != "same"] == [Run(kind="words", before=words[60_000], after="other")]


def test_huge_lines_that_cannot_be_matched_throughout_are_matched_in_pieces_and_said() -> None:
    runs, coarse = edits("a b " * 6_000 + "c", "b a " * 6_000 + "d")

    assert coarse
    assert len(runs) < 12
