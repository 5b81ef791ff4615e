"""Retries around a whole fetch: which answers are worth another try, and how long to wait for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from ..bounds import Bounds
from ..capture import Capture
from .politeness import MAX_HOLD_S, Sleep

if TYPE_CHECKING:
    from tenacity import RetryCallState

_PASSING = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at a fetch. *transient* says whether another may go better: a network error or a passing status."""

    capture: Capture
    transient: bool


def passing(status: int) -> bool:
    """Whether *status* says "later": 429 and 502 to 504."""
    return status in _PASSING


def retry_after_s(capture: Capture) -> float | None:
    """Seconds that the answer asks us to wait, from 0 to a day; None where it does not say."""
    return asked_wait_s(capture.header("retry-after"), capture.server_date, capture.captured_at)


def asked_wait_s(value: str, server_date: str, now: datetime) -> float | None:
    """Seconds that a Retry-After of *value* asks us to wait, from 0 to a day; None where it says nothing.

    A date counts from the answer's own Date, so that a clock of ours that is wrong shortens no wait (RFC 9110, section
    10.2.3); from *now* where it has none.
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), MAX_HOLD_S)
    moment = _date(value)
    if moment is None:
        return None
    return min(max(0.0, (moment - (_date(server_date) or now)).total_seconds()), MAX_HOLD_S)


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


async def with_retries(attempt: Callable[[], Awaitable[Attempt]], *, bounds: Bounds, sleep: Sleep) -> Capture:
    """The capture of the last attempt: the first that is not transient, else the one after which patience ended.

    The wait is what Retry-After says, else one that doubles. A Retry-After over the bound ends the retries at once.
    """
    result = await attempt()
    # Almost all go well the first time, and the machinery costs as much as a twentieth of a fetch.
    return await _again(result, attempt, bounds, sleep) if _worth_another(result, bounds) else result.capture


async def _again(first: Attempt, attempt: Callable[[], Awaitable[Attempt]], bounds: Bounds, sleep: Sleep) -> Capture:
    # Loaded by the first fetch that does not go well.
    from tenacity import AsyncRetrying, retry_if_result, stop_after_attempt, wait_exponential  # noqa: PLC0415

    doubling = wait_exponential(multiplier=bounds.retry_wait_s)
    results: list[Attempt] = []
    waits: list[float] = []

    def wait(state: "RetryCallState") -> float:
        asked = retry_after_s(results[-1].capture)
        return doubling(state) if asked is None else asked

    async def waited(seconds: float) -> None:
        waits.append(seconds)
        await sleep(seconds)

    async def once() -> Attempt:
        results.append(await attempt() if results else first)
        return results[-1]

    retrying = AsyncRetrying(
        sleep=waited,
        stop=stop_after_attempt(bounds.attempts),
        wait=wait,
        retry=retry_if_result(lambda result: _worth_another(result, bounds)),
        retry_error_callback=lambda _: None,
    )
    await retrying(once)
    last = results[-1]
    reason = last.capture.reason
    return replace(
        last.capture,
        reason=f"{reason} ({len(results)} attempts)" if last.transient and len(results) > 1 else reason,
        attempts=len(results),
        waited_s=sum(result.capture.waited_s for result in results) + sum(waits),
    )


def _worth_another(result: Attempt, bounds: Bounds) -> bool:
    return result.transient and (retry_after_s(result.capture) or 0.0) <= bounds.retry_after_s
