"""The whole page: its head, the list of changes, the changes, and what was left out."""

import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from itertools import groupby

from parsers.record import Record

from ...wording import counted
from ..changes import Changes
from ..summary import COARSE, weight
from .passages import passages
from .room import Room
from .script import SCRIPT
from .sections import sections_after, sections_before
from .steps import Step, list_html, neighbours, parts_html
from .style import STYLE
from .text import language, link_html, shortened, text_html

_LONGEST = 500  # characters of what is told in the head
_FEW = 15  # steps that are listed without being folded
_MOST_LISTED = 2_000
_FULL = (
    "So much changed that this page does not hold all of it. What was left out is said where it stops, and at the end."
)
_VIEWS = (("by-width", "By width"), ("side-by-side", "Side by side"), ("in-line", "In line"))


def render_html(
    changes: Changes, before: Record, after: Record, *, names: tuple[str, str], head: Sequence[tuple[str, str]] = ()
) -> str:
    """*changes* between two records as one HTML document that needs nothing else, and no script to be read.

    *names* is what the two sides are called, *head* what is told of them beside: labels and texts, neighbours with one
    label together. Nothing in the records becomes markup, style, script or an address that is asked for. The size is
    bounded whatever they hold: what was left out is said at the end. The same for the same arguments.
    """
    room = Room()
    first = list(sections_before(changes, after, room))
    text = passages(changes, before, after, room)
    last = list(sections_after(changes, (before, after), names, room))
    steps = [part for part in (*first, *text, *last) if isinstance(part, Step)]
    around = neighbours(steps)
    main = [
        parts_html(first, around),
        _passages_html(parts_html(text, around), names, has_steps=any(isinstance(part, Step) for part in text)),
        parts_html(last, around),
    ]
    parts = [
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n{_meta(changes, after)}\n</head>\n<body>',
        '<a class="skip" href="#changes">Skip to the changes</a>',
        _header(changes, (before, after), names, head, is_full=room.is_full),
        _list(steps),
        _bar(steps),
        '<main id="changes">',
        *main,
        "</main>",
        _footer(room),
        f"<script>{SCRIPT}</script>\n</body>\n</html>",
    ]
    html = "\n".join(filter(None, parts)) + "\n"
    return _without_loose_ends(html) if room.is_full else html


def _meta(changes: Changes, after: Record) -> str:
    style, script = (b64encode(sha256(part.encode()).digest()).decode() for part in (STYLE, SCRIPT))
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; "
        "form-action 'none'"
    )
    title = text_html(f"{after.title or after.url}: {changes.summary}"[:200])
    return "\n".join(
        (
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            '<meta name="generator" content="fonds">',
            f"<title>{title}</title>",
            f"<style>{STYLE}</style>",
        )
    )


def _header(
    changes: Changes,
    records: tuple[Record, Record],
    names: tuple[str, str],
    head: Sequence[tuple[str, str]],
    *,
    is_full: bool,
) -> str:
    before, after = records
    title = after.title or before.title
    spoken = language(after.language or before.language) if title else ""
    labels = {label for label, _ in head}
    told = [pair for pair in zip(("Before", "After"), names, strict=True) if pair[0] not in labels]
    told += head
    if changes.renditions:
        told.append(("Renditions", " and ".join(changes.renditions)))
    notes = [*([COARSE] if changes.coarse else []), *([_FULL] if is_full else [])]
    return "\n".join(
        (
            "<header>",
            f'<p class="kicker">{"Two renditions compared" if changes.renditions else "What changed"}</p>',
            f'<h1{spoken} dir="auto">{shortened(title or "A report without a title", _LONGEST)}</h1>',
            f'<p class="summary">{_said(changes)}</p>',
            *(f'<p class="warning">{note}</p>' for note in notes),
            f"<dl>{_pairs(told)}</dl>",
            "</header>",
        )
    )


def _said(changes: Changes) -> str:
    rest = f" {shortened(changes.summary, 4 * _LONGEST)}" if changes else ""
    return f'<span class="class">{weight(changes)}{":" if rest else ""}</span>{rest}'


def _pairs(told: Sequence[tuple[str, str]]) -> str:
    """Labels and texts; what has the same label stands below it once."""
    lines = []
    for label, pairs in groupby(told, key=lambda pair: pair[0]):
        lines.append(f"<dt>{text_html(label)}</dt>")
        lines += [f'<dd dir="auto">{link_html(text)}</dd>' for _, text in pairs]
    return "\n".join(lines)


def _without_loose_ends(html: str) -> str:
    """*html* without links to what it has no room for."""
    names = set(re.findall(' id="([^"]+)"', html))
    return re.sub('<a href="#([^"]+)">', lambda link: link[0] if link[1] in names else "<a>", html)


def _list(steps: Sequence[Step]) -> str:
    if not steps:
        return ""
    title, listed = counted(len(steps), "change"), list_html(steps[:_MOST_LISTED])
    if len(steps) > _MOST_LISTED:
        listed += f'<p class="note">… and {counted(len(steps) - _MOST_LISTED, "change")} more</p>'
    if len(steps) > _FEW:
        listed = f"<details><summary>{title}</summary>{listed}</details>"
    else:
        listed = f"<h2>{title}</h2>{listed}"
    return f'<nav aria-label="Changes">{listed}</nav>'


def _bar(steps: Sequence[Step]) -> str:
    """What stays in view: the choice of layout, and with a script the steps."""
    if not steps:
        return ""
    views = "".join(
        f'<label><input type="radio" name="view" id="{name}"{" checked" if number == 0 else ""}>'
        f"<span>{words}</span></label>"
        for number, (name, words) in enumerate(_VIEWS)
    )
    return (
        '<div id="bar" role="region" aria-label="How to read"><div>'
        f'<fieldset><legend class="said">Layout</legend>{views}</fieldset>'
        '<div id="turn"><p id="at" role="status" data-script hidden></p>'
        '<button type="button" id="previous" data-script hidden aria-label="Previous change">↑</button>'
        '<button type="button" id="next" data-script hidden aria-label="Next change">↓</button>'
        '<label data-script hidden><input type="checkbox" id="keys" checked>'
        "keys <kbd>j</kbd> <kbd>k</kbd></label>"
        f'<a id="first" href="#{steps[0].name}">First change</a></div></div></div>'
    )


def _passages_html(html: str, names: tuple[str, str], *, has_steps: bool) -> str:
    if not html:
        return ""
    heads = "".join(f'<p class="note">{text_html(name)}</p>' for name in names)
    columns = f'<div class="heads" aria-hidden="true">{heads}</div>' if has_steps else ""
    return f'<section aria-labelledby="text"><h2 id="text">Text</h2>\n{columns}\n{html}\n</section>'


def _footer(room: Room) -> str:
    left = [counted(count, what, _MANY.get(what)) for what, count in room.left_out.items() if count]
    words = "§ counts the passages of the report as it is after."
    if left:
        words += f" Left out of this page, to keep it readable: {', '.join(left)}. The two reports have all of it."
    return f"<footer><p>{words}</p></footer>"


_MANY = {
    "passage that stands in both": "passages that stand in both",
    "row of a table": "rows of tables",
    "column of a table": "columns of tables",
}
