"""Capture by browser: the DOM that a page's own scripts make, from a Chromium that has no network of its own.

All that a page asks for is taken from the browser before it leaves, fetched by our Fetcher within its guard and bounds,
and handed in as the answer (`supply`). What could pass by that way meets a second wall: the browser is started with
every name and address mapped to nothing, behind a proxy that does not exist, and without WebRTC and QUIC.

playwright is an extra: importing this module without it raises UsageError. The import takes long; make it where needed.
"""

import asyncio
import os
import resource
import shutil
from collections.abc import Callable
from contextlib import suppress
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from ..capture import Capture
from ..errors import UsageError
from .fetcher import Fetcher, Manners
from .robots import Rules

try:
    from playwright.async_api import Browser, BrowserContext, Error, Playwright, async_playwright
except ImportError as error:
    raise UsageError(
        "capture by browser needs playwright, which is not installed: pip install 'fonds[browser]'"
    ) from error

from .rendering import Rendering, line_of
from .supply import Kept, PageBounds, Supply, is_page

__all__ = ["BrowserFetcher", "PageBounds"]

_PROGRAMS = ("chromium", "chromium-browser")
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://nowhere.invalid:1",
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--disable-gpu",
)
_CLOSE_S = 2.0


class BrowserFetcher:
    """Captures pages by browser; used as a Fetcher is, and around one, which it enters and leaves.

    For a page that was fetched, *on_response* gets the capture of the response (method "http") just before `fetch`
    returns that of the rendered DOM (method "browser"): two captures with the same `url` and `captured_at`, which
    belong together and into one transaction.

    Raises UsageError where Chromium is missing, and on entering where it does not start.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        manners: Manners,
        *,
        on_response: Callable[[Capture], None] = lambda _: None,
        page_bounds: PageBounds | None = None,
        program: str = "",
    ) -> None:
        self._program = _required(program)
        self._fetcher = fetcher
        self._manners = manners
        self._on_response = on_response
        self._page_bounds = page_bounds or PageBounds()
        self._kept = Kept()
        self._turn = asyncio.Lock()
        self._folder: TemporaryDirectory[str] | None = None
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def __aenter__(self) -> Self:
        await self._fetcher.__aenter__()
        try:
            await self._running()
        except Error as error:
            await self.__aexit__(type(error), error, error.__traceback__)
            raise UsageError(f"{self._program}: does not start: {line_of(error)}") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()
        await self._fetcher.__aexit__(kind, error, trace)

    async def fetch(
        self, url: str, *, etag: str = "", last_modified: str = "", follows: Callable[[str], bool] = lambda _: True
    ) -> Capture:
        """The capture of the DOM that *url* comes to, by method "browser"; that of the response where it is no page.

        As `Fetcher.fetch` otherwise. *etag* and *last_modified* are not sent: a page whose text comes by script changes
        while its document stays the same, so a 304 would say nothing, and there would be no document to render.

        The DOM has outcome "truncated" where it is not whole: the page did not come to rest in time, went over a bound,
        or missed an answer of its own host. *reason* names what was refused to it, also where that did no harm.
        """
        plain = await self._fetcher.fetch(url, follows=follows)
        if plain.outcome != "fetched" or not is_page(plain):
            return plain
        async with self._turn:
            rendered = await self._rendered(plain)
        self._on_response(plain)
        return rendered

    async def rules(self, url: str) -> Rules:
        """As `Fetcher.rules`."""
        return await self._fetcher.rules(url)

    async def _rendered(self, plain: Capture) -> Capture:
        supply = Supply(
            plain, fetcher=self._fetcher, manners=self._manners, page_bounds=self._page_bounds, kept=self._kept
        )
        rendering = Rendering(plain, supply, bounds=self._manners.bounds, page_bounds=self._page_bounds)
        try:
            async with asyncio.timeout(self._page_bounds.total_s):
                context = await self._new_context()
        except (Error, TimeoutError) as error:
            await self._stop()
            return rendering.failed(f"the browser does not start: {line_of(error)}")
        try:
            return await rendering.run(context)
        finally:
            await self._close(context)

    async def _new_context(self) -> BrowserContext:
        """A context that nothing was stored in, the same on every machine."""
        browser = await self._running()
        return await browser.new_context(
            user_agent=self._manners.user_agent,
            locale="en-US",
            timezone_id="UTC",
            reduced_motion="reduce",
            accept_downloads=False,
            service_workers="block",
        )

    async def _running(self) -> Browser:
        if self._browser is not None and self._browser.is_connected():
            return self._browser
        await self._stop()
        self._folder = TemporaryDirectory(prefix="fonds-browser-", ignore_cleanup_errors=True)
        self._playwright = await _driver(self._folder.name, self._page_bounds.memory_bytes)
        self._browser = await self._playwright.chromium.launch(
            executable_path=self._program,
            args=_ARGUMENTS,
            # Chromium's own sandbox does not work for root.
            chromium_sandbox=os.geteuid() != 0,
            # Signals are for us; the browser ends when we do.
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )
        return self._browser

    async def _close(self, context: BrowserContext) -> None:
        try:
            async with asyncio.timeout(_CLOSE_S):
                await context.close()
        except (Error, TimeoutError):
            await self._stop()

    async def _stop(self) -> None:
        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        # What does not close is killed by the driver, once that is stopped.
        with suppress(Error, TimeoutError):
            async with asyncio.timeout(_CLOSE_S):
                if browser is not None:
                    await browser.close()
        if playwright is not None:
            await playwright.stop()
        if self._folder is not None:
            self._folder.cleanup()


def _required(program: str) -> str:
    """The path of *program*, or of the system's Chromium. Raises UsageError where there is none."""
    for name in (program,) if program else _PROGRAMS:
        if path := shutil.which(name):
            return path
    sought = program or " or ".join(_PROGRAMS)
    raise UsageError(f"capture by browser needs Chromium; found no {sought}. On Debian: apt-get install chromium")


async def _driver(folder: str, memory_bytes: int) -> Playwright:
    """The driver; it and every process of its browser write to *folder* only, and hold *memory_bytes* each at most."""
    place = os.environ.get("TMPDIR")
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limits = [limit for limit in (soft, hard, memory_bytes) if limit != resource.RLIM_INFINITY]
    # Both are inherited; playwright has no way to say them, so they are ours for a moment.
    os.environ["TMPDIR"] = folder
    resource.setrlimit(resource.RLIMIT_DATA, (min(limits), hard))
    try:
        return await async_playwright().start()
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
        if place is None:
            del os.environ["TMPDIR"]
        else:
            os.environ["TMPDIR"] = place
