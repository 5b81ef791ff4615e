"""Modules of sites: the site that one holds, or in plain words what is wrong with it."""

import pkgutil
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

from .errors import RuleError
from .layout import Layout, Site, read_authors, read_date, read_title
from .page import Element, Page

_HOLDS = "a module that can be imported and holds SITE = Site(...)"
_EMPTY = b"<!doctype html><title></title>"


class _Blank(Page):
    """A page on which a rule goes on with its next selector, so that each is asked once."""

    def one(self, selector: str) -> Element:
        """An element without words, whatever matches."""
        return next(iter([*self.all(selector), *self.all("title")]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """The sites *found*, by module name, and what is *wrong* with the modules that hold none."""

    found: tuple[Site, ...]
    wrong: tuple[RuleError, ...] = ()

    def all(self) -> tuple[Site, ...]:
        """Every site. RuleError where one of the modules holds none."""
        self._require()
        return self.found

    def of(self, url: str) -> Site | None:
        """Whose page *url* is, None for nobody's. RuleError where it could be that of a module that holds none."""
        site = next((site for site in self.found if site.owns(url)), None)
        if site is None:
            self._require()
        return site

    def mistakes(self) -> tuple[RuleError, ...]:
        """All that is wrong whatever the page."""
        return (*self.wrong, *(error for site in self.found for error in mistakes(site)))

    def _require(self) -> None:
        for error in self.wrong:
            raise error.with_traceback(None)  # which would grow with each page


def read_sites(package: str, path: Iterable[str], *, platforms: Iterable[str] = ()) -> Sites:
    """The sites of the modules of *package*, which lies at *path*; none is named like another or like a platform."""
    found: list[Site] = []
    wrong: list[RuleError] = []
    for name in sorted(module.name for module in pkgutil.iter_modules(path)):
        try:
            found.append(_another(read_site(f"{package}.{name}"), {*platforms, *(site.name for site in found)}))
        except RuleError as error:
            error.where = error.where or f"{package.replace('.', '/')}/{name}.py"
            wrong.append(error)
    return Sites(found=tuple(found), wrong=tuple(wrong))


def _another(site: Site, taken: Container[str]) -> Site:
    if site.name in taken:
        expected = "one that no other site or platform has"
        raise RuleError(field="name", found=f"'{site.name}' a second time", expected=expected)
    return site


def read_site(name: str) -> Site:
    """The site of the module *name*. RuleError with its file and line where it holds none."""
    file = f"{name.replace('.', '/')}.py"
    try:
        found: object = getattr(import_module(name), "SITE", None)
    except RuleError as error:
        error.where = ": ".join(filter(None, (f"{file}{_line_in(file, error)}", error.where)))
        raise
    except Exception as error:  # whatever stands in a module that somebody is writing
        told = error.msg if isinstance(error, SyntaxError) else str(error)
        where = f"{file}{_line_in(file, error)}"
        raise RuleError(where=where, found=f"{type(error).__name__}: {told}", expected=_HOLDS) from error
    if isinstance(found, Site):
        return found
    what = "no SITE" if found is None else f"a SITE that is of the kind {type(found).__name__}"
    raise RuleError(where=file, found=what, expected=_HOLDS)


def _line_in(file: str, error: Exception) -> str:
    """Which line of *file* leads to *error*, ", line 3"; "" where none does."""
    if isinstance(error, SyntaxError) and (error.filename or "").endswith(file):
        return f", line {error.lineno}"
    place = error.__traceback__
    line = None
    while place:
        line = place.tb_lineno if place.tb_frame.f_code.co_filename.endswith(file) else line
        place = place.tb_next
    return f", line {line}" if line else ""


def mistakes(site: Site) -> Iterator[RuleError]:
    """What is wrong with the layouts of *site* whatever the page: selectors that are none, values of the wrong kind."""
    for layout in site.layouts:
        for field, ask in _questions(layout):
            if error := _mistake(ask):
                error.where, error.field = f"{site.name}/{layout.version}", field
                yield error


def _mistake(ask: Callable[[Page], object]) -> RuleError | None:
    try:
        ask(_Blank(_EMPTY, url="https://example.invalid/"))
    except RuleError as error:
        return error
    except Exception:
        return None  # an empty page lacks what a rule may count on
    return None


def _questions(layout: Layout) -> Iterator[tuple[str, Callable[[Page], object]]]:
    """What *layout* asks of a page, by field."""
    for field in ("recognise", "once", "unless", "body", "entries", "chrome", "pictures"):
        stated: str | tuple[str, ...] = getattr(layout, field)
        for selector in filter(None, (stated,) if isinstance(stated, str) else stated):
            yield field, lambda page, selector=selector: page.all(selector)  # type: ignore[misc]
    yield "title", lambda page: read_title(layout, page)
    yield "authors", lambda page: read_authors(layout, page)
    yield "published", lambda page: read_date("published", layout.published, page)
    yield "modified", lambda page: read_date("modified", layout.modified, page)
