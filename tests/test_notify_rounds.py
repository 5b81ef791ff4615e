"""What is told to whom: each change once, none lost, whatever ends a process when."""

import asyncio
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from building import URL, capture, day, missing, parse_lines, record
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from parsers.record import Record
from scraper.archive import Archive
from scraper.diff import diff
from scraper.errors import ArchiveBusy, ArchiveError
from scraper.loader import load
from scraper.notify import (
    Message,
    Notify,
    Outbox,
    Relay,
    Sent,
    Target,
    Told,
    Trouble,
    gather,
    message_id,
    prepare,
    send,
)
from scraper.notify.digest import MOST
from scraper.notify.outbox import LONGEST_WAIT, MOST_WAITING

NOW = day(20)


def target(name: str = "desk", **values: Any) -> Relay:
    return Relay(name=name, url_env="UNUSED", **values)


def config(*targets: Target) -> Notify:
    return Notify(folder=Path(), title="Watch archive", targets=targets or (target(),))


@dataclass
class Taker:
    """Takes messages, or says why not, and keeps what it took."""

    answers: dict[str, Sent] = field(default_factory=dict)
    taken: list[Message] = field(default_factory=list)

    async def __call__(self, target: Target, _config: Notify, message: Message, _now: Callable[[], datetime]) -> Sent:
        found = self.answers.get(target.name, Sent(is_taken=True))
        if found.is_taken:
            self.taken.append(message)
        return found

    def urls(self, name: str = "desk") -> list[list[str]]:
        """What each message told, by the summary of each change."""
        return [
            [f"{one['url'].removeprefix(URL)}@{one['version']}" for one in message.payload["data"]["changes"]]
            for message in self.taken
            if message.target == name
        ]


@dataclass
class Desk:
    """An archive with its outbox, and one who is told."""

    archive: Archive
    post: Taker = field(default_factory=Taker)
    said: list[str] = field(default_factory=list)
    now: datetime = NOW

    @property
    def outbox(self) -> Outbox:
        return Outbox.beside(self.archive.path)

    def load(self, text: str | None, at: datetime, name: str = "", **values: Any) -> None:
        one = missing(at) if text is None else capture(text, at, url=f"{URL}{name}", **values)
        load(self.archive, one, source="watch", parse=values.get("parse", parse_lines))

    def prepare(self, *targets: Target) -> None:
        asyncio.run(prepare(self.archive, config(*targets), self.outbox))

    def tell(self, *targets: Target, troubles: Sequence[Trouble] = (), is_asked: bool = False) -> bool:
        async def go() -> bool:
            async with self.outbox.turn():
                await gather(self.archive, config(*targets), self.outbox, now=self.now, troubles=troubles)
                return await send(
                    config(*targets), self.outbox, now=lambda: self.now, say=self.said.append, post=self.post,
                    is_asked=is_asked,
                )  # fmt: skip

        self.now += timedelta(seconds=1)
        return asyncio.run(go())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Archive(tmp_path / "a.db", create=True) as archive:
        yield Desk(archive)


def test_who_is_new_is_told_of_what_comes_from_then_on(desk: Desk) -> None:
    desk.load("one", day(1))
    desk.prepare()
    desk.load("two", day(2))
    desk.load("other", day(2), "-b")
    assert desk.tell()
    assert desk.tell()
    desk.load("three", day(3))
    desk.tell()
    assert desk.post.urls() == [["@2", "-b@1"], ["@3"]]
    desk.tell(target(), target("late"))
    desk.load("four", day(4))
    desk.tell(target(), target("late"))
    assert desk.post.urls("late") == [["@4"]]


def test_nothing_to_say_is_no_message_unless_one_is_always_wanted(desk: Desk) -> None:
    targets = (target(), target("daily", always=True))
    desk.prepare(*targets)
    desk.tell(*targets)
    desk.load("same", day(1))
    desk.tell(*targets)
    desk.load("same", day(2))
    desk.tell(*targets)
    assert (desk.post.urls(), desk.post.urls("daily")) == ([["@1"]], [[], ["@1"], []])


