"""Every body looked at: each decoded once, down the tree of bases, and what is damaged told with its captures."""

import json
import sqlite3
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import chain

from .load import MOST_STEPS, Decoded, NotMadeHere, RedactedBody, decode
from .row import DamagedBody, Row, row_of

_THERE = """select id from body union select body_id from capture where body_id is not null
    union select base_id from body where base_id is not null"""
_WANTED = """with recursive wanted (id, base_id) as (
        select id, base_id from body where id in (select value from json_each(?)) union
        select body.id, body.base_id from wanted join body on body.id = wanted.base_id
    ) select id from wanted"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A body with something wrong, in one line, and the captures it concerns.

    *is_lost* says that these captures' bytes cannot be had from this archive any more: their body is this one, or was
    stored beside it and does not decode without it. Else all bytes can be had, and the captures are those with this
    body: its row is altered and gives the same all the same, or its second copy is, or stands in for it.
    *is_elsewhere* is no damage: the content is whole, and only the bytes as received need another library than is here.
    """

    body_id: int
    sha256: str
    what: str
    captures: tuple[int, ...]
    is_lost: bool = True
    is_elsewhere: bool = False


@dataclass(slots=True)
class _Culprit:
    """A damaged body, and those that do not decode without it."""

    body_id: int
    sha256: str
    what: str
    bodies: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Step:
    """A body whose dependants are being looked at: its bytes, None where there are none, and who is to blame."""

    data: bytes | None
    culprit: _Culprit | None
    is_first: bool
    children: Iterator[int]


def check(connection: sqlite3.Connection, body_ids: Collection[int] | None = None) -> Iterator[Damage]:
    """What is wrong with the bodies, or with those of *body_ids* and what these are stored beside.

    Each is decoded once, with its base still at hand, and compared with its digest, its row and its second copy with
    their sums. One that cannot be decoded because of another is told of with that one, as the captures it takes with
    it; of *body_ids*, only those looked at. Needs the memory of the longest body and of the bases it leans on: eight of
    8 MiB at most.
    """
    look = _Look(connection, body_ids)
    for root in look.roots():
        yield from look.tree(root)
    yield from look.unreached()


class _Look:
    """One look at the bodies of an archive."""

    def __init__(self, connection: sqlite3.Connection, body_ids: Collection[int] | None) -> None:
        self._connection = connection
        self._wanted: set[int] | None = None
        if body_ids is not None:
            asked = (json.dumps(sorted(body_ids)),)
            # Also those that are not there, though somebody knows of them.
            self._wanted = {number for (number,) in connection.execute(_WANTED, asked)} | set(body_ids)
        self._seen: set[int] = set()
        self._captures: tuple[array[int], array[int]] | None = None

    def roots(self) -> Iterator[int]:
        """The bodies that stand alone. All numbers at once: no question stays open while others are asked."""
        found = array("q", (row[0] for row in self._connection.execute("select id from body where base_id is null")))
        return filter(self._is_wanted, found)

    def tree(self, root: int) -> Iterator[Damage]:
        """What is wrong with *root* and all that lean on it."""
        steps: list[_Step] = []
        yield from self._enter(root, None, steps)
        while steps:
            number = next(steps[-1].children, None)
            if number is not None:
                yield from self._enter(number, steps[-1], steps)
                continue
            step = steps.pop()
            if step.is_first and step.culprit:
                yield self._lost(step.culprit)

    def unreached(self) -> Iterator[Damage]:
        """Bodies that are not there, and those whose bases go round or are not there."""
        there = self._wanted
        if there is None:
            there = {number for (number,) in self._connection.execute(_THERE)}
        for number in sorted(there - self._seen):
            digest, what = "", "what it is stored beside is not there, or is stored beside it"
            try:
                digest = row_of(self._connection, number).sha256
            except DamagedBody as error:
                what = str(error)
            yield self._lost(_Culprit(number, digest, what, [number]))

    def _enter(self, number: int, above: _Step | None, steps: list[_Step]) -> Iterator[Damage]:
        """Decodes one body and goes on to those that lean on it."""
        self._seen.add(number)
        culprit = above.culprit if above else None
        found, row = Decoded(data=None), None
        try:
            row = self._row(number, len(steps))
            found = decode(self._connection, row, above.data if above else None)
        except NotMadeHere as error:
            if culprit:  # nothing is known of the library where the content is damaged
                found = Decoded(data=None, problem="its content is damaged")
            else:
                yield self._told(row, str(error), is_elsewhere=True)
        except RedactedBody:
            if row and not (row.is_sealed and row.data == b"" and row.base_id is None):
                yield self._told(row, "its row is damaged, and its bytes were removed", is_elsewhere=False)
        except DamagedBody as error:
            found = Decoded(data=None, problem=str(error))
        if found.remark:
            yield self._told(row, found.remark, is_elsewhere=False)
        is_first = bool(found.problem) and culprit is None
        if is_first:
            culprit = _Culprit(number, row.sha256 if row else "", found.problem)
        if found.problem and culprit:
            culprit.bodies.append(number)
        steps.append(_Step(found.data, culprit if found.problem else None, is_first, self._children(number)))

    def _row(self, number: int, depth: int) -> Row:
        """The row of a body with so many before it."""
        if depth > MOST_STEPS:
            raise DamagedBody(f"over {MOST_STEPS} bodies, each stored beside the next")
        return row_of(self._connection, number)

    def _told(self, row: Row | None, what: str, *, is_elsewhere: bool) -> Damage:
        """What is wrong with a body that takes no capture with it."""
        number, digest = (row.id, row.sha256) if row else (0, "")
        return Damage(
            body_id=number, sha256=digest, what=what.removeprefix(f"body {digest[:16]}: "),
            captures=self._captures_of([number]), is_lost=False, is_elsewhere=is_elsewhere,
        )  # fmt: skip

    def _lost(self, culprit: _Culprit) -> Damage:
        captures = self._captures_of(culprit.bodies)
        return Damage(body_id=culprit.body_id, sha256=culprit.sha256, what=culprit.what, captures=captures)

    def _children(self, number: int) -> Iterator[int]:
        rows = self._connection.execute("select id from body where base_id = ? order by id", (number,))
        return filter(self._is_wanted, array("q", (row[0] for row in rows)))

    def _is_wanted(self, number: int) -> bool:
        return self._wanted is None or number in self._wanted

    def _captures_of(self, bodies: list[int]) -> tuple[int, ...]:
        """The captures with one of *bodies*. All are read at the first damage: no index leads from bodies to them."""
        if self._captures is None:
            question = "select body_id, id from capture where body_id is not null order by body_id, id"
            self._captures = (array("q"), array("q"))
            for body_id, capture_id in self._connection.execute(question):
                self._captures[0].append(body_id)
                self._captures[1].append(capture_id)
        keys, values = self._captures
        found = (values[bisect_left(keys, number) : bisect_right(keys, number)] for number in bodies)
        return tuple(sorted(chain.from_iterable(found)))
