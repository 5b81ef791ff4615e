"""Times as the archive keeps them: RFC 3339, UTC, with microseconds; of one width, so that text order is time order."""

from datetime import UTC, date, datetime, time

from .damage import DamagedRow


def stamp(when: datetime) -> str:
    """*when*, which must be aware, as text."""
    if when.tzinfo is None:
        raise TypeError("a time in the archive needs its time zone")
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment(text: str) -> datetime:
    """The time that `stamp` wrote, aware, UTC. Raises DamagedRow for what it never writes."""
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise DamagedRow(f"'{text}' is no time") from error
    if found.tzinfo is None:
        raise DamagedRow(f"'{text}' is a time without its zone")
    return found


def maybe_moment(text: str | None) -> datetime | None:
    """`moment`, or None for a null column."""
    return None if text is None else moment(text)


def end_of(when: date | datetime) -> str:
    """The last instant of *when* as text: a date ends at its last microsecond, UTC."""
    if isinstance(when, datetime):
        return stamp(when)
    return stamp(datetime.combine(when, time.max, tzinfo=UTC))


def start_of(when: date | datetime) -> str:
    """The first instant of *when* as text."""
    return stamp(when if isinstance(when, datetime) else datetime.combine(when, time.min, tzinfo=UTC))
