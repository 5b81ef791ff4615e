"""Recommendations: what a report asks for, and of whom."""

import re
from collections.abc import Iterator, Sequence

from .countries import country, without_article
from .passages import Passage
from .record import Block, Recommendation

_ASKS = re.compile(r"\b(?:recommends?|recommendations?|calls (?:up)?on|urges)\b", re.IGNORECASE)
_ASKS_AT_END = re.compile(r"\b(?:recommends|following recommendations)$|^recommendations?\b[^.]{0,60}$", re.IGNORECASE)
_HEADS_RECOMMENDATIONS = re.compile(r"\brecommendations?\b|\brecommends\W*$", re.IGNORECASE)
_HEADS_ELSE = re.compile(
    r"(?:references?|sources?|notes?|footnotes|bibliography|further reading|about|contacts?|acknowledg\w+|"
    r"conclusions?|methodology|annex\w*|appendix)\b.*",
    re.IGNORECASE,
)
_HEADS_TO = re.compile(r"(?:recommendations?\s++)?to\s++(?P<whom>\S.*)", re.IGNORECASE)
_SUBHEAD_WORDS = 6
_TO_WORDS = 12
_DEMAND = re.compile(r"\b(?:should|must|shall|ought to|needs? to|is urged to|are urged to|has to|have to)\b")
_ADDRESSEE_WORDS = 25
# Space is taken from its start on only: else a run of it is gone through from each of its signs.
_BETWEEN = re.compile(r"(?<!\s)\s*+[,;]\s*+(?:(?:and|or)\s++)?")
_AND = re.compile(r"(?<!\s)\s++and\s++")
# Parts of a sentence before its verb that name nobody: clauses by their first word, and words that stand for others.
_NO_ADDRESSEE = re.compile(
    r"(?:which|who|whose|whom|to|in|if|when|as|for|until|unless|by|with|without|given|because|since|while|although|"
    r"after|before|under|at|on|from|despite)\b.*|"
    r"there|it|this|these|those|they|we|one|no one|nobody|nothing|everyone|therefore|thus|however|furthermore|"
    r"moreover|finally|instead|first|firstly|second|secondly|third|thirdly",
    re.IGNORECASE,
)


def recommendations(passages: Sequence[Passage]) -> Iterator[Recommendation]:
    """What follows "… recommends:" or a heading "Recommendations", also below its sub-headings, up to other prose.

    An item that names nobody is addressed to those its sub-heading names: "To the Government of Velmora".
    """
    part_level = 0  # headings of at least this level are parts of the section; 0 where no heading opened one
    collecting = found = is_new = False
    addressed: tuple[str, ...] = ()
    for passage in passages:
        block = passage.block
        if block.kind == "figure":
            continue
        if _opens(passage):
            part_level = block.level + 1 if block.kind == "heading" else part_level
            collecting, found, is_new = True, False, True
            addressed = _headed(passage.text)
        elif block.kind == "heading":
            # Authors pick levels by their looks: what stands right below the opening is a part of it.
            part_level = min(part_level or block.level, block.level) if is_new else part_level
            collecting = 0 < part_level <= block.level and not _HEADS_ELSE.fullmatch(passage.text)
            part_level, found, is_new = part_level if collecting else 0, False, False
            addressed = _headed(passage.text)
        elif collecting and (block.kind == "item" or _is_demand(block)):
            found, is_new = True, False
            yield Recommendation(text=block.text, addressees=_named(block.text) or addressed)
        elif collecting and _is_subhead(block):
            addressed = _headed(passage.text)
        elif found or not part_level:
            collecting = is_new = False


def _opens(passage: Passage) -> bool:
    block, says_so = passage.block, "recommend" in passage.folded
    if block.kind == "heading":
        return says_so and _HEADS_RECOMMENDATIONS.search(passage.text) is not None
    if block.kind != "paragraph":
        return False
    form = _ASKS if block.text.endswith(":") else _ASKS_AT_END if says_so else None
    return form is not None and form.search(passage.text) is not None


def _is_subhead(block: Block) -> bool:
    """Whether *block* is a line over a part of a list, in a rendition without headings: "Velmora:", "To the Union"."""
    count = len(block.text.split())
    is_line = block.kind == "paragraph" and not block.text.endswith((".", ";", "!", "?")) and count <= _TO_WORDS
    if not is_line or _HEADS_ELSE.fullmatch(block.text):
        return False
    if count <= _SUBHEAD_WORDS and (block.text.endswith(":") or country(block.text)):
        return True
    return bool(_headed(block.text))


def _is_demand(block: Block) -> bool:
    return block.kind == "paragraph" and bool(_named(block.text))


def _headed(heading: str) -> tuple[str, ...]:
    """Those whom the items below *heading* are addressed to: "Recommendations to the Government of Velmora:"."""
    match = _HEADS_TO.fullmatch(heading.rstrip(": "))
    return tuple(_split(match["whom"])) if match and len(heading.split()) <= _TO_WORDS else ()


def _named(sentence: str) -> tuple[str, ...]:
    """Those named before "should" or "must": "The US and South Korea should" gives both."""
    demand = _DEMAND.search(sentence)
    if not demand:
        return ()
    subject = sentence[: demand.start()].strip(" ,:")
    if not subject or len(subject.split()) > _ADDRESSEE_WORDS or not subject[0].isupper():
        return ()
    return tuple(_split(subject))


def _split(subject: str) -> Iterator[str]:
    for part in map(without_article, _BETWEEN.split(subject)):
        # "Trinidad and Tobago" is one.
        for name in [part] if country(part) else map(without_article, _AND.split(part)):
            if name and not _NO_ADDRESSEE.fullmatch(name):
                yield name
