"""Rules: a rule is a function from a page to one field. These make the common ones."""

from collections.abc import Callable
from typing import TypeVar

from .dates import date_line, find_dates, iso_day
from .normal import shown
from .page import Page, text_of

T = TypeVar("T")
Rule = Callable[[Page], T]


def text(selector: str) -> Rule[str]:
    """The text of the one element that matches; FieldError where none or several do."""
    return lambda page: text_of(page.one(selector))


def first_text(selector: str) -> Rule[str]:
    """The text of the first element that matches and has any, "" where none does."""
    return lambda page: next((words for element in page.all(selector) if (words := text_of(element))), "")


def attr(selector: str, name: str) -> Rule[str]:
    """The attribute *name* of the first element that matches, "" where there is none."""

    def rule(page: Page) -> str:
        element = page.first(selector)
        return shown(element.attributes.get(name) or "") if element else ""

    return rule


def meta(*names: str) -> Rule[str]:
    """The content of the first `meta` element with one of *names*, "" where there is none."""
    return lambda page: page.meta(*names)


def first_of(*rules: Rule[str]) -> Rule[str]:
    """The first result that is not empty."""
    return lambda page: next((found for rule in rules if (found := rule(page))), "")


def json_ld(*path: str) -> Rule[str]:
    """What the page's JSON-LD says in the first object that has *path*: `json_ld("author", "name")`."""

    def rule(page: Page) -> str:
        return next((words for item in page.json_ld if (words := shown(_below(item, path)))), "")

    return rule


def _below(value: object, path: tuple[str, ...]) -> str:
    for key in path:
        value = value[0] if isinstance(value, list) and value else value
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def date(*rules: Rule[str]) -> Rule[str | None]:
    """The EDTF date in what the first of *rules* gives that has one, None where none has."""
    return lambda page: next((found for rule in rules if (found := _date(rule(page)))), None)


def _date(words: str) -> str | None:
    return iso_day(words) or date_line(words) or next((mention.edtf for mention in find_dates(words)), None)


def names(rule: Rule[str]) -> Rule[tuple[str, ...]]:
    """What *rule* gives as the one name of a tuple; empty where it gives nothing."""
    return lambda page: (found,) if (found := rule(page)) else ()


def nothing(page: Page) -> None:
    """None: for a field that a layout never states."""


def nobody(page: Page) -> tuple[str, ...]:
    """No names: for a layout that never states them."""
    return ()
