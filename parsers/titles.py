"""The title of a report: one of its headings or of the titles that the page states, without the site's name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .normal import bare

_SEPARATOR = re.compile(r"\s(?:[|–—·•»«:]|-|::)\s|[｜|：]")
_MARKS = " |｜：–—·•»«:-"
_PERMALINK = " ¶#§🔗"
_KICKER = re.compile(r"[:|–—-]\s?$")
_SMALL = frozenset("a and at de der des du et for für in la le of on the und y".split())
MOST_CHARS = 500  # of a title, wherever it is read; what is longer is a text
_LONGEST = 30  # words; a longer heading is a text
_ALIKE = 0.5
_SHORT = 3  # letters; most such words tell nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """The texts of a page's `h1`: *every* one, those *outside* chrome, and those *inside* the content."""

    every: Sequence[str] = ()
    outside: Sequence[str] = ()
    inside: Sequence[str] = ()


class _Title(NamedTuple):
    """A heading or a stated title, and its words in `bare` form."""

    text: str
    words: str


def choose_title(headings: Headings, stated: Sequence[str], *, sites: Sequence[str] = (), slug: str = "") -> str:
    """The title of the report, "" where there is none.

    *stated* are the titles that the page's metadata gives, without the site's name, the most trusted first; *sites*
    are the site's names in `bare` form, *slug* the last part of the page's address.
    """
    read = {text: _own(text) for text in {*headings.every, *headings.outside, *headings.inside}}
    every, outside, inside = (
        [read[text] for text in texts] for texts in (headings.every, headings.outside, headings.inside)
    )
    told = [_Title(text, bare(text)) for text in stated]
    kept = [heading for heading in every if _may_be(heading, sites)]
    own = [heading for heading in outside if _may_be(heading, sites)]
    best = _likest(kept, told) or _only(own, inside, told, bare(slug))
    if best:
        return _with_agreed_kicker(best, told)
    # The address has spoken against a page's only heading; of several, one in the content may still be it.
    within = [heading.text for heading in inside if len(own) > 1 and _may_be(heading, sites)]
    return next(filter(None, (*within, *stated, *(heading.text for heading in outside))), "")


def without_site(title: str, sites: Sequence[str], *, is_named: bool) -> str:
    """*title* without the part behind or before a separator that is a name of the site.

    *sites* are the site's names in `bare` form. Where the page does not say how its site *is_named*, a last part that
    is shorter than the rest counts as its name.
    """
    marks = list(_SEPARATOR.finditer(title))
    if not marks:
        return title
    before, after = title[: marks[-1].start()], title[marks[-1].end() :]
    if _is_site(after, sites) or (not is_named and len(after) < len(title) / 2):
        return before.rstrip(_MARKS) or title
    if _is_site(title[: marks[0].start()], sites):
        return title[marks[0].end() :].lstrip(_MARKS) or title
    return title


def _is_site(part: str, names: Sequence[str]) -> bool:
    """Whether *part* is one of the site's *names*, a shorter or a longer form of it, or its host."""
    words = bare(part).split()
    for name in names:
        known = name.split()
        if words and (words == known[-len(words) :] or words == known[: len(words)]):
            return True
        if words[: len(known)] == known or "".join(words) == "".join(known):
            return True
        if len(known) == 1 and known[0] == "".join(word[0] for word in words if word not in _SMALL):
            return True
    return False


def _own(heading: str) -> _Title:
    return _Title(heading.rstrip(_PERMALINK), bare(heading))


def _may_be(heading: _Title, sites: Sequence[str]) -> bool:
    return bool(heading.words) and heading.words not in sites and len(heading.text.split()) <= _LONGEST


def _likest(headings: Sequence[_Title], stated: Sequence[_Title]) -> _Title | None:
    """The heading most like what is stated, None where none is like it."""
    likeness = [max((_likeness(heading.words, title.words) for title in stated), default=0.0) for heading in headings]
    place = max(range(len(headings)), key=lambda place: likeness[place], default=-1)
    return headings[place] if place >= 0 and likeness[place] >= _ALIKE else None


def _only(headings: Sequence[_Title], inside: Sequence[_Title], stated: Sequence[_Title], slug: str) -> _Title | None:
    """The heading of a page with one, though nothing stated is like it, unless the address is like that and not it.

    Above the content it must have a word in common with what is stated or with the address, *slug*.
    """
    if not headings or not stated:
        return next(iter(headings), None)
    heading = headings[0]
    by_address = _likeness(slug, heading.words)
    told = max(_likeness(slug, title.words) for title in stated)
    if len({other.words for other in headings}) > 1 or _ALIKE <= told > by_address:
        return None
    is_told = by_address or any(_likeness(heading.words, title.words) for title in stated)
    return heading if is_told or heading in inside else None


def _likeness(one: str, other: str) -> float:
    """How like two titles are, in `bare` form: the share of the words of the shorter that the longer has.

    2 and more where one stands in the other: most where they are equal, least where it stands at the end.
    """
    first, second = sorted((one, other), key=len)
    if not first:
        return 0.0
    # A short address is no part of a word: "a" stands in most titles. Scripts without spaces have no such words.
    place = f" {second} ".find(f" {first} ") if first.isascii() else second.find(first)
    if place >= 0:
        return 2 + len(first) / len(second) + (place == 0)
    words, others = set(first.split()), set(second.split())
    telling = {word for word in words & others if len(word) > _SHORT or not word.isascii()}
    return len(words & others) / len(words) if telling else 0.0


def _with_agreed_kicker(heading: _Title, stated: Sequence[_Title]) -> str:
    """*heading* with the words before a colon that the stated titles agree on, or without those that one lacks."""
    text = heading.text
    for title in stated:
        if title.text and text.endswith(title.text) and _KICKER.search(text[: -len(title.text)]):
            return title.text
    known = [title.words for title in stated]
    if heading.words in known:
        return text
    for title in stated:
        if known.count(title.words) > 1 and title.text.endswith(text) and _KICKER.search(title.text[: -len(text)]):
            return title.text
    return text
