"""Presence: when something was there, as spans of versions between two that lack it, told as intervals.

Nothing is known between the last capture without and the first one with it. What begins or ends by another reading, not
by the publisher, has no such interval: it may have been there before, or be there still.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from .revision import Sight, first_sight

if TYPE_CHECKING:
    from datetime import datetime

    from ..archive import VersionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Versions that follow each other and all have something.

    *first* and *last* are the versions at its ends, *since* when it was first seen, *until* when it was first seen to
    be gone, None while it lasts. *is_read* says that another reading began it, *is_unread* that one ended it.
    """

    first: "VersionRow"
    last: "VersionRow"
    since: Sight
    until: Sight | None = None
    is_read: bool = False
    is_unread: bool = False


class Stretch(NamedTuple):
    """A stretch of time in which something was there (True), was not (False), or nobody can tell (None)."""

    start: "datetime"
    end: "datetime"
    is_there: bool | None


def spans(seen: "Iterable[tuple[VersionRow, bool]]") -> tuple[Span, ...]:
    """The spans of the versions that have it, of all versions of a page, oldest first."""
    found: list[Span] = []
    is_open, is_first = False, True
    for version, has in seen:
        is_read = version.cause != "publisher" and not is_first
        if has and is_open:
            found[-1] = replace(found[-1], last=version)
        elif has:
            since = first_sight(version, is_first=is_first)
            found.append(Span(first=version, last=version, since=since, is_read=is_read))
        elif is_open:
            until = first_sight(version, is_first=False)
            found[-1] = replace(found[-1], until=until, is_unread=is_read)
        is_open, is_first = has, False
    return tuple(found)


def stretches(found: Iterable[Span], start: "datetime", end: "datetime") -> list[Stretch]:
    """The time from *start* to *end*, the first and the last sight of the page, by what *found* tells of it."""
    told: list[Stretch] = []
    place, is_known = start, True
    for span in found:
        since = place if span.is_read or not is_known else span.since.after or place
        told += [Stretch(place, since, None if not is_known else False), Stretch(since, span.since.by, None)]
        until = span.until.by if span.until else span.last.last_seen
        told += [Stretch(span.since.by, span.last.last_seen, True), Stretch(span.last.last_seen, until, None)]
        place, is_known = max(until, span.last.last_seen), not span.is_unread
    told.append(Stretch(place, end, False if is_known else None))
    return [one for one in told if one.start < one.end or one.is_there]
