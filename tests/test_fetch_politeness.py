import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_server import Clock

from scraper.fetch import Hold, Politeness
from scraper.fetch.politeness import MAX_BACKOFF_S, MAX_PAUSE_S, HostHeld, Pace, Turn

Work = Callable[[Politeness, Clock], Coroutine[Any, Any, None]]


def run(work: Work) -> list[float]:
    """What was slept in the course of *work*."""
    clock = Clock()
    asyncio.run(work(Politeness(clock=clock, sleep=clock.sleep), clock))
    return clock.slept


async def visit(politeness: Politeness, clock: Clock, host: str, pace: Pace, took_s: float = 1.0) -> Turn:
    async with politeness.turn(host, pace) as turn:
        clock.time += took_s
        turn.answered(took_s)
    return turn


def every(least_s: float) -> Pace:
    return Pace(least_s=least_s, why="told so")


def test_the_pause_counts_from_the_end_of_the_visit_before() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        first = await visit(politeness, clock, "h", every(5))
        clock.time += 2
        second = await visit(politeness, clock, "h", every(0))
        third = await visit(politeness, clock, "h", every(0))
        assert [turn.waited_s for turn in (first, second, third)] == [0, 3, 0]
        assert [turn.why for turn in (first, second, third)] == [
            "no pause: nothing was asked of this host before",
            "5 s: told so",
            "0 s: told so",
        ]

    assert run(work) == [3]


def test_hosts_do_not_wait_for_each_other() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        await visit(politeness, clock, "a", every(60))
        await visit(politeness, clock, "b", every(60))

    assert run(work) == []


@pytest.mark.parametrize("connections", [1, 3])
def test_no_more_visitors_than_allowed_even_after_a_failure(connections: int) -> None:
    inside: list[str] = []
    most: list[int] = []

    async def visitor(politeness: Politeness, name: str) -> None:
        with suppress(ZeroDivisionError):
            async with politeness.turn("h", Pace(connections=connections)):
                inside.append(name)
                most.append(len(inside))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                inside.remove(name)
                1 / 0  # noqa: B018

    async def work(politeness: Politeness, _: Clock) -> None:
        await asyncio.gather(*(visitor(politeness, str(number)) for number in range(9)))

    run(work)
    assert (inside, len(most), max(most)) == ([], 9, connections)


