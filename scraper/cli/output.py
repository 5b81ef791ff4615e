"""What commands print: data on stdout in the format asked for, everything else on stderr, nothing a terminal obeys."""

import csv
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from textwrap import indent, wrap
from typing import Any

import click

from ..terminal import printable

Row = Mapping[str, Any]
FORMATS = ("table", "json", "jsonl", "csv")
# A spreadsheet takes a cell that starts so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CELL = 40
_GAP, _NARROWEST = 2, 20  # between columns, and behind each heading
_COMFORTABLE, _INDENT = 30, 4  # a last column with less room than that stands below its row, so far in
# The clock of the log that stderr is, None where stderr is for a person.
_LOG: ContextVar[Callable[[], datetime] | None] = ContextVar("log", default=None)


def format_option(command: Callable[..., None]) -> Callable[..., None]:
    """The option that every listing takes."""
    text = "table on a terminal, else jsonl"
    return click.option("--format", "form", type=click.Choice(FORMATS), help=f"How to print [default: {text}].")(
        command
    )


def listing(rows: Iterable[Row], form: str | None, *, columns: Sequence[str], empty: str) -> None:
    """Prints *rows*: all their fields, or in a table the *columns*; *empty* is said on stderr where there are none.

    CSV cells that a spreadsheet would compute start with an apostrophe.
    """
    rows = list(rows)
    chosen = chosen_form(form)
    if not rows:
        note(empty)
    if chosen == "json":
        data(json.dumps(rows, ensure_ascii=False, indent=2, default=plain))
    elif chosen == "jsonl":
        for row in rows:
            data(json.dumps(row, ensure_ascii=False, default=plain))
    elif chosen == "csv":
        _csv(rows, columns)
    elif rows:
        _table(rows, columns)


def chosen_form(form: str | None) -> str:
    """How a listing is printed: *form*, else as a table on a terminal and as JSON lines elsewhere."""
    return form or ("table" if sys.stdout.isatty() else "jsonl")


def data(text: str) -> None:
    """One piece of what was asked for, on stdout: as it is into a file or a pipe, made harmless on a terminal."""
    # Without its colour option click takes what looks like a terminal's command out of what goes into a pipe.
    click.echo(printable(text) if sys.stdout.isatty() else text, color=True)


def drawn(text: str) -> None:
    """What was already made harmless and may carry our own colours, on stdout."""
    click.echo(text, color=colour())


def note(text: str) -> None:
    """A line for a person, on stderr; where that is a log, an object with the event "note"."""
    if _LOG.get():
        logged("note", {"text": text})
    else:
        click.echo(printable(text), err=True)


def log_as_json(now: Callable[[], datetime] | None) -> None:
    """From here on stderr gets one JSON object a line, with the time by *now*; None ends that."""
    _LOG.set(now)


def logged(event: str, values: Row) -> None:
    """One object of the log: what happened, when, and *values*; ASCII, so that nothing in it steers a terminal."""
    now = _LOG.get()
    at = {"at": instant(now())} if now else {}
    click.echo(json.dumps({"event": event, **at, **values}, default=plain), err=True)


def colour() -> bool:
    """Whether stdout takes colours (https://no-color.org)."""
    return (sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))) and not os.environ.get("NO_COLOR")


def instant(moment: datetime | None) -> str:
    """*moment* in UTC to the second, "" for None."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def page_name(url: str) -> str:
    """The last part of *url*, by which a person knows the page and commands find it."""
    return url.rstrip("/").rpartition("/")[2]


def _csv(rows: Sequence[Row], columns: Sequence[str]) -> None:
    names = list(rows[0]) if rows else list(columns)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([cell(row[name]) for name in names] for row in rows)


def cell(value: object) -> str:
    """*value* as a cell of a CSV file, with an apostrophe where a spreadsheet would take it for a formula."""
    if isinstance(value, list | tuple | dict):
        value = json.dumps(value, ensure_ascii=False, default=plain)
    text = instant(value) if isinstance(value, datetime) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text


def _table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    from tabulate import tabulate

    *others, last = columns  # a line that is too long breaks in its last column only
    cells = [[*(_short(_shown(row[column])) for column in others), _shown(row[last])] for row in rows]
    headers = [column.replace("_", " ") for column in columns]
    if not sys.stdout.isatty():
        click.echo(tabulate(cells, headers=headers, tablefmt="plain", disable_numparse=True))
        return
    width = shutil.get_terminal_size((100, 24)).columns
    room = width - _taken(cells, headers)
    longest = max(len(row[-1]) for row in cells)
    is_prose = any(" " in row[-1] for row in cells)
    if room >= min(_COMFORTABLE, longest) or not is_prose:
        cells = [[*short, _wrapped(text, max(room, _NARROWEST))] for *short, text in cells]
        click.echo(tabulate(cells, headers=headers, tablefmt="plain", disable_numparse=True))
        return
    short = [row[:-1] for row in (headers, *cells)]
    head, *lines = tabulate(short, tablefmt="plain", disable_numparse=True).splitlines()
    click.echo(head.rstrip())
    for line, (*_, text) in zip(lines, cells, strict=True):
        click.echo(line.rstrip())
        if text:
            click.echo(indent(_wrapped(text, max(width - _INDENT, _NARROWEST)), " " * _INDENT))


def _wrapped(text: str, width: int) -> str:
    """*text* in lines of at most *width* characters."""
    return "\n".join(wrap(text, width, break_on_hyphens=False))


def _taken(cells: Sequence[Sequence[str]], headers: Sequence[str]) -> int:
    """How wide all columns but the last are; what is left is room for a long text."""
    widths = [max(len(name) + _GAP, *map(len, column)) for name, *column in zip(headers, *cells, strict=True)]
    return sum(width + _GAP for width in widths[:-1])


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, tuple):
        return ", ".join(_shown(item) for item in value)
    return printable("" if value is None else str(value)).replace("\n", " ")


def _short(text: str) -> str:
    return text if len(text) <= _CELL else f"{text[: _CELL - 1]}…"


def plain(value: object) -> object:
    """What JSON has no form for, as text: a time."""
    if isinstance(value, datetime):
        return instant(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")
