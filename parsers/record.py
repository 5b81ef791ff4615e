"""Record: what a parser makes of one body, as typed fields and an ordered sequence of blocks.

Everything here is a value: equal content, equal record, equal digests. `Record.to_json` is canonical (keys sorted, no
spaces, UTF-8 as is), so that the same bytes give the same text on every machine, and `Record.from_json` reads it back.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, ClassVar, Literal

from .normal import bare, plain
from .outline import Outline

BlockKind = Literal[
    "heading", "paragraph", "item", "term", "definition", "quotation", "table", "figure", "preformatted", "footnote"
]
MarkKind = Literal["link", "emphasis", "strong", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A run of a block's text: characters *start* to *end*, end not included.

    A link, emphasised, or the sign of a footnote ("note"): its *target* is "#2" for the second footnote of the record,
    whatever the page calls it.
    """

    kind: MarkKind
    start: int
    end: int
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture with its words. *image* is its identity: the address without what only says size or quality."""

    image: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One part of a report: a heading, a paragraph, an item of a list and so on, by its *kind*.

    *text* is `normal.shown` (line breaks kept in preformatted text); a table's is its cells, a figure's its caption.
    *level* is 1-6 for a heading, the depth from 1 for an item, a term and a definition, the number of quotations around
    a quotation, else 0. *rows* is a table as a rectangle, whose first *header_rows* are its head. A footnote is without
    its sign and the link back to it.
    """

    kind: BlockKind
    text: str
    level: int = 0
    ordered: bool = False
    marks: tuple[Mark, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    header_rows: int = 0
    figure: Figure | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of all of the block, in hex: equal blocks are stored once."""
        return _digest(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """The block as plain values, which `block_from_dict` reads."""
        return _values(self) | {
            "marks": tuple(_values(mark) for mark in self.marks),
            "figure": _values(self.figure) if self.figure else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of the report: its words and where it leads."""

    text: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """The country a report is about. *iso* is ISO 3166-1 alpha-2, None where no such code exists.

    *former* is true for a state that is gone (ISO 3166-3): its code is then the one it had.
    """

    kind: ClassVar[str] = "country"
    name: str
    iso: str | None = None
    former: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLevel:
    """An alert the publisher raises: 1 watch, 2 warning, 3 emergency."""

    kind: ClassVar[str] = "alert"
    name: str
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage of genocide as the report states it, in the *model* it counts in ("" where it cannot be told).

    *agrees* is false where number and name contradict each other, or the model.
    """

    kind: ClassVar[str] = "stage"
    number: int
    name: str
    model: str
    agrees: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One thing the report asks for, and of whom. *addressees* is empty where the sentence names nobody."""

    kind: ClassVar[str] = "recommendation"
    text: str
    addressees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a list of reports: "Genocide Warning: Abkhazia, May 2024".

    *report* is the kind of report as its publisher calls it, *level* that of an alert, *subject* what it is about and
    *iso* the country in it (ISO 3166-1 alpha-2). *published* is EDTF. *target* is the address it leads to, "" in a
    rendition without links.
    """

    kind: ClassVar[str] = "entry"
    report: str
    subject: str
    level: int | None = None
    iso: str | None = None
    published: str | None = None
    target: str = ""


Fact = Country | AlertLevel | Stage | Recommendation | Entry
_APART = "blocks published_from modified_from chrome account matches profile outline _digests".split()
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_FACTS: dict[str, Callable[..., Fact]] = {
    fact.kind: fact for fact in (Country, AlertLevel, Stage, Recommendation, Entry)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something a reader of the record should know, with its evidence. *holds* keeps it from becoming a version."""

    name: str
    detail: str
    value: str = ""
    holds: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """A part of the page that was taken off: its words (at most 200 characters), why, and how many words it had."""

    text: str
    reason: str
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What became of the words that a page shows: of the *report*, *chrome*, or *unclaimed* by anyone.

    *passages* are the unclaimed texts in the order of the page, at most 50 of at most 200 characters.
    """

    report: int
    chrome: int
    unclaimed: int
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How many elements of a page a layout's *selector* for a *field* matched."""

    field: str
    selector: str
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Four SHA-256 digests in hex; each ignores more than the one before it.

    *content* is the version's identity: words, tables, figures, link targets, facts, but not how they are set (level
    of a heading, emphasis, list markers). *text* ignores typography, *cosmetic* also case, punctuation and link
    targets. *facts* covers the typed statements alone.
    """

    content: str
    text: str
    cosmetic: str
    facts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a parser made of one body.

    *title* is the report's own name, *headline* that of the page where it differs. *published* and *modified* are EDTF
    level 1 ("2023-12"), None where the page does not say. *lead* is the figure above the report.

    How the record was read is no part of its identity: what the two dates rest on, *chrome* (what was taken off, in the
    order of the page), *account*, *matches* (of a layout's selectors), *profile* (the learned chrome it was read
    with, "" for none) and *outline* (what others may be learned from; it is not written).
    """

    url: str
    media_type: str
    layout: str
    revision: int
    title: str = ""
    headline: str = ""
    masthead: tuple[str, ...] = ()
    byline: str = ""
    authors: tuple[str, ...] = ()
    organisation: str = ""
    published: str | None = None
    modified: str | None = None
    language: str = ""
    canonical_url: str = ""
    site_name: str = ""
    lead: Figure | None = None
    blocks: tuple[Block, ...] = ()
    facts: tuple[Fact, ...] = ()
    flags: tuple[Flag, ...] = ()
    published_from: str = field(default="", compare=False)
    modified_from: str = field(default="", compare=False)
    chrome: tuple[Chrome, ...] = field(default=(), compare=False)
    account: Account | None = field(default=None, compare=False)
    matches: tuple[Match, ...] = field(default=(), compare=False)
    profile: str = field(default="", compare=False)
    outline: Outline | None = field(default=None, compare=False, repr=False)
    # Asked for at each step from the parser to the archive, and the dearest thing to know of a record.
    _digests: Digests | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The report's words without its title and without figures; blocks are a blank line apart, items one line."""
        parts: list[str] = []
        previous = ""
        for block in self.blocks:
            if block.kind == "figure":
                continue
            parts += ["" if not parts else "\n" if block.kind == previous == "item" else "\n\n", block.text]
            previous = block.kind
        return "".join(parts)

    @property
    def links(self) -> tuple[Link, ...]:
        """The links of the report, in order."""
        return tuple(
            Link(text=block.text[mark.start : mark.end], target=mark.target)
            for block in self.blocks
            for mark in block.marks
            if mark.kind == "link"
        )

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The lead figure, then those between the blocks."""
        inside = tuple(block.figure for block in self.blocks if block.figure)
        return (self.lead, *inside) if self.lead else inside

    @property
    def held(self) -> tuple[Flag, ...]:
        """The flags that keep this record from becoming a version."""
        return tuple(flag for flag in self.flags if flag.holds)

    @property
    def digests(self) -> Digests:
        """The four digests."""
        digests = self._digests
        if digests is None:
            digests = self._computed_digests()
            object.__setattr__(self, "_digests", digests)
        return digests

    def _computed_digests(self) -> Digests:
        head = (self.title, self.headline, *self.authors, self.organisation)
        words = [*head, *_words(self.lead), *(word for block in self.blocks for word in _block_words(block))]
        facts = sorted(_canonical(_fact_key(fact)) for fact in self.facts)
        content = {
            "words": words,
            "published": self.published,
            "links": [link.target for link in self.links],
            "images": [figure.image for figure in self.figures],
            "facts": sorted(_canonical(_fact_dict(fact)) for fact in self.facts),
        }
        return Digests(
            content=_digest(content),
            text=_digest([plain(word) for word in words]),
            cosmetic=_digest(bare(" ".join(words))),
            facts=_digest([self.published, *facts]),
        )

    def to_dict(self) -> dict[str, Any]:
        """The record as plain values: what `to_json` writes, digests included."""
        return self.fields_dict() | {
            "blocks": tuple(block.to_dict() for block in self.blocks),
            "published_from": self.published_from,
            "modified_from": self.modified_from,
            "chrome": tuple(_values(part) for part in self.chrome),
            "account": _values(self.account) if self.account else None,
            "matches": tuple(_values(match) for match in self.matches),
            "profile": self.profile,
            "digests": _values(self.digests),
        }

    def fields_dict(self) -> dict[str, Any]:
        """The record as plain values without blocks, digests and how it was read."""
        values = _values(self)
        for name in _APART:
            del values[name]
        return values | {
            "lead": _values(self.lead) if self.lead else None,
            "facts": [_fact_dict(fact) for fact in self.facts],
            "flags": tuple(_values(flag) for flag in self.flags),
        }

    def to_json(self) -> str:
        """The record as canonical JSON: keys sorted, no spaces."""
        return _canonical(self.to_dict())

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Record":
        """The record that `to_dict` gave; digests are not read but computed again when asked for."""
        known = {key: value for key, value in values.items() if key != "digests"}
        tuples = {name: tuple(known.get(name, ())) for name in ("masthead", "authors")}
        return cls(
            **known
            | tuples
            | {
                "lead": Figure(**known["lead"]) if known.get("lead") else None,
                "blocks": tuple(block_from_dict(block) for block in known.get("blocks", ())),
                "facts": tuple(_fact_from_dict(fact) for fact in known.get("facts", ())),
                "flags": tuple(Flag(**flag) for flag in known.get("flags", ())),
                "chrome": tuple(Chrome(**part) for part in known.get("chrome", ())),
                "account": _account(known["account"]) if known.get("account") else None,
                "matches": tuple(Match(**match) for match in known.get("matches", ())),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """The record that `to_json` wrote."""
        return cls.from_dict(json.loads(text))

    def with_flags(self, flags: Iterable[Flag]) -> "Record":
        """This record with *flags* after its own."""
        added = tuple(flags)
        return replace(self, flags=(*self.flags, *added)) if added else self


def block_from_dict(values: dict[str, Any]) -> Block:
    """The block that `Block.to_dict` gave."""
    return Block(
        **values
        | {
            "marks": tuple(Mark(**mark) for mark in values.get("marks", ())),
            "rows": tuple(tuple(row) for row in values.get("rows", ())),
            "figure": Figure(**values["figure"]) if values.get("figure") else None,
        }
    )


def _account(values: dict[str, Any]) -> Account:
    return Account(**values | {"passages": tuple(values["passages"])})


def _block_words(block: Block) -> tuple[str, ...]:
    return (block.text, *_words(block.figure)[1:]) if block.figure else (block.text,)


def _words(figure: Figure | None) -> tuple[str, ...]:
    return (figure.caption, figure.credit) if figure else ()


def _fact_dict(fact: Fact) -> dict[str, Any]:
    return {"kind": fact.kind, **_values(fact)}


def _fact_key(fact: Fact) -> dict[str, Any]:
    """The fact with its sentences bare, so that a comma moved inside a recommendation is no new fact; without links."""
    if isinstance(fact, Recommendation):
        return {"kind": fact.kind, "text": bare(fact.text)}
    if isinstance(fact, Entry):
        return _fact_dict(replace(fact, target=""))
    return _fact_dict(fact)


def _fact_from_dict(values: dict[str, Any]) -> Fact:
    known = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items() if key != "kind"}
    return _FACTS[values["kind"]](**known)


def _values(value: Any) -> dict[str, Any]:
    """The fields of a value by name, as they are: `dataclasses.asdict` copies what is in them, at thrice the cost."""
    return {name: getattr(value, name) for name in value.__slots__}


def _canonical(value: object) -> str:
    return _CANONICAL.encode(value)


def _digest(value: object) -> str:
    return sha256(_canonical(value).encode("utf-8")).hexdigest()
