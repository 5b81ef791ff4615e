"""Whatever becomes of pages, nobody is shown a change twice, and none is kept from them.

Captures now and then, merged and split pages, readings anew, releases, removed bytes, looks under two names: 60
sequences of 20 steps, 300 of 40 with FONDS_SOAK=1.
"""

import json
import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from building import URL, capture, day, record
from click.testing import CliRunner
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from parsers.record import Record
from scraper.archive import Archive
from scraper.claims import compare
from scraper.cli.main import fonds
from scraper.errors import UsageError
from scraper.loader import load
from scraper.reparse import due, reparse

SOAK = bool(os.environ.get("FONDS_SOAK"))
SEQUENCES, STEPS = (300, 40) if SOAK else (60, 20)
PAGES = tuple(f"{URL}/{number}" for number in range(3))
STANDS = [f"In village {number} the commission heard {number * 7} witnesses." for number in range(12)]

page = st.sampled_from(PAGES)
says = st.sampled_from("abcd")
name = st.sampled_from(["ana", "ben"])
Change = tuple[str, ...]


class Machine(RuleBasedStateMachine):
    """An archive, and what was shown to whom, each change by the URL and the time of its capture."""

    room: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(dir=self.room)
        self.path = Path(self.folder.name) / "a.db"
        self.hours, self.revision = 24, 1
        self.shown: dict[str, set[Change]] = {"ana": set(), "ben": set()}
        self.archive = Archive(self.path, create=True)
        self.archive.db.execute("pragma synchronous = off")  # no test of ours cuts the power

    def teardown(self) -> None:
        self.archive.close()
        self.folder.cleanup()

    def parse(self, content: bytes, *, url: str, content_type: str | None = None) -> Record:
        return record(*content.decode().split("\n"), f"Read by {self.revision}.", url=url, revision=self.revision)

    def load(self, url: str, text: str, hours: int, **more: Any) -> None:
        body = "\n".join([*STANDS, f"Edition {text}."])
        load(self.archive, capture(body, day(1) + timedelta(hours=hours), url=url, **more), parse=self.parse)

    @rule(url=page, text=says)
    def crawl(self, url: str, text: str) -> None:
        self.hours += 24
        self.load(url, text, self.hours)

    @rule(url=page, text=says, back=st.integers(1, 200))
    def import_(self, url: str, text: str, back: int) -> None:
        self.load(url, text, self.hours - back, method="import")

    @rule(url=page)
    def vanish(self, url: str) -> None:
        self.hours += 24
        at = day(1) + timedelta(hours=self.hours)
        gone = capture(None, at, url=url, outcome="missing", status=410, reason="the server answered 410")
        load(self.archive, gone, parse=self.parse)

    @rule(one=page, other=page)
    def merge(self, one: str, other: str) -> None:
        with suppress(UsageError):  # they are one already, or one of them is not there yet
            self.archive.merge(one, other, compare)

    @rule(url=page)
    def split(self, url: str) -> None:
        with suppress(UsageError):  # it is a page's own, or none's
            self.archive.split(url, compare)

    @rule()
    def read_anew(self) -> None:
        self.revision += 1
        self.hours += 1
        at = day(1) + timedelta(hours=self.hours)
        pages = due(self.archive, parsers=str(self.revision)).pages
        list(reparse(self.archive, pages, at, parse=self.parse, parsers=str(self.revision)))

    @rule()
    def release(self) -> None:
        for row in self.archive.held()[:1]:
            self.archive.release(row.capture_id, day(400), compare)

    @rule(place=st.integers(0, 50))
    def redact(self, place: int) -> None:
        found = [row for row in self.archive.captures() if row.body_sha256]
        if found:
            with suppress(UsageError):  # it has no bytes any more
                gone = self.archive.takedown([found[place % len(found)].id])
                self.archive.redact(gone, "court order 3/2024", day(400), compare)

    @rule(who=name, limit=st.sampled_from(["1", "2", "100"]))
    def look(self, who: str, limit: str) -> None:
        expected = self.changes() - self.shown[who]
        rows = self.told("--since-last-look", who, "--limit", limit)
        found = [self.change(row["capture"], row["cause"], row["after_version"], row["page"]) for row in rows]
        assert len(set(found)) == len(found) == min(int(limit), len(expected))
        assert set(found) <= expected
        self.shown[who] |= set(found)

    @rule(who=name)
    def peek(self, who: str) -> None:
        rows = self.told("--since-last-look", who, "--peek")
        found = {self.change(row["capture"], row["cause"], row["after_version"], row["page"]) for row in rows}
        assert found == self.changes() - self.shown[who]

    @rule(who=name)
    def forget(self, who: str) -> None:
        assert self.archive.forget_look(who) == len(self.shown[who])
        self.shown[who] = set()

    @invariant()
    def flags_are_where_they_belong(self) -> None:
        assert self.archive.count_unflagged() == 0
        assert self.archive.db.execute("pragma foreign_key_check").fetchall() == []

    def told(self, *options: str) -> list[dict[str, Any]]:
        ran = CliRunner().invoke(fonds, ["--archive", str(self.path), "changes", *options, "--format", "jsonl"])
        assert ran.exit_code == 0, ran.output
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def changes(self) -> set[Change]:
        rows = self.archive.changes()
        return {self.change(row.capture_id, row.cause, row.after_seq, row.page_id) for row in rows}

    def change(self, capture_id: int, cause: str, seq: int | None, page_id: int) -> Change:
        made = self.archive.capture(capture_id)
        known = (made.url, made.captured_at.isoformat())
        return known if cause == "publisher" else (*known, self.archive.version(f"{page_id}@{seq}").content_digest)


def test_nobody_is_shown_a_change_twice_and_none_is_kept_from_them(tmp_path: Path) -> None:
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
