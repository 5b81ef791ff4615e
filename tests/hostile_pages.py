"""Hostile bodies, each small to send and dear or odd to read, and what has to become of the capture of each."""

import gzip
from dataclasses import dataclass

WORDS = b"".join(
    b"<p>%s</p>" % sentence
    for sentence in (
        b"The army closed the border in March, and many people fled to the south of the country.",
        b"The commission counted forty witnesses, of whom six have since withdrawn what they said.",
        b"Courts in the north have not sat since the spring, and no judge has been named for the east.",
        b"Aid reaches the valley by one road only, which is closed whenever there is fighting near it.",
    )
)


@dataclass(frozen=True)
class Hostile:
    """A body; *outcome* is that of its capture: "new" (read), "held" (read, doubtful) or "unparsed".

    *says* is a part of the line that goes with it. *keeps* are words of the report that its record has.
    """

    body: bytes
    outcome: str = "new"
    says: str = ""
    keeps: str = "many people fled"
    type: str | None = "text/html"


def _refused(body: bytes, says: str, **fields: str | None) -> Hostile:
    return Hostile(body, "unparsed", says, keeps="", **fields)


def _empty(body: bytes) -> Hostile:
    return Hostile(body, "held", "no-report", keeps="")


def _json_ld(text: bytes) -> bytes:
    return b'<script type="application/ld+json">' + text + b"</script>"


HOSTILE = {
    # Dear for who builds a tree.
    "nested divs": _refused(b"<div>" * 100_000 + b"deep", "nested elements 3,001"),
    "nested tables": _refused(b"<table><tr><td>" * 20_000 + b"x", "nested elements"),
    "nested formatting": _refused(b"<b>" * 100_000 + WORDS, "formatting elements left open 101"),
    "as deep as may be": Hostile(b"<div>" * 2_900 + WORDS),
    "deep and wide": Hostile(b"<article>" + b"<div>" * 2_900 + WORDS + b"<p>x" * 10_000),
    "nested in a drawing": _refused(b"<svg><title>" + b"<div>" * 100_000, "nested elements"),
    "nested behind a comment": _refused(b"<!-->" + b"<div>" * 100_000 + b"-->", "nested elements"),
    "attributes": _refused(b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">", "attributes on one tag"),
    "attributes of the page": _refused(b"".join(b"<body a%d=1>" % n for n in range(40_000)), "CPU time"),
    "names of tags": _refused(b"".join(b"<a%d></a%d>" % (n, n) for n in range(290_000)), "CPU time"),
    "48 kB that become 87 MB": _refused(b"<b class=i>" * 99 + b"<p></p>" * 6_700, "tags 600,"),
    "misnested": _refused(b"<a><b>" * 20_000 + b"</a></b>" * 20_000, "formatting elements left open"),
    "misnested within bounds": Hostile(WORDS + b"<a><b></a></b>" * 20_000),
    "options": _refused(b"<select>" + b"<option>x" * 100_000, "options 10,001"),
    "nested select": _refused(b"<select><option>" * 50_000, "nested elements"),
    "frames": Hostile(WORDS + b"<frameset>" + b"<frame>" * 100_000),
    "only frames": _empty(b"<frameset>" + b"<frame>" * 50_000),
    "templates": _refused(b"<template>" * 100_000, "nested elements"),
    "empty elements": Hostile(WORDS + b"<p></p>" * 200_000),
    "closed and never opened": Hostile(WORDS + b"</x>" * 200_000),
    "one table of one cell": Hostile(
        b"<article>" + WORDS + b"<table><tr><th>a<th>b<tr><td colspan=1000 rowspan=20000>" + b"word " * 200
    ),
    "rows without end": Hostile(b"<article>" + WORDS + b"<table>" + b"<tr><td>x<td>y" * 30_000),
    # Much of one thing.
    "10 MB in one text": Hostile(b"<article><p>many people fled " + b"words " * 1_600_000),
    "one word of 10 MB": Hostile(b"<article>" + WORDS + b"<p>" + b"a" * 10_000_000),
    "an attribute of 10 MB": Hostile(b'<p title="' + b"A" * 10_000_000 + b'">x</p><article>' + WORDS),
    "a name of 10 MB": Hostile(WORDS + b"<" + b"a" * 10_000_000),
    "a title of 1 MB": Hostile(b"<title>" + b"T" * 1_000_000 + b"</title>" + WORDS),
    "a million entities": Hostile(b"<article>" + WORDS + b"<p>" + b"&amp;" * 1_000_000),
    "a name of an entity": Hostile(b"<article>" + WORDS + b"<p>&" + b"a" * 5_000_000),
    "spaces": Hostile(b"<article>" + WORDS + b"<p>" + b" \n\t" * 1_000_000 + b"x"),
    "combining marks": Hostile(b"<article>" + WORDS + b"<p>e" + "\u0301".encode() * 300_000),
    "digits and dates": Hostile(b"<article>" + WORDS + b"<p>" + b"1" * 300_000 + b"12/" * 90_000 + b" May " * 50_000),
    "addresses": Hostile(b"<article>" + WORDS + b"<p>" + b"a@" * 200_000 + b"http://" * 100_000),
    "links": Hostile(b"<article>" + WORDS + b"<a href=/x>y</a> " * 50_000),
    "less-than signs": Hostile(b"<article>" + WORDS + b"<" * 3_000_000),
    "starts of comments": Hostile(WORDS + b"<!--" * 1_000_000),
    "more than 50 MB": _refused(b"a" * 50_000_001, "50,000,00"),
    # Never closed.
    "an open comment": Hostile(WORDS + b"<!--" + b"-" * 3_000_000),
    "an open CDATA section": _refused(WORDS + b"<svg><![CDATA[" + b"<div>" * 100_000, "nested elements"),
    "an open tag": _refused(WORDS + b"<p title='" + b"<div>" * 100_000, "nested elements"),
    "an open script": Hostile(WORDS + b"<script>" + b"<div>" * 100_000),
    "plaintext": _refused(b"<article>" + WORDS + b"<plaintext>" + b"<div>" * 100_000, "nested elements"),
    # JSON inside.
    "deep JSON-LD": Hostile(_json_ld(b"[" * 400_000) + WORDS),
    "deep graphs": Hostile(_json_ld(b'{"@graph":[' * 900 + b"{}" + b"]}" * 900) + WORDS),
    "wide JSON-LD": Hostile(
        _json_ld(b'[{"@type":"Article","author":{"name":"x"}}' + b',{"a":1}' * 50_000 + b"]") + WORDS
    ),
    "a number of 400 kB": Hostile(_json_ld(b'{"datePublished":' + b"9" * 400_000 + b"}") + WORDS),
    "no numbers": Hostile(_json_ld(b'{"@type":"Article","headline":NaN,"datePublished":Infinity}') + WORDS),
    "surrogates in JSON-LD": Hostile(
        _json_ld(b'{"@type":"Article","headline":"a\\ud800b","author":{"name":"c\\udfff\\u0000"}}') + WORDS
    ),
    # Signs that no text has.
    "lone surrogates": Hostile(
        b"<title>a&#xD800;b</title><article>"
        + WORDS
        + b"<p title='&#xDFFF;'>a&#xD83D;b&#0;c&#x110000;d&#x80;\xed\xa0\x80"
    ),
    "a few NULs": Hostile(b"<article>" + WORDS + b"<p>a\0b\0\0c" + WORDS),
    "NULs": _refused(b"<p>" + b"\0" * 1_000_000, "binary data"),
    "bad UTF-8": Hostile(b"<article>" + WORDS + b"<p>\xff\xfe\xc3(\xed\xa0\x80\xf4\x90\x80\x80 end"),
    "non-characters": Hostile(b"<article>" + WORDS + "<p>\ufffe\uffff\U0010ffff\u2028\u2029\x85\x0b\x0c".encode()),
    "terminal escapes": Hostile(b"<h1>\x1b]0;owned\x07\x1b[2J\x1b[31mRED\xc2\x9b31m</h1>" + WORDS),
    "turned around": Hostile("<h1>report \u202egnp.exe\u202c \u2066a\u2069</h1>".encode() + WORDS),
    # No HTML at all.
    "utf-16 without a mark": _refused(WORDS.decode().encode("utf-16-le"), "binary data"),
    "random bytes": _refused(bytes(range(256)) * 4_000, "binary data"),
    "gzip": _refused(gzip.compress(WORDS), "gzip-compressed"),
    "a picture": _refused(b"\x89PNG\r\n\x1a\n" + WORDS, "PNG"),
    "a broken PDF": _refused(b"%PDF-1.7\n" + WORDS, "PDF", type="application/pdf"),
    "nothing": _empty(b""),
    "nothing but spaces": _empty(b" \n\t "),
    # Markdown and plain text.
    "open brackets": _refused(b"[a](" * 400_000, "CPU time", type="text/markdown"),
    "quotations": Hostile(b"> " * 20_000 + b"many people fled", "held", "no-report", keeps="", type="text/markdown"),
    "much text": _refused(b"many people fled " * 200_000, "bytes of text", type="text/plain"),
}

