"""Footnotes that are only typed: "[1]" in a text, and below it a paragraph that begins so."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from .line import without_start
from .record import Block, Mark

_SIGN = re.compile(r"\[(\d{1,3}|[*†‡§¶]{1,4})\]")
_START = re.compile(r"\[(\d{1,3}|[*†‡§¶]{1,4})\]\s*+(?=\S)")


def with_typed_notes(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """*blocks* with typed footnotes as such; left as they are where footnotes are known already.

    Judgments number their paragraphs like this and refer to some: only where all are referred to are they notes.
    """
    listed = tuple(blocks)
    starts = _starts(listed)
    notes = _called(listed, starts) if starts else {}
    if len(notes) < len(starts) or not notes or any(block.kind == "footnote" for block in listed):
        return listed
    numbers = {label: number for number, label in enumerate(notes, 1)}
    places = set(notes.values())
    return tuple(
        _as_note(block, starts[place]) if place in places else _with_signs(block, numbers)
        for place, block in enumerate(listed)
    )


def _starts(blocks: tuple[Block, ...]) -> dict[int, re.Match[str]]:
    return {
        place: match
        for place, block in enumerate(blocks)
        if block.text.startswith("[") and block.kind in {"paragraph", "item"} and (match := _START.match(block.text))
    }


def _called(blocks: tuple[Block, ...], starts: Mapping[int, re.Match[str]]) -> dict[str, int]:
    """The labels whose sign stands above the block that begins with it, and that block's place."""
    seen: set[str] = set()
    notes: dict[str, int] = {}
    for place, block in enumerate(blocks):
        start = starts.get(place)
        if start and start[1] in seen:
            notes.setdefault(start[1], place)
        elif "[" in block.text:
            seen.update(sign[1] for sign in _signs(block))
    return notes


def _signs(block: Block) -> Iterator[re.Match[str]]:
    """The signs in *block*, but for one that it begins with."""
    if block.kind != "preformatted":
        yield from _SIGN.finditer(block.text, 1)


def _as_note(block: Block, start: re.Match[str]) -> Block:
    text, marks = without_start(block.text, block.marks, start.end())
    return Block(kind="footnote", text=text, marks=marks)


def _with_signs(block: Block, numbers: Mapping[str, int]) -> Block:
    found = [
        Mark(kind="note", start=sign.start(), end=sign.end(), target=f"#{numbers[sign[1]]}")
        for sign in _signs(block)
        if sign[1] in numbers
    ]
    if not found:
        return block
    marks = sorted((*block.marks, *found), key=lambda mark: (mark.start, mark.end, mark.kind))
    return replace(block, marks=tuple(marks))
