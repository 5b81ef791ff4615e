"""The changes of a report in one line: facts first, then words, then looks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from parsers.record import AlertLevel, Country, Entry, Fact, Figure, Recommendation, Stage

from ..wording import counted
from .changes import (
    BlockChange,
    Changes,
    Class,
    FactChange,
    FactOp,
    FieldChange,
    FieldValue,
    LinkChange,
    each_once,
    ignored_in,
)
from .words import Run, words_changed

COARSE = "Too much changed at once to be compared throughout: some of what is shown as dropped and added stayed."
_WEIGHTS: dict[Class, str] = {
    "facts": "Facts {verb}",
    "words": "Words {verb}",
    "cosmetic": "Only looks {verb}",
    "none": "Only the form differs",
}
FIELD_NAMES = {
    "/lead": "lead picture",
    "/lead/image": "lead picture's image",
    "/lead/caption": "lead picture's caption",
    "/lead/credit": "lead picture's credit",
    "/published": "date of publication",
    "/modified": "date of modification",
}
BLOCK_NAMES = {
    "heading": ("heading", "headings"),
    "paragraph": ("paragraph", "paragraphs"),
    "item": ("list item", "list items"),
    "term": ("term", "terms"),
    "definition": ("definition", "definitions"),
    "quotation": ("quotation", "quotations"),
    "table": ("table", "tables"),
    "figure": ("picture", "pictures"),
    "preformatted": ("preformatted text", "preformatted texts"),
    "footnote": ("footnote", "footnotes"),
}


def weight(changes: Changes) -> str:
    """How much *changes* weigh, in the words that stand before their summary: "Facts changed"."""
    if not changes:
        return "No difference"
    if changes.is_ignored:
        return "Only what is ignored differs"
    return _WEIGHTS[changes.class_].format(verb="differ" if changes.renditions else "changed")


def summary(changes: Changes) -> str:
    """The changes in one line; "no difference" where there are none."""
    parts = [
        *_fact_parts(changes.facts),
        *_field_parts(changes.fields),
        *_word_parts(changes.blocks),
        *_number_parts(changes),
        *_look_parts(changes),
        *_rendition_parts(changes),
        *ignored_lines(changes),
    ]
    return "; ".join(parts) or "no difference"


def field_name(path: str) -> str:
    """What a person calls the field."""
    return FIELD_NAMES.get(path) or path.rsplit("/", 1)[-1]


def block_field_name(path: str) -> str:
    """What a person calls what differs in a block beside its text."""
    names = {"/rows": "order of rows", "/columns": "order of columns", "/header_rows": "number of head rows"}
    return names.get(path) or field_name(path)


def fact_name(fact: Fact) -> str:
    """The fact in a few words; a recommendation in its own."""
    match fact:
        case Stage():
            model = f" ({fact.model})" if fact.model else ""
            return f"stage {fact.number}: {fact.name}{model}" if fact.name else f"stage {fact.number}{model}"
        case Country():
            return f"country: {fact.name} ({fact.iso})" if fact.iso else f"country: {fact.name}"
        case AlertLevel():
            return f"alert: {fact.name}"
        case Recommendation():
            addressees = f" (to {', '.join(fact.addressees)})" if fact.addressees else ""
            return f"recommendation: {fact.text}{addressees}"
        case Entry():
            return f"entry: {fact.report}: {fact.subject}{f', {fact.published}' if fact.published else ''}"


def blocks_named(blocks: Sequence[BlockChange]) -> str:
    """How many they are: "2 paragraphs", "3 passages" where they are of several kinds."""
    kinds = {change.block.kind for change in blocks}
    return counted(len(blocks), *(BLOCK_NAMES[kinds.pop()] if len(kinds) == 1 else ("passage", "passages")))


def listed(words: Sequence[str]) -> str:
    """The words in a row: "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def _fact_parts(facts: Sequence[FactChange]) -> list[str]:
    weighing = [fact for fact in facts if fact.class_ == "facts"]
    stages = [fact for fact in weighing if fact.kind == Stage.kind]
    others = [fact for fact in weighing if fact.kind in (Country.kind, AlertLevel.kind)]
    return [
        *(_other_part(fact) for fact in others),
        *(_stage_part(stages, op) for op in ("added", "dropped", "changed") if any(fact.op == op for fact in stages)),
        *_counted_part(weighing, Recommendation.kind, "reworded", "recommendation"),
        *_counted_part(weighing, Entry.kind, "changed", "entry", "entries"),
    ]


