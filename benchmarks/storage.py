"""How small and how fast bodies are kept, peers side by side: `make bench-storage`.

Keeps series of revisions of real pages in our archive, in rows of SQLite packed alone by zstd, in a WARC file and in
git, each in fresh processes that alternate, reads some at random, compares every one read with what was kept, and
prints a Markdown table of what is claimed and what was measured. Times are CPU seconds.

Series are long as they are found, never made: see `benchmarks/series.py`. Revisions come in the order of a crawl, the
first of every page, then the second of every page. Ours keeps whole captures by `Archive.store_capture`, with digests,
and every body verified; of their size only bodies count, with indexes and second copies. Rows are kept by their number
and nothing else.
"""

import argparse
import json
import os
import platform
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from .measure import alternated
from .report import Claim, Goal, markdown, result, table
from .series import Revision, series
from .stores import STORES, Readable

OURS = "fonds"
_READS = 300
_SETS = ("../shared/data/series/html.db.xz", "../shared/data/series/text.db.xz", "../shared/data/revisions", ".")
AGAINST = {
    "zstd-9": Goal(measure="bytes a capture, over zstd-9 alone", bound="at most", must=0.12, aim=0.10),
    "WARC.gz": Goal(measure="bytes a capture, over WARC.gz", bound="at most", must=0.12, aim=0.10),
    "git gc --aggressive": Goal(
        measure="bytes a capture, over git gc --aggressive", bound="at most", must=1.15, aim=1.0
    ),
}
INGEST = Goal(measure="MB a CPU second kept, over zstd-3's", bound="at least", must=0.5, aim=1.0)
READ = Goal(measure="random read p50, over zstd-3's", bound="at most", must=2.5, aim=2.0)
DEPTH = Goal(measure="bodies decoded before one, at most", bound="at most", must=6, aim=6)


class Cost(NamedTuple):
    """What a set cost a store: bytes a capture, MB a CPU second kept, milliseconds of CPU a read, and the depth."""

    bytes_each: float
    mb_per_s: float
    read_p50_ms: float | None
    read_p99_ms: float | None
    depth: int | None


