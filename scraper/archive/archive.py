"""Archive: the door to one archive file. A method is one question or one fact to keep; the SQL is in other modules."""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from datetime import date, datetime
from functools import cached_property, wraps
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

from parsers.outline import Outline, site_of
from parsers.profile import LearnedLine, Profile
from parsers.record import Match, Record

from ..capture import Capture
from ..errors import ArchiveError, BytesRemoved, UsageError
from ..ledger import Sighting
from ..log import Signer, VerifierKey, consistency_proof
from . import (
    bodies,
    captures,
    connection,
    crawls,
    evidence,
    flags,
    frontier,
    identity,
    leaves,
    lock,
    looks,
    lookup,
    matches,
    news,
    pages,
    planning,
    queue,
    readings,
    records,
    redactions,
    reparsing,
    search,
    signing,
    sites,
    traces,
    versions,
    witnesses,
    wordings,
    writing,
)
from .evidence import Evidence, Leaf
from .history import History
from .identity import Moved
from .looks import LookRow
from .news import FailureRow, NewsRow, NewsScope
from .queue import Place, QueueRow, QueueScope
from .redactions import Takedown
from .reparsing import Reread
from .rows import (
    AccountRow,
    AlarmRow,
    BesideRow,
    CaptureRow,
    ChangeRow,
    Compare,
    CrawlRow,
    FlagRow,
    FrontierRow,
    FrontierState,
    HeldRow,
    Hit,
    How,
    PageRow,
    PageUrlRow,
    ReadableRow,
    RedactionRow,
    ScheduleRow,
    SiteRow,
    StaleRow,
    UnflaggedRow,
    Validators,
    VersionCause,
    VersionRow,
    VisitRow,
)
from .signing import CheckpointRow
from .text import key_of
from .times import stamp
from .tool import tool
from .witnesses import SeenRow, WitnessRow
from .wordings import Held, Wording

if TYPE_CHECKING:
    import sqlite_utils

    from .copies import Copy
    from .fixity import Extent, Finding, Verification
    from .mending import Mended

# Gives what signs for the archive with this public key, None where that cannot be had.
Notary = Callable[[VerifierKey], Signer | None]
P = ParamSpec("P")
R = TypeVar("R")


def _reads(method: "Callable[Concatenate[Archive, P], R]") -> "Callable[Concatenate[Archive, P], R]":
    """*method*, with what is wrong with the rows that it reads as one clear ArchiveError."""

    @wraps(method)
    def read(archive: "Archive", /, *args: P.args, **kwargs: P.kwargs) -> R:
        with writing.named_errors(archive.path):
            return method(archive, *args, **kwargs)

    return read


class _Undone(Exception):
    """Ends a transaction of which nothing is to stay."""


