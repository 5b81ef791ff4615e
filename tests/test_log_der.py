from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import NotProved
from scraper.log import der


def test_an_element_has_its_parts() -> None:
    encoded = der.made(der.SEQUENCE, der.made(der.INTEGER, b"\x01\x00") + der.made(der.OCTETS, b"x" * 300))
    number, octets = der.element(encoded).parts
    assert (number.number, octets.content, octets.encoded[:4]) == (256, b"x" * 300, b"\x04\x82\x01\x2c")
    assert octets.inside(der.SET).encoded[:1] == b"\x31"


@pytest.mark.parametrize(
    ("encoded", "name"),
    [
        ("06092a864886f70d010904", "1.2.840.113549.1.9.4"),
        ("0609608648016503040201", "2.16.840.1.101.3.4.2.1"),
        ("0600", ""),
        ("060188", ""),
        ("020101", ""),
    ],
)
def test_an_object_has_its_name(encoded: str, name: str) -> None:
    assert der.element(bytes.fromhex(encoded)).name == name


@pytest.mark.parametrize(
    ("encoded", "message"),
    [
        ("", "no DER element"),
        ("30", "no DER element"),
        ("1f0100", "no DER element"),
        ("3002", "cut short"),
        ("3080", "without a length"),
        ("3085ffffffffff", "without a length"),
        ("3084ffffffff", "cut short"),
        ("020101ff", "1 bytes behind"),
    ],
)
def test_what_is_no_element_is_said(encoded: str, message: str) -> None:
    with pytest.raises(NotProved, match=message):
        der.element(bytes.fromhex(encoded))


@given(st.binary(max_size=200))
def test_any_bytes_are_an_element_or_none(data: bytes) -> None:
    with suppress(NotProved):
        assert der.element(data).encoded == data


@given(st.integers(0x30, 0xAF), st.binary(max_size=70_000))
def test_what_is_made_reads_back(tag: int, content: bytes) -> None:
    if tag & 0x1F == 0x1F:
        return
    found = der.element(der.made(tag, content))
    assert (found.tag, found.content) == (tag, content)
