"""Copies of an archive: backups, verified before they are in their place, and an archive put back from one of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from ..errors import ArchiveBusy, ArchiveError, NotAnArchive, ScraperError, UsageError
from ..files import sync
from . import fixity, leaves, signing
from .connection import check_is_archive, other_uri, read_other, reading_uri
from .copying import Progress, copy, making, put_beside
from .fixity import Finding, Verification
from .kinship import Left, begins_with, left_behind
from .lock import crawling
from .placing import check_no_log, put_first, put_instead
from .signing import CheckpointRow
from .upgrade import upgrade_copy

_ROTTEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy that was made: where it is, its length, how many captures it has and its newest checkpoint.

    *damage* is what is wrong with it; then it has taken no other's place. *kept* is where that is which it took the
    place of, and *left* what is on record there and not in the copy, None where nobody can tell.
    """

    path: Path
    bytes: int
    captures: int
    checkpoint: CheckpointRow | None
    damage: tuple[Finding, ...] = ()
    kept: Path | None = None
    left: Left | None = None


def backup(
    connection: sqlite3.Connection, archive: Path, dest: Path, now: datetime, progress: Progress = lambda *_: None
) -> Copy:
    """A verified copy of the archive that *connection* has open, as it stands now, whoever writes meanwhile.

    *dest* is a file, or a folder that is there: in it the copy is named after the archive and the minute. A file that
    is there is replaced, at once, where it is an earlier copy of this archive. A copy that is damaged replaces nothing:
    it is kept beside *dest* as `<file>.damaged.db`. Raises UsageError for a *dest* that cannot be one, ArchiveBusy
    where a process has it open, ArchiveError where the copy cannot be made; then nothing is left of it.
    """
    named = dest / f"{archive.stem}-{now.astimezone(UTC):%Y-%m-%dT%H%MZ}.db" if dest.is_dir() else dest
    place = _place(archive, named)
    is_first = not place.exists()
    if is_first:
        check_no_log(place)
    else:
        _check_kin(connection, place)
    # By the archive and not by *dest*, so that what is left by a killed run is found under another minute.
    name = f"{archive.name}.{sha256(str(archive.resolve()).encode()).hexdigest()[:8]}"
    with _drafted(place.parent, name, archive) as draft:
        copy(reading_uri(archive), draft, progress)
        damage = _damage(draft, progress)
        if damage:
            return replace(_told(draft, named, damage), path=put_beside(draft, place, "damaged"))
        made = _told(draft, named)
        if is_first:
            put_first(draft, place)
        else:
            put_instead(draft, place)
    return made


def restore(source: Path, archive: Path, progress: Progress = lambda *_: None, *, may_replace: bool = False) -> Copy:
    """A copy of the backup *source* at *archive*, verified and brought up to date, from which a crawl can go on.

    An archive that is there is replaced only where that *may* be done; it stays beside the new one as
    `<file>.replaced.db`. *source* is only read. Raises UsageError where there is one and it may not be replaced, and
    where anything else is there, be it an archive with another log; ArchiveBusy while it is open anywhere, ArchiveError
    where the backup is damaged or cannot be copied. Then all is as it was.
    """
    place = archive.resolve()
    if place.exists() and source.exists() and place.samefile(source):
        raise UsageError(f"{source}: this is the archive itself; name a backup of it")
    if running := crawling(archive):
        raise ArchiveBusy(f"{running}; wait for it, or end it", path=str(archive), holder=running)
    read_other(source).close()
    if place.exists():
        standing = _standing(archive, source)
        if not may_replace:
            raise UsageError(f"{archive}: {standing}; --replace puts the backup in its place, and keeps it beside that")
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        check_no_log(place)
    with _drafted(place.parent, f"{place.name}.restored", source) as draft:
        copy(other_uri(source), draft, progress)
        upgrade_copy(draft)
        sync(draft)
        damage = _damage(draft, progress)
        if damage:
            advice = f"nothing was restored; fonds --archive {source} verify --repair mends what can be"
            raise ArchiveError(f"{said(damage)}; {advice}", path=str(source))
        made = _told(draft, archive)
        if not place.exists():
            put_first(draft, place)
            return made
        left = _left(place, source)
        return replace(made, kept=put_instead(draft, place, keep="replaced"), left=left)


