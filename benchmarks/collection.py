"""A collection of reports with all their revisions, made up and the same each time: for the benchmark of versions.

Shaped as real series are: 1,961 pages with 100,000 versions of 34 passages each, a distinct passage in 22 versions,
long passages edited more often than short ones, some pages with a thousand versions and many with a dozen.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from parsers.record import Block, Country, Fact, Mark, Recommendation, Record, Stage

PHRASE = "forcibly displaced families"
COUNTRIES = 200
STAGES = (
    "Classification", "Symbolization", "Discrimination", "Dehumanization", "Organization", "Polarization",
    "Preparation", "Persecution", "Extermination", "Denial",
)  # fmt: skip
PAGES_TO_100_000 = 1961
_SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u", "an", "er", "is")]
_WORDS, _SENTENCES = 12_000, 30_000
_BEGIN = datetime(2015, 1, 1, tzinfo=UTC)
_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One version of one page: *page* is its number, from 1, *seq* that of the version, *at* when it was first seen."""

    page: int
    seq: int
    at: datetime
    record: Record


def collection(versions: int) -> Iterator[Written]:
    """So many versions, page after page, each page's in the order of time."""
    chance = random.Random(11)  # noqa: S311 -- the same for all
    sentences = _sentences(chance)
    pages = max(1, round(versions * PAGES_TO_100_000 / 100_000))
    for page, count in enumerate(_counts(chance, pages, versions), 1):
        yield from _page(chance, sentences, page, count)


def country_of(page: int) -> Country:
    """The country that a page is about."""
    number = page % COUNTRIES
    return Country(name=f"Republic {number}", iso=f"{chr(65 + number // 26)}{chr(65 + number % 26)}")


def _counts(chance: random.Random, pages: int, versions: int) -> list[int]:
    """How many versions each page has."""
    weights = [chance.lognormvariate(0, 1.2) for _ in range(pages)]
    whole = sum(weights)
    ends = [round(end * (versions - pages) / whole) for end in accumulate(weights)]
    return [1 + end - start for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _sentences(chance: random.Random) -> list[str]:
    words = ["".join(chance.choices(_SYLLABLES, k=chance.choice((1, 2, 2, 3)))) for _ in range(_WORDS)]
    frequent = [1 / (rank + 3) for rank in range(_WORDS)]
    cumulated = list(accumulate(frequent))
    made = []
    for number in range(_SENTENCES):
        found = chance.choices(words, cum_weights=cumulated, k=chance.randint(8, 30))
        if number % 400 == 0:
            found[3:3] = PHRASE.split()
        made.append(" ".join(found).capitalize() + ".")
    return made


@dataclass(slots=True)
class _Passage:
    """A paragraph while it is edited: *number* stays its own, and says whether it has a heading or a link."""

    number: int
    sentences: list[str]

    def blocks(self) -> Iterator[Block]:
        if self.number % 8 == 0:
            yield Block(kind="heading", text=f"On witness {self.number}", level=2)
        target = f"https://example.org/witness/{self.number}"
        marks = (Mark(kind="link", start=0, end=2, target=target),) if self.number % 6 == 1 else ()
        yield Block(kind="paragraph", text=" ".join(self.sentences), marks=marks)


def _page(chance: random.Random, sentences: list[str], page: int, count: int) -> Iterator[Written]:
    passages = [_passage(chance, sentences) for _ in range(max(4, round(chance.lognormvariate(3.2, 0.5))))]
    country, stages = country_of(page), sorted(chance.sample(range(1, 11), k=chance.randint(1, 6)))
    asks = [f"{chance.choice(sentences)[:-1]} {page}." for _ in range(chance.randint(2, 6))]
    step = timedelta(days=_DAYS / (count + 1))
    at = _BEGIN + timedelta(seconds=chance.randrange(86_400))
    for seq in range(1, count + 1):
        if seq > 1 and chance.random() < 0.04:  # what is stated changes seldom
            stages = sorted({*stages, chance.randint(1, 10)})[:6]
        elif seq > 1:
            _edit(chance, sentences, passages)
        yield Written(page=page, seq=seq, at=at + step * seq, record=_record(page, country, stages, asks, passages))


def _passage(chance: random.Random, sentences: list[str]) -> _Passage:
    count = max(1, round(chance.lognormvariate(1.0, 1.2)))
    return _Passage(chance.randrange(10**9), chance.choices(sentences, k=min(count, 80)))


def _edit(chance: random.Random, sentences: list[str], passages: list[_Passage]) -> None:
    """Edits one paragraph, a long one rather than a short one; now and then adds one or takes one out."""
    place = chance.choices(range(len(passages)), weights=[len(one.sentences) ** 2 for one in passages])[0]
    kind = chance.random()
    if kind < 0.05:
        passages.insert(place, _passage(chance, sentences))
    elif kind < 0.1 and len(passages) > 4:
        passages.pop(place)
    else:
        words = passages[place].sentences
        words[chance.randrange(len(words))] = f"{chance.choice(sentences)[:-1]} {chance.randrange(10**6)}."


def _record(page: int, country: Country, stages: list[int], asks: list[str], passages: list[_Passage]) -> Record:
    blocks = [block for passage in passages for block in passage.blocks()]
    blocks += [Block(kind="item", text=ask, level=1) for ask in asks]
    facts: list[Fact] = [country]
    facts += [Stage(number=number, name=STAGES[number - 1], model="ten stages") for number in stages]
    facts += [Recommendation(text=ask, addressees=("UN Security Council",)) for ask in asks]
    return Record(
        url=f"https://example.org/reports/{page}",
        media_type="text/html",
        layout="example/2020",
        revision=1,
        title=f"{country.name} Country Report {page}",
        organisation="Example Watch",
        authors=("A. Writer",),
        published="2023-12",
        language="en",
        canonical_url=f"https://example.org/reports/{page}",
        site_name="Example Watch",
        blocks=tuple(blocks),
        facts=tuple(facts),
    )
