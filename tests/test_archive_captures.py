import gzip
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import brotli
import pytest
from building import URL, capture, day, parse_lines, record

from scraper.archive import Archive
from scraper.capture import Capture, Hop
from scraper.diff import diff
from scraper.errors import ArchiveError, UsageError
from scraper.loader import load

TEXT = b"<p>Of the same report.</p>" * 100
HEADERS = (("ETag", '"one"'),)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield archive


def _coded(text: bytes = TEXT, coding: str = "gzip", **fields: object) -> Capture:
    body = brotli.compress(text) if coding == "br" else gzip.compress(text, mtime=0)
    return capture(body, **{"coding": coding, "decoded": text, "wire_bytes": len(body)} | fields)  # type: ignore[arg-type]


def test_everything_a_capture_says_is_read_back(archive: Archive) -> None:
    made = replace(
        _coded(),
        captured_at=day(2) + timedelta(microseconds=7),
        method="browser",
        final_url=f"{URL}/final",
        reason="why",
        robots="Allow: /",
        pace="Crawl-delay: 5",
        waited_s=4.5,
        attempts=2,
        address="127.0.0.1:443",
        tls="TLSv1.3",
        certificate_sha256="ab" * 32,
        server_date="Tue, 02 Jan 2024 00:00:00 GMT",
        monotonic_s=12.25,
        duration_s=0.5,
    )
    row = archive.capture(archive.store_capture(made))
    names = (
        "url final_url captured_at method outcome status content_type coding wire_bytes reason robots pace waited_s "
        "attempts address tls certificate_sha256 server_date monotonic_s duration_s"
    )
    assert {name: getattr(row, name) for name in names.split()} == {name: getattr(made, name) for name in names.split()}
    assert row.order_at == made.captured_at
    assert (row.body_bytes, row.content_bytes) == (len(made.body or b""), len(TEXT))
    assert (row.effective_status, row.effective_detail) == (None, "")


def test_heads_and_hops_are_kept_byte_for_byte(archive: Archive) -> None:
    head = b"HTTP/1.1 200 OK\r\nX-Odd:  \xff\x00 \r\n\r\n"
    hop = Hop(
        url="https://example.org/old", status=301, location=URL, address="[::1]:80", head=b"\xfe\r\n", is_downgrade=True
    )
    asked = b"GET / HTTP/1.1\r\n\r\n"
    archive.store_capture(capture(hops=(hop,), request_head=asked, response_head=head, response_headers=HEADERS))
    archive.store_capture(capture(response_head=head, response_headers=HEADERS))
    [first, second] = archive.db.query(
        """select asked.head as asked, answered.head as answered, answered.json, capture.response_headers_id as id, hops
           from capture join headers as asked on asked.id = request_headers_id
           join headers as answered on answered.id = response_headers_id order by capture.id"""
    )
    assert (first["asked"], first["answered"], second["asked"]) == (asked, head, None)
    assert first["id"] == second["id"]
    assert json.loads(first["json"]) == [["ETag", '"one"']]
    [kept] = json.loads(first["hops"])
    assert kept.pop("head").encode("latin-1") == hop.head
    assert kept == {
        "url": hop.url, "status": 301, "location": URL, "address": "[::1]:80", "is_downgrade": True
    }  # fmt: skip


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_a_body_is_kept_as_received_and_read_with_its_coding_undone(archive: Archive, coding: str) -> None:
    made = _coded(coding=coding)
    number = archive.store_capture(made)
    assert archive.received(number) == made.body
    assert archive.body(number) == TEXT
    [row] = archive.db.query("select codec, data from body")
    assert (row["codec"], row["data"]) == ("raw", made.body)


def test_a_body_whose_coding_could_not_be_undone_is_evidence_only(archive: Archive) -> None:
    number = archive.store_capture(_coded(outcome="truncated", decoded=None))
    with pytest.raises(UsageError, match="came with coding 'gzip', which could not be undone"):
        archive.body(number)
    assert gzip.decompress(archive.received(number)) == TEXT


def test_a_coded_body_that_does_not_give_the_content_recorded_is_named(archive: Archive) -> None:
    for wrong in (TEXT[:-1], TEXT[:-1] + b"?"):
        number = archive.store_capture(replace(_coded(), decoded=wrong))
        with pytest.raises(ArchiveError, match=f"capture {number}: content .*restore it from a backup"):
            archive.body(number)


