"""Versions and changes as they are asked for: by reference, by date, newest first."""

import re
import sqlite3
from collections.abc import Sequence
from datetime import date, datetime

from ..errors import UsageError
from . import redactions
from .chosen import chosen
from .damage import read_json
from .pages import by_url, page
from .rows import AlarmRow, ChangeRow, HeldRow, PageRow, VersionRow
from .text import storable
from .times import end_of, maybe_moment, moment, stamp, start_of

_VERSION = """
select version.id, version.page_id, page.url, version.seq, version.kind, version.cause, version.record_id,
    version.capture_id, version.last_capture_id, version.seen_after, version.first_seen, version.last_seen,
    coalesce(record.title, '') as title, record.published, coalesce(record.media_type, '') as media_type,
    coalesce(record.layout, '') as layout, coalesce(record.revision, 0) as revision,
    coalesce(record.content_digest, '') as content_digest
from version join page on page.id = version.page_id left join record on record.id = version.record_id
"""
_CHANGE = """
select page_id, url, title, before_seq, after_seq, capture_id, cause, class as class_, summary, words_changed,
    numbers_changed, seen_after, first_seen, detail
from change
"""
# What the view has of one version, for who asks at each capture: without what it has to look for in all of them.
_CHANGE_TO = """
select difference.page_id, page.url, coalesce(new.title, old.title, '') as title, before.seq as before_seq,
    after.seq as after_seq, after.capture_id, difference.cause, difference.class as class_, difference.summary,
    difference.words_changed, difference.numbers_changed, after.seen_after, after.first_seen, difference.detail
from version as after
join difference on difference.after_version_id = after.id
join version as before on before.id = difference.before_version_id
join page on page.id = after.page_id
left join record as old on old.id = difference.before_record_id
left join record as new on new.id = difference.after_record_id
where after.page_id = ? and after.seq = ?
"""
_STOOD = """version.id = (
    select id from version as other where other.page_id = page.id and other.first_seen <= :at
    order by other.first_seen desc, other.seq desc limit 1
)"""
_BETWEEN_VERSIONS = "before_seq is not null and cause in ('publisher', 'parser')"
_NEWEST_FIRST = "order by first_seen desc, page_id, after_seq desc, before_seq is null desc"
_AT = re.compile(r"(?P<page>.+)@(?:(?P<seq>[0-9]{1,9})|(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}))")


def versions(connection: sqlite3.Connection, page_id: int) -> list[VersionRow]:
    """The versions of a page, oldest first."""
    return _versions(connection, "where version.page_id = :page_id order by version.seq", page_id=page_id)


def version(connection: sqlite3.Connection, ref: str) -> VersionRow:
    """The version *ref* means: PAGE, PAGE@SEQ or PAGE@DAY. Raises UsageError where there is none."""
    at = _AT.fullmatch(ref)
    if at is None or by_url(connection, ref) is not None:  # a URL may rightly end in "@3"
        return _newest(connection, _whole(connection, ref))
    found = page(connection, at["page"])
    return _numbered(connection, found, int(at["seq"])) if at["seq"] else _on_day(connection, found, at["day"])


def _whole(connection: sqlite3.Connection, ref: str) -> PageRow:
    """The page *ref* means; where only its part before an "@" means one, what is behind it is at fault."""
    try:
        return page(connection, ref)
    except UsageError:
        name, sign, rest = ref.rpartition("@")
        if sign and name:
            page(connection, name)
            message = f"'{ref}': found '{rest}' behind the @, expected a version's number or a day such as 2024-03-01"
            raise UsageError(message) from None
        raise


def as_of(
    connection: sqlite3.Connection, when: date | datetime, *, source: str | None = None, country: str | None = None
) -> list[VersionRow]:
    """The version of each page as it stood at the end of *when*, by title; pages gone by then are left out."""
    filters = {
        "page.source = :source": source,
        """exists (select 1 from fact where fact.fact_set_id = record.fact_set_id and fact.kind = 'country'
               and (fact.code = upper(:country) or fact.name = :country collate nocase))""": country,
    }
    given = "".join(f" and {sql}" for sql, value in filters.items() if value is not None)
    return _versions(
        connection,
        f"where version.kind = 'record' and {_STOOD}{given} order by record.title, page.url",
        at=end_of(when),
        source=source,
        country=None if country is None else storable(country),
    )


