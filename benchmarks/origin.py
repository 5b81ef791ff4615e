"""The origin: nginx on 127.0.0.1 that serves the site of `benchmarks.site` from a folder of its own."""

import shutil
import socket
import subprocess
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

HOSTS = 64
_START_S = 10.0
_SETTLE_S = 0.3
_CONFIGURATION = """
daemon off;
master_process off;
pid {run}/nginx.pid;
error_log {run}/error.log warn;
events {{ worker_connections 4096; }}
http {{
  types {{ text/html html; application/rss+xml rss; application/xml xml; text/plain txt; }}
  charset utf-8; charset_types text/plain application/xml;
  log_format answers '$status $uri';
  access_log {run}/access.log answers;
  client_body_temp_path {run}/client; proxy_temp_path {run}/proxy; fastcgi_temp_path {run}/fastcgi;
  uwsgi_temp_path {run}/uwsgi; scgi_temp_path {run}/scgi;
  sendfile on; tcp_nopush on; keepalive_timeout 65; keepalive_requests 100000;
  gzip_static on; gzip_vary on; etag on; open_file_cache max=2000 inactive=600s;
  server {{
    {listen}
    root {site}; absolute_redirect off;
    location ~ ^/old/(\\d+)$ {{ return 301 /report/$1.html; }}
    location ^~ /broken/ {{ return 500 "broken"; }}
    location / {{ add_header Cache-Control "public, max-age=0, must-revalidate"; }}
  }}
}}
"""


class Origin:
    """A server, for as long as it is entered. *site* is served, *run* holds its configuration and its logs.

    It is reached under 127.0.0.1 to 127.0.0.64, which a crawler takes for as many hosts; `base` is the first of them.
    """

    def __init__(self, site: Path, run: Path) -> None:
        self.port = _free_port()
        self.base = self.base_of(1)
        self._run = run
        self._log = run / "access.log"
        self._read = 0
        listen = "".join(f"listen 127.0.0.{host}:{self.port};" for host in range(1, HOSTS + 1))
        run.mkdir(parents=True, exist_ok=True)
        (run / "nginx.conf").write_text(_CONFIGURATION.format(run=run, site=site, listen=listen), encoding="utf-8")

    def base_of(self, host: int) -> str:
        """The URL of *host*, from 1, without a slash at its end."""
        return f"http://127.0.0.{host}:{self.port}"

    def answered(self) -> Counter[int]:
        """How many answers of each status were given since this was asked last."""
        # nginx writes a line when it has sent an answer, which may be a moment after its client has ended.
        time.sleep(_SETTLE_S)
        with self._log.open("rb") as file:
            file.seek(self._read)
            lines = file.read().splitlines()
            self._read = file.tell()
        return Counter(int(line.split(maxsplit=1)[0]) for line in lines)

    def __enter__(self) -> Self:
        nginx = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin") or "nginx"
        log = str(self._run / "error.log")
        self._process = subprocess.Popen(  # noqa: S603 -- a program of the system's, with our own arguments
            [nginx, "-p", str(self._run), "-c", str(self._run / "nginx.conf"), "-e", log], stderr=subprocess.DEVNULL
        )
        ends_at = time.monotonic() + _START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > ends_at:
                self._stop()
                said = Path(log).read_text(encoding="utf-8", errors="replace").strip()
                raise RuntimeError(f"nginx did not start on 127.0.0.1:{self.port}: {said or 'it says nothing'}")
            time.sleep(0.02)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def is_installed() -> bool:
    """Whether there is an nginx to start."""
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin") is not None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
