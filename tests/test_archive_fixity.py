"""Whatever is changed in an archive is found, and the captures are named that it affects.

1,000 flipped bits with FONDS_SOAK=1, else a tenth of them.
"""

# ruff: noqa: S608 -- our own words

import json
import os
import random
import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path

import pytest
from btree import Cell, cells
from building import URL, capture, day, missing, old_archive, parse_lines

from scraper.archive import Archive
from scraper.archive.bodies import check
from scraper.archive.fixity import Extent, Finding, Verification, verify
from scraper.archive.signing import statement
from scraper.archive.versions import derive_anew
from scraper.capture import Hop
from scraper.diff import diff
from scraper.loader import load
from scraper.log import Checkpoint, Signer, Tree, VerifierKey, canonical, leaf_hash, new_key, reading, signed

FLIPS = 1000 if os.environ.get("FONDS_SOAK") else 100
PAGES = 5
EVIDENCE = "body capture checkpoint headers leaf log_node public_key record release".split()
ORIGIN = "archive.example/log"
DAY_LAST = day(60)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return new_key(ORIGIN)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, signer: Signer) -> Path:
    """An archive of all kinds of captures and acts, with two checkpoints."""
    path = tmp_path_factory.mktemp("whole") / "a.db"
    with Archive(path, create=True) as archive:
        archive.adopt_key(signer, day(1))
        crawl = archive.begin_crawl(["watch"], day(1))
        lot = random.Random(1)
        for number in range(20):
            body = f"Paragraph {number // 7}.\nIt was so on day {number % 3}."
            if number % 6 == 5:
                body = "\n".join(lot.randbytes(3000).hex() for _ in range(3))
            fields = {
                "url": f"{URL}/{number % PAGES}",
                "request_head": b"GET / HTTP/1.1\r\n\r\n",
                "response_head": b"HTTP/1.1 200 OK\r\nAge: %d\r\n\r\n" % number,
                "response_headers": (("Age", str(number)),),
                "monotonic_s": number + 0.123456789,
                "address": "192.0.2.1:443",
            }
            load(
                archive, capture(body, day(number + 1), **fields), source="watch", crawl_id=crawl.id, parse=parse_lines
            )
        archive.checkpoint(day(21))
        moved = Hop(url=f"{URL}/new", status=301, location=f"{URL}/newer", head=b"HTTP/1.1 301 Moved\r\n\r\n")
        load(
            archive,
            capture("Moved.", day(22), url=f"{URL}/new", final_url=f"{URL}/newer", hops=(moved,)),
            parse=parse_lines,
        )
        load(archive, capture(None, day(23), outcome="failed", status=500, reason="it failed", url=f"{URL}/x"))
        load(archive, capture(b"half", day(24), outcome="truncated", reason="it broke off", url=f"{URL}/0"))
        load(
            archive, capture(b"\x1f\x8b", day(25), coding="gzip", decoded=b"Packed.", url=f"{URL}/p"), parse=parse_lines
        )
        load(archive, capture(None, day(26), outcome="not-modified", status=304, url=f"{URL}/1"), parse=parse_lines)
        load(archive, capture("Short.", day(27), url=f"{URL}/2"), parse=parse_lines)
        for number in range(4):
            gone = missing(day(28 + number))
            load(archive, capture(None, gone.captured_at, outcome="missing", status=404, url=f"{URL}/3"))
        load(archive, capture("It is back.\nIt was so on day 1.", day(40), url=f"{URL}/3"), parse=parse_lines)
        for held in archive.held():
            archive.release(held.capture_id, day(41), diff)
        archive.end_crawl(crawl.id, day(42), {"new": 5})
        archive.checkpoint(day(43))
        archive.db.execute("pragma wal_checkpoint(truncate)")
    return path


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "a.db"))


def found(path: Path, extent: Extent | None = None) -> list[Finding]:
    return list(verify(path, extent or Extent(), Verification()))


