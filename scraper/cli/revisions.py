"""Commands for those who read revisions: log, changes, diff."""

import json
import shutil
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .context import Settings, parse_day, start_of
from .output import colour, data, drawn, format_option, instant, listing, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..archive import Archive, ChangeRow, VersionRow
    from ..claims import Flag

_FINDINGS = 1


@click.command()
@click.argument("page")
@format_option
@click.pass_obj
def log(settings: Settings, page: str, form: str | None) -> None:
    """Lists the versions of PAGE with the interval each appeared in, and what changed by whom.

    Where the bytes of a version were read anew, by other parsers or with more of the site's chrome, what differs by
    that stands below it. Of a page that is gone it says since when, and which captures show it.

    \b
    Example:
      fonds log velmora
    """
    from ..claims import page_flags

    with settings.open_archive() as archive:
        row = archive.page(page)
        changes = {change.after_seq: change for change in archive.changes(row)}
        anew = [change for cause in ("parser", "chrome") for change in archive.changes(row, cause=cause)]
        flags = page_flags(archive, row)
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
    columns = ("seq", "after", "by", "cause", "class", *_if_said(rows), "summary")
    listing(rows, form, columns=columns, empty=f"{row.url}: no version yet, its state is '{row.state}'")


def _said(flags: "Sequence[Flag]") -> dict[str, Any]:
    """What a version's flags come to, and the flags with their evidence."""
    from ..claims import said

    return {"said": said(flags), "flags": [flag.to_dict() for flag in flags]}


def _if_said(rows: "Sequence[dict[str, Any]]") -> list[str]:
    return ["said"] if any(row["said"] for row in rows) else []


def _log_row(version: "VersionRow", change: "ChangeRow | None", shown_missing: "Sequence[int]") -> dict[str, Any]:
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


@click.command()
@click.option("--since", metavar="DATE", help="Only what was first seen on DATE or later.")
@click.option(
    "--cause",
    type=click.Choice(["publisher", "parser", "chrome", "capture fault"]),
    help="Only changes with this cause, also those that make no version.",
)
@click.option(
    "--class",
    "class_",
    type=click.Choice(["facts", "words", "cosmetic", "none", "gone", "returned", "held"]),
    help="Only changes of this class.",
)
@format_option
@click.pass_obj
def changes(settings: Settings, since: str | None, cause: str | None, class_: str | None, form: str | None) -> None:
    """Lists the changes over all pages that made a version, newest first.

    By --cause also what made none, and so has no version before it: what other parsers (parser) or more learned of a
    site (chrome) made of the same bytes, and what is held back as no edit of the publisher's (capture fault).

    \b
    Examples:
      fonds changes --since 2024-03-01 --cause publisher
      fonds changes --class facts
      fonds changes --cause parser
    """
    from ..claims import change_flags

    moment = start_of(parse_day(since, option="--since")) if since else None
    with settings.open_archive() as archive:
        found = archive.changes(since=moment, cause=cause, class_=class_)
        rows = [_change_row(change) | _said(flags) for change, flags in change_flags(archive, found)]
    columns = ("by", "cause", "class", *_if_said(rows), "page", "title", "summary")
    listing(rows, form, columns=columns, empty="no changes")


def _change_row(change: "ChangeRow") -> dict[str, Any]:
    return {
        "page": change.page_id,
        "url": change.url,
        "title": change.title,
        "before_version": change.before_seq,
        "after_version": change.after_seq,
        "capture": change.capture_id,
        "cause": change.cause,
        "class": change.class_,
        "summary": change.summary,
        "words_changed": change.words_changed,
        "numbers_changed": change.numbers_changed,
        "after": change.seen_after,
        "by": change.first_seen,
    }


@click.command()
@click.argument("page")
@click.argument("first", required=False, metavar="[A]")
@click.argument("second", required=False, metavar="[B]")
@click.option("--format", "form", type=click.Choice(["terminal", "json"]), help="[default: terminal]")
@click.option("--width", type=click.IntRange(min=40), help="Columns [default: those of the terminal].")
@click.pass_obj
def diff(
    settings: Settings, page: str, first: str | None, second: str | None, form: str | None, width: int | None
) -> None:
    """Shows what differs between two versions of PAGE, the last two by default; A and B are numbers or dates.

    With A alone, from A to the last. Exit code 1 says that there is a difference.

    \b
    Examples:
      fonds diff velmora
      fonds diff velmora 1 3
      fonds diff velmora 2024-03-01 --format json
    """
    from ..diff import diff as compare

    with settings.open_archive() as archive:
        row = archive.page(page)
        versions = archive.versions(row)
        if len(versions) < 2 and not first:
            raise UsageError(f"{row.url}: {_nothing_to_compare(archive, row.id, len(versions))}")
        before = archive.version(f"{row.id}@{first or versions[-2].seq}")
        after = archive.version(f"{row.id}@{second or versions[-1].seq}")
        found = compare(archive.record(before), archive.record(after))
    names = (f"version {before.seq}", f"version {after.seq}")
    interval = f"last seen {instant(before.last_seen)}", f"first seen {instant(after.first_seen)}"
    note(f"{row.url}: {names[0]} ({interval[0]}) to {names[1]} ({interval[1]})")
    write_changes(found, form, width=width, names=names)


def _nothing_to_compare(archive: "Archive", page_id: int, versions: int) -> str:
    """Why a page with fewer than two *versions* has none to compare."""
    removed = [f"capture {row.capture_id}: {row.told}" for row in archive.redactions(page_id)[-1:]]
    seen = "one version, so nothing to compare it with" if versions else "no version yet"
    return "; ".join([seen, *removed, f"`fonds log {page_id}` lists its versions"])


def write_changes(found: Any, form: str | None, *, width: int | None, names: tuple[str, str]) -> None:
    """Prints the changes *found* and leaves with 1 where there are any."""
    from ..diff import render_terminal

    if form == "json":
        data(json.dumps(found.to_dict(), ensure_ascii=False, indent=2))
    else:
        columns = width or shutil.get_terminal_size((100, 24)).columns
        drawn(render_terminal(found, width=columns, colour=colour(), names=names))
    if found:
        raise click.exceptions.Exit(_FINDINGS)


COMMANDS = (log, changes, diff)
