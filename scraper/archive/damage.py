"""Damage: rows that hold what fonds never writes, told apart from mistakes of ours where rows become values."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class DamagedRow(ValueError):
    """A row holds a time that is none, or JSON that is none or of another shape: it is damaged, or from elsewhere."""

    def __init__(self, found: object) -> None:
        told = " ".join(f"a row holds what fonds never writes ({found})".split())[:300]
        super().__init__(f"{told}; fonds verify says which")


def of_rows(function: Callable[P, R]) -> Callable[P, R]:
    """*function*, which makes values of rows and nothing else, with what is wrong with these as DamagedRow."""

    @wraps(function)
    def made(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except DamagedRow:
            raise
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise DamagedRow(f"{type(error).__name__}: {error}") from error

    return made


@of_rows
def read_json(text: str) -> Any:
    """What the JSON *text* of a column says."""
    return json.loads(text)
