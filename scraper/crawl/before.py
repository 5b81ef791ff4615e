"""Before a crawl: whether there is room for it, and whether the clock can be believed."""

from datetime import datetime

from ..archive import Archive
from ..errors import ArchiveError

LEAST_FREE_BYTES = 50_000_000


def require_room(archive: Archive) -> None:
    """Nothing, or ArchiveError where the disk has less room than a crawl may need before it notices."""
    needed = max(2 * archive.largest_body_bytes(), LEAST_FREE_BYTES)
    free = archive.free_bytes()
    if free < needed:
        found = f"found {free / 1e6:,.0f} MB free on its disk, expected {needed / 1e6:,.0f} MB"
        raise ArchiveError(f"{found}; nothing was fetched: make room, then crawl again", path=str(archive.path))


def clock_finding(archive: Archive, now: datetime) -> str:
    """A line for a person where our clock is behind what it said at an earlier capture, "" where it is not."""
    newest = archive.newest_at()
    if newest is None or newest <= now:
        return ""
    return (
        f"the clock is behind: it says {now:%Y-%m-%d %H:%M:%S} UTC, and the newest capture was made at "
        f"{newest:%Y-%m-%d %H:%M:%S}; captures keep their order all the same"
    )
