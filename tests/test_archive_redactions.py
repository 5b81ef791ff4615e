"""Bytes that are taken down are gone from the file with all that was read from them; what they were is on record."""

import gzip
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from building import URL, capture, day, missing, parse_lines
from test_archive_bodies import coded, edited, prose

from scraper.archive import Archive
from scraper.archive.fixity import Extent, Finding, Verification
from scraper.archive.redactions import MOST_REASON
from scraper.archive.rows import CaptureRow
from scraper.capture import Capture
from scraper.diff import diff
from scraper.errors import ArchiveBusy, ArchiveError, BytesRemoved, UsageError
from scraper.learning import learn_all
from scraper.loader import Loaded, keep, load, read_unread

SECRET = "zyxquorble"  # noqa: S105 -- a word that stands nowhere else
NOW = day(90)
# Steps of SQLite's, by twenties: what is removed takes some 300 of them, to write the file anew thousands.
KILLED_AT = (0, 100, 200, 300, 400, 1000, 3000)
REPORT = [f"Paragraph {number} of a report that says little else." for number in range(8)]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


def see(archive: Archive, *lines: str, at: int, url: str = URL, **fields: object) -> Loaded:
    return load(archive, capture("\n".join([*REPORT, *lines]), day(at), url=url, **fields), parse=parse_lines)


def take_down(archive: Archive, *numbers: int, reason: str = "a court order") -> None:
    archive.redact(archive.takedown(numbers), reason, NOW, diff)
    archive.wipe(NOW)


def found(archive: Archive) -> list[Finding]:
    return list(archive.verify(Extent(), Verification()))


def damage(archive: Archive) -> list[Finding]:
    return [finding for finding in found(archive) if finding.is_damage]


def raw(archive: Archive) -> bytes:
    """All that is in the file and its log."""
    files = [archive.path, Path(f"{archive.path}-wal")]
    return b"".join(file.read_bytes() for file in files if file.exists()).lower()


def vocabulary(archive: Archive) -> set[str]:
    """The words of the full-text index: in the file they share their beginnings, so to look there is not enough."""
    archive.db.execute("create virtual table temp.words using fts5vocab (main, block_fts, row)")
    words = {word for (word,) in archive.db.execute("select term from temp.words")}
    archive.db.execute("drop table temp.words")
    return words


def texts(archive: Archive) -> list[str]:
    """All text in all tables."""
    tables = [name for (name,) in archive.db.execute("select name from sqlite_master where type = 'table'")]
    rows = (row for name in tables for row in archive.db.execute(f"select * from [{name}]"))  # noqa: S608
    return [str(value).lower() for row in rows for value in row if isinstance(value, str | bytes)]


def versions(archive: Archive, url: str = URL) -> list[tuple[int, int]]:
    return [(version.seq, version.capture_id) for version in archive.versions(url)]


def newest(archive: Archive) -> CaptureRow:
    return archive.captures()[-1]


# What goes -----------------------------------------------------------------------------------------------------------


def test_bytes_that_were_removed_are_told_of_in_one_line_and_what_they_were_is_kept(archive: Archive) -> None:
    see(archive, "As it was.", at=1)
    number = see(archive, f"The witness {SECRET} lives there.", at=2).capture_id
    before = archive.capture(number)
    take_down(archive, number)
    line = f"capture {number}: its bytes were removed on 2024-03-30: a court order; kept are their digest, "
    for read in (archive.body, archive.received, archive.to_read):
        with pytest.raises(BytesRemoved, match=f"{line}{before.body_sha256}, and their length, {before.body_bytes}$"):
            read(number)
    assert archive.capture(number) == before
    assert archive.body(1)


def test_no_trace_is_left_in_the_file_its_log_and_the_index(archive: Archive) -> None:
    see(archive, "As it was.", at=1)
    number = see(archive, f"The witness {SECRET}a lives in {SECRET}b Street.", at=2).capture_id
    see(archive, "As it is.", at=3)
    frame = archive.db.execute("select data from body where id = 2").fetchone()[0].lower()
    assert frame in raw(archive)
    assert {f"{SECRET}a", f"{SECRET}b"} <= vocabulary(archive)
    take_down(archive, number)
    assert SECRET.encode() not in raw(archive)
    assert frame not in raw(archive)
    assert not [word for word in vocabulary(archive) if SECRET in word]
    assert archive.search(f"{SECRET}a", all_versions=True) == []
    assert damage(archive) == []


