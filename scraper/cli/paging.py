"""Long output a screen at a time, where a person sits at a terminal; into a pipe or a file as it is."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import click

from .output import note

_NO_PAGERS = ((), ("cat",))
# Ends where all fits the screen, keeps our colours, and leaves the text there when it ends.
_LESS = "FRX"


def paged(text: str, *, is_wanted: bool) -> None:
    """Prints *text*, which was made harmless, by $PAGER, else by less, if *is_wanted* and a terminal is at both ends.

    Whoever leaves the pager, or closes the pipe, before the end has seen enough: that is no error.
    """
    command = pager(os.environ) if is_wanted and sys.stdin.isatty() and sys.stdout.isatty() else ()
    if not command or not _run(command, text):
        printed(text)


def printed(text: str) -> None:
    """Prints *text* as it is; what it is piped into may close before the end."""
    try:
        click.echo(text, color=True)
    except BrokenPipeError:
        # Nothing more can be written there, and the interpreter would try.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def pager(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The words of the pager that *environment* asks for, () for none: where PAGER is "" or "cat", or TERM "dumb"."""
    if environment.get("TERM") == "dumb":
        return ()
    try:
        words = tuple(shlex.split(environment.get("PAGER", "less")))
    except ValueError as error:
        note(f"$PAGER: found {environment['PAGER']}: {error}; printed without a pager")
        return ()
    if words in _NO_PAGERS:
        return ()
    if shutil.which(words[0]) is None:
        if "PAGER" in environment:
            note(f"$PAGER: {words[0]} is not to be found; printed without a pager")
        return ()
    # In less without this, colours would be shown as what they are written with.
    return (*words, "-R") if Path(words[0]).name == "less" else words


def _run(command: tuple[str, ...], text: str) -> bool:
    """Shows *text* by the program *command*, and waits until it is left; false where it cannot be started."""
    try:
        process = subprocess.Popen(  # noqa: S603 -- the program that this user asks for
            command,
            stdin=subprocess.PIPE,
            env={"LESS": _LESS, **os.environ},
            text=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        note(f"$PAGER: {command[0]} cannot be run: {error.strerror}; printed without a pager")
        return False
    try:
        process.communicate(f"{text}\n")
    except KeyboardInterrupt:
        # Ctrl-C belongs to the pager, which may take it for the end of a search: the terminal is its own until it ends.
        _await(process)
    return True


def _await(process: "subprocess.Popen[str]") -> None:
    while process.returncode is None:
        with suppress(KeyboardInterrupt):
            process.wait()
