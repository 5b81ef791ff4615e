"""Commands for crawling by schedule: run-once, run, show."""

from typing import TYPE_CHECKING, Any

import click

from ..errors import SourceError, UsageError
from .after import News
from .context import Settings, address_option
from .output import format_option, listing, note, page_name
from .progress import Progress, progress_option, telling
from .running import finished

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..archive import Archive, ScheduleRow
    from ..crawl.schedule import Run
    from ..sources import Source

_FINDINGS = 1
_COLUMNS = ("source", "every", "next_at", "is_due", "last_ended", "last_result", "why")
_PAGE_COLUMNS = ("source", "page", "next_at", "interval_h", "why")


@click.group()
def schedule() -> None:
    """Crawls sources at the times their files say (`every`), and shows what is due when.

    \b
    Examples:
      fonds schedule show
      fonds schedule run-once
      fonds schedule run
    """


@schedule.command("run-once")
@address_option
@progress_option
@format_option
@click.pass_obj
def run_once(settings: Settings, addresses: tuple[str, ...], mode: str, form: str | None) -> None:
    """Crawls every source that is due, and ends; for cron and systemd timers.

    Runs that were missed are made up for by one. A source that another process is crawling is skipped and stays due.
    Exit code 1 says that pages failed or were held back, that a source is not as its file expects, or that a file has
    mistakes: those are told and the other sources crawled.

    \b
    Examples:
      fonds schedule run-once
      fonds --json-log schedule run-once --format jsonl
    """
    from ..crawl import Options
    from ..crawl.schedule import run_due
    from ..fetch import Politeness
    from ..sources import load_valid

    sources, wrong = load_valid(settings.sources)
    for error in wrong:  # the mistake in one file must not keep the others from being crawled
        for line in str(error).splitlines():
            note(f"fonds: {line}")
    _need_schedule(settings, sources)
    options = Options(allow_addresses=frozenset(addresses))
    turns = Politeness(at_once=options.connections)
    with settings.open_archive(create=True) as archive:
        news = News(settings, archive)
        with telling(settings, archive, turns, mode) as report:

            async def work() -> "tuple[Run, ...]":
                await news.prepare()
                return await run_due(
                    archive, sources, options, now=settings.now, say=report.say, report=report, politeness=turns
                )

            runs = finished(work(), tick=report.tick)
        rows = [{"source": run.source, "result": run.said, "next_at": _next_at(archive, run.source)} for run in runs]
        listing(rows, form, columns=("source", "next_at", "result"), empty=_nothing_due(settings, archive, sources))
        if any(run.result for run in runs):
            finished(news.tell(sources))
    if wrong or news.is_mistaken or any(run.result and run.result.has_trouble for run in runs):
        raise click.exceptions.Exit(_FINDINGS)


@schedule.command()
@address_option
@progress_option
@click.pass_obj
def run(settings: Settings, addresses: tuple[str, ...], mode: str) -> None:
    """Stays, and crawls each source when it is due; ends with a signal (130, 143) or when nothing can be kept (2).

    Source files and notify.toml may be changed meanwhile; one with a mistake is told of. Sources before it go on,
    nothing is sent until it is mended.

    \b
    Examples:
      fonds schedule run
      fonds --json-log schedule run 2>> /var/log/fonds.jsonl
    """
    from ..crawl import Options
    from ..crawl.schedule import keep_running
    from ..fetch import Politeness
    from ..sources import load_sources

    _need_schedule(settings, load_sources(settings.sources))
    options = Options(allow_addresses=frozenset(addresses))
    turns = Politeness(at_once=options.connections)
    with settings.open_archive(create=True) as archive, telling(settings, archive, turns, mode) as report:
        load, news = _reloading(settings, report), News(settings, archive, report.say)

        async def after() -> None:
            await news.tell(load())

        async def stay() -> None:
            # Said once signals are taken: who has started us may end us from then on.
            report.say("fonds: waiting for what is due; `fonds schedule show` says what that is")
            await news.prepare()
            await keep_running(
                archive, load, options, now=settings.now, say=report.say, report=report, politeness=turns, after=after
            )

        finished(stay(), tick=report.tick)


