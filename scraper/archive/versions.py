"""Versions of a page: derived from its captures, stored, and updated where the derivation gives others."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from parsers.normal import bare
from parsers.record import Account

from ..doubts import Reading, may_pass
from . import differences, leaves
from .damage import of_rows
from .history import Draft, History, Observation, Shows, Told, derive, extended, last_text
from .records import load_record
from .rows import Compare
from .times import stamp

# Of the distinct words of two texts. A notice and a report share next to none, unrelated articles about a tenth,
# revisions of one page more than half.
_LEAST_IN_COMMON = 0.15
# Captures of the same instant stand in the order in which they were kept.
_OBSERVATIONS = """
select capture.id, capture.order_at, capture.outcome, coalesce(effective.status, capture.status),
    release.capture_id is not null, redaction.capture_id is not null, record.id, record.content_digest,
    record.characters, record.title, record.doubt, record.layout, record.revision, coalesce(outline.host, ''),
    reading.profile, record.published is not null, record.authors <> '[]',
    exists (select 1 from fact where fact.fact_set_id = record.fact_set_id), report_words, chrome_words,
    unclaimed_words, case when record.doubt <> '' then record.fields end
from capture
left join effective on effective.capture_id = capture.id
left join release on release.capture_id = capture.id
left join redaction on redaction.capture_id = capture.id
left join reading on reading.capture_id = capture.id and reading.superseded = 0
left join record on record.id = reading.record_id
left join outline on outline.id = reading.outline_id
where capture.page_id = ? and capture.outcome in ('fetched', 'not-modified', 'missing')
order by capture.order_at, capture.id, reading.turn
"""


_NEWEST = """
select capture.id, capture.order_at, capture.outcome, coalesce(effective.status, capture.status)
from capture left join effective on effective.capture_id = capture.id
where capture.page_id = ? and capture.outcome in ('fetched', 'not-modified', 'missing')
order by capture.order_at desc, capture.id desc limit 2
"""
_ONLY_KEPT = """
select min(capture.outcome <> 'missing' and effective.capture_id is null and reading.capture_id is null)
    and max(capture.outcome = 'fetched')
from capture
left join effective on effective.capture_id = capture.id
left join reading on reading.capture_id = capture.id
where capture.page_id = ?
"""
_ANEW = """
insert into version (kind, record_id, capture_id, cause, seen_after, first_seen, last_seen, last_capture_id, page_id,
    seq)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_AGAIN = """
update version set kind = ?, record_id = ?, capture_id = ?, cause = ?, seen_after = ?, first_seen = ?, last_seen = ?,
    last_capture_id = ?
where page_id = ? and seq = ?
"""
_READINGS = "select record_id from reading where capture_id = ? and superseded = 0"


def update_history(connection: sqlite3.Connection, page_id: int, compare: Compare) -> History:
    """The history of the page as its captures tell it now, stored: versions, changes, what is held back, its state.

    To be called whenever a capture, a reading, a release or an effective status was stored. Where the newest capture
    only shows again what the one before it did, the history tells of that one alone.
    """
    return _seen_again(connection, page_id) or derive_anew(connection, page_id, compare)


def _seen_again(connection: sqlite3.Connection, page_id: int) -> History | None:
    """The history where nothing but the time of the last sight is new, stored; None where more may be.

    A page that is visited often is mostly unchanged, and to read all its captures each time would take ever longer.
    """
    newest = connection.execute(_NEWEST, (page_id,)).fetchall()
    if len(newest) < 2:
        return None
    (number, at, outcome, status), (before, *_) = newest
    shows = _shows(outcome, status)
    stored = _stored(connection, page_id)
    [state] = connection.execute("select state from page where id = ?", (page_id,)).fetchone()
    if state == "unread" and shows == "same" and connection.execute(_ONLY_KEPT, (page_id,)).fetchone()[0]:
        return History(drafts=(), held={}, told={number: Told(verdict="unparsed")}, state="unread")
    if state != "live" or not stored or stored[-1].last_capture_id != before:
        return None
    if shows != "same" and (shows != "page" or not _reads_as_any(connection, number, stored[last_text(stored) :])):
        return None
    drafts = extended(stored, at, number)
    for seq, draft in enumerate(drafts, 1):
        if draft != stored[seq - 1]:
            _store_version(connection, page_id, seq, draft)
    told = Told(verdict="not-modified" if shows == "same" else "unchanged", seq=len(drafts))
    return History(drafts=tuple(drafts), held={}, told={number: told}, state="live")


