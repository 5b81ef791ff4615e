"""Running what waits for a network, and ending it well when a signal says so."""

import os
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .output import note

if TYPE_CHECKING:
    from threading import Timer

T = TypeVar("T")

GRACE_S = 9.0  # what is in flight is dropped at once; this bounds what cannot be interrupted, such as a parser
_TICK_S = 1.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SAID = {
    signal.SIGINT: "fonds: interrupted; what was captured is kept, the same command goes on from there",
    signal.SIGTERM: "fonds: asked to end; what was captured is kept, the same command goes on from there",
}


def finished(work: Coroutine[Any, Any, T], *, tick: Callable[[], None] = lambda: None) -> T:
    """What *work* gives; *tick* is called every second meanwhile.

    SIGINT and SIGTERM drop what is in flight and end the process with 130 and 143, at the latest after 9 seconds.
    A second signal ends it at once: what is committed is kept however the process ends.
    """
    import asyncio

    asked = _Asked()
    with suppress(ValueError):  # signals come to the main thread only; elsewhere whoever runs us stops us
        asked.listen()
    try:
        return asyncio.run(_ticking(work, tick, asked))
    except asyncio.CancelledError:
        if asked.number is None:
            raise
        note(_SAID[asked.number])
        raise click.exceptions.Exit(128 + asked.number) from None
    finally:
        asked.ignore()


class _Asked:
    """The signals of a process: the first ends *task*, a second the process."""

    def __init__(self) -> None:
        self.number: signal.Signals | None = None
        self._end: Callable[[], object] = lambda: None
        self._before: dict[signal.Signals, Any] = {}
        self._timer: Timer | None = None

    def listen(self) -> None:
        self._before = {number: signal.signal(number, self._take) for number in _SIGNALS}

    def ignore(self) -> None:
        if self._timer:
            self._timer.cancel()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def calls(self, end: Callable[[], object]) -> None:
        """Has the first signal call *end*; at once where it has come already."""
        self._end = end
        if self.number is not None:
            end()

    def _take(self, number: int, _: FrameType | None) -> None:
        from threading import Timer

        if self.number is not None:
            os._exit(128 + number)
        self.number = signal.Signals(number)
        self._timer = Timer(GRACE_S, os._exit, (128 + number,))
        self._timer.daemon = True
        self._timer.start()
        self._end()


async def _ticking(work: Coroutine[Any, Any, T], tick: Callable[[], None], asked: _Asked) -> T:
    import asyncio

    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
    asked.calls(lambda: loop.call_soon_threadsafe(task.cancel))
    ticking = loop.create_task(_tick(tick))
    try:
        return await task
    finally:
        ticking.cancel()


async def _tick(tick: Callable[[], None]) -> None:
    from asyncio import sleep

    while True:
        tick()
        await sleep(_TICK_S)
