"""The data model as a page of documentation, made from the schema itself and the descriptions kept in every archive."""

from sqlite3 import Connection

from .connection import in_memory
from .descriptions import DESCRIPTIONS

_HEAD = """\
# The data model

An archive is one SQLite file. Any SQLite tool reads it, without fonds and while fonds is writing. The same text is in
the file itself, in the table `description`. This page is made from the schema; a test compares the two.

Times are text, RFC 3339 in UTC with microseconds, so text order is time order. Digests are SHA-256 in hex. Lists are
JSON text (`json_each` reads them).

Only `body.data` is compressed, mostly as what differs from another body (`body.codec` says how), and read by
`Archive.body` and `Archive.received`. Bodies come out as they were received: where `capture.coding` is not empty the
server compressed it, and `capture.content_sha256` is the digest of what it means.

Captures, bodies and headers are evidence: triggers refuse to change or remove their rows. Records, versions and changes
are derived from them and can be made again.

Read as you like; write only through fonds. A tool that writes may merge the log of the archive while fonds does, which
SQLite before 3.51.3 can lose commits by.

An archive of an earlier fonds is brought up to date by the first command that may write to it. A copy that was checked
is left beside it before anything is changed, `archive.db.v1.backup.db` for one of version 1; remove it when you like.

[Questions in SQL](queries.md) has examples for each view, and says with which programs they are asked.
"""


def data_model_markdown() -> str:
    """docs/data-model.md: what every table, view and column means, with its type."""
    with in_memory() as connection:
        views = [_section(connection, name) for name in DESCRIPTIONS if _kind(connection, name) == "view"]
        tables = [_section(connection, name) for name in DESCRIPTIONS if _kind(connection, name) == "table"]
    return "\n".join([_HEAD, "## Views, for reading\n", *views, "## Tables\n", *tables])


def _section(connection: Connection, name: str) -> str:
    described = DESCRIPTIONS[name]
    text = described[""].removeprefix("View. ")
    rows = [f"| `{column}` | {kind.lower()} | {described[column]} |" for column, kind in _columns(connection, name)]
    return "\n".join([f"### {name}\n", f"{text}\n", "| column | type | meaning |", "|---|---|---|", *rows, ""])


def _columns(connection: Connection, name: str) -> list[tuple[str, str]]:
    rows = connection.execute("select name, type from pragma_table_info(?) order by cid", (name,))
    return [(column, kind) for column, kind in rows]


def _kind(connection: Connection, name: str) -> str:
    return str(connection.execute("select type from sqlite_master where name = ?", (name,)).fetchone()[0])
