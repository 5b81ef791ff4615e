"""What `fonds doctor` looks at: whether machine, installation, sources and archive are fit for crawling."""

import platform
import resource
import shutil
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from ..archive import SQLITE_VERSION, WAL_FIXED, Archive, is_wal_affected
from ..archive.copying import sized
from ..archive.schema import SCHEMA_VERSION
from ..bounds import DEFAULT_BOUNDS
from ..errors import ParserUnavailable, ScraperError, SourceError, UsageError
from ..sources import Source, load_sources
from ..worker import WORKER, Worker
from .context import Settings

_BUILT = datetime(2024, 1, 1, tzinfo=UTC)  # no sound clock is before the program
_LEAST_FILES = 256
_SKEW = timedelta(minutes=5)
_RECENT = 200  # captures whose server's clock is compared with ours

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at: what was found, and what to do where it is not well."""

    name: str
    state: State
    found: str
    do: str = ""


def checks(settings: Settings) -> Iterator[Check]:
    """Each thing looked at, in the order a person would."""
    yield Check(name="fonds", state="ok", found=f"{version('fonds')} on Python {platform.python_version()}")
    yield _sqlite()
    yield libraries()
    yield parser(WORKER)
    sources: tuple[Source, ...] = ()
    try:
        sources = load_sources(settings.sources)
        yield Check(name="sources", state="ok", found=f"{len(sources):,} in {settings.sources}")
    except (SourceError, UsageError) as error:
        yield Check(name="sources", state="fail", found=str(error), do="fonds sources check")
    yield browser(sources)
    yield trust_store()
    yield open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    yield disk(settings.archive, shutil.disk_usage(_nearest_folder(settings.archive)).free)
    yield from _archive(settings)


def _sqlite() -> Check:
    found = SQLITE_VERSION
    if is_wal_affected():
        fixed = ".".join(map(str, WAL_FIXED))
        found = (
            f"{found}: before {fixed} commits may be lost when two programs merge the log of a file at once; "
            "fonds lets one of its processes do so, so write with no other program while it crawls"
        )
    return Check(name="SQLite", state="ok", found=found)


def libraries(package: str = "fonds") -> Check:
    """The libraries that *package* needs, with their versions."""
    found: list[str] = []
    missing: list[str] = []
    for requirement in requires(package) or ():
        wanted, _, condition = requirement.partition(";")
        if "extra" in condition:
            continue
        name = "".join(_letters_of_name(wanted))
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            if not condition:  # one that this Python does not need may be absent
                missing.append(name)
    if missing:
        what = f"missing: {', '.join(missing)}"
        return Check(name="libraries", state="fail", found=what, do="pip install fonds again")
    return Check(name="libraries", state="ok", found=", ".join(found))


def _letters_of_name(requirement: str) -> Iterator[str]:
    """The letters of the name that *requirement* begins with."""
    for letter in requirement.strip():
        if not (letter.isalnum() or letter in "-_."):
            return
        yield letter


def parser(worker: Worker) -> Check:
    """Whether the process that parses pages can be had."""
    try:
        worker.parse(b"", url="", content_type="text/plain")
    except ParserUnavailable as error:
        return Check(name="parser", state="fail", found=str(error), do="install fonds again; see what stands above")
    bounds = worker.bounds
    found = f"a process of its own, at most {bounds.cpu_s:g} s of CPU time and {sized(bounds.memory_bytes)} of memory"
    return Check(name="parser", state="ok", found=found)


def browser(sources: tuple[Source, ...]) -> Check:
    """Whether pages can be captured by a browser, where one of *sources* asks for it."""
    wanted = [source.name for source in sources if source.capture == "browser"]
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    lacking = []
    try:
        found = f"playwright {version('playwright')}"
    except PackageNotFoundError:
        found = "playwright is not installed"
        lacking.append("pip install 'fonds[browser]'")
    if program is None:
        lacking.append("install chromium")
    found = f"{found}, {program or 'no chromium found'}"
    if lacking and wanted:
        do = f"{' and '.join(lacking)}: {', '.join(wanted)} needs it"
        return Check(name="browser", state="fail", found=found, do=do)
    return Check(
        name="browser", state="ok", found=found if not lacking else f'{found}; only capture = "browser" needs it'
    )


def trust_store() -> Check:
    """Whether there are certificate authorities to check https by."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile and Path(paths.cafile).is_file():
        return Check(name="trust store", state="ok", found=paths.cafile)
    if paths.capath and any(Path(paths.capath).iterdir()):
        return Check(name="trust store", state="ok", found=paths.capath)
    found = f"no certificate authorities at {paths.openssl_cafile} or {paths.openssl_capath}"
    return Check(name="trust store", state="fail", found=found, do="install the package ca-certificates")


