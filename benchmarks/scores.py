"""How right an extraction is: the measures that the public sets of pages with gold text define.

Words are runs of word characters. Four-word shingles are counted as the scrapinghub benchmark describes, bags of
lower-cased words as WCXB does; titles and authors are equal when their words are, dates when they name the same day.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

_WORD = re.compile(r"\w+")
_BETWEEN_AUTHORS = re.compile(r"[;,|/&]|\b(?:and|und|et)\b")
_BY = re.compile(r"^\s*(?:by|von|par|por|di)\s+", re.IGNORECASE)
_SHINGLE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """What is right for a page; None where the set does not say, "" or () where it says that there is none."""

    text: str
    kind: str = ""
    title: str | None = None
    date: str | None = None
    authors: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What a system read on a page; None for a field it does not read at all."""

    text: str = ""
    title: str | None = None
    date: str | None = None
    authors: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The measures over the pages of a set, each 0 to 1; None where no page of it has the gold or the system no field.

    *shingle_f1* is that of mean precision and mean recall of four-word shingles, *exact* the share of pages whose words
    are all right and in order, *token_f1* the mean over pages. *date_silent* is how often no date is given where there
    is none.
    """

    pages: int
    shingle_f1: float
    exact: float
    token_f1: float
    title: float | None
    date: float | None
    date_silent: float | None
    authors: float | None


def scores(pairs: Sequence[tuple[Gold, Extraction]]) -> Scores:
    """The measures over pages, each with its gold and what was read on it."""
    shingles = [_overlap(_shingles(gold.text), _shingles(found.text)) for gold, found in pairs]
    precision = _mean(hit / read for hit, read, _ in shingles if read)
    recall = _mean(hit / wanted for hit, _, wanted in shingles if wanted)
    return Scores(
        pages=len(pairs),
        shingle_f1=_f1(precision or 0.0, recall or 0.0),
        exact=fmean(_words(gold.text) == _words(found.text) for gold, found in pairs),
        token_f1=fmean(token_f1(gold.text, found.text) for gold, found in pairs),
        title=_mean(
            _name(found.title) == _name(gold.title) for gold, found in pairs if gold.title and found.title is not None
        ),
        date=_mean(_day(found) == gold.date for gold, found in pairs if gold.date and found.date is not None),
        date_silent=_mean(not _day(found) for gold, found in pairs if gold.date == "" and found.date is not None),
        authors=_mean(
            _people(found.authors) == _people(gold.authors)
            for gold, found in pairs
            if _people(gold.authors) and found.authors is not None
        ),
    )


def token_f1(gold: str, found: str) -> float:
    """F1 of the bags of lower-cased words; 1 where both are empty."""
    hit, read, wanted = _overlap(Counter(_words(gold.lower())), Counter(_words(found.lower())))
    if not read or not wanted:
        return float(read == wanted)
    return _f1(hit / read, hit / wanted)


def _overlap(gold: Counter[object], found: Counter[object]) -> tuple[int, int, int]:
    """How many are in both, in what was found, and in the gold."""
    return (gold & found).total(), found.total(), gold.total()


def _shingles(text: str) -> Counter[object]:
    words = _words(text)
    if len(words) <= _SHINGLE:
        return Counter([tuple(words)] if words else [])
    return Counter(zip(*(words[start:] for start in range(_SHINGLE)), strict=False))


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return fmean(listed) if listed else None


def _name(text: str | None) -> str:
    return " ".join(_words(unicodedata.normalize("NFKC", text or "").casefold()))


def _day(found: Extraction) -> str:
    return (found.date or "")[:10]


def _people(names: tuple[str, ...] | None) -> frozenset[str]:
    parts = (_BY.sub("", part.strip()) for name in names or () for part in _BETWEEN_AUTHORS.split(name))
    return frozenset(filter(None, map(_name, parts)))
