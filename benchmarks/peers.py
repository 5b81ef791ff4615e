"""The crawlers that are compared: how each is called, and what it has in its archive afterwards."""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from . import site
from .origin import HOSTS, Origin

HERE = Path(__file__).resolve().parent
ARCHIVE = "archive.db"
_SYSTEM = "not installed: make system"
_ARCHIVERS_OWN = frozenset({"/robots.txt", "/sitemap.xml"})  # read by some on their own account, followed from no page


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A crawler of the whole site. *command* makes it crawl an origin from a folder; *kept* reads what it kept there.

    *missing* says why it cannot run, "" where it can. *keeps_redirects* is False for one that only follows them.
    """

    name: str
    command: Callable[[Origin, Path], list[str]]
    kept: Callable[[Path], Iterator[tuple[str, int]]]
    missing: str = ""
    keeps_redirects: bool = True

    def difference(self, folder: Path) -> str:
        """How what was kept in *folder* differs from what the site has to give; "" where it does not."""
        kept = {urlsplit(url).path: status for url, status in self.kept(folder)}
        expected = {path: status for path, status in site.answers().items() if self.keeps_redirects or status != 301}
        kept = {path: status for path, status in kept.items() if path not in _ARCHIVERS_OWN}
        wrong = sorted(path for path in kept.keys() | expected.keys() if kept.get(path) != expected.get(path))
        if not wrong:
            return ""
        first = wrong[0]
        return (
            f"{self.name}: {len(wrong)} of {len(expected)} answers are not as served; {first}: "
            f"found {kept.get(first)}, expected {expected.get(first)}"
        )


def environment() -> dict[str, str]:
    """The environment of all contestants: this tree first, and no archive of the user's."""
    paths = [str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {name: value for name, value in os.environ.items() if not name.startswith("FONDS_")} | {
        "PYTHONPATH": os.pathsep.join(paths)
    }


def fonds_options() -> frozenset[str]:
    """The options of `fonds crawl` in this tree."""
    done = subprocess.run(  # noqa: S603 -- our own program
        [*fonds("."), "crawl", "--help"], env=environment(), capture_output=True, text=True, check=True
    )
    return frozenset(word.rstrip(",") for word in done.stdout.split() if word.startswith("--"))


def fonds(folder: Path | str) -> list[str]:
    """The command fonds, its archive and its sources in *folder*."""
    program = str(Path(sys.executable).with_name("fonds"))
    return [program, "--archive", f"{folder}/{ARCHIVE}", "--sources", f"{folder}/sources"]


def write_source(folder: Path, origin: Origin, *, seeds: list[str], depth: int, include: tuple[str, ...] = ()) -> None:
    """A source file in *folder* that crawls *origin* from *seeds* as fast as it answers."""
    hosts = sorted({urlsplit(seed).netloc for seed in seeds})
    # 16 connections to one host; of many hosts each has one, as the default is.
    connections = 16 if len(hosts) == 1 else 1
    values = {
        "title": site.PUBLISHER, "seeds": seeds, "include": list(include), "depth": depth, "delay_s": 0, "pace": 0,
        "connections": connections, "allow_addresses": hosts,
    }  # fmt: skip
    (folder / "sources").mkdir()
    # A JSON value of these kinds is a TOML value too.
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in values.items())
    (folder / "sources" / "site.toml").write_text("".join(lines), encoding="utf-8")


def fonds_peer(name: str, options: list[str]) -> Peer:
    """Our own crawl with *options*, from the home page."""

    def command(origin: Origin, folder: Path) -> list[str]:
        write_source(folder, origin, seeds=[f"{origin.base}/"], depth=20)
        return [*fonds(folder), "crawl", *options]

    return Peer(name=name, command=command, kept=_kept_by_fonds)


def scrapy_peer(python: str) -> Peer:
    """Scrapy storing to SQLite, run by the Python *python*."""

    def command(origin: Origin, _: Path) -> list[str]:
        return [*scrapy(python, "scrapy_archive.py"), "-a", f"base={origin.base}"]

    missing = "" if scrapy_version(python) else f"not installed for {python}: pip install 'fonds[bench]'"
    return Peer(name="Scrapy", command=command, kept=_kept_by_scrapy, missing=missing, keeps_redirects=False)


def scrapy(python: str, spider: str) -> list[str]:
    """Scrapy with the spider in the file *spider* of this folder."""
    return [python, "-m", "scrapy", "runspider", str(HERE / spider)]


def wget_peer() -> Peer:
    """wget, which writes a WARC file besides its mirror."""

    def command(origin: Origin, _: Path) -> list[str]:
        return ["wget", "--quiet", "--mirror", "--warc-file=wget", "--compression=auto", f"{origin.base}/"]

    missing = "" if shutil.which("wget") else _SYSTEM
    return Peer(name="wget", command=command, kept=_kept_by_wget, missing=missing)


def lists_of_hosts(origin: Origin) -> list[str]:
    """A list of reports on each of the origin's hosts, another one on every host in turn."""
    return [f"{origin.base_of(host)}{site.listing(host % site.LISTS + 1)}" for host in range(1, HOSTS + 1)]


def scrapy_version(python: str) -> str:
    """The version of Scrapy that *python* has, "" where it has none."""
    if not shutil.which(python):
        return ""
    code = "from importlib.metadata import version; print(version('scrapy'))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 -- as told
    return done.stdout.strip()


def _kept_by_fonds(folder: Path) -> Iterator[tuple[str, int]]:
    with closing(sqlite3.connect(folder / ARCHIVE)) as database:
        for final_url, status, hops in database.execute("select final_url, status, hops from capture"):
            yield from ((hop["url"], hop["status"]) for hop in json.loads(hops))
            yield final_url, status


def _kept_by_scrapy(folder: Path) -> Iterator[tuple[str, int]]:
    with closing(sqlite3.connect(folder / "scrapy.db")) as database:
        yield from database.execute("select url, status from page")


def _kept_by_wget(folder: Path) -> Iterator[tuple[str, int]]:
    with gzip.open(folder / "wget.warc.gz") as file:
        while head := _warc_head(file):
            content = file.read(int(head["content-length"]))
            if head["warc-type"] == "response":
                yield head["warc-target-uri"].strip("<>"), int(content.split(maxsplit=2)[1])


def _warc_head(file: gzip.GzipFile) -> Mapping[str, str]:
    """The fields of the next record in *file*, their names in lower case; none at its end."""
    fields: dict[str, str] = {}
    for line in file:
        name, colon, value = line.decode().partition(":")
        if colon:
            fields[name.lower()] = value.strip()
        elif fields:
            break
    return fields
