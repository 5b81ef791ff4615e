"""Stages of genocide as a report states them, however it writes them, in the model it counts in.

Numbers are figures, words, Roman or ordinal, alone, in lists and in ranges. Two models are in use: ten stages, and
until about 2012 eight; "Stage 7" is Preparation in one and Extermination in the other.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .normal import folded
from .passages import Passage
from .record import Stage

_TEN = (
    "Classification Symbolization Discrimination Dehumanization Organization "
    "Polarization Preparation Persecution Extermination Denial"
)
_EIGHT = "Classification Symbolization Dehumanization Organization Polarization Preparation Extermination Denial"
MODELS = {"ten stages": tuple(_TEN.split()), "eight stages": tuple(_EIGHT.split())}
_TEN_SINCE = "2012"  # the year the model with ten stages was published
_TEN_ALONE_SINCE = "2013"  # from when on one name of the older model is a slip

_WORDS = "one two three four five six seven eight nine ten".split()
_ROMAN = "i ii iii iv v vi vii viii ix x".split()
_FIGURES = "1 2 3 4 5 6 7 8 9 10".split()
_ORDINAL_WORDS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_ORDINAL_FIGURES = "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th".split()
_VALUES = {
    word: value
    for words in (_WORDS, _ROMAN, _FIGURES, _ORDINAL_WORDS, _ORDINAL_FIGURES)
    for value, word in enumerate(words, start=1)
}


def _any_of(words: list[str]) -> str:
    # "I" is a number unless a sentence goes on behind it.
    longest_first = sorted((word for word in words if word != "i"), key=len, reverse=True)
    one = r"|i(?-i:(?!\s(?!(?:of|and|or|to|is)\b)[a-z]))" if "i" in words else ""
    return rf"(?:(?:{'|'.join(longest_first)}{one})(?!\w))"


_NUMBER = _any_of(_WORDS + _ROMAN + _FIGURES)
_NTH = _any_of(_ORDINAL_WORDS + _ORDINAL_FIGURES)
_NAME = "(?:(?:" + "|".join(name.replace("z", "[sz]") for name in MODELS["ten stages"]) + r")\b)"
STAGE_NAME = _NAME
_STEMS = tuple(name.lower().partition("z")[0] for name in MODELS["ten stages"])
# Space is taken from its start on only: else a run of it is gone through from each of its signs.
_AND = r"(?:(?<!\s)(?:\s*+,\s*+(?:(?:and|or)\s++)?|\s++(?:and|or|&)\s++))"
_TO = r"(?:(?<!\s)(?:\s*+-\s*+|\s++(?:to|through)\s++))"
_OF = r"(?:\s++of\s++(?:the\s++)?(?:genocid\w*+(?:\s++process)?|ten|eight|10|8)\b)?+"
_NAMES = rf"{_OF}\s*+[:,(-]?\s*+\(?[\"']?(?P<names>{_NAME}(?:{_AND}{_NAME})*+)"

# "Stages 8-10", "stages 3, 6 and 10", "Stage 8 and 9"; but "at Stage 8, and 10 people died" is one. Names may follow.
_NUMBERED = re.compile(
    rf"\bstage(?:s\s*+:?\s*+(?P<list>{_NUMBER}(?:(?:{_AND}|{_TO}){_NUMBER})*+)"
    rf"|:?\s++(?P<pair>{_NUMBER}(?:[-/]|\s++(?:and|to|&)\s++){_NUMBER})(?=\W*+$|\s*+[.,;:()]|\s++of\s)"
    rf"|:?\s++(?P<alone>{_NUMBER}))(?:{_NAMES})?",
    re.IGNORECASE,
)
# "The ninth stage of genocide", "eighth and ninth stages: ..."; not the first stage of a plan.
_COUNTED = re.compile(
    rf"\b(?P<list>{_NTH}(?:(?:{_AND}|{_TO}){_NTH})*+)\s++(?:genocid\w*+\s++)?stages?\b"
    rf"(?!\s++of\s++(?!(?:the\s++)?genocid))(?:{_NAMES})?",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"(?<![\w.])(?P<alone>{_NUMBER}){_OF}\s*+[:.)\-,]?\s*+\(?[\"']?(?P<names>{_NAME})", re.IGNORECASE)
_NAMED_BACKWARDS = re.compile(
    rf"\b(?P<names>{_NAME})\s*+[,(:-]?\s*+\(?(?:stage\s++(?P<alone>{_NUMBER})|(?:the\s++)?(?P<list>{_NTH})\s++stage\b)",
    re.IGNORECASE,
)
_NAMED_OTHERWISE = re.compile(
    rf"\b(?i:stages?:?\s++(?P<alone>{_NUMBER}))\s*+[:\-]\s*+\(?(?P<names>[A-Z]\w++)(?=\s*(?:[,.;:)\"']|and\b|$))"
)
_FORMS = (_NUMBERED, _COUNTED, _NAMED, _NAMED_BACKWARDS, _NAMED_OTHERWISE)
_FORMS_WITHOUT_NAME = (_NUMBERED, _COUNTED, _NAMED_OTHERWISE)
_ITEM = re.compile(rf"(?P<between>{_AND}|{_TO}|[-/])?+(?P<number>{_NUMBER}|{_NTH})", re.IGNORECASE)
_ANY_NAME = re.compile(r"[^\W\d_]{4,}")
_NAME_ALONE = re.compile(rf"(?P<name>{_NAME})\W*+", re.IGNORECASE)
_LABEL = re.compile(r"(?:genocide )?stages?\W*+", re.IGNORECASE)
_OF_GENOCIDE = re.compile(r"^genocide\s++", re.IGNORECASE)
# Two searches, not one expression with ".*" between its halves, which is quadratic in a hostile paragraph.
_SAYS_STAGE = re.compile(r"\bstages?\b", re.IGNORECASE)
_SAYS_WHERE = re.compile(
    r"\b(?:genocide|considers?|considered|is|are|now|currently|remains?|places?|at)\b", re.IGNORECASE
)
_PLACES = re.compile(r"\b(?:considers?|is|are|at)\b")
# What a sentence says of the stages after it: that they are denied or past, or else that they are reached.
_TURN = re.compile(
    r"(?P<end>[.;!?](?=\s))|"
    r"(?P<unreached>\b(?:not(?! (?:only|just|merely)\b)|never|no longer|cannot|\w+n't)\b(?: (?:is|are|considers)\b)?|"
    rf"\b(?:was|were|had been)(?: \w+){{0,3}}? at (?:genocide )?(?=stages?\b|{_NAME}))|"
    r"(?P<reached>\b(?:is|are|remains?|considers|places|but|now|today|currently)\b)",
    re.IGNORECASE,
)
# What a text calls the stages it counts in, and how it then places a country at them by numbers alone.
_NAMES_MODEL = re.compile(r"\b(?:ten|eight|10|8) stages\b|\bstages? of (?:the )?genocid|\bgenocid\w* (?:stage|watch)")
_AT_STAGE = re.compile(r"\bat Stages?\b")
_ASIDE = re.compile(r",\s(?:which|who|whose|where)\b[^,.;]*(?=,)", re.IGNORECASE)
_OPENS_LIST = re.compile(r"\bstages?\b(?: of genocide)?[^.]{0,40}:?$", re.IGNORECASE)
_OPENING = 80
_LINE = 200
_LINE_WORDS = 8


class _Statement(NamedTuple):
    """Numbers that stand together in a text, with the name of each, "" for one that is not named."""

    start: int
    end: int
    stages: tuple[tuple[int, str], ...]
    is_named: bool


def stages(passages: Sequence[Passage], *, published: str | None, is_report: bool) -> list[Stage]:
    """The stages that *passages* state, by number; the date *published* decides where both models fit.

    A line such as "X. Denial" outside a list of stages counts if *is_report*: in a report on a country.
    """
    stated: dict[int, str] = {}
    unnumbered: list[str] = []
    in_list = False
    names_model = any("genocid" in passage.folded or "stages" in passage.folded for passage in passages) and any(
        _NAMES_MODEL.search(passage.folded) for passage in passages
    )
    for passage in passages:
        may_say_stage, says_genocide = "stage" in passage.folded, "genocid" in passage.folded
        if not (in_list or is_report or may_say_stage or says_genocide):
            continue
        text = passage.text
        says_stage = may_say_stage and _SAYS_STAGE.search(text) is not None
        alone = _NAME_ALONE.fullmatch(text) if in_list else None
        line = _stage_line(text) if in_list or is_report or says_genocide else None
        is_sure = line is not None and (in_list or says_genocide or _is_a_stage(line))
        if alone:
            unnumbered.append(_spelt(alone["name"]))
        elif is_sure or (says_stage and _SAYS_WHERE.search(text)):
            is_placed = names_model and _AT_STAGE.search(text) is not None
            for number, name in _reached(text, numbers_count=is_sure or is_placed):
                stated.setdefault(number, name)
        opens_list = says_stage and _OPENS_LIST.search(text[-_OPENING:]) is not None
        in_list = opens_list or (in_list and bool(line or alone))
    return _in_model(stated, unnumbered, published)


def speaks_of_stages(words: str) -> bool:
    """Whether *words*, which are `folded`, name a stage, or genocide: else they speak of stages of something else."""
    return "genocid" in words or any(map(words.__contains__, _STEMS))


def _stage_line(text: str) -> re.Match[str] | None:
    """What *text* says of stages where it is a line that says hardly anything else."""
    if len(text) > _LINE:
        return None
    words = _OF_GENOCIDE.sub("", text.strip(" ."))
    if whole := _NUMBERED.fullmatch(words) or _COUNTED.fullmatch(words):
        return whole
    label = _LABEL.match(text)
    return _NAMED.match(text, label.end() if label else 0) if len(text.split()) <= _LINE_WORDS else None


def _is_a_stage(line: re.Match[str]) -> bool:
    """Whether *line* names a stage, so that a numbered heading "2. Persecution" is none."""
    if line.re is not _NAMED or line.start():
        return True
    number, name = _VALUES[line["alone"].lower()], _spelt(line["names"])
    return any(names[number - 1 : number] == (name,) for names in MODELS.values())


def _reached(text: str, *, numbers_count: bool) -> Iterator[tuple[int, str]]:
    """Number and name of each stage that *text* says is reached, in order; "" where it gives only a number.

    Numbers without a name stand for stages if *numbers_count*, or beside named ones, or where genocide is spoken of;
    those with a name of no model only beside one
    that has its own, or where genocide is spoken of.
    """
    found = _statements(text)
    is_model = any(_is_known(name) for statement in found for _, name in statement.stages)
    if not (is_model or "genocid" in text.casefold()):  # "Stage 3: Testing" is one of something else
        found = [statement for statement in found if not statement.is_named]
    if not numbers_count and not any(name for statement in found for _, name in statement.stages):
        numbers_count = "genocid" in text.casefold() and _PLACES.search(text) is not None
        found = found if numbers_count else []
    unreached = _unreached(text) if found else b""
    for statement in found:
        if not unreached[statement.start]:
            yield from statement.stages


def _statements(text: str) -> list[_Statement]:
    """What *text* states by any form, in order; of two that overlap the one with a name, else the first."""
    found: list[_Statement] = []
    taken = bytearray(len(text))
    forms = _FORMS if speaks_of_stages(folded(text)) else _FORMS_WITHOUT_NAME
    made = [_statement(match) for form in forms for match in form.finditer(text)]
    for statement in sorted(made, key=lambda statement: (not statement.is_named, statement.start)):
        place = slice(statement.start, statement.end)
        if not any(taken[place]):
            taken[place] = b"\x01" * (statement.end - statement.start)
            found.append(statement)
    return sorted(found)


def _statement(match: re.Match[str]) -> _Statement:
    parts = match.groupdict()
    numbers = _numbers(parts.get("list") or parts.get("pair") or parts.get("alone") or "")
    names = [_spelt(name) for name in _ANY_NAME.findall(parts.get("names") or "")][: len(numbers)]
    unnamed = [""] * (len(numbers) - len(names))  # "stages 8, 9: Extermination" names the last
    pairs = tuple(zip(numbers, [*unnamed, *names], strict=True))
    return _Statement(start=match.start(), end=match.end(), stages=pairs, is_named=bool(names))


def _numbers(words: str) -> list[int]:
    """The numbers that *words* give, a range as all of it."""
    numbers: list[int] = []
    for match in _ITEM.finditer(words):
        number = _VALUES[match["number"].lower()]
        is_range = (match["between"] or "").strip().lower() in {"-", "to", "through"}
        numbers += range(numbers[-1] + 1, number + 1) if is_range and numbers else [number]
    return numbers


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


def _is_known(name: str) -> bool:
    return any(name in names for names in MODELS.values())


def _spelt(name: str) -> str:
    return re.sub(r"isation$", "ization", name.capitalize())


def _in_model(stated: dict[int, str], unnumbered: list[str], published: str | None) -> list[Stage]:
    """The stages in the model that most of them agree with; between two models the date decides."""
    model = _model(stated, unnumbered, published or "")
    for name in unnumbered:
        if name in MODELS.get(model, ()):
            stated = {MODELS[model].index(name) + 1: name} | stated
    return [_stage(number, name, model) for number, name in sorted(stated.items())]


def _model(stated: dict[int, str], unnumbered: list[str], published: str) -> str:
    """The name of the model, "" where it cannot be told."""
    highest = max(stated, default=0)
    models = {model: names for model, names in MODELS.items() if highest <= len(names)}
    agreeing = {
        model: sum(1 for number, name in stated.items() if name and names[number - 1] == name)
        + sum(1 for name in unnumbered if name in names)
        for model, names in models.items()
    }
    candidates = [model for model in models if agreeing[model] == max(agreeing.values())]
    if len(candidates) > 1 and published:
        candidates = ["ten stages" if published >= _TEN_SINCE else "eight stages"]
    newer, older = MODELS.values()
    only_older = [
        number for number, name in stated.items() if older[number - 1 : number] == (name,) and newer[number - 1] != name
    ]
    if published >= _TEN_ALONE_SINCE and len(only_older) < 2:
        candidates = ["ten stages"]
    return candidates[0] if len(candidates) == 1 else ""


def _stage(number: int, name: str, model: str) -> Stage:
    models = [MODELS[model]] if model else MODELS.values()
    expected = {names[number - 1] for names in models if number <= len(names)}
    called = name or (next(iter(expected), "") if model else "")
    return Stage(number=number, name=called, model=model, agrees=not name or name in expected)
