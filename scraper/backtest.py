"""Backtest: what rules that are not accepted yet would make of the changes there were. Nothing is written."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .archive import Archive, PageRow, QueueRow, QueueScope
from .diff import Changes, Rule, Run, is_matched, quieted, words_matched
from .diff.changes import CLASSES, each_once
from .diff.summary import value_text
from .quiet import changes_of

Outcome = Literal["hidden", "lessened", "untouched", "raised", "added"]
Warn = Literal["facts", "numbers", "silent edit"]
RulesOf = Callable[[PageRow], Sequence[Rule]]
_COMPARED = frozenset(CLASSES)
_TOO_BROAD = 0.5  # of a report's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What a change counts for."""

    class_: str
    words_changed: int
    numbers_changed: int
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A change as it is by the rules *now*, and as it would be *then*.

    "hidden": all of it would be ignored; "added": it is ignored now, and would count; "lessened" and "raised" are in
    part so. *texts* are what would be ignored, or would count again: before and after, "" for none. *warns* says what
    speaks against it: a change of facts, of numbers or one that the publisher made in silence would be hidden.
    """

    change: QueueRow
    outcome: Outcome
    now: Weight
    then: Weight
    texts: tuple[tuple[str, str], ...] = ()
    warns: tuple[Warn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What would become of the changes of a page, newest first, and how much of its newest version rules match.

    *matched* of *words* words are matched in what the page says now, or said last; *matches*: anything in it, or in
    one of its changes, is.
    """

    url: str
    tried: tuple[Tried, ...]
    matches: bool
    matched: int
    words: int

    @property
    def is_too_much(self) -> bool:
        """Whether rules match more than half of the report."""
        return self.matched > _TOO_BROAD * self.words


def backtest(
    archive: Archive, pages: Iterable[PageRow], *, now: RulesOf, then: RulesOf, proposed: Sequence[Rule]
) -> Iterator[Page]:
    """What would become of the publisher's changes of each of *pages* if not the rules *now* but those *then* held.

    *proposed* are the rules that are tried, in one of the two: of them it is told what they match.
    """
    for page in pages:
        yield _page(archive, page, (tuple(now(page)), tuple(then(page))), proposed)


def _page(
    archive: Archive, page: PageRow, rules: tuple[Sequence[Rule], Sequence[Rule]], proposed: Sequence[Rule]
) -> Page:
    scope = QueueScope(causes=("publisher",), page_id=page.id, order="time")
    found = [
        (row, changes)
        for row in archive.queued(archive.queue(scope))
        if row.class_ in _COMPARED and (changes := changes_of(archive, row))
    ]
    newest = next((one for one in reversed(archive.versions(page)) if one.record_id is not None), None)
    matched, words = words_matched(archive.record(newest), proposed) if newest else (0, 0)
    return Page(
        url=page.url,
        tried=tuple(_tried(row, *(quieted(changes, side) for side in rules)) for row, changes in found),
        matches=bool(matched) or any(is_matched(changes, proposed) for _, changes in found),
        matched=matched,
        words=words,
    )


def _tried(row: QueueRow, now: Changes, then: Changes) -> Tried:
    lost, gained = _ignored(then) - _ignored(now), _ignored(now) - _ignored(then)
    outcome: Outcome = "untouched"
    if then.is_ignored != now.is_ignored:
        outcome = "hidden" if then.is_ignored else "added"
    elif lost or gained:
        outcome = "lessened" if lost else "raised"
    texts = gained if outcome in ("added", "raised") else lost
    return Tried(
        change=row,
        outcome=outcome,
        now=_weight(now),
        then=_weight(then),
        texts=tuple(texts),
        warns=tuple(_warns(row, now, then)) if lost else (),
    )


def _weight(changes: Changes) -> Weight:
    return Weight(
        class_=changes.class_,
        words_changed=changes.words_changed,
        numbers_changed=changes.numbers_changed,
        summary=changes.summary,
    )


def _warns(row: QueueRow, now: Changes, then: Changes) -> Iterator[Warn]:
    if any(fact.ignored for fact in then.facts) and then.facts != now.facts:
        yield "facts"
    if _numbers(now) - _numbers(then):
        yield "numbers"
    if any(flag.name == "silent-edit" for flag in row.flags):
        yield "silent edit"


def _numbers(changes: Changes) -> Counter[str]:
    return Counter(number for pair in changes.numbers for number in pair if number)


def _ignored(changes: Changes) -> Counter[tuple[str, str]]:
    """What is ignored in *changes*: before and after, each as often as it is."""
    found: Counter[tuple[str, str]] = Counter()
    for field in changes.fields:
        found.update(
            _ignored_runs(field.runs)
            or ([(value_text(field.before), value_text(field.after))] if field.ignored else [])
        )
    for block in each_once(changes.blocks):
        inside = (block.runs, *(cell.runs for cell in block.cells), *(field.runs for field in block.fields))
        whole = block.before.text if block.before else "", block.after.text if block.after else ""
        found.update([pair for runs in inside for pair in _ignored_runs(runs)] or ([whole] if block.ignored else []))
    for link in changes.links:
        if link.ignored:
            found[link.before.text if link.before else "", link.after.text if link.after else ""] += 1
    return found


def _ignored_runs(runs: Iterable[Run]) -> list[tuple[str, str]]:
    return [(run.before, run.after) for run in runs if run.kind == "ignored"]