def test_no_trace_is_left_by_a_sqlite_that_was_not_built_to_clear_what_it_deletes(archive: Archive) -> None:
    archive.db.execute("pragma secure_delete = off")
    lot = random.Random(1)
    for number in range(60):
        lines = [f"Line {lot.random()}." for _ in range(lot.randrange(40))]
        lines += [f"{SECRET}{lot.randrange(10**6)} said so." for _ in range(20 * (number % 7 == 3))]
        see(archive, *lines, at=1 + number * 37 % 60, url=f"{URL}/{number % 5}")
    numbers = [row.id for row in archive.captures() if SECRET.encode() in archive.body(row.id)]
    gone = archive.takedown(numbers)
    archive.redact(gone, "a court order", NOW, diff)
    archive.db.execute("pragma wal_checkpoint(truncate)")
    if SECRET.encode() not in raw(archive):
        pytest.skip("this SQLite clears what it deletes, whatever it is told")
    archive.wipe(NOW)
    assert SECRET.encode() not in raw(archive)
    assert not [text for text in texts(archive) if SECRET in text]
    assert damage(archive) == []


def test_a_long_body_is_gone_and_the_file_as_much_shorter(archive: Archive) -> None:
    content = random.Random(1).randbytes(3_000_000)
    see(archive, at=1)
    number = archive.store_capture(capture(content, content_type="application/pdf", url=f"{URL}/large"))
    take_down(archive, number)
    assert content[1_000_000:1_000_030].lower() not in raw(archive)
    assert len(raw(archive)) < 1_000_000


def test_bodies_that_leant_on_it_stand_for_themselves(archive: Archive) -> None:
    contents = [edited(prose(1), number) for number in range(12)]
    numbers = [archive.store_capture(capture(content)) for content in contents]
    take_down(archive, numbers[0], numbers[3])
    kept = dict(zip(numbers, contents, strict=True))
    del kept[numbers[0]], kept[numbers[3]]
    assert {number: archive.received(number) for number in kept} == kept
    assert damage(archive) == []
    assert archive.body(archive.store_capture(capture(edited(prose(1), 99)))) == edited(prose(1), 99)


def test_another_process_that_has_the_bytes_at_hand_stores_nothing_beside_them(archive: Archive) -> None:
    with Archive(archive.path) as other:
        numbers = [other.store_capture(capture(edited(prose(1), number))) for number in range(3)]
        take_down(archive, *numbers)
        again = other.store_capture(capture(edited(prose(1), 7)))
        beside = other.store_capture(capture(edited(prose(1), 7), url=f"{URL}/other"))
        assert archive.body(again) == archive.body(beside) == edited(prose(1), 7)
    assert damage(archive) == []


def test_all_that_share_the_bytes_or_the_content_go_together(archive: Archive) -> None:
    content, other = edited(prose(1), 5), edited(prose(1), 6)
    made = [
        capture(prose(1)),
        coded(content),
        coded(content, "br", url=f"{URL}/br"),
        capture(content, url=f"{URL}/plain"),
        coded(other),
        capture(gzip.compress(content, 1, mtime=3), coding="gzip", decoded=content, url=f"{URL}/packed"),
        capture(content[:500], outcome="truncated"),
    ]
    numbers = [archive.store_capture(one) for one in made]
    gone = archive.takedown([numbers[1]])
    assert gone.asked == (numbers[1],)
    assert gone.captures == (numbers[1], numbers[2], numbers[3], numbers[5])
    take_down(archive, numbers[1])
    for number, one in zip(numbers, made, strict=True):
        if number in gone.captures:
            with pytest.raises(BytesRemoved):
                archive.body(number)
            with pytest.raises(BytesRemoved):
                archive.received(number)
        else:
            assert archive.received(number) == one.body
    assert damage(archive) == []
    leaves = archive.db.execute("select capture_id from leaf where kind = 'redaction' order by seq").fetchall()
    assert leaves == [(number,) for number in gone.captures]


