"""Coverage: what a source promises against what a crawl found, and every URL with what became of it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from parsers.record import AlertLevel, Country, Recommendation, Record, Stage

from ..archive import Archive, FrontierState
from ..sources import Source
from ..urls import url_key
from .frontier import NOT_DUE, Frontier
from .result import CrawlResult

_READ = frozenset({"new", "changed", "unchanged", "not-modified"})
_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """One URL of a crawl: its state, the loader's word for its capture, why it stands there, and where it was found.

    *capture_id* is the newest capture of it that this crawl made, None where it made none.
    """

    source: str
    url: str
    state: FrontierState
    outcome: str
    reason: str
    found_by: str
    depth: int
    attempts: int
    capture_id: int | None


def coverage_rows(archive: Archive, result: CrawlResult) -> Iterator[CoverageRow]:
    """Every URL that the crawl met in scope or left out, by source, in the order found."""
    captures = {url_key(row.url): row.id for row in archive.captures(crawl_id=result.crawl_id)}
    for coverage in result.coverage:
        for row in archive.frontier_rows(coverage.source, result.crawl_id):
            yield CoverageRow(
                source=row.source,
                url=row.url,
                state=row.state,
                outcome=row.outcome,
                reason=row.reason,
                found_by=row.found_by,
                depth=row.depth,
                attempts=row.attempts,
                capture_id=captures.get(row.url_key),
            )


def unexpected(archive: Archive, source: Source, frontier: Frontier) -> list[str]:
    """What a whole crawl did not find as the source's file expects it, a line for each expectation."""
    return [*_pages(source, frontier), *_fields(archive, source, frontier)]


def _pages(source: Source, frontier: Frontier) -> list[str]:
    if source.expect_pages is None:
        return []
    least, most = source.expect_pages
    found = frontier.counts().get("done", 0) + frontier.skipped().get(NOT_DUE, 0)
    return [] if least <= found <= most else [f"found {found:,} pages, expected {least:,} to {most:,}"]


def _fields(archive: Archive, source: Source, frontier: Frontier) -> list[str]:
    """For each field that is expected: how many of the reports read in this crawl lack it."""
    if not source.expect_fields:
        return []
    lacking: defaultdict[str, list[str]] = defaultdict(list)
    read = 0
    for row in frontier.done():
        page_id = archive.known_page(row.url) if row.outcome in _READ else None
        records = [version for version in archive.versions(str(page_id)) if version.record_id] if page_id else []
        if not records:
            continue
        read += 1
        record = archive.record(records[-1])
        for name in source.expect_fields:
            if not _HAS[name](record):
                lacking[name].append(row.url)
    return [_lack(name, lacking[name], read) for name in source.expect_fields if lacking[name]]


def _lack(name: str, urls: list[str], read: int) -> str:
    more = f" and {len(urls) - _EXAMPLES:,} more" if len(urls) > _EXAMPLES else ""
    return f"{len(urls):,} of {read:,} reports have no {name}, expected on each: {', '.join(urls[:_EXAMPLES])}{more}"


def _fact(kind: type[Country | AlertLevel | Stage | Recommendation]) -> Callable[[Record], bool]:
    return lambda record: any(isinstance(fact, kind) for fact in record.facts)


_HAS: dict[str, Callable[[Record], bool]] = {
    "title": lambda record: bool(record.title),
    "published": lambda record: bool(record.published),
    "authors": lambda record: bool(record.authors),
    "organisation": lambda record: bool(record.organisation),
    "language": lambda record: bool(record.language),
    "country": _fact(Country),
    "stage": _fact(Stage),
    "recommendation": _fact(Recommendation),
}
