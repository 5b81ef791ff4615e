"""Dates as written in reports, as EDTF level 0 and 1 (ISO 8601-2:2019): with the precision they were given in.

"December 2023" is "2023-12" and stays a month. A date that can be read two ways ("03/04/2026") is none, unless the
caller knows which way its language reads.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .months import MONTHS

# Words of other languages too: these are months only beside a day.
_WORDS = frozenset("ago ara des eki gen kas mag ott out sen set tem".split())
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_DIGITS = {first + value: str(value) for first in (0x660, 0x6F0, 0x966, 0x9E6) for value in range(10)}
_TWO_WORDS = re.compile("(تشرين|كانون) (الأول|الثاني)")

# Any word stands for the month and is looked up: a hundred names cost no more than twelve.
_MONTH = r"(?P<month>[^\W\d_][^\s\d.,;:!?/()\[\]|•·–—-]{1,14}+)\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|º|ª|\.)?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_JOIN = r"(?:\s+(?:of|de|del)\s+|\s*,\s*|\s+)"
_YEARS = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
# Each form with the signs of which one stands in it: to look for these is a tenth of the cost.
_SIGNS_OF_FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (rf"{_YEAR}-(?P<number>[01]\d)-(?P<day>[0-3]\d)(?:T\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?)?", ("-",)),
    (rf"{_DAY}{_JOIN}{_MONTH}{_JOIN}{_YEAR}", ()),
    (rf"{_MONTH}\s*{_DAY}{_JOIN}{_YEAR}", ()),
    (rf"(?P<first>[0-3]?\d)(?P<mark>[./-])(?P<second>[0-3]?\d)(?P=mark){_YEAR}", (".", "/", "-")),
    (rf"{_YEAR}(?:[./]|\.\s)(?P<number>[01]?\d)(?:[./]|\.\s)(?P<day>[0-3]?\d)", (".", "/")),
    (rf"{_DAY}-{_MONTH}-{_YEAR}", ("-",)),
    (rf"{_YEAR}\.?\s{_MONTH}\s{_DAY}", ()),
    (rf"{_MONTH}{_JOIN}{_YEAR}", ()),
    (rf"{_YEAR}-(?P<number>[01]\d)(?!-\d)", ("-",)),
    (rf"(?P<season>{'|'.join(_SEASONS)}){_JOIN}{_YEAR}", tuple(_SEASONS)),
)
_FORMS = (
    *((re.compile(rf"(?<![\w]){form}(?![\w])", re.IGNORECASE), signs) for form, signs in _SIGNS_OF_FORMS),
    (
        re.compile(  # Chinese, Japanese and Korean set no space around a date
            rf"(?<!\d){_YEAR}\s?[年년]\s?(?P<number>[01]?\d)\s?[月월](?:\s?(?P<day>[0-3]?\d)\s?[日일])?"
        ),
        ("年", "년"),
    ),
)
_YEAR_ALONE = re.compile(rf"(?<![\w.,]){_YEAR}(?![\w%])")
_ISO = re.compile(r"(\d{4}-[01]\d-[0-3]\d)(?:[T ].*)?", re.DOTALL)
_EDTF = re.compile(r"(\d{4})(?:-(0[1-9]|[12]\d)(?:-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)(?:T?\d{4,6}(?:Z|[+-]\d\d:?\d\d)?)?")
_CLOCK = re.compile(
    r"\s?(?:\bat\s|\bum\s|\bà\s|T)?\b[0-2]?\d[:h][0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:\s?[ap]\.?m\b\.?)?(?:\s[A-Z]{2,5}\b)?"
)
_STATED_LENGTH = 80
_LABEL = re.compile(
    r"(?:(?:first |last )?(?:published|updated|posted|released|dated|date|issued|modified)(?: on| in)?\s*+:?\s*+)?"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\s*+,?\s*+)?",
    re.IGNORECASE,
)


class DateMention(NamedTuple):
    """A date in a text: its EDTF form and where it stands."""

    edtf: str
    start: int
    end: int


def has_year(text: str) -> bool:
    """Whether a year stands in *text*, without which it has no date."""
    text = _western(text)
    return ("20" in text or "1" in text) and _YEARS.search(text) is not None


def find_dates(text: str, *, month_first: bool | None = None) -> Iterator[DateMention]:
    """The dates written in *text* with at least a month or a season, in order; no two overlap.

    *month_first* says how the language of the text reads "03/04/2026", None where that is not known.
    """
    text = _western(text)
    years = len(_YEARS.findall(text)) if has_year(text) else 0
    found: list[DateMention] = []
    taken = bytearray(len(text) if years else 0)
    words = text.casefold() if years else ""
    for form, signs in _FORMS:
        if len(found) == years:
            break  # no date is without one
        if signs and not any(map(words.__contains__, signs)):
            continue
        for match in form.finditer(text):
            edtf = _edtf(match, month_first)
            start, end = match.span()
            if edtf and not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                found.append(DateMention(edtf=edtf, start=start, end=end))
    yield from sorted(found, key=lambda mention: mention.start)


def date_line(text: str) -> str | None:
    """The EDTF date that *text* consists of, a label such as "Published:" aside; None for anything else."""
    text = _western(text)
    label = _LABEL.match(text)
    line = text[label.end() if label else 0 :].strip(" .,|•·-–—()")
    mentions = list(find_dates(line))
    if len(mentions) == 1 and (mentions[0].start, mentions[0].end) == (0, len(line)):
        return mentions[0].edtf
    year = _YEAR_ALONE.fullmatch(line)
    return year["year"] if year else None


def iso_day(text: str) -> str | None:
    """The day of an ISO 8601 date or time, as metadata gives it; None for anything else."""
    match = _ISO.fullmatch(text.strip())
    return match[1] if match and _is_day(*map(int, match[1].split("-"))) else None


def stated_day(text: str, *, month_first: bool | None = None) -> str | None:
    """The day that a field meant for a date gives in any form, a time of day aside; None where it gives none or two."""
    if day := iso_day(text):
        return day
    if len(text) > _STATED_LENGTH:
        return None
    if compact := _COMPACT.fullmatch(text.strip()):
        return _day(*(int(part) for part in compact.groups()))
    days = {mention.edtf for mention in find_dates(_CLOCK.sub(" ", text), month_first=month_first)}
    return next((day for day in days if len(day) == len("2024-05-03")), None) if len(days) == 1 else None


def is_edtf(text: str) -> bool:
    """Whether *text* is a date as this module gives them: a year, a month, a season or a day, "2024-05-14"."""
    match = _EDTF.fullmatch(text)
    if not match:
        return False
    year, month, day = (int(part or 0) for part in match.groups())
    return _is_day(year, month, day) if day else month <= 12 or month in _SEASONS.values()


def is_later(edtf: str, than: str) -> bool:
    """Whether all of the time *edtf* stands for comes after all of *than*. Seasons count as their whole year."""
    return _padded(edtf, "00") > _padded(than, "99")


def _western(text: str) -> str:
    """*text* with its digits as Europe writes them, and months of two words as one; every sign stays in its place."""
    if text.isascii():
        return text
    return _TWO_WORDS.sub(r"\1_\2", text.translate(_DIGITS))


def _edtf(match: re.Match[str], month_first: bool | None) -> str | None:
    parts = match.groupdict()
    year = int(parts["year"])
    if parts.get("season"):
        return f"{year:04}-{_SEASONS[parts['season'].lower()]}"
    if parts.get("first"):
        return _numeric(year, int(parts["first"]), int(parts["second"]), month_first)
    name = (parts.get("month") or "").lower()
    month = MONTHS.get(name, 0) if name else int(parts["number"])
    if not parts.get("day"):
        if name in _WORDS:
            return None
        return f"{year:04}-{month:02}" if 1 <= month <= 12 else None
    return _day(year, month, int(parts["day"]))


def _numeric(year: int, first: int, second: int, month_first: bool | None) -> str | None:
    """The day of 31/12/2024 or 12/31/2024; of 03/04/2026 only where *month_first* is known."""
    if first <= 12 and second <= 12 and first != second and month_first is None:
        return None
    is_month_first = second > 12 or (first <= 12 and month_first is True)
    return _day(year, first, second) if is_month_first else _day(year, second, first)


def _day(year: int, month: int, day: int) -> str | None:
    return f"{year:04}-{month:02}-{day:02}" if _is_day(year, month, day) else None


def _is_day(year: int, month: int, day: int) -> bool:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= month <= 12 and 1 <= day <= _LONGEST[month - 1] and (leap or (month, day) != (2, 29))


def _padded(edtf: str, filler: str) -> tuple[str, ...]:
    parts = [part for part in edtf.split("-") if part]
    if len(parts) > 1 and int(parts[1]) > 12:
        parts = parts[:1]
    return (*parts, *[filler] * (3 - len(parts)))
