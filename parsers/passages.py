"""Passages: the blocks of a report as those who read facts from them want them."""

from collections.abc import Iterable
from typing import NamedTuple

from .normal import plain
from .record import Block

_READ = 10_000  # characters of a passage; a fact stands nearer to its start


class Passage(NamedTuple):
    """A block with its words `plain`, and `folded` as well.

    Most blocks state no fact: a word that a form demands is looked for first, at a fiftieth of the form's cost.
    """

    block: Block
    text: str
    folded: str


def passages(blocks: Iterable[Block]) -> tuple[Passage, ...]:
    """The passages of *blocks*, in order; of a long one the start."""
    texts = ((block, plain(block.text[:_READ])) for block in blocks)
    return tuple(Passage(block, text, folded(text)) for block, text in texts)


def folded(text: str) -> str:
    """*text* in one case, with all that `re.IGNORECASE` takes for an ASCII letter as that letter."""
    if text.isascii():
        return text.lower()
    return text.replace("\u0130", "i").replace("\u0131", "i").casefold()
