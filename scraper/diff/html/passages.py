"""The passages of a report in order: what changed as it stands on both sides, what stood folded away."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from parsers.record import Block, Record

from ...wording import counted
from ..changes import BlockChange, Changes
from ..summary import blocks_named, listed
from ..units import count_words
from .order import Left, Stood, Together, changes_of, entries
from .passage import class_of, passage_step, together_step
from .room import Room
from .steps import Part, Step
from .table import table_html
from .text import language, shortened, text_html

_SHOWN_ALONE = 280  # characters of a passage that stood alone between two changes and is not folded
_LARGEST = 1_000_000  # characters of HTML of one passage that changed; a table may have thousands of cells
_LONGEST_STOOD = 4_000  # characters of one passage that stood
_OTHER_LEVELS = 3  # what headings of passages start at


def passages(changes: Changes, before: Record, after: Record, room: Room) -> list[Part]:
    """The passages as parts of a page."""
    return list(_Passages(changes, before, after, room).parts())


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
        left = [change for entry in self._entries[number:] for change in changes_of(entry)]
        ops: dict[str, list[BlockChange]] = defaultdict(list)
        for change in left:
            ops[change.op.replace("-", " and ")].append(change)
        self._room.left_out["change"] += len(left)
        told = listed([f"{blocks_named(found)} {op}" for op, found in ops.items()])
        return f'<p class="warning">Here the page is full. Left out are {told}, and what stands between them.</p>'

    def _step(self, entry: BlockChange | Together) -> Step:
        if isinstance(entry, Together):
            return together_step(entry, self._records, self._room, self._level_of(entry.changes[0]))
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
        return f'<p class="{class_of(block)}"{self._language()} dir="auto">{words}{note}</p>'

    def _left(self, change: BlockChange) -> str:
        place, there = (change.before_index or 0) + 1, (change.after_index or 0) + 1
        name = f"was-{place}"
        link = f'<a href="#p{there}">moved to §{there}</a>'
        return f'<div class="pair" id="{name}"><p class="away"><span class="place">was §{place}</span> {link}</p></div>'

    def _block(self, entry: Stood) -> Block:
        return self._records[1].blocks[entry.after]

    def _language(self) -> str:
        return language(self._records[1].language)
