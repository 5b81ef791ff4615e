"""How well and how fast reports are read from pages, peers side by side: `make bench-extraction`.

Reads pages with gold text (`--data`), each system in fresh processes that alternate, and prints a Markdown table of
what is claimed and what was measured. Scores are of all pages; speed, its tail and memory of the pages of one set, in
CPU time, which means something on a machine that does other work too.
"""

import argparse
import gc
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import NamedTuple

from .extractors import EXTRACTORS
from .measure import alternated
from .pages import Sample, samples
from .report import Claim, Goal, markdown, result, table
from .scores import Scores, scores

OURS, TIMED = "fonds", "scrapinghub"
_WARM_UP = 5
_ALL = "all pages"
_MEASURES = ("shingle_f1", "exact", "token_f1", "title", "date", "date_silent", "authors")


class Cost(NamedTuple):
    """What reading a set cost: pages a CPU second, milliseconds a page at the 50th and 99th percentile, MB of memory.

    *memory_mb* is how far the greatest memory rose above that of the process with all pages loaded, imports included.
    """

    pages_per_s: float
    p50_ms: float
    p99_ms: float
    memory_mb: float


class Target(NamedTuple):
    """What is claimed of a measure on the pages of a kind in a set."""

    set: str
    kind: str
    measure: str
    must: float
    aim: float


TARGETS = (
    Target("scrapinghub", _ALL, "shingle_f1", 0.965, 0.980),
    Target("scrapinghub", _ALL, "exact", 0.33, 0.45),
    Target("wcxb-dev", "article", "token_f1", 0.958, 0.970),
    Target("wcxb-dev", "documentation", "token_f1", 0.965, 0.98),
    Target("wcxb-dev", _ALL, "token_f1", 0.885, 0.905),
    Target("fundus", _ALL, "token_f1", 0.958, 0.970),
    Target("wcxb-dev", _ALL, "title", 0.80, 0.85),
    Target("fundus", _ALL, "title", 0.82, 0.88),
    Target("wcxb-dev", _ALL, "date", 0.86, 0.90),
    Target("fundus", _ALL, "date", 0.97, 0.98),
    Target("wcxb-dev", _ALL, "date_silent", 0.85, 0.95),
    Target("wcxb-dev", _ALL, "authors", 0.70, 0.80),
    Target("fundus", _ALL, "authors", 0.82, 0.90),
)
SPEED = Goal(measure="pages a CPU second, over trafilatura's", bound="at least", must=10, aim=15)
LEVEL = Goal(measure="pages a CPU second, over resiliparse's", bound="at least", must=0, aim=1)
TAIL = Goal(measure="99th percentile of a page", bound="at most", must=15, aim=10, unit="ms")
MEMORY = Goal(measure="memory over the loaded pages", bound="at most", must=25, aim=25, unit="MB")


def scored(name: str, folder: Path) -> dict[str, Scores]:
    """The scores of a system on the set in *folder*, by kind of page and for all."""
    extract = EXTRACTORS[name]()
    pairs = [(page.gold, extract(page.html, page.url)) for page in samples(folder)]
    kinds = sorted({gold.kind for gold, _ in pairs if gold.kind})
    found = {kind: scores([pair for pair in pairs if pair[0].kind == kind]) for kind in kinds}
    return {_ALL: scores(pairs), **found}


