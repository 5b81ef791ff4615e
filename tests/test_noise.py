"""What rules of sources hide where changes are read: diff, changes, feeds, digests, with the trace they leave."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from building import capture, day, missing, record
from commands import Run, one_line, runner
from strict_atom import faults

from parsers.record import Account, Record
from scraper.archive import Archive
from scraper.loader import load
from scraper.notify import Notify, Outbox, Wanted, Webhook, feed_of, gather, prepare
from scraper.notify.atom import atom
from scraper.notify.digest import as_html, as_text
from scraper.notify.jsonfeed import json_feed
from scraper.rulebook import Rulebook

SOURCE = 'title = "Saltern Watch"\nseeds = ["https://saltern.example/"]\n'
RULE = "[[insignificant]]\nname = 'visitor counter'\ntext = '(?i)read [0-9,]+ times'\n"
ROADS = "Roads through the river province are closed since May. Nobody may leave."
URL = "https://saltern.example"


def _parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    text = body.decode()
    account = Account(report=len(text.split()), chrome=0, unclaimed=0)
    return record(*text.split("\n"), url=url, account=account, published="2024-01")


def counted(number: int, text: str = ROADS) -> str:
    return f"{text}\nRead {number} times."


def store(archive: Archive, name: str, at: int, text: str | None) -> None:
    if text is None:
        gone = missing(day(at), 410)
        load(archive, gone.__class__(url=f"{URL}/{name}", captured_at=day(at), outcome="missing", status=410))
    else:
        load(archive, capture(text, day(at), url=f"{URL}/{name}"), source="saltern", parse=_parse)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a source that has a rule, and pages that a counter is on."""
    (tmp_path / "data" / "sources").mkdir(parents=True)
    (tmp_path / "data" / "sources" / "saltern.toml").write_text(SOURCE + RULE)
    with Archive(tmp_path / "data" / "archive.db", create=True) as archive:
        for number in range(1, 5):
            store(archive, "counter", 10 * number, counted(number))
        store(archive, "edited", 10, counted(1))
        store(archive, "edited", 15, counted(8, ROADS.replace("closed", "open")))
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(folder, monkeypatch, capsys)


def test_diff_finds_no_difference_but_says_what_it_ignores(run: Run) -> None:
    found = run("diff", "counter")
    assert found.code == 0
    assert "visitor counter" in found.out
    assert "silent edit" not in found.out
    assert "silent edit" in run("diff", "edited").out
    values = json.loads(run("diff", "counter", "--format", "json").out)
    assert (values["class"], values["ignored"]) == ("none", ["visitor counter"])


@pytest.mark.parametrize("form", ["terminal", "unified", "html"])
def test_every_form_shows_an_edit_beside_what_is_ignored(run: Run, form: str) -> None:
    found = run("diff", "edited", "--format", form)
    assert found.code == 1
    assert "open" in found.out
    assert run("diff", "counter", "--format", form).code == 0


def _dated(archive: Archive, name: str, at: int, text: str, modified: str) -> None:
    def parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        return replace(_parse(body, url=url, content_type=content_type), modified=modified)

    load(archive, capture(text, day(at), url=f"{URL}/{name}"), source="saltern", parse=parse)


def told(run: Run, name: str) -> tuple[list[str], str, list[str]]:
    """What log, the head of diff and changes say of the last change of a page."""
    log = [row["said"] for row in run("log", name).rows]
    queue = [row["said"] for row in run("changes").rows if row["url"] == f"{URL}/{name}"]
    return log, " ".join(run("diff", name).out.split()), queue


def test_log_lists_a_version_of_nothing_but_noise_and_says_so(run: Run) -> None:
    _, *rows = run("log", "counter").rows
    assert {(row["class"], row["said"], row["words_changed"], row["numbers_changed"]) for row in rows} == {
        ("none", "", 0, 0)
    }
    assert {row["summary"] for row in rows} == {"only what is ignored differs: 'visitor counter'"}
    _, *rows = run("log", "counter", "--noise").rows
    assert {(row["class"], row["said"]) for row in rows} == {("words", "silent edit")}


