"""The parts of verify.py that nothing else in the project does: Ed25519 by hand, keys, notes, WARC records."""

import os
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.exchange import Known, check
from scraper.exchange.verifier import Refused, _note, _point, _records, _root, has_signed, main, read_key, shown
from scraper.log import Tree, WitnessKey, inclusion_proof, leaf_hash, new_key, signed

# RFC 8032, section 7.1, tests 1 and 3: key, message, signature.
VECTORS = """
d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a -
e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b

fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025 af82
6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
"""
_ORDER = 2**252 + 27742317777372353535851937790883648493


def test_the_vectors_of_the_standard_are_accepted() -> None:
    for words in VECTORS.strip().split("\n\n"):
        public, message, signature = (bytes.fromhex(word.removeprefix("-")) for word in words.split())
        assert has_signed(public, message, signature)
        assert not has_signed(public, message + b"x", signature)


def test_signatures_of_the_library_are_accepted_and_flipped_ones_refused() -> None:
    for size in (0, 1, 100):
        signer, message = new_key("a"), os.urandom(size)
        signature = signer.sign(message)
        assert has_signed(signer.key.public, message, signature)
        assert not has_signed(new_key("b").key.public, message, signature)
        for place in range(0, 512, 37):
            flipped = bytearray(signature)
            flipped[place // 8] ^= 1 << place % 8
            assert not has_signed(signer.key.public, message, bytes(flipped))


def test_a_signature_has_one_form_only() -> None:
    signer = new_key("a")
    signature = signer.sign(b"x")
    number = int.from_bytes(signature[32:], "little") + _ORDER
    assert not has_signed(signer.key.public, b"x", signature[:32] + number.to_bytes(32, "little"))
    for public, other in ((signer.key.public[:31], signature), (signer.key.public, signature[:63]), (b"", b"")):
        assert not has_signed(public, b"x", other)
    assert _point((2**255 - 19).to_bytes(32, "little")) is None  # y is not below p
    assert _point((2).to_bytes(32, "little")) is None  # no point has this y
    assert _point((1 << 255 | 1).to_bytes(32, "little")) is None  # x is 0 and has no sign


@given(st.integers(1, 70), st.data())
def test_a_proof_leads_to_the_root_and_no_other_does(size: int, data: st.DataObject) -> None:
    records = [bytes([number]) for number in range(size)]
    tree, nodes = Tree(), {}
    for number, record in enumerate(records):
        nodes[0, number] = leaf_hash(record)
        nodes |= {(level, index): found for level, index, found in tree.append(leaf_hash(record))}
    place = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(place, size, lambda level, index: nodes[level, index])
    found = leaf_hash(records[place])
    assert _root(found, place, size, proof) == tree.root()
    assert _root(found, place, size, [*proof, bytes(32)]) != tree.root()
    assert _root(found, size, size, proof) == b""
    if proof:
        assert _root(found, place, size, proof[:-1]) != tree.root()
        assert _root(leaf_hash(b"other"), place, size, proof) != tree.root()


def test_keys_are_read_as_they_are_written() -> None:
    key = new_key("example.org/log").key
    assert read_key(key.text).id.hex() == key.id
    witness = WitnessKey.of(key)
    assert read_key(witness.text, 4) == read_key(key.text, 4)
    assert read_key(witness.text, 4).id.hex() == witness.id
    for text in (key.text.replace("example", "another"), witness.text, key.text[:-4] + "AAAA"):
        with pytest.raises(Refused):
            read_key(text)


@pytest.mark.parametrize(
    "note",
    [b"", b"\xff", b"a\n1\n", b"a\nx\nAAAA\n", b"a\n1\nAAAA\n", b"a\n1\n" + b"A" * 43 + b"=\n\nno line\n"],
)
def test_what_is_no_checkpoint_is_refused(note: bytes) -> None:
    with pytest.raises(Refused):
        _note(note)


def test_a_checkpoint_has_its_lines_and_signatures() -> None:
    signer = new_key("example.org/log")
    text = f"example.org/log\n7\n{'A' * 43}=\n"
    note = _note(signed(text, signer).encode())
    assert (note.text, note.size, note.root) == (text, 7, bytes(32))
    [(name, key_id, signature)] = note.signatures
    assert (name, key_id.hex()) == ("example.org/log", signer.key.id)
    assert has_signed(signer.key.public, text.encode(), signature)


def _warc(*lines: str, block: bytes = b"block", end: bytes = b"\r\n\r\n") -> bytes:
    return "\r\n".join(["WARC/1.1", *lines, "", ""]).encode() + block + end


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"WARC/1.0\r\n\r\n", "no WARC 1.1 file"),
        (_warc("Content-Length: 5", end=b""), "not the length"),
        (_warc("Content-Length: 4"), "not the length"),
        (_warc("Content-Length: x"), "not the length"),
        (_warc("Content-Length: 5", "content-length: 5"), "stands twice"),
        (_warc("Content-Length: 5") + b"rest", "no WARC 1.1 file"),
    ],
)
def test_what_is_no_warc_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(Refused, match=message):
        list(_records(data))


@given(st.dictionaries(st.sampled_from(["leaf.json", "capture.warc", "checkpoint-1/note.txt"]), st.binary(max_size=99)))
def test_any_bytes_are_refused_and_nothing_worse(files: dict[str, bytes]) -> None:
    assert any(line.state == "WRONG" for line in check(files, Known()))


@pytest.mark.parametrize("change", [lambda leaf: leaf | {"hops": 7}, lambda leaf: leaf | {"body": "x"}])
def test_a_leaf_of_another_shape_is_wrong_and_no_crash(
    change: Callable[[dict[str, object]], dict[str, object]],
) -> None:
    import json

    leaf = {"seq": 0, "kind": "capture", "capture": 1, "url": "u", "captured_at": "t", "outcome": "fetched"}
    record = json.dumps(change(leaf), sort_keys=True, separators=(",", ":")).encode()
    lines = check({"leaf.json": record, "capture.warc": b""}, Known())
    assert any(line.what == "capture.warc" and line.state == "WRONG" for line in lines)


def test_nothing_that_a_terminal_obeys_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    record = b'{"capture":1,"captured_at":"\\u001b[2J","kind":"capture","outcome":"","seq":0,"url":""}'
    assert "\x1b" not in shown(check({"leaf.json": record}, Known()))
    assert main(["/nowhere/at/all"]) == 2
    assert "found no such file, expected a bundle" in capsys.readouterr().err
