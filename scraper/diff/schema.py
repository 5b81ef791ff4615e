"""Changes read back from what `Changes.to_dict` wrote; docs/diff-format.md has the schema."""

from typing import Any

from parsers.record import Block, Fact, Figure, Link, Record, block_from_dict

from ..errors import DoesNotApply
from .changes import (
    SCHEMA,
    BlockChange,
    CellChange,
    Changes,
    Emphasis,
    FactChange,
    FieldChange,
    FieldValue,
    LinkChange,
    Move,
    Rest,
    RestValue,
)
from .words import Run

_Values = dict[str, Any]
_BARE: _Values = {"url": "", "media_type": "", "layout": "", "revision": 0}


def changes_from_dict(values: _Values) -> Changes:
    """The changes that `Changes.to_dict` gave: `changes_from_dict(changes.to_dict()) == changes`.

    Raises DoesNotApply where *values* are of another schema, or of this one as it was before records could be rebuilt.
    """
    if values.get("schema") != SCHEMA:
        raise DoesNotApply(f"schema: found {values.get('schema')!r}, expected {SCHEMA!r}")
    if "rest" not in values:
        raise DoesNotApply("rest: absent, so the record after cannot be rebuilt; compare the two versions again")
    sizes, renditions = values["sizes"], values["renditions"]
    return Changes(
        renditions=(renditions[0], renditions[1]) if renditions else None,
        sizes=(sizes[0], sizes[1]),
        fields=tuple(map(_field, values["fields"])),
        facts=tuple(map(_fact_change, values["facts"])),
        blocks=tuple(map(_block_change, values["blocks"])),
        links=tuple(map(_link_change, values["links"])),
        emphasis=Emphasis(
            class_=values["emphasis"]["class"],
            dropped=values["emphasis"]["dropped"],
            added=values["emphasis"]["added"],
        ),
        rest=tuple(map(_rest, values["rest"])),
        numbers=_pairs(values["numbers_changed"]),
        dates=_pairs(values["dates_changed"]),
        summary=values["summary"],
        coarse=values["coarse"],
    )


def _pairs(values: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((before, after) for before, after in values)


def _runs(values: list[_Values]) -> tuple[Run, ...]:
    return tuple(
        Run(kind=run["kind"], before=run["before"], after=run["after"], ignored=run.get("ignored", ""))
        for run in values
    )


def _field(values: _Values) -> FieldChange:
    return FieldChange(
        path=values["path"],
        class_=values["class"],
        before=_field_value(values["before"]),
        after=_field_value(values["after"]),
        runs=_runs(values["runs"]),
        ignored=values.get("ignored", ""),
    )


def _field_value(value: Any) -> FieldValue:
    if isinstance(value, dict):
        return Figure(**value)
    return tuple(value) if isinstance(value, list) else value


def _fact_change(values: _Values) -> FactChange:
    before, after = values["before"], values["after"]
    return FactChange(
        op=values["op"],
        class_=values["class"],
        before_index=_index(before),
        after_index=_index(after),
        before=before and _fact(before),
        after=after and _fact(after),
        runs=_runs(values["runs"]),
        ignored=values.get("ignored", ""),
    )


def _fact(values: _Values) -> Fact:
    known = {name: value for name, value in values.items() if name != "path"}
    return Record.from_dict(_BARE | {"facts": [known]}).facts[0]


def _block_change(values: _Values) -> BlockChange:
    before, after = values["before"], values["after"]
    return BlockChange(
        op=values["op"],
        class_=values["class"],
        before_index=_index(before),
        after_index=_index(after),
        before=before and _block(before),
        after=after and _block(after),
        runs=_runs(values["runs"]),
        fields=tuple(map(_field, values["fields"])),
        cells=tuple(map(_cell, values["cells"])),
        moves=tuple(Move(**move) for move in values["moves"]),
        group=_group(values["group"]),
        words_changed=values["words_changed"],
        coarse=values["coarse"],
        ignored=values.get("ignored", ""),
    )


def _block(values: _Values) -> Block:
    return block_from_dict({name: value for name, value in values.items() if name != "path"})


def _cell(values: _Values) -> CellChange:
    return CellChange(
        before_row=values["before_row"],
        after_row=values["after_row"],
        before_column=values["before_column"],
        after_column=values["after_column"],
        runs=_runs(values["runs"]),
    )


def _link_change(values: _Values) -> LinkChange:
    before, after = values["before"], values["after"]
    return LinkChange(
        op=values["op"],
        class_=values["class"],
        before_index=before and before["index"],
        after_index=after and after["index"],
        before=before and Link(text=before["text"], target=before["target"]),
        after=after and Link(text=after["text"], target=after["target"]),
        before_path=before["path"] if before else "",
        after_path=after["path"] if after else "",
        ignored=values.get("ignored", ""),
    )


def _rest(values: _Values) -> Rest:
    before, after = values["before"], values["after"]
    return Rest(
        before_path=before["path"],
        before=_rest_value(before["path"], before["value"]),
        after_path=after["path"],
        after=_rest_value(after["path"], after["value"]),
    )


def _rest_value(path: str, value: Any) -> RestValue:
    """*value* as the record has it at *path*."""
    _, name, *inside = path.split("/")
    if name == "facts":
        return _fact(value)
    found: RestValue
    if name == "blocks":
        found = getattr(block_from_dict({"kind": "paragraph", "text": "", inside[1]: value}), inside[1])
    else:
        found = getattr(Record.from_dict(_BARE | {name: value}), name)
    return found


def _index(side: _Values | None) -> int | None:
    return _place(side["path"]) if side else None


def _group(values: dict[str, list[str]] | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return (_places(values["before"]), _places(values["after"])) if values else ((), ())


def _places(paths: list[str]) -> tuple[int, ...]:
    return tuple(map(_place, paths))


def _place(path: str) -> int:
    return int(path.split("/")[2])
