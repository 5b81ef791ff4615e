"""The numbers of fetch and crawl, peers side by side: `make bench-crawl`.

Serves a generated site on 127.0.0.1, crawls it with fonds, Scrapy and wget in alternated rounds, and prints a Markdown
table of what was claimed and what was measured. All that was measured goes to a JSON file besides. Whole processes are
measured, start and imports included, in CPU seconds: those mean something on a machine that does other work too.
"""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median

from . import peers, site
from .bench import AT_ONCE, BARE, Bench
from .measure import Cost, greatest_peak, median_cpu
from .origin import HOSTS, Origin, is_installed
from .report import Claim, Goal, cpu_claim, markdown, result, table
from .rooms import shares

CONNECTIONS, MANY_CONNECTIONS = 16, 64
UNCHANGED = 250
BOMB_BYTES = 200_000_000
CAP_MB = 50.0  # the default bound on a decoded body
_WGET_HAD_ERRORS = 8  # its exit code where any answer was 4xx or 5xx
_PARSING = "fonds, parsing"
_CACHE, _CACHE_KEPT = "Scrapy, cache", "Scrapy, cache and SQLite"

AGAINST_SCRAPY = Goal(measure="first crawl, Scrapy's CPU over ours", bound="at least", must=2.5, aim=4.0)
AGAINST_WGET = Goal(measure="first crawl, our CPU over wget's", bound="at most", must=2.0, aim=1.2)
PEAK = Goal(measure=f"peak memory at {CONNECTIONS} connections", bound="at most", must=100, aim=70, unit="MB")
UNCHANGED_AGAINST_SCRAPY = Goal(
    measure=f"{UNCHANGED} unchanged pages again, Scrapy's CPU over ours", bound="at least", must=5.0, aim=10.0
)
AT_MANY = Goal(
    measure=f"CPU a page at {MANY_CONNECTIONS} connections over that at {CONNECTIONS}", bound="at most", must=1.3,
    aim=1.1,
)  # fmt: skip
BOMB = Goal(measure="memory growth on a bomb of 200 MB, over the cap", bound="at most", must=2.0, aim=1.3)


def first_crawl(bench: Bench) -> list[Claim]:
    """The whole site by its links, from the home page into an archive."""
    bare = bench.crawl_options(connections=CONNECTIONS)
    contestants = [
        peers.fonds_peer("fonds", bare),
        peers.scrapy_peer(bench.scrapy_python),
        peers.wget_peer(),
        peers.fonds_peer(_PARSING, [word for word in bare if word != BARE]),
    ]
    trouble = {peer.name: f"{peer.name}: {peer.missing}" for peer in contestants if peer.missing}

    def crawl(peer: peers.Peer) -> Cost:
        with bench.workplace() as folder:
            cost = bench.run(peer.command(bench.origin, folder), folder, allowed=(0, 1, _WGET_HAD_ERRORS))
            if difference := peer.difference(folder):
                trouble[peer.name] = difference
        return cost

    costs = bench.measure("first crawl", {peer.name: partial(crawl, peer) for peer in contestants if not peer.missing})
    for line in trouble.values():
        bench.note(line)
    return [
        _claim_against(AGAINST_SCRAPY, "Scrapy", costs, trouble),
        _claim_against(AGAINST_WGET, "wget", costs, trouble),
        Claim(goal=PEAK, value=greatest_peak(costs["fonds"]), basis=f"the greatest of {bench.rounds} crawls"),
    ]


def _claim_against(goal: Goal, peer: str, costs: Mapping[str, list[Cost]], trouble: Mapping[str, str]) -> Claim:
    """Only who kept the same is compared."""
    if why := trouble.get("fonds") or trouble.get(peer):
        return Claim(goal=goal, value=None, basis=why)
    return cpu_claim(goal, ours=median_cpu(costs["fonds"]), theirs=median_cpu(costs[peer]))


