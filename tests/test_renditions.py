"""One report as HTML, as PDF, as text and as Markdown: records of which `compare` names only what really differs."""

from pathlib import Path

import pytest
from printing import Printed, printed

from parsers import Record, parse
from scraper import compare
from scraper.markdown import as_markdown

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "renditions"
PAGES = sorted(FOLDER.glob("*.html"))
URL = "https://desk.example/reports/one"
FORMS = ("pdf", "text", "markdown")
HEADS = {
    "arabic": ("تقرير عن نهر سيل", (), None),
    "columns": ("The Winter Market of Tollen", ("Mara Oskel",), "2023-02-14"),
    "long": ("Quessary Annual Report", ("Lio Hart", "Ana Brix"), "2024-01-31"),
    "notes": ("The Lamps of Low Sarn", ("Ana Brix",), "2022-06"),
    "report": ("Brevanna Country Report", ("Ines Harrow", "Colm Adair"), "2024-11"),
    "tables": ("Detentions in Quessary, 2019 to 2023", ("Lio Hart",), "2024-05-03"),
}


@pytest.fixture(scope="session")
def sheets() -> dict[str, Printed]:
    return printed(PAGES)


@pytest.fixture(scope="session")
def records(sheets: dict[str, Printed]) -> dict[tuple[str, str], Record]:
    """Every fixture in every form; the Markdown is what `show --format markdown` prints of the HTML."""
    found: dict[tuple[str, str], Record] = {}
    for path in PAGES:
        page = parse(path.read_bytes(), url=URL, content_type="text/html")
        bodies = {
            "pdf": (sheets[path.stem].pdf, "application/pdf"),
            "text": (sheets[path.stem].text, "text/plain"),
            "markdown": (as_markdown(page).encode(), "text/markdown"),
        }
        found[path.stem, "html"] = page
        for form, (body, media_type) in bodies.items():
            found[path.stem, form] = parse(body, url=URL, content_type=media_type)
    return found


def test_there_are_pages_of_every_kind() -> None:
    assert [path.stem for path in PAGES] == sorted(HEADS)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", HEADS)
def test_no_word_and_no_fact_differs_between_renditions(
    name: str, form: str, records: dict[tuple[str, str], Record]
) -> None:
    changes = compare(records[name, "html"], records[name, form])
    assert changes.class_ in ("none", "cosmetic"), changes.summary
    assert [block for block in changes.blocks if block.class_ not in ("none", "cosmetic")] == []
    assert changes.facts == ()


@pytest.mark.parametrize("name", HEADS)
def test_a_printed_page_has_the_same_words_block_by_block(name: str, records: dict[tuple[str, str], Record]) -> None:
    page, sheet = records[name, "html"], records[name, "pdf"]
    assert [block.text for block in sheet.blocks] == [block.text for block in page.blocks]
    assert [block.rows for block in sheet.blocks] == [block.rows for block in page.blocks]
    assert (sheet.held, sheet.layout) == ((), "pdf")


@pytest.mark.parametrize("form", ["html", *FORMS])
@pytest.mark.parametrize("name", HEADS)
def test_every_rendition_has_the_same_head(name: str, form: str, records: dict[tuple[str, str], Record]) -> None:
    record = records[name, form]
    assert (record.title, record.authors, record.published) == HEADS[name]


def test_what_a_printer_adds_is_chrome_with_its_reason(records: dict[tuple[str, str], Record]) -> None:
    reasons = {name: [part.reason for part in records[name, "pdf"].chrome] for name in HEADS}
    pages = len(reasons["long"]) // 2
    assert pages >= 8
    assert sorted(reasons["long"]) == ["page number"] * pages + ["running head"] * pages
    assert sorted(set(reasons["report"])) == ["page number", "running head"]
    assert reasons["columns"] == reasons["arabic"] == ["page number"]
    assert set(reasons["tables"]) == {"page number"}


def test_links_of_a_printed_page_lead_where_those_of_the_page_do(records: dict[tuple[str, str], Record]) -> None:
    for name in HEADS:
        outward = [link for link in records[name, "html"].links if not link.target.startswith("#")]
        assert list(records[name, "pdf"].links) == outward


def test_footnotes_of_a_printed_page_are_footnotes_and_their_marks_notes(
    records: dict[tuple[str, str], Record],
) -> None:
    record = records["notes", "pdf"]
    notes = [mark.target for block in record.blocks for mark in block.marks if mark.kind == "note"]
    assert notes == ["#1", "#2", "#3", "#4"]
    assert [block.kind for block in record.blocks].count("footnote") == 4


def test_a_real_change_is_named_in_every_pair_of_renditions(sheets: dict[str, Printed]) -> None:
    path = FOLDER / "report.html"
    before = parse(path.read_bytes(), url=URL, content_type="text/html")
    edited = sheets["report"].text.replace(b"1.3 million", b"1.1 million")
    after = parse(edited, url=URL, content_type="text/plain")
    changes = compare(parse(sheets["report"].pdf, url=URL), after)
    for found in (compare(before, after), changes):
        (block,) = [block for block in found.blocks if block.class_ != "none"]
        assert [(run.before, run.after) for run in block.runs if run.kind != "same"] == [("1.3", "1.1")]
