"""Runs by schedule: due by what is stored and the present, in real archives, against a server on 127.0.0.1."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_server import RawServer, answer, running

from scraper.archive import Archive
from scraper.archive.rows import ScheduleRow
from scraper.crawl import Event, Options
from scraper.crawl.schedule import STEP_S, Run, after_run, cron_times, due, held, keep_running, offset, run_due
from scraper.errors import ArchiveError
from scraper.fetch import Bounds
from scraper.sources import Source

OPTIONS = Options(bounds=Bounds(attempts=1, total_s=5, read_s=2))
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
DAILY = "0 6 * * *"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def source(name: str = "site", *, every: str = DAILY, **fields: object) -> Source:
    values = {"name": name, "title": name, "seeds": (f"https://{name}.example/",), "every": every, "jitter_s": 0.0}
    return Source(**(values | fields))  # type: ignore[arg-type]


def row(next_at: datetime | None, every: str = DAILY, why: str = "as stored") -> ScheduleRow:
    return ScheduleRow(source="site", every=every, next_at=next_at, why=why, started_at=None, ended_at=None, result="")


def page(title: str, text: str, comment: str = "") -> bytes:
    return answer(
        f"<!doctype html><!--{comment}--><html lang=en><head><title>{title}</title></head><body><main><article>"
        f"<h1>{title}</h1>"
        f"<p>{text} It says so in its own words, at length and with its sources.</p>"
        "<p>The commission met in Velmora and heard forty witnesses over three days of public hearings.</p>"
        "</article></main></body></html>".encode()
    )  # fmt: skip


# When ----------------------------------------------------------------------------------------------------------------


def test_a_source_without_a_schedule_is_never_due() -> None:
    assert due(source(every=""), None, NOON) is None
    assert after_run(source(every=""), NOON) is None


def test_a_new_source_waits_for_the_time_its_expression_names() -> None:
    found = due(source(), None, NOON)
    assert found
    assert (found.at, found.why) == (datetime(2024, 3, 2, 6, tzinfo=UTC), "'0 6 * * *' in UTC")


def test_a_new_adaptive_source_is_due_at_once() -> None:
    found = due(source(every="adaptive"), None, NOON)
    assert found
    assert (found.at, found.why) == (NOON, "its pages are not scheduled yet")


@given(st.text("abcdefgh", min_size=1, max_size=8), st.floats(0, 86_400))
def test_a_source_begins_at_the_same_offset_each_time_within_its_jitter(name: str, jitter_s: float) -> None:
    one = source(name, jitter_s=jitter_s)
    assert offset(one) == offset(source(name, jitter_s=jitter_s))
    assert timedelta(0) <= offset(one) <= timedelta(seconds=jitter_s)
    first, second = cron_times(one, NOON)
    assert NOON < first <= NOON + DAY
    assert second - first == DAY
    assert (first - offset(one)).hour == 6


def test_sources_with_one_expression_begin_apart() -> None:
    times = {cron_times(source(f"site-{number}", jitter_s=600.0), NOON)[0] for number in range(20)}
    assert len(times) > 15


def test_missed_runs_are_made_up_for_by_one() -> None:
    missed = due(source(), row(NOON - 40 * DAY), NOON)
    assert missed
    assert missed.at <= NOON
    following = after_run(source(), NOON)
    assert following
    assert following.at == datetime(2024, 3, 2, 6, tzinfo=UTC)


def test_another_schedule_in_the_file_sets_the_time_anew() -> None:
    found = due(source(every="0 18 * * *"), row(NOON - DAY), NOON)
    assert found
    assert found.at == NOON + 6 * HOUR


def test_an_expression_without_a_time_is_never_due() -> None:
    never = source(every="0 0 29 2 1#5")
    assert len(cron_times(never, NOON)) in (0, 1, 2)


@pytest.mark.parametrize("back", [timedelta(0), timedelta(minutes=10), HOUR, 11 * HOUR])
def test_a_clock_set_back_a_little_repeats_no_run(back: timedelta) -> None:
    ran_at = datetime(2024, 3, 2, 6, 5, tzinfo=UTC)
    stored = row(ran_at + DAY - timedelta(minutes=5))
    found = due(source(), stored, ran_at - back)
    assert found
    assert found.at == stored.next_at


@pytest.mark.parametrize("back", [DAY, 30 * DAY, 3650 * DAY])
def test_a_time_set_by_a_clock_that_was_far_ahead_is_set_anew(back: timedelta) -> None:
    ran_at = datetime(2034, 3, 2, 6, 5, tzinfo=UTC)
    now = ran_at - back
    found = due(source(), row(ran_at + DAY - timedelta(minutes=5)), now)
    assert found
    assert now < found.at <= now + DAY
    assert found.why.endswith("set anew, as the clock was ahead when it was set before")
    adaptive = due(source(every="adaptive"), row(ran_at + 6 * HOUR, "adaptive"), now)
    assert adaptive
    assert adaptive.at == now + 6 * HOUR


@given(
    st.sampled_from([DAILY, "*/5 * * * *", "0 9-17 * * 1-5", "30 4 1,15 * *", "adaptive"]),
    st.lists(st.sampled_from([60, 1800, 7200, 86_400, 400_000, -1800, -86_400]), min_size=5, max_size=40),
    st.floats(0, 3600),
)
def test_whatever_the_clock_does_the_next_run_is_never_further_than_an_interval_and_a_half(
    every: str, steps: list[int], jitter_s: float
) -> None:
    one, now, stored = source(every=every, jitter_s=jitter_s), NOON, None
    for step in steps:
        now += timedelta(seconds=step)
        found = due(one, stored, now)
        assert found
        if every == "adaptive":
            longest = timedelta(hours=one.least_hours)
        else:
            times = cron_times(one, now)
            longest = max(times[0] - now, times[1] - times[0])
        assert found.at - now <= longest * 1.5
        stored = row(found.at, every)
        if found.at <= now:
            following = after_run(one, now)
            assert following
            assert following.at > now
            stored = row(following.at, every)


# Runs ----------------------------------------------------------------------------------------------------------------


class Sites:
    """Publishers on 127.0.0.1 with one archive and one clock; each look at the clock is a second later."""

    def __init__(self, folder: Path) -> None:
        self.archive = Archive(folder / "archive.db", create=True)
        self.server = RawServer({"/robots.txt": answer(status="404 Not Found")})
        self.clock = NOON
        self.said: list[str] = []
        self.events: list[Event] = []

    def now(self) -> datetime:
        self.clock += timedelta(seconds=1)
        return self.clock

    def source(self, name: str = "site", **fields: object) -> Source:
        values: dict[str, object] = {
            "seeds": (self.server.url(f"/{name}/"),), "include": (self.server.url(f"/{name}/r/*"),),
            "delay_s": 0.0, "pace": 0.0, "allow_addresses": (self.server.place,),
        }  # fmt: skip
        return source(name, **(values | fields))  # type: ignore[arg-type]

    def publish(self, name: str = "site", **texts: str) -> None:
        links = "".join(f'<a href="/{name}/r/{one}">{one}</a>' for one in texts)
        self.server.paths[f"/{name}/"] = answer(f"<html><body><main>{links}</main></body></html>".encode())
        for one, text in texts.items():
            self.server.paths[f"/{name}/r/{one}"] = page(f"Report {one}", text)

    def run(self, *make: Callable[[], Source]) -> tuple[Run, ...]:
        """What is due of the sources, once the server's address is known."""

        async def go() -> tuple[Run, ...]:
            async with running(self.server):
                sources = [one() for one in make or (self.source,)]
                return await run_due(
                    self.archive, sources, OPTIONS, now=self.now, say=self.said.append, report=self.events.append
                )

        self.server.asked.clear()
        self.said.clear()
        return asyncio.run(go())

    def asked(self) -> list[str]:
        return sorted(path.rpartition("/")[2] for path in self.server.asked if "/r/" in path)


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    one = Sites(tmp_path)
    yield one
    one.archive.close()


