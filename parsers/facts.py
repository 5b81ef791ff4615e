"""Facts: typed statements read from a report's words, the same for every rendition.

Countries by ISO 3166-1 and, for states that are gone, ISO 3166-3; stages of genocide in the model they count in;
recommendations with those they are addressed to.
"""

import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from .dates import find_dates, is_later
from .head import REPORT_NAME
from .normal import bare, plain, shown
from .record import AlertLevel, Block, Country, Fact, Flag, Recommendation, Record, Stage

_TEN = (
    "Classification Symbolization Discrimination Dehumanization Organization "
    "Polarization Preparation Persecution Extermination Denial"
)
_EIGHT = "Classification Symbolization Dehumanization Organization Polarization Preparation Extermination Denial"
MODELS = {"ten stages": tuple(_TEN.split()), "eight stages": tuple(_EIGHT.split())}
_TEN_SINCE = "2012"  # the year the model with ten stages was published
_TEN_ALONE_SINCE = "2013"  # from when on one name of the older model is a slip

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_NUMBERS = {
    **{word: value for value, word in enumerate(_WORDS, start=1)},
    **{word: value for value, word in enumerate(_ROMAN, start=1)},
    **{str(value): value for value in range(1, 11)},
}
_ANY_NUMBER = "(?:" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r")(?!\w)"
_NUMBER = f"(?P<number>{_ANY_NUMBER})"
_STAGE_NAME = "(?P<name>" + "|".join(name.replace("z", "[sz]") for name in MODELS["ten stages"]) + ")"
_STATED = re.compile(rf"(?<![\w.]){_NUMBER}(?: of genocide)?\s*[:.)\-,]?\s*\(?[\"']?{_STAGE_NAME}\b", re.IGNORECASE)
_STATED_BACKWARDS = re.compile(rf"\b{_STAGE_NAME}\s*[,(:-]?\s*\(?stage\s+{_NUMBER}", re.IGNORECASE)
_NAMED_OTHERWISE = re.compile(
    rf"\b(?i:stages?\s*:?\s+{_NUMBER})\s*[:\-]\s*\(?(?P<name>[A-Z]\w+)(?=\s*(?:[,.;:)\"']|and\b|$))"
)
_NAME_ALONE = re.compile(rf"{_STAGE_NAME}\W*", re.IGNORECASE)
_BARE_STAGES = re.compile(
    rf"\bstages?:?\s+(?P<numbers>{_ANY_NUMBER}(?:(?:\s*,\s*|\s*&\s*|,?\s+(?:and|or)\s+){_ANY_NUMBER})*)",
    re.IGNORECASE,
)
_STAGE_LABEL = re.compile(r"(?:genocide )?stages?\W*", re.IGNORECASE)
# Two searches, not one expression with ".*" between its halves, which is quadratic in a hostile paragraph.
_SAYS_STAGE = re.compile(r"\bstages?\b", re.IGNORECASE)
_SAYS_WHERE = re.compile(
    r"\b(?:genocide|considers?|considered|is|are|now|currently|remains?|places?|at)\b", re.IGNORECASE
)
_PLACING = ("considers", "classifies", "places", "puts", "ranks")
_SAID_OF = re.compile(
    rf"\b(?:{'|'.join(_PLACING)}) (?P<where>[^.;:]{{2,80}}?) (?:to be |to have reached |as (?:being )?)?"
    r"(?:(?:at|in) )?(?:genocide )?(?:stages?\b|" + _STAGE_NAME + r"\b)",
    re.IGNORECASE,
)
# What a sentence says of the stages after it: that they are denied or past, or else that they are reached.
_TURN = re.compile(
    r"(?P<end>[.;!?](?=\s))|"
    r"(?P<unreached>\b(?:not(?! (?:only|just|merely)\b)|never|no longer|cannot|\w+n't)\b(?: (?:is|are|considers)\b)?|"
    r"\b(?:was|were|had been)(?: \w+){0,3}? at (?:genocide )?(?=stages?\b|" + _STAGE_NAME + r"))|"
    r"(?P<reached>\b(?:is|are|remains?|considers|places|but|now|today|currently)\b)",
    re.IGNORECASE,
)
_ASIDE = re.compile(r",\s(?:which|who|whose|where)\b[^,.;]*(?=,)", re.IGNORECASE)
_OPENS_LIST = re.compile(r".*\bstages?\b(?: of genocide)?[^.]{0,40}:?", re.IGNORECASE)
_STAGE_LINE_WORDS = 8