def damage(path: Path, extent: Extent | None = None) -> list[Finding]:
    return [finding for finding in found(path, extent) if finding.is_damage]


def named(findings: list[Finding]) -> set[int]:
    return {number for finding in findings for number in finding.captures}


def rows(path: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()


def edit(path: Path, *statements: str | tuple[str, tuple[object, ...]]) -> None:
    """Changes an archive as somebody would who knows it well: its triggers are there again afterwards."""
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"drop trigger {name}")
        for statement_ in statements:
            connection.execute(*((statement_, ()) if isinstance(statement_, str) else statement_))
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()
        connection.execute("pragma wal_checkpoint(truncate)")


def reforged(path: Path, signer: Signer | None, *, rename: Signer | None = None) -> None:
    """Makes hashes, tree and checkpoints anew from the records as they stand, all that a forger can."""
    leaves = rows(path, "select seq, record from leaf order by seq")
    if rename is not None:
        [(seq, record)] = [(seq, record) for seq, record in leaves if b'"kind":"key"' in record]  # type: ignore[operator]
        said = reading(bytes(record)) | {"key": rename.key.text}  # type: ignore[call-overload]
        said["signatures"] = {
            rename.key.id: b64encode(rename.sign(statement({"key": rename.key.text, "at": str(said["at"])}))).decode()
        }
        leaves[int(str(seq))] = (seq, canonical(said))
        edit(path, ("update public_key set id = ?, key = ?", (rename.key.id, rename.key.text)))
    tree, nodes, roots = Tree(), [], {}
    for _, record in leaves:
        nodes += list(tree.append(leaf_hash(bytes(record))))  # type: ignore[call-overload]
        roots[tree.size] = tree.root()
    changes: list[tuple[str, tuple[object, ...]]] = [("delete from log_node", ())]
    changes += [
        ("update leaf set record = ?, hash = ? where seq = ?", (record, leaf_hash(bytes(record)), seq))
        for seq, record in leaves
    ]  # type: ignore[call-overload]
    for (size,) in rows(path, "select size from checkpoint"):
        if size not in roots:
            changes.append(("delete from checkpoint where size = ?", (size,)))
            continue
        text = Checkpoint(origin=ORIGIN, size=int(str(size)), root=roots[size]).text
        note = signed(text, signer) if signer else text
        changes.append(("update checkpoint set root = ?, note = ? where size = ?", (roots[size], note, size)))
    covered = max(size for (size,) in rows(path, "select size from checkpoint") if size in roots)
    kept = [node for node in nodes if (node[1] + 1) << node[0] <= covered]
    changes += [("insert into log_node values (?, ?, ?)", node) for node in kept]
    edit(path, *changes)


def retold(path: Path, number: int, **changes: object) -> tuple[str, tuple[object, ...]]:
    """The record of the leaf of a capture, changed."""
    [(record,)] = rows(path, f"select record from leaf where kind = 'capture' and capture_id = {number}")
    return (
        "update leaf set record = ? where kind = 'capture' and capture_id = ?",
        (canonical(reading(bytes(record)) | changes), number),  # type: ignore[call-overload, operator]
    )


def printed(path: Path) -> Checkpoint:
    [(note,)] = rows(path, "select note from checkpoint order by size desc limit 1")
    return Checkpoint.parsed(str(note).partition("\n\n")[0] + "\n")


# Whole ---------------------------------------------------------------------------------------------------------------


def test_a_whole_archive_is_found_to_be_so(whole: Path, signer: Signer) -> None:
    done = Verification()
    assert list(verify(whole, Extent(key=signer.key), done)) == []
    [(captures, bodies, records)] = rows(
        whole, "select (select count(*) from capture), (select count(*) from body), (select count(*) from record)"
    )
    assert (done.captures, done.bodies, done.records, done.checkpoints) == (captures, bodies, records, 2)
    assert done.leaves == done.covered == rows(whole, "select count(*) from leaf")[0][0]
    assert done.signed_by == [signer.key.id]