def _counted_part(facts: Sequence[FactChange], kind: str, changed: str, *noun: str) -> list[str]:
    """How many facts of *kind* came, went and became another: "2 recommendations added, 1 reworded"."""
    counts = Counter(fact.op for fact in facts if fact.kind == kind)
    words: tuple[tuple[FactOp, str], ...] = (("added", "added"), ("dropped", "dropped"), ("changed", changed))
    found = [(counts[op], word) for op, word in words if counts[op]]
    if not found:
        return []
    (count, word), *more = found
    return [", ".join([f"{counted(count, *noun)} {word}", *(f"{count:,} {word}" for count, word in more)])]


def _other_part(fact: FactChange) -> str:
    sides = [side.name for side in (fact.before, fact.after) if isinstance(side, Country | AlertLevel)]
    return f"{fact.kind} {' → '.join(sides)}{'' if fact.op == 'changed' else ' ' + fact.op}"


def _stage_part(stages: Sequence[FactChange], op: str) -> str:
    sides = [fact.after or fact.before for fact in stages if fact.op == op]
    numbers = [str(stage.number) for stage in sides if isinstance(stage, Stage)]
    return f"{'stage' if len(numbers) == 1 else 'stages'} {listed(numbers)} {op}"


def _field_parts(fields: Sequence[FieldChange]) -> list[str]:
    dates = [f"published {_date(field.before)} → {_date(field.after)}" for field in fields if _is_date(field)]
    names = [field_name(field.path) for field in fields if field.class_ == "words"]
    return [*dates, *([f"{listed(names)} changed"] if names else [])]


def _is_date(field: FieldChange) -> bool:
    return field.path == "/published" and field.class_ != "none"


def _date(value: object) -> str:
    return "undated" if value is None else str(value)


def _word_parts(blocks: Sequence[BlockChange]) -> list[str]:
    both = [change for change in blocks if change.before and change.after]
    left = [(change, change.words_changed - words_changed(_whole_cells(change))) for change in both]
    edited = [change for change, words in left if words]
    parts = []
    if edited:
        words = sum(words for _, words in left)
        parts.append(f"{counted(words, 'word')} in {blocks_named(edited)}")
    parts += _table_parts(both)
    for op in ("added", "dropped"):
        alone = [change for change in blocks if change.op == op and change.class_ != "none"]
        if alone:
            words = sum(change.words_changed for change in alone)
            parts.append(f"{blocks_named(alone)} {op} ({counted(words, 'word')})")
    moved = [change for change in blocks if change.op in ("moved", "moved-edited") and not change.ignored]
    regrouped = [change for change in blocks if change.op == "regrouped" and not change.runs and not change.ignored]
    remade = [change for change in blocks if change.op == "regrouped" and change.runs and not change.ignored]
    before = sum(change.before is not None for change in regrouped)
    after = len(regrouped) - before
    reordered = [
        change
        for change in blocks
        if not change.ignored and any(field.path in ("/rows", "/columns") for field in change.fields)
    ]
    return [
        *parts,
        *([_remade_part(remade)] if remade else []),
        *([f"{blocks_named(moved)} moved"] if moved else []),
        *([f"{blocks_named(reordered)} reordered"] if reordered else []),
        *([f"the same words in {counted(after, 'paragraph')} instead of {before}"] if before else []),
    ]


def _whole_cells(change: BlockChange) -> list[Run]:
    """What stands in the rows and columns that one side lacks."""
    return [run for cell in change.cells if not cell.stands for run in cell.runs]


