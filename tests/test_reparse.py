"""The history of a page by today's parsers: all of it anew or none, and no publisher's change by a parser's doing."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from building import URL, capture, day, missing, record
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.errors import MissingLibrary, UnreadableBody
from parsers.record import Record
from scraper.archive import Archive
from scraper.archive.fixity import Extent, Verification
from scraper.diff import diff
from scraper.errors import ParserUnavailable, UsageError
from scraper.loader import keep, load
from scraper.reparse import Reparsed, due, rehearse, reparse
from scraper.rereading import Parse

NOW = day(90)
LONG = "The army closed the border in March.\nMany people fled to the south."
EDITED = "The army closed the border in April.\nMany people fled to the south."
THIRD = "The army closed the border in April.\nMany people fled to the south, and some came back."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


def reader(revision: int, **fields: object) -> Parse:
    """A parser of its day: at each revision it finds another title, and in each line a word of its own."""

    def parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        lines = body.decode().split("\n")
        values = {"title": f"Velmora, read by {revision}", "revision": revision, "url": url} | fields
        return record(*lines, **values)

    return parse


def again(archive: Archive, parse: Parse, *refs: str, parsers: str = "today") -> list[Reparsed]:
    chosen = due(archive, refs, parsers=parsers)
    return list(reparse(archive, chosen.pages, NOW, parse=parse, parsers=parsers))


def history(archive: Archive, url: str = URL) -> list[tuple[object, ...]]:
    """The versions of a page and what leads from one to the next, without the numbers of rows."""
    rows = [
        (row.seq, row.kind, row.cause, row.seen_after, row.first_seen, row.last_seen, row.content_digest, row.revision)
        for row in archive.versions(url)
    ]
    return [*rows, *((row.before_seq, row.after_seq, row.cause, row.summary) for row in archive.changes(url))]


def unlike(archive: Archive) -> list[tuple[object, ...]]:
    """The changes by the publisher that compare what different readers have read."""
    return archive.db.execute(
        """select difference.id, was.revision, record.revision from difference
           join record as was on was.id = before_record_id join record on record.id = after_record_id
           where cause = 'publisher' and (was.layout, was.revision) <> (record.layout, record.revision)"""
    ).fetchall()


def contents(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the archive, by table."""
    tables = [name for name in archive.db.table_names() if not name.startswith(("block_fts", "sqlite_"))]
    return {name: sorted(map(tuple, archive.db.execute(f"select * from [{name}]")), key=repr) for name in tables}  # noqa: S608


def found(archive: Archive) -> list[str]:
    return [one.what for one in archive.verify(Extent(), Verification()) if one.is_damage]


def three_versions(archive: Archive, parse: Parse) -> None:
    """Five captures of a page: it was edited twice."""
    for number, text in enumerate((LONG, LONG, EDITED, THIRD, THIRD), 1):
        load(archive, capture(f"{text} " if number == 2 else text, day(number)), parse=_stripped(parse))


def _stripped(parse: Parse) -> Parse:
    """*parse*, to which a space at the end is nothing."""
    return lambda body, **arguments: parse(body.strip(), **arguments)


def test_another_rule_for_titles_is_three_differences_by_the_parser_and_no_change_by_the_publisher(
    archive: Archive,
) -> None:
    three_versions(archive, reader(1))
    before = archive.changes(URL, cause="publisher")
    [done] = again(archive, _stripped(reader(2)))
    assert (done.outcome, done.captures) == ("changed", 5)
    assert [(row.seq, row.cause, row.revision) for row in archive.versions(URL)] == [
        (number, "publisher", 2) for number in (1, 2, 3)
    ]
    assert [row.detail for row in archive.changes(URL, cause="publisher")] == [row.detail for row in before]
    assert archive.changes(URL) == archive.changes(URL, cause="publisher")
    assert not any("read by" in str(row.detail) for row in archive.changes(URL))
    technical = [(row.before_seq, row.after_seq, row.capture_id) for row in archive.changes(URL, cause="parser")]
    assert technical == [
        (None, 3, 4),
        (None, 2, 3),
        (None, 1, 1),
    ]
    assert [archive.db.execute("select path, before, after from field_change where path = 'title'").fetchall()] == [
        [("title", "Velmora, read by 1", "Velmora, read by 2")] * 3
    ]


