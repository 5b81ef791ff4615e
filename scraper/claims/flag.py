"""Flag: something about a version or a change that bears on whether its publisher said so, with its evidence."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

Name = Literal[
    "silent-edit",
    "notice-given",
    "notice-absent",
    "date-without-edit",
    "later-than-published",
    "reverted",
    "text-returned",
]
# What each says of the version it is on, in the words of a listing.
SAID: dict[Name, str] = {
    "silent-edit": "silent edit",
    "notice-given": "says so",
    "notice-absent": "no notice",
    "date-without-edit": "new date, no edit",
    "later-than-published": "later evidence",
    "reverted": "reverted",
    "text-returned": "text came back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a flag rests on: in version *seq*, of its capture, the *text* that stands at *path* (a JSON Pointer).

    *text* is "" for what is not there: a date that the page does not state.
    """

    seq: int
    capture_id: int
    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A flag on version *seq*, or on the change that led to it: its *name*, the same in one line, and its evidence.

    The change happened after *after* (None for a flag on a version alone, and for the first) and by *by*.
    """

    name: Name
    seq: int
    detail: str
    after: datetime | None
    by: datetime
    evidence: tuple[Evidence, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The flag as plain values, its times as they are."""
        return asdict(self)
