"""Whether a date near the title dates the report: in a date line, a byline or a label, or in a sentence of its text."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from .months import MONTHS

# What stands beside the date of a report in small letters: times, what joins names, how long it takes to read.
_BESIDE = frozenset(
    "a af ago alle along am and at av az ben bin bint by ca cet com comment comments da dal das day days de del della "
    "dem den der des di die do dos du e ed el en est et first from gmt h hour hours hr hrs i ibn il in kello ki kl "
    "klo la las last latest le lectura lecture les lesedauer lesen lesezeit lettura los m min mins minut minute "
    "minuten minuter minutes minuti minuto minutos minuut mois most n nd nic o och og ok on op or original originally "
    "par pm por post posts pst på rd read reading recently s share shares st ten ter th time to u uhr um und utc van "
    "ve via view views vom von week weeks y yang year years yr yrs z ze zu zum zur à às в від и от та у".split()
)
_WEEKDAYS = frozenset(
    "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo "
    "lunedì martedì mercoledì giovedì venerdì sabato domenica segunda terça quarta quinta sexta feira "
    "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira mandag tirsdag onsdag torsdag fredag lørdag "
    "søndag måndag tisdag lördag söndag maandag dinsdag woensdag donderdag vrijdag zaterdag zondag poniedziałek "
    "wtorek środa czwartek piątek sobota niedziela понедельник вторник среда четверг пятница суббота воскресенье "
    "понеділок вівторок середа четвер пʼятниця субота неділя pondělí úterý středa čtvrtek pátek neděle "
    "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai".split()
)
_HARMLESS = _BESIDE | _WEEKDAYS | MONTHS.keys()
# Behind these a date stands in a sentence, unless a label or a byline goes before.
_PREPOSITION = re.compile(
    r"(?:^|\s)(?:on|by|in|of|from|until|till|since|before|after|to|the|am|vom|bis|seit|le|el|il|del|den|em|no|på|op|w|"
    r"dnia|dne|în|в|от|с|до|в|في|منذ|بتاريخ)\W*$",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"\b(?:by|von|par|por|di|av|af|door|przez|от|автор|autore?n?|auteur|text|texte|testo|tekst|oleh|yazan)\b:?\s+\w|بقلم",
    re.IGNORECASE,
)
_THIS = re.compile(
    r"^\W*(?:this|dieser|cet|este) (?:article|post|report|story|page|document|entry|statement|artikel|beitrag|artículo)"
    r" (?:was|is|wurde|a été|fue) ",
    re.IGNORECASE,
)
_BY = re.compile(r"\W*(?:(?:first|last|originally) )?\w+ (?:by|von|par|por) ", re.IGNORECASE)
_COLON = re.compile(r"\W*\w+(?: \w+){0,3}\s?[:：]\s?$")
_STRONG = re.compile(r"\||[•·・⋅∙»›]|::|\s/{1,2}\s")  # the parts of a line between these are read each for itself
_DASH = re.compile(r"\s?\)?\s?[–—-](?!\w)")
_WORD = re.compile(r"(?<!\w)[^\W\d_][\w'’ʼ-]*")
_ADDRESS = re.compile(r"(?<![^\s@/])[^\s@/]*+[@/]\S*+|(?<![\w-])[\w-]++\.(?:com|org|net)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[。！？]|다\.?\s?$")
_UNSPACED = "[\u3040-\u30ff\u3400-\u9fff]"
_ATTACHED_BEFORE = re.compile(rf"(?<!{_UNSPACED})({_UNSPACED}++)[,，、]?$")
_ATTACHED_AFTER = re.compile(rf"[,，、]?({_UNSPACED}+)")
_RANGE = re.compile(r"\s?(?:[–—-]|to|until|bis|au|al)\s?", re.IGNORECASE)
_MOST_NAMED = 6  # words with a capital letter
_MOST_UNCASED = 3  # words of a script without such
_MOST_ATTACHED = 4  # signs of a script without spaces, right beside the date
_MOST_UNSPACED = 12
_MOST_PUBLISHER = 6  # words in small letters: "Published by the office of the council"


class _Words(NamedTuple):
    """How many words have a capital letter, a small one though none of such lines, none of either."""

    named: int
    plain: int
    uncased: int


def dates_the_report(
    text: str, spans: Sequence[tuple[int, int]], at: int, *, label: re.Pattern[str], is_item: bool
) -> bool:
    """Whether the date at *spans[at]* of the line *text* is the report's: only labels, names and times are beside it.

    *spans* are all dates of *text*, *label* finds words such as "Published". In a heading or a list (*is_item*) a name
    beside a date tells what was on that day.
    """
    start, end = spans[at]
    last = spans[at - 1][1] if at else 0
    following = spans[at + 1][0] if at + 1 < len(spans) else len(text)
    if (at and _RANGE.fullmatch(text, last, start)) or (at + 1 < len(spans) and _RANGE.fullmatch(text, end, following)):
        return False  # a period
    before = _THIS.sub("", _STRONG.split(text[last:start])[-1])
    after = _STRONG.split(text[end:following])[0]
    is_labelled = label.search(before) is not None
    if is_labelled and _COLON.fullmatch(before):
        before = ""
    most_plain = _MOST_PUBLISHER if is_labelled and _BY.match(before) else 0
    is_told = is_labelled or _SIGNED.search(before) is not None
    before, after = (_ADDRESS.sub(" ", label.sub(" ", part)) for part in (before, after))
    words = _words(before)
    if words.plain > most_plain or _is_unspaced_sentence(before, after):
        return False
    has_words = words.named + words.uncased > 0
    if has_words and not is_told and (is_item or _PREPOSITION.search(before) or after.startswith(".")):
        return False
    if has_words and _DASH.match(after):
        return True  # "London, 3 May 2024 – The council has said"
    rest = _words(after)
    if rest.plain or (is_item and not is_told and rest.named):
        return False
    return words.named + rest.named <= 2 * _MOST_NAMED and words.uncased + rest.uncased <= _MOST_UNCASED


def _words(text: str) -> _Words:
    words = [word for word in _WORD.findall(text) if word.casefold() not in _HARMLESS]
    named = sum(word[0].isupper() for word in words)
    plain = sum(word[0].islower() for word in words)
    return _Words(named, plain, len(words) - named - plain)


def _is_unspaced_sentence(before: str, after: str) -> bool:
    """Whether a sentence goes on around a date, in a script that sets no spaces or no capital letters."""
    attached = (_ATTACHED_BEFORE.search(before), _ATTACHED_AFTER.match(after))
    signs = len(re.findall(_UNSPACED, before + after))
    return (
        sum(len(match[1]) for match in attached if match) > _MOST_ATTACHED
        or signs > _MOST_UNSPACED
        or _SENTENCE_END.search(after) is not None
    )
