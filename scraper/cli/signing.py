"""The key that signs an archive, as commands find, make and use it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import KeyUnusable
from .context import Settings
from .output import note

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..archive import Archive
    from ..log import Signer, VerifierKey


def notary(settings: Settings) -> "Callable[[VerifierKey], Signer | None]":
    """Gives what signs for an archive; where that cannot be had it says so, and the archive goes on unsigned."""

    def signer(key: "VerifierKey") -> "Signer | None":
        try:
            return signer_of(settings, key)
        except KeyUnusable as error:
            note(f"{settings.archive}: this checkpoint is not signed: {error}")
            return None

    return signer


def signer_of(settings: Settings, key: "VerifierKey") -> "Signer":
    """What signs as *key*. Raises KeyUnusable where its file cannot be used or holds another key."""
    from ..log import load_key

    path = settings.key or key_path(key)
    found = load_key(path, key.name, passphrase=passphrase())
    if found.key != key:
        raise KeyUnusable(
            f"{path}: found key {found.key.id}, the archive's is {key.id}; fonds init --rotate changes it"
        )
    return found


def make_key(settings: Settings, archive: "Archive") -> None:
    """Makes a key for a new archive and says where it is; where none can be had, why the archive is not signed."""
    try:
        note(f"{archive.path}: signed by {new_key(settings, archive)}; keep a copy of it elsewhere")
    except KeyUnusable as error:
        note(f"{archive.path}: not signed: {error}")


def new_key(settings: Settings, archive: "Archive", *, name: str = "") -> Path:
    """Makes the archive's first key and gives its file. An existing file named by `--key` is taken as it is."""
    from ..log import load_key, new_key, save_key

    if settings.key and settings.key.exists():
        anonymous = load_key(settings.key, "fonds", passphrase=passphrase())
        archive.adopt_key(anonymous.named(name or anonymous.own_name), settings.now())
        return settings.key
    signer = new_key(name)
    # The archive's own name for it decides the id, and so the name of the file: the file comes first all the same, for
    # an archive whose key is nowhere could never be signed.
    named = signer.named(archive.log_name(signer))
    path = settings.key or key_path(named.key)
    save_key(named, path, passphrase=passphrase())
    archive.adopt_key(named, settings.now())
    return path


def key_path(key: "VerifierKey") -> Path:
    """Where the private half of *key* is unless told otherwise."""
    from ..log import key_folder

    return key_folder(os.environ) / f"{key.id}.key"


def passphrase() -> str:
    """What keys are locked with, "" for nothing."""
    return os.environ.get("FONDS_KEY_PASSPHRASE", "")
