"""How small and how fast versions are kept and asked, peers side by side: `make bench-versions`.

Keeps 100,000 versions of 1,961 made-up pages (`benchmarks/collection.py`) in our archive and as JSON in a column, each
in a process of its own, and asks our archive what people ask: a page as it stood, versions by country and stage, a
phrase with the newest first. Then a process reads while another one keeps captures, as a crawl does, one transaction
each. What was read as of a time is compared between all stores.

Loading is told in CPU seconds, without making the records, which is the same for all; questions in milliseconds of
CPU, the reader beside a writer in milliseconds of time, without those in which it had no processor.
"""

import argparse
import json
import platform
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import NamedTuple

from scraper.archive import Archive
from scraper.capture import Capture
from scraper.loader import load

from .collection import PAGES_TO_100_000, PHRASE, Written, collection, country_of
from .measure import alternated
from .records import STORES, Json, Ours, Store, texts_of_json, texts_of_ours
from .report import Claim, Goal, markdown, result, table

ALONE = "fonds, nobody writing"
OURS, PEER, SEARCHABLE = "fonds", "JSON in a column", "JSON in a column, searchable"
SIZE = Goal(measure="bytes, over JSON in a column", bound="at most", must=0.25, aim=0.2)
LOAD = Goal(measure="versions kept a CPU second, over JSON in a column's", bound="at least", must=3, aim=4)
LOAD_TOO = Goal(measure="the same, where JSON can be searched too", bound="at least", must=3, aim=4)
AS_OF = Goal(measure="a page as of a time, p50", bound="at most", must=0.3, aim=0.15, unit="ms")
FILTER = Goal(measure="versions by country and stage, p50", bound="at most", must=0.3, aim=0.2, unit="ms")
PHRASE_GOAL = Goal(measure="a phrase, newest first, p50", bound="at most", must=5, aim=2, unit="ms")
READER = Goal(measure="reader beside a crawl, p99", bound="at most", must=1, aim=0.5, unit="ms")
ERRORS = Goal(measure="lock errors of that reader", bound="at most", must=0, aim=0)
_READS, _BATCH = 400, 500
_STAGE = "select version_id, seq from stage where country_code = ? and number = ?"
_STAGE_NOW = f"{_STAGE} and until is null"


class Cost(NamedTuple):
    """What a store cost: CPU seconds and seconds to load, bytes, milliseconds of questions, and what was read."""

    cpu_s: float
    wall_s: float
    size: int
    asked: dict[str, tuple[float, float]]
    read: str


class Beside(NamedTuple):
    """What a reader beside a writer met: reads, milliseconds, errors; and what was written meanwhile."""

    reads: int
    p50_ms: float
    p99_ms: float
    most_ms: float
    errors: int
    written: int


def measured(name: str, versions: int) -> Cost:
    """What the store *name* makes of so many versions, in a folder that is removed."""
    with tempfile.TemporaryDirectory(prefix="fonds-versions-") as folder:
        store = STORES[name](Path(folder))
        cpu_s, wall_s = loaded(store, versions)
        asked, read = questions(store, versions)
        return Cost(cpu_s, wall_s, store.size(), asked, read)


def loaded(store: Store, versions: int) -> tuple[float, float]:
    """CPU seconds and seconds that *store* takes to keep so many versions."""
    cpu_s = wall_s = 0.0
    for batch in _batches(collection(versions)):
        for one in batch:
            _ = one.record.digests  # whoever parses a page has these
        store.prepare(batch)
        cpu, wall = time.process_time(), time.perf_counter()
        store.write(batch)
        cpu_s, wall_s = cpu_s + time.process_time() - cpu, wall_s + time.perf_counter() - wall
    cpu, wall = time.process_time(), time.perf_counter()
    store.finish()
    return cpu_s + time.process_time() - cpu, wall_s + time.perf_counter() - wall


def questions(store: Store, versions: int) -> tuple[dict[str, tuple[float, float]], str]:
    """Milliseconds of each question, p50 and p99, and a digest of all texts that were read as of a time."""
    chance, read = random.Random(5), sha256()  # noqa: S311 -- the same for all
    pages = max(1, round(versions * PAGES_TO_100_000 / 100_000))
    times: dict[str, list[float]] = {}

    def ask(name: str, question: Callable[[], object]) -> None:
        begun = time.thread_time()
        found = question()
        times.setdefault(name, []).append((time.thread_time() - begun) * 1000)
        if name == "as of":
            read.update(json.dumps(found).encode())

    for _ in range(_READS):
        page, at = chance.randint(1, pages), f"{chance.randint(2021, 2024)}-0{chance.randint(1, 9)}-15T00:00:00.000000Z"
        ask("as of", lambda page=page, at=at: store.texts(page, at))  # type: ignore[misc]
        if isinstance(store, Ours):
            _ask_ours(store, ask, page, at)
    return {name: _percentiles(values) for name, values in times.items()}, read.hexdigest()


