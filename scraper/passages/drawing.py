"""Drawing: what was stated when, as one SVG file that needs nothing else and can be read in light and in dark.

SVG 1.1; the title and the description are what a screen reader tells (WAI-ARIA Graphics Module, role "img").
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape

from .history import Track
from .plot import Chart, cut, day, extent
from .presence import Span, Stretch, stretches

_WIDTH, _MARGIN, _LABELS = 960, 24, 300
_LANE, _BAR, _HEAD, _KIND = 24, 14, 34, 10  # heights: of a lane, its bar, a page's name, the gap between kinds
_TOP, _FOOT = 84, 52
_SIGN = 7.8  # the width of a sign of a label in a wide font
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)  # months between two dates of the axis
_MOST_TICKS = 8

_STYLE = """
:root { color-scheme: light dark; }
svg { --paper: #ffffff; --ink: #1b1f24; --quiet: #57606a; --line: #d0d7de; --there: #0b5cad; --unknown: #0b5cad; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #0d1117; --ink: #e6edf3; --quiet: #9aa4af; --line: #30363d; --there: #6cb6ff; --unknown: #6cb6ff; }
}
text { font: 13px system-ui, "Noto Sans", sans-serif; fill: var(--ink); unicode-bidi: plaintext; }
.title { font-size: 18px; font-weight: 600; }
.name { font-weight: 600; }
.quiet { fill: var(--quiet); font-size: 12px; }
.paper { fill: var(--paper); }
.line { stroke: var(--line); stroke-width: 1; }
.there { fill: var(--there); }
.unknown { fill: url(#unknown); stroke: var(--unknown); stroke-width: 1; stroke-dasharray: 3 2; }
.hatch { stroke: var(--unknown); stroke-width: 1.5; }
"""
_Time = tuple[datetime, datetime]
_NAMED = 'role="img" aria-labelledby="title desc"'
_HATCH = (
    '<pattern id="unknown" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern>'
)


def drawing(charts: Sequence[Chart], *, title: str) -> str:
    """The tracks of *charts*, one lane each below the names of their pages, as the text of an SVG file.

    Solid is what was there, hatched what nobody knows, between two captures; where it was not there is a thin line.
    """
    charts = [chart for chart in charts if chart.timeline.tracks]
    start, end = extent(charts) if charts else (datetime(1970, 1, 1, tzinfo=UTC),) * 2
    lanes, height = _lanes(charts, start, end)
    told = f"{title}, {day(start)} to {day(end)}" if charts else title
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" {_NAMED}>',
        f'<title id="title">{_text(told)}</title>',
        f'<desc id="desc">{_text(" ".join(_told(charts)) or "Nothing is stated.")}</desc>',
        f"<style>{_STYLE}</style>",
        f"<defs>{_HATCH}</defs>",
        f'<rect class="paper" width="{_WIDTH}" height="{height}"/>',
        f'<text class="title" x="{_MARGIN}" y="34">{_text(cut(title, 64))}</text>',
        f'<text class="quiet" x="{_WIDTH - _MARGIN}" y="34" text-anchor="end">{_seen(start, end)}</text>',
        *_axis(start, end, height - _FOOT),
        *lanes,
        *_legend(height - 22),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _seen(start: datetime, end: datetime) -> str:
    return f"seen {day(start)} to {day(end)}"


def _lanes(charts: Sequence[Chart], start: datetime, end: datetime) -> tuple[list[str], int]:
    """The lanes of all pages, and the height of the whole drawing."""
    parts: list[str] = []
    y = _TOP
    for chart in charts:
        if len(charts) > 1:
            parts.append(f'<text class="name" x="{_MARGIN}" y="{y + 20}">{_text(cut(chart.name, 120))}</text>')
            y += _HEAD
        kind = chart.timeline.tracks[0].kind
        for track in chart.timeline.tracks:
            y += _KIND if track.kind != kind else 0
            kind = track.kind
            parts += _lane(track, extent([chart]), y, (start, end))
            y += _LANE
        y += _KIND
    return parts, y + _FOOT


def _lane(track: Track, seen: _Time, y: int, whole: _Time) -> Iterator[str]:
    """The lane of *track*: a line for the time in which the page was *seen*, and bars on it."""
    label = f"{track.kind} {track.text}"
    yield f"<g><title>{_text('. '.join([label, *map(_span, track.spans)]))}</title>"
    yield f'<text x="{_MARGIN}" y="{y + _BAR}">{_text(cut(label, int(_LABELS / _SIGN)))}</text>'
    middle = y + _LANE // 2 - 2
    left, right = _x(seen[0], *whole), _x(seen[1], *whole)
    yield f'<line class="line" x1="{left:.1f}" y1="{middle}" x2="{right:.1f}" y2="{middle}"/>'
    # What is known is drawn over what is not, so that a day of presence is seen among months of doubt.
    told = sorted(stretches(track.spans, *seen), key=lambda part: part.is_there is True)
    for part in told:
        if part.is_there is not False:
            yield _bar(part, y, *whole)
    yield "</g>"


def _bar(part: Stretch, y: int, start: datetime, end: datetime) -> str:
    x, to = _x(part.start, start, end), _x(part.end, start, end)
    name = "there" if part.is_there else "unknown"
    return f'<rect class="{name}" x="{x:.1f}" y="{y + 3}" width="{max(to - x, 3):.1f}" height="{_BAR}" rx="1"/>'


def _axis(start: datetime, end: datetime, foot: int) -> Iterator[str]:
    for moment in _ticks(start, end):
        x = _x(moment, start, end)
        anchor = "start" if x < _MARGIN + _LABELS + 40 else "end" if x > _WIDTH - _MARGIN - 40 else "middle"
        yield f'<line class="line" x1="{x:.1f}" y1="{_TOP - 14}" x2="{x:.1f}" y2="{foot}"/>'
        yield f'<text class="quiet" x="{x:.1f}" y="{_TOP - 20}" text-anchor="{anchor}">{day(moment)}</text>'


def _ticks(start: datetime, end: datetime) -> list[datetime]:
    """The dates of the axis: firsts of months as far as there is room, the ends where fewer than two fall between."""
    months = (end.year - start.year) * 12 + end.month - start.month
    step = next((step for step in _STEPS if months // step <= _MOST_TICKS), months)
    first = start.year * 12 + start.month - 1
    numbers = range(first - first % step, first + months + 1, step)
    found = [datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC) for number in numbers]
    inside = [moment for moment in found if start <= moment <= end]
    return inside if len(inside) > 1 else [start, end] if end - start > timedelta(days=1) else [start]


def _x(moment: datetime, start: datetime, end: datetime) -> float:
    left, room = _MARGIN + _LABELS + 12, _WIDTH - 2 * _MARGIN - _LABELS - 12
    return left + (room * ((moment - start) / (end - start)) if end > start else 0)


def _legend(y: int) -> Iterator[str]:
    x = _MARGIN + _LABELS + 12
    for name, words in (("there", "there"), ("unknown", "between two captures: nobody knows")):
        yield f'<rect class="{name}" x="{x}" y="{y - 11}" width="22" height="{_BAR}" rx="1"/>'
        yield f'<text class="quiet" x="{x + 30}" y="{y}">{words}</text>'
        x += 110
    x += 160
    yield f'<line class="line" x1="{x}" y1="{y - 4}" x2="{x + 22}" y2="{y - 4}"/>'
    yield f'<text class="quiet" x="{x + 30}" y="{y}">not there</text>'


def _told(charts: Sequence[Chart]) -> Iterator[str]:
    """All that is drawn, in sentences."""
    for chart in charts:
        for track in chart.timeline.tracks:
            page = f"{chart.name}: " if len(charts) > 1 else ""
            yield f"{page}{track.kind} {track.text}: {', '.join(map(_span, track.spans))}."


def _span(span: Span) -> str:
    """When something was there, in words."""
    since = f"after {day(span.since.after)} and by {day(span.since.by)}" if span.since.after else day(span.since.by)
    if span.is_read:
        since = f"{since} at the latest"
    if span.until is None:
        return f"from {since} on"
    gone = f"gone by {day(span.until.by)}" if span.until.after else "not read since"
    return f"from {since} to {day(span.last.last_seen)}, {gone}"


def _text(text: str) -> str:
    return escape(_NOT_IN_XML.sub("\ufffd", text))
