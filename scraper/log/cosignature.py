"""Cosignatures: what a witness says of a checkpoint, in the forms of C2SP (tlog-cosignature, Ed25519; tlog-witness).

A witness states that it has seen the log grow from the last checkpoint that it saw of it, and when it saw this one.
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from ..errors import NotProved
from .keys import Signer, VerifierKey, id_of, parts_of, text_of
from .note import SignedNote

_COSIGNER = b"\x04"  # the algorithm's number in a C2SP key
_TIME_BYTES, _SIGNATURE_BYTES = 8, 64
_MOST_PROOF = 63  # hashes in a request, by tlog-witness
_OLD = "old "


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessKey:
    """What cosignatures are checked by: the *name* of a witness and its raw *public* key."""

    name: str
    public: bytes

    @classmethod
    def of(cls, key: VerifierKey) -> Self:
        """The key by which an archive cosigns, of that by which it signs its own checkpoints."""
        return cls(name=key.name, public=key.public)

    @property
    def id(self) -> str:
        """Its id of 4 bytes, in hex."""
        return id_of(self.name, _COSIGNER, self.public)

    @property
    def text(self) -> str:
        """The key as C2SP writes it: name+id+base64."""
        return text_of(self.name, _COSIGNER, self.public)

    @classmethod
    def parsed(cls, text: str) -> Self:
        """The key that `text` wrote; also that of an archive, as `fonds init` prints it. Raises KeyUnusable."""
        name, algorithm, public = parts_of(text)
        return cls(name=name, public=public) if algorithm == _COSIGNER else cls.of(VerifierKey.parsed(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """That the witness with *key* saw a checkpoint *at* a time; *line* is how it stands in a note."""

    key: WitnessKey
    at: datetime
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessRequest:
    """What a log asks a witness: that the checkpoint in *note* goes on from *old* leaves, by a consistency *proof*."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @property
    def text(self) -> str:
        """The body of tlog-witness's add-checkpoint."""
        lines = [f"{_OLD}{self.old}", *(b64encode(part).decode() for part in self.proof), "", self.note]
        return "\n".join(lines)

    @classmethod
    def parsed(cls, text: str) -> Self:
        """The request; a note alone asks from no leaf on. Raises NotProved for anything else."""
        if not text.startswith(_OLD):
            return cls(old=0, proof=(), note=text)
        head, blank, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        size = first.removeprefix(_OLD)
        if not blank or not (size.isascii() and size.isdigit() and str(int(size[:20])) == size):
            raise NotProved(f"found '{first[:60]}', expected 'old' and a number of leaves, a proof and a checkpoint")
        if len(lines) > _MOST_PROOF:
            raise NotProved(f"the request has a proof of {len(lines)} lines, expected at most {_MOST_PROOF}")
        return cls(old=int(size), proof=tuple(_hash(line) for line in lines), note=note)


def cosigned(text: str, signer: Signer, at: datetime) -> Cosignature:
    """The cosignature of *signer* on the checkpoint *text*, which it saw *at* that time."""
    key, seconds = WitnessKey.of(signer.key), int(at.timestamp())
    token = seconds.to_bytes(_TIME_BYTES, "big") + signer.sign(_message(text, seconds))
    line = f"— {key.name} {b64encode(bytes.fromhex(key.id) + token).decode()}\n"
    return Cosignature(key=key, at=at.replace(microsecond=0), line=line)


def cosignatures(note: SignedNote, keys: Sequence[WitnessKey]) -> list[Cosignature]:
    """Which of the witnesses *keys* have cosigned *note*, and when.

    Raises NotProved where a line in the name of one of them is not its.
    """
    by_name = {(key.name, key.id): key for key in keys}
    found = []
    for name, key_id, token in note.signatures:
        key = by_name.get((name, key_id))
        if key is None:
            continue
        seconds, signature = int.from_bytes(token[:_TIME_BYTES], "big"), token[_TIME_BYTES:]
        public = VerifierKey(name=key.name, public=key.public)
        fits = len(signature) == _SIGNATURE_BYTES and public.has_signed(_message(note.text, seconds), signature)
        if not fits:
            raise NotProved(f"the cosignature of {name}+{key_id} does not fit the checkpoint")
        try:
            at = datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise NotProved(f"the cosignature of {name}+{key_id} has no date: {seconds} seconds") from error
        line = f"— {name} {b64encode(bytes.fromhex(key_id) + token).decode()}\n"
        found.append(Cosignature(key=key, at=at, line=line))
    return found


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _hash(line: str) -> bytes:
    try:
        found = b64decode(line, validate=True)
    except (Error, ValueError):
        found = b""
    if len(found) != 32 or b64encode(found).decode() != line:
        raise NotProved(f"found '{line[:60]}' in the proof, expected a digest in base64")
    return found
