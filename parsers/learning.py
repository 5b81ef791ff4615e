"""Learning: from the outlines of a site's pages to the lines that are its chrome. A pure function of what was seen.

A line is learned where it stands at the same end of pages, in a run of such lines: on both pages while there are two,
later on three of them and a third of all. Pages that say the same count once: a report at two addresses, or in two
editions, shares its words with itself. A line that was dropped is judged by the pages there were while it was shown.

A line that stands where its page had words of its own at another time was edited: such a page tells nothing of it, and
where several pages had each other words there, and no more of them took the line on beside what they had, it is no
chrome.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from .edits import Places, places
from .outline import GAP, Line, Outline, Sort, address_key
from .profile import Place, end_run, may_stand_inside, start_run

ENOUGH = 3  # pages
_ONE_IN = {"start": 3, "inside": 2, "end": 3}  # of the pages of a site
_MOSTLY = 2 / 3
_STILL_THERE_S = 7 * 86_400  # pages that were new so soon after a line was last seen could have shown it
_LONG_WORDS = 80
_SEVERAL = 2  # lines of pages' own in whose place a line stands: then it is none of chrome
_SURE = 4  # pages that it takes to know a longer line, or one of particulars: two reports may be on one occasion
_COMPARED = 24  # pages of a line of which each is compared with each; of more the same share is taken to be distinct
_NEAR = 2  # lines
_TEASED = 3  # first lines of a report
_SENTENCE_WORDS = 8
_SHARED_WORDS = 120  # more than these, and than what is their own, two pages share with an edition of theirs
_FEW_WORDS = 150  # where few pages tell of it, chrome is short
_FEW_SHARE = 2 / 3  # and less than what the page says itself
_SUBJECT_WORDS = 4  # of a title, one after the other: so many are what two reports are about
_SEPARATORS = (*(f" {sign} " for sign in "|–—·•»«:-"), " :: ")

Run = Callable[[Sequence[Line], Set[str]], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """The outline of a page, known by its URL, and when it was first and last seen so, in seconds."""

    page: str
    first: float
    last: float
    outline: Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A line that is chrome, and the pages that show it."""

    place: Place
    key: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What is learned of a site from so many *pages*, the newest of them seen at *seen_to*."""

    lines: tuple[Evidence, ...] = ()
    suffix: str = ""
    pages: int = 0
    seen_to: float = 0


def learn(sightings: Iterable[Sighting]) -> Lesson:
    """The chrome of the site that *sightings* are of, in whatever order they come."""
    site = _Site(sightings)
    if len(site.pages) < 2:
        return Lesson()
    start, end = site.run_lines("start", start_run), site.run_lines("end", end_run)
    known: dict[Place, dict[str, _Shown]] = {
        "start": start,
        "inside": site.inside_lines(frozenset(start), frozenset(end)),
        "end": end,
    }
    return Lesson(
        lines=tuple(
            Evidence(place=place, key=key, pages=tuple(sorted(known[place][key])))
            for place in known
            for key in sorted(known[place])
        ),
        suffix=_suffix(site.pages),
        pages=len(site.pages),
        seen_to=max(one.last for seen in site.pages.values() for one in seen),
    )


_Shown = dict[str, tuple[float, float]]  # by page, when a line was first and last seen on it
_NOWHERE = Places({}, frozenset())


class _Site:
    """The pages of a site with what was seen of each, the oldest first."""

    def __init__(self, sightings: Iterable[Sighting]) -> None:
        self.pages: dict[str, list[Sighting]] = {}
        ordered = sorted(sightings, key=lambda one: (one.page, one.first, [line.key for line in one.outline.lines]))
        for one in ordered:
            self.pages.setdefault(one.page, []).append(one)
        counts: Counter[str] = Counter()
        for seen in self.pages.values():
            counts.update({line.key for one in seen for line in one.outline.lines})
        shared = {key for key, count in counts.items() if count > 1}
        lines = [line for one in ordered for line in one.outline.lines if line.key in shared]
        self._shared = frozenset(shared.difference(line.key for line in lines if line.sort == Sort.NEVER))
        self._grave = {line.key for line in lines if line.words > _LONG_WORDS or line.sort == Sort.PARTICULAR}
        self._texts: dict[str, _Text] = {}
        layouts: dict[str, list[str]] = defaultdict(list)
        for page, seen in self.pages.items():
            for layout in {one.outline.layout: None for one in seen}:
                layouts[layout].append(page)
        # All pages, then those of each layout: a line may be the chrome of one alone.
        self._groups = [_Group(self.pages, self.pages), *(_Group(self.pages, pages) for pages in layouts.values())]
        self._kin: dict[tuple[str, str, bool], bool] = {}
        self._places = {
            page: places([one.outline for one in sorted(seen, key=_turn)], self._shared)
            for page, seen in self.pages.items()
            if len(seen) > 1
        }

    def run_lines(self, place: Place, run: Run) -> dict[str, _Shown]:
        """The lines that are chrome at one end of the pages, and where each was seen there."""
        known = self._shared
        while True:
            runs = ((one, run(one.outline.lines, known)) for one in self._seen())
            found = self._shown((one, _outer(place, one.outline.lines, count)) for one, count in runs)
            kept = frozenset(key for key in found if key in known and self._is_chrome(place, key, found[key], known))
            if kept == known:
                return {key: found[key] for key in sorted(kept)}
            known = kept

    def inside_lines(self, start: frozenset[str], end: frozenset[str]) -> dict[str, _Shown]:
        """The lines that are chrome between the paragraphs of reports, each with other neighbours on other pages."""
        inside: list[tuple[Sighting, list[Line]]] = []
        before: dict[str, set[str]] = defaultdict(set)
        after: dict[str, set[str]] = defaultdict(set)
        for one in self._seen():
            lines = one.outline.lines
            between = range(max(start_run(lines, start), 1), len(lines) - max(end_run(lines, end), 1))
            places = [place for place in between if lines[place].key in self._shared and may_stand_inside(lines[place])]
            for place in places:
                before[lines[place].key].add(lines[place - 1].key)
                after[lines[place].key].add(lines[place + 1].key)
            inside.append((one, [lines[place] for place in places]))
        shown = {
            key: pages
            for key, pages in self._shown(inside).items()
            if len(before[key]) > 1 and len(after[key]) > 1 and len(pages) >= ENOUGH
        }
        while True:
            known = start | end | shown.keys()
            kept = {key: pages for key, pages in shown.items() if self._is_chrome("inside", key, pages, known)}
            if kept.keys() == shown.keys():
                return kept
            shown = kept

    def _seen(self) -> Iterator[Sighting]:
        return (one for seen in self.pages.values() for one in seen)

    def _shown(self, found: Iterable[tuple[Sighting, Iterable[Line]]]) -> dict[str, _Shown]:
        """By key, when the lines *found* were seen on which page: those that are on several."""
        shown: dict[str, _Shown] = defaultdict(dict)
        for one, lines in found:
            for line in lines:
                first, last = shown[line.key].get(one.page, (one.first, one.last))
                shown[line.key][one.page] = (first, max(last, one.last))
        return {key: pages for key, pages in shown.items() if len(pages) > 1}

    def _is_chrome(self, place: Place, key: str, shown: _Shown, known: Set[str]) -> bool:
        """Whether a line is, where those *known* are not the pages' own."""
        edited: dict[str, Set[str]] = {}
        beside = 0
        for page in shown:
            found = self._places.get(page, _NOWHERE)
            if own := found.instead(key) - known:
                edited[page] = own
            else:
                beside += found.moved(key)
        if len(frozenset().union(*edited.values())) >= _SEVERAL and len(edited) >= beside:
            return False
        told = {page: times for page, times in shown.items() if page not in edited}
        return any(self._is_chrome_of(group, place, key, told) for group in self._groups)

    def _is_chrome_of(self, group: "_Group", place: Place, key: str, shown: _Shown) -> bool:
        pages = [page for page in shown if page in group.first_seen]
        distinct = self._distinct(place, key, pages) if pages else 0
        if distinct < (_SURE if key in self._grave else 2):
            return False
        others = group.known_at(max(shown[page][1] for page in pages) + _STILL_THERE_S) - len(pages)
        if distinct >= min(ENOUGH, distinct + others) and distinct * _ONE_IN[place] >= distinct + others:
            return True
        # Once well known a line stays so, however many pages come without it.
        times = sorted(shown[page][0] for page in pages)
        return distinct >= ENOUGH and any(
            2 * count >= group.known_at(at) for count, at in enumerate(times, 1) if count >= ENOUGH
        )

    def _distinct(self, place: Place, key: str, pages: Sequence[str]) -> int:
        """How many of *pages* say something of their own."""
        apart = -(-len(pages) // _COMPARED) or 1
        compared = sorted(pages[::apart], key=lambda page: (-self._text(page).words, page))
        few = len(pages) <= ENOUGH
        chosen: list[str] = []
        for page in compared:
            if not any(self._is_kin(page, other, few) or self._is_teaser(place, key, page, other) for other in chosen):
                chosen.append(page)
        return 1 + (len(chosen) - 1) * (len(pages) - 1) // max(len(compared) - 1, 1)

    def _text(self, page: str) -> "_Text":
        if page not in self._texts:
            self._texts[page] = _Text(self.pages[page][-1].outline)
        return self._texts[page]

    def _is_kin(self, page: str, other: str, few: bool) -> bool:
        pair = (min(page, other), max(page, other), few)
        if pair not in self._kin:
            self._kin[pair] = _says_the_same(self._text(page), self._text(other), few)
        return self._kin[pair]

    def _is_teaser(self, place: Place, key: str, page: str, other: str) -> bool:
        """Whether one page only announces the other by the line with *key*, which is the start of a report."""
        if place != "start":
            return False
        return _announces(self.pages[page], self.pages[other], key) or _announces(
            self.pages[other], self.pages[page], key
        )


def _turn(one: Sighting) -> tuple[object, ...]:
    """Where *one* stands among the sightings of its page, in whatever order they came."""
    return (one.first, one.last, one.outline.layout, one.outline.lines)


class _Group:
    """Pages of one kind, and when each was first seen."""

    def __init__(self, seen: Mapping[str, Sequence[Sighting]], pages: Iterable[str]) -> None:
        self.first_seen = {page: seen[page][0].first for page in pages}
        self._times = sorted(self.first_seen.values())

    def known_at(self, at: float) -> int:
        """How many of them had been seen at a time."""
        return bisect_right(self._times, at)


def _outer(place: Place, lines: Sequence[Line], count: int) -> Sequence[Line]:
    """The *count* lines at one end of a page, up to the first that is never chrome."""
    outer = lines[:count] if place == "start" else lines[len(lines) - count :][::-1]
    stop = next((index for index, line in enumerate(outer) if line.sort == Sort.NEVER), len(outer))
    return outer[:stop]


class _Text:
    """The lines of a page, how many words they have, those of its sentences by their keys, and its title."""

    def __init__(self, outline: Outline) -> None:
        lines = outline.lines
        self.title = outline.title.casefold().split()
        self.keys = [line.key for line in lines]
        self.counts = [0 if line.key == GAP else line.words for line in lines]
        self.words = sum(self.counts)
        self.sentences = {line.key: line.words for line in lines if line.words >= _SENTENCE_WORDS and line.key != GAP}


def _says_the_same(page: _Text, other: _Text, few: bool) -> bool:
    """Whether two pages share much of what is left between the lines that both begin and end with, or all but that.

    Where *few* pages tell of them, those lines must be less than what is left, and the titles not of one subject: two
    reports may end alike.
    """
    if few and _are_on_one_subject(page.title, other.title):
        return True
    head = _common(page.keys, other.keys)
    tail = _common(page.keys[head:][::-1], other.keys[head:][::-1])
    around = sum(page.counts[:head]) + sum(page.counts[len(page.counts) - tail :])
    least = min(page.words, other.words) - around
    if least < _SENTENCE_WORDS:
        return True
    both = page.sentences.keys() & other.sentences.keys()
    outside = {*page.keys[:head], *page.keys[len(page.keys) - tail :]}
    shared = sum(page.sentences[key] for key in both - outside)
    most = min(_FEW_WORDS, _FEW_SHARE * least) if few else max(_SHARED_WORDS, least)
    return 3 * shared >= least or around > most


def _are_on_one_subject(title: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two titles have half of their words in common, several of them one after the other."""
    count = max(_SUBJECT_WORDS, -(-min(len(title), len(other)) // 2))
    runs = {tuple(title[place : place + count]) for place in range(len(title) - count + 1)}
    return any(tuple(other[place : place + count]) in runs for place in range(len(other) - count + 1))


def _common(keys: Sequence[str], others: Sequence[str]) -> int:
    pairs = zip(keys, others, strict=False)
    return next(
        (count for count, (one, other) in enumerate(pairs) if one != other or one == GAP), min(len(keys), len(others))
    )


def _announces(seen: Sequence[Sighting], report: Sequence[Sighting], key: str) -> bool:
    """Whether a page shows the line with *key* beside a link to *report*, which begins with it."""
    if not any(key == line.key for one in report for line in one.outline.lines[:_TEASED]):
        return False
    target = address_key(report[0].page)
    for one in seen:
        lines = one.outline.lines
        for place, line in enumerate(lines):
            near = lines[max(place - _NEAR, 0) : place + _NEAR + 1]
            if line.key == key and any(other.leads == target for other in near):
                return True
    return False


def _suffix(pages: Mapping[str, Sequence[Sighting]]) -> str:
    """What the site adds to the titles of its pages: the ending that most of them share while the rest differs; ""."""
    titles = {page: {title: None for one in seen for title in one.outline.titles} for page, seen in pages.items()}
    heads: dict[str, dict[str, str]] = defaultdict(dict)
    for page, stated in titles.items():
        for title in stated:
            for place in _endings(title):
                heads[title[place:]].setdefault(page, title[:place])
    titled = sum(1 for stated in titles.values() if stated)
    known = [
        (len(found), len(ending), ending)
        for ending, found in heads.items()
        if len(found) >= _MOSTLY * titled and len({*found.values()}) >= max(2, min(ENOUGH, titled), len(found) / 2)
    ]
    return max(known)[2] if known else ""


def _endings(title: str) -> Iterator[int]:
    """Where the parts of *title* behind a separator begin, each with its separator."""
    for sign in _SEPARATORS:
        place = title.find(sign, 1)
        while place > 0:
            yield place
            place = title.find(sign, place + 1)
