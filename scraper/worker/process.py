"""Process: one life of the worker, from its start to what ended it."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path
from select import POLLIN, poll
from typing import Any, Literal

from ..bounds import ParserBounds
from ..errors import ParserUnavailable
from . import wire

# The package may lie anywhere: what is imported here is imported there.
_ROOT = str(Path(__file__).resolve().parents[2])
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from scraper.worker.child import main; main()"
_PIPE_BYTES = 1 << 20  # most pages pass in one piece then, without one side waiting for the other
_READ_BYTES = 1 << 16
_STEP_S = 1.0
_START_S = 120.0  # which takes a fifth of a second where nothing else goes on
# Memory given back after each page and asked for again with the next costs a fiftieth of the time (glibc; others do
# not look at these).
_KEEPING = {"MALLOC_TRIM_THRESHOLD_": "256000000", "MALLOC_MMAP_THRESHOLD_": "64000000"}
# What others send: to a process that is in their way, or where memory is short.
_FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


@dataclass(frozen=True, slots=True)
class Ending:
    """What ended a process, in words, and whose *fault* it was: the page's, its own start's or somebody else's."""

    fault: Literal["page", "start", "outside"]
    what: str


class Process:
    """A running worker, asked about one page at a time. *reply* is its answer, None until that is whole."""

    def __init__(self, bounds: ParserBounds) -> None:
        limits = (str(bounds.cpu_s), str(bounds.memory_bytes), str(bounds.record_bytes))
        asked, self._requests = os.pipe()
        self.replies, answers = os.pipe()
        alive, self._alive = os.pipe()  # which nobody writes to; its end is how the process hears of ours
        try:
            # In a group of its own, as a Ctrl-C is meant for its parent.
            self._popen = subprocess.Popen(  # noqa: S603 -- our own program
                [sys.executable, "-P", "-c", _PROGRAM, _ROOT, *limits, str(alive)],
                stdin=asked, stdout=answers, pass_fds=(alive,), process_group=0, env=os.environ | _KEEPING,
            )  # fmt: skip
        except OSError as error:
            _close(self._requests, self.replies, self._alive)
            raise ParserUnavailable(f"the process that parses pages cannot be started: {error.strerror}") from error
        finally:
            _close(asked, answers, alive)
        for descriptor in (self._requests, self.replies):
            with suppress(OSError):  # others may have had all that the system grants
                fcntl(descriptor, F_SETPIPE_SZ, _PIPE_BYTES)
        self._waiting = poll()
        self._waiting.register(self.replies, POLLIN)
        self._bounds = bounds
        self._is_ready = self._is_overdue = False
        self._heard = bytearray()
        self._profile: object = None
        self.reply: memoryview | None = None

    @property
    def pid(self) -> int:
        """Its number."""
        return self._popen.pid

    def ask(self, task: wire.Task, body: bytes, arguments: dict[str, Any]) -> None:
        """Sends what is asked, and the body it is about; whether it arrived shows when the process is heard."""
        self._heard, self.reply = bytearray(), None
        if profile := arguments.get("profile"):
            arguments = arguments | ({"profile": wire.SAME} if profile is self._profile else {})
            self._profile = profile
        request = wire.encode_request(task, arguments, len(body))
        with suppress(BrokenPipeError):
            for message in (request, body):
                rest = memoryview(message)
                while rest:
                    rest = rest[os.write(self._requests, rest) :]

    @property
    def patience_s(self) -> float:
        """How long to wait for it."""
        return self._bounds.wait_s if self._is_ready else _START_S

    def wait(self) -> None:
        """Waits until there is something to hear; past the bound the process is ended, which is something to hear."""
        left_s = self.patience_s
        # By steps: Python acts on a signal that came right before a step when that is over.
        while not self._waiting.poll(min(left_s, _STEP_S) * 1000):
            left_s -= _STEP_S
            if left_s <= 0:
                self.end_overdue()
                return

    def end_overdue(self) -> None:
        """Ends the process for not having answered in time."""
        self._is_overdue = True
        self._popen.kill()

    def hear(self) -> bool:
        """Takes what there is to hear; false once the process has ended."""
        piece = os.read(self.replies, max(_READ_BYTES, wire.missing(self._heard)))
        if not piece:
            return False
        if not self._is_ready:
            self._is_ready = True
            piece = piece[len(wire.READY) :]
        self._heard += piece
        if not wire.missing(self._heard):
            self.reply = memoryview(self._heard)[wire.LENGTH_BYTES :]
        return True

    def ended(self) -> Ending:
        """What ended the process, which has ended."""
        code = self._popen.wait()
        self.close()
        if self._is_overdue and self._is_ready:
            return Ending("page", f"stopped after {self._bounds.wait_s:g} s")
        if (code == 0 and self._is_ready) or (-code in _FROM_OUTSIDE and not self._is_overdue):
            return Ending("outside", "ended again and again by somebody else, or for want of memory on this machine")
        if not self._is_ready:
            return Ending("start", f"ended with code {code} before it could be asked")
        if code == -signal.SIGPROF:
            return Ending("page", f"stopped after {self._bounds.cpu_s:g} s of CPU time")
        if code == wire.OUT_OF_MEMORY:
            return Ending("page", f"stopped at {self._bounds.memory_bytes / 1e6:,.0f} MB of memory")
        return Ending("page", f"crashed ({signal.Signals(-code).name if code < 0 else f'code {code}'})")

    def close(self) -> None:
        """Ends the process, if it has not ended."""
        self._popen.kill()
        self._popen.wait()
        _close(self._requests, self.replies, self._alive)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
