"""Forty revisions in a row of real pages: only what is none of an edit is held back."""

import lzma
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from parsers import parse
from scraper import Archive
from scraper.capture import Capture
from scraper.loader import load

REASONS = ("the text shrank from", "the page shows another text")
# A page with edits alone; one that is cut to a note twice; one that is served in another language for six days.
EXPECTED = {
    "Buffer/Developer Terms.html": {},
    "MON AP-HP/Privacy Policy.html": {REASONS[0]: 2},
    "WITHINGS/Terms of Service #fr-fr-legal-services-terms-and-conditions.html": {REASONS[1]: 13},
}


def test_only_what_is_no_edit_is_held_back(
    shared_data: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    unpacked = tmp_path / "html.db"
    unpacked.write_bytes(lzma.decompress((shared_data / "series" / "html.db.xz").read_bytes()))
    held: dict[str, Counter[str]] = {page: Counter() for page in EXPECTED}
    with closing(sqlite3.connect(unpacked)) as revisions, Archive(tmp_path / "archive.db", create=True) as archive:
        for number, page in enumerate(EXPECTED):
            rows = revisions.execute("select ts, body from rev where url = ? order by seq", (page,))
            for loaded in (load(archive, _capture(number, *row), parse=parse) for row in rows):
                if loaded.outcome == "held":
                    held[page][next(reason for reason in REASONS if loaded.detail.startswith(reason))] += 1
    record_property("held back in real series", sum(reasons.total() for reasons in held.values()))
    assert held == EXPECTED


def _capture(number: int, seconds: int, body: bytes) -> Capture:
    url = f"https://example.org/{number}"
    return Capture(
        url=url, final_url=url, captured_at=datetime.fromtimestamp(seconds, UTC), outcome="fetched", method="import",
        body=body, content_type="text/html",
    )  # fmt: skip
