"""Retries around a whole fetch: which answers are worth another try, and how long to wait for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import parsedate_to_datetime

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_attempt, wait_exponential

from ..capture import Capture
from ..bounds import Bounds
from .politeness import Sleep

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
    """Seconds that the answer asks us to wait, 0 or more; None where it does not say (RFC 9110, section 10.2.3)."""
    value = capture.header("retry-after").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - capture.captured_at).total_seconds())


async def with_retries(attempt: Callable[[], Awaitable[Attempt]], *, bounds: Bounds, sleep: Sleep) -> Capture:
    """The capture of the last attempt: the first that is not transient, else the one after which patience ended.

    The wait is what Retry-After says, else one that doubles. A Retry-After over the bound ends the retries at once.
    """
    doubling = wait_exponential(multiplier=bounds.retry_wait_s)

    def wait(state: RetryCallState) -> float:
        asked = retry_after_s(_result(state).capture)
        return doubling(state) if asked is None else asked

    async def once() -> Attempt:  # tenacity awaits only what it knows for a coroutine function
        return await attempt()

    retrying = AsyncRetrying(
        sleep=sleep,
        stop=stop_after_attempt(bounds.attempts),
        wait=wait,
        retry=retry_if_result(lambda result: _worth_another(result, bounds)),
        retry_error_callback=_given_up,
    )
    return (await retrying(once)).capture


def _worth_another(result: Attempt, bounds: Bounds) -> bool:
    return result.transient and (retry_after_s(result.capture) or 0.0) <= bounds.retry_after_s


def _given_up(state: RetryCallState) -> Attempt:
    result = _result(state)
    if state.attempt_number == 1:
        return result
    reason = f"{result.capture.reason} ({state.attempt_number} attempts)"
    return replace(result, capture=replace(result.capture, reason=reason))


def _result(state: RetryCallState) -> Attempt:
    if state.outcome is None:
        raise AssertionError("tenacity asks for the wait only after an outcome")
    result: Attempt = state.outcome.result()
    return result
