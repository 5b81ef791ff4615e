"""Commands that say how things stand: status, why-not, doctor."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from .context import Settings
from .output import chosen_form, format_option, listing

if TYPE_CHECKING:
    from pathlib import Path

    from ..crawl.why import Reason

_FINDINGS = 1


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@format_option
@click.pass_obj
def status(settings: Settings, names: tuple[str, ...], form: str | None) -> None:
    """Shows the health of SOURCEs (all by default): last crawl, held-back pages, failures, silence, next time.

    A source is silent when no page of it was new or changed for twice as long as ever before. Exit code 1 says that
    a source needs attention; the last column says for what.

    \b
    Examples:
      fonds status
      fonds status --format json
    """
    from ..crawl.health import health
    from ..sources import load_sources

    sources = load_sources(settings.sources, names)
    with settings.open_archive() as archive:
        found = health(archive, sources, settings.now())
    rows = [asdict(one) for one in found]
    columns = ("source", "ended_at", "pages", "held", "failed", "silent_since", "next_at", "attention")
    listing(rows, form, columns=columns, empty=f"{settings.sources}: no source files")
    if any(one.attention for one in found):
        raise click.exceptions.Exit(_FINDINGS)


@click.command("why-not")
@click.argument("url")
@format_option
@click.pass_obj
def why_not(settings: Settings, url: str, form: str | None) -> None:
    """Names the rule that kept URL out, and the line it stands on: of robots.txt, or of a source file.

    Where nothing kept it out it says what became of it: captured, still due, failed, or never found.

    \b
    Example:
      fonds why-not https://www.example.org/reports/velmora
    """
    from ..crawl.why import why_not as reasons
    from ..sources import load_sources

    sources = load_sources(settings.sources)
    with settings.existing_archive() as archive:
        found = reasons(url, sources, archive, settings.now())
    rows = [_row(settings, one) for one in found]
    listing(rows, form, columns=("source", "state", "found_by", "next_at", "place", "why"), empty="")


@click.command()
@format_option
@click.pass_obj
def doctor(settings: Settings, form: str | None) -> None:
    """Checks versions, limits, disk, clock, sources and archive; each a line ok, warn or fail with what to do.

    Nothing is fetched. Exit code 1 says that a line is not ok.

    \b
    Examples:
      fonds doctor
      fonds doctor --format json
    """
    from .checks import checks

    found = tuple(checks(settings))
    rows = [asdict(check) for check in found]
    if chosen_form(form) == "table":  # on a terminal a line says it all
        rows = [row | {"found": f"{row['found']}; {row['do']}" if row["do"] else row["found"]} for row in rows]
    listing(rows, form, columns=("state", "name", "found"), empty="")
    if any(check.state != "ok" for check in found):
        raise click.exceptions.Exit(_FINDINGS)


def _row(settings: Settings, reason: "Reason") -> dict[str, Any]:
    path = settings.sources / f"{reason.source}.toml"
    line = _line_of(path, reason.rule) if reason.rule else None
    return {
        "source": reason.source,
        "state": reason.state,
        "why": reason.why,
        "place": f"{path.name} line {line}" if line else "",
        "found_by": reason.found_by,
        "next_at": reason.next_at,
    }


def _line_of(path: "Path", rule: str) -> int | None:
    """The line of the source file that holds *rule*, None where it is a default and stands nowhere."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return next((number for number, line in enumerate(lines, 1) if rule in line.partition("#")[0]), None)


COMMANDS = (status, why_not, doctor)
