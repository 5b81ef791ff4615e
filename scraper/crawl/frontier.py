"""The frontier of one source in one crawl: what is found goes in by its scope, what is due comes out."""

from collections.abc import Iterable

from ..archive import Archive, FrontierRow, FrontierState
from ..sources import Source
from ..urls import clean, url_key

NOT_DUE = "not due yet"


class Frontier:
    """URLs of *source* in the crawl *crawl_id*. Its state is in the archive, so a killed crawl goes on from it.

    Pages whose URL key is in *not_due* are left out, for they need no visit yet; seeds are always due.
    """

    def __init__(self, archive: Archive, source: Source, crawl_id: int, not_due: frozenset[str] = frozenset()) -> None:
        self._archive = archive
        self._source = source
        self._crawl_id = crawl_id
        self._not_due = not_due
        self._hubs = {url_key(seed) for seed in source.seeds if not source.in_scope(seed)}
        self._taken = sum(count for state, count in self.counts().items() if state != "skipped")

    def seed(self) -> None:
        """Adds the source's seeds, in scope or not."""
        with self._archive.transaction():
            for seed in self._source.seeds:
                self._add(clean(seed), depth=0, found_by="seed")

    def offer(self, urls: Iterable[str], *, depth: int, found_by: str) -> None:
        """Adds those of *urls* that are in scope; others of the same host are recorded with the rule that says so."""
        with self._archive.transaction():
            for url in urls:
                reason = self._source.scope_reason(url)
                if not reason and url_key(url) in self._not_due:
                    reason = NOT_DUE
                if not reason and self._taken >= self._source.max_pages:
                    reason = f"over max_pages ({self._source.max_pages:,})"
                if not reason:
                    self._add(url, depth=depth, found_by=found_by)
                elif reason != "other host" and url_key(url) not in self._hubs:
                    self._archive.skip_url(
                        self._source.name, url, reason=reason, found_by=found_by, crawl_id=self._crawl_id
                    )

    def due(self) -> FrontierRow | None:
        """The next URL to fetch, None when there is none left.

        Pages known from earlier crawls come last, so that what is linked no longer is asked for too.
        """
        return self._due() or self._known()

    def is_hub(self, row: FrontierRow) -> bool:
        """Whether *row* is a seed out of scope: read for its links, no page of its own."""
        return row.url_key in self._hubs

    def leave_out(self, row: FrontierRow, reason: str) -> None:
        """Takes *row* off the frontier as skipped, for *reason*."""
        self._archive.mark(self._source.name, row.url, "skipped", reason=reason, crawl_id=self._crawl_id)

    def counts(self) -> dict[FrontierState, int]:
        """How many URLs are in each state."""
        return self._archive.frontier_counts(self._source.name, self._crawl_id)

    def outcomes(self) -> dict[str, int]:
        """What the captures of this crawl came to, those before an interruption too."""
        return self._archive.frontier_outcomes(self._source.name, self._crawl_id)

    def skipped(self) -> dict[str, int]:
        """How many URLs are left out, by reason."""
        return self._archive.skipped(self._source.name, self._crawl_id)

    def _due(self) -> FrontierRow | None:
        return self._archive.due(self._source.name, self._crawl_id)

    def _known(self) -> FrontierRow | None:
        known = self._archive.known_urls(self._source.name)
        self.offer(known, depth=self._source.depth, found_by="an earlier crawl")
        return self._due()

    def _add(self, url: str, *, depth: int, found_by: str) -> None:
        self._taken += self._archive.add_url(
            self._source.name, url, depth=depth, found_by=found_by, crawl_id=self._crawl_id
        )
