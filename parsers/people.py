"""Who wrote a report: by the page's metadata, by the lines near its title, by elements named for authors."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from .jsonld import LinkedData, kinds, text
from .names import LONGEST, Names, has_label, is_label, names_another_part, names_in_byline
from .nearby import Line, elements_named
from .normal import bare
from .tree import Tree

_METAS = (
    "citation_author", "author", "article:author", "article:author_name", "article:byline", "parsely-author",
    "sailthru.author", "cxenseparse:author", "byl", "byline", "dc.creator", "dcterms.creator", "dc.contributor",
    "rnews:author", "bt:author", "authors", "article_author", "og:author", "citation_authors", "vr:author",
)  # fmt: skip
_LAST_NAME_FIRST = frozenset({"citation_author", "dc.creator", "dcterms.creator", "citation_authors"})
_MOST = 30
_LONGEST_LINE = 240  # characters; a longer one is prose
_NEAR = 6  # lines
_LABEL_WORDS = 3
_HINT = re.compile(
    r"(?:^|[\s_-]|(?-i:(?<=[a-z])(?=[A-Z])))(?:by-?lines?(?!-?(?:date|time))|"
    r"authors?(?!-?(?:bio|desc|image|img|avatar|social|role|title|position|box|info|job|about|intro|photo|date|meta|"
    r"archive|tagline|pic|link-?title))|p-author|writers?|contributors?|creator|reporter)"
    r"(?-i:(?![a-z]))",
    re.IGNORECASE,
)
# What holds a name of somebody else, or tells of the author only. Anywhere in a name, and as a whole part of one:
_BESIDE = (
    "comment reply related quote review fact-check factcheck teaser sidebar widget recommend caption credit breadcrumb "
    "testimonial"
).split()
_BESIDE_PARTS = frozenset("bio role job position title tagline date time social share avatar".split())
_BESIDE_STARTS = ("desc", "read")
_OF_AUTHOR = re.compile(
    "(?:author|writer)s?[_-]{0,2}(?:bio|desc|role|title|position|job|date|info-?text|tagline|about)"
)
_PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|contributors?|by|writers?|profiles?|people|person|staff|team|"
    r"journalists?|reporters?|redaktion|redactie|firma|columnists?|experts?|skribent)/[^/?#]",
    re.IGNORECASE,
)


def read_authors(
    metas: dict[str, tuple[str, ...]], linked: LinkedData, lines: Sequence[Line], tree: Tree, sites: frozenset[str]
) -> tuple[str, ...]:
    """The people who wrote the report of a page; the organisation where it names nobody, empty where it names none.

    The metadata comes first, unless the lines near the title name all it names and more. *sites* are the names of the
    site in `bare` form.
    """
    stated = _stated(metas, linked, sites)
    signed = _signed(lines, sites)
    if stated.people and not _has_more(signed.people, stated.people):
        return tuple(stated.people)
    if signed.people or signed.others:
        return tuple(signed.people or signed.others)
    credited = _credited(tree, sites)
    return tuple(credited.people or credited.others or stated.others[:1])


def _stated(metas: dict[str, tuple[str, ...]], linked: LinkedData, sites: frozenset[str]) -> Names:
    """Who wrote the report by its metadata: the first source that names people; organisations of any."""
    names = Names(sites)
    for thing in (*linked.articles, *linked.pages[:1]):
        for key in ("author", "creator"):
            _add_linked(names, thing.get(key), linked)
            if names.people:
                return names
    for meta in _METAS:
        for stated in metas.get(meta, ()):
            names.add(_in_order(stated) if meta in _LAST_NAME_FIRST else stated)
        if names.people:
            break
    return names


def _add_linked(names: Names, value: object, linked: LinkedData) -> None:
    for person in value[:_MOST] if isinstance(value, list) else [value]:
        if isinstance(person, str):
            names.add(text(person))
            continue
        known = linked.named(person)
        is_organisation = any(kind.endswith("organization") for kind in kinds(known))
        given = known.get("name")
        for name in given[:_MOST] if isinstance(given, list) else [given]:
            names.add(text(name), is_organisation=is_organisation)


def _in_order(written: str) -> str:
    """The name "Brix, Ana" as "Ana Brix", the way libraries write names."""
    last, comma, first = written.partition(",")
    is_one = comma and "," not in first and len(last.split()) <= 2 and 0 < len(first.split()) <= 3
    return f"{first.strip()} {last.strip()}" if is_one else written


def _signed(lines: Iterable[Line], sites: frozenset[str]) -> Names:
    """Who signs the report in the lines near its title."""
    names = Names(sites)
    label = skipped = False
    for line in lines:
        if len(line.text) > _LONGEST_LINE:
            label = skipped = False
            continue
        if is_label(line.text):
            label, skipped = True, False
            continue
        found = [] if skipped else list(_names_in(line, label=label))
        skipped = not found and line.text.count(" ") < _LABEL_WORDS and names_another_part(line.text)
        label = False
        for name in found:
            names.add(name)
        if names.people and not found:
            break
    return names


def _names_in(line: Line, *, label: bool) -> Iterator[str]:
    """The names in *line*: in elements that are named for authors, else behind a label; *label* stood before it."""
    hints = [piece for piece in line.pieces if _is_hinted(piece.target, line.names_of(piece.holder))]
    is_labelled = label or has_label(line.text)
    if not is_labelled and not hints:
        return
    pieces = list(takewhile(lambda piece: not names_another_part(piece.text), line.pieces))
    hinted = [name for piece in pieces if piece in hints for name in names_in_byline(piece.text, fewest=1)]
    signed: list[str] = []
    if is_labelled or pieces == hints:
        words = " ".join([piece.text for piece in pieces])
        # Beside a name that is linked, one word is as often a place.
        signed = names_in_byline(words, fewest=1 if not hinted and (label or line.place < _NEAR) else 2)
    yield from signed if not hinted or _has_more(signed, hinted) else hinted


def _is_hinted(target: str, names: str) -> bool:
    """Whether a text that leads to *target* names an author by that, or by the *names* of what holds it."""
    is_hinted = (_may_be_named(names) and _HINT.search(names)) or (target and _PROFILE.search(target))
    return bool(is_hinted) and not _is_beside(names)


def _is_beside(names: str) -> bool:
    names = names.lower()
    if any(map(names.__contains__, _BESIDE)) or _OF_AUTHOR.search(names):
        return True
    parts = names.replace("_", " ").replace("-", " ").split()
    return any(part in _BESIDE_PARTS or part.startswith(_BESIDE_STARTS) for part in parts)


def _may_be_named(names: str) -> bool:
    """Whether the pattern may match: ten times as fast as itself, and most names are none."""
    return (
        "uthor" in names
        or "yline" in names
        or "y-line" in names
        or "riter" in names
        or "ontributor" in names
        or "reator" in names
        or "eporter" in names
    )


def _has_more(names: Sequence[str], others: Sequence[str]) -> bool:
    """Whether *names* has all of *others*, with or without title, and more."""
    known = [set(bare(name).split()) for name in names]
    return len(names) > len(others) and all(any(set(bare(name).split()) <= words for words in known) for name in others)


def _credited(tree: Tree, sites: frozenset[str]) -> Names:
    """Who is named in the first element of the page that is named for authors, comments and other pages aside."""
    names = Names(sites)
    for piece in elements_named(tree, _may_be_named, LONGEST):
        if _is_hinted("", piece.names):
            for name in names_in_byline(piece.text, fewest=1):
                if not name.islower():
                    names.add(name)
            if names.people or names.others:
                break
    return names
