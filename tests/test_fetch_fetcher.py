import asyncio
import gzip
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest
from backports import zstd
from raw_server import ROBOTS, Clock, RawServer, Serve, What, answer, running

from scraper.capture import Capture, Hop
from scraper.errors import UsageError
from scraper.fetch import Bounds, Fetcher, Manners, retry_after_s

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
SMALL = Bounds(wire_bytes=100_000, body_bytes=200_000, ratio_from=100_000, total_s=5, read_s=2, attempts=1)
PAGE = b"<p>A report.</p>"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
Work = Callable[[Fetcher], Awaitable[Capture]]


class RealClock(Clock):
    def __call__(self) -> float:
        return time.monotonic()


class Visit:
    """One fetcher at one server: what it fetched, waited and was told by robots.txt."""

    def __init__(self, server: RawServer, bounds: Bounds = SMALL, **manners: Any) -> None:
        self.server = server
        self.manners = {"bounds": bounds, "delay_s": 0.0, "pace": 0.0, **manners}
        self.clock = Clock()
        self.robots: list[Capture] = []
        self.addresses: dict[str, list[str]] = {}

    @property
    def slept(self) -> list[float]:
        return self.clock.slept

    async def resolver(self, host: str, port: int) -> tuple[str, ...]:
        answers = self.addresses.get(host, [host])
        return (answers.pop(0) if len(answers) > 1 else answers[0],)

    def run(self, work: Work) -> Capture:
        async def go() -> Capture:
            async with running(self.server) as server:
                manners = Manners(**{"allow_addresses": frozenset({server.place}), **self.manners})
                fetcher = Fetcher(
                    manners,
                    now=lambda: NOW + timedelta(seconds=self.clock()),
                    on_robots=self.robots.append,
                    sleep=self.clock.sleep,
                    resolver=self.resolver,
                    clock=self.clock,
                )
                async with fetcher:
                    return await work(fetcher)

        return asyncio.run(go())

    def get(self, path: str = "/page", etag: str = "", last_modified: str = "") -> Capture:
        return self.run(lambda fetcher: fetcher.fetch(self.server.url(path), etag=etag, last_modified=last_modified))


def fetch(what: What) -> Capture:
    return Visit(RawServer({"/page": what})).get()


def test_a_page_comes_with_all_that_was_said() -> None:
    page = answer(PAGE, "ETag: x", "Date: Fri, 01 Mar 2024 11:59:00 GMT")
    visit = Visit(RawServer({"/page": page}), contact="https://example.org/us")
    capture = visit.get("/page#part")
    assert capture.outcome == "fetched"
    assert capture.body == capture.content == PAGE
    assert (capture.coding, capture.decoded, capture.wire_bytes) == ("", None, len(PAGE))
    assert capture.url == capture.final_url == visit.server.url("/page")
    assert (capture.status, capture.content_type, capture.header("etag")) == (200, "text/html", "x")
    assert (capture.captured_at, capture.monotonic_s) == (NOW, 0.0)
    assert capture.server_date == "Fri, 01 Mar 2024 11:59:00 GMT"
    assert capture.address == visit.server.place
    assert (capture.tls, capture.certificate_sha256) == ("", "")
    assert capture.robots == "allowed by robots.txt"
    assert (capture.reason, capture.attempts) == ("", 1)
    assert ("User-Agent", "fonds/0.1.0 (+https://example.org/us)") in capture.request_headers


def test_the_heads_are_kept_byte_for_byte() -> None:
    head = b"HTTP/1.1 200  Fine\r\nX-Odd:   a  \r\nx-fold: b\r\n  c\r\nX-Eight: \xff\xfe\r\nCONTENT-LENGTH: 2\r\n\r\n"
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    visit = Visit(RawServer({"/page": interim + head + b"ok"}))
    capture = visit.get()
    assert capture.response_head == head
    assert capture.request_head.decode() == visit.server.heads[-1]
    assert capture.header("X-Fold") == "b c"
    assert capture.header("x-eight") == "\xff\xfe"
    assert [name for name, _ in capture.request_headers] == ["Host", "User-Agent", "Accept", "Accept-Encoding"]


