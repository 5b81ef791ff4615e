"""Stated: the dates that a report gives for itself, and what in it is from a later day."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from parsers.dates import find_dates, is_later
from parsers.normal import plain
from parsers.record import Record

# What is told of a source on the day that it was looked at, in notes and references.
_ACCESSED = re.compile(
    r"\b(?:accessed|retrieved|last visited|last viewed|consultée?s?|page consultée|consultad[oa]|"
    r"fecha de consulta|visitad[oa]|abgerufen|تاريخ الاطلاع|تاريخ الوصول)\b",
    re.IGNORECASE,
)
_UP_TO_DATE = re.compile(r"[\s:,(]*+(?:(?:on|le|el|am|في|بتاريخ)\s+)?+")
_AHEAD = 40
_DATES = ("published", "modified")


class Dated(NamedTuple):
    """A date (EDTF) with the words at *path*, a JSON Pointer, that give it."""

    edtf: str
    path: str
    text: str


def stated_dates(record: Record) -> tuple[Dated, ...]:
    """When the report says that it appeared and was changed, as far as it does."""
    dates = ((name, getattr(record, name)) for name in _DATES)
    return tuple(Dated(date, f"/{name}", date) for name, date in dates if date)


def new_dates(before: Record, after: Record) -> tuple[Dated, ...]:
    """The dates that *after* gives for itself and *before* did not."""
    old = {(date.path, date.edtf) for date in stated_dates(before)}
    return tuple(date for date in stated_dates(after) if (date.path, date.edtf) not in old)


def later_evidence(record: Record) -> tuple[Dated, ...]:
    """What in the report is from a later day than it says that it appeared, else that it was changed.

    These are dates in the captions of pictures, and the days on which sources were looked at. A report may well speak
    of days to come; it cannot show them.
    """
    stated = record.published or record.modified
    return tuple(found for found in _shown_days(record) if is_later(found.edtf, stated)) if stated else ()


def _shown_days(record: Record) -> Iterator[Dated]:
    captions = [("/lead/caption", record.lead.caption)] if record.lead else []
    captions += [
        (f"/blocks/{index}/figure/caption", block.figure.caption)
        for index, block in enumerate(record.blocks)
        if block.figure
    ]
    for path, caption in captions:
        for mention in find_dates(caption):
            yield Dated(mention.edtf, path, caption[mention.start : mention.end])
    for index, block in enumerate(record.blocks):
        text = plain(block.text)
        for accessed in _ACCESSED.finditer(text):
            ahead = text[accessed.end() : accessed.end() + _AHEAD]
            day = next(find_dates(ahead), None)
            if day and _UP_TO_DATE.fullmatch(ahead[: day.start]):
                yield Dated(day.edtf, f"/blocks/{index}/text", accessed[0] + ahead[: day.end])