def test_what_was_read_before_is_kept(archive: Archive) -> None:
    three_versions(archive, reader(1))
    before = contents(archive)
    again(archive, _stripped(reader(2)))
    after = contents(archive)
    assert set(before["record"]) < set(after["record"])
    rows = archive.db.execute(
        "select reading.capture_id, turn, superseded, revision from reading join record on id = record_id"
    )
    assert sorted(rows) == sorted(
        (number, turn, 2 - turn, turn) for number in range(1, 6) for turn in (1, 2)
    )  # the first makes no version any more
    for table in ("capture", "body", "headers"):
        assert after[table] == before[table]


def test_a_second_time_nothing_is_added(archive: Archive) -> None:
    three_versions(archive, reader(1))
    again(archive, _stripped(reader(2)))
    before = contents(archive)
    [done] = again(archive, _stripped(reader(2)), URL)
    after = contents(archive)
    assert done.outcome == "unchanged"
    assert [name for name in after if after[name] != before[name]] == ["leaf"]
    archive.update_history(1, diff)
    assert contents(archive) == after


def test_an_archive_of_today_has_the_same_history(archive: Archive, tmp_path: Path) -> None:
    three_versions(archive, reader(1))
    load(archive, missing(day(6), 410), parse=reader(1))
    load(archive, capture(LONG, day(7)), parse=reader(1))
    again(archive, _stripped(reader(2)))
    with Archive(tmp_path / "b.db", create=True) as fresh:
        three_versions(fresh, reader(2))
        load(fresh, missing(day(6), 410), parse=reader(2))
        load(fresh, capture(LONG, day(7)), parse=reader(2))
        assert history(archive) == history(fresh)


def test_what_could_not_be_read_is_tried_again(archive: Archive) -> None:
    def refuses(body: bytes, **_: object) -> Record:
        raise UnreadableBody("nothing to read", found="words")

    load(archive, capture(LONG), parse=refuses)
    keep(archive, capture(EDITED, day(2)))
    assert archive.page(URL).state == "unread"
    assert [done.outcome for done in again(archive, reader(2))] == ["changed"]
    assert [(row.capture_id, row.cause) for row in archive.versions(URL)] == [(1, "publisher"), (2, "publisher")]
    assert archive.unread() == []


def test_a_page_of_which_a_capture_cannot_be_read_any_more_stays_as_it_was_and_others_go_on(archive: Archive) -> None:
    other = f"{URL}-south"
    three_versions(archive, reader(1))
    load(archive, capture(LONG, url=other, final_url=other), parse=reader(1))
    before = history(archive)

    def refuses(body: bytes, **arguments: object) -> Record:
        if b"April" in body and arguments["url"] == URL:
            raise UnreadableBody("no text in these bytes", found="words")
        return reader(2)(body, **arguments)

    first, second = again(archive, refuses)
    assert (first.outcome, first.captures, second.outcome) == ("kept", 0, "changed")
    assert first.reason == ("capture 3 could be read and cannot be any more: no text in these bytes; it is kept unread")
    assert history(archive) == before
    assert archive.changes(cause="parser")[0].url == other
    assert [page_id for page_id, _ in due(archive, parsers="today").pages] == [1]


def test_a_damaged_body_leaves_its_page_as_it_was(archive: Archive) -> None:
    three_versions(archive, reader(1))
    before = history(archive)
    with archive.transaction():
        archive.db.execute("drop trigger body_no_update")
        archive.db.execute("update body set data = zeroblob(20) where id = (select body_id from capture where id = 5)")
    [done] = again(archive, _stripped(reader(2)))
    assert (done.outcome, history(archive)) == ("kept", before)
    assert done.reason.startswith("capture 4 could be read and cannot be any more: ")


def test_removed_bytes_block_nothing(archive: Archive) -> None:
    three_versions(archive, reader(1))
    archive.redact(archive.takedown([3]), "asked for", NOW, diff)
    [done] = again(archive, _stripped(reader(2)))
    assert (done.outcome, done.captures) == ("changed", 4)
    assert [(row.cause, row.revision) for row in archive.versions(URL)] == [("publisher", 2), ("publisher", 2)]
    assert unlike(archive) == []
    assert found(archive) == []


def test_what_is_removed_while_the_page_is_read_again_is_not_read(archive: Archive) -> None:
    three_versions(archive, reader(1))

    def slow(body: bytes, **arguments: object) -> Record:
        with Archive(archive.path) as other:
            if other.redaction(3) is None:
                other.redact(other.takedown([3]), "asked for", NOW, diff)
        return reader(2)(body, **arguments)

    [done] = again(archive, _stripped(slow))
    assert done.outcome == "changed"
    assert archive.records(3) == ()
    assert [(row.capture_id, row.revision) for row in archive.versions(URL)] == [(1, 2), (4, 2)]
    assert found(archive) == []


