"""A comparison for feeds: a few plain elements without attributes, which every reader of feeds keeps."""

from collections.abc import Callable, Iterator, Sequence

from ...wording import counted
from ..changes import BlockChange, Changes, FactChange, FieldChange, LinkChange, each_once
from ..summary import COARSE, block_field_name, blocks_named, fact_name, field_name, ignored_lines, value_text
from ..titles import places_of, what_of
from ..words import Run
from .axis import Pair, merged
from .labels import folds, is_looks_alone
from .text import cut, text_html, visible

MOST = 100_000  # characters; feeds carry many entries, and are asked for again and again
_MOST_ITEMS = 60  # of each list
_MOST_LINES = 40  # of one table
_LONGEST = 2_000  # characters of a passage
_CONTEXT = 80  # characters kept around an edit
_Rows = tuple[tuple[str, ...], ...]


def html_fragment(changes: Changes) -> str:
    """*changes* as HTML without style, script, link, picture or attribute, of some `MOST` characters.

    What is the same is cut down to some words around an edit. What did not fit is counted at the end.
    """
    lists = (
        _listed("Facts", [_fact(change) for change in changes.facts if change.class_ != "none"]),
        _listed("Page", [_field(change, field_name) for change in changes.fields if change.class_ != "none"]),
        _listed("Links", [_link(change) for change in changes.links if change.class_ != "none"]),
    )
    (facts, page, links), left = (html for html, _ in lists), sum(more for _, more in lists)
    passages: list[str] = []
    size = 0
    for change in _told_once(changes.blocks):
        html = _block(change) if size < MOST else ""
        size += len(html)
        if html and size <= MOST:
            passages.append(html)
        else:
            left += 1
    more = f"… {counted(left, 'change')} left out here; the whole comparison has them."
    return "\n".join(
        filter(
            None,
            (
                _paragraph(COARSE) if changes.coarse else "",
                facts,
                page,
                *passages,
                links,
                *(_paragraph(f"Only {differ} differ in {blocks_named(found)}.") for _, found, differ in folds(changes)),
                *(_paragraph(f"{line}.") for line in ignored_lines(changes)),
                _paragraph(more) if left else "",
            ),
        )
    )


def _told_once(blocks: Sequence[BlockChange]) -> Iterator[BlockChange]:
    """What is shown of *blocks* in full; those that are regrouped together once."""
    return (change for change in each_once(blocks) if change.class_ != "none" and not is_looks_alone(change))


def _listed(title: str, items: Sequence[str]) -> tuple[str, int]:
    """A list below its *title*, and how many of *items* it has no room for."""
    if not items:
        return "", 0
    shown = "".join(f"<li>{item}</li>" for item in items[:_MOST_ITEMS])
    return f"<p><strong>{title}</strong></p>\n<ul>{shown}</ul>", max(0, len(items) - _MOST_ITEMS)


def _fact(change: FactChange) -> str:
    if any(run.kind != "same" for run in change.runs):
        return f"{text_html(change.kind)}: {_runs(change.runs)}"
    return _sides(*(fact_name(fact) if fact else "" for fact in (change.before, change.after)))


def _field(change: FieldChange, name: Callable[[str], str]) -> str:
    said = _runs(change.runs) or _sides(value_text(change.before), value_text(change.after))
    return f"{text_html(name(change.path))}: {said}"


def _link(change: LinkChange) -> str:
    return _sides(*(f"{link.text} {link.target}" if link else "" for link in (change.before, change.after)))


def _block(change: BlockChange) -> str:
    title = f"<p><strong>{text_html(places_of(change))}</strong> <em>{text_html(what_of(change))}</em></p>"
    block = change.block
    if change.op in ("dropped", "added"):
        mark = _ins if change.op == "added" else _del
        return f"{title}\n{_rows(block.rows, mark)}" if block.rows else f"{title}\n<p>{mark(block.text)}</p>"
    if change.op == "moved" or (change.op == "regrouped" and not change.runs):
        return f"{title}\n<p>{_plain(block.text)}</p>"
    parts = [f"<p>{_runs(change.runs)}</p>"] if any(run.kind != "same" for run in change.runs) else []
    lines = [_field(field, block_field_name) for field in change.fields if field.path not in ("/rows", "/columns")]
    lines += _cells(change)
    if lines:
        more = [f"… {counted(len(lines) - _MOST_LINES, 'line')} left out here"] if len(lines) > _MOST_LINES else []
        parts.append(f"<ul>{''.join(f'<li>{line}</li>' for line in (*lines[:_MOST_LINES], *more))}</ul>")
    return "\n".join([title, *parts])