def test_each_kind_of_leaf_is_in_it(whole: Path) -> None:
    kinds = {kind for (kind,) in rows(whole, "select distinct kind from leaf")}
    assert kinds == set("key crawl tool capture merge tombstone return release checkpoint".split())
    outcomes = {outcome for (outcome,) in rows(whole, "select distinct outcome from capture")}
    assert outcomes == set("fetched not-modified missing truncated failed".split())


def test_each_capture_alone_is_found_whole(whole: Path) -> None:
    for (number,) in rows(whole, "select id from capture"):
        done = Verification()
        assert list(verify(whole, Extent(capture=int(str(number))), done)) == []
        assert (done.leaves, done.checkpoints) == (1, 1)


def test_what_came_since_a_checkpoint_is_looked_at_alone(whole: Path) -> None:
    (first, last) = [
        Checkpoint.parsed(str(note).partition("\n\n")[0] + "\n")
        for (note,) in rows(whole, "select note from checkpoint order by size")
    ]
    done = Verification()
    assert list(verify(whole, Extent(since=first), done)) == []
    assert done.leaves == last.size - first.size
    assert 0 < done.captures < 20
    assert list(verify(whole, Extent(since=last), Verification())) == []


def test_a_sample_is_a_share_of_bodies_and_records_and_all_of_the_log(whole: Path) -> None:
    every, some = Verification(), Verification()
    assert found(whole) == []
    list(verify(whole, Extent(), every))
    list(verify(whole, Extent(share=0.25, seed=3), some))
    assert (some.leaves, some.captures) == (every.leaves, every.captures)
    assert (some.bodies, some.records) == (round(every.bodies / 4), round(every.records / 4))


def test_an_archive_of_an_older_fonds_has_leaves_of_all_its_captures(tmp_path: Path) -> None:
    for version in (1, 2):
        path = old_archive(tmp_path / f"{version}.db", version)
        with Archive(path) as archive:
            assert [finding for finding in found(path) if finding.is_damage and finding.check != "record"] == []
            marked = archive.db.execute(
                "select count(*) from leaf where kind = 'capture' and instr(record, '\"recorded\":\"upgrade\"')"
            ).fetchone()[0]
            assert marked == len(archive.captures())
            archive.checkpoint(day(90))
            load(archive, capture("new", day(91), url="https://example.org/velmora"), parse=parse_lines)
        assert [finding for finding in found(path) if finding.is_damage and finding.check != "record"] == []


def test_leaves_under_no_checkpoint_yet_are_said(path: Path) -> None:
    with Archive(path) as archive:
        number = archive.store_capture(capture("late", DAY_LAST))
    [finding] = found(path)
    assert (finding.check, finding.is_damage, finding.captures) == ("checkpoint", False, (number,))
    [alone] = found(path, Extent(capture=number))
    assert "no checkpoint covers it yet" in alone.what


def test_leaves_that_no_key_signed_are_said_until_it_does(path: Path, signer: Signer) -> None:
    with Archive(path) as archive:
        number = archive.store_capture(capture("late", DAY_LAST))
        archive.checkpoint(DAY_LAST)
    [finding] = damage(path)
    assert (finding.check, finding.captures) == ("signature", (number,))
    with Archive(path, notary=lambda key: signer) as archive:
        assert archive.checkpoint(DAY_LAST)
    assert found(path) == []


# Damage --------------------------------------------------------------------------------------------------------------


def _affected(path: Path) -> dict[tuple[str, int], set[int]]:
    """By table and row, the captures that must be named when it is damaged."""
    affected: dict[tuple[str, int], set[int]] = {}
    for number, body, request, response in rows(
        path, "select id, body_id, request_headers_id, response_headers_id from capture"
    ):
        for place in (("capture", number), ("body", body), ("headers", request), ("headers", response)):
            affected.setdefault(place, set()).add(number)  # type: ignore[arg-type]
    for seq, number in rows(path, "select seq, capture_id from leaf where kind = 'capture'"):
        affected["leaf", int(str(seq))] = {int(str(number))}
    for record, number in rows(path, "select record_id, capture_id from reading"):
        affected.setdefault(("record", int(str(record))), set()).add(int(str(number)))
    return affected


