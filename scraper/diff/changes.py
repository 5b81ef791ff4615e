"""What differs between two records, as values that can be read backwards and written as JSON.

`Changes.to_dict` gives the schema "fonds-diff-1":

    schema, class, summary, words_changed, coarse
    numbers_changed   pairs: the number before and after, "" where absent
    renditions        null, or the two media types where they differ
    fields            path, class, before, after, runs
    facts             op, class, before and after (path and the fact; null where absent), runs
    blocks            op, class, before and after (path, kind and text; null where absent), runs, fields, cells, coarse
    links             op, class, before and after (text and target; null where absent)
    emphasis          class, dropped, added: how many runs of emphasis or strong text

Paths are JSON Pointers into the records. "class" is facts, words, cosmetic or none; none is what only one of two
renditions carries. Runs spell both sides out: kind (same, typography, cosmetic, words), before, after.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import Any, Literal, Protocol, TypeVar

from parsers.record import Block, Fact, Figure, Link

from .words import Run, count_words, numbers_changed, words_changed

Class = Literal["none", "cosmetic", "words", "facts"]
FieldValue = str | tuple[str, ...] | Figure | None
BlockOp = Literal["dropped", "added", "edited", "moved", "moved-edited", "regrouped"]
FactOp = Literal["dropped", "added", "changed"]
LinkOp = Literal["dropped", "added", "retargeted", "reworded"]

SCHEMA = "fonds-diff-1"
CLASSES: tuple[Class, ...] = ("none", "cosmetic", "words", "facts")
_MIRRORED: dict[Any, Any] = {"dropped": "added", "added": "dropped"}
# Who wrote a report is also in its byline; what a report says it is for, in its title.
_COUNTED_FIELDS = frozenset(["/title", "/headline", "/byline", "/lead/caption", "/lead/credit"])


class _Placed(Protocol):
    @property
    def before_index(self) -> int | None: ...
    @property
    def after_index(self) -> int | None: ...


class _Weighed(Protocol):
    @property
    def class_(self) -> Class: ...


_P = TypeVar("_P", bound=_Placed)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field that differs. *path* is its JSON Pointer; None means that side does not have it."""

    path: str
    class_: Class
    before: FieldValue
    after: FieldValue
    runs: tuple[Run, ...] = ()

    @property
    def words_changed(self) -> int:
        """Words replaced inside the field; 0 where one side does not have it."""
        return words_changed(self.runs) if self.path in _COUNTED_FIELDS else 0

    def inverted(self) -> "FieldChange":
        """The same change, read backwards."""
        return replace(self, before=self.after, after=self.before, runs=_backwards(self.runs))


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """A fact dropped, added, or changed under the same key; indexes are places in `Record.facts`."""

    op: FactOp
    class_: Class
    before_index: int | None
    after_index: int | None
    before: Fact | None
    after: Fact | None
    runs: tuple[Run, ...] = ()

    @property
    def kind(self) -> str:
        """The kind of fact: country, alert, stage or recommendation."""
        return next(fact.kind for fact in (self.before, self.after) if fact)

    def inverted(self) -> "FactChange":
        """The same change, read backwards."""
        return replace(
            self,
            op=_MIRRORED.get(self.op, self.op),
            before_index=self.after_index,
            after_index=self.before_index,
            before=self.after,
            after=self.before,
            runs=_backwards(self.runs),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """A cell of a table. Rows and columns count from 0; None where that side has no such row or column."""

    before_row: int | None
    after_row: int | None
    before_column: int | None
    after_column: int | None
    runs: tuple[Run, ...]

    @property
    def stands(self) -> bool:
        """Whether both sides have the cell's row and column."""
        return None not in (self.before_row, self.after_row, self.before_column, self.after_column)

    def inverted(self) -> "CellChange":
        """The same change, read backwards."""
        return CellChange(
            before_row=self.after_row,
            after_row=self.before_row,
            before_column=self.after_column,
            after_column=self.before_column,
            runs=_backwards(self.runs),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockChange:
    """A block that differs; indexes are places in `Record.blocks`.

    "regrouped" blocks are the two sides of words that stand in other paragraphs now. *fields* has what is not text:
    kind, level, ordered, header_rows, image, credit, order of rows and columns. *cells* is for tables, whose *runs* are
    of the caption. *coarse*: the text was too long to be compared word by word throughout.
    """

    op: BlockOp
    class_: Class
    before_index: int | None
    after_index: int | None
    before: Block | None
    after: Block | None
    runs: tuple[Run, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    cells: tuple[CellChange, ...] = ()
    coarse: bool = False

    @property
    def block(self) -> Block:
        """The block as it is now, or was."""
        return next(block for block in (self.after, self.before) if block)

    @property
    def words_changed(self) -> int:
        """Words replaced inside the block; all of its words where it was dropped or added, none where regrouped."""
        if self.op in ("dropped", "added"):
            return count_words(self.block.text)
        inside = chain((words_changed(cell.runs) for cell in self.cells), (words_changed(f.runs) for f in self.fields))
        return words_changed(self.runs) + sum(inside)

    def inverted(self) -> "BlockChange":
        """The same change, read backwards."""
        return replace(
            self,
            op=_MIRRORED.get(self.op, self.op),
            before_index=self.after_index,
            after_index=self.before_index,
            before=self.after,
            after=self.before,
            runs=_backwards(self.runs),
            fields=tuple(change.inverted() for change in self.fields),
            cells=cells_in_order(change.inverted() for change in self.cells),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """A link dropped, added, led elsewhere or worded anew; indexes are places in `Record.links`."""

    op: LinkOp
    class_: Class
    before_index: int | None
    after_index: int | None
    before: Link | None
    after: Link | None

    def inverted(self) -> "LinkChange":
        """The same change, read backwards."""
        return LinkChange(
            op=_MIRRORED.get(self.op, self.op),
            class_=self.class_,
            before_index=self.after_index,
            after_index=self.before_index,
            before=self.after,
            after=self.before,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Emphasis:
    """How many runs of emphasis and strong text were dropped and added."""

    class_: Class = "none"
    dropped: int = 0
    added: int = 0

    def inverted(self) -> "Emphasis":
        """The same change, read backwards."""
        return Emphasis(class_=self.class_, dropped=self.added, added=self.dropped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that differs between two records, in the order of the report; false where nothing does.

    *renditions* are the two media types where they differ, else None. *sizes* counts the blocks of each side. A block
    that is not among *blocks* stands on both sides, in order. *summary* is one line. *coarse*: more changed at once
    than is looked at, so blocks may be shown as dropped and added that stood.
    """

    renditions: tuple[str, str] | None
    sizes: tuple[int, int]
    fields: tuple[FieldChange, ...] = ()
    facts: tuple[FactChange, ...] = ()
    blocks: tuple[BlockChange, ...] = ()
    links: tuple[LinkChange, ...] = ()
    emphasis: Emphasis = Emphasis()
    summary: str = ""
    coarse: bool = False

    def __bool__(self) -> bool:
        return bool(self.fields or self.facts or self.blocks or self.links or self.emphasis != Emphasis())

    @property
    def class_(self) -> Class:
        """The weightiest class among the changes."""
        parts: tuple[_Weighed, ...] = (*self.fields, *self.facts, *self.blocks, *self.links, self.emphasis)
        return max((part.class_ for part in parts), key=CLASSES.index)

    @property
    def words_changed(self) -> int:
        """Words replaced, added or dropped in title, text and captions."""
        return sum(field.words_changed for field in self.fields) + sum(block.words_changed for block in self.blocks)

    @property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """The numbers that differ inside what both sides have, as pairs; "" where one side has none."""
        texts = chain(
            (change.runs for change in self.fields if change.path in _COUNTED_FIELDS),
            (
                runs
                for change in self.blocks
                for runs in (change.runs, *(cell.runs for cell in change.cells if cell.stands))
            ),
        )
        return tuple(pair for runs in texts for pair in numbers_changed(runs))

    @property
    def numbers_changed(self) -> int:
        """How many of them there are."""
        return len(self.numbers)

    def to_dict(self) -> dict[str, Any]:
        """The changes as plain values, in the schema at the head of this module."""
        return {
            "schema": SCHEMA,
            "class": self.class_,
            "summary": self.summary,
            "words_changed": self.words_changed,
            "numbers_changed": [list(pair) for pair in self.numbers],
            "coarse": self.coarse,
            "renditions": list(self.renditions) if self.renditions else None,
            "fields": [_field_dict(change) for change in self.fields],
            "facts": [_fact_dict(change) for change in self.facts],
            "blocks": [_block_dict(change) for change in self.blocks],
            "links": [_link_dict(change) for change in self.links],
            "emphasis": _with_class(asdict(self.emphasis)),
        }


def in_order_of_place(changes: Iterable[_P], rank: Callable[[_P], int] = lambda _: 0) -> tuple[_P, ...]:
    """*changes* by *rank*, then place: one order for a set of changes, however they were found."""

    def key(change: _P) -> tuple[int, int, int, bool, int]:
        places = [place for place in (change.before_index, change.after_index) if place is not None]
        return rank(change), min(places), max(places), change.before_index is None, change.before_index or 0

    return tuple(sorted(changes, key=key))


def cells_in_order(cells: Iterable[CellChange]) -> tuple[CellChange, ...]:
    """*cells* row by row: one order for a set of cells, however they were found."""

    def key(cell: CellChange) -> tuple[int, ...]:
        rows = [row for row in (cell.before_row, cell.after_row) if row is not None]
        columns = [column for column in (cell.before_column, cell.after_column) if column is not None]
        absent = (cell.before_row is None, cell.before_column is None)
        tie = (cell.before_row or 0, cell.before_column or 0)  # rows or columns that changed places
        return min(rows), max(rows), absent[0], tie[0], min(columns), max(columns), absent[1], tie[1]

    return tuple(sorted(cells, key=key))


def blocks_in_order(blocks: Iterable[BlockChange], sizes: tuple[int, int]) -> tuple[BlockChange, ...]:
    """*blocks* in the order of the report as it is now; what is gone stands after the block it followed."""
    listed = tuple(blocks)
    anchors = _anchors(listed, sizes)

    def key(change: BlockChange) -> tuple[int, int, int]:
        if change.after_index is not None:
            return change.after_index, 0, 0
        before_index = change.before_index or 0
        return anchors[before_index], 1, before_index

    return tuple(sorted(listed, key=key))


def standing(blocks: Iterable[BlockChange], sizes: tuple[int, int]) -> list[tuple[int, int]]:
    """The places, before and after, of the blocks that are not listed."""
    listed = tuple(blocks)
    before = {change.before_index for change in listed}
    after = {change.after_index for change in listed}
    ours = [i for i in range(sizes[0]) if i not in before]
    theirs = [j for j in range(sizes[1]) if j not in after]
    return list(zip(ours, theirs, strict=True))


def _anchors(blocks: tuple[BlockChange, ...], sizes: tuple[int, int]) -> list[int]:
    """For each block before, where the last one up to it that did not move stands after; -1 for none."""
    stayed = standing(blocks, sizes)
    edited = [change for change in blocks if change.op == "edited"]
    places = dict(stayed) | {c.before_index: c.after_index for c in edited}
    anchors: list[int] = []
    for index in range(sizes[0]):
        place = places.get(index)
        anchors.append(place if place is not None else anchors[-1] if anchors else -1)
    return anchors


def _backwards(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    return tuple(run.inverted() for run in runs)


def _with_class(values: dict[str, Any]) -> dict[str, Any]:
    return {key.rstrip("_"): value for key, value in values.items()}


def _field_dict(change: FieldChange) -> dict[str, Any]:
    return _with_class(asdict(change))


def _fact_dict(change: FactChange) -> dict[str, Any]:
    sides = ((change.before_index, change.before), (change.after_index, change.after))
    before, after = (fact and {"path": f"/facts/{index}", "kind": fact.kind, **asdict(fact)} for index, fact in sides)
    runs = [asdict(run) for run in change.runs]
    return {"op": change.op, "class": change.class_, "before": before, "after": after, "runs": runs}


def _block_dict(change: BlockChange) -> dict[str, Any]:
    sides = ((change.before_index, change.before), (change.after_index, change.after))
    before, after = (
        block and {"path": f"/blocks/{index}", "kind": block.kind, "text": block.text} for index, block in sides
    )
    return {
        "op": change.op,
        "class": change.class_,
        "before": before,
        "after": after,
        "runs": [asdict(run) for run in change.runs],
        "fields": [_field_dict(field) for field in change.fields],
        "cells": [asdict(cell) for cell in change.cells],
        "coarse": change.coarse,
    }


def _link_dict(change: LinkChange) -> dict[str, Any]:
    before, after = (link and asdict(link) for link in (change.before, change.after))
    return {"op": change.op, "class": change.class_, "before": before, "after": after}
