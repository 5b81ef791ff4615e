"""Changes for a person at a terminal."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..wording import counted
from .changes import BlockChange, CellChange, Changes, Class, FactChange, FieldChange, FieldValue, LinkChange
from .layout import Paper, Span, Style
from .summary import (
    BLOCK_NAMES,
    block_field_name,
    fact_name,
    field_name,
    is_typography,
    listed,
    only_in,
    value_text,
)
from .units import count_words, tokens
from .words import Run, numbers_changed, words_changed

_CONTEXT = 8  # words shown on each side of an edit
_LONGEST = 120  # words shown of a passage that was dropped or added, and of one edit; rows of a table
_FIRST_WORDS = 12
_HEADINGS: dict[Class, str] = {
    "facts": "Facts {verb}",
    "words": "Words {verb}",
    "cosmetic": "Only looks {verb}",
    "none": "Only the form differs",
}
_DROPPED: dict[str, Style] = {"words": "dropped", "cosmetic": "cosmetic-dropped"}
_ADDED: dict[str, Style] = {"words": "added", "cosmetic": "cosmetic-added"}
_WHOLE: dict[str, Style] = {"dropped": "gone", "added": "new"}
_SIGNS = {"added": "+", "dropped": "-", "changed": "~"}
_MARGIN = "  "
_TEXT_MARGIN = "      "
_Rows = tuple[tuple[str, ...], ...]


def render_terminal(
    changes: Changes, *, width: int, colour: bool, names: tuple[str, str] = ("the first", "the second")
) -> str:
    r"""The changes as text, at most *width* columns wide where that is 40 or more, without a line feed at the end.

    What was dropped is red and struck out, what was added green; without *colour*, "[-old-]" and "{+new+}". *names* is
    what the two sides of a comparison are called. Nothing in the records can steer the terminal.
    """
    paper = Paper(width, colour)
    sections = [
        _head(paper, changes),
        _section(paper, "Facts", (_fact(paper, fact) for fact in changes.facts)),
        _section(paper, "Numbers", _numbers(paper, changes)),
        _section(paper, "Page", (_field(paper, field) for field in changes.fields if field.class_ != "none")),
        _section(paper, "Text (§ counts the passages of the report)", _blocks(paper, changes)),
        _section(paper, "Links", (_link(paper, link) for link in changes.links if link.class_ != "none")),
        _section(paper, "Emphasis", _emphasis(paper, changes)),
        *(_section(paper, f"Only in {name}", _only(paper, changes, side)) for side, name in enumerate(names)),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _head(paper: Paper, changes: Changes) -> list[str]:
    if not changes:
        return paper.lines([Span("No difference", "strong")])
    verb = "differ" if changes.renditions else "changed"
    heading = Span(f"{_HEADINGS[changes.class_].format(verb=verb)}: ", "strong")
    lines = paper.lines([heading, Span(changes.summary)], rest=_MARGIN)
    if changes.coarse:
        note = "Too much changed at once to be compared throughout: some of what is shown as dropped and added stayed."
        lines += paper.lines([Span(note, "faint")])
    return lines


def _section(paper: Paper, title: str, entries: Iterable[list[str]]) -> list[str]:
    lines = [line for entry in entries for line in entry]
    return [*paper.lines([Span(title, "strong")]), *lines] if lines else []


def _fact(paper: Paper, change: FactChange) -> list[str]:
    sign = f"{_MARGIN}{_SIGNS[change.op]} "
    rest = " " * len(sign)
    if change.runs and any(run.kind != "same" for run in change.runs):
        word = "reworded" if change.class_ == "facts" else "same words"
        return paper.lines([Span(f"recommendation {word}: "), *_spans(change.runs)], first=sign, rest=rest)
    sides = [fact_name(fact) for fact in (change.before, change.after) if fact]
    style = _WHOLE.get(change.op, "plain")
    return paper.lines([Span(" → ".join(sides), style)], first=sign, rest=rest)


def _numbers(paper: Paper, changes: Changes) -> Iterator[list[str]]:
    found = {
        "changed": [f"{before} → {after}" for before, after in changes.numbers if before and after],
        "new": [after for before, after in changes.numbers if not before],
        "gone": [before for before, after in changes.numbers if not after],
    }
    for name, numbers in found.items():
        if numbers:
            yield paper.lines([Span(f"{name}: {', '.join(numbers)}")], first=_MARGIN, rest=_MARGIN * 2)


def _field(paper: Paper, change: FieldChange) -> list[str]:
    name = Span(f"{field_name(change.path)}: ")
    return paper.lines([name, *_field_spans(change)], first=_MARGIN, rest=_MARGIN * 2)


def _field_spans(change: FieldChange) -> list[Span]:
    if change.runs:
        return _spans(change.runs)
    return [_value(change.before, "gone"), Span(" → "), _value(change.after, "new")]


def _value(value: FieldValue, style: Style) -> Span:
    return Span("(absent)", "faint") if value is None else Span(value_text(value), style)


def _blocks(paper: Paper, changes: Changes) -> Iterator[list[str]]:
    weighing = [change for change in changes.blocks if change.class_ != "none"]
    folded = [change for change in weighing if change.op == "edited" and is_typography(change)]
    told: set[object] = set()  # a passage that is now two is told of once
    for change in weighing:
        if change.op == "regrouped":
            if change.group not in told:
                told.add(change.group)
                yield _regrouped(paper, change)
        elif change not in folded:
            yield _block(paper, change)
    if folded:
        places = ", ".join(_place(change) for change in folded)
        note = Span("only quotation marks, dashes or spaces differ", "faint")
        yield paper.lines([Span(places, "faint"), Span("  "), note], first=_MARGIN, rest=_TEXT_MARGIN)


def _block(paper: Paper, change: BlockChange) -> list[str]:
    title = paper.lines([Span(_place(change), "strong"), Span(f"  {_what(change)}")], first=_MARGIN, rest=_TEXT_MARGIN)
    return [*title, *_inside(paper, change)]


def _place(change: BlockChange) -> str:
    if change.after_index is None:
        return f"was §{(change.before_index or 0) + 1}"
    return f"§{change.after_index + 1}"


def _what(change: BlockChange) -> str:
    name = BLOCK_NAMES[change.block.kind][0]
    match change.op:
        case "dropped" | "added":
            return f"{name} {change.op}: {counted(change.words_changed, 'word')}"
        case "moved":
            return f"{name} moved here from §{(change.before_index or 0) + 1}, not edited"
        case "moved-edited":
            return f"{name} moved here from §{(change.before_index or 0) + 1} and edited: {_how_much(change)}"
        case _:
            return f"{name}: {_how_much(change)}"


def _how_much(change: BlockChange) -> str:
    words, numbers = words_changed(change.runs), len(numbers_changed(change.runs))
    looks = any(run.kind == "cosmetic" for run in change.runs)
    fields = [block_field_name(field.path) for field in change.fields]
    parts = [
        *([counted(words, "word")] if words else []),
        *([f"{counted(numbers, 'number')} among them"] if numbers else []),
        *(["case or punctuation"] if looks and not words else []),
        *([counted(len(change.cells), "cell")] if change.cells else []),
        *([f"{listed(fields)} changed"] if fields else []),
        *(["too long to be compared word by word throughout"] if change.coarse else []),
    ]
    return ", ".join(parts)


def _inside(paper: Paper, change: BlockChange) -> list[str]:
    match change.op:
        case "dropped" | "added":
            sign = f"    {_SIGNS[change.op]} "
            texts = [" | ".join(row) for row in change.block.rows] or [change.block.text]
            shown = [Span(_shortened(text, _LONGEST), _WHOLE[change.op]) for text in texts[:_LONGEST]]
            if len(texts) > _LONGEST:
                shown.append(Span(f"… ({counted(len(texts) - _LONGEST, 'row')} more)", "faint"))
            return [line for span in shown for line in paper.lines([span], first=sign, rest=_TEXT_MARGIN)]
        case "moved":
            spans = [Span(_beginning(change.block.text), "faint")]
            return paper.lines(spans, first=_TEXT_MARGIN, rest=_TEXT_MARGIN)
    lines = paper.lines(_spans(change.runs), first=_TEXT_MARGIN, rest=_TEXT_MARGIN) if change.runs else []
    for field in change.fields:
        name = Span(f"{block_field_name(field.path)}: ")
        lines += paper.lines([name, *_field_spans(field)], first=_TEXT_MARGIN, rest=_TEXT_MARGIN)
    return [*lines, *_cells(paper, change)]


def _regrouped(paper: Paper, change: BlockChange) -> list[str]:
    before, after = ([place + 1 for place in side] for side in change.group)
    place = Span(f"§{_span_of(before)} → §{_span_of(after)}", "strong")
    what = _how_much(change) if change.runs else "the same words"
    told = f"  {what} in {counted(len(after), 'paragraph')} instead of {len(before)}"
    spans = _spans(change.runs) if change.runs else [Span(_beginning(change.block.text), "faint")]
    return [
        *paper.lines([place, Span(told)], first=_MARGIN, rest=_TEXT_MARGIN),
        *paper.lines(spans, first=_TEXT_MARGIN, rest=_TEXT_MARGIN),
    ]


def _span_of(places: list[int]) -> str:
    return str(places[0]) if len(places) == 1 else f"{places[0]}–{places[-1]}"


def _cells(paper: Paper, change: BlockChange) -> list[str]:
    """Cells one by one, but a row or column that is whole on one side only as one line."""
    before = change.before.rows if change.before else ()
    after = change.after.rows if change.after else ()
    lines = _whole_columns(paper, change.cells, before, after)
    for (row_before, row_after), group in groupby(change.cells, key=lambda cell: (cell.before_row, cell.after_row)):
        cells = list(group)
        if row_before is None or row_after is None:
            row, op = (after[row_after or 0], "added") if row_before is None else (before[row_before], "dropped")
            text = Span(f"{_SIGNS[op]} row: {' | '.join(row)}", _WHOLE[op])
            lines += paper.lines([text], first=_TEXT_MARGIN, rest=_TEXT_MARGIN + "  ")
            continue
        for cell in cells:
            lines += _cell(paper, cell, after) if cell.stands else []
    return lines


def _whole_columns(paper: Paper, cells: Sequence[CellChange], before: _Rows, after: _Rows) -> list[str]:
    dropped = {cell.before_column for cell in cells if cell.after_column is None} - {None}
    added = {cell.after_column for cell in cells if cell.before_column is None} - {None}
    lines: list[str] = []
    for op, rows, columns in (("dropped", before, dropped), ("added", after, added)):
        for column in sorted(column for column in columns if column is not None):
            text = Span(f"{_SIGNS[op]} column: {' | '.join(row[column] for row in rows)}", _WHOLE[op])
            lines += paper.lines([text], first=_TEXT_MARGIN, rest=_TEXT_MARGIN + "  ")
    return lines


def _cell(paper: Paper, cell: CellChange, after: _Rows) -> list[str]:
    row = after[cell.after_row or 0]
    place = f"row “{row[0]}”, column “{after[0][cell.after_column or 0]}”: "
    spans = [Span(place), *_spans(cell.runs)]
    return paper.lines(spans, first=_TEXT_MARGIN, rest=_TEXT_MARGIN + "  ")


def _link(paper: Paper, change: LinkChange) -> list[str]:
    sides = [link for link in (change.before, change.after) if link]
    old, new = sides[0], sides[-1]
    spans = {
        "dropped": [Span(f"“{old.text}”  {old.target}", "gone")],
        "added": [Span(f"“{new.text}”  {new.target}", "new")],
        "retargeted": [Span(f"“{new.text}”  "), Span(old.target, "gone"), Span(" → "), Span(new.target, "new")],
        "reworded": [Span(f"“{old.text}”", "gone"), Span(" → "), Span(f"“{new.text}”", "new"), Span(f"  {new.target}")],
    }[change.op]
    sign = f"{_MARGIN}{_SIGNS.get(change.op, '~')} "
    return paper.lines(spans, first=sign, rest=" " * len(sign))


def _emphasis(paper: Paper, changes: Changes) -> Iterator[list[str]]:
    if changes.emphasis.class_ != "none":
        words = f"set in {counted(changes.emphasis.added, 'place')}, taken from {changes.emphasis.dropped:,}"
        yield paper.lines([Span(words)], first=_MARGIN, rest=_MARGIN)


def _only(paper: Paper, changes: Changes, side: int) -> Iterator[list[str]]:
    for name, words in only_in(changes, side):
        spans = [Span(name), Span(f": {_shortened(words, _LONGEST)}" if words else "")]
        yield paper.lines(spans, first=_MARGIN, rest=_MARGIN * 2)


def _spans(runs: Sequence[Run]) -> list[Span]:
    """Runs with what is the same cut down to some words of context; typography shown as it is now."""
    spans: list[Span] = []
    for number, (kind, before, after) in enumerate(shown := _simplified(runs)):
        if kind == "same":
            keep_start, keep_end = (_CONTEXT if number else 0), (_CONTEXT if number < len(shown) - 1 else 0)
            spans += _context(after, keep_start, keep_end)
            continue
        for text, style in ((before, _DROPPED[kind]), (after, _ADDED[kind])):
            if text:
                spans.append(Span(_shortened(text, _LONGEST), style))
    return spans


def _simplified(runs: Sequence[Run]) -> list[tuple[str, str, str]]:
    simple: list[tuple[str, str, str]] = []
    for run in runs:
        if run.kind not in ("same", "typography"):
            simple.append((run.kind, run.before, run.after))
        elif simple and simple[-1][0] == "same":
            simple[-1] = ("same", "", simple[-1][2] + run.after)
        else:
            simple.append(("same", "", run.after))
    return simple


def _context(text: str, keep_start: int, keep_end: int) -> list[Span]:
    found = tokens(text)
    if len(found) <= keep_start + keep_end + _CONTEXT // 2:
        return [Span(text)]
    start = text[: found[keep_start - 1].end] + " " if keep_start else ""
    end = " " + text[found[len(found) - keep_end].start :] if keep_end else ""
    return [Span(start), Span("…", "faint"), Span(end)]


def _beginning(text: str) -> str:
    found = tokens(text[: 40 * _FIRST_WORDS])
    return text if len(found) <= _FIRST_WORDS else f"{text[: found[_FIRST_WORDS - 1].end]} …"


def _shortened(text: str, limit: int) -> str:
    found = tokens(text[: 40 * limit])
    if len(found) <= limit and len(text) <= 40 * limit:
        return text
    left = count_words(text) - limit
    end = found[min(limit, len(found)) - 1].end
    return f"{text[:end]} … ({counted(left, 'word')} more)"
