"""Opening an archive file: what it is is known before anything is written to it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from sqlite_utils import Database

from ..errors import ArchiveBusy, ArchiveError, NewerArchive, NotAnArchive, UsageError
from .descriptions import DESCRIPTIONS
from .schema import APPLICATION_ID, PAGE_SIZE, SCHEMA_VERSION, migrate

BUSY_TIMEOUT_S = 30.0

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100


def open_archive(path: Path, *, create: bool) -> Database:
    """The archive at *path*, checked and ready. See `Archive` for what is raised."""
    if not os.path.exists(path):  # noqa: PTH110 -- Path.exists raises for a name that is too long
        if not create:
            raise UsageError(f"{path}: there is no archive here; make one with fonds crawl, get or import")
        _make(path)
    _check_header(path)
    with named_errors(path):
        connection = _connect(path)
        try:
            _make_current(connection, path)
            _check_schema(connection, path, SCHEMA_VERSION)
        except BaseException:
            connection.close()
            raise
    return Database(connection, execute_plugins=False)


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
    """What SQLite finds wrong with the file or the disk, as one clear ArchiveError."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            message = f"another process is writing and did not end within {BUSY_TIMEOUT_S:.0f} s; try again later"
            raise ArchiveBusy(message, path=str(path)) from error
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY:
            message = "this user may not write the file, or not in its folder; it can be read, and was left as it is"
            raise ArchiveError(message, path=str(path)) from error
        raise ArchiveError(f"{error}; what was committed before is kept", path=str(path)) from error
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"{error}; restore it from a backup", path=str(path)) from error


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
            _discard(draft)  # of a process with this number that was killed
            _build(draft)
            _sync(draft)
            # Another process may have made one meanwhile: then that one is used.
            with suppress(FileExistsError):
                os.link(draft, path)
            _sync(path.parent)
        except OSError as error:
            raise ArchiveError(f"it cannot be made: {error.strerror}", path=str(path)) from error
        finally:
            _discard(draft)


def _discard(draft: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(OSError):
            Path(f"{draft}{suffix}").unlink(missing_ok=True)


def _build(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.execute(f"pragma page_size = {PAGE_SIZE}")
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        with transaction(connection, path):
            _bring_up_to_date(connection)
        connection.execute("pragma journal_mode = wal")
    finally:
        connection.close()


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """The newest schema, described in the file itself. Part of the transaction that is open; foreign keys are off."""
    migrate(Database(connection, execute_plugins=False))
    rows = [(name, column, text) for name, columns in DESCRIPTIONS.items() for column, text in columns.items()]
    connection.execute("delete from description")
    connection.executemany("insert into description (object, column, text) values (?, ?, ?)", rows)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_header(path: Path) -> None:
    """Refuses what is no archive by its first bytes, before SQLite sees it: SQLite may write to what it opens."""
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
    _check_version(int.from_bytes(header[60:64], "big"), path)
    pages, page_bytes = int.from_bytes(header[28:32], "big"), int.from_bytes(header[16:18], "big")
    # While a log waits to be merged the file itself may rightly be shorter than its header says.
    if pages * page_bytes > size and not _has_log(path):
        message = f"found {size:,} bytes of {pages * page_bytes:,}: the file was cut short; restore it from a backup"
        raise NotAnArchive(message, path=str(path))


def _check_version(found: int, path: Path) -> None:
    if found > SCHEMA_VERSION:
        message = f"its schema is version {found}, this fonds knows up to {SCHEMA_VERSION}; use a newer fonds"
        raise NewerArchive(f"{message}. It was left as it is", path=str(path))


def _has_log(path: Path) -> bool:
    log = Path(f"{path}-wal")
    return log.exists() and log.stat().st_size > 0


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(_uri(path), timeout=BUSY_TIMEOUT_S, uri=True)
    # The schema of a file from elsewhere may hold views and triggers meant to run functions with our rights.
    for pragma in ("trusted_schema = off", "cell_size_check = on", "foreign_keys = on", "synchronous = full"):
        connection.execute(f"pragma {pragma}")
    return connection


def _is_writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _uri(path: Path) -> str:
    """*path* for writing where the file and a log beside it may be written, else for reading.

    A reader of a file that nobody is writing makes no log of its own: its owner could not write to that one.
    """
    unwritable = "ro" if _has_log(path) else "ro&immutable=1"
    return f"{path.absolute().as_uri()}?mode={'rw' if _is_writable(path) else unwritable}"


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


def upgrade(path: Path) -> None:
    """Brings the archive up to date in one transaction, after a verified copy was made beside it."""
    connection = sqlite3.connect(_uri(path), timeout=BUSY_TIMEOUT_S, uri=True)
    try:
        connection.execute("pragma trusted_schema = off")
        with transaction(connection, path):
            found = connection.execute("pragma user_version").fetchone()[0]
            if found < SCHEMA_VERSION:  # else another process has done it meanwhile
                _check_schema(connection, path, found)
                _bring_up_to_date(connection)
    finally:
        connection.close()


def _check_schema(connection: sqlite3.Connection, path: Path, version: int) -> None:
    found = _schema(connection)
    for name, sql in _expected_schema(version).items():
        if found.get(name) != sql:
            what = "is missing" if name not in found else "is not as fonds makes it"
            raise NotAnArchive(f"'{name}' {what}; the file was left as it is", path=str(path))


@contextmanager
def in_memory() -> Iterator[sqlite3.Connection]:
    """An empty archive that is no file: its schema is what every archive's should be."""
    connection = sqlite3.connect(":memory:")
    try:
        with connection:
            connection.execute("begin")
            _bring_up_to_date(connection)
        yield connection
    finally:
        connection.close()


@cache
def _expected_schema(version: int) -> dict[str, str]:
    connection = sqlite3.connect(":memory:")
    try:
        migrate(Database(connection, execute_plugins=False), version)
        return _schema(connection)
    finally:
        connection.close()


def _schema(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("select name, sql from sqlite_master where sql is not null").fetchall())
