"""What the archive gives back: plain values, one class for each kind of row. Times are aware, UTC."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from parsers.outline import Outline
from parsers.record import Record

from ..capture import Method, Outcome

PageState = Literal["unread", "live", "held", "missing", "gone", "merged"]
VersionKind = Literal["record", "tombstone"]
VersionCause = Literal["publisher", "parser"]
Cause = Literal["publisher", "parser", "chrome", "capture fault"]
FrontierState = Literal["due", "leased", "done", "failed", "gone", "skipped"]
How = Literal["asked", "redirect", "canonical", "person"]
Verdict = Literal["new", "changed", "unchanged", "not-modified", "held", "unparsed", "missing", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """A page with its current version's title, date and country ("" or None where it has none).

    *state*: "unread" (no version yet), "live", "held" (the newest capture was held back or could not be read),
    "missing" (404, not yet for certain), "gone" (the current version is a tombstone). *last_seen* is the newest
    capture that showed the report.
    """

    id: int
    url: str
    source: str
    state: PageState
    first_seen: datetime
    last_seen: datetime | None
    versions: int
    title: str
    published: str | None
    country: str
    country_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version of a page and the interval in which it was seen.

    It appeared after *seen_after* (the last capture of what was before it, None for the first) and not after
    *first_seen*. A tombstone has no record: *record_id* is None and the fields from *title* on are empty.
    """

    id: int
    page_id: int
    url: str
    seq: int
    kind: VersionKind
    cause: VersionCause
    record_id: int | None
    capture_id: int
    last_capture_id: int
    seen_after: datetime | None
    first_seen: datetime
    last_seen: datetime
    title: str
    published: str | None
    media_type: str
    layout: str
    revision: int
    content_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """What differs between two versions that follow each other, or between two readings of the same bytes.

    *class_* is that of `scraper.diff` ("facts", "words", "cosmetic", "none"), or "gone" before a tombstone,
    "returned" after one and "held" for what is held back. *before_seq* is None where nothing but the reading differs,
    *after_seq* where no version shows it; *capture_id* is the first capture that does. *detail* is `Changes.to_dict()`,
    empty for "gone".
    """

    page_id: int
    url: str
    title: str
    before_seq: int | None
    after_seq: int | None
    capture_id: int
    cause: Cause
    class_: str
    summary: str
    words_changed: int
    numbers_changed: int
    seen_after: datetime | None
    first_seen: datetime
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRow:
    """One attempt to copy one URL, without its bytes.

    `Archive.received` gives them as they came (*body_sha256*, *body_bytes*), `Archive.body` with their coding undone
    (*content_sha256*, *content_bytes*). *captured_at* is what our clock said, *order_at* the place in time on the page.
    *effective_status* is None where the server's own status holds.
    """

    id: int
    crawl_id: int | None
    page_id: int | None
    url: str
    final_url: str
    captured_at: datetime
    order_at: datetime
    method: Method
    outcome: Outcome
    status: int | None
    effective_status: int | None
    effective_detail: str
    content_type: str
    coding: str
    body_sha256: str | None
    body_bytes: int | None
    content_sha256: str | None
    content_bytes: int | None
    wire_bytes: int
    reason: str
    robots: str
    pace: str
    waited_s: float
    attempts: int
    address: str
    tls: str
    certificate_sha256: str
    server_date: str
    monotonic_s: float
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A capture that is held back: which, of what page, and why."""

    capture_id: int
    page_id: int
    url: str
    captured_at: datetime
    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that holds the words looked for.

    *seq* is the newest version (within what was asked) that holds it, *first_seen* when the first such version was
    first seen, *last_seen* when the newest was last seen. *position* counts the blocks from 1, 0 is the title, the
    headline or the words of the lead figure. *marks* are the matched characters of *snippet*, end not included.
    """

    page_id: int
    url: str
    source: str
    title: str
    seq: int
    first_seen: datetime
    last_seen: datetime
    kind: str
    position: int
    snippet: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a conditional request sends: the ETag and Last-Modified of the newest whole body ("" where absent)."""

    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlRow:
    """One run over some sources. *ended_at* is None while it runs, or when it was interrupted."""

    id: int
    started_at: datetime
    ended_at: datetime | None
    sources: tuple[str, ...]
    counts: dict[str, int]
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierRow:
    """A URL of a crawl with its state. *found_by* says how it was found: a sitemap, a page, a seed.

    *next_at* is when it may be asked, None for at once; *outcome* what its capture came to, "" until it was asked.
    """

    source: str
    url: str
    url_key: str
    host: str
    depth: int
    found_by: str
    state: FrontierState
    next_at: datetime | None
    reason: str
    outcome: str
    attempts: int
    crawl_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageUrlRow:
    """A URL a page is known under: *how* it came to be, and the capture that shows it (None where there is none)."""

    page_id: int
    url: str
    how: How
    capture_id: int | None
    first_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """When a source is due, with the reason, and its last run: *ended_at* is None while it runs or was interrupted."""

    source: str
    every: str
    next_at: datetime | None
    why: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    result: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """When a page is due again, *interval_s* seconds after its last visit, and why."""

    page_id: int
    url: str
    next_at: datetime
    interval_s: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """A host that pages were read from: the id of its *profile* ("" for none), and that of the last time all was read.

    Its *pages* are those it is learned from, of which there were *pages_learned* the last time. *is_due* says that
    there may be something to learn, *is_settled* that all its captures were read with its profile.
    """

    host: str
    profile: str
    told: str
    pages: int
    pages_learned: int
    is_due: bool
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleRow:
    """Readings with an *outline* that were made with another *profile* than their site has now."""

    outline_id: int
    profile: str
    outline: Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadableRow:
    """A capture that brought something to read, as far as what is read of it depends on it.

    *status* is 0 where the server gave none, *headers* the JSON of those of the answer. *is_read* says that there is a
    reading of it, *is_redacted* that its bytes were removed.
    """

    capture_id: int
    content_sha256: str
    content_type: str
    final_url: str
    url: str
    status: int
    headers: str
    is_read: bool
    is_redacted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """What a crawl found unlike the past: the flag *name* for *field*, on so many *pages*, first in a capture."""

    name: str
    field: str
    pages: int
    capture_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """What became of the words of a page in a capture, as `parsers.record.Account`."""

    capture_id: int
    at: datetime
    record_id: int
    is_held: bool
    report: int
    chrome: int
    unclaimed: int


class Difference(Protocol):
    """What a comparison of two records gives, as `scraper.diff.Changes` does; false where nothing differs."""

    def __bool__(self) -> bool:
        """Whether anything differs."""

    @property
    def class_(self) -> str:
        """The class of the change."""

    @property
    def summary(self) -> str:
        """The change in one line."""

    @property
    def words_changed(self) -> int:
        """Words inserted, deleted or replaced."""

    @property
    def numbers_changed(self) -> int:
        """Those among them that are numbers."""

    def to_dict(self) -> dict[str, Any]:
        """All differences as plain values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """What a flag rests on: the *text* at *path* (a JSON Pointer) of the record on that *side*, "" where none is."""

    side: Literal["before", "after"]
    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRow:
    """What bears on whether a publisher said what differs between two records, as `scraper.claims` tells it."""

    name: str
    detail: str
    evidence: tuple[Quoted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What differs between two records, and what finds the flags on that where it is an edit by the publisher."""

    difference: Difference
    flags: Callable[[], Sequence[FlagRow]]


# Who gives a difference alone leaves it to others to look for its flags.
Compare = Callable[[Record, Record], Difference | Compared]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnflaggedRow:
    """A difference whose flags nobody has looked for yet: that it led to a version, and the two records."""

    difference_id: int
    page_id: int
    after_seq: int
    before_record_id: int
    after_record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactionRow:
    """That the bytes of a capture were removed for good; digest and length of them are kept.

    *is_wiped* says that the file was written anew since, so that nothing of them is left where no table has it.
    """

    capture_id: int
    redacted_at: datetime
    reason: str
    is_wiped: bool
    body_sha256: str
    body_bytes: int

    @property
    def told(self) -> str:
        """All that in one line."""
        said = f"its bytes were removed on {self.redacted_at:%Y-%m-%d}: {self.reason}"
        return f"{said}; kept are their digest, {self.body_sha256}, and their length, {self.body_bytes:,}"

    @property
    def again(self) -> str:
        """Why the same bytes are not kept when they come again."""
        return f"the same bytes as capture {self.capture_id}, removed on {self.redacted_at:%Y-%m-%d}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideRow:
    """The page at *url* has so many other *captures* that keep their bytes; *alike* of them read word for word alike.

    Alike to one of those whose bytes are to go.
    """

    url: str
    captures: int
    alike: int
