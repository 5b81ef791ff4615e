"""Commands that bring pages in: sources, crawl, get, import."""

import json
import signal
from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import SourceError, UsageError
from .context import Settings, parse_time
from .files import media_type, read_file
from .output import data, format_option, listing, note, page_name

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ..crawl import Coverage, CrawlResult, Event

_FINDINGS = 1
_TERMINATED = 143
_T = TypeVar("_T")
_TROUBLE = frozenset({"held", "unparsed", "failed", "refused"})
_progress_option = click.option(
    "--progress", type=click.Choice(["auto", "lines", "none"]), default="auto", show_default=True,
    help="auto: a line now and then on stderr; lines: 'captured ID URL OUTCOME' on stdout once it is committed.",
)  # fmt: skip
_address_option = click.option(
    "--allow-address", "addresses", multiple=True, metavar="HOST:PORT",
    help="Lets this private address and port through the address guard (repeatable).",
)  # fmt: skip


class _Progress:
    """Tells of captures as they are committed: each one, or a line for every ten and for what needs a look."""

    _EVERY = 10

    def __init__(self, settings: Settings, mode: str) -> None:
        self._settings = settings
        self._mode = mode
        self._count = 0
        self._alike: Counter[str] = Counter()

    def __call__(self, event: "Event") -> None:
        self._count += 1
        if self._mode == "lines":
            data(f"captured {event.capture_id} {event.url} {event.outcome}")
        if self._settings.json_log:
            note(json.dumps({"event": "capture", **asdict(event)}, ensure_ascii=False))
        elif self._mode == "auto" and (self._settings.verbose or self._is_news(event)):
            note(f"{event.outcome:12} {event.url}{': ' + event.detail if event.detail else ''}")
        elif self._mode == "auto" and self._count % self._EVERY == 0:
            note(f"{event.source or 'get'}: {self._count} captures so far")

    def close(self) -> None:
        """Says how often a reason came again that was told once."""
        for reason, count in self._alike.items():
            if count > 1 and self._mode == "auto" and not self._settings.verbose:
                note(f"{count - 1} more like it: {reason}")

    def _is_news(self, event: "Event") -> bool:
        if event.outcome not in _TROUBLE:
            return False
        self._alike[event.detail] += 1
        return self._alike[event.detail] == 1


@click.group(invoke_without_command=True)
@format_option
@click.pass_context
def sources(context: click.Context, form: str | None) -> None:
    """Lists the sources; `sources check` validates their files.

    \b
    Examples:
      fonds sources
      fonds sources check
    """
    if context.invoked_subcommand:
        return
    from ..sources import load_sources

    settings: Settings = context.obj
    rows = [asdict(source) for source in load_sources(settings.sources)]
    columns = ("name", "title", "seeds", "depth", "delay_s")
    listing(rows, form, columns=columns, empty=f"{settings.sources}: no source files")


@sources.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.pass_obj
def check(settings: Settings, names: tuple[str, ...]) -> None:
    """Validates source files and reports every mistake at once, with file and field."""
    from ..sources import load_source, source_files

    wrong = 0
    for path in source_files(settings.sources, names):
        try:
            load_source(path)
        except (SourceError, UsageError) as error:
            wrong += 1
            note(str(error))
        else:
            data(f"{path}: ok")
    if wrong:
        raise click.exceptions.Exit(_FINDINGS)


def _finished(work: "Coroutine[Any, Any, _T]") -> "_T":
    """What *work* gives. SIGTERM drops what is in flight and ends the process with 143."""
    import asyncio

    async def cancellable() -> "_T":
        task = asyncio.current_task()
        if task:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work

    try:
        return asyncio.run(cancellable())
    except asyncio.CancelledError:
        note("fonds: asked to end; what was captured is kept, the same command goes on from there")
        raise click.exceptions.Exit(_TERMINATED) from None


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--limit", type=click.IntRange(min=0), help="Fetches at most so many pages; the rest stays due.")
@click.option("--max-time", type=click.FloatRange(min=0), metavar="S", help="Stops after so many seconds; likewise.")
@_address_option
@_progress_option
@format_option
@click.pass_obj
def crawl(
    settings: Settings, names: tuple[str, ...], limit: int | None, max_time: float | None,
    addresses: tuple[str, ...], progress: str, form: str | None,
) -> None:  # fmt: skip
    """Crawls SOURCEs (all by default): discovers, fetches, parses, versions; ends with the coverage of each.

    An interrupted crawl is resumed by the same command. Exit code 1 says that pages failed or were held back, or that
    a source is not as its file expects.

    \b
    Examples:
      fonds crawl
      fonds crawl genocidewatch --limit 20
    """
    from ..crawl import Options
    from ..crawl import crawl as run
    from ..sources import load_sources

    chosen = load_sources(settings.sources, names)
    if not chosen:
        raise UsageError(f"{settings.sources}: no source files to crawl")
    options = Options(limit=limit, max_time_s=max_time, allow_addresses=frozenset(addresses))
    with settings.open_archive(create=True) as archive:
        report = _Progress(settings, progress)
        result = _finished(run(archive, chosen, options, now=settings.now, report=report))
        report.close()
    _say(result)
    listing([_coverage_row(part) for part in result.coverage], form, columns=_COVERAGE, empty="")
    if result.has_trouble:
        raise click.exceptions.Exit(_FINDINGS)


