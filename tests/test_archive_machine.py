"""Whatever is done to an archive in whatever order, it tells what a model in memory does, and verifies.

Crawls by a publisher's whims, imports, kills by SIGKILL in the middle, bytes taken down, backups and what is put back
from them, pages read again: 100 sequences of 25 steps, 500 of 50 with FONDS_SOAK=1.
"""

import gzip
import os
import signal
import warnings
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from archive_model import Model, expected, expected_version, told, told_of_version
from building import URL, capture, day, record
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from parsers.record import Record
from scraper.archive import Archive
from scraper.archive.copies import restore
from scraper.archive.fixity import Extent, Verification
from scraper.capture import Capture
from scraper.diff import diff
from scraper.errors import BytesRemoved
from scraper.loader import load
from scraper.reparse import due, reparse

SOAK = bool(os.environ.get("FONDS_SOAK"))
SEQUENCES, STEPS = (500, 50) if SOAK else (100, 25)
PAGES = tuple(f"{URL}/{number}" for number in range(3))
# Long enough to be stored beside each other, and so alike that no version of it is in doubt.
REPORT = [f"In village {number} the commission heard {number * 7} witnesses over three days." for number in range(40)]
_EVERY = 50  # of SQLite's steps: as often it is asked whether the time to be killed has come

page = st.sampled_from(range(len(PAGES)))
says = st.sampled_from("abc")  # the text of a page; what does not belong to it differs besides
noise = st.integers(0, 2)
coding = st.sampled_from(["", "", "gzip", "gzip-1"])
moment = st.integers(0, 400)


def body(number: int, text: str, nonce: int) -> bytes:
    """A page as it is sent: its first line is no part of the report."""
    lines = [f"nonce {number} {nonce} {'x' * 40 * nonce}", f"Report {number}.", *REPORT, f"Edition {text}."]
    return "\n".join(lines).encode()