_ALERTS = {"genocide watch": 1, "genocide warning": 2, "genocide emergency": 3}
_ALERT_LEVEL = re.compile(r"genocide (?:(?:watch|warning|emergency) )?alert level:? ?(?P<level>[1-3])", re.IGNORECASE)
_DATED_TAIL = re.compile(r"[,:(–—-]?\s*(?:updated?|revised)?\s*(?:\b(?:19|20)\d\d)?\s*$", re.IGNORECASE)
_SUBJECT_LEAD = re.compile(r"^(?:on|for|of|about|update)\b[\s:]*", re.IGNORECASE)
_SUBJECT_EDGE = " :,-–—|()"
_STATES_GONE = frozenset({"DD", "ZR"})  # of ISO 3166-3, which countrynames keeps with two letters
_NO_STATES = frozenset({"EU", "UN", "ZZ", "FAIL"})  # what countrynames gives besides

_ASKS = re.compile(r"\b(?:recommends?|recommendations?|calls (?:up)?on|urges)\b", re.IGNORECASE)
_ASKS_AT_END = re.compile(r"\b(?:recommends|following recommendations)$|^recommendations?\b[^.]{0,60}$", re.IGNORECASE)
_HEADS_RECOMMENDATIONS = re.compile(r"\brecommendations?\b|\brecommends\W*$", re.IGNORECASE)
_HEADS_ELSE = re.compile(
    r"(?:references?|sources?|notes?|footnotes|bibliography|further reading|about|contacts?|acknowledg\w+|"
    r"conclusions?|methodology|annex\w*|appendix)\b.*",
    re.IGNORECASE,
)
_SUBHEAD_WORDS = 6
_DEMAND = re.compile(r"\b(?:should|must|shall|ought to|needs? to|is urged to|are urged to|has to|have to)\b")
_ADDRESSEE_WORDS = 25
_LEAD = re.compile(r"^(?:(?:the|all|and|that|both)\s+)+", re.IGNORECASE)
# Parts of a sentence before its verb that name nobody: clauses by their first word, and words that stand for others.
_NO_ADDRESSEE = re.compile(
    r"(?:which|who|whose|whom|to|in|if|when|as|for|until|unless|by|with|without|given|because|since|while|although|"
    r"after|before|under|at|on|from|despite)\b.*|"
    r"there|it|this|these|those|they|we|one|no one|nobody|nothing|everyone|therefore|thus|however|furthermore|"
    r"moreover|finally|instead|first|firstly|second|secondly|third|thirdly",
    re.IGNORECASE,
)


class _Passage(NamedTuple):
    """A block with its words `plain`, and `folded` as well.

    Most blocks state no fact: a word that a form demands is looked for first, at a fiftieth of the form's cost.
    """

    block: Block
    text: str
    folded: str


def with_facts(record: Record) -> Record:
    """*record* with the facts its words state, and flags for what in them contradicts itself."""
    texts = [plain(block.text) for block in record.blocks]
    passages = [_Passage(block, text, folded(text)) for block, text in zip(record.blocks, texts, strict=True)]
    country = _country(record, passages)
    stages = _stages(record, passages, all_lines=country is not None)
    facts: list[Fact] = [fact for fact in (country, _alert(record)) if fact]
    facts += [*stages, *_recommendations(passages)]
    return replace(record, facts=tuple(facts)).with_flags([*_later_than_published(record), *_disagreeing(stages)])


