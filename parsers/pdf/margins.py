"""What a PDF needs for being on pages: running heads and feet, page numbers, and the contents that refer to these."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ..normal import bare
from .lines import Line
from .sheets import Sheet

_REACH = 4  # lines from the top and from the bottom that may be furniture
_ZONE = 0.2  # and the part of the height of the page that they stand in
_SAME_PLACE = 4.0
_FEWEST = 3
_MOST_WORDS = 14
_APART = 1.5  # how far a lone page number is from the text, in parts of its size
_DIGITS = re.compile(r"\d+")
_POINTS = re.compile(r"(?:\s?[.…·_]){4,}+\s?")
_LEADER = re.compile(r"(?<![.…·_])(?<![.…·_]\s)(?:\s?[.…·_]){4,}+\s*+[\divxlc]{1,6}$")
_CONTENTS = frozenset("contents inhalt inhaltsverzeichnis sommaire índice contenido indice sumário".split()) | {
    "table of contents",
    "table des matières",
}
_NUMBER = re.compile(
    r"[-–—|·\s]*+(?:(?:page|seite|página|pagina|p\.|s\.)\s*+)?(?P<number>\d{1,4}+|[ivxlc]{1,7}+)"
    r"(?:\s*+(?:of|/|de|von|sur|di)\s*+(?P<count>\d{1,4}+))?+[-–—|·\s]*+",
    re.IGNORECASE,
)
_WITH_NUMBER = re.compile(
    r".{1,80}[|·•–—]\s*+(?:page\s*+)?(?P<number>\d{1,4}+)|(?P<first>\d{1,4}+)\s*+[|·•–—].{1,80}+", re.IGNORECASE
)


def furniture(sheets: Sequence[Sheet], pages: Sequence[Sequence[Line]], labels: Sequence[str]) -> dict[Line, str]:
    """The lines of *pages* that are no part of the report, each with the reason: by place, or by counting up.

    A list of contents refers to pages, which a report in another form has none of.
    A page alone has nothing that repeats; at its edge a line that gives its number, or the title again, is furniture.

    *labels* are what the file calls its pages, "1", "2" or "iv"; there may be none.
    """
    found: dict[Line, str] = {}
    ends = [_ends(sheet, lines) for sheet, lines in zip(sheets, pages, strict=True)]
    for zone, name in ((0, "running head"), (1, "running foot")):
        lines = [line for end in ends for line in end[zone]]
        same = _repeated(lines, name, len(sheets))
        for end, page in zip(ends, pages, strict=True):
            same |= dict.fromkeys(_alone(end[zone], page, labels, len(sheets)), "page number")
        edges = [end[zone][0] for end in ends if end[zone]]
        same |= _in_the_same_slot(edges, same, name)
        for end, page in zip(ends, pages, strict=True):
            found |= {line: same[line] for line in _at_the_edge(end[zone], same, page)}
    if len(pages) == 1:
        found |= dict.fromkeys(_titles_again(*ends[0], pages[0]), "running head")
    return found | _contents(pages)


def _repeated(lines: Sequence[Line], name: str, count: int) -> dict[Line, str]:
    """Those of *lines* that several pages have at the same place, or that count the pages."""
    found: dict[Line, str] = {}
    groups: dict[tuple[str, int], list[Line]] = defaultdict(list)
    for line in lines:
        groups[_skeleton(line.text), round(2 * line.size)].append(line)
    for group in groups.values():
        for same in _same_places(group):
            if _NUMBER.fullmatch(same[0].text):
                found |= dict.fromkeys(_counting(same), "page number")
            elif len(same) >= min(_FEWEST, max(2, count - 1)) and len(same[0].text.split()) <= _MOST_WORDS:
                found |= dict.fromkeys(same, name)
    return found


def _at_the_edge(end: list[Line], same: dict[Line, str], page: Sequence[Line]) -> list[Line]:
    """The lines of *end*, from the edge, up to where the text of the page begins: it stands apart or looks otherwise.

    What stands inside the text is of the text, though other pages have the same at the same place.
    """
    taken: list[Line] = []
    rest = sorted(page, key=lambda line: abs(line.y - end[0].y)) if end else []
    for line in end:
        beside = [other for other in rest if abs(other.y - line.y) <= 0.5 * line.size]
        if not any(other in same for other in beside):
            break
        taken += [line] if line in same else []
    reach = max((abs(line.y - end[0].y) for line in taken), default=0.0)
    following = next((line for line in rest if abs(line.y - end[0].y) > reach + 1), None)
    is_apart = (
        following is not None
        and bool(taken)
        and (abs(following.y - taken[-1].y) > _APART * taken[-1].size or following.size != taken[-1].size)
    )
    return taken if is_apart else [line for line in taken if same[line] == "page number"]


def words_of_furniture(line: Line) -> str:
    """The words of *line* without the points that only lead the eye."""
    return _POINTS.sub(" … ", line.text)


def _contents(pages: Sequence[Sequence[Line]]) -> dict[Line, str]:
    """The lines that lead by a row of points to the number of a page, where there are several, and what names them."""
    leading = [line for page in pages for line in page if _LEADER.search(line.text)]
    if len(leading) < _FEWEST:
        return {}
    sheets = {line.sheet for line in leading}
    names = [line for page in pages for line in page if line.sheet in sheets and bare(line.text) in _CONTENTS]
    return dict.fromkeys([*names, *leading], "contents")


def _in_the_same_slot(edges: list[Line], found: dict[Line, str], name: str) -> dict[Line, str]:
    """Lines at the very edge where other pages have furniture of that size: chapters give it other words."""
    slots = Counter((round(line.y / 2), line.size) for line in edges if line in found)
    return {
        line: name
        for line in edges
        if line not in found
        and slots[round(line.y / 2), line.size] >= _FEWEST
        and len(line.text.split()) <= _MOST_WORDS
    }


def _titles_again(top: list[Line], bottom: list[Line], page: Sequence[Line]) -> list[Line]:
    """The first and the last line of a page if they say its title, which stands on it in larger letters."""
    title = max(page, key=lambda line: line.size, default=None)
    edges = [*top[:1], *bottom[:1]]
    return [line for line in edges if title and line.size < 0.9 * title.size and bare(title.text) in bare(line.text)]


def _ends(sheet: Sheet, lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The first and the last lines of a page, from its edge, as far as they stand near it and may be furniture."""
    down = sorted(lines, key=lambda line: (line.y, line.x0))
    top = [line for line in down[:_REACH] if line.y < _ZONE * sheet.height]
    bottom = [line for line in down[: -_REACH - 1 : -1] if line.y > (1 - _ZONE) * sheet.height]
    return top, bottom


