"""One crawl of a source at a time, one process at a host: locks that end with their process, however that ends."""

import fcntl
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from glob import escape
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, TextIO

from ..errors import ArchiveBusy, ArchiveError

_NO_SOURCES = ("hosts", "checkpoint")  # locks beside an archive that are not those of crawls
_LOOKS, _LOOK_S = 100, 0.01
# A process may crawl several sources of a host at once, for it keeps one pace for all. Its locks on the bytes of a file
# would all be lost with any handle of that file that it closes: there is one handle, and it stays open.
_HOST_FILES: dict[Path, BinaryIO] = {}
_HELD: Counter[tuple[Path, int]] = Counter()


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


def crawling(archive: Path) -> str:
    """Which crawl is running, and by which process; "" where none is."""
    real = archive.resolve()
    for path in sorted(real.parent.glob(f"{escape(real.name)}.*.lock")):
        source = path.name.removeprefix(f"{real.name}.").removesuffix(".lock")
        if source in _NO_SOURCES:
            continue
        with suppress(OSError), path.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return f"a crawl of '{source}' is running: {_holder(file)}"
    return ""


@contextmanager
def host_lock(archive: Path, hosts: Iterable[str]) -> Iterator[None]:
    """Holds the right to ask *hosts*. Raises ArchiveBusy where another process has it for one of them.

    Two processes would each keep the pace of a host, and together ask it twice as often.
    """
    real = archive.resolve()
    path = real.with_name(f"{real.name}.hosts.lock")
    taken: list[tuple[Path, int]] = []
    try:
        for host in hosts:
            place = (path, int.from_bytes(sha256(host.encode()).digest()[:6]))
            if not _HELD[place]:
                _take(path, place[1], host, archive)
            _HELD[place] += 1
            taken.append(place)
        yield
    finally:
        for place in taken:
            _HELD[place] -= 1
            if not _HELD[place]:
                fcntl.lockf(_HOST_FILES[path], fcntl.LOCK_UN, 1, place[1])


def _take(path: Path, byte: int, host: str, archive: Path) -> None:
    if path not in _HOST_FILES:
        try:
            _HOST_FILES[path] = path.open("ab")
        except OSError as error:
            raise ArchiveError(f"nothing can be written beside it: {error.strerror}", path=str(archive)) from error
    try:
        fcntl.lockf(_HOST_FILES[path], fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
    except OSError:
        message = f"another process is crawling host {host}; wait for it, or crawl both sources by one command"
        raise ArchiveBusy(message, path=str(archive), holder=f"another process is crawling host {host}") from None


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
