"""Changes without noise: what rules say is insignificant is marked as ignored and counts no more; it stays in them.

The archive keeps differences as they are. They are quieted when they are read: so a new rule acts on the past too, and
one that is dropped gives back what it hid.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from parsers.normal import plain
from parsers.record import Block, Mark, Recommendation, Record

from ..insignificant import Rule
from .changes import CLASSES, BlockChange, Changes, Class, Emphasis, FactChange, FieldChange, LinkChange
from .compare import told
from .fields import CLASS_OF
from .mask import NOBODY, Masked, Part, first_of, text_of
from .units import count_words
from .words import Run, edits, joined, words_changed

_LISTS = frozenset(["/authors", "/masthead"])
_TEXTS = frozenset(
    ["/title", "/headline", "/byline", "/organisation", "/lead/caption", "/lead/credit", "/figure/credit"]
)
_EMPHASIS = ("emphasis", "strong")


def quieted(changes: Changes, rules: Sequence[Rule]) -> Changes:
    """*changes* with what *rules* hide marked as ignored; as they are where that is nothing.

    A passage that was edited in what rules match, or dropped or added with no word besides, is ignored as a whole; of
    others the runs inside of what they match. So are title, byline, authors and captions, recommendations, cells, and
    links that stand in what is matched. Stages, countries, alerts, entries, dates, pictures and moves never are, but
    with a passage as a whole; a picture that was dropped or added only by a rule that names the kind "figure".

    What is left is counted anew. `applied` and `inverted` are as without rules.
    """
    if not rules:
        return changes
    blocks = tuple(_block(change, rules) for change in changes.blocks)
    quiet = replace(
        changes,
        fields=tuple(_field(change, rules, change.path.split("/")[1]) for change in changes.fields),
        blocks=blocks,
    )
    places = _Places(blocks, rules)
    quiet = replace(
        quiet,
        facts=tuple(_fact(change, rules, places) for change in changes.facts),
        links=tuple(_link(change, rules, places) for change in changes.links),
        emphasis=_emphasis(changes, places),
    )
    return changes if quiet == changes else told(quiet)


def words_matched(record: Record, rules: Sequence[Rule]) -> tuple[int, int]:
    """How many words of title, byline and text of *record* are matched by *rules*, and how many there are."""
    texts = [("title", record.title), ("byline", record.byline), *((block.kind, block.text) for block in record.blocks)]
    matched = words = 0
    for kind, text in texts:
        mask, count = Masked(text, [kind], rules), count_words(text)
        words += count
        matched += count - count_words(mask.left) if mask.is_touched else 0
    return matched, words


def is_matched(changes: Changes, rules: Sequence[Rule]) -> bool:
    """Whether *rules* match anything in the fields and passages that differ, whether that is ignored or not."""
    fields = (
        (change.path.split("/")[1], value) for change in changes.fields for value in (change.before, change.after)
    )
    blocks = ((block.kind, block.text) for change in changes.blocks for block in (change.before, change.after) if block)
    texts = [*((kind, value) for kind, value in fields if isinstance(value, str)), *blocks]
    return any(rule.is_for([kind]) and rule.spans(text) for kind, text in texts for rule in rules)


class _Places:
    """What rules hide in the blocks that are listed, by the side and the place of the block."""

    def __init__(self, blocks: Sequence[BlockChange], rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.blocks: tuple[dict[int, Block], dict[int, Block]] = ({}, {})
        self.ignored: tuple[dict[int, str], dict[int, str]] = ({}, {})
        for change in blocks:
            sides = (change.before_index, change.before), (change.after_index, change.after)
            for side, (place, block) in enumerate(sides):
                if place is not None and block:
                    self.blocks[side][place] = block
                    if change.ignored:
                        self.ignored[side][place] = change.ignored
        self._masks: dict[tuple[int, int], Masked] = {}
        self._covered: list[list[Part] | None] = [None, None]

    def mask(self, side: int, place: int) -> Masked:
        """The text of the block at *place*, masked."""
        if (side, place) not in self._masks:
            block = self.blocks[side][place]
            self._masks[side, place] = Masked(block.text, [block.kind], self.rules)
        return self._masks[side, place]

    def hides(self, side: int, place: int, mark: Mark) -> str:
        """The name of the rule by which what *mark* is set on is ignored, "" for none."""
        if place in self.ignored[side]:
            return self.ignored[side][place]
        mask = self.mask(side, place)
        return self.rules[mask.first(mark.start, mark.end)].name if mask.covers(mark.start, mark.end) else ""

    def covering(self, side: int, text: str) -> str:
        """The name of a rule that matches *text* as it stands in a block, "" for none."""
        if self._covered[side] is None:
            masks = (self.mask(side, place) for place in self.blocks[side])
            parts = (part for mask in masks if mask.is_touched for part in mask.parts())
            self._covered[side] = [(part, number) for part, number in parts if number != NOBODY]
        found = (number for part, number in self._covered[side] or () if text in part)
        number = first_of(found)
        return "" if number == NOBODY else self.rules[number].name

    def kinds(self, side: int, text: str) -> list[str]:
        """The kinds of the blocks that have *text* in them."""
        return list(dict.fromkeys(block.kind for block in self.blocks[side].values() if text in block.text))


def _first_name(names: Iterable[str], rules: Sequence[Rule]) -> str:
    """The one of *names* whose rule stands first."""
    order = {rule.name: number for number, rule in enumerate(rules)}
    return min(filter(None, names), key=lambda name: (order.get(name, len(order)), name), default="")


def _block(change: BlockChange, rules: Sequence[Rule]) -> BlockChange:
    if change.ignored:
        return change
    if change.op == "regrouped" and change.runs:
        return _regrouped(change, [rule for rule in rules if not rule.kinds])
    # A picture is more than its caption.
    whole = [rule for rule in rules if "figure" in rule.kinds] if _is_picture(change) else rules
    masks = [Masked(block.text, [block.kind], whole) for block in (change.before, change.after) if block]
    if all(mask.is_all for mask in masks):
        return _hidden(change, whole[first_of(mask.first() for mask in masks)].name)
    if change.op in ("dropped", "added"):
        return _in_part(change, Masked(change.block.text, [change.block.kind], rules), rules)
    if change.op in ("edited", "moved-edited"):
        return _edited(change, rules)
    return change


def _regrouped(change: BlockChange, rules: Sequence[Rule]) -> BlockChange:
    """Of passages that were joined or parted, what differs in all of the group: each of them has the same."""
    runs = _runs(change.runs, (change.block.kind, change.block.kind), rules)
    if runs == change.runs:
        return change
    class_ = min(change.class_, _weightiest(["cosmetic", *(CLASS_OF[run.kind] for run in runs)]), key=CLASSES.index)
    return replace(change, class_=class_, runs=runs, words_changed=words_changed(runs))


def _is_picture(change: BlockChange) -> bool:
    return any(block.figure and block.figure.image for block in (change.before, change.after) if block)


def _hidden(change: BlockChange, name: str) -> BlockChange:
    """*change*, ignored as a whole."""
    return replace(
        change,
        class_="none",
        runs=_hidden_runs(change.runs, name),
        cells=tuple(replace(cell, runs=_hidden_runs(cell.runs, name)) for cell in change.cells),
        fields=tuple(_hidden_field(field, name) for field in change.fields),
        words_changed=0,
        ignored=name,
    )


def _hidden_field(change: FieldChange, name: str) -> FieldChange:
    return replace(change, class_="none", runs=_hidden_runs(change.runs, name), ignored=change.ignored or name)


def _hidden_runs(runs: Sequence[Run], name: str) -> tuple[Run, ...]:
    return joined(run if run.kind in ("same", "ignored") else _ignored(run.before, run.after, name) for run in runs)


def _ignored(before: str, after: str, name: str) -> Run:
    return Run(kind="ignored", before=before, after=after, ignored=name)


def _in_part(change: BlockChange, mask: Masked, rules: Sequence[Rule]) -> BlockChange:
    """A block dropped or added in which rules match something: its runs say what."""
    if not mask.is_touched or change.class_ == "none":
        return change
    ours, theirs = (mask.parts(), []) if change.op == "dropped" else ([], mask.parts())
    return replace(change, runs=joined(_apart(ours, theirs, rules)), words_changed=count_words(mask.left))


def _edited(change: BlockChange, rules: Sequence[Rule]) -> BlockChange:
    kinds = (change.before or change.block).kind, change.block.kind
    runs = _runs(change.runs, kinds, rules)
    cells = tuple(replace(cell, runs=_runs(cell.runs, kinds, rules)) for cell in change.cells)
    fields = tuple(_field(field, rules, "figure") for field in change.fields)
    if (runs, cells, fields) == (change.runs, change.cells, change.fields):
        return change
    all_runs = [*runs, *(run for cell in cells for run in cell.runs)]
    is_quiet = all(run.kind in ("same", "ignored") for run in all_runs) and all(field.ignored for field in fields)
    if is_quiet and change.op == "edited" and not change.moves:
        names = [*(run.ignored for run in all_runs), *(field.ignored for field in fields)]
        return replace(_hidden(change, _first_name(names, rules)), runs=runs, cells=cells, fields=fields)
    is_moved = change.op == "moved-edited"
    found = [CLASS_OF[run.kind] for run in all_runs] + [field.class_ for field in fields]
    return replace(
        change,
        class_="words" if is_moved else _weightiest(found),
        runs=runs,
        cells=cells,
        fields=fields,
        words_changed=words_changed(all_runs)
        + sum(words_changed(field.runs) for field in fields if field.class_ != "none"),
    )


def _weightiest(classes: Iterable[Class]) -> Class:
    return max(classes, key=CLASSES.index, default="none")


def _runs(runs: tuple[Run, ...], kinds: tuple[str, str], rules: Sequence[Rule]) -> tuple[Run, ...]:
    """*runs* of two texts of these *kinds*, those that rules match ignored."""
    one = Masked("".join(run.before for run in runs), [kinds[0]], rules)
    two = Masked("".join(run.after for run in runs), [kinds[1]], rules)
    if not one.is_touched and not two.is_touched:
        return runs
    is_quiet = one.left == two.left
    found: list[Run] = []
    i = j = 0
    for run in runs:
        end, stop = i + len(run.before), j + len(run.after)
        if run.kind in ("same", "ignored"):
            found.append(run)
        elif is_quiet:
            number = first_of([one.first(i, end), two.first(j, stop)])
            whole = first_of([one.first(), two.first()])
            found.append(_ignored(run.before, run.after, rules[whole if number == NOBODY else number].name))
        else:
            apart = _apart(one.parts(i, end), two.parts(j, stop), rules)
            # Parts that count more words than the whole do not belong together.
            found += apart if apart and words_changed(apart) <= words_changed([run]) else [run]
        i, j = end, stop
    return joined(found)


def _apart(ours: Sequence[Part], theirs: Sequence[Part], rules: Sequence[Rule]) -> list[Run]:
    """The parts of both sides of a run as runs of their own; none where rules match nothing."""
    if all(number == NOBODY for _, number in (*ours, *theirs)):
        return []
    one, two = _by_turns(ours), _by_turns(theirs)
    if len(one) == len(two):
        pairs = list(zip(one, two, strict=True))
    else:
        dropped = [((text, number), ("", number)) for text, number in ours]
        added = [(("", number), (text, number)) for text, number in theirs]
        # One order, so that the way back is the mirror of the way there.
        pairs = [*added, *dropped] if text_of(ours) > text_of(theirs) else [*dropped, *added]
    return [run for (before, i), (after, j) in pairs for run in _part_runs(before, after, first_of([i, j]), rules)]


def _by_turns(parts: Sequence[Part]) -> list[Part]:
    """*parts* with an empty one where none is matched at the start or at the end."""
    start: list[Part] = [("", NOBODY)] if parts and parts[0][1] == NOBODY else []
    end: list[Part] = [("", NOBODY)] if parts and parts[-1][1] == NOBODY else []
    return [*start, *parts, *end]


def _part_runs(before: str, after: str, number: int, rules: Sequence[Rule]) -> tuple[Run, ...]:
    runs = edits(before, after).runs
    return runs if number == NOBODY else _hidden_runs(runs, rules[number].name)


def _field(change: FieldChange, rules: Sequence[Rule], kind: str) -> FieldChange:
    if change.ignored:
        return change
    if change.path in _LISTS:
        return _list_field(change, rules, kind)
    if change.path not in _TEXTS:
        return change
    one, two = (Masked(side if isinstance(side, str) else "", [kind], rules) for side in (change.before, change.after))
    if not one.is_touched and not two.is_touched:
        return change
    alone = [mask for mask, side in ((one, change.before), (two, change.after)) if side is not None]
    if one.left == two.left or (len(alone) == 1 and alone[0].is_all):
        name = rules[first_of([one.first(), two.first()])].name
        return _hidden_field(replace(change, runs=_runs(change.runs, (kind, kind), rules)), name)
    runs = _runs(change.runs, (kind, kind), rules)
    found = min(change.class_, _weightiest(CLASS_OF[run.kind] for run in runs), key=CLASSES.index)
    return change if runs == change.runs else replace(change, class_=found, runs=runs)


def _list_field(change: FieldChange, rules: Sequence[Rule], kind: str) -> FieldChange:
    sides = [
        [Masked(text, [kind], rules) for text in side] if isinstance(side, tuple) else []
        for side in (change.before, change.after)
    ]
    touched = [mask for side in sides for mask in side if mask.is_touched]
    one, two = ([mask.left for mask in side if not mask.is_all] for side in sides)
    return (
        _hidden_field(change, rules[first_of(mask.first() for mask in touched)].name)
        if touched and one == two
        else change
    )


def _fact(change: FactChange, rules: Sequence[Rule], places: _Places) -> FactChange:
    texts = [
        (side, fact.text) for side, fact in enumerate((change.before, change.after)) if isinstance(fact, Recommendation)
    ]
    if change.ignored or not texts:
        return change
    runs = change.runs
    covering = [places.covering(side, text) for side, text in texts]
    name = _first_name(covering, rules) if all(covering) else ""
    if not name:
        masks = [_sentence(text, side, rules, places) for side, text in texts]
        is_quiet = all(mask.is_all for mask in masks) or (len(masks) == 2 and masks[0].left == masks[1].left)
        if is_quiet and (number := first_of(mask.first() for mask in masks)) != NOBODY:
            name = rules[number].name
    if name:
        return replace(change, class_="none", runs=_hidden_runs(runs, name), ignored=name)
    return change


def _sentence(text: str, side: int, rules: Sequence[Rule], places: _Places) -> Masked:
    """A sentence as one of the kinds of block it stands in."""
    return Masked(text, places.kinds(side, text) if any(rule.kinds for rule in rules) else (), rules)


def _link(change: LinkChange, rules: Sequence[Rule], places: _Places) -> LinkChange:
    if change.ignored:
        return change
    names = [
        _link_name(side, path, link.text, rules, places)
        for side, (path, link) in enumerate(((change.before_path, change.before), (change.after_path, change.after)))
        if link
    ]
    return replace(change, class_="none", ignored=_first_name(names, rules)) if all(names) else change


def _link_name(side: int, path: str, text: str, rules: Sequence[Rule], places: _Places) -> str:
    """The name of the rule that matches where the link stands, or all its words; "" for none."""
    _, _, place, _, number, *_ = (*path.split("/"), "", "", "", "", "")
    block = places.blocks[side].get(int(place)) if place else None
    if block:
        return places.hides(side, int(place), block.marks[int(number)])
    mask = Masked(text, (), rules)
    return rules[mask.first()].name if mask.is_all else ""


def _emphasis(changes: Changes, places: _Places) -> Emphasis:
    """The emphasis that is left, where something of it stands in what is ignored."""
    found: list[Counter[tuple[str, str]]] = [Counter(), Counter()]
    is_touched = False
    for side in (0, 1):
        for place, block in places.blocks[side].items():
            for mark in block.marks:
                if mark.kind in _EMPHASIS:
                    if places.hides(side, place, mark):
                        is_touched = True
                    else:
                        found[side][mark.kind, plain(block.text[mark.start : mark.end])] += 1
    if not is_touched:
        return changes.emphasis
    counts = [(found[side] - found[1 - side]).total() for side in (0, 1)]
    for before, after in _other_marks(changes):
        counts[0] += (before - after).total()
        counts[1] += (after - before).total()
    # Never more than there was: what stands in one block before and in another after was counted as the same.
    dropped, added = min(counts[0], changes.emphasis.dropped), min(counts[1], changes.emphasis.added)
    return replace(changes.emphasis, dropped=dropped, added=added) if dropped or added else Emphasis()


def _other_marks(changes: Changes) -> Iterator[tuple[Counter[Mark], Counter[Mark]]]:
    """The emphasis, before and after, of blocks that are not listed."""
    for rest in changes.rest:
        if rest.before_path.startswith("/blocks/") and rest.before_path.endswith("/marks"):
            one, two = (
                Counter(mark for mark in side if isinstance(mark, Mark) and mark.kind in _EMPHASIS)
                for side in (rest.before, rest.after)
                if isinstance(side, tuple)
            )
            yield one, two
