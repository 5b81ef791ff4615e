"""Dates as written in reports, as EDTF level 0 and 1 (ISO 8601-2:2019): with the precision they were given in.

"December 2023" is "2023-12" and stays a month. A date that can be read two ways ("03/04/2026") is none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTH_NAMES = (
    "january jan januar janvier enero gennaio janeiro",
    "february feb februar février fevrier febrero febbraio fevereiro",
    "march mar märz maerz mars marzo março marco",
    "april apr avril abril aprile",
    "may mai mayo maggio maio",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet julio luglio julho",
    "august aug août aout agosto",
    "september sep sept septembre septiembre settembre setembro",
    "october oct oktober okt octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre decembre diciembre dicembre dezembro",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_JOIN = r"(?:\s+(?:of|de|del)\s+|\s*,\s*|\s+)"
_FORMS = tuple(
    re.compile(rf"(?<![\w]){form}(?![\w])", re.IGNORECASE)
    for form in (
        rf"{_YEAR}-(?P<number>[01]\d)-(?P<day>[0-3]\d)(?:T\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?)?",
        rf"{_DAY}{_JOIN}{_MONTH}{_JOIN}{_YEAR}",
        rf"{_MONTH}\s*{_DAY}{_JOIN}{_YEAR}",
        rf"(?P<day>[0-3]?\d)[./](?P<number>[01]?\d)[./]{_YEAR}",
        rf"{_MONTH}{_JOIN}{_YEAR}",
        rf"{_YEAR}-(?P<number>[01]\d)(?!-\d)",
        rf"(?P<season>{'|'.join(_SEASONS)}){_JOIN}{_YEAR}",
    )
)
_YEAR_ALONE = re.compile(rf"(?<![\w.,]){_YEAR}(?![\w%])")
_ISO = re.compile(r"(\d{4}-[01]\d-[0-3]\d)(?:[T ].*)?", re.DOTALL)
_LABEL = re.compile(
    r"(?:(?:first |last )?(?:published|updated|posted|released|dated|date|issued|modified)(?: on| in)?\s*:?\s*)?"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\s*,?\s*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A date in a text: its EDTF form and where it stands."""

    edtf: str
    start: int
    end: int


def find_dates(text: str) -> Iterator[DateMention]:
    """The dates written in *text* with at least a month or a season, in order; no two overlap."""
    found: list[DateMention] = []
    taken = bytearray(len(text))
    for form in _FORMS:
        for match in form.finditer(text):
            edtf = _edtf(match)
            start, end = match.span()
            if edtf and not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                found.append(DateMention(edtf=edtf, start=start, end=end))
    yield from sorted(found, key=lambda mention: mention.start)


def date_line(text: str) -> str | None:
    """The EDTF date that *text* consists of, a label such as "Published:" aside; None for anything else."""
    line = _LABEL.sub("", text, count=1).strip(" .,|•·-–—()")
    mentions = list(find_dates(line))
    if len(mentions) == 1 and (mentions[0].start, mentions[0].end) == (0, len(line)):
        return mentions[0].edtf
    year = _YEAR_ALONE.fullmatch(line)
    return year["year"] if year else None


def iso_day(text: str) -> str | None:
    """The day of an ISO 8601 date or time, as metadata gives it; None for anything else."""
    match = _ISO.fullmatch(text.strip())
    return match[1] if match and _is_day(*map(int, match[1].split("-"))) else None


def is_later(edtf: str, than: str) -> bool:
    """Whether all of the time *edtf* stands for comes after all of *than*. Seasons count as their whole year."""
    return _padded(edtf, "00") > _padded(than, "99")


def _edtf(match: re.Match[str]) -> str | None:
    parts = match.groupdict()
    year = int(parts["year"])
    if parts.get("season"):
        return f"{year:04}-{_SEASONS[parts['season'].lower()]}"
    month = _MONTHS[parts["month"].lower()] if parts.get("month") else int(parts["number"])
    if not parts.get("day"):
        return f"{year:04}-{month:02}" if 1 <= month <= 12 else None
    day = int(parts["day"])
    if parts.get("number") and "-" not in match[0] and day <= 12:
        return None  # 03/04/2026 is a day in March or in April, by the country
    return f"{year:04}-{month:02}-{day:02}" if _is_day(year, month, day) else None


def _is_day(year: int, month: int, day: int) -> bool:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= month <= 12 and 1 <= day <= _LONGEST[month - 1] and (leap or (month, day) != (2, 29))


def _padded(edtf: str, filler: str) -> tuple[str, ...]:
    parts = [part for part in edtf.split("-") if part]
    if len(parts) > 1 and int(parts[1]) > 12:
        parts = parts[:1]
    return (*parts, *[filler] * (3 - len(parts)))
