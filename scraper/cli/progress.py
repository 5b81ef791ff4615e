"""Progress of a crawl: bars by host on a terminal, a line for each host now and then without one, or lines to parse.

And of what counts its steps: one line on a terminal.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Protocol

import click

from ..terminal import printable
from .context import Settings
from .output import data, logged, note

if TYPE_CHECKING:
    from rich.table import Table

    from ..archive import Archive
    from ..crawl import Event
    from ..crawl.ahead import Ahead
    from ..fetch import Politeness

INTERVAL_S = 30.0  # between two lines of one host
_FRAME_S, _LOOK_S = 0.25, 1.0  # between two drawings of the bars; between two looks at what lies ahead
_HOSTS, _BAR, _SAID = 8, 24, 48  # hosts with a bar of their own; its width; room for what a host does
TROUBLE = frozenset({"held", "unparsed", "failed", "truncated", "refused"})
_NO_PAGE = frozenset({"fetched"})  # a robots.txt, a sitemap, a list that is read for its links only

progress_option = click.option(
    "--progress", "mode", type=click.Choice(["auto", "lines", "none"]), default="auto", show_default=True,
    help="auto: bars by host on a terminal, else a line for each host every 30 s, on stderr; "
    "lines: 'captured ID URL OUTCOME' on stdout once it is committed.",
)  # fmt: skip


class Progress(Protocol):
    """What is told of captures as they are committed."""

    def __call__(self, event: "Event") -> None:
        """Takes a capture in."""

    def tick(self) -> None:
        """Says what is to be said while nothing comes in; called about once a second."""

    def say(self, line: str) -> None:
        """Says *line*, which is no capture."""

    def close(self) -> None:
        """Ends the telling."""


Look = Callable[[Iterable[str]], "Mapping[str, Ahead]"]


def progress(
    settings: Settings, mode: str, look: Look = lambda _: {}, *, clock: Callable[[], float] = time.monotonic
) -> Progress:
    """The way of telling that *mode*, the terminal and the log ask for. *look* gives what lies ahead of hosts."""
    if mode == "lines":
        return _Lines(settings.json_log)
    if mode == "none":
        return _Silence(settings.json_log)
    if settings.json_log or not sys.stderr.isatty():
        return Told(look, clock, is_log=settings.json_log, says_all=settings.verbose)
    return Bars(look, clock, says_all=settings.verbose)


@contextmanager
def telling(settings: Settings, archive: "Archive", politeness: "Politeness", mode: str) -> Iterator[Progress]:
    """The progress of what is crawled into *archive* meanwhile, with turns at hosts by *politeness*."""
    from ..crawl.ahead import ahead

    report = progress(settings, mode, lambda hosts: ahead(archive, politeness, hosts, settings.now()))
    try:
        yield report
    finally:
        report.close()


@dataclass(slots=True)
class _Silence:
    is_log: bool

    def __call__(self, event: "Event") -> None:
        if self.is_log:
            logged("capture", asdict(event))

    def tick(self) -> None:
        pass

    def say(self, line: str) -> None:
        note(line)

    def close(self) -> None:
        pass


@dataclass(slots=True)
class _Lines(_Silence):
    def __call__(self, event: "Event") -> None:
        data(f"captured {event.capture_id} {event.url} {event.outcome}")
        if self.is_log:
            logged("capture", asdict(event))


@dataclass(slots=True)
class _Host:
    """What has come of one host since *begun*, how much is *due* there, and why it *waits*, "" where it does not."""

    begun: float
    done: int = 0
    last: str = ""
    told: int = 0
    due: int = 0
    waits: str = ""

    def a_minute(self, now: float) -> float:
        return self.done * 60 / max(now - self.begun, 1.0)

    def doing(self, now: float) -> str:
        """That it waits, or how fast it goes and what came last."""
        if self.waits:
            return self.waits
        speed = f"{self.a_minute(now):,.0f} a minute"
        return f"{speed}, last {self.last}" if self.last else speed


@dataclass(slots=True)
class _Hosts:
    """Hosts by name, with the reasons of trouble: one that comes again and again is told once."""

    by_name: dict[str, _Host] = field(default_factory=dict)
    alike: Counter[str] = field(default_factory=Counter)

    def take(self, event: "Event", now: float) -> None:
        from ..urls import host

        one = self.by_name.setdefault(host(event.url), _Host(begun=now))
        one.done += event.outcome not in _NO_PAGE
        one.last = event.outcome

    def look(self, ahead: "Mapping[str, Ahead]", now: float) -> None:
        for name in ahead:
            self.by_name.setdefault(name, _Host(begun=now))
        for name, one in self.by_name.items():
            left = ahead.get(name)
            one.due, one.waits = (left.due, left.waits) if left else (0, "")

    def is_news(self, event: "Event") -> bool:
        if event.outcome not in TROUBLE:
            return False
        self.alike[event.detail] += 1
        return self.alike[event.detail] == 1

    def repeated(self) -> Iterable[str]:
        return (f"{count - 1} more like it: {reason}" for reason, count in self.alike.items() if count > 1)


class Told:
    """A line for each host every 30 seconds, and one for each new kind of trouble; to a log, each as a JSON object."""

    def __init__(self, look: Look, clock: Callable[[], float], *, is_log: bool = False, says_all: bool = False) -> None:
        self._look = look
        self._clock = clock
        self._is_log = is_log
        self._says_all = says_all
        self._hosts = _Hosts()
        self._next = clock() + INTERVAL_S

    def __call__(self, event: "Event") -> None:
        """Takes a capture in, and says at once what is new trouble."""
        self._hosts.take(event, self._clock())
        is_news = self._hosts.is_news(event)
        if self._is_log:
            logged("capture", asdict(event))
        elif is_news or self._says_all:
            note(_line(event))
        self.tick()

    def tick(self) -> None:
        """Says or draws how far each host is, where it is time for that."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + INTERVAL_S
        self._hosts.look(self._look(self._hosts.by_name), now)
        for name, one in self._hosts.by_name.items():
            if one.done != one.told or one.due or one.waits:
                one.told = one.done
                self._tell(name, one, now)

    def say(self, line: str) -> None:
        """Says *line*."""
        note(line)

    def close(self) -> None:
        """Says how often a reason came again that was told once."""
        if not self._says_all and not self._is_log:
            for line in self._hosts.repeated():
                note(line)

    def _tell(self, name: str, one: _Host, now: float) -> None:
        if self._is_log:
            values = {"host": name, "done": one.done, "due": one.due, "a_minute": round(one.a_minute(now), 1)}
            logged("progress", {**values, "last": one.last, "waits": one.waits})
        else:
            note(f"{name}: {one.done:,} of {one.done + one.due:,}, {one.doing(now)}")


