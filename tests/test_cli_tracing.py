"""blame, history, check-quote and what was said, as they are typed."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from building import capture, day, missing, record
from commands import Run, one_line, runner

from parsers.record import Account, Country, Figure, Record, Stage
from scraper.archive import Archive
from scraper.loader import load

VELMORA = "https://example.org/velmora"
CLOSED = "The council closed four markets in a single night."
SEEN = "At least 41 traders have not been seen since."
EDITIONS = (
    f"{CLOSED} {SEEN}",
    f"{CLOSED} {SEEN.replace('41', '63')}\nStage 9",
    f"{SEEN.replace('41', '63')}\nStage 9",
    f"{CLOSED} {SEEN.replace('41', '63')}\nStage 9\nCorrection: it is 63 traders.",
)


def _parse(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    text, _, modified = body.decode().partition("@")
    stages = (Stage(number=9, name="Extermination", model="ten stages"),) if "Stage 9" in text else ()
    return record(
        *text.split("\n"),
        url=url,
        facts=(Country(name="Velmora"), *stages),
        published="2023-12",
        modified=modified or None,
        lead=Figure(caption="Families wait March 7 2024"),
        account=Account(report=len(text.split()), chrome=0, unclaimed=0),
    )


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    with Archive(
        tmp_path / "data" / "archive.db" if (tmp_path / "data").mkdir() is None else "", create=True
    ) as archive:
        for number, text in enumerate(EDITIONS, 1):
            load(archive, capture(text, day(10 * number), url=VELMORA), source="watch", parse=_parse)
            load(archive, capture(text, day(10 * number + 2), url=VELMORA), source="watch", parse=_parse)
        load(archive, capture("Nothing.", day(1), url="https://example.org/gone"), parse=_parse)
        gone = missing(day(2), 410)
        load(archive, replace(gone, url="https://example.org/gone"))
    return runner(tmp_path, monkeypatch, capsys)


def test_blame_tells_since_when_each_passage_is_there(run: Run) -> None:
    rows = run("blame", "velmora").rows
    told = {row["text"]: (row["in_version"], row["after"], row["by"], row["edited_in_version"]) for row in rows}
    assert told[SEEN.replace("41", "63")] == (1, None, "2024-01-10T00:00:00Z", 2)
    assert told["Stage 9"] == (2, "2024-01-12T00:00:00Z", "2024-01-20T00:00:00Z", None)
    (closed,) = [row for row in rows if row["text"] == CLOSED]
    assert (closed["how"], closed["returned_by"]) == ("returned", "2024-02-09T00:00:00Z")
    (seen,) = [row for row in rows if row["before"]]
    assert (seen["before"], seen["edited_class"], seen["path"], seen["start"]) == (SEEN, "words", "/blocks/0/text", 51)


def test_blame_tells_of_an_earlier_version_and_of_what_is_gone(run: Run) -> None:
    assert [row["text"] for row in run("blame", "velmora", "--at", "3", "--gone").rows] == [CLOSED]
    assert [row["fate"] for row in run("blame", "velmora", "--at", "2024-01-11").rows if row["text"] == SEEN] == [
        "edited"
    ]
    assert "no passage is gone" in run("blame", "velmora", "--gone").err
    assert "is a tombstone" in one_line(run("blame", "gone"))
    assert "Nothing." in [row["text"] for row in run("blame", "gone", "--gone").rows]
    assert "there is no version 9" in one_line(run("blame", "velmora", "--at", "9"))


def test_every_listing_has_its_forms(run: Run) -> None:
    for command in (["blame", "velmora"], ["history", "velmora"], ["check-quote", CLOSED]):
        names = list(run(*command, "--format", "jsonl").rows[0])
        assert list(json.loads(run(*command, "--format", "json").out)[0]) == names
        assert next(csv.reader(io.StringIO(run(*command, "--format", "csv").out))) == names
        assert len(run(*command, "--format", "table").out.splitlines()) > 1


def test_history_lists_what_was_stated_when(run: Run) -> None:
    (stage,) = run("history", "velmora", "--fact", "stage").rows
    assert (stage["value"], stage["after"], stage["by"], stage["last_version"], stage["gone_by"]) == (
        "9 Extermination", "2024-01-12T00:00:00Z", "2024-01-20T00:00:00Z", 4, None,
    )  # fmt: skip
    kinds = {row["fact"] for row in run("history", "velmora").rows}
    assert kinds == {"title", "published", "country", "stage"}


def test_history_of_a_country_has_all_its_reports(run: Run) -> None:
    assert {row["page"] for row in run("history", "--country", "velmora").rows} == {"velmora", "gone"}
    assert "no report on 'Atlantis'" in one_line(run("history", "--country", "Atlantis"))
    assert "found neither" in one_line(run("history"))
    assert "found both" in one_line(run("history", "velmora", "--country", "Velmora"))
    assert "found 'colour', expected one of title," in one_line(run("history", "velmora", "--fact", "colour"))


def test_history_is_drawn(run: Run, tmp_path: Path) -> None:
    assert "░" in run("history", "velmora", "--fact", "stage", "--plot").out
    result = run("history", "velmora", "--svg", tmp_path / "a.svg")
    assert result.out == ""
    assert "a.svg: 4 facts of 1 page" in result.err
    root = ET.fromstring((tmp_path / "a.svg").read_text(encoding="utf-8"))  # noqa: S314 -- what we have just made
    assert root.tag.endswith("svg")
    assert one_line(run("history", "velmora", "--svg", tmp_path / "no" / "a.svg")).endswith("No such file or directory")


def test_check_quote_finds_the_versions_and_what_to_cite(run: Run) -> None:
    result = run("check-quote", SEEN)
    (row,) = result.rows
    assert result.code == 0
    assert (row["match"], row["versions"], row["gone_by"]) == ("exact", [1], "2024-01-20T00:00:00Z")
    assert (row["path"], row["places"]) == ("/blocks/0/text", [[51, 96]])
    assert len(row["content_sha256"]) == len(row["content_digest"]) == 64
    with Archive(Path("data/archive.db")) as archive:
        assert archive.capture(row["capture"]).content_sha256 == row["content_sha256"]


def test_check_quote_says_what_is_nearest(run: Run) -> None:
    result = run("check-quote", "At least 51 traders have not been seen since.")
    assert result.code == 1
    assert "no version holds this; the nearest wordings:" in result.err
    assert {row["match"] for row in result.rows} == {"nearest"}
    assert {"kind": "words", "before": "51", "after": "41"} in [
        part for row in result.rows for part in row["difference"]
    ]
    nothing = run("check-quote", "zebra unicorn")
    assert (nothing.code, nothing.out) == (1, "")
    assert "or anything like it" in nothing.err


def test_check_quote_reads_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text(f"\ufeff{SEEN[:19]}\n {SEEN[20:]}\n", encoding="utf-8")
    assert run("check-quote", "--file", tmp_path / "q.txt").code == 0
    (tmp_path / "q.txt").write_bytes(b"\xff\xfe")
    assert "no UTF-8 at 0" in one_line(run("check-quote", "--file", tmp_path / "q.txt"))
    (tmp_path / "q.txt").write_bytes(b"x" * 100_001)
    assert "more than 100,000 bytes" in one_line(run("check-quote", "--file", tmp_path / "q.txt"))
    assert "expected TEXT or --file" in one_line(run("check-quote"))
    assert "expected TEXT or --file" in one_line(run("check-quote", "a", "--file", "b"))
    assert "no words" in one_line(run("check-quote", "…"))
    assert one_line(run("check-quote", "--file", "absent")).endswith("No such file or directory")


def test_log_and_changes_tell_what_was_said(run: Run) -> None:
    rows = run("log", "velmora").rows
    assert [row["said"] for row in rows] == [
        "later evidence", "silent edit", "silent edit", "says so, text came back",
    ]  # fmt: skip
    assert [flag["name"] for flag in rows[1]["flags"]] == ["silent-edit", "notice-absent"]
    told = {row["after_version"]: row["said"] for row in run("changes").rows if row["url"] == VELMORA}
    assert told == {2: "silent edit", 3: "silent edit", 4: "says so"}


def test_a_date_that_changes_alone_is_told_of_its_version(run: Run) -> None:
    with Archive(Path("data/archive.db")) as archive:
        again = f"{EDITIONS[3]}@2024-02-10"
        load(archive, capture(again, day(45), url=VELMORA), source="watch", parse=_parse)
        assert len(archive.versions(VELMORA)) == 4
    (row,) = [row for row in run("log", "velmora").rows if row["seq"] == 4]
    (flag,) = [flag for flag in row["flags"] if flag["name"] == "date-without-edit"]
    assert flag["detail"] == "modified not stated → 2024-02-10, and no word of the text is another"
    assert [one["text"] for one in flag["evidence"]] == ["", "2024-02-10"]


def test_diff_passes_over_that_a_page_was_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    with Archive(tmp_path / "data" / "archive.db", create=True) as archive:
        load(archive, capture("One.", day(1), url=VELMORA), parse=_parse)
        load(archive, replace(missing(day(2), 410), url=VELMORA))
        load(archive, capture("Two.", day(3), url=VELMORA), parse=_parse)
        load(archive, replace(missing(day(4), 410), url=VELMORA))
    run = runner(tmp_path, monkeypatch, capsys)

    shown = run("diff", "velmora").out
    assert "Before: version 1, last seen" in shown
    assert "After: version 3, first seen" in shown
    assert "is a tombstone" in one_line(run("diff", "velmora", "1", "2"))
