"""JSON-LD of a page: its objects, and which of them is the article that the page is about.

Read as leniently as search engines do, in one pass over each script and within bounds: what is still no JSON after the
usual mistakes are mended is passed over.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from typing import Any

from .normal import bare, shown

Thing = dict[str, Any]

_BYTES = 500_000
_OBJECTS = 2_000
_WRAPPING = re.compile(
    r"<!--|-->|//\s*+<!\[CDATA\[|//\s*+\]\]>|/\*\s*+<!\[CDATA\[\s*+\*/|/\*\s*+\]\]>\s*+\*/|<!\[CDATA\[|\]\]>"
)
_COMMA_AT_END = re.compile(r",(?=\s*+[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')
_OPENED = ("@graph", "mainEntity", "mainEntityOfPage")
_ARTICLE_ENDINGS = ("article", "posting", "report", "review", "claimreview", "recipe", "creativework", "scholarlywork")
_DECODER = json.JSONDecoder(strict=False)


def read_things(scripts: Iterable[str]) -> tuple[Thing, ...]:
    """The objects in the JSON-LD *scripts*, in order, with lists, graphs and main entities opened."""
    things: list[Thing] = []
    for script in scripts:
        for value in _values(script):
            things.extend(_opened(value, _OBJECTS - len(things)))
    return tuple(things)


def kinds(thing: Thing) -> tuple[str, ...]:
    """The types of *thing* in lower case, without the vocabulary they are from."""
    types = thing.get("@type")
    given = types if isinstance(types, list) else [types]
    return tuple(kind.lower().rpartition("/")[2].rpartition(":")[2] for kind in given if isinstance(kind, str))


def text(value: object) -> str:
    """The text that *value* is, or the first of a list; HTML entities read, "" for anything else."""
    if isinstance(value, list):
        return next((words for item in value[:9] if (words := text(item))), "")
    if not isinstance(value, str):
        return ""
    return shown(unescape(value) if "&" in value else value)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedData:
    """What a page's JSON-LD says of it: *articles* is the article and its doubles, *pages* the page that holds it."""

    articles: tuple[Thing, ...] = ()
    pages: tuple[Thing, ...] = ()
    is_product: bool = False
    by_id: dict[str, Thing]

    def first(self, key: str) -> str:
        """The first text that the article or a double of it has under *key*."""
        return next((words for thing in self.articles if (words := text(thing.get(key)))), "")

    def named(self, value: object) -> Thing:
        """The object that *value* is or refers to by its `@id`, with what the page says of it elsewhere."""
        if not isinstance(value, dict):
            return {}
        identity = value.get("@id")
        return (self.by_id.get(identity, {}) if isinstance(identity, str) else {}) | value


def read_linked(things: tuple[Thing, ...], *, addresses: Iterable[str], titles: Iterable[str]) -> LinkedData:
    """The article among *things*: the one with an address or a title of the page, else the only or the first one."""
    by_id: dict[str, Thing] = {}
    for thing in things:
        identity = thing.get("@id")
        if isinstance(identity, str) and len(thing) > len(by_id.get(identity, ())):
            by_id[identity] = thing
    typed = [(thing, kinds(thing)) for thing in things]
    articles = [thing for thing, names in typed if any(name.endswith(_ARTICLE_ENDINGS) for name in names)]
    own_addresses = {_address(address) for address in addresses if address}
    own_titles = {bare(title) for title in titles} - {""}
    own = [thing for thing in articles if _is_own(thing, own_addresses, own_titles)]
    return LinkedData(
        articles=tuple(own or articles[:1]),
        pages=tuple(thing for thing, names in typed if any(name.endswith("page") for name in names)),
        is_product=any("product" in names for _, names in typed),
        by_id=by_id,
    )


def _values(script: str) -> Iterator[object]:
    """The JSON values in *script*: one, or several after each other; none where mending does not help."""
    if len(script) > _BYTES:
        return
    with suppress(ValueError, RecursionError):
        yield _DECODER.decode(script)
        return
    if "&quot;" in script:
        script = unescape(script)
    mended = _BAD_ESCAPE.sub(r"\\\\", _COMMA_AT_END.sub("", _WRAPPING.sub("", script)))
    place = _past(mended, 0)
    with suppress(ValueError, RecursionError):
        while place < len(mended):
            value, place = _DECODER.raw_decode(mended, place)
            yield value
            place = _past(mended, place)


def _past(script: str, place: int) -> int:
    while place < len(script) and (script[place].isspace() or script[place] in ",;"):
        place += 1
    return place


def _opened(value: object, most: int) -> list[Thing]:
    """The objects in *value*, at most *most*, in document order; no recursion, as hostile nesting has no end."""
    found: list[Thing] = []
    waiting = [value]
    while waiting and len(found) < most:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict):
            found.append(item)
            waiting.extend(item[key] for key in reversed(_OPENED) if key in item)
    return found


def _is_own(thing: Thing, addresses: set[str], titles: set[str]) -> bool:
    page = thing.get("mainEntityOfPage")
    named = [thing.get("url"), thing.get("@id"), page.get("@id") or page.get("url") if isinstance(page, dict) else page]
    if any(isinstance(name, str) and _address(name) in addresses for name in named):
        return True
    return any(bare(text(thing.get(key))) in titles for key in ("headline", "name") if thing.get(key))


def _address(url: str) -> str:
    """*url* without what does not tell two pages of one site apart: scheme, "www.", query, fragment, last slash."""
    return url.partition("#")[0].partition("?")[0].partition("://")[2].removeprefix("www.").rstrip("/")
