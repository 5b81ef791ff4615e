"""The fields of two records against each other, by path; None means absent."""

from dataclasses import replace

from parsers.record import Block, Figure, Record

from .changes import Class, FieldChange
from .units import agreement
from .words import RunKind, edits

_TEXTS = ("title", "headline", "byline", "organisation")
_LISTS = ("authors", "masthead")
_DATES: tuple[tuple[str, Class], ...] = (("published", "facts"), ("modified", "cosmetic"))
_SETTINGS = ("level", "ordered", "header_rows")
CLASS_OF: dict[RunKind, Class] = {
    "same": "none",
    "ignored": "none",
    "typography": "cosmetic",
    "cosmetic": "cosmetic",
    "words": "words",
}


def field_changes(before: Record, after: Record) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of a page.

    Between renditions, typography is no difference, and what only one of them carries is of class "none".
    """
    changes = [
        *(_text_change(f"/{name}", getattr(before, name), getattr(after, name)) for name in _TEXTS),
        *(_list_change(f"/{name}", getattr(before, name), getattr(after, name)) for name in _LISTS),
        *(_date_change(f"/{name}", weight, getattr(before, name), getattr(after, name)) for name, weight in _DATES),
        *_lead_changes(before.lead, after.lead),
    ]
    found = tuple(change for change in changes if change)
    if before.media_type == after.media_type:
        return found
    same_people = before.authors == after.authors and before.organisation == after.organisation
    unweighted = {"/masthead", "/byline"} if same_people else {"/masthead"}
    return tuple(_between_renditions(change, unweighted) for change in found if not _is_typography(change))


def setting_changes(before: Block, after: Block) -> tuple[FieldChange, ...]:
    """How two blocks differ apart from their text: kind, level, numbering, heads, and a figure's image and credit."""
    names = _SETTINGS if before.kind == after.kind else ("kind",)  # level and numbering mean something within a kind
    settings = [
        FieldChange(path=f"/{name}", class_="cosmetic", before=str(one), after=str(two))
        for name in names
        if (one := getattr(before, name)) != (two := getattr(after, name))
    ]
    pictures = _picture_changes("/figure", before.figure or Figure(), after.figure or Figure())
    return (*settings, *(change for change in pictures if change))


def only_in_one_rendition(change: FieldChange) -> FieldChange:
    """*change* as it weighs between renditions: nothing, where one side is absent."""
    return replace(change, class_="none") if change.before is None or change.after is None else change


def _text_change(path: str, before: str, after: str) -> FieldChange | None:
    if before == after:
        return None
    class_ = CLASS_OF[agreement(before, after)]
    runs = edits(before, after).runs if before and after else ()
    return FieldChange(path=path, class_=class_, before=before or None, after=after or None, runs=runs)


def _list_change(path: str, before: tuple[str, ...], after: tuple[str, ...]) -> FieldChange | None:
    if before == after:
        return None
    class_ = CLASS_OF[agreement("\n".join(before), "\n".join(after))]
    return FieldChange(path=path, class_=class_, before=before or None, after=after or None)


def _date_change(path: str, class_: Class, before: str | None, after: str | None) -> FieldChange | None:
    return None if before == after else FieldChange(path=path, class_=class_, before=before, after=after)


def _lead_changes(before: Figure | None, after: Figure | None) -> tuple[FieldChange | None, ...]:
    if before and after:
        return (_text_change("/lead/caption", before.caption, after.caption), *_picture_changes("/lead", before, after))
    if before == after:
        return ()
    has_words = any(figure.caption or figure.credit for figure in (before, after) if figure)
    return (FieldChange(path="/lead", class_="words" if has_words else "cosmetic", before=before, after=after),)


def _picture_changes(path: str, before: Figure, after: Figure) -> tuple[FieldChange | None, ...]:
    one, two = before.image or None, after.image or None
    image = None if one == two else FieldChange(path=f"{path}/image", class_="cosmetic", before=one, after=two)
    return image, _text_change(f"{path}/credit", before.credit, after.credit)


def _is_typography(change: FieldChange) -> bool:
    sides = [
        "\n".join(side) if isinstance(side, tuple) else side
        for side in (change.before, change.after)
        if isinstance(side, str | tuple)
    ]
    return len(sides) == 2 and agreement(sides[0], sides[1]) in ("same", "typography")


def _between_renditions(change: FieldChange, unweighted: set[str]) -> FieldChange:
    return replace(change, class_="none") if change.path in unweighted else only_in_one_rendition(change)
