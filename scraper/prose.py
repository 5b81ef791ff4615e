"""A record as a text or as Markdown, for people and for other programs."""

from collections.abc import Callable, Iterator
from itertools import groupby

from parsers import AlertLevel, Block, Country, Entry, Fact, Figure, Record, Stage

_MARKS = {"emphasis": ("*", "*"), "strong": ("**", "**")}
_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>"})


def as_text(record: Record) -> str:
    """The report as plain text: its head, its blocks a blank line apart, then what was read from it as facts."""
    return "\n\n".join([*_head(record), *_paragraphs(record, _text_block), *_facts(record), *_flags(record)]) + "\n"


def as_markdown(record: Record) -> str:
    """The report as CommonMark with links and emphasis in place; `parsers.parse` reads the same report from it."""
    return "\n\n".join([*_markdown_head(record), *_paragraphs(record, _markdown_block)]) + "\n"


def _paragraphs(record: Record, write: Callable[[Block], str]) -> Iterator[str]:
    """The blocks as *write* gives them, items that follow each other in one piece."""
    for is_list, blocks in groupby(record.blocks, key=lambda block: block.kind == "item"):
        written = [write(block) for block in blocks]
        yield from ["\n".join(written)] if is_list else written


def _head(record: Record) -> list[str]:
    lines = [record.title] if record.title else []
    lines += [record.headline] if record.headline else []
    lines += [_figure(record.lead)] if record.lead else []
    signed = ", ".join([*record.authors, *([record.organisation] if record.organisation else [])])
    dated = " · ".join(part for part in (record.published or "", signed) if part)
    return [*lines, *([dated] if dated else [])]


def _figure(figure: Figure) -> str:
    return f"[Figure: {_caption(figure) or figure.image}]"


def _caption(figure: Figure) -> str:
    return f"{figure.caption} [{figure.credit}]" if figure.credit else figure.caption


def _markdown_head(record: Record) -> list[str]:
    """The lines over the report in the order in which reports carry them, so that they are read as its head again."""
    signed = f"By {' and '.join(record.authors)}" if record.authors else ""
    signed += f", {record.organisation}" if signed and record.organisation else ""
    lead = record.lead
    lines = [
        *(_escaped(line) for line in record.masthead),
        _escaped(record.headline),
        _markdown_figure(lead) if lead else "",
        f"# {_escaped(record.title)}" if record.title else "",
        record.published or "",
        _escaped(record.byline or signed),
    ]
    return [line for line in lines if line]


def _markdown_figure(figure: Figure) -> str:
    return f"![{_escaped(_caption(figure))}](<{figure.image}>)"


def _text_block(block: Block) -> str:
    if block.kind == "item":
        return f"{'  ' * block.level}- {block.text}"
    if block.kind == "quotation":
        return f"    “{block.text}”" if not block.text.startswith(("“", '"')) else f"    {block.text}"
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


def _markdown_block(block: Block) -> str:
    if block.kind == "preformatted":
        return "\n".join(f"    {line}" for line in block.text.splitlines())
    if block.kind == "table":
        return _markdown_table(block)
    if block.figure:
        return _markdown_figure(block.figure)
    text = "".join(_marked(block))
    if block.kind == "heading":
        return f"{'#' * min(block.level + 1, 6)} {text}"
    if block.kind == "item":
        return f"{'  ' * (block.level - 1)}{'1.' if block.ordered else '-'} {text}"
    return f"> {text}" if block.kind == "quotation" else text


def _marked(block: Block) -> Iterator[str]:
    """The block's text with its marks opened and closed around it, each inside those that began earlier."""
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    for mark in sorted(block.marks, key=lambda mark: (mark.start, -mark.end)):
        start, end = _MARKS.get(mark.kind, ("[", f"](<{mark.target}>)"))
        opening.setdefault(mark.start, []).append(start)
        closing.setdefault(mark.end, []).insert(0, end)
    edges = sorted({0, len(block.text), *opening, *closing})
    for edge, following in zip(edges, [*edges[1:], len(block.text)], strict=True):
        yield from closing.get(edge, ())
        yield from opening.get(edge, ())
        yield _escaped(block.text[edge:following])


def _markdown_table(block: Block) -> str:
    first, *others = [[cell.replace("|", "\\|") for cell in row] for row in block.rows]
    rows = [first, ["---"] * len(first), *others]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL)
