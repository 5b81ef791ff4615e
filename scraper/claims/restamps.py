"""Restamps: dates of a page that change while its text stays, so that no version tells of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from parsers.record import Record

from .flag import Evidence, Flag
from .stated import new_dates

if TYPE_CHECKING:
    from ..archive import VersionRow


class Read(NamedTuple):
    """What was read from one capture."""

    capture_id: int
    at: datetime
    record: Record


def restamps(version: "VersionRow", record: Record, readings: Iterable[Read]) -> Iterator[Flag]:
    """A flag for each new date in *readings* of the text of *version*, in order of time, which *record* did not have.

    Readings with another content are passed over: they are of another version, or by another parser.
    """
    before = Read(version.capture_id, version.first_seen, record)
    for reading in readings:
        if reading.record.digests.content != record.digests.content:
            continue
        for date in new_dates(before.record, reading.record):
            name = date.path[1:]
            was = Evidence(
                seq=version.seq,
                capture_id=before.capture_id,
                path=date.path,
                text=getattr(before.record, name) or "",
            )
            now = Evidence(seq=version.seq, capture_id=reading.capture_id, path=date.path, text=date.text)
            yield Flag(
                name="date-without-edit",
                seq=version.seq,
                detail=f"{name} {was.text or 'not stated'} → {date.edtf}, and no word of the text is another",
                after=before.at,
                by=reading.at,
                evidence=(was, now),
            )
        before = reading
