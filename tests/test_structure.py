"""What a reader of a page would write down: `fixtures/structure/<case>.json` is by hand, whatever the parsers give.

A record is compared in what a case states: always the title and every block (kind, level, order, words, marks with
their words and targets, rows and how many of them are heads, pictures), and the fields that it names beside them.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from parsers import Block, Record, parse
from parsers.page import Page

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "structure"
PAGES = sorted(FOLDER.glob("*.html"))


def _record(path: Path) -> Record:
    body = path.read_bytes()
    return parse(body, url=Page(body, url="").canonical)


def _expected(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))


def _plain_block(block: Block) -> dict[str, Any]:
    """*block* as a case writes it down: what it does not have is left out."""
    values: dict[str, Any] = {
        "kind": block.kind,
        "text": block.text,
        "level": block.level,
        "ordered": block.ordered,
        "rows": [list(row) for row in block.rows],
        "header_rows": block.header_rows,
        "marks": [
            [mark.kind, block.text[mark.start : mark.end], *([mark.target] if mark.target else [])]
            for mark in block.marks
        ],
        "figure": {name: value for name, value in (block.to_dict()["figure"] or {}).items() if value},
    }
    return {name: value for name, value in values.items() if value or name in {"kind", "text"}}


def _plain_field(record: Record, name: str) -> Any:
    value = json.loads(record.to_json())[name]
    return {key: part for key, part in value.items() if part} if isinstance(value, dict) else value


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_blocks_are_those_a_reader_sees(path: Path) -> None:
    expected = _expected(path)
    record = _record(path)
    assert [_plain_block(block) for block in record.blocks] == expected.pop("blocks")
    assert {name: _plain_field(record, name) for name in expected} == expected


def test_every_expected_record_belongs_to_a_page() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {path.stem for path in PAGES}
