"""What an archive keeps of sites, and of how well their pages were read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from building import URL, capture, day, record

from parsers.learned import outlined
from parsers.outline import Line, Outline, Sort
from parsers.profile import Profile
from parsers.record import Account, Record
from scraper.archive import Archive, SiteRow
from scraper.archive.sites import SAMPLE
from scraper.diff import diff

ABOUT = "Harbour Watch is an independent observatory of ports and of the people who work in them."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


def store(archive: Archive, found: Record, at: int = 1, body: bytes = b"", url: str = URL) -> int:
    """Keeps a capture that reads as *found*."""
    one = capture(body or found.to_json().encode(), day(at), url=url, final_url=url, method="import")
    with archive.transaction():
        page_id = archive.page_of(one, "")
        number = archive.store_capture(one, page_id=page_id)
        archive.store_record(found, capture_id=number, page_id=page_id)
        archive.update_history(page_id, diff)
    return number


def sketched(*paragraphs: str, url: str = URL, **fields: object) -> Record:
    """A record with its outline, as a parser gives it."""
    found = record(*paragraphs, url=url, **fields)
    return record(*paragraphs, url=url, outline=outlined(found), **fields)


def test_what_became_of_the_words_of_a_page_is_told_newest_first(archive: Archive) -> None:
    first = store(archive, record("One.", account=Account(report=90, chrome=10, unclaimed=0)))
    store(archive, record("Two."), at=2)
    last = store(archive, record("Three.", account=Account(report=50, chrome=10, unclaimed=40)), at=3)
    rows = archive.past_accounts(1)
    assert [(row.capture_id, row.at, row.is_held) for row in rows] == [(last, day(3), False), (first, day(1), False)]
    assert [(row.report, row.chrome, row.unclaimed) for row in rows] == [(50, 10, 40), (90, 10, 0)]


def test_a_reading_with_other_chrome_takes_the_place_of_the_one_before(archive: Archive) -> None:
    number = store(archive, record("One.", ABOUT))
    page_id = archive.capture(number).page_id
    assert page_id is not None
    with archive.transaction():
        archive.store_record(record("One.", profile="p"), capture_id=number, page_id=page_id)
        archive.update_history(page_id, diff)
    assert [archive.record(row).text for row in archive.versions(URL)] == ["One."]
    with archive.transaction():
        archive.store_record(record("One.", ABOUT), capture_id=number, page_id=page_id)
        archive.update_history(page_id, diff)
    assert [archive.record(row).text for row in archive.versions(URL)] == [f"One.\n\n{ABOUT}"]
    assert archive.db.execute("select profile, superseded from reading order by 1").fetchall() == [("", 0), ("p", 1)]


def test_what_is_held_back_is_let_go_when_it_is_read_anew(archive: Archive) -> None:
    number = store(archive, record("A text of some length, to begin with."))
    held = store(archive, record("Short."), at=2)
    assert [row.capture_id for row in archive.held()] == [held]
    with archive.transaction():
        archive.store_record(record("A text of some length, to go on.", profile="p"), capture_id=held, page_id=1)
        archive.update_history(1, diff)
    assert archive.held() == []
    assert [row.capture_id for row in archive.versions(URL)] == [number, held]


def test_a_record_without_an_outline_is_none_to_learn_from_until_somebody_looks(archive: Archive) -> None:
    store(archive, record("One."))
    assert archive.site(URL) is None
    assert archive.has_unseen()
    assert archive.give_outlines(outlined, 10) == 1
    assert (archive.has_unseen(), archive.give_outlines(outlined, 10)) == (False, 0)
    assert archive.site(URL) == SiteRow(
        host="example.org", profile="", told="", pages=1, pages_learned=0, is_due=True, is_settled=True
    )


def test_equal_outlines_are_kept_once_and_what_was_seen_again_is_no_news(archive: Archive) -> None:
    for at in (1, 5, 3):
        store(archive, sketched("One.", ABOUT), at=at)
        archive.learn("example.org")
    assert archive.db["outline"].count == 1
    assert archive.db.execute("select first_at, last_at from sighting").fetchall() == [
        ("2024-01-01T00:00:00.000000Z", "2024-01-05T00:00:00.000000Z")
    ]
    assert archive.sites_waiting() == []
    store(archive, sketched("One.", ABOUT), at=4)
    assert archive.sites_waiting() == []
    store(archive, sketched("One.", ABOUT), at=6)
    assert [row.host for row in archive.sites_waiting()] == ["example.org"]


def test_of_a_large_site_some_pages_are_learned_from(archive: Archive) -> None:
    for number in range(SAMPLE + 40):
        url = f"https://example.org/{number}"
        store(archive, sketched(f"Only {number} says so.", url=url), url=url)
    row = archive.site(URL)
    assert row is not None
    assert row.pages == SAMPLE
    archive.learn(row.host)
    quiet = 0
    for number in range(100):
        url = f"https://example.org/more/{number}"
        store(archive, sketched(f"Only {number} more says so.", url=url), url=url)
        if not archive.sites_waiting():
            quiet += 1
        archive.learn(row.host)
    assert 20 < quiet < 80


def test_a_profile_that_is_not_there_takes_nothing_off(archive: Archive) -> None:
    assert archive.profile("no such") == Profile(id="", site="")
    assert (archive.profile_of(URL), archive.profiles(URL), archive.evidence("no such")) == (None, [], [])


def test_a_line_of_which_no_record_is_left_has_no_words(archive: Archive) -> None:
    """An outline may say more than the record that was kept with it, as of a parser of another day."""
    extra = Line("0" * 12, 12, Sort.SENTENCE)
    for name in "ab":
        found = sketched(
            *(f"{name} {number} was heard by all who had come." for number in range(9)), url=f"{URL}/{name}"
        )
        assert found.outline is not None
        outline = Outline(layout="test", lines=(*found.outline.lines, extra))
        store(
            archive,
            record(*(block.text for block in found.blocks), url=f"{URL}/{name}", outline=outline),
            url=f"{URL}/{name}",
        )
    [line] = archive.learn("example.org").lines
    assert (line.key, line.kind, line.text, line.words, line.pages) == ("0" * 12, "", "", 0, 2)


def test_a_line_is_described_as_it_was_before(archive: Archive) -> None:
    for name in "abc":
        url = f"{URL}/{name}"
        texts = [f"{name} {number} was heard by all who had come." for number in range(9)]
        store(archive, sketched(*texts, *(["Much longer. " * 20] if name == "c" else []), ABOUT, url=url), url=url)
        archive.learn("example.org")
    first, *_ = archive.profiles(URL)
    assert [(line.text, line.kind) for line in archive.profile(first).lines] == [(ABOUT, "paragraph")]


def test_a_long_line_is_cut_where_it_is_described(archive: Archive) -> None:
    long = "and so on " * 30
    for name in "abcd":
        url = f"{URL}/{name}"
        texts = [f"{name} {number} was heard by all who had come, on day {number} of {name}." for number in range(30)]
        store(archive, sketched(*texts, long.strip(), url=url), url=url)
    [line] = archive.learn("example.org").lines
    assert (len(line.text), line.text[-1], line.words) == (200, "…", 90)