def test_a_visitor_who_gives_up_waiting_holds_nobody_up() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        never = asyncio.Event()
        slow = Politeness(clock=clock, sleep=lambda _: never.wait())  # type: ignore[arg-type, return-value]
        await visit(slow, clock, "h", every(5))
        waiting = asyncio.create_task(visit(slow, clock, "h", every(5)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        clock.time += 5
        assert (await visit(slow, clock, "h", every(5))).waited_s == 0

    run(work)


def test_no_two_visits_begin_within_the_least_pause_however_many_connections() -> None:
    begun: list[float] = []

    async def visitor(politeness: Politeness, clock: Clock) -> None:
        async with politeness.turn("h", Pace(least_s=2, connections=4)):
            begun.append(clock())

    async def work(politeness: Politeness, clock: Clock) -> None:
        await asyncio.gather(*(visitor(politeness, clock) for _ in range(6)))

    run(work)
    assert begun == [0, 2, 4, 6, 8, 10]


def test_the_pause_follows_the_smoothed_time_of_the_answers() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        pace = Pace(least_s=1, factor=2)
        for took_s in (4, 14, 0.1, 0.1, 0.1, 0.1):
            await visit(politeness, clock, "h", pace, took_s)

    # 4; 4 + 0.3 * 10 = 7; 7 - 0.3 * 6.9 = 4.93; and down again
    assert run(work)[:3] == [pytest.approx(8), pytest.approx(14), pytest.approx(9.86)]


def test_the_pause_for_a_slow_host_is_held_to_a_minute() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        await visit(politeness, clock, "h", Pace(factor=2), 45)
        turn = await visit(politeness, clock, "h", Pace(factor=2), 45)
        assert turn.why == "60 s: 2 times the host's response time of 45 s, held to 60 s"

    assert run(work) == [60]


def test_a_delay_of_the_source_may_be_longer_than_a_minute() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        await visit(politeness, clock, "h", every(3600))
        assert (await visit(politeness, clock, "h", every(3600))).why == "3,600 s: told so"

    assert run(work) == [3600]


async def refuse(politeness: Politeness, host: str, wait_s: float | None = None, pace: Pace | None = None) -> None:
    async with politeness.turn(host, pace or Pace()) as turn:
        turn.slowed("status 503", wait_s)


def test_a_host_in_trouble_is_slowed_doubling_and_recovers_by_answers() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        for _ in range(4):
            await refuse(politeness, "h", pace=every(2))
        for _ in range(6):
            turn = await visit(politeness, clock, "h", every(2))
        assert turn.why == "2 s: told so"

    assert run(work) == [4, 8, 16, 32, 16, 8, 4, 2, 2]


def test_a_slowed_host_says_why() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        await refuse(politeness, "h")
        assert politeness.held("h") == Hold(wait_s=1, reason="1 s: slowed after status 503")
        assert (await visit(politeness, clock, "h", Pace())).why == "1 s: slowed after status 503"

    assert run(work) == [1]


def test_slowing_has_an_end() -> None:
    async def work(politeness: Politeness, _: Clock) -> None:
        for _ in range(20):
            await refuse(politeness, "h", pace=every(2))

    assert max(run(work)) == MAX_BACKOFF_S


def test_a_slowed_host_is_visited_one_at_a_time() -> None:
    inside: list[int] = []
    most: list[int] = []

    async def visitor(politeness: Politeness) -> None:
        async with politeness.turn("h", Pace(connections=4)) as turn:
            inside.append(1)
            most.append(len(inside))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            inside.pop()
            turn.slowed("status 503", 0)

    async def work(politeness: Politeness, _: Clock) -> None:
        await refuse(politeness, "h", 0)
        await asyncio.gather(*(visitor(politeness) for _ in range(6)))

    run(work)
    assert max(most) == 1


def test_the_wait_that_is_asked_for_is_that_of_all_visitors() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        await refuse(politeness, "h", 30)
        turns = await asyncio.gather(*(visit(politeness, clock, "h", Pace(connections=2), 0) for _ in range(3)))
        assert turns[0].why == "30 s: status 503, Retry-After 30 s"
        assert politeness.held("h") is None

    assert run(work) == [30]


def test_a_wait_that_comes_while_others_wait_is_theirs_too() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        pace = Pace(least_s=10, connections=2)
        async with politeness.turn("h", pace) as first:
            waiting = asyncio.create_task(visit(politeness, clock, "h", pace))
            await asyncio.sleep(0)
            first.slowed("status 429", 100)
        turn = await waiting
        assert turn.why == "100 s: status 429, Retry-After 100 s"

    run(work)


def test_one_failure_slows_nobody_and_two_in_a_row_do() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        async def fail() -> None:
            async with politeness.turn("h", Pace()) as turn:
                turn.failed("connection lost")

        await fail()
        await visit(politeness, clock, "h", Pace())
        await fail()
        assert politeness.held("h") is None
        await fail()
        held = politeness.held("h")
        assert held is not None
        assert held.reason == "1 s: slowed after 2 failures in a row, the last: connection lost"

    assert run(work) == []


def test_a_hold_beyond_patience_is_an_error_that_says_how_long() -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        politeness.hold("h", 3600, "asked in an earlier crawl")
        politeness.hold("h", 60, "a shorter one")
        clock.time += 600
        with pytest.raises(HostHeld) as caught:
            async with politeness.turn("h", Pace(), patience_s=120):
                pass
        assert caught.value.hold == Hold(wait_s=3000, reason="3,600 s: asked in an earlier crawl")
        assert not caught.value.transient
        await visit(politeness, clock, "other", Pace())
        clock.time += 3000
        assert politeness.held("h") is None
        await visit(politeness, clock, "h", Pace())

    assert run(work) == []


def test_a_hold_is_a_day_at_most() -> None:
    async def work(politeness: Politeness, _: Clock) -> None:
        politeness.hold("h", 1e300, "for ever")
        assert politeness.held("h") == Hold(wait_s=86_400, reason="86,400 s: for ever")

    run(work)


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("answered"), st.floats(0, 100)),
        st.tuples(st.just("slowed"), st.none() | st.floats(0, 50)),
        st.tuples(st.just("failed"), st.none()),
    ),
    max_size=12,
)


@given(ACTS, st.floats(0, 90), st.floats(0, 5))
def test_the_least_pause_passes_whatever_happens_and_the_line_says_how_long(
    acts: list[tuple[str, Any]], least_s: float, factor: float
) -> None:
    async def work(politeness: Politeness, clock: Clock) -> None:
        ended: float | None = None
        for act, value in acts:
            async with politeness.turn("h", Pace(least_s=least_s, factor=factor)) as turn:
                assert ended is None or clock() >= ended + least_s * (1 - 1e-9)
                assert ended is None or clock() <= ended + max(least_s, MAX_PAUSE_S, MAX_BACKOFF_S) + 1e-6
                assert turn.why
                if act == "answered":
                    clock.time += value
                    turn.answered(value)
                elif act == "slowed":
                    turn.slowed("status 503", value)
                else:
                    turn.failed("connection lost")
            ended = clock()

    run(work)
