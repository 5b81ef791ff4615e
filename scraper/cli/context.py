"""What all commands share: where the archive and the sources are, and what time it is."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError

if TYPE_CHECKING:
    from ..archive import Archive
    from ..rulebook import Rulebook


_FIRST_YEAR, _LAST_YEAR = 1990, 9998  # the year of the first web page; one less than a calendar holds, for time zones


def _addresses(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    from ..sources import is_address

    for value in values:
        if not is_address(value):
            raise UsageError(f"--allow-address: found '{value}', expected a host and a port such as 127.0.0.1:8000")
    return values


address_option = click.option(
    "--allow-address", "addresses", multiple=True, metavar="HOST:PORT", callback=_addresses,
    help="Lets this private address and port through the address guard (repeatable).",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options before the command. *now* is the clock, fixed by `--now`."""

    archive: Path
    sources: Path
    now: Callable[[], datetime]
    verbose: bool = False
    json_log: bool = False
    key: Path | None = None

    def open_archive(self, *, create: bool = False) -> "Archive":
        """The archive, made when absent if *create*, and then with a key to sign it by where one can be made."""
        from ..archive import Archive
        from .signing import first_key, notary

        is_new = create and not self.archive.exists()
        if create:
            self.archive.parent.mkdir(parents=True, exist_ok=True)
        archive = Archive(self.archive, create=create, notary=notary(self.archive, self.key))
        if is_new:
            first_key(archive, self.key, self.now())
        return archive

    def rulebook(self) -> "Rulebook":
        """What the sources say is insignificant; a file that cannot be used is named on stderr."""
        from ..rulebook import Rulebook
        from .output import note

        return Rulebook(self.sources, note)

    def existing_archive(self) -> "AbstractContextManager[Archive | None]":
        """The archive, None where there is none yet."""
        return self.open_archive() if self.archive.exists() else nullcontext()


def clock(fixed: str | None) -> Callable[[], datetime]:
    """The system's clock in UTC, or one that stands still at *fixed*."""
    if fixed is None:
        return lambda: datetime.now(UTC)
    moment = parse_time(fixed, option="--now")
    return lambda: moment


def parse_time(text: str, *, option: str) -> datetime:
    """The moment *text* names in ISO 8601, from 1990 to 9998; a day is its start, a time without zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: found '{text}', expected a date or time such as 2024-03-01T12:00:00Z") from None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise UsageError(f"{option}: found the year {moment.year}, expected one since {_FIRST_YEAR}, as the web is")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def parse_day(text: str, *, option: str) -> date | datetime:
    """The day or moment *text* names: "2024-03-01" is the whole day, up to its end."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return parse_time(text, option=option)


def start_of(day: date | datetime) -> datetime:
    """The first moment of *day*, UTC."""
    return day if isinstance(day, datetime) else datetime.combine(day, time(), tzinfo=UTC)
