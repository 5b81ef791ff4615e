import asyncio

import pytest
from pytest_httpserver import HTTPServer
from raw_server import RawServer, answer, running
from werkzeug import Request, Response

from scraper.errors import AddressRefused, FetchError, UsageError
from scraper.fetch import Bounds, Manners, Reply, post

BOUNDS = Bounds(total_s=5, connect_s=2, read_s=0.3, wire_bytes=1000, body_bytes=1000)


def asked(url: str, content: bytes, *, place: str = "") -> Reply:
    manners = Manners(allow_addresses=frozenset({place} - {""}), bounds=BOUNDS)
    return asyncio.run(post(url, content, {"Content-Type": "application/x-question"}, manners=manners))


def test_a_service_is_asked_once_with_all_that_is_sent(httpserver: HTTPServer) -> None:
    seen = []

    def serve(request: Request) -> Response:
        seen.append((request.method, request.content_type, request.data, request.headers["User-Agent"]))
        return Response(request.data[::-1], content_type="Application/X-Answer; a=b")

    httpserver.expect_request("/ask").respond_with_handler(serve)
    place = f"{httpserver.host}:{httpserver.port}"
    content = bytes(range(256)) * 3
    found = asked(httpserver.url_for("/ask"), content, place=place)
    assert (found.media_type, found.content) == ("application/x-answer", content[::-1])
    [(method, kind, data, agent)] = seen
    assert (method, kind, data) == ("POST", "application/x-question", content)
    assert agent.startswith("fonds/")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (answer(b"no", status="403 Forbidden"), r"the service answered 403 \(Forbidden\)"),
        (answer(b"no", status="599 What"), "the service answered 599"),
        (answer(b"", "Location: http://127.0.0.1/", status="302 Found"), "the service answered 302"),
        (answer(b"x" * 2000), "over 1,000 bytes"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "no data for"),
        (b"SSH-2.0\r\n", "breaks HTTP"),
    ],
)
def test_any_other_answer_is_an_error(what: bytes, message: str) -> None:
    server = RawServer({"/ask": what})

    async def work() -> None:
        async with running(server):
            manners = Manners(allow_addresses=frozenset({server.place}), bounds=BOUNDS)
            with pytest.raises(FetchError, match=message):
                await post(server.url("/ask"), b"x", {}, manners=manners)

    asyncio.run(work())
    assert server.asked == ["/ask"]


def test_it_passes_the_address_guard(httpserver: HTTPServer) -> None:
    with pytest.raises(AddressRefused):
        asked(httpserver.url_for("/ask"), b"x")
    assert httpserver.log == []
    with pytest.raises(UsageError):
        asked("file:///etc/passwd", b"x")
