"""Fixity: whether an archive still is what was recorded, and which captures are affected where it is not.

What a leaf says is compared with the rows it speaks of, leaves with the tree, the tree with its checkpoints, these with
their signatures, bodies with their digests. A damaged row hides no other: where rows cannot be read together they are
read one by one.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from ...log import inclusion_proof, is_included, leaf_hash, root_of
from ..connection import other_uri, reading_uri
from ..copying import Progress
from . import acts, compared, contents, histories, outside, removals, seals, tree
from .findings import Check, Extent, Finding, Said, Verification, Work, one_line
from .rows import Rows

__all__ = ["Check", "Extent", "Finding", "Progress", "Said", "Verification", "verify", "verify_copy"]

_LISTED = 20  # lines that SQLite's own check may take
_REFERENCES = "pragma foreign_key_check"
_SEALS = "select size, root, note from checkpoint where size >= ? order by size"


def verify(path: Path, extent: Extent, done: Verification, progress: Progress = lambda *_: None) -> Iterator[Finding]:
    """Each thing that is wrong with the archive at *path*; *done* is filled with what was looked at.

    It is read as it stands when this begins, whoever writes meanwhile.
    """
    return _findings(reading_uri(path), extent, done, progress)


def verify_copy(path: Path, done: Verification, progress: Progress = lambda *_: None) -> Iterator[Finding]:
    """Each thing that is wrong with a copy in the making, which nobody else has open; nothing is left beside it."""
    return _findings(other_uri(path), Extent(), done, progress)


def _findings(uri: str, extent: Extent, done: Verification, progress: Progress) -> Iterator[Finding]:
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.execute("pragma trusted_schema = off")
        connection.execute("pragma cell_size_check = on")
        # Text that is damaged is compared like any other; to refuse it would hide which row it stands in.
        connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
        connection.execute("begin")
        work = Work(rows=Rows(connection), extent=extent, done=done, progress=progress)
        yield from _one(work, extent.capture) if extent.capture is not None else _all(work)


def _all(work: Work) -> Iterator[Finding]:
    if not work.start:
        yield from _file(work)
    yield from tree.findings(work)
    yield from seals.findings(work, work.rows.all(_SEALS, work.start))
    yield from seals.key_findings(work)
    yield from outside.findings(work, work.start)
    yield from outside.fork_findings(work)
    if not work.start:
        yield from acts.findings(work)
    yield from contents.body_findings(work)
    yield from removals.findings(work)
    yield from contents.record_findings(work)
    if not work.start:
        yield from histories.findings(work)


def _file(work: Work) -> Iterator[Finding]:
    """What SQLite itself finds wrong."""
    work.progress("file", 0, 1)
    connection = work.rows.connection
    try:
        for (line,) in connection.execute(f"pragma integrity_check({_LISTED})"):
            if line != "ok":
                yield Finding(check="file", what=one_line(line))
        # By number a row can be named in some tables only, so they are counted.
        lacking = Counter((table, parent, key) for table, _, parent, key in connection.execute(_REFERENCES))
        for (table, parent, key), count in lacking.items():
            what = f"{count:,} rows of {table} refer" if count != 1 else f"1 row of {table} refers"
            captures = work.rows.captures_lacking(table, key)
            yield Finding(check="file", what=f"{what} to no row of {parent}", captures=captures)
    except sqlite3.Error as error:
        yield Finding(check="file", what=one_line(error))


def _one(work: Work, number: int) -> Iterator[Finding]:
    """What is wrong with one capture, its leaf, its body and its place under the newest checkpoint."""
    seq = work.rows.leaf_of(number)
    row = None if seq is None else compared.alone(work, seq)
    if seq is None or row is None:
        yield Finding(check="leaf", what="there is no leaf of this capture that can be read", captures=(number,))
        return
    work.done.leaves += 1
    yield from compared.findings(work, row)
    body_id = work.rows.number("select body_id from capture where id = ?", number)
    yield from contents.damage(work, [body_id] if body_id else [])
    yield from removals.findings(work, number)
    covering = work.rows.all(_SEALS, seq + 1)[-1:]
    if not covering:
        what = "no checkpoint covers it yet; fonds checkpoint makes one"
        yield Finding(check="checkpoint", what=what, captures=(number,), is_damage=False)
        return
    yield from seals.findings(work, covering)
    yield from outside.findings(work, seq + 1)
    [(size, root, _)] = covering
    work.done.covered = size
    try:
        proof = inclusion_proof(seq, size, work.rows.subtree)
        is_proved = is_included(leaf_hash(row[4]), seq, size, proof, root)
        is_proved = is_proved and root_of(size, work.rows.subtree) == root
    except (LookupError, TypeError):
        is_proved = False
    if not is_proved:
        yield Finding(check="tree", what=f"it cannot be shown to be in checkpoint {size}", captures=(number,))
