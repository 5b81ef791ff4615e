"""The queue: what happened to all pages, the most significant first; and what of it somebody has looked at.

What comes first is found in an index alone (`difference_weight`), and the rest of a row only for what is shown.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from . import flags
from .damage import read_json
from .news import EVIDENCE, key_of, version_key
from .rows import Cause, FlagRow
from .text import storable
from .times import end_of, maybe_moment, moment, start_of

Order = Literal["weight", "time"]
# The most significant first.
CLASSES = ("gone", "returned", "facts", "words", "held", "new", "cosmetic", "none")
# By the first part of `field_change.path`; what is not here comes last.
_FACTS = {"stage": 0, "alert": 0, "country": 1, "recommendation": 2, "entry": 3}
_OTHER_FACTS, _NO_FACTS = 4, 5
_MOST = 2**20 - 1  # of what is counted; a change of more numbers or words weighs as much
SILENT = "silent-edit"

_FACT = f"""(
        select min(case substr(path, 1, instr(path || '/', '/') - 1)
            {" ".join(f"when '{name}' then {rank}" for name, rank in _FACTS.items())} else {_OTHER_FACTS} end)
        from field_change where difference_id = difference.id
    )"""  # noqa: S608 -- our own words
_IS_SILENT = f"exists (select 1 from flag where name = '{SILENT}' and difference_id = difference.id)"  # noqa: S608
_STORED = f"""
select difference.id as number, difference.page_id, before_version_id, difference.cause, class, words_changed,
    numbers_changed, after.capture_id, after.seq, after.first_seen, after.record_id,
    case when class in ('facts', 'returned') then coalesce({_FACT}, {_NO_FACTS}) else {_NO_FACTS} end as fact,
    {_IS_SILENT} as is_silent
from difference join version as after on after.id = difference.after_version_id
where difference.cause in ({{causes}}){{beside}}
"""  # noqa: S608
# What is held back, and other bytes with the same report, is computed by the view and has no number.
_COMPUTED = f"""
select null, page_id, null, cause, class, 0, 0, capture_id, coalesce(after_seq, 0), first_seen, null, {_NO_FACTS}, 0
from change where difference_id is null and cause in ({{causes}})
"""  # noqa: S608
_COMPUTED_CAUSES: tuple[Cause, ...] = ("chrome", "capture fault")
_WITH_EVIDENCE = """
join capture on capture.id = found.capture_id
left join body on body.id = capture.body_id
left join record on record.id = found.record_id
"""
_ORDERS: dict[Order, str] = {
    "weight": "significance(class, fact, is_silent, numbers_changed, words_changed) desc, first_seen desc",
    "time": "first_seen desc",
}
_THEN = "found.page_id, seq desc, before_version_id is null desc, found.capture_id, cause, class, number"
_OF_COUNTRY = """found.page_id in (
    select page_id from report where upper(country_code) = upper(?) or country = ? collate nocase)"""
# What the view `change` has of a difference, by its number, with the version that showed the text before.
_ONE = """
select difference.page_id, page.url, coalesce(new.title, old.title, '') as title, before.seq as before_seq,
    after.seq as after_seq, after.capture_id, difference.cause, difference.class as class_, difference.summary,
    difference.words_changed, difference.numbers_changed, after.seen_after, after.first_seen, page.source,
    shown.seq as shown_seq, shown.capture_id as shown_capture_id, coalesce(fact_set.country, '') as country,
    coalesce(fact_set.country_code, '') as country_code, difference.id as difference_id
from difference
join page on page.id = difference.page_id
join version as after on after.id = difference.after_version_id
left join version as before on before.id = difference.before_version_id
left join version as shown on shown.page_id = difference.page_id and shown.seq = (
    select max(seq) from version as earlier
    where earlier.page_id = difference.page_id and earlier.seq <= before.seq and earlier.record_id is not null
)
left join record as old on old.id = difference.before_record_id
left join record as new on new.id = difference.after_record_id
left join fact_set on fact_set.id = coalesce(new.fact_set_id, old.fact_set_id)
where difference.id = ?
"""
_ALL_COMPUTED = """
select change.page_id, change.url, change.title, before_seq, after_seq, capture_id, cause, class as class_, summary,
    words_changed, numbers_changed, seen_after, change.first_seen, page.source, null as shown_seq,
    null as shown_capture_id, coalesce(report.country, '') as country,
    coalesce(report.country_code, '') as country_code, difference_id