def test_a_missing_library_is_no_fault_of_a_page_and_what_is_done_stays(archive: Archive) -> None:
    other = f"{URL}-south"
    load(archive, capture(LONG), parse=reader(1))
    load(archive, capture(EDITED, url=other, final_url=other), parse=reader(1))

    def lacks(body: bytes, **arguments: object) -> Record:
        if b"April" in body:
            raise MissingLibrary("reading this needs a library", found="words")
        return reader(2)(body, **arguments)

    steps = reparse(archive, due(archive, parsers="today").pages, NOW, parse=lacks, parsers="today")
    assert next(steps).outcome == "changed"
    with pytest.raises(ParserUnavailable, match="needs a library"):
        next(steps)
    assert [row.revision for row in archive.versions(URL)] == [2]
    assert [row.revision for row in archive.versions(other)] == [1]
    assert [url for _, url in due(archive, parsers="today").pages] == [other]


def test_captures_that_come_meanwhile_are_read_too(archive: Archive) -> None:
    load(archive, capture(LONG), parse=reader(1))

    def slow(body: bytes, **arguments: object) -> Record:
        if len(archive.captures()) == 1:
            load(archive, capture(EDITED, day(2)), parse=reader(1))
        return reader(2)(body, **arguments)

    [done] = again(archive, slow)
    assert (done.captures, [row.revision for row in archive.versions(URL)]) == (2, [2, 2])


def test_a_page_read_by_others_since_is_due_again(archive: Archive) -> None:
    load(archive, capture(LONG), parse=reader(1))
    again(archive, reader(2))
    chosen = due(archive, parsers="today")
    assert (chosen.pages, chosen.left_out) == ((), 1)
    assert due(archive, [URL], parsers="today").pages == ((1, URL),)
    load(archive, capture(EDITED, day(2)), parse=reader(3))
    assert due(archive, parsers="today").pages == ((1, URL),)


def test_the_pages_of_one_source_are_chosen_by_name(archive: Archive) -> None:
    other = f"{URL}-south"
    load(archive, capture(LONG), source="watch", parse=reader(1))
    load(archive, capture(EDITED, url=other, final_url=other), parse=reader(1))
    assert due(archive, source="watch", parsers="today").pages == ((1, URL),)
    with pytest.raises(UsageError, match="no page of 'wotch'"):
        due(archive, source="wotch", parsers="today")


def test_what_was_released_and_what_was_judged_beside_its_past_stays(archive: Archive) -> None:
    load(archive, capture(LONG), parse=reader(1))
    short = load(archive, capture("Shorter.", day(2)), parse=reader(1))
    held = load(archive, capture("Short.", day(3)), parse=reader(1))
    archive.release(short.capture_id, day(4), diff)
    assert [row.capture_id for row in archive.held()] == []
    load(archive, capture("Off.", day(5)), parse=reader(1))
    before = [row.first_seen for row in archive.versions(URL)], [row.reason for row in archive.held()]
    again(archive, reader(2))
    assert ([row.first_seen for row in archive.versions(URL)], [row.reason for row in archive.held()]) == before
    assert held.capture_id in {row.capture_id for row in archive.versions(URL)}


def test_what_counts_as_missing_is_judged_anew(archive: Archive) -> None:
    gone = b"<html><title>Page not found</title><body><h1>404</h1><p>Page not found</p></body></html>"
    load(archive, capture(LONG), parse=reader(1))
    number = load(archive, capture("Text.", day(2)), parse=reader(1)).capture_id
    with archive.transaction():  # as an older fonds judged a report, and a notice
        archive.store_effective(number, 404, "soft-404", "it says so")
    taken = archive.store_capture(capture(gone, day(3)), page_id=1)
    archive.store_record(record("Page not found"), capture_id=taken, page_id=1)
    again(archive, reader(2))
    assert [archive.capture(one).effective_status for one in (1, number, taken)] == [None, None, 404]
    assert archive.readers(taken) == set()
    assert archive.readers(number) == {("test", 2)}


