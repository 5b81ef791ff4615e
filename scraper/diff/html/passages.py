"""The passages of a report in order: what changed as it stands on both sides, what stood folded away."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from parsers.record import Block, Record

from ...wording import counted
from ..changes import BlockChange, Changes, FieldChange, places_after, standing
from ..summary import block_field_name, blocks_named, listed, value_text
from ..units import count_words
from . import labels
from .room import Room
from .steps import Part, Step
from .table import table_change_html, table_html
from .text import added, after_html, both_html, dropped, language, link_html, shortened, text_html

_SHOWN_ALONE = 280  # characters of a passage that stood alone between two changes and is not folded
_ABSENT = '<span class="absent">absent</span>'
_LARGEST = 1_000_000  # characters of HTML of one passage that changed; a table may have thousands of cells
_MOST_TOGETHER = 40  # passages that are told of as one
_LONGEST_STOOD = 4_000  # characters of one passage that stood
_OTHER_LEVELS = 3  # what headings of passages start at


class Stood(NamedTuple):
    """A passage that is in both reports; *note* says what of it is told elsewhere."""

    before: int
    after: int
    note: str = ""


class Left(NamedTuple):
    """Where a passage stood that is elsewhere now."""

    change: BlockChange


class Together(NamedTuple):
    """Passages that were dropped, or added, one after the other."""

    changes: tuple[BlockChange, ...]


Entry = BlockChange | Together | Stood | Left


def is_shown(change: BlockChange) -> bool:
    """Whether *change* is among the passages in order, and not told of apart from them."""
    return change.class_ != "none" and not labels.is_looks_alone(change)


def entries(changes: Changes) -> list[Entry]:
    """All passages of both reports, in the order of the one after; what is gone where it was."""
    after_of = places_after(changes.blocks, changes.sizes)
    placed: list[tuple[tuple[int, int, int], Entry]] = [
        ((j, 0, 0), Stood(i, j)) for i, j in standing(changes.blocks, changes.sizes)
    ]
    told: set[object] = set()
    for change in changes.blocks:
        before, after = change.before_index or 0, change.after_index
        if change.op == "regrouped":
            if change.group not in told:
                told.add(change.group)
                placed.append(((change.group[1][0], -1, 0), change))
        elif not is_shown(change):
            if change.before and after is not None:
                placed.append(((after, 0, 0), Stood(before, after, _note(change))))
        elif after is None:
            placed.append(((after_of[before], 1, before), change))
        else:
            placed.append(((after, 0, 0), change))
            if change.op in ("moved", "moved-edited"):
                placed.append(((after_of[before], 1, before), Left(change)))
    return list(_together([entry for _, entry in sorted(placed, key=lambda one: one[0])]))


def _together(listed: Iterable[Entry]) -> Iterator[Entry]:
    group: list[BlockChange] = []
    for entry in listed:
        is_next = isinstance(entry, BlockChange) and bool(group) and _follow(group[-1], entry)
        if not is_next or len(group) == _MOST_TOGETHER:
            yield from _as_one(group)
            group = []
        if isinstance(entry, BlockChange):
            group.append(entry)
        else:
            yield entry
    yield from _as_one(group)


def _as_one(group: list[BlockChange]) -> list[Entry]:
    return [Together(tuple(group))] if len(group) > 1 else [*group]


def _follow(one: BlockChange, other: BlockChange) -> bool:
    """Whether two passages that stand one after the other are told of as one."""
    is_alike = one.op == other.op and one.op in ("dropped", "added")
    return is_alike and not {one.block.kind, other.block.kind} & {"heading", "table"}


def passages(changes: Changes, before: Record, after: Record, room: Room) -> list[Part]:
    """The passages as parts of a page."""
    return list(_Passages(changes, before, after, room).parts())


def passage_step(change: BlockChange, records: tuple[Record, Record], room: Room, level: int = 3) -> Step:
    """*change* as a step, its heading of *level*."""
    what = labels.what_of(change)
    return Step(
        name=labels.name_of(change) if change.op != "regrouped" else f"p{change.group[1][0] + 1}",
        place=labels.place_of(change),
        what=what,
        body=_body(change, records, room),
        level=level,
        gist=labels.gist_of(change),
        class_=f"{change.op} {change.class_}",
    )


def _together_step(found: Together, records: tuple[Record, Record], room: Room, level: int) -> Step:
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
    return f'<p class="note">{text_html(labels.place_of(change))}</p>\n{_body(change, records, room)}'


def _note(change: BlockChange) -> str:
    return f"ignored: {change.ignored}" if change.ignored else "" if change.class_ == "none" else "looks differ"


class _Passages:
    """One walk over all passages, which knows below which headings it is."""

    def __init__(self, changes: Changes, before: Record, after: Record, room: Room) -> None:
        self._entries = entries(changes)
        self._records = (before, after)
        self._room = room
        self._levels: list[int] = []
        stood = sum(len(after.blocks[entry.after].text) for entry in self._entries if isinstance(entry, Stood))
        self._keeps_all = 2 * stood < room.stood

    def parts(self) -> Iterator[Part]:
        """Steps for what changed; headings above them and folds of what stood as HTML."""
        waiting: list[Stood] = []
        for number, entry in enumerate(self._entries):
            if isinstance(entry, Stood):
                waiting.append(entry)
                continue
            yield from self._stretch(waiting, is_last=False)
            waiting = []
            if isinstance(entry, Left):
                yield self._left(entry.change)
                continue
            step = self._step(entry)
            if len(step.body) > _LARGEST:
                self._room.left_out["change"] += 1
                step = replace(step, body='<p class="left">Too long to be shown here.</p>')
            if not self._room.takes_changed(step.body):
                yield self._end(number)
                return
            yield step
        yield from self._stretch(waiting, is_last=True)

    def _end(self, number: int) -> str:
        """What is said where the page is full, of all entries from *number* on."""
        left = [change for entry in self._entries[number:] for change in _changes_of(entry)]
        ops: dict[str, list[BlockChange]] = defaultdict(list)
        for change in left:
            ops[change.op.replace("-", " and ")].append(change)
        self._room.left_out["change"] += len(left)
        told = listed([f"{blocks_named(found)} {op}" for op, found in ops.items()])
        return f'<p class="warning">Here the page is full. Left out are {told}, and what stands between them.</p>'

    def _step(self, entry: BlockChange | Together) -> Step:
        if isinstance(entry, Together):
            return _together_step(entry, self._records, self._room, self._level_of(entry.changes[0]))
        return passage_step(entry, self._records, self._room, self._level_of(entry))

    def _level_of(self, change: BlockChange) -> int:
        """The level of the step's heading: that of the report's own, where the passage is one."""
        if change.block.kind != "heading":
            return min(_OTHER_LEVELS + len(self._levels), 6)
        below = [level for level in self._levels if level < change.block.level]
        if change.after:
            self._levels = [*below, change.block.level]
        return min(_OTHER_LEVELS + len(below), 6)

    def _stretch(self, stood: Sequence[Stood], *, is_last: bool) -> Iterator[str]:
        """Passages that stood, folded, but for the headings that what comes next stands below."""
        shown = set() if is_last else self._headings_above(stood)
        fold: list[Stood] = []
        for entry in stood:
            if entry.after not in shown:
                fold.append(entry)
                continue
            yield from self._fold(fold)
            fold = []
            yield self._heading(self._block(entry))
        yield from self._fold(fold)

    def _headings_above(self, stood: Iterable[Stood]) -> set[int]:
        """The places of the headings that what follows *stood* stands below."""
        above: list[tuple[int, int]] = []
        for entry in stood:
            block = self._block(entry)
            if block.kind == "heading":
                above = [*(one for one in above if one[0] < block.level), (block.level, entry.after)]
        return {place for _, place in above}

    def _heading(self, block: Block) -> str:
        self._levels = [*(level for level in self._levels if level < block.level), block.level]
        level = min(_OTHER_LEVELS - 1 + len(self._levels), 6)
        return f'<h{level} class="heading"{self._language()} dir="auto">{shortened(block.text)}</h{level}>'

    def _fold(self, stood: Sequence[Stood]) -> Iterator[str]:
        if not stood:
            return
        block = self._block(stood[0])
        if len(stood) == 1 and block.kind not in ("table", "heading") and len(block.text) <= _SHOWN_ALONE:
            html = self._stood(stood[0])
            if self._room.takes_stood(html):
                yield f'<div class="stood">{html}</div>'
                return
        first, last = stood[0].after + 1, stood[-1].after + 1
        places = f"§{first}" if first == last else f"§{first}–{last}"
        looks = sum(bool(entry.note) for entry in stood)
        title = f"{counted(len(stood), 'passage')} unchanged{f' but for the looks of {looks:,}' if looks else ''}"
        kept = list(stood) if self._keeps_all else [stood[0], *stood[1:][-1:]]
        html = "\n".join(self._folded(stood, kept))
        if not self._room.takes_stood(html):
            kept, html = [], ""
        words = sum(count_words(self._block(entry).text) for entry in stood) if not html else 0
        self._room.left_out["passage that stands in both"] += len(stood) - len(kept)
        place = f'<span class="place">{places}</span> '
        if not html:
            yield f'<p class="fold">{place}{title} ({counted(words, "word")}, left out here)</p>'
        else:
            yield f'<details class="fold"><summary>{place}{title}</summary>\n{html}\n</details>'

    def _folded(self, stood: Sequence[Stood], kept: Sequence[Stood]) -> Iterator[str]:
        for number, entry in enumerate(kept):
            yield self._stood(entry)
            if number == 0 and len(kept) < len(stood):
                yield f'<p class="left">… {counted(len(stood) - len(kept), "passage")} left out here …</p>'

    def _stood(self, entry: Stood) -> str:
        block = self._block(entry)
        if block.kind == "table":
            return table_html(block, f"Table §{entry.after + 1}", self._room)
        note = f' <span class="note">({text_html(entry.note)})</span>' if entry.note else ""
        words = shortened(block.text, _LONGEST_STOOD)
        return f'<p class="{_class(block)}"{self._language()} dir="auto">{words}{note}</p>'

    def _left(self, change: BlockChange) -> str:
        place, there = (change.before_index or 0) + 1, (change.after_index or 0) + 1
        name = f"was-{place}"
        link = f'<a href="#p{there}">moved to §{there}</a>'
        return f'<div class="pair" id="{name}"><p class="away"><span class="place">was §{place}</span> {link}</p></div>'

    def _block(self, entry: Stood) -> Block:
        return self._records[1].blocks[entry.after]

    def _language(self) -> str:
        return language(self._records[1].language)


def _changes_of(entry: Entry) -> tuple[BlockChange, ...]:
    if isinstance(entry, Together):
        return entry.changes
    return (entry,) if isinstance(entry, BlockChange) else ()


def _body(change: BlockChange, records: tuple[Record, Record], room: Room) -> str:
    if change.ignored:
        return _alone(change, records)
    match change.op:
        case "regrouped":
            return _regrouped(change, records)
        case "dropped" | "added" if change.block.kind == "table":
            mark = added if change.op == "added" else dropped
            return table_html(change.block, f"Table {labels.place_of(change)}", room, mark)
        case "dropped" | "added":
            return _alone(change, records)
        case "moved":
            if change.block.kind == "table":
                return _from(change) + table_html(change.block, f"Table {labels.place_of(change)}", room)
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
        yield table_change_html(change, f"Table {labels.place_of(change)}", room)
    elif change.runs:
        yield _pair(
            _paragraph(one, both_html(change.runs), records[0], "one"),
            _paragraph(two, after_html(change.runs), records[1], "two"),
        )
    else:
        yield _paragraph(two, shortened(two.text), records[1], "one")
    yield from (field_html(field) for field in change.fields if field.path not in ("/rows", "/columns"))


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
    sides = [
        "\n".join(
            _paragraph(record.blocks[place], shortened(record.blocks[place].text), record, "") for place in places
        )
        for record, places in zip(records, change.group, strict=True)
    ]
    return _pair(f'<div class="one regroup">{sides[0]}</div>', f'<div class="two only">{sides[1]}</div>')


def _from(change: BlockChange) -> str:
    place = (change.before_index or 0) + 1
    return f'<p class="from"><a href="#was-{place}">moved from §{place}</a></p>'


def _pair(one: str, two: str, above: str = "") -> str:
    return f'{above}<div class="pair">{one}{two}</div>'


def _paragraph(block: Block, html: str, record: Record, class_: str) -> str:
    classes = " ".join(filter(None, (class_, _class(block))))
    return f'<p class="{classes}"{language(record.language)} dir="auto">{html}</p>'


def _class(block: Block) -> str:
    depth = f" depth-{min(block.level, 4)}" if block.kind in ("item", "term", "definition") and block.level > 1 else ""
    return f"{'ordered' if block.kind == 'item' and block.ordered else block.kind}{depth}"
