"""Fixity: whether an archive still is what was recorded, checked from its leaves, and which captures are affected if not.

What a leaf says is compared with the rows it speaks of, leaves with the tree, the tree with its checkpoints, these with
their signatures, bodies with their digests. A damaged row hides no other: where rows cannot be read together they are
read one by one.
"""

import json
import sqlite3
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, Literal

from ..errors import KeyUnusable, NotProved
from ..log import (
    Checkpoint,
    SignedNote,
    Tree,
    VerifierKey,
    canonical,
    inclusion_proof,
    is_included,
    leaf_hash,
    reading,
    root_of,
)
from . import bodies, leaves
from .records import load_record
from .signing import statement
from .text import storable

Check = Literal["file", "leaf", "capture", "chain", "body", "tree", "checkpoint", "signature", "key", "act", "record", "text"]
Progress = Callable[[str, int, int], None]

_AT_ONCE = 500
_LISTED = 20  # lines that SQLite's own check may take
_WORDS = 3
_CAPTURES = f"""
select leaf.seq, leaf.kind, leaf.capture_id, leaf.hash, leaf.record, {leaves.CAPTURE_COLUMNS},
    request.head, response.head, before_leaf.seq, coalesce(before_body.sha256, ''), before.id
from leaf left join capture on leaf.kind = 'capture' and capture.id = leaf.capture_id
{leaves.CAPTURE_JOINS}
left join capture as before on before.id = (
    select max(id) from capture as earlier where earlier.url_key = capture.url_key and earlier.id < capture.id
)
left join leaf as before_leaf on before_leaf.kind = 'capture' and before_leaf.capture_id = before.id
left join body as before_body on before_body.id = before.body_id
where leaf.seq between ? and ? order by leaf.seq
"""  # noqa: S608 -- our own names
_COLUMNS = leaves.CAPTURE_COLUMNS.count(",") + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A body that is not what was kept: *what* is wrong with it, and the *captures* it was kept for."""

    body_id: int
    sha256: str
    what: str
    captures: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found: by which *check*, *what* it is, and the *captures* it affects.

    *is_damage* is false for what is only to be known, such as bytes that were removed on record.
    """

    check: Check
    what: str
    captures: tuple[int, ...] = ()
    is_damage: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much is verified: all of it, what came *since* a checkpoint, or one *capture*.

    Bodies and records are looked at for that *share* of them, chosen by *seed*. *key* is what the archive should be
    signed by, known from elsewhere.
    """

    since: Checkpoint | None = None
    capture: int | None = None
    share: float = 1.0
    seed: int = 0
    key: VerifierKey | None = None


@dataclass(slots=True)
class Verification:
    """What was looked at: so many leaves, captures, bodies, records and checkpoints, and by which keys those are signed.

    *covered* is how many leaves the newest checkpoint covers.
    """

    leaves: int = 0
    captures: int = 0
    bodies: int = 0
    records: int = 0
    checkpoints: int = 0
    covered: int = 0
    signed_by: list[str] = field(default_factory=list)


def verify(
    path: Path, extent: Extent, done: Verification, progress: Progress = lambda *_: None
) -> Iterator[Finding]:
    """Each thing that is wrong with the archive at *path*; *done* is filled with what was looked at.

    It is read as it stands when this begins, whoever writes meanwhile.
    """
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.execute("pragma trusted_schema = off")
        connection.execute("pragma cell_size_check = on")
        # Text that is damaged is compared like any other; to refuse it would hide which row it stands in.
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        connection.execute("begin")
        yield from _Verifier(connection, extent, done, progress).findings()


def check(connection: sqlite3.Connection, body_ids: Iterable[int] | None = None) -> Iterator[Damage]:
    """The bodies (those with *body_ids*) that are not what was kept, with the captures each takes with it."""
    for number in _ids(connection, "body") if body_ids is None else body_ids:
        try:
            bodies.load_body(connection, number)
        except (bodies.DamagedBody, sqlite3.Error, TypeError, ValueError) as error:
            digest = _one(connection, "select sha256 from body where id = ?", number)
            yield Damage(
                body_id=number,
                sha256=str(digest or ""),
                what=_line(error),
                captures=_captures_of(connection, number),
            )


class _Verifier:
    def __init__(
        self, connection: sqlite3.Connection, extent: Extent, done: Verification, progress: Progress
    ) -> None:
        self._connection = connection
        self._extent = extent
        self._done = done
        self._progress = progress
        self._redacted: set[int] = set()
        self._seen: set[int] = set()
        self._acts: dict[str, list[dict[str, Any]]] = {}

    def findings(self) -> Iterator[Finding]:
        if self._extent.capture is not None:
            yield from self._one_capture(self._extent.capture)
            return
        start = self._extent.since.size if self._extent.since else 0
        if not start:
            yield from self._file()
        yield from self._log(start)
        yield from self._unlogged(start)
        yield from self._keys(start)
        yield from self._stored_acts(start)
        yield from self._bodies(start)
        yield from self._records(start)

    # The file -------------------------------------------------------------------------------------------------------

    def _file(self) -> Iterator[Finding]:
        self._progress("file", 0, 1)
        try:
            for (line,) in self._connection.execute(f"pragma integrity_check({_LISTED})"):
                if line != "ok":
                    yield Finding(check="file", what=_line(line))
            for table, row, parent, _ in self._connection.execute("pragma foreign_key_check"):
                captures = (row,) if table == "capture" and row is not None else ()
                yield Finding(check="file", what=f"row {row} of {table} refers to no row of {parent}", captures=captures)
        except sqlite3.Error as error:
            yield Finding(check="file", what=_line(error))

    # Leaves, tree and checkpoints -----------------------------------------------------------------------------------

    def _log(self, start: int) -> Iterator[Finding]:
        checkpoints = {row[0]: row[1:] for row in self._rows("select size, root, note, created_at from checkpoint")}
        ends = [row[0] for row in self._rows("select max(seq) from leaf") if row[0] is not None]
        size = max([end + 1 for end in ends] + [0])
        self._done.covered = max([number for number in checkpoints if isinstance(number, int)], default=0)
        try:
            tree = Tree(start, self._subtree)
        except (LookupError, sqlite3.Error) as error:
            yield Finding(check="tree", what=f"what was before leaf {start} cannot be had: {_line(error)}")
            return
        if self._extent.since and tree.root() != self._extent.since.root:
            yield Finding(
                check="checkpoint",
                what=f"the log does not go on from that checkpoint: its first {start} leaves have another root",
            )
        if start > size or (self._done.covered > size and not start):
            what = f"there are {size} leaves, expected at least {max(start, self._done.covered)}: the last ones are gone"
            yield Finding(check="tree", what=what)
        yield from self._checkpoints(checkpoints, start)
        nodes = _Nodes(self._connection, start, self._done.covered)
        origin_at: dict[int, str] = {}
        last_capture = 0
        for seq, row in self._leaves(start, size):
            record: dict[str, Any] = {}
            if row is None:
                captures = self._captures_near(seq)
                yield Finding(check="leaf", what=f"leaf {seq} is missing or cannot be read", captures=captures)
                hashed = b"\0" * 32
            else:
                yield from self._leaf(seq, row)
                hashed = row[3] if isinstance(row[3], bytes) else b"\0" * 32
                with suppress(NotProved, TypeError):
                    record = {} if row[1] == "capture" else reading(row[4])
                if row[1] == "capture" and isinstance(row[2], int):
                    if row[2] <= last_capture:
                        yield Finding(
                            check="chain", what=f"leaf {seq} speaks of an earlier capture", captures=(row[2],)
                        )
                    last_capture = row[2]
            if record:
                self._acts.setdefault(str(record.get("kind")), []).append(record)
                if record.get("kind") == "redaction" and isinstance(record.get("capture"), int):
                    self._redacted.add(record["capture"])
            yield from self._node_findings(tree, nodes, hashed)
            if tree.size in checkpoints:
                origin_at[tree.size] = str(record.get("at", ""))
                yield from self._sealed(tree, checkpoints[tree.size], record)
            self._done.leaves += 1
        if nodes.extra:
            yield Finding(check="tree", what=f"{nodes.extra} nodes of the log's tree belong to no leaves")

    def _node_findings(self, tree: Tree, nodes: "_Nodes", hashed: bytes) -> Iterator[Finding]:
        for level, index, found in tree.append(hashed):
            if tree.size > self._done.covered:
                continue
            stored = nodes.next(level, index)
            if stored != found:
                first, last = index << level, ((index + 1) << level) - 1
                what = "missing" if stored is None else "another than its leaves give"
                yield Finding(
                    check="tree",
                    what=f"node {index} of level {level}, over leaves {first} to {last}, is {what}",
                    captures=self._captures_between(first, last),
                )

    def _leaves(self, start: int, size: int) -> Iterator[tuple[int, tuple[Any, ...] | None]]:
        """Each leaf by number with what belongs to it, None where it cannot be read."""
        for first in range(start, size, _AT_ONCE):
            last = min(first + _AT_ONCE, size) - 1
            self._progress("leaves", first, size)
            try:
                found = {row[0]: row for row in self._connection.execute(_CAPTURES, (first, last))}
            except sqlite3.Error:
                found = {}
            for seq in range(first, last + 1):
                yield seq, found.get(seq) or self._leaf_alone(seq)

    def _leaf_alone(self, seq: int) -> tuple[Any, ...] | None:
        with suppress(sqlite3.Error):
            rows = self._connection.execute(_CAPTURES, (seq, seq)).fetchall()
            return rows[0] if rows else None
        with suppress(sqlite3.Error):
            row = self._connection.execute(
                "select seq, kind, capture_id, hash, record from leaf where seq = ?", (seq,)
            ).fetchone()
            return None if row is None else (*row, *(None,) * (_COLUMNS + 5))
        return None

    def _leaf(self, seq: int, row: Sequence[Any]) -> Iterator[Finding]:
        """What is wrong with one leaf and with what it speaks of."""
        _, kind, capture_id, hashed, record = row[:5]
        captures = (capture_id,) if isinstance(capture_id, int) else ()
        if kind == "capture" and captures:
            self._seen.add(captures[0])
            self._done.captures += 1
        if not isinstance(record, bytes) or leaf_hash(record) != hashed:
            yield Finding(check="leaf", what=f"leaf {seq} has another hash than its record", captures=captures)
        if kind == "capture":
            yield from self._capture(seq, row)
            return
        try:
            said = reading(record)
        except (NotProved, TypeError) as error:
            yield Finding(check="leaf", what=f"leaf {seq}: {_line(error)}", captures=captures)
            return
        if (said.get("seq"), said.get("kind"), said.get("capture")) != (seq, kind, capture_id):
            yield Finding(check="leaf", what=f"leaf {seq} says another place, kind or capture", captures=captures)

    def _capture(self, seq: int, row: Sequence[Any]) -> Iterator[Finding]:
        _, _, capture_id, _, record = row[:5]
        values = row[5 : 5 + _COLUMNS]
        request_head, response_head, before_seq, before_body, before_id = row[5 + _COLUMNS :]
        captures = (capture_id,) if isinstance(capture_id, int) else ()
        if values[0] is None:
            yield Finding(check="capture", what=f"the capture of leaf {seq} is missing or cannot be read", captures=captures)
            return
        before = None if before_id is None else (before_seq, before_body)
        recorded = "upgrade" if isinstance(record, bytes) and b'"recorded":"upgrade"' in record else ""
        expected: dict[str, Any] = {}
        try:
            expected = dict(leaves.capture_record(seq, values, before, recorded))
            is_same = canonical(expected) == record
        except (NotProved, TypeError, ValueError, AttributeError, OverflowError):
            is_same = False
        if not is_same:
            yield from self._differences(seq, captures, record, expected)
        for head, digest, text, which in (
            (request_head, values[28], values[29], "sent"),
            (response_head, values[30], values[31], "received"),
        ):
            if not _is_head(head, digest, text):
                yield Finding(check="capture", what=f"the head {which} is not the one recorded", captures=captures)

    def _differences(
        self, seq: int, captures: tuple[int, ...], record: object, expected: dict[str, Any]
    ) -> Iterator[Finding]:
        try:
            said = reading(record) if isinstance(record, bytes) else {}
        except NotProved as error:
            yield Finding(check="leaf", what=f"leaf {seq}: {_line(error)}", captures=captures)
            return
        names = sorted(name for name in {*said, *expected} if said.get(name) != expected.get(name))
        if names == ["previous"]:
            what = "the capture before it at its URL is not the one recorded"
            yield Finding(check="chain", what=what, captures=captures)
            return
        what = f"recorded otherwise than stored: {', '.join(names)}" if expected and names else "a value that is none"
        yield Finding(check="capture", what=what, captures=captures)

    def _unlogged(self, start: int) -> Iterator[Finding]:
        after = 0
        if start:
            found = _one(self._connection, "select max(capture_id) from leaf where kind = 'capture' and seq < ?", start)
            after = found if isinstance(found, int) else 0
        for number in self._capture_ids(after):
            if number not in self._seen:
                yield Finding(check="capture", what="there is no leaf of this capture in the log", captures=(number,))

    def _capture_ids(self, after: int) -> Iterator[int]:
        try:
            for (number,) in self._connection.execute("select id from capture where id > ? order by id", (after,)):
                yield number
        except sqlite3.Error as error:
            yield from ()
            self._acts.setdefault("unreadable", []).append({"what": _line(error)})

    # Checkpoints, signatures and keys -------------------------------------------------------------------------------

    def _checkpoints(self, rows: dict[Any, tuple[Any, ...]], start: int) -> Iterator[Finding]:
        keys: list[VerifierKey] = []
        for (text,) in self._rows("select key from public_key order by since"):
            with suppress(KeyUnusable, AttributeError):
                keys.append(VerifierKey.parsed(text))
        wanted = self._extent.key
        if wanted is not None and (not keys or all(key.public != wanted.public for key in keys)):
            found = f"the archive is signed by {keys[-1].id}" if keys else "the archive has no key"
            yield Finding(check="key", what=f"{found}, expected {wanted.id}")
        origins = set()
        for size, (root, text, _) in sorted(rows.items()):
            if size < start:
                continue
            self._done.checkpoints += 1
            try:
                note = SignedNote.parsed(text)
                told = Checkpoint.parsed(note.text)
                origins.add(told.origin)
                if (told.size, told.root) != (size, root) or told.text != note.text:
                    raise NotProved("its note tells of another size or root")
                signers = note.signers(keys)
            except (NotProved, KeyUnusable, TypeError, AttributeError, UnicodeEncodeError) as error:
                yield Finding(check="signature", what=f"checkpoint {size}: {_line(error)}")
                continue
            self._done.signed_by += [key.id for key in signers if key.id not in self._done.signed_by]
            if not signers and (keys and size > self._since(keys)):
                is_foreign = bool(note.signatures)
                what = f"checkpoint {size} is signed by {'nobody known' if is_foreign else 'nobody'}"
                yield Finding(check="signature", what=what, is_damage=is_foreign)
        if len(origins) > 1:
            yield Finding(check="checkpoint", what=f"checkpoints of {len(origins)} logs: {', '.join(sorted(origins))}")

    def _since(self, keys: Sequence[VerifierKey]) -> int:
        found = _one(self._connection, "select min(since) from public_key")
        return found if isinstance(found, int) else 0

    def _sealed(self, tree: Tree, row: tuple[Any, ...], record: dict[str, Any]) -> Iterator[Finding]:
        """What is wrong with a checkpoint where the tree has come to it."""
        root, _, created_at = row
        if tree.root() != root:
            yield Finding(check="checkpoint", what=f"checkpoint {tree.size} has another root than the leaves before it")
        if record.get("kind") != "checkpoint" or record.get("at") != created_at:
            yield Finding(check="checkpoint", what=f"checkpoint {tree.size} is dated otherwise than its leaf says")

    def _keys(self, start: int) -> Iterator[Finding]:
        rows = {row[2]: row for row in self._rows("select id, key, since from public_key")}
        told = {said["seq"]: said for said in self._acts.get("key", [])}
        before = ""
        for seq in sorted({*rows, *told} if not start else told):
            if seq not in rows or seq not in told or rows[seq][1] != told[seq].get("key"):
                yield Finding(check="key", what=f"the key of leaf {seq} is not the one that the archive has")
                continue
            said = told[seq]
            try:
                key = VerifierKey.parsed(str(said["key"]))
                if rows[seq][0] != key.id or (not start and said.get("previous", "") != before):
                    raise NotProved("it does not follow the key before it")
                signers = _signers(said)
                if key.text not in signers:
                    raise NotProved("it has not signed that itself")
                if said.get("previous") and said["previous"] not in signers:
                    what = f"key {key.id} took the place of another, and that one has not signed it"
                    yield Finding(check="key", what=what, is_damage=False)
            except (NotProved, KeyUnusable, LookupError, TypeError, ValueError) as error:
                yield Finding(check="key", what=f"key of leaf {seq}: {_line(error)}")
            before = str(said.get("key", ""))

    # What was done --------------------------------------------------------------------------------------------------

    def _stored_acts(self, start: int) -> Iterator[Finding]:
        """Releases, other addresses, pages gone and back, crawls: what the log tells and what the tables hold."""
        if start:
            return
        told = self._acts
        yield from self._compared(
            "release",
            {(act.get("capture"), act.get("at")) for act in told.get("release", [])},
            set(self._rows("select capture_id, released_at from release")),
        )
        yield from self._compared(
            "other address of a page",
            {(act.get("url"), act.get("page"), act.get("how")) for act in told.get("merge", [])},
            {row[:3] for row in self._read(leaves.merges)},
        )
        turned: set[tuple[Any, ...]] = set()
        for act in sorted((*told.get("tombstone", []), *told.get("return", [])), key=lambda act: int(act["seq"])):
            turn = (act.get("capture"), act.get("kind"), act.get("page"))
            (turned.discard if act.get("withdrawn") else turned.add)(turn)
        yield from self._compared(
            "page gone or back", turned, {(row[3], row[0], row[1]) for row in self._read(leaves.turns)}
        )
        yield from self._compared(
            "crawl",
            {
                (None, act["crawl"], act["begun_at"], json.dumps(act["sources"]))
                for act in told.get("crawl", [])
                if "begun_at" in act
            },
            {(None, *row) for row in self._rows("select id, started_at, sources from crawl")},
        )

    def _compared(self, name: str, told: set[Any], stored: set[Any]) -> Iterator[Finding]:
        for what, rows in (("is in the log and not stored", told - stored), ("is stored and not in the log", stored - told)):
            for row in sorted(rows, key=repr):
                captures = (row[0],) if isinstance(row[0], int) else ()
                words = " ".join(str(part) for part in row if part is not None)
                yield Finding(check="act", what=f"{name} {what}: {words}", captures=captures)

    # Bodies, records and their words --------------------------------------------------------------------------------

    def _bodies(self, start: int) -> Iterator[Finding]:
        numbers = _ids(self._connection, "body")
        if start:
            since = """select distinct capture.body_id from leaf join capture on capture.id = leaf.capture_id
                where leaf.kind = 'capture' and leaf.seq >= ? and capture.body_id is not null"""
            numbers = [row[0] for row in self._rows(since, start)]
        chosen = self._chosen(numbers)
        yield from self._damage(chosen)

    def _damage(self, numbers: Sequence[int]) -> Iterator[Finding]:
        def counted() -> Iterator[int]:
            for place, number in enumerate(numbers):
                if place % _AT_ONCE == 0:
                    self._progress("bodies", place, len(numbers))
                self._done.bodies += 1
                yield number

        for damage in check(self._connection, counted()):
            if damage.captures and self._redacted.issuperset(damage.captures):
                what = f"body {damage.sha256[:16]} was removed on record"
                yield Finding(check="body", what=what, captures=damage.captures, is_damage=False)
            else:
                yield Finding(check="body", what=damage.what, captures=damage.captures)

    def _records(self, start: int) -> Iterator[Finding]:
        """Records and blocks have the digests they are known by, and their words are found."""
        numbers = _ids(self._connection, "record")
        if start:
            since = """select distinct record.id from leaf join record on record.capture_id = leaf.capture_id
                where leaf.kind = 'capture' and leaf.seq >= ?"""
            numbers = [row[0] for row in self._rows(since, start)]
        chosen = self._chosen(numbers)
        for place, number in enumerate(chosen):
            if place % _AT_ONCE == 0:
                self._progress("records", place, len(chosen))
            self._done.records += 1
            try:
                wrong = _record_problem(self._connection, number)
            except (sqlite3.Error, ValueError, TypeError, LookupError, AttributeError) as error:
                wrong = _line(error)
            if wrong:
                yield Finding(
                    check="record", what=f"record {number}: {wrong}", captures=self._captures_read_as(number)
                )
        if not start:
            yield from self._words()

    def _words(self) -> Iterator[Finding]:
        numbers = self._chosen(_ids(self._connection, "block"))
        lot = Random(self._extent.seed)  # noqa: S311 -- a sample, no secret
        for number in sorted(lot.sample(numbers, min(len(numbers), _AT_ONCE))):
            text = str(_one(self._connection, "select text from block where id = ?", number) or "")
            words = [word for word in text.split() if word.isalnum()][:_WORDS]
            if not words:
                continue
            question = " ".join(f'"{word}"' for word in words)
            try:
                found = self._connection.execute(
                    "select 1 from block_fts where block_fts match ? and rowid = ?", (question, number)
                ).fetchone()
            except sqlite3.Error as error:
                yield Finding(check="text", what=_line(error))
                return
            if found is None:
                yield Finding(check="text", what=f"block {number} is not found by its own words")

    # One capture ----------------------------------------------------------------------------------------------------

    def _one_capture(self, number: int) -> Iterator[Finding]:
        seq = _one(self._connection, "select seq from leaf where kind = 'capture' and capture_id = ?", number)
        if not isinstance(seq, int):
            yield Finding(check="capture", what="there is no leaf of this capture in the log", captures=(number,))
            return
        self._done.leaves = 1
        for row in self._rows("select record from leaf where kind = 'redaction' and capture_id = ?", number):
            with suppress(NotProved, TypeError):
                self._redacted.add(int(str(reading(row[0]).get("capture"))))
        row = self._leaf_alone(seq)
        if row is None:
            yield Finding(check="leaf", what=f"leaf {seq} cannot be read", captures=(number,))
            return
        yield from self._leaf(seq, row)
        body_id = _one(self._connection, "select body_id from capture where id = ?", number)
        yield from self._damage([body_id] if isinstance(body_id, int) else [])
        found = self._rows("select size, root, note, created_at from checkpoint where size > ? order by size desc limit 1", seq)
        if not found:
            yield Finding(
                check="checkpoint", what="no checkpoint covers it yet: fonds checkpoint", captures=(number,),
                is_damage=False,
            )  # fmt: skip
            return
        [(size, root, *rest)] = found
        self._done.covered = size
        yield from self._checkpoints({size: (root, *rest)}, 0)
        try:
            proof = inclusion_proof(seq, size, self._subtree)
            is_proved = is_included(leaf_hash(row[4]), seq, size, proof, root) and root == root_of(size, self._subtree)
        except (LookupError, sqlite3.Error, TypeError):
            is_proved = False
        if not is_proved:
            what = f"it cannot be shown to be in checkpoint {size}"
            yield Finding(check="tree", what=what, captures=(number,))

    # Reading --------------------------------------------------------------------------------------------------------

    def _subtree(self, level: int, index: int) -> bytes:
        return leaves.subtree(self._connection, level, index)

    def _rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows that can be read. What cannot is found by the check of the file and by what is missing then."""
        found: list[tuple[Any, ...]] = []
        with suppress(sqlite3.Error):
            found.extend(self._connection.execute(question, values))
        return found

    def _read(self, question: Callable[[sqlite3.Connection], Iterable[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        with suppress(sqlite3.Error):
            found.extend(question(self._connection))
        return found

    def _chosen(self, numbers: Sequence[int]) -> list[int]:
        share = self._extent.share
        if share >= 1:
            return list(numbers)
        lot = Random(self._extent.seed)  # noqa: S311 -- a sample, no secret
        return sorted(lot.sample(list(numbers), max(1, round(len(numbers) * share)) if numbers else 0))

    def _captures_between(self, first: int, last: int) -> tuple[int, ...]:
        rows = self._rows(
            "select capture_id from leaf where seq between ? and ? and kind = 'capture' order by seq", first, last
        )
        return tuple(row[0] for row in rows if isinstance(row[0], int))

    def _captures_near(self, seq: int) -> tuple[int, ...]:
        """The captures that a leaf which cannot be read may have been of: those that no other leaf speaks of."""
        before = _one(self._connection, "select max(capture_id) from leaf where kind = 'capture' and seq < ?", seq)
        after = _one(self._connection, "select min(capture_id) from leaf where kind = 'capture' and seq > ?", seq)
        low = before if isinstance(before, int) else 0
        rows = self._rows("select id from capture where id > ? order by id limit 3", low)
        return tuple(row[0] for row in rows if not isinstance(after, int) or row[0] < after)

    def _captures_read_as(self, record_id: int) -> tuple[int, ...]:
        rows = self._rows("select capture_id from reading where record_id = ? order by 1", record_id)
        rows = rows or self._rows("select capture_id from record where id = ?", record_id)
        return tuple(row[0] for row in rows if isinstance(row[0], int))


class _Nodes:
    """The nodes that are kept, each level in order; *extra* counts those that belong to no leaves."""

    def __init__(self, connection: sqlite3.Connection, start: int, covered: int) -> None:
        self._connection = connection
        self._levels: dict[int, Iterator[tuple[int, bytes]]] = {}
        self._start = start
        self.extra = self._count_extra(covered)

    def next(self, level: int, index: int) -> bytes | None:
        """The hash that is kept for a node, None where there is none."""
        found = _one(self._connection, "select hash from log_node where level = ? and idx = ?", level, index)
        return found if isinstance(found, bytes) else None

    def _count_extra(self, covered: int) -> int:
        found = _one(self._connection, "select count(*) from log_node where level < 1 or (idx + 1) << level > ?", covered)
        return found if isinstance(found, int) else 0


def _is_head(head: object, digest: object, text: object) -> bool:
    try:
        data = head if isinstance(head, bytes) and head else str(text).encode("ascii")
    except UnicodeEncodeError:
        return False
    return sha256(data).hexdigest() == digest


def _signers(said: dict[str, Any]) -> set[str]:
    """The keys, as text, that have signed a change of keys."""
    words = statement({name: str(said[name]) for name in ("previous", "key", "at") if name in said})
    found = set()
    for text in (str(said["key"]), str(said.get("previous", ""))):
        if not text:
            continue
        key = VerifierKey.parsed(text)
        signature = said["signatures"].get(key.id)
        if signature and key.has_signed(words, b64decode(signature)):
            found.add(text)
    return found


def _record_problem(connection: sqlite3.Connection, number: int) -> str:
    """What is wrong with a record, "" for nothing: it and its blocks are known by digests of what they hold."""
    digest, fields, blocks, content = connection.execute(
        "select digest, fields, blocks, content_digest from record where id = ?", (number,)
    ).fetchone()
    rows = connection.execute(
        """select block.digest, block.json, block.text, block.kind from json_each(?) as item
           join block on block.id = item.value order by item.key""",
        (blocks,),
    ).fetchall()
    for block_digest, whole, text, kind in rows:
        said = json.loads(whole)
        if sha256(whole.encode()).hexdigest() != block_digest:
            return "one of its blocks has another digest"
        if said["kind"] != kind or ("text" in said and storable(said["text"]) != text):
            return "one of its blocks is searched for by other words than it has"
    if sha256("\n".join([fields, *(row[0] for row in rows)]).encode()).hexdigest() != digest:
        return "it has another digest than its fields and blocks give"
    if load_record(connection, number).digests.content != content:
        return "its content has another digest"
    return ""


def _ids(connection: sqlite3.Connection, table: str) -> list[int]:
    """The numbers of the rows of *table*, as far as they can be read; else all up to what refers to it."""
    try:
        return [number for (number,) in connection.execute(f"select id from {table} order by id")]  # noqa: S608
    except sqlite3.Error:
        known = {"body": "select max(body_id) from capture", "record": "select max(record_id) from reading"}
        last = _one(connection, known[table]) if table in known else None
        return list(range(1, last + 1)) if isinstance(last, int) else []


def _captures_of(connection: sqlite3.Connection, body_id: int) -> tuple[int, ...]:
    try:
        rows = connection.execute("select id from capture where body_id = ? order by id", (body_id,)).fetchall()
    except sqlite3.Error:
        return ()
    return tuple(number for (number,) in rows)


def _one(connection: sqlite3.Connection, question: str, *values: object) -> object:
    try:
        row = connection.execute(question, values).fetchone()
    except sqlite3.Error:
        return None
    return row[0] if row else None


def _line(found: object) -> str:
    text = " ".join(str(found).split())
    return text if len(text) <= 200 else f"{text[:199]}…"