def _skeleton(text: str) -> str:
    """*text* without what differs from page to page in the same head or foot."""
    return "#" if _NUMBER.fullmatch(text) else _DIGITS.sub("#", text.casefold())


def _same_places(lines: list[Line]) -> list[list[Line]]:
    """*lines*, those at one height together, at most one of each page."""
    places: list[dict[int, Line]] = []
    top = float("-inf")
    for line in sorted(lines, key=lambda each: (each.y, each.sheet)):
        if line.y - top > _SAME_PLACE:
            places.append({})
            top = line.y
        places[-1].setdefault(line.sheet, line)
    return [list(place.values()) for place in places]


def _counting(lines: list[Line]) -> list[Line]:
    """Those of *lines* whose numbers go up as the pages do."""
    steps: dict[int, list[Line]] = defaultdict(list)
    numbers = [(line, match["number"]) for line in lines if (match := _NUMBER.fullmatch(line.text))]
    for line, number in numbers:
        steps[_value(number) - line.sheet].append(line)
    most = max(steps.values(), key=len, default=[])
    return most if len(most) >= 2 else []


def _alone(lines: list[Line], page: Sequence[Line], labels: Sequence[str], count: int) -> list[Line]:
    """Those of *lines* that give their page's own number and stand apart from the rest of the page."""
    return [
        line
        for line in lines
        if _is_own(line, labels, count)
        and all(other is line or abs(other.y - line.y) > _APART * line.size for other in page)
    ]


def _is_own(line: Line, labels: Sequence[str], count: int) -> bool:
    label = labels[line.sheet] if line.sheet < len(labels) else ""
    own = {label.lower(), str(line.sheet + 1)} - {""}
    if match := _NUMBER.fullmatch(line.text):
        return match["number"].lower() in own and (not match["count"] or int(match["count"]) == count)
    named = _WITH_NUMBER.fullmatch(line.text)
    return named is not None and (named["number"] or named["first"]) in own


def _value(number: str) -> int:
    """What *number* counts, in our figures or in Roman ones."""
    if number.isdigit():
        return int(number)
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}[sign] for sign in number.lower()]
    return sum(
        -value if any(value < later for later in values[at + 1 : at + 2]) else value for at, value in enumerate(values)
    )
