"""Entries: changes as they are told outside, with ids that stay, and every text in them made harmless."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..archive import CLASSES, Archive, FlagRow, NewsRow
from ..claims import said as said_by
from ..diff import Changes
from ..log import Checkpoint
from ..terminal import printable
from ..urls import MAX_URL_CHARS

# The most significant first.
WEIGHT = {name: place for place, name in enumerate(CLASSES)}
NO_NAME = "fonds.invalid"  # for a log without a name of somebody's own; RFC 2606 keeps it from ever being anybody's
_LONGEST_TITLE, _LONGEST_SUMMARY, _LONGEST_DETAIL = 200, 400, 400
_DOMAIN = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A change, the first version of a page, or that it is gone, in words that no reader obeys.

    *id* is a tag URI (RFC 4151). It is made of what was captured: it stays when the archive is parsed anew, and is the
    same in another archive with these captures. *link* is the page, *web* the archive's own page on it ("" for none).
    *flags* are those on the change, each with its detail, and *said* what they come to ("silent edit", "" for nothing).
    """

    id: str
    link: str
    web: str
    title: str
    summary: str
    class_: str
    cause: str
    source: str
    country: str
    words_changed: int
    numbers_changed: int
    seq: int
    seen_after: datetime | None
    first_seen: datetime
    said: str = ""
    flags: tuple[tuple[str, str], ...] = ()

    @property
    def told(self) -> str:
        """The change in one line, with what its flags come to."""
        return f"{self.summary}; {self.said}" if self.said else self.summary


def entry_of(
    row: NewsRow, *, authority: str, base: str, changes: Changes | None = None, flags: Sequence[FlagRow] = ()
) -> Entry:
    """The entry of *row* with *flags*, with an id by *authority* and a link below *base* ("" for none).

    It counts what *changes* do where they are given: those of the row, without what is ignored.
    """
    summary = row.summary or ("first version" if row.class_ == "new" else "no difference")
    class_ = row.class_
    if changes:
        is_back = class_ == "returned"
        summary, class_ = f"{'the page is back; ' * is_back}{changes.summary}", class_ if is_back else changes.class_
    return Entry(
        id=f"tag:{authority},{row.captured_at.astimezone(UTC):%Y-%m-%d}:fonds:{row.cause}:{row.key}",
        link=line(row.url, MAX_URL_CHARS),
        web=web_page(base, row.page_id, row.seq),
        title=line(row.title or row.url, _LONGEST_TITLE),
        summary=line(summary, _LONGEST_SUMMARY),
        class_=line(class_, _LONGEST_TITLE),
        cause=row.cause,
        source=line(row.source, _LONGEST_TITLE),
        country=line(row.country, _LONGEST_TITLE),
        words_changed=(changes or row).words_changed,
        numbers_changed=(changes or row).numbers_changed,
        seq=row.seq,
        seen_after=row.seen_after,
        first_seen=row.first_seen,
        said=said_by(flags),
        flags=tuple((flag.name, line(flag.detail, _LONGEST_DETAIL)) for flag in flags),
    )


def authority_of(archive: Archive) -> str:
    """Who gives ids for *archive*: the domain that its log is named after, else one that is nobody's.

    A log has its name for good from its first checkpoint on.
    """
    domain = log_name(archive).partition("/")[0].lower()
    return domain if _DOMAIN.fullmatch(domain) else NO_NAME


def log_name(archive: Archive) -> str:
    """What the log of *archive* is called, "" while it has no name yet."""
    checkpoint, keys = archive.newest_checkpoint(), archive.public_keys()
    return Checkpoint.parsed(checkpoint.text).origin if checkpoint else keys[-1].name if keys else ""


def web_page(base: str, page_id: int, seq: int) -> str:
    """Where the archive's own page on a version is, "" where it has no *base*."""
    return f"{base.rstrip('/')}/pages/{page_id}@{seq}" if base else ""


def line(text: str, longest: int) -> str:
    """*text* in one line of at most *longest* characters, without anything that is obeyed by whoever shows it."""
    words = " ".join(printable(text[: 4 * longest]).split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def interval(entry: Entry) -> str:
    """When it happened, as far as that is known."""
    if entry.seen_after is None:
        return f"First seen {said(entry.first_seen)}."
    return f"Between {said(entry.seen_after)} and {said(entry.first_seen)}."


def said(moment: datetime) -> str:
    """*moment* for a person."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def rfc3339(moment: datetime) -> str:
    """*moment* for a program, to the second or as exactly as it is known."""
    exactly = "microseconds" if moment.microsecond else "seconds"
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=exactly) + "Z"
