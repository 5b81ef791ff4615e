"""Sources: one TOML file for each publisher, `data/sources/<name>.toml`, read with every mistake reported at once."""

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from .errors import SourceError, UsageError
from .urls import MAX_URL_CHARS, Address, address, clean, matches

MAX_FILE_BYTES = 1_000_000
_ENTRANCES = ("seeds", "sitemaps", "feeds")
_NO_ENTRANCE = "seeds: missing, expected a list of http(s) URLs, or sitemaps or feeds to start from"
RECORD_FIELDS = ("title", "published", "country", "authors", "organisation", "language", "stage", "recommendation")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_CONTACT = re.compile(r"(https?://|mailto:)?[!-'*-\[\]-~]+[.@][!-'*-\[\]-~]+")


def _that(holds: Callable[[Any], bool]) -> AfterValidator:
    """A check whose failure is worded by the field's own "expected"."""

    def check(value: Any) -> Any:
        if not holds(value):
            raise ValueError("not as expected")
        return value

    return AfterValidator(check)


def _is_pattern(text: str) -> bool:
    return text.startswith(("http://", "https://", "*")) and len(text) <= MAX_URL_CHARS and not re.search(r"\s", text)


def _is_address(text: str) -> bool:
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


def _url(text: str) -> str:
    try:
        return clean(text)
    except UsageError as error:
        raise ValueError(str(error)) from error


_Url = Annotated[str, AfterValidator(_url)]
_Pattern = Annotated[str, _that(_is_pattern)]
_Address = Annotated[str, _that(_is_address)]
_Field = Annotated[str, _that(lambda text: text in RECORD_FIELDS)]
_Whole = Annotated[int, Field(strict=True)]  # neither "5" nor true nor 5.0 is one


