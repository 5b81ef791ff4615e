"""Commands for those who read revisions: diff."""

from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .context import Settings
from .output import instant, note
from .showing import show, show_asked, show_options

if TYPE_CHECKING:
    from ..archive import Archive, VersionRow


@click.command()
@click.argument("page")
@click.argument("first", required=False, metavar="[A]")
@click.argument("second", required=False, metavar="[B]")
@click.option("--noise", is_flag=True, help="Ignores nothing, whatever its source says is insignificant.")
@show_options
@click.pass_obj
def diff(settings: Settings, /, page: str, first: str | None, second: str | None, noise: bool, **options: Any) -> None:
    """Shows what differs between two versions of PAGE, the last two by default; A and B are numbers or dates.

    With A alone, from A to the last; that a page was gone in between is passed over. Exit code 1 says that there is a
    difference, besides what the page's source says is insignificant. docs/reading-changes.md says how to read what is
    shown.

    \b
    Examples:
      fonds diff velmora
      fonds diff velmora 1 3
      fonds diff velmora 2024-03-01 --format json
      fonds diff velmora --unified | delta
      fonds diff velmora --to velmora.html
    """
    from ..claims import told
    from ..diff import About, quieted
    from ..diff import diff as compare

    asked = show_asked(**options)
    with settings.open_archive() as archive:
        row = archive.page(page)
        versions = [version for version in archive.versions(row) if version.kind != "tombstone"]
        if len(versions) < 2 and not (first and versions):
            raise UsageError(f"{row.url}: {_nothing_to_compare(archive, row.id, len(versions))}")
        before = archive.version(f"{row.id}@{first or versions[-2].seq}")
        after = archive.version(f"{row.id}@{second or versions[-1].seq}")
        records = archive.record(before), archive.record(after)
        interval = () if asked.form == "unified" else _interval(before, after)  # a patch has it beside the names
        rules = () if noise else settings.rulebook().of(row.source, row.url)
        found = quieted(compare(*records), rules)
        # Nobody has to say that a counter counted on.
        said = [("Did they say so?", line) for line in told(archive, row, before.seq, after.seq, rules)]
        head = (("Page", row.url), *interval, *said)
    names = (f"version {before.seq}", f"version {after.seq}")
    seen = f"last seen {instant(before.last_seen)}", f"first seen {instant(after.first_seen)}"
    titles = (f"{names[0]} ({seen[0]})", f"{names[1]} ({seen[1]})")
    if asked.form == "json" or asked.to:
        note(f"{row.url}: {titles[0]} to {titles[1]}")
    show(found, About(records=records, head=head), asked, names=names, titles=titles)


def _interval(before: "VersionRow", after: "VersionRow") -> tuple[tuple[str, str], ...]:
    return (
        ("Before", f"version {before.seq}, last seen {instant(before.last_seen)}"),
        ("After", f"version {after.seq}, first seen {instant(after.first_seen)}"),
    )


def _nothing_to_compare(archive: "Archive", page_id: int, versions: int) -> str:
    """Why a page with fewer than two *versions* has none to compare."""
    removed = [f"capture {row.capture_id}: {row.told}" for row in archive.redactions(page_id)[-1:]]
    seen = "one version, so nothing to compare it with" if versions else "no version yet"
    return "; ".join([seen, *removed, f"`fonds log {page_id}` lists its versions"])


COMMANDS = (diff,)
