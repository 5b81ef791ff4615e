"""A record as Markdown (CommonMark with tables, footnotes and definition lists), which reads back as the same report.

What Markdown cannot say is left out or said otherwise, never at the cost of a word: a cell that spans several places
stands in each of them, a glossary inside another is part of it, emphasis that touches both a word and a sign is none,
and where the signs of footnotes are no labels or not distinct, they are numbers.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from parsers import Block, Figure, Mark, Record
from parsers.markdown import read_markdown
from parsers.tables import cells_with_marks, table_caption

from .prose import caption_of, note_labels

_EDGES = {"emphasis": ("*", "*"), "strong": ("**", "**")}
_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_[]<>&"})
_ADDRESS = str.maketrans({"\\": "\\\\", "<": "\\<", ">": "\\>", "\n": "%0A"})
# What makes the start of a line a list, a heading, a rule, a definition or code.
_START = re.compile(r"(?:\d{1,9}(?=[.)])|(?=[-+#=~:|]))")
_FENCE = re.compile(r"`{3,}")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_Labels = Mapping[str, str]  # by the target of its signs, what a footnote is called


def as_markdown(record: Record) -> str:
    """The report as Markdown with its structure, links and emphasis in place."""
    labels = {f"#{number}": label for number, label in enumerate(note_labels(record), 1)}
    return "\n\n".join([*_head(record), *_blocks(record.blocks, labels)]) + "\n"


def _head(record: Record) -> list[str]:
    """The lines over the report in the order in which reports carry them, so that they are read as its head again."""
    signed = f"By {' and '.join(record.authors)}" if record.authors else ""
    is_new = record.organisation and record.organisation != record.site_name
    signed += f", {record.organisation}" if signed and is_new else ""
    lead = record.lead
    lines = [
        *map(_line, record.masthead),
        _line(record.headline),
        _figure(lead) if lead else "",
        f"# {_titled(_escaped(record.title))}" if record.title else "",
        record.published or "",
        _line(record.byline or signed),
    ]
    return [line for line in lines if line]


def _blocks(blocks: Iterable[Block], labels: _Labels) -> Iterator[str]:
    """The blocks, those in one piece that only together say what they are: items of a list, a term and what it is."""
    names = iter(labels.values())
    for piece, found in groupby(blocks, key=_piece):
        if piece == "list":
            yield _list(found, labels)
        elif piece == "glossary":
            yield from _glossary(found, labels)
        else:
            yield from (_block(block, labels, names) for block in found)


def _piece(block: Block) -> str:
    return {"item": "list", "term": "glossary", "definition": "glossary"}.get(block.kind, "")


def _block(block: Block, labels: _Labels, names: Iterator[str]) -> str:
    if block.kind == "preformatted":
        fence = max(["``", *_FENCE.findall(block.text)], key=len) + "`"
        return f"{fence}\n{block.text}\n{fence}"
    if block.kind == "table":
        return _table(block, labels)
    if block.figure:
        return _figure(block.figure)
    text = _text(block.text, block.marks, labels)
    if block.kind == "heading":
        return f"{'#' * block.level} {_titled(text)}"
    if block.kind == "footnote":
        return f"[^{next(names)}]: {text}"
    return "> " * (block.level + 1) + _begun(text) if block.kind == "quotation" else _begun(text)


def _list(items: Iterable[Block], labels: _Labels) -> str:
    """Items below each other, each set in by the markers of those it belongs to."""
    lines: list[str] = []
    margins: list[int] = []
    for item in items:
        del margins[item.level - 1 :]
        margin = " " * sum(margins)
        marker = "- " * (item.level - 1 - len(margins)) + ("1. " if item.ordered else "- ")
        margins += [2] * (item.level - 1 - len(margins)) + [3 if item.ordered else 2]
        lines.append(margin + marker + _begun(_text(item.text, item.marks, labels)))
    return "\n".join(lines)


def _glossary(blocks: Iterable[Block], labels: _Labels) -> Iterator[str]:
    """Terms with their definitions below them, in one paragraph."""
    lines: list[str] = []
    for block in blocks:
        text = _text(block.text, block.marks, labels)
        if block.kind == "definition":
            lines.append(f": {text}")
            continue
        if lines and lines[-1].startswith(":"):
            yield "\n".join(lines)
            lines = []
        lines.append(_begun(text))
    yield "\n".join(lines if lines[-1].startswith(":") else [*lines, ":"])


def _figure(figure: Figure) -> str:
    return f"![{_escaped(caption_of(figure))}](<{_address(figure.image)}>)"


def _table(block: Block, labels: _Labels) -> str:
    """A table with one head, its further heads strong; below it its caption."""
    rows = [
        [_cell(text, marks, labels, is_head=0 < y < block.header_rows) for text, marks in row]
        for y, row in enumerate(cells_with_marks(block))
    ]
    width = len(rows[0])
    head = rows.pop(0) if block.header_rows else [""] * width
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * width, *rows)]
    if caption := table_caption(block):
        marks = tuple(mark for mark in block.marks if mark.end <= len(caption))
        lines += ["", f": {_text(caption, marks, labels)}"]
    return "\n".join(lines)


def _cell(text: str, marks: tuple[Mark, ...], labels: _Labels, *, is_head: bool) -> str:
    if is_head and text:
        marks = (Mark(kind="strong", start=0, end=len(text)), *marks)
    return _text(text, marks, labels).replace("|", "\\|")


def _text(text: str, marks: tuple[Mark, ...], labels: _Labels) -> str:
    """*text* with its marks; with those alone that do not change its words where all of them cannot be written."""
    known = [mark for mark in marks if mark.kind != "note" or mark.target in labels]
    kinds = ({"emphasis", "strong", "link", "note"}, {"link", "note"}, {"note"}) if known else ()
    for kept in kinds:
        written = "".join(_marked(text, [mark for mark in known if mark.kind in kept], labels)).replace("![", "\\![")
        if _reads_as(written, text, labels):
            return written
    return _escaped(text)


def _reads_as(written: str, text: str, labels: _Labels) -> bool:
    """Whether *written* is read as *text*."""
    notes = "".join(f"\n\n[^{label}]: note" for label in labels.values() if f"[^{label}]" in written)
    blocks = read_markdown(_begun(written) + notes).blocks
    return bool(blocks) and blocks[0].text == text


def _marked(text: str, marks: Iterable[Mark], labels: _Labels) -> Iterator[str]:
    """*text* with its marks opened and closed around it, each inside those that began earlier."""
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    signs: dict[int, str] = {}
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.kind)):
        start, end = _EDGES.get(mark.kind, ("[", f"](<{_address(mark.target)}>)"))
        if mark.kind == "note":
            start = end = ""
            signs[mark.start] = f"[^{labels[mark.target]}]"
        opening.setdefault(mark.start, []).append(start)
        closing.setdefault(mark.end, []).insert(0, end)
    edges = sorted({0, len(text), *opening, *closing})
    for edge, following in zip(edges, [*edges[1:], len(text)], strict=True):
        yield from closing.get(edge, ())
        yield from opening.get(edge, ())
        yield signs.get(edge) or _escaped(text[edge:following])


def _line(text: str) -> str:
    return _begun(_escaped(text))


def _begun(written: str) -> str:
    """*written* at the start of a line, where some signs would make it something else."""
    match = _START.match(written)
    return f"{match[0]}\\{written[match.end() :]}" if match else written


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL)


def _titled(written: str) -> str:
    """*written* as a heading, whose last sign would else be taken for its end."""
    return f"{written[:-1]}\\#" if written.endswith("#") else written


def _address(target: str) -> str:
    return _ENTITY.sub(r"\&", target.translate(_ADDRESS))
