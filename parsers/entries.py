"""Entries: what a list of reports says of each: its kind, its subject, its month and year, and where it leads."""

from collections.abc import Iterable
from dataclasses import replace

from .countries import country, places
from .dates import date_line, find_dates
from .kinds import alert_level, alert_name, report_name, subject
from .record import Block, Entry

_FEWEST = 3
_SHARE = 3  # at least one block in so many is an entry: between them stand dates, teasers and headings
_ENTRY_WORDS = 20
_ENTRY_LENGTH = 300  # characters


def entries(blocks: Iterable[Block]) -> tuple[Entry, ...]:
    """The entries of a list of reports, in its order; empty where *blocks* are a report and no list."""
    lines = [block for block in blocks if block.kind != "figure"]
    fewest = max(_FEWEST, len(lines) / _SHARE)
    short = [place for place, block in enumerate(lines) if len(block.text) <= _ENTRY_LENGTH]
    if len(short) < fewest:
        return ()
    found = [(place, entry) for place in short if (entry := _entry(lines[place]))]
    if len(found) < fewest:
        return ()
    return tuple(entry if entry.published else _dated(entry, lines[place + 1 : place + 2]) for place, entry in found)


def is_list(blocks: Iterable[Block]) -> bool:
    """Whether *blocks* are a list of reports, so that no line in it is the head of a report."""
    return bool(entries(blocks))


def _entry(block: Block) -> Entry | None:
    """What *block* says of a report where it is a line of the form "<Kind>: <subject>[, <month> <year>]"."""
    match = report_name(block.text)
    if not match or len(block.text.split()) > _ENTRY_WORDS:
        return None
    about = next((words for side in ("after", "before") if (words := subject(match[side]))), "")
    if not about:
        return None
    dates = [mention.edtf for mention in find_dates(block.text)]
    known = next((found for name in places(about) if (found := country(name))), None)
    return Entry(
        report=alert_name(match["kind"]),
        subject=about,
        level=alert_level(match["kind"]),
        iso=known.iso if known else None,
        published=dates[-1] if dates else None,
        target=next((mark.target for mark in block.marks if mark.kind == "link"), ""),
    )


def _dated(entry: Entry, following: list[Block]) -> Entry:
    """*entry* with the date that the line below it consists of."""
    return replace(entry, published=date_line(following[0].text) if following else None)
