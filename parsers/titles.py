"""The title of a report: which of its headings and of the names that the page states for it, without the site's name."""

import re
from collections.abc import Iterable, Sequence

from .normal import bare

_SEPARATOR = re.compile(r"\s(?:[|–—·•»«:]|-|::)\s|[｜|：]")
_MARKS = " |｜：–—·•»«:-"
_PERMALINK = re.compile(r"\s?[¶#§🔗]++$")
_KICKER = re.compile(r"[:|–—-]\s?$")
_SMALL = frozenset("a and at de der des du et for für in la le of on the und y".split())
_LONGEST = 30  # words; a longer heading is a text
_ALIKE = 0.5


def choose_title(
    headings: Sequence[str], inside: Iterable[str], stated: Sequence[str], *, sites: Iterable[str] = (), slug: str = ""
) -> str:
    """The title of the report, "" where there is none.

    *headings* are the texts of the page's `h1`, *inside* of those in its content; *stated* are the titles that its
    metadata gives, without the site's name, the most trusted first; *sites* are the site's names, *slug* the last part
    of the page's address.
    """
    names = {bare(site) for site in sites} - {""}
    kept = [heading for heading in map(_own, headings) if _may_be(heading, names)]
    best = _best(kept, stated, slug)
    if best:
        return _with_agreed_kicker(best, stated)
    # The address has spoken against a page's only heading; of several, one in the content may still be it.
    others = [text for text in map(_own, inside) if len(kept) > 1 and _may_be(text, names)]
    return next(filter(None, (*others, *stated, *map(_own, headings))), "")


def without_site(title: str, site: str, *others: str, suffix: str = "") -> str:
    """*title* without the part behind or before a separator that is a name of the site, or without *suffix*.

    *site* is the name that the page gives, *others* are further ones. Where it gives none, a last part that is shorter
    than the rest counts as its name.
    """
    if suffix and title.endswith(suffix) and title != suffix:
        return title[: -len(suffix)].rstrip(_MARKS)
    marks = list(_SEPARATOR.finditer(title))
    if not marks:
        return title
    names = [words for name in (site, *others) if (words := bare(name))]
    before, after = title[: marks[-1].start()], title[marks[-1].end() :]
    if _is_site(after, names) or (not site and len(after) < len(title) / 2):
        return before.rstrip(_MARKS) or title
    if _is_site(title[: marks[0].start()], names):
        return title[marks[0].end() :].lstrip(_MARKS) or title
    return title


def _is_site(part: str, names: Iterable[str]) -> bool:
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


def _own(heading: str) -> str:
    return _PERMALINK.sub("", heading)


def _may_be(heading: str, sites: set[str]) -> bool:
    words = bare(heading)
    return bool(words) and words not in sites and len(heading.split()) <= _LONGEST


def _best(headings: Sequence[str], stated: Sequence[str], slug: str) -> str:
    """The heading most like what is stated.

    A page's only heading need not be like it, unless the address is. "" where none will do.
    """
    if not headings:
        return ""
    likeness = [max((_likeness(heading, text) for text in stated), default=0.0) for heading in headings]
    place = max(range(len(headings)), key=lambda place: likeness[place])
    if likeness[place] >= _ALIKE or not stated:
        return headings[place]
    if len(set(map(bare, headings))) > 1:
        return ""
    told = max(_likeness(slug, text) for text in stated)
    return "" if told > _likeness(slug, headings[place]) and told >= _ALIKE else headings[place]


def _likeness(one: str, other: str) -> float:
    """How like two titles are: the share of the words of the shorter that the longer has.

    2 and more where one stands in the other: most where they are equal, least where it stands at the end.
    """
    first, second = sorted((bare(one), bare(other)), key=len)
    if not first:
        return 0.0
    place = second.find(first)
    if place >= 0:
        return 2 + len(first) / len(second) + (place == 0)
    words = set(first.split())
    return len(words.intersection(second.split())) / len(words)


def _with_agreed_kicker(heading: str, stated: Sequence[str]) -> str:
    """*heading* with the words before a colon that the stated titles agree on, or without those that one lacks."""
    for text in stated:
        if text and heading.endswith(text) and _KICKER.search(heading[: -len(text)]):
            return text
    known = [bare(text) for text in stated]
    if bare(heading) in known:
        return heading
    for text, words in zip(stated, known, strict=True):
        if known.count(words) > 1 and text.endswith(heading) and _KICKER.search(text[: -len(heading)]):
            return text
    return heading
