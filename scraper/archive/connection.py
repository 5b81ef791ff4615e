"""Opening an archive file: what it is is known before anything is written to it."""

import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic

from ..errors import ArchiveBusy, ArchiveError, NewerArchive, NotAnArchive, UsageError
from ..files import sync
from .copying import discard
from .schema import APPLICATION_ID, PAGE_SIZE, SCHEMA_VERSION
from .upgrade import bring_up_to_date, check_schema, upgrade
from .writing import BUSY_TIMEOUT_S, named_errors, transaction

# SQLite before this one may lose commits when two connections merge the log at once, but for two older lines that have
# the fix too.
WAL_FIXED = (3, 51, 3)
_WAL_FIXED_TOO = ((3, 44, 6), (3, 50, 7))

_STATEMENTS = 256  # prepared once and kept: more than the archive has
# The system takes all locks of a process on a file when the process closes any handle of it: to look at the header of
# an archive that is open here already would leave it unlocked, and another process could remove its log.
_OPEN: Counter[tuple[int, int] | None] = Counter()
_OPENING = threading.Lock()

_LOOK_S = 10.0  # to look at a schema; it takes a millisecond
_MOST_TEXT = 1_000_000  # in a schema

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100


class _Connection(sqlite3.Connection):
    """A connection to a file that is known to be open in this process until it is closed."""

    file: tuple[int, int] | None = None

    def close(self) -> None:
        super().close()
        if self.file is not None:
            _OPEN[self.file] -= 1
            self.file = None