@schedule.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--pages", is_flag=True, help='The pages of sources with every = "adaptive" in place of the sources.')
@format_option
@click.pass_obj
def show(settings: Settings, names: tuple[str, ...], pages: bool, form: str | None) -> None:
    """Shows when SOURCEs (all by default) are due, why then, and what came of their last run.

    \b
    Examples:
      fonds schedule show
      fonds schedule show genocidewatch --pages --format csv
    """
    from ..sources import load_sources

    sources = load_sources(settings.sources, names)
    with settings.existing_archive() as archive:
        if pages:
            rows = [row for source in sources for row in _page_rows(archive, source)]
            listing(rows, form, columns=_PAGE_COLUMNS, empty="no page has a visit planned yet")
        else:
            rows = [_row(settings, archive, source) for source in sources]
            rows.sort(key=lambda row: (row["next_at"] is None, row["next_at"] or settings.now()))
            listing(rows, form, columns=_COLUMNS, empty=f"{settings.sources}: no source files")


def _row(settings: Settings, archive: "Archive | None", source: "Source") -> dict[str, Any]:
    from ..crawl.schedule import due, held

    now = settings.now()
    row: ScheduleRow | None = archive.schedule_row(source.name) if archive else None
    found = due(source, row, now)
    hold = held(archive, source, now) if archive else None
    if found and hold and hold.at > found.at:
        found = type(found)(at=hold.at, why=f"{found.why}; its host asked to wait: {hold.why}")
    never = "its cron expression names no time" if source.every else "no schedule: its file has no `every`"
    return {
        "source": source.name,
        "every": source.every,
        "next_at": found.at if found else None,
        "is_due": found is not None and found.at <= now,
        "why": found.why if found else never,
        "last_started": row.started_at if row else None,
        "last_ended": row.ended_at if row else None,
        "last_result": row.result if row else "",
        "pages_planned": len(archive.visits(source.name)) if archive else 0,
        "pages_due": len(archive.due_visits(source.name, now)) if archive else 0,
    }


def _page_rows(archive: "Archive | None", source: "Source") -> list[dict[str, Any]]:
    visits = archive.visits(source.name) if archive else ()
    return [
        {
            "source": source.name,
            "page": page_name(visit.url),
            "url": visit.url,
            "next_at": visit.next_at,
            "interval_h": round(visit.interval_s / 3600, 1),
            "why": visit.why,
        }
        for visit in visits
    ]


def _need_schedule(settings: Settings, sources: "tuple[Source, ...]") -> None:
    if not any(source.every for source in sources):
        example = 'every = "0 6 * * *"'
        raise UsageError(f"{settings.sources}: no source file says when; a line such as {example} makes one due")


def _reloading(settings: Settings, report: Progress) -> "Callable[[], tuple[Source, ...]]":
    """Reads the sources anew each time; while they cannot be read those of the last time stand."""
    from ..sources import load_sources

    last: tuple[Source, ...] = ()
    told = ""

    def load() -> "tuple[Source, ...]":
        nonlocal last, told
        try:
            last, told = load_sources(settings.sources), ""
        except (SourceError, UsageError) as error:
            if str(error) != told:
                told = str(error)
                report.say(f"{told}; the sources as they were before go on")
        return last

    return load


def _next_at(archive: "Archive", source: str) -> Any:
    row = archive.schedule_row(source)
    return row.next_at if row else None


def _nothing_due(settings: Settings, archive: "Archive", sources: "tuple[Source, ...]") -> str:
    times = [
        (row["next_at"], row["source"]) for row in (_row(settings, archive, one) for one in sources) if row["next_at"]
    ]
    if not times:
        return "nothing is due, and nothing will be"
    at, name = min(times)
    return f"nothing is due; next is {name} at {at:%Y-%m-%d %H:%M} UTC"


COMMANDS = (schedule,)
