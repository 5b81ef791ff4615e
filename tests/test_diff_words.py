import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.diff.units import count_words
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
        ("قال الجيش إن القرى", "قَالَ الجـيش إن المدن", "[-قال الجيش-]{+قَالَ الجـيش+} إن [-القرى-]{+المدن+}"),
        ("הצבא עזב את הכפר.", "הצבא כבש את הכפר.", "הצבא [-עזב-]{+כבש+} את הכפר."),
        ("軍はスーパーを閉めた。", "軍はホテルを閉めた。", "軍は[-スーパー-]{+ホテル+}を閉めた。"),
        ("กองทัพออกจากเมือง", "กองทัพเข้าเมือง", "กองทัพ[-ออกจาก-]{+เข้า+}เมือง"),
        ("កងទ័ពចាកចេញពីភូមិ", "កងទ័ពចូលភូមិ", "កងទ័ព[-ចាកចេញពី-]{+ចូល+}ភូមិ"),
        ("军队于２０２１年烧毁村庄", "军队于2021年烧毁城市", "军队于[-２０２１-]{+2021+}年烧毁[-村庄-]{+城市+}"),
        (
            "see https://a.example/x now",
            "see https://a.example/y now",
            "see [-https://a.example/x-]{+https://a.example/y+} now",
        ),
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


def test_words_are_counted_by_the_longer_side_and_punctuation_not() -> None:
    runs = edits(
        "The army, it is said, left the town at once.", "The army it is said left the town last spring, all."
    ).runs

    assert [(run.before, run.after) for run in runs if run.kind == "words"] == [("at once", "last spring, all")]
    assert words_changed(runs) == 3


def test_numbers_are_paired_in_order() -> None:
    runs = edits("In 2022, 300 fled and 12 died.", "In 2023, 300 fled.").runs

    assert numbers_changed(runs) == (("2022", "2023"), ("12", ""))


def test_two_edits_are_parted_by_two_equal_words_at_least() -> None:
    assert marked("a big red dog sat", "a small red cat sat") == "a [-big red dog-]{+small red cat+} sat"
    assert marked("a big old red dog sat", "a small old red cat sat") == "a [-big-]{+small+} old red [-dog-]{+cat+} sat"


@given(TEXTS, TEXTS)
def test_hunks_are_never_shattered(before: str, after: str) -> None:
    runs = edits(before, after).runs

    for one, between, other in zip(runs, runs[1:], runs[2:], strict=False):
        if one.kind == other.kind == "words" and between.kind == "same":
            assert count_words(between.before) >= 2


def test_words_in_another_case_one_after_the_other_are_one_run() -> None:
    assert (
        marked("The FULL IMPUNITY of all", "The full impunity of all")
        == "The [-FULL IMPUNITY-]{+full impunity+} of all"
    )


def test_a_sign_that_means_something_counts_as_a_word() -> None:
    assert words_changed(edits("about 5 here", "about 5% here").runs) == 1


def test_a_long_text_is_matched_as_a_short_one_is() -> None:
    filler = " ".join(f"w{number}" for number in range(4_000))
    before = f"{filler} The army left. {filler} Full impunity, in 2021. {filler}"
    after = f"{filler} The army left the city. {filler} full impunity in 2022. {filler}"

    changed = [run for run in edits(before, after).runs if run.kind != "same"]

    assert [(run.kind, run.before, run.after) for run in changed] == [
        ("words", "", " the city"),
        ("cosmetic", "Full", "full"),
        ("words", ", in 2021", " in 2022"),
    ]


def test_a_long_text_that_differs_in_too_many_places_is_shown_more_coarsely_and_said_to_be() -> None:
    words = [f"w{number}" for number in range(60_000)]
    changed = [f"x{number}" if number % 4 == 0 else word for number, word in enumerate(words)]

    runs, coarse = edits(" ".join(words), " ".join(changed))

    assert coarse
    assert len(runs) < 25_000
    assert "".join(run.after for run in runs) == " ".join(changed)


def test_a_huge_line_with_one_word_changed_is_matched_to_the_word() -> None:
    words = [f"w{index * 7919 % 5003}" for index in range(100_000)]
    changed = [*words[:60_000], "other", *words[60_001:]]

    runs, coarse = edits(" ".join(words), " ".join(changed))

    assert not coarse
    assert [run for run in runs if run.kind != "same"] == [Run(kind="words", before=words[60_000], after="other")]


def test_huge_lines_that_cannot_be_matched_throughout_are_matched_in_pieces_and_said() -> None:
    runs, coarse = edits("b c " * 6_000 + "d", "c b " * 6_000 + "e")

    assert coarse
    assert len(runs) < 12


def test_huge_lines_of_two_words_by_turns_are_matched_all_but_their_ends() -> None:
    runs, coarse = edits("a b " * 6_000 + "c", "b a " * 6_000 + "d")

    assert not coarse
    assert sum(count_words(run.before) for run in runs if run.kind == "words") < 5
