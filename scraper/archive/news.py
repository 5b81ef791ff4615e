"""News: versions as they are told to others, known by what was captured and not by numbers that may be given anew."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from .chosen import chosen
from .rows import VersionCause, VersionKind
from .text import storable
from .times import maybe_moment, moment

# Of a version or a change, by which it is known: what nobody can change of the capture that it begins with.
EVIDENCE = """capture.url, capture.captured_at, coalesce(capture.content_sha256, body.sha256, ''),
    coalesce(capture.status, 0), coalesce(record.content_digest, '')"""
_EVIDENCE_JOINS = """
join capture on capture.id = version.capture_id
left join body on body.id = capture.body_id
left join record on record.id = version.record_id
"""
# What a tombstone was called, and what a page that is back said before it was gone, stand in an earlier version.
_NEWS = f"""
with chosen as materialized (
    select version.id as version_id from version join page on page.id = version.page_id {{where}}
    order by version.first_seen desc, page.url, version.seq desc limit {{limit}}
)
select version.id, version.page_id, page.url, page.source, version.seq, version.kind, version.seen_after,
    version.first_seen, coalesce(record.title, past.title, ''), coalesce(report.country, ''),
    coalesce(report.country_code, ''), version.record_id, coalesce(difference.before_record_id, past.id),
    difference.class, coalesce(difference.summary, ''), coalesce(difference.words_changed, 0),
    coalesce(difference.numbers_changed, 0), version.cause, {EVIDENCE}
from chosen
join version on version.id = chosen.version_id
join page on page.id = version.page_id
{_EVIDENCE_JOINS}
left join record as past on past.id = (
    select record_id from version as earlier
    where earlier.page_id = version.page_id and earlier.seq < version.seq and record_id is not null
    order by seq desc limit 1
)
left join report on report.page_id = version.page_id
left join difference on difference.after_version_id = version.id and difference.before_version_id is not null
order by version.first_seen desc, page.url, version.seq desc
"""  # noqa: S608 -- our own words
_OF_COUNTRY = """version.page_id in (
    select page_id from report where upper(country_code) = upper(?1) or country = ?1 collate nocase)"""
_FAILED = "('failed', 'truncated', 'refused')"
# A capture that failed and was followed by none that went well.
_FAILURES = f"""
select id, url, captured_at, outcome, reason from capture
where id > ? and crawl_id is not null and outcome in {_FAILED}
    and not exists (select 1 from capture as later where later.url_key = capture.url_key and later.id > capture.id)
order by id
"""  # noqa: S608 -- our own words


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsRow:
    """A version as something that happened to a page.

    *key* is made of what was captured: it is the same in every archive that has the same captures, whatever numbers
    pages and versions have there. *captured_at* is when the version's first capture was made, *first_seen* its place in
    time on the page. *class_* is as in `ChangeRow`, and "new" for the first version. *title*, of a tombstone, is that
    of the version before; *country* is that of the page now. The records are what the change was computed from, None
    where a side has none.
    """

    key: str
    version_id: int
    page_id: int
    url: str
    source: str
    seq: int
    kind: VersionKind
    cause: VersionCause
    class_: str
    title: str
    country: str
    country_code: str
    summary: str
    words_changed: int
    numbers_changed: int
    seen_after: datetime | None
    first_seen: datetime
    captured_at: datetime
    before_record_id: int | None
    after_record_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsScope:
    """Which versions: of one *source*, page or *country* (a name or an ISO code), by *cause*, the newest *limit*."""

    cause: VersionCause = "publisher"
    source: str | None = None
    page_id: int | None = None
    country: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRow:
    """A capture in a crawl that came to nothing, of a URL that was not had since."""

    capture_id: int
    url: str
    captured_at: datetime
    outcome: str
    reason: str


def news(connection: sqlite3.Connection, scope: NewsScope) -> list[NewsRow]:
    """The versions that *scope* says, newest first."""
    where, values = chosen(
        {
            _OF_COUNTRY: None if scope.country is None else storable(scope.country),
            "version.cause = ?": scope.cause,
            "page.source = ?": scope.source,
            "version.page_id = ?": scope.page_id,
        }
    )
    return _rows(connection, where, values, -1 if scope.limit is None else scope.limit)


def news_of(connection: sqlite3.Connection, version_ids: Iterable[int]) -> list[NewsRow]:
    """The versions with these numbers, newest first."""
    where = "where version.id in (select value from json_each(?))"
    return _rows(connection, where, [json.dumps(sorted(version_ids))], -1)


def news_keys(connection: sqlite3.Connection, cause: VersionCause) -> dict[str, int]:
    """The keys of all versions by *cause*, with the versions' numbers."""
    select = f"select version.id, {EVIDENCE} from version {_EVIDENCE_JOINS} where version.cause = ?"  # noqa: S608
    return {version_key(cause, *evidence): number for number, *evidence in connection.execute(select, (cause,))}


def failures(connection: sqlite3.Connection, after: int) -> list[FailureRow]:
    """What failed in crawls in captures with numbers over *after*, and did not go well since, oldest first."""
    return [
        FailureRow(capture_id=number, url=url, captured_at=moment(at), outcome=outcome, reason=reason)
        for number, url, at, outcome, reason in connection.execute(_FAILURES, (after,))
    ]


def newest_number(connection: sqlite3.Connection) -> int:
    """The number of the newest capture, 0 where there is none."""
    return int(connection.execute("select coalesce(max(id), 0) from capture").fetchone()[0])


def _rows(connection: sqlite3.Connection, where: str, values: list[object], limit: int) -> list[NewsRow]:
    return [_row(*row) for row in connection.execute(_NEWS.format(where=where, limit=int(limit)), values)]


def _row(*values: object) -> NewsRow:
    names = (
        "version_id", "page_id", "url", "source", "seq", "kind", "seen_after", "first_seen", "title", "country",
        "country_code", "after_record_id", "before_record_id", "class_", "summary", "words_changed", "numbers_changed",
    )  # fmt: skip
    row = dict(zip(names, values, strict=False))
    cause, *evidence = values[len(names) :]
    after = row["seen_after"]
    return NewsRow(
        **row  # type: ignore[arg-type]
        | {
            "key": version_key(cause, *evidence),
            "cause": cause,
            "class_": row["class_"] or "new",
            "seen_after": maybe_moment(None if after is None else str(after)),
            "first_seen": moment(str(row["first_seen"])),
            "captured_at": moment(str(evidence[1])),
        }
    )


def version_key(cause: object, *evidence: object) -> str:
    """What a version by *cause* is known by, from its EVIDENCE."""
    # Of one capture there is one version by the publisher; those by parsers are told apart by what they read.
    return key_of(evidence[:-1] if cause == "publisher" else evidence)


def key_of(parts: Sequence[object]) -> str:
    """What is made of *parts* to be known by."""
    return sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()[:32]
