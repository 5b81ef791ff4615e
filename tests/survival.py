"""Commands for the kill loop and the fault sweep: a crawl as a program would run it, and a check of what it left.

survival.py crawl ARCHIVE SOURCES       crawls; a crawl that is refused because another one runs counts as done
survival.py check ARCHIVE [ACKS]        exit 1 when the archive is damaged, or an acknowledged capture is lost,
                                        or a page was fetched again after its capture was committed
"""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from scraper.archive import Archive

_ACKNOWLEDGED = re.compile(r"captured (\d+) (\S+) \S+")
_REFETCHED = """
select url, crawl_id, count(*) from capture where page_id is not null and crawl_id is not null
group by url_key, crawl_id having count(*) > 1
"""


def crawl(archive: str, sources: str) -> int:
    """Runs one crawl as a process of its own; gives its exit code, 0 where another crawl holds the source."""
    command = [sys.executable, "-c", "from scraper.cli import main; main()", "--archive", archive, "--sources", sources]
    run = subprocess.run([*command, "crawl", "--progress", "lines"], stderr=subprocess.PIPE, check=False)
    sys.stderr.buffer.write(run.stderr)
    return 0 if b"is running: process" in run.stderr else run.returncode


def check(archive: str, acks: str = "") -> int:
    """Prints what is wrong with *archive*, one line each; 1 where anything is."""
    if not Path(archive).exists():
        sys.stdout.write("no archive yet\n")
        return 0
    wrong = [*_damage(archive), *(_lost(archive, Path(acks).read_text(encoding="utf-8")) if acks else ())]
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


def _damage(path: str) -> Iterator[str]:
    with Archive(path) as archive:
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
    sys.exit({"crawl": crawl, "check": check}[command](*arguments))
