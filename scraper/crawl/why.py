"""Why a URL is not in the archive, or not asked for: the rule that kept it out, and where that rule stands.

Answered from the source files and the archive alone; nothing is asked of the network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..archive import Archive, FrontierRow
from ..capture import Capture
from ..fetch import rules_of
from ..sources import Scope, Source
from ..urls import Address, address, origin, url_key
from .traps import TrapBounds, Traps

_SAID = {
    "due": "not asked for yet; a crawl that is not finished will",
    "leased": "being asked for now, or was when a crawl ended; the next one asks for it",
    "done": "nothing kept it out: it was captured",
    "gone": "nothing kept it out: it was asked for and is missing",
    "failed": "nothing kept it out, but it could not be had",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What one source makes of a URL.

    *state* is that of its newest crawl ("due", "leased", "done", "failed", "gone", "skipped"), "out of scope",
    "forbidden" (by robots.txt), "known" (a page by an earlier crawl) or "never found". *why* is one line; *rule* the
    text of the source file's own rule that decides, "" where none does. *next_at* is when it is asked again.
    """

    source: str
    state: str
    why: str
    rule: str = ""
    found_by: str = ""
    next_at: datetime | None = None


def why_not(url: str, sources: Sequence[Source], archive: Archive | None, now: datetime) -> tuple[Reason, ...]:
    """What each of *sources* that knows the host of *url* makes of it; one line of no source where none does.

    Raises UsageError for what is no http(s) URL, or one that is too long.
    """
    place = address(url)
    rows = {row.source: row for row in archive.why(place.url)} if archive else {}
    found = [
        _of(place, source, rows.get(source.name), archive, now)
        for source in sources
        if source.name in rows or Scope(source).is_ours(place)
    ]
    if found:
        return tuple(found)
    return (Reason(source="", state="out of scope", why=f"{place.host} is the host of no seed, sitemap or feed"),)


def _of(place: Address, source: Source, row: FrontierRow | None, archive: Archive | None, now: datetime) -> Reason:
    rule = Scope(source).reason(place)
    if rule:
        # As the source's file is today; a crawl of before may have gone by another.
        return Reason(source=source.name, state="out of scope", why=rule, rule=_in_file(rule))
    if row is not None and archive is not None:
        return _met(row, archive, now)
    return _unmet(place, source, archive)


def _met(row: FrontierRow, archive: Archive, now: datetime) -> Reason:
    """What the newest crawl that met the URL says of it."""
    why, next_at = row.reason or _SAID.get(row.state, row.state), row.next_at
    if row.state == "done":
        why = f"{_SAID['done']} ({row.outcome})" if row.outcome else _SAID["done"]
    elif row.state in ("failed", "gone") and row.reason:
        why = f"{_SAID[row.state]}: {row.reason}"
    elif row.state == "due":
        hold = archive.held_hosts(now).get(row.host)
        if hold:
            why, next_at = f"its host asked to wait: {hold[1]}", hold[0]
        elif row.reason:
            why = f"to be asked again: {row.reason}"
    visit = next((visit for visit in archive.visits(row.source) if url_key(visit.url) == row.url_key), None)
    if visit and row.state in ("done", "skipped", "gone"):
        why, next_at = f"{why}; {visit.why}", visit.next_at
    return Reason(
        source=row.source,
        state=row.state,
        why=why,
        rule=_in_file(row.reason),
        found_by=row.found_by,
        next_at=next_at,
    )


def _unmet(place: Address, source: Source, archive: Archive | None) -> Reason:
    """What would become of a URL that no crawl has met."""
    trap = Traps(TrapBounds()).rule(place, is_listed=False)
    if trap:
        return Reason(source=source.name, state="skipped", why=trap)
    if archive:
        forbidden = _robots_line(place, archive)
        if forbidden:
            return Reason(source=source.name, state="forbidden", why=forbidden)
        page_id = archive.known_page(place.url)
        if page_id is not None:
            why = f"nothing keeps it out: it is page {page_id}, {archive.page(str(page_id)).url}"
            return Reason(source=source.name, state="known", why=why)
    why = f"in scope, but no sitemap, no feed and no page up to {source.depth} links from a seed led to it"
    return Reason(source=source.name, state="never found", why=f"{why}; a line in seeds would", rule="depth")


def _robots_line(place: Address, archive: Archive) -> str:
    """The line of the newest captured robots.txt of the URL's origin that forbids it, "" where none does."""
    here = f"{origin(place.url)}/robots.txt"
    row = archive.newest(here)
    if row is None:
        return ""
    body = archive.body(row.id) if row.content_sha256 else None
    rules = rules_of(
        Capture(
            url=here,
            final_url=row.final_url,
            captured_at=row.captured_at,
            outcome=row.outcome,
            status=row.status,
            reason=row.reason,
            body=body,
        )
    )
    decision = rules.decide(place.url)
    return "" if decision.allowed else f"{decision.why} ({here}, captured {row.captured_at:%Y-%m-%d %H:%M} UTC)"


def _in_file(reason: str) -> str:
    """What to look for in the source's file: the pattern, or the name of the field."""
    for mark in ("exclude ", "listing "):
        if reason.startswith(mark):
            return reason.removeprefix(mark).partition(": read for")[0]
    if reason.startswith("not in include"):
        return "include"
    return "max_pages" if reason.startswith("over max_pages") else ""
