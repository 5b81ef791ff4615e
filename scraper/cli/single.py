"""Commands on files alone, without an archive: parse, compare."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .context import Settings
from .files import media_type, naming, noted_held, published_at, read_file
from .output import data
from .showing import show, show_asked, show_options

if TYPE_CHECKING:
    from parsers import Record

    from ..insignificant import Rule

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
    """Prints the record of FILE ("-" for standard input); touches no archive and no network, and keeps nothing.

    Exit code 1 says that a capture of it would be held back or count as missing: the parser is unsure, or the page is a
    bot check, a login, a notice that there is no such page.

    \b
    Examples:
      fonds parse page.html --url https://www.example.org/velmora
      fonds parse - --url https://www.example.org/velmora --format text < page.html
    """
    from ..markdown import as_markdown
    from ..prose import as_text
    from ..reading import read_page

    with naming(file):
        record = read_page(read_file(file), url=published_at(url), content_type=media_type(file, given_type))
    if form == "json":
        data(json.dumps(record.to_dict(), ensure_ascii=False, indent=2) if sys.stdout.isatty() else record.to_json())
    else:
        data((as_text if form == "text" else as_markdown)(record).removesuffix("\n"))
    noted_held(file, record)
    if record.held:
        raise click.exceptions.Exit(_FINDINGS)


@click.command()
@click.argument("first", metavar="FILE")
@click.argument("second", metavar="FILE")
@click.option("--url", default=_NOWHERE, help=_url_help)
@click.option(
    "--type",
    "given_types",
    metavar="MEDIA",
    multiple=True,
    help="The media type of both, or given twice, of one and the other [default: by their endings or bytes].",
)
@click.option("--source", help="Whose rules say what is insignificant [default: of the source that --url is of].")
@show_options
@click.pass_obj
def compare(
    settings: Settings, /, first: str, second: str, url: str, given_types: tuple[str, ...], source: str | None,
    **options: Any,
) -> None:  # fmt: skip
    """Shows what differs between the reports in two FILEs; they may be HTML, PDF, text and Markdown of one report.

    Exit code 1 says that there is a difference, besides what is insignificant. It is said where one of them would be
    held back in an archive.

    \b
    Examples:
      fonds compare page.html report.pdf --url https://www.example.org/velmora
      fonds compare page.html report.txt --type text/html --type text/markdown
      fonds compare old.html new.html --unified --context 0
      fonds compare old.html new.html --to changes.html
    """
    from ..diff import About, diff, quieted

    asked, rules = show_asked(**options), _rules(settings, source, url)
    if len(given_types) > len((first, second)):
        raise UsageError(f"--type: found {len(given_types)} of them, expected one for both files or one for each")
    types = (*given_types, *given_types)[:2] or (None, None)
    before, after = (_record(name, url, given_type) for name, given_type in zip((first, second), types, strict=True))
    names = (first, second)
    found = quieted(diff(before, after), rules)
    show(found, About(records=(before, after)), asked, names=names, titles=names)


def _rules(settings: Settings, source: str | None, url: str) -> "tuple[Rule, ...]":
    """What is insignificant by *source*, else by the one that *url* is of."""
    if source is None:
        return () if url == _NOWHERE else settings.rulebook().of("", url)
    from ..sources import load_sources

    return load_sources(settings.sources, [source])[0].insignificant


def _record(name: str, url: str, given_type: str | None) -> "Record":
    """The report in the file *name*; it is said where an archive would hold it back."""
    from ..reading import read_page

    with naming(name):
        record = read_page(read_file(name), url=published_at(url), content_type=media_type(name, given_type))
    noted_held(name, record)
    return record


COMMANDS = (parse, compare)
