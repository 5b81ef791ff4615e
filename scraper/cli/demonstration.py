"""The demo: a publisher on 127.0.0.1 whose site is crawled, re-published and crawled again."""

import os
import shutil
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .output import colour, drawn

if TYPE_CHECKING:
    from ..archive import Archive
    from ..crawl import Coverage
    from ..demo import Edition, Publisher
    from ..sources import Source

_SOURCE = """\
title = "{title}"
contact = "mailto:press@vesperwatch.example"
seeds = ["{url}/"]
sitemaps = ["{url}/sitemap.xml"]
include = ["{url}/single-post/*"]
depth = 1
delay_s = 0.02  # it is our own machine
allow_addresses = ["{address}"]
"""
_CLASS_COLOURS = {"facts": "red", "words": "yellow", "gone": "magenta", "cosmetic": "cyan"}


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="The publisher's port; 0 takes a free one.",
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("data/demo"),
    show_default=True,
    help="Where the demo's archive goes.",
)
def demo(port: int, folder: Path) -> None:
    """Crawls a small publisher on 127.0.0.1 three times and shows what it changed without saying so.

    The publisher is invented, its web server, the crawl and the archive are real. What an earlier demo left in the
    folder is replaced.

    \b
    Examples:
      fonds demo
      fonds --archive data/demo/archive.db log velmora
    """
    from ..archive import Archive
    from ..demo import ORGANISATION, Publisher, editions

    first, second = editions()
    try:
        publisher = Publisher(port)
    except OSError as error:
        raise UsageError(
            f"port {port} on 127.0.0.1 cannot be had: {error.strerror}; try --port 0 for any free one"
        ) from error
    with publisher:
        source = _prepare(folder, publisher, ORGANISATION)
        crawls = _crawl_days(first.published, second.published)
        with Archive(folder / "archive.db", create=True) as archive:
            _heading(f"{ORGANISATION} publishes {len(first.reports)} country reports at {publisher.url}")
            drawn(f"  The demo has a clock of its own: it crawls on {', '.join(f'{day:%-d %B %Y}' for day in crawls)}.")
            _crawl(archive, publisher, source, crawls[0], "First crawl")
            _crawl(archive, publisher, source, crawls[1], "Second crawl, of the unchanged site")
            _heading("The publisher puts up its second edition")
            _tell(second)
            publisher.publish(second)
            _crawl(archive, publisher, source, crawls[2], "Third crawl")
            _show(archive)
    _next_steps(folder / "archive.db")


def _crawl_days(first: date, second: date) -> tuple[datetime, datetime, datetime]:
    """The morning after each edition, and one in between: reports live for months, not for the seconds of a demo."""
    mornings = [datetime.combine(day + timedelta(days=1), time(6), tzinfo=UTC) for day in (first, second)]
    return mornings[0], mornings[0] + timedelta(days=91), mornings[1]


def _prepare(folder: Path, publisher: "Publisher", title: str) -> "Source":
    from ..sources import load_source

    archive = folder / "archive.db"
    for leftover in (archive, archive.with_name("archive.db-wal"), archive.with_name("archive.db-shm")):
        leftover.unlink(missing_ok=True)
    path = folder / "sources" / "vesperwatch.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    address = publisher.url.removeprefix("http://")
    path.write_text(_SOURCE.format(title=title, url=publisher.url, address=address), encoding="utf-8")
    return load_source(path)


def _crawl(archive: "Archive", publisher: "Publisher", source: "Source", when: datetime, title: str) -> None:
    import asyncio

    from ..crawl import crawl

    publisher.set_clock(when)
    result = asyncio.run(crawl(archive, [source], now=lambda: when))
    _heading(title)
    for coverage in result.coverage:
        drawn(f"  {_account(coverage)}")


def _account(coverage: "Coverage") -> str:
    """What a crawl of one source came to, in one line."""
    names = {
        "changed": "changed", "unchanged": "the same report in a new shell", "not-modified": "unchanged (304)",
        "new": "new", "gone": "gone", "missing": "missing", "held": "held back", "failed": "failed",
    }  # fmt: skip
    told = [outcome for outcome in names if outcome in coverage.outcomes]
    counted = [f"{coverage.outcomes[outcome]} {names[outcome]}" for outcome in told]
    return f"{coverage.expected} pages: {', '.join(counted)}"


def _tell(edition: "Edition") -> None:
    for edit in edition.edits:
        drawn(f"  {edit.country:10} {edit.what}")


def _show(archive: "Archive") -> None:
    from ..diff import About, diff, render_terminal

    _heading("The archive (fonds list)")
    for page in archive.pages():
        versions = f"{page.versions} version{'s' if page.versions > 1 else ''}"
        drawn(f"  {page.state:5} {versions:11} {page.published or '':8} {page.title}")
    _heading("What fonds found (fonds changes)")
    changes = sorted(archive.changes(), key=lambda change: change.url)
    for change in changes:
        label = click.style(f"{change.class_:9}", fg=_CLASS_COLOURS.get(change.class_, "white"), bold=True)
        drawn(f"  {label} {change.title:24} by the {change.cause}: {change.summary}")
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    for change in changes:
        if change.class_ not in {"facts", "words"}:
            continue
        before, after = (archive.version(f"{change.page_id}@{seq}") for seq in (change.before_seq, change.after_seq))
        records = archive.record(before), archive.record(after)
        _heading(f"{change.title}, version {before.seq} to {after.seq} (fonds diff {change.url.rpartition('/')[2]})")
        names = (f"version {before.seq}", f"version {after.seq}")
        about = About(records=records)
        drawn(render_terminal(diff(*records), width=width, colour=colour(), names=names, about=about))


def _next_steps(archive: Path) -> None:
    program = "fonds" if shutil.which("fonds") else os.path.relpath(Path(sys.executable).with_name("fonds"))
    _heading("Explore it")
    drawn(f"  export FONDS_ARCHIVE={archive}")
    for arguments in (
        "list",
        "log velmora",
        "show velmora@1",
        "diff ulmaya",
        "changes --cause publisher",
        "search 'grey card'",
    ):
        drawn(f"  {program} {arguments}")


def _heading(text: str) -> None:
    drawn("\n" + click.style(text, bold=True))


COMMANDS = (demo,)
