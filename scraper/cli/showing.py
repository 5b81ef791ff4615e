"""How changes are shown: the options that diff and compare share, and what they print or write."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .output import colour, note
from .paging import paged

if TYPE_CHECKING:
    from ..diff import About, Changes

_FINDINGS = 1
FORMS = ("terminal", "unified", "html", "json")
_BY_ENDING = {".html": "html", ".htm": "html", ".json": "json", ".diff": "unified", ".patch": "unified"}
_WIDTH = 100  # of what goes into a file
_WIDEST = 120  # columns of a line of prose, however wide the terminal is
_MOST_CONTEXT = 1_000
_CONTEXT = 8  # words
_PATCH_WIDTH, _PATCH_CONTEXT = 80, 3  # columns and lines, as `diff -u` has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """What was asked for: in which *form*, how wide, with how much context, to which file, with a pager or without.

    *width* and *context* are None for what each form has by itself, *to* for stdout.
    """

    form: str
    width: int | None
    context: int | None
    to: Path | None
    is_paged: bool

    def words_or_lines(self, usual: int) -> int:
        """How much context there is, *usual* where nothing was asked for."""
        return usual if self.context is None else self.context


def show_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how changes are shown, which `show_asked` takes."""
    form_help = "[default: terminal, or by the ending of --to]"
    to_help = "Writes FILE, whole or not at all; its ending says the form: .html, .json, .diff, .patch."
    width_help = f"Columns [default: those of the terminal, at most {_WIDEST}; of a patch {_PATCH_WIDTH}]."
    for option in (
        click.option("--pager/--no-pager", "pager", default=True, help="Through $PAGER [default: less] on a terminal."),
        click.option("--to", type=click.Path(path_type=Path), metavar="FILE", help=to_help),
        click.option("--width", type=click.IntRange(min=40), help=width_help),
        click.option(
            "-U", "--context", type=click.IntRange(0, _MOST_CONTEXT), metavar="N",
            help=f"Words around an edit [default: {_CONTEXT}], and of what came or went where it is more than 60; in a "
            f"patch lines [default: {_PATCH_CONTEXT}].",
        ),
        click.option("-u", "--unified", is_flag=True, help="A patch of the text: the same as --format unified."),
        click.option("--format", "form", type=click.Choice(FORMS), help=form_help),
    ):  # fmt: skip
        command = option(command)
    return command


def show_asked(
    form: str | None, unified: bool, context: int | None, width: int | None, to: Path | None, pager: bool
) -> Show:
    """What the options ask for. Raises UsageError where they do not go together."""
    if unified and form not in (None, "unified"):
        raise UsageError(f"--unified: found --format {form} too, expected one of them")
    chosen = form or ("unified" if unified else _BY_ENDING.get(to.suffix.lower(), "terminal") if to else "terminal")
    for name, value in (("--context", context), ("--width", width)):
        if value is not None and chosen in ("html", "json"):
            raise UsageError(f"{name}: found with {chosen}, which has all of the text; expected terminal or unified")
    return Show(form=chosen, width=width, context=context, to=to, is_paged=pager)


def show(found: "Changes", about: "About", asked: Show, *, names: tuple[str, str], titles: tuple[str, str]) -> None:
    """Prints or writes the changes *found*, and leaves with 1 where there are any that count.

    *names* is what the two sides are called, *titles* the same with when they were seen. Raises UsageError where a file
    cannot be written.
    """
    text = _shown(found, about, asked, names, titles)
    if asked.to:
        _write(asked.to, text)
        note(f"{asked.to}: {found.summary}")
    elif text:
        paged(text, is_wanted=asked.is_paged and asked.form != "json")
    else:
        note("no difference")
    if found and not found.is_ignored:
        raise click.exceptions.Exit(_FINDINGS)


def _shown(found: "Changes", about: "About", asked: Show, names: tuple[str, str], titles: tuple[str, str]) -> str:
    in_colour = colour() and asked.to is None
    match asked.form:
        case "json":
            return json.dumps(found.to_dict(), ensure_ascii=False, indent=2)
        case "html":
            from ..diff import render_html

            return render_html(found, *about.records, names=names, head=about.head).removesuffix("\n")
        case "unified":
            from ..diff import render_unified

            width, context = asked.width or _PATCH_WIDTH, asked.words_or_lines(_PATCH_CONTEXT)
            return render_unified(found, about=about, colour=in_colour, width=width, names=titles, context=context)
    from ..diff import render_terminal

    columns = _WIDTH if asked.to else min(shutil.get_terminal_size((_WIDTH, 24)).columns, _WIDEST)
    width, context = asked.width or columns, asked.words_or_lines(_CONTEXT)
    return render_terminal(found, width=width, colour=in_colour, names=names, about=about, context=context)


def _write(path: Path, text: str) -> None:
    from ..files import write_whole

    try:
        write_whole(path, f"{text}\n".encode("utf-8", "replace") if text else b"")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}; nothing was written") from error
