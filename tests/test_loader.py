import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from building import URL, capture, day, missing, parse_lines, record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.errors import UnreadableBody
from parsers.record import Flag, Record
from scraper.archive import Archive
from scraper.capture import Capture, Hop
from scraper.diff import diff
from scraper.errors import UsageError
from scraper.loader import Loaded, keep, load, read_unread

HOME = "https://example.org/"
LONG = "The army closed the border in March.\nMany people fled to the south."
EDITED = "The army closed the border in April.\nMany people fled to the south."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


def _load(archive: Archive, given: Capture) -> Loaded:
    return load(archive, given, parse=parse_lines)


def _history(archive: Archive) -> list[tuple[object, ...]]:
    """What is known of the versions and changes, without the numbers that depend on the order of import."""
    versions = [
        (row.seq, row.kind, row.cause, row.seen_after, row.first_seen, row.last_seen, row.content_digest)
        for row in archive.versions(URL)
    ]
    changes = [(row.before_seq, row.after_seq, row.class_, row.summary, row.detail) for row in archive.changes(URL)]
    return [*versions, *changes]


def test_a_first_capture_gives_a_page_and_its_first_version(archive: Archive) -> None:
    loaded = load(archive, capture(LONG), source="watch", parse=parse_lines)
    assert (loaded.outcome, loaded.version_seq, loaded.change) == ("new", 1, None)
    assert archive.body(loaded.capture_id) == LONG.encode()
    assert archive.record(archive.version(URL)).text == LONG.replace("\n", "\n\n")
    assert archive.page(URL).source == "watch"