def _table_parts(blocks: Sequence[BlockChange]) -> list[str]:
    """How many rows and columns were added to tables and dropped: "1 row added (4 words)"."""
    found: dict[tuple[str, str], dict[tuple[int, int], list[Run]]] = {}
    for at, change in enumerate(blocks):
        for cell in change.cells:
            sides = (("row", cell.before_row, cell.after_row), ("column", cell.before_column, cell.after_column))
            for noun, before, after in sides:
                if (before is None) != (after is None):
                    place = after if before is None else before
                    op = "added" if before is None else "dropped"
                    found.setdefault((noun, op), {}).setdefault((at, place or 0), []).extend(cell.runs)
                    break
    return [
        f"{counted(len(lines), noun)} {op} ({counted(sum(map(words_changed, lines.values())), 'word')})"
        for (noun, op), lines in sorted(found.items(), reverse=True)
    ]


def _remade_part(remade: Sequence[BlockChange]) -> str:
    """How many words differ in passages that were parted or joined: "1 word in 2 paragraphs that are 1 now"."""
    before, after = [one for one in remade if one.before], [one for one in remade if one.after]
    kinds = [{change.block.kind for change in side} for side in (before, after)]
    now = f"{len(after):,}" if kinds[0] == kinds[1] else blocks_named(after)
    words = counted(sum(change.words_changed for change in each_once(remade)), "word")
    return f"{words} in {blocks_named(before)} that {'is' if len(before) == 1 else 'are'} {now} now"


def _number_parts(changes: Changes) -> list[str]:
    alone = numbers_alone(changes)
    return [
        *([counted(len(alone), "number")] if alone else []),
        *([counted(len(changes.dates), "date")] if changes.dates else []),
    ]


def numbers_alone(changes: Changes) -> list[tuple[str, str]]:
    """The numbers that differ and are no part of a date that does, which is told of as a date."""
    return [
        pair
        for pair in changes.numbers
        if not any(all(part in date for part, date in zip(pair, dates, strict=True)) for dates in changes.dates)
    ]


def _look_parts(changes: Changes) -> list[str]:
    looks = [change for change in changes.blocks if change.op == "edited" and change.class_ == "cosmetic"]
    typography = [change for change in looks if is_typography(change)]
    lettering = [change for change in looks if not is_typography(change) and _has_lettering(change)]
    settings = [change for change in looks if not is_typography(change) and not _has_lettering(change)]
    replaced = [change for change in changes.blocks if _has_other_image(change) and change not in settings]
    fields = [field for field in changes.fields if field.class_ == "cosmetic"]
    lettered = [field_name(field.path) for field in fields if field.runs]
    others = [field_name(field.path) for field in fields if not field.runs]
    links = Counter(link.op for link in changes.links if link.class_ != "none")
    return [
        *([f"case or punctuation of {blocks_named(lettering)}"] if lettering else []),
        *([f"typography of {blocks_named(typography)}"] if typography else []),
        *(
            f"{block_field_name(path)} of {blocks_named(list(group))} changed"
            for path, group in groupby(sorted(settings, key=_first_field), key=_first_field)
        ),
        *([f"image of {blocks_named(replaced)} changed"] if replaced else []),
        *([f"case or punctuation of {listed(lettered)}"] if lettered else []),
        *([f"{listed(others)} changed"] if others else []),
        *(f"{counted(count, 'link')} {op}" for op, count in sorted(links.items())),
        *(["emphasis"] if changes.emphasis.class_ != "none" else []),
    ]


def is_typography(change: BlockChange) -> bool:
    """Whether quotation marks, dashes and spaces are all that differs in the block."""
    kinds = {run.kind for run in change.runs}
    return not change.fields and not change.cells and "typography" in kinds and kinds <= {"same", "typography"}


def _first_field(change: BlockChange) -> str:
    return change.fields[0].path if change.fields else "/text"


