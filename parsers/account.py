"""The account of a page's words: of the report, chrome, or claimed by nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice

from .blocks import chrome_part
from .normal import bare, count_words
from .record import Account, Chrome, Flag, Record
from .tree import BLOCK, TEXT, Tree

# The one place for how much may be claimed by nobody, of 1: a layout says what the page is made of.
LAYOUT_LIMIT = 0.15
ARTICLE_LIMIT = 0.4
_FEWEST = 50  # words; fewer are no passage
_PASSAGES = 50
_LENGTH = 200
_REPORT, _CHROME, _UNCLAIMED, _HIDDEN = range(4)


def account_of(tree: Tree, report: Iterable[int], chrome: Iterable[int], *, told: Iterable[str]) -> Account:
    """What became of the words that a page shows.

    Those below the places in *report* are the report's, those below the places in *chrome* are chrome wherever they
    stand. What only says again what the record has elsewhere (*told*: title, authors) is the report's too. What is
    hidden is not shown.
    """
    counts = [0, 0, 0, 0]
    left: dict[int, list[str]] = {}
    known = frozenset(map(bare, told))
    shares, texts = _shares(tree, report, chrome, tree.hidden), tree.texts
    for place in tree.named(TEXT):
        text, share = texts[place], shares[place]
        if share == _UNCLAIMED and bare(text) in known:
            share = _REPORT
        counts[share] += count_words(text)
        if share == _UNCLAIMED:
            left.setdefault(_line(tree, place), []).append(text)
    return Account(
        report=counts[_REPORT],
        chrome=counts[_CHROME],
        unclaimed=counts[_UNCLAIMED],
        passages=tuple(_short(" ".join(texts)) for texts in islice(left.values(), _PASSAGES)),
    )


def _line(tree: Tree, place: int) -> int:
    """The element that shows the text at *place* as a line, with what else stands in it."""
    place = tree.parents[place]
    while place > 0 and tree.tags[place] not in BLOCK:
        place = tree.parents[place]
    return place


def account_of_text(report: Iterable[str], chrome: Iterable[Chrome]) -> Account:
    """What became of the words of a text without markup, whose every line is the report's or chrome."""
    return Account(
        report=sum(map(count_words, report)), chrome=sum(part.words for part in chrome), unclaimed=0, passages=()
    )


def with_account(record: Record, read: Record) -> Record:
    """*record* with the account of what was *read*, where more was told to be chrome since.

    A flag says where more is claimed by nobody than the layout may leave.
    """
    before = read.account
    if before is None:
        return record
    count = sum(part.words for part in record.chrome) - sum(part.words for part in read.chrome)
    after = replace(before, report=before.report - count, chrome=before.chrome + count)
    return replace(record, account=after).with_flags(_unclaimed(after, record.layout))


def _unclaimed(account: Account, layout: str) -> tuple[Flag, ...]:
    whole = account.report + account.chrome + account.unclaimed
    limit = LAYOUT_LIMIT if "/" in layout else ARTICLE_LIMIT
    if account.unclaimed < _FEWEST or account.unclaimed <= limit * whole:
        return ()
    detail = (
        f"nobody claims {account.unclaimed:,} of {whole:,} words ({account.unclaimed / whole:.0%}), "
        f"expected at most {limit:.0%}; the first: '{account.passages[0]}'"
    )
    # A layout that knows less of the page than it passes over does not fit.
    is_strange = "/" in layout and account.unclaimed > account.report
    return (Flag(name="unclaimed", detail=detail, value=str(account.unclaimed), holds=is_strange),)


def parts_around(tree: Tree, report: Iterable[int], chrome: Mapping[int, str]) -> tuple[list[Chrome], list[Chrome]]:
    """What is chrome before and behind the report, in the order of the page; a part within another is not repeated.

    What stands inside the report, hidden or not, is told by who reads that.
    """
    shares = _shares(tree, report)
    first = max(shares.find(_REPORT), 0)
    before: list[Chrome] = []
    behind: list[Chrome] = []
    end = 0
    for place in sorted(chrome):
        if place >= end and shares[place] != _REPORT:
            end = tree.ends[place]
            part = chrome_part(tree, place, chrome[place])
            (before if place < first else behind).extend([part] if part else [])
    return before, behind


def _shares(tree: Tree, report: Iterable[int], chrome: Iterable[int] = (), hidden: Iterable[int] = ()) -> bytearray:
    """Node by node what it is; what is hidden inside chrome is hidden, chrome inside the report is chrome."""
    shares = bytearray([_UNCLAIMED]) * len(tree.tags)
    for places, share in ((report, _REPORT), (chrome, _CHROME), (hidden, _HIDDEN)):
        for place in places:
            end = tree.ends[place]
            shares[place:end] = bytes([share]) * (end - place)
    return shares


def _short(text: str) -> str:
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH - 1]}…"
