from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from authority import Authority
from certificates import openssl

from scraper.errors import KeyUnusable, NotProved
from scraper.log import (
    TimeQuery,
    check_chain,
    der,
    read_certificates,
    read_time_query,
    read_time_token,
    time_query,
)

MESSAGE = b"archive.example/log\n70\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder / "usual", chain=True)


@pytest.fixture(scope="module")
def query() -> TimeQuery:
    return time_query(MESSAGE)


@pytest.fixture(scope="module")
def answer(authority: Authority, query: TimeQuery) -> bytes:
    return authority.answer(query.encoded)


def test_a_query_reads_back_and_is_one_for_openssl(query: TimeQuery, tmp_path: Path) -> None:
    assert read_time_query(query.encoded) == query
    (tmp_path / "q").write_bytes(query.encoded)
    told = openssl(tmp_path, "ts", "-query", "-in", "q", "-text")
    assert "Hash Algorithm: sha256" in told
    assert "Certificate required: yes" in told


@pytest.mark.parametrize("data", [b"", b"no query", der.made(der.SEQUENCE, b"\x02\x01\x01"), b"\x30\x00"])
def test_what_is_no_query_is_said(data: bytes) -> None:
    with pytest.raises(NotProved):
        read_time_query(data)


@pytest.mark.parametrize("key", ["rsa", "ec"])
@pytest.mark.parametrize("chain", [True, False], ids=["with its root", "alone"])
def test_a_token_of_openssl_says_when(folder: Path, query: TimeQuery, key: str, chain: bool) -> None:
    clock = Authority(folder / f"{key}-{chain}", chain=chain, key=key)
    answered = clock.answer(query.encoded)
    token = read_time_token(answered, query)
    assert token.is_of(MESSAGE)
    assert not token.is_of(MESSAGE + b"\n")
    assert abs(token.at - datetime.now(UTC)) < timedelta(hours=1)
    assert token.authority == "CN=Clock,O=Town hall of Velmora"
    check_chain(answered, clock.root.read_bytes())


def test_the_certificates_of_openssl_are_in_no_order_that_der_has(answer: bytes) -> None:
    """Else the test above says nothing of the order; the library refuses such a set."""
    from rfc3161_client import decode_timestamp_response

    with pytest.raises(ValueError, match="InvalidSetOrdering"):
        decode_timestamp_response(answer)


def test_another_root_is_not_trusted(folder: Path, answer: bytes) -> None:
    other = Authority(folder / "other")
    with pytest.raises(NotProved, match="no trusted root"):
        check_chain(answer, other.root.read_bytes())


def test_a_certificate_that_is_no_root_is_none(folder: Path, authority: Authority, answer: bytes) -> None:
    signer = (folder / "usual" / "signer.pem").read_bytes()
    with pytest.raises(KeyUnusable, match="no root"):
        check_chain(answer, signer)
    check_chain(answer, signer + authority.root.read_bytes())
    with pytest.raises(KeyUnusable, match="no certificates"):
        read_certificates(b"nothing")


def test_the_answer_to_another_query_is_refused(authority: Authority, query: TimeQuery, answer: bytes) -> None:
    with pytest.raises(NotProved, match="another nonce"):
        read_time_token(answer, time_query(MESSAGE))
    with pytest.raises(NotProved, match="something else"):
        read_time_token(answer, time_query(b"other"))


@pytest.mark.parametrize("usage", ["", "timeStamping", "critical,timeStamping,codeSigning", "critical,codeSigning"])
def test_only_a_certificate_for_time_tokens_alone_may_sign(
    folder: Path, query: TimeQuery, answer: bytes, usage: str
) -> None:
    """openssl signs with no other; so the certificate in a token is looked at by itself."""
    from cryptography.x509 import load_pem_x509_certificate

    from scraper.log import tokens

    place = folder / f"usage-{usage or 'none'}"
    Authority(place, usage=usage)
    certificate = load_pem_x509_certificate((place / "signer.pem").read_bytes())
    with pytest.raises(NotProved, match="not for time tokens"):
        tokens._check_fitness(certificate, datetime.now(UTC))


def test_a_certificate_must_be_valid_at_the_time_of_the_token(folder: Path, authority: Authority) -> None:
    from cryptography.x509 import load_pem_x509_certificate

    from scraper.log import tokens

    certificate = load_pem_x509_certificate((folder / "usual" / "signer.pem").read_bytes())
    tokens._check_fitness(certificate, datetime.now(UTC))
    for days in (-40, 40):
        with pytest.raises(NotProved, match="not valid at its time"):
            tokens._check_fitness(certificate, datetime.now(UTC) + timedelta(days=days))


def _refusals() -> Iterator[tuple[bytes, str]]:
    words = der.made(der.SEQUENCE, der.made(0x0C, b"come back tomorrow"))
    yield der.made(der.SEQUENCE, der.made(der.SEQUENCE, b"\x02\x01\x02" + words)), "rejected: come back tomorrow"
    yield der.made(der.SEQUENCE, der.made(der.SEQUENCE, b"\x02\x01\x01")), "granted with changes"
    yield der.made(der.SEQUENCE, der.made(der.SEQUENCE, b"\x02\x01\x00")), "no whole time token"
    yield b"<html>Not found</html>", "DER element"
    yield b"\x30\x00", "no whole time token"
    yield b"\x00" * 300_000, "expected at most 200,000"


@pytest.mark.parametrize(("data", "message"), list(_refusals()))
def test_what_is_no_token_is_said(data: bytes, message: str) -> None:
    with pytest.raises(NotProved, match=message):
        read_time_token(data)


def test_no_flipped_bit_makes_another_time_of_it(answer: bytes, query: TimeQuery) -> None:
    """What no signature covers may change, such as a certificate that was sent along; what is said never does."""
    token = read_time_token(answer, query)
    refused = 0
    for place in range(0, len(answer) * 8, 3):
        flipped = bytearray(answer)
        flipped[place // 8] ^= 1 << place % 8
        try:
            assert read_time_token(bytes(flipped), query) == token
        except NotProved:
            refused += 1
    assert refused > len(answer)
