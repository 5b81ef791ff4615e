"""What a reader steps to from change to change, each at an address of its own within the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .text import text_html


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change as it is shown: at the fragment *name*, under *place* and *what* (plain words), with *body* as HTML.

    *gist* is the change in a few words of HTML, for the list of changes; *level* that of its heading; *folds* says that
    it is closed at first.
    """

    name: str
    place: str
    what: str
    body: str
    level: int = 3
    gist: str = ""
    class_: str = ""
    folds: bool = False
    is_open: bool = False


Part = Step | str


def parts_html(parts: Iterable[Part], around: dict[str, tuple[str, str]]) -> str:
    """*parts* as HTML; *around* has the names of the steps before and after each, "" for none."""
    return "\n".join(part if isinstance(part, str) else _step(part, *around[part.name]) for part in parts)


def neighbours(steps: Sequence[Step]) -> dict[str, tuple[str, str]]:
    """For each of *steps*, by name, the names of the one before and of the one after it."""
    names = ["", *(step.name for step in steps), ""]
    return {name: (names[number], names[number + 2]) for number, name in enumerate(names[1:-1])}


def list_html(steps: Sequence[Step]) -> str:
    """*steps* as a list of links."""
    items = "".join(f'<li><a href="#{step.name}">{_title(step)}</a>{_gist(step)}</li>' for step in steps)
    return f'<ol class="steps">{items}</ol>'


def _gist(step: Step) -> str:
    return f' <span class="gist">— {step.gist}</span>' if step.gist else ""


def _title(step: Step) -> str:
    place = f'<span class="place">{text_html(step.place)}</span> ' if step.place else ""
    return f'{place}<span class="what">{text_html(step.what)}</span>'


def _step(step: Step, previous: str, following: str) -> str:
    links = "".join(
        f'<a href="#{name}" title="{words} change"><span aria-hidden="true">{sign}</span>'
        f'<span class="said">{words} change</span></a>'
        for name, words, sign in ((previous, "previous", "↑"), (following, "next", "↓"))
        if name
    )
    links = f'<span class="turn">{links}</span>' if links else ""
    head = f'<h{step.level} id="{step.name}-name">{_title(step)}</h{step.level}>'
    opening = f'class="step {step.class_}" id="{step.name}" tabindex="-1" aria-labelledby="{step.name}-name"'
    if step.folds:
        is_open = " open" if step.is_open else ""
        return (
            f"<article {opening}><details{is_open}><summary>{head}</summary>\n{step.body}\n</details>{links}</article>"
        )
    tag = "section" if step.level == 2 else "article"
    return f'<{tag} {opening}><div class="head">{head}{links}</div>\n{step.body}\n</{tag}>'