def test_no_cookie_and_no_credential_is_ever_sent() -> None:
    visit = Visit(RawServer({"/page": answer(PAGE, "Set-Cookie: a=b; Path=/")}))

    async def twice(fetcher: Fetcher) -> Capture:
        await fetcher.fetch(visit.server.url("/page"))
        return await fetcher.fetch(visit.server.url("/page"))

    visit.run(twice)
    assert len(visit.server.heads) == 3
    assert not any("cookie:" in head.lower() or "authorization:" in head.lower() for head in visit.server.heads)


def test_the_path_goes_out_as_it_is_kept() -> None:
    visit = Visit(RawServer({"/%7Ea|b%2f?x=[1]&y=%41": answer(PAGE)}))
    assert visit.get("/%7Ea|b%2f?x=[1]&y=%41").outcome == "fetched"


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd.compress)]
)
def test_a_compressed_page_is_kept_as_received_and_decoded_beside(
    encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    wire = compress(PAGE)
    visit = Visit(RawServer({"/page": answer(wire, f"Content-Encoding: {encoding.upper()}")}))
    capture = visit.get()
    assert (capture.body, capture.coding, capture.decoded) == (wire, encoding, PAGE)
    assert capture.wire_bytes == len(wire)
    assert encoding in visit.server.heads[-1].partition("Accept-Encoding: ")[2]


def test_a_coding_that_is_none_leaves_the_body_as_it_is() -> None:
    capture = fetch(answer(PAGE, "Content-Encoding: identity"))
    assert (capture.body, capture.coding, capture.decoded, capture.content) == (PAGE, "", None, PAGE)


def test_two_headers_of_coding_are_undone_in_turn() -> None:
    wire = brotli.compress(gzip.compress(PAGE))
    capture = fetch(answer(wire, "Content-Encoding: gzip", "Content-Encoding: br"))
    assert (capture.body, capture.coding, capture.content) == (wire, "gzip, br", PAGE)


async def trickle(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"x" * 10_000)
        await writer.drain()


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx")
    await writer.drain()
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def trickled_head(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def stall(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    await asyncio.sleep(60)


async def silence(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


def closing(what: bytes) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(what)
        await writer.drain()

    return send


GZIP = gzip.compress(bytes(range(256)) * 9)
TRUNCATED: dict[str, tuple[What, bytes | None, str]] = {
    "gzip-cut": (answer(GZIP[:200], "Content-Encoding: gzip"), GZIP[:200], "cut short"),
    "gzip-bomb": (answer(gzip.compress(bytes(9_000_000)), "Content-Encoding: gzip"), None, "over 200,000 bytes decod"),
    "not-gzip": (answer(PAGE, "Content-Encoding: gzip"), PAGE, "corrupt compressed body"),
    "too-long": (answer(b"x" * 100_001), b"x" * 100_001, "over 100,000 bytes received"),
    "endless": (endless, None, "over 100,000 bytes received"),
    "short-body": (closing(answer(PAGE).replace(b"Length: 16", b"Length: 99")), PAGE, "broke off after 16 bytes"),
    "chunks-cut": (closing(CHUNKED + b"5\r\nfirst\r\n3\r\nse"), b"firstse", "broke off after 7 bytes"),
    "reset": (reset, b"x", "connection lost"),
    "huge-length": (closing(answer().replace(b": 0", b": 1" + b"0" * 18) + b"x"), b"x", "broke off after 1 bytes"),
    "many-chunks": (closing(CHUNKED + (b"1;" + b"y" * 90 + b"\r\nx\r\n") * 20_000), None, "more framing than body"),
}


@pytest.mark.parametrize("name", TRUNCATED)
def test_a_body_that_is_not_whole_is_kept_as_evidence_and_is_no_page(name: str) -> None:
    what, body, reason = TRUNCATED[name]
    capture = fetch(what)
    assert (capture.outcome, capture.status) == ("truncated", 200)
    assert reason in capture.reason
    assert "\n" not in capture.reason
    assert capture.decoded is None
    assert capture.body is not None
    assert capture.body == body or body is None
    assert len(capture.body) <= SMALL.wire_bytes + 262_144
    assert capture.response_head.startswith(b"HTTP/1.1 200 OK\r\n")


BROKEN: dict[str, tuple[What, str]] = {
    "unasked-encoding": (answer(PAGE, "Content-Encoding: x-martian"), "content encoding 'x-martian'"),
    "many-encodings": (answer(PAGE, "Content-Encoding: gzip, gzip, gzip"), "3 content encodings"),
    "two-lengths": (answer(PAGE, "Content-Length: 3"), "breaks HTTP: conflicting Content-Length"),
    "length-and-chunks": (answer(PAGE, "Transfer-Encoding: chunked"), "breaks HTTP: both Content-Length and"),
    "bad-length": (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "breaks HTTP: bad Content-Length"),
    "bad-chunk": (CHUNKED + b"zz\r\n", "breaks HTTP: illegal chunk header"),
    "endless-chunk-header": (CHUNKED + b"5;" + b"y" * 40_000, "breaks HTTP: Receive buffer too long"),
    "bad-header": (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "breaks HTTP: illegal header line"),
    "nul-header": (answer(PAGE, "X: a\0b"), "breaks HTTP: illegal header line"),
    "no-http": (closing(b"SSH-2.0-OpenSSH_9.2\r\n"), "breaks HTTP: no status line"),
    "no-status": (b"HTTP/1.1 abc\r\n\r\n", "breaks HTTP: illegal status line"),
    "http-0.9": (closing(b"<html></html>"), "breaks HTTP: no status line"),
    "switching": (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "breaks HTTP"),
    "huge-header": (answer(PAGE, "X: " + "y" * 200_000), "over 100,000 bytes of headers"),
    "many-headers": (answer(PAGE, *["X: y"] * 1_000), "over 1,000 lines of headers"),
    "endless-continue": (CONTINUE * 5_000, "over 16 interim answers"),
    "hang-up": (hang_up, "broke off after 0 bytes"),
    "half-a-head": (closing(b"HTTP/1.1 200 OK\r\nX: y\r\n"), "broke off after 23 bytes"),
    "server-error": (answer(b"oops", status="500 Internal Server Error"), "status 500 (Internal Server Error)"),
    "unasked-304": (b"HTTP/1.1 304 Not Modified\r\n\r\n", "status 304 (Not Modified) to a request without"),
    "partial": (answer(PAGE, status="206 Partial Content"), "status 206"),
    "no-content": (b"HTTP/1.1 204 No Content\r\n\r\n", "status 204"),
    "unknown-status": (answer(PAGE, status="799 Odd"), "status 799"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_one_failed_capture_with_one_line(name: str) -> None:
    what, reason = BROKEN[name]
    capture = fetch(what)
    assert capture.outcome == "failed"
    assert reason in capture.reason
    assert "\n" not in capture.reason


@pytest.mark.parametrize(
    ("serve", "bounds", "outcome", "reason"),
    [
        (trickle, Bounds(total_s=0.3, read_s=10, attempts=1), "truncated", "no whole answer within 0.3 s"),
        (trickle, Bounds(rate_after_s=0.1, attempts=1), "truncated", "under 500 bytes a second"),
        (trickled_head, Bounds(rate_after_s=0.1, attempts=1), "failed", "under 500 bytes a second"),
        (stall, Bounds(read_s=0.2, attempts=1), "truncated", "no data for 0.2 s"),
        (silence, Bounds(total_s=10, read_s=0.2, attempts=1), "failed", "no data for 0.2 s"),
        (silence, Bounds(total_s=0.2, read_s=10, attempts=1), "failed", "no whole answer within 0.2 s"),
    ],
    ids=["trickle", "trickle-rate", "head-rate", "stall", "silence", "silence-in-all"],
)
def test_slowness_ends_at_its_bound(serve: Serve, bounds: Bounds, outcome: str, reason: str) -> None:
    capture = Visit(RawServer({"/page": serve}), bounds).get()
    assert capture.outcome == outcome
    assert reason in capture.reason


def test_the_deadline_counts_the_search_for_the_address_too() -> None:
    visit = Visit(RawServer({}), Bounds(total_s=0.2, attempts=1))

    async def never(_: str, __: int) -> tuple[str, ...]:
        await asyncio.sleep(60)
        return ()

    visit.resolver = never  # type: ignore[method-assign] -- the resolver is an argument of the fetcher
    assert "robots.txt could not be had: no whole answer within 0.2 s" in visit.get().reason


def test_the_deadline_is_one_for_all_attempts_together() -> None:
    visit = Visit(RawServer({"/page": silence}), Bounds(total_s=0.9, read_s=0.5, attempts=9, retry_wait_s=0))
    visit.clock = RealClock()
    capture = visit.get()
    assert (capture.reason, capture.attempts) == ("no whole answer within 0.9 s", 2)
    assert len(visit.server.heads) <= 3  # robots.txt is one of them


def test_the_deadline_is_one_for_all_hops_together() -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        writer.write(redirect("/page"))
        await writer.drain()

    visit = Visit(RawServer({"/a": slow, "/page": silence}), Bounds(total_s=0.8, attempts=1))
    visit.clock = RealClock()
    capture = visit.get("/a")
    assert (capture.outcome, len(capture.hops)) == ("failed", 1)
    assert "no whole answer within 0.8 s" in capture.reason


@pytest.mark.parametrize(("status", "name"), [("404 Not Found", "Not Found"), ("410 Gone", "Gone")])
def test_a_page_that_is_not_there_is_missing_and_its_answer_kept(status: str, name: str) -> None:
    capture = fetch(answer(b"no such page", status=status))
    assert capture.outcome == "missing"
    assert capture.reason == f"status {status}".replace(name, f"({name})")
    assert capture.body == b"no such page"


def test_an_error_page_is_kept_as_evidence() -> None:
    assert fetch(answer(b"denied", status="403 Forbidden")).body == b"denied"


def test_an_unchanged_page_is_not_modified() -> None:
    visit = Visit(RawServer({"/page": b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"}))
    capture = visit.get(etag='"x"', last_modified="Thu, 01 Feb 2024 00:00:00 GMT")
    assert (capture.outcome, capture.status, capture.body) == ("not-modified", 304, None)
    assert 'If-None-Match: "x"\r\nIf-Modified-Since: Thu, 01 Feb 2024 00:00:00 GMT' in visit.server.heads[-1]


@pytest.mark.parametrize("etag", ["x" * 2000, "é", "a\r\nX-Injected: b"])
def test_a_validator_that_is_no_header_value_is_not_sent_back(etag: str) -> None:
    visit = Visit(RawServer({"/page": answer(PAGE)}))
    assert visit.get(etag=etag).outcome == "fetched"
    assert "If-None-Match" not in visit.server.heads[-1]


# Redirects


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(b"", f"Location: {location}", status=status)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_redirects_are_followed_and_every_hop_is_kept(status: str) -> None:
    visit = Visit(RawServer({"/a": redirect("b?x#f", status), "/b?x": redirect("/page"), "/page": answer(PAGE)}))
    capture = visit.get("/a")
    url = visit.server.url
    code = int(status[:3])
    assert capture.outcome == "fetched"
    assert capture.url == url("/a")
    assert capture.final_url == url("/page")
    place, first, second = visit.server.place, redirect("b?x#f", status), redirect("/page")
    assert capture.hops == (
        Hop(url=url("/a"), status=code, location=url("/b?x"), address=place, head=first),
        Hop(url=url("/b?x"), status=302, location=url("/page"), address=place, head=second),
    )
    assert (capture.status, visit.server.connections) == (200, 1)


def test_a_condition_is_about_the_page_asked_for_alone() -> None:
    visit = Visit(RawServer({"/a": redirect("/page"), "/page": b"HTTP/1.1 304 Not Modified\r\n\r\n"}))
    assert visit.get("/a", etag="x").outcome == "failed"
    assert "If-None-Match" in visit.server.heads[1]
    assert "If-None-Match" not in visit.server.heads[2]


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/a", "redirects go round in a circle"),
        ("file:///etc/passwd", "redirect to 'file:///etc/passwd', expected an http(s) URL"),
        ("ftp://example.org/", "expected an http(s) URL"),
        ("http://user:pw@example.org/", "expected an http(s) URL"),
        ("", "expected an http(s) URL"),
        ("http://192.0.2.1:6379/", "redirect to port 6379, expected 80 or 443"),
    ],
)
def test_redirects_that_lead_astray_are_not_followed(location: str, reason: str) -> None:
    visit = Visit(RawServer({"/a": redirect(location)}))
    capture = visit.get("/a")
    assert capture.outcome == "failed"
    assert reason in capture.reason
    assert visit.server.asked == ["/robots.txt", "/a"]


def test_redirects_are_bounded() -> None:
    server = RawServer({f"/{number}": redirect(f"/{number + 1}") for number in range(20)})
    capture = Visit(server).get("/0")
    assert (capture.outcome, capture.reason, len(capture.hops)) == ("failed", "more than 10 redirects", 10)


@pytest.mark.parametrize(
    "target",
    ["http://10.0.0.1/", "http://169.254.169.254/latest/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/"],
)
def test_a_redirect_to_a_private_address_is_refused_before_anything_is_sent(target: str) -> None:
    capture = Visit(RawServer({"/a": redirect(target)})).get("/a")
    assert capture.outcome == "refused"
    assert "is private or reserved; nothing was sent" in capture.reason
    assert len(capture.hops) == 1


# The address guard


def test_a_private_address_is_refused_unless_it_is_let_through() -> None:
    visit = Visit(RawServer({"/page": answer(PAGE)}), allow_addresses=frozenset())
    capture = visit.get()
    assert capture.outcome == "refused"
    assert "address 127.0.0.1 is private or reserved; nothing was sent" in capture.reason
    assert visit.server.asked == []


def test_a_second_look_up_cannot_lead_elsewhere() -> None:
    """The first answer is let through, the second would be private: no connection is ever made to the second."""
    visit = Visit(RawServer({"/page": answer(PAGE, "Connection: close")}))
    visit.addresses["rebind.example"] = ["127.0.0.1", "10.0.0.1"]
    visit.server.paths["/robots.txt"] = answer(ROBOTS, "Connection: close")
    capture = visit.run(lambda fetcher: fetcher.fetch(f"http://rebind.example:{visit.server.port}/page"))
    assert capture.outcome == "refused"
    assert "address 10.0.0.1" in capture.reason
    assert visit.server.asked == ["/robots.txt"]


def test_the_host_header_is_that_of_the_url_not_of_the_address() -> None:
    visit = Visit(RawServer({"/page": answer(PAGE)}))
    visit.addresses["reports.example"] = ["127.0.0.1"]
    capture = visit.run(lambda fetcher: fetcher.fetch(f"http://reports.example:{visit.server.port}/page"))
    assert capture.outcome == "fetched"
    assert f"Host: reports.example:{visit.server.port}" in visit.server.heads[-1]


# Retries


def failing(*statuses: str, header: str = "X: y") -> list[bytes]:
    return [*(answer(b"", header, status=status) for status in statuses), answer(PAGE)]


RETRYING = Bounds(attempts=3, retry_wait_s=1.0, retry_after_s=30)


@pytest.mark.parametrize("status", ["429 Too Many", "502 Bad Gateway", "503 Unavailable", "504 Timeout"])
def test_a_passing_failure_is_tried_again_after_a_growing_wait(status: str) -> None:
    visit = Visit(RawServer({"/page": failing(status, status)}), RETRYING)
    capture = visit.get()
    assert (capture.outcome, capture.reason) == ("fetched", "")
    assert visit.slept == [1, 2]


@pytest.mark.parametrize("header", ["Retry-After: 7", "Retry-After: Fri, 01 Mar 2024 12:00:07 GMT"], ids=["s", "date"])
def test_retry_after_is_the_wait(header: str) -> None:
    visit = Visit(RawServer({"/page": failing("429 Too Many", header=header)}), RETRYING)
    assert visit.get().outcome == "fetched"
    assert visit.slept == [7]


@pytest.mark.parametrize(
    "header", ["Retry-After: 86400", "Retry-After: " + "9" * 500, "Retry-After: Sun, 01 Mar 2026 12:00:00 GMT"]
)
def test_a_retry_after_beyond_patience_ends_the_retries(header: str) -> None:
    visit = Visit(RawServer({"/page": failing("503 Unavailable", header=header)}), RETRYING)
    capture = visit.get()
    assert capture.outcome == "failed"
    assert visit.slept == []


@pytest.mark.parametrize("header", ["Retry-After: soon", "Retry-After: -5", "Retry-After:", "Retry-After: ²"])
def test_a_retry_after_that_says_nothing_is_passed_over(header: str) -> None:
    visit = Visit(RawServer({"/page": failing("503 Unavailable", header=header)}), RETRYING)
    assert visit.get().outcome == "fetched"
    assert visit.slept == [1]


def test_patience_ends_and_the_last_answer_is_the_capture() -> None:
    visit = Visit(RawServer({"/page": answer(b"later", status="503 Unavailable")}), RETRYING)
    capture = visit.get()
    assert capture.reason == "status 503 (Service Unavailable) (3 attempts)"
    assert (capture.body, capture.attempts, capture.waited_s) == (b"later", 3, 3)
    assert visit.server.asked.count("/page") == 3


@pytest.mark.parametrize("status", ["400 Bad", "403 Forbidden", "404 Not Found", "500 Error", "501 No"])
def test_a_lasting_failure_is_not_tried_again(status: str) -> None:
    visit = Visit(RawServer({"/page": failing(status)}), RETRYING)
    visit.get()
    assert visit.server.asked.count("/page") == 1


@pytest.mark.parametrize("broken", [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", b"no HTTP", b"HTTP/1.1 2"])
def test_an_answer_that_broke_off_is_tried_again(broken: bytes) -> None:
    calls: list[int] = []

    async def serve(writer: asyncio.StreamWriter) -> None:
        calls.append(1)
        writer.write(answer(PAGE, "Connection: close") if len(calls) > 1 else broken)
        await writer.drain()

    visit = Visit(RawServer({"/page": serve}), RETRYING)
    capture = visit.get()
    assert (capture.outcome, capture.attempts, capture.waited_s) == ("fetched", 2, 1)
    assert visit.slept == [1]


def test_a_body_over_a_bound_is_not_asked_for_again() -> None:
    visit = Visit(RawServer({"/page": answer(b"x" * 100_001)}), replace(SMALL, attempts=3))
    assert visit.get().attempts == 1
    assert visit.server.asked == ["/robots.txt", "/page"]


def test_a_closed_port_is_a_failed_capture() -> None:
    visit = Visit(RawServer({}), allow_addresses=frozenset({"127.0.0.1:1"}))
    capture = visit.run(lambda fetcher: fetcher.fetch("http://127.0.0.1:1/"))
    assert capture.outcome == "failed"
    assert "robots.txt could not be had: no connection" in capture.reason


# robots.txt


def robots(text: str | bytes, *headers: str) -> RawServer:
    body = text.encode() if isinstance(text, str) else text
    return RawServer({"/robots.txt": answer(body, *headers), "/page": answer(PAGE), "/a": redirect("/page")})


def test_robots_txt_is_asked_for_once_and_first() -> None:
    visit = Visit(robots("User-agent: *\nDisallow: /private\n"))

    async def work(fetcher: Fetcher) -> Capture:
        await fetcher.fetch(visit.server.url("/page"))
        await fetcher.fetch(visit.server.url("/page"))
        return await fetcher.fetch(visit.server.url("/private/x"))

    capture = visit.run(work)
    assert visit.server.asked == ["/robots.txt", "/page", "/page"]
    assert (capture.outcome, capture.reason) == ("refused", "robots.txt line 2: Disallow: /private")
    assert [one.body for one in visit.robots] == [b"User-agent: *\nDisallow: /private\n"]


def test_robots_txt_is_asked_for_once_by_many_at_a_time() -> None:
    visit = Visit(robots(""), connections=8)

    async def work(fetcher: Fetcher) -> Capture:
        captures = await asyncio.gather(*(fetcher.fetch(visit.server.url("/page")) for _ in range(8)))
        return captures[0]

    visit.run(work)
    assert visit.server.asked == ["/robots.txt", *["/page"] * 8]


@pytest.mark.parametrize(
    ("status", "kept_s"), [("200 OK", 86_400), ("404 Not Found", 86_400), ("500 Internal Server Error", 600)]
)
def test_robots_txt_counts_for_a_day_or_less_where_it_could_not_be_had(status: str, kept_s: int) -> None:
    visit = Visit(RawServer({"/robots.txt": answer(b"", status=status), "/page": answer(PAGE)}))

    async def work(fetcher: Fetcher) -> Capture:
        await fetcher.fetch(visit.server.url("/page"))
        visit.clock.time += kept_s - 1
        await fetcher.fetch(visit.server.url("/page"))
        visit.clock.time += 1
        return await fetcher.fetch(visit.server.url("/page"))

    visit.run(work)
    assert len(visit.robots) == visit.server.asked.count("/robots.txt") == 2


def test_the_line_that_allows_is_named() -> None:
    visit = Visit(robots("User-agent: *\nDisallow: /\nAllow: /page\n"))
    assert visit.get().robots == "allowed by robots.txt line 3: Allow: /page"


def test_a_redirect_into_what_robots_txt_forbids_is_not_followed() -> None:
    visit = Visit(robots("User-agent: *\nDisallow: /page\n"))
    capture = visit.get("/a")
    assert (capture.outcome, capture.robots) == ("refused", "robots.txt line 2: Disallow: /page")
    assert visit.server.asked == ["/robots.txt", "/a"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("404 Not Found", "fetched"), ("403 Forbidden", "fetched"), ("500 Error", "failed"), ("503 Later", "failed")],
)
def test_the_status_of_robots_txt_decides_as_rfc_9309_says(status: str, outcome: str) -> None:
    visit = Visit(RawServer({"/robots.txt": answer(b"x", status=status), "/page": answer(PAGE)}))
    capture = visit.get()
    assert capture.outcome == outcome
    assert ("/page" in visit.server.asked) is (outcome == "fetched")


def test_robots_txt_may_be_redirected_five_times_and_to_other_hosts() -> None:
    server = robots("")
    server.paths |= {f"/{number}": redirect(f"/{number + 1}") for number in range(2, 5)}
    server.paths |= {"/robots.txt": redirect("/2"), "/5": answer(b"User-agent: *\nDisallow: /\n")}
    visit = Visit(server)
    visit.addresses["elsewhere.example"] = ["127.0.0.1"]

    async def work(fetcher: Fetcher) -> Capture:
        server.paths["/4"] = redirect(f"http://elsewhere.example:{server.port}/5")
        return await fetcher.fetch(server.url("/page"))

    assert visit.run(work).reason == "robots.txt line 2: Disallow: /"
    assert len(visit.robots[0].hops) == 4
    server.paths |= {"/5": redirect("/6"), "/6": redirect("/7"), "/7": answer(ROBOTS)}
    assert visit.get().reason == "robots.txt could not be had: more than 5 redirects"


LONG = b"User-agent: *\nDisallow: /page\n" + b"# more\n" * 300_000


async def endless_robots(writer: asyncio.StreamWriter) -> None:
    writer.write(CHUNKED)
    while True:
        writer.write(b"2000\r\n" + b"Disallow: /page\n" * 512 + b"\r\n")
        await writer.drain()


@pytest.mark.parametrize("what", [answer(LONG), endless_robots], ids=["long", "endless"])
def test_of_a_long_robots_txt_the_first_500_kib_count_and_no_more_is_read(what: What) -> None:
    server = robots("")
    server.paths["/robots.txt"] = [answer(LONG)] if isinstance(what, bytes) else what
    visit = Visit(server, Bounds(attempts=1))
    capture = visit.get()
    assert capture.outcome == ("refused" if isinstance(what, bytes) else "fetched")
    body = visit.robots[0].body
    assert body is not None
    assert 512_000 <= len(body) <= 512_000 + 262_144
    assert visit.robots[0].outcome == "truncated"


def test_a_robots_txt_that_is_a_bomb_or_cut_forbids_all() -> None:
    bomb = gzip.compress(bytes(100_000_000))
    for what in (answer(bomb, "Content-Encoding: gzip"), closing(answer(ROBOTS)[:-3])):
        visit = Visit(RawServer({"/robots.txt": what, "/page": answer(PAGE)}), Bounds(attempts=1))
        assert "robots.txt could not be had: " in visit.get().reason
        assert "/page" not in visit.server.asked


# Pace


def twice(visit: Visit, path: str = "/page") -> Capture:
    async def work(fetcher: Fetcher) -> Capture:
        await fetcher.fetch(visit.server.url(path))
        return await fetcher.fetch(visit.server.url(path))

    return visit.run(work)


@pytest.mark.parametrize(
    ("delay", "expected", "pace"),
    [
        ("3", 5.0, "5 s: delay_s of the source"),
        ("9", 9.0, "9 s: Crawl-delay 9 in robots.txt"),
        ("3600", 60.0, "60 s: Crawl-delay 3600 in robots.txt, held to 60 s"),
        ("1e9", 60.0, "60 s: Crawl-delay 1e+09 in robots.txt, held to 60 s"),
    ],
)
def test_the_pace_is_the_slower_of_ours_and_theirs(delay: str, expected: float, pace: str) -> None:
    visit = Visit(robots(f"User-agent: *\nCrawl-delay: {delay}\n"), delay_s=5.0)
    capture = twice(visit)
    assert visit.slept == [expected]
    assert (capture.pace, capture.waited_s) == (pace, expected)


def test_the_first_page_waits_for_nothing_and_says_so() -> None:
    capture = Visit(robots("User-agent: *\nCrawl-delay: 9\n"), delay_s=5.0).get()
    assert (capture.pace, capture.waited_s) == ("0 s: the request before was for robots.txt", 0.0)


def test_the_pause_follows_the_time_the_host_takes() -> None:
    visit = Visit(robots(""), pace=2.0)

    async def work_hard(writer: asyncio.StreamWriter) -> None:
        visit.clock.time += 4
        writer.write(answer(PAGE))
        await writer.drain()

    visit.server.paths["/page"] = work_hard
    capture = twice(visit)
    assert capture.duration_s == 4
    assert visit.slept == [8]
    assert capture.pace == "8 s: 2 times the host's response time of 4 s"


def test_a_host_that_says_later_is_left_alone_by_all() -> None:
    visit = Visit(RawServer({"/busy": failing("429 Too Many", header="Retry-After: 30"), "/page": answer(PAGE)}))
    visit.manners["bounds"] = Bounds(attempts=1)

    async def work(fetcher: Fetcher) -> Capture:
        assert (await fetcher.fetch(visit.server.url("/busy"))).status == 429
        return await fetcher.fetch(visit.server.url("/page"))

    capture = visit.run(work)
    assert visit.slept == [30]
    assert capture.pace == "30 s: status 429, Retry-After 30 s"


def test_a_host_that_asks_for_more_than_our_patience_is_not_asked_again() -> None:
    visit = Visit(RawServer({"/busy": failing("503 Later", header="Retry-After: 3600"), "/page": answer(PAGE)}))

    async def work(fetcher: Fetcher) -> Capture:
        busy = await fetcher.fetch(visit.server.url("/busy"))
        assert retry_after_s(busy) == 3600
        visit.clock.time += 600
        return await fetcher.fetch(visit.server.url("/page"))

    capture = visit.run(work)
    assert capture.outcome == "failed"
    assert capture.reason == "not asked: 3,600 s: status 503, Retry-After 3,600 s; 3,000 s of it are left"
    assert visit.server.asked == ["/robots.txt", "/busy"]
    assert visit.slept == []


def test_up_to_as_many_requests_as_allowed_are_under_way_at_a_host() -> None:
    visit = Visit(robots(""), connections=3)
    inside: list[int] = []
    most: list[int] = []

    async def slow(writer: asyncio.StreamWriter) -> None:
        inside.append(1)
        most.append(len(inside))
        await asyncio.sleep(0.01)
        inside.pop()
        writer.write(answer(PAGE))
        await writer.drain()

    visit.server.paths["/page"] = slow

    async def work(fetcher: Fetcher) -> Capture:
        captures = await asyncio.gather(*(fetcher.fetch(visit.server.url("/page")) for _ in range(12)))
        assert all(capture.outcome == "fetched" for capture in captures)
        return captures[0]

    visit.run(work)
    assert max(most) == 3


def test_what_is_no_web_address_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        Visit(RawServer({})).run(lambda fetcher: fetcher.fetch("report.html"))


def test_a_long_reason_is_cut() -> None:
    capture = fetch(redirect("x:" + "y" * 5000))
    assert len(capture.reason) == 300
