"""Why a page was read as it was: explain."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .context import Settings
from .files import media_type, naming, published_at, read_file
from .output import colour, data, drawn, note, plain

if TYPE_CHECKING:
    from ..explain import Explanation

_FINDINGS = 1
_NOWHERE = "https://example.invalid/"


@click.command()
@click.argument("what", metavar="FILE|CAPTURE")
@click.option("--url", help="Where FILE was published; a publisher's own rules depend on it.")
@click.option("--type", "given_type", metavar="MEDIA", help="The media type of FILE [default: by its ending or bytes].")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--width", type=click.IntRange(min=40), help="Columns [default: those of the terminal].")
@click.pass_obj
def explain(
    settings: Settings, what: str, url: str | None, given_type: str | None, form: str, width: int | None
) -> None:
    """Says why a page is read as it is: FILE ("-" for standard input), or a CAPTURE of the archive by its number.

    Shown are the layout that reads it and why no other does; what title, authors and dates rest on; the words that are
    report, chrome (with the reason) or claimed by nobody; and how often each selector matches. Of a capture also how
    often it did in earlier ones, what is stored, and whether today's parser reads it differently.

    A file whose name is a number is written ./41. Exit code 1 says that the record would be held back, or the page
    count as missing: the parser is unsure, or the file is a bot check, a login, a notice that there is no such page.

    \b
    Examples:
      fonds explain page.html --url https://www.example.org/velmora
      fonds explain 41
      fonds explain 41 --format json
    """
    is_capture = what.isascii() and what.isdigit()
    if is_capture and (url is not None or given_type):
        raise click.UsageError("--url and --type are for a FILE; a capture has its own")
    found = (
        _of_capture(settings, int(what)) if is_capture else _of_file(what, _NOWHERE if url is None else url, given_type)
    )
    if form == "json":
        data(json.dumps(found.to_dict(), ensure_ascii=False, indent=2, default=plain))
    else:
        from ..explain import render_explanation

        columns = width or shutil.get_terminal_size((100, 24)).columns
        drawn(render_explanation(found, width=columns, colour=colour()))
    if found.record.held:
        raise click.exceptions.Exit(_FINDINGS)


def _of_capture(settings: Settings, number: int) -> "Explanation":
    from ..explain import explain_capture

    if Path(str(number)).exists():
        note(f"capture {number} of {settings.archive}; the file of that name is ./{number}")
    with settings.open_archive() as archive, naming(f"capture {number}", kept="the capture stays as it is"):
        return explain_capture(archive, number)


def _of_file(name: str, url: str, given_type: str | None) -> "Explanation":
    from ..explain import explain as explained

    with naming(name):
        return explained(read_file(name), url=published_at(url), content_type=media_type(name, given_type))


COMMANDS = (explain,)
