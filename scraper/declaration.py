"""Declarations: what a TOML file may hold, as the fields of a dataclass, with every mistake reported at once.

The metadata of a field says in words what it expects (`expected`); its type, with the checks of `that` in it, decides.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from msgspec import ValidationError, convert

from .errors import MistakenFile, UsageError

MAX_FILE_BYTES = 1_000_000


def that(holds: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """A check in the type of a field; the field's own "expected" words its failure."""

    def check(value: Any) -> Any:
        if not holds(value):
            raise ValueError("not as expected")
        return value

    return check


def expected(words: str, *, secret: bool = False) -> dict[str, Any]:
    """The metadata of a field: what it expects, and whether what was found there may be a *secret*, never shown."""
    return {"expected": words, "secret": secret}


def read_toml(path: Path, error: type[MistakenFile]) -> dict[str, Any]:
    """What the TOML file *path* holds. Raises *error* where it is none, UsageError where it cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as failure:
        raise UsageError(f"{path}: cannot be read: {failure.strerror}") from failure
    if len(content) > MAX_FILE_BYTES:
        raise error(str(path), (f"found over {MAX_FILE_BYTES:,} bytes, expected a short TOML file",))
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as failure:
        line = content.count(b"\n", 0, failure.start) + 1
        found = f"line {line}: found byte {content[failure.start]:#x}, expected UTF-8"
        raise error(str(path), (found,)) from failure
    except (tomllib.TOMLDecodeError, RecursionError) as failure:
        raise error(str(path), (f"not valid TOML: {failure}",)) from failure


def table(kind: type, values: Mapping[str, Any], mistakes: list[str], *, where: str = "") -> dict[str, Any]:
    """The fields of the dataclass *kind* that *values* has, as that takes them; None for one that is wrong.

    What is wrong is added to *mistakes*, a line each, with *where* before the name of the field. A value of None says
    that the field is needed and missing.
    """
    known = {item.name: item.metadata for item in fields(kind)}
    taken = {name: _taken(kind, name, values[name], mistakes, where) for name in known if name in values}
    mistakes += [f"{where}{_unknown(name, known)}" for name in values if name not in known]
    return taken


def shown(value: object) -> str:
    """*value* as it stands in an error."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _taken(kind: type, name: str, value: Any, mistakes: list[str], where: str) -> Any:
    """*value* as the field *name* of *kind* holds it; what is wrong with it is added to *mistakes*."""
    said = next(item.metadata for item in fields(kind) if item.name == name)
    if value is None:
        mistakes.append(f"{where}{name}: missing, expected {said['expected']}")
        return None
    wanted = _kinds(kind)[name]
    item = _item_kind(wanted)
    wrong = []
    if item is not None and isinstance(value, list):
        # A list with wrong items is reported for the items alone.
        tried = [_converted(part, item) for part in value]
        wrong = [(f"[{place}]", part) for place, part in enumerate(value) if tried[place] is None]
        value = value if wrong else tried
    taken = None if wrong else _converted(value, wanted)
    if taken is None:
        mistakes += [
            f"{where}{name}{place}: found {'something else' if said['secret'] else shown(part)}, "
            f"expected {said['expected']}"
            for place, part in wrong or [("", value)]
        ]
    return taken


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"{name}: unknown field{f'; did you mean {near[0]}?' if near else ''}"


def _converted(value: Any, kind: Any) -> Any:
    """*value* as the type *kind* has it, None where it is not of that type or fails one of its checks."""
    try:
        taken = convert(value, kind)
        for check in filter(callable, getattr(kind, "__metadata__", ())):
            taken = check(taken)
    except (ValidationError, ValueError, UsageError):
        return None
    return taken


def _item_kind(kind: Any) -> Any:
    """The type of the items where *kind* is a list of any length, else None."""
    listed = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    inner = get_args(listed)
    return inner[0] if get_origin(listed) is tuple and inner[-1] is Ellipsis else None


@cache
def _kinds(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind, include_extras=True)
    # TOML has no null: a field that may be absent has the type it has when present.
    return {
        name: get_args(one)[0] if get_origin(one) is UnionType or get_origin(one) is Union else one
        for name, one in hints.items()
    }
