"""Units: the sentences of a record, and what stands for itself in it: headings, captions, rows of a table."""

from collections.abc import Iterator
from typing import NamedTuple

from parsers.record import Block, Figure, Record
from parsers.tables import row_text, table_caption

from .sentences import sentences

_WHOLE = frozenset(["heading", "term"])


class Unit(NamedTuple):
    """One passage of a record: *text* is characters *start* to *end* of what stands at *path* (a JSON Pointer).

    *kind* is that of its block, or "title", "headline" or "lead". Of a row of a table the cells are joined.
    """

    path: str
    start: int
    end: int
    kind: str
    text: str


def units(record: Record) -> list[Unit]:
    """The passages of *record*, in order."""
    return [*_head(record), *(unit for index, block in enumerate(record.blocks) for unit in _of_block(block, index))]


def _head(record: Record) -> Iterator[Unit]:
    for name in ("title", "headline"):
        text = getattr(record, name)
        if text:
            yield Unit(f"/{name}", 0, len(text), name, text)
    if record.lead:
        yield from _of_figure(record.lead, "/lead", "lead")


def _of_block(block: Block, index: int) -> Iterator[Unit]:
    path = f"/blocks/{index}"
    if block.figure:
        yield from _of_figure(block.figure, f"{path}/figure", block.kind)
    elif block.rows:
        if caption := table_caption(block):
            yield Unit(f"{path}/text", 0, len(caption), block.kind, caption)
        for number, row in enumerate(block.rows):
            if text := row_text(row):
                yield Unit(f"{path}/rows/{number}", 0, len(text), block.kind, text)
    elif block.kind in _WHOLE and block.text:
        yield Unit(f"{path}/text", 0, len(block.text), block.kind, block.text)
    else:
        for start, end in sentences(block.text):
            yield Unit(f"{path}/text", start, end, block.kind, block.text[start:end])


def _of_figure(figure: Figure, path: str, kind: str) -> Iterator[Unit]:
    for name in ("caption", "credit"):
        for start, end in sentences(getattr(figure, name)):
            yield Unit(f"{path}/{name}", start, end, kind, getattr(figure, name)[start:end])
