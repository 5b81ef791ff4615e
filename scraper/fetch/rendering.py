"""Rendering: one page in a browser, until it is at rest and its DOM is taken."""

import asyncio
import re
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Error, Page, Request, Route, WebSocketRoute

from ..bounds import Bounds
from ..capture import Capture, Outcome
from ..errors import UsageError
from ..urls import clean
from .supply import DOM_TYPE, PageBounds, Refused, Supply, Wish

_ALL = re.compile("")
_FREEZE_S = 5.0
_END_S = 2.0
_MAX_REASON_CHARS = 300
_MAX_HEADER_CHARS = 1024
_PASSED_ON = ("accept", "origin", "referer")
# In every frame before its scripts: no peer connections, and no dialogs, whose loops could not be stopped.
_BEFORE_SCRIPTS = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection"]) delete globalThis[name];
Object.assign(globalThis, {alert() {}, print() {}, confirm: () => false, prompt: () => null});
"""
# Runs in a world of its own, where nothing that the page redefines counts.
_LOOK = """(limit => {
    const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) + "\\n" : "";
    const dom = type + (document.documentElement?.outerHTML ?? "");
    return {
        is_loaded: document.readyState === "complete", url: location.href, characters: dom.length,
        dom: dom.slice(0, limit).toWellFormed(),
    };
})(%d)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A page as it stands: its DOM written out, cut at a limit; *characters* counts (in UTF-16) what it had."""

    is_loaded: bool
    url: str
    characters: int
    dom: str


class Rendering:
    """One page in the browser, from the response *plain* to the capture of its DOM."""

    def __init__(self, plain: Capture, supply: Supply, *, bounds: Bounds, page_bounds: PageBounds) -> None:
        self._plain = plain
        self._supply = supply
        self._bounds = bounds
        self._page_bounds = page_bounds
        self._begun_s = asyncio.get_running_loop().time()
        self._page: Page | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, context: BrowserContext) -> Capture:
        """The capture of the DOM, or of why there is none; nothing that the page or the browser does is raised."""
        try:
            return self._captured(await self._looked(context))
        except Error as error:
            return self.failed(f"no DOM could be had: {line_of(error)}")
        except TimeoutError:
            return self.failed("no DOM could be had: the page does not let go of the browser")
        finally:
            await self._end_tasks()

    def failed(self, reason: str) -> Capture:
        """The capture that says that there is no DOM, and why."""
        return self._capture("failed", (reason, self._supply.problem))

    async def _looked(self, context: BrowserContext) -> _Look:
        await context.add_init_script(_BEFORE_SCRIPTS)
        await context.route_web_socket(_ALL, self._close_socket)
        await context.route(_ALL, self._begin)
        page = self._page = await context.new_page()
        context.on("page", self._close_window)
        gone: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        page.once("crash", lambda _: _note(gone, "the page crashed"))
        page.once("close", lambda _: _note(gone, "the browser ended"))
        session = await context.new_cdp_session(page)
        rest: asyncio.Future[Any] = asyncio.create_task(self._at_rest(page, session))
        try:
            within_s = max(1.0, min(self._page_bounds.total_s, self._bounds.total_s - self._plain.duration_s))
            await asyncio.wait({rest, gone}, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                raise Error(gone.result())
            if rest.done():
                look: _Look = rest.result()
                return look
        finally:
            rest.cancel()
            await asyncio.gather(rest, return_exceptions=True)
        self._supply.fall_short(f"not at rest after {within_s:g} s")
        async with asyncio.timeout(_FREEZE_S):
            await _freeze(session)
            return await self._look(session)

    async def _at_rest(self, page: Page, session: CDPSession) -> _Look:
        """The page once it is loaded and has asked for nothing for a while."""
        await page.goto(self._plain.final_url, wait_until="commit", timeout=0)
        clock, quiet_s, supply = asyncio.get_running_loop().time, self._page_bounds.quiet_s, self._supply
        while True:
            last_s = supply.last_s
            wait_s = quiet_s if supply.is_busy else last_s + quiet_s - clock()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
                continue
            look = None
            try:
                look = await self._look(session)
            except Error:  # on its way to another document, or gone
                if page.is_closed():
                    raise
            # What its scripts asked for a moment ago may take a moment to come to us.
            await asyncio.sleep(quiet_s / 5)
            if look and look.is_loaded and not supply.is_busy and last_s == supply.last_s:
                return look

    async def _look(self, session: CDPSession) -> _Look:
        tree = await session.send("Page.getFrameTree")
        frame = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "fonds"}
        world = await session.send("Page.createIsolatedWorld", frame)
        question = {
            "expression": _LOOK % (self._bounds.body_bytes + 1),
            "contextId": world["executionContextId"],
            "returnByValue": True,
        }
        answer = await session.send("Runtime.evaluate", question)
        if "value" not in answer["result"]:
            raise Error(f"it cannot be written out: {answer['result'].get('description', 'nothing came')}")
        return _Look(**answer["result"]["value"])

    def _captured(self, look: _Look) -> Capture:
        try:
            final_url = clean(look.url)
        except UsageError:
            return self.failed(f"the page went to {look.url[:80]}")
        body = look.dom.encode("utf-8", errors="replace")
        if look.characters > len(look.dom) or len(body) > self._bounds.body_bytes:
            self._supply.fall_short(f"a DOM of over {self._bounds.body_bytes:,} bytes; the rest was not taken")
            body = body[: self._bounds.body_bytes].decode("utf-8", errors="ignore").encode("utf-8")
        problem = self._supply.problem
        capture = self._capture("truncated" if problem else "fetched", (problem,))
        return replace(capture, final_url=final_url, body=body)

    def _capture(self, outcome: Outcome, reasons: tuple[str, ...]) -> Capture:
        line = " ".join("; ".join(part for part in (*reasons, self._supply.refusals) if part).split())
        return replace(
            self._supply.document,
            url=self._plain.url,
            captured_at=self._plain.captured_at,
            monotonic_s=self._plain.monotonic_s,
            method="browser",
            outcome=outcome,
            reason=line if len(line) <= _MAX_REASON_CHARS else f"{line[: _MAX_REASON_CHARS - 1]}…",
            content_type=DOM_TYPE,
            hops=self._supply.hops,
            body=None,
            coding="",
            decoded=None,
            wire_bytes=self._supply.wire_bytes,
            duration_s=self._plain.duration_s + asyncio.get_running_loop().time() - self._begun_s,
        )

    def _begin(self, route: Route) -> None:
        self._start(self._answer(route))

    def _close_window(self, window: Page) -> None:
        self._start(_close(window))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _end_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_END_S)

    async def _close_socket(self, socket: WebSocketRoute) -> None:
        self._supply.refuse(socket.url, "sockets are not opened")
        with suppress(Error):
            await socket.close()

    async def _answer(self, route: Route) -> None:
        wish = self._wish(route.request)
        with suppress(Error):  # the page may be gone meanwhile
            try:
                reply = await self._supply.reply(wish)
            except Refused:
                if wish.is_page:
                    # Without content the page stays where it is; an error would put an error page in its place.
                    await route.fulfill(status=204)
                else:
                    await route.abort("blockedbyclient")
            except asyncio.CancelledError:
                await route.abort("aborted")
                raise
            else:
                await route.fulfill(status=reply.status, headers=reply.headers, body=reply.body)

    def _wish(self, request: Request) -> Wish:
        said = request.headers
        passed_on = ((name, said.get(name, "")) for name in _PASSED_ON)
        return Wish(
            url=request.url,
            method=request.method,
            kind=request.resource_type,
            headers=tuple(
                (name, value) for name, value in passed_on if value.isascii() and 0 < len(value) <= _MAX_HEADER_CHARS
            ),
            is_page=request.is_navigation_request() and self._is_ours(request),
            is_picture=request.resource_type == "image" or said.get("accept", "").startswith("image/"),
            is_ahead="prefetch" in said.get("sec-purpose", ""),
        )

    def _is_ours(self, request: Request) -> bool:
        """Whether *request* is for the page itself, not for a frame in it or a window it opened."""
        try:
            return self._page is not None and request.frame == self._page.main_frame
        except Error:  # the frame of a window that is still to come
            return False


def _note(gone: asyncio.Future[Any], reason: str) -> None:
    if not gone.done():
        gone.set_result(reason)


async def _freeze(session: CDPSession) -> None:
    """Ends all scripts of the page, one that is running too."""
    await asyncio.gather(
        session.send("Emulation.setScriptExecutionDisabled", {"value": True}),
        session.send("Runtime.terminateExecution"),
    )


async def _close(window: Page) -> None:
    with suppress(Error):
        await window.close()


def line_of(error: BaseException) -> str:
    """The first line of what *error* says."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
