"""Sets of pages with gold: a folder for each, with `index.jsonl` and `html/<id>.html.gz`."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .scores import Gold


class Sample(NamedTuple):
    """A page as it was served, where it was, and what is right for it."""

    html: bytes
    url: str
    gold: Gold


def samples(folder: Path) -> Iterator[Sample]:
    """The pages of the set in *folder*, in the order of its index.

    A line of the index has "id" and "text", and may have "url", "type", "title", "date" (ISO 8601) and "authors".
    """
    with (folder / "index.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            values = json.loads(line)
            html = gzip.decompress((folder / "html" / f"{values['id']}.html.gz").read_bytes())
            yield Sample(html, values.get("url") or "", _gold(values))


def _gold(values: dict[str, Any]) -> Gold:
    authors = values.get("authors")
    return Gold(
        text=values.get("text") or "",
        kind=values.get("type") or "",
        title=(values["title"] or "") if "title" in values else None,
        date=(values["date"] or "") if "date" in values else None,
        authors=tuple([authors] if isinstance(authors, str) else authors or ()) if "authors" in values else None,
    )
