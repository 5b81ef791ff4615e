"""Records and captures for tests, each with as little as its test needs."""

from datetime import UTC, datetime, timedelta
from typing import Any

from parsers.record import Block, Record
from scraper.capture import Capture

URL = "https://example.org/reports/velmora"
DAY_ONE = datetime(2024, 1, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    """The given day, counted from 1, at midnight UTC."""
    return DAY_ONE + timedelta(days=number - 1)


def record(*paragraphs: str, **fields: Any) -> Record:
    """A record with one paragraph for each text."""
    values = {"url": URL, "media_type": "text/html", "layout": "test", "revision": 1, "title": "Velmora Country Report"}
    blocks = tuple(Block(kind="paragraph", text=text) for text in paragraphs)
    return Record(**values | {"blocks": blocks} | fields)


def capture(body: bytes | str | None = b"", at: datetime = DAY_ONE, **fields: Any) -> Capture:
    """A capture of URL that was fetched, unless *fields* say otherwise."""
    data = body.encode() if isinstance(body, str) else body
    values = {
        "url": URL,
        "captured_at": at,
        "outcome": "fetched",
        "body": data,
        "status": 200,
        "content_type": "text/html",
    }
    return Capture(**values | fields)


def missing(at: datetime, status: int = 404) -> Capture:
    """A capture that found nothing at URL."""
    return capture(None, at, outcome="missing", status=status, reason=f"the server answered {status}")


def parse_lines(body: bytes, *, url: str, content_type: str | None = None) -> Record:
    """A parser for tests: each line is a paragraph."""
    return record(*body.decode().split("\n"), url=url, media_type=content_type or "text/html")
