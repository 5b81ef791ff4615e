"""A text with what rules match in it."""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import groupby

from ..insignificant import Rule
from .units import means_something

NOBODY = -1
Part = tuple[str, int]  # a piece of a text, and the number of the first rule that matches in it, `NOBODY` for none


class Masked:
    """A text of one of *kinds* with what *rules* match in it; of no kind it is read by rules for all kinds alone."""

    def __init__(self, text: str, kinds: Collection[str], rules: Sequence[Rule]) -> None:
        self.text = text
        self._found = [rule.spans(text) if rule.is_for(kinds) else () for rule in rules]
        self.is_touched = any(self._found)

    @cached_property
    def _owners(self) -> list[int]:
        """For each character the number of the first rule that matches there."""
        owners = [NOBODY] * len(self.text)
        for number in reversed(range(len(self._found))):
            for start, end in self._found[number]:
                owners[start:end] = [number] * (end - start)
        return owners

    @cached_property
    def left(self) -> str:
        """What no rule matches, with single spaces."""
        return " ".join(" ".join(text for text, number in self.parts() if number == NOBODY).split())

    @property
    def is_all(self) -> bool:
        """Whether rules match something, and leave no word."""
        return self.is_touched and not means_something(self.left)

    def parts(self, start: int = 0, end: int | None = None) -> list[Part]:
        """The text from *start* to *end*, in parts that rules match and do not match by turns.

        White space alone beside what is matched is part of that.
        """
        end = len(self.text) if end is None else end
        if not self.is_touched:
            return [(self.text[start:end], NOBODY)] if start < end else []
        found: list[Part] = []
        for number, group in groupby(self._owners[start:end]):
            text = self.text[start : start + sum(1 for _ in group)]
            start += len(text)
            found.append((text, number))
        is_touched = any(number != NOBODY for _, number in found)
        parts = []
        for _, same in groupby(found, lambda part: part[1] != NOBODY or (is_touched and not part[0].strip())):
            pieces = list(same)
            parts.append((text_of(pieces), first_of(number for _, number in pieces)))
        return parts

    def first(self, start: int = 0, end: int | None = None) -> int:
        """The number of the first rule that matches something from *start* to *end*, `NOBODY` for none."""
        return first_of(self._owners[start:end]) if self.is_touched else NOBODY

    def covers(self, start: int, end: int) -> bool:
        """Whether rules match all that stands from *start* to *end*."""
        return self.first(start, end) != NOBODY and len(self.parts(start, end)) == 1


def first_of(numbers: Iterable[int]) -> int:
    """The number of the first of some rules, `NOBODY` for none."""
    return min((number for number in numbers if number != NOBODY), default=NOBODY)


def text_of(parts: Iterable[Part]) -> str:
    """The text that *parts* spell out."""
    return "".join(text for text, _ in parts)
