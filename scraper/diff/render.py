"""Changes for a person at a terminal: what matters most comes first, and nothing is left out without a word."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from ..wording import counted
from .about import About, headings
from .changes import COUNTED_FIELDS, Changes, FactChange, LinkChange, each_once, ignored_in
from .dates import dates_changed
from .entries import MARGIN, SIGNS, WHOLE, View, field_spans, looks, passages, places_listed
from .excerpt import CONTEXT, around, shortened
from .layout import Paper, Span
from .summary import COARSE, fact_name, field_name, ignored_lines, listed, numbers_alone, only_in, weight
from .titles import place_of
from .units import numbers_only_in
from .words import Run, numbers_changed

_MOST = 12  # links, and numbers in a row
# Who sees a difference for the first time learns from it how to read it.
_LEGEND = (
    Span("  (§7 is the seventh passage; ", "faint"),
    Span("dropped", "dropped"),
    Span(", ", "faint"),
    Span("added", "added"),
    Span(")", "faint"),
)
_Pair = tuple[str, str]


def render_terminal(
    changes: Changes,
    *,
    width: int,
    colour: bool,
    names: tuple[str, str] = ("the first", "the second"),
    about: About | None = None,
    context: int = CONTEXT,
) -> str:
    r"""The changes as text, at most *width* columns wide where that is 40 or more, without a line feed at the end.

    What was dropped is red and struck out, what was added green; without *colour*, "[-old-]" and "{+new+}". *names* is
    what the two sides of a comparison are called; what is known *about* it gives the top, and the headings over
    passages. *context* are the words around an edit, and those shown of one text that came or went where that is more
    than 60. Nothing in the records can steer the terminal; where text runs from right to left, isolates keep it in its
    place.
    """
    view = View(Paper(width, colour), context, headings(about.records) if about else ((), ()))
    sections = [
        *_facts(view, changes, about),
        _section(view, "Page", _fields(view, changes)),
        *_figures(view, changes),
        _section(view, "Text", passages(view, changes), _LEGEND),
        _section(view, "Only looks", looks(view, changes)),
        _section(view, "Links", _links(view.paper, changes)),
        *_last_sections(view, changes, names),
    ]
    return "\n".join(_joined(sections))


def statements(view: View, changes: Changes, about: About | None, names: tuple[str, str]) -> list[str]:
    """The lines of all sections that are not of text: what comes before it and after it in `render_terminal`."""
    return _joined([*_facts(view, changes, about), *_figures(view, changes), *_last_sections(view, changes, names)])


def _facts(view: View, changes: Changes, about: About | None) -> Iterator[list[str]]:
    yield _head(view.paper, changes, about.head if about else ())
    yield _section(view, "Facts", (_fact(view, fact) for fact in changes.facts if not fact.ignored))


def _figures(view: View, changes: Changes) -> Iterator[list[str]]:
    where = _left_out(changes)
    yield _section(view, "Dates", _pairs(view.paper, _placed(changes, changes.dates, dates_changed)), where)
    yield _section(
        view, "Numbers", _pairs(view.paper, _placed(changes, numbers_alone(changes), numbers_changed)), where
    )


def _left_out(changes: Changes) -> list[Span]:
    """What is said where passages with numbers in them came or went as a whole: those are not listed."""
    whole = (change for change in changes.blocks if change.op in ("dropped", "added") and change.class_ == "words")
    are_in_some = any(numbers_only_in(change.block.text, "") for change in whole)
    return [Span("  (in passages that were edited; not in those dropped or added)", "faint")] if are_in_some else []


def _last_sections(view: View, changes: Changes, names: tuple[str, str]) -> Iterator[list[str]]:
    yield _section(view, "Emphasis", _emphasis(view.paper, changes))
    for side, name in enumerate(names):
        yield _section(view, f"Only in {name}", _only(view.paper, changes, side))
    yield _section(view, "Ignored", _ignored(view.paper, changes))


def _joined(sections: Iterable[list[str]]) -> list[str]:
    """The lines of *sections*, those that have any a blank line apart."""
    return [line for section in sections if section for line in ("", *section)][1:]


def _head(paper: Paper, changes: Changes, pairs: Sequence[tuple[str, str]]) -> list[str]:
    told = _labelled(paper, pairs)
    if not changes:
        return [*paper.lines([Span(weight(changes), "strong")]), *told]
    lines = paper.lines([Span(f"{weight(changes)}: ", "strong"), Span(changes.summary)], rest=MARGIN)
    if changes.coarse:
        lines += paper.lines([Span(COARSE, "faint")])
    return [*lines, *told]


def _labelled(paper: Paper, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Texts below their labels, neighbours with one label together."""
    lines = []
    for name, group in groupby(pairs, key=lambda pair: pair[0]):
        label = name if name.endswith("?") else f"{name}:"
        texts = [text for _, text in group]
        lines += paper.lines([Span(f"{label} ", "faint"), Span(texts[0])], first=MARGIN, rest=MARGIN * 2)
        for text in texts[1:]:
            lines += paper.lines([Span(text)], first=MARGIN * 2, rest=MARGIN * 3)
    return lines


