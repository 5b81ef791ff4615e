"""The explanation of one reading: layout and rules, chrome, unclaimed text, shares, dates, the ledger with its past."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from parsers.learned import REASON as LEARNED
from parsers.record import Flag, Match, Record
from parsers.registry import Claim

from ..archive import AccountRow, Archive, CaptureRow
from ..diff import diff
from ..ledger import History, Past, past_of
from ..reading import read_page
from ..rereading import past, unlike
from ..worker import claims, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """One line of the selector ledger: how often a selector matches now, and did before (None: it was never asked).

    *is_elsewhere* says that the past is that of other pages of the site, as the page has none.
    """

    match: Match
    past: Past | None = None
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A line of learned chrome that was taken off: its *text*, at which *place*, and on how many *pages* it was seen.

    *seen_on* are URLs of such pages, at most 50.
    """

    text: str
    place: str
    pages: int
    seen_on: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the archive has of a capture.

    *layout* and *revision* are those that read it when it was stored, "" and 0 where no parser could; *held* says why
    it is held back, "" where it is not; *version* is the one it shows. *difference* is what today's parser reads
    differently, in one line, "" for nothing. *before* is what the words of the page became in the capture before.
    """

    capture: CaptureRow
    layout: str = ""
    revision: int = 0
    held: str = ""
    version: int | None = None
    difference: str = ""
    before: AccountRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why *record* is what it is.

    *claims* are the layouts that were asked, *ledger* the selectors with their past, *flags* those of the record and of
    the ledger, *learned* is the evidence for learned chrome. *stored* is None for a file.
    """

    record: Record
    claims: tuple[Claim, ...]
    ledger: tuple[Ledger, ...]
    flags: tuple[Flag, ...]
    learned: tuple[Learned, ...] = ()
    stored: Stored | None = None

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values, the report's text left out: `fonds show` and `fonds parse` print that."""
        record = self.record
        account = record.account
        return {
            "url": record.url,
            "media_type": record.media_type,
            "layout": record.layout,
            "revision": record.revision,
            "profile": record.profile,
            "claims": [asdict(claim) | {"holds": claim.holds} for claim in self.claims],
            "title": record.title,
            "authors": record.authors,
            "published": record.published,
            "published_from": record.published_from,
            "modified": record.modified,
            "modified_from": record.modified_from,
            "words": asdict(account) if account else None,
            "shares": shares(record),
            "chrome": [asdict(part) for part in record.chrome],
            "learned": [asdict(line) for line in self.learned],
            "ledger": [_line(line) for line in self.ledger],
            "flags": [asdict(flag) for flag in self.flags],
            "stored": _stored(self.stored) if self.stored else None,
        }


def shares(record: Record) -> dict[str, float] | None:
    """The shares of report, chrome and unclaimed text in the words of the page; None where nothing was counted."""
    account = record.account
    if account is None:
        return None
    counts = {"report": account.report, "chrome": account.chrome, "unclaimed": account.unclaimed}
    whole = sum(counts.values()) or 1
    return {name: round(count / whole, 4) for name, count in counts.items()}


def explain(body: bytes, *, url: str, content_type: str | None = None) -> Explanation:
    """Why *body* is read as it is, and whether it is a report at all. Raises ParserError where it cannot be read."""
    record = read_page(body, url=url, content_type=content_type)
    return _explanation(record, claims(body, url=url, content_type=content_type), History())


def explain_capture(archive: Archive, capture_id: int) -> Explanation:
    """Why today's parser reads a capture as it does, beside its past and what is stored of it.

    Raises UsageError where it has no body, ArchiveError where that is damaged, ParserError where it cannot be read.
    """
    capture = archive.capture(capture_id)
    body, content_type = archive.body(capture_id), capture.content_type or None
    profile = archive.profile_of(capture.final_url)
    record = parse(body, url=capture.final_url, content_type=content_type, profile=profile)
    asked = claims(body, url=capture.final_url, content_type=content_type)
    found = _explanation(record, asked, past(archive, record, capture.page_id, capture.order_at))
    return replace(found, learned=_learned(archive, record), stored=_of_archive(archive, capture, record))


def _explanation(record: Record, asked: tuple[Claim, ...], history: History) -> Explanation:
    before, is_elsewhere = past_of(history.page or history.site), not history.page
    return Explanation(
        record=record,
        claims=asked,
        ledger=tuple(
            Ledger(match=match, past=before.get((match.field, match.selector)), is_elsewhere=is_elsewhere)
            for match in record.matches
        ),
        flags=(*record.flags, *unlike(record, history)),
    )


def _learned(archive: Archive, record: Record) -> tuple[Learned, ...]:
    taken = {part.text for part in record.chrome if part.reason == LEARNED}
    return tuple(
        Learned(text=line.text, place=line.place, pages=line.pages, seen_on=pages)
        for line, pages in (archive.evidence(record.profile) if taken else ())
        if line.text in taken
    )


def _of_archive(archive: Archive, capture: CaptureRow, record: Record) -> Stored:
    kept = archive.records(capture.id)
    if not kept:
        return Stored(capture=capture)
    newest = kept[-1]
    version, held = archive.fate(capture.id)
    is_alike = newest.digests.content == record.digests.content
    return Stored(
        capture=capture,
        layout=newest.layout,
        revision=newest.revision,
        held=held,
        version=version,
        difference="" if is_alike else diff(newest, record).summary,
        before=_before(archive, capture),
    )


def _before(archive: Archive, capture: CaptureRow) -> AccountRow | None:
    """What the words of the page became in the newest capture before this one that is not held back."""
    rows = archive.past_accounts(capture.page_id) if capture.page_id else []
    return next((row for row in rows if row.at < capture.order_at and not row.is_held), None)


def _line(line: Ledger) -> dict[str, Any]:
    before = line.past
    return asdict(line.match) | {
        "past": [
            {"capture": number, "found": found} for number, found in zip(before.captures, before.counts, strict=True)
        ]
        if before
        else []
    }


def _stored(stored: Stored) -> dict[str, Any]:
    capture = stored.capture
    return {
        "capture": capture.id,
        "captured_at": capture.captured_at,
        "layout": stored.layout,
        "revision": stored.revision,
        "held": stored.held,
        "version": stored.version,
        "difference": stored.difference,
        "before": asdict(stored.before) if stored.before else None,
    }
