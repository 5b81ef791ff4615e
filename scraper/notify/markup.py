"""What changed as HTML for feeds: a few plain elements, no script, style, link or picture, every text escaped."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice

from parsers.record import Record

from ..diff import BlockChange, Changes, FactChange, FieldChange, Run
from ..diff.summary import fact_name, field_name, value_text
from ..terminal import printable

_MOST = 60  # of each kind of change
_LONGEST = 2_000  # characters of a passage
_CONTEXT = 80  # characters around an edit
_BEGINNING = 1_200  # characters of a first version


def changes_html(changes: Changes) -> str:
    """The changes with <ins> and <del>; what is the same is cut down to some words around them."""
    parts = [
        *_listed("Facts", (_fact(change) for change in changes.facts if change.class_ != "none")),
        *_listed("Page", (_field(change) for change in changes.fields if change.class_ != "none")),
        *_bounded(_block(change) for change in changes.blocks if change.class_ != "none"),
        *_listed(
            "Links",
            (
                _sides(*(f"{link.text} {link.target}" if link else "" for link in (change.before, change.after)))
                for change in changes.links
                if change.class_ != "none"
            ),
        ),
    ]
    return "\n".join(parts)


def beginning_html(record: Record) -> str:
    """How a report begins, with its facts."""
    parts = _listed("Facts", (_text(fact_name(fact)) for fact in record.facts))
    left = _BEGINNING
    paragraphs = []
    for block in record.blocks:
        if left <= 0:
            paragraphs.append("<p>…</p>")
            break
        if block.text:
            paragraphs.append(f"<p>{_text(block.text[:left])}{'…' if len(block.text) > left else ''}</p>")
            left -= len(block.text)
    return "\n".join([*parts, *paragraphs])


def paragraph(text: str) -> str:
    """*text* as a paragraph."""
    return f"<p>{_text(text)}</p>"


def _listed(title: str, items: Iterable[str]) -> list[str]:
    found = "".join(f"<li>{item}</li>" for item in _bounded(items))
    return [f"<p><strong>{title}</strong></p>", f"<ul>{found}</ul>"] if found else []


def _bounded(items: Iterable[str]) -> Iterator[str]:
    """The first of *items*, and that there are more where there are."""
    all_of_them = iter(items)
    yield from islice(all_of_them, _MOST)
    more = sum(1 for _ in all_of_them)
    if more:
        yield f"<p>… and {more:,} more</p>"


def _fact(change: FactChange) -> str:
    if any(run.kind != "same" for run in change.runs):
        return f"{escape(change.kind)}: {_runs(change.runs)}"
    return _sides(*(fact_name(fact) if fact else "" for fact in (change.before, change.after)))


def _field(change: FieldChange) -> str:
    name = _text(field_name(change.path))
    return f"{name}: {_runs(change.runs) or _sides(value_text(change.before), value_text(change.after))}"


def _block(change: BlockChange) -> str:
    match change.op:
        case "added":
            return f"<p>{_ins(change.block.text)}</p>"
        case "dropped":
            return f"<p>{_del(change.block.text)}</p>"
        case "moved":
            return f"<p><em>Moved:</em> {_text(_cut(change.block.text))}</p>"
        case "regrouped":
            return f"<p><em>The same words in other paragraphs:</em> {_text(_cut(change.block.text))}</p>"
    moved = "<em>Moved and edited:</em> " if change.op == "moved-edited" else ""
    parts = [_runs(change.runs)] if any(run.kind != "same" for run in change.runs) else []
    parts += [_field(field) for field in islice(change.fields, _MOST)]
    parts += [_runs(cell.runs) for cell in islice(change.cells, _MOST)]
    return f"<p>{moved}{'<br>'.join(filter(None, parts)) or _text(_cut(change.block.text))}</p>"


def _runs(runs: Sequence[Run]) -> str:
    """Both sides of *runs*; typography as it is now."""
    parts = []
    for number, run in enumerate(runs):
        if run.kind in ("same", "typography"):
            parts.append(_context(run.after, is_first=number == 0, is_last=number == len(runs) - 1))
        else:
            parts.append(_sides(run.before, run.after))
    return "".join(parts)


def _context(text: str, *, is_first: bool, is_last: bool) -> str:
    if len(text) <= 2 * _CONTEXT:
        return _text(text)
    start = "" if is_first else f"{text[:_CONTEXT].rpartition(' ')[0] or text[:_CONTEXT]} "
    end = "" if is_last else f" {text[-_CONTEXT:].partition(' ')[2] or text[-_CONTEXT:]}"
    return _text(f"{start}…{end}")


def _sides(before: str, after: str) -> str:
    return " ".join(filter(None, (before and _del(before), after and _ins(after))))


def _ins(text: str) -> str:
    return f"<ins>{_text(_cut(text))}</ins>"


def _del(text: str) -> str:
    return f"<del>{_text(_cut(text))}</del>"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text) - _LONGEST:,} more characters)"


def _text(text: str) -> str:
    return escape(printable(text))