def _has_other_image(change: BlockChange) -> bool:
    return any(field.path.endswith("/image") and field.class_ != "none" for field in change.fields)


def _has_lettering(change: BlockChange) -> bool:
    return any(run.kind == "cosmetic" for runs in runs_of(change) for run in runs)


def runs_of(change: BlockChange) -> Iterable[Sequence[Run]]:
    """The runs of a block's text, of its cells and of its fields."""
    yield change.runs
    yield from (cell.runs for cell in change.cells)
    yield from (field.runs for field in change.fields)


def only_in(changes: Changes, side: int) -> list[tuple[str, str]]:
    """What only one rendition carries, the first (0) or the second (1): its name, and its words where it has some."""
    op = ("dropped", "added")[side]
    pictures = [change for change in changes.blocks if _is_of_one_form(change) and change.op == op]
    inside = [f for change in changes.blocks for f in change.fields if _is_of_one_form(f) and _side(f, side)]
    links = [link.before or link.after for link in changes.links if link.op == op and _is_of_one_form(link)]
    emphasised = (changes.emphasis.dropped, changes.emphasis.added)[side] if changes.emphasis.class_ == "none" else 0
    return [
        *(found for field in changes.fields if _is_of_one_form(field) and (found := _only_field(field, side))),
        *([(blocks_named(pictures), " · ".join(change.block.text for change in pictures))] if pictures else []),
        *((f"picture's {field_name(field.path)}", value_text(_side(field, side))) for field in inside),
        *([(counted(len(links), "link"), ", ".join(link.text for link in links if link))] if links else []),
        *([("emphasis", f"in {counted(emphasised, 'place')}")] if emphasised else []),
    ]


def ignored_lines(changes: Changes) -> list[str]:
    """What rules hide, a line for each: "2 passages ignored by 'visitor counter'"."""
    return [f"{_ignored_by(changes, name)} ignored by '{name}'" for name in changes.ignored]


def _ignored_by(changes: Changes, name: str) -> str:
    """How many passages, fields among them, the rule called *name* hides or has something to hide in.

    A recommendation or a link is counted where no passage is: it stands in one.
    """
    passages: list[FieldChange | BlockChange] = [*changes.fields, *each_once(changes.blocks)]
    count = sum(name in ignored_in(change) for change in passages)
    if count:
        return counted(count, "passage")
    facts = sum(name in ignored_in(change) for change in changes.facts)
    return (
        counted(facts, "recommendation")
        if facts
        else counted(sum(link.ignored == name for link in changes.links), "link")
    )


def _is_of_one_form(change: FieldChange | BlockChange | LinkChange) -> bool:
    """Whether only one of two renditions carries it."""
    return change.class_ == "none" and not change.ignored


def _rendition_parts(changes: Changes) -> list[str]:
    if not changes.renditions:
        return []
    found = [(name, [part for part, _ in only_in(changes, side)]) for side, name in enumerate(("first", "second"))]
    return [f"only in the {name}: {listed(parts)}" for name, parts in found if parts]


def _only_field(field: FieldChange, side: int) -> tuple[str, str] | None:
    ours, theirs = _side(field, side), _side(field, 1 - side)
    if ours is None:
        return None
    if theirs is None:
        return field_name(field.path), value_text(ours)
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        rest = tuple(part for part in ours if part not in theirs)
        return (f"part of the {field_name(field.path)}", value_text(rest)) if rest else None
    words = [(run.before, run.after)[side].strip(" ,;:·|-") for run in field.runs if run.kind != "same"]
    return (f"part of the {field_name(field.path)}", " … ".join(filter(None, words))) if any(words) else None


def _side(field: FieldChange, side: int) -> FieldValue:
    return (field.before, field.after)[side]


def value_text(value: FieldValue) -> str:
    """A field's value in one line; "" for None."""
    match value:
        case None:
            return ""
        case Figure():
            return " ".join(filter(None, (value.caption, value.credit and f"[{value.credit}]"))) or value.image
        case tuple():
            return " · ".join(value)
        case str():
            return value
