"""Commands on files alone, without an archive: parse, compare."""

import json
import sys

import click

from .files import media_type, naming, read_file
from .output import data, note
from .revisions import write_changes

_FINDINGS = 1
_NOWHERE = "https://example.invalid/"
_url_help = "Where the page was published; a publisher's own rules and relative links depend on it."


@click.command()
@click.argument("file")
@click.option("--url", required=True, help=_url_help)
@click.option(
    "--type", "given_type", metavar="MEDIA", help="Its media type [default: by the file's ending, else by its bytes]."
)
@click.option("--format", "form", type=click.Choice(["json", "text", "markdown"]), default="json", show_default=True)
def parse(file: str, url: str, given_type: str | None, form: str) -> None:
    """Prints the record of FILE ("-" for standard input); touches no archive and no network.

    Exit code 1 says that the parser is unsure and would hold the record back.

    \b
    Examples:
      fonds parse page.html --url https://www.example.org/velmora
      fonds parse - --url https://www.example.org/velmora --format text < page.html
    """
    from ..markdown import as_markdown
    from ..prose import as_text
    from ..worker import parse as read

    with naming(file):
        record = read(read_file(file), url=url, content_type=media_type(file, given_type))
    if form == "json":
        data(json.dumps(record.to_dict(), ensure_ascii=False, indent=2) if sys.stdout.isatty() else record.to_json())
    else:
        data((as_text if form == "text" else as_markdown)(record).removesuffix("\n"))
    for flag in record.held:
        note(f"{'standard input' if file == '-' else file}: would be held back: {flag.name}: {flag.detail}")
    if record.held:
        raise click.exceptions.Exit(_FINDINGS)


@click.command()
@click.argument("first", metavar="FILE")
@click.argument("second", metavar="FILE")
@click.option("--url", default=_NOWHERE, help=_url_help)
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), help="[default: terminal]")
@click.option("--width", type=click.IntRange(min=40), help="Columns [default: those of the terminal].")
def compare(first: str, second: str, url: str, form: str | None, width: int | None) -> None:
    """Shows what differs between the reports in two FILEs; they may be HTML, text and Markdown of one report.

    Exit code 1 says that there is a difference.

    \b
    Example:
      fonds compare page.html report.txt --url https://www.example.org/velmora
    """
    from ..diff import diff
    from ..worker import parse as read

    records = []
    for name in (first, second):
        with naming(name):
            records.append(read(read_file(name), url=url, content_type=media_type(name, None)))
    write_changes(diff(*records), form, width=width, names=(first, second))


COMMANDS = (parse, compare)
