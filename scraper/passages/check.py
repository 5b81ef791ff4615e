"""Check: which versions hold a quotation, and where none does, what they say that is nearest to it.

Passages are found by the index and compared by `quotation.find`: nothing counts as found by the index alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from ..diff import Run, edits
from .nearest import Part, nearest, shared, words
from .presence import Span, spans
from .quotation import AGREEMENTS, MOST_PARTS, UNSPACED, Agreement, Quotation, find, quotation

if TYPE_CHECKING:
    from ..archive import Archive, Held, VersionRow, Wording

MOST_PASSAGES = 500  # that are compared with a quotation
_PHRASE = 24  # words of a part that the index is asked for
_SHINGLES, _GRAMS, _GRAM = 24, 3, 4
_RANKED = 40  # passages in which the nearest wording is looked for
_NEAREST, _LEAST_LIKE = 3, 60.0
_RUN = re.compile(rf"(?:{UNSPACED.pattern})+")

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Versions of a page that follow each other and hold a quotation in the same manner.

    *passage* is what holds it in the first of them, at *path* (a JSON Pointer into its record), *places* are where it
    stands in that: one place, or one for each of its parts. For a wording that is only near, *agreement* is "nearest",
    *likeness* (0 to 100) says how near, and *runs* spell out the quotation and the wording.
    """

    page_id: int
    span: Span
    versions: "tuple[VersionRow, ...]"
    agreement: Agreement | Literal["nearest"]
    passage: str
    path: str
    places: tuple[tuple[int, int], ...]
    likeness: float = 100.0
    runs: tuple[Run, ...] = ()


class Check(NamedTuple):
    """What a check found: holdings, the closest first, else the nearest wordings.

    *is_cut* says that more passages have these words than are looked at.
    """

    holdings: tuple[Holding, ...]
    is_cut: bool

    @property
    def is_found(self) -> bool:
        """Whether a version holds the quotation."""
        return any(one.agreement != "nearest" for one in self.holdings)


def check(archive: "Archive", text: str, *, page_id: int | None = None) -> Check:
    """The versions (of one page) that hold the quotation *text*, else those with the nearest wordings.

    Of a quotation of several paragraphs each has to be in the passage behind that of the one before it. Raises
    UsageError where *text* is no quotation that can be looked for.
    """
    wanted = quotation(text)
    look = _Look(archive, page_id)
    matches, is_cut = look.for_one(wanted)
    paragraphs = _paragraphs(text)
    if not matches and 1 < len(paragraphs) <= MOST_PARTS:
        matches, is_cut = look.for_several([quotation(paragraph) for paragraph in paragraphs])
    found = look.holdings(matches) if matches else look.nearest(wanted)
    return Check(tuple(found), is_cut)


class _Match(NamedTuple):
    """That a version holds a quotation, in a passage or, one behind the other, in several."""

    held: "Held"
    path: str
    agreement: Agreement
    passage: str
    places: tuple[tuple[int, int], ...]


class _Near(NamedTuple):
    passage: "Wording"
    part: Part

    @property
    def words(self) -> str:
        return self.passage.text[self.part.start : self.part.end]


