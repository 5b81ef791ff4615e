"""The log as a whole: leaf after leaf in one tree, its nodes, its checkpoints, and no capture without a leaf."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from ...log import Tree, leaf_hash
from . import compared
from .findings import Finding, Work, one_line

_UNREADABLE = bytes(32)
_GAPS = 1000  # leaves that are missing and told of one by one


def findings(work: Work) -> Iterator[Finding]:
    """What is wrong with the leaves, each by itself and all together."""
    start = work.start
    size = work.rows.number("select max(seq) from leaf", default=-1) + 1
    seals = {row[0]: row[1:] for row in work.rows.all("select size, root, created_at from checkpoint")}
    work.done.covered = max((number for number in seals if isinstance(number, int)), default=0)
    if work.extent.since:
        note = str(work.rows.one("select note from checkpoint order by size desc limit 1") or "")
        origin, ours = work.extent.since.origin, note.partition("\n")[0]
        if ours and origin != ours:
            yield Finding(check="checkpoint", what=f"that checkpoint is of the log '{origin}', this is '{ours}'")
    expected = max(start, work.done.covered)
    if size < expected:
        what = f"there are {size} leaves, expected at least {expected}: the last ones are gone"
        yield Finding(check="tree", what=what)
    # A number far away must not be taken for a log that long.
    count = work.rows.number("select count(*) from leaf", default=size)
    if size > count + _GAPS:
        what = f"leaves have numbers up to {size - 1}, and there are {count}"
        yield Finding(check="tree", what=what)
        size = count + _GAPS
    try:
        tree = Tree(start, work.rows.subtree)
    except LookupError as error:
        yield Finding(check="tree", what=f"the log before leaf {start} cannot be had: {one_line(error)}")
        return
    if work.extent.since and tree.root() != work.extent.since.root:
        what = f"the log does not go on from that checkpoint: its first {start} leaves have another root"
        yield Finding(check="checkpoint", what=what)
    yield from _leaves(work, tree, size, seals)
    if size > work.done.covered:
        what = f"leaves {work.done.covered} to {size - 1} are in no checkpoint yet"
        captures = work.rows.captures_between(work.done.covered, size)
        yield Finding(check="checkpoint", what=what, captures=captures, is_damage=False)
    yield from _extra_nodes(work)
    yield from _unlogged(work)


def _leaves(work: Work, tree: Tree, size: int, seals: dict[int, Any]) -> Iterator[Finding]:
    newest = 0
    for seq, row in compared.rows(work, tree.size, size):
        work.done.leaves += 1
        hashed = _UNREADABLE
        if row is None:
            captures = work.rows.captures_near(seq)
            yield Finding(check="leaf", what=f"leaf {seq} is missing or cannot be read", captures=captures)
        else:
            yield from compared.findings(work, row)
            # Of the record, as others compute it who have nothing else.
            hashed = leaf_hash(row[4]) if isinstance(row[4], bytes) else _UNREADABLE
            if row[1] == "capture" and isinstance(row[2], int):
                if row[2] <= newest:
                    what = f"leaf {seq} speaks of an earlier capture than a leaf before it"
                    yield Finding(check="chain", what=what, captures=(row[2],))
                newest = max(newest, row[2])
        for level, index, found in tree.append(hashed):
            if tree.size <= work.done.covered:
                yield from _node(work, level, index, found)
        if tree.size in seals:
            yield from _sealed(work, tree, *seals[tree.size])


def _node(work: Work, level: int, index: int, found: bytes) -> Iterator[Finding]:
    stored = work.rows.one("select hash from log_node where level = ? and idx = ?", level, index)
    if stored == found:
        return
    first, last = index << level, ((index + 1) << level) - 1
    what = "missing" if stored is None else "another than its leaves give"
    yield Finding(
        check="tree",
        what=f"node {index} of level {level}, over leaves {first} to {last}, is {what}",
        captures=work.rows.captures_between(first, last),
    )


def _sealed(work: Work, tree: Tree, root: object, created_at: object) -> Iterator[Finding]:
    """What is wrong with the checkpoint that the tree has come to."""
    if tree.root() != root:
        what = f"checkpoint {tree.size} has another root than the leaves before it"
        yield Finding(check="checkpoint", what=what)
    last = work.acts.get("checkpoint", [{}])[-1]
    if (last.get("seq"), last.get("at")) != (tree.size - 1, created_at):
        yield Finding(check="checkpoint", what=f"checkpoint {tree.size} is dated otherwise than its leaf says")


def _extra_nodes(work: Work) -> Iterator[Finding]:
    question = "select count(*) from log_node where level < 1 or level > 60 or (idx + 1) << level > ?"
    extra = work.rows.number(question, work.done.covered)
    if extra:
        yield Finding(check="tree", what=f"{extra} nodes of the log's tree belong to no leaves under a checkpoint")


def _unlogged(work: Work) -> Iterator[Finding]:
    before = work.rows.number("select max(capture_id) from leaf where kind = 'capture' and seq < ?", work.start)
    try:
        rows = work.rows.connection.execute("select id from capture where id > ? order by id", (before,))
        for (number,) in rows:
            if number not in work.seen:
                what = "there is no leaf of this capture in the log"
                yield Finding(check="capture", what=what, captures=(number,))
    except sqlite3.Error as error:
        yield Finding(check="file", what=f"captures cannot be listed: {one_line(error)}")