def country(name: str) -> Country | None:
    """The country that *name* is a name of, in any language, spelling or period; None where it is none.

    A part of a state with a code of its own (ISO 3166-2) is none.
    """
    words = plain(name)
    if "\ufffd" in words:
        return None
    if words.isascii() and len(words) <= 3 and not words.isupper():
        return None  # "In", "It" and "Me" are words, IN, IT and ME are codes
    code = _country_code(words)
    if code is None or code in _NO_STATES or "-" in code:
        return None
    # A state that is gone has four letters: the code it had, and those of its heirs.
    return Country(name=name, iso=code[:2], former=len(code) > 2 or code in _STATES_GONE)


@cache
def _country_code(name: str) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # countrynames advises an optional transliterator at each import
        import countrynames  # noqa: PLC0415 -- its tables take a quarter second to load

        found: str | None = countrynames.to_code(name)
    return found


def folded(text: str) -> str:
    """*text* in one case, with all that `re.IGNORECASE` takes for an ASCII letter as that letter."""
    return text.replace("\u0130", "i").replace("\u0131", "i").casefold()


def _country(record: Record, passages: list[_Passage]) -> Country | None:
    for line in (record.title, record.headline):
        match = REPORT_NAME.fullmatch(line)
        if not match:
            continue
        sides = (_subject(match["before"]), _subject(match["after"]))
        subjects = [subject for subject in sides if subject and bare(subject) != bare(record.organisation)]
        known = (found for subject in subjects for name in _places(subject) if (found := country(name)))
        stated = Country(name=subjects[0]) if subjects and match["kind"].lower().startswith("country") else None
        if found := next(known, stated):
            return found
    return (country(record.title) if record.title else None) or _considered(passages)


def _considered(passages: list[_Passage]) -> Country | None:
    """The country that the report says is at a stage; None where it says so of several, or of none that is known."""
    found: dict[str | None, Country] = {}
    for passage in passages:
        if not any(verb in passage.folded for verb in _PLACING):
            continue
        for match in _SAID_OF.finditer(passage.text):
            known = (country(name) for name in _places(_subject(match["where"])))
            if place := next((place for place in known if place), None):
                found.setdefault(place.iso, place)
    return next(iter(found.values())) if len(found) == 1 else None


def _subject(words: str) -> str:
    """What a report's name says it is about, without its date: "on Burma, May 2024" gives "Burma"."""
    subject = _SUBJECT_LEAD.sub("", words.strip(_SUBJECT_EDGE))
    for mention in find_dates(subject):
        subject = subject[: mention.start] if mention.start else subject[mention.end :]
        break
    return shown(_DATED_TAIL.sub("", subject)).strip(_SUBJECT_EDGE)


def _places(subject: str) -> Iterator[str]:
    """What in *subject* may be the name of a country, likeliest first: "Armenians in Israel" is about Israel."""
    yield subject
    for part in re.split(r"\s*[:()|,]\s*|\s+[-–—]\s+|\s+in\s+", subject)[::-1]:
        yield from (part, _LEAD.sub("", part))


def _alert(record: Record) -> AlertLevel | None:
    for line in (record.title, record.headline):
        match = REPORT_NAME.fullmatch(line)
        name = match["kind"].lower().removesuffix(" alert") if match and _opens_or_follows(match["before"]) else ""
        if name in _ALERTS:
            return AlertLevel(name=name.title(), level=_ALERTS[name])
    stated = (match for block in record.blocks if (match := _ALERT_LEVEL.fullmatch(block.text.strip(" ."))))
    level = next((int(match["level"]) for match in stated), 0)
    return next((AlertLevel(name=name.title(), level=level) for name in _ALERTS if _ALERTS[name] == level), None)


def _opens_or_follows(before: str) -> bool:
    """Whether the kind of an alert opens its line or stands behind a country: "Sudan: Genocide Emergency"."""
    subject = before.strip()
    is_cut_off = subject.endswith(tuple("-–—:,"))
    return not subject or (is_cut_off and any(country(name) for name in _places(_subject(subject))))


