import fcntl
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.archive import lock
from scraper.errors import ArchiveBusy

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_the_lock_ends_with_its_block_and_its_file_stays(tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    for _ in range(2):
        with lock.crawl_lock(archive, "site", NOON):
            said = (tmp_path / "a.db.site.lock").read_text()
            assert said == f"process {os.getpid()}, since 2024-03-01 12:00:00 UTC"


def test_two_sources_have_a_lock_each(tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    with lock.crawl_lock(archive, "site", NOON), lock.crawl_lock(archive, "other", NOON):
        pass


def test_a_holder_that_is_only_about_to_say_so_is_named(tmp_path: Path) -> None:
    with (tmp_path / "a.db.site.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)

        def say() -> None:
            held.write("process 7, since noon")
            held.flush()

        saying = threading.Timer(0.05, say)
        saying.start()
        with pytest.raises(ArchiveBusy) as refused, lock.crawl_lock(tmp_path / "a.db", "site", NOON):
            pass
        saying.join()
    assert refused.value.holder == "process 7, since noon"


def test_a_holder_that_never_says_so_is_another_process(tmp_path: Path) -> None:
    with (tmp_path / "a.db.site.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with (
            pytest.raises(ArchiveBusy, match="is running: another process; wait for it"),
            lock.crawl_lock(tmp_path / "a.db", "site", NOON),
        ):
            pass


ASK = """
import sys
from pathlib import Path
from scraper.archive.lock import host_lock
with host_lock(Path(sys.argv[1]), sys.argv[2:]):
    print("asked")
"""


def _ask(archive: Path, *hosts: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(archive), *hosts], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_a_host_is_asked_by_one_process_at_a_time(tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    with lock.host_lock(archive, ["a.example", "b.example"]), lock.host_lock(archive, ["a.example"]):
        assert "another process is crawling host a.example; wait for it" in _ask(archive, "c.example", "a.example")
        assert _ask(archive, "c.example") == "asked\n"
    assert _ask(archive, "b.example", "a.example") == "asked\n"


def test_a_host_stays_held_until_the_last_crawl_of_it_in_this_process_ends(tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    with lock.host_lock(archive, ["a.example"]):
        with lock.host_lock(archive, ["a.example"]):
            pass
        assert "ArchiveBusy" in _ask(archive, "a.example")
