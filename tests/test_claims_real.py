"""Did they say so? On pairs of revisions of real pages, which a person has labelled."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tracing import versions

from parsers import Record, parse
from scraper.claims import flags, step_flags


def _read(path: Path) -> Record:
    return parse(gzip.decompress(path.read_bytes()), url="https://example.org/page", content_type="text/html")


def test_edits_are_flagged_and_what_changed_around_the_text_is_not(
    shared_data: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = shared_data / "revisions"
    with (folder / "pairs.csv").open(encoding="utf-8", newline="") as file:
        pairs = list(csv.DictReader(file))
    labels = Counter(pair["label"] == "content" for pair in pairs)
    flagged: Counter[bool] = Counter()
    dated: Counter[bool] = Counter()
    for pair in pairs:
        before, after = versions(*(_read(folder / pair[side]) for side in ("before", "after")))
        names = {flag.name for flag in step_flags(before, after)}
        is_edit = pair["label"] == "content"
        flagged[is_edit] += bool(names & {"silent-edit", "notice-given", "notice-absent"})
        assert before.record
        assert after.record
        if is_edit:
            dated[before.record.modified != after.record.modified] += "silent-edit" not in names
    record_property("real edits flagged", f"{flagged[True]} of {labels[True]}")
    record_property("real pairs without an edit flagged", f"{flagged[False]} of {labels[False]}")
    assert flagged[True] == labels[True]
    assert dated[False] == 0  # who gives no new date has not said so
    # Of one page the dialogs about cookies are read: an archive holds back what it is without them.
    assert flagged[False] == 1


def test_the_photograph_of_the_seed_is_later_than_its_report(shared_data: Path) -> None:
    folder = shared_data / "seeds"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for name, wanted in expected.items():
        if not name.endswith(".txt"):
            continue
        record = parse((folder / name).read_bytes(), url="https://example.org/report", content_type=wanted["rendition"])
        found = flags(versions(record))
        days = [one.text for flag in found for one in flag.evidence if flag.name == "later-than-published"]
        assert days == (["2023-12", "March 7 2024"] if "later_than_published" in wanted else [])
