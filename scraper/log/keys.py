"""Ed25519 keys: a file that only its owner may read, kept outside the archive, and what anybody may know of it.

`cryptography` is imported when a key is made, used or held against a signature, and not before.
"""

import os
import stat
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ..errors import KeyUnusable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_ED25519 = b"\x01"  # the algorithm's number in a C2SP key
_PUBLIC_BYTES = 32
# An Ed25519 key without a passphrase in PKCS 8 (RFC 8410): these bytes, then the key. To read it so takes a tenth of
# the time that the library takes, which loads all that it knows of formats first.
_PKCS_8 = bytes.fromhex("302e020100300506032b657004220420")
_PEM = (b"-----BEGIN PRIVATE KEY-----\n", b"\n-----END PRIVATE KEY-----\n")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """What signatures are checked by: the *name* of the log and the raw *public* key."""

    name: str
    public: bytes

    @property
    def id(self) -> str:
        """Its id of 4 bytes, in hex: a digest of name and key."""
        return id_of(self.name, _ED25519, self.public)

    @property
    def text(self) -> str:
        """The key as C2SP writes it: name+id+base64."""
        return text_of(self.name, _ED25519, self.public)

    @classmethod
    def parsed(cls, text: str) -> Self:
        """The key that `text` wrote. Raises KeyUnusable for anything else."""
        name, algorithm, public = parts_of(text)
        if algorithm != _ED25519:
            raise KeyUnusable(f"found '{text[:80]}', expected a public key such as example.org/log+1a2b3c4d+ATyU…")
        return cls(name=name, public=public)

    def has_signed(self, data: bytes, signature: bytes) -> bool:
        """Whether *signature* is that of this key on *data*."""
        with_cryptography()
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A key that signs, with the *key* by which others check that."""

    def __init__(self, name: str, private: "Ed25519PrivateKey") -> None:
        self.key = VerifierKey(name=name, public=private.public_key().public_bytes_raw())
        self._private = private

    @property
    def own_name(self) -> str:
        """A name that the key itself gives a log: "fonds/" and the first digits of its digest."""
        return f"fonds/{sha256(self.key.public).hexdigest()[:16]}"

    def sign(self, data: bytes) -> bytes:
        """The signature on *data*."""
        return self._private.sign(data)

    def named(self, name: str) -> "Signer":
        """The same key under another name."""
        return Signer(name, self._private)


def id_of(name: str, algorithm: bytes, public: bytes) -> str:
    """The id of a key, of 4 bytes, in hex: a digest of name, algorithm and key (C2SP signed-note)."""
    return sha256(name.encode() + b"\n" + algorithm + public).hexdigest()[:8]


def text_of(name: str, algorithm: bytes, public: bytes) -> str:
    """A key as C2SP writes it: name+id+base64."""
    return f"{name}+{id_of(name, algorithm, public)}+{b64encode(algorithm + public).decode()}"


def parts_of(text: str) -> tuple[str, bytes, bytes]:
    """Name, algorithm and public key of what `text_of` wrote; all empty for anything else."""
    name, _, rest = text.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        raw = b64decode(encoded, validate=True)
    except (Error, ValueError):
        raw = b""
    algorithm, public = raw[:1], raw[1:]
    is_whole = is_name(name) and len(public) == _PUBLIC_BYTES and id_of(name, algorithm, public) == key_id
    return (name, algorithm, public) if is_whole else ("", b"", b"")


def is_name(name: str) -> bool:
    """Whether a key may be called so: something without white space and without a plus sign."""
    return bool(name) and "+" not in name and name.isprintable() and not any(sign.isspace() for sign in name)


def with_cryptography() -> None:
    """Raises KeyUnusable where the library that signs is not installed."""
    try:
        import cryptography  # noqa: F401, PLC0415 -- costs start-up time
    except ImportError as error:
        raise KeyUnusable("signing needs the library cryptography: pip install 'fonds[evidence]'") from error


def new_key(name: str = "") -> Signer:
    """A new key, by its own name where no *name* is given."""
    with_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    if name and not is_name(name):
        raise KeyUnusable(f"found the name '{name}', expected one without white space and '+', such as example.org/log")
    signer = Signer(name, Ed25519PrivateKey.generate())
    return signer if name else signer.named(signer.own_name)


def key_folder(environment: Mapping[str, str]) -> Path:
    """Where keys are kept unless told otherwise: `fonds` in the user's folder for configuration."""
    base = environment.get("XDG_CONFIG_HOME") or str(Path(environment.get("HOME") or "~").expanduser() / ".config")
    return Path(base) / "fonds"


def save_key(signer: Signer, path: Path, *, passphrase: str = "") -> None:
    """Writes the key to a new file at *path*, which only its owner may read; in PKCS 8, as PEM.

    Raises KeyUnusable where there is a file or none can be made; one that is there is never replaced.
    """
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    lock = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    pem = signer._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if path.exists():
            raise KeyUnusable(f"{path}: there is a file already; a key is never replaced") from error
        raise KeyUnusable(f"{path}: the key cannot be kept there: {error.strerror}") from error
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(handle)


def load_key(path: Path, name: str, *, passphrase: str = "") -> Signer:
    """The key in the file at *path*, called *name*.

    Raises KeyUnusable where there is none, others may read it, the passphrase is another one, or it is no such key.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            pem = file.read(10_000)
    except OSError as error:
        raise KeyUnusable(f"{path}: the key cannot be read: {error.strerror}") from error
    if mode & _OTHERS:
        raise KeyUnusable(f"{path}: others may read it (mode {mode & 0o777:04o}), expected 0600: chmod 600 {path}")
    with_cryptography()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    plain = _plain_key(pem)
    if plain and not passphrase:
        return Signer(name, Ed25519PrivateKey.from_private_bytes(plain))
    private = _any_key(path, pem, passphrase)
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyUnusable(f"{path}: found a key of another kind, expected Ed25519")
    return Signer(name, private)


def _plain_key(pem: bytes) -> bytes:
    """The bytes of an Ed25519 key in its usual form; b"" for anything else."""
    begin, end = _PEM
    try:
        der = b64decode(pem.removeprefix(begin).removesuffix(end), validate=True)
    except (Error, ValueError):
        return b""
    return der[len(_PKCS_8) :] if der.startswith(_PKCS_8) and len(der) == len(_PKCS_8) + 32 else b""


def _any_key(path: Path, pem: bytes, passphrase: str) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 -- costs start-up time
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    try:
        return load_pem_private_key(pem, passphrase.encode() or None)
    except TypeError as error:  # a passphrase is wanted and not given, or given and not wanted
        told = "it has no passphrase" if passphrase else "it has a passphrase: FONDS_KEY_PASSPHRASE"
        raise KeyUnusable(f"{path}: {told}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        told = "the passphrase is another one, or it is no key in PEM" if passphrase else "it is no key in PEM"
        raise KeyUnusable(f"{path}: {told}") from error


def read_public_key(text: str) -> VerifierKey:
    """The public key that *text* is, or that stands in the file it names. Raises KeyUnusable."""
    if "+" in text and not Path(text).exists():
        return VerifierKey.parsed(text)
    try:
        return VerifierKey.parsed(Path(text).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise KeyUnusable(f"{text}: no public key can be read there") from error