def test_one_message_tells_of_a_whole_crawl_the_most_significant_first_and_counts_the_rest(desk: Desk) -> None:
    desk.prepare()
    for number in range(MOST + 15):
        desk.load("text", day(1), f"-{number:03}")
    desk.load("one two three", day(1))
    desk.load("one two four", day(2))
    for at in range(3, 8):
        desk.load(None, day(at))
    assert desk.tell()
    (message,) = desk.post.taken
    data = message.payload["data"]
    assert data["counts"]["changes"] == MOST + 18
    assert [one["class"] for one in data["changes"]] == ["gone", "words", *["new"] * (MOST - 2)]
    assert len(json.dumps(message.payload)) < 40_000


def test_what_is_held_back_is_told_once_and_the_change_when_somebody_releases_it(desk: Desk) -> None:
    wants = target(include=("changes", "held"))
    desk.load("a long text of a report " * 20, day(1))
    desk.prepare(wants)
    desk.load("short", day(2))
    desk.tell(wants)
    desk.tell(wants)
    (first,) = desk.post.taken
    (held,) = first.payload["data"]["held"]
    assert first.payload["data"]["counts"] == {"changes": 0, "held": 1, "failures": 0, "sources": 0}
    desk.archive.release(held["capture"], NOW, diff)
    desk.tell(wants)
    assert desk.post.urls() == [[], ["@2"]]  # though its capture was made before the last message
    assert [message.payload["data"]["counts"]["held"] for message in desk.post.taken] == [1, 0]


def test_a_failure_is_told_once_until_the_page_was_had_again(desk: Desk) -> None:
    wants, crawl = target(include=("failures",)), desk.archive.begin_crawl(["watch"], day(1)).id
    desk.prepare(wants)

    def fails(at: datetime) -> None:
        one = capture(None, at, outcome="failed", status=500, reason="status 500 (Internal Server Error)")
        load(desk.archive, one, source="watch", parse=parse_lines, crawl_id=crawl)

    for at in (1, 2):
        fails(day(at))
        desk.tell(wants)
    load(desk.archive, capture("well", day(3)), source="watch", parse=parse_lines, crawl_id=crawl)
    desk.tell(wants)
    fails(day(4))
    desk.tell(wants)
    failures = [[one["reason"] for one in message.payload["data"]["failures"]] for message in desk.post.taken]
    assert failures == [["status 500 (Internal Server Error)"]] * 2


def test_trouble_with_a_source_is_told_once_while_it_lasts_whatever_it_counts(desk: Desk) -> None:
    wants = target(include=("failures",))
    desk.prepare(wants)
    for text in (
        "found 12 pages, expected 40 to 400",
        "found 13 pages, expected 40 to 400",
        "",
        "found 9 pages, expected 40 to 400",
    ):
        desk.tell(wants, troubles=[Trouble(source="watch", text=text)] if text else [])
    assert [message.payload["data"]["sources"][0]["text"][:8] for message in desk.post.taken] == [
        "found 12",
        "found 9 ",
    ]


def test_a_message_that_fails_is_kept_and_sent_before_what_comes_later(desk: Desk) -> None:
    desk.prepare()
    desk.post.answers["desk"] = Sent(is_taken=False, problem="answered 500")
    desk.load("one", day(1))
    assert not desk.tell()
    desk.load("two", day(2))
    assert not desk.tell()
    assert desk.said[:2] == [
        "desk: answered 500",
        "desk: kept; the next crawl or `fonds notify --retry` sends it again",
    ]
    assert [(one.attempts, one.said) for one in desk.outbox.waiting()] == [(2, "answered 500"), (0, "")]
    desk.post.answers.clear()
    assert desk.tell()
    assert desk.post.urls() == [["@1"], ["@2"]]
    assert desk.outbox.waiting() == []