def _ask_ours(store: Ours, ask: Callable[[str, Callable[[], object]], None], page: int, at: str) -> None:
    archive, country = store.archive, country_of(page).iso
    stage = 1 + page % 10
    ask("as of, a record", lambda: archive.record(archive.version(f"{page}@{at[:10]}")))
    ask("country and stage", lambda: store.db.execute(_STAGE, (country, stage)).fetchall())
    ask("country and stage now", lambda: store.db.execute(_STAGE_NOW, (country, stage)).fetchall())
    ask("phrase", lambda: archive.search(f'"{PHRASE}"'))
    ask("phrase, all versions", lambda: archive.search(f'"{PHRASE}"', all_versions=True))


def beside(kind: str, seconds: float, versions: int) -> Beside:
    """What a reader in a process of its own meets while so many *seconds* of captures are written beside it."""
    with tempfile.TemporaryDirectory(prefix="fonds-beside-") as folder:
        store = Json(Path(folder)) if kind == PEER else STORES[OURS](Path(folder))
        loaded(store, versions)
        if isinstance(store, Ours):
            store.archive.close()
            path, write = Path(folder) / "archive.db", _crawling if kind == OURS else _resting
        else:
            store.db.execute("pragma journal_mode = delete")
            store.db.close()
            path, write = Path(folder) / "versions.db", _inserting
        command = [sys.executable, "-m", "benchmarks.versions", "--read", kind, str(path), str(versions), str(seconds)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:  # noqa: S603 -- ourselves
            written = write(path, time.monotonic() + seconds + 1)
            found = json.loads(reader.communicate()[0])
        return Beside(*found, written)


def _crawling(path: Path, end: float) -> int:
    """Keeps captures with what was read of them, as a crawl does; how many."""
    shown: dict[bytes, Written] = {}
    with Archive(path) as archive:
        for number, one in enumerate(collection(100_000)):
            if time.monotonic() > end:
                return number
            body = "\n".join(block.text for block in one.record.blocks).encode() + b"\n%d" % number
            shown[body] = one
            url = f"https://example.org/later/{one.page}"
            made = Capture(
                url=url, captured_at=one.at, outcome="fetched", body=body, status=200, content_type="text/html"
            )
            load(archive, made, source="bench", parse=lambda body, **_: shown[body].record)
    return number


def _resting(_: Path, end: float) -> int:
    """Writes nothing: what a reader meets then is the machine's doing."""
    time.sleep(max(0.0, end - time.monotonic()))
    return 0


def _inserting(path: Path, end: float) -> int:
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        for number, one in enumerate(collection(100_000)):
            if time.monotonic() > end:
                return number
            connection.execute(
                "insert into version (page_id, seq, first_seen, digest, title, record) values (?, ?, '', '', '', ?)",
                (10_000 + one.page, one.seq, one.record.to_json()),
            )
    return number


def _read(kind: str, path: Path, versions: int, seconds: float) -> list[float]:
    """Reads pages as of times for so many *seconds*: how often, p50, p99 and most milliseconds, and errors."""
    chance, times, errors = random.Random(9), [], 0  # noqa: S311
    pages = max(1, round(versions * PAGES_TO_100_000 / 100_000))
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5)
    texts = texts_of_json if kind == PEER else texts_of_ours
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page, begun, queued = chance.randint(1, pages), time.perf_counter(), _queued_ms()
        try:
            texts(connection, page, "2024-01-01T00:00:00.000000Z")
        except sqlite3.OperationalError:
            errors += 1
        times.append((time.perf_counter() - begun) * 1000 - (_queued_ms() - queued))
    return [len(times), *_percentiles(times), max(times), errors]


def _queued_ms() -> float:
    """Milliseconds that this thread was ready to run and had no processor, as Linux counts them."""
    return int(Path("/proc/thread-self/schedstat").read_bytes().split()[1]) / 1e6


def _batches(found: Iterator[Written]) -> Iterator[list[Written]]:
    batch: list[Written] = []
    for one in found:
        batch.append(one)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _percentiles(times: Sequence[float]) -> tuple[float, float]:
    """The 50th and the 99th percentile."""
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]


