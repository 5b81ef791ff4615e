"""Archive: the door to one archive file. A method is one question or one fact to keep; the SQL is in other modules."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Self, TypeVar

from parsers.record import Record

from ..capture import Capture
from ..errors import ArchiveError, UsageError
from ..urls import url_key
from . import bodies, captures, connection, crawls, frontier, lock, lookup, pages, records, search, versions
from .history import History
from .rows import (
    CaptureRow,
    ChangeRow,
    Compare,
    CrawlRow,
    FrontierRow,
    FrontierState,
    HeldRow,
    Hit,
    PageRow,
    Validators,
    VersionRow,
)

if TYPE_CHECKING:
    import sqlite_utils

P = ParamSpec("P")
R = TypeVar("R")


def _reads(method: "Callable[Concatenate[Archive, P], R]") -> "Callable[Concatenate[Archive, P], R]":
    """*method*, with what SQLite finds wrong while it reads as one clear ArchiveError."""

    @wraps(method)
    def read(archive: "Archive", /, *args: P.args, **kwargs: P.kwargs) -> R:
        with connection.named_errors(archive.path):
            return method(archive, *args, **kwargs)

    return read


class Archive:
    """One archive file, open.

    *create* makes it when absent. Raises UsageError when it is absent and not to be made, NotAnArchive for a file that
    is something else, NewerArchive for one made by a later fonds; such a file is left as it is, byte for byte.
    Several processes may have it open, one writes at a time and the others go on reading.
    """

    def __init__(self, path: str | Path, *, create: bool = False) -> None:
        self.path = Path(path)
        self.db: sqlite_utils.Database = connection.open_archive(self.path, create=create)
        self._conn = self.db.conn

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; nothing that was committed depends on it."""
        self.db.close()

    def transaction(self) -> AbstractContextManager[None]:
        """All that is written inside is kept together or not at all; inside another transaction, part of that one.

        Raises ArchiveBusy when another process writes for longer than 30 seconds, ArchiveError when the disk is full
        or fails; everything committed before is kept.
        """
        return connection.transaction(self._conn, self.path)

    # What is in it -------------------------------------------------------------------------------------------------

    @_reads
    def pages(self, *, source: str | None = None) -> list[PageRow]:
        """The pages (of one source), by title, those without a version last."""
        return pages.pages(self._conn, source)

    @_reads
    def page(self, ref: str) -> PageRow:
        """The page *ref* means: a URL, a unique end of one, or a page id. Raises UsageError that names near ones."""
        return pages.page(self._conn, ref)

    @_reads
    def versions(self, page: PageRow | str) -> list[VersionRow]:
        """The versions of *page* (a row or a reference), oldest first."""
        return lookup.versions(self._conn, self._row(page).id)

    @_reads
    def version(self, ref: str) -> VersionRow:
        """The version *ref* means: PAGE (its last), PAGE@3 or PAGE@2024-03-01 (the one seen on that day)."""
        return lookup.version(self._conn, ref)

    @_reads
    def record(self, version: VersionRow) -> Record:
        """The record of *version*, rebuilt with equal digests; its chrome is not kept. UsageError for a tombstone."""
        if version.record_id is None:
            gone = f"the page was gone by {version.first_seen:%Y-%m-%d %H:%M} UTC (capture {version.capture_id})"
            said = f"`fonds show {version.page_id}@{version.seq - 1}` prints what it said before"
            raise UsageError(f"{version.url}: version {version.seq} is a tombstone: {gone}; {said}")
        return records.load_record(self._conn, version.record_id)

    @_reads
    def changes(
        self,
        page: PageRow | str | None = None,
        *,
        since: date | datetime | None = None,
        cause: str | None = None,
        class_: str | None = None,
    ) -> list[ChangeRow]:
        """The changes (of one page), newest first; those that were first seen at *since* or later."""
        page_id = None if page is None else self._row(page).id
        return lookup.changes(self._conn, page_id, since=since, cause=cause, class_=class_)

    @_reads
    def as_of(self, when: date | datetime) -> list[VersionRow]:
        """The version of each page as it stood at *when* (a date: at its end, UTC); pages gone by then are left out."""
        return lookup.as_of(self._conn, when)

    @_reads
    def search(
        self,
        words: str,
        *,
        as_of: date | datetime | None = None,
        all_versions: bool = False,
        source: str | None = None,
        country: str | None = None,
        limit: int = 20,
    ) -> list[Hit]:
        """Passages with all of *words* ("..." keeps a phrase together), newest first.

        Current versions only, unless *as_of* or *all_versions* widens that. *country* is a name or an ISO code.
        """
        scope = search.Scope(at=as_of, all_versions=all_versions, source=source, country=country, limit=limit)
        return search.search(self._conn, words, scope)

    @_reads
    def body(self, capture_id: int) -> bytes:
        """The bytes of a capture as received, digest checked. UsageError where it has none, ArchiveError if damaged."""
        self.capture(capture_id)
        body_id = captures.body_id(self._conn, capture_id)
        if body_id is None:
            raise UsageError(f"capture {capture_id} has no body")
        try:
            return bodies.load_body(self._conn, body_id)
        except bodies.DamagedBody as error:
            raise ArchiveError(
                f"capture {capture_id}: {error}; restore it from a backup", path=str(self.path)
            ) from error

    @_reads
    def capture(self, capture_id: int) -> CaptureRow:
        """One capture. Raises UsageError when there is none with this number."""
        found = captures.capture(self._conn, capture_id)
        if found is None:
            raise UsageError(f"there is no capture {capture_id}")
        return found

    @_reads
    def captures(self, *, page_id: int | None = None, crawl_id: int | None = None) -> list[CaptureRow]:
        """Captures in the order they were made, of one page or one crawl where asked."""
        return captures.captures(self._conn, page_id=page_id, crawl_id=crawl_id)

    @_reads
    def validators(self, url: str) -> Validators | None:
        """What to send in a conditional request for *url*; None unless its newest answer with a body was kept whole."""
        return captures.validators(self._conn, url_key(url))

    # Crawls and their frontier -------------------------------------------------------------------------------------

    def crawl_lock(self, source: str, now: datetime) -> AbstractContextManager[None]:
        """The right to crawl *source*, for as long as it is entered. Raises ArchiveBusy that names who has it."""
        return lock.crawl_lock(self.path, source, now)

    def begin_crawl(self, sources: Sequence[str], now: datetime) -> CrawlRow:
        """A new crawl of *sources*, or the unfinished one of the same sources, to be resumed (*started_at* < *now*)."""
        with self.transaction():
            return crawls.begin_crawl(self._conn, sources, now)

    def end_crawl(self, crawl_id: int, now: datetime, counts: dict[str, int]) -> None:
        """Says that the crawl is complete, with its counts."""
        with self.transaction():
            crawls.end_crawl(self._conn, crawl_id, now, counts)

    @_reads
    def crawls(self) -> list[CrawlRow]:
        """All crawls, oldest first."""
        return crawls.crawls(self._conn)

    @_reads
    def known_urls(self, source: str) -> tuple[str, ...]:
        """The URLs of the pages this source had in earlier crawls, so that those no longer linked are noticed."""
        return pages.known_urls(self._conn, source)

    def add_url(self, source: str, url: str, *, depth: int, found_by: str, crawl_id: int) -> bool:
        """Makes *url* due in this crawl; False when the crawl has it already (due, done or skipped)."""
        found = frontier.found_url(source, url, depth=depth, found_by=found_by)
        with self.transaction():
            return frontier.add_url(self._conn, found, crawl_id)

    def skip_url(self, source: str, url: str, *, reason: str, found_by: str, crawl_id: int) -> None:
        """Records that this crawl leaves *url* out, and why; nothing when the crawl has it already."""
        left_out = frontier.found_url(source, url, depth=0, found_by=found_by, skipped=reason)
        with self.transaction():
            frontier.add_url(self._conn, left_out, crawl_id)

    @_reads
    def due(self, source: str, crawl_id: int) -> FrontierRow | None:
        """The next URL to fetch: least depth first, then in the order found; None when the crawl is through."""
        return frontier.due(self._conn, source, crawl_id)

    def mark(
        self, source: str, url: str, state: FrontierState, *, reason: str = "", outcome: str = "", crawl_id: int
    ) -> None:
        """Sets the state of a URL of this crawl. `loader.load` does so for what it loads, in its own transaction."""
        asked = replace(frontier.found_url(source, url, depth=0, found_by="", skipped=reason), state=state)
        with self.transaction():
            frontier.mark(self._conn, asked, outcome, crawl_id)

    @_reads
    def frontier_outcomes(self, source: str, crawl_id: int) -> dict[str, int]:
        """How many captures of this crawl came to what, in the loader's words, over all its runs."""
        return frontier.outcomes(self._conn, source, crawl_id)

    @_reads
    def frontier_counts(self, source: str, crawl_id: int) -> dict[FrontierState, int]:
        """How many URLs of this crawl are in each state (states with none are absent)."""
        return frontier.counts(self._conn, source, crawl_id)

    @_reads
    def skipped(self, source: str, crawl_id: int) -> dict[str, int]:
        """How many URLs this crawl left out, by reason."""
        return frontier.skipped(self._conn, source, crawl_id)

    # Keeping -------------------------------------------------------------------------------------------------------

    def store_capture(
        self, capture: Capture, *, crawl_id: int | None = None, page_id: int | None = None, reason: str = ""
    ) -> int:
        """Keeps *capture* with its body and gives its number. robots.txt and sitemaps come this way, without a page."""
        try:
            with self.transaction():
                return captures.store_capture(self._conn, capture, crawl_id=crawl_id, page_id=page_id, reason=reason)
        except bodies.DamagedBody as error:
            raise ArchiveError(f"{error}; the capture was not stored", path=str(self.path)) from error

    def page_of(self, capture: Capture, source: str) -> int:
        """The page *capture* is of, made now where its URL is new to the archive."""
        with self.transaction():
            return pages.page_of(self._conn, capture, source)

    @_reads
    def known_page(self, url: str) -> int | None:
        """The number of the page known under *url*, None where there is none."""
        return pages.by_url(self._conn, url)

    @_reads
    def is_former(self, page_id: int, url: str) -> bool:
        """Whether the page was last seen at another address than *url*."""
        return captures.is_former(self._conn, page_id, url_key(url))

    def store_record(self, record: Record, *, capture_id: int, page_id: int) -> None:
        """Keeps what a parser read from a capture of the page."""
        with self.transaction():
            records.store_record(self._conn, record, capture_id=capture_id, page_id=page_id)

    @_reads
    def read_alike(self, page_id: int, capture: Capture) -> int | None:
        """A capture of the page that a parser has read and would read as *capture*, None where there is none."""
        return captures.read_alike(self._conn, page_id, capture)

    def copy_readings(self, from_capture_id: int, to_capture_id: int) -> None:
        """Says that a capture reads as another one of the same bytes does."""
        with self.transaction():
            records.copy_readings(self._conn, from_capture_id, to_capture_id)

    @_reads
    def held(self) -> list[HeldRow]:
        """What is held back, each record by its first capture, newest first."""
        return lookup.held(self._conn)

    def release(self, capture_id: int, now: datetime, compare: Compare) -> VersionRow:
        """Accepts a held-back capture: its record becomes a version, or part of one. UsageError where none is held."""
        capture = self.capture(capture_id)
        with self.transaction():
            if capture.page_id is None or not versions.release(self._conn, capture_id, now):
                raise UsageError(f"capture {capture_id} is not held back; fonds release lists those that are")
            told = self.update_history(capture.page_id, compare).told[capture_id]
            return lookup.version(self._conn, f"{capture.page_id}@{told.seq}")

    def update_history(self, page_id: int, compare: Compare) -> History:
        """Derives the page's versions and changes from its captures again and stores what is different.

        *compare* describes a change between two records; it is called for new pairs only.
        """
        with self.transaction():
            return versions.update_history(self._conn, page_id, compare)

    def _row(self, page: PageRow | str) -> PageRow:
        return page if isinstance(page, PageRow) else self.page(page)
