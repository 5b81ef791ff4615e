"""The demo's publisher: a small web server on 127.0.0.1 whose site is re-published from time to time."""

import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from .editions import Edition, editions
from .site import Answer, answers

_NOT_FOUND = Answer(status=404, media_type="text/html; charset=UTF-8", body=b"<h1>Page not found</h1>")
_IDLE_S = 30


class Publisher:
    """A real HTTP server with the first edition of the site, until `publish` puts up another.

    Use it as a context manager; *url* has no slash at its end. *port* 0 takes a free one; OSError where it is taken.
    """

    def __init__(self, port: int = 0) -> None:
        self._server = _Server(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.publish(editions()[0])

    def publish(self, edition: Edition) -> None:
        """Puts up *edition* in place of what was there, all pages at once."""
        self._server.site = answers(edition, base=self.url)

    def set_clock(self, when: datetime) -> None:
        """Lets answers say *when*, which is aware, as their Date; it is the real time before."""
        self._server.clock = when

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    site: Mapping[str, Answer]
    clock: datetime | None = None
    daemon_threads = True
    # Two demos at once on one port would mix their sites; SO_REUSEADDR only spares the wait for old connections.
    allow_reuse_port = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(address, handler)

    def finish_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        connection = request if isinstance(request, socket.socket) else request[1]
        with self._lock:
            self._open.add(connection)
        try:
            super().finish_request(request, client_address)
        finally:
            with self._lock:
                self._open.discard(connection)

    def server_close(self) -> None:
        """Also ends the connections that clients keep alive, whose threads would otherwise outlive the server."""
        super().server_close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):  # the client was quicker
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Says nothing of a client that hangs up; anything else is a mistake of ours and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "VesperPress/1.0"
    sys_version = ""
    timeout = _IDLE_S
    disable_nagle_algorithm = True  # headers and body are two writes; together they would wait for each other
    server: _Server

    def do_GET(self) -> None:
        """Answers with the page, or with 304 where the client holds the same bytes."""
        answer = self.server.site.get(urlsplit(self.path).path, _NOT_FOUND)
        if answer.status == HTTPStatus.OK and _matches(self.headers.get("If-None-Match", ""), answer.etag):
            self._start(HTTPStatus.NOT_MODIFIED, answer)
            self.end_headers()
            return
        self._start(answer.status, answer)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_HEAD = do_GET  # noqa: N815 -- the base class looks for this name

    def date_time_string(self, timestamp: float | None = None) -> str:
        """*timestamp* for a header; the present by the publisher's clock where that is set."""
        if timestamp is None and self.server.clock is not None:
            timestamp = self.server.clock.timestamp()
        return super().date_time_string(timestamp)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class names it so
        """Says nothing: the demo's own output is what matters."""

    def _start(self, status: int, answer: Answer) -> None:
        self.send_response(status)
        if answer.status == HTTPStatus.OK:
            self.send_header("ETag", answer.etag)
            self.send_header("Cache-Control", "private,max-age=0,must-revalidate")


def _matches(condition: str, etag: str) -> bool:
    """Whether an If-None-Match header covers *etag*, compared weakly (RFC 9110, section 13.1.2)."""
    return condition.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in condition.split(","))
