"""How fast and how readable a comparison is, beside what others compare by: `make bench-diff`.

Compares real revisions that follow each other and reports made here with edits, ours against the matchers of other
programs in the same run, and prints Markdown tables. Times are CPU milliseconds, medians over pairs of medians over
rounds; parsing is not among them. A matcher that takes longer than its limit is told to have taken more than that.
"""

import argparse
import difflib
import gc
import platform
import sys
from collections.abc import Callable, Sequence
from csv import DictReader
from gzip import decompress
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple

import rapidfuzz

from parsers import Block, Record, parse
from scraper.diff import Changes, diff

from . import edits
from .edits import Pair
from .matchers import MATCHERS, TooSlow, are_near, bare, cpu_ms
from .measure import alternated
from .report import Claim, Goal, markdown, result, table

OURS = "fonds"
_SERIES, _LABELLED = Path("../shared/data/series/text.db.xz"), Path("../shared/data/revisions")
_PAIRS = {"5 KB": 24, "50 KB": 16, "500 KB": 24}
_HASHED = 100  # a SimHash of a report takes a tenth of a second
MEDIANS = {
    "5 KB": Goal(measure="5 KB pairs, median", bound="at most", must=1.5, aim=0.8, unit="ms"),
    "50 KB": Goal(measure="50 KB pairs, median", bound="at most", must=1.5, aim=1.0, unit="ms"),
    "500 KB": Goal(measure="500 KB pairs, median", bound="at most", must=10, aim=6, unit="ms"),
}
HUGE = Goal(measure="one paragraph of 500 KB edited, worst", bound="at most", must=100, aim=60, unit="ms")
LINE = Goal(measure="300,000 words in one line edited, worst", bound="at most", must=2, aim=1, unit="s")
RATIO = Goal(measure="all words matched by difflib over ours, 5 KB pairs", bound="at least", must=50, aim=100)
MOVED = Goal(measure="paragraphs moved, found so", bound="at least", must=1, aim=1, unit="share")
MOVED_EDITED = Goal(measure="moved and one word edited, found so", bound="at least", must=27 / 28, aim=1, unit="share")
SHOWN = Goal(measure="words shown as changed, over a diff of paragraphs", bound="at most", must=0.75, aim=0.6)
FLAGGED = Goal(measure="word-changing pairs classed as such", bound="at least", must=1, aim=1, unit="share")
RAISED = Goal(measure="cosmetic pairs classed as words", bound="at most", must=0, aim=0, unit="share")
LABELLED = Goal(measure="labelled pairs whose text changed, classed so", bound="at least", must=1, aim=1, unit="share")


class Cost(NamedTuple):
    """What one contestant took: median and most CPU milliseconds of a pair; None where one took too long."""

    median_ms: float | None
    most_ms: float | None


def speed(pairs: Sequence[Pair], rounds: int, limit_s: float) -> dict[str, Cost]:
    """The cost of each contestant over *pairs*, compared in turn."""
    contestants: dict[str, Callable[[], list[float | None]]] = {OURS: lambda: [_ours_ms(pair) for pair in pairs]}
    for name, matcher in MATCHERS.items():
        contestants[name] = _runner(matcher.compare, pairs, limit_s)
    return {name: _middle(found) for name, found in alternated(contestants, rounds).items()}


def _ours_ms(pair: Pair) -> float:
    return cpu_ms(lambda: diff(pair.before, pair.after), limit_s=60)


def _runner(compare: Callable[..., object], pairs: Sequence[Pair], limit_s: float) -> Callable[[], list[float | None]]:
    texts = [(_texts(pair.before), _texts(pair.after)) for pair in pairs]

    def run() -> list[float | None]:
        found: list[float | None] = []
        for before, after in texts:
            try:
                found.append(cpu_ms(lambda: compare(before, after), limit_s=limit_s))  # noqa: B023 -- called at once
            except TooSlow:
                return [*found, None]  # the others would take as long
        return found

    return run


def _middle(rounds: Sequence[Sequence[float | None]]) -> Cost:
    if any(cost is None for costs in rounds for cost in costs):
        return Cost(None, None)
    each = [median(cost for cost in costs if cost is not None) for costs in zip(*rounds, strict=True)]
    return Cost(median(each), max(each))


def _texts(record: Record) -> list[str]:
    return [block.text for block in record.blocks]


