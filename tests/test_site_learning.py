"""Chrome learned of a site from its captures: the same captures give the same records, whatever happens on the way."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from building import capture, day
from commands import runner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.record import Record
from scraper.archive import Archive
from scraper.capture import Capture
from scraper.diff import diff
from scraper.learning import Learned, learn, learn_all, learn_early
from scraper.loader import keep, load, read_unread
from scraper.worker import parse

SITE = "https://watch.test"
ABOUT = "Harbour Watch is an independent observatory of ports and of the people who work in them."
APPEAL = "Please give to Harbour Watch today, so that we can go on with what we do."
QUOTED = "The minister said that the convoy was stopped at the bridge and turned back by soldiers."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


def page(name: str, *after: str, also: Sequence[str] = (), site: str = "Harbour Watch") -> bytes:
    """A report on *name* with paragraphs of its own, those in *also* among them, and the paragraphs *after* it."""
    own = [f"{name} {number}: witness {number} of {name} was heard for two days, in public." for number in range(5)]
    body = "".join(f"<p>{text}</p>" for text in (*own[:3], *also, *own[3:], *after))
    return (
        f"<!doctype html><html lang=en><head><title>Report on {name} | {site}</title></head><body><main><article>"
        f"<h1>Report on {name}</h1>{body}</article></main></body></html>"
    ).encode()


def seen(name: str, body: bytes, at: int = 1, **fields: object) -> Capture:
    url = f"{SITE}/{name}"
    values = {"url": url, "final_url": url, "method": "import"} | fields
    return capture(body, day(at), **values)


def text(archive: Archive, name: str, version: str = "") -> str:
    return archive.record(archive.version(f"{SITE}/{name}{version}")).text


def told(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    """What the archive says of each page, without the numbers that depend on the order of import."""
    return {
        row.url: [
            (row.state, row.title),
            *(
                (one.seq, one.kind, one.cause, one.seen_after, one.first_seen, one.last_seen, one.content_digest)
                for one in archive.versions(row)
            ),
            *((one.before_seq, one.after_seq, one.cause, one.summary, one.detail) for one in archive.changes(row)),
        ]
        for row in archive.pages()
    }


def readings(archive: Archive) -> list[tuple[object, ...]]:
    """What each capture reads as."""
    return archive.db.execute(
        """select capture.url, capture.captured_at, capture.content_sha256, reading.profile, record.digest
           from reading join capture on capture.id = reading.capture_id join record on record.id = reading.record_id
           where superseded = 0 order by 1, 2, 3, 4, 5"""
    ).fetchall()


def test_from_the_second_page_on_what_pages_share_is_chrome(archive: Archive) -> None:
    load(archive, seen("a", page("Velmora", APPEAL, ABOUT)))
    assert learn_all(archive) == ()
    assert text(archive, "a").endswith(ABOUT)
    load(archive, seen("b", page("Tovash", APPEAL, ABOUT)))
    [lesson] = learn_all(archive)
    assert lesson.said == (
        "learned chrome of watch.test: 2 lines (2 new), titles without ' | Harbour Watch'; 2 captures read again"
    )
    for name in "ab":
        assert APPEAL not in text(archive, name)
        assert ABOUT not in text(archive, name)
        assert [(row.seq, row.cause) for row in archive.versions(f"{SITE}/{name}")] == [(1, "publisher")]
    assert archive.changes() == []


def test_what_was_read_before_is_kept_and_says_with_what_it_was_read(archive: Archive) -> None:
    load(archive, seen("a", page("Velmora", ABOUT)))
    load(archive, seen("b", page("Tovash", ABOUT)))
    learn_all(archive)
    profile = archive.profile_of(SITE)
    assert profile is not None
    rows = archive.db.execute("select capture_id, profile, superseded from reading order by 1, 3 desc").fetchall()
    assert rows == [(1, "", 1), (1, profile.id, 0), (2, "", 1), (2, profile.id, 0)]
    assert archive.db["record"].count == 4


def test_a_profile_says_what_it_takes_off_and_where_that_was_seen(archive: Archive) -> None:
    load(archive, seen("a", page("Velmora", ABOUT), at=3))
    load(archive, seen("b", page("Tovash", ABOUT), at=2))
    learn_all(archive)
    [number] = archive.profiles(SITE)
    [(line, pages)] = archive.evidence(number)
    assert (line.place, line.kind, line.text, line.words, line.pages) == ("end", "paragraph", ABOUT, 16, 2)
    assert pages == (f"{SITE}/a", f"{SITE}/b")
    [row] = archive.db.query("select host, seq, seen_to, pages, suffix from profile")
    assert tuple(row.values()) == ("watch.test", 1, "2024-01-03T00:00:00.000000Z", 2, " | Harbour Watch")


def test_what_learned_chrome_changes_is_on_record_with_that_cause_and_no_change_of_a_report(archive: Archive) -> None:
    load(archive, seen("a", page("Velmora", ABOUT)))
    load(archive, seen("b", page("Tovash", ABOUT)))
    learn_all(archive)
    rows = archive.changes(cause="chrome")
    assert [(row.page_id, row.before_seq, row.after_seq, row.words_changed) for row in rows if row.detail] == [
        (1, None, 1, 16),
        (2, None, 1, 16),
    ]
    assert archive.changes() == archive.changes(cause="publisher") == archive.changes(cause="parser") == []
    before = archive.db.execute("select * from difference").fetchall()
    archive.update_history(1, diff)
    assert archive.db.execute("select * from difference").fetchall() == before


def test_with_another_parser_a_page_is_read_again_as_a_whole(archive: Archive) -> None:
    def once(body: bytes, **arguments: object) -> Record:
        return replace(parse(body, **arguments), revision=0)

    load(archive, seen("a", page("Velmora", ABOUT), at=1), parse=once)
    load(archive, seen("a", page("Velmora", also=[QUOTED]), at=2), parse=once)
    load(archive, seen("b", page("Tovash", ABOUT)))
    [lesson] = learn_all(archive)
    assert lesson.captures == 2
    revisions = [row.revision for row in archive.versions(f"{SITE}/a")]
    assert len(set(revisions)) == 1
    assert revisions[0] > 0
    assert [row.cause for row in archive.changes()] == ["publisher"]


def test_where_nothing_repeats_nothing_is_read_again(archive: Archive) -> None:
    for name in "abcd":
        load(archive, seen(name, page(name, site=f"{name} Times")))
    assert learn_all(archive) == ()
    assert archive.profile_of(SITE) is None
    assert archive.db["reading"].count == archive.db["record"].count == 4
    assert archive.sites_waiting() == []


def test_only_what_it_touches_is_read_again(archive: Archive) -> None:
    for name in "abcdefgh":
        load(archive, seen(name, page(name, *([ABOUT] if name in "abcd" else []), site=f"{name} Times")))
    [lesson] = learn_all(archive)
    assert lesson == Learned(site="watch.test", lines=1, new=1, gone=0, suffix="", captures=4)
    assert archive.db["record"].count == 12
    assert {profile for _, _, _, profile, _ in readings(archive)} == {archive.profiles(SITE)[0]}


def test_what_is_read_later_is_read_with_what_is_known(archive: Archive) -> None:
    for name in "ab":
        load(archive, seen(name, page(name, ABOUT)))
    learn_all(archive)
    loaded = load(archive, seen("c", page("c", ABOUT), at=2))
    assert ABOUT not in text(archive, "c")
    assert archive.db.execute("select profile from reading where capture_id = ?", (loaded.capture_id,)).fetchall() == [
        (archive.profiles(SITE)[0],)
    ]
    assert learn_all(archive) == ()
    changed = page("a", "Another footer, which nobody has seen before and which is new.")
    assert load(archive, seen("a", changed, at=3)).outcome == "changed"


def test_chrome_that_comes_and_goes_makes_no_version(archive: Archive) -> None:
    for name in "abc":
        load(archive, seen(name, page(name, ABOUT)))
    learn_all(archive)
    loaded = [load(archive, seen(name, page(name), at=2)) for name in "abc"]
    assert [one.outcome for one in loaded] == ["unchanged"] * 3
    for name in "abc":
        load(archive, seen(name, page(name, APPEAL), at=3))
    learn_all(archive)
    assert {len(rows) for rows in told(archive).values()} == {2}
    assert archive.changes() == []


def test_a_quoted_paragraph_stays(archive: Archive) -> None:
    load(archive, seen("a", page("a", ABOUT, also=[QUOTED])))
    load(archive, seen("b", page("b", QUOTED, ABOUT)))
    load(archive, seen("c", page("c", ABOUT)))
    learn_all(archive)
    assert QUOTED in text(archive, "a")
    assert QUOTED in text(archive, "b")
    assert ABOUT not in text(archive, "a") + text(archive, "b")


def test_a_sentence_that_was_edited_alike_on_all_pages_stays_and_each_edit_is_one(archive: Archive) -> None:
    now = "How many people crossed the strait cannot be told by us any more, as the lists are gone."
    for number, name in enumerate("abcde"):
        was = f"By what we know {200 + number} people crossed the strait from there since the winter began."
        load(archive, seen(name, page(name, was, ABOUT), at=1))
        learn_all(archive)
    for name in "abcde":
        assert load(archive, seen(name, page(name, now, ABOUT), at=9)).outcome == "changed"
        learn_all(archive)
    assert all(text(archive, name).endswith(now) for name in "abcde")
    rows = archive.changes()
    assert {(row.before_seq, row.after_seq, row.cause) for row in rows} == {(1, 2, "publisher")}
    assert len(rows) == 5
    assert len({row.words_changed for row in rows}) == 1


def test_a_report_at_two_addresses_loses_nothing(archive: Archive) -> None:
    for name in ("a", "old/a", "a?print=1"):
        load(archive, seen(name, page("a", ABOUT)))
    learn_all(archive)
    assert text(archive, "old/a").endswith(ABOUT)


def test_a_line_that_the_publisher_drops_stays_chrome_of_what_was_captured_before(archive: Archive) -> None:
    for name in "abc":
        load(archive, seen(name, page(name, ABOUT), at=1))
    for name in "abcdefghijklmnop":
        load(archive, seen(name, page(name), at=50))
    learn_all(archive)
    assert {len(archive.versions(f"{SITE}/{name}")) for name in "abc"} == {1}
    assert ABOUT not in text(archive, "a", "@1")


def test_what_one_site_teaches_never_touches_another(archive: Archive) -> None:
    for name in "ab":
        load(archive, seen(name, page(name, ABOUT)))
    other = "https://other.test/a"
    load(archive, seen("x", page("x", ABOUT), url=other, final_url=other))
    learn_all(archive)
    assert archive.record(archive.version(other)).text.endswith(ABOUT)
    assert archive.profile_of(other) is None


def test_what_is_learned_no_more_is_given_back(archive: Archive) -> None:
    for name in "ab":
        load(archive, seen(name, page(name, ABOUT)))
    learn_all(archive)
    assert ABOUT not in text(archive, "a")
    for name in "cdefgh":
        load(archive, seen(name, page(name)))
    [lesson] = learn_all(archive)
    assert lesson.said.startswith("learned chrome of watch.test: 0 lines (0 new, 1 gone), titles without")
    assert lesson.captures == 2
    assert text(archive, "a").endswith(ABOUT)
    assert archive.db["record"].count == 10  # what was read at first is what is read now
    for name in "cd":
        load(archive, seen(name, page(name, ABOUT), at=2))
    learn_all(archive)
    assert len(archive.profiles(SITE)) == 2


def test_a_page_that_comes_before_its_captures_were_read_again_is_compared_with_like(archive: Archive) -> None:
    for name in "ab":
        load(archive, seen(name, page(name, ABOUT)))
    learn_early(archive, f"{SITE}/a")
    assert ABOUT in text(archive, "a")
    loaded = load(archive, seen("a", page("a", ABOUT, also=[QUOTED]), at=2))
    assert (loaded.outcome, loaded.version_seq) == ("changed", 2)
    assert ABOUT not in text(archive, "a", "@1") + text(archive, "a", "@2")
    assert [change.words_changed for change in archive.changes()] == [16]
    assert ABOUT in text(archive, "b")
    learn_all(archive)
    assert ABOUT not in text(archive, "b")


def test_most_of_a_site_is_read_once(archive: Archive) -> None:
    for number in range(40):
        load(archive, seen(f"{number}", page(f"N{number}", ABOUT)))
        learn_early(archive, SITE)
    [lesson] = learn_all(archive)
    assert (lesson.lines, lesson.captures) == (1, 2)


def test_captures_of_the_same_bytes_are_read_once_and_all_anew(archive: Archive) -> None:
    for at in (1, 2, 3):
        load(archive, seen("a", page("a", ABOUT), at=at))
    load(archive, seen("b", page("b", ABOUT)))
    [lesson] = learn_all(archive)
    assert lesson.captures == 4
    assert [(row.first_seen, row.last_seen) for row in archive.versions(f"{SITE}/a")] == [(day(1), day(3))]
    assert archive.db["record"].count == 4


def test_what_is_kept_unread_is_read_with_what_is_known(archive: Archive) -> None:
    kept = [keep(archive, seen(name, page(name, ABOUT))) for name in "abc"]
    assert learn_all(archive) == ()
    for one in kept:
        read_unread(archive, one.capture_id)
        learn_early(archive, SITE)
    assert [ABOUT in text(archive, name) for name in "abc"] == [True, True, False]
    learn_all(archive)
    assert [ABOUT in text(archive, name) for name in "abc"] == [False, False, False]


def test_what_was_released_stays_released(archive: Archive) -> None:
    load(archive, seen("a", page("a", ABOUT)))
    short = page("a", ABOUT).replace(b"a 1: witness 1 of a was heard for two days, in public.", b"")
    held = load(archive, seen("a", b"<h1>Report on a</h1><p>Withdrawn by its authors on the second day.", at=2))
    assert held.outcome == "held"
    archive.release(held.capture_id, day(3), diff)
    load(archive, seen("b", page("b", ABOUT)))
    load(archive, seen("a", short, at=4))
    learn_all(archive)
    assert [row.capture_id for row in archive.versions(f"{SITE}/a")][:2] == [1, held.capture_id]


def test_a_body_that_is_damaged_is_left_as_it_was_read(archive: Archive) -> None:
    for name in "ab":
        load(archive, seen(name, page(name, ABOUT)))
    with archive.transaction():
        archive.db.execute("drop trigger body_no_update")
        archive.db.execute("update body set data = zeroblob(20) where id = 1")
    [lesson] = learn_all(archive)
    assert lesson.captures == 1
    assert text(archive, "a").endswith(ABOUT)
    assert ABOUT not in text(archive, "b")
    assert archive.sites_waiting() == []


def test_a_process_that_ends_in_between_is_followed_by_one_that_goes_on(archive: Archive, tmp_path: Path) -> None:
    pages = [seen(f"{number}", page(f"N{number}", ABOUT)) for number in range(6)]
    for one in pages:
        load(archive, one)
    steps = learn(archive)
    assert [next(steps) for _ in range(3)] == [None] * 3
    steps.close()
    assert [ABOUT in text(archive, f"{number}") for number in range(6)].count(True) == 3
    with Archive(tmp_path / "a.db") as again:
        [lesson] = learn_all(again)
        assert (lesson.lines, lesson.new, lesson.captures) == (1, 1, 3)
        with Archive(tmp_path / "b.db", create=True) as whole:
            for one in pages:
                load(whole, one)
            learn_all(whole)
            assert (told(again), readings(again)) == (told(whole), readings(whole))


def test_an_archive_that_was_read_before_anything_was_learned_is_learned_from(archive: Archive) -> None:
    for name in "abc":
        load(archive, seen(name, page(name, ABOUT)))
    with archive.transaction():  # as the last fonds left it
        for table in ("site", "sighting"):
            archive.db.execute(f"delete from {table}")  # noqa: S608
        archive.db.execute("update reading set outline_id = null")
    [lesson] = learn_all(archive)
    assert (lesson.lines, lesson.captures) == (1, 3)
    assert ABOUT not in text(archive, "a")


def test_an_import_says_what_it_has_taught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fonds = runner(tmp_path, monkeypatch, capsys)
    for name in "ab":
        (tmp_path / f"{name}.html").write_bytes(page(name, ABOUT))
        said = fonds("--archive", "a.db", "import", f"{name}.html", "--url", f"{SITE}/{name}", "--at", "2024-01-01")
        assert said.code == 0
    assert said.err == (
        "learned chrome of watch.test: 1 line (1 new), titles without ' | Harbour Watch'; 2 captures read again\n"
    )
    assert ABOUT not in fonds("--archive", "a.db", "show", f"{SITE}/a").out


_BODIES = {
    "report": lambda name: page(name, APPEAL, ABOUT),
    "plain": page,
    "appeal": lambda name: page(name, APPEAL),
    "quoting": lambda name: page(name, QUOTED, ABOUT, also=[APPEAL]),
    "same": lambda _: page("same", QUOTED, ABOUT),
    "short": lambda name: f"<html><body><h1>On {name}</h1><p>Of {name} there is one paper.</p></body></html>".encode(),
}
_CAPTURES = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(1, 60), st.sampled_from(sorted(_BODIES))),
    min_size=1,
    max_size=9,
    unique_by=lambda one: one[:2],
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_CAPTURES, st.randoms(use_true_random=False))
def test_any_order_and_any_parts_of_the_same_captures_give_the_same_records(
    tmp_path_factory: pytest.TempPathFactory, given_: list[tuple[str, int, str]], order: random.Random
) -> None:
    captures = [seen(name, _BODIES[kind](name), at=at) for name, at, kind in given_]
    found = []
    for sequence in (captures, order.sample(captures, len(captures))):
        with Archive(tmp_path_factory.mktemp("order") / "a.db", create=True) as archive:
            for one in sequence:
                load(archive, replace(one))
                if sequence is not captures:
                    order.choice((lambda: None, lambda: learn_early(archive, SITE), lambda: learn_all(archive)))()
            learn_all(archive)
            assert archive.sites_waiting() == []
            found.append((told(archive), readings(archive)))
    assert found[0] == found[1]


def test_an_end_of_titles_that_changes_no_record_is_no_lesson(archive: Archive) -> None:
    for name in "ab":
        load(archive, seen(name, page(name)))
    assert learn_all(archive) == ()
    profile = archive.profile_of(SITE)
    assert profile is not None
    assert (profile.lines, profile.suffix) == ((), " | Harbour Watch")
    assert archive.sites_waiting() == []
