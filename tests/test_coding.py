import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.bounds import Bounds
from scraper.coding import BodyDecoder, BodyError

Compress = Callable[[bytes], bytes]
BODY = b"A report of the year, and another.\n" * 2000


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


ENCODINGS: list[tuple[str, Compress]] = [
    ("", bytes),
    ("identity", bytes),
    ("gzip", gzip.compress),
    ("X-GZip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
]
IDS = ["none", "identity", "gzip", "x-gzip", "zlib", "raw", "br", "gzip-in-br"]


def decode(encoding: str, wire: bytes, step: int = 10_000, **bounds: int) -> bytes:
    decoder = BodyDecoder(encoding, Bounds(**bounds))
    for start in range(0, len(wire), step):
        decoder.feed(wire[start : start + step])
    return decoder.finish()


@pytest.mark.parametrize(("encoding", "compress"), ENCODINGS, ids=IDS)
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_every_encoding_asked_for_is_undone_however_it_arrives(encoding: str, compress: Compress, step: int) -> None:
    assert decode(encoding, compress(BODY), step) == BODY


@pytest.mark.parametrize(("encoding", "compress"), ENCODINGS[2:], ids=IDS[2:])
def test_a_compressed_body_cut_short_is_no_body(encoding: str, compress: Compress) -> None:
    wire = compress(bytes(range(256)) * 40)
    with pytest.raises(BodyError, match="cut short"):
        decode(encoding, wire[: len(wire) // 2])


@pytest.mark.parametrize(("encoding", "compress"), ENCODINGS[2:], ids=IDS[2:])
def test_a_bomb_stops_within_one_step_of_the_bound(encoding: str, compress: Compress) -> None:
    wire = compress(bytes(64_000_000))
    decoder = BodyDecoder(encoding, Bounds(body_bytes=1_000_000))
    with pytest.raises(BodyError, match="over 1,000,000 bytes decoded"):
        decoder.feed(wire)
    assert len(decoder._body) <= 1_000_000 + 2_200_000


def test_a_body_that_grows_beyond_any_page_is_refused_by_its_ratio() -> None:
    with pytest.raises(BodyError, match="over 200 times its size"):
        decode("gzip", gzip.compress(bytes(2_000_000)))


def test_bytes_received_are_bounded() -> None:
    with pytest.raises(BodyError, match="over 1,000 bytes received"):
        decode("", bytes(2_000), 100, wire_bytes=1_000)


def test_several_gzip_members_are_one_body_and_padding_is_passed_over() -> None:
    assert decode("gzip", gzip.compress(b"one ") + gzip.compress(b"two")) == b"one two"
    assert decode("gzip", gzip.compress(b"one") + bytes(20)) == b"one"
    assert decode("deflate", zlib.compress(b"one") + b"more") == b"one"


def test_a_wrong_checksum_is_no_body() -> None:
    wire = bytearray(gzip.compress(BODY))
    wire[-5] ^= 1
    with pytest.raises(BodyError, match="corrupt"):
        decode("gzip", bytes(wire))


def test_an_empty_body_is_whole_in_any_encoding() -> None:
    assert [decode(encoding, b"") for encoding, _ in ENCODINGS] == [b""] * len(ENCODINGS)


@pytest.mark.parametrize(
    ("encoding", "found"), [("zstd", "content encoding 'zstd'"), ("gzip, gzip, gzip", "3 content encodings")]
)
def test_encodings_not_asked_for_are_refused(encoding: str, found: str) -> None:
    with pytest.raises(BodyError, match=found):
        BodyDecoder(encoding, Bounds())


@given(st.binary(max_size=2_000), st.sampled_from(["gzip", "deflate", "br", "gzip, br"]), st.integers(1, 500))
def test_any_bytes_give_a_bounded_body_or_one_error(wire: bytes, encoding: str, step: int) -> None:
    try:
        body = decode(encoding, wire, step, body_bytes=10_000)
    except BodyError as error:
        assert "\n" not in str(error)
    else:
        assert len(body) <= 10_000
