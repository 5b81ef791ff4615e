"""Bounds: what one page may cost to fetch and to parse, all in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What it may cost to fetch one page; times in seconds, sizes in bytes.

    *total_s* covers name look-up, connection, headers and body of all hops and attempts together, the pauses between
    them apart. A body must come at *rate* bytes
    a second or more on average once *rate_after_s* have passed. *head_bytes* bounds status line and headers together.
    *ratio* is decoded to received bytes and counts once *ratio_from* bytes are decoded. A Retry-After over
    *retry_after_s* ends the retries.
    """

    total_s: float = 60.0
    connect_s: float = 10.0
    read_s: float = 15.0
    rate: float = 500.0
    rate_after_s: float = 10.0
    head_bytes: int = 100_000
    wire_bytes: int = 20_000_000
    body_bytes: int = 50_000_000
    ratio: int = 200
    ratio_from: int = 1_000_000
    encodings: int = 2
    hops: int = 10
    attempts: int = 3
    retry_wait_s: float = 1.0
    retry_after_s: float = 120.0


DEFAULT_BOUNDS = Bounds()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParserBounds:
    """What it may cost to parse one page, beside what `parsers.guard` refuses by a look at it.

    *cpu_s* is CPU time, *wait_s* time, both in seconds; *memory_bytes* bounds all that the process of the parsers may
    have, *record_bytes* what it answers.
    """

    cpu_s: float = 10.0
    wait_s: float = 120.0
    memory_bytes: int = 1_000_000_000
    record_bytes: int = 100_000_000


PARSER_BOUNDS = ParserBounds()
