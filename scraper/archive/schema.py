"""What an archive file is known by: its application id, page size, and the version and digest of its schema."""

import json
import sqlite3
from hashlib import sha256

APPLICATION_ID = 0x666F6E64  # "fond"
PAGE_SIZE = 8192
SCHEMA_VERSION = 7  # `user_version` of an archive, the number of migrations
# To know the schema by its digest takes a thousandth of the time that making it anew for comparison takes.
SCHEMA_DIGEST = "f4ece1a6254cdd216fb9c638437900634b82b4662dd2274862b37a87c737ada1"


def schema(connection: sqlite3.Connection) -> dict[str, str]:
    """The statements that made the tables, views, indexes and triggers, by name."""
    return dict(connection.execute("select name, sql from sqlite_master where sql is not null").fetchall())


def digest(statements: dict[str, str]) -> str:
    """The digest of a schema, whatever the order of its parts."""
    return sha256(json.dumps(statements, sort_keys=True).encode()).hexdigest()