def _reads_as_any(connection: sqlite3.Connection, number: int, drafts: Sequence[Draft]) -> bool:
    """Whether a record read from the capture is that of one of *drafts*."""
    records = {record_id for (record_id,) in connection.execute(_READINGS, (number,))}
    return any(draft.record_id in records for draft in drafts)


def derive_anew(connection: sqlite3.Connection, page_id: int, compare: Compare) -> History:
    """As `update_history`, by all captures whatever the newest one shows: for readings of older ones."""
    history = derive(observations(connection, page_id), partial(_is_other, connection))
    stored = _stored(connection, page_id)
    changed_from = next(
        (index for index, (old, new) in enumerate(zip(stored, history.drafts, strict=False)) if not _is_same(old, new)),
        min(len(stored), len(history.drafts)),
    )
    differences.drop(connection, page_id, changed_from)
    for seq, draft in enumerate(history.drafts, 1):
        if seq > len(stored) or stored[seq - 1] != draft:
            _store_version(connection, page_id, seq, draft)
    connection.execute("delete from version where page_id = ? and seq > ?", (page_id, len(history.drafts)))
    differences.store_changes(connection, page_id, history.drafts, changed_from, compare)
    differences.store_readings(connection, page_id, compare)
    _store_held(connection, page_id, history)
    _log_turns(connection, page_id, stored, history.drafts)
    connection.execute(
        "update page set state = ?, current_seq = ? where id = ?", (history.state, len(history.drafts) or None, page_id)
    )
    return history


def deviation(connection: sqlite3.Connection, page_id: int) -> tuple[int, ...]:
    """The captures at which the stored versions of a page are others than its captures and their readings tell."""
    told = derive(observations(connection, page_id), partial(_is_other, connection)).drafts
    differing = {*told} ^ {*_stored(connection, page_id)}
    return tuple(sorted({draft.capture_id for draft in differing}))


def _log_turns(connection: sqlite3.Connection, page_id: int, stored: Sequence[Draft], drafts: Sequence[Draft]) -> None:
    """Puts on record when the page is gone or back, and where what was told of that does not stand any more."""
    before, now = _turns(stored), _turns(drafts)
    if before == now:
        return
    [url] = connection.execute("select url from page where id = ?", (page_id,)).fetchone()
    for turns, others, withdrawn in ((before, now, True), (now, before, False)):
        for (kind, capture_id), draft in turns.items():
            if (kind, capture_id) not in others:
                turn = (kind, page_id, url, capture_id, draft.seen_after or "", draft.first_seen)
                leaves.add_turn(connection, turn, withdrawn=withdrawn)


def _turns(drafts: Sequence[Draft]) -> dict[tuple[str, int], Draft]:
    """The versions by which the page is gone or back, by the capture that shows it."""
    gone = [draft.record_id is None for draft in drafts]
    return {
        ("tombstone" if is_gone else "return", draft.capture_id): draft
        for draft, is_gone, was_gone in zip(drafts, gone, [False, *gone], strict=False)
        if is_gone or was_gone
    }


def observations(connection: sqlite3.Connection, page_id: int) -> list[Observation]:
    """What the captures of the page show, in order of time."""
    found: dict[int, tuple[str, Shows, bool, bool]] = {}
    readings: dict[int, list[Reading]] = {}
    for number, at, outcome, status, released, removed, *read in connection.execute(_OBSERVATIONS, (page_id,)):
        shows: Shows = "removed" if removed and outcome == "fetched" else _shows(outcome, status)
        found[number] = (at, shows, outcome == "fetched", bool(released))
        if read[0] is not None:
            readings.setdefault(number, []).append(_reading(read))
    return [
        Observation(
            capture_id=number,
            at=at,
            shows=shows,
            is_answer=is_answer,
            readings=tuple(readings.get(number, ())),
            released=released,
        )
        for number, (at, shows, is_answer, released) in found.items()
    ]


