import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx2 as httpx
import pytest
from certificates import Tls, certified
from raw_server import ROBOTS, Clock, RawServer, answer, running

from scraper.capture import Capture
from scraper.errors import AddressRefused
from scraper.fetch import Bounds, Fetcher, Manners
from scraper.fetch.reception import Received
from scraper.fetch.transport import Transport

PAGE = b"<p>A report.</p>"
BOUNDS = Bounds(attempts=1, total_s=5, connect_s=2, read_s=2)


def transport(server: RawServer, **options: Any) -> Transport:
    options = {"bounds": BOUNDS, "allowed": frozenset({server.place}), **options}
    return Transport(**options)


async def get(transport: Transport, url: str) -> Received:
    response = await transport.handle_async_request(httpx.Request("GET", url))
    received: Received = response.extensions["received"]
    return received


def run(server: RawServer, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    async def go() -> Any:
        async with running(server):
            return await work()

    return asyncio.run(go())


# Connections kept open


def test_a_connection_is_used_again() -> None:
    server = RawServer({"/page": answer(PAGE)})

    async def work() -> None:
        async with transport(server) as ours:
            for _ in range(3):
                assert (await get(ours, server.url("/page"))).body == PAGE

    run(server, work)
    assert (server.connections, len(server.asked)) == (1, 3)


@pytest.mark.parametrize(
    "what",
    [
        answer(PAGE, "Connection: close"),
        answer(PAGE) + b"and more than was promised",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 999999\r\n\r\n" + bytes(100_000),
    ],
    ids=["said so", "longer than said", "HTTP 1.0", "long redirect"],
)
def test_a_connection_that_is_not_fit_for_it_is_not_used_again(what: bytes) -> None:
    server = RawServer({"/page": what})

    async def work() -> None:
        async with transport(server) as ours:
            for _ in range(2):
                assert (await get(ours, server.url("/page"))).problem is None

    run(server, work)
    assert server.connections == 2


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest.mark.parametrize("end", [hang_up, reset])
def test_a_kept_connection_that_the_server_closes_costs_one_more_try_and_no_failure(
    end: Callable[[asyncio.StreamWriter], Awaitable[None]],
) -> None:
    """The first request is the connection's second; only a server that answers nothing on a fresh one has failed."""
    calls: list[int] = []

    async def serve(writer: asyncio.StreamWriter) -> None:
        calls.append(1)
        if len(calls) == 1:
            await end(writer)
        else:
            writer.write(answer(PAGE, "Connection: close"))
            await writer.drain()

    server = RawServer({"/first": answer(), "/page": serve, "/never": end})

    async def work() -> None:
        async with transport(server) as ours:
            await get(ours, server.url("/first"))
            assert (await get(ours, server.url("/page"))).body == PAGE
            assert server.connections == 2
            await get(ours, server.url("/first"))
            with pytest.raises(httpx.ReadError):
                await get(ours, server.url("/never"))

    run(server, work)
    assert server.asked == ["/first", "/page", "/page", "/first", "/never", "/never"]


def test_a_connection_closed_while_it_was_idle_is_not_tried() -> None:
    server = RawServer({"/page": answer(PAGE)})

    async def work() -> None:
        async with transport(server) as ours:
            await get(ours, server.url("/page"))
            for handler in server.handlers:
                handler.cancel()
            await asyncio.gather(*server.handlers, return_exceptions=True)
            await asyncio.sleep(0.05)
            assert (await get(ours, server.url("/page"))).body == PAGE

    run(server, work)
    assert server.asked == ["/page", "/page"]


def test_what_comes_unasked_ends_the_connection() -> None:
    said = asyncio.Event()

    async def serve(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(PAGE))
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(answer(b"<p>Something else.</p>"))
        await writer.drain()
        said.set()
        await asyncio.sleep(60)

    server = RawServer({"/page": serve, "/other": answer(b"other")})

    async def work() -> None:
        async with transport(server) as ours:
            await get(ours, server.url("/page"))
            await said.wait()
            await asyncio.sleep(0.05)
            assert (await get(ours, server.url("/other"))).body == b"other"

    run(server, work)
    assert server.connections == 2


def test_idle_connections_are_few_and_closed_after_a_while() -> None:
    ended: list[str] = []

    class Server(RawServer):
        async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await super().handle(reader, writer)
            ended.append("closed by the other side")

    server = Server({"/page": answer(PAGE)})

    async def work() -> None:
        async with transport(server, kept=2, idle_s=0.5) as ours:
            await asyncio.gather(*(get(ours, server.url("/page")) for _ in range(5)))
            for count in (3, 5):
                while len(ended) < count:
                    await asyncio.sleep(0.01)
                assert len(ended) == count

    run(server, work)


def test_a_request_that_is_cancelled_closes_its_connection() -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def serve(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        asked.set()
        with suppress(ConnectionError):
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)
        closed.set()

    server = RawServer({"/first": answer(), "/page": serve})

    async def work() -> None:
        async with transport(server) as ours:
            await get(ours, server.url("/first"))
            task = asyncio.create_task(get(ours, server.url("/page")))
            await asked.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(closed.wait(), 5)
            await get(ours, server.url("/first"))

    run(server, work)
    assert server.connections == 2


# Addresses


def addressed(*addresses: str) -> Callable[[str, int], Coroutine[Any, Any, tuple[str, ...]]]:
    async def resolver(_: str, __: int) -> tuple[str, ...]:
        return addresses

    return resolver


def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    server = RawServer({"/page": answer(PAGE)})

    async def work() -> None:
        allowed = frozenset({f"reports.example:{server.port}"})
        async with transport(server, allowed=allowed, resolver=addressed("127.0.0.2", "127.0.0.1")) as ours:
            received = await get(ours, f"http://reports.example:{server.port}/page")
            assert received.peer.address == server.place
        async with transport(server, allowed=allowed, resolver=addressed("127.0.0.2", "127.0.0.3")) as ours:
            with pytest.raises(httpx.ConnectError, match="no connection: "):
                await get(ours, f"http://reports.example:{server.port}/page")

    run(server, work)
    assert "Host: reports.example:" in server.heads[0]


def test_a_peer_other_than_the_address_that_was_checked_is_refused() -> None:
    """0.0.0.0 is let through here, and leads to 127.0.0.1, which is not."""
    server = RawServer({"/page": answer(PAGE)})

    async def work() -> None:
        allowed = frozenset({f"0.0.0.0:{server.port}"})
        async with transport(server, allowed=allowed, resolver=addressed("0.0.0.0")) as ours:  # noqa: S104
            with pytest.raises(AddressRefused) as caught:
                await get(ours, f"http://reports.example:{server.port}/page")
            assert caught.value.address == "127.0.0.1"

    run(server, work)
    assert server.asked == []


# TLS


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return certified(tmp_path_factory.mktemp("tls"), "reports.example")


def fetch_by_tls(
    tls: Tls, server: RawServer, path: str = "/page", name: str = "reports.example", **given: Any
) -> Capture:
    """A capture from *server* as *name*, which stands for 127.0.0.1; plain.example is asked without TLS."""
    clock = Clock()
    context = given.pop("context", tls.client)

    async def work() -> Capture:
        allowed = frozenset({server.place, *given.pop("more", lambda: ())()})
        manners = Manners(delay_s=0, pace=0, bounds=BOUNDS, allow_addresses=allowed, **given)
        fetcher = Fetcher(
            manners,
            now=lambda: datetime(2024, 3, 1, tzinfo=UTC),
            resolver=addressed("127.0.0.1"),
            clock=clock,
            sleep=clock.sleep,
            tls=context,
        )
        async with fetcher:
            return await fetcher.fetch(f"https://{name}:{server.port}{path}")

    capture: Capture = run(server, work)
    return capture


def test_a_page_by_tls_comes_with_its_version_and_certificate(tls: Tls) -> None:
    capture = fetch_by_tls(tls, RawServer({"/page": answer(PAGE)}, tls=tls.server))
    assert (capture.outcome, capture.body) == ("fetched", PAGE)
    assert (capture.tls, capture.certificate_sha256) == ("TLSv1.3", tls.digest)


def test_a_body_without_a_length_ends_with_the_connection_by_tls_too(tls: Tls) -> None:
    async def serve(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + PAGE * 50_000)
        await writer.drain()

    capture = fetch_by_tls(tls, RawServer({"/page": serve}, tls=tls.server))
    assert (capture.outcome, capture.body) == ("fetched", PAGE * 50_000)


@pytest.mark.parametrize("name", ["other.example", "127.0.0.1"])
def test_a_certificate_for_another_name_is_no_connection(tls: Tls, name: str) -> None:
    server = RawServer({}, tls=tls.server)
    capture = fetch_by_tls(tls, server, name=name)
    assert capture.outcome == "failed"
    assert "no trusted TLS connection: " in capture.reason
    assert "certificate is not valid for" in capture.reason
    assert server.asked == []


def test_a_certificate_that_nobody_vouches_for_is_no_connection(tls: Tls) -> None:
    server = RawServer({}, tls=tls.server)
    capture = fetch_by_tls(tls, server, context=None)
    assert "no trusted TLS connection: " in capture.reason
    assert server.asked == []


def test_a_server_that_speaks_no_tls_is_no_connection(tls: Tls) -> None:
    class Server(RawServer):
        async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(answer(b"plain HTTP was sent to an HTTPS port", status="400 Bad Request"))
            writer.close()

    assert "no trusted TLS connection: " in fetch_by_tls(tls, Server({})).reason


@pytest.mark.parametrize("allowed", [False, True])
def test_a_redirect_from_https_to_http_is_refused_or_recorded(tls: Tls, allowed: bool) -> None:
    plain = RawServer({"/page": answer(PAGE)})
    server = RawServer({}, tls=tls.server)

    async def here(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"", f"Location: http://plain.example:{plain.port}/page", status="302 Found"))
        await writer.drain()

    server.paths["/here"] = here
    server.paths["/robots.txt"] = answer(ROBOTS, "Connection: close")
    captures: list[Capture] = []

    async def both() -> None:
        async with running(plain):
            more = frozenset({f"plain.example:{plain.port}", plain.place})
            captures.append(
                await asyncio.to_thread(fetch_by_tls, tls, server, "/here", more=lambda: more, allow_downgrade=allowed)
            )

    asyncio.run(both())
    capture = captures[0]
    if allowed:
        assert (capture.outcome, capture.body, capture.tls) == ("fetched", PAGE, "")
        assert [hop.is_downgrade for hop in capture.hops] == [True]
    else:
        assert capture.outcome == "failed"
        assert f"redirect from https to http://plain.example:{plain.port}/page, expected https" in capture.reason
        assert (capture.hops, plain.asked) == ((), [])