def gone_by(connection: sqlite3.Connection, when: date | datetime, source: str | None = None) -> int:
    """How many pages (of one source) were gone at the end of *when*."""
    row = connection.execute(
        f"""select count(*) from version join page on page.id = version.page_id
            where version.kind = 'tombstone' and {_STOOD} and (:source is null or page.source = :source)""",  # noqa: S608
        {"at": end_of(when), "source": source},
    ).fetchone()
    return int(row[0])


def changes(
    connection: sqlite3.Connection,
    page_id: int | None,
    *,
    since: date | datetime | None,
    cause: str | None,
    class_: str | None,
) -> list[ChangeRow]:
    """Changes that fit all that is given, newest first; those that lead to a version where no *cause* is given."""
    where, values = chosen(
        {
            "page_id = ?": page_id,
            "first_seen >= ?": None if since is None else start_of(since),
            "cause = ?": cause,
            "class = ?": class_,
        }
    )
    if cause is None:
        where = f"{where} {'and' if where else 'where'} {_BETWEEN_VERSIONS}"
    return _changes(connection, f"{_CHANGE} {where} {_NEWEST_FIRST}", values)


def change_to(connection: sqlite3.Connection, page_id: int, seq: int) -> ChangeRow | None:
    """The change that led to a version of the page, None where none did."""
    found = _changes(connection, _CHANGE_TO, [page_id, seq])
    return found[0] if found else None


def _changes(connection: sqlite3.Connection, question: str, parameters: Sequence[object]) -> list[ChangeRow]:
    cursor = connection.execute(question, parameters)
    names = [column[0] for column in cursor.description]
    found = []
    for row in cursor:
        values = dict(zip(names, row, strict=True))
        values["seen_after"] = maybe_moment(values["seen_after"])
        values["first_seen"] = moment(values["first_seen"])
        found.append(ChangeRow(**values | {"detail": read_json(values["detail"])}))
    return found


def beside(connection: sqlite3.Connection, page_id: int, at: datetime) -> list[VersionRow]:
    """The versions with a record just before and just after *at*, of each the last reading, or the first."""
    values = {"page_id": page_id, "at": stamp(at)}
    read = "where version.page_id = :page_id and version.kind = 'record' and version.first_seen"
    before = _versions(connection, f"{read} <= :at order by version.seq desc limit 1", **values)
    after = _versions(connection, f"{read} > :at order by version.seq limit 1", **values)
    return [*before, *after]


def read_from(connection: sqlite3.Connection, version: VersionRow) -> int:
    """The capture that the record of *version* was read from.

    That is the one that begins it, unless nothing but a 304 tells that the page is back: then the answer that it
    repeats.
    """
    row = connection.execute(
        """select capture.id from reading join capture on capture.id = reading.capture_id
           where reading.record_id = ? and superseded = 0 and capture.page_id = ? and capture.order_at <= ?
           order by capture.order_at desc, capture.id = ? desc, capture.id desc limit 1""",
        (version.record_id, version.page_id, stamp(version.first_seen), version.capture_id),
    ).fetchone()
    return int(row[0]) if row else version.capture_id


def shown_missing(connection: sqlite3.Connection, version: VersionRow) -> tuple[int, ...]:
    """The captures that show that the page is gone, of a tombstone, in order of time."""
    rows = connection.execute(
        """select capture.id from capture left join effective on effective.capture_id = capture.id
           where capture.page_id = ? and capture.order_at between ? and ?
               and (capture.outcome in ('missing', 'not-modified')
                   or capture.outcome = 'fetched' and effective.status in (404, 410))
           order by capture.order_at, capture.id""",
        (version.page_id, stamp(version.first_seen), stamp(version.last_seen)),
    )
    return tuple(number for (number,) in rows)


def _newest(connection: sqlite3.Connection, found: PageRow) -> VersionRow:
    if not found.versions:
        raise UsageError(f"{found.url}: {_removed(connection, found) or _without_version(found)}")
    return _numbered(connection, found, found.versions)


def _numbered(connection: sqlite3.Connection, found: PageRow, seq: int) -> VersionRow:
    rows = _versions(connection, "where version.page_id = :page_id and version.seq = :seq", page_id=found.id, seq=seq)
    if not rows:
        there = f"the newest is {found.versions}" if found.versions else _without_version(found)
        removed = _removed(connection, found)
        raise UsageError(f"{found.url}: there is no version {seq}, {there}{f'; {removed}' if removed else ''}")
    return rows[0]


