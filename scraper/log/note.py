"""Checkpoints of a log as signed notes, in the forms of C2SP: tlog-checkpoint and signed-note."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from ..errors import NotProved
from .keys import Signer, VerifierKey

_DASH = "—"
_HASH_BYTES = 32
_KEY_ID_BYTES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The state of a log: *origin* names it, *size* is the number of its leaves, *root* the hash over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Its three lines."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parsed(cls, text: str) -> Self:
        """The checkpoint with these lines. Further ones, which the format allows, are left out.

        Raises NotProved for anything else.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:3]):
            raise NotProved("found no checkpoint, expected its origin, size and root, a line each")
        origin, size, root = lines[:3]
        if not (size.isascii() and size.isdigit() and str(int(size[:20])) == size):
            raise NotProved(f"the checkpoint has the size '{size[:40]}', expected a whole number")
        return cls(origin=origin, size=int(size), root=_bytes_of(root, "the checkpoint's root", _HASH_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """A text with signatures: the name of each key, its id (hex), and the signature."""

    text: str
    signatures: tuple[tuple[str, str, bytes], ...] = ()

    @classmethod
    def parsed(cls, note: str) -> Self:
        """The note. A text without any signature, as a checkpoint printed on paper, is one that nobody signed.

        Raises NotProved where its signature lines are none.
        """
        text, blank, lines = note.rpartition("\n\n")
        if not blank:
            return cls(text=note)
        if not lines.endswith("\n"):
            raise NotProved("the note has a signature line without an end")
        found = tuple(_signature(line) for line in lines[:-1].split("\n"))
        return cls(text=f"{text}\n", signatures=found)

    def signers(self, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
        """Which of *keys* have signed it. Raises NotProved where a signature in the name of one of them is not its."""
        by_name = {(key.name, key.id): key for key in keys}
        found = []
        for name, key_id, signature in self.signatures:
            key = by_name.get((name, key_id))
            if key is None:
                continue
            if not key.has_signed(self.text.encode(), signature):
                raise NotProved(f"the signature of {name}+{key_id} does not fit the text")
            found.append(key)
        return found


def signed(text: str, signer: Signer) -> str:
    """The note with *text*, one or more lines, and the signature of *signer*."""
    return f"{text}\n{signature_line(text, signer)}"


def signature_line(text: str, signer: Signer) -> str:
    """The line by which *signer* signs *text*, to be added to a note of it."""
    key = signer.key
    token = bytes.fromhex(key.id) + signer.sign(text.encode())
    return f"{_DASH} {key.name} {b64encode(token).decode()}\n"


def _signature(line: str) -> tuple[str, str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, token = rest.partition(" ")
    if dash != _DASH or not name or not token:
        raise NotProved(f"the note has a line that is no signature: '{line[:80]}'")
    found = _bytes_of(token, "a signature")
    if len(found) <= _KEY_ID_BYTES:
        raise NotProved("the note has a signature that is too short")
    return name, found[:_KEY_ID_BYTES].hex(), found[_KEY_ID_BYTES:]


def _bytes_of(text: str, what: str, size: int | None = None) -> bytes:
    """The bytes that *text* is the base64 of, in its one form."""
    try:
        found = b64decode(text, validate=True)
    except (Error, ValueError) as error:
        raise NotProved(f"{what} is no base64: {error}") from error
    if b64encode(found).decode() != text or (size is not None and len(found) != size):
        raise NotProved(f"{what} is not what its base64 should be")
    return found
