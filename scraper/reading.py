"""Reading: a page as the archive reads it, by the parser and by what its words say that it is instead of a report."""

from typing import TYPE_CHECKING

from parsers.record import Flag, Record

from .worker import judge_page
from .worker import parse as parse_apart

if TYPE_CHECKING:
    from parsers.effective import Effective

# Whatever else the server said, the page is not there.
MISSING = frozenset({404, 410})
MISSING_RULES = frozenset({"soft-404", "parked"})  # of the effective status, that say so


def read_page(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    """The record of *body* with the flags that a capture of it would have, but for those that its past gives.

    Raises ParserError where it cannot be read.
    """
    record = parse_apart(body, url=url, content_type=content_type)
    return record.with_flags(not_the_report(status_of(body, url=url, content_type=content_type), url))


def status_of(body: bytes, *, url: str, content_type: str | None = None) -> "Effective | None":
    """The status that *body* deserves by its words, None where it is a page like others."""
    from parsers.effective import effective_status  # noqa: PLC0415 -- costs start-up time

    return effective_status(body, url=url, content_type=content_type or "", judge=judge_page)


def not_the_report(effective: "Effective | None", came_from: str) -> tuple[Flag, ...]:
    """Why what came is not the report, by the rules of the effective status."""
    if effective is None:
        return ()
    return (Flag(name=effective.rule, detail=effective.detail, value=came_from, holds=True),)
