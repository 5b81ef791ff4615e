"""One archive file put in the place of another: nobody has that one open, and no log of it stays beside the new one."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ..errors import ArchiveBusy, ArchiveError
from ..files import sync
from .connection import is_open_here
from .copying import like, put, put_beside

# Where SQLite's connections lock a file (the file format, 1.4): whoever has an archive open holds a part of this.
_LOCK_BYTE, _LOCK_BYTES = 0x40000000, 512


def put_first(draft: Path, place: Path) -> None:
    """Puts *draft* where no archive is. Raises ArchiveError where there is something, be it only the log of one."""
    check_no_log(place)
    try:
        put(draft, place)
    except FileExistsError as error:
        message = "it came to be there meanwhile, and was left as it is; the same command again"
        raise ArchiveError(message, path=str(place)) from error


def put_instead(draft: Path, place: Path, *, keep: str = "") -> Path | None:
    """Puts *draft* in the place of the archive at *place*, at once: a kill leaves the one or the other there.

    What was there is kept beside it as `<file>.<keep>.db` where *keep* is a word, and its path is given. Raises
    ArchiveBusy where another process has it open, ArchiveError where its log belongs to it and cannot be merged.
    """
    with _alone(place):
        like(draft, place)
        kept = put_beside(place, place, keep) if keep else None
        log = Path(f"{place}-wal")
        if kept and log.exists():  # of a file that SQLite cannot read: it stays with that
            log.rename(f"{kept}-wal")
        check_no_log(place)
        draft.replace(place)
        sync(place.parent)
    return kept


def check_no_log(place: Path) -> None:
    """Raises ArchiveError where a log is there that is not of the file to come: SQLite would take it for that one's."""
    log = Path(f"{place}-wal")
    with suppress(FileNotFoundError):
        if os.path.getsize(log):  # noqa: PTH202 -- Path has it in two steps
            message = f"found {log.name} beside it, the log of another file; it may hold captures: move it away first"
            raise ArchiveError(message, path=str(place))
        log.unlink()
    Path(f"{place}-shm").unlink(missing_ok=True)


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Nobody has the archive open while this is entered, and its log is merged into it where SQLite can do so."""
    message = "a process has it open; end that, be it a crawl, a schedule or another program, then the same command"
    if is_open_here(place):
        raise ArchiveBusy(message, path=str(place))
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{place.as_uri()}?mode=rw", uri=True)) as connection:
        # Who is last to close an archive merges its log and removes it.
        connection.execute("pragma trusted_schema = off")
        connection.execute("select count(*) from sqlite_master").fetchone()
    with place.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _LOCK_BYTES, _LOCK_BYTE)
        except OSError as error:
            raise ArchiveBusy(message, path=str(place)) from error
        yield
