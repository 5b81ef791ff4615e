import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.decode import decode
from parsers.errors import UnreadableBody


@pytest.mark.parametrize(
    ("body", "content_type", "text", "encoding", "decided_by"),
    [
        (b"\xef\xbb\xbfZo\xc3\xab", "text/html; charset=latin1", "Zoë", "utf-8", "byte order mark"),
        (b"\xff\xfeZ\0o\0", "", "Zo", "utf-16le", "byte order mark"),
        (b"\xfe\xff\0Z\0o", "", "Zo", "utf-16be", "byte order mark"),
        (b"\x93Zo\xeb\x94", "text/html; charset=ISO-8859-1", "“Zoë”", "windows-1252", "content type"),
        (b"\xd0\xd1", 'text/html; Charset="windows-1251"', "РС", "windows-1251", "content type"),
        (b"Zo\xc3\xab", "text/html; charset=nonsense", "Zoë", "utf-8", "valid UTF-8"),
        (b"Zo\xc3\xab", "", "Zoë", "utf-8", "valid UTF-8"),
        (b"Zo\xeb \x93", "", "Zoë “", "windows-1252", "default"),
        (b"<meta charset=koi8-r>\xd0", "", "<meta charset=koi8-r>п", "koi8-r", "meta element"),
        (b"<meta charset=utf-16>\xc3\xab", "", "<meta charset=utf-16>ë", "utf-8", "meta element"),
        (b"<meta charset=nonsense>\xc3\xab", "", "<meta charset=nonsense>ë", "utf-8", "valid UTF-8"),
        (b"a\xff", "text/html; charset=utf-8", "a\ufffd", "utf-8", "content type"),
    ],
    ids=[
        "mark over content type",
        "UTF-16 LE",
        "UTF-16 BE",
        "latin1 is windows-1252",
        "quoted charset",
        "unknown charset",
        "UTF-8",
        "default",
        "meta",
        "meta cannot be UTF-16",
        "unknown meta",
        "broken sign",
    ],
)
def test_what_decides_the_encoding(body: bytes, content_type: str, text: str, encoding: str, decided_by: str) -> None:
    decoded = decode(body, content_type, is_html=True)
    assert (decoded.text, decoded.encoding, decoded.decided_by) == (text, encoding, decided_by)


def test_only_html_declares_its_encoding_in_an_element() -> None:
    assert decode(b"<meta charset=koi8-r>\xc3\xab").decided_by == "valid UTF-8"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x1f\x8b\x08", "gzip-compressed data"),
        (b"PK\x03\x04", "a zip archive"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (bytes(range(32)) * 4, "binary data (100 control bytes among the first 128)"),
    ],
)
def test_what_is_no_text_is_named(body: bytes, found: str) -> None:
    with pytest.raises(UnreadableBody) as caught:
        decode(body)
    assert caught.value.found.startswith(found.partition(" (")[0])


@given(st.binary() | st.sampled_from([b"%PDF", b"\xff\xfe\xff", b"\xfe\xff\xd8"]), st.text(), st.booleans())
def test_any_bytes_are_decoded_or_unreadable(body: bytes, label: str, is_html: bool) -> None:
    try:
        decoded = decode(body, f"text/html; charset={label}", is_html=is_html)
    except UnreadableBody as error:
        assert error.found
    else:
        assert isinstance(decoded.text, str)


@given(
    st.sampled_from(["utf-7", "utf-8-sig", "idna", "rot13", "hex", "unicode_escape", "punycode", "zlib", "replacement"])
)
def test_names_that_only_python_knows_are_passed_over(label: str) -> None:
    assert decode(b"+AGE- \\u0041", f"text/plain; charset={label}").decided_by in {"valid UTF-8", "content type"}
