"""Health of a source: what its last crawl left behind, and whether its publisher has fallen silent."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from ..archive import Archive, CrawlRow
from ..ledger import FLOODED, LOST, SILENT
from ..sources import Source
from ..wording import counted
from .revisit import span
from .schedule import due

LEAST_DAYS_WITH_NEWS = 5  # fewer tell nothing of what is usual
SILENCE = 2  # times the longest time without news that there was before
OVERDUE = timedelta(days=1)
_ALARMS = {
    LOST: "{} is gone",
    SILENT: "selectors for {} match nothing any more",
    FLOODED: "selectors for {} match far too often",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a source fares.

    *crawl_id*, *started_at* and *ended_at* are those of its last crawl (None where there is none; not ended while it
    runs or when it was interrupted), in which *failed* pages could not be had. *silent_since* is the last day with a
    new or changed page where that is long ago by the source's own history. *attention* has one line for each thing
    that a person should look at.
    """

    source: str
    crawl_id: int | None
    started_at: datetime | None
    ended_at: datetime | None
    pages: int
    held: int
    failed: int
    silent_since: datetime | None
    next_at: datetime | None
    attention: tuple[str, ...]


def health(archive: Archive, sources: Sequence[Source], now: datetime) -> tuple[Health, ...]:
    """The health of each of *sources*, by what *archive* holds."""
    crawls = archive.crawls()
    news: dict[int, list[datetime]] = {}
    for change in archive.changes(cause="publisher"):
        news.setdefault(change.page_id, []).append(change.first_seen)
    return tuple(_health(archive, source, crawls, news, now) for source in sources)


def silent_since(news: Iterable[datetime], until: datetime) -> datetime | None:
    """The start of the last day with *news* where from then *until* it was silent twice as long as ever before.

    None where it was not, or where there were fewer than five days with news.
    """
    days = sorted({moment.astimezone(UTC).date() for moment in news if moment <= until})
    if len(days) < LEAST_DAYS_WITH_NEWS:
        return None
    longest = max(later - day for day, later in pairwise(days))
    last = datetime.combine(days[-1], time(), tzinfo=UTC)
    return last if until - last > SILENCE * longest + timedelta(days=1) else None


def _health(
    archive: Archive, source: Source, crawls: Sequence[CrawlRow], news: dict[int, list[datetime]], now: datetime
) -> Health:
    pages = archive.pages(source=source.name)
    crawl = next((crawl for crawl in reversed(crawls) if source.name in crawl.sources), None)
    row = archive.schedule_row(source.name)
    planned = due(source, row, now)
    held = sum(page.state == "held" for page in pages)
    failed = archive.frontier_counts(source.name, crawl.id).get("failed", 0) if crawl else 0
    moments = [page.first_seen for page in pages] + [moment for page in pages for moment in news.get(page.id, ())]
    # Until the last crawl: what was published since nobody has asked yet.
    silent = silent_since(moments, crawl.ended_at) if crawl and crawl.ended_at else None
    next_at = planned.at if planned else None
    late = now - next_at if next_at else timedelta(0)
    attention = (
        *_of_crawl(source, crawl),
        *((f"{held:,} held back; `fonds release` lists them",) if held else ()),
        *((f"{failed:,} failed in crawl {crawl.id}",) if crawl and failed else ()),
        *(_alarms(archive, source, crawl) if crawl else ()),
        *((f"no new version since {silent:%Y-%m-%d}, twice as long as ever before",) if silent else ()),
        *((f"due {span(late)} ago; is `fonds schedule` running?",) if late > OVERDUE else ()),
    )  # fmt: skip
    return Health(
        source=source.name,
        crawl_id=crawl.id if crawl else None,
        started_at=crawl.started_at if crawl else None,
        ended_at=crawl.ended_at if crawl else None,
        pages=len(pages),
        held=held,
        failed=failed,
        silent_since=silent,
        next_at=next_at,
        attention=attention,
    )


def _alarms(archive: Archive, source: Source, crawl: CrawlRow) -> Iterator[str]:
    """What rules found otherwise than in earlier crawls; a redesign shows so before anybody reads it."""
    for alarm in archive.alarms(crawl.id, source.name, tuple(_ALARMS)):
        pages = counted(alarm.pages, "page")
        yield f"{_ALARMS[alarm.name].format(alarm.field)} on {pages}; `fonds explain {alarm.capture_id}` says more"


def _of_crawl(source: Source, crawl: CrawlRow | None) -> tuple[str, ...]:
    if crawl is None:
        return ("never crawled",)
    if crawl.ended_at is None:
        begun = f"crawl {crawl.id}, begun {crawl.started_at:%Y-%m-%d %H:%M} UTC, is not finished"
        return (f"{begun}: it is running, or `fonds crawl {' '.join(crawl.sources)}` goes on with it",)
    mark = f"{source.name}: "
    return tuple(finding.removeprefix(mark) for finding in crawl.findings if finding.startswith(mark))
