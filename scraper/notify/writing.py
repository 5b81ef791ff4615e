"""Feeds as files: written whole, and left alone where they say the same as before."""

from collections.abc import Iterator
from pathlib import Path

from ..archive import Archive
from ..errors import ScraperError, UsageError
from ..files import write_whole
from .atom import atom
from .config import FORMATS, Notify
from .feed import Feed, Wanted, feed_of
from .jsonfeed import json_feed
from .noise import RulesOf, no_rules

_WRITERS = {"atom": atom, "json": json_feed}


def format_of(path: Path, given: str | None) -> str:
    """The format of a feed in the file *path*: *given*, else as its name ends. Raises UsageError where none says it."""
    found = given or FORMATS.get(path.suffix.lower())
    if found is None:
        raise UsageError(f"{path}: found no format, expected a name that ends in .atom, .xml or .json, or a format")
    return found


def write_feed(feed: Feed, path: Path, form: str) -> bool:
    """Writes *feed* to *path* and says whether it was another than before. Raises UsageError where it cannot be."""
    try:
        return write_whole(path, _WRITERS[form](feed))
    except OSError as error:
        raise UsageError(f"{path}: the feed cannot be written: {error.strerror or error}") from error


def write_feeds(archive: Archive, config: Notify, rules_of: RulesOf = no_rules) -> Iterator[str]:
    """Writes the feeds of *config*, and gives a line for each: why it cannot be written, "" where it is."""
    for wish in config.feeds:
        path = config.folder / wish.to
        wanted = Wanted(
            source=wish.source, page=wish.page, country=wish.country, cause=wish.cause, limit=wish.limit,
            title=config.title, base=config.base, url=wish.url or "",
        )  # fmt: skip
        try:
            write_feed(feed_of(archive, wanted, rules_of), path, format_of(path, wish.format))
        except ScraperError as error:
            yield f"feed {error}"
        else:
            yield ""
