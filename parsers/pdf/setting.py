"""How a document is set: the size of its text, the steps from line to line; and lines as groups that are one block."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from .lines import Line
from .sheets import Bands, Box, Sheet
from .words import Words, note_label

SMALLER = 0.93  # small print is smaller than the text by that factor
LARGER = 1.12
_SIZES = 0.1  # letters differ in size by more than that part, or they are of one size
_USUAL_STEP = 1.4
_LARGEST_STEP = 2.0
_BULLET_REACH = 2.0

Kind = Literal["text", "item", "note"]


@dataclass(slots=True, kw_only=True)
class Group:
    """Lines that are one block. *left* is where its text begins, behind a bullet; *column* numbers where it ends."""

    lines: list[Line]
    kind: Kind = "text"
    left: float = 0.0
    ordered: bool = False
    column: int = 0
    whole: Line | None = None  # the first line with its bullet or number
    label: str = ""  # the number or sign that it begins with

    @property
    def first(self) -> Line:
        """Its first line."""
        return self.lines[0]

    @property
    def last(self) -> Line:
        """Its last line."""
        return self.lines[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a document is set: the *size* of its text, the usual *steps* from line to line by size, its *words*.

    *dots* may be bullets, *raised* are the labels that lead to footnotes, if there are such.
    """

    size: float
    steps: dict[float, float]
    words: Words
    dots: tuple[Bands, ...]
    raised: frozenset[str]

    def step(self, size: float) -> float:
        """From one line of letters of *size* to the next."""
        return self.steps.get(size_key(size), _USUAL_STEP * size)


def setting_of(columns: Iterable[Sequence[Line]], sheets: Sequence[Sheet], words: Words) -> Setting:
    """How the document with these *columns* is set."""
    sizes: Counter[float] = Counter()
    steps: dict[float, Counter[float]] = {}
    raised: dict[str, None] = {}
    for lines in columns:
        for line in lines:
            sizes[size_key(line.size)] += len(line.text)
            raised |= dict.fromkeys(label for piece in line.pieces[1:] if (label := note_label(line, piece)))
        for one, two in pairwise(lines):
            step = round((two.y - one.y) * 2) / 2
            if size_key(one.size) == size_key(two.size) and 0.9 * one.size <= step <= _LARGEST_STEP * one.size:
                steps.setdefault(size_key(one.size), Counter())[step] += 1
    usual = {size: max(found, key=lambda each: (found[each], -each)) for size, found in steps.items()}
    size = max(sizes, key=lambda each: (sizes[each], -each), default=1.0)
    dots = tuple(Bands((_taller(box), "") for box in sheet.dots) for sheet in sheets)
    return Setting(size=size, steps=usual, words=words, dots=dots, raised=frozenset(raised))


def _taller(box: Box) -> Box:
    """A bullet stands at about the middle of the letters, wherever its own is."""
    return Box(box.x0, box.y0 - _BULLET_REACH, box.x1, box.y1 + _BULLET_REACH)


def same_size(one: Line, two: Line) -> bool:
    """Whether the letters of two lines are of one size, but for a little."""
    return abs(one.size - two.size) <= _SIZES * max(one.size, two.size)


def size_key(size: float) -> float:
    """*size* to half a point, so that nearly the same counts as the same."""
    return round(size * 2) / 2
