"""Quiet: changes of the queue as they weigh without what rules of their sources say is insignificant.

What is stored stays as it is; rules act when a change is read.
"""

from collections.abc import Sequence
from dataclasses import replace

from .archive import Archive, FlagRow, QueueRow
from .diff import Changes, changes_from_dict, diff, quieted
from .errors import DoesNotApply
from .insignificant import Rule

_OF_WORDS = ("silent-edit", "notice-absent")  # what is said of an edit of words


def quiet(archive: Archive, row: QueueRow, rules: Sequence[Rule]) -> QueueRow | None:
    """*row* as it is without what *rules* hide, None where they hide all of it; that a page is back is never hidden."""
    found = changes_of(archive, row) if rules else None
    changes = quieted(found, rules) if found else None
    if not changes or not changes.ignored:
        return row
    is_back = row.class_ == "returned"
    if changes.is_ignored and not is_back:
        return None
    return replace(
        row,
        class_=row.class_ if is_back else changes.class_,
        summary=f"the page is back; {changes.summary}" if is_back else changes.summary,
        words_changed=changes.words_changed,
        numbers_changed=changes.numbers_changed,
        flags=_left(row.flags, changes),
    )


def changes_of(archive: Archive, row: QueueRow) -> Changes | None:
    """All that differs in *row* as it was found, None where that is not known: a page that is gone, what is held."""
    found = archive.detail(row.difference_id) if row.difference_id is not None else None
    if not found:
        return None
    try:
        return changes_from_dict(found)
    except DoesNotApply:  # an older fonds stored it
        before, after = (archive.version(f"{row.page_id}@{seq}") for seq in (row.shown_seq, row.after_seq))
        return diff(archive.record(before), archive.record(after))


def _left(flags: tuple[FlagRow, ...], changes: Changes) -> tuple[FlagRow, ...]:
    return flags if changes.words_changed else tuple(flag for flag in flags if flag.name not in _OF_WORDS)
