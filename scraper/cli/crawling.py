"""Commands that bring pages in: sources, crawl, get, import."""

from dataclasses import asdict
from datetime import timedelta
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import MistakenFile, UsageError
from ..wording import counted
from .after import News, notify_file
from .context import Settings, address_option, parse_time
from .coverage import check_coverage_file, columns, coverage_row, write_coverage
from .files import media_type, read_file
from .output import data, format_option, listing, note, page_name
from .progress import TROUBLE, progress, progress_option, telling, told
from .running import finished

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..archive import Archive
    from ..crawl import CrawlResult
    from ..loader import Loaded
    from ..sources import Source

_FINDINGS = 1


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
    rows = [asdict(source) | {"rules": _rules(source)} for source in load_sources(settings.sources)]
    columns = ("name", "title", "depth", "delay_s", "rules", "seeds")
    listing(rows, form, columns=columns, empty=f"{settings.sources}: no source files")


def _rules(source: "Source") -> str:
    """Whose layouts read the pages of *source*, and whether they were ever held against a page of it."""
    from parsers.registry import all_sites

    addresses = (*source.seeds, *source.sitemaps, *source.feeds)
    site = next((site for site in all_sites() if any(site.owns(address) for address in addresses)), None)
    if site is None:
        return "platform or generic"
    return f"{site.name}, untested: {site.untested}" if site.untested else site.name


@sources.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.pass_obj
def check(settings: Settings, names: tuple[str, ...]) -> None:
    """Validates source files, notify.toml and the rules of sites; every mistake at once, with file and field.

    \b
    Examples:
      fonds sources check
      fonds sources check genocidewatch
    """
    from parsers.registry import wrong_rules

    from ..sources import load_source, source_files

    wrong = 0
    loads: list[tuple[Path, Callable[[Path], object]]] = [
        (path, load_source) for path in source_files(settings.sources, names)
    ]
    if not names and notify_file(settings).exists():
        from ..notify import load_notify

        loads.append((notify_file(settings), load_notify))
    for path, load in loads:
        try:
            load(path)
        except (MistakenFile, UsageError) as error:
            wrong += 1
            note(str(error))
        else:
            data(f"{path}: ok")
    for mistake in wrong_rules():
        wrong += 1
        note(str(mistake))
    if wrong:
        raise click.exceptions.Exit(_FINDINGS)


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--limit", type=click.IntRange(min=0), help="Fetches at most so many pages; the rest stays due.")
@click.option("--max-time", type=click.FloatRange(min=0), metavar="S", help="Stops after so many seconds; likewise.")
@click.option(
    "--connections",
    type=click.IntRange(1, 1000),
    default=16,
    show_default=True,
    help="Requests under way at once, over all hosts; how many one host gets is said in its source file.",
)
@click.option("--no-parse", is_flag=True, help="Keeps captures unread; the next crawl without this reads them first.")
@click.option(
    "--coverage",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Writes every URL met with what became of it, and why it was skipped: .json, .jsonl or .csv.",
)
@address_option
@progress_option
@format_option
@click.pass_obj
def crawl(
    settings: Settings, names: tuple[str, ...], limit: int | None, max_time: float | None, connections: int,
    no_parse: bool, coverage: Path | None, addresses: tuple[str, ...], mode: str, form: str | None,
) -> None:  # fmt: skip
    """Crawls SOURCEs (all by default): discovers, fetches, parses, versions; ends with the coverage of each.

    An interrupted crawl is resumed by the same command. Feeds are written and notifications sent where notify.toml,
    beside the folder of sources, says so. Exit code 1 says that pages failed or were held back, that a source is not as
    its file expects, or that notify.toml has mistakes.

    \b
    Examples:
      fonds crawl
      fonds crawl genocidewatch --limit 20
      fonds crawl --coverage coverage.csv
    """
    from ..crawl import Options
    from ..crawl import crawl as run
    from ..fetch import Politeness
    from ..sources import load_sources

    if max_time is not None and not isfinite(max_time):
        raise UsageError(f"--max-time: found {max_time}, expected a number of seconds")
    if coverage:
        check_coverage_file(coverage)
    chosen = load_sources(settings.sources, names)
    if not chosen:
        raise UsageError(f"{settings.sources}: no source files to crawl")
    options = Options(
        limit=limit, max_time_s=max_time, connections=connections, parse=not no_parse,
        allow_addresses=frozenset(addresses),
    )  # fmt: skip
    with settings.open_archive(create=True) as archive:
        politeness = Politeness(at_once=connections)
        news = News(settings, archive)
        with telling(settings, archive, politeness, mode) as report:

            async def work() -> "CrawlResult":
                await news.prepare()
                return await run(archive, chosen, options, now=settings.now, report=report, politeness=politeness)

            result = finished(work(), tick=report.tick)
        _say(result)
        if not archive.public_keys():
            note(f"{settings.archive}: checkpoints are not signed; fonds init makes a key")
        rows = [coverage_row(part) for part in result.coverage]
        listing(rows, form, columns=columns(rows), empty="")
        if coverage:
            write_coverage(coverage, result, archive)
        finished(news.tell(chosen))
    if result.has_trouble or news.is_mistaken:
        raise click.exceptions.Exit(_FINDINGS)


