"""Taking bytes down: redact."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..wording import counted
from .context import Settings
from .output import format_option, listing, note

if TYPE_CHECKING:
    from ..archive import Archive, Takedown

_COLUMNS = ("capture", "captured_at", "bytes", "asked", "url")


@click.command()
@click.argument("captures", nargs=-1, required=True, type=int, metavar="CAPTURE...")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in one line; it stays on record for ever.")
@click.option("--dry-run", is_flag=True, help="Lists what would go, and removes nothing.")
@click.option("--yes", is_flag=True, help="Does not ask.")
@format_option
@click.pass_obj
def redact(
    settings: Settings, captures: tuple[int, ...], reason: str, dry_run: bool, yes: bool, form: str | None
) -> None:
    """Removes the bytes of CAPTUREs for good, with all that was read from them: where a law or a person demands it.

    The captures stay on record with the digest and length of what came, the heads, the addresses, the times and the
    reason; fonds verify still passes and tells of it. Other captures with the same bytes or the same content lose them
    too: they are listed first. Captures with nearly the same words are not touched. It cannot be undone, and copies of
    the archive are not reached.

    Exit code 0: the bytes are gone from the file and its log. 2: nothing was removed; or, where it says so, the file
    could not be cleared, and the same command goes on with that.

    \b
    Examples:
      fonds redact 41 --reason "names a witness" --dry-run
      fonds redact 41 42 --reason "court order 12/2026" --yes
    """
    from ..archive.redactions import checked_reason
    from ..diff import diff

    said = checked_reason(reason)
    with settings.open_archive() as archive:
        if not dry_run and _is_only_to_be_cleared(archive, captures):
            archive.wipe(settings.now())
            note(f"{archive.path}: what was removed before is cleared from the file now")
            return
        gone = archive.takedown(captures)
        listing(_rows(archive, gone), form, columns=_COLUMNS, empty="")
        for line in (*_stays(archive, gone), *_copies(archive.path)):
            note(line)
        if dry_run:
            return
        if not yes:
            _ask(len(gone.captures))
        archive.redact(gone, said, settings.now(), diff)
        note(f"removed the bytes of {counted(len(gone.captures), 'capture')}, and what was read from them")
        archive.wipe(settings.now())
        note("the file was written anew, and its log emptied")


def _is_only_to_be_cleared(archive: "Archive", captures: tuple[int, ...]) -> bool:
    """Whether all these were redacted before, and the file was not cleared after that."""
    rows = [archive.redaction(number) for number in captures]
    return all(rows) and any(row and not row.is_wiped for row in rows)


def _rows(archive: "Archive", gone: "Takedown") -> Iterable[dict[str, Any]]:
    for number in gone.captures:
        row = archive.capture(number)
        yield {
            "capture": number,
            "captured_at": row.captured_at,
            "bytes": row.body_bytes,
            "sha256": row.body_sha256,
            "asked": "yes" if number in gone.asked else "no: the same bytes",
            "url": row.url,
        }


def _stays(archive: "Archive", gone: "Takedown") -> Iterable[str]:
    for other in archive.left_beside(gone):
        alike = f", {other.alike:,} of them read word for word alike" if other.alike else ""
        yield f"{other.url}: {counted(other.captures, 'other capture')} of it stay{'s' * (other.captures == 1)}{alike}"
    yield "kept are digest, length, times, addresses, heads and what could not be read, as the log has them"
    yield "a page is crawled as before; `exclude` in its source file keeps it out"


def _copies(path: Path) -> Iterable[str]:
    copies = sorted(path.resolve().parent.glob(f"{path.name}.*backup*"))
    beside = f"; beside the archive: {', '.join(copy.name for copy in copies)}" if copies else ""
    yield f"not reached are backups and other copies of the archive{beside}"


def _ask(count: int) -> None:
    if not sys.stdin.isatty():
        raise UsageError("it cannot be undone: --yes says that you are sure, --dry-run lists what would go")
    if not click.confirm(f"Remove the bytes of {counted(count, 'capture')} for good?", err=True):
        raise UsageError("nothing was removed")


COMMANDS = (redact,)
