"""Reading a file that may be damaged: what can be read is given, and what cannot is missing."""

import sqlite3
from contextlib import suppress
from typing import Any

from .. import leaves

_HIGHEST = {"body": "select max(body_id) from capture", "record": "select max(record_id) from reading"}


class Rows:
    """Questions to a *connection*. Rows that cannot be read are left out; other checks notice that."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def all(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows that can be read."""
        found: list[tuple[Any, ...]] = []
        with suppress(sqlite3.Error):
            found.extend(self.connection.execute(question, values))
        return found

    def one(self, question: str, *values: object) -> object:
        """The first column of the first row; None where there is none, or none that can be read."""
        with suppress(sqlite3.Error):
            row = self.connection.execute(question, values).fetchone()
            return row[0] if row else None
        return None

    def number(self, question: str, *values: object, default: int = 0) -> int:
        """As `one`, *default* for what is no number."""
        found = self.one(question, *values)
        return found if isinstance(found, int) else default

    def ids(self, table: str) -> list[int]:
        """The numbers of the rows of *table*; where they cannot be listed, all up to the last one referred to."""
        try:
            return [number for (number,) in self.connection.execute(f"select id from {table} order by id")]  # noqa: S608
        except sqlite3.Error:
            return list(range(1, self.number(_HIGHEST[table]) + 1)) if table in _HIGHEST else []

    def subtree(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree of the log, as it is kept. Raises LookupError where it cannot be had."""
        try:
            return leaves.subtree(self.connection, level, index)
        except (sqlite3.Error, TypeError) as error:
            raise LookupError(str(error)) from error

    def leaf_of(self, capture_id: int) -> int | None:
        """The leaf of a capture; where the leaves are in no order, by looking at all of them."""
        with suppress(sqlite3.Error, TypeError):
            found = leaves.of_capture(self.connection, capture_id)
            if found is not None:
                return found
        seq = self.number("select seq from leaf where kind = 'capture' and capture_id = ?", capture_id, default=-1)
        return None if seq < 0 else seq

    # Which captures are affected ------------------------------------------------------------------------------------

    def captures_of_body(self, body_id: int) -> tuple[int, ...]:
        """The captures that brought a body."""
        return _numbers(self.all("select id from capture where body_id = ? order by id", body_id))

    def captures_between(self, first: int, last: int) -> tuple[int, ...]:
        """The captures that leaves *first* to *last* are of."""
        return _numbers(
            self.all(
                "select capture_id from leaf where seq between ? and ? and kind = 'capture' order by seq", first, last
            )
        )

    def captures_near(self, seq: int) -> tuple[int, ...]:
        """The captures that a leaf may have been of which cannot be read: those that no leaf beside it speaks of."""
        before = self.number("select max(capture_id) from leaf where kind = 'capture' and seq < ?", seq)
        after = self.number(
            "select min(capture_id) from leaf where kind = 'capture' and seq > ?", seq, default=before + 2
        )
        return _numbers(self.all("select id from capture where id > ? and id < ? order by id", before, after))

    def captures_lacking(self, table: str, key: int) -> tuple[int, ...]:
        """The captures of the rows of *table* that lack what its foreign key *key* refers to, where these tell any."""
        keys = self.all('select "table", "from", "to" from pragma_foreign_key_list(?) where id = ?', table, key)
        capture = "id" if table == "capture" else "capture_id"
        return _numbers([
            row
            for parent, ours, theirs in keys
            for row in self.all(
                f"""select distinct {capture} from {table} as child where {ours} is not null
                    and not exists (select 1 from {parent} as other where other.{theirs} = child.{ours}) order by 1"""  # noqa: S608 -- names of our schema
            )
        ])  # fmt: skip

    def captures_read_as(self, record_id: int) -> tuple[int, ...]:
        """The captures that a record was read from."""
        found = self.all("select capture_id from reading where record_id = ? order by 1", record_id)
        return _numbers(found or self.all("select capture_id from record where id = ?", record_id))

    def records_with(self, block_id: int) -> tuple[int, ...]:
        """The records that hold a block."""
        holds = "exists (select 1 from json_each(record.blocks) as item where item.value = ?)"
        return _numbers(self.all(f"select id from record where json_valid(blocks) and {holds}", block_id))  # noqa: S608


def _numbers(rows: list[tuple[Any, ...]]) -> tuple[int, ...]:
    return tuple(row[0] for row in rows if isinstance(row[0], int))
