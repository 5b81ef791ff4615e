"""Progress: what a terminal, a pipe, a program and a log are told, by a clock that is passed in."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.cli.context import Settings
from scraper.cli.output import log_as_json
from scraper.cli.progress import INTERVAL_S, Bars, Look, progress
from scraper.crawl import Event
from scraper.crawl.ahead import Ahead

NOW = datetime(2024, 3, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


class Terminal(io.StringIO):
    """A terminal as wide as a screen, that keeps what is written to it."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    yield
    log_as_json(None)


def settings(*, verbose: bool = False, json_log: bool = False) -> Settings:
    log_as_json((lambda: NOW) if json_log else None)
    return Settings(
        archive=Path("a.db"), sources=Path("sources"), now=lambda: NOW, verbose=verbose, json_log=json_log
    )  # fmt: skip


def event(number: int, outcome: str = "unchanged", *, host: str = "one.example", detail: str = "") -> Event:
    return Event(
        source="site", url=f"https://{host}/r/{number}", outcome=outcome, capture_id=number, detail=detail
    )  # fmt: skip


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def test_without_a_terminal_each_host_gets_a_line_every_half_minute(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    ahead = {"one.example": Ahead(due=30), "two.example": Ahead(due=5)}
    report = progress(settings(), "auto", lambda _: ahead, clock=clock)
    for number in range(1, 61):
        clock.at += 1
        report(event(number, host="one.example" if number % 3 else "two.example"))
    report.close()
    assert told(capsys) == [
        "one.example: 20 of 50, 41 a minute, last unchanged", "two.example: 10 of 15, 22 a minute, last unchanged",
        "one.example: 40 of 70, 41 a minute, last unchanged", "two.example: 20 of 25, 21 a minute, last unchanged",
    ]  # fmt: skip


def test_nothing_is_said_before_the_interval_is_over(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    report = progress(settings(), "auto", lambda _: {}, clock=clock)
    for number in range(500):
        report(event(number))
    clock.at += INTERVAL_S - 1
    report.tick()
    assert told(capsys) == []


def test_a_host_that_waits_says_for_what_and_a_host_that_is_through_says_nothing(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    ahead = {"one.example": Ahead(due=4, waits="waiting 40 seconds: Retry-After")}
    report = progress(settings(), "auto", lambda _: ahead, clock=clock)
    report(event(1, host="one.example"))
    report(event(2, host="two.example"))
    for _ in range(2):
        clock.at += INTERVAL_S
        report.tick()
    assert told(capsys) == [
        "one.example: 1 of 5, waiting 40 seconds: Retry-After",
        "two.example: 1 of 1, 2 a minute, last unchanged",
        "one.example: 1 of 5, waiting 40 seconds: Retry-After",
    ]


def test_lists_and_sitemaps_are_no_pages(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    report = progress(settings(), "auto", lambda _: {}, clock=clock)
    for number, outcome in enumerate(("fetched", "fetched", "new")):
        report(event(number, outcome))
    clock.at += INTERVAL_S
    report.tick()
    assert told(capsys) == ["one.example: 1 of 1, 2 a minute, last new"]


def test_trouble_is_told_at_once_and_counted_when_it_repeats(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    report = progress(settings(), "auto", lambda _: {}, clock=clock)
    for number in range(5):
        report(event(number, "failed", detail="the server answered 500"))
    report(event(9, "held", detail="another text"))
    failed, held = told(capsys)
    assert failed == "failed       https://one.example/r/0: the server answered 500"
    assert held == "held         https://one.example/r/9: another text"
    report.close()
    assert told(capsys) == ["4 more like it: the server answered 500"]


def test_verbose_tells_every_capture(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    report = progress(settings(verbose=True), "auto", lambda _: {}, clock=clock)
    report(event(1, "new"))
    assert told(capsys) == ["new          https://one.example/r/1"]


def test_lines_are_for_programs_and_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    report = progress(settings(), "lines")
    report(event(7, "new"))
    report.tick()
    report.close()
    assert capsys.readouterr() == ("captured 7 https://one.example/r/7 new\n", "")


def test_none_tells_nothing_but_what_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    report = progress(settings(), "none")
    report(event(7, "failed", detail="gone"))
    report.tick()
    report.say("crawl begins")
    report.close()
    assert capsys.readouterr() == ("", "crawl begins\n")


@pytest.mark.parametrize("mode", ["auto", "lines", "none"])
def test_the_log_is_json_alone_and_nothing_in_it_steers_a_terminal(
    mode: str, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    report = progress(settings(json_log=True), mode, lambda _: {"one.example": Ahead(due=1)}, clock=clock)
    report(event(1, "failed", detail="\x1b[2J\u202egnp.exe\x9b1m\nforged"))
    report.say("a line")
    clock.at += INTERVAL_S
    report.tick()
    report.close()
    err = capsys.readouterr().err
    assert err.isascii()
    assert "\x1b" not in err
    rows = [json.loads(line) for line in err.splitlines()]
    assert {row["at"] for row in rows} == {"2024-03-01T00:00:00Z"}
    assert [row["event"] for row in rows] == ["capture", "note", *(["progress"] if mode == "auto" else [])]
    assert rows[0]["detail"] == "\x1b[2J\u202egnp.exe\x9b1m\nforged"
    if mode == "auto":
        assert rows[-1] == {
            "event": "progress", "at": "2024-03-01T00:00:00Z", "host": "one.example", "done": 1, "due": 1,
            "a_minute": 2.0, "last": "failed", "waits": "",
        }  # fmt: skip


class Drawn:
    """Progress on a terminal: *report* draws, *text* is all it drew, *next_lines* what it draws a second later."""

    def __init__(self, look: Look = lambda _: {}) -> None:
        self.clock = Clock()
        self.terminal = Terminal()
        with redirect_stderr(self.terminal):
            self.report = progress(settings(), "auto", look, clock=self.clock)

    @property
    def text(self) -> str:
        return self.terminal.getvalue()

    def next_lines(self) -> list[str]:
        before = self.terminal.tell()
        self.clock.at += 1
        self.report.tick()
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text[before:]).replace("\r", "")
        return [" ".join(re.sub("[━╸╺]", "", line).split()) for line in text.splitlines()]


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "140")


def test_a_terminal_gets_a_bar_for_each_host() -> None:
    ahead = {"one.example": Ahead(due=9), "two.example": Ahead(due=5, waits="waiting 40 seconds: Retry-After")}
    drawn = Drawn(lambda _: ahead)
    assert isinstance(drawn.report, Bars)
    drawn.report(event(1, "new"))
    lines = drawn.next_lines()
    assert "one.example 1/10 60 a minute, last new" in lines
    assert "two.example 0/5 waiting 40 seconds: Retry-After" in lines
    drawn.report.close()


def test_a_terminal_is_drawn_on_four_times_a_second_and_looks_ahead_once() -> None:
    looks = 0

    def look(_: object) -> dict[str, Ahead]:
        nonlocal looks
        looks += 1
        return {}

    drawn = Drawn(look)
    frames = set()
    for number in range(1000):
        drawn.clock.at += 0.002
        drawn.report(event(number, "new"))
        frames.add(len(drawn.text))
    drawn.report.close()
    assert looks == 2
    assert len(frames) == 8


def test_many_hosts_are_summed_up_below_the_busiest() -> None:
    drawn = Drawn(lambda _: {f"h{number}.example": Ahead(due=1) for number in range(20)})
    for number in range(8):
        drawn.report(event(number, host=f"h{number}.example"))
    lines = drawn.next_lines()
    assert len([line for line in lines if line.startswith("h")]) == 8
    assert "and 12 more 0/12" in lines
    drawn.report.close()


def test_trouble_on_a_terminal_stands_above_the_bars_and_steers_nothing() -> None:
    waits = "waiting: \x1b]0;owned\x07 [bold]\u202e"
    drawn = Drawn(lambda _: {"one.example": Ahead(due=1, waits=waits)})
    drawn.report(event(1, "failed", detail="\x1b[2J[red]\u202egnp.exe\nforged :smile:"))
    assert r"failed       https://one.example/r/1: \x1b[2J[red]\u202egnp.exe forged :smile:" in drawn.text
    assert r"\x1b]0;owned\x07 [bold]\u202e" in drawn.text
    assert not re.search("\x1b\\]|\x1b\\[2J|\u202e|\x07", drawn.text)
    drawn.report.close()


def test_a_terminal_is_left_as_it_was() -> None:
    drawn = Drawn()
    drawn.report(event(1, "new"))
    drawn.report.close()
    assert drawn.text.rindex("\x1b[?25h") > drawn.text.rindex("\x1b[?25l")  # the cursor is shown again


def test_a_pipe_never_loads_the_library_for_bars() -> None:
    code = (
        "import sys; from pathlib import Path; from scraper.cli.context import Settings, clock\n"
        "from scraper.cli.progress import progress\n"
        "s = Settings(archive=Path('a'), sources=Path('b'), now=clock(None))\n"
        "progress(s, 'auto').close(); sys.exit('rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
