"""Commands for those who read revisions: diff."""

import json
import shutil
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .context import Settings
from .output import colour, data, drawn, instant, note

if TYPE_CHECKING:
    from ..archive import Archive

_FINDINGS = 1


@click.command()
@click.argument("page")
@click.argument("first", required=False, metavar="[A]")
@click.argument("second", required=False, metavar="[B]")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), help="[default: terminal]")
@click.option("--width", type=click.IntRange(min=40), help="Columns [default: those of the terminal].")
@click.pass_obj
def diff(
    settings: Settings, page: str, first: str | None, second: str | None, form: str | None, width: int | None
) -> None:
    """Shows what differs between two versions of PAGE, the last two by default; A and B are numbers or dates.

    With A alone, from A to the last. Exit code 1 says that there is a difference.

    \b
    Examples:
      fonds diff velmora
      fonds diff velmora 1 3
      fonds diff velmora 2024-03-01 --format json
    """
    from ..diff import diff as compare

    with settings.open_archive() as archive:
        row = archive.page(page)
        versions = archive.versions(row)
        if len(versions) < 2 and not first:
            raise UsageError(f"{row.url}: {_nothing_to_compare(archive, row.id, len(versions))}")
        before = archive.version(f"{row.id}@{first or versions[-2].seq}")
        after = archive.version(f"{row.id}@{second or versions[-1].seq}")
        found = compare(archive.record(before), archive.record(after))
    names = (f"version {before.seq}", f"version {after.seq}")
    interval = f"last seen {instant(before.last_seen)}", f"first seen {instant(after.first_seen)}"
    note(f"{row.url}: {names[0]} ({interval[0]}) to {names[1]} ({interval[1]})")
    write_changes(found, form, width=width, names=names)


def _nothing_to_compare(archive: "Archive", page_id: int, versions: int) -> str:
    """Why a page with fewer than two *versions* has none to compare."""
    removed = [f"capture {row.capture_id}: {row.told}" for row in archive.redactions(page_id)[-1:]]
    seen = "one version, so nothing to compare it with" if versions else "no version yet"
    return "; ".join([seen, *removed, f"`fonds log {page_id}` lists its versions"])


def write_changes(found: Any, form: str | None, *, width: int | None, names: tuple[str, str]) -> None:
    """Prints the changes *found* and leaves with 1 where there are any."""
    from ..diff import render_terminal

    if form == "json":
        data(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        columns = width or shutil.get_terminal_size((100, 24)).columns
        drawn(render_terminal(found, width=columns, colour=colour(), names=names))
    if found:
        raise click.exceptions.Exit(_FINDINGS)


COMMANDS = (diff,)