def timed(name: str, folder: Path) -> Cost:
    """What a system costs on the pages in *folder*; imports count as memory, not as time, nor do five first pages."""
    pages = list(samples(folder))
    before = _peak_mb()
    extract = EXTRACTORS[name]()
    for page in pages[:_WARM_UP]:
        extract(page.html, page.url)
    gc.collect()
    gc.freeze()  # what the benchmark holds is no work of theirs
    spent = sorted(_cpu_s(extract, page) for page in pages)
    return Cost(
        pages_per_s=len(pages) / sum(spent),
        p50_ms=spent[len(spent) // 2] * 1000,
        p99_ms=spent[int(len(spent) * 0.99)] * 1000,
        memory_mb=_peak_mb() - before,
    )


def _cpu_s(extract: Callable[[bytes, str], object], page: Sample) -> float:
    begun = time.process_time()
    extract(page.html, page.url)
    return time.process_time() - begun


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _child(task: str, name: str, folder: Path) -> dict[str, dict[str, float]]:
    """What a task gives in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.extraction",
        "--data",
        str(folder.parent),
        "--child",
        task,
        name,
        folder.name,
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603 -- ourselves
    if done.returncode:
        raise SystemExit(f"{name}: {task} on {folder.name} ended with exit code {done.returncode}")
    return dict(json.loads(done.stdout))


def _answer(task: str, name: str, folder: Path) -> str:
    if task == "time":
        return json.dumps({_ALL: timed(name, folder)._asdict()})
    return json.dumps({kind: asdict(found) for kind, found in scored(name, folder).items()})


def quality_claims(found: Mapping[tuple[str, str], Mapping[str, Mapping[str, float]]]) -> list[Claim]:
    """A claim for each target whose set was read, with the peers' figures as its basis."""
    claims = []
    for target in TARGETS:
        goal = Goal(
            measure=f"{target.set}, {target.kind}: {target.measure}", bound="at least", must=target.must,
            aim=target.aim, unit="share",
        )  # fmt: skip
        values = {
            name: kinds[target.kind][target.measure]
            for (name, set_name), kinds in found.items()
            if set_name == target.set and target.kind in kinds and kinds[target.kind][target.measure] is not None
        }
        if OURS in values:
            others = ", ".join(f"{name} {value:.3f}" for name, value in values.items() if name != OURS)
            claims.append(Claim(goal=goal, value=values[OURS], basis=others or "no peer measured"))
    return claims


def cost_claims(costs: Mapping[str, Sequence[Cost]]) -> list[Claim]:
    """The claims of speed and memory, by medians of all rounds."""
    middle = {name: Cost(*(median(values) for values in zip(*found, strict=True))) for name, found in costs.items()}
    ours = middle[OURS]
    claims = [
        Claim(
            goal=goal,
            value=ours.pages_per_s / middle[peer].pages_per_s,
            basis=f"{ours.pages_per_s:.0f} pages a CPU second against {middle[peer].pages_per_s:.1f}",
        )
        for goal, peer in ((SPEED, "trafilatura"), (LEVEL, "resiliparse"))
        if peer in middle
    ]
    return [
        *claims,
        Claim(goal=TAIL, value=ours.p99_ms, basis=_others(middle, "p99_ms")),
        Claim(goal=MEMORY, value=ours.memory_mb, basis=_others(middle, "memory_mb")),
    ]


def _others(middle: Mapping[str, Cost], measure: str) -> str:
    return ", ".join(f"{name} {getattr(cost, measure):.1f}" for name, cost in middle.items() if name != OURS)


def _scores_table(found: Mapping[tuple[str, str], Mapping[str, Mapping[str, float]]]) -> str:
    rows = [
        (
            set_name,
            kind,
            name,
            f"{values['pages']:.0f}",
            *("–" if values[one] is None else f"{values[one]:.3f}" for one in _MEASURES),
        )
        for (name, set_name), kinds in sorted(found.items(), key=lambda item: item[0][1])
        for kind, values in kinds.items()
    ]
    return markdown(("set", "pages of", "system", "number", *_MEASURES), rows)


def _costs_table(costs: Mapping[str, Sequence[Cost]]) -> str:
    rows = [(name, *(f"{median(values):.1f}" for values in zip(*found, strict=True))) for name, found in costs.items()]
    return markdown(("system", "pages a CPU s", "p50 ms", "p99 ms", "memory MB"), rows)


def _versions(names: Sequence[str]) -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/extraction"), help="the folder of the sets")
    parser.add_argument("--rounds", type=int, default=3, help="how often each system is timed [3]")
    parser.add_argument(
        "--systems", nargs="+", choices=EXTRACTORS, default=list(EXTRACTORS), help="leaves out the others"
    )
    parser.add_argument("--result", type=Path, default=Path("benchmarks/extraction.json"), help="where the JSON goes")
    parser.add_argument("--child", nargs=3, metavar=("TASK", "SYSTEM", "SET"), help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measures, prints the table, writes the result."""
    chosen = _arguments()
    if chosen.child:
        task, name, set_name = chosen.child
        sys.stdout.write(_answer(task, name, chosen.data / set_name))
        return
    folders = sorted(path.parent for path in chosen.data.glob("*/index.jsonl"))
    if not folders:
        raise SystemExit(f"{chosen.data}: no set of pages there, expected folders with index.jsonl; name one by --data")
    versions = _versions(chosen.systems)
    systems = [name for name in chosen.systems if versions[name]]
    found = {(name, folder.name): _child("score", name, folder) for folder in folders for name in systems}
    claims = quality_claims(found)
    costs: dict[str, list[Cost]] = {}
    if (chosen.data / TIMED) in folders:
        runs = {name: partial(_child, "time", name, chosen.data / TIMED) for name in systems}
        costs = {
            name: [Cost(**one[_ALL]) for one in rounds] for name, rounds in alternated(runs, chosen.rounds).items()
        }
        claims += cost_claims(costs)
    missing = [f"- {name}: not installed, not compared\n" for name in chosen.systems if not versions[name]]
    sys.stdout.write("\n".join([table(claims), _costs_table(costs), _scores_table(found), "".join(missing)]))
    scores_found = {f"{name}, {set_name}": kinds for (name, set_name), kinds in found.items()}
    chosen.result.write_text(
        result(claims, {"versions": versions, "scores": scores_found, "costs": costs}), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