def test_the_log_says_when_pages_were_read_again_and_by_what_and_is_whole(archive: Archive) -> None:
    three_versions(archive, reader(1))
    again(archive, _stripped(reader(2)))
    rows = archive.db.execute("select record from leaf where kind = 'reparse' order by seq").fetchall()
    assert [bytes(row) for (row,) in rows] == [
        b'{"begun_at":"2024-03-30T00:00:00.000000Z","kind":"reparse","parsers_sha256":"today","seq":6,"v":1}',
        b'{"captures":5,"changed":1,"ended_at":"2024-03-30T00:00:00.000000Z","kept":0,"kind":"reparse","pages":1,"seq":7,"v":1}',
    ]
    archive.checkpoint(NOW)
    assert found(archive) == []


def test_parsers_that_nobody_told_of_are_found(archive: Archive) -> None:
    load(archive, capture(LONG), parse=reader(1))
    again(archive, reader(2))
    with archive.transaction():
        archive.db.execute("update reparsed set parsers_sha256 = 'others'")
    assert found(archive) == ["page read again stored and not in the log: others"]


def test_a_rehearsal_says_what_would_be_different_and_keeps_nothing(archive: Archive) -> None:
    three_versions(archive, reader(1))
    before = contents(archive)
    [done] = rehearse(archive, due(archive, [URL]).pages, parse=_stripped(reader(2, published="2024-03")))
    assert contents(archive) == before
    title = ("title", "Velmora, read by 1", "Velmora, read by 2")
    assert [(one.version, one.capture_id, one.path, one.before, one.after) for one in done.changes] == [
        (version, number, *row)
        for version, number in ((1, 1), (2, 3), (3, 4))
        for row in (title, ("published", None, "2024-03"))
    ]
    assert again(archive, _stripped(reader(2, published="2024-03")))[0].outcome == "changed"
    [done] = rehearse(archive, due(archive, [URL]).pages, parse=_stripped(reader(2, published="2024-03")))
    assert (done.outcome, done.changes) == ("unchanged", ())


def test_a_rehearsal_tells_of_versions_that_come_and_go(archive: Archive) -> None:
    def first_line(body: bytes, **arguments: object) -> Record:
        return reader(2)(body.partition(b"\n")[0] + b"\nMany people fled.", **arguments)

    three_versions(archive, reader(1))
    [done] = rehearse(archive, due(archive, [URL]).pages, parse=first_line)
    rows = {(one.version, one.path): (one.before, one.after) for one in done.changes}
    assert rows[None, "versions"] == ("3 (capture 4)", "2")
    assert rows[1, "words"] == ("13", "10")
    assert rows[1, "text"][1] is not None


# A better parser that a crawl meets ---------------------------------------------------------------------------------


def test_a_text_that_comes_back_is_read_by_todays_parser_before_it_is_held_against_what_that_has_read(
    archive: Archive,
) -> None:
    load(archive, capture(LONG), parse=reader(1))
    load(archive, capture(EDITED, day(2)), parse=reader(2))
    back = load(archive, capture(LONG, day(3)), parse=reader(2))
    assert back.outcome == "changed"
    assert [(row.cause, row.revision) for row in archive.versions(URL)] == [
        ("publisher", 1), ("parser", 2), ("publisher", 2), ("publisher", 2),
    ]  # fmt: skip
    assert unlike(archive) == []


def test_a_change_that_cannot_be_told_from_another_reading_is_not_the_publishers(archive: Archive) -> None:
    load(archive, capture(LONG), parse=reader(1))

    def refuses(body: bytes, **arguments: object) -> Record:
        if b"March" in body:
            raise UnreadableBody("no text in these bytes", found="words")
        return reader(2)(body, **arguments)

    assert load(archive, capture(EDITED, day(2)), parse=refuses).outcome == "changed"
    load(archive, capture(EDITED, day(3)), parse=refuses)
    assert [(row.cause, row.seen_after, row.first_seen, row.last_seen) for row in archive.versions(URL)] == [
        ("publisher", None, day(1), day(1)),
        ("parser", day(1), day(2), day(3)),
    ]
    assert archive.changes(cause="publisher") == []


_TEXTS = [LONG, EDITED, THIRD, f"{LONG}\nThe council met.", "Short.", "gone", "missing", "same"]
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("capture"), st.sampled_from(_TEXTS), st.integers(1, 3), st.integers(1, 40)),
        st.tuples(st.just("reparse"), st.just(""), st.integers(1, 3), st.just(0)),
    ),
    min_size=1,
    max_size=9,
)


