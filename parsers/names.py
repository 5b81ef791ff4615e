"""Names of people as written in metadata and bylines: told apart from roles, degrees, addresses and organisations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from .dates import find_dates
from .normal import bare, shown

LONGEST = 120  # characters of a field that names people
_MOST = 30
_WORDS = 8
_ABBREVIATED = 6  # letters
_AND = r"(?:and|und|et|y|e|og|och|en|i|ja|ve|и|та|dan)"
_BETWEEN = re.compile(
    rf"\s?[,;|/、，；·•]\s?(?:{_AND}\s)?|\s(?:{_AND}|&|\+|–|—|-)\s(?:{_AND}\s)?",
    re.IGNORECASE,
)
_HAS_MARK = re.compile(r"[,;|/、，；·•&]")
_EDGE = ' \t,;:|·•⋅–—-[]*»«"“”'
_SIGNED = (
    r"(?:by|von|par|por|di|av|af|door|od|przez|от|автор|autore?n?|auteur|text|texte|texto|testo|tekst|oleh|yazan|作者)"
)
_LABEL = re.compile(
    r"(?:(?:this (?:article|post|report|story) (?:was|is)|article|story|report|words?|post|blog post|guest post|"
    r"opinion|review|an? \w+|ein \w+)\s)?"
    r"(?:(?:originally |first )?(?:written|posted|published|authored|reported|created|submitted|prepared|presented|"
    r"contributed|compiled|geschrieben|verfasst|escrito|scritto|rédigé|écrit|publié|publicado)\s)?"
    rf"(?:{_SIGNED}\b\s?:?|(?:the )?(?:co-?)?(?:authors?|writers?|reporters?|contributors?|journalist)\s?:)\s?",
    re.IGNORECASE,
)
_LONGEST_LABEL = 20  # characters
_LABEL_ALONE = re.compile(
    r"(?:(?:written|story|words|text|authored|posted|published|reported|article|created) by|by|von|par|por|"
    r"(?:the )?(?:co-?)?authors?|autore?n?|auteur|writers?|insights from)\s?:?",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?:by|von|par|por)\s?:?\s(?=\S)", re.IGNORECASE)
_OTHER_PART = re.compile(  # who checked, edited, pictured or translated a report has not written it
    r"\b(?:review(?:ed|er|s)|fact[- ]?check\w*|checked|edited|photo\w*|illustrat\w+|translat\w+|editors?:|medically|"
    r"verified|foto\w*|fotografía|übersetz\w*|image|updated|approved|sponsored|presented|produced|recommended|"
    r"interview\w*)\b",
    re.IGNORECASE,
)
_END = re.compile(r"\s(?:on|am|le|el|il)\s?$|\s[|·•–—⋅]+\s|\s\|\||\b(?:updated|published|posted|last)\b", re.IGNORECASE)
_PLACE = re.compile(r"\s(?:in|near|from|aus|à|em|из)\s(?=[A-ZÀ-ÖØ-ÞА-Я])")
_ADDRESS = re.compile(r"https?:|www\.|@|\.(?:com|org|net|de|co)\b", re.IGNORECASE)
_ROLES = frozenset(
    "adviser advisor analyst assistant associate astrologer attorney author autorin blogger ceo cfo chief cmo coach "
    "columnist consultant contributor coo coordinator correspondent cpo critic cto designer developer dietitian "
    "director economist editor engineer executive expert fellow founder gardener guest head historian intern "
    "journalist journalistin junior lead manager marketer moderator nutritionist officer owner partner photographer "
    "physician president professor reporter reporterin researcher scientist secretary senior specialist staff "
    "strategist trainer vice vp writer".split()
)
_ROLE_STARTS = ("admin", "chair", "chefredakt", "freelance", "korrespondent", "redakt")
_DEGREE = re.compile(
    r"(?:ph\.?d|m\.?d|r\.?d\.?n?|m\.?s\.?c?|b\.?s\.?c?|m\.?a|b\.?a|mba|ld|dvm|cpa|cfp|cfa|esq|rn|np|do|dds|jd|pharmd|"
    r"mph|ll\.?m|msw|lcsw|cscs|cpt|facp|facs|dpt|vmd|eng)\.?",
    re.IGNORECASE,
)
_ORGANISATIONS = frozenset(
    "academy afp ag agencies agency agentur ajansı alliance ansa ap apa archive association bank blog bureau center "
    "centre clinic coalition college commission committee company council department desk digital dpa editors efe "
    "federation forum foundation fund gazette gmbh group health herald hospital hospitals inc initiative international "
    "journal lab labs league llc ltd magazine media ministry monitor nachrichten network ntb observatory office "
    "organisation organization post press project publishing redaktion reuters ritzau school sid society staff studio "
    "tageblatt team times tribune trust tt union university verlag watch zeitung".split()
)
_ORGANISATION_STARTS = ("corp", "holding", "institut", "news")
_NOBODY = frozenset(
    "admin administrator undefined null none anonymous unknown author authors root webmaster user guest test editor "
    "by posted share follow subscribe contributor written more updated published comments and und et og".split()
)
_NO_NAMES = frozenset(
    "about advertisement ago all april are article articles at august categories category click comment comments "
    "contact contents copy december email facebook february follow fri guide guides has have here home hour hours how "
    "in instagram introduction is january july june last lesezeit link linkedin listen login menu min mins minute "
    "minutes minuten mon more news november october on our overview pinterest post posted posts print published read "
    "reading reddit sat save search see september share shares sign stand stories subscribe summary sun tag tags that "
    "this thu today topic topics tue twitter uhr updated view views was we wed what whatsapp when why with yesterday "
    "you your youtube".split()
)
_HANDLE = re.compile(r"[a-zA-Z][a-zA-Z_]{2,20}[0-9]{1,8}")
# Each name is asked for several times; a field that may hold one has at most 4 * LONGEST characters.
_bare = lru_cache(maxsize=64)(bare)
_PARTICLES = frozenset(
    "a af al am an auf av ben bin bint da das de del della dem den der des di do dos du e el ibn la las le los nic of "
    "och ter ten the til van vom von y ze zu zum zur".split()
)


@dataclass(slots=True)
class Names:
    """Names in the order found, each once: *people*, and *others* that are organisations.

    *sites* are the names of the site itself in `bare` form: it has not written a report that people sign.
    """

    sites: frozenset[str] = frozenset()
    people: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def add(self, written: str, *, is_organisation: bool = False) -> None:
        """Takes the names out of *written*, a field that names people: "Ana Brix, Colm Adair and Ines Harrow"."""
        if _OTHER_PART.match(written) or ": " in _BEFORE.sub("", written, count=1):
            return  # a credit for a picture, a list of trades
        for name in split_names(written):
            names = self.others if is_organisation or self._is_other(name) else self.people
            is_known = any(set(_bare(name).split()) <= set(_bare(known).split()) for known in (*self.people, *names))
            if not is_known and len(names) < _MOST:
                names.append(name)

    def _is_other(self, name: str) -> bool:
        words = _bare(name)
        return words in self.sites or words.partition(" ")[0] in self.sites or _is_organisation(words)


def split_names(written: str) -> Iterator[str]:
    """The names in *written*, without addresses, degrees and what names nobody."""
    written = shown(written)
    if before := _BEFORE.match(written):
        written = written[before.end() :]
    if len(written) > 4 * LONGEST or "://" in written:
        return
    # "Centre for Salt and Stone" is one name.
    is_one = _is_organisation(_bare(written)) and not _HAS_MARK.search(written)
    has_name = False
    for part in (written,) if is_one else _BETWEEN.split(written):
        name = part.strip(_EDGE if part.count("(") == part.count(")") else f"{_EDGE}()")
        words = _bare(name)
        if not words or words in _NOBODY or words.endswith(" admin") or not _may_be_name(name):
            continue
        if not (is_degree(name) or (has_name and _is_abbreviation(name))):
            has_name = True
            yield name


def names_in_byline(words: str, *, fewest: int) -> list[str]:
    """The names in *words*, with a label such as "By" or without, up to the first part that is none.

    A name has at least *fewest* words. Roles are passed over; alone they are no names.
    """
    if words.startswith(","):
        return []  # what goes on behind a name
    label = _LABEL.match(words)
    words = _PLACE.split(_before_date(words[label.end() :] if label else words), maxsplit=1)[0]
    has_role = _is_role(words)
    good: list[str] = []
    for part in split_names(words):
        if _is_role(part):
            if not good:
                return []
        elif not _is_name(part, fewest) or (good and part.islower()):
            break
        elif " " in part or not has_role or not good:  # "Ana Brix, Privacy and Security Expert"
            good.append(part)
    return good


def is_degree(name: str) -> bool:
    """Whether *name* is only the abbreviation of a degree or a licence, such as stands behind a name."""
    return _DEGREE.fullmatch(name) is not None


def has_label(words: str) -> bool:
    """Whether *words* begin with a label such as "By" or "Written by" and go on."""
    label = _LABEL.match(words)
    return label is not None and label.end() < len(words)


def is_label(words: str) -> bool:
    """Whether *words* are only a label, such as "Written by"."""
    return len(words) <= _LONGEST_LABEL and _LABEL_ALONE.fullmatch(words) is not None


def names_another_part(words: str) -> bool:
    """Whether *words* tell of who checked, edited, pictured or translated a report."""
    return _OTHER_PART.search(words) is not None


def _is_abbreviation(name: str) -> bool:
    return name.isupper() and name.isascii() and len(name) <= _ABBREVIATED


def _is_role(words: str) -> bool:
    """Whether one of *words*, or its singular, is what somebody is and not who."""
    return any(
        word in _ROLES or word.removesuffix("s") in _ROLES or word.startswith(_ROLE_STARTS)
        for word in _bare(words).split()
    )


def _is_organisation(words: str) -> bool:
    """Whether one of *words*, which are `bare`, is what organisations are called."""
    return any(word in _ORGANISATIONS or word.startswith(_ORGANISATION_STARTS) for word in words.split())


def _may_be_name(name: str) -> bool:
    is_short = len(name) <= LONGEST and name.count(" ") < _WORDS
    return is_short and not name.isdigit() and not _ADDRESS.search(name)


def _before_date(words: str) -> str:
    """*words* up to a date, or to what tells of one."""
    start = next((mention.start for mention in find_dates(words)), len(words))
    return _END.split(words[:start], maxsplit=1)[0]


def _is_name(name: str, fewest: int) -> bool:
    words = name.split()
    if len(words) == fewest and _HANDLE.fullmatch(name):
        return True
    if (
        not fewest <= len(words) <= 6
        or any(sign.isdigit() for sign in name)
        or not _NO_NAMES.isdisjoint(_bare(name).split())
    ):
        return False
    if not name[0].isalpha() or name.endswith((":", "!", "?")):
        return False
    return len(words) == 1 or all(not word[0].islower() or word in _PARTICLES for word in words)
