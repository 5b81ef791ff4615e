"""Where on a page the content stands: the element that holds its prose, and the lead that stands over it."""

from collections.abc import Container, Iterator, Mapping, Sequence

from .survey import NEVER_REPORT, PROSE, Survey, Unit
from .tree import BLOCK, Tree

_LEAD = 40  # signs; a shorter line is no standfirst
_SENTENCE = 80
_CLIMB = 6
_LEAST = 200  # signs of prose in what calls itself the body
_SHARES = (0.1, 0.2, 0.3)  # of the most prose in one element, that one of each tier must have
_RIVAL = 0.5
_NEARLY_ALL = 0.75
_MOSTLY = 0.5
_GALLERIES = frozenset({"class gallery", "class carousel", "class slider", "class slideshow"})
# Around the content these are never a line of its head.
_AROUND = frozenset(
    f"class {word}" for word in "widget widgets tags topics categories keywords hashtags carousel".split()
)
_MASTHEADS = frozenset({"class header", "class hero", "class banner"})  # of a page or of its report


def content_roots(survey: Survey, body: int | None = None) -> tuple[int, ...]:
    """The elements whose text is the content, in the order of the page: its lead, and last what holds its prose.

    That is *body* where it is known.
    """
    root = _root(survey) if body is None else body
    return (*_leads(survey, root), root)


def edges(survey: Survey, roots: Sequence[int]) -> Mapping[int, str]:
    """What by its name is no part of the content: outside *roots*, and before or after the running text of the last."""
    tree, sums, root = survey.tree, survey.sums, roots[-1]
    first, last = _reach(survey, root)
    return {
        place: reason
        for place, reason in survey.loose.items()
        if (
            root < place < tree.ends[root]
            or (reason in _AROUND and not any(place <= lead < tree.ends[place] for lead in roots))
        )
        and (tree.ends[place] <= first or place > last or sums.linked(place) > _MOSTLY * sums.text(place))
        and not (reason in _GALLERIES and tree.first(place, "figure") is not None)
    }


def _reach(survey: Survey, root: int) -> tuple[int, int]:
    """Where the running text in *root* begins and ends, without what is loose unless most of it is."""
    tree, chrome, loose = survey.tree, survey.chrome, survey.loose
    inside = survey.units[survey.ranks[root] : survey.ranks[tree.ends[root]]]
    prose = [unit for unit in inside if unit.prose >= _SENTENCE and not _within(tree, unit.place, chrome)]
    firm = [unit for unit in prose if not _within(tree, unit.place, loose)]
    if sum(unit.prose for unit in firm) >= _MOSTLY * sum(unit.prose for unit in prose):
        prose = firm
    return (prose[0].place, prose[-1].place) if prose else (root, root)


def _nearest(tree: Tree, place: int, reasons: Mapping[int, str]) -> str:
    """The reason of the element at *place* or of the nearest around it that has one; ""."""
    while place >= 0 and place not in reasons:
        place = tree.parents[place]
    return reasons.get(place, "")


def _within(tree: Tree, place: int, others: Container[int]) -> bool:
    return place in others or tree.within(place, others)


def _root(survey: Survey) -> int:
    """What names itself the body if it holds enough of the prose, else the element with the most."""
    *named, every = _tiers(survey)
    most, root = max(every, default=(0.0, 0))
    for tier, share in zip(named, _SHARES, strict=True):
        score, best = max(tier, default=(0.0, 0))
        if score >= max(share * most, _LEAST) and _rival(survey, tier, best) <= _RIVAL * score:
            return _narrowed(survey, best)
    return _narrowed(survey, root)


def _tiers(survey: Survey) -> tuple[list[tuple[float, int]], ...]:
    """The elements that may be the content, with their scores: those that call themselves so first, last all."""
    tree, sums = survey.tree, survey.sums
    tiers: tuple[list[tuple[float, int]], ...] = ([], [], [], [])
    done = 0
    for place, tag in enumerate(tree.tags):
        if place < done:
            continue
        if place in survey.chrome:
            done = tree.ends[place]
        elif tag in BLOCK and tag not in PROSE and (score := sums.score(place)) > 0:
            tiers[3].append((score, place))
            if (tier := _tier(survey, place, tag)) < 3:
                tiers[tier].append((score, place))
    return tiers


def _tier(survey: Survey, place: int, tag: str) -> int:
    tree = survey.tree
    if tree.attribute(place, "itemprop") == "articleBody":
        return 0
    if (signs := survey.signs.get(place)) and signs.body:
        return 1
    return 2 if tag in {"article", "main"} or tree.attribute(place, "role") == "main" else 3


def _rival(survey: Survey, tier: list[tuple[float, int]], best: int) -> float:
    """The highest score in *tier* of an element beside *best*: of several articles on a page none is the content."""
    ends = survey.tree.ends
    return max((score for score, place in tier if place >= ends[best] or ends[place] <= best), default=0)


def _narrowed(survey: Survey, root: int) -> int:
    """The smallest element in *root* that holds nearly all of what it holds."""
    tree, sums = survey.tree, survey.sums
    while True:
        heirs = (
            child
            for child in tree.children(root)
            if tree.tags[child] in BLOCK and tree.tags[child] not in PROSE and child not in survey.chrome
        )
        heir = max(heirs, key=sums.score, default=None)
        if heir is None or sums.score(heir) < _NEARLY_ALL * sums.score(root):
            return root
        root = heir


def _leads(survey: Survey, root: int) -> Iterator[int]:
    """Pictures and paragraphs that open the report: between its heading and *root*, in the part that holds both."""
    tree = survey.tree
    never = {place for place, reason in survey.chrome.items() if NEVER_REPORT.search(reason)}
    over = (place for place in reversed(tree.named("h1")) if place < root and not tree.within(place, never))
    heading = next(over, -1)
    start = root
    for _ in range(_CLIMB):
        if heading < 0 or start <= heading:
            break
        start = tree.parents[start]
    units = {unit.place: unit for unit in survey.units[survey.ranks[heading + 1] : survey.ranks[root]]}
    place = max(heading + 1, start) if heading >= 0 else root
    while place < root:
        is_apart = tree.ends[place] <= root
        if place in survey.chrome:
            place = tree.ends[place]
        elif is_apart and (place in survey.captioned or tree.tags[place] == "figure" or _is_lead(survey, units, place)):
            yield place
            place = tree.ends[place]
        else:
            place += 1


def _is_lead(survey: Survey, units: Mapping[int, Unit], place: int) -> bool:
    unit, tree = units.get(place), survey.tree
    if not unit or tree.tags[place] == "li" or unit.plain < _LEAD or unit.linked > unit.plain:
        return False
    loose = _nearest(tree, place, survey.loose)
    return not loose or (unit.prose >= _SENTENCE and loose in _MASTHEADS)
