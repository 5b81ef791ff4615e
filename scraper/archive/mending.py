"""Damage put right without changing anything that is on record: bytes by their digest, and what can be made anew."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from ..errors import ArchiveError, UsageError
from ..log import Tree, leaf_hash
from . import bodies, leaves
from .bodies import Damage
from .connection import read_other
from .fixity import Check, Finding

T = TypeVar("T")

_FIRST_WITH_BASES = 4  # the schema in which bodies are stored as they are now
_PROBLEMS = 1000
_INDEX = re.compile(r"\bindex (\w+)$|\b(?:Tree|tree page) (\d+)\b")
_ROOTS = "select cast(rootpage as text), name from sqlite_master where type = 'index'"
_CAPTURES = "select id from capture where body_id = ? order by id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """One thing that was put right: by which *check* it was found, *what* was done, and the *captures* it is for."""

    check: Check
    what: str
    captures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What there is to mend with: the archive, a *transaction* in it, and a backup, None where there is none."""

    connection: sqlite3.Connection
    transaction: Callable[[], AbstractContextManager[None]]
    backup: sqlite3.Connection | None


def mend(work: Work, found: Sequence[Finding]) -> Iterator[Mended]:
    """Puts right what it can of what verifying *found*, each thing in a transaction of its own.

    Bodies get their bytes from their second copy, from what still decodes, or from the backup, and only with the digest
    on record; the index of words and other indexes are built anew; nodes of the log's tree that are missing are
    computed from its leaves. Nothing else that is on record is ever rewritten. What stays is found by verifying again.
    """
    checks = {finding.check for finding in found if finding.is_damage}
    steps = {"file": _indexes, "text": _words, "body": _bodies, "tree": _nodes}
    for check, step in steps.items():
        if check in checks:
            # Where the file is too damaged for a step to go on, the others may help all the same.
            with suppress(sqlite3.DatabaseError):
                yield from step(work)


def backup_to_mend_by(path: Path) -> sqlite3.Connection:
    """A backup, for reading alone. Raises UsageError for one of an old fonds, ArchiveError for what is none."""
    connection = read_other(path)
    version = connection.execute("pragma user_version").fetchone()[0]
    if version < _FIRST_WITH_BASES:
        connection.close()
        message = f"its schema is version {version}, expected {_FIRST_WITH_BASES} or later"
        raise UsageError(f"{path}: {message}; fonds --archive NEW restore {path} makes one of today's of it")
    return connection


def _indexes(work: Work) -> Iterator[Mended]:
    """Indexes that do not hold what their tables do."""
    names: set[str] = set()
    with suppress(sqlite3.Error):
        lines = [line for (line,) in work.connection.execute(f"pragma integrity_check({_PROBLEMS})")]
        roots = dict(work.connection.execute(_ROOTS).fetchall())
        names = {roots.get(root, name) for line in lines for name, root in _INDEX.findall(line)}
    for name in sorted(filter(None, names)):
        if _is_done(work, f'reindex "{name}"'):
            yield Mended(check="file", what=f"index {name} is built anew from its table")


def _words(work: Work) -> Iterator[Mended]:
    if _is_done(work, "insert into block_fts (block_fts) values ('rebuild')"):
        yield Mended(check="text", what="the index of words is built anew from the blocks")


def _is_done(work: Work, statement: str) -> bool:
    return _tried(work, lambda: work.connection.execute(statement)) is not None


def _tried(work: Work, act: Callable[[], T]) -> T | None:
    """What *act* gives in a transaction; None, and nothing of it is done, where the file is too damaged for it.

    A full disk or another writer is raised as ever.
    """
    try:
        with work.transaction():
            return act()
    except sqlite3.IntegrityError:
        return None
    except ArchiveError as error:
        if getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return None


def _bodies(work: Work) -> Iterator[Mended]:
    removed = {row[0] for row in work.connection.execute("select capture_id from leaf where kind = 'redaction'")}
    for damage in list(bodies.check(work.connection)):
        # Bytes that were removed on purpose must not come back from a backup that still has them.
        if damage.captures and removed.issuperset(damage.captures):
            continue
        done = _tried(work, partial(bodies.repair, work.connection, [damage], work.backup))
        for number in done.mended if done else ():
            yield _body(work, damage, number)


def _body(work: Work, damage: Damage, number: int) -> Mended:
    if number == damage.body_id:
        what = f"body {damage.sha256[:16]} is stored anew: {damage.what}"
        return Mended(check="body", what=what, captures=damage.captures)
    what = f"body {number} is stored alone, as body {damage.sha256[:16]} is lost, which it was stored beside"
    captures = tuple(row[0] for row in work.connection.execute(_CAPTURES, (number,)))
    return Mended(check="body", what=what, captures=captures)


def _nodes(work: Work) -> Iterator[Mended]:
    """Nodes that are missing in the log's tree, where its leaves give the root of the newest checkpoint."""
    tree, missing = Tree(), []
    sealed = work.connection.execute("select size, root from checkpoint order by size desc limit 1").fetchone()
    if sealed is None:
        return
    for (record,) in work.connection.execute("select record from leaf where seq < ? order by seq", sealed[:1]):
        missing += [node for node in tree.append(leaf_hash(record)) if not _is_kept(work.connection, *node[:2])]
    if not missing or (tree.size, tree.root()) != sealed:
        return
    with work.transaction():
        leaves.add_nodes(work.connection, missing)
    yield Mended(check="tree", what=f"the log's tree lacked {len(missing):,} nodes, computed from its leaves")


def _is_kept(connection: sqlite3.Connection, level: int, index: int) -> bool:
    question = "select 1 from log_node where level = ? and idx = ?"
    return connection.execute(question, (level, index)).fetchone() is not None
