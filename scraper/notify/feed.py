"""Feeds: the newest changes of all pages, a source, a page or a country, one entry for each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from ..archive import Archive, NewsRow, NewsScope, need_source
from ..claims import SAID
from ..diff import Changes, diff, html_fragment
from ..urls import url_key
from ..wording import counted
from .entry import Entry, authority_of, entry_of, interval, line, log_name
from .markup import beginning_html, paragraph
from .noise import RulesOf, flags_of, is_noise, no_rules, quiet

if TYPE_CHECKING:
    from ..claims import Name

# When a feed changed that has no entry yet: it must say something, and the time it was made would differ each time.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_TITLE = 200
_FARTHEST = 16  # times as many changes as are wanted are looked at for those that are no noise
_Told = tuple[NewsRow, Changes | None]  # a change, and what is left of it where something is ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry with its content as HTML."""

    entry: Entry
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as it is written in any format. *link* is what it is about, *url* where it is published, "" for none.

    *left_out* is how many newer changes it has no entry for, as their sources say that they are insignificant.
    """

    id: str
    title: str
    link: str
    url: str
    updated: datetime
    items: tuple[Item, ...]
    left_out: int = 0

    @property
    def note(self) -> str:
        """What is to be said of the whole feed, "" for nothing."""
        return f"left out as insignificant: {counted(self.left_out, 'change')}" if self.left_out else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a feed has: of one *source*, *page* (a reference) or *country*, or of all; by *cause*, the newest *limit*.

    *title* is what the archive is called, *base* where its web pages are, *url* where the feed is published.
    """

    source: str | None = None
    page: str | None = None
    country: str | None = None
    cause: str = "publisher"
    limit: int = 50
    title: str = ""
    base: str = ""
    url: str = ""


def feed_of(archive: Archive, wanted: Wanted, rules_of: RulesOf = no_rules) -> Feed:
    """The feed *wanted*: equal for equal archives and rules, whenever it is made.

    Raises UsageError for a page or a source that the archive does not have.
    """
    page = None if wanted.page is None else archive.page(wanted.page)
    if wanted.source is not None:
        need_source(archive, wanted.source)
    authority = authority_of(archive)
    scope = NewsScope(
        cause="parser" if wanted.cause == "parser" else "publisher",
        source=wanted.source,
        page_id=page.id if page else None,
        country=wanted.country,
        limit=wanted.limit,
    )
    told, left_out = _told(archive, scope, wanted.limit, rules_of)
    items = tuple(_items(archive, told, authority, wanted.base, rules_of))
    of, name = _scope(wanted, url_key(page.url) if page else "", (page.title or page.url) if page else "")
    about = f"of {name}" if name else "of all pages"
    return Feed(
        id=f"tag:{authority},2024:{quote(log_name(archive) or 'fonds')}:feed:{wanted.cause}:{of}",
        title=line(f"{wanted.title or 'fonds'}: changes {about}", _LONGEST_TITLE),
        link=page.url if page else wanted.base,
        url=wanted.url,
        updated=max((item.entry.first_seen for item in items), default=_NEVER),
        items=items,
        left_out=left_out,
    )


def _told(archive: Archive, scope: NewsScope, limit: int, rules_of: RulesOf) -> tuple[list[_Told], int]:
    """The newest changes that are more than noise, at most *limit* of them; and how many newer ones are not."""
    rows = archive.news(scope)
    told = [(row, quiet(archive, row, rules_of)) for row in rows]
    left_out = sum(is_noise(row, changes) for row, changes in told)
    if left_out and len(rows) == scope.limit and scope.limit < _FARTHEST * limit:
        return _told(archive, replace(scope, limit=4 * scope.limit), limit, rules_of)
    kept: list[_Told] = []
    left_out = 0
    for row, changes in told:
        if len(kept) == limit:
            break
        if is_noise(row, changes):
            left_out += 1
        else:
            kept.append((row, changes))
    return kept, left_out


def _items(archive: Archive, told: Iterable[_Told], authority: str, base: str, rules_of: RulesOf) -> Iterator[Item]:
    for row, changes in told:
        flags = flags_of(archive, row, changes, rules_of)
        entry = entry_of(row, authority=authority, base=base, changes=changes, flags=flags)
        yield Item(entry=entry, html="\n".join(filter(None, _content(archive, row, entry, changes))))


def _content(archive: Archive, row: NewsRow, entry: Entry, changes: Changes | None) -> Iterator[str]:
    before, after = archive.compared(row)
    yield paragraph(f"{entry.summary[:1].upper()}{entry.summary[1:]}. {interval(entry)}")
    # "silent edit" says what "no notice" says, and more.
    for name, detail in entry.flags:
        if (words := SAID[cast("Name", name)]) in entry.said.split(", "):
            yield paragraph(f"Did they say so? {words}: {detail}")
    if after is None:
        return
    yield (
        beginning_html(after)
        if before is None or row.class_ == "new"
        else html_fragment(changes or diff(before, after))
    )


def _scope(wanted: Wanted, key: str, title: str) -> tuple[str, str]:
    """What the feed is of, as it stands in its id and for a person; the first may say it in a digest."""
    if wanted.page is not None:
        return f"page:{sha256(key.encode()).hexdigest()[:32]}", title
    if wanted.source is not None:
        return f"source:{wanted.source}", wanted.source
    if wanted.country is not None:
        name = wanted.country.casefold()
        return f"country:{sha256(name.encode()).hexdigest()[:32]}", wanted.country
    return "all", ""