def measured(name: str, path: Path) -> Cost:
    """What the store *name* makes of the series at *path*, in a folder that is removed."""
    revisions = series(path)
    whole = sum(len(one.body) for one in revisions)
    with tempfile.TemporaryDirectory(prefix="fonds-storage-") as folder:
        store = STORES[name](Path(folder))
        begun = _cpu_s()
        store.write(revisions)
        spent = _cpu_s() - begun
        kept = store.kept()
        reads = sorted(_reads(store, revisions)) if isinstance(store, Readable) else []
    return Cost(
        bytes_each=kept.size / len(revisions),
        mb_per_s=whole / 1e6 / spent,
        read_p50_ms=reads[len(reads) // 2] if reads else None,
        read_p99_ms=reads[int(len(reads) * 0.99)] if reads else None,
        depth=kept.depth,
    )


def _reads(store: Readable, revisions: Sequence[Revision]) -> list[float]:
    """Milliseconds of CPU for each of some reads at random."""
    chance, spent = random.Random(3), []  # noqa: S311 -- the same for all
    for number in chance.choices(range(len(revisions)), k=_READS):
        begun = time.thread_time()
        body = store.read(number)
        spent.append((time.thread_time() - begun) * 1000)
        if body != revisions[number].body:
            raise SystemExit(f"revision {number} was read otherwise than it was kept")
    return spent


def _cpu_s() -> float:
    """CPU seconds of this process and of those it waited for."""
    return sum(os.times()[:4])


def _child(name: str, path: Path) -> Cost:
    """What `measured` gives in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.storage", "--child", name, str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603 -- ourselves
    if done.returncode:
        raise SystemExit(f"{name}: {path.name} ended with exit code {done.returncode}")
    return Cost(*json.loads(done.stdout))


def claims(name: str, found: Mapping[str, Cost]) -> list[Claim]:
    """What is claimed of the set *name*, by the medians of each store."""
    ours = found[OURS]
    told = [
        Claim(
            goal=goal,
            value=ours.bytes_each / found[peer].bytes_each if peer in found else None,
            basis=f"{name}: {ours.bytes_each:,.0f} against {found[peer].bytes_each:,.0f}"
            if peer in found
            else "absent",
        )
        for peer, goal in AGAINST.items()
    ]
    plain = found["zstd-3"]
    ingest = f"{name}: {ours.mb_per_s:.0f} MB a CPU second against {plain.mb_per_s:.0f}"
    read = f"{name}: {ours.read_p50_ms:.3f} ms against {plain.read_p50_ms:.3f}"
    return [
        *told,
        Claim(goal=INGEST, value=ours.mb_per_s / plain.mb_per_s, basis=ingest),
        Claim(goal=READ, value=(ours.read_p50_ms or 0) / (plain.read_p50_ms or 1), basis=read),
        Claim(goal=DEPTH, value=ours.depth, basis=name),
    ]


def _middle(costs: Sequence[Cost]) -> Cost:
    """The medians of *costs*."""
    columns = zip(*costs, strict=True)
    return Cost(*(None if None in values else median(values) for values in columns))


def _costs_table(found: Mapping[str, Mapping[str, Cost]]) -> str:
    columns = ("set", "store", "B a capture", "MB a CPU s", "read p50 ms", "read p99 ms", "depth")
    rows = [
        (
            name, store, f"{cost.bytes_each:,.0f}", f"{cost.mb_per_s:.0f}",
            *("–" if value is None else f"{value:.3f}" for value in (cost.read_p50_ms, cost.read_p99_ms)),
            "–" if cost.depth is None else f"{cost.depth}",
        )
        for name, stores in found.items()
        for store, cost in stores.items()
    ]  # fmt: skip
    return markdown(columns, rows)


def _described(path: Path) -> str:
    revisions = series(path)
    pages, size = len({one.url for one in revisions}), sum(len(one.body) for one in revisions)
    each = sorted(len(one.body) for one in revisions)[len(revisions) // 2]
    return f"{pages} pages, {len(revisions):,} revisions, {size / 1e6:.0f} MB, half of them under {each / 1e3:.0f} KB"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storage", description=__doc__.partition("\n")[0])
    parser.add_argument("--sets", nargs="+", type=Path, default=[Path(one) for one in _SETS], help="series to keep")
    parser.add_argument("--rounds", type=int, default=3, help="how often each store is measured [3]")
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES), help="leaves out the others")
    parser.add_argument("--result", type=Path, default=Path("benchmarks/storage.json"), help="where the JSON goes")
    parser.add_argument("--child", nargs=2, metavar=("STORE", "SET"), help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measures, prints the tables, writes the result."""
    chosen = _arguments()
    if chosen.child:
        name, path = chosen.child
        sys.stdout.write(json.dumps(measured(name, Path(path))))
        return
    paths = [path for path in chosen.sets if path.exists()]
    if not paths:
        raise SystemExit(f"{chosen.sets[0]}: no series there; name one by --sets")
    every: dict[str, dict[str, Cost]] = {}
    told: list[Claim] = []
    lines = []
    for path in paths:
        name = path.name.removesuffix(".db.xz") or "own history"
        runs = {store: partial(_child, store, path) for store in chosen.stores}
        every[name] = {store: _middle(costs) for store, costs in alternated(runs, chosen.rounds).items()}
        lines.append(f"- {name}: {_described(path)}\n")
        if {OURS, "zstd-3"} <= set(every[name]):
            told += claims(name, every[name])
    sys.stdout.write("\n".join([table(told), _costs_table(every), "".join(lines)]))
    versions = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    chosen.result.write_text(result(told, {"versions": versions, "costs": every}), encoding="utf-8")


if __name__ == "__main__":
    main()