# What was read from it -----------------------------------------------------------------------------------------------


def test_the_history_of_the_page_is_told_without_it(archive: Archive) -> None:
    first = see(archive, "As it was.", at=1).capture_id
    second = see(archive, f"With {SECRET}.", at=2).capture_id
    third = see(archive, "As it is.", at=3).capture_id
    assert versions(archive) == [(1, first), (2, second), (3, third)]
    take_down(archive, second)
    assert versions(archive) == [(1, first), (2, third)]
    (change,) = archive.changes(URL)
    assert (change.before_seq, change.after_seq, change.first_seen) == (1, 2, day(3))
    assert archive.versions(URL)[0].last_seen == archive.versions(URL)[1].seen_after == day(1)
    assert SECRET not in str(texts(archive))


def test_a_page_of_which_all_is_gone_has_no_version_and_says_why(archive: Archive) -> None:
    numbers = [see(archive, f"With {SECRET} {at}.", at=at).capture_id for at in (1, 2)]
    take_down(archive, *numbers)
    assert versions(archive) == []
    for ref in (URL, f"{URL}@1"):
        with pytest.raises(UsageError, match=r"2 captures, the last is 2: its bytes were removed on 2024-03-30: a co"):
            archive.version(ref)
    assert archive.page(URL).state == "unread"
    assert archive.unread() == []
    assert archive.db["record"].count == archive.db["block"].count == archive.db["block_page"].count == 0


def test_a_record_that_other_captures_read_as_too_stays(archive: Archive) -> None:
    lines = "\n".join([*REPORT, f"With {SECRET}."])
    first, second = (
        load(archive, capture(lines + " " * number, day(number + 1)), parse=_stripped).capture_id for number in range(2)
    )
    [other] = archive.left_beside(archive.takedown([first]))
    assert (other.url, other.captures, other.alike) == (URL, 1, 1)
    take_down(archive, first)
    assert versions(archive) == [(1, second)]
    assert archive.db.execute("select capture_id from record").fetchall() == [(second,)]
    assert len(archive.search(SECRET)) == 1
    assert damage(archive) == []


def _stripped(body: bytes, *, url: str, content_type: str | None = None) -> object:
    return parse_lines(body.rstrip(), url=url, content_type=content_type)


def test_passages_that_other_pages_have_too_stay_on_these(archive: Archive) -> None:
    number = see(archive, "A passage in common.", f"With {SECRET}.", at=1).capture_id
    see(archive, "A passage in common.", at=1, url=f"{URL}/other")
    take_down(archive, number)
    [hit] = archive.search('"passage in common"')
    assert hit.url == f"{URL}/other"
    assert not [word for word in vocabulary(archive) if SECRET in word]


def test_why_something_else_is_held_back_does_not_quote_it(archive: Archive) -> None:
    titled = [
        load(archive, capture(body, day(at)), parse=_titled).capture_id
        for at, body in ((1, f"{SECRET} Report\n" + "\n".join(REPORT)), (2, "\n" + "\n".join(REPORT)))
    ]
    assert SECRET in archive.held()[0].reason.lower()
    crawl = archive.begin_crawl(["watch"], day(3))
    archive.add_url("watch", URL, depth=0, found_by="seed", crawl_id=crawl.id)
    load(archive, capture("\n\n" + "\n".join(REPORT), day(3)), source="watch", crawl_id=crawl.id, parse=_titled)
    assert SECRET in str(texts(archive))
    take_down(archive, titled[0])
    assert SECRET not in str(texts(archive))


def _titled(body: bytes, *, url: str, content_type: str | None = None) -> object:
    from dataclasses import replace

    title, _, text = body.decode().partition("\n")
    return replace(parse_lines(text.strip().encode(), url=url, content_type=content_type), title=title)


