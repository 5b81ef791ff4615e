"""Stores of revisions side by side: our archive, and what others do with the same bytes."""

import gzip
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable
from urllib.parse import quote

from scraper.archive import Archive, bodies
from scraper.capture import Capture

from .series import Revision

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_AT_ONCE = 36  # revisions to a transaction
_OURS = """select sum(pgsize) from dbstat
    where name in (select name from sqlite_master where tbl_name in ('body', 'body_copy'))"""
_DEPTH = """with recursive leaning (id, depth) as (
        select id, 0 from body where base_id is null union all
        select body.id, depth + 1 from leaning join body on body.base_id = leaning.id and body.codec <> 'again'
    ) select max(depth) from leaning"""


class Kept(NamedTuple):
    """What a store takes on the disk, and how many others the deepest revision needs, None for unknown."""

    size: int
    depth: int | None = None


class Store(Protocol):
    """A place for revisions, in a folder of its own."""

    def write(self, revisions: Sequence[Revision]) -> None:
        """Keeps all *revisions*, in their order."""

    def kept(self) -> Kept:
        """What that takes, once all is on the disk."""


@runtime_checkable
class Readable(Store, Protocol):
    """A store whose reading is compared: one that does not take a process for each."""

    def read(self, number: int) -> bytes:
        """The body of the revision with *number*, from 0."""


class Fonds:
    """Our archive, by its own door: every revision is a capture. Of the size, bodies count, with indexes and copies."""

    def __init__(self, folder: Path, *, remembers: bool = True) -> None:
        self._archive = Archive(folder / "archive.db", create=True)
        self._bodies: list[int] = []
        self._bases = bodies.Recent().bases if remembers else None

    def write(self, revisions: Sequence[Revision]) -> None:
        """Keeps all as captures of a day each."""
        begun = datetime(2024, 1, 1, tzinfo=UTC)
        numbers = []
        for start in range(0, len(revisions), _AT_ONCE):
            with self._archive.transaction():
                for place, one in enumerate(revisions[start : start + _AT_ONCE], start):
                    url = f"https://{quote(one.host.replace(' ', '-').lower())}.example/{quote(one.url)}"
                    made = Capture(
                        url=url, captured_at=begun + timedelta(minutes=place), outcome="fetched", status=200,
                        content_type="text/html", body=one.body,
                    )  # fmt: skip
                    numbers.append(self._archive.store_capture(made))
        self._bodies = [row[0] for row in self._archive.db.execute("select body_id from capture order by id")]

    def kept(self) -> Kept:
        """The tables of bodies, and how deep they lean on each other."""
        self._archive.db.execute("pragma wal_checkpoint(truncate)").fetchall()
        [size] = self._archive.db.execute(_OURS).fetchone()
        [depth] = self._archive.db.execute(_DEPTH).fetchone()
        return Kept(size, depth)

    def read(self, number: int) -> bytes:
        """The body, with its digest checked."""
        return bodies.load_body(self._archive.db.conn, self._bodies[number], self._bases)


class Rows:
    """A row of SQLite for each revision, packed by zstd at *level*: nothing found twice, nothing verified.

    With *has_digest* a digest is kept and checked at each read.
    """

    def __init__(self, folder: Path, level: int, *, has_digest: bool = False) -> None:
        self._path, self._level, self._has_digest = folder / "rows.db", level, has_digest
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        for statement in ("pragma page_size = 8192", "pragma journal_mode = wal", "pragma synchronous = full"):
            self._connection.execute(statement)
        self._connection.execute("create table body (id integer primary key, sha256 text, data blob not null) strict")

    def write(self, revisions: Sequence[Revision]) -> None:
        """Keeps each alone."""
        for start in range(0, len(revisions), _AT_ONCE):
            self._connection.execute("begin")
            for one in revisions[start : start + _AT_ONCE]:
                row = (self._digest(one.body), zstd.compress(one.body, self._level))
                self._connection.execute("insert into body (sha256, data) values (?, ?)", row)
            self._connection.execute("commit")

    def kept(self) -> Kept:
        """The file."""
        self._connection.execute("pragma wal_checkpoint(truncate)").fetchall()
        return Kept(self._path.stat().st_size, 0)

    def read(self, number: int) -> bytes:
        """The body."""
        question = "select sha256, data from body where id = ?"
        digest, data = self._connection.execute(question, (number + 1,)).fetchone()
        body = zstd.decompress(data)
        if self._digest(body) != digest:
            raise ValueError(number)
        return body

    def _digest(self, body: bytes) -> str | None:
        return sha256(body).hexdigest() if self._has_digest else None


class Warc:
    """A WARC file with a record and a gzip member for each revision: in the form, and at the level, of warcio."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "all.warc.gz"
        self._offsets: list[int] = []

    def write(self, revisions: Sequence[Revision]) -> None:
        """Keeps each in a response record."""
        with self._path.open("wb") as file:
            for number, one in enumerate(revisions):
                self._offsets.append(file.tell())
                head = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"
                record = (
                    "WARC/1.0\r\nWARC-Type: response\r\n"
                    f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012d}>\r\n"
                    f"WARC-Target-URI: https://{quote(one.host)}.example/{quote(one.url)}\r\n"
                    "WARC-Date: 2024-01-01T00:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
                    f"Content-Length: {len(head) + len(one.body)}\r\n\r\n"
                )
                file.write(gzip.compress(record.encode() + head + one.body + b"\r\n\r\n", 9, mtime=0))

    def kept(self) -> Kept:
        """The file."""
        return Kept(self._path.stat().st_size, 0)

    def read(self, number: int) -> bytes:
        """The body, by its record's place in the file."""
        with self._path.open("rb") as file:
            file.seek(self._offsets[number])
            end = self._offsets[number + 1] if number + 1 < len(self._offsets) else self._path.stat().st_size
            record = gzip.decompress(file.read(end - self._offsets[number]))
        return record.split(b"\r\n\r\n", 2)[2][:-4]


class Git:
    """A commit for each revision by `git fast-import`, then `git gc --aggressive`, on one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "repository"
        self._git("init", "-q", "--bare", str(self._folder))

    def write(self, revisions: Sequence[Revision]) -> None:
        """Keeps and packs all."""
        parts = []
        for number, one in enumerate(revisions):
            parts += [
                b"commit refs/heads/main\nmark :%d\ncommitter a <a@b> %d +0000\ndata 1\nx\n" % (number + 1, number + 1),
                b"M 100644 inline %s\ndata %d\n" % (json.dumps(one.url).encode(), len(one.body)),
                one.body,
                b"\n",
            ]
        self._git("-C", str(self._folder), "fast-import", "--quiet", "--depth=50", given=b"".join(parts))
        self._git("-C", str(self._folder), "-c", "pack.threads=1", "gc", "--aggressive", "--quiet")

    def kept(self) -> Kept:
        """All of its objects."""
        return Kept(sum(file.stat().st_size for file in (self._folder / "objects").rglob("*") if file.is_file()))

    @staticmethod
    def _git(*words: str, given: bytes = b"") -> None:
        subprocess.run(["git", *words], input=given, check=True)  # noqa: S603, S607 -- git


STORES: dict[str, Callable[[Path], Store]] = {
    "fonds": Fonds,
    "fonds, nothing at hand": lambda folder: Fonds(folder, remembers=False),
    "zstd-3": lambda folder: Rows(folder, 3),
    "zstd-3, digest": lambda folder: Rows(folder, 3, has_digest=True),
    "zstd-9": lambda folder: Rows(folder, 9),
    "WARC.gz": Warc,
}
if shutil.which("git"):
    STORES["git gc --aggressive"] = Git
