"""Sentences: where those of a text begin and end, in scripts with and without capital letters and spaces.

Abbreviations, initials, numbers and quotations are no ends. Where it cannot be told, a text is left whole: a sentence
too long is followed through versions as well as a short one, half a sentence is cited wrongly.
"""

import re
from functools import lru_cache

from parsers.months import MONTHS

# Quotation marks and brackets, the signs of footnotes; French sets a space before its mark.
_CLOSING = r"(?:(?<=[^\W\d]\.)\d{1,3}|[\"'”’»›)\]“‘¹²³⁰⁴-⁹]|\[[\w*†‡]{1,4}\]|\s»(?=\s|$))*+"
_STOPS = "।॥።፧။។៕"  # they end sentences and nothing else
_MARKS = f".!?…؟۔։{_STOPS}"
# What may end a sentence, with what closes behind it. Chinese and Japanese set no space there, Hindi often none.
_END = re.compile(
    rf"(?<![{_MARKS}])(?P<mark>[{_MARKS}]++)(?P<closing>{_CLOSING})\s++"
    rf"|(?<![{_MARKS}])[{_STOPS}]++(?=[^\W\d_])"
    r"|(?P<wide>[。！？｡]++)(?P<shut>[」』”’）)\]】〉》]*+)\s*+"
    r"|\n\s*+"
)
_OPENING = "\"'“‘«‹„([¿¡—–-*•"
_WORD = re.compile(r"[^\W_]+")
_REMEMBERED = 4_000
_REACH = 24  # signs before a full stop that are looked at
# They stand before a name, a number or more of the sentence.
_NEVER = frozenset(
    "mr mrs ms messrs dr drs prof rev hon pres gov gen col lt maj capt cmdr sgt cpl adm sen rep supt st ste mt ft rt "
    "vs cf ca approx no nos nr num núm art arts sec secs para paras pt pts p pp pg vol vols fig figs ch chap ed eds "
    "op cit ibid id n° univ dept est ave blvd rd tel ext ref resp viz "
    "m mm mme mmes mlle mlles me mgr ex env éd av bd hab "
    "sr sra sres sras srta dn dña ud uds vd vds pág págs cap caps lic ing aprox edo avda núms "
    "bzw ca dh inkl nr str usw vgl zb abs evtl ggf sog dott sig avv jhr".split()
)
# They end a sentence as often as not.
_MAYBE = frozenset("etc inc ltd co corp jr bros al plc llc sa cie bc ad ce bce am pm ibid seq ff phd ma ba".split())
_MONTHS_SHORT = frozenset(
    "jan feb mar apr jun jul aug sep sept oct nov dec janv févr avr juil déc ene abr ago dic".split()
)
# Words that a sentence begins with and a name does not.
_STARTS = frozenset(
    "the a an in on at it its he she they we you i this these that those there here but and or as for if when while "
    "after before since by his her their our my many some most all no both each every however although because so to "
    "from with under over during despite according meanwhile today yesterday later one two three several other such "
    "le la les l un une des il elle ils elles on nous vous ce cet cette ces en dans sur par pour mais et selon après "
    "depuis au aux du de leur son sa ses "
    "el los las lo un una unos unas él ella ellos se en por para con sin según pero y tras desde al del su sus este "
    "esta estos estas".split()
)
_ROMAN = re.compile(r"[ivxlc]{1,6}", re.IGNORECASE)


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Where each sentence of *text* starts and ends, in order, white space around it left out; none of white space."""
    return _known(text) if len(text) <= _REMEMBERED else _sentences(text)


def _sentences(text: str) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    start = len(text) - len(text.lstrip())
    for end in _END.finditer(text, start):
        if end.end() < len(text) and _ends(text, start, end):
            found.append((start, start + len(text[start : end.end()].rstrip())))
            start = end.end()
    rest = text[start:].rstrip()
    return (*found, (start, start + len(rest))) if rest else tuple(found)


# Most passages of a version are those of the one before; what is remembered is bounded in length too.
_known = lru_cache(maxsize=16_384)(_sentences)


def _ends(text: str, start: int, end: re.Match[str]) -> bool:
    """Whether a sentence that began at *start* ends at *end*, which is not the end of the text."""
    if end["wide"]:
        return not end["shut"] or text[end.end()] in "「『“‘（《〈" or end[0][-1].isspace()
    mark = end["mark"]
    if mark is None:  # the end of a line, or a stop with no space behind it
        return True
    if text[end.start() - 1 : end.start()] in ("(", "["):  # "(?)", "[...]"
        return False
    following = _following(text, end.end())
    if following[:1].islower():
        return False
    if mark != ".":
        return True
    before = text[max(start, end.start() - _REACH) : end.start()]
    return _is_full_stop(before, following, is_all=end.start() - start <= _REACH)


def _following(text: str, place: int) -> str:
    """What the text goes on with at *place*, from its first letter or digit."""
    return text[place : place + _REACH].lstrip(_OPENING)


def _is_full_stop(before: str, following: str, *, is_all: bool) -> bool:
    """Whether a full stop between *before* and *following* ends a sentence, of which *before* may be all."""
    word = (before.split() or [""])[-1].strip(_OPENING)
    name = word.casefold()
    is_start = _first_word(following) in _STARTS
    if (
        is_all
        and before.strip() == word
        and len(word) <= 5
        and (word.isdigit() or len(word) == 1 or _ROMAN.fullmatch(word))
    ):
        return False  # the number of what follows
    if name in _NEVER:
        return False
    if name in _MONTHS_SHORT:
        return not following[:1].isdigit()
    if word.isdigit() and len(word) <= 2 and _first_word(following) in MONTHS:
        return False  # "am 3. Mai"
    if (len(word) == 1 and word.isalpha()) or "." in word.strip(".") or name in _MAYBE:
        return is_start
    return True


def _first_word(text: str) -> str:
    word = _WORD.match(text)
    return word[0].casefold() if word else ""
