"""One request and its answer, within the bounds; redirects are not followed here."""

import asyncio
from dataclasses import dataclass, replace

import ada_url
import httpx2 as httpx

from ..capture import Headers
from ..errors import FetchError
from ..bounds import Bounds
from ..coding import BodyDecoder, BodyError
from .transport import fetch_error

REDIRECTS = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said. *body* is decoded and whole; None where none was read or *problem* says why not."""

    status: int
    headers: Headers
    request_headers: Headers
    address: str
    body: bytes | None = None
    wire_bytes: int = 0
    problem: str = ""

    def header(self, name: str) -> str:
        """The value of header *name*, given in lower case; "" where there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


async def ask(client: httpx.AsyncClient, url: str, headers: Headers, *, bounds: Bounds, within_s: float) -> Answer:
    """The answer to GET *url*, a URL in the form of `urls.clean`. The bodies of redirects and 304 are not read.

    Raises FetchError where no answer comes or it breaks off, AddressRefused where the guard lets nothing be sent.
    """
    try:
        async with asyncio.timeout(within_s):
            return await _exchange(client, url, headers, bounds)
    except TimeoutError as error:
        raise FetchError(f"no whole answer within {bounds.total_s:g} s", url=url, transient=False) from error
    except httpx.TransportError as error:
        raise fetch_error(error, url=url, bounds=bounds) from error
    except httpx.InvalidURL as error:
        raise FetchError(f"a URL that cannot be asked for: {error}", url=url, transient=False) from error


async def _exchange(client: httpx.AsyncClient, url: str, headers: Headers, bounds: Bounds) -> Answer:
    parsed = ada_url.URL(url)
    # The path goes out as it stands in the archive; httpx would escape some of it in its own way.
    target = f"{parsed.pathname}{parsed.search}".encode("ascii")
    request = client.build_request("GET", url, headers=list(headers), extensions={"target": target})
    response = await client.send(request, stream=True)
    try:
        answer = Answer(
            status=response.status_code,
            headers=_text(response.headers.raw),
            request_headers=_text(request.headers.raw),
            address=_peer(response),
        )
        if answer.status in REDIRECTS or answer.status == NOT_MODIFIED:
            return answer
        return await _with_body(answer, response, bounds)
    finally:
        await response.aclose()


async def _with_body(answer: Answer, response: httpx.Response, bounds: Bounds) -> Answer:
    try:
        decoder = BodyDecoder(response.headers.get("content-encoding", ""), bounds)
    except BodyError as error:
        return replace(answer, problem=str(error))
    try:
        async for chunk in response.aiter_raw():
            decoder.feed(chunk)
        return replace(answer, body=decoder.finish(), wire_bytes=decoder.wire_bytes)
    except BodyError as error:
        return replace(answer, problem=str(error), wire_bytes=decoder.wire_bytes)


def _text(headers: list[tuple[bytes, bytes]]) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def _peer(response: httpx.Response) -> str:
    peer = response.extensions["network_stream"].get_extra_info("server_addr")
    if peer is None:  # the connection was reset before we came to look
        return ""
    address, port, *_ = peer
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
