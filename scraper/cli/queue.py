"""Commands for those who follow what happens to pages: log, changes."""

import shutil
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import click

from ..errors import UsageError
from ..terminal import printable
from ..wording import counted
from .context import Settings, parse_day
from .output import chosen_form, format_option, listing, note
from .progress import OneLine

if TYPE_CHECKING:
    from ..archive import Archive, ChangeRow, QueueRow, QueueScope, RedactionRow, VersionRow
    from ..claims import Flag
    from ..insignificant import Rule

_CAUSES = ("publisher", "parser", "chrome", "capture fault")
_FLAGS = ("silent-edit", "notice-given", "notice-absent", "date-without-edit")
_LONGEST_NAME = 100
_WIDE = 95  # columns that all of `log` fits in


@click.command()
@click.argument("page")
@click.option("--noise", is_flag=True, help="Ignores nothing, whatever its source says is insignificant.")
@format_option
@click.pass_obj
def log(settings: Settings, page: str, noise: bool, form: str | None) -> None:
    """Lists the versions of PAGE with the interval each appeared in, and what changed by whom.

    Where the bytes of a version were read anew, by other parsers or with more of the site's chrome, what differs by
    that stands below it. Of a page that is gone it says since when, and which captures show it; of bytes that were
    removed that they were, and why. A version in which nothing differs but what its source says is insignificant is
    listed, and said to be that.

    \b
    Examples:
      fonds log velmora
      fonds log velmora --noise
      fonds log velmora --format json
    """
    from ..claims import page_flags

    with settings.open_archive() as archive:
        row = archive.page(page)
        rules = () if noise else settings.rulebook().of(row.source, row.url)
        changes = {change.after_seq: change for change in _quieted(archive, archive.changes(row), rules)}
        anew = [
            change
            for cause in ("parser", "chrome")
            for change in _quieted(archive, archive.changes(row, cause=cause), rules)
        ]
        flags = page_flags(archive, row, rules)
        rows = []
        for version in archive.versions(row):
            shown = archive.shown_missing(version) if version.kind == "tombstone" else ()
            rows.append(_log_row(version, changes.get(version.seq), shown) | _said(flags.get(version.seq, ())))
            # Other bytes that show the same report, which the archive tells of too, are no reading.
            rows += [
                _reading_row(version, change) | _said(())
                for change in anew
                if change.before_seq is None and change.after_seq == version.seq and change.detail
            ]
        for removed in archive.redactions(row.id):
            at = archive.capture(removed.capture_id).order_at
            place = next((place for place, one in enumerate(rows) if one["by"] > at), len(rows))
            rows.insert(place, _removed_row(row.url, removed, at))
    empty = f"{row.url}: no version yet, its state is '{row.state}'"
    cause = _telling(rows, "cause")
    is_narrow = shutil.get_terminal_size((100, 24)).columns < _WIDE
    counts = () if cause and is_narrow else _telling(rows, "words", "numbers")  # the summary has them too
    columns = ("seq", "after", "by", *cause, "class", *_telling(rows, "said"), *counts, "summary")
    listing(_counted(rows, form), form, columns=columns, empty=empty)


def _quieted(archive: "Archive", found: "list[ChangeRow]", rules: "Sequence[Rule]") -> "list[ChangeRow]":
    """The changes *found* as they are without what *rules* hide."""
    if not rules:
        return found
    from ..quiet import quiet_change

    return [quiet_change(archive, change, rules) for change in found]


def _said(flags: "Sequence[Flag]") -> dict[str, Any]:
    """What a version's flags come to, and the flags with their evidence."""
    from ..claims import said

    return {"said": said(flags), "flags": [flag.to_dict() for flag in flags]}


def _telling(rows: Sequence[dict[str, Any]], *names: str) -> list[str]:
    """Those of the columns *names* that say something: of the cause, that one is not the publisher."""
    silent: dict[str, set[Any]] = {"cause": {"", "publisher"}, "words": {0}, "numbers": {0}, "said": {""}}
    fields = {"words": "words_changed", "numbers": "numbers_changed"}
    return [name for name in names if {row[fields.get(name, name)] for row in rows} - silent[name]]


