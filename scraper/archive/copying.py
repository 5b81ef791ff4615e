"""One state of an archive file copied to a draft, the draft brought to the disk, and put in its place at once."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path

from ..errors import ArchiveBusy, ArchiveError
from ..files import sync
from .writing import BUSY_TIMEOUT_S

# What is being done, how much of it is done, and of how much.
Progress = Callable[[str, int, int], None]

_PAGES_A_STEP = 1000


def copy(source: str, draft: Path, progress: Progress = lambda *_: None) -> None:
    """Makes *draft* a copy of the archive that the URI *source* opens, as it stands now, whoever writes meanwhile.

    Page for page: its page size, WAL mode and numbers are those of the archive. Nobody who writes has to wait, and what
    is damaged is copied as it is. The draft is on the disk when this ends, and may be read by whoever may read the
    archive. Raises ArchiveError where there is no room for it, sqlite3.Error where it cannot be read or written.
    """
    with closing(_opened(source)) as archive:
        archive.execute("pragma trusted_schema = off")
        # In one transaction, or each commit by another process would begin the copy anew.
        archive.execute("begin")
        pages, page_bytes = (archive.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "page_size"))
        check_room(draft.parent, pages * page_bytes)
        draft.touch(exist_ok=False)
        like(draft, Path(archive.execute("pragma database_list").fetchone()[2]))
        with closing(_opened(draft.absolute().as_uri())) as made:
            # Nobody needs what a process that is killed leaves here.
            made.execute("pragma journal_mode = off")
            made.execute("pragma synchronous = off")
            archive.backup(
                made, pages=_PAGES_A_STEP, progress=lambda _, left, of: progress("pages copied", of - left, of)
            )
    sync(draft)
    _forget(draft)


@contextmanager
def making(folder: Path, name: str) -> Iterator[Path]:
    """A path in *folder* for a draft of this process alone; nothing is left of it when that is left.

    What a process that was killed has left there is removed first. Raises ArchiveBusy where another process makes a
    draft of this *name* there, ArchiveError where nothing can be written.
    """
    draft, lock = folder / f".{name}.draft", folder / f".{name}.draft.lock"
    handle = _locked(lock)
    try:
        discard(draft)
        yield draft
    finally:
        discard(draft)
        lock.unlink(missing_ok=True)
        os.close(handle)


def put(draft: Path, place: Path) -> None:
    """Gives *draft* the name *place* as well, on the disk. Raises FileExistsError where there is something."""
    try:
        os.link(draft, place)
    except FileExistsError:
        raise
    except OSError:  # a file has but one name on some disks
        if place.exists():
            raise FileExistsError(place) from None
        draft.rename(place)
    sync(place.parent)


def put_beside(draft: Path, place: Path, word: str) -> Path:
    """Keeps *draft* beside *place*, as `<file>.<word>.db`, under a number where there is one; gives its path."""
    for number in count(1):
        kept = place.with_name(f"{place.name}.{word}{f'-{number}' if number > 1 else ''}.db")
        with suppress(FileNotFoundError):
            # Of a process that was killed between the two steps in which the one takes the place of the other.
            if kept.samefile(draft):
                return kept
        with suppress(FileExistsError):
            put(draft, kept)
            break
    return kept


def check_room(folder: Path, needed: int) -> None:
    """Raises ArchiveError where the disk of *folder* has not so many bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        message = f"found {sized(free)} free there, a copy needs {sized(needed)}; nothing was written. Make room"
        raise ArchiveError(message, path=str(folder))


def discard(draft: Path) -> None:
    """Removes a file in the making, with what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)


def like(draft: Path, other: Path) -> None:
    """Lets those read and write *draft* who may *other*, and its owner; as far as this user can say so."""
    found = other.stat()
    draft.chmod(found.st_mode & 0o777 | 0o600)
    with suppress(PermissionError):
        os.chown(draft, found.st_uid, found.st_gid)


def sized(count: int) -> str:
    """So many bytes, for a person."""
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def _opened(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, timeout=BUSY_TIMEOUT_S, uri=True, isolation_level=None)


def _forget(path: Path) -> None:
    """Has what is read of a file from now on come from the disk, where the system can be told so."""
    if hasattr(os, "posix_fadvise"):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def _locked(lock: Path) -> int:
    """An open file that only this process has locked. It is removed with the lock, so that the folder stays clean."""
    while True:
        try:
            handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ArchiveError(f"nothing can be written there: {error.strerror}", path=str(lock.parent)) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(handle), lock.stat()):
                return handle
        except BlockingIOError:
            os.close(handle)
            message = "another process is making this copy there; wait for it, or end it"
            raise ArchiveBusy(message, path=str(lock.parent)) from None
        except FileNotFoundError:
            pass
        os.close(handle)  # who had it has removed it meanwhile
