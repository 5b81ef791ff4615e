"""A linear look over markup before a tree is built of it: tree builders are quadratic in what this bounds.

Nesting 16,000 deep costs a builder over a second, 100,000 deep half a minute; so do thousands of attributes on one tag
or of formatting elements left open. The scan follows the tokenizer of the HTML Standard (section 13.2.5) closely
enough that nothing hides in a quoted attribute, a comment or a script.
"""

import re
from collections import Counter
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


_VALUE = rb"=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)"
_ATTRIBUTE = re.compile(rb"[^\s/>=][^\s/>=]*+(?:\s*+" + _VALUE + rb")?+")
_INSIDE = rb"[^>=]*+(?:(?:" + _VALUE + rb"|=)[^>=]*+)*+"
_RAW_TEXT = b"iframe noembed noframes script style textarea title xmp".split()
_PASSED_OVER = (
    rb"!--(?!-?+>)[^-]*+(?:-(?!-!?+>)[^-]*+)*+",  # a comment
    rb"[!?][^>]*+|/(?![a-zA-Z])[^>]*+",  # what is taken for one
    *(rb"(?i:%b)(?![^\s/>])%b[^<]*+(?:<(?!(?i:/%b))[^<]*+)*+" % (name, _INSIDE, name) for name in _RAW_TEXT),
)
# Every tag whole, without its angle brackets; no group where the text is not that of a tag.
_TAGS = re.compile(rb"<(?:" + rb"|".join(_PASSED_OVER) + rb"|(/?[a-zA-Z]" + _INSIDE + rb"))")
_NAME = re.compile(rb"/?[^\s/>]++")
_FORMATTING = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())
_FORMATTING_START = re.compile(rb"(?i:[abisu]|em|tt)(?![^\s/])|(?i:big|code|font|nobr|smal|stri|stro)")
# Elements whose end tag is implied or which have none: an unclosed one does not nest.
_NOT_NESTING = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li dt dd option optgroup "
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
    if len(body) > bounds.body_bytes:
        raise TooComplex(bound="bytes", limit=bounds.body_bytes, found=len(body))
    if not _is_modest(body, bounds):
        _count(body, bounds)


def _is_modest(body: bytes, bounds: Bounds) -> bool:
    """Whether *body* is far from every bound even if no tag in it were ever closed, as most pages are."""
    if body.count(b"<") > 3 * bounds.depth:
        return False
    tags: list[bytes] = _TAGS.findall(body)
    starts = Counter([tag[:4] for tag in tags])
    if sum(found for start, found in starts.items() if start[:1] != b"/") > bounds.depth:
        return False
    formatting = sum(found for start, found in starts.items() if _FORMATTING_START.match(start))
    if formatting > bounds.open_formatting and len(tags) * formatting > bounds.tags:
        return False
    long_tags = [tag for tag in tags if len(tag) > bounds.attributes]
    return all(_attributes(tag) <= bounds.attributes for tag in long_tags)


def _count(body: bytes, bounds: Bounds) -> None:
    """Counts tag by tag what a tree builder would have open; raises TooComplex with the first bound that is broken."""
    depth = tags = formatting = 0
    drawing = False
    for found in _TAGS.finditer(body):
        tag = found[1]
        if not tag or not (named := _NAME.match(tag)):
            continue
        closing, name = tag.startswith(b"/"), named[0].lstrip(b"/").lower()
        # Every block opened inside formatting elements left open gets copies of them.
        tags += 1 if closing else 1 + formatting
        if tags > bounds.tags:
            raise TooComplex(bound="tags", limit=bounds.tags, found=tags)
        if len(tag) > bounds.attributes and (attributes := _attributes(tag)) > bounds.attributes:
            raise TooComplex(bound="attributes on one tag", limit=bounds.attributes, found=attributes)
        drawing = name in _DRAWING and (drawing or name == b"svg") and not (closing and name == b"svg")
        if drawing and tag.endswith(b"/"):
            continue
        step = -1 if closing else 1
        if name not in _NOT_NESTING:
            depth = max(0, depth + step)
            if depth > bounds.depth:
                raise TooComplex(bound="nested elements", limit=bounds.depth, found=depth)
        if name in _FORMATTING:
            formatting = max(0, formatting + step)
            if formatting > bounds.open_formatting:
                raise TooComplex(bound="formatting elements left open", limit=bounds.open_formatting, found=formatting)


def _attributes(tag: bytes) -> int:
    return len(_ATTRIBUTE.findall(tag)) - 1  # its name is found as one