_COVERAGE = (
    "source",
    "expected",
    "captured",
    "new",
    "changed",
    "unchanged",
    "held",
    "missing",
    "failed",
    "skipped",
    "remaining",
)


def _coverage_row(coverage: "Coverage") -> dict[str, Any]:
    count = coverage.outcomes.get
    return {
        "source": coverage.source,
        "expected": coverage.expected,
        "captured": coverage.captured,
        "new": count("new", 0),
        "changed": count("changed", 0),
        "unchanged": count("unchanged", 0) + count("not-modified", 0),
        "held": count("held", 0) + count("unparsed", 0),
        "missing": count("missing", 0) + count("gone", 0),
        "failed": count("failed", 0),
        "skipped": sum(coverage.skipped.values()),
        "remaining": coverage.remaining,
        "skipped_by_reason": coverage.skipped,
        "findings": list(coverage.findings),
    }


def _say(result: "CrawlResult") -> None:
    if result.resumed:
        note(f"crawl {result.crawl_id} went on where it was interrupted")
    for coverage in result.coverage:
        for finding in coverage.findings:
            note(f"{coverage.source}: {finding}")
        for reason, count in coverage.skipped.items():
            note(f"{coverage.source}: skipped {count}: {reason}")
    if not result.finished:
        note(f"crawl {result.crawl_id} is not finished; the same command goes on with it")


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@_address_option
@_progress_option
@click.pass_obj
def get(settings: Settings, urls: tuple[str, ...], addresses: tuple[str, ...], progress: str) -> None:
    """Fetches single pages, outside any source, as politely as a crawl.

    \b
    Example:
      fonds get https://www.example.org/reports/velmora
    """
    from ..crawl import Options
    from ..crawl import get as run

    options = Options(allow_addresses=frozenset(addresses))
    with settings.open_archive(create=True) as archive:
        # Without lines for programs each page is told once, at the end.
        report = _Progress(settings, "none" if progress == "auto" else progress)
        loaded = _finished(run(archive, urls, options, now=settings.now, report=report))
    if progress == "auto":
        for url, one in zip(dict.fromkeys(urls), loaded, strict=False):
            data(f"{one.outcome} {url}{': ' + one.detail if one.detail else ''}")
    if any(one.outcome in _TROUBLE | {"missing"} for one in loaded):
        raise click.exceptions.Exit(_FINDINGS)


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--url", required=True, help="Where the page was published.")
@click.option("--at", metavar="TIME", help="When it was captured (ISO 8601) [default: now].")
@click.option(
    "--type", "given_type", metavar="MEDIA", help="Its media type [default: by the file's ending, else by its bytes]."
)
@_progress_option
@click.pass_obj
def import_(
    settings: Settings, files: tuple[str, ...], url: str, at: str | None, given_type: str | None, progress: str
) -> None:
    """Makes captures of one page from FILEs: HTML, plain text or Markdown, each a later one; .gz is unpacked.

    \b
    Examples:
      fonds import page.html --url https://www.example.org/velmora --at 2024-03-01
      fonds import report.txt --url https://www.example.org/velmora --type text/markdown
    """
    from ..capture import Capture
    from ..loader import load
    from ..urls import clean

    moment = settings.now() if at is None else parse_time(at, option="--at")
    if moment > settings.now() + timedelta(days=1):
        raise UsageError(f"--at: found {at}, which is still to come, expected when the page was captured")
    address = clean(url)
    captures = [
        Capture(
            url=address, final_url=address, captured_at=moment, outcome="fetched", method="import", body=body,
            content_type=media_type(name, given_type) or "", wire_bytes=len(body),
        )
        for name, body in [(name, read_file(name)) for name in files]
    ]  # fmt: skip
    found = False
    with settings.open_archive(create=True) as archive:
        for name, capture in zip(files, captures, strict=True):
            loaded = load(archive, capture)
            if progress == "lines":
                data(f"captured {loaded.capture_id} {address} {loaded.outcome}")
            elif progress == "auto":
                version = f" (version {loaded.version_seq})" if loaded.version_seq else ""
                data(f"{loaded.outcome} {name}{version}{': ' + loaded.detail if loaded.detail else ''}")
            found = found or loaded.outcome in _TROUBLE
    if found:
        raise click.exceptions.Exit(_FINDINGS)


@click.command()
@click.argument("capture", type=int, required=False)
@format_option
@click.pass_obj
def release(settings: Settings, capture: int | None, form: str | None) -> None:
    """Accepts the held-back CAPTURE, so that it becomes a version; without one, lists what is held back and why.

    A reading is held back when the parser is unsure, when a redirect led elsewhere, or when the text shrank
    by half or is another one altogether.

    \b
    Examples:
      fonds release
      fonds release 41
    """
    from ..diff import diff

    with settings.open_archive() as archive:
        if capture is None:
            rows = [{**asdict(row), "page": page_name(row.url)} for row in archive.held()]
            listing(rows, form, columns=("capture_id", "captured_at", "page", "reason"), empty="nothing is held back")
            return
        version = archive.release(capture, settings.now(), diff)
        count = len(archive.versions(str(version.page_id)))
    data(f"released capture {capture}: version {version.seq} of {version.url}, which has {count} versions now")


COMMANDS = (sources, crawl, get, import_, release)
