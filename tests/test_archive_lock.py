import fcntl
import os
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
