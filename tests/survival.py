"""Commands for the kill loop and the fault sweep: a crawl as a program would run it, and a check of what it left.

survival.py crawl ARCHIVE SOURCES    crawls in this process, so that faults reach it; a crawl that is refused because
                                     another one runs counts as done, one that does not say clearly how it ended aborts
survival.py fill ARCHIVE SOURCES     the same, and the disk is full once the third capture is acknowledged
survival.py check ARCHIVE [ACKS]     exit 1 when the archive is damaged, or an acknowledged capture is lost,
                                     or a page was fetched again after its capture was committed
"""

import io
import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TextIO

_ACKNOWLEDGED = re.compile(r"captured (\d+) (\S+) \S+")
_REFETCHED = """
select url, crawl_id, count(*) from capture where page_id is not null and crawl_id is not null
group by url_key, crawl_id having count(*) > 1
"""
_DONE, _FINDINGS, _IMPOSSIBLE, _ENDED = 0, 1, 2, (130, 143)
_FULL_AFTER = "captured 3 "


class _Heard(io.TextIOBase):
    """What is written to *stream* reaches it, *hear* is called with it, and *text* keeps it."""

    def __init__(self, stream: TextIO, hear: Callable[[str], object] = lambda _: None) -> None:
        self.text = ""
        self._stream = stream
        self._hear = hear

    def write(self, text: str) -> int:
        self.text += text
        self._stream.write(text)
        self._stream.flush()
        self._hear(text)
        return len(text)

    def flush(self) -> None:
        self._stream.flush()


def crawl(archive: str, sources: str, hear: Callable[[str], object] = lambda _: None) -> int:
    """Runs one crawl; gives its exit code, 0 where it was refused for another one."""
    from scraper.cli import main

    out, err = _Heard(sys.stdout, hear), _Heard(sys.stderr)
    sys.stdout, sys.stderr = out, err
    code: object = None
    try:
        main(["--archive", archive, "--sources", sources, "crawl", "--progress", "lines"])
    except SystemExit as leaving:
        code = leaving.code
    if unclear := _unclear(code, out.text, err.text, archive):
        err.write(f"unclear: {unclear}\n")
        os.abort()
    return _DONE if "is running: process" in err.text else int(str(code))


def fill(archive: str, sources: str) -> int:
    """Crawls on a disk that is full from the third capture on."""

    def hear(text: str) -> None:
        if text.startswith(_FULL_AFTER):
            with suppress(OSError), Path(archive).with_name("filler").open("wb") as file:
                while True:
                    file.write(bytes(1_000_000))
                    file.flush()

    return crawl(archive, sources, hear)


def _unclear(code: object, out: str, err: str, archive: str) -> str:
    """What is wrong with how a crawl said that it ended with *code*, "" where nothing is."""
    errors = [line for line in err.splitlines() if line.startswith("fonds: ")]
    if code in (_DONE, _FINDINGS):
        left = [json.loads(line)["remaining"] for line in out.splitlines() if line.startswith("{")]
        return "" if left == [0] and not errors else f"exit {code} with {left} URLs left and {len(errors)} errors"
    if code == _IMPOSSIBLE or code in _ENDED:
        named = code != _IMPOSSIBLE or all(line.startswith(f"fonds: {archive}: ") for line in errors)
        return "" if len(errors) == 1 and named else f"exit {code} with {errors}, expected one that names the archive"
    return f"exit {code}"


def check(archive: str, acks: str = "") -> int:
    """Prints what is wrong with *archive*, one line each; 1 where anything is."""
    if not Path(archive).exists():
        sys.stdout.write("no archive yet\n")
        return 0
    wrong = [*_damage(archive), *(_lost(archive, Path(acks).read_text(encoding="utf-8")) if acks else ())]
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


def _damage(path: str) -> Iterator[str]:
    from scraper.archive import Archive
    from scraper.archive.fixity import Extent, Verification

    with Archive(path) as archive:
        for finding in archive.verify(Extent(), Verification()):
            if finding.is_damage:
                yield f"{finding.check}: {finding.what}, captures {finding.captures}"
        for pragma in ("integrity_check", "foreign_key_check"):
            rows = archive.db.execute(f"pragma {pragma}").fetchall()
            if rows not in ([], [("ok",)]):
                yield f"{pragma}: {rows[:3]}"
        for capture in archive.captures():
            if capture.body_sha256 and sha256(archive.received(capture.id)).hexdigest() != capture.body_sha256:
                yield f"capture {capture.id}: another body than was stored"
        for url, crawl_id, count in archive.db.execute(_REFETCHED):
            yield f"{url}: {count} captures in crawl {crawl_id}"


def _lost(path: str, said: str) -> Iterator[str]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        kept = dict(connection.execute("select id, url from capture"))
    finally:
        connection.close()
    # The last line may be cut by the kill: it counts only when it was said to its end.
    for number, url in _ACKNOWLEDGED.findall(said.rpartition("\n")[0]):
        if kept.get(int(number)) != url:
            yield f"capture {number} of {url} was acknowledged and is not there"


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    sys.exit({"crawl": crawl, "fill": fill, "check": check}[command](*arguments))
