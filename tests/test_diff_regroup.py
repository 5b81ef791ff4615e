from hypothesis import given
from hypothesis import strategies as st

from scraper.diff.regroup import Group, groups
from scraper.diff.similar import text

WORDS = st.lists(st.sampled_from("ab"), min_size=1, max_size=12)


def parted(words: list[str], cuts: set[int]) -> list[str]:
    parts: list[list[str]] = [[]]
    for place, word in enumerate(words):
        if place in cuts and parts[-1]:
            parts.append([])
        parts[-1].append(word)
    return [" ".join(part) for part in parts]


def found(before: list[str], after: list[str]) -> list[Group]:
    return groups([text(one) for one in before], [text(one) for one in after])


def test_a_text_split_joined_or_parted_elsewhere_is_a_group() -> None:
    assert found(["a b c"], ["a b", "c"]) == [Group(0, 1, 0, 2)]
    assert found(["a b", "c"], ["a b c"]) == [Group(0, 2, 0, 1)]
    assert found(["a b", "c d"], ["a", "b c", "d"]) == [Group(0, 2, 0, 3)]
    assert found(["x", "a b. C"], ["y", "A b", "z"]) == []


def test_groups_follow_each_other_and_are_small() -> None:
    assert found(["a b", "c d e", "f"], ["a", "b", "c", "d e", "f"]) == [Group(0, 1, 0, 2), Group(1, 2, 2, 4)]


def test_a_sign_that_means_something_makes_words_others() -> None:
    assert found(["It costs $5. All pay."], ["It costs €5.", "All pay."]) == []


@given(WORDS, st.sets(st.integers(1, 11)), st.sets(st.integers(1, 11)))
def test_words_parted_in_two_ways_are_grouped_throughout(words: list[str], one: set[int], other: set[int]) -> None:
    before, after = parted(words, one), parted(words, other)

    regrouped = found(before, after)

    for group in regrouped:
        assert " ".join(before[group.i0 : group.i1]) == " ".join(after[group.j0 : group.j1])
        assert (group.i1 - group.i0, group.j1 - group.j0) != (1, 1)
    covered = {i for group in regrouped for i in range(group.i0, group.i1)}
    assert all(before[i] in after for i in range(len(before)) if i not in covered)
