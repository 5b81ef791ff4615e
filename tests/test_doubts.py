from dataclasses import replace

import pytest

from parsers.record import Account, Record
from scraper.doubts import Reading, doubts, doubts_of_first, may_pass
from scraper.ledger import Sighting

WHOLE = Reading(
    record_id=1,
    content="a",
    characters=4_000,
    title="Velmora",
    layout="wix/post",
    fields=frozenset({"published", "authors", "facts"}),
    words=Account(report=600, chrome=300, unclaimed=100),
)


def _names(before: Reading = WHOLE, *, is_other: bool = False, **changed: object) -> list[str]:
    now = replace(before, record_id=2, content="b", **changed)  # type: ignore[arg-type]
    found = doubts(before, now, lambda *_: is_other)
    assert all(flag.holds and flag.detail for flag in found)
    return [flag.name for flag in found]


def test_an_edit_raises_no_doubt() -> None:
    edited = Account(report=580, chrome=310, unclaimed=90)
    assert _names(characters=3_800, title="Velmora in May", fields=frozenset({"authors"}), words=edited) == []


def test_a_text_of_half_the_length_is_doubtful() -> None:
    assert _names(characters=2_000) == ["shrank"]
    assert _names(characters=2_001) == []


def test_another_text_under_another_title_is_doubtful_and_does_not_pass() -> None:
    assert _names(title="Just a moment", is_other=True) == ["another-text"]
    assert _names(is_other=True) == []
    found = doubts(WHOLE, replace(WHOLE, title="Just a moment", characters=90), lambda *_: True)
    assert [flag.name for flag in found] == ["shrank", "another-text"]
    assert not may_pass(flag.name for flag in found)
    assert may_pass(["shrank"])


def test_a_page_that_no_layout_recognises_any_more_is_doubtful() -> None:
    assert _names(layout="article") == ["layout-lost"]
    assert _names(layout="wix/studio") == []
    assert _names(replace(WHOLE, layout="article"), layout="wix/post") == []
    assert _names(replace(WHOLE, layout="article"), layout="article") == []
    assert _names(layout="text") == []  # another rendition of it


def test_a_title_that_is_lost_is_doubtful() -> None:
    found = doubts(WHOLE, replace(WHOLE, title=""), lambda *_: False)
    assert [flag.detail for flag in found] == ["the title is gone, which was 'Velmora'"]
    assert _names(replace(WHOLE, title="")) == []


def test_date_authors_and_facts_that_are_lost_together_are_doubtful() -> None:
    found = doubts(WHOLE, replace(WHOLE, fields=frozenset()), lambda *_: False)
    told = "authors, facts and published are gone, all of which the version before has"
    assert [(flag.name, flag.detail) for flag in found] == [("fields-lost", told)]
    assert _names(replace(WHOLE, fields=frozenset({"published"})), fields=frozenset()) == []


@pytest.mark.parametrize(
    ("now", "names"),
    [
        (Account(report=70, chrome=900, unclaimed=30), ["report-share"]),
        (Account(report=600, chrome=9_000, unclaimed=30), []),  # the report is whole, whatever stands around it
        (Account(report=1_300, chrome=30, unclaimed=20), ["chrome-share"]),
        (Account(report=700, chrome=30, unclaimed=20), []),
        (Account(report=440, chrome=300, unclaimed=260), ["unclaimed-rose"]),
        (Account(report=500, chrome=300, unclaimed=260), []),
        (Account(report=40, chrome=30, unclaimed=20), []),  # too few words
    ],
    ids=["report fell", "chrome grew", "chrome fell", "chrome went", "unclaimed rose", "unclaimed grew", "few words"],
)
def test_shares_that_fall_to_a_fraction_are_doubtful(now: Account, names: list[str]) -> None:
    assert _names(words=now) == names


def test_what_was_not_counted_raises_no_doubt() -> None:
    assert _names(words=None) == []
    assert _names(replace(WHOLE, words=None), words=WHOLE.words) == []


RECORD = Record(
    url="https://example.org/reports/velmora",
    media_type="text/html",
    layout="acme/2024",
    revision=1,
    title="Velmora",
    published="2024-03",
    authors=("Nela Oskarin",),
    account=WHOLE.words,
)


def _site(
    count: int = 10, fields: str = "title published authors", words: Account | None = WHOLE.words
) -> list[Sighting]:
    return [Sighting(capture_id=number, fields=frozenset(fields.split()), account=words) for number in range(count)]


def _first(site: list[Sighting], **changed: object) -> list[str]:
    found = doubts_of_first(replace(RECORD, **changed), site)  # type: ignore[arg-type]
    assert all(flag.holds and may_pass([flag.name]) for flag in found)
    return [flag.detail for flag in found]


def test_the_first_record_of_a_page_that_is_like_the_others_raises_no_doubt() -> None:
    assert _first(_site()) == []
    assert _first(_site(), published=None) == []


def test_a_first_record_without_all_that_the_other_pages_have_is_doubtful() -> None:
    told = "authors and published are missing, unlike on 10 other pages of the site that acme/2024 reads"
    assert _first(_site(), published=None, authors=()) == [told]
    assert _first(_site(9), published=None, authors=()) == []
    assert _first([*_site(), *_site(1, "title published")], published=None, authors=()) == []


def test_a_first_record_with_a_fraction_of_the_share_of_the_others_is_doubtful() -> None:
    small = Account(report=100, chrome=900, unclaimed=0)
    told = "the report is 10% of the page, at least 60% on 10 other pages of the site that acme/2024 reads"
    assert _first(_site(), account=small) == [told]
    assert _first([*_site(), *_site(1, words=small)], account=small) == []
    assert _first(_site(words=None), account=small) == []
    assert _first(_site(), account=None) == []