def _rows(rows: _Rows, mark: Callable[[str], str]) -> str:
    lines = ["".join(f"<td>{mark(text)}</td>" for text in row) for row in rows[:_MOST_LINES]]
    more = f"<p>… {counted(len(rows) - _MOST_LINES, 'row')} left out here</p>" if len(rows) > _MOST_LINES else ""
    return f"<table><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>{more}"


def _cells(change: BlockChange) -> list[str]:
    """What differs in a table: its rows and columns that came, went or moved, then cell by cell."""
    if not change.before or not change.after or not (change.cells or change.moves):
        return []
    before, after = change.before.rows, change.after.rows
    rows, columns = merged(change, "row"), merged(change, "column")
    lines = [
        *(f"row {rows.mark(pair)}: {_line(pair, before, after)}" for pair in rows.pairs if rows.mark(pair)),
        *(
            f"column {columns.mark(pair)}: {_line(pair, _turned(before), _turned(after))}"
            for pair in columns.pairs
            if columns.mark(pair)
        ),
    ]
    for cell in change.cells:
        if cell.stands:
            row, column = after[cell.after_row or 0], after[0][cell.after_column or 0]
            lines.append(f"{text_html(f'{row[0][:80]} / {column[:80]}')}: {_runs(cell.runs)}")
    return lines


def _turned(rows: _Rows) -> _Rows:
    return tuple(zip(*rows, strict=False))


def _line(pair: Pair, before: _Rows, after: _Rows) -> str:
    """The cells of the row or column at *pair*, marked where one side alone has it."""
    old, new = pair
    if new is None:
        return _del(" | ".join(before[old or 0]))
    words = " | ".join(after[new])
    return _ins(words) if old is None else _plain(words)


def _runs(runs: Sequence[Run]) -> str:
    """Both sides of *runs*; typography as it is now, what is ignored between the signs that the terminal has."""
    parts = []
    for number, run in enumerate(runs):
        if run.kind in ("same", "typography"):
            parts.append(_context(run.after, is_first=number == 0, is_last=number == len(runs) - 1))
        elif run.kind == "ignored":
            parts.append(f"[~{_plain(run.before)} → {_plain(run.after)}~]")
        else:
            parts.append(_sides(run.before, run.after))
    return "".join(parts)


def _context(text: str, *, is_first: bool, is_last: bool) -> str:
    if len(text) <= 3 * _CONTEXT:
        return text_html(text)
    start = "" if is_first else f"{text[:_CONTEXT].rpartition(' ')[0] or text[:_CONTEXT]} "
    end = "" if is_last else f" {text[-_CONTEXT:].partition(' ')[2] or text[-_CONTEXT:]}"
    return text_html(f"{start}…{end}")


def _sides(before: str, after: str) -> str:
    sides = [before and _del(before), after and _ins(after)]
    return " ".join(filter(None, sides)) if before[-1:].strip() and after[:1].strip() else "".join(sides)


def _ins(text: str) -> str:
    return _marked("ins", text)


def _del(text: str) -> str:
    return _marked("del", text)


def _marked(tag: str, text: str) -> str:
    """*text* in *tag*, the spaces around it outside."""
    start, end = " " * text[:1].isspace(), " " * text[-1:].isspace()
    return f"{start}<{tag}>{_plain(text.strip() or text)}</{tag}>{end}"


def _plain(text: str) -> str:
    return text_html(" ".join(filter(None, cut(visible(text), _LONGEST))))


def _paragraph(text: str) -> str:
    return f"<p>{text_html(text)}</p>"
