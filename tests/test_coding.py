import gzip
import random
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.bounds import Bounds
from scraper.coding import BodyDecoder, BodyError, coding_of, decoded

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

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
    ("zstd", zstd.compress),
    ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
    ("zstd, gzip", lambda body: gzip.compress(zstd.compress(body))),
]
IDS = ["none", "identity", "gzip", "x-gzip", "zlib", "raw", "br", "zstd", "gzip-in-br", "zstd-in-gzip"]
CODECS = ["gzip", "deflate", "br", "zstd"]


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
    assert decoder.content_bytes <= 1_000_000 + 2 * 1024 * 1024


def test_much_that_a_single_chunk_decodes_to_comes_whole() -> None:
    """Megabytes of output may be waiting in a decoder that has taken all of its input."""
    body = b"".join(b"%d reports of the year\n" % number for number in range(200_000))
    for coding, compress in (("br", lambda body: brotli.compress(body, quality=4)), ("zstd", zstd.compress)):
        assert decode(coding, compress(body), 100_000_000, ratio_from=100_000_000) == body


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


def test_several_zstd_frames_are_one_body_and_what_follows_is_an_error() -> None:
    assert decode("zstd", zstd.compress(b"one ") + zstd.compress(b"two")) == b"one two"
    with pytest.raises(BodyError, match="corrupt"):
        decode("zstd", zstd.compress(b"one") + b"more bytes")


@pytest.mark.parametrize(("coding", "compress"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
def test_streams_without_number_are_refused(coding: str, compress: Compress) -> None:
    with pytest.raises(BodyError, match="over 10,000 compressed streams"):
        decode(coding, compress(b"") * 10_001)


def test_a_zstd_window_over_what_a_server_may_ask_is_refused() -> None:
    options = {zstd.CompressionParameter.window_log: 27}
    with pytest.raises(BodyError, match="too much memory"):
        decode("zstd", zstd.compress(random.Random(1).randbytes(9_000_000), options=options))


def test_a_wrong_checksum_is_no_body() -> None:
    wire = bytearray(gzip.compress(BODY))
    wire[-5] ^= 1
    with pytest.raises(BodyError, match="corrupt"):
        decode("gzip", bytes(wire))


def test_an_empty_body_is_whole_in_any_encoding() -> None:
    assert [decode(encoding, b"") for encoding, _ in ENCODINGS] == [b""] * len(ENCODINGS)


@pytest.mark.parametrize(
    ("encoding", "found"), [("x-martian", "content encoding 'x-martian'"), ("gzip, gzip, gzip", "3 content encodings")]
)
def test_encodings_not_asked_for_are_refused(encoding: str, found: str) -> None:
    with pytest.raises(BodyError, match=found):
        BodyDecoder(encoding, Bounds())


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", ""),
        ("identity", ""),
        (" GZip ", "gzip"),
        ("gzip,br", "gzip, br"),
        ("gzip, identity,, br", "gzip, br"),
        ("x" * 5_000, "x" * 100),
    ],
)
def test_the_coding_is_what_the_header_names(header: str, coding: str) -> None:
    assert coding_of(header) == coding


@pytest.mark.parametrize(("coding", "compress"), ENCODINGS, ids=IDS)
def test_a_stored_body_is_decoded_again(coding: str, compress: Compress) -> None:
    wire = compress(bytes(3_000_000))
    assert decoded(wire, coding, size=3_000_000) == bytes(3_000_000)
    with pytest.raises(BodyError, match="over 2,999,999 bytes"):
        decoded(wire, coding, size=2_999_999)
    with pytest.raises(BodyError, match="decodes to 3,000,000 bytes, expected 3,000,001"):
        decoded(wire, coding, size=3_000_001)


WIRES = st.binary(max_size=2_000) | st.builds(
    lambda times, codec: dict(ENCODINGS)[codec](bytes(times * 4_096)), st.integers(0, 2_000), st.sampled_from(CODECS)
)


@given(WIRES, st.sampled_from([*CODECS, "gzip, br", "zstd, deflate"]), st.integers(1, 500), st.integers(0, 3_000_000))
def test_any_bytes_at_any_bound_give_a_bounded_body_or_one_error(wire: bytes, coding: str, step: int, cap: int) -> None:
    decoder = BodyDecoder(coding, Bounds(body_bytes=cap, ratio_from=100_000_000))
    try:
        for start in range(0, len(wire), step):
            decoder.feed(wire[start : start + step])
        body = decoder.finish()
    except BodyError as error:
        assert "\n" not in str(error)
    else:
        assert len(body) == decoder.content_bytes <= cap
    assert decoder.content_bytes <= cap + 2 * 1024 * 1024
