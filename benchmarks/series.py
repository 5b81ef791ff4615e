"""Series of revisions of real pages, for the storage benchmark: from packed series, from pairs, from a repository."""

import csv
import gzip
import lzma
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

_LEAST_REVISIONS = 20
_SUFFIXES = (".html", ".md", ".py", ".toml", ".txt")


@dataclass(frozen=True, slots=True)
class Revision:
    """What a page said at one time: *host* and *url* name the page."""

    host: str
    url: str
    body: bytes


def series(path: Path) -> list[Revision]:
    """The revisions at *path*, in the order a crawl meets them: the first of every page, then the second, and so on.

    *path* is a packed series (`.db.xz`, SQLite with the table `rev (id, host, url, seq, ts, body)`), a folder with
    `pairs.csv`, whose consecutive revisions make a series for each page, or a git repository: there each file of pages
    or text with 20 revisions or more is a page, as long as it kept its name.
    """
    if path.name.endswith(".db.xz"):
        found = _packed(path)
    elif (path / "pairs.csv").is_file():
        found = _pairs(path)
    else:
        found = _repository(path)
    pages: dict[str, list[Revision]] = {}
    for one in found:
        pages.setdefault(one.url, []).append(one)
    return [one for turn in zip_longest(*pages.values()) for one in turn if one is not None]


def _packed(path: Path) -> Iterator[Revision]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(lzma.decompress(path.read_bytes()))
        for host, url, body in connection.execute("select host, url, body from rev order by url, seq"):
            yield Revision(host, url, bytes(body) if isinstance(body, bytes) else body.encode())


def _pairs(folder: Path) -> Iterator[Revision]:
    """Each file once, by its date: a pair's second file is often the next one's first."""
    with (folder / "pairs.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    seen = {}
    for row in rows:
        for place, side in enumerate(("before", "after")):
            seen[row[side]] = (row["page"], row["seen"], place)
    for file, (page, _, _) in sorted(seen.items(), key=lambda item: item[1]):
        yield Revision(page.partition("/")[0], page, gzip.decompress((folder / file).read_bytes()))


def _repository(folder: Path) -> Iterator[Revision]:
    for name in _git(folder, "ls-files").decode().splitlines():
        if not name.endswith(_SUFFIXES):
            continue
        commits = _git(folder, "rev-list", "--reverse", "HEAD", "--", name).decode().split()
        if len(commits) < _LEAST_REVISIONS:
            continue
        for commit in commits:
            body = _git(folder, "show", f"{commit}:{name}")
            if body:
                yield Revision(folder.name, name, body)


def _git(folder: Path, *words: str) -> bytes:
    command = ["git", "-C", str(folder), *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)  # noqa: S603 -- git
    return done.stdout if done.returncode == 0 else b""
