"""What lies ahead of the crawls that are going on, by host."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from ..archive import Archive
from .revisit import span


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What a host has before it: how many URLs are *due* there, and why it *waits*, "" where it does not."""

    due: int = 0
    waits: str = ""


def ahead(archive: Archive, now: datetime) -> dict[str, Ahead]:
    """What is due of each host in crawls that are not finished, and which hosts asked us to wait."""
    due: Counter[str] = Counter()
    newest = {source: crawl for crawl in archive.crawls() for source in crawl.sources}
    for source, crawl in newest.items():
        if crawl.ended_at is None:
            due.update(archive.due_hosts(source, crawl.id, now))
    waits = {
        host: f"waiting {span(until - now)}: {reason}" for host, (until, reason) in archive.held_hosts(now).items()
    }
    return {host: Ahead(due=due[host], waits=waits.get(host, "")) for host in {*due, *waits}}
