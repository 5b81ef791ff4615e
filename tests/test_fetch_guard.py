import asyncio
import threading

import pytest

from scraper.errors import AddressRefused, FetchError
from scraper.fetch.guard import checked_addresses, in_a_thread_of_its_own, is_public, resolve

PUBLIC = ["93.184.216.34", "1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "64:ff9b::808:808"]
REFUSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.8.9.1",  # noqa: S104 -- an address to refuse, not to bind to
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b:1::7f00:1", "100::1", "100:0:0:1::1",
    "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::",
    "2002:a00:1::1", "2002:a9fe:a9fe::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0",
    "febf::1", "fec0::1", "ff02::1", "ff0e::1",
    "", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "1.2.3.4.5",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_open_internet_pass(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", REFUSED)
def test_private_special_and_unreadable_addresses_do_not_pass(address: str) -> None:
    assert not is_public(address)


def check(host: str, *answers: str, allowed: frozenset[str] = frozenset()) -> tuple[str, ...]:
    async def resolver(_: str, __: int) -> tuple[str, ...]:
        return answers

    return asyncio.run(checked_addresses(host, 8000, allowed=allowed, resolver=resolver))


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(AddressRefused) as caught:
        check("mixed.example", "93.184.216.34", "10.0.0.1")
    assert caught.value.address == "10.0.0.1"
    assert not caught.value.transient


def test_an_address_is_let_through_with_its_port_alone() -> None:
    assert check("any.example", "127.0.0.1", allowed=frozenset({"127.0.0.1:8000"})) == ("127.0.0.1",)
    assert check("any.example", "::1", allowed=frozenset({"[::1]:8000"})) == ("::1",)
    assert check("localhost", "::1", "127.0.0.1", allowed=frozenset({"localhost:8000"})) == ("::1", "127.0.0.1")
    with pytest.raises(AddressRefused):
        check("any.example", "127.0.0.1", allowed=frozenset({"127.0.0.1:8001"}))


def test_numbers_and_brackets_resolve_without_asking_anybody() -> None:
    assert asyncio.run(resolve("127.0.0.1", 80)) == ("127.0.0.1",)
    assert asyncio.run(resolve("[::1]", 80)) == ("::1",)


def test_a_host_name_that_cannot_exist_is_a_fetch_error() -> None:
    with pytest.raises(FetchError, match="no address found for host") as caught:
        asyncio.run(resolve("x" * 64 + ".example", 80))
    assert not caught.value.transient


def test_a_name_server_that_is_silent_keeps_no_program_from_ending() -> None:
    answered = threading.Event()

    async def work() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await in_a_thread_of_its_own(lambda: answered.wait(60))

    asyncio.run(work())
    answered.set()  # an answer that nobody waits for any longer is no error either


def test_the_error_of_a_thread_is_that_of_its_caller() -> None:
    def fail() -> None:
        raise OSError("no such name")

    with pytest.raises(OSError, match="no such name"):
        asyncio.run(in_a_thread_of_its_own(fail))
