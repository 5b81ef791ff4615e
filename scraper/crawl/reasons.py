"""Why a URL was kept out: the rule, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..archive import Archive, FrontierRow
from ..sources import Source
from ..urls import clean, host, url_key

_SAID = {
    "due": "not asked for yet",
    "leased": "being asked for, or was when the crawl ended",
    "done": "not kept out: it was captured",
    "gone": "not kept out: it was asked for and is missing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What one source makes of a URL.

    *state* is that of its newest crawl ("due", "leased", "done", "failed", "gone", "skipped"), "out of scope" or
    "never found". *why* is one line; *rule* the text of the source file's own rule that decides, "" where none does.
    """

    source: str
    state: str
    why: str
    rule: str = ""
    found_by: str = ""
    next_at: datetime | None = None


def reasons(url: str, sources: Sequence[Source], archive: Archive | None, now: datetime) -> tuple[Reason, ...]:
    """What each of *sources* that knows the host of *url* makes of it; one line of no source where none does.

    Raises UsageError for what is no http(s) URL.
    """
    address = clean(url)
    known = {row.source: row for row in archive.why(address)} if archive else {}
    found = [
        _met(known[source.name], source, archive, now) if source.name in known and archive else _unmet(address, source)
        for source in sources
        if source.name in known or source.scope_reason(address) != "other host"
    ]
    if found:
        return tuple(found)
    return (Reason(source="", state="out of scope", why=f"{host(address)} is the host of no seed and no sitemap"),)


def _met(row: FrontierRow, source: Source, archive: Archive, now: datetime) -> Reason:
    """What the newest crawl that met the URL says of it."""
    why, next_at = row.reason or _SAID.get(row.state, row.state), row.next_at
    if row.state == "done" and row.outcome:
        why = f"{_SAID['done']} ({row.outcome})"
    visit = next((visit for visit in archive.visits(source.name) if url_key(visit.url) == row.url_key), None)
    if visit and row.state in ("done", "skipped", "gone"):
        why, next_at = f"{why}; {visit.why}", visit.next_at
    hold = archive.held_hosts(now).get(row.host)
    if hold and row.state == "due":
        why, next_at = f"its host asked to wait: {hold[1]}", hold[0]
    return Reason(
        source=row.source, state=row.state, why=why, rule=_rule(row.reason), found_by=row.found_by, next_at=next_at
    )


def _unmet(url: str, source: Source) -> Reason:
    reason = source.scope_reason(url)
    if reason:
        return Reason(source=source.name, state="out of scope", why=reason, rule=_rule(reason))
    why = f"in scope, but no seed, sitemap, feed or page up to {source.depth} links from a seed led to it"
    return Reason(source=source.name, state="never found", why=f"{why}; a line in seeds would", rule="depth")


def _rule(reason: str) -> str:
    """What to look for in the source's file: the pattern, or the name of the field."""
    kind, _, pattern = reason.partition(" ")
    if kind in ("exclude", "listing"):
        return pattern.partition(": ")[0]
    if reason.startswith("not in include"):
        return "include"
    return "max_pages" if reason.startswith("over max_pages") else ""
