"""Pairs of records for the diff benchmark: real revisions that follow each other, and reports made here with edits."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import NamedTuple

from parsers import Block, Record, parse

from .series import series

SIZES = {"5 KB": (3_500, 7_000), "50 KB": (35_000, 70_000), "500 KB": (250_000, 950_000)}
_MADE_OF = {"5 KB": 5_000, "50 KB": 50_000, "500 KB": 500_000}
_VOCABULARY = 20_000


class Pair(NamedTuple):
    """A report before and after; *size* is that of its text after, in letters."""

    before: Record
    after: Record

    @property
    def size(self) -> int:
        """How many letters the text after has."""
        return sum(len(block.text) for block in self.after.blocks)


def real(path: Path) -> list[Pair]:
    """The pairs of revisions that follow each other in the series at *path*, where the bytes are not the same."""
    pages: dict[str, list[bytes]] = {}
    for revision in series(path):
        pages.setdefault(revision.url, []).append(revision.body)
    found = []
    for bodies in pages.values():
        records = [parse(body, url="https://report.example/a", content_type="text/markdown") for body in bodies]
        found += [
            Pair(before, after)
            for before, after, one, other in zip(records, records[1:], bodies, bodies[1:], strict=False)
            if one != other
        ]
    return found


def of_size(pairs: Sequence[Pair], name: str, most: int) -> list[Pair]:
    """At most *most* of *pairs*, chosen at random, of the size called *name* on both sides."""
    least, greatest = SIZES[name]
    fitting = [
        pair
        for pair in pairs
        if least <= pair.size <= greatest and least * 0.8 <= Pair(pair.after, pair.before).size <= greatest * 1.2
    ]
    Random(1).shuffle(fitting)  # noqa: S311 -- the same each time
    return fitting[:most]


def made(name: str, count: int) -> list[Pair]:
    """*count* reports of the size called *name*, with 2 % of their paragraphs edited, one dropped and one added."""
    chance = Random(2)  # noqa: S311 -- the same each time
    return [_edited(report(_MADE_OF[name], chance), chance) for _ in range(count)]


def report(size: int, chance: Random) -> Record:
    """A report of about *size* letters in invented words, in paragraphs of 40 to 120."""
    blocks = []
    while size > 0:
        text = " ".join(words(chance.randint(40, 120), chance)).capitalize() + "."
        blocks.append(Block(kind="paragraph", text=text))
        size -= len(text)
    return record(blocks)


def record(blocks: Sequence[Block]) -> Record:
    """A report of *blocks*."""
    return Record(
        url="https://report.example/a", media_type="text/html", layout="made", revision=1, blocks=tuple(blocks)
    )


def words(count: int, chance: Random) -> list[str]:
    """*count* invented words, as often as words of a language: the second half as often as the first, and so on."""
    shares = [1 / (rank + 1) for rank in range(_VOCABULARY)]
    return [_word(rank) for rank in chance.choices(range(_VOCABULARY), shares, k=count)]


def reworded(text: str, count: int, chance: Random) -> str:
    """*text* with *count* of its words replaced, dropped or added."""
    found = text.split(" ")
    for _ in range(count):
        place = chance.randrange(len(found))
        kind = chance.choice("replace drop add".split())
        found[place : place + (kind != "add")] = [] if kind == "drop" else words(1, chance)
    return " ".join(found)


def moved(pairs: Sequence[Pair], *, edited: bool) -> Iterator[tuple[Pair, str]]:
    """Reports with one paragraph half a report away from where it was, with one word replaced where *edited*.

    Each with the paragraph as it is after.
    """
    chance = Random(3)  # noqa: S311 -- the same each time
    for before, _ in pairs:
        texts = [block.text for block in before.blocks]
        fit = [place for place, text in enumerate(texts) if len(text.split()) > 20 and texts.count(text) == 1]
        if len(texts) < 12 or not fit:
            continue
        blocks = list(before.blocks)
        block = blocks.pop(chance.choice(fit))
        if edited:
            block = Block(kind=block.kind, text=_middle_word_replaced(block.text), level=block.level)
        place = (before.blocks.index(next(one for one in before.blocks if one not in blocks)) + len(blocks) // 2) % len(
            blocks
        )
        blocks.insert(place, block)
        yield Pair(before, replace(before, blocks=tuple(blocks))), block.text


def _middle_word_replaced(text: str) -> str:
    found = text.split()
    found[len(found) // 2] = "Otherwise"
    return " ".join(found)


def _edited(before: Record, chance: Random) -> Pair:
    blocks = list(before.blocks)
    for _ in range(max(1, len(blocks) // 50)):
        place = chance.randrange(len(blocks))
        blocks[place] = replace(blocks[place], text=reworded(blocks[place].text, 3, chance))
    del blocks[chance.randrange(len(blocks))]
    blocks.insert(chance.randrange(len(blocks)), report(300, chance).blocks[0])
    return Pair(before, record(blocks))


def _word(rank: int) -> str:
    """An invented word, the shorter the more frequent."""
    syllables = "ba ke li mo nu ra se ti vo zu den mar kol sin tap".split()
    parts = []
    number = rank + 1
    while number:
        number, part = divmod(number, len(syllables))
        parts.append(syllables[part])
    return "".join(parts)
