from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.archive.text import storable
from scraper.archive.times import end_of, maybe_moment, moment, stamp

_TIMES = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.timezones(), allow_imaginary=False)


@given(_TIMES)
def test_a_time_comes_back_in_utc(when: datetime) -> None:
    assert moment(stamp(when)) == when.astimezone(UTC)
    assert moment(stamp(when)).utcoffset() == timedelta(0)


@given(_TIMES, _TIMES)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    instants = one.astimezone(UTC), other.astimezone(UTC)
    assert (stamp(one) < stamp(other)) == (instants[0] < instants[1])


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(TypeError, match="needs its time zone"):
        stamp(datetime(2024, 1, 1))


def test_a_day_ends_at_its_last_microsecond_and_a_time_where_it_is() -> None:
    assert end_of(date(2024, 1, 1)) == "2024-01-01T23:59:59.999999Z"
    assert end_of(datetime(2024, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))) == "2024-01-01T00:00:00.000000Z"


def test_no_time_is_no_moment() -> None:
    assert maybe_moment(None) is None


@given(st.text(st.characters()))
def test_any_text_can_be_stored(text: str) -> None:
    assert "\0" not in storable(text)
    assert len(storable(text).encode().decode()) == len(text)
