"""Commands for those who follow what happens to pages: log, changes."""

from typing import TYPE_CHECKING, Any

import click

from .context import Settings, parse_day, start_of
from .output import format_option, listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..archive import ChangeRow, VersionRow
    from ..claims import Flag


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


COMMANDS = (log, changes)
