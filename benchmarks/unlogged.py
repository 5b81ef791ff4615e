"""fonds without its log: the same crawl with no leaf, tree, key or checkpoint, to see what those cost."""

import sys
from typing import Any

from scraper.archive import leaves, signing
from scraper.cli import main
from scraper.cli import signing as keys


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _none(*_: Any, **__: Any) -> int:
    return 0


def switch_off() -> None:
    """Puts functions that do nothing in place of those that keep the log."""
    for name in ("previous", "add_crawl", "add_crawl_end", "add_merge", "add_turn", "add_release", "note_tool"):
        setattr(leaves, name, _nothing)
    for name in ("add", "add_capture"):
        setattr(leaves, name, _none)
    signing.unsealed = _none
    signing.make = _nothing  # type: ignore[assignment]
    keys.first_key = _nothing
    from scraper.archive import archive  # noqa: PLC0415 -- once the rest is in place

    archive.tool = dict  # type: ignore[assignment]


if __name__ == "__main__":
    switch_off()
    main(sys.argv[1:])
