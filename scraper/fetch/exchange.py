"""One request and its answer, within the bounds; redirects are not followed here."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import httpx2 as httpx

from ..bounds import Bounds
from ..capture import Headers
from ..coding import BodyDecoder, BodyError, coding_of
from ..errors import FetchError
from .reception import NOT_MODIFIED, REDIRECTS, Received
from .transport import Transport, fetch_error


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a body is no page: "truncated" where it broke off or went over a bound, "failed" where it cannot be read."""

    outcome: Literal["truncated", "failed"]
    reason: str
    transient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said. *body* is as received, None where there is none to have; *decoded* its coding undone."""

    received: Received = field(repr=False)
    status: int
    headers: Headers
    request_headers: Headers
    body: bytes | None = field(repr=False)
    coding: str = ""
    decoded: bytes | None = field(default=None, repr=False)
    problem: Problem | None = None

    def header(self, name: str) -> str:
        """The value of header *name*, given in lower case; "" where there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


async def ask(
    transport: Transport,
    url: str,
    headers: Headers,
    *,
    bounds: Bounds,
    deadline: float,
    content: bytes | None = None,
) -> Answer:
    """The answer to GET *url*, a URL in the form of `urls.clean`, until *deadline* by the loop's clock.

    With *content* it is a POST of that.

    An answer whose body broke off has a problem. Raises FetchError where not even its head came, AddressRefused where
    the guard lets nothing be sent.
    """
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    try:
        request = httpx.Request(
            "GET" if content is None else "POST",
            _root(f"{scheme}://{authority}"),
            headers=(("Host", authority), *headers),
            stream=_NOTHING if content is None else httpx.ByteStream(content),
            # The path goes out as it stands in the archive; httpx would escape some of it in its own way.
            extensions={"target": (slash + path).encode("ascii"), "deadline": deadline, "bounds": bounds},
        )
        response = await transport.handle_async_request(request)
    except httpx.TransportError as error:
        raise fetch_error(error, url=url) from error
    except httpx.InvalidURL as error:
        raise FetchError(f"a URL that cannot be asked for: {error}", url=url, transient=False) from error
    return _answer(response.extensions["received"], (("Host", authority), *headers), url, bounds)


def _answer(received: Received, request_headers: Headers, url: str, bounds: Bounds) -> Answer:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in received.raw_headers)
    if received.status in REDIRECTS or received.status == NOT_MODIFIED:
        return Answer(
            received=received, status=received.status, headers=headers, request_headers=request_headers, body=None
        )
    encodings = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    coding = coding_of(encodings)
    decoded: bytes | None = None
    problem: Problem | None = None
    if received.problem is not None:
        problem = _problem(received.problem, url)
    elif coding:
        decoded, problem = _decoded(received.body, encodings, bounds)
    return Answer(
        received=received,
        status=received.status,
        headers=headers,
        request_headers=request_headers,
        body=received.body,
        coding=coding,
        decoded=decoded,
        problem=problem,
    )


def _problem(error: httpx.TransportError, url: str) -> Problem:
    ours = fetch_error(error, url=url)
    is_broken = isinstance(error, httpx.RemoteProtocolError)
    return Problem(outcome="failed" if is_broken else "truncated", reason=ours.message, transient=ours.transient)


def _decoded(body: bytes, encodings: str, bounds: Bounds) -> tuple[bytes | None, Problem | None]:
    try:
        decoder = BodyDecoder(encodings, bounds)
    except BodyError as error:
        return None, Problem(outcome="failed", reason=str(error))
    try:
        decoder.feed(body)
        return decoder.finish(), None
    except BodyError as error:
        return None, Problem(outcome="truncated", reason=str(error))


_NOTHING = httpx.ByteStream(b"")


@lru_cache(maxsize=1024)
def _root(origin: str) -> httpx.URL:
    return httpx.URL(origin)
