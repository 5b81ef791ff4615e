"""Digests: all that came since the last one, the most significant first and bounded, for a program and for a person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from ..archive import FailureRow, HeldRow
from ..wording import counted
from .entry import WEIGHT, Entry, line, rfc3339

SCHEMA = "fonds-digest-1"
DIGEST, TEST = "fonds.digest", "fonds.test"
MOST = 40  # of each part; the rest is counted
_LONGEST_REASON, _LONGEST_URL = 300, 2048
_NAMES = {
    "changes": ("change", "changes"),
    "held": ("held back", "held back"),
    "failures": ("failed", "failed"),
    "sources": ("source to look at", "sources to look at"),
}
_HEADINGS = {"changes": "Changes", "held": "Held back", "failures": "Failed", "sources": "Sources to look at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is not as it should be with a source, in one line."""

    source: str
    text: str


def payload(  # noqa: PLR0913 -- a part each
    *,
    made_at: datetime,
    title: str,
    changes: Sequence[Entry] = (),
    held: Sequence[HeldRow] = (),
    failures: Sequence[FailureRow] = (),
    sources: Sequence[Trouble] = (),
    ignored: int = 0,
) -> dict[str, Any]:
    """A digest as plain values, in the form of Standard Webhooks: `type`, `timestamp`, `data`.

    Of each part there are the first 40 and, in `counts`, how many there are; every text is in one line and harmless.
    *ignored* is how many changes besides are left out, as their sources say that they are insignificant.
    """
    parts: dict[str, list[dict[str, Any]]] = {
        "changes": [_change(entry) for entry in _weightiest(changes)],
        "held": [_held(row) for row in held[:MOST]],
        "failures": [_failure(row) for row in failures[:MOST]],
        "sources": [
            {"source": line(one.source, 100), "text": line(one.text, _LONGEST_REASON)} for one in sources[:MOST]
        ],
    }
    counts = {"changes": len(changes), "held": len(held), "failures": len(failures), "sources": len(sources)}
    data = {"schema": SCHEMA, "archive": line(title, 200), "counts": counts, "ignored": ignored, **parts}
    return {"type": DIGEST, "timestamp": rfc3339(made_at), "data": data}


def trial_payload(made_at: datetime, title: str) -> dict[str, Any]:
    """A message by which somebody sees whether messages come."""
    return {"type": TEST, "timestamp": rfc3339(made_at), "data": {"schema": SCHEMA, "archive": line(title, 200)}}


def subject(message: Mapping[str, Any]) -> str:
    """What a message is about, in one line."""
    data = message["data"]
    name = data["archive"] or "fonds"
    if message["type"] == TEST:
        return line(f"{name}: a test", 150)
    said = [_counted(part, count) for part, count in data["counts"].items() if count]
    return line(f"{name}: {', '.join(said) or 'nothing new'}", 150)


def as_text(message: Mapping[str, Any]) -> str:
    """A message for a person, as plain text."""
    if message["type"] == TEST:
        return "This is a test: messages come.\n"
    parts = [_counts_line(message)]
    for part, items, more in _parts(message):
        lines = [line for item in items for line in _item_text(part, item)]
        parts.append("\n".join([_HEADINGS[part], "", *lines, *([f"… and {more:,} more"] if more else [])]))
    return "\n\n".join(parts) + "\n"


def as_html(message: Mapping[str, Any]) -> str:
    """A message for a person, as HTML: no script, picture or style, and links to http(s) only."""
    title = escape(subject(message))
    head = f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title></head><body>'
    if message["type"] == TEST:
        return f"{head}<p>This is a test: messages come.</p></body></html>\n"
    parts = [f"<p>{escape(_counts_line(message))}</p>"]
    for part, items, more in _parts(message):
        rows = "".join(f"<li>{_item_html(part, item)}</li>" for item in items)
        parts.append(f"<h2>{_HEADINGS[part]}</h2><ul>{rows}</ul>{f'<p>… and {more:,} more</p>' if more else ''}")
    return f"{head}{''.join(parts)}</body></html>\n"


