"""Delivery: a POST with a few attempts, within bounds, through the guard."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer
from raw_server import Clock, RawServer, answer, running

from scraper.errors import UsageError
from scraper.fetch import Manners
from scraper.fetch.delivery import BOUNDS, Delivery, deliver

NOW = datetime(2024, 3, 1, tzinfo=UTC)


def manners(place: str, **bounds: float) -> Manners:
    return Manners(allow_addresses=frozenset({place}), bounds=replace(BOUNDS, **bounds))  # type: ignore[arg-type]


def delivered(server: RawServer, clock: Clock, **bounds: float) -> Delivery:
    async def go() -> Delivery:
        async with running(server):
            return await deliver(
                server.url("/hook"), b"{}", lambda: (), manners=manners(server.place, **bounds), now=lambda: NOW,
                sleep=clock.sleep,
            )  # fmt: skip

    return asyncio.run(go())


def test_what_is_sent_arrives_byte_for_byte_with_our_headers(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook", method="POST").respond_with_data("", status=204)
    content = bytes(range(256)) * 300
    place = f"{httpserver.host}:{httpserver.port}"
    found = asyncio.run(
        deliver(
            httpserver.url_for("/hook"), content, lambda: (("X-Of-Ours", "yes"),), manners=manners(place),
            now=lambda: NOW,
        )
    )  # fmt: skip
    assert found == Delivery()
    (request, _), *more = httpserver.log
    assert not more
    assert request.data == content
    assert request.headers["X-Of-Ours"] == "yes"
    assert request.headers["Content-Length"] == str(len(content))
    assert request.headers["User-Agent"].startswith("fonds/")
    httpserver.check()


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "202 Accepted", "204 No Content", "299 Odd"])
def test_any_2xx_says_that_it_was_taken(status: str) -> None:
    assert delivered(RawServer({"/hook": answer(status=status)}), Clock()) == Delivery()


@pytest.mark.parametrize(
    "status", ["301 Moved Permanently", "307 Temporary Redirect", "400 Bad Request", "404 Not Found"]
)
def test_what_will_not_pass_is_tried_once_and_no_redirect_is_followed(status: str) -> None:
    server = RawServer({"/hook": answer(b"", "Location: /other", status=status), "/other": answer()})
    found = delivered(server, Clock())
    assert found.problem == f"answered {status[:3]} ({status[4:]})"
    assert not found.is_gone
    assert server.asked == ["/hook"]


@pytest.mark.parametrize(
    "status", ["408 Request Timeout", "429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable"]
)
def test_what_may_pass_is_tried_again_three_times_with_doubling_waits(status: str) -> None:
    server, clock = RawServer({"/hook": answer(status=status)}), Clock()
    assert delivered(server, clock).problem.startswith(f"answered {status[:3]}")
    assert server.asked == ["/hook"] * 3
    assert clock.slept == [1.0, 2.0]


def test_a_second_attempt_that_is_taken_is_enough() -> None:
    server, clock = RawServer({"/hook": [answer(status="503 Busy"), answer()]}), Clock()
    assert delivered(server, clock) == Delivery()
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("header", "slept"),
    [("7", [7.0, 7.0]), ("0", [0.0, 0.0]), ("Fri, 01 Mar 2024 00:00:05 GMT", [5.0, 5.0]), ("soon", [1.0, 2.0])],
)
def test_the_wait_is_what_retry_after_says(header: str, slept: list[float]) -> None:
    clock = Clock()
    delivered(RawServer({"/hook": answer(b"", f"Retry-After: {header}", status="429 Later")}), clock)
    assert clock.slept == slept


def test_a_long_wait_ends_the_attempts_and_is_told() -> None:
    server, clock = RawServer({"/hook": answer(b"", "Retry-After: 3600", status="503 Later")}), Clock()
    found = delivered(server, clock)
    assert (found.wait_s, clock.slept, len(server.asked)) == (3600.0, [], 1)


def test_gone_is_told_as_such() -> None:
    found = delivered(RawServer({"/hook": answer(status="410 Gone")}), Clock())
    assert (found.is_gone, found.is_transient) == (True, False)


def test_headers_are_asked_for_before_each_attempt() -> None:
    server, asked = RawServer({"/hook": answer(status="500 No")}), iter("abc")

    async def go() -> Delivery:
        async with running(server):
            return await deliver(
                server.url("/hook"), b"", lambda: (("X-Attempt", next(asked)),), manners=manners(server.place),
                now=lambda: NOW, sleep=Clock().sleep,
            )  # fmt: skip

    asyncio.run(go())
    assert [head.partition("X-Attempt: ")[2][0] for head in server.heads] == ["a", "b", "c"]


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    for _ in range(1000):
        writer.write(b"x" * 10_000)
        await writer.drain()


async def _headers_without_end(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(1000):
        writer.write(b"X-Of-Theirs: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


async def _silence(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


def test_an_answer_without_end_is_taken_by_its_status_and_left() -> None:
    assert delivered(RawServer({"/hook": _endless}), Clock()) == Delivery()


@pytest.mark.parametrize(
    ("serve", "said"),
    [
        (_headers_without_end, "over 50,000 bytes of headers"),
        (_silence, "no data for 0.2 s"),
        (b"SMTP ready\r\n\r\n", "the answer breaks HTTP"),
        (answer(b"", "Transfer-Encoding: chunked"), "the answer breaks HTTP"),
    ],
)
def test_what_a_server_does_wrong_is_told_and_bounded(serve: bytes | Callable[..., object], said: str) -> None:
    found = delivered(RawServer({"/hook": serve}), Clock(), read_s=0.2)  # type: ignore[dict-item]
    assert found.problem.startswith(said)


def test_nobody_there_is_told_after_three_attempts() -> None:
    clock = Clock()

    async def go() -> Delivery:
        server = RawServer({})
        async with running(server):
            pass
        return await deliver(
            server.url("/hook"), b"", lambda: (), manners=manners(server.place), now=lambda: NOW, sleep=clock.sleep
        )

    assert "no connection" in asyncio.run(go()).problem
    assert len(clock.slept) == 2


def test_private_addresses_get_nothing_unless_they_are_allowed() -> None:
    server = RawServer({"/hook": answer()})

    async def go(url: str) -> Delivery:
        async with running(server):
            address = url.format(port=server.port)

            async def resolver(host: str, port: int) -> tuple[str, ...]:
                return ("127.0.0.1",)

            return await deliver(
                address, b"secret", lambda: (), manners=Manners(bounds=BOUNDS), now=lambda: NOW, resolver=resolver
            )

    for url in (
        "http://127.0.0.1:{port}/hook",
        "http://hooks.example.org:{port}/hook",
        "http://[::ffff:7f00:1]:{port}/",
    ):
        found = asyncio.run(go(url))
        assert "is private or reserved; nothing was sent (allow_addresses lets one through)" in found.problem
    assert server.connections == 0


def test_what_is_no_url_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(UsageError):
        asyncio.run(deliver("ftp://x/", b"", lambda: (), manners=Manners(), now=lambda: NOW))
