"""Coverage of a crawl: a row for each source, and a file with every URL and what became of it."""

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .output import cell

if TYPE_CHECKING:
    from ..archive import Archive
    from ..crawl import Coverage, CrawlResult

COLUMNS = (
    "source", "expected", "captured", "new", "changed", "unchanged", "held", "missing", "failed", "skipped",
    "remaining",
)  # fmt: skip


def columns(rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The columns of a table of *rows*: what was kept unread, not read or not kept is one where anything was."""
    rare = [name for name in ("kept", "unparsed", "redacted") if any(row[name] for row in rows)]
    place = COLUMNS.index("held")
    return (*COLUMNS[:place], *rare, *COLUMNS[place:])


_URL_COLUMNS = ("crawl", "source", "url", "state", "outcome", "reason", "found_by", "depth", "attempts", "capture_id")
_ENDINGS = (".json", ".jsonl", ".csv")


def coverage_row(coverage: "Coverage") -> dict[str, Any]:
    """Expected against captured, and what the rest came to."""
    count = coverage.outcomes.get
    return {
        "source": coverage.source,
        "expected": coverage.expected,
        "captured": coverage.captured,
        "new": count("new", 0),
        "changed": count("changed", 0),
        "unchanged": count("unchanged", 0) + count("not-modified", 0),
        "kept": count("kept", 0),
        "held": count("held", 0),
        "unparsed": count("unparsed", 0),
        "redacted": count("redacted", 0),
        "missing": count("missing", 0) + count("gone", 0),
        "failed": count("failed", 0) + count("truncated", 0),
        "skipped": sum(coverage.skipped.values()),
        "remaining": coverage.remaining,
        "skipped_by_reason": coverage.skipped,
        "findings": list(coverage.findings),
    }


def check_coverage_file(path: Path) -> None:
    """Raises UsageError, before anything is crawled, where no coverage can be written to *path*."""
    if path.suffix.lower() not in _ENDINGS:
        raise UsageError(f"--coverage: found '{path.name}', expected a file name that ends in {', '.join(_ENDINGS)}")
    if not path.parent.is_dir():
        raise UsageError(f"--coverage: found no folder {path.parent}, expected one to write {path.name} in")
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(f"--coverage: {path} cannot be written; nothing was crawled")


def write_coverage(path: Path, result: "CrawlResult", archive: "Archive") -> None:
    """Writes every URL of the crawl with its state, and the reason where it was left out, in place of what was there.

    JSON has the counts of each source too; CSV cells that a spreadsheet would compute start with an apostrophe.
    """
    writers = {".json": _json, ".jsonl": _jsonl, ".csv": _csv}
    lines = writers[path.suffix.lower()](result, archive)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _urls(result: "CrawlResult", archive: "Archive") -> Iterator[dict[str, Any]]:
    from ..crawl import coverage_rows

    return ({"crawl": result.crawl_id, **asdict(row)} for row in coverage_rows(archive, result))


def _json(result: "CrawlResult", archive: "Archive") -> Iterator[str]:
    head = {"schema": "fonds-coverage-1", "crawl": result.crawl_id, "finished": result.finished}
    sources = json.dumps([coverage_row(part) for part in result.coverage], ensure_ascii=False)
    yield f'{json.dumps(head)[:-1]}, "sources": {sources}, "urls": ['
    before = "\n"
    for row in _urls(result, archive):
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def _jsonl(result: "CrawlResult", archive: "Archive") -> Iterator[str]:
    for row in _urls(result, archive):
        yield json.dumps(row, ensure_ascii=False) + "\n"


def _csv(result: "CrawlResult", archive: "Archive") -> Iterator[str]:
    yield _csv_line(_URL_COLUMNS)
    for row in _urls(result, archive):
        yield _csv_line([cell(row[name]) for name in _URL_COLUMNS])


def _csv_line(values: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()
