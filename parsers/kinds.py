"""Kinds of report, as their names tell them: "<Country> Country Report", "Genocide Warning: <subject>, May 2024"."""

import re

from .dates import find_dates
from .normal import folded, shown

REPORT_NAME = re.compile(
    r"(?P<before>.*?)\b(?P<kind>"
    r"(?:country|special|situation|annual|human rights|genocide|mission|field|monthly|quarterly)(?: \w+)? report|"
    r"genocide (?:watch|warning|emergency) alert(?! level)|genocide (?:watch|warning|emergency|alert)(?=(?: update)?:)|"
    r"genocide (?:warning|emergency)(?=\s+[-–—]\s)|"
    r"(?<=[-–—:,] )genocide (?:warning|emergency)(?=$|,| \())\b(?P<after>.*)",
    re.IGNORECASE,
)
ALERTS = {"genocide watch": 1, "genocide warning": 2, "genocide emergency": 3}

_NAME_LENGTH = 500
_DATED_TAIL = re.compile(r"[,:(–—-]?\s?(?:updated?|revised)?\s?(?:\b(?:19|20)\d\d)?$", re.IGNORECASE)
_SUBJECT_LEAD = re.compile(r"^(?:on|for|of|about|update)\b[\s:]*", re.IGNORECASE)
_SUBJECT_EDGE = " :,-–—|()"


def report_name(line: str) -> re.Match[str] | None:
    """The parts of *line* where it names a kind of report: "before", "kind" and "after"."""
    if len(line) > _NAME_LENGTH:
        return None
    words = folded(line)
    return REPORT_NAME.fullmatch(line) if "report" in words or "genocide" in words else None


def alert_level(kind: str) -> int | None:
    """1 for a watch, 2 for a warning, 3 for an emergency; None where *kind* is no alert."""
    return ALERTS.get(alert_name(kind).lower())


def alert_name(kind: str) -> str:
    """*kind* as the publisher writes it where it is an alert: "Genocide Warning"; else as it is."""
    name = kind.lower().removesuffix(" alert")
    return name.title() if name in ALERTS else kind


def subject(words: str) -> str:
    """What a report's name says it is about, without its date: "on Burma, May 2024" gives "Burma"."""
    found = _SUBJECT_LEAD.sub("", words.strip(_SUBJECT_EDGE))
    for mention in find_dates(found):
        found = found[: mention.start] if mention.start else found[mention.end :]
        break
    return shown(_DATED_TAIL.sub("", found.rstrip())).strip(_SUBJECT_EDGE)
