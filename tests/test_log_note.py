import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judge import judge

from scraper.errors import NotProved
from scraper.log import Checkpoint, SignedNote, Signer, VerifierKey, new_key, signed

ROOT = bytes(range(32))
ORIGIN = "archive.example/log"
# The example of C2SP's tlog-checkpoint.
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeM"
    "cTOAYQ8=\n"
)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return new_key(ORIGIN)


@pytest.fixture(scope="module")
def note(signer: Signer) -> str:
    return signed(Checkpoint(origin=ORIGIN, size=70, root=ROOT).text, signer)


def test_a_checkpoint_is_three_lines(note: str) -> None:
    text = f"{ORIGIN}\n70\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert note.startswith(f"{text}\n— {ORIGIN} ")
    assert SignedNote.parsed(note).text == text
    assert Checkpoint.parsed(text) == Checkpoint(origin=ORIGIN, size=70, root=ROOT)


def test_the_example_of_the_specification_is_read() -> None:
    note = SignedNote.parsed(EXAMPLE)
    told = Checkpoint.parsed(note.text)
    assert (told.origin, told.size, told.text) == ("example.com/behind-the-sofa", 20852163, note.text)
    [(name, key_id, signature)] = note.signatures
    assert (name, key_id, len(signature)) == (told.origin, "033de0ae", 64)


def test_a_note_is_known_by_its_key_and_by_no_other(signer: Signer, note: str) -> None:
    other = new_key(ORIGIN)
    assert SignedNote.parsed(note).signers([other.key, signer.key]) == [signer.key]
    assert SignedNote.parsed(note).signers([other.key]) == []
    assert SignedNote.parsed(note).signers([signer.named("another.example/log").key]) == []


def test_a_text_that_nobody_signed_is_a_note_of_nobody(signer: Signer) -> None:
    assert SignedNote.parsed(f"{ORIGIN}\n1\n").signers([signer.key]) == []


def test_several_may_sign(signer: Signer, note: str) -> None:
    witness = new_key("witness.example/w")
    both = note + signed(SignedNote.parsed(note).text, witness).rpartition("\n\n")[2]
    assert SignedNote.parsed(both).signers([witness.key, signer.key]) == [signer.key, witness.key]


def test_no_bit_of_a_note_may_be_another(signer: Signer, note: str) -> None:
    data = note.encode()
    for place in range(len(data) * 8):
        forged = bytearray(data)
        forged[place // 8] ^= 1 << place % 8
        try:
            found = SignedNote.parsed(bytes(forged).decode()).signers([signer.key])
        except (NotProved, UnicodeDecodeError):
            continue
        assert found == [], f"bit {place}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no checkpoint"),
        ("origin\n5\n", "no checkpoint"),
        ("origin\n5\nAAAA", "no checkpoint"),
        ("\n5\nAAAA\n", "no checkpoint"),
        ("origin\n05\nAAAA\n", "the size '05'"),
        ("origin\n-5\nAAAA\n", "the size '-5'"),
        ("origin\n٥\nAAAA\n", "the size '٥'"),
        ("origin\n" + "9" * 50 + "\nAAAA\n", "the size"),
        ("origin\n5\nAAAA\n", "is not what its base64 should be"),
        ("origin\n5\n*\n", "is no base64"),
        ("origin\n5\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n", "is not what its base64 should be"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str, message: str) -> None:
    with pytest.raises(NotProved, match=message):
        Checkpoint.parsed(text)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("— a AAAA", "without an end"),
        ("- a AAAA\n", "no signature"),
        ("— a\n", "no signature"),
        ("— a b c\n", "no base64"),
        ("— a AAAA\n", "too short"),
        ("— a AAAAAAAAA\n", "no base64|should be"),
        ("\n", "without an end"),
    ],
)
def test_what_is_no_signature_is_refused(lines: str, message: str) -> None:
    with pytest.raises(NotProved, match=message):
        SignedNote.parsed(f"text\n\n{lines}")


@given(st.text())
def test_any_text_is_a_note_or_refused(text: str) -> None:
    try:
        Checkpoint.parsed(SignedNote.parsed(text).text)
    except NotProved as error:
        assert "\n" not in str(error).splitlines()[0]


def test_the_judge_takes_our_notes_and_we_take_its(signer: Signer, note: str) -> None:
    reference = judge()
    text = SignedNote.parsed(note).text
    assert signer.key.text == reference.vkey(ORIGIN, signer.key.public)
    assert reference.note_verify(note.encode(), signer.key.text) == text
    assert reference.checkpoint(ORIGIN, 70, ROOT) == text
    with pytest.raises(ValueError, match="does not verify"):
        reference.note_verify(note.replace("\n70\n", "\n71\n").encode(), signer.key.text)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = os.urandom(32)
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    key = VerifierKey.parsed(reference.vkey(ORIGIN, public))
    theirs = reference.note_sign(text, ORIGIN, secret).decode()
    assert SignedNote.parsed(theirs).signers([key]) == [key]
