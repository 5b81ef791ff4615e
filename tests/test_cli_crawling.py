"""The commands that crawl by schedule, account for a crawl, and say how things stand."""

import csv
import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from commands import Result, Run, one_line, runner
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from scraper.archive import SQLITE_VERSION, Archive
from scraper.bounds import DEFAULT_BOUNDS, ParserBounds
from scraper.cli.checks import browser, clock, disk, libraries, open_files, parser
from scraper.crawl.health import silent_since
from scraper.sources import Source
from scraper.urls import host
from scraper.worker import Worker

PROJECT = Path(__file__).resolve().parents[1]
NOON = "2024-03-01T12:00:00Z"
LINKS = "".join(f'<a href="/r/{name}">{name}</a>' for name in ("a", "b", "private", "left-out"))
TEXT = """<!doctype html><html lang=en><head><title>Report {0}</title></head><body><main><article><h1>Report {0}</h1>
<p>The commission met in Velmora and heard forty witnesses over three days of public hearings on {0}.</p>
<p>It says so in its own words, at length and with its sources, and names those who gave the orders.</p>
</article></main></body></html>"""


class Publisher:
    """A site on 127.0.0.1 with a list, two reports, one that robots.txt forbids and one that is excluded."""

    def __init__(self, server: HTTPServer, folder: Path) -> None:
        self.server = server
        self.sources = folder / "data" / "sources"
        self.sources.mkdir(parents=True)
        server.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /r/private\n")
        server.expect_request("/").respond_with_data(f"<main>{LINKS}</main>", content_type="text/html")
        for name in ("a", "b"):
            self.publish(name)

    def publish(self, name: str) -> None:
        body = TEXT.format(name)
        self.server.expect_request(f"/r/{name}").respond_with_data(body, content_type="text/html")

    def source(self, name: str = "site", **fields: object) -> Path:
        url = self.server.url_for
        values = {
            "title": "Site", "seeds": [url("/")], "include": [url("/r/*")], "exclude": ["*/left-out"], "delay_s": 0.0,
            "pace": 0.0, "allow_addresses": [f"127.0.0.1:{self.server.port}"], "jitter_s": 0.0,
        }  # fmt: skip
        lines = [f"{key} = {json.dumps(value)}" for key, value in (values | fields).items()]
        path = self.sources / f"{name}.toml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder with an archive of its own."""
    return runner(tmp_path, monkeypatch, capsys)


@pytest.fixture
def publisher(httpserver: HTTPServer, tmp_path: Path) -> Publisher:
    return Publisher(httpserver, tmp_path)


@pytest.fixture
def crawled(fonds: Run, publisher: Publisher) -> Run:
    """The publisher's site, crawled once."""
    publisher.source(every="0 6 * * *")
    result = fonds("--now", NOON, "crawl")
    assert result.code == 0, result.err
    return fonds


# schedule ------------------------------------------------------------------------------------------------------------


def test_schedule_show_says_what_is_due_when_and_why(fonds: Run, publisher: Publisher) -> None:
    publisher.source("daily", every="0 6 * * *")
    publisher.source("by-hand")
    publisher.source("often", every="adaptive")
    rows = fonds("--now", NOON, "schedule", "show").rows
    assert [(row["source"], row["next_at"], row["is_due"], row["why"]) for row in rows] == [
        ("often", NOON, True, "its pages are not scheduled yet"),
        ("daily", "2024-03-02T06:00:00Z", False, "'0 6 * * *' in UTC"),
        ("by-hand", None, False, "no schedule: its file has no `every`"),
    ]
    assert not Path("data/archive.db").exists()
    (row,) = fonds("--now", NOON, "schedule", "show", "daily", "--format", "csv").out.splitlines()[1:]
    assert row.startswith("daily,0 6 * * *,2024-03-02T06:00:00Z,False")


