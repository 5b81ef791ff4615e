"""Two pages that are one, and one that is two: on record, and taken back without a trace in what is derived."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from building import capture, day, missing, parse_lines, record
from commands import Run, runner
from test_archive_fixity import damage, edit

from parsers.record import Match, Record
from scraper.archive import Archive
from scraper.diff import diff
from scraper.errors import UsageError
from scraper.loader import load

OLD, NEW, OTHER = (f"https://example.org/{name}" for name in ("velmora", "new-velmora", "ordania"))
# What is derived from captures, but for the numbers of rows.
_DERIVED = {
    "version": """select version.page_id, seq, kind, content_digest, version.capture_id, cause, seen_after,
        first_seen, last_seen, last_capture_id
        from version left join record on record.id = version.record_id order by 1, 2""",
    "change": "select page_id, before_seq, after_seq, cause, class, summary, detail from change order by 1, 3",
    "record": "select page_id, digest from record order by 1, 2",
    "reading": """select reading.capture_id, digest, turn, held, held_reason, superseded
        from reading join record on record.id = record_id order by 1, 2""",
    "fact": "select record.digest, page_id, name from fact join record using (fact_set_id) order by 1, 2, 3",
    "block_page": "select page_id, digest from block_page join block on block.id = block_id order by 1, 2",
    "sighting": "select * from sighting order by 1, 2, 3, 4",
    "page": "select id, url, state, current_seq, merged_into, first_seen from page order by id",
    "capture": "select id, page_id from capture order by 1",
}


def parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    found = parse_lines(body, url=url, content_type=content_type)
    return record(
        *(block.text for block in found.blocks),
        url=url,
        matches=tuple(Match(field=line[:8].strip(), selector="p", found=1) for line in body.decode().split("\n")),
    )


def fill(archive: Archive, new: str = NEW) -> None:
    """A report that was moved from one address to another, and taken for another page there."""
    for number, (url, text) in enumerate(
        [
            (OLD, "The army of Velmora attacked.\nMany fled."),
            (OTHER, "All is quiet in Ordania."),
            (OLD, "The army of Velmora attacked.\nMany thousands fled."),
            (new, "The army of Velmora attacked.\nMany thousands fled."),
            (new, "The army of Velmora attacked.\nMany thousands fled, and none came back."),
        ],
        1,
    ):
        load(archive, capture(text, day(number), url=url), source="watch", parse=parse)
    load(archive, missing(day(6)), source="watch", parse=parse)


def derived(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        return {name: connection.execute(question).fetchall() for name, question in _DERIVED.items()}


def matched(archive: Archive) -> dict[int, tuple[Match, ...]]:
    return {row.id: archive.matches(row.id) for row in archive.captures()}


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(tmp_path, monkeypatch, capsys)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Archive(tmp_path / "a.db", create=True) as archive:
        fill(archive)
        archive.checkpoint(day(9))
    return tmp_path / "a.db"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    with Archive(path) as archive:
        yield archive


def test_merged_pages_have_one_history_and_are_found_by_all_their_addresses_and_numbers(archive: Archive) -> None:
    [moved] = archive.merge(NEW, OLD, diff)
    assert (moved.url, moved.from_page, moved.to_page, moved.captures) == (NEW, 3, 1, (4, 5))
    assert [(row.seq, row.first_seen.day) for row in archive.versions("1")] == [(1, 1), (2, 3), (3, 5)]
    assert [(row.before_seq, row.after_seq, row.cause) for row in archive.changes("1")] == [
        (2, 3, "publisher"),
        (1, 2, "publisher"),
    ]
    assert archive.versions("1")[1].last_capture_id == 4
    assert {archive.page(ref).id for ref in (OLD, NEW, "1", "3")} == {1}
    assert [page.id for page in archive.pages()] == [2, 1]
    assert [(row.url, row.how) for row in archive.page_urls(1)] == [(OLD, "asked"), (NEW, "person")]
    assert [hit.page_id for hit in archive.search("none came back")] == [1]
    assert archive.known_urls("watch") == (OLD, OTHER)


def test_a_merged_page_is_as_one_that_was_one_from_the_start(path: Path, tmp_path: Path) -> None:
    with Archive(path) as archive:
        archive.merge(NEW, OLD, diff)
        there = matched(archive)
    with Archive(tmp_path / "b.db", create=True) as one:
        fill(one, new=OLD)
        assert matched(one) == there
    ours, theirs = derived(path), derived(tmp_path / "b.db")
    for name in ("version", "block_page", "capture"):
        assert ours[name] == theirs[name], name
    # All but the detail, which tells of the address.
    assert [row[:-1] for row in ours["change"]] == [row[:-1] for row in theirs["change"]]


def test_to_split_what_was_merged_leaves_all_as_it_was(path: Path) -> None:
    before = derived(path)
    with Archive(path) as archive:
        told = matched(archive)
        archive.merge(NEW, OLD, diff)
        assert derived(path) != before
        moved = archive.split(NEW, diff)
        assert (moved.from_page, moved.to_page, moved.captures) == (1, 3, (4, 5))
        assert matched(archive) == told
    assert derived(path) == before
    assert damage(path) == []


def test_an_address_that_a_redirect_led_to_becomes_a_page_of_its_own(archive: Archive, path: Path) -> None:
    archive.alias_page(1, f"{OLD}/moved", how="redirect", capture_id=3)
    load(archive, capture("Something else altogether.", day(7), url=f"{OLD}/moved"), source="watch", parse=parse)
    assert archive.captures()[-1].page_id == 1
    moved = archive.split(f"{OLD}/moved", diff)
    assert moved.captures == (7,)
    page = archive.page(f"{OLD}/moved")
    assert (page.id, page.versions, page.source) == (4, 1, "watch")
    assert [row.how for row in archive.page_urls(4)] == ["asked"]
    assert archive.page(OLD).versions == 2
    # The next one there is of the new page.
    load(archive, capture("Something else.", day(8), url=f"{OLD}/moved"), source="watch", parse=parse)
    assert archive.captures()[-1].page_id == 4
    assert damage(path) == []


def test_three_pages_become_one_and_each_its_own_again(path: Path) -> None:
    before = derived(path)
    with Archive(path) as archive:
        archive.merge(NEW, OLD, diff)
        moved = archive.merge(OLD, OTHER, diff)
        assert [one.url for one in moved] == [OLD, NEW]
        assert {archive.page(ref).id for ref in ("1", "2", "3")} == {2}
        assert damage(path) == []
        archive.split(OLD, diff)
        archive.split(NEW, diff)
    assert derived(path) == before
    assert damage(path) == []


def test_each_act_is_in_the_log(archive: Archive) -> None:
    archive.merge(NEW, OLD, diff)
    archive.split(NEW, diff)
    rows = archive.db.query("select record from leaf where kind in ('merge', 'split') order by seq")
    acts = [
        {name: value for name, value in json.loads(row["record"]).items() if name not in ("seq", "v")} for row in rows
    ]
    assert acts == [
        {"kind": "merge", "url": NEW, "from": 3, "page": 1, "how": "person"},
        {"kind": "split", "url": NEW, "from": 1, "page": 3},
    ]


def test_verify_finds_a_capture_that_was_given_to_another_page_off_the_record(path: Path) -> None:
    edit(path, "update capture set page_id = 2 where id = 4")
    assert [(finding.captures, "page" in finding.what) for finding in damage(path)][:1] == [((4,), True)]


def test_verify_finds_one_that_stayed_behind(path: Path) -> None:
    with Archive(path) as archive:
        archive.merge(NEW, OLD, diff)
    assert damage(path) == []
    edit(path, "update capture set page_id = 3 where id = 4")
    assert (4,) in [finding.captures for finding in damage(path)]


def test_nothing_else_of_a_capture_may_be_changed(archive: Archive) -> None:
    for name in [row.name for row in archive.db["capture"].columns if row.name != "page_id"]:
        with pytest.raises(sqlite3.IntegrityError, match="is evidence"), archive.transaction():
            archive.db.execute(f"update capture set {name} = {name} where id = 1")  # noqa: S608


def test_a_trial_changes_nothing(path: Path) -> None:
    before = derived(path)
    with Archive(path) as archive:
        size = archive.log_size()
        with archive.trial():
            archive.merge(NEW, OLD, diff)
            assert archive.page(NEW).versions == 3
        assert archive.page(NEW).versions == 2
        assert archive.log_size() == size
    assert derived(path) == before


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda archive: archive.merge(OLD, "1", diff), "found one page twice, expected two"),
        (lambda archive: archive.split(OLD, diff), "it is the own address of page 1"),
        (lambda archive: archive.split("https://example.org/none", diff), "no page is known under this address"),
        (lambda archive: archive.merge("none-such", OLD, diff), "there is no such page"),
    ],
)
def test_what_cannot_be_is_one_clear_line(archive: Archive, act: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        act(archive)  # type: ignore[operator]


def test_merge_and_split_list_the_versions_there_are_then(fonds: Run, tmp_path: Path) -> None:
    with Archive(tmp_path / "data" / "archive.db", create=True) as archive:
        fill(archive)
    tried = fonds("merge", "--dry-run", "new-velmora", "1")
    assert (tried.code, [row["seq"] for row in tried.rows]) == (0, [1, 2, 3])
    assert f"{NEW}: would be page 1's, before page 3's; 2 captures" in tried.err
    assert len(fonds("list").rows) == 3
    assert [row["seq"] for row in fonds("merge", "new-velmora", "1").rows] == [1, 2, 3]
    assert [row["how"] for row in fonds("list", "--moved").rows] == ["asked", "person"]
    assert fonds("verify").code == 0
    assert [row["seq"] for row in fonds("split", NEW).rows] == [1, 2]
    assert len(fonds("list").rows) == 3
    assert "it is the own address of page 3" in fonds("split", NEW).err
    assert fonds("verify").code == 0
