"""Bytes to text, by the labels of the WHATWG Encoding Standard and never by a Python codec's name."""

import re
from dataclasses import dataclass

import webencodings

from .errors import UnreadableBody

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le"))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.IGNORECASE)
_META_REACH = 4_096
_NAMES = re.compile(rb"charset", re.IGNORECASE)
_META = re.compile(rb"<meta\s[^<>]*?charset\s*+=\s*+[\"']?+\s*+([\w-]+)", re.IGNORECASE)
_BINARY_REACH = 4_096
_BINARY_PERCENT = 1  # of control bytes; random bytes have eleven, and a page may have a stray one
_STATISTICS_REACH = 65_536
_FEWEST_FOREIGN = 64  # bytes; of fewer the statistics take Hebrew for Russian
_FEWEST_MISPLACED = 5
_HIGH = re.compile(rb"[\x80-\xff]+")
_BETWEEN_WORDS = re.compile(rb"[\s<>]+")  # none of these is ever the second byte of a sign
# Signs of windows-1252 that no word of the West has inside: there they are letters of another encoding.
_MISPLACED = re.compile("(?<=[^\\W\\d_])[¡-¦¨¬¯-³µ¶¸¹»-¿×÷](?=[^\\W\\d_])")
_C1 = re.compile(rb"[\x80-\x9f]")
# By Python's name, the standard's label: encodings of other alphabets, then those of Central Europe.
_OTHER_ALPHABETS = {
    "cp1251": "windows-1251",
    "koi8_r": "koi8-r",
    "koi8_u": "koi8-u",
    "iso8859_5": "iso-8859-5",
    "cp866": "ibm866",
    "cp1253": "windows-1253",
    "cp1255": "windows-1255",
    "cp1256": "windows-1256",
    "iso8859_6": "iso-8859-6",
    "cp874": "windows-874",
    "cp932": "shift_jis",
    "euc_jp": "euc-jp",
    "gb18030": "gb18030",
    "big5": "big5",
    "cp949": "euc-kr",
}
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
    4,096 bytes, each unless a tenth of the bytes above 0x7F cannot be in what it declares, or all of them, at least 64,
    are UTF-8; else UTF-8 where the bytes are valid, else the statistics of the first 64 KiB where there is enough to
    count that no Western page has, else windows-1252. Unknown labels are passed over. Raises UnreadableBody for what
    is no text: a file of another kind, or over 1 % of control bytes among the first 4,096.
    """
    for bom, label in _BOMS:
        if body.startswith(bom):
            return _decoded(body[len(bom) :], label, "byte order mark")
    _require_text(body)
    charset = _CHARSET.search(content_type)
    if charset and webencodings.lookup(charset[1]):
        return _legible(body, _decoded(body, charset[1], "content type"))
    declared = _declared(body) if is_html else None
    if declared and webencodings.lookup(declared):
        label = "utf-8" if declared.lower().startswith("utf-16") else declared  # HTML Standard, 13.2.3.2
        return _legible(body, _decoded(body, label, "meta element"))
    try:
        return Decoded(text=body.decode("utf-8"), encoding="utf-8", decided_by="valid UTF-8")
    except UnicodeDecodeError:
        label = _counted(body)
        return _decoded(body, label or "windows-1252", "statistics" if label else "default")


def _declared(body: bytes) -> str | None:
    """What a `meta` element, or an XML declaration, among the first 4,096 bytes names; None where there is none."""
    start = body[:_META_REACH]
    if b"<?xml" not in start:
        metas = (_META.match(start, max(start.rfind(b"<", 0, name.start()), 0)) for name in _NAMES.finditer(start))
        return next((meta[1].decode("ascii") for meta in metas if meta), None)
    from bs4.dammit import EncodingDetector  # noqa: PLC0415 -- costs start-up time and memory; few pages need it

    return EncodingDetector.find_declared_encoding(start, is_html=True, search_entire_document=True)


def _legible(body: bytes, declared: Decoded) -> Decoded:
    """*declared*, unless the body is in UTF-8 by all its bytes, or cannot be in that: then what they speak for."""
    if declared.encoding != "utf-8" and (text := _as_utf8(body)):
        return Decoded(text=text, encoding="utf-8", decided_by="valid UTF-8")
    if "\ufffd" not in declared.text:  # which is found out in a tenth of the time that counting takes
        return declared
    lost = declared.text.count("\ufffd")
    if lost <= _FEWEST_MISPLACED or lost - body.count(b"\xef\xbf\xbd") <= _FEWEST_MISPLACED:
        return declared
    lost -= body.count(b"\xef\xbf\xbd")
    high = sum(map(len, _HIGH.findall(body)))
    if lost * 10 < high or not high:
        return declared
    label = _counted(body)
    return _decoded(body, label or "windows-1252", "statistics" if label else "default")


def _as_utf8(body: bytes) -> str:
    """The text of *body* where it is UTF-8 and has so many signs that chance cannot make it so; ""."""
    if sum(map(len, _HIGH.findall(body))) < _FEWEST_FOREIGN:
        return ""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _counted(body: bytes) -> str:
    """The encoding that the bytes above 0x7F speak for, "" where they may as well be windows-1252."""
    start = _BETWEEN_WORDS.split(body[:_STATISTICS_REACH])
    if len(body) > _STATISTICS_REACH:
        start.pop()  # it may end within a sign
    words = b" ".join(word for word in start if not word.isascii())
    runs = _HIGH.findall(words)
    high = sum(map(len, runs))
    if high >= _FEWEST_FOREIGN and words.decode("utf-8", "replace").count("\ufffd") * 50 < high:
        return "utf-8"  # a page that is damaged in few places
    # Hardly any word of the West has three such letters in a row; one sign repeated is a row of no-break spaces.
    in_words = sum(len(run) for run in runs if len(run) > 2 and len(set(run)) > 1)
    misplaced = len(_MISPLACED.findall(words.decode("windows-1252", "replace")))
    if in_words >= _FEWEST_FOREIGN and in_words * 2 > high:
        candidates = _OTHER_ALPHABETS
    elif misplaced >= _FEWEST_MISPLACED and misplaced * 50 > high:
        candidates = {"cp1250": "windows-1250"} if _C1.search(words) else {"iso8859_2": "iso-8859-2"}
    else:
        return ""
    from charset_normalizer import from_bytes  # noqa: PLC0415 -- few pages need it

    best = from_bytes(words, cp_isolation=list(candidates), preemptive_behaviour=False).best()
    return candidates.get(best.encoding, "") if best else ""


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
    if controls > max(2, len(start) * _BINARY_PERCENT // 100):
        found = f"binary data ({controls} control bytes among the first {len(start):,})"
        raise UnreadableBody(f"expected a text, found {found}", found=found)
