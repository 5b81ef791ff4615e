"""A linear look over markup before a tree is built of it: tree builders are quadratic in what this bounds.

Nesting 16,000 deep costs a builder over a second, 100,000 deep half a minute; so do thousands of attributes on one tag,
of formatting elements left open, or of options. Of nine pages in ten a glance shows that they have none of that. The
others are scanned, closely enough to the tokenizer of the HTML Standard (section 13.2.5) that nothing hides in a quoted
attribute, a comment or a script. What a glance misses is left to the bounds of the process that parses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .errors import TooComplex


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a body may be at most; the largest real report pages reach a tenth of each."""

    body_bytes: int = 50_000_000
    depth: int = 3_000
    tags: int = 600_000
    attributes: int = 1_000
    open_formatting: int = 100
    options: int = 10_000


_VALUE = rb"=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)"
_ATTRIBUTE = re.compile(rb"[^\s/>=][^\s/>=]*+(?:\s*+" + _VALUE + rb")?+")
_INSIDE = rb"[^>=]*+(?:(?:" + _VALUE + rb"|=)[^>=]*+)*+"
_RAW_TEXT = b"iframe noembed noframes script style textarea title xmp".split()
_PASSED_OVER = (
    rb"!--(?!-?+>)[^-]*+(?:-(?!-!?+>)[^-]*+)*+",  # a comment
    rb"[!?][^>]*+|/(?![a-zA-Z])[^>]*+",  # what is taken for one
    *(rb"(?i:%b)(?![^\s/>])%b[^<]*+(?:<(?!(?i:/%b))[^<]*+)*+" % (name, _INSIDE, name) for name in _RAW_TEXT),
)
_TAG = rb"|(/?[a-zA-Z]" + _INSIDE + rb"))"
# Every tag whole, without its angle brackets; no group where the text is not that of a tag.
_TAGS = re.compile(rb"<(?:" + rb"|".join(_PASSED_OVER) + _TAG)
_FOREIGN_TAGS = re.compile(rb"<(?:" + rb"|".join(_PASSED_OVER[:2]) + _TAG)  # in drawings no element has raw text
_NAME = re.compile(rb"/?[^\s/>]++")
_FORMATTING = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())
_FORMATTING_START = re.compile(
    rb"<(?=[bcefistu])(?:big|[bisu]|code|em|font|small|strike|strong|tt)[\s/>]", re.IGNORECASE
)
_FEW_TAGS = 10_000
_FOREIGN = frozenset((b"svg", b"math"))
# Elements whose end tag is implied or which have none: an unclosed one does not nest.
_NOT_NESTING = frozenset(
    b"area base br col embed frame hr img input link meta param source track wbr p li dt dd option optgroup "
    b"thead tbody tfoot tr td th rp rt html head body".split()
)

# Elements that may close themselves ("<path/>") inside a drawing; any other name may have led out of it.
_DRAWING = frozenset(
    b"svg g defs symbol use path rect circle ellipse line polyline polygon text tspan image stop animate "
    b"lineargradient radialgradient clippath mask pattern marker filter fegaussianblur feoffset feblend fecolormatrix "
    b"feflood fecomposite femerge femergenode animatetransform".split()
)


def check(body: bytes, bounds: Bounds = Bounds()) -> None:
    """Nothing, or TooComplex with the first bound that *body* breaks. Linear in its length."""
    _require("bytes", len(body), bounds.body_bytes)
    if not _is_modest(body, bounds):
        _count(body, bounds)


def _is_modest(body: bytes, bounds: Bounds) -> bool:
    """Whether *body* has so few tags that they would cost little whatever they are, as most pages have."""
    tags = body.count(b"<")
    if tags > min(_FEW_TAGS, bounds.tags, bounds.options):
        return False
    if tags > bounds.depth and tags - body.count(b"</") > bounds.depth:
        return False
    # At worst every other tag is a formatting element, and those between get copies of all before them.
    if tags * tags > 8 * bounds.tags and tags * (1 + len(_FORMATTING_START.findall(body))) > bounds.tags:
        return False
    return all(_attributes(_TAGS.match(body, start)) <= bounds.attributes for start in _long_tags(body, bounds))


def _long_tags(body: bytes, bounds: Bounds) -> Iterator[int]:
    """Where a tag starts that is so long that it may have too many attributes.

    They mostly take more than four bytes each, and twice as many as the bound cost little yet. Whatever is as long as
    that and has no ">" holds one of the steps whole that are taken here.
    """
    step = 2 * bounds.attributes
    long = re.compile(rb"<[a-zA-Z][^>]{%d}" % (2 * step))
    position = 0
    while position < len(body):
        if body.find(b">", position, position + step) >= 0:
            position += step
            continue
        start, end = body.rfind(b">", 0, position) + 1, body.find(b">", position)
        position = len(body) if end < 0 else end
        yield from (tag.start() for tag in long.finditer(body, start, position))


def _count(body: bytes, bounds: Bounds) -> None:
    """Counts tag by tag what a tree builder would have open; raises TooComplex with the first bound that is broken."""
    depth = tags = formatting = options = foreign = position = 0
    drawing = False
    while found := (_FOREIGN_TAGS if foreign else _TAGS).search(body, position):
        position = found.end()
        tag = found[1]
        if not tag or not (named := _NAME.match(tag)):
            continue
        closing, name = tag.startswith(b"/"), named[0].lstrip(b"/").lower()
        step = -1 if closing else 1
        # Every block opened inside formatting elements left open gets copies of them.
        tags += 1 if closing else 1 + formatting
        _require("tags", tags, bounds.tags)
        if len(tag) > bounds.attributes:
            _require("attributes on one tag", _attributes(found), bounds.attributes)
        drawing = name in _DRAWING and (drawing or name == b"svg") and not (closing and name == b"svg")
        if drawing and tag.endswith(b"/"):
            continue
        if name in _FOREIGN:
            foreign = max(0, foreign + step)
        elif name == b"option" and not closing:
            options += 1
            _require("options", options, bounds.options)
        if name not in _NOT_NESTING:
            depth = max(0, depth + step)
            _require("nested elements", depth, bounds.depth)
        if name in _FORMATTING:
            formatting = max(0, formatting + step)
            _require("formatting elements left open", formatting, bounds.open_formatting)


def _require(bound: str, found: int, limit: int) -> None:
    if found > limit:
        raise TooComplex(bound=bound, limit=limit, found=found)


def _attributes(found: re.Match[bytes] | None) -> int:
    return len(_ATTRIBUTE.findall(found[1])) - 1 if found and found[1] else 0  # its name is found as one