def _section(view: View, title: str, entries: Iterable[list[str]], legend: Sequence[Span] = ()) -> list[str]:
    lines = [line for entry in entries for line in entry]
    return [*view.paper.lines([Span(title, "strong"), *legend]), *lines] if lines else []


def _fact(view: View, change: FactChange) -> list[str]:
    sign = f"{MARGIN}{SIGNS[change.op]} "
    rest = " " * len(sign)
    if change.runs and any(run.kind != "same" for run in change.runs):
        word = "reworded" if change.class_ == "facts" else "same words"
        spans = [Span(f"{change.kind} {word}: "), *around(change.runs, view.context)]
        return view.paper.lines(spans, first=sign, rest=rest)
    sides = [shortened(fact_name(fact)) for fact in (change.before, change.after) if fact]
    style = WHOLE.get(change.op, "plain")
    return view.paper.lines([Span(" → ".join(sides), style)], first=sign, rest=rest)


def _placed(
    changes: Changes, pairs: Sequence[_Pair], found: Callable[[Sequence[Run]], Iterable[_Pair]]
) -> list[tuple[_Pair, str]]:
    """*pairs*, each with the place where *found* sees it among the runs; "" where it cannot be told."""
    places: dict[_Pair, deque[str]] = defaultdict(deque)
    if not pairs:
        return []
    for field in changes.fields:
        if field.path in COUNTED_FIELDS:
            for pair in found(field.runs):
                places[pair].append(field_name(field.path))
    for change in each_once(changes.blocks):
        for runs in (change.runs, *(cell.runs for cell in change.cells if cell.stands)):
            for pair in found(runs):
                places[pair].append(place_of(change))
    return [(pair, places[pair].popleft() if places[pair] else "") for pair in pairs]


def _pairs(paper: Paper, found: Sequence[tuple[_Pair, str]]) -> Iterator[list[str]]:
    """What changed, came and went, in three lines; each with its place."""
    kinds = {
        "changed": [(f"{before} → {after}", place) for (before, after), place in found if before and after],
        "new": [(after, place) for (before, after), place in found if not before],
        "gone": [(before, place) for (before, after), place in found if not after],
    }
    for name, entries in kinds.items():
        if entries:
            texts = [_told(text, place, times) for (text, place), times in Counter(entries).items()]
            more = len(texts) - 2 * _MOST
            row = "; ".join(texts if more <= 1 else [*texts[: 2 * _MOST], f"{more:,} more"])
            yield paper.lines([Span(f"{name}: {row}")], first=MARGIN, rest=MARGIN * 2)