def test_what_was_learned_from_it_alone_is_forgotten_and_the_site_is_due(archive: Archive) -> None:
    def page(number: int, appeal: str, suffix: str) -> Capture:
        text = "".join(
            f"<p>Paragraph {part} of report {number} speaks of what the witnesses {part * 7 + number} saw.</p>"
            for part in range(9)
        )
        markup = f"<html><head><title>Report {number} | {suffix}</title></head><body><main><article>"
        markup += f"<h1>Report {number}</h1>{text}<p>{appeal}</p></article></main></body></html>"
        return capture(markup, day(number), url=f"https://example.org/{number}")

    numbers = [
        load(archive, page(number, f"Give to the {SECRET} fund today, it helps.", f"{SECRET} Watch")).capture_id
        for number in range(1, 5)
    ]
    kept = load(archive, page(9, "Write to us.", "Harbour Watch")).capture_id
    learn_all(archive)
    lines = archive.db.execute("select text from profile_line").fetchall()
    assert any(SECRET in text.lower() for (text,) in lines)
    take_down(archive, *numbers)
    assert SECRET not in str(texts(archive))
    assert archive.sites_waiting()[0].pages == 1
    learn_all(archive)
    assert archive.sites_waiting() == []
    assert archive.body(kept)
    assert archive.db.execute("select count(*), count(distinct outline_id) from sighting").fetchone() == (1, 1)
    for number in range(11, 15):  # the same lines come again
        load(archive, page(number, f"Give to the {SECRET} fund today, it helps.", f"{SECRET} Watch"))
    learn_all(archive)
    profile = archive.profile_of("https://example.org/11")
    assert profile is not None
    assert profile.suffix == f" | {SECRET} Watch"
    assert [line.text for line in profile.lines] == [f"Give to the {SECRET} fund today, it helps."]
    assert damage(archive) == []


def test_selectors_of_what_stays_matched_as_they_did(archive: Archive) -> None:
    from dataclasses import replace

    from parsers.record import Match

    def counted(body: bytes, *, url: str, content_type: str | None = None) -> object:
        record = parse_lines(body, url=url, content_type=content_type)
        found = 2 if SECRET.encode() in body else 1
        return replace(record, matches=(Match(field="title", selector="h1", found=found),))

    numbers = [
        load(archive, capture("\n".join([*REPORT, line]), day(at)), parse=counted).capture_id
        for at, line in enumerate(["a", SECRET, f"{SECRET} b", "c"], 1)
    ]
    before = {number: archive.matches(number) for number in numbers}
    assert archive.db.execute("select count(*) from selector_match").fetchone() == (3,)
    take_down(archive, numbers[1])
    assert {number: archive.matches(number) for number in (*numbers[:1], *numbers[2:])} == {
        number: found for number, found in before.items() if number != numbers[1]
    }


# What is asked for ---------------------------------------------------------------------------------------------------


def test_what_cannot_be_removed_is_said_in_one_line_and_nothing_is(archive: Archive) -> None:
    number = see(archive, at=1).capture_id
    empty = load(archive, missing(day(2)), parse=parse_lines).capture_id
    with pytest.raises(UsageError, match="there is no capture 99"):
        archive.takedown([number, 99])
    with pytest.raises(UsageError, match=f"capture {empty} has no body"):
        archive.takedown([number, empty])
    gone = archive.takedown([number])
    for reason in ("", "  ", "two\nlines", "x" * (MOST_REASON + 1)):
        with pytest.raises(UsageError, match="--reason: found"):
            archive.redact(gone, reason, NOW, diff)
    archive.store_capture(capture("\n".join(REPORT), day(3), url=f"{URL}/again"))
    with pytest.raises(UsageError, match="other captures have the same bytes by now; nothing was removed"):
        archive.redact(gone, "a court order", NOW, diff)
    assert archive.body(number)
    take_down(archive, number)
    with pytest.raises(UsageError, match=f"capture {number}: its bytes were removed on 2024-03-30: a court order"):
        archive.takedown([number])


def test_a_damaged_body_beside_it_keeps_all_of_it_there(archive: Archive) -> None:
    numbers = [archive.store_capture(capture(edited(prose(1), number))) for number in range(3)]
    guard = archive.db.execute("select sql from sqlite_master where name = 'body_no_update'").fetchone()[0]
    archive.db.execute("drop trigger body_no_update")
    archive.db.execute("update body set data = x'00' where id = 2")
    archive.db.execute(guard)
    with pytest.raises(ArchiveError, match=r"nothing was removed: body .*; restore it from a backup"):
        take_down(archive, numbers[0])
    assert archive.body(numbers[0])