def _marked(revision: int) -> Parse:
    """A parser by which the text itself is another at each revision."""

    def parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        marked = [f"{line} ({revision})" if revision > 1 else line for line in body.decode().split("\n")]
        return record(*marked, title="Velmora" if revision < 3 else "Velmora, March", revision=revision, url=url)

    return parse


def _capture(archive: Archive, text: str, at: int, parse: Parse) -> None:
    when = day(at)
    if text in ("gone", "missing"):
        load(archive, missing(when, 410 if text == "gone" else 404), parse=parse)
    elif text == "same":
        load(archive, capture(None, when, outcome="not-modified", status=304), parse=parse)
    else:
        load(archive, capture(text, when, method="import"), parse=parse)


@settings(max_examples=2000 if os.environ.get("FONDS_SOAK") else 60)
@given(_STEPS, st.integers(1, 3))
def test_no_change_by_the_publisher_ever_compares_what_two_readers_have_read(
    steps: list[tuple[str, str, int, int]], last: int
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder)
        with Archive(path / "a.db", create=True) as archive, Archive(path / "b.db", create=True) as fresh:
            for one in (archive, fresh):
                one.db.execute("pragma synchronous = off")
            load(archive, capture(LONG), parse=_marked(1))
            load(fresh, capture(LONG), parse=_marked(last))
            for kind, text, revision, at in steps:
                if kind == "capture":
                    _capture(archive, text, at, _marked(revision))
                    _capture(fresh, text, at, _marked(last))
                else:
                    again(archive, _marked(revision), URL, parsers=str(revision))
                assert unlike(archive) == []
            again(archive, _marked(last), URL, parsers=str(last))
            assert unlike(archive) == []
            assert history(archive) == history(fresh)
            assert all(row.cause == "publisher" for row in archive.versions(URL))
            assert archive.page(URL).state == fresh.page(URL).state
            assert [row.reason for row in archive.held()] == [row.reason for row in fresh.held()]


# Killed in the middle -----------------------------------------------------------------------------------------------

_RUNS = """
import sys, time
sys.path[:0] = sys.argv[2:]
from datetime import UTC, datetime
from building import record
from scraper.archive import Archive
from scraper.reparse import due, reparse

def parse(body, *, url, content_type=None):
    time.sleep(0.02)
    return record(*body.decode().split("\\n"), title="Another", revision=2, url=url)

with Archive(sys.argv[1]) as archive:
    for done in reparse(archive, due(archive, parsers="p").pages, datetime.now(UTC), parse=parse, parsers="p"):
        print(done.page_id, flush=True)
"""


def test_kill_9_at_any_moment_leaves_each_page_done_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Archive(path, create=True) as archive:
        for number in range(24):
            url = f"{URL}/{number}"
            for at, text in enumerate((LONG, EDITED), 1):
                load(archive, capture(f"{text} {number}", day(at), url=url, final_url=url), parse=reader(1))
    chance, done = random.Random(7), 0
    while done < 24:
        folders = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
        process = subprocess.Popen(
            [sys.executable, "-c", _RUNS, str(path), *folders], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        for _ in range(chance.randint(1, 6)):
            process.stdout.readline()
        time.sleep(chance.random() / 30)
        os.kill(process.pid, signal.SIGKILL)
        printed = len(process.stdout.readlines())
        process.stdout.close()
        process.wait()
        with Archive(path) as archive:
            left = due(archive, parsers="p")
            assert left.left_out >= done
            done = left.left_out
            read = [{row.revision for row in archive.versions(page)} for page in archive.pages()]
            assert sorted(map(sorted, read)) == [[1]] * (24 - done) + [[2]] * done
            assert printed <= 24
            assert unlike(archive) == found(archive) == []


def test_the_file_of_an_archive_is_not_written_to_by_a_rehearsal(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Archive(path, create=True) as archive:
        three_versions(archive, reader(1))
    before = sha256(path.read_bytes()).hexdigest()
    with Archive(path) as archive:
        assert [one.outcome for one in rehearse(archive, due(archive).pages, parse=reader(2))] == ["changed"]
    assert sha256(path.read_bytes()).hexdigest() == before


def test_thousands_of_captures_are_put_aside_in_a_file(archive: Archive) -> None:
    from scraper.shelf import Shelf

    with Shelf() as shelf:
        records = [record(f"Text {number}. " * 200, title=str(number)) for number in range(50)]
        numbers = [shelf.put(one) for one in records]
        assert [shelf[number] for number in reversed(numbers)] == records[::-1]
