"""What an archive's tables and views are, as migrations. Forward only: a later version adds one.

Times are text, RFC 3339 in UTC with microseconds, so that they sort. Digests are SHA-256 in hex. Lists and further
fields are JSON text, which SQLite reads with its json functions. Only `body.data` is compressed.
"""

from collections.abc import Iterator

from sqlite_utils import Database, Migrations

from . import m001, m002, m003, m004, m005, m006, m007
from .bodies.row import seal
from .schema import SCHEMA_VERSION

migrations = Migrations("fonds")
MIGRATIONS = (
    "m001_spine", "m002_crawling", "m003_learning", "m004_differences", "m005_log", "m006_causes", "m007_flags",
)  # fmt: skip


@migrations(name=MIGRATIONS[0])
def spine(db: Database) -> None:
    """The tables and views of the first archives."""
    _execute(db, m001.TABLES)
    for table in m001.EVIDENCE:
        _protect(db, table)
    _execute(db, m001.VIEWS)


@migrations(name=MIGRATIONS[1])
def crawling(db: Database) -> None:
    """What a capture keeps of the wire, the frontier with its hosts, schedules. Needs foreign keys off."""
    for table, (create, columns) in m002.REBUILT.items():
        _rebuild(db, table, create, columns)
    for table in m001.EVIDENCE[1:]:
        _protect(db, table)
    # What is due stands anew with the next crawl.
    db.execute("drop table frontier")
    _execute(db, m002.TABLES)


@migrations(name=MIGRATIONS[2])
def learning(db: Database) -> None:
    """What is learned of a site's chrome, and what became of a page's words. Needs foreign keys off."""
    _execute(db, m003.TABLES)
    for table, (create, columns) in m003.REBUILT.items():
        _rebuild(db, table, create, columns)


@migrations(name=MIGRATIONS[3])
def differences(db: Database) -> None:
    """Bodies stored beside others; those there are stay as they are. Needs foreign keys off."""
    db.conn.create_function("seal", 6, seal, deterministic=True)
    for table, (create, columns) in m004.REBUILT.items():
        _rebuild(db, table, create, columns)
    _execute(db, m004.TABLES)
    for trigger in m004.TRIGGERS:
        db.execute(trigger)


@migrations(name=MIGRATIONS[4])
def log(db: Database) -> None:
    """The log over all that was archived."""
    _execute(db, m005.TABLES)
    for table in m005.APPEND_ONLY:
        _protect(db, table)


@migrations(name=MIGRATIONS[5])
def causes(db: Database) -> None:
    """Differences with their cause, readings in their order, pages that are one; views anew. Needs foreign keys off."""
    for view in m006.OLD_VIEWS:
        db.execute(f"drop view {view}")
    for name, (arguments, function) in m006.FUNCTIONS.items():
        db.conn.create_function(name, arguments, function, deterministic=True)
    _execute(db, m006.FACT_SET)
    for table, (create, columns) in m006.REBUILT.items():
        _rebuild(db, table, create, columns)
    db.execute(m006.COUNTRIES)
    db.execute(m006.BLOCK)
    _execute(db, m006.DIFFERENCE)
    _execute(db, m006.TABLES)
    db.execute("drop trigger capture_no_update")
    db.execute(m006.CAPTURE_GUARD)
    for trigger in m006.NO_REPLACE:
        db.execute(trigger)
    _execute(db, m006.INDEXES)
    _execute(db, m006.VIEWS)


@migrations(name=MIGRATIONS[6])
def flags(db: Database) -> None:
    """Flags of differences, and what was looked at."""
    _execute(db, m007.TABLES)
    _execute(db, m007.VIEWS)


def migrate(db: Database, version: int = SCHEMA_VERSION) -> None:
    """Brings the schema to *version*, inside the transaction that is open."""
    migrations.apply(db, stop_before=MIGRATIONS[version:])
    db.execute(f"pragma user_version = {version}")


def _rebuild(db: Database, table: str, create: str, columns: str) -> None:
    """Makes *table* anew by *create*, its rows with the select list *columns*.

    The table is never renamed: SQLite would write another text of it into the schema than that of *create*, which
    every archive is compared with.
    """
    db.execute(f"create table old_{table} as select * from {table}")  # noqa: S608 -- our own names
    db.execute(f"drop table {table}")
    _execute(db, create)
    db.execute(f"insert into {table} select {columns}")
    db.execute(f"drop table old_{table}")


def _protect(db: Database, table: str) -> None:
    for action in ("update", "delete"):
        db.execute(
            f"create trigger {table}_no_{action} before {action} on {table}\n"
            f"begin select raise(abort, 'table {table} is evidence: no {action}'); end"
        )


def _execute(db: Database, script: str) -> None:
    for statement in _statements(script):
        db.execute(statement)


def _statements(script: str) -> Iterator[str]:
    yield from filter(None, map(str.strip, script.split(";")))