def _is_evidence(cell: Cell) -> bool:
    return any(
        cell.name == name or cell.name.removeprefix("sqlite_autoindex_").startswith(f"{name}_") for name in EVIDENCE
    )


def test_every_flipped_bit_of_evidence_is_found_and_its_captures_named(
    whole: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    lot, data, path = random.Random(7), whole.read_bytes(), tmp_path / "flipped.db"
    live = [cell for cell in cells(whole) if _is_evidence(cell)]
    by_name: dict[str, list[Cell]] = {}
    for cell in live:
        by_name.setdefault(cell.name, []).append(cell)
    places = [(cell, place) for cell in live for place in cell.places]
    affected = _affected(whole)
    for number in range(FLIPS):
        # By byte, and as often by table, that small ones have their turn.
        cell, place = lot.choice(places)
        if number % 2:
            cell = lot.choice(by_name[lot.choice(sorted(by_name))])
            place = lot.choice(cell.places)
        flipped = bytearray(data)
        flipped[place] ^= 1 << lot.randrange(8)
        path.write_bytes(flipped)
        findings = damage(path)
        if not findings:  # the type of a column that is the row's number is read by nobody
            table = f"select * from {cell.name}"
            assert rows(path, table) == rows(whole, table), f"bit in {cell.name} {cell.row}, byte {place}"
            continue
        assert affected.get((cell.name, cell.row or 0), set()) <= named(findings), f"{cell.name} {cell.row}: {findings}"
    record_property("flipped bits", f"{FLIPS} of {FLIPS} found, over {len(places):,} live bytes")


# Edits by somebody who knows what they do ----------------------------------------------------------------------------

EARLY = "'2023-01-01T00:00:00.000000Z'"
HEAD_OF_9 = "id = (select response_headers_id from capture where id = 9)"
RECORD_OF_9 = "id = (select record_id from reading where capture_id = 9)"
COLUMNS = """crawl_id, page_id, url_key, url, final_url, captured_at, order_at, method, outcome, status, content_type,
    coding, request_headers_id, response_headers_id, body_id, content_sha256, content_bytes, wire_bytes, hops, address,
    tls, certificate_sha256, robots, pace, waited_s, attempts, reason, server_date, monotonic_s, duration_s"""


def _of(number: int, change: str) -> tuple[set[int], tuple[str, ...]]:
    """A *change* to the columns of one capture."""
    return {number}, (f"update capture set {change} where id = {number}",)


def _swapped(table: str, columns: str, key: str, first: int, second: int) -> tuple[str, ...]:
    """Two rows of *table* with each other's *columns*."""
    other = f"copy.{key} = case {table}.{key} when {first} then {second} else {first} end"
    copies = ", ".join(f"{column} = (select {column} from copy where {other})" for column in columns.split())
    return (
        f"create temp table copy as select * from {table}",
        f"update {table} set {copies} where {key} in ({first}, {second})",
    )


# What is edited: the captures that are to be named, and how.
EDITS: dict[str, tuple[set[int], tuple[str, ...]]] = {
    "two captures swapped": ({2, 3}, _swapped("capture", COLUMNS.replace(",", ""), "id", 2, 3)),
    "bodies of two captures swapped": ({2, 9}, _swapped("capture", "body_id", "id", 2, 9)),
    "bytes of two bodies swapped": ({1, 9}, _swapped("body", "data bytes codec", "id", 1, 6)),
    "addresses of two captures swapped": ({2, 3}, _swapped("capture", "url", "id", 2, 3)),
    "pages of two captures swapped": ({2, 3}, _swapped("capture", "page_id", "id", 2, 3)),
    "two leaves swapped": ({2, 3}, _swapped("leaf", "record hash", "seq", 4, 5)),
    "a capture dropped": ({9}, ("delete from capture where id = 9",)),
    "a leaf dropped": ({9}, ("delete from leaf where capture_id = 9",)),
    "a capture dropped with its leaf": (
        {14},
        ("delete from leaf where capture_id = 9", "delete from capture where id = 9"),
    ),
    "a node dropped": ({2, 3}, ("delete from log_node where level = 2 and idx = 1",)),
    "a node added": (set(), ("insert into log_node values (3, 900, zeroblob(32))",)),
    "re-timed": _of(9, f"captured_at = {EARLY}"),
    "re-ordered in time": _of(9, f"order_at = {EARLY}"),
    "another clock": _of(9, "monotonic_s = monotonic_s + 1e-9"),
    "another status": _of(9, "status = 404"),
    "no status": _of(9, "status = null"),
    "another outcome": _of(9, "outcome = 'missing'"),
    "another reason": _of(22, "reason = 'it was refused'"),
    "another peer": _of(9, "address = '192.0.2.2:443'"),
    "another crawl": _of(21, "crawl_id = 1"),
    "the content of a packed body": _of(24, "content_bytes = 3"),
    "another way there": _of(21, "hops = replace(hops, '301', '302')"),
    "another form of the way there": _of(21, "hops = replace(hops, ', ', ',')"),
    "the fields of a head": ({9}, (f"update headers set json = replace(json, '8', '9') where {HEAD_OF_9}",)),
    "the bytes of a head": ({9}, (f"update headers set head = x'00' where {HEAD_OF_9}",)),
    "a capture put in": ({40}, (f"insert into capture select 40, {COLUMNS} from capture where id = 9",)),
    "a capture released": ({1}, (f"insert into release values (1, {EARLY})",)),
    "a release undone": ({26}, ("delete from release",)),
    "another address of a page": (set(), (f"insert into page_url values ('k', 1, 'u', {EARLY}, 'canonical', 1)",)),
    "a page that was never gone": (
        set(),
        ("update version set kind = 'record', record_id = 1 where kind = 'tombstone'",),
    ),
    "a crawl re-timed": (set(), (f"update crawl set started_at = {EARLY}",)),
    "a checkpoint re-dated": (set(), (f"update checkpoint set created_at = {EARLY}",)),
    "a checkpoint dropped": (set(), ("delete from checkpoint where size = (select max(size) from checkpoint)",)),
    "a signature taken off": (
        set(),
        ("update checkpoint set note = substr(note, 1, instr(note, char(10) || char(10)))",),
    ),
    "a word of a report": (
        {9},
        (
            f"""update block set text = 'Never.'
            where id = (select json_extract(blocks, '$[0]') from record where {RECORD_OF_9})""",
        ),
    ),
    "the title of a report": ({9}, (f"update record set title = 'Another' where {RECORD_OF_9}",)),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_found_and_its_captures_named(path: Path, name: str) -> None:
    affected, statements = EDITS[name]
    before = path.read_bytes()
    edit(path, *statements)
    assert path.read_bytes() != before
    findings = damage(path)
    assert findings
    assert affected <= named(findings), findings


def test_at_least_thirty_edits_are_tried() -> None:
    assert len(EDITS) >= 30


def test_the_last_capture_dropped_without_a_trace_is_found_by_a_printed_checkpoint(path: Path, signer: Signer) -> None:
    kept = printed(path)
    [(size,)] = rows(path, "select min(size) from checkpoint")
    edit(
        path,
        f"delete from checkpoint where size > {size}",
        f"delete from log_node where (idx + 1) << level > {size}",
        f"delete from release where capture_id in (select capture_id from leaf where seq >= {size})",
        f"delete from leaf where seq >= {size}",
        "delete from difference",
        "delete from version where capture_id > 20 or last_capture_id > 20",
        "delete from page_url where how <> 'asked'",
        "delete from reading where capture_id > 20",
        "delete from unparsed",
        "delete from effective",
        "delete from capture where id > 20",
    )
    assert [finding for finding in damage(path) if finding.check not in ("record", "file")] == []
    findings = damage(path, Extent(since=kept))
    assert any(f"expected at least {kept.size}: the last ones are gone" in finding.what for finding in findings)


def test_a_capture_re_timed_with_its_record_is_found(path: Path) -> None:
    at = "2023-01-01T00:00:00.000000Z"
    edit(
        path,
        f"update capture set captured_at = '{at}', order_at = '{at}' where id = 9",
        retold(path, 9, captured_at=at),
    )
    assert 9 in named(damage(path))


@pytest.fixture
def re_timed(path: Path, signer: Signer) -> Iterator[Path]:
    """An archive with a capture that was re-timed, its record with it."""
    at = "2023-01-01T00:00:00.000000Z"
    edit(
        path,
        f"update capture set captured_at = '{at}', order_at = '{at}' where id = 9",
        retold(path, 9, captured_at=at),
    )
    yield path


def test_hashes_made_anew_do_not_fit_the_signed_root(re_timed: Path, signer: Signer) -> None:
    notes = rows(re_timed, "select note, size, root from checkpoint")
    reforged(re_timed, None)
    edit(re_timed, *[("update checkpoint set note = ? where size = ?", (note, size)) for note, size, _ in notes])
    assert any(finding.check == "signature" for finding in damage(re_timed))
    edit(re_timed, *[("update checkpoint set root = ? where size = ?", (root, size)) for _, size, root in notes])
    assert any("has another root than the leaves before it" in finding.what for finding in damage(re_timed))


def test_a_log_made_anew_without_a_signature_is_found(re_timed: Path) -> None:
    reforged(re_timed, None)
    [finding] = damage(re_timed)
    assert "no signature of the archive's key covers leaves 0 to" in finding.what
    assert 9 in finding.captures


def test_a_log_made_anew_and_signed_by_another_key_is_found(re_timed: Path) -> None:
    reforged(re_timed, new_key(ORIGIN))
    assert any("is signed by no key of the archive" in finding.what for finding in damage(re_timed))


def test_a_log_made_anew_with_a_key_in_place_of_ours_is_found_by_who_knows_ours(re_timed: Path, signer: Signer) -> None:
    kept, thief = printed(re_timed), new_key(ORIGIN)
    reforged(re_timed, thief, rename=thief)
    assert damage(re_timed) == []  # nothing in the file itself can tell
    [finding] = damage(re_timed, Extent(key=signer.key))
    assert finding.what == f"the archive is signed by key {thief.key.id}, expected key {signer.key.id}"
    [finding] = damage(re_timed, Extent(since=kept))
    assert "does not go on from that checkpoint" in finding.what


def test_a_key_put_in_place_of_ours_is_found(path: Path) -> None:
    thief = new_key(ORIGIN)
    edit(path, ("update public_key set id = ?, key = ?", (thief.key.id, thief.key.text)))
    checks = {finding.check for finding in damage(path)}
    assert checks == {"key", "signature"}


def test_one_damaged_capture_is_found_when_it_alone_is_looked_at(path: Path) -> None:
    edit(path, "update capture set status = 404 where id = 9", "update body set data = zeroblob(10) where id = 2")
    [(other,)] = rows(path, "select min(id) from capture where body_id = 2")
    assert named(damage(path, Extent(capture=9))) == {9}
    assert {finding.check for finding in damage(path, Extent(capture=int(str(other))))} == {"body"}
    assert damage(path, Extent(capture=10)) == []


def test_one_capture_whose_tree_is_damaged_is_not_shown_to_be_in_it(path: Path) -> None:
    edit(path, "update log_node set hash = zeroblob(32) where level = 3 and idx = 0")
    assert any("cannot be shown to be in checkpoint" in finding.what for finding in damage(path, Extent(capture=9)))
    edit(path, "delete from log_node where level = 3 and idx = 0")
    assert any("cannot be shown to be in checkpoint" in finding.what for finding in damage(path, Extent(capture=9)))
    edit(path, "delete from leaf where capture_id = 9")
    assert any("no leaf of this capture" in finding.what for finding in damage(path, Extent(capture=9)))


def test_what_was_before_a_checkpoint_cannot_be_had_from_a_tree_without_it(path: Path) -> None:
    since = printed(path)
    edit(path, "delete from log_node")
    assert any("cannot be had" in finding.what for finding in damage(path, Extent(since=since)))


def test_a_checkpoint_of_another_log_is_named(path: Path) -> None:
    kept = printed(path)
    other = Checkpoint(origin="elsewhere", size=kept.size, root=kept.root)
    assert [finding.what for finding in damage(path, Extent(since=other))] == [
        f"that checkpoint is of the log 'elsewhere', this is '{ORIGIN}'"
    ]


@pytest.fixture
def redacted(path: Path, signer: Signer) -> tuple[int, str]:
    """A capture whose bytes were removed, and the digest of them."""
    [(number, digest)] = rows(
        path,
        """select min(capture.id), sha256 from capture join body on body.id = body_id
           group by body_id having count(*) = 1 limit 1""",
    )
    with Archive(path, notary=lambda key: signer) as archive:
        archive.redact(archive.takedown([int(str(number))]), "a court order", DAY_LAST, diff)
        archive.wipe(DAY_LAST)
    return int(str(number)), str(digest)


def test_bytes_that_were_removed_on_record_are_said_and_no_damage(path: Path, redacted: tuple[int, str]) -> None:
    number, digest = redacted
    for extent in (Extent(), Extent(capture=number)):
        done = Verification()
        [finding] = verify(path, extent, done)
        assert finding.what == f"body {digest[:16]} was removed on 2024-02-29, on record: a court order"
        assert (finding.is_damage, finding.captures, done.redacted) == (False, (number,), 1)
    assert damage(path, Extent(capture=number + 1)) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("delete from redaction", "act: removal of bytes in the log and not stored: 2024-02-29T00:00:00.000000Z a cou"),
        ("update redaction set reason = 'none'", "act: removal of bytes stored and not in the log: 2024-02-29T00:00:0"),
        ("update body set data = x'00' where codec = 'redacted'", "body: its row is damaged, and its bytes were remo"),
        (
            "update body set codec = 'raw' where codec = 'redacted'",
            "body: its bytes were removed, as the log says, and",
        ),
        ("update body set codec = 'redacted', data = x'' where id = 2", "body: body * was removed, and that is not on"),
        ("delete from leaf where kind = 'redaction'", "act: removal of bytes stored and not in the log: 2024-02-29T"),
        ("delete from leaf where kind = 'redaction'", "body: body * was removed, and that is not on record"),
    ],
)
def test_what_is_removed_and_what_is_on_record_are_the_same(
    path: Path, redacted: tuple[int, str], change: str, what: str
) -> None:
    edit(path, change)
    said = [f"{finding.check}: {finding.what}" for finding in damage(path)]
    assert any(fnmatch(line, f"{what}*") for line in said), said


