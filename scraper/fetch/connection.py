"""Connection: one TCP or TLS connection to a checked address, for one request at a time."""

import asyncio
import hashlib
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import cast

import h11
import httpx2 as httpx

from ..bounds import DEFAULT_BOUNDS, Bounds
from ..errors import AddressRefused
from .reception import OverBound, Peer, Received, Reception

RawHeaders = Sequence[tuple[bytes, bytes]]


class Stale(Exception):
    """The server closed a connection that was kept open, before a byte of this answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a connection leads: *host* and *port* of an origin, by TLS where its scheme is https."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A GET of *target*, or a POST of *content*, to be answered within *bounds*, before *deadline* by the loop's clock.

    A POST is not sent twice: it goes over a fresh connection.
    """

    target: bytes
    headers: RawHeaders
    bounds: Bounds
    deadline: float
    content: bytes | None = None


class Connection(asyncio.Protocol):
    """One connection, opened by `connect`. What comes in is read where it arrives; `ask` wakes once, at the end."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._http = h11.Connection(h11.CLIENT)
        self._transport: asyncio.Transport | None = None
        self._question: Question | None = None
        self._reception: Reception | None = None
        self._end: asyncio.Future[httpx.TransportError | None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._asked = 0
        self._heard_at = self._first_at = self._ended = 0.0
        self.peer = Peer()
        self.idle_since = 0.0

    @property
    def is_usable(self) -> bool:
        """Whether another request may be sent."""
        return self._transport is not None and not self._transport.is_closing() and self._http.our_state is h11.IDLE

    def close(self) -> None:
        """Closes at once, whatever is under way."""
        if self._transport is not None:
            self._transport.abort()

    async def ask(self, question: Question) -> Received:
        """The answer to *question*, with its problem where its body is cut.

        Raises httpx.TransportError where not even a head came, Stale where that is worth a fresh connection.
        """
        if self._transport is None:
            raise AssertionError("a connection is asked once it is made")
        try:
            request = self._sent(question)
        except h11.LocalProtocolError as error:
            self.close()
            raise httpx.LocalProtocolError(f"a request that cannot be sent: {error}") from error
        reception = self._reception = Reception(self._http, question.bounds)
        end = self._end = self._loop.create_future()
        self._asked += 1
        self._question, self._heard_at, self._first_at = question, self._loop.time(), 0.0
        begun = self._clock()
        self._transport.write(request + (question.content or b""))
        self._watch()
        try:
            problem = await end
        except asyncio.CancelledError:
            self.close()
            raise
        finally:
            self._settle()
        self._go_on(problem)
        if not reception.has_head:
            if self._asked > 1 and not reception.received_bytes and isinstance(problem, httpx.ReadError):
                raise Stale
            raise problem or httpx.ReadError("no answer")
        return Received(
            status=reception.status,
            raw_headers=reception.raw_headers,
            head=reception.head,
            body=reception.body,
            problem=problem,
            request_head=bytes(request),
            peer=self.peer,
            took_s=self._ended - begun,
        )

    def _sent(self, question: Question) -> bytes:
        """The head of the request, which h11 is told of as sent with its content."""
        method = "GET" if question.content is None else "POST"
        head = self._http.send(h11.Request(method=method, target=question.target, headers=list(question.headers)))
        if question.content is not None:
            self._http.send(h11.Data(data=question.content))
        self._http.send(h11.EndOfMessage())
        return head or b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = cast("asyncio.Transport", transport)
        address, port, *_ = transport.get_extra_info("peername") or ("", 0)
        self.peer = Peer(address=f"[{address}]:{port}" if ":" in address else f"{address}:{port}")
        encryption = transport.get_extra_info("ssl_object")
        if encryption is not None:
            digest = hashlib.sha256(encryption.getpeercert(binary_form=True) or b"").hexdigest()
            self.peer = replace(self.peer, tls=encryption.version() or "", certificate_sha256=digest)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        if self._reception is None:  # nobody asked for this
            self.close()
            return
        self._heard_at = self._loop.time()
        self._first_at = self._first_at or self._heard_at
        self._feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        if self._reception is None:
            return
        if exc is None:
            self._feed(b"")
        else:
            self._finish(httpx.ReadError(f"connection lost: {exc}"))

    def _feed(self, data: bytes) -> None:
        if self._reception is None:
            return
        try:
            self._reception.feed(data)
        except httpx.TransportError as error:
            self._finish(error)
            return
        if self._reception.is_whole:
            self._finish(None)
        elif self._is_slow:
            self._finish(OverBound(f"under {self._bounds.rate:g} bytes a second"))

    @property
    def _is_slow(self) -> bool:
        passed_s = self._heard_at - self._first_at
        if passed_s <= self._bounds.rate_after_s or self._reception is None:
            return False
        return self._reception.received_bytes < self._bounds.rate * passed_s

    @property
    def _bounds(self) -> Bounds:
        return self._question.bounds if self._question else DEFAULT_BOUNDS

    def _watch(self) -> None:
        if self._question is None:
            return
        now, deadline, silent_at = self._loop.time(), self._question.deadline, self._heard_at + self._bounds.read_s
        if now >= deadline:
            self._finish(OverBound(f"no whole answer within {self._bounds.total_s:g} s"))
        elif now >= silent_at:
            self._finish(httpx.ReadTimeout(f"no data for {self._bounds.read_s:g} s"))
        else:
            self._alarm = self._loop.call_at(min(deadline, silent_at), self._watch)

    def _finish(self, problem: httpx.TransportError | None) -> None:
        if self._end is not None and not self._end.done():
            self._ended = self._clock()
            self._end.set_result(problem)
        self._reception = None

    def _settle(self) -> None:
        self._reception = self._end = None
        if self._alarm is not None:
            self._alarm.cancel()

    def _go_on(self, problem: httpx.TransportError | None) -> None:
        """Makes ready for another request, or closes: after an answer that was cut or said so, or was too long."""
        is_done = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        if problem is None and is_done and not self._http.trailing_data[0]:
            self._http.start_next_cycle()
        else:
            self.close()


async def connect(
    place: Place, addresses: Sequence[str], *, tls: ssl.SSLContext | None, bounds: Bounds, clock: Callable[[], float]
) -> Connection:
    """A connection to the first of *addresses* that lets us in, by *tls* where given.

    Raises httpx.TransportError, AddressRefused.
    """
    failure: httpx.TransportError = httpx.ConnectError(f"no connection: no address for {place.host}")
    for address in addresses:
        try:
            async with asyncio.timeout(bounds.connect_s):
                return await _open(place, address, tls, clock)
        except TimeoutError:
            failure = httpx.ConnectTimeout(f"no connection within {bounds.connect_s:g} s")
        except (ssl.SSLError, UnicodeError) as error:
            raise httpx.ConnectError(f"no trusted TLS connection: {error}") from error
        except OSError as error:
            failure = httpx.ConnectError(f"no connection: {error}")
    raise failure


async def _open(place: Place, address: str, tls: ssl.SSLContext | None, clock: Callable[[], float]) -> Connection:
    loop = asyncio.get_running_loop()
    stream = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        stream.setblocking(False)
        await loop.sock_connect(stream, (address, place.port))
        _check_peer(stream, address, place.host)
        name = place.host.rstrip(".") if tls else None
        _, connection = await loop.create_connection(
            lambda: Connection(clock), sock=stream, ssl=tls, server_hostname=name
        )
    except BaseException:
        stream.close()
        raise
    return connection


def _check_peer(stream: socket.socket, address: str, host: str) -> None:
    peer = str(stream.getpeername()[0])
    # Some addresses lead elsewhere than they say: 0.0.0.0 to 127.0.0.1.
    if ip_address(peer) != ip_address(address):
        raise AddressRefused(url=host, address=peer)
