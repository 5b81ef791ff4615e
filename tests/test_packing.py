"""What a server packed is packed again into the same bytes, or nothing is claimed."""

import gzip
import random
import sys
import zlib

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.packing import Recipe, find_recipe, library_of, packed_again

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_CHANCE = random.Random(5)
PAGE = b" ".join(b"word%d" % _CHANCE.randrange(400) for _ in range(20_000))
SHORT = PAGE[:700]


def _zlib(content: bytes, level: int, window: int, memory: int = 8) -> bytes:
    stream = zlib.compressobj(level, zlib.DEFLATED, window, memory)
    return stream.compress(content) + stream.flush()


def _found(packed: bytes, content: bytes, coding: str) -> Recipe:
    recipe = find_recipe(packed, content, coding, None)
    assert recipe
    assert packed_again(content, recipe) == packed
    assert Recipe.from_bytes(recipe.to_bytes()) == recipe
    return recipe


@pytest.mark.parametrize("content", [PAGE, SHORT, b"", b"x"], ids=["page", "short", "empty", "one"])
@pytest.mark.parametrize("level", range(1, 10))
def test_gzip_of_any_level_is_found(content: bytes, level: int) -> None:
    _found(_zlib(content, level, 31), content, "gzip")
    _found(_zlib(content, level, 15), content, "deflate")


@pytest.mark.parametrize("level", [1, 5, 6, 9])
def test_gzip_as_nginx_packs_short_pages_and_apache_all_is_found(level: int) -> None:
    assert _found(_zlib(SHORT, level, 16 + 10, 3), SHORT, "gzip")
    assert _found(_zlib(PAGE, level, 31, 9), PAGE, "gzip").memory == 9


def test_a_gzip_head_with_a_name_a_time_and_more_is_kept() -> None:
    packed = gzip.compress(PAGE, 6, mtime=1_700_000_000)
    stream = packed[10:]
    for head in (
        packed[:10],
        packed[:3] + b"\x08" + packed[4:10] + b"report.html\0",
        packed[:3] + b"\x1e" + packed[4:10] + b"\x03\0abcname\0comment\0\x12\x34",
    ):
        assert _found(head + stream, PAGE, "x-gzip").head == head.hex()


def test_streams_that_were_flushed_on_the_way_are_found() -> None:
    stream = zlib.compressobj(6, zlib.DEFLATED, 31)
    packed = b"".join(stream.compress(PAGE[at : at + 40_000]) + stream.flush(zlib.Z_SYNC_FLUSH) for at in (0, 40_000))
    packed += stream.compress(PAGE[80_000:]) + stream.flush()
    assert _found(packed, PAGE, "gzip").flushes == (40_000, 80_000)


@pytest.mark.parametrize("window", [18, 19, 22, 24])
@pytest.mark.parametrize("level", [1, 3, 4, 5, 6])
def test_brotli_of_usual_levels_is_found(level: int, window: int) -> None:
    assert _found(brotli.compress(PAGE, quality=level, lgwin=window), PAGE, "br").window == window


@pytest.mark.parametrize("checksum", [0, 1])
@pytest.mark.parametrize("level", [1, 3, 6])
def test_zstandard_is_found_whether_or_not_the_length_was_known(level: int, checksum: int) -> None:
    options = {zstd.CompressionParameter.compression_level: level, zstd.CompressionParameter.checksum_flag: checksum}
    _found(zstd.compress(PAGE, options=options), PAGE, "zstd")
    stream = zstd.ZstdCompressor(options=options)
    _found(stream.compress(PAGE) + stream.flush(), PAGE, "zstd")


@pytest.mark.parametrize(
    ("packed", "coding"),
    [
        (brotli.compress(PAGE, quality=11), "br"), (_zlib(PAGE, 6, 31, 2), "gzip"), (b"", "br"), (b"", "gzip"),
        (b"", "zstd"), (gzip.compress(PAGE) + b"more", "gzip"), (gzip.compress(b"") + gzip.compress(PAGE), "gzip"),
        (gzip.compress(PAGE[:-1]), "gzip"), (gzip.compress(gzip.compress(PAGE)), "gzip, gzip"),
        (b"\x1f\x8b\x08\x04" * 9, "gzip"),
        (b"(\xb5/\xfd" + bytes(9), "zstd"), (PAGE, "unheard-of"),
    ],
    ids=["slow", "unusual", "none br", "none gzip", "none zstd", "padded", "members", "other", "twice",
         "head", "frame", "coding"],
)  # fmt: skip
def test_what_is_not_found_is_not_claimed(packed: bytes, coding: str) -> None:
    assert find_recipe(packed, PAGE, coding, None) is None


def test_what_a_server_did_before_is_tried_first() -> None:
    known = _found(_zlib(PAGE, 5, 31, 9), PAGE, "gzip")
    later = PAGE + b"!"
    assert find_recipe(_zlib(later, 5, 31, 9), later, "gzip", known) == known
    for coding, packed in (("br", brotli.compress(later, quality=2)), ("zstd", zstd.compress(later, 4))):
        known = _found(packed, later, coding)
        assert find_recipe(packed, later, coding, known) == known


def test_a_stream_flushed_too_often_is_left_as_it_is() -> None:
    stream = zlib.compressobj(6, zlib.DEFLATED, 31)
    parts = [stream.compress(PAGE[at : at + 100]) + stream.flush(zlib.Z_SYNC_FLUSH) for at in range(0, 28_000, 100)]
    assert find_recipe(b"".join(parts) + stream.flush(), PAGE[:28_000], "gzip", None) is None


@pytest.mark.parametrize(
    "told", [b"", b"[]", b"{}", b"[" * 99_999, b'{"library":"x","kind":"lzma","level":1}', b'{"kind":"br"}']
)
def test_a_recipe_that_is_none_is_refused(told: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        packed_again(PAGE, Recipe.from_bytes(told))


@pytest.mark.parametrize(
    "fields", [{"level": 77}, {"window": 99}, {"head": "no hex"}, {"memory": 10**30}, {"kind": "br", "level": 99}]
)
def test_settings_that_are_none_are_refused(fields: dict[str, object]) -> None:
    recipe = {"library": library_of("gzip"), "kind": "gzip", "level": 6} | fields
    with pytest.raises(ValueError, match=r"not a way of packing|hex|Invalid"):
        packed_again(PAGE, Recipe(**recipe))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd"]))
def test_any_bytes_that_are_no_packing_of_the_content_find_nothing_and_raise_nothing(
    received: bytes, content: bytes, coding: str
) -> None:
    recipe = find_recipe(received, content, coding, None)
    assert recipe is None or packed_again(content, recipe) == received
