"""What a bundle says of itself, to whoever gets it: what it is, how it is checked by hand, what it proves."""

import json
from textwrap import fill

from ..archive import Evidence

_WIDTH = 96
_TEXT = """\
EVIDENCE OF ONE CAPTURE OF A PAGE

{about}

{shown}

What it does NOT show: that the site sent these bytes. A connection by TLS proves to the two at its
ends who they talk to, and leaves neither anything to show to others: whoever has the key could have
made all of this. Nor does it show that what the page says is so. Against the first stand captures of
the same page by others: a second archive, the Internet Archive, the publisher's own copy.

FILES
{files}

HOW IT IS CHECKED
By program, with Python 3.9 or later and nothing else:

    python3 verify.py --public-key KEY

KEY is the public key of the log as its owner gave it to you: from a letter, a web page, a person. The
key in this bundle only shows that the bundle agrees with itself. Take verify.py from elsewhere if you
can, or read it: whoever forges a bundle can forge it too. A printed checkpoint serves in place of the
key: --checkpoint FILE. --ca names the root of the time authority, --witness the key of a witness.

By hand, with no program of ours (20 lines; needs sha256sum, base64, openssl 3, python3 or the like):

 1  sha256sum of the request block in capture.warc          = request_sha256 in leaf.json
 2  sha256sum of the head of the response, with blank line   = response_sha256 in leaf.json
 3  sha256sum of the body after it, as it stands             = body.sha256 in leaf.json
 4  (each redirect, in its order: the block of its response  = hops[].head_sha256)
 5  H = SHA-256 of one zero byte and all bytes of leaf.json
 6  in checkpoint-N/leaf.tlog-proof the line "index I" gives I; the lines after it are proof hashes
 7  let F = I and S = N - 1
 8  for each proof hash P, in base64, 32 bytes:
 9      if F is odd or F = S:
10          H = SHA-256 of one byte 01, then P, then H
11          while F is even and not 0: halve F and S
12      else:
13          H = SHA-256 of one byte 01, then H, then P
14      halve F and S, rounding down
15  at the end S is 0, and H in base64 is the third line of checkpoint-N/note.txt; its second is N
16  the line that begins with a dash: base64 of 4 bytes of key id and 64 of an Ed25519 signature
17  it signs the lines before the blank one, each with its line feed (openssl pkeyutl -verify -rawin)
18  the key: name+id+base64 of a byte 01 and 32 of the key; id = start of SHA-256(name, 0A, 01, key)
19  a witness's line: 4 bytes of key id, 8 of the time, 64 of a signature over "cosignature/v1", a line
    "time SECONDS", and the lines of the checkpoint; its key has a byte 04 in place of 01
20  openssl ts -verify -data checkpoint-N/note.txt -in checkpoint-N/time-1.tsr -CAfile ROOT.pem
"""
_SHOWN = """\
What this shows, once it is checked: these bytes were recorded by whoever has the key of the log, in
this place of it, and were not changed since the checkpoint was made; and the checkpoint was there at
the times that authorities (time-N.tsr) and witnesses say."""
_SHOWN_REMOVED = """\
What this shows, once it is checked: that bytes of this length and digest were captured was recorded by
whoever has the key of the log, in this place of it, and that they were removed later, in another; both
records were not changed since the checkpoint was made; and the checkpoint was there at the times that
authorities (time-N.tsr) and witnesses say. Who has the bytes from elsewhere can hold them against it."""
_FILES = {
    "leaf.json": "the record of the capture in the log, byte for byte as it was hashed",
    "removal.json": "the record that says that its bytes were removed",
    "capture.warc": "request and answer as they were sent and received (WARC 1.1)",
    "public-key.txt": "the keys that signed the checkpoints; hold them against what you know from elsewhere",
    "witness-keys.txt": "the keys of those who cosigned",
    "checkpoint-N/note.txt": "a checkpoint: name of the log, number of its records, digest over all of them, signature",
    "checkpoint-N/*.tlog-proof": "that a record is under it, with the signatures of all who saw it (C2SP tlog-proof)",
    "checkpoint-N/time-N.tsr": "the answer of a time authority over note.txt (RFC 3161)",
    "checkpoint-N/roots.pem": "the roots by which that was checked when it came",
    "verify.py": "checks all of this",
}


def readme_of(found: Evidence) -> str:
    """The text of README.txt."""
    listed = (f"  {name:<26} {what}" for name, what in _FILES.items() if _is_there(name, found))
    shown = _SHOWN_REMOVED if len(found.leaves) > 1 else _SHOWN
    return _TEXT.format(about="\n".join(_about(found)), shown=shown, files="\n".join(listed))


def _is_there(name: str, found: Evidence) -> bool:
    said = {row.kind for seal in found.seals for row in seal.said}
    absent = {
        "removal.json": len(found.leaves) < 2,
        "public-key.txt": not any(seal.checkpoint.is_signed for seal in found.seals),
        "witness-keys.txt": "cosignature" not in said,
        "checkpoint-N/time-N.tsr": "rfc3161" not in said,
        "checkpoint-N/roots.pem": "certificates" not in said,
    }
    return not absent.get(name, False)


def _about(found: Evidence) -> list[str]:
    """What was captured and what came of it, a paragraph a line."""
    leaf = json.loads(found.leaves[0].record)
    rows = {
        "URL": leaf["url"],
        "led to": leaf.get("final_url", ""),
        "captured": f"{leaf['captured_at']} by the clock of the archive",
        "outcome": " ".join(filter(None, [leaf["outcome"], str(leaf.get("status", "")), leaf.get("reason", "")])),
        "body": _body(found, leaf),
        "number": f"capture {found.capture}, record {leaf['seq']} of the log",
        "under": ", ".join(
            f"checkpoint {seal.checkpoint.size}{_signed(seal.checkpoint.is_signed)}" for seal in found.seals
        ),
    }
    return [
        fill(
            f"{name + ':':<10}{_plain(value)}",
            _WIDTH,
            subsequent_indent=" " * 10,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for name, value in rows.items()
        if value
    ]


def _body(found: Evidence, leaf: dict[str, dict[str, str]]) -> str:
    body = leaf.get("body")
    if body is None:
        return "none came"
    size = f"{body['bytes']:,} bytes, SHA-256 {body['sha256']}"
    if found.body is None:
        return f"{size}; REMOVED from the archive, on record in removal.json: it cannot be checked any more"
    came = leaf.get("coding")
    return f"{size}, as received{f' (packed: {came})' if came else ''}"


def _signed(is_signed: bool) -> str:
    return "" if is_signed else ", which is NOT SIGNED"


def _plain(value: object) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in str(value))