def test_the_same_content_under_another_coding_reads_alike(archive: Archive) -> None:
    page_id = archive.page_of(capture(), "watch")
    number = archive.store_capture(_coded(), page_id=page_id)
    assert archive.read_alike(page_id, _coded(coding="br")) is None
    archive.store_record(record("Text."), capture_id=number, page_id=page_id)
    assert archive.read_alike(page_id, _coded(coding="br")) == number
    assert archive.read_alike(page_id, capture(TEXT)) == number
    assert archive.read_alike(page_id, _coded(content_type="text/plain")) is None
    assert archive.read_alike(page_id, _coded(final_url="https://example.org/other")) is None
    assert archive.read_alike(page_id, _coded(TEXT[1:])) is None
    assert archive.read_alike(page_id, _coded(outcome="truncated", decoded=None)) is None


def test_text_that_no_column_can_hold_is_kept_as_far_as_it_can(archive: Archive) -> None:
    odd = "\ud800\0"
    names = "content_type reason robots pace address tls certificate_sha256 server_date".split()
    number = archive.store_capture(capture(**dict.fromkeys(names, odd)))
    archive.store_effective(number, 404, "soft-404", odd)
    archive.store_unparsed(number, odd)
    row = archive.capture(number)
    assert {getattr(row, name) for name in [*names, "effective_detail"]} == {"\ufffd\ufffd"}
    coded = archive.capture(archive.store_capture(capture(coding=odd)))
    assert coded.coding == "\ufffd\ufffd"


# Order in time ---------------------------------------------------------------------------------------------------


def test_a_clock_set_back_does_not_change_the_order(archive: Archive) -> None:
    for body, at in (("First text.", day(5)), ("Second text.", day(4)), ("Third text.", day(6))):
        load(archive, capture(body, at), parse=parse_lines)
    rows = archive.captures()
    assert [row.captured_at for row in rows] == [day(5), day(4), day(6)]
    assert [row.order_at for row in rows] == [day(5), day(5), day(6)]
    assert [archive.record(version).text for version in archive.versions(URL)] == [
        "First text.",
        "Second text.",
        "Third text.",
    ]


def test_a_clock_set_forward_for_a_while_does_not_change_the_order(archive: Archive) -> None:
    for body, at in (("First text.", day(9)), ("Second text.", day(2)), ("Third text.", day(3))):
        load(archive, capture(body, at), parse=parse_lines)
    assert [archive.record(version).text for version in archive.versions(URL)][-1] == "Third text."
    assert {row.order_at for row in archive.captures()} == {day(9)}


def test_what_is_imported_has_its_own_place_in_time(archive: Archive) -> None:
    load(archive, capture("Second text.", day(5)), parse=parse_lines)
    load(archive, capture("First text.", day(1), method="import"), parse=parse_lines)
    load(archive, capture("Third text.", day(9), method="import"), parse=parse_lines)
    load(archive, capture("Second text again.", day(6)), parse=parse_lines)
    assert [row.order_at for row in archive.captures()] == [day(5), day(1), day(9), day(6)]
    assert [version.first_seen for version in archive.versions(URL)] == [day(1), day(5), day(6), day(9)]


def test_a_page_has_its_own_order(archive: Archive) -> None:
    load(archive, capture("Text.", day(9)), parse=parse_lines)
    load(archive, capture("Text.", day(2), url=f"{URL}/other"), parse=parse_lines)
    archive.store_capture(capture(b"User-agent: *", day(1), url="https://example.org/robots.txt"))
    assert [row.order_at for row in archive.captures()] == [day(9), day(2), day(1)]


# What a capture is worth ----------------------------------------------------------------------------------------


def _store(archive: Archive, made: Capture, *, read: bool = True) -> int:
    page_id = archive.page_of(made, "watch")
    number = archive.store_capture(made, page_id=page_id)
    if read and made.content is not None:
        archive.store_record(record(made.content.decode()), capture_id=number, page_id=page_id)
    return number


def test_a_page_that_only_says_it_is_missing_counts_as_missing(archive: Archive) -> None:
    page_id = archive.page_of(capture(), "watch")
    _store(archive, capture("Text.", day(1)))
    for number in (2, 3, 4):
        missing = _store(archive, capture("Sorry, not found.", day(number)), read=False)
        archive.store_effective(missing, 404, "soft-404", "the page says 'not found'")
        told = archive.update_history(page_id, diff).told[missing]
        assert (told.verdict, archive.page(URL).state) == (("missing",) * 2 if number < 4 else ("gone",) * 2)
    assert archive.versions(URL)[-1].kind == "tombstone"
    row = archive.capture(missing)
    assert (row.status, row.effective_status, row.effective_detail) == (200, 404, "the page says 'not found'")
    assert archive.body(missing) == b"Sorry, not found."