def _stages(record: Record, passages: list[_Passage], *, all_lines: bool) -> list[Stage]:
    stated: dict[int, str] = {}
    unnumbered: list[str] = []
    in_list = False
    for passage in passages:
        text, says_stage = passage.text, "stage" in passage.folded
        line = _STAGE_LABEL.sub("", text, count=1) if _STAGE_LABEL.match(text) else text
        match = _STATED.match(line) if len(text.split()) <= _STAGE_LINE_WORDS else None
        alone = _NAME_ALONE.fullmatch(text) if in_list else None
        is_stage = match and (in_list or (all_lines and (line != text or _is_in_a_model(match))))
        if alone:
            unnumbered.append(_spelt(alone["name"]))
        elif is_stage or (says_stage and _SAYS_STAGE.search(text) and _SAYS_WHERE.search(text)):
            for number, name in _stated(text):
                stated.setdefault(number, name)
        opens_list = says_stage and _OPENS_LIST.fullmatch(text) is not None
        in_list = opens_list or (in_list and bool(match or alone))
    return _in_model(stated, unnumbered, record)


def _is_in_a_model(match: re.Match[str]) -> bool:
    """Whether number and name are those of a stage, so that a numbered heading "2. Persecution" is none."""
    number, name = _NUMBERS[match["number"].lower()], _spelt(match["name"])
    return any(names[number - 1 : number] == (name,) for names in MODELS.values())


def _stated(text: str) -> Iterator[tuple[int, str]]:
    """Number and name of each stage that *text* says is reached, in order; "" where it gives only a number."""
    found = [*_STATED.finditer(text)] or [*_STATED_BACKWARDS.finditer(text)]
    found += [match for match in _NAMED_OTHERWISE.finditer(text) if not _overlaps(match, found)]
    unreached = _unreached(text)
    for match in sorted(found, key=lambda match: match.start()):
        if not unreached[match.start()]:
            yield _NUMBERS[match["number"].lower()], _spelt(match["name"])
    if not found and "genocid" in text.casefold() and re.search(r"\b(?:considers?|is|are|at)\b", text):
        for match in _BARE_STAGES.finditer(text):
            for number in re.findall(_ANY_NUMBER, match["numbers"], re.IGNORECASE):
                if not unreached[match.start()]:
                    yield _NUMBERS[number.lower()], ""


def _unreached(text: str) -> bytearray:
    """For each place in *text*, 1 where a stage named there is denied or past: behind "is not at" or "was at"."""
    marks = bytearray(len(text))
    heard = _ASIDE.sub(lambda match: " " * len(match[0]), text)  # "Chad, which did not sign, is at" denies nothing
    turns = [*_TURN.finditer(heard)]
    ends = [*(turn.start() for turn in turns[1:]), len(text)]
    for turn, end in zip(turns, ends, strict=False):
        if turn["unreached"]:
            marks[turn.end() : end] = b"\x01" * (end - turn.end())
    return marks


def _overlaps(match: re.Match[str], others: list[re.Match[str]]) -> bool:
    return any(match.start() < other.end() and other.start() < match.end() for other in others)


def _spelt(name: str) -> str:
    return re.sub(r"isation$", "ization", name.capitalize())


def _in_model(stated: dict[int, str], unnumbered: list[str], record: Record) -> list[Stage]:
    """The stages in the model that most of them agree with; between two models the date decides."""
    highest = max(stated, default=0)
    models = {model: names for model, names in MODELS.items() if highest <= len(names)}
    agreeing = {
        model: sum(1 for number, name in stated.items() if name and names[number - 1] == name)
        + sum(1 for name in unnumbered if name in names)
        for model, names in models.items()
    }
    candidates = [model for model in models if agreeing[model] == max(agreeing.values())]
    if len(candidates) > 1 and record.published:
        candidates = ["ten stages" if record.published >= _TEN_SINCE else "eight stages"]
    newer, older = MODELS.values()
    only_older = [
        number for number, name in stated.items() if older[number - 1 : number] == (name,) and newer[number - 1] != name
    ]
    if (record.published or "") >= _TEN_ALONE_SINCE and len(only_older) < 2:
        candidates = ["ten stages"]
    model = candidates[0] if len(candidates) == 1 else ""
    for name in unnumbered:
        if name in MODELS.get(model, ()):
            stated = {MODELS[model].index(name) + 1: name} | stated
    return [_stage(number, name, model) for number, name in sorted(stated.items())]


