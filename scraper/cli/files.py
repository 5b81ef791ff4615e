"""Files given on the command line: their bytes, and what their name says they are."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from parsers.errors import ParserError, RuleError, TooComplex

from ..errors import UsageError
from .output import note

if TYPE_CHECKING:
    from parsers import Record

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
# What to do about a body that cannot be read, by what was found.
_ADVICE = {
    "an encrypted PDF": "save it without its password first",
    "a damaged PDF": "get the file again",
}
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
        raise UsageError(
            f"{name}: found damaged gzip data, expected a whole file: {error}; nothing was kept, get it again"
        ) from error
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_FILE_BYTES:
        limit = f"found more than {MAX_FILE_BYTES:,} bytes, expected at most that"
        raise UsageError(f"{name}: {limit}; nothing was kept, give the report in parts")
    return content


@contextmanager
def naming(name: str, kept: str = "nothing was kept") -> Iterator[None]:
    """What a parser cannot read as an error that names the file or capture, what is *kept* of it and what to do."""
    try:
        yield
    except ParserError as error:
        told = [kept, advice] if (advice := _advice(error)) else [kept]
        raise UsageError(f"{name}: {error}; {', '.join(told)}") from error


def _advice(error: ParserError) -> str:
    if isinstance(error, RuleError):
        return "mend the rules; `fonds sources check` finds all such mistakes"
    if isinstance(error, TooComplex):
        return "look at it in a browser: no parser reads more"
    return _ADVICE.get(getattr(error, "found", ""), "")


def noted_held(name: str, record: "Record") -> None:
    """Says why a capture of the page called *name* would be held back or count as missing, where it would."""
    from ..reading import MISSING_RULES

    if not record.held:
        return
    is_missing = any(flag.name in MISSING_RULES for flag in record.held)
    why = "; ".join(f"{flag.name}: {flag.detail}" for flag in record.held)
    fate = "would count as missing" if is_missing else "would be held back"
    note(f"{'standard input' if name == '-' else name}: {fate}: {why}")


def published_at(url: str) -> str:
    """The address given by --url, in the form that pages are kept under. UsageError for what is none."""
    from ..urls import clean

    return clean(url)


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