def test_schedule_run_once_crawls_what_is_due_and_ends(fonds: Run, publisher: Publisher) -> None:
    publisher.source(every="0 6 * * *")
    early = fonds("--now", NOON, "schedule", "run-once")
    assert (early.code, early.out) == (0, "")
    made, said = early.err.splitlines()
    assert made.startswith("data/archive.db: made, and signed by the key ")
    assert said == "nothing is due; next is site at 2024-03-02 06:00 UTC"
    ran = fonds("--now", "2024-03-05T09:00:00Z", "schedule", "run-once")
    assert (ran.code, ran.rows) == (
        0, [{"source": "site", "result": "2 new", "next_at": "2024-03-06T06:00:00Z"}],
    )  # fmt: skip
    assert "site: crawl begins, '0 6 * * *' in UTC" in ran.err
    (row,) = fonds("--now", "2024-03-05T09:00:00Z", "schedule", "show").rows
    assert (row["last_result"], row["last_ended"], row["is_due"]) == ("2 new", "2024-03-05T09:00:00Z", False)


def test_schedule_run_once_leaves_with_one_where_something_needs_a_look(fonds: Run, publisher: Publisher) -> None:
    publisher.source(every="adaptive", expect_pages=[10, 20])
    ran = fonds("--now", NOON, "schedule", "run-once", "--progress", "lines")
    assert ran.code == 1
    assert [line.split()[-1] for line in ran.out.splitlines()[:-1]] == ["fetched", "fetched", "new", "new"]


def test_pages_of_an_adaptive_source_have_times_of_their_own(fonds: Run, publisher: Publisher) -> None:
    publisher.source(every="adaptive")
    nothing = fonds("--now", NOON, "schedule", "show", "--pages")
    assert (nothing.out, nothing.err) == ("", "no page has a visit planned yet\n")
    fonds("--now", NOON, "schedule", "run-once")
    rows = fonds("--now", NOON, "schedule", "show", "--pages").rows
    assert [(row["page"], row["next_at"], row["interval_h"], row["why"]) for row in rows] == [
        (name, "2024-03-01T18:00:00Z", 6.0, "seen once; next in 6 hours, the least") for name in ("a", "b")
    ]
    (row,) = fonds("--now", NOON, "schedule", "show").rows
    assert (row["pages_planned"], row["pages_due"]) == (2, 0)


@pytest.mark.parametrize("command", ["run", "run-once"])
def test_a_schedule_without_a_time_is_an_error(fonds: Run, publisher: Publisher, command: str) -> None:
    publisher.source()
    line = one_line(fonds("schedule", command))
    assert line == 'fonds: data/sources: no source file says when; a line such as every = "0 6 * * *" makes one due'


def test_a_source_that_is_being_crawled_is_skipped(crawled: Run) -> None:
    later = "2024-03-05T09:00:00Z"
    crawled("--now", NOON, "schedule", "run-once")
    with Archive("data/archive.db") as archive, archive.crawl_lock("site", datetime(2024, 3, 5, 8, tzinfo=UTC)):
        ran = crawled("--now", later, "schedule", "run-once")
    assert ran.code == 0
    assert f"site: skipped, process {os.getpid()}, since 2024-03-05 08:00:00 UTC" in ran.err
    assert crawled("--now", later, "schedule", "run-once").rows[0]["result"] == "2 unchanged"


# crawl ---------------------------------------------------------------------------------------------------------------


def _coverage(crawled: Run, name: str) -> str:
    result = crawled("--now", "2024-03-02T12:00:00Z", "crawl", "--coverage", name)
    assert result.code == 0, result.err
    return Path(name).read_text(encoding="utf-8")


def _by_path(rows: list[dict[str, object]]) -> dict[str, tuple[object, object, object]]:
    return {str(row["url"]).partition("/r/")[2]: (row["state"], row["outcome"], row["reason"]) for row in rows}


WHOLE = {
    "": ("skipped", "", "seed read for its links only"),
    "a": ("done", "unchanged", ""),
    "b": ("done", "unchanged", ""),
    "private": ("skipped", "", "robots.txt line 2: Disallow: /r/private"),
    "left-out": ("skipped", "", "exclude */left-out"),
}


def test_coverage_names_every_url_and_why_it_was_left_out(crawled: Run) -> None:
    whole = json.loads(_coverage(crawled, "c.json"))
    assert (whole["schema"], whole["crawl"], whole["finished"]) == ("fonds-coverage-1", 2, True)
    assert [(part["source"], part["expected"], part["captured"], part["skipped"]) for part in whole["sources"]] == [
        ("site", 2, 2, 3),
    ]  # fmt: skip
    assert _by_path(whole["urls"]) == WHOLE