def _counted(rows: list[dict[str, Any]], form: str | None) -> list[dict[str, Any]]:
    """*rows*, for a table with what was counted in short columns, where it is not 0."""
    if chosen_form(form) != "table":
        return rows
    return [row | {"words": row["words_changed"] or "", "numbers": row["numbers_changed"] or ""} for row in rows]


def _log_row(version: "VersionRow", change: "ChangeRow | None", shown_missing: Sequence[int]) -> dict[str, Any]:
    summary = change.summary if change else "first version"
    if shown_missing:
        from ..ledger import numbered

        summary = f"{summary} since {version.first_seen:%Y-%m-%d}, shown by {numbered(shown_missing)}"
    return {
        "page": version.url,
        "seq": version.seq,
        "kind": version.kind,
        "after": version.seen_after,
        "by": version.first_seen,
        "last_seen": version.last_seen,
        "cause": version.cause if change else "",
        "class": change.class_ if change else "",
        "summary": summary,
        "words_changed": change.words_changed if change else 0,
        "numbers_changed": change.numbers_changed if change else 0,
        "title": version.title,
        "capture": version.capture_id,
        "content_digest": version.content_digest,
    }


def _reading_row(version: "VersionRow", change: "ChangeRow") -> dict[str, Any]:
    """What was read anew of the bytes that begin *version*."""
    by = f"{version.layout} {version.revision}" if change.cause == "parser" else "what is known of the site"
    return _log_row(version, change, ()) | {
        "kind": "reading",
        "cause": change.cause,
        "summary": f"read anew by {by}: {change.summary}",
    }


def _removed_row(url: str, removed: "RedactionRow", at: datetime) -> dict[str, Any]:
    """That the bytes of a capture are gone, so that nobody can say what it showed."""
    return {
        "page": url,
        "seq": None,
        "kind": "redaction",
        "after": None,
        "by": at,
        "last_seen": at,
        "cause": "",
        "class": "removed",
        "summary": f"capture {removed.capture_id}: {removed.told}",
        "words_changed": 0,
        "numbers_changed": 0,
        "title": "",
        "capture": removed.capture_id,
        "content_digest": "",
    } | _said(())


