"""Sentences of real pages, moved and edited as nobody did, keep their origin."""

import csv
import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tracing import versions

from parsers import Record, parse
from scraper.passages import Trace, trace
from scraper.passages.sentences import sentences

LEAST_WORDS = 8


@pytest.fixture(scope="module")
def pages(shared_data: Path) -> list[Record]:
    folder = shared_data / "revisions"
    with (folder / "pairs.csv").open(encoding="utf-8", newline="") as file:
        newest = {pair["page"]: pair["after"] for pair in csv.DictReader(file)}
    bodies = (gzip.decompress((folder / name).read_bytes()) for name in newest.values())
    return [parse(body, url="https://example.org/page", content_type="text/html") for body in bodies]


def _long_paragraphs(record: Record) -> list[int]:
    texts = [block.text if block.kind == "paragraph" else "" for block in record.blocks]
    return [place for place, text in enumerate(texts) if len(text.split()) >= LEAST_WORDS and texts.count(text) == 1]


def _edited(text: str) -> str:
    """*text* with a word in the middle of its first sentence replaced."""
    start, end = sentences(text)[0]
    words = text[start:end].split()
    words[len(words) // 2] = "zebra"
    return " ".join(words) + text[end:]


def _begun_later(found: Trace) -> list[str]:
    return [shown.unit.text for shown in found.shown if shown.passage.stays[0].since.seq > 1]


def test_moved_and_edited_sentences_keep_their_origin(
    pages: list[Record], record_property: Callable[[str, object], None]
) -> None:
    moved = edited = both = tried = 0
    for record in pages:
        places = _long_paragraphs(record)
        for place in places[:: max(1, len(places) // 2)][:2]:
            tried += 1
            blocks = list(record.blocks)
            block = blocks.pop(place)
            half = (place + len(blocks) // 2) % (len(blocks) + 1)
            changed = replace(block, text=_edited(block.text), marks=())
            elsewhere = replace(record, blocks=(*blocks[:half], block, *blocks[half:]))
            in_place = replace(record, blocks=(*blocks[:place], changed, *blocks[place:]))
            other = replace(record, blocks=(*blocks[:half], changed, *blocks[half:]))
            moved += not _begun_later(trace(versions(record, elsewhere)))
            edited += not _begun_later(trace(versions(record, in_place)))
            both += not _begun_later(trace(versions(record, other)))
    for name, count in (("moved", moved), ("edited", edited), ("moved and edited", both)):
        record_property(f"paragraphs {name} whose sentences keep their origin", f"{count} of {tried}")
    assert tried >= 20
    assert moved == edited == tried
    assert both >= tried * 0.96
