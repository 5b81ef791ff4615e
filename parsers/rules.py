"""Rules: a rule is a function from a page to one field. These make the common ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .dates import date_line, find_dates, iso_day
from .normal import shown
from .page import Page, text_of

T = TypeVar("T")
Rule = Callable[[Page], T]


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule for words, with the *name* of what it asks the page for."""

    name: str
    ask: Rule[str]

    def __call__(self, page: Page) -> str:
        """The words, "" where there are none."""
        return self.ask(page)


@dataclass(frozen=True, slots=True)
class Dated:
    """The rule for a date: the first of *rules* that gives one."""

    rules: tuple[Rule[str], ...]

    def __call__(self, page: Page) -> str | None:
        """The date in EDTF, None where no rule gives one."""
        return self.stated(page)[0]

    def stated(self, page: Page) -> tuple[str | None, str]:
        """The date, and the name of the rule that gives it."""
        for rule in self.rules:
            if found := _date(rule(page)):
                return found, rule.name if isinstance(rule, Asked) else "layout"
        return None, ""


def text(selector: str) -> Asked:
    """The text of the one element that matches; FieldError where none or several do."""
    return Asked(selector, lambda page: text_of(page.one(selector)))


def first_text(selector: str) -> Asked:
    """The text of the first element that matches and has any, "" where none does."""
    return Asked(
        selector, lambda page: next((words for element in page.all(selector) if (words := text_of(element))), "")
    )


def attr(selector: str, name: str) -> Asked:
    """The attribute *name* of the first element that matches, "" where there is none."""

    def rule(page: Page) -> str:
        element = page.first(selector)
        return shown(element.attributes.get(name) or "") if element else ""

    return Asked(f"{selector} {name}", rule)


def meta(*names: str) -> Asked:
    """The content of the first `meta` element with one of *names*, "" where there is none."""
    return Asked(f"meta {names[0]}", lambda page: page.meta(*names))


def json_ld(*path: str) -> Asked:
    """What the page's JSON-LD says in the first object that has *path*: `json_ld("author", "name")`."""

    def rule(page: Page) -> str:
        return next((words for item in page.json_ld if (words := shown(_below(item, path)))), "")

    return Asked(f"JSON-LD {'.'.join(path)}", rule)


def _below(value: object, path: tuple[str, ...]) -> str:
    for key in path:
        value = value[0] if isinstance(value, list) and value else value
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def first_of(*rules: Rule[str]) -> Rule[str]:
    """The first result that is not empty."""
    return lambda page: next((found for rule in rules if (found := rule(page))), "")


def date(*rules: Rule[str]) -> Dated:
    """The EDTF date in what the first of *rules* gives that has one, None where none has."""
    return Dated(rules)


def _date(words: str) -> str | None:
    return iso_day(words) or date_line(words) or next((mention.edtf for mention in find_dates(words)), None)


def names(rule: Rule[str]) -> Rule[tuple[str, ...]]:
    """What *rule* gives as the one name of a tuple; empty where it gives nothing."""
    return lambda page: (found,) if (found := rule(page)) else ()


def nothing(page: Page) -> None:
    """None: for a field that a layout never states."""


def no_words(page: Page) -> str:
    """No words: for a field that the generic extractor is left to find."""
    return ""


def nobody(page: Page) -> tuple[str, ...]:
    """No names: for a layout that never states them."""
    return ()
