import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from building import record

import parsers
from parsers.effective import judge_page
from parsers.errors import (
    AmbiguousLayout,
    FieldError,
    ParserError,
    ParserFailed,
    ParserStopped,
    TooComplex,
    UnknownLayout,
    UnreadableBody,
)
from parsers.outline import Line, Outline
from parsers.profile import LearnedLine, Profile
from parsers.record import (
    Account,
    AlertLevel,
    Block,
    Chrome,
    Country,
    Entry,
    Figure,
    Flag,
    Mark,
    Match,
    Recommendation,
    Record,
    Stage,
)
from parsers.registry import claims
from scraper.bounds import ParserBounds
from scraper.errors import ParserUnavailable
from scraper.worker import Worker, wire
from scraper.worker.child import serve

URL = "https://example.org/reports/velmora"
HTML = "text/html; charset=utf-8"
PROJECT = Path(__file__).resolve().parents[1]
FIXTURES = sorted(path for path in (PROJECT / "fixtures").rglob("*.html"))
PAGE = b"<h1>Velmora</h1><article>" + b"<p>The army closed the border in March, and many people fled.</p>" * 20
# More than half a second's work, and within all bounds of `guard`.
LONG = b"<article>" + b"<p>The army</p>" * 290_000


@pytest.fixture
def started() -> Iterator[Callable[..., Worker]]:
    """Workers with the bounds given; none of them outlives the test."""
    workers: list[Worker] = []

    def start(**bounds: float) -> Worker:
        workers.append(Worker(ParserBounds(**bounds)))
        return workers[-1]

    yield start
    for worker in workers:
        worker.close()


@pytest.fixture
def worker(started: Callable[..., Worker]) -> Worker:
    """One that has been asked before."""
    worker = started()
    assert worker.parse(PAGE, url=URL).title == "Velmora"
    return worker


def _pid(worker: Worker) -> int:
    assert worker.pid is not None
    return worker.pid


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(claim: Callable[[], bool]) -> None:
    for _ in range(1000):
        if claim():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to be")


# What comes back ------------------------------------------------------------------------------------------------------


def test_a_record_comes_back_as_it_was_made(worker: Worker) -> None:
    assert FIXTURES
    for path in FIXTURES:
        body = path.read_bytes()
        apart, here = (read(body, url=URL, content_type=HTML) for read in (worker.parse, parsers.parse))
        assert (path, apart, apart.to_json(), apart.outline) == (path, here, here.to_json(), here.outline)


def test_every_field_of_a_record_comes_back() -> None:
    sent = replace(
        record("The army closed the border."),
        **dict.fromkeys("headline byline organisation language canonical_url site_name".split(), "e\u0301 \U0001f30d"),
        **dict.fromkeys(("masthead", "authors"), ("A", "B")),
        **dict.fromkeys(("published", "modified", "published_from", "modified_from", "profile"), "2024-01"),
        lead=Figure(image="i", caption="c", credit="r"),
        blocks=(
            Block(kind="table", text="a", rows=(("a", "b"), ("", "c"))),
            Block(
                kind="item", text="link", level=2, ordered=True, marks=(Mark(kind="link", start=0, end=4, target="/"),)
            ),
            Block(kind="figure", text="", figure=Figure(image="/i.png")),
        ),
        facts=(
            Stage(number=9, name="Extermination", model="ten", agrees=False),
            Country(name="Velmora", iso=None, former=True),
            Recommendation(text="End it.", addressees=("All",)),
            AlertLevel(name="Watch", level=1),
            Entry(report="Warning", subject="Ordania"),
        ),
        flags=(Flag(name="a", detail="b", value="c", holds=True),),
        chrome=(Chrome(text="Menu", reason="tag nav", words=1),),
        account=Account(report=1, chrome=2, unclaimed=3, passages=("a", "b")),
        matches=(Match(field="title", selector="h1", found=1),),
        outline=Outline(layout="article", title="A", titles=("A",), lines=(Line("0" * 12, 3, "l", "1"),)),
    )
    assert all(getattr(sent, name) for name in Record.__slots__ if name != "_digests")
    came = wire.decode_reply("parse", wire.encode_result(sent))
    assert (came.to_json(), came.outline) == (sent.to_json(), sent.outline)


