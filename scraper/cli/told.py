"""Progress of long work, for a person who waits."""

import sys
import time

import click

_TICK_S = 1.0


class Told:
    """Progress on a terminal: one line that is written over, at most once a second."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._at = time.monotonic()
        self._width = 0

    def __call__(self, what: str, done: int, of: int) -> None:
        """Says that of *what* there is to do so much is done."""
        if not self._is_shown or time.monotonic() - self._at < _TICK_S:
            return
        self._at = time.monotonic()
        line = f"{what}: {done:,} of {of:,}"
        click.echo(f"\r{line.ljust(self._width)}", err=True, nl=False)
        self._width = len(line)

    def end(self) -> None:
        """Takes the line away."""
        if self._width:
            click.echo(f"\r{' ' * self._width}\r", err=True, nl=False)
