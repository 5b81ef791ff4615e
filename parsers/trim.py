"""What stands between and around the paragraphs of an article and is none of its text, told block by block."""

from collections.abc import Sequence
from itertools import takewhile

from .blocks import Content, chrome_of
from .chrome import is_chrome
from .dates import date_line, find_dates
from .normal import ENDS, bare, width
from .page import host
from .phrases import heads_other, is_credit, is_invitation, is_label, is_name, is_signature
from .record import Block

_PROSE = 80  # signs of a block that is no mere line
_LINE = 100
_LOOSE = 60
_LONG_LINK = 40
_INVITATION = 200
_CREDIT = 300
_HEAD = 12  # blocks
_NEAR = 6
_PULLED = 25
_LABEL_WORDS = 3
_MOST_UNDER_HEADING = 0.2
_MOST_IF_PROSE = 0.05
_LINKED = 0.3
_MOSTLY = 0.5
_ALL = 0.95
_NO_LINES = frozenset({"figure", "table", "preformatted", "footnote"})


def trimmed(content: Content, url: str) -> Content:
    """*content*, an article at *url*, without the lines that lead elsewhere, and those around its paragraphs."""
    blocks = content.blocks
    own_host = host(url)
    reasons = _by_themselves(blocks, own_host)
    _mark_sections(blocks, reasons)
    if any(not reason and _is_prose(block) for block, reason in zip(blocks, reasons, strict=True)):
        _mark_head(blocks, reasons)
        _mark_tail(blocks, reasons, own_host)
    pairs = list(zip(blocks, reasons, strict=True))
    return Content(
        blocks=tuple(block for block, reason in pairs if not reason),
        chrome=(*content.chrome, *(chrome_of(block.text, reason) for block, reason in pairs if reason)),
    )


def _by_themselves(blocks: Sequence[Block], own_host: str) -> list[str]:
    """Why each of *blocks* is no part of the text, "" where nothing in it says so: invitations, links, copies."""
    reasons = ["" if block.kind in _NO_LINES else _by_itself(block, own_host) for block in blocks]
    _mark_copies(blocks, reasons)
    _mark_cards(blocks, reasons)
    _mark_pulled_quotes(blocks, reasons)
    return reasons


def _mark_copies(blocks: Sequence[Block], reasons: list[str]) -> None:
    """Marks blocks that stand in the text before, two or more on end: one alone is the author's own repetition."""
    seen: set[str] = set()
    run: list[int] = []
    for place, block in enumerate(blocks):
        is_again = len(block.text) > _PROSE and (place == 0 or blocks[place - 1].text != block.text)
        run = [*run, place] if block.text in seen and (is_again or run) else []
        if len(run) > 1:
            reasons[run[0]], reasons[place] = reasons[run[0]] or "copy", reasons[place] or "copy"
        seen.add(block.text)


def _mark_pulled_quotes(blocks: Sequence[Block], reasons: list[str]) -> None:
    """Marks the quotations that only set off a sentence of the text around them."""
    for place, block in enumerate(blocks):
        if block.kind == "quotation" and len(words := bare(block.text)) >= _PULLED:
            around = (*blocks[max(place - _NEAR, 0) : place], *blocks[place + 1 : place + 1 + _NEAR])
            if any(other.kind == "paragraph" and words in bare(other.text) for other in around):
                reasons[place] = "copy"


def _mark_cards(blocks: Sequence[Block], reasons: list[str]) -> None:
    """Marks headings that are links and stand one after the other, as those of other articles do."""
    last = -1
    for place, block in enumerate(blocks):
        if block.kind == "figure":
            continue
        if block.kind != "heading" or _linked(block) <= _ALL:
            last = -1
        else:
            if last >= 0:
                reasons[last] = reasons[place] = "link"
            last = place


def _by_itself(block: Block, own_host: str) -> str:
    text, linked = block.text, _linked(block)
    length = width(text)
    if is_chrome(text):
        return "line"
    leads = linked > _LINKED or text.endswith(":")
    if length <= _INVITATION and leads and is_invitation(text) and (block.kind != "item" or _stays(block, own_host)):
        return "invitation"
    if linked > _ALL and length >= _LONG_LINK and block.kind in {"paragraph", "quotation"}:
        return "link" if text.isupper() or _stays(block, own_host) else ""
    return ""


def _mark_sections(blocks: Sequence[Block], reasons: list[str]) -> None:
    """Marks what stands under a heading such as "Related articles", up to the next of its rank.

    Only where it is little, and less where it is not mostly links.
    """
    whole = sum(width(block.text) for block in blocks)
    end = 0
    for place, block in enumerate(blocks):
        if place < end or block.kind != "heading" or not heads_other(block.text):
            continue
        end = place + 1
        while end < len(blocks) and not (blocks[end].kind == "heading" and blocks[end].level <= block.level):
            end += 1
        section = blocks[place + 1 : end]
        held = sum(width(other.text) for other in section)
        linked = sum(width(other.text) * _linked(other) for other in section)
        if held < (_MOST_UNDER_HEADING if linked > _LINKED * held else _MOST_IF_PROSE) * whole:
            reasons[place:end] = [reason or "section" for reason in reasons[place:end]]


def _mark_head(blocks: Sequence[Block], reasons: list[str]) -> None:
    """Marks the labels before the first sentence; what names author and day alone is read by others."""
    places = [place for place, reason in enumerate(reasons[:_HEAD]) if not reason]
    for place in takewhile(lambda place: not _is_prose(blocks[place]), places):
        block = blocks[place]
        text = block.text
        if block.kind in {"paragraph", "item"} and width(text) < _LINE and not text.endswith(ENDS):
            is_loose = _linked(block) > _MOSTLY
            if (is_loose or is_label(text) or any(find_dates(text))) and not (is_signature(text) or date_line(text)):
                reasons[place] = "head"


def _mark_tail(blocks: Sequence[Block], reasons: list[str], own_host: str) -> None:
    """Marks what is no sentence after the last one; who signs in one line is part of the text."""
    lines = [place for place, block in enumerate(blocks) if not reasons[place] and block.kind != "figure"]
    tail = list(takewhile(lambda place: _is_loose(blocks[place], own_host), reversed(lines)))
    if len(tail) == 1 and _is_signature(blocks[tail[0]]):
        return
    for place in tail:
        reasons[place] = "tail"


def _is_signature(block: Block) -> bool:
    return block.kind == "paragraph" and not block.marks and is_name(block.text)


def _is_prose(block: Block) -> bool:
    return block.kind not in {"heading", "figure"} and width(block.text) >= _PROSE


def _is_loose(block: Block, own_host: str) -> bool:
    text = block.text
    if block.kind == "heading":
        return True
    if block.kind == "item":
        return _linked(block) > _ALL and _stays(block, own_host)
    if block.kind != "paragraph":
        return False
    length = width(text)
    return (
        (length < _LOOSE and not text.endswith(ENDS))
        or (length < _LINE and _linked(block) > _ALL)
        or (length < _CREDIT and is_credit(text))
    )


def _stays(block: Block, own_host: str) -> bool:
    """Whether the links of *block* stay on its site."""
    return all(host(mark.target) == own_host for mark in block.marks if mark.kind == "link")


def _linked(block: Block) -> float:
    """The share of the text of *block* in links that lead off the page."""
    if not block.marks or not block.text:
        return 0
    links = [mark for mark in block.marks if mark.kind == "link" and not mark.target.startswith("#")]
    return sum(mark.end - mark.start for mark in links) / len(block.text)
