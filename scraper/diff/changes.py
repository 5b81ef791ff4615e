"""What differs between two records, as values that can be read backwards, applied, and written as JSON.

`Changes.to_dict` gives the schema "fonds-diff-1", which docs/diff-format.md describes and docs/fonds-diff.schema.json
checks; `scraper.diff.schema` reads it back.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Protocol, TypeVar

from parsers.record import Block, Fact, Figure, Flag, Link, Mark

from .words import Run, words_changed

Class = Literal["none", "cosmetic", "words", "facts"]
FieldValue = str | tuple[str, ...] | Figure | None
RestValue = FieldValue | int | bool | tuple[tuple[str, ...], ...] | tuple[Mark, ...] | tuple[Flag, ...] | Fact
BlockOp = Literal["dropped", "added", "edited", "moved", "moved-edited", "regrouped"]
FactOp = Literal["dropped", "added", "changed"]
LinkOp = Literal["dropped", "added", "retargeted", "reworded"]
Axis = Literal["row", "column"]

SCHEMA = "fonds-diff-1"
CLASSES: tuple[Class, ...] = ("none", "cosmetic", "words", "facts")
_MIRRORED: dict[Any, Any] = {"dropped": "added", "added": "dropped"}
# Who wrote a report is also in its byline; what a report says it is for, in its title.
COUNTED_FIELDS = frozenset(["/title", "/headline", "/byline", "/lead/caption", "/lead/credit"])


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
    """A field that differs. *path* is its JSON Pointer; None means that side does not have it.

    *ignored* is the name of the rule that says it is insignificant, "" for none; so it is of other changes.
    """

    path: str
    class_: Class
    before: FieldValue
    after: FieldValue
    runs: tuple[Run, ...] = ()
    ignored: str = ""

    @property
    def words_changed(self) -> int:
        """Words replaced inside the field; 0 where one side does not have it, or where it weighs nothing."""
        return words_changed(self.runs) if self.path in COUNTED_FIELDS and self.class_ != "none" else 0

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
    ignored: str = ""

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
class Move:
    """A row or a column that stands elsewhere in its table; places count from 0."""

    axis: Axis
    before: int
    after: int

    def inverted(self) -> "Move":
        """The same move, read backwards."""
        return Move(axis=self.axis, before=self.after, after=self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockChange:
    """A block that differs; indexes are places in `Record.blocks`.

    "regrouped" blocks are the two sides of words that stand in other paragraphs now; *group* has the places of all of
    them, before and after. Where some of their words were edited too, each of them has the *runs* and *words_changed*
    of all of the group, whose texts stand one behind the other.

    *fields* has what is not text: kind, level, ordered, header_rows, image, credit, order of rows and columns. *cells*
    and *moves* are for tables, whose *runs* are of the caption. *words_changed* counts the words replaced inside the
    block; all of its words where it was dropped or added. *coarse*: it was too long to be compared word by word
    throughout.
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
    moves: tuple[Move, ...] = ()
    group: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    words_changed: int = 0
    coarse: bool = False
    ignored: str = ""

    @property
    def block(self) -> Block:
        """The block as it is now, or was."""
        return next(block for block in (self.after, self.before) if block)

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
            moves=moves_in_order(move.inverted() for move in self.moves),
            group=self.group[::-1],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """A link dropped, added, led elsewhere or worded anew; indexes are places in `Record.links`.

    Paths are JSON Pointers to its mark in the block it stands in.
    """

    op: LinkOp
    class_: Class
    before_index: int | None
    after_index: int | None
    before: Link | None
    after: Link | None
    before_path: str = ""
    after_path: str = ""
    ignored: str = ""

    def inverted(self) -> "LinkChange":
        """The same change, read backwards."""
        return replace(
            self,
            op=_MIRRORED.get(self.op, self.op),
            before_index=self.after_index,
            after_index=self.before_index,
            before=self.after,
            after=self.before,
            before_path=self.after_path,
            after_path=self.before_path,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What else is needed to make the record after of the one before, and weighs nothing where it stands.

    Links and emphasis of blocks that are not listed, what a page says of itself, how the record was read, the order of
    facts. *before* stands at the JSON Pointer *before_path*, *after* at *after_path*.
    """

    before_path: str
    before: RestValue
    after_path: str
    after: RestValue

    def inverted(self) -> "Rest":
        """The same, read backwards."""
        return Rest(
            before_path=self.after_path, before=self.after, after_path=self.before_path, after=self.before
        )  # fmt: skip


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
    that is not among *blocks* stands on both sides, in order. *numbers* and *dates* are those that differ inside what
    both sides have, as pairs; "" where one side has none. *summary* is one line. *coarse*: more changed at once than is
    looked at, so blocks may be shown as dropped and added that stood.
    """

    renditions: tuple[str, str] | None
    sizes: tuple[int, int]
    fields: tuple[FieldChange, ...] = ()
    facts: tuple[FactChange, ...] = ()
    blocks: tuple[BlockChange, ...] = ()
    links: tuple[LinkChange, ...] = ()
    emphasis: Emphasis = Emphasis()
    rest: tuple[Rest, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
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
        return sum(field.words_changed for field in self.fields) + sum(
            block.words_changed for block in each_once(self.blocks)
        )

    @property
    def numbers_changed(self) -> int:
        """How many of them there are."""
        return len(self.numbers)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The names of the rules by which something is ignored, in the order of the report."""
        return tuple(dict.fromkeys(name for change in self._listed() for name in ignored_in(change)))

    @property
    def is_ignored(self) -> bool:
        """Whether something differs, and all of it is ignored."""
        listed = self._listed()
        return bool(listed) and all(change.ignored for change in listed) and self.emphasis == Emphasis()

    def _listed(self) -> "tuple[Ignorable, ...]":
        return (*self.fields, *self.facts, *self.blocks, *self.links)

    def to_dict(self) -> dict[str, Any]:
        """The changes as plain values, in the schema that docs/diff-format.md describes."""
        return {
            "schema": SCHEMA,
            "class": self.class_,
            "summary": self.summary,
            "words_changed": self.words_changed,
            "numbers_changed": [list(pair) for pair in self.numbers],
            "dates_changed": [list(pair) for pair in self.dates],
            "coarse": self.coarse,
            "renditions": list(self.renditions) if self.renditions else None,
            "sizes": list(self.sizes),
            "fields": [_field_dict(change) for change in self.fields],
            "facts": [_fact_dict(change) for change in self.facts],
            "blocks": [_block_dict(change) for change in self.blocks],
            "links": [_link_dict(change) for change in self.links],
            "emphasis": _with_class(asdict(self.emphasis)),
            "rest": [_rest_dict(rest) for rest in self.rest],
            **({"ignored": list(self.ignored)} if self.ignored else {}),
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


def moves_in_order(moves: Iterable[Move]) -> tuple[Move, ...]:
    """*moves* by where they lead, rows first."""
    return tuple(sorted(moves, key=lambda move: (move.axis == "column", move.after)))


def rest_in_order(rest: Iterable[Rest]) -> tuple[Rest, ...]:
    """*rest* by its places before: one order for both ways."""

    def key(one: Rest) -> tuple[str, int, str]:
        _, name, *inside = one.before_path.split("/")
        return name, int(inside[0]) if inside else 0, "/".join(inside[1:])

    return tuple(sorted(rest, key=key))


def blocks_in_order(blocks: Iterable[BlockChange], sizes: tuple[int, int]) -> tuple[BlockChange, ...]:
    """*blocks* in the order of the report as it is now; what is gone stands after the block it followed.

    What is regrouped stands together.
    """
    listed = tuple(blocks)
    anchors = places_after(listed, sizes)

    def key(change: BlockChange) -> tuple[int, int, int]:
        if change.after_index is not None:
            return change.after_index, 0, 0
        before_index = change.before_index or 0
        if change.group[1]:
            return change.group[1][0], -1, before_index
        return anchors[before_index], 1, before_index

    return tuple(sorted(listed, key=key))


def each_once(blocks: Iterable[BlockChange]) -> Iterator[BlockChange]:
    """*blocks*, of those that are regrouped together the first alone: each of them has what differs in all."""
    told: set[object] = set()
    for change in blocks:
        if not any(change.group) or change.group not in told:
            told.add(change.group)
            yield change


def standing(blocks: Iterable[BlockChange], sizes: tuple[int, int]) -> list[tuple[int, int]]:
    """The places, before and after, of the blocks that are not listed."""
    listed = tuple(blocks)
    before = {change.before_index for change in listed}
    after = {change.after_index for change in listed}
    ours = [i for i in range(sizes[0]) if i not in before]
    theirs = [j for j in range(sizes[1]) if j not in after]
    return list(zip(ours, theirs, strict=True))


def places_after(blocks: tuple[BlockChange, ...], sizes: tuple[int, int]) -> list[int]:
    """For each block before, where the last one up to it that did not move stands after; -1 for none."""
    stayed = standing(blocks, sizes)
    edited = [change for change in blocks if change.op == "edited"]
    places = dict(stayed) | {c.before_index: c.after_index for c in edited}
    anchors: list[int] = []
    for index in range(sizes[0]):
        place = places.get(index)
        anchors.append(place if place is not None else anchors[-1] if anchors else -1)
    return anchors


Ignorable = FieldChange | FactChange | BlockChange | LinkChange


def ignored_in(change: Ignorable) -> Iterator[str]:
    """The names of the rules that *change*, or something in it, is ignored by."""
    if change.ignored:
        yield change.ignored
    if isinstance(change, LinkChange):
        return
    yield from (run.ignored for run in change.runs if run.ignored)
    if isinstance(change, BlockChange):
        yield from (run.ignored for cell in change.cells for run in cell.runs if run.ignored)
        yield from (name for field in change.fields for name in ignored_in(field))


def _ignored_dict(name: str) -> dict[str, str]:
    return {"ignored": name} if name else {}


def _backwards(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    return tuple(run.inverted() for run in runs)


def _with_class(values: dict[str, Any]) -> dict[str, Any]:
    return {key.rstrip("_"): value for key, value in values.items()}


def plain_value(value: object) -> Any:
    """*value* as JSON has it; a fact with its kind."""
    if isinstance(value, tuple):
        return [plain_value(part) for part in value]
    if isinstance(value, Fact):
        return {"kind": value.kind, **asdict(value)}
    return asdict(value) if isinstance(value, Figure | Mark | Flag) else value


def _field_dict(change: FieldChange) -> dict[str, Any]:
    return {
        "path": change.path,
        "class": change.class_,
        "before": plain_value(change.before),
        "after": plain_value(change.after),
        "runs": _run_dicts(change.runs),
        **_ignored_dict(change.ignored),
    }


def _run_dicts(runs: tuple[Run, ...]) -> list[dict[str, str]]:
    return [{"kind": run.kind, "before": run.before, "after": run.after, **_ignored_dict(run.ignored)} for run in runs]


def _fact_dict(change: FactChange) -> dict[str, Any]:
    sides = ((change.before_index, change.before), (change.after_index, change.after))
    before, after = (fact and {"path": f"/facts/{index}", **plain_value(fact)} for index, fact in sides)
    return {
        "op": change.op,
        "class": change.class_,
        "before": before,
        "after": after,
        "runs": _run_dicts(change.runs),
        **_ignored_dict(change.ignored),
    }


def _block_dict(change: BlockChange) -> dict[str, Any]:
    sides = ((change.before_index, change.before), (change.after_index, change.after))
    before, after = (block and {"path": f"/blocks/{index}", **_values(block)} for index, block in sides)
    return {
        "op": change.op,
        "class": change.class_,
        "before": before,
        "after": after,
        "runs": _run_dicts(change.runs),
        "fields": [_field_dict(field) for field in change.fields],
        "cells": [_cell_dict(cell, change) for cell in change.cells],
        "moves": [asdict(move) for move in change.moves],
        "group": _group_dict(change.group) if any(change.group) else None,
        "words_changed": change.words_changed,
        "coarse": change.coarse,
        **_ignored_dict(change.ignored),
    }


def _group_dict(group: tuple[tuple[int, ...], tuple[int, ...]]) -> dict[str, list[str]]:
    before, after = ([f"/blocks/{place}" for place in side] for side in group)
    return {"before": before, "after": after}


def _values(block: Block) -> dict[str, Any]:
    """Kind and text of *block*, and what else of it is not as it mostly is."""
    values = {
        "kind": block.kind,
        "text": block.text,
        "level": block.level,
        "ordered": block.ordered,
        "marks": plain_value(block.marks),
        "rows": plain_value(block.rows),
        "header_rows": block.header_rows,
        "figure": plain_value(block.figure),
    }
    return {name: value for name, value in values.items() if value or name in ("kind", "text")}


def _cell_dict(cell: CellChange, change: BlockChange) -> dict[str, Any]:
    before = _cell_path(change.before_index, cell.before_row, cell.before_column)
    after = _cell_path(change.after_index, cell.after_row, cell.after_column)
    return {
        "before": before,
        "after": after,
        "before_row": cell.before_row,
        "after_row": cell.after_row,
        "before_column": cell.before_column,
        "after_column": cell.after_column,
        "runs": _run_dicts(cell.runs),
    }


def _cell_path(block: int | None, row: int | None, column: int | None) -> str | None:
    return None if None in (block, row, column) else f"/blocks/{block}/rows/{row}/{column}"


def _link_dict(change: LinkChange) -> dict[str, Any]:
    sides = (
        (change.before_path, change.before_index, change.before),
        (change.after_path, change.after_index, change.after),
    )
    before, after = (link and {"path": path, "index": index, **asdict(link)} for path, index, link in sides)
    return {"op": change.op, "class": change.class_, "before": before, "after": after, **_ignored_dict(change.ignored)}


def _rest_dict(rest: Rest) -> dict[str, Any]:
    return {
        "before": {"path": rest.before_path, "value": plain_value(rest.before)},
        "after": {"path": rest.after_path, "value": plain_value(rest.after)},
    }
