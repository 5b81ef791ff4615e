"""What changed beside the passages: facts, numbers, the page's own fields, links, looks, and what is ignored."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from parsers.record import AlertLevel, Country, Entry, Fact, Recommendation, Record, Stage

from ...wording import counted
from ..changes import BlockChange, Changes, Emphasis, FactChange, FieldChange, LinkChange, each_once
from ..summary import blocks_named, fact_name, field_name, ignored_lines, numbers_alone, only_in
from ..titles import places_of
from .labels import beginning, folds
from .passage import passage_html, value_html
from .room import Room
from .steps import Part, Step
from .text import added, both_html, dropped, language, link_html, shortened, sides_html, text_html

_MOST = 500  # of each kind
_MOST_NUMBERS = 120
_LARGEST = 500_000  # characters of HTML of one list
_KINDS = {
    Country.kind: "country",
    AlertLevel.kind: "alert",
    Stage.kind: "stage",
    Recommendation.kind: "recommendation",
    Entry.kind: "entry",
}


def sections_before(changes: Changes, after: Record, room: Room) -> Iterator[Part]:
    """What is told before the passages: facts, fields, and the numbers and dates that are told of again there."""
    facts = [change for change in changes.facts if change.class_ != "none"]
    if facts:
        rows = _bounded((_fact_row(change, after) for change in facts), "fact", room)
        body = _table(("Fact", "Change"), rows, "facts")
        yield Step(
            name="facts", place="", what="Facts", body=body, level=2, gist=_facts_gist(facts), class_="facts part"
        )
    if changes.numbers or changes.dates:
        heading = '<h2 id="numbers">Numbers and dates</h2>'
        yield f'<section aria-labelledby="numbers">{heading}\n{_numbers(changes, room)}\n</section>'
    fields = [change for change in changes.fields if change.class_ != "none"]
    if fields:
        field_rows = _bounded((_field_row(change, after) for change in fields), "field", room)
        body = _table(("Field", "Change"), field_rows, "fields")
        gist = text_html(", ".join(field_name(change.path) for change in fields))
        yield Step(name="page", place="", what="Page", body=body, level=2, gist=gist, class_="words part")


def sections_after(
    changes: Changes, records: tuple[Record, Record], names: tuple[str, str], room: Room
) -> Iterator[Step]:
    """What is told after the passages: links, emphasis, looks, what only one rendition has, and what is ignored."""
    links = [change for change in changes.links if change.class_ != "none"]
    if links:
        items = _bounded((f"<li>{_link(change, records[1])}</li>" for change in links), "link", room)
        yield Step(
            name="links",
            place="",
            what="Links",
            body=f'<ul class="links">{"".join(items)}</ul>',
            level=2,
            gist=_links_gist(links),
            class_="cosmetic part",
        )
    yield from _looks(changes, records, room)
    for side, name in enumerate(names):
        found = only_in(changes, side)
        if found:
            told = [f"<li>{text_html(what)}{_words_of(words, records[side])}</li>" for what, words in found]
            yield Step(
                name=f"only-{side + 1}",
                place="",
                what=f"Only in {name}",
                body=f'<ul class="only">{"".join(told)}</ul>',
                level=2,
                gist=text_html(", ".join(what for what, _ in found)),
                class_="none part",
            )
    yield from _ignored(changes, records, room)


def _words_of(words: str, record: Record) -> str:
    return f": <bdi{language(record.language)}>{shortened(words, 2_000)}</bdi>" if words else ""


def _table(heads: tuple[str, str], rows: Iterable[str], class_: str) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return (
        f'<table class="{class_}"><thead class="said"><tr>{head}</tr></thead>\n<tbody>{"".join(rows)}</tbody></table>'
    )


def _fact_row(change: FactChange, record: Record) -> str:
    kind = _KINDS[change.kind]
    old, new = (_fact_words(fact) if fact else "" for fact in (change.before, change.after))
    if any(run.kind != "same" for run in change.runs):
        word = "reworded" if change.class_ == "facts" else "same words"
        html = f'<div dir="auto">{both_html(change.runs)}</div>'
    else:
        word, html = change.op, sides_html(old, new)
    number = next((f" {fact.number}" for fact in (change.after, change.before) if isinstance(fact, Stage)), "")
    return (
        f'<tr><th scope="row">{kind}{number} <span class="op">{word}</span></th>'
        f"<td{language(record.language)}>{html}</td></tr>\n"
    )


def _fact_words(fact: Fact) -> str:
    """The fact in its own words, without the kind that stands beside it."""
    words = fact_name(fact)
    return words.partition(": ")[2] or words


def _facts_gist(facts: Sequence[FactChange]) -> str:
    fact, op = facts[0].after or facts[0].before, facts[0].op
    more = f", and {len(facts) - 1} more" if len(facts) > 1 else ""
    return f"<bdi>{beginning(fact_name(fact))}</bdi> {op}{more}" if fact else ""


def _numbers(changes: Changes, room: Room) -> str:
    pairs = [*changes.dates, *numbers_alone(changes)]
    items = _bounded((f"<li>{sides_html(*pair)}</li>" for pair in pairs), "number", room, _MOST_NUMBERS)
    return f'<ul class="numbers">{" ".join(items)}</ul>'


def _field_row(change: FieldChange, record: Record) -> str:
    name = text_html(field_name(change.path))
    return f'<tr><th scope="row">{name}</th><td{language(record.language)}>{value_html(change)}</td></tr>\n'


def _link(change: LinkChange, record: Record) -> str:
    sides = [link for link in (change.before, change.after) if link]
    old, new = sides[0], sides[-1]
    spoken = language(record.language)
    match change.op:
        case "dropped":
            words, targets = dropped(old.text), f"<del>{link_html(old.target)}</del>"
        case "added":
            words, targets = added(new.text), f"<ins>{link_html(new.target)}</ins>"
        case "retargeted":
            words = shortened(new.text, 400)
            targets = f"<del>{link_html(old.target)}</del> → <ins>{link_html(new.target)}</ins>"
        case "reworded":
            words, targets = sides_html(old.text, new.text), link_html(new.target)
    return (
        f'<span class="op">{change.op}</span> <bdi class="of"{spoken}>{words or "(no words)"}</bdi> '
        f'<span class="address">{targets}</span>'
    )


def _links_gist(links: Sequence[LinkChange]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for link in links:
        counts[link.op] += 1
    return ", ".join(f"{count:,} {op}" for op, count in counts.items())


def _looks(changes: Changes, records: tuple[Record, Record], room: Room) -> Iterator[Step]:
    """Passages that differ in looks alone, folded unless there is nothing else to see; and emphasis."""
    for name, found, differ in folds(changes):
        yield Step(
            name=name,
            place="",
            what=f"Only {differ} differ in {blocks_named(found)}",
            body="\n".join(_bounded(_each(found, records, room), "passage", room)),
            gist=", ".join(places_of(change) for change in found[:12]) + (", …" if len(found) > 12 else ""),
            level=2,
            class_="cosmetic part",
            folds=True,
            is_open=changes.class_ == "cosmetic" and len(found) <= 12,
        )
    if changes.emphasis.class_ != "none":
        words = _emphasis(changes.emphasis)
        yield Step(
            name="emphasis",
            place="",
            what="Emphasis",
            body=f"<p>{words[:1].upper()}{words[1:]}.</p>",
            level=2,
            gist=words,
            class_="cosmetic part",
        )


def _emphasis(emphasis: Emphasis) -> str:
    places = ((emphasis.added, "set in"), (emphasis.dropped, "taken from"))
    return ", ".join(f"{words} {counted(count, 'place')}" for count, words in places if count)


def _each(found: Iterable[BlockChange], records: tuple[Record, Record], room: Room) -> Iterator[str]:
    for change in found:
        html = passage_html(change, records, room)
        if room.takes_changed(html):
            yield html
        else:
            room.left_out["change"] += 1


def _ignored(changes: Changes, records: tuple[Record, Record], room: Room) -> Iterator[Step]:
    """By rule, what it says is insignificant; what it hides inside passages stands there."""
    for number, (name, told) in enumerate(zip(changes.ignored, ignored_lines(changes), strict=True), 1):
        blocks = [change for change in changes.blocks if change.ignored == name]
        others: list[str] = [
            *(f"<li>{_field(c)}</li>" for c in changes.fields if c.ignored == name),
            *(f"<li>{_quiet(_facts_of(c))}</li>" for c in changes.facts if c.ignored == name),
            *(f"<li>{_quiet(_links_of(c))}</li>" for c in changes.links if c.ignored == name),
        ]
        inside = sum(_has_ignored_runs(change, name) for change in each_once(changes.blocks))
        body = [*_bounded(_each(blocks, records, room), "passage", room)]
        if others:
            body.append(f"<ul>{''.join(_bounded(others, 'other change', room))}</ul>")
        if inside:
            body.append('<p class="note">Words ignored inside a passage stand there, dotted.</p>')
        yield Step(
            name=f"ignored-{number}",
            place="",
            what=told,
            body="\n".join(body),
            level=2,
            class_="none part quiet",
            folds=True,
        )


def _field(change: FieldChange) -> str:
    return f"{text_html(field_name(change.path))}: {value_html(change)}"


def _quiet(sides: Sequence[str]) -> str:
    return f'<span class="ignored">{" → ".join(shortened(side, 2_000) for side in sides)}</span>'


def _facts_of(change: FactChange) -> list[str]:
    return [fact_name(fact) for fact in (change.before, change.after) if fact]


def _links_of(change: LinkChange) -> list[str]:
    return [f"{link.text} {link.target}" for link in (change.before, change.after) if link]


def _has_ignored_runs(change: BlockChange, name: str) -> bool:
    return any(run.ignored == name for runs in (change.runs, *(c.runs for c in change.cells)) for run in runs)


def _bounded(items: Iterable[str], what: str, room: Room, most: int = _MOST) -> Iterator[str]:
    """The first of *items*, as far as there is room for them; how many more there are is noted as left out."""
    waiting, size = iter(items), 0
    for item in islice(waiting, most):
        size += len(item)
        if size > _LARGEST:
            room.left_out[what] += 1
            break
        yield item
    room.left_out[what] += sum(1 for _ in waiting)