def test_coverage_is_the_same_in_every_form(crawled: Run) -> None:
    assert _by_path([json.loads(line) for line in _coverage(crawled, "c.jsonl").splitlines()]) == WHOLE
    assert _by_path(list(csv.DictReader(io.StringIO(_coverage(crawled, "c.csv"))))) == WHOLE
    assert [path.name for path in Path().iterdir() if "new" in path.name] == []


def test_a_coverage_file_that_cannot_be_written_is_said_before_anything_is_fetched(
    fonds: Run, publisher: Publisher
) -> None:
    publisher.source()
    assert "--coverage: found 'c.xlsx', expected a file name that ends in .json, .jsonl, .csv" in one_line(
        fonds("crawl", "--coverage", "c.xlsx")
    )
    assert "--coverage: found no folder none" in one_line(fonds("crawl", "--coverage", "none/c.csv"))
    assert not publisher.server.log


def test_a_formula_in_a_url_is_no_formula_in_the_coverage(crawled: Run, publisher: Publisher) -> None:
    publisher.source(exclude=["*/left-out"], title="=cmd")
    assert ",=" not in _coverage(crawled, "c.csv")


def test_crawl_takes_a_bound_on_all_connections(fonds: Run, publisher: Publisher) -> None:
    publisher.source()
    assert fonds("crawl", "--connections", 2).rows[0]["captured"] == 2
    assert fonds("crawl", "--connections", 0).code == 2


def test_captures_may_be_kept_unread_until_a_crawl_reads_them(fonds: Run, publisher: Publisher) -> None:
    publisher.source()
    (kept,) = fonds("--now", NOON, "crawl", "--no-parse").rows
    assert (kept["captured"], kept["kept"], kept["new"]) == (2, 2, 0)
    assert [row["versions"] for row in fonds("list").rows] == [0, 0]
    fonds("--now", "2024-03-02T12:00:00Z", "crawl")
    assert [row["versions"] for row in fonds("list").rows] == [1, 1]


# list --moved --------------------------------------------------------------------------------------------------------


def test_pages_with_several_urls_are_listed_for_review(fonds: Run, publisher: Publisher) -> None:
    url = publisher.server.url_for
    moved = Response(status=301, headers={"Location": url("/r/new")})
    publisher.server.expect_request("/r/old").respond_with_response(moved)
    publisher.publish("new")
    publisher.source(seeds=[url("/"), url("/r/old")])
    fonds("--now", NOON, "crawl")
    assert len(fonds("list").rows) == 3
    rows = fonds("list", "--moved").rows
    assert [(row["url"].rpartition("/")[2], row["how"], row["since"]) for row in rows] == [
        ("old", "asked", NOON), ("new", "redirect", NOON),
    ]  # fmt: skip
    assert len({row["page"] for row in rows}) == 1
    nothing = fonds("list", "--moved", "--source", "other")
    assert (nothing.out, nothing.err) == ("", "data/archive.db: no page of source 'other' has several URLs\n")


# why-not -------------------------------------------------------------------------------------------------------------


def _why(crawled: Run, publisher: Publisher, path: str) -> tuple[str, str, str]:
    (row,) = crawled("--now", NOON, "why-not", publisher.server.url_for(path)).rows
    return row["state"], row["why"], row["place"]


def test_why_not_names_the_rule_and_its_line(crawled: Run, publisher: Publisher) -> None:
    def why(path: str) -> tuple[str, str, str]:
        return _why(crawled, publisher, path)

    assert why("/r/private") == ("skipped", "robots.txt line 2: Disallow: /r/private", "")
    assert why("/r/left-out") == ("out of scope", "exclude */left-out", "site.toml line 4")
    assert why("/x") == ("out of scope", "not in include", "site.toml line 3")
    assert why("/r/a") == ("done", "nothing kept it out: it was captured (new)", "")
    state, text, _ = why("/r/unheard-of")
    assert (state, text) == (
        "never found",
        "in scope, but no sitemap, no feed and no page up to 1 links from a seed led to it; a line in seeds would",
    )


