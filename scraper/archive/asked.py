"""Asked: what somebody names, a source or a country, and whether the archive has anything of it."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from .archive import Archive
    from .rows import PageRow

_MOST_NAMED = 10


def need_source(archive: "Archive", name: str, declared: Path | None = None) -> None:
    """Raises UsageError where *archive* has no page of the source *name*, unless the folder *declared* has its file."""
    # The name is what somebody typed, and may be a path.
    is_declared = declared is not None and Path(name).name == name and (declared / f"{name}.toml").is_file()
    if not is_declared and not archive.pages(source=name):
        known = ", ".join(sorted({row.source for row in archive.pages() if row.source})[:_MOST_NAMED]) or "none"
        raise UsageError(f"{archive.path}: no page of a source '{name}'; there is: {known}")


def pages_on(archive: "Archive", country: str) -> "list[PageRow]":
    """The reports on *country*, a name in any language that is known or an ISO code, by date.

    Raises UsageError where there is none.
    """
    from parsers.countries import country as known  # noqa: PLC0415 -- costs start-up time

    meant = known(country)
    names = {country.casefold(), *([meant.name.casefold()] if meant else [])}
    codes = {country.upper(), *([meant.iso] if meant and meant.iso else [])}
    found = [row for row in archive.pages() if row.country.casefold() in names or row.country_code in codes]
    if not found:
        raise UsageError(f"--country: no report on '{country}'; `fonds list` has the countries")
    return sorted(found, key=lambda row: (row.published or "", row.id))
