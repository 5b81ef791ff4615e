"""Changes applied to the record they start from: the record they lead to."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from parsers.record import Block, Fact, Record

from ..errors import DoesNotApply
from .changes import Changes, FieldChange, Rest, rest_in_order, standing

# All that makes a record what it is, but for blocks and facts.
_NAMES = tuple(one.name for one in fields(Record) if one.compare and one.name not in ("blocks", "facts"))
_ABSENT: dict[str, Any] = {"published": None, "modified": None, "lead": None, "masthead": (), "authors": ()}


def applied(changes: Changes, record: Record) -> Record:
    """The record that *changes* lead to from *record*: `applied(diff(a, b), a) == b`.

    How the record was read (`chrome`, `account` and what else records are not compared by) is not told by changes, and
    absent. Raises DoesNotApply where *changes* start from another record.
    """
    _check(changes, record)
    values = {name: getattr(record, name) for name in _NAMES} | fields_after(record, changes.fields)
    values |= {rest.before_path[1:]: rest.after for rest in changes.rest if rest.before_path.count("/") == 1}
    return Record(**values, blocks=_blocks(changes, record.blocks), facts=_facts(changes, record.facts))


def fields_after(record: Record, changes: Iterable[FieldChange]) -> dict[str, Any]:
    """The fields of *record* that *changes* speak of, by name, as they are after."""
    values: dict[str, Any] = {}
    for change in changes:
        name, _, inside = change.path[1:].partition("/")
        if inside:
            lead = values.get(name, getattr(record, name))
            values[name] = replace(lead, **{inside: change.after or ""})
        else:
            values[name] = _ABSENT.get(name, "") if change.after is None else change.after
    return values


def rest_of(before: Record, after: Record, changes: Changes, stood: Iterable[tuple[int, int]]) -> tuple[Rest, ...]:
    """What *changes* do not tell of the record after, where the blocks at *stood* are not the same on both sides."""
    told = {name: getattr(before, name) for name in _NAMES} | fields_after(before, changes.fields)
    heads = [
        Rest(before_path=f"/{name}", before=getattr(before, name), after_path=f"/{name}", after=getattr(after, name))
        for name in _NAMES
        if told[name] != getattr(after, name)
    ]
    blocks = [
        Rest(
            before_path=f"/blocks/{i}/{name}",
            before=getattr(before.blocks[i], name),
            after_path=f"/blocks/{j}/{name}",
            after=getattr(after.blocks[j], name),
        )
        for i, j in stood
        for name in Block.__slots__
        if getattr(before.blocks[i], name) != getattr(after.blocks[j], name)
    ]
    ours, theirs = _unlisted_facts(changes, len(before.facts), len(after.facts))
    facts = [
        Rest(before_path=f"/facts/{i}", before=before.facts[i], after_path=f"/facts/{j}", after=after.facts[j])
        for i, j in _out_of_order(before.facts, ours, after.facts, theirs)
    ]
    return rest_in_order([*heads, *blocks, *facts])


def _check(changes: Changes, record: Record) -> None:
    if len(record.blocks) != changes.sizes[0]:
        found = f"it has {len(record.blocks)} blocks, expected {changes.sizes[0]}"
        raise DoesNotApply(f"{record.url}: the changes start from another record: {found}")
    for change in changes.blocks:
        if change.before_index is not None and record.blocks[change.before_index] != change.before:
            found = f"block {change.before_index + 1} is not as it was"
            raise DoesNotApply(f"{record.url}: the changes start from another record: {found}")


def _blocks(changes: Changes, blocks: Sequence[Block]) -> tuple[Block, ...]:
    after = {change.after_index: change.after for change in changes.blocks if change.after}
    after |= {j: blocks[i] for i, j in standing(changes.blocks, changes.sizes)}
    for rest in changes.rest:
        _, name, *inside = rest.after_path.split("/")
        if name == "blocks":
            value: Any = rest.after
            after[int(inside[0])] = replace(after[int(inside[0])], **{inside[1]: value})
    return tuple(after[place] for place in range(changes.sizes[1]))


def _facts(changes: Changes, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    ops = [change.op for change in changes.facts]
    size = len(facts) + ops.count("added") - ops.count("dropped")
    moved = [
        (int(rest.before_path.split("/")[2]), int(rest.after_path.split("/")[2]), rest.after)
        for rest in changes.rest
        if rest.before_path.startswith("/facts/")
    ]
    after = {change.after_index: change.after for change in changes.facts if change.after}
    after |= {j: fact for _, j, fact in moved if isinstance(fact, Fact)}
    gone = {i for i, _, _ in moved}
    ours, theirs = _unlisted_facts(changes, len(facts), size)
    stood = zip((i for i in ours if i not in gone), (j for j in theirs if j not in after), strict=True)
    after |= {j: facts[i] for i, j in stood}
    return tuple(after[place] for place in range(size))


def _unlisted_facts(changes: Changes, before: int, after: int) -> tuple[list[int], list[int]]:
    ours = {change.before_index for change in changes.facts}
    theirs = {change.after_index for change in changes.facts}
    return [i for i in range(before) if i not in ours], [j for j in range(after) if j not in theirs]


def _out_of_order(
    before: Sequence[Fact], ours: Sequence[int], after: Sequence[Fact], theirs: Sequence[int]
) -> list[tuple[int, int]]:
    """Pairs of the places of facts that stand, if not all of them are as they were and in the same order."""
    if [before[i] for i in ours] == [after[j] for j in theirs]:
        return []
    waiting: dict[Fact, list[int]] = {}
    for j in reversed(theirs):
        waiting.setdefault(after[j], []).append(j)
    equal = [(i, waiting[before[i]].pop()) for i in ours if waiting.get(before[i])]
    paired = {i for i, _ in equal}, {j for _, j in equal}
    others = zip((i for i in ours if i not in paired[0]), (j for j in theirs if j not in paired[1]), strict=True)
    return [*equal, *others]
