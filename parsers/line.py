"""The words of one block while they are gathered from a tree: runs of text, the spaces between them, the marks."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .record import Mark, MarkKind

Words = tuple[str, tuple[Mark, ...]]  # a text, and the marks in it


@dataclass(slots=True)
class _OpenMark:
    kind: MarkKind
    target: str
    start: int | None = None


@dataclass(slots=True)
class Line:
    """Words joined as a reader sees them: without a space where none stands in the page, with one where any does.

    *parts* are the words so far, always in the same list. *gap* says that a space comes before the next word. A mark
    that is open when words are taken goes on in the next.
    """

    parts: list[str] = field(default_factory=list)
    gap: bool = False
    _length: int = 0
    _open: list[_OpenMark] = field(default_factory=list)
    _marks: dict[Mark, None] = field(default_factory=dict)  # an ordered set: nested spans repeat a mark

    def read(self, raw: str, words: str) -> None:
        """Adds *words*, which stand as *raw* in the page."""
        if not words:
            self.gap = self.gap or raw[:1].isspace()
            return
        if self._length and (self.gap or raw[0].isspace()):
            self.parts.append(" ")
            self._length += 1
        self._add(words)
        self.gap = raw[-1].isspace()

    def space(self, raw: str, *, verbatim: bool) -> None:
        """Notes white space that stands before an element."""
        if verbatim:
            self.add(raw)
        else:
            self.gap = True

    def add(self, words: str) -> None:
        """Adds *words* as they are."""
        if self.gap and self._length:
            self.parts.append(" ")
            self._length += 1
        self.gap = False
        self._add(words)

    def open(self, kind: MarkKind, target: str = "") -> None:
        """Begins a mark at the next word; a link without a target is none."""
        self._open.append(_OpenMark(kind, target))

    def close(self) -> None:
        """Ends the mark begun last."""
        self._end(self._open.pop())

    def take(self) -> Words:
        """The words and their marks; the line is then empty."""
        for mark in self._open:
            self._end(mark)
        text = "".join(self.parts)
        marks = tuple(sorted(self._marks, key=lambda mark: (mark.start, mark.end, mark.kind))) if self._marks else ()
        self.parts.clear()
        self._marks.clear()
        self._length, self.gap = 0, False
        if not unicodedata.is_normalized("NFC", text):
            return unicodedata.normalize("NFC", text), ()  # a sign composed over the edge of a mark moves all others
        return text, marks

    def _add(self, words: str) -> None:
        for mark in self._open:
            if mark.start is None:
                mark.start = self._length
        self.parts.append(words)
        self._length += len(words)

    def _end(self, mark: _OpenMark) -> None:
        if mark.start is not None and self._length > mark.start and (mark.kind != "link" or mark.target):
            self._marks[Mark(kind=mark.kind, start=mark.start, end=self._length, target=mark.target)] = None
        mark.start = None


def joined(pieces: Iterable[Words], between: str) -> Words:
    """*pieces* that have words as one text, with their marks."""
    texts: list[str] = []
    marks: list[Mark] = []
    length = 0
    for text, inside in pieces:
        if text:
            length += len(between) if texts else 0
            marks += [replace(mark, start=mark.start + length, end=mark.end + length) for mark in inside]
            texts.append(text)
            length += len(text)
    return between.join(texts), tuple(marks)


def without_start(text: str, marks: tuple[Mark, ...], length: int) -> Words:
    """*text* without its first *length* characters and the white space after them, its marks moved along."""
    start = len(text) - len(text[length:].lstrip())
    kept = tuple(
        Mark(kind=mark.kind, start=max(mark.start - start, 0), end=mark.end - start, target=mark.target)
        for mark in marks
        if mark.end > start
    )
    return text[start:], kept
