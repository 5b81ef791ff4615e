"""Address guard: which addresses are connected to. Decided on resolved addresses, never on the text of a URL."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeVar, cast

from ..errors import AddressRefused, FetchError

T = TypeVar("T")
Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]

_NAT64 = IPv6Network("64:ff9b::/96")
# `is_global` differs between Python versions and never covered all of these; the table is ours.
_REFUSED = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "::/96", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "2620:4f:8000::/48",
        "3fff::/20", "5f00::/16", "64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip


def is_public(address: str) -> bool:
    """Whether *address* is one of the open internet, also after IPv4 inside IPv6 is unwrapped.

    Mapped, 6to4, NAT64 and Teredo addresses count as the IPv4 address they carry. Scoped addresses, and text that is
    no address, are not public.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        if parsed.scope_id:
            return False
        inner = _carried(parsed)
        if inner is not None:
            return is_public(str(inner))
    refused = any(parsed.version == network.version and parsed in network for network in _REFUSED)
    return parsed.is_global and not parsed.is_multicast and not refused


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses of *host*, in the order of the system's resolver. Raises FetchError where there is none."""
    name = host.strip("[]")
    try:
        return (str(ip_address(name)),)
    except ValueError:
        pass
    try:
        found = await in_a_thread_of_its_own(lambda: socket.getaddrinfo(name, port, type=socket.SOCK_STREAM))
    # A label of 64 letters is a UnicodeError, not an OSError.
    except (OSError, UnicodeError) as error:
        raise FetchError(f"no address found for host '{host}'", url=host, transient=False) from error
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in found))


async def in_a_thread_of_its_own(work: Callable[[], T]) -> T:
    """What *work* gives, or its error. It is left behind where nobody waits any longer.

    The loop's own threads are waited for at the end of a program, and a name server may be silent for a minute.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def settle(value: T | None, error: BaseException | None) -> None:
        if result.done():
            return
        if error is None:
            result.set_result(cast("T", value))
        else:
            result.set_exception(error)

    def run() -> None:
        value, error = None, None
        try:
            value = work()
        except Exception as found:  # handed over to whoever waits
            error = found
        with suppress(RuntimeError):  # the loop has ended in the meantime
            loop.call_soon_threadsafe(settle, value, error)

    threading.Thread(target=run, daemon=True, name="fonds-resolve").start()
    return await result


async def checked_addresses(host: str, port: int, *, allowed: frozenset[str], resolver: Resolve) -> tuple[str, ...]:
    """The addresses of *host*, resolved once, each of them fit to connect to.

    *allowed* are "address:port" or "host:port" let through although private. Raises AddressRefused where a single
    address is not: a name with both public and private addresses is an attack more often than a mistake.
    """
    addresses = await resolver(host, port)
    if f"{host}:{port}" in allowed:
        return addresses
    for address in addresses:
        literal = f"[{address}]" if ":" in address else address
        if f"{literal}:{port}" not in allowed and not is_public(address):
            raise AddressRefused(url=host, address=address)
    return addresses
