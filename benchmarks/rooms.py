"""Where the CPU seconds of a fonds command go, by room of the program.

    python -m benchmarks.rooms rooms.json --archive a.db crawl

runs fonds with the arguments after the first, and writes seconds by room to that file. The stack is looked at for every
few milliseconds of CPU time; what passed since the last look goes to the innermost frame that belongs to a room.
"""

import json
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

_EVERY_S = 0.002
_PROJECT = Path(__file__).resolve().parents[1]
START, OTHER = "start of Python", "other"
# Of frames outside the project: what they are part of. The first that a file's path contains counts.
_LIBRARIES = {
    "/sqlite_utils/": "scraper.archive", "/sqlite3/": "scraper.archive", "/backports/zstd": "scraper.archive",
    "/httpx2/": "scraper.fetch", "/httpcore2/": "scraper.fetch", "/h11/": "scraper.fetch", "/anyio/": "scraper.fetch",
    "/asyncio/": "scraper.fetch", "/selectors.py": "scraper.fetch", "/ssl.py": "scraper.fetch",
    "/protego": "scraper.fetch", "/bs4/": "parsers", "/selectolax/": "parsers", "/msgspec": "scraper.sources",
}  # fmt: skip
SHARES = {
    "fetch": ("scraper.fetch", "scraper.coding", "scraper.capture"),
    "parse": ("parsers",),
    "store": ("scraper.archive",),
    "crawl": ("scraper.crawl", "scraper.urls", "scraper.sources", "scraper.cli", "scraper.bounds"),
    "versions": ("scraper.loader", "scraper.diff", "scraper.prose"),
    "imports": ("imports", START),
}


class Sampler:
    """Counts CPU seconds by room while it runs; a process has one at a time."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float, {START: time.process_time()})
        self._seen = time.process_time()
        self._rooms: dict[str, str] = {}

    def start(self) -> None:
        """Begins to look."""
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _EVERY_S, _EVERY_S)

    def stop(self) -> None:
        """Ends, and counts what passed since the last look as other."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._count(OTHER)

    def _look(self, _: int, frame: FrameType | None) -> None:
        self._count(self._room_of(frame))

    def _count(self, room: str) -> None:
        # A long call in C takes several ticks and is looked at once, so the time is counted and not the looks.
        now = time.process_time()
        self.seconds[room] += now - self._seen
        self._seen = now

    def _room_of(self, frame: FrameType | None) -> str:
        found = ""
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith("<frozen importlib"):
                return "imports"
            found = found or self._room_of_file(name)
            frame = frame.f_back
        return found or OTHER

    def _room_of_file(self, name: str) -> str:
        if name not in self._rooms:
            self._rooms[name] = room_of_file(name)
        return self._rooms[name]


def room_of_file(name: str) -> str:
    """The room that the source file *name* belongs to, "" where it belongs to none."""
    path = Path(name)
    if path.is_relative_to(_PROJECT) and path.is_absolute():
        parts = path.relative_to(_PROJECT).with_suffix("").parts
        return "parsers" if parts[0] == "parsers" else ".".join(parts[:2]) if parts[0] == "scraper" else ""
    return next((room for part, room in _LIBRARIES.items() if part in name), "")


def shares(seconds: Mapping[str, float]) -> dict[str, float]:
    """The seconds of the parts of a crawl, by *seconds* of rooms; what is in no part is "other"."""
    parts = {part: sum(seconds.get(room, 0.0) for room in rooms) for part, rooms in SHARES.items()}
    return parts | {OTHER: sum(seconds.values()) - sum(parts.values())}


def _main(result: str, arguments: list[str]) -> None:
    sampler = Sampler()
    sampler.start()
    try:
        from scraper.cli import main  # noqa: PLC0415 -- its imports are part of what is looked at

        main(arguments)
    finally:
        sampler.stop()
        Path(result).write_text(json.dumps(sampler.seconds), encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