class Archive:
    """One archive file, open.

    *create* makes it when absent. Raises UsageError when it is absent and not to be made, NotAnArchive for a file that
    is something else, NewerArchive for one made by a later fonds; such a file is left as it is, byte for byte.
    Several processes may have it open, one writes at a time and the others go on reading. *notary* is asked, once, for
    what signs checkpoints; without one they are not signed.
    """

    def __init__(self, path: str | Path, *, create: bool = False, notary: Notary | None = None) -> None:
        self.path = Path(path)
        self._conn = connection.open_archive(self.path, create=create)
        self._checkpoints = writing.Checkpoints(self._conn, self.path)
        self._offered = frontier.Offered()
        self._recent = bodies.Recent()
        self._known = records.Known()
        self._profiles: dict[str, Profile] = {}
        self._notary = notary
        self._has_told_tool = False
        self._unsealed: int | None = None  # leaves that no checkpoint covers, at least

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; nothing that was committed depends on it."""
        self._conn.close()

    @cached_property
    def db(self) -> "sqlite_utils.Database":
        """The archive for whoever wants it as a database."""
        from sqlite_utils import Database  # noqa: PLC0415 -- costs start-up time

        return Database(self._conn, execute_plugins=False)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is kept together or not at all; inside another transaction, part of that one.

        Raises ArchiveBusy when another process writes for longer than 30 seconds, ArchiveError when the disk is full
        or fails; everything committed before is kept.
        """
        if self._conn.in_transaction:
            yield
            return
        self._known.forget()
        try:
            with self._checkpoints.turn(), writing.transaction(self._conn, self.path):
                yield
        except BaseException:
            self._offered.forget()
            self._recent.forget()
            self._has_told_tool = False
            self._unsealed = None
            raise

    @contextmanager
    def trial(self) -> Iterator[None]:
        """All that is written inside can be read there, and is undone at the end: to see what something would do."""
        with suppress(_Undone), self.transaction():
            yield
            raise _Undone

    # The file ------------------------------------------------------------------------------------------------------

    @property
    def sqlite_version(self) -> str:
        """The version of SQLite at work; `scraper.archive.is_wal_affected` says whether it is one with the WAL bug."""
        return sqlite3.sqlite_version

    def free_bytes(self) -> int:
        """What can still be written to the disk the archive is on."""
        return shutil.disk_usage(self.path.resolve().parent).free

    @_reads
    def largest_body_bytes(self) -> int:
        """Length of the largest body in the archive as received, 0 where there is none."""
        return bodies.largest_bytes(self._conn)

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
    def versions_of(self, page_id: int) -> list[VersionRow]:
        """The versions of the page with this number, oldest first, in a fraction of the time of `versions`."""
        return lookup.versions(self._conn, page_id)

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
        """The changes (of one page), newest first; those that were first seen at *since* or later.

        Those that lead to a version, unless a *cause* is given: then also differences that make none, as what was read
        anew ("parser", "chrome"), and what is held back ("capture fault").
        """
        page_id = None if page is None else self._row(page).id
        return lookup.changes(self._conn, page_id, since=since, cause=cause, class_=class_)

    @_reads
    def count_versions(self, page_id: int) -> int:
        """How many versions a page has."""
        return pages.count_versions(self._conn, page_id)

    @_reads
    def change_to(self, page_id: int, seq: int) -> ChangeRow | None:
        """The change that led to version *seq* of a page, None where none did."""
        return lookup.change_to(self._conn, page_id, seq)

    @_reads
    def beside(self, page_id: int, at: datetime) -> list[VersionRow]:
        """The versions with a record just before and just after *at*."""
        return lookup.beside(self._conn, page_id, at)

    @_reads
    def read_from(self, version: VersionRow) -> int:
        """The capture that the record of *version* was read from, which begins it unless that one is a 304."""
        return lookup.read_from(self._conn, version)

    @_reads
    def shown_missing(self, version: VersionRow) -> tuple[int, ...]:
        """The captures that show of a tombstone that the page is gone, in order of time."""
        return lookup.shown_missing(self._conn, version)

    @_reads
    def as_of(
        self, when: date | datetime, *, source: str | None = None, country: str | None = None
    ) -> list[VersionRow]:
        """The version of each page as it stood at *when* (a date: at its end, UTC); pages gone by then are left out.

        As known now: older captures that are imported later tell more of that time. *country* is a name or an ISO code.
        """
        return lookup.as_of(self._conn, when, source=source, country=country)

    @_reads
    def gone_by(self, when: date | datetime, *, source: str | None = None) -> int:
        """How many pages (of one source) had been there and were gone at *when*."""
        return lookup.gone_by(self._conn, when, source)

    @_reads
    def news(self, scope: NewsScope) -> list[NewsRow]:
        """The versions that *scope* says as they are told to others, newest first."""
        return news.news(self._conn, scope)

    @_reads
    def news_of(self, version_ids: Iterable[int]) -> list[NewsRow]:
        """The versions with these numbers as they are told to others, newest first."""
        return news.news_of(self._conn, version_ids)

    @_reads
    def news_keys(self, cause: VersionCause) -> dict[str, int]:
        """The keys of all versions by *cause*, see `NewsRow`, with the versions' numbers."""
        return news.news_keys(self._conn, cause)

    @_reads
    def compared(self, row: NewsRow | UnflaggedRow) -> tuple[Record | None, Record | None]:
        """The records before and after a change, None where that side has none."""
        before, after = (
            None if number is None else records.load_record(self._conn, number)
            for number in (row.before_record_id, row.after_record_id)
        )
        return before, after

    @_reads
    def queue(self, scope: QueueScope, *, keyed: bool = False) -> list[Place]:
        """Where the changes that *scope* says stand in their order; *keyed* with what `note_look` knows them by.

        That costs little; `queued` gives the changes themselves, as many as are taken.
        """
        return queue.places(self._conn, scope, keyed=keyed)

    def queued(self, places: Sequence[Place]) -> Iterator[QueueRow]:
        """The changes in these places of the queue; one that is not there any more is passed over."""
        with writing.named_errors(self.path):
            yield from queue.rows(self._conn, places)

    @_reads
    def detail(self, difference_id: int) -> dict[str, Any] | None:
        """All of a difference, as `scraper.diff.changes_from_dict` reads it; None where it is not there any more."""
        return queue.detail(self._conn, difference_id)

    @_reads
    def looked_at(self, name: str) -> set[str]:
        """The keys of the changes that *name* was shown."""
        return looks.keys(self._conn, name)

    @_reads
    def looks(self) -> list[LookRow]:
        """Who was shown changes, by name."""
        return looks.looks(self._conn)

    def note_look(self, name: str, keys: Iterable[str], now: datetime) -> None:
        """Notes that *name* was shown the changes with these keys: of all, or of none where this process is killed."""
        with self.transaction():
            looks.note(self._conn, name, keys, now)

    def forget_look(self, name: str) -> int:
        """Forgets what *name* was shown, and says how many changes that were."""
        with self.transaction():
            return looks.forget(self._conn, name)

    @_reads
    def flags_of(self, page_id: int) -> dict[int, tuple[FlagRow, ...]]:
        """The flags on what led to each version of a page, by its number; those without any are absent."""
        return flags.of_page(self._conn, page_id)

    @_reads
    def unflagged_of(self, page_id: int) -> list[UnflaggedRow]:
        """What led to versions of a page and nobody has looked for flags of."""
        return flags.unflagged_of_page(self._conn, page_id)

    @_reads
    def unflagged(self, *, after: int = 0, limit: int = 100) -> list[UnflaggedRow]:
        """Up to *limit* differences with numbers over *after* whose flags nobody has looked for, by number."""
        return flags.unflagged(self._conn, after, limit)

    @_reads
    def count_unflagged(self) -> int:
        """How many differences there are whose flags nobody has looked for: an older fonds stored them."""
        return flags.count_unflagged(self._conn)

    def store_flags(self, difference_id: int, found: Sequence[FlagRow]) -> None:
        """Keeps the flags of a difference that nobody had looked for."""
        with self.transaction():
            flags.store(self._conn, difference_id, found)

    @property
    def is_writable(self) -> bool:
        """Whether this user may write to the file and in its folder."""
        return connection.is_writable(self.path)

    @_reads
    def failures(self, after: int) -> list[FailureRow]:
        """What failed in crawls in captures with numbers over *after*, and did not go well since, oldest first."""
        return news.failures(self._conn, after)

    @_reads
    def newest_number(self) -> int:
        """The number of the newest capture, 0 where there is none."""
        return news.newest_number(self._conn)

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
    def wordings(
        self, phrases: Sequence[str], *, parts: Sequence[str] = (), page_id: int | None = None, limit: int = 500
    ) -> list[Wording]:
        """The distinct passages (of one page) with all of *phrases*, whatever their case and typography, oldest first.

        A phrase is whole words; *parts* is for scripts that set no spaces between these, and taken sign by sign.
        """
        return wordings.wordings(self._conn, phrases, parts=parts, page_id=page_id, limit=limit)

    @_reads
    def alike(self, phrases: Sequence[str], *, page_id: int | None = None, limit: int = 200) -> list[Wording]:
        """The distinct passages (of one page) with any of *phrases*, those with the most and the rarest first."""
        return wordings.alike(self._conn, phrases, page_id=page_id, limit=limit)

    @_reads
    def holding(self, ids: Sequence[int], *, page_id: int | None = None) -> list[Held]:
        """Each version (of one page) that holds one of the wordings *ids*, by page, version and position."""
        return wordings.holding(self._conn, ids, page_id)

    @_reads
    def body(self, capture_id: int) -> bytes:
        """The content of a capture: its body with the content coding undone, digests checked.

        UsageError where it has none, or none that came whole; ArchiveError where it is damaged, BytesRemoved where it
        was removed.
        """
        row = self.capture(capture_id)
        body_id = self._body_id(capture_id)
        if row.content_sha256 is None or row.content_bytes is None:
            raise UsageError(f"capture {capture_id} came with coding '{row.coding}', which could not be undone")
        meant = bodies.Content(row.coding, row.content_bytes, row.content_sha256)
        with self._damage_named(capture_id):
            return bodies.load_content(self._conn, body_id, meant, self._recent.bases)

    @_reads
    def received(self, capture_id: int) -> bytes:
        """The body of a capture as it was received, digest checked. Raises as `body` does.

        ArchiveError also where its content is whole, but must be packed again by another library than there is here.
        """
        self.capture(capture_id)
        with self._damage_named(capture_id):
            return bodies.load_body(self._conn, self._body_id(capture_id), self._recent.bases)

    def _body_id(self, capture_id: int) -> int:
        body_id = captures.body_id(self._conn, capture_id)
        if body_id is None:
            raise UsageError(f"capture {capture_id} has no body")
        return body_id

    @contextmanager
    def _damage_named(self, capture_id: int) -> Iterator[None]:
        try:
            yield
        except bodies.DamagedBody as error:
            raise ArchiveError(
                f"capture {capture_id}: {error}; restore it from a backup", path=str(self.path)
            ) from error
        except bodies.RedactedBody as error:
            row = redactions.of_capture(self._conn, capture_id)
            raise BytesRemoved(f"capture {capture_id}: {row.told if row else error}", path=str(self.path)) from error
        except bodies.NotMadeHere as error:
            raise ArchiveError(f"capture {capture_id}: {error}", path=str(self.path)) from error

    @_reads
    def capture(self, capture_id: int) -> CaptureRow:
        """One capture. Raises UsageError when there is none with this number."""
        found = captures.capture(self._conn, capture_id)
        if found is None:
            raise UsageError(f"there is no capture {capture_id}")
        return found

    @_reads
    def unread(self, source: str | None = None) -> list[int]:
        """Captures of pages (of one source) that were kept and not yet given to a parser, oldest first."""
        return captures.unread(self._conn, source)

    @_reads
    def captures(self, *, page_id: int | None = None, crawl_id: int | None = None) -> list[CaptureRow]:
        """Captures in the order they were made, of one page or one crawl where asked."""
        return captures.captures(self._conn, page_id=page_id, crawl_id=crawl_id)

    @_reads
    def newest(self, url: str) -> CaptureRow | None:
        """The newest capture of *url*, whatever it came to; None where it was never asked for."""
        return captures.newest(self._conn, key_of(url))

    @_reads
    def newest_whole(self, url: str) -> CaptureRow | None:
        """The newest capture of *url* that came whole, be it a page, a robots.txt or a list; None for none."""
        return captures.newest_whole(self._conn, key_of(url))

    @_reads
    def newest_at(self) -> datetime | None:
        """When the newest capture over the network was made, as the clock said then; None where there is none."""
        return captures.newest_at(self._conn)

    def to_read(self, capture_id: int) -> Capture:
        """A capture as a parser reads it, its coding undone. Raises as `body` does."""
        body = self.body(capture_id)
        with writing.named_errors(self.path):
            return captures.to_read(self._conn, capture_id, body)

    @_reads
    def newest_content(self, page_id: int) -> str | None:
        """The SHA-256 of the content of a page's newest capture, None where that has none."""
        return captures.newest_content(self._conn, page_id)

    @_reads
    def validators(self, url: str) -> Validators | None:
        """What to send in a conditional request for *url*; None unless its newest answer with a body was kept whole."""
        return captures.validators(self._conn, key_of(url))

    @_reads
    def past_accounts(self, page_id: int) -> list[AccountRow]:
        """What became of the words of a page in each of its captures in which they were counted, the newest first."""
        return readings.past_accounts(self._conn, page_id)

    # What is learned of sites --------------------------------------------------------------------------------------

    @_reads
    def site(self, url: str) -> SiteRow | None:
        """What is known of the site that *url* is of, None where no page of it was read."""
        return sites.site(self._conn, site_of(url))

    @_reads
    def profile_of(self, url: str) -> Profile | None:
        """The learned chrome of the site that *url* is of, None where there is none."""
        row = sites.site(self._conn, site_of(url))
        return self.profile(row.profile) if row and row.profile else None

    @_reads
    def profile(self, number: str) -> Profile:
        """The profile with this id; one without lines where there is none."""
        if number not in self._profiles:  # what a profile takes off never changes
            self._profiles[number] = sites.profile(self._conn, number)
        return self._profiles[number]

    @_reads
    def profiles(self, url: str) -> list[str]:
        """The ids of all that was learned of the site that *url* is of, the newest last."""
        return sites.profiles(self._conn, site_of(url))

    @_reads
    def evidence(self, profile: str) -> list[tuple[LearnedLine, tuple[str, ...]]]:
        """Each line of a profile, with the URLs of pages (at most 50) it was seen on when the profile was learned."""
        return sites.evidence(self._conn, profile)

    @_reads
    def sites_waiting(self) -> list[SiteRow]:
        """The sites of which something may be learned, or that have captures to be read with what was."""
        return sites.waiting(self._conn)

    def learn(self, host: str) -> Profile:
        """Learns the chrome of a site from all that was seen of it; what is read of it from now on is read with that.

        What was read before stays as it is until it is read again: `stale` says what that is, `settle` that it is done.
        """
        with self.transaction():
            number = sites.relearn(self._conn, host)
        self._profiles.pop(number, None)  # its words may have been forgotten and be there again
        return self.profile(number)

    @_reads
    def stale(self, host: str, page_id: int | None = None) -> list[StaleRow]:
        """What was read of a site (of one page of it) with another profile than it has now, each outline once."""
        return sites.stale(self._conn, host, page_id)

    @_reads
    def read_with(self, rows: Iterable[StaleRow]) -> dict[int, list[int]]:
        """By page, the captures that have the readings *rows*."""
        return sites.read_with(self._conn, rows)

    def keep_readings(self, rows: Iterable[StaleRow], profile: str) -> None:
        """Says of readings that *profile* changes nothing in them, and that they are what is read with it."""
        with self.transaction():
            sites.keep_readings(self._conn, rows, profile)

    def settle(self, host: str) -> None:
        """Notes that all captures of the site were read with its profile."""
        with self.transaction():
            sites.settle(self._conn, host)

    @_reads
    def has_unseen(self) -> bool:
        """Whether there are readings that were made before outlines were."""
        return bool(sites.without_outline(self._conn, 1))

    def give_outlines(self, outlined: Callable[[Record], Outline], count: int) -> int:
        """Notes the outlines of up to *count* readings that were made before outlines were; how many those are."""
        with self.transaction():
            rows = sites.without_outline(self._conn, count)
            for capture_id, record_id, url in rows:
                outline = outlined(records.load_record(self._conn, record_id))
                sites.give_outline(self._conn, capture_id, record_id, outline, url)
        return len(rows)

    # The log --------------------------------------------------------------------------------------------------------

    @_reads
    def log_size(self) -> int:
        """How many leaves the log has."""
        return leaves.size(self._conn)

    @_reads
    def public_keys(self) -> list[VerifierKey]:
        """The keys by which checkpoints are checked, the one the archive has now last; none where it is not signed."""
        return signing.keys(self._conn)

    def adopt_key(self, signer: Signer, now: datetime, *, old: Signer | None = None) -> VerifierKey:
        """Makes the key of *signer* the one by which the archive is signed from here on.

        Where it has one, *old* is that one; a change without it is put on record as such. Raises KeyUnusable for a key
        that the archive has or had.
        """
        with self.transaction():
            key = signing.adopt(self._conn, signer, now, old=old)
        self.__dict__.pop("_signer", None)
        self._notary = lambda wanted: signer.named(wanted.name) if wanted.public == key.public else None
        return key

    def checkpoint(self, now: datetime) -> CheckpointRow | None:
        """A checkpoint of all there is, the newest one where nothing was added since; None for an empty log."""
        with self.transaction():
            made = signing.make(self._conn, now, self._signer)
            self._unsealed = 0
        return made

    @_reads
    def newest_checkpoint(self) -> CheckpointRow | None:
        """The newest checkpoint, None where there is none."""
        return signing.newest(self._conn)

    @_reads
    def checkpoint_of(self, size: int) -> CheckpointRow | None:
        """The checkpoint of so many leaves, None where there is none."""
        return signing.of_size(self._conn, size)

    @property
    def can_sign(self) -> bool:
        """Whether a checkpoint that is made now would be signed."""
        return self._signer is not None

    @_reads
    def checkpoint_with(self, imprint: bytes) -> CheckpointRow | None:
        """The checkpoint whose note has this SHA-256, None where there is none."""
        found = (row for row in signing.newest_first(self._conn) if sha256(row.note.encode()).digest() == imprint)
        return next(found, None)

    @_reads
    def consistency(self, old: int, new: int) -> list[bytes]:
        """What shows that the first *new* leaves, which a checkpoint covers, begin with the first *old* ones."""
        return consistency_proof(old, new, lambda level, index: leaves.subtree(self._conn, level, index))

    @_reads
    def witnesses(self) -> list[WitnessRow]:
        """What others say of checkpoints of the archive, by their size, in the order it came."""
        return witnesses.of_sizes(self._conn)

    def add_witness(self, row: WitnessRow) -> bool:
        """Keeps what somebody says of a checkpoint of the archive; False where the very same is kept already."""
        with self.transaction():
            return witnesses.add(self._conn, row)

    @_reads
    def newest_seen(self, origin: str) -> SeenRow | None:
        """What this archive last cosigned of the log called *origin*, None where nothing was."""
        return witnesses.newest_seen(self._conn, origin)

    def add_seen(self, seen: SeenRow, note: str) -> None:
        """Puts on record that a checkpoint of another log, with its signed *note*, is cosigned."""
        with self.transaction():
            witnesses.add_seen(self._conn, seen, note)

    def add_fork(self, seen: SeenRow, note: str, why: str) -> bool:
        """Puts on record a checkpoint that does not go on from the one seen; False where that was done before."""
        with self.transaction():
            return witnesses.add_fork(self._conn, seen, note, why)

    @_reads
    def log_leaves(self, capture_id: int) -> tuple[Leaf, ...]:
        """The record of a capture in the log, and where its bytes were removed the record of that."""
        return evidence.log_leaves(self._conn, self.capture(capture_id).id)

    @_reads
    def seals_for(self, covered: int) -> list[int]:
        """The sizes of the checkpoints of *covered* leaves or more that say most, the smallest first."""
        return evidence.sizes_for(self._conn, covered)

    @_reads
    def evidence_of(self, capture_id: int, sizes: Sequence[int]) -> Evidence:
        """What vouches for a capture under the checkpoints of these sizes. Raises as `received` does."""
        with self._damage_named(capture_id):
            return evidence.evidence(self._conn, capture_id, sizes)

    @_reads
    def log_name(self, signer: Signer) -> str:
        """What the log is called, or would be with its first key from *signer*."""
        return signing.name_of(self._conn, signer)

    def verify(
        self, extent: "Extent", done: "Verification", progress: Callable[[str, int, int], None] = lambda *_: None
    ) -> "Iterator[Finding]":
        """Each thing that is not as it was recorded; *done* is filled with what was looked at."""
        from . import fixity  # noqa: PLC0415 -- costs start-up time, and only verifying needs it

        with writing.named_errors(self.path):
            yield from fixity.verify(self.path, extent, done, progress)

    def backup(self, dest: Path, now: datetime, progress: Callable[[str, int, int], None] = lambda *_: None) -> "Copy":
        """A verified copy of it all at *dest*, as `copies.backup` makes it."""
        from . import copies  # noqa: PLC0415 -- as for verifying

        with writing.named_errors(self.path):
            return copies.backup(self._conn, self.path, dest, now, progress)

    def mend(self, found: "Sequence[Finding]", backup: Path | None = None) -> "Iterator[Mended]":
        """Puts right what it can of what verifying *found*, from what is left of it and from the *backup*.

        Raises UsageError and ArchiveError for a backup that is none.
        """
        from . import mending  # noqa: PLC0415 -- as for verifying

        with writing.named_errors(self.path), ExitStack() as stack:
            other = stack.enter_context(closing(mending.backup_to_mend_by(backup))) if backup else None
            work = mending.Work(connection=self._conn, transaction=self.transaction, backup=other)
            yield from mending.mend(work, found)

    @cached_property
    def _signer(self) -> Signer | None:
        keys = signing.keys(self._conn)
        return self._notary(keys[-1]) if keys and self._notary else None

    def _tell_tool(self) -> None:
        """Puts on record which program records, before the first capture that it stores."""
        if not self._has_told_tool:
            leaves.note_tool(self._conn, tool())
            self._has_told_tool = True

    def _seal_at_times(self, now: datetime) -> None:
        """Makes a checkpoint where the last one is long ago."""
        self._unsealed = signing.unsealed(self._conn) if self._unsealed is None else self._unsealed + 1
        if self._unsealed >= signing.EVERY:
            self.checkpoint(now)

    # Bytes removed --------------------------------------------------------------------------------------------------

    @_reads
    def redaction(self, capture_id: int) -> RedactionRow | None:
        """That the bytes of a capture were removed, None where they were not."""
        return redactions.of_capture(self._conn, capture_id)

    @_reads
    def redactions(self, page_id: int) -> list[RedactionRow]:
        """The captures of a page whose bytes were removed, by number."""
        return redactions.of_page(self._conn, page_id)

    @_reads
    def removed_before(self, capture: Capture) -> RedactionRow | None:
        """With which capture the bytes of *capture* were removed, None where they never were."""
        return captures.removed_before(self._conn, capture)

    @_reads
    def takedown(self, capture_ids: Iterable[int]) -> Takedown:
        """What goes with the bytes of these captures. Raises UsageError for one that has none (any more)."""
        return redactions.takedown(self._conn, set(capture_ids))

    @_reads
    def left_beside(self, gone: Takedown) -> list[BesideRow]:
        """By page, how many other captures keep their bytes, and how many of these read as one that goes."""
        return redactions.beside(self._conn, gone)

    def redact(self, gone: Takedown, reason: str, now: datetime, compare: Compare) -> None:
        """Removes the bytes of *gone* for good with all that was read from them, on record: all or nothing.

        Digests, lengths, heads and URLs stay. `wipe` is what clears the file of what is left between its rows. Raises
        UsageError where other captures have these bytes by now, or *reason* is none; ArchiveError where a body that is
        stored beside them cannot be read, as it has to be stored otherwise first.
        """
        said = redactions.checked_reason(reason)
        self._conn.execute("pragma secure_delete = on")
        try:
            with self.transaction():
                if redactions.takedown(self._conn, gone.asked) != gone:
                    raise UsageError("other captures have the same bytes by now; nothing was removed, look again")
                redactions.remove(self._conn, gone, said, now)
                traces.forget(self._conn, gone.captures, compare)
                self.checkpoint(now)
        except bodies.DamagedBody as error:
            raise ArchiveError(
                f"nothing was removed: {error}; restore it from a backup", path=str(self.path)
            ) from error
        self._recent = bodies.Recent()
        self._profiles.clear()

    @_reads
    def unwiped(self) -> int:
        """How many captures lost their bytes while the file may still have parts of them, where no table has."""
        return redactions.unwiped(self._conn)

    def wipe(self, now: datetime) -> None:
        """Writes the file anew, so that what was removed from its tables is not to be found in it or its log.

        Takes room for two more copies of the archive while it lasts. Raises ArchiveBusy where other processes keep it
        from that.
        """
        self._checkpoints.wipe()
        with self.transaction():
            redactions.note_wiped(self._conn, now)

    # Crawls and their frontier -------------------------------------------------------------------------------------

    def crawl_lock(self, source: str, now: datetime) -> AbstractContextManager[None]:
        """The right to crawl *source*, for as long as it is entered. Raises ArchiveBusy that names who has it."""
        return lock.crawl_lock(self.path, source, now)

    def host_lock(self, hosts: Iterable[str]) -> AbstractContextManager[None]:
        """The right to ask *hosts*, while it is entered. ArchiveBusy where another process asks one of them."""
        return lock.host_lock(self.path, hosts)

    def begin_crawl(self, sources: Sequence[str], now: datetime) -> CrawlRow:
        """A new crawl of *sources*, or the unfinished one of the same sources, to be resumed (*started_at* < *now*)."""
        with self.transaction():
            return crawls.begin_crawl(self._conn, sources, now)

    def end_crawl(self, crawl_id: int, now: datetime, counts: dict[str, int], findings: Sequence[str] = ()) -> None:
        """Says that the crawl is complete, with its counts and what the sources expect and it did not find."""
        with self.transaction():
            crawls.end_crawl(self._conn, crawl_id, now, counts, findings)

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
        return bool(self.add_urls(source, [url], depth=depth, found_by=found_by, crawl_id=crawl_id))

    def skip_url(self, source: str, url: str, *, reason: str, found_by: str, crawl_id: int) -> None:
        """Records that this crawl leaves *url* out, and why; nothing when the crawl has it already."""
        self.add_urls(source, [url], depth=0, found_by=found_by, crawl_id=crawl_id, skipped=reason)

    def add_urls(
        self, source: str, urls: Iterable[str], *, depth: int, found_by: str, crawl_id: int, skipped: str = ""
    ) -> int:
        """Makes *urls* due in this crawl, or leaves them out where *skipped* says why; how many were new to it.

        Raises UsageError for what is no URL, and then adds none.
        """
        found = frontier.Found(source=source, crawl_id=crawl_id, depth=depth, found_by=found_by, skipped=skipped)
        with self.transaction():
            new = self._offered.new(urls, found)
            count = frontier.add_urls(self._conn, new, found)
            self._offered.remember(new, found)
        return count

    @_reads
    def due(self, source: str, crawl_id: int) -> FrontierRow | None:
        """The next URL to fetch: least depth first, then in the order found; None when the crawl is through."""
        return frontier.first_due(self._conn, crawl_id, source)

    def lease(self, source: str, crawl_id: int, *, host: str, count: int, now: datetime) -> list[FrontierRow]:
        """Up to *count* URLs of *host* that are due, least depth first, then oldest: leased to the caller from now on.

        They stay so until they are marked or postponed, or given back by `unlease`.
        """
        with self.transaction():
            return frontier.lease(self._conn, crawl_id, source, host, count=count, now=now)

    def unlease(self, source: str, crawl_id: int) -> int:
        """Makes due again what is leased, and gives how many those are.

        Only for who has the crawl lock of *source*: then nobody else is asking them.
        """
        with self.transaction():
            return frontier.unlease(self._conn, crawl_id, source)

    @_reads
    def due_hosts(self, source: str, crawl_id: int, now: datetime) -> dict[str, int]:
        """How many URLs of each host may be asked at *now*."""
        return frontier.due_hosts(self._conn, crawl_id, source, now)

    @_reads
    def next_due(self, source: str, crawl_id: int) -> datetime | None:
        """When the first of the URLs that were postponed may be asked, None where none waits."""
        return frontier.next_due(self._conn, crawl_id, source)

    def mark(
        self, source: str, url: str, state: FrontierState, *, reason: str = "", outcome: str = "", crawl_id: int
    ) -> None:
        """Sets the state of a URL of this crawl. `loader.load` does so for what it loads, in its own transaction."""
        with self.transaction():
            frontier.mark(self._conn, crawl_id, source, url, to=(state, reason, outcome))

    def postpone(self, source: str, url: str, *, next_at: datetime, reason: str, crawl_id: int) -> None:
        """Makes a URL that was asked due again, not before *next_at*, and counts the attempt."""
        with self.transaction():
            frontier.postpone(self._conn, crawl_id, source, url, next_at=next_at, reason=reason)

    @_reads
    def frontier_outcomes(self, source: str, crawl_id: int) -> dict[str, int]:
        """How many captures of this crawl came to what, in the loader's words, over all its runs."""
        return frontier.outcomes(self._conn, crawl_id, source)

    @_reads
    def frontier_counts(self, source: str, crawl_id: int) -> dict[FrontierState, int]:
        """How many URLs of this crawl are in each state (states with none are absent)."""
        return frontier.counts(self._conn, crawl_id, source)

    @_reads
    def skipped(self, source: str, crawl_id: int) -> dict[str, int]:
        """How many URLs this crawl left out, by reason."""
        return frontier.skipped(self._conn, crawl_id, source)

    def skipped_urls(self, source: str, crawl_id: int) -> Iterator[tuple[str, str, str]]:
        """Each URL this crawl left out, with the reason and where it was found."""
        with writing.named_errors(self.path):
            yield from frontier.skipped_urls(self._conn, crawl_id, source)

    def frontier_rows(self, source: str, crawl_id: int) -> Iterator[FrontierRow]:
        """All URLs of this crawl with their state, in the order found."""
        with writing.named_errors(self.path):
            yield from frontier.rows(self._conn, crawl_id, source)

    @_reads
    def why(self, url: str) -> list[FrontierRow]:
        """What became of *url* in the newest crawl of each source that met it."""
        return frontier.why(self._conn, url)

    def hold_host(self, host: str, until: datetime, reason: str) -> None:
        """Notes that *host* asked us to wait until then, in place of what was noted before."""
        with self.transaction():
            frontier.hold_host(self._conn, host, until, reason)

    @_reads
    def held_hosts(self, now: datetime) -> dict[str, tuple[datetime, str]]:
        """The hosts of which nothing is to be asked at *now*: until when, and why."""
        return frontier.held_hosts(self._conn, now)

    # Schedules -----------------------------------------------------------------------------------------------------

    @_reads
    def schedule_row(self, source: str) -> ScheduleRow | None:
        """When *source* is due and what became of its last run; None where nothing is planned and nothing ran."""
        return planning.schedule_row(self._conn, source)

    def set_schedule(self, row: ScheduleRow) -> None:
        """Keeps when a source is due and its last run, all of it in place of what was kept before."""
        with self.transaction():
            planning.set_schedule(self._conn, row)

    def set_visit(self, page_id: int, next_at: datetime, interval_s: float, why: str) -> None:
        """Notes when a page is due again, how many seconds lie between visits, and why."""
        with self.transaction():
            planning.set_visit(self._conn, page_id, next_at, interval_s, why)

    @_reads
    def due_visits(self, source: str, now: datetime) -> tuple[str, ...]:
        """The URLs of the pages of *source* that are due at *now*, the longest due first."""
        return planning.due_visits(self._conn, source, now)

    @_reads
    def next_visit(self, source: str) -> datetime | None:
        """When the first page of *source* is due, None where no visit is planned."""
        return planning.next_visit(self._conn, source)

    @_reads
    def visits(self, source: str) -> list[VisitRow]:
        """The planned visits of *source*, the first due first."""
        return planning.visits(self._conn, source)

    # Keeping -------------------------------------------------------------------------------------------------------

    def store_capture(
        self, capture: Capture, *, crawl_id: int | None = None, page_id: int | None = None, reason: str = ""
    ) -> int:
        """Keeps *capture* with its body and gives its number. robots.txt and sitemaps come this way, without a page."""
        try:
            with self.transaction():
                self._tell_tool()
                number = captures.store_capture(
                    self._conn, capture, crawl_id=crawl_id, page_id=page_id, reason=reason, recent=self._recent
                )
                if page_id is not None:
                    pages.note_shown(self._conn, page_id, capture, number)
                self._seal_at_times(capture.captured_at)
                return number
        except bodies.DamagedBody as error:
            raise ArchiveError(f"{error}; the capture was not stored", path=str(self.path)) from error

    def page_of(self, capture: Capture, source: str) -> int:
        """The page *capture* is of, made now where its URL is new to the archive."""
        with self.transaction():
            return pages.page_of(self._conn, capture, source)

    def alias_page(self, page_id: int, url: str, *, how: How, capture_id: int | None) -> bool:
        """Makes *url* one by which the page is known, as the capture shows; False where it belongs to another page."""
        with self.transaction():
            return pages.alias_page(self._conn, page_id, url, how=how, capture_id=capture_id)

    @_reads
    def page_urls(self, page_id: int | None = None) -> list[PageUrlRow]:
        """The URLs the page, or every page, is known under, with what shows it; by page, in the order they were met."""
        return pages.page_urls(self._conn, page_id)

    def merge(self, page: PageRow | str, into: PageRow | str, compare: Compare) -> tuple[Moved, ...]:
        """Makes one page of two: *page* is *into* from now on, with all its addresses and captures, on record.

        What each address took with it; `split` takes that back. UsageError where both are one page already.
        """
        with self.transaction():
            return identity.merge(self._conn, self._row(page).id, self._row(into).id, compare)

    def split(self, url: str, compare: Compare) -> Moved:
        """Gives *url*, an address of a page with others, to a page of its own, with the captures made at it, on record.

        UsageError where it is no page's address, or the page's own.
        """
        with self.transaction():
            return identity.split(self._conn, url, compare)

    @_reads
    def known_page(self, url: str) -> int | None:
        """The number of the page known under *url*, None where there is none."""
        return pages.by_url(self._conn, url)

    @_reads
    def is_former(self, page_id: int, url: str) -> bool:
        """Whether the page was last seen at another address than *url*."""
        return captures.is_former(self._conn, page_id, key_of(url))

    def store_record(self, record: Record, *, capture_id: int, page_id: int) -> None:
        """Keeps what a parser read from a capture of the page; not where the bytes were removed meanwhile."""
        with self.transaction():
            if redactions.of_capture(self._conn, capture_id) is None:
                records.store_record(self._conn, record, capture_id=capture_id, page_id=page_id, known=self._known)
                reparsing.outdate(self._conn, page_id, self.parsers)

    def store_unparsed(self, capture_id: int, reason: str) -> None:
        """Notes why a capture that was kept unread cannot be read, so that it is no longer `unread`."""
        with self.transaction():
            captures.store_unparsed(self._conn, capture_id, reason)

    def store_effective(self, capture_id: int, status: int, rule: str, detail: str) -> None:
        """Notes the status a capture deserves whatever the server said, in place of what was noted before.

        404 and 410 count in the page's history as if the server had said so.
        """
        with self.transaction():
            captures.store_effective(self._conn, capture_id, status, rule, detail)

    @_reads
    def read_alike(self, page_id: int, capture: Capture) -> int | None:
        """A capture of the page that a parser has read and would read as *capture*, None where there is none."""
        return captures.read_alike(self._conn, page_id, capture)

    def copy_readings(self, from_capture_id: int, to_capture_id: int) -> None:
        """Says that a capture reads as another one of the same bytes does."""
        with self.transaction():
            readings.copy_readings(self._conn, from_capture_id, to_capture_id)

    @_reads
    def matches(self, capture_id: int) -> tuple[Match, ...]:
        """How often each selector matched in a capture; empty where no parser counted."""
        return matches.load_matches(self._conn, self.capture(capture_id).id)

    @_reads
    def seen_before(self, page_id: int, at: datetime, *, count: int = 10) -> tuple[Sighting, ...]:
        """What selectors matched in the newest captures of the page before *at*, newest first."""
        return matches.seen_before(self._conn, page_id, stamp(at), count)

    @_reads
    def seen_beside(self, page_id: int | None, layout: str, url: str, *, count: int = 20) -> tuple[Sighting, ...]:
        """What selectors matched on other pages of the site of *url* that the same *layout* read, newest first."""
        start = "/".join(url.split("/", 3)[:3]) + "/"
        return matches.seen_beside(self._conn, page_id, layout, start, count)

    @_reads
    def records(self, capture_id: int) -> tuple[Record, ...]:
        """What was read from a capture, in the order it was stored: by several parsers where it was read anew."""
        return records.of_capture(self._conn, self.capture(capture_id).id)

    @_reads
    def readers(self, capture_id: int) -> set[tuple[str, int]]:
        """Layout and revision of what was read from a capture and is not superseded."""
        return readings.readers(self._conn, capture_id)

    @_reads
    def fate(self, capture_id: int) -> tuple[int | None, str]:
        """The version that a capture shows (None for none), and why it is held back ("" where it is not)."""
        return lookup.fate(self._conn, self.capture(capture_id).id)

    @_reads
    def alarms(self, crawl_id: int, source: str, names: Sequence[str]) -> list[AlarmRow]:
        """The flags with one of *names* on what a crawl read of *source* for the first time, the most pages first."""
        return lookup.alarms(self._conn, crawl_id, source, names)

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

    # Reading again ------------------------------------------------------------------------------------------------

    @property
    def parsers(self) -> str:
        """What today's parsers are known by: the SHA-256 of their source."""
        return str(tool()["parsers_sha256"])

    @_reads
    def pages_to_read(self, *, source: str | None = None) -> list[tuple[int, str]]:
        """The number and URL of each page (of one source), in the order they were met."""
        return reparsing.pages(self._conn, source)

    @_reads
    def read_by(self, parsers: str) -> set[int]:
        """The pages all of which these parsers have read last."""
        return reparsing.read_by(self._conn, parsers)

    @_reads
    def readable(self, page_id: int) -> list[ReadableRow]:
        """The captures of a page that brought something to read, by number."""
        return reparsing.readable(self._conn, page_id)

    def replace_readings(
        self, page_id: int, found: Iterable[Reread], load: Callable[[int], Record], compare: Compare
    ) -> bool:
        """Puts what is read of a page now in place of what was read, and says whether anything is different.

        What was read before is kept, and makes no version any more. Captures whose bytes were removed meanwhile stay
        unread. *load* gives the records by their numbers in *found*.
        """
        with self.transaction():
            before = reparsing.state(self._conn, page_id)
            reparsing.replace(self._conn, page_id, found, load)
            versions.derive_anew(self._conn, page_id, compare)
            return before != reparsing.state(self._conn, page_id)

    @_reads
    def count_held(self, page_id: int) -> int:
        """How many captures of a page are held back."""
        return reparsing.held(self._conn, page_id)

    def mark_read(self, page_id: int, parsers: str, now: datetime) -> None:
        """Says that these parsers have read all of a page."""
        with self.transaction():
            reparsing.mark(self._conn, page_id, parsers, now)

    def begin_reparse(self, parsers: str, now: datetime) -> None:
        """Puts on record that pages are read again from here on, and by which program."""
        with self.transaction():
            self._tell_tool()
            reparsing.add_begin(self._conn, parsers, now)

    def end_reparse(self, now: datetime, counts: dict[str, int]) -> None:
        """Puts on record that this is done, with what was counted."""
        with self.transaction():
            reparsing.add_end(self._conn, now, counts)

    def update_history(self, page_id: int, compare: Compare) -> History:
        """Derives the page's versions and changes from its captures again and stores what is different.

        *compare* describes a change between two records; it is called for new pairs only.
        """
        with self.transaction():
            return versions.update_history(self._conn, page_id, compare)

    def _row(self, page: PageRow | str) -> PageRow:
        return page if isinstance(page, PageRow) else self.page(page)
