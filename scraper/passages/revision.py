"""Revision: a version with its record, as all that is told of versions over time takes them in."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from parsers.record import Record

if TYPE_CHECKING:
    from ..archive import Archive, PageRow, VersionRow


class Revision(NamedTuple):
    """A version with its record, which is None where it says that the page is gone."""

    version: "VersionRow"
    record: Record | None


class Sight(NamedTuple):
    """That something was seen to be so: in version *seq* first, by *by*, as its capture shows; *after* not yet.

    *after* is None where nothing was seen before, or nothing that tells.
    """

    seq: int
    capture_id: int
    after: datetime | None
    by: datetime


def revisions(archive: "Archive", page: "PageRow | str") -> Iterator[Revision]:
    """The versions of *page* with their records, oldest first, one in memory at a time."""
    for version in archive.versions(page):
        yield Revision(version, None if version.record_id is None else archive.record(version))


def first_sight(version: "VersionRow", *, is_first: bool) -> Sight:
    """When what *version* is the first to show was seen.

    A version by another parser tells nothing of before: what it shows may have been there, and not been read.
    """
    after = None if is_first or version.cause != "publisher" else version.seen_after
    return Sight(version.seq, version.capture_id, after, version.first_seen)
