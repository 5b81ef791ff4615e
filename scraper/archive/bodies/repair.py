"""Damaged bodies put right from what is left: second copies, what still decodes, another archive."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256

from ...packing import Recipe, packed_again
from .check import Damage
from .frames import FrameError, unpacked
from .load import NotMadeHere, RedactedBody, chain_of, load_body
from .row import DamagedBody, Form, Row, id_of, insert, put_back, rewrite, row_of
from .store import alone

_LEANING = """with recursive leaning (id) as (
        select ? union
        select body.id from leaning join body on body.base_id = leaning.id
    ) select id from leaning order by id"""
# What the log says of a body whose row is gone: of the bytes received, else of the content that they are packed from.
# What was removed on record stays away.
_TOLD = """
select leaf.record, 'body' from capture join leaf on leaf.capture_id = capture.id and leaf.kind = 'capture'
where capture.body_id = ?1 and capture.id not in (select capture_id from redaction)
union all
select leaf.record, 'content' from body join capture on capture.body_id = body.id
join leaf on leaf.capture_id = capture.id and leaf.kind = 'capture'
where body.base_id = ?1 and body.codec = 'again' and capture.id not in (select capture_id from redaction)
limit 1
"""
_OTHER_RECIPES = "select distinct data from body where codec = 'again' and id <> ? order by id desc limit 200"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What became of damages: the bodies stored anew, and those whose bytes nothing gives any more."""

    mended: tuple[int, ...]
    lost: tuple[int, ...]


def repair(
    connection: sqlite3.Connection, damages: Iterable[Damage], other: sqlite3.Connection | None = None
) -> Repaired:
    """Stores what *damages* concern anew wherever its bytes can still be had, and says what could not be.

    Part of the transaction that is open. Bytes count where they have the digest on record: from the body itself where
    only its row is altered, its second copy, *other* (the connection of another archive, as a backup), or packed again
    by a recipe of another body. What leans on a body that stays lost and still decodes is stored alone, so that it
    leans on it no more. Rows are only ever rewritten, never removed; look again by `check` afterwards.
    """
    mended: list[int] = []
    lost: list[int] = []
    for damage in damages:
        if damage.is_elsewhere:
            continue
        if _is_put_back(connection, damage.body_id, other):
            mended.append(damage.body_id)
        for number in _leaning(connection, damage.body_id):
            data = _bytes_of(connection, number, other)
            if data is None:
                lost.append(number)
            elif number == damage.body_id or not _is_well(connection, number, lost):
                _store_anew(connection, number, data)
                mended.append(number)
    return Repaired(mended=tuple(dict.fromkeys(mended)), lost=tuple(dict.fromkeys(lost)))


def redact(connection: sqlite3.Connection, body_ids: Collection[int]) -> None:
    """Removes the bytes of bodies for good, and keeps digest and length. Part of the transaction that is open.

    What leans on them is stored alone first. The caller names all that give the bytes away: of what came packed and is
    packed again, the body and the one with its content. Raises DamagedBody where a body that leans on one of them
    cannot be read; then the transaction must not be committed.
    """
    for body_id in body_ids:
        for number in _leaning(connection, body_id):
            if number not in body_ids and row_of(connection, number).base_id in body_ids:
                _store_anew(connection, number, load_body(connection, number))
    for body_id in body_ids:
        connection.execute("delete from body_copy where body_id = ?", (body_id,))
        rewrite(connection, row_of(connection, body_id), Form(codec="redacted", data=b""))


def withheld(connection: sqlite3.Connection, digest: str, size: int) -> int:
    """The number of the body with *digest*; where it is not known one whose bytes count as removed, put there now."""
    known = id_of(connection, digest)
    return insert(connection, digest, size, Form(codec="redacted", data=b"")) if known is None else known


def _leaning(connection: sqlite3.Connection, body_id: int) -> list[int]:
    """The body and all that are stored beside it: bases first, as they were stored first."""
    return [number for (number,) in connection.execute(_LEANING, (body_id,))]


def _bytes_of(connection: sqlite3.Connection, number: int, other: sqlite3.Connection | None) -> bytes | None:
    """The bytes with the digest of a body, from wherever they can be had; None where nothing gives them."""
    try:
        row = row_of(connection, number)
    except DamagedBody:
        return None
    try:
        return load_body(connection, number)
    except (DamagedBody, NotMadeHere):
        return _packed_by_others(connection, row) or _elsewhere(other, row.sha256)
    except RedactedBody:
        return None


def _elsewhere(other: sqlite3.Connection | None, digest: str) -> bytes | None:
    """The bytes with *digest* from another archive, None where they cannot be had there."""
    if other is None:
        return None
    try:
        number = id_of(other, digest)
        return None if number is None else load_body(other, number)
    except (DamagedBody, NotMadeHere, RedactedBody, sqlite3.DatabaseError):
        return None


def _packed_by_others(connection: sqlite3.Connection, row: Row) -> bytes | None:
    """The bytes received, where their recipe is damaged and that of another body does: a server packs all alike."""
    if row.codec != "again" or row.base_id is None:
        return None
    try:
        content = load_body(connection, row.base_id)
    except (DamagedBody, RedactedBody):
        return None
    for (told,) in connection.execute(_OTHER_RECIPES, (row.id,)):
        try:
            data = packed_again(content, Recipe.from_bytes(told))
        except (ValueError, TypeError):
            continue
        if sha256(data).hexdigest() == row.sha256:
            return data
    return None


def _is_put_back(connection: sqlite3.Connection, number: int, other: sqlite3.Connection | None) -> bool:
    """Whether the row of a body was not there, and is again: with the digest that the log has of it."""
    if connection.execute("select 1 from body where id = ?", (number,)).fetchone():
        return False
    told = connection.execute(_TOLD, (number,)).fetchone()
    said = json.loads(told[0]).get(told[1]) if told else None
    if not said:
        return False
    digest, size = said["sha256"], said["bytes"]
    second = connection.execute("select data from body_copy where body_id = ?", (number,)).fetchone()
    for data in (_unpacked(second[0], size) if second else None, _elsewhere(other, digest)):
        if data is not None and sha256(data).hexdigest() == digest:
            put_back(connection, number, digest, size, alone(data))
            return True
    return False


def _unpacked(data: bytes, size: int) -> bytes | None:
    """The bytes of a second copy, which leans on nothing; None where they are not whole."""
    try:
        return data if len(data) == size else unpacked(data, size)
    except FrameError:
        return None


def _is_well(connection: sqlite3.Connection, number: int, lost: Collection[int]) -> bool:
    """Whether a body that decodes does so by rows that are whole."""
    chain = chain_of(connection, number)
    return chain[0].is_sealed and not any(row.id in lost for row in chain[1:])


def _store_anew(connection: sqlite3.Connection, number: int, data: bytes) -> None:
    rewrite(connection, row_of(connection, number), alone(data))