def test_one_target_that_fails_keeps_no_other_from_being_told(desk: Desk) -> None:
    targets = (target("bad"), target("good"))
    desk.prepare(*targets)
    desk.post.answers["bad"] = Sent(is_taken=False, problem="no")
    desk.load("one", day(1))
    desk.tell(*targets)
    assert (desk.post.urls("good"), desk.post.urls("bad")) == ([["@1"]], [])


def test_messages_that_wait_are_bounded_and_nothing_is_lost_by_that(desk: Desk) -> None:
    desk.prepare()
    desk.post.answers["desk"] = Sent(is_taken=False, problem="no")
    for number in range(MOST_WAITING + 10):
        desk.load(f"text {number}", day(1) + timedelta(hours=number))
        desk.tell()
    assert len(desk.outbox.waiting()) == MOST_WAITING
    desk.post.answers.clear()
    desk.tell()
    desk.tell()
    told = [one for message in desk.post.urls() for one in message]
    assert sorted(told) == sorted(f"@{number}" for number in range(1, MOST_WAITING + 11))


def test_who_wants_no_more_gets_none_until_somebody_asks_for_it(desk: Desk) -> None:
    desk.prepare()
    desk.post.answers["desk"] = Sent(is_taken=False, problem="answered 410 (Gone)", is_stopped=True)
    desk.load("one", day(1))
    desk.tell()
    desk.post.answers.clear()
    desk.load("two", day(2))
    desk.tell()
    assert desk.post.taken == []
    desk.tell(is_asked=True)
    desk.tell()
    assert desk.post.urls() == [["@1"], ["@2"]]


def test_a_wait_that_was_asked_for_is_waited_for(desk: Desk) -> None:
    desk.prepare()
    desk.post.answers["desk"] = Sent(is_taken=False, problem="answered 503", wait_s=3600)
    desk.load("one", day(1))
    desk.tell()
    desk.post.answers.clear()
    desk.now += timedelta(minutes=59)
    assert not desk.tell()
    desk.now += timedelta(minutes=2)
    assert desk.tell()


def test_a_message_that_waited_for_a_month_is_given_up_and_that_is_said(desk: Desk) -> None:
    desk.prepare()
    desk.post.answers["desk"] = Sent(is_taken=False, problem="no")
    desk.load("one", day(1))
    desk.tell()
    desk.now += LONGEST_WAIT + timedelta(seconds=1)
    assert desk.tell()
    assert desk.said[-1] == "desk: a message of 2024-01-20 was given up: no"


def test_recipients_that_were_not_reached_are_kept(desk: Desk) -> None:
    desk.prepare()
    desk.post.answers["desk"] = Sent(is_taken=True, problem="refused: b", left=("b@example.org",))
    desk.load("one", day(1))
    assert not desk.tell()
    (waiting,) = desk.outbox.waiting()
    assert waiting.left == ("b@example.org",)
    desk.post.answers.clear()
    assert desk.tell()
    assert [message.left for message in desk.post.taken] == [None, ("b@example.org",)]


def test_a_message_comes_with_the_same_id_and_the_same_words_each_time(desk: Desk) -> None:
    desk.prepare()
    desk.post.answers["desk"] = Sent(is_taken=True, left=("x",))
    desk.load("one", day(1))
    desk.tell()
    desk.load("two", day(2))
    desk.tell()
    one, again, *_ = desk.post.taken
    assert (one.id, one.payload, one.made_at) == (again.id, again.payload, again.made_at)


def test_a_process_that_ends_before_it_noted_what_it_told_tells_nothing_twice(desk: Desk) -> None:
    desk.prepare()
    before = desk.outbox.told("desk")
    assert before
    desk.load("one", day(1))
    desk.post.answers["desk"] = Sent(is_taken=False, problem="no")
    desk.tell()
    desk.outbox.keep_told("desk", before)  # as a kill between the two leaves it
    desk.post.answers.clear()
    desk.tell()
    desk.tell()
    assert desk.post.urls() == [["@1"]]


