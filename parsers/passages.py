"""Passages: the blocks of a report as those who read facts from them want them."""

from collections.abc import Iterable
from typing import NamedTuple

from .normal import folded, plain
from .record import Block

_READ = 10_000  # characters of a passage; a fact stands nearer to its start


class Passage(NamedTuple):
    """A block with its words `folded`.

    Most blocks state no fact: a word that a form demands is looked for in these first, at a fiftieth of the form's
    cost.
    """

    block: Block
    folded: str

    @property
    def text(self) -> str:
        """The words, `plain`: made anew each time, as hardly any are asked for."""
        return plain(self.block.text[:_READ])


def passages(blocks: Iterable[Block]) -> list[Passage]:
    """The passages of *blocks*, in order; of a long one the start."""
    return [Passage(block, folded(block.text[:_READ])) for block in blocks]
