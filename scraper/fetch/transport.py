"""Transport: httpx over connections that go only to checked addresses, kept open for a while, recorded as they are."""

import asyncio
import ssl
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from functools import cache

import httpx2 as httpx

from ..bounds import Bounds
from ..errors import FetchError
from .connection import Connection, Place, Question, Stale, connect
from .guard import Resolve, checked_addresses, resolve
from .reception import OverBound, Received

_PORTS = {"http": 80, "https": 443}
_METHODS = frozenset({"GET", "POST"})


class Transport(httpx.AsyncBaseTransport):
    """GET and POST over HTTP/1.1, without proxy, cookies or credentials; every connection passes the address guard.

    The response's extension "received" is the `Received` it was made from. The request's extensions: "target" are the
    exact bytes of the path, "bounds" bounds of its own, "deadline" the end of patience by the loop's clock. At most
    *kept* connections to one origin stay open, until they were idle for *idle_s* or up to twice as long.
    """

    def __init__(  # noqa: PLR0913 -- what tests pass in
        self,
        *,
        bounds: Bounds,
        allowed: frozenset[str] = frozenset(),
        resolver: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        kept: int = 2,
        idle_s: float = 15.0,
    ) -> None:
        self._bounds = bounds
        self._allowed = allowed
        self._resolver = resolver
        self._tls = tls
        self._clock = clock
        self._kept = kept
        self._idle_s = idle_s
        self._idle: defaultdict[Place, list[Connection]] = defaultdict(list)
        self._sweep_at: asyncio.TimerHandle | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to *request*. Raises httpx.TransportError, FetchError, AddressRefused where none comes."""
        url = request.url
        if request.method not in _METHODS or url.scheme not in _PORTS:
            raise httpx.UnsupportedProtocol(f"{request.method} {url.scheme}, expected GET or POST of http or https")
        place = Place(scheme=url.scheme, host=url.raw_host.decode("ascii"), port=url.port or _PORTS[url.scheme])
        asked = request.extensions
        question = Question(
            target=asked.get("target", url.raw_path),
            headers=request.headers.raw,
            bounds=asked.get("bounds", self._bounds),
            deadline=asked.get("deadline") or asyncio.get_running_loop().time() + self._bounds.total_s,
            content=await request.aread() if request.method == "POST" else None,
        )
        received = await self._exchange(place, question)
        return httpx.Response(
            status_code=received.status,
            headers=received.raw_headers,
            stream=_Body(received),
            extensions={"received": received},
        )

    async def aclose(self) -> None:
        """Closes what is kept open."""
        if self._sweep_at is not None:
            self._sweep_at.cancel()
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()
        await asyncio.sleep(0)  # a socket is closed by the loop's next turn

    async def _exchange(self, place: Place, question: Question) -> Received:
        connection = self._take(place) if question.content is None else None
        if connection is not None:
            try:
                received = await connection.ask(question)
            except Stale:
                connection = None
        if connection is None:
            connection = await self._connect(place, question)
            received = await connection.ask(question)
        self._keep(place, connection)
        return received

    async def _connect(self, place: Place, question: Question) -> Connection:
        try:
            async with asyncio.timeout_at(question.deadline):
                addresses = await checked_addresses(
                    place.host, place.port, allowed=self._allowed, resolver=self._resolver
                )
                tls = (self._tls or _ssl_context()) if place.scheme == "https" else None
                return await connect(place, addresses, tls=tls, bounds=question.bounds, clock=self._clock)
        except TimeoutError as error:
            raise OverBound(f"no whole answer within {question.bounds.total_s:g} s") from error

    def _take(self, place: Place) -> Connection | None:
        idle = self._idle.get(place)
        while idle:
            connection = idle.pop()
            if connection.is_usable:
                return connection
        return None

    def _keep(self, place: Place, connection: Connection) -> None:
        if not connection.is_usable:
            return
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        idle = self._idle[place]
        idle.append(connection)
        if len(idle) > self._kept:
            idle.pop(0).close()
        if self._sweep_at is None:
            self._sweep_at = loop.call_later(self._idle_s, self._sweep)

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        old = loop.time() - self._idle_s
        for place, connections in list(self._idle.items()):
            for connection in [one for one in connections if one.idle_since <= old]:
                connection.close()
                connections.remove(connection)
            if not connections:
                del self._idle[place]
        self._sweep_at = loop.call_later(self._idle_s, self._sweep) if self._idle else None


class _Body(httpx.AsyncByteStream):
    def __init__(self, received: Received) -> None:
        self._received = received

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._received.body
        if self._received.problem is not None:
            raise self._received.problem


@cache
def _ssl_context() -> ssl.SSLContext:
    # Reading the trust store costs 50 ms; every fetcher of a run shares one.
    context = httpx.create_ssl_context(trust_env=False)
    context.set_alpn_protocols(["http/1.1"])
    return context


def fetch_error(error: httpx.TransportError, *, url: str) -> FetchError:
    """*error* in words of ours, with whether another try may help against it."""
    match error:
        case httpx.RemoteProtocolError():
            return FetchError(f"the answer breaks HTTP: {error}", url=url, transient=True)
        case OverBound() | httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            return FetchError(str(error), url=url, transient=False)
        case httpx.ConnectError():
            return FetchError(
                str(error), url=url, transient=not isinstance(error.__cause__, ssl.SSLError | UnicodeError)
            )
        case _:
            return FetchError(str(error), url=url, transient=True)