def _say(result: "CrawlResult") -> None:
    if result.resumed:
        note(f"crawl {result.crawl_id} went on where it was interrupted")
    for coverage in result.coverage:
        for finding in coverage.findings:
            note(f"{coverage.source}: {finding}")
        for reason, count in coverage.skipped.items():
            note(f"{coverage.source}: skipped {count}: {reason}")
    for lesson in result.learned:
        note(lesson.said)
    if not result.finished:
        note(f"crawl {result.crawl_id} is not finished; the same command goes on with it")


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@address_option
@progress_option
@click.pass_obj
def get(settings: Settings, urls: tuple[str, ...], addresses: tuple[str, ...], mode: str) -> None:
    """Fetches single pages, outside any source, as politely as a crawl.

    \b
    Example:
      fonds get https://www.example.org/reports/velmora
    """
    from ..crawl import Options
    from ..crawl import get as run
    from ..urls import clean

    options = Options(allow_addresses=frozenset(addresses))
    asked: dict[str, str] = {}
    for url in urls:
        asked.setdefault(clean(url), url)  # several spellings of one address are asked for once
    with settings.open_archive(create=True) as archive:
        # Without lines for programs each page is told once, at the end.
        report = progress(settings, "none" if mode == "auto" else mode)
        loaded = finished(run(archive, urls, options, now=settings.now, report=report))
    if mode == "auto":
        for url, one in zip(asked.values(), loaded, strict=True):
            data(told(f"{one.outcome} {url}{': ' + one.detail if one.detail else ''}"))
    if any(one.outcome in TROUBLE | {"missing"} for one in loaded):
        raise click.exceptions.Exit(_FINDINGS)


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--url", required=True, help="Where the page was published.")
@click.option("--at", metavar="TIME", help="When it was captured (ISO 8601) [default: now].")
@click.option(
    "--type", "given_type", metavar="MEDIA", help="Its media type [default: by the file's ending, else by its bytes]."
)
@progress_option
@click.pass_obj
def import_(
    settings: Settings, files: tuple[str, ...], url: str, at: str | None, given_type: str | None, mode: str
) -> None:
    """Makes captures of one page from FILEs: HTML, PDF, plain text or Markdown, each a later one; .gz is unpacked.

    \b
    Examples:
      fonds import page.html --url https://www.example.org/velmora --at 2024-03-01
      fonds import report.txt --url https://www.example.org/velmora --type text/markdown
    """
    from ..capture import Capture
    from ..learning import learn_all
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
            if mode == "lines":
                data(f"captured {loaded.capture_id} {address} {loaded.outcome}")
            elif mode == "auto":
                version = f" (version {loaded.version_seq})" if loaded.version_seq else ""
                data(told(f"{loaded.outcome} {name}{version}{': ' + loaded.detail if loaded.detail else ''}"))
                for line in _later_evidence(archive, loaded):
                    note(told(f"{name}: {line}"))
            found = found or loaded.outcome in TROUBLE
        for lesson in learn_all(archive):
            note(lesson.said)
        archive.checkpoint(settings.now())
    if found:
        raise click.exceptions.Exit(_FINDINGS)


def _later_evidence(archive: "Archive", loaded: "Loaded") -> list[str]:
    """What in the first version of a page is from a later day than its report gives for itself."""
    if loaded.outcome != "new":
        return []
    flags = (flag for record in archive.records(loaded.capture_id) for flag in record.flags)
    return [flag.detail for flag in flags if flag.name == "later-than-published"]


@click.command()
@click.argument("capture", type=int, required=False)
@format_option
@click.pass_obj
def release(settings: Settings, capture: int | None, form: str | None) -> None:
    """Accepts the held-back CAPTURE, so that it becomes a version; without one, lists what is held back and why.

    A reading is held back when the parser is unsure, when a redirect led elsewhere, or when it is implausible: the
    text shrank by half, date, authors and facts are gone, it is another text altogether. `fonds explain` says more.

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
        archive.checkpoint(settings.now())
        count = len(archive.versions(str(version.page_id)))
    versions = counted(count, "version")
    data(f"released capture {capture}: version {version.seq} of {version.url}, which has {versions} now")


COMMANDS = (sources, crawl, get, import_, release)
