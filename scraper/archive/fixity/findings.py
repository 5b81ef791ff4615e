"""What is verified, and what is found: plain values."""

from dataclasses import dataclass, field
from typing import Any, Literal

from ...log import Checkpoint, VerifierKey
from ..copying import Progress
from .rows import Rows

Check = Literal[
    "file", "leaf", "capture", "chain", "body", "tree", "checkpoint", "signature", "key", "act", "record", "text"
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
    signed by, known from elsewhere.
    """

    since: Checkpoint | None = None
    capture: int | None = None
    share: float = 1.0
    seed: int = 0
    key: VerifierKey | None = None


@dataclass(slots=True)
class Verification:
    """What was looked at: how many leaves, captures, bodies, records and checkpoints; the ids of keys that signed.

    *covered* is how many leaves the newest checkpoint covers.
    """

    leaves: int = 0
    captures: int = 0
    bodies: int = 0
    records: int = 0
    checkpoints: int = 0
    covered: int = 0
    signed_by: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Work:
    """A verification under way: *seen* are captures that have a leaf, *redacted* those whose bytes were removed.

    *acts* are the records of leaves that are no captures, by kind.
    """

    rows: Rows
    extent: Extent
    done: Verification
    progress: Progress
    seen: set[int] = field(default_factory=set)
    redacted: set[int] = field(default_factory=set)
    acts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def start(self) -> int:
        """The first leaf that is looked at."""
        return self.extent.since.size if self.extent.since else 0


def one_line(found: object) -> str:
    """*found* in one line of bounded length."""
    text = " ".join(str(found).split())
    return text if len(text) <= 200 else f"{text[:199]}…"
