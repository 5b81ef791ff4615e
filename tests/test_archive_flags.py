"""Flags are stored with what differs: the same as from the records, gone with them, found where they are missing."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from building import URL, capture, day, old_archive, parse_lines

from scraper.archive import Archive, QueueScope
from scraper.archive.fixity import Extent, Verification
from scraper.claims import compare, flags, flags_between, look_for_flags, page_flags, told
from scraper.diff import diff
from scraper.loader import load
from scraper.passages.revision import revisions

WITNESS = "The witness Zyxquorble lives behind the mill at the northern ford of the river."
STANDS = "\n".join(
    f"In village {number} people told of {number} burnt houses and of a closed road." for number in range(9)
)
TEXTS = tuple(
    f"{STANDS}\n{text}"
    for text in (
        f"The commission met.\n{WITNESS}",
        "The commission met twice in the autumn.",
        "The commission met twice in the autumn.\nCorrection: the commission met in the spring.",
        f"The commission met.\n{WITNESS}",
    )
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        for number, text in enumerate(TEXTS, 1):
            load(archive, capture(text, day(number)), source="watch", parse=parse_lines)
        yield archive


def test_they_are_those_between_the_two_records(archive: Archive) -> None:
    versions = archive.versions(URL)
    found = archive.flags_of(1)
    assert {seq: [flag.name for flag in flags] for seq, flags in found.items()} == {
        2: ["silent-edit", "notice-absent"],
        3: ["notice-given"],
        4: ["silent-edit", "notice-absent"],
    }
    for before, after in pairwise(versions):
        assert found[after.seq] == flags_between(archive.record(before), archive.record(after))


def test_what_is_told_of_a_page_is_the_same_from_stored_flags_as_from_its_versions(archive: Archive) -> None:
    assert [one for found in page_flags(archive, archive.page(URL)).values() for one in found] == list(
        flags(revisions(archive, URL))
    )


def test_others_than_publishers_have_none(archive: Archive) -> None:
    question = "select count(*) from flag join difference on difference.id = difference_id where cause <> 'publisher'"
    assert archive.db.execute(question).fetchone() == (0,)
    assert archive.count_unflagged() == 0


def test_who_gives_no_flags_leaves_them_to_be_looked_for(archive: Archive, tmp_path: Path) -> None:
    stored = [tuple(row) for row in archive.db.execute("select * from flag order by 1, 2")]
    with Archive(tmp_path / "b.db", create=True) as other:
        for number, text in enumerate(TEXTS, 1):
            page_id = other.page_of(capture(text, day(number)), "watch")
            kept = other.store_capture(capture(text, day(number)), page_id=page_id)
            other.store_record(parse_lines(text.encode(), url=URL), capture_id=kept, page_id=page_id)
            other.update_history(page_id, diff)
        assert other.count_unflagged() == 3
        assert other.flags_of(1) == {}
        assert page_flags(other, other.page(URL)) == page_flags(archive, archive.page(URL))
        seen: list[tuple[int, int]] = []
        assert look_for_flags(other, lambda *counts: seen.append(counts)) == 0
        assert seen == [(3, 3)]
        assert [tuple(row) for row in other.db.execute("select * from flag order by 1, 2")] == stored
        assert other.count_unflagged() == 0


@pytest.mark.parametrize("version", range(1, 7))
def test_an_archive_of_an_older_fonds_opens_without_and_gets_them(tmp_path: Path, version: int) -> None:
    with Archive(old_archive(tmp_path / "old.db", version)) as archive:
        expected = archive.db.execute(
            "select count(*) from difference where cause = 'publisher' and class <> 'gone'"
        ).fetchone()[0]
        assert archive.count_unflagged() == expected > 0
        assert look_for_flags(archive) == 0
        assert archive.count_unflagged() == 0
        assert archive.db.execute("pragma foreign_key_check").fetchall() == []


def test_a_record_that_cannot_be_read_does_not_keep_others_from_their_flags(tmp_path: Path) -> None:
    with Archive(old_archive(tmp_path / "old.db", 6)) as archive:
        count = archive.count_unflagged()
        bad = archive.unflagged()[0].after_record_id
        archive.db.execute("update record set fields = 'no JSON' where id = ?", [bad])
        failed = look_for_flags(archive)
        assert 0 < failed == archive.count_unflagged() < count


KILLED = """
import os, sys
from scraper.archive import Archive
from scraper.claims import asked, look_for_flags
asked._AT_ONCE = 1
with Archive(sys.argv[1]) as archive:
    look_for_flags(archive, lambda done, of: os.write(1, b"%d\\n" % done))
