"""What a rule for insignificant passages would make of the past: backtest."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ..errors import SourceError, UsageError
from ..wording import counted
from .context import Settings
from .output import chosen_form, format_option, listing, note, page_name
from .progress import OneLine

if TYPE_CHECKING:
    from ..backtest import Page, Tried
    from ..insignificant import Rule

_Rules = tuple["Rule", ...]
_FINDINGS = 1
_UNNAMED = "say what it is"
_IN_TABLE = (3, 60)  # how many texts are shown, and how much of each
_ELSEWHERE = (50, 500)
_MOST_BROAD = 5
_WARNINGS = {
    "facts": "facts that changed",
    "numbers": "numbers that changed",
    "silent edit": "words edited in silence",
}


class _Plan(NamedTuple):
    """The rules that are tried, and what holds now and then, each made of the rules that are accepted for a page."""

    proposed: _Rules
    now: Callable[[_Rules], _Rules]
    then: Callable[[_Rules], _Rules]
    is_new: bool


@click.command()
@click.argument("rule", required=False)
@click.option("--source", metavar="SOURCE", help="Only pages that this source found; RULE may be a name in its file.")
@click.option("--page", metavar="PAGE", help="Only this page.")
@click.option(
    "--rule", "path", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Takes the rules from a TOML file, as a source file has them.",
)  # fmt: skip
@click.option("--name", default=_UNNAMED, help="What RULE is called; one accepted by that name gives way to it.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="RULE is for passages of this kind (repeatable).")
@click.option("--without", metavar="NAME", help="Tries to do without the accepted rule NAME of SOURCE.")
@format_option
@click.pass_obj
def backtest(
    settings: Settings, rule: str | None, source: str | None, page: str | None, path: Path | None, name: str,
    kinds: tuple[str, ...], without: str | None, form: str | None,
) -> None:  # fmt: skip
    """Says which past changes a RULE would hide, or add, before you accept it. Nothing is written.

    RULE is a pattern of what is insignificant, as RE2 has them, or with --source the name of a rule in that file. A
    change is "hidden" if all of it would be ignored, "lessened" if some of it; "added" if all of it is ignored now and
    would count, "raised" if some of it. What speaks against a rule is in "warns". In the end it says what to write
    into the source file.

    Exit code 1 says that something would be hidden or added.

    \b
    Examples:
      fonds backtest '(?i)read [0-9,]+ times' --source genocidewatch
      fonds backtest '[0-9,]+ views' --source genocidewatch --name 'visitor counter'
      fonds backtest 'visitor counter' --source genocidewatch
      fonds backtest --without 'visitor counter' --source genocidewatch
      fonds backtest --rule new.toml --page velmora --format json
    """
    from ..backtest import backtest as run

    given = [what for what in (rule, path, without) if what is not None]
    if len(given) != 1:
        raise UsageError(f"found {len(given) or 'none'} of RULE, --rule and --without, expected one of them")
    accepted = _accepted(settings, source)
    if without is not None:
        plan = _leaving_out(accepted, without, source)
    else:
        plan = _reading(path) if path else _trying(rule or "", accepted, name, kinds)
    book = settings.rulebook()
    with settings.open_archive() as archive:
        pages = [archive.page(page)] if page else archive.pages(source=source)
        steps = run(
            archive,
            pages,
            now=lambda row: plan.now(book.of(row.source, row.url)),
            then=lambda row: plan.then(book.of(row.source, row.url)),
            proposed=plan.proposed,
        )
        found = list(_progressing(steps, len(pages)))
        unflagged = archive.count_unflagged()
    touched = [one for each in found for one in each.tried if one.outcome != "untouched"]
    _list(touched, form)
    if unflagged:
        note(f"silent edits among {counted(unflagged, 'change')} are not known yet; `fonds changes` looks for them")
    for line in (*_conclusion(found), *_toml(plan, source)):
        note(line)
    if touched:
        raise click.exceptions.Exit(_FINDINGS)


def _accepted(settings: Settings, source: str | None) -> _Rules:
    """The rules of the source asked for, none where none is."""
    from ..sources import load_sources

    return load_sources(settings.sources, [source])[0].insignificant if source else ()


def _leaving_out(accepted: _Rules, name: str, source: str | None) -> _Plan:
    if source is None:
        raise UsageError("--without: found no --source, expected the one whose rule it is")
    found = tuple(one for one in accepted if one.name == name)
    if not found:
        known = ", ".join(f"'{one.name}'" for one in accepted) or "none"
        raise UsageError(f"no rule '{name}' in the file of {source}; there is: {known}")
    return _Plan(found, now=_as_they_are, then=lambda rules: _less(rules, found), is_new=False)


def _trying(rule: str, accepted: _Rules, name: str, kinds: tuple[str, ...]) -> _Plan:
    """A rule by its name, which is tried against doing without it, else a pattern."""
    from ..insignificant import declared

    found = tuple(one for one in accepted if one.name == rule)
    if found:
        return _Plan(found, now=lambda rules: _less(rules, found), then=_as_they_are, is_new=False)
    mistakes: list[str] = []
    made = declared([{"name": name, "text": rule, "kinds": list(kinds)}], mistakes)
    if mistakes:
        raise UsageError("; ".join(_option_of(line) for line in mistakes))
    return _Plan(made, now=_as_they_are, then=lambda rules: _put(rules, made), is_new=True)


def _option_of(mistake: str) -> str:
    """A mistake in a table, by what was typed for it."""
    field, _, said = mistake.partition(": ")
    option = {"text": "RULE", "name": "--name", "kinds": "--kind"}[field.partition(".")[2].partition("[")[0]]
    return f"{option}: {said}"


def _reading(path: Path) -> _Plan:
    from ..declaration import read_toml
    from ..insignificant import TABLE, declared

    mistakes: list[str] = []
    made = declared(read_toml(path, SourceError).get(TABLE, []), mistakes)
    if not made and not mistakes:
        mistakes.append(f"{TABLE}: missing, expected a table below [[{TABLE}]]")
    if mistakes:
        raise SourceError(str(path), tuple(mistakes))
    return _Plan(made, now=_as_they_are, then=lambda rules: _put(rules, made), is_new=True)


def _as_they_are(rules: _Rules) -> _Rules:
    return rules


def _less(rules: _Rules, gone: _Rules) -> _Rules:
    names = {one.name for one in gone}
    return tuple(one for one in rules if one.name not in names)


def _put(rules: _Rules, new: _Rules) -> _Rules:
    """*rules* and *new* ones, which stand in the place of those of the same names."""
    by_name = {one.name: one for one in rules} | {one.name: one for one in new}
    return tuple(by_name.values())


def _progressing(steps: "Iterator[Page]", count: int) -> "Iterator[Page]":
    line = OneLine()
    try:
        for number, one in enumerate(steps, 1):
            line("pages", number, count)
            yield one
    finally:
        line.end()


def _list(touched: "Sequence[Tried]", form: str | None) -> None:
    rows = sorted(touched, key=lambda one: one.change.first_seen, reverse=True)
    is_table = chosen_form(form) == "table"
    shown = [_row(one, *(_IN_TABLE if is_table else _ELSEWHERE)) for one in rows]
    if is_table:
        shown = [row | _in_a_table(row) for row in shown]
    columns = (
        "by",
        "name",
        "version",
        "outcome",
        "class",
        "words",
        *(["warns"] if any(row["warns"] for row in shown) else []),
        "ignored",
    )
    listing(shown, form, columns=columns, empty="no change would be another")


def _row(one: "Tried", most: int, longest: int) -> dict[str, Any]:
    return {
        "page": one.change.page_id,
        "name": page_name(one.change.url),
        "url": one.change.url,
        "version": one.change.after_seq,
        "by": one.change.first_seen,
        "outcome": one.outcome,
        "now": one.now.summary,
        "then": one.then.summary,
        "class_now": one.now.class_,
        "class_then": one.then.class_,
        "words_now": one.now.words_changed,
        "words_then": one.then.words_changed,
        "numbers_now": one.now.numbers_changed,
        "numbers_then": one.then.numbers_changed,
        "warns": list(one.warns),
        "ignored": [[_cut(before, longest), _cut(after, longest)] for before, after in one.texts[:most]],
        "more_ignored": max(0, len(one.texts) - most),
    }


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _in_a_table(row: dict[str, Any]) -> dict[str, str]:
    texts = [f"{before or '(nothing)'} → {after or '(nothing)'}" for before, after in row["ignored"]]
    more = [f"and {row['more_ignored']:,} more"] if row["more_ignored"] else []
    return {
        "class": _from_to(row["class_now"], row["class_then"]),
        "words": _from_to(f"{row['words_now']:,}", f"{row['words_then']:,}"),
        "warns": ", ".join(row["warns"]),
        "ignored": "; ".join([*texts, *more]),
    }


def _from_to(now: str, then: str) -> str:
    return now if now == then else f"{now} → {then}"


def _conclusion(found: "Sequence[Page]") -> Iterator[str]:
    tried = [one for page in found for one in page.tried]
    outcomes = Counter(one.outcome for one in tried)
    parts = [
        f"{outcomes[name]:,} {name}"
        for name in ("hidden", "lessened", "added", "raised", "untouched")
        if outcomes[name]
    ]
    yield f"{counted(len(tried), 'change')} of {counted(len(found), 'page')}{': ' if parts else ''}{', '.join(parts)}"
    warns: Counter[str] = Counter(warn for one in tried for warn in one.warns)
    for warn, words in _WARNINGS.items():
        if warns[warn]:
            yield f"beware: {words} would be hidden, in {counted(warns[warn], 'change')}"
    broad = sorted((page for page in found if page.is_too_much), key=lambda page: -page.matched / page.words)
    if broad:
        named = [f"{page_name(page.url)} ({page.matched:,} of {page.words:,} words)" for page in broad[:_MOST_BROAD]]
        yield f"beware: it matches more than half of {counted(len(broad), 'report')}: {', '.join(named)}"
    if found and not any(page.matches for page in found):
        yield "beware: it matches nothing, neither in what these pages say now nor in what changed in them"


def _toml(plan: _Plan, source: str | None) -> Iterator[str]:
    """What is to be written into the source file."""
    if not plan.is_new:
        return
    yield f"to accept it, write into {f'the file of {source}' if source else 'the file of the source'}:"
    for rule in plan.proposed:
        yield "[[insignificant]]"
        for field in fields(rule):
            value = getattr(rule, field.name)
            if value:
                yield f"{field.name} = {_toml_value(value)}"


def _toml_value(value: str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml_value, value))}]"
    if "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # what JSON takes and TOML does not


COMMANDS = (backtest,)