class _Look(NamedTuple):
    archive: "Archive"
    page_id: int | None

    def for_one(self, wanted: Quotation) -> tuple[list[_Match], bool]:
        """Where one passage holds all of *wanted*; and whether there were more passages than are looked at."""
        phrases, parts = _asked(wanted)
        passages = self.archive.wordings(phrases, parts=parts, page_id=self.page_id, limit=MOST_PASSAGES + 1)
        hits = {one.id: (one, found) for one in passages[:MOST_PASSAGES] if (found := find(wanted, one.text))}
        matches = []
        for held in self.archive.holding(list(hits), page_id=self.page_id):
            passage, found = hits[held.wording_id]
            matches.append(_Match(held, _path(held, passage), found.agreement, passage.text, found.places))
        return matches, len(passages) > MOST_PASSAGES

    def for_several(self, wanted: Sequence[Quotation]) -> tuple[list[_Match], bool]:
        """Where passages that follow each other hold those of *wanted*."""
        asked = [self.for_one(one) for one in wanted]
        first, *others = [
            {(one.held.page_id, one.held.seq, one.held.position): one for one in matches} for matches, _ in asked
        ]
        joined = []
        for (page_id, seq, position), match in first.items():
            row = [match, *(places.get((page_id, seq, position + step)) for step, places in enumerate(others, 1))]
            if position and all(row):
                joined.append(_joined([one for one in row if one]))
        return joined, any(is_cut for _, is_cut in asked)

    def holdings(self, matches: Iterable[_Match]) -> list[Holding]:
        """The versions of *matches* as spans, by agreement, then the earliest first."""
        best: dict[tuple[int, int], _Match] = {}
        for match in sorted(matches, key=_rank):
            best.setdefault((match.held.page_id, match.held.seq), match)
        chosen: dict[tuple[int, Agreement], dict[int, _Match]] = {}
        for (page_id, seq), match in best.items():
            chosen.setdefault((page_id, match.agreement), {})[seq] = match
        found = [
            _holding(span, versions, of_seq[span.first.seq])
            for (page_id, _), of_seq in chosen.items()
            for span, versions in self._spans(page_id, of_seq.keys())
        ]
        return sorted(found, key=lambda one: (AGREEMENTS.index(_exactness(one)), one.span.since.by, one.page_id))

    def nearest(self, wanted: Quotation) -> list[Holding]:
        """The nearest wordings to *wanted*, the most alike first, each with all versions that have it."""
        found = [_Near(one, nearest(wanted.whole, one.text)) for one in self._candidates(wanted)]
        alike: dict[str, list[_Near]] = {}
        for near in sorted(found, key=lambda one: -one.part.likeness):
            if near.part.likeness >= _LEAST_LIKE and (near.words in alike or len(alike) < _NEAREST):
                alike.setdefault(near.words, []).append(near)
        return [holding for nears in alike.values() for holding in self._with_wording(wanted, nears)]

    def _with_wording(self, wanted: Quotation, nears: Sequence[_Near]) -> list[Holding]:
        """The versions with one wording, which *nears* all have."""
        by_id = {near.passage.id: near for near in nears}
        matches = []
        for held in self.archive.holding(list(by_id), page_id=self.page_id):
            passage, part = by_id[held.wording_id]
            matches.append(_Match(held, _path(held, passage), "exact", passage.text, ((part.start, part.end),)))
        runs, likeness = edits(wanted.whole, nears[0].words).runs, nears[0].part.likeness
        return [replace(one, agreement="nearest", likeness=likeness, runs=runs) for one in self.holdings(matches)]

    def _candidates(self, wanted: Quotation) -> "list[Wording]":
        """Passages that share some words in a row with *wanted*, those with most of its words first."""
        said = wanted.whole.split()
        found: dict[int, Wording] = {}
        for size in (3, 2, 1):
            if not found:
                phrases = _sample([" ".join(said[at : at + size]) for at in range(len(said) - size + 1)], _SHINGLES)
                found = {one.id: one for one in self.archive.alike(phrases, page_id=self.page_id)}
        for run in _sample(_RUN.findall(wanted.whole), _GRAMS):
            middle = max(0, len(run) // 2 - _GRAM // 2)
            for gram in dict.fromkeys((run[:_GRAM], run[middle : middle + _GRAM], run[-_GRAM:])):
                some = self.archive.wordings((), parts=[gram], page_id=self.page_id, limit=MOST_PASSAGES)
                found |= {one.id: one for one in some}
        bag = Counter(words(wanted.whole))
        return sorted(found.values(), key=lambda one: -shared(bag, one.text))[:_RANKED]

    def _spans(self, page_id: int, seqs: Iterable[int]) -> "list[tuple[Span, tuple[VersionRow, ...]]]":
        versions, having = self.archive.versions_of(page_id), set(seqs)
        return [
            (span, tuple(version for version in versions if span.first.seq <= version.seq <= span.last.seq))
            for span in spans((version, version.seq in having) for version in versions)
        ]


def _holding(span: Span, versions: "tuple[VersionRow, ...]", match: _Match) -> Holding:
    return Holding(
        page_id=match.held.page_id,
        span=span,
        versions=versions,
        agreement=match.agreement,
        passage=match.passage,
        path=match.path,
        places=match.places,
    )


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of *text* that have words: those with an empty line between, else its lines."""
    lines = [line.strip() for line in text.strip().splitlines()]
    parts = "\n".join(lines).split("\n\n") if "" in lines else lines
    return [part for part in parts if any(map(str.isalnum, part))]


def _asked(wanted: Quotation) -> tuple[list[str], list[str]]:
    """What passages are asked for: the first words of each part, and of unspaced scripts signs as they stand."""
    phrases, scanned = [], []
    for part in wanted.parts:
        if UNSPACED.search(part):
            scanned.append(max(_RUN.findall(part), key=len)[:_PHRASE])
        else:
            phrases.append(" ".join(part.split()[:_PHRASE]))
    return phrases, scanned


def _sample(items: Sequence[_Item], most: int) -> list[_Item]:
    """*most* of *items*, from all of their length."""
    if len(items) <= most:
        return list(items)
    return [items[index * (len(items) - 1) // (most - 1)] for index in range(most)]


def _path(held: "Held", passage: "Wording") -> str:
    """Where a version has a wording, as a JSON Pointer into its record."""
    if held.position:
        return f"/blocks/{held.position - 1}/text"
    return "/lead/caption" if passage.kind == "lead" else f"/{passage.kind}"


def _rank(match: _Match) -> tuple[int, int]:
    return AGREEMENTS.index(match.agreement), match.held.position


def _exactness(holding: Holding) -> Agreement:
    return "exact" if holding.agreement == "nearest" else holding.agreement


def _joined(row: Sequence[_Match]) -> _Match:
    """One match of several passages, a line each, that agrees as far as the least of them."""
    places: list[tuple[int, int]] = []
    length = 0
    for one in row:
        places += [(start + length, end + length) for start, end in one.places]
        length += len(one.passage) + 1
    return row[0]._replace(
        agreement=max((one.agreement for one in row), key=AGREEMENTS.index),
        passage="\n".join(one.passage for one in row),
        places=tuple(places),
    )