def said(damage: tuple[Finding, ...]) -> str:
    """Damage in half a line: how much it is, and the first of it."""
    count = "1 thing is" if len(damage) == 1 else f"{len(damage):,} things are"
    return f"{count} wrong with it, {'the first: ' if damage[1:] else ''}{damage[0].check}: {damage[0].what}"


def _place(archive: Path, named: Path) -> Path:
    """The file that a backup is to be, by whatever name."""
    place = named.resolve()
    if not place.parent.is_dir():
        raise UsageError(f"{named}: there is no folder {place.parent}; is its disk there?")
    if place.exists() and (place.samefile(archive) or not place.is_file()):
        found = "the archive itself" if place.is_file() else "no file"
        raise UsageError(f"{named}: found {found}, expected a file for the backup, or a folder")
    return place


def _check_kin(connection: sqlite3.Connection, place: Path) -> None:
    with closing(read_other(place)) as other:
        if not begins_with(connection, other):
            what = "found an archive that is no earlier copy of this one, or has records that this one has not"
            raise UsageError(f"{place}: {what}; it was left as it is. Give the backup another name")


@contextmanager
def _drafted(folder: Path, name: str, source: Path) -> Iterator[Path]:
    """As `making`, with what is wrong with the disk, or with *source*, as one clear line."""
    try:
        with making(folder, name) as draft:
            yield draft
    except (OSError, sqlite3.Error) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _ROTTEN:  # a draft holds what its source does
            advice = f"take another backup, or mend what can be: fonds --archive {source} verify --repair"
            raise ArchiveError(f"it is damaged ({error}), and no copy was made; {advice}", path=str(source)) from error
        what = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ArchiveError(f"the copy cannot be made there: {what}; nothing is left of it", path=str(folder)) from error


def _damage(draft: Path, progress: Progress) -> tuple[Finding, ...]:
    found = fixity.verify_copy(draft, Verification(), progress)
    return tuple(finding for finding in found if finding.is_damage)


def _told(draft: Path, path: Path, damage: tuple[Finding, ...] = ()) -> Copy:
    """What is in the copy that is to be, or is, at *path*."""
    captures, checkpoint = 0, None
    # Where it is damaged these may be so too.
    expected = (sqlite3.Error, ValueError, ScraperError) if damage else ()
    with suppress(*expected), closing(sqlite3.connect(other_uri(draft), uri=True)) as connection:
        captures = connection.execute("select count(*) from capture").fetchone()[0]
        checkpoint = signing.newest(connection)
    size = draft.stat().st_size
    return Copy(path=path, bytes=size, captures=captures, checkpoint=checkpoint, damage=damage)


def _standing(place: Path, source: Path) -> str:
    """What archive there is at *place*, and what of it is not in the backup. Raises UsageError for all else there."""
    if not place.is_file():
        found = "a folder" if place.is_dir() else "no file"
        raise UsageError(f"{place}: found {found}, expected an archive or nothing; move it away first")
    try:
        check_is_archive(place)
    except NotAnArchive as error:
        raise UsageError(f"{error}. Move it away first, and nothing needs to be replaced") from error
    left = _left(place, source)
    if left and left.is_apart:
        what = f"found an archive with another log ({_log(place)}) than the backup {source} ({_log(source)})"
        raise UsageError(f"{place}: {what}; it was left as it is. Move it away first")
    if left is None:
        return "there is an archive already, of which nobody can tell what it has that the backup has not"
    if not left.count:
        return "there is an archive already; all that it has is in the backup"
    return f"there is an archive already, and {left} of it {'is' if left.count == 1 else 'are'} not in the backup"


def _log(path: Path) -> str:
    """What the log of an archive is called, and how long it is."""
    try:
        with closing(read_other(path)) as connection:
            count = leaves.size(connection)
            return f"{signing.name_of(connection)}, {count:,} leaves" if count else "empty"
    except (sqlite3.Error, ScraperError, LookupError):
        return "damaged"


def _left(place: Path, source: Path) -> Left | None:
    """What the archive at *place* has on record and the backup has not; None where nobody can tell."""
    try:
        with closing(read_other(place)) as connection:
            return left_behind(connection, other_uri(source))
    except (sqlite3.Error, ArchiveError):
        return None
