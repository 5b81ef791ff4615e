"""Politeness: one request at a time to a host, and a pause before the next."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Sleep = Callable[[float], Awaitable[None]]


class Politeness:
    """Turns at hosts. Share one between all fetchers of a run, so that two sources on one host keep its pace."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._locks: dict[str, asyncio.Lock] = {}
        self._free_at: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str, pause_s: float) -> AsyncIterator[None]:
        """The right to send one request to *host*; the next comes *pause_s* after this one ends, or later."""
        async with self._locks.setdefault(host, asyncio.Lock()):
            wait = self._free_at.get(host, 0.0) - self._clock()
            if wait > 0:
                await self._sleep(wait)
            try:
                yield
            finally:
                self._free_at[host] = self._clock() + pause_s
