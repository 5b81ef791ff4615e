"""Commands for copies of an archive: backup, restore."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..wording import counted
from .context import Settings
from .output import data, note
from .progress import OneLine

if TYPE_CHECKING:
    from ..archive.copies import Copy

_DAMAGED = 1


@click.command()
@click.argument("dest")
@click.pass_obj
def backup(settings: Settings, dest: str) -> None:
    """Makes a verified copy of the archive at DEST, while crawls go on.

    DEST is a file, or a folder: in it the copy is named after the archive and the minute. The copy is the archive at
    one moment. All of it is verified, as by `fonds verify`, before it has its name; a file that is there is replaced
    where it is an earlier backup of this archive. Exit code 1: something is wrong with the copy, and so with the
    archive; it replaces nothing and is kept under another name. The key is not in it: keep a copy of that too.

    \b
    Examples:
      fonds backup /mnt/backups/
      fonds backup /mnt/backups/archive.db
    """
    from ..archive.copies import said

    if dest.endswith("/") and not Path(dest).is_dir():
        raise UsageError(f"{dest}: there is no such folder; is its disk there?")
    begun, told = time.monotonic(), OneLine()
    with settings.open_archive() as archive:
        try:
            made = archive.backup(Path(dest), settings.now(), told)
        finally:
            told.end()
    data(_described(made, time.monotonic() - begun))
    if made.damage:
        note(f"{settings.archive}: {said(made.damage)}; the copy is kept as {made.path}, and has replaced nothing")
        if any(finding.check != "signature" for finding in made.damage):
            note(f"{settings.archive}: fonds verify --repair mends what can be, with --from by an earlier backup too")
        raise click.exceptions.Exit(_DAMAGED)


@click.command()
@click.argument("source", metavar="BACKUP", type=click.Path(path_type=Path))
@click.option("--replace", "may_replace", is_flag=True, help="Also where there is an archive: it is kept beside.")
@click.pass_obj
def restore(settings: Settings, source: Path, may_replace: bool) -> None:
    """Puts a copy of BACKUP in the place of the archive, from which crawls go on.

    The copy is verified first, and brought up to date where the backup is of an older fonds; BACKUP itself is only
    read. An archive that is there is replaced with --replace alone, at once and while no process has it open; it stays
    beside the new one, under the name that is printed. Without --replace it is said what it has and BACKUP has not.
    What is no archive, or has another log than BACKUP, is never replaced: move it away first.

    \b
    Examples:
      fonds restore /mnt/backups/archive-2026-11-22T1744Z.db
      fonds --archive elsewhere.db restore /mnt/backups/archive.db
      fonds restore --replace /mnt/backups/archive.db
    """
    from ..archive.copies import restore

    begun, told = time.monotonic(), OneLine()
    try:
        made = restore(source, settings.archive, told, may_replace=may_replace)
    finally:
        told.end()
    data(_described(made, time.monotonic() - begun))
    if made.kept:
        note(f"{settings.archive}: what was there is kept as {made.kept}; {_lacking(made)}")


def _lacking(made: "Copy") -> str:
    """What an archive that was replaced has and the backup has not."""
    if made.left is None:
        return "nobody can tell what it has that the backup has not"
    count = made.left.count
    return f"{made.left} of it {'is' if count == 1 else 'are'} not in the backup" if count else "the backup has it all"


def _described(made: "Copy", took_s: float) -> str:
    """A copy in one line."""
    from ..archive.copying import sized

    sealed = "no checkpoint"
    if made.checkpoint:
        sealed = f"checkpoint of {made.checkpoint.size:,} leaves made {made.checkpoint.created_at:%Y-%m-%d %H:%M} UTC"
    captures = counted(made.captures, "capture")
    return f"{made.path}: {sized(made.bytes)}, {captures}, {sealed}, in {took_s:.1f} s"


COMMANDS = (backup, restore)
