"""Bringing an archive of an older fonds up to date: a verified copy beside it first, then one transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from ..errors import ArchiveError, NotAnArchive
from .copying import copy, discard, put_beside
from .descriptions import DESCRIPTIONS
from .differences import fill_fields
from .leaves import catch_up
from .schema import SCHEMA_DIGEST, SCHEMA_VERSION, digest, schema
from .writing import BUSY_TIMEOUT_S, named_errors, transaction

_FIRST_WITH_LOG = 5
_FIRST_WITH_FIELDS = 6


def upgrade(path: Path) -> None:
    """Brings the archive at *path* up to date; does nothing where another process has.

    Before anything is changed a copy is made beside it, named `<file>.v1.backup.db` after its version. Raises
    ArchiveError where that cannot be made or is not whole; then, and when this process is killed, the archive is as it
    was.
    """
    # Nobody else writes from here on, so that the copy is what is changed.
    with _writing(path) as connection:
        version = connection.execute("pragma user_version").fetchone()[0]
        if version < SCHEMA_VERSION:
            check_schema(connection, path, version)
            _change(connection, path, _backup(path, version))


def upgrade_copy(path: Path) -> None:
    """Brings a copy of an archive up to date that is in the making: there is no need for another copy beside it."""
    with _writing(path) as connection:
        version = connection.execute("pragma user_version").fetchone()[0]
        if version < SCHEMA_VERSION:
            check_schema(connection, path, version)
            bring_up_to_date(connection)
            _check_references(connection, path)


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A transaction in which an archive may be brought up to date: foreign keys are off."""
    with named_errors(path):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", timeout=BUSY_TIMEOUT_S, uri=True)
        try:
            for pragma in ("trusted_schema = off", "synchronous = full", "wal_autocheckpoint = 0"):
                connection.execute(f"pragma {pragma}")
            with transaction(connection, path):
                yield connection
        finally:
            connection.close()


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """The newest schema, described in the file itself. Part of the transaction that is open; foreign keys are off."""
    [before] = connection.execute("pragma user_version").fetchone()
    _migrate(connection, SCHEMA_VERSION)
    if before < _FIRST_WITH_LOG:
        catch_up(connection)
    if before < _FIRST_WITH_FIELDS:
        fill_fields(connection)
    rows = [(name, column, text) for name, columns in DESCRIPTIONS.items() for column, text in columns.items()]
    connection.execute("delete from description")
    connection.executemany("insert into description (object, column, text) values (?, ?, ?)", rows)


def check_schema(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Raises NotAnArchive unless all that an archive of *version* has is there as fonds makes it."""
    found = schema(connection)
    if digest(found) == SCHEMA_DIGEST:
        return
    expected = _expected_schema(version)
    for name, sql in expected.items():
        if found.get(name) != sql:
            what = "is missing" if name not in found else "is not as fonds makes it"
            raise NotAnArchive(f"'{name}' {what}; the file was left as it is", path=str(path))
    for name in found.keys() - expected.keys():
        if _acts(connection, name):
            what = f"'{name}' is none of ours and would act when fonds writes; drop it, or restore the file"
            raise NotAnArchive(f"{what}. It was left as it is", path=str(path))


def _acts(connection: sqlite3.Connection, name: str) -> bool:
    """Whether what somebody added to an archive computes anything when a row is written: a trigger, or such an index.

    Tables, views and plain indexes of others do no harm.
    """
    kinds = [kind for (kind,) in connection.execute("select type from sqlite_master where name = ?", (name,))]
    computed = connection.execute("select count(*) from pragma_index_xinfo(?) where cid = -2", (name,)).fetchone()[0]
    sql = connection.execute("select sql from sqlite_master where name = ?", (name,)).fetchone()[0]
    return "trigger" in kinds or bool(computed) or ("index" in kinds and "where" in sql.lower())


def _change(connection: sqlite3.Connection, path: Path, backup: Path) -> None:
    try:
        bring_up_to_date(connection)
        _check_references(connection, path)
    except BaseException:
        backup.unlink(missing_ok=True)
        raise


def _check_references(connection: sqlite3.Connection, path: Path) -> None:
    broken = connection.execute("pragma foreign_key_check").fetchall()
    if broken:
        message = f"{len(broken):,} rows, one of '{broken[0][0]}', refer to what is not there; it was left as it is"
        raise ArchiveError(message, path=str(path))


def _backup(path: Path, version: int) -> Path:
    """A whole copy of the archive beside it, on the disk. Only for who holds the right to write."""
    real = path.resolve()
    draft = real.with_name(f".{real.name}.backup")
    try:
        discard(draft)  # of a process that was killed
        copy(f"{path.absolute().as_uri()}?mode=rw", draft)
        _check_whole(draft, path)
        return put_beside(draft, real, f"v{version}.backup")
    except (OSError, sqlite3.Error) as error:
        message = f"a copy must be made beside it before it is brought up to date, and cannot: {error}"
        raise ArchiveError(f"{message}. It was left as it is", path=str(path)) from error
    finally:
        discard(draft)


def _check_whole(draft: Path, path: Path) -> None:
    with closing(sqlite3.connect(f"{draft.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        problems = [line for (line,) in connection.execute("pragma integrity_check(1)")]
    if problems != ["ok"]:
        found = "; ".join(problems).replace("\n", " ")
        raise ArchiveError(f"its copy is not whole: {found}. It was left as it is; restore it", path=str(path))


@cache
def _expected_schema(version: int) -> dict[str, str]:
    connection = sqlite3.connect(":memory:")
    try:
        _migrate(connection, version)
        return schema(connection)
    finally:
        connection.close()


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    from sqlite_utils import Database  # noqa: PLC0415 -- costs start-up time, and few openings migrate

    from .migrations import migrate  # noqa: PLC0415

    migrate(Database(connection, execute_plugins=False), version)
