"""The frontier of one source in one crawl: what is found goes in by its scope, what is due comes out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from ..archive import Archive, FrontierRow, FrontierState
from ..errors import UsageError
from ..sources import Scope, Source
from ..urls import MAX_URL_CHARS, Address, address, clean, url_key
from .traps import TrapBounds, Traps

NOT_DUE = "not due yet"
SEED_ONLY = "seed read for its links only"
# What has been offered in this run is remembered up to so many; beyond, the archive is asked again, at some cost.
_REMEMBERED = 200_000


class Frontier:
    """URLs of *source* in the crawl *crawl_id*. Its state is in the archive, so a killed crawl goes on from it.

    Pages whose URL key is in *not_due* are left out, for they need no visit yet; seeds are always due.
    """

    def __init__(
        self,
        archive: Archive,
        source: Source,
        crawl_id: int,
        not_due: frozenset[str] = frozenset(),
        bounds: TrapBounds | None = None,
    ) -> None:
        self._archive = archive
        self._source = source
        self._crawl_id = crawl_id
        self._not_due = not_due
        self._bounds = bounds or TrapBounds()
        self.scope = Scope(source)
        self.traps = Traps(self._bounds)
        self._hubs = {place.key for place in map(address, source.seeds) if self.scope.reason(place)}
        self._offered: set[str] = set()
        self._asked: set[str] = set()
        self._taken = sum(count for state, count in self.counts().items() if state != "skipped")

    def seed(self) -> None:
        """Adds the source's seeds, in scope or not; what a crawl that was stopped had leased is due again."""
        with self._archive.transaction():
            self._archive.unlease(self._source.name, self._crawl_id)
            seeds = [clean(seed) for seed in self._source.seeds]
            self._add(map(address, seeds), depth=0, found_by="seed")

    def offer(
        self, urls: Iterable[str], *, depth: int, found_by: str, hop: int = 1, is_listed: bool = False
    ) -> Mapping[str, int]:
        """Adds those of *urls* that are in scope and gives the number of new ones by host.

        Of the others, those of the source's own hosts are recorded with the rule that kept them out. *depth* is that
        of pages among them, *hop* the place of listings in a row of such. *is_listed* says that a sitemap or a feed
        names the URLs, or an earlier crawl had them.
        """
        pages: list[Address] = []
        listings: list[Address] = []
        skipped: defaultdict[str, list[str]] = defaultdict(list)
        for url in self._not_offered_yet(urls):
            try:
                place = address(url)
            except UsageError:
                self._leave_out_overlong(url, skipped)
                continue
            if place.key in self._hubs or place.key in self._asked or not self.scope.is_ours(place):
                continue
            is_listing = self.scope.is_listing(place)
            reason = self._listing_reason(hop) if is_listing else self._page_reason(place)
            reason = reason or self.traps.rule(place, is_listed=is_listed) or self.traps.left_out(place)
            if reason:
                skipped[reason].append(place.url)
            else:
                (listings if is_listing else pages).append(place)
        if not (pages or listings or skipped):
            return {}
        with self._archive.transaction():
            self._add(pages, depth=depth, found_by=found_by)
            self._add(listings, depth=hop, found_by=found_by)
            for reason, left_out in skipped.items():
                self._skip(left_out, reason, found_by)
        return Counter(place.host for place in (*pages, *listings))

    def offer_known(self) -> Mapping[str, int]:
        """Adds the pages known from earlier crawls, so that what is linked no longer is asked for too."""
        known = self._archive.known_urls(self._source.name)
        return self.offer(known, depth=self._source.depth, found_by="an earlier crawl", is_listed=True)

    def due_hosts(self, now: datetime) -> dict[str, int]:
        """How many URLs of each host may be asked at *now*."""
        return self._archive.due_hosts(self._source.name, self._crawl_id, now)

    def next_due(self) -> datetime | None:
        """When the first of the URLs that were put off may be asked, None where none was."""
        return self._archive.next_due(self._source.name, self._crawl_id)

    def lease(self, host: str, count: int, now: datetime) -> list[FrontierRow]:
        """Up to *count* URLs of *host* to be asked next: least depth first, then in the order found."""
        return self._archive.lease(self._source.name, self._crawl_id, host=host, count=count, now=now)

    def links_only(self, row: FrontierRow) -> str:
        """Why *row* is read for its links and is no page of its own: a seed out of scope, a listing; "" for a page."""
        if row.url_key in self._hubs:
            return SEED_ONLY
        return self.scope.listing_rule(address(row.url))

    def wants_links(self, row: FrontierRow) -> bool:
        """Whether the links of *row* are to be followed."""
        return row.depth < self._source.depth or bool(self.links_only(row))

    def asks(self, url: str) -> bool:
        """Whether this run asks, or has asked, for *url* by itself."""
        return url_key(url) in self._asked

    def leave_out(self, row: FrontierRow, reason: str) -> None:
        """Takes *row* off the frontier as skipped, for *reason*."""
        self._archive.mark(self._source.name, row.url, "skipped", reason=reason, crawl_id=self._crawl_id)

    def put_off(self, row: FrontierRow, until: datetime, reason: str) -> None:
        """Makes *row* due again, not before *until*."""
        self._archive.postpone(self._source.name, row.url, next_at=until, reason=reason, crawl_id=self._crawl_id)

    def give_back(self) -> None:
        """Makes due again what is leased and was not asked."""
        self._archive.unlease(self._source.name, self._crawl_id)

    def counts(self) -> dict[FrontierState, int]:
        """How many URLs are in each state."""
        return self._archive.frontier_counts(self._source.name, self._crawl_id)

    def done(self) -> list[FrontierRow]:
        """The URLs that this crawl has captured, before an interruption too."""
        rows = self._archive.frontier_rows(self._source.name, self._crawl_id)
        return [row for row in rows if row.state == "done"]

    def outcomes(self) -> dict[str, int]:
        """What the captures of this crawl came to, those before an interruption too."""
        return self._archive.frontier_outcomes(self._source.name, self._crawl_id)

    def skipped(self) -> dict[str, int]:
        """How many URLs are left out, by reason; an address that a reason names is not told apart."""
        total: Counter[str] = Counter()
        for reason, count in self._archive.skipped(self._source.name, self._crawl_id).items():
            total[reason.partition(": http")[0]] += count
        return dict(total.most_common())

    def _not_offered_yet(self, urls: Iterable[str]) -> Iterable[str]:
        """Those of *urls* not met in this run: a site's pages link to the same pages over and over."""
        for url in urls:
            if url not in self._offered:
                if len(self._offered) >= _REMEMBERED:
                    self._offered.clear()
                self._offered.add(url)
                yield url

    def _page_reason(self, place: Address) -> str:
        return self.scope.reason(place) or (NOT_DUE if place.key in self._not_due else "")

    def _listing_reason(self, hop: int) -> str:
        most = self._bounds.listing_hops
        return f"trap: more than {most} listings lead to each other" if hop > most else ""

    def _leave_out_overlong(self, url: str, skipped: dict[str, list[str]]) -> None:
        """Records the start of a URL of ours that is too long to be asked for."""
        try:
            place = address(url[:MAX_URL_CHARS])
        except UsageError:
            return
        if len(url) > MAX_URL_CHARS and self.scope.is_ours(place):
            skipped[f"over {MAX_URL_CHARS:,} characters; this is its start"].append(place.url)

    def _add(self, places: Iterable[Address], *, depth: int, found_by: str) -> None:
        urls: dict[str, str] = {}
        for place in places:
            urls.setdefault(place.key, place.url)
        room = max(0, self._source.max_pages - self._taken) if found_by != "seed" else len(urls)
        wanted = list(urls.items())
        self._asked.update(key for key, _ in wanted[:room])
        self._taken += self._archive.add_urls(
            self._source.name,
            [url for _, url in wanted[:room]],
            depth=depth,
            found_by=found_by,
            crawl_id=self._crawl_id,
        )
        if wanted[room:]:
            reason = f"over max_pages ({self._source.max_pages:,})"
            self._skip([url for _, url in wanted[room:]], reason, found_by)

    def _skip(self, urls: Iterable[str], reason: str, found_by: str) -> None:
        self._archive.add_urls(
            self._source.name, urls, depth=0, found_by=found_by, crawl_id=self._crawl_id, skipped=reason
        )
