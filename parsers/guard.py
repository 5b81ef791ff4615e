"""A linear look over markup before a tree is built of it: tree builders are quadratic in what this bounds.

Nesting 16,000 deep costs a builder over a second, 100,000 deep half a minute; so do thousands of attributes on one tag
or of formatting elements left open. The scan follows the tokenizer of the HTML Standard (section 13.2.5) closely
enough that nothing hides in a quoted attribute, a comment or a script.
"""

import re
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
_TAG = re.compile(rb"<(?:(!--)|(/?)([a-zA-Z][^\s/>]*+)((?:[^>=]++|" + _VALUE + rb"|=)*+))")
_ATTRIBUTE = re.compile(rb"[^\s/>=][^\s/>=]*+(?:\s*+" + _VALUE + rb")?+")
_RAW_TEXT = frozenset(b"script style textarea title xmp iframe noembed noframes".split())
_FORMATTING = frozenset(b"a b big code em font i nobr s small strike strong tt u".split())
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
    depth = tags = formatting = position = 0
    drawing = False
    while tag := _TAG.search(body, position):
        comment, closing, name, attributes = tag.groups()
        position = tag.end()
        if comment:
            position = _after(body, b"-->", position)
            continue
        # Every block opened inside formatting elements left open gets copies of them.
        tags += 1 if closing else 1 + formatting
        if tags > bounds.tags:
            raise TooComplex(bound="tags", limit=bounds.tags, found=tags)
        name = name.lower()
        if len(attributes) > bounds.attributes and (found := len(_ATTRIBUTE.findall(attributes))) > bounds.attributes:
            raise TooComplex(bound="attributes on one tag", limit=bounds.attributes, found=found)
        if name in _RAW_TEXT and not closing:
            end = re.compile(rb"</" + name, re.IGNORECASE).search(body, position)
            position = end.start() if end else len(body)
        drawing = name in _DRAWING and (drawing or name == b"svg") and not (closing and name == b"svg")
        if drawing and attributes.endswith(b"/"):
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


def _after(body: bytes, mark: bytes, position: int) -> int:
    found = body.find(mark, position)
    return len(body) if found < 0 else found + len(mark)
