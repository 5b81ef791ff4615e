"""The names of those who wrote a report: taken out of metadata and out of the lines near its title."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from .dates import find_dates
from .jsonld import LinkedData, kinds, text
from .nearby import Line, Piece, elements_named
from .normal import bare, shown
from .tree import Tree

_MOST = 30
_LONGEST_LINE = 240  # characters; a longer one is prose
_LONGEST = 120  # characters of a field that names people
_BETWEEN = re.compile(
    r"\s?[,;|/、，；·•]\s?(?:(?:and|und|et|y|e|og|och|en|i|ja|ve|и|та|dan)\s)?"
    r"|\s(?:and|und|et|y|e|og|och|en|i|ja|ve|и|та|dan|&|\+|–|—|-)\s",
    re.IGNORECASE,
)
_HAS_MARK = re.compile(r"[;|/、，；·•&]")
_BY = (
    r"(?:by|von|par|por|di|av|af|door|od|przez|от|автор|autore?|auteur|autoren|text|texte|texto|testo|tekst|oleh|"
    r"yazan|ข|作者|文)"
)
_LABEL = re.compile(
    r"(?:(?:article|story|report|words?|post|blog(?: post)?|guest post|opinion|review|an? \w+|ein \w+)\s)?"
    r"(?:(?:originally |first )?(?:written|posted|published|authored|reported|created|submitted|prepared|presented|"
    r"contributed|compiled|geschrieben|verfasst|escrito|scritto|rédigé|écrit|publié|publicado)\s)?"
    rf"(?:{_BY}\b\s?:?|(?:the )?(?:co-?)?(?:authors?|writers?|reporters?|contributors?|journalist)\s?:|"
    r"(?:written|story|words|text|authored|posted|reported) by\s?:?)\s*",
    re.IGNORECASE,
)
_LABEL_ALONE = re.compile(
    r"(?:(?:written|story|words|text|authored|posted|published|reported|article|created) by|by|von|par|por|"
    r"(?:the )?(?:co-?)?authors?|autore?n?|auteur|writers?|insights from)\s?:?",
    re.IGNORECASE,
)
_OTHERS = re.compile(  # who checked, edited or translated has not written
    r"\b(?:review(?:ed|er|s)|fact[- ]?check\w*|checked|edited|photo\w*|illustrat\w+|translat\w+|editors?:|medically|"
    r"verified|foto\w*|fotografía|übersetz\w*|image|updated|approved|sponsored|presented|produced|recommended|"
    r"interview\w*)\b(?: (?:by|von)\b)?",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"(?:^|[\s_-]|(?<=[a-z])(?=[AB]))(?:by-?lines?(?!-?(?:date|time))|authors?(?!-?(?:bio|desc|image|img|avatar|social|"
    r"role|title|position|box|info|job|about|intro|photo|date|meta|archive|tagline|pic|link-?title)\w*)|"
    r"p-author|writers?|contributors?|creator|reporter)",
    re.IGNORECASE,
)
_HINT_PARTS = ("uthor", "yline", "y-line", "riter", "ontributor", "reator", "eporter")
_NOT_HINT = re.compile(
    r"comment|reply|related|quote|review|fact-?check|teaser|sidebar|widget|recommend|caption|credit|breadcrumb|"
    r"testimonial|(?:^|[\s_-])(?:bio|role|job|position|title|tagline|desc\w*|date|time|read\w*|social|share|avatar)"
    r"(?=$|[\s_-])|(?:author|writer)s?[_-]*(?:bio|desc|role|title|position|job|date|info-?text|tagline|about)",
    re.IGNORECASE,
)
_PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|contributors?|by|writers?|profiles?|people|person|staff|team|"
    r"journalists?|reporters?|redaktion|redactie|firma|columnists?|experts?|skribent)/[^/?#]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?:|www\.|@|\.(?:com|org|net|de|co)\b", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:directors?|editors?|writers?|authors?|reporters?|journalists?|contributors?|researchers?|analysts?|fellow|"
    r"interns?|president|chair\w*|professor|officer|coordinator|correspondents?|managers?|founder|co-founder|secretary|"
    r"head of|vice|vp|ceo|cto|coo|cmo|cfo|cpo|lead|senior|junior|staff|chief|experts?|specialist|strategist|consultant|"
    r"dietitian|nutritionist|physician|engineer|developer|designer|marketer|blogger|photographer|columnist|advisor|"
    r"adviser|attorney|coach|trainer|owner|partner|executive|associate|assistant|freelance\w*|redakteur\w*|redaktion|"
    r"chefredakteur\w*|reporterin|korrespondent\w*|autorin|journalistin?|gardener|astrologer|moderator|admin\w*|"
    r"freelancer|manager|guest|critic|historian|economist|scientist)\b",
    re.IGNORECASE,
)
_CREDENTIAL = re.compile(
    r"(?:ph\.?d|m\.?d|r\.?d\.?n?|m\.?s\.?c?|b\.?s\.?c?|m\.?a|b\.?a|mba|ld|dvm|dacvb|cpa|cfp|cfa|esq|rn|np|do|dds|jd|"
    r"pharmd|mph|llm|ll\.?m|msw|lcsw|cscs|cpt|facp|facs|dpt|lvt|vmd|eng|smt)\.?",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"\b(?:watch|network|institut\w*|cent(?:re|er)|council|observatory|university|foundation|alliance|international|"
    r"group|project|press|office|committee|commission|organi[sz]ation|federation|union|monitor|initiative|society|"
    r"association|trust|agency|agentur|desk|team|coalition|forum|league|archive|news\w*|nachrichten|media|magazine|"
    r"times|tribune|gazette|herald|post|zeitung|tageblatt|verlag|gmbh|inc|ltd|llc|corp\w*|company|ag|blog|studio|"
    r"agencies|reuters|dpa|afp|afp|ap|sid|apa|ansa|efe|ntb|tt|ritzau|department|ministry|bureau|redaktion|editors|"
    r"staff|ajansı|digital|journal|publishing|holdings?|labs?|bank|health|hospitals?|clinic|school|college|academy)\b",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    "admin administrator undefined null none anonymous unknown author authors root webmaster user guest test editor "
    "by posted share follow subscribe contributor written more updated published comments".split()
)
_NOT_NAMES = re.compile(
    r"\b(?:ago|min|mins|minutes?|hours?|read|reading|views?|comments?|share|shares|follow|subscribe|sign|login|log in|"
    r"updated|published|posted|last|click|here|about|more|see|all|view|articles?|stories|posts?|contact|email|print|"
    r"save|today|yesterday|listen|copy|link|home|menu|search|advertisement|table of contents|contents|summary|topics?|"
    r"category|categories|tags?|in|on|at|is|are|was|has|have|with|this|that|your|you|our|we|how|what|why|when|uhr|"
    r"lesezeit|minuten|stand|facebook|twitter|linkedin|whatsapp|instagram|youtube|pinterest|reddit|introduction|"
    r"overview|guides?|news|mon|tue|wed|thu|fri|sat|sun|january|february|april|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    "a af al am an auf av ben bin bint da das de del della dem den der des di do dos du e el ibn la las le los nic of "
    "och ter ten ten til van vom von y zu zum zur ze of the".split()
)
_TITLE_BEFORE = re.compile(r"(?:by|von|par|por)\s?:?\s(?=\S)", re.IGNORECASE)
_EDGE = " \t,;:|·•–—-()[]*»«\"“”."


@dataclass(slots=True)
class Names:
    """Names in the order found, each once: *people*, and *others* that are organisations."""

    sites: frozenset[str]
    people: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def add(self, written: str, *, is_organisation: bool = False) -> None:
        """Takes the names out of *written*, a field that names people: "Ana Brix, Colm Adair and Ines Harrow"."""
        if _OTHERS.match(written) or ": " in _TITLE_BEFORE.sub("", written, count=1):
            return  # a credit for a picture, a list of trades
        for name in split_names(written):
            words = bare(name)
            if any(set(words.split()) <= set(bare(known).split()) for known in self.people):
                continue
            is_other = is_organisation or words in self.sites or words.partition(" ")[0] in self.sites
            is_other = is_other or _ORGANISATION.search(name) is not None
            names = self.others if is_other else self.people
            if name not in names and len(names) < _MOST:
                names.append(name)


def split_names(written: str) -> Iterator[str]:
    """The names in *written*: without addresses, roles, degrees and what names nobody."""
    written = _TITLE_BEFORE.sub("", shown(written), count=1) if _TITLE_BEFORE.match(written) else written
    if len(written) > _LONGEST * 4 or "://" in written:
        return
    # "Center for Defence and Research" is one name.
    is_one = "," not in written and _ORGANISATION.search(written) and not _HAS_MARK.search(written)
    for part in (written,) if is_one else _BETWEEN.split(written):
        name = part.strip(_EDGE.replace(".", ""))
        if not name or _ADDRESS.search(name) or name.isdigit() or len(name) > _LONGEST or len(name.split()) > 8:
            continue
        if _CREDENTIAL.fullmatch(name) or bare(name) in _NOBODY or not bare(name):
            continue
        yield name


def stated_names(metas: dict[str, tuple[str, ...]], linked: LinkedData, sites: frozenset[str]) -> Names:
    """Who wrote the report by its metadata: the first source that names people; organisations of any."""
    names = Names(sites=sites)
    for thing in (*linked.articles, *linked.pages[:1]):
        for key in ("author", "creator"):
            _add_linked(names, thing.get(key), linked)
            if names.people:
                return names
    for meta in _METAS:
        for stated in metas.get(meta, ()):
            names.add(_in_order(stated) if meta in _LAST_NAME_FIRST else stated)
        if names.people:
            return names
    return names


_METAS = (
    "citation_author", "author", "article:author", "article:author_name", "article:byline", "parsely-author",
    "sailthru.author", "cxenseparse:author", "byl", "byline", "dc.creator", "dcterms.creator", "dc.contributor",
    "rnews:author", "bt:author", "authors", "article_author", "og:author", "citation_authors", "vr:author",
)  # fmt: skip
_LAST_NAME_FIRST = frozenset({"citation_author", "dc.creator", "dcterms.creator", "citation_authors"})


def _add_linked(names: Names, value: object, linked: LinkedData) -> None:
    for person in value[:_MOST] if isinstance(value, list) else [value]:
        if isinstance(person, str):
            names.add(text(person))
            continue
        known = linked.named(person)
        is_organisation = any(kind.endswith("organization") for kind in kinds(known))
        given = known.get("name")
        for name in given if isinstance(given, list) else [given]:
            names.add(text(name), is_organisation=is_organisation)


def _in_order(written: str) -> str:
    """ "Brix, Ana" as "Ana Brix", the way libraries write names."""
    last, comma, first = written.partition(",")
    is_one = comma and "," not in first and len(last.split()) <= 2 and 0 < len(first.split()) <= 3
    return f"{first.strip()} {last.strip()}" if is_one else written


def signed_names(lines: Iterable[Line], sites: frozenset[str]) -> Names:
    """Who signs the report in the lines near its title."""
    names = Names(sites=sites)
    label = skipped = False
    for line in lines:
        words = line.text
        if len(words) > _LONGEST_LINE:
            label = skipped = False
            continue
        if _LABEL_ALONE.fullmatch(words):
            label, skipped = True, False
            continue
        if _OTHERS.match(words):
            skipped = len(words.split()) <= 3
            label = False
            continue
        found = [] if skipped else list(_signed(line, label=label))
        label = skipped = False
        for name in found:
            names.add(name)
        if names.people and not found:
            break
    return names


def credited_names(tree: Tree, sites: frozenset[str]) -> Names:
    """Who is named in the first element of the page that is named for authors, comments and other pages aside."""
    names = Names(sites=sites)
    for piece in elements_named(tree, _HINT_PARTS, _LONGEST):
        if _HINT.search(piece.names) and not _NOT_HINT.search(piece.names):
            for name in _good_names(piece.text, fewest=1):
                if not name.islower():
                    names.add(name)
            if names.people or names.others:
                break
    return names


def _signed(line: Line, *, label: bool) -> Iterator[str]:
    """The names in *line*: of who it says it is by, else those in elements that are named for authors."""
    pieces = takewhile(lambda piece: not _OTHERS.search(piece.text), line.pieces)
    hinted = [piece for piece in pieces if _is_hinted(piece)]
    good = [name for piece in hinted for name in _good_names(piece.text, fewest=1)]
    if good:
        yield from good
        return
    words = _before_date(line.text)
    match = _LABEL.match(words)
    if match and match.end() < len(words):
        yield from _good_names(_first_part(words[match.end() :]), fewest=1 if line.place < 6 else 2)
    elif label:
        yield from _good_names(_first_part(words), fewest=1)


def _is_hinted(piece: Piece) -> bool:
    is_hinted = piece.target and _PROFILE.search(piece.target)
    if not is_hinted and any([part in piece.names for part in _HINT_PARTS]):
        is_hinted = _HINT.search(piece.names)
    return bool(is_hinted) and not _NOT_HINT.search(piece.names)


def _before_date(words: str) -> str:
    """*words* up to a date, or to what tells of one."""
    start = next((mention.start for mention in find_dates(words)), len(words))
    return re.split(r"\s(?:on|am|le|el|il)\s?$|\s[|·•–—⋅]+\s|\s\|\||\b(?:updated|published|posted|last)\b", words[:start], 1, re.I)[0] or words[:start]


def _first_part(words: str) -> str:
    return re.split(r"\s[|·•⋅]\s|\s-\s", words, maxsplit=1)[0]


def _good_names(words: str, *, fewest: int) -> list[str]:
    """The names in *words*, up to the first that is none; roles are passed over, alone they are no names."""
    label = _LABEL.match(words)
    words = _before_date(words[label.end() :] if label else words)
    has_role = _ROLE.search(words) is not None
    good: list[str] = []
    for part in split_names(words):
        if _ROLE.search(part):
            if not good:
                return []
        elif not _is_name(part, fewest):
            break
        elif not (has_role and good and " " not in part):  # "Ana Brix, Privacy and Security Expert"
            good.append(part)
    return good


def _is_name(name: str, fewest: int) -> bool:
    words = name.split()
    if not fewest <= len(words) <= 6 or any(sign.isdigit() for sign in name) or _NOT_NAMES.search(name):
        return False
    if not name[0].isalpha() or name.endswith((":", "!", "?")):
        return False
    return len(words) == 1 or all(not word[0].islower() or word in _PARTICLES for word in words)
