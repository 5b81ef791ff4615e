"""Profile: the learned chrome of a site, known by its words, and which lines of a page that takes off.

Chrome stands around a report, so lines are taken from its two ends inward, for as long as each is known there; inside
only short lines that stand on most pages of the site. A paragraph of a report that another page quotes is at neither
end, or inside of too few. How lines come to be known is in `learning`.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, Self

from .outline import Line, Outline, Sort

Place = Literal["start", "inside", "end"]

FEWEST_WORDS = 20  # that a page keeps: where fewer would be left, the page says no more than its chrome does
_PLACES: tuple[Place, ...] = ("start", "inside", "end")
_INSIDE_WORDS = 60
_INSIDE = frozenset({Sort.SENTENCE, Sort.LINK, Sort.LINKED_ITEM, Sort.FIGURE})


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedLine:
    """A line of learned chrome: where it is taken off, and the key by which it is known.

    *kind*, *text* (at most 200 characters) and *words* say what it is, *pages* on how many it was seen.
    """

    place: Place
    key: str
    kind: str = ""
    text: str = ""
    words: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The learned chrome of a *site*; *suffix* is what it adds to the titles of its pages, "" for nothing.

    *id* is a digest of what it takes off: equal ids, equal records.
    """

    id: str
    site: str
    lines: tuple[LearnedLine, ...] = ()
    suffix: str = ""

    @classmethod
    def of(cls, site: str, lines: Sequence[LearnedLine], suffix: str = "") -> Self:
        """The profile of *lines*, whatever their order."""
        ordered = tuple(sorted(lines, key=lambda line: (_PLACES.index(line.place), line.key)))
        parts = [site, suffix, *(f"{line.place} {line.key}" for line in ordered)]
        digest = sha256("\n".join(parts).encode()).hexdigest()[:16]
        return cls(id=digest, site=site, lines=ordered, suffix=suffix)

    def keys(self, place: Place) -> frozenset[str]:
        """The keys of the lines that are taken off at *place*."""
        return frozenset(line.key for line in self.lines if line.place == place)

    def taken(self, lines: Sequence[Line]) -> tuple[int, ...]:
        """Which of a page's *lines* it takes off; none where next to nothing would be left."""
        start = start_run(lines, self.keys("start"))
        end = len(lines) - end_run(lines, self.keys("end"))
        inside = self.keys("inside")
        gone = {
            place: line.words
            for place, line in enumerate(lines)
            if not start <= place < end or (line.key in inside and may_stand_inside(line))
        }
        left = sum(line.words for line in lines) - sum(gone.values())
        return tuple(gone) if left >= FEWEST_WORDS else ()

    def without_suffix(self, title: str) -> str:
        """*title* without what the site adds to it."""
        return title.removesuffix(self.suffix) or title

    def effect(self, outline: Outline) -> tuple[object, ...]:
        """What it changes in the reading of a page: equal effects, equal records."""
        return (self.taken(outline.lines), self.without_suffix(outline.title))


def start_run(lines: Sequence[Line], known: Set[str]) -> int:
    """How many of the first *lines* are chrome, each being *known* there.

    No heading is, unless all that stands below it is; and no part of a list.
    """
    run = 0
    while run < len(lines) and lines[run].key in known and lines[run].sort != Sort.NEVER:
        run += 1
    for place in reversed(range(run)):
        if lines[place].is_heading and _section_end(lines, place) > run:
            run = place
    while 0 < run < len(lines) and lines[run - 1].is_item and lines[run].is_item:
        run -= 1
    return run


def end_run(lines: Sequence[Line], known: Set[str]) -> int:
    """How many of the last *lines* are chrome, each being *known* there.

    Links to other pages of the site below a known heading belong to it, whatever they say: each page has its own.
    No part of a list is chrome.
    """
    run = passed = 0
    for line in reversed(lines):
        if line.key in known and line.sort != Sort.NEVER and (line.is_heading or passed == run):
            run = passed = passed + 1
        elif line.is_link:
            passed += 1
        else:
            break
    while 0 < run < len(lines) and lines[-run].is_item and lines[-run - 1].is_item:
        run -= 1
    return run


def may_stand_inside(line: Line) -> bool:
    """Whether *line* may be chrome between the paragraphs of a report: an appeal, a link, a picture; no label."""
    return line.words < _INSIDE_WORDS and line.sort in _INSIDE


def _section_end(lines: Sequence[Line], heading: int) -> int:
    """Where the section of the line at *heading* ends: at the next one of its level or above it."""
    for place in range(heading + 1, len(lines)):
        if lines[place].is_heading and lines[place].sort <= lines[heading].sort:
            return place
    return len(lines)
