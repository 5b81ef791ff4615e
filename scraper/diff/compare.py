"""Two records against each other: everything that differs, put together."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from parsers.figures import split_credit
from parsers.record import Block, Record
from parsers.tables import row_text, table_caption

from .align import Item, Place, align
from .changes import (
    CLASSES,
    BlockChange,
    BlockOp,
    CellChange,
    Changes,
    Class,
    FieldChange,
    blocks_in_order,
    in_order_of_place,
    standing,
)
from .facts import KINDS, fact_changes
from .fields import CLASS_OF, field_changes, only_in_one_rendition, setting_changes
from .marks import emphasis_change, link_changes
from .summary import summary
from .tables import table_changes
from .words import Run, edits, meaning

_NUMBER = re.compile(r"\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]\s+")  # as `parsers.text` takes them off
_NOT_IN_EVERY_RENDITION = frozenset(["/kind", "/level", "/ordered", "/header_rows"])


def diff(before: Record, after: Record) -> Changes:
    """What differs between two records; false where nothing does.

    Records of different media types are renditions of one report: what only one form carries (a field the other does
    not have, links, emphasis, pictures) is listed with class "none", and typography is no difference. Time and memory
    are bounded whatever the records hold.
    """
    renditions = (before.media_type, after.media_type) if before.media_type != after.media_type else None
    item = _item_of_any_rendition if renditions else _item
    found = align([item(block) for block in before.blocks], [item(block) for block in after.blocks])
    sizes = (len(before.blocks), len(after.blocks))
    blocks = [
        change for place in found.places if (change := _block_change(before, after, place, renditions=bool(renditions)))
    ]
    changes = Changes(
        renditions=renditions,
        sizes=sizes,
        fields=field_changes(before, after),
        facts=fact_changes(before, after),
        blocks=blocks_in_order(blocks, sizes),
        links=link_changes(before, after),
        emphasis=emphasis_change(before, after),
        coarse=found.coarse,
    )
    return replace(changes, summary=summary(changes))


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
    )
    return replace(back, summary=summary(back))


def applied(changes: Changes, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """*blocks*, those before, as they are after; of blocks that stand, links and emphasis stay as they were."""
    after = {change.after_index: change.after for change in changes.blocks if change.after}
    after |= {j: blocks[i] for i, j in standing(changes.blocks, changes.sizes)}
    return tuple(after[place] for place in range(changes.sizes[1]))


def _item(block: Block) -> Item:
    if block.kind == "figure":
        return Item("figure", block.text, block.figure.image if block.figure else "")
    if block.kind == "table":
        return Item("table", _table_words(block), "\n".join(block.rows[0]) if block.rows else "")
    return Item("text", block.text)


def _table_words(block: Block) -> str:
    """A table by its caption and the whole of its rows: whether one cell spans several is no difference."""
    return "\n".join([table_caption(block), *map(row_text, block.rows)])


def _item_of_any_rendition(block: Block) -> Item:
    """*block* by its words: what is a table or a caption in one rendition may be lines in another."""
    words = _words(block)
    return Item("text", words) if words else _item(block)


def _words(block: Block) -> str:
    """The words of *block* as one line."""
    credit = f" {block.figure.credit}" if block.figure and block.figure.credit else ""
    return block.text.replace("\n", " ") + credit


def _block_change(before: Record, after: Record, place: Place, *, renditions: bool) -> BlockChange | None:
    one = before.blocks[place.before] if place.before is not None else None
    two = after.blocks[place.after] if place.after is not None else None
    if one and two:
        return _pair_change(one, two, place, renditions=renditions)
    op: BlockOp = "regrouped" if place.step == "regrouped" else "dropped" if one else "added"
    return BlockChange(
        op=op,
        class_=_class_alone(one or two, op, renditions=renditions),
        before_index=place.before,
        after_index=place.after,
        before=one,
        after=two,
    )


def _class_alone(block: Block | None, op: BlockOp, *, renditions: bool) -> Class:
    if block and block.kind == "figure" and renditions and op != "regrouped":
        return "none"
    return "words" if block and op != "regrouped" and meaning(block.text) else "cosmetic"


def _pair_change(one: Block, two: Block, place: Place, *, renditions: bool) -> BlockChange | None:
    """What differs inside a block that is on both sides; None where it is the same, in its place."""
    moved = place.step == "moved"
    is_same = one == two or (renditions and _are_one_in_two_forms(one, two))
    inside = _Inside() if is_same else _inside(one, two)
    if renditions:
        inside = _between_renditions(inside)
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
        fields=inside.fields,
        coarse=inside.coarse,
    )


class _Inside(NamedTuple):
    runs: tuple[Run, ...] = ()
    cells: tuple[CellChange, ...] = ()
    fields: tuple[FieldChange, ...] = ()
    coarse: bool = False

    @property
    def class_(self) -> Class:
        runs = [*self.runs, *(run for cell in self.cells for run in cell.runs)]
        classes = [CLASS_OF[run.kind] for run in runs] + [field.class_ for field in self.fields]
        return max(classes, key=CLASSES.index, default="none")


def _inside(one: Block, two: Block) -> _Inside:
    fields = setting_changes(one, two)
    if (one.rows or two.rows) and one.kind == two.kind:
        cells, order, coarse = table_changes(one, two) if one.rows != two.rows else ((), (), False)
        captions = table_caption(one), table_caption(two)
        runs = edits(*captions).runs if captions[0] != captions[1] else ()
        return _Inside(runs=runs, cells=cells, fields=(*fields, *order), coarse=coarse)
    if one.text == two.text:
        return _Inside(fields=fields)
    runs, coarse = edits(one.text, two.text)
    return _Inside(runs=runs, fields=fields, coarse=coarse)


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
