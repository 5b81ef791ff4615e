"""Transport: httpx over connections that go only to checked addresses."""

import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, NoReturn

import httpcore2 as httpcore
import httpx2 as httpx

from ..errors import AddressRefused, FetchError
from ..bounds import Bounds
from ..coding import ACCEPTED
from .guard import Resolve, checked_addresses

_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def client(*, user_agent: str, bounds: Bounds, allowed: frozenset[str], resolver: Resolve) -> httpx.AsyncClient:
    """An HTTP/1.1 client without proxy, netrc, cookies or redirects, whose connections pass the address guard."""
    return httpx.AsyncClient(
        transport=_GuardedTransport(allowed, resolver),
        headers={"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": ACCEPTED},
        timeout=httpx.Timeout(bounds.read_s, connect=bounds.connect_s, pool=None),
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        trust_env=False,
        follow_redirects=False,
    )


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves once, checks every address, connects to one of those: a second look-up cannot lead elsewhere."""

    def __init__(self, allowed: frozenset[str], resolver: Resolve) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await checked_addresses(host, port, allowed=self._allowed, resolver=self._resolver)
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"no address for {host}")

    async def connect_unix_socket(self, *_: Any, **__: Any) -> NoReturn:
        raise AddressRefused(url="unix socket", address="of a unix socket")


class _GuardedTransport(httpx.AsyncBaseTransport):
    # httpx takes no network backend for its own transport, so the pool is ours; the rest is as in httpx.
    def __init__(self, allowed: frozenset[str], resolver: Resolve) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_ssl_context(),
            network_backend=_GuardedBackend(allowed, resolver),
            max_connections=None,
            max_keepalive_connections=8,
            keepalive_expiry=30.0,
            http1=True,
            http2=False,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        with _as_httpx_errors():
            answer = await self._pool.handle_async_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            status_code=answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx_errors():
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        with _as_httpx_errors():
            await self._answer.aclose()


_ERRORS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.TimeoutException, httpx.ReadTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.NetworkError, httpx.ReadError),
    (httpcore.ProtocolError, httpx.RemoteProtocolError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
)


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    try:
        yield
    except tuple(ours for ours, _ in _ERRORS) as error:
        theirs = next(theirs for ours, theirs in _ERRORS if isinstance(error, ours))
        raise theirs(str(error)) from error


@cache
def _ssl_context() -> ssl.SSLContext:
    # Reading the trust store costs 50 ms; every fetcher of a run shares one.
    return httpx.create_ssl_context(trust_env=False)


def fetch_error(error: httpx.TransportError, *, url: str, bounds: Bounds) -> FetchError:
    """*error* in words of ours, with what another try may help against."""
    match error:
        case httpx.ConnectTimeout():
            return FetchError(f"no connection within {bounds.connect_s:g} s", url=url, transient=True)
        case httpx.TimeoutException():
            return FetchError(f"no data for {bounds.read_s:g} s", url=url, transient=True)
        case httpx.ConnectError() if isinstance(_root(error), ssl.SSLError):
            return FetchError(f"no trusted TLS connection: {_root(error)}", url=url, transient=False)
        case httpx.ConnectError():
            return FetchError(f"no connection: {_root(error)}", url=url, transient=True)
        case httpx.RemoteProtocolError():
            return FetchError(f"the answer breaks HTTP or broke off: {error}", url=url, transient=True)
        case _:
            return FetchError(f"connection lost: {_root(error)}", url=url, transient=True)


def _root(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error