from change
join page on page.id = change.page_id
left join report on report.page_id = change.page_id
where difference_id is null and cause in ({causes})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueScope:
    """Which changes: with one of *causes*, *classes* and *flags*, of a *source*, page and *country*, in a time.

    Each is left out where it says nothing. Without *causes*, those that led to a version, and where the class "held"
    is asked for what is held back. *country* is a name or an ISO code. *since* and *until* are about the first capture
    with the change; a day is all of it.
    """

    causes: tuple[Cause, ...] = ()
    classes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    source: str | None = None
    page_id: int | None = None
    country: str | None = None
    since: date | datetime | None = None
    until: date | datetime | None = None
    order: Order = "weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A change as it stands in the queue, as `ChangeRow` but for its detail.

    *difference_id* is None for what is held back, and other bytes with the same report; *key* is that of its `Place`.
    The evidence of its *flags* on the side "before" is in version *shown_seq*, which begins with its capture; both are
    None where there is none.
    """

    difference_id: int | None
    key: str
    page_id: int
    url: str
    source: str
    title: str
    country: str
    country_code: str
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
    shown_seq: int | None
    shown_capture_id: int | None
    flags: tuple[FlagRow, ...]


class Place(NamedTuple):
    """A change in its place in the queue.

    *key* is made of what was captured, as that of `NewsRow`, and the same for what leads to a version; "" where it was
    not asked for.
    """

    number: int | None
    capture_id: int
    cause: Cause
    key: str = ""


def significance(class_: str, fact: int, is_silent: int, numbers: int, words: int) -> int:
    """How much a change weighs, more for what is to be looked at first.

    By its class; of facts by which they are (stages and alerts, countries, recommendations, entries of lists, others);
    silent edits before others; then by how many numbers, and how many words, are others.
    """
    by_class = len(CLASSES) - CLASSES.index(class_) if class_ in CLASSES else 0
    weight = by_class * (_NO_FACTS + 1) + _NO_FACTS - fact
    return ((weight * 2 + is_silent) * (_MOST + 1) + min(numbers, _MOST)) * (_MOST + 1) + min(words, _MOST)


def places(connection: sqlite3.Connection, scope: QueueScope, *, keyed: bool = False) -> list[Place]:
    """The changes that *scope* says in their order, with their keys where these are asked for."""
    connection.create_function("significance", 5, significance, deterministic=True)
    found = _asked(
        connection,
        scope,
        f"number, found.capture_id, cause, class, before_version_id is null{f', {EVIDENCE}' * keyed}",
        _WITH_EVIDENCE if keyed else "",
        f"order by {_ORDERS[scope.order]}, {_THEN}",
    )
    return [
        Place(number, capture_id, cause, _key(cause, class_, bool(is_alone), *evidence) if keyed else "")
        for number, capture_id, cause, class_, is_alone, *evidence in found
    ]


def rows(connection: sqlite3.Connection, found: Sequence[Place]) -> Iterator[QueueRow]:
    """The changes in these places of the queue; one that is not there any more is passed over."""
    causes = sorted({place.cause for place in found if place.number is None})
    computed = {}
    if causes:
        asked = _dicts(connection, _ALL_COMPUTED.format(causes=_marks(causes)), causes)
        computed = {(values["capture_id"], values["cause"]): values for values in asked}
    for place in found:
        if place.number is None:
            values = computed.get((place.capture_id, place.cause))
        else:
            values = next(_dicts(connection, _ONE, (place.number,)), None)
        # SQLite gives the number of a difference that is gone to a later one.
        if values is not None and (values["capture_id"], values["cause"]) == (place.capture_id, place.cause):
            times = {"seen_after": maybe_moment(values["seen_after"]), "first_seen": moment(values["first_seen"])}
            flagged = () if place.number is None else flags.of_difference(connection, place.number)
            yield QueueRow(**values | times | {"flags": flagged, "key": place.key})


def detail(connection: sqlite3.Connection, difference_id: int) -> dict[str, Any] | None:
    """All of a difference, as `Changes.to_dict` gave it; None where it is not there any more."""
    found = connection.execute("select detail from difference where id = ?", (difference_id,)).fetchone()
    return None if found is None else read_json(found[0])


def _dicts(connection: sqlite3.Connection, question: str, values: Sequence[object]) -> Iterator[dict[str, Any]]:
    cursor = connection.execute(question, values)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, found, strict=True)) for found in cursor)


def _asked(
    connection: sqlite3.Connection, scope: QueueScope, columns: str, joins: str, order: str
) -> list[Sequence[Any]]:
    stored = scope.causes or ("publisher", "parser")
    computed = [cause for cause in scope.causes or _held_too(scope) if cause in _COMPUTED_CAUSES]
    parts = [_STORED.format(causes=_marks(stored), beside="" if scope.causes else " and before_version_id is not null")]
    parts += [_COMPUTED.format(causes=_marks(computed))] if computed else []
    where, values = _filters(scope)
    return connection.execute(
        f"select {columns} from ({' union all '.join(parts)}) as found {joins} {where} {order}",  # noqa: S608
        [*stored, *computed, *values],
    ).fetchall()


def _held_too(scope: QueueScope) -> tuple[Cause, ...]:
    return ("capture fault",) if "held" in scope.classes else ()


def _filters(scope: QueueScope) -> tuple[str, list[object]]:
    country = None if scope.country is None else storable(scope.country)
    given: dict[str, Sequence[object]] = {
        f"class in ({_marks(scope.classes)})": scope.classes,
        f"number in (select difference_id from flag where name in ({_marks(scope.flags)}))": scope.flags,  # noqa: S608
        "found.page_id in (select id from page where source = ?)": () if scope.source is None else (scope.source,),
        "found.page_id = ?": () if scope.page_id is None else (scope.page_id,),
        _OF_COUNTRY: () if country is None else (country, country),
        "first_seen >= ?": () if scope.since is None else (start_of(scope.since),),
        "first_seen <= ?": () if scope.until is None else (end_of(scope.until),),
    }
    chosen = {sql: values for sql, values in given.items() if values}
    where = f"where {' and '.join(chosen)}" if chosen else ""
    return where, [value for values in chosen.values() for value in values]


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" for _ in values)


def _key(cause: Cause, class_: str, is_alone: bool, *evidence: object) -> str:
    """A change that leads to a version has the key of that one; what makes none has one of its own."""
    if is_alone:
        return key_of([*evidence, cause, "held" if class_ == "held" else "read anew"])
    return version_key(cause, *evidence)