def _stage(number: int, name: str, model: str) -> Stage:
    models = [MODELS[model]] if model else MODELS.values()
    expected = {names[number - 1] for names in models if number <= len(names)}
    called = name or (next(iter(expected), "") if model else "")
    return Stage(number=number, name=called, model=model, agrees=not name or name in expected)


def _recommendations(passages: list[_Passage]) -> Iterator[Recommendation]:
    """What follows "… recommends:" or a heading "Recommendations", also below its sub-headings, up to other prose."""
    part_level = 0  # headings of at least this level are parts of the section; 0 where no heading opened one
    collecting = found = is_new = False
    for passage in passages:
        block = passage.block
        if block.kind == "figure":
            continue
        if _opens_recommendations(passage):
            part_level = block.level + 1 if block.kind == "heading" else part_level
            collecting, found, is_new = True, False, True
        elif block.kind == "heading":
            # Authors pick levels by their looks: what stands right below the opening is a part of it.
            part_level = min(part_level or block.level, block.level) if is_new else part_level
            collecting = 0 < part_level <= block.level and not _HEADS_ELSE.fullmatch(passage.text)
            part_level, found, is_new = part_level if collecting else 0, False, False
        elif collecting and (block.kind == "item" or _is_demand(block)):
            found, is_new = True, False
            yield Recommendation(text=block.text, addressees=_addressees(block.text))
        elif (found or not part_level) and not _is_subhead(block):
            collecting = is_new = False


def _opens_recommendations(passage: _Passage) -> bool:
    text, says_so = passage.text, "recommend" in passage.folded
    if passage.block.kind == "heading":
        return says_so and _HEADS_RECOMMENDATIONS.search(text) is not None
    if passage.block.kind != "paragraph":
        return False
    asks = _ASKS.search(text) if text.endswith(":") else says_so and _ASKS_AT_END.search(text)
    return bool(asks)


def _is_subhead(block: Block) -> bool:
    """Whether *block* is a line such as "Velmora:" over a part of a list, in a rendition without headings."""
    is_line = block.text.endswith(":") and len(block.text.split()) <= _SUBHEAD_WORDS
    return is_line and not _HEADS_ELSE.fullmatch(block.text)


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
    parts = [_LEAD.sub("", part.strip()) for part in re.split(r"\s*[,;]\s*(?:and\s+|or\s+)?", subject)]
    # "Trinidad and Tobago" is one.
    named = [name for part in parts for name in ([part] if country(part) else re.split(r"\s+and\s+", part))]
    return tuple(name for part in named if (name := _LEAD.sub("", part)) and not _NO_ADDRESSEE.fullmatch(name))


def _later_than_published(record: Record) -> Iterator[Flag]:
    if record.published is None:
        return
    for figure in record.figures:
        for mention in find_dates(figure.caption):
            if is_later(mention.edtf, record.published):
                words = figure.caption[mention.start : mention.end]
                detail = f"a figure's caption says '{words}', the report is dated {record.published}"
                yield Flag(name="later-than-published", value=mention.edtf, detail=detail)


def _disagreeing(stages: list[Stage]) -> Iterator[Flag]:
    for stage in stages:
        if not stage.agrees:
            model = stage.model or "stages of any model"
            detail = f"stage {stage.number} is called '{stage.name}', which is not its name among the {model}"
            yield Flag(name="stage-disagrees", value=str(stage.number), detail=detail)
