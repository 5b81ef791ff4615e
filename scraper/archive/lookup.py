"""Versions and changes as they are asked for: by reference, by date, newest first."""

import json
import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from ..errors import UsageError
from .chosen import chosen
from .pages import by_url, page
from .rows import AlarmRow, ChangeRow, HeldRow, PageRow, VersionRow
from .text import storable
from .times import end_of, maybe_moment, moment, stamp

_VERSION = """
select version.id, version.page_id, page.url, version.seq, version.kind, version.cause, version.record_id,
    version.capture_id, version.last_capture_id, version.seen_after, version.first_seen, version.last_seen,
    coalesce(record.title, '') as title, record.published, coalesce(record.media_type, '') as media_type,
    coalesce(record.layout, '') as layout, coalesce(record.revision, 0) as revision,
    coalesce(record.content_digest, '') as content_digest
from version join page on page.id = version.page_id left join record on record.id = version.record_id
"""
_CHANGE = """
select difference.id, difference.page_id, page.url, coalesce(new.title, old.title, '') as title,
    before.seq as before_seq, after.seq as after_seq, difference.cause, difference.class as class_, difference.summary,
    difference.words_changed, difference.numbers_changed, after.seen_after, after.first_seen, difference.detail
from difference
join page on page.id = difference.page_id
join version as before on before.id = difference.before_version_id
join version as after on after.id = difference.after_version_id
left join record as old on old.id = before.record_id
left join record as new on new.id = after.record_id
"""
_STOOD = """version.id = (
    select id from version as other where other.page_id = page.id and other.first_seen <= :at
    order by other.first_seen desc, other.seq desc limit 1
)"""
_NEWEST_FIRST = "order by after.first_seen desc, difference.page_id, after.seq desc"
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
    """Changes that fit all that is given, newest first."""
    where, values = chosen(
        {
            "difference.page_id = ?": page_id,
            "after.first_seen >= ?": None if since is None else _start_of(since),
            "difference.cause = ?": cause,
            "difference.class = ?": class_,
        }
    )
    return _changes(connection, where, values)


def change_to(connection: sqlite3.Connection, page_id: int, seq: int) -> ChangeRow | None:
    """The change that led to a version of the page, None where none did."""
    found = _changes(connection, "where difference.page_id = ? and after.seq = ?", [page_id, seq])
    return found[0] if found else None


def _changes(connection: sqlite3.Connection, where: str, parameters: Sequence[object]) -> list[ChangeRow]:
    cursor = connection.execute(f"{_CHANGE} {where} {_NEWEST_FIRST}", parameters)
    names = [column[0] for column in cursor.description]
    found = []
    for row in cursor:
        values = dict(zip(names, row, strict=True))
        values["seen_after"] = maybe_moment(values["seen_after"])
        values["first_seen"] = moment(values["first_seen"])
        found.append(ChangeRow(**values | {"detail": json.loads(values["detail"])}))
    return found


def _newest(connection: sqlite3.Connection, found: PageRow) -> VersionRow:
    if not found.versions:
        raise UsageError(f"{found.url}: no version of this page yet, its state is '{found.state}'")
    return _numbered(connection, found, found.versions)


def _numbered(connection: sqlite3.Connection, found: PageRow, seq: int) -> VersionRow:
    rows = _versions(connection, "where version.page_id = :page_id and version.seq = :seq", page_id=found.id, seq=seq)
    if not rows:
        raise UsageError(f"{found.url}: there is no version {seq}, the newest is {found.versions}")
    return rows[0]


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


def _start_of(when: date | datetime) -> str:
    return stamp(when if isinstance(when, datetime) else datetime.combine(when, time.min, tzinfo=UTC))


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