@of_rows
def _reading(row: Sequence[Any]) -> Reading:
    """What the columns of an observation tell of a record."""
    record_id, content, characters, title, doubt, layout, revision, site, profile, *found = row
    published, authors, facts, report, chrome, unclaimed, fields = found
    has = {"published": published, "authors": authors, "facts": facts}
    holding = [flag["name"] for flag in json.loads(fields)["flags"] if flag["holds"]] if doubt else []
    return Reading(
        record_id=record_id,
        content=content,
        characters=characters,
        title=title,
        doubt=doubt,
        may_pass=bool(holding) and may_pass(holding),
        layout=layout,
        revision=revision,
        site=site,
        profile=profile,
        fields=frozenset(name for name, is_there in has.items() if is_there),
        words=None if report is None else Account(report=report, chrome=chrome, unclaimed=unclaimed),
    )


def _is_other(connection: sqlite3.Connection, before: int, after: int) -> bool:
    """Whether the texts of two records have next to nothing in common."""
    ours, theirs = (set(bare(load_record(connection, number).text).split()) for number in (before, after))
    return bool(ours) and len(ours & theirs) < _LEAST_IN_COMMON * len(ours | theirs)


def release(connection: sqlite3.Connection, capture_id: int, now: datetime) -> bool:
    """Whether the capture was held back; then it is accepted from now on."""
    cursor = connection.execute(
        """insert into release (capture_id, released_at)
           select distinct capture_id, ? from reading where capture_id = ? and held = 1
           on conflict (capture_id) do nothing""",
        (stamp(now), capture_id),
    )
    if cursor.rowcount:
        leaves.add_release(connection, capture_id, stamp(now))
    return bool(cursor.rowcount)


def _shows(outcome: str, status: int | None) -> Shows:
    """What a capture shows, where *status* is the one it deserves."""
    if outcome == "missing" or (outcome == "fetched" and status in (404, 410)):
        return "gone" if status == 410 else "missing"
    return "page" if outcome == "fetched" else "same"


def _stored(connection: sqlite3.Connection, page_id: int) -> list[Draft]:
    names = (
        "cause", "record_id", "compared_id", "capture_id", "seen_after", "first_seen", "last_seen", "last_capture_id",
    )  # fmt: skip
    rows = connection.execute(
        """select version.cause, version.record_id, difference.before_record_id, version.capture_id, seen_after,
               first_seen, last_seen, last_capture_id
           from version left join difference on difference.after_version_id = version.id
               and difference.before_version_id is not null
           where version.page_id = ? order by seq""",
        (page_id,),
    )
    return [Draft(**dict(zip(names, row, strict=True))) for row in rows]


def _is_same(old: Draft, new: Draft) -> bool:
    """Whether only the time of the last sight may differ, so that the change to this version stands."""
    return (old.record_id, old.cause, old.compared_id) == (new.record_id, new.cause, new.compared_id)


def _store_version(connection: sqlite3.Connection, page_id: int, seq: int, draft: Draft) -> None:
    row = (
        "tombstone" if draft.record_id is None else "record",
        draft.record_id,
        draft.capture_id,
        draft.cause,
        draft.seen_after,
        draft.first_seen,
        draft.last_seen,
        draft.last_capture_id,
        page_id,
        seq,
    )
    known = connection.execute("select 1 from version where page_id = ? and seq = ?", (page_id, seq)).fetchone()
    connection.execute(_AGAIN if known else _ANEW, row)


def _store_held(connection: sqlite3.Connection, page_id: int, history: History) -> None:
    stored = dict(
        connection.execute(
            """select reading.capture_id, reading.held_reason from reading
               join capture on capture.id = reading.capture_id where capture.page_id = ? and reading.held = 1""",
            (page_id,),
        )
    )
    now = [(1, reason, number) for number, reason in history.held.items() if stored.get(number) != reason]
    past = [(0, "", number) for number in stored if number not in history.held]
    connection.executemany(
        "update reading set held = ?, held_reason = ? where capture_id = ? and superseded = 0", now + past
    )
