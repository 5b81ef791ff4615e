"""Writing to an archive: transactions, what SQLite finds wrong as one clear line, and who merges the log."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

from ..errors import ArchiveBusy, ArchiveError
from .damage import DamagedRow
from .schema import PAGE_SIZE

BUSY_TIMEOUT_S = 30.0
LOG_PAGES = 1000  # a log of more pages is merged into the file
LOG_BYTES = LOG_PAGES * PAGE_SIZE

_COMMITS_A_LOOK = 16
_COMMITS_A_REST = 512
_LOOK_S = 0.05
_AGAIN = "what was removed may still be found in the file: end that process, then the same command again"


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All or nothing. The write lock is taken at once: a read first could not be turned into a write later."""
    if connection.in_transaction:
        yield
        return
    with named_errors(path):
        connection.execute("begin immediate")
        try:
            yield
            connection.execute("commit")
        except BaseException:
            # A full disk may have ended the transaction already.
            with suppress(sqlite3.Error):
                connection.execute("rollback")
            raise


@contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """What SQLite finds wrong with the file or the disk, and what no row should hold, as one clear ArchiveError."""
    try:
        yield
    except DamagedRow as error:
        raise ArchiveError(str(error), path=str(path)) from error
    except sqlite3.IntegrityError:
        raise
    except sqlite3.OperationalError as error:
        # Of text that is no UTF-8 Python tells by itself, without a code.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            message = f"another process is writing and did not end within {BUSY_TIMEOUT_S:.0f} s; try again later"
            raise ArchiveBusy(message, path=str(path)) from error
        if code == sqlite3.SQLITE_READONLY:
            message = "this user may not write the file, or not in its folder; it can be read, and was left as it is"
            raise ArchiveError(message, path=str(path)) from error
        raise ArchiveError(f"{error}; what was committed before is kept", path=str(path)) from error
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"{error}; restore it from a backup", path=str(path)) from error


class Checkpoints:
    """Turns at merging the log into the file, of one process at a time.

    SQLite before 3.51.3 can lose commits where two connections do so at once, and no connection of ours does it unasked
    (`wal_autocheckpoint` is 0). Every few commits, when the log has grown, a process tries for a lock beside the
    archive; who has it merges the log right after its own commit. What that commit added is not merged before, as
    nobody else can, so no other process can begin the log anew just then: that is what the fault needs. A process that
    is killed gives the lock back.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        real = path.resolve()  # where SQLite has the log, by whatever name the archive was opened
        self._connection = connection
        self._path = path
        self._log = f"{real}-wal"
        self._lock = f"{real}.checkpoint.lock"
        self._commits = 0
        self._cut_from = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """To be entered around a transaction, which merges the log if it is this process's turn."""
        self._commits += 1
        if self._commits % _COMMITS_A_LOOK != 1 or self._log_bytes() < LOG_BYTES:
            yield
            return
        with self._locked() as has_lock:
            if not has_lock:
                yield
            elif self._commits < self._cut_from or self._log_bytes() < 4 * LOG_BYTES:
                with self._merging():
                    yield
            else:
                before = self._connection.total_changes
                yield
                if self._connection.total_changes > before:
                    self._cut()

    def wipe(self) -> None:
        """Writes the file anew from its rows and empties its log, so that neither has a trace of what no row holds.

        Pages that are in use keep parts of rows that stood there before, and pages that are not keep all; SQLite clears
        them only where it was built to, and only from then on. Raises ArchiveBusy where another process merges the log,
        writes or reads the archive for longer than 30 seconds.
        """
        until = monotonic() + BUSY_TIMEOUT_S
        with named_errors(self._path):
            while True:
                with self._locked() as has_lock:
                    if has_lock:
                        # First what was cleared goes to where it stood, as the file may be shorter afterwards.
                        self._empty()
                        self._connection.execute("vacuum")
                        self._empty()
                        return
                if monotonic() > until:
                    raise ArchiveBusy(f"another process merges its log; {_AGAIN}", path=str(self._path))
                sleep(_LOOK_S)

    def _empty(self) -> None:
        [is_busy, *_] = self._connection.execute("pragma wal_checkpoint(truncate)").fetchone()
        if is_busy:
            message = f"another process reads or writes it, and did not end within {BUSY_TIMEOUT_S:.0f} s; {_AGAIN}"
            raise ArchiveBusy(message, path=str(self._path))

    @contextmanager
    def _merging(self) -> Iterator[None]:
        """SQLite merges the log when a commit in here ends, while others go on reading and writing."""
        self._connection.execute(f"pragma wal_autocheckpoint = {LOG_PAGES}")
        try:
            yield
        finally:
            self._connection.execute("pragma wal_autocheckpoint = 0")

    def _cut(self) -> None:
        """Merges the log while nobody else writes, for others may have written whenever it was merged so far.

        A reader of an old state can be in the way; then it is not tried again for a while.
        """
        with suppress(sqlite3.OperationalError):  # the log has it all, and the next commit says what is wrong
            self._connection.execute("pragma busy_timeout = 50")
            [is_busy, *_] = self._connection.execute("pragma wal_checkpoint(truncate)").fetchone()
            self._cut_from = self._commits + _COMMITS_A_REST * is_busy
        self._connection.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_S * 1000:.0f}")

    def _log_bytes(self) -> int:
        """The most that has been in the log since it was begun; what is in it now only SQLite knows."""
        try:
            return os.stat(self._log).st_size  # noqa: PTH116 -- often, and Path makes more of it
        except OSError:
            return 0

    @contextmanager
    def _locked(self) -> Iterator[bool]:
        try:
            handle = os.open(self._lock, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError:
            yield False
            return
        try:
            yield _has_locked(handle)
        finally:
            os.close(handle)


def _has_locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
