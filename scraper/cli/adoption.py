"""Commands for those who write rules: adopt."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ..errors import UsageError
from .context import Settings
from .files import media_type, naming, read_file
from .output import data, note

if TYPE_CHECKING:
    from parsers import Record

_FINDINGS = 1


@click.command()
@click.argument("capture")
@click.option("--as", "case", metavar="NAME", help="What to call the case [default: by the end of its URL].")
@click.option("--layout", default="", metavar="VERSION", help="The layout still to be written that will read the page.")
@click.option("--url", help="Where a file was published.")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("fixtures"),
    show_default=True,
    help="The folder of fixtures.",
)
@click.pass_obj
def adopt(settings: Settings, capture: str, case: str | None, layout: str, url: str | None, folder: Path) -> None:
    """Makes a test of CAPTURE, a number, or of a file with --url: the page, and the record to be read against it.

    The page goes where its layout belongs, fixtures/<site>/<layout>/<case>.html, with its record beside it as
    <case>.json.unread. The tests fail until you have read that and renamed it to <case>.json. Nothing is replaced.
    Exit code 1 says that the parser is unsure of the page.

    \b
    Examples:
      fonds adopt 37
      fonds adopt 37 --as long-list
      fonds adopt 37 --layout 2025-02            the site was redesigned: name the layout you are going to write
      fonds adopt page.html --url https://www.example.org/velmora
    """
    from ..fixture import GENERIC, case_of, fixture

    page = _from_file(capture, url) if url else _from_archive(settings, capture)
    record = _read(page)
    family = _site_of(page.url)
    _refuse_unclaimed(record, family, layout, page)
    made = fixture(folder, record, family=family or GENERIC, case=case or case_of(page.url), layout=layout)
    made.write(page.body, record, "" if _says_itself(page, record) else page.content_type or "")
    data(f"{made.page}\n{made.unread}")
    note(f"next: read {made.unread} against the page: all of the report, in order, and nothing else")
    note(f"      mv {made.unread} {made.golden}")
    note("      python -m pytest tests/test_fixtures.py")
    for flag in record.held:
        note(f"{page.name}: would be held back: {flag.name}: {flag.detail}")
    if record.held:
        raise click.exceptions.Exit(_FINDINGS)


class _Page(NamedTuple):
    """What is to become a fixture, and *name*, by which messages call it."""

    name: str
    body: bytes
    url: str
    content_type: str | None


def _from_archive(settings: Settings, capture: str) -> _Page:
    if not capture.isascii() or not capture.isdigit():
        raise UsageError(f"'{capture}': found no number of a capture; a file needs --url")
    with settings.open_archive() as archive:
        found, body = archive.capture(int(capture)), archive.body(int(capture))
    return _Page(f"capture {capture}", body, found.final_url or found.url, found.content_type or None)


def _from_file(name: str, url: str) -> _Page:
    return _Page(name, read_file(name), url, media_type(name, None))


def _read(page: _Page) -> "Record":
    from ..worker import parse

    with naming(page.name):
        return parse(page.body, url=page.url, content_type=page.content_type)


def _says_itself(page: _Page, record: "Record") -> bool:
    """Whether the bytes alone give *record*, so that the content type need not be kept beside them."""
    return _read(page._replace(content_type=None)) == record


def _site_of(url: str) -> str:
    from parsers.registry import all_sites

    return next((site.name for site in all_sites() if site.owns(url)), "")


def _refuse_unclaimed(record: "Record", family: str, layout: str, page: _Page) -> None:
    """A page that its site does not know has no place among the fixtures, unless *layout* names one to come."""
    unclaimed = next((flag.detail for flag in record.flags if flag.name == "layout"), "")
    if unclaimed and not layout:
        raise UsageError(f"{page.name}: {unclaimed}; name the layout you are going to write, such as --layout 2025-02")
    if layout and not family:
        raise UsageError(f"--layout: no site serves {page.url}; write parsers/sites/<name>.py with its `serves` first")


COMMANDS = (adopt,)
