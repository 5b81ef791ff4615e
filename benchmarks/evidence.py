"""What evidence costs: `make bench-evidence`.

Crawls the site of `make bench-crawl` with the log and without it, in alternated rounds, and verifies an archive of
10,000 captures with 1 GB of bodies. CPU seconds of whole processes, start and imports included.
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from parsers.record import Block, Record
from scraper.archive import Archive
from scraper.capture import Capture
from scraper.diff import diff
from scraper.log import new_key

from . import peers, site
from .bench import Bench
from .crawl import CONNECTIONS, UNCHANGED
from .measure import Cost
from .origin import Origin, is_installed
from .report import Claim, Goal, markdown, table

OVERHEAD = "CPU of the log, share of a crawl"
CRAWL = Goal(measure=f"{OVERHEAD} that reads its pages", bound="at most", must=0.05, aim=0.03, unit="share")
BARE_CRAWL = Goal(measure=f"{OVERHEAD} that keeps them unread", bound="at most", must=0.05, aim=0.03, unit="share")
AGAIN = Goal(measure=f"{OVERHEAD} of {UNCHANGED} unchanged pages", bound="at most", must=0.05, aim=0.03, unit="share")
VERIFY_S = Goal(measure="verify: CPU s for 10,000 captures, 1 GB", bound="at most", must=60, aim=20, unit="s")
VERIFY_MB = Goal(measure="verify: peak memory", bound="at most", must=200, aim=100, unit="MB")
BACKUP_S = Goal(measure="backup of them, verified: CPU s", bound="at most", must=60, aim=20, unit="s")
SINCE_S = Goal(
    measure="verify --since the checkpoint before the last 100 captures", bound="at most", must=2, aim=1, unit="s"
)
ONE_S = Goal(measure="verify --capture", bound="at most", must=2, aim=0.5, unit="s")

_PAGES, _REVISIONS, _PARAGRAPHS, _LATE = 1000, 10, 130, 100
_BEGUN = datetime(2024, 1, 1, tzinfo=UTC)


def overheads(bench: Bench) -> Iterator[Claim]:
    """Each kind of crawl with and without the log."""
    bare = bench.crawl_options(connections=CONNECTIONS)
    reading = [word for word in bare if word != "--no-parse"]
    for goal, options in ((BARE_CRAWL, bare), (CRAWL, reading)):
        costs = bench.measure(
            goal.measure, {name: partial(_first, bench, name, options) for name in ("with", "without")}
        )
        yield _share(goal, costs)
    folders = {name: bench.folder / f"again-{name}" for name in ("with", "without")}
    pages = [f"{bench.origin.base}{site.report(number)}" for number in range(1, UNCHANGED + 1)]
    for name, folder in folders.items():
        folder.mkdir()
        peers.write_source(folder, bench.origin, seeds=pages, depth=0)
        bench.run([*_program(name, folder), "crawl", *reading], folder)
    again = {
        name: partial(bench.run, [*_program(name, folder), "crawl", *reading], folder)
        for name, folder in folders.items()
    }
    yield _share(AGAIN, bench.measure(AGAIN.measure, again))


def _first(bench: Bench, name: str, options: list[str]) -> Cost:
    with bench.workplace() as folder:
        peers.write_source(folder, bench.origin, seeds=[f"{bench.origin.base}/"], depth=20)
        return bench.run([*_program(name, folder), "crawl", *options], folder)


def _program(name: str, folder: Path) -> list[str]:
    start = [sys.executable, "-m", "benchmarks.unlogged"] if name == "without" else [peers.fonds(folder)[0]]
    return [*start, *peers.fonds(folder)[1:]]


def _share(goal: Goal, costs: Mapping[str, list[Cost]]) -> Claim:
    """By the least of all rounds, which other work on the machine has the least part in."""
    ours, bare = (min(cost.cpu_s for cost in costs[name]) for name in ("with", "without"))
    middle = median(cost.cpu_s for cost in costs["with"]) / median(cost.cpu_s for cost in costs["without"]) - 1
    return Claim(
        goal=goal, value=(ours - bare) / ours, basis=f"{ours:.3f} CPU s against {bare:.3f}; medians {middle:+.1%}"
    )


def verifying(bench: Bench) -> Iterator[Claim]:
    """A large archive verified whole, since a checkpoint, and one capture of it."""
    folder = bench.folder / "large"
    folder.mkdir()
    # In another process: less than this one has itself is never told of the memory of those that it starts.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        size = apart.submit(make_large, folder / peers.ARCHIVE).result()
    commands = {"all": [], "since": ["--since", str(size)], "capture": ["--capture", "5000"]}
    command = [*peers.fonds(folder), "verify", "--format", "json"]
    costs = bench.measure(
        "verify", {name: partial(bench.run, [*command, *rest], folder, allowed=(0,)) for name, rest in commands.items()}
    )
    bytes_ = (folder / peers.ARCHIVE).stat().st_size
    basis = f"an archive of {bytes_ / 1e6:,.0f} MB; wall {median(cost.wall_s for cost in costs['all']):.1f} s"
    yield Claim(goal=VERIFY_S, value=median(cost.cpu_s for cost in costs["all"]), basis=basis)
    yield Claim(goal=VERIFY_MB, value=max(cost.peak_mb for cost in costs["all"]), basis="the greatest of all rounds")
    copies = bench.measure("backup", {"all": partial(bench.run, [*peers.fonds(folder), "backup", "copy.db"], folder)})
    basis = f"wall {median(cost.wall_s for cost in copies['all']):.1f} s"
    yield Claim(goal=BACKUP_S, value=median(cost.cpu_s for cost in copies["all"]), basis=basis)
    yield Claim(goal=SINCE_S, value=median(cost.cpu_s for cost in costs["since"]), basis=f"since leaf {size:,}")
    yield Claim(goal=ONE_S, value=median(cost.cpu_s for cost in costs["capture"]), basis="capture 5,000")


def make_large(path: Path) -> int:
    """An archive of 1,000 pages with ten revisions each; gives the size of the checkpoint before the last captures."""
    lot = random.Random(1)  # noqa: S311 -- the same each time
    words = [f"{''.join(lot.choices('abcdefghijklmnopqrstuvwxyz', k=lot.randint(2, 9)))}" for _ in range(4000)]
    early = 0
    with Archive(path, create=True) as archive:
        archive.adopt_key(new_key(), _BEGUN)
        pages = [[_paragraph(lot, words) for _ in range(_PARAGRAPHS)] for _ in range(_PAGES)]
        for number in range(_PAGES * _REVISIONS):
            page, at = number % _PAGES, _BEGUN + timedelta(minutes=number)
            pages[page][lot.randrange(_PARAGRAPHS)] = _paragraph(lot, words)
            if number == _PAGES * _REVISIONS - _LATE:
                made = archive.checkpoint(at)
                early = made.size if made else 0
            _store(archive, f"https://example.org/{page}", pages[page], at)
        archive.checkpoint(_BEGUN + timedelta(days=30))
    return early


def _store(archive: Archive, url: str, paragraphs: list[str], at: datetime) -> None:
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs).encode()
    fetched = Capture(
        url=url, captured_at=at, outcome="fetched", status=200, content_type="text/html", body=body,
        wire_bytes=len(body),
        response_head=f"HTTP/1.1 200 OK\r\nDate: {at}\r\n\r\n".encode(), address="192.0.2.1:443",
    )  # fmt: skip
    blocks = tuple(Block(kind="paragraph", text=paragraph) for paragraph in paragraphs)
    record = Record(url=url, media_type="text/html", layout="made", revision=1, title=url, blocks=blocks)
    with archive.transaction():
        page_id = archive.page_of(fetched, "made")
        number = archive.store_capture(fetched, page_id=page_id)
        archive.store_record(record, capture_id=number, page_id=page_id)
        archive.update_history(page_id, diff)


def _paragraph(lot: random.Random, words: list[str]) -> str:
    return " ".join(lot.choices(words, k=120))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="how often each contestant runs [9]")
    parser.add_argument("--only", nargs="+", choices=["crawl", "verify"], default=["crawl", "verify"])
    return parser.parse_args()


def main() -> None:
    """Measures and prints the tables."""
    chosen = _arguments()
    if not is_installed():
        raise SystemExit("nginx: not installed, nothing can be served: make system")
    with tempfile.TemporaryDirectory(prefix="fonds-bench-") as name:
        folder = Path(name)
        os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
        origin = Origin(folder / "site", folder / "run")
        site.write(folder / "site", origin.base)
        claims: list[Claim] = []
        with origin:
            bench = Bench(
                origin=origin, folder=folder, rounds=chosen.rounds, scrapy_python=sys.executable,
                options=peers.fonds_options(),
            )  # fmt: skip
            claims += overheads(bench) if "crawl" in chosen.only else ()
            bench.rounds = 3
            claims += verifying(bench) if "verify" in chosen.only else ()
    rows = [
        (measure, name, *(f"{figure:.3f}" for figure in _figures(costs)))
        for measure, found in bench.costs.items()
        for name, costs in found.items()
    ]
    sys.stdout.write(f"{table(claims)}\n{markdown(('measure', 'log', 'median CPU s', 'least', 'most'), rows)}")


def _figures(costs: list[Cost]) -> tuple[float, float, float]:
    cpu_s = [cost.cpu_s for cost in costs]
    return median(cpu_s), min(cpu_s), max(cpu_s)


if __name__ == "__main__":
    main()
