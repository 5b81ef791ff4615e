"""Reception: one answer on its way in, as exact bytes, read by HTTP's grammar and stopped at the bounds. No network."""

import re
from dataclasses import dataclass, field
from io import BytesIO

import h11
import httpx2 as httpx

from ..bounds import Bounds

REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304

MAX_HEADER_LINES = 1_000
MAX_INTERIM = 16
# A redirect is all in its head; its body is taken only so that the connection can be used again.
_MAX_REDIRECT_BODY = 65_536
_MAX_FRAMING = 1_000_000
_HEAD_END = re.compile(rb"\n\r?\n")
_PROTOCOL = b"HTTP/"


class OverBound(httpx.TransportError):
    """The answer was not taken any further: it went over a bound of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Who is at the other end of a connection, as the archive keeps it; *address* has the port."""

    address: str = ""
    tls: str = ""
    certificate_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One answer, with the request that it answers.

    *head* is the status line and headers as received, *body* what came with its transfer encoding undone. *problem*
    says why the body is not whole. *took_s* is the time from the first byte sent to the last received.
    """

    status: int
    raw_headers: list[tuple[bytes, bytes]]
    head: bytes = field(repr=False)
    body: bytes = field(repr=False)
    problem: httpx.TransportError | None
    request_head: bytes = field(repr=False)
    peer: Peer
    took_s: float


class Reception:
    """Takes the bytes of one answer as they come, by `feed`, until it `is_whole` or raises.

    httpx.RemoteProtocolError: this is not HTTP. httpx.ReadError: it broke off. OverBound: it went over a bound.
    """

    def __init__(self, http: h11.Connection, bounds: Bounds) -> None:
        self._http = http
        self._bounds = bounds
        self._head = b""
        self._pending = b""
        self._searched = 0
        self._interim = 0
        self._interim_bytes = 0
        self._answer: h11.Response | None = None
        self._body = BytesIO()
        self._framed_bytes = 0
        self._body_bytes = 0
        self.received_bytes = 0
        self.is_whole = False

    @property
    def has_head(self) -> bool:
        """Whether status and headers are there."""
        return self._answer is not None

    def feed(self, data: bytes) -> None:
        """Takes *data* as received; b"" says that the other side has closed."""
        self.received_bytes += len(data)
        try:
            if self._answer is None:
                rest = self._after_heads(data)
                if self._answer is None:
                    return
            else:
                rest = data
            if rest or not data:
                self._framed_bytes += len(rest)
                self._http.receive_data(rest)
            self._take_body()
        except h11.RemoteProtocolError as error:
            raise self._broken(data, error) from error

    @property
    def status(self) -> int:
        """The status; 0 while there is no head."""
        return self._answer.status_code if self._answer else 0

    @property
    def head(self) -> bytes:
        """Status line and headers as received."""
        return self._head

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """Names and values, without folds and the white space around them."""
        return self._answer.headers.raw_items() if self._answer else []

    @property
    def body(self) -> bytes:
        """What came of the body."""
        return self._body.getvalue()

    def _after_heads(self, data: bytes) -> bytes:
        """Takes heads; what follows the last, the answer's own, is given back."""
        is_closed = not data
        data = self._pending + data
        while self._answer is None:
            if not data.startswith(_PROTOCOL[: len(data)]):
                raise httpx.RemoteProtocolError("no status line")
            found = _HEAD_END.search(data, max(0, self._searched - 2))
            if self._interim_bytes + (found.end() if found else len(data)) > self._bounds.head_bytes:
                raise OverBound(f"over {self._bounds.head_bytes:,} bytes of headers")
            if found is None:
                if is_closed:
                    raise httpx.ReadError(f"the answer broke off after {self.received_bytes:,} bytes")
                self._pending, self._searched = data, len(data)
                return b""
            self._take_head(data[: found.end()])
            data, self._pending, self._searched = data[found.end() :], b"", 0
        return data

    def _take_head(self, head: bytes) -> None:
        if head.count(b"\n") > MAX_HEADER_LINES:
            raise OverBound(f"over {MAX_HEADER_LINES:,} lines of headers")
        self._http.receive_data(head)
        event = self._http.next_event()
        if isinstance(event, h11.InformationalResponse):
            self._interim += 1
            self._interim_bytes += len(head)
            if self._interim > MAX_INTERIM:
                raise OverBound(f"over {MAX_INTERIM} interim answers, such as 100 (Continue)")
        elif isinstance(event, h11.Response):
            if {b"content-length", b"transfer-encoding"} <= {name for name, _ in event.headers}:
                raise httpx.RemoteProtocolError("both Content-Length and Transfer-Encoding")
            self._head, self._answer = head, event

    def _take_body(self) -> None:
        while isinstance(event := self._http.next_event(), h11.Data):
            self._body_bytes += self._body.write(event.data)
        self.is_whole = isinstance(event, h11.EndOfMessage)
        if self.status in REDIRECTS:
            self.is_whole = self.is_whole or self._body_bytes > _MAX_REDIRECT_BODY
        elif self._body_bytes > self._bounds.wire_bytes:
            raise OverBound(f"over {self._bounds.wire_bytes:,} bytes received; the rest was not taken")
        if self._framed_bytes > 2 * self._body_bytes + _MAX_FRAMING:
            raise OverBound("more framing than body: chunks of a few bytes, or trailers without end")

    def _broken(self, data: bytes, error: h11.RemoteProtocolError) -> httpx.TransportError:
        if not data and self._answer is not None:
            return httpx.ReadError(f"the answer broke off after {self._body_bytes:,} bytes of its body")
        return httpx.RemoteProtocolError(str(error))
