import asyncio
import gzip
import socket
import struct
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from raw_server import ROBOTS, RawServer, answer, running

from scraper.capture import Capture, Hop
from scraper.errors import UsageError
from scraper.fetch import Bounds, Fetcher, Manners

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
SMALL = Bounds(wire_bytes=100_000, body_bytes=200_000, ratio_from=100_000, total_s=5, read_s=2, attempts=1)
PAGE = b"<p>A report.</p>"
Work = Callable[[Fetcher], Awaitable[Capture]]


class Visit:
    """One fetcher at one server: what it fetched, waited and was told by robots.txt."""

    def __init__(self, server: RawServer, bounds: Bounds = SMALL, contact: str = "", delay_s: float = 0.0) -> None:
        self.server = server
        self.bounds = bounds
        self.contact = contact
        self.delay_s = delay_s
        self.slept: list[float] = []
        self.robots: list[Capture] = []
        self.allowed: frozenset[str] | None = None
        self.addresses: dict[str, list[str]] = {}

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def resolver(self, host: str, port: int) -> tuple[str, ...]:
        answers = self.addresses.get(host, [host])
        return (answers.pop(0) if len(answers) > 1 else answers[0],)

    def run(self, work: Work) -> Capture:
        async def go() -> Capture:
            async with running(self.server) as server:
                allowed = frozenset({server.place}) if self.allowed is None else self.allowed
                manners = Manners(
                    bounds=self.bounds, contact=self.contact, delay_s=self.delay_s, allow_addresses=allowed
                )
                fetcher = Fetcher(
                    manners,
                    now=lambda: NOW,
                    on_robots=self.robots.append,
                    sleep=self.sleep,
                    resolver=self.resolver,
                    clock=lambda: 0.0,
                )
                async with fetcher:
                    return await work(fetcher)

        return asyncio.run(go())

    def get(self, path: str = "/page", etag: str = "", last_modified: str = "") -> Capture:
        return self.run(lambda fetcher: fetcher.fetch(self.server.url(path), etag=etag, last_modified=last_modified))


def fetch(what: bytes | list[bytes] | Callable[[asyncio.StreamWriter], Awaitable[None]]) -> Capture:
    return Visit(RawServer({"/page": what})).get()


def test_a_page_comes_with_all_that_was_said() -> None:
    visit = Visit(RawServer({"/page": answer(PAGE, "ETag: x")}), contact="https://example.org/us")
    capture = visit.get("/page#part")
    assert capture.outcome == "fetched"
    assert capture.body == PAGE
    assert capture.url == capture.final_url == visit.server.url("/page")
    assert (capture.status, capture.content_type, capture.header("etag")) == (200, "text/html", "x")
    assert capture.captured_at == NOW
    assert capture.address == visit.server.place
    assert capture.robots == "allowed by robots.txt"
    assert capture.reason == ""
    assert ("User-Agent", "fonds/0.1.0 (+https://example.org/us)") in capture.request_headers


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


def test_a_compressed_page_is_decoded_and_counted_as_received() -> None:
    wire = gzip.compress(PAGE)
    capture = fetch(answer(wire, "Content-Encoding: gzip"))
    assert capture.body == PAGE
    assert capture.wire_bytes == len(wire)


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


