"""Quiet: changes as they weigh without what rules of their sources say is insignificant.

What is stored stays as it is; rules act when a change is read.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from .archive import Archive, ChangeRow, FlagRow, QueueRow
from .claims import flags_under
from .diff import Changes, changes_from_dict, diff, quieted
from .errors import DoesNotApply
from .insignificant import Rule

_Row = TypeVar("_Row", ChangeRow, QueueRow)


def quiet(archive: Archive, row: QueueRow, rules: Sequence[Rule]) -> QueueRow | None:
    """*row* as it is without what *rules* hide, None where they hide all of it; that a page is back is never hidden."""
    found = changes_of(archive, row) if rules else None
    changes = quieted(found, rules) if found else None
    if not changes or not changes.ignored:
        return row
    if changes.is_ignored and row.class_ != "returned":
        return None
    return replace(_weighed(row, changes), flags=_flags(archive, row, rules))


def quiet_change(archive: Archive, row: ChangeRow, rules: Sequence[Rule]) -> ChangeRow:
    """*row* of a page's history as it is without what *rules* hide.

    Where they hide all of it, it says so: a version is evidence, whatever differs in it.
    """
    found = _read(archive, row.detail, row.page_id, _shown(archive, row), row.after_seq) if rules else None
    changes = quieted(found, rules) if found else None
    if not changes or not changes.ignored:
        return row
    if changes.is_ignored and row.class_ != "returned":
        names = " and ".join(f"'{name}'" for name in changes.ignored)
        return replace(_weighed(row, changes), class_="none", summary=f"only what is ignored differs: {names}")
    return _weighed(row, changes)


def changes_of(archive: Archive, row: QueueRow) -> Changes | None:
    """All that differs in *row* as it was found, None where that is not known: a page that is gone, what is held."""
    found = archive.detail(row.difference_id) if row.difference_id is not None else None
    return _read(archive, found, row.page_id, row.shown_seq, row.after_seq)


def _read(
    archive: Archive, detail: dict[str, Any] | None, page_id: int, before_seq: int | None, after_seq: int | None
) -> Changes | None:
    if not detail:
        return None
    try:
        return changes_from_dict(detail)
    except DoesNotApply:  # an older fonds stored it
        before, after = (archive.version(f"{page_id}@{seq}") for seq in (before_seq, after_seq))
        return diff(archive.record(before), archive.record(after))


def _shown(archive: Archive, row: ChangeRow) -> int | None:
    """The version that showed the text before, which is not the one before where the page was gone."""
    if row.class_ != "returned" or row.before_seq is None:
        return row.before_seq
    seqs = [version.seq for version in archive.versions(row.url) if version.record_id is not None]
    return max((seq for seq in seqs if seq <= row.before_seq), default=None)


def _weighed(row: _Row, changes: Changes) -> _Row:
    is_back = row.class_ == "returned"
    return replace(
        row,
        class_=row.class_ if is_back else changes.class_,
        summary=f"the page is back; {changes.summary}" if is_back else changes.summary,
        words_changed=changes.words_changed,
        numbers_changed=changes.numbers_changed,
    )


def _flags(archive: Archive, row: QueueRow, rules: Sequence[Rule]) -> tuple[FlagRow, ...]:
    """The flags on *row* found anew; none where the publisher did not make it, as there were none."""
    if row.cause != "publisher" or row.shown_seq is None or row.after_seq is None:
        return ()
    before, after = (archive.version(f"{row.page_id}@{seq}") for seq in (row.shown_seq, row.after_seq))
    return flags_under(archive.record(before), archive.record(after), rules)
