"""A record as a text, for people and for other programs."""

import re
from collections.abc import Iterator
from itertools import groupby

from parsers import AlertLevel, Block, Country, Entry, Fact, Figure, Record, Stage

_LABEL = re.compile(r"[\w*†‡§¶.-]{1,30}")


def as_text(record: Record) -> str:
    """The report as plain text: its head, its blocks a blank line apart, then what was read from it as facts."""
    return "\n\n".join([*_head(record), *_paragraphs(record), *_facts(record), *_flags(record)]) + "\n"


def note_labels(record: Record) -> list[str]:
    """What the signs of the footnotes show, in the order of the notes; their numbers where that is no label."""
    count = sum(block.kind == "footnote" for block in record.blocks)
    shown = {
        mark.target: block.text[mark.start : mark.end].strip("[]")
        for block in record.blocks
        for mark in block.marks
        if mark.kind == "note"
    }
    labels = [shown.get(f"#{number}", str(number)) for number in range(1, count + 1)]
    is_usable = len(set(labels)) == count and all(_LABEL.fullmatch(label) for label in labels)
    return labels if is_usable else [str(number) for number in range(1, count + 1)]


def caption_of(figure: Figure) -> str:
    """The words below a picture as one line, its credit in brackets."""
    return f"{figure.caption} [{figure.credit}]".lstrip() if figure.credit else figure.caption


def _paragraphs(record: Record) -> Iterator[str]:
    """The blocks as text, items that follow each other in one piece."""
    labels = iter(note_labels(record))
    for kind, blocks in groupby(record.blocks, key=lambda block: block.kind):
        if kind == "item":
            yield "\n".join(f"{'  ' * block.level}- {block.text}" for block in blocks)
        elif kind == "footnote":
            yield from (f"[{next(labels)}] {block.text}" for block in blocks)
        else:
            yield from map(_text_block, blocks)


def _head(record: Record) -> list[str]:
    lines = [record.title] if record.title else []
    lines += [record.headline] if record.headline else []
    lines += [_figure(record.lead)] if record.lead else []
    signed = ", ".join([*record.authors, *([record.organisation] if record.organisation else [])])
    dated = " · ".join(part for part in (record.published or "", signed) if part)
    return [*lines, *([dated] if dated else [])]


def _figure(figure: Figure) -> str:
    return f"[Figure: {caption_of(figure) or figure.image}]"


def _text_block(block: Block) -> str:
    if block.kind == "quotation":
        margin = "    " * (block.level + 1)
        return f"{margin}“{block.text}”" if not block.text.startswith(("“", '"')) else f"{margin}{block.text}"
    if block.kind == "definition":
        return f"{'    ' * block.level}{block.text}"
    return _figure(block.figure) if block.figure else block.text


def _facts(record: Record) -> list[str]:
    lines = [f"  {line}" for fact in record.facts if (line := _fact(fact))]
    return ["Facts\n" + "\n".join(lines)] if lines else []


def _fact(fact: Fact) -> str:
    if isinstance(fact, Country):
        code = f" ({fact.iso}{', a former state' if fact.former else ''})" if fact.iso else " (no ISO 3166 code)"
        return f"country         {fact.name}{code}"
    if isinstance(fact, AlertLevel):
        return f"alert           {fact.name}, level {fact.level}"
    if isinstance(fact, Stage):
        model = f" of the {fact.model}" if fact.model else ""
        return f"stage           {fact.number} {fact.name}{model}{'' if fact.agrees else ' (number and name disagree)'}"
    if isinstance(fact, Entry):
        return f"entry           {fact.report}: {fact.subject}{f', {fact.published}' if fact.published else ''}"
    return f"recommendation  to {', '.join(fact.addressees)}" if fact.addressees else ""


def _flags(record: Record) -> list[str]:
    lines = [f"  {flag.name}: {flag.detail}" for flag in record.flags]
    return ["Worth knowing\n" + "\n".join(lines)] if lines else []
