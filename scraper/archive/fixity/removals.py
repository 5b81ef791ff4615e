"""Bytes that were removed on record: that those are gone, and no others."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ...errors import NotProved
from ...log import reading
from .findings import Finding, Work, one_line

_LEAVES = "select capture_id, record from leaf where kind = 'redaction' and (?1 is null or capture_id = ?1)"
# Without the captures of a content that was removed with the bytes it came packed in.
_GONE = """
select capture.id, body.sha256 from capture join body on body.id = capture.body_id
where body.codec = 'redacted' and (?1 is null or capture.id = ?1) order by body.id, capture.id
"""
_THERE = """
select body.codec from capture join body on body.id in (capture.body_id, (
    select id from body as content where content.sha256 = capture.content_sha256))
where capture.id = ? and (body.codec <> 'redacted' or length(body.data) > 0)
"""
_UNWIPED = """
select count(*) from redaction where wiped_at is null and (?1 is null or capture_id = ?1)
"""


def findings(work: Work, capture: int | None = None) -> Iterator[Finding]:
    """What was removed, on record or not, and what is there although it was; of one *capture* where asked."""
    told: dict[int, dict[str, Any]] = {}
    for number, record in work.rows.all(_LEAVES, capture):
        with suppress(NotProved, TypeError):
            told[number] = reading(record)
    work.done.redacted = len(told)
    gone: dict[str, list[int]] = {}
    for number, digest in work.rows.all(_GONE, capture):
        gone.setdefault(digest, []).append(number)
    for digest, captures in gone.items():
        yield from _removed(digest, captures, told)
    for number in sorted(told):
        if work.rows.all(_THERE, number):
            what = "its bytes were removed, as the log says, and are there"
            yield Finding(check="body", what=what, captures=(number,))
    count = sum(row[0] for row in work.rows.all(_UNWIPED, capture))
    if count:
        what = f"parts of what {count:,} captures lost may still be in the file; fonds redact on one of them clears it"
        yield Finding(check="body", what=what.replace("1 captures", "1 capture"), is_damage=False)


def _removed(digest: str, captures: list[int], told: dict[int, dict[str, Any]]) -> Iterator[Finding]:
    on_record = [number for number in captures if number in told]
    if on_record:
        act = told[on_record[0]]
        what = f"body {digest[:16]} was removed on {str(act.get('at'))[:10]}, on record: {act.get('reason')}"
        yield Finding(check="body", what=one_line(what), captures=tuple(on_record), is_damage=False)
    others = tuple(number for number in captures if number not in told)
    if others:
        yield Finding(check="body", what=f"body {digest[:16]} was removed, and that is not on record", captures=others)
