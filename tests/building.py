"""Records, captures and archives for tests, each with as little as its test needs."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from parsers.record import Block, Record
from scraper.archive.migrations import migrate
from scraper.archive.schema import APPLICATION_ID, PAGE_SIZE
from scraper.capture import Capture

URL = "https://example.org/reports/velmora"
OLD_ROWS = {version: Path(__file__).with_name(f"archive_v{version}.sql") for version in range(1, 7)}
DAY_ONE = datetime(2024, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    """The given day, counted from 1, at midnight UTC."""
    return DAY_ONE + timedelta(days=number - 1)


def record(*paragraphs: str, **fields: Any) -> Record:
    """A record with one paragraph for each text."""
    values = {"url": URL, "media_type": "text/html", "layout": "test", "revision": 1, "title": "Velmora Country Report"}
    blocks = tuple(Block(kind="paragraph", text=text) for text in paragraphs)
    return Record(**values | {"blocks": blocks} | fields)


def capture(body: bytes | str | None = b"", at: datetime = DAY_ONE, **fields: Any) -> Capture:
    """A capture of URL that was fetched, unless *fields* say otherwise."""
    data = body.encode() if isinstance(body, str) else body
    values = {
        "url": URL,
        "captured_at": at,
        "outcome": "fetched",
        "body": data,
        "status": 200,
        "content_type": "text/html",
    }
    return Capture(**values | fields)


def missing(at: datetime, status: int = 404) -> Capture:
    """A capture that found nothing at URL."""
    return capture(None, at, outcome="missing", status=status, reason=f"the server answered {status}")


def parse_lines(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    """A parser for tests: each line is a paragraph."""
    return record(*body.decode().split("\n"), url=url, media_type=content_type or "text/html")


def old_archive(path: Path, version: int = 1, *, copies: int = 0) -> Path:
    """An archive of an older *version*, with rows of all kinds; *copies* more of one of its captures."""
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"pragma page_size = {PAGE_SIZE}")
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        migrate(Database(connection, execute_plugins=False), version)
        connection.executescript(f"begin; {OLD_ROWS[version].read_text(encoding='utf-8')} commit;")
        connection.execute("insert into block_fts (block_fts) values ('rebuild')")
        names = [name for _, name, *_ in connection.execute("pragma table_info(capture)")][1:]
        columns = ", ".join(names)
        insert = f"insert into capture ({columns}) select {columns} from capture where id = 2"  # noqa: S608
        connection.executemany(insert, [()] * copies)
        connection.commit()
        connection.execute("pragma journal_mode = wal")
    return path


def prose(paragraphs: int) -> str:
    """Markup of *paragraphs* paragraphs, none like another."""
    return "".join(
        f"<p>The people of valley {number} were driven out by the army, and nobody let them return.</p>"
        for number in range(1, paragraphs + 1)
    )
