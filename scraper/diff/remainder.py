"""Remainder: a record without what rules match, for all that is told of records and not of what differs in them."""

from collections.abc import Sequence
from dataclasses import replace

from parsers.record import Block, Fact, Figure, Mark, Recommendation, Record

from ..insignificant import Rule
from .mask import NOBODY, Masked, Part


def unmatched(record: Record, rules: Sequence[Rule]) -> Record:
    """*record* without what *rules* match in its texts; itself where that is nothing.

    Every passage keeps its place, so that paths lead to the same in both: one that is matched as a whole is empty. A
    picture goes with its caption by a rule that names the kind "figure" alone. Dates, stages, countries, alerts and
    entries stay, as `quieted` never ignores them. Two records that differ in nothing but what is ignored are equal.
    """
    if not rules:
        return record
    found = replace(
        record,
        title=_left(record.title, "title", rules),
        headline=_left(record.headline, "headline", rules),
        byline=_left(record.byline, "byline", rules),
        organisation=_left(record.organisation, "organisation", rules),
        masthead=tuple(_left(line, "masthead", rules) for line in record.masthead),
        authors=tuple(left for name in record.authors if (left := _left(name, "authors", rules))),
        lead=_figure(record.lead, "lead", rules) if record.lead else None,
        blocks=tuple(_block(block, rules) for block in record.blocks),
        facts=_facts(record, rules),
    )
    return record if found == record else found


def _left(text: str, kind: str, rules: Sequence[Rule]) -> str:
    mask = Masked(text, [kind], rules)
    return _written(mask) if mask.is_touched else text


def _written(mask: Masked) -> str:
    """What is left of a text, line by line; nothing where that is no word."""
    return "" if mask.is_all else _lines(mask.parts())


def _lines(parts: Sequence[Part]) -> str:
    # Line breaks are those of rows and of preformatted text, and stay also where they are matched.
    text = "".join(text if number == NOBODY else _blank(text) for text, number in parts)
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip("\n")


def _blank(text: str) -> str:
    return "\n" * text.count("\n") or " "


def _figure(figure: Figure, kind: str, rules: Sequence[Rule]) -> Figure:
    return replace(figure, caption=_left(figure.caption, kind, rules), credit=_left(figure.credit, kind, rules))


def _block(block: Block, rules: Sequence[Rule]) -> Block:
    mask = Masked(block.text, [block.kind], rules)
    figure = _figure(block.figure, "figure", rules) if block.figure else None
    if figure and figure.image and _is_hidden_picture(block, rules):
        figure = None
    rows = tuple(tuple(_left(cell, block.kind, rules) for cell in row) for row in block.rows)
    if not mask.is_touched:
        return replace(block, rows=rows, figure=figure)
    text = _written(mask)
    marks = tuple(left for mark in block.marks if (left := _mark(mark, mask, text)))
    return replace(block, text=text, marks=marks, rows=rows, figure=figure)


def _is_hidden_picture(block: Block, rules: Sequence[Rule]) -> bool:
    return Masked(block.text, [block.kind], [rule for rule in rules if "figure" in rule.kinds]).is_all


def _mark(mark: Mark, mask: Masked, text: str) -> Mark | None:
    """*mark* where its words stand in the *text* that is left, None where rules match all of them."""
    words = "" if mask.covers(mark.start, mark.end) else _lines(mask.parts(mark.start, mark.end))
    start = text.find(words, len(_lines(mask.parts(0, mark.start)))) if words else -1
    return None if start < 0 else replace(mark, start=start, end=start + len(words))


def _facts(record: Record, rules: Sequence[Rule]) -> tuple[Fact, ...]:
    """The facts of *record*, recommendations as they stand in a block that is left."""
    kept: list[Fact] = []
    for fact in record.facts:
        if not isinstance(fact, Recommendation):
            kept.append(fact)
            continue
        kinds = list(dict.fromkeys(block.kind for block in record.blocks if fact.text in block.text))
        mask = Masked(fact.text, kinds, rules)
        if not mask.is_all:
            kept.append(replace(fact, text=_lines(mask.parts())) if mask.is_touched else fact)
    return tuple(kept)
