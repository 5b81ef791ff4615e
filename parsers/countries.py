"""Countries by their names, in any language, spelling or period: ISO 3166-1 and, for states that are gone, 3166-3.

The names are those that the package `countrynames` collects. It folds them by a transliterator that is better where an
optional library is installed; here they are folded by Unicode alone, so that every machine gives the same code, and at
a hundredth of the cost.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from itertools import chain
from operator import itemgetter

from .normal import bare, plain
from .record import Country

_STATES_GONE = frozenset({"DD", "ZR"})  # of ISO 3166-3, which countrynames keeps with two letters
_NO_STATES = frozenset({"EU", "UN", "ZZ", "FAIL"})  # what countrynames gives besides
_LONGEST = 100
_MOST_WORDS = 8  # "United Kingdom of Great Britain and Northern Ireland"
# The vowel signs of South and Southeast Asian scripts tell Togo from Tonga, though they are no letters.
_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u17ff])++")
_SHORT_WORD = 3  # "of", "and", "the", "les"
_SILENT = re.compile("[\u0300-\u036f\u200b]+")  # accents, and a space without width
_LEAD = re.compile(r"^(?:(?:the|all|and|that|both)\s+)+", re.IGNORECASE)
# Space is taken from its start on only: else a run of it is gone through from each of its signs.
_BETWEEN_PLACES = re.compile(r"(?<!\s)(?:\s*+[:()|,]\s*+|\s++[-–—]\s++|\s++in\s++)")


def country(name: str) -> Country | None:
    """The country that *name* is a name of, in any language, spelling or period; None where it is none.

    A part of a state with a code of its own (ISO 3166-2) is none.
    """
    words = plain(name)
    if not _may_be_a_name(words):
        return None
    folded = _folded(words)
    known = _beginning(_first_signs().get(folded[:1], ""))
    code = words.upper() if words.upper() in _collected() else known.get(folded)
    if code is None or code in _NO_STATES or "-" in code:
        return None
    # A state that is gone has four letters: the code it had, and those of its heirs.
    return Country(name=name, iso=code[:2], former=len(code) > 2 or code in _STATES_GONE)


def places(subject: str) -> Iterator[str]:
    """What in *subject* may be the name of a country, likeliest first: "Armenians in Israel" is about Israel."""
    yield subject
    for part in _BETWEEN_PLACES.split(subject)[::-1]:
        yield from (part, without_article(part))


def without_article(name: str) -> str:
    """*name* without the words such as "the" and "all" before it."""
    return _LEAD.sub("", name)


def _may_be_a_name(words: str) -> bool:
    """Whether a look at *words* cannot rule a country out: most titles are sentences, and need no table of names."""
    if "\ufffd" in words or len(words) > _LONGEST:
        return False
    if words.isascii() and len(words) <= _SHORT_WORD:
        return words.isupper()  # "In", "It" and "Me" are words, IN, IT and ME are codes
    found = words.split()
    small = sum(word[0].islower() and len(word) > _SHORT_WORD for word in found)
    return len(found) <= _MOST_WORDS and (small <= 1 or not words.isascii())


@cache
def _beginning(signs: str) -> dict[str, str]:
    """The code of each name that begins with one of *signs*, by its folded form."""
    return {_folded(name): code for code, names in _collected().items() for name in (code, *names) if name[0] in signs}


@cache
def _first_signs() -> dict[str, str]:
    """The signs that names begin with, by what they are folded to; those that folding leaves out are with each."""
    by_fold: dict[str, str] = {}
    for sign in set(map(itemgetter(0), chain(_collected(), *_collected().values()))):
        fold = _folded(sign)[:1]
        by_fold[fold] = by_fold.get(fold, "") + sign
    left_out = by_fold.pop("", "")
    return {fold: signs + left_out for fold, signs in by_fold.items()}


@cache
def _collected() -> dict[str, list[str]]:
    """The names of `countrynames.data`, loaded alone: the package beside it takes four times as long."""
    package = find_spec("countrynames")
    spec = PathFinder.find_spec("data", package.submodule_search_locations if package else None)
    if spec is None or spec.loader is None:  # pragma: no cover -- the package is required
        raise ImportError("countrynames has no module 'data'")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    names: dict[str, list[str]] = module.DATA
    return names


def _folded(name: str) -> str:
    if name.isascii():
        return bare(name)
    return " ".join(_WORD.findall(_SILENT.sub("", unicodedata.normalize("NFKD", name)).casefold()))
