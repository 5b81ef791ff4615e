"""Commands on which captures are of one page: merge, split."""

from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ..wording import counted
from .context import Settings
from .output import format_option, listing, note

if TYPE_CHECKING:
    from ..archive import Archive
    from ..archive.identity import Moved

_dry_run = click.option("--dry-run", is_flag=True, help="Shows the versions there would be, and changes nothing.")


@click.command()
@click.argument("page")
@click.argument("into")
@_dry_run
@format_option
@click.pass_obj
def merge(settings: Settings, page: str, into: str, dry_run: bool, form: str | None) -> None:
    """Makes PAGE one with INTO: a report that moved and was taken for another page. Lists the versions there are then.

    All addresses and captures of PAGE are INTO's from then on. Captures stay as they are, the act is in the log, and
    `fonds split` takes it back, address by address. `fonds list --moved` shows which pages have several addresses.

    \b
    Examples:
      fonds merge --dry-run new-velmora velmora
      fonds merge 7 2
    """
    from ..diff import diff

    with settings.open_archive() as archive, archive.trial() if dry_run else nullcontext():
        moved = archive.merge(page, into, diff)
        _tell(settings, archive, moved, dry_run=dry_run, form=form)


@click.command()
@click.argument("url")
@_dry_run
@format_option
@click.pass_obj
def split(settings: Settings, url: str, dry_run: bool, form: str | None) -> None:
    """Makes URL, one of several addresses of a page, a page of its own. Lists the versions that page has then.

    The captures made at it go with it. A page that was merged is itself again, with its old number.

    \b
    Examples:
      fonds split --dry-run https://example.org/new-velmora
      fonds split https://example.org/new-velmora
    """
    from ..diff import diff

    with settings.open_archive() as archive, archive.trial() if dry_run else nullcontext():
        moved = archive.split(url, diff)
        _tell(settings, archive, (moved,), dry_run=dry_run, form=form)


def _tell(
    settings: Settings, archive: "Archive", moved: "tuple[Moved, ...]", *, dry_run: bool, form: str | None
) -> None:
    """Says what was moved, and lists the versions of the page it was moved to."""
    would = "would be" if dry_run else "is"
    for one in moved:
        count = len(one.captures)
        captures = counted(count, "capture")
        note(f"{one.url}: {would} page {one.to_page}'s, before page {one.from_page}'s; {captures}")
    page = archive.page(str(moved[0].to_page))
    if held := archive.count_held(page.id):
        captures = counted(held, "capture")
        note(f"{page.url}: {captures} held back, without a version; fonds release says why, and lets them in")
    rows = [
        asdict(version) | {"by": version.first_seen, "after": version.seen_after} for version in archive.versions(page)
    ]
    listing(rows, form, columns=("seq", "after", "by", "cause", "title"), empty=f"{page.url}: no version")
    if not dry_run:
        archive.checkpoint(settings.now())


COMMANDS = (merge, split)