def unchanged_pages(bench: Bench) -> list[Claim]:
    """Pages asked for again on condition, none of which changed; the crawl that got them first is not counted.

    Scrapy runs twice: with its cache alone, and with a row in SQLite for each answer as in the first crawl. The claim
    is against the first, which does less than fonds, to which each answer is a capture to keep.
    """
    pages = [f"{bench.origin.base}{site.report(number)}" for number in range(1, UNCHANGED + 1)]
    ours = bench.folder / "again"
    ours.mkdir()
    peers.write_source(ours, bench.origin, seeds=pages, depth=0)
    commands = {"fonds": ([*peers.fonds(ours), "crawl", *bench.crawl_options(connections=CONNECTIONS)], ours)}
    missing = peers.scrapy_peer(bench.scrapy_python).missing
    for name, spider in () if missing else ((_CACHE, "scrapy_again.py"), (_CACHE_KEPT, "scrapy_again_archive.py")):
        folder = bench.folder / spider.removesuffix(".py")
        folder.mkdir()
        (folder / "pages.txt").write_text("\n".join(pages), encoding="utf-8")
        commands[name] = ([*peers.scrapy(bench.scrapy_python, spider), "-a", "pages=pages.txt"], folder)
    for command, folder in commands.values():
        bench.run(command, folder)
    measure = f"{UNCHANGED} unchanged pages"
    costs = bench.measure(measure, {name: partial(bench.run, *command) for name, command in commands.items()})
    for name, answers in bench.answers[measure].items():
        if answers[304] < UNCHANGED:
            raise SystemExit(f"{name}: {answers[304]} answers were 304 Not Modified, expected {UNCHANGED}")
    if missing:
        return [Claim(goal=UNCHANGED_AGAINST_SCRAPY, value=None, basis=f"Scrapy: {missing}")]
    return [cpu_claim(UNCHANGED_AGAINST_SCRAPY, ours=median_cpu(costs["fonds"]), theirs=median_cpu(costs[_CACHE]))]


def many_connections(bench: Bench) -> list[Claim]:
    """The reports of one list on each of 64 hosts, one connection to a host; the cost of a start is taken off."""
    if AT_ONCE not in bench.options:
        return [Claim(goal=AT_MANY, value=None, basis=f"this fonds has no {AT_ONCE}")]

    def crawl(seeds: list[str], *, depth: int, connections: int) -> Cost:
        with bench.workplace() as folder:
            peers.write_source(folder, bench.origin, seeds=seeds, depth=depth, include=("*/report/*",))
            options = bench.crawl_options(connections=connections)
            return bench.run([*peers.fonds(folder), "crawl", *options], folder)

    lists = peers.lists_of_hosts(bench.origin)
    few, many, start = (f"{CONNECTIONS} connections", f"{MANY_CONNECTIONS} connections", "one page")
    measure = f"{HOSTS} hosts"
    costs = bench.measure(
        measure,
        {
            few: partial(crawl, lists, depth=1, connections=CONNECTIONS),
            many: partial(crawl, lists, depth=1, connections=MANY_CONNECTIONS),
            start: partial(crawl, [f"{bench.origin.base}{site.report(1)}"], depth=0, connections=CONNECTIONS),
        },
    )
    pages = HOSTS * (1 + site.REPORTS_A_LIST)
    for name in (few, many):
        # Each host has a robots.txt besides.
        if (found := bench.answers[measure][name][200] - HOSTS) != pages:
            raise SystemExit(f"fonds, {name}: found {found} pages on {HOSTS} hosts, expected {pages}")
    few_ms, many_ms = ((median_cpu(costs[name]) - median_cpu(costs[start])) / pages * 1000 for name in (few, many))
    basis = f"{many_ms:.2f} CPU ms a page against {few_ms:.2f}, {pages:,} pages"
    return [Claim(goal=AT_MANY, value=many_ms / few_ms, basis=basis)]


def bombs(bench: Bench) -> list[Claim]:
    """Memory of `fonds get` on a page that unpacks to 200 MB, against that on a usual page."""
    usual, bombs = "a usual page", {"zeros": "/zeros.html", "a frame repeated": "/frame.html"}
    address = bench.origin.base.removeprefix("http://")

    def get(path: str) -> Cost:
        with bench.workplace() as folder:
            command = [*peers.fonds(folder), "get", f"{bench.origin.base}{path}", "--allow-address", address]
            return bench.run(command, folder)

    paths = {usual: site.listing(1), **bombs}
    costs = bench.measure("a bomb", {name: partial(get, path) for name, path in paths.items()})
    peaks = {name: median(cost.peak_mb for cost in found) for name, found in costs.items()}
    worst = max(bombs, key=lambda name: peaks[name])
    basis = f"{worst}: {peaks[worst]:.0f} MB against {peaks[usual]:.0f} for {usual}; the cap is {CAP_MB:.0f} MB"
    return [Claim(goal=BOMB, value=(peaks[worst] - peaks[usual]) / CAP_MB, basis=basis)]


