"""A server on 127.0.0.1 that answers byte for byte what a test says, so that broken answers can be sent too."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

Serve = Callable[[asyncio.StreamWriter], Awaitable[None]]
What = bytes | Serve | list[bytes]
ROBOTS = b"User-agent: *\nDisallow:\n"


def answer(body: bytes = b"", *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: text/html", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Clock:
    """A steady clock that stands still but for those who sleep by it."""

    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


class RawServer:
    """*paths* maps a path to the bytes of its answer, to a function that writes them, or to a list used up in turn.

    *connections* counts those made, *asked* and *heads* are the requests in their order.
    """

    def __init__(self, paths: Mapping[str, What], *, tls: ssl.SSLContext | None = None) -> None:
        self.paths: dict[str, What] = {"/robots.txt": answer(ROBOTS), **paths}
        self.tls = tls
        self.port = 0
        self.connections = 0
        self.asked: list[str] = []
        self.heads: list[str] = []
        self.handlers: set[asyncio.Task[None]] = set()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"{'https' if self.tls else 'http'}://{self.place}{path}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.handlers.add(task)
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                self.asked.append(path)
                self.heads.append(head.decode("latin-1"))
                what = self.paths.get(path, answer(status="404 Not Found"))
                if isinstance(what, list):
                    what = what.pop(0) if len(what) > 1 else what[0]
                if callable(what):
                    await what(writer)
                    break
                writer.write(what)
                await writer.drain()
                if b"Connection: close" in what:
                    break
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running(server: RawServer) -> AsyncIterator[RawServer]:
    """*server* listening, on the port it had before if it ran already."""
    server.handlers.clear()
    listener = await asyncio.start_server(server.handle, "127.0.0.1", server.port, ssl=server.tls)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for task in server.handlers:
            task.cancel()
        await asyncio.gather(*server.handlers, return_exceptions=True)
