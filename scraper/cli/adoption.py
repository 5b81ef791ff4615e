"""Commands for those who write rules: adopt."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ..errors import UsageError
from .context import Settings
from .files import media_type, naming, noted_held, published_at, read_file
from .output import data, note

if TYPE_CHECKING:
    from parsers import Record
    from parsers.profile import Profile

_FINDINGS = 1


@click.command()
@click.argument("capture")
@click.option("--as", "case", metavar="NAME", help="What to call the case [default: by the end of its URL].")
@click.option("--layout", default="", metavar="VERSION", help="The layout still to be written that will read the page.")
@click.option("--url", help="Where a file was published.")
@click.option(
    "--type", "given_type", metavar="MEDIA", help="The media type of a file [default: by its ending or bytes]."
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("fixtures"),
    show_default=True,
    help="The folder of fixtures.",
)
@click.pass_obj
def adopt(
    settings: Settings, capture: str, case: str | None, layout: str, url: str | None, given_type: str | None,
    folder: Path,
) -> None:  # fmt: skip
    """Makes a test of CAPTURE, a number, or of a file with --url: the page, and the record to be read against it.

    The page goes where its layout belongs, fixtures/<site>/<layout>/<case>.html, with its record beside it as
    <case>.json.unread. The tests fail until you have read that and renamed it to <case>.json. Nothing is replaced.
    The record is what the page alone gives: chrome that the archive learned of the site stands in it. Exit code 1 says
    that the capture is held back, or would be.

    \b
    Examples:
      fonds adopt 37
      fonds adopt 37 --as long-list
      fonds adopt 37 --layout 2025-02            the site was redesigned: name the layout you are going to write
      fonds adopt page.html --url https://www.example.org/velmora
    """
    from ..fixture import GENERIC, case_of, fixture
    from ..reading import not_the_report, status_of

    if url is None and given_type:
        raise click.UsageError("--type is for a file with --url; a capture has its own")
    page = _from_archive(settings, capture) if url is None else _from_file(capture, url, given_type)
    record = _read(page)
    family = _site_of(page.url)
    _refuse_unclaimed(record, family, layout, page)
    made = fixture(folder, record, family=family or GENERIC, case=case or case_of(page.url), layout=layout)
    made.write(page.body, record, "" if _says_itself(page, record) else page.content_type or "")
    data(f"{made.page}\n{made.unread}")
    note(f"next: read {made.unread} against the page: all of the report, in order, and nothing else")
    note(f"      mv {made.unread} {made.golden}")
    note(f"      {_how_to_test(folder)}")
    if page.profile and (told := _unlike_archive(page.profile, record)):
        note(f"{page.name}: {told}, which the archive learned to take off; a fixture is read without what was learned")
    judged = record.with_flags(not_the_report(status_of(page.body, url=page.url, content_type=page.content_type), ""))
    if page.held:
        note(f"{page.name}: is held back: {page.held}")
    else:
        noted_held(page.name, judged)
    if page.held or judged.held:
        raise click.exceptions.Exit(_FINDINGS)


def _unlike_archive(profile: "Profile", record: "Record") -> str:
    """What stands in *record* that *profile* takes off, "" for nothing."""
    count = len(profile.taken(record.outline.lines)) if record.outline else 0
    lines = f"in the record {'stands 1 line' if count == 1 else f'stand {count:,} lines'}" if count else ""
    title = "" if profile.without_suffix(record.title) == record.title else f"its title has the '{profile.suffix}'"
    return " and ".join(filter(None, (lines, title)))


def _how_to_test(folder: Path) -> str:
    if folder.resolve() == Path("fixtures").resolve():
        return "python -m pytest tests/test_fixtures.py"
    return f"move it from {folder} to the same place below fixtures: the tests look nowhere else"


class _Page(NamedTuple):
    """What is to become a fixture, and *name*, by which messages call it.

    Of a capture *held* says why it is held back, and *profile* is the chrome that was learned of its site.
    """

    name: str
    body: bytes
    url: str
    content_type: str | None
    held: str = ""
    profile: "Profile | None" = None


def _from_archive(settings: Settings, capture: str) -> _Page:
    if not capture.isascii() or not capture.isdigit():
        raise UsageError(f"'{capture}': found no number of a capture; a file needs --url")
    with settings.open_archive() as archive:
        found, body = archive.capture(int(capture)), archive.body(int(capture))
        _, held = archive.fate(found.id)
        url = found.final_url or found.url
        return _Page(
            f"capture {capture}", body, url, found.content_type or None, held=held, profile=archive.profile_of(url)
        )


def _from_file(name: str, url: str, given_type: str | None) -> _Page:
    return _Page(name, read_file(name), published_at(url), media_type(name, given_type))


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
