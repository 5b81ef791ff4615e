"""Passages that were parted or joined, with some of their words edited: one change, with the words that differ."""

from itertools import pairwise

from building import record
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.record import Block, Record
from scraper.diff import Changes, applied, changes_from_dict, diff, inverted
from scraper.diff.regroup import Group, remade
from scraper.diff.similar import text

RAID = "In March 2024 soldiers of the Third Column surrounded the village of Tarn and took away 41 fishermen."
BOATS = "Their boats were sold at auction in the same week, and the price of a boat fell by half."
DENIAL = "The Ministry of Dykes has denied that anyone was taken and says that the fishermen left for the coast."
OTHER = "Nobody could tell us what became of the nets."


def found(changes: Changes) -> list[tuple[str, str]]:
    """The words that differ, as the first of the passages tells it."""
    first = next(change for change in changes.blocks if change.op == "regrouped")
    return [(run.before.strip(), run.after.strip()) for run in first.runs if run.kind == "words"]


def test_two_paragraphs_made_one_with_a_number_edited_differ_in_that_number() -> None:
    before, after = record(RAID, BOATS, OTHER), record(f"{RAID.replace('41', '43')} {BOATS}", OTHER)
    changes = diff(before, after)
    assert {change.op for change in changes.blocks} == {"regrouped"}
    assert found(changes) == [("41", "43")]
    assert (changes.words_changed, changes.numbers, changes.class_) == (1, (("41", "43"),), "words")
    assert changes.summary == "1 word in 2 paragraphs that are 1 now; 1 number"
    assert inverted(changes).summary == "1 word in 1 paragraph that is 2 now; 1 number"


def test_a_paragraph_with_a_new_one_behind_it_is_no_group() -> None:
    changes = diff(record(RAID, OTHER), record(RAID.replace("41", "43"), DENIAL, OTHER))
    assert [change.op for change in changes.blocks] == ["edited", "added"]


def test_a_sentence_that_a_long_paragraph_lost_is_dropped_and_no_group() -> None:
    changes = diff(record(f"{RAID} {BOATS} {DENIAL}", OTHER), record(f"{RAID} {DENIAL}", OTHER))
    assert [change.op for change in changes.blocks] == ["edited"]


def test_passages_parted_anew_are_found_among_others() -> None:
    ours = [text(words) for words in (OTHER, f"{RAID} {BOATS}", DENIAL)]
    theirs = [text(words) for words in (DENIAL.upper(), RAID.replace("Third", "Fifth"), BOATS)]
    assert remade(ours, theirs) == [Group(1, 2, 1, 3)]
    assert remade(theirs, ours) == [Group(1, 3, 1, 2)]


WORDS = [f"{RAID} {BOATS} {DENIAL}".split()[at : at + 14] for at in range(0, 42, 7)]


@st.composite
def remade_reports(draw: st.DrawFn) -> tuple[Record, Record]:
    """A report, and one that has its words in other paragraphs, some of them edited."""
    words = [word for part in draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=6)) for word in part]
    sides = []
    for _ in range(2):
        cuts = sorted(draw(st.sets(st.integers(1, len(words) - 1), max_size=4)))
        edits = draw(st.dictionaries(st.integers(0, len(words) - 1), st.sampled_from(["63", "Lisk", ""]), max_size=3))
        edited = [edits.get(at, word) for at, word in enumerate(words)]
        parts = [" ".join(filter(None, edited[i:j])) for i, j in pairwise([0, *cuts, len(words)])]
        sides.append(tuple(Block(kind="paragraph", text=part) for part in parts if part))
    before, after = (record(blocks=blocks) for blocks in sides)
    return before, after


@settings(max_examples=2000)
@given(remade_reports())
def test_the_laws_hold_where_passages_were_remade(pair: tuple[Record, Record]) -> None:
    before, after = pair
    changes = diff(before, after)
    assert applied(changes, before) == after
    assert inverted(changes) == diff(after, before)
    assert changes_from_dict(changes.to_dict()) == changes
    for change in changes.blocks:
        if change.op == "regrouped" and change.runs:
            for side, blocks, at in (("before", before.blocks, 0), ("after", after.blocks, 1)):
                whole = " ".join(blocks[place].text for place in change.group[at])
                assert "".join(getattr(run, side) for run in change.runs) == whole


def test_many_paragraphs_are_looked_at_with_a_bound() -> None:
    parts = [text(f"{word} {RAID}") for word in map(str, range(33))]
    assert remade(parts, parts[:32]) == []
