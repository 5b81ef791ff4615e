"""Feeds: valid for independent readers, the same for the same archive, with ids that stay."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from building import URL, capture, day, missing, parse_lines, record
from hypothesis import given, settings
from hypothesis import strategies as st
from strict_atom import faults, html_faults

from parsers.record import Block, Country, Record
from scraper.archive import Archive
from scraper.capture import Capture
from scraper.diff import diff, html_fragment
from scraper.errors import UsageError
from scraper.loader import load
from scraper.notify import Feed, Wanted, feed_of, write_feed
from scraper.notify.atom import atom
from scraper.notify.jsonfeed import json_feed
from scraper.notify.markup import beginning_html

HOSTILE = (
    "</title><script>alert(1)</script>",
    "]]> <![CDATA[ & &amp; &#x0; \" '",
    "a\x00b\x1b[31mred\x07 \ufffe \ud800 \x85 \u202egnitseretni \r\nInjected: yes",
    "<img src=x onerror=alert(1)> javascript:alert(1)",
)


def _captures() -> list[Capture]:
    other = f"{URL}-two"
    return [
        capture("The council met.\nThree were heard.", day(1)),
        capture("Another report.", day(1), url=other),
        capture("The council met.\nFour were heard.", day(2)),
        capture("The council met.\nFour were heard.", day(3)),
        *(missing(day(number)) for number in range(4, 9)),
        capture("Another report, edited at length.", day(9), url=other),
        capture("The council met.\nFive were heard.", day(10)),
    ]


def _filled(path: Path, captures: Sequence[Capture], parse: Callable[..., Record] = parse_lines) -> Archive:
    archive = Archive(path, create=True)
    for one in captures:
        load(archive, one, source="watch", parse=parse)
    return archive


def _ids(feed: Feed) -> list[str]:
    return [item.entry.id for item in feed.items]


def test_there_is_an_entry_for_each_change_the_first_version_and_that_a_page_is_gone(tmp_path: Path) -> None:
    with _filled(tmp_path / "a.db", _captures()) as archive:
        feed = feed_of(archive, Wanted(page=URL))
        assert [item.entry.class_ for item in feed.items] == ["returned", "gone", "words", "new"]
        assert [item.entry.seq for item in feed.items] == [4, 3, 2, 1]
        assert feed.items[1].entry.summary == "the page is gone"
        assert "<ins>Five</ins>" in feed.items[0].html
        assert "<del>Three</del> <ins>Four</ins>" in feed.items[2].html
        assert "Three were heard." in feed.items[3].html
        assert len(feed_of(archive, Wanted()).items) == 6
        assert len(feed_of(archive, Wanted(limit=2)).items) == 2


def test_an_entry_is_dated_by_when_the_change_was_first_seen(tmp_path: Path) -> None:
    with _filled(tmp_path / "a.db", _captures()) as archive:
        parsed = feedparser.parse(atom(feed_of(archive, Wanted(page=URL))))
    assert parsed.feed.updated == "2024-01-10T00:00:00Z"
    assert [entry.updated[:10] for entry in parsed.entries] == ["2024-01-10", "2024-01-04", "2024-01-02", "2024-01-01"]


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(source="watch"), Wanted(page=URL), Wanted(country="none")])
def test_each_scope_is_valid_atom(tmp_path: Path, wanted: Wanted) -> None:
    with _filled(tmp_path / "a.db", _captures()) as archive:
        based = replace(wanted, base="https://archive.example/", url="https://archive.example/f.atom", title="Ours")
        assert faults(atom(feed_of(archive, wanted))) == []
        assert faults(atom(feed_of(archive, based))) == []


def test_scopes_have_ids_of_their_own_and_only_their_changes(tmp_path: Path) -> None:
    def of_country(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        made = parse_lines(body, url=url, content_type=content_type)
        return made if url == URL else replace(made, facts=(Country(name="Velmora", iso="VE"),))

    with _filled(tmp_path / "a.db", _captures(), of_country) as archive:
        load(archive, capture("Elsewhere.", day(1), url="https://other.example/x"), source="other", parse=of_country)
        feeds = [
            feed_of(archive, wanted)
            for wanted in (
                Wanted(), Wanted(source="watch"), Wanted(source="other"), Wanted(page=URL), Wanted(country="ve"),
                Wanted(cause="parser"),
            )
        ]  # fmt: skip
        assert [len(feed.items) for feed in feeds] == [7, 6, 1, 4, 3, 0]
        assert len({feed.id for feed in feeds}) == 6
        assert _ids(feed_of(archive, Wanted(country="Velmora"))) == _ids(feeds[4])
        with pytest.raises(UsageError, match="no page of a source 'nobody'; there is: other, watch"):
            feed_of(archive, Wanted(source="nobody"))


def test_ids_are_the_same_in_another_archive_with_the_same_captures_in_another_order(tmp_path: Path) -> None:
    captures = [replace(made, method="import") for made in _captures()]
    turned = sorted(captures, key=lambda made: made.url == URL)[::-1]
    with _filled(tmp_path / "a.db", captures) as one, _filled(tmp_path / "b.db", [turned[-1], *turned[:-1]]) as two:
        assert one.page(URL).id != two.page(URL).id
        assert _ids(feed_of(one, Wanted())) == _ids(feed_of(two, Wanted()))
        assert atom(feed_of(one, Wanted())) == atom(feed_of(two, Wanted()))


def test_ids_stay_when_all_is_read_by_a_better_parser(tmp_path: Path) -> None:
    def better(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        made = parse_lines(body, url=url, content_type=content_type)
        return replace(made, revision=2, title=f"{made.title}, read better")

    with _filled(tmp_path / "a.db", _captures()) as archive, _filled(tmp_path / "b.db", _captures(), better) as anew:
        before, after = feed_of(archive, Wanted()), feed_of(anew, Wanted())
    assert _ids(before) == _ids(after)
    assert before.items[0].entry.title != after.items[0].entry.title


def test_only_the_change_that_an_earlier_capture_shows_has_another_id_once_that_is_imported(tmp_path: Path) -> None:
    captures = [replace(made, method="import") for made in _captures()]
    with _filled(tmp_path / "a.db", [one for one in captures if one.captured_at != day(2)]) as archive:
        before = _ids(feed_of(archive, Wanted()))
        load(archive, captures[2], source="watch", parse=parse_lines)
        after = _ids(feed_of(archive, Wanted()))
    assert set(before) - set(after) == {before[-3]}
    assert len(after) == len(before)


def test_the_same_archive_gives_the_same_bytes_whoever_asks_when(tmp_path: Path) -> None:
    with _filled(tmp_path / "a.db", _captures()) as archive:
        made = [(atom(feed), json_feed(feed)) for feed in (feed_of(archive, Wanted()), feed_of(archive, Wanted()))]
    with Archive(tmp_path / "a.db") as archive:
        feed = feed_of(archive, Wanted())
        made.append((atom(feed), json_feed(feed)))
    assert len(set(made)) == 1


def test_a_named_log_gives_the_ids_and_the_name_of_another_does_not() -> None:
    from scraper.notify.entry import _DOMAIN

    names = ("example.org", "archive.example.org", "fonds", "a..b", "x y.org")
    assert [name for name in names if _DOMAIN.fullmatch(name)] == ["example.org", "archive.example.org"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_only_words(tmp_path: Path, text: str) -> None:
    def hostile(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        made = parse_lines(body, url=url, content_type=content_type)
        clean = text.encode("utf-8", "replace").decode().replace("\x00", "")
        blocks = tuple(Block(kind="paragraph", text=f"{clean} {block.text}") for block in made.blocks)
        return replace(made, title=clean, blocks=blocks, facts=(Country(name=clean),))

    with _filled(tmp_path / "a.db", _captures(), hostile) as archive:
        feed = feed_of(archive, Wanted(base="https://archive.example", title="Ours"))
    document = atom(feed)
    assert faults(document) == []
    parsed = feedparser.parse(document)
    assert all("\n" not in entry.title and "\x1b" not in entry.title for entry in parsed.entries)
    values = json.loads(json_feed(feed))
    assert all(html_faults(item["content_html"]) == [] for item in values["items"])
    assert not any(ord(sign) < 32 and sign != "\n" for item in values["items"] for sign in item["content_html"])


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=200)
@given(st.lists(_TEXT, max_size=6), st.lists(_TEXT, max_size=6), _TEXT, _TEXT)
def test_the_markup_of_any_change_is_a_few_plain_elements(
    before: list[str], after: list[str], old: str, new: str
) -> None:
    one, two = record(*before, title=old), record(*after, title=new)
    assert html_faults(html_fragment(diff(one, two))) == []
    assert html_faults(beginning_html(two)) == []


def test_the_markup_of_a_huge_change_is_bounded() -> None:
    one, two = record(*(f"old {n} " * 400 for n in range(300))), record(*(f"new {n} text " * 400 for n in range(300)))
    made = html_fragment(diff(one, two))
    assert "changes left out here" in made
    assert html_faults(made) == []
    assert len(made) < 120_000


def test_a_json_feed_has_what_version_1_1_demands(tmp_path: Path) -> None:
    with _filled(tmp_path / "a.db", _captures()) as archive:
        feed = feed_of(archive, Wanted(base="https://archive.example/a/", url="https://archive.example/f.json"))
    values = json.loads(json_feed(feed))
    assert values["version"] == "https://jsonfeed.org/version/1.1"
    assert values["feed_url"] == "https://archive.example/f.json"
    assert {name for name in values if name not in _JSON_FEED} == {"_fonds"}
    for item in values["items"]:
        assert {name for name in item if name not in _JSON_ITEM} == {"_fonds"}
        assert item["id"].startswith("tag:")
        assert item["content_html"]
    assert values["items"][-1]["url"].startswith("https://archive.example/a/pages/")
    assert values["items"][-1]["external_url"].startswith(URL)


_JSON_FEED = {
    "version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon", "favicon",
    "authors", "language", "expired", "hubs", "items",
}  # fmt: skip
_JSON_ITEM = {
    "id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image",
    "date_published", "date_modified", "authors", "tags", "language", "attachments",
}  # fmt: skip


def test_an_archive_without_changes_has_a_valid_feed_without_entries(tmp_path: Path) -> None:
    with Archive(tmp_path / "a.db", create=True) as archive:
        feed = feed_of(archive, Wanted())
    assert faults(atom(feed)) == []
    assert json.loads(json_feed(feed))["items"] == []


def test_a_feed_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    with _filled(tmp_path / "a.db", _captures()) as archive:
        feed, path = feed_of(archive, Wanted()), tmp_path / "feed.atom"
        assert write_feed(feed, path, "atom")
        path.chmod(0o640)
        os.utime(path, (1, 1))
        assert not write_feed(feed, path, "atom")
        assert path.stat().st_mtime == 1
        assert write_feed(feed_of(archive, Wanted(limit=1)), path, "atom")
        assert path.stat().st_mode & 0o777 == 0o640
        assert sorted(one.name for one in tmp_path.iterdir() if "feed" in one.name) == ["feed.atom"]


@pytest.mark.parametrize("name", ["no/such/folder.atom", "folder"])
def test_a_feed_that_cannot_be_written_is_one_clear_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with _filled(tmp_path / "a.db", []) as archive:
        feed = feed_of(archive, Wanted())
    with pytest.raises(UsageError) as caught:
        write_feed(feed, tmp_path / name, "atom")
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_file_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.atom")
    with _filled(tmp_path / "a.db", []) as archive, pytest.raises(UsageError, match="no file"):
        write_feed(feed_of(archive, Wanted()), tmp_path / "pipe.atom", "atom")
    assert (tmp_path / "pipe.atom").is_fifo()


def test_a_link_to_a_feed_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link.atom").symlink_to(tmp_path / "real.atom")
    with _filled(tmp_path / "a.db", []) as archive:
        assert write_feed(feed_of(archive, Wanted()), tmp_path / "link.atom", "atom")
    assert (tmp_path / "link.atom").is_symlink()
    assert faults((tmp_path / "real.atom").read_bytes()) == []


def test_a_version_by_a_parser_is_in_its_own_feed_alone(tmp_path: Path) -> None:
    values: dict[str, Any] = {"revision": 2}

    def anew(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        made = parse_lines(body, url=url, content_type=content_type)
        return replace(made, blocks=(*made.blocks, Block(kind="paragraph", text="Found by a better parser.")), **values)

    with _filled(tmp_path / "a.db", _captures()[:1]) as archive:
        before = _ids(feed_of(archive, Wanted()))
        load(archive, capture("The council met.\nThree were heard.", day(2)), source="watch", parse=anew)
        if any(version.cause == "parser" for version in archive.versions(URL)):
            assert len(feed_of(archive, Wanted(cause="parser")).items) == 1
            assert _ids(feed_of(archive, Wanted())) == before