def open_files(limit: int) -> Check:
    """Whether as many files and connections may be open as a crawl of many hosts needs."""
    if limit == resource.RLIM_INFINITY or limit >= _LEAST_FILES:
        found = "no limit" if limit == resource.RLIM_INFINITY else f"{limit:,}"
        return Check(name="open files", state="ok", found=found)
    return Check(name="open files", state="warn", found=f"at most {limit:,}", do=f"ulimit -n {_LEAST_FILES} or more")


def disk(archive: Path, free: int) -> Check:
    """Whether the disk of *archive* has room for the largest body twice: in the log and in the file."""
    least = 2 * DEFAULT_BOUNDS.wire_bytes
    found = f"{sized(free)} free beside {archive}"
    if free >= 10 * least:
        return Check(name="disk", state="ok", found=found)
    do = f"make room: a page may have {sized(DEFAULT_BOUNDS.wire_bytes)}, and is written twice"
    return Check(name="disk", state="warn" if free >= least else "fail", found=found, do=do)


def clock(now: datetime, last: datetime | None, skew: timedelta | None) -> Check:
    """Whether the clock is after the *last* capture, and agrees with the servers' (*skew* is how far it is ahead)."""
    found = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if now < _BUILT:
        return Check(name="clock", state="fail", found=f"{found}, before fonds was made", do="set the clock")
    if last and last > now + _SKEW:
        what = f"{found}, but the last capture is of {last:%Y-%m-%d %H:%M:%S} UTC"
        return Check(name="clock", state="warn", found=what, do="set the clock; captures keep their order all the same")
    if skew and abs(skew) > _SKEW:
        side = "ahead of" if skew > timedelta(0) else "behind"
        what = f"{found}; it was {abs(skew).total_seconds() / 60:,.0f} minutes {side} the servers' at the last captures"
        return Check(name="clock", state="warn", found=what, do="set the clock, by NTP where you can")
    return Check(name="clock", state="ok", found=found)


def _archive(settings: Settings) -> Iterator[Check]:
    now = settings.now()
    if not settings.archive.exists():
        yield Check(name="archive", state="ok", found=f"none yet at {settings.archive}; fonds crawl makes it")
        yield clock(now, None, None)
        return
    try:
        with settings.open_archive() as archive:
            yield from _state(settings, archive, now)
    except ScraperError as error:
        yield Check(name="archive", state="fail", found=str(error), do="restore it from a backup if it is damaged")


def _log(archive: Archive) -> Check:
    newest, keys = archive.newest_checkpoint(), archive.public_keys()
    found = f"{archive.log_size():,} leaves"
    if newest:
        found = f"{found}, a checkpoint of {newest.size:,} made {newest.created_at:%Y-%m-%d %H:%M} UTC"
    signed = f"signed by key {keys[-1].id}" if keys else "not signed; fonds init makes a key"
    return Check(name="log", state="ok", found=f"{found}, {signed}")


def _state(settings: Settings, archive: Archive, now: datetime) -> Iterator[Check]:
    size = sum(path.stat().st_size for path in (settings.archive, Path(f"{settings.archive}-wal")) if path.exists())
    pages, largest = len(archive.pages()), archive.largest_body_bytes()
    held_by = f"{sized(size)}, {pages:,} pages, schema version {SCHEMA_VERSION}, largest body {sized(largest)}"
    yield Check(name="archive", state="ok", found=f"{settings.archive}: {held_by}")
    crawls = archive.crawls()
    newest = {source: crawl for crawl in crawls for source in crawl.sources}
    open_ = sorted({crawl.id: crawl for crawl in newest.values() if crawl.ended_at is None}.items())
    last = f"last began {crawls[-1].started_at:%Y-%m-%d %H:%M} UTC" if crawls else "none yet"
    if open_:
        names = "; ".join(f"crawl {number} of {', '.join(crawl.sources)}" for number, crawl in open_)
        do = "nothing while they run; else `fonds crawl` with the same sources goes on with them"
        yield Check(name="crawls", state="warn", found=f"{last}; not finished: {names}", do=do)
    else:
        yield Check(name="crawls", state="ok", found=last)
    yield _log(archive)
    held = len(archive.held())
    if held:
        yield Check(name="held back", state="warn", found=f"{held:,} captures", do="fonds release lists them")
    else:
        yield Check(name="held back", state="ok", found="nothing")
    recent = archive.captures(crawl_id=crawls[-1].id)[-_RECENT:] if crawls else []
    skews = sorted(
        capture.captured_at - told
        for capture in recent
        if (told := _http_date(capture.server_date)) and capture.captured_at
    )
    newest_at = max((capture.captured_at for capture in recent), default=None)
    yield clock(now, newest_at, skews[len(skews) // 2] if skews else None)


def _http_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except (ValueError, OverflowError):
        return None


def _nearest_folder(path: Path) -> Path:
    """The folder of *path*, or the nearest one above it that is there."""
    return next(folder for folder in path.absolute().parents if folder.is_dir())
