"""Versions of one page with their records, as an archive would give them."""

from dataclasses import replace
from datetime import datetime

from building import URL, day

from parsers.record import Record
from scraper.archive import VersionRow
from scraper.passages import Revision

GAP = 10  # days from one version to the next; each is seen twice, two days apart


def versions(*records: Record | None, read_anew: tuple[int, ...] = ()) -> list[Revision]:
    """A version for each of *records*, None for a page that is gone.

    Those whose number, from 1, is in *read_anew* are other readings of the bytes of the version before.
    """
    made: list[Revision] = []
    for seq, record in enumerate(records, 1):
        first, last = day(1 + (seq - 1) * GAP), day(3 + (seq - 1) * GAP)
        row = _row(seq, record, first, last, made[-1].version.last_seen if made else None)
        if seq in read_anew:
            before = made[-1].version
            row = replace(
                row,
                cause="parser",
                capture_id=before.capture_id,
                last_capture_id=before.last_capture_id,
                seen_after=before.seen_after,
                first_seen=before.first_seen,
                last_seen=before.last_seen,
            )
        made.append(Revision(row, record))
    return made


def _row(seq: int, record: Record | None, first: datetime, last: datetime, after: datetime | None) -> VersionRow:
    return VersionRow(
        id=seq,
        page_id=1,
        url=URL,
        seq=seq,
        kind="record" if record else "tombstone",
        cause="publisher",
        record_id=seq if record else None,
        capture_id=2 * seq - 1,
        last_capture_id=2 * seq,
        seen_after=after,
        first_seen=first,
        last_seen=last,
        title=record.title if record else "",
        published=record.published if record else None,
        media_type=record.media_type if record else "",
        layout=record.layout if record else "",
        revision=record.revision if record else 0,
        content_digest=record.digests.content if record else "",
    )