# Bodies with a charset, as a server or the page names it, and the words that a record has.
CHARSETS = {
    "utf-7 is no encoding": (b"<meta charset=utf-7><p>+ADw-script+AD4-", "", "+ADw-script+AD4-"),
    "utf-7 of a server": (b"<p>+ADw-script+AD4-", "utf-7", "+ADw-script+AD4-"),
    "codecs of Python": (b"<p>\\x41\\N{BULLET}", "unicode_escape", "\\x41\\N{BULLET}"),
    "rot13 is no encoding": (b"<p>Uryyb", "rot13", "Uryyb"),
    "punycode is no encoding": (b"<p>caf-dma", "punycode", "caf-dma"),
    "hz": (b"<p>~{<:Ky~}", "hz-gb-2312", "\ufffd"),
    "iso-2022-kr": (b"<p>\x1b$)C\x0e1\x0f", "iso-2022-kr", "\ufffd"),
    "replacement": (b"<p>Velmora", "replacement", "\ufffd"),
    "x-user-defined": (b"<p>caf\xe9", "x-user-defined", "caf\uf7e9"),
    "latin1 is windows-1252": (b"<p>\x93caf\xe9\x94", "latin1", "“café”"),
    "ascii is windows-1252": (b"<p>caf\xe9", "us-ascii", "café"),
    "utf-16 of a meta element": (b"<meta charset=utf-16><p>caf\xc3\xa9", "", "café"),
    "a meta element that comes late": (b"<p>caf\xe9 " + b"x " * 3_000 + b"<meta charset=koi8-r>", "", "café"),
    "a mark against the server": (b"\xef\xbb\xbf<p>caf\xc3\xa9", "windows-1251", "café"),
    "an injection": (b"<p>caf\xe9", '"../../x\x1b]0;pwn\x07"', "café"),
    "a label of 100 kB": (b"<p>caf\xe9", "x" * 100_000, "café"),
}
