"""A feed as JSON Feed 1.1: the same bytes for the same feed."""

import json
from typing import Any

from .entry import rfc3339
from .feed import Feed, Item

_VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(feed: Feed) -> bytes:
    """*feed* as a JSON Feed in UTF-8; what the format has no field for is below `_fonds`."""
    head = {
        "version": _VERSION,
        "title": feed.title,
        "description": feed.note,
        "home_page_url": feed.link,
        "feed_url": feed.url,
    }
    values: dict[str, Any] = {name: value for name, value in head.items() if value}
    values |= {"authors": [{"name": "fonds"}], "_fonds": {"id": feed.id}, "items": [_item(item) for item in feed.items]}
    return (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode()


def _item(item: Item) -> dict[str, Any]:
    entry = item.entry
    return {
        "id": entry.id,
        "url": entry.web or entry.link,
        **({"external_url": entry.link} if entry.web else {}),
        "title": f"{entry.title}: {entry.told}",
        "summary": entry.told,
        "content_html": item.html,
        "date_published": rfc3339(entry.first_seen),
        "date_modified": rfc3339(entry.first_seen),
        "tags": [term for term in (entry.class_, entry.cause, entry.source, entry.country) if term],
        "_fonds": {
            "class": entry.class_,
            "cause": entry.cause,
            "version": entry.seq,
            "seen_after": rfc3339(entry.seen_after) if entry.seen_after else None,
            "words_changed": entry.words_changed,
            "numbers_changed": entry.numbers_changed,
        },
    }
