"""Commands for readers: list, show, search, as-of."""

import sys
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from ..terminal import printable
from ..wording import counted
from .context import Settings, parse_day
from .output import data, drawn, format_option, instant, listing, note, page_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..archive import Archive, Hit


@click.command("list")
@click.option("--source", help="Only pages of this source.")
@click.option("--moved", is_flag=True, help="The URLs of pages that have several: how, since when, by which capture.")
@format_option
@click.pass_obj
def list_(settings: Settings, source: str | None, moved: bool, form: str | None) -> None:
    """Lists the reports with country, date and number of versions.

    A page that moved keeps its history: it is found by each of its URLs. With --moved those are listed, so that
    somebody can look whether they are one page: "asked" for by this URL, led there by a permanent "redirect", or
    named by the page itself as its "canonical" URL.

    \b
    Examples:
      fonds list
      fonds list --format csv > reports.csv
      fonds list --moved
    """
    of_source = f" of source '{source}'" if source else ""
    with settings.open_archive() as archive:
        pages = archive.pages(source=source)
        if moved:
            rows = _moved(archive, {page.id for page in pages})
        else:
            rows = [{**asdict(page), "page": page_name(page.url)} for page in pages]
    if moved:
        columns: tuple[str, ...] = ("page", "how", "since", "capture", "url")
        listing(rows, form, columns=columns, empty=f"{settings.archive}: no page{of_source} has several URLs")
    else:
        columns = ("id", "state", "versions", "published", "country", "title", "page")
        listing(rows, form, columns=columns, empty=f"{settings.archive}: no pages{of_source} yet")


def _moved(archive: "Archive", pages: set[int]) -> list[dict[str, Any]]:
    """The URLs of those of *pages* that have several."""
    urls = [row for row in archive.page_urls() if row.page_id in pages]
    count = Counter(row.page_id for row in urls)
    return [
        {"page": row.page_id, "how": row.how, "since": row.first_seen, "capture": row.capture_id, "url": row.url}
        for row in urls
        if count[row.page_id] > 1
    ]


@click.command()
@click.argument("page")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.pass_obj
def show(settings: Settings, page: str, form: str) -> None:
    """Prints one version of PAGE, the last by default.

    \b
    Examples:
      fonds show velmora
      fonds show velmora@1 --format markdown
      fonds show velmora@2024-03-01 --format json
    """
    from parsers import Record

    from ..markdown import as_markdown
    from ..prose import as_text

    with settings.open_archive() as archive:
        version = archive.version(page)
        record = archive.record(version)
    after = f"after {instant(version.seen_after)} and " if version.seen_after else ""
    note(f"{version.url} version {version.seq}, appeared {after}by {instant(version.first_seen)}, "
         f"last seen {instant(version.last_seen)}, capture {version.capture_id}")  # fmt: skip
    writers: dict[str, Callable[[Record], str]] = {"text": as_text, "markdown": as_markdown, "json": Record.to_json}
    data(writers[form](record).removesuffix("\n"))


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--as-of", metavar="DATE", help="In the collection as it stood at the end of DATE.")
@click.option("--all-versions", is_flag=True, help="In all versions, not only the current ones.")
@click.option("--source", help="Only in pages of this source.")
@click.option("--country", help="Only in reports on this country: its name or its ISO 3166 code.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@format_option
@click.pass_obj
def search(
    settings: Settings, words: tuple[str, ...], as_of: str | None, all_versions: bool, source: str | None,
    country: str | None, limit: int, form: str | None,
) -> None:  # fmt: skip
    """Finds the passages that hold all WORDS, newest first; "quotation marks" keep a phrase together.

    \b
    Examples:
      fonds search forced labour
      fonds search '"crimes against humanity"' --all-versions
      fonds search sanctions --country Velmora --format csv
    """
    when = parse_day(as_of, option="--as-of") if as_of else None
    with settings.open_archive() as archive:
        hits = archive.search(
            " ".join(words), as_of=when, all_versions=all_versions, source=source, country=country, limit=limit
        )
    if form is None and sys.stdout.isatty():
        for hit in hits:
            drawn(_hit(hit))
        if not hits:
            note("no passage holds these words")
        return
    columns = ("page_id", "title", "seq", "first_seen", "position", "snippet")
    listing([asdict(hit) for hit in hits], form, columns=columns, empty="no passage holds these words")


def _hit(hit: "Hit") -> str:
    """A passage with the words found in it marked, for a terminal."""
    snippet, shown, end = hit.snippet, "", 0
    for start, stop in hit.marks:
        shown += printable(snippet[end:start]) + click.style(printable(snippet[start:stop]), bold=True, fg="yellow")
        end = stop
    shown += printable(snippet[end:])
    title = click.style(printable(hit.title), bold=True)
    seen = f"version {hit.seq}, seen {instant(hit.first_seen)} to {instant(hit.last_seen)}, §{hit.position}"
    return f"{title}  {printable(hit.url)}\n  {seen}\n  {shown}\n"


@click.command("as-of")
@click.argument("day", metavar="DATE")
@click.option("--source", help="Only pages of this source.")
@click.option("--country", help="Only reports on this country: its name or its ISO 3166 code.")
@format_option
@click.pass_obj
def as_of(settings: Settings, day: str, source: str | None, country: str | None, form: str | None) -> None:
    """Lists the whole collection as it stood at the end of DATE (or at a time), as far as is known now.

    A version appeared after `seen_after` and by `first_seen`. Older captures that are imported later, and better
    parsers, tell more of a past day than was known then.

    \b
    Examples:
      fonds as-of 2024-03-01
      fonds as-of 2024-03-01T12:00:00Z --country Velmora --format csv
    """
    when = parse_day(day, option="DATE")
    with settings.open_archive() as archive:
        versions = archive.as_of(when, source=source, country=country)
        gone = archive.gone_by(when, source=source)
    rows = [{**asdict(version), "page": page_name(version.url)} for version in versions]
    columns = ("page_id", "seq", "published", "title", "first_seen", "last_seen", "page")
    listing(rows, form, columns=columns, empty=f"nothing had been captured by {day}")
    if rows:
        lost = f"; {gone} more had been there and {'was' if gone == 1 else 'were'} gone" if gone and not country else ""
        note(f"{counted(len(rows), 'page')} as of {day}{lost}")


COMMANDS = (list_, show, search, as_of)