def test_rows_that_refer_to_none_are_counted_with_their_captures(path: Path) -> None:
    [(number,)] = rows(path, "select capture_id from reading order by 1 limit 1")
    edit(path, "pragma foreign_keys = off", f"update reading set record_id = 99999 where capture_id = {number}")
    [(count,)] = rows(path, "select count(*) from reading where record_id = 99999")
    told = {finding.what: finding.captures for finding in damage(path)}
    refer = "1 row of reading refers" if count == 1 else f"{count} rows of reading refer"
    assert told[f"{refer} to no row of record"] == (number,)
    edit(path, "pragma foreign_keys = off", f"update capture set page_id = 99999 where id = {number}")
    assert {finding.what: finding.captures for finding in damage(path)}[
        "1 row of capture refers to no row of page"
    ] == (number,)


def test_a_body_that_is_damaged_names_all_its_captures(path: Path) -> None:
    [(body, digest)] = rows(
        path,
        """select body_id, sha256 from capture join body on body.id = body_id
           group by body_id having count(*) > 1 limit 1""",
    )
    captures = tuple(number for (number,) in rows(path, f"select id from capture where body_id = {body} order by id"))
    edit(path, f"update body set data = substr(data, 2) where id = {body}")
    with closing(sqlite3.connect(path)) as connection:
        [one] = check(connection)
        assert (one.body_id, one.sha256, one.captures) == (body, digest, captures)
        assert list(check(connection, [int(str(body)) + 1])) == []