def test_an_edit_beside_noise_is_counted_without_it_everywhere(run: Run) -> None:
    log, head, queue = told(run, "edited")
    assert (log[1], queue) == ("silent edit", ["silent edit"])
    assert "silent edit: 1 passage edited" in head
    for command in (("log", "edited"), ("changes",)):
        row = next(row for row in run(*command).rows if row["flags"])
        assert row["flags"][0]["detail"].startswith("1 passage edited")
        assert (row["class"], row["words_changed"]) == ("words", 1)
    assert "silent edit: 2 passages edited" in " ".join(run("diff", "edited", "--noise").out.split())


def test_a_new_date_beside_noise_is_no_edit_everywhere(folder: Path, run: Run) -> None:
    with Archive(folder / "data" / "archive.db") as archive:
        _dated(archive, "dated", 10, counted(1), "2024-01-10")
        _dated(archive, "dated", 20, counted(2), "2024-01-20")
        _dated(archive, "dated", 30, f"{ROADS}", "2024-01-30")
    log, head, queue = told(run, "dated")
    assert log[1:] == ["new date, no edit"] * 2
    assert "new date, no edit: modified 2024-01-30 is new" in head
    assert queue == ["new date, no edit"] * 2
    assert "new date, no edit: 2 times" in " ".join(run("diff", "dated", "1").out.split())


def test_a_counter_that_goes_back_reverts_nothing_and_an_edit_beside_one_is_reverted(folder: Path, run: Run) -> None:
    with Archive(folder / "data" / "archive.db") as archive:
        store(archive, "counter", 50, counted(1))
        store(archive, "edited", 50, counted(99))
    assert run("log", "counter").rows[-1]["said"] == ""
    assert run("log", "edited").rows[-1]["said"] == "reverted, silent edit"
    assert "reverted: says again what version 1 said" in " ".join(run("diff", "edited").out.split())


def test_with_noise_diff_ignores_nothing(run: Run) -> None:
    found = run("diff", "counter", "--noise", "--format", "json")
    assert found.code == 1
    assert json.loads(found.out)["class"] == "words"


def test_the_queue_has_no_noise_and_counts_it(run: Run) -> None:
    found = run("changes")
    assert [(row["url"], row["words_changed"]) for row in found.rows] == [(f"{URL}/edited", 1)]
    assert "3 hidden" in found.err
    assert len(run("changes", "--noise").rows) == 4


def test_the_archive_keeps_differences_as_they_are(folder: Path, run: Run) -> None:
    with Archive(folder / "data" / "archive.db") as archive:
        assert [row.class_ for row in archive.changes(f"{URL}/counter")] == ["words"] * 3
        assert "ignored" not in archive.changes(f"{URL}/counter")[0].detail
    (folder / "data" / "sources" / "saltern.toml").write_text(SOURCE)
    assert run("diff", "counter").code == 1


def test_compare_takes_the_rules_of_a_source(folder: Path, run: Run) -> None:
    for number in (1, 2):
        (folder / f"{number}.txt").write_text(f"Velmora\n\n{ROADS}\n\nRead {number} times.\n")
    assert run("compare", "1.txt", "2.txt").code == 1
    assert run("compare", "1.txt", "2.txt", "--url", f"{URL}/roads").code == 0
    found = run("compare", "1.txt", "2.txt", "--source", "saltern", "--format", "json")
    assert (found.code, json.loads(found.out)["ignored"]) == (0, ["visitor counter"])
    assert "no source 'nobody'" in one_line(run("compare", "1.txt", "2.txt", "--source", "nobody"))


def test_a_feed_has_no_entry_for_noise_and_says_so(folder: Path, run: Run) -> None:
    found = run("feed", "--to", "changes.atom")
    assert "left out as insignificant: 3 changes" in found.err
    content = (folder / "changes.atom").read_bytes()
    assert faults(content) == []
    parsed = feedparser.parse(content)
    assert parsed.feed.subtitle == "left out as insignificant: 3 changes"
    titles = [entry.title for entry in parsed.entries]
    assert len(titles) == 3
    assert any("1 word in 1 paragraph; 1 passage ignored by 'visitor counter'" in title for title in titles)
    assert "as it was" in run("feed", "--to", "changes.atom").out


