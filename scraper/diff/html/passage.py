"""One passage that changed, as it stands on both sides."""

from collections.abc import Iterator
from dataclasses import replace

from parsers.record import Block, Record

from ...wording import counted
from ..changes import BlockChange, FieldChange
from ..summary import block_field_name, blocks_named, value_text
from ..titles import origin, places_of, what_of
from . import labels
from .order import Together
from .room import Room
from .steps import Step
from .table import table_change_html, table_html
from .text import added, after_html, both_html, dropped, language, link_html, shortened, text_html

_ABSENT = '<span class="absent">absent</span>'


def passage_step(change: BlockChange, records: tuple[Record, Record], room: Room, level: int = 3) -> Step:
    """*change* as a step, its heading of *level*."""
    what = what_of(change)
    return Step(
        name=labels.name_of(change) if change.op != "regrouped" else f"p{change.group[1][0] + 1}",
        place=places_of(change),
        what=what,
        body=_body(change, records, room),
        level=level,
        gist=labels.gist_of(change),
        class_=f"{change.op} {change.class_}",
    )


def together_step(found: Together, records: tuple[Record, Record], room: Room, level: int) -> Step:
    """Passages dropped or added one after the other as one step."""
    first, last = found.changes[0], found.changes[-1]
    words = counted(sum(change.words_changed for change in found.changes), "word")
    step = passage_step(first, records, room, level)
    return replace(
        step,
        place=f"{step.place}–{((last.before_index if last.after_index is None else last.after_index) or 0) + 1}",
        what=f"{blocks_named(found.changes)} {first.op}: {words}",
        body="\n".join([step.body, *(_body(change, records, room) for change in found.changes[1:])]),
    )


def passage_html(change: BlockChange, records: tuple[Record, Record], room: Room) -> str:
    """*change* without a step of its own, under its place."""
    return f'<p class="note">{text_html(places_of(change))}</p>\n{_body(change, records, room)}'


def field_html(field: FieldChange) -> str:
    """What differs in a passage beside its text, or in a picture."""
    name = text_html(block_field_name(field.path))
    return f'<p class="setting"><span class="what">{name}:</span> {value_html(field)}</p>'


def value_html(field: FieldChange) -> str:
    """Both sides of a field: word by word where it was compared so."""
    if field.ignored:
        shown = " → ".join(text_html(value_text(side)) or "absent" for side in (field.before, field.after))
        return f'<span class="ignored"><span class="said">ignored by {text_html(field.ignored)}: </span>{shown}</span>'
    if field.runs:
        return f'<span class="value" dir="auto">{both_html(field.runs)}</span>'
    if field.path.endswith("/image"):
        marked = zip(("del", "ins"), (field.before, field.after), strict=True)
        sides = [f"<{tag}>{link_html(side)}</{tag}>" if isinstance(side, str) else _ABSENT for tag, side in marked]
    else:
        marks = zip((dropped, added), (field.before, field.after), strict=True)
        sides = [_ABSENT if side is None else f"<bdi>{mark(value_text(side))}</bdi>" for mark, side in marks]
    return " → ".join(sides)


def _body(change: BlockChange, records: tuple[Record, Record], room: Room) -> str:
    if change.ignored:
        return _alone(change, records)
    match change.op:
        case "regrouped":
            return _regrouped(change, records)
        case "dropped" | "added" if change.block.kind == "table":
            mark = added if change.op == "added" else dropped
            return table_html(change.block, f"Table {places_of(change)}", room, mark)
        case "dropped" | "added":
            return _alone(change, records)
        case "moved":
            if change.block.kind == "table":
                return _from(change) + table_html(change.block, f"Table {places_of(change)}", room)
            return _pair(
                "", _paragraph(change.block, shortened(change.block.text), records[1], "two only"), _from(change)
            )
    return "\n".join(filter(None, _edited(change, records, room)))


def _edited(change: BlockChange, records: tuple[Record, Record], room: Room) -> Iterator[str]:
    one, two = change.before, change.after
    if one is None or two is None:
        return
    if change.op == "moved-edited":
        yield _from(change)
    if one.kind == two.kind == "table":
        yield table_change_html(change, f"Table {places_of(change)}", room)
    elif change.runs:
        yield _pair(
            _paragraph(one, both_html(change.runs), records[0], "one"),
            _paragraph(two, after_html(change.runs), records[1], "two"),
        )
    else:
        yield _paragraph(two, shortened(two.text), records[1], "one")
    yield from (field_html(field) for field in change.fields if field.path not in ("/rows", "/columns"))


def _alone(change: BlockChange, records: tuple[Record, Record]) -> str:
    """A passage that only one side has, or that is ignored."""
    block = change.block
    mark = added if change.op == "added" else dropped
    if change.ignored:
        name = text_html(change.ignored)
        said = f'<span class="said">ignored by {name}: </span>'
        old, new = change.before, change.after
        shown = " → ".join(shortened(side.text) for side in (old, new) if side) if old != new else shortened(block.text)
        return _paragraph(block, f'<span class="ignored">{said}{shown}</span>', records[1], "one")
    words = [mark(block.text)] if block.text else []
    if block.figure:
        words += [mark(f"[{block.figure.credit}]")] if block.figure.credit else []
        words += [f'<span class="address">{link_html(block.figure.image)}</span>'] if block.figure.image else []
    html = " ".join(words) or "(no words)"
    if change.op == "added":
        return _pair("", _paragraph(block, html, records[1], "two only"))
    return _pair(_paragraph(block, html, records[0], "one"), "")


def _regrouped(change: BlockChange, records: tuple[Record, Record]) -> str:
    if change.runs:
        one, two = (record.blocks[places[0]] for record, places in zip(records, change.group, strict=True))
        return _pair(
            _paragraph(one, both_html(change.runs), records[0], "one"),
            _paragraph(two, after_html(change.runs), records[1], "two"),
        )
    sides = [
        "\n".join(
            _paragraph(record.blocks[place], shortened(record.blocks[place].text), record, "") for place in places
        )
        for record, places in zip(records, change.group, strict=True)
    ]
    return _pair(f'<div class="one regroup">{sides[0]}</div>', f'<div class="two only">{sides[1]}</div>')


def _from(change: BlockChange) -> str:
    place = (change.before_index or 0) + 1
    return f'<p class="from"><a href="#was-{place}">{origin(change)}</a></p>'


def _pair(one: str, two: str, above: str = "") -> str:
    return f'{above}<div class="pair">{one}{two}</div>'


def _paragraph(block: Block, html: str, record: Record, class_: str) -> str:
    classes = " ".join(filter(None, (class_, class_of(block))))
    return f'<p class="{classes}"{language(record.language)} dir="auto">{html}</p>'


def class_of(block: Block) -> str:
    """The classes that say how *block* is set."""
    depth = f" depth-{min(block.level, 4)}" if block.kind in ("item", "term", "definition") and block.level > 1 else ""
    return f"{'ordered' if block.kind == 'item' and block.ordered else block.kind}{depth}"
