"""Learned chrome: a record as lines that may repeat on other pages of its site, and without those that do."""

import re
from collections.abc import Sequence
from dataclasses import replace

from .blocks import chrome_of
from .dates import date_line
from .outline import GAP, Line, Outline, Sort, address_key, key_of, site_of
from .profile import Profile
from .record import AlertLevel, Block, Chrome, Entry, Recommendation, Record, Stage

__all__ = ["REASON", "Profile", "blocks_at", "outlined", "without"]

REASON = "learned"
REACH = 16  # blocks from either end that are looked at
_LABEL_WORDS = 8
_WHOLE = 0.9  # the share of a line's signs that make it nothing but a link
_NEVER = frozenset({"table", "quotation", "preformatted", "footnote", "term", "definition"})
_FULL_STOPS = tuple(".!?…。।؟։")
_QUOTES = ('"', "'", "“", "„", "«", "‘", "‹", "「", "『")
_BYLINE = re.compile(r"(?i:(?:written|posted|published|prepared) )?+(?i:by|par|por|von):? [^\W\d_a-z]")
_COPYRIGHT = re.compile(r"©|ⓒ|\(c\)|\bcopyright\b", re.IGNORECASE)
# What is listed below these is the report's, though it may be nothing but links.
_REFERENCES = re.compile(
    r"(?:(?:foot|end)?notes?|references?|sources?|bibliography|citations?|works cited|further reading|documents?|"
    r"quellen|literatur|fu(?:ß|ss)noten|anmerkungen|r[ée]f[ée]rences?|bibliographie|notes de bas de page|fuentes|"
    r"referencias|bibliograf[íi]a|notas|refer[êe]ncias|fontes|fonti|note|источники|примечания|литература|مراجع|المراجع|"
    r"المصادر|注释|参考文献|來源|来源)\W*+",
    re.IGNORECASE,
)


def outlined(record: Record, title: str | None = None, titles: tuple[str, ...] = ()) -> Outline:
    """The outline of *record*, of which nothing learned was taken off.

    *title* is that of the page, where that is known, and *titles* are those stated outside its text.
    """
    title = (record.headline or record.title) if title is None else title
    site, stated = site_of(record.url), _Stated(record)
    blocks = record.blocks
    first, last = (blocks[:REACH], blocks[-REACH:]) if len(blocks) > 2 * REACH else (blocks, ())
    lines = [_line(block, site, stated) for block in first]
    if last:
        words = sum(block.text.count(" ") + 1 for block in blocks[REACH:-REACH])
        lines += [Line(key=GAP, words=words, sort=Sort.NEVER), *(_line(block, site, stated) for block in last)]
    return Outline(layout=record.layout, title=title, titles=titles, lines=tuple(lines))


def blocks_at(blocks: Sequence[Block], outline: Outline, places: Sequence[int]) -> list[Block]:
    """Those of *blocks*, which *outline* is of, that stand at *places* of its lines."""
    behind = len(blocks) - len(outline.lines)  # the gap stands for several, and shifts what is after it
    return [blocks[place if place < REACH or behind == 0 else place + behind] for place in places]


def without(record: Record, blocks: Sequence[Block]) -> Record:
    """*record* without *blocks*, which are its own, each on record as chrome."""
    gone = {id(block) for block in blocks}
    kept = tuple(block for block in record.blocks if id(block) not in gone)
    return replace(record, blocks=kept, chrome=(*record.chrome, *map(_chrome, blocks)))


class _Stated:
    """The facts of a record, and which of its blocks state one."""

    def __init__(self, record: Record) -> None:
        self._sentences = {fact.text for fact in record.facts if isinstance(fact, Recommendation)}
        named = (fact.name for fact in record.facts if isinstance(fact, Stage | AlertLevel))
        listed = (fact.subject for fact in record.facts if isinstance(fact, Entry))
        self._names = tuple(name.casefold() for name in (*named, *listed) if name)
        self.any = bool(self._sentences or self._names)

    def has(self, text: str) -> bool:
        """Whether a block of *text* states one of the facts."""
        if text in self._sentences:
            return True
        folded = text.casefold() if self._names else ""
        return any(name in folded for name in self._names) or "stage" in folded


def _line(block: Block, site: str, stated: _Stated) -> Line:
    kind, text, figure = block.kind, block.text, block.figure
    words = text.count(" ") + 1 if text else 0  # of `normal.shown` text, one space apart
    target = _whole_link(block) if block.marks else ""
    is_own = bool(target) and site_of(target) == site
    key = key_of(kind, text, figure.image) if figure else key_of(kind, text)
    return Line(key, words, _sort(block, words, stated, is_own), address_key(target) if is_own else "")


def _sort(block: Block, words: int, stated: _Stated, is_own: bool) -> str:
    kind, text = block.kind, block.text
    if kind == "figure":
        return Sort.FIGURE
    if kind in _NEVER or text.startswith(_QUOTES) or (stated.any and stated.has(text)):
        return Sort.NEVER
    is_sentence = text.endswith(_FULL_STOPS)
    if words > _LABEL_WORDS or is_sentence:
        return _sort_of_text(block, is_own, Sort.SENTENCE if is_sentence else Sort.TEXT)
    is_numbered = any(sign.isdigit() for sign in text)
    if _BYLINE.match(text) or _REFERENCES.fullmatch(text) or (is_numbered and date_line(text)):
        return Sort.NEVER
    if not is_numbered:
        return _sort_of_text(block, is_own, Sort.LABEL)
    return _sort_of_text(block, is_own, Sort.TEXT if _COPYRIGHT.search(text) else Sort.PARTICULAR)


def _sort_of_text(block: Block, is_own: bool, otherwise: str) -> str:
    if block.kind == "heading":
        return f"{block.level}"
    if block.kind == "item":
        return Sort.LINKED_ITEM if is_own else Sort.ITEM
    return Sort.LINK if is_own else otherwise


def _whole_link(block: Block) -> str:
    """Where *block* leads if it is nothing but a link; ""."""
    links = [mark for mark in block.marks if mark.kind == "link"]
    linked = sum(mark.end - mark.start for mark in links)
    return links[0].target if links and linked >= _WHOLE * len(block.text) else ""


def _chrome(block: Block) -> Chrome:
    """*block* as what was taken off; a picture without words by its address."""
    if block.figure and not block.text:
        return replace(chrome_of(block.figure.image, REASON), words=0)
    return chrome_of(block.text, REASON)