def test_a_feed_has_as_many_entries_as_are_wanted_whatever_is_left_out(folder: Path) -> None:
    with Archive(folder / "data" / "archive.db") as archive:
        rules_of = Rulebook(folder / "data" / "sources", print).of
        feed = feed_of(archive, Wanted(limit=2), rules_of)
        assert [(item.entry.link, item.entry.seq) for item in feed.items] == [
            (f"{URL}/edited", 2),
            (f"{URL}/counter", 1),
        ]
        assert feed.left_out == 3
        assert json.loads(json_feed(feed))["description"] == "left out as insignificant: 3 changes"
        without = feed_of(archive, Wanted(limit=2))
        assert (without.left_out, len(without.items)) == (0, 2)
        assert b"subtitle" not in atom(without)


def test_that_a_page_is_back_is_told_whatever_it_says(folder: Path) -> None:
    with Archive(folder / "data" / "archive.db") as archive:
        store(archive, "counter", 50, None)
        store(archive, "counter", 60, counted(99))
        feed = feed_of(archive, Wanted(page=f"{URL}/counter"), Rulebook(folder / "data" / "sources", print).of)
        assert [item.entry.class_ for item in feed.items] == ["returned", "gone", "new"]
        assert feed.items[0].entry.summary == "the page is back; 1 passage ignored by 'visitor counter'"


def test_a_feed_says_whether_they_said_so_without_what_is_ignored(folder: Path) -> None:
    with Archive(folder / "data" / "archive.db") as archive:
        wanted = Wanted(page=f"{URL}/edited")
        quiet, loud = (
            feed_of(archive, wanted, Rulebook(folder / "data" / "sources", print).of),
            feed_of(archive, wanted),
        )
        assert [item.entry.said for item in quiet.items] == ["silent edit", ""]
        assert "<p>Did they say so? silent edit: 1 passage edited; the page states" in quiet.items[0].html
        assert "<p>Did they say so? silent edit: 2 passages edited; the page states" in loud.items[0].html
        assert [item.entry.id for item in quiet.items] == [item.entry.id for item in loud.items]
        assert "no notice" not in quiet.items[0].html
        assert faults(atom(quiet)) == []
        assert feedparser.parse(atom(quiet)).entries[0].summary.endswith("; silent edit")
        assert json.loads(json_feed(quiet))["items"][0]["summary"].endswith("; silent edit")
        assert atom(quiet) == atom(feed_of(archive, wanted, Rulebook(folder / "data" / "sources", print).of))


def test_a_digest_tells_of_no_noise_and_counts_it(folder: Path) -> None:
    desk = Webhook(name="desk", url="https://hooks.example/", secret_env="SECRET")
    config = Notify(folder=folder, targets=(desk,))
    rules_of = Rulebook(folder / "data" / "sources", print).of
    with Archive(folder / "data" / "archive.db") as archive:
        outbox = Outbox.beside(archive.path)

        def tell() -> list[dict[str, Any]]:
            asyncio.run(gather(archive, config, outbox, now=day(100), rules_of=rules_of))
            told = [message.payload for message in outbox.waiting()]
            for message in outbox.waiting():
                outbox.remove(message)
            return told

        asyncio.run(prepare(archive, config, outbox))
        store(archive, "counter", 50, counted(5))
        assert tell() == []
        store(archive, "counter", 51, counted(6))
        store(archive, "edited", 52, counted(9, ROADS.replace("closed", "guarded")))
        (message,) = tell()
        assert [change["url"] for change in message["data"]["changes"]] == [f"{URL}/edited"]
        change = message["data"]["changes"][0]
        assert (change["words_changed"], change["said"]) == (1, "silent edit")
        assert [flag["name"] for flag in change["flags"]] == ["silent-edit", "notice-absent"]
        assert change["flags"][0]["detail"].startswith("1 passage edited; the page states")
        assert "words, silent edit: 1 word" in as_text(message)
        assert "words, silent edit: 1 word" in as_html(message)
        assert (message["data"]["counts"]["changes"], message["data"]["ignored"]) == (1, 1)
        assert "1 change, 1 change left out as insignificant (" in as_text(message)
        assert "1 change left out as insignificant" in as_html(message)
        assert tell() == []
        del message["data"]["ignored"], change["said"], change["flags"]  # as an older fonds left it in the outbox
        assert as_text(message).startswith("1 change (")