def test_the_same_bytes_are_not_parsed_again(archive: Archive) -> None:
    _load(archive, capture(LONG))

    def parse_never(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        raise AssertionError

    loaded = load(archive, capture(LONG, day(2)), parse=parse_never)
    assert (loaded.outcome, loaded.version_seq) == ("unchanged", 1)
    assert archive.version(URL).last_seen == day(2)
    assert archive.version(URL).last_capture_id == loaded.capture_id


def test_the_same_bytes_of_another_type_are_parsed(archive: Archive) -> None:
    _load(archive, capture(LONG))
    _load(archive, capture(LONG, day(2), content_type="text/plain"))
    assert archive.db["record"].count == 2


def test_other_bytes_with_equal_content_are_unchanged(archive: Archive) -> None:
    def parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        return parse_lines(body.partition(b"\n--")[0], url=url)

    load(archive, capture(f"{LONG}\n--menu"), parse=parse)
    loaded = load(archive, capture(f"{LONG}\n--another menu", day(2)), parse=parse)
    assert loaded.outcome == "unchanged"
    assert (archive.db["record"].count, archive.db["body"].count) == (1, 2)


def test_an_edit_is_a_version_and_a_change_by_the_publisher(archive: Archive) -> None:
    _load(archive, capture(LONG))
    loaded = _load(archive, capture(EDITED, day(2)))
    assert (loaded.outcome, loaded.version_seq) == ("changed", 2)
    assert loaded.change
    assert (loaded.change.cause, loaded.change.class_, loaded.change.words_changed) == ("publisher", "words", 1)
    assert loaded.detail == loaded.change.summary != ""


def test_a_parser_error_keeps_the_capture(archive: Archive) -> None:
    def parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        raise UnreadableBody("no text in these bytes", found="an image")

    loaded = load(archive, capture(b"\x89PNG"), parse=parse)
    assert (loaded.outcome, loaded.version_seq, loaded.detail) == (
        "unparsed",
        None,
        "no text in these bytes; it is kept unread",
    )
    assert archive.body(loaded.capture_id) == b"\x89PNG"
    assert archive.capture(loaded.capture_id).reason == "no text in these bytes; it is kept unread"
    assert archive.page(URL).state == "unread"


def test_a_mistake_in_a_parser_keeps_the_capture(archive: Archive) -> None:
    def parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        raise RecursionError("too\ndeep")

    loaded = load(archive, capture(LONG), parse=parse)
    assert (loaded.outcome, loaded.detail) == ("unparsed", "the parser failed: RecursionError: too deep")
    assert archive.body(loaded.capture_id) == LONG.encode()


def test_a_record_without_an_identity_is_none(archive: Archive) -> None:
    loaded = load(archive, capture(LONG), parse=lambda body, **_: record("half a pair \ud800"))
    assert loaded.outcome == "unparsed"


def test_an_answer_without_a_body_is_kept_and_unparsed(archive: Archive) -> None:
    assert _load(archive, capture(None)).outcome == "unparsed"


def test_a_doubtful_record_is_kept_but_held_back(archive: Archive) -> None:
    def parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        return parse_lines(body, url=url).with_flags([Flag(name="layout", detail="no layout claims it", holds=True)])

    _load(archive, capture(LONG))
    loaded = load(archive, capture(EDITED, day(2)), parse=parse)
    assert (loaded.outcome, loaded.detail, loaded.version_seq) == ("held", "no layout claims it", None)
    assert [version.seq for version in archive.versions(URL)] == [1]
    [row] = archive.db.query("select held_reason from reading where held = 1")
    assert row["held_reason"] == "no layout claims it"


def test_a_text_that_shrank_is_held_back_until_somebody_has_looked(archive: Archive) -> None:
    _load(archive, capture(LONG))
    held = _load(archive, capture("Shorter.", day(2)))
    assert (held.outcome, held.detail) == ("held", "the text shrank from 68 to 8 characters")
    assert archive.page(URL).state == "held"
    other = _load(archive, capture("Shorter still.", day(3)))
    assert (other.outcome, archive.version(URL).seq) == ("held", 1)
    released = archive.release(other.capture_id, day(4), diff)
    assert (released.seq, released.first_seen) == (2, day(3))
    assert archive.page(URL).state == "live"
    assert [row.capture_id for row in archive.held()] == [held.capture_id]


def test_a_text_that_shrank_is_a_version_when_the_page_shows_it_again_a_day_later(archive: Archive) -> None:
    _load(archive, capture(LONG))
    _load(archive, capture("Shorter.", day(2)))
    again = _load(archive, capture("Shorter.", day(3)))
    assert (again.outcome, again.version_seq, archive.held()) == ("changed", 2, [])
    version = archive.version(URL)
    assert (version.first_seen, version.last_seen, version.seen_after) == (day(2), day(3), day(1))
    assert archive.page(URL).state == "live"


def test_only_a_held_capture_can_be_released(archive: Archive) -> None:
    loaded = _load(archive, capture(LONG))
    with pytest.raises(UsageError, match="is not held back"):
        archive.release(loaded.capture_id, day(2), diff)
    with pytest.raises(UsageError, match="no capture 99"):
        archive.release(99, day(2), diff)


def test_a_redirect_to_another_page_or_home_is_held_back(archive: Archive) -> None:
    other = "https://example.org/reports/tovash"
    _load(archive, capture(LONG))
    _load(archive, capture(EDITED, url=other, final_url=other))
    for number, (target, reason) in enumerate(
        [(other, f"redirected to {other}, which is page 2"), (HOME, f"redirected to the home page {HOME}")], start=2
    ):
        hop = Hop(url=URL, status=302, location=target)
        moved = _load(archive, capture(EDITED, day(number), final_url=target, hops=(hop,)))
        assert (moved.outcome, moved.detail) == ("held", reason)
    assert [version.seq for version in archive.versions(URL)] == [1]


def _parse_titled(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    """The first line is the title, each further one a paragraph."""
    title, *lines = body.decode().split("\n")
    return record(*lines, title=title, url=url, media_type=content_type or "text/html")


def test_the_same_bytes_from_another_address_are_parsed_again(archive: Archive) -> None:
    other = "https://example.org/reports/tovash"
    _load(archive, capture(LONG))
    _load(archive, capture(EDITED, url=other, final_url=other))
    hop = Hop(url=URL, status=302, location=other)
    assert _load(archive, capture(LONG, day(2), final_url=other, hops=(hop,))).outcome == "unchanged"
    assert _load(archive, capture(EDITED, day(3), final_url=other, hops=(hop,))).outcome == "held"
    assert _load(archive, capture(EDITED, day(4))).outcome == "changed"


def test_a_text_with_nothing_in_common_is_held_back(archive: Archive) -> None:
    load(archive, capture(f"Velmora\n{LONG}"), parse=_parse_titled)
    notice = "Just a moment\nChecking your browser before you go on. This takes a few seconds, please wait."
    held = load(archive, capture(notice, day(2)), parse=_parse_titled)
    assert (held.outcome, held.detail) == ("held", "the page shows another text, titled 'Just a moment'")
    assert load(archive, capture(f"Velmora in May\n{LONG}", day(3)), parse=_parse_titled).outcome == "changed"


def test_what_is_held_back_does_not_depend_on_the_order_of_import(tmp_path: Path) -> None:
    report = capture(f"Velmora\n{LONG}", day(1), method="import")
    moment = "Just a moment\nChecking your browser before you go on. This takes a few seconds."
    notice = capture(moment, day(2), method="import")
    held = []
    for name, captures in (("a", (report, notice)), ("b", (notice, report))):
        with Archive(tmp_path / f"{name}.db", create=True) as archive:
            for one in captures:
                load(archive, one, parse=_parse_titled)
            held.append([(row.title, row.reason) for row in archive.held()])
            assert [version.title for version in archive.versions(URL)] == ["Velmora"]
    assert held[0] == held[1] == [("Just a moment", "the page shows another text, titled 'Just a moment'")]


def test_a_miss_at_a_former_address_says_nothing_of_the_page(archive: Archive) -> None:
    new = "https://example.org/reports/velmora-new"
    hop = Hop(url=URL, status=301, location=new)
    _load(archive, capture(LONG, final_url=new, hops=(hop,)))
    _load(archive, capture(LONG, day(2), url=new, final_url=new))
    for number in (3, 4, 5):
        assert _load(archive, missing(day(number))).outcome == "missing"
    assert archive.page(new).state == "live"
    assert [version.seq for version in archive.versions(URL)] == [1]


def test_an_older_capture_of_the_same_text_changes_nothing(archive: Archive) -> None:
    _load(archive, capture(LONG, day(5)))
    older = _load(archive, capture(LONG, day(1), method="import"))
    assert (older.outcome, older.version_seq, older.change) == ("unchanged", 1, None)
    assert archive.version(URL).first_seen == day(1)


def test_captures_of_one_instant_keep_the_order_in_which_they_came(archive: Archive) -> None:
    for text in (LONG, EDITED, LONG):
        _load(archive, capture(text, day(1), method="import"))
    texts = [archive.record(version).text.replace("\n\n", "\n") for version in archive.versions(URL)]
    assert texts == [LONG, EDITED, LONG]


def test_not_modified_extends_the_version(archive: Archive) -> None:
    _load(archive, capture(LONG))
    loaded = _load(archive, capture(None, day(2), outcome="not-modified", status=304))
    assert (loaded.outcome, loaded.version_seq) == ("not-modified", 1)
    assert archive.version(URL).last_seen == day(2)


def test_a_page_is_gone_after_three_misses(archive: Archive) -> None:
    _load(archive, capture(LONG))
    outcomes = [_load(archive, missing(day(number))).outcome for number in (2, 3, 4)]
    assert outcomes == ["missing", "missing", "gone"]
    assert archive.version(URL).kind == "tombstone"
    assert archive.page(URL).state == "gone"
    assert archive.page(URL).title == "Velmora Country Report"
    assert archive.changes(URL)[0].class_ == "gone"


def test_a_page_that_comes_back_says_what_changed_meanwhile(archive: Archive) -> None:
    _load(archive, capture(LONG))
    _load(archive, missing(day(2), 410))
    loaded = _load(archive, capture(EDITED, day(3)))
    assert (loaded.outcome, loaded.version_seq) == ("changed", 3)
    assert loaded.change
    assert loaded.change.class_ == "returned"
    assert loaded.change.summary.startswith("the page is back; ")


@pytest.mark.parametrize("outcome", ["failed", "refused", "missing", "not-modified"])
def test_a_url_that_never_answered_is_no_page(archive: Archive, outcome: str) -> None:
    loaded = _load(archive, capture(None, outcome=outcome, status=None, reason="because"))
    assert (loaded.outcome, loaded.page_id, loaded.detail) == (outcome, None, "because")
    assert archive.pages() == []
    assert len(archive.captures()) == 1


def test_a_failure_says_nothing_about_the_page(archive: Archive) -> None:
    _load(archive, capture(LONG))
    before = archive.version(URL)
    loaded = _load(archive, capture(b"half of it", day(2), outcome="failed", reason="cut short"))
    assert loaded.outcome == "failed"
    assert archive.body(loaded.capture_id) == b"half of it"
    assert archive.version(URL) == before


def _better(revise: Callable[[str], str]) -> Callable[..., Record]:
    """A later revision of the parser, which reads each line differently."""

    def parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        return record(*map(revise, body.decode().split("\n")), url=url, revision=2)

    return parse


def test_a_better_parser_is_a_technical_change_and_not_an_edit(archive: Archive) -> None:
    _load(archive, capture(LONG))
    loaded = load(archive, capture(f"{LONG} ", day(2)), parse=_better(lambda line: f"Read: {line.strip()}"))
    assert loaded.outcome == "unchanged"
    assert [change.cause for change in archive.changes(URL)] == ["parser"]
    versions = archive.versions(URL)
    assert [(version.cause, version.first_seen, version.last_seen) for version in versions] == [
        ("publisher", day(1), day(2)),
        ("parser", day(1), day(2)),
    ]


def test_a_better_parser_and_an_edit_at_once_are_told_apart(archive: Archive) -> None:
    _load(archive, capture(LONG))
    loaded = load(archive, capture(EDITED, day(2)), parse=_better(lambda line: f"Read: {line}"))
    assert (loaded.outcome, loaded.version_seq) == ("changed", 3)
    changes = archive.changes(URL)
    assert [(change.cause, change.words_changed) for change in changes] == [("publisher", 1), ("parser", 2)]
    assert [version.first_seen for version in archive.versions(URL)] == [day(1), day(1), day(2)]


def test_an_older_capture_read_by_a_better_parser_is_compared_with_like(archive: Archive) -> None:
    _load(archive, capture(LONG, day(2)))
    load(archive, capture(f"{LONG} ", day(1)), parse=_better(lambda line: f"Read: {line.strip()}"))
    assert {change.cause for change in archive.changes(URL)} <= {"parser"}


def test_a_capture_older_than_all_others_becomes_the_first_version(archive: Archive) -> None:
    _load(archive, capture(EDITED, day(5)))
    _load(archive, capture(LONG, day(1), method="import"))
    texts = [archive.record(version).text for version in archive.versions(URL)]
    assert texts == [LONG.replace("\n", "\n\n"), EDITED.replace("\n", "\n\n")]
    [change] = archive.changes(URL)
    assert (change.before_seq, change.after_seq) == (1, 2)
    assert archive.page(URL).first_seen == day(1)


def test_an_edit_after_a_304_that_tells_that_the_page_is_back_is_loaded(archive: Archive) -> None:
    _load(archive, capture(LONG))
    _load(archive, missing(day(2), 410))
    _load(archive, capture(None, day(3), outcome="not-modified", status=304))
    better = _better(lambda line: f"Read: {line}")
    assert load(archive, capture(EDITED, day(4)), parse=better).outcome == "changed"
    changes = [(row.cause, row.class_) for row in archive.changes(URL)]
    assert ("publisher", "words") in changes
    assert changes[-1] == ("parser", "words")


_CAPTURES = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from([LONG, EDITED, "Short.", "Shorter", f"{LONG}\n{EDITED}"])),
    min_size=1,
    max_size=7,
    unique_by=lambda given: given[0],
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_CAPTURES, st.randoms(use_true_random=False))
def test_any_order_of_import_gives_the_same_history(
    tmp_path_factory: pytest.TempPathFactory, given: list[tuple[int, str]], order: random.Random
) -> None:
    captures = [capture(text, day(number), method="import") for number, text in given]
    shuffled = order.sample(captures, len(captures))
    histories = []
    for sequence in (captures, shuffled):
        with Archive(tmp_path_factory.mktemp("order") / "a.db", create=True) as archive:
            for one in sequence:
                _load(archive, one)
            histories.append(_history(archive))
    assert histories[0] == histories[1]


