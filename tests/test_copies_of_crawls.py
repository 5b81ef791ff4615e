"""A backup made while a crawl writes is one that a crawl goes on from: 4 rounds, 20 with FONDS_SOAK=1."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from scraper.archive import Archive

PROJECT = Path(__file__).resolve().parents[1]
FONDS = [sys.executable, "-c", "from scraper.cli import main; main()"]
ROUNDS = 20 if os.environ.get("FONDS_SOAK") else 4
PAGES, LAST = 60, 55
WORDS = "<p>The commission met in valley {0} and heard {0} witnesses over three days of public hearings.</p>"


class Publisher(BaseHTTPRequestHandler):
    """A site of a list and its reports; each takes a moment to come, and the last of them wait until they may."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece
    gate = Event()

    def do_GET(self) -> None:
        number = self.path.removeprefix("/report/")
        if self.path == "/robots.txt":
            body, kind = b"User-agent: *\nDisallow:\n", "text/plain"
        else:
            links = "".join(f'<a href="/report/{page}">Report {page}</a> ' for page in range(PAGES))
            words = f"<h1>Report {number}</h1>{WORDS.format(number) * 5}" if number.isdigit() else links
            body, kind = f"<html><title>{number}</title><main><article>{words}</article></main>".encode(), "text/html"
        time.sleep(0.04)
        if number.isdigit() and int(number) >= LAST:
            self.gate.wait(60)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    Publisher.gate.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        server.daemon_threads = True
        yield f"http://127.0.0.1:{server.server_port}"
        Publisher.gate.set()
        server.shutdown()


class Room:
    """A folder with an archive and a source, and commands as they are typed there."""

    def __init__(self, folder: Path, site: str) -> None:
        self.folder, self.site = folder, site
        values = {
            "title": "Site", "seeds": [f"{site}/"], "include": [f"{site}/report/*"], "delay_s": 0.0, "pace": 0.0,
            "jitter_s": 0.0, "allow_addresses": [site.removeprefix("http://")],
        }  # fmt: skip
        sources = folder / "data" / "sources"
        sources.mkdir(parents=True)
        (sources / "site.toml").write_text("\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items()))

    @property
    def environment(self) -> dict[str, str]:
        own = {"PYTHONPATH": str(PROJECT), "XDG_CONFIG_HOME": str(self.folder / "config")}
        return {name: value for name, value in os.environ.items() if not name.startswith("FONDS_")} | own

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*FONDS, *words], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )  # fmt: skip

    def run(self, *words: str) -> str:
        """What a command printed, which ended well."""
        ran = subprocess.run(
            [*FONDS, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, f"{words}: {ran.returncode}: {ran.stdout}{ran.stderr}"
        return ran.stdout + ran.stderr


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_crawl_goes_on_from_a_backup_that_was_made_while_it_wrote(
    number: int, tmp_path: Path, site: str, record_property: Callable[[str, object], None]
) -> None:
    chance, room = random.Random(number), Room(tmp_path, site)
    with room.start("crawl", "--progress", "lines") as crawl:
        assert crawl.stdout
        for _ in range(chance.randrange(1, LAST // 2)):
            assert crawl.stdout.readline().startswith("captured ")
        time.sleep(chance.random() / 20)
        room.run("backup", "backup.db")
        assert crawl.poll() is None
        crawl.kill()
        went_on = crawl.stdout.read().count("captured ")
    Publisher.gate.set()
    with Archive(tmp_path / "backup.db") as archive:
        kept = {capture.id: capture for capture in archive.captures()}
    record_property(f"backup {number}", f"{len(kept)} captures in it; the crawl told of {went_on} while it was made")
    said = room.run("restore", "backup.db", "--replace")
    assert f"{len(kept)} capture" in said
    assert "kept as " in said
    assert not (tmp_path / "data" / "archive.db-wal").exists()
    room.run("verify")
    room.run("crawl")
    room.run("verify")
    with Archive(tmp_path / "data" / "archive.db") as archive:
        pages = Counter(capture.url for capture in archive.captures() if "/report/" in capture.url)
        assert {capture.id: capture for capture in archive.captures()[: len(kept)]} == kept
        assert all(crawl.ended_at for crawl in archive.crawls())
        assert len(archive.crawls()) == 1
    # Every page, and none that was in the backup was asked for again.
    assert pages == {f"{site}/report/{page}": 1 for page in range(PAGES)}
