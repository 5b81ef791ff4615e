"""Facts: typed statements read from a report's words, the same for every rendition.

The country and the alert that its name tells, the stages it states, what it recommends; of a list of reports its
entries.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .countries import country, places
from .dates import find_dates, is_later
from .entries import entries
from .kinds import ALERTS, alert_level, alert_name, report_name, subject
from .normal import bare
from .passages import Passage, passages
from .recommendations import recommendations
from .record import AlertLevel, Country, Fact, Flag, Record, Stage
from .stages import STAGE_NAME, speaks_of_stages, stages

_ALERT_LEVEL = re.compile(
    r"genocide (?:(?:watch|warning|emergency) )?alert level:? ?(?P<level>[1-3])[ .]*+", re.IGNORECASE
)
_PLACING = ("considers", "classifies", "places", "puts", "ranks")
_SAID_OF = re.compile(
    rf"\b(?:{'|'.join(_PLACING)}) (?P<where>[^\s.;:]++(?: [^\s.;:]++){{0,9}}?) "
    rf"(?:to be |to have reached |as (?:being )?)?(?:(?:at|in) )?(?:genocide )?(?:stages?\b|{STAGE_NAME})",
    re.IGNORECASE,
)
# Most pages state no fact, and one look at all their words shows it.
_ASKS = ("recommend", "calls on", "calls upon", "urges")
_LISTED = ("report", "genocide w", "genocide e")


def with_facts(record: Record) -> Record:
    """*record* with the facts its words state, and flags for what in them contradicts itself."""
    read = passages(record.blocks)
    text = "\n".join([words for _, words in read])
    facts = entries(record.blocks) if sum([text.count(sign) for sign in _LISTED]) >= 3 else ()
    found = facts or _of_report(record, read, text)
    stated = [fact for fact in found if isinstance(fact, Stage)]
    return replace(record, facts=tuple(found)).with_flags(
        [*_modified_earlier(record), *_later_than_published(record), *_disagreeing(stated)]
    )


def _of_report(record: Record, read: Sequence[Passage], text: str) -> list[Fact]:
    place = _country_of_name(record) or (_considered(read) if _may_place(text) else None)
    facts: list[Fact] = [fact for fact in (place, _alert(record, text)) if fact]
    if place or "stage" in text:
        facts += stages(read, published=record.published, is_report=place is not None)
    return [*facts, *recommendations(read)] if any(map(text.__contains__, _ASKS)) else facts


def _country_of_name(record: Record) -> Country | None:
    for line in (record.title, record.headline):
        match = report_name(line)
        if not match:
            continue
        sides = (subject(match["before"]), subject(match["after"]))
        subjects = [side for side in sides if side and bare(side) != bare(record.organisation)]
        known = (found for side in subjects for name in places(side) if (found := country(name)))
        stated = (
            Country(name=subjects[0].partition(":")[0])
            if subjects and match["kind"].lower().startswith("country")
            else None
        )
        if found := next(known, stated):
            return found
    return country(record.title)


def _considered(read: Sequence[Passage]) -> Country | None:
    """The country that the report says is at a stage; None where it says so of several, or of none that is known."""
    found: dict[str | None, Country] = {}
    for passage in read:
        if not _may_place(passage.folded):
            continue
        for match in _SAID_OF.finditer(passage.text):
            known = (country(name) for name in places(subject(match["where"])))
            if place := next((place for place in known if place), None):
                found.setdefault(place.iso, place)
    return next(iter(found.values())) if len(found) == 1 else None


def _may_place(words: str) -> bool:
    """Whether *words*, which are `folded`, may say that somebody considers a country to be at a stage."""
    return any(map(words.__contains__, _PLACING)) and ("stage" in words or speaks_of_stages(words))


def _alert(record: Record, text: str) -> AlertLevel | None:
    for line in (record.title, record.headline):
        match = report_name(line)
        level = alert_level(match["kind"]) if match and _opens_or_follows(match["before"]) else None
        if match and level:
            return AlertLevel(name=alert_name(match["kind"]), level=level)
    if "alert level" not in text:
        return None
    stated = (match for block in record.blocks if (match := _ALERT_LEVEL.fullmatch(block.text)))
    found = next((int(match["level"]) for match in stated), 0)
    return next((AlertLevel(name=name.title(), level=level) for name, level in ALERTS.items() if level == found), None)


def _opens_or_follows(before: str) -> bool:
    """Whether the kind of an alert opens its line or stands behind a country: "Sudan: Genocide Emergency"."""
    words = before.strip()
    is_cut_off = words.endswith(tuple("-–—:,"))
    return not words or (is_cut_off and any(country(name) for name in places(subject(words))))


def _modified_earlier(record: Record) -> Iterator[Flag]:
    """That a page says it was changed before it appeared; a file may well have been made before its report appeared."""
    published, modified = record.published, record.modified
    if record.media_type == "text/html" and published and modified and is_later(published, modified):
        detail = f"the page says that it was modified on {modified}, before it appeared on {published}"
        yield Flag(name="modified-earlier", value=modified, detail=detail)


def _later_than_published(record: Record) -> Iterator[Flag]:
    if record.published is None:
        return
    for figure in record.figures:
        for mention in find_dates(figure.caption):
            if is_later(mention.edtf, record.published):
                words = figure.caption[mention.start : mention.end]
                detail = f"a figure's caption says '{words}', the report is dated {record.published}"
                yield Flag(name="later-than-published", value=mention.edtf, detail=detail)


def _disagreeing(stated: Sequence[Stage]) -> Iterator[Flag]:
    for stage in stated:
        if not stage.agrees:
            model = stage.model or "stages of any model"
            detail = f"stage {stage.number} is called '{stage.name}', which is not its name among the {model}"
            yield Flag(name="stage-disagrees", value=str(stage.number), detail=detail)
