"""Canonical JSON: the one form by RFC 8785 of text, whole numbers, booleans, and lists and objects of them."""

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from ..errors import NotProved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import msgspec

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value]"

# Beyond these a number is another one to programs that have floating point only (RFC 7493, 2.2).
_LARGEST = 2**53 - 1


def canonical(value: Value) -> bytes:
    """*value* in its canonical form, UTF-8. Names in objects are ASCII, whole numbers below 2**53.

    Raises NotProved for text with lone surrogates, which has no form in UTF-8.
    """
    try:
        return _encoder().encode(value)
    except UnicodeEncodeError as error:
        raise NotProved(f"text that has no form in UTF-8: {error}") from error


def reading(record: bytes) -> dict[str, Value]:
    """The object that *record* is the canonical form of. Raises NotProved where it is that of none."""
    import msgspec  # noqa: PLC0415 -- costs start-up time, and only what writes or verifies needs it

    try:
        value = msgspec.json.decode(record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotProved(f"the record is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise NotProved("the record is no JSON object")
    _check(value)
    if canonical(value) != record:
        raise NotProved("the record is not in its canonical form")
    return value


def _check(value: object) -> None:
    match value:
        case str() | bool():
            pass
        case int():
            if abs(value) > _LARGEST:
                raise NotProved(f"the record has a number that is too large: {value}")
        case list():
            for item in value:
                _check(item)
        case dict():
            for name, item in value.items():
                if not name.isascii():
                    raise NotProved(f"the record has a name that is not ASCII: {name!r}")
                _check(item)
        case _:
            raise NotProved(f"the record holds {value!r}, expected text, whole numbers, booleans, lists and objects")


@cache
def _encoder() -> "msgspec.json.Encoder":
    import msgspec  # noqa: PLC0415 -- as above

    return msgspec.json.Encoder(order="sorted")
