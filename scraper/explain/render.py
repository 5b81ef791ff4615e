"""An explanation for a person at a terminal; nothing in it that a page says is obeyed there."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from parsers.learned import REASON as LEARNED
from parsers.record import Account, Record
from parsers.registry import Claim

from ..archive import AccountRow
from ..diff.layout import Paper, Span
from .explanation import Explanation, Ledger, Stored, shares

_NAMES = 12  # columns of the names before the facts
_MARGIN = "  "
_BAR = 40  # signs
_SIGNS = {"report": "█", "chrome": "▒", "unclaimed": "·"}
_REASONS = 30  # lines
_PASSAGES = 20
_PAGES = 3


def render_explanation(found: Explanation, *, width: int, colour: bool) -> str:
    """*found* as text, at most *width* columns wide where that is 40 or more, without a line feed at the end."""
    paper = Paper(width, colour)
    record = found.record
    sections = [
        _head(paper, found),
        _fields(paper, record),
        _words(paper, found),
        _section(paper, f"Chrome ({len(record.chrome):,} parts)", _chrome(paper, found)),
        _section(paper, "Claimed by nobody", _passages(paper, record.account)),
        _section(paper, "Selectors (how often they match, and did before)", _ledger(paper, found.ledger)),
        _section(paper, "Worth knowing", (_flag(paper, flag.name, flag.detail, flag.holds) for flag in found.flags)),
        _archive(paper, found.stored, record) if found.stored else [],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _section(paper: Paper, title: str, entries: Iterable[list[str]]) -> list[str]:
    lines = [line for entry in entries for line in entry]
    return [*paper.lines([Span(title, "strong")]), *lines] if lines else []


def _named(paper: Paper, name: str, *spans: Span) -> list[str]:
    return paper.lines(spans, first=f"{name:<{_NAMES}}", rest=" " * _NAMES)


def _head(paper: Paper, found: Explanation) -> list[str]:
    record = found.record
    lines = paper.lines([Span(record.url, "strong")])
    lines += _named(paper, "layout", Span(f"{record.layout}, revision {record.revision}; {_why(found)}"))
    for claim in found.claims:
        if claim.layout != record.layout:
            lines += _named(paper, "  not", Span(f"{claim.layout}: {_why_not(claim)}"))
    return lines


def _why(found: Explanation) -> str:
    claim = next((claim for claim in found.claims if claim.layout == found.record.layout), None)
    if claim:
        return f"'{claim.recognise}' matches {claim.found:,}"
    if not found.claims:
        is_page = found.record.media_type == "text/html"
        return "no site's page, no platform's signs" if is_page else f"no layouts are for {found.record.media_type}"
    others = sum(claim.holds for claim in found.claims)
    if others > 1:
        return f"{others} layouts recognise it, expected 1"
    return "the layout that recognises it could not read it" if others else "no layout recognises the page"


def _why_not(claim: Claim) -> str:
    if claim.found_unless:
        return f"'{claim.unless}' matches {claim.found_unless:,}, expected none"
    if claim.found and claim.found_once is not None:
        return f"'{claim.once}' matches {claim.found_once:,}, expected 1"
    return f"'{claim.recognise}' matches {claim.found:,}{'' if claim.found else ', expected some'}"


def _fields(paper: Paper, record: Record) -> list[str]:
    titled = _sources(record, "title")
    return [
        *_named(paper, "title", Span(record.title or "none"), Span(titled, "faint")),
        *_named(
            paper, "authors", Span(", ".join(record.authors) or "none"), Span(_sources(record, "authors"), "faint")
        ),
        *_dated(paper, "published", record.published, record.published_from),
        *_dated(paper, "modified", record.modified, record.modified_from),
    ]


def _sources(record: Record, name: str) -> str:
    """Which selectors gave a field, as far as the ledger tells."""
    found = [match.selector for match in record.matches if match.field == name and match.found]
    return f"  from {', '.join(found)}" if found else ""


def _dated(paper: Paper, name: str, day: str | None, rests_on: str) -> list[str]:
    why = f"  from {rests_on}" if day and rests_on else ""
    return _named(paper, name, Span(day or "none"), Span(why, "faint"))


def _words(paper: Paper, found: Explanation) -> list[str]:
    account, told = found.record.account, shares(found.record)
    if account is None or told is None:
        return _named(paper, "words", Span("not counted"))
    before = found.stored.before if found.stored else None
    lines = _named(paper, "words", Span(bar(account)))
    for name, share in told.items():
        was = f"  {_share(before, name):.0%} in capture {before.capture_id}" if before else ""
        line = f"{_SIGNS[name]} {getattr(account, name):>7,} {name:<10}{share:>4.0%}"
        lines += _named(paper, "", Span(line), Span(was, "faint"))
    return lines


def _share(row: AccountRow, name: str) -> float:
    return float(getattr(row, name)) / max(row.report + row.chrome + row.unclaimed, 1)


def bar(account: Account) -> str:
    """The three shares as a bar of 40 signs; a share that there is has one sign at least."""
    counts = {"report": account.report, "chrome": account.chrome, "unclaimed": account.unclaimed}
    whole = sum(counts.values())
    if not whole:
        return ""
    signs = {name: max(round(_BAR * count / whole), 1) if count else 0 for name, count in counts.items()}
    largest = max(counts, key=lambda name: counts[name])
    signs[largest] += _BAR - sum(signs.values())
    return "".join(_SIGNS[name] * count for name, count in signs.items())


def _chrome(paper: Paper, found: Explanation) -> Iterator[list[str]]:
    """The parts, those of one reason that follow each other in one line; behind learned ones where else they stand."""
    groups = [(reason, list(group)) for reason, group in groupby(found.record.chrome, key=lambda part: part.reason)]
    rest = list(found.learned)  # each is shown once, however often its words were taken off
    for reason, group in groups[:_REASONS]:
        first = f"{_MARGIN}{sum(part.words for part in group):>6,}  "
        spans = [Span(f"{reason}: ", "strong"), Span(_short(" | ".join(part.text for part in group)))]
        yield paper.lines(spans, first=first, rest=" " * len(first))
        taken = {part.text for part in group if reason == LEARNED}
        evidence, rest = (
            [line for line in rest if line.text in taken],
            [line for line in rest if line.text not in taken],
        )
        for line in evidence:
            more = " …" if line.pages > _PAGES else ""
            told = f"at the {line.place} of {line.pages:,} pages: {' '.join(line.seen_on[:_PAGES])}{more}"
            yield paper.lines([Span(told, "faint")], first=f"{_MARGIN}{'':>6}  ", rest=" " * (len(first) + 2))
    if len(groups) > _REASONS:
        yield paper.lines([Span(f"and {len(groups) - _REASONS:,} more; --format json has all", "faint")], first=_MARGIN)


def _passages(paper: Paper, account: Account | None) -> Iterator[list[str]]:
    passages = account.passages if account else ()
    for passage in passages[:_PASSAGES]:
        yield paper.lines([Span(_short(passage))], first=f"{_MARGIN}· ", rest=_MARGIN * 2)
    if len(passages) > _PASSAGES:
        yield paper.lines([Span(f"and {len(passages) - _PASSAGES:,} more", "faint")], first=_MARGIN)


def _ledger(paper: Paper, lines: tuple[Ledger, ...]) -> Iterator[list[str]]:
    """The selectors that match or did before, then those of each field that never did, in one line."""
    rest = _MARGIN + " " * _NAMES
    for name, group in groupby(lines, key=lambda line: line.match.field):
        silent = []
        for line in group:
            past = line.past
            if not line.match.found and not (past and past.matched):
                silent.append(line.match.selector)
                continue
            before = _before(past.told, line) if past else ""
            spans = [Span(f"{line.match.found:,} × ", "strong"), Span(line.match.selector), Span(before, "faint")]
            yield paper.lines(spans, first=f"{_MARGIN}{name:<{_NAMES}}", rest=rest)
        if silent:
            spans = [Span("0 × ", "strong"), Span(" · ".join(silent), "faint")]
            yield paper.lines(spans, first=f"{_MARGIN}{name:<{_NAMES}}", rest=rest)


def _before(told: str, line: Ledger) -> str:
    # Other pages may have been captured later.
    return f", {told} of other pages" if line.is_elsewhere else f", before {told}"


def _flag(paper: Paper, name: str, detail: str, holds: bool) -> list[str]:
    held = " (holds the record back)" if holds else ""
    return paper.lines([Span(f"{name}{held}: ", "strong"), Span(detail)], first=_MARGIN, rest=_MARGIN * 2)


def _archive(paper: Paper, stored: Stored, record: Record) -> list[str]:
    capture = stored.capture
    lines = paper.lines(
        [Span(f"In the archive: capture {capture.id} of {capture.captured_at:%Y-%m-%d %H:%M} UTC", "strong")]
    )
    if not stored.layout:
        told = [f"nothing was read from it when it was kept{': ' + capture.reason if capture.reason else ''}"]
    else:
        told = [
            f"held back: {stored.held}" if stored.held else "",
            f"shows version {stored.version}" if stored.version else "",
            _today(stored, record),
        ]
    return [
        *lines,
        *(line for text in told if text for line in paper.lines([Span(text)], first=_MARGIN, rest=_MARGIN * 2)),
    ]


def _today(stored: Stored, record: Record) -> str:
    by = f"{stored.layout}, revision {stored.revision}"
    if not stored.difference:
        return f"today's parser reads the same report as {by} did"
    now = f"today's parser ({record.layout}, revision {record.revision})"
    return f"{now} reads it differently than {by} did: {stored.difference}"


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:159]}…"
