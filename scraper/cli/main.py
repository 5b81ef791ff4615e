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
# Which module has which commands: the one that is asked for is loaded, all of them only for help.
MODULES = {
    "crawling": "sources crawl get import release",
    "scheduling": "schedule",
    "health": "status why-not doctor",
    "reading": "list show search as-of",
    "queue": "log changes",
    "revisions": "diff",
    "news": "feed notify",
    "tracing": "blame history check-quote",
    "identity": "merge split",
    "single": "parse compare",
    "adoption": "adopt",
    "evidence": "init verify checkpoint",
    "redaction": "redact",
    "copies": "backup restore",
    "outside": "timestamp cosign",
    "exporting": "export",
    "explaining": "explain",
    "demonstration": "demo",
    "rereading": "reparse",
}

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
        return sorted(name for names in MODULES.values() for name in names.split())

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        module = next((module for module, names in MODULES.items() if name in names.split()), None)
        if module is None:
            return None
        commands: Sequence[click.Command] = import_module(f".{module}", __package__).COMMANDS
        return next(command for command in commands if command.name == name)


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
