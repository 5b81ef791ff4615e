"""One run of a benchmark: where it works, what it is given, and what it has found so far."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from . import peers
from .measure import Cost, alternated, run
from .origin import Origin

BARE, AT_ONCE = "--no-parse", "--connections"


@dataclass(kw_only=True)
class Bench:
    """*origin* serves the site, *folder* is for scratch; *options* are those that `fonds crawl` knows in this tree.

    *costs* are by measure and contestant, in the order of the rounds; *answers* are how many of each status the origin
    gave to each in its last round; *notes* are what else the reader of the report should know.
    """

    origin: Origin
    folder: Path
    rounds: int
    scrapy_python: str
    options: frozenset[str]
    costs: dict[str, dict[str, list[Cost]]] = field(default_factory=dict)
    answers: dict[str, dict[str, Counter[int]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def crawl_options(self, *, connections: int) -> list[str]:
        """What `fonds crawl` is told for a crawl that keeps pages unread, as far as this tree knows the options."""
        wanted = {BARE: [BARE], AT_ONCE: [AT_ONCE, str(connections)]}
        for name in wanted:
            if name not in self.options:
                self.note(f"this fonds has no {name}: it ran without")
        return [word for name, words in wanted.items() if name in self.options for word in words]

    def note(self, line: str) -> None:
        """Adds *line* to the notes, once."""
        if line not in self.notes:
            self.notes.append(line)

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        """An empty folder, removed afterwards."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)

    def measure(self, measure: str, contestants: Mapping[str, Callable[[], Cost]]) -> dict[str, list[Cost]]:
        """The costs of *contestants*, alternated in as many rounds as this run has; they are kept under *measure*."""
        answers = self.answers[measure] = {}

        def counted(name: str) -> Cost:
            self.origin.answered()
            cost = contestants[name]()
            answers[name] = self.origin.answered()
            return cost

        costs = alternated({name: partial(counted, name) for name in contestants}, self.rounds)
        self.costs[measure] = costs
        return costs

    def run(self, command: list[str], folder: Path, *, allowed: tuple[int, ...] = (0, 1)) -> Cost:
        """The cost of *command*, run in *folder*. Ends the benchmark where its exit code is not one of *allowed*."""
        environment = peers.environment() | {"XDG_CONFIG_HOME": str(self.folder / "config")}  # where keys go
        cost = run(command, folder=folder, environment=environment)
        if cost.code not in allowed:
            said = (folder / "err.txt").read_text(encoding="utf-8", errors="replace")[-2000:].strip()
            raise SystemExit(f"{' '.join(command)}: ended with {cost.code}: {said}")
        return cost