def claims(costs: dict[str, Cost], readers: dict[str, Beside]) -> list[Claim]:
    """What is claimed, by what was measured."""
    ours, peer, searchable = costs[OURS], costs[PEER], costs[SEARCHABLE]
    reader = readers[OURS]
    theirs = readers[PEER]
    told = [
        Claim(
            goal=SIZE, value=ours.size / peer.size, basis=f"{ours.size / 1e6:,.0f} MB against {peer.size / 1e6:,.0f}"
        ),
        *(
            Claim(goal=goal, value=other.cpu_s / ours.cpu_s, basis=f"{ours.cpu_s:.1f} CPU s against {other.cpu_s:.1f}")
            for goal, other in ((LOAD, peer), (LOAD_TOO, searchable))
        ),
    ]
    for goal, name in ((AS_OF, "as of"), (FILTER, "country and stage"), (PHRASE_GOAL, "phrase")):
        p50, p99 = ours.asked[name]
        told.append(Claim(goal=goal, value=p50, basis=f"p99 {p99:.3g} ms"))
    alone = f"{readers[ALONE].p99_ms:.3g} ms where nobody writes"
    basis = f"{alone}; {theirs.p99_ms:.3g} ms with a rollback journal, {theirs.errors} errors"
    told.append(Claim(goal=READER, value=reader.p99_ms, basis=basis))
    return [*told, Claim(goal=ERRORS, value=reader.errors, basis=f"{reader.reads:,} reads, {reader.written} captures")]


def _child(*words: str) -> list[object]:
    command = [sys.executable, "-m", "benchmarks.versions", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603 -- ourselves
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: ended with exit code {done.returncode}")
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _middle(costs: Sequence[Cost]) -> Cost:
    asked = {
        name: (median(cost.asked[name][0] for cost in costs), median(cost.asked[name][1] for cost in costs))
        for name in costs[0].asked
    }
    cpu_s, wall_s = (median(cost[place] for cost in costs) for place in range(2))
    return Cost(cpu_s, wall_s, costs[0].size, asked, costs[0].read)


def _tables(costs: dict[str, Cost], readers: dict[str, Beside], versions: int) -> str:
    stores = [
        (name, f"{cost.size / 1e6:,.0f}", f"{cost.cpu_s / versions * 1e6:.0f}", f"{cost.wall_s / versions * 1e6:.0f}",
         f"{cost.asked['as of'][0]:.3f}", f"{cost.asked['as of'][1]:.3f}")
        for name, cost in costs.items()
    ]  # fmt: skip
    asked = [(name, f"{p50:.3f}", f"{p99:.3f}") for name, (p50, p99) in costs[OURS].asked.items()]
    beside_ = [
        (name, f"{one.reads:,}", f"{one.p50_ms:.3f}", f"{one.p99_ms:.3f}", f"{one.most_ms:.1f}", f"{one.errors}",
         f"{one.written:,}")
        for name, one in readers.items()
    ]  # fmt: skip
    return "\n".join([
        markdown(("store", "MB", "CPU µs a version", "µs a version", "as of p50 ms", "as of p99 ms"), stores),
        markdown(("asked of fonds", "p50 ms", "p99 ms"), asked),
        markdown(("reader beside a writer", "reads", "p50 ms", "p99 ms", "most ms", "errors", "written"), beside_),
    ])  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.versions", description=__doc__.partition("\n")[0])
    parser.add_argument("--versions", type=int, default=100_000, help="how many versions [100,000]")
    parser.add_argument("--rounds", type=int, default=1, help="how often each store is measured [1]")
    parser.add_argument("--seconds", type=float, default=15, help="how long is read beside a writer [15]")
    parser.add_argument("--result", type=Path, default=Path("benchmarks/versions.json"), help="where the JSON goes")
    parser.add_argument("--store", help=argparse.SUPPRESS)
    parser.add_argument("--beside", help=argparse.SUPPRESS)
    parser.add_argument("--read", nargs=4, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measures, prints the tables, writes the result."""
    chosen = _arguments()
    if chosen.read:
        kind, path, versions, seconds = chosen.read
        sys.stdout.write(json.dumps(_read(kind, Path(path), int(versions), float(seconds))))
    elif chosen.store:
        sys.stdout.write(json.dumps(measured(chosen.store, chosen.versions)))
    elif chosen.beside:
        sys.stdout.write(json.dumps(beside(chosen.beside, chosen.seconds, chosen.versions // 10)))
    else:
        _measure_all(chosen)


def _measure_all(chosen: argparse.Namespace) -> None:
    size = ("--versions", str(chosen.versions))
    runs = {name: lambda name=name: Cost(*_child("--store", name, *size)) for name in STORES}  # type: ignore[misc]
    found = alternated(runs, chosen.rounds)
    costs = {name: _middle(several) for name, several in found.items()}
    if len({cost.read for cost in costs.values()}) > 1:
        raise SystemExit("the stores read other texts as of the same times")
    for_s = ("--seconds", str(chosen.seconds))
    readers = {name: Beside(*_child("--beside", name, *size, *for_s)) for name in (OURS, PEER, ALONE)}
    told = claims(costs, readers)
    sys.stdout.write("\n".join([table(told), _tables(costs, readers, chosen.versions)]))
    versions = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    kept = {"versions": versions, "costs": {name: cost._asdict() for name, cost in costs.items()},
            "readers": {name: one._asdict() for name, one in readers.items()}}  # fmt: skip
    chosen.result.write_text(result(told, kept), encoding="utf-8")


if __name__ == "__main__":
    main()
