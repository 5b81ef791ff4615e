"""Pages: what is tracked over time, found by any URL they were ever known under."""

import re
import sqlite3
from collections.abc import Iterable
from difflib import get_close_matches
from urllib.parse import unquote

from ..capture import Capture
from ..errors import UsageError
from ..urls import is_front_page
from . import leaves
from .chosen import chosen
from .rows import How, PageRow, PageUrlRow
from .text import key_of, storable
from .times import maybe_moment, moment, stamp

_COLUMNS = """page.id, page.url, page.source, page.state, page.first_seen, version.last_seen,
    coalesce(page.current_seq, 0), coalesce(record.title, ''), record.published, coalesce(fact_set.country, ''),
    coalesce(fact_set.country_code, '')"""
# As the view `report`; that would be made for all pages each time, as pages without a version are asked for too.
_FROM = """
from page
left join version on version.id = (
    select id from version where page_id = page.id and kind = 'record' order by seq desc limit 1
)
left join record on record.id = version.record_id
left join fact_set on fact_set.id = record.fact_set_id
"""
_FIELDS = (
    "id", "url", "source", "state", "first_seen", "last_seen", "versions", "title", "published", "country",
    "country_code",
)  # fmt: skip
_PERMANENT = (301, 308)
_NEAR = 5


def pages(connection: sqlite3.Connection, source: str | None) -> list[PageRow]:
    """The pages (of one source), by title and URL, those without a version last."""
    where, values = chosen({"page.source = ?": source, "page.state <> ?": "merged"})
    rows = connection.execute(
        f"select {_COLUMNS} {_FROM} {where} order by record.title is null, record.title, page.url",
        values,
    )
    return [_row(row) for row in rows]


def page(connection: sqlite3.Connection, ref: str) -> PageRow:
    """The page *ref* means. Raises UsageError that names near ones where none or several fit."""
    number = _by_id(connection, ref) or by_url(connection, ref) or _by_end(connection, ref)
    row = connection.execute(f"select {_COLUMNS} {_FROM} where page.id = ?", (number,)).fetchone()
    return _row(row)


def by_url(connection: sqlite3.Connection, url: str) -> int | None:
    """The number of the page known under *url*, None where there is none or *url* is no URL."""
    try:
        key = key_of(url)
    except UsageError:
        return None
    row = connection.execute("select page_id from page_url where url_key = ?", (key,)).fetchone()
    return int(row[0]) if row else None


def page_of(connection: sqlite3.Connection, capture: Capture, source: str) -> int:
    """The page that *capture* is of: the one known under the URL asked, made now when there is none."""
    number = by_url(connection, capture.url)
    if number is None:
        number = _make(connection, capture, source)
        _add_url(connection, number, capture.url, capture, "asked")
    if capture.hops and all(hop.status in _PERMANENT for hop in capture.hops) and not is_front_page(capture.final_url):
        _add_url(connection, number, capture.final_url, capture, "redirect")
    connection.execute(
        """update page set first_seen = min(first_seen, :at), source = case source when '' then :source else source end
           where id = :page_id and (first_seen > :at or (source = '' and :source <> ''))""",
        {"at": stamp(capture.captured_at), "source": source, "page_id": number},
    )
    return number


def alias_page(connection: sqlite3.Connection, page_id: int, url: str, *, how: How, capture_id: int | None) -> bool:
    """Whether the page is known under *url* from now on; it is not where another page is."""
    key = key_of(url)
    row = connection.execute("select page_id from page_url where url_key = ?", (key,)).fetchone()
    if row is None:
        connection.execute(
            """insert into page_url (url_key, page_id, url, first_seen, how, capture_id)
               values (:key, :page_id, :url, coalesce((select captured_at from capture where id = :capture_id),
                   (select first_seen from page where id = :page_id)), :how, :capture_id)""",
            {"key": key, "page_id": page_id, "url": storable(url), "how": how, "capture_id": capture_id},
        )
        leaves.add_merge(connection, (storable(url), page_id, how, capture_id))
    return row is None or row[0] == page_id


def page_urls(connection: sqlite3.Connection, page_id: int | None) -> list[PageUrlRow]:
    """The URLs of one page or of all, by page, in the order they were met."""
    where, values = chosen({"page_id = ?": page_id})
    rows = connection.execute(
        f"select page_id, url, how, capture_id, first_seen from page_url {where} order by page_id, first_seen, rowid",  # noqa: S608
        values,
    )
    return [
        PageUrlRow(page_id=number, url=url, how=how, capture_id=capture_id, first_seen=moment(first_seen))
        for number, url, how, capture_id, first_seen in rows
    ]


