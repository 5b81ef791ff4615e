"""Delivery: something of ours handed to a server that somebody chose, such as a webhook, with a few attempts."""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from ..bounds import Bounds
from ..capture import Headers
from ..errors import AddressRefused, FetchError
from ..urls import clean
from .exchange import ask
from .fetcher import Manners
from .guard import Resolve, resolve
from .politeness import Sleep
from .retry import asked_wait_s
from .transport import Transport

if TYPE_CHECKING:
    from tenacity import RetryCallState

_TAKEN = range(200, 300)
_GONE = 410
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
# What an answer may cost: nobody reads its body.
BOUNDS = Bounds(total_s=20, connect_s=10, read_s=15, head_bytes=50_000, wire_bytes=65_536, retry_after_s=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What came of it. *problem* is "" where the server took it; *is_gone* says that it wants no more.

    *wait_s* is how long it asks us to wait before another try, None where it does not say.
    """

    problem: str = ""
    is_gone: bool = False
    is_transient: bool = False
    wait_s: float | None = None


async def deliver(  # noqa: PLR0913 -- clock, sleep and resolver enter as arguments, so that every test is repeatable
    url: str,
    content: bytes,
    headers: Callable[[], Headers],
    *,
    manners: Manners,
    now: Callable[[], datetime],
    resolver: Resolve = resolve,
    clock: Callable[[], float] = time.monotonic,
    sleep: Sleep = asyncio.sleep,
    tls: ssl.SSLContext | None = None,
) -> Delivery:
    """What came of a POST of *content* to *url*, within the bounds of *manners* and through the address guard.

    Any 2xx says that it was taken; redirects are not followed. What fails in passing is tried again, as often as the
    bounds say, after what Retry-After says or else after doubling waits; *headers* are asked for before each attempt.
    Nothing that the network does is raised. Raises UsageError for what is no http(s) URL.
    """
    from tenacity import AsyncRetrying, retry_if_result, stop_after_attempt, wait_exponential  # noqa: PLC0415

    address, bounds = clean(url), manners.bounds
    doubling = wait_exponential(multiplier=bounds.retry_wait_s)
    last = Delivery()

    async def once() -> Delivery:
        nonlocal last
        named = (("User-Agent", manners.user_agent), *headers(), ("Content-Length", str(len(content))))
        last = await _asked(transport, address, content, named, bounds, now)
        return last

    def wait(state: "RetryCallState") -> float:
        return doubling(state) if last.wait_s is None else last.wait_s

    def is_worth_another(found: Delivery) -> bool:
        return found.is_transient and (found.wait_s or 0.0) <= bounds.retry_after_s

    async with Transport(
        bounds=bounds, allowed=manners.allow_addresses, resolver=resolver, tls=tls, clock=clock
    ) as transport:
        await AsyncRetrying(
            sleep=sleep,
            stop=stop_after_attempt(bounds.attempts),
            wait=wait,
            retry=retry_if_result(is_worth_another),
            retry_error_callback=lambda _: None,
        )(once)
    return last


async def _asked(
    transport: Transport, url: str, content: bytes, headers: Headers, bounds: Bounds, now: Callable[[], datetime]
) -> Delivery:
    deadline = asyncio.get_running_loop().time() + bounds.total_s
    try:
        answer = await ask(transport, url, headers, bounds=bounds, deadline=deadline, content=content)
    except AddressRefused as error:
        return Delivery(problem=refusal(error))
    except FetchError as error:
        # Its message alone: the path of a webhook's URL is a secret as a rule.
        return Delivery(problem=error.message, is_transient=error.transient)
    if answer.status in _TAKEN:  # also where its body broke off or was too long: what counts is said by then
        return Delivery()
    return Delivery(
        problem=f"answered {_named(answer.status)}",
        is_gone=answer.status == _GONE,
        is_transient=answer.status in _PASSING,
        wait_s=asked_wait_s(answer.header("retry-after"), answer.header("date"), now()),
    )


def refusal(error: AddressRefused) -> str:
    """What the guard refused, for somebody who wrote down where it should have gone."""
    return f"address {error.address} is private or reserved; nothing was sent (allow_addresses lets one through)"


def _named(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)
