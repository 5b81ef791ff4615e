"""What other programs compare two texts by, for the diff benchmark: the matcher alone, as each of them calls it."""

import difflib
import re
import signal
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from typing import NamedTuple

_TOKEN = re.compile(r"\w+|[^\w\s]")
_TOKEN_OR_SPACE = re.compile(r"\w+|[^\w\s]|\s+")
_SPACERS = 2_500  # web-monitoring-diff, html_render_diff.py: more would take too long
_NEAR = 3  # bits of 64 by which near duplicates may differ


class TooSlow(Exception):
    """A matcher did not come to an end in the CPU time it had."""


class Matcher(NamedTuple):
    """A way to compare two lists of paragraphs, and who compares so."""

    compare: Callable[[Sequence[str], Sequence[str]], object]
    who: str


def blocks(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The paragraphs of two texts as `diff -u` shows them."""
    return list(difflib.unified_diff(before, after, lineterm=""))


def lines(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """The paragraphs of two texts, matched with white space as junk."""
    return difflib.SequenceMatcher(lambda line: line in " \t", before, after).get_opcodes()


def words(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """All words of two texts, matched exactly."""
    ours, theirs = (_TOKEN.findall("\n".join(side)) for side in (before, after))
    return difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()


def words_and_spaces(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """All words of two texts with the spaces between them, of which the first 2,500 count as tokens."""
    ours, theirs = (_with_spacers("\n".join(side)) for side in (before, after))
    return difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()


def simhash(text: str) -> int:
    """A SimHash of 64 bits over runs of three words."""
    found = bare(text).split()
    counts = [0] * 64
    for place in range(max(1, len(found) - 2)):
        digest = int.from_bytes(blake2b(" ".join(found[place : place + 3]).encode(), digest_size=8).digest(), "big")
        for bit in range(64):
            counts[bit] += 1 if digest >> bit & 1 else -1
    return sum(1 << bit for bit in range(64) if counts[bit] > 0)


def are_near(before: str, after: str) -> bool:
    """Whether two texts are near duplicates by SimHash: what then counts as no change."""
    return (simhash(before) ^ simhash(after)).bit_count() <= _NEAR


def bare(text: str) -> str:
    """*text* in one case, without punctuation: made here, apart from the parsers, to tell right from wrong by."""
    folded = (
        unicodedata.normalize("NFC", text).translate({0xA0: " ", 0xAD: None, 0x200B: None, 0xFEFF: None}).casefold()
    )
    return " ".join(re.sub(r"[^\w%$€£+=°±]|_", " ", folded).split())


MATCHERS = {
    "unified diff of paragraphs": Matcher(blocks, "urlwatch"),
    "matched paragraphs": Matcher(lines, "changedetection.io"),
    "matched words": Matcher(words, "difflib, exact"),
    "matched words and spaces": Matcher(words_and_spaces, "web-monitoring-diff"),
}


def cpu_ms(compare: Callable[[], object], *, limit_s: float) -> float:
    """Milliseconds of CPU that *compare* takes. Raises TooSlow past *limit_s* seconds of CPU."""
    with _limited(limit_s):
        begun = time.thread_time()
        compare()
        return (time.thread_time() - begun) * 1e3


@contextmanager
def _limited(limit_s: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _with_spacers(text: str) -> list[str]:
    tokens, spacers = [], 0
    for token in _TOKEN_OR_SPACE.findall(text):
        spacers += token.isspace()
        if not token.isspace() or spacers <= _SPACERS:
            tokens.append(token)
    return tokens
