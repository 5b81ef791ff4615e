"""What lies ahead of the crawls that are going on, by host."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..archive import Archive
from ..fetch import Politeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What a host has before it: how many URLs are *due* there, and why it *waits*, "" where it does not."""

    due: int = 0
    waits: str = ""


def ahead(archive: Archive, politeness: Politeness, hosts: Iterable[str], now: datetime) -> dict[str, Ahead]:
    """What is due of each host in crawls that are not finished; of those and of *hosts*, which asked us to wait."""
    due: Counter[str] = Counter()
    newest = {source: crawl for crawl in archive.crawls() for source in crawl.sources}
    for source, crawl in newest.items():
        if crawl.ended_at is None:
            due.update(archive.due_hosts(source, crawl.id, now))
    waits = {name: _waits((until - now).total_seconds(), why) for name, (until, why) in archive.held_hosts(now).items()}
    places = dict.fromkeys((*due, *hosts))
    waits |= {name: _waits(hold.wait_s, hold.reason) for name in places if (hold := politeness.held(name))}
    return {name: Ahead(due=due[name], waits=waits.get(name, "")) for name in places}


def _waits(seconds: float, why: str) -> str:
    # A hold begins with how long it is as a whole; what is left of it tells more.
    length, _, reason = why.partition(" s: ")
    is_length = length.replace(",", "").replace(".", "").isdigit()
    return f"waiting {seconds:,.0f} s: {reason if reason and is_length else why}"
