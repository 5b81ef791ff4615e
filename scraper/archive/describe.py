"""The data model as a page of documentation, made from the schema itself and the descriptions kept in every archive."""

from sqlite3 import Connection

from .connection import in_memory
from .descriptions import DESCRIPTIONS

QUERIES = {
    "Which reports name a stage 9 now?": """select title, published, url from report
where page_id in (select page_id from stage where number = 9 and seq = report.versions)
order by title""",
    "What changed, newest first, edits by the publisher only?": """select url, class, summary, seen_after, first_seen
from change
where cause = 'publisher'
order by first_seen desc""",
    "What did each page say on 1 March 2024?": """select page.url, paragraph.position, paragraph.text
from version
join page on page.id = version.page_id
join paragraph on paragraph.version_id = version.id
where version.seq = (
    select max(seq) from version as earlier
    where earlier.page_id = version.page_id and earlier.first_seen < '2024-03-02'
)
order by page.url, paragraph.position""",
    "Which passages hold a phrase?": """select page.url, block.text
from block_fts
join block on block.id = block_fts.rowid
join block_page on block_page.block_id = block.id
join page on page.id = block_page.page_id
where block_fts match '"crimes against humanity"'""",
    "Which captures failed, and why?": """select captured_at, url, status, reason from capture
where outcome = 'failed'
order by captured_at desc""",
}

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

## Questions in SQL
"""


def data_model_markdown() -> str:
    """docs/data-model.md: what every table, view and column means, with its type, and queries to start from."""
    queries = [f"{question}\n\n```sql\n{sql};\n```\n" for question, sql in QUERIES.items()]
    with in_memory() as connection:
        views = [_section(connection, name) for name in DESCRIPTIONS if _kind(connection, name) == "view"]
        tables = [_section(connection, name) for name in DESCRIPTIONS if _kind(connection, name) == "table"]
    return "\n".join([_HEAD, *queries, "## Views, for reading\n", *views, "## Tables\n", *tables])


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