def test_a_reader_in_the_way_is_said_and_the_same_goes_on_later(archive: Archive) -> None:
    number = see(archive, f"With {SECRET}.", at=1).capture_id
    archive.db.execute("pragma busy_timeout = 20")
    with closing(sqlite3.connect(archive.path)) as reader:
        reader.execute("begin")
        reader.execute("select * from page").fetchall()
        archive.redact(archive.takedown([number]), "a court order", NOW, diff)
        with pytest.raises(ArchiveBusy, match=r"another process reads or writes it.*what was removed may still be"):
            archive.wipe(NOW)
        assert archive.unwiped() == 1
        assert any("parts of what 1 capture lost may still be in the file" in one.what for one in found(archive))
        assert damage(archive) == []
    archive.wipe(NOW)
    assert archive.unwiped() == 0
    assert SECRET.encode() not in raw(archive)


# Bytes that come again -----------------------------------------------------------------------------------------------


def test_bytes_that_come_again_are_on_record_and_not_kept(archive: Archive) -> None:
    first = see(archive, "As it was.", at=1).capture_id
    number = see(archive, f"With {SECRET}.", at=2).capture_id
    take_down(archive, number)
    again = see(archive, f"With {SECRET}.", at=95)
    assert again.outcome == "redacted"
    assert again.detail == f"not kept: the same bytes as capture {number}, removed on 2024-03-30: a court order"
    row = archive.capture(again.capture_id)
    assert (row.outcome, row.body_sha256, row.reason) == ("fetched", archive.capture(number).body_sha256, again.detail)
    with pytest.raises(BytesRemoved, match="the same bytes as capture 2, removed on 2024-03-30: a court order; kept"):
        archive.body(again.capture_id)
    third = see(archive, f"With {SECRET}.", at=96)
    assert "the same bytes as capture 2, removed" in third.detail
    assert versions(archive) == [(1, first)]
    assert archive.page(URL).state == "live"
    assert archive.unwiped() == 0
    assert SECRET.encode() not in raw(archive)
    assert (damage(archive), [one.captures for one in found(archive) if one.check == "body"]) == ([], [(2, 3, 4)])


@pytest.mark.parametrize("came_packed", [False, True])
def test_the_same_content_packed_otherwise_is_not_kept_either(archive: Archive, came_packed: bool) -> None:
    content = prose(1)
    made = [capture(content), coded(content), coded(content, "br"), capture(gzip.compress(content, 1), coding="gzip")]
    made[-1] = capture(made[-1].body, coding="gzip", decoded=content)
    number = archive.store_capture(made.pop(1 if came_packed else 0))
    take_down(archive, number)
    for one in made:
        again = archive.store_capture(one)
        assert "the same bytes as capture 1" in archive.capture(again).reason
        with pytest.raises(BytesRemoved):
            archive.received(again)
    assert archive.db.execute("select count(*) from body where codec <> 'redacted'").fetchone() == (0,)
    assert damage(archive) == []


def test_they_are_kept_neither_unread_nor_as_a_new_page(archive: Archive) -> None:
    take_down(archive, see(archive, at=1).capture_id)
    kept = keep(archive, capture("\n".join(REPORT), day(95)))
    assert kept.outcome == "redacted"
    other = see(archive, at=95, url=f"{URL}/other")
    assert (other.outcome, other.version_seq) == ("redacted", None)
    assert archive.unread() == []


def test_what_was_kept_unread_and_then_removed_is_not_read(archive: Archive) -> None:
    number = keep(archive, capture("\n".join(REPORT), day(1))).capture_id
    assert archive.unread() == [number]
    take_down(archive, number)
    assert archive.unread() == []
    with pytest.raises(BytesRemoved):
        read_unread(archive, number, parse=parse_lines)