class Bars:
    """A bar for each host on the terminal, drawn at most four times a second; trouble is said above them."""

    def __init__(self, look: Look, clock: Callable[[], float], *, says_all: bool = False) -> None:
        from rich.console import Console
        from rich.live import Live

        self._look = look
        self._clock = clock
        self._says_all = says_all
        self._hosts = _Hosts()
        self._next = self._next_look = clock()
        self._live = Live(
            console=Console(file=sys.stderr, highlight=False, markup=False, emoji=False),
            auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False,
        )  # fmt: skip

    def __call__(self, event: "Event") -> None:
        """Takes a capture in, and says at once what is new trouble."""
        self._hosts.take(event, self._clock())
        if self._hosts.is_news(event) or self._says_all:
            self.say(_line(event))
        self.tick()

    def tick(self) -> None:
        """Says or draws how far each host is, where it is time for that."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + _FRAME_S
        if now >= self._next_look:
            self._next_look = now + _LOOK_S
            self._hosts.look(self._look(self._hosts.by_name), now)
        if not self._hosts.by_name:
            return
        if not self._live.is_started:
            self._live.start()
        self._live.update(self._table(now), refresh=True)

    def say(self, line: str) -> None:
        """Says *line*."""
        # Not wrapped: a terminal does that itself, and what is copied from it stays one line.
        self._live.console.print(told(line), soft_wrap=True)

    def close(self) -> None:
        """Says how often a reason came again that was told once."""
        if self._live.is_started:
            self._live.stop()
        if not self._says_all:
            for line in self._hosts.repeated():
                note(line)

    def _table(self, now: float) -> "Table":
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 1))
        rows = sorted(self._hosts.by_name.items(), key=lambda row: (-(row[1].due > 0), -row[1].done, row[0]))
        for name, one in rows[:_HOSTS]:
            whole = one.done + one.due
            bar = ProgressBar(total=max(whole, 1), completed=one.done if whole else 1, width=_BAR)
            said = Text(told(one.doing(now)))
            said.truncate(_SAID, overflow="ellipsis")
            table.add_row(Text(told(name)), bar, Text(f"{one.done:,}/{whole:,}", justify="right"), said)
        others = [one for _, one in rows[_HOSTS:]]
        if others:
            done, due = sum(one.done for one in others), sum(one.due for one in others)
            table.add_row(Text(f"and {len(others):,} more"), Text(""), Text(f"{done:,}/{done + due:,}"), Text(""))
        return table


class OneLine:
    """Progress on a terminal: one line that is written over, at most once a second. Nothing where stderr is none."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._at = time.monotonic()
        self._width = 0

    def __call__(self, what: str, done: int, of: int) -> None:
        """Says how many steps of how many are done."""
        if not self._is_shown or time.monotonic() - self._at < _LOOK_S:
            return
        self._at = time.monotonic()
        line = f"{what}: {done:,} of {of:,}"
        click.echo(f"\r{line.ljust(self._width)}", err=True, nl=False)
        self._width = len(line)

    def end(self) -> None:
        """Takes the line away."""
        if self._width:
            click.echo(f"\r{' ' * self._width}\r", err=True, nl=False)


def _line(event: "Event") -> str:
    return f"{event.outcome:12} {event.url}{': ' + event.detail if event.detail else ''}"


def told(text: str) -> str:
    """*text* as one line that a terminal does not obey, wherever it is shown in the end."""
    return printable(text).replace("\n", " ").replace("\t", " ")
