"""Time tokens: what an authority outside says of when it saw a checkpoint (RFC 3161, in the form of CMS, RFC 5652).

A token is checked twice: its signature by the certificate that came with it, here, for which nothing else is needed;
and its chain of certificates up to a root that somebody trusts, by `rfc3161-client`. All as of the token's own time,
since certificates of authorities run out and tokens must not.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import new as hash_by
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from ..errors import KeyUnusable, NotProved
from . import der
from .der import Element

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

T = TypeVar("T")

MOST_BYTES = 200_000  # of an answer, with all the certificates that an authority may send along
_GRANTED = 0
_STATUS = {1: "granted with changes", 2: "rejected", 3: "waiting", 4: "revocation warning", 5: "revoked"}
_HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_HASH_OF_LENGTH = {20: "sha1", 32: "sha256", 48: "sha384", 64: "sha512"}
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_TOKEN_INFO = "1.2.840.113549.1.9.16.1.4"  # noqa: S105 -- the number of a format
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
# Which certificate signed: RFC 2634 and RFC 5035.
_CERTIFICATES = ("1.2.840.113549.1.9.16.2.47", "1.2.840.113549.1.9.16.2.12")
_PSS = "1.2.840.113549.1.1.10"
_FIRST, _SECOND = 0xA0, 0xA1  # context tags
_REASON = re.compile(r'data: "(?:Verify error: )?([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeQuery:
    """A question to an authority: the *imprint* (SHA-256) that it is to date, and a *nonce* that it is to repeat."""

    imprint: bytes
    nonce: int | None
    encoded: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToken:
    """What an authority says: at the time *at* it was shown the *imprint*, made by the hash *algorithm*.

    *authority* is the name in the certificate that signed it.
    """

    at: datetime
    authority: str
    algorithm: str
    imprint: bytes
    nonce: int | None

    def is_of(self, message: bytes) -> bool:
        """Whether the imprint is that of *message*."""
        return hash_by(self.algorithm, message).digest() == self.imprint


def time_query(message: bytes) -> TimeQuery:
    """A question for the time of *message*. Raises KeyUnusable where the library is missing."""
    with_time_library()
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415 -- costs start-up time

    request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    return TimeQuery(imprint=sha256(message).digest(), nonce=request.nonce, encoded=request.as_bytes())


def read_time_query(data: bytes) -> TimeQuery:
    """The question that `TimeQuery.encoded` wrote (RFC 3161, 2.4.1). Raises NotProved for anything else."""
    try:
        parts = der.element(data).parts
        shape = [part.tag for part in parts[:2]]
        imprint = parts[1].parts if shape == [der.INTEGER, der.SEQUENCE] else ()
        is_query = len(imprint) == 2 and _hash_of(imprint[0]) == "sha256" and imprint[1].tag == der.OCTETS
    except NotProved as error:
        raise NotProved(f"found no query for a time token over a SHA-256 digest ({error})") from error
    if not is_query:
        raise NotProved("found no query for a time token over a SHA-256 digest")
    nonce = next((part.number for part in parts[2:] if part.tag == der.INTEGER), None)
    return TimeQuery(imprint=imprint[1].content, nonce=nonce, encoded=data)


def read_time_token(answer: bytes, query: TimeQuery | None = None) -> TimeToken:
    """The token in *answer*, the whole response of an authority, with its own signature checked.

    Where the *query* is known it must be the answer to that one. Raises NotProved where it is not granted, damaged, or
    signed by a certificate that was not for it or not valid then; KeyUnusable where the library is missing.
    """
    with_time_library()
    decoded = _guarded(lambda: _decoded(answer))
    info = _guarded(lambda: decoded.tst_info)
    algorithm = _HASHES.get(info.message_imprint.hash_algorithm.dotted_string, "")
    if not algorithm:
        raise NotProved(f"the token's imprint is by {info.message_imprint.hash_algorithm.dotted_string}")
    at = info.gen_time
    certificate = _guarded(lambda: _signer_of(answer, decoded, at))
    token = TimeToken(
        at=at,
        authority=certificate.subject.rfc4514_string(),
        algorithm=algorithm,
        imprint=info.message_imprint.message,
        nonce=info.nonce,
    )
    if query is not None and (token.algorithm, token.imprint) != ("sha256", query.imprint):
        raise NotProved("the token is of something else than what was asked")
    if query is not None and token.nonce != query.nonce:
        raise NotProved("the token answers another query: it has another nonce")
    return token


def check_chain(answer: bytes, roots: bytes) -> None:
    """Checks that the token was signed under a root that *roots* (PEM) has, as of the token's own time.

    Certificates in *roots* that are no roots may stand in the chain. Raises NotProved, KeyUnusable.
    """
    with_time_library()
    from rfc3161_client import VerificationError, VerifierBuilder  # noqa: PLC0415 -- costs start-up time

    trusted = read_certificates(roots)
    own = [certificate for certificate in trusted if certificate.issuer == certificate.subject]
    if not own:
        raise KeyUnusable("found no root among the certificates, expected one that signed itself")
    between = [certificate for certificate in trusted if certificate not in own]
    decoded = _guarded(lambda: _decoded(answer))
    verifier = VerifierBuilder(roots=own, intermediates=between).build()
    imprint = _guarded(lambda: decoded.tst_info.message_imprint.message)
    try:
        verifier.verify(decoded, imprint)
    except VerificationError as error:
        found = _REASON.search(str(error))
        raise NotProved(f"its certificates lead to no trusted root: {found[1] if found else error}") from error


def read_certificates(pem: bytes) -> "list[Certificate]":
    """The certificates in *pem*. Raises KeyUnusable where there is none."""
    with_time_library()
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 -- costs start-up time

    try:
        return load_pem_x509_certificates(pem)
    except ValueError as error:
        raise KeyUnusable(f"found no certificates in PEM: {error}") from error


def with_time_library() -> None:
    """Raises KeyUnusable where the library that reads time tokens is not installed."""
    try:
        import rfc3161_client  # noqa: F401, PLC0415 -- costs start-up time
    except ImportError as error:
        raise KeyUnusable("time tokens need the library rfc3161-client: pip install 'fonds[evidence]'") from error


def _guarded(work: Callable[[], T]) -> T:
    """What *work* gives; whatever the libraries raise over bytes that are no token as NotProved."""
    try:
        return work()
    except (NotProved, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a library in Rust that panics raises something that is no Exception
        raise NotProved(f"the answer is no time token that can be read: {_short(error)}") from error


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]


def _decoded(answer: bytes) -> "TimeStampResponse":
    from rfc3161_client import decode_timestamp_response  # noqa: PLC0415 -- costs start-up time

    if len(answer) > MOST_BYTES:
        raise NotProved(f"the answer has {len(answer):,} bytes, expected at most {MOST_BYTES:,}")
    try:
        status = _parts(der.element(answer), 1)[0]
        code = _parts(status, 1)[0].number
    except NotProved as error:
        raise NotProved(f"it is no answer of a time authority ({error})") from error
    if code != _GRANTED:
        words = b" ".join(text.content for part in status.parts if part.tag == der.SEQUENCE for text in part.parts)
        said = f": {words.decode('utf-8', 'replace')[:200]}" if words else ""
        raise NotProved(f"the authority has not granted a token: {_STATUS.get(code, code)}{said}")
    return decode_timestamp_response(_with_sorted_certificates(answer))


def _with_sorted_certificates(answer: bytes) -> bytes:
    """*answer* with its certificates in the order that DER has for a set.

    OpenSSL and some public authorities write them in the order of the chain, and the library refuses that. No signature
    covers their order.
    """
    outer = der.element(answer)
    status, token = _parts(outer, 2)[:2]
    kind, wrapped = _parts(token, 2)[:2]
    inner = _parts(wrapped, 1)[0]
    parts = []
    for part in inner.parts:
        ordered = sorted(one.encoded for one in part.parts) if part.tag in (_FIRST, _SECOND) else None
        parts.append(part.encoded if ordered is None else der.made(part.tag, b"".join(ordered)))
    signed = der.made(der.SEQUENCE, b"".join(parts))
    content = kind.encoded + der.made(wrapped.tag, signed)
    return der.made(outer.tag, status.encoded + der.made(token.tag, content))


def _parts(found: Element, least: int) -> tuple[Element, ...]:
    parts = found.parts
    if len(parts) < least:
        raise NotProved("the answer holds no whole time token")
    return parts


def _signer_of(answer: bytes, decoded: "TimeStampResponse", at: datetime) -> "Certificate":
    """The certificate that signed the token, once it is shown that it did and might. Raises NotProved."""
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415 -- costs start-up time

    kind, wrapped = _parts(_parts(der.element(answer), 2)[1], 2)[:2]
    signed = _parts(_parts(wrapped, 1)[0], 4)
    content = _parts(signed[2], 2)
    [info] = signed[-1].parts
    [named] = decoded.signed_data.signer_infos
    if (kind.name, content[0].name) != (_SIGNED_DATA, _TOKEN_INFO):
        raise NotProved("the answer holds something else than a time token")
    certificates = [one.encoded for part in signed if part.tag == _FIRST for one in part.parts]
    for encoded in certificates:
        certificate = load_der_x509_certificate(encoded)
        if (certificate.issuer, certificate.serial_number) == (named.issuer, named.serial_number):
            break
    else:
        raise NotProved("the certificate that signed the token did not come with it")
    [octets] = content[1].parts
    _check_signature(info.parts, octets.content, certificate, encoded)
    _check_fitness(certificate, at)
    return certificate


def _check_signature(info: tuple[Element, ...], content: bytes, certificate: "Certificate", encoded: bytes) -> None:
    """Checks the signature in a SignerInfo (RFC 5652, 5.3) over *content*, and that it names its certificate."""
    [attributes] = [part for part in info if part.tag == _FIRST]
    values = {_parts(one, 2)[0].name: _parts(_parts(one, 2)[1], 1)[0] for one in attributes.parts}
    algorithm = _hash_of(info[2])
    if values[_CONTENT_TYPE].name != _TOKEN_INFO:
        raise NotProved("what was signed is no time token")
    if values[_MESSAGE_DIGEST].content != hash_by(algorithm, content).digest():
        raise NotProved("the time in the token is not what was signed")
    named = next((values[name] for name in _CERTIFICATES if name in values), None)
    if named is None:
        raise NotProved("the token does not say which certificate signed it")
    first = _parts(_parts(named, 1)[0], 1)[0]
    digest = next(part.content for part in first.parts if part.tag == der.OCTETS)
    if hash_by(_HASH_OF_LENGTH[len(digest)], encoded).digest() != digest:
        raise NotProved("the token was signed by another certificate than it says")
    place = info.index(attributes)
    kind, signature = info[place + 1], info[place + 2]
    if not _has_signed(certificate, attributes.inside(der.SET).encoded, signature.content, kind, algorithm):
        raise NotProved("the signature of the token does not fit")


def _has_signed(certificate: "Certificate", data: bytes, signature: bytes, kind: Element, algorithm: str) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415 -- costs start-up time
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa  # noqa: PLC0415

    made_by = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[algorithm]
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            is_pss = _parts(kind, 1)[0].name == _PSS
            pss = padding.PSS(mgf=padding.MGF1(made_by), salt_length=padding.PSS.AUTO)
            key.verify(signature, data, pss if is_pss else padding.PKCS1v15(), made_by)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(made_by))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        else:
            raise NotProved(f"the token is signed by a key of a kind that is not known here: {type(key).__name__}")
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _check_fitness(certificate: "Certificate", at: datetime) -> None:
    """Checks that a certificate is for time tokens and nothing else (RFC 3161, 2.3), and was valid *at* that time."""
    from cryptography.x509 import ExtendedKeyUsage, ExtensionNotFound  # noqa: PLC0415 -- costs start-up time
    from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: PLC0415

    try:
        usage = certificate.extensions.get_extension_for_class(ExtendedKeyUsage)
    except ExtensionNotFound as error:
        raise NotProved("the certificate that signed the token is not for time tokens") from error
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise NotProved("the certificate that signed the token is not for time tokens alone")
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise NotProved("the certificate that signed the token was not valid at its time")


def _hash_of(algorithm: Element) -> str:
    """The name of a hash by its AlgorithmIdentifier. Raises NotProved for one that is not known here."""
    name = _parts(algorithm, 1)[0].name
    if name not in _HASHES:
        raise NotProved(f"a hash by the algorithm {name or 'unknown'}, expected SHA-256, SHA-384 or SHA-512")
    return _HASHES[name]
