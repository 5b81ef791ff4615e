"""Doubts: why what was read from a capture may be no edit by the publisher, by what was read of its page before.

A layout that has stopped to fit, half of a page, a notice in place of the report: all of them give a record. What is
doubtful is held back, and the version before it stays. Most of it is let through when the page shows the same again a
day later, as a fault passes and an edit stays. A notice would stay too: another text waits until somebody has looked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from parsers.normal import bare
from parsers.record import Account, Flag, Record

from .ledger import LEAST_PAGES, Sighting, found_fields

# The one place for what is implausible; the figures are shares of 1.
SHRUNK = 0.5  # of the characters of the text before
_FIELDS_TOLD = 2  # of date, authors and facts: that one of them goes is an edit
_SHARE_KEPT = 0.25  # of the share of the report, or of the chrome, in the page's words
_SHARE_TOLD = 0.2  # a smaller share tells nothing
_MOVED = 0.25  # of the report's words before: so many that nobody claims now
_WORDS_TOLD = 100  # a page with fewer tells nothing by its shares

IsOther = Callable[[int, int], bool]
UNLIKE = "unlike-the-site"
# All but another text: a notice in place of the report stays as well as an edit does.
PASSING = frozenset(
    f"shrank layout-lost title-lost fields-lost report-share chrome-share unclaimed-rose {UNLIKE}".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one parser made of a capture.

    *doubt* says why it is held back as it is, "" where it is not; with *may_pass* that is only because it is not like
    other pages of its site. *fields* names what was found of "published", "authors" and "facts"; *words* is None where
    they were not counted. By whom it was read say *layout*, *revision* and *profile*, the chrome known of its *site*.
    """

    record_id: int
    content: str
    characters: int
    title: str = ""
    doubt: str = ""
    may_pass: bool = False
    layout: str = ""
    revision: int = 0
    site: str = ""
    profile: str = ""
    fields: frozenset[str] = frozenset()
    words: Account | None = None


def like(before: Sequence[Reading], now: Sequence[Reading]) -> tuple[Reading, Reading] | None:
    """Of two texts, each with its readings in the order they were made, two that may be held against each other.

    What one reader makes of a text and another of the next differs for two reasons at once, and tells of neither. So
    layout and revision are the same, the newest that both have; and so is what was known of a site's chrome. Where the
    layouts differ, as after a redesign, the newest reading of each is meant. None where there are no such two.
    """
    same = ((ours, theirs) for ours in reversed(before) for theirs in now if is_same_reader(ours, theirs))
    if found := next(same, None):
        return found
    if before and now and before[-1].layout != now[-1].layout and _knew_the_same(before[-1], now[-1]):
        return before[-1], now[-1]
    return None


def is_same_reader(before: Reading, now: Reading) -> bool:
    """Whether the same layout at the same revision has read both, with the same knowledge of a site's chrome."""
    return (before.layout, before.revision) == (now.layout, now.revision) and _knew_the_same(before, now)


def _knew_the_same(before: Reading, now: Reading) -> bool:
    """Whether the chrome of the site was the same to both; of another site other chrome is known."""
    return before.site != now.site or before.profile == now.profile


def doubts(before: Reading, now: Reading, is_other: IsOther) -> tuple[Flag, ...]:
    """Why *now* may be no edit of *before*, each with what was found and what was expected; none where it may be one.

    *is_other* says of two records whether their texts have next to nothing in common; it is asked where the title
    changed.
    """
    found = (*_text(before, now, is_other), *_layout(before, now), *_fields(before, now), *_words(before, now))
    return tuple(Flag(name=name, detail=detail, holds=True) for name, detail in found)


def doubts_of_first(record: Record, site: Sequence[Sighting]) -> tuple[Flag, ...]:
    """Why *record*, the first of its page, may be no report: it is not like other pages of its *site* and layout.

    Nothing is said where they are fewer than ten.
    """
    if len(site) < LEAST_PAGES:
        return ()
    found = (*_fields_of_first(record, site), *_words_of_first(record.account, site))
    return tuple(
        Flag(name=UNLIKE, detail=f"{told} of the site that {record.layout} reads", holds=True) for told in found
    )


def may_pass(names: Iterable[str]) -> bool:
    """Whether what is held back by flags with these *names* is let through when the page shows the same again later."""
    return PASSING.issuperset(names)


def _text(before: Reading, now: Reading, is_other: IsOther) -> Iterator[tuple[str, str]]:
    if now.characters <= SHRUNK * before.characters:
        yield "shrank", f"the text shrank from {before.characters:,} to {now.characters:,} characters"
    if bare(now.title) != bare(before.title) and is_other(before.record_id, now.record_id):
        yield "another-text", f"the page shows another text, titled '{now.title}'"


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
    if was is None or found is None or min(_total(was), _total(found)) < _WORDS_TOLD:
        return
    told = f"of the page, was {{:.0%}} when the report had {was.report:,} words"
    if _fell(_share(was.report, was), _share(found.report, found)) and found.report < was.report:
        yield "report-share", f"the report is {_share(found.report, found):.0%} {told.format(_share(was.report, was))}"
    if _fell(_share(was.chrome, was), _share(found.chrome, found)) and found.report > was.report / SHRUNK:
        yield "chrome-share", f"chrome is {_share(found.chrome, found):.0%} {told.format(_share(was.chrome, was))}"
    if min(was.report - found.report, found.unclaimed - was.unclaimed) > _MOVED * was.report:
        lost = f"the report lost {was.report - found.report:,} of {was.report:,}"
        yield "unclaimed-rose", f"nobody claims {found.unclaimed:,} words, {was.unclaimed:,} before; {lost}"


def _fields_of_first(record: Record, site: Sequence[Sighting]) -> Iterator[str]:
    theirs = frozenset.intersection(*(one.fields for one in site))
    ours = found_fields(record)
    if len(theirs - ours) >= _FIELDS_TOLD and not (ours - {"title"}):
        yield f"{_listed(theirs - ours)} are missing, unlike on {len(site)} other pages"


def _words_of_first(account: Account | None, site: Sequence[Sighting]) -> Iterator[str]:
    others = [one.account for one in site if one.account]
    if account is None or len(others) < LEAST_PAGES or _total(account) < _WORDS_TOLD:
        return
    least = min(_share(other.report, other) for other in others)
    if _fell(least, _share(account.report, account)):
        share = _share(account.report, account)
        yield f"the report is {share:.0%} of the page, at least {least:.0%} on {len(others)} other pages"


def _total(account: Account) -> int:
    return account.report + account.chrome + account.unclaimed


def _share(part: int, account: Account) -> float:
    return part / max(_total(account), 1)


def _fell(before: float, now: float) -> bool:
    return before >= _SHARE_TOLD and now < _SHARE_KEPT * before
