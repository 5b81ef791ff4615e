"""Passages: blocks of a report and lines of its head as rows. Kind and words are columns, the rest is JSON.

The digest is that of all of a passage as canonical JSON, so that what is made of the columns is made to the letter.
"""

import json
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from parsers.record import Block

from .text import storable

_READABLE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_ASCII = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_PLAIN: dict[str, Any] = {"level": 0, "ordered": False, "marks": [], "rows": [], "header_rows": 0, "figure": None}
HEADS = ("title", "headline", "lead")


class Passage(NamedTuple):
    """A passage as it is stored. *rest* is JSON: what is not plain of it, or all of it where no column can hold it."""

    kind: str
    text: str
    rest: str


def passage_of(block: Block) -> Passage:
    """The row of *block*."""
    text = storable(block.text)
    if text is not block.text and text != block.text:
        return Passage(block.kind, text, canonical(block.to_dict()))
    if block.marks or block.figure or block.rows or block.header_rows:
        values = block.to_dict()
        return Passage(block.kind, text, canonical({name: values[name] for name in _PLAIN if values[name]}))
    return Passage(block.kind, text, _rest_of(block.level, block.ordered))


def head_of(kind: str, text: str) -> Passage:
    """The row of a line of the head, one of HEADS."""
    kept = storable(text)
    return Passage(kind, kept, "{}" if kept == text else canonical({"kind": kind, "text": text}))


def values_of(passage: Passage) -> dict[str, Any]:
    """The passage as plain values, which `parsers.record.block_from_dict` reads where it is a block."""
    rest = json.loads(passage.rest) if passage.rest != "{}" else {}
    if "text" in rest:
        return rest
    columns = {"kind": passage.kind, "text": passage.text}
    return (columns if passage.kind in HEADS else columns | _PLAIN) | rest


def digest_of(passage: Passage) -> str:
    """What the passage is known by: SHA-256 over all of it."""
    return sha256(canonical(values_of(passage)).encode()).hexdigest()


@cache
def _rest_of(level: int, ordered: bool) -> str:
    """The rest of a block that is only deeper than others, or of an ordered list; most are."""
    return canonical(({"level": level} if level else {}) | ({"ordered": True} if ordered else {}))


def canonical(value: object) -> str:
    """Canonical JSON; readable signs unless one of them is no character that a column can hold."""
    text = _READABLE.encode(value)
    return text if storable(text) == text else _ASCII.encode(value)