def _weightiest(entries: Iterable[Entry]) -> list[Entry]:
    def key(entry: Entry) -> tuple[int, int, int, str, int]:
        weight = WEIGHT.get(entry.class_, len(WEIGHT))
        return weight, -entry.numbers_changed, -entry.words_changed, entry.link, entry.seq

    return sorted(entries, key=key)[:MOST]


def _change(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "url": entry.link,
        "web": entry.web,
        "title": entry.title,
        "source": entry.source,
        "country": entry.country,
        "class": entry.class_,
        "summary": entry.summary,
        "said": entry.said,
        "flags": [{"name": name, "detail": detail} for name, detail in entry.flags],
        "words_changed": entry.words_changed,
        "numbers_changed": entry.numbers_changed,
        "version": entry.seq,
        "seen_after": rfc3339(entry.seen_after) if entry.seen_after else None,
        "first_seen": rfc3339(entry.first_seen),
    }


def _held(row: HeldRow) -> dict[str, Any]:
    return {
        "capture": row.capture_id,
        "url": line(row.url, _LONGEST_URL),
        "title": line(row.title, 200),
        "reason": line(row.reason, _LONGEST_REASON),
        "captured_at": rfc3339(row.captured_at),
    }


def _failure(row: FailureRow) -> dict[str, Any]:
    return {
        "capture": row.capture_id,
        "url": line(row.url, _LONGEST_URL),
        "outcome": row.outcome,
        "reason": line(row.reason, _LONGEST_REASON),
        "captured_at": rfc3339(row.captured_at),
    }


def _parts(message: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]], int]]:
    """Each part that has something, with how many there are more."""
    data = message["data"]
    for part in _HEADINGS:
        if data[part]:
            yield part, data[part], data["counts"][part] - len(data[part])


def _counts_line(message: Mapping[str, Any]) -> str:
    data = message["data"]
    said = [_counted(part, count) for part, count in data["counts"].items() if count] or ["Nothing new"]
    # Not in a message that an older fonds left in the outbox.
    left_out = [f"{counted(data['ignored'], 'change')} left out as insignificant"] if data.get("ignored") else []
    return f"{', '.join([*said, *left_out])} ({message['timestamp']})."


def _counted(part: str, count: int) -> str:
    one, many = _NAMES[part]
    return counted(count, one, many)


def _change_line(item: Mapping[str, Any]) -> str:
    said = item.get("said")  # not in a message that an older fonds left in the outbox
    return f"{item['class']}{f', {said}' if said else ''}: {item['summary']}"


def _item_text(part: str, item: Mapping[str, Any]) -> Iterator[str]:
    match part:
        case "changes":
            where = ", ".join(filter(None, (item["source"], item["country"])))
            yield f"- {item['title']}{f' ({where})' if where else ''}"
            yield f"  {_change_line(item)}"
            yield f"  first seen {item['first_seen']}"
            yield f"  {item['web'] or item['url']}"
        case "sources":
            yield f"- {item['source']}: {item['text']}"
        case _:
            yield f"- {item['url']}"
            yield f"  {item.get('outcome') or 'held'}: {item['reason']} (capture {item['capture']})"


def _item_html(part: str, item: Mapping[str, Any]) -> str:
    match part:
        case "changes":
            where = ", ".join(filter(None, (item["source"], item["country"])))
            name = _link(item["web"] or item["url"], item["title"])
            said = _change_line(item)
            return (
                f"{name}{escape(f' ({where})') if where else ''}<br>{escape(said)}<br>first seen {item['first_seen']}"
            )
        case "sources":
            return escape(f"{item['source']}: {item['text']}")
        case _:
            said = f"{item.get('outcome') or 'held'}: {item['reason']} (capture {item['capture']})"
            return f"{_link(item['url'], item['url'])}<br>{escape(said)}"


def _link(url: str, words: str) -> str:
    if not url.startswith(("https://", "http://")):
        return escape(words)
    return f'<a href="{escape(url)}" rel="noreferrer">{escape(words)}</a>'
