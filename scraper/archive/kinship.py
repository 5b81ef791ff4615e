"""Whether two archive files are of one archive: what their logs have in common."""

import sqlite3
from dataclasses import dataclass

from ..log import root_of
from ..wording import counted
from . import leaves

_SHARED = "exists (select 1 from other.leaf as shared where shared.seq = leaf.seq and shared.hash = leaf.hash)"
# Which fonds it was is told alike in the logs of all archives.
_TOLD = "select 1 from main.leaf where kind <> 'tool'"
_APART = f"select exists ({_TOLD}) and not exists ({_TOLD} and {_SHARED})"
_LEFT = f"select kind, count(*) from main.leaf where not {_SHARED} group by kind"  # noqa: S608 -- our own names


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What an archive has on record and another has not; *is_apart* where their logs have nothing in common."""

    captures: int
    redactions: int
    is_apart: bool = False

    @property
    def count(self) -> int:
        """How many these are."""
        return self.captures + self.redactions

    def __str__(self) -> str:
        """In words."""
        parts = {"capture": self.captures, "redaction": self.redactions}
        words = [counted(count, name) for name, count in parts.items() if count]
        return " and ".join(words) or "nothing"


def begins_with(newer: sqlite3.Connection, older: sqlite3.Connection) -> bool:
    """Whether the log of *newer* begins with all of that of *older*: then there is nothing in this that it has not.

    Two archives without any record are alike. An archive from before there was a log begins nothing.
    """
    try:
        size = leaves.size(older)
    except sqlite3.OperationalError:
        return False
    if not size or size > leaves.size(newer):
        return size == leaves.size(newer)
    sealed = older.execute("select size, root from checkpoint order by size desc limit 1").fetchone()
    start, root = sealed or (0, None)
    try:
        if sealed and root_of(start, lambda level, index: leaves.subtree(newer, level, index)) != root:
            return False
    except (LookupError, TypeError):
        return False
    hashes = zip(leaves.hashes(newer, start), leaves.hashes(older, start), strict=False)  # the newer one may go on
    return all(ours == theirs for ours, theirs in hashes)


def left_behind(connection: sqlite3.Connection, other: str) -> Left:
    """What is on record in an archive that the one which the URI *other* opens has not.

    Raises sqlite3.Error where one of them has no log, or cannot be read.
    """
    connection.execute("attach ? as other", (other,))
    try:
        found = dict(connection.execute(_LEFT).fetchall())
        is_apart = bool(connection.execute(_APART).fetchone()[0])
    finally:
        connection.execute("detach other")
    return Left(captures=found.get("capture", 0), redactions=found.get("redaction", 0), is_apart=is_apart)
