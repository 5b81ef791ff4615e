"""Child: the program of the worker. It answers page after page, until its parent says no more or it is ended."""

import gc
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import F_SETFL, F_SETOWN, fcntl
from typing import Any, BinaryIO

from parsers.effective import judge_page
from parsers.errors import TooComplex
from parsers.registry import claims, parse

from ..bounds import ParserBounds
from . import wire

_TASKS: dict[wire.Task, Callable[..., object]] = {"parse": parse, "judge_page": judge_page, "claims": claims}
# Whoever ends the parent may signal all of its processes: the parent still waits for an answer then.
_IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_KEPT = 4  # a process that keeps more than this part of the memory it may have is replaced


def main() -> None:
    """Serves the parent over standard input and output, within the bounds that the arguments name."""
    for ignored in _IGNORED:
        signal.signal(ignored, signal.SIG_IGN)
    bounds = ParserBounds(cpu_s=float(sys.argv[2]), memory_bytes=int(sys.argv[3]), record_bytes=int(sys.argv[4]))
    _end_with_parent(int(sys.argv[5]))
    resource.setrlimit(resource.RLIMIT_AS, (bounds.memory_bytes, bounds.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    replies = os.dup(1)
    for number in (1, 2):  # what a library prints is no answer
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    _write(replies, wire.READY)
    try:
        serve(sys.stdin.buffer, replies, bounds)
    except MemoryError:
        os._exit(wire.OUT_OF_MEMORY)
    except BrokenPipeError:
        pass  # the parent is gone
    os._exit(0)  # nothing here is worth an orderly end


def serve(requests: BinaryIO, replies: int, bounds: ParserBounds) -> None:
    """Answers *requests* until there are no more, or until this process has grown so much that another is better."""
    statm = os.open("/proc/self/statm", os.O_RDONLY)
    profile = None
    while start := requests.read(wire.LENGTH_BYTES):
        task, arguments, body_bytes = wire.decode_request(requests.read(wire.length_of(start)))
        body = requests.read(body_bytes)
        if len(body) < body_bytes:
            return  # the parent was killed while it wrote
        if arguments.get("profile") == wire.SAME:
            arguments["profile"] = profile
        profile = arguments.get("profile") or profile
        with _bounded(bounds.cpu_s):
            reply = wire.framed(_reply(task, body, arguments, bounds.record_bytes))
        _write(replies, reply)
        del body, reply
        if _memory(statm) > bounds.memory_bytes // _KEPT:
            return


def _end_with_parent(alive: int) -> None:
    """Ends this process, wherever it is, also within a library, once its parent has ended.

    That closes the other end of *alive*, of which SIGIO tells. The pipe of requests would not do: the system tells of
    what was written to it late, also when that has been read already.
    """
    fcntl(alive, F_SETOWN, os.getpid())
    fcntl(alive, F_SETFL, os.O_ASYNC)


@contextmanager
def _bounded(cpu_s: float) -> Iterator[None]:
    """Where this process ends when *cpu_s* of CPU time have passed: by default the signal ends it wherever it is."""
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)


def _memory(statm: int) -> int:
    """The bytes of memory that count against the bound."""
    return int(os.pread(statm, 20, 0).partition(b" ")[0]) * resource.getpagesize()


def _reply(task: wire.Task, body: bytes, arguments: dict[str, Any], most: int) -> bytes:
    try:
        reply = wire.encode_result(_TASKS[task](body, **arguments))
    except MemoryError:
        raise
    except Exception as error:  # whatever it is, the parent is told
        return wire.encode_error(error)
    if len(reply) > most:
        return wire.encode_error(TooComplex(bound="bytes of what was found", limit=most, found=len(reply)))
    return reply


def _write(descriptor: int, message: bytes) -> None:
    rest = memoryview(message)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
