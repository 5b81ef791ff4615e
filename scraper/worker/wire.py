"""Wire: how a page goes to the worker, and what was found in it comes back.

What comes back is data and never code: whoever has taken over a worker by a hostile page has no more than that. A
frame is its length in 8 bytes, then itself. MessagePack by msgspec takes a fifth of what pickle does for a record.
"""

import pickle
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any, Literal, get_args, get_type_hints

from msgspec import Raw, convert, defstruct
from msgspec.msgpack import Decoder, Encoder

from parsers import errors
from parsers.errors import ParserError, ParserFailed
from parsers.record import Fact, Record

Task = Literal["parse", "judge_page", "claims"]

LENGTH_BYTES = 8
READY = b"\n"  # what a process says before it is asked anything
SAME = "same"  # for the profile that came last: it is the same for page after page, and may be long
OUT_OF_MEMORY = 3  # its exit code then
_RESULT, _ERROR = b"r", b"e"

_encoder = Encoder()
_FACTS: dict[str, Decoder[Fact]] = {kind.kind: Decoder(kind) for kind in get_args(Fact)}
_HINTS = get_type_hints(Record) | {"facts": tuple[tuple[str, Raw], ...]}
_NAMES = tuple(field.name for field in fields(Record) if field.init)
# The fields of a record in their order, and each fact with its kind before it.
_Record: Any = defstruct("_Record", [(name, _HINTS[name]) for name in _NAMES], array_like=True, gc=False)


def framed(message: bytes) -> bytes:
    """*message* as it is sent."""
    return len(message).to_bytes(LENGTH_BYTES, "little") + message


def length_of(frame: bytes | bytearray) -> int:
    """How long the message in *frame* is, by its first bytes."""
    return int.from_bytes(frame[:LENGTH_BYTES], "little")


def missing(frame: bytes | bytearray) -> int:
    """How many bytes *frame*, of which a part came, lacks at least; 0 where it is whole."""
    if len(frame) < LENGTH_BYTES:
        return LENGTH_BYTES - len(frame)
    return LENGTH_BYTES + length_of(frame) - len(frame)


def encode_request(task: Task, arguments: dict[str, Any], body_bytes: int) -> bytes:
    """What stands before a body: what to do with it. Only the worker's own parent sends this."""
    return framed(pickle.dumps((task, arguments, body_bytes), protocol=5))


def decode_request(message: bytes) -> tuple[Task, dict[str, Any], int]:
    """What `encode_request` was given."""
    task, arguments, body_bytes = pickle.loads(message)  # noqa: S301 -- from our own parent, which holds no page's code
    return task, arguments, body_bytes


def encode_result(result: object) -> bytes:
    """What a task gave as a reply."""
    if isinstance(result, Record):
        values = {name: getattr(result, name) for name in _NAMES}
        values["facts"] = tuple((fact.kind, Raw(_encoder.encode(fact))) for fact in result.facts)
        result = _Record(**values)
    return _RESULT + _encoder.encode(result)


def encode_error(error: Exception) -> bytes:
    """What a parser raised as a reply: its own errors as they are, others as the mistake they are."""
    if not isinstance(error, ParserError):
        error = ParserFailed.of(error)
    return _ERROR + _encoder.encode((type(error).__name__, str(error), vars(error)))


def decode_reply(task: Task, reply: bytes | bytearray | memoryview) -> Any:
    """What *task* gave; raises the error of a reply that has one."""
    view = memoryview(reply)
    if view[:1] == _ERROR:
        raise _error(*convert(Decoder().decode(view[1:]), tuple[str, str, dict[str, Any]]))
    return _decoder(task)(view[1:])


@cache
def _decoder(task: Task) -> Callable[[memoryview], Any]:
    """What reads the results of *task*; their types cost start-up time, which only who needs them pays."""
    if task == "judge_page":
        from parsers.effective import Effective  # noqa: PLC0415

        return Decoder(Effective | None).decode
    if task == "claims":
        from parsers.registry import Claim  # noqa: PLC0415

        return Decoder(tuple[Claim, ...]).decode
    records = Decoder(_Record)
    return lambda encoded: _record(records.decode(encoded))


def _record(found: Any) -> Record:
    values = {name: getattr(found, name) for name in _NAMES}
    values["facts"] = tuple(_FACTS[kind].decode(encoded) for kind, encoded in found.facts)
    return Record(**values)


def _error(name: str, message: str, attributes: dict[str, Any]) -> ParserError:
    kind: type[ParserError] = getattr(errors, name)
    error = kind.__new__(kind, message)
    vars(error).update({key: tuple(value) if isinstance(value, list) else value for key, value in attributes.items()})
    return error
