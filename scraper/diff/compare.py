"""Two records against each other: everything that differs, put together."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from parsers.figures import split_credit
from parsers.record import Block, Record
from parsers.tables import row_text, table_caption

from .align import Group, Item, Key, Place, align
from .apply import rest_of
from .changes import (
    CLASSES,
    COUNTED_FIELDS,
    BlockChange,
    BlockOp,
    CellChange,
    Changes,
    Class,
    FieldChange,
    Move,
    blocks_in_order,
    each_once,
    in_order_of_place,
    rest_in_order,
)
from .dates import dates_changed
from .facts import KINDS, fact_changes
from .fields import CLASS_OF, field_changes, only_in_one_rendition, setting_changes
from .marks import emphasis_change, link_changes
from .match import Stretch
from .summary import summary
from .tables import TableChanges, table_changes
from .units import count_words, meaning, means_something
from .words import Edits, Run, edits, numbers_changed, words_changed

_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s+")  # as `parsers.text` takes them off
_NOT_IN_EVERY_RENDITION = frozenset(["/kind", "/level", "/ordered", "/header_rows"])


def diff(before: Record, after: Record) -> Changes:
    """What differs between two records; false where nothing does.

    Records of different media types are renditions of one report: what only one form carries (a field the other does
    not have, links, emphasis, pictures) is listed with class "none", and typography is no difference. Time and memory
    are bounded whatever the records hold.
    """
    renditions = (before.media_type, after.media_type) if before.media_type != after.media_type else None
    key = _key_of_any_rendition if renditions else _key
    start, end = _common_ends(before.blocks, after.blocks)
    middles = (before.blocks[start : len(before.blocks) - end], after.blocks[start : len(after.blocks) - end])
    found = align(
        [key(block) for block in middles[0]],
        [key(block) for block in middles[1]],
        headings=(_headings(middles[0]), _headings(middles[1])),
    )
    blocks: list[BlockChange] = []
    remade: dict[Group, Edits] = {}
    stood: list[tuple[int, int]] = []  # which are not the same, but in nothing that a block is listed for
    unlike: tuple[set[int], set[int]] = (set(), set())
    for found_place in (*_unlike(found.stood, *middles), *found.others):
        place = found_place.shifted(start)
        one = before.blocks[place.before] if place.before is not None else None
        two = after.blocks[place.after] if place.after is not None else None
        if place.before is None or place.after is None or one != two:
            unlike[0].update([] if place.before is None else [place.before])
            unlike[1].update([] if place.after is None else [place.after])
        change = (
            _group_change(before, after, place, remade, renditions=bool(renditions))
            if place.group[0]
            else _block_change(one, two, place, renditions=bool(renditions))
        )
        if change:
            blocks.append(change)
        elif place.before is not None and place.after is not None:
            stood.append((place.before, place.after))
    sizes = (len(before.blocks), len(after.blocks))
    changes = Changes(
        renditions=renditions,
        sizes=sizes,
        fields=field_changes(before, after),
        facts=fact_changes(before, after, found, start),
        blocks=blocks_in_order(blocks, sizes),
        links=link_changes(before, after, unlike),
        emphasis=emphasis_change(before, after, unlike),
        coarse=found.coarse,
    )
    return told(replace(changes, rest=rest_of(before, after, changes, stood)))


def inverted(changes: Changes) -> Changes:
    """The changes that lead back: `inverted(diff(a, b)) == diff(b, a)`."""
    sizes = changes.sizes[::-1]
    back = replace(
        changes,
        renditions=changes.renditions and changes.renditions[::-1],
        sizes=sizes,
        fields=tuple(change.inverted() for change in changes.fields),
        facts=in_order_of_place((fact.inverted() for fact in changes.facts), rank=lambda fact: KINDS.index(fact.kind)),
        blocks=blocks_in_order((change.inverted() for change in changes.blocks), sizes),
        links=in_order_of_place(link.inverted() for link in changes.links),
        emphasis=changes.emphasis.inverted(),
        rest=rest_in_order(rest.inverted() for rest in changes.rest),
    )
    return told(back)


def told(changes: Changes) -> Changes:
    """*changes* with the numbers and dates that differ in them, and their summary, as they are told now."""
    runs = [
        *(change.runs for change in changes.fields if change.path in COUNTED_FIELDS and change.class_ != "none"),
        *(
            found
            for change in each_once(changes.blocks)
            for found in (change.runs, *(cell.runs for cell in change.cells if cell.stands))
        ),
    ]
    told = replace(
        changes,
        numbers=tuple(pair for found in runs for pair in numbers_changed(found)),
        dates=tuple(pair for found in runs for pair in dates_changed(found)),
    )
    return replace(told, summary=summary(told))


def _common_ends(before: Sequence[Block], after: Sequence[Block]) -> tuple[int, int]:
    """How many blocks are the same at the start and at the end; one of those at the end is left to be looked at.

    The last tells of the heading above it, which may have another name.
    """
    size = min(len(before), len(after))
    start = next((place for place in range(size) if before[place] != after[place]), size)
    end = next((place for place in range(size - start) if before[-1 - place] != after[-1 - place]), size - start)
    return start, max(0, end - 1)


def _unlike(stood: Iterable[Stretch], before: Sequence[Block], after: Sequence[Block]) -> Iterator[Place]:
    """Where blocks stood and are not the same in all."""
    for part in stood:
        pairs = zip(before[part.i0 : part.i1], after[part.j0 : part.j1], strict=True)
        for number, (one, other) in enumerate(pairs):
            if one != other:
                yield Place("matched", part.i0 + number, part.j0 + number)


def _headings(blocks: Sequence[Block]) -> set[int]:
    return {place for place, block in enumerate(blocks) if block.kind == "heading"}


def _key(block: Block) -> Key:
    if block.kind == "figure":
        return Item("figure", block.text, block.figure.image if block.figure else "")
    if block.kind == "table":
        return Item("table", _table_words(block), "\n".join(block.rows[0]) if block.rows else "")
    return block.text


def _table_words(block: Block) -> str:
    """A table by its caption and the whole of its rows: whether one cell spans several is no difference."""
    return "\n".join([table_caption(block), *map(row_text, block.rows)])


def _key_of_any_rendition(block: Block) -> Key:
    """*block* by its words: what is a table or a caption in one rendition may be lines in another."""
    words = _words(block)
    return words or _key(block)


def _words_of_any(block: Block) -> str:
    """The words of *block* as one line, of a table without the signs between its cells."""
    return " ".join([table_caption(block), *chain.from_iterable(block.rows)]).strip() if block.rows else _words(block)


def _words(block: Block) -> str:
    """The words of *block* as one line."""
    credit = f" {block.figure.credit}" if block.figure and block.figure.credit else ""
    return block.text.replace("\n", " ") + credit


def _block_change(one: Block | None, two: Block | None, place: Place, *, renditions: bool) -> BlockChange | None:
    if one and two:
        return _pair_change(one, two, place, renditions=renditions)
    op: BlockOp = "dropped" if one else "added"
    block = one or two
    class_ = _class_alone(block, renditions=renditions)
    return BlockChange(
        op=op,
        class_=class_,
        before_index=place.before,
        after_index=place.after,
        before=one,
        after=two,
        words_changed=count_words(block.text) if block and class_ != "none" else 0,
    )


def _class_alone(block: Block | None, *, renditions: bool) -> Class:
    if renditions and block and block.kind == "figure":
        return "none"
    return "words" if block and means_something(block.text) else "cosmetic"


def _group_change(
    before: Record, after: Record, place: Place, remade: dict[Group, Edits], *, renditions: bool
) -> BlockChange:
    """A block whose words stand in others now; of those *remade* each has what differs in all of its group."""
    group = place.group
    if place.step == "remade" and group not in remade:
        remade[group] = edits(
            *(
                " ".join(_words_of_any(record.blocks[at]) for at in side)
                for record, side in zip((before, after), group, strict=True)
            )
        )
    found = remade.get(group, Edits((), coarse=False))
    class_: Class = max((CLASS_OF[run.kind] for run in found.runs), key=CLASSES.index, default="cosmetic")
    return BlockChange(
        op="regrouped",
        class_="none" if renditions and class_ != "words" else class_,
        before_index=place.before,
        after_index=place.after,
        before=None if place.before is None else before.blocks[place.before],
        after=None if place.after is None else after.blocks[place.after],
        runs=found.runs,
        group=group,
        words_changed=words_changed(found.runs),
        coarse=found.coarse,
    )


def _pair_change(one: Block, two: Block, place: Place, *, renditions: bool) -> BlockChange | None:
    """What differs inside a block that is on both sides; None where it is the same, in its place."""
    moved = place.step == "moved"
    is_same = one == two or (renditions and _are_one_in_two_forms(one, two))
    inside = _Inside() if is_same else _inside(one, two)
    if renditions and not is_same:
        inside = _between_renditions(_captions(one, two) or _numbers(one, two) or inside)
    differs = bool(inside.runs or inside.cells or inside.fields)
    if not differs and not moved:
        return None
    op: BlockOp = ("moved-edited" if differs else "moved") if moved else "edited"
    return BlockChange(
        op=op,
        class_="words" if moved else inside.class_,
        before_index=place.before,
        after_index=place.after,
        before=one,
        after=two,
        runs=inside.runs,
        cells=inside.cells,
        moves=inside.moves,
        fields=inside.fields,
        words_changed=inside.words_changed,
        coarse=inside.coarse,
    )


class _Inside(NamedTuple):
    runs: tuple[Run, ...] = ()
    cells: tuple[CellChange, ...] = ()
    moves: tuple[Move, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    coarse: bool = False

    @property
    def words_changed(self) -> int:
        weighing = (field.runs for field in self.fields if field.class_ != "none")
        return sum(map(words_changed, (self.runs, *(cell.runs for cell in self.cells), *weighing)))

    @property
    def class_(self) -> Class:
        runs = [*self.runs, *(run for cell in self.cells for run in cell.runs)]
        classes = [CLASS_OF[run.kind] for run in runs] + [field.class_ for field in self.fields]
        return max(classes, key=CLASSES.index, default="none")


def _inside(one: Block, two: Block) -> _Inside:
    fields = setting_changes(one, two)
    if (one.rows or two.rows) and one.kind == two.kind:
        found = table_changes(one, two) if one.rows != two.rows else TableChanges((), (), (), coarse=False)
        captions = table_caption(one), table_caption(two)
        runs = edits(*captions).runs if captions[0] != captions[1] else ()
        fields = (*fields, *found.order)
        return _Inside(runs=runs, cells=found.cells, moves=found.moves, fields=fields, coarse=found.coarse)
    if one.text == two.text:
        return _Inside(fields=fields)
    runs, coarse = edits(one.text, two.text)
    return _Inside(runs=runs, fields=fields, coarse=coarse)


def _numbers(one: Block, two: Block) -> _Inside | None:
    """What differs between two texts of which only one has its number with it; the other may be a list's item."""
    ours, theirs = _NUMBER.match(one.text), _NUMBER.match(two.text)
    if one.kind == two.kind or bool(ours) == bool(theirs) or one.rows or two.rows:
        return None
    start, begin = (match.end() if match else 0 for match in (ours, theirs))
    runs, coarse = edits(one.text[start:], two.text[begin:])
    number = Run(kind="typography", before=one.text[:start], after=two.text[:begin])
    return _Inside(runs=(number, *runs), coarse=coarse)


