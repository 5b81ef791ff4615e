from collections.abc import Iterator

import pytest
from building import capture, day, parse_lines

from scraper.archive import Archive
from scraper.capture import Hop
from scraper.errors import UsageError
from scraper.loader import load

VELMORA = "https://example.org/country-reports/velmora"
UPDATE = "https://example.org/news/update-velmora"
ORDANIA = "https://example.org/country-reports/ordania?lang=en"
ACCENTED = "https://example.org/r%C3%A9publique"
MOVED = "https://example.org/country-reports/moved"
AT = "https://example.org/@3"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive(tmp_path_factory.mktemp("pages") / "a.db", create=True) as archive:
        for url in (VELMORA, UPDATE, ORDANIA, ACCENTED, AT):
            load(archive, capture("First text.", day(1), url=url), source="watch", parse=parse_lines)
        load(archive, capture("Second text.", day(5), url=VELMORA), source="watch", parse=parse_lines)
        yield archive


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        (VELMORA, VELMORA),
        ("http://example.org/country-reports/velmora#part", VELMORA),
        (f"{VELMORA}?utm_source=x", VELMORA),
        ("velmora", VELMORA),
        ("country-reports/velmora/", VELMORA),
        ("update-velmora", UPDATE),
        ("ordania?lang=en", ORDANIA),
        ("république", ACCENTED),
        ("1", VELMORA),
        ("3", ORDANIA),
    ],
)
def test_a_page_is_found_by_url_unique_end_or_number(archive: Archive, ref: str, url: str) -> None:
    assert archive.page(ref).url == url


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("mora", "'mora' fits 2 pages, expected 1: https://example.org/.*velmora, https://example.org/.*velmora"),
        ("velmoar", "no such page in this archive; near it: https://example.org/.*velmora"),
        ("xyz", "no such page in this archive; fonds list shows what there is"),
        ("999", "'999': there is no such page"),
        ("velmora@1", "no such page in this archive; where a page is asked for, 'velmora' is one without @1; near it"),
        ("", "no such page"),
        ("9" * 40, "no such page"),
        ("²", "no such page"),
        ("https://example.org/nothing", "no such page"),
        ("\ud800\0", "no such page"),
        ("x" * 5000, "no such page"),
    ],
    ids=lambda text: text[:12].encode("ascii", "replace").decode(),
)
def test_a_reference_that_fits_none_or_several_is_named_with_near_ones(
    archive: Archive, ref: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        archive.page(ref)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("ref", "seq"),
    [("country-reports/velmora", 2), ("1@1", 1), ("1@2024-01-04", 1), ("1@2024-01-05", 2), ("1@2030-01-01", 2)],
)
def test_a_version_is_found_by_number_or_day(archive: Archive, ref: str, seq: int) -> None:
    assert archive.version(ref).seq == seq


def test_a_url_that_ends_like_a_version_is_a_page(archive: Archive) -> None:
    assert archive.version(AT).url == AT
    assert archive.version(f"{AT}@1").url == AT


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("1@3", "there is no version 3, the newest is 2"),
        ("1@0", "there is no version 0"),
        ("1@2023-12-31", "not yet seen on 2023-12-31, first on 2024-01-01"),
        ("1@2024-13-01", "2024-13-01: found no such day"),
        ("1@foo", "found 'foo' behind the @, expected a version's number or a day"),
        ("nowhere@foo", "'nowhere': there is no such page"),
    ],
)
def test_a_version_that_is_not_there_is_named(archive: Archive, ref: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        archive.version(ref)


def test_a_page_without_a_version_says_so(archive: Archive) -> None:
    url = "https://example.org/empty"
    load(archive, capture(b"\xff", url=url), parse=parse_lines)
    with pytest.raises(UsageError, match="no version of this page yet, its state is 'unread'"):
        archive.version(url)


def test_pages_are_listed_by_title_those_without_one_last(archive: Archive) -> None:
    load(archive, capture(b"\xff", url="https://example.org/a-first"), parse=parse_lines)
    listed = archive.pages()
    assert [page.versions == 0 for page in listed] == sorted(page.versions == 0 for page in listed)
    first = archive.page(VELMORA)
    assert first in listed
    assert (first.title, first.versions, first.state, first.source) == ("Velmora Country Report", 2, "live", "watch")
    assert (first.first_seen, first.last_seen) == (day(1), day(5))
    assert archive.pages(source="other") == []


def test_versions_changes_and_the_collection_as_of_a_day(archive: Archive) -> None:
    assert [version.seq for version in archive.versions(VELMORA)] == [1, 2]
    [change] = archive.changes("country-reports/velmora")
    assert (change.before_seq, change.after_seq, change.seen_after, change.first_seen) == (1, 2, day(1), day(5))
    assert archive.changes(since=day(6)) == []
    assert archive.changes(cause="parser") == []
    assert archive.changes(class_=change.class_) == [change]
    assert [version.seq for version in archive.as_of(day(4)) if version.url == VELMORA] == [1]
    assert archive.as_of(day(0)) == []


def test_a_record_is_had_by_its_version(archive: Archive) -> None:
    assert archive.record(archive.version("1@1")).text == "First text."


def test_a_tombstone_has_no_record(archive: Archive) -> None:
    url = "https://example.org/taken-down"
    load(archive, capture("Text.", day(1), url=url), parse=parse_lines)
    load(archive, capture(None, day(2), url=url, outcome="missing", status=410), parse=parse_lines)
    with pytest.raises(UsageError, match="version 2 is a tombstone"):
        archive.record(archive.version(url))


def test_a_permanent_redirect_joins_the_two_urls(archive: Archive) -> None:
    hop = Hop(url="https://example.org/old", status=301, location=MOVED)
    load(archive, capture("Moved text.", day(1), url=hop.url, final_url=MOVED, hops=(hop,)), parse=parse_lines)
    loaded = load(archive, capture("Moved text.", day(2), url=MOVED), parse=parse_lines)
    assert loaded.outcome == "unchanged"
    assert archive.page(MOVED).url == hop.url


@pytest.mark.parametrize(
    ("status", "target"),
    [(302, "https://example.org/elsewhere"), (301, "https://example.org/")],
    ids=["temporary", "home"],
)
def test_another_redirect_joins_nothing(archive: Archive, status: int, target: str) -> None:
    hop = Hop(url=f"https://example.org/from-{status}", status=status, location=target)
    load(archive, capture("Some text.", url=hop.url, final_url=target, hops=(hop,)), parse=parse_lines)
    assert archive.known_page(target) is None


def test_a_redirect_to_a_known_page_leaves_that_page_alone(archive: Archive) -> None:
    hop = Hop(url="https://example.org/alias", status=301, location=UPDATE)
    before = archive.page(UPDATE)
    load(archive, capture("Alias text.", url=hop.url, final_url=UPDATE, hops=(hop,)), parse=parse_lines)
    assert archive.page(UPDATE) == before
