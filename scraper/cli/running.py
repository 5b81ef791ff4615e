"""Running what waits for a network, and ending it well when a signal says so."""

import os
import signal
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from select import select
from types import FrameType
from typing import Any, TypeVar

import click

from .output import note

T = TypeVar("T")

GRACE_S = 9.0  # what is in flight is dropped at once; this bounds what cannot be interrupted, such as a parser
_SAY_S = 0.25
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
    """The signals of a process: the first ends *task*, a second the process.

    A handler runs in the main thread between two steps of the interpreter, also within a regular expression, but not
    while a library waits, as SQLite may. A thread hears of the signal there; that one cannot run in the other case.
    """

    def __init__(self) -> None:
        self.number: signal.Signals | None = None
        self._end: Callable[[], object] = lambda: None
        self._before: dict[signal.Signals, Any] = {}
        self._ears: tuple[int, int] | None = None

    def listen(self) -> None:
        from threading import Thread

        self._before = {number: signal.signal(number, self._take) for number in _SIGNALS}
        self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._give_up)
        self._ears = os.pipe()
        os.set_blocking(self._ears[1], False)
        signal.set_wakeup_fd(self._ears[1], warn_on_full_buffer=False)
        Thread(target=self._watch, args=(self._ears[0],), daemon=True).start()

    def ignore(self) -> None:
        if not self._ears:
            return
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        os.close(self._ears[1])  # which ends the watch

    def calls(self, end: Callable[[], object]) -> None:
        """Has the first signal call *end*; at once where it has come already."""
        self._end = end
        if self.number is not None:
            end()

    def _take(self, number: int, _: FrameType | None) -> None:
        if self.number is not None:
            os._exit(128 + number)
        self.number = signal.Signals(number)
        signal.setitimer(signal.ITIMER_REAL, GRACE_S)
        self._end()

    def _watch(self, ear: int) -> None:
        """Gives up a little later than the main thread does where it can, and at once on a second signal."""
        first = _heard(ear, None)
        second = _heard(ear, GRACE_S) if first else 0
        os.close(ear)
        if second in _SIGNALS:
            os._exit(128 + second)
        if second:
            time.sleep(_SAY_S)
            self._give_up(first, None)

    def _give_up(self, number: int, _: FrameType | None) -> None:
        """Ends the process, which says so where it still can."""
        from threading import Thread

        asked = self.number or signal.Signals(number)
        saying = Thread(target=note, args=(_SAID[asked],), daemon=True)
        saying.start()
        saying.join(_SAY_S)
        os._exit(128 + asked)


def _heard(ear: int, within_s: float | None) -> int:
    """The number of the next signal that concerns us, SIGALRM where none comes in time, 0 once nobody listens."""
    while select([ear], [], [], within_s)[0]:
        heard = os.read(ear, 1)
        if not heard:
            return 0
        if heard[0] in (*_SIGNALS, signal.SIGALRM):
            return heard[0]
    return signal.SIGALRM


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