def is_wal_affected(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Whether SQLite of this *version* may lose commits when two connections merge the log at once."""
    return version < WAL_FIXED and not any(fixed[:2] == version[:2] and fixed <= version for fixed in _WAL_FIXED_TOO)


def open_archive(path: Path, *, create: bool) -> sqlite3.Connection:
    """The archive at *path*, checked and ready. See `Archive` for what is raised."""
    if not os.path.exists(path):  # noqa: PTH110 -- Path.exists raises for a name that is too long
        if not create:
            raise UsageError(f"{path}: there is no archive here; make one with fonds crawl, get or import")
        _make(path)
    with _OPENING, named_errors(path):
        if not _OPEN[_identity(path)]:
            _check_header(path)
            _look_at(path)
        connection = _connect(path)
        try:
            _check_place(connection, path)
            _make_current(connection, path)
            check_schema(connection, path, SCHEMA_VERSION)
        except BaseException:
            connection.close()
            raise
    return connection


def read_other(path: Path) -> sqlite3.Connection:
    """The archive at *path*, of any version, for reading alone: nothing is written to it, and nothing left beside it.

    Raises NotAnArchive and NewerArchive as `open_archive` does.
    """
    with _OPENING, named_errors(path):
        if not _OPEN[_identity(path)]:
            _check_header(path)
            _look_at(path)
        connection = sqlite3.connect(other_uri(path), timeout=BUSY_TIMEOUT_S, uri=True, isolation_level=None)
        connection.execute("pragma trusted_schema = off")
        connection.execute("pragma cell_size_check = on")
        return connection


def check_is_archive(path: Path) -> None:
    """Raises NotAnArchive where *path* is none by its first bytes; the rest of it may be damaged, or from tomorrow."""
    with _OPENING:
        if not _OPEN[_identity(path)]:
            _header(path)


def is_open_here(path: Path) -> bool:
    """Whether this process has the archive open. Then SQLite's locks on it do not keep this process out."""
    return bool(_OPEN[_identity(path)])


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file *path* is, by whatever name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def in_memory() -> Iterator[sqlite3.Connection]:
    """An empty archive that is no file: its schema is what every archive's should be."""
    connection = sqlite3.connect(":memory:")
    try:
        with transaction(connection, Path(":memory:")):
            bring_up_to_date(connection)
        yield connection
    finally:
        connection.close()


def _make(path: Path) -> None:
    """A new, empty archive at *path*: built beside it and linked into place, so that no half of one is ever there."""
    if not path.parent.is_dir():
        try:
            path.parent.mkdir(parents=True)
        except OSError as error:
            raise ArchiveError(f"its folder cannot be made: {error.strerror}", path=str(path)) from error
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    with named_errors(path):
        try:
            discard(draft)  # of a process with this number that was killed
            _build(draft, path)
            sync(draft)
            # Another process may have made one meanwhile: then that one is used.
            with suppress(FileExistsError):
                os.link(draft, path)
            sync(path.parent)
        except OSError as error:
            raise ArchiveError(f"it cannot be made: {error.strerror}", path=str(path)) from error
        finally:
            discard(draft)


def _build(draft: Path, path: Path) -> None:
    connection = sqlite3.connect(draft)
    try:
        connection.execute(f"pragma page_size = {PAGE_SIZE}")
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        with transaction(connection, path):
            bring_up_to_date(connection)
        connection.execute("pragma journal_mode = wal")
    finally:
        connection.close()


def _make_current(connection: sqlite3.Connection, path: Path) -> None:
    """Brings an archive of an older fonds up to date where it may be written."""
    found = connection.execute("pragma user_version").fetchone()[0]
    _check_version(found, path)
    if found == SCHEMA_VERSION:
        return
    if not _is_writable(path):
        message = f"its schema is version {found}, this fonds reads version {SCHEMA_VERSION}"
        raise ArchiveError(f"{message}; open it once where it may be written, any command will do", path=str(path))
    upgrade(path)


def _check_place(connection: _Connection, path: Path) -> None:
    """Raises ArchiveBusy where another file came into this one's place while it was opened.

    From the first question on a connection has a lock that keeps others from doing so; the log beside the new file
    would not be that of this one.
    """
    connection.execute("pragma user_version").fetchone()
    if _identity(path) != connection.file:
        raise ArchiveBusy("another file was put in its place just now; the same command again", path=str(path))


def _check_header(path: Path) -> None:
    """Refuses what is no archive by its first bytes, before SQLite sees it: SQLite may write to what it opens."""
    header, size = _header(path)
    _check_version(int.from_bytes(header[60:64], "big"), path)
    pages, page_bytes = int.from_bytes(header[28:32], "big"), int.from_bytes(header[16:18], "big")
    # While a log waits to be merged the file itself may rightly be shorter than its header says.
    if pages * page_bytes > size and not _has_log(path):
        message = f"found {size:,} bytes of {pages * page_bytes:,}: the file was cut short; restore it from a backup"
        raise NotAnArchive(message, path=str(path))


def _header(path: Path) -> tuple[bytes, int]:
    """The header of an archive, and its length. Raises NotAnArchive for another file."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise NotAnArchive(f"it cannot be read: {error.strerror}", path=str(path)) from error
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        found = "an empty file" if not size else "a file that is no SQLite database"
        raise NotAnArchive(f"found {found}, expected a fonds archive; it was left as it is", path=str(path))
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        message = "found the database of another application, expected a fonds archive; it was left as it is"
        raise NotAnArchive(message, path=str(path))
    return header, size


def _look_at(path: Path) -> None:
    """Refuses what is no archive by its schema, before it is opened in a way by which anything could be written.

    Where no log is beside it nobody has it open, and its bytes alone are looked at. A process that opens it just then
    is noticed by its log, and waited for.
    """
    has_log = _log_of(path).exists()
    try:
        _check_read_only(path, "ro" if has_log else "ro&immutable=1")
    except (ArchiveError, sqlite3.Error):
        if has_log or not _log_of(path).exists():
            raise
        _check_read_only(path, "ro")


def _check_read_only(path: Path, mode: str) -> None:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(uri, timeout=BUSY_TIMEOUT_S, uri=True)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_TEXT)
        connection.execute("pragma trusted_schema = off")
        # What stands in place of one of our tables may have no end.
        end = monotonic() + _LOOK_S
        connection.set_progress_handler(lambda: monotonic() > end, 10_000)
        version = connection.execute("pragma user_version").fetchone()[0]
        _check_version(version, path)
        if version == SCHEMA_VERSION or _is_writable(path):  # else it is not read at all
            check_schema(connection, path, version)


def _check_version(found: int, path: Path) -> None:
    if found < 1:
        raise NotAnArchive(f"its schema has version {found}, expected 1 or more; it was left as it is", path=str(path))
    if found > SCHEMA_VERSION:
        message = f"its schema is version {found}, this fonds knows up to {SCHEMA_VERSION}; use a newer fonds"
        raise NewerArchive(f"{message}. It was left as it is", path=str(path))


def _has_log(path: Path) -> bool:
    log = _log_of(path)
    return log.exists() and log.stat().st_size > 0


def _log_of(path: Path) -> Path:
    return Path(f"{path.resolve()}-wal")  # where SQLite has it, by whatever name the archive is opened


def _connect(path: Path) -> _Connection:
    file = _identity(path)  # before it is opened: see _check_place
    connection = sqlite3.connect(
        _uri(path), timeout=BUSY_TIMEOUT_S, uri=True, cached_statements=_STATEMENTS, factory=_Connection
    )
    connection.file = file
    _OPEN[connection.file] += 1
    # The schema of a file from elsewhere may hold views and triggers meant to run functions with our rights.
    pragmas = (
        "trusted_schema = off",
        "cell_size_check = on",
        "foreign_keys = on",
        "synchronous = full",
        "wal_autocheckpoint = 0",
    )
    for pragma in pragmas:
        connection.execute(f"pragma {pragma}")
    return connection


def _is_writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _uri(path: Path) -> str:
    """*path* for writing where the file and a log beside it may be written, else for reading."""
    return f"{path.absolute().as_uri()}?mode=rw" if _is_writable(path) else reading_uri(path)


def reading_uri(path: Path) -> str:
    """*path* for reading.

    A reader of a file that it may not write, and that nobody is writing, makes no log of its own: the owner could not
    write to that one.
    """
    is_alone = not _is_writable(path) and not _has_log(path)
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if is_alone else ''}"


def other_uri(path: Path) -> str:
    """*path* for reading without a trace: nobody has one open that has no log beside it, and its bytes are read."""
    return f"{path.absolute().as_uri()}?mode=ro{'' if _log_of(path).exists() else '&immutable=1'}"
