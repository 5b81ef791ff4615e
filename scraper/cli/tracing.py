"""Commands on what is said since when: blame, history, check-quote."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..terminal import printable
from ..wording import counted
from .context import Settings
from .output import chosen_form, drawn, format_option, instant, listing, note, page_name

if TYPE_CHECKING:
    from ..archive import Archive, PageRow, VersionRow
    from ..passages import Holding, Shown, Sight, Span, Track
    from ..passages.plot import Chart

_FINDINGS = 1
_MOST_BYTES = 100_000


@click.command()
@click.argument("page")
@click.option("--gone", is_flag=True, help="The passages that are gone, with when they were last seen.")
@click.option("--at", metavar="VERSION", help="As of this version: a number or a day [default: the last].")
@format_option
@click.pass_obj
def blame(settings: Settings, page: str, gone: bool, at: str | None, form: str | None) -> None:
    """Lists each passage of PAGE, by sentence, with when it first appeared and when its words were last edited.

    A sentence that was moved or edited a little is still the same one. "after" is the last capture without it, "by"
    the first one with it. What only a better parser reads says so ("read") and tells nothing of when it appeared.

    \b
    Examples:
      fonds blame velmora
      fonds blame velmora --at 1
      fonds blame velmora --gone --format csv
    """
    from ..passages import revisions, trace

    with settings.open_archive() as archive:
        row = archive.page(page)
        version = archive.version(f"{row.id}@{at}" if at else str(row.id))
        if version.record_id is None and not gone:
            archive.record(version)  # says that it is gone, and where it was last
        traced = trace(revisions(archive, row), at=version.seq)
    rows = [_blame_row(version, number, shown) for number, shown in enumerate(traced.gone if gone else traced.shown, 1)]
    columns = ["by", "last_seen", "gone_by", "fate", "text"] if gone else ["after", "by", *_used(rows), "text"]
    listing(rows, form, columns=columns, empty=f"{row.url}: no passage is gone" if gone else f"{row.url}: no passages")


def _used(rows: list[dict[str, Any]]) -> list[str]:
    """Columns that few reports need, where this one does."""
    return [name for name in ("how", "edited_by") if any(row[name] for row in rows)]


def _blame_row(version: "VersionRow", number: int, shown: "Shown") -> dict[str, Any]:
    stays = shown.passage.stays
    past = stays[: stays.index(shown.stay) + 1]
    first = past[0]
    edits = [stay for stay in past if stay.how == "edited"]
    last = edits[-1] if edits else None
    back = [stay.since.by for stay in past if stay.how == "returned"]
    return {
        "page": version.url,
        "version": version.seq,
        "number": number,
        "how": "; ".join(filter(None, ["read" if first.how == "read" else "", "returned" if back else ""])),
        **_sight("", first.since),
        "edits": len(edits),
        **_sight("edited_", last.since if last else None),
        "edited_class": last.class_ if last else "",
        "before": last.before if last else "",
        "returned_by": back[-1] if back else None,
        "last_version": shown.stay.last.seq,
        "last_seen": shown.stay.last.last_seen,
        "last_capture": shown.stay.last.last_capture_id,
        "gone_by": shown.stay.until.by if shown.stay.until else None,
        "fate": shown.stay.fate,
        "kind": shown.unit.kind,
        "path": shown.unit.path,
        "start": shown.unit.start,
        "end": shown.unit.end,
        "text": shown.unit.text,
    }


def _sight(prefix: str, sight: "Sight | None") -> dict[str, Any]:
    """When something was first seen so, as fields of a row."""
    return {
        f"{prefix}after": sight.after if sight else None,
        f"{prefix}by": sight.by if sight else None,
        f"{prefix}in_version": sight.seq if sight else None,
        f"{prefix}capture": sight.capture_id if sight else None,
    }


@click.command()
@click.argument("page", required=False)
@click.option("--country", metavar="NAME", help="All reports on this country: its name or its ISO 3166 code.")
@click.option("--fact", "facts", multiple=True, metavar="KIND", help="Only facts of this kind (repeatable).")
@click.option("--plot", is_flag=True, help="Only the drawing, into a pipe too.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Writes the drawing to this file.")
@format_option
@click.pass_obj
def history(
    settings: Settings, page: str | None, country: str | None, facts: tuple[str, ...], plot: bool, svg: Path | None,
    form: str | None,
) -> None:  # fmt: skip
    """Shows what PAGE, or each report on a country, states over time: as a drawing, and as a table.

    Facts are title, published, modified, country, alert, stage, recommendation and entry. A fact appeared between
    "after" and "by", and was gone between "last seen" and "gone by"; what happened between two captures nobody knows,
    and the drawing says so. What only a better parser reads is no edit: it tells nothing of when a fact appeared.

    \b
    Examples:
      fonds history velmora
      fonds history --country Velmora --fact stage --svg stages.svg
      fonds history velmora --fact stage --format csv
    """
    from ..passages import KINDS
    from ..passages.drawing import drawing
    from ..passages.plot import plot as plotted

    if wrong := [kind for kind in facts if kind not in KINDS]:
        raise UsageError(f"--fact: found '{wrong[0]}', expected one of {', '.join(KINDS)}")
    with settings.open_archive() as archive:
        pages = _pages(archive, page, country)
        charts = {row.id: _chart(archive, row, facts) for row in pages}
    listed = [charts[row.id] for row in pages]
    rows = [
        _fact_row(row, track, span) for row in pages for track in charts[row.id].timeline.tracks for span in track.spans
    ]
    if svg:
        title = f"Reports on {country}" if country else listed[0].name
        svg.write_text(drawing(listed, title=title), encoding="utf-8")
        note(f"{svg}: {counted(len(rows), 'fact')} of {counted(len(pages), 'page')}")
    if plot or (form is None and sys.stdout.isatty()):
        drawn(plotted(listed, width=shutil.get_terminal_size((100, 24)).columns))
    if not plot and not (svg and form is None and not sys.stdout.isatty()):
        columns = ("page", "fact", "after", "by", "last_seen", "gone_by", "value")
        listing(rows, form, columns=columns[1:] if page else columns, empty="no facts")


def _pages(archive: "Archive", page: str | None, country: str | None) -> "list[PageRow]":
    """The page, or those on the country, by date."""
    from ..archive import pages_on

    if (page is None) == (country is None):
        raise UsageError("found " + ("neither" if page is None else "both") + ", expected PAGE or --country")
    if page is not None:
        return [archive.page(page)]
    return pages_on(archive, str(country))


def _chart(archive: "Archive", row: "PageRow", facts: tuple[str, ...]) -> "Chart":
    from dataclasses import replace

    from ..passages import revisions, timeline
    from ..passages.plot import Chart

    found = timeline(revisions(archive, row))
    tracks = tuple(track for track in found.tracks if not facts or track.kind in facts)
    return Chart(f"{row.title or row.url} ({page_name(row.url)})", replace(found, tracks=tracks))


def _fact_row(row: "PageRow", track: "Track", span: "Span") -> dict[str, Any]:
    return {
        "page": page_name(row.url),
        "url": row.url,
        "fact": track.kind,
        "value": track.text,
        "instead_of": track.instead_of,
        **_span(span),
    }


def _span(span: "Span") -> dict[str, Any]:
    """When something was there, as fields of a row."""
    ended = span.until
    return {
        **_sight("", span.since),
        "how": "read" if span.is_read else "",
        "last_version": span.last.seq,
        "last_seen": span.last.last_seen,
        "last_capture": span.last.last_capture_id,
        "gone_by": ended.by if ended and not span.is_unread else None,
        "fate": "" if not ended else "unread" if span.is_unread else "gone",
    }


@click.command("check-quote")
@click.argument("text", required=False)
@click.option("--file", "path", type=click.Path(path_type=Path), help="The quotation is in this file, “-” for stdin.")
@click.option("--page", help="Only in the versions of this page.")
@format_option
@click.pass_obj
def check_quote(settings: Settings, text: str | None, path: Path | None, page: str | None, form: str | None) -> None:
    """Finds the versions that hold the quotation TEXT, exactly or but for typography and case; else what is nearest.

    "…" or "[...]" stands for words left out of one passage. Exit code 0 says that a version holds it ("match" says how
    exactly), 1 that none does: then the nearest wordings are shown, as [-what you have-]{+what they say+}.

    \b
    Examples:
      fonds check-quote "barred from public hospitals"
      fonds check-quote "No one … was told" --page velmora --format json
      fonds check-quote --file quotation.txt
    """
    from ..passages import check

    wanted = _wanted(text, path)
    with settings.open_archive() as archive:
        page_id = archive.page(page).id if page else None
        found = check(archive, wanted, page_id=page_id)
        rows = [_holding_row(archive, one) for one in found.holdings]
    if found.is_cut:
        note("so many passages have these words that not all were looked at; quote more of it, or say --page")
    if not found.is_found:
        note("no version holds this" + ("; the nearest wordings:" if rows else ", or anything like it"))
    if chosen_form(form) == "table" and form is None:
        for row, holding in zip(rows, found.holdings, strict=True):
            drawn(_told(row, holding))
    elif rows or found.is_found:
        columns = ("match", "page", "in_version", "last_version", "after", "by", "last_seen", "passage")
        listing(rows, form, columns=columns, empty="")
    if not found.is_found:
        raise click.exceptions.Exit(_FINDINGS)


def _wanted(text: str | None, path: Path | None) -> str:
    """The quotation, from the command line or a file of bounded size."""
    if (text is None) == (path is None):
        raise UsageError(
            "found " + ("no quotation" if text is None else "two quotations") + ", expected TEXT or --file"
        )
    if path is None:
        return str(text)
    with click.open_file(str(path), "rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise UsageError(f"{path}: found more than {_MOST_BYTES:,} bytes, expected one quotation")
    try:
        return bytes(content).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: found a byte that is no UTF-8 at {error.start:,}, expected text") from None


def _holding_row(archive: "Archive", holding: "Holding") -> dict[str, Any]:
    first = holding.versions[0]
    capture = archive.capture(first.capture_id)
    return {
        "match": holding.agreement,
        "likeness": round(holding.likeness, 1),
        "page": page_name(first.url),
        "url": first.url,
        "title": first.title,
        "published": first.published,
        **_span(holding.span),
        "versions": [version.seq for version in holding.versions],
        "path": holding.path,
        "places": [list(place) for place in holding.places],
        "passage": holding.passage,
        "difference": [{"kind": run.kind, "before": run.before, "after": run.after} for run in holding.runs],
        "content_sha256": capture.content_sha256,
        "content_digest": first.content_digest,
    }


def _told(row: dict[str, Any], holding: "Holding") -> str:
    """One holding for a person at a terminal."""
    count = len(holding.versions)
    versions = (
        f"version {row['in_version']}" if count == 1 else f"versions {row['in_version']} to {row['last_version']}"
    )
    after = f"after {instant(row['after'])} and " if row["after"] else ""
    since = (
        f"first read in what was seen by {instant(row['by'])}"
        if row["how"]
        else f"appeared {after}by {instant(row['by'])}"
    )
    gone = f", gone by {instant(row['gone_by'])}" if row["gone_by"] else ""
    how = {
        "exact": "exactly",
        "typography": "but for quotation marks, dashes or spaces",
        "case": "but for capital letters",
        "nearest": f"not so, but {holding.likeness:.0f} % alike",
    }[holding.agreement]
    title = click.style(printable(row["title"]), bold=True)
    lines = [
        f"{title}  {printable(row['url'])}",
        f"  {versions}, {how}",
        f"  {since}, last seen {instant(row['last_seen'])}{gone}",
        f"  capture {row['capture']}, content sha256 {row['content_sha256']}",
        f"  {_difference(holding) if holding.runs else _marked(holding)}",
    ]
    return "\n".join(lines) + "\n"


def _marked(holding: "Holding") -> str:
    shown, end = "", 0
    for start, stop in holding.places:
        shown += printable(holding.passage[end:start])
        shown += click.style(printable(holding.passage[start:stop]), bold=True, fg="yellow")
        end = stop
    return (shown + printable(holding.passage[end:])).replace("\n", "\n  ")


def _difference(holding: "Holding") -> str:
    from ..diff.layout import marked

    parts = []
    for run in holding.runs:
        before, after = printable(run.before), printable(run.after)
        if run.kind == "same":
            parts.append(marked(after))
        else:
            parts.append(click.style(marked(before, "[-", "-]"), fg="red") if before else "")
            parts.append(click.style(marked(after, "{+", "+}"), fg="green") if after else "")
    return "".join(parts).replace("\n", "\n  ")


COMMANDS = (blame, history, check_quote)
