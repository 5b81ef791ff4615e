"""What a text is compared by: its words, numbers and signs, and what each of them means.

A unit is a word, a number ("1,200", "2024-03-07"), an address of the web or of mail, a sign of punctuation, or, where a
script puts no spaces between words: a Chinese sign or a kana, a stretch of katakana, a cluster of Thai, Lao, Khmer or
Burmese that cannot be parted. Korean is parted at its spaces, and behind a number.
"""

import re
from collections import Counter
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from parsers.normal import COMBINING, bare, plain

Agreement = Literal["same", "typography", "cosmetic", "words"]

# Scripts written without spaces between words: Thai, Lao, Burmese, Khmer, kana, Han.
_UNSPACED = (
    "\u0e00-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e80-\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6\u1000-\u102a\u103f\u1050-\u1055"
    "\u1780-\u17b3\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
_MARKS = rf"(?:[{COMBINING}](?<!\w))*+"
_LETTER = rf"[^\W_{_UNSPACED}]"
_NUMBER_ENDS = rf"(?![^\W_{_UNSPACED}\uac00-\ud7a3])"  # "4th" is a word; Korean sets what is counted behind its number
_WORD = rf"{_LETTER}++(?:(?:[{COMBINING}](?<!\w))++{_LETTER}*+)*+"
_CLUSTERS = (
    rf"[\u0e40-\u0e44]?[\u0e01-\u0e2e]{_MARKS}[\u0e30\u0e32\u0e33\u0e45]?{_MARKS}",  # Thai
    rf"[\u0ec0-\u0ec4]?[\u0e81-\u0eae]{_MARKS}[\u0eb0\u0eb2\u0eb3\u0ebd]?{_MARKS}",  # Lao
    rf"[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[{COMBINING}](?<!\w))*+",  # Khmer: a consonant may stand under another
    rf"[\u1000-\u102a\u103f](?:\u1039[\u1000-\u1021]|[{COMBINING}](?<!\w))*+(?:[\u1000-\u1021]\u103a{_MARKS})*+",
    "[\u30a1-\u30fa\u30fc\uff66-\uff9f]++",  # a katakana word, mostly a foreign one
    rf"[{_UNSPACED}]{_MARKS}",
)
_WORDS = rf"\d++(?:[.,:/\-–٫٬]\d++){{0,8}}+{_NUMBER_ENDS}|{_WORD}(?:['’ʼ]{_WORD})*+|{'|'.join(_CLUSTERS)}"
# Bounded, as is how many parts a number has, so that what is long is not read again from each of its signs.
_ADDRESS = (
    r"(?:https?://|www\.)[!#-;=?-Z\[\]_a-z~]{0,2000}[#-&+\-/0-9=@-Z_a-z~]"
    r"|[0-9A-Za-z][0-9A-Za-z._%+\-]{0,63}+@[0-9A-Za-z\-]{1,63}+(?:\.[0-9A-Za-z\-]{1,63}+)++"
)


class _Patterns(NamedTuple):
    """What finds the words of a text, and all of its units; where it has addresses, these too."""

    words: re.Pattern[str]
    words_or_addresses: re.Pattern[str]
    units: re.Pattern[str]
    units_or_addresses: re.Pattern[str]


@cache
def _patterns(words: str, marks: str, flags: re.RegexFlag) -> _Patterns:
    return _Patterns(*(re.compile(form, flags) for form in _forms(words, marks)))


def _forms(words: str, marks: str) -> tuple[str, ...]:
    sign = rf"[^\s\x1c-\x1f]{marks}"  # which are spaces, but not where only ASCII is known
    return words, f"{_ADDRESS}|{words}", f"({words}|{sign})", f"({_ADDRESS}|{words}|{sign})"


# The same units are found whichever is used; what is simpler is several times as fast. To compile one takes ten
# milliseconds, so that each is when it is first needed.
_IN_ASCII = (r"\d++(?:[.,:/\-]\d++){0,8}+(?![A-Za-z\d])|[A-Za-z\d]++(?:'[A-Za-z\d]++)*+", "", re.ASCII)
_IN_WORDS = (r"\d++(?:[.,:/\-–]\d++){0,8}+" + _NUMBER_ENDS + r"|[^\W_]++(?:['’ʼ][^\W_]++)*+", "", re.UNICODE)
_IN_ANY = (_WORDS, _MARKS, re.UNICODE)
_NEEDS_ANY = re.compile(f"[{_UNSPACED}{COMBINING}٫٬]")
# Signs that mean something, of currencies above all: "$5" is not "€5".
_MEANING_SIGNS = "%‰°+=±$¢-¥֏؋߾߿৲৳৻૱௹฿៛\u20a0-\u20cf꠸﷼﹩＄￠￡￥￦"
_MEANING = re.compile(rf"[^\W_]|[{_MEANING_SIGNS}]")
_DECIMAL = re.compile(r"\d")


class Token(NamedTuple):
    """One unit of a text, from *start* to *end*; *key* is what it is matched by."""

    key: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it is a word or a number."""
        return is_word(self.key)


def tokens(text: str) -> list[Token]:
    """The units of *text*, in order; white space lies between them."""
    return [Token(key(match.group()), match.start(), match.end()) for match in _units(text).finditer(text)]


def pieces(text: str) -> list[str]:
    """*text* in pieces: white space, which may be "", and a unit by turns; white space comes first and last."""
    return _units(text).split(text)


@lru_cache(maxsize=65_536)
def key(unit: str) -> str:
    """What *unit* is matched by: the same for units that differ only in looks.

    Signs of vowels count where a word is another without them (Thai, Hindi), and not where texts may have or lack them.
    """
    if unit.isascii():
        return unit.lower() if unit.isalnum() else bare(unit) or plain(unit)
    return bare(unit) or plain(unit) or unit


def is_word(unit: str) -> bool:
    """Whether a unit, or its key, is a word or a number."""
    return unit[0].isalnum()


def word_keys(text: str) -> list[str]:
    """The keys of the words and numbers of *text*."""
    return list(map(key, _words(text)))


def count_words(text: str) -> int:
    """How many words and numbers *text* has; where its script has no spaces, how many units."""
    return len(_words(text))


def meaning(text: str) -> str:
    """The words, numbers and currency signs of *text*: what is left when looks are not counted."""
    return " ".join([key(unit) for unit in _units(text).findall(text) if _MEANING.match(unit)])


def means_something(text: str) -> bool:
    """Whether anything is left of *text* when looks are not counted."""
    return _MEANING.search(text) is not None


def agreement(before: str, after: str) -> Agreement:
    """How far two texts agree: they are the same, or differ in typography, in case and punctuation too, or in words."""
    if before == after:
        return "same"
    if not before or not after:
        return "words" if means_something(before or after) else "cosmetic"
    if plain(before) == plain(after):
        return "typography"
    return "cosmetic" if meaning(before) == meaning(after) else "words"


def numbers_only_in(one: str, other: str) -> list[str]:
    """The numbers of *one* that *other* lacks, each as often as it does, in order."""
    spare = Counter(_numbers(other))
    only = []
    for number in _numbers(one):
        if spare[number]:
            spare[number] -= 1
        else:
            only.append(number)
    return only


def _numbers(text: str) -> list[str]:
    if not _DECIMAL.search(text):
        return []
    return [word for word in _words(text) if _DECIMAL.search(word) and not _has_address(word)]


def _words(text: str) -> list[str]:
    found = _patterns_of(text)
    return (found.words_or_addresses if _has_address(text) else found.words).findall(text)


def _units(text: str) -> re.Pattern[str]:
    found = _patterns_of(text)
    return found.units_or_addresses if _has_address(text) else found.units


def _patterns_of(text: str) -> _Patterns:
    if text.isascii():
        return _patterns(*_IN_ASCII)
    return _patterns(*(_IN_ANY if _NEEDS_ANY.search(text) else _IN_WORDS))


def _has_address(text: str) -> bool:
    return "@" in text or "://" in text or "www." in text
