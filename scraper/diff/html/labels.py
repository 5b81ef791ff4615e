"""What a changed passage is called, and what happened to it, in a few words."""

from ..changes import BlockChange, Changes
from ..summary import is_typography
from .text import text_html

_LONGEST_GIST = 48  # characters of each side


def name_of(change: BlockChange) -> str:
    """The fragment at which *change* stands in the page."""
    return f"was-{_before(change)}" if change.after_index is None else f"p{change.after_index + 1}"


def gist_of(change: BlockChange) -> str:
    """The first edit of *change* in some of its words, or how it begins, as HTML."""
    if change.op in ("dropped", "added", "moved") or (change.op == "regrouped" and not change.runs):
        return f"<bdi>{beginning(change.block.text)}</bdi>"
    runs = [run for found in (change.runs, *(cell.runs for cell in change.cells)) for run in found]
    edits = [run for run in runs if run.kind == "words"] or [run for run in runs if run.kind == "cosmetic"]
    if not edits:
        return ""
    return sides_gist(edits[0].before.strip(), edits[0].after.strip(), has_more=len(edits) > 1)


def sides_gist(before: str, after: str, *, has_more: bool) -> str:
    """Both sides of an edit in some of their words, as HTML, whichever way they are written."""
    sides = [f"“<bdi>{beginning(side)}</bdi>”" if side else "∅" for side in (before, after)]
    return f"{' → '.join(sides)}{', …' if has_more else ''}"


def is_looks_alone(change: BlockChange) -> bool:
    """Whether *change* stands where it stood, and differs in nothing but looks."""
    return change.op == "edited" and change.class_ == "cosmetic"


def folds(changes: Changes) -> list[tuple[str, list[BlockChange], str]]:
    """What differs in looks alone: a name, the passages, and in what they differ; without what has no passages."""
    looks = [change for change in changes.blocks if is_looks_alone(change)]
    found = (
        ("typography", [change for change in looks if is_typography(change)], "quotation marks, dashes or spaces"),
        ("looks", [change for change in looks if not is_typography(change)], "case, punctuation or layout"),
    )
    return [fold for fold in found if fold[1]]


def _before(change: BlockChange) -> int:
    return (change.before_index or 0) + 1


def beginning(text: str) -> str:
    """The first words of *text* as HTML, with "…" where there are more."""
    line = " ".join(text[: 4 * _LONGEST_GIST].split())
    if len(line) > _LONGEST_GIST:
        line = f"{line[:_LONGEST_GIST].rpartition(' ')[0] or line[:_LONGEST_GIST]} …"
    return text_html(line)
