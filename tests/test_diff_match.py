import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scraper.diff.match import Stretch, common_end, common_start, gaps, increasing, matching

SEQUENCES = st.lists(st.integers(0, 5), max_size=30)


@given(SEQUENCES, SEQUENCES)
def test_what_is_called_equal_is_equal_and_in_order(before: list[int], after: list[int]) -> None:
    found = matching(before, after)

    assert not found.coarse
    assert all(before[one.i0 : one.i1] == after[one.j0 : one.j1] for one in found.equal)
    assert all(one.i1 <= two.i0 and one.j1 <= two.j0 for one, two in pairwise(found.equal))


@given(SEQUENCES, SEQUENCES)
def test_no_longer_common_subsequence_exists(before: list[int], after: list[int]) -> None:
    lengths = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i, one in enumerate(before):
        for j, two in enumerate(after):
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if one == two else max(lengths[i][j + 1], lengths[i + 1][j])

    assert sum(one.i1 - one.i0 for one in matching(before, after).equal) == lengths[-1][-1]


@given(SEQUENCES, SEQUENCES)
def test_gaps_and_equal_stretches_together_are_the_whole(before: list[int], after: list[int]) -> None:
    whole = Stretch(0, len(before), 0, len(after))
    equal = matching(before, after).equal
    parts = sorted([*equal, *gaps(equal, whole)])

    assert sum(part.i1 - part.i0 for part in parts) == len(before)
    assert sum(part.j1 - part.j0 for part in parts) == len(after)


def test_a_stretch_over_the_bound_is_cut_at_what_occurs_once() -> None:
    before = [*range(5_000), -1, *range(5_000, 10_000)]
    after = [-2, *range(5_000), *range(5_000, 10_000), -3]

    found = matching(before, after)

    assert sum(one.i1 - one.i0 for one in found.equal) == 10_000
    assert not found.coarse


def test_without_single_items_runs_of_several_cut_it() -> None:
    words = random.Random(7).choices(range(200), k=12_000)  # each of the 200 many times: none occurs once

    found = matching(words, [*words[:5_000], 200, *words[5_000:9_000], 200, *words[9_500:], 200])

    assert not found.coarse
    assert sum(one.i1 - one.i0 for one in found.equal) == 11_500


def test_what_cannot_be_cut_is_matched_piece_by_piece_and_said() -> None:
    found = matching([0, 1] * 6_000 + [2], [1, 0] * 6_000 + [3])

    assert found.coarse
    assert sum(one.i1 - one.i0 for one in found.equal) == 11_997  # of 11,999: a piece more, an item less


def test_more_different_items_than_there_are_characters_are_said_to_be_too_many() -> None:
    items = list(range(1_200_000))

    found = matching([-1, *items], [-2, *items])

    assert found.coarse
    assert found.equal[0] == Stretch(1, 1_114_111, 1, 1_114_111)


@given(st.text(alphabet="ab", max_size=12), st.text(alphabet="ab", max_size=12))
def test_common_ends_are_as_long_as_can_be(one: str, other: str) -> None:
    size = common_start(one, other)
    assert one[:size] == other[:size]
    assert one[size : size + 1] != other[size : size + 1] or size == min(len(one), len(other))
    assert common_end(one, other) == common_start(one[::-1], other[::-1])


@given(st.lists(st.integers(0, 20), max_size=20))
def test_increasing_gives_rising_pairs(values: list[int]) -> None:
    chosen = increasing(list(enumerate(values)))

    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(chosen))
    assert bool(chosen) == bool(values)
