"""robots.txt by RFC 9309: what one origin allows us, and the line that says so."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from protego import Protego

from ..capture import Capture

PRODUCT = "fonds"
MAX_ROBOTS_BYTES = 512_000
MAX_SITEMAPS = 1_000
MAX_CRAWL_DELAY_S = 60.0
_TOO_MANY_REQUESTS = 429
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# Misspelt as often seen; a colon is forgotten now and then as well.
_LINE = re.compile(r"(user[- ]?agent|dis+al+[oa]w|diasllow|allow|crawl[- ]delay)(?:\s*:\s*|\s+)(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether a URL may be asked for, and what decided: a line of robots.txt or what became of asking for it.

    "forbidden": the publisher says no in so many words. "unreachable": robots.txt could not be had, so that nothing
    may be asked for. "refused": it would have come from an address that fonds does not connect to.
    """

    verdict: Literal["allowed", "forbidden", "unreachable", "refused"]
    why: str

    @property
    def allowed(self) -> bool:
        """Whether the URL may be asked for."""
        return self.verdict == "allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    number: int
    text: str
    key: Literal["allow", "disallow", "crawl-delay"]
    value: str


class Rules:
    """What the robots.txt of one origin says to us; `rules_of` makes them."""

    def __init__(self, text: str, *, decided: Decision | None = None) -> None:
        self._text = text
        self._decided = decided
        self._lines = _our_lines(text)
        # Protego matches agents by prefix, "fon" too, and splits groups at a Crawl-delay; so it gets our lines alone.
        self._parsed = _one_group(self._lines)

    def decide(self, url: str) -> Decision:
        """Whether *url* may be asked for."""
        if self._decided:
            return self._decided
        if self._parsed.can_fetch(url, PRODUCT):
            return Decision(verdict="allowed", why="allowed by robots.txt")
        keeping_out = [line for line in self._lines if line.key == "disallow" and _keeps_out(line, url)]
        longest = max(keeping_out, key=lambda line: len(line.value))
        return Decision(verdict="forbidden", why=f"robots.txt line {longest.number}: {longest.text}")

    @cached_property
    def crawl_delay_s(self) -> float:
        """Seconds the publisher wants between two requests, at most 60; 0 where it does not say."""
        return min(self._parsed.crawl_delay(PRODUCT) or 0.0, MAX_CRAWL_DELAY_S)

    @cached_property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps named, as written, at most 1,000."""
        return tuple(dict.fromkeys(Protego.parse(self._text).sitemaps))[:MAX_SITEMAPS]


def rules_of(capture: Capture) -> Rules:
    """The rules that the capture of a robots.txt gives: its text, or all allowed (4xx), or nothing (5xx, no answer)."""
    if capture.outcome == "fetched" and capture.body is not None:
        return Rules(_text(capture.body[:MAX_ROBOTS_BYTES]))
    status = capture.status
    # RFC 9309 lets 429 count as "no robots.txt"; a server that asks for fewer requests hardly means "ask for all".
    if status is not None and 400 <= status < 500 and status != _TOO_MANY_REQUESTS:
        return Rules("", decided=Decision(verdict="allowed", why=f"robots.txt answered {status}: all is allowed"))
    verdict: Literal["refused", "unreachable"] = "refused" if capture.outcome == "refused" else "unreachable"
    return Rules("", decided=Decision(verdict=verdict, why=f"robots.txt could not be had: {capture.reason}"))


def _text(body: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    return body.decode("utf-8", errors="replace")


def _our_lines(text: str) -> tuple[_Line, ...]:
    """The lines that speak to us: of all groups that name us, else of all for "*" (RFC 9309, section 2.2.1)."""
    ours: list[_Line] = []
    everyone: list[_Line] = []
    agents: set[str] = set()
    is_named = in_rules = False
    for number, line, key, value in _directives(text):
        if key == "user-agent":
            agents = set() if in_rules else agents
            agents.add(value.partition("/")[0].strip().lower())
            is_named, in_rules = is_named or PRODUCT in agents, False
            continue
        in_rules = in_rules or key != "crawl-delay"
        if PRODUCT in agents:
            ours.append(_Line(number=number, text=line, key=key, value=value))
        if "*" in agents:
            everyone.append(_Line(number=number, text=line, key=key, value=value))
    return tuple(ours if is_named else everyone)


def _directives(
    text: str,
) -> Iterator[tuple[int, str, Literal["user-agent", "allow", "disallow", "crawl-delay"], str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        found = _LINE.match(line.partition("#")[0].strip())
        if not found:
            continue
        key, value = found[1].lower(), found[2].strip()
        match key[0]:
            case "u":
                yield number, line.strip(), "user-agent", value
            case "a":
                yield number, line.strip(), "allow", value
            case "d":
                yield number, line.strip(), "disallow", value
            case _:
                yield number, line.strip(), "crawl-delay", value


def _one_group(lines: tuple[_Line, ...]) -> Protego:
    return Protego.parse("\n".join(["User-agent: *", *(f"{line.key}: {line.value}" for line in lines)]))


def _keeps_out(line: _Line, url: str) -> bool:
    return not _one_group((line,)).can_fetch(url, PRODUCT)
