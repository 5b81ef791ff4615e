"""Hostile pages: a record or one clear line, a capture in any case, and bounded CPU time and memory."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Run, runner
from hostile_pages import CHARSETS, HOSTILE

from parsers.errors import ParserError, ParserFailed, ParserStopped
from scraper.archive import Archive
from scraper.bounds import ParserBounds
from scraper.worker import Worker

URL = "https://example.org/reports/velmora"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
ENDINGS = {"text/html": "html", "text/markdown": "md", "text/plain": "txt", "application/pdf": "pdf"}
DEAR = [kind for kind, hostile in HOSTILE.items() if hostile.says == "CPU time"]
QUICK = [kind for kind in HOSTILE if kind not in DEAR]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(tmp_path, monkeypatch, capsys)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


@pytest.fixture
def hurried() -> Iterator[Worker]:
    """One with a tenth of the CPU time."""
    worker = Worker(ParserBounds(cpu_s=1))
    yield worker
    worker.close()


@pytest.mark.parametrize("kind", QUICK)
def test_a_hostile_page_gives_a_record_or_one_line(kind: str, worker: Worker) -> None:
    hostile = HOSTILE[kind]
    try:
        record = worker.parse(hostile.body, url=URL, content_type=hostile.type)
    except ParserError as error:
        assert not isinstance(error, ParserStopped | ParserFailed)
        assert (hostile.outcome, "\n" in str(error)) == ("unparsed", False)
        assert hostile.says in str(error)
        return
    assert hostile.outcome != "unparsed"
    assert bool(record.held) == (hostile.outcome == "held")
    assert hostile.keeps in record.text
    assert not UNSTORABLE.search(record.to_json())


@pytest.mark.parametrize("kind", DEAR)
def test_a_page_that_costs_more_than_a_page_may_is_stopped(kind: str, hurried: Worker) -> None:
    with pytest.raises(ParserStopped, match=r"^the parser was stopped after 1 s of CPU time$"):
        hurried.parse(HOSTILE[kind].body, url=URL, content_type=HOSTILE[kind].type)


@pytest.mark.parametrize("label", CHARSETS)
def test_only_encodings_of_the_web_are_known(label: str, worker: Worker) -> None:
    body, charset, words = CHARSETS[label]
    record = worker.parse(body, url=URL, content_type=f"text/html; charset={charset}" if charset else "text/html")
    assert words in f"{record.title} {record.text}"


@pytest.mark.parametrize("kind", [*QUICK, *(DEAR if os.environ.get("FONDS_SOAK") else ())])
def test_a_hostile_file_is_kept_and_said_in_one_line(kind: str, run: Run, tmp_path: Path) -> None:
    hostile = HOSTILE[kind]
    file = tmp_path / f"page.{ENDINGS[hostile.type]}"
    file.write_bytes(hostile.body)
    shown = run("parse", file, "--url", URL)
    assert shown.code == {"new": 0, "held": 1, "unparsed": 2}[hostile.outcome]
    assert len(shown.err.splitlines()) == (hostile.outcome != "new")
    assert len(shown.out.splitlines()) == (hostile.outcome != "unparsed")
    assert hostile.says in shown.err
    assert not CONTROL.search(shown.err)

    if len(hostile.body) > 50_000_000:
        assert run("import", file, "--url", URL).code == 2
        return
    Archive(tmp_path / "a.db", create=True).close()
    kept = run("--archive", "a.db", "import", file, "--url", URL)
    assert (kept.code, kept.err) == (int(hostile.outcome != "new"), "")
    (line,) = kept.out.splitlines()
    assert line.startswith(f"{hostile.outcome} {file}")
    assert not CONTROL.search(line)
    with Archive(tmp_path / "a.db") as archive:
        assert archive.body(1) == hostile.body
        assert len(archive.versions(URL)) == (hostile.outcome == "new")