def test_a_capture_in_the_middle_keeps_the_numbers_of_versions_before_it(archive: Archive) -> None:
    _load(archive, capture(LONG, day(1)))
    _load(archive, capture(EDITED, day(5)))
    before = archive.versions(URL)
    _load(archive, capture(f"{LONG}\nA third line.", day(3)))
    assert [version.id for version in archive.versions(URL)][:2] == [version.id for version in before]
    assert [(row.before_seq, row.after_seq) for row in archive.changes(URL)] == [(2, 3), (1, 2)]


def test_what_is_kept_unread_is_read_later_as_it_would_have_been(archive: Archive, tmp_path: Path) -> None:
    captures = [capture(LONG), capture(f"{LONG}\nAnd more."), capture(f"{LONG}\nAnd more.")]
    captures = [replace(one, captured_at=day(number)) for number, one in enumerate(captures, 1)]
    kept = [keep(archive, one) for one in captures]
    assert [one.outcome for one in kept] == ["kept"] * 3
    assert archive.versions(URL) == []
    assert archive.unread() == [one.capture_id for one in kept]
    later = [read_unread(archive, number, parse=parse_lines) for number in archive.unread()]
    with Archive(tmp_path / "at_once.db", create=True) as other:
        at_once = [_load(other, one) for one in captures]
        assert [(one.outcome, one.version_seq) for one in later] == [(one.outcome, one.version_seq) for one in at_once]
    assert archive.unread() == []