class _Ended(Exception):
    """A process that ends there and then."""


class _Dying(Outbox):
    """An outbox whose process ends at its *steps*-th step: before what that does, or just after it."""

    def __init__(self, folder: Path, steps: int, *, after: bool) -> None:
        super().__init__(folder)
        self._steps = steps
        self._after = after

    def put(self, message: Message) -> None:
        self._step(lambda: super(_Dying, self).put(message))

    def keep_told(self, target: str, told: Told) -> None:
        self._step(lambda: super(_Dying, self).keep_told(target, told))

    def remove(self, message: Message) -> None:
        self._step(lambda: super(_Dying, self).remove(message))

    def _step(self, work: Callable[[], None]) -> None:
        self._steps -= 1
        if self._steps == 0 and not self._after:
            raise _Ended
        work()
        if self._steps == 0:
            raise _Ended


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("steps", range(1, 9))
def test_a_process_that_ends_at_any_step_loses_no_change_and_tells_none_in_two_messages(
    desk: Desk, steps: int, after: bool
) -> None:
    targets = (target("one"), target("two"))
    desk.prepare(*targets)
    desk.load("one", day(1))

    async def dies() -> None:
        outbox = _Dying(desk.outbox.folder, steps, after=after)
        async with outbox.turn():
            await gather(desk.archive, config(*targets), outbox, now=NOW)
            await send(config(*targets), outbox, now=lambda: NOW, say=desk.said.append, post=desk.post)

    with suppress(_Ended):
        asyncio.run(dies())
    desk.load("two", day(2))
    desk.tell(*targets)
    desk.tell(*targets)
    for name in ("one", "two"):
        messages = {message.id: message for message in desk.post.taken if message.target == name}
        told = [one["version"] for message in messages.values() for one in message.payload["data"]["changes"]]
        assert sorted(told) == [1, 2]


def test_what_was_told_stays_told_when_pages_get_other_numbers(desk: Desk, tmp_path: Path) -> None:
    desk.prepare()
    desk.load("one", day(1))
    desk.load("two", day(2))
    desk.tell()
    with Archive(tmp_path / "b.db", create=True) as anew:
        other = Desk(anew, desk.post)
        other.load("another page", day(1), "-0")
        other.load("one", day(1))
        other.load("two", day(2))
        desk.outbox.folder.rename(other.outbox.folder)
        other.tell()
    assert desk.post.urls() == [["@2", "@1"], ["-0@1"]]


def test_what_a_better_parser_reads_is_no_news(desk: Desk) -> None:
    desk.load("one", day(1))
    desk.prepare()

    def anew(body: bytes, *, url: str, content_type: str | None = None) -> Record:
        return record(body.decode(), "Found by a better parser.", url=url, revision=2)

    load(desk.archive, capture("one", day(2)), source="watch", parse=anew)
    desk.tell()
    assert desk.post.taken == []


def test_files_that_are_none_of_ours_are_left_alone(desk: Desk) -> None:
    desk.prepare()
    folder = desk.outbox.folder
    foreign = {"desk.x.message.json": b"{", "desk.y.message.json": b'{"schema": "other"}', "note.txt": b"hello"}
    for name, content in foreign.items():
        (folder / name).write_bytes(content)
    desk.load("one", day(1))
    assert desk.tell()
    assert {name: (folder / name).read_bytes() for name in foreign} == foreign
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {one.stat().st_mode & 0o777 for one in folder.glob("desk.told.json")} == {0o600}


def test_a_message_for_nobody_any_more_is_said(desk: Desk) -> None:
    desk.prepare()
    desk.post.answers["desk"] = Sent(is_taken=False, problem="no")
    desk.load("one", day(1))
    desk.tell()
    assert not desk.tell(target("other"))
    assert desk.said[-1] == "desk: a message of 2024-01-20 waits, and nothing is called so any more"


