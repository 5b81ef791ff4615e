"""Modules of sites: the site that one holds, or in plain words what is wrong with it."""

from collections.abc import Callable, Iterator
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