@pytest.mark.parametrize(
    "error",
    [
        UnreadableBody("expected a text, found a PDF", found="a PDF"),
        TooComplex(bound="tags", limit=1, found=2),
        UnknownLayout(site="velmora"),
        AmbiguousLayout(layouts=("a", "b")),
        FieldError("h1", found=2, expected="1"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_of_ours_comes_back_as_it_was_raised(error: ParserError) -> None:
    with pytest.raises(type(error)) as caught:
        wire.decode_reply("parse", wire.encode_error(error))
    assert (str(caught.value), vars(caught.value)) == (str(error), vars(error))


def test_a_mistake_in_a_parser_comes_back_with_its_place() -> None:
    def read() -> str:
        return URL[9_999]

    try:
        read()
    except IndexError as mistake:
        reply = wire.encode_error(mistake)
    with pytest.raises(
        ParserFailed, match=r"^the parser failed: IndexError: string index out of range \(test_worker, line "
    ):
        wire.decode_reply("parse", reply)
    with pytest.raises(ParserFailed, match=r"^the parser failed: ValueError: a$"):
        wire.decode_reply("parse", wire.encode_error(ValueError("a")))


def test_arguments_that_a_parser_does_not_know_are_a_mistake_of_ours(worker: Worker) -> None:
    with pytest.raises(ParserFailed, match="unexpected keyword argument 'unknown'"):
        worker.parse(PAGE, url=URL, unknown=1)
    assert worker.parse(PAGE, url=URL).title == "Velmora"


def test_what_is_refused_is_refused_in_the_same_words(worker: Worker) -> None:
    for body in (b"%PDF-1.7", b"<div>" * 100_000, b"\0" * 10_000):
        with pytest.raises(ParserError) as here:
            parsers.parse(body, url=URL, content_type="text/html")
        with pytest.raises(type(here.value)) as apart:
            worker.parse(body, url=URL, content_type="text/html")
        assert str(apart.value) == str(here.value)


def test_a_profile_that_is_the_same_for_page_after_page_is_used_for_each_page_it_is_given_for(worker: Worker) -> None:
    one, two = (
        Profile.of("example.org", [LearnedLine(place="end", key=line.key)])
        for line in parsers.parse(PAGE + b"<p>Mail us.<p>Write us.", url=URL).outline.lines[-2:]
    )
    for profile in (one, one, None, one, two, two, None):
        body = PAGE + (b"<p>Mail us." if profile is one else b"<p>Write us.")
        came = worker.parse(body, url=URL, profile=profile)
        assert came.profile == (profile.id if profile else "")
        assert came.to_json() == parsers.parse(body, url=URL, profile=profile).to_json()


def test_a_page_is_judged_as_here(worker: Worker) -> None:
    for body in (b"<title>Page not found</title><p>Sorry.", PAGE, b"<title>Just a moment...</title>"):
        arguments = {"url": URL, "content_type": "text/html"}
        assert worker.judge_page(body, **arguments) == judge_page(body, **arguments)
    assert worker.judge_page(b"<title>Page not found</title>", **arguments).status == 404


def test_layouts_claim_a_page_as_here(worker: Worker) -> None:
    for path in FIXTURES[::7]:
        assert worker.claims(path.read_bytes(), url=URL, content_type=HTML) == claims(
            path.read_bytes(), url=URL, content_type=HTML
        )


def test_the_program_answers_until_it_is_asked_no_more() -> None:
    (asked, requests), (replies, answers) = os.pipe(), os.pipe()
    profile = Profile.of("example.org", [])
    for task, body, arguments in (
        ("parse", PAGE, {"url": URL, "profile": profile}),
        ("parse", PAGE, {"url": URL, "profile": wire.SAME}),
        ("claims", PAGE, {"url": URL}),
        ("parse", b"%PDF-", {"url": URL, "content_type": "text/html"}),
    ):
        os.write(requests, wire.encode_request(task, arguments, len(body)) + body)
    os.write(requests, wire.encode_request("parse", {}, 1_000) + b"half a page, then nothing")
    os.close(requests)
    with os.fdopen(asked, "rb") as stream:
        serve(stream, answers, ParserBounds(memory_bytes=1 << 40))  # this process is not to be replaced
    os.close(answers)
    with os.fdopen(replies, "rb") as stream:
        told = [stream.read(wire.length_of(stream.read(wire.LENGTH_BYTES))) for _ in range(4)]
        assert stream.read() == b""
    assert told[0] == told[1] == wire.encode_result(parsers.parse(PAGE, url=URL, profile=profile))
    assert wire.decode_reply("claims", told[2]) == claims(PAGE, url=URL)
    with pytest.raises(UnreadableBody):
        wire.decode_reply("parse", told[3])


# One warm process -----------------------------------------------------------------------------------------------------


def test_one_process_is_started_when_it_is_needed_and_serves_page_after_page(started: Callable[..., Worker]) -> None:
    worker = started()
    assert worker.pid is None
    worker.parse(PAGE, url=URL)
    first = _pid(worker)
    for body in (PAGE, b"%PDF-1.7", b"<p>" + b"words " * 500_000, b"", PAGE):
        try:
            worker.parse(body, url=URL)
        except ParserError:
            continue
    assert worker.pid == first


def test_it_has_nothing_open_that_its_parent_has(started: Callable[..., Worker], tmp_path: Path) -> None:
    inherited = os.open(tmp_path / "archive.db", os.O_RDWR | os.O_CREAT)
    os.set_inheritable(inherited, True)
    try:
        worker = started()
        worker.parse(PAGE, url=URL)
        opened = {path.readlink().as_posix() for path in Path(f"/proc/{_pid(worker)}/fd").iterdir()}
    finally:
        os.close(inherited)
    assert {name.partition(":")[0] for name in opened} == {"pipe", "/dev/null", f"/proc/{worker.pid}/statm"}


@pytest.mark.parametrize("last", [PAGE, LONG], ids=["between two pages", "in the midst of a page"])
def test_it_ends_when_its_parent_is_killed(tmp_path: Path, last: bytes) -> None:
    (tmp_path / "last.html").write_bytes(last)
    code = f"""
import os, pathlib, signal, threading
from scraper.worker import WORKER, parse
parse({PAGE!r}, url="{URL}")
print(WORKER.pid, flush=True)
threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGKILL]).start()
while True:
    parse(pathlib.Path("last.html").read_bytes(), url="{URL}")
    signal.pause()
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        check=False,
    )
    assert run.returncode == -signal.SIGKILL
    _until(lambda: not _is_running(int(run.stdout)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_all_processes_of_a_crawl_spares_it(worker: Worker, number: signal.Signals) -> None:
    worker.parse(PAGE, url=URL)
    os.kill(_pid(worker), number)
    before = _pid(worker)
    assert worker.parse(PAGE, url=URL).title == "Velmora"
    assert worker.pid == before


def test_it_is_in_a_process_group_of_its_own(worker: Worker) -> None:
    worker.parse(PAGE, url=URL)
    assert os.getpgid(_pid(worker)) == worker.pid


# What ends it ---------------------------------------------------------------------------------------------------------


def test_a_page_past_its_cpu_time_is_stopped_and_the_next_is_read(started: Callable[..., Worker]) -> None:
    worker = started(cpu_s=0.6)
    with pytest.raises(ParserStopped, match=r"^the parser was stopped after 0.6 s of CPU time$"):
        worker.parse(LONG, url=URL)
    assert worker.pid is None
    assert worker.parse(PAGE, url=URL).title == "Velmora"


def test_a_page_past_its_memory_is_stopped_and_the_next_is_read(started: Callable[..., Worker]) -> None:
    worker = started(memory_bytes=100_000_000)
    with pytest.raises(ParserStopped, match=r"^the parser was stopped at 100 MB of memory|crashed"):
        worker.parse(b"<p>" + "\U0001f30d".encode() * 10_000_000, url=URL)
    assert worker.parse(PAGE, url=URL).title == "Velmora"


def test_a_record_past_its_bound_is_refused(started: Callable[..., Worker]) -> None:
    worker = started(record_bytes=1_000)
    with pytest.raises(TooComplex, match=r"^body over the bound: bytes of what was found .*, at most 1,000"):
        worker.parse(PAGE, url=URL)
    assert worker.parse(b"<p>Velmora", url=URL).url == URL


def test_a_process_that_stands_still_is_ended(started: Callable[..., Worker]) -> None:
    worker = started(wait_s=3)
    worker.parse(PAGE, url=URL)
    os.kill(_pid(worker), signal.SIGSTOP)
    with pytest.raises(ParserStopped, match=r"stopped after 3 s$"):
        worker.parse(PAGE, url=URL)
    assert worker.pid is None


def _later(what: Callable[[], object], after_s: float = 0.2) -> None:
    threading.Timer(after_s, what).start()


def _end(worker: Worker, number: signal.Signals) -> None:
    """Ends the process of *worker*, which stands still, by a signal."""
    os.kill(_pid(worker), number)
    os.kill(_pid(worker), signal.SIGCONT)


def test_a_crash_is_said_with_its_signal(worker: Worker) -> None:
    os.kill(_pid(worker), signal.SIGSTOP)
    _later(lambda: _end(worker, signal.SIGSEGV))
    with pytest.raises(ParserStopped, match=r"^the parser was crashed \(SIGSEGV\)$"):
        worker.parse(PAGE, url=URL)
    assert worker.parse(PAGE, url=URL).title == "Velmora"


def test_a_page_is_read_again_where_somebody_else_ended_the_process(worker: Worker) -> None:
    first = _pid(worker)
    os.kill(first, signal.SIGSTOP)
    _later(lambda: os.kill(first, signal.SIGKILL))
    assert worker.parse(PAGE, url=URL).title == "Velmora"
    assert worker.pid != first


def test_a_page_that_costs_three_processes_their_lives_is_given_up(worker: Worker) -> None:
    os.kill(_pid(worker), signal.SIGSTOP)
    killed: list[int] = []

    def kill() -> None:
        for _ in range(3):
            _until(lambda: worker.pid not in (None, *killed))
            killed.append(_pid(worker))
            os.kill(killed[-1], signal.SIGKILL)

    _later(kill, 0)
    with pytest.raises(ParserStopped, match="ended again and again by somebody else, or for want of memory"):
        worker.parse(PAGE, url=URL)
    assert len(set(killed)) == 3
    assert worker.parse(PAGE, url=URL).title == "Velmora"


def test_a_process_that_has_grown_is_replaced(started: Callable[..., Worker]) -> None:
    worker = started(memory_bytes=400_000_000)
    worker.parse(PAGE, url=URL)
    first = worker.pid
    worker.parse(b"<p>" + b"words " * 1_500_000, url=URL)
    assert worker.parse(PAGE, url=URL).title == "Velmora"
    assert worker.pid != first


def test_where_no_process_can_be_had_no_page_is_blamed(
    started: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nowhere/python")
        with pytest.raises(ParserUnavailable, match="cannot be started: No such file or directory"):
            started().parse(PAGE, url=URL)
    with pytest.raises(ParserUnavailable, match=r"ended with code 1 before it could be asked; try fonds doctor"):
        started(memory_bytes=2**70).parse(PAGE, url=URL)
    assert "OverflowError" in capfd.readouterr().err


# Tasks ----------------------------------------------------------------------------------------------------------------


def test_tasks_have_pages_read_in_turn_while_others_go_on(worker: Worker) -> None:
    async def main() -> tuple[list[Record], int]:
        steps = 0

        async def count() -> None:
            nonlocal steps
            while True:
                await asyncio.sleep(0.001)
                steps += 1
                if steps == 21:  # no page can have been read before
                    os.kill(_pid(worker), signal.SIGCONT)

        os.kill(_pid(worker), signal.SIGSTOP)
        counting = asyncio.create_task(count())
        records = await asyncio.gather(*(worker.parse_ahead(PAGE, url=f"{URL}/{i}") for i in range(20)))
        counting.cancel()
        return records, steps

    for _ in range(2):  # each in a loop of its own
        records, steps = asyncio.run(main())
        assert [record.url for record in records] == [f"{URL}/{i}" for i in range(20)]
        assert steps > 20


def test_who_cannot_wait_finishes_what_a_task_has_under_way(worker: Worker) -> None:
    async def main() -> tuple[Record, ...]:
        os.kill(_pid(worker), signal.SIGSTOP)
        ahead = [asyncio.create_task(worker.parse_ahead(PAGE, url=f"{URL}/{i}")) for i in range(2)]
        await asyncio.sleep(0.01)
        _later(lambda: os.kill(_pid(worker), signal.SIGCONT))
        here = worker.parse(PAGE, url=URL)
        return (here, *await asyncio.gather(*ahead))

    assert [record.url for record in asyncio.run(main())] == [URL, f"{URL}/0", f"{URL}/1"]


@pytest.mark.parametrize("waits", [True, False], ids=["and waits", "and another asks meanwhile"])
def test_a_task_whose_process_is_killed_has_its_page_read_by_the_next(worker: Worker, waits: bool) -> None:
    async def main() -> Record:
        os.kill(_pid(worker), signal.SIGSTOP)
        ahead = asyncio.create_task(worker.parse_ahead(PAGE, url=f"{URL}/ahead"))
        await asyncio.sleep(0.01)
        os.kill(_pid(worker), signal.SIGKILL)
        if not waits:
            assert worker.parse(PAGE, url=URL).url == URL
        return await ahead

    assert asyncio.run(main()).url == f"{URL}/ahead"
    assert asyncio.run(worker.parse_ahead(PAGE, url=URL)).url == URL


def test_a_task_hears_of_a_crash(worker: Worker) -> None:
    async def main() -> None:
        os.kill(_pid(worker), signal.SIGSTOP)
        ahead = asyncio.create_task(worker.parse_ahead(PAGE, url=URL))
        await asyncio.sleep(0.01)
        _end(worker, signal.SIGSEGV)
        await ahead

    with pytest.raises(ParserStopped, match="SIGSEGV"):
        asyncio.run(main())


def test_a_task_that_is_cancelled_leaves_nothing_behind(worker: Worker) -> None:
    async def main() -> Record:
        os.kill(_pid(worker), signal.SIGSTOP)
        ahead = [asyncio.create_task(worker.parse_ahead(PAGE, url=URL)) for _ in range(2)]
        await asyncio.sleep(0.01)
        for task in reversed(ahead):
            task.cancel()
        await asyncio.wait(ahead)
        assert worker.pid is None
        return await worker.parse_ahead(PAGE, url=URL)

    first = _pid(worker)
    assert asyncio.run(main()).title == "Velmora"
    assert not _is_running(first)


def test_a_task_hears_that_its_process_stands_still(started: Callable[..., Worker]) -> None:
    worker = started(wait_s=3)
    worker.parse(PAGE, url=URL)
    os.kill(_pid(worker), signal.SIGSTOP)
    with pytest.raises(ParserStopped, match=r"stopped after 3 s$"):
        asyncio.run(worker.parse_ahead(PAGE, url=URL))


@pytest.fixture
def heeded() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, though tests may run where it is ignored, as in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded")
def test_ctrl_c_ends_a_wait_at_once_and_the_next_page_is_read(worker: Worker) -> None:
    first = _pid(worker)
    os.kill(first, signal.SIGSTOP)
    _later(lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        worker.parse(PAGE, url=URL)
    assert not _is_running(first)
    assert worker.parse(PAGE, url=URL).title == "Velmora"
