"""Sources: one TOML file for each publisher, `data/sources/<name>.toml`, read with every mistake reported at once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from .declaration import expected, read_toml, shown, table, that
from .errors import SourceError, UsageError
from .insignificant import TABLE, Rule, declared
from .urls import MAX_URL_CHARS, Address, address, clean, matches

_ENTRANCES = ("seeds", "sitemaps", "feeds")
_NO_ENTRANCE = "seeds: missing, expected a list of http(s) URLs, or sitemaps or feeds to start from"
RECORD_FIELDS = ("title", "published", "country", "authors", "organisation", "language", "stage", "recommendation")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_CONTACT = re.compile(r"(https?://|mailto:)?[!-'*-\[\]-~]+[.@][!-'*-\[\]-~]+")


def _is_pattern(text: str) -> bool:
    return text.startswith(("http://", "https://", "*")) and len(text) <= MAX_URL_CHARS and not re.search(r"\s", text)


def is_address(text: str) -> bool:
    """Whether *text* is a host with a port, as "127.0.0.1:8000" and "[::1]:8000" are."""
    try:
        parts = urlsplit(f"//{text}")
        return bool(parts.hostname and parts.port) and not parts.path
    except ValueError:
        return False


def _is_range(value: tuple[int, int]) -> bool:
    return 0 <= value[0] <= value[1]


def _is_every(text: str) -> bool:
    if text in ("", "adaptive"):
        return True
    from cronsim import CronSim, CronSimError  # noqa: PLC0415 -- most sources have no schedule

    try:
        CronSim(text, datetime(2024, 1, 1, tzinfo=UTC))
    except CronSimError:
        return False
    return True


_Url = Annotated[str, clean]
_Pattern = Annotated[str, that(_is_pattern)]
_Address = Annotated[str, that(is_address)]
_Field = Annotated[str, that(lambda text: text in RECORD_FIELDS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One publisher as it is crawled; the metadata of each field says what a file may hold there.

    *name* is the stem of its file. Pages are found from *seeds*, *sitemaps* and *feeds*, of which there is at least
    one; what is in scope, `Scope` says. Seeds are always fetched; one that is not in scope is read for its links only.
    *depth* is how many links lead from a seed to the last page fetched. *delay_s* passes between two requests to one
    host, more where robots.txt asks for it, and at least *pace* times as long as the host took to answer; *connections*
    are open to one host at a time. A URL that matches *listings* is read for its links only, however deep.
    *expect_pages* is the least and the greatest number of pages a whole crawl should find, *expect_fields* what every
    report should have. *every* is when it is crawled: by cron, in UTC and up to *jitter_s* later, or "adaptive", each
    page by how often its record changed, *least_hours* to *most_hours* apart. What the rules of *insignificant* match
    counts as no change.
    """

    name: Annotated[str, that(lambda text: _NAME.fullmatch(text) is not None)] = field(
        metadata=expected("a file name of a-z, 0-9, _ and -, at most 64")
    )
    title: Annotated[str, Meta(min_length=1, max_length=200)] = field(
        metadata=expected("the publisher's name, 1 to 200 characters")
    )
    seeds: Annotated[tuple[_Url, ...], Meta(max_length=1000)] = field(
        default=(), metadata=expected("a list of at most 1,000 http(s) URLs")
    )
    homepage: _Url | None = field(default=None, metadata=expected("an http(s) URL"))
    contact: Annotated[str, that(lambda text: len(text) <= 200 and _CONTACT.fullmatch(text) is not None)] = field(
        default="", metadata=expected("a URL or mail address where the publisher reaches you, at most 200 characters")
    )
    sitemaps: tuple[_Url, ...] = field(default=(), metadata=expected("a list of http(s) URLs"))
    include: tuple[_Pattern, ...] = field(
        default=(), metadata=expected('a list of URL patterns such as "https://www.example.org/reports/*"')
    )
    exclude: tuple[_Pattern, ...] = field(default=(), metadata=expected('a list of URL patterns such as "*/tag/*"'))
    depth: Annotated[int, Meta(ge=0, le=20)] = field(default=1, metadata=expected("a whole number from 0 to 20"))
    delay_s: Annotated[float, Meta(ge=0, le=3600)] = field(
        default=2.0, metadata=expected("seconds, a number from 0 to 3,600")
    )
    max_pages: Annotated[int, Meta(ge=1, le=1_000_000)] = field(
        default=10_000, metadata=expected("a whole number from 1 to 1,000,000")
    )
    expect_pages: Annotated[tuple[int, int], that(_is_range)] | None = field(
        default=None, metadata=expected("the least and the greatest number of pages, such as [40, 400]")
    )
    expect_fields: Annotated[tuple[_Field, ...], Meta(max_length=20)] = field(
        default=(), metadata=expected(f"a list of fields of a record: {', '.join(RECORD_FIELDS)}")
    )
    feeds: tuple[_Url, ...] = field(default=(), metadata=expected("a list of http(s) URLs of RSS or Atom feeds"))
    listings: tuple[_Pattern, ...] = field(
        default=(), metadata=expected('a list of URL patterns such as "https://www.example.org/reports?page=*"')
    )
    capture: Literal["http", "browser"] = field(default="http", metadata=expected('"http" or "browser"'))
    connections: Annotated[int, Meta(ge=1, le=16)] = field(default=1, metadata=expected("a whole number from 1 to 16"))
    pace: Annotated[float, Meta(ge=0, le=100)] = field(default=2.0, metadata=expected("a number from 0 to 100"))
    allow_downgrade: bool = field(default=False, metadata=expected("true or false"))
    every: Annotated[str, that(_is_every)] = field(
        default="", metadata=expected('a cron expression such as "0 6 * * *", or "adaptive"')
    )
    jitter_s: Annotated[float, Meta(ge=0, le=86_400)] = field(
        default=600.0, metadata=expected("seconds, a number from 0 to 86,400")
    )
    least_hours: Annotated[float, Meta(gt=0, le=8_760)] = field(
        default=6.0, metadata=expected("hours, a number over 0 and up to 8,760")
    )
    most_hours: Annotated[float, Meta(gt=0, le=8_760)] = field(
        default=720.0, metadata=expected("hours, a number over 0 and up to 8,760")
    )
    allow_addresses: tuple[_Address, ...] = field(
        default=(), metadata=expected('a list of addresses with ports such as "127.0.0.1:8000"')
    )
    insignificant: tuple[Rule, ...] = field(
        default=(), metadata=expected("tables, each below [[insignificant]], with name and text")
    )

    def in_scope(self, url: str) -> bool:
        """Whether *url* is one of this source's pages."""
        return self.scope_reason(url) == ""

    def scope_reason(self, url: str) -> str:
        """Why *url* is out of scope, by the rule that says so; "" where it is in scope."""
        return Scope(self).reason(address(url))

    @property
    def entrances(self) -> tuple[str, ...]:
        """The URLs that pages are found from: seeds, sitemaps and feeds."""
        return (*self.seeds, *self.sitemaps, *self.feeds)


