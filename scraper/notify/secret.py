"""Secrets: from the environment or a file that only its owner may read; never in the archive, a log or an error."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from ..errors import KeyUnusable

_OTHERS = 0o077
_MAX_BYTES = 10_000


def read_secret(variable: str | None, file: str | None, *, folder: Path, environment: Mapping[str, str]) -> str:
    """What the environment *variable* holds, or the *file* (relative to *folder*), without white space around it.

    Raises KeyUnusable where it is missing, empty, no text, or where others may read the file.
    """
    if variable is not None:
        found = environment.get(variable, "").strip()
        if not found:
            raise KeyUnusable(f"${variable} is not set, expected the secret in it")
        return found
    path = folder / (file or "")
    try:
        with path.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise KeyUnusable(f"{path}: found no file, expected one with the secret in it")
            content = opened.read(_MAX_BYTES + 1)
    except OSError as error:
        raise KeyUnusable(f"{path}: the secret cannot be read: {error.strerror}") from error
    if mode & _OTHERS:
        raise KeyUnusable(f"{path}: others may read it (mode {mode & 0o777:04o}), expected 0600: chmod 600 {path}")
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        text = ""
    if not text or len(content) > _MAX_BYTES:
        raise KeyUnusable(f"{path}: found no text of at most {_MAX_BYTES:,} bytes, expected the secret") from None
    return text
