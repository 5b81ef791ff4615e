"""Capture: one attempt to copy one URL at one time, as fetch gives it, the loader reads it and the archive keeps it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Headers = tuple[tuple[str, str], ...]
Outcome = Literal["fetched", "not-modified", "missing", "truncated", "failed", "refused"]
Method = Literal["http", "browser", "import"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect on the way: asked *url* at *address*, was answered *status*, sent on to *location*.

    *head* is the answer's status line and headers as received. *is_downgrade* says that it led from https to http.
    """

    url: str
    status: int
    location: str
    address: str = ""
    head: bytes = b""
    is_downgrade: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One attempt to copy one URL.

    *outcome*: "fetched" (a body came, whole), "not-modified" (304 to our own condition), "missing" (404 or 410),
    "truncated" (a body that broke off or went over a bound: evidence, never a version), "failed" (no answer or another
    error status), "refused" (we did not ask: robots, address, scope). *reason* is one clear line, "" for a plain
    success.

    *body* is what came with its transfer encoding undone and its content coding not, None where nothing came;
    *coding* names that coding as the server did ("gzip", "" for none), *content* has it undone. *request_head* and
    *response_head* are the bytes sent and received before the bodies, their headers also apart as text.

    *robots* is the line of robots.txt that decided, *pace* what decided the pause before the request, *waited_s* how
    long we waited, *attempts* how often we asked. *address* is the peer's, with port; *tls* the protocol's version and
    *certificate_sha256* the digest of the peer's certificate (DER, hex), "" without TLS. *captured_at* is aware, UTC,
    by our own clock, *server_date* the Date header; *monotonic_s* is the steady clock at *captured_at* and *duration_s*
    the time spent on requests, from the first byte sent to the last received.
    """

    url: str
    captured_at: datetime
    outcome: Outcome
    method: Method = "http"
    final_url: str = ""
    status: int | None = None
    content_type: str = ""
    request_headers: Headers = ()
    response_headers: Headers = ()
    request_head: bytes = field(default=b"", repr=False)
    response_head: bytes = field(default=b"", repr=False)
    hops: tuple[Hop, ...] = ()
    body: bytes | None = field(default=None, repr=False)
    coding: str = ""
    decoded: bytes | None = field(default=None, repr=False)
    wire_bytes: int = 0
    reason: str = ""
    robots: str = ""
    pace: str = ""
    waited_s: float = 0.0
    attempts: int = 1
    address: str = ""
    tls: str = ""
    certificate_sha256: str = ""
    server_date: str = ""
    monotonic_s: float = 0.0
    duration_s: float = 0.0

    @property
    def content(self) -> bytes | None:
        """The body with its content coding undone; None where there is no body, or not the whole of it."""
        return self.decoded if self.coding else self.body

    def header(self, name: str) -> str:
        """The value of the response header *name*, in any case; "" where there is none."""
        return next((value for key, value in self.response_headers if key.lower() == name.lower()), "")