def test_a_due_source_is_crawled_once_and_set_to_its_next_time(sites: Sites) -> None:
    sites.publish(a="One.")
    assert sites.run() == ()
    stored = sites.archive.schedule_row("site")
    assert stored
    assert stored.next_at == datetime(2024, 3, 2, 6, tzinfo=UTC)
    sites.clock = datetime(2024, 3, 5, 6, 30, tzinfo=UTC)
    (ran,) = sites.run()
    assert (ran.source, ran.said) == ("site", "1 new")
    stored = sites.archive.schedule_row("site")
    assert stored
    assert stored.next_at == datetime(2024, 3, 6, 6, tzinfo=UTC)
    assert stored.started_at
    assert stored.ended_at
    assert stored.started_at < stored.ended_at
    assert stored.result == "1 new"
    assert sites.said == [
        "site: crawl begins, '0 6 * * *' in UTC", "site: 1 new; next at 2024-03-06 06:00 UTC",
    ]  # fmt: skip
    assert sites.run() == ()
    assert len(sites.archive.crawls()) == 1


def test_a_crawl_by_hand_since_it_was_due_counts_as_the_run(sites: Sites) -> None:
    from scraper.crawl import crawl

    sites.publish(a="One.")
    sites.run()
    sites.clock = datetime(2024, 3, 2, 7, tzinfo=UTC)

    async def by_hand() -> None:
        async with running(sites.server):
            await crawl(sites.archive, [sites.source()], OPTIONS, now=sites.now)

    asyncio.run(by_hand())
    (ran,) = sites.run()
    assert (ran.result, ran.said) == (None, "crawled by itself since it was due")
    assert sites.asked() == []