# Under httpx


def test_it_is_a_transport_of_httpx() -> None:
    server = RawServer({"/page": answer(PAGE, "X: \xe9")})

    async def work() -> None:
        async with httpx.AsyncClient(transport=transport(server), trust_env=False) as client:
            response = await client.get(server.url("/page?a=b"))
            assert response.status_code == 404
            response = await client.get(server.url("/page"))
            assert (response.content, response.headers["content-type"]) == (PAGE, "text/html")
            with pytest.raises(httpx.UnsupportedProtocol):
                await client.put(server.url("/page"), content=b"x")

    run(server, work)
    assert server.asked == ["/page?a=b", "/page"]


def test_a_stream_that_broke_off_raises_after_what_came() -> None:
    async def serve(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
        await writer.drain()

    server = RawServer({"/page": serve})

    async def work() -> None:
        parts: list[bytes] = []
        async with transport(server) as ours:
            response = await ours.handle_async_request(httpx.Request("GET", server.url("/page")))
            with pytest.raises(httpx.ReadError, match="broke off after 4 bytes of its body"):
                async for part in response.aiter_raw():
                    parts.append(part)  # noqa: PERF401 -- it raises on the way
        assert parts == [b"half"]

    run(server, work)


def test_a_header_that_cannot_be_sent_is_an_error_of_httpx() -> None:
    server = RawServer({})

    async def work() -> None:
        async with transport(server) as ours:
            with pytest.raises(httpx.LocalProtocolError):
                await ours.handle_async_request(httpx.Request("GET", server.url("/"), headers={"X": "a\r\nb: c"}))

    run(server, work)
    assert server.asked == []
