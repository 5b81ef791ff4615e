import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.capture import Capture
from scraper.fetch import Bounds, retry_after_s
from scraper.fetch.retry import Attempt, with_retries

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)


def capture(retry_after: str, *, server_date: str = "", waited_s: float = 0.0) -> Capture:
    return Capture(
        url="http://h/",
        captured_at=NOW,
        outcome="failed",
        reason="later",
        response_headers=(("Retry-After", retry_after),) if retry_after else (),
        server_date=server_date,
        waited_s=waited_s,
    )


@pytest.mark.parametrize(
    ("value", "server_date", "expected"),
    [
        ("0", "", 0),
        ("7", "", 7),
        ("1000000000000", "", 86_400),
        ("9" * 500, "", 86_400),
        ("Fri, 01 Mar 2024 12:00:07 GMT", "", 7),
        ("Fri, 01 Mar 2024 12:00:07", "", 7),
        ("Friday, 01-Mar-24 12:00:07 GMT", "", 7),
        ("Fri, 01 Mar 2024 11:00:00 GMT", "", 0),
        ("Fri, 01 Mar 2030 12:00:00 GMT", "", 86_400),
        ("Fri, 01 Mar 2024 09:00:07 GMT", "Fri, 01 Mar 2024 09:00:00 GMT", 7),
        ("Fri, 01 Mar 2024 12:00:07 GMT", "the first of March", 7),
        ("-5", "", None),
        ("soon\x1b[2J", "", None),
        ("\u00b2", "", None),
        ("Fri, 31 Dec 99999 23:59:60 GMT", "", None),
        ("", "", None),
    ],
)
def test_the_wait_that_an_answer_asks_for(value: str, server_date: str, expected: float | None) -> None:
    assert retry_after_s(capture(value, server_date=server_date)) == expected


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_header_is_a_wait_of_up_to_a_day_or_none(value: str, server_date: str) -> None:
    wait_s = retry_after_s(capture(value, server_date=server_date))
    assert wait_s is None or 0 <= wait_s <= 86_400


def tries(*attempts: Attempt, bounds: Bounds) -> tuple[Capture, list[float]]:
    slept: list[float] = []
    left = list(attempts)

    async def attempt() -> Attempt:
        return left.pop(0)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    return asyncio.run(with_retries(attempt, bounds=bounds, sleep=sleep)), slept


def transient(retry_after: str = "", waited_s: float = 0.0) -> Attempt:
    return Attempt(capture=capture(retry_after, waited_s=waited_s), transient=True)


def test_all_that_was_waited_is_counted() -> None:
    last = Attempt(capture=capture("", waited_s=4), transient=False)
    result, slept = tries(transient(waited_s=2), transient("5"), last, bounds=Bounds(attempts=3))
    assert slept == [1, 5]
    assert (result.attempts, result.waited_s, result.reason) == (3, 12, "later")


def test_patience_ends_with_the_attempts() -> None:
    result, slept = tries(transient(), transient(), bounds=Bounds(attempts=2))
    assert slept == [1]
    assert (result.attempts, result.waited_s, result.reason) == (2, 1, "later (2 attempts)")


def test_what_went_well_or_asks_for_too_much_is_not_tried_again() -> None:
    for first in (Attempt(capture=capture(""), transient=False), transient("121")):
        assert tries(first, bounds=Bounds(attempts=3)) == (first.capture, [])
    assert tries(transient(), bounds=Bounds(attempts=1))[1] == []
