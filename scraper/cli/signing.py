"""The key that signs an archive, as commands find, make and use it. *chosen* is the file that `--key` names."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import KeyUnusable
from .output import note

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ..archive import Archive
    from ..log import Signer, VerifierKey


def notary(archive: Path, chosen: Path | None) -> "Callable[[VerifierKey], Signer | None]":
    """Gives what signs for the archive; where that cannot be had it says so, and the archive goes on unsigned."""

    def signer(key: "VerifierKey") -> "Signer | None":
        try:
            return signer_of(key, chosen)
        except KeyUnusable as error:
            note(f"{archive}: checkpoints are not signed: {error}")
            return None

    return signer


def signer_of(key: "VerifierKey", chosen: Path | None) -> "Signer":
    """What signs as *key*. Raises KeyUnusable where its file cannot be used or holds another key."""
    from ..log import load_key

    path = chosen or key_path(key)
    found = load_key(path, key.name, passphrase=passphrase())
    if found.key != key:
        raise KeyUnusable(f"{path}: found key {found.key.id}, expected {key.id}, the archive's")
    return found


def first_key(archive: "Archive", chosen: Path | None, now: "datetime") -> None:
    """Makes a key for a new archive and says where it is; where none can be had, why the archive is not signed.

    Nothing where another process, that found no archive either, has made one meanwhile.
    """
    try:
        # Who writes the archive is alone with it from here on.
        with archive.transaction():
            path = None if archive.public_keys() else new_key(archive, chosen, now)
    except KeyUnusable as error:
        note(f"{archive.path}: checkpoints are not signed: {error}")
        return
    if path:
        note(f"{archive.path}: made, and signed by the key {path}: keep a copy of that elsewhere")


def new_key(archive: "Archive", chosen: Path | None, now: "datetime", *, name: str = "") -> Path:
    """Makes the archive's first key and gives its file. One that is there and chosen is taken as it is."""
    from ..log import load_key, save_key
    from ..log import new_key as made

    with archive.transaction():
        if chosen and chosen.exists():
            found = load_key(chosen, "fonds", passphrase=passphrase())
            archive.adopt_key(found.named(name or found.own_name), now)
            return chosen
        signer = made(name)
        signer = signer.named(archive.log_name(signer))
        path = chosen or key_path(signer.key)
        # The file first: an archive whose key is nowhere could never be signed.
        save_key(signer, path, passphrase=passphrase())
        archive.adopt_key(signer, now)
    return path


def next_key(archive: "Archive", chosen: Path | None, now: "datetime", *, old_path: Path | None, is_lost: bool) -> Path:
    """Makes a key in place of the archive's, which signs that unless it *is_lost*, and gives its file.

    *old_path* is where the archive's key is, None for its usual place.
    """
    from ..log import new_key as made
    from ..log import save_key

    with archive.transaction():
        before = archive.public_keys()[-1]
        old = None if is_lost else signer_of(before, old_path)
        signer = made(before.name)
        path = chosen or key_path(signer.key)
        save_key(signer, path, passphrase=passphrase())
        archive.adopt_key(signer, now, old=old)
    return path


def key_path(key: "VerifierKey") -> Path:
    """Where the private half of *key* is unless told otherwise."""
    from ..log import key_folder

    return key_folder(os.environ) / f"{key.id}.key"


def passphrase() -> str:
    """What keys are locked with, "" for nothing."""
    return os.environ.get("FONDS_KEY_PASSPHRASE", "")
