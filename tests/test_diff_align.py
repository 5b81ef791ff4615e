import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.diff.align import Item, Place, align
from scraper.diff.similar import similar_pairs, text

SENTENCES = [
    "The council rules the river province by decree since spring.",
    "The council rules the river province by decree since autumn.",
    "Independent newspapers were closed within a year of the coup.",
    "“Nobody” may leave the camps without written permission.",
    '"Nobody" may leave the camps without written permission.',
    "Neighbouring states should grant asylum to families who flee.",
    "Neighbouring states should grant asylum.",
    "To families who flee.",
    "Recommendations",
    "",
]
BLOCKS = st.lists(st.sampled_from(SENTENCES), max_size=10)


def items(*texts: str) -> list[Item]:
    return [Item("text", shown) for shown in texts]


def places(before: list[str], after: list[str]) -> set[Place]:
    return set(align(items(*before), items(*after)).places)


@given(BLOCKS, BLOCKS)
@settings(max_examples=300)
def test_every_block_has_one_place(before: list[str], after: list[str]) -> None:
    found = align(items(*before), items(*after)).places

    assert sorted(place.before for place in found if place.before is not None) == list(range(len(before)))
    assert sorted(place.after for place in found if place.after is not None) == list(range(len(after)))


@given(BLOCKS, BLOCKS)
@settings(max_examples=300)
def test_the_way_back_is_the_mirror(before: list[str], after: list[str]) -> None:
    assert {place.inverted() for place in places(before, after)} == places(after, before)


@given(BLOCKS, BLOCKS)
@settings(max_examples=300)
def test_matched_blocks_keep_their_order(before: list[str], after: list[str]) -> None:
    matched = sorted((p.before, p.after) for p in places(before, after) if p.step == "matched")

    assert [j for _, j in matched] == sorted(j for _, j in matched)


def test_a_block_moved_is_found_and_the_rest_stays() -> None:
    before = [f"Paragraph number {index} speaks of subject {index * 31}." for index in range(20)]
    after = [*before[:4], *before[5:17], before[4], *before[17:]]

    found = places(before, after)

    assert Place("moved", 4, 16) in found
    assert {place.step for place in found} == {"matched", "moved"}
    assert len([place for place in found if place.step == "moved"]) == 1


def test_a_block_moved_and_edited_is_found() -> None:
    before = [f"Paragraph {'abcdefghij'[index]} {SENTENCES[0][4:]} {index}{index}" for index in range(3)]
    before += [SENTENCES[2], SENTENCES[3], SENTENCES[5]]
    edited = SENTENCES[2].replace("year", "month")
    after = [edited, *before[:3], SENTENCES[3], SENTENCES[5]]

    assert Place("moved", 3, 0) in places(before, after)


def test_pairs_out_of_order_in_one_gap_have_moved() -> None:
    before = [SENTENCES[0], SENTENCES[2]]
    after = [SENTENCES[2].replace("year", "month"), SENTENCES[1]]

    assert sorted(place.step for place in places(before, after)) == ["matched", "moved"]


def test_a_split_paragraph_keeps_its_words() -> None:
    assert places([SENTENCES[5], SENTENCES[2]], [SENTENCES[5][:39] + ".", "To families who flee.", SENTENCES[2]]) == {
        Place("regrouped", 0, None, ((0,), (0, 1))),
        Place("regrouped", None, 0, ((0,), (0, 1))),
        Place("regrouped", None, 1, ((0,), (0, 1))),
        Place("matched", 1, 2),
    }


def test_joined_paragraphs_are_the_reverse_of_split_ones() -> None:
    found = places([SENTENCES[2], "Nobody left.", "It rained."], [SENTENCES[2], "Nobody left. It rained."])

    assert {place.step for place in found} == {"matched", "regrouped"}


def test_typography_does_not_part_blocks() -> None:
    assert places([SENTENCES[3]], [SENTENCES[4]]) == {Place("matched", 0, 0)}


def test_a_heading_of_one_word_is_paired_by_its_letters() -> None:
    assert places(["Recommendations"], ["Recommendation"]) == {Place("matched", 0, 0)}
    assert places(["Discrimination"], ["Extermination"]) == {Place("only", 0, None), Place("only", None, 0)}


def test_figures_of_one_image_are_one_whatever_their_caption() -> None:
    before, after = [Item("figure", "A camp", "1.jpg")], [Item("figure", "Soldiers in March", "1.jpg")]

    assert align(before, after).places == (Place("matched", 0, 0),)


def test_blocks_of_different_groups_never_pair() -> None:
    found = align([Item("table", SENTENCES[0])], [Item("text", SENTENCES[0])])

    assert [place.step for place in found.places] == ["only", "only"]


def test_thousands_of_edited_blocks_are_paired_by_their_rare_words() -> None:
    before = [
        f"The council of district{index} closed paper{index} and school{index} in spring." for index in range(3_000)
    ]
    after = [line.replace("spring", "autumn") for line in reversed(before)]

    found = align(items(*before), items(*after)).places

    assert {(place.before, place.after) for place in found} == {(index, 2_999 - index) for index in range(3_000)}


def test_candidates_are_bounded_when_all_texts_share_their_words() -> None:
    before = [text(f"the same few words {index}") for index in range(200)]
    after = [text(f"the same few words again {index + 1_000}") for index in range(200)]

    assert similar_pairs(before, after, floor=0.5) == []  # words all texts have name none of them


def test_an_identity_makes_candidates_among_many() -> None:
    before = [text(f"picture {index}", identity=f"{index}.jpg") for index in range(50)]
    after = [text(f"photograph {index + 1_000}", identity=f"{index}.jpg") for index in reversed(range(50))]

    assert {(pair.before, pair.after) for pair in similar_pairs(before, after, floor=0.5)} == {
        (index, 49 - index) for index in range(50)
    }


WHOLE = "To whoever gives to the fund, or asks for money back."
MORE = (
    "The fund may use what it is told for the same ends and in the same ways as are named here. It alone answers for "
    "what the law of its own country asks of it, and for all harm that comes where it does not do so."
)


@pytest.mark.parametrize("extended", [f"{WHOLE} {MORE}", f"{MORE} {WHOLE}", f"{WHOLE.replace('fund', 'chest')} {MORE}"])
def test_a_text_that_stands_at_an_end_of_another_is_its_pair(extended: str) -> None:
    head, foot = SENTENCES[0], SENTENCES[5]

    assert Place("matched", 1, 1) in places([head, WHOLE, foot], [head, extended, foot])
    assert Place("matched", 1, 1) in places([head, extended, foot], [head, WHOLE, foot])


def test_a_few_words_at_the_start_of_another_text_are_no_pair_of_it() -> None:
    assert places(["To the fund."], [f"To the fund. {MORE}"]) == {Place("only", 0, None), Place("only", None, 0)}


def test_what_is_more_alike_goes_before_what_stands_at_an_end() -> None:
    other = f"{WHOLE} Thanks."

    assert Place("matched", 0, 1) in places([WHOLE], [f"{WHOLE} {MORE}", other])
