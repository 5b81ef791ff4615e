import os
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import KeyUnusable, NotProved
from scraper.log import (
    Checkpoint,
    SignedNote,
    Signer,
    WitnessKey,
    WitnessRequest,
    cosignatures,
    cosigned,
    new_key,
    signed,
)

AT = datetime(2024, 3, 1, 12, 0, 0, tzinfo=UTC)
# The examples of C2SP's tlog-cosignature and tlog-witness.
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeM"
    "cTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+"
    "mbIUBkBIfZ+qnA==\n"
)
REQUEST = (
    "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\n"
) + EXAMPLE


@pytest.fixture(scope="module")
def log() -> Signer:
    return new_key("archive.example/log")


@pytest.fixture(scope="module")
def witness() -> Signer:
    return new_key("witness.example/w")


@pytest.fixture(scope="module")
def note(log: Signer) -> str:
    return signed(Checkpoint(origin=log.key.name, size=70, root=bytes(32)).text, log)


def test_a_witness_says_what_it_saw_and_when(note: str, witness: Signer) -> None:
    key = WitnessKey.of(witness.key)
    made = cosigned(SignedNote.parsed(note).text, witness, AT)
    [found] = cosignatures(SignedNote.parsed(note + made.line), [key])
    assert (found, found.at, found.key) == (made, AT, key)
    assert cosignatures(SignedNote.parsed(note + made.line), [WitnessKey.of(new_key("other.example/w").key)]) == []


def test_the_log_is_no_witness_of_its_own_by_the_same_line(note: str, log: Signer) -> None:
    assert WitnessKey.of(log.key).id != log.key.id
    assert cosignatures(SignedNote.parsed(note), [WitnessKey.of(log.key)]) == []


def test_what_is_signed_is_what_the_standard_says(note: str, witness: Signer) -> None:
    text = SignedNote.parsed(note).text
    line = cosigned(text, witness, AT).line
    [(name, key_id, token)] = SignedNote.parsed(f"{text}\n{line}").signatures
    seconds = int(AT.timestamp())
    assert (name, key_id, token[:8]) == (witness.key.name, WitnessKey.of(witness.key).id, seconds.to_bytes(8, "big"))
    assert witness.key.has_signed(f"cosignature/v1\ntime {seconds}\n{text}".encode(), token[8:])


def test_the_example_of_the_standard_is_read(note: str) -> None:
    [_, (name, key_id, token)] = SignedNote.parsed(EXAMPLE).signatures
    assert (name, key_id, int.from_bytes(token[:8], "big")) == ("witness.example.com/w1", "8d66cf3f", 1679315147)
    request = WitnessRequest.parsed(REQUEST)
    assert (request.old, len(request.proof), request.note) == (20852014, 4, EXAMPLE)
    assert request.text == REQUEST


def test_every_flipped_bit_of_a_cosignature_is_refused(note: str, witness: Signer) -> None:
    key = WitnessKey.of(witness.key)
    made = cosigned(SignedNote.parsed(note).text, witness, AT)
    whole = (note + made.line).encode()
    for place in range(len(note.encode()) * 8, len(whole) * 8):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        try:
            found = cosignatures(SignedNote.parsed(flipped.decode()), [key])
        except (NotProved, UnicodeDecodeError):
            continue
        assert found == []


def test_a_time_that_no_calendar_has_is_refused(note: str, witness: Signer) -> None:
    from base64 import b64encode

    key, text = WitnessKey.of(witness.key), SignedNote.parsed(note).text
    seconds = 2**62
    token = bytes.fromhex(key.id) + seconds.to_bytes(8, "big")
    token += witness.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
    line = f"— {key.name} {b64encode(token).decode()}\n"
    with pytest.raises(NotProved, match="no date"):
        cosignatures(SignedNote.parsed(note + line), [key])


def test_keys_are_written_and_read(witness: Signer) -> None:
    key = WitnessKey.of(witness.key)
    assert key.text.startswith("witness.example/w+")
    assert WitnessKey.parsed(key.text) == key
    assert WitnessKey.parsed(witness.key.text) == key  # an archive's own key stands for that by which it cosigns
    for text in ("", "nonsense", key.text[:-1], key.text.replace("witness", "another"), "a+b+c"):
        with pytest.raises(KeyUnusable):
            WitnessKey.parsed(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("old x\n\nnote\n", "a number of leaves"),
        ("old 01\n\nnote\n", "a number of leaves"),
        ("old 1\nno hash\n\nnote\n", "a digest in base64"),
        ("old 1\n" + "A" * 43 + "=\nno blank line", "a number of leaves"),
        ("old 1\n" + ("A" * 43 + "=\n") * 64 + "\nnote\n", "at most 63"),
    ],
)
def test_what_is_no_request_is_said(text: str, message: str) -> None:
    with pytest.raises(NotProved, match=message):
        WitnessRequest.parsed(text)


def test_a_note_alone_asks_from_no_leaf_on(note: str) -> None:
    assert WitnessRequest.parsed(note) == WitnessRequest(old=0, proof=(), note=note)


@given(st.integers(0, 2**40), st.integers(0, 63))
def test_a_request_reads_back(old: int, count: int) -> None:
    request = WitnessRequest(old=old, proof=tuple(os.urandom(32) for _ in range(count)), note="a\n1\nx\n")
    assert WitnessRequest.parsed(request.text) == request
