"""What comparing hostile records costs: counted in steps, which twice the size may at most about double."""

import sys
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from parsers.record import Block, Record
from scraper.diff import applied, diff


def record(blocks: Iterator[Block] | list[Block]) -> Record:
    return Record(
        url="https://watch.example/a", media_type="text/html", layout="test", revision=1, blocks=tuple(blocks)
    )


def p(text: str) -> Block:
    return Block(kind="paragraph", text=text)


def table(rows: list[list[str]]) -> list[Block]:
    text = "\n".join(" | ".join(row) for row in rows)
    return [Block(kind="table", text=text, rows=tuple(map(tuple, rows)))]


def words(count: int, chance: Random, vocabulary: int = 500) -> str:
    return " ".join(f"w{number}" for number in chance.choices(range(vocabulary), k=count))


def unrelated(size: int) -> tuple[Record, Record]:
    chance = Random(3)
    return record([p(words(8, chance)) for _ in range(size)]), record([p(words(8, chance)) for _ in range(size)])


def alike(size: int) -> tuple[Record, Record]:
    return record([p("the same words")] * size), record([p("the same words too")] * size)


def shuffled_and_edited(size: int) -> tuple[Record, Record]:
    chance = Random(3)
    texts = [words(12, chance, 5_000) for _ in range(size)]
    changed = [f"{text} more" for text in texts]
    chance.shuffle(changed)
    return record(map(p, texts)), record(map(p, changed))


def split(size: int) -> tuple[Record, Record]:
    chance = Random(3)
    texts = [words(20, chance).split() for _ in range(size)]
    halves = [half for text in texts for half in (text[:10], text[10:])]
    return record([p(" ".join(text)) for text in texts]), record([p(" ".join(half)) for half in halves])


def headings_renamed(size: int) -> tuple[Record, Record]:
    def blocks(name: str) -> Iterator[Block]:
        for number in range(size):
            yield Block(kind="heading", text=f"{name}{number}", level=2)
            yield p(f"text {number}")

    return record(blocks("one")), record(blocks("other"))


def deep_list(size: int) -> tuple[Record, Record]:
    items = [Block(kind="item", text=f"item {level}", level=level) for level in range(1, size)]
    turned = [Block(kind="item", text=item.text, level=size - item.level) for item in items]
    return record(items), record(turned)


def long_table(size: int) -> tuple[Record, Record]:
    rows = [[str(row * 10 + column) for column in range(10)] for row in range(size)]
    shuffled = rows[:]
    Random(3).shuffle(shuffled)
    return record(table(rows)), record(table(shuffled))


def wide_table(size: int) -> tuple[Record, Record]:
    head = [f"c{column}" for column in range(size)]
    first, second = ([str(column + more) for column in range(size)] for more in (0, 1))
    return record(table([head, first])), record(table([head[::-1], second]))


def other_cells(size: int) -> tuple[Record, Record]:
    head = [f"c{column}" for column in range(10)]
    first, second = (
        [head, *([f"{name}{row * 10 + column}" for column in range(10)] for row in range(size))] for name in "ab"
    )
    return record(table(first)), record(table(second))


def long_block(size: int) -> tuple[Record, Record]:
    chance = Random(3)
    return record([p(words(size, chance))]), record([p(words(size, chance))])


def steps(made: tuple[Record, Record]) -> int:
    count = 0

    def step(*_: Any) -> None:
        nonlocal count
        count += 1

    sys.setprofile(step)
    try:
        diff(*made)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (unrelated, 800),
        (alike, 500),
        (shuffled_and_edited, 300),
        (split, 200),
        (headings_renamed, 300),
        (deep_list, 500),
        (long_table, 1_000),
        (wide_table, 300),
        (long_block, 20_000),
    ],
)
def test_twice_the_size_takes_about_twice_the_steps(make: Callable[[int], tuple[Record, Record]], size: int) -> None:
    assert steps(make(2 * size)) <= 3 * steps(make(size))


@pytest.mark.parametrize(
    ("make", "size", "coarse"),
    [
        (shuffled_and_edited, 10_000, False),
        (other_cells, 10_000, True),  # 100,000 cells
        (long_block, 200_000, True),  # 1 MB
        (deep_list, 10_000, False),
    ],
)
def test_what_is_hostile_is_compared_all_the_same_and_told_where_it_is_too_much(
    make: Callable[[int], tuple[Record, Record]], size: int, *, coarse: bool
) -> None:
    before, after = make(size)

    changes = diff(before, after)

    assert applied(changes, before) == after
    assert any(change.coarse for change in changes.blocks) == coarse
    assert len(changes.blocks) <= 2 * size
