"""Plot: what was stated when, drawn with the blocks of a terminal; no colours, as wide as is asked for."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from ..terminal import printable
from .history import Timeline, Track
from .presence import Stretch, stretches

THERE, UNKNOWN, ABSENT = "█", "░", "·"
LEGEND = f"{THERE} there   {UNKNOWN} between two captures, nobody knows   {ABSENT} not there"
_LABEL, _NARROWEST = 36, 20
_TICK = 12  # columns that a date and its mark take, at least


class Chart(NamedTuple):
    """What a page states over time, with what to call the page."""

    name: str
    timeline: Timeline


def plot(charts: Sequence[Chart], *, width: int) -> str:
    """The tracks of *charts* as lines of at most *width* columns below a line of dates; "" where there are none.

    A moment takes a column even where the time of a column is months: what was there at all is drawn.
    """
    charts = [chart for chart in charts if chart.timeline.tracks]
    if not charts:
        return ""
    start, end = extent(charts)
    labels = [[_label(track) for track in chart.timeline.tracks] for chart in charts]
    margin = max(columns(label) for group in labels for label in group)
    room = max(width - margin - 1, _NARROWEST)
    lines = [f"{' ' * margin} {_axis(start, end, room)}"]
    for chart, group in zip(charts, labels, strict=True):
        lines += [cut(printable(chart.name), width)] if len(charts) > 1 else []
        lines += [
            f"{label}{' ' * (margin - columns(label))} {_lane(track, extent([chart]), (start, end), room)}".rstrip()
            for label, track in zip(group, chart.timeline.tracks, strict=True)
        ]
    return "\n".join([*lines, f"{' ' * margin} {LEGEND}"])


def extent(charts: Sequence[Chart]) -> tuple[datetime, datetime]:
    """The first and the last time that a page of *charts* was seen."""
    versions = [version for chart in charts for version in chart.timeline.versions]
    return min(version.first_seen for version in versions), max(version.last_seen for version in versions)


def columns(text: str) -> int:
    """How many columns of a terminal *text* takes."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(unicodedata.combining(sign) > 0 for sign in text)


def cut(text: str, most: int) -> str:
    """*text* in at most *most* columns."""
    if columns(text) <= most:
        return text
    while columns(text) > most - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def day(moment: datetime) -> str:
    """*moment* as its day."""
    return f"{moment:%Y-%m-%d}"


def _label(track: Track) -> str:
    return cut(printable(f"{track.kind} {track.text}"), _LABEL)


def _lane(track: Track, seen: tuple[datetime, datetime], whole: tuple[datetime, datetime], room: int) -> str:
    """The time of *whole* in *room* columns; nothing is drawn for the time when the page was not *seen*."""
    told = stretches(track.spans, *seen)
    start, end = whole
    step = (end - start) / room
    return "".join(_sign(told, start + place * step, start + (place + 1) * step) for place in range(room))


def _sign(told: Sequence[Stretch], start: datetime, end: datetime) -> str:
    """What to draw for the time from *start* to *end*: the most that is known of any of it."""
    found = {part.is_there for part in told if part.start < end and part.end > start}
    found |= {part.is_there for part in told if part.start == part.end and start <= part.start <= end}
    return THERE if True in found else UNKNOWN if None in found else ABSENT if found else " "


def _axis(start: datetime, end: datetime, room: int) -> str:
    """Dates above the columns they stand for, as many as there is room for, the first and the last among them."""
    count = max(2, room // (2 * _TICK)) if room >= 2 * _TICK and end - start > timedelta(days=1) else 1
    line = ""
    for tick in range(count):
        label = day(start + (end - start) * tick / max(count - 1, 1))
        place = (room - len(label)) * tick // max(count - 1, 1)
        line += " " * (place - len(line)) + label
    return line
