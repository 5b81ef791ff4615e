"""What was done besides capturing: what the log tells of it, and what the tables hold."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from .. import leaves
from .findings import Finding, Work

_Rows = set[tuple[Any, ...]]


def findings(work: Work) -> Iterator[Finding]:
    """Releases, other addresses of pages, pages gone and back, crawls, parsers that have read pages again.

    Each is in the log and in its table.
    """
    told = work.acts
    released = {(act.get("capture"), act.get("at")) for act in told.get("release", [])}
    yield from _compared("release", released, set(work.rows.all("select capture_id, released_at from release")))
    owners: dict[object, dict[str, Any]] = {}
    for act in _in_order(told, "merge", "split"):
        owners[act.get("url")] = act
    merged = {(None, url, act.get("page"), act.get("how")) for url, act in owners.items() if act.get("kind") == "merge"}
    redacted = {(act.get("capture"), act.get("at"), act.get("reason")) for act in told.get("redaction", [])}
    stored = set(work.rows.all("select capture_id, redacted_at, reason from redaction"))
    yield from _compared("removal of bytes", redacted, stored)
    yield from _compared("address of a page", merged, {(None, *row[:3]) for row in _read(work, leaves.merges)})
    turned: _Rows = set()
    for act in _in_order(told, "tombstone", "return"):
        turn = (act.get("capture"), act.get("kind"), act.get("page"))
        (turned.discard if act.get("withdrawn") else turned.add)(turn)
    turns = {(capture, kind, page) for kind, page, _, capture, *_ in _read(work, leaves.turns)}
    yield from _compared("page gone or back", turned, turns)
    begun = {
        (None, act.get("crawl"), act["begun_at"], json.dumps(act.get("sources")))
        for act in told.get("crawl", [])
        if "begun_at" in act
    }
    crawls = work.rows.all("select id, started_at, sources from crawl")
    yield from _compared("crawl", begun, {(None, *row) for row in crawls})
    parsers = {act.get("parsers_sha256") for act in told.get("reparse", [])}
    # In the table is the last time only.
    read = {row for row in work.rows.all("select distinct null, parsers_sha256 from reparsed") if row[1] not in parsers}
    yield from _compared("page read again", set(), read)


def _in_order(told: dict[str, list[dict[str, Any]]], *kinds: str) -> list[dict[str, Any]]:
    """The acts of some kinds as they followed each other."""
    return sorted((act for kind in kinds for act in told.get(kind, [])), key=lambda act: str(act["seq"]).zfill(20))


def _compared(name: str, told: _Rows, stored: _Rows) -> Iterator[Finding]:
    """What only one of both has. The first value of a row is a capture, or None."""
    for what, rows in (("in the log and not stored", told - stored), ("stored and not in the log", stored - told)):
        for row in sorted(rows, key=repr):
            captures = (row[0],) if isinstance(row[0], int) else ()
            words = " ".join(str(part) for part in row[1:] if part is not None)
            yield Finding(check="act", what=f"{name} {what}: {words}", captures=captures)


def _read(work: Work, question: Callable[[sqlite3.Connection], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    with suppress(sqlite3.Error):
        return question(work.rows.connection)
    return []
