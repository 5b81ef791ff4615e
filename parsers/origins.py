"""What the fields of a page that no layout claims rest on, told as a layout's selectors are."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .normal import bare
from .page import Page
from .record import Match, Record


def origins(record: Record, page: Page) -> tuple[Match, ...]:
    """Where the generic extractor's *record* of *page* has its title, dates and authors from, and how often.

    A title is told by each place that states it, also those that do not; the rest by what it rests on.
    """
    stated = (
        Match(field="published", selector=record.published_from, found=int(bool(record.published))),
        Match(field="modified", selector=record.modified_from, found=int(bool(record.modified))),
        Match(field="authors", selector="names", found=len(record.authors)),
    )
    return (*_title(record, page), *(match for match in stated if match.found and match.selector))


def with_origins(record: Record) -> Record:
    """*record* with what its dates rest on, where a layout's selectors gave them: the last that matched."""
    found = {match.field: match.selector for match in record.matches if match.found}
    published = record.published_from or (found.get("published", "") if record.published else "")
    modified = record.modified_from or (found.get("modified", "") if record.modified else "")
    if (published, modified) == (record.published_from, record.modified_from):
        return record
    return replace(record, published_from=published, modified_from=modified)


def _title(record: Record, page: Page) -> Iterator[Match]:
    title = bare(record.title)
    if not title:
        return
    tree = page.tree
    places: dict[str, Iterable[str]] = {
        "h1": (tree.text(place) for place in tree.named("h1")),
        "JSON-LD headline": (str(thing.get("headline") or "") for thing in page.json_ld),
        "meta og:title": (page.meta("og:title"),),
        "title": (page.title,),
    }
    for selector, texts in places.items():
        # The name of the site may stand beside it.
        found = sum(title in bare(text) for text in texts)
        yield Match(field="title", selector=selector, found=found)
