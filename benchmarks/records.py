"""Stores of records side by side: our archive, and what others do with the same records as JSON in a column."""

import json
import sqlite3
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from scraper.archive import Archive

from .collection import Written

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_PAGE = "insert into page (id, url_key, url, source, first_seen, state) values (?, ?, ?, 'bench', ?, 'live')"
_CAPTURE = """
insert into capture (id, page_id, url_key, url, final_url, captured_at, order_at, method, outcome, status, content_type,
    coding, request_headers_id, response_headers_id, wire_bytes, hops, address, tls, certificate_sha256, robots, pace,
    waited_s, attempts, reason, server_date, monotonic_s, duration_s)
values (?, ?, ?, ?, ?, ?, ?, 'http', 'fetched', 200, 'text/html', '', 1, 1, 0, '[]', '', '', '', '', '', 0, 1, '', '',
    0, 0)
"""
_VERSION = """
insert into version (page_id, seq, kind, record_id, capture_id, cause, first_seen, last_seen, last_capture_id)
values (?, ?, 'record', ?, ?, 'publisher', ?, ?, ?)
"""
_READ = "select record_id from reading where capture_id = ?"
_TEXTS_THEN = """
select text from paragraph where version_id = (
    select version_id from report_version where page_id = ? and first_seen <= ? order by seq desc limit 1
) order by position
"""
_JSON = """
create table version (
    id integer primary key, page_id integer not null, seq integer not null, first_seen text not null,
    digest text not null, title text not null, published text, record {kind} not null,
    unique (page_id, seq)
) strict;
create index version_digest on version (page_id, digest);
create index version_seen on version (page_id, first_seen);
"""
_WORDS = "create virtual table words using fts5 (text, content = '', tokenize = 'unicode61 remove_diacritics 2');"


class Store(Protocol):
    """A store of versions, in one SQLite file in WAL; a batch is written in one transaction."""

    def prepare(self, batch: Sequence[Written]) -> None:
        """Keeps what is no part of the records, such as captures, before the clock runs."""

    def write(self, batch: Sequence[Written]) -> None:
        """Keeps the records of the versions, and when these were first seen."""

    def finish(self) -> None:
        """Merges the log into the file."""

    def size(self) -> int:
        """Bytes that the records and versions take."""

    def texts(self, page: int, at: str) -> list[str]:
        """The words of the passages of the page as they stood at a time."""


class Ours:
    """The archive: passages and facts once each, their words indexed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "archive.db"
        self.archive = Archive(self._path, create=True)
        self.db = self.archive.db.conn
        self.db.execute("pragma synchronous = normal")
        self.db.execute("insert into headers (id, digest, json) values (1, '', '[]')")
        self.db.commit()
        self._first = 1

    def prepare(self, batch: Sequence[Written]) -> None:
        """Keeps a page and a capture for each version."""
        with self.archive.transaction():
            for number, one in enumerate(batch, self._first):
                key, url, at = f"k{one.page}", one.record.url, _at(one.at)
                if one.seq == 1:
                    self.db.execute(_PAGE, (one.page, key, url, at))
                self.db.execute(_CAPTURE, (number, one.page, key, url, url, at, at))

    def write(self, batch: Sequence[Written]) -> None:
        """Keeps the records as they are kept after parsing, and a version of each."""
        with self.archive.transaction():
            for number, one in enumerate(batch, self._first):
                self.archive.store_record(one.record, capture_id=number, page_id=one.page)
                (record_id,) = self.db.execute(_READ, (number,)).fetchone()
                at = _at(one.at)
                self.db.execute(_VERSION, (one.page, one.seq, record_id, number, at, at, number))
        self._first += len(batch)

    def finish(self) -> None:
        """Says of each page which version is its newest; merges the log."""
        with self.archive.transaction():
            self.db.execute("update page set current_seq = (select max(seq) from version where page_id = page.id)")
        self.db.execute("pragma wal_checkpoint(truncate)")

    def size(self) -> int:
        """Bytes of all but pages and captures."""
        beside = "select name from sqlite_master where tbl_name in ('capture', 'page')"
        return int(
            self.db.execute(f"select sum(pgsize) from dbstat where name not in ({beside})").fetchone()[0]  # noqa: S608
        )

    def texts(self, page: int, at: str) -> list[str]:
        """The words of a page as of a time."""
        return texts_of_ours(self.db, page, at)


class Json:
    """All of a record as JSON in the row of its version, with digest, title and date; its words too where *search*."""

    def __init__(self, folder: Path, *, search: bool = False, packed: bool = False) -> None:
        self._path = folder / "versions.db"
        self.db = sqlite3.connect(self._path, isolation_level=None)
        self.db.executescript("pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = normal")
        self.db.executescript(_JSON.format(kind="blob" if packed else "text") + (_WORDS if search else ""))
        self._search, self._packed, self._first = search, packed, 1

    def prepare(self, batch: Sequence[Written]) -> None:
        """Nothing: this store has no captures."""

    def write(self, batch: Sequence[Written]) -> None:
        """Keeps the records as rows, many at a time."""
        self.db.execute("begin")
        self.db.executemany(
            "insert into version (id, page_id, seq, first_seen, digest, title, published, record) "
            "values (?, ?, ?, ?, ?, ?, ?, ?)",
            (self._row(number, one) for number, one in enumerate(batch, self._first)),
        )
        if self._search:
            self.db.executemany(
                "insert into words (rowid, text) values (?, ?)",
                (
                    (number, "\n".join((one.record.title, *(block.text for block in one.record.blocks))))
                    for number, one in enumerate(batch, self._first)
                ),
            )
        self.db.execute("commit")
        self._first += len(batch)

    def _row(self, number: int, one: Written) -> tuple[object, ...]:
        record = one.record
        text = record.to_json()
        kept = zstd.compress(text.encode(), 3) if self._packed else text
        digest = sha256(text.encode()).hexdigest()
        return number, one.page, one.seq, _at(one.at), digest, record.title, record.published, kept

    def finish(self) -> None:
        """Merges the log."""
        self.db.execute("pragma wal_checkpoint(truncate)")

    def size(self) -> int:
        """Bytes of the file."""
        return self._path.stat().st_size

    def texts(self, page: int, at: str) -> list[str]:
        """The words of a page as of a time."""
        return texts_of_json(self.db, page, at)


def texts_of_ours(db: sqlite3.Connection, page: int, at: str) -> list[str]:
    """The words of the passages of a page as of a time, from our archive."""
    return [text for (text,) in db.execute(_TEXTS_THEN, (page, at))]


def texts_of_json(db: sqlite3.Connection, page: int, at: str) -> list[str]:
    """The same from JSON in a column, packed or not."""
    [record] = db.execute(
        "select record from version where page_id = ? and first_seen <= ? order by first_seen desc limit 1", (page, at)
    ).fetchone()
    return [
        block["text"] for block in json.loads(zstd.decompress(record) if type(record) is bytes else record)["blocks"]
    ]


def _at(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Loaded(NamedTuple):
    """What loading cost: CPU seconds, seconds, and bytes."""

    cpu_s: float
    wall_s: float
    size: int


STORES: dict[str, Callable[[Path], Store]] = {
    "fonds": Ours,
    "JSON in a column": Json,
    "JSON in a column, searchable": lambda folder: Json(folder, search=True),
    "JSON packed by zstd-3": lambda folder: Json(folder, packed=True),
}
