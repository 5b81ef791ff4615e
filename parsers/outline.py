"""Outline: what of a page may repeat on other pages of its site, in as little room as learning from it takes."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple, Self

_KEY_CHARS = 12  # hexadecimal: 48 bits


class Sort(StrEnum):
    """What a line is, as far as it matters to whether it is chrome. A heading is "1" to "6" by its level.

    A *label* is a short line without a full stop, which stands over what follows as a heading does; a *particular* is
    such a line with a number in it, as of a price or a telephone. *link* and
    *linked item* are nothing but a link to the site's own pages. *never* is what is never chrome: tables, quotations,
    dates, what states a fact.
    """

    LABEL = "7"
    PARTICULAR = "p"
    TEXT = "t"
    SENTENCE = "s"
    ITEM = "i"
    LINK = "l"
    LINKED_ITEM = "k"
    FIGURE = "f"
    NEVER = "n"


class Line(NamedTuple):
    """One block of a page: a digest of its kind and words, how many words it has, what it is (see `Sort`).

    *leads* is a digest of where a line that is nothing but a link leads, "" for others.
    """

    key: str
    words: int
    sort: str
    leads: str = ""

    @property
    def is_heading(self) -> bool:
        """Whether what follows belongs to this line."""
        return self.sort in _HEADINGS

    @property
    def is_item(self) -> bool:
        """Whether it is one of a list."""
        return self.sort in _ITEMS

    @property
    def is_link(self) -> bool:
        """Whether it is nothing but a link to the site's own pages."""
        return self.sort in _LINKS

    def encoded(self) -> str:
        """The line as a short text, which `decoded` reads."""
        return f"{self.key}{self.sort}{self.words}" + (f">{self.leads}" if self.leads else "")

    @classmethod
    def decoded(cls, text: str) -> Self:
        """The line that `encoded` gave."""
        words, _, leads = text[_KEY_CHARS + 1 :].partition(">")
        return cls(text[:_KEY_CHARS], int(words), text[_KEY_CHARS], leads)


_HEADINGS = frozenset(f"{level}" for level in range(1, 8))
_ITEMS = frozenset({Sort.ITEM, Sort.LINKED_ITEM})
_LINKS = frozenset({Sort.LINK, Sort.LINKED_ITEM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A page before anything learned is taken off.

    *title* is what it was read with, *titles* are what it states outside its text. *lines* are its first and last
    blocks; what is left out between them is one line of `GAP`.
    """

    layout: str
    title: str = ""
    titles: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


GAP = "-" * _KEY_CHARS


def key_of(kind: str, text: str, picture: str = "") -> str:
    """The key of a block by its kind, its words in one case and its picture."""
    return _digest(f"{kind}\n{text.casefold()}\n{picture}")


def address_key(url: str) -> str:
    """A digest of *url* without its scheme, "www.", fragment and last slash: by these pages are linked to anyhow."""
    return _digest(url.partition("#")[0].partition("://")[2].removeprefix("www.").rstrip("/"))


def site_of(url: str) -> str:
    """The site that *url* is of: its host in lower case, with a port where it names one, without "www."."""
    place = url.partition("://")[2]
    for sign in "/?#":
        place = place.partition(sign)[0]
    return place.rpartition("@")[2].lower().removeprefix("www.")


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:_KEY_CHARS]
