"""fonds: the group of commands, and the one place where errors become lines and exit codes."""

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from parsers.errors import ParserError

from ..errors import ScraperError
from .context import Settings, clock
from .output import log_as_json, note

DONE, IMPOSSIBLE, INTERRUPTED = 0, 2, 130
# The commands by what they are for, each with its module and what it does: help loads none of them.
SECTIONS = {
    "Collect": {
        "sources": ("crawling", "lists the sources; checks their files"),
        "crawl": ("crawling", "crawls sources: discovers, fetches, reads, makes versions"),
        "schedule": ("scheduling", "crawls what is due, once or as a service; shows when"),
        "get": ("crawling", "fetches single pages, as politely as a crawl"),
        "import": ("crawling", "makes captures of files: HTML, PDF, text, Markdown"),
        "status": ("health", "health of each source: last crawl, failures, silence"),
        "why-not": ("health", "the rule that kept a URL out, and the line it stands on"),
        "release": ("crawling", "lists what is held back; accepts it"),
    },
    "Read and cite": {
        "list": ("reading", "the reports with country, date and number of versions"),
        "show": ("reading", "one version of a page, as text, Markdown or JSON"),
        "search": ("reading", "passages that hold words, newest first"),
        "as-of": ("reading", "the whole collection as it stood on a day"),
        "history": ("tracing", "what a page, or all on a country, stated when"),
        "check-quote": ("tracing", "the versions that hold a quotation, or the nearest wording"),
    },
    "What changed": {
        "changes": ("revisions", "the changes over all pages"),
        "log": ("revisions", "the versions of a page, what changed, and if they said so"),
        "diff": ("revisions", "what differs between two versions of a page"),
        "blame": ("tracing", "each sentence of a page, with when it appeared and was edited"),
        "compare": ("single", "what differs between the reports in two files"),
        "feed": ("news", "a feed of changes, Atom or JSON Feed"),
        "notify": ("news", "who is told after a crawl; tests it, sends again"),
    },
    "Keep and prove": {
        "init": ("evidence", "makes an archive and its key"),
        "verify": ("evidence", "that everything is as it was recorded; mends"),
        "backup": ("copies", "a verified copy, while crawls go on"),
        "restore": ("copies", "puts a backup in the place of the archive"),
        "export": ("exporting", "evidence that can be checked without fonds"),
        "checkpoint": ("evidence", "the state of the log, to print or to post"),
        "timestamp": ("outside", "has a time authority sign the checkpoint"),
        "cosign": ("outside", "signs another archive's checkpoint, as its witness"),
        "redact": ("redaction", "removes the bytes of captures for good, on record"),
    },
    "Pages and parsers": {
        "parse": ("single", "the record of a file; no archive, no network"),
        "explain": ("explaining", "why a page is read as it is"),
        "adopt": ("adoption", "makes a test of a capture or a file"),
        "reparse": ("rereading", "reads all captures again by today's parsers"),
        "merge": ("identity", "makes two pages one"),
        "split": ("identity", "makes an address a page of its own"),
    },
    "Set up": {
        "demo": ("demonstration", "crawls a small publisher on 127.0.0.1"),
        "doctor": ("health", "versions, limits, clock, sources, archive: what is missing"),
    },
}
_MODULES = {name: module for commands in SECTIONS.values() for name, (module, _) in commands.items()}

_EXAMPLES = """
\b
Examples:
  fonds crawl                                  crawls all sources of data/sources
  fonds schedule run-once                      crawls those that are due, and ends
  fonds status                                 how each source fares
  fonds list                                   reports with country, date, versions
  fonds log velmora                            the versions of one page
  fonds diff velmora                           what its last change was
  fonds search '"crimes against humanity"'     passages, newest first
  fonds verify                                 that all is as it was recorded
  fonds backup /mnt/backups/                   a verified copy, while crawls go on
"""


class _Commands(click.Group):
    def list_commands(self, _: click.Context) -> list[str]:
        return list(_MODULES)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in _MODULES:
            return None
        commands: Sequence[click.Command] = import_module(f".{_MODULES[name]}", __package__).COMMANDS
        return next(command for command in commands if command.name == name)

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, _MODULES))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), does) for name, (_, does) in commands.items()])


@click.group(
    cls=_Commands, epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--archive", type=click.Path(path_type=Path), help="The archive file [default: $FONDS_ARCHIVE or data/archive.db]."
)
@click.option(
    "--sources",
    type=click.Path(path_type=Path),
    default=Path("data/sources"),
    show_default=True,
    help="The folder of source files.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    envvar="FONDS_KEY",
    help="The key file that signs [default: $FONDS_KEY or, in ~/.config/fonds, the one of the archive].",
)
@click.option("--now", metavar="TIME", help="Takes TIME for the present (ISO 8601).")
@click.option("--json-log", is_flag=True, help="Writes one JSON object a line to stderr.")
@click.option("-v", "--verbose", is_flag=True, help="Says more on stderr.")
@click.version_option(package_name="fonds", prog_name="fonds")
@click.pass_context
def fonds(
    context: click.Context, archive: Path | None, sources: Path, key: Path | None, now: str | None, json_log: bool,
    verbose: bool,
) -> None:  # fmt: skip
    """Keeps every revision of published reports as evidence, and shows what changed.

    PAGE is a URL, a unique end of one, or a page's number. PAGE@3 is its third version, PAGE@2024-03-01 the one seen
    on that day. Exit codes: 0 done, 1 done with findings or failures recorded, 2 could not be done.
    """
    path = archive or Path(os.environ.get("FONDS_ARCHIVE") or "data/archive.db")
    present = clock(now)
    log_as_json(present if json_log else None)
    context.obj = Settings(
        archive=path, sources=sources, now=present, verbose=verbose, json_log=json_log, key=key
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs fonds and ends the process with its exit code; a user never sees a traceback."""
    # What start-up makes stays: to look for rubbish in it, again and again and once more at the end, takes a tenth of
    # the time of a short command.
    gc.set_threshold(50_000, 20, 20)
    atexit.register(gc.freeze)
    try:
        # Without its standalone mode click gives the code of an Exit back.
        code = fonds.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(IMPOSSIBLE)
    except (click.Abort, KeyboardInterrupt):
        _end_interrupted()
    except (ScraperError, ParserError) as error:
        for line in str(error).splitlines():
            note(f"fonds: {line}")
        sys.exit(IMPOSSIBLE)
    except BrokenPipeError:
        # The reader of our output has seen enough, as `head` has; nothing more can be written there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
    except OSError as error:
        note(f"fonds: {error.filename or 'writing failed'}: {error.strerror or error}")
        sys.exit(IMPOSSIBLE)
    except RuntimeError as error:
        # So arrives, before Python 3.12, a Ctrl-C that met the making of a class.
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        _end_interrupted()
    sys.exit(code or DONE)


def _end_interrupted() -> NoReturn:
    note("fonds: interrupted; what was captured is kept, the same command goes on from there")
    sys.exit(INTERRUPTED)
