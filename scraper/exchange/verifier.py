"""Checks one bundle of evidence from an archive of web pages. It needs Python 3.9 or later and nothing else.

    python3 verify.py [BUNDLE] [--public-key KEY] [--checkpoint FILE] [--witness KEY] [--ca FILE]

BUNDLE is the folder or the zip file; without it, the folder that this file is in. KEY is a public key such as
example.org/archive+1a2b3c4d+ATyU..., or a file with one, as you have it from its owner and NOT from the bundle; FILE
of --checkpoint are the three lines of a checkpoint as you have them printed; FILE of --ca holds the root certificate
of a time authority (PEM). Options for keys may be given several times, where a key was changed. Time tokens are
checked by the program openssl, where that is installed.

Exit code 0: everything was checked, against something from outside the bundle. 1: something is WRONG. 2: it is no
bundle. 3: nothing is wrong, but not everything could be checked; the lines that say OPEN tell what.

Formats: the tree of RFC 9162, section 2.1; signed notes, checkpoints, cosignatures and proofs by C2SP (c2sp.org);
Ed25519 by RFC 8032; WARC 1.1; time tokens by RFC 3161. A verify.py that came with a bundle may be forged like the
rest of it: take one from elsewhere, or read this one first.
"""

from __future__ import annotations

import argparse
import base64
import calendar
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

OK, WRONG, OPEN = "ok", "WRONG", "OPEN"
_EXIT_WRONG, _EXIT_OPEN = 1, 3
_MOST_BYTES = 200_000_000
_MOST_FILES = 1_000
_KNOWN = ("README.txt", "verify.py", "leaf.json", "removal.json", "capture.warc", "public-key.txt", "witness-keys.txt")
_FOLDER = re.compile(r"checkpoint-(\d+)/(note\.txt|leaf\.tlog-proof|removal\.tlog-proof|roots\.pem|time-\d+\.tsr)\Z")
_PROVED = """
What this shows: {shown}
since the checkpoint was made; and the checkpoint was there at the times that authorities and witnesses say.
What it does NOT show: that the site sent these bytes, or that what they say is so. Whoever has the key could have made
them. Against that stand copies by others: another archive, the Internet Archive, the publisher's own.
"""
_BYTES = "these bytes were recorded by whoever has the key, in this place of their log, and were not changed"
_DIGEST = """\
the digest of the bytes was recorded by whoever has the key, in this place of their log. The bytes
were removed, which is on record, too, and can be checked no more. Neither record was changed"""
_REFUSED = """
This bundle shows nothing: it was damaged, somebody changed it, or it is not of the key or checkpoint that you gave.
"""


class Refused(Exception):
    """Something in the bundle is not what it claims to be; the text says what."""


class Line(NamedTuple):
    """One line of the result: what came of it, what was looked at, and what was found."""

    state: str
    what: str
    found: str


