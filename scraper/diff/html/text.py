"""Texts of a report as HTML: every sign of them is only a sign, and what differs is marked."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import urlsplit

from ...terminal import printable
from ...wording import counted
from ..units import count_words
from ..words import Run

LONGEST = 20_000  # characters shown of one text that was dropped, added or moved
_LONGEST_ADDRESS = 400
_LONGEST_LINK = 2_000
_SPACE = '<span class="space"> </span>'  # beside what was added: it goes where that is not shown
_LONG = 6_000  # characters of a passage from which on long stretches that are the same are cut
_AROUND = 400  # characters kept of such a stretch on each side
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,6}")


def text_html(text: str) -> str:
    """*text* as content of an element; what would steer or hide is shown as an escape."""
    return escape(printable(text), quote=False)


def attribute(text: str) -> str:
    """*text* as the value of an attribute, with its quotation marks."""
    return f'"{escape(printable(text))}"'


def language(code: str) -> str:
    """`lang` for a text in the language *code* (BCP 47), with a space before it; "" where it is none, or English."""
    known = code.replace("_", "-")
    return f" lang={attribute(known)}" if _LANGUAGE.fullmatch(known) and known.lower() != "en" else ""


def link_html(target: str, words: str = "") -> str:
    """*words*, else *target*, as a link where that leads to the web or to mail; as words alone where it does not."""
    shown = f"<bdi>{shortened(words or target, _LONGEST_ADDRESS)}</bdi>"
    return f'<a href={attribute(target)} rel="noreferrer noopener">{shown}</a>' if _is_safe(target) else shown


def shortened(text: str, longest: int = LONGEST) -> str:
    """*text* as HTML; past *longest* characters, how many words more there are."""
    start, more = cut(text, longest)
    return f"{text_html(start)} {_left(more)}" if more else text_html(start)


def cut(text: str, longest: int) -> tuple[str, str]:
    """*text* up to some *longest* characters, and how many words more there are, "" for none."""
    if len(text) <= longest + longest // 10:
        return text, ""
    start = _to_a_space(text[:longest])
    return start, f"… {counted(count_words(text[len(start) :]), 'more word')}"


def dropped(text: str, class_: str = "") -> str:
    """*text* as what was dropped; "" for ""."""
    return _marked("del", text, class_)


def added(text: str, class_: str = "") -> str:
    """*text* as what was added; "" for ""."""
    return _marked("ins", text, class_, _SPACE)


def sides_html(before: str, after: str) -> str:
    """What was dropped, then what was added, with an arrow between where there is both."""
    arrow = '<span class="arrow"> → </span>' if before and after else ""
    return f"{dropped(before)}{arrow}{added(after)}"


def both_html(runs: Sequence[Run]) -> str:
    """Both sides of *runs*, in one text."""
    return "".join(_run(run, place) for run, place in _placed(runs))


def after_html(runs: Sequence[Run]) -> str:
    """The side after of *runs*, with what was added marked."""
    return "".join(_run(run, place, is_both=False) for run, place in _placed(runs))


def before_html(runs: Sequence[Run]) -> str:
    """The side before of *runs*, with what was dropped marked."""
    return "".join(_before(run, place) for run, place in _placed(runs))


def visible(text: str) -> str:
    """*text*, or signs that can be seen where it has nothing but spaces."""
    return text if text.strip() else "".join("⍽" if sign in "\u00a0\u202f" else "␣" for sign in text)


_Place = tuple[bool, bool]  # whether a stretch may be cut at its start, and at its end: see `_same`


def _placed(runs: Sequence[Run]) -> Iterator[tuple[Run, _Place | None]]:
    is_long = sum(len(run.before) + len(run.after) for run in runs) > 2 * _LONG
    for number, run in enumerate(runs):
        yield run, (number > 0, number < len(runs) - 1) if is_long else None


def _run(run: Run, place: _Place | None, *, is_both: bool = True) -> str:
    old, new = (run.before if is_both else ""), run.after
    match run.kind:
        case "same":
            return _same(new, place)
        case "ignored":
            return _ignored(old, new, run.ignored)
        case "words":
            return dropped(old) + added(new)
    return dropped(old, "look") + added(new, "look")


def _before(run: Run, place: _Place | None) -> str:
    match run.kind:
        case "same":
            return _same(run.before, place)
        case "ignored":
            return _ignored(run.before, "", run.ignored)
        case "words":
            return dropped(run.before)
    return dropped(run.before, "look")


def _same(text: str, place: _Place | None) -> str:
    """*text*, cut in its middle where the whole passage is long."""
    if place is None or len(text) <= 3 * _AROUND:
        return text_html(text)
    start = _to_a_space(text[:_AROUND]) if place[0] else ""
    end = text[-_AROUND:].partition(" ")[2] or text[-_AROUND:] if place[1] else ""
    words = counted(count_words(text[len(start) : len(text) - len(end)]), "word")
    return f"{text_html(start)} {_left(f'… {words} the same …')} {text_html(end)}"


def _ignored(old: str, new: str, name: str) -> str:
    parts = [f'<span class="{side}">{shortened(text)}</span>' for side, text in (("old", old), ("new", new)) if text]
    said = f'<span class="said">ignored by {text_html(name)}: </span>'
    return f'<span class="ignored" title={attribute(f"ignored: {name}")}>{said}{" ".join(parts)}</span>'


def _marked(tag: str, text: str, class_: str, space: str = " ") -> str:
    """*text* in *tag*; spaces around it are outside, so that none is struck out or underlined."""
    if not text:
        return ""
    core = text.strip()
    if not core:
        return f'<{tag} class="look">{visible(text)}</{tag}>'
    start, end = space * text[0].isspace(), space * text[-1].isspace()
    attributes = f' class="{class_}"' if class_ else ""
    return f"{start}<{tag}{attributes}>{shortened(core)}</{tag}>{end}"


def _left(words: str) -> str:
    return f'<span class="left">{words}</span>'


def _to_a_space(text: str) -> str:
    return text.rpartition(" ")[0] or text


def _is_safe(target: str) -> bool:
    """Whether *target* can be no more than a link: of the web or of mail, and as it looks."""
    if len(target) > _LONGEST_LINK or not target.isprintable() or any(sign.isspace() for sign in target):
        return False
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme == "mailto" or (parts.scheme in ("http", "https") and bool(parts.netloc))
