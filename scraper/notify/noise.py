"""Noise: what rules of their sources hide in changes, for all that is told of these."""

from collections.abc import Callable, Sequence

from ..archive import Archive, FlagRow, NewsRow
from ..claims import flags_of_version, flags_under
from ..diff import Changes, Rule, diff, quieted

RulesOf = Callable[[str, str], Sequence[Rule]]


def no_rules(_source: str, _url: str) -> Sequence[Rule]:
    """That nothing is insignificant."""
    return ()


def quiet(archive: Archive, row: NewsRow, rules_of: RulesOf) -> Changes | None:
    """What changed in *row* with what is insignificant on its page ignored, None where that is nothing.

    *rules_of* gives the rules for a page, by its source and URL.
    """
    rules = rules_of(row.source, row.url)
    if not rules or row.class_ in ("new", "gone"):
        return None
    before, after = archive.compared(row)
    changes = quieted(diff(before, after), rules) if before and after else None
    return changes if changes and changes.ignored else None


def flags_of(archive: Archive, row: NewsRow, changes: Changes | None, rules_of: RulesOf) -> tuple[FlagRow, ...]:
    """The flags on the change in *row*: as they are stored, or anew where something in its *changes* is ignored."""
    if row.class_ in ("new", "gone") or row.cause != "publisher":
        return ()
    if changes is None:
        return flags_of_version(archive, row.page_id, row.seq)
    before, after = archive.compared(row)
    return flags_under(before, after, rules_of(row.source, row.url)) if before and after else ()


def is_noise(row: NewsRow, changes: Changes | None) -> bool:
    """Whether *row* is nobody's news: all that changed is ignored. That a page is back is news whatever it says."""
    return changes is not None and changes.is_ignored and row.class_ != "returned"