@pytest.mark.parametrize("every", [DAILY, "adaptive"])
def test_a_clock_that_goes_back_a_day_and_right_again_repeats_no_run(sites: Sites, every: str) -> None:
    sites.publish(a="One.")
    make = lambda: sites.source(every=every)  # noqa: E731
    sites.run(make)
    sites.clock = datetime(2024, 3, 2, 7, tzinfo=UTC)
    sites.run(make)
    crawls = sites.archive.crawls()
    sites.clock -= DAY
    assert sites.run(make) == ()
    sites.clock += DAY
    assert [ran.result for ran in sites.run(make)] == [None]
    assert sites.run(make) == ()
    assert sites.archive.crawls() == crawls


def test_runs_by_a_clock_that_was_ahead_take_the_place_of_no_later_ones(sites: Sites) -> None:
    sites.publish(a="One.")
    sites.run()
    # On the fifth it is set right, to the third, before that day's run.
    for day, hour in ((2, 7), (5, 7), (3, 5), (3, 7), (4, 7), (5, 8), (6, 7)):
        sites.clock = datetime(2024, 3, day, hour, tzinfo=UTC)
        sites.run()
    assert [crawl.started_at.day for crawl in sites.archive.crawls()] == [2, 5, 3, 4, 5, 6]


def test_a_source_that_is_being_crawled_is_skipped_and_stays_due(sites: Sites) -> None:
    sites.publish(a="One.")
    sites.run()
    sites.clock = datetime(2024, 3, 2, 7, tzinfo=UTC)
    with sites.archive.crawl_lock("site", sites.now()):
        (ran,) = sites.run()
    assert ran.result is None
    assert ran.said.startswith("skipped: process ")
    assert sites.asked() == []
    assert sites.said[-1].endswith("is crawling it; it stays due")
    assert sites.run()[0].said == "1 new"


def test_an_interrupted_run_is_gone_on_with(sites: Sites) -> None:
    sites.publish(**{f"r{number}": "Text." for number in range(6)})
    sites.run()
    sites.clock = datetime(2024, 3, 2, 7, tzinfo=UTC)

    async def killed() -> None:
        whole = asyncio.current_task()
        assert whole

        def stop(event: Event) -> None:
            if event.outcome == "new":
                whole.cancel()

        async with running(sites.server):
            await run_due(sites.archive, [sites.source()], OPTIONS, now=sites.now, report=stop)

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(killed())
    (ran,) = sites.run()
    assert ran.result
    assert ran.result.resumed
    assert ran.result.counts == {"new": 6}
    assert len(sites.archive.crawls()) == 1


def test_sources_of_one_host_share_its_one_connection(sites: Sites) -> None:
    busy = most = 0

    def slowly(whole: bytes) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
        async def serve(writer: asyncio.StreamWriter) -> None:
            nonlocal busy, most
            busy += 1
            most = max(most, busy)
            for _ in range(50):
                await asyncio.sleep(0)
            writer.write(whole)
            busy -= 1

        return serve

    for name in ("one", "two"):
        sites.publish(name, a="Text.", b="Text.")
    for path, whole in sites.server.paths.items():
        assert isinstance(whole, bytes)
        sites.server.paths[path] = slowly(whole)
    make = [lambda name=name: sites.source(name, every="adaptive") for name in ("one", "two")]
    assert [ran.said for ran in sites.run(*make)] == ["2 new", "2 new"]
    assert most == 1


