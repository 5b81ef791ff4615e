"""What is shown of a text that is too long to be shown whole: the words around an edit, a beginning, a name."""

from collections.abc import Sequence

from ..wording import counted
from .layout import Span, Style, columns
from .units import count_words, tokens
from .words import Run

CONTEXT = 8  # words shown on each side of an edit
LONGEST = 60  # words shown of a passage that was dropped or added, and of one edit
_LOOKS_LONGEST = 6  # words shown of an edit of case or punctuation
_SIGNS_A_WORD = 40  # at most, on average: what is longer is cut as if it were
_FIRST_WORDS = 12
_STOPS = ",.;:!?)]}”’،؛۔、。，；："  # of what is left out, not the beginning of what is shown
_NAME_COLUMNS = 40
_STYLES: dict[str, tuple[Style, Style]] = {
    "words": ("dropped", "added"),
    "cosmetic": ("cosmetic-dropped", "cosmetic-added"),
    "typography": ("cosmetic-dropped", "cosmetic-added"),
}


def around(runs: Sequence[Run], context: int = CONTEXT, *, typography: bool = False) -> list[Span]:
    """The runs with what is the same cut down to *context* words on each side of an edit.

    What differs in typography is taken for the same, and shown as it is now, without *typography*. What is ignored is
    shown as one span in its own style.
    """
    spans: list[Span] = []
    shown = _simplified(runs, typography)
    for number, (kind, before, after) in enumerate(shown):
        if kind == "same":
            keep_start, keep_end = (context if number else 0), (context if number < len(shown) - 1 else 0)
            spans += _context(after, keep_start, keep_end)
            continue
        limit = max(LONGEST, context) if kind == "words" else _LOOKS_LONGEST
        sides = [shortened(text, limit) if text else "" for text in (before, after)]
        if kind == "ignored":
            spans.append(Span(" → ".join(side.strip() for side in sides), "ignored"))
            continue
        for side, style in zip(sides, _STYLES[kind], strict=True):
            spans += _bare(side, style)
    return spans


def beginning(text: str, limit: int = _FIRST_WORDS) -> str:
    """The first *limit* words of *text*, with "…" where there are more."""
    found = tokens(text[: _SIGNS_A_WORD * limit])
    if len(found) <= limit and len(text) <= _SIGNS_A_WORD * limit:
        return text
    return f"{text[: found[min(limit, len(found)) - 1].end if found else limit]} …"


def shortened(text: str, limit: int = LONGEST) -> str:
    """*text*, or its first *limit* words and how many more there are; never cut to save a few."""
    total = count_words(text)
    if total <= limit + limit // 4 and len(text) <= _SIGNS_A_WORD * limit:
        return text
    words = [token for token in tokens(text[: _SIGNS_A_WORD * limit]) if token.is_word][:limit]
    end = words[-1].end if words else _SIGNS_A_WORD
    left = counted(total - len(words), "word") if total > len(words) else counted(len(text) - end, "sign")
    return f"{text[:end]} … ({left} more)"


def named(text: str) -> str:
    """*text* in quotation marks, as the name of something: at most 40 columns of it."""
    words = " ".join(text[: 4 * _NAME_COLUMNS].split())
    if len(text) <= 4 * _NAME_COLUMNS and columns(words) <= _NAME_COLUMNS:
        return f"“{words}”"
    kept = words[:_NAME_COLUMNS]
    while columns(kept) > _NAME_COLUMNS - 2:
        kept = kept[:-1]
    head, space, _ = kept.rpartition(" ")
    return f"“{head if space and 2 * len(head) > len(kept) else kept} …”"


def _bare(text: str, style: Style) -> list[Span]:
    """*text* in its style, the spaces at its ends outside: a line may break there."""
    bare = text.strip(" ")
    if not bare:
        return [Span(text, style)] if text else []
    start, _, end = text.partition(bare)
    return [span for span in (Span(start), Span(bare, style), Span(end)) if span.text]


def _simplified(runs: Sequence[Run], typography: bool) -> list[tuple[str, str, str]]:
    simple: list[tuple[str, str, str]] = []
    for run in runs:
        if run.kind not in ("same", "typography") or (typography and run.kind == "typography"):
            simple.append((run.kind, run.before, run.after))
        elif simple and simple[-1][0] == "same":
            simple[-1] = ("same", "", simple[-1][2] + run.after)
        else:
            simple.append(("same", "", run.after))
    return simple


def _context(text: str, keep_start: int, keep_end: int) -> list[Span]:
    found = tokens(text)
    if len(found) <= keep_start + keep_end + max(keep_start, keep_end) // 2:
        return [Span(text)]
    start = f"{text[: found[keep_start - 1].end]} " if keep_start else ""
    first = len(found) - keep_end
    if keep_end > 1 and text[found[first].start] in _STOPS:
        first += 1
    end = f" {text[found[first].start :]}" if keep_end else ""
    return [Span(start), Span("…", "faint"), Span(end)]
