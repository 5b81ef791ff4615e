"""Each observation and each act has its leaf, in the transaction that keeps the thing itself."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from building import URL, capture, day, missing, parse_lines
from judge import judge

from scraper.archive import Archive, signing
from scraper.archive.fixity import Extent, Verification
from scraper.archive.leaves import of_capture
from scraper.archive.tool import tool
from scraper.capture import Hop
from scraper.diff import diff
from scraper.errors import KeyUnusable
from scraper.loader import load
from scraper.log import consistency_proof, inclusion_proof, new_key


@pytest.fixture
def archive(tmp_path: Path) -> Any:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


def leaves(archive: Archive, kind: str = "") -> list[dict[str, Any]]:
    found = (json.loads(record) for (record,) in archive.db.execute("select record from leaf order by seq"))
    return [record for record in found if kind in ("", record["kind"])]


def damage(archive: Archive) -> list[str]:
    return [finding.what for finding in archive.verify(Extent(), Verification()) if finding.is_damage]


def test_an_empty_archive_has_an_empty_log(archive: Archive) -> None:
    assert archive.log_size() == 0
    assert archive.checkpoint(day(1)) is None
    assert archive.newest_checkpoint() is None
    assert damage(archive) == []


def test_the_program_that_records_stands_before_what_it_records_once(archive: Archive) -> None:
    for number in range(3):
        archive.store_capture(capture(str(number), day(number + 1)))
    assert [leaf["kind"] for leaf in leaves(archive)] == ["tool", "capture", "capture", "capture"]
    assert {name: leaves(archive)[0][name] for name in tool()} == dict(tool())
    with Archive(archive.path) as again:
        again.store_capture(capture("4", day(4)))
    assert len(leaves(archive, "tool")) == 1


def test_another_program_is_put_on_record(archive: Archive) -> None:
    archive.store_capture(capture("1"))
    from scraper.archive.leaves import note_tool

    with archive.transaction():
        note_tool(archive.db.conn, dict(tool()) | {"parsers_sha256": "0" * 64})
        note_tool(archive.db.conn, dict(tool()) | {"parsers_sha256": "0" * 64})
    assert [leaf["parsers_sha256"] for leaf in leaves(archive, "tool")] == [tool()["parsers_sha256"], "0" * 64]


@pytest.mark.parametrize("outcome", ["fetched", "not-modified", "missing", "truncated", "failed", "refused"])
def test_a_capture_of_every_outcome_has_a_leaf(archive: Archive, outcome: str) -> None:
    number = archive.store_capture(capture(None, day(1), outcome=outcome, reason="so it came"))
    [leaf] = leaves(archive, "capture")
    assert (leaf["capture"], leaf["outcome"], leaf["reason"]) == (number, outcome, "so it came")
    assert damage(archive) == []


def test_a_leaf_says_all_that_the_archive_has_of_a_capture(archive: Archive) -> None:
    hop = Hop(url=URL, status=301, location=f"{URL}/2", address="192.0.2.1:80", head=b"HTTP/1.1 301\r\n\r\n")
    full = capture(
        b"\x1f\x8b", day(2), coding="gzip", decoded=b"words", hops=(hop,), final_url=f"{URL}/2", wire_bytes=2,
        robots="Allow: /", pace="delay", waited_s=0.1, attempts=2, address="192.0.2.1:443", tls="TLSv1.3",
        certificate_sha256="ab", server_date="Tue, 02 Jan 2024 00:00:00 GMT", monotonic_s=1e7 + 0.1, duration_s=-0.0,
        request_head=b"GET / HTTP/1.1\r\n\r\n", response_head=b"HTTP/1.1 200 OK\r\n\r\n",
    )  # fmt: skip
    with archive.transaction():
        page = archive.page_of(full, "watch")
        crawl = archive.begin_crawl(["watch"], day(1)).id
        archive.store_capture(capture("before", day(1)))
        archive.store_capture(full, page_id=page, crawl_id=crawl)
    leaf = leaves(archive, "capture")[-1]
    assert {name: leaf[name] for name in ("crawl", "page", "waited_s", "monotonic_s", "duration_s", "complete")} == {
        "crawl": crawl, "page": page, "waited_s": "0.1", "monotonic_s": "10000000.1", "duration_s": "0.0",
        "complete": True,
    }  # fmt: skip
    [told] = leaf["hops"]
    assert (told["location"], told["address"], len(told["head_sha256"])) == (f"{URL}/2", "192.0.2.1:80", 64)
    assert leaf["previous"]["capture"] == 1
    assert (leaf["body"]["bytes"], leaf["content"]["bytes"]) == (2, 5)
    assert damage(archive) == []


def test_what_no_column_can_hold_is_recorded_as_it_is_stored(archive: Archive) -> None:
    archive.store_capture(capture("x", day(1), reason="lone \ud800 and \0", content_type="\ud800", duration_s=1))
    assert leaves(archive, "capture")[0]["reason"] == "lone \ufffd and \ufffd"
    assert damage(archive) == []


def test_acts_have_leaves(archive: Archive) -> None:
    crawl = archive.begin_crawl(["watch"], day(1))
    archive.begin_crawl(["watch"], day(1))  # which goes on with it
    load(archive, capture("\n".join(f"Paragraph {number}." for number in range(40)), day(1)), parse=parse_lines)
    load(archive, capture("It shrank.", day(2)), parse=parse_lines)
    [held] = archive.held()
    archive.release(held.capture_id, day(3), diff)
    for number in range(4, 12):
        load(archive, missing(day(number)), parse=parse_lines)
    load(archive, capture("It is back.", day(20)), parse=parse_lines)
    moved = Hop(url=URL, status=301, location=f"{URL}/new")
    for number in (21, 22):
        load(archive, capture("It is back.", day(number), final_url=f"{URL}/new", hops=(moved,)), parse=parse_lines)
    archive.alias_page(1, f"{URL}/other", how="canonical", capture_id=None)
    archive.alias_page(1, f"{URL}/other", how="canonical", capture_id=None)
    archive.end_crawl(crawl.id, day(23), {"new": 1})
    found = [(leaf["kind"], leaf.get("capture")) for leaf in leaves(archive) if leaf["kind"] not in ("capture", "tool")]
    assert [kind for kind, _ in found] == [
        "crawl", "release", "tombstone", "return", "merge", "merge", "crawl",
    ]  # fmt: skip
    assert leaves(archive, "release")[0]["capture"] == held.capture_id
    assert [leaf.get("begun_at", leaf.get("ended_at")) for leaf in leaves(archive, "crawl")] == [
        "2024-01-01T00:00:00.000000Z", "2024-01-23T00:00:00.000000Z",
    ]  # fmt: skip
    assert damage(archive) == []


def test_a_turn_that_does_not_stand_any_more_is_withdrawn(archive: Archive) -> None:
    load(archive, capture("A report.", day(1)), parse=parse_lines)
    for number in range(10, 16):
        load(archive, missing(day(number)), parse=parse_lines)
    [turn] = leaves(archive, "tombstone")
    # It turns out that somebody saved the page in between.
    for number in range(10, 17):
        load(archive, capture("A report.", day(number).replace(hour=12), method="import"), parse=parse_lines)
    told = leaves(archive, "tombstone")
    assert told[0] == turn
    assert told[-1].get("withdrawn") or len(told) == 1
    assert damage(archive) == []


def test_what_fails_leaves_no_leaf(archive: Archive) -> None:
    with pytest.raises(RuntimeError), archive.transaction():
        archive.store_capture(capture("lost"))
        raise RuntimeError
    assert archive.log_size() == 0
    archive.store_capture(capture("kept"))
    assert [leaf["seq"] for leaf in leaves(archive)] == [0, 1]
    assert damage(archive) == []


@pytest.mark.parametrize("table", ["leaf", "log_node", "checkpoint", "public_key"])
@pytest.mark.parametrize(
    "change", ["delete from {}", "update {} set rowid = rowid + 1", "insert or replace into {0} select * from {0}"]
)
def test_rows_of_the_log_are_only_added(archive: Archive, table: str, change: str) -> None:
    archive.adopt_key(new_key(), day(1))
    for number in range(3):
        archive.store_capture(capture(str(number), day(1)))
    archive.checkpoint(day(2))
    statement = change.format(table)
    if table in ("log_node", "public_key"):
        statement = statement.replace("rowid", "level" if table == "log_node" else "since")
    with pytest.raises(sqlite3.IntegrityError, match="is evidence"), archive.transaction():
        archive.db.execute(statement)


def test_the_leaf_of_a_capture_is_found(archive: Archive) -> None:
    for number in range(40):
        archive.store_capture(capture(str(number), day(number + 1)))
        if number % 7 == 0:
            archive.checkpoint(day(number + 1))
    stored = dict(archive.db.execute("select capture_id, seq from leaf where kind = 'capture'").fetchall())
    assert {number: of_capture(archive.db.conn, number) for number in stored} == stored
    assert of_capture(archive.db.conn, 41) is None
    assert of_capture(archive.db.conn, 0) is None


# Checkpoints ---------------------------------------------------------------------------------------------------------


def test_a_checkpoint_is_made_every_thousand_leaves_and_when_asked(archive: Archive) -> None:
    with archive.transaction():
        for number in range(2 * signing.EVERY + 10):
            archive.store_capture(capture(None, day(1), outcome="failed", url=f"{URL}/{number}"))
    sizes = [size for (size,) in archive.db.execute("select size from checkpoint order by size")]
    assert sizes == [1001, 2002]
    made = archive.checkpoint(day(2))
    assert made
    assert made.size == archive.log_size()
    assert (made.created_at, made.is_signed) == (day(2), False)
    assert archive.checkpoint(day(3)) == made
    assert damage(archive) == []


def test_a_log_is_called_by_its_key_and_keeps_that_name(archive: Archive) -> None:
    first, second = new_key("archive.example/log"), new_key()
    archive.adopt_key(first, day(1))
    made = archive.checkpoint(day(1))
    assert made
    assert made.text.startswith("archive.example/log\n")
    assert archive.adopt_key(second, day(2), old=first).name == "archive.example/log"
    with pytest.raises(KeyUnusable, match="one that the archive has, or had, already"):
        archive.adopt_key(first, day(3))


def test_a_log_without_a_key_has_a_name_of_its_own_that_its_key_takes(tmp_path: Path) -> None:
    names = set()
    for number in range(2):
        with Archive(tmp_path / f"{number}.db", create=True) as archive:
            archive.store_capture(capture(str(number)))
            made = archive.checkpoint(day(1))
            assert made
            name = made.text.partition("\n")[0]
            assert archive.adopt_key(new_key("other.example"), day(2)).name == name
            archive.checkpoint(day(3))
            assert damage(archive) == []
            names.add(name)
    assert len(names) == 2


def test_a_notary_is_asked_once_and_may_have_nothing(tmp_path: Path) -> None:
    signer, asked = new_key(), []
    with Archive(tmp_path / "a.db", create=True) as archive:
        archive.adopt_key(signer, day(1))
        assert archive.checkpoint(day(1)).is_signed  # type: ignore[union-attr]
    with Archive(tmp_path / "a.db", notary=asked.append) as archive:
        for number in range(2):
            archive.store_capture(capture(str(number)))
            made = archive.checkpoint(day(2))
            assert made
            assert not made.is_signed
    assert asked == [signer.key]


def test_the_judge_takes_what_is_kept_in_an_archive(archive: Archive) -> None:
    reference, signer = judge(), new_key("archive.example/log")
    archive.adopt_key(signer, day(1))
    made = []
    for number in range(30):
        archive.store_capture(capture(str(number), day(number + 1)))
        if number % 9 == 8:
            made.append(archive.checkpoint(day(number + 1)))
    records = [record for (record,) in archive.db.execute("select record from leaf order by seq")]
    hashes = [found for (found,) in archive.db.execute("select hash from leaf order by seq")]
    assert hashes == [reference.leaf(record) for record in records]

    def subtree(level: int, index: int) -> bytes:
        if level == 0:
            return bytes(hashes[index])
        [row] = archive.db.execute("select hash from log_node where level = ? and idx = ?", (level, index)).fetchall()
        return bytes(row[0])

    for row in made:
        assert row
        assert reference.note_verify(row.note.encode(), signer.key.text) == row.text
        assert reference.root(records[: row.size]) == row.root
        for index in range(row.size):
            proof = inclusion_proof(index, row.size, subtree)
            assert reference.verify_inclusion(hashes[index], index, row.size, proof, row.root)
        for older in made:
            assert older
            if older.size <= row.size:
                proof = consistency_proof(older.size, row.size, subtree)
                assert reference.verify_consistency(older.size, row.size, proof, older.root, row.root)


# Kills ---------------------------------------------------------------------------------------------------------------

WRITER = """
import itertools, os, sys
sys.path.insert(0, sys.argv[2])
from building import URL, capture, day, parse_lines
from scraper.archive import Archive
from scraper.loader import load
with Archive(sys.argv[1], create=True) as archive:
    for number in itertools.count(len(archive.captures())):
        made = capture(f"Day {number}.", day(number), url=f"{URL}/{number % 3}")
        load(archive, made, source="watch", parse=parse_lines)
        if number % 5 == 0:
            archive.checkpoint(day(number))
        os.write(1, b".")
"""


def test_a_kill_leaves_capture_and_leaf_together(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    for number in range(6):
        command = [sys.executable, "-c", WRITER, str(path), str(Path(__file__).parent)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.read(1)
            time.sleep(0.02 + 0.013 * number)
            process.send_signal(signal.SIGKILL)
        with Archive(path) as archive:
            assert damage(archive) == []
            assert len(leaves(archive, "capture")) == len(archive.captures())


def test_two_writers_share_one_log(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Archive(path, create=True) as one, Archive(path) as two:
        for number in range(20):
            (one if number % 2 else two).store_capture(capture(str(number), day(number + 1)))
            if number % 6 == 5:
                (two if number % 2 else one).checkpoint(day(number + 1))
        assert damage(one) == []
        assert len(leaves(two, "capture")) == 20