def huge(rounds: int) -> tuple[list[float], list[float]]:
    """Our milliseconds for a paragraph of 500 KB with 1, 20 and 200 edits, and for 300,000 words in one line.

    The line has 20 and 6,000 edits, all words in capitals, its halves changed about, and another line instead.
    """
    chance = Random(5)  # noqa: S311 -- the same each time
    block, line = " ".join(edits.words(85_000, chance)), " ".join(edits.words(300_000, chance))
    half = line.index(" ", len(line) // 2)
    blocks = [edits.reworded(block, count, chance) for count in (1, 20, 200)]
    lines = [
        *(edits.reworded(line, count, chance) for count in (20, 6_000)),
        line.upper(),
        f"{line[half + 1 :]} {line[:half]}",
        " ".join(edits.words(300_000, chance)),
    ]
    return [_edit_ms(block, other, rounds) for other in blocks], [_edit_ms(line, other, rounds) for other in lines]


def _edit_ms(before: str, after: str, rounds: int) -> float:
    neighbours = [Block(kind="paragraph", text=text) for text in ("The first paragraph.", "The last paragraph.")]
    pair = Pair(
        *(edits.record([neighbours[0], Block(kind="paragraph", text=text), neighbours[1]]) for text in (before, after))
    )
    return median(_ours_ms(pair) for _ in range(rounds))


def shown(pair: Pair, changes: Changes) -> tuple[int, int]:
    """How many words are shown as changed: by *changes*, and by a diff of paragraphs."""
    ours = sum(
        _words(block.text)
        for change in changes.blocks
        if change.op in ("dropped", "added")
        for block in (change.before, change.after)
        if block
    )
    runs = (run for change in changes.blocks for part in (change, *change.cells) for run in part.runs)
    ours += sum(_words(run.before) + _words(run.after) for run in runs if run.kind in ("words", "cosmetic"))
    before, after = _texts(pair.before), _texts(pair.after)
    steps = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    theirs = sum(
        _words(text) for tag, i0, i1, j0, j1 in steps if tag != "equal" for text in (*before[i0:i1], *after[j0:j1])
    )
    return ours, theirs


def _words(text: str) -> int:
    return len(text.split())


def moves(pairs: Sequence[Pair], *, edited: bool) -> tuple[int, int]:
    """In how many reports a paragraph that moved was found to have, and nothing else; and in how many one did."""
    found = count = 0
    for pair, text in edits.moved(pairs, edited=edited):
        changes = diff(pair.before, pair.after).blocks
        op = "moved-edited" if edited else "moved"
        found += [(change.op, change.after and change.after.text) for change in changes] == [(op, text)]
        count += 1
        if count == 28:
            break
    return found, count


class Judged(NamedTuple):
    """How many pairs change words, and how many are classed so; of some, how many are near by SimHash.

    Then how many change looks alone, and how many of these are classed as words.
    """

    words: int
    words_flagged: int
    hashed: int
    near: int
    looks: int
    looks_raised: int


def judged(pairs: Sequence[Pair]) -> Judged:
    """What is made of *pairs*, by the words of both records."""
    words = flagged = hashed = near = looks = raised = 0
    for pair in pairs:
        heads = [bare(f"{record.title} {record.headline}") for record in pair]
        one, other = ("\n".join(_texts(record)) for record in pair)
        if one == other and heads[0] == heads[1]:
            continue
        is_classed_so = diff(pair.before, pair.after).class_ in ("words", "facts")
        if bare(one) == bare(other) and heads[0] == heads[1]:
            looks, raised = looks + 1, raised + is_classed_so
            continue
        words, flagged = words + 1, flagged + is_classed_so
        if hashed < _HASHED:
            hashed, near = hashed + 1, near + are_near(one, other)
    return Judged(words, flagged, hashed, near, looks, raised)


def labelled(folder: Path) -> dict[str, tuple[int, int]]:
    """Of the pairs in *folder*, by their label: how many are classed as words or facts, and how many there are."""
    found: dict[str, tuple[int, int]] = {}
    with (folder / "pairs.csv").open(encoding="utf-8", newline="") as rows:
        for row in DictReader(rows):
            before, after = (
                parse(decompress((folder / row[side]).read_bytes()), url="https://report.example/a")
                for side in ("before", "after")
            )
            flagged, count = found.get(row["label"], (0, 0))
            is_flagged = diff(before, after).class_ in ("words", "facts")
            found[row["label"]] = flagged + is_flagged, count + 1
    return found


def _speed_claims(costs: dict[str, dict[str, Cost]], kind: str) -> list[Claim]:
    told = [
        Claim(goal=goal, value=costs[name][OURS].median_ms, basis=f"{kind}; most {costs[name][OURS].most_ms:.1f} ms")
        for name, goal in MEDIANS.items()
        if name in costs
    ]
    theirs, ours = costs["5 KB"]["matched words and spaces"].median_ms, costs["5 KB"][OURS].median_ms
    value = theirs / ours if theirs and ours else None
    basis = f"{kind}; {ours:.2f} ms against {theirs:.1f}" if theirs else f"{kind}; it took too long"
    return [*told, Claim(goal=RATIO, value=value, basis=basis)]


def _share(goal: Goal, found: int, count: int, note: str = "") -> Claim:
    return Claim(goal=goal, value=found / count if count else None, basis=f"{found:,} of {count:,}{note}")


def _quality_claims(pairs: Sequence[Pair]) -> list[Claim]:
    sized = [pair for name in ("5 KB", "50 KB") for pair in edits.of_size(pairs, name, 100)]
    totals = [shown(pair, diff(pair.before, pair.after)) for pair in sized]
    ours, theirs = sum(one for one, _ in totals), sum(other for _, other in totals)
    reports = edits.of_size(pairs, "50 KB", 400)
    some = list(pairs)
    Random(4).shuffle(some)  # noqa: S311 -- the same each time
    found = judged(some)
    hashed = f"; by SimHash (64 bits, more than 3) {found.hashed - found.near} of {found.hashed}"
    return [
        _share(MOVED, *moves(reports, edited=False), "; no other matcher here finds any"),
        _share(MOVED_EDITED, *moves(reports, edited=True)),
        Claim(goal=SHOWN, value=ours / theirs, basis=f"{ours:,} words against {theirs:,} in {len(sized)} pairs"),
        _share(FLAGGED, found.words_flagged, found.words, hashed),
        _share(RAISED, found.looks_raised, found.looks),
    ]


def _costs_table(costs: dict[str, dict[str, Cost]], limit_s: float) -> str:
    whose = {OURS: "fonds"} | {name: matcher.who for name, matcher in MATCHERS.items()}
    over = f"over {limit_s * 1e3:,.0f}"
    rows = [
        (
            name,
            whose[name],
            *(
                f"{cost.median_ms:.2f} / {cost.most_ms:.1f}" if cost.median_ms is not None and cost.most_ms else over
                for cost in (costs[size][name] for size in costs)
            ),
        )
        for name in whose
    ]
    return markdown(("comparison", "as in", *(f"{size}, median / most ms" for size in costs)), rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.diff", description=__doc__.partition("\n")[0])
    parser.add_argument("--series", type=Path, default=_SERIES, help="packed series of Markdown revisions")
    parser.add_argument("--labelled", type=Path, default=_LABELLED, help="folder of labelled pairs of pages")
    parser.add_argument("--rounds", type=int, default=3, help="how often each pair is compared [3]")
    parser.add_argument("--limit", type=float, default=3, metavar="S", help="CPU seconds a matcher has for a pair [3]")
    parser.add_argument("--result", type=Path, default=Path("benchmarks/diff.json"), help="where the JSON goes")
    return parser.parse_args()


def main() -> None:
    """Measures, prints the tables, writes the result."""
    chosen = _arguments()
    told: list[Claim] = []
    lines: list[str] = []
    every: dict[str, dict[str, dict[str, Cost]]] = {}
    sources = {"made": lambda name: edits.made(name, min(8, _PAIRS[name]))}
    if chosen.series.exists():
        pairs = edits.real(chosen.series)
        lines.append(f"- real: {len(pairs):,} pairs of revisions that follow each other")
        sources = {"real": lambda name: edits.of_size(pairs, name, _PAIRS[name])} | sources
        told += _quality_claims(pairs)
    else:
        lines.append(f"- {chosen.series}: not there, so only reports made here are compared")
    if chosen.labelled.exists():
        found = labelled(chosen.labelled)
        told.append(_share(LABELLED, *found.pop("content")))
        others = ", ".join(f"{flagged} of {count} {label}" for label, (flagged, count) in sorted(found.items()))
        lines.append(f"- labelled pairs whose text did not change, classed as words or facts: {others}")
    else:
        lines.append(f"- {chosen.labelled}: not there, so no labelled pairs are compared")
    gc.freeze()  # what is kept of other pairs is not looked through while one is compared
    for kind, source in sources.items():
        every[kind] = {
            name: speed(found_pairs, chosen.rounds, chosen.limit) for name in _PAIRS if (found_pairs := source(name))
        }
        told += _speed_claims(every[kind], kind)
    blocks, line = huge(chosen.rounds)
    told.append(Claim(goal=HUGE, value=max(blocks), basis=", ".join(f"{ms:.0f}" for ms in blocks)))
    told.append(Claim(goal=LINE, value=max(line) / 1e3, basis=", ".join(f"{ms / 1e3:.2f}" for ms in line)))
    tables = [f"{kind}:\n\n{_costs_table(costs, chosen.limit)}" for kind, costs in every.items()]
    sys.stdout.write("\n".join([table(told), *tables, *lines, ""]))
    versions = {"python": platform.python_version(), "rapidfuzz": rapidfuzz.__version__}
    chosen.result.write_text(result(told, {"versions": versions, "costs": every}), encoding="utf-8")


if __name__ == "__main__":
    main()
