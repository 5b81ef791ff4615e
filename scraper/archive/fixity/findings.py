"""What is verified, and what is found: plain values."""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from ...errors import ScraperError
from ...log import Checkpoint, VerifierKey
from ..copying import Progress
from ..identity import moves
from .rows import Rows

Check = Literal[
    "file",
    "leaf",
    "capture",
    "chain",
    "body",
    "tree",
    "checkpoint",
    "signature",
    "key",
    "witness",
    "act",
    "record",
    "text",
    "version",
]
EVERY = 500  # steps between two words of progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found: by which *check*, *what* it is, and the *captures* it affects.

    *is_damage* is false for what is only to be known, such as bytes that were removed on record.
    """

    check: Check
    what: str
    captures: tuple[int, ...] = ()
    is_damage: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is verified: all of it, what came *since* a checkpoint, or one *capture*.

    Bodies and records are looked at for that *share* of them, chosen by *seed*. *key* is what the archive should be
    signed by, *roots* (PEM) what certificates of time authorities are checked by, both known from elsewhere.
    """

    since: Checkpoint | None = None
    capture: int | None = None
    share: float = 1.0
    seed: int = 0
    key: VerifierKey | None = None
    roots: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """That somebody else saw the checkpoint of *size* leaves, and when: a time authority, or a witness.

    *is_trusted* says that the authority's certificates lead to a root that was given.
    """

    size: int
    kind: Literal["time", "cosignature"]
    by: str
    at: datetime
    is_trusted: bool = False


@dataclass(slots=True)
class Verification:
    """What was looked at: how many leaves, captures, bodies, records and checkpoints; the ids of keys that signed.

    *covered* is how many leaves the newest checkpoint covers, *redacted* of how many captures the log says that their
    bytes were removed, *said* what others say of checkpoints.
    """

    leaves: int = 0
    captures: int = 0
    bodies: int = 0
    records: int = 0
    checkpoints: int = 0
    covered: int = 0
    redacted: int = 0
    signed_by: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


@dataclass(kw_only=True)
class Work:
    """A verification under way: *seen* are captures that have a leaf.

    *acts* are the records of leaves that are no captures, by kind.
    """

    rows: Rows
    extent: Extent
    done: Verification
    progress: Progress
    seen: set[int] = field(default_factory=set)
    acts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @cached_property
    def moves(self) -> dict[str, list[tuple[int, int, int]]]:
        """By URL key, how captures were given to other pages, as `identity.moves` tells it."""
        with suppress(sqlite3.Error, ValueError, LookupError, TypeError, AttributeError, ScraperError):
            return moves(self.rows.connection)
        return {}  # which leaf cannot be read is told elsewhere

    @property
    def start(self) -> int:
        """The first leaf that is looked at."""
        return self.extent.since.size if self.extent.since else 0


def one_line(found: object) -> str:
    """*found* in one line of bounded length."""
    text = " ".join(str(found).split())
    return text if len(text) <= 200 else f"{text[:199]}…"
