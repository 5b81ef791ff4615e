"""Bodies, and what was read from them: bytes, records and blocks have the digests that they are known by."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random

from .. import bodies
from ..passages import Passage, digest_of, values_of
from ..records import columns, digest_of_record, load_fields, load_record
from ..text import storable
from .findings import EVERY, Finding, Work, one_line

_SAMPLE = 500  # records that are computed anew, blocks that are searched for
_WORDS = 3
_BODIES_SINCE = """
select distinct capture.body_id from leaf join capture on capture.id = leaf.capture_id
where leaf.kind = 'capture' and leaf.seq >= ? and capture.body_id is not null order by 1
"""
_RECORDS_SINCE = """
select distinct record.id from leaf join record on record.capture_id = leaf.capture_id
where leaf.kind = 'capture' and leaf.seq >= ? order by 1
"""


def body_findings(work: Work) -> Iterator[Finding]:
    """The bodies that are not what was kept, of those to be looked at."""
    since = work.rows.all(_BODIES_SINCE, work.start) if work.start else []
    numbers = [row[0] for row in since] if work.start else sorted({*work.rows.ids("body"), *_asked_for(work)})
    yield from damage(work, _chosen(work, numbers))


def _asked_for(work: Work) -> Iterator[int]:
    """The bodies that captures have, be they there or not."""
    rows = work.rows.all("select distinct body_id from capture where body_id is not null")
    return (number for (number,) in rows if isinstance(number, int))


def damage(work: Work, numbers: Sequence[int]) -> Iterator[Finding]:
    """Those of the bodies *numbers* that are not what was kept."""
    try:
        for one in bodies.check(work.rows.connection, list(_counted(work, "bodies", numbers))):
            yield Finding(check="body", what=one.what, captures=one.captures, is_damage=not one.is_elsewhere)
    except sqlite3.DatabaseError as error:
        yield Finding(check="body", what=f"not all bodies could be looked at: {one_line(error)}")


def record_findings(work: Work) -> Iterator[Finding]:
    """The records and blocks that are not what was read, of those to be looked at.

    Of records a sample is computed anew from their fields, and words of a sample of blocks are searched for.
    """
    since = work.rows.all(_RECORDS_SINCE, work.start) if work.start else []
    numbers = _chosen(work, [row[0] for row in since] if work.start else work.rows.ids("record"))
    anew = set(_lot(work).sample(list(numbers), min(len(numbers), _SAMPLE)))
    for number in _counted(work, "records", numbers):
        yield from _checked(work, "record", number, _record_problem, is_full=number in anew)
    if work.start:
        return
    blocks = _chosen(work, work.rows.ids("block"))
    for place, number in enumerate(blocks):
        if place % EVERY == 0:
            work.progress("blocks", place, len(blocks))
        yield from _checked(work, "block", number, _block_problem)
    yield from _unfound(work, _lot(work).sample(list(blocks), min(len(blocks), _SAMPLE)))


def _checked(work: Work, what: str, number: int, problem: Callable[..., str], **options: bool) -> Iterator[Finding]:
    try:
        wrong = problem(work.rows.connection, number, **options)
    except (sqlite3.Error, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        wrong = one_line(error)
    if wrong:
        holders = [number] if what == "record" else work.rows.records_with(number)
        captures = sorted({capture for record in holders for capture in work.rows.captures_read_as(record)})
        yield Finding(check="record", what=f"{what} {number}: {wrong}", captures=tuple(captures))


def _record_problem(connection: sqlite3.Connection, number: int, *, is_full: bool) -> str:
    """What is wrong with a record, "" for nothing: it is known by the digest of its fields and blocks."""
    digest = connection.execute("select digest from record where id = ?", (number,)).fetchone()[0]
    fields, blocks = load_fields(connection, number)
    rows = connection.execute(
        "select block.digest from json_each(?) as item join block on block.id = item.value order by item.key", (blocks,)
    )
    if digest_of_record(fields, (row[0] for row in rows)) != digest:
        return "it has another digest than its fields and blocks give"
    if not is_full:
        return ""
    expected = columns(load_record(connection, number))
    names = ", ".join(expected)
    stored = connection.execute(f"select {names} from record where id = ?", (number,)).fetchone()  # noqa: S608
    wrong = [name for name, value in zip(expected, stored, strict=True) if expected[name] != value]
    return f"not what its fields say: {', '.join(wrong)}" if wrong else ""


def _block_problem(connection: sqlite3.Connection, number: int) -> str:
    """What is wrong with a block, "" for nothing: it is known by the digest of what it holds."""
    digest, *row = connection.execute("select digest, kind, text, json from block where id = ?", (number,)).fetchone()
    passage = Passage(*row)
    if digest_of(passage) != digest:
        return "it has another digest than its words give"
    values = values_of(passage)
    if values["kind"] != passage.kind or storable(values["text"]) != passage.text:
        return "it is searched for by other words than it has"
    return ""


def _unfound(work: Work, numbers: Iterable[int]) -> Iterator[Finding]:
    """The blocks that are not found by their own words."""
    for number in sorted(numbers):
        text = str(work.rows.one("select text from block where id = ?", number) or "")
        words = [word for word in text.split() if word.isalnum()][:_WORDS]
        if not words:
            continue
        question = "select count(*) from block_fts where block_fts match ? and rowid = ?"
        if not work.rows.number(question, " ".join(f'"{word}"' for word in words), number):
            yield Finding(check="text", what=f"block {number} is not found by its own words")


def _chosen(work: Work, numbers: Sequence[int]) -> Sequence[int]:
    """The share of *numbers* that is looked at."""
    if work.extent.share >= 1 or not numbers:
        return numbers
    return sorted(_lot(work).sample(list(numbers), max(1, round(len(numbers) * work.extent.share))))


def _lot(work: Work) -> Random:
    return Random(work.extent.seed)  # noqa: S311 -- a sample, no secret


def _counted(work: Work, what: str, numbers: Sequence[int]) -> Iterator[int]:
    for place, number in enumerate(numbers):
        if place % EVERY == 0:
            work.progress(what, place, len(numbers))
        setattr(work.done, what, getattr(work.done, what) + 1)
        yield number
