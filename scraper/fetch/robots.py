"""robots.txt by RFC 9309: what one origin allows us, and the line that says so."""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal
from urllib.parse import quote

from protego import Protego

from ..capture import Capture

PRODUCT = "fonds"
MAX_ROBOTS_BYTES = 512_000
MAX_SITEMAPS = 1_000
MAX_CRAWL_DELAY_S = 60.0
_MAX_LINE_CHARS = 200
_TOO_MANY_REQUESTS = 429
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
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


_ALLOWED = Decision(verdict="allowed", why="allowed by robots.txt")


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
        self._allows_some = any(line.key == "allow" for line in self._lines)

    def decide(self, url: str) -> Decision:
        """Whether *url* may be asked for, with the line that decided; an allowed URL may have none."""
        if self._decided:
            return self._decided
        if not self._parsed.can_fetch(url, PRODUCT):
            line = self._deciding(url, "disallow")
            return Decision(verdict="forbidden", why=f"robots.txt {_named(line)}" if line else "robots.txt")
        line = self._deciding(url, "allow") if self._allows_some else None
        return Decision(verdict="allowed", why=f"allowed by robots.txt {_named(line)}") if line else _ALLOWED

    @property
    def is_unreachable(self) -> bool:
        """Whether robots.txt could not be had, which may be better the next time."""
        return self._decided is not None and self._decided.verdict == "unreachable"

    @cached_property
    def crawl_delay_s(self) -> float:
        """Seconds the publisher wants between two requests, at most 60; 0 where it does not say."""
        return min(self._parsed.crawl_delay(PRODUCT) or 0.0, MAX_CRAWL_DELAY_S)

    @cached_property
    def crawl_delay_why(self) -> str:
        """The Crawl-delay in words, and whether more was asked for than we keep to; "" where there is none."""
        asked = self._parsed.crawl_delay(PRODUCT)
        if not asked:
            return ""
        held = f", held to {MAX_CRAWL_DELAY_S:g} s" if asked > MAX_CRAWL_DELAY_S else ""
        return f"Crawl-delay {asked:g} in robots.txt{held}"

    @cached_property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps named, as written, at most 1,000."""
        return tuple(dict.fromkeys(Protego.parse(self._text).sitemaps))[:MAX_SITEMAPS]

    def _deciding(self, url: str, key: str) -> _Line | None:
        path = _path(url)
        line = next((line for line, matcher in self._by_weight if matcher(path)), None)
        return line if line and line.key == key else None

    @cached_property
    def _by_weight(self) -> tuple[tuple[_Line, Callable[[str], bool]], ...]:
        """The rules, the weightiest first: the longest pattern, allow before disallow (RFC 9309, section 2.2.2)."""
        patterns = [(line, pattern) for line in self._lines for pattern in _patterns(line)]
        patterns.sort(key=lambda pair: (-len(pair[1]), pair[0].key))
        return tuple((line, _matcher(pattern)) for line, pattern in patterns)


def rules_of(capture: Capture) -> Rules:
    """The rules that the capture of a robots.txt gives: its text, or all allowed (4xx), or nothing (5xx, no answer).

    Of a robots.txt over 500 KiB the first 500 KiB count (RFC 9309, section 2.5).
    """
    content = capture.content
    is_long = capture.outcome == "truncated" and len(content or b"") >= MAX_ROBOTS_BYTES
    if content is not None and (capture.outcome == "fetched" or is_long):
        return Rules(_text(content[:MAX_ROBOTS_BYTES]))
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


def _named(line: _Line) -> str:
    text = line.text if len(line.text) <= _MAX_LINE_CHARS else f"{line.text[: _MAX_LINE_CHARS - 1]}…"
    return f"line {line.number}: {text}"


# Protego says yes or no and not which line it was. The rest finds that line: patterns spelled as Protego spells them.


def _patterns(line: _Line) -> tuple[str, ...]:
    """The patterns of a rule, spelled as `_path` spells paths; a "$" may also mean itself. Empty ones say nothing."""
    if line.key == "crawl-delay":
        return ()
    value = f"/{line.value}" if line.value.startswith(("http://", "https://")) else line.value
    anchored = value.endswith("$")
    spelled = _spelled(value.removesuffix("$"), "/%*=") + ("$" if anchored else "")
    literal = _spelled(value.replace("$", "%24"), "/%*=")
    return tuple(pattern for pattern in dict.fromkeys((spelled, literal)) if pattern)


def _path(url: str) -> str:
    """Path and query of *url*, a URL as `urls.clean` gives it, spelled for comparison."""
    slash = url.find("/", url.find("://") + 3)
    return _spelled(url[slash:] if slash >= 0 else "/", "/%=")


def _spelled(text: str, kept: str) -> str:
    return quote(_ESCAPE.sub(lambda found: _unescaped(found[0]), text), safe=kept)


def _unescaped(escape: str) -> str:
    character = chr(int(escape[1:], 16))
    return character if character.isascii() and (character.isalnum() or character in "-._~=") else escape.upper()


def _matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a path matches *pattern*: linear in the path for each of the pattern's pieces."""
    is_anchored = pattern.endswith("$")
    first, *rest = re.sub(r"\*+", "*", pattern.removesuffix("$")).split("*")

    def matches(path: str) -> bool:
        if not path.startswith(first):
            return False
        position = len(first)
        for piece in rest[:-1] if is_anchored else rest:
            found = path.find(piece, position)
            if found < 0:
                return False
            position = found + len(piece)
        if not is_anchored:
            return True
        if not rest:
            return position == len(path)
        return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= position

    return matches
