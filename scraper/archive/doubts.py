"""Doubts: why what was read from a capture may be no edit by the publisher, by what was read of its page before.

A layout that has stopped to fit, half of a page, a notice in place of the report: all of them give a record. What is
doubtful is held back, and the version before it stays. Most of it is let through when the page shows the same again a
day later, as a fault passes and an edit stays. A notice would stay too: another text waits until somebody has looked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from parsers.normal import bare
from parsers.record import Flag

# The one place for what is implausible; the figures are shares of 1.
SHRUNK = 0.5  # of the characters of the text before
_FIELDS_TOLD = 2  # of date, authors and facts: that one of them goes is an edit
_SHARE_KEPT = 0.25  # of the share of the report, or of the chrome, in the page's words
_SHARE_TOLD = 0.2  # a smaller share tells nothing
_MOVED = 0.25  # of the report's words before: so many that nobody claims now
_WORDS_TOLD = 100  # a page with fewer tells nothing by its shares

IsOther = Callable[[int, int], bool]
ANOTHER_TEXT = "another-text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What became of the words of a page, as in `parsers.record.Account`."""

    report: int
    chrome: int
    unclaimed: int

    @property
    def total(self) -> int:
        """All words that the page shows."""
        return self.report + self.chrome + self.unclaimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one parser made of a capture.

    *doubt* says why the parser holds it back, "" where it does not. *fields* names what it found of "published",
    "authors" and "facts"; *words* is None where they were not counted.
    """

    record_id: int
    content: str
    characters: int
    title: str = ""
    doubt: str = ""
    layout: str = ""
    fields: frozenset[str] = frozenset()
    words: Words | None = None


def doubts(before: Reading, now: Reading, is_other: IsOther) -> tuple[Flag, ...]:
    """Why *now* may be no edit of *before*, each with what was found and what was expected; none where it may be one.

    *is_other* says of two records whether their texts have next to nothing in common; it is asked where the title
    changed.
    """
    found = (*_text(before, now, is_other), *_layout(before, now), *_fields(before, now), *_words(before, now))
    return tuple(Flag(name=name, detail=detail, holds=True) for name, detail in found)


def passes(found: tuple[Flag, ...]) -> bool:
    """Whether what is doubtful is let through when the page shows the same again later."""
    return all(flag.name != ANOTHER_TEXT for flag in found)


def _text(before: Reading, now: Reading, is_other: IsOther) -> Iterator[tuple[str, str]]:
    if now.characters <= SHRUNK * before.characters:
        yield "shrank", f"the text shrank from {before.characters:,} to {now.characters:,} characters"
    if bare(now.title) != bare(before.title) and is_other(before.record_id, now.record_id):
        yield ANOTHER_TEXT, f"the page shows another text, titled '{now.title}'"


def _layout(before: Reading, now: Reading) -> Iterator[tuple[str, str]]:
    if "/" in before.layout and "/" not in now.layout and now.layout == "article":
        yield "layout-lost", f"no layout recognises the page any more, which {before.layout} read before"


def _fields(before: Reading, now: Reading) -> Iterator[tuple[str, str]]:
    if before.title and not now.title:
        yield "title-lost", f"the title is gone, which was '{before.title}'"
    if len(before.fields) >= _FIELDS_TOLD and not now.fields:
        yield "fields-lost", f"{_listed(before.fields)} are gone, all of which the version before has"


def _listed(fields: frozenset[str]) -> str:
    names = sorted(fields)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _words(before: Reading, now: Reading) -> Iterator[tuple[str, str]]:
    was, found = before.words, now.words
    if was is None or found is None or min(was.total, found.total) < _WORDS_TOLD:
        return
    if _fell(was.report, was.total, found.report, found.total) and found.report < was.report:
        yield (
            "report-share",
            f"the report is {_percent(found.report, found)} of the page, was {_percent(was.report, was)}",
        )
    if _fell(was.chrome, was.total, found.chrome, found.total) and found.report > was.report / SHRUNK:
        yield "chrome-share", f"chrome is {_percent(found.chrome, found)} of the page, was {_percent(was.chrome, was)}"
    moved = min(was.report - found.report, found.unclaimed - was.unclaimed)
    if moved > _MOVED * was.report:
        yield (
            "unclaimed-rose",
            f"nobody claims {found.unclaimed:,} words, {was.unclaimed:,} before; the report lost as many",
        )


def _fell(part: int, whole: int, part_now: int, whole_now: int) -> bool:
    share = part / whole
    return share >= _SHARE_TOLD and part_now / whole_now < _SHARE_KEPT * share


def _percent(part: int, words: Words) -> str:
    return f"{100 * part / words.total:.0f} %"