def test_what_is_kept_unread_and_cannot_be_read_is_tried_once(archive: Archive) -> None:
    kept = keep(archive, capture(b"\x89PNG\r\n\x1a\n", content_type="image/png"))
    assert read_unread(archive, kept.capture_id).outcome == "unparsed"
    assert archive.unread() == []


def test_a_page_that_says_it_is_not_there_is_missing_whatever_its_status(archive: Archive) -> None:
    body = b"<html><title>Page not found</title><body><h1>404</h1><p>Page not found</p></body></html>"
    assert load(archive, capture(body)).outcome == "missing"
    assert archive.known_page(URL) is None
    _load(archive, capture(LONG, day(2)))
    loaded = load(archive, capture(body, day(3)))
    assert (loaded.outcome, archive.page(URL).state) == ("missing", "missing")
    assert archive.capture(loaded.capture_id).effective_status == 404
    assert archive.body(loaded.capture_id) == body


def test_a_truncated_answer_is_evidence_and_never_a_version(archive: Archive) -> None:
    _load(archive, capture(LONG))
    loaded = _load(archive, capture(b"Half a", day(2), outcome="truncated", reason="broke off after 6 bytes"))
    assert (loaded.outcome, loaded.detail) == ("truncated", "broke off after 6 bytes")
    assert archive.received(loaded.capture_id) == b"Half a"
    assert [version.seq for version in archive.versions(URL)] == [1]