def _captions(one: Block, two: Block) -> _Inside | None:
    if two.figure is None or one.figure is not None:
        return _inside_caption(one, two)
    found = _inside_caption(two, one)
    return found and found._replace(runs=tuple(run.inverted() for run in found.runs))


def _inside_caption(one: Block, two: Block) -> _Inside | None:
    """What differs between a picture's caption and a line of text that has it with the same credit behind it."""
    if one.figure is None or two.figure is not None:
        return None
    caption, credit = split_credit(two.text)
    rest = two.text.removeprefix(caption)
    if not credit or rest == two.text or meaning(credit) != meaning(one.figure.credit):
        return None
    runs, coarse = edits(one.text, caption)
    return _Inside(runs=(*runs, Run(kind="typography", before="", after=rest)), coarse=coarse)


def _between_renditions(inside: _Inside) -> _Inside:
    return inside._replace(
        runs=() if _is_typography(inside.runs) else inside.runs,
        cells=tuple(cell for cell in inside.cells if not _is_typography(cell.runs)),
        fields=tuple(
            only_in_one_rendition(field) for field in inside.fields if field.path not in _NOT_IN_EVERY_RENDITION
        ),
    )


def _are_one_in_two_forms(one: Block, two: Block) -> bool:
    """Whether two blocks of different kinds, or a text with its number and without, have the same words.

    A caption is a line of text in some renditions, with a word before the credit; a number may be the list's.
    """
    if one.kind == two.kind and not (_NUMBER.match(one.text) or _NUMBER.match(two.text)):
        return False
    return bool(_forms(one) & _forms(two))


def _forms(block: Block) -> set[str]:
    """The meanings that a block may have in another rendition."""
    number = _NUMBER.match(block.text)
    caption, credit = split_credit(block.text) if block.kind == "paragraph" else ("", "")
    texts = (_words(block), block.text[number.end() :] if number else "", f"{caption} {credit}" if credit else "")
    return {meaning(text) for text in texts if text}


def _is_typography(runs: Iterable[Run]) -> bool:
    return all(run.kind in ("same", "typography") for run in runs)