def _name(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not (value.strip() and len(value) <= _LONGEST_NAME and value.isprintable()):
        found = " ".join(printable(value).split())[:40]
        raise UsageError(f"{parameter.opts[0]}: found '{found}', expected a name of 1 to 100 signs")
    return value


Quiet = Callable[["QueueRow"], "QueueRow | None"]


class _Look(NamedTuple):
    """Who looks ("" where that does not matter), whether it is noted, at how many changes, and what hides them."""

    name: str
    is_noted: bool
    limit: int | None
    quiet: Quiet


class _Shown(NamedTuple):
    """What is shown: the changes, of how many.

    How many besides were shown *before*, None at the first look, and how many are *hidden* by rules of their sources.
    """

    rows: "list[QueueRow]"
    total: int
    before: int | None = None
    hidden: int = 0


@click.command()
@click.option("--cause", "causes", type=click.Choice(_CAUSES), multiple=True,
              help="Only changes with this cause, also those that make no version (repeatable).")  # fmt: skip
@click.option(
    "--class",
    "classes",
    type=click.Choice(["facts", "words", "cosmetic", "none", "gone", "returned", "held"]),
    multiple=True,
    help="Only changes of this class (repeatable).",
)
@click.option("--flag", "flags", type=click.Choice(_FLAGS), multiple=True, help="Only with this flag (repeatable).")
@click.option("--source", help="Only changes of this source.")
@click.option("--country", help="Only changes of reports on this country: its name, or its ISO code.")
@click.option("--since", metavar="DATE", help="Only what was first seen on DATE or later.")
@click.option("--until", metavar="DATE", help="Only what was first seen on DATE or earlier.")
@click.option("--order", type=click.Choice(["weight", "time"]), default="weight", show_default=True,
              help="The most significant first, or the newest.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1), help="At most so many [default: all].")
@click.option("--noise", is_flag=True, help="Also those of what their source says is insignificant.")
@click.option("--since-last-look", "name", metavar="NAME", callback=_name,
              help="Only what was not shown to NAME before, which is noted then.")  # fmt: skip
@click.option("--peek", is_flag=True, help="With --since-last-look: does not note what is shown.")
@click.option("--looks", "lists_looks", is_flag=True, help="Lists who has looked, and nothing else.")
@click.option("--forget", "forgotten", metavar="NAME", callback=_name, help="Forgets what NAME was shown.")
@format_option
@click.pass_obj
def changes(
    settings: Settings, causes: tuple[str, ...], classes: tuple[str, ...], flags: tuple[str, ...], source: str | None,
    country: str | None, since: str | None, until: str | None, order: str, limit: int | None, noise: bool,
    name: str | None, peek: bool, lists_looks: bool, forgotten: str | None, form: str | None,
) -> None:  # fmt: skip
    """Lists the changes over all pages that made a version, the most significant first.

    By --cause also what made none, and so has no version before it: what other parsers (parser) or more learned of a
    site (chrome) made of the same bytes, and what is held back as no edit of the publisher's (capture fault).

    With --since-last-look each change is shown to NAME once, however often pages are merged, split or read anew
    meanwhile. It is noted when all of it is printed.

    \b
    Examples:
      fonds changes --limit 20
      fonds changes --since-last-look ana
      fonds changes --flag silent-edit --since 2024-03-01
      fonds changes --class facts --country Kenya --order time
      fonds changes --cause parser
      fonds changes --looks
    """
    from ..archive import QueueScope

    if peek and name is None:
        raise UsageError("found --peek without --since-last-look NAME, expected both")
    scope = QueueScope(
        causes=cast("Any", causes), classes=classes, flags=flags, source=source, country=country,
        since=_day(since, "--since"), until=_day(until, "--until"), order=cast("Any", order),
    )  # fmt: skip
    with settings.open_archive() as archive:
        if lists_looks:
            _list_looks(archive, form)
        elif forgotten is not None:
            _forget(archive, forgotten)
        else:
            scope = _known(settings, archive, scope)
            quiet = (lambda row: row) if noise else _quieter(settings, archive, scope)
            _list(settings, archive, scope, _Look(name or "", not peek, limit, quiet), form)


def _day(text: str | None, option: str) -> date | datetime | None:
    return None if text is None else parse_day(text, option=option)


def _known(settings: Settings, archive: "Archive", scope: "QueueScope") -> "QueueScope":
    """*scope* with its country as pages name it. Raises UsageError for a source or a country that nothing is of."""
    from dataclasses import replace

    from ..archive import need_source, pages_on

    if scope.source is not None:
        need_source(archive, scope.source, settings.sources)
    if scope.country is None:
        return scope
    pages = pages_on(archive, scope.country)
    asked = scope.country.casefold()
    if any(asked in (page.country.casefold(), page.country_code.casefold()) for page in pages):
        return scope
    return replace(scope, country=pages[0].country_code or pages[0].country)  # another name of the same country


def _quieter(settings: Settings, archive: "Archive", scope: "QueueScope") -> Quiet:
    """What takes from a change what its source says is insignificant; None of what is not asked for then."""
    book = settings.rulebook()

    def quieter(row: "QueueRow") -> "QueueRow | None":
        rules = book.of(row.source, row.url)
        if not rules:
            return row
        from ..quiet import quiet

        found = quiet(archive, row, rules)
        if found is None or found is row:
            return found
        names = {flag.name for flag in found.flags}
        is_flagged = not scope.flags or not names.isdisjoint(scope.flags)
        return found if is_flagged and (not scope.classes or found.class_ in scope.classes) else None

    return quieter


def _list(settings: Settings, archive: "Archive", scope: "QueueScope", look: _Look, form: str | None) -> None:
    if look.name and look.is_noted and not archive.is_writable:
        message = "this user may not write the file, so what is shown cannot be noted; --peek shows it all the same"
        raise UsageError(f"{archive.path}: {message}")
    _look_for_flags(archive)
    shown = _shown(archive, scope, look)
    rows = [_change_row(row) for row in shown.rows]
    told = _told(shown, look)
    if chosen_form(form) == "table":
        rows = [row | {"change": f"{row['title'] or row['url']}: {row['summary']}"} for row in rows]
    columns = ("by", *_telling(rows, "cause"), "class", *_telling(rows, "said"), "page", "change")
    listing(rows, form, columns=columns, empty=told)
    if rows:
        note(told)
    if rows and look.name and look.is_noted:
        archive.note_look(look.name, [row.key for row in shown.rows], settings.now())


def _shown(archive: "Archive", scope: "QueueScope", look: _Look) -> _Shown:
    """What is there to be shown, at most as many as are asked for."""
    from ..archive import CLASSES

    known = archive.looked_at(look.name) if look.name else set()
    places = archive.queue(scope, keyed=bool(look.name))
    waiting = [place for place in places if place.key not in known]
    rows: list[QueueRow] = []
    hidden = 0
    for row in archive.queued(waiting):
        found = look.quiet(row)
        hidden += found is None
        rows += [found] if found else []
        if len(rows) == look.limit:
            break
    if scope.order == "weight":  # what is hidden in part weighs less than it did
        rows.sort(key=lambda row: CLASSES.index(row.class_))
    before = len(places) - len(waiting) if known else None
    return _Shown(rows, len(waiting) - hidden, before, hidden)


def _told(shown: _Shown, look: _Look) -> str:
    """What was shown, in one line."""
    count, silent = len(shown.rows), sum(any(flag.name == "silent-edit" for flag in row.flags) for row in shown.rows)
    of = f"{count:,} of " if shown.total > count else ""
    parts = [f"{of}{counted(shown.total, 'change')}" if count else "no changes"]
    parts[0] += f", {counted(silent, 'silent edit')}" if silent else ""
    if look.name:
        is_first = shown.before is None
        parts.append(
            f"the first look of '{look.name}'" if is_first else f"{shown.before:,} shown before to '{look.name}'"
        )
        parts += [] if look.is_noted else ["not noted"]
    if shown.hidden:
        parts.append(f"{shown.hidden:,} hidden by what sources say is insignificant, --noise shows them")
    return "; ".join(parts)


def _look_for_flags(archive: "Archive") -> None:
    """Sees to it that changes which an older fonds stored have their flags, where that can be kept."""
    count = archive.count_unflagged()
    if not count:
        return
    from ..claims import look_for_flags

    told = f"{archive.path}: an older fonds stored {counted(count, 'change')} without flags"
    if not archive.is_writable:
        note(f"{told}; this user may not write the file, so these have none here")
        return
    note(f"{told}; looking for them, once")
    line = OneLine()
    try:
        failed = look_for_flags(archive, lambda done, of: line("changes", done, of))
    finally:
        line.end()
    if failed:
        note(f"{archive.path}: of {failed:,} the records cannot be read, so these have none; fonds verify says which")


def _list_looks(archive: "Archive", form: str | None) -> None:
    rows = [
        {"name": look.name, "changes": look.changes, "first_look": look.first_at, "last_look": look.last_at}
        for look in archive.looks()
    ]
    listing(rows, form, columns=("name", "changes", "first_look", "last_look"), empty="nobody has looked so far")


def _forget(archive: "Archive", name: str) -> None:
    count = archive.forget_look(name)
    if not count:
        raise UsageError(f"--forget: found nothing that '{name}' was shown; fonds changes --looks lists who has looked")
    note(f"forgot {counted(count, 'change')} that '{name}' was shown")


def _change_row(row: "QueueRow") -> dict[str, Any]:
    from ..claims import change_flags

    return {
        "page": row.page_id,
        "url": row.url,
        "title": row.title,
        "source": row.source,
        "country": row.country,
        "before_version": row.before_seq,
        "after_version": row.after_seq,
        "capture": row.capture_id,
        "cause": row.cause,
        "class": row.class_,
        "summary": row.summary,
        "words_changed": row.words_changed,
        "numbers_changed": row.numbers_changed,
        "after": row.seen_after,
        "by": row.first_seen,
    } | _said(change_flags(row))


COMMANDS = (log, changes)