def profile(bench: Bench) -> dict[str, float]:
    """CPU seconds of a full crawl with parsing by part of the program, from one run that is looked at."""
    options = [word for word in bench.crawl_options(connections=CONNECTIONS) if word != BARE]
    with bench.workplace() as folder:
        peers.write_source(folder, bench.origin, seeds=[f"{bench.origin.base}/"], depth=20)
        arguments = [*peers.fonds(folder)[1:], "crawl", *options]
        bench.run([sys.executable, "-m", "benchmarks.rooms", "rooms.json", *arguments], folder)
        rooms: dict[str, float] = json.loads((folder / "rooms.json").read_text(encoding="utf-8"))
    return rooms


MEASURES: Mapping[str, Callable[[Bench], list[Claim]]] = {
    "first": first_crawl,
    "again": unchanged_pages,
    "many": many_connections,
    "bombs": bombs,
}


def report(bench: Bench, claims: list[Claim], rooms: Mapping[str, float]) -> str:
    """The Markdown of all that was found."""
    parts = [table(claims)]
    for measure, contestants in bench.costs.items():
        columns = (measure, "CPU s", "least", "most", "wall s", "peak MB", "answers")
        parts.append(
            markdown(
                columns, [_cost_row(name, costs, bench.answers[measure][name]) for name, costs in contestants.items()]
            )
        )
    if rooms:
        total = sum(rooms.values())
        spent = [(part, f"{cpu_s:.2f}", f"{cpu_s / total:.0%}") for part, cpu_s in shares(rooms).items()]
        parts.append(markdown(("crawl with parsing", "CPU s", "share"), spent))
    parts.append("".join(f"- {note}\n" for note in bench.notes))
    return "\n".join(filter(None, parts))


def _cost_row(name: str, costs: list[Cost], answers: Counter[int]) -> tuple[str, ...]:
    cpu_s = sorted(cost.cpu_s for cost in costs)
    figures = (median(cpu_s), cpu_s[0], cpu_s[-1])
    wall_s, peak_mb = median(cost.wall_s for cost in costs), greatest_peak(costs)
    return name, *(f"{figure:.2f}" for figure in figures), f"{wall_s:.1f}", f"{peak_mb:.0f}", f"{answers.total()}"


def _machine(scrapy_python: str) -> dict[str, object]:
    return {
        "python": platform.python_version(), "fonds": version("fonds"), "scrapy": peers.scrapy_version(scrapy_python),
        "cores": os.cpu_count(), "system": platform.platform(), "load": os.getloadavg(),
    }  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crawl", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each contestant runs [5]")
    parser.add_argument("--only", nargs="+", choices=[*MEASURES, "profile"], help="measures nothing else")
    parser.add_argument("--result", type=Path, default=Path("benchmarks/crawl.json"), help="where the JSON goes")
    parser.add_argument(
        "--scrapy-python", default=os.environ.get("SCRAPY_PYTHON") or sys.executable,
        help="the Python that has Scrapy [$SCRAPY_PYTHON, else this one]",
    )  # fmt: skip
    return parser.parse_args()


def main() -> None:
    """Measures, prints the table, writes the result."""
    chosen = _arguments()
    # Leaves by way of all that is entered, so that neither the server nor the folder stays behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if not is_installed():
        raise SystemExit("nginx: not installed, nothing can be served: make system")
    wanted = chosen.only or [*MEASURES, "profile"]
    machine = _machine(chosen.scrapy_python)
    with tempfile.TemporaryDirectory(prefix="fonds-bench-") as name:
        folder = Path(name)
        origin = Origin(folder / "site", folder / "run")
        site.write(folder / "site", origin.base)
        site.write_bombs(folder / "site", BOMB_BYTES)
        with origin:
            bench = Bench(
                origin=origin, folder=folder, rounds=chosen.rounds, scrapy_python=chosen.scrapy_python,
                options=peers.fonds_options(),
            )  # fmt: skip
            claims = [claim for name, measure in MEASURES.items() if name in wanted for claim in measure(bench)]
            rooms = profile(bench) if "profile" in wanted else {}
    sys.stdout.write(report(bench, claims, rooms))
    chosen.result.write_text(
        result(claims, {"machine": machine, "costs": bench.costs, "answers": bench.answers, "rooms": rooms,
                        "notes": bench.notes, "load_after": os.getloadavg()}),
        encoding="utf-8",
    )  # fmt: skip


if __name__ == "__main__":
    main()
