"""One report as a site serves it, as text, as Markdown and as PDF: each pair of forms, as it is and with one edit.

The PDF is printed by a browser from the page: running heads, page numbers, two columns, words broken at the ends of
lines, a list over the end of a page.
"""

from itertools import combinations, permutations
from pathlib import Path

import pytest
from printing import printed

from parsers import Record, parse
from scraper import compare
from scraper.diff import Changes

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "one-report"
URL = "https://lantern.example/reports/ostrevel"
SERVED = {"html": "text/html", "text": "text/plain", "markdown": "text/markdown", "pdf": "application/pdf"}
FILES = {"html": "report.html", "text": "report.txt", "markdown": "report.md"}
# A browser without a network prints the picture that stands in the page itself.
PICTURE = (
    "https://lantern.example/media/effra-market.jpg",
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='300' height='120'%3E%3C/svg%3E",
)
# What is edited: where it stands, and what is put there; of each one word differs.
EDITS = {
    "number": ("at least 37 flour", "at least 39 flour"),
    "word": ("an error of maintenance", "an error of judgement"),
    "cell": ("640", "604"),
    "recommendation": ("an unarmed mission", "an armed mission"),
    "caption": ("after the raid", "before the raid"),
    "footnote": ("no. 118", "no. 181"),
    "item": ("two people who", "three people who"),
    "hyphenated": ("are being driven", "were being driven"),
}
Key = tuple[str, str]  # the form and the edit, "" for none


def _page(form: str, edit: str) -> str:
    text = (FOLDER / FILES[form]).read_text(encoding="utf-8")
    if not edit:
        return text
    before, after = EDITS[edit]
    assert text.count(before) == 1, (form, edit)
    return text.replace(before, after)


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[Key, Record]:
    """The report in every form, as it is and with each edit."""
    folder = tmp_path_factory.mktemp("one-report")
    sheets = [folder / f"{edit or 'as-it-is'}.html" for edit in ("", *EDITS)]
    for sheet, edit in zip(sheets, ("", *EDITS), strict=True):
        sheet.write_text(_page("html", edit).replace(*PICTURE), encoding="utf-8")
    bodies = {(form, edit): _page(form, edit).encode() for form in FILES for edit in ("", *EDITS)}
    for name, sheet in printed(sheets).items():
        bodies["pdf", "" if name == "as-it-is" else name] = sheet.pdf
    return {key: parse(body, url=URL, content_type=SERVED[key[0]]) for key, body in bodies.items()}


def _edited(changes: Changes) -> list[tuple[str, str]]:
    """The words that differ in the text, before and after."""
    blocks = [block for block in changes.blocks if block.class_ != "none"]
    assert {block.op for block in blocks} <= {"edited"}, changes.summary
    runs = [run for block in blocks for found in (block.runs, *(cell.runs for cell in block.cells)) for run in found]
    return [(run.before, run.after) for run in runs if run.kind == "words"]


def test_the_printed_report_is_all_that_it_should_be(records: dict[Key, Record]) -> None:
    record = records["pdf", ""]
    reasons = [part.reason for part in record.chrome]
    assert reasons.count("page number") == 3
    assert reasons.count("running head") == 6
    assert [block.kind for block in record.blocks].count("footnote") == 2
    assert (record.title, record.published) == ("Ostrevel Country Report", "2024-05-14")


@pytest.mark.parametrize("form", SERVED)
def test_every_form_has_the_same_facts(form: str, records: dict[Key, Record]) -> None:
    assert records[form, ""].facts == records["html", ""].facts
    assert len(records[form, ""].facts) == 9  # a country, three stages, five recommendations


@pytest.mark.parametrize(("one", "other"), [*combinations(SERVED, 2)])
def test_nothing_but_the_form_differs(one: str, other: str, records: dict[Key, Record]) -> None:
    changes = compare(records[one, ""], records[other, ""])
    assert changes.class_ == "none", changes.summary
    assert _edited(changes) == []
    assert (changes.facts, changes.words_changed, changes.numbers, changes.dates) == ((), 0, (), ())


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize(("one", "other"), [*permutations(SERVED, 2)])
def test_one_edit_is_all_that_is_told(one: str, other: str, edit: str, records: dict[Key, Record]) -> None:
    changes = compare(records[one, ""], records[other, edit])
    (pair,) = [(word, new) for word, new in zip(*map(str.split, EDITS[edit]), strict=True) if word != new]
    assert _edited(changes) == [pair]
    assert changes.words_changed == 1
    assert changes.class_ == ("facts" if edit == "recommendation" else "words")
    assert len(changes.facts) == (edit == "recommendation")