async def silence(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


def closing(what: bytes) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(what)
        await writer.drain()

    return send


BROKEN: dict[str, tuple[bytes | Callable[[asyncio.StreamWriter], Awaitable[None]], str]] = {
    "gzip-cut": (answer(gzip.compress(bytes(range(256)) * 9)[:200], "Content-Encoding: gzip"), "cut short"),
    "gzip-bomb": (answer(gzip.compress(bytes(9_000_000)), "Content-Encoding: gzip"), "over 200,000 bytes decoded"),
    "not-gzip": (answer(PAGE, "Content-Encoding: gzip"), "corrupt compressed body"),
    "unasked-encoding": (answer(PAGE, "Content-Encoding: zstd"), "content encoding 'zstd'"),
    "too-long": (answer(b"x" * 100_001), "over 100,000 bytes received"),
    "endless": (endless, "over 100,000 bytes received"),
    "short-body": (closing(answer(PAGE).replace(b"Length: 16", b"Length: 99")), "breaks HTTP or broke off"),
    "two-lengths": (answer(PAGE, "Content-Length: 3"), "breaks HTTP"),
    "no-http": (closing(b"SSH-2.0-OpenSSH_9.2\r\n"), "breaks HTTP"),
    "huge-header": (answer(PAGE, "X: " + "y" * 200_000), "breaks HTTP"),
    "reset": (reset, "connection lost"),
    "hang-up": (hang_up, "broke off"),
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
    assert capture.body is None or capture.status not in (200, 203)


@pytest.mark.parametrize(
    ("serve", "bounds", "reason"),
    [
        (trickle, Bounds(total_s=0.3, read_s=10, attempts=1), "no whole answer within 0.3 s"),
        (silence, Bounds(total_s=10, read_s=0.2, attempts=1), "no data for 0.2 s"),
        (silence, Bounds(total_s=0.2, read_s=10, attempts=1), "no whole answer within 0.2 s"),
    ],
    ids=["trickle", "silence", "silence-in-all"],
)
def test_slowness_ends_at_its_bound(
    serve: Callable[[asyncio.StreamWriter], Awaitable[None]], bounds: Bounds, reason: str
) -> None:
    capture = Visit(RawServer({"/page": serve}), bounds).get()
    assert capture.outcome == "failed"
    assert reason in capture.reason


@pytest.mark.parametrize(("status", "name"), [("404 Not Found", "Not Found"), ("410 Gone", "Gone")])
def test_a_page_that_is_not_there_is_missing_and_its_answer_kept(status: str, name: str) -> None:
    capture = fetch(answer(b"no such page", status=status))
    assert capture.outcome == "missing"
    assert capture.body == b"no such page"
    assert name in capture.reason


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
    assert capture.hops == (
        Hop(url=url("/a"), status=code, location=url("/b?x")),
        Hop(url=url("/b?x"), status=302, location=url("/page")),
    )


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
    visit = Visit(RawServer({"/page": answer(PAGE)}))
    visit.allowed = frozenset()
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
    assert capture.body == b"later"
    assert visit.server.asked.count("/page") == 3


@pytest.mark.parametrize("status", ["400 Bad", "403 Forbidden", "404 Not Found", "500 Error", "501 No"])
def test_a_lasting_failure_is_not_tried_again(status: str) -> None:
    visit = Visit(RawServer({"/page": failing(status)}), RETRYING)
    visit.get()
    assert visit.server.asked.count("/page") == 1


def test_a_lost_connection_is_tried_again() -> None:
    calls: list[int] = []

    async def serve(writer: asyncio.StreamWriter) -> None:
        calls.append(1)
        if len(calls) > 1:
            writer.write(answer(PAGE, "Connection: close"))
            await writer.drain()

    visit = Visit(RawServer({"/page": serve}), RETRYING)
    assert visit.get().outcome == "fetched"
    assert visit.slept == [1]


def test_a_closed_port_is_a_failed_capture() -> None:
    visit = Visit(RawServer({}))
    visit.allowed = frozenset({"127.0.0.1:1"})
    capture = visit.run(lambda fetcher: fetcher.fetch("http://127.0.0.1:1/"))
    assert capture.outcome == "failed"
    assert "robots.txt could not be had: no connection" in capture.reason


# robots.txt and pace


def robots(text: str) -> RawServer:
    return RawServer({"/robots.txt": answer(text.encode()), "/page": answer(PAGE), "/a": redirect("/page")})


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


def test_robots_txt_may_be_redirected() -> None:
    server = robots("")
    server.paths |= {"/robots.txt": redirect("/r"), "/r": answer(b"User-agent: *\nDisallow: /\n")}
    assert Visit(server).get().outcome == "refused"


@pytest.mark.parametrize(("delay", "expected"), [("3", 5.0), ("9", 9.0), ("1e9", 60.0)])
def test_the_pace_is_the_slower_of_ours_and_theirs(delay: str, expected: float) -> None:
    visit = Visit(robots(f"User-agent: *\nCrawl-delay: {delay}\n"), delay_s=5.0)

    async def twice(fetcher: Fetcher) -> Capture:
        await fetcher.fetch(visit.server.url("/page"))
        return await fetcher.fetch(visit.server.url("/page"))

    visit.run(twice)
    assert visit.slept == [expected]


def test_what_is_no_web_address_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        Visit(RawServer({})).run(lambda fetcher: fetcher.fetch("report.html"))


def test_a_long_reason_is_cut() -> None:
    capture = fetch(redirect("x:" + "y" * 5000))
    assert len(capture.reason) == 300