def test_a_held_host_is_not_called(sites: Sites) -> None:
    sites.publish(a="One.")
    until = NOON + 3 * HOUR
    sites.archive.hold_host("127.0.0.1", until, "Retry-After: 10800")
    make = lambda: sites.source(every="adaptive")  # noqa: E731
    assert sites.run(make) == ()
    assert sites.server.asked == []
    assert sites.said == ["site: due, but not before 2024-03-01 15:00:00 UTC: Retry-After: 10800"]
    hold = held(sites.archive, source(seeds=("http://127.0.0.1/",)), NOON)
    assert hold
    assert hold.at == until
    assert held(sites.archive, source(seeds=("http://127.0.0.1/", "http://free.example/")), NOON) is None
    sites.clock = until
    assert sites.run(make)[0].said == "1 new"


def fill(sites: Sites) -> None:
    """Leaves no room in the archive for the page."""
    sites.server.paths["/site/r/a"] = page("Report a", "One.", comment=random.Random(0).randbytes(200_000).hex())
    sites.archive.db.execute("pragma max_page_count = 1")  # SQLite takes the present size, as that is more


def test_what_cannot_be_kept_ends_the_runs_with_one_clear_error(sites: Sites) -> None:
    sites.publish(a="One.")
    fill(sites)
    with pytest.raises(ArchiveError, match="full"):
        sites.run(lambda: sites.source(every="adaptive"))


# Adaptive ------------------------------------------------------------------------------------------------------------


def adaptive(sites: Sites) -> Callable[[], Source]:
    return lambda: sites.source(every="adaptive")


def test_pages_are_visited_by_how_often_their_record_changed(sites: Sites) -> None:
    asked: dict[str, int] = {}
    for number in range(40):
        words = ("first", "second", "third", "fourth")
        sites.publish(still="Nothing ever changes here.", busy=f"The {words[number % 4]} text of this page is here.")
        for ran in sites.run(adaptive(sites)):
            assert ran.result
            assert ran.result.finished
        for name in sites.asked():
            asked[name] = asked.get(name, 0) + 1
        sites.clock += timedelta(hours=6.1)
    assert asked["busy"] == 40
    assert asked["still"] <= 8
    busy, still = (
        next(row for row in sites.archive.visits("site") if row.url.endswith(name)) for name in ("busy", "still")
    )
    assert busy.interval_s == 6 * 3600
    assert busy.why.startswith("39 changes in 40 visits over")
    assert still.interval_s > 20 * busy.interval_s / 6
    assert still.why.startswith("no change in")


def test_bytes_that_change_without_the_record_bring_no_visit_nearer(sites: Sites) -> None:
    asked = 0
    for number in range(20):
        sites.publish(a="")
        sites.server.paths["/site/r/a"] = page("Report a", "The same words as ever.", comment=f"build {number}")
        sites.run(adaptive(sites))
        asked += len(sites.asked())
        sites.clock += timedelta(hours=6.1)
    assert asked <= 7


def test_a_new_page_is_fetched_while_the_others_rest(sites: Sites) -> None:
    sites.publish(a="One.", b="Two.")
    sites.run(adaptive(sites))
    sites.clock += 7 * HOUR
    sites.run(adaptive(sites))
    assert sites.asked() == ["a", "b"]
    sites.clock += timedelta(hours=6.1)
    sites.publish(a="One.", b="Two.", c="Three.")
    (ran,) = sites.run(adaptive(sites))
    assert sites.asked() == ["c"]
    assert ran.result
    assert ran.result.coverage[0].skipped["not due yet"] == 2


def test_the_pages_that_rest_count_as_found(sites: Sites) -> None:
    def make() -> Source:
        return sites.source(every="adaptive", expect_pages=(2, 2))

    sites.publish(a="One.", b="Two.")
    for _ in range(3):
        (ran,) = sites.run(make)
        assert ran.result
        assert not ran.result.has_trouble
        sites.clock += timedelta(hours=6.1)


