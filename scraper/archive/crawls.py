"""Crawls: one run over some sources, with what it counted."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

from ..version import VERSION
from . import leaves
from .damage import of_rows
from .rows import CrawlRow
from .times import maybe_moment, moment, stamp

_COLUMNS = "id, started_at, ended_at, sources, counts, findings"


def begin_crawl(connection: sqlite3.Connection, sources: Sequence[str], now: datetime) -> CrawlRow:
    """A new crawl, or the unfinished one of the same sources."""
    names = json.dumps(sorted(set(sources)))
    row = connection.execute(
        f"select {_COLUMNS} from crawl where ended_at is null and sources = ? order by id desc limit 1",  # noqa: S608
        (names,),
    ).fetchone()
    if row is None:
        row = connection.execute(
            f"""insert into crawl (started_at, sources, fonds_version, sqlite_version) values (?, ?, ?, ?)
                returning {_COLUMNS}""",  # noqa: S608 -- our own names
            (stamp(now), names, VERSION, sqlite3.sqlite_version),
        ).fetchone()
        leaves.add_crawl(connection, row[0], row[1], json.loads(names))
    return _row(row)


def end_crawl(
    connection: sqlite3.Connection, crawl_id: int, now: datetime, counts: dict[str, int], findings: Sequence[str]
) -> None:
    """Says when the crawl was complete, what it counted and what it did not find."""
    connection.execute(
        "update crawl set ended_at = ?, counts = ?, findings = ? where id = ?",
        (stamp(now), json.dumps(counts, sort_keys=True), json.dumps(list(findings)), crawl_id),
    )
    leaves.add_crawl_end(connection, crawl_id, stamp(now), counts)


def crawls(connection: sqlite3.Connection) -> list[CrawlRow]:
    """All crawls, oldest first."""
    return [_row(row) for row in connection.execute(f"select {_COLUMNS} from crawl order by id")]  # noqa: S608


@of_rows
def _row(row: tuple[int, str, str | None, str, str, str]) -> CrawlRow:
    number, started_at, ended_at, sources, counts, findings = row
    return CrawlRow(
        id=number,
        started_at=moment(started_at),
        ended_at=maybe_moment(ended_at),
        sources=tuple(json.loads(sources)),
        counts=json.loads(counts),
        findings=tuple(json.loads(findings)),
    )