class Key(NamedTuple):
    """A public key: of a log (kind 1) or of a witness (kind 4)."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names it."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


class Known(NamedTuple):
    """What is known from outside the bundle."""

    keys: tuple[Key, ...] = ()
    checkpoint: Note | None = None
    witnesses: tuple[Key, ...] = ()
    roots: bytes = b""


class Note(NamedTuple):
    """A checkpoint with its signatures: name, id and signature of each."""

    text: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @property
    def origin(self) -> str:
        """The name of the log."""
        return self.text.partition("\n")[0]


class Record(NamedTuple):
    """A record of a WARC file."""

    header: dict[str, str]
    block: bytes


def check(files: dict[str, bytes], known: Known) -> list[Line]:
    """The result of all checks on the *files* of a bundle, by name. A check that fails hides none that follows."""
    lines = _collected("leaf.json", _about(files))
    if exit_code(lines) == _EXIT_WRONG:
        return lines
    leaf, removal = _leaf(files["leaf.json"]), None
    if "removal.json" in files:
        lines += _collected("removal.json", _about_removal(files["removal.json"], leaf))
        if exit_code(lines) == _EXIT_WRONG:
            return lines
        removal = _leaf(files["removal.json"])
    lines += _collected("capture.warc", _capture(files, leaf, is_removed=removal is not None))
    sizes = sorted({int(found[1]) for found in map(_FOLDER.match, files) if found})
    for size in sizes:
        lines += _collected(f"checkpoint-{size}", _checkpoint(files, size, leaf, removal, known))
    lines += _collected("checkpoints", _anchors(files, sizes, leaf, removal, known))
    others = sorted(name for name in files if name not in _KNOWN and not _FOLDER.match(name))
    return lines + [Line(OPEN, name, "this file is no part of a bundle and was not looked at") for name in others]


def _collected(what: str, lines: Iterable[Line]) -> list[Line]:
    """The *lines* of some checks, up to the first thing that is wrong and with it."""
    found = []
    try:
        for line in lines:
            found.append(line)  # noqa: PERF402 -- those before an error are kept
    except Refused as error:
        found.append(Line(WRONG, what, str(error)))
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        found.append(Line(WRONG, what, f"it has not the form that it should have ({type(error).__name__}: {error})"))
    return found


# The record ----------------------------------------------------------------------------------------------------------


def _leaf(record: bytes) -> dict[str, Any]:
    """The record of a capture. Its bytes are what is hashed, so there must be one way only to read them."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise Refused("a name stands twice in it")
        return dict(pairs)

    try:
        leaf = json.loads(record.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise Refused(f"it is no JSON: {error}") from error
    if not isinstance(leaf, dict) or not isinstance(leaf.get("seq"), int) or not isinstance(leaf.get("kind"), str):
        raise Refused("it is no record of a log: it has no number or no kind")
    form = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
    if form != record:
        raise Refused("it is not in its canonical form (RFC 8785)")
    return leaf


def _about(files: dict[str, bytes]) -> Iterator[Line]:
    leaf = _leaf(_file(files, "leaf.json"))
    if leaf["kind"] != "capture":
        raise Refused(f"it is the record of a {leaf['kind']}, expected that of a capture")
    about = f"capture {leaf['capture']} of {leaf['url']}, {leaf['captured_at']}: {leaf['outcome']}"
    yield Line(OK, "leaf.json", about)


def _about_removal(record: bytes, leaf: dict[str, Any]) -> Iterator[Line]:
    removal = _leaf(record)
    if (removal["kind"], removal.get("capture")) != ("redaction", leaf["capture"]):
        raise Refused("it does not say that the bytes of this capture were removed")
    why = removal.get("reason", "no reason is given")
    yield Line(OK, "removal.json", f"the bytes of this capture were removed, on record: {why}")


# The bytes -----------------------------------------------------------------------------------------------------------


def _capture(files: dict[str, bytes], leaf: dict[str, Any], *, is_removed: bool) -> Iterator[Line]:
    """Holds the WARC file against the record: every record in it must be one that the leaf speaks of."""
    records = list(_records(_file(files, "capture.warc")))
    for record in records:
        _check_header(record, leaf)
    rest = [record for record in records if record.header["warc-type"] != "warcinfo"]
    for name, check_one in (("redirects", _hops), ("request", _request), ("answer", _answer)):
        found, rest = check_one(rest, leaf, is_removed)
        for state, text in found:
            yield Line(state, f"capture.warc, {name}", text)
    if rest:
        raise Refused(f"it has a {rest[0].header['warc-type']} that the leaf does not speak of")


def _hops(records: list[Record], leaf: dict[str, Any], _: bool) -> Any:
    told = [hop for hop in leaf.get("hops", []) if "head_sha256" in hop]
    taken = records[: len(told)]
    for hop, record in zip(told, taken):  # noqa: B905 -- Python 3.9 has no strict
        if record.header["warc-type"] != "response" or record.header.get("warc-target-uri") != hop.get("url"):
            raise Refused(f"the answer of {hop.get('url')} that redirected is not where it should be")
        if _sha256(record.block) != hop["head_sha256"]:
            raise Refused(f"the answer of {hop.get('url')} that redirected has another digest than the leaf says")
    if len(taken) != len(told):
        raise Refused(f"it has {len(taken)} redirects, expected {len(told)}")
    return ([(OK, f"{len(told)} of {len(told)} have their digest")] if told else []), records[len(told) :]


def _request(records: list[Record], leaf: dict[str, Any], _: bool) -> Any:
    if leaf.get("request_sha256") == _sha256(b"[]"):
        return [], records
    if not records or records[0].header["warc-type"] not in ("request", "metadata"):
        raise Refused("it has no request, and the leaf speaks of one")
    if _sha256(records[0].block) != leaf.get("request_sha256"):
        raise Refused("the request has another digest than the leaf says")
    return [(OK, f"has the digest {_short(leaf['request_sha256'])} of the leaf")], records[1:]


def _answer(records: list[Record], leaf: dict[str, Any], is_removed: bool) -> Any:
    """The answer: a head and a body in one record, or the fields of a head and a body in a record each."""
    body, lines = leaf.get("body"), []
    head = leaf.get("response_sha256")
    found = b""
    if records and records[0].header["warc-type"] == "metadata":
        if _sha256(records[0].block) != head:
            raise Refused("the fields of the answer's head have another digest than the leaf says")
        lines.append((OK, f"the fields of its head have the digest {_short(head)} of the leaf"))
        head, records = None, records[1:]
    elif head == _sha256(b"[]"):
        head = None
    if head is not None or (body is not None and not is_removed):
        expected = "resource" if head is None else "response"
        if not records or records[0].header["warc-type"] != expected:
            raise Refused(f"it has no {expected}, and the leaf speaks of one")
        found, payload = records[0].block, records[0].header.get("warc-payload-digest")
        records = records[1:]
        if head is not None:
            length = 0 if body is None or is_removed else int(body["bytes"])
            found, start = found[len(found) - length :] if length else b"", found[: len(found) - length]
            if _sha256(start) != head:
                raise Refused("the head of the answer has another digest than the leaf says")
            lines.append((OK, f"its head has the digest {_short(head)} of the leaf"))
        if payload is not None and payload != _label(found):
            raise Refused("its body has another digest than its own header says")
    if body is None:
        lines.append((OK, "no body came, as the leaf says"))
    elif is_removed:
        lines.append((OPEN, f"its body, digest {_short(body['sha256'])}, was removed and cannot be checked"))
    elif (_sha256(found), len(found)) != (body["sha256"], body["bytes"]):
        raise Refused("the body has another digest than the leaf says")
    else:
        lines.append((OK, f"its body, {len(found):,} bytes, has the digest {_short(body['sha256'])} of the leaf"))
    return lines, records


def _check_header(record: Record, leaf: dict[str, Any]) -> None:
    header, kind = record.header, record.header.get("warc-type", "")
    if header.get("warc-block-digest") != _label(record.block):
        raise Refused(f"a {kind} has another digest than its header says")
    if header.get("warc-date") != leaf.get("captured_at"):
        raise Refused(f"a {kind} is dated {header.get('warc-date')}, and the leaf says {leaf.get('captured_at')}")
    urls = {leaf.get("final_url", leaf.get("url")), *(hop.get("url") for hop in leaf.get("hops", []))}
    if kind != "warcinfo" and header.get("warc-target-uri") not in urls:
        raise Refused(f"a {kind} is of {header.get('warc-target-uri')}, which the leaf does not speak of")
    address = header.get("warc-ip-address")
    if address is not None and address != str(leaf.get("address", "")).rpartition(":")[0].strip("[]"):
        raise Refused(f"a {kind} names the address {address}, and the leaf another one")


def _records(data: bytes) -> Iterator[Record]:
    while data:
        head, blank, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("utf-8", "replace").split("\r\n")
        if first != "WARC/1.1" or not blank:
            raise Refused("it is no WARC 1.1 file, or was cut short")
        pairs = [line.partition(":") for line in lines]
        header = {name.strip().lower(): value.strip() for name, _, value in pairs}
        if len(header) != len(lines):
            raise Refused("a name stands twice in the header of a record")
        length = header.get("content-length", "")
        if not length.isdigit() or rest[int(length[:12]) :][:4] != b"\r\n\r\n":
            raise Refused("a record has not the length that its header says, or was cut short")
        yield Record(header, rest[: int(length)])
        data = rest[int(length) + 4 :]


# The log -------------------------------------------------------------------------------------------------------------


def _checkpoint(
    files: dict[str, bytes], size: int, leaf: dict[str, Any], removal: dict[str, Any] | None, known: Known
) -> Iterator[Line]:
    """Checks one checkpoint: that the leaf is under it, and who vouches for it."""
    folder = f"checkpoint-{size}"
    kept = _file(files, f"{folder}/note.txt")
    note = _note(kept)
    if note.size != size:
        raise Refused(f"it is one of {note.size} leaves")
    proved = _proved(files, f"{folder}/leaf.tlog-proof", "leaf.json", leaf, kept)
    yield Line(OK, folder, f"the leaf is number {leaf['seq']} of {size} in the log {note.origin}")
    removed = f"{folder}/removal.tlog-proof"
    if removal is not None and removed in files:
        _proved(files, removed, "removal.json", removal, kept)
        yield Line(OK, folder, f"the record of the removal is number {removal['seq']} of {size} in it")
    yield from _signatures(folder, proved, _keys(files, "public-key.txt"), known)
    yield from _cosignatures(folder, proved, _keys(files, "witness-keys.txt"), known)
    for name in sorted(name for name in files if name.startswith(f"{folder}/time-")):
        yield _time(files, folder, name, known)


def _proved(files: dict[str, bytes], name: str, record: str, leaf: dict[str, Any], kept: bytes) -> Note:
    """The checkpoint in a proof, with all who signed it, once the proof shows that the record is under it."""
    head, blank, text = _file(files, name).partition(b"\n\n")
    first, *lines = head.decode("ascii", "replace").split("\n")
    if first != "c2sp.org/tlog-proof@v1" or not blank or not lines:
        raise Refused(f"{name} is no proof")
    if not text.startswith(kept):
        raise Refused(f"{name} is under another checkpoint than note.txt")
    note = _note(text)
    if lines[0] != f"index {leaf['seq']}":
        raise Refused(f"{name} is for {lines[0]}, and {record} says {leaf['seq']}")
    proof = [_base64(line, 32) for line in lines[1:]]
    found = hashlib.sha256(b"\0" + files[record]).digest()
    if _root(found, leaf["seq"], note.size, proof) != note.root:
        raise Refused(f"{name} does not lead from {record} to the root of the checkpoint")
    return note


def _root(found: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that a proof leads to (RFC 9162, 2.1.3.2); b"" where it is too short or too long."""
    last = size - 1
    if not 0 <= index <= last:
        return b""
    for part in proof:
        if last == 0:
            return b""
        if index & 1 or index == last:
            found = hashlib.sha256(b"\1" + part + found).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + part).digest()
        index, last = index >> 1, last >> 1
    return found if last == 0 else b""


def _note(data: bytes) -> Note:
    try:
        whole = data.decode("utf-8")
    except ValueError as error:
        raise Refused("the checkpoint is no text") from error
    text, blank, rest = whole.rpartition("\n\n")
    text = f"{text}\n" if blank else whole
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[1].isdigit() or (rest and not rest.endswith("\n") and blank):
        raise Refused("the checkpoint has not its three lines")
    signatures = []
    for line in rest[:-1].split("\n") if blank else []:
        dash, _, named = line.partition(" ")
        name, _, token = named.partition(" ")
        found = _base64(token)
        if dash != "\u2014" or len(found) < 5:
            raise Refused(f"the checkpoint has a line that is no signature: {line[:60]!r}")
        signatures.append((name, found[:4], found[4:]))
    return Note(text, int(lines[1][:20]), _base64(lines[2], 32), tuple(signatures))


def _signatures(folder: str, note: Note, keys: Sequence[Key], known: Known) -> list[Line]:
    lines = []
    for key in dict.fromkeys([*known.keys, *keys]):
        for name, key_id, signature in note.signatures:
            if (name, key_id) != (key.name, key.id):
                continue
            if not has_signed(key.public, note.text.encode(), signature):
                raise Refused(f"the signature of {name} does not fit the checkpoint")
            if key in known.keys:
                lines.append(Line(OK, folder, f"signed by {name}, the key that you gave"))
            else:
                why = "not the one given" if known.keys else "this only shows that the bundle agrees with itself"
                lines.append(Line(OPEN, folder, f"signed by {name} with the key in the bundle: {why}"))
    return lines or [Line(OPEN, folder, "nobody whose key is here has signed it")]


def _cosignatures(folder: str, note: Note, keys: Sequence[Key], known: Known) -> list[Line]:
    lines = []
    for key in dict.fromkeys([*known.witnesses, *keys]):
        for name, key_id, token in note.signatures:
            if (name, key_id) != (key.name, key.id):
                continue
            seconds = int.from_bytes(token[:8], "big")
            message = f"cosignature/v1\ntime {seconds}\n{note.text}".encode()
            if len(token) != 72 or seconds >= 1 << 40 or not has_signed(key.public, message, token[8:]):
                raise Refused(f"the cosignature of {name} does not fit the checkpoint")
            at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
            if key in known.witnesses:
                lines.append(Line(OK, folder, f"seen by {name} at {at}, by the key that you gave"))
            else:
                what = f"seen by {name} at {at}, by the key in the bundle: --witness names the one it should be"
                lines.append(Line(OPEN, folder, what))
    return lines


def _anchors(
    files: dict[str, bytes], sizes: Sequence[int], leaf: dict[str, Any], removal: dict[str, Any] | None, known: Known
) -> Iterator[Line]:
    """Whether what was given from outside vouches for a checkpoint of the bundle, as it must.

    Signatures were checked before; here it counts which checkpoints have one.
    """
    notes = {size: _note(files.get(f"checkpoint-{size}/note.txt", b"")) for size in sizes}
    if not notes:
        raise Refused("there is none, expected a folder checkpoint-N")
    vouched = set(notes)
    if known.keys:
        ours = {(key.name, key.id) for key in known.keys}
        vouched = {size for size, note in notes.items() if ours & {one[:2] for one in note.signatures}}
        if not vouched:
            raise Refused(f"none is signed by the key of {known.keys[0].name} that you gave")
    given = known.checkpoint
    if given is not None:
        found = _given(given, notes, leaf)
        yield found
        vouched = {given.size} if found.state == OK else vouched
    if removal is not None and not any(f"checkpoint-{size}/removal.tlog-proof" in files for size in vouched):
        raise Refused("none that is vouched for has the record of the removal")
    if not known.keys and given is None:
        yield Line(OPEN, "key", "nothing was given from outside to hold this to: --public-key or --checkpoint")


def _given(given: Note, notes: dict[int, Note], leaf: dict[str, Any]) -> Line:
    """What the checkpoint that was *given* says of those here. One that is not here is no sign of a forgery."""
    origins = sorted({note.origin for note in notes.values()})
    if given.origin not in origins:
        what = f"the one that you gave is of the log {given.origin}, and this bundle of {', '.join(origins)}"
        return Line(OPEN, "checkpoints", what)
    kept = notes.get(given.size)
    if kept is None and given.size <= leaf["seq"]:
        what = f"the one that you gave ({given.size}) was made before this capture and says nothing of it"
        return Line(OPEN, "checkpoints", what)
    if kept is None:
        asked = f"fonds export --evidence {leaf['capture']} --checkpoint {given.size}"
        return Line(OPEN, "checkpoints", f"the one that you gave ({given.size}) is not in this bundle: ask for {asked}")
    if (kept.origin, kept.root) != (given.origin, given.root):
        raise Refused(f"checkpoint-{given.size} is not the one that you gave: that has as many leaves and another root")
    return Line(OK, "checkpoints", f"checkpoint-{given.size} is the one that you gave")


# Time ----------------------------------------------------------------------------------------------------------------


def _time(files: dict[str, bytes], folder: str, name: str, known: Known) -> Line:
    """Checks a time token by openssl, as of its own time."""
    note = _file(files, f"{folder}/note.txt")
    roots = known.roots or files.get(f"{folder}/roots.pem", b"")
    program = shutil.which("openssl")
    if program is None:
        return Line(OPEN, name, "not checked: there is no openssl here")
    with tempfile.TemporaryDirectory() as place:
        paths = {part: str(Path(place, part)) for part in ("note", "token", "roots")}
        for part, content in (("note", note), ("token", files[name]), ("roots", roots)):
            Path(paths[part]).write_bytes(content)
        told = _openssl(program, "ts", "-reply", "-text", "-in", paths["token"])
        found = re.search(r"^Time stamp: (\w+ +\d+ [\d:]+)(?:\.\d+)? (\d+) GMT$", told[1], re.MULTILINE)
        if told[0] or not found:
            return Line(WRONG, name, "it is no time token")
        at = f"{found[1]} {found[2]}"
        if not roots:
            return Line(OPEN, name, f"it says {at} UTC; not checked: no root certificate is here, --ca names one")
        seconds = calendar.timegm(time.strptime(at, "%b %d %H:%M:%S %Y"))
        asked = ("ts", "-verify", "-data", paths["note"], "-in", paths["token"], "-attime", str(seconds), "-CAfile")
        code, said = _openssl(program, *asked, paths["roots"])
        is_whole = not code
        if code:  # a root that is not this authority's hides all else: looked at by the token's own certificates
            bare, own = str(Path(place, "bare")), str(Path(place, "own"))
            _openssl(program, "ts", "-reply", "-in", paths["token"], "-token_out", "-out", bare)
            _openssl(program, "pkcs7", "-inform", "DER", "-in", bare, "-print_certs", "-out", own)
            alone, other = _openssl(program, *asked, own, "-partial_chain")
            is_whole, said = not alone, other if "Verify error" in said else said
    if not is_whole:
        reasons = re.findall(r"Verify error: ?(.+)|error:\w+:[^:]*:[^:]*:([^:\n]+)", said)
        why = next(filter(None, (part.strip() for pair in reasons for part in pair)), "openssl refuses it")
        return Line(WRONG, name, f"it is no token of this checkpoint: {why}")
    if code:
        which = "root that you gave" if known.roots else "root in the bundle"
        return Line(OPEN, name, f"it says {at} UTC; its certificates do not lead to the {which}")
    what = f"the checkpoint was there at {at} UTC, says the time authority"
    if known.roots:
        return Line(OK, name, f"{what}; its certificates lead to the root that you gave")
    return Line(OPEN, name, f"{what}; its root is the one in the bundle: --ca names the one it should be")


def _openssl(program: str, *arguments: str) -> tuple[int, str]:
    ran = subprocess.run(  # noqa: S603 -- its own arguments, files of ours
        [program, *arguments], capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return ran.returncode, (ran.stdout + ran.stderr).decode("utf-8", "replace")


# Ed25519, RFC 8032, section 5.1.7: checking alone, where nothing is secret -------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P


def has_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether *signature* is that of the key *public* on *message*."""
    point, other = _point(public), _point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if len(public) != 32 or len(signature) != 64 or point is None or other is None or number >= _L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    left = _times(number, _BASE)
    right = _sum(other, _times(int.from_bytes(digest, "little") % _L, point))
    return not ((left[0] * right[2] - right[0] * left[2]) % _P or (left[1] * right[2] - right[1] * left[2]) % _P)


def _point(data: bytes) -> Any:
    """The point that *data* is, with x, y, z and t; None for none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _sum(one: Any, other: Any) -> Any:
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % _P, (one[1] + one[0]) * (other[1] + other[0]) % _P
    c, d = 2 * one[3] * other[3] * _D % _P, 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(number: int, point: Any) -> Any:
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _sum(found, point)
        point = _sum(point, point)
        number >>= 1
    return found


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


# Files ---------------------------------------------------------------------------------------------------------------


def read_bundle(path: Path) -> dict[str, bytes]:
    """The files of a bundle by name, of a folder or a zip file. Raises Refused, OSError."""
    if not path.exists():
        raise Refused(f"{path}: found no such file, expected a bundle: its folder or its zip file")
    if path.is_dir():
        names = [part for part in sorted(path.rglob("*")) if part.is_file() and "__pycache__" not in part.parts]
        if len(names) > _MOST_FILES or sum(part.stat().st_size for part in names) > _MOST_BYTES:
            raise Refused("there is more in that folder than any bundle holds")
        return {part.relative_to(path).as_posix(): part.read_bytes() for part in names}
    try:
        with zipfile.ZipFile(path) as whole:
            parts = [part for part in whole.infolist() if not part.is_dir()]
            if len(parts) > _MOST_FILES or sum(part.file_size for part in parts) > _MOST_BYTES:
                raise Refused("there is more in that file than any bundle holds")
            if len({part.filename for part in parts}) != len(parts):
                raise Refused("a name stands twice in that file")
            found = {part.filename: whole.read(part) for part in parts}
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise Refused(f"{path}: found neither a folder nor a zip file, expected a bundle: {error}") from error
    # The folder that it unpacks to is no part of the names.
    return found if "leaf.json" in found else {name.partition("/")[2]: content for name, content in found.items()}


def read_key(named: str, kind: int = 1) -> Key:
    """The public key that *named* is, or that the file of that name holds. Raises Refused.

    Where a witness's is wanted (kind 4) the key of an archive stands for that by which it cosigns.
    """
    expected = f"found {named[:80]!r}, expected a public key such as example.org/log+1a2b3c4d+ATyU..., or its file"
    try:
        text = named if "+" in named else Path(named).read_text(encoding="utf-8")
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _base64(encoded, 33)
    except (OSError, ValueError, Refused) as error:
        raise Refused(expected) from error
    found = Key(name, raw[0], raw[1:])
    if raw[0] not in (1, kind) or found.id.hex() != key_id:
        raise Refused(expected)
    return found._replace(kind=kind)


def read_checkpoint(text: str) -> Note:
    """The checkpoint whose three lines *text* holds, with signatures or without. Raises Refused."""
    return _note((text.replace("\r\n", "\n").strip() + "\n").encode())


def _read_checkpoint(path: Path) -> Note:
    try:
        return read_checkpoint(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, Refused) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise Refused(f"{path}: {why}; expected the lines of a checkpoint as they were printed") from error


def _read_roots(path: Path) -> bytes:
    try:
        found = path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}; expected the root of a time authority, in PEM") from error
    if b"-----BEGIN " not in found:
        raise Refused(f"{path}: found no certificate, expected the root of a time authority, in PEM")
    return found


def _keys(files: dict[str, bytes], name: str) -> list[Key]:
    kind = 4 if name == "witness-keys.txt" else 1
    lines = files.get(name, b"").decode("utf-8", "replace").split("\n")
    try:
        return [read_key(line, kind) for line in lines if "+" in line]
    except Refused as error:
        raise Refused(f"{name}: {error}") from error


def _file(files: dict[str, bytes], name: str) -> bytes:
    if name not in files:
        raise Refused(f"{name} is missing")
    return files[name]


def _base64(text: str, size: int = 0) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused(f"{text[:60]!r} is no base64") from error
    if base64.b64encode(found).decode() != text or (size and len(found) != size):
        raise Refused(f"{text[:60]!r} is not what its base64 should be")
    return found


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _label(data: bytes) -> str:
    return f"sha256:{base64.b32encode(hashlib.sha256(data).digest()).decode()}"


def _short(digest: str) -> str:
    return f"{digest[:16]}..."


def exit_code(lines: Sequence[Line]) -> int:
    """0 where all was checked, 1 where something is wrong, 3 where something is open."""
    states = {line.state for line in lines}
    return _EXIT_WRONG if WRONG in states else _EXIT_OPEN if OPEN in states else 0


def shown(lines: Sequence[Line]) -> str:
    """The result as it is printed: one line each, nothing that a terminal obeys."""
    rows = [f"{state:<6} {what}: {found}" for state, what, found in lines]
    return "".join("".join(sign if sign.isprintable() else "?" for sign in row) + "\n" for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Checks the bundle that is named and prints the result."""
    first, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=first, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bundle", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--public-key", action="append", default=[], metavar="KEY")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE")
    parser.add_argument("--witness", action="append", default=[], metavar="KEY")
    parser.add_argument("--ca", type=Path, metavar="FILE")
    chosen = parser.parse_args(arguments)
    try:
        known = Known(
            keys=tuple(read_key(named) for named in chosen.public_key),
            checkpoint=_read_checkpoint(chosen.checkpoint) if chosen.checkpoint else None,
            witnesses=tuple(read_key(named, 4) for named in chosen.witness),
            roots=_read_roots(chosen.ca) if chosen.ca else b"",
        )
        files = read_bundle(chosen.bundle)
        lines = check(files, known)
    except (Refused, OSError, ValueError) as error:
        sys.stderr.write(f"verify.py: {error}\n")
        return 2
    proved = _PROVED.format(shown=_DIGEST if "removal.json" in files else _BYTES)
    sys.stdout.write(shown(lines) + (_REFUSED if exit_code(lines) == _EXIT_WRONG else proved))
    return exit_code(lines)


if __name__ == "__main__":
    sys.exit(main())
