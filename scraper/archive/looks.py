"""Looks: which changes somebody was shown, by keys that stay when versions and differences are numbered anew."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .times import moment, stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRow:
    """What was shown to *name*: how many changes, the first and the last time."""

    name: str
    changes: int
    first_at: datetime
    last_at: datetime


def looks(connection: sqlite3.Connection) -> list[LookRow]:
    """Who has looked, by name."""
    rows = connection.execute("select name, count(*), min(looked_at), max(looked_at) from look group by name")
    return [
        LookRow(name=name, changes=changes, first_at=moment(first), last_at=moment(last))
        for name, changes, first, last in rows
    ]


def keys(connection: sqlite3.Connection, name: str) -> set[str]:
    """The keys of the changes that *name* was shown."""
    return {key for (key,) in connection.execute("select key from look where name = ?", (name,))}


def note(connection: sqlite3.Connection, name: str, shown: Iterable[str], now: datetime) -> None:
    """Notes that *name* was shown the changes with these keys; one that was noted before stays as it is."""
    connection.executemany(
        "insert into look (name, key, looked_at) values (?, ?, ?) on conflict do nothing",
        [(name, key, stamp(now)) for key in shown],
    )


def forget(connection: sqlite3.Connection, name: str) -> int:
    """Forgets what *name* was shown, and says how many changes that were."""
    return connection.execute("delete from look where name = ?", (name,)).rowcount
