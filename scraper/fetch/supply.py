"""Supply: what one page in the browser asks for, fetched by us within the guard and the bounds, or refused."""

import asyncio
import html
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import ada_url

from ..capture import Capture, Headers, Hop
from ..errors import UsageError
from ..urls import clean, host, origin, port
from .fetcher import Fetcher, Manners

DOM_TYPE = "text/html; charset=utf-8"
_PAGES = frozenset({"", "text/html", "application/xhtml+xml"})
_USUAL_PORTS = frozenset({80, 443})
_LATER = frozenset({429, 502, 503, 504})
_MAX_NAMED = 8
_MAX_KEPT_BYTES = 20_000_000
_SHARED = frozenset({"script", "stylesheet"})
# They change no word of a page.
_LEFT_OUT = frozenset({"font", "media", "texttrack", "ping", "cspreport", "manifest"})
_EMPTY_PICTURE = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
# Said of the connection, or of what the browser should do beside showing the page.
_NOT_PASSED_ON = frozenset(
    {
        "alt-svc", "connection", "content-encoding", "content-length", "keep-alive", "link", "nel", "report-to",
        "reporting-endpoints", "set-cookie", "strict-transport-security", "trailer", "transfer-encoding", "upgrade",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBounds:
    """What rendering one page may cost beyond the Bounds of each request; times in seconds, sizes in bytes.

    A page is at rest when it has asked for nothing for *quiet_s*; after *total_s* its DOM is taken as it stands. It
    gets at most *requests* answers, *at_once* at a time and Manners.connections at a time from one host, which together
    hold no more than Bounds.body_bytes; so does its DOM. No process of the browser has over *memory_bytes* of data: by
    RLIMIT_DATA, which counts what is only reserved too, so that a page of a few words needs 5 GB, and 150 MB in fact.
    """

    total_s: float = 30.0
    quiet_s: float = 0.5
    requests: int = 200
    at_once: int = 4
    memory_bytes: int = 6_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One request of the browser's. *kind* is the resource type by DevTools; *headers* are those that we pass on."""

    url: str
    method: str
    kind: str
    headers: Headers
    is_page: bool
    is_picture: bool
    is_ahead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the browser is given for a wish."""

    status: int
    headers: dict[str, str]
    body: bytes


class Refused(Exception):
    """A wish is not fulfilled; the text says why, "" where that is the rule for all pages."""


class Kept:
    """Scripts and style sheets that the pages of a run share: asked for once, where their server lets them be kept."""

    def __init__(self) -> None:
        self._captures: dict[tuple[str, str], Capture] = {}
        self._bytes = 0

    def get(self, wish: Wish) -> Capture | None:
        """The answer that *wish* had from an earlier page; None where none was kept."""
        return self._captures.get((wish.url, _origin_of(wish)))

    def add(self, wish: Wish, capture: Capture) -> None:
        """Keeps *capture*, where its Cache-Control allows it and there is room."""
        size = len(capture.content or b"")
        said = capture.header("cache-control").lower()
        is_lasting = re.search(r"max-age=0*[1-9]", said) and not re.search("no-store|no-cache|private", said)
        if wish.kind in _SHARED and capture.status == 200 and is_lasting and self._bytes + size <= _MAX_KEPT_BYTES:
            self._captures[wish.url, _origin_of(wish)] = capture
            self._bytes += size


class Supply:
    """All that one page gets, and what became of it; *plain* is the response it starts from.

    robots.txt is asked for documents, and for whatever lies on the page's own origin: the publisher said there what
    robots may take, and the answer is at hand. Other origins are not asked: they are embedded by the publisher's will,
    and a robots.txt for each script would be the ruder way.

    *document* is the response that the page stands on now, *hops* the way there. *problem* says why the page cannot be
    whole, "" where nothing is known.
    """

    def __init__(
        self, plain: Capture, *, fetcher: Fetcher, manners: Manners, page_bounds: PageBounds, kept: Kept
    ) -> None:
        self.document = plain
        self.hops = plain.hops
        self.wire_bytes = plain.wire_bytes
        self.problem = ""
        self.last_s = asyncio.get_running_loop().time()
        self._fetcher = fetcher
        self._manners = manners
        self._bounds = manners.bounds
        self._page_bounds = page_bounds
        self._kept = kept
        self._documents = {plain.final_url: plain}
        self._ports = {*_USUAL_PORTS, port(plain.url), port(plain.final_url)}
        self._heading_for = ""
        self._moves = 0
        self._asked = 0
        self._open = 0
        self._size = len(plain.content or b"")
        self._slots = asyncio.Semaphore(page_bounds.at_once)
        self._hosts = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(manners.connections))
        self._refused: dict[str, str] = {}

    @property
    def is_busy(self) -> bool:
        """Whether an answer is under way, or the page is."""
        return self._open > 0 or bool(self._heading_for)

    @property
    def refusals(self) -> str:
        """What was refused to the page, and why; "" for nothing."""
        named = ", ".join(f"{place} ({reason})" for place, reason in self._refused.items())
        return f"refused to the page: {named}" if named else ""

    async def reply(self, wish: Wish) -> Reply:
        """The answer to *wish*. Raises Refused where it gets none."""
        try:
            return await self._reply(wish)
        except Refused as refusal:
            self.refuse(wish.url, str(refusal))
            raise

    def refuse(self, url: str, reason: str) -> None:
        """Notes that the page did not get *url*."""
        if reason and len(self._refused) < _MAX_NAMED:
            parsed = ada_url.URL(url)
            self._refused.setdefault(f"{parsed.protocol}//{parsed.host}", reason)

    def fall_short(self, problem: str) -> None:
        """Notes that the page cannot be whole; the first such *problem* is kept."""
        self.problem = self.problem or problem

    async def _reply(self, wish: Wish) -> Reply:
        if wish.is_page:
            url = self._checked(wish)
            async with self._fetching():
                return await self._next_document(url)
        if wish.is_picture:
            # Not a failure: scripts take away figures whose picture fails.
            return Reply(status=200, headers={"content-type": "image/gif"}, body=_EMPTY_PICTURE)
        # Documents for frames, which are no part of the DOM, or for windows, which are no part of the page.
        if wish.kind in _LEFT_OUT or wish.kind == "document" or wish.is_ahead:
            raise Refused
        if wish.kind == "eventsource":
            raise Refused("streams of events are not opened")
        return await self._resource(wish, self._checked(wish))

    def _checked(self, wish: Wish) -> str:
        """The URL asked for. Raises Refused where none would be asked for, whatever the answer."""
        if wish.method != "GET":
            raise Refused(f"{wish.method} is not sent, only GET")
        try:
            url = clean(wish.url)
        except UsageError as error:
            raise Refused(str(error)) from error
        if port(url) not in self._ports and f"{host(url)}:{port(url)}" not in self._manners.allow_addresses:
            raise Refused(f"port {port(url)}, expected 80 or 443")
        return url

    async def _next_document(self, url: str) -> Reply:
        self._moves += 1
        if self._moves > self._bounds.hops + 1:
            self.fall_short(f"went from page to page more than {self._bounds.hops} times")
            raise Refused
        if url not in self._documents:
            await self._new_document(url)
        if url not in self._documents:
            # The browser must come to the last address by itself, or the page's scripts run in another's name.
            onwards = f'<meta http-equiv="refresh" content="0;url={html.escape(self._heading_for)}">'
            return Reply(status=200, headers={"content-type": DOM_TYPE}, body=onwards.encode())
        self._heading_for = ""
        self.document = self._documents[url]
        return _reply_of(self.document)

    async def _new_document(self, url: str) -> None:
        here = self.document
        is_downgrade = here.final_url.startswith("https:") and url.startswith("http:")
        if is_downgrade and not self._manners.allow_downgrade:
            raise Refused("leads from https to http")
        capture = await self._fetcher.fetch(url)
        self._count(capture)
        if capture.outcome != "fetched" or not is_page(capture):
            raise Refused(capture.reason or f"no page but {capture.content_type}")
        hop = Hop(
            url=here.final_url,
            status=here.status or 0,
            location=url,
            address=here.address,
            head=here.response_head,
            is_downgrade=is_downgrade,
        )
        self.hops = (*self.hops, hop, *capture.hops)
        self._documents[capture.final_url] = capture
        self._heading_for = capture.final_url

    async def _resource(self, wish: Wish, url: str) -> Reply:
        is_own = origin(url) == origin(self.document.final_url)
        async with self._fetching():
            if is_own:
                decision = (await self._fetcher.rules(url)).decide(url)
                if not decision.allowed:
                    raise Refused(decision.why)
            capture = self._kept.get(wish) or await self._fetched(wish, url)
        if capture.outcome == "refused":
            raise Refused(capture.reason.partition(";")[0])
        if capture.content is None or capture.status in _LATER:
            reason = capture.reason or f"status {capture.status} without a body"
            if is_own:
                # Without it the page may lack a part, which must not pass for a part taken out.
                self.fall_short(f"{url}: {reason}")
            raise Refused(reason)
        if wish.kind in {"xhr", "fetch"} and not self._may_read(capture):
            raise Refused("led to another origin, which does not let it be read")
        return _reply_of(capture)

    async def _fetched(self, wish: Wish, url: str) -> Capture:
        async with self._hosts[host(url)], self._slots:
            if self._asked >= self._page_bounds.requests:
                self.fall_short(f"asked for more than {self._page_bounds.requests} resources")
            if self._size > self._bounds.body_bytes:
                self.fall_short(f"asked for more than {self._bounds.body_bytes:,} bytes")
            if self.problem:
                raise Refused
            self._asked += 1
            capture = await self._fetcher.fetch_resource(url, wish.headers)
        self._count(capture)
        self._kept.add(wish, capture)
        return capture

    def _count(self, capture: Capture) -> None:
        self.wire_bytes += capture.wire_bytes
        self._size += max(capture.wire_bytes, len(capture.content or b""))

    @asynccontextmanager
    async def _fetching(self) -> AsyncIterator[None]:
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1
            self.last_s = asyncio.get_running_loop().time()

    def _may_read(self, capture: Capture) -> bool:
        """Whether the page's scripts may read *capture*: a redirect to another origin is hidden from the browser."""
        ours = origin(self.document.final_url)
        if not capture.hops or origin(capture.final_url) == ours:
            return True
        return capture.header("access-control-allow-origin") in {"*", ours}


def is_page(capture: Capture) -> bool:
    """Whether a browser would show *capture* as a page: HTML, or nothing said, and not for saving."""
    media_type = capture.content_type.partition(";")[0].strip().lower()
    return media_type in _PAGES and not capture.header("content-disposition").lower().startswith("attachment")


def _reply_of(capture: Capture) -> Reply:
    headers: dict[str, str] = {}
    for name, value in capture.response_headers:
        key = name.lower()
        if key not in _NOT_PASSED_ON and value.isascii() and value.isprintable():
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
    headers.setdefault("content-type", "text/html")
    # Where a server grants nothing, playwright would let every origin read it; this grants it to its own alone.
    headers.setdefault("access-control-allow-origin", origin(capture.final_url))
    return Reply(status=capture.status or 200, headers=headers, body=capture.content or b"")


def _origin_of(wish: Wish) -> str:
    return next((value for name, value in wish.headers if name == "origin"), "")
