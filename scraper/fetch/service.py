"""Service: one question to a service that somebody chose, such as a time authority; no redirect, no second try."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from ..errors import FetchError
from ..urls import clean
from .exchange import ask
from .fetcher import Manners
from .guard import Resolve, resolve
from .transport import Transport

_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a service answered: its media type and its bytes, whole and unpacked."""

    media_type: str
    content: bytes = field(repr=False)


async def post(
    url: str, content: bytes, headers: Mapping[str, str], *, manners: Manners, resolver: Resolve = resolve
) -> Reply:
    """What the service at *url* answers to *content*, within the bounds of *manners* and through the address guard.

    Raises FetchError for any answer but a whole one with status 200, AddressRefused, UsageError for what is no URL.
    """
    address = clean(url)
    bounds = manners.bounds
    named = (("User-Agent", manners.user_agent), *headers.items(), ("Content-Length", str(len(content))))
    async with Transport(bounds=bounds, allowed=manners.allow_addresses, resolver=resolver) as transport:
        deadline = asyncio.get_running_loop().time() + bounds.total_s
        answer = await ask(transport, address, named, bounds=bounds, deadline=deadline, content=content)
    if answer.status != _OK:
        raise FetchError(f"the service answered {_named(answer.status)}", url=address, transient=False)
    if answer.problem is not None:
        raise FetchError(answer.problem.reason, url=address, transient=answer.problem.transient)
    whole = answer.decoded if answer.coding else answer.body
    return Reply(media_type=answer.header("content-type").partition(";")[0].strip().lower(), content=whole or b"")


def _named(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)
