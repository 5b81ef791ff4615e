"""Settling: what becomes of a URL of the frontier once its capture is there."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from parsers.errors import ParserError

from ..archive import FrontierRow, How
from ..bounds import Bounds
from ..capture import Capture
from ..urls import address, is_front_page, url_key
from .canonical import Parse, canonical_of, content_of, current_contents, is_moved, is_same_page, record_of
from .desk import Desk
from .frontier import Frontier
from .reading import Reading, is_to_be_read
from .result import SEEN

if TYPE_CHECKING:
    from parsers.links import PageLinks

_PASSING = frozenset({429, 502, 503, 504})
_JUST_READ = frozenset({"new", "changed", "held"})
_FORBIDDEN = "robots.txt line "


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What a capture led to: how many new URLs on which host, and the feeds it announces."""

    found: Mapping[str, int]
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Joined:
    """The page that a new address turned out to be of, and how it did; *lasts* says that this is there to stay."""

    page_id: int
    url: str
    how: How
    lasts: bool = True


class Settler:
    """Decides for one source in one run. *findings* are lines for a person.

    What fails in passing is put off, for *pause_s* at least, and *again_at* is when the last of it is due.
    """

    def __init__(self, desk: Desk, frontier: Frontier, bounds: Bounds, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._archive = desk.archive
        self._frontier = frontier
        self._bounds = bounds
        self._now = now
        self._seen: dict[int, str] = {}
        self._known: dict[str, int] | None = None
        self._claims: dict[str, int] = {}
        self._moved: dict[str, list[tuple[str, int]]] = {}
        self.pause_s = bounds.retry_wait_s * 2**bounds.attempts
        self.again_at: datetime | None = None
        self.findings: list[str] = []

    def resume(self, rows: list[FrontierRow]) -> None:
        """Takes up what an interrupted crawl had seen of the pages behind *rows*."""
        for row in rows:
            page_id = self._archive.known_page(row.url) if row.outcome in SEEN else None
            if page_id is not None:
                self._seen[page_id] = row.url

    def rests(self, row: FrontierRow) -> bool:
        """Whether *row* is settled without being asked for: its page was seen by another address, or is left out."""
        rule = self._frontier.traps.left_out(address(row.url)) or self._stands_for(row)
        if rule:
            self._frontier.leave_out(row, rule)
        return bool(rule)

    def follows(self, row: FrontierRow) -> Callable[[str], bool]:
        """Where redirects of *row* lead on: not to what this crawl asks by itself, unless *row* is a known page."""

        def is_followed(target: str) -> bool:
            return not self._frontier.asks(target) or self._archive.known_page(row.url) is not None

        return is_followed

    async def parser(self, row: FrontierRow, capture: Capture) -> Parse | None:
        """The parser for *capture*, which has read it by now where it has to be; None where none is to be read."""
        if not self._desk.parses:
            return None
        reading = Reading(self._archive)
        if not self._frontier.links_only(row) and is_to_be_read(self._archive, capture):
            await reading.go_ahead(capture)
        return reading

    def elder(self, row: FrontierRow, capture: Capture, parse: Parse | None) -> str:
        """The address of a known page that a new address may be the new place of, "" where there is none.

        Where both show the same record and the known page was not seen in this run yet, that one is asked first: if it
        redirects to the new address it has moved there, and they are one page.
        """
        if parse is None or capture.outcome != "fetched" or capture.content is None or capture.hops:
            return ""
        if self._frontier.links_only(row) or self._archive.known_page(row.url) is not None:
            return ""
        if self._known is None:
            self._known = current_contents(self._archive, self._desk.source)
        page_id = self._known.get(content_of(capture, parse), 0) if self._known else 0
        return self._archive.page(str(page_id)).url if page_id and page_id not in self._seen else ""

    def settle(self, row: FrontierRow, capture: Capture, parse: Parse | None) -> Settled:
        """Keeps *capture* of *row* and follows what it leads to; committed when this returns."""
        page = self._page_links(row, capture)
        found: Counter[str] = Counter()
        links_only = self._frontier.links_only(row)
        if page and self._frontier.wants_links(row):
            # Before the page counts as done: a crawl that is killed in between finds them again.
            depth = 1 if links_only else row.depth + 1
            found.update(self._frontier.offer(page.links, depth=depth, found_by=row.url, hop=row.depth + 1))
        canonical = canonical_of(capture, page.canonical, self._frontier.scope) if page else ""
        known = self._archive.known_page(row.url)
        joined = self._joined(capture, canonical, parse) if known is None and not links_only else None
        if capture.outcome == "refused" and not capture.hops and capture.reason.startswith(_FORBIDDEN):
            self._frontier.leave_out(row, capture.reason)
        elif row.attempts == 0 and self._may_go_better(capture):
            self._put_off(row, capture, known)
        elif links_only:
            self._put_by(row, capture, links_only)
        elif joined:
            self._join(row, capture, joined)
        elif self._led_to_another(capture):
            self._await_page(row, capture)
        else:
            claimed = self._claims.pop(row.url_key, None) if known is None else None
            if claimed is not None and is_same_page(self._archive, capture, claimed, parse):
                # Another address named this one as its own, and shows the same.
                self._archive.alias_page(claimed, row.url, how="canonical", capture_id=None)
            found.update(self._load(row, capture, canonical, parse))
        feeds = page.feeds if page and row.depth == 0 else ()
        return Settled(found=found, feeds=feeds)

    def _stands_for(self, row: FrontierRow) -> str:
        """The rule by which *row* is only another address of a page that is seen by itself, "" where it is not."""
        page_id = self._archive.known_page(row.url)
        if page_id is None or self._frontier.links_only(row):
            return ""
        seen = self._seen.get(page_id)
        if seen is not None and url_key(seen) != row.url_key:
            return f"same page as another address: {seen}"
        for alias in self._archive.page_urls(page_id):
            if alias.how == "canonical" and url_key(alias.url) == row.url_key:
                main = self._archive.page(str(page_id)).url
                self._frontier.offer([main], depth=row.depth, found_by=row.url, is_listed=True)
                return f"same page (canonical): {main}"
        return ""

    def _page_links(self, row: FrontierRow, capture: Capture) -> "PageLinks | None":
        """Where the captured page leads, None where that cannot be said or nobody asks."""
        try:
            if capture.outcome == "fetched" and capture.content is not None:
                return _links_of(capture.content, capture.final_url, capture.content_type)
            if capture.outcome == "not-modified" and self._frontier.wants_links(row):
                stored = self._desk.stored(row.url)
                return _links_of(stored.body, stored.url, stored.content_type) if stored else None
        except ParserError:
            # The loader meets the same bytes and puts on record what cannot be read.
            return None
        return None

    def _may_go_better(self, capture: Capture) -> bool:
        """Whether asking again at the end of the crawl is worth a request: the network failed, or it said "later"."""
        if capture.outcome not in ("failed", "truncated") or capture.reason == capture.robots:
            return False
        if self._bounds.attempts > 1:
            return capture.attempts > 1  # the fetch found it worth a second try itself
        return capture.status is None or capture.status in _PASSING

    def _put_off(self, row: FrontierRow, capture: Capture, page_id: int | None) -> None:
        until = self._now() + timedelta(seconds=self.pause_s)
        self.again_at = until if self.again_at is None else max(self.again_at, until)
        with self._archive.transaction():
            number = self._desk.store(capture, page_id=page_id)
            self._frontier.put_off(row, until, capture.reason)
        self._desk.tell(capture, number, f"{capture.reason}; asked once more at the end")

    def _put_by(self, row: FrontierRow, capture: Capture, reason: str) -> None:
        """Keeps a capture that was made for its links."""
        is_read = capture.outcome in ("fetched", "not-modified")
        with self._archive.transaction():
            number = self._desk.store(capture)
            self._frontier.leave_out(row, reason if is_read else f"links could not be read: {capture.reason}")
        self._desk.tell(capture, number, capture.reason)
        if not is_read:
            self.findings.append(f"{'seed' if row.depth == 0 else 'listing'} {row.url}: {capture.reason}")

    def _joined(self, capture: Capture, canonical: str, parse: Parse | None) -> _Joined | None:
        """The known page that a new address is of, None where it is a page of its own."""
        target = self._led_to_another(capture) or (capture.final_url if capture.hops else "")
        page_id = self._archive.known_page(target) if target else None
        if page_id is not None and (target != capture.final_url or capture.outcome == "fetched"):
            return _Joined(page_id=page_id, url=target, how="redirect", lasts=is_moved(capture))
        if capture.outcome != "fetched":
            return None
        page_id = self._archive.known_page(canonical) if canonical else None
        if page_id is not None and is_same_page(self._archive, capture, page_id, parse):
            return _Joined(page_id=page_id, url=canonical, how="canonical")
        return None

    def _led_to_another(self, capture: Capture) -> str:
        """The address that a redirect led to and that was not followed, as this crawl asks for it by itself; ""."""
        target = capture.hops[-1].location if capture.outcome == "refused" and capture.hops else ""
        return target if target and capture.reason.startswith(f"redirects to {target}, ") else ""

    def _await_page(self, row: FrontierRow, capture: Capture) -> None:
        """Leaves out an address that redirects to one which is still to be asked; they are joined when that is seen."""
        target = self._led_to_another(capture)
        is_home = is_front_page(target) and not is_front_page(row.url)
        with self._archive.transaction():
            number = self._desk.store(capture)
            self._frontier.leave_out(
                row, f"{'sent to the front page' if is_home else 'same page (redirect)'}: {target}"
            )
        if is_moved(capture) and not is_home:
            self._moved.setdefault(url_key(target), []).append((row.url, number))
        self._desk.tell_alias(capture, number, capture.reason)

    def _join(self, row: FrontierRow, capture: Capture, joined: _Joined) -> None:
        reason = f"same page ({joined.how}): {joined.url}"
        with self._archive.transaction():
            number = self._desk.store(capture)
            if joined.lasts:
                self._archive.alias_page(joined.page_id, row.url, how=joined.how, capture_id=number)
            self._frontier.leave_out(row, reason)
        self._desk.tell_alias(capture, number, reason)

    def _load(self, row: FrontierRow, capture: Capture, canonical: str, parse: Parse | None) -> Mapping[str, int]:
        """Keeps a page with what it says, and its neighbours in mind."""
        loaded = self._desk.load(capture, parse)
        if loaded.page_id is not None and loaded.outcome in SEEN:
            self._seen[loaded.page_id] = row.url
            for url, number in self._moved.pop(row.url_key, ()):
                self._archive.alias_page(loaded.page_id, url, how="redirect", capture_id=number)
        if capture.outcome == "fetched" and capture.content is not None:
            # The parser has read it by now, unless the archive knew the content.
            record = record_of(capture, parse) if loaded.outcome in _JUST_READ else None
            said = record.digests.text if record else capture.content
            finding = self._frontier.traps.saw(address(row.url), said)
            self.findings.extend([finding] if finding else [])
        if not canonical or loaded.page_id is None or self._archive.known_page(canonical) is not None:
            return {}
        self._claims[url_key(canonical)] = loaded.page_id
        return self._frontier.offer([canonical], depth=row.depth, found_by=f"canonical of {row.url}")


def _links_of(body: bytes, url: str, content_type: str) -> "PageLinks":
    from parsers.links import read_links  # noqa: PLC0415 -- costs start-up time; an unchanged site needs none

    return read_links(body, url=url, content_type=content_type)
