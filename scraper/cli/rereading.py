"""Reading again what was captured, by today's parsers: reparse."""

from typing import TYPE_CHECKING, Any

import click

from ..wording import counted
from .context import Settings
from .output import data, format_option, listing, note
from .progress import OneLine, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..archive import Archive
    from ..reparse import Due, Reparsed

_FINDINGS = 1


@click.command()
@click.argument("pages", nargs=-1, metavar="[PAGE...]")
@click.option("--dry-run", is_flag=True, help="Keeps nothing; prints field by field what would be different.")
@click.option("--source", metavar="SOURCE", help="Only pages that this source found.")
@click.option(
    "--progress", "mode", type=click.Choice(["auto", "lines", "none"]), default="auto", show_default=True,
    help="auto: how far it is, on a terminal; lines: 'reparsed ID URL OUTCOME' on stdout once it is committed.",
)  # fmt: skip
@format_option
@click.pass_obj
def reparse(
    settings: Settings, pages: tuple[str, ...], dry_run: bool, source: str | None, mode: str, form: str | None
) -> None:
    """Reads all captures of PAGEs again by today's parsers, and makes their versions anew from that.

    Nothing is lost: what was read before stays in the archive, and what differs has the cause parser or chrome
    (`fonds changes --cause parser`), never publisher. A page is done as a whole or stays as it was: where a capture
    cannot be read any more it is named, and the others go on. Without PAGE all pages that today's parsers have not read
    as a whole; an interrupted run goes on by the same command.

    Exit code 1 says that pages stay as they were, and with --dry-run that something would be different.

    \b
    Examples:
      fonds reparse --dry-run velmora
      fonds reparse --dry-run --format csv > differences.csv
      fonds reparse
      fonds reparse --source genocidewatch
    """
    from ..reparse import due, rehearse
    from ..reparse import reparse as run

    with settings.open_archive() as archive:
        chosen = due(archive, pages, source=source)
        if dry_run:
            done = list(_counted(rehearse(archive, chosen.pages), chosen, mode))
            _list_changes(done, form)
        else:
            done = list(_counted(run(archive, chosen.pages, settings.now()), chosen, mode, says=mode == "lines"))
            _learn(archive)
            archive.checkpoint(settings.now())
    note(_total(done, chosen, "would change" if dry_run else "changed"))
    if any(one.outcome == "kept" or (dry_run and one.changes) for one in done):
        raise click.exceptions.Exit(_FINDINGS)


def _counted(steps: "Iterator[Reparsed]", chosen: "Due", mode: str, *, says: bool = False) -> "Iterator[Reparsed]":
    """*steps*, with progress as *mode* asks for; where it *says*, each on stdout."""
    line = OneLine()
    try:
        for number, one in enumerate(steps, 1):
            if says:
                data(f"reparsed {one.page_id} {one.url} {one.outcome}")
            elif mode == "auto":
                line("pages", number, len(chosen.pages))
            if one.reason:
                line.end()
                note(told(f"{one.url}: stays as it was: {one.reason}"))
            yield one
    finally:
        line.end()


def _learn(archive: "Archive") -> None:
    """What other outlines teach of sites, as after a crawl."""
    from ..learning import learn_all

    for lesson in learn_all(archive):
        note(lesson.said)


def _list_changes(done: "list[Reparsed]", form: str | None) -> None:
    rows: list[dict[str, Any]] = [
        {
            "page": one.page_id,
            "url": one.url,
            "version": change.version,
            "capture": change.capture_id,
            "path": change.path,
            "before": change.before,
            "after": change.after,
        }
        for one in done
        for change in one.changes
    ]
    listing(rows, form, columns=("page", "version", "path", "before", "after"), empty="nothing would be different")


def _total(done: "list[Reparsed]", chosen: "Due", verb: str) -> str:
    count = sum(one.outcome == "changed" for one in done)
    captures = sum(one.captures for one in done)
    kept = sum(one.outcome == "kept" for one in done)
    parts = [f"{counted(len(done), 'page')}, {counted(captures, 'capture')} read: {counted(count, 'page')} {verb}"]
    parts += [f"{counted(kept, 'page')} stay{'s as it was' if kept == 1 else ' as they were'}"] if kept else []
    parts += (
        [f"{counted(chosen.left_out, 'page')} left out, read by today's parsers already"] if chosen.left_out else []
    )
    return "; ".join(parts)


COMMANDS = (reparse,)
