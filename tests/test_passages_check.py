from collections.abc import Iterator
from pathlib import Path

import pytest
from building import capture, day, missing, parse_lines, record

from parsers.record import Block, Figure, Record
from scraper.archive import Archive
from scraper.errors import UsageError
from scraper.loader import load
from scraper.passages import Check, check
from scraper.passages.check import MOST_PASSAGES

VELMORA = "https://example.org/velmora"
ORDANIA = "https://example.org/ordania"
CLOSED = "The council closed four markets in a single night."


def _parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    first, *lines = body.decode().split("\n")
    blocks = tuple(Block(kind="paragraph", text=line) for line in lines)
    return record(url=url, title=first, blocks=blocks, lead=Figure(caption="A burnt market", credit="A. B."))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive(tmp_path_factory.mktemp("check") / "a.db", create=True) as archive:
        for number, url, text in (
            (1, VELMORA, f"Velmora Report\n{CLOSED} No one was told.\nPolice have full Impunity."),
            (2, ORDANIA, f"Ordania Report\n{CLOSED}\nNothing else is known."),
            (3, VELMORA, f"Velmora Report\nIt is May. {CLOSED} No one was told.\nPolice have full impunity."),
            (
                4,
                VELMORA,
                "Velmora Report\nThe council closed five markets in two nights.\n調査委員会は強制収容所を確認した。",
            ),
            (5, VELMORA, f"Velmora Report\n{CLOSED}\nSo it says."),
            (6, ORDANIA, ""),
        ):
            made = capture(text, day(number), url=url) if text else missing(day(number), 410)
            load(archive, made if text else made.__class__(url=url, captured_at=day(6), outcome="missing", status=410),
                 parse=_parse)  # fmt: skip
        yield archive


def _rows(found: Check) -> list[tuple[str, int, list[int]]]:
    return [(one.agreement, one.page_id, [version.seq for version in one.versions]) for one in found.holdings]


def test_all_versions_that_hold_it_are_found_with_their_intervals(archive: Archive) -> None:
    found = check(archive, CLOSED)
    assert found.is_found
    assert _rows(found) == [("exact", 1, [1, 2]), ("exact", 2, [1]), ("exact", 1, [4])]
    first, other, back = found.holdings
    assert (first.span.since.after, first.span.since.by) == (None, day(1))
    assert first.span.until
    assert first.span.until.by == day(4)
    assert (first.path, first.places) == ("/blocks/0/text", ((0, len(CLOSED)),))
    assert other.span.until
    assert other.span.until.by == day(6)
    assert (back.span.since.after, back.span.since.by, back.span.until) == (day(4), day(5), None)


def test_one_page_may_be_asked(archive: Archive) -> None:
    assert _rows(check(archive, CLOSED, page_id=2)) == [("exact", 2, [1])]


def test_how_far_it_agrees_is_told_for_each_version(archive: Archive) -> None:
    assert _rows(check(archive, "full impunity")) == [("exact", 1, [2]), ("case", 1, [1])]


def test_words_may_be_left_out_within_a_passage(archive: Archive) -> None:
    assert _rows(check(archive, "The council closed … No one was told")) == [("exact", 1, [1, 2])]
    assert not check(archive, "No one was told … Police have").is_found


def test_paragraphs_have_to_follow_each_other(archive: Archive) -> None:
    (found,) = check(archive, "No one was told.\n\nPolice have full Impunity.", page_id=1).holdings[:1]
    assert (found.agreement, [version.seq for version in found.versions]) == ("exact", [1])
    assert found.passage.split("\n")[1] == "Police have full Impunity."
    assert [found.passage[start:end] for start, end in found.places] == [
        "No one was told.",
        "Police have full Impunity.",
    ]
    assert not check(archive, "Police have full Impunity.\nThe council closed four markets").is_found


def test_title_and_captions_are_passages(archive: Archive) -> None:
    assert check(archive, "Ordania Report").holdings[0].path == "/title"
    assert check(archive, "a burnt market", page_id=1).holdings[0].path == "/lead/caption"


def test_scripts_without_spaces_are_looked_through(archive: Archive) -> None:
    (found,) = check(archive, "強制収容所を確認した").holdings
    assert ([version.seq for version in found.versions], found.path) == ([3], "/blocks/1/text")
    near = check(archive, "調査委員会は強制収容所を確認していない。")
    assert _rows(near) == [("nearest", 1, [3])]


def test_the_nearest_wording_is_shown_with_the_difference(archive: Archive) -> None:
    found = check(archive, "The council closed six markets in a single week.")
    assert not found.is_found
    first = found.holdings[0]
    assert first.passage[slice(*first.places[0])] == CLOSED
    assert [(run.before, run.after) for run in first.runs if run.kind == "words"] == [
        ("six", "four"),
        ("week", "night"),
    ]
    assert {version.seq for one in found.holdings for version in one.versions if one.page_id == 1} == {1, 2, 3, 4}
    assert [one.likeness for one in found.holdings] == sorted((one.likeness for one in found.holdings), reverse=True)


def test_what_is_like_nothing_finds_nothing(archive: Archive) -> None:
    assert check(archive, "zebra unicorn umbrella") == Check((), False)


@pytest.mark.parametrize(
    "text",
    [
        '"; drop table block; --',
        "a AND b OR NOT c NEAR(d)",
        "*",
        "x" * 20_000,
        "a " * 9_999,
        "“" * 99 + "x",
        "\x00\ud800 x",
    ],
    ids=["sql", "fts", "star", "one word", "many words", "marks", "no text"],
)
def test_hostile_quotations_cost_little(archive: Archive, text: str) -> None:
    try:
        assert not check(archive, text).is_found
    except UsageError as error:
        assert "quotation" in str(error)


def test_that_there_are_too_many_passages_is_said(tmp_path: Path) -> None:
    lines = "\n".join(f"The army left in the year {number}." for number in range(MOST_PASSAGES + 1))
    with Archive(tmp_path / "a.db", create=True) as archive:
        load(archive, capture(lines, day(1)), parse=parse_lines)
        assert check(archive, "The army left").is_cut
        assert not check(archive, "The army left in the year 41").is_cut