# Keys ----------------------------------------------------------------------------------------------------------------


def test_a_key_that_the_old_one_signed_takes_its_place(path: Path, signer: Signer) -> None:
    second, third = new_key(), new_key()
    with Archive(path) as archive:
        key = archive.adopt_key(second, day(50), old=signer)
        archive.checkpoint(day(50))
        assert key.name == ORIGIN
    done = Verification()
    assert list(verify(path, Extent(), done)) == []
    assert done.signed_by == [signer.key.id, key.id]
    with Archive(path) as archive:
        archive.adopt_key(third, day(51))
        archive.checkpoint(day(51))
    [finding] = found(path)
    assert "took the place of another, and that one has not signed it" in finding.what
    assert not finding.is_damage


@pytest.mark.parametrize("change", ["key", "previous", "at", "signatures"])
def test_a_change_of_keys_that_was_altered_is_found(path: Path, signer: Signer, change: str) -> None:
    second = new_key(ORIGIN)
    with Archive(path) as archive:
        archive.adopt_key(second, day(50), old=signer)
        archive.checkpoint(day(50))
    [(seq, record)] = rows(path, "select seq, record from leaf where kind = 'key' order by seq desc limit 1")
    said = reading(bytes(record))  # type: ignore[call-overload]
    other = {"key": new_key(ORIGIN).key.text, "previous": new_key(ORIGIN).key.text, "at": "2023", "signatures": {}}
    edit(path, ("update leaf set record = ? where seq = ?", (canonical(said | {change: other[change]}), seq)))
    reforged(path, second)
    assert any(finding.check == "key" for finding in damage(path))