def test_why_not_answers_before_anything_was_crawled(fonds: Run, publisher: Publisher) -> None:
    publisher.source()
    assert _why(fonds, publisher, "/r/left-out") == ("out of scope", "exclude */left-out", "site.toml line 4")
    (row,) = fonds("why-not", "https://elsewhere.example/x").rows
    assert (row["source"], row["why"]) == ("", "elsewhere.example is the host of no seed, sitemap or feed")
    assert "found ftp: URL" in one_line(fonds("why-not", "ftp://elsewhere.example/x"))


def test_why_not_says_that_a_page_rests_and_until_when(fonds: Run, publisher: Publisher) -> None:
    publisher.source(every="adaptive")
    fonds("--now", NOON, "schedule", "run-once")
    (row,) = fonds("--now", NOON, "why-not", publisher.server.url_for("/r/a")).rows
    assert row["next_at"] == "2024-03-01T18:00:00Z"
    assert row["why"] == "nothing kept it out: it was captured (new); seen once; next in 6 hours, the least"


def test_why_not_says_that_a_host_asked_to_wait(fonds: Run, publisher: Publisher) -> None:
    publisher.source()
    fonds("--now", NOON, "crawl", "--limit", 1)
    with Archive("data/archive.db") as archive:
        archive.hold_host(
            host(publisher.server.url_for("/")), datetime(2024, 3, 1, 13, tzinfo=UTC), "Retry-After: 3600"
        )
    rows = [fonds("--now", NOON, "why-not", publisher.server.url_for(f"/r/{name}")).rows[0] for name in ("a", "b")]
    assert {(row["state"], row["why"], row["next_at"]) for row in rows} == {
        ("due", "its host asked to wait: Retry-After: 3600", "2024-03-01T13:00:00Z"),
    }  # fmt: skip


# status --------------------------------------------------------------------------------------------------------------


def test_status_of_a_sound_source_needs_no_attention(crawled: Run) -> None:
    result = crawled("--now", "2024-03-02T05:00:00Z", "status")
    (row,) = result.rows
    assert (result.code, row["attention"], row["pages"], row["failed"], row["held"]) == (0, [], 2, 0, 0)
    assert (row["ended_at"], row["next_at"]) == (NOON, "2024-03-02T06:00:00Z")


def test_status_names_what_needs_attention(crawled: Run, publisher: Publisher) -> None:
    publisher.source("fresh")
    publisher.server.clear()
    publisher.server.expect_request("/robots.txt").respond_with_data("")
    publisher.server.expect_request("/").respond_with_data(f"<main>{LINKS}</main>", content_type="text/html")
    publisher.server.expect_request("/r/a").respond_with_data("Forbidden", status=403)
    publisher.server.expect_request("/r/private").respond_with_data("Forbidden", status=403)
    publisher.server.expect_request("/r/b").respond_with_data("<p>Checking your browser.", content_type="text/html")
    crawled("--now", "2024-03-02T04:00:00Z", "schedule", "run-once")
    assert crawled("--now", "2024-03-02T07:00:00Z", "schedule", "run-once").code == 1
    result = crawled("--now", "2024-03-05T07:00:00Z", "status")
    assert result.code == 1
    fresh, site = result.rows
    assert fresh["attention"] == ["never crawled"]
    assert site["attention"] == [
        "1 held back; `fonds release` lists them",
        "2 failed in crawl 2",
        "due 2 days ago; is `fonds schedule` running?",
    ]


def test_status_repeats_what_the_last_crawl_did_not_find(fonds: Run, publisher: Publisher) -> None:
    publisher.source(expect_pages=[10, 20])
    publisher.source("fine", seeds=[publisher.server.url_for("/r/a")])
    assert fonds("--now", NOON, "crawl").code == 1
    fine, site = fonds("--now", NOON, "status").rows
    assert fine["attention"] == []
    assert site["attention"] == ["found 2 pages, expected 10 to 20"]


def test_status_says_that_a_crawl_is_not_finished(fonds: Run, publisher: Publisher) -> None:
    publisher.source()
    fonds("--now", NOON, "crawl", "--limit", 1)
    (row,) = fonds("--now", NOON, "status").rows
    assert row["attention"] == [
        "crawl 1, begun 2024-03-01 12:00 UTC, is not finished: it is running, or `fonds crawl site` goes on with it"
    ]