def test_visits_set_by_a_clock_that_was_far_ahead_are_set_anew(sites: Sites) -> None:
    sites.publish(a="One.")
    sites.run(adaptive(sites))
    (visit,) = sites.archive.visits("site")
    sites.archive.set_visit(visit.page_id, NOON + 400 * DAY, visit.interval_s, visit.why)
    sites.clock += 7 * HOUR
    sites.run(adaptive(sites))
    assert sites.asked() == ["a"]


def test_a_page_fetched_by_hand_waits_anew(sites: Sites) -> None:
    from scraper.crawl import get

    sites.publish(a="One.")
    sites.run(adaptive(sites))
    sites.clock += 5 * HOUR

    async def by_hand() -> None:
        async with running(sites.server):
            options = Options(bounds=OPTIONS.bounds, allow_addresses=frozenset({sites.server.place}))
            await get(sites.archive, [sites.server.url("/site/r/a")], options, now=sites.now)

    asyncio.run(by_hand())
    sites.clock += 2 * HOUR
    sites.run(adaptive(sites))
    assert sites.asked() == []
    (visit,) = sites.archive.visits("site")
    assert visit.why == "no change in 2 visits over 5 hours; next in 6 hours, the least"


# As a daemon ---------------------------------------------------------------------------------------------------------


class Enough(Exception):
    """Ends a daemon under test."""


def stay(sites: Sites, load: Callable[[], Sequence[Source]], hours: float) -> None:
    """Runs the daemon for so many hours of the fake clock."""
    end = sites.clock + timedelta(hours=hours)

    async def pause(seconds: float) -> None:
        assert seconds == STEP_S
        sites.clock += timedelta(minutes=20)
        while any(task.get_name().startswith("crawl of") for task in asyncio.all_tasks()):
            await asyncio.sleep(0)
        if sites.clock >= end:
            raise Enough

    async def go() -> None:
        async with running(sites.server):
            await keep_running(sites.archive, load, OPTIONS, now=sites.now, pause=pause, say=sites.said.append)

    with pytest.raises(Enough):
        asyncio.run(go())


def test_the_daemon_crawls_each_time_it_is_due_and_no_more(sites: Sites) -> None:
    sites.publish(a="One.")
    sites.run(lambda: sites.source(every="0 */6 * * *"))
    stay(sites, lambda: [sites.source(every="0 */6 * * *")], 25)
    starts = [crawl.started_at for crawl in sites.archive.crawls()]
    assert [start.hour for start in starts] == [18, 0, 6, 12]


def test_the_daemon_takes_up_a_source_that_is_added_meanwhile(sites: Sites) -> None:
    sites.publish(a="One.")
    sites.publish("late", b="Two.")
    make = [lambda: sites.source(every="adaptive"), lambda: sites.source("late", every="adaptive")]
    stay(sites, lambda: [one() for one in make[: 1 + (sites.clock > NOON + HOUR)]], 3)
    assert [crawl.sources for crawl in sites.archive.crawls()] == [("site",), ("late",)]


def test_the_daemon_repeats_and_loses_no_run_when_the_clock_is_set(sites: Sites) -> None:
    sites.publish(a="One.")
    make = lambda: [sites.source(every=DAILY)]  # noqa: E731
    stay(sites, make, 20)
    assert len(sites.archive.crawls()) == 1
    sites.clock -= HOUR
    stay(sites, make, 3)
    assert len(sites.archive.crawls()) == 1
    sites.clock -= DAY
    stay(sites, make, 30)
    assert len(sites.archive.crawls()) == 2
    sites.clock += 10 * DAY
    stay(sites, make, 1)
    assert len(sites.archive.crawls()) == 3


def test_the_daemon_says_a_thing_that_lasts_once(sites: Sites) -> None:
    sites.archive.hold_host("127.0.0.1", NOON + 20 * HOUR, "Retry-After: 72000")
    stay(sites, lambda: [sites.source(every="adaptive")], 5)
    assert sites.said == ["site: due, but not before 2024-03-02 08:00:00 UTC: Retry-After: 72000"]


def test_the_daemon_ends_where_nothing_can_be_kept(sites: Sites) -> None:
    sites.publish(a="One.")
    fill(sites)

    async def go() -> None:
        async with running(sites.server):
            await keep_running(
                sites.archive, lambda: [sites.source(every="adaptive")], OPTIONS, now=sites.now,
                pause=lambda _: asyncio.sleep(0),
            )  # fmt: skip

    with pytest.raises(ArchiveError, match="full"):
        asyncio.run(go())
