"""Report: one country report as its authors wrote it, before any web site is put around it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

ORGANISATION = "Vesper Watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Photograph:
    """The picture above a report. *image* is the name of the file on the image host, sizes are in pixels."""

    image: str
    width: int
    height: int
    caption: str
    credit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report. Paragraphs may hold `[words](address)`, `*emphasis*` and `**strong words**`.

    *headline* is the page's, *title* the report's own name, set in the element *title_tag*. *dated* is the month the
    report gives itself, *posted* the moment the page appeared, *updated* what the page admits of later edits ("" where
    it admits none). *assessment* names the stages, one line or several.
    """

    slug: str
    country: str
    headline: str
    title: str
    title_tag: str
    dated: str
    byline: str
    posted: datetime
    tags: tuple[str, ...]
    photograph: Photograph
    paragraphs: tuple[str, ...]
    assessment: tuple[str, ...]
    recommendations: tuple[str, ...]
    updated: str = ""

    @property
    def path(self) -> str:
        """Where the page is on its site."""
        return f"/single-post/{self.slug}"


def load_report(name: str) -> Report:
    """The report in `reports/<name>.toml`."""
    return _report(tomllib.loads((files(__package__) / "reports" / f"{name}.toml").read_text(encoding="utf-8")))


def _report(values: Mapping[str, Any]) -> Report:
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    return Report(**plain | {"photograph": Photograph(**values["photograph"])})