def test_a_source_is_silent_after_twice_its_longest_silence() -> None:
    first = datetime(2024, 1, 1, 9, tzinfo=UTC)
    news = [first + timedelta(days=days) for days in (0, 3, 7, 17, 20)]
    last = datetime(2024, 1, 21, tzinfo=UTC)
    assert silent_since(news, last + timedelta(days=20)) is None
    assert silent_since(news, last + timedelta(days=22)) == last
    assert silent_since(news[:4], last + timedelta(days=400)) is None
    assert silent_since([*news, last + timedelta(days=300)], last + timedelta(days=22)) == last


# doctor --------------------------------------------------------------------------------------------------------------


def _checks(result: Result) -> dict[str, tuple[str, str]]:
    return {row["name"]: (row["state"], row["found"]) for row in result.rows}


def test_doctor_looks_at_everything(crawled: Run) -> None:
    result = crawled("--now", NOON, "doctor")
    found = _checks(result)
    assert list(found) == [
        "fonds", "SQLite", "libraries", "parser", "sources", "browser", "trust store", "open files", "disk", "archive",
        "crawls", "log", "held back", "clock",
    ]  # fmt: skip
    assert found["SQLite"][1].startswith(SQLITE_VERSION)
    assert "httpx2 2." in found["libraries"][1]
    assert found["crawls"] == ("ok", "last began 2024-03-01 12:00 UTC")
    assert ", 2 pages, schema version " in found["archive"][1]
    assert result.code == (any(state != "ok" for state, _ in found.values()))


def test_doctor_finds_what_is_wrong_and_says_what_to_do(fonds: Run, publisher: Publisher) -> None:
    publisher.source()
    fonds("--now", NOON, "crawl", "--limit", 1)
    publisher.source("bad", depth=99)
    Path("notes.db").write_text("no archive at all")
    result = fonds("--now", "1999-01-01", "doctor")
    found = _checks(result)
    assert result.code == 1
    assert found["sources"][0] == "fail"
    assert "bad.toml: depth: found 99" in found["sources"][1]
    assert found["crawls"] == ("warn", "last began 2024-03-01 12:00 UTC; not finished: crawl 1 of site")
    assert found["clock"][0] == "fail"
    assert _checks(fonds("--archive", "notes.db", "doctor"))["archive"][0] == "fail"
    assert all(row["do"] for row in result.rows if row["state"] != "ok")


def test_doctor_does_without_an_archive_and_without_sources(fonds: Run) -> None:
    found = _checks(fonds("doctor"))
    assert found["archive"] == ("ok", "none yet at data/archive.db; fonds crawl makes it")
    assert found["sources"][0] == "fail"


def test_doctor_tries_the_process_that_parses(capfd: pytest.CaptureFixture[str]) -> None:
    for memory_bytes, state in ((900_000_000, "ok"), (2**70, "fail")):
        worker = Worker(ParserBounds(memory_bytes=memory_bytes))
        check = parser(worker)
        worker.close()
        assert (check.name, check.state) == ("parser", state)
        assert ("at most 10 s of CPU time and 900.0 MB of memory" in check.found) == (state == "ok")
    assert "OverflowError" in capfd.readouterr().err


def test_a_missing_library_is_named() -> None:
    assert libraries("rich").state == "ok"
    assert libraries("hypothesis").state == "ok"


def test_a_browser_is_needed_only_where_a_source_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    plain = Source(name="plain", title="Plain", seeds=("https://plain.example/",))
    drawn = Source(name="drawn", title="Drawn", seeds=("https://drawn.example/",), capture="browser")
    assert browser((plain,)).state == "ok"
    check = browser((plain, drawn))
    assert check.state == "fail"
    assert check.do.endswith("install chromium: drawn needs it")


def test_limits_and_disk_are_judged_by_what_a_crawl_needs() -> None:
    assert [open_files(limit).state for limit in (-1, 1024, 100)] == ["ok", "ok", "warn"]
    body = DEFAULT_BOUNDS.wire_bytes
    assert [disk(Path("a.db"), free).state for free in (100 * body, 5 * body, body)] == ["ok", "warn", "fail"]