def test_a_verifier_key_is_all_that_the_archive_knows_of_a_key(path: Path, signer: Signer) -> None:
    [(text,)] = rows(path, "select key from public_key")
    assert VerifierKey.parsed(str(text)) == signer.key
    assert json.loads(json.dumps(text)) == signer.key.text
    assert sha256(ORIGIN.encode() + b"\n\x01" + signer.key.public).hexdigest()[:8] == signer.key.id


@pytest.mark.parametrize(
    "change",
    [
        "update version set first_seen = '2020-01-01T00:00:00.000000Z' where id = 1",
        "update version set record_id = (select max(id) from record) where id = 1",
        "delete from version where id = (select max(id) from version)",
    ],
)
def test_versions_that_captures_do_not_tell_are_told_of_and_made_anew(path: Path, change: str) -> None:
    assert [finding for finding in found(path) if finding.check == "version"] == []
    edit(path, change)
    told = [finding for finding in found(path) if finding.check == "version"]
    assert len(told) == 1
    assert told[0].captures
    assert not told[0].is_damage
    number = told[0].what.split()[1].rstrip(":")
    with Archive(path) as archive, archive.transaction():
        derive_anew(archive.db.conn, int(number), diff)
    assert [finding for finding in found(path) if finding.check == "version"] == []
