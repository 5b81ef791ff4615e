import asyncio
from contextlib import suppress

from scraper.fetch import Politeness


class Clock:
    def __init__(self) -> None:
        self.time = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


async def visit(politeness: Politeness, clock: Clock, host: str, pause_s: float) -> None:
    async with politeness.turn(host, pause_s):
        clock.time += 1


def test_the_pause_counts_from_the_end_of_the_visit_before() -> None:
    async def run() -> list[float]:
        clock = Clock()
        politeness = Politeness(clock=clock, sleep=clock.sleep)
        await visit(politeness, clock, "h", 5)
        clock.time += 2
        await visit(politeness, clock, "h", 0)
        await visit(politeness, clock, "h", 0)
        return clock.slept

    assert asyncio.run(run()) == [3]


def test_hosts_do_not_wait_for_each_other() -> None:
    async def run() -> list[float]:
        clock = Clock()
        politeness = Politeness(clock=clock, sleep=clock.sleep)
        await visit(politeness, clock, "a", 60)
        await visit(politeness, clock, "b", 60)
        return clock.slept

    assert asyncio.run(run()) == []


def test_one_visitor_at_a_time_at_a_host_even_after_a_failure() -> None:
    inside: list[str] = []

    async def visitor(politeness: Politeness, name: str) -> None:
        with suppress(ZeroDivisionError):
            async with politeness.turn("h", 0):
                assert inside == []
                inside.append(name)
                await asyncio.sleep(0)
                inside.remove(name)
                1 / 0  # noqa: B018

    async def run() -> None:
        politeness = Politeness()
        await asyncio.gather(*(visitor(politeness, str(number)) for number in range(5)))

    asyncio.run(run())
    assert inside == []