def test_a_clock_that_differs_from_what_it_was_is_noticed() -> None:
    now = datetime(2024, 3, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert clock(now, now - hour, timedelta(seconds=2)).state == "ok"
    assert "last capture is of 2024-03-01 01:00:00" in clock(now, now + hour, None).found
    assert "60 minutes ahead of the servers'" in clock(now, now, hour).found
    assert "60 minutes behind the servers'" in clock(now, now, -hour).found
    assert clock(datetime(1970, 1, 1, tzinfo=UTC), None, None).state == "fail"


def test_what_is_told_of_a_capture_is_made_harmless_into_a_pipe_too(fonds: Run) -> None:
    name = "a\x1b[2J\u202e.html"
    Path(name).write_text(TEXT.format("a"), encoding="utf-8")
    told = fonds("import", name, "--url", "https://reports.example/a")
    assert told.out == "new a\\x1b[2J\\u202e.html (version 1)\n"


# Signals -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def stuck(publisher: Publisher) -> Iterator[Publisher]:
    """The publisher, whose list does not answer until the test is over."""
    over = threading.Event()

    def wait(_: Request) -> Response:
        over.wait(30)
        return Response("late")

    publisher.server.clear()
    publisher.server.expect_request("/robots.txt").respond_with_data("")
    publisher.server.expect_request("/").respond_with_handler(wait)
    publisher.source(every="adaptive")
    publisher.server.expect_request("/over").respond_with_data("")
    yield publisher
    over.set()
    # The server answers one after the other: none of these requests is heard only when the next test counts its own.
    with urlopen(publisher.server.url_for("/over"), timeout=60):  # noqa: S310 -- our own server
        pass


def _started(*arguments: str, **streams: int) -> subprocess.Popen[bytes]:
    """A command that has asked for the list and waits for it."""
    command = [sys.executable, "-c", "from scraper.cli import main; main()", *arguments]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    return subprocess.Popen(
        command,
        env=environment,
        **({"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams),
    )


def _until_asked(publisher: Publisher, path: str = "/robots.txt") -> None:
    waiter = threading.Event()
    for _ in range(600):
        if any(request.path == path for request, _ in publisher.server.log):
            return
        waiter.wait(0.05)
    raise AssertionError("the command asked for nothing")


@pytest.mark.parametrize("command", [("crawl",), ("schedule", "run-once"), ("schedule", "run")], ids=" ".join)
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_what_is_in_flight_and_leaves_it_to_be_resumed(
    fonds: Run, stuck: Publisher, command: tuple[str, ...], number: signal.Signals, code: int
) -> None:
    with _started(*command) as process:
        _until_asked(stuck)
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert b"what was captured is kept, the same command goes on from there" in err
    assert b"Traceback" not in err
    (row,) = fonds("status").rows
    assert "is not finished" in row["attention"][0]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_wait_that_a_host_asked_for(
    fonds: Run, publisher: Publisher, number: signal.Signals, code: int
) -> None:
    publisher.server.clear()
    publisher.server.expect_request("/robots.txt").respond_with_data("")
    publisher.server.expect_oneshot_request("/later").respond_with_data(
        "later", status=503, headers={"Retry-After": f"{DEFAULT_BOUNDS.retry_after_s:.0f}"}
    )
    # Of no other test, whose request may still be under way.
    publisher.source(seeds=[publisher.server.url_for("/later")])
    with _started("crawl") as process:
        _until_asked(publisher, "/later")
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert err.splitlines()[-1].endswith(b"what was captured is kept, the same command goes on from there")
    (row,) = fonds("status").rows
    assert "is not finished" in row["attention"][0]
    publisher.server.expect_request("/later").respond_with_data(f"<main>{LINKS}</main>", content_type="text/html")
    publisher.publish("a")
    publisher.publish("b")
    (row,) = fonds("crawl").rows
    assert (row["captured"], row["remaining"]) == (2, 0)


def test_the_daemon_ends_while_nothing_is_due(fonds: Run, publisher: Publisher) -> None:
    publisher.source(every="0 0 29 2 *")
    with _started("schedule", "run") as process:
        assert process.stderr
        assert b"made, and signed by the key" in process.stderr.readline()
        assert b"waiting for what is due" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == 143
    assert fonds("schedule", "show").rows[0]["next_at"].endswith("-02-29T00:00:00Z")


_STUBBORN = """
import asyncio, os, signal, time
from scraper.cli.running import finished

async def work():
    print("begun", flush=True)
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            print("asked", flush=True)

finished(work())
"""


def test_a_second_signal_ends_at_once_what_does_not_end_by_itself() -> None:
    with subprocess.Popen([sys.executable, "-c", _STUBBORN], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == b"asked\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 143


_ENDLESS = """
import asyncio, re, sqlite3, sys
from scraper.cli import running

def expression():
    re.match("(a+)+b", "a" * 99)

def database():
    holder, waiting = (sqlite3.connect(sys.argv[2], timeout=60) for _ in range(2))
    holder.execute("begin immediate")
    waiting.execute("begin immediate")

async def work():
    print("begun", flush=True)
    globals()[sys.argv[1]]()

running.GRACE_S = 0.3
running.finished(work())
"""


@pytest.mark.parametrize("held_up_by", ["expression", "database"])
def test_what_nothing_interrupts_is_given_up_with_one_line(tmp_path: Path, held_up_by: str) -> None:
    command = [sys.executable, "-c", _ENDLESS, held_up_by, str(tmp_path / "a.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 143
    assert err == "fonds: asked to end; what was captured is kept, the same command goes on from there\n"


def test_a_terminal_shows_bars_and_is_given_back(fonds: Run, publisher: Publisher) -> None:
    publisher.source(delay_s=0.5)  # bars are drawn four times a second
    ours, theirs = pty.openpty()
    with _started("crawl", "--format", "jsonl", stderr=theirs) as process:
        os.close(theirs)
        drawn = b""
        while select.select([ours], [], [], 30)[0]:
            try:
                drawn += os.read(ours, 65_536)
            except OSError:  # the other end is closed
                break
        out, _ = process.communicate(timeout=20)
    os.close(ours)
    assert process.returncode == 0
    assert json.loads(out)["captured"] == 2
    assert "━" in drawn.decode()
    assert drawn.rindex(b"\x1b[?25h") > drawn.rindex(b"\x1b[?25l")


def test_the_log_of_a_run_is_json_alone(fonds: Run, publisher: Publisher) -> None:
    publisher.source(every="adaptive")
    fonds("init")
    ran = fonds("--now", NOON, "--json-log", "schedule", "run-once")
    rows = [json.loads(line) for line in ran.err.splitlines()]
    assert [row["event"] for row in rows] == ["note", "capture", "capture", "capture", "capture", "note"]
    assert rows[0] == {"event": "note", "at": NOON, "text": "site: crawl begins, its pages are not scheduled yet"}
    assert rows[-1]["text"] == "site: 2 new; next at 2024-03-01 18:00 UTC"
    failed = fonds("--json-log", "schedule", "show", "unknown")
    assert json.loads(failed.err)["text"].startswith("fonds: no source 'unknown'")


# Help ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    ["schedule", "schedule run-once", "schedule run", "schedule show", "status", "why-not", "doctor", "crawl", "list"],
)
def test_the_help_of_each_command_has_examples(fonds: Run, command: str) -> None:
    result = fonds(*command.split(), "--help")
    assert result.code == 0
    assert "Example" in result.out
    assert f"fonds {command}" in result.out


def test_a_mistake_in_one_source_file_keeps_no_other_from_being_crawled(crawled: Run) -> None:
    crawled("--now", NOON, "schedule", "run-once")
    Path("data/sources/zeta.toml").write_text("title = 1\nseeds = []\n", encoding="utf-8")
    ran = crawled("--now", "2024-03-05T09:00:00Z", "schedule", "run-once")
    assert ran.code == 1
    assert "zeta.toml: title: found 1" in ran.err
    assert [row["source"] for row in ran.rows] == ["site"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--allow-address", "foo"), "--allow-address: found 'foo', expected a host and a port"),
        (("--max-time", "nan"), "--max-time: found nan, expected a number of seconds"),
        (("--coverage", "data"), "--coverage: found 'data', expected a file name that ends in"),
        (("--coverage", "folder.csv"), "--coverage: folder.csv cannot be written; nothing was crawled"),
    ],
    ids=["address", "time", "ending", "folder"],
)
def test_an_option_that_cannot_be_is_said_before_anything_is_crawled(
    crawled: Run, arguments: tuple[str, str], said: str
) -> None:
    Path("folder.csv").mkdir()
    ran = crawled("crawl", *arguments)
    assert ran.code == 2
    assert said in ran.err
