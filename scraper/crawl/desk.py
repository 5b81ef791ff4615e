"""Desk: where the captures of one source are kept, and each told of once it is committed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ..archive import Archive
from ..capture import Capture
from ..fetch import Rules
from ..learning import learn_early
from ..loader import Loaded, LoadOutcome, keep, load, read_unread
from ..rereading import Parse
from .listing import Listing
from .reading import Reading
from .result import Event, Report

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Content:
    """What a page holds by its newest whole capture, and where it came from."""

    body: bytes
    url: str
    content_type: str


class Getter(Protocol):
    """What gets captures: a Fetcher, or a browser around one."""

    async def fetch(
        self, url: str, *, etag: str = "", last_modified: str = "", follows: Callable[[str], bool] = ...
    ) -> Capture:
        """A capture of *url*."""

    async def rules(self, url: str) -> Rules:
        """What robots.txt says to us at the origin of *url*."""


class Desk:
    """Keeps captures for *source* in *archive* and tells *report*. Without *parses* pages are kept to be read later."""

    def __init__(
        self, archive: Archive, source: str, crawl_id: int | None, report: Report, *, parses: bool = True
    ) -> None:
        self.archive = archive
        self.source = source
        self.crawl_id = crawl_id
        self.parses = parses
        self._report = report
        self._untold: list[Event] | None = None
        self._responses: dict[tuple[object, ...], Capture] = {}

    @contextmanager
    def together(self) -> Iterator[None]:
        """All that is kept inside is committed together, and told of afterwards."""
        if self._untold is not None:
            yield
            return
        untold: list[Event] = []
        self._untold = untold
        try:
            with self.archive.transaction():
                yield
        finally:
            self._untold = None
        for event in untold:
            self._report(event)

    async def fetch(self, fetcher: Getter, url: str, follows: Callable[[str], bool] = lambda _: True) -> Capture:
        """A capture of *url*, asked for on condition that it changed where the archive has it whole."""
        validators = self.archive.validators(url)
        if validators is None:
            return await fetcher.fetch(url, follows=follows)
        return await fetcher.fetch(url, etag=validators.etag, last_modified=validators.last_modified, follows=follows)

    def stored(self, url: str) -> Content | None:
        """What the archive has of *url*: what a server means that says it has not changed. None for nothing."""
        row = self.archive.newest_whole(url)
        if row is None or self.archive.redaction(row.id):
            return None
        return Content(self.archive.body(row.id), row.final_url, row.content_type)

    def await_rendering(self, response: Capture) -> None:
        """Holds the response of a page until a browser has rendered it: both are committed together."""
        self._responses[response.url, response.captured_at] = response

    def keep(self, capture: Capture) -> None:
        """Keeps what is no page: a robots.txt, a sitemap, a feed."""
        self.tell(capture, self.store(capture), capture.reason)

    def list(self, capture: Capture, listing: Listing) -> Loaded:
        """Keeps a sitemap or a feed that somebody asked for by its address."""
        outcome: LoadOutcome = "unparsed" if listing.problem else "listed"
        detail = f"{listing.summary}: {listing.problem}" if listing.problem else listing.summary
        loaded = Loaded(capture_id=self.store(capture), page_id=None, outcome=outcome, detail=detail)
        self._tell(loaded.outcome, capture.url, loaded.capture_id, loaded.detail)
        return loaded

    def store(self, capture: Capture, *, page_id: int | None = None) -> int:
        """Keeps *capture* and gives its number; nobody is told."""
        with self.archive.transaction():
            self._store_response(capture)
            return self.archive.store_capture(capture, crawl_id=self.crawl_id, page_id=page_id)

    def load(self, capture: Capture, parse: Parse | None = None) -> Loaded:
        """Keeps a capture of a page with what it says about it."""
        if (capture.url, capture.captured_at) not in self._responses:
            return self._load(capture, parse)
        with self.together():
            self._store_response(capture)
            return self._load(capture, parse)

    def _store_response(self, rendering: Capture) -> None:
        """Keeps what *rendering* was made of, as evidence of its own that speaks of no page."""
        response = self._responses.pop((rendering.url, rendering.captured_at), None)
        if response:
            number = self.archive.store_capture(response, crawl_id=self.crawl_id)
            self._tell(response.outcome, response.url, number, "the response; what a browser made of it follows")

    def _load(self, capture: Capture, parse: Parse | None) -> Loaded:
        if not self.parses:
            loaded = keep(self.archive, capture, source=self.source, crawl_id=self.crawl_id)
        elif parse is None:
            loaded = load(self.archive, capture, source=self.source, crawl_id=self.crawl_id)
        else:
            loaded = load(self.archive, capture, source=self.source, crawl_id=self.crawl_id, parse=parse)
        self._tell(loaded.outcome, capture.url, loaded.capture_id, loaded.detail)
        learn_early(self.archive, capture.final_url or capture.url)
        return loaded

    async def read_unread(self) -> AsyncIterator[Loaded]:
        """Reads what earlier crawls kept unread of the source, one capture at a step; others go on meanwhile."""
        for number in self.archive.unread(self.source):
            if self.archive.redaction(number):  # since this began
                continue
            row, reading = self.archive.capture(number), Reading(self.archive)
            await reading.go_ahead(self.archive.to_read(number))
            loaded = read_unread(self.archive, number, parse=reading)
            self._tell(loaded.outcome, row.url, number, loaded.detail)
            learn_early(self.archive, row.final_url)
            yield loaded

    def tell(self, capture: Capture, number: int, detail: str) -> None:
        """Tells of a capture that is committed."""
        self._tell(capture.outcome, capture.url, number, detail)

    def tell_alias(self, capture: Capture, number: int, detail: str) -> None:
        """Tells of a capture that is committed and showed no more than another address of a page."""
        self._tell("alias", capture.url, number, detail)

    def _tell(self, outcome: str, url: str, number: int, detail: str) -> None:
        event = Event(source=self.source, url=url, outcome=outcome, capture_id=number, detail=detail)
        if self._untold is None:
            self._report(event)
        else:
            self._untold.append(event)


class Round(Generic[T]):
    """What several workers have to keep within a few milliseconds, in one commit: most of a short one is the disk.

    Each is told of, and goes on, once the commit is made; where it fails it fails for all of them.
    """

    _WAIT_S = 0.008  # what a commit takes on many disks

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: list[tuple[Callable[[], T], asyncio.Future[T]]] = []

    async def join(self, work: Callable[[], T]) -> T:
        """What *work* gives, committed."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, done))
        if len(self._waiting) == 1:
            loop.call_later(self._WAIT_S, self._commit)
        return await done

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            with self._desk.together():
                results = [work() for work, _ in waiting]
        except Exception as error:  # whoever waits raises it
            for _, done in waiting:
                if not done.cancelled():
                    done.set_exception(error)
        else:
            for (_, done), result in zip(waiting, results, strict=True):
                if not done.cancelled():
                    done.set_result(result)