def _told(text: str, place: str, times: int) -> str:
    where = ", ".join(filter(None, (place, f"{times} times" if times > 1 else "")))
    return f"{text} ({where})" if where else text


def _fields(view: View, changes: Changes) -> Iterator[list[str]]:
    for change in changes.fields:
        if change.class_ != "none":
            spans = [Span(f"{field_name(change.path)}: "), *field_spans(change, view.context)]
            yield view.paper.lines(spans, first=MARGIN, rest=MARGIN * 2)


def _links(paper: Paper, changes: Changes) -> Iterator[list[str]]:
    """The links that differ; those of passages that came or went as a whole are counted only."""
    whole = {
        f"{op}/blocks/{index}"
        for change in changes.blocks
        for op, index in (("dropped", change.before_index), ("added", change.after_index))
        if change.op == op
    }
    weighing = [link for link in changes.links if link.class_ != "none"]
    links = [link for link in weighing if link.op not in ("dropped", "added") or _passage_of(link) not in whole]
    left = len(links) - _MOST
    for change in links[:_MOST] if left > 1 else links:
        yield _link(paper, change)
    if left > 1:
        ops = Counter(change.op for change in links[_MOST:])
        told = listed([f"{count:,} {op}" for op, count in sorted(ops.items())])
        yield paper.lines([Span(f"… and {told} more", "faint")], first=MARGIN, rest=MARGIN)
    if inside := len(weighing) - len(links):
        told = f"{counted(inside, 'link')} in passages that were added or dropped"
        yield paper.lines([Span(told, "faint")], first=MARGIN, rest=MARGIN)


def _passage_of(change: LinkChange) -> str:
    """The side and the path of the passage that a link which came or went stands in."""
    path = change.before_path or change.after_path
    return f"{change.op}{path.rpartition('/marks/')[0]}"


def _link(paper: Paper, change: LinkChange) -> list[str]:
    sides = [link for link in (change.before, change.after) if link]
    old, new = sides[0], sides[-1]
    before, after = (f"“{shortened(link.text, 20)}”  " if link.text != link.target else "" for link in (old, new))
    spans = {
        "dropped": [Span(f"{before}{old.target}", "gone")],
        "added": [Span(f"{after}{new.target}", "new")],
        "retargeted": [Span(after), Span(old.target, "gone"), Span(" → "), Span(new.target, "new")],
        "reworded": [
            Span(f"“{shortened(old.text, 20)}”", "gone"),
            Span(" → "),
            Span(f"“{shortened(new.text, 20)}”", "new"),
            Span(f"  {new.target}"),
        ],
    }[change.op]
    sign = f"{MARGIN}{SIGNS.get(change.op, '~')} "
    return paper.lines(spans, first=sign, rest=" " * len(sign))


def _emphasis(paper: Paper, changes: Changes) -> Iterator[list[str]]:
    emphasis = changes.emphasis
    if emphasis.class_ != "none":
        told = {"set in": emphasis.added, "taken from": emphasis.dropped}
        words = [f"{name} {counted(count, 'place')}" for name, count in told.items() if count]
        yield paper.lines([Span(", ".join(words))], first=MARGIN, rest=MARGIN)


def _only(paper: Paper, changes: Changes, side: int) -> Iterator[list[str]]:
    for name, words in only_in(changes, side) if changes.renditions else ():
        spans = [Span(name), Span(f": {shortened(words)}" if words else "")]
        yield paper.lines(spans, first=MARGIN, rest=MARGIN * 2)


def _ignored(paper: Paper, changes: Changes) -> Iterator[list[str]]:
    """By rule what it hides, and where."""
    for name, line in zip(changes.ignored, ignored_lines(changes), strict=True):
        places = [place_of(change) for change in each_once(changes.blocks) if name in ignored_in(change)]
        told = f"{line}: {places_listed(places)}" if places else line
        yield paper.lines([Span(told, "faint")], first=MARGIN, rest=MARGIN * 2)
