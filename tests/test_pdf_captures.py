"""Reports in PDF on their way from a publisher, or a file, to a version."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Run, one_line, runner
from crawl_site import OPTIONS, Site, page
from pdf_files import Paper, pdf
from raw_server import answer

from scraper.crawl import Options
from scraper.fetch import Bounds

URL = "https://h.example/reports/velmora.pdf"
WORDS = (
    "The people of the highlands were driven out of their villages by the army, and nobody let them return. At least "
    "41 traders have not been seen since the winter of 2020, and the council denies that it holds any of them."
)


def report(words: str = WORDS, *, made: str = "20240305") -> bytes:
    sheet = Paper().text(72, 760, "Velmora Country Report", size=18).text(72, 730, "March 2024")
    sheet.text(72, 710, "By Ana Brix, Harbour Watch").lines(72, 680, *textwrap.wrap(words, 75), step=12)
    return pdf(sheet, info=f"/CreationDate (D:{made})")


@pytest.fixture
def fonds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(tmp_path, monkeypatch, capsys)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    one = Site(tmp_path)
    one.with_sitemap = ()
    one.server.paths["/list"] = answer(page("List", links=("/report/velmora.pdf",)))
    one.server.paths["/report/velmora.pdf"] = in_pdf(report())
    yield one
    one.archive.close()


def in_pdf(body: bytes, media_type: bytes = b"application/pdf") -> bytes:
    return answer(body).replace(b"text/html", media_type)


def test_parse_reads_a_pdf_by_its_ending_or_its_first_bytes(fonds: Run, tmp_path: Path) -> None:
    for name in ("velmora.pdf", "velmora"):
        (tmp_path / name).write_bytes(report())
        record = json.loads(fonds("parse", name, "--url", URL).out)
        assert (record["title"], record["authors"], record["published"]) == (
            "Velmora Country Report", ["Ana Brix"], "2024-03",
        )  # fmt: skip
        assert [block["text"] for block in record["blocks"]] == [WORDS]
        assert record["account"]["report"] > 30


def test_a_file_that_is_no_pdf_is_said_in_one_line(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "velmora.pdf").write_bytes(b"<html><p>Not found")
    said = one_line(fonds("parse", "velmora.pdf", "--url", URL))
    assert "velmora.pdf: expected a PDF, found no header of one" in said
    (tmp_path / "velmora.pdf").write_bytes(b"%PDF-1.7 and no more")
    assert "the PDF is damaged" in one_line(fonds("parse", "velmora.pdf", "--url", URL))


def test_import_keeps_versions_of_a_pdf_and_the_day_of_its_making_makes_none(fonds: Run, tmp_path: Path) -> None:
    for day, body in ((1, report()), (2, report(made="20240406")), (3, report(WORDS.replace("41", "63")))):
        (tmp_path / f"{day}.pdf").write_bytes(body)
        assert fonds("import", f"{day}.pdf", "--url", URL, "--at", f"2024-05-0{day}").code == 0
    rows = fonds("log", URL, "--format", "jsonl").rows
    assert [(row["seq"], row["by"][:10], row["summary"]) for row in rows] == [
        (1, "2024-05-01", "first version"),
        (2, "2024-05-03", rows[1]["summary"]),
    ]
    assert "1 number" in rows[1]["summary"]


def test_import_takes_the_media_type_as_given(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "velmora.bin").write_bytes(report())
    assert fonds("import", "velmora.bin", "--url", URL, "--type", "application/pdf").code == 0
    (tmp_path / "image.pdf").write_bytes(pdf(Paper().picture(), Paper().picture()))
    result = fonds("import", "image.pdf", "--url", "https://h.example/reports/image.pdf")
    assert "no text layer: 2 of 2 pages are pictures" in result.out + result.err


def test_compare_names_no_difference_between_a_pdf_and_its_text(fonds: Run, tmp_path: Path) -> None:
    (tmp_path / "velmora.pdf").write_bytes(report())
    text = f"Velmora Country Report\n\nMarch 2024\n\nBy Ana Brix, Harbour Watch\n\n{WORDS}\n"
    (tmp_path / "velmora.txt").write_text(text, encoding="utf-8")
    assert fonds("compare", "velmora.pdf", "velmora.txt").code == 0
    (tmp_path / "velmora.txt").write_text(text.replace("41", "63"), encoding="utf-8")
    assert fonds("compare", "velmora.pdf", "velmora.txt").code == 1


@pytest.mark.parametrize("media_type", [b"application/pdf", b"application/octet-stream", b"text/html"])
def test_a_crawl_captures_and_versions_a_pdf_that_a_page_links_to(site: Site, media_type: bytes) -> None:
    site.server.paths["/report/velmora.pdf"] = in_pdf(report(), media_type)
    assert site.crawl().coverage[0].outcomes == {"new": 1}
    assert site.crawl().coverage[0].outcomes == {"unchanged": 1}
    site.server.paths["/report/velmora.pdf"] = in_pdf(report(WORDS.replace("41", "63")), media_type)
    assert site.crawl().coverage[0].outcomes == {"changed": 1}
    (row,) = site.archive.pages(source="site")
    assert (row.title, row.versions) == ("Velmora Country Report", 2)


def test_get_captures_a_pdf(site: Site) -> None:
    (loaded,) = site.get("/report/velmora.pdf")
    assert loaded.outcome == "new"
    assert site.archive.body(loaded.capture_id) == report()


def test_what_cannot_be_read_of_a_pdf_is_kept_with_one_line(site: Site) -> None:
    site.server.paths["/report/velmora.pdf"] = in_pdf(report()[:600])
    (loaded,) = site.get("/report/velmora.pdf")
    assert (loaded.outcome, loaded.detail[:18]) == ("unparsed", "the PDF is damaged")
    assert site.archive.body(loaded.capture_id) == report()[:600]


def test_a_pdf_over_the_bound_of_a_body_is_no_version(site: Site) -> None:
    small = Options(bounds=Bounds(attempts=1, total_s=5, read_s=2, body_bytes=500, wire_bytes=500))
    assert "new" not in site.crawl(small).coverage[0].outcomes
    assert OPTIONS.bounds.body_bytes == 50_000_000