_USUAL = Source(name="", title="")


class Scope:
    """Which URLs are the pages of *source*; made once where many are asked about.

    A page is on the host and port of one of the source's entrances, matches one of *include* (all do where it is
    empty), none of *exclude* and none of *listings*.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._places = {(found.host, found.port) for found in map(address, source.entrances)}
        self.hosts = frozenset(host for host, _ in self._places)

    def is_ours(self, place: Address) -> bool:
        """Whether *place* is on a host and port of the source."""
        return (place.host, place.port) in self._places

    def is_listing(self, place: Address) -> bool:
        """Whether *place* is a list of pages, read for its links only."""
        return bool(self.listing_rule(place))

    def listing_rule(self, place: Address) -> str:
        """The rule that makes *place* a list of pages, "" where none does."""
        source = self._source
        if not source.listings or not self.is_ours(place) or matches(place.url, source.exclude):
            return ""
        found = next((pattern for pattern in source.listings if matches(place.url, (pattern,))), None)
        return f"listing {found}: read for its links only" if found else ""

    def reason(self, place: Address) -> str:
        """Why *place* is no page of the source, by the rule that says so; "" where it is one."""
        source, url = self._source, place.url
        if not self.is_ours(place):
            return "other host"
        if listing := self.listing_rule(place):
            return listing
        if source.include and not matches(url, source.include):
            return "not in include"
        left_out = next((pattern for pattern in source.exclude if matches(url, (pattern,))), None)
        return f"exclude {left_out}" if left_out else ""


def load_sources(folder: Path, names: Iterable[str] = ()) -> tuple[Source, ...]:
    """The sources of *folder* by name, or those of *names* alone, in that order.

    Raises SourceError with the mistakes of all files read, UsageError where the folder or a name is unknown.
    """
    sources, wrong = load_valid(folder, names)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        lines = (f"{Path(error.path).name}: {mistake}" for error in wrong for mistake in error.mistakes)
        raise SourceError(str(folder), tuple(lines))
    return sources


def load_valid(folder: Path, names: Iterable[str] = ()) -> tuple[tuple[Source, ...], tuple[SourceError, ...]]:
    """The sources whose files are without mistakes, and the mistakes of the others, an error for each file.

    Raises UsageError where the folder or a name is unknown.
    """
    sources: list[Source] = []
    wrong: list[SourceError] = []
    for path in source_files(folder, names):
        try:
            sources.append(load_source(path))
        except SourceError as error:
            wrong.append(error)
    return tuple(sources), tuple(wrong)


def source_files(folder: Path, names: Iterable[str] = ()) -> tuple[Path, ...]:
    """The source files of *folder*, sorted, or those of *names* in their order. Raises UsageError for others."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: found no folder of sources, expected one with files such as example.toml")
    files = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name not in files:
            known = ", ".join(get_close_matches(name, files, n=3, cutoff=0.5) or list(files)[:10]) or "none"
            raise UsageError(f"no source '{name}' in {folder}; there is: {known}")
    return tuple(files[name] for name in wanted or files)


def load_source(path: Path) -> Source:
    """The source in the file *path*. Raises SourceError with all its mistakes, UsageError where it cannot be read."""
    found = read_toml(path, SourceError)
    if "name" in found:
        mistake = f"name: found {shown(found['name'])}, expected no such field: the file is named"
        raise SourceError(str(path), (mistake,))
    values = {"name": path.stem, "title": None, **found}
    nowhere = () if any(values.get(entrance) for entrance in _ENTRANCES) else (_NO_ENTRANCE,)
    mistakes = [*nowhere]
    rules = declared(values.pop(TABLE, []), mistakes)
    taken = table(Source, values, mistakes)
    least, most = (taken.get(name) or getattr(_USUAL, name) for name in ("least_hours", "most_hours"))
    if least > most:
        mistakes.append(f"least_hours: found {least:g}, expected at most most_hours, which is {most:g}")
    if mistakes:
        raise SourceError(str(path), tuple(mistakes))
    return Source(**taken, insignificant=rules)
