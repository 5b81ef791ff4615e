"""What was acknowledged is there after kill -9, whatever the moment."""

import signal
import sqlite3
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from scraper.archive import Archive

ROUNDS = 5

WRITER = """
import itertools, os, sys
sys.path.insert(0, sys.argv[2])
from building import URL, capture, day, parse_lines
from scraper.archive import Archive
from scraper.loader import load
with Archive(sys.argv[1], create=True) as archive:
    for number in itertools.count(len(archive.captures())):
        text = "\\n".join(f"Paragraph {part} as of {number // (part + 1)}." for part in range(20))
        loaded = load(archive, capture(text, day(number), url=f"{URL}/{number % 3}"), source="watch", parse=parse_lines)
        os.write(1, f"{loaded.capture_id} {text.encode().hex()}\\n".encode())
"""


def _write_until_killed(path: Path, after_s: float) -> list[str]:
    """What a writer acknowledged before it was killed, *after_s* seconds after its first word."""
    command = [sys.executable, "-c", WRITER, str(path), str(Path(__file__).parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(after_s)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
    # The last line may be cut: it counts only when it was said to its end.
    return [line for line in (first + rest).split("\n")[:-1] if line]


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    acknowledged: list[str] = []
    for number in range(ROUNDS):
        acknowledged += _write_until_killed(path, after_s=0.03 + 0.05 * number)
        with Archive(path) as archive:
            assert archive.db.execute("pragma integrity_check").fetchall() == [("ok",)]
            assert archive.db.execute("pragma foreign_key_check").fetchall() == []
            for line in acknowledged:
                capture_id, body = line.split()
                assert archive.body(int(capture_id)) == bytes.fromhex(body)
            for capture in archive.captures():
                assert sha256(archive.body(capture.id)).hexdigest() == capture.body_sha256
            newest = {page.id: archive.captures(page_id=page.id)[-1].id for page in archive.pages()}
            assert newest == {page.id: archive.versions(page)[-1].last_capture_id for page in archive.pages()}
    assert len(acknowledged) > ROUNDS


def test_a_log_left_by_a_killed_writer_is_no_obstacle_to_other_tools(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    acknowledged = _write_until_killed(path, after_s=0.05)
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("select count(*) from capture").fetchone()[0] >= len(acknowledged)
    finally:
        connection.close()