"""


def test_kill_9_leaves_what_was_done_and_the_rest_to_do(tmp_path: Path) -> None:
    path = old_archive(tmp_path / "old.db", 6)
    with Archive(path) as archive:
        count = archive.count_unflagged()
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        done = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        done = max(done, *map(int, process.stdout.read().split()), 0)
    with Archive(path) as archive:
        assert archive.count_unflagged() in (count - done, count - done - 1)
        look_for_flags(archive)
        once = [tuple(row) for row in archive.db.execute("select * from flag order by 1, 2")]
    with Archive(old_archive(tmp_path / "other.db", 6)) as other:
        look_for_flags(other)
        assert [tuple(row) for row in other.db.execute("select * from flag order by 1, 2")] == once


def test_their_evidence_goes_with_the_bytes_it_quotes(archive: Archive, tmp_path: Path) -> None:
    quoting = "select count(*) from flagged where evidence like '%Zyxquorble%'"
    assert archive.db.execute(quoting).fetchone() == (4,)
    archive.redact(archive.takedown([1]), "names a witness", day(9), compare)
    archive.wipe(day(9))
    assert archive.db.execute(quoting).fetchone() == (0,)
    assert archive.db.execute("pragma foreign_key_check").fetchall() == []
    archive.close()
    assert b"Zyxquorble" not in (tmp_path / "a.db").read_bytes()


def test_a_page_that_is_another_ones_takes_none_with_it(archive: Archive) -> None:
    load(archive, capture(f"{STANDS}\nThe commission met.", day(2).replace(hour=6), url=f"{URL}/b"), parse=parse_lines)
    archive.merge(f"{URL}/b", URL, compare)
    versions = archive.versions(URL)
    for before, after in pairwise(versions):
        expected = flags_between(archive.record(before), archive.record(after))
        assert archive.flags_of(1).get(after.seq, ()) == expected
    archive.split(f"{URL}/b", compare)
    assert list(archive.flags_of(1)) == [2, 3, 4]


def test_evidence_names_the_capture_that_begins_the_version_now(archive: Archive) -> None:
    """An older capture that shows the same begins a version; its difference stays as it is, numbers and all."""
    before = archive.flags_of(1)
    load(archive, capture(TEXTS[1], day(1).replace(hour=9), method="import"), parse=parse_lines)
    assert archive.flags_of(1) == before
    begins = archive.version(f"{URL}@2").capture_id
    assert begins == 5
    found = page_flags(archive, archive.page(URL))[2]
    assert {one.capture_id for flag in found for one in flag.evidence if one.seq == 2} == {begins}
    (row,) = [row for row in archive.queued(archive.queue(QueueScope())) if row.after_seq == 2]
    assert row.capture_id == begins


def test_verifying_finds_nothing_wrong_with_them(archive: Archive) -> None:
    assert [one for one in archive.verify(Extent(), Verification()) if one.is_damage] == []


def test_what_they_come_to_between_versions_is_told_in_a_line_for_each_kind(archive: Archive) -> None:
    page = archive.page(URL)
    assert told(archive, page, 2, 3) == ("says so: correction: “Correction: the commission met in the spring.”",)
    assert told(archive, page, 3, 2) == told(archive, page, 2, 3)
    assert told(archive, page, 3, 4) == (
        "reverted: says again what version 1 said, first seen 2024-01-01",
        "silent edit: 2 passages edited; the page states no date, as before, and has no new notice",
    )
    assert [line.partition(":")[0] for line in told(archive, page, 1, 4)] == ["silent edit", "says so", "reverted"]
    assert told(archive, page, 1, 4)[0].startswith(
        "silent edit: 2 times, the last by 2024-01-04 (version 4): 2 passages"
    )
    assert told(archive, page, 2, 2) == ()
