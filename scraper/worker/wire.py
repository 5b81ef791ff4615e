"""Wire: how a page goes to the worker, and what was read in it comes back.

What comes back is data and never code: whoever has taken over a worker by a hostile page has no more than that. A
frame is its length in 8 bytes, then itself. MessagePack by msgspec takes a fifth of what pickle does for a record.
"""

import pickle
from dataclasses import fields
from typing import Any, get_type_hints

from msgspec import Raw, convert, defstruct
from msgspec.msgpack import Decoder, Encoder

from parsers import errors
from parsers.errors import ParserError, ParserFailed
from parsers.record import AlertLevel, Country, Entry, Fact, Recommendation, Record, Stage

LENGTH_BYTES = 8
READY = b"\n"  # what a process says before it is asked anything
OUT_OF_MEMORY = 3  # its exit code then
_RECORD, _ERROR = b"r", b"e"

_encoder = Encoder()
_FACTS: dict[str, Decoder[Fact]] = {
    kind.kind: Decoder(kind) for kind in (Country, AlertLevel, Stage, Recommendation, Entry)
}
_HINTS = get_type_hints(Record) | {"facts": tuple[tuple[str, Raw], ...]}
_NAMES = tuple(field.name for field in fields(Record) if field.init)
# The fields of a record in their order, and each fact with its kind before it.
_Record: Any = defstruct("_Record", [(name, _HINTS[name]) for name in _NAMES], array_like=True, gc=False)
_records = Decoder(_Record)


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


def encode_request(arguments: dict[str, Any], body_bytes: int) -> bytes:
    """What stands before a body: what `parsers.parse` is to be told of it. Only the worker's own parent sends this."""
    return framed(pickle.dumps((arguments, body_bytes), protocol=5))


def decode_request(message: bytes) -> tuple[dict[str, Any], int]:
    """What `encode_request` was given."""
    arguments, body_bytes = pickle.loads(message)  # noqa: S301 -- from our own parent, which holds no page's code
    return arguments, body_bytes


def encode_record(record: Record) -> bytes:
    """*record* as a reply."""
    values = {name: getattr(record, name) for name in _NAMES}
    values["facts"] = tuple((fact.kind, Raw(_encoder.encode(fact))) for fact in record.facts)
    return _RECORD + _encoder.encode(_Record(**values))


def encode_error(error: Exception) -> bytes:
    """What a parser raised as a reply: its own errors as they are, others as the mistake they are."""
    if not isinstance(error, ParserError):
        error = ParserFailed.of(error)
    return _ERROR + _encoder.encode((type(error).__name__, str(error), vars(error)))


def decode_reply(reply: bytes | bytearray | memoryview) -> Record:
    """The record of a reply; raises the error of one that has an error."""
    view = memoryview(reply)
    if view[:1] == _ERROR:
        raise _error(*convert(Decoder().decode(view[1:]), tuple[str, str, dict[str, Any]]))
    found = _records.decode(view[1:])
    values = {name: getattr(found, name) for name in _NAMES}
    values["facts"] = tuple(map(_fact, found.facts))
    return Record(**values)


def _fact(said: tuple[str, Raw]) -> Fact:
    kind, encoded = said
    return _FACTS[kind].decode(encoded)


def _error(name: str, message: str, attributes: dict[str, Any]) -> ParserError:
    kind: type[ParserError] = getattr(errors, name)
    error = kind.__new__(kind, message)
    vars(error).update({key: tuple(value) if isinstance(value, list) else value for key, value in attributes.items()})
    return error