def test_what_is_removed_while_it_is_read_is_not_kept(archive: Archive) -> None:
    see(archive, "As it was.", at=1)
    number = see(archive, f"With {SECRET}.", at=2).capture_id

    def slow(body: bytes, *, url: str, content_type: str | None = None) -> object:
        with Archive(archive.path) as other:
            if other.redaction(number) is None:
                other.redact(other.takedown([number]), "a court order", NOW, diff)
        return parse_lines(body, url=url, content_type=content_type)

    loaded = load(archive, capture("\n".join([*REPORT, f"With {SECRET}."]), day(3), url=f"{URL}/x"), parse=slow)
    assert loaded.outcome == "redacted"
    archive.store_record(parse_lines(f"With {SECRET}".encode(), url=URL), capture_id=number, page_id=1)
    archive.wipe(NOW)
    assert SECRET.encode() not in raw(archive)


def test_a_304_after_it_says_that_it_is_there_still_and_no_more(archive: Archive) -> None:
    head = (("ETag", '"2"'),)
    first = see(archive, "As it was.", at=1).capture_id
    number = see(archive, f"With {SECRET}.", at=2, response_headers=head).capture_id
    take_down(archive, number)
    validators = archive.validators(URL)
    assert validators is not None
    assert validators.etag == '"2"'
    unchanged = capture(None, day(91), outcome="not-modified", status=304)
    assert load(archive, unchanged, parse=parse_lines).outcome == "not-modified"
    (version,) = archive.versions(URL)
    assert (version.capture_id, version.last_seen) == (first, day(1))
    third = see(archive, "As it is.", at=92).capture_id
    assert versions(archive) == [(1, first), (2, third)]
    assert load(archive, capture(None, day(93), outcome="not-modified", status=304)).outcome == "not-modified"
    assert archive.versions(URL)[-1].last_seen == day(93)


def test_a_page_that_answered_with_it_was_not_missing(archive: Archive) -> None:
    see(archive, "As it was.", at=1)
    for at in (2, 3):
        load(archive, missing(day(at)), parse=parse_lines)
    number = see(archive, f"With {SECRET}.", at=4).capture_id
    for at in (5, 6):
        load(archive, missing(day(at)), parse=parse_lines)
    take_down(archive, number)
    assert archive.page(URL).state == "missing"
    assert len(archive.versions(URL)) == 1


# kill -9 -------------------------------------------------------------------------------------------------------------

_KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from building import day
from scraper.archive import Archive
from scraper.diff import diff
steps = int(sys.argv[3])
def count():
    global steps
    steps -= 1
    if steps < 0:
        os.kill(os.getpid(), signal.SIGKILL)
with Archive(sys.argv[1]) as archive:
    gone = archive.takedown([2, 5])
    archive.db.conn.set_progress_handler(count, 20)
    archive.redact(gone, "a court order", day(90), diff)
    archive.wipe(day(90))
    archive.db.conn.set_progress_handler(None, 0)
"""


def _fill(path: Path) -> None:
    with Archive(path, create=True) as archive:
        for at in range(1, 10):
            see(archive, f"{SECRET} {at} said so." if at in (2, 5) else f"As of {at}.", at=at, url=f"{URL}/{at % 2}")
        archive.checkpoint(day(60))


def test_killed_in_the_middle_all_is_there_or_all_is_gone(tmp_path: Path) -> None:
    seen = set()
    for steps in KILLED_AT:
        path = tmp_path / f"{steps}.db"
        _fill(path)
        command = [sys.executable, "-c", _KILLED, str(path), str(Path(__file__).parent), str(steps)]
        code = subprocess.run(command, check=False).returncode
        assert code in (0, -signal.SIGKILL)
        with Archive(path) as archive:
            removed = [number for number in (2, 5) if archive.redaction(number)]
            assert removed in ([], [2, 5])
            assert damage(archive) == []
            seen.add((bool(removed), archive.unwiped(), code))
            if removed:
                assert SECRET not in str(texts(archive))
                if archive.unwiped():
                    archive.wipe(NOW)
                assert SECRET.encode() not in raw(archive)
            else:
                assert SECRET.encode() in archive.body(2)
        path.unlink()
    assert {(False, 0, -9), (True, 2, -9)} <= seen
