"""Capture: one attempt to copy one URL at one time, as fetch gives it, the loader reads it and the archive keeps it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Headers = tuple[tuple[str, str], ...]
Outcome = Literal["fetched", "not-modified", "missing", "failed", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect on the way: asked *url*, was answered *status*, sent on to *location*."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One attempt to copy one URL.

    *outcome*: "fetched" (a body came, whole), "not-modified" (304 to our own condition), "missing" (404 or 410),
    "failed" (no answer, another error status, a truncated body), "refused" (we did not ask: robots, address, scope).
    *body* is what the server sent with its content encoding undone, None where none came; *wire_bytes* counts it
    before. *reason* is one clear line, "" for a plain success. *robots* is the line of robots.txt that decided.
    *captured_at* is aware, UTC; *duration_s* is from the first request to the last byte.
    """

    url: str
    captured_at: datetime
    outcome: Outcome
    method: Literal["http", "import"] = "http"
    final_url: str = ""
    status: int | None = None
    content_type: str = ""
    request_headers: Headers = ()
    response_headers: Headers = ()
    hops: tuple[Hop, ...] = ()
    body: bytes | None = None
    wire_bytes: int = 0
    reason: str = ""
    robots: str = ""
    address: str = ""
    duration_s: float = 0.0

    def header(self, name: str) -> str:
        """The value of the response header *name*, in any case; "" where there is none."""
        return next((value for key, value in self.response_headers if key.lower() == name.lower()), "")