def _expected(words: str) -> dict[str, str]:
    return {"expected": words}


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
    page by how often its record changed, *least_hours* to *most_hours* apart.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: Annotated[str, _that(lambda text: _NAME.fullmatch(text) is not None)] = field(
        metadata=_expected("a file name of a-z, 0-9, _ and -, at most 64")
    )
    title: Annotated[str, Field(min_length=1, max_length=200)] = field(
        metadata=_expected("the publisher's name, 1 to 200 characters")
    )
    seeds: Annotated[tuple[_Url, ...], Field(max_length=1000)] = field(
        default=(), metadata=_expected("a list of at most 1,000 http(s) URLs")
    )
    homepage: _Url | None = field(default=None, metadata=_expected("an http(s) URL"))
    contact: Annotated[str, _that(lambda text: len(text) <= 200 and _CONTACT.fullmatch(text) is not None)] = field(
        default="", metadata=_expected("a URL or mail address where the publisher reaches you, at most 200 characters")
    )
    sitemaps: tuple[_Url, ...] = field(default=(), metadata=_expected("a list of http(s) URLs"))
    include: tuple[_Pattern, ...] = field(
        default=(), metadata=_expected('a list of URL patterns such as "https://www.example.org/reports/*"')
    )
    exclude: tuple[_Pattern, ...] = field(default=(), metadata=_expected('a list of URL patterns such as "*/tag/*"'))
    depth: Annotated[_Whole, Field(ge=0, le=20)] = field(default=1, metadata=_expected("a whole number from 0 to 20"))
    delay_s: Annotated[float, Field(strict=True, ge=0, le=3600, allow_inf_nan=False)] = field(
        default=2.0, metadata=_expected("seconds, a number from 0 to 3,600")
    )
    max_pages: Annotated[_Whole, Field(ge=1, le=1_000_000)] = field(
        default=10_000, metadata=_expected("a whole number from 1 to 1,000,000")
    )
    expect_pages: Annotated[tuple[_Whole, _Whole], _that(_is_range)] | None = field(
        default=None, metadata=_expected("the least and the greatest number of pages, such as [40, 400]")
    )
    expect_fields: Annotated[tuple[_Field, ...], Field(max_length=20)] = field(
        default=(), metadata=_expected(f"a list of fields of a record: {', '.join(RECORD_FIELDS)}")
    )
    feeds: tuple[_Url, ...] = field(default=(), metadata=_expected("a list of http(s) URLs of RSS or Atom feeds"))
    listings: tuple[_Pattern, ...] = field(
        default=(), metadata=_expected('a list of URL patterns such as "https://www.example.org/reports?page=*"')
    )
    capture: Literal["http", "browser"] = field(default="http", metadata=_expected('"http" or "browser"'))
    connections: Annotated[_Whole, Field(ge=1, le=16)] = field(
        default=1, metadata=_expected("a whole number from 1 to 16")
    )
    pace: Annotated[float, Field(strict=True, ge=0, le=100, allow_inf_nan=False)] = field(
        default=2.0, metadata=_expected("a number from 0 to 100")
    )
    allow_downgrade: bool = field(default=False, metadata=_expected("true or false"))
    every: Annotated[str, _that(_is_every)] = field(
        default="", metadata=_expected('a cron expression such as "0 6 * * *", or "adaptive"')
    )
    jitter_s: Annotated[float, Field(strict=True, ge=0, le=86_400, allow_inf_nan=False)] = field(
        default=600.0, metadata=_expected("seconds, a number from 0 to 86,400")
    )
    least_hours: Annotated[float, Field(strict=True, gt=0, le=8_760, allow_inf_nan=False)] = field(
        default=6.0, metadata=_expected("hours, a number over 0 and up to 8,760")
    )
    most_hours: Annotated[float, Field(strict=True, gt=0, le=8_760, allow_inf_nan=False)] = field(
        default=720.0, metadata=_expected("hours, a number over 0 and up to 8,760")
    )
    allow_addresses: tuple[_Address, ...] = field(
        default=(), metadata=_expected('a list of addresses with ports such as "127.0.0.1:8000"')
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
    sources: list[Source] = []
    wrong: list[SourceError] = []
    for path in source_files(folder, names):
        try:
            sources.append(load_source(path))
        except SourceError as error:
            wrong.append(error)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        lines = (f"{Path(error.path).name}: {mistake}" for error in wrong for mistake in error.mistakes)
        raise SourceError(str(folder), tuple(lines))
    return tuple(sources)


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
    values = {"name": path.stem, **_toml(path)}
    nowhere = () if any(values.get(entrance) for entrance in _ENTRANCES) else (_NO_ENTRANCE,)
    try:
        source: Source = _checker().validate_python(values)
    except ValidationError as error:
        raise SourceError(str(path), (*nowhere, *_mistakes(error.errors()))) from error
    if nowhere:
        raise SourceError(str(path), nowhere)
    return source


@cache
def _checker() -> TypeAdapter[Any]:
    return TypeAdapter(Source)


def _toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > MAX_FILE_BYTES:
        raise SourceError(str(path), (f"found over {MAX_FILE_BYTES:,} bytes, expected a short TOML file",))
    try:
        values = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(str(path), (f"line {line}: found byte {content[error.start]:#x}, expected UTF-8",)) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SourceError(str(path), (f"not valid TOML: {error}",)) from error
    if "name" in values:
        raise SourceError(
            str(path), (f"name: found {_shown(values['name'])}, expected no such field: the file is named",)
        )
    return values


def _mistakes(details: list[ErrorDetails]) -> tuple[str, ...]:
    # A list with a wrong item is reported for the item alone.
    inside = {detail["loc"][0] for detail in details if len(detail["loc"]) > 1}
    telling = (detail for detail in details if len(detail["loc"]) > 1 or detail["loc"][0] not in inside)
    return tuple(dict.fromkeys(_mistake(detail) for detail in telling))


def _mistake(detail: ErrorDetails) -> str:
    name, *place = (str(part) for part in detail["loc"])
    # Positions are numbers; pydantic adds the names of its own validators for a field of several types.
    position = "".join(f"[{part}]" for part in place if part.isdigit())
    expected = {item.name: item.metadata["expected"] for item in fields(Source)}
    if name not in expected:
        near = get_close_matches(name, expected, n=1)
        return f"{name}: unknown field{f'; did you mean {near[0]}?' if near else ''}"
    if detail["type"] in {"missing", "missing_argument", "missing_keyword_only_argument"}:
        return f"{name}: missing, expected {expected[name]}"
    return f"{name}{position}: found {_shown(detail['input'])}, expected {expected[name]}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
