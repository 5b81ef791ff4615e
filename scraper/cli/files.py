"""Files given on the command line: their bytes, and what their name says they are."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parsers.errors import ParserError

from ..errors import UsageError

MAX_FILE_BYTES = 50_000_000
_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".pdf": "application/pdf",
}
_READ = frozenset({*_TYPES.values(), "text/plain"})
_UNREAD = {".warc": "WARC", ".arc": "ARC", ".wacz": "WACZ"}


def read_file(name: str) -> bytes:
    """The bytes of the file *name*, "-" for standard input; one whose name ends in ".gz" is unpacked.

    Raises UsageError where it is missing, no file, damaged, or over 50 MB.
    """
    try:
        if name == "-":
            content = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        elif name.endswith(".gz"):
            with gzip.open(name) as file:
                content = file.read(MAX_FILE_BYTES + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(MAX_FILE_BYTES + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UsageError(f"{name}: found damaged gzip data, expected a whole file: {error}") from error
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_FILE_BYTES:
        raise UsageError(f"{name}: found more than {MAX_FILE_BYTES:,} bytes, expected at most that")
    return content


@contextmanager
def naming(name: str) -> Iterator[None]:
    """What a parser cannot read as an error that names the file."""
    try:
        yield
    except ParserError as error:
        raise UsageError(f"{name}: {error}") from error


def media_type(name: str, given: str | None) -> str | None:
    """The media type of the file *name*: *given*, else by its ending; None leaves it to the bytes.

    Raises UsageError for web archives, whose records are many pages.
    """
    if given:
        if given.partition(";")[0].strip().lower() not in _READ:
            raise UsageError(f"--type: found '{given}', expected one of {', '.join(sorted(_READ))}")
        return given
    path = Path(name.removesuffix(".gz"))
    if path.suffix.lower() in _UNREAD:
        kind = _UNREAD[path.suffix.lower()]
        raise UsageError(f"{name}: found a {kind} file by its name, expected a page: HTML, PDF, Markdown or plain text")
    return _TYPES.get(path.suffix.lower())