def test_not_modified_after_a_page_that_says_it_is_missing_is_missing_too(archive: Archive) -> None:
    page_id = archive.page_of(capture(), "watch")
    _store(archive, capture("Text.", day(1)))
    archive.store_effective(_store(archive, capture("Not found.", day(2)), read=False), 404, "soft-404", "")
    same = _store(archive, capture(None, day(3), outcome="not-modified", status=304))
    assert (
        archive.update_history(page_id, diff).told[same].reason == "missing 2 of 3 times in a row, over 24 of 40 hours"
    )


def test_another_effective_status_is_the_parsers_to_hold_back(archive: Archive) -> None:
    page_id = archive.page_of(capture(), "watch")
    number = _store(archive, capture("Text.", day(1)))
    archive.store_effective(number, 403, "blocked", "a block page")
    assert archive.update_history(page_id, diff).told[number].verdict == "new"


def test_the_last_word_on_a_captures_worth_counts(archive: Archive) -> None:
    number = _store(archive, capture("Text."))
    archive.store_effective(number, 403, "blocked", "one")
    archive.store_effective(number, 404, "soft-404", "two")
    assert (archive.capture(number).effective_status, archive.capture(number).effective_detail) == (404, "two")


def test_a_truncated_answer_is_kept_and_says_nothing_about_the_page(archive: Archive) -> None:
    page_id = archive.page_of(capture(), "watch")
    _store(archive, capture("Text.", day(1)))
    number = _store(archive, capture("Te", day(2), outcome="truncated"), read=False)
    history = archive.update_history(page_id, diff)
    assert number not in history.told
    assert (archive.page(URL).state, archive.page(URL).last_seen) == ("live", day(1))
    assert archive.received(number) == b"Te"


@pytest.mark.parametrize("worth", [404, 403, 302])
def test_no_condition_is_made_of_an_answer_that_only_looks_like_the_page(archive: Archive, worth: int) -> None:
    number = _store(archive, capture("x", response_headers=HEADERS))
    assert archive.validators(URL)
    archive.store_effective(number, worth, "rule", "")
    assert archive.validators(URL) is None


# Kept and not yet read -------------------------------------------------------------------------------------------


def test_what_was_kept_unread_is_listed_until_it_is_read(archive: Archive) -> None:
    first, second, third, fourth = (
        _store(archive, capture(f"{name}", url=f"{URL}/{name}", response_headers=HEADERS), read=False)
        for name in "abcd"
    )
    _store(archive, capture("read"))
    _store(archive, capture(None, url=f"{URL}/e", outcome="missing"))
    _store(archive, _coded(url=f"{URL}/f", outcome="truncated", decoded=None))
    archive.store_capture(capture("User-agent: *", url="https://example.org/robots.txt"))
    load(archive, capture(b"\xff", url=f"{URL}/g"), parse=parse_lines)
    assert archive.unread() == archive.unread("watch") == [first, second, third, fourth]
    assert archive.unread("other") == []
    assert archive.validators(f"{URL}/a")
    page_id = archive.capture(first).page_id
    assert page_id
    archive.store_record(record("a"), capture_id=first, page_id=page_id)
    archive.store_unparsed(second, "no layout knows it")
    archive.store_effective(third, 404, "soft-404", "")
    assert archive.unread() == [fourth]


# URLs of a page --------------------------------------------------------------------------------------------------


def test_each_url_of_a_page_is_known_with_what_shows_it(archive: Archive) -> None:
    moved = f"{URL}/moved"
    hop = Hop(url=URL, status=301, location=moved)
    number = _store(archive, capture("Text.", final_url=moved, hops=(hop,)))
    page_id = archive.capture(number).page_id
    assert page_id
    assert archive.alias_page(page_id, f"{URL}/named", how="canonical", capture_id=number)
    assert archive.alias_page(page_id, f"{URL}/named#part", how="redirect", capture_id=None)
    _store(archive, capture("Text.", day(2), url=moved))
    assert [(row.url, row.how, row.capture_id) for row in archive.page_urls(page_id)] == [
        (URL, "asked", number),
        (moved, "redirect", number),
        (f"{URL}/named", "canonical", number),
    ]
    assert archive.known_page(f"{URL}/named") == page_id


def test_a_url_of_another_page_stays_there(archive: Archive) -> None:
    first, second = (archive.page_of(capture(url=f"{URL}/{name}"), "watch") for name in "ab")
    assert not archive.alias_page(first, f"{URL}/b", how="canonical", capture_id=None)
    assert archive.known_page(f"{URL}/b") == second
    assert [row.page_id for row in archive.page_urls()] == [first, second]


def test_an_alias_of_no_page_is_refused(archive: Archive) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        archive.alias_page(99, URL, how="canonical", capture_id=None)
