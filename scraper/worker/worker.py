"""Worker: the parsers in a process of their own, with CPU time and memory that a page may cost and no archive open.

One process serves page after page. What a page does to it ends in one error that says so, and the next page finds a
new one. It ends with its parent, however that ends: nobody is left to ask it.
"""

import atexit
from typing import TYPE_CHECKING, Any, cast

from parsers.errors import ParserStopped
from parsers.record import Record

from ..bounds import PARSER_BOUNDS, ParserBounds
from ..errors import ParserUnavailable
from . import wire
from .process import Process

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Lock
    from collections.abc import Callable

    from parsers.effective import Effective
    from parsers.registry import Claim

_TRIES = 3  # for a page whose process was ended by somebody else


class _Call:
    """One page that a *process* is asked about: its reply or error once it *is_over*; *tell* tells who waits."""

    process: Process

    def __init__(self, task: wire.Task, body: bytes, arguments: dict[str, Any]) -> None:
        self.task: wire.Task = task
        self.body = body
        self.arguments = arguments
        self.tries = 0
        self.reply: memoryview | None = None
        self.error: Exception | None = None
        self.tell: Callable[[], None] = lambda: None

    @property
    def is_over(self) -> bool:
        return self.reply is not None or self.error is not None

    def result(self) -> Any:
        if self.reply is not None:
            return wire.decode_reply(self.task, self.reply)
        raise self.error or AssertionError  # asked for before it is over


class Worker:
    """A process that parses, one page at a time, started when it is first needed. Of one thread."""

    def __init__(self, bounds: ParserBounds = PARSER_BOUNDS) -> None:
        self.bounds = bounds
        self._process: Process | None = None
        self._call: _Call | None = None
        self._turns: tuple[AbstractEventLoop, Lock] | None = None

    @property
    def pid(self) -> int | None:
        """The number of the process, None where there is none at present."""
        return self._process.pid if self._process else None

    def parse(self, body: bytes, **arguments: Any) -> Record:
        """What `parsers.parse` gives and raises.

        This and the others raise ParserStopped for a page that costs more than one may, or crashes the process, and
        ParserUnavailable where no process can be had.
        """
        return cast("Record", self._done("parse", body, arguments))

    def judge_page(self, body: bytes, **arguments: Any) -> "Effective | None":
        """What `parsers.effective.judge_page` gives and raises."""
        return cast("Effective | None", self._done("judge_page", body, arguments))

    def claims(self, body: bytes, **arguments: Any) -> "tuple[Claim, ...]":
        """What `parsers.registry.claims` gives and raises."""
        return cast("tuple[Claim, ...]", self._done("claims", body, arguments))

    async def parse_ahead(self, body: bytes, **arguments: Any) -> Record:
        """What `parse` gives and raises, while other tasks go on."""
        async with self._turn():
            call = self._begin(_Call("parse", body, arguments))
            try:
                while not call.is_over:
                    await self._something(call)
            except BaseException:
                self.close()
                raise
        return cast("Record", call.result())

    def _done(self, task: wire.Task, body: bytes, arguments: dict[str, Any]) -> Any:
        """What *task* gives; what others have under way is finished first."""
        while self._call:
            self._hear(self._call)
        call = self._begin(_Call(task, body, arguments))
        try:
            while not call.is_over:
                self._hear(call)
        except BaseException:
            self.close()  # else the next one who asks gets this answer
            raise
        return call.result()

    def close(self) -> None:
        """Ends the process, if there is one; the next page starts another."""
        call, process, self._call, self._process = self._call, self._process, None, None
        if call:
            call.tell()
        if process:
            process.close()

    def _turn(self) -> "Lock":
        """Whose turn it is among the tasks of this loop."""
        import asyncio  # noqa: PLC0415 -- costs start-up time; whoever comes here has it

        loop = asyncio.get_running_loop()
        if self._turns is None or self._turns[0] is not loop:
            self._turns = (loop, asyncio.Lock())
        return self._turns[1]

    def _begin(self, call: _Call) -> _Call:
        if self._process is None:
            self._process = Process(self.bounds)
        self._call, call.process = call, self._process
        call.tries += 1
        call.process.ask(call.task, call.body, call.arguments)
        return call

    async def _something(self, call: _Call) -> None:
        """Waits until there is something to hear about *call*, and takes it."""
        from asyncio import get_running_loop  # noqa: PLC0415

        loop, process = get_running_loop(), call.process
        waiter = loop.create_future()

        def tell() -> None:
            # Before anybody else can have a descriptor of this number.
            loop.remove_reader(process.replies)
            if not waiter.done():
                waiter.set_result(None)

        call.tell = tell
        loop.add_reader(process.replies, tell)
        late = loop.call_later(process.patience_s, process.end_overdue)
        try:
            await waiter
        finally:
            late.cancel()
            tell()
            call.tell = lambda: None
        if not call.is_over and call.process is process:
            self._take(call)

    def _hear(self, call: _Call) -> None:
        """Waits for what the process says about *call*, and takes it."""
        call.process.wait()
        self._take(call)

    def _take(self, call: _Call) -> None:
        if call.process.hear():
            call.reply = call.process.reply
        else:
            self._process = None
            call.tell()
            self._judge(call)
        if call.is_over:
            self._call = None
            call.tell()

    def _judge(self, call: _Call) -> None:
        """What becomes of *call* now that its process has ended."""
        ending = call.process.ended()
        if ending.fault != "page" and call.tries < _TRIES:
            self._begin(call)
        elif ending.fault == "start":
            call.error = ParserUnavailable(f"the process that parses pages {ending.what}; try fonds doctor")
        else:
            call.error = ParserStopped(f"the parser was {ending.what}")


WORKER = Worker()
atexit.register(WORKER.close)