def test_two_at_once_take_turns_and_one_that_waits_too_long_says_so(desk: Desk) -> None:
    async def go() -> None:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        impatient = Outbox(desk.outbox.folder, sleep=sleep)
        async with desk.outbox.turn():
            with pytest.raises(ArchiveBusy, match="the next crawl tells what this one has found"):
                async with impatient.turn():
                    raise AssertionError
        assert sum(slept) >= 60
        async with impatient.turn():
            pass

    asyncio.run(go())


def test_an_outbox_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "a.db.outbox").write_text("in the way")

    async def go() -> None:
        async with Outbox(tmp_path / "a.db.outbox").turn():
            raise AssertionError

    with pytest.raises(ArchiveError, match="nothing can be written there: File exists"):
        asyncio.run(go())


def test_the_id_of_a_message_is_its_own() -> None:
    told = Told(changes=frozenset({"a", "b"}))
    assert message_id("desk", {"x": 1}, told) == message_id("desk", {"x": 1}, Told(changes=frozenset({"b", "a"})))
    others = {
        message_id("desk", {"x": 2}, told),
        message_id("mail", {"x": 1}, told),
        message_id("desk", {"x": 1}, Told()),
    }
    assert message_id("desk", {"x": 1}, told) not in others
    assert len(others) == 3


KILLS = 4
SENDER = """
import asyncio, os, sys
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from building import URL, capture, day, parse_lines
from scraper.archive import Archive
from scraper.loader import load
from scraper.notify import Notify, Outbox, Webhook, gather, prepare, send
path, url = Path(sys.argv[1]), sys.argv[2]
place = url.split("/")[2]
hook = Webhook(name="desk", url=url, secret_env="KEY", allow_addresses=(place,))
config = Notify(folder=path.parent, targets=(hook,))
async def main():
    with Archive(path, create=True) as archive:
        outbox = Outbox.beside(path)
        await prepare(archive, config, outbox)
        print("ready", flush=True)
        while (number := len(archive.captures())) < int(sys.argv[4]):
            load(archive, capture(f"text {number}", day(number + 1)), source="watch", parse=parse_lines)
            if number % 2:
                await tell(archive, outbox)
        await tell(archive, outbox)
async def tell(archive, outbox):
    now = lambda: datetime.now(UTC)
    async with outbox.turn():
        await gather(archive, config, outbox, now=now())
        await send(config, outbox, now=now, say=lambda line: print(line, file=sys.stderr))
asyncio.run(main())
"""


def test_kill_9_at_any_moment_loses_no_change_and_tells_none_in_two_messages(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    came: dict[str, bytes] = {}

    def take(request: Request) -> Response:
        number = request.headers["webhook-id"]
        assert came.setdefault(number, request.data) == request.data
        return Response(status=204)

    httpserver.expect_request("/hook").respond_with_handler(take)
    path, count = tmp_path / "a.db", 30
    arguments = [str(path), httpserver.url_for("/hook"), str(Path(__file__).parent), str(count)]
    environment = {"KEY": "whsec_" + "QUJD" * 10, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    chance = random.Random(6)
    for number in range(KILLS + 1):
        with subprocess.Popen(
            [sys.executable, "-c", SENDER, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True,
        ) as process:  # fmt: skip
            assert process.stdout
            process.stdout.readline()
            if number < KILLS:
                time.sleep(chance.uniform(0.05, 0.6))
                process.send_signal(signal.SIGKILL)
            _, said = process.communicate()
        assert said == ""
    assert process.returncode == 0
    told = [one["version"] for body in came.values() for one in json.loads(body)["data"]["changes"]]
    assert sorted(told) == list(range(1, count + 1))
    assert len(came) > KILLS