class Publisher:
    """What each page answers now."""

    def __init__(self) -> None:
        self.answers: dict[int, dict[str, Any]] = {number: {"says": "a", "nonce": 0, "coding": ""} for number in (0, 1)}

    def answer(self, number: int, etag: str, at: datetime) -> tuple[Capture, str]:
        """The capture that comes of asking for a page, on condition that it is not *etag*; and what it says."""
        url = PAGES[number]
        now = self.answers.get(number, {"status": 404})
        if "status" in now:
            gone = now["status"] in (404, 410)
            words = f"{now['status']}: nothing here".encode()
            outcome = "missing" if gone else "failed"
            reason = f"the server answered {now['status']}"
            return capture(words, at, url=url, outcome=outcome, status=now["status"], reason=reason), ""
        content = body(number, now["says"], now["nonce"])
        if now.get("breaks"):
            half = content[: len(content) // 2]
            return capture(half, at, url=url, outcome="truncated", reason="the connection broke off"), ""
        tag = f'"{sha256(content).hexdigest()[:8]}{now["coding"]}"'
        if tag == etag:
            return capture(None, at, url=url, outcome="not-modified", status=304, content_type=""), ""
        return page_capture(content, at, url, coding=now["coding"], response_headers=(("ETag", tag),)), now["says"]


def page_capture(content: bytes, at: datetime, url: str, *, coding: str, **fields: Any) -> Capture:
    """A capture of *content*, packed as *coding* says."""
    if not coding:
        return capture(content, at, url=url, **fields)
    packed = gzip.compress(content, 1 if coding.endswith("1") else 6, mtime=0)
    return capture(packed, at, url=url, coding="gzip", decoded=content, **fields)


class Machine(RuleBasedStateMachine):
    """An archive, and the model beside it."""

    room: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(dir=self.room)
        self.path = Path(self.folder.name) / "a.db"
        self.model = Model()
        self.publisher = Publisher()
        self.hours = 0
        self.revision = 1
        self.saved: tuple[Model, int] | None = None
        self.archive = self.opened(create=True)

    def teardown(self) -> None:
        self.look_at_everything()
        self.archive.close()
        self.folder.cleanup()

    def opened(self, *, create: bool = False) -> Archive:
        archive = Archive(self.path, create=create)
        archive.db.execute("pragma synchronous = off")  # no test of ours cuts the power
        return archive

    def later(self, hours: int = 24) -> datetime:
        self.hours += hours
        return day(1) + timedelta(hours=self.hours)

    def parse(self, content: bytes, *, url: str, content_type: str | None = None) -> Record:
        _, *lines = content.decode().split("\n")
        by = f"Read by {self.revision}." if self.revision > 1 else "Read first."
        return record(*lines, by, url=url, media_type=content_type or "text/html", revision=self.revision)

    # A publisher, and who captures it -------------------------------------------------------------------------------

    @rule(number=page, text=says, nonce=noise, coding=coding)
    def publish(self, number: int, text: str, nonce: int, coding: str) -> None:
        self.publisher.answers[number] = {"says": text, "nonce": nonce, "coding": coding}

    @rule(number=page, status=st.sampled_from([404, 404, 410, 500]))
    def fail(self, number: int, status: int) -> None:
        self.publisher.answers[number] = {"status": status}

    @rule(number=page)
    def break_off(self, number: int) -> None:
        now = self.publisher.answers.get(number, {})
        self.publisher.answers[number] = {**now, "breaks": not now.get("breaks")} if "says" in now else now or {
            "status": 500
        }  # fmt: skip

    def plan(self) -> list[tuple[Capture, str]]:
        """What a crawl is going to bring."""
        asked = []
        for number, url in enumerate(PAGES):
            validators = self.archive.validators(url)
            asked.append(self.publisher.answer(number, validators.etag if validators else "", self.later(1)))
        self.later()
        return asked

    def crawl_as_planned(self, archive: Archive, plan: list[tuple[Capture, str]], done: Callable[[], object]) -> None:
        at = day(1) + timedelta(hours=self.hours)
        crawl = archive.begin_crawl(["watch"], at)
        archive.add_urls("watch", PAGES, depth=0, found_by="seed", crawl_id=crawl.id)
        for made, _ in plan:
            load(archive, made, source="watch", crawl_id=crawl.id, parse=self.parse)
            done()
        archive.end_crawl(crawl.id, at, {})
        archive.checkpoint(at)

    @rule()
    def crawl(self) -> None:
        plan = self.plan()
        self.crawl_as_planned(self.archive, plan, lambda: None)
        self.take(plan)

    def take(self, plan: list[tuple[Capture, str]]) -> None:
        """The model has the captures of *plan* too."""
        for made, text in plan:
            self.model.add(len(self.model.seen) + 1, made, text)

    @rule(number=page, text=says, nonce=noise, coding=coding, days=st.integers(0, 20), minute=st.integers(1, 59))
    def import_(self, number: int, text: str, nonce: int, coding: str, days: int, minute: int) -> None:
        at = day(1) + timedelta(hours=max(self.hours - 24 * days, 0), minutes=minute)
        made = page_capture(body(number, text, nonce), at, PAGES[number], coding=coding, method="import")
        load(self.archive, made, parse=self.parse)
        self.take([(made, text)])

    # What is done to an archive -------------------------------------------------------------------------------------

    @rule()
    def open_again(self) -> None:
        self.archive.close()
        self.archive = self.opened()

    @rule(steps=moment)
    def crawl_and_be_killed(self, steps: int) -> None:
        plan = self.plan()
        acknowledged = self.killed(lambda archive, done: self.crawl_as_planned(archive, plan, done), steps)
        kept = len(self.archive.captures()) - len(self.model.seen)
        assert acknowledged <= kept <= acknowledged + 1
        self.take(plan[:kept])

    @precondition(lambda self: self.model.with_bytes())
    @rule(place=st.integers(0, 1000))
    def redact(self, place: int) -> None:
        number, alike = self.chosen(place)
        self.take_down(self.archive, number)
        self.model.remove(alike)
        assert b"nonce" not in b"".join(self.raw_frames(alike))

    @precondition(lambda self: self.model.with_bytes())
    @rule(place=st.integers(0, 1000), steps=moment)
    def redact_and_be_killed(self, place: int, steps: int) -> None:
        number, alike = self.chosen(place)
        self.killed(lambda archive, _: self.take_down(archive, number), steps)
        if self.archive.redaction(number):
            self.model.remove(alike)

    def chosen(self, place: int) -> tuple[int, list[int]]:
        """A capture that has its bytes, and all that share them."""
        there = self.model.with_bytes()
        number = there[place % len(there)].number
        alike = self.model.alike(number)
        assert list(self.archive.takedown([number]).captures) == alike
        return number, alike

    def take_down(self, archive: Archive, number: int) -> None:
        at = day(1) + timedelta(hours=self.hours)
        archive.redact(archive.takedown([number]), "a court order", at, diff)
        archive.wipe(at)

    def raw_frames(self, numbers: list[int]) -> list[bytes]:
        """What is stored of the bodies of captures."""
        asked = "select data from body join capture on body_id = body.id where capture.id = ?"
        return [data for number in numbers for (data,) in self.archive.db.execute(asked, (number,))]

    def killed(self, work: Callable[[Archive, Callable[[], object]], None], steps: int) -> int:
        """How often *work* told of something done in a process that was killed after so many *steps*, or ended.

        No connection is open here meanwhile: a child would have its parent's locks for its own.
        """
        self.archive.close()
        ours, theirs = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the child has no use for
            child = os.fork()
        if not child:
            try:
                self.be_killed(work, steps, theirs)
            finally:
                os._exit(1)
        os.close(theirs)
        _, status = os.waitpid(child, 0)
        assert (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL) or os.WEXITSTATUS(status) == 0
        acknowledged = len(os.read(ours, 1000))
        os.close(ours)
        self.archive = self.opened()
        return acknowledged

    def be_killed(self, work: Callable[[Archive, Callable[[], object]], None], steps: int, pipe: int) -> None:
        left = steps

        def count() -> int:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return 0

        archive = self.opened()
        archive.db.conn.set_progress_handler(count, _EVERY)
        work(archive, lambda: os.write(pipe, b"."))
        os._exit(0)

    @precondition(lambda self: self.model.seen)
    @rule()
    def back_up(self) -> None:
        made = self.archive.backup(self.path.with_name("backup.db"), day(1) + timedelta(hours=self.hours))
        assert (made.damage, made.captures) == ((), len(self.model.seen))
        self.saved = (self.model.copy(), self.revision)

    @precondition(lambda self: self.saved)
    @rule()
    def restore(self) -> None:
        assert self.saved is not None
        self.archive.close()
        made = restore(self.path.with_name("backup.db"), self.path, may_replace=True)
        assert made.kept is not None
        made.kept.unlink()
        model, self.revision = self.saved
        self.model = model.copy()
        self.archive = self.opened()

    @rule(is_new=st.booleans())
    def reparse(self, is_new: bool) -> None:
        """All pages are read again, by a parser that reads otherwise where it is a new one."""
        self.revision += is_new
        at = day(1) + timedelta(hours=self.hours)
        pages = due(self.archive, parsers=str(self.revision)).pages
        for done in reparse(self.archive, pages, at, parse=self.parse, parsers=str(self.revision)):
            assert done.outcome != "kept"

    # What is always so ----------------------------------------------------------------------------------------------

    @invariant()
    def captures_and_versions_are_those_of_the_model(self) -> None:
        assert [told(row) for row in self.archive.captures()] == [expected(one) for one in self.model.seen]
        known = {row.url for row in self.archive.pages()}
        for url in PAGES:
            stored = self.archive.versions(url) if url in known else []
            assert [told_of_version(row) for row in stored] == [
                expected_version(version) for version in self.model.versions(url)
            ]
        self.look_at(self.model.seen[-4:])

    @rule()
    def look_at_everything(self) -> None:
        """All bytes are there or gone, all texts are those of their versions, and nothing is found wrong."""
        self.look_at(self.model.seen)
        for url in PAGES:
            for version in self.model.versions(url):
                if version.says:
                    row = self.archive.version(f"{url}@{self.model.versions(url).index(version) + 1}")
                    assert f"Edition {version.says}." in self.archive.record(row).text
        done = Verification()
        assert [one for one in self.archive.verify(Extent(), done) if one.is_damage] == []
        assert done.captures == len(self.model.seen)
        assert done.redacted == sum(one.is_removed for one in self.model.seen)

    def look_at(self, seen: list[Any]) -> None:
        for one in seen:
            if one.capture.body is None:
                continue
            if one.is_removed:
                with pytest.raises(BytesRemoved):
                    self.archive.received(one.number)
                assert self.archive.records(one.number) == ()
            else:
                assert self.archive.received(one.number) == one.capture.body
                if one.capture.content is not None:
                    assert self.archive.body(one.number) == one.capture.content


def test_an_archive_tells_what_a_model_in_memory_does(tmp_path: Path) -> None:
    class Here(Machine):
        room = tmp_path

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
