"""Sites: what was seen of each, the chrome that was learned of it, and which captures are still to be read with that.

A site is a host, whatever source found its pages. All here is derived from captures and can be made again.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from hashlib import sha256

from parsers.learning import Evidence, Lesson, Sighting, learn
from parsers.outline import Line, Outline, key_of, site_of
from parsers.profile import LearnedLine, Profile

from .damage import of_rows
from .rows import SiteRow, StaleRow
from .text import storable
from .times import moment, stamp

SAMPLE = 128  # pages of a site that are learned from
_EVIDENCE = 50  # pages that are noted for each line
_TEXT = 200
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SAMPLE = """
select rank, page_id from sighting where host = :host group by rank, page_id order by rank, page_id limit :sample
"""

# All outlines that were ever read of the page, with the time of those that are read now.
_SHOWN = """
select outline.host, outline.id, min(case when superseded = 0 then capture.order_at end),
    max(case when superseded = 0 then capture.order_at end)
from capture
join reading on reading.capture_id = capture.id
join outline on outline.id = reading.outline_id
where capture.page_id = ? group by outline.host, outline.id
"""


def store_outline(connection: sqlite3.Connection, outline: Outline, url: str) -> int:
    """The number of *outline* of a page at *url*, stored now unless it is known."""
    row = (
        storable(site_of(url)),
        outline.layout,
        storable(outline.title),
        _COMPACT.encode([storable(title) for title in outline.titles]),
        _COMPACT.encode([line.encoded() for line in outline.lines]),
    )
    number = int.from_bytes(sha256("\n".join(row).encode()).digest()[:8], "big") >> 1
    connection.execute(
        "insert into outline (id, host, layout, title, titles, lines) values (?, ?, ?, ?, ?, ?) on conflict do nothing",
        (number, *row),
    )
    return number


def note_sighting(connection: sqlite3.Connection, host: str, capture_id: int, outline_id: int, *, profile: str) -> None:
    """Notes that the capture shows the outline, and that there may be something to learn from it."""
    page_id, url_key, at = connection.execute(
        """select page.id, page.url_key, capture.order_at from capture join page on page.id = capture.page_id
           where capture.id = ?""",
        (capture_id,),
    ).fetchone()
    rank = _rank(url_key)
    known = connection.execute(
        "select outline_id, first_at, last_at from sighting where host = ? and rank = ? and page_id = ?",
        (host, rank, page_id),
    ).fetchall()
    is_news = not any(number == outline_id and first <= at <= last for number, first, last in known)
    if is_news:
        connection.execute(
            """insert into sighting (host, rank, page_id, outline_id, first_at, last_at)
               values (:host, :rank, :page, :id, :at, :at)
               on conflict do update set first_at = min(first_at, :at), last_at = max(last_at, :at)""",
            {"host": host, "rank": rank, "page": page_id, "id": outline_id, "at": at},
        )
    _note_site(connection, host, is_new=not known, counts=is_news and _counts(connection, host, rank), profile=profile)


def settle_sightings(connection: sqlite3.Connection, page_id: int) -> None:
    """Has a page that was read again show the outlines of what is read now, and no others: these are learned from."""
    [rank] = [_rank(key) for (key,) in connection.execute("select url_key from page where id = ?", (page_id,))]
    now: dict[str, dict[int, tuple[str, str]]] = {}
    rows = connection.execute(_SHOWN, (page_id,)).fetchall()
    for host, outline_id, first, last in rows:
        shown = now.setdefault(host, {})
        if first is not None:
            shown[outline_id] = (first, last)
    for host, shown in now.items():
        if _settle_page(connection, host, rank, page_id, shown):
            connection.execute(
                f"""update site set is_due = max(is_due, :counts), pages = (select count(*) from ({_SAMPLE}))
                    where host = :host""",  # noqa: S608 -- our own words
                {"host": host, "sample": SAMPLE, "counts": _counts(connection, host, rank)},
            )


def _settle_page(
    connection: sqlite3.Connection, host: str, rank: int, page_id: int, shown: dict[int, tuple[str, str]]
) -> bool:
    """Whether the page showed other outlines of the host, or at other times, than it does now."""
    key = (host, rank, page_id)
    known = {
        outline_id: (first, last)
        for outline_id, first, last in connection.execute(
            "select outline_id, first_at, last_at from sighting where host = ? and rank = ? and page_id = ?", key
        )
    }
    if known == shown:
        return False
    connection.execute("delete from sighting where host = ? and rank = ? and page_id = ?", key)
    connection.executemany(
        "insert into sighting (host, rank, page_id, outline_id, first_at, last_at) values (?, ?, ?, ?, ?, ?)",
        [(*key, outline_id, *times) for outline_id, times in shown.items()],
    )
    return True


def _note_site(connection: sqlite3.Connection, host: str, *, is_new: bool, counts: bool, profile: str) -> None:
    row = site(connection, host)
    if row is None:
        connection.execute("insert into site (host, pages) values (?, 1)", (host,))
    elif is_new or counts > row.is_due or (row.is_settled and row.profile != profile):
        connection.execute(
            "update site set pages = ?, is_due = ?, is_settled = ? where host = ?",
            (
                min(row.pages + is_new, SAMPLE),
                row.is_due or counts,
                row.is_settled and row.profile == profile,
                host,
            ),
        )


def site(connection: sqlite3.Connection, host: str) -> SiteRow | None:
    """What is known of a site, None where no page of it was read."""
    row = connection.execute(
        "select host, profile, told, pages, pages_learned, is_due, is_settled from site where host = ?", (host,)
    ).fetchone()
    return _site_row(row) if row else None


def waiting(connection: sqlite3.Connection) -> list[SiteRow]:
    """The sites of which something may be learned, or that have captures to be read with what was."""
    rows = connection.execute(
        """select host, profile, told, pages, pages_learned, is_due, is_settled from site
           where is_due = 1 or is_settled = 0 order by host"""
    )
    return [_site_row(row) for row in rows]


def relearn(connection: sqlite3.Connection, host: str) -> str:
    """Learns the chrome of a site from all that was seen of it, and gives the id of its profile from now on."""
    lesson = learn(_sightings(connection, host))
    profile = _store_profile(connection, host, lesson) if lesson.lines or lesson.suffix else ""
    connection.execute(
        """update site set is_settled = min(is_settled, profile = :profile), profile = :profile, is_due = 0,
               pages_learned = pages where host = :host""",
        {"profile": profile, "host": host},
    )
    return profile


def settle(connection: sqlite3.Connection, host: str) -> None:
    """Notes that all captures of the site were read with its profile."""
    connection.execute("update site set is_settled = 1, told = profile where host = ?", (host,))


def profile(connection: sqlite3.Connection, number: str) -> Profile:
    """The profile with this id; one without lines where there is none."""
    row = connection.execute("select host, suffix from profile where id = ?", (number,)).fetchone()
    if row is None:
        return Profile(id="", site="")
    rows = connection.execute(
        "select place, key, kind, text, words, pages from profile_line where profile = ? order by position", (number,)
    )
    lines = tuple(
        LearnedLine(place=place, key=key, kind=kind, text=text, words=words, pages=pages)
        for place, key, kind, text, words, pages in rows
    )
    return Profile(id=number, site=row[0], lines=lines, suffix=row[1])


def profiles(connection: sqlite3.Connection, host: str) -> list[str]:
    """The ids of all profiles of a site, in the order they were learned."""
    return [number for (number,) in connection.execute("select id from profile where host = ? order by seq", (host,))]


def evidence(connection: sqlite3.Connection, number: str) -> list[tuple[LearnedLine, tuple[str, ...]]]:
    """Each line of a profile with the URLs of pages it was seen on when it was learned."""
    urls: dict[int, list[str]] = {}
    for position, url in connection.execute(
        """select position, page.url from profile_page join page on page.id = page_id
           where profile = ? order by position, page.url""",
        (number,),
    ):
        urls.setdefault(position, []).append(url)
    lines = profile(connection, number).lines
    return [(line, tuple(urls.get(position, ()))) for position, line in enumerate(lines, 1)]


def stale(connection: sqlite3.Connection, host: str, page_id: int | None) -> list[StaleRow]:
    """What was read of a site (of one page of it) with another profile than it has now, each outline once."""
    # Of one page its captures are few, of a site its outlines are fewer than those.
    start = "outline join reading on reading.outline_id = outline.id"
    if page_id is not None:
        start = """capture cross join reading on reading.capture_id = capture.id and capture.page_id = :page_id
            join outline on outline.id = reading.outline_id"""
    rows = connection.execute(
        f"""select distinct outline.id, reading.profile, layout, title, titles, lines
            from {start} join site on site.host = outline.host
            where outline.host = :host and reading.superseded = 0 and reading.profile <> site.profile
            order by outline.id""",  # noqa: S608 -- our own words
        {"host": host, "page_id": page_id},
    )
    return [
        StaleRow(outline_id=number, profile=before, outline=_outline(layout, title, titles, lines))
        for number, before, layout, title, titles, lines in rows
    ]


def keep_readings(connection: sqlite3.Connection, rows: Iterable[StaleRow], now: str) -> None:
    """Says of readings in which the profile *now* changes nothing that they are what is read with it."""
    connection.executemany(
        "update reading set profile = ? where outline_id = ? and profile = ? and superseded = 0",
        [(now, row.outline_id, row.profile) for row in rows],
    )


def read_with(connection: sqlite3.Connection, rows: Iterable[StaleRow]) -> dict[int, list[int]]:
    """By page, the captures that have the readings *rows*."""
    found: dict[int, list[int]] = {}
    for row in rows:
        for page_id, capture_id in connection.execute(
            """select distinct capture.page_id, capture.id from reading join capture on capture.id = reading.capture_id
               where reading.outline_id = ? and reading.profile = ? and reading.superseded = 0 order by capture.id""",
            (row.outline_id, row.profile),
        ):
            found.setdefault(page_id, []).append(capture_id)
    return dict(sorted(found.items()))


def without_outline(connection: sqlite3.Connection, count: int) -> list[tuple[int, int, str]]:
    """Up to *count* readings of which nobody has seen the outline: capture, record, and the URL that answered."""
    return connection.execute(
        """select capture.id, reading.record_id, capture.final_url
           from reading join capture on capture.id = reading.capture_id
           where reading.outline_id is null and reading.superseded = 0 limit ?""",
        (count,),
    ).fetchall()


def give_outline(connection: sqlite3.Connection, capture_id: int, record_id: int, outline: Outline, url: str) -> None:
    """Notes the outline of a reading that was made before outlines were."""
    outline_id = store_outline(connection, outline, url)
    connection.execute(
        "update reading set outline_id = ? where capture_id = ? and record_id = ?", (outline_id, capture_id, record_id)
    )
    note_sighting(connection, site_of(url), capture_id, outline_id, profile="")


def forget(connection: sqlite3.Connection, seen: Collection[tuple[int, int]]) -> None:
    """Forgets what was *seen* only in readings that are gone: outlines, each with its page.

    The site may be learned anew. The words of learned lines that no outline shows any more go too; what takes them off
    a page are their keys, which stay.
    """
    hosts = {_forget_sighting(connection, page_id, outline_id) for page_id, outline_id in seen}
    for _, outline_id in seen:
        connection.execute(
            """delete from outline where id = ? and not exists (select 1 from reading where outline_id = outline.id)
               and not exists (select 1 from sighting where host = outline.host and outline_id = outline.id)""",
            (outline_id,),
        )
    for host in hosts:
        connection.execute(
            """update site set is_due = 1, pages = (
                   select min(count(distinct page_id), :sample) from sighting where host = :host
               ) where host = :host""",
            {"host": host, "sample": SAMPLE},
        )
        _forget_words(connection, host)


def _forget_sighting(connection: sqlite3.Connection, page_id: int, outline_id: int) -> str:
    """The host of an outline, of which what is known is only when readings of the page that are left show it."""
    [host] = connection.execute("select host from outline where id = ?", (outline_id,)).fetchone()
    first, last = connection.execute(
        """select min(order_at), max(order_at) from reading join capture on capture.id = reading.capture_id
           where capture.page_id = ? and reading.outline_id = ?""",
        (page_id, outline_id),
    ).fetchone()
    place = (host, page_id, outline_id)
    if first is None:
        connection.execute("delete from sighting where host = ? and page_id = ? and outline_id = ?", place)
    else:
        connection.execute(
            "update sighting set first_at = ?, last_at = ? where host = ? and page_id = ? and outline_id = ?",
            (first, last, *place),
        )
    return str(host)


def _forget_words(connection: sqlite3.Connection, host: str) -> None:
    connection.execute(
        """update profile_line set text = '' where text <> '' and profile in (select id from profile where host = :host)
           and not exists (select 1 from outline where host = :host and instr(outline.lines, profile_line.key))""",
        {"host": host},
    )
    for number, suffix in connection.execute(
        "select id, suffix from profile where host = ? and suffix <> ''", (host,)
    ).fetchall():
        shown = connection.execute(
            """select 1 from outline where host = :host and (instr(title, :suffix)
               or exists (select 1 from json_each(titles) where instr(value, :suffix))) limit 1""",
            {"host": host, "suffix": suffix},
        ).fetchone()
        if shown is None:
            connection.execute("update profile set suffix = '' where id = ?", (number,))


def _sightings(connection: sqlite3.Connection, host: str) -> list[Sighting]:
    """What is learned from: each outline of each page in the sample."""
    rows = connection.execute(
        f"""select page.url_key, first_at, last_at, layout, title, titles, lines
            from ({_SAMPLE}) as sample
            join sighting on sighting.host = :host and sighting.rank = sample.rank
                and sighting.page_id = sample.page_id
            join page on page.id = sample.page_id
            join outline on outline.id = sighting.outline_id""",  # noqa: S608 -- our own words
        {"host": host, "sample": SAMPLE},
    )
    return [
        Sighting(
            page=url_key,
            first=moment(first_at).timestamp(),
            last=moment(last_at).timestamp(),
            outline=_outline(layout, title, titles, lines),
        )
        for url_key, first_at, last_at, layout, title, titles, lines in rows
    ]


@of_rows
def _outline(layout: str, title: str, titles: str, lines: str) -> Outline:
    found = tuple(Line.decoded(line) for line in json.loads(lines))
    return Outline(layout=layout, title=title, titles=tuple(json.loads(titles)), lines=found)


def _store_profile(connection: sqlite3.Connection, host: str, lesson: Lesson) -> str:
    """The id of the profile that *lesson* makes, stored now with its evidence unless it is known."""
    bare = Profile.of(host, [LearnedLine(place=line.place, key=line.key) for line in lesson.lines], lesson.suffix)
    if connection.execute("select 1 from profile where id = ?", (bare.id,)).fetchone():
        _store_words(connection, host, bare)
        return bare.id
    connection.execute(
        """insert into profile (id, host, seq, seen_to, pages, suffix)
           values (:id, :host, (select count(*) + 1 from profile where host = :host), :seen_to, :pages, :suffix)""",
        {
            "id": bare.id,
            "host": host,
            "seen_to": stamp(datetime.fromtimestamp(lesson.seen_to, UTC)),
            "pages": lesson.pages,
            "suffix": storable(lesson.suffix),
        },
    )
    seen = {(line.place, line.key): line for line in lesson.lines}
    for position, line in enumerate(bare.lines, 1):
        _store_line(connection, host, bare.id, position, seen[line.place, line.key])
    return bare.id


def _store_words(connection: sqlite3.Connection, host: str, bare: Profile) -> None:
    """The words of a profile that is learned again, where they were forgotten."""
    connection.execute("update profile set suffix = ? where id = ? and suffix = ''", (storable(bare.suffix), bare.id))
    for position, line in enumerate(bare.lines, 1):
        connection.execute(
            "update profile_line set text = ? where profile = ? and position = ? and text = ''",
            (_described(connection, host, line.key)[1], bare.id, position),
        )


def _store_line(connection: sqlite3.Connection, host: str, profile: str, position: int, line: Evidence) -> None:
    kind, text, words = _described(connection, host, line.key)
    connection.execute(
        """insert into profile_line (profile, position, place, key, kind, text, words, pages)
           values (?, ?, ?, ?, ?, ?, ?, ?)""",
        (profile, position, line.place, line.key, kind, text, words, len(line.pages)),
    )
    connection.executemany(
        "insert into profile_page (profile, position, page_id) select ?, ?, id from page where url_key = ?",
        [(profile, position, url_key) for url_key in line.pages[:_EVIDENCE]],
    )


def _described(connection: sqlite3.Connection, host: str, key: str) -> tuple[str, str, int]:
    """Kind, text and number of words of the line with *key*, by an earlier profile or a record that holds it."""
    row = connection.execute(
        """select kind, text, words from profile_line join profile on profile.id = profile_line.profile
           where profile.host = ? and key = ? and text <> '' limit 1""",
        (host, key),
    ).fetchone()
    if row:
        return row[0], row[1], row[2]
    rows = connection.execute(
        """select block.kind, block.text, coalesce(json_extract(block.json, '$.figure.image'), '')
           from sighting
           join outline on outline.id = sighting.outline_id and instr(outline.lines, ?)
           join reading on reading.outline_id = outline.id
           join record on record.id = reading.record_id
           join json_each(record.blocks) as item
           join block on block.id = item.value
           where sighting.host = ?""",
        (key, host),
    )
    for kind, text, picture in rows:
        if key_of(kind, text, picture) == key:
            return kind, text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…", len(text.split())
    return "", "", 0


def _site_row(row: tuple[str, str, str, int, int, int, int]) -> SiteRow:
    host, profile_id, told, pages, pages_learned, is_due, is_settled = row
    return SiteRow(
        host=host, profile=profile_id, told=told, pages=pages, pages_learned=pages_learned, is_due=bool(is_due),
        is_settled=bool(is_settled),
    )  # fmt: skip


def _rank(url_key: str) -> int:
    """A number for the page with *url_key*, as by lot and yet the same in every archive."""
    return int.from_bytes(sha256(url_key.encode("utf-8", "replace")).digest()[:6], "big")


def _counts(connection: sqlite3.Connection, host: str, rank: int) -> bool:
    """Whether a page with *rank* is among those that are learned from."""
    row = connection.execute(
        """select count(*) from (select 1 from sighting where host = ? and rank < ? group by rank, page_id limit ?)""",
        (host, rank, SAMPLE),
    ).fetchone()
    return bool(row[0] < SAMPLE)
