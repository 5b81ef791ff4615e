"""Bytes to text, by the labels of the WHATWG Encoding Standard and never by a Python codec's name."""

import re
from dataclasses import dataclass

import webencodings
from bs4.dammit import EncodingDetector

from .errors import UnreadableBody

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le"))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
_META_REACH = 4_096
_BINARY_REACH = 4_096
# What a text never holds: the C0 controls but tab, line feed, form feed, carriage return and escape.
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "gzip-compressed data"),
    (b"SQLite format 3\x00", "an SQLite database"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The text of a body, its encoding by the standard's name, and *decided_by*: what named that encoding."""

    text: str
    encoding: str
    decided_by: str


def decode(body: bytes, content_type: str = "", *, is_html: bool = False) -> Decoded:
    """The text of *body*; signs that its encoding lacks become U+FFFD.

    A byte order mark decides, else the charset of *content_type*, else (*is_html*) a `meta` element in the first
    4,096 bytes, else UTF-8 where the bytes are valid, else windows-1252. Unknown labels are passed over. Raises
    UnreadableBody for what is no text.
    """
    for bom, label in _BOMS:
        if body.startswith(bom):
            return _decoded(body[len(bom) :], label, "byte order mark")
    _require_text(body)
    charset = _CHARSET.search(content_type)
    if charset and webencodings.lookup(charset[1]):
        return _decoded(body, charset[1], "content type")
    declared = EncodingDetector.find_declared_encoding(body[:_META_REACH], is_html=True) if is_html else None
    if declared and webencodings.lookup(declared):
        label = "utf-8" if declared.lower().startswith("utf-16") else declared  # HTML Standard, 13.2.3.2
        return _decoded(body, label, "meta element")
    try:
        return Decoded(text=body.decode("utf-8"), encoding="utf-8", decided_by="valid UTF-8")
    except UnicodeDecodeError:
        return _decoded(body, "windows-1252", "default")


def _decoded(body: bytes, label: str, decided_by: str) -> Decoded:
    encoding = webencodings.lookup(label)
    text, _ = encoding.codec_info.decode(body, "replace")
    return Decoded(text=text, encoding=encoding.name, decided_by=decided_by)


def _require_text(body: bytes) -> None:
    for signature, found in _SIGNATURES:
        if body.startswith(signature):
            raise UnreadableBody(f"expected a text, found {found}", found=found)
    start = body[:_BINARY_REACH]
    controls = len(_CONTROLS.findall(start))
    if controls * 10 > len(start):
        found = f"binary data ({controls} control bytes among the first {len(start):,})"
        raise UnreadableBody(f"expected a text, found {found}", found=found)
