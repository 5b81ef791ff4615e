"""Facts: typed statements read from a report's words, the same for every rendition.

Countries by ISO 3166-1 and, for states that are gone, ISO 3166-3; stages of genocide in the model they count in;
recommendations with those they are addressed to.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from .dates import find_dates, is_later
from .head import REPORT_NAME
from .normal import plain, shown
from .record import AlertLevel, Block, Country, Fact, Flag, Recommendation, Record, Stage

_TEN = (
    "Classification Symbolization Discrimination Dehumanization Organization "
    "Polarization Preparation Persecution Extermination Denial"
)
_EIGHT = "Classification Symbolization Dehumanization Organization Polarization Preparation Extermination Denial"
MODELS = {"ten stages": tuple(_TEN.split()), "eight stages": tuple(_EIGHT.split())}
_TEN_SINCE = "2012"  # the year the model with ten stages was published

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_NUMBERS = {
    **{word: value for value, word in enumerate(_WORDS, start=1)},
    **{word: value for value, word in enumerate(_ROMAN, start=1)},
    **{str(value): value for value in range(1, 11)},
}
_NUMBER = "(?P<number>" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + ")"
_STAGE_NAME = "(?P<name>" + "|".join(name.replace("z", "[sz]") for name in MODELS["ten stages"]) + ")"
_STATED = re.compile(rf"(?<![\w.]){_NUMBER}\s*[:.)\-,]?\s*\(?[\"']?{_STAGE_NAME}\b", re.IGNORECASE)
_STATED_BACKWARDS = re.compile(rf"\b{_STAGE_NAME}\s*[,(:-]?\s*\(?stage\s+{_NUMBER}(?!\w)", re.IGNORECASE)
_NAMED_OTHERWISE = re.compile(rf"\bstages?\s*:?\s+{_NUMBER}\s*[:\-]\s*\(?(?P<name>[A-Z]\w+)")
_BARE_STAGE = re.compile(rf"\bstages?\s+{_NUMBER}(?!\w)", re.IGNORECASE)
_SAYS_STAGES = re.compile(
    r"\bstages?\b.*\bgenocide\b|\bgenocide stages?\b|"
    r"\b(?:considers?|considered|is|are|now|currently|remains?|places?|at)\b.*\bstages?\b",
    re.IGNORECASE,
)
_OPENS_LIST = re.compile(r".*\bstages?\b(?: of genocide)?[^.]{0,40}:?", re.IGNORECASE)
_STAGE_LINE_WORDS = 8

_ALERTS = {"watch": 1, "warning": 2, "emergency": 3}
_DATED_TAIL = re.compile(r"[,:(–—-]?\s*(?:updated?|revised)?\s*$", re.IGNORECASE)

_OPENS_RECOMMENDATIONS = re.compile(
    r"(?:.*\b(?:recommends?|recommendations?|calls (?:up)?on|urges)\b.*:|recommendations?\W*)", re.IGNORECASE
)
_DEMAND = re.compile(r"\b(?:should|must|shall|ought to|needs? to|is urged to|are urged to|has to|have to)\b")
_ADDRESSEE_WORDS = 25
_LEAD = re.compile(r"^(?:the|all|and|that)\s+", re.IGNORECASE)


def with_facts(record: Record) -> Record:
    """*record* with the facts its words state, and flags for what in them contradicts itself."""
    country = _country(record)
    stages = _stages(record, all_lines=country is not None)
    facts: list[Fact] = [fact for fact in (country, _alert(record)) if fact]
    facts += [*stages, *_recommendations(record.blocks)]
    return replace(record, facts=tuple(facts)).with_flags([*_later_than_published(record), *_disagreeing(stages)])


def country(name: str) -> Country | None:
    """The country that *name* is a name of, in any language, spelling or period; None where it is none."""
    code = _country_code(plain(name))
    if code is None:
        return None
    former = len(code) > 2 or code == "ZR"
    return Country(name=name, iso=code[:2], former=former)


@cache
def _country_code(name: str) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # countrynames advises an optional transliterator at each import
        import countrynames  # noqa: PLC0415 -- its tables take a quarter second to load

        found: str | None = countrynames.to_code(name)
    return found


def _country(record: Record) -> Country | None:
    for line in (record.title, record.headline):
        match = REPORT_NAME.fullmatch(line)
        if not match:
            continue
        subject = match["before"].strip(" :,-–—") or match["after"].strip(" :,-–—")
        subject = _undated(subject)
        if not subject:
            continue
        known = country(subject)
        if known or re.fullmatch(r"country report", match["kind"], re.IGNORECASE):
            return known or Country(name=subject)
    return country(record.title) if record.title else None


def _undated(subject: str) -> str:
    for mention in find_dates(subject):
        subject = subject[: mention.start] if mention.start else subject[mention.end :]
        break
    return shown(_DATED_TAIL.sub("", subject)).strip(" :,-–—()")


def _alert(record: Record) -> AlertLevel | None:
    for line in (record.title, record.headline):
        match = re.match(r"\s*genocide (watch|warning|emergency)(?: alert)?\s*:", line, re.IGNORECASE)
        if match:
            name = match[1].lower()
            return AlertLevel(name=f"Genocide {name.capitalize()}", level=_ALERTS[name])
    return None


def _stages(record: Record, *, all_lines: bool) -> list[Stage]:
    stated: dict[int, str] = {}
    in_list = False
    for block in record.blocks:
        text = plain(block.text)
        is_line = len(text.split()) <= _STAGE_LINE_WORDS and bool(
            _STATED.match(re.sub(r"^(genocide )?stages?\W*", "", text, flags=re.IGNORECASE))
        )
        if _SAYS_STAGES.search(text) or (is_line and (in_list or all_lines)):
            for number, name in _stated(text):
                stated.setdefault(number, name)
        in_list = bool(_OPENS_LIST.fullmatch(text)) or (in_list and is_line)
    return _in_model(stated, record)


def _stated(text: str) -> Iterator[tuple[int, str]]:
    found = [*_STATED.finditer(text)] or [*_STATED_BACKWARDS.finditer(text)]
    found += [match for match in _NAMED_OTHERWISE.finditer(text) if not _overlaps(match, found)]
    for match in sorted(found, key=lambda match: match.start()):
        yield _NUMBERS[match["number"].lower()], _spelt(match["name"])
    if not found and re.search(r"\b(?:considers?|is|are|at)\b", text):
        for match in _BARE_STAGE.finditer(text):
            yield _NUMBERS[match["number"].lower()], ""


def _overlaps(match: re.Match[str], others: list[re.Match[str]]) -> bool:
    return any(match.start() < other.end() and other.start() < match.end() for other in others)


def _spelt(name: str) -> str:
    return re.sub(r"isation$", "ization", name.capitalize())


def _in_model(stated: dict[int, str], record: Record) -> list[Stage]:
    agreeing = {
        model: sum(1 for number, name in stated.items() if name and number <= len(names) and names[number - 1] == name)
        for model, names in MODELS.items()
    }
    best = max(agreeing.values(), default=0)
    candidates = [model for model, count in agreeing.items() if count == best] if best else []
    if len(candidates) > 1 and record.published:
        candidates = ["ten stages" if record.published >= _TEN_SINCE else "eight stages"]
    model = candidates[0] if len(candidates) == 1 else ""
    return [_stage(number, name, model) for number, name in sorted(stated.items())]


def _stage(number: int, name: str, model: str) -> Stage:
    names = MODELS.get(model, ())
    expected = names[number - 1] if number <= len(names) else ""
    return Stage(number=number, name=name or expected, model=model, agrees=not model or not name or name == expected)


def _recommendations(blocks: tuple[Block, ...]) -> Iterator[Recommendation]:
    """What follows "… recommends:" or a heading "Recommendations", up to the first block that is none."""
    collecting, under_heading, found = False, False, False
    for block in blocks:
        if _OPENS_RECOMMENDATIONS.fullmatch(plain(block.text)) and block.kind in {"heading", "paragraph"}:
            collecting, under_heading, found = True, block.kind == "heading", False
        elif collecting and (block.kind == "item" or _is_demand(block)):
            found = True
            yield Recommendation(text=block.text, addressees=_addressees(block.text))
        elif collecting and not (under_heading and (block.kind == "heading" or not found)):
            collecting = False


def _is_demand(block: Block) -> bool:
    return block.kind == "paragraph" and bool(_addressees(block.text))


def _addressees(sentence: str) -> tuple[str, ...]:
    """Those named before "should" or "must": "The US and South Korea should" gives both."""
    demand = _DEMAND.search(sentence)
    if not demand:
        return ()
    subject = sentence[: demand.start()].strip(" ,:")
    if not subject or len(subject.split()) > _ADDRESSEE_WORDS or not subject[0].isupper():
        return ()
    parts = re.split(r"\s*[,;]\s*(?:and\s+|or\s+)?|\s+and\s+", subject)
    named = (_LEAD.sub("", part.strip()) for part in parts)
    return tuple(part for part in named if part)


def _later_than_published(record: Record) -> Iterator[Flag]:
    if record.published is None:
        return
    for figure in record.figures:
        for mention in find_dates(figure.caption):
            if is_later(mention.edtf, record.published):
                words = figure.caption[mention.start : mention.end]
                detail = f"a figure's caption says '{words}', the report is dated {record.published}"
                yield Flag(name="later-than-published", value=mention.edtf, detail=detail)
    if record.modified and is_later(record.modified, record.published):
        detail = f"the page says it was modified on {record.modified}, the report is dated {record.published}"
        yield Flag(name="modified-later", value=record.modified, detail=detail)


def _disagreeing(stages: list[Stage]) -> Iterator[Flag]:
    for stage in stages:
        if not stage.agrees:
            detail = f"stage {stage.number} is called '{stage.name}', which is not its name among the {stage.model}"
            yield Flag(name="stage-disagrees", value=str(stage.number), detail=detail)