def _without_version(found: PageRow) -> str:
    """That a page has no version."""
    return f"no version of this page yet, its state is '{found.state}'"


def _removed(connection: sqlite3.Connection, found: PageRow) -> str:
    """What is known of captures of the page whose bytes were removed, "" where there is none."""
    rows = redactions.of_page(connection, found.id)
    if not rows:
        return ""
    captures = "capture" if len(rows) == 1 else f"{len(rows)} captures, the last is"
    return f"{captures} {rows[-1].capture_id}: {rows[-1].told}"


def _on_day(connection: sqlite3.Connection, found: PageRow, day: str) -> VersionRow:
    try:
        end = end_of(date.fromisoformat(day))
    except ValueError:
        raise UsageError(f"{day}: found no such day, expected one such as 2024-03-01") from None
    rows = _versions(
        connection,
        "where version.page_id = :page_id and version.first_seen <= :at order by version.seq desc limit 1",
        page_id=found.id,
        at=end,
    )
    if not rows:
        raise UsageError(f"{found.url}: not yet seen on {day}, first on {found.first_seen:%Y-%m-%d}")
    return rows[0]


def _versions(connection: sqlite3.Connection, where: str, **values: object) -> list[VersionRow]:
    cursor = connection.execute(_VERSION + where, values)
    names = [column[0] for column in cursor.description]
    return [_version(dict(zip(names, row, strict=True))) for row in cursor]


def _version(values: dict[str, object]) -> VersionRow:
    times = {name: moment(str(values[name])) for name in ("first_seen", "last_seen")}
    after = values["seen_after"]
    return VersionRow(**values | times | {"seen_after": None if after is None else moment(str(after))})  # type: ignore[arg-type]


def fate(connection: sqlite3.Connection, capture_id: int) -> tuple[int | None, str]:
    """The version that the capture shows, None where it shows none; and why it is held back, "" where it is not."""
    held_back = connection.execute(
        "select held_reason from reading where capture_id = ? and held = 1 limit 1", (capture_id,)
    ).fetchone()
    if held_back:
        return None, held_back[0]
    (seq,) = connection.execute(
        """select max(version.seq) from capture
           join version on version.page_id = capture.page_id
               and capture.order_at between version.first_seen and version.last_seen
           where capture.id = ? and exists (select 1 from reading where reading.capture_id = capture.id)""",
        (capture_id,),
    ).fetchone()
    return seq, ""


def alarms(connection: sqlite3.Connection, crawl_id: int, source: str, names: Sequence[str]) -> list[AlarmRow]:
    """The flags with one of *names* on what a crawl read of a source for the first time, by name and field."""
    rows = connection.execute(
        f"""select json_extract(flag.value, '$.name'), json_extract(flag.value, '$.value'),
               count(distinct capture.page_id), min(capture.id)
           from capture
           join page on page.id = capture.page_id
           join reading on reading.capture_id = capture.id and reading.superseded = 0
           join record on record.id = reading.record_id and record.capture_id = capture.id
           join json_each(record.fields, '$.flags') as flag
           where capture.crawl_id = ? and page.source = ?
               and json_extract(flag.value, '$.name') in ({", ".join("?" for _ in names)})
           group by 1, 2 order by 3 desc, 1, 2""",  # noqa: S608 -- question marks
        (crawl_id, source, *names),
    )
    return [AlarmRow(name=name, field=field, pages=pages, capture_id=number) for name, field, pages, number in rows]


def held(connection: sqlite3.Connection) -> list[HeldRow]:
    """The first capture of each record that is held back, newest first."""
    rows = connection.execute(
        """select capture.id, page.id, page.url, min(capture.captured_at), record.title, reading.held_reason
           from reading
           join capture on capture.id = reading.capture_id
           join record on record.id = reading.record_id
           join page on page.id = capture.page_id
           where reading.held = 1
           group by record.id
           order by 4 desc, capture.id desc"""
    )
    return [
        HeldRow(capture_id=number, page_id=page_id, url=url, captured_at=moment(at), title=title, reason=reason)
        for number, page_id, url, at, title, reason in rows
    ]
