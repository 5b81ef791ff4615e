from itertools import pairwise

import h11
import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.fetch import Bounds
from scraper.fetch.reception import OverBound, Reception

BOUNDS = Bounds(head_bytes=2_000, wire_bytes=5_000)
ANSWERS = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nwh\r\n3\r\nole\r\n0\r\nX: y\r\n\r\n",
    "interim": b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 H\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
    "bare lines": b"HTTP/1.1 200 OK\nContent-Length: 5\n\nwhole",
    "closed": b"HTTP/1.1 200 OK\r\n\r\nwhole",
    "old": b"HTTP/1.0 200\r\n\r\nwhole",
    "nothing": b"HTTP/1.1 204 No Content\r\n\r\n",
}


def reception() -> Reception:
    http = h11.Connection(h11.CLIENT)
    http.send(h11.Request(method="GET", target="/", headers=[("Host", "h")]))
    http.send(h11.EndOfMessage())
    return Reception(http, BOUNDS)


def take(wire: bytes, cuts: list[int]) -> Reception:
    """*wire* in pieces, up to the answer's end or, where there is none, to that of the connection."""
    one = reception()
    edges = sorted({0, len(wire), *(cut % (len(wire) + 1) for cut in cuts)})
    for start, end in pairwise(edges):
        if not one.is_whole:
            one.feed(wire[start:end])
    if not one.is_whole:
        one.feed(b"")
    return one


@given(st.sampled_from(sorted(ANSWERS)), st.lists(st.integers(0, 1_000), max_size=20))
def test_an_answer_is_the_same_however_it_comes(name: str, cuts: list[int]) -> None:
    wire = ANSWERS[name]
    one = take(wire, cuts)
    assert one.is_whole
    assert one.body == (b"" if name == "nothing" else b"whole")
    assert one.head in wire
    assert one.head.startswith(b"HTTP/1.")
    assert one.head.endswith((b"\r\n\r\n", b"\n\n"))
    assert one.status == (204 if name == "nothing" else 200)


@given(st.sampled_from(sorted(ANSWERS)), st.integers(1, 200), st.lists(st.integers(0, 1_000), max_size=5))
def test_an_answer_that_is_cut_anywhere_is_never_taken_for_whole(name: str, left: int, cuts: list[int]) -> None:
    """Without a length nothing tells: there every cut behind the head gives what has come."""
    wire = ANSWERS[name][:-left]
    try:
        one = take(wire, cuts)
    except (httpx.ReadError, httpx.RemoteProtocolError):
        return
    assert name in ("closed", "old")
    assert b"whole".startswith(one.body)


PIECES = [
    b"HTTP/1.1 200 OK", b"HTTP/1.1 100 C", b"HTTP/1.1 304 N", b"\r\n", b"\n", b"Content-Length: 9",
    b"Content-Length: -1", b"Transfer-Encoding: chunked", b"Connection: close", b"A: b", b" fold", b":", b"\0", b"\xff",
    b"5\r\n", b"0\r\n\r\n", b"x" * 600,
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.lists(st.integers(0, 5_000), max_size=10))
def test_any_bytes_are_an_answer_or_one_error_of_httpx(pieces: list[bytes], cuts: list[int]) -> None:
    one = reception()
    wire = b"".join(pieces)
    edges = sorted({0, len(wire), *(cut % (len(wire) + 1) for cut in cuts)})
    try:
        for start, end in pairwise(edges):
            if not one.is_whole:
                one.feed(wire[start:end])
    except httpx.TransportError as error:
        assert "\n" not in str(error)
    assert len(one.body) <= BOUNDS.wire_bytes + len(wire)
    assert one.head in wire


@given(st.binary(max_size=300))
def test_any_body_comes_back_as_it_was_sent(body: bytes) -> None:
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:100], body[100:]) if part)
    by_chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"
    by_length = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    assert take(by_chunks, [70, 150]).body == take(by_length, [50, 90]).body == body


@pytest.mark.parametrize(
    ("wire", "error", "words"),
    [
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500, OverBound, "over 2,000 bytes of headers"),
        (b"HTTP/1.1 100 C\r\n\r\n" * 17, OverBound, "over 16 interim answers"),
        (b"HTTP/1.1 103 H\r\nA: " + b"b" * 900 + b"\r\n\r\n", OverBound, "over 2,000 bytes of headers"),
        (b"GIF89a", httpx.RemoteProtocolError, "no status line"),
        (b"\r\nHTTP/1.1 200 OK\r\n\r\n", httpx.RemoteProtocolError, "no status line"),
    ],
    ids=["headers", "interim", "interim headers", "no HTTP", "a line before"],
)
def test_a_head_over_its_bounds_is_named(wire: bytes, error: type[Exception], words: str) -> None:
    one = reception()
    with pytest.raises(error, match=words):
        for _ in range(3):
            one.feed(wire)


def test_a_body_over_its_bound_is_kept_as_far_as_it_came() -> None:
    one = reception()
    with pytest.raises(OverBound, match="over 5,000 bytes received"):
        one.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 6000\r\n\r\n" + bytes(6_000))
    assert one.body == bytes(6_000)


def test_of_a_redirect_only_a_short_body_is_taken() -> None:
    one = reception()
    one.feed(b"HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 900000\r\n\r\n" + bytes(65_537))
    assert one.is_whole