def test_an_unchanged_page_that_was_kept_unread_is_no_trouble(archive: Archive) -> None:
    keep(archive, capture(LONG))
    again = keep(archive, capture(None, day(2), outcome="not-modified", status=304))
    assert again.outcome == "not-modified"


def test_a_redirect_that_was_kept_unread_is_held_back_when_it_is_read(archive: Archive) -> None:
    other = f"{URL}-south"
    _load(archive, capture(LONG))
    _load(archive, capture(EDITED, url=other))
    hop = Hop(url=URL, status=302, location=other)
    kept = keep(archive, capture(EDITED, day(2), final_url=other, hops=(hop,)))
    assert read_unread(archive, kept.capture_id, parse=parse_lines).outcome == "held"
    assert [version.seq for version in archive.versions(URL)] == [1]


def test_a_page_kept_unread_that_says_it_is_not_there_is_missing(archive: Archive) -> None:
    kept = keep(archive, capture(b"<html><title>Page not found</title><body><h1>404</h1></body></html>"))
    assert read_unread(archive, kept.capture_id).outcome == "missing"
    assert archive.page(URL).state == "missing"
    assert archive.unread() == []


def test_what_is_kept_unread_and_unchanged_since_is_read_all_the_same(archive: Archive) -> None:
    kept = keep(archive, capture(LONG))
    keep(archive, capture(None, day(2), outcome="not-modified", status=304))
    assert read_unread(archive, kept.capture_id, parse=parse_lines).outcome == "new"
    assert archive.versions(URL)[-1].last_seen == day(2)


def _parse_signed(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    text = body.decode()
    signed = {} if "unsigned" in text else {"authors": ("Nela Oskarin",), "published": "2024-03"}
    return record(text, url=url, **signed)


def test_a_new_page_without_what_all_others_of_its_site_have_is_held_until_it_is_seen_again(archive: Archive) -> None:
    for number in range(10):
        url = f"https://example.org/reports/{number}"
        load(archive, capture(f"{LONG} {number}", url=url, final_url=url), parse=_parse_signed)
    held = load(archive, capture("An unsigned text.", day(2)), parse=_parse_signed)
    told = "authors and published are missing, unlike on 10 other pages of the site that test reads"
    assert (held.outcome, held.detail) == ("held", told)
    again = load(archive, capture("An unsigned text.", day(3)), parse=_parse_signed)
    assert (again.outcome, archive.version(URL).first_seen, archive.held()) == ("new", day(2), [])