def note_shown(connection: sqlite3.Connection, page_id: int, capture: Capture, capture_id: int) -> None:
    """Notes which URLs of the page *capture* was the first to show."""
    for url in {capture.url, capture.final_url or capture.url}:
        connection.execute(
            "update page_url set capture_id = ? where url_key = ? and page_id = ? and capture_id is null",
            (capture_id, key_of(url), page_id),
        )


def count_versions(connection: sqlite3.Connection, page_id: int) -> int:
    """How many versions the page has."""
    row = connection.execute("select coalesce(current_seq, 0) from page where id = ?", (page_id,)).fetchone()
    return int(row[0])


def known_urls(connection: sqlite3.Connection, source: str) -> tuple[str, ...]:
    """The URLs of the pages of *source*, in the order they were first captured."""
    return tuple(
        url
        for (url,) in connection.execute(
            "select url from page where source = ? and state <> 'merged' order by id", (source,)
        )
    )


def _make(connection: sqlite3.Connection, capture: Capture, source: str) -> int:
    cursor = connection.execute(
        "insert into page (url_key, url, source, first_seen) values (?, ?, ?, ?)",
        (key_of(capture.url), storable(capture.url), source, stamp(capture.captured_at)),
    )
    return int(cursor.lastrowid or 0)


def _add_url(connection: sqlite3.Connection, page_id: int, url: str, capture: Capture, how: How) -> None:
    """Notes a URL of the page; one that belongs to another page stays there."""
    key = key_of(url)
    if how != "asked" and not connection.execute("select 1 from page_url where url_key = ?", (key,)).fetchone():
        leaves.add_merge(connection, (storable(url), page_id, how, None))
    connection.execute(
        """insert into page_url (url_key, page_id, url, first_seen, how) values (?, ?, ?, ?, ?)
           on conflict do update set first_seen = min(first_seen, excluded.first_seen)""",
        (key, page_id, storable(url), stamp(capture.captured_at), how),
    )


def _by_id(connection: sqlite3.Connection, ref: str) -> int | None:
    # Not str.isdigit: "²" is a digit to it, and a number beyond 64 bits is none to SQLite.
    if not re.fullmatch(r"[0-9]{1,18}", ref):
        return None
    row = connection.execute("select coalesce(merged_into, id) from page where id = ?", (int(ref),)).fetchone()
    return int(row[0]) if row else None


def _by_end(connection: sqlite3.Connection, ref: str) -> int:
    end = unquote(ref).strip("/")
    rows = connection.execute("select page_id, url from page_url order by first_seen desc").fetchall()
    known = [(number, unquote(url).rstrip("/")) for number, url in rows]
    fits = {number: url for number, url in known if end and url.endswith(end)}
    exact = {number: url for number, url in known if end and url.endswith(f"/{end}")}
    found = exact if len(exact) == 1 else fits
    if len(found) == 1:
        return int(next(iter(found)))
    if found:
        raise UsageError(f"{_quoted(ref)} fits {len(found)} pages, expected 1: {_listed(found.values())}")
    page, _, version = ref.rpartition("@")
    apart = f"; where a page is asked for, {_quoted(page)} is one without @{version}" if page and version else ""
    near = _suggestion(end, [url for _, url in known])
    raise UsageError(f"{_quoted(ref)}: there is no such page in this archive{apart}{near}")


def _suggestion(end: str, urls: Iterable[str]) -> str:
    by_name = {url.rpartition("/")[2].casefold(): url for url in urls}
    wanted = end.rpartition("/")[2].casefold()[:200]
    near = [by_name[name] for name in get_close_matches(wanted, by_name, n=_NEAR, cutoff=0.5)]
    near += [url for name, url in by_name.items() if wanted and wanted in name and url not in near]
    return f"; near it: {_listed(near)}" if near else "; fonds list shows what there is"


def _listed(urls: Iterable[str]) -> str:
    shown = list(urls)
    more = f" and {len(shown) - _NEAR} more" if len(shown) > _NEAR else ""
    return ", ".join(shown[:_NEAR]) + more


def _quoted(ref: str) -> str:
    return f"'{ref if len(ref) <= 100 else ref[:99] + '…'}'"


def _row(row: tuple) -> PageRow:  # type: ignore[type-arg]
    values = dict(zip(_FIELDS, row, strict=True))
    values |= {"first_seen": moment(values["first_seen"]), "last_seen": maybe_moment(values["last_seen"])}
    return PageRow(**values)
