"""One crawl of a source at a time: a lock that ends with its process, however that ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from ..errors import ArchiveBusy, ArchiveError

_LOOKS, _LOOK_S = 100, 0.01


@contextmanager
def crawl_lock(archive: Path, source: str, now: datetime) -> Iterator[None]:
    """Holds the right to crawl *source*. Raises ArchiveBusy, with the holder's process, where another one does.

    The lock is on a file beside the archive, which stays: removing it would let two processes lock two files.
    """
    real = archive.resolve()  # by whatever name it was opened
    try:
        file = real.with_name(f"{real.name}.{source}.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise ArchiveError(f"nothing can be written beside it: {error.strerror}", path=str(archive)) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(file)
            message = f"a crawl of '{source}' is running: {holder}; wait for it, or end it"
            raise ArchiveBusy(message, path=str(archive), holder=holder) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S} UTC")
        file.flush()
        yield


def _holder(file: TextIO) -> str:
    """Who has the lock. What is read may still be the name of an earlier one: it counts when it has settled."""
    said = ""
    for _ in range(_LOOKS):
        file.seek(0)
        before, said = said, file.read().strip()
        if said and said == before:
            return said
        time.sleep(_LOOK_S)
    return said or "another process"
