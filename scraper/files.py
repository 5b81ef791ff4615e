"""Files that others read while we write them: whole before or whole after, whatever happens in between."""

import os
import stat
from pathlib import Path

from .errors import UsageError

_DRAFT = ".new"


def write_whole(path: Path, content: bytes, *, mode: int | None = None) -> bool:
    """Writes *content* to *path* in one step, and says whether anything was written: a file that has it stays as it is.

    It is on the disk when this returns. A link is followed. *mode* is that of the file, else that of the one before,
    else what the process gives new files. Raises OSError, UsageError where something stands there that is no file.
    """
    real = path.resolve()
    if real.exists():
        found = real.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UsageError(f"{path}: found something that is no file, expected a file or nothing; left as it is")
        if found.st_size == len(content) and real.read_bytes() == content:
            return False
        mode = mode if mode is not None else found.st_mode & 0o777
    draft = real.with_name(f".{real.name}.{os.getpid()}{_DRAFT}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, mode or 0o666)
        with os.fdopen(handle, "wb") as file:
            if mode is not None:
                os.fchmod(handle, mode)
            file.write(content)
            file.flush()
            os.fsync(handle)
        draft.replace(real)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync(real.parent)
    return True


def sync(path: Path) -> None:
    """Returns when what was written to the file or folder is on the disk; of a folder, which files it holds."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def clear_drafts(folder: Path) -> None:
    """Removes what processes that were killed left half written in *folder*; only for who is alone there."""
    for draft in folder.glob(f".*{_DRAFT}"):
        draft.unlink(missing_ok=True)
